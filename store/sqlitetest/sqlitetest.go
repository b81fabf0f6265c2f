// Package sqlitetest gives tests new SQLite databases whose schema is there already: the migrations of a database take
// longer than most tests, above all under the race detector, and are the same every time.
package sqlitetest

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"jiqiao/store"
)

// New is the URL of an empty database of the test's own.
func New(t testing.TB) string {
	t.Helper()
	return At(t, filepath.Join(t.TempDir(), "jiqiao.db"))
}

// At is the URL of the database at path, which is made where there is none.
func At(t testing.TB, path string) string {
	t.Helper()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		file, err := empty()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, file, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return "sqlite://" + path
}

// empty is the file of a database that was opened once, without the name that it got.
var empty = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "sqlitetest")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "jiqiao.db")
	st, err := store.Open(context.Background(), store.Config{URL: "sqlite://" + path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if err := st.Close(); err != nil {
		return nil, err
	}
	if err := forgetName(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// forgetName makes each copy a database of its own: the store names one without a name when it opens it.
func forgetName(path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(context.Background(), `DELETE FROM meta WHERE name = 'epoch'`)
	return errors.Join(err, db.Close())
}
