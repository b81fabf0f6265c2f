package queue_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

// hears does the jobs that tell brokers, once they are due, and returns the notices.
func (w *world) hears() []jiqiao.Notice {
	w.t.Helper()
	w.clock.Advance(10 * time.Minute)
	due, err := w.store.ClaimJobs(context.Background(), "w", []string{jiqiao.JobQueueTold}, 100, time.Hour)
	w.must(err)
	for _, j := range due {
		w.must(w.Told(context.Background(), j))
		w.must(w.Told(context.Background(), j)) // a retry
		w.must(w.store.FinishJob(context.Background(), j, jiqiao.JobDone, ""))
	}
	due, err = w.store.ClaimJobs(context.Background(), "w", []string{jiqiao.JobWishTold}, 100, time.Hour)
	w.must(err)
	for _, j := range due {
		w.must(w.WishTold(context.Background(), j))
		w.must(w.store.FinishJob(context.Background(), j, jiqiao.JobDone, ""))
	}
	left, err := w.store.ClaimJobs(context.Background(), "w", []string{jiqiao.JobNotice}, 100, time.Hour)
	w.must(err)
	var told []jiqiao.Notice
	for _, j := range left {
		var n jiqiao.Notice
		w.must(json.Unmarshal(j.Payload, &n))
		told = append(told, n)
		w.must(w.store.FinishJob(context.Background(), j, jiqiao.JobDone, ""))
	}
	return told
}

func TestBrokersHearOfNewCandidatesOnce(t *testing.T) {
	w, all := queued(t, 5)
	told := w.hears()
	if len(told) != 1 {
		t.Fatalf("%d notices, want one for all", len(told))
	}
	want := jiqiao.Notice{
		Template: "candidate.placed", Users: []string{"u_1"}, Object: jiqiao.Ref{Type: "queue"}, Key: told[0].Key,
		Data: map[string]string{"count": "5", "list": told[0].Data["list"]},
	}
	if diff := cmp.Diff(want, told[0]); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if list := told[0].Data["list"]; list != "1. 需求000 × 成果000\n2. 需求001 × 成果001\n3. 需求002 × 成果002\n……另有 2 条" {
		t.Errorf("named:\n%s", list)
	}
	// Matching anew brings nothing new.
	rec, err := w.store.Get(context.Background(), jiqiao.KindNeed, all[0].NeedID)
	w.must(err)
	w.fill(rec)
	if told = w.hears(); len(told) != 0 {
		t.Errorf("told of what is known: %+v", told)
	}
	// One alone is led to.
	need := w.need("新的需求", "20101")
	w.match(need, jiqiao.LevelFair, w.achievement("新的成果"))
	w.fill(need)
	told = w.hears()
	if len(told) != 1 || told[0].Object.Type != "candidate" || told[0].Data["count"] != "1" || told[0].Data["list"] != "1. 新的需求 × 新的成果" {
		t.Errorf("told %+v", told)
	}
	// What is decided before anybody is told is no news.
	late := w.need("再一个需求", "20101")
	w.match(late, jiqiao.LevelFair, w.achievement("再一个成果"))
	w.fill(late)
	_, err = w.Decide(context.Background(), viewer("u_1"), accept(w.all()[0].ID))
	w.must(err)
	if told = w.hears(); len(told) != 0 {
		t.Errorf("told of what is decided: %+v", told)
	}
	w.fails(jiqiao.CodeInvalid, w.Told(context.Background(), jiqiao.Job{Key: "u_1", Payload: []byte("{")}))
}
