package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Records is the store of needs and achievements. A missing or deleted record is CodeNotFound.
type Records interface {
	Get(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error)
	// GetMany keeps the order of ids and leaves missing ones out.
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
	// Version is the record's current version, cheaply.
	Version(ctx context.Context, kind jiqiao.Kind, id string) (int64, error)
	// Each calls fn for every live record in the order of ids, until fn fails.
	Each(ctx context.Context, kind jiqiao.Kind, afterID string, fn func(jiqiao.Record) error) error
}

// visible is the record named in the path, if the viewer may know of it; else it is not found, as if it did not exist.
func (s *Server) visible(c *gin.Context, kind jiqiao.Kind) (jiqiao.Record, error) {
	return s.seen(c.Request.Context(), viewer(c), kind, c.Param("id"))
}

func (s *Server) seen(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) (jiqiao.Record, error) {
	rec, err := s.opts.Records.Get(ctx, kind, id)
	if err != nil {
		return nil, conceal(kind, err)
	}
	if !v.Sees(rec) {
		return nil, notFound(kind)
	}
	return rec, nil
}

// conceal says of a record that is not there what is said of one that may not be seen.
func conceal(kind jiqiao.Kind, err error) error {
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return notFound(kind)
	}
	return err
}

func notFound(kind jiqiao.Kind) error {
	return jiqiao.Fail(jiqiao.CodeNotFound, "没有这条"+kind.Label()+"，可能已被删除", nil)
}

func (s *Server) getRecord(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		rec, err := s.visible(c, kind)
		if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
			if sent, gone := s.redirectMerged(c, kind); sent || gone != nil {
				return gone
			}
		}
		if err != nil {
			return err
		}
		v := viewer(c)
		body, err := encode(v.Show(rec))
		if err != nil {
			return err
		}
		return answerBytes(c, jsonType, recordTag(v, rec, body), body)
	}
}

// recordTag is the version, for If-Match, where that decides what is answered. What others see of a record changes
// without it, by a grant.
func recordTag(v jiqiao.Viewer, rec jiqiao.Record, body []byte) string {
	if _, writes := v.ActorFor(rec); writes || v.User == "" {
		return versionTag(rec.Head().Version)
	}
	return hashTag(body)
}

// saved answers a write: the record as it stands now, and what is unusual about it.
type saved struct {
	Record   jiqiao.Record       `json:"record"`
	Warnings []jiqiao.FieldError `json:"warnings"`
	// Revision is the part of a change that waits for review.
	Revision *jiqiao.Review `json:"revision,omitempty"`
}

// readRecord reads a record from the body; what the server assigns is taken off it.
func readRecord(c *gin.Context, kind jiqiao.Kind) (jiqiao.Record, error) {
	rec := jiqiao.NewRecord(kind)
	if err := decode(c, rec); err != nil {
		return nil, err
	}
	h := rec.Head()
	if h.DeletedAt != nil {
		return nil, errDeletedAt()
	}
	h.ID, h.Version, h.MergedInto = "", 0, ""
	if v := viewer(c); !v.May(jiqiao.PermRecordWriteAny) || v.User == "" && v.Organisation != "" {
		h.Status = jiqiao.StatusDraft // who enters for an organisation does not choose it, and the owner follows from the account
	}
	jiqiao.Normalise(rec)
	return rec, rec.Validate()
}

// errDeletedAt refuses to delete, or to bring back, by writing.
func errDeletedAt() error {
	return jiqiao.Invalid([]jiqiao.FieldError{{Field: "deleted_at", Message: "没有这个字段，请去掉；删除请用 DELETE"}})
}

func (s *Server) createRecord(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		rec, err := readRecord(c, kind)
		if err != nil {
			return err
		}
		if err := s.opts.Lifecycle.Create(c.Request.Context(), viewer(c), rec); err != nil {
			return err
		}
		c.Header("Location", c.Request.URL.Path+"/"+rec.Head().ID)
		return sendSaved(c, http.StatusCreated, jiqiao.SavedRecord{Record: rec})
	}
}

func (s *Server) updateRecord(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		id := c.Param("id")
		version, edition, err := s.ifMatchRevision(c, kind, id)
		if err != nil {
			return stale(c, err)
		}
		rec, err := readRecord(c, kind)
		if err != nil {
			return err
		}
		rec.Head().ID, rec.Head().Version = id, version
		done, err := s.opts.Lifecycle.Update(c.Request.Context(), viewer(c), rec, edition)
		if err != nil {
			return s.refused(c, kind, id, version, err)
		}
		if done.Revision != nil {
			return sendSaved(c, http.StatusAccepted, done)
		}
		return sendSaved(c, http.StatusOK, done)
	}
}

func (s *Server) deleteRecord(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		id := c.Param("id")
		version, err := ifMatch(c, s.version(kind, id))
		if err != nil {
			return stale(c, err)
		}
		if err := s.opts.Lifecycle.Delete(c.Request.Context(), viewer(c), kind, id, version); err != nil {
			return s.refused(c, kind, id, version, err)
		}
		c.Status(http.StatusNoContent)
		return nil
	}
}

func (s *Server) version(kind jiqiao.Kind, id string) func(context.Context) (int64, error) {
	return func(ctx context.Context) (int64, error) { return s.opts.Records.Version(ctx, kind, id) }
}

// refused answers 412 for a conflict when the record has moved on since the version, else the conflict as it is: the
// record stands so that it cannot be changed.
func (s *Server) refused(c *gin.Context, kind jiqiao.Kind, id string, version int64, err error) error {
	if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
		return err
	}
	if now, failed := s.opts.Records.Version(c.Request.Context(), kind, id); failed == nil && now == version {
		return err
	}
	return stale(c, err)
}

func sendSaved(c *gin.Context, status int, done jiqiao.SavedRecord) error {
	v := viewer(c)
	answer := saved{v.Show(done.Record), done.Record.Warnings(), done.Revision}
	if answer.Warnings == nil {
		answer.Warnings = []jiqiao.FieldError{}
	}
	c.Header("ETag", versionTag(done.Record.Head().Version))
	return send(c, status, answer)
}
