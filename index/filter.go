package index

import (
	"strconv"

	"jiqiao"
)

// filter is a jiqiao.Filter over columns.
type filter struct {
	wants  []facetSet // by symbol: the facets whose restriction it satisfies
	need   facetSet   // the facets that are restricted
	owners bool
	hidden bool // private records too
	trlMin uint8
	trlMax uint8 // 0 for none
}

// facetSet is a bitmap of facets.
type facetSet uint16

func (s *symbols) filter(f jiqiao.Filter) *filter {
	f = f.Normalise()
	all := s.list()
	c := &filter{wants: make([]facetSet, len(all)), owners: f.Owners, hidden: f.Private}
	for _, part := range []struct {
		facet  facet
		values []string
	}{
		{facetIndustries, f.Industries},
		{facetFields, f.Fields},
		{facetEmerging, f.Emerging},
		{facetRegions, f.Regions},
		{facetCooperation, f.Cooperation},
		{facetOrganisations, f.Organisations},
		{facetBudgets, f.Budgets},
		{facetYears, texts(f.Years, strconv.Itoa)},
		{facetStatuses, texts(f.Statuses, func(s jiqiao.Status) string { return string(s) })},
	} {
		c.restrict(s, part.facet, part.values)
	}
	if f.TRLMin > 0 || f.TRLMax > 0 {
		c.need |= 1 << facetTRL
		c.trlMin, c.trlMax = uint8(max(f.TRLMin, 1)), uint8(f.TRLMax)
	}
	return c
}

// restrict demands one of the values, which all hold for ["*"].
func (c *filter) restrict(s *symbols, f facet, values []string) {
	if len(values) == 0 || f == facetStatuses && values[0] == string(jiqiao.AnyStatus) {
		return
	}
	c.need |= 1 << f
	for _, v := range values {
		if id := s.find(f, v); id != 0 && int(id) < len(c.wants) {
			c.wants[id] |= 1 << f
		}
	}
}

func texts[T any](values []T, text func(T) string) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = text(v)
	}
	return list
}

// missing is the set of restrictions that the record does not meet; visible says that it may be known at all.
func (c *filter) missing(r *columns) (missing facetSet, visible bool) {
	if r.private && !c.hidden {
		return 0, false
	}
	if c.need == 1<<facetStatuses {
		if int(r.status) < len(c.wants) && c.wants[r.status] != 0 {
			return 0, true
		}
		return c.need, true
	}
	met := facetSet(0)
	for _, code := range r.codes {
		if int(code) < len(c.wants) {
			met |= c.wants[code]
		}
	}
	if owner := c.owner(r); int(owner) < len(c.wants) {
		met |= c.wants[owner]
	}
	if r.trl >= c.trlMin && r.trl > 0 && (c.trlMax == 0 || r.trl <= c.trlMax) {
		met |= 1 << facetTRL
	}
	return c.need &^ met, true
}

// owner is the organisation's symbol, 0 when it is none of the asker's business.
func (c *filter) owner(r *columns) uint32 {
	if r.anonymous && !c.owners {
		return 0
	}
	return r.owner
}

// keep is missing for those who ask only yes or no.
func (c *filter) keep(r *columns) bool {
	missing, visible := c.missing(r)
	return visible && missing == 0
}
