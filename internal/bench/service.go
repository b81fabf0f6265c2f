package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"jiqiao"
	"jiqiao/internal/app"
	"jiqiao/internal/sheet"
	"jiqiao/matcher/eval"
)

const (
	loadConnections = 16
	loadTime        = 5 * time.Second
)

// cachedMatches asks one process for matches that are in its cache from another, over keep-alive connections.
func cachedMatches(ctx context.Context, e *Env) ([]Figure, error) {
	a, err := e.openLarge(ctx)
	if err != nil {
		return nil, err
	}
	needs, err := needsOf(ctx, a, 100)
	if err := firstError(err, a.Stop()); err != nil {
		return nil, err
	}
	server, err := e.serve(ctx, e.large())
	if err != nil {
		return nil, err
	}
	defer server.stop()
	var paths []string
	for _, n := range needs {
		paths = append(paths, "/api/v1/needs/"+n.Head().ID+"/matches?brief=true")
	}
	counts := make([]int, loadConnections)
	run := func(until time.Time) error {
		var group errgroup.Group
		for i := range counts {
			group.Go(func() error { return ask(ctx, server.address, paths, until, &counts[i]) })
		}
		return group.Wait()
	}
	if err := run(time.Now().Add(loadTime / 2)); err != nil { // fills the cache
		return nil, err
	}
	clear(counts)
	start := time.Now()
	if err := run(start.Add(loadTime)); err != nil {
		return nil, err
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	return []Figure{atLeast("缓存命中的匹配接口", float64(total)/time.Since(start).Seconds(), "次/s", 5000)}, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// ask sends requests one after the other on one connection. It speaks HTTP by hand: the load process shares two cores
// with the server, and a full client would measure itself.
func ask(ctx context.Context, address string, paths []string, until time.Time, count *int) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }()
	in := bufio.NewReaderSize(conn, 64<<10)
	for i := 0; time.Now().Before(until); i++ {
		if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", paths[i%len(paths)]); err != nil {
			return fmt.Errorf("ask: %w", err)
		}
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", paths[i%len(paths)], resp.Status)
		}
		*count++
	}
	return nil
}

// server is the program serving in a process of its own.
type server struct {
	cmd     *exec.Cmd
	address string
	ready   time.Duration // from start to ready
}

