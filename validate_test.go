package jiqiao

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fieldsOf are the fields that err complains of, in order.
func fieldsOf(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeInvalid {
		t.Fatalf("not an Invalid error: %v", err)
	}
	return namesOf(t, e.Fields)
}

func namesOf(t *testing.T, found []FieldError) (fields []string) {
	t.Helper()
	for _, f := range found {
		if !strings.ContainsFunc(f.Message, func(r rune) bool { return r >= '一' && r <= '龥' }) {
			t.Errorf("%s: message %q is not Chinese", f.Field, f.Message)
		}
		fields = append(fields, f.Field)
	}
	return fields
}

func goodNeed() *Need {
	return &Need{
		Header: Header{
			Title: "开发 1200V 碳化硅 MOSFET 栅氧工艺", Status: StatusPublished, Keywords: []string{"碳化硅", "栅氧"},
			Owner:  OrganisationRef{Name: "盐城某某半导体有限公司", CreditCode: "91440300708461136T", Kind: OrganisationEnterprise},
			Region: "320902", Industries: []string{"C39"}, Fields: []string{"10203"}, Emerging: []string{"1.2"}, Cooperation: []string{"joint"},
			Price: WanYuan(200), ValidUntil: "2027-06-30", Contact: Contact{Name: "陈建国", Mobile: "13812348000"}, Disclosure: DisclosurePublic,
		},
		Category: "research", Background: "背景", Problem: "界面态密度高", Constraints: "成本", Foundation: "有产线",
		Metrics: []Metric{
			{Name: "击穿电压", Comparator: ComparatorAtLeast, Value: 1200, Unit: "V", Current: "950V"},
			{Name: "工作温度", Comparator: ComparatorRange, Value: -40, Upper: 175, Unit: "℃"},
			{Name: "孔径", Comparator: ComparatorTolerance, Value: 2, Upper: 0.1, Unit: "μm"},
			{Name: "阻燃等级", Text: "达到 UL94 V-0"},
		},
		Outcomes: []string{"process", "prototype"}, MinTRL: 5, Deadline: "2027-12-31", Challenge: true, Bounty: WanYuan(300), Services: []string{"ip"},
		IntendedPartners: []string{"某大学"}, IntendedExperts: []string{"王教授"},
	}
}

func goodAchievement() *Achievement {
	return &Achievement{
		Header: Header{
			Title: "碳化硅器件低界面态栅氧工艺", Status: StatusPublished, Owner: OrganisationRef{ID: "o_1"}, Fields: []string{"102"},
			Price: Negotiable(), Contact: Contact{Email: "a@example.com"},
		},
		Abstract: "简介", Innovations: "创新", Applications: "应用", Maturity: "pilot", TRL: 6, CompletedOn: "2025-03-01", Attribute: "original", Form: "process",
		Level: "china_leading", Evaluation: "review", Acquisition: "own", Subjects: []string{"430"},
		IPs:  []IP{{Kind: "invention", Number: "ZL202310000000.0", Title: "一种方法", State: "granted"}},
		Team: []TeamMember{{Name: "王敏", Title: "教授", Role: "负责人", Unit: "材料学院"}},
	}
}

