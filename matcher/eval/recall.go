package eval

import (
	"context"
	"slices"

	"jiqiao"
	"jiqiao/matcher"
)

// bigramRecall is exact BM25 over character bigrams, the stand-in for an index.
type bigramRecall struct {
	sides map[jiqiao.Kind]*recallSide
}

type recallSide struct {
	ids  []string
	docs [][]string
	bm25 *bm25
}

func newBigramRecall(recs []jiqiao.Record) *bigramRecall {
	r := &bigramRecall{sides: map[jiqiao.Kind]*recallSide{}}
	for _, k := range jiqiao.Kinds {
		r.sides[k] = &recallSide{}
	}
	for _, rec := range recs {
		side := r.sides[rec.Kind()]
		side.ids = append(side.ids, rec.Head().ID)
		side.docs = append(side.docs, recordBigrams(rec))
	}
	for _, side := range r.sides {
		side.bm25 = newBM25(side.docs)
	}
	return r
}

// Recall implements matcher.Recaller; filters are not its business.
func (r *bigramRecall) Recall(ctx context.Context, q matcher.RecallQuery) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	side := r.sides[q.Kind]
	best := side.bm25.top(recordBigrams(q.Subject), q.Limit)
	ids := make([]string, len(best))
	for i, d := range best {
		ids[i] = side.ids[d]
	}
	return ids, nil
}

// recordBigrams counts the title twice, as the baselines do.
func recordBigrams(rec jiqiao.Record) []string {
	var out []string
	for _, s := range rec.Sections() {
		terms := characterBigrams(s.Text)
		if s.Field == jiqiao.FieldTitle {
			terms = slices.Concat(terms, terms)
		}
		out = append(out, terms...)
	}
	return out
}

// Allowed implements matcher.Recaller.
func (r *bigramRecall) Allowed(_ context.Context, _ jiqiao.Kind, _ jiqiao.Filter, ids []string) ([]string, error) {
	return ids, nil
}
