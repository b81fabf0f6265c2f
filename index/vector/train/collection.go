package train

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/index/zh"
)

const (
	// MinTexts is how many texts a collection needs before its vectors are adapted: fewer say nothing about words.
	MinTexts = 500
	// heldOut is one in how many texts that is not learned from, so that it can tell whether learning helped.
	heldOut = 10
	// maxHeldOut bounds them.
	maxHeldOut = 1000
	// minHeldOut is from how many on they tell anything.
	minHeldOut = 30
	// compareSeed divides the held-out texts, the same way for every vocabulary.
	compareSeed = 17
)

// Report says what adapting did.
type Report struct {
	Texts    int // learned from
	Measured int // held out, and measured on; 0 when nothing was adapted
	NewWords int
	// Before and After say how well one half of a held-out text finds the other among all of them, by the vectors in use and
	// by the adapted ones: the mean of 1/rank, 0–1.
	Before, After float64
}

// Better reports whether the adapted vectors measure no worse than those in use.
func (r *Report) Better() bool { return r.Measured > 0 && r.After >= r.Before }

// Message says in Chinese what came of it.
func (r *Report) Message() string {
	figures := fmt.Sprintf("用 %d 条文本适配，新增词 %d 个；在留出的 %d 条上前后文互找的平均倒数排名由 %.3f 变为 %.3f", r.Texts, r.NewWords, r.Measured, r.Before, r.After)
	switch {
	case r.Measured == 0:
		return fmt.Sprintf("文本只有 %d 条，不足 %d 条，词向量保持不变", r.Texts, MinTexts)
	case r.Better():
		return figures + "，不比原来差，可以启用"
	default:
		return figures + "，比原来差，保留原来的词向量"
	}
}

// TextOf is a record as a text to learn from: its title, and everything else as the body.
func TextOf(rec jiqiao.Record) Text {
	t := Text{ID: rec.Head().ID}
	for _, s := range jiqiao.Face(rec).Sections() {
		if s.Field == jiqiao.FieldTitle {
			t.Title = s.Text
		} else {
			t.Body += s.Text + "\n"
		}
	}
	return t
}

// Adapted adapts the vectors base to a collection and compares them with current, those in use (nil when base is). One
// text in ten, chosen by ID, is held out for that. With too few texts it answers current, or base, and a report that
// says so. Service, command and evaluation all adapt by this.
func Adapted(ctx context.Context, a *zh.Analyzer, base, current *vector.Words, texts []Text, o AdaptOptions) (*vector.Words, Report, error) {
	if current == nil {
		current = base
	}
	if o.MaxTexts > 0 && len(texts) > o.MaxTexts {
		texts = evenly(texts, o.MaxTexts)
	}
	var learn, hold []Text
	for _, t := range texts {
		if HeldOut(t.ID) {
			hold = append(hold, t)
		} else {
			learn = append(learn, t)
		}
	}
	if len(hold) > maxHeldOut {
		hold = evenly(hold, maxHeldOut)
	}
	if len(texts) < MinTexts || len(hold) < minHeldOut {
		return current, Report{Texts: len(texts)}, nil
	}
	words, err := Adapt(ctx, a, base, learn, o)
	if err != nil {
		return nil, Report{}, fmt.Errorf("adapt vectors to %d texts: %w", len(learn), err)
	}
	r := Report{Texts: len(learn), Measured: len(hold), NewWords: words.Len() - base.Len()}
	r.Before, r.After, err = Compare(ctx, a, current, words, hold)
	return words, r, err
}

// evenly takes n of the items at even distances.
func evenly[T any](items []T, n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = items[i*len(items)/n]
	}
	return out
}

// HeldOut reports whether vectors are never tuned on the text or record of this ID: one in ten, all passages of a
// document alike. What learns from the similarity of such texts (a ranker) must use these alone.
func HeldOut(id string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(group(id)))
	return h.Sum32()%heldOut == 0
}

// Compare measures two vocabularies on texts, without anyone's judgement: each text is divided in two, and a half is
// looked for by the other among the halves of all. It answers the mean of 1/rank of each vocabulary.
func Compare(ctx context.Context, a *zh.Analyzer, before, after *vector.Words, texts []Text) (was, is float64, err error) {
	cut, err := cutTexts(ctx, a, texts, nil)
	if err != nil {
		return 0, 0, err
	}
	random := rand.New(rand.NewPCG(compareSeed, 0)) //nolint:gosec // the same division every time is the point
	var left, right [][]string
	for _, t := range cut {
		if x, y := split(t.title, t.body, random); len(x) >= minWords && len(y) >= minWords {
			left, right = append(left, x), append(right, y)
		}
	}
	if was, err = findOther(ctx, before, left, right); err != nil {
		return 0, 0, err
	}
	is, err = findOther(ctx, after, left, right)
	return was, is, err
}

// findOther is the mean of 1/rank of right[i] among right by left[i]. Equals count against it.
func findOther(ctx context.Context, w *vector.Words, left, right [][]string) (float64, error) {
	n, dim := len(left), w.Dim()
	a, b := make([]float32, n*dim), make([]float32, n*dim)
	sentence := func(dst []float32, words []string) {
		ids := lookUp(w, words)
		w.Sentence(dst, Weigh(w, func(yield func(vector.ID) bool) {
			for _, id := range ids {
				if !yield(id) {
					return
				}
			}
		}))
	}
	ranks := make([]float64, n)
	err := parallel(ctx, n, func(i int) {
		sentence(a[i*dim:(i+1)*dim], left[i])
		sentence(b[i*dim:(i+1)*dim], right[i])
	}, nil)
	if err != nil {
		return 0, err
	}
	err = parallel(ctx, n, func(i int) {
		own, rank := dot(a[i*dim:(i+1)*dim], b[i*dim:(i+1)*dim]), 1
		for j := range n {
			if j != i && dot(a[i*dim:(i+1)*dim], b[j*dim:(j+1)*dim]) >= own {
				rank++
			}
		}
		ranks[i] = 1 / float64(rank)
	}, nil)
	sum := 0.0
	for _, r := range ranks {
		sum += r
	}
	return sum / float64(max(n, 1)), err
}
