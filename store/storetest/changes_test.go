package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"jiqiao"
)

func changeTests() map[string]func(*env) {
	return map[string]func(*env){
		"ConcurrentWritersLeaveNoGaps":  concurrentWritersLeaveNoGaps,
		"ConcurrentEditsOneWins":        concurrentEditsOneWins,
		"ConcurrentImportsDoNotDouble":  concurrentImportsDoNotDouble,
		"WaitChangeWakes":               waitChangeWakes,
		"WaitChangeSeesOtherProcesses":  waitChangeSeesOtherProcesses,
		"WaitChangeEndsWithTheStore":    waitChangeEndsWithTheStore,
		"CancelledWritesLeaveNothing":   cancelledWritesLeaveNothing,
		"ExpiredDeadlinesAreTimeouts":   expiredDeadlinesAreTimeouts,
		"ClosedStoreIsUnavailable":      closedStoreIsUnavailable,
		"EpochStaysAndTellsStoresApart": epochStays,
	}
}

const writers = 8

// concurrentWritersLeaveNoGaps has two stores on one database write while a reader follows the log as an index does:
// it must meet every number once, in order, and never a number whose predecessor comes later.
func concurrentWritersLeaveNoGaps(e *env) {
	const each = 25
	stores := []writer{e.Store, e.another()}
	var group sync.WaitGroup
	failed := make(chan error, writers)
	for w := range writers {
		group.Go(func() { failed <- writeSome(e.ctx, stores[w%len(stores)], w, each) })
	}
	seen := map[string]int64{}
	var last int64
	for len(seen) < writers*each {
		ctx, cancel := context.WithTimeout(e.ctx, time.Minute)
		err := e.WaitChange(ctx, last)
		cancel()
		e.must(err)
		for _, c := range e.changes(last) {
			if c.Seq != last+1 {
				e.t.Fatalf("change %d follows %d", c.Seq, last)
			}
			if c.Version != seen[c.ID]+1 {
				e.t.Fatalf("version %d of %s follows %d", c.Version, c.ID, seen[c.ID])
			}
			last, seen[c.ID] = c.Seq, c.Version
		}
	}
	group.Wait()
	for range writers {
		e.must(<-failed)
	}
	// Every record was written twice and one in five deleted.
	want := int64(writers * (2*each + each/5))
	if final := e.lastSeq(); final != want {
		e.t.Errorf("%d changes, want %d", final, want)
	}
}

type writer interface {
	Put(context.Context, jiqiao.Record) error
	Delete(context.Context, jiqiao.Kind, string, int64) error
}

func writeSome(ctx context.Context, st writer, w, n int) error {
	for i := range n {
		rec := Need(fmt.Sprintf("公司 %d", i%3), fmt.Sprintf("需求 %d-%d", w, i))
		for range 2 {
			if err := st.Put(ctx, rec); err != nil {
				return err
			}
		}
		if i%5 == 0 {
			if err := st.Delete(ctx, jiqiao.KindNeed, rec.ID, 2); err != nil {
				return err
			}
		}
	}
	return nil
}

func concurrentEditsOneWins(e *env) {
	n := Need("甲公司", "众人同改")
	e.put(n)
	var group sync.WaitGroup
	errs := make([]error, writers)
	for w := range writers {
		group.Go(func() {
			mine := *n
			mine.Title = fmt.Sprintf("第 %d 人的标题", w)
			errs[w] = e.Put(e.ctx, &mine)
		})
	}
	group.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			e.fails(jiqiao.CodeConflict, err)
		}
	}
	if v, err := e.Version(e.ctx, jiqiao.KindNeed, n.ID); won != 1 || v != 2 || err != nil {
		e.t.Errorf("%d writers won, version %d, %v", won, v, err)
	}
}

func concurrentImportsDoNotDouble(e *env) {
	stores := []interface {
		PutMany(context.Context, []jiqiao.Record) ([]jiqiao.PutResult, error)
	}{e.Store, e.another()}
	var group sync.WaitGroup
	errs := make([]error, 4)
	for w := range errs {
		group.Go(func() {
			var batch []jiqiao.Record
			for i := range 40 {
				batch = append(batch, Achievement(fmt.Sprintf("大学 %d", i%7), fmt.Sprintf("成果 %d", i)))
			}
			_, errs[w] = stores[w%len(stores)].PutMany(e.ctx, batch)
		})
	}
	group.Wait()
	e.must(errors.Join(errs...))
	n, err := e.Count(e.ctx, jiqiao.KindAchievement)
	e.must(err)
	orgs, err := e.CountOrganisations(e.ctx)
	e.must(err)
	if n != 40 || orgs != 7 || e.lastSeq() != 40 {
		e.t.Errorf("%d achievements of %d organisations, seq %d", n, orgs, e.lastSeq())
	}
}

