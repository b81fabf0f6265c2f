package learn

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/matcher/rank"
	"jiqiao/matcher/rank/train"
	"jiqiao/store"
)

// names are the features of the tests' pairs: how long the texts are, what the model that serves goes by, what brokers
// go by, and a fact of the forms.
var names = []string{"shorter", "habit", "truth", "ripe"}

const (
	habit = 1
	truth = 2
	ripe  = 3
)

// baseModel goes by habit and hardly by truth.
func baseModel() *rank.Model {
	levels := [3]rank.Step{{Slope: 1, Offset: 1}, {Slope: 1, Offset: 0}, {Slope: 1, Offset: -1}}
	regime := func() rank.Regime {
		return rank.Regime{Base: -1, Levels: levels, Shapes: []rank.Shape{
			{Feature: "habit", Label: "习惯", Knots: []float64{0, 0.5, 1}, Values: []float64{0, 0.6, 1.2}},
			{Feature: "truth", Label: "实质", Knots: []float64{0, 1}, Values: []float64{0, 0.3}},
		}}
	}
	return &rank.Model{
		Version: "base-1", Provenance: "测试", Blend: rank.Blend{Feature: "shorter", Low: 10, High: 20},
		Title: regime(), Text: regime(),
		Facts: []rank.Shape{{Feature: "ripe", Label: "成熟度", Knots: []float64{-1, 0, 1}, Values: []float64{-0.2, 0, 0.2}}},
	}
}

// vectorOf draws the features of a pair from its ids: the same pair is always the same.
func vectorOf(p pair) []float64 {
	h := fnv.New64a()
	fmt.Fprint(h, p.need, "/", p.achievement)
	rng := rand.New(rand.NewPCG(h.Sum64(), 1))
	return []float64{100, rng.Float64(), rng.Float64(), float64(rng.IntN(3) - 1)}
}

// places is how many matches a broker is shown.
const places = 12

// simulation plays brokers before lists that the base model ranks.
type simulation struct {
	rng       *rand.Rand
	steepness float64
	// verdict is what a broker decides on a match that was looked at; "" is nothing.
	verdict func(x []float64) (jiqiao.Verb, string)
}

// session is one list with what was decided on it.
type session struct {
	impression jiqiao.Impression
	decisions  []jiqiao.Decision
}

