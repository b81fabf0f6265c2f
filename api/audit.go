package api

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// AuditTrail is the record of who did what, for the auditor.
type AuditTrail interface {
	// AuditEntries lists the newest first.
	AuditEntries(ctx context.Context, q jiqiao.AuditQuery) (jiqiao.AuditPage, error)
	// AuditObjects says what objects are called, in a few statements.
	AuditObjects(ctx context.Context, objects []jiqiao.Ref) (map[jiqiao.Ref]jiqiao.AuditObject, error)
	// CheckAudit finds where the chain is broken; archived entries are believed.
	CheckAudit(ctx context.Context) (jiqiao.AuditCheck, error)
	// Audit notes an act: reading the audit is one itself.
	Audit(ctx context.Context, act jiqiao.Act) error
}

func (s *Server) listAudit(c *gin.Context) error {
	q := query{c: c}
	aq := q.audit()
	aq.Limit, aq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	if err := s.noteAudit(c, actAuditRead); err != nil {
		return err
	}
	page, err := s.opts.Trail.AuditEntries(c.Request.Context(), aq)
	if err != nil {
		return err
	}
	for i := range page.Entries {
		page.Entries[i].ActLabel = jiqiao.CodeLabel("act", page.Entries[i].Act)
	}
	if err := s.titleAudit(c.Request.Context(), viewer(c), page.Entries); err != nil {
		return err
	}
	return answer(c, page)
}

// titleAudit names the objects of entries: accounts, organisations and tokens by what they are called, the rest by the title
// of the record that they are about, where the viewer may know of that; a deal is in most cases about one that rests.
func (s *Server) titleAudit(ctx context.Context, v jiqiao.Viewer, entries []jiqiao.AuditEntry) error {
	objects := make([]jiqiao.Ref, len(entries))
	for i, e := range entries {
		objects[i] = e.Object
	}
	known, err := s.opts.Trail.AuditObjects(ctx, objects)
	if err != nil {
		return err
	}
	ids := map[jiqiao.Kind][]string{}
	for _, o := range known {
		for _, about := range []jiqiao.Ref{o.Record, o.Other} {
			if about.ID != "" {
				ids[jiqiao.Kind(about.Type)] = append(ids[jiqiao.Kind(about.Type)], about.ID)
			}
		}
	}
	titles := map[string]string{}
	for kind, of := range ids {
		records, err := s.opts.Records.GetMany(ctx, kind, of)
		if err != nil {
			return err
		}
		for _, rec := range records {
			if v.Access().Knows(rec) {
				titles[rec.Head().ID] = v.Show(rec).Head().Title
			}
		}
	}
	for i := range entries {
		o := known[entries[i].Object]
		entries[i].ObjectTitle = cmp.Or(o.Title, titles[o.Record.ID], titles[o.Other.ID])
	}
	return nil
}

// audit reads what restricts the audit.
func (q *query) audit() jiqiao.AuditQuery {
	aq := jiqiao.AuditQuery{
		User: q.text("user"), Person: q.text("person"), Act: q.text("act"), Object: jiqiao.Ref{Type: q.text("object_type"), ID: q.text("object")},
		Result: jiqiao.AuditResult(q.text("result")), Address: q.text("address"),
		From: q.moment("from", 0), Until: q.moment("until", 24*time.Hour),
	}
	if aq.Result != "" && !slices.Contains(jiqiao.AuditResults[:], aq.Result) {
		q.wrong("result", "应为 done（成功）、denied（被拒绝）或 failed（失败）")
	}
	return aq
}

const (
	actAuditRead   = "audit.read"
	actAuditExport = "audit.export"
)

// noteAudit notes that the audit is read, and by which filters. Who cannot be noted does not read.
func (s *Server) noteAudit(c *gin.Context, act string) error {
	var filters []string
	for name := range c.Request.URL.Query() {
		filters = append(filters, name)
	}
	slices.Sort(filters)
	return s.opts.Trail.Audit(c.Request.Context(), jiqiao.Act{
		Name: act, Object: jiqiao.Ref{Type: "audit"}, After: map[string]string{"filters": strings.Join(filters, " ")},
	})
}

func (s *Server) verifyAudit(c *gin.Context) error {
	check, err := s.opts.Trail.CheckAudit(c.Request.Context())
	if err != nil {
		return err
	}
	result := jiqiao.AuditDone
	if !check.OK {
		result = jiqiao.AuditFailed
	}
	err = s.opts.Trail.Audit(c.Request.Context(), jiqiao.Act{
		Name: "audit.verify", Object: jiqiao.Ref{Type: "audit", ID: strconv.FormatInt(check.Last, 10)}, Result: result,
		After: map[string]any{"entries": check.Entries, "faults": check.FaultCount},
	})
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, check)
}

func (s *Server) exportAudit(c *gin.Context) error {
	q := query{c: c}
	aq := q.audit()
	if err := q.err(); err != nil {
		return err
	}
	if err := s.noteAudit(c, actAuditExport); err != nil {
		return err
	}
	ctx := c.Request.Context()
	columns := []string{
		"序号", "时间", "账号", "名称", "角色", "单位", "地址", "请求", "行为", "行为代码", "对象类别", "对象", "对象名称", "变更前", "变更后", "结果", "摘要",
	}
	rows := sheetRows(func(cursor string) ([]jiqiao.AuditEntry, string, error) {
		aq.Cursor, aq.Limit = cursor, jiqiao.MaxPageSize
		page, err := s.opts.Trail.AuditEntries(ctx, aq)
		if err == nil {
			err = s.titleAudit(ctx, viewer(c), page.Entries)
		}
		return page.Entries, page.Next, err
	}, auditRow)
	return s.sendFile(c, "xlsx", "审计记录.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "审计记录", columns, rows)
	})
}

func auditRow(e jiqiao.AuditEntry) []any {
	return []any{
		e.Seq, e.At, e.User, e.Name, jiqiao.CodeLabel("role", string(e.Role)), e.Organisation, e.Address, e.Request,
		jiqiao.CodeLabel("act", e.Act), e.Act, jiqiao.CodeLabel("object_type", e.Object.Type), e.Object.ID, e.ObjectTitle, string(e.Before), string(e.After), e.Result.Label(), e.Hash,
	}
}
