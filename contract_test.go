package jiqiao

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const contractDay = Date("2026-11-22")

func TestContractValidate(t *testing.T) {
	if err := testContract().Validate(contractDay); err != nil {
		t.Fatalf("a good contract: %v", err)
	}
	for name, c := range map[string]struct {
		change func(*Contract)
		field  string
	}{
		"no project":                     {func(c *Contract) { c.Project = "" }, "project"},
		"a project of two lines":         {func(c *Contract) { c.Project = "a\nb" }, "project"},
		"no type":                        {func(c *Contract) { c.Type = "" }, "type"},
		"half a type":                    {func(c *Contract) { c.Type = "transfer" }, "type"},
		"no such type":                   {func(c *Contract) { c.Type = "gift" }, "type"},
		"not signed":                     {func(c *Contract) { c.SignedOn = "" }, "signed_on"},
		"signed tomorrow":                {func(c *Contract) { c.SignedOn = "2026-11-23" }, "signed_on"},
		"signed never":                   {func(c *Contract) { c.SignedOn = "2026-02-30" }, "signed_on"},
		"ends before it begins":          {func(c *Contract) { c.ValidUntil = "2026-10-31" }, "valid_until"},
		"ends before it was signed":      {func(c *Contract) { c.ValidFrom, c.ValidUntil = "", "2026-10-31" }, "valid_until"},
		"no money":                       {func(c *Contract) { c.Total, c.Trade = 0, 0 }, "total"},
		"less than no money":             {func(c *Contract) { c.Total, c.Trade = -1, -2 }, "trade"},
		"all the money there is":         {func(c *Contract) { c.Total = MaxMoney + 1 }, "total"},
		"more technology than there is":  {func(c *Contract) { c.Trade = c.Total + 1 }, "trade"},
		"nobody sells":                   {func(c *Contract) { c.Seller.Name = "" }, "seller.name"},
		"nobody buys":                    {func(c *Contract) { c.Buyer.Name = " " }, "buyer.name"},
		"a strange nature":               {func(c *Contract) { c.Buyer.Nature = "999" }, "buyer.nature"},
		"a strange country":              {func(c *Contract) { c.Seller.Country = "CN" }, "seller.country"},
		"a region abroad":                {func(c *Contract) { c.Buyer.Country = "840" }, "buyer.region"},
		"a short postcode":               {func(c *Contract) { c.Buyer.Postcode = "2240" }, "buyer.postcode"},
		"a postcode of letters":          {func(c *Contract) { c.Buyer.Postcode = "22400O" }, "buyer.postcode"},
		"a way to pay":                   {func(c *Contract) { c.PaymentMode = "barter" }, "payment_mode"},
		"no patents and one":             {func(c *Contract) { c.IPs = []string{"none", "patent.invention"} }, "ips"},
		"a field":                        {func(c *Contract) { c.Field = "12" }, "field"},
		"the label for the code":         {func(c *Contract) { c.Objective = "国防" }, "objective"},
		"an industry":                    {func(c *Contract) { c.Industry = "Z" }, "industry"},
		"a secret":                       {func(c *Contract) { c.Secrecy = "top" }, "secrecy"},
		"a plan":                         {func(c *Contract) { c.PlanSource = "mars" }, "plan_source"},
		"a summary of zero bytes":        {func(c *Contract) { c.Summary = "a\x00b" }, "summary"},
		"a phone number of a whole page": {func(c *Contract) { c.Seller.Phone = strings.Repeat("1", MaxName+1) }, "seller.phone"},
	} {
		t.Run(name, func(t *testing.T) {
			contract := testContract()
			c.change(contract)
			expectField(t, contract.Validate(contractDay), c.field)
		})
	}
}

// expectField checks that err is about the field and says so in Chinese.
func expectField(t *testing.T, err error, field string) {
	t.Helper()
	known, ok := err.(*Error) //nolint:errorlint // Validate returns it bare
	if !ok || known.Code != CodeInvalid {
		t.Fatalf("not refused: %v", err)
	}
	for _, f := range known.Fields {
		if f.Field == field && strings.ContainsFunc(f.Message, func(r rune) bool { return r > 0x4e00 }) {
			return
		}
	}
	t.Errorf("nothing about %s: %v", field, err)
}

func TestContractMissing(t *testing.T) {
	if missing := testContract().Missing(); missing != nil {
		t.Errorf("a whole contract misses %v", missing)
	}
	bare := &Contract{}
	var fields []string
	for _, f := range bare.Missing() {
		fields = append(fields, f.Field)
	}
	want := strings.Fields("valid_from valid_until payment_mode plan_source ips field objective industry " +
		"seller.country seller.region seller.nature seller.credit_code buyer.country buyer.region buyer.nature buyer.credit_code")
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	foreign := testContract()
	foreign.Seller = ContractParty{Name: "ACME", Country: "840"}
	if missing := foreign.Missing(); missing != nil {
		t.Errorf("a foreign seller misses %v", missing)
	}
	odd := testContract()
	odd.Buyer.CreditCode = "91350100M0001TGQXM"
	if len(odd.Warnings()) != 1 {
		t.Errorf("warnings of a code that does not check: %v", odd.Warnings())
	}
}