func TestNeedRefused(t *testing.T) {
	long := strings.Repeat("长", MaxText+1)
	for name, c := range map[string]struct {
		spoil func(*Need)
		want  string
	}{
		"no title":          {func(n *Need) { n.Title = " 　" }, "title"},
		"long title":        {func(n *Need) { n.Title = strings.Repeat("题", MaxTitle+1) }, "title"},
		"two-line title":    {func(n *Need) { n.Title = "一\n二" }, "title"},
		"invalid UTF-8":     {func(n *Need) { n.Title = "坏\xff" }, "title"},
		"control character": {func(n *Need) { n.Problem = "坏\x00" }, "problem"},
		"no owner":          {func(n *Need) { n.Owner = OrganisationRef{} }, "owner.name"},
		"owner kind":        {func(n *Need) { n.Owner.Kind = "club" }, "owner.kind"},
		"status":            {func(n *Need) { n.Status = "done" }, "status"},
		"disclosure":        {func(n *Need) { n.Disclosure = "secret" }, "disclosure"},
		"region":            {func(n *Need) { n.Region = "329999" }, "region"},
		"region by name":    {func(n *Need) { n.Region = "盐城市" }, "region"},
		"industry":          {func(n *Need) { n.Industries = []string{"C39", "C99"} }, "industries[1]"},
		"industry twice":    {func(n *Need) { n.Industries = []string{"C39", "C39"} }, "industries[1]"},
		"empty code":        {func(n *Need) { n.Fields = []string{""} }, "fields[0]"},
		"emerging":          {func(n *Need) { n.Emerging = []string{"9.9"} }, "emerging[0]"},
		"cooperation":       {func(n *Need) { n.Cooperation = []string{"合作"} }, "cooperation[0]"},
		"too many codes":    {func(n *Need) { n.Outcomes = slices.Repeat([]string{""}, MaxCodes+1) }, "outcomes"},
		"empty keyword":     {func(n *Need) { n.Keywords = []string{"a", ""} }, "keywords[1]"},
		"long keyword":      {func(n *Need) { n.Keywords = []string{strings.Repeat("词", MaxKeyword+1)} }, "keywords[0]"},
		"negative price":    {func(n *Need) { n.Price = Amount(-1) }, "price"},
		"price upside down": {func(n *Need) { n.Price = Money{MoneyAmount, 2, 1} }, "price"},
		"date":              {func(n *Need) { n.ValidUntil = "2026-02-30" }, "valid_until"},
		"date form":         {func(n *Need) { n.Deadline = "2026/11/22" }, "deadline"},
		"date far off":      {func(n *Need) { n.Deadline = "2999-01-01" }, "deadline"},
		"category":          {func(n *Need) { n.Category = "?" }, "category"},
		"long problem":      {func(n *Need) { n.Problem = long }, "problem"},
		"long background":   {func(n *Need) { n.Background = long }, "background"},
		"long constraints":  {func(n *Need) { n.Constraints = long }, "constraints"},
		"long foundation":   {func(n *Need) { n.Foundation = long }, "foundation"},
		"trl":               {func(n *Need) { n.MinTRL = 10 }, "min_trl"},
		"negative trl":      {func(n *Need) { n.MinTRL = -1 }, "min_trl"},
		"service":           {func(n *Need) { n.Services = []string{"tea"} }, "services[0]"},
		"bounty alone":      {func(n *Need) { n.Challenge = false }, "bounty"},
		"partner":           {func(n *Need) { n.IntendedPartners = []string{""} }, "intended_partners[0]"},
		"expert":            {func(n *Need) { n.IntendedExperts = []string{strings.Repeat("名", MaxName+1)} }, "intended_experts[0]"},
		"metric name":       {func(n *Need) { n.Metrics[0].Name = "" }, "metrics[0].name"},
		"metric comparator": {func(n *Need) { n.Metrics[0].Comparator = "≈" }, "metrics[0].comparator"},
		"metric range":      {func(n *Need) { n.Metrics[1].Upper = -41 }, "metrics[1].upper"},
		"metric tolerance":  {func(n *Need) { n.Metrics[2].Upper = -1 }, "metrics[2].upper"},
		"metric unit":       {func(n *Need) { n.Metrics[0].Unit = "≥V" }, "metrics[0].unit"},
		"metric long unit":  {func(n *Need) { n.Metrics[0].Unit = strings.Repeat("V", MaxUnit+1) }, "metrics[0].unit"},
		"metric NaN":        {func(n *Need) { n.Metrics[0].Value = math.NaN() }, "metrics[0].value"},
		"metric infinite":   {func(n *Need) { n.Metrics[1].Upper = math.Inf(1) }, "metrics[1].upper"},
		"metric says none":  {func(n *Need) { n.Metrics[3].Text = "" }, "metrics[3]"},
		"metric says both":  {func(n *Need) { n.Metrics[0].Text = "大约" }, "metrics[0].text"},
		"too many metrics":  {func(n *Need) { n.Metrics = slices.Repeat(n.Metrics[:1], MaxMetrics+1) }, "metrics"},
		"long contact":      {func(n *Need) { n.Contact.Name = strings.Repeat("名", MaxName+1) }, "contact.name"},
	} {
		t.Run(name, func(t *testing.T) {
			n := goodNeed()
			c.spoil(n)
			if got := fieldsOf(t, n.Validate()); !slices.Contains(got, c.want) {
				t.Errorf("complains of %v, want %s", got, c.want)
			}
		})
	}
}

func TestAchievementRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*Achievement)
		want  string
	}{
		"trl":         {func(a *Achievement) { a.TRL = 14 }, "trl"},
		"maturity":    {func(a *Achievement) { a.Maturity = "中试" }, "maturity"},
		"completed":   {func(a *Achievement) { a.CompletedOn = "2025" }, "completed_on"},
		"attribute":   {func(a *Achievement) { a.Attribute = "x" }, "attribute"},
		"form":        {func(a *Achievement) { a.Form = "x" }, "form"},
		"level":       {func(a *Achievement) { a.Level = "x" }, "level"},
		"evaluation":  {func(a *Achievement) { a.Evaluation = "x" }, "evaluation"},
		"acquisition": {func(a *Achievement) { a.Acquisition = "x" }, "acquisition"},
		"subject":     {func(a *Achievement) { a.Subjects = []string{"999"} }, "subjects[0]"},
		"ip kind":     {func(a *Achievement) { a.IPs[0].Kind = "x" }, "ips[0].kind"},
		"ip no kind":  {func(a *Achievement) { a.IPs[0].Kind = "" }, "ips[0].kind"},
		"ip state":    {func(a *Achievement) { a.IPs[0].State = "x" }, "ips[0].state"},
		"member":      {func(a *Achievement) { a.Team[0].Name = "" }, "team[0].name"},
		"abstract":    {func(a *Achievement) { a.Abstract = strings.Repeat("长", MaxText+1) }, "abstract"},
		"metric":      {func(a *Achievement) { a.Metrics = []Metric{{Name: "x"}} }, "metrics[0]"},
	} {
		t.Run(name, func(t *testing.T) {
			a := goodAchievement()
			c.spoil(a)
			if got := fieldsOf(t, a.Validate()); !slices.Contains(got, c.want) {
				t.Errorf("complains of %v, want %s", got, c.want)
			}
		})
	}
}

