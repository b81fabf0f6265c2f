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
		s.admit(c, jiqiao.Viewer{})
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
	s.admit(c, v)
}

// admit lets the viewer in: what follows, down to the store's audit, knows who acts.
func (s *Server) admit(c *gin.Context, v jiqiao.Viewer) {
	c.Set(viewerKey, v)
	c.Request = c.Request.WithContext(jiqiao.WithOrigin(c.Request.Context(),
		jiqiao.Origin{Viewer: v, Address: c.ClientIP(), Request: c.GetString(requestIDKey)}))
}

// viewer is who asks; the public when nobody was authenticated.
func viewer(c *gin.Context) jiqiao.Viewer {
	v, _ := c.Get(viewerKey)
	known, _ := v.(jiqiao.Viewer)
	return known
}

// require lets only those with the permission pass.
func (s *Server) require(p jiqiao.Permission) gin.HandlerFunc {
	return func(c *gin.Context) {
		v := viewer(c)
		switch {
		case v.May(p):
		case v.User == "" && len(v.Scopes) == 0:
			s.refuse(c, jiqiao.Fail(jiqiao.CodeUnauthorized, "请先登录，或在 Authorization 头里给出访问令牌", nil))
		case v.User == "":
			s.refuse(c, jiqiao.Fail(jiqiao.CodeForbidden, "令牌没有这项操作的权限，请向管理员索取", nil))
		default:
			s.refuse(c, jiqiao.Fail(jiqiao.CodeForbidden, "您的账号没有这项操作的权限；如确有需要，请联系管理员", nil))
		}
	}
}

// refuse answers with the error and stops the chain.
func (s *Server) refuse(c *gin.Context, err error) {
	s.fail(c, err)
	c.Abort()
}
