// Package store is the system of record: needs, achievements and organisations with their change log, API tokens,
// imports, match runs, brokers' decisions and trained models, on SQLite (one machine) or PostgreSQL 15 (many). Both
// give the same contract, which storetest checks:
//
//   - A write and its row of the change log are one transaction. Change numbers have no gaps and grow in the order in
//     which transactions became visible. Writers that log queue for one row, the counter, before anything else; they can
//     therefore not deadlock, and a reader that has seen change n has seen everything before it.
//   - A write that returned nil survives kill -9, and a power failure as far as disk and file system keep their promises.
//     A write that failed with CodeUnavailable or CodeTimeout may have happened: read again, or import again, which does
//     nothing twice.
//   - An update names the version it was made from; CodeConflict when that is no longer the present one.
//   - Deletion is soft and final: the row stays for the history, the record is not found any more, and an import of the
//     same natural key creates a new record with a new id. What was decided about the old one stays with the old one.
//   - A record's natural key is its owner (by credit code, else by folded name) and its folded title. Only imports use
//     it; two records made by hand may share one, and then the older one is meant.
//
// Callers normalise and validate; the store checks what only it can know. Errors for callers are *jiqiao.Error with a
// Chinese message, everything else is internal.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jiqiao"
)

// Config says which database to open.
type Config struct {
	// URL is "sqlite:///var/lib/jiqiao/jiqiao.db" (an absolute path; "sqlite://jiqiao.db" is a relative one) or
	// "postgres://user:password@host:5432/name", with the parameters of libpq.
	URL string
	// Now is the clock, time.Now when nil; Log is slog.Default when nil.
	Now func() time.Time
	Log *slog.Logger
	// NoMigrate refuses a database whose schema is older than the program's, instead of bringing it up to date.
	NoMigrate bool
	// Events hears of what changed, after it was committed; it must not wait. Optional.
	Events func([]jiqiao.Event)
	// MaxConns bounds the connections to PostgreSQL and the readers of SQLite; 0 is DefaultMaxConns.
	MaxConns int
}

// DefaultMaxConns leaves room for several processes under PostgreSQL's usual limit of 100.
const DefaultMaxConns = 16

// Store is an open database; it is safe for concurrent use.
type Store struct {
	read, write *sql.DB // the same pool on PostgreSQL
	dialect     dialect
	stmts       *statements // of read
	ids         *idSource
	bell        *bell
	jobBell     *bell // rung when a job was left
	events      func([]jiqiao.Event)
	asked       atomic.Int64
	touched     sync.Map // token id -> time.Time of the last attempt to note its use
	now         func() time.Time
	log         *slog.Logger
}

// Open opens the database, creating the SQLite file and its directory, and brings its schema up to date. A database
// written by a newer program is refused. Several processes may open one database.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.MaxConns <= 0 {
		cfg.MaxConns = DefaultMaxConns
	}
	d, err := dialectOf(cfg.URL)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, d, cfg); err != nil {
		return nil, err
	}
	read, write, err := d.pools(cfg.URL, cfg.MaxConns)
	if err != nil {
		return nil, wrap("open the database", err)
	}
	s := &Store{
		read: read, write: write, dialect: d, now: cfg.Now, log: cfg.Log,
		stmts: d.statements(read), ids: newIDSource(cfg.Now), bell: newBell(),
		jobBell: newBell(), events: cfg.Events,
	}
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// begin checks the database and gives a new one its name.
func (s *Store) begin(ctx context.Context) error {
	if err := s.dialect.check(ctx, s.read); err != nil {
		return err
	}
	return s.tx(ctx, "name the database", func(t *tx) error { return t.newEpoch(ctx, false) })
}

// Close waits for running statements and closes the connections. Waiting calls of WaitChange return.
func (s *Store) Close() error {
	s.bell.close()
	s.jobBell.close()
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(s.read.Close(), err)
	}
	if err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// Statements counts the statements sent to the database since it was opened.
func (s *Store) Statements() int64 { return s.asked.Load() }

// Ping checks that the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return wrap("ping", s.read.PingContext(ctx))
}

// Epoch names this database: it changes when a backup is restored into it and differs between databases. An index
// made from another epoch belongs to other data, whatever its change number says.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	var epoch string
	err := s.reader().row(ctx, `SELECT value FROM meta WHERE name = 'epoch'`, nil, &epoch)
	return epoch, wrap("read the epoch", err)
}

// newEpoch names the database; without replace a name it already has is kept.
func (t *tx) newEpoch(ctx context.Context, replace bool) error {
	do := "DO NOTHING"
	if replace {
		do = "DO UPDATE SET value = excluded.value"
	}
	_, err := t.exec(ctx, `INSERT INTO meta (name, value) VALUES ('epoch', ?) ON CONFLICT (name) `+do, newSecret(10))
	return err
}

// hasShape reports whether id can be one with the prefix. It keeps bytes that PostgreSQL refuses away from it.
func hasShape(id, prefix string) bool {
	if len(id) != len(prefix)+idLength || !strings.HasPrefix(id, prefix) {
		return false
	}
	for _, c := range []byte(id[len(prefix):]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func notFound(what string) error {
	return jiqiao.Fail(jiqiao.CodeNotFound, what+"不存在或已删除，请刷新后再试", nil)
}
