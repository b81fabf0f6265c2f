package bench

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"jiqiao"
	"jiqiao/internal/app"
)

// openLarge opens the large collection and waits until matcher and index hold it.
func (e *Env) openLarge(ctx context.Context) (*app.App, error) {
	a, err := e.open(ctx, e.large())
	if err != nil {
		return nil, err
	}
	a.Follow()
	if err := a.WaitCaughtUp(ctx); err != nil {
		_ = a.Stop()
		return nil, err
	}
	return a, nil
}

// questions is how many queries a latency is read from: enough for a 99th percentile.
const questions = 500

// needsOf reads the first n needs of the store.
func needsOf(ctx context.Context, a *app.App, n int) ([]jiqiao.Record, error) {
	var needs []jiqiao.Record
	err := a.Store.Each(ctx, jiqiao.KindNeed, "", func(rec jiqiao.Record) error {
		if len(needs) < n {
			needs = append(needs, rec)
		}
		return nil
	})
	if err == nil && len(needs) == 0 {
		err = fmt.Errorf("the collection holds no needs: the section load has not run")
	}
	return needs, err
}

// explained is how many matches an answer holds.
const explained = 50

func matchLong(ctx context.Context, e *Env) ([]Figure, error) {
	a, err := e.openLarge(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Stop() }()
	needs, err := needsOf(ctx, a, questions)
	if err != nil {
		return nil, err
	}
	var figures []Figure
	for _, brief := range []bool{true, false} {
		if _, _, err := matchEach(ctx, a, needs[:len(needs)/10], brief); err != nil { // warms up
			return nil, err
		}
		took, cpu, err := matchEach(ctx, a, needs, brief)
		if err != nil {
			return nil, err
		}
		if brief {
			figures = append(figures, atMost("长需求匹配 p50", quantile(took, .5), "ms", 5), atMost("长需求匹配 p99", quantile(took, .99), "ms", 20),
				observed("长需求匹配的处理器时间（均值）", cpu, "ms"))
		} else {
			figures = append(figures, atMost("长需求匹配并附依据（50 条）p50", quantile(took, .5), "ms", 15), atMost("长需求匹配并附依据（50 条）p99", quantile(took, .99), "ms", 60),
				observed("长需求匹配并附依据的处理器时间（均值）", cpu, "ms"))
		}
	}
	return figures, nil
}

// matchEach answers how long each match took, and the mean processor time in milliseconds, which a busy machine does not
// stretch as it does the former.
func matchEach(ctx context.Context, a *app.App, needs []jiqiao.Record, brief bool) ([]time.Duration, float64, error) {
	var before, after syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &before); err != nil {
		return nil, 0, fmt.Errorf("read processor time: %w", err)
	}
	took := make([]time.Duration, len(needs))
	for i, need := range needs {
		start := time.Now()
		if _, err := a.Matcher.Match(ctx, need, jiqiao.MatchQuery{Brief: brief, Limit: explained}); err != nil {
			return nil, 0, err
		}
		took[i] = time.Since(start)
	}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &after); err != nil {
		return nil, 0, fmt.Errorf("read processor time: %w", err)
	}
	return took, (cpuTime(after) - cpuTime(before)).Seconds() * 1000 / float64(len(needs)), nil
}

func cpuTime(r syscall.Rusage) time.Duration {
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// searchShort asks with words taken from titles, as people do.
func searchShort(ctx context.Context, e *Env) ([]Figure, error) {
	a, err := e.openLarge(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Stop() }()
	texts, err := e.texts(largeRecords)
	if err != nil {
		return nil, err
	}
	var words []string
	for i := 0; len(words) < questions; i = (i + 197) % len(texts) {
		title := []rune(texts[i].achievement(i).Title)
		if n := 2 + i%5; len(title) > n+4 {
			words = append(words, string(title[:n]))
		}
	}
	searches := make([]time.Duration, 0, len(words))
	suggestions := make([]time.Duration, 0, len(words))
	for _, w := range words {
		start := time.Now()
		if _, err := a.Catalog.Search(ctx, jiqiao.SearchQuery{Kind: jiqiao.KindAchievement, Text: w, Facets: true}); err != nil {
			return nil, err
		}
		searches = append(searches, time.Since(start))
		start = time.Now()
		if _, err := a.Catalog.Suggest(ctx, jiqiao.KindAchievement, w, 10); err != nil {
			return nil, err
		}
		suggestions = append(suggestions, time.Since(start))
	}
	return []Figure{
		atMost("短检索带分面 p50", quantile(searches, .5), "ms", 8),
		observed("短检索带分面 p99", quantile(searches, .99), "ms"),
		atMost("联想 p99", quantile(suggestions, .99), "ms", 10),
	}, nil
}
