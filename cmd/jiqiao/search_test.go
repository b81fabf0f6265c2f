package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/internal/app"
)

// answer is what the tests read of a search or a match.
type answer struct {
	Total int
	Hits  []struct {
		Record struct{ ID, Title, Region string }
	}
	Matches []struct {
		Score  float64
		Record struct{ ID, Title, Region string }
	}
	Facets []jiqiao.Facet
	Next   string
}

func TestSearch(t *testing.T) {
	s := withSample(t)
	var all, city, byCode, page, next answer
	s.json(&all, "search", "achievement")
	s.json(&city, "search", "achievement", "--region", "盐城市", "--facets")
	s.json(&byCode, "search", "成果", "--region", "320900")
	if city.Total == 0 || city.Total >= all.Total || byCode.Total != city.Total {
		t.Errorf("%d in all, %d by name of the city, %d by its code", all.Total, city.Total, byCode.Total)
	}
	for _, h := range city.Hits {
		if !strings.HasPrefix(h.Record.Region, "3209") {
			t.Errorf("%s is in %s", h.Record.Title, h.Record.Region)
		}
	}
	if len(city.Facets) == 0 {
		t.Error("no facets")
	}
	s.json(&page, "search", "need", "--limit", "2")
	s.json(&next, "search", "need", "--limit", "2", "--cursor", page.Next)
	if len(page.Hits) != 2 || len(next.Hits) != 2 || page.Hits[0].Record.ID == next.Hits[0].Record.ID {
		t.Errorf("pages: %+v, %+v", page, next)
	}
	text := s.ok("search", "need", "污水", "--facets", "--limit", "1")
	for _, want := range []string{"共 ", "n_", "行业：", "地区："} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	s.fails(exitFailed, []string{"regions", "没有「天上」"}, "search", "need", "--region", "天上")
	s.fails(exitFailed, []string{"limit"}, "search", "need", "--limit", "-3")
	s.fails(exitFailed, []string{"sort"}, "search", "need", "--sort", "beauty")
}

func TestFiltersByNameAndNumber(t *testing.T) {
	s := withSample(t)
	for _, filter := range [][]string{
		{"--industry", "C39"}, {"--field", "新材料"}, {"--emerging", "新能源"}, {"--cooperation", "技术转让"},
		{"--budget", "50～200 万元"}, {"--status", "*"}, {"--year", "2025,2026"}, {"--trl-min", "4", "--trl-max", "9"},
	} {
		var got answer
		if s.json(&got, append([]string{"search", "need"}, filter...)...); got.Total == 0 {
			t.Errorf("%v finds nothing", filter)
		}
	}
}

