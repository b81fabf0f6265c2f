package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// SignIns opens, continues and ends sessions.
type SignIns interface {
	// SignIn is CodeUnauthorized when anything is wrong.
	SignIn(ctx context.Context, in jiqiao.SignIn) (jiqiao.SignedIn, error)
	// Resume finds who holds a session's secret; CodeUnauthorized when it is no longer good.
	Resume(ctx context.Context, secret string) (jiqiao.Session, jiqiao.User, error)
	SignOut(ctx context.Context, s jiqiao.Session) error
	SignOutEverywhere(ctx context.Context, s jiqiao.Session) error
	Sessions(ctx context.Context, s jiqiao.Session) ([]jiqiao.Session, error)
	EndSession(ctx context.Context, s jiqiao.Session, id string) error
}

// Proofs changes what people prove themselves by.
type Proofs interface {
	// ChangePassword ends all sessions and opens a new one.
	ChangePassword(ctx context.Context, s jiqiao.Session, old, password string) (jiqiao.SignedIn, error)
	// Enrol, Confirm and DropSecondFactor switch one-time codes on and off.
	Enrol(ctx context.Context, s jiqiao.Session, password string) (jiqiao.TOTPKey, error)
	Confirm(ctx context.Context, s jiqiao.Session, code string) (recovery []string, in jiqiao.SignedIn, err error)
	DropSecondFactor(ctx context.Context, s jiqiao.Session, password, code string) (jiqiao.SignedIn, error)
	// RequestReset sends a link, if the login is somebody's; LinkUser says whose a link is, UseLink sets the password by it.
	RequestReset(ctx context.Context, login string) error
	LinkUser(ctx context.Context, purpose jiqiao.LinkPurpose, secret string) (jiqiao.User, error)
	UseLink(ctx context.Context, purpose jiqiao.LinkPurpose, secret, password string) error
}

// Accounts is everything about accounts.
type Accounts interface {
	SignIns
	OIDC
	Proofs
	Users
	Members
	SignUps
	Security
}

// sessionAnswer is GET /auth/session: who one is, and what one may do.
type sessionAnswer struct {
	User         *jiqiao.User        `json:"user"` // null for the public
	Permissions  []jiqiao.Permission `json:"permissions"`
	Session      *jiqiao.Session     `json:"session,omitempty"`
	CSRFToken    string              `json:"csrf_token,omitempty"`
	SecondFactor bool                `json:"second_factor,omitempty"`
	// OIDC says that people may sign in at an OpenID provider.
	OIDC bool `json:"oidc,omitempty"`
}

func (s *Server) login(c *gin.Context) error {
	var in jiqiao.SignIn
	if err := decode(c, &in); err != nil {
		return err
	}
	in.Agent = agentOf(c.GetHeader("User-Agent"))
	if had, err := whose(c); err == nil {
		in.Replaces = had.session.ID
	}
	out, err := s.opts.Accounts.SignIn(c.Request.Context(), in)
	if err != nil {
		return err
	}
	return s.answerSignedIn(c, out)
}

// answerSignedIn hands the browser its new session.
func (s *Server) answerSignedIn(c *gin.Context, out jiqiao.SignedIn) error {
	if out.SecondFactor {
		return send(c, http.StatusOK, sessionAnswer{Permissions: []jiqiao.Permission{}, SecondFactor: true})
	}
	s.setCookie(c, out.Secret)
	return send(c, http.StatusOK, sessionOf(out))
}

func sessionOf(out jiqiao.SignedIn) sessionAnswer {
	out.Session.Current = true
	return sessionAnswer{
		User: &out.User, Permissions: out.User.Viewer().Permissions(), Session: &out.Session, CSRFToken: csrfToken(out.Secret),
	}
}

func (s *Server) getSession(c *gin.Context) error {
	had, err := whose(c)
	if err != nil {
		mine := viewer(c).Permissions()
		if mine == nil {
			mine = []jiqiao.Permission{}
		}
		return send(c, http.StatusOK, sessionAnswer{Permissions: mine, OIDC: s.opts.Accounts.OffersOIDC()})
	}
	return send(c, http.StatusOK, sessionAnswer{
		User: &had.user, Permissions: had.user.Viewer().Permissions(), Session: &had.session, CSRFToken: csrfToken(had.secret),
	})
}

// logout also answers who is signed out already: the wish is fulfilled.
func (s *Server) logout(c *gin.Context) error {
	if had, err := whose(c); err == nil {
		if err := s.opts.Accounts.SignOut(c.Request.Context(), had.session); err != nil {
			return err
		}
	}
	s.setCookie(c, "")
	c.Status(http.StatusNoContent)
	return nil
}

