package index

import (
	"context"
	"fmt"

	"github.com/blevesearch/bleve/v2"

	"jiqiao"
)

// Verify checks that disk and memory hold the same: as many records on each side, in each status. An error says what
// differs, and that the index should be rebuilt.
func (x *Index) Verify(ctx context.Context) error {
	x.write.Lock()
	defer x.write.Unlock()
	st, err := x.ready(ctx)
	if err != nil {
		return err
	}
	if err := st.reopen(); err != nil {
		return err
	}
	for _, kind := range jiqiao.Kinds {
		memory := map[string]uint64{}
		st.sides[kind].View().Each(func(_ uint32, c *columns) {
			for _, code := range c.codes {
				if s := st.symbols.list()[code]; s.facet == facetStatuses {
					memory[s.code]++
				}
			}
		})
		memory[""] = uint64(st.sides[kind].View().Live())
		statuses, _ := jiqiao.LookupList("status")
		for _, status := range append(statuses.Items, jiqiao.CodeItem{}) {
			disk, err := st.countOnDisk(ctx, kind, status.Code)
			if err != nil {
				return err
			}
			if disk != memory[status.Code] {
				return fmt.Errorf("index: %d records of %s with status %q on disk, %d in memory", disk, kind, status.Code, memory[status.Code])
			}
		}
	}
	return nil
}

// countOnDisk asks bleve for the records of a side, of one status unless "".
func (st *state) countOnDisk(ctx context.Context, kind jiqiao.Kind, status string) (uint64, error) {
	of := bleve.NewTermQuery(string(kind))
	of.SetField(fieldKind)
	q := bleve.NewConjunctionQuery(of)
	if status != "" {
		in := bleve.NewTermQuery(status)
		in.SetField(facets[facetStatuses].name)
		q.AddQuery(in)
	}
	found, err := st.disk.SearchInContext(ctx, bleve.NewSearchRequestOptions(q, 0, 0, false))
	if err != nil {
		return 0, fmt.Errorf("index: count on disk: %w", err)
	}
	return found.Total, nil
}
