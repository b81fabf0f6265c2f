package api

import (
	"context"
	"io"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Reviews reads what was laid before the operators, and the histories of records, as far as the viewer may.
type Reviews interface {
	// Queue lists reviews of the viewer's region.
	Queue(ctx context.Context, v jiqiao.Viewer, q jiqiao.ReviewQuery) (jiqiao.ReviewPage, error)
	ReviewsOf(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id, cursor string, limit int) (jiqiao.ReviewPage, error)
	// History lists versions below the given one, 0 for all.
	History(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string, below int64, limit int) (jiqiao.RecordHistory, error)
	Version(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string, version int64) (jiqiao.Record, error)
	// Own lists the records of the viewer's organisation.
	Own(ctx context.Context, v jiqiao.Viewer, q jiqiao.OwnQuery) (jiqiao.OwnRecords, error)
	// Entered lists what the viewer entered on behalf of organisations.
	Entered(ctx context.Context, v jiqiao.Viewer, q jiqiao.OwnQuery) (jiqiao.OwnRecords, error)
}

// Merges makes two records one, and tells where those went that were.
type Merges interface {
	Merge(ctx context.Context, v jiqiao.Viewer, m jiqiao.MergeRequest) (jiqiao.RecordMerge, error)
	UndoMerge(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, from string) (jiqiao.Record, error)
	Merges(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) ([]jiqiao.RecordMerge, error)
	// Survivor is where a merged record went, "" when the viewer may not see that either.
	Survivor(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string) (string, error)
	// Distinguish keeps that two records are not duplicates of each other, or takes it back.
	Distinguish(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id, other string, distinct bool) error
	// Doubtful are the similar records that nobody has told apart from the record.
	Doubtful(ctx context.Context, id string, similar []jiqiao.SimilarRecord) ([]jiqiao.SimilarRecord, error)
}

// reviewQuery reads what restricts a list of reviews. Without a state it is what waits.
func (s *Server) reviewQuery(q *query) jiqiao.ReviewQuery {
	found := jiqiao.ReviewQuery{
		Kind: jiqiao.Kind(q.text("kind")), State: jiqiao.ReviewState(q.text("state")), Region: q.text("region"), Field: q.text("field"),
		After: q.moment("from", 0), Before: q.moment("until", 24*time.Hour),
	}
	if found.Kind != "" && !found.Kind.Valid() {
		q.wrong("kind", kindMessage)
	}
	if found.State == "" {
		found.State = jiqiao.ReviewPending
	}
	if found.State.Label() == "" {
		q.wrong("state", "应为 pending（待审核）、approved（通过）、returned（退回修改）或 withdrawn（已撤回）")
	}
	for _, part := range []struct{ name, label, code string }{{"region", "地区", found.Region}, {"field", "技术领域", found.Field}} {
		if part.code != "" && jiqiao.CodeLabel(part.name, part.code) == "" {
			q.wrong(part.name, "没有这个"+part.label+"，请重新选择")
		}
	}
	if q.text("revision") != "" {
		on := q.flag("revision")
		found.Revision = &on
	}
	if days := q.number("waiting_days", 0, 3650); days > 0 {
		found.Before = s.opts.Now().AddDate(0, 0, -days)
	}
	switch sort := q.text("sort"); sort {
	case "", "oldest":
	case "newest":
		found.Newest = true
	default:
		q.wrong("sort", "应为 oldest（等得最久的在前）或 newest（新的在前）")
	}
	return found
}

func (s *Server) listReviews(c *gin.Context) error {
	q := query{c: c}
	rq := s.reviewQuery(&q)
	rq.Limit, rq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Reviews.Queue(c.Request.Context(), viewer(c), rq)
	if err != nil {
		return err
	}
	return answer(c, page)
}

func (s *Server) exportReviews(c *gin.Context) error {
	q := query{c: c}
	rq := s.reviewQuery(&q)
	if err := q.err(); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	if err := s.exported(ctx, "review.export"); err != nil {
		return err
	}
	columns := []string{"类别", "名称", "单位", "地区", "审核内容", "第几次", "状态", "提交时间", "完整度", "审核时间", "审核意见"}
	return s.sendFile(c, "xlsx", "审核清单.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "审核清单", columns, s.reviewRows(ctx, v, rq))
	})
}

