package storetest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
)

func backupTests() map[string]func(*env) {
	return map[string]func(*env){
		"BackupRestoresEverything":    backupRestoresEverything,
		"BackupIsOneMoment":           backupIsOneMoment,
		"RestoreRefusesAFullDatabase": restoreRefusesAFullDatabase,
		"RestoreReplacesAndLogs":      restoreReplacesAndLogs,
		"RestoreRefusesDamage":        restoreRefusesDamage,
		"BackupFileIsWholeOrAbsent":   backupFileIsWholeOrAbsent,
	}
}

func (e *env) backup() []byte {
	e.t.Helper()
	var file bytes.Buffer
	_, err := e.Backup(e.ctx, &file)
	e.must(err)
	return file.Bytes()
}

func backupRestoresEverything(e *env) {
	secret := Fill(e.t, e.Store)
	want := Contents(e.t, e.Store)
	var file bytes.Buffer
	taken, err := e.Backup(e.ctx, &file)
	e.must(err)
	if taken.Tables["records"] != 6 || taken.Tables["match_results"] != 2 || taken.Schema == 0 {
		e.t.Errorf("taken: %+v", taken)
	}
	delete(taken.Tables, "audit_archives") // nothing is old enough
	into := (suite{url: sqlitetest.New}).open(e.t)
	read, err := into.Restore(e.ctx, bytes.NewReader(file.Bytes()), store.RestoreOptions{})
	e.must(err)
	if diff := cmp.Diff(taken, read); diff != "" {
		e.t.Errorf("what was restored differs:\n%s", diff)
	}
	if diff := cmp.Diff(want, Contents(e.t, into.Store)); diff != "" {
		e.t.Errorf("contents (-want +got):\n%s", diff)
	}
	if changes := into.changes(0); len(changes) != 5 || changes[4].Seq != 5 {
		e.t.Errorf("restored records in the log: %+v", changes)
	}
	mine, _ := e.Epoch(e.ctx)
	theirs, _ := into.Epoch(e.ctx)
	if mine == theirs || theirs == "" {
		e.t.Errorf("epochs %q and %q", mine, theirs)
	}
	// And back from SQLite into the database under test.
	back := e.backupInto(into.backup())
	if diff := cmp.Diff(want, Contents(e.t, back)); diff != "" {
		e.t.Errorf("contents after the way back (-want +got):\n%s", diff)
	}
	_, err = back.Authenticate(e.ctx, secret)
	e.must(err)
}

// backupInto restores over the database under test.
func (e *env) backupInto(file []byte) *store.Store {
	e.t.Helper()
	_, err := e.Restore(e.ctx, bytes.NewReader(file), store.RestoreOptions{Replace: true})
	e.must(err)
	return e.Store
}

// backupIsOneMoment has pairs of records written together while backups are taken: no backup may hold half a pair.
func backupIsOneMoment(e *env) {
	ctx, stop := context.WithCancel(e.ctx)
	written := make(chan error, 1)
	go func() {
		for i := 0; ctx.Err() == nil; i++ {
			title := fmt.Sprintf("成对 %d", i)
			_, err := e.PutMany(e.ctx, []jiqiao.Record{Need("甲公司", title), Achievement("某大学", title)})
			if err != nil {
				written <- err
				return
			}
		}
		written <- nil
	}()
	for range 5 {
		e.must(e.WaitChange(e.ctx, e.lastSeq()))
		into := (suite{url: sqlitetest.New}).open(e.t)
		into.backupInto(e.backup())
		needs, err := into.Count(e.ctx, jiqiao.KindNeed)
		e.must(err)
		achievements, err := into.Count(e.ctx, jiqiao.KindAchievement)
		e.must(err)
		if needs == 0 || needs != achievements {
			e.t.Errorf("a backup holds %d needs and %d achievements", needs, achievements)
		}
	}
	stop()
	e.must(<-written)
}

func restoreRefusesAFullDatabase(e *env) {
	file := e.backup()
	e.must(e.PutOrganisation(e.ctx, &jiqiao.Organisation{Name: "已有的单位"}))
	_, err := e.Restore(e.ctx, bytes.NewReader(file), store.RestoreOptions{})
	e.fails(jiqiao.CodeConflict, err)
	if n, err := e.CountOrganisations(e.ctx); n != 1 || err != nil {
		e.t.Errorf("%d organisations after the refusal, %v", n, err)
	}
}

