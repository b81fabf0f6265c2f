package postings

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// textbook is BM25 as it is written down, over plain maps.
type textbook struct {
	params Params
	docs   map[string]map[string]DocTerm // id → term → weights; DocTerm.ID unused
}

func (b *textbook) score(id string, query map[string]QueryTerm, head float64) (word, gram float64) {
	var wordLen, gramLen float64
	length := func(doc map[string]DocTerm) (w, g float64) {
		for _, t := range doc {
			w += float64(t.Word)
			g += float64(t.Gram)
		}
		return w, g
	}
	for _, doc := range b.docs {
		w, g := length(doc)
		wordLen += w
		gramLen += g
	}
	n := float64(len(b.docs))
	w, g := length(b.docs[id])
	one := func(weight, df, tf, length, avg float64) float64 {
		if tf == 0 || weight == 0 {
			return 0
		}
		idf := math.Log(1 + (n-df+0.5)/(df+0.5))
		return weight * idf * tf * (b.params.K1 + 1) / (tf + b.params.K1*(1-b.params.B+b.params.B*length/avg))
	}
	for term, q := range query {
		var wordDF, gramDF float64
		for _, doc := range b.docs {
			if doc[term].Word > 0 {
				wordDF++
			}
			if doc[term].Gram > 0 {
				gramDF++
			}
		}
		t := b.docs[id][term]
		boost := 1.0
		if t.Head {
			boost = head
		}
		word += boost * one(q.Word, wordDF, float64(t.Word), w, wordLen/n)
		gram += boost * one(q.Gram, gramDF, float64(t.Gram), g, gramLen/n)
	}
	return word, gram
}

func (b *textbook) rank(query map[string]QueryTerm, head float64) []scored {
	var all []scored
	for id := range b.docs {
		if w, g := b.score(id, query, head); w+g > 0 {
			all = append(all, scored{id, w + g})
		}
	}
	sort.Slice(all, func(i, j int) bool {
		if math.Abs(all[i].score-all[j].score) > 1e-9 {
			return all[i].score > all[j].score
		}
		return all[i].id < all[j].id
	})
	return all
}

type scored struct {
	id    string
	score float64
}

func encode(terms *Terms, doc map[string]DocTerm) Doc {
	var list []DocTerm
	for term, t := range doc {
		t.ID = terms.Add(term)
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b DocTerm) int { return int(a.ID) - int(b.ID) })
	return NewDoc(list)
}

func drawDoc(t *rapid.T) map[string]DocTerm {
	doc := map[string]DocTerm{}
	for range rapid.IntRange(0, 12).Draw(t, "terms") {
		term := fmt.Sprintf("t%d", rapid.IntRange(0, 30).Draw(t, "term"))
		w := DocTerm{
			Word: uint8(rapid.SampledFrom([]int{0, 1, 1, 2, 9, 127}).Draw(t, "word")),
			Gram: uint8(rapid.SampledFrom([]int{0, 1, 1, 3}).Draw(t, "gram")),
			Head: rapid.Bool().Draw(t, "head"),
		}
		if w.Word > 0 || w.Gram > 0 {
			doc[term] = w
		}
	}
	return doc
}

