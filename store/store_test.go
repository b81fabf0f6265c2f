package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"jiqiao/store/pgtest"
	"jiqiao/store/sqlitetest"
)

// postgres starts the server of all tests of this package when the first asks for it.
var postgres struct {
	sync.Once
	server *pgtest.Server
	err    error
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv(childTask) != "" {
		return child()
	}
	defer func() {
		if postgres.server != nil {
			postgres.server.Close()
		}
	}()
	return m.Run()
}

func sqliteURL(t testing.TB) string {
	return sqlitetest.At(t, filepath.Join(t.TempDir(), "数据 50%?#", "jiqiao.db"))
}

func postgresURL(t testing.TB) string {
	t.Helper()
	postgres.Do(func() { postgres.server, postgres.err = pgtest.New() })
	if errors.Is(postgres.err, pgtest.ErrMissing) {
		t.Skip(postgres.err)
	}
	if postgres.err != nil {
		t.Fatal(postgres.err)
	}
	return postgres.server.Database(t)
}
