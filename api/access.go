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

// authenticate finds out who asks: a token's holder with an Authorization header, a person with a session's cookie, else
// the public. A bad token is refused even where the public may read, so that its owner learns of it.
func (s *Server) authenticate(c *gin.Context) {
	header := c.GetHeader("Authorization")
	if header == "" {
		if err := s.admitCookie(c); err != nil {
			s.refuse(c, err)
		}
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
		case c.GetBool(mustChangeKey):
			s.refuse(c, jiqiao.Fail(jiqiao.CodeForbidden, "请先修改密码：初始密码尚未修改，或密码已到期", nil))
		case v.User == "" && len(v.Scopes) == 0:
			s.refuse(c, jiqiao.Fail(jiqiao.CodeUnauthorized, "请先登录，或在 Authorization 头里给出访问令牌", nil))
		case v.User == "":
			s.deny(c, "令牌没有这项操作的权限，请向管理员索取")
		default:
			s.deny(c, "您的账号没有这项操作的权限；如确有需要，请联系管理员")
		}
	}
}

// deny refuses who is known and may not, and keeps it in the audit.
func (s *Server) deny(c *gin.Context, message string) {
	err := jiqiao.Fail(jiqiao.CodeForbidden, message, nil)
	s.noteDenied(c, err)
	s.refuse(c, err)
}

// noteDenied keeps in the audit that somebody who is known was refused.
func (s *Server) noteDenied(c *gin.Context, err error) {
	if v := viewer(c); jiqiao.CodeOf(err) != jiqiao.CodeForbidden || v.User == "" && len(v.Scopes) == 0 {
		return
	}
	act := jiqiao.Act{Name: "access.denied", Object: jiqiao.Ref{Type: "route", ID: c.Request.Method + " " + c.FullPath()}, Result: jiqiao.AuditDenied}
	if err := s.opts.Audit(c.Request.Context(), act); err != nil {
		s.log.Error("a refusal is not in the audit", "request_id", c.GetString(requestIDKey), "route", c.FullPath(), "error", err)
	}
}

// refuse answers with the error and stops the chain.
func (s *Server) refuse(c *gin.Context, err error) {
	s.fail(c, err)
	c.Abort()
}
