package jiqiao

import (
	"strings"
	"time"
)

// Contract is a technology contract (技术合同) with what its registration asks for. Codes are of the lists named; sums are
// in 分.
type Contract struct {
	ID      string `json:"id"` // "lc_" and 20 characters
	DealID  string `json:"deal_id"`
	Version int64  `json:"version"`
	Project string `json:"project"` // 项目名称
	// Type is a code of "contract_type", the finest there is: "development.entrusted", "consulting".
	Type       string        `json:"type"`
	SignedOn   Date          `json:"signed_on"`
	ValidFrom  Date          `json:"valid_from,omitempty"`
	ValidUntil Date          `json:"valid_until,omitempty"`
	Seller     ContractParty `json:"seller"`
	Buyer      ContractParty `json:"buyer"`
	// Total is the 成交额, Trade the 技术交易额 within it.
	Total        int64    `json:"total"`
	Trade        int64    `json:"trade"`
	PaymentMode  string   `json:"payment_mode,omitempty"`  // "payment_mode"
	RelatedParty bool     `json:"related_party,omitempty"` // 关联交易
	PlanSource   string   `json:"plan_source,omitempty"`   // "plan_source"
	IPs          []string `json:"ips,omitempty"`           // "contract_ip"
	Field        string   `json:"field,omitempty"`         // "contract_field"
	Objective    string   `json:"objective,omitempty"`     // "objective"
	Industry     string   `json:"industry,omitempty"`      // "industry": the one that is served
	Secrecy      string   `json:"secrecy,omitempty"`       // "secrecy"
	Summary      string   `json:"summary,omitempty"`       // 主要内容
	// Registration is written by who may register, never with the rest.
	Registration Registration `json:"registration"`
	CreatedAt    time.Time    `json:"created_at"`
	UpdatedAt    time.Time    `json:"updated_at"`
}

// ContractParty is a buyer or a seller as the contract names it.
type ContractParty struct {
	Name       string `json:"name"`
	CreditCode string `json:"credit_code,omitempty"`
	Country    string `json:"country,omitempty"` // "country"
	Region     string `json:"region,omitempty"`  // "region"
	Nature     string `json:"nature,omitempty"`  // "legal_nature"
	Scale      string `json:"scale,omitempty"`   // "scale"
	// LegalPerson, Contact and Phone are personal data.
	LegalPerson string `json:"legal_person,omitempty"`
	Contact     string `json:"contact,omitempty"`
	Phone       string `json:"phone,omitempty"`
	Address     string `json:"address,omitempty"`
	Postcode    string `json:"postcode,omitempty"`
	Agency      bool   `json:"agency,omitempty"`    // 技术转移机构
	Research    bool   `json:"research,omitempty"`  // 研发机构
	Converted   bool   `json:"converted,omitempty"` // 转制院所
	HighTech    bool   `json:"high_tech,omitempty"` // 在国家高新区
	Listed      bool   `json:"listed,omitempty"`    // 上市
}

// Registration is the contract's entry in the register (认定登记).
type Registration struct {
	// Number has 16 digits.
	Number string `json:"number,omitempty"`
	On     Date   `json:"on,omitempty"`
	Office string `json:"office,omitempty"`
}

// china is the code of the country whose parties have a region and a nature.
const china = "156"

