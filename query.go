package jiqiao

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// AnyStatus in Filter.Statuses lifts the restriction to published records.
const AnyStatus Status = "*"

// Sorts lists every order of results.
var Sorts = [...]Sort{SortRelevance, SortNewest, SortUpdated, SortPriceHigh, SortPriceLow, SortDeadline}

// Normalise is the filter in one canonical form, so that equal filters compare and cache alike: labels become codes,
// lists are sorted without repeats, an empty Statuses becomes published. f itself is not changed.
func (f Filter) Normalise() Filter {
	f.Industries = sortedCodes("industry", f.Industries)
	f.Fields = sortedCodes("field", f.Fields)
	f.Emerging = sortedCodes("emerging", f.Emerging)
	f.Regions = sortedCodes("region", f.Regions)
	f.Cooperation = sortedCodes("cooperation", f.Cooperation)
	f.Budgets = sortedCodes("budget", f.Budgets)
	f.Organisations = tidyList(f.Organisations)
	slices.Sort(f.Organisations)
	f.Years = slices.Compact(slices.Sorted(slices.Values(f.Years)))
	statuses := make([]string, len(f.Statuses))
	for i, s := range f.Statuses {
		statuses[i] = string(s)
	}
	f.Statuses = nil
	for _, s := range sortedCodes("status", statuses) {
		f.Statuses = append(f.Statuses, Status(s))
	}
	switch {
	case slices.Contains(f.Statuses, AnyStatus):
		f.Statuses = []Status{AnyStatus}
	case len(f.Statuses) == 0:
		f.Statuses = []Status{StatusPublished}
	}
	return f
}

func sortedCodes(list string, values []string) []string {
	kept := canonicalList(list, values)
	slices.Sort(kept)
	return kept
}

// Validate reports every value that no list knows, and bounds that cannot hold.
func (f Filter) Validate() error {
	var ck checker
	f.check(&ck)
	return Invalid(ck.found)
}

func (f Filter) check(ck *checker) {
	for _, part := range []struct {
		field, list string
		values      []string
	}{
		{"industries", "industry", f.Industries},
		{"fields", "field", f.Fields},
		{"emerging", "emerging", f.Emerging},
		{"regions", "region", f.Regions},
		{"cooperation", "cooperation", f.Cooperation},
		{"budgets", "budget", f.Budgets},
	} {
		l, _ := LookupList(part.list)
		ck.count(part.field, l.Label, len(part.values), MaxFilterValues)
		for i, v := range part.values {
			ck.code(index(part.field, i), part.list, v)
		}
	}
	ck.count("organisations", "单位", len(f.Organisations), MaxFilterValues)
	ck.count("statuses", "状态", len(f.Statuses), MaxFilterValues)
	for i, s := range f.Statuses {
		if s != AnyStatus {
			ck.code(index("statuses", i), "status", string(s))
		}
	}
	ck.count("years", "年份", len(f.Years), MaxFilterValues)
	for i, year := range f.Years {
		if year < MinYear || year > MaxYear {
			ck.add(index("years", i), "年份应在 "+strconv.Itoa(MinYear)+"～"+strconv.Itoa(MaxYear)+" 之间")
		}
	}
	ck.readiness("trl_min", "技术就绪度下限", f.TRLMin, MaxTRL)
	ck.readiness("trl_max", "技术就绪度上限", f.TRLMax, MaxTRL)
	if f.TRLMin > 0 && f.TRLMax > 0 && f.TRLMin > f.TRLMax {
		ck.add("trl_max", "技术就绪度的上限小于下限，请对调或改正")
	}
}

// Normalise is the query in canonical form: the text valid UTF-8, trimmed and cut to MaxQueryRunes, defaults filled in,
// the filter as Filter.Normalise makes it. truncated says that the text was cut.
func (q SearchQuery) Normalise() (_ SearchQuery, truncated bool) {
	q.Text, truncated = CutQuery(q.Text)
	q.Filter = q.Filter.Normalise()
	if q.Limit == 0 {
		q.Limit = DefaultPage
	}
	if q.Sort == "" {
		q.Sort = SortNewest
		if q.Text != "" {
			q.Sort = SortRelevance
		}
	}
	return q, truncated
}

// Validate reports an unknown side or order, a page size out of bounds, and what is wrong with the filter.
func (q SearchQuery) Validate() error {
	var ck checker
	if !q.Kind.Valid() {
		ck.add("kind", "请指明查找技术需求（need）还是科技成果（achievement）")
	}
	if q.Sort != "" && !slices.Contains(Sorts[:], q.Sort) {
		ck.add("sort", "没有「"+clip(string(q.Sort))+"」这种排序，请从列表中选择")
	}
	if q.Limit < 0 || q.Limit > MaxPageSize {
		ck.add("limit", "每页条数应为 1～"+strconv.Itoa(MaxPageSize))
	}
	q.Filter.check(&ck)
	return Invalid(ck.found)
}

// Normalise is the query with its defaults filled in and the filter in canonical form.
func (q MatchQuery) Normalise() MatchQuery {
	q.Filter = q.Filter.Normalise()
	if q.Limit == 0 {
		q.Limit = DefaultPage
	}
	return q
}

// Validate reports a page out of bounds and what is wrong with the filter.
func (q MatchQuery) Validate() error {
	var ck checker
	if q.Limit < 0 || q.Limit > MaxPageSize {
		ck.add("limit", "每页条数应为 1～"+strconv.Itoa(MaxPageSize))
	}
	if q.Offset < 0 {
		ck.add("offset", "起始位置不能为负数")
	}
	q.Filter.check(&ck)
	return Invalid(ck.found)
}

// CutQuery makes a typed text safe to analyse: valid UTF-8, trimmed, at most MaxQueryRunes characters. It never looks
// at more of an endless text than it keeps.
func CutQuery(text string) (_ string, truncated bool) {
	if len(text) > MaxQueryRunes*utf8.UTFMax {
		text, truncated = text[:MaxQueryRunes*utf8.UTFMax], true
	}
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	runes := 0
	for i := range text {
		if runes == MaxQueryRunes {
			return strings.TrimSpace(text[:i]), true
		}
		runes++
	}
	return text, truncated
}
