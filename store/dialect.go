package store

import (
	"context"
	"database/sql"
	"embed"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"jiqiao"
)

//go:embed migrations
var migrations embed.FS

// dialect is what the two databases do differently. Statements are the same for both, written with ? for arguments.
type dialect interface {
	// pools opens what reads and what writes; they may be one.
	pools(url string, maxConns int) (read, write *sql.DB, err error)
	// bind gives a statement the database's own placeholders.
	bind(query string) string
	// statements keeps compiled statements of the pool or transaction; nil when the driver does so by itself.
	statements(q querier) *statements
	// lockRows ends a SELECT whose rows the transaction takes, in the SELECT's order, waiting for those who have them.
	lockRows() string
	// skipLocked ends a SELECT whose rows the transaction takes, leaving out those that another one is taking.
	skipLocked() string
	// snapshot are the options of a transaction that sees one state of the database throughout.
	snapshot() *sql.TxOptions
	// check refuses a database that we cannot work with.
	check(ctx context.Context, db *sql.DB) error
	// migration is how goose calls the database, where its migrations are, and the lock between processes that
	// migrate at once, nil when there is none.
	migration() (goose.Dialect, string, lock.SessionLocker, error)
}

func dialectOf(url string) (dialect, error) {
	scheme, _, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite", "sqlite3":
		return sqliteDialect{}, nil
	case "postgres", "postgresql":
		return postgresDialect{}, nil
	}
	return nil, jiqiao.Fail(jiqiao.CodeInvalid,
		"无法识别数据库地址，请写成 sqlite:///目录/jiqiao.db 或 postgres://用户:密码@主机:5432/库名", nil)
}

// numbered replaces each ? by $1, $2, …; our statements hold no ? inside literals.
func numbered(query string) string {
	n := strings.Count(query, "?")
	if n == 0 {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 2*n)
	for i := 1; ; i++ {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(i))
		query = after
	}
}

// marks is "?, ?, …" for n arguments.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
