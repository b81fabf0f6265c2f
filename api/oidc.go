package api

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// OIDC lets people sign in at an OpenID provider.
type OIDC interface {
	OffersOIDC() bool
	// StartOIDC is where to send the browser; CodeUnavailable when there is no provider.
	StartOIDC(ctx context.Context, attempt jiqiao.OIDCAttempt) (url string, err error)
	// FinishOIDC signs in who comes back with the code; with a session it links its account instead.
	FinishOIDC(ctx context.Context, attempt jiqiao.OIDCAttempt, code, agent string, session *jiqiao.Session) (jiqiao.SignedIn, error)
}

// attemptSeconds is how long a person may take at the provider.
const attemptSeconds = 600

// setAttempt keeps an attempt in the browser that makes it: a code brought to another one is worth nothing.
func (s *Server) setAttempt(c *gin.Context, a jiqiao.OIDCAttempt) {
	cookie := &http.Cookie{
		Name: s.cookieName(c.Request) + "_oidc", Value: a.State + "." + a.Nonce + "." + a.Verifier, Path: "/", MaxAge: attemptSeconds,
		HttpOnly: true, Secure: s.secure(c.Request), SameSite: http.SameSiteLaxMode,
	}
	if a == (jiqiao.OIDCAttempt{}) {
		cookie.Value, cookie.MaxAge = "", -1
	}
	http.SetCookie(c.Writer, cookie)
}

func (s *Server) attempt(r *http.Request) (jiqiao.OIDCAttempt, bool) {
	cookie, err := r.Cookie(s.cookieName(r) + "_oidc")
	if err != nil {
		return jiqiao.OIDCAttempt{}, false
	}
	parts := strings.Split(cookie.Value, ".")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return jiqiao.OIDCAttempt{}, false
	}
	return jiqiao.OIDCAttempt{State: parts[0], Nonce: parts[1], Verifier: parts[2]}, true
}

// linkState is the state of an attempt to link the account of a session: nobody else can make one, and so nobody can have
// a signed-in browser link a foreign identity.
func linkState(secret, nonce string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("oidc:" + nonce))
	return hex.EncodeToString(mac.Sum(nil))
}

// startOIDC sends the browser to the provider. Who is signed in and asks for link comes back to link the identity.
func (s *Server) startOIDC(c *gin.Context) error {
	q := query{c: c}
	link := q.flag("link")
	if err := q.err(); err != nil {
		return err
	}
	a := jiqiao.OIDCAttempt{State: rand.Text(), Nonce: rand.Text(), Verifier: rand.Text() + rand.Text()}
	if link {
		had, err := whose(c)
		if err != nil {
			return err
		}
		a.State = linkState(had.secret, a.Nonce)
	}
	url, err := s.opts.Accounts.StartOIDC(c.Request.Context(), a)
	if err != nil {
		return err
	}
	s.setAttempt(c, a)
	c.Redirect(http.StatusFound, url)
	return nil
}

// finishOIDC is where the provider sends the browser back to. It is a person's page, so that errors are a page, too.
func (s *Server) finishOIDC(c *gin.Context) error {
	a, there := s.attempt(c.Request)
	s.setAttempt(c, jiqiao.OIDCAttempt{})
	state := c.Query("state")
	if !there || subtle.ConstantTimeCompare([]byte(state), []byte(a.State)) != 1 || c.Query("code") == "" {
		c.Redirect(http.StatusSeeOther, "/login?oidc=failed")
		return nil
	}
	var session *jiqiao.Session
	if had, err := whose(c); err == nil && hmac.Equal([]byte(state), []byte(linkState(had.secret, a.Nonce))) {
		session = &had.session
	}
	out, err := s.opts.Accounts.FinishOIDC(c.Request.Context(), a, c.Query("code"), agentOf(c.GetHeader("User-Agent")), session)
	switch code := jiqiao.CodeOf(err); code {
	case "":
		s.setCookie(c, out.Secret)
		c.Redirect(http.StatusSeeOther, "/")
	case jiqiao.CodeForbidden, jiqiao.CodeConflict:
		c.Redirect(http.StatusSeeOther, "/login?oidc=unknown")
	default:
		s.log.Warn("signing in at the provider failed", "request_id", c.GetString(requestIDKey), "error", err)
		c.Redirect(http.StatusSeeOther, "/login?oidc=failed")
	}
	return nil
}
