package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"jiqiao/store/pgtest"
)

// postgres is the server of all tests of this package; nil when PostgreSQL is not installed.
var postgres *pgtest.Server

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv(childTask) != "" {
		return child()
	}
	var err error
	if postgres, err = pgtest.New(); err != nil && !errors.Is(err, pgtest.ErrMissing) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if postgres != nil {
		defer postgres.Close()
	}
	return m.Run()
}

func sqliteURL(t testing.TB) string {
	return "sqlite://" + filepath.Join(t.TempDir(), "数据 50%?#", "jiqiao.db")
}

func postgresURL(t testing.TB) string {
	t.Helper()
	if postgres == nil {
		t.Skip(pgtest.ErrMissing)
	}
	return postgres.Database(t)
}