func (s *simulation) play(need string, achievements []string) session {
	ranker := must(baseModel().Bind(names))
	score := func(a string) float64 { return ranker.Score(vectorOf(pair{need, a})).Score }
	ids := slices.Clone(achievements)
	slices.SortFunc(ids, func(a, b string) int {
		if score(a) > score(b) {
			return -1
		}
		return 1
	})
	ids = ids[:min(len(ids), places)]
	out := session{impression: jiqiao.Impression{Kind: jiqiao.KindNeed, SubjectID: need, First: 1, IDs: ids, Model: "base-1", By: "张三"}}
	for i, a := range ids {
		if s.rng.Float64() > math.Pow(float64(i+1), -s.steepness) {
			continue
		}
		if verb, reason := s.verdict(vectorOf(pair{need, a})); verb != "" {
			out.decisions = append(out.decisions, jiqiao.Decision{
				ID: fmt.Sprintf("d_%s_%02d", need, i), NeedID: need, AchievementID: a, Verb: verb, Reason: reason, Rank: i + 1, Shown: len(ids), By: "张三",
			})
		}
	}
	return out
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// historyOf is what readHistory makes of sessions.
func historyOf(sessions []session) *history {
	h := &history{decided: map[int]int{}, shown: map[int]int{}}
	lists := map[listKey]map[string]*item{}
	for _, s := range sessions {
		addImpression(lists, s.impression)
		h.decisions = append(h.decisions, s.decisions...)
	}
	h.addDecisions(lists)
	h.sortLists(lists)
	return h
}

// agreement is the share of pairs of fresh needs that the model orders as truth does.
func agreement(m *rank.Model, by int) float64 {
	r := must(m.Bind(names))
	right, total := 0.0, 0.0
	for n := range 300 {
		a, b := vectorOf(pair{fmt.Sprint("fresh", n), "a"}), vectorOf(pair{fmt.Sprint("fresh", n), "b"})
		if a[by] == b[by] {
			continue
		}
		if a[by] < b[by] {
			a, b = b, a
		}
		total++
		right += ordered(r, a, b)
	}
	return right / total
}

// weight is how much the text regime's shape of the feature rises.
func weight(m *rank.Model, feature string) float64 {
	for _, s := range append(slices.Clone(m.Text.Shapes), m.Facts...) {
		if s.Feature == feature {
			return s.Values[len(s.Values)-1] - s.Values[0]
		}
	}
	return 0
}

// platform is a store with records that a simulation decides on.
type platform struct {
	t            testing.TB
	store        *store.Store
	at           time.Time
	needs        []string
	achievements []string
}

func newPlatform(t testing.TB, url string) *platform {
	t.Helper()
	p := &platform{t: t, at: time.Date(2026, 11, 1, 1, 0, 0, 0, time.UTC)}
	st, err := store.Open(t.Context(), store.Config{URL: url, Now: p.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	p.store = st
	var recs []jiqiao.Record
	for i := range 60 {
		n := &jiqiao.Need{}
		n.Title, n.Status = fmt.Sprint("需求 ", i), jiqiao.StatusPublished
		recs = append(recs, n)
	}
	for i := range 20 {
		a := &jiqiao.Achievement{}
		a.Title, a.Status = fmt.Sprint("成果 ", i), jiqiao.StatusPublished
		recs = append(recs, a)
	}
	if _, err := st.PutMany(t.Context(), recs); err != nil {
		t.Fatal(err)
	}
	for _, rec := range recs {
		if rec.Kind() == jiqiao.KindNeed {
			p.needs = append(p.needs, rec.Head().Title)
		} else {
			p.achievements = append(p.achievements, rec.Head().Title)
		}
	}
	return p
}

func (p *platform) now() time.Time { return p.at }

// ids by title, which unlike ids are the same in every run.
func (p *platform) ids(kind jiqiao.Kind) map[string]string {
	p.t.Helper()
	out := map[string]string{}
	err := p.store.Each(p.t.Context(), kind, "", func(rec jiqiao.Record) error {
		out[rec.Head().Title] = rec.Head().ID
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

// work lets brokers work on the needs from..to.
func (p *platform) work(s *simulation, from, to int) {
	p.t.Helper()
	needs, achievements := p.ids(jiqiao.KindNeed), p.ids(jiqiao.KindAchievement)
	for _, title := range p.needs[from:to] {
		played := s.play(title, p.achievements)
		i := played.impression
		i.SubjectID = needs[title]
		for k, a := range i.IDs {
			i.IDs[k] = achievements[a]
		}
		if err := p.store.SaveImpressions(p.t.Context(), []jiqiao.Impression{i}); err != nil {
			p.t.Fatal(err)
		}
		for _, d := range played.decisions {
			d.NeedID, d.AchievementID = needs[d.NeedID], achievements[d.AchievementID]
			if err := p.store.PutDecision(p.t.Context(), &d); err != nil {
				p.t.Fatal(err)
			}
			p.at = p.at.Add(time.Minute)
		}
	}
}

func (p *platform) options() Options {
	return Options{
		Past: p.store, Registry: p.store, Builtin: baseModel(), Names: names, Now: p.now, Log: slog.New(slog.DiscardHandler),
		Features: func(n *jiqiao.Need, list []*jiqiao.Achievement) [][]float64 {
			out := make([][]float64, len(list))
			for i, a := range list {
				out[i] = vectorOf(pair{n.Title, a.Title})
			}
			return out
		},
		Judged: func(context.Context) ([]Judged, error) {
			return []Judged{{Name: "sample", Label: "样例的人工分级", Examples: graded(truth)}}, nil
		},
	}
}

// graded are pairs whose level follows one feature.
func graded(by int) []train.Example {
	var out []train.Example
	for n := range 40 {
		for k := range 6 {
			p := pair{fmt.Sprint("judged", n), fmt.Sprint(k)}
			x := vectorOf(p)
			level := jiqiao.Level(min(4, 1+int(4*x[by])))
			out = append(out, train.Example{Need: p.need, Achievement: p.achievement, X: x, Level: level})
		}
	}
	return out
}

// sensible brokers accept what is true, and reject what is not as being of another field.
func sensible(rng *rand.Rand) *simulation {
	return &simulation{rng: rng, steepness: 1, verdict: func(x []float64) (jiqiao.Verb, string) {
		switch {
		case x[truth] > 0.6:
			return jiqiao.VerbAccept, ""
		case x[truth] < 0.3:
			return jiqiao.VerbReject, "field"
		default:
			return jiqiao.VerbDefer, ""
		}
	}}
}
