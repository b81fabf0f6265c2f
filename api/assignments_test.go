package api

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
)

// planner keeps runs and assignments in the store and does nothing about them.
type planner struct{ *store.Store }

func (p planner) StartMatchRun(ctx context.Context, params jiqiao.MatchRunParams, restart bool) (jiqiao.MatchRun, error) {
	if err := params.Validate(); err != nil {
		return jiqiao.MatchRun{}, err
	}
	running, err := p.Store.MatchRuns(ctx, jiqiao.RunRunning, 1)
	if err != nil || len(running) > 0 && !restart {
		return running[0], err
	}
	raw, err := json.Marshal(params)
	if err != nil {
		return jiqiao.MatchRun{}, err
	}
	run := jiqiao.MatchRun{Kind: jiqiao.KindNeed, Params: raw, State: jiqiao.RunRunning, Total: 5}
	return run, p.SaveMatchRun(ctx, &run, nil)
}

func (p planner) MatchRuns(ctx context.Context, limit int) ([]jiqiao.MatchRun, error) {
	return p.Store.MatchRuns(ctx, "", limit)
}

func (p planner) CancelMatchRun(ctx context.Context, id string) (jiqiao.MatchRun, error) {
	run, err := p.GetMatchRun(ctx, id)
	if err != nil {
		return run, err
	}
	run.State = jiqiao.RunCancelled
	return run, p.SaveMatchRun(ctx, &run, nil)
}

func (p planner) StartAssignment(ctx context.Context, params jiqiao.AssignmentParams) (jiqiao.Assignment, error) {
	a := jiqiao.Assignment{Params: params, State: jiqiao.RunRunning, Stage: "等待开始", Week: "2026-11-16"}
	return a, p.SaveAssignment(ctx, &a, nil)
}

func (p planner) Assignments(ctx context.Context, limit int) ([]jiqiao.Assignment, error) {
	return p.Store.Assignments(ctx, "", time.Time{}, limit)
}

func (p planner) CancelAssignment(ctx context.Context, id string) (jiqiao.Assignment, error) {
	a, err := p.GetAssignment(ctx, id)
	if err != nil {
		return a, err
	}
	a.State = jiqiao.RunCancelled
	return a, p.SaveAssignment(ctx, &a, nil)
}

