package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"jiqiao"
)

// Token is jiqiao.Token.
type Token = jiqiao.Token

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
	return s.NewToken(ctx, Token{Name: name, Scopes: scopes, ExpiresAt: unlessZero(expires)})
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// NewToken makes a token with the name, scopes, end and organisation of the given one, and returns its secret, which
// cannot be had again.
func (s *Store) NewToken(ctx context.Context, token Token) (secret string, _ Token, _ error) {
	token.Name = strings.TrimSpace(clean(token.Name))
	if token.ExpiresAt != nil {
		token.ExpiresAt = unlessZero(token.ExpiresAt.UTC().Truncate(time.Microsecond))
	}
	if err := jiqiao.Invalid(tokenProblems(token, s.clock())); err != nil {
		return "", Token{}, err
	}
	secret = secretPrefix + newSecret(secretBytes)
	err := s.tx(ctx, "create a token", func(t *tx) error {
		if token.OrganisationID != "" {
			if _, err := t.loadOrganisation(ctx, token.OrganisationID); err != nil {
				return err
			}
		}
		token.ID, token.CreatedAt, token.MadeBy = t.ids.next(tokenPrefix), t.now, clean(jiqiao.OriginOf(ctx).User)
		_, err := t.exec(ctx, `
			INSERT INTO tokens (id, name, hash, scopes, created_at, expires_at, organisation_id, made_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			token.ID, token.Name, digest(secret), joinScopes(token.Scopes), micros(token.CreatedAt), microsOrNil(token.ExpiresAt),
			token.OrganisationID, token.MadeBy)
		t.audit(jiqiao.Act{Name: "token.create", Object: jiqiao.Ref{Type: "token", ID: token.ID},
			After: map[string]any{"scopes": token.Scopes, "organisation": token.OrganisationID, "expires_at": token.ExpiresAt}})
		return err
	})
	if err != nil {
		return "", Token{}, err
	}
	return secret, token, nil
}

func tokenProblems(t Token, now time.Time) (found []jiqiao.FieldError) {
	if t.Name == "" {
		found = append(found, jiqiao.FieldError{Field: "name", Message: "请填写令牌名称，说明由谁使用"})
	}
	if len([]rune(t.Name)) > jiqiao.MaxName {
		found = append(found, jiqiao.FieldError{Field: "name", Message: "令牌名称过长，请精简"})
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
		t.audit(jiqiao.Act{Name: "token.revoke", Object: jiqiao.Ref{Type: "token", ID: id}})
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
	return jiqiao.Viewer{Name: token.Name, Scopes: token.Scopes, Organisation: token.OrganisationID}, nil
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
	query := `SELECT id, name, scopes, created_at, expires_at, revoked_at, last_used_at, organisation_id, made_by FROM tokens WHERE ` + where
	err := s.reader().each(ctx, query, args, func(scan func(...any) error) error {
		var (
			token                  Token
			scopes                 string
			created                int64
			expires, revoked, used *int64
		)
		if err := scan(&token.ID, &token.Name, &scopes, &created, &expires, &revoked, &used, &token.OrganisationID, &token.MadeBy); err != nil {
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