// reviewRows walks through all pages.
func (s *Server) reviewRows(ctx context.Context, v jiqiao.Viewer, q jiqiao.ReviewQuery) iter.Seq2[[]any, error] {
	return sheetRows(func(cursor string) ([]jiqiao.Review, string, error) {
		q.Limit, q.Cursor = jiqiao.MaxPageSize, cursor
		page, err := s.opts.Reviews.Queue(ctx, v, q)
		return page.Items, page.Next, err
	}, reviewRow)
}

func reviewRow(r jiqiao.Review) []any {
	title, owner, region, what, decided := "", "", "", "新填报", any("")
	if r.Record != nil {
		h := r.Record.Head()
		title, owner, region = h.Title, h.Owner.Name, jiqiao.CodeLabel("region", h.Region)
	}
	if r.Revision {
		what = "修改已发布的内容"
	}
	completeness := any("")
	if r.Diagnosis != nil {
		completeness = r.Diagnosis.Completeness
	}
	if r.DecidedAt != nil {
		decided = *r.DecidedAt
	}
	return []any{r.Kind.Label(), title, owner, region, what, r.Round, r.State.Label(), r.SubmittedAt, completeness, decided, r.Note}
}

func (s *Server) reviewsOf(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		q := query{c: c}
		limit, cursor := q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
		if err := q.err(); err != nil {
			return err
		}
		page, err := s.opts.Reviews.ReviewsOf(c.Request.Context(), viewer(c), kind, c.Param("id"), cursor, limit)
		if err != nil {
			return err
		}
		return answer(c, page)
	}
}

func (s *Server) history(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		q := query{c: c}
		below, limit := q.number("below", 1, 1<<30), q.number("limit", 1, jiqiao.MaxPageSize)
		if err := q.err(); err != nil {
			return err
		}
		found, err := s.opts.Reviews.History(c.Request.Context(), viewer(c), kind, c.Param("id"), int64(below), limit)
		if err != nil {
			return err
		}
		return answer(c, found)
	}
}

func (s *Server) versionOf(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		version, err := strconv.ParseInt(c.Param("version"), 10, 64)
		if err != nil {
			return jiqiao.Fail(jiqiao.CodeNotFound, "没有这个版本", nil)
		}
		rec, err := s.opts.Reviews.Version(c.Request.Context(), viewer(c), kind, c.Param("id"), version)
		if err != nil {
			return err
		}
		return answer(c, rec)
	}
}

// ownQuery reads what restricts and sorts a list of own records.
func ownQuery(q *query) jiqiao.OwnQuery {
	found := jiqiao.OwnQuery{
		Kind: jiqiao.Kind(q.text("kind")), Status: jiqiao.Status(q.text("status")), Text: q.text("q"), Sort: jiqiao.OwnSort(q.text("sort")),
	}
	if found.Sort == "updated" {
		found.Sort = jiqiao.OwnUpdated
	}
	if !found.Sort.Valid() {
		q.wrong("sort", "应为 updated（最近修改在前）、newest（新录入在前）、oldest（早录入在前）或 title（按名称）")
	}
	if found.Kind != "" && !found.Kind.Valid() {
		q.wrong("kind", kindMessage)
	}
	if found.Status != "" && jiqiao.CodeLabel("status", string(found.Status)) == "" {
		q.wrong("status", "没有这个状态，请重新选择")
	}
	return found
}

// lister reads a page of records with where each stands.
type lister func(ctx context.Context, v jiqiao.Viewer, q jiqiao.OwnQuery) (jiqiao.OwnRecords, error)

// ownRecords lists what the viewer's organisation has, enteredRecords what the viewer entered for others.
func (s *Server) ownRecords(c *gin.Context) error     { return listOwn(c, s.opts.Reviews.Own) }
func (s *Server) enteredRecords(c *gin.Context) error { return listOwn(c, s.opts.Reviews.Entered) }

func listOwn(c *gin.Context, list lister) error {
	q := query{c: c}
	oq := ownQuery(&q)
	oq.Cursor, oq.Limit = q.text("cursor"), q.number("limit", 1, jiqiao.MaxPageSize)
	if err := q.err(); err != nil {
		return err
	}
	page, err := list(c.Request.Context(), viewer(c), oq)
	if err != nil {
		return err
	}
	return answer(c, page)
}

