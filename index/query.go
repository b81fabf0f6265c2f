package index

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"jiqiao/index/postings"
	"jiqiao/index/zh"
)

// Weights of a typed query's terms. Bigrams stand for words that the dictionary lacks and for words standing side by
// side; a text that has the words themselves comes first.
const (
	queryWord = 1.0
	queryGram = 0.6
	// queryHead is how much more a term counts in a title or in keywords, beyond counting twice as everywhere.
	queryHead = 1.5
	// relaxed is the share of a query that must be there when no record has all of it.
	relaxed = 0.5
)

// maxMarks is how many things a query can demand: the bits of a mask. A longer text is ranked without demands.
const maxMarks = 64

// typed is a query as typed by a user.
//
// What the user means is a list of marks: every word, or, inside words that have more than two characters, every bigram, so
// that such a word is found also where the dictionary cut the text differently. Records with all marks are the result;
// if there are none, those with half; if there are none, any. Marks of quoted phrases must be there in any case.
type typed struct {
	terms  map[uint32]*postings.QueryTerm
	marks  int
	all    uint64 // every mark
	must   uint64 // marks of phrases
	long   bool   // too long for marks
	absent bool   // a must that no record has
	words  map[string]bool
}

// typedQuery reads what a user typed. Terms that no record has still count as marks.
func (st *state) typedQuery(text string) *typed {
	q := &typed{terms: map[uint32]*postings.QueryTerm{}, words: map[string]bool{}}
	rest, phrases := cutPhrases(text)
	for _, p := range phrases {
		q.addPhrase(st, p)
	}
	q.addText(st, rest)
	if q.long {
		q.all, q.must, q.marks = 0, 0, 0
		for _, t := range q.terms {
			t.Bits = 0
		}
	}
	return q
}

// empty says that there is nothing to look for: the text held punctuation and stop words only.
func (q *typed) empty() bool { return q.marks == 0 && !q.long }

// mark reserves the next bit.
func (q *typed) mark() uint64 {
	if q.marks >= maxMarks {
		q.long = true
		return 0
	}
	bit := uint64(1) << q.marks
	q.marks++
	q.all |= bit
	return bit
}

// add puts a term into the query with the marks that it satisfies.
func (q *typed) add(st *state, t zh.Token, marks uint64) {
	q.words[t.Term] = true
	id, ok := st.terms.Lookup(t.Term)
	if !ok {
		return
	}
	e := q.terms[id]
	if e == nil {
		e = &postings.QueryTerm{ID: id}
		q.terms[id] = e
	}
	e.Bits |= marks
	word, gram := weights(t, 1)
	e.Word = max(e.Word, queryWord*float64(word)*float64(t.Weight))
	e.Gram = max(e.Gram, queryGram*float64(gram)*float64(t.Weight))
}

// addText adds what stands outside quotation marks.
func (q *typed) addText(st *state, text string) {
	tokens := st.zh.QueryTokens(nil, text)
	if len(tokens) == 1 && tokens[0].Kind == zh.Single {
		q.addCharacter(st, tokens[0])
		return
	}
	spans := map[zh.Span]uint64{} // the marks of each word
	covered := make([]bool, len(text))
	for _, t := range tokens {
		if t.Part || t.Synonym || t.Kind == zh.Bigram || t.Kind == zh.Compound {
			continue
		}
		spans[zh.Span{Start: t.Start, End: t.End}] = 0
		for i := t.Start; i < t.End; i++ {
			covered[i] = true
		}
	}
	grams := q.markGrams(tokens, text, covered, spans)
	for span, marks := range spans {
		if marks == 0 {
			spans[span] = q.mark()
		}
	}
	for i, t := range tokens {
		span := zh.Span{Start: t.Start, End: t.End}
		marks := spans[span] | grams[i]
		if t.Synonym {
			marks = spans[span]
		}
		q.add(st, t, marks)
	}
}

