package sheet

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"jiqiao"
)

// words draws a text as records hold it: printable, trimmed, with the characters that the cell syntax gives a meaning.
func words(t *rapid.T, label string, most int, lines bool) string {
	alphabet := []rune("碳化硅外延片厚度均匀性提升工艺研究大于不现状abcXYZ019 .,，、；;：:/\\|()（）《》\"'≥≤<>=＝~～-±%℃+@#*·。无年月万元")
	if lines {
		alphabet = append(alphabet, '\n', '\t')
	}
	s := rapid.StringOfN(rapid.SampledFrom(alphabet), 0, most, -1).Draw(t, label)
	return strings.TrimSpace(s)
}

func wordsNotEmpty(t *rapid.T, label string, most int) string {
	s := words(t, label, most, false)
	if blank(s) || masked(s) {
		return "词" + label
	}
	return s
}

func list(t *rapid.T, label string) []string {
	var items []string
	for range rapid.IntRange(0, 4).Draw(t, label) {
		items = append(items, wordsNotEmpty(t, label, 12))
	}
	return items
}

func code(t *rapid.T, list string) string {
	all, ok := jiqiao.LookupList(list)
	if !ok {
		t.Fatalf("no list %s", list)
	}
	i := rapid.IntRange(-1, len(all.Items)-1).Draw(t, list)
	if i < 0 {
		return ""
	}
	return all.Items[i].Code
}

func codesOf(t *rapid.T, list string) []string {
	var codes []string
	for range rapid.IntRange(0, 3).Draw(t, list) {
		if c := code(t, list); c != "" {
			codes = append(codes, c)
		}
	}
	return codes
}

func money(t *rapid.T) jiqiao.Money {
	switch rapid.IntRange(0, 4).Draw(t, "money") {
	case 0:
		return jiqiao.Money{}
	case 1:
		return jiqiao.Negotiable()
	case 2:
		return jiqiao.Amount(rapid.Int64Range(1, jiqiao.MaxMoney).Draw(t, "fen"))
	case 3:
		return jiqiao.Money{Kind: jiqiao.MoneyAmount, Min: rapid.Int64Range(1, jiqiao.MaxMoney).Draw(t, "fen")}
	default:
		low := rapid.Int64Range(0, jiqiao.MaxMoney/2).Draw(t, "low")
		return jiqiao.Money{Kind: jiqiao.MoneyAmount, Min: low, Max: low + rapid.Int64Range(1, jiqiao.MaxMoney/2).Draw(t, "more")}
	}
}

func date(t *rapid.T) jiqiao.Date {
	return jiqiao.Date(rapid.SampledFrom([]string{"", "2026-11-22", "1999-01-01", "2100-12-31", "2024-02-29"}).Draw(t, "date"))
}

func metric(t *rapid.T) jiqiao.Metric {
	m := jiqiao.Metric{Name: wordsNotEmpty(t, "metric", 10)}
	if rapid.Bool().Draw(t, "current") {
		m.Current = words(t, "now", 8, false)
	}
	if rapid.Bool().Draw(t, "words") {
		m.Text = wordsNotEmpty(t, "text", 15)
		return m
	}
	m.Comparator = rapid.SampledFrom([]jiqiao.Comparator{"≥", "≤", ">", "<", "=", "～", "±"}).Draw(t, "sign")
	m.Value = rapid.OneOf(rapid.Float64Range(-1e9, 1e9), rapid.SampledFrom([]float64{0, 1200, -40, 0.05, 1e-12, 1e21})).Draw(t, "value")
	m.Unit = rapid.SampledFrom([]string{"", "V", "℃", "μm/h", "%", "次", "mm²", "kg/m³", "×10⁻⁶ Pa", "万元", "(dB)", "件；台"}).Draw(t, "unit")
	if m.Comparator == jiqiao.ComparatorRange || m.Comparator == jiqiao.ComparatorTolerance {
		m.Upper = m.Value + rapid.Float64Range(0, 100).Draw(t, "upper")
		if m.Comparator == jiqiao.ComparatorTolerance && m.Upper < 0 {
			m.Upper = -m.Upper
		}
	}
	return m
}

