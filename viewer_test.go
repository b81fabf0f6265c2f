package jiqiao

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestScopesInclude(t *testing.T) {
	for _, c := range []struct {
		have []Scope
		can  []Scope
	}{
		{nil, nil},
		{[]Scope{"everything"}, nil},
		{[]Scope{ScopeRead}, []Scope{ScopeRead}},
		{[]Scope{ScopeReadPrivate}, []Scope{ScopeRead, ScopeReadPrivate}},
		{[]Scope{ScopeWrite}, []Scope{ScopeRead, ScopeReadPrivate, ScopeWrite}},
		{[]Scope{ScopeRead, ScopeReadPrivate}, []Scope{ScopeRead, ScopeReadPrivate}},
		{[]Scope{ScopeAdmin}, Scopes[:]},
	} {
		v := Viewer{Scopes: c.have}
		for _, s := range Scopes {
			if got, want := v.Can(s), slices.Contains(c.can, s); got != want {
				t.Errorf("%v can %s: %t", c.have, s, got)
			}
		}
		if v.Can("everything") {
			t.Errorf("%v can what there is not", c.have)
		}
	}
}

// The people and machines of the tables below. The records are o_own's, in 盐城大丰 (320904).
var viewers = map[string]Viewer{
	"public":         {},
	"no scope":       {Scopes: []Scope{"everything"}},
	"other":          {User: "u_1", Role: RoleUniversity, Organisation: "o_other"},
	"homeless":       {User: "u_2", Role: RoleEnterprise},
	"own":            {User: "u_3", Role: RoleEnterprise, Organisation: "o_own"},
	"granted":        {User: "u_4", Role: RoleUniversity, Organisation: "o_other", Granted: []string{"n_0", "n_1", "n_2"}},
	"broker":         {User: "u_5", Role: RoleBroker, Organisation: "o_agency"},
	"operator here":  {User: "u_6", Role: RoleOperator, Organisation: "o_bureau", Region: "320900"},
	"operator away":  {User: "u_7", Role: RoleOperator, Organisation: "o_bureau", Region: "140400"},
	"operator all":   {User: "u_8", Role: RoleOperator, Organisation: "o_bureau"},
	"system admin":   {User: "u_9", Role: RoleSystemAdmin, Organisation: "o_own", Region: "320900"},
	"security admin": {User: "u_10", Role: RoleSecurityAdmin, Organisation: "o_own"},
	"auditor":        {User: "u_11", Role: RoleAuditor, Organisation: "o_own", Granted: []string{"n_1"}},
	"no role":        {User: "u_12", Role: "chief", Organisation: "o_own"},
	"reader":         {Scopes: []Scope{ScopeRead}},
	"insider":        {Scopes: []Scope{ScopeReadPrivate}},
	"writer":         {Scopes: []Scope{ScopeWrite}},
	"their reader":   {Scopes: []Scope{ScopeRead}, Organisation: "o_other"},
	"their machine":  {Scopes: []Scope{ScopeWrite}, Organisation: "o_other"},
	"our machine":    {Scopes: []Scope{ScopeReadPrivate}, Organisation: "o_own"},
	// A person gains nothing by scopes, which are a token's.
	"person with scopes": {User: "u_13", Role: RoleEnterprise, Organisation: "o_other", Scopes: []Scope{ScopeAdmin}},
}

func everybody() []string {
	var all []string
	for name := range viewers {
		all = append(all, name)
	}
	return all
}

var (
	whole    = []string{"own", "our machine", "insider", "writer", "operator here", "operator all"}
	partners = append([]string{"broker", "granted"}, whole...)
)

func ownNeed(status Status, d Disclosure) *Need {
	return &Need{Header: Header{ID: "n_1", Status: status, Disclosure: d, Region: "320904", Owner: OrganisationRef{ID: "o_own", Name: "盐城芯屿微电子有限公司"},
		Contact: Contact{Name: "陈建国", Mobile: "13812348000", Email: "chen@example.com"}, Confidential: "保密"}}
}

