package jiqiao

import (
	"strings"
)

// Validate implements Record. A draft needs a title only; anything else must also name its owner.
func (n *Need) Validate() error {
	var ck checker
	n.check(&ck, "需求名称")
	ck.code("category", "need_category", n.Category)
	ck.text("background", "需求背景", n.Background, MaxText)
	ck.text("problem", "技术难题", n.Problem, MaxText)
	ck.metrics(n.Metrics)
	ck.text("constraints", "约束条件", n.Constraints, MaxText)
	ck.text("foundation", "已有基础", n.Foundation, MaxText)
	ck.codeList("outcomes", "outcome", n.Outcomes)
	ck.readiness("min_trl", "最低技术就绪度", n.MinTRL, MaxNeedTRL)
	ck.lines("intended_partners", "意向单位", n.IntendedPartners, MaxPartners, MaxName)
	ck.lines("intended_experts", "意向专家", n.IntendedExperts, MaxPartners, MaxName)
	ck.date("deadline", "期望完成时间", n.Deadline)
	ck.money("bounty", n.Bounty)
	if !n.Challenge && n.Bounty.Kind != MoneyUnstated {
		ck.add("bounty", "填写了榜单金额，请同时选择「揭榜挂帅」，或清空金额")
	}
	ck.codeList("services", "service", n.Services)
	return Invalid(ck.found)
}

// Warnings implements Record.
func (n *Need) Warnings() []FieldError {
	var ck checker
	n.warn(&ck)
	if n.Problem == "" && n.Background == "" {
		ck.add("problem", "没有填写技术难题，匹配只能依据名称和关键词")
	}
	if len(n.Metrics) == 0 {
		ck.add("metrics", "没有填写技术指标，无法判断成果是否达标")
	}
	ck.warnMetrics(n.Metrics)
	if n.Deadline != "" && n.ValidUntil != "" && n.Deadline < n.ValidUntil {
		ck.add("valid_until", "有效期晚于期望完成时间，请核对")
	}
	return ck.found
}

// Validate implements Record. A draft needs a title only; anything else must also name its owner.
func (a *Achievement) Validate() error {
	var ck checker
	a.check(&ck, "成果名称")
	ck.text("abstract", "成果简介", a.Abstract, MaxText)
	ck.text("innovations", "创新点", a.Innovations, MaxText)
	ck.text("applications", "应用领域", a.Applications, MaxText)
	ck.metrics(a.Metrics)
	ck.text("benefit", "商业分析", a.Benefit, MaxText)
	ck.text("usage", "应用情况", a.Usage, MaxText)
	ck.code("maturity", "maturity", a.Maturity)
	ck.readiness("trl", "技术就绪度", a.TRL, MaxTRL)
	ck.line("registry_number", "登记号", a.RegistryNumber, MaxShort)
	ck.date("completed_on", "完成时间", a.CompletedOn)
	ck.code("attribute", "attribute", a.Attribute)
	ck.code("form", "form", a.Form)
	ck.code("level", "level", a.Level)
	ck.code("evaluation", "evaluation", a.Evaluation)
	ck.code("acquisition", "acquisition", a.Acquisition)
	ck.text("funding", "资助情况", a.Funding, MaxText)
	ck.text("awards", "获奖情况", a.Awards, MaxText)
	ck.codeList("subjects", "subject", a.Subjects)
	ck.ips(a.IPs)
	ck.team(a.Team)
	return Invalid(ck.found)
}

// Warnings implements Record.
func (a *Achievement) Warnings() []FieldError {
	var ck checker
	a.warn(&ck)
	if a.Abstract == "" {
		ck.add("abstract", "没有填写成果简介，匹配只能依据名称和关键词")
	}
	if a.Readiness() == 0 {
		ck.add("maturity", "没有填写技术成熟度，按成熟度筛选时不会出现")
	}
	if low, high := MaturityRange(a.Maturity); a.TRL > 0 && low > 0 && (a.TRL < low-1 || a.TRL > high+1 && a.Maturity != "production") {
		ck.add("trl", "技术就绪度与「"+CodeLabel("maturity", a.Maturity)+"」不一致，请核对")
	}
	ck.warnMetrics(a.Metrics)
	return ck.found
}

// check applies the rules that both sides share.
func (h *Header) check(ck *checker, titleLabel string) {
	ck.required("title", titleLabel, h.Title)
	ck.line("title", titleLabel, h.Title, MaxTitle)
	ck.code("status", "status", string(h.Status))
	ck.code("disclosure", "disclosure", string(h.Disclosure))
	ck.lines("keywords", "关键词", h.Keywords, MaxKeywords, MaxKeyword)
	h.Owner.check(ck)
	if h.Status != StatusDraft && h.Owner.ID == "" {
		ck.required("owner.name", "单位名称", h.Owner.Name+h.Owner.CreditCode)
	}
	ck.code("region", "region", h.Region)
	ck.codeList("industries", "industry", h.Industries)
	ck.codeList("fields", "field", h.Fields)
	ck.codeList("emerging", "emerging", h.Emerging)
	ck.codeList("cooperation", "cooperation", h.Cooperation)
	ck.money("price", h.Price)
	ck.date("valid_until", "有效期", h.ValidUntil)
	h.Contact.check(ck)
	ck.text("summary", "公开摘要", h.Summary, MaxSummary)
	ck.text("confidential", "保密细节", h.Confidential, MaxText)
	if h.Disclosure.HidesDetail() && h.Status != StatusDraft {
		ck.required("summary", "公开摘要", h.Summary)
	}
	ck.line("external_id", "来源编号", h.ExternalID, MaxShort)
}

