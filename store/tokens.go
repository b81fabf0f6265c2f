package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"jiqiao"
)

// Token is an API token, without its secret, of which only a digest is stored.
type Token struct {
	ID         string         `json:"id"` // "t_" and 20 characters
	Name       string         `json:"name"`
	Scopes     []jiqiao.Scope `json:"scopes"`
	CreatedAt  time.Time      `json:"created_at"`
	ExpiresAt  *time.Time     `json:"expires_at,omitempty"` // nil: never
	RevokedAt  *time.Time     `json:"revoked_at,omitempty"`
	LastUsedAt *time.Time     `json:"last_used_at,omitempty"` // to within tokenTouch; nil: never used
}

// secretPrefix lets people and scanners recognise a leaked secret.
const secretPrefix = "jiqiao_"

// secretBytes of chance make guessing hopeless, so that a plain digest is enough to keep.
const secretBytes = 32

// tokenTouch is how precisely the last use of a token is kept: a write per request would cost more than the request.
const tokenTouch = 10 * time.Minute

// touchTimeout bounds the wait of a request for noting that its token was used, while an import holds the database.
const touchTimeout = 100 * time.Millisecond

// CreateToken makes a token and returns its secret, which cannot be had again. A zero expires means never.
func (s *Store) CreateToken(ctx context.Context, name string, scopes []jiqiao.Scope, expires time.Time) (secret string, _ Token, _ error) {
	token := Token{Name: strings.TrimSpace(clean(name)), Scopes: scopes}
	if !expires.IsZero() {
		expires = expires.UTC().Truncate(time.Microsecond)
		token.ExpiresAt = &expires
	}
	if err := jiqiao.Invalid(token.problems(s.clock())); err != nil {
		return "", Token{}, err
	}
	secret = secretPrefix + newSecret(secretBytes)
	err := s.tx(ctx, "create a token", func(t *tx) error {
		token.ID, token.CreatedAt = t.ids.next(tokenPrefix), t.now
		_, err := t.exec(ctx, `INSERT INTO tokens (id, name, hash, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)`,
			token.ID, token.Name, digest(secret), joinScopes(scopes), micros(token.CreatedAt), microsOrNil(token.ExpiresAt))
		return err
	})
	if err != nil {
		return "", Token{}, err
	}
	return secret, token, nil
}

func (t Token) problems(now time.Time) (found []jiqiao.FieldError) {
	if t.Name == "" {
		found = append(found, jiqiao.FieldError{Field: "name", Message: "请填写令牌名称，说明由谁使用"})
	}
	if len(t.Scopes) == 0 {
		found = append(found, jiqiao.FieldError{Field: "scopes", Message: "请至少选择一项权限"})
	}
	for _, scope := range t.Scopes {
		if !validScope(scope) {
			found = append(found, jiqiao.FieldError{Field: "scopes", Message: "没有这项权限：" + string(scope)})
		}
	}
	if t.ExpiresAt != nil && !t.ExpiresAt.After(now) {
		found = append(found, jiqiao.FieldError{Field: "expires", Message: "到期时间应在现在之后"})
	}
	return found
}

func validScope(scope jiqiao.Scope) bool {
	for _, known := range jiqiao.Scopes {
		if scope == known {
			return true
		}
	}
	return false
}

// Tokens lists all tokens, revoked and expired ones too, oldest first.
func (s *Store) Tokens(ctx context.Context) ([]Token, error) {
	tokens, err := s.tokens(ctx, `1 = 1 ORDER BY id`)
	return tokens, wrap("list tokens", err)
}

// RevokeToken ends a token for good. Revoking it again changes nothing.
func (s *Store) RevokeToken(ctx context.Context, id string) error {
	if !hasShape(id, tokenPrefix) {
		return notFound("令牌")
	}
	return s.tx(ctx, "revoke a token", func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE tokens SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?`, micros(t.now), id)
		if err == nil && n == 0 {
			return notFound("令牌")
		}
		return err
	})
}

// Authenticate finds the holder of a token's secret. An unknown, expired or revoked one is CodeUnauthorized.
func (s *Store) Authenticate(ctx context.Context, secret string) (jiqiao.Viewer, error) {
	found, err := s.tokens(ctx, `hash = ?`, digest(secret))
	if err != nil {
		return jiqiao.Viewer{}, wrap("authenticate", err)
	}
	if len(found) == 0 {
		return jiqiao.Viewer{}, jiqiao.Fail(jiqiao.CodeUnauthorized, "访问令牌无效，请检查是否填写完整", nil)
	}
	token, now := found[0], s.clock()
	switch {
	case token.RevokedAt != nil:
		return jiqiao.Viewer{}, jiqiao.Fail(jiqiao.CodeUnauthorized, "访问令牌已被撤销，请联系管理员", nil)
	case token.ExpiresAt != nil && !token.ExpiresAt.After(now):
		return jiqiao.Viewer{}, jiqiao.Fail(jiqiao.CodeUnauthorized, "访问令牌已过期，请联系管理员换发", nil)
	}
	s.touch(ctx, token, now)
	return jiqiao.Viewer{Name: token.Name, Scopes: token.Scopes}, nil
}

// touch notes that the token is in use. Failing to is no reason to refuse the request.
func (s *Store) touch(ctx context.Context, token Token, now time.Time) {
	if token.LastUsedAt != nil && now.Sub(*token.LastUsedAt) < tokenTouch {
		return
	}
	// One attempt per interval in this process: while the database is held, requests must not all wait in turn.
	if last, ok := s.touched.Load(token.ID); ok && now.Sub(last.(time.Time)) < tokenTouch {
		return
	}
	s.touched.Store(token.ID, now)
	ctx, cancel := context.WithTimeout(ctx, touchTimeout)
	defer cancel()
	err := s.tx(ctx, "note a token's use", func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE tokens SET last_used_at = ? WHERE id = ?`, micros(now), token.ID)
		return err
	})
	if err != nil {
		s.log.Debug("the use of a token was not noted", "token", token.ID, "error", err)
	}
}

func (s *Store) tokens(ctx context.Context, where string, args ...any) ([]Token, error) {
	var tokens []Token
	query := `SELECT id, name, scopes, created_at, expires_at, revoked_at, last_used_at FROM tokens WHERE ` + where
	err := s.reader().each(ctx, query, args, func(scan func(...any) error) error {
		var (
			token                  Token
			scopes                 string
			created                int64
			expires, revoked, used *int64
		)
		if err := scan(&token.ID, &token.Name, &scopes, &created, &expires, &revoked, &used); err != nil {
			return err
		}
		for scope := range strings.SplitSeq(scopes, ",") {
			token.Scopes = append(token.Scopes, jiqiao.Scope(scope))
		}
		token.CreatedAt, token.ExpiresAt = fromMicros(created), fromMicrosOrNil(expires)
		token.RevokedAt, token.LastUsedAt = fromMicrosOrNil(revoked), fromMicrosOrNil(used)
		tokens = append(tokens, token)
		return nil
	})
	return tokens, err
}

func joinScopes(scopes []jiqiao.Scope) string {
	names := make([]string, len(scopes))
	for i, scope := range scopes {
		names[i] = string(scope)
	}
	return strings.Join(names, ",")
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
