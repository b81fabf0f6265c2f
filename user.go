package jiqiao

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// User is a person's account. It has exactly one role.
type User struct {
	ID      string `json:"id"` // "u_" and 20 characters
	Version int64  `json:"version"`
	// Login is what the person signs in with: an e-mail address, a mobile number or a name; unique without regard to
	// width, case and spaces.
	Login string `json:"login"`
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	// EmailVerified says that a link sent to Email was followed.
	EmailVerified bool   `json:"email_verified,omitempty"`
	Mobile        string `json:"mobile,omitempty"`
	Position      string `json:"position,omitempty"`
	// OrganisationID is the organisation the person belongs to, empty for none; OrganisationName is filled in lists.
	OrganisationID   string `json:"organisation_id,omitempty"`
	OrganisationName string `json:"organisation_name,omitempty"`
	Role             Role   `json:"role"`
	// Lead marks who manages the organisation's members (单位管理员).
	Lead bool `json:"lead"`
	// Region bounds what an operator reaches, as a GB/T 2260 code, empty for everything; of others it says where their
	// organisation is.
	Region string    `json:"region,omitempty"`
	State  UserState `json:"state"`
	// MustChangePassword lets the person do nothing before the password is changed.
	MustChangePassword bool `json:"must_change_password"`
	// TOTP says that signing in takes a one-time code, too.
	TOTP bool `json:"totp"`
	// Broker is set for brokers alone.
	Broker *BrokerProfile `json:"broker,omitempty"`
	// LockedUntil ends a lock that wrong passwords brought about; nil is none. StateLocked is an administrator's.
	LockedUntil       *time.Time `json:"locked_until,omitempty"`
	LastLoginAt       *time.Time `json:"last_login_at,omitempty"`
	PasswordChangedAt *time.Time `json:"password_changed_at,omitempty"`
	CreatedAt         time.Time  `json:"created_at"`
	UpdatedAt         time.Time  `json:"updated_at"`
}

// UserState is where an account stands.
type UserState string

// The states.
const (
	UserActive   UserState = "active"
	UserPending  UserState = "pending" // invited or signed up, not let in yet
	UserLocked   UserState = "locked"
	UserDisabled UserState = "disabled" // for good, or until enabled again
)

// Label is the state's Chinese name, "" for none.
func (s UserState) Label() string {
	switch s {
	case UserActive:
		return "正常"
	case UserPending:
		return "待启用"
	case UserLocked:
		return "已锁定"
	case UserDisabled:
		return "已停用"
	default:
		return ""
	}
}

// BrokerProfile is what the queue knows of a broker (T/CASTEM 1007-2022 and the fields of domain practice).
type BrokerProfile struct {
	// Level is 初级, 中级 or 高级: a code of BrokerLevels, empty when unknown.
	Level       string `json:"level,omitempty"`
	Certificate string `json:"certificate,omitempty"` // 证书编号
	// Fields are codes of the list "field" (擅长领域), Regions of "region" (服务区域); empty serves all.
	Fields  []string `json:"fields,omitempty"`
	Regions []string `json:"regions,omitempty"`
	// Capacity is how many open candidates the broker has at most (在办上限); 0 is the queue's own bound.
	Capacity int `json:"capacity,omitempty"`
}

// BrokerLevels are the levels of T/CASTEM 1007-2022, from the lowest, with their Chinese names.
var BrokerLevels = [...]struct{ Code, Label string }{{"junior", "初级"}, {"middle", "中级"}, {"senior", "高级"}}

// MaxCapacity bounds BrokerProfile.Capacity.
const MaxCapacity = 1000

// Viewer is the person as who asks.
func (u User) Viewer() Viewer {
	v := Viewer{Name: u.Name, User: u.ID, Role: u.Role, Organisation: u.OrganisationID, Lead: u.Lead}
	if u.Role.Bounded() {
		v.Region = u.Region
	}
	return v
}

// Bounded reports whether the role reaches what lies in its region alone.
func (r Role) Bounded() bool {
	return r == RoleOperator || r == RoleSystemAdmin || r == RoleSecurityAdmin
}

// Valid reports whether the role is one of Roles.
func (r Role) Valid() bool { return CodeLabel("role", string(r)) != "" }

// Privileged reports whether only the security administrator gives the role.
func (r Role) Privileged() bool { return r != RoleEnterprise && r != RoleUniversity && r != RoleBroker }

// Administrator reports whether the role is one of the three administrators (三员).
func (r Role) Administrator() bool {
	return r == RoleSystemAdmin || r == RoleSecurityAdmin || r == RoleAuditor
}

// Of reports whether members of such an organisation may have the role; an empty kind is no organisation at all.
func (r Role) Of(kind OrganisationKind) bool {
	switch r {
	case RoleEnterprise:
		return kind == OrganisationEnterprise
	case RoleUniversity:
		return kind == OrganisationUniversity || kind == OrganisationInstitute
	case RoleBroker:
		return kind == OrganisationAgency || kind == OrganisationUniversity || kind == OrganisationInstitute ||
			kind == OrganisationBureau || kind == ""
	default:
		return kind == OrganisationBureau || kind == ""
	}
}

