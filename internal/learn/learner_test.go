package learn

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/matcher/rank"
	"jiqiao/store/pgtest"
	"jiqiao/store/sqlitetest"
)

func (p *platform) learn(change ...func(*Options)) Outcome {
	p.t.Helper()
	o := p.options()
	for _, c := range change {
		c(&o)
	}
	outcome, err := New(o).Learn(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return outcome
}

func (p *platform) active() string {
	p.t.Helper()
	version, err := p.store.ActiveVersion(p.t.Context(), jiqiao.ModelRanker)
	if err != nil {
		p.t.Fatal(err)
	}
	return version
}

func TestLearning(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { learning(t, sqlitetest.New(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { learning(t, pgtest.Start(t).Database(t)) })
}

// learning goes through a life: too little, a first model, nothing new, more, and back.
func learning(t *testing.T, url string) {
	p := newPlatform(t, url)
	brokers := sensible(rand.New(rand.NewPCG(1, 1)))
	p.work(brokers, 0, 3)
	if o := p.learn(); o.Model.Version != "" || o.Activated || !strings.Contains(o.Message, "还不够") {
		t.Fatalf("from three needs: %+v", o)
	}
	p.work(brokers, 3, 40)
	first := p.learn()
	m := first.Model
	if !first.Activated || !m.Accepted || p.active() != m.Version || m.Parent != "base-1" {
		t.Fatalf("first: %+v", first)
	}
	f := m.Figures
	if f["held_out_accuracy"] <= f["parent_held_out_accuracy"] || f["sample_accuracy"] <= f["parent_sample_accuracy"] || f["decisions"] == 0 {
		t.Errorf("figures: %v", f)
	}
	if !strings.Contains(m.Provenance, "在 base-1 的基础上") || !strings.Contains(m.Provenance, "2026-11-01") {
		t.Errorf("provenance: %s", m.Provenance)
	}
	_, body, err := p.store.ActiveModel(t.Context(), jiqiao.ModelRanker)
	if err != nil {
		t.Fatal(err)
	}
	tuned, err := rank.Read(bytes.NewReader(body))
	if err != nil || tuned.Version != m.Version || agreement(tuned, truth) < agreement(baseModel(), truth)+0.1 {
		t.Errorf("the model that serves: %v, %v", tuned, err)
	}
	if diff := cmp.Diff(m.Figures, tuned.Figures); diff != "" {
		t.Errorf("figures of registry and file:\n%s", diff)
	}
	if o := p.learn(); o.Activated || o.Model.Version != "" || !strings.Contains(o.Message, "自 "+m.Version+" 以来新的决定还不够") {
		t.Errorf("the same decisions again: %+v", o)
	}
	p.at = p.at.Add(time.Hour)
	p.work(brokers, 40, 60)
	second := p.learn()
	if second.Model.Parent != m.Version || !strings.Contains(second.Model.Provenance, "在 base-1 的基础上") {
		t.Fatalf("second: %+v", second)
	}
	if !second.Activated { // it need not be better on the few needs held back
		t.Logf("second: %s", second.Message)
	}
	if err := p.store.ActivateModel(t.Context(), jiqiao.ModelRanker, m.Version); err != nil {
		t.Fatal(err)
	}
	if o := p.learn(); o.Activated || p.active() != m.Version || o.Model.Version != second.Model.Version {
		t.Errorf("what a person rolled back came again: %+v", o)
	}
}

// TestSameDecisionsSameModel also from another database, where ids differ but not what they stand for.
func TestSameDecisionsSameModel(t *testing.T) {
	body := func() []byte {
		p := newPlatform(t, sqlitetest.New(t))
		p.work(sensible(rand.New(rand.NewPCG(1, 1))), 0, 30)
		o := p.learn()
		_, body, err := p.store.Model(t.Context(), jiqiao.ModelRanker, o.Model.Version)
		if err != nil {
			t.Fatal(err)
		}
		m := must(rank.Read(bytes.NewReader(body)))
		m.Version, m.Provenance = "x", "x" // they name ids
		var out bytes.Buffer
		if err := m.Write(&out); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	if diff := cmp.Diff(string(body()), string(body())); diff != "" {
		t.Errorf("twice the same decisions:\n%s", diff)
	}
}

func TestBadDecisionsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		verdict func(x []float64) (jiqiao.Verb, string)
		why     string
	}{
		"consistently wrong": {func(x []float64) (jiqiao.Verb, string) {
			if x[truth] < 0.5 && x[habit] > 0.3 {
				return jiqiao.VerbAccept, ""
			}
			return jiqiao.VerbReject, "field"
		}, "样例的人工分级"},
		"at random": {func(x []float64) (jiqiao.Verb, string) {
			if math.Mod(1000*x[truth], 1) < 0.5 {
				return jiqiao.VerbAccept, ""
			}
			return jiqiao.VerbReject, "field"
		}, "决定"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t, sqlitetest.New(t))
			p.work(&simulation{rng: rand.New(rand.NewPCG(2, 2)), steepness: 0.5, verdict: c.verdict}, 0, 60)
			o := p.learn()
			if o.Activated || o.Model.Accepted || p.active() != "" || !strings.Contains(o.Message, "未启用") || !strings.Contains(o.Message, c.why) {
				t.Errorf("%+v", o)
			}
			kept, _, err := p.store.Model(t.Context(), jiqiao.ModelRanker, o.Model.Version)
			if err != nil || kept.Accepted || kept.Message == "" || kept.ActivatedAt != nil {
				t.Errorf("kept: %+v, %v", kept, err)
			}
			if again := p.learn(); again.Activated || again.Model.Version != o.Model.Version || again.Message != o.Message {
				t.Errorf("again: %+v", again)
			}
			if err := p.store.ActivateModel(t.Context(), jiqiao.ModelRanker, o.Model.Version); err != nil {
				t.Errorf("a person may still use it: %v", err)
			}
		})
	}
}

