package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

func TestWrongCommandLines(t *testing.T) {
	s := newSession(t)
	for _, c := range []struct {
		args []string
		hint string
	}{
		{[]string{"nope"}, `没有名为 "nope" 的命令`},
		{[]string{"impor"}, "是不是 import？"},
		{[]string{"token", "nope"}, `没有名为 "nope" 的命令`},
		{[]string{"completion", "tcsh"}, `没有名为 "tcsh" 的命令`},
		{[]string{"help", "nope"}, `没有名为 "nope" 的命令`},
		{[]string{"search"}, "用法为：jiqiao search"},
		{[]string{"search", "need", "一", "二"}, "给出了 3 个参数"},
		{[]string{"version", "x"}, "给出了 1 个参数"},
		{[]string{"search", "needle"}, "类别应为 need"},
		{[]string{"search", "need", "--nope"}, "没有名为 --nope 的参数"},
		{[]string{"search", "need", "-z"}, "没有名为 -z 的参数"},
		{[]string{"search", "need", "--limit"}, "--limit 后面缺少值"},
		{[]string{"search", "need", "--limit", "many"}, `--limit：应为整数，现为 "many"`},
		{[]string{"import", "need", "x", "--preview=maybe"}, "应为 true 或 false"},
		{[]string{"import", "need", "x", "--errors", "-"}, "--errors 应为文件名"},
		{[]string{"export", "need"}, "-o"},
		{[]string{"export", "need", "-o", "x.csv", "--status", "好"}, `没有名为 "好" 的状态`},
		{[]string{"template", "need"}, "-o"},
		{[]string{"match"}, "请给出记录编号"},
		{[]string{"match", "zz"}, "编号应以 n_"},
		{[]string{"match", "n_1", "--all"}, "只能选一个"},
		{[]string{"match", "--all", "--region", "盐城市"}, "不接受筛选条件"},
		{[]string{"match", "--all", "--limit", "0"}, "--limit"},
		{[]string{"match", "n_1", "--restart"}, "--all"},
		{[]string{"match", "--all", "--server", "127.0.0.1:1", "-o", "x.csv"}, "--server"},
		{[]string{"assign", "x"}, "给出了 1 个参数"},
		{[]string{"assign", "--min-level", "高"}, "--min-level"},
		{[]string{"assign", "--show", "s_1", "--cancel", "s_2"}, "只能选一个"},
		{[]string{"assign", "-o", "x.doc"}, ".xlsx"},
		{[]string{"assign", "--fairness", "much"}, "--fairness"},
		{[]string{"token", "create", "x", "--days", "-1"}, "--days"},
		{[]string{"user", "create", "x", "--role", "root"}, "--role"},
		{[]string{"user", "list", "--role", "root"}, "--role"},
		{[]string{"audit", "list", "--from", "昨天"}, "--from"},
		{[]string{"audit", "list", "--limit", "0"}, "--limit"},
		{[]string{"audit", "verify", "--expect", "12"}, "--expect"},
		{[]string{"audit", "export", "-o", "x.doc"}, ".xlsx"},
		{[]string{"audit", "archive"}, "--dir"},
		{[]string{"audit", "archive", "--dir", "x", "--days", "30"}, "--days"},
		{[]string{"bench", "--only", "nope"}, `"nope"`},
		{[]string{"bench", "--section", "nope"}, `"nope"`},
	} {
		s.fails(exitUsage, []string{"错误：", c.hint}, c.args...)
	}
	if _, err := os.Stat(s.dir); err == nil {
		t.Error("a wrong command line made the data directory")
	}
}