func (s *Server) logoutEverywhere(c *gin.Context) error {
	had, err := whose(c)
	if err != nil {
		return err
	}
	if err := s.opts.Accounts.SignOutEverywhere(c.Request.Context(), had.session); err != nil {
		return err
	}
	s.setCookie(c, "")
	c.Status(http.StatusNoContent)
	return nil
}

func (s *Server) listSessions(c *gin.Context) error {
	had, err := whose(c)
	if err != nil {
		return err
	}
	sessions, err := s.opts.Accounts.Sessions(c.Request.Context(), had.session)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, map[string]any{"items": sessions})
}

func (s *Server) endSession(c *gin.Context) error {
	had, err := whose(c)
	if err != nil {
		return err
	}
	if err := s.opts.Accounts.EndSession(c.Request.Context(), had.session, c.Param("id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (s *Server) changePassword(c *gin.Context) error {
	var in struct {
		Old      string `json:"old_password"`
		Password string `json:"password"`
	}
	return s.renew(c, &in, func(ctx context.Context, session jiqiao.Session) (jiqiao.SignedIn, error) {
		return s.opts.Accounts.ChangePassword(ctx, session, in.Old, in.Password)
	})
}

func (s *Server) dropSecondFactor(c *gin.Context) error {
	var in struct {
		Password string `json:"password"`
		Code     string `json:"code"`
	}
	return s.renew(c, &in, func(ctx context.Context, session jiqiao.Session) (jiqiao.SignedIn, error) {
		return s.opts.Accounts.DropSecondFactor(ctx, session, in.Password, in.Code)
	})
}

// renew does what puts a new session in place of the one that asks.
func (s *Server) renew(c *gin.Context, in any, do func(context.Context, jiqiao.Session) (jiqiao.SignedIn, error)) error {
	had, err := whose(c)
	if err != nil {
		return err
	}
	if err := decode(c, in); err != nil {
		return err
	}
	out, err := do(c.Request.Context(), had.session)
	if err != nil {
		return err
	}
	return s.answerSignedIn(c, out)
}

func (s *Server) enrolSecondFactor(c *gin.Context) error {
	had, err := whose(c)
	if err != nil {
		return err
	}
	var in struct {
		Password string `json:"password"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	key, err := s.opts.Accounts.Enrol(c.Request.Context(), had.session, in.Password)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store") // shown once
	return send(c, http.StatusOK, key)
}

// confirmedAnswer is a session with the recovery codes, shown once.
type confirmedAnswer struct {
	sessionAnswer
	RecoveryCodes []string `json:"recovery_codes"`
}

func (s *Server) confirmSecondFactor(c *gin.Context) error {
	had, err := whose(c)
	if err != nil {
		return err
	}
	var in struct {
		Code string `json:"code"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	codes, out, err := s.opts.Accounts.Confirm(c.Request.Context(), had.session, in.Code)
	if err != nil {
		return err
	}
	s.setCookie(c, out.Secret)
	return send(c, http.StatusOK, confirmedAnswer{sessionOf(out), codes})
}

// requestReset says the same whether the login exists or not.
func (s *Server) requestReset(c *gin.Context) error {
	var in struct {
		Login string `json:"login"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := s.opts.Accounts.RequestReset(c.Request.Context(), in.Login); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// linkInput names a one-time link. It comes in the body: paths stand in the logs of proxies.
type linkInput struct {
	Purpose  jiqiao.LinkPurpose `json:"purpose"`
	Secret   string             `json:"secret"`
	Password string             `json:"password,omitempty"`
}

func readLink(c *gin.Context) (linkInput, error) {
	var in linkInput
	if err := decode(c, &in); err != nil {
		return in, err
	}
	if in.Purpose != jiqiao.LinkInvitation && in.Purpose != jiqiao.LinkReset {
		return in, jiqiao.Invalid([]jiqiao.FieldError{{Field: "purpose", Message: "应为 invitation（邀请）或 reset（重设密码）"}})
	}
	return in, nil
}

func (s *Server) openLink(c *gin.Context) error {
	in, err := readLink(c)
	if err != nil {
		return err
	}
	u, err := s.opts.Accounts.LinkUser(c.Request.Context(), in.Purpose, in.Secret)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, map[string]string{"login": u.Login, "name": u.Name})
}

func (s *Server) useLink(c *gin.Context) error {
	in, err := readLink(c)
	if err != nil {
		return err
	}
	if err := s.opts.Accounts.UseLink(c.Request.Context(), in.Purpose, in.Secret, in.Password); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
