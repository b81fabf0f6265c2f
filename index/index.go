package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"jiqiao"
	"jiqiao/index/zh"
)

// Options wire an Index. Dir and Analyzer are required.
type Options struct {
	// Dir is the index's own directory; it is created.
	Dir string
	// Analyzer holds the analysis chain. Swapping it makes the index stale; it goes on with the old one until rebuilt.
	Analyzer *zh.Holder
	Log      *slog.Logger
}

// Index finds records. It is safe for concurrent use.
type Index struct {
	dir      string
	analyzer *zh.Holder
	log      *slog.Logger

	live    atomic.Pointer[state] // nil while there is no usable build
	write   sync.Mutex            // held by Apply, and while builds are switched
	rebuild sync.Mutex            // held by the one Rebuild
	broken  atomic.Pointer[string]
	closed  atomic.Bool
}

// Open opens the index of a directory, or makes a new one. What it finds but cannot use, because it is damaged or of
// another version, leaves the Index without data: Stale says why, searches answer CodeUnavailable, and Rebuild mends it.
// CodeUnavailable is also the error when another process has the directory open.
func Open(ctx context.Context, o Options) (*Index, error) {
	x := &Index{dir: o.Dir, analyzer: o.Analyzer, log: o.Log}
	if x.log == nil {
		x.log = slog.New(slog.DiscardHandler)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("index: make %s: %w", o.Dir, err)
	}
	current, err := readCurrent(o.Dir)
	if err != nil {
		return nil, err
	}
	if current == "" {
		if current, err = x.firstBuild(); err != nil {
			return nil, err
		}
	} else if err := x.openBuild(current); err != nil {
		return nil, err
	}
	x.sweep(current)
	return x, nil
}

// firstBuild makes the first build. CURRENT is written last: before that, nothing counts.
func (x *Index) firstBuild() (string, error) {
	name := buildName(1)
	if err := os.RemoveAll(filepath.Join(x.dir, name)); err != nil {
		return "", fmt.Errorf("index: clear %s: %w", name, err)
	}
	st, err := createState(filepath.Join(x.dir, name), x.analyzer.Get())
	if err != nil {
		return "", err
	}
	if err := writeCurrent(x.dir, name); err != nil {
		st.abandon()
		return "", err
	}
	x.live.Store(st)
	return name, nil
}

func (x *Index) openBuild(name string) error {
	st, err := openState(filepath.Join(x.dir, name), x.analyzer.Get())
	if errors.Is(err, errLocked) {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "索引目录正被另一个程序使用，请先停止它："+x.dir, err)
	}
	if err != nil {
		reason := err.Error()
		x.broken.Store(&reason)
		x.log.Warn("index is not usable and will be rebuilt", "build", name, "reason", reason)
		return nil //nolint:nilerr // Stale tells of it
	}
	x.live.Store(st)
	return nil
}

// sweep removes builds that were given up or replaced.
func (x *Index) sweep(current string) {
	entries, err := os.ReadDir(x.dir)
	if err != nil {
		x.log.Warn("cannot look for old builds", "error", err)
		return
	}
	for _, e := range entries {
		if _, ok := buildNumber(e.Name()); !ok || e.Name() == current {
			continue
		}
		if err := os.RemoveAll(filepath.Join(x.dir, e.Name())); err != nil {
			x.log.Warn("cannot remove an old build", "build", e.Name(), "error", err)
		}
	}
}

// Close saves nothing, for every Apply has; it frees the files.
func (x *Index) Close() error {
	x.closed.Store(true)
	x.write.Lock()
	defer x.write.Unlock()
	st := x.live.Swap(nil)
	if st == nil {
		return nil
	}
	return st.close()
}

// ready is the live build, or why there is none.
func (x *Index) ready(ctx context.Context) (*state, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	st := x.live.Load()
	if st == nil {
		return nil, x.unavailable()
	}
	return st, nil
}

func (x *Index) unavailable() error {
	if x.closed.Load() {
		return jiqiao.Fail(jiqiao.CodeUnavailable, "服务正在停止", nil)
	}
	return jiqiao.Fail(jiqiao.CodeUnavailable, "索引正在重建，请稍后再试", nil)
}

// Seq is the number of the last change applied, 0 before the first.
func (x *Index) Seq() int64 {
	if st := x.live.Load(); st != nil {
		return st.seq.Load()
	}
	return 0
}

// Generation stamps the state of the index: the same for the same mapping, analysis and Seq, also after a restart, and
// on another machine. It is empty while there is no usable build.
func (x *Index) Generation() string {
	st := x.live.Load()
	if st == nil {
		return ""
	}
	return st.version + "-" + strconv.FormatInt(st.seq.Load(), 10)
}

// Count is the number of records of a side.
func (x *Index) Count(kind jiqiao.Kind) int {
	if st := x.live.Load(); st != nil {
		return st.sides[kind].View().Live()
	}
	return 0
}

// Stale says why the index must be rebuilt, or "". A stale index may still answer.
func (x *Index) Stale() string {
	if reason := x.broken.Load(); reason != nil {
		return *reason
	}
	if st := x.live.Load(); st != nil && st.version != versionOf(x.analyzer.Get()) {
		return "built with another analysis"
	}
	return ""
}

// Apply brings the index to change number seq: puts are added or replaced, deletes removed, a record with DeletedAt
// counts as deleted. It returns when all is on disk. After an error the index is as before; the same batch may be
// applied again, and batches may be repeated.
func (x *Index) Apply(ctx context.Context, seq int64, puts []jiqiao.Record, deletes []Ref) error {
	x.write.Lock()
	defer x.write.Unlock()
	st, err := x.ready(ctx)
	if err != nil {
		return err
	}
	return st.apply(ctx, seq, puts, deletes)
}

// The file CURRENT names the build in use.

const currentFile = "CURRENT"

func buildName(n int) string { return fmt.Sprintf("build-%06d", n) }

func buildNumber(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, "build-")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n > 0
}

// readCurrent is the name of the build in use, "" when there is none.
func readCurrent(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, currentFile))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("index: read CURRENT: %w", err)
	}
	name := strings.TrimSpace(string(data))
	if _, ok := buildNumber(name); !ok {
		return "", nil // torn or tampered with: the index is a cache, start anew
	}
	return name, nil
}

// writeCurrent switches in one step: the new name is on disk before it takes the place of the old.
func writeCurrent(dir, name string) error {
	tmp := filepath.Join(dir, currentFile+".tmp")
	if err := writeSynced(tmp, name+"\n"); err != nil {
		return fmt.Errorf("index: write CURRENT: %w", err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, currentFile)); err != nil {
		return fmt.Errorf("index: write CURRENT: %w", err)
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("index: sync %s: %w", dir, err)
	}
	return errors.Join(d.Sync(), d.Close())
}

func writeSynced(path, text string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}
