package app

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/index/zh"
	"jiqiao/matcher/clinic/codes"
)

// diagnosis asks the service about a text.
func diagnosis(t *testing.T, a *App, text string) (d struct {
	Completeness int
	Questions    []jiqiao.DraftQuestion
	Similar      []struct {
		ID         string
		LevelLabel string `json:"level_label"`
	}
},
) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"kind": "need", "text": text})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := a.Client().Post("http://jiqiao/api/v1/clinic", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(&d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestClinicServes(t *testing.T) {
	a := following(t, settings(t.TempDir()))
	n := need("提高轴承钢丝表面处理的附着力")
	n.Problem = "磷化皂化工序酸洗废水多，膜层附着力不足，拉拔时脱落，返工率较高。"
	put(t, a.Store, n)
	caughtUp(t, a)
	d := diagnosis(t, a, "提高轴承钢丝表面处理的附着力\n磷化皂化工序酸洗废水多，膜层附着力不足，拉拔时脱落，返工率较高。")
	if d.Completeness == 0 || len(d.Questions) == 0 {
		t.Errorf("%+v", d)
	}
	if len(d.Similar) != 1 || d.Similar[0].ID != n.ID || d.Similar[0].LevelLabel != "重复" {
		t.Errorf("similar: %+v", d.Similar)
	}
}

// log is a change log in memory.
type changeLog struct {
	records map[string]jiqiao.Record
	changes []jiqiao.Change
	fail    error
	wake    chan bool
}

func (l *changeLog) Changes(_ context.Context, after int64, _ int) ([]jiqiao.Change, error) {
	return l.changes[after:], l.fail
}

func (l *changeLog) LastSeq(context.Context) (int64, error) { return int64(len(l.changes)), l.fail }

func (l *changeLog) WaitChange(ctx context.Context, _ int64) error {
	select {
	case l.wake <- true:
		<-l.wake
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *changeLog) GetMany(_ context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error) {
	var out []jiqiao.Record
	for _, id := range ids {
		if r := l.records[id]; r != nil && r.Kind() == kind {
			out = append(out, r)
		}
	}
	return out, l.fail
}

func (l *changeLog) Each(_ context.Context, kind jiqiao.Kind, _ string, fn func(jiqiao.Record) error) error {
	for _, r := range l.records {
		if r.Kind() == kind {
			if err := fn(r); err != nil {
				return err
			}
		}
	}
	return l.fail
}

func TestCodesAreLearnedAsRecordsCome(t *testing.T) {
	analyzer, err := zh.New(zh.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := codes.New(codes.Default(analyzer.Fold), func() *zh.Analyzer { return analyzer })
	incense := func(id string) *jiqiao.Need {
		return &jiqiao.Need{Header: jiqiao.Header{ID: id, Status: jiqiao.StatusPublished, Title: "藏香配方改良", Industries: []string{"C26"}}, Problem: "藏香手工搓制，留香时间短"}
	}
	sections := incense("").Sections()
	points := func() float64 {
		for _, p := range s.Probabilities("industry", sections) {
			if p.Code == "C26" {
				return p.Value
			}
		}
		return 0
	}
	source := &changeLog{records: map[string]jiqiao.Record{"n_1": incense("n_1")}, changes: []jiqiao.Change{{Seq: 1, Kind: jiqiao.KindNeed, ID: "n_1"}}, wake: make(chan bool)}
	l := &codeLearner{source: source, suggester: s}
	before := points()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- l.run(ctx) }()
	step := func(change func()) float64 {
		<-source.wake
		p := points()
		if change != nil {
			change()
			source.wake <- true
		}
		return p
	}
	one := step(func() {
		source.records["n_2"] = incense("n_2")
		source.changes = append(source.changes, jiqiao.Change{Seq: 2, Kind: jiqiao.KindNeed, ID: "n_2"})
	})
	two := step(func() {
		delete(source.records, "n_1")
		delete(source.records, "n_2")
		source.changes = append(source.changes, jiqiao.Change{Seq: 3, Kind: jiqiao.KindNeed, ID: "n_1"}, jiqiao.Change{Seq: 4, Kind: jiqiao.KindNeed, ID: "n_2"})
	})
	gone := step(nil)
	cancel()
	select {
	case source.wake <- true:
	case <-time.After(10 * time.Second):
		t.Fatal("it does not wait")
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if !(before < one && one < two) || gone != before {
		t.Errorf("%f before, %f after one, %f after two, %f without", before, one, two, gone)
	}
	source.fail = errors.New("database gone")
	if err := (&codeLearner{source: source, suggester: s}).run(t.Context()); err == nil {
		t.Error("goes on without a database")
	}
}
