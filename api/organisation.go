package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// ownInput is what members change of their organisation. Its name, kind and credit code are what it was reviewed by.
type ownInput struct {
	Region         string         `json:"region"`
	Industry       string         `json:"industry"`
	Scale          string         `json:"scale"`
	Qualifications []string       `json:"qualifications"`
	Products       string         `json:"products"`
	Profile        string         `json:"profile"`
	Address        string         `json:"address"`
	LegalPerson    string         `json:"legal_person"`
	Contact        jiqiao.Contact `json:"contact"`
}

// own is the organisation of who asks.
func (s *Server) own(c *gin.Context) (jiqiao.Organisation, error) {
	id := viewer(c).Organisation
	if id == "" {
		return jiqiao.Organisation{}, jiqiao.Fail(jiqiao.CodeNotFound, "您的账号没有所属单位", nil)
	}
	return s.opts.Organisations.GetOrganisation(c.Request.Context(), id)
}

func (s *Server) getOwnOrganisation(c *gin.Context) error {
	o, err := s.own(c)
	if err != nil {
		return err
	}
	body, err := encode(o)
	if err != nil {
		return err
	}
	return answerBytes(c, jsonType, versionTag(o.Version), body)
}

func (s *Server) updateOwnOrganisation(c *gin.Context) error {
	if v := viewer(c); v.User != "" && !v.Lead {
		return jiqiao.Fail(jiqiao.CodeForbidden, "单位资料由单位管理员修改", nil)
	}
	o, err := s.own(c)
	if err != nil {
		return err
	}
	if _, err := ifMatch(c, s.organisationVersion(viewer(c), o.ID)); err != nil {
		return stale(c, err)
	}
	var in ownInput
	if err := decode(c, &in); err != nil {
		return err
	}
	o.Region, o.Industry, o.Scale, o.Qualifications, o.Products = in.Region, in.Industry, in.Scale, in.Qualifications, in.Products
	o.Profile, o.Address, o.LegalPerson, o.Contact = in.Profile, in.Address, in.LegalPerson, in.Contact
	o.Normalise()
	if err := o.Validate(); err != nil {
		return err
	}
	if err := s.opts.Organisations.PutOrganisation(c.Request.Context(), &o); err != nil {
		return stale(c, err)
	}
	c.Header("ETag", versionTag(o.Version))
	return send(c, http.StatusOK, o)
}