func (e *Env) serve(ctx context.Context, dir string, flags ...string) (*server, error) {
	start := time.Now()
	args := append([]string{"serve", "--data-dir", dir, "--listen", "127.0.0.1:0", "--rate-per-second", "0", "--log-level", "error"}, flags...)
	cmd := exec.CommandContext(ctx, e.Program, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the service: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the service: %w", err)
	}
	s := &server{cmd: cmd}
	line, err := bufio.NewReader(out).ReadString('\n')
	_, s.address, _ = strings.Cut(strings.TrimSpace(line), "http://")
	if err != nil || s.address == "" {
		s.stop()
		return nil, fmt.Errorf("the service did not start: %q, %w", line, err)
	}
	ready, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+"/readyz", http.NoBody)
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("ask whether the service is ready: %w", err)
	}
	for ctx.Err() == nil {
		resp, err := http.DefaultClient.Do(ready)
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				s.ready = time.Since(start)
				return s, nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.stop()
	return nil, ctx.Err()
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// idleFor lets a started service settle before its memory is read.
const idleFor = 8 * time.Second

func starts(ctx context.Context, e *Env) ([]Figure, error) {
	var figures []Figure
	for _, c := range []struct {
		dir, label    string
		seconds, rest float64
	}{{e.small(), "5 千条", 2, 300}, {e.large(), "10 万条", 10, 800}} {
		first, err := e.serve(ctx, c.dir) // the small one has no index yet
		if err != nil {
			return nil, err
		}
		first.stop()
		s, err := e.serve(ctx, c.dir)
		if err != nil {
			return nil, err
		}
		time.Sleep(idleFor)
		rss, err := memory("VmRSS", strconv.Itoa(s.cmd.Process.Pid))
		s.stop()
		if err != nil {
			return nil, err
		}
		figures = append(figures, atMost(c.label+"启动到就绪", s.ready.Seconds(), "s", c.seconds), atMost(c.label+"常驻内存", rss, "MiB", c.rest))
	}
	return figures, nil
}

const freshRounds = 50

// freshness writes a record over HTTP and asks until a search and a match find it.
func freshness(ctx context.Context, e *Env) ([]Figure, error) {
	st, err := app.OpenStore(ctx, e.config(e.large()), app.Options{Log: e.Log})
	if err != nil {
		return nil, err
	}
	secret, _, err := st.CreateToken(ctx, "bench", []jiqiao.Scope{jiqiao.ScopeWrite}, time.Time{})
	if err := firstError(err, st.Close()); err != nil {
		return nil, err
	}
	s, err := e.serve(ctx, e.large())
	if err != nil {
		return nil, err
	}
	defer s.stop()
	var found, matched []time.Duration
	for i := range freshRounds {
		word := "量子蜂巢" + strconv.Itoa(1000+i)
		start := time.Now()
		if err := s.write(ctx, secret, word); err != nil {
			return nil, err
		}
		if err := s.until(ctx, "/api/v1/search?kind=achievement&q="+url.QueryEscape(word), nil, word); err != nil {
			return nil, err
		}
		found = append(found, time.Since(start))
		body, err := json.Marshal(map[string]any{"kind": "need", "text": "需要" + word + "催化剂"})
		if err != nil {
			return nil, err
		}
		if err := s.until(ctx, "/api/v1/match", body, word); err != nil {
			return nil, err
		}
		matched = append(matched, time.Since(start))
	}
	return []Figure{
		atMost("写入到可检索（最长）", quantile(found, 1)/1000, "s", 1),
		atMost("写入到可匹配（最长）", quantile(matched, 1)/1000, "s", 1),
	}, nil
}

func (s *server) write(ctx context.Context, secret, word string) error {
	a := &jiqiao.Achievement{Abstract: word + "催化剂，用于高盐废水处理。"}
	a.Title, a.Status, a.Owner = word+"催化剂", jiqiao.StatusPublished, jiqiao.OrganisationRef{Name: "测试单位"}
	raw, err := json.Marshal(map[string]any{"title": a.Title, "status": a.Status, "owner": a.Owner, "abstract": a.Abstract})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/api/v1/achievements", bytes.NewReader(raw))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("write a record: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusCreated {
		text, _ := io.ReadAll(resp.Body)
		return fmt.Errorf("write a record: %s: %s", resp.Status, text)
	}
	return nil
}

// until asks again and again until the answer holds the word.
func (s *server) until(ctx context.Context, path string, body []byte, word string) error {
	for ctx.Err() == nil {
		method := http.MethodGet
		if body != nil {
			method = http.MethodPost
		}
		req, err := http.NewRequestWithContext(ctx, method, "http://"+s.address+path, bytes.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return fmt.Errorf("ask %s: %w", path, err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil {
			return fmt.Errorf("ask %s: %w", path, err)
		}
		var v any
		if json.Unmarshal(text, &v) == nil && strings.Contains(fmt.Sprint(v), word) {
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return ctx.Err()
}

const sheetRows = 10_000

// importSheet imports an xlsx file of 10,000 rows into an empty data directory while it is served.
func importSheet(ctx context.Context, e *Env) ([]Figure, error) {
	texts, err := e.texts(sheetRows)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(e.Work, "rows.xlsx")
	if err := writeSheet(path, texts); err != nil {
		return nil, err
	}
	a, err := e.open(ctx, filepath.Join(e.Work, "imported"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Stop() }()
	a.Follow()
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	start := time.Now()
	report, err := a.Intake.Import(ctx, jiqiao.ImportFile{Kind: jiqiao.KindAchievement, Name: "rows.xlsx", Commit: true}, file)
	if err != nil {
		return nil, err
	}
	took := time.Since(start)
	if report.Created != len(texts) {
		return nil, fmt.Errorf("imported %d of %d rows: %+v", report.Created, len(texts), report.Errors[:min(3, len(report.Errors))])
	}
	peak, err := memory("VmHWM", "self")
	if err != nil {
		return nil, err
	}
	return []Figure{atMost("导入 1 万行 xlsx", took.Seconds(), "s", 20), observed("导入 1 万行的内存峰值", peak, "MiB")}, nil
}

func writeSheet(path string, texts []text) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, file.Close()) }()
	w, err := sheet.NewWriter(file, jiqiao.KindAchievement, sheet.XLSX)
	if err != nil {
		return err
	}
	for i, t := range texts {
		if err := w.Write(sheet.Entry{Record: t.achievement(i)}); err != nil {
			return err
		}
	}
	return w.Close()
}

// graded measures the matcher on the graded pairs through a real index.
func graded(ctx context.Context, e *Env) ([]Figure, error) {
	report, err := e.evaluate(ctx)
	if err != nil {
		return nil, err
	}
	var figures []Figure
	for _, c := range []struct {
		row, column, label string
		bound              float64
	}{
		{"jiqiao", "nDCG@10", "nDCG@10", .66},
		{"jiqiao", "成对准确率", "成对准确率", .72},
		{"jiqiao", "1/(1+MAE)", "1/(1+MAE)", 0},
		{"bm25-bigram", "nDCG@10", "二元组 BM25 的 nDCG@10", 0},
		{"bm25-bigram", "成对准确率", "二元组 BM25 的成对准确率", 0},
		{"recalled", "nDCG@10", "只评召回候选的 nDCG@10", 0},
	} {
		v, ok := report.Figure(c.row, c.column)
		if !ok {
			return nil, fmt.Errorf("the report lacks %s of %s", c.column, c.row)
		}
		figures = append(figures, atLeast(c.label, v.Value, "", c.bound))
	}
	return figures, nil
}

func (e *Env) evaluate(ctx context.Context) (*eval.Report, error) {
	analyzer, err := app.OpenAnalyzer(e.config(e.Work))
	if err != nil {
		return nil, err
	}
	scratch := app.NewScratch(analyzer, e.Log)
	defer func() { _ = scratch.Close() }()
	return eval.RunGraded(ctx, e.Graded, eval.Options{Analyzer: analyzer.Get(), Open: scratch.Open})
}
