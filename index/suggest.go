package index

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"

	"jiqiao"
	"jiqiao/index/postings"
	"jiqiao/index/zh"
)

const (
	// suggestKey is how many characters of a title or keyword are compared: nobody types more and still needs help.
	suggestKey = 16
	// suggestFresh entries may wait unsorted before they are sorted in; they are looked through one by one.
	suggestFresh = 1024
	// suggestScan bounds the entries looked at for one answer, so that the prefix 一 costs no more than another.
	suggestScan = 20_000
)

// suggester completes prefixes: of titles and keywords as they are written, and of their pinyin initials (jgqg finds
// 激光切割). Entries of changed and deleted records stay until they are many; they are recognised when found.
type suggester struct {
	mu       sync.RWMutex
	sorted   []entry
	fresh    []entry
	keywords map[string]int // offered records that have the keyword
	obsolete int

	published uint32 // the symbol of the status
}

type entry struct {
	key  string
	text string
	id   string // of the record whose title it is; empty for a keyword
}

func newSuggester(s *symbols) *suggester {
	published := s.add(facetStatuses, string(jiqiao.StatusPublished))
	return &suggester{keywords: map[string]int{}, published: published}
}

// offered says whether outsiders may read the record's title: an anonymous one may name the owner.
func (g *suggester) offered(c *columns) bool {
	return c.status == g.published && c.veil == veil{}
}

// update must be called before the side changes: it takes the old state of the records from it. There is one writer, so
// it reads without the lock and takes it only to change what readers see.
func (g *suggester) update(side *postings.Side[columns], a *zh.Analyzer, puts []postings.Put[columns], gone []string) {
	final := map[string]int{}
	for i, p := range puts {
		final[p.ID] = i
	}
	var titles []entry
	var words []string
	for i, p := range puts {
		if final[p.ID] != i || !g.offered(&p.Payload) {
			continue
		}
		titles = appendEntries(titles, a, p.Payload.title, p.ID)
		words = append(words, p.Payload.keywords...)
	}
	var keywords []entry
	for _, k := range words {
		if g.keywords[k] == 0 {
			keywords = appendEntries(keywords, a, k, "")
		}
	}
	g.mu.Lock()
	for id := range final {
		g.forget(side, id)
	}
	for _, id := range gone {
		if _, again := final[id]; !again {
			g.forget(side, id)
		}
	}
	for _, k := range words {
		g.keywords[k]++
	}
	g.fresh = append(g.fresh, slices.Concat(titles, keywords)...)
	g.mu.Unlock()
	if len(g.fresh) > max(suggestFresh, len(g.sorted)/8) || g.obsolete > max(suggestFresh, len(g.sorted)/4) {
		g.sort(side, final, puts)
	}
}

func (g *suggester) forget(side *postings.Side[columns], id string) {
	_, old, ok := side.Find(id)
	if !ok || !g.offered(old) {
		return
	}
	g.obsolete++
	for _, k := range old.keywords {
		if g.keywords[k]--; g.keywords[k] == 0 {
			delete(g.keywords, k)
		}
	}
}

// sort takes the fresh entries in and leaves the obsolete out. final and puts are the batch that the side does not have yet.
func (g *suggester) sort(side *postings.Side[columns], final map[string]int, puts []postings.Put[columns]) {
	valid := func(e entry) bool {
		if e.id == "" {
			return g.keywords[e.text] > 0
		}
		if i, ok := final[e.id]; ok {
			return puts[i].Payload.title == e.text
		}
		_, c, ok := side.Find(e.id)
		return ok && c.title == e.text
	}
	all := make([]entry, 0, len(g.sorted)+len(g.fresh))
	for _, list := range [][]entry{g.sorted, g.fresh} {
		for _, e := range list {
			if valid(e) {
				all = append(all, e)
			}
		}
	}
	slices.SortFunc(all, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id), cmp.Compare(a.text, b.text))
	})
	all = slices.Clip(slices.Compact(all))
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sorted, g.fresh, g.obsolete = all, nil, 0
}

// appendEntries adds a text under its folded form and under its initials.
func appendEntries(dst []entry, a *zh.Analyzer, text, id string) []entry {
	key := suggestionKey(a, text)
	if key == "" {
		return dst
	}
	dst = append(dst, entry{key, text, id})
	if first := initials(key); first != "" && first != key {
		dst = append(dst, entry{first, text, id})
	}
	return dst
}

// suggestionKey is the folded text without spaces and marks, cut to suggestKey characters.
func suggestionKey(a *zh.Analyzer, text string) string {
	var b strings.Builder
	n := 0
	for _, r := range a.Fold(text) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		b.WriteRune(r)
		if n++; n == suggestKey {
			break
		}
	}
	return b.String()
}

