// Package bench measures the numbers that docs/benchmarks.md keeps, on real technical texts, through the running program's
// own parts. Each section runs in a process of its own, so that its memory and its start are its own.
package bench

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/internal/config"
)

// Figure is one number measured, beside the number asked for.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Bound is what was asked for: at most when AtMost, else at least; 0 when nothing was asked.
	Bound  float64 `json:"bound,omitempty"`
	AtMost bool    `json:"at_most,omitempty"`
}

// Met reports whether the bound holds.
func (f Figure) Met() bool {
	switch {
	case f.Bound == 0:
		return true
	case f.AtMost:
		return f.Value <= f.Bound
	default:
		return f.Value >= f.Bound
	}
}

func atMost(name string, value float64, unit string, bound float64) Figure {
	return Figure{name, value, unit, bound, true}
}

func atLeast(name string, value float64, unit string, bound float64) Figure {
	return Figure{name, value, unit, bound, false}
}

func observed(name string, value float64, unit string) Figure {
	return Figure{Name: name, Value: value, Unit: unit}
}

// Env is where a section works.
type Env struct {
	// Corpus and Graded are the directories of the texts and of the graded pairs.
	Corpus, Graded string
	// Work is a directory that the sections of one run share; large holds the data directory with 100,000 records.
	Work string
	// Database is where sections work that may need PostgreSQL; empty is SQLite.
	Database string
	// LoadFor is how long the platform is under load.
	LoadFor time.Duration
	// Program is this program, for sections that start it.
	Program string
	Log     *slog.Logger
}

// Records in the two collections that are measured.
const (
	largeRecords = 100_000
	smallRecords = 5_000
	needRecords  = 1_000
)

// Section is one group of figures.
type Section struct {
	Name  string
	Title string
	Run   func(ctx context.Context, e *Env) ([]Figure, error)
}

// Sections lists all sections in the order in which they must run: the first ones make the data of the others.
func Sections() []Section {
	return []Section{
		{"load", "写入数据库", load},
		{"index", "建立索引", buildIndex},
		{"match", "长需求匹配（10 万条成果）", matchLong},
		{"both", "双向批量匹配（5 千需求 × 2 万成果）", matchBoth},
		{"search", "短检索与联想", searchShort},
		{"http", "缓存命中的匹配接口", cachedMatches},
		{"fresh", "写入到可见", freshness},
		{"start", "启动与常驻内存", starts},
		{"import", "导入 1 万行 xlsx", importSheet},
		{"graded", "人工分级的匹配质量", graded},
		{"platform", "平台负载（300 位经理人、5 千单位、5 万候选）", platform},
		{"jobs", "后台任务恰好一次（杀掉进程）", killedJobs},
	}
}

// Workers are sections that others start; they make no figures.
func Workers() []Section { return []Section{{JobWorker, "做后台任务的进程", doJobs}} }

func (e *Env) large() string { return filepath.Join(e.Work, "large") }
func (e *Env) small() string { return filepath.Join(e.Work, "small") }
func (e *Env) both() string  { return filepath.Join(e.Work, "both") }

// open opens the service over a data directory.
func (e *Env) open(ctx context.Context, dir string) (*app.App, error) {
	return app.New(ctx, e.config(dir), app.Options{Log: e.Log, Version: "bench"})
}

func (e *Env) config(dir string) config.Config {
	cfg := config.Defaults()
	cfg.DataDir, cfg.Listen, cfg.RatePerSecond = dir, "127.0.0.1:0", 0
	cfg.UserRatePerSecond, cfg.SignInsPerMinute = 0, 0
	return cfg
}

// text is one document of the corpus.
type text struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Field string `json:"field"`
}

// texts reads at most n documents of the corpus, in a fixed order.
func (e *Env) texts(n int) ([]text, error) {
	var all []text
	for _, name := range []string{"abstracts", "patents", "passages"} {
		if err := readTexts(filepath.Join(e.Corpus, name+".jsonl.gz"), &all, n); err != nil {
			return nil, jiqiao.Fail(jiqiao.CodeInvalid, "无法读取语料目录 "+e.Corpus+"，请用 --corpus 指定", err)
		}
	}
	return all, nil
}

func readTexts(path string, all *[]text, limit int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", path, err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, maxLine)
	for lines.Scan() && len(*all) < limit {
		var t text
		if err := json.Unmarshal(lines.Bytes(), &t); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		*all = append(*all, t)
	}
	return lines.Err()
}

const maxLine = 16 << 20

// achievement makes a record of a document, with properties that spread over the facets. n tells equal titles apart.
func (t text) achievement(n int) *jiqiao.Achievement {
	a := &jiqiao.Achievement{Abstract: cutRunes(t.Text, jiqiao.MaxText), TRL: 1 + n%9}
	t.header(n, &a.Header)
	return a
}

func (t text) need(n int) *jiqiao.Need {
	d := &jiqiao.Need{Problem: cutRunes(t.Text, longNeed)}
	t.header(n, &d.Header)
	return d
}

// longNeed is the length of a long need's text, in characters, beside its title.
const longNeed = 300

func (t text) header(n int, h *jiqiao.Header) {
	title := t.Title
	if title == "" {
		title = firstSentence(t.Text)
	}
	h.Title = cutRunes(title, jiqiao.MaxTitle-8) + " " + strconv.Itoa(n)
	h.Status = jiqiao.StatusPublished
	h.Owner = jiqiao.OrganisationRef{Name: "测试单位" + strconv.Itoa(n%500)}
	h.Region = regions[n%len(regions)]
	h.Industries = []string{industries[n%len(industries)]}
	h.Cooperation = []string{"transfer", "licence", "joint"}[n%3 : n%3+1]
	h.Price = jiqiao.Money{Kind: jiqiao.MoneyAmount, Min: int64(1+n%800) * jiqiao.Wan, Max: int64(1+n%800) * jiqiao.Wan}
}

var (
	regions    = []string{"320900", "320981", "320100", "310000", "330100", "140400", "130500", "440300"}
	industries = []string{"C26", "C27", "C35", "C38", "C39", "C40", "A01", "I65", "M73"}
)

func cutRunes(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}

func firstSentence(s string) string {
	if i := strings.IndexAny(s, "。；.;"); i > 0 {
		s = s[:i]
	}
	return cutRunes(s, 40)
}

// quantile is the p-quantile of durations, in milliseconds.
func quantile(d []time.Duration, p float64) float64 {
	sorted := slices.Sorted(slices.Values(d))
	return float64(sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]) / float64(time.Millisecond)
}
