package store_test

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/storetest"
)

// run executes the statements of a file on the database at url, which is new.
func runFile(t *testing.T, url, path string) {
	t.Helper()
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	driver, dsn := "pgx", url
	if file, ok := strings.CutPrefix(url, "sqlite://"); ok {
		driver, dsn = "sqlite", file
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), string(script)); err != nil {
		t.Fatal(err)
	}
}

func plainSQLiteURL(t testing.TB) string { return "sqlite://" + t.TempDir() + "/old.db" }

// versionOne makes a database as the first version of the program left it.
func versionOne(t *testing.T, newURL func(testing.TB) string) string {
	t.Helper()
	url := newURL(t)
	if strings.HasPrefix(url, "sqlite") {
		url = plainSQLiteURL(t) // database/sql takes no escapes in a plain path
		runFile(t, url, "testdata/v1.sqlite.sql")
		return url
	}
	runFile(t, url, "testdata/v1.postgres.sql")
	return url
}

func TestUpgradeKeepsData(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		url := versionOne(t, newURL)
		cfg := quiet(url)
		cfg.NoMigrate = true
		if _, err := store.Open(t.Context(), cfg); jiqiao.CodeOf(err) != jiqiao.CodeUnavailable {
			t.Errorf("an old schema, not to be migrated: %v", err)
		}
		st := open(t, url)
		got, err := st.Get(t.Context(), jiqiao.KindNeed, "n_01m80000000000000002")
		if err != nil {
			t.Fatal(err)
		}
		want := &jiqiao.Need{Problem: "导热率不足"}
		want.Header = jiqiao.Header{
			ID: "n_01m80000000000000002", Version: 3, Status: jiqiao.StatusPublished, Title: "提高石墨烯膜导热率",
			Owner: jiqiao.OrganisationRef{
				ID: "o_01m80000000000000001", Name: "盐城某材料有限公司", CreditCode: "91320900MA1XXXXX0H", Kind: jiqiao.OrganisationEnterprise,
			},
			Price: jiqiao.Money{Kind: jiqiao.MoneyAmount, Min: 50 * jiqiao.Wan, Max: 50 * jiqiao.Wan}, Contact: jiqiao.Contact{Name: "张三"},
			CreatedAt: time.UnixMicro(1767225600000000).UTC(), UpdatedAt: time.UnixMicro(1767312000000001).UTC(),
		}
		if diff := cmp.Diff(jiqiao.Record(want), got); diff != "" {
			t.Errorf("an old record (-want +got):\n%s", diff)
		}
		_, err = st.Get(t.Context(), jiqiao.KindAchievement, "a_01m80000000000000003")
		if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
			t.Errorf("a record deleted in the old database: %v", err)
		}
		changes, err := st.Changes(t.Context(), 0, 0)
		epoch, _ := st.Epoch(t.Context())
		tokens, _ := st.Tokens(t.Context())
		if err != nil || len(changes) != 5 || epoch != "firstepoch" || len(tokens) != 1 || len(tokens[0].Scopes) != 2 {
			t.Errorf("%d changes (%v), epoch %q, tokens %+v", len(changes), err, epoch, tokens)
		}
		// What came later works, and old rows take part.
		again := storetest.Need("盐城某材料有限公司", "提高石墨烯膜导热率")
		results, err := st.PutMany(t.Context(), []jiqiao.Record{again})
		if err != nil || results[0].Outcome != jiqiao.PutUpdated || results[0].Version != 4 {
			t.Errorf("an import over an old record: %+v, %v", results, err)
		}
		storetest.Fill(t, st)
	})
}

