package bench

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"jiqiao"
	"jiqiao/internal/app"
)

// load writes the collections into two data directories.
func load(ctx context.Context, e *Env) ([]Figure, error) {
	texts, err := e.texts(largeRecords)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := e.fill(ctx, e.large(), texts, needRecords); err != nil {
		return nil, err
	}
	rate := float64(len(texts)) / time.Since(start).Seconds()
	if err := e.fill(ctx, e.small(), texts[:min(smallRecords, len(texts))], needRecords); err != nil {
		return nil, err
	}
	return []Figure{observed("写入数据库", rate, "条/s")}, nil
}

const loadBatch = 500

func (e *Env) fill(ctx context.Context, dir string, texts []text, needs int) error {
	st, err := app.OpenStore(ctx, e.config(dir), app.Options{Log: e.Log})
	if err != nil {
		return err
	}
	defer func() { _ = st.Close() }()
	recs := make([]jiqiao.Record, 0, len(texts)+needs)
	for i, t := range texts {
		recs = append(recs, t.achievement(i))
	}
	for i := range min(needs, len(texts)) {
		// Needs from all over the corpus, so that they resemble some achievements and not their neighbours alone.
		recs = append(recs, texts[i*len(texts)/needs].need(i))
	}
	for start := 0; start < len(recs); start += loadBatch {
		if _, err := st.PutMany(ctx, recs[start:min(start+loadBatch, len(recs))]); err != nil {
			return fmt.Errorf("write records: %w", err)
		}
	}
	return nil
}

// buildIndex indexes the large collection from the store, as a first start or a rebuild does.
func buildIndex(ctx context.Context, e *Env) ([]Figure, error) {
	texts, err := e.texts(largeRecords)
	if err != nil {
		return nil, err
	}
	size := 0
	for i, t := range texts {
		for _, s := range t.achievement(i).Sections() {
			size += len(s.Text)
		}
	}
	texts = nil //nolint:ineffassign // gives the memory back before the peak is measured
	a, err := e.open(ctx, e.large())
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Stop() }()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // resets the peak
		return nil, fmt.Errorf("reset the peak of memory: %w", err)
	}
	start := time.Now()
	if err := a.Index.Rebuild(ctx, a.Store, func(int) {}); err != nil {
		return nil, err
	}
	took := time.Since(start)
	peak, err := memory("VmHWM", "self")
	if err != nil {
		return nil, err
	}
	fresh, err := diskUse(filepath.Join(e.large(), "index"))
	if err != nil {
		return nil, err
	}
	settled, err := e.settledDisk(ctx, a)
	if err != nil {
		return nil, err
	}
	return []Figure{
		atLeast("建索引速度", float64(largeRecords+needRecords)/took.Seconds(), "条/s", 2000),
		atMost("建索引内存峰值", peak, "MiB", 1024),
		atMost("索引占盘与文本之比（重开之后）", float64(settled)/float64(size), "", 1),
		observed("索引占盘与文本之比（刚建完）", float64(fresh)/float64(size), ""),
	}, nil
}

// settledDisk is the index's size after the service has been stopped and started again: bleve removes the files that it
// has merged a little later than it merges them.
func (e *Env) settledDisk(ctx context.Context, a *app.App) (int64, error) {
	if err := a.Stop(); err != nil {
		return 0, err
	}
	again, err := e.openLarge(ctx)
	if err != nil {
		return 0, err
	}
	time.Sleep(idleFor)
	if err := again.Stop(); err != nil {
		return 0, err
	}
	return diskUse(filepath.Join(e.large(), "index"))
}

// memory reads a line of /proc/PID/status, in MiB.
func memory(line, pid string) (float64, error) {
	status, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0, fmt.Errorf("read memory use: %w", err)
	}
	for l := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(l, line+":"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no %s in /proc/%s/status", line, pid)
}

func diskUse(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
