package index

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"jiqiao"
)

// facet numbers the properties that filter and are counted.
type facet uint8

const (
	facetIndustries facet = iota
	facetFields
	facetEmerging
	facetRegions
	facetCooperation
	facetOrganisations
	facetStatuses
	facetYears
	facetBudgets
	facetTRL
	facetCount
)

// facets gives each its Filter field, the code list that labels its values ("" where the value labels itself), and its
// Chinese name where no list has one.
var facets = [facetCount]struct{ name, list, label string }{
	facetIndustries:    {"industries", "industry", "行业"},
	facetFields:        {"fields", "field", "技术领域"},
	facetEmerging:      {"emerging", "emerging", "战略性新兴产业"},
	facetRegions:       {"regions", "region", "地区"},
	facetCooperation:   {"cooperation", "cooperation", "合作方式"},
	facetOrganisations: {"organisations", "", "单位"},
	facetStatuses:      {"statuses", "status", "状态"},
	facetYears:         {"years", "", "年份"},
	facetBudgets:       {"budgets", "budget", "资金规模"},
	facetTRL:           {"trl", "trl", "技术就绪度"},
}

func facetNames() []string {
	names := make([]string, 0, facetCount+1)
	for _, f := range facets {
		names = append(names, f.name)
	}
	return names
}

// columns are what filters, facets and sorting need of a record, in memory.
type columns struct {
	title    string
	keywords []string
	// codes are symbols of all facets, ancestors included: C26 brings C, 320981 brings 320900 and 320000.
	codes            []uint32
	status           uint32 // among codes too; most filters ask for nothing else
	owner            uint32 // the symbol of the organisation, 0 for none; not among codes
	created, updated int64  // microseconds since 1970
	priceLow         int64  // 分; 0 when no amount is stated
	priceHigh        int64
	deadline         int32 // 20060102, 0 for none
	trl              uint8
	veil
	placed bool // among codes is a region
}

// veil is how much of a record outsiders see.
type veil struct {
	private   bool // nothing, and brokers neither
	brokers   bool // nothing
	anonymous bool // not whose it is
}

func veilOf(d jiqiao.Disclosure) veil {
	return veil{
		private:   d == jiqiao.DisclosurePrivate,
		brokers:   !d.Offered() && d != jiqiao.DisclosurePrivate,
		anonymous: d.HidesOwner(),
	}
}

// symbol is a facet's value; 0 is none.
type symbol struct {
	facet facet
	code  string
}

// symbols number the values of facets, and remember the names of organisations. Safe for concurrent use.
type symbols struct {
	mu    sync.RWMutex
	ids   map[symbol]uint32
	all   []symbol
	names map[string]string // of organisations, by id
}

func newSymbols() *symbols {
	return &symbols{ids: map[symbol]uint32{}, all: make([]symbol, 1), names: map[string]string{}}
}

func (s *symbols) add(f facet, code string) uint32 {
	key := symbol{f, code}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.ids[key]
	if !ok {
		id = uint32(len(s.all))
		key.code = strings.Clone(code)
		s.all = append(s.all, key)
		s.ids[key] = id
	}
	return id
}

func (s *symbols) find(f facet, code string) uint32 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ids[symbol{f, code}]
}

func (s *symbols) list() []symbol {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.all[:len(s.all):len(s.all)]
}

func (s *symbols) nameOrganisation(id, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names[id] != name {
		s.names[strings.Clone(id)] = strings.Clone(name)
	}
}

func (s *symbols) label(f facet, code string) string {
	switch f {
	case facetOrganisations:
		s.mu.RLock()
		defer s.mu.RUnlock()
		return s.names[code]
	case facetYears:
		return code + " 年"
	default:
		return jiqiao.CodeLabel(facets[f].list, code)
	}
}

