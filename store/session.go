package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"jiqiao"
)

// querier is a pool or a transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// session runs statements written with ? on either database.
type session struct {
	q querier
	d dialect
	// stmts keeps compiled statements for SQLite, where compiling costs more than most of our statements take to run.
	// It is nil for PostgreSQL, whose driver keeps them by itself. Statements must come in few variants.
	stmts *statements
	// asked counts statements.
	asked *atomic.Int64
}

func (s *Store) reader() session { return session{s.read, s.dialect, s.stmts, &s.asked} }

// statement is a statement ready to run: compiled, or its text.
type statement interface {
	ExecContext(ctx context.Context, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, args ...any) (*sql.Rows, error)
}

type text struct {
	q     querier
	query string
}

func (t text) ExecContext(ctx context.Context, args ...any) (sql.Result, error) {
	return t.q.ExecContext(ctx, t.query, args...)
}

func (t text) QueryContext(ctx context.Context, args ...any) (*sql.Rows, error) {
	return t.q.QueryContext(ctx, t.query, args...)
}

func (s session) statement(ctx context.Context, query string) (statement, error) {
	s.asked.Add(1)
	if s.stmts == nil {
		return text{s.q, s.d.bind(query)}, nil
	}
	return s.stmts.get(ctx, query)
}

// exec returns the number of rows the statement touched.
func (s session) exec(ctx context.Context, query string, args ...any) (int64, error) {
	stmt, err := s.statement(ctx, query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// rowsAtOnce is how many rows one statement inserts. With 12 columns it stays far below the 32,766 arguments that SQLite
// takes and the 65,535 of PostgreSQL.
const rowsAtOnce = 100

// insert adds rows, many to a statement: into is the statement up to VALUES, then what follows the values.
func (s session) insert(ctx context.Context, into string, rows [][]any, then string) error {
	if len(rows) == 0 {
		return nil
	}
	one := "(" + marks(len(rows[0])) + ")"
	many := into + strings.Repeat(one+", ", rowsAtOnce-1) + one + then
	args := make([]any, 0, rowsAtOnce*len(rows[0]))
	for ; len(rows) >= rowsAtOnce; rows = rows[rowsAtOnce:] {
		args = args[:0]
		for _, row := range rows[:rowsAtOnce] {
			args = append(args, row...)
		}
		if _, err := s.exec(ctx, many, args...); err != nil {
			return err
		}
	}
	for _, row := range rows { // one at a time: statements come in few variants
		if _, err := s.exec(ctx, into+one+then, row...); err != nil {
			return err
		}
	}
	return nil
}

func (s session) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	stmt, err := s.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

// row reads the one row of the answer into dest; sql.ErrNoRows when there is none.
func (s session) row(ctx context.Context, query string, args []any, dest ...any) error {
	rows, err := s.query(ctx, query, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

// each calls fn for every row of the answer. fn must not use the session: its connection is busy.
func (s session) each(ctx context.Context, query string, args []any, fn func(scan func(dest ...any) error) error) error {
	rows, err := s.query(ctx, query, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// tx is one transaction; now is the time of everything it writes.
type tx struct {
	session
	ids *idSource
	now time.Time
	// acts go into the audit with the transaction; queued says that it left jobs, events tell of it once it is committed.
	acts []jiqiao.Act
	// touched are objects whose facts have to be made anew.
	touched []jiqiao.Ref
	queued  bool
	events  []jiqiao.Event
}

// tx runs fn in a transaction that does not log changes.
func (s *Store) tx(ctx context.Context, doing string, fn func(*tx) error) error {
	sqlTx, err := s.beginTx(ctx)
	if err != nil {
		return wrap(doing, ended(ctx, err))
	}
	defer sqlTx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	t := &tx{session: session{sqlTx, s.dialect, s.dialect.statements(sqlTx), &s.asked}, ids: s.ids, now: s.clock()}
	if err = fn(t); err == nil {
		err = t.writeTouched(ctx)
	}
	if err == nil {
		err = t.writeAudit(ctx)
	}
	if err == nil {
		err = sqlTx.Commit()
	}
	if err == nil {
		s.committed(t)
	}
	return wrap(doing, ended(ctx, err))
}

// ended is ctx's error in place of what its end made of a transaction: database/sql rolls it back, and pgx closes a
// connection whose statement it had to cut off.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, sql.ErrTxDone) || errors.Is(err, driver.ErrBadConn)) {
		return ctx.Err()
	}
	return err
}

// busyWait bounds how long a writer waits for another process that holds SQLite's lock.
const busyWait = 10 * time.Second

// beginTx waits for other processes on SQLite, as long as ctx and busyWait allow. On PostgreSQL it begins at once.
func (s *Store) beginTx(ctx context.Context) (*sql.Tx, error) {
	for start := time.Now(); ; {
		sqlTx, err := s.write.BeginTx(ctx, nil)
		if !isBusy(err) || time.Since(start) > busyWait {
			return sqlTx, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

// clock is the time at the precision that both databases keep.
func (s *Store) clock() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// logTx is a transaction that writes records and the change log.
type logTx struct {
	*tx
	seq   int64                             // the last change, this transaction's included
	known map[string]jiqiao.OrganisationRef // owners met in this transaction, by how they were named
	step  jiqiao.RecordMove                 // what is being answered, for the review that it closes or opens
	// versions wait for settle, which writes them at once; shown are the records written that come to be offered, are
	// offered anew, or no longer.
	versions [][]any
	shown    map[string]bool
	// submitted says that something was laid before the operators; settle has them told.
	submitted bool
}

// errRollback ends a transaction without an error for the caller: it was only to see what would happen.
var errRollback = errors.New("rolled back on purpose")

// logged runs fn when it is this transaction's turn to log, and wakes those who wait for changes.
func (s *Store) logged(ctx context.Context, doing string, fn func(*logTx) error) error {
	wrote := false
	err := s.tx(ctx, doing, func(t *tx) error {
		l := &logTx{tx: t, known: map[string]jiqiao.OrganisationRef{}, shown: map[string]bool{}}
		if err := t.row(ctx, `SELECT value FROM counters WHERE name = 'change'`+t.d.lockRows(), nil, &l.seq); err != nil {
			return err
		}
		t.now = s.clock() // after the wait, so that times follow change numbers
		first := l.seq
		if err := fn(l); err != nil {
			return err
		}
		if err := l.settle(ctx); err != nil {
			return err
		}
		if wrote = l.seq != first; !wrote {
			return nil
		}
		_, err := t.exec(ctx, `UPDATE counters SET value = ? WHERE name = 'change'`, l.seq)
		return err
	})
	if err == nil && wrote {
		s.bell.ring()
	}
	return err
}

// log notes that the record is now at the version.
func (t *logTx) log(ctx context.Context, kind jiqiao.Kind, id string, version int64, op jiqiao.ChangeOp) error {
	t.seq++
	_, err := t.exec(ctx, `INSERT INTO changes (seq, kind, id, version, op, at) VALUES (?, ?, ?, ?, ?, ?)`,
		t.seq, string(kind), id, version, string(op), micros(t.now))
	return err
}
