package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Clinic examines drafts (需求诊断). It lists similar records without regard to who may see them.
type Clinic interface {
	// Examine examines a record, which may be incomplete and break rules.
	Examine(ctx context.Context, rec jiqiao.Record) (jiqiao.Diagnosis, error)
	// ExamineText examines a text as if it were a record of the kind; one without a letter or digit is CodeInvalid.
	ExamineText(ctx context.Context, kind jiqiao.Kind, text string) (jiqiao.Diagnosis, error)
}

// draft is the body of POST /clinic: a text or a record, not both.
type draft struct {
	Kind   jiqiao.Kind     `json:"kind"`
	Text   string          `json:"text"`
	Record json.RawMessage `json:"record"`
}

func (d draft) validate() error {
	var wrong []jiqiao.FieldError
	if !d.Kind.Valid() {
		wrong = append(wrong, jiqiao.FieldError{Field: "kind", Message: kindMessage})
	}
	switch given := len(d.Record) > 0; {
	case given && d.Text != "":
		wrong = append(wrong, jiqiao.FieldError{Field: "text", Message: "text 与 record 只能填一个"})
	case !given && d.Text == "":
		wrong = append(wrong, jiqiao.FieldError{Field: "text", Message: "请粘贴要诊断的文字，或给出 record"})
	}
	return jiqiao.Invalid(wrong)
}

// record reads the structured draft. Nothing is refused that publishing would refuse: the diagnosis says it.
func (d draft) record() (jiqiao.Record, error) {
	rec := jiqiao.NewRecord(d.Kind)
	if err := decodeJSON(d.Record, rec); err != nil {
		return nil, err
	}
	jiqiao.Normalise(rec)
	return rec, nil
}

// id is that of the record which the draft is a change of; "" for a new one.
func (d draft) id() string {
	var named struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(d.Record, &named) // it was decoded before
	return named.ID
}

// examineDraft answers for a draft that is not stored, and does not store it.
func (s *Server) examineDraft(c *gin.Context) error {
	var d draft
	if err := decode(c, &d); err != nil {
		return err
	}
	if err := d.validate(); err != nil {
		return err
	}
	found, err := s.diagnose(c.Request.Context(), d)
	if err != nil {
		return err
	}
	if found.Similar, err = s.opts.Merges.Doubtful(c.Request.Context(), d.id(), found.Similar); err != nil {
		return err
	}
	return send(c, http.StatusOK, showDiagnosis(viewer(c), found))
}

func (s *Server) diagnose(ctx context.Context, d draft) (jiqiao.Diagnosis, error) {
	if d.Text != "" {
		return s.opts.Clinic.ExamineText(ctx, d.Kind, d.Text)
	}
	rec, err := d.record()
	if err != nil {
		return jiqiao.Diagnosis{}, err
	}
	return s.opts.Clinic.Examine(ctx, rec)
}

// examine answers for a stored record as the viewer may see it: what is hidden from the viewer is neither quoted nor counted.
func (s *Server) examine(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		rec, err := s.visible(c, kind)
		if err != nil {
			return err
		}
		found, err := s.opts.Clinic.Examine(c.Request.Context(), viewer(c).Show(rec))
		if err == nil {
			found.Similar, err = s.opts.Merges.Doubtful(c.Request.Context(), rec.Head().ID, found.Similar)
		}
		if err != nil {
			return err
		}
		return answer(c, showDiagnosis(viewer(c), found))
	}
}

// showDiagnosis leaves out the similar records that the viewer may not see, and what is said of them.
func showDiagnosis(v jiqiao.Viewer, d jiqiao.Diagnosis) jiqiao.Diagnosis {
	shown := make([]jiqiao.SimilarRecord, 0, len(d.Similar))
	for _, s := range d.Similar {
		if s.Record == nil || !v.Sees(s.Record) || len(shown) == defaultSuggestions {
			continue
		}
		s.Record = v.Show(s.Record)
		shown = append(shown, s)
	}
	d.Similar = shown
	return d
}
