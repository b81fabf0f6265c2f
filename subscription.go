package jiqiao

import (
	"strconv"
	"time"
)

// SubscriptionKind is what a subscription waits for.
type SubscriptionKind string

// The kinds.
const (
	SubscribeSearch       SubscriptionKind = "search"       // 保存的检索
	SubscribeField        SubscriptionKind = "field"        // 技术领域
	SubscribeOrganisation SubscriptionKind = "organisation" // 单位
)

// Label is the kind in Chinese.
func (k SubscriptionKind) Label() string {
	return map[SubscriptionKind]string{SubscribeSearch: "保存的检索", SubscribeField: "技术领域", SubscribeOrganisation: "单位"}[k]
}

// Subscription is something a person wants to hear of when it is published or changes. Matches of one's own records
// need none: NoticePreferences has them.
type Subscription struct {
	ID      string           `json:"id"` // "f_" and 20 characters
	Version int64            `json:"version"`
	User    string           `json:"-"`
	Kind    SubscriptionKind `json:"kind"`
	Name    string           `json:"name"`
	// Side is what is waited for: need or achievement.
	Side Kind `json:"side"`
	// Text and Filter are the saved search; a field or organisation is in Filter, too. Filter names nothing that the
	// person may not see: it is narrowed when it is used, by what they may see then.
	Text      string    `json:"text,omitempty"`
	Filter    Filter    `json:"filter"`
	Active    bool      `json:"active"`
	SeenUntil time.Time `json:"-"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// Found counts what it found lately, FoundAt is when the last was; told in lists.
	Found   int        `json:"found,omitempty"`
	FoundAt *time.Time `json:"found_at,omitempty"`
}

// FoundWithin is how far back Subscription.Found looks.
const FoundWithin = 30 * 24 * time.Hour

// MaxSubscriptions bounds those of one person.
const MaxSubscriptions = 50

// Normalise brings text and filter into canonical form: what waits is published.
func (s *Subscription) Normalise() {
	s.Text, _ = CutQuery(s.Text)
	s.Filter.Statuses = nil
	s.Filter = s.Filter.Normalise()
}

// Validate reports what is missing for the kind.
func (s *Subscription) Validate() error {
	var ck checker
	if s.Kind.Label() == "" {
		ck.add("kind", "应为 search（保存的检索）、field（技术领域）或 organisation（单位）")
	}
	if s.Name == "" || len([]rune(s.Name)) > MaxName {
		ck.add("name", "请填写名称，不超过 "+strconv.Itoa(MaxName)+" 字")
	}
	if !s.Side.Valid() {
		ck.add("side", "请指明关注技术需求（need）还是科技成果（achievement）")
	}
	if s.Kind == SubscribeField && len(s.Filter.Fields) == 0 && len(s.Filter.Emerging) == 0 && len(s.Filter.Industries) == 0 {
		ck.add("filter.fields", "请选择至少一个技术领域")
	}
	if s.Kind == SubscribeOrganisation && len(s.Filter.Organisations) == 0 {
		ck.add("filter.organisations", "请选择至少一个单位")
	}
	s.Filter.check(&ck)
	return Invalid(ck.found)
}

// Query is the search that the viewer's subscription makes: what changed last comes first.
func (s *Subscription) Query(v Viewer, limit int) SearchQuery {
	return SearchQuery{Kind: s.Side, Text: s.Text, Filter: v.Narrow(s.Filter), Sort: SortUpdated, Limit: limit}
}

// Alert is one record that a person was, or will be, told of.
type Alert struct {
	ID           string     `json:"id"` // "b_" and 20 characters
	User         string     `json:"-"`
	Subscription string     `json:"subscription,omitempty"`
	Kind         Kind       `json:"kind"`
	RecordID     string     `json:"record_id"`
	OwnID        string     `json:"own_id,omitempty"`
	Title        string     `json:"title"`
	Subject      string     `json:"subject"`
	Why          string     `json:"why"`
	Told         AlertState `json:"told"`
	CreatedAt    time.Time  `json:"created_at"`
}

// AlertState is how far an alert has come.
type AlertState string

// The states of an alert.
const (
	AlertNew     AlertState = "new"     // 刚找到: the round that found it still tells of it
	AlertTold    AlertState = "told"    // 已提醒: one for each message
	AlertAlong   AlertState = "along"   // 已一并提醒: in the message of one that is told
	AlertWaiting AlertState = "waiting" // 等待周报
	AlertDigest  AlertState = "digest"  // 已列入周报
)
