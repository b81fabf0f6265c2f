package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"jiqiao"
)

// sqliteDialect keeps everything in one file. One connection writes and the others read: SQLite has one writer anyway,
// and writers of this process then queue in Go, in order and with a context, instead of polling for the file's lock.
type sqliteDialect struct{}

func (sqliteDialect) pools(rawURL string, maxConns int) (read, write *sql.DB, err error) {
	path, err := sqlitePath(rawURL)
	if err != nil {
		return nil, nil, err
	}
	if err := createFile(path); err != nil {
		return nil, nil, err
	}
	write, err = sql.Open("sqlite", sqliteDSN(path, "immediate", "busy_timeout(50)", "synchronous(FULL)"))
	if err != nil {
		return nil, nil, err
	}
	write.SetMaxOpenConns(1)
	read, err = sql.Open("sqlite", sqliteDSN(path, "deferred", "busy_timeout(10000)", "query_only(1)"))
	if err != nil {
		return nil, nil, errors.Join(err, write.Close())
	}
	read.SetMaxOpenConns(maxConns)
	read.SetMaxIdleConns(maxConns)
	return read, write, nil
}

// sqliteDSN sets up each connection. WAL lets readers go on beside the writer. synchronous=FULL syncs the log at every
// commit: NORMAL would survive kill -9 as well, but lose the last commits when the power fails. busy_timeout is for
// other processes, such as an import from the command line beside the server; the writer's is short because SQLite does
// not look at contexts while it waits, and we wait in begin. Transactions that write are immediate, because one that
// starts by reading cannot be retried by SQLite when it comes to write.
func sqliteDSN(path, txLock string, pragmas ...string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + url.Values{
		"_pragma": append(pragmas, "journal_mode(WAL)", "foreign_keys(1)", "cache_size(-16000)"),
		"_txlock": {txLock},
	}.Encode()
}

func sqlitePath(rawURL string) (string, error) {
	_, path, _ := strings.Cut(rawURL, ":")
	path = strings.TrimPrefix(path, "//")
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return "", jiqiao.Fail(jiqiao.CodeInvalid, "数据库地址缺少文件名，请写成 sqlite:///目录/jiqiao.db", nil)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", path, err)
	}
	return path, nil
}

// createFile makes the file readable to its owner alone, as it holds personal data; SQLite gives the log beside it the
// same permissions.
func createFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "无法建立数据目录 "+filepath.Dir(path)+"，请检查权限", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "无法打开数据库文件 "+path+"，请检查权限", err)
	}
	return f.Close()
}

func (sqliteDialect) bind(query string) string { return query }

func (sqliteDialect) statements(q querier) *statements { return newStatements(q) }

// lockRows needs no lock of its own: the transaction is immediate, no other writes.
func (sqliteDialect) lockRows() string { return `` }

func (sqliteDialect) skipLocked() string { return `` }

// snapshot: every transaction of SQLite sees one state.
func (sqliteDialect) snapshot() *sql.TxOptions { return nil }

func (sqliteDialect) check(context.Context, *sql.DB) error { return nil }

func (sqliteDialect) migration() (goose.Dialect, string, lock.SessionLocker, error) {
	return goose.DialectSQLite3, "migrations/sqlite", nil, nil
}
