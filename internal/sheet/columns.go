package sheet

import (
	"jiqiao"
)

// sampleMark opens the title of the template's sample row. The row is passed over as long as nobody changes it.
const sampleMark = "【示例】"

// identityColumns are the title and the owner: together they are the natural key by which a repeated import finds the
// record again.
func identityColumns(title string, aliases ...string) []Column {
	return []Column{
		lineColumn("title", title, func(e *Entry) *string { return &head(e).Title }).also(aliases...).required().wide(40),
		ownerColumn(),
		creditColumn(),
	}
}

func ownerColumn() Column {
	c := lineColumn("owner.name", "单位名称", func(e *Entry) *string { return &head(e).Owner.Name })
	read := c.read
	c.read = func(e *Entry, cell string) error {
		if err := read(e, cell); err != nil {
			return err
		}
		e.Organisation.Name = head(e).Owner.Name
		return nil
	}
	return c.also("企业名称", "单位", "所属单位", "成果权属人", "权属人", "完成单位", "第一完成单位", "高校名称", "需求单位", "需求企业", "公司名称",
		"推荐单位").required().wide(28).hint("全称，与营业执照或法人证书一致")
}

func creditColumn() Column {
	c := shortColumn("owner.credit_code", "统一社会信用代码", parseCredit, func(e *Entry) *string { return &head(e).Owner.CreditCode })
	read := c.read
	c.read = func(e *Entry, cell string) error {
		if err := read(e, cell); err != nil {
			return err
		}
		e.Organisation.CreditCode = head(e).Owner.CreditCode
		return nil
	}
	return c.also("信用代码", "社会信用代码", "组织机构代码", "单位信用代码").wide(24).hint("18 位；同一单位同名记录再次导入时按它认出并更新")
}

// organisationColumns describe the owner beyond its name. They stay empty on the rows that add nothing.
func organisationColumns(enterprise bool) []Column {
	org := func(e *Entry) *jiqiao.Organisation { return &e.Organisation }
	columns := []Column{
		codeColumn("organisation.kind", "单位类型", "organisation_kind", func(e *Entry) *jiqiao.OrganisationKind { return &org(e).Kind }).
			also("单位性质"),
		codeColumn("organisation.region", "单位所在地", "region", func(e *Entry) *string { return &org(e).Region }).
			also("企业所在地", "注册地").hint("与「所在地」不同时填写"),
		lineColumn("organisation.address", "单位地址", func(e *Entry) *string { return &org(e).Address }).
			also("地址", "通讯地址", "详细地址", "企业地址"),
		lineColumn("organisation.legal_person", "法人", func(e *Entry) *string { return &org(e).LegalPerson }).
			also("法定代表人", "法人代表", "企业法人").wide(12),
		textColumn("organisation.profile", "单位简介", func(e *Entry) *string { return &org(e).Profile }).
			also("企业简介", "单位介绍"),
	}
	if enterprise {
		columns = append(columns,
			codeColumn("organisation.scale", "企业规模", "scale", func(e *Entry) *string { return &org(e).Scale }).also("单位规模"),
			codesColumn("organisation.qualifications", "企业资质", "qualification", func(e *Entry) *[]string { return &org(e).Qualifications }).
				also("企业类型", "资质", "企业类型/资质"),
			codeColumn("organisation.industry", "单位所属行业", "industry", func(e *Entry) *string { return &org(e).Industry }).
				also("企业所属行业"),
			textColumn("organisation.products", "主营产品", func(e *Entry) *string { return &org(e).Products }).also("主营业务", "主要产品"))
	}
	for i := range columns {
		columns[i] = columns[i].keepWhenBlank()
	}
	return columns
}