func TestMatch(t *testing.T) {
	s := withSample(t)
	var needs, byID, byText, near answer
	s.json(&needs, "search", "need", "碳化硅模块", "--limit", "1")
	id := needs.Hits[0].Record.ID
	s.json(&byID, "match", id, "--limit", "3")
	if len(byID.Matches) != 3 || byID.Matches[0].Score < byID.Matches[2].Score {
		t.Fatalf("matches of %s: %+v", needs.Hits[0].Record.Title, byID.Matches)
	}
	text := s.ok("match", id, "--limit", "3")
	for _, want := range []string{" 1. [", byID.Matches[0].Record.Title, "相同用语：", "需求：", "成果：", "【"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	path := s.file("需求.txt", needs.Hits[0].Record.Title)
	s.json(&byText, "match", "--kind", "need", "--text", path)
	if len(byText.Matches) == 0 || byText.Matches[0].Record.ID != byID.Matches[0].Record.ID {
		t.Errorf("the title as a text matches %+v", byText.Matches)
	}
	s.json(&near, "match", "--text", path, "--region", "盐城市")
	for _, m := range near.Matches {
		if !strings.HasPrefix(m.Record.Region, "3209") {
			t.Errorf("--text does not heed --region: %s is in %s", m.Record.Title, m.Record.Region)
		}
	}
	if o := s.feed("纳米银烧结空洞率", "match", "--text", "-"); o.code != exitOK || !strings.Contains(o.out, "评估了") {
		t.Errorf("standard input: %+v", o)
	}
	if o := s.feed("明天去爬山，晚上吃火锅。", "match", "--text", "-"); !strings.HasPrefix(o.out, "暂无合适成果。最接近的是“") {
		t.Errorf("nothing fits: %+v", o)
	}
	s.fails(exitFailed, []string{"text"}, "match", "--text", s.file("空.txt", ""))
	s.fails(exitFailed, []string{"不是文字文件"}, "match", "--text", s.file("需求.docx", "PK\x03\x04\x00\x00银膏"))
	s.fails(exitFailed, []string{"是目录"}, "match", "--text", s.dir)
	s.fails(exitFailed, []string{"无法打开"}, "match", "--text", "/no/such.txt")
	s.fails(exitFailed, []string{"错误："}, "match", "n_00000000000000000000")
}

// TestMatchAllGoesOn interrupts a run as Ctrl-C does and starts the same command line again.
func TestMatchAllGoesOn(t *testing.T) {
	s := withSample(t)
	args := []string{"match", "--all", "--limit", "2"}
	var second, third, fresh jiqiao.MatchRun
	first := s.interruptedRun(t)
	s.json(&second, args...)
	if second.ID != first.ID || second.State != jiqiao.RunDone || second.Done <= first.Done {
		t.Errorf("went on with %+v after %+v", second, first)
	}
	s.json(&third, args...)
	if third.ID == first.ID {
		t.Error("a finished run was gone on with")
	}
	first = s.interruptedRun(t)
	s.json(&fresh, append(args[:len(args):len(args)], "--restart")...)
	if fresh.ID == first.ID || fresh.Done != second.Done {
		t.Errorf("--restart: %+v after %+v", fresh, first)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if o := s.within(ctx, nil, args...); o.code != exitFailed || !strings.Contains(o.err, "已中断") || o.out != "" {
		t.Errorf("interrupted at once: %+v", o)
	}
}

// interruptedRun leaves a run with a limit of 2 in the state after its first checkpoint.
func (s *session) interruptedRun(t *testing.T) jiqiao.MatchRun {
	t.Helper()
	a := s.open(t)
	a.Follow()
	if err := a.WaitCaughtUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	run, err := a.StartMatchRun(t.Context(), jiqiao.MatchRunParams{Limit: 2}, false)
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	if err := a.Store.Each(t.Context(), run.Kind, "", func(rec jiqiao.Record) error {
		run.Cursor, run.Done = rec.Head().ID, run.Done+1
		if run.Done == 10 {
			return enough
		}
		return nil
	}); !errors.Is(err, enough) {
		t.Fatal(err)
	}
	if err := a.Store.SaveMatchRun(t.Context(), &run, nil); err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	return run
}

// open opens the service over the session's data.
func (s *session) open(t *testing.T) *app.App {
	t.Helper()
	c := &cli{cfg: s.config(), log: newLogger(new(bytes.Buffer), s.config())}
	a, err := c.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEvalGraded(t *testing.T) {
	s := newSession(t)
	dir := t.TempDir()
	topics := []string{"碳化硅外延片厚度均匀性", "高盐废水蒸发结晶", "铝合金激光焊接飞溅", "锂电池热失控预警", "水稻秸秆制氢", "轴承钢夹杂物控制"}
	var needs, achievements, qrels strings.Builder
	qrels.WriteString("need_id\tachievement_id\tlevel\n")
	for i, topic := range topics {
		fmt.Fprintf(&needs, `{"id":"n%d","title":"提升%s水平","content":"企业需要%s技术"}`+"\n", i, topic, topic)
		fmt.Fprintf(&achievements, `{"id":"a%d","title":"%s方法","content":"一种%s的方法"}`+"\n", i, topic, topic)
		for j := range topics {
			level := 1
			if i == j {
				level = 4
			}
			fmt.Fprintf(&qrels, "n%d\ta%d\t%d\n", i, j, level)
		}
	}
	for name, b := range map[string]*strings.Builder{"needs.jsonl": &needs, "achievements.jsonl": &achievements, "qrels.tsv": &qrels} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := filepath.Join(t.TempDir(), "run.tsv")
	var report struct {
		Rows []struct {
			Name    string
			Figures []struct{ Value float64 }
		}
	}
	s.json(&report, "eval", "graded", dir, "--run", run)
	if len(report.Rows) < 4 || len(report.Rows[0].Figures) == 0 || report.Rows[0].Figures[0].Value < 0.999 {
		t.Errorf("the matcher must rank every partner first, beside three baselines: %+v", report)
	}
	written, err := os.ReadFile(run)
	if err != nil || strings.Count(string(written), "\n") < len(topics)*len(topics) {
		t.Errorf("run file: %v\n%s", err, written)
	}
	if text := s.ok("eval", "graded", dir); !strings.Contains(text, "nDCG@10") {
		t.Errorf("text: %s", text)
	}
	s.fails(exitFailed, []string{"评测目录"}, "eval", "graded", t.TempDir())
	s.fails(exitFailed, []string{"评测目录"}, "eval", "retrieval", "/no/such")
}
