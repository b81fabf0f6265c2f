package jiqiao

import (
	"strings"
)

// FormField is one line of a form as it is handed in: the part of the form, the field's name, and what is filled in, a text
// or a Fen.
type FormField struct {
	Group, Label string
	Value        any
}

// RegistrationForm is the contract in the shape of the registration form (技术合同登记表): its fields in the form's order,
// codes with their names. The order is the same for every contract, so that lists have these as columns.
func (c *Contract) RegistrationForm() []FormField {
	form := []FormField{
		{"登记", "合同登记编号", c.Registration.Number},
		{"登记", "登记日期", string(c.Registration.On)},
		{"登记", "登记机构", c.Registration.Office},
		{"合同", "项目名称", c.Project},
		{"合同", "合同类型", codePathText("contract_type", c.Type)},
		{"合同", "签订日期", string(c.SignedOn)},
		{"合同", "有效期起", string(c.ValidFrom)},
		{"合同", "有效期止", string(c.ValidUntil)},
	}
	form = append(form, c.Seller.form("卖方（技术提供方）")...)
	form = append(form, c.Buyer.form("买方（技术接受方）")...)
	ips := make([]string, len(c.IPs))
	for i, ip := range c.IPs {
		ips[i] = CodeLabel("contract_ip", ip)
	}
	return append(form,
		FormField{"金额", "合同成交额（万元）", Fen(c.Total)},
		FormField{"金额", "技术交易额（万元）", Fen(c.Trade)},
		FormField{"金额", "支付方式", CodeLabel("payment_mode", c.PaymentMode)},
		FormField{"分类", "是否关联交易", yesNo(c.RelatedParty)},
		FormField{"分类", "计划来源", codePathText("plan_source", c.PlanSource)},
		FormField{"分类", "知识产权类型", strings.Join(ips, "；")},
		FormField{"分类", "技术领域", codeAndLabel("contract_field", c.Field)},
		FormField{"分类", "社会经济目标", codeAndLabel("objective", c.Objective)},
		FormField{"分类", "服务的国民经济行业", codeAndLabel("industry", c.Industry)},
		FormField{"分类", "密级", CodeLabel("secrecy", c.Secrecy)},
		FormField{"分类", "合同主要内容", c.Summary},
	)
}

func (p *ContractParty) form(group string) []FormField {
	return []FormField{
		{group, "名称", p.Name},
		{group, "统一社会信用代码", p.CreditCode},
		{group, "国别", codeAndLabel("country", p.Country)},
		{group, "行政区划", codeAndLabel("region", p.Region)},
		{group, "性质", codeAndLabel("legal_nature", p.Nature)},
		{group, "法定代表人", p.LegalPerson},
		{group, "联系人", p.Contact},
		{group, "联系电话", p.Phone},
		{group, "地址", p.Address},
		{group, "邮编", p.Postcode},
		{group, "是否技术转移机构", yesNo(p.Agency)},
		{group, "是否研发机构", yesNo(p.Research)},
		{group, "是否转制院所", yesNo(p.Converted)},
		{group, "是否在国家高新区", yesNo(p.HighTech)},
		{group, "是否上市", yesNo(p.Listed)},
		{group, "单位规模", CodeLabel("scale", p.Scale)},
	}
}

// codeAndLabel is how forms write a code: 156 中国.
func codeAndLabel(list, code string) string {
	return strings.TrimSpace(code + " " + CodeLabel(list, code))
}

// codePathText is an entry with what it stands under: 技术开发—委托开发.
func codePathText(list, code string) string {
	path := CodePath(list, code)
	labels := make([]string, len(path))
	for i, item := range path {
		labels[i] = item.Label
	}
	return strings.Join(labels, "—")
}