// row is a record's columns as written down: with codes instead of symbols. stored.go gives it bytes.
type row struct {
	kind      jiqiao.Kind
	title     string
	keywords  []string
	codes     [facetCount][]string // as the record has them, without ancestors; organisations hold id and name
	created   int64
	updated   int64
	priceLow  int64
	priceHigh int64
	deadline  int32
	trl       uint8
	veil
}

// rowOf reads the record's face: what is not for everybody is neither found, counted nor sorted by.
func rowOf(rec jiqiao.Record) row {
	h := rec.Head()
	r := row{
		kind:     rec.Kind(),
		title:    h.Title,
		keywords: h.Keywords,
		created:  h.CreatedAt.UnixMicro(),
		updated:  h.UpdatedAt.UnixMicro(),
		deadline: dateNumber(h.ValidUntil),
		veil:     veilOf(h.Disclosure),
	}
	if h.Price.Kind == jiqiao.MoneyAmount {
		r.priceLow, r.priceHigh = h.Price.Min, max(h.Price.Min, h.Price.Max)
	}
	completed := int32(0)
	switch rec := rec.(type) {
	case *jiqiao.Need:
		r.trl = uint8(rec.MinTRL)
	case *jiqiao.Achievement:
		r.trl = uint8(rec.Readiness())
		completed = dateNumber(rec.CompletedOn) / 10_000
	}
	r.codes[facetIndustries] = h.Industries
	r.codes[facetFields] = h.Fields
	r.codes[facetEmerging] = h.Emerging
	r.codes[facetCooperation] = h.Cooperation
	r.codes[facetStatuses] = []string{string(h.Status)}
	r.codes[facetBudgets] = []string{h.Price.Bucket()}
	r.codes[facetYears] = []string{strconv.Itoa(cmp.Or(int(completed), h.CreatedAt.In(shanghai).Year()))}
	if h.Region != "" {
		r.codes[facetRegions] = []string{h.Region}
	}
	if r.trl > 0 {
		r.codes[facetTRL] = []string{strconv.Itoa(int(r.trl))}
	}
	if h.Owner.ID != "" {
		r.codes[facetOrganisations] = []string{h.Owner.ID, h.Owner.Name}
	}
	return r
}

// shanghai is the service's time on the screen, and so the calendar of "year".
var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// dateNumber is 20060102 for 2006-01-02, 0 for what is no date.
func dateNumber(d jiqiao.Date) int32 {
	n, err := strconv.Atoi(strings.ReplaceAll(string(d), "-", ""))
	if err != nil || len(d) != len("2006-01-02") {
		return 0
	}
	return int32(n)
}

// columns gives the row its symbols.
func (r row) columns(s *symbols) columns {
	c := columns{
		title: r.title, keywords: r.keywords, created: r.created, updated: r.updated,
		priceLow: r.priceLow, priceHigh: r.priceHigh, deadline: r.deadline, trl: r.trl,
		veil: r.veil, placed: len(r.codes[facetRegions]) > 0,
	}
	for f, values := range r.codes {
		f := facet(f)
		if f == facetOrganisations {
			if len(values) == 2 {
				c.owner = s.add(f, values[0])
				s.nameOrganisation(values[0], values[1])
			}
			continue
		}
		for _, v := range values {
			for _, code := range withAncestors(f, v) {
				c.codes = append(c.codes, s.add(f, code))
			}
		}
	}
	if list := r.codes[facetStatuses]; len(list) > 0 {
		c.status = s.find(facetStatuses, list[0])
	}
	slices.Sort(c.codes)
	c.codes = slices.Clip(slices.Compact(c.codes))
	return c
}

// withAncestors is a code and all it stands under.
func withAncestors(f facet, code string) []string {
	switch f {
	case facetIndustries, facetFields, facetEmerging, facetRegions:
		if path := jiqiao.CodePath(facets[f].list, code); path != nil {
			codes := make([]string, len(path))
			for i, item := range path {
				codes[i] = item.Code
			}
			return codes
		}
	}
	return []string{code}
}
