package app

import (
	"context"
	"io"
	"iter"

	"jiqiao"
	"jiqiao/index"
	"jiqiao/internal/sheet"
	"jiqiao/matcher"
)

// recaller lets the matcher ask the index, of which it knows nothing.
type recaller struct{ index *index.Index }

// Recall implements matcher.Recaller.
func (r recaller) Recall(ctx context.Context, q matcher.RecallQuery) ([]string, error) {
	found, err := r.index.Recall(ctx, index.RecallQuery{Kind: q.Kind, Sections: jiqiao.Face(q.Subject).Sections(), Filter: q.Filter, Limit: q.Limit})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(found))
	for i, c := range found {
		ids[i] = c.ID
	}
	return ids, nil
}

// Allowed implements matcher.Recaller.
func (r recaller) Allowed(ctx context.Context, kind jiqiao.Kind, filter jiqiao.Filter, ids []string) ([]string, error) {
	return r.index.Allowed(ctx, kind, filter, ids)
}

// sheets lets the API write files.
type sheets struct{}

// Template implements api.Sheets.
func (sheets) Template(w io.Writer, kind jiqiao.Kind, format string) error {
	f, err := sheet.ParseFormat(format)
	if err != nil {
		return err
	}
	return sheet.Template(w, kind, f)
}

// Export implements api.Sheets.
func (sheets) Export(ctx context.Context, w io.Writer, kind jiqiao.Kind, format string, records iter.Seq2[jiqiao.Record, error],
	organisation func(ctx context.Context, id string) (jiqiao.Organisation, error),
) error {
	f, err := sheet.ParseFormat(format)
	if err != nil {
		return err
	}
	return sheet.Export(ctx, w, kind, f, records, organisation)
}

// ExportAssignment implements api.Sheets.
func (sheets) ExportAssignment(ctx context.Context, w io.Writer, a jiqiao.Assignment, items iter.Seq2[jiqiao.AssignmentItem, error]) error {
	return sheet.ExportAssignment(ctx, w, a, items)
}

// ExportDecisions implements api.Sheets.
func (sheets) ExportDecisions(ctx context.Context, w io.Writer, decisions iter.Seq2[jiqiao.Decision, error],
	title func(ctx context.Context, kind jiqiao.Kind, id string) (string, error),
) error {
	return sheet.ExportDecisions(ctx, w, decisions, title)
}

// Table implements api.Sheets.
func (sheets) Table(ctx context.Context, w io.Writer, title string, columns []string, rows iter.Seq2[[]any, error]) error {
	return sheet.Table(ctx, w, title, columns, rows)
}

// Form implements api.Sheets.
func (sheets) Form(w io.Writer, title string, fields []jiqiao.FormField) error {
	return sheet.Form(w, title, fields)
}