func header(t *rapid.T, h *jiqiao.Header) {
	h.Title, h.Owner.Name = wordsNotEmpty(t, "title", 40), wordsNotEmpty(t, "owner", 20)
	h.Owner.CreditCode = rapid.SampledFrom([]string{"", "91440300708461136T", "12100000400000624D"}).Draw(t, "credit")
	h.Status = jiqiao.Status(code(t, "status"))
	h.Disclosure = jiqiao.Disclosure(code(t, "disclosure"))
	h.Summary, h.Confidential = wordsNotEmpty(t, "summary", 40), words(t, "confidential", 40, true)
	h.Keywords = list(t, "keywords")
	h.Region = code(t, "region")
	h.Industries, h.Fields, h.Emerging = codesOf(t, "industry"), codesOf(t, "field"), codesOf(t, "emerging")
	h.Cooperation = codesOf(t, "cooperation")
	h.Price, h.ValidUntil = money(t), date(t)
	h.ExternalID = words(t, "external", 10, false)
	h.Contact = jiqiao.Contact{
		Name: "王=工", Position: "经理", Mobile: rapid.SampledFrom([]string{"", "13800138000"}).Draw(t, "mobile"),
		Phone: rapid.SampledFrom([]string{"", "0515-88888888", "010-1234567-8"}).Draw(t, "phone"), Email: "a@b.cn",
	}
}

func drawNeed(t *rapid.T) *jiqiao.Need {
	n := &jiqiao.Need{
		Category: code(t, "need_category"), Background: words(t, "background", 60, true), Problem: words(t, "problem", 60, true),
		Constraints: words(t, "constraints", 30, true), Foundation: words(t, "foundation", 30, true), Outcomes: codesOf(t, "outcome"),
		MinTRL: rapid.IntRange(0, 9).Draw(t, "trl"), IntendedPartners: list(t, "partners"), IntendedExperts: list(t, "experts"), Deadline: date(t),
		Challenge: true, Bounty: money(t), ExpertVisits: rapid.Bool().Draw(t, "visits"), JoinsSelection: rapid.Bool().Draw(t, "joins"),
		Services: codesOf(t, "service"),
	}
	header(t, &n.Header)
	for range rapid.IntRange(0, 4).Draw(t, "metrics") {
		n.Metrics = append(n.Metrics, metric(t))
	}
	return n
}

func drawAchievement(t *rapid.T) *jiqiao.Achievement {
	a := &jiqiao.Achievement{
		Abstract: words(t, "abstract", 60, true), Innovations: words(t, "innovations", 30, true), Applications: words(t, "applications", 30, true),
		Benefit: words(t, "benefit", 30, true), Usage: words(t, "usage", 30, true), Maturity: code(t, "maturity"), TRL: rapid.IntRange(0, 13).Draw(t, "trl"),
		RegistryNumber: words(t, "registry", 12, false), CompletedOn: date(t), Attribute: code(t, "attribute"), Form: code(t, "form"), Level: code(t, "level"),
		Evaluation: code(t, "evaluation"), Acquisition: code(t, "acquisition"), Funding: words(t, "funding", 20, true), Awards: words(t, "awards", 20, true),
		Subjects: codesOf(t, "subject"),
	}
	header(t, &a.Header)
	for range rapid.IntRange(0, 3).Draw(t, "metrics") {
		a.Metrics = append(a.Metrics, metric(t))
	}
	for range rapid.IntRange(0, 3).Draw(t, "ips") {
		ip := jiqiao.IP{Kind: code(t, "ip"), State: code(t, "ip_state"), Title: words(t, "ip title", 12, false)}
		ip.Number = rapid.SampledFrom([]string{"", "ZL202010123456.7", "2020SR0123456", "国审稻 2020-001", "申请中"}).Draw(t, "number")
		if ip.Kind == "" {
			ip.Kind = "invention"
		}
		a.IPs = append(a.IPs, ip)
	}
	for range rapid.IntRange(0, 3).Draw(t, "team") {
		a.Team = append(a.Team, jiqiao.TeamMember{Name: wordsNotEmpty(t, "name", 6), Title: words(t, "rank", 6, false),
			Role: words(t, "role", 6, false), Unit: words(t, "unit", 6, false)})
	}
	return a
}

func drawEntry(t *rapid.T, kind jiqiao.Kind) Entry {
	var e Entry
	if kind == jiqiao.KindNeed {
		e.Record = drawNeed(t)
	} else {
		e.Record = drawAchievement(t)
	}
	normalise(e.Record) // what the store holds is normalised
	owner := e.Record.Head().Owner
	e.Organisation = jiqiao.Organisation{Name: owner.Name, CreditCode: owner.CreditCode, Kind: jiqiao.OrganisationKind(code(t, "organisation_kind")),
		Region: code(t, "region"), Address: "路 1 号"}
	if kind == jiqiao.KindNeed {
		e.Organisation.Scale, e.Organisation.Qualifications, e.Organisation.Industry = code(t, "scale"), codesOf(t, "qualification"), code(t, "industry")
		e.Organisation.Qualifications = jiqiaoUnique(e.Organisation.Qualifications)
	}
	return e
}