func TestEveryProblemOfTheConfigurationAtOnce(t *testing.T) {
	s := newSession(t)
	t.Setenv("JIQIAO_LOG_LEVEL", "loud")
	if err := os.WriteFile("jiqiao.yaml", []byte("listen: nowhere\ncolour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.fails(exitUsage, []string{"log_level", "listen", "colour", "cache_mib：应为整数", "user_dict"}, "serve", "--cache-mib", "much", "--user-dict", "absent")
	for _, args := range [][]string{{"version"}, {"completion", "bash"}, {"--help"}, {"token"}, {"help", "serve"}} {
		s.ok(args...) // these must work all the same
	}
}

// english is a run of words that no Chinese help text has.
var english = regexp.MustCompile(`\b[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}\b|default|\[flags\]|string\b`)

func TestHelpIsChinese(t *testing.T) {
	s := newSession(t)
	c := &cli{}
	var walk func(cmd *cobra.Command, path []string)
	walk = func(cmd *cobra.Command, path []string) {
		text := s.ok(append(path, "--help")...)
		for line := range strings.Lines(text) {
			if example := strings.HasPrefix(line, "  jiqiao ") || strings.HasPrefix(line, "  source "); !example && english.MatchString(line) {
				t.Errorf("%v --help: %s", path, line)
			}
		}
		if !strings.Contains(text, "用法：\n  jiqiao") || !strings.Contains(text, "--help") {
			t.Errorf("%v --help:\n%s", path, text)
		}
		for _, sub := range cmd.Commands() {
			walk(sub, append(path[:len(path):len(path)], sub.Name()))
		}
	}
	walk(c.rootCommand(), nil)
	if diff := cmp.Diff(s.ok("token", "--help"), s.ok("help", "token")); diff != "" {
		t.Errorf("help token is not token --help: %s", diff)
	}
}

func TestCommandsOfTheIssueExist(t *testing.T) {
	text := newSession(t).ok("--help")
	for _, name := range []string{"serve", "demo", "import", "export", "template", "search", "match", "assign", "eval", "reindex", "migrate",
		"backup", "restore", "user", "token", "audit", "doctor", "bench", "version", "completion"} {
		if !regexp.MustCompile(`(?m)^  ` + name + ` +\S`).MatchString(text) {
			t.Errorf("--help does not list %s:\n%s", name, text)
		}
	}
}

func TestVersionAndCompletion(t *testing.T) {
	s := newSession(t)
	if got := s.ok("version"); got != "jiqiao dev\n" {
		t.Errorf("version: %q", got)
	}
	var v map[string]string
	s.json(&v, "version")
	if diff := cmp.Diff(map[string]string{"version": "dev"}, v); diff != "" {
		t.Error(diff)
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if script := s.ok("completion", shell); !strings.Contains(script, "jiqiao") || len(script) < 1000 {
			t.Errorf("%s: %d bytes", shell, len(script))
		}
	}
	if got := s.ok("__complete", "tok"); !strings.HasPrefix(got, "token\t") {
		t.Errorf("completing tok: %q", got)
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	rows := [][]string{{"编号", "名称", "末"}, {"n_1", "碳化硅 SiC", "甲"}, {"n_10", "—", ""}}
	if err := table(&b, rows); err != nil {
		t.Fatal(err)
	}
	want := "编号  名称        末\nn_1   碳化硅 SiC  甲\nn_10  —           \n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestClip(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"碳化硅", 6, "碳化硅"}, {"碳化硅", 5, "碳化…"}, {"碳化硅", 4, "碳…"}, {"abc", 3, "abc"}, {"abcd", 3, "ab…"}} {
		if got := clip(c.in, c.n); got != c.want || cells(got) > c.n {
			t.Errorf("clip(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

func TestProgressLine(t *testing.T) {
	var b strings.Builder
	p := &progress{w: &b, label: "导入"}
	p.set(0, 0)
	p.set(5, 5)
	p.end()
	for _, want := range []string{"导入 0", "5/5", strings.Repeat("█", barWidth), "\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("lacks %q: %q", want, b.String())
		}
	}
	c := &cli{err: &b}
	if quiet := c.progress("导入"); quiet.w != nil {
		t.Error("it draws where no terminal is")
	}
}
