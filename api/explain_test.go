package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"jiqiao"
)

// explained is the part of an Explanation that a test reads.
type explained struct {
	Match struct {
		Decision *jiqiao.Decision `json:"decision"`
		Score    float64          `json:"score"`
	} `json:"match"`
	Forward jiqiao.MatchPlace    `json:"forward"`
	WhyNot  []jiqiao.Obstacle    `json:"why_not"`
	Queue   *jiqiao.QueuePlace   `json:"queue"`
	Model   *jiqiao.ModelVersion `json:"model"`
}

func (w *world) explain(user *person, need, achievement, rest string) (int, explained) {
	w.t.Helper()
	rec := w.do(ask{path: prefix + "/match/pair?need=" + need + "&achievement=" + achievement + rest, user: user})
	var e explained
	if rec.Code == http.StatusOK {
		if err := json.Unmarshal(rec.Body.Bytes(), &e); err != nil {
			w.t.Fatal(err)
		}
	}
	return rec.Code, e
}

func obstacles(found []jiqiao.Obstacle) []string {
	var codes []string
	for _, o := range found {
		codes = append(codes, string(o.List)+" "+o.Code)
	}
	return codes
}

func TestExplainPair(t *testing.T) {
	w := newQueued(t)
	code, e := w.explain(nil, w.need.ID, w.achievement.ID, "")
	if code != http.StatusOK || e.Match.Score == 0 || e.Forward.Rank == 0 || len(e.WhyNot) != 0 || e.Queue != nil {
		t.Errorf("the public is told %d %+v", code, e)
	}
	code, e = w.explain(w.broker, w.need.ID, w.achievement.ID, "")
	if code != http.StatusOK || e.Queue == nil || e.Queue.CandidateID != w.id || e.Queue.Broker == "" || len(e.WhyNot) != 0 {
		t.Errorf("its broker is told %d %+v %+v", code, e, e.Queue)
	}
	if _, e = w.explain(w.stranger, w.need.ID, w.achievement.ID, ""); e.Queue == nil || !e.Queue.Known || e.Queue.CandidateID != "" || e.Queue.Broker != "" {
		t.Errorf("a broker of another agency is told of the candidate: %+v", e.Queue)
	}
	for _, path := range []string{"?need=" + w.need.ID, "?achievement=" + w.achievement.ID, "?need=" + w.need.ID + "&achievement=" + w.achievement.ID + "&years=x"} {
		if rec := w.do(ask{path: prefix + "/match/pair" + path}); rec.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
	if code, _ := w.explain(nil, w.need.ID, "a_missing", ""); code != http.StatusNotFound {
		t.Errorf("a missing achievement: %d", code)
	}
}

// TestExplainHidden: who may not see one of the two learns nothing, and who may is told that others cannot.
func TestExplainHidden(t *testing.T) {
	w := newQueued(t)
	w.need.Disclosure = jiqiao.DisclosurePrivate
	if err := w.store.Put(t.Context(), w.need); err != nil {
		t.Fatal(err)
	}
	for name, user := range map[string]*person{"public": nil, "broker": w.broker, "lab": w.lab} {
		if code, _ := w.explain(user, w.need.ID, w.achievement.ID, ""); code != http.StatusNotFound {
			t.Errorf("%s: %d", name, code)
		}
	}
	if code, e := w.explain(w.owner, w.need.ID, w.achievement.ID, ""); code != http.StatusOK ||
		!slices.Contains(obstacles(e.WhyNot), "matches need_disclosure") || e.Queue != nil {
		t.Errorf("its owner is told %d %+v", code, e)
	}
}

func TestExplainWhyNot(t *testing.T) {
	w := newQueued(t)
	other := storedAchievement(t, w, "另一项成果")
	_, e := w.explain(w.bureau, w.need.ID, other.ID, "")
	// The plain match is 较强, and the plain matcher abstains, so that none is among the best.
	if got := obstacles(e.WhyNot); !slices.Equal(got, []string{"queue beyond_best"}) || e.Queue.Known {
		t.Errorf("an admitted pair: %q %+v", got, e.Queue)
	}
	rules := jiqiao.DefaultQueueRules()
	rules.MinLevel, rules.MinProbability = jiqiao.LevelStrong, 0.9
	if _, err := w.queue().SetRules(t.Context(), rules, 0); err != nil {
		t.Fatal(err)
	}
	if _, e = w.explain(w.bureau, w.need.ID, other.ID, ""); !slices.Equal(obstacles(e.WhyNot), []string{"queue weak"}) {
		t.Errorf("under stricter rules: %+v", e.WhyNot)
	}
	other.Status = jiqiao.StatusPaused
	if err := w.store.Put(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	_, e = w.explain(w.bureau, w.need.ID, other.ID, "")
	if got := obstacles(e.WhyNot); !slices.Contains(got, "matches achievement_status") || !slices.Contains(got, "queue achievement_status") {
		t.Errorf("a paused achievement: %q", got)
	}
	for _, o := range e.WhyNot {
		if o.Message == "" || o.Remedy == "" {
			t.Errorf("%s says %q, and to change it %q", o.Code, o.Message, o.Remedy)
		}
	}
	if _, e = w.explain(w.bureau, w.need.ID, w.achievement.ID, "&organisations=o_nobody"); e.Forward.Rank != 0 || !slices.Contains(obstacles(e.WhyNot), "matches filtered") {
		t.Errorf("filtered: %+v", e)
	}
}

func storedAchievement(t *testing.T, w *queued, title string) *jiqiao.Achievement {
	t.Helper()
	a := *w.achievement
	a.ID, a.Version, a.Title = "", 0, title
	if err := w.store.Put(context.Background(), &a); err != nil {
		t.Fatal(err)
	}
	return &a
}

func TestBuiltinModels(t *testing.T) {
	w := newWorld(t, func(o *Options) {
		o.Builtin = []jiqiao.ModelVersion{{Kind: jiqiao.ModelRanker, Version: "test", Provenance: "测试", Measured: "测试集", Accepted: true}}
	})
	var list modelList
	rec := w.do(ask{path: prefix + "/models", as: jiqiao.ScopeReadPrivate})
	if err := json.Unmarshal(rec.Body.Bytes(), &list); err != nil || len(list.Builtin) != 1 || !list.Builtin[0].Active {
		t.Fatalf("%v %s", err, rec.Body)
	}
	m := jiqiao.ModelVersion{Kind: jiqiao.ModelRanker, Version: "v2", Provenance: "测试", Accepted: true}
	if err := w.store.PutModel(t.Context(), m, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := w.store.ActivateModel(t.Context(), m.Kind, m.Version); err != nil {
		t.Fatal(err)
	}
	rec = w.do(ask{path: prefix + "/models?kind=ranker", as: jiqiao.ScopeReadPrivate})
	if err := json.Unmarshal(rec.Body.Bytes(), &list); err != nil || list.Builtin[0].Active || !list.Models[0].Active {
		t.Fatalf("%v %s", err, rec.Body)
	}
}
