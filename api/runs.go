package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Runs matches everything with everything in the background.
type Runs interface {
	// StartMatchRun returns the run that was begun or, without restart, the unfinished one with the same parameters.
	StartMatchRun(ctx context.Context, p jiqiao.MatchRunParams, restart bool) (jiqiao.MatchRun, error)
	GetMatchRun(ctx context.Context, id string) (jiqiao.MatchRun, error)
	// MatchRuns lists the latest, newest first.
	MatchRuns(ctx context.Context, limit int) ([]jiqiao.MatchRun, error)
	// CancelMatchRun ends it; CodeConflict when it has ended.
	CancelMatchRun(ctx context.Context, id string) (jiqiao.MatchRun, error)
}

// runInput is the body of POST /match-runs.
type runInput struct {
	jiqiao.MatchRunParams
	Restart bool `json:"restart"`
}

// runList is the body of GET /match-runs.
type runList struct {
	Runs []jiqiao.MatchRun `json:"runs"`
}

func (s *Server) startMatchRun(c *gin.Context) error {
	in := runInput{MatchRunParams: jiqiao.MatchRunParams{Limit: jiqiao.DefaultRunLimit}}
	if err := decode(c, &in); err != nil {
		return err
	}
	run, err := s.opts.Runs.StartMatchRun(c.Request.Context(), in.MatchRunParams, in.Restart)
	if err != nil {
		return err
	}
	c.Header("Location", prefix+"/match-runs/"+run.ID)
	return send(c, http.StatusAccepted, run)
}

func (s *Server) listMatchRuns(c *gin.Context) error {
	q := query{c: c}
	limit := q.number("limit", 1, jiqiao.MaxPageSize)
	if err := q.err(); err != nil {
		return err
	}
	if limit == 0 {
		limit = jiqiao.DefaultPage
	}
	runs, err := s.opts.Runs.MatchRuns(c.Request.Context(), limit)
	if err != nil {
		return err
	}
	if runs == nil {
		runs = []jiqiao.MatchRun{}
	}
	return send(c, http.StatusOK, runList{runs})
}

func (s *Server) getMatchRun(c *gin.Context) error {
	run, err := s.opts.Runs.GetMatchRun(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, run)
}

func (s *Server) cancelMatchRun(c *gin.Context) error {
	run, err := s.opts.Runs.CancelMatchRun(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, run)
}