// killed is a registry whose process dies between keeping a model and making it active.
type killed struct{ Registry }

var errKilled = errors.New("killed")

func (killed) ActivateModel(context.Context, jiqiao.ModelKind, string) error { return errKilled }

func TestKillBetweenKeepingAndActivating(t *testing.T) {
	p := newPlatform(t, sqlitetest.New(t))
	p.work(sensible(rand.New(rand.NewPCG(1, 1))), 0, 30)
	o := p.options()
	o.Registry = killed{p.store}
	if _, err := New(o).Learn(t.Context()); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	models, err := p.store.Models(t.Context(), jiqiao.ModelRanker)
	if err != nil || len(models) != 1 || models[0].Active || p.active() != "" {
		t.Fatalf("after the kill: %+v, %v", models, err)
	}
	// The next run finishes the work without training again.
	outcome := p.learn(func(o *Options) {
		o.Registry = noTraining{p.store, t}
	})
	if !outcome.Activated || outcome.Model.Version != models[0].Version || p.active() != models[0].Version {
		t.Errorf("the next run: %+v", outcome)
	}
}

// TestComparedWithAnother: an accepted model that was never used is not used once another serves that it was not compared
// with.
func TestComparedWithAnother(t *testing.T) {
	accepted := jiqiao.ModelVersion{Kind: jiqiao.ModelRanker, Version: "decisions-1", Parent: "base-1", Accepted: true}
	outcome, err := New(Options{}).finish(t.Context(), accepted, "other-1")
	if err != nil || outcome.Activated || !strings.Contains(outcome.Message, "base-1") || !strings.Contains(outcome.Message, "other-1") {
		t.Errorf("%+v, %v", outcome, err)
	}
}

type noTraining struct {
	Registry
	t *testing.T
}

func (n noTraining) PutModel(context.Context, jiqiao.ModelVersion, []byte) error {
	n.t.Error("trained again")
	return nil
}

func TestWithdrawnDecisionsTeachNothing(t *testing.T) {
	p := newPlatform(t, sqlitetest.New(t))
	p.work(sensible(rand.New(rand.NewPCG(1, 1))), 0, 30)
	page, err := p.store.Decisions(t.Context(), jiqiao.DecisionQuery{Limit: 100})
	for err == nil && len(page.Decisions) > 0 {
		for _, d := range page.Decisions {
			if _, err := p.store.DeleteDecision(t.Context(), d.ID); err != nil {
				t.Fatal(err)
			}
		}
		page, err = p.store.Decisions(t.Context(), jiqiao.DecisionQuery{Limit: 100})
	}
	if err != nil {
		t.Fatal(err)
	}
	if o := p.learn(); o.Model.Version != "" || !strings.Contains(o.Message, "共有 0 项决定") {
		t.Errorf("%+v", o)
	}
}

func TestLearningSaysWhatFailed(t *testing.T) {
	p := newPlatform(t, sqlitetest.New(t))
	p.work(sensible(rand.New(rand.NewPCG(1, 1))), 0, 30)
	broken := errors.New("broken")
	o := p.options()
	o.Judged = func(context.Context) ([]Judged, error) { return nil, broken }
	if _, err := New(o).Learn(t.Context()); !errors.Is(err, broken) {
		t.Errorf("judged sets: %v", err)
	}
	o = p.options()
	o.Names = []string{"shorter"}
	if _, err := New(o).Learn(t.Context()); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
		t.Errorf("a model of other features: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(p.options()).Learn(ctx); err == nil {
		t.Error("learned without time")
	}
}

// TestModelThatCannotBeUsed is one of an older program, whose features are gone: learning begins at what really serves.
func TestModelThatCannotBeUsed(t *testing.T) {
	p := newPlatform(t, sqlitetest.New(t))
	p.work(sensible(rand.New(rand.NewPCG(1, 1))), 0, 30)
	old := baseModel()
	old.Version, old.Facts[0].Feature = "old-1", "gone"
	var body bytes.Buffer
	if err := errors.Join(old.Write(&body),
		p.store.PutModel(t.Context(), jiqiao.ModelVersion{Kind: jiqiao.ModelRanker, Version: "old-1", Provenance: "旧"}, body.Bytes()),
		p.store.ActivateModel(t.Context(), jiqiao.ModelRanker, "old-1")); err != nil {
		t.Fatal(err)
	}
	if o := p.learn(); !o.Activated || o.Model.Parent != "base-1" {
		t.Errorf("%+v", o)
	}
}