// Validate reports every field that breaks a rule; today bounds what has happened.
func (c *Contract) Validate(today Date) error {
	var ck checker
	ck.required("project", "项目名称", c.Project)
	ck.line("project", "项目名称", c.Project, MaxShort)
	ck.required("type", "合同类型", c.Type)
	ck.finest("type", "contract_type", c.Type)
	ck.required("signed_on", "签订日期", string(c.SignedOn))
	ck.past("signed_on", "签订日期", c.SignedOn, today)
	ck.date("valid_from", "有效期起", c.ValidFrom)
	ck.date("valid_until", "有效期止", c.ValidUntil)
	if c.ValidUntil != "" && (c.ValidFrom != "" && c.ValidUntil < c.ValidFrom || c.ValidUntil < c.SignedOn) {
		ck.add("valid_until", "有效期止早于签订日期或有效期起，请核对")
	}
	ck.fen("total", "成交额", c.Total)
	ck.fen("trade", "技术交易额", c.Trade)
	if c.Total == 0 {
		ck.add("total", "请填写成交额，应大于 0")
	}
	if c.Trade > c.Total {
		ck.add("trade", "技术交易额不能大于成交额")
	}
	c.Seller.check(&ck, "seller", "卖方")
	c.Buyer.check(&ck, "buyer", "买方")
	ck.code("payment_mode", "payment_mode", c.PaymentMode)
	ck.code("plan_source", "plan_source", c.PlanSource)
	ck.codeList("ips", "contract_ip", c.IPs)
	if len(c.IPs) > 1 && strings.Contains(" "+strings.Join(c.IPs, " ")+" ", " none ") {
		ck.add("ips", "选择了「未涉及知识产权」，就不能再选别的")
	}
	ck.code("field", "contract_field", c.Field)
	ck.code("objective", "objective", c.Objective)
	ck.code("industry", "industry", c.Industry)
	ck.code("secrecy", "secrecy", c.Secrecy)
	ck.text("summary", "主要内容", c.Summary, MaxText)
	return Invalid(ck.found)
}

func (p *ContractParty) check(ck *checker, at, label string) {
	ck.required(at+".name", label+"名称", p.Name)
	ck.line(at+".name", label+"名称", p.Name, MaxName)
	ck.line(at+".credit_code", label+"统一社会信用代码", p.CreditCode, MaxShort)
	ck.code(at+".country", "country", p.Country)
	ck.code(at+".region", "region", p.Region)
	ck.code(at+".nature", "legal_nature", p.Nature)
	ck.code(at+".scale", "scale", p.Scale)
	ck.line(at+".legal_person", label+"法定代表人", p.LegalPerson, MaxName)
	ck.line(at+".contact", label+"联系人", p.Contact, MaxName)
	ck.line(at+".phone", label+"电话", p.Phone, MaxName)
	ck.line(at+".address", label+"地址", p.Address, MaxShort)
	if p.Postcode != "" && (len(p.Postcode) != 6 || strings.Trim(p.Postcode, "0123456789") != "") {
		ck.add(at+".postcode", label+"邮编应为 6 位数字")
	}
	if p.Country != "" && p.Country != china && p.Region != "" {
		ck.add(at+".region", label+"不在中国，请去掉行政区划")
	}
}

// finest checks a code that must not be split further.
func (ck *checker) finest(field, list, code string) {
	ck.code(field, list, code)
	l, _ := LookupList(list)
	for _, item := range l.Items {
		if code != "" && item.Parent == code {
			ck.add(field, "「"+CodeLabel(list, code)+"」请选到细类，如「"+item.Label+"」")
			return
		}
	}
}

// past checks a day that has come.
func (ck *checker) past(field, label string, d, today Date) {
	before := len(ck.found)
	ck.date(field, label, d)
	if len(ck.found) == before && d > today {
		ck.add(field, label+"在今天之后，请核对")
	}
}

// Missing are the fields that registration needs and that are empty; nil when it can be registered.
func (c *Contract) Missing() []FieldError {
	var ck checker
	ck.required("valid_from", "有效期起", string(c.ValidFrom))
	ck.required("valid_until", "有效期止", string(c.ValidUntil))
	ck.required("payment_mode", "支付方式", c.PaymentMode)
	ck.required("plan_source", "计划来源", c.PlanSource)
	ck.required("ips", "知识产权", strings.Join(c.IPs, ""))
	ck.required("field", "技术领域", c.Field)
	ck.required("objective", "社会经济目标", c.Objective)
	ck.required("industry", "服务的国民经济行业", c.Industry)
	for _, side := range []struct {
		at, label string
		party     *ContractParty
	}{{"seller", "卖方", &c.Seller}, {"buyer", "买方", &c.Buyer}} {
		ck.required(side.at+".country", side.label+"国别", side.party.Country)
		if side.party.Country == "" || side.party.Country == china {
			ck.required(side.at+".region", side.label+"行政区划", side.party.Region)
			ck.required(side.at+".nature", side.label+"性质", side.party.Nature)
			ck.required(side.at+".credit_code", side.label+"统一社会信用代码", side.party.CreditCode)
		}
	}
	return ck.found
}

