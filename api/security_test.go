package api

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"jiqiao"
)

var ginParameter = regexp.MustCompile(`:(\w+)`)

// The description says of every route who gets in with a session and who with a token: whoever may.
func TestDescriptionSaysWhoGetsIn(t *testing.T) {
	w := newWorld(t)
	rec := w.do(ask{path: "/api/openapi.json"})
	var doc struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(plain(t, rec), &doc); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("%d %v", rec.Code, err)
	}
	people := func(p jiqiao.Permission) bool {
		return slices.ContainsFunc(jiqiao.Roles[:], func(r jiqiao.Role) bool { return jiqiao.Viewer{User: "u_1", Role: r, Lead: true}.May(p) })
	}
	machines := func(p jiqiao.Permission) bool {
		return jiqiao.Viewer{Scopes: []jiqiao.Scope{jiqiao.ScopeAdmin}}.May(p) ||
			jiqiao.Viewer{Scopes: []jiqiao.Scope{jiqiao.ScopeAdmin}, Organisation: "o_1"}.May(p)
	}
	for _, r := range (&Server{}).routes() {
		path := prefix + ginParameter.ReplaceAllString(r.path, "{$1}")
		said, known := doc.Paths[path][strings.ToLower(r.method)]
		if !known {
			t.Errorf("%s %s is not described", r.method, path)
			continue
		}
		has := func(scheme string) bool {
			return slices.ContainsFunc(said.Security, func(s map[string][]string) bool { _, ok := s[scheme]; return ok })
		}
		public := slices.ContainsFunc(said.Security, func(s map[string][]string) bool { return len(s) == 0 })
		if public != (r.permission == open) {
			t.Errorf("%s %s public %v", r.method, path, r.permission == open)
		}
		// Signing in needs neither; whatever else is open shows more to those who are known.
		if r.permission == open && len(said.Security) == 1 {
			continue
		}
		if has("cookie") != people(r.permission) || r.permission != open && has("bearer") != machines(r.permission) || has("bearer") && !has("cookie") && people(r.permission) {
			t.Errorf("%s %s cookie %v bearer %v", r.method, path, people(r.permission), machines(r.permission))
		}
	}
}
