package eval

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"jiqiao"
	"jiqiao/matcher"
)

// Depths at which a retrieval set is measured.
const (
	retrievalRank  = 10 // MRR@10, Recall@10
	retrievalDepth = 50 // Recall@50
)

// retrievalSet is a directory of docs.jsonl(.gz), queries.tsv (id, kind, text) and qrels.tsv (id, document, 1).
type retrievalSet struct {
	docs    []Text
	queries []retrievalQuery
}

type retrievalQuery struct {
	id, text string
	relevant map[string]bool
}

// RunRetrieval searches for every query and measures how high the matcher, its recall alone, and BM25 over character
// bigrams rank the documents that answer it. Queries stand for needs, documents for achievements.
func RunRetrieval(ctx context.Context, dir string, o Options) (*Report, error) {
	set, err := loadRetrieval(dir)
	if err != nil {
		return nil, err
	}
	recs := make([]jiqiao.Record, len(set.docs))
	for i, t := range set.docs {
		recs[i] = t.Achievement()
	}
	collection, err := o.adapted(ctx, recs)
	if err != nil {
		return nil, err
	}
	recaller, err := o.open(ctx, recs)
	if err != nil {
		return nil, fmt.Errorf("open index for evaluation: %w", err)
	}
	plain := newBigramRecall(recs)
	ranks := [3][]int{}
	for i, q := range set.queries {
		subject, err := matcher.ParseText(jiqiao.KindNeed, q.text)
		if err != nil {
			return nil, fmt.Errorf("query %s: %w", q.id, err)
		}
		recall := matcher.RecallQuery{Kind: jiqiao.KindAchievement, Subject: subject, Limit: candidates}
		scored, err := collection.Search(ctx, recaller, recall)
		if err != nil {
			return nil, fmt.Errorf("query %s: %w", q.id, err)
		}
		ranks[0] = append(ranks[0], q.rank(ids(scored)))
		for k, r := range []matcher.Recaller{recaller, plain} {
			found, err := r.Recall(ctx, recall)
			if err != nil {
				return nil, fmt.Errorf("recall for query %s: %w", q.id, err)
			}
			ranks[k+1] = append(ranks[k+1], q.rank(found))
		}
		if o.Progress != nil {
			o.Progress(i+1, len(set.queries))
		}
	}
	return retrievalReport(set, ranks), nil
}

func ids(scored []matcher.Scored) []string {
	out := make([]string, len(scored))
	for i, s := range scored {
		out[i] = s.ID
	}
	return out
}

// rank is the place, from 1, of the first relevant document; 0 when none was found.
func (q *retrievalQuery) rank(found []string) int {
	for i, id := range found {
		if q.relevant[id] {
			return i + 1
		}
	}
	return 0
}

func retrievalReport(set *retrievalSet, ranks [3][]int) *Report {
	r := &Report{
		Title: "已知答案的检索",
		Facts: []string{
			fmt.Sprintf("文档 %d 篇，查询 %d 条", len(set.docs), len(set.queries)),
			fmt.Sprintf("方括号内为按查询重抽样 %d 次的 95%% 区间；差值 = 本系统 − 该行", resamples),
		},
		Columns: []string{"MRR@10", "Recall@10", "Recall@50"},
	}
	draws := drawNeeds(len(set.queries))
	names := [3][2]string{{"jiqiao", "本系统"}, {"recall", "只用词召回"}, {"bm25-bigram", "BM25 字二元组"}}
	figures := [3][][]float64{}
	for i, name := range names {
		figures[i] = retrievalFigures(ranks[i])
		row := Row{Name: name[0], Label: name[1]}
		for col, values := range figures[i] {
			row.Figures = append(row.Figures, meanInterval(values, draws))
			if i > 0 {
				row.Differences = append(row.Differences, meanInterval(minus(figures[0][col], values), draws))
			}
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

// retrievalFigures are the columns, one value per query.
func retrievalFigures(ranks []int) [][]float64 {
	columns := make([][]float64, 3)
	for i := range columns {
		columns[i] = make([]float64, len(ranks))
	}
	for i, rank := range ranks {
		if rank > 0 && rank <= retrievalRank {
			columns[0][i], columns[1][i] = 1/float64(rank), 1
		}
		if rank > 0 && rank <= retrievalDepth {
			columns[2][i] = 1
		}
	}
	return columns
}

func minus(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return d
}

// loadRetrieval reads docs.jsonl.gz or docs.jsonl. Queries without a relevant document are left out.
func loadRetrieval(dir string) (*retrievalSet, error) {
	set := &retrievalSet{}
	var err error
	if set.docs, err = readTexts(filepath.Join(dir, "docs.jsonl.gz")); err != nil {
		if set.docs, err = readTexts(filepath.Join(dir, "docs.jsonl")); err != nil {
			return nil, err
		}
	}
	judged, err := readFile(filepath.Join(dir, "qrels.tsv"), ReadJudgements)
	if err != nil {
		return nil, err
	}
	set.queries, err = readFile(filepath.Join(dir, "queries.tsv"), func(r io.Reader) ([]retrievalQuery, error) {
		return readQueries(r, judged)
	})
	if err != nil {
		return nil, err
	}
	if len(set.queries) == 0 {
		return nil, fmt.Errorf("retrieval set %s has no query with a relevant document", dir)
	}
	return set, nil
}

func readQueries(r io.Reader, judged *Judgements) ([]retrievalQuery, error) {
	var queries []retrievalQuery
	err := eachRow(r, func(line int, cells []string) error {
		if len(cells) < 2 {
			return fmt.Errorf("line %d: want id, kind and text", line)
		}
		q := retrievalQuery{id: cells[0], text: cells[len(cells)-1], relevant: map[string]bool{}}
		for _, g := range judged.Of(q.id) {
			if g.Level > 0 {
				q.relevant[g.Achievement] = true
			}
		}
		if len(q.relevant) > 0 {
			queries = append(queries, q)
		}
		return nil
	})
	return queries, err
}
