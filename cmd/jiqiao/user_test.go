package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"jiqiao"
)

func TestUserCommands(t *testing.T) {
	s := newSession(t)
	var made struct {
		User     jiqiao.User `json:"user"`
		Password string      `json:"password"`
	}
	parse := func(out string) {
		t.Helper()
		if err := json.Unmarshal([]byte(out), &made); err != nil {
			t.Fatal(err)
		}
	}
	parse(s.ok("user", "create", "anquan", "--name", "李四", "--role", "security_admin", "--json"))
	if made.User.State != jiqiao.UserActive || !made.User.MustChangePassword || len(made.Password) < 16 {
		t.Errorf("made %+v", made)
	}
	if out := s.ok("user", "create", "zhang", "--name", "张三", "--role", "operator", "--region", "320900"); !regexp.MustCompile(`(?s)zhang.*一次性密码.*\nAa2-\w+\n`).MatchString(out) {
		t.Errorf("says %q", out)
	}
	first := made.Password
	parse(s.ok("user", "reset", "ANQUAN", "--totp", "--json"))
	if made.Password == first {
		t.Error("the password is the old one")
	}
	if out := s.ok("user", "list"); !strings.Contains(out, "安全管理员") || !strings.Contains(out, "盐城市") || strings.Contains(out, made.Password) {
		t.Errorf("list: %s", out)
	}
	if out := s.ok("user", "list", "--role", "auditor", "--json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("auditors: %s", out)
	}
	for _, step := range []struct{ act, state string }{{"lock", "已锁定"}, {"unlock", "正常"}, {"disable", "已停用"}, {"enable", "正常"}} {
		if out := s.ok("user", step.act, "zhang"); !strings.Contains(out, step.state) {
			t.Errorf("%s: %s", step.act, out)
		}
	}
	for want, args := range map[string][]string{
		"最后一位": {"disable", "anquan"}, "不存在": {"reset", "nobody"}, "已被使用": {"create", "zhang", "--name", "张三", "--role", "operator"},
		"所属单位": {"create", "qiye", "--name", "王五", "--role", "enterprise"},
	} {
		if o := s.run(append([]string{"user"}, args...)...); o.code != exitFailed || !strings.Contains(o.err, want) {
			t.Errorf("%v: %+v", args, o)
		}
	}
}
