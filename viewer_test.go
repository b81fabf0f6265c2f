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
		{[]Scope{"root"}, nil},
		{[]Scope{ScopeRead}, []Scope{ScopeRead}},
		{[]Scope{ScopeReadPrivate}, []Scope{ScopeRead, ScopeReadPrivate}},
		{[]Scope{ScopeWrite}, []Scope{ScopeRead, ScopeReadPrivate, ScopeWrite}},
		{[]Scope{ScopeAdmin}, []Scope{ScopeRead, ScopeReadPrivate, ScopeWrite, ScopeAdmin}},
		{[]Scope{ScopeRead, ScopeReadPrivate}, []Scope{ScopeRead, ScopeReadPrivate}},
	} {
		v := Viewer{Scopes: c.have}
		for _, s := range Scopes {
			if got, want := v.Can(s), slices.Contains(c.can, s); got != want {
				t.Errorf("%v can %s: %t", c.have, s, got)
			}
		}
		if v.Can("root") {
			t.Errorf("%v can what there is not", c.have)
		}
	}
}

func TestWhoSeesWhichRecord(t *testing.T) {
	gone := time.Now()
	record := func(change func(*Need)) Record {
		n := &Need{Header: Header{Status: StatusPublished}}
		change(n)
		return n
	}
	public, reader, insider := Viewer{}, Viewer{Scopes: []Scope{ScopeRead}}, Viewer{Scopes: []Scope{ScopeReadPrivate}}
	for _, c := range []struct {
		name                    string
		rec                     Record
		public, reader, insider bool
	}{
		{"published", record(func(*Need) {}), true, true, true},
		{"public", record(func(n *Need) { n.Disclosure = DisclosurePublic }), true, true, true},
		{"anonymous", record(func(n *Need) { n.Disclosure = DisclosureAnonymous }), true, true, true},
		{"private", record(func(n *Need) { n.Disclosure = DisclosurePrivate }), false, false, true},
		{"draft", record(func(n *Need) { n.Status = StatusDraft }), false, false, true},
		{"without status", record(func(n *Need) { n.Status = "" }), false, false, true},
		{"withdrawn", record(func(n *Need) { n.Status = StatusWithdrawn }), false, false, true},
		{"deleted", record(func(n *Need) { n.DeletedAt = &gone }), false, false, false},
	} {
		if public.Sees(c.rec) != c.public || reader.Sees(c.rec) != c.reader || insider.Sees(c.rec) != c.insider {
			t.Errorf("%s: public %t, reader %t, insider %t", c.name, public.Sees(c.rec), reader.Sees(c.rec), insider.Sees(c.rec))
		}
	}
}

func TestNarrowTakesRightsFromTheViewerAlone(t *testing.T) {
	asked := Filter{Statuses: []Status{AnyStatus}, Private: true, Owners: true, Years: []int{2026}}
	public := Viewer{}.Narrow(asked)
	if public.Private || public.Owners || !slices.Equal(public.Statuses, []Status{StatusPublished}) || len(public.Years) != 1 {
		t.Errorf("public: %+v", public)
	}
	writer := Viewer{Scopes: []Scope{ScopeWrite}}.Narrow(Filter{Statuses: []Status{AnyStatus}})
	if !writer.Private || !writer.Owners || !slices.Equal(writer.Statuses, []Status{AnyStatus}) {
		t.Errorf("writer: %+v", writer)
	}
}

const planted = "密名公司"

// plant writes the word into every text of v, however deep.
func plant(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(planted)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			plant(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		plant(v.Index(0))
	}
}

// keysWith are the keys of the JSON of v whose own text or texts hold the word.
func keysWith(t *testing.T, v any) []string {
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
		if strings.Contains(string(value), planted) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// A field added to a record shows up here, and someone has to decide whether it can name the owner. What may stay holds
// codes and dates, which Validate checks, so no name fits.
func TestAnonymousRecordNamesItsOwnerNowhere(t *testing.T) {
	coded := []string{"cooperation", "emerging", "fields", "id", "industries", "price", "region", "status", "valid_until"}
	for _, c := range []struct {
		rec   Record
		coded []string
	}{
		{&Need{}, []string{"bounty", "category", "deadline", "outcomes", "services"}},
		{&Achievement{}, []string{"acquisition", "attribute", "completed_on", "evaluation", "form", "ips", "level", "maturity", "subjects"}},
	} {
		plant(reflect.ValueOf(c.rec).Elem())
		h := c.rec.Head()
		h.Disclosure = DisclosureAnonymous
		before, _ := json.Marshal(c.rec)
		shown := Viewer{}.Show(c.rec)
		allowed := append(slices.Clone(coded), c.coded...)
		// Of a metric the unit and comparator stay, of an item of property kind and state.
		allowed = append(allowed, "metrics", "owner")
		for _, key := range keysWith(t, shown) {
			if !slices.Contains(allowed, key) {
				t.Errorf("%T: the owner's name stays in %q", c.rec, key)
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
		if got := (Viewer{Scopes: []Scope{ScopeRead}}).Show(c.rec); got != c.rec {
			t.Errorf("%T: who may read gets a copy", c.rec)
		}
	}
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
	o := Organisation{Name: "甲公司", LegalPerson: "张三", Address: "一号路", Contact: Contact{Mobile: "1"}}
	if got := (Viewer{}).ShowOrganisation(o); got.Name != "甲公司" || got.LegalPerson+got.Address != "" || got.Contact != (Contact{}) {
		t.Errorf("%+v", got)
	}
	if got := (Viewer{Scopes: []Scope{ScopeRead}}).ShowOrganisation(o); got.LegalPerson != "张三" || got.Contact.Mobile != "1" {
		t.Errorf("%+v", got)
	}
}
