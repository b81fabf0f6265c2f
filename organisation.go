package jiqiao

import "time"

// Organisation is an enterprise, university, institute, broker agency or bureau.
type Organisation struct {
	ID      string           `json:"id,omitempty"` // "o_" and 20 characters; empty until there is one, as in a sign-up
	Version int64            `json:"version,omitempty"`
	Kind    OrganisationKind `json:"kind"`
	Name    string           `json:"name"`
	// CreditCode is the 统一社会信用代码 (GB 32100-2015), 18 characters; may be empty.
	CreditCode string `json:"credit_code,omitempty"`
	Region     string `json:"region,omitempty"` // GB/T 2260
	Industry   string `json:"industry,omitempty"`
	// Scale is a code of "scale" (企业规模); Qualifications of "qualification" (企业资质).
	Scale          string     `json:"scale,omitempty"`
	Qualifications []string   `json:"qualifications,omitempty"`
	Products       string     `json:"products,omitempty"` // 主营产品
	Profile        string     `json:"profile,omitempty"`  // 简介
	Address        string     `json:"address,omitempty"`
	LegalPerson    string     `json:"legal_person,omitempty"` // 法人
	Contact        Contact    `json:"contact"`
	CreatedAt      time.Time  `json:"created_at,omitzero"`
	UpdatedAt      time.Time  `json:"updated_at,omitzero"`
	DeletedAt      *time.Time `json:"deleted_at,omitempty"`
}

// OrganisationKind is what part an organisation plays.
type OrganisationKind string

// The parts, codes of the list "organisation_kind".
const (
	OrganisationEnterprise OrganisationKind = "enterprise" // 企业
	OrganisationUniversity OrganisationKind = "university" // 高校
	OrganisationInstitute  OrganisationKind = "institute"  // 科研院所
	OrganisationAgency     OrganisationKind = "agency"     // 技术转移机构
	OrganisationBureau     OrganisationKind = "bureau"     // 科技主管部门
)

// OrganisationRef names an organisation inside a record. The store fills Name and Kind from ID, or finds or creates
// the organisation by CreditCode, else by Name, when ID is empty.
type OrganisationRef struct {
	ID         string           `json:"id,omitempty"`
	Name       string           `json:"name,omitempty"`
	CreditCode string           `json:"credit_code,omitempty"`
	Kind       OrganisationKind `json:"kind,omitempty"`
}

// OrganisationQuery asks for organisations. Empty fields do not restrict.
type OrganisationQuery struct {
	Kind OrganisationKind
	// Text is sought in the name, without regard to width, case and spaces.
	Text string
	// Region keeps to those in it, as a GB/T 2260 code.
	Region string
	// Newest lists those first that came last.
	Newest bool
	Cursor string
	Limit  int // 0 is DefaultPage, at most MaxPageSize
}

// OrganisationPage is a page of organisations.
type OrganisationPage struct {
	// Total counts what the query finds on all pages.
	Total int            `json:"total"`
	Items []Organisation `json:"organisations"`
	Next  string         `json:"next,omitempty"`
}