func contactColumns() []Column {
	contact := func(e *Entry) *jiqiao.Contact { return &head(e).Contact }
	return []Column{
		shortColumn("contact.name", "联系人", parsePerson, func(e *Entry) *string { return &contact(e).Name }).
			also("联系人姓名", "对接人", "技术联系人").wide(12).sample("王工"),
		shortColumn("contact.position", "职务", parsePerson, func(e *Entry) *string { return &contact(e).Position }).
			also("联系人职务").wide(14).sample("技术部经理"),
		shortColumn("contact.mobile", "手机", parsePhone, func(e *Entry) *string { return &contact(e).Mobile }).
			also("手机号", "手机号码", "联系人手机").orUnder(eitherNumber, "联系电话", "联系人电话", "联系方式").
			wide(16).hint("11 位手机号").sample("13800000000"),
		shortColumn("contact.phone", "座机", parsePhone, func(e *Entry) *string { return &contact(e).Phone }).keepWhenBlank().
			also("固定电话", "办公电话", "电话").wide(16).hint("区号-号码"),
		shortColumn("contact.email", "邮箱", parseEmail, func(e *Entry) *string { return &contact(e).Email }).
			also("电子邮箱", "电子邮件", "E-mail", "Email").wide(24).sample("wang@example.com"),
	}
}

// eitherNumber reads what stands under 联系电话: a fixed line, with its area code or without, goes where it belongs.
func eitherNumber(e *Entry, cell string) error {
	number, err := parsePhone(cell)
	if err != nil {
		return err
	}
	contact := &head(e).Contact
	if fixedLine.MatchString(number) {
		contact.Phone, contact.Mobile = number, ""
	} else {
		contact.Mobile = number
	}
	return nil
}

// codedColumns place a record in the code lists that both sides share.
func codedColumns() []Column {
	return []Column{
		codeColumn("region", "所在地", "region", func(e *Entry) *string { return &head(e).Region }).
			also("所在地区", "地区", "行政区划", "所属地区", "区域").hint("到市或县区，如 江苏省盐城市大丰区 或 320904").wide(24),
		codesColumn("industries", "国民经济行业", "industry", func(e *Entry) *[]string { return &head(e).Industries }).
			also("所属行业", "行业", "应用行业").hint("GB/T 4754 门类或大类，多项用分号隔开"),
		codesColumn("fields", "技术领域", "field", func(e *Entry) *[]string { return &head(e).Fields }).
			also("高新技术领域", "所属领域", "需求领域", "领域").hint("国家重点支持的高新技术领域，填到能确定的一级"),
		codesColumn("emerging", "战新产业", "emerging", func(e *Entry) *[]string { return &head(e).Emerging }).
			also("战略性新兴产业", "战略性新兴产业分类"),
	}
}

// closingColumns are about handling the record.
func closingColumns() []Column {
	return []Column{
		dateColumn("valid_until", "有效期", true, func(e *Entry) *jiqiao.Date { return &head(e).ValidUntil }).
			also("有效期至", "有效期限", "截止日期", "有效期止").hint("最后有效的一天；新记录空白为长期").sample("2027-12-31"),
		codeColumn("disclosure", "公开方式", "disclosure", func(e *Entry) *jiqiao.Disclosure { return &head(e).Disclosure }).
			also("是否公开", "公开范围").hint("部分公开时隐去单位名称；公开摘要时细节保密；新记录空白为公开").sample("公开"),
		textColumn("summary", "公开摘要", func(e *Entry) *string { return &head(e).Summary }).
			also("公开简介", "对外摘要").hint("公开方式为「公开摘要」时，外界只看到名称、关键词、领域、地区、资金区间和这段摘要"),
		textColumn("confidential", "保密细节", func(e *Entry) *string { return &head(e).Confidential }).
			also("保密内容", "保密信息").hint("只给本单位、技术经理人、主管部门和双方都有意向后的对方看；不参与检索和匹配"),
		lineColumn("external_id", "原系统编号", func(e *Entry) *string { return &head(e).ExternalID }).
			also("外部编号", "编号", "需求编号", "成果编号").wide(18),
		codeColumn("status", "状态", "status", func(e *Entry) *jiqiao.Status { return &head(e).Status }).keepWhenBlank().
			also("记录状态").hint("空白时新记录按导入时的选择，已有的不变"),
	}
}

func join(groups ...[]Column) []Column {
	var all []Column
	for _, g := range groups {
		all = append(all, g...)
	}
	return all
}

// samples puts a cell of the sample row into each column named by its path.
func samples(columns []Column, cells map[string]string) []Column {
	for i := range columns {
		if cell, ok := cells[columns[i].Path]; ok {
			columns[i].Sample = cell
		}
	}
	return columns
}
