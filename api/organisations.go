package api

import (
	"context"
	"io"
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
	ListOrganisations(ctx context.Context, q jiqiao.OrganisationQuery) (jiqiao.OrganisationPage, error)
}

// organisations reads what restricts a list of organisations.
func (q *query) organisations() jiqiao.OrganisationQuery {
	o := jiqiao.OrganisationQuery{Kind: jiqiao.OrganisationKind(q.text("kind")), Text: q.text("q"), Region: q.text("region")}
	if o.Kind != "" && jiqiao.CodeLabel("organisation_kind", string(o.Kind)) == "" {
		q.wrong("kind", "没有这种单位类型，请重新选择")
	}
	if o.Region != "" && jiqiao.CodeLabel("region", o.Region) == "" {
		q.wrong("region", "没有这个地区，请重新选择")
	}
	switch sort := q.text("sort"); sort {
	case "", "oldest":
	case "newest":
		o.Newest = true
	default:
		q.wrong("sort", "应为 oldest（先建立的在前）或 newest（新建立的在前）")
	}
	return o
}

func (s *Server) listOrganisations(c *gin.Context) error {
	q := query{c: c}
	oq := q.organisations()
	oq.Limit, oq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Organisations.ListOrganisations(c.Request.Context(), oq)
	if err != nil {
		return err
	}
	for i, o := range page.Items {
		page.Items[i] = viewer(c).ShowOrganisation(o)
	}
	return answer(c, page)
}

func (s *Server) exportOrganisations(c *gin.Context) error {
	q := query{c: c}
	oq := q.organisations()
	if err := q.err(); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	if err := s.exported(ctx, "organisation.export"); err != nil {
		return err
	}
	columns := []string{"单位名称", "类型", "统一社会信用代码", "地区", "行业", "规模", "地址", "联系人", "职务", "电话", "邮箱", "建立时间"}
	return s.sendFile(c, "xlsx", "单位.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "单位", columns, sheetRows(func(cursor string) ([]jiqiao.Organisation, string, error) {
			oq.Limit, oq.Cursor = jiqiao.MaxPageSize, cursor
			page, err := s.opts.Organisations.ListOrganisations(ctx, oq)
			return page.Items, page.Next, err
		}, func(o jiqiao.Organisation) []any { return organisationCells(v.ShowOrganisation(o)) }))
	})
}

func organisationCells(o jiqiao.Organisation) []any {
	phone := o.Contact.Mobile
	if phone == "" {
		phone = o.Contact.Phone
	}
	return []any{
		o.Name, jiqiao.CodeLabel("organisation_kind", string(o.Kind)), o.CreditCode, jiqiao.CodeLabel("region", o.Region),
		jiqiao.CodeLabel("industry", o.Industry), jiqiao.CodeLabel("scale", o.Scale), o.Address, o.Contact.Name, o.Contact.Position, phone,
		o.Contact.Email, o.CreatedAt.In(shanghai).Format("2006-01-02"),
	}
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
	if o.Contact, err = s.unmasked(c, o); err != nil {
		return err
	}
	if err := s.opts.Organisations.PutOrganisation(c.Request.Context(), &o); err != nil {
		return stale(c, err)
	}
	c.Header("ETag", versionTag(o.Version))
	return send(c, http.StatusOK, viewer(c).ShowOrganisation(o))
}

// unmasked is the contact to keep. Whoever is shown it masked sends it back masked, and must not overwrite it with that.
func (s *Server) unmasked(c *gin.Context, o jiqiao.Organisation) (jiqiao.Contact, error) {
	old, err := s.opts.Organisations.GetOrganisation(c.Request.Context(), o.ID)
	if err != nil {
		return jiqiao.Contact{}, err
	}
	if shown := viewer(c).ShowOrganisation(old).Contact; o.Contact == shown {
		return old.Contact, nil
	}
	return o.Contact, nil
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
