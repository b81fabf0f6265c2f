package jiqiao

// Achievement is a university's or institute's result that may be transferred (科技成果信息表).
type Achievement struct {
	Header
	Abstract     string   `json:"abstract,omitempty"`     // 成果简介
	Innovations  string   `json:"innovations,omitempty"`  // 创新点
	Applications string   `json:"applications,omitempty"` // 应用领域与场景
	Metrics      []Metric `json:"metrics,omitempty"`      // 技术指标
	Benefit      string   `json:"benefit,omitempty"`      // 商业分析 / 经济效益
	Usage        string   `json:"usage,omitempty"`        // 应用情况
	// Maturity is a code of the list "maturity" (技术成熟度, everyday stages).
	Maturity string `json:"maturity,omitempty"`
	// TRL is the technology readiness level of GB/T 22900, 1–13; 0 when not stated. Readiness falls back to Maturity.
	TRL int `json:"trl,omitempty"`
	// RegistryNumber is the 成果登记号.
	RegistryNumber string `json:"registry_number,omitempty"`
	CompletedOn    Date   `json:"completed_on,omitempty"`
	// Attribute, Form, Level, Evaluation, Acquisition are codes of "attribute" (成果属性), "form" (体现形式),
	// "level" (成果水平), "evaluation" (评价方式) and "acquisition" (获得方式).
	Attribute   string `json:"attribute,omitempty"`
	Form        string `json:"form,omitempty"`
	Level       string `json:"level,omitempty"`
	Evaluation  string `json:"evaluation,omitempty"`
	Acquisition string `json:"acquisition,omitempty"`
	Funding     string `json:"funding,omitempty"` // 课题来源 / 资助情况
	Awards      string `json:"awards,omitempty"`  // 获奖情况
	// Subjects are GB/T 13745 codes of the first level.
	Subjects []string     `json:"subjects,omitempty"`
	IPs      []IP         `json:"ips,omitempty"`
	Team     []TeamMember `json:"team,omitempty"`
}

// IP is one item of intellectual property.
type IP struct {
	// Kind is a code of the list "ip".
	Kind   string `json:"kind"`
	Number string `json:"number,omitempty"`
	Title  string `json:"title,omitempty"`
	// State is a code of the list "ip_state" (申请中, 已授权, …).
	State string `json:"state,omitempty"`
}

// TeamMember is one of the people who made the achievement (完成人).
type TeamMember struct {
	Name  string `json:"name"`
	Title string `json:"title,omitempty"` // 职称
	Role  string `json:"role,omitempty"`  // 贡献
	Unit  string `json:"unit,omitempty"`  // 所在单位 / 学院
}

// Kind is KindAchievement.
func (*Achievement) Kind() Kind { return KindAchievement }

// Sections implements Record.
func (a *Achievement) Sections() []Section {
	return sections(
		Section{FieldTitle, "成果名称", a.Title},
		Section{FieldKeywords, "关键词", joinList(a.Keywords)},
		Section{FieldProblem, "创新点", a.Innovations},
		Section{FieldProblem, "技术指标", metricsText(a.Metrics)},
		Section{FieldAbstract, "公开摘要", a.Summary},
		Section{FieldAbstract, "成果简介", a.Abstract},
		Section{FieldBody, "应用领域", a.Applications},
		Section{FieldBody, "应用情况", a.Usage},
		Section{FieldBody, "商业分析", a.Benefit},
		Section{FieldBody, "附件", a.Attached},
		Section{FieldBody, "保密细节", a.Confidential},
	)
}

// Readiness is the TRL, or the middle of the range that the everyday stage stands for; 0 when neither is stated.
func (a *Achievement) Readiness() int {
	if a.TRL > 0 {
		return a.TRL
	}
	return MaturityTRL(a.Maturity)
}
