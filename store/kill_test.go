package store_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/storetest"
)

// onBoth runs the test on each kind of database.
func onBoth(t *testing.T, test func(t *testing.T, url func(testing.TB) string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, sqliteURL) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, postgresURL) })
}

func open(t testing.TB, url string) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), quiet(url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

func quiet(url string) store.Config {
	return store.Config{URL: url, Log: slog.New(slog.DiscardHandler)}
}

func TestKillWhileWriting(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		url := newURL(t)
		acknowledged := map[string]bool{}
		for round := range 3 {
			for _, id := range killedAfter(t, "write", url, "", 20, time.Duration(round)*7*time.Millisecond) {
				acknowledged[id] = true
			}
		}
		st := open(t, url)
		stored := map[string]bool{}
		err := st.Each(t.Context(), jiqiao.KindNeed, "", func(rec jiqiao.Record) error {
			stored[rec.Head().ID] = true
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for id := range acknowledged {
			if !stored[id] {
				t.Errorf("%s was acknowledged and is lost", id)
			}
		}
		checkLog(t, st, stored)
		if err := st.Put(t.Context(), storetest.Need("甲公司", "之后还能写")); err != nil {
			t.Error(err)
		}
	})
}

// checkLog checks that the log has no gaps and exactly one change for each record.
func checkLog(t *testing.T, st *store.Store, stored map[string]bool) {
	t.Helper()
	changes, err := st.Changes(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) != len(stored) {
		t.Errorf("%d records and %d changes", len(stored), len(changes))
	}
	for i, c := range changes {
		if c.Seq != int64(i+1) || !stored[c.ID] {
			t.Errorf("change %d is %+v, its record stored: %v", i+1, c, stored[c.ID])
		}
	}
}

func TestKillWhileImporting(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		const rows = 400
		url := newURL(t)
		st := open(t, url)
		imp := &jiqiao.Import{Kind: jiqiao.KindNeed, Total: rows, State: jiqiao.ImportPreviewed}
		if err := st.CreateImport(t.Context(), imp); err != nil {
			t.Fatal(err)
		}
		var staged []jiqiao.StagedRow
		for i := range rows {
			staged = append(staged, jiqiao.StagedRow{Row: i + 2, Record: storetest.Need("甲公司", fmt.Sprintf("需求 %d", i))})
		}
		if err := st.StageRows(t.Context(), imp.ID, staged); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			said := killedAfter(t, "commit", url, "", 3, 0)
			counted, err := strconv.Atoi(said[len(said)-1])
			if err != nil {
				t.Fatal(err)
			}
			n, err := st.Count(t.Context(), jiqiao.KindNeed)
			if err != nil || n < counted {
				t.Errorf("%d rows were acknowledged, %d are stored (%v)", counted, n, err)
			}
		}
		var got jiqiao.Import
		for got.State != jiqiao.ImportDone {
			var err error
			if got, err = st.CommitStaged(t.Context(), imp.ID, 100); err != nil {
				t.Fatal(err)
			}
		}
		n, err := st.Count(t.Context(), jiqiao.KindNeed)
		seq, _ := st.LastSeq(t.Context())
		if err != nil || n != rows || got.Created != rows || got.Updated+got.Unchanged != 0 || seq != rows {
			t.Errorf("%d needs, seq %d after %+v, %v", n, seq, got, err)
		}
	})
}

func TestKillWhileBackingUp(t *testing.T) {
	url := sqliteURL(t)
	st := open(t, url)
	var batch []jiqiao.Record
	for i := range 300 {
		n := storetest.Need("甲公司", fmt.Sprintf("需求 %d", i))
		n.Background = strings.Repeat("背景"+strconv.Itoa(i*7919), 500)
		batch = append(batch, n)
	}
	if _, err := st.PutMany(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "backup.jsonl.gz")
	for round := range 4 {
		killedAfter(t, "backup", url, path, 1, time.Duration(3*round)*time.Millisecond)
		into := open(t, sqliteURL(t))
		if _, err := into.RestoreFile(t.Context(), path, store.RestoreOptions{}); err != nil {
			t.Errorf("round %d: the file at the path is not whole: %v", round, err)
		}
	}
}

func TestKillWhileRestoring(t *testing.T) {
	url := sqliteURL(t)
	st := open(t, url)
	var batch []jiqiao.Record
	for i := range 300 {
		batch = append(batch, storetest.Need("甲公司", fmt.Sprintf("需求 %d", i)))
	}
	if _, err := st.PutMany(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "backup.jsonl.gz")
	if _, err := st.BackupFile(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	want := storetest.Contents(t, st)
	for round := range 4 {
		killedAfter(t, "restore", url, path, 1, time.Duration(5*round)*time.Millisecond)
		if diff := cmp.Diff(want, storetest.Contents(t, st)); diff != "" {
			t.Fatalf("round %d: half restored:\n%s", round, diff)
		}
	}
}

func TestKillWhileMigrating(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		url := newURL(t)
		st := open(t, url)
		storetest.Fill(t, st)
		want := storetest.Contents(t, st)
		before, err := st.Columns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		killedAfter(t, "migrate", url, "", 1, 300*time.Millisecond)
		after := open(t, url) // the schema is at a whole version, so this opens
		columns, err := after.Columns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, columns); diff != "" {
			t.Errorf("half a migration stays:\n%s", diff)
		}
		if diff := cmp.Diff(want, storetest.Contents(t, after)); diff != "" {
			t.Errorf("contents differ:\n%s", diff)
		}
	})
}
