package intake

import (
	"context"
	"fmt"

	"jiqiao"
	"jiqiao/internal/sheet"
)

// This file is what an import may reach, by who sent it (jiqiao.Origin): an organisation enters its own records, which are
// then reviewed; an operator those of the region; the command line and machines of the platform everything.

// errNotYours is what is said of an import that is another's, as of one that is not there.
func errNotYours() error {
	return jiqiao.Fail(jiqiao.CodeNotFound, "导入记录不存在或已删除，请刷新后再试", nil)
}

// allowed refuses the import of others.
func allowed(ctx context.Context, imp jiqiao.Import) error {
	own, restricted := jiqiao.OriginOf(ctx).EntersFor()
	if restricted && (own == "" || imp.Organisation != own) {
		return errNotYours()
	}
	return nil
}

// sender is for whom the file is read: restricted to an organisation, or to what the viewer reaches.
type sender struct {
	viewer     jiqiao.Viewer
	restricted bool
	owner      jiqiao.Organisation
}

func (s *Service) senderOf(ctx context.Context, kind jiqiao.Kind) (sender, error) {
	v := jiqiao.OriginOf(ctx).Viewer
	id, restricted := v.EntersFor()
	if !restricted {
		return sender{viewer: v}, nil
	}
	if side, ok := v.Role.KindOf(); v.User != "" && (!ok || side != kind) || id == "" {
		return sender{}, jiqiao.Fail(jiqiao.CodeForbidden, "您的账号不能导入"+kind.Label(), nil)
	}
	owner, err := s.store.GetOrganisation(ctx, id)
	if err != nil {
		return sender{}, fmt.Errorf("read the importing organisation: %w", err)
	}
	return sender{viewer: v, restricted: true, owner: owner}, nil
}

// claim makes a row the sender's own, before anything is looked up by it, and warns of one that names somebody else.
func (s sender) claim(row *sheet.Row) []jiqiao.CellError {
	if !s.restricted {
		return nil
	}
	e := &row.Entry
	h := e.Record.Head()
	var warnings []jiqiao.CellError
	if h.Owner.Name != "" && foldKey(h.Owner.Name) != foldKey(s.owner.Name) {
		warnings = append(warnings, jiqiao.CellError{
			Row: row.Number, Column: "单位名称", Value: h.Owner.Name,
			Message: "与本单位不同，将记为「" + s.owner.Name + "」的" + e.Record.Kind().Label() + "；不是本单位的请删去这一行",
		})
	}
	h.ID, h.MergedInto = "", ""
	h.Owner = jiqiao.OrganisationRef{ID: s.owner.ID, Name: s.owner.Name, CreditCode: s.owner.CreditCode, Kind: s.owner.Kind}
	if h.Region == "" {
		h.Region = s.owner.Region
	}
	e.Organisation = jiqiao.Organisation{}
	return warnings
}

// refuses says why the sender may not write the row over old, nil for a new one; "" when it may.
func (s sender) refuses(rec, old jiqiao.Record) string {
	if s.viewer.User == "" || s.restricted {
		return ""
	}
	for _, r := range []jiqiao.Record{rec, old} {
		if r == nil {
			continue
		}
		if _, ok := s.viewer.ActorFor(r); !ok {
			return "不在您管理的地区，不能导入"
		}
	}
	return ""
}