func waitChangeWakes(e *env) {
	e.put(Need("甲公司", "早先的"))
	e.must(e.WaitChange(e.ctx, 0))
	woken := make(chan error, 1)
	go func() { woken <- e.WaitChange(e.ctx, 1) }()
	e.put(Need("甲公司", "后来的"))
	e.must(<-woken)
	ctx, cancel := context.WithTimeout(e.ctx, 20*time.Millisecond)
	defer cancel()
	if err := e.WaitChange(ctx, 2); !errors.Is(err, context.DeadlineExceeded) {
		e.t.Errorf("nothing happened, and WaitChange returned %v", err)
	}
}

func waitChangeSeesOtherProcesses(e *env) {
	other := e.another()
	woken := make(chan error, 1)
	go func() { woken <- e.WaitChange(e.ctx, 0) }()
	e.must(other.Put(e.ctx, Need("甲公司", "别的进程写的")))
	e.must(<-woken)
}

func waitChangeEndsWithTheStore(e *env) {
	other := e.another()
	woken := make(chan error, 1)
	go func() { woken <- other.WaitChange(e.ctx, 0) }()
	time.Sleep(10 * time.Millisecond) // either order is right; this makes the waiting one likely
	e.must(other.Close())
	e.fails(jiqiao.CodeUnavailable, <-woken)
}

func cancelledWritesLeaveNothing(e *env) {
	ctx, cancel := context.WithCancel(e.ctx)
	cancel()
	n := Need("甲公司", "取消的")
	err := e.Put(ctx, n)
	if !errors.Is(err, context.Canceled) || n.ID != "" {
		e.t.Errorf("%v, id %q", err, n.ID)
	}
	// Cancelled half-way: whatever was reported must be what is stored.
	for i := range 30 {
		ctx, cancel := context.WithTimeout(e.ctx, time.Duration(i)*100*time.Microsecond)
		n := Need("甲公司", fmt.Sprintf("半途取消 %d", i))
		err := e.Put(ctx, n)
		cancel()
		_, found := e.FindByKey(e.ctx, jiqiao.KindNeed, "", "甲公司", n.Title)
		if err == nil && found != nil {
			e.t.Errorf("acknowledged, but %v", found)
		}
		if err != nil && jiqiao.CodeOf(err) != jiqiao.CodeTimeout {
			e.t.Errorf("cancelled with %v", err)
		}
	}
	changes := e.changes(0)
	if n, err := e.Count(e.ctx, jiqiao.KindNeed); err != nil || n != len(changes) || e.lastSeq() != int64(n) {
		e.t.Errorf("%d records, %d changes, seq %d, %v", n, len(changes), e.lastSeq(), err)
	}
}

func expiredDeadlinesAreTimeouts(e *env) {
	ctx, cancel := context.WithDeadline(e.ctx, time.Now().Add(-time.Second))
	defer cancel()
	_, err := e.Get(ctx, jiqiao.KindNeed, "n_00000000000000000000")
	e.fails(jiqiao.CodeTimeout, err)
	_, err = e.Changes(ctx, 0, 0)
	e.fails(jiqiao.CodeTimeout, err)
	e.fails(jiqiao.CodeTimeout, e.Put(ctx, Need("甲公司", "迟到")))
	e.fails(jiqiao.CodeTimeout, e.Each(ctx, jiqiao.KindNeed, "", func(jiqiao.Record) error { return nil }))
}

func closedStoreIsUnavailable(e *env) {
	e.must(e.Close())
	e.fails(jiqiao.CodeUnavailable, e.Ping(e.ctx))
	e.fails(jiqiao.CodeUnavailable, e.Put(e.ctx, Need("甲公司", "太晚")))
}

func epochStays(e *env) {
	mine, err := e.Epoch(e.ctx)
	e.must(err)
	same, err := e.another().Epoch(e.ctx)
	e.must(err)
	if mine == "" || mine != same {
		e.t.Errorf("one database is %q and %q", mine, same)
	}
	e.put(Need("甲公司", "一"), Need("甲公司", "二"))
	epoch, seq, err := e.Position(e.ctx)
	e.must(err)
	if epoch != mine || seq != 2 {
		e.t.Errorf("position %q %d, want %q 2", epoch, seq, mine)
	}
}