// initials are the first letters of the characters' pinyin, in their commonest reading; letters and digits stand for
// themselves.
func initials(key string) string {
	var b strings.Builder
	for _, r := range key {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else if first := firstLetters()[r]; first != 0 {
			b.WriteByte(first)
		}
	}
	return b.String()
}

// firstLetters is the first letter of the pinyin of every Han character, worked out once: the library takes a microsecond
// for each.
var firstLetters = sync.OnceValue(func() map[rune]byte {
	args := pinyin.NewArgs()
	args.Style = pinyin.FirstLetter
	letters := make(map[rune]byte, len(pinyin.PinyinDict))
	for r := range pinyin.PinyinDict {
		if p := pinyin.SinglePinyin(rune(r), args); len(p) > 0 && p[0] != "" {
			letters[rune(r)] = p[0][0]
		}
	}
	return letters
})

// Suggest completes what a user is typing, from keywords and titles of records that are published and neither private
// nor anonymous: keywords first, the frequent before the rare; then titles that begin so; then titles that hold the words.
// n is cut to MaxSuggestions.
func (x *Index) Suggest(ctx context.Context, kind jiqiao.Kind, prefix string, n int) ([]jiqiao.Suggestion, error) {
	st, err := x.ready(ctx)
	if err != nil {
		return nil, err
	}
	if !kind.Valid() {
		return nil, jiqiao.Fail(jiqiao.CodeInvalid, "请指明查找技术需求（need）还是科技成果（achievement）", nil)
	}
	n = min(n, jiqiao.MaxSuggestions)
	prefix, _ = jiqiao.CutQuery(prefix)
	key := suggestionKey(st.zh, prefix)
	list := []jiqiao.Suggestion{}
	if n <= 0 || key == "" {
		return list, nil
	}
	list = st.suggest[kind].complete(st.sides[kind], kind, key, n)
	if len(list) < n {
		list = st.suggestByWords(list, kind, prefix, n)
	}
	return list, nil
}

func (g *suggester) complete(side *postings.Side[columns], kind jiqiao.Kind, key string, n int) []jiqiao.Suggestion {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var words []entry
	titles := []entry{}
	look := func(e entry) {
		switch {
		case e.id == "":
			if g.keywords[e.text] > 0 {
				words = append(words, e)
			}
		case len(titles) < n:
			if _, c, ok := side.Find(e.id); ok && c.title == e.text && g.offered(c) {
				titles = append(titles, e)
			}
		}
	}
	first := sort.Search(len(g.sorted), func(i int) bool { return g.sorted[i].key >= key })
	for _, e := range g.sorted[first:min(len(g.sorted), first+suggestScan)] {
		if !strings.HasPrefix(e.key, key) {
			break
		}
		look(e)
	}
	for _, e := range g.fresh {
		if strings.HasPrefix(e.key, key) {
			look(e)
		}
	}
	slices.SortStableFunc(words, func(a, b entry) int { return cmp.Compare(g.keywords[b.text], g.keywords[a.text]) })
	slices.SortStableFunc(titles, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	list := []jiqiao.Suggestion{}
	for _, e := range slices.Concat(words[:min(len(words), max(1, n/2))], titles) {
		list = appendSuggestion(list, jiqiao.Suggestion{Text: e.text, Kind: kind, ID: e.id}, n)
	}
	return list
}

// appendSuggestion adds one unless its text is there or the list is full.
func appendSuggestion(list []jiqiao.Suggestion, s jiqiao.Suggestion, n int) []jiqiao.Suggestion {
	if len(list) >= n || slices.ContainsFunc(list, func(have jiqiao.Suggestion) bool { return have.Text == s.Text }) {
		return list
	}
	return append(list, s)
}

// suggestByWords adds titles of records that hold all the words, wherever they stand.
func (st *state) suggestByWords(list []jiqiao.Suggestion, kind jiqiao.Kind, text string, n int) []jiqiao.Suggestion {
	q := st.typedQuery(text)
	if q.empty() || q.long {
		return list
	}
	scores := st.sides[kind].Score(q.query())
	defer scores.Release()
	top := scores.TopMasked(n, func(mask uint64, c *columns) bool { return q.level(mask) == 3 && st.suggest[kind].offered(c) })
	for _, r := range top {
		list = appendSuggestion(list, jiqiao.Suggestion{Text: scores.Payload(r.Ord).title, Kind: kind, ID: scores.ID(r.Ord)}, n)
	}
	return list
}