// Warnings returns what is unusual but allowed.
func (c *Contract) Warnings() []FieldError {
	var ck checker
	for at, code := range map[string]string{"buyer": c.Buyer.CreditCode, "seller": c.Seller.CreditCode} {
		if code == "" {
			continue
		}
		if ok, reason := CheckCreditCode(code); !ok {
			ck.add(at+".credit_code", reason)
		}
	}
	return ck.found
}

// Register checks an entry in the register and what the contract lacks for it.
func (c *Contract) Register(r Registration, today Date) error {
	var ck checker
	if len(r.Number) != 16 || strings.Trim(r.Number, "0123456789") != "" {
		ck.add("number", "技术合同登记编号应为 16 位数字")
	}
	ck.required("on", "登记日期", string(r.On))
	ck.past("on", "登记日期", r.On, today)
	if r.On != "" && r.On < c.SignedOn {
		ck.add("on", "登记日期早于合同签订日期 "+c.SignedOn.Chinese()+"，请核对")
	}
	ck.required("office", "登记机构", r.Office)
	ck.line("office", "登记机构", r.Office, MaxName)
	for _, missing := range c.Missing() {
		ck.add("contract."+missing.Field, missing.Message+"，登记表要求这一项")
	}
	if len(ck.found) > 0 {
		return Invalid(ck.found)
	}
	c.Registration = r
	return nil
}

// Payment is a sum received under a contract, or the taking back of one.
type Payment struct {
	ID     string `json:"id"` // "lp_" and 20 characters
	DealID string `json:"deal_id"`
	// Amount is in 分; negative when it takes another back.
	Amount     int64  `json:"amount"`
	ReceivedOn Date   `json:"received_on"`
	Voucher    string `json:"voucher"` // 凭证号
	// Kind is of the list "payment_kind".
	Kind string `json:"kind"`
	// Attachment is the id of the voucher's picture, if any.
	Attachment string `json:"attachment,omitempty"`
	// Reverses is the payment that this one takes back; Reversed says that this one was taken back.
	Reverses  string    `json:"reverses,omitempty"`
	Reversed  bool      `json:"reversed,omitempty"`
	Note      string    `json:"note,omitempty"`
	By        string    `json:"by,omitempty"`
	CreatedAt time.Time `json:"created_at"`
}

// Validate reports every field that breaks a rule; whether it fits the contract is not known here.
func (p *Payment) Validate(today Date) error {
	var ck checker
	ck.fen("amount", "到账金额", p.Amount)
	if p.Amount == 0 {
		ck.add("amount", "请填写到账金额，应大于 0；退款请用「冲销」")
	}
	ck.required("received_on", "到账日期", string(p.ReceivedOn))
	ck.past("received_on", "到账日期", p.ReceivedOn, today)
	ck.required("voucher", "凭证号", p.Voucher)
	ck.line("voucher", "凭证号", p.Voucher, MaxName)
	ck.required("kind", "款项", p.Kind)
	ck.code("kind", "payment_kind", p.Kind)
	ck.line("attachment", "凭证附件", p.Attachment, MaxName)
	ck.text("note", "备注", p.Note, MaxNote)
	return Invalid(ck.found)
}

// CheckReason checks why a payment is taken back.
func CheckReason(reason string) error {
	var ck checker
	ck.required("reason", "冲销的原因", reason)
	ck.text("reason", "冲销的原因", reason, MaxNote)
	return Invalid(ck.found)
}

// CheckNote checks a remark that may be left out.
func CheckNote(note string) error {
	var ck checker
	ck.text("note", "说明", note, MaxNote)
	return Invalid(ck.found)
}
