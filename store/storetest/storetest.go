// Package storetest is the contract of package store as tests: Run passes on every database the store supports.
// Builders and the clock are also for other packages' tests.
package storetest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/store"
)

// Clock is a clock that stands still until it is moved.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock starts at a fixed moment.
func NewClock() *Clock { return &Clock{at: time.Date(2026, 11, 22, 2, 30, 0, 123456789, time.UTC)} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// Need is a small published need of the organisation; an empty owner makes one without.
func Need(owner, title string) *jiqiao.Need {
	n := &jiqiao.Need{Problem: "寻求" + title + "的解决办法"}
	n.Title, n.Status, n.Owner.Name = title, jiqiao.StatusPublished, owner
	return n
}

// Achievement is a small published achievement of the organisation.
func Achievement(owner, title string) *jiqiao.Achievement {
	a := &jiqiao.Achievement{Abstract: title + "已完成中试"}
	a.Title, a.Status, a.Owner.Name = title, jiqiao.StatusPublished, owner
	return a
}

// suite is one database under test.
type suite struct {
	url func(testing.TB) string
}

// env is one open store with its clock and a context that ends with the test.
type env struct {
	*store.Store
	t     *testing.T
	ctx   context.Context
	clock *Clock
	url   string
	// fresh gives another empty database of the same kind.
	fresh func(testing.TB) string
}

// Run checks the whole contract. url gives the address of a new empty database.
func Run(t *testing.T, url func(testing.TB) string) {
	s := suite{url: url}
	for _, group := range []map[string]func(*env){
		recordTests(), batchTests(), organisationTests(), changeTests(), tokenTests(), importTests(), runTests(), backupTests(),
	} {
		for name, test := range group {
			t.Run(name, func(t *testing.T) { test(s.open(t)) })
		}
	}
}

func (s suite) open(t *testing.T) *env {
	t.Helper()
	e := &env{t: t, ctx: t.Context(), clock: NewClock(), url: s.url(t), fresh: s.url}
	e.Store = e.another()
	return e
}

// another opens the same database once more, as a second process would.
func (e *env) another() *store.Store {
	e.t.Helper()
	st, err := store.Open(e.ctx, store.Config{URL: e.url, Now: e.clock.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		e.t.Fatal(err)
	}
	e.t.Cleanup(func() { _ = st.Close() })
	return st
}

func (e *env) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// fails checks the code of an error and that it has a sentence for people.
func (e *env) fails(want jiqiao.Code, err error) {
	e.t.Helper()
	if got := jiqiao.CodeOf(err); got != want {
		e.t.Fatalf("got code %q (%v), want %q", got, err, want)
	}
}

func (e *env) put(recs ...jiqiao.Record) {
	e.t.Helper()
	for _, rec := range recs {
		e.must(e.Put(e.ctx, rec))
	}
}

func (e *env) changes(after int64) []jiqiao.Change {
	e.t.Helper()
	changes, err := e.Changes(e.ctx, after, 0)
	e.must(err)
	return changes
}

func (e *env) lastSeq() int64 {
	e.t.Helper()
	seq, err := e.LastSeq(e.ctx)
	e.must(err)
	return seq
}
