package sheet

import "jiqiao"

// achievementColumns is the form of an achievement (科技成果信息表).
func achievementColumns() []Column {
	return samples(join(
		identityColumns("成果名称", "科技成果名称", "成果标题", "技术成果名称", "技术名称"),
		achievementTexts(),
		codedColumns(),
		achievementTerms(),
		achievementOrigin(),
		contactColumns(),
		closingColumns(),
		organisationColumns(false),
	), achievementSample)
}

func achievementTexts() []Column {
	return []Column{
		listColumn("keywords", "关键词", func(e *Entry) *[]string { return &head(e).Keywords }).
			also("关键字").hint("3–5 个，用分号隔开"),
		textColumn("abstract", "成果简介", func(e *Entry) *string { return &achievement(e).Abstract }).
			also("成果介绍", "成果描述", "技术简介", "简介", "成果内容", "项目简介").wide(60).hint("解决什么问题、怎样解决、达到什么水平"),
		textColumn("innovations", "创新点", func(e *Entry) *string { return &achievement(e).Innovations }).
			also("主要创新点", "技术创新点", "创新性"),
		textColumn("applications", "应用领域", func(e *Entry) *string { return &achievement(e).Applications }).
			also("应用领域与场景", "应用场景", "应用范围", "适用范围"),
		valueColumn("metrics", "技术指标", 50, parseMetrics, formatMetrics, func(e *Entry) *[]jiqiao.Metric { return &achievement(e).Metrics }).
			also("主要技术指标", "性能指标", "指标").hint(metricHint),
		textColumn("benefit", "商业分析", func(e *Entry) *string { return &achievement(e).Benefit }).
			also("经济效益", "市场前景", "效益分析", "预期效益"),
		textColumn("usage", "应用情况", func(e *Entry) *string { return &achievement(e).Usage }).also("推广应用情况"),
	}
}

func achievementTerms() []Column {
	return []Column{
		codeColumn("maturity", "技术成熟度", "maturity", func(e *Entry) *string { return &achievement(e).Maturity }).
			also("成熟度", "成果成熟度", "所处阶段", "成果阶段"),
		levelColumn("trl", "技术就绪度", 0, func(e *Entry) *int { return &achievement(e).TRL }).
			also("TRL", "技术就绪度等级").hint("GB/T 22900，1–13；不清楚可只填技术成熟度"),
		codesColumn("cooperation", "合作方式", "cooperation", func(e *Entry) *[]string { return &head(e).Cooperation }).
			also("转化方式", "转化方式意向", "意向合作方式", "拟转化方式").hint("可多项，用分号隔开"),
		moneyColumn("price", "合作价格", func(e *Entry) *jiqiao.Money { return &head(e).Price }).
			also("合作价格(万元)", "转让价格", "意向价格", "成果价格", "拟转让价格", "价格").hint("单位万元：80、50-100，或 面议"),
		valueColumn("ips", "知识产权", 50, parseIPs, formatIPs, func(e *Entry) *[]jiqiao.IP { return &achievement(e).IPs }).
			also("知识产权情况", "知识产权形式", "专利情况").hint(ipHelp),
		valueColumn("team", "完成人", 40, parseTeam, formatTeam, func(e *Entry) *[]jiqiao.TeamMember { return &achievement(e).Team }).
			also("团队", "研发团队", "成果完成人", "团队成员", "项目团队").hint("姓名/职称/贡献/所在学院，多人用分号隔开：张三/教授/负责人/材料学院；李四/讲师"),
	}
}

func achievementOrigin() []Column {
	a := achievement
	return []Column{
		dateColumn("completed_on", "完成时间", false, func(e *Entry) *jiqiao.Date { return &a(e).CompletedOn }).
			also("完成日期", "成果完成时间", "研究终止日期"),
		lineColumn("registry_number", "成果登记号", func(e *Entry) *string { return &a(e).RegistryNumber }).also("登记号", "批准登记号"),
		codeColumn("attribute", "成果属性", "attribute", func(e *Entry) *string { return &a(e).Attribute }),
		codeColumn("form", "成果体现形式", "form", func(e *Entry) *string { return &a(e).Form }).also("体现形式", "成果形式"),
		codeColumn("level", "成果水平", "level", func(e *Entry) *string { return &a(e).Level }).also("技术水平"),
		codeColumn("evaluation", "评价方式", "evaluation", func(e *Entry) *string { return &a(e).Evaluation }).also("成果评价方式"),
		codeColumn("acquisition", "获得方式", "acquisition", func(e *Entry) *string { return &a(e).Acquisition }).also("成果获得方式"),
		textColumn("funding", "资助情况", func(e *Entry) *string { return &a(e).Funding }).also("课题来源", "项目来源"),
		textColumn("awards", "获奖情况", func(e *Entry) *string { return &a(e).Awards }).also("奖励情况"),
		codesColumn("subjects", "学科分类", "subject", func(e *Entry) *[]string { return &a(e).Subjects }).
			also("学科", "所属学科").hint("GB/T 13745 一级学科"),
	}
}

// achievementSample is the template's sample row, by path.
var achievementSample = map[string]string{
	"title":             sampleMark + "大尺寸碳化硅外延气流场优化工艺",
	"owner.name":        "示例大学",
	"keywords":          "碳化硅；外延；气流场仿真",
	"abstract":          "面向 6–8 英寸碳化硅外延，建立气流场与温场耦合模型，提出多区进气与基座旋转协同控制方法，片内厚度不均匀性降到 1.5%。",
	"innovations":       "多区进气比例在线修正；外延炉热场数字孪生",
	"applications":      "车规级功率器件、光伏逆变器、充电桩用外延片生产",
	"metrics":           "厚度不均匀性≤1.5%；掺杂浓度不均匀性≤4%；生长速率55～70μm/h",
	"benefit":           "单片综合成本下降约 12%",
	"usage":             "已在一家企业的 6 英寸产线试用半年",
	"region":            "320100 南京市",
	"industries":        "C39 计算机、通信和其他电子设备制造业",
	"fields":            "102 微电子",
	"emerging":          "1.2 电子核心",
	"maturity":          "通过中试",
	"trl":               "7 环境级",
	"cooperation":       "技术许可；联合（合作）开发",
	"price":             "面议",
	"ips":               "发明专利 ZL202010123456.7 已授权；软件著作权 2020SR0123456 已授权",
	"team":              "张三/教授/负责人/材料学院；李四/副教授/工艺开发",
	"completed_on":      "2026-06-30",
	"attribute":         "原始性创新",
	"form":              "新工艺",
	"level":             "国内领先",
	"evaluation":        "机构评价",
	"acquisition":       "自主研发",
	"subjects":          "430 材料科学",
	"organisation.kind": "高校",
	"contact.position":  "科研院转化办",
}
