package app

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestTaskIsStartedAgainAfterAPanic(t *testing.T) {
	var logged strings.Builder
	tk := newTasks(slog.New(slog.NewTextHandler(&logged, nil)))
	starts := make(chan int, 8)
	n := 0
	tk.keep("flaky", func(ctx context.Context) error {
		n++
		starts <- n
		switch n {
		case 1:
			panic("first")
		case 2:
			return errors.New("second")
		}
		<-ctx.Done()
		return nil
	})
	for want := 1; want <= 3; want++ {
		if got := <-starts; got != want {
			t.Fatalf("start %d, want %d", got, want)
		}
	}
	if err := tk.stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"flaky panicked: first", "second"} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("log lacks %q:\n%s", want, logged.String())
		}
	}
}

func TestStopIsBounded(t *testing.T) {
	tk := newTasks(slog.New(slog.DiscardHandler))
	release := make(chan struct{})
	defer close(release)
	tk.keep("deaf", func(context.Context) error { <-release; return nil })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tk.stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
