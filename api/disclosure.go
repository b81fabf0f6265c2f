package api

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Disclosures keeps what was opened to whom, and who looked at which contact.
type Disclosures interface {
	// Granted lists the ids of the records opened to the organisation, sorted.
	Granted(ctx context.Context, organisation string) ([]string, error)
	// Reveal notes that a contact is shown, in the audit, too; more than limit by one user since the moment is
	// CodeTooManyRequests.
	Reveal(ctx context.Context, r *jiqiao.Reveal, since time.Time, limit int) error
	// Reveals lists who had the record's contact shown, the newest first.
	Reveals(ctx context.Context, record, cursor string, limit int) (jiqiao.RevealPage, error)
}

const (
	// minReason keeps reasons from being a single key.
	minReason = 4
	// defaultContactsPerDay is how many contacts one person may have shown in a day.
	defaultContactsPerDay = 30
)

// addGrants lets the viewer see what was opened to its organisation. It comes after authenticate.
func (s *Server) addGrants(c *gin.Context) {
	v := viewer(c)
	if v.Organisation == "" {
		return
	}
	granted, err := s.opts.Disclosures.Granted(c.Request.Context(), v.Organisation)
	if err != nil {
		s.refuse(c, err)
		return
	}
	v.Granted = granted
	s.admit(c, v)
}

// revealInput is the body of POST /needs/{id}/contact.
type revealInput struct {
	Reason string `json:"reason"`
}

func (in *revealInput) validate() error {
	in.Reason = strings.TrimSpace(in.Reason)
	if n := utf8.RuneCountInString(in.Reason); n < minReason || n > jiqiao.MaxReason || !utf8.ValidString(in.Reason) {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "reason", Message: "请说明为什么需要查看联系方式，4～200 个字"}})
	}
	return nil
}

// revealed answers it.
type revealed struct {
	Contact jiqiao.Contact `json:"contact"`
}

// revealContact shows a broker or an operator a contact in full, for a reason that is kept and that the owner can read.
func (s *Server) revealContact(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		var in revealInput
		if err := decode(c, &in); err != nil {
			return err
		}
		if err := in.validate(); err != nil {
			return err
		}
		rec, err := s.visible(c, kind)
		if err != nil {
			return err
		}
		v, h := viewer(c), rec.Head()
		if !v.Access().SeesDetail(rec) {
			return jiqiao.Fail(jiqiao.CodeForbidden, "这条"+kind.Label()+"不在您的服务范围内，不能查看联系方式", nil)
		}
		r := jiqiao.Reveal{
			Record: jiqiao.Ref{Type: string(kind), ID: h.ID}, Owner: h.Owner.ID, Reason: in.Reason,
			User: v.User, Name: v.Name, Role: v.Role, Organisation: v.Organisation,
		}
		if err := s.opts.Disclosures.Reveal(c.Request.Context(), &r, jiqiao.DayStart(s.opts.Now()), s.opts.ContactsPerDay); err != nil {
			return err
		}
		c.Header("Cache-Control", "no-store")
		return send(c, http.StatusOK, revealed{h.Contact})
	}
}

// listReveals tells the owner, and operators of its region, who had the contact shown.
func (s *Server) listReveals(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		q := query{c: c}
		limit := q.number("limit", 1, jiqiao.MaxPageSize)
		if err := q.err(); err != nil {
			return err
		}
		if limit == 0 {
			limit = jiqiao.DefaultPage
		}
		rec, err := s.visible(c, kind)
		if err != nil {
			return err
		}
		h, a := rec.Head(), viewer(c).Access()
		if own := a.Organisation != "" && a.Organisation == h.Owner.ID; !own && !a.Operates(h.Region) {
			return jiqiao.Fail(jiqiao.CodeForbidden, "只有"+kind.Label()+"的所属单位可以查看谁看过联系方式", nil)
		}
		page, err := s.opts.Disclosures.Reveals(c.Request.Context(), h.ID, q.text("cursor"), limit)
		if err != nil {
			return err
		}
		return send(c, http.StatusOK, page)
	}
}
