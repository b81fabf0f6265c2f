package app

import (
	"bytes"
	"io"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/index/vector"
	"jiqiao/matcher/rank"
)

// TestActivatedModelServes makes another ranker and other vectors active while the service runs, goes back, and starts
// anew.
func TestActivatedModelServes(t *testing.T) {
	cfg := settings(t.TempDir())
	a := following(t, cfg)
	wanted := need("高盐废水处理技术")
	offer := &jiqiao.Achievement{Abstract: "高盐废水经膜蒸馏浓缩，能耗降低。"}
	offer.Title, offer.Status, offer.Owner = "膜蒸馏处理高盐废水", jiqiao.StatusPublished, jiqiao.OrganisationRef{Name: "盐城某大学"}
	put(t, a.Store, wanted, offer)
	caughtUp(t, a)
	model := func() string {
		t.Helper()
		list, err := a.Matcher.Match(t.Context(), wanted, jiqiao.MatchQuery{})
		if err != nil || len(list.Matches) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list.Matches[0].Model
	}
	builtin := model()
	state, err := a.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	other := *rank.Fallback()
	other.Version = "test-ranker"
	activate(t, a, jiqiao.ModelRanker, other.Version, other.Write)
	eventually(t, func() bool { return model() == "test-ranker" })
	if now, err := a.State(t.Context()); err != nil || now == state {
		t.Errorf("state %s, %v: answers of the model before would still be found in the cache", now, err)
	}

	words, err := vector.New(vector.Source{
		Words: []string{"废水", "污水", "水"}, Rows: []float32{1, 0, 0.9, 0.1, 0.5, 0.5}, Dim: 2, Rarity: []float64{1, 1, 0.5},
	})
	if err != nil {
		t.Fatal(err)
	}
	activate(t, a, jiqiao.ModelVectors, wordsPrefix+words.Version(), words.Write)
	a.awaitWords(t.Context(), wordsPrefix+words.Version())
	if n := a.Matcher.Collection().Words().Len(); n != 3 {
		t.Fatalf("%d words serve", n)
	}
	if got := model(); got != "test-ranker" {
		t.Errorf("other vectors brought another ranker, %s", got)
	}
	later := need("印染污水回用技术")
	put(t, a.Store, later)
	caughtUp(t, a)
	if !profiled(a, later) {
		t.Error("a record written after the change of vectors is not in the matcher")
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}

	a = following(t, cfg)
	if got := model(); got != "test-ranker" || a.Matcher.Collection().Words().Len() != 3 {
		t.Errorf("after a start %s serves", got)
	}
	if err := a.Store.ActivateModel(t.Context(), jiqiao.ModelRanker, jiqiao.BuiltinModel); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return model() == builtin })
}

// TestDamagedModelDoesNotServe keeps the model of the program where the active one cannot be read.
func TestDamagedModelDoesNotServe(t *testing.T) {
	cfg := settings(t.TempDir())
	a := open(t, cfg)
	for _, kind := range jiqiao.ModelKinds {
		activate(t, a, kind, "damaged", func(w io.Writer) error {
			_, err := w.Write([]byte("not a model"))
			return err
		})
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	a = open(t, cfg)
	c := a.Matcher.Collection()
	if c.Model() != rank.Default().Version || c.Words() != vector.Default() {
		t.Errorf("%s serves", c.Model())
	}
}

func activate(t *testing.T, a *App, kind jiqiao.ModelKind, version string, write func(io.Writer) error) {
	t.Helper()
	var body bytes.Buffer
	if err := write(&body); err != nil {
		t.Fatal(err)
	}
	m := jiqiao.ModelVersion{Kind: kind, Version: version, Provenance: "测试", Accepted: true, CreatedAt: time.Now()}
	if err := a.Store.PutModel(t.Context(), m, body.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := a.Store.ActivateModel(t.Context(), kind, version); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for range 500 {
		if holds() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("it has not happened within 10 s")
}
