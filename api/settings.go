package api

import (
	"context"
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

// past is what the history of a setting is made of: the entries of the audit, and the setting before and after one of them,
// after being nil for one that says nothing.
type past struct {
	act    string
	object jiqiao.Ref
	change func(jiqiao.AuditEntry) (before, after any)
}

// pastOf finds the past of a setting by its name.
func (s *Server) pastOf(ctx context.Context, name string) (past, error) {
	switch {
	case name == "subsidy":
		policies, err := s.opts.Subsidies.SubsidyPolicies(ctx)
		return pastOfVersions("subsidy_policy", "subsidy_policy.add", policies,
			func(p jiqiao.SubsidyPolicy) (id, line string) { return p.ID, p.Region }), err
	case name == "undertaking":
		texts, err := s.opts.Undertakings.Undertakings(ctx)
		return pastOfVersions("undertaking", "undertaking.publish", texts,
			func(u jiqiao.Undertaking) (id, line string) { return strconv.Itoa(u.Version), "" }), err
	case slices.Contains(openSettings, name):
		return past{"setting.change", jiqiao.Ref{Type: "setting", ID: name}, func(e jiqiao.AuditEntry) (before, after any) {
			if len(e.Before) > 0 {
				before = e.Before
			}
			return before, e.After
		}}, nil
	}
	return past{}, jiqiao.Fail(jiqiao.CodeNotFound, "没有这项设置", nil)
}

// pastOfVersions is the past of what is never changed: versions, the newest first, of which each takes over from the one
// before on its line. The audit says who made them; what they say, they say themselves.
func pastOfVersions[T any](object, act string, versions []T, place func(T) (id, line string)) past {
	return past{act, jiqiao.Ref{Type: object}, func(e jiqiao.AuditEntry) (before, after any) {
		var at string
		for _, v := range versions {
			id, line := place(v)
			switch {
			case after == nil && id == e.Object.ID:
				after, at = v, line
			case after != nil && line == at:
				return v, after
			}
		}
		return nil, after
	}}
}

// settingChange is one change of a setting, as the audit has it.
type settingChange struct {
	ID   string      `json:"id"`
	At   time.Time   `json:"at"`
	By   string      `json:"by"`
	Role jiqiao.Role `json:"role,omitempty"`
	// Before is nil for what was first set: the service's own held before.
	Before any `json:"before,omitempty"`
	After  any `json:"after"`
}

type settingChanges struct {
	Total int             `json:"total"`
	Items []settingChange `json:"items"`
	Next  string          `json:"next,omitempty"`
}

// settingHistory lists who changed a setting, when, from what and to what, the newest first, as far as the audit reaches
// back in the database.
func (s *Server) settingHistory(c *gin.Context) error {
	ctx := c.Request.Context()
	was, err := s.pastOf(ctx, c.Param("name"))
	if err != nil {
		return err
	}
	q := query{c: c}
	aq := jiqiao.AuditQuery{
		Act: was.act, Object: was.object, Result: jiqiao.AuditDone, Limit: q.number("limit", 1, jiqiao.MaxPageSize), Cursor: q.text("cursor"),
	}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Trail.AuditEntries(ctx, aq)
	if err != nil {
		return err
	}
	found := settingChanges{Total: page.Total, Items: []settingChange{}, Next: page.Next}
	for _, e := range page.Entries {
		if before, after := was.change(e); after != nil {
			found.Items = append(found.Items, settingChange{strconv.FormatInt(e.Seq, 10), e.At, e.Name, e.Role, before, after})
		}
	}
	return answer(c, found)
}
