package jiqiao

import "time"

// Record is a need or an achievement, seen without regard to its side. Store, index and matcher work on Records;
// *Need and *Achievement are the only implementations.
type Record interface {
	Kind() Kind
	// Head is the part both sides share; changes made through it change the record.
	Head() *Header
	// Sections are the record's texts in reading order, empty ones left out. They are what is searched, matched
	// and quoted as evidence; contacts, names of people and amounts are never among them.
	Sections() []Section
	// Validate reports every field that breaks a rule as an Invalid error with FieldErrors, or nil. It does not
	// change the record. Warnings returns what is unusual but allowed.
	Validate() error
	Warnings() []FieldError
}

// NewRecord is an empty record of the side; k must be Valid.
func NewRecord(k Kind) Record {
	if k == KindNeed {
		return &Need{}
	}
	return &Achievement{}
}

// Header is what needs and achievements have in common.
type Header struct {
	// ID is assigned by the store: "n_" or "a_" and 20 lower-case characters, ordered by time of creation.
	ID string `json:"id"`
	// Version counts writes from 1; an update must name the version it was made from.
	Version int64  `json:"version"`
	Status  Status `json:"status"`
	// Title is at most MaxTitle characters. A need's title reads 动词+对象+指标.
	Title    string   `json:"title"`
	Keywords []string `json:"keywords,omitempty"`
	// Owner is the organisation the record belongs to.
	Owner OrganisationRef `json:"owner"`
	// Region is a six-digit GB/T 2260 code.
	Region string `json:"region,omitempty"`
	// Industries are GB/T 4754 codes of a section or division: "C", "C26".
	Industries []string `json:"industries,omitempty"`
	// Fields are codes of 国家重点支持的高新技术领域: "20", "201", "20101".
	Fields []string `json:"fields,omitempty"`
	// Emerging are codes of 战略性新兴产业分类 (2018): "3", "3.1".
	Emerging []string `json:"emerging,omitempty"`
	// Cooperation are codes of the list "cooperation" (合作方式).
	Cooperation []string `json:"cooperation,omitempty"`
	// Price is what a need's owner will spend (拟投入资金), or what an achievement's owner asks (合作价格).
	Price Money `json:"price"`
	// ValidUntil is the last day the record is offered; empty means no end.
	ValidUntil Date    `json:"valid_until,omitempty"`
	Contact    Contact `json:"contact"`
	// Disclosure says who may see the record and its owner's name.
	Disclosure Disclosure `json:"disclosure,omitempty"`
	// Summary is what everybody may read of a record whose details are not public (公开摘要).
	Summary string `json:"summary,omitempty"`
	// Confidential is what nobody reads without being entitled to, whatever the disclosure (保密细节).
	Confidential string `json:"confidential,omitempty"`
	// ExternalID is the record's number in the system it came from.
	ExternalID string `json:"external_id,omitempty"`
	// MergedInto is the id of the record that this one went into (合并); it is withdrawn then. Only merging sets it.
	MergedInto string `json:"merged_into,omitempty"`
	// Attached is the text of the record's public attachments, as far as it is searched. The store fills it in.
	Attached  string    `json:"-"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// DeletedAt is set on a softly deleted record.
	DeletedAt *time.Time `json:"deleted_at,omitempty"`
}

// Head returns h itself; embedding Header gives a record its Head method.
func (h *Header) Head() *Header { return h }

// Status is where a record stands in its life. Only published records are searched and matched by default.
type Status string

// The statuses, codes of the list "status".
const (
	StatusDraft     Status = "draft"     // 草稿
	StatusPending   Status = "pending"   // 待审核
	StatusReturned  Status = "returned"  // 退回修改
	StatusPublished Status = "published" // 已发布
	StatusPaused    Status = "paused"    // 暂停
	StatusEngaged   Status = "engaged"   // 对接中
	StatusSettled   Status = "settled"   // 已解决 / 已转化
	StatusExpired   Status = "expired"   // 过期
	StatusWithdrawn Status = "withdrawn" // 撤回
)

// Date is a calendar day written 2006-01-02, or empty.
type Date string

// Section is one text of a record.
type Section struct {
	Field Field `json:"field"`
	// Label is the Chinese name of the form's field the text came from.
	Label string `json:"label"`
	Text  string `json:"text"`
}

// Field is the weight class of a section; the index boosts by it.
type Field string

// The fields; SectionFields has their order.
const (
	FieldTitle    Field = "title"
	FieldKeywords Field = "keywords"
	// FieldProblem is what a need asks for, and what an achievement claims to be new in.
	FieldProblem  Field = "problem"
	FieldAbstract Field = "abstract"
	FieldBody     Field = "body"
)

// SectionFields lists the fields from the most to the least telling.
var SectionFields = [...]Field{FieldTitle, FieldKeywords, FieldProblem, FieldAbstract, FieldBody}

// MoneyKind tells an amount from 面议 and from nothing said.
type MoneyKind string

// What can be said of a sum.
const (
	MoneyUnstated   MoneyKind = ""           // 未填写
	MoneyNegotiable MoneyKind = "negotiable" // 面议
	MoneyAmount     MoneyKind = "amount"
)

// Money is an amount or a range in 分 (1/100 yuan). Min equals Max for a single amount; Max 0 with Min > 0 means
// "at least Min". 面议 is not zero.
type Money struct {
	Kind MoneyKind `json:"kind"`
	Min  int64     `json:"min,omitempty"`
	Max  int64     `json:"max,omitempty"`
}

// Wan is the number of 分 in 万元.
const Wan = 1_000_000

// Metric is one technical indicator: a need's target or an achievement's figure. Either Comparator, Value and Unit
// are given, or Text alone for an indicator without a number (阻燃等级达到 UL94 V-0).
type Metric struct {
	Name       string     `json:"name"`
	Comparator Comparator `json:"comparator,omitempty"`
	Value      float64    `json:"value,omitempty"`
	// Upper is the upper end when Comparator is ComparatorRange, the tolerance when it is ComparatorTolerance.
	Upper float64 `json:"upper,omitempty"`
	Unit  string  `json:"unit,omitempty"`
	// Current is a need's present value (现状值), as typed.
	Current string `json:"current,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Comparator relates an indicator to its value.
type Comparator string

// The comparators, as they are printed.
const (
	ComparatorAtLeast   Comparator = "≥"
	ComparatorAtMost    Comparator = "≤"
	ComparatorMore      Comparator = ">"
	ComparatorLess      Comparator = "<"
	ComparatorEqual     Comparator = "="
	ComparatorRange     Comparator = "～"
	ComparatorTolerance Comparator = "±"
)

// Contact is personal data: it is stored, and left out of what a viewer without ScopeRead is shown.
type Contact struct {
	Name     string `json:"name,omitempty"`
	Position string `json:"position,omitempty"`
	Mobile   string `json:"mobile,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Email    string `json:"email,omitempty"`
}