func restoreReplacesAndLogs(e *env) {
	kept, dropped := Need("甲公司", "在备份里"), Need("甲公司", "不在备份里")
	e.put(kept)
	file := e.backup()
	before, err := e.Epoch(e.ctx)
	e.must(err)
	kept.Title = "备份之后改过"
	e.put(kept, dropped)
	seq := e.lastSeq()
	e.backupInto(file)
	got, err := e.Get(e.ctx, jiqiao.KindNeed, kept.ID)
	e.must(err)
	if got.Head().Title != "在备份里" || got.Head().Version != 1 {
		e.t.Errorf("restored %+v", got.Head())
	}
	// Who follows the log learns of both without starting over.
	var ops []string
	for _, c := range e.changes(seq) {
		ops = append(ops, fmt.Sprintf("%d %s %s", c.Seq-seq, c.Op, c.ID))
	}
	want := []string{"1 delete " + dropped.ID, "2 put " + kept.ID}
	if diff := cmp.Diff(want, ops); diff != "" {
		e.t.Errorf("changes (-want +got):\n%s", diff)
	}
	if after, err := e.Epoch(e.ctx); err != nil || after == before {
		e.t.Errorf("the epoch stays %q, %v", after, err)
	}
}

func restoreRefusesDamage(e *env) {
	Fill(e.t, e.Store)
	file := e.backup()
	plain := unzip(e.t, file)
	lines := strings.SplitAfter(plain, "\n")
	damage := map[string][]byte{
		"empty":           nil,
		"not gzip":        []byte("PK\x03\x04 不是备份"),
		"not a backup":    zip(e.t, `{"format":"other"}`+"\n"),
		"cut in half":     file[:len(file)/2],
		"trailer cut":     zip(e.t, strings.Join(lines[:len(lines)-2], "")),
		"last byte cut":   file[:len(file)-1],
		"a row gone":      zip(e.t, strings.Join(append(append([]string{}, lines[:3]...), lines[4:]...), "")),
		"a letter other":  zip(e.t, strings.Replace(plain, "留下的", "留上的", 1)),
		"something after": zip(e.t, plain+"\n"),
		"unknown table":   zip(e.t, strings.Replace(plain, `{"table":"tokens"`, `{"table":"sqlite_master; --"`, 1)),
		"unknown column":  zip(e.t, strings.Replace(plain, `"last_used_at"`, `"x) VALUES (1); --"`, 1)),
		"wrong type":      zip(e.t, strings.Replace(plain, `"need",3,"published"`, `"need","一","published"`, 1)),
		"newer format":    zip(e.t, strings.Replace(plain, `"version":1`, `"version":2`, 1)),
		"newer schema":    zip(e.t, strings.Replace(plain, `"schema":`, `"schema":9`, 1)),
	}
	flipped := bytes.Clone(file)
	flipped[len(flipped)/2] ^= 0x10
	damage["a bit flipped"] = flipped
	empty := (suite{url: e.fresh}).open(e.t)
	for name, file := range damage {
		_, err := empty.Restore(e.ctx, bytes.NewReader(file), store.RestoreOptions{})
		if jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			e.t.Errorf("%s: %v", name, err)
		}
		before := e.lastSeq()
		_, err = e.Restore(e.ctx, bytes.NewReader(file), store.RestoreOptions{Replace: true})
		if jiqiao.CodeOf(err) != jiqiao.CodeInvalid || e.lastSeq() != before {
			e.t.Errorf("%s over data: %v, seq %d", name, err, e.lastSeq())
		}
	}
	for kind, want := range map[jiqiao.Kind]int{jiqiao.KindNeed: 3, jiqiao.KindAchievement: 2} {
		half, err := empty.Count(e.ctx, kind)
		e.must(err)
		full, err := e.Count(e.ctx, kind)
		e.must(err)
		if half != 0 || full != want {
			e.t.Errorf("damaged files left %d and %d of %s", half, full, kind)
		}
	}
	_, err := empty.Restore(e.ctx, bytes.NewReader(file), store.RestoreOptions{})
	e.must(err)
}

func unzip(t testing.TB, file []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

func zip(t testing.TB, plain string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func backupFileIsWholeOrAbsent(e *env) {
	Fill(e.t, e.Store)
	dir := e.t.TempDir()
	path := filepath.Join(dir, "备份.jsonl.gz")
	_, err := e.BackupFile(e.ctx, path)
	e.must(err)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		e.t.Errorf("%v, %v", info.Mode(), err)
	}
	first, err := os.ReadFile(path)
	e.must(err)
	ctx, cancel := context.WithCancel(e.ctx)
	cancel()
	_, err = e.BackupFile(ctx, path)
	e.fails(jiqiao.CodeTimeout, err)
	_, err = e.BackupFile(e.ctx, filepath.Join(dir, "没有的目录", "x"))
	e.fails(jiqiao.CodeUnavailable, err)
	_, err = e.Backup(e.ctx, fullDisk{})
	e.fails(jiqiao.CodeUnavailable, err)
	kept, err := os.ReadFile(path)
	e.must(err)
	entries, err := os.ReadDir(dir)
	e.must(err)
	if !bytes.Equal(first, kept) || len(entries) != 1 {
		e.t.Errorf("a failed backup harmed the last one; %d files", len(entries))
	}
	into := (suite{url: e.fresh}).open(e.t)
	_, err = into.RestoreFile(e.ctx, path, store.RestoreOptions{})
	e.must(err)
	_, err = into.RestoreFile(e.ctx, path+".missing", store.RestoreOptions{})
	e.fails(jiqiao.CodeInvalid, err)
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }
