package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/storetest"
)

// childTask names the task of a process that a test starts from its own binary, to kill it; childURL is its database.
const (
	childTask = "JIQIAO_STORE_CHILD"
	childURL  = "JIQIAO_STORE_URL"
)

// child does its task until it is killed, and says on its output what has been acknowledged.
func child() int {
	tasks := map[string]func(context.Context, store.Config) error{
		"write": childWrites, "commit": childCommits, "backup": childBacksUp, "migrate": childMigrates, "restore": childRestores,
	}
	cfg := store.Config{URL: os.Getenv(childURL), Log: slog.New(slog.DiscardHandler)}
	if err := tasks[os.Getenv(childTask)](context.Background(), cfg); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func childWrites(ctx context.Context, cfg store.Config) error {
	st, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	failed := make(chan error, 4)
	for w := range cap(failed) {
		go func() {
			for i := 0; ; i++ {
				n := storetest.Need("甲公司", fmt.Sprintf("需求 %d-%d", w, i))
				if err := st.Put(ctx, n); err != nil {
					failed <- err
					return
				}
				fmt.Println(n.ID)
			}
		}()
	}
	return <-failed
}

// childCommits commits what the test has staged, two rows at a time.
func childCommits(ctx context.Context, cfg store.Config) error {
	st, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	imports, err := st.Imports(ctx, "", 1)
	if err != nil {
		return err
	}
	for {
		imp, err := st.CommitStaged(ctx, imports[0].ID, 2)
		if err != nil {
			return err
		}
		fmt.Println(imp.Created)
		if imp.State == jiqiao.ImportDone {
			time.Sleep(time.Hour)
		}
	}
}

func childBacksUp(ctx context.Context, cfg store.Config) error {
	st, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	for {
		if _, err := st.BackupFile(ctx, os.Getenv("JIQIAO_STORE_FILE")); err != nil {
			return err
		}
		fmt.Println("done")
	}
}

func childRestores(ctx context.Context, cfg store.Config) error {
	st, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	for {
		fmt.Println("go")
		if _, err := st.RestoreFile(ctx, os.Getenv("JIQIAO_STORE_FILE"), store.RestoreOptions{Replace: true}); err != nil {
			return err
		}
	}
}

// childMigrates applies a third step that changes a table and then takes minutes.
func childMigrates(ctx context.Context, cfg store.Config) error {
	fmt.Println("go")
	steps, err := withStep(cfg.URL, "ALTER TABLE records ADD COLUMN half TEXT;\n"+slowStatement(cfg.URL))
	if err != nil {
		return err
	}
	return store.MigrateWith(ctx, cfg, steps)
}

// slowStatement runs for minutes.
func slowStatement(url string) string {
	if strings.HasPrefix(url, "sqlite") {
		return "CREATE TABLE slow AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000000000) SELECT max(i) FROM n;"
	}
	return "SELECT pg_sleep(600);"
}

// withStep is the program's migrations and one more.
func withStep(url, statements string) (fs.FS, error) {
	steps, err := store.Steps(url)
	if err != nil {
		return nil, err
	}
	all, last := fstest.MapFS{}, 0
	entries, err := fs.ReadDir(steps, ".")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		data, err := fs.ReadFile(steps, entry.Name())
		if err != nil {
			return nil, err
		}
		all[entry.Name()] = &fstest.MapFile{Data: data}
		number, _, _ := strings.Cut(entry.Name(), "_")
		if last, err = strconv.Atoi(number); err != nil {
			return nil, err
		}
	}
	all[fmt.Sprintf("%05d_next.sql", last+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + statements + "\n")}
	return all, nil
}

// killedAfter runs the task in a process of its own, kills it with SIGKILL once it has said n lines and the delay has
// passed, and returns all it said.
func killedAfter(t *testing.T, task, url, file string, n int, delay time.Duration) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childTask+"="+task, childURL+"="+url, "JIQIAO_STORE_FILE="+file)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewReader(out)
	var lines []string
	read := func() bool {
		line, err := said.ReadString('\n')
		if err != nil { // a line that was cut off is not an acknowledgement
			if !errors.Is(err, io.EOF) {
				t.Error(err)
			}
			return false
		}
		lines = append(lines, strings.TrimSpace(line))
		return true
	}
	for len(lines) < n && read() {
	}
	if len(lines) < n {
		_ = cmd.Wait()
		t.Fatalf("the child ended by itself after %q", lines)
	}
	time.Sleep(delay)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for read() {
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child was not killed")
	}
	return lines
}
