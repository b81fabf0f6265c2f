package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// questions pass between brokers and the owners of records.
type questions interface {
	Ask(ctx context.Context, v jiqiao.Viewer, id string, kind jiqiao.Kind, text string) (jiqiao.Candidate, error)
	// Questions lists a broker's own, of others those to their organisation.
	Questions(ctx context.Context, v jiqiao.Viewer, q jiqiao.QuestionQuery) (jiqiao.QuestionPage, error)
	Answer(ctx context.Context, v jiqiao.Viewer, id, text string) (jiqiao.Question, error)
}

// secondOpinions are judgements of what another broker has decided, which their author does not learn.
type secondOpinions interface {
	Opinions(ctx context.Context, v jiqiao.Viewer) ([]jiqiao.SecondOpinion, error)
	Opinion(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.SecondOpinion, error)
	GiveOpinion(ctx context.Context, v jiqiao.Viewer, d jiqiao.QueueDecision) error
	Agreement(ctx context.Context, v jiqiao.Viewer, since time.Time) ([]jiqiao.Agreement, error)
}

// questionInput is the body of POST /queue/{id}/questions.
type questionInput struct {
	// Kind is whose record is asked about.
	Kind jiqiao.Kind `json:"kind"`
	Text string      `json:"text"`
}

func (s *Server) askQuestion(c *gin.Context) error {
	var in questionInput
	if err := decode(c, &in); err != nil {
		return err
	}
	k, err := s.opts.Queue.Ask(c.Request.Context(), viewer(c), c.Param("id"), in.Kind, in.Text)
	if err != nil {
		return err
	}
	return send(c, http.StatusCreated, k)
}

// questionQuery reads what restricts a list of questions.
func questionQuery(q *query) jiqiao.QuestionQuery {
	asked := jiqiao.QuestionQuery{State: jiqiao.QuestionState(q.text("state"))}
	if asked.State != "" && asked.State.Label() == "" {
		q.wrong("state", "应为 open（待答复）、answered（已答复）或 dropped（不再需要答复）")
	}
	return asked
}

func (s *Server) listQuestions(c *gin.Context) error {
	q := query{c: c}
	asked := questionQuery(&q)
	asked.Limit, asked.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Queue.Questions(c.Request.Context(), viewer(c), asked)
	if err != nil {
		return err
	}
	return answer(c, page)
}

func (s *Server) exportQuestions(c *gin.Context) error {
	q := query{c: c}
	asked := questionQuery(&q)
	if err := q.err(); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	if err := s.exported(ctx, "question.export"); err != nil {
		return err
	}
	columns := []string{"记录", "类别", "问题", "技术经理人", "所在机构", "提问时间", "答复期限", "状态", "答复", "答复时间"}
	return s.sendFile(c, "xlsx", "经理人提问.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "经理人提问", columns, func(yield func([]any, error) bool) {
			pages := each(func(cursor string) ([]jiqiao.Question, string, error) {
				asked.Limit, asked.Cursor = jiqiao.MaxPageSize, cursor
				page, err := s.opts.Queue.Questions(ctx, v, asked)
				return page.Items, page.Next, err
			})
			for one, err := range pages {
				row := []any{
					one.Title, one.Kind.Label(), one.Text, one.BrokerName, one.Agency, one.AskedAt, cell(one.DueAt), one.State.Label(), one.Answer,
					cell(one.ClosedAt),
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		})
	})
}

// answerInput is the body of POST /questions/{id}/answer.
type answerInput struct {
	Answer string `json:"answer"`
}

func (s *Server) answerQuestion(c *gin.Context) error {
	var in answerInput
	if err := decode(c, &in); err != nil {
		return err
	}
	q, err := s.opts.Queue.Answer(c.Request.Context(), viewer(c), c.Param("id"), in.Answer)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, q)
}

func (s *Server) listOpinions(c *gin.Context) error {
	found, err := s.opts.Queue.Opinions(c.Request.Context(), viewer(c))
	if err != nil {
		return err
	}
	return answer(c, listed[jiqiao.SecondOpinion]{found})
}

// getOpinion shows a candidate with its evidence to who is to judge it: without its history, which tells the decision.
func (s *Server) getOpinion(c *gin.Context) error {
	ctx, v := c.Request.Context(), viewer(c)
	o, err := s.opts.Queue.Opinion(ctx, v, c.Param("id"))
	if err != nil {
		return err
	}
	item := jiqiao.QueueItem{Candidate: o.Candidate, History: []jiqiao.CandidateAct{}, Questions: []jiqiao.Question{}}
	if err := s.addEvidence(ctx, v, &item); err != nil {
		return err
	}
	return answer(c, item)
}

func (s *Server) giveOpinion(c *gin.Context) error {
	var in queueDecisionInput
	if err := decode(c, &in); err != nil {
		return err
	}
	if err := s.opts.Queue.GiveOpinion(c.Request.Context(), viewer(c), in.decision(c.Param("id"))); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

func (s *Server) queueAgreement(c *gin.Context) error {
	q := query{c: c}
	since := q.moment("from", 0)
	if err := q.err(); err != nil {
		return err
	}
	found, err := s.opts.Queue.Agreement(c.Request.Context(), viewer(c), since)
	if err != nil {
		return err
	}
	return answer(c, listed[jiqiao.Agreement]{found})
}
