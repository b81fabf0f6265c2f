package api

import (
	"context"
	"io"
	"iter"
	"slices"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Jobs is the durable queue, looked at.
type Jobs interface {
	// Jobs lists the newest first.
	Jobs(ctx context.Context, q jiqiao.JobQuery) (jiqiao.JobPage, error)
	GetJob(ctx context.Context, id string) (jiqiao.Job, error)
	// RetryJob begins a dead or cancelled one anew, CancelJob ends one that has not ended; else both are CodeConflict.
	RetryJob(ctx context.Context, id string) (jiqiao.Job, error)
	CancelJob(ctx context.Context, id string) (jiqiao.Job, error)
	JobCounts(ctx context.Context) ([]jiqiao.JobCount, error)
}

func (s *Server) listJobs(c *gin.Context) error { return s.jobPage(c, "") }

// listMyJobs are those that the viewer asked for.
func (s *Server) listMyJobs(c *gin.Context) error { return s.jobPage(c, viewer(c).User) }

func (s *Server) jobPage(c *gin.Context, origin string) error {
	q := query{c: c}
	jq := q.jobs()
	jq.Origin = origin
	jq.Limit, jq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Jobs.Jobs(c.Request.Context(), jq)
	if err != nil {
		return err
	}
	for i := range page.Jobs {
		page.Jobs[i] = shownJob(page.Jobs[i])
	}
	return answer(c, page)
}

// jobs reads what restricts a list of jobs.
func (q *query) jobs() jiqiao.JobQuery {
	jq := jiqiao.JobQuery{Kind: q.text("kind"), State: jiqiao.JobState(q.text("state"))}
	if jq.State != "" && !slices.Contains(jiqiao.JobStates[:], jq.State) {
		q.wrong("state", "应为 waiting（等待）、running（进行中）、done（已完成）、dead（已停止重试）或 cancelled（已取消）")
	}
	return jq
}

// shownJob leaves the payload out: it is for the handler, and may hold what the page must not show.
func shownJob(j jiqiao.Job) jiqiao.Job {
	j.Payload = nil
	return j
}

func (s *Server) getJob(c *gin.Context) error {
	j, err := s.opts.Jobs.GetJob(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, shownJob(j))
}

func (s *Server) getMyJob(c *gin.Context) error {
	j, err := s.opts.Jobs.GetJob(c.Request.Context(), c.Param("id"))
	if err == nil && j.Origin != viewer(c).User {
		err = jiqiao.Fail(jiqiao.CodeNotFound, "这项任务不存在或已删除，请刷新后再试", nil)
	}
	if err != nil {
		return err
	}
	return answer(c, shownJob(j))
}

func (s *Server) retryJob(c *gin.Context) error {
	j, err := s.opts.Jobs.RetryJob(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, shownJob(j))
}

func (s *Server) cancelJob(c *gin.Context) error {
	j, err := s.opts.Jobs.CancelJob(c.Request.Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, shownJob(j))
}

func (s *Server) countJobs(c *gin.Context) error {
	counts, err := s.opts.Jobs.JobCounts(c.Request.Context())
	if err != nil {
		return err
	}
	return answer(c, map[string]any{"items": counts})
}

func (s *Server) exportJobs(c *gin.Context) error {
	q := query{c: c}
	jq := q.jobs()
	if err := q.err(); err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := s.exported(ctx, "job.export"); err != nil {
		return err
	}
	columns := []string{"编号", "类别", "对象", "状态", "次数", "阶段", "完成", "总数", "说明", "创建时间", "结束时间"}
	return s.sendFile(c, "xlsx", "后台任务.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "后台任务", columns, s.jobRows(ctx, jq))
	})
}

func (s *Server) jobRows(ctx context.Context, q jiqiao.JobQuery) iter.Seq2[[]any, error] {
	return sheetRows(func(cursor string) ([]jiqiao.Job, string, error) {
		q.Cursor, q.Limit = cursor, jiqiao.MaxPageSize
		page, err := s.opts.Jobs.Jobs(ctx, q)
		return page.Jobs, page.Next, err
	}, func(j jiqiao.Job) []any {
		row := []any{j.ID, j.Kind, j.Key, j.State.Label(), j.Attempts, j.Stage, j.Done, j.Total, j.Message, j.CreatedAt, nil}
		if j.FinishedAt != nil {
			row[len(row)-1] = *j.FinishedAt
		}
		return row
	})
}
