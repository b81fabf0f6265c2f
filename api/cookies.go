package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

const (
	// secureCookie can be set over TLS and by this host alone, which the browser enforces for the prefix __Host-.
	secureCookie = "__Host-jiqiao"
	plainCookie  = "jiqiao_session"

	csrfHeader = "X-CSRF-Token"

	sessionKey    = "jiqiao.session"
	mustChangeKey = "jiqiao.must_change"
)

// signedIn is what a request's cookie stands for.
type signedIn struct {
	session jiqiao.Session
	user    jiqiao.User
	secret  string
}

// secure reports whether the browser speaks TLS with us or with what stands before us.
func (s *Server) secure(r *http.Request) bool { return r.TLS != nil || s.opts.SecureCookies }

func (s *Server) cookieName(r *http.Request) string {
	if s.secure(r) {
		return secureCookie
	}
	return plainCookie
}

// setCookie gives the browser a session's secret; an empty one takes it away. It ends with the browser: the session's
// own limits are the server's.
func (s *Server) setCookie(c *gin.Context, secret string) {
	cookie := &http.Cookie{
		Name: s.cookieName(c.Request), Value: secret, Path: "/", HttpOnly: true, Secure: s.secure(c.Request), SameSite: http.SameSiteLaxMode,
	}
	if secret == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(c.Writer, cookie)
}

// cookieSecret is the session's secret that the browser sent, "" for none.
func (s *Server) cookieSecret(r *http.Request) string {
	cookie, err := r.Cookie(s.cookieName(r))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// csrfToken is what a page must send with every change made under the session's cookie: other sites can make a browser
// send the cookie, never read this.
func csrfToken(secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("csrf"))
	return hex.EncodeToString(mac.Sum(nil))
}

func safeMethod(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// admitCookie lets in who holds the cookie's session. A cookie that is no longer good is the public: require says so
// where signing in is needed.
func (s *Server) admitCookie(c *gin.Context) error {
	unsafe := !safeMethod(c.Request.Method)
	if unsafe {
		// Also without a cookie: signing a browser in as somebody else is an attack, too.
		if err := s.origins.Check(c.Request); err != nil {
			return jiqiao.Fail(jiqiao.CodeForbidden, "请求来自其他网站，已拒绝；请在本站页面内操作", err)
		}
	}
	secret := s.cookieSecret(c.Request)
	if secret == "" {
		s.admit(c, jiqiao.Viewer{})
		return nil
	}
	session, user, err := s.opts.Accounts.Resume(c.Request.Context(), secret)
	if jiqiao.CodeOf(err) == jiqiao.CodeUnauthorized {
		s.admit(c, jiqiao.Viewer{})
		return nil
	}
	if err != nil {
		return err
	}
	if unsafe && !withoutToken[c.FullPath()] && subtle.ConstantTimeCompare([]byte(c.GetHeader(csrfHeader)), []byte(csrfToken(secret))) != 1 {
		return jiqiao.Fail(jiqiao.CodeForbidden, "页面已过期，请刷新后再试（缺少或不符 "+csrfHeader+"）", nil)
	}
	if session.MustChange && !strings.HasPrefix(c.FullPath(), prefix+"/auth/") {
		// The first password opens the way to another one and nothing else: elsewhere this is the public.
		c.Set(mustChangeKey, true)
		s.admit(c, jiqiao.Viewer{})
		return nil
	}
	c.Set(sessionKey, signedIn{session, user, secret})
	s.admit(c, user.Viewer())
	return nil
}

// withoutToken are the changes that a page without a session makes: it may still have a cookie, and no token yet.
var withoutToken = map[string]bool{prefix + "/auth/login": true, prefix + "/unsubscribe": true}

// whose is the session of the request; CodeUnauthorized without one.
func whose(c *gin.Context) (signedIn, error) {
	v, _ := c.Get(sessionKey)
	in, ok := v.(signedIn)
	if !ok {
		return signedIn{}, jiqiao.Fail(jiqiao.CodeUnauthorized, "请先登录", nil)
	}
	return in, nil
}

// agentOf is the family of browser and system in a User-Agent: enough to recognise one's own device by.
func agentOf(header string) string {
	first := func(pairs [][2]string) string {
		for _, p := range pairs {
			if strings.Contains(header, p[0]) {
				return p[1]
			}
		}
		return ""
	}
	browser := first([][2]string{
		{"MicroMessenger", "微信"}, {"DingTalk", "钉钉"}, {"Edg", "Edge"}, {"QQBrowser", "QQ 浏览器"}, {"QIHU", "360 浏览器"}, {"Firefox", "Firefox"},
		{"Chrome", "Chrome"}, {"Safari", "Safari"},
	})
	system := first([][2]string{
		{"HarmonyOS", "鸿蒙"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"},
	})
	return strings.TrimSpace(browser + " " + system)
}