// exportOwn sends the records as the form that is imported, so that a file can be changed and read back.
func (s *Server) exportOwn(c *gin.Context) error {
	q := query{c: c}
	oq := ownQuery(&q)
	if err := q.err(); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	if side, ok := v.Role.KindOf(); ok && oq.Kind == "" {
		oq.Kind = side
	}
	// What is refused must be refused before the file begins.
	if _, err := s.opts.Reviews.Own(ctx, v, oq); err != nil {
		return err
	}
	act := jiqiao.Act{Name: "record.export", Object: jiqiao.Ref{Type: string(oq.Kind)}, After: map[string]any{"format": "xlsx", "contacts": true, "own": true}}
	if err := s.opts.Audit(ctx, act); err != nil {
		return err
	}
	return s.sendFile(c, "xlsx", "本单位"+oq.Kind.Label()+".xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Export(ctx, w, oq.Kind, "xlsx", s.allOwn(ctx, v, oq), s.opts.Organisations.GetOrganisation)
	})
}

// allOwn walks through all pages.
func (s *Server) allOwn(ctx context.Context, v jiqiao.Viewer, q jiqiao.OwnQuery) iter.Seq2[jiqiao.Record, error] {
	return func(yield func(jiqiao.Record, error) bool) {
		for q.Limit = jiqiao.MaxPageSize; ; {
			page, err := s.opts.Reviews.Own(ctx, v, q)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, rec := range page.Items {
				if !yield(rec, nil) {
					return
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return
			}
		}
	}
}

// mergeInput is the body of a merge.
type mergeInput struct {
	Into        string   `json:"into"`
	Version     int64    `json:"version"`
	IntoVersion int64    `json:"into_version"`
	Fields      []string `json:"fields"`
}

func (s *Server) mergeRecord(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		var in mergeInput
		if err := decode(c, &in); err != nil {
			return err
		}
		done, err := s.opts.Merges.Merge(c.Request.Context(), viewer(c), jiqiao.MergeRequest{
			Kind: kind, From: c.Param("id"), Into: in.Into, FromVersion: in.Version, IntoVersion: in.IntoVersion, Fields: in.Fields,
		})
		if err != nil {
			return err
		}
		return send(c, http.StatusOK, done)
	}
}

func (s *Server) unmergeRecord(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		rec, err := s.opts.Merges.UndoMerge(c.Request.Context(), viewer(c), kind, c.Param("id"))
		if err != nil {
			return err
		}
		c.Header("ETag", versionTag(rec.Head().Version))
		return send(c, http.StatusOK, jiqiao.StepOutcome{Record: rec, Done: true})
	}
}

func (s *Server) mergesOf(kind jiqiao.Kind) handler {
	return func(c *gin.Context) error {
		found, err := s.opts.Merges.Merges(c.Request.Context(), viewer(c), kind, c.Param("id"))
		if err != nil {
			return err
		}
		return answer(c, struct {
			Items []jiqiao.RecordMerge `json:"items"`
		}{found})
	}
}

// redirectMerged sends who asks for a record that went into another to that one. A merge can be undone, so the address is
// not given up for good.
func (s *Server) redirectMerged(c *gin.Context, kind jiqiao.Kind) (bool, error) {
	into, err := s.opts.Merges.Survivor(c.Request.Context(), viewer(c), kind, c.Param("id"))
	if err != nil || into == "" {
		return false, conceal(kind, err)
	}
	c.Redirect(http.StatusTemporaryRedirect, prefix+"/"+kindPath(kind)+"/"+into)
	return true, nil
}

func kindPath(kind jiqiao.Kind) string {
	if kind == jiqiao.KindNeed {
		return "needs"
	}
	return "achievements"
}

// distinguish keeps, or takes back, that the two records in the path are not duplicates of each other.
func (s *Server) distinguish(kind jiqiao.Kind, distinct bool) handler {
	return func(c *gin.Context) error {
		if err := s.opts.Merges.Distinguish(c.Request.Context(), viewer(c), kind, c.Param("id"), c.Param("other"), distinct); err != nil {
			return err
		}
		c.Status(http.StatusNoContent)
		return nil
	}
}
