package eval

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"jiqiao"
	"jiqiao/index/zh"
	"jiqiao/matcher"
	"jiqiao/matcher/rank/train"
)

// GradedExamples reads a graded set's judged pairs with the features that the matcher sees, to train a ranker on.
func GradedExamples(ctx context.Context, dir string, o Options) ([]train.Example, error) {
	set, err := LoadGraded(dir)
	if err != nil {
		return nil, err
	}
	study := StudyOptions{Options: o}
	w, err := study.world(ctx, set)
	if err != nil {
		return nil, err
	}
	return w.examples, nil
}

// JudgedPair is a pair of records with the level that people gave it.
type JudgedPair struct {
	Need        *jiqiao.Need
	Achievement *jiqiao.Achievement
	Level       jiqiao.Level
}

// PairExamples are judged pairs of full records as examples. others are all records of the collection that the pairs
// come from, the pairs' own among them.
func PairExamples(pairs []JudgedPair, others []jiqiao.Record, o Options) []train.Example {
	c := o.collection(others)
	out := make([]train.Example, len(pairs))
	for i, p := range pairs {
		s := c.ScorePair(p.Need, p.Achievement)
		out[i] = train.Example{Need: p.Need.ID, Achievement: p.Achievement.ID, X: s.Features[:], Level: p.Level}
	}
	return out
}

// How examples are made of texts that nobody judged.
const (
	halvesTexts   = 15_000 // how many texts the candidates come from
	halvesQueries = 1_000
	// halvesHard candidates of the recall by words stand against the text's own other part. What ranks high by meaning
	// is no candidate: the vectors that ship have been tuned on parts of these same texts, and would seem to know more
	// than they do of others.
	halvesHard = 60
	// partRunes is the least that either part must hold: what the text regime is for.
	partRunes = 60
)

// HalvesExamples teach how a full achievement meets a need, without people: the first part of a text stands for the need,
// the last part of the same text for the achievement that answers it, and what the recall finds besides for those that do
// not. All are Implied: they order, and say nothing about levels. Of three texts in four the need is the beginning
// alone, as someone types it; of the others the title goes to the need or to the achievement by turns.
func HalvesExamples(ctx context.Context, texts []Text, o Options) ([]train.Example, error) {
	var needs []*jiqiao.Need
	var recs []jiqiao.Record
	step := max(1, len(texts)/halvesTexts)
	for i := 0; i < len(texts); i += step {
		first, last, ok := halves(texts[i].Body)
		if !ok {
			continue
		}
		n, a := partsAsRecords(texts[i], first, last, i/step)
		needs = append(needs, n)
		recs = append(recs, a)
	}
	c := o.collection(recs)
	recall := newBigramRecall(recs)
	var out []train.Example
	for k := 0; k < len(needs); k += max(1, len(needs)/halvesQueries) {
		query := matcher.RecallQuery{Kind: jiqiao.KindAchievement, Subject: needs[k], Limit: halvesHard}
		found, err := recall.Recall(ctx, query)
		if err != nil {
			return nil, fmt.Errorf("candidates for text %s: %w", needs[k].ID, err)
		}
		if !slices.Contains(found, needs[k].ID) {
			continue // what no recall finds is not for a score to save, and would teach it that words do not matter
		}
		others := slices.DeleteFunc(found, func(id string) bool { return id == needs[k].ID })
		for _, s := range c.ScoreAll(needs[k], append([]string{needs[k].ID}, others...)) {
			e := train.Example{Need: "text " + needs[k].ID, Achievement: s.ID, X: s.Features[:], Level: jiqiao.LevelNone, Implied: true}
			if s.ID == needs[k].ID {
				e.Level = jiqiao.LevelStrong
			}
			out = append(out, e)
		}
		if o.Progress != nil {
			o.Progress(k, len(needs))
		}
	}
	return out, nil
}

func partsAsRecords(t Text, first, last string, turn int) (*jiqiao.Need, *jiqiao.Achievement) {
	n, a := &jiqiao.Need{Problem: first}, &jiqiao.Achievement{Abstract: last}
	switch turn % 8 {
	default:
		if typed, err := matcher.ParseText(jiqiao.KindNeed, beginning(first)); err == nil {
			n = typed.(*jiqiao.Need)
		}
	case 1:
		n.Title = t.Title
	case 5:
		a.Title = t.Title
	}
	n.ID, a.ID = t.ID, t.ID
	return n, a
}

// typedRunes is about how much someone types into a search box.
const typedRunes = 90

func beginning(text string) string {
	n := 0
	for i := range text {
		if n == typedRunes {
			return text[:i]
		}
		n++
	}
	return text
}

// halves cuts a text between two sentences near its middle.
func halves(text string) (first, last string, ok bool) {
	sentences := zh.Sentences(text)
	if len(sentences) < 2 {
		return "", "", false
	}
	middle := len(text) / 2
	cut := slices.MinFunc(sentences[1:], func(a, b zh.Span) int { return abs(a.Start-middle) - abs(b.Start-middle) }).Start
	first, last = strings.TrimSpace(text[:cut]), strings.TrimSpace(text[cut:])
	return first, last, utf8.RuneCountInString(first) >= partRunes && utf8.RuneCountInString(last) >= partRunes
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// CrossValidate measures a way to train on a graded set: every pair is predicted by a model that saw the pairs of other
// needs alone, and extra, which must hold nothing of the set. The first row is that; the baselines follow with what it
// has more. The predictions are those of the set's pairs, in the order of the set.
func CrossValidate(ctx context.Context, dir string, o Options, fit train.Options, extra []train.Example) (*Report, []train.Prediction, train.Report, error) {
	set, err := LoadGraded(dir)
	if err != nil {
		return nil, nil, train.Report{}, err
	}
	study := StudyOptions{Options: o, Fit: fit}
	w, err := study.world(ctx, set)
	if err != nil {
		return nil, nil, train.Report{}, err
	}
	examples := slices.Concat(w.examples, extra)
	predictions, err := train.CrossValidate(examples, fit, train.Folds{Count: studyFolds, Seed: 1})
	if err != nil {
		return nil, nil, train.Report{}, err
	}
	predictions = slices.DeleteFunc(predictions, func(p train.Prediction) bool { return p.Example >= len(w.examples) })
	report := gradedReport(set, []system{
		{"cross-validated", "学习的排序（5 折，按需求分组）", w.run(predictions)},
		{"bm25-bigram", "BM25 字二元组（标题×2+正文）", bm25Run(set, characterBigrams)},
		{"bm25-word", "BM25 分词（标题×2+正文）", bm25Run(set, words(o.Analyzer))},
		{"constant", "恒定 2 级", constantRun(set)},
	})
	return report, predictions, train.NewReport(w.examples, predictions), nil
}

// LoadTexts reads texts as JSON lines of id, title and text, gzip'd when the name ends in .gz.
func LoadTexts(path string) ([]Text, error) { return readTexts(path) }