// RoleOf is the role of the members of an organisation that signs up; "" where none may.
func RoleOf(kind OrganisationKind) Role {
	switch kind {
	case OrganisationEnterprise:
		return RoleEnterprise
	case OrganisationUniversity, OrganisationInstitute:
		return RoleUniversity
	case OrganisationAgency:
		return RoleBroker
	default:
		return ""
	}
}

// Normalise brings the fields into the form in which they are kept.
func (u *User) Normalise() {
	tidy(&u.Login, &u.Name, &u.Email, &u.Mobile, &u.Position)
	u.Mobile = foldMobile(u.Mobile)
	if u.Role != RoleBroker {
		u.Broker = nil
	}
	if b := u.Broker; b != nil {
		tidy(&b.Certificate)
		b.Fields, b.Regions = canonicalList("field", b.Fields), canonicalList("region", b.Regions)
	}
}

// Validate reports every field that breaks a rule as an Invalid error, or nil.
func (u *User) Validate() error {
	var ck checker
	ck.required("login", "登录名", u.Login)
	ck.line("login", "登录名", u.Login, MaxLogin)
	if n := utf8.RuneCountInString(u.Login); n > 0 && n < MinLogin {
		ck.add("login", "登录名至少 "+strconv.Itoa(MinLogin)+" 个字")
	}
	ck.required("name", "姓名", u.Name)
	ck.line("name", "姓名", u.Name, MaxName)
	ck.line("position", "职务", u.Position, MaxName)
	if u.Email != "" && (len(u.Email) > MaxShort || !emailShape.MatchString(u.Email)) {
		ck.add("email", "邮箱应写成 name@example.com 的形式，请核对")
	}
	if u.Mobile != "" && !mobileShape.MatchString(u.Mobile) {
		ck.add("mobile", mobileRule)
	}
	ck.required("role", "角色", string(u.Role))
	ck.code("role", "role", string(u.Role))
	ck.code("region", "region", u.Region)
	if u.State.Label() == "" {
		ck.add("state", "没有这种状态")
	}
	// Who waits, or was refused, may have none; who comes in must.
	if u.OrganisationID == "" && (u.State == UserActive || u.State == UserLocked) {
		if u.Role == RoleEnterprise || u.Role == RoleUniversity {
			ck.add("organisation_id", "请选择所属单位")
		}
		if u.Lead {
			ck.add("lead", "没有所属单位，不能是单位管理员")
		}
	}
	u.Broker.check(&ck)
	return Invalid(ck.found)
}

// Limits of accounts, in characters.
const (
	MinLogin = 3
	MaxLogin = 64
)

func (b *BrokerProfile) check(ck *checker) {
	if b == nil {
		return
	}
	known := b.Level == ""
	for _, l := range BrokerLevels {
		known = known || b.Level == l.Code
	}
	if !known {
		ck.add("broker.level", "等级应为 junior（初级）、middle（中级）或 senior（高级）")
	}
	ck.line("broker.certificate", "证书编号", b.Certificate, MaxShort)
	ck.codeList("broker.fields", "field", b.Fields)
	ck.codeList("broker.regions", "region", b.Regions)
	if b.Capacity < 0 || b.Capacity > MaxCapacity {
		ck.add("broker.capacity", "在办上限应为 0～"+strconv.Itoa(MaxCapacity)+" 的整数，0 为不单独限制")
	}
}

// UserQuery asks for accounts. Empty fields do not restrict.
type UserQuery struct {
	// Text is looked for in names and logins.
	Text         string
	Role         Role
	State        UserState
	Organisation string
	// Region keeps to those in it; it is how far the asker reaches.
	Region string
	Sort   UserSort
	Cursor string // the id at the end of the page before
	Limit  int    // 0 is DefaultPage, at most MaxPageSize
}

// UserSort orders accounts.
type UserSort string

// The orders.
const (
	UsersNewest    UserSort = "newest" // also the meaning of ""
	UsersOldest    UserSort = "oldest"
	UsersByName    UserSort = "name"
	UsersLastLogin UserSort = "last_login" // the latest first
)

// Valid reports whether there is such an order.
func (s UserSort) Valid() bool {
	return s == "" || s == UsersNewest || s == UsersOldest || s == UsersByName || s == UsersLastLogin
}

// UserPage is a page of accounts.
type UserPage struct {
	Total int    `json:"total"`
	Items []User `json:"items"`
	Next  string `json:"next,omitempty"`
}

// MaskEmail shows the first character and the domain: z***@example.cn.
func MaskEmail(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 1 {
		return strings.Repeat("*", min(len(s), 3))
	}
	_, first := utf8.DecodeRuneInString(s)
	return s[:first] + "***" + s[at:]
}

// MaskMobile shows the first three and last four digits: 138****8000.
func MaskMobile(s string) string {
	if len(s) < 8 {
		return strings.Repeat("*", len(s))
	}
	return s[:3] + "****" + s[len(s)-4:]
}