func jiqiaoUnique(codes []string) []string {
	o := jiqiao.Organisation{Qualifications: codes}
	o.Normalise()
	return o.Qualifications
}

// What is written reads back the same, in every format: so an export imports as "all unchanged".
func TestExportRoundTrips(t *testing.T) {
	const entries = 150
	for _, kind := range jiqiao.Kinds {
		entry := rapid.Custom(func(t *rapid.T) Entry { return drawEntry(t, kind) })
		var want []Entry
		for i := range entries {
			want = append(want, entry.Example(i))
		}
		for _, format := range []Format{XLSX, CSV, JSONL} {
			t.Run(string(kind)+"/"+string(format), func(t *testing.T) {
				got := readBack(t, t.TempDir(), kind, format, want)
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Fatal(diff)
				}
			})
		}
	}
}

// Every cell on its own, so that a failure shrinks to the one field that causes it.
func TestCellsRoundTrip(t *testing.T) {
	for _, kind := range jiqiao.Kinds {
		columns := Columns(kind)
		t.Run(string(kind), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				want := drawEntry(rt, kind)
				got := NewEntry(kind)
				for i := range columns {
					cell := neutralise(columns[i].write(&want))
					if err := columns[i].set(&got, restore(cell)); err != nil {
						rt.Fatalf("%s: %q: %v", columns[i].Header, cell, err)
					}
				}
				normalise(got.Record)
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					rt.Fatal(diff)
				}
			})
		})
	}
}

type failer interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Helper()
}

func readBack(t failer, dir string, kind jiqiao.Kind, format Format, entries []Entry) []Entry {
	t.Helper()
	path := filepath.Join(dir, "export."+string(format))
	var file bytes.Buffer
	w, err := NewWriter(&file, kind, format)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []Entry
	for _, row := range readAll(t, path, kind) {
		if len(row.Errors) > 0 {
			t.Fatalf("%v", row.Errors)
		}
		got = append(got, row.Entry)
	}
	return got
}

func readAll(t failer, path string, kind jiqiao.Kind) []*Row {
	t.Helper()
	r, err := Open(path, kind, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var rows []*Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
}

// Every field that a person can fill in has a column: a new field in the vocabulary fails here until it has one.
func TestEveryFieldHasAColumn(t *testing.T) {
	storeOnly := map[string]bool{"id": true, "version": true, "created_at": true, "updated_at": true, "deleted_at": true, "merged_into": true}
	for _, kind := range jiqiao.Kinds {
		paths := map[string]bool{}
		for _, c := range Columns(kind) {
			for p := c.Path; p != ""; p = p[:max(strings.LastIndex(p, "."), 0)] {
				paths[p] = true
			}
		}
		for key := range jsonKeys(kind) {
			if !paths[key] && !storeOnly[key] {
				t.Errorf("%s: no column for %q", kind, key)
			}
		}
		contact := reflect.TypeOf(jiqiao.Contact{})
		for i := range contact.NumField() {
			name, _, _ := strings.Cut(contact.Field(i).Tag.Get("json"), ",")
			if !paths["contact."+name] {
				t.Errorf("%s: no column for contact.%s", kind, name)
			}
		}
	}
}

// A file for the public says nothing of contacts, so that importing it cannot delete them.
func TestPublicExportLeavesConfidentialColumnsOut(t *testing.T) {
	need := Sample(jiqiao.KindNeed).Record.(*jiqiao.Need)
	records := func(yield func(jiqiao.Record, error) bool) { yield(need, nil) }
	for _, format := range []Format{XLSX, CSV} {
		path := filepath.Join(t.TempDir(), "public."+string(format))
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := Export(t.Context(), file, jiqiao.KindNeed, format, records, nil); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path, jiqiao.KindNeed, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		row, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		merged, problems := row.Over(Entry{Record: need})
		if len(problems) > 0 {
			t.Errorf("%s: %v", format, problems)
		}
		if got := merged.Record.(*jiqiao.Need); got.Contact != need.Contact || len(got.IntendedExperts) != len(need.IntendedExperts) {
			t.Errorf("%s: reading the public file changed %+v to %+v", format, need.Contact, got.Contact)
		}
	}
}
