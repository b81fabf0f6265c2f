package pgtest

import (
	"database/sql"
	"errors"
	"os"
	"testing"
)

func TestStopAndResumeKeepData(t *testing.T) {
	s := Start(t)
	first, second := s.Database(t), s.Database(t)
	if first == second {
		t.Fatalf("both databases are %s", first)
	}
	db, err := sql.Open("pgx", first)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)`); err != nil {
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := db.PingContext(t.Context()); err == nil {
		t.Error("a stopped server answers")
	}
	if err := s.Resume(); err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := db.QueryRowContext(t.Context(), `SELECT n FROM kept`).Scan(&n); err != nil || n != 7 {
		t.Errorf("after the restart: %d, %v", n, err)
	}
}

func TestMissingIsSaid(t *testing.T) {
	t.Setenv("JIQIAO_PG_BIN", t.TempDir())
	if _, err := New(); !errors.Is(err, ErrMissing) {
		t.Errorf("without programs: %v", err)
	}
}

func TestCloseRemovesTheData(t *testing.T) {
	s, err := New()
	if errors.Is(err, ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s stays: %v", s.dir, err)
	}
}