func (h *Header) warn(ck *checker) {
	if code := h.Owner.CreditCode; code != "" {
		if ok, reason := CheckCreditCode(code); !ok {
			ck.add("owner.credit_code", reason)
		}
	}
	h.Contact.warnings(ck, "contact")
	if len(h.Industries) == 0 && len(h.Fields) == 0 && len(h.Emerging) == 0 {
		ck.add("fields", "没有选择行业或技术领域，按领域筛选时不会出现")
	}
}

func (r OrganisationRef) check(ck *checker) {
	ck.line("owner.name", "单位名称", r.Name, MaxName)
	if r.Name == HiddenOwner {
		ck.add("owner.name", "单位名称已隐去，请填写真实的单位名称；若是公开导出的文件，请用访问令牌重新导出后再导入")
	}
	ck.line("owner.credit_code", "统一社会信用代码", r.CreditCode, MaxShort)
	ck.code("owner.kind", "organisation_kind", string(r.Kind))
}

func (c Contact) check(ck *checker) {
	ck.line("contact.name", "联系人", c.Name, MaxName)
	ck.line("contact.position", "职务", c.Position, MaxName)
	ck.line("contact.mobile", "手机", c.Mobile, MaxName)
	ck.line("contact.phone", "座机", c.Phone, MaxName)
	ck.line("contact.email", "邮箱", c.Email, MaxShort)
}

func (ck *checker) ips(ips []IP) {
	ck.count("ips", "知识产权", len(ips), MaxIPs)
	for i, ip := range ips {
		at := index("ips", i)
		ck.required(at+".kind", "知识产权形式", ip.Kind)
		ck.code(at+".kind", "ip", ip.Kind)
		ck.code(at+".state", "ip_state", ip.State)
		ck.line(at+".number", "知识产权号", ip.Number, MaxShort)
		ck.line(at+".title", "知识产权名称", ip.Title, MaxShort)
	}
}

func (ck *checker) team(team []TeamMember) {
	ck.count("team", "完成人", len(team), MaxTeam)
	for i, member := range team {
		at := index("team", i)
		ck.required(at+".name", "完成人姓名", member.Name)
		ck.line(at+".name", "完成人姓名", member.Name, MaxName)
		ck.line(at+".title", "职称", member.Title, MaxName)
		ck.line(at+".role", "贡献", member.Role, MaxShort)
		ck.line(at+".unit", "所在单位", member.Unit, MaxName)
	}
}

// dimensionless are endings of indicator names that need no unit.
const dimensionless = "pH|比|率|系数|指数|倍数|因子|分数|数|级|AUC|F1|mAP|等级|Ct|Kappa|R2|R²|OD|ΔE"

func (ck *checker) warnMetrics(metrics []Metric) {
	for i, m := range metrics {
		name, _, _ := strings.Cut(strings.ReplaceAll(m.Name, "（", "("), "(") // 压缩比(振动信号)
		if m.Comparator == "" || m.Unit != "" || hasAnySuffix(name, dimensionless) {
			continue
		}
		ck.add(index("metrics", i)+".unit", "指标「"+clip(m.Name)+"」没有单位，请核对")
	}
}

func hasAnySuffix(s, suffixes string) bool {
	for suffix := range strings.SplitSeq(suffixes, "|") {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}

// Validate reports every field that breaks a rule as an Invalid error, or nil.
func (o *Organisation) Validate() error {
	var ck checker
	ck.required("name", "单位名称", o.Name)
	ck.line("name", "单位名称", o.Name, MaxName)
	ck.required("kind", "单位类型", string(o.Kind))
	ck.code("kind", "organisation_kind", string(o.Kind))
	ck.line("credit_code", "统一社会信用代码", o.CreditCode, MaxShort)
	ck.code("region", "region", o.Region)
	ck.code("industry", "industry", o.Industry)
	ck.code("scale", "scale", o.Scale)
	ck.codeList("qualifications", "qualification", o.Qualifications)
	ck.text("products", "主营产品", o.Products, MaxText)
	ck.text("profile", "单位简介", o.Profile, MaxText)
	ck.line("address", "地址", o.Address, MaxShort)
	ck.line("legal_person", "法人", o.LegalPerson, MaxName)
	o.Contact.check(&ck)
	o.Contact.numbers(&ck, "contact")
	return Invalid(ck.found)
}

// Warnings returns what is unusual but allowed.
func (o *Organisation) Warnings() []FieldError {
	var ck checker
	if o.CreditCode != "" {
		if ok, reason := CheckCreditCode(o.CreditCode); !ok {
			ck.add("credit_code", reason)
		}
	}
	o.Contact.warnings(&ck, "contact")
	return ck.found
}
