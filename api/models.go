package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Models is the registry of trained models.
type Models interface {
	// Models lists the versions of the kind, all when it is "", newest first.
	Models(ctx context.Context, kind jiqiao.ModelKind) ([]jiqiao.ModelVersion, error)
	// ActivateModel makes the version the one that serves; BuiltinModel is the one that ships with the program. A
	// missing one is CodeNotFound.
	ActivateModel(ctx context.Context, kind jiqiao.ModelKind, version string) error
}

type modelList struct {
	Models []jiqiao.ModelVersion `json:"models"`
	// Builtin are those that ship with the program; one is active when none of its kind in Models is.
	Builtin []jiqiao.ModelVersion `json:"builtin"`
}

func (s *Server) modelList(ctx context.Context, kind jiqiao.ModelKind) (modelList, error) {
	models, err := s.opts.Models.Models(ctx, kind)
	if models == nil {
		models = []jiqiao.ModelVersion{}
	}
	list := modelList{models, []jiqiao.ModelVersion{}}
	for _, b := range s.opts.Builtin {
		if kind != "" && b.Kind != kind {
			continue
		}
		b.Active = !slices.ContainsFunc(models, func(m jiqiao.ModelVersion) bool { return m.Kind == b.Kind && m.Active })
		list.Builtin = append(list.Builtin, b)
	}
	return list, err
}

func (s *Server) listModels(c *gin.Context) error {
	q := query{c: c}
	kind := jiqiao.ModelKind(q.text("kind"))
	if kind != "" && kind.Label() == "" {
		q.wrong("kind", "应为 ranker（排序模型）或 vectors（词向量）")
	}
	if err := q.err(); err != nil {
		return err
	}
	list, err := s.modelList(c.Request.Context(), kind)
	if err != nil {
		return err
	}
	return answer(c, list)
}

func (s *Server) activateModel(c *gin.Context) error {
	ctx, kind := c.Request.Context(), jiqiao.ModelKind(c.Param("kind"))
	if err := s.opts.Models.ActivateModel(ctx, kind, c.Param("version")); err != nil {
		return err
	}
	s.log.Info("model activated", "kind", kind, "version", c.Param("version"), "by", viewer(c).Name)
	list, err := s.modelList(ctx, kind)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, list)
}
