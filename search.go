package jiqiao

// Filter narrows a search or a match. An empty list means no restriction; values within one list are alternatives,
// different lists must all hold.
type Filter struct {
	Industries []string `json:"industries,omitempty"` // GB/T 4754, a section matches its divisions
	Fields     []string `json:"fields,omitempty"`     // 高新技术领域, by prefix
	Emerging   []string `json:"emerging,omitempty"`   // 战新产业, by prefix
	// Regions match by significant prefix: 320000 a province, 320900 a city, 320981 a county.
	Regions       []string `json:"regions,omitempty"`
	Cooperation   []string `json:"cooperation,omitempty"`
	Organisations []string `json:"organisations,omitempty"` // organisation ids
	// Statuses defaults to published alone; ["*"] means any.
	Statuses []Status `json:"statuses,omitempty"`
	// Years are the years of creation (needs) or completion, else creation (achievements).
	Years []int `json:"years,omitempty"`
	// Budgets are codes of the list "budget": lt50, 50to200, 200to500, gt500 (万元), negotiable, unstated.
	Budgets []string `json:"budgets,omitempty"`
	// TRLMin and TRLMax bound Readiness (achievements) or MinTRL (needs), inclusive; 0 is no bound. A record that
	// states none fails a bound.
	TRLMin int `json:"trl_min,omitempty"`
	TRLMax int `json:"trl_max,omitempty"`
	// Access says for whom. It never comes from a request: Viewer.Narrow sets it, and the command line, whose operator
	// may see everything.
	Access Access `json:"-"`
}

// Sort orders search results.
type Sort string

// The orders; Sorts lists them.
const (
	SortRelevance Sort = "relevance" // default with a text
	SortNewest    Sort = "newest"    // by creation, default without a text
	SortUpdated   Sort = "updated"
	SortPriceHigh Sort = "price_high"
	SortPriceLow  Sort = "price_low"
	SortDeadline  Sort = "deadline" // soonest ValidUntil first
)

// Limits of one query. Longer texts are cut, not refused; see SearchQuery.Text.
const (
	MaxQueryRunes  = 2_000
	MaxPageSize    = 100
	DefaultPage    = 20
	MaxSuggestions = 20
)

// SearchQuery asks one side.
type SearchQuery struct {
	Kind Kind
	// Text is what the user typed; only its first MaxQueryRunes characters count. A text of punctuation alone
	// finds nothing, an empty text everything.
	Text   string
	Filter Filter
	Sort   Sort
	Limit  int    // 0 is DefaultPage
	Cursor string // from SearchResult.Next; empty for the first page
	Facets bool   // also count facets, over the whole result
}

// SearchResult is one page of hits.
type SearchResult struct {
	Total  int     `json:"total"`
	Hits   []Hit   `json:"hits"`
	Facets []Facet `json:"facets,omitempty"`
	// Next continues after the last hit; empty at the end.
	Next string `json:"next,omitempty"`
	// Truncated says that the query's text was cut to MaxQueryRunes.
	Truncated bool     `json:"truncated,omitempty"`
	Degraded  []string `json:"degraded,omitempty"` // optional parts that were left out: "cache", "embedding"
}

// Hit is one record found. The index gives ID and Score, the catalogue adds the rest.
type Hit struct {
	ID     string  `json:"id"`
	Score  float64 `json:"score"`
	Record Record  `json:"record,omitempty"`
	// Title is the title with the words found marked, Snippets the sentences that hold most of them.
	Title    []Span    `json:"title,omitempty"`
	Snippets []Snippet `json:"snippets,omitempty"`
}

// Snippet is a passage of one section.
type Snippet struct {
	Field Field  `json:"field"`
	Label string `json:"label"`
	Spans []Span `json:"spans"`
}

// Span is a piece of text, marked or not. The Text of all spans joined is the original text, byte for byte.
type Span struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty"`
}

// Facet counts the records found by the values of one property. Each facet is counted without its own filter, so that the
// user sees what else could be chosen.
type Facet struct {
	// Name is the Filter field it narrows: industries, fields, emerging, regions, cooperation, organisations,
	// statuses, years, budgets, trl.
	Name   string       `json:"name"`
	Label  string       `json:"label"`
	Values []FacetValue `json:"values"`
}

// FacetValue is one value with its count, most frequent first.
type FacetValue struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Count int    `json:"count"`
}

// Suggestion completes what the user is typing.
type Suggestion struct {
	Text string `json:"text"`
	Kind Kind   `json:"kind,omitempty"`
	ID   string `json:"id,omitempty"` // set when Text is the title of one record
}

// Duplicate is a record that says nearly the same.
type Duplicate struct {
	ID string `json:"id"`
	// Similarity is the estimated Jaccard similarity of the two texts' character shingles, 0–1.
	Similarity float64 `json:"similarity"`
	Record     Record  `json:"record,omitempty"`
}