// addCharacter adds a query of one Chinese character: every term that holds it answers (氢 finds 制氢 and 氢气), for a
// character inside a text is indexed with its neighbours only.
func (q *typed) addCharacter(st *state, t zh.Token) {
	mark := q.mark()
	q.add(st, t, mark)
	for _, id := range st.terms.Holding(t.Term) {
		if q.terms[id] == nil {
			q.words[st.terms.Term(id)] = true
			q.terms[id] = &postings.QueryTerm{ID: id, Word: queryGram, Gram: queryGram, Bits: mark}
		}
	}
}

// markGrams gives marks to the bigrams that must be there: those inside a word of more than two characters, which the word
// satisfies as well, and those that hold a character that is in no word.
func (q *typed) markGrams(tokens []zh.Token, text string, covered []bool, spans map[zh.Span]uint64) map[int]uint64 {
	grams := map[int]uint64{}
	for i, t := range tokens {
		if q.long {
			break // nothing is demanded of so long a text
		}
		if t.Synonym || t.Kind != zh.Bigram && !t.AlsoBigram {
			continue
		}
		if _, isWord := spans[zh.Span{Start: t.Start, End: t.End}]; isWord {
			continue
		}
		inside := false
		for span := range spans {
			if t.Start >= span.Start && t.End <= span.End && hanOnly(text[span.Start:span.End]) {
				inside = true
				grams[i] = q.mark()
				spans[span] |= grams[i]
			}
		}
		if inside {
			continue
		}
		for at := t.Start; at < t.End; {
			_, n := utf8.DecodeRuneInString(text[at:])
			if !covered[at] {
				grams[i] = q.mark()
				break
			}
			at += n
		}
	}
	return grams
}

func hanOnly(s string) bool {
	for _, r := range s {
		if !unicode.Is(unicode.Han, r) {
			return false
		}
	}
	return true
}

// addPhrase adds a quoted phrase: all its bigrams, also those across words, and its other tokens, must be there. Overlapping
// bigrams leave hardly another reading than the phrase itself; positions, which would make it exact, would double the index.
func (q *typed) addPhrase(st *state, phrase string) {
	for _, t := range st.zh.Tokens(nil, phrase) {
		marks := uint64(0)
		if t.Kind == zh.Bigram || t.AlsoBigram || t.Kind != zh.Word && t.Kind != zh.Compound && !t.Part {
			marks = q.mark()
			q.must |= marks
			if _, known := st.terms.Lookup(t.Term); !known {
				q.absent = true
			}
		}
		q.add(st, t, marks)
	}
}

// cutPhrases takes quoted phrases out of a text. An opening mark without a closing one is no quotation.
func cutPhrases(text string) (rest string, phrases []string) {
	const quotes = "\"\"“”「」『』＂＂"
	for {
		start, size, closing := -1, 0, ""
		for i, r := range text {
			at := strings.IndexRune(quotes, r)
			if at < 0 || !utf8.ValidRune(r) || r == utf8.RuneError {
				continue
			}
			_, n := utf8.DecodeRuneInString(quotes[at:])
			c, _ := utf8.DecodeRuneInString(quotes[at+n:])
			if end := strings.IndexRune(text[i+n:], c); end >= 0 {
				start, size, closing = i, n, string(c)
				break
			}
		}
		if start < 0 {
			return rest + text, phrases
		}
		end := strings.Index(text[start+size:], closing) + start + size
		if p := strings.TrimSpace(text[start+size : end]); p != "" {
			phrases = append(phrases, p)
		}
		rest += text[:start] + "　"
		text = text[end+len(closing):]
	}
}

// level says how much of the query a mask satisfies: 3 all, 2 enough, 1 something, 0 too little.
func (q *typed) level(mask uint64) int {
	switch {
	case q.absent || mask&q.must != q.must:
		return 0
	case mask == q.all:
		return 3
	case float64(bits.OnesCount64(mask)) >= relaxed*float64(q.marks):
		return 2
	default:
		return 1
	}
}

func (q *typed) query() postings.Query {
	list := make([]postings.QueryTerm, 0, len(q.terms))
	for _, t := range q.terms {
		list = append(list, *t)
	}
	return postings.Query{Terms: list, Head: queryHead}
}