// checkAgainst compares a side with the textbook for one query.
func checkAgainst(t interface{ Fatalf(string, ...any) }, side *Side[int], terms *Terms, book *textbook, query map[string]QueryTerm, head float64, keep func(*int) bool, kept func(string) bool) {
	var q Query
	q.Head = head
	for term, w := range query {
		id, ok := terms.Lookup(term)
		if !ok {
			continue
		}
		w.ID = id
		q.Terms = append(q.Terms, w)
	}
	scores := side.Score(q)
	defer scores.Release()
	want := book.rank(query, head)
	want = slices.DeleteFunc(want, func(s scored) bool { return !kept(s.id) })
	got := scores.Top(len(book.docs)+1, keep)
	if len(got) != len(want) {
		t.Fatalf("got %d documents, the textbook has %d", len(got), len(want))
	}
	for i, r := range got {
		id := scores.ID(r.Ord)
		w, g := book.score(id, query, head)
		if math.Abs(r.Score-(w+g)) > 1e-6*(w+g) {
			t.Fatalf("%s scores %g, by the textbook %g", id, r.Score, w+g)
		}
		if math.Abs(want[i].score-r.Score) > 1e-6*r.Score {
			t.Fatalf("place %d scores %g, by the textbook %g (%s)", i, r.Score, want[i].score, want[i].id)
		}
		sw, sg := scores.Split(r.Ord)
		if math.Abs(sw-w) > 1e-6*(w+g) || math.Abs(sg-g) > 1e-6*(w+g) {
			t.Fatalf("%s splits into %g and %g, by the textbook %g and %g", id, sw, sg, w, g)
		}
	}
}

func TestAgreesWithTextbookUnderUpdates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms, side := NewTerms(), NewSide[int](DefaultParams())
		book := &textbook{DefaultParams(), map[string]map[string]DocTerm{}}
		payload := map[string]int{}
		for range rapid.IntRange(1, 12).Draw(t, "batches") {
			var puts []Put[int]
			var deletes []string
			for range rapid.IntRange(0, 6).Draw(t, "deletes") {
				id := fmt.Sprintf("d%02d", rapid.IntRange(0, 40).Draw(t, "id"))
				deletes = append(deletes, id)
				delete(book.docs, id)
			}
			for range rapid.IntRange(0, 14).Draw(t, "puts") {
				id := fmt.Sprintf("d%02d", rapid.IntRange(0, 40).Draw(t, "id"))
				doc, p := drawDoc(t), rapid.IntRange(0, 3).Draw(t, "payload")
				puts = append(puts, Put[int]{id, encode(terms, doc), p})
				book.docs[id], payload[id] = doc, p
			}
			side.Apply(puts, deletes)
		}
		if got := side.Stats().Docs; got != len(book.docs) {
			t.Fatalf("%d documents, want %d", got, len(book.docs))
		}
		query := map[string]QueryTerm{}
		for range rapid.IntRange(1, 8).Draw(t, "query") {
			term := fmt.Sprintf("t%d", rapid.IntRange(0, 32).Draw(t, "term"))
			query[term] = QueryTerm{Word: float64(rapid.IntRange(0, 3).Draw(t, "w")), Gram: float64(rapid.IntRange(0, 2).Draw(t, "g"))}
		}
		all := func(string) bool { return true }
		checkAgainst(t, side, terms, book, query, 1, nil, all)
		checkAgainst(t, side, terms, book, query, 1.5, nil, all)
		checkAgainst(t, side, terms, book, query, 1, func(p *int) bool { return *p == 2 }, func(id string) bool { return payload[id] == 2 })
	})
}

// A side of several blocks scores as the formula says, which the statistics are put into here by hand.
func TestManyBlocks(t *testing.T) {
	terms, side := NewTerms(), NewSide[int](DefaultParams())
	const docs = 2*blockSize + 1000
	var puts []Put[int]
	for i := range docs {
		doc := map[string]DocTerm{"all": {Word: uint8(1 + i%3), Gram: 1}}
		if i%7 == 0 {
			doc["some"] = DocTerm{Word: 1, Head: i%2 == 0}
		}
		puts = append(puts, Put[int]{fmt.Sprintf("d%06d", i), encode(terms, doc), i})
	}
	side.Apply(puts, nil)
	all, _ := terms.Lookup("all")
	some, _ := terms.Lookup("some")
	scores := side.Score(Query{Terms: []QueryTerm{{ID: some, Word: 2, Bits: 1}, {ID: all, Word: 1, Gram: 1, Bits: 2}}, Head: 3})
	defer scores.Release()
	stats, p := side.Stats(), DefaultParams()
	part := func(idf float64, tf, length int, avg float64) float64 {
		return idf * float64(tf) * (p.K1 + 1) / (float64(tf) + p.K1*(1-p.B+p.B*float64(length)/avg))
	}
	visited := 0
	scores.Matches(func(_ uint32, got float64, mask uint64, i *int) {
		visited++
		tf := 1 + *i%3
		length, wantMask := tf, uint64(2)
		want := part(IDF(docs, docs), 1, 1, stats.GramLen)
		if *i%7 == 0 {
			length, wantMask = length+1, 3
			boost := 1.0
			if *i%2 == 0 {
				boost = 3
			}
			want += 2 * boost * part(IDF(docs, (docs+6)/7), 1, length, stats.WordLen)
		}
		want += part(IDF(docs, docs), tf, length, stats.WordLen)
		if math.Abs(got-want) > 1e-6*want || mask != wantMask {
			t.Fatalf("document %d scores %g with mask %b, want %g and %b", *i, got, mask, want, wantMask)
		}
	})
	if visited != docs {
		t.Errorf("visited %d, want %d", visited, docs)
	}
}

