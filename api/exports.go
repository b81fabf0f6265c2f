package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Sheets writes records as files. format is "xlsx", "csv" or "jsonl"; a template is never jsonl.
type Sheets interface {
	Template(w io.Writer, kind jiqiao.Kind, format string) error
	// Export writes the records in order and stops at the first error of the sequence, which it returns. organisation
	// gives the details of their owners; nil asks for a file without anything confidential.
	Export(ctx context.Context, w io.Writer, kind jiqiao.Kind, format string, records iter.Seq2[jiqiao.Record, error],
		organisation func(ctx context.Context, id string) (jiqiao.Organisation, error)) error
	// ExportAssignment writes an assignment's items as xlsx.
	ExportAssignment(ctx context.Context, w io.Writer, a jiqiao.Assignment, items iter.Seq2[jiqiao.AssignmentItem, error]) error
	// ExportDecisions writes decisions as xlsx. title names a record; one that is gone has none.
	ExportDecisions(ctx context.Context, w io.Writer, decisions iter.Seq2[jiqiao.Decision, error],
		title func(ctx context.Context, kind jiqiao.Kind, id string) (string, error)) error
	// Table writes rows as xlsx, each as long as columns. A cell is nil, a text, a number, a bool, a jiqiao.Fen (written in
	// 万元), a jiqiao.Money, a jiqiao.Date, a time, or []string.
	Table(ctx context.Context, w io.Writer, title string, columns []string, rows iter.Seq2[[]any, error]) error
	// Form writes one form as xlsx, a line for each field.
	Form(w io.Writer, title string, fields []jiqiao.FormField) error
}

var fileTypes = map[string]string{
	"xlsx":  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"csv":   "text/csv; charset=utf-8",
	"jsonl": "application/jsonl; charset=utf-8",
}

// fileOf splits "need.xlsx"; formats are those allowed.
func fileOf(c *gin.Context, formats ...string) (jiqiao.Kind, string, error) {
	name, format, _ := strings.Cut(c.Param("file"), ".")
	kind := jiqiao.Kind(name)
	if !kind.Valid() || !slices.Contains(formats, format) {
		return "", "", jiqiao.Fail(jiqiao.CodeNotFound, "没有这个文件；文件名为 need 或 achievement，扩展名为 "+strings.Join(formats, "、"), nil)
	}
	return kind, format, nil
}

func (s *Server) template(c *gin.Context) error {
	kind, format, err := fileOf(c, "xlsx", "csv")
	if err != nil {
		return err
	}
	return s.sendFile(c, format, kind.Label()+"导入模板."+format, func(w io.Writer) error {
		return s.opts.Sheets.Template(w, kind, format)
	})
}

func (s *Server) export(c *gin.Context) error {
	kind, format, err := fileOf(c, "xlsx", "csv", "jsonl")
	if err != nil {
		return err
	}
	q := query{c: c}
	sq := q.search(kind)
	if err := q.first(sq.Validate); err != nil {
		return err
	}
	ctx := c.Request.Context()
	organisation := s.opts.Organisations.GetOrganisation
	if !sq.Filter.Access.Contacts {
		organisation = nil
	}
	if a := sq.Filter.Access; !a.Public() {
		if err := s.opts.Audit(ctx, jiqiao.Act{Name: "record.export", Object: jiqiao.Ref{Type: string(kind)}, After: map[string]any{"format": format, "contacts": a.Contacts}}); err != nil {
			return err
		}
	}
	sq.Filter.Access.Masked = false // a file is read back, and what is masked would then stand for the whole
	return s.sendFile(c, format, kind.Label()+"."+format, func(w io.Writer) error {
		return s.opts.Sheets.Export(ctx, w, kind, format, s.found(ctx, sq), organisation)
	})
}

// found walks through the records that the query finds, as its access shows them. Records come from the store without
// the index when nothing but the status has to be looked at.
func (s *Server) found(ctx context.Context, q jiqiao.SearchQuery) iter.Seq2[jiqiao.Record, error] {
	q, _ = q.Normalise()
	bare := jiqiao.Filter{Statuses: q.Filter.Statuses, Access: q.Filter.Access}
	if q.Text == "" && reflect.DeepEqual(q.Filter, bare) { // both normalised: nothing asked for is nil
		return s.stored(ctx, q)
	}
	return func(yield func(jiqiao.Record, error) bool) {
		q.Limit, q.Cursor, q.Facets = jiqiao.MaxPageSize, "", false
		for {
			page, err := s.opts.Searcher.Search(ctx, q)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, h := range showHits(q.Filter.Access, page.Hits) {
				if !yield(h.Record, nil) {
					return
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return
			}
		}
	}
}

// errStop ends a walk through the store whose reader has had enough.
var errStop = errors.New("stop")

func (s *Server) stored(ctx context.Context, q jiqiao.SearchQuery) iter.Seq2[jiqiao.Record, error] {
	whatever := slices.Contains(q.Filter.Statuses, jiqiao.AnyStatus)
	return func(yield func(jiqiao.Record, error) bool) {
		err := s.opts.Records.Each(ctx, q.Kind, "", func(r jiqiao.Record) error {
			if !q.Filter.Access.Sees(r) || !whatever && !slices.Contains(q.Filter.Statuses, r.Head().Status) {
				return nil
			}
			if !yield(q.Filter.Access.Show(r), nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

// sendFile writes a file to disk first and then sends it: an error in the middle still gets its own answer, and a
// slow client holds a file, not the database.
func (s *Server) sendFile(c *gin.Context, format, name string, write func(io.Writer) error) error {
	return s.sendFileAs(c, fileTypes[format], name, write)
}

func (s *Server) sendFileAs(c *gin.Context, contentType, name string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(s.opts.TempDir, "jiqiao-file-*")
	if err != nil {
		return fmt.Errorf("make a place for the file: %w", err)
	}
	defer discard(file)
	buffered := bufio.NewWriterSize(file, 64<<10)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	c.Header("Content-Type", contentType)
	c.Header("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, file)
	return nil
}
