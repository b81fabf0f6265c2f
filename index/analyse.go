package index

import (
	"slices"
	"strings"

	"jiqiao"
	"jiqiao/index/postings"
	"jiqiao/index/zh"
)

// fieldWeights say how much an occurrence counts in ranking. A title says what a record is about in twenty characters;
// counting it twice is the best single weight on the graded pairs (docs/evaluation.md), and keywords are like it.
var fieldWeights = map[jiqiao.Field]int{
	jiqiao.FieldTitle:    2,
	jiqiao.FieldKeywords: 2,
	jiqiao.FieldProblem:  1,
	jiqiao.FieldAbstract: 1,
	jiqiao.FieldBody:     1,
}

// isHead says which fields make up a record's head.
func isHead(f jiqiao.Field) bool { return f == jiqiao.FieldTitle || f == jiqiao.FieldKeywords }

// weights are what an occurrence of the token adds to the two channels. Words are the word channel; bigrams, and the
// tokens that no bigram covers (Latin, numbers, single characters), the other, so that either is a whole text.
func weights(t zh.Token, field int) (word, gram int) {
	if t.Kind != zh.Bigram {
		word = field
	}
	if t.Kind == zh.Bigram || t.AlsoBigram || t.Kind != zh.Word && !t.Part {
		gram = field
	}
	return word, gram
}

// analysed is a text cut into terms.
type analysed struct {
	doc postings.Doc
	// head are the word tokens of title and keywords, ready for bleve.
	head map[jiqiao.Field]string
}

// analyser turns sections into documents. It keeps its memory between texts and is for one goroutine.
type analyser struct {
	zh     *zh.Analyzer
	terms  *postings.Terms
	tokens []zh.Token
	ids    []uint32
	sums   map[uint32]sums
	list   []postings.DocTerm
	text   strings.Builder
}

type sums struct {
	word, gram int
	head       bool
}

func newAnalyser(a *zh.Analyzer, terms *postings.Terms) *analyser {
	return &analyser{zh: a, terms: terms, sums: map[uint32]sums{}}
}

// document analyses a record to be indexed, giving new terms their numbers.
func (a *analyser) document(sections []jiqiao.Section) analysed {
	head := map[jiqiao.Field]string{}
	clear(a.sums)
	for _, s := range sections {
		a.read(s.Text)
		a.ids = a.terms.AddAll(a.ids[:0], len(a.tokens), a.term)
		for i, t := range a.tokens {
			a.count(a.ids[i], t, s.Field)
		}
		if isHead(s.Field) {
			head[s.Field] = a.words()
		}
	}
	return analysed{a.doc(), head}
}

// words joins the words of the section read last for bleve's tokenizer.
func (a *analyser) words() string {
	a.text.Reset()
	for _, t := range a.tokens {
		if t.Kind == zh.Bigram {
			continue
		}
		if a.text.Len() > 0 {
			a.text.WriteString(tokenSeparator)
		}
		a.text.WriteString(t.Term)
	}
	return a.text.String()
}

// subject analyses a record to be compared with those indexed; terms that none of them has are left out.
func (a *analyser) subject(sections []jiqiao.Section) postings.Doc {
	clear(a.sums)
	for _, s := range sections {
		a.read(s.Text)
		a.ids = a.terms.LookupAll(a.ids[:0], len(a.tokens), a.term)
		for i, t := range a.tokens {
			if a.ids[i] != postings.Missing {
				a.count(a.ids[i], t, s.Field)
			}
		}
	}
	return a.doc()
}

func (a *analyser) read(text string) { a.tokens = a.zh.Tokens(a.tokens[:0], text) }

func (a *analyser) term(i int) string { return a.tokens[i].Term }

func (a *analyser) count(id uint32, t zh.Token, field jiqiao.Field) {
	word, gram := weights(t, fieldWeights[field])
	s := a.sums[id]
	s.word += word
	s.gram += gram
	s.head = s.head || isHead(field)
	a.sums[id] = s
}

func (a *analyser) doc() postings.Doc {
	a.list = a.list[:0]
	for id, s := range a.sums {
		t := postings.DocTerm{ID: id, Head: s.head}
		t.Word, t.Gram = uint8(min(s.word, postings.MaxWeight)), uint8(min(s.gram, postings.MaxWeight))
		if t.Word|t.Gram != 0 {
			a.list = append(a.list, t)
		}
	}
	slices.SortFunc(a.list, func(a, b postings.DocTerm) int { return int(a.ID) - int(b.ID) })
	return postings.NewDoc(a.list)
}
