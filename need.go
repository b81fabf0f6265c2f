package jiqiao

// Need is an enterprise's technical need (企业技术需求征集表).
type Need struct {
	Header
	// Category is a code of the list "need_category".
	Category   string   `json:"category,omitempty"`
	Background string   `json:"background,omitempty"` // 需求背景 / 应用场景
	Problem    string   `json:"problem,omitempty"`    // 拟解决的主要技术难题
	Metrics    []Metric `json:"metrics,omitempty"`    // 主要技术指标
	// Constraints are limits of cost, process, environment and law (约束条件).
	Constraints string `json:"constraints,omitempty"`
	// Foundation is what the enterprise already has (已有基础).
	Foundation string `json:"foundation,omitempty"`
	// Outcomes are codes of the list "outcome" (期望成果形式).
	Outcomes []string `json:"outcomes,omitempty"`
	// MinTRL is the lowest technology readiness that would do, 1–9; 0 when not stated.
	MinTRL           int      `json:"min_trl,omitempty"`
	IntendedPartners []string `json:"intended_partners,omitempty"` // 意向单位
	IntendedExperts  []string `json:"intended_experts,omitempty"`  // 意向专家
	Deadline         Date     `json:"deadline,omitempty"`          // 期望完成时间
	// Challenge marks a need offered for open bidding (揭榜挂帅), Bounty its amount (榜单金额).
	Challenge bool  `json:"challenge,omitempty"`
	Bounty    Money `json:"bounty"`
	// ExpertVisits and JoinsSelection: 是否接受专家调研, 是否参与方案筛选.
	ExpertVisits   bool `json:"expert_visits,omitempty"`
	JoinsSelection bool `json:"joins_selection,omitempty"`
	// Services are codes of the list "service" (其他需求).
	Services []string `json:"services,omitempty"`
}

// Kind is KindNeed.
func (*Need) Kind() Kind { return KindNeed }

// Sections implements Record.
func (n *Need) Sections() []Section {
	return sections(
		Section{FieldTitle, "需求名称", n.Title},
		Section{FieldKeywords, "关键词", joinList(n.Keywords)},
		Section{FieldProblem, "技术难题", n.Problem},
		Section{FieldProblem, "技术指标", metricsText(n.Metrics)},
		Section{FieldAbstract, "公开摘要", n.Summary},
		Section{FieldAbstract, "需求背景", n.Background},
		Section{FieldBody, "约束条件", n.Constraints},
		Section{FieldBody, "已有基础", n.Foundation},
		Section{FieldBody, "附件", n.Attached},
		Section{FieldBody, "保密细节", n.Confidential},
	)
}
