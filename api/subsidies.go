package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Subsidies keeps policies and what is granted by them.
type Subsidies interface {
	AddSubsidyPolicy(ctx context.Context, p *jiqiao.SubsidyPolicy) error
	SubsidyPolicies(ctx context.Context) ([]jiqiao.SubsidyPolicy, error)
	// Subsidy computes what could be granted now.
	Subsidy(ctx context.Context, deal string) (jiqiao.SubsidySums, error)
	ApplySubsidy(ctx context.Context, deal, note string) (jiqiao.Subsidy, error)
	MoveSubsidy(ctx context.Context, deal, id string, m jiqiao.SubsidyMove) (jiqiao.Subsidy, error)
	// UndoSubsidy takes an approval or a refusal back, by who made it, within jiqiao.SubsidyUndo.
	UndoSubsidy(ctx context.Context, deal, id string, version int64) (jiqiao.Subsidy, error)
}

func (s *Server) listSubsidyPolicies(c *gin.Context) error {
	policies, err := s.opts.Subsidies.SubsidyPolicies(c.Request.Context())
	if err != nil {
		return err
	}
	return answer(c, gin.H{"items": policies})
}

// addSubsidyPolicy makes a policy for the operator's region or one within.
func (s *Server) addSubsidyPolicy(c *gin.Context) error {
	var in jiqiao.SubsidyPolicy
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := in.Validate(); err != nil {
		return err
	}
	if v := viewer(c); v.Region != "" && !v.Reaches(in.Region) {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "region", Message: "只能制定本地区的补助办法，请选择「" + jiqiao.CodeLabel("region", v.Region) + "」或其下级"}})
	}
	if err := s.opts.Subsidies.AddSubsidyPolicy(c.Request.Context(), &in); err != nil {
		return err
	}
	return send(c, http.StatusCreated, in)
}

// computeSubsidy shows every step of what could be granted.
func (s *Server) computeSubsidy(c *gin.Context) error {
	d, err := s.workedDeal(c)
	if err != nil {
		return err
	}
	sums, err := s.opts.Subsidies.Subsidy(c.Request.Context(), d.ID)
	if err != nil {
		return err
	}
	return answer(c, sums)
}

func (s *Server) applySubsidy(c *gin.Context) error {
	var in struct {
		Note string `json:"note"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	d, err := s.workedDeal(c)
	if err != nil {
		return err
	}
	if err := jiqiao.CheckNote(in.Note); err != nil {
		return err
	}
	sub, err := s.opts.Subsidies.ApplySubsidy(c.Request.Context(), d.ID, in.Note)
	if err != nil {
		return err
	}
	return send(c, http.StatusCreated, sub)
}

// moveSubsidy approves, pays or rejects.
func (s *Server) moveSubsidy(to jiqiao.SubsidyState) handler {
	return func(c *gin.Context) error {
		var in jiqiao.SubsidyMove
		if err := decode(c, &in); err != nil {
			return err
		}
		d, err := s.workedDeal(c)
		if err != nil {
			return err
		}
		in.To = to
		sub, err := s.opts.Subsidies.MoveSubsidy(c.Request.Context(), d.ID, c.Param("subsidy"), in)
		if err != nil {
			return err
		}
		return send(c, http.StatusOK, sub)
	}
}

func (s *Server) undoSubsidy(c *gin.Context) error {
	var in struct {
		Version int64 `json:"version"`
	}
	if err := decode(c, &in); err != nil {
		return err
	}
	d, err := s.workedDeal(c)
	if err != nil {
		return err
	}
	sub, err := s.opts.Subsidies.UndoSubsidy(c.Request.Context(), d.ID, c.Param("subsidy"), in.Version)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, sub)
}
