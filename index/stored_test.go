package index

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/index/postings"
	"jiqiao/index/zh"
)

func sampleRow() row {
	r := row{
		kind: jiqiao.KindAchievement, title: "光伏组件", keywords: []string{"组件", ""}, created: 1767240000000000, updated: -1,
		priceLow: 50 * jiqiao.Wan, priceHigh: 200 * jiqiao.Wan, deadline: 20261231, trl: 9, veil: veil{private: true, brokers: true, anonymous: true},
	}
	r.codes[facetIndustries] = []string{"C26", "A01"}
	r.codes[facetOrganisations] = []string{"o_1", "一厂"}
	return r
}

func TestStoredRoundTrip(t *testing.T) {
	doc := postings.NewDoc([]postings.DocTerm{{ID: 3, Word: 1}, {ID: 7, Gram: 2, Head: true}})
	for name, r := range map[string]row{"full": sampleRow(), "empty": {kind: jiqiao.KindNeed}} {
		got, coded, err := decodeStored(encodeStored(r, doc.Bytes()))
		if err != nil || string(coded) != string(doc.Bytes()) {
			t.Fatalf("%s: %x, %v", name, coded, err)
		}
		if diff := cmp.Diff(r, got, cmp.AllowUnexported(row{}, veil{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestStoredRefusesEveryDamage(t *testing.T) {
	good := encodeStored(sampleRow(), []byte{4, 5})
	for i := range good {
		for _, bit := range []byte{1, 0x80} {
			bad := append([]byte(nil), good...)
			bad[i] ^= bit
			if _, _, err := decodeStored(bad); err == nil {
				t.Fatalf("a changed byte %d is accepted", i)
			}
		}
		if _, _, err := decodeStored(good[:i]); err == nil {
			t.Fatalf("cut to %d bytes it is accepted", i)
		}
	}
	terms := encodeTerms(70, []string{"光伏", "", "yolov8"})
	first, list, err := decodeTerms(terms)
	if err != nil || first != 70 || !cmp.Equal(list, []string{"光伏", "", "yolov8"}) {
		t.Fatalf("%d %v %v", first, list, err)
	}
	for i := range terms {
		if _, _, err := decodeTerms(terms[:i]); err == nil {
			t.Fatalf("terms cut to %d bytes are accepted", i)
		}
	}
}

// FuzzDecoder gives the decoder bytes whose checksum is right.
func FuzzDecoder(f *testing.F) {
	f.Add(encodeStored(sampleRow(), []byte{4, 5})[4:])
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, data []byte) {
		d := decoder{data: data}
		for range 5 {
			d.number()
		}
		list := d.strings()
		total := 0
		for _, s := range list {
			total += len(s)
		}
		if total > len(data) || len(list) > len(data) {
			t.Errorf("%d strings of %d bytes from %d bytes", len(list), total, len(data))
		}
	})
}

func TestCutPhrases(t *testing.T) {
	for text, want := range map[string][]string{
		`光伏`:           {"光伏"},
		`"光伏"`:         {"　", "光伏"},
		`甲"光伏"乙`:       {"甲　乙", "光伏"},
		`甲 "光伏" "风 电"`: {"甲 　 　", "光伏", "风 电"},
		`“光伏”「风电」『水电』＂火电＂`: {"　　　　", "光伏", "风电", "水电", "火电"},
		`"光伏`:     {`"光伏`},
		`光伏"`:     {`光伏"`},
		`”光伏“`:    {`”光伏“`},
		`"" " "`:  {"　 　"},
		`"甲"乙"`:   {`　乙"`, "甲"},
		`“甲"乙”丙"`: {`　丙"`, `甲"乙`},
	} {
		rest, phrases := cutPhrases(text)
		if got := append([]string{rest}, phrases...); !cmp.Equal(got, want) {
			t.Errorf("%s → %q, want %q", text, got, want)
		}
	}
}

func FuzzTypedQuery(f *testing.F) {
	a, err := zh.New(zh.Options{})
	if err != nil {
		f.Fatal(err)
	}
	st := newState("", a)
	for _, s := range []string{`"光伏" 组件`, "石墨烯/PE 0.5mm", "，。", "“”", "\xff\"", "3d打印yolov8"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text, _ = jiqiao.CutQuery(text)
		q := st.typedQuery(text)
		if q.long && q.all != 0 || q.must&^q.all != 0 || q.marks > maxMarks {
			t.Errorf("%q: %+v", text, q)
		}
		if !q.long && !q.absent && q.level(q.all) != 3 {
			t.Errorf("%q: all marks are not everything", text)
		}
	})
}

func TestInitials(t *testing.T) {
	for text, want := range map[string]string{"激光切割": "jgqg", "5g基站": "5gjz", "旅游": "ly", "①": "", "重庆": "zq"} {
		if got := initials(text); got != want {
			t.Errorf("%s → %q, want %q", text, got, want)
		}
	}
}

// Suggestions stay right while entries are sorted in and obsolete ones pile up.
func TestSuggesterSortsItselfOut(t *testing.T) {
	a, err := zh.New(zh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	st := newState("", a)
	k := jiqiao.KindNeed
	for round := range 4 {
		var puts []postings.Put[columns]
		for i := range 2 * suggestFresh {
			r := row{kind: k, title: fmt.Sprintf("第%d轮装置%d", round, i), keywords: []string{fmt.Sprintf("词%d", round)}}
			r.codes[facetStatuses] = []string{string(jiqiao.StatusPublished)}
			puts = append(puts, postings.Put[columns]{ID: fmt.Sprint("n_", i), Payload: r.columns(st.symbols)})
		}
		st.showAll(k, puts, []string{"n_absent"})
	}
	g := st.suggest[k]
	if n := len(g.sorted) + len(g.fresh); n > 3*2*suggestFresh {
		t.Errorf("%d entries for %d titles", n, 2*suggestFresh)
	}
	for prefix, want := range map[string]int{"第3轮装置1": 10, "第2轮": 0, "词3": 1, "词2": 0, "dlzz": 0, "d3lzz77": 10} {
		if got := g.complete(st.sides[k], k, prefix, 10); len(got) != want {
			t.Errorf("%s completes to %d, want %d", prefix, len(got), want)
		}
	}
	st.showAll(k, nil, []string{"n_7"})
	if got := g.complete(st.sides[k], k, "第3轮装置7", 20); len(got) == 0 || got[0].ID == "n_7" {
		t.Errorf("after deleting 装置7: %+v", got)
	}
}

func TestTokenizer(t *testing.T) {
	got := tokens{}.Tokenize([]byte("光伏" + tokenSeparator + "5g"))
	if len(got) != 2 || string(got[1].Term) != "5g" || got[1].Start != 7 || got[1].Position != 2 {
		t.Errorf("%v", got)
	}
	if got := (tokens{}).Tokenize(nil); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
