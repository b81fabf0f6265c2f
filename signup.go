package jiqiao

import (
	"errors"
	"time"
)

// SignUp asks for a new organisation with its first member, or for joining one that is there. An operator of the region
// answers it.
type SignUp struct {
	ID      string      `json:"id"` // "y_" and 20 characters
	Version int64       `json:"version"`
	State   SignUpState `json:"state"`
	// Organisation is as it was given; only what a person may say of it when signing up.
	Organisation Organisation `json:"organisation"`
	// OrganisationID is the one to join, or, after approval, the one that was made.
	OrganisationID string `json:"organisation_id,omitempty"`
	// Joins says that the organisation was there before; Members how many active members it has.
	Joins   bool `json:"joins"`
	Members int  `json:"members"`
	// User is the account that waits.
	User   User   `json:"user"`
	Region string `json:"region"`
	// Reason is why it was refused.
	Reason    string     `json:"reason,omitempty"`
	DecidedBy string     `json:"decided_by,omitempty"` // the operator's account
	DecidedAt *time.Time `json:"decided_at,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
}

// SignUpState is where a sign-up stands.
type SignUpState string

// The states.
const (
	SignUpPending  SignUpState = "pending"
	SignUpApproved SignUpState = "approved"
	SignUpRefused  SignUpState = "refused"
)

// Label is the state's Chinese name, "" for none.
func (s SignUpState) Label() string {
	switch s {
	case SignUpPending:
		return "待审核"
	case SignUpApproved:
		return "已通过"
	case SignUpRefused:
		return "未通过"
	default:
		return ""
	}
}

// Validate reports every field that breaks a rule as an Invalid error, or nil: those of the organisation below
// "organisation.", those of the person as they are.
func (s *SignUp) Validate() error {
	var ck checker
	if told := (*Error)(nil); errors.As(s.Organisation.Validate(), &told) {
		for _, f := range told.Fields {
			ck.add("organisation."+f.Field, f.Message)
		}
	}
	if kind := s.Organisation.Kind; kind != "" && RoleOf(kind) == "" {
		ck.add("organisation.kind", "主管部门的账号由系统管理员建立，请联系管理员")
	}
	ck.required("organisation.region", "所在地区", s.Organisation.Region)
	if code := s.Organisation.CreditCode; len(FoldCreditCode(code)) != 18 {
		ck.add("organisation.credit_code", "请填写 18 位统一社会信用代码")
	}
	if told := (*Error)(nil); errors.As(s.User.Validate(), &told) {
		ck.found = append(ck.found, told.Fields...)
	}
	if s.User.Email == "" && s.User.Mobile == "" {
		ck.add("email", "请填写邮箱或手机，以便通知审核结果")
	}
	return Invalid(ck.found)
}

// SignUpQuery asks for sign-ups. Empty fields do not restrict.
type SignUpQuery struct {
	State SignUpState
	// Region keeps to those in it.
	Region string
	Oldest bool
	Cursor string
	Limit  int // 0 is DefaultPage, at most MaxPageSize
}

// SignUpPage is a page of sign-ups.
type SignUpPage struct {
	Total int      `json:"total"`
	Items []SignUp `json:"items"`
	Next  string   `json:"next,omitempty"`
}
