package matcher_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"

	"jiqiao"
	"jiqiao/matcher"
)

// subjects is what a store would stream after an id.
func subjects(n int, after string) iter.Seq2[jiqiao.Record, error] {
	return func(yield func(jiqiao.Record, error) bool) {
		for i := range n {
			id := fmt.Sprintf("n_%04d", i)
			if id > after && !yield(need(id, "碳化硅烧结银", "空洞率"), nil) {
				return
			}
		}
	}
}

func TestMatchAllResumes(t *testing.T) {
	m, _, _ := world(t, stock()...)
	const total = 200
	var emitted []string
	checkpoint := ""
	stop := errors.New("stop")
	run := func(failAt int) (int, error) {
		return m.MatchAll(t.Context(), subjects(total, checkpoint), matcher.Batch{
			Query: jiqiao.MatchQuery{Brief: true, Limit: 3},
			Emit: func(_ context.Context, subject jiqiao.Record, list jiqiao.MatchList) error {
				if len(emitted) == failAt {
					return stop
				}
				if list.Matches[0].AchievementID != "a_3" {
					t.Errorf("best of %s is %s", subject.Head().ID, list.Matches[0].AchievementID)
				}
				emitted = append(emitted, subject.Head().ID)
				return nil
			},
			Checkpoint: func(_ context.Context, last jiqiao.Record, _ int) error {
				checkpoint = last.Head().ID
				return nil
			},
		})
	}
	if done, err := run(150); !errors.Is(err, stop) || done != 128 {
		t.Fatalf("done %d, %v; want the two chunks before the failure", done, err)
	}
	if checkpoint != "n_0127" {
		t.Fatalf("checkpoint at %s", checkpoint)
	}
	emitted = emitted[:128] // what the failed transaction wrote is gone
	done, err := run(-1)
	if err != nil || done != total-128 {
		t.Fatalf("done %d, %v", done, err)
	}
	for i, id := range emitted {
		if want := fmt.Sprintf("n_%04d", i); id != want {
			t.Fatalf("emitted %s at place %d", id, i)
		}
	}
	if len(emitted) != total {
		t.Errorf("emitted %d", len(emitted))
	}
}

func TestMatchAllStops(t *testing.T) {
	m, _, store := world(t, stock()...)
	emit := func(context.Context, jiqiao.Record, jiqiao.MatchList) error { return nil }
	broken := errors.New("broken")
	if done, err := m.MatchAll(t.Context(), func(yield func(jiqiao.Record, error) bool) {
		_ = yield(store["n_1"], nil) && yield(nil, broken)
	}, matcher.Batch{Emit: emit}); !errors.Is(err, broken) || done != 0 {
		t.Errorf("a broken source: done %d, %v", done, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.MatchAll(ctx, subjects(10, ""), matcher.Batch{Emit: emit}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run: %v", err)
	}
	if done, err := m.MatchAll(t.Context(), subjects(0, ""), matcher.Batch{Emit: emit}); err != nil || done != 0 {
		t.Errorf("nothing to do: %d, %v", done, err)
	}
}