func TestRegister(t *testing.T) {
	good := Registration{Number: "2026320900000001", On: "2026-11-20", Office: "盐城市技术合同登记站"}
	for name, c := range map[string]struct {
		change func(*Contract, *Registration)
		field  string
	}{
		"15 digits":            {func(_ *Contract, r *Registration) { r.Number = r.Number[1:] }, "number"},
		"a letter":             {func(_ *Contract, r *Registration) { r.Number = "2026320900O00001" }, "number"},
		"full-width digits":    {func(_ *Contract, r *Registration) { r.Number = "２０２６３２０９００００００１" }, "number"},
		"no day":               {func(_ *Contract, r *Registration) { r.On = "" }, "on"},
		"tomorrow":             {func(_ *Contract, r *Registration) { r.On = "2026-11-23" }, "on"},
		"before it was signed": {func(_ *Contract, r *Registration) { r.On = "2026-10-31" }, "on"},
		"nowhere":              {func(_ *Contract, r *Registration) { r.Office = "" }, "office"},
		"with half a contract": {func(c *Contract, _ *Registration) { c.Field = "" }, "contract.field"},
	} {
		t.Run(name, func(t *testing.T) {
			contract, r := testContract(), good
			c.change(contract, &r)
			expectField(t, contract.Register(r, contractDay), c.field)
			if contract.Registration != (Registration{}) {
				t.Error("what was refused is registered")
			}
		})
	}
	contract := testContract()
	if err := contract.Register(good, contractDay); err != nil || contract.Registration != good {
		t.Errorf("registered: %v %+v", err, contract.Registration)
	}
}

func TestPaymentValidate(t *testing.T) {
	good := Payment{Amount: 20 * Wan, ReceivedOn: "2026-11-22", Voucher: "银收 0012", Kind: "deposit"}
	if err := good.Validate(contractDay); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Payment)
		field  string
	}{
		"nothing":           {func(p *Payment) { p.Amount = 0 }, "amount"},
		"less than nothing": {func(p *Payment) { p.Amount = -1 }, "amount"},
		"everything":        {func(p *Payment) { p.Amount = MaxMoney + 1 }, "amount"},
		"tomorrow":          {func(p *Payment) { p.ReceivedOn = "2026-11-23" }, "received_on"},
		"some day":          {func(p *Payment) { p.ReceivedOn = "" }, "received_on"},
		"without a voucher": {func(p *Payment) { p.Voucher = "" }, "voucher"},
		"of no kind":        {func(p *Payment) { p.Kind = "" }, "kind"},
		"of a strange kind": {func(p *Payment) { p.Kind = "gift" }, "kind"},
	} {
		t.Run(name, func(t *testing.T) {
			p := good
			c.change(&p)
			expectField(t, p.Validate(contractDay), c.field)
		})
	}
}

// The form has the same fields in the same order whatever is filled in, and no code without its name.
func TestRegistrationForm(t *testing.T) {
	c := testContract()
	c.Registration = Registration{Number: "2026320900000001", On: "2026-11-20", Office: "登记站"}
	c.RelatedParty, c.Seller.Research, c.Buyer.Listed, c.IPs = true, true, true, []string{"secret", "patent.invention"}
	form, empty := c.RegistrationForm(), (&Contract{}).RegistrationForm()
	if len(form) != len(empty) {
		t.Fatalf("%d fields, and %d of an empty contract", len(form), len(empty))
	}
	got := map[string]string{}
	for i, f := range form {
		if f.Group != empty[i].Group || f.Label != empty[i].Label {
			t.Errorf("line %d is %s·%s, of an empty contract %s·%s", i, f.Group, f.Label, empty[i].Group, empty[i].Label)
		}
		key := f.Group + "·" + f.Label
		if _, twice := got[key]; twice {
			t.Errorf("%s is there twice", key)
		}
		got[key] = fmt.Sprint(f.Value)
	}
	for key, want := range map[string]string{
		"登记·合同登记编号": "2026320900000001", "合同·合同类型": "技术开发—委托开发", "合同·签订日期": "2026-11-01",
		"卖方（技术提供方）·国别": "156 中国", "卖方（技术提供方）·行政区划": "320900 盐城市", "卖方（技术提供方）·是否研发机构": "是",
		"买方（技术接受方）·性质": "150 有限责任公司", "买方（技术接受方）·是否上市": "是", "买方（技术接受方）·是否转制院所": "否",
		"金额·合同成交额（万元）": "100 万元", "金额·技术交易额（万元）": "80 万元", "金额·支付方式": "分期支付", "分类·是否关联交易": "是",
		"分类·计划来源": "计划外", "分类·知识产权类型": "技术秘密；发明专利", "分类·技术领域": "05 新材料及其应用", "分类·社会经济目标": "10 工商业发展",
		"分类·服务的国民经济行业": "C37 铁路、船舶、航空航天和其他运输设备制造业", "分类·密级": "非密",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
}
