package index

import (
	"cmp"
	"math/bits"
	"slices"

	"jiqiao"
)

// maxFacetValues bounds a facet's list; only organisations and counties ever come near.
const maxFacetValues = 500

// tally counts the values of every facet over the records found.
type tally struct {
	filter *filter
	all    []symbol
	counts []int
}

func newTally(s *symbols, f *filter) *tally {
	all := s.list()
	return &tally{f, all, make([]int, len(all))}
}

// add counts a record that matches the text and lacks the restrictions missing. When it lacks one, it counts towards that
// facet alone: the user sees what choosing otherwise there would give.
func (t *tally) add(r *columns, missing facetSet) {
	if bits.OnesCount16(uint16(missing)) > 1 {
		return
	}
	for _, code := range r.codes {
		if int(code) < len(t.all) && (missing == 0 || missing == 1<<t.all[code].facet) {
			t.counts[code]++
		}
	}
	owner := t.filter.owner(r)
	if owner != 0 && int(owner) < len(t.all) && (missing == 0 || missing == 1<<facetOrganisations) {
		t.counts[owner]++
	}
}

// facets are the counts in the fixed order of facets, the most frequent values first.
func (t *tally) facets(s *symbols) []jiqiao.Facet {
	list := make([]jiqiao.Facet, facetCount)
	for f := range list {
		list[f] = jiqiao.Facet{Name: facets[f].name, Label: facets[f].label, Values: []jiqiao.FacetValue{}}
	}
	for id, n := range t.counts {
		if n == 0 {
			continue
		}
		of := t.all[id]
		values := &list[of.facet].Values
		*values = append(*values, jiqiao.FacetValue{Code: of.code, Count: n})
	}
	for f := range list {
		values := list[f].Values
		slices.SortFunc(values, func(a, b jiqiao.FacetValue) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code))
		})
		values = values[:min(len(values), maxFacetValues)]
		for i := range values {
			values[i].Label = cmp.Or(s.label(facet(f), values[i].Code), values[i].Code)
		}
		list[f].Values = values
	}
	return list
}
