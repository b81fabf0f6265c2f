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

// Accounts is everything about accounts.
type Accounts interface {
	SignIns
}

// sessionAnswer is GET /auth/session: who one is, and what one may do.
type sessionAnswer struct {
	User         *jiqiao.User        `json:"user"` // null for the public
	Permissions  []jiqiao.Permission `json:"permissions"`
	Session      *jiqiao.Session     `json:"session,omitempty"`
	CSRFToken    string              `json:"csrf_token,omitempty"`
	SecondFactor bool                `json:"second_factor,omitempty"`
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
	out.Session.Current = true
	return send(c, http.StatusOK, sessionAnswer{
		User: &out.User, Permissions: out.User.Viewer().Permissions(), Session: &out.Session, CSRFToken: csrfToken(out.Secret),
	})
}

func (s *Server) getSession(c *gin.Context) error {
	had, err := whose(c)
	if err != nil {
		mine := viewer(c).Permissions()
		if mine == nil {
			mine = []jiqiao.Permission{}
		}
		return send(c, http.StatusOK, sessionAnswer{Permissions: mine})
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