// begin sends a POST that begins a job and decodes it into v.
func (w *world) begin(t *testing.T, path, body string, v any) {
	t.Helper()
	rec := w.do(ask{method: "POST", path: path, as: writer, body: body})
	if rec.Code != http.StatusAccepted {
		t.Fatalf("%s: %d %s", path, rec.Code, rec.Body)
	}
	var named struct{ ID string }
	for _, into := range []any{v, &named} {
		if err := json.Unmarshal(plain(t, rec), into); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := rec.Header().Get("Location"), path+"/"+named.ID; got != want {
		t.Errorf("location %q, want %q", got, want)
	}
}

func TestMatchRuns(t *testing.T) {
	w := newWorld(t)
	const all = "/api/v1/match-runs"
	if got := w.do(ask{path: all, as: reader}); got.Body.String() != `{"runs":[]}` {
		t.Errorf("none yet: %s", got.Body)
	}
	var first, same, other jiqiao.MatchRun
	w.begin(t, all, `{}`, &first)
	w.begin(t, all, `{"limit":10}`, &same)
	w.begin(t, all, `{"limit":10,"restart":true}`, &other)
	if first.ID != same.ID || other.ID == first.ID || string(first.Params) != `{"limit":50}` || string(other.Params) != `{"limit":10}` {
		t.Errorf("begun: %+v, %+v, %+v", first, same, other)
	}
	post := func(as jiqiao.Scope, path, body string) ask {
		return ask{method: "POST", path: all + path, as: as, body: body}
	}
	w.play(t, []scenario{
		{name: "the public may not begin", ask: post("", "", `{}`), status: 401},
		{name: "nor who reads", ask: post(insider, "", `{}`), status: 403},
		{name: "nor look", ask: ask{path: all}, status: 401},
		{name: "a limit out of bounds", ask: post(writer, "", `{"limit":0}`), status: 400, has: []string{`"limit"`, "1～100"}},
		{name: "unknown fields", ask: post(writer, "", `{"kind":"need"}`), status: 400, has: []string{`"kind"`}},
		{name: "all", ask: ask{path: all, as: reader}, status: 200, has: []string{first.ID, other.ID}},
		{name: "the newest", ask: ask{path: all + "?limit=1", as: reader}, status: 200, has: []string{other.ID}, lacks: []string{first.ID}},
		{name: "too many", ask: ask{path: all + "?limit=1000", as: reader}, status: 400, has: []string{`"limit"`}},
		{name: "one", ask: ask{path: all + "/" + first.ID, as: reader}, status: 200, has: []string{`"running"`, `"total":5`}},
		{name: "one that is not there", ask: ask{path: all + "/r_00000000000000000000", as: reader}, status: 404},
		{name: "cancelling needs the right", ask: post(insider, "/"+first.ID+"/cancel", ""), status: 403},
		{name: "cancel", ask: post(writer, "/"+first.ID+"/cancel", ""), status: 200, has: []string{`"cancelled"`}},
		{name: "cancel twice", ask: post(writer, "/"+first.ID+"/cancel", ""), status: 409, has: []string{"已结束"}},
		{name: "cancel nothing", ask: post(writer, "/r_00000000000000000000/cancel", ""), status: 404},
	})
}

func TestAssignments(t *testing.T) {
	w := newWorld(t)
	const all = "/api/v1/assignments"
	if got := w.do(ask{path: all, as: insider}); got.Body.String() != `{"assignments":[]}` {
		t.Errorf("none yet: %s", got.Body)
	}
	var plainOne, full jiqiao.Assignment
	w.begin(t, all, `{}`, &plainOne)
	w.begin(t, all, `{"per_need":0,"per_achievement":2,"per_team":4,"per_broker":5,"min_level":4,"fairness":0,"trial":true,"rematch":true,
		"brokers":[{"name":"王五","fields":["20"],"regions":["320900"],"capacity":7},{"name":"李四"}]}`, &full)
	if diff := cmp.Diff(jiqiao.DefaultAssignmentParams(), plainOne.Params); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
	want := jiqiao.AssignmentParams{
		PerAchievement: 2, PerTeam: 4, PerBroker: 5, MinLevel: 4, Trial: true, Rematch: true,
		Brokers: []jiqiao.BrokerQuota{{Name: "王五", Fields: []string{"20"}, Regions: []string{"320900"}, Capacity: 7}, {Name: "李四"}},
	}
	if diff := cmp.Diff(want, full.Params); diff != "" {
		t.Errorf("all given (-want +got):\n%s", diff)
	}
	w.finish(t, &full)
	post := func(as jiqiao.Scope, path, body string) ask {
		return ask{method: "POST", path: all + path, as: as, body: body}
	}
	items := all + "/" + full.ID + "/items"
	w.play(t, []scenario{
		{name: "the public may not begin", ask: post("", "", `{}`), status: 401},
		{name: "nor who reads", ask: post(insider, "", `{}`), status: 403},
		{name: "readers of contacts may not look", ask: ask{path: all, as: reader}, status: 403},
		{name: "nor at items", ask: ask{path: items, as: reader}, status: 403},
		{name: "nor the public", ask: ask{path: items + ".xlsx"}, status: 401},
		{name: "nonsense", ask: post(writer, "", `{"per_need":-1,"min_level":1,"fairness":2,"brokers":[{"name":""}]}`), status: 400, has: []string{`"per_need"`, `"min_level"`, `"fairness"`, `"brokers[0].name"`}},
		{name: "unknown fields", ask: post(writer, "", `{"brokers":[{"nam":"王"}]}`), status: 400, has: []string{"nam"}},
		{name: "all", ask: ask{path: all, as: insider}, status: 200, has: []string{plainOne.ID, full.ID, `"gini":0.5`}},
		{name: "the newest", ask: ask{path: all + "?limit=1", as: insider}, status: 200, has: []string{full.ID}, lacks: []string{plainOne.ID}},
		{name: "a wrong limit", ask: ask{path: all + "?limit=x", as: insider}, status: 400, has: []string{`"limit"`}},
		{name: "one under way", ask: ask{path: all + "/" + plainOne.ID, as: insider}, status: 200, has: []string{"等待开始", `"running"`}, lacks: []string{"summary"}},
		{name: "one that is done", ask: ask{path: all + "/" + full.ID, as: insider}, status: 200, has: []string{`"given_up":0.25`, `"unplaced":{"no_candidate":1}`}},
		{name: "one that is not there", ask: ask{path: all + "/s_00000000000000000000", as: insider}, status: 404},
		{name: "items", ask: ask{path: items, as: insider}, status: 200, has: []string{`"total":3`, "净水", "没有找到相关的成果", "名额已满"}},
		{name: "a page", ask: ask{path: items + "?limit=1&cursor=1", as: insider}, status: 200, has: []string{`"line":2`, `"next":"2"`}, lacks: []string{`"line":1`, `"line":3`}},
		{name: "of a kind", ask: ask{path: items + "?outcome=placed&need=n_1&achievement=a_1&broker=%E7%8E%8B%E4%BA%94", as: insider}, status: 200, has: []string{`"total":1`, "净水"}},
		{name: "by reason", ask: ask{path: items + "?reason=no_candidate", as: insider}, status: 200, has: []string{`"total":1`, `"outcome":"need"`}},
		{name: "of no kind", ask: ask{path: items + "?outcome=x", as: insider}, status: 400, has: []string{`"outcome"`}},
		{name: "from nowhere", ask: ask{path: items + "?cursor=x", as: insider}, status: 400, has: []string{"cursor"}},
		{name: "exported", ask: ask{path: items + ".xlsx", as: insider}, status: 200, has: []string{full.ID + " 1 净水 膜 很配", " 3 "}},
		{name: "exported in part", ask: ask{path: items + ".xlsx?outcome=need", as: insider}, status: 200, has: []string{" 2 "}, lacks: []string{" 1 ", " 3 "}},
		{name: "not exported", ask: ask{path: items + ".xlsx?outcome=x", as: insider}, status: 400},
		{name: "nothing to export", ask: ask{path: all + "/s_00000000000000000000/items.xlsx", as: insider}, status: 404},
		{name: "cancelling needs the right", ask: post(insider, "/"+full.ID+"/cancel", ""), status: 403},
		{name: "take back", ask: post(writer, "/"+full.ID+"/cancel", ""), status: 200, has: []string{`"cancelled"`}},
		{name: "cancel nothing", ask: post(writer, "/s_00000000000000000000/cancel", ""), status: 404},
	})
}

// finish writes what an assignment came to.
func (w *world) finish(t *testing.T, a *jiqiao.Assignment) {
	t.Helper()
	a.State, a.Stage = jiqiao.RunDone, ""
	a.Summary = &jiqiao.AssignmentSummary{Placed: 1, GivenUp: .25, Before: jiqiao.Exposure{Gini: .5}, Unplaced: map[string]int{"no_candidate": 1}}
	err := w.store.SaveAssignment(t.Context(), a, []jiqiao.AssignmentItem{
		{Line: 1, Outcome: jiqiao.OutcomePlaced, NeedID: "n_1", Need: "净水", AchievementID: "a_1", Achievement: "膜", Broker: "王五",
			Score: .5, Level: 3, LevelLabel: "较强", Benefit: .6, NeedRank: 1, AchievementRank: 2, Text: "很配"},
		{Line: 2, Outcome: jiqiao.OutcomeNeed, NeedID: "n_2", Need: "增压", Reason: "no_candidate", Text: "没有找到相关的成果"},
		{Line: 3, Outcome: jiqiao.OutcomeAchievement, AchievementID: "a_2", Achievement: "泵", Reason: "need_taken", Text: "名额已满"},
	})
	if err != nil {
		t.Fatal(err)
	}
}
