package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Organisations is the store of organisations; its rules are those of Records.
type Organisations interface {
	GetOrganisation(ctx context.Context, id string) (jiqiao.Organisation, error)
	// PutOrganisation creates one without ID, else replaces the one whose Version o carries, and fills in what the store assigns.
	PutOrganisation(ctx context.Context, o *jiqiao.Organisation) error
	DeleteOrganisation(ctx context.Context, id string, version int64) error
	// ListOrganisations is a page in a fixed order: of the kind unless "", with text in the name unless "", after the
	// cursor that the page before returned as next. next is empty at the end.
	ListOrganisations(ctx context.Context, kind jiqiao.OrganisationKind, text, cursor string, limit int) (page []jiqiao.Organisation, next string, err error)
}

type organisationList struct {
	Organisations []jiqiao.Organisation `json:"organisations"`
	Next          string                `json:"next,omitempty"`
}

func (s *Server) listOrganisations(c *gin.Context) error {
	q := query{c: c}
	kind, text, limit := jiqiao.OrganisationKind(q.text("kind")), q.text("q"), q.number("limit", 1, jiqiao.MaxPageSize)
	if kind != "" && jiqiao.CodeLabel("organisation_kind", string(kind)) == "" {
		q.wrong("kind", "没有这种单位类型，请从代码表 organisation_kind 中选择")
	}
	if err := q.err(); err != nil {
		return err
	}
	if limit == 0 {
		limit = jiqiao.DefaultPage
	}
	page, next, err := s.opts.Organisations.ListOrganisations(c.Request.Context(), kind, text, q.text("cursor"), limit)
	if err != nil {
		return err
	}
	shown := make([]jiqiao.Organisation, len(page))
	for i, o := range page {
		shown[i] = viewer(c).ShowOrganisation(o)
	}
	return answer(c, organisationList{shown, next})
}

func (s *Server) getOrganisation(c *gin.Context) error {
	o, err := s.opts.Organisations.GetOrganisation(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	body, err := encode(viewer(c).ShowOrganisation(o))
	if err != nil {
		return err
	}
	return answerBytes(c, jsonType, versionTag(o.Version), body)
}

func readOrganisation(c *gin.Context) (jiqiao.Organisation, error) {
	var o jiqiao.Organisation
	if err := decode(c, &o); err != nil {
		return o, err
	}
	if o.DeletedAt != nil {
		return o, errDeletedAt()
	}
	o.ID, o.Version = "", 0
	o.Normalise()
	return o, o.Validate()
}

func (s *Server) createOrganisation(c *gin.Context) error {
	o, err := readOrganisation(c)
	if err != nil {
		return err
	}
	if !serves(viewer(c), o) {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "region", Message: "不在您管辖的地区内"}})
	}
	if err := s.opts.Organisations.PutOrganisation(c.Request.Context(), &o); err != nil {
		return err
	}
	c.Header("Location", c.Request.URL.Path+"/"+o.ID)
	c.Header("ETag", versionTag(o.Version))
	return send(c, http.StatusCreated, o)
}

func (s *Server) updateOrganisation(c *gin.Context) error {
	version, err := ifMatch(c, s.organisationVersion(viewer(c), c.Param("id")))
	if err != nil {
		return stale(c, err)
	}
	o, err := readOrganisation(c)
	if err != nil {
		return err
	}
	if !serves(viewer(c), o) {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "region", Message: "不在您管辖的地区内"}})
	}
	o.ID, o.Version = c.Param("id"), version
	if err := s.opts.Organisations.PutOrganisation(c.Request.Context(), &o); err != nil {
		return stale(c, err)
	}
	c.Header("ETag", versionTag(o.Version))
	return send(c, http.StatusOK, o)
}

func (s *Server) deleteOrganisation(c *gin.Context) error {
	version, err := ifMatch(c, s.organisationVersion(viewer(c), c.Param("id")))
	if err == nil {
		err = s.opts.Organisations.DeleteOrganisation(c.Request.Context(), c.Param("id"), version)
	}
	if err != nil {
		return stale(c, err)
	}
	c.Status(http.StatusNoContent)
	return nil
}

// organisationVersion is the version of an organisation that the viewer may change; what lies elsewhere is not there.
func (s *Server) organisationVersion(v jiqiao.Viewer, id string) func(context.Context) (int64, error) {
	return func(ctx context.Context) (int64, error) {
		o, err := s.opts.Organisations.GetOrganisation(ctx, id)
		if err == nil && !serves(v, o) && o.ID != v.Organisation {
			return 0, jiqiao.Fail(jiqiao.CodeNotFound, "单位不存在或已删除，请刷新后再试", nil)
		}
		return o.Version, err
	}
}

// serves reports whether the organisation lies in the viewer's region; one of no place is everybody's.
func serves(v jiqiao.Viewer, o jiqiao.Organisation) bool {
	return o.Region == "" || v.Reaches(o.Region)
}