func TestFrequenciesForgetDeleted(t *testing.T) {
	terms, side := NewTerms(), NewSide[int](DefaultParams())
	word := func(w ...string) Doc {
		doc := map[string]DocTerm{}
		for _, s := range w {
			doc[s] = DocTerm{Word: 1}
		}
		return encode(terms, doc)
	}
	side.Apply([]Put[int]{{"a", word("x", "y"), 0}, {"b", word("x"), 0}, {"a", word("y"), 0}}, nil)
	x, _ := terms.Lookup("x")
	y, _ := terms.Lookup("y")
	if got, want := side.DF(nil, x, y, 999), []DF{{Word: 1}, {Word: 1}, {}}; !cmp.Equal(got, want) {
		t.Errorf("after the first batch: %v, want %v", got, want)
	}
	side.Apply(nil, []string{"b", "nobody"})
	if got, want := side.DF(nil, x, y), []DF{{}, {Word: 1}}; !cmp.Equal(got, want) {
		t.Errorf("after the delete: %v, want %v", got, want)
	}
	if _, _, ok := side.Find("b"); ok {
		t.Error("a deleted document is still found")
	}
	if got, want := side.Stats(), (Stats{Docs: 1, WordLen: 1}); got != want {
		t.Errorf("statistics %v, want %v", got, want)
	}
}

func TestMergesKeepEveryDocument(t *testing.T) {
	terms, side := NewTerms(), NewSide[int](DefaultParams())
	docs := map[string]map[string]DocTerm{}
	for i := range 700 { // one by one: the smallest segments, three levels of merges
		id := fmt.Sprintf("d%03d", i%500)
		doc := map[string]DocTerm{fmt.Sprintf("t%d", i%17): {Word: 1}, fmt.Sprintf("u%d", i): {Gram: 2, Head: true}}
		docs[id] = doc
		side.Apply([]Put[int]{{id, encode(terms, doc), i}}, nil)
	}
	v := side.View()
	if v.Live() != 500 || len(v.parts) > 3*mergeFan {
		t.Fatalf("%d documents in %d segments", v.Live(), len(v.parts))
	}
	for id, doc := range docs {
		got, _, ok := side.Find(id)
		want := encode(terms, doc)
		if !ok || string(got.Bytes()) != string(want.Bytes()) {
			t.Fatalf("%s changed in a merge", id)
		}
	}
	seen := 0
	v.Each(func(ord uint32, p *int) {
		seen++
		if v.ID(ord) != fmt.Sprintf("d%03d", *p%500) || v.Payload(ord) != p {
			t.Fatalf("ordinal %d is %s with payload %d", ord, v.ID(ord), *p)
		}
	})
	if seen != 500 {
		t.Errorf("visited %d documents, want 500", seen)
	}
}

