package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Undertakings keeps the text that is accepted before confidential detail is opened, and the clock of introductions.
type Undertakings interface {
	// Undertaking is the version in force for 0; CodeNotFound when there is none.
	Undertaking(ctx context.Context, version int) (jiqiao.Undertaking, error)
	Undertakings(ctx context.Context) ([]jiqiao.Undertaking, error)
	Publish(ctx context.Context, v jiqiao.Viewer, u jiqiao.Undertaking) (jiqiao.Undertaking, error)
	Policy(ctx context.Context) (p jiqiao.IntroductionPolicy, version int64, err error)
	SetPolicy(ctx context.Context, version int64, p jiqiao.IntroductionPolicy) (int64, error)
}

// WorkCalendar keeps the calendar of working days.
type WorkCalendar interface {
	Year(ctx context.Context, year int) (jiqiao.WorkCalendar, error)
	// Set is CodeConflict when the version is no longer the present one.
	Set(ctx context.Context, version int64, added jiqiao.AddedDays) (int64, error)
}

func (s *Server) listUndertakings(c *gin.Context) error {
	found, err := s.opts.Undertakings.Undertakings(c.Request.Context())
	if err != nil {
		return err
	}
	return answer(c, gin.H{"items": found})
}

func (s *Server) getUndertaking(c *gin.Context) error {
	version := 0
	if which := c.Param("version"); which != "current" {
		var err error
		if version, err = strconv.Atoi(which); err != nil || version < 1 {
			return jiqiao.Fail(jiqiao.CodeNotFound, "没有这个版本的保密承诺；当前版本请用 current", nil)
		}
	}
	u, err := s.opts.Undertakings.Undertaking(c.Request.Context(), version)
	if err != nil {
		return err
	}
	return answer(c, u)
}

// undertakingInput is the body of a new version.
type undertakingInput struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

func (s *Server) publishUndertaking(c *gin.Context) error {
	var in undertakingInput
	if err := decode(c, &in); err != nil {
		return err
	}
	u, err := s.opts.Undertakings.Publish(c.Request.Context(), viewer(c), jiqiao.Undertaking{Title: in.Title, Text: in.Text})
	if err != nil {
		return err
	}
	return send(c, http.StatusCreated, u)
}

// introductionPolicy carries the version that changing it takes.
type introductionPolicy struct {
	jiqiao.IntroductionPolicy
	Version int64 `json:"version"`
}

func (s *Server) getIntroductionPolicy(c *gin.Context) error {
	p, version, err := s.opts.Undertakings.Policy(c.Request.Context())
	if err != nil {
		return err
	}
	return answer(c, introductionPolicy{p, version})
}

func (s *Server) setIntroductionPolicy(c *gin.Context) error {
	var in introductionPolicy
	if err := decode(c, &in); err != nil {
		return err
	}
	version, err := s.opts.Undertakings.SetPolicy(c.Request.Context(), in.Version, in.IntroductionPolicy)
	if err != nil {
		return err
	}
	in.Version = version
	return send(c, http.StatusOK, in)
}

func (s *Server) getCalendar(c *gin.Context) error {
	q := query{c: c}
	year := s.year(&q)
	if err := q.err(); err != nil {
		return err
	}
	shown, err := s.opts.WorkCalendar.Year(c.Request.Context(), year)
	if err != nil {
		return err
	}
	return answer(c, shown)
}

// calendarInput is the body of a change of the calendar.
type calendarInput struct {
	jiqiao.AddedDays
	Version int64 `json:"version"`
}

func (s *Server) setCalendar(c *gin.Context) error {
	var in calendarInput
	if err := decode(c, &in); err != nil {
		return err
	}
	ctx := c.Request.Context()
	if _, err := s.opts.WorkCalendar.Set(ctx, in.Version, in.AddedDays); err != nil {
		return err
	}
	shown, err := s.opts.WorkCalendar.Year(ctx, s.opts.Now().In(shanghai).Year())
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, shown)
}
