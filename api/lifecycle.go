package api

import (
	"context"
	"net/http"
	"regexp"
	"strconv"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Lifecycle enters, changes and moves records, as far as the viewer may. A record that the viewer may not know of is
// CodeNotFound, one that is not the viewer's to change CodeForbidden, a step that its status does not allow or a version
// that is not the present one CodeConflict.
type Lifecycle interface {
	// Create fills in what the store assigns, and what the viewer may not choose.
	Create(ctx context.Context, v jiqiao.Viewer, rec jiqiao.Record) error
	// Update changes the record that rec names, made from its version; edition is that of the waiting change which it
	// replaces, 0 for none.
	Update(ctx context.Context, v jiqiao.Viewer, rec jiqiao.Record, edition int) (jiqiao.SavedRecord, error)
	Delete(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string, version int64) error
	Step(ctx context.Context, v jiqiao.Viewer, m jiqiao.RecordMove, confirm bool) (jiqiao.StepOutcome, error)
	// Steps takes a step of many records, each for itself.
	Steps(ctx context.Context, v jiqiao.Viewer, moves []jiqiao.RecordMove, confirm bool) ([]jiqiao.StepResult, error)
	// Revision is the change of a shown record that waits or was returned last.
	Revision(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) (jiqiao.Review, error)
	DropRevision(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) error
}

// stepInput is the body of a step.
type stepInput struct {
	Version    int64               `json:"version"`
	Edition    int                 `json:"edition"`
	Note       string              `json:"note"`
	Comments   []jiqiao.FieldError `json:"comments"`
	ValidUntil jiqiao.Date         `json:"valid_until"`
	Confirm    bool                `json:"confirm"`
}

// step takes one step of the record in the path.
func (s *Server) step(kind jiqiao.Kind, step jiqiao.Step) handler {
	return func(c *gin.Context) error {
		var in stepInput
		if err := decode(c, &in); err != nil {
			return err
		}
		out, err := s.opts.Lifecycle.Step(c.Request.Context(), viewer(c), jiqiao.RecordMove{
			Kind: kind, ID: c.Param("id"), Version: in.Version, Edition: in.Edition, Step: step, Note: in.Note, Comments: in.Comments,
			ValidUntil: in.ValidUntil,
		}, in.Confirm)
		if err != nil {
			return err
		}
		c.Header("ETag", versionTag(out.Record.Head().Version))
		return send(c, http.StatusOK, out)
	}
}

// manyInput is the body of a step of many records.
type manyInput struct {
	Items []struct {
		Kind    jiqiao.Kind `json:"kind"`
		ID      string      `json:"id"`
		Version int64       `json:"version"`
		Edition int         `json:"edition"`
	} `json:"items"`
	Note    string `json:"note"`
	Confirm bool   `json:"confirm"`
}

func (in manyInput) validate() error {
	var wrong []jiqiao.FieldError
	if len(in.Items) == 0 || len(in.Items) > jiqiao.MaxBulk {
		wrong = append(wrong, jiqiao.FieldError{Field: "items", Message: "请选择 1～" + strconv.Itoa(jiqiao.MaxBulk) + " 条"})
	}
	for i, item := range in.Items {
		if !item.Kind.Valid() {
			wrong = append(wrong, jiqiao.FieldError{Field: "items[" + strconv.Itoa(i) + "].kind", Message: kindMessage})
		}
	}
	return jiqiao.Invalid(wrong)
}

// stepResults answers a step of many records.
type stepResults struct {
	Items []jiqiao.StepResult `json:"items"`
}

// stepMany takes a step of many records.
func (s *Server) stepMany(step jiqiao.Step) handler {
	return func(c *gin.Context) error {
		var in manyInput
		if err := decode(c, &in); err != nil {
			return err
		}
		if err := in.validate(); err != nil {
			return err
		}
		moves := make([]jiqiao.RecordMove, len(in.Items))
		for i, item := range in.Items {
			moves[i] = jiqiao.RecordMove{Kind: item.Kind, ID: item.ID, Version: item.Version, Edition: item.Edition, Step: step, Note: in.Note}
		}
		results, err := s.opts.Lifecycle.Steps(c.Request.Context(), viewer(c), moves, in.Confirm)
		if err != nil {
			return err
		}
		return send(c, http.StatusOK, stepResults{results})
	}
}

// possible is what may be done with a record.
type possible struct {
	Status      jiqiao.Status `json:"status"`
	StatusLabel string        `json:"status_label"`
	// PublicStatus is how outsiders are told.
	PublicStatus string         `json:"public_status"`
	Actor        jiqiao.Actor   `json:"actor"`
	Steps        []possibleStep `json:"steps"`
}

type possibleStep struct {
	Step  jiqiao.Step `json:"step"`
	Label string      `json:"label"`
	// To is the status it leads to; Reason says that it needs a note.
	To      jiqiao.Status `json:"to"`
	ToLabel string        `json:"to_label"`
	Reason  bool          `json:"reason"`
}

// possibleSteps lists what the viewer may do with the record.
func (s *Server) possibleSteps(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		rec, err := s.visible(c, kind)
		if err != nil {
			return err
		}
		status := rec.Head().Status
		found := possible{Status: status, StatusLabel: status.Label(kind), PublicStatus: jiqiao.PublicStatus(kind, status), Steps: []possibleStep{}}
		actor, ok := viewer(c).ActorFor(rec)
		if !ok {
			return answer(c, found)
		}
		found.Actor = actor
		for _, t := range jiqiao.Transitions() {
			if t.From == status && t.By(actor) {
				found.Steps = append(found.Steps, possibleStep{t.Step, t.Step.Label(kind), t.To, t.To.Label(kind), t.Reason})
			}
		}
		return answer(c, found)
	}
}

// revisionTag names a version of a record with the change of it that waits, for If-Match.
func revisionTag(version int64, edition int) string {
	return `"` + strconv.FormatInt(version, 10) + ".r" + strconv.Itoa(edition) + `"`
}

var revisionTagShape = regexp.MustCompile(`^"(\d{1,18})\.r(\d{1,9})"$`)

// ifMatchRevision is the version, and the edition of the waiting change, that a change was made from.
func (s *Server) ifMatchRevision(c *gin.Context, kind jiqiao.Kind, id string) (version int64, edition int, err error) {
	if m := revisionTagShape.FindStringSubmatch(c.GetHeader("If-Match")); m != nil {
		version, _ = strconv.ParseInt(m[1], 10, 64) // of the right shape
		edition, _ = strconv.Atoi(m[2])
		return version, edition, nil
	}
	version, err = ifMatch(c, s.version(kind, id))
	return version, 0, err
}

func (s *Server) getRevision(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		r, err := s.opts.Lifecycle.Revision(c.Request.Context(), viewer(c), kind, c.Param("id"))
		if err != nil {
			return err
		}
		body, err := encode(r)
		if err != nil {
			return err
		}
		tag := hashTag(body)
		if r.State == jiqiao.ReviewPending && r.Record != nil {
			tag = revisionTag(r.Record.Head().Version, r.Edition)
		}
		return answerBytes(c, jsonType, tag, body)
	}
}

func (s *Server) dropRevision(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		if err := s.opts.Lifecycle.DropRevision(c.Request.Context(), viewer(c), kind, c.Param("id")); err != nil {
			return err
		}
		c.Status(http.StatusNoContent)
		return nil
	}
}