func TestDeadSegmentIsRewritten(t *testing.T) {
	terms, side := NewTerms(), NewSide[int](DefaultParams())
	var puts []Put[int]
	var deletes []string
	for i := range 1000 {
		id := fmt.Sprintf("d%04d", i)
		puts = append(puts, Put[int]{id, encode(terms, map[string]DocTerm{"t": {Word: 1}}), i})
		if i%2 == 0 {
			deletes = append(deletes, id)
		}
	}
	side.Apply(puts, nil)
	side.Apply(nil, deletes)
	if v := side.View(); v.Size() != 500 || v.Live() != 500 {
		t.Errorf("size %d, live %d, want 500 of both", v.Size(), v.Live())
	}
}

func TestDecodeDocRefusesDamage(t *testing.T) {
	const terms = 4
	good := NewDoc([]DocTerm{{ID: 0, Word: 1}, {ID: 1, Gram: 1}, {ID: 2, Word: 1, Gram: 1}, {ID: 3, Word: 5, Head: true}})
	d, err := DecodeDoc(good.Bytes(), terms)
	if err != nil || d.WordLen != good.WordLen || d.GramLen != good.GramLen || d.Len() != 4 {
		t.Fatalf("%+v, %v", d, err)
	}
	for name, data := range map[string][]byte{
		"cut":          good.Bytes()[:len(good.Bytes())-1],
		"unknown term": NewDoc([]DocTerm{{ID: 4, Word: 1}}).Bytes(),
		"no weight":    {1<<2 | codeExplicit, headBit, 0},
		"no gap":       {codeWord},
		"huge gap":     {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
		"long varint":  {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
	} {
		if _, err := DecodeDoc(data, terms); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzDecodeDoc(f *testing.F) {
	f.Add([]byte{4, 5, 6, 7, 130, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := DecodeDoc(data, 1000)
		if err != nil {
			return
		}
		var terms []DocTerm
		for x := range d.Terms {
			terms = append(terms, x)
		}
		again := NewDoc(terms)
		if again.WordLen != d.WordLen || again.GramLen != d.GramLen || again.Len() != d.Len() {
			t.Errorf("read %+v, written again %+v", d, again)
		}
	})
}

func TestTermsKeepTheirNumbers(t *testing.T) {
	terms := NewTerms()
	words := []string{"", "材料", "a", strings.Repeat("长", 300)}
	for i := range 5000 {
		words = append(words, fmt.Sprint("w", i))
	}
	for i, w := range words {
		if id := terms.Add(w); id != uint32(i) {
			t.Fatalf("%q got %d, want %d", w, id, i)
		}
	}
	for i, w := range words {
		id, ok := terms.Lookup(w)
		if !ok || id != uint32(i) || terms.Add(w) != id || terms.Term(id) != w {
			t.Fatalf("%q is %d (%v), want %d", w, id, ok, i)
		}
	}
	if _, ok := terms.Lookup("absent"); ok || terms.Len() != len(words) {
		t.Error("a term that nobody added is found")
	}
}

func TestReadersSeeWholeBatches(t *testing.T) {
	terms, side := NewTerms(), NewSide[int](DefaultParams())
	doc := encode(terms, map[string]DocTerm{"t": {Word: 1}})
	id, _ := terms.Lookup("t")
	stop := make(chan struct{})
	done := make(chan error)
	for range 2 {
		go func() {
			for {
				select {
				case <-stop:
					done <- nil
					return
				default:
				}
				s := side.Score(Query{Terms: []QueryTerm{{ID: id, Word: 1}}})
				n := len(s.Top(1000, nil))
				s.Release()
				if n%10 != 0 {
					done <- fmt.Errorf("a reader saw %d documents; batches have 10", n)
					<-stop
					return
				}
			}
		}()
	}
	for batch := range 60 {
		var puts []Put[int]
		var deletes []string
		for i := range 10 {
			puts = append(puts, Put[int]{fmt.Sprint("d", batch%20, "-", i), doc, 0})
			deletes = append(deletes, fmt.Sprint("d", (batch+10)%20, "-", i))
		}
		side.Apply(puts, deletes)
	}
	close(stop)
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