func TestWhoSeesWhichRecord(t *testing.T) {
	gone := time.Now()
	for _, c := range []struct {
		name string
		rec  *Need
		sees []string
	}{
		{"deleted", func() *Need { n := ownNeed(StatusPublished, ""); n.DeletedAt = &gone; return n }(), nil},
		{"draft", ownNeed(StatusDraft, ""), whole},
		{"pending", ownNeed(StatusPending, DisclosurePublic), whole},
		{"returned", ownNeed(StatusReturned, DisclosureSummary), whole},
		{"withdrawn", ownNeed(StatusWithdrawn, DisclosurePublic), whole},
		{"without status", ownNeed("", ""), whole},
		{"private", ownNeed(StatusPublished, DisclosurePrivate), append([]string{"granted"}, whole...)},
		{"private draft", ownNeed(StatusDraft, DisclosurePrivate), whole},
		{"for brokers", ownNeed(StatusPublished, DisclosureBroker), partners},
		{"unknown disclosure", ownNeed(StatusPublished, "secret"), everybody()},
		{"engaged", ownNeed(StatusEngaged, ""), partners},
		{"paused", ownNeed(StatusPaused, DisclosureSummary), partners},
		{"expired", ownNeed(StatusExpired, ""), partners},
		{"published", ownNeed(StatusPublished, ""), everybody()},
		{"public", ownNeed(StatusPublished, DisclosurePublic), everybody()},
		{"summary", ownNeed(StatusPublished, DisclosureSummary), everybody()},
		{"anonymous", ownNeed(StatusPublished, DisclosureAnonymous), everybody()},
		{"anonymous summary", ownNeed(StatusPublished, DisclosureSummaryAnonymous), everybody()},
	} {
		for name, v := range viewers {
			if got, want := v.Sees(c.rec), slices.Contains(c.sees, name); got != want {
				t.Errorf("%s sees %s: %t", name, c.name, got)
			}
		}
	}
}

func TestWhoSeesWhatOfARecord(t *testing.T) {
	readers := append([]string{"reader"}, partners...)
	contacts := []string{"own", "our machine", "insider", "writer", "granted", "reader"}
	for _, d := range []Disclosure{DisclosurePublic, DisclosureSummary, DisclosureAnonymous, DisclosureSummaryAnonymous} {
		rec := ownNeed(StatusPublished, d)
		rec.Problem, rec.Summary = "难题", "摘要"
		for name, v := range viewers {
			shown := v.Show(rec).(*Need)
			if got, want := shown.Confidential != "", slices.Contains(partners, name); got != want {
				t.Errorf("%s, %s: confidential detail %t", d, name, got)
			}
			if got, want := shown.Problem != "", slices.Contains(partners, name) || !d.HidesDetail(); got != want {
				t.Errorf("%s, %s: detail %t", d, name, got)
			}
			if got, want := shown.Owner.ID != "", slices.Contains(readers, name) || !d.HidesOwner(); got != want {
				t.Errorf("%s, %s: owner %t", d, name, got)
			}
			if got, want := shown.Contact.Mobile == "13812348000", slices.Contains(contacts, name); got != want {
				t.Errorf("%s, %s: contact %+v", d, name, shown.Contact)
			}
			if shown.Owner.ID == "" && shown.Contact != (Contact{}) {
				t.Errorf("%s, %s: the contact %+v gives the owner away", d, name, shown.Contact)
			}
			if shown.Summary != "摘要" {
				t.Errorf("%s, %s: no summary", d, name)
			}
			if again := v.Show(shown); !reflect.DeepEqual(again, Record(shown)) {
				t.Errorf("%s, %s: shown again %+v", d, name, again)
			}
		}
	}
}

