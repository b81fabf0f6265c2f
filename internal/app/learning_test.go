package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/matcher"
	"jiqiao/matcher/rank"
	"jiqiao/sample"
)

// call asks the service and decodes its answer into v, which may be nil.
func call(t *testing.T, a *App, secret, method, path string, body, v any) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, "http://jiqiao/api/v1"+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "application/json")
	resp, err := a.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	if v != nil {
		if err := json.NewDecoder(resp.Body).Decode(v); err != nil {
			t.Fatal(err)
		}
	}
}

// shownMatches is what a broker's page reads.
type shownMatches struct {
	Matches []struct {
		AchievementID string           `json:"achievement_id"`
		Score         float64          `json:"score"`
		Level         jiqiao.Level     `json:"level"`
		Model         string           `json:"model"`
		Decision      *jiqiao.Decision `json:"decision"`
		Record        struct {
			Fields []string `json:"fields"`
		} `json:"record"`
	} `json:"matches"`
}

// TestLearningFromBrokers has a broker go through the sample by the API: what is in the need's field is taken, the rest is
// not; then the ranker learns beside the service, which shows the new model.
func TestLearningFromBrokers(t *testing.T) {
	a := withSample(t)
	a.tasks.keep("impressions", a.shown.Run)
	secret, _, err := a.Store.CreateToken(t.Context(), "张三", []jiqiao.Scope{jiqiao.ScopeWrite}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	needs, err := sample.Needs()
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string][]string{}
	for _, n := range needs {
		fields[n.Title] = n.Fields
	}
	decided := 0
	stop := errors.New("enough")
	seen := 0
	err = a.Store.Each(t.Context(), jiqiao.KindNeed, "", func(rec jiqiao.Record) error {
		if seen++; seen > 25 {
			return stop
		}
		var list shownMatches
		path := "/needs/" + rec.Head().ID + "/matches"
		call(t, a, secret, "GET", path+"?limit=6", nil, &list)
		for i, m := range list.Matches {
			d := map[string]any{
				"need_id": rec.Head().ID, "achievement_id": m.AchievementID, "verb": "reject", "reason": "field",
				"rank": i + 1, "shown": len(list.Matches), "score": m.Score, "level": m.Level, "model": m.Model,
			}
			if related(fields[rec.Head().Title], m.Record.Fields) {
				d["verb"], d["reason"] = "accept", ""
			}
			call(t, a, secret, "POST", "/decisions", d, nil)
			decided++
		}
		call(t, a, secret, "GET", path+"?limit=6", nil, &list)
		for _, m := range list.Matches {
			if m.Decision == nil || m.Decision.By != "张三" || m.Decision.Model != m.Model {
				t.Errorf("a decision is not shown: %+v", m)
			}
		}
		return nil
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	outcome, err := Learn(t.Context(), a.cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	m := outcome.Model
	t.Logf("%d decisions: %s\n%v", decided, outcome.Message, m.Figures)
	if m.Version == "" || m.Parent != rank.Default().Version || m.Figures["decisions"] != float64(decided) || m.Figures["sample_pairs"] == 0 {
		t.Fatalf("learned: %+v", outcome)
	}
	if err := a.Store.ActivateModel(t.Context(), m.Kind, m.Version); err != nil { // whatever the comparison said
		t.Fatal(err)
	}
	eventually(t, func() bool { return a.Matcher.Collection().Model() == m.Version })
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	kept := 0
	st, err := OpenStore(t.Context(), a.cfg, Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	err = st.EachImpression(t.Context(), time.Time{}, func(i jiqiao.Impression) error {
		kept++
		if i.By != "张三" || i.First != 1 || len(i.IDs) == 0 || i.Times != 2 {
			t.Errorf("noted: %+v", i)
		}
		return nil
	})
	if err != nil || kept == 0 {
		t.Errorf("%d lists noted, %v", kept, err)
	}
}

func related(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x[:2] == y[:2] {
				return true
			}
		}
	}
	return false
}

func TestJudgedPairs(t *testing.T) {
	a := open(t, settings(t.TempDir()))
	c := a.Matcher.Collection()
	judgements, err := sample.Judgements()
	if err != nil {
		t.Fatal(err)
	}
	sets, err := a.judged(t.Context(), c)
	if err != nil || len(sets) != 1 || len(sets[0].Examples) != len(judgements) {
		t.Fatalf("%d sets, %v", len(sets), err)
	}
	if len(sets[0].Examples[0].X) != len(matcher.FeatureNames()) {
		t.Errorf("vectors of %d features", len(sets[0].Examples[0].X))
	}
	a.cfg.GradedDir = t.TempDir()
	if _, err := a.judged(t.Context(), c); jiqiao.CodeOf(err) != jiqiao.CodeInvalid || !strings.Contains(err.Error(), "graded_dir") {
		t.Errorf("a directory without data: %v", err)
	}
	writeGraded(t, a.cfg.GradedDir)
	sets, err = a.judged(t.Context(), c)
	if err != nil || len(sets) != 2 || len(sets[1].Examples) != 2 || sets[1].Examples[0].Level != jiqiao.LevelStrong {
		t.Errorf("%+v, %v", sets, err)
	}
}

// writeGraded writes a set of two pairs.
func writeGraded(t *testing.T, dir string) {
	t.Helper()
	for name, text := range map[string]string{
		"needs.jsonl":        `{"id":"1","title":"高盐废水处理"}`,
		"achievements.jsonl": `{"id":"8","title":"膜蒸馏处理高盐废水"}` + "\n" + `{"id":"9","title":"碳化硅外延"}`,
		"qrels.tsv":          "need_id\tachievement_id\tlevel\n1\t8\t4\n1\t9\t1\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