func TestRecordsAccepted(t *testing.T) {
	long := goodNeed()
	long.Problem = strings.Repeat("长", MaxText)
	long.Background = "第一行\r\n第二行\t制表"
	for name, r := range map[string]Record{
		"need": goodNeed(), "achievement": goodAchievement(), "long need": long,
		"draft":         &Need{Header: Header{Title: "只有名称", Status: StatusDraft}},
		"owner by code": &Need{Header: Header{Title: "名称", Owner: OrganisationRef{CreditCode: "1"}}},
	} {
		if err := r.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, r := range map[string]Record{"need": goodNeed(), "achievement": goodAchievement()} {
		if got := r.Warnings(); len(got) != 0 {
			t.Errorf("%s: warns of %v", name, got)
		}
	}
}

func TestWarnings(t *testing.T) {
	n := goodNeed()
	n.Owner.CreditCode = "91350100M0001TGQXM"
	n.Contact = Contact{Mobile: "123"}
	n.Problem, n.Background, n.Metrics = "", "", nil
	n.Industries, n.Fields, n.Emerging = nil, nil, nil
	n.ValidUntil = "2028-01-01"
	if err := n.Validate(); err != nil {
		t.Fatalf("warnings must not refuse: %v", err)
	}
	want := []string{"owner.credit_code", "contact.mobile", "fields", "problem", "metrics", "valid_until"}
	if diff := cmp.Diff(want, namesOf(t, n.Warnings())); diff != "" {
		t.Error(diff)
	}
	a := goodAchievement()
	a.Abstract, a.Maturity, a.TRL, a.Contact = "", "researching", 8, Contact{}
	a.Metrics = []Metric{{Name: "厚度", Comparator: ComparatorEqual, Value: 3}, {Name: "浸出液 pH", Comparator: ComparatorEqual, Value: 7}}
	if diff := cmp.Diff([]string{"contact", "abstract", "trl", "metrics[0].unit"}, namesOf(t, a.Warnings())); diff != "" {
		t.Error(diff)
	}
	a.Maturity, a.TRL = "", 0
	if got := namesOf(t, a.Warnings()); !slices.Contains(got, "maturity") {
		t.Errorf("no warning of an unknown readiness: %v", got)
	}
}

// A wrong value that names a known entry is answered with the code to use.
func TestMessageNamesTheCode(t *testing.T) {
	n := goodNeed()
	n.Region = "盐城市"
	if err := n.Validate(); err == nil || !strings.Contains(err.Error(), "320900") {
		t.Errorf("message does not name the code: %v", err)
	}
	n.Region = strings.Repeat("远", 500)
	if err := n.Validate(); err == nil || len(err.Error()) > 400 {
		t.Errorf("message repeats the whole input: %v", err)
	}
}

func TestOrganisationValidate(t *testing.T) {
	good := func() *Organisation {
		return &Organisation{Kind: OrganisationEnterprise, Name: "某某有限公司", CreditCode: "91440300708461136T", Region: "320902", Industry: "C39",
			Scale: "medium", Qualifications: []string{"high_tech"}, Contact: Contact{Mobile: "13812348000"}}
	}
	for want, spoil := range map[string]func(*Organisation){
		"name": func(o *Organisation) { o.Name = "" }, "kind": func(o *Organisation) { o.Kind = "" }, "region": func(o *Organisation) { o.Region = "1" },
		"industry": func(o *Organisation) { o.Industry = "Z" }, "scale": func(o *Organisation) { o.Scale = "huge" },
		"qualifications[0]": func(o *Organisation) { o.Qualifications = []string{"x"} },
		"profile":           func(o *Organisation) { o.Profile = strings.Repeat("长", MaxText+1) },
		"address":           func(o *Organisation) { o.Address = "甲\n乙" },
	} {
		o := good()
		spoil(o)
		if got := fieldsOf(t, o.Validate()); !slices.Contains(got, want) {
			t.Errorf("complains of %v, want %s", got, want)
		}
	}
	if err := good().Validate(); err != nil {
		t.Error(err)
	}
	if got := good().Warnings(); len(got) != 0 {
		t.Errorf("warns of %v", got)
	}
	o := good()
	o.CreditCode, o.Contact = "123", Contact{}
	if diff := cmp.Diff([]string{"credit_code", "contact"}, namesOf(t, o.Warnings())); diff != "" {
		t.Error(diff)
	}
}
