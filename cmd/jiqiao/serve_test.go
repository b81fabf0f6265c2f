package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jiqiao"
	"jiqiao/internal/app"
)

// started runs a serving command until stop is called, which returns what it left behind. lines reads its standard output.
func (s *session) started(args ...string) (lines *bufio.Reader, stop func() outcome) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	r, w := io.Pipe()
	done := make(chan outcome, 1)
	go func() {
		var errOut bytes.Buffer
		code := execute(ctx, append([]string{"--data-dir", s.dir, "--listen", "127.0.0.1:0"}, args...), nil, w, &errOut)
		w.Close()
		done <- outcome{code: code, err: errOut.String()}
	}()
	lines = bufio.NewReader(r)
	return lines, func() outcome {
		cancel()
		_, _ = io.Copy(io.Discard, lines)
		return <-done
	}
}

var addressIn = regexp.MustCompile(`http://[0-9.:]+`)

func (s *session) address(lines *bufio.Reader) string {
	s.t.Helper()
	for {
		line, err := lines.ReadString('\n')
		if a := addressIn.FindString(line); a != "" {
			return a
		}
		if err != nil {
			s.t.Fatalf("no address: %v", err)
		}
	}
}

func TestServe(t *testing.T) {
	s := withSample(t)
	lines, stop := s.started("serve")
	base := s.address(lines)
	resp, err := http.Get(base + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("healthz: %s", resp.Status)
	}

	// Commands work beside the service: some through it, some on the database, and what needs the directory says so.
	var found answer
	for found.Total == 0 { // until the index has caught up
		s.json(&found, "search", "need")
	}
	var direct answer
	s.json(&direct, "search", "need", "--server", strings.TrimPrefix(base, "http://"))
	if direct.Total != found.Total {
		t.Errorf("--server finds %d, the data directory's service %d", direct.Total, found.Total)
	}
	s.ok("match", found.Hits[0].Record.ID)
	s.ok("token", "list")
	s.fails(exitFailed, []string{"正被另一个 jiqiao 进程", "--data-dir"}, "reindex")
	s.fails(exitFailed, []string{"正被另一个 jiqiao 进程"}, "serve")
	if text := s.ok("doctor"); !strings.Contains(text, "正由进程") || !strings.Contains(text, base+"/readyz") {
		t.Errorf("doctor beside the service:\n%s", text)
	}

	if o := stop(); o.code != exitOK || !strings.Contains(o.err, "stopping") {
		t.Errorf("stopped with %d:\n%s", o.code, o.err)
	}
	s.fails(exitFailed, []string{"无法连接"}, "search", "need", "--server", base)
	s.fails(exitFailed, []string{"无法监听"}, "serve", "--listen", "203.0.113.1:1")
}

func TestDemo(t *testing.T) {
	s := newSession(t)
	for range 2 { // a second demo over the same data changes nothing and gives a token that works
		lines, stop := s.started("demo")
		base := s.address(lines)
		var text strings.Builder
		for !strings.Contains(text.String(), "Ctrl-C") {
			line, err := lines.ReadString('\n')
			if err != nil {
				t.Fatalf("%v after %s", err, text.String())
			}
			text.WriteString(line)
		}
		for _, want := range []string{"技术需求 71 条", base + "/match", base + "/api/docs", "登录页面 " + base + "/login", "需求导入模板.xlsx", "令牌", "技术经理人：broker1", "审计管理员：auditor"} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("lacks %q:\n%s", want, text.String())
			}
		}
		password, err := os.ReadFile(filepath.Join(s.dir, "demo-password"))
		if err != nil || !strings.Contains(text.String(), strings.TrimSpace(string(password))) {
			t.Errorf("the password is not told: %v", err)
		}
		signsIn(t, base, "operator", strings.TrimSpace(string(password)))
		if o := stop(); o.code != exitOK {
			t.Errorf("stopped with %d:\n%s", o.code, o.err)
		}
	}
}

