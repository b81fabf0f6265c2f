package learn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

// shelf is a registry with one model for each kind.
type shelf struct {
	mu     sync.Mutex
	active map[jiqiao.ModelKind]string
	asked  int
	down   bool
}

func (s *shelf) set(kind jiqiao.ModelKind, version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active[kind] = version
}

func (s *shelf) ActiveVersion(_ context.Context, kind jiqiao.ModelKind) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.down {
		return "", errors.New("down")
	}
	return s.active[kind], nil
}

func (s *shelf) ActiveModel(_ context.Context, kind jiqiao.ModelKind) (jiqiao.ModelVersion, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active[kind] == "" {
		return jiqiao.ModelVersion{}, nil, jiqiao.Fail(jiqiao.CodeNotFound, "没有", nil)
	}
	return jiqiao.ModelVersion{Kind: kind, Version: s.active[kind]}, []byte("body of " + s.active[kind]), nil
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := &shelf{active: map[jiqiao.ModelKind]string{jiqiao.ModelRanker: "r1", jiqiao.ModelVectors: "w9"}}
		var applied []string
		var log bytes.Buffer
		apply := func(kind jiqiao.ModelKind, version string, body []byte) error {
			applied = append(applied, fmt.Sprintf("%s %q %s", kind, version, body))
			if version == "bad" {
				return errors.New("cannot be read")
			}
			return nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- Watch(ctx, registry, map[jiqiao.ModelKind]string{jiqiao.ModelRanker: ""}, WatchInterval, slog.New(slog.NewTextHandler(&log, nil)), apply)
		}()
		steps := []struct {
			version string
			wait    time.Duration
		}{{"r1", WatchInterval}, {"r1", time.Hour}, {"bad", 5 * WatchInterval}, {"", 2 * retryAfter}, {"r1", WatchInterval}}
		for _, step := range steps {
			registry.set(jiqiao.ModelRanker, step.version)
			time.Sleep(step.wait + time.Millisecond)
			synctest.Wait()
		}
		registry.mu.Lock()
		registry.down = true
		registry.mu.Unlock()
		time.Sleep(time.Minute)
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		want := []string{`ranker "r1" body of r1`, `ranker "bad" body of bad`, `ranker "" `, `ranker "r1" body of r1`}
		if diff := cmp.Diff(want, applied); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
		if !strings.Contains(log.String(), "version=bad") {
			t.Errorf("log:\n%s", log.String())
		}
	})
}

// TestWatchTriesAgain: what could not be applied is tried again, and not at every look.
func TestWatchTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := &shelf{active: map[jiqiao.ModelKind]string{jiqiao.ModelRanker: "r1"}}
		tries := 0
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- Watch(ctx, registry, map[jiqiao.ModelKind]string{jiqiao.ModelRanker: ""}, WatchInterval, slog.New(slog.DiscardHandler),
				func(jiqiao.ModelKind, string, []byte) error {
					if tries++; tries < 3 {
						return errors.New("not yet")
					}
					return nil
				})
		}()
		time.Sleep(10 * retryAfter)
		cancel()
		if err := <-ended; err != nil || tries != 3 {
			t.Errorf("%d tries, %v", tries, err)
		}
	})
}

// ledger keeps impressions.
type ledger struct {
	saved  []jiqiao.Impression
	pruned []time.Time
	fail   error
}

func (l *ledger) SaveImpressions(_ context.Context, shown []jiqiao.Impression) error {
	if l.fail != nil {
		return l.fail
	}
	l.saved = append(l.saved, shown...)
	return nil
}

func (l *ledger) PruneImpressions(_ context.Context, before, _ time.Time) (int, error) {
	l.pruned = append(l.pruned, before)
	return 0, l.fail
}

func TestRecorder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &ledger{}
		r := NewRecorder(book, time.Now, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		start := time.Now()
		r.Shown(jiqiao.Impression{SubjectID: "n_1"})
		time.Sleep(flushEvery + time.Millisecond)
		synctest.Wait()
		if len(book.saved) != 1 {
			t.Errorf("saved %+v", book.saved)
		}
		time.Sleep(25 * time.Hour)
		synctest.Wait()
		if len(book.pruned) != 2 || !book.pruned[0].Equal(start.Add(flushEvery-KeepImpressions)) {
			t.Errorf("pruned before %v", book.pruned)
		}
		for range waiting + 5 { // more than fits is dropped, and nobody waits
			r.Shown(jiqiao.Impression{SubjectID: "n_2"})
		}
		cancel()
		if err := <-ended; err != nil || len(book.saved) != 1+waiting {
			t.Errorf("%d saved at the end, %v", len(book.saved), err)
		}
	})
}

func TestRecorderOutlivesAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &ledger{fail: errors.New("down")}
		var log bytes.Buffer
		r := NewRecorder(book, time.Now, slog.New(slog.NewTextHandler(&log, nil)))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		r.Shown(jiqiao.Impression{SubjectID: "n_1"})
		time.Sleep(flushEvery + time.Millisecond)
		cancel()
		if err := <-ended; err != nil || !strings.Contains(log.String(), "could not be kept") || !strings.Contains(log.String(), "could not be removed") {
			t.Errorf("%v, log:\n%s", err, log.String())
		}
	})
}