// upTo are the migrations up to the number.
func upTo(t *testing.T, url, last string) fs.FS {
	t.Helper()
	steps, err := store.Steps(url)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(steps, ".")
	if err != nil {
		t.Fatal(err)
	}
	old := fstest.MapFS{}
	for _, entry := range entries {
		if entry.Name() > last+"~" {
			continue
		}
		data, err := fs.ReadFile(steps, entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		old[entry.Name()] = &fstest.MapFile{Data: data}
	}
	return old
}

// Filters of queues become views of the list, imports are their organisation's, and all figures are made anew.
func TestUpgradeToViews(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		url := newURL(t)
		if strings.HasPrefix(url, "sqlite") {
			url = plainSQLiteURL(t)
		}
		if err := store.MigrateWith(t.Context(), quiet(url), upTo(t, url, "00016")); err != nil {
			t.Fatal(err)
		}
		script := filepath.Join(t.TempDir(), "old.sql")
		err := os.WriteFile(script, []byte(`
			INSERT INTO saved_filters (id, user_id, name, query, created_at) VALUES ('v_1', 'u_1', '临期', 'due=2', 1767225600000000);
			INSERT INTO imports (id, state, created_at, body) VALUES
				('i_01m80000000000000001', 'done', 1767225600000000, '{"id":"i_01m80000000000000001","state":"done","organisation":"o_1"}'),
				('i_01m80000000000000002', 'done', 1767225600000000, '{"id":"i_01m80000000000000002","state":"done"}');
			UPDATE counters SET value = 7 WHERE name = 'figures';`), 0o600)
		if err != nil {
			t.Fatal(err)
		}
		runFile(t, url, script)
		st := open(t, url)
		views, err := st.SavedViews(t.Context(), "u_1", "queue")
		want := []jiqiao.SavedView{{
			ID: "v_1", User: "u_1", List: "queue", Name: "临期", Query: "due=2", CreatedAt: time.UnixMicro(1767225600000000).UTC(),
		}}
		if diff := cmp.Diff(want, views); diff != "" || err != nil {
			t.Errorf("a saved filter (-want +got): %v\n%s", err, diff)
		}
		own, err := st.ImportPage(t.Context(), jiqiao.ImportQuery{Organisation: "o_1"})
		if err != nil || own.Total != 1 {
			t.Errorf("an organisation has %d old imports, %v", own.Total, err)
		}
		if all, err := st.ImportPage(t.Context(), jiqiao.ImportQuery{}); err != nil || all.Total != 2 {
			t.Errorf("%d old imports, %v", all.Total, err)
		}
		storetest.Fill(t, st)
	})
}

// TestUpgradeEqualsNew finds a migration that was edited after its release.
func TestUpgradeEqualsNew(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		upgraded, err := open(t, versionOne(t, newURL)).Columns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := open(t, newURL(t)).Columns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fresh, upgraded); diff != "" {
			t.Errorf("an upgraded schema differs from a new one (-new +upgraded):\n%s", diff)
		}
	})
}

func TestBackupCoversEveryColumn(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		columns, err := open(t, newURL(t)).Columns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		leftOut := func(name string) bool {
			table, _, _ := strings.Cut(name, ".")
			return slices.Contains([]string{"answers", "audit_head", "changes", "counters", "embeddings", "facts", "figures", "meta", "stale_objects", "goose_db_version"}, table)
		}
		columns = slices.DeleteFunc(columns, leftOut)
		backedUp := store.BackedUp()
		slices.Sort(columns)
		slices.Sort(backedUp)
		if diff := cmp.Diff(columns, backedUp); diff != "" {
			t.Errorf("schema and backup (-schema +backup):\n%s", diff)
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		url := newURL(t)
		st := open(t, url)
		current, known, err := st.Schema(t.Context())
		if err != nil || current != known || current < 3 {
			t.Errorf("schema %d of %d, %v", current, known, err)
		}
		steps, err := withStep(url, "CREATE TABLE later (id TEXT);")
		if err != nil {
			t.Fatal(err)
		}
		if err := store.MigrateWith(t.Context(), quiet(url), steps); err != nil {
			t.Fatal(err)
		}
		_, err = store.Open(t.Context(), quiet(url))
		if jiqiao.CodeOf(err) != jiqiao.CodeUnavailable || !strings.Contains(err.Error(), "升级程序") {
			t.Errorf("a newer schema: %v", err)
		}
	})
}

func TestFailedMigrationLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		url := newURL(t)
		before, err := open(t, url).Columns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		broken, err := withStep(url, "CREATE TABLE half (id TEXT);\nINSERT INTO no_such_table VALUES (1);")
		if err != nil {
			t.Fatal(err)
		}
		if err := store.MigrateWith(t.Context(), quiet(url), broken); err == nil {
			t.Fatal("a broken migration succeeded")
		}
		slow, err := withStep(url, "CREATE TABLE half (id TEXT);\n"+slowStatement(url))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		if err := store.MigrateWith(ctx, quiet(url), slow); jiqiao.CodeOf(err) != jiqiao.CodeTimeout {
			t.Errorf("a cancelled migration: %v", err)
		}
		after, err := open(t, url).Columns(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("half a migration stays:\n%s", diff)
		}
		mended, err := withStep(url, "CREATE TABLE half (id TEXT);")
		if err != nil {
			t.Fatal(err)
		}
		if err := store.MigrateWith(t.Context(), quiet(url), mended); err != nil {
			t.Errorf("the mended migration: %v", err)
		}
	})
}

func TestManyOpenANewDatabaseAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, newURL func(testing.TB) string) {
		url := newURL(t)
		var group sync.WaitGroup
		epochs := make([]string, 6)
		for i := range epochs {
			group.Go(func() {
				st, err := store.Open(t.Context(), quiet(url))
				if err != nil {
					t.Error(err)
					return
				}
				defer st.Close()
				if epochs[i], err = st.Epoch(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if len(slices.Compact(epochs)) != 1 || epochs[0] == "" {
			t.Errorf("one database has the names %q", epochs)
		}
	})
}