func TestMaskedContactsAreForMembers(t *testing.T) {
	rec := ownNeed(StatusPublished, "")
	want := Contact{Name: "陈*", Mobile: "138****8000", Email: "c***@example.com"}
	for name, masked := range map[string]bool{"public": false, "auditor": false, "no role": false, "other": true, "homeless": true, "broker": true, "operator here": true, "operator away": true} {
		if got := viewers[name].Show(rec).Head().Contact; masked != (got == want) || !masked && got != (Contact{}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNarrowTakesRightsFromTheViewerAlone(t *testing.T) {
	asked := Filter{Statuses: []Status{AnyStatus}, Access: Access{Everything: true, Owners: true}, Years: []int{2026}}
	free := []string{"own", "our machine", "their machine", "insider", "writer", "operator here", "operator away", "operator all", "broker", "other", "granted", "person with scopes"}
	for name, v := range viewers {
		got := v.Narrow(asked)
		if !reflect.DeepEqual(got.Access, v.Access()) || len(got.Years) != 1 {
			t.Errorf("%s: %+v", name, got)
		}
		if want := slices.Contains(free, name); slices.Equal(got.Statuses, asked.Statuses) != want {
			t.Errorf("%s asks for %v", name, got.Statuses)
		}
	}
	if !(Viewer{}).Access().Public() || (Viewer{Scopes: []Scope{ScopeRead}}).Access().Public() {
		t.Error("who is the public")
	}
}

// Different rights have different keys, and a field that is added is part of the key.
func TestAccessKeyTellsRightsApart(t *testing.T) {
	keys := map[string]string{}
	note := func(name, key string) {
		if other, taken := keys[key]; taken {
			t.Errorf("%s and %s share a key", name, other)
		}
		keys[key] = name
	}
	note("zero", Access{}.Key())
	v := reflect.TypeFor[Access]()
	for i := range v.NumField() {
		var a Access
		switch f := reflect.ValueOf(&a).Elem().Field(i); f.Kind() {
		case reflect.Bool:
			f.SetBool(true)
		case reflect.String:
			f.SetString("x")
		default:
			f.Set(reflect.ValueOf([]string{"n_1"}))
		}
		note(v.Field(i).Name, a.Key())
	}
	note("two grants", Access{Granted: []string{"n_1", "n_2"}}.Key())
}

const planted = "密名公司"

// plant writes the word into every text of v, however deep.
func plant(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(text)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			plant(v.Field(i), text)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		plant(v.Index(0), text)
	}
}

// keysWith are the keys of the JSON of v whose own text or texts hold the word.
func keysWith(t *testing.T, v any, text string) []string {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(encoded, &fields); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for key, value := range fields {
		if strings.Contains(string(value), text) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// A field added to a record shows up here, and someone has to decide whether it can name the owner. What may stay holds
// codes and dates, which Validate checks, so no name fits.
func TestAnonymousRecordNamesItsOwnerNowhere(t *testing.T) {
	coded := []string{"cooperation", "disclosure", "emerging", "fields", "id", "industries", "price", "region", "status", "valid_until"}
	for _, c := range []struct {
		rec   Record
		coded []string
	}{
		{&Need{}, []string{"bounty", "category", "deadline", "outcomes", "services"}},
		{&Achievement{}, []string{"acquisition", "attribute", "completed_on", "evaluation", "form", "ips", "level", "maturity", "subjects"}},
	} {
		plant(reflect.ValueOf(c.rec).Elem(), planted)
		h := c.rec.Head()
		h.Disclosure = DisclosureAnonymous
		before, _ := json.Marshal(c.rec)
		shown, face := Viewer{}.Show(c.rec), Face(c.rec)
		// Of a metric the unit and comparator stay, of an item of property kind and state.
		allowed := append(append(slices.Clone(coded), c.coded...), "metrics", "owner")
		for _, key := range keysWith(t, shown, planted) {
			if !slices.Contains(allowed, key) {
				t.Errorf("%T: the owner's name stays in %q", c.rec, key)
			}
		}
		for _, key := range keysWith(t, face, planted) {
			if !slices.Contains(append(allowed, "contact"), key) {
				t.Errorf("%T: the owner's name is indexed in %q", c.rec, key)
			}
		}
		for _, s := range face.Sections() {
			if strings.Contains(strings.ReplaceAll(s.Text, "≥", ""), "密名") && s.Label != "技术指标" {
				t.Errorf("%T: section %s: %s", c.rec, s.Label, s.Text)
			}
		}
		if after, _ := json.Marshal(c.rec); string(after) != string(before) {
			t.Errorf("%T: Show changed the record itself", c.rec)
		}
		if o := shown.Head().Owner; o.ID != "" || o.CreditCode != "" || o.Name != HiddenOwner {
			t.Errorf("%T: owner %+v", c.rec, o)
		}
		if shown.Head().Contact != (Contact{}) {
			t.Errorf("%T: contact %+v", c.rec, shown.Head().Contact)
		}
		if got := (Viewer{Scopes: []Scope{ScopeReadPrivate}}).Show(c.rec); got != c.rec {
			t.Errorf("%T: who may see everything gets a copy", c.rec)
		}
	}
}

// The fields of a record whose details are not public are those listed here, and no others: a new field stays hidden.
func TestOutlineShowsWhatIsListed(t *testing.T) {
	open := []string{
		"cooperation", "created_at", "disclosure", "emerging", "fields", "id", "industries", "keywords", "owner", "price", "region", "status", "summary",
		"title", "updated_at", "valid_until", "version",
	}
	for _, rec := range []Record{&Need{}, &Achievement{}} {
		plant(reflect.ValueOf(rec).Elem(), "字")
		h := rec.Head()
		h.Disclosure, h.Status = DisclosureSummary, StatusPublished
		h.Price = WanYuan(123)
		for name, shown := range map[string]Record{"shown": Viewer{}.Show(rec), "face": Face(rec)} {
			for _, key := range keysWith(t, shown, "字") {
				if !slices.Contains(open, key) && (name == "shown" || key != "contact") {
					t.Errorf("%T %s: %s", rec, name, key)
				}
			}
			if got := shown.Head().Price; got != (Money{Kind: MoneyAmount, Min: 50 * Wan, Max: 200 * Wan}) {
				t.Errorf("%T %s: price %v", rec, name, got)
			}
		}
		if got := (Viewer{Scopes: []Scope{ScopeReadPrivate}}).Show(rec); got != rec {
			t.Errorf("%T: an insider gets a copy", rec)
		}
	}
}

// Confidential detail has no face, whatever the disclosure.
func TestFaceLacksConfidentialDetail(t *testing.T) {
	for _, item := range mustList(t, "disclosure").Items {
		n := ownNeed(StatusDraft, Disclosure(item.Code))
		n.Problem = "难题"
		face := Face(n).(*Need)
		if face.Confidential != "" || n.Confidential == "" {
			t.Errorf("%s: %q", item.Code, face.Confidential)
		}
		if got, want := face.Problem == "", n.Disclosure.HidesDetail(); got != want {
			t.Errorf("%s: problem %q", item.Code, face.Problem)
		}
		if face.Owner != n.Owner {
			t.Errorf("%s: owner %+v", item.Code, face.Owner)
		}
	}
	if n := (&Need{Header: Header{Disclosure: DisclosurePublic, Title: "全文"}}); Face(n) != Record(n) {
		t.Error("a public record is its own face")
	}
}

func mustList(t *testing.T, name string) CodeList {
	t.Helper()
	l, ok := LookupList(name)
	if !ok {
		t.Fatal(name)
	}
	return l
}

func TestShowHidesPartsOfMetricsAndProperty(t *testing.T) {
	a := &Achievement{Header: Header{Disclosure: DisclosureAnonymous, Owner: OrganisationRef{Name: planted}},
		Metrics: []Metric{{Name: planted + "指数", Unit: "%", Text: planted, Current: planted}}, IPs: []IP{{Kind: "invention", Number: "ZL1", Title: planted, State: "granted"}}}
	shown := Viewer{}.Show(a).(*Achievement)
	if m := shown.Metrics[0]; m.Unit != "%" || strings.Contains(m.Name+m.Text+m.Current, planted) {
		t.Errorf("metric %+v", m)
	}
	if want := (IP{Kind: "invention", State: "granted"}); shown.IPs[0] != want {
		t.Errorf("property %+v", shown.IPs[0])
	}
	if a.IPs[0].Number != "ZL1" || a.Metrics[0].Text != planted {
		t.Error("the record itself changed")
	}
}

func TestPublicRecordHidesPeopleOnly(t *testing.T) {
	n := &Need{Header: Header{Owner: OrganisationRef{ID: "o_1", Name: planted}, Contact: Contact{Name: "张工"}, ExternalID: "X1"}, Problem: planted + "的难题", IntendedExperts: []string{"李教授"}}
	shown := Viewer{}.Show(n).(*Need)
	if shown.Contact != (Contact{}) || shown.IntendedExperts != nil || shown.Owner.Name != planted || shown.Problem != n.Problem || shown.ExternalID != "X1" {
		t.Errorf("%+v", shown)
	}
}

func TestShowOrganisation(t *testing.T) {
	o := Organisation{ID: "o_own", Name: "甲公司", LegalPerson: "张三", Address: "一号路", Contact: Contact{Mobile: "13812348000"}}
	for name, want := range map[string]string{
		"public": "", "other": "", "auditor": "", "no role": "", "their machine": "", "granted": "",
		"broker": "138****8000", "operator here": "138****8000", "own": "13812348000", "reader": "13812348000", "our machine": "13812348000",
	} {
		got := viewers[name].ShowOrganisation(o)
		if got.Name != "甲公司" || got.Contact.Mobile != want || (got.LegalPerson+got.Address == "") != (want == "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestMaskingContacts(t *testing.T) {
	for _, c := range []struct{ whole, masked Contact }{
		{Contact{}, Contact{}},
		{Contact{Name: "欧阳建国", Position: "部长", Mobile: "13812348000", Phone: "0515-88001234", Email: "zhang.san@example.com"},
			Contact{Name: "欧*", Position: "部长", Mobile: "138****8000", Phone: "051****1234", Email: "z***@example.com"}},
		{Contact{Name: "王", Mobile: "12345678", Phone: "110", Email: "@x.cn"}, Contact{Name: "王*", Mobile: "****78", Phone: "****", Email: "****"}},
	} {
		got := c.whole.Masked()
		if got != c.masked || got.Masked() != got {
			t.Errorf("%+v: %+v, again %+v", c.whole, got, got.Masked())
		}
		back := got
		if back.KeepMasked(c.whole); back != c.whole {
			t.Errorf("put back: %+v", back)
		}
	}
	changed := Contact{Name: "李*", Mobile: "13900000000"}
	changed.KeepMasked(Contact{Name: "张三", Mobile: "13812348000", Email: "a@x.cn"})
	if changed != (Contact{Name: "李*", Mobile: "13900000000"}) {
		t.Errorf("changed: %+v", changed)
	}
}

func TestBandIsAsRoughAsItsBucket(t *testing.T) {
	for _, m := range []Money{{}, Negotiable(), WanYuan(1), WanYuan(49), WanYuan(50), WanYuan(199), WanYuan(500), WanYuan(501), {Kind: MoneyAmount, Min: 500 * Wan}, {Kind: MoneyAmount, Min: 10 * Wan, Max: 300 * Wan}} {
		b := m.Band()
		if b.Bucket() != m.Bucket() || b.Band() != b || b.problem() != "" {
			t.Errorf("%v: %v in %s, not %s", m, b, b.Bucket(), m.Bucket())
		}
	}
}

// Who may not see what rests knows of it by its title, if everybody could see it before.
func TestTitlesThatMayBeKnown(t *testing.T) {
	outsider := Viewer{User: "u_1", Role: RoleAuditor}.Access()
	for _, c := range []struct {
		status     Status
		disclosure Disclosure
		want       bool
	}{
		{StatusPublished, DisclosurePublic, true},
		{StatusPublished, DisclosurePrivate, false},
		{StatusEngaged, DisclosurePublic, true},
		{StatusEngaged, "", true},
		{StatusEngaged, DisclosureAnonymous, true},
		{StatusEngaged, DisclosureBroker, false},
		{StatusEngaged, DisclosurePrivate, false},
		{StatusPaused, DisclosurePublic, true},
		{StatusSettled, DisclosurePublic, true},
		{StatusExpired, DisclosurePublic, true},
		{StatusDraft, DisclosurePublic, false},
		{StatusPending, DisclosurePublic, false},
		{StatusReturned, DisclosurePublic, false},
		{StatusWithdrawn, DisclosurePublic, false},
	} {
		if got := outsider.Knows(ownNeed(c.status, c.disclosure)); got != c.want {
			t.Errorf("%s, %q: %t", c.status, c.disclosure, got)
		}
	}
	gone := ownNeed(StatusEngaged, DisclosurePublic)
	gone.Head().DeletedAt = new(time.Time)
	if outsider.Knows(gone) {
		t.Error("a deleted one is known")
	}
	if !viewers["own"].Access().Knows(ownNeed(StatusDraft, DisclosurePrivate)) {
		t.Error("the owner knows the own")
	}
}
