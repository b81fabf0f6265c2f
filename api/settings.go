package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// ReviewPolicies is by when the bureau answers what is submitted.
type ReviewPolicies interface {
	ReviewPolicy(ctx context.Context) (jiqiao.ReviewPolicy, int64, error)
	// SetReviewPolicy needs the present version; CodeConflict otherwise.
	SetReviewPolicy(ctx context.Context, version int64, p jiqiao.ReviewPolicy) (int64, error)
}

// reviewPolicy is the policy with its version.
type reviewPolicy struct {
	jiqiao.ReviewPolicy
	Version int64 `json:"version"`
}

func (s *Server) getReviewPolicy(c *gin.Context) error {
	p, version, err := s.opts.ReviewPolicies.ReviewPolicy(c.Request.Context())
	if err != nil {
		return err
	}
	return answer(c, reviewPolicy{p, version})
}

func (s *Server) setReviewPolicy(c *gin.Context) error {
	var in reviewPolicy
	if err := decode(c, &in); err != nil {
		return err
	}
	version, err := s.opts.ReviewPolicies.SetReviewPolicy(c.Request.Context(), in.Version, in.ReviewPolicy)
	if err != nil {
		return err
	}
	in.Version = version
	return send(c, http.StatusOK, in)
}

// openSettings are the settings whose history the bureau reads: those it sets. Others, as of security, are the auditor's.
var openSettings = []string{"targets", "introductions", "queue", "calendar", jiqiao.ReviewSetting}

// settingChange is one change of a setting, as the audit has it.
type settingChange struct {
	ID   string      `json:"id"`
	At   time.Time   `json:"at"`
	By   string      `json:"by"`
	Role jiqiao.Role `json:"role,omitempty"`
	// Before is nil for what was first set: the service's own held before.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after"`
}

type settingChanges struct {
	Total int             `json:"total"`
	Items []settingChange `json:"items"`
	Next  string          `json:"next,omitempty"`
}

// settingHistory lists who changed a setting, when, from what and to what, the newest first, as far as the audit reaches
// back in the database.
func (s *Server) settingHistory(c *gin.Context) error {
	name := c.Param("name")
	if !slices.Contains(openSettings, name) {
		return jiqiao.Fail(jiqiao.CodeNotFound, "没有这项设置", nil)
	}
	q := query{c: c}
	aq := jiqiao.AuditQuery{
		Act: "setting.change", Object: jiqiao.Ref{Type: "setting", ID: name}, Result: jiqiao.AuditDone,
		Limit: q.number("limit", 1, jiqiao.MaxPageSize), Cursor: q.text("cursor"),
	}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Trail.AuditEntries(c.Request.Context(), aq)
	if err != nil {
		return err
	}
	found := settingChanges{Total: page.Total, Items: make([]settingChange, len(page.Entries)), Next: page.Next}
	for i, e := range page.Entries {
		found.Items[i] = settingChange{strconv.FormatInt(e.Seq, 10), e.At, e.Name, e.Role, e.Before, e.After}
	}
	return answer(c, found)
}
