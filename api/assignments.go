package api

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Assigner chooses in the background what to recommend to whom.
type Assigner interface {
	StartAssignment(ctx context.Context, p jiqiao.AssignmentParams) (jiqiao.Assignment, error)
	// GetAssignment leaves the items out.
	GetAssignment(ctx context.Context, id string) (jiqiao.Assignment, error)
	// Assignments lists the latest, newest first.
	Assignments(ctx context.Context, limit int) ([]jiqiao.Assignment, error)
	// CancelAssignment ends it, or takes it back when it is done; CodeConflict when it failed.
	CancelAssignment(ctx context.Context, id string) (jiqiao.Assignment, error)
	AssignmentItems(ctx context.Context, id string, q jiqiao.AssignmentItemQuery) (jiqiao.AssignmentItemPage, error)
	// EachAssignmentItem walks all items that q finds and stops at fn's first error.
	EachAssignmentItem(ctx context.Context, id string, q jiqiao.AssignmentItemQuery, fn func(jiqiao.AssignmentItem) error) error
}

// assignmentList is the body of GET /assignments.
type assignmentList struct {
	Assignments []jiqiao.Assignment `json:"assignments"`
}

func (s *Server) startAssignment(c *gin.Context) error {
	p := jiqiao.DefaultAssignmentParams()
	if err := decode(c, &p); err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return err
	}
	a, err := s.opts.Assigner.StartAssignment(c.Request.Context(), p)
	if err != nil {
		return err
	}
	c.Header("Location", prefix+"/assignments/"+a.ID)
	return send(c, http.StatusAccepted, a)
}

func (s *Server) listAssignments(c *gin.Context) error {
	q := query{c: c}
	limit := q.number("limit", 1, jiqiao.MaxPageSize)
	if err := q.err(); err != nil {
		return err
	}
	if limit == 0 {
		limit = jiqiao.DefaultPage
	}
	found, err := s.opts.Assigner.Assignments(c.Request.Context(), limit)
	if err != nil {
		return err
	}
	if found == nil {
		found = []jiqiao.Assignment{}
	}
	return send(c, http.StatusOK, assignmentList{found})
}

func (s *Server) getAssignment(c *gin.Context) error {
	a, err := s.opts.Assigner.GetAssignment(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, a)
}

func (s *Server) cancelAssignment(c *gin.Context) error {
	a, err := s.opts.Assigner.CancelAssignment(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, a)
}

func (s *Server) listAssignmentItems(c *gin.Context) error {
	q := query{c: c}
	iq := q.items()
	iq.Limit, iq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Assigner.AssignmentItems(c.Request.Context(), c.Param("id"), iq)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, page)
}

func (s *Server) exportAssignment(c *gin.Context) error {
	q := query{c: c}
	iq := q.items()
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	a, err := s.opts.Assigner.GetAssignment(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	if err := s.exported(ctx, "assignment.export"); err != nil {
		return err
	}
	return s.sendFile(c, "xlsx", "推荐分配.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.ExportAssignment(ctx, w, a, s.eachItem(ctx, a.ID, iq))
	})
}

// errEnough ends a walk whose reader wants no more.
var errEnough = errors.New("enough")

func (s *Server) eachItem(ctx context.Context, id string, q jiqiao.AssignmentItemQuery) iter.Seq2[jiqiao.AssignmentItem, error] {
	return func(yield func(jiqiao.AssignmentItem, error) bool) {
		err := s.opts.Assigner.EachAssignmentItem(ctx, id, q, func(item jiqiao.AssignmentItem) error {
			if !yield(item, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(jiqiao.AssignmentItem{}, err)
		}
	}
}

// items reads what restricts a list of items.
func (q *query) items() jiqiao.AssignmentItemQuery {
	iq := jiqiao.AssignmentItemQuery{
		Outcome: jiqiao.AssignmentOutcome(q.text("outcome")), NeedID: q.text("need"), AchievementID: q.text("achievement"),
		Broker: q.text("broker"), Reason: q.text("reason"),
	}
	if iq.Outcome != "" && iq.Outcome.Label() == "" {
		q.wrong("outcome", "应为 placed（推荐）、need（需求未安排）或 achievement（成果未安排）")
	}
	return iq
}
