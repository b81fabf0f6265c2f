package storetest

import (
	"context"
	"log/slog"
	"testing"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/pgtest"
	"jiqiao/store/sqlitetest"
)

// suite is one kind of database under test.
type suite struct {
	// url gives the address of a new empty database.
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

func TestSQLite(t *testing.T) {
	suite{url: sqlitetest.New}.run(t)
}

func TestPostgreSQL(t *testing.T) {
	server := pgtest.Start(t)
	suite{url: server.Database}.run(t)
}

// run checks the whole contract.
func (s suite) run(t *testing.T) {
	for _, group := range []map[string]func(*env){
		recordTests(), accountTests(), batchTests(), organisationTests(), changeTests(), tokenTests(), importTests(), runTests(), assignmentTests(), backupTests(),
		dealTests(), decisionTests(), modelTests(), embeddingTests(), lifecycleTests(), distinctionTests(), attachmentTests(), introductionTests(), disclosureTests(), figureTests(), waitingTests(), queueTests(), wishTests(), noticeTests(), toldTests(), readTests(), subscriptionTests(), jobTests(), auditTests(), trailTests(), ownTests(),
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
