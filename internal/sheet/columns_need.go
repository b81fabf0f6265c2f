package sheet

import "jiqiao"

// needColumns is the form of an enterprise's need (企业技术需求征集表).
func needColumns() []Column {
	return samples(join(
		identityColumns("需求名称", "技术需求名称", "需求标题", "技术需求", "需求题目", "难题名称", "技术难题名称", "榜单名称"),
		needTexts(),
		codedColumns(),
		needTerms(),
		contactColumns(),
		closingColumns(),
		organisationColumns(true),
	), needSample)
}

func needTexts() []Column {
	return []Column{
		codeColumn("category", "需求类别", "need_category", func(e *Entry) *string { return &need(e).Category }).
			also("技术需求类别", "需求类型"),
		listColumn("keywords", "关键词", func(e *Entry) *[]string { return &head(e).Keywords }).
			also("关键字").hint("3–5 个，用分号隔开"),
		textColumn("background", "需求背景", func(e *Entry) *string { return &need(e).Background }).
			also("需求背景/应用场景", "应用场景", "背景", "需求背景及应用场景").hint("在什么产品、产线、工况上使用"),
		textColumn("problem", "主要技术难题", func(e *Entry) *string { return &need(e).Problem }).
			also("拟解决的主要技术难题", "技术难题", "技术需求详情", "需求内容", "需求描述", "需求详情", "需求简介", "拟解决的技术问题", "主要内容").
			wide(60).hint("要解决什么问题，现在卡在哪里；越具体匹配越准"),
		valueColumn("metrics", "主要技术指标", 50, parseMetrics, formatMetrics, func(e *Entry) *[]jiqiao.Metric { return &need(e).Metrics }).
			also("技术指标", "指标", "考核指标").hint(metricHint),
		textColumn("constraints", "约束条件", func(e *Entry) *string { return &need(e).Constraints }).
			hint("成本、工艺、环境、法规上的限制"),
		textColumn("foundation", "已有基础", func(e *Entry) *string { return &need(e).Foundation }).
			also("现有基础", "现有工作基础", "工作基础").hint("进展、投入、设备、人员"),
		codesColumn("outcomes", "期望成果形式", "outcome", func(e *Entry) *[]string { return &need(e).Outcomes }).
			also("成果形式", "期望成果"),
		levelColumn("min_trl", "最低技术就绪度", jiqiao.MaxNeedTRL, func(e *Entry) *int { return &need(e).MinTRL }).
			also("期望技术就绪度", "技术就绪度要求").hint("1–9，低于此级的成果不考虑"),
	}
}

const metricHint = "名称、比较符、数值、单位，多项用分号隔开：击穿电压≥1200V（现状：800V）；工作温度-40～125℃；阻燃等级：UL94 V-0"

func needTerms() []Column {
	return []Column{
		codesColumn("cooperation", "合作方式", "cooperation", func(e *Entry) *[]string { return &head(e).Cooperation }).
			also("意向合作方式", "期望合作方式").hint("可多项，用分号隔开"),
		moneyColumn("price", "拟投入资金", func(e *Entry) *jiqiao.Money { return &head(e).Price }).
			also("拟投入资金(万元)", "合作价格", "投入资金", "预算", "研发预算", "资金预算", "预算金额", "资金区间", "意向投入").
			hint("单位万元：80、50-100，或 面议"),
		listColumn("intended_partners", "意向合作单位", func(e *Entry) *[]string { return &need(e).IntendedPartners }).
			also("意向单位", "意向高校院所"),
		listColumn("intended_experts", "意向合作专家", func(e *Entry) *[]string { return &need(e).IntendedExperts }).
			also("意向专家"),
		dateColumn("deadline", "期望完成时间", true, func(e *Entry) *jiqiao.Date { return &need(e).Deadline }).
			also("完成时限", "期望完成日期", "需求时限").hint("2026-11-22、2026/11/22、2026年11月 均可"),
		flagColumn("challenge", "是否揭榜挂帅", func(e *Entry) *bool { return &need(e).Challenge }).also("揭榜挂帅"),
		moneyColumn("bounty", "榜单金额", func(e *Entry) *jiqiao.Money { return &need(e).Bounty }).
			also("榜单金额(万元)", "揭榜金额").hint("单位万元；揭榜挂帅时填写"),
		flagColumn("expert_visits", "是否接受专家调研", func(e *Entry) *bool { return &need(e).ExpertVisits }).also("接受专家调研"),
		flagColumn("joins_selection", "是否参与方案筛选", func(e *Entry) *bool { return &need(e).JoinsSelection }).also("参与方案筛选"),
		codesColumn("services", "其他需求", "service", func(e *Entry) *[]string { return &need(e).Services }).
			also("其他服务需求", "其它需求"),
	}
}

// needSample is the template's sample row, by path.
var needSample = map[string]string{
	"title":                       sampleMark + "提升碳化硅外延片厚度均匀性至2%以内",
	"owner.name":                  "示例半导体有限公司",
	"category":                    "技术研发",
	"keywords":                    "碳化硅；外延生长；厚度均匀性",
	"background":                  "用于 1200V 车规级功率器件的 6 英寸外延片量产线",
	"problem":                     "现有热壁式 CVD 设备片内厚度不均匀性约 5%，边缘掺杂浓度偏高，导致器件良率不足 70%，需要优化气流场与温场并给出工艺窗口。",
	"metrics":                     "厚度不均匀性≤2%（现状：5%）；掺杂浓度不均匀性≤5%；生长速率50～60μm/h",
	"constraints":                 "不更换现有设备主体，单片成本增加不超过 8%",
	"foundation":                  "已有 4 台外延炉和完整的检测设备，研发人员 12 人",
	"outcomes":                    "工艺；专利",
	"min_trl":                     "5 初样级",
	"region":                      "320900 盐城市",
	"industries":                  "C39 计算机、通信和其他电子设备制造业",
	"fields":                      "102 微电子",
	"emerging":                    "1.2 电子核心",
	"cooperation":                 "联合（合作）开发；技术咨询",
	"price":                       "80-150",
	"intended_partners":           "高校或科研院所",
	"deadline":                    "2028-06-30",
	"challenge":                   "否",
	"expert_visits":               "是",
	"joins_selection":             "是",
	"services":                    "知识产权",
	"organisation.kind":           "企业",
	"organisation.scale":          "中型",
	"organisation.qualifications": "高新技术企业",
	"organisation.products":       "碳化硅外延片",
}
