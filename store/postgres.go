package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"jiqiao"
)

// connectTimeout applies when the URL names none: a host that does not answer must not hold a request for minutes.
const connectTimeout = 5 * time.Second

type postgresDialect struct{}

func (postgresDialect) pools(url string, maxConns int) (read, write *sql.DB, err error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, nil, jiqiao.Fail(jiqiao.CodeInvalid, "数据库地址有误，请写成 postgres://用户:密码@主机:5432/库名", err)
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = connectTimeout
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "jiqiao"
	}
	db := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(noticeDeath))
	db.SetMaxOpenConns(maxConns)
	db.SetMaxIdleConns(maxConns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	return db, db, nil
}

// noticeDeath has the server look every other second whether this process still lives. Otherwise a statement whose client
// was killed, a migration above all, goes on to its end and holds its locks against the next start.
func noticeDeath(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, `SET client_connection_check_interval = '2s'`); err != nil && conn.IsClosed() {
		return err
	}
	return nil // where the platform cannot, we do without
}

func (postgresDialect) bind(query string) string { return numbered(query) }

func (postgresDialect) statements(querier) *statements { return nil }

func (postgresDialect) lockRows() string { return ` FOR UPDATE` }

func (postgresDialect) skipLocked() string { return ` FOR UPDATE SKIP LOCKED` }

func (postgresDialect) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (postgresDialect) check(ctx context.Context, db *sql.DB) error {
	var encoding string
	if err := db.QueryRowContext(ctx, `SHOW server_encoding`).Scan(&encoding); err != nil {
		return wrap("ask for the encoding", err)
	}
	if encoding != "UTF8" {
		return jiqiao.Fail(jiqiao.CodeUnavailable,
			fmt.Sprintf("数据库编码是 %s，需要 UTF8，请用 CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 重建", encoding), nil)
	}
	return nil
}

func (postgresDialect) migration() (goose.Dialect, string, lock.SessionLocker, error) {
	// Processes that start at once take turns: two minutes, in steps of a second.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	return goose.DialectPostgres, "migrations/postgres", locker, err
}
