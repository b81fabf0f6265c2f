package storetest

import (
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

func tokenTests() map[string]func(*env) {
	return map[string]func(*env){
		"TokenOpensUntilRevoked":   tokenOpensUntilRevoked,
		"TokenExpires":             tokenExpires,
		"TokenNeedsNameAndScopes":  tokenNeedsNameAndScopes,
		"TokenUseIsNotedSparingly": tokenUseIsNotedSparingly,
	}
}

func tokenOpensUntilRevoked(e *env) {
	scopes := []jiqiao.Scope{jiqiao.ScopeRead, jiqiao.ScopeWrite}
	secret, token, err := e.CreateToken(e.ctx, " 省平台对接\x00 ", scopes, time.Time{})
	e.must(err)
	viewer, err := e.Authenticate(e.ctx, secret)
	e.must(err)
	if diff := cmp.Diff(jiqiao.Viewer{Name: "省平台对接", Scopes: scopes}, viewer); diff != "" {
		e.t.Errorf("viewer (-want +got):\n%s", diff)
	}
	for _, wrong := range []string{"", "jiqiao_", secret[:len(secret)-1], secret + "0", strings.ToUpper(secret), token.ID, "\x00\xff"} {
		_, err := e.Authenticate(e.ctx, wrong)
		e.fails(jiqiao.CodeUnauthorized, err)
	}
	other, _, err := e.CreateToken(e.ctx, "另一个", scopes, time.Time{})
	e.must(err)
	e.must(e.RevokeToken(e.ctx, token.ID))
	_, err = e.Authenticate(e.ctx, secret)
	e.fails(jiqiao.CodeUnauthorized, err)
	_, err = e.Authenticate(e.ctx, other)
	e.must(err)
	revoked := e.clock.Now()
	e.clock.Advance(time.Hour)
	e.must(e.RevokeToken(e.ctx, token.ID))
	e.fails(jiqiao.CodeNotFound, e.RevokeToken(e.ctx, "t_00000000000000000000"))
	e.fails(jiqiao.CodeNotFound, e.RevokeToken(e.ctx, "\x00"))
	tokens, err := e.Tokens(e.ctx)
	e.must(err)
	if len(tokens) != 2 || tokens[0].ID != token.ID || !tokens[0].RevokedAt.Equal(revoked.Truncate(time.Microsecond)) {
		e.t.Errorf("tokens: %+v", tokens)
	}
}

func tokenExpires(e *env) {
	secret, token, err := e.CreateToken(e.ctx, "短期", []jiqiao.Scope{jiqiao.ScopeRead}, e.clock.Now().Add(time.Hour))
	e.must(err)
	_, err = e.Authenticate(e.ctx, secret)
	e.must(err)
	e.clock.Advance(time.Hour)
	_, err = e.Authenticate(e.ctx, secret)
	e.fails(jiqiao.CodeUnauthorized, err)
	tokens, err := e.Tokens(e.ctx)
	e.must(err)
	if len(tokens) != 1 || !tokens[0].ExpiresAt.Equal(*token.ExpiresAt) {
		e.t.Errorf("tokens: %+v", tokens)
	}
}

func tokenNeedsNameAndScopes(e *env) {
	read := []jiqiao.Scope{jiqiao.ScopeRead}
	for _, c := range []struct {
		name    string
		scopes  []jiqiao.Scope
		expires time.Time
	}{
		{" ", read, time.Time{}},
		{"无权限", nil, time.Time{}},
		{"乱权限", []jiqiao.Scope{"admin,read"}, time.Time{}},
		{"已过期", read, e.clock.Now()},
	} {
		_, _, err := e.CreateToken(e.ctx, c.name, c.scopes, c.expires)
		e.fails(jiqiao.CodeInvalid, err)
	}
}

func tokenUseIsNotedSparingly(e *env) {
	secret, _, err := e.CreateToken(e.ctx, "常用", []jiqiao.Scope{jiqiao.ScopeRead}, time.Time{})
	e.must(err)
	first := e.clock.Now().Truncate(time.Microsecond)
	for _, step := range []struct {
		after time.Duration
		noted time.Time
	}{{0, first}, {9 * time.Minute, first}, {time.Minute, first.Add(10 * time.Minute)}} {
		e.clock.Advance(step.after)
		_, err := e.Authenticate(e.ctx, secret)
		e.must(err)
		tokens, err := e.Tokens(e.ctx)
		e.must(err)
		if got := tokens[0].LastUsedAt; got == nil || !got.Equal(step.noted) {
			e.t.Errorf("at %v the last use is %v, want %v", e.clock.Now(), got, step.noted)
		}
	}
}
