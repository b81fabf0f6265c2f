package jiqiao

import "strings"

// formFields is every field of the side's form. A test holds it against the types.
func formFields(kind Kind) []formField {
	if kind == KindNeed {
		return append(headFields("需求名称", "拟投入资金"), needFields()...)
	}
	return append(headFields("成果名称", "合作价格"), achievementFields()...)
}

func headText(name, label string, get func(*Header) string) formField {
	return formField{name: name, label: label, text: func(r Record) string { return get(r.Head()) }}
}

func headCodes(name, label, list string, get func(*Header) []string) formField {
	return formField{name: name, label: label, codes: list, items: func(r Record) []string { return codeLabels(list, get(r.Head())) }}
}

func headFields(title, price string) []formField {
	return []formField{
		{name: "status", label: "状态", text: func(r Record) string { return r.Head().Status.Label(r.Kind()) }},
		headText("title", title, func(h *Header) string { return h.Title }),
		{name: "keywords", label: "关键词", items: func(r Record) []string { return r.Head().Keywords }},
		headText("owner", "所属单位", func(h *Header) string { return h.Owner.Name + " " + h.Owner.CreditCode }),
		headText("region", "地区", func(h *Header) string { return codeText("region", h.Region) }),
		headCodes("industries", "行业", "industry", func(h *Header) []string { return h.Industries }),
		headCodes("fields", "技术领域", "field", func(h *Header) []string { return h.Fields }),
		headCodes("emerging", "战略性新兴产业", "emerging", func(h *Header) []string { return h.Emerging }),
		headCodes("cooperation", "合作方式", "cooperation", func(h *Header) []string { return h.Cooperation }),
		headText("price", price, func(h *Header) string { return h.Price.String() }),
		headText("valid_until", "有效期", func(h *Header) string { return string(h.ValidUntil) }),
		// Whole, so that a change of any letter shows; Diff masks it.
		headText("contact", "联系方式", func(h *Header) string {
			c := h.Contact
			return strings.Join([]string{c.Name, c.Position, c.Mobile, c.Phone, c.Email}, "\n")
		}),
		headText("disclosure", "公开方式", func(h *Header) string {
			if h.Disclosure == "" {
				return codeText("disclosure", string(DisclosurePublic))
			}
			return codeText("disclosure", string(h.Disclosure))
		}),
		headText("summary", "公开摘要", func(h *Header) string { return h.Summary }),
		headText("confidential", "保密细节", func(h *Header) string { return h.Confidential }),
		headText("external_id", "来源编号", func(h *Header) string { return h.ExternalID }),
		headText("merged_into", "合并到", func(h *Header) string { return h.MergedInto }),
	}
}

func needText(name, label string, get func(*Need) string) formField {
	return formField{name: name, label: label, text: func(r Record) string {
		if n, ok := r.(*Need); ok {
			return get(n)
		}
		return ""
	}}
}

func needItems(name, label string, get func(*Need) []string) formField {
	return formField{name: name, label: label, items: func(r Record) []string {
		if n, ok := r.(*Need); ok {
			return get(n)
		}
		return nil
	}}
}

func needFields() []formField {
	return []formField{
		needText("category", "需求类别", func(n *Need) string { return codeText("need_category", n.Category) }),
		needText("background", "需求背景", func(n *Need) string { return n.Background }),
		needText("problem", "技术难题", func(n *Need) string { return n.Problem }),
		needItems("metrics", "技术指标", func(n *Need) []string { return metricItems(n.Metrics) }),
		needText("constraints", "约束条件", func(n *Need) string { return n.Constraints }),
		needText("foundation", "已有基础", func(n *Need) string { return n.Foundation }),
		needItems("outcomes", "期望成果形式", func(n *Need) []string { return codeLabels("outcome", n.Outcomes) }),
		needText("min_trl", "最低技术就绪度", func(n *Need) string { return count(n.MinTRL) }),
		needItems("intended_partners", "意向单位", func(n *Need) []string { return n.IntendedPartners }),
		needItems("intended_experts", "意向专家", func(n *Need) []string { return n.IntendedExperts }),
		needText("deadline", "期望完成时间", func(n *Need) string { return string(n.Deadline) }),
		needText("challenge", "揭榜挂帅", func(n *Need) string { return yesNo(n.Challenge) }),
		needText("bounty", "榜单金额", func(n *Need) string { return n.Bounty.String() }),
		needText("expert_visits", "接受专家调研", func(n *Need) string { return yesNo(n.ExpertVisits) }),
		needText("joins_selection", "参与方案筛选", func(n *Need) string { return yesNo(n.JoinsSelection) }),
		needItems("services", "其他需求", func(n *Need) []string { return codeLabels("service", n.Services) }),
	}
}

func resultText(name, label string, get func(*Achievement) string) formField {
	return formField{name: name, label: label, text: func(r Record) string {
		if a, ok := r.(*Achievement); ok {
			return get(a)
		}
		return ""
	}}
}

func resultItems(name, label string, get func(*Achievement) []string) formField {
	return formField{name: name, label: label, items: func(r Record) []string {
		if a, ok := r.(*Achievement); ok {
			return get(a)
		}
		return nil
	}}
}

func achievementFields() []formField {
	return []formField{
		resultText("abstract", "成果简介", func(a *Achievement) string { return a.Abstract }),
		resultText("innovations", "创新点", func(a *Achievement) string { return a.Innovations }),
		resultText("applications", "应用领域", func(a *Achievement) string { return a.Applications }),
		resultItems("metrics", "技术指标", func(a *Achievement) []string { return metricItems(a.Metrics) }),
		resultText("benefit", "商业分析", func(a *Achievement) string { return a.Benefit }),
		resultText("usage", "应用情况", func(a *Achievement) string { return a.Usage }),
		resultText("maturity", "技术成熟度", func(a *Achievement) string { return codeText("maturity", a.Maturity) }),
		resultText("trl", "技术就绪度", func(a *Achievement) string { return count(a.TRL) }),
		resultText("registry_number", "登记号", func(a *Achievement) string { return a.RegistryNumber }),
		resultText("completed_on", "完成时间", func(a *Achievement) string { return string(a.CompletedOn) }),
		resultText("attribute", "成果属性", func(a *Achievement) string { return codeText("attribute", a.Attribute) }),
		resultText("form", "体现形式", func(a *Achievement) string { return codeText("form", a.Form) }),
		resultText("level", "成果水平", func(a *Achievement) string { return codeText("level", a.Level) }),
		resultText("evaluation", "评价方式", func(a *Achievement) string { return codeText("evaluation", a.Evaluation) }),
		resultText("acquisition", "获得方式", func(a *Achievement) string { return codeText("acquisition", a.Acquisition) }),
		resultText("funding", "资助情况", func(a *Achievement) string { return a.Funding }),
		resultText("awards", "获奖情况", func(a *Achievement) string { return a.Awards }),
		resultItems("subjects", "学科", func(a *Achievement) []string { return codeLabels("subject", a.Subjects) }),
		resultItems("ips", "知识产权", ipItems),
		resultItems("team", "完成人", func(a *Achievement) []string {
			items := make([]string, len(a.Team))
			for i, m := range a.Team {
				items[i] = joinFields(m.Name, m.Title, m.Role, m.Unit)
			}
			return items
		}),
	}
}

func ipItems(a *Achievement) []string {
	items := make([]string, len(a.IPs))
	for i, ip := range a.IPs {
		items[i] = joinFields(codeText("ip", ip.Kind), ip.Number, ip.Title, codeText("ip_state", ip.State))
	}
	return items
}

func joinFields(parts ...string) string {
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}
