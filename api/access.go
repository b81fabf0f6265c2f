package api

import (
	"context"
	"strings"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Authenticator knows the tokens.
type Authenticator interface {
	// Authenticate finds the holder of a token's secret. An unknown, expired or revoked one is CodeUnauthorized.
	Authenticate(ctx context.Context, secret string) (jiqiao.Viewer, error)
}

// maxSecret bounds what is looked up; our secrets are far shorter.
const maxSecret = 256

// authenticate finds out who asks: the public without an Authorization header, a token's holder with one. A bad token is
// refused even where the public may read, so that its owner learns of it.
func (s *Server) authenticate(c *gin.Context) {
	header := c.GetHeader("Authorization")
	if header == "" {
		return
	}
	scheme, secret, _ := strings.Cut(header, " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") || secret == "" || len(secret) > maxSecret {
		s.refuse(c, jiqiao.Fail(jiqiao.CodeUnauthorized, "令牌的写法应为 Authorization: Bearer <令牌>", nil))
		return
	}
	v, err := s.opts.Authenticator.Authenticate(c.Request.Context(), secret)
	if err != nil {
		s.refuse(c, err)
		return
	}
	c.Set(viewerKey, v)
}

// viewer is who asks; the public when nobody was authenticated.
func viewer(c *gin.Context) jiqiao.Viewer {
	v, _ := c.Get(viewerKey)
	known, _ := v.(jiqiao.Viewer)
	return known
}

// require lets only holders of the scope pass.
func (s *Server) require(scope jiqiao.Scope) gin.HandlerFunc {
	return func(c *gin.Context) {
		v := viewer(c)
		switch {
		case scope == "" || v.Can(scope):
		case v.Name == "" && len(v.Scopes) == 0:
			s.refuse(c, jiqiao.Fail(jiqiao.CodeUnauthorized, "此操作需要令牌，请向管理员索取后放在 Authorization 头里", nil))
		default:
			s.refuse(c, jiqiao.Fail(jiqiao.CodeForbidden, "令牌没有"+scopeLabel[scope]+"权限，请向管理员索取", nil))
		}
	}
}

var scopeLabel = map[jiqiao.Scope]string{
	jiqiao.ScopeRead:        "查看联系方式的",
	jiqiao.ScopeReadPrivate: "查看未公开记录的",
	jiqiao.ScopeWrite:       "写入",
}

// refuse answers with the error and stops the chain.
func (s *Server) refuse(c *gin.Context, err error) {
	s.fail(c, err)
	c.Abort()
}
