package index

import (
	"math"
	"slices"
	"strconv"

	"jiqiao"
)

// filter is a jiqiao.Filter over columns.
type filter struct {
	wants  []facetSet // by symbol: the facets whose restriction it satisfies
	need   facetSet   // the facets that are restricted
	trlMin uint8
	trlMax uint8 // 0 for none
	sight
}

// sight is a jiqiao.Access over columns. What is opened to an organisation by a grant is not found by searching: it is
// reached from where it was opened.
type sight struct {
	jiqiao.Access
	own       uint32 // the symbol of the asker's organisation, 0 for none
	region    uint32 // the symbol of the operator's region, 0 for everywhere
	published uint32
	reviewed  []uint32
}

func (s *symbols) sight(a jiqiao.Access) sight {
	v := sight{Access: a, published: s.find(facetStatuses, string(jiqiao.StatusPublished))}
	if a.Organisation != "" {
		v.own = s.find(facetOrganisations, a.Organisation)
	}
	if a.Operator && a.Region != "" {
		if v.region = s.find(facetRegions, a.Region); v.region == 0 {
			v.region = noSymbol // a region without records
		}
	}
	statuses, _ := jiqiao.LookupList("status")
	for _, item := range statuses.Items {
		if id := s.find(facetStatuses, item.Code); id != 0 && jiqiao.Status(item.Code).Reviewed() {
			v.reviewed = append(v.reviewed, id)
		}
	}
	return v
}

// noSymbol is that of no value.
const noSymbol = math.MaxUint32

// inside reports whether the record is seen whole; it mirrors jiqiao.Access.SeesDetail.
func (v *sight) inside(r *columns) bool {
	switch {
	case v.Everything:
		return true
	case v.own != 0 && r.owner == v.own:
		return true
	case v.Operator && (v.region == 0 || !r.placed || r.has(v.region)):
		return true
	default:
		return v.Broker && !r.private && slices.Contains(v.reviewed, r.status)
	}
}

// visible reports whether the record may be known at all.
func (v *sight) visible(r *columns) bool {
	return !r.private && !r.brokers && r.status == v.published && v.published != 0 || v.inside(r)
}

func (r *columns) has(code uint32) bool {
	_, found := slices.BinarySearch(r.codes, code)
	return found
}

// facetSet is a bitmap of facets.
type facetSet uint16

func (s *symbols) filter(f jiqiao.Filter) *filter {
	f = f.Normalise()
	all := s.list()
	c := &filter{wants: make([]facetSet, len(all)), sight: s.sight(f.Access)}
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
	if !c.visible(r) {
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
	if r.anonymous && !c.Owners && !c.inside(r) {
		return 0
	}
	return r.owner
}

// keep is missing for those who ask only yes or no.
func (c *filter) keep(r *columns) bool {
	missing, visible := c.missing(r)
	return visible && missing == 0
}
