package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func TestAssign(t *testing.T) {
	s := withSample(t)
	brokers := s.file("经理人.csv", "\ufeff姓名,领域,地区,名额\n王五,新材料；电子信息,,40\n李四\n")
	sheetFile, table, lines := filepath.Join(s.dir, "推荐.xlsx"), filepath.Join(s.dir, "推荐.csv"), filepath.Join(s.dir, "推荐.jsonl")
	var trial, first, shown jiqiao.Assignment
	flags := []string{"assign", "--min-level", "弱", "--per-need", "2", "--per-team", "0", "--fairness", "0.1", "--brokers", brokers}
	s.json(&trial, append(flags[:len(flags):len(flags)], "--trial", "-o", table)...)
	if trial.State != jiqiao.RunDone || trial.Summary == nil || trial.Summary.Placed == 0 {
		t.Fatalf("assigned: %+v", trial)
	}
	want := jiqiao.AssignmentParams{
		PerNeed: 2, PerAchievement: 3, PerBroker: 30, MinLevel: jiqiao.LevelWeak, Fairness: 0.1, Trial: true,
		Brokers: []jiqiao.BrokerQuota{{Name: "王五", Fields: []string{"40", "10"}, Capacity: 40}, {Name: "李四"}},
	}
	if diff := cmp.Diff(want, trial.Params); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	text := s.ok(append(flags, "-o", sheetFile)...)
	for _, want := range []string{"推荐", "条中的", "单位基尼系数", "不超过 0.0", "s_"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	if raw, err := os.ReadFile(sheetFile); err != nil || !bytes.HasPrefix(raw, []byte("PK")) {
		t.Errorf("workbook: %v", err)
	}
	if raw, err := os.ReadFile(table); err != nil || strings.Count(string(raw), "推荐,") < trial.Summary.Placed {
		t.Errorf("table: %v", err)
	}
	id := assignmentIn.FindString(text)
	s.json(&shown, "assign", "--show", id, "-o", lines)
	if raw, err := os.ReadFile(lines); err != nil || strings.Count(string(raw), `"outcome":"placed"`) != shown.Summary.Placed {
		t.Errorf("lines: %v", err)
	}
	if shown.ID != id || shown.Summary.Placed != trial.Summary.Placed {
		t.Errorf("a trial took places: %+v, then %+v", trial.Summary, shown.Summary)
	}
	if text := s.ok("assign", "--cancel", id); !strings.Contains(text, "已取消 "+id) {
		t.Errorf("cancelled: %s", text)
	}
	s.json(&first, flags...)
	if first.Summary.Placed != shown.Summary.Placed {
		t.Errorf("after it was taken back %d are placed, want %d", first.Summary.Placed, shown.Summary.Placed)
	}
	s.fails(exitFailed, []string{"已取消"}, "assign", "--show", id)
	s.fails(exitFailed, []string{"不存在"}, "assign", "--show", "s_00000000000000000000")
	s.fails(exitFailed, []string{"不存在"}, "assign", "--cancel", "s_00000000000000000000")
	s.fails(exitFailed, []string{"per_need"}, "assign", "--per-need", "-1")
}

var assignmentIn = regexp.MustCompile(`s_[0-9a-z]{20}`)

func TestBrokerLists(t *testing.T) {
	s := newSession(t)
	want := []jiqiao.BrokerQuota{{Name: "王五", Fields: []string{"40", "20101"}, Regions: []string{"320900"}, Capacity: 7}, {Name: "李四"}}
	for _, path := range []string{
		s.file("a.csv", "姓名,领域,地区,名额\n王五,新材料；20101,盐城市, 7\n\n李四,,,\n"),
		s.file("b.csv", "王五,40、20101,320900,7\n李四\n"),
		s.file("c.json", `[{"name":"王五","fields":["40","20101"],"regions":["320900"],"capacity":7},{"name":"李四"}]`),
	} {
		got, err := readBrokers(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	for _, c := range []struct {
		path  string
		hints []string
	}{
		{s.file("d.csv", "王五,天文,火星,多\n"), []string{"第 1 行", "「天文」", "「火星」", "「多」"}},
		{s.file("e.csv", "王五,\"新\n"), []string{"CSV"}},
		{s.file("f.json", `{"name":"王五"}`), []string{"JSON"}},
		{s.file("g.json", `[{"nam":"王五"}]`), []string{"JSON"}},
		{"/no/such.csv", []string{"无法打开"}},
	} {
		s.fails(exitFailed, c.hints, "assign", "--brokers", c.path)
	}
}

// TestJobsBesideAService leaves work for a running service, through the database and over HTTP.
func TestJobsBesideAService(t *testing.T) {
	s := withSample(t)
	lines, stop := s.started("serve")
	base := s.address(lines)
	var run, again jiqiao.MatchRun
	table := filepath.Join(s.dir, "匹配.csv")
	s.json(&run, "match", "--all", "--limit", "3", "-o", table)
	if run.State != jiqiao.RunDone || run.Done == 0 {
		t.Errorf("beside the service: %+v", run)
	}
	if raw, err := os.ReadFile(table); err != nil || strings.Count(string(raw), "\n") < run.Done {
		t.Errorf("its table: %v", err)
	}
	s.fails(exitFailed, []string{"令牌"}, "match", "--all", "--server", base)
	token := s.ok("token", "create", "测试", "--scope", "write")
	t.Setenv("JIQIAO_TOKEN", tokenIn(t, token))
	s.json(&again, "match", "--all", "--limit", "3", "--server", base)
	if again.State != jiqiao.RunDone || again.ID == run.ID || again.Done != run.Done {
		t.Errorf("over HTTP: %+v", again)
	}
	var near, far jiqiao.Assignment
	items := filepath.Join(s.dir, "推荐.jsonl")
	s.json(&near, "assign", "--trial", "--min-level", "2")
	s.json(&far, "assign", "--trial", "--min-level", "2", "--server", base, "-o", items)
	if near.MatchRun != again.ID || far.Summary == nil || near.Summary == nil || far.Summary.Placed != near.Summary.Placed {
		t.Errorf("assigned near %+v, far %+v", near, far)
	}
	if raw, err := os.ReadFile(items); err != nil || strings.Count(string(raw), `"outcome":"placed"`) != far.Summary.Placed {
		t.Errorf("items over HTTP: %v", err)
	}
	for _, server := range [][]string{nil, {"--server", base}} {
		s.fails(exitFailed, []string{"已结束"}, append([]string{"match", "--cancel", run.ID}, server...)...)
		if text := s.ok(append([]string{"assign", "--cancel", far.ID}, server...)...); !strings.Contains(text, far.ID) {
			t.Errorf("cancelled: %s", text)
		}
		far = near
	}
	if o := stop(); o.code != exitOK {
		t.Errorf("the service ends with %d: %s", o.code, o.err)
	}
}

// tokenIn finds the secret in what token create prints.
func tokenIn(t *testing.T, text string) string {
	t.Helper()
	for word := range strings.FieldsSeq(text) {
		if strings.HasPrefix(word, "jiqiao_") {
			return word
		}
	}
	t.Fatalf("no token in %q", text)
	return ""
}
