package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Views keeps what people narrow and sort their lists by.
type Views interface {
	// SaveView keeps a view in place of one of the same name, and fills ID and CreatedAt.
	SaveView(ctx context.Context, v *jiqiao.SavedView) error
	SavedViews(ctx context.Context, user, list string) ([]jiqiao.SavedView, error)
	DeleteView(ctx context.Context, user, id string) error
}

// viewInput is the body of POST /views.
type viewInput struct {
	List  string `json:"list"`
	Name  string `json:"name"`
	Query string `json:"query"`
}

func (s *Server) saveView(c *gin.Context) error {
	var in viewInput
	if err := decode(c, &in); err != nil {
		return err
	}
	view := jiqiao.SavedView{User: viewer(c).User, List: in.List, Name: strings.TrimSpace(in.Name), Query: in.Query}
	if err := view.Validate(); err != nil {
		return err
	}
	if err := s.opts.Views.SaveView(c.Request.Context(), &view); err != nil {
		return err
	}
	return send(c, http.StatusCreated, view)
}

func (s *Server) listViews(c *gin.Context) error {
	found, err := s.opts.Views.SavedViews(c.Request.Context(), viewer(c).User, c.Query("list"))
	if err != nil {
		return err
	}
	return answer(c, listed[jiqiao.SavedView]{found})
}

func (s *Server) deleteView(c *gin.Context) error {
	if err := s.opts.Views.DeleteView(c.Request.Context(), viewer(c).User, c.Param("id")); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