// signsIn signs in and finds a city that lives: needs, introductions and signed contracts in the overview.
func signsIn(t *testing.T, base, login, password string) {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	body := strings.NewReader(`{"login":"` + login + `","password":"` + password + `"}`)
	answer, err := client.Post(base+"/api/v1/auth/login", "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	answer, err = client.Get(base + "/api/v1/statistics/overview")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var o jiqiao.Overview
	if err := json.NewDecoder(answer.Body).Decode(&o); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("overview: %d, %v", answer.StatusCode, err)
	}
	for _, c := range o.Cards {
		if c.Value == 0 {
			t.Errorf("%s is 0", c.Label)
		}
	}
}

func TestDoctor(t *testing.T) {
	s := withSample(t)
	s.ok("reindex")
	var findings []finding
	if s.json(&findings, "doctor"); len(findings) != 6 {
		t.Errorf("%d findings: %+v", len(findings), findings)
	}
	for _, f := range findings {
		if f.State != stateOK && f.Part != "磁盘" {
			t.Errorf("%+v", f)
		}
	}
	if text := s.ok("doctor"); !strings.Contains(text, "[正常] 索引：需求 71 条") {
		t.Errorf("doctor:\n%s", text)
	}
	broken := s.file("dict.txt", "\xff\xfe not words")
	damaged := s.file("damaged.db", strings.Repeat("not a database", 100))
	for name, c := range map[string]struct {
		args []string
		part string
	}{
		"redis is down":  {[]string{"--redis-url", "redis://127.0.0.1:1"}, "Redis"},
		"redis address":  {[]string{"--redis-url", "redis://127.0.0.1:6379/none"}, "Redis"},
		"dictionary":     {[]string{"--user-dict", broken}, "中文分词"},
		"database":       {[]string{"--database-url", "sqlite://" + damaged}, "数据库"},
		"postgres":       {[]string{"--database-url", "postgres://127.0.0.1:1/x?connect_timeout=1"}, "数据库"},
		"data directory": {[]string{"--data-dir", broken + "/x"}, "数据目录"},
	} {
		t.Run(name, func(t *testing.T) {
			o := s.run(append(c.args, "doctor", "--json")...)
			if o.code != exitFailed || !strings.Contains(o.err, "检查发现故障") {
				t.Errorf("exit code %d\n%s", o.code, o.err)
			}
			var findings []finding
			decodeOne(t, o.out, &findings)
			for _, f := range findings {
				if f.Part == c.part && (f.State != stateFault || f.Detail == "" || f.Advice == "") {
					t.Errorf("%+v", f)
				}
				if f.Part == "索引" && f.State == stateFault {
					t.Errorf("the index is blamed: %+v", f)
				}
			}
		})
	}
}

func TestDoctorAndAnotherProcess(t *testing.T) {
	s := newSession(t)
	lock, err := app.Lock(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	text := s.ok("doctor")
	if !strings.Contains(text, "[注意] 数据目录") || !strings.Contains(text, "另一个进程正在使用索引") || strings.Contains(text, "http:///") {
		t.Errorf("doctor:\n%s", text)
	}
}

func TestDoctorSeesALaggingIndex(t *testing.T) {
	if text := withSample(t).ok("doctor"); !strings.Contains(text, "[注意] 索引：落后") {
		t.Errorf("doctor:\n%s", text)
	}
}

func TestWriteFileLeavesNothingHalf(t *testing.T) {
	s := newSession(t)
	path := s.file("kept.txt", "before")
	err := writeFile(path, func(f *os.File) error {
		_, _ = f.WriteString("half")
		return io.ErrUnexpectedEOF
	})
	if err == nil {
		t.Fatal("no error")
	}
	if text, _ := os.ReadFile(path); string(text) != "before" {
		t.Errorf("the file holds %q", text)
	}
}
