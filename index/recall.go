package index

import (
	"context"
	"slices"

	"jiqiao"
	"jiqiao/index/postings"
)

// Weights of the two channels in recall.
const (
	recallWord = 1.0
	recallGram = 1.0
)

// RecallQuery asks one side for candidates to match a text.
type RecallQuery struct {
	Kind jiqiao.Kind // the side looked for
	// Sections are the subject's texts; titles count as in the index.
	Sections []jiqiao.Section
	Filter   jiqiao.Filter
	Limit    int
	// Parts asks for the parts of the score, which costs a quarter more.
	Parts bool
	// Exact reads every list, also beyond recallBudget.
	Exact bool
}

// Candidate is a record recalled.
type Candidate struct {
	ID    string
	Score float64
	// Word and Gram are the BM25 scores over words and over bigrams, which sum to Score; 0 unless asked for.
	Word, Gram float64
}

// Recall lists the records that pass the filter by their BM25 score for the whole subject, best first, ties by id. In a
// collection of more than some ten thousand records only the subject's rarest terms count, unless Exact; ADR 8.
func (x *Index) Recall(ctx context.Context, q RecallQuery) ([]Candidate, error) {
	st, err := x.ready(ctx)
	if err != nil {
		return nil, err
	}
	doc := newAnalyser(st.zh, st.terms).subject(q.Sections)
	budget := recallBudget
	if q.Exact {
		budget = 0
	}
	return st.recall(q.Kind, recallQuery(doc, budget), st.symbols.filter(q.Filter).keep, q.Limit, q.Parts), nil
}

func (st *state) recall(kind jiqiao.Kind, q postings.Query, keep func(*columns) bool, limit int, parts bool) []Candidate {
	scores := st.sides[kind].Score(q)
	defer scores.Release()
	top := scores.Top(limit, keep)
	list := make([]Candidate, len(top))
	for i, r := range top {
		list[i] = Candidate{ID: scores.ID(r.Ord), Score: r.Score}
		if parts {
			list[i].Word, list[i].Gram = scores.Split(r.Ord)
		}
	}
	return list
}

// recallBudget bounds the entries that one recall reads, at about 4 ns each.
const recallBudget = 150_000

// recallQuery asks for a document's terms, each as often as the document says it.
func recallQuery(doc postings.Doc, budget int) postings.Query {
	q := postings.Query{Budget: budget}
	for t := range doc.Terms {
		q.Terms = append(q.Terms, postings.QueryTerm{ID: t.ID, Word: recallWord * float64(t.Word), Gram: recallGram * float64(t.Gram)})
	}
	return q
}

// Allowed keeps, in their order, the ids that name a record of the side and pass the filter.
func (x *Index) Allowed(ctx context.Context, kind jiqiao.Kind, f jiqiao.Filter, ids []string) ([]string, error) {
	st, err := x.ready(ctx)
	if err != nil {
		return nil, err
	}
	keep := st.symbols.filter(f).keep
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		_, c, ok := st.sides[kind].Find(id)
		return !ok || !keep(c)
	}), nil
}

// Forward is a record's analysed form, for scoring it without analysing it again.
func (x *Index) Forward(kind jiqiao.Kind, id string) (postings.Doc, bool) {
	st := x.live.Load()
	if st == nil {
		return postings.Doc{}, false
	}
	doc, _, ok := st.sides[kind].Find(id)
	return doc, ok
}

// Stats are the statistics of a side.
func (x *Index) Stats(kind jiqiao.Kind) postings.Stats {
	if st := x.live.Load(); st != nil {
		return st.sides[kind].Stats()
	}
	return postings.Stats{}
}

// minSimilarity is the share of common terms from which two texts count as nearly the same. Independent texts on one
// subject stay below a fifth.
const minSimilarity = 0.5

// similarPool is how many candidates are compared: a near duplicate shares most terms, and so is among the first few.
const similarPool = 50

// Similar lists records of the same side whose texts are nearly rec's, the most similar first, rec itself and records
// that are not offered left out. Candidates come from ranking; their similarity is exact: the Jaccard similarity of the
// two sets of bigrams, Latin words, numbers and models.
func (x *Index) Similar(ctx context.Context, rec jiqiao.Record, n int) ([]jiqiao.Duplicate, error) {
	st, err := x.ready(ctx)
	if err != nil {
		return nil, err
	}
	own := rec.Head().ID
	a := newAnalyser(st.zh, st.terms)
	doc, unknown := a.comparable(rec.Sections())
	kind := rec.Kind()
	list := []jiqiao.Duplicate{}
	for _, c := range st.recall(kind, recallQuery(doc, recallBudget), func(c *columns) bool { return !c.private && !c.brokers }, similarPool, false) {
		other, _, ok := st.sides[kind].Find(c.ID)
		if !ok || c.ID == own {
			continue
		}
		if s := jaccard(doc, other, unknown); s >= minSimilarity {
			list = append(list, jiqiao.Duplicate{ID: c.ID, Similarity: s})
		}
	}
	slices.SortStableFunc(list, func(a, b jiqiao.Duplicate) int {
		switch {
		case a.Similarity > b.Similarity:
			return -1
		case a.Similarity < b.Similarity:
			return 1
		default:
			return 0
		}
	})
	return list[:min(len(list), max(n, 0))], nil
}

// comparable is subject, and the number of different terms of the bigram channel that no record has.
func (a *analyser) comparable(sections []jiqiao.Section) (doc postings.Doc, unknown int) {
	strange := map[string]bool{}
	doc = a.subject(sections)
	for _, s := range sections {
		a.tokens = a.zh.Tokens(a.tokens[:0], s.Text)
		for _, t := range a.tokens {
			if _, gram := weights(t, 1); gram == 0 {
				continue
			}
			if _, ok := a.terms.Lookup(t.Term); !ok {
				strange[t.Term] = true
			}
		}
	}
	return doc, len(strange)
}

// jaccard compares the bigram channels; unknown terms of a are in a alone.
func jaccard(a, b postings.Doc, unknown int) float64 {
	mine := make(map[uint32]bool, a.Len())
	for t := range a.Terms {
		if t.Gram > 0 {
			mine[t.ID] = true
		}
	}
	common, union := 0, len(mine)+unknown
	for t := range b.Terms {
		switch {
		case t.Gram == 0:
		case mine[t.ID]:
			common++
		default:
			union++
		}
	}
	if union == 0 {
		return 0
	}
	return float64(common) / float64(union)
}
