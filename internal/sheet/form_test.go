package sheet

import (
	"bytes"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"jiqiao"
)

func registeredContract() *jiqiao.Contract {
	return &jiqiao.Contract{
		Project: "=HYPERLINK(\"http://x\")", Type: "licence.patent", SignedOn: "2026-11-01", ValidFrom: "2026-11-01", ValidUntil: "2027-10-31",
		Seller: jiqiao.ContractParty{
			Name: "乙大学", CreditCode: "12100000400000624D", Country: "156", Region: "320102", Nature: "022", LegalPerson: "王校长", Contact: "+李老师",
			Phone: "025-83790000", Address: "玄武区 1 号", Postcode: "210000", Research: true,
		},
		Buyer: jiqiao.ContractParty{
			Name: "甲公司", CreditCode: "91350100M000100Y43", Country: "156", Region: "320981", Nature: "150", Scale: "medium", HighTech: true, Listed: true,
		},
		Total: 123_456_789, Trade: 80 * jiqiao.Wan, PaymentMode: "royalty", RelatedParty: true, PlanSource: "state.key",
		IPs: []string{"patent.invention"}, Field: "05", Objective: "10", Industry: "C39", Secrecy: "none", Summary: "-内容",
		Registration: jiqiao.Registration{Number: "2026320900000001", On: "2026-11-20", Office: "盐城市登记站"},
	}
}

// filed is what a spreadsheet program must find in the form of registeredContract, in order.
var filed = [][2]string{
	{"合同登记编号", "2026320900000001"}, {"登记日期", "2026-11-20"}, {"登记机构", "盐城市登记站"},
	{"项目名称", "'=HYPERLINK(\"http://x\")"}, {"合同类型", "技术许可—专利实施许可"}, {"签订日期", "2026-11-01"}, {"有效期起", "2026-11-01"}, {"有效期止", "2027-10-31"},
	{"名称", "乙大学"}, {"统一社会信用代码", "12100000400000624D"}, {"国别", "156 中国"}, {"行政区划", "320102 玄武区"}, {"性质", "022 高等院校"},
	{"法定代表人", "王校长"}, {"联系人", "'+李老师"}, {"联系电话", "025-83790000"}, {"地址", "玄武区 1 号"}, {"邮编", "210000"},
	{"是否技术转移机构", "否"}, {"是否研发机构", "是"}, {"是否转制院所", "否"}, {"是否在国家高新区", "否"}, {"是否上市", "否"}, {"单位规模", ""},
	{"名称", "甲公司"}, {"统一社会信用代码", "91350100M000100Y43"}, {"国别", "156 中国"}, {"行政区划", "320981 东台市"}, {"性质", "150 有限责任公司"},
	{"法定代表人", ""}, {"联系人", ""}, {"联系电话", ""}, {"地址", ""}, {"邮编", ""},
	{"是否技术转移机构", "否"}, {"是否研发机构", "否"}, {"是否转制院所", "否"}, {"是否在国家高新区", "是"}, {"是否上市", "是"}, {"单位规模", "中型"},
	{"合同成交额（万元）", "123.456789"}, {"技术交易额（万元）", "80"}, {"支付方式", "提成支付"}, {"是否关联交易", "是"}, {"计划来源", "国家科技计划—国家重点研发计划"},
	{"知识产权类型", "发明专利"}, {"技术领域", "05 新材料及其应用"}, {"社会经济目标", "10 工商业发展"}, {"服务的国民经济行业", "C39 计算机、通信和其他电子设备制造业"},
	{"密级", "非密"}, {"合同主要内容", "'-内容"},
}

// The registration form, read back and compared field by field.
func TestRegistrationFormWorkbook(t *testing.T) {
	var file bytes.Buffer
	if err := Form(&file, "技术合同登记表", registeredContract().RegistrationForm()); err != nil {
		t.Fatal(err)
	}
	book, name, rows := readTable(t, &file)
	if name != "技术合同登记表" || rows[0][0] != "技术合同登记表" {
		t.Errorf("sheet %q begins with %q", name, rows[0])
	}
	if len(rows) != len(filed)+1 {
		t.Fatalf("%d lines, want %d", len(rows), len(filed)+1)
	}
	for i, want := range filed {
		at := strconv.Itoa(i + 2)
		label, err1 := book.GetCellValue(name, "B"+at)
		value, err2 := book.GetCellValue(name, "C"+at)
		if err1 != nil || err2 != nil || label != want[0] || value != want[1] {
			t.Errorf("line %s is %q: %q, want %q: %q", at, label, value, want[0], want[1])
		}
		if formula, err := book.GetCellFormula(name, "C"+at); err != nil || formula != "" {
			t.Errorf("line %s is a formula: %q %v", at, formula, err)
		}
	}
	if kind, err := book.GetCellType(name, "C2"); err != nil || kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset {
		t.Errorf("the registration number is stored as a number: %v %v", kind, err)
	}
}

// The list has the form's fields as columns.
func TestRegistrationListWorkbook(t *testing.T) {
	form := registeredContract().RegistrationForm()
	columns, row := make([]string, len(form)), make([]any, len(form))
	for i, f := range form {
		columns[i], row[i] = f.Group+"·"+f.Label, f.Value
	}
	var file bytes.Buffer
	if err := Table(t.Context(), &file, "技术合同登记清单", columns, tableRows([][]any{row, row}, nil)); err != nil {
		t.Fatal(err)
	}
	_, _, rows := readTable(t, &file)
	for _, got := range rows[1:] {
		for i, want := range filed {
			value := ""
			if i < len(got) {
				value = got[i]
			}
			if value != want[1] {
				t.Errorf("column %s is %q, want %q", rows[0][i], value, want[1])
			}
		}
	}
}

func TestFormFails(t *testing.T) {
	var file bytes.Buffer
	if err := Form(&file, "表", []jiqiao.FormField{{Label: "x", Value: struct{}{}}}); err == nil || file.Len() > 0 {
		t.Errorf("a strange value: %v, %d bytes", err, file.Len())
	}
	if err := Form(brokenWriter{}, "表", nil); err == nil {
		t.Error("a full disk passes")
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, bytes.ErrTooLarge }
