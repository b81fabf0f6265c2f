package api

import (
	"context"
	"io"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Introductions is what the owners of needs and achievements do when they are brought together. Each method acts for the
// viewer, and is CodeNotFound for who takes no part in the introduction.
type Introductions interface {
	// Answer is CodeConflict, with who was first, when the side answered meanwhile.
	Answer(ctx context.Context, v jiqiao.Viewer, id string, a jiqiao.Answer) (jiqiao.IntroductionView, error)
	Say(ctx context.Context, v jiqiao.Viewer, id string, m jiqiao.ThreadMessage) (jiqiao.IntroductionView, error)
	Propose(ctx context.Context, v jiqiao.Viewer, id string, m jiqiao.Meeting) (jiqiao.IntroductionView, error)
	Agree(ctx context.Context, v jiqiao.Viewer, id string, sequence int, yes bool, at time.Time) (jiqiao.IntroductionView, error)
	Undertake(ctx context.Context, v jiqiao.Viewer, id string, version int) (jiqiao.IntroductionView, error)
	// Read notes that the viewer has read the messages up to one of them.
	Read(ctx context.Context, v jiqiao.Viewer, id, message string) error
}

// IntroductionDesk is what brokers and operators do.
type IntroductionDesk interface {
	Invite(ctx context.Context, v jiqiao.Viewer, in jiqiao.IntroductionInput) (jiqiao.IntroductionView, error)
	Remind(ctx context.Context, v jiqiao.Viewer, id string, side jiqiao.Party) (jiqiao.IntroductionView, error)
	// RemindAll reminds whoever owes an answer, and says of each introduction what came of it.
	RemindAll(ctx context.Context, v jiqiao.Viewer, ids []string) ([]jiqiao.ReminderResult, error)
	Hand(ctx context.Context, v jiqiao.Viewer, id, to string) (jiqiao.IntroductionView, error)
	Close(ctx context.Context, v jiqiao.Viewer, id string, c jiqiao.Closure) (jiqiao.IntroductionView, error)
}

// IntroductionReader shows introductions as the viewer may see them.
type IntroductionReader interface {
	Introduction(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.IntroductionView, error)
	// Introductions is within what the viewer may see, whatever the query's scope.
	Introductions(ctx context.Context, v jiqiao.Viewer, q jiqiao.IntroductionQuery) (jiqiao.IntroductionViewPage, error)
	Count(ctx context.Context, v jiqiao.Viewer) (jiqiao.IntroductionCounts, error)
	History(ctx context.Context, v jiqiao.Viewer, id string) ([]jiqiao.IntroductionAct, error)
	Thread(ctx context.Context, v jiqiao.Viewer, id, order, cursor string, limit int) (jiqiao.ThreadPage, error)
	Acceptances(ctx context.Context, v jiqiao.Viewer, id string) ([]jiqiao.Acceptance, error)
	// MeetingFile is the meeting as a calendar file.
	MeetingFile(ctx context.Context, v jiqiao.Viewer, id string) ([]byte, error)
}

func (s *Server) listIntroductions(c *gin.Context) error {
	q := query{c: c}
	iq := s.introductionQuery(&q)
	iq.Limit, iq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Introduced.Introductions(c.Request.Context(), viewer(c), iq)
	if err != nil {
		return err
	}
	return answer(c, page)
}

// introductionQuery reads what restricts a list of introductions.
func (s *Server) introductionQuery(q *query) jiqiao.IntroductionQuery {
	v := viewer(q.c)
	iq := jiqiao.IntroductionQuery{
		Side: jiqiao.Party(q.text("side")), Answer: jiqiao.AnswerState(q.text("answer")), NeedID: q.text("need"),
		AchievementID: q.text("achievement"), Broker: q.text("broker"), Reason: q.text("reason"),
		DueBefore: q.moment("due_before", 24*time.Hour), From: q.moment("from", 0), Until: q.moment("until", 24*time.Hour),
		Text: q.text("q"), Sort: jiqiao.IntroductionSort(q.text("sort")),
	}
	for _, state := range q.list("states") {
		iq.States = append(iq.States, jiqiao.IntroductionState(state))
		if jiqiao.IntroductionState(state).Label() == "" {
			q.wrong("states", "应为 invited、interested、declined、expired、closed，可用逗号分开")
		}
	}
	if iq.Side != "" && iq.Side != jiqiao.PartyNeed && iq.Side != jiqiao.PartyAchievement {
		q.wrong("side", "应为 need（需求方）或 achievement（成果方）")
	}
	if iq.Answer != "" && iq.Answer.Label() == "" {
		q.wrong("answer", "应为 waiting、interested、declined 或 more_info")
	}
	switch iq.Sort {
	case "", jiqiao.IntroductionsNewest, jiqiao.IntroductionsOldest, jiqiao.IntroductionsByDue:
	default:
		q.wrong("sort", "应为 newest（新的在前）、oldest（旧的在前）或 due（先到期的在前）")
	}
	if q.flag("unread") {
		iq.UnreadBy = v.User
	}
	if q.flag("overdue") {
		iq.OverdueAt = s.opts.Now().UTC()
	}
	if q.flag("awaiting") {
		if v.May(jiqiao.PermIntroductionAnswer) {
			iq.Awaiting = v.Organisation
		} else {
			iq.AwaitingBroker = v.User
		}
	}
	return iq
}

func (s *Server) countIntroductions(c *gin.Context) error {
	n, err := s.opts.Introduced.Count(c.Request.Context(), viewer(c))
	if err != nil {
		return err
	}
	return answer(c, n)
}

func (s *Server) getIntroduction(c *gin.Context) error {
	i, err := s.opts.Introduced.Introduction(c.Request.Context(), viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, i)
}

func (s *Server) createIntroduction(c *gin.Context) error {
	var in jiqiao.IntroductionInput
	if err := decode(c, &in); err != nil {
		return err
	}
	i, err := s.opts.IntroductionDesk.Invite(c.Request.Context(), viewer(c), in)
	if err != nil {
		return err
	}
	c.Header("Location", c.Request.URL.Path+"/"+i.ID)
	return send(c, http.StatusCreated, i)
}

// introductionAct decodes the body and answers with what became of the introduction of the path.
func introductionAct[T any](act func(c *gin.Context, id string, in T) (jiqiao.IntroductionView, error)) handler {
	return func(c *gin.Context) error {
		var in T
		if err := decode(c, &in); err != nil {
			return err
		}
		i, err := act(c, c.Param("id"), in)
		if err != nil {
			return err
		}
		return send(c, http.StatusOK, i)
	}
}

func (s *Server) answerIntroduction() handler {
	return introductionAct(func(c *gin.Context, id string, in jiqiao.Answer) (jiqiao.IntroductionView, error) {
		in.Note = strings.TrimSpace(in.Note)
		return s.opts.Introductions.Answer(c.Request.Context(), viewer(c), id, in)
	})
}

// messageInput is the body of a message.
type messageInput struct {
	Text        string   `json:"text"`
	Attachments []string `json:"attachments"`
}

func (s *Server) sayIntroduction() handler {
	return introductionAct(func(c *gin.Context, id string, in messageInput) (jiqiao.IntroductionView, error) {
		m := jiqiao.ThreadMessage{Text: in.Text, Attachments: in.Attachments}
		return s.opts.Introductions.Say(c.Request.Context(), viewer(c), id, m)
	})
}

// readInput is the body of what says how far a thread was read.
type readInput struct {
	Message string `json:"message"`
}

func (s *Server) readIntroduction(c *gin.Context) error {
	var in readInput
	if err := decode(c, &in); err != nil {
		return err
	}
	if in.Message == "" {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "message", Message: "请给出读到的最后一条留言的编号"}})
	}
	if err := s.opts.Introductions.Read(c.Request.Context(), viewer(c), c.Param("id"), in.Message); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}

// meetingInput is the body of a proposal.
type meetingInput struct {
	At      time.Time   `json:"at"`
	Choices []time.Time `json:"choices"`
	Minutes int         `json:"minutes"`
	Place   string      `json:"place"`
	Link    string      `json:"link"`
}

func (s *Server) proposeMeeting() handler {
	return introductionAct(func(c *gin.Context, id string, in meetingInput) (jiqiao.IntroductionView, error) {
		m := jiqiao.Meeting{At: in.At, Choices: in.Choices, Minutes: in.Minutes, Place: in.Place, Link: in.Link}
		return s.opts.Introductions.Propose(c.Request.Context(), viewer(c), id, m)
	})
}

// meetingAnswer is the body of an answer to a proposal.
type meetingAnswer struct {
	Sequence int  `json:"sequence"`
	Agree    bool `json:"agree"`
	// At is which of the times that are offered.
	At time.Time `json:"at"`
}

func (s *Server) agreeMeeting() handler {
	return introductionAct(func(c *gin.Context, id string, in meetingAnswer) (jiqiao.IntroductionView, error) {
		return s.opts.Introductions.Agree(c.Request.Context(), viewer(c), id, in.Sequence, in.Agree, in.At)
	})
}

// undertakingAnswer is the body of an acceptance.
type undertakingAnswer struct {
	Version int `json:"version"`
}

func (s *Server) acceptUndertaking() handler {
	return introductionAct(func(c *gin.Context, id string, in undertakingAnswer) (jiqiao.IntroductionView, error) {
		return s.opts.Introductions.Undertake(c.Request.Context(), viewer(c), id, in.Version)
	})
}

// reminder is the body of a reminder by hand.
type reminder struct {
	Side jiqiao.Party `json:"side"`
}

func (s *Server) remindIntroduction() handler {
	return introductionAct(func(c *gin.Context, id string, in reminder) (jiqiao.IntroductionView, error) {
		return s.opts.IntroductionDesk.Remind(c.Request.Context(), viewer(c), id, in.Side)
	})
}

// bulkReminder is the body of POST /introductions/remind.
type bulkReminder struct {
	IDs []string `json:"ids"`
}

func (s *Server) remindIntroductions(c *gin.Context) error {
	var in bulkReminder
	if err := decode(c, &in); err != nil {
		return err
	}
	results, err := s.opts.IntroductionDesk.RemindAll(c.Request.Context(), viewer(c), in.IDs)
	if err != nil {
		return err
	}
	return send(c, http.StatusOK, gin.H{"items": results})
}

// newBroker is the body of a handing over.
type newBroker struct {
	Broker string `json:"broker"`
}

func (s *Server) handIntroduction() handler {
	return introductionAct(func(c *gin.Context, id string, in newBroker) (jiqiao.IntroductionView, error) {
		return s.opts.IntroductionDesk.Hand(c.Request.Context(), viewer(c), id, in.Broker)
	})
}

func (s *Server) closeIntroduction() handler {
	return introductionAct(func(c *gin.Context, id string, in jiqiao.Closure) (jiqiao.IntroductionView, error) {
		in.Note = strings.TrimSpace(in.Note)
		return s.opts.IntroductionDesk.Close(c.Request.Context(), viewer(c), id, in)
	})
}

func (s *Server) introductionHistory(c *gin.Context) error {
	acts, err := s.opts.Introduced.History(c.Request.Context(), viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, gin.H{"items": acts})
}

func (s *Server) introductionThread(c *gin.Context) error {
	q := query{c: c}
	limit, cursor, order := q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor"), q.text("sort")
	if order != "" && order != "oldest" && order != "newest" {
		q.wrong("sort", "应为 oldest（旧的在前）或 newest（新的在前）")
	}
	if err := q.err(); err != nil {
		return err
	}
	page, err := s.opts.Introduced.Thread(c.Request.Context(), viewer(c), c.Param("id"), order, cursor, limit)
	if err != nil {
		return err
	}
	return answer(c, page)
}

func (s *Server) introductionAcceptances(c *gin.Context) error {
	found, err := s.opts.Introduced.Acceptances(c.Request.Context(), viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	return answer(c, gin.H{"items": found})
}

func (s *Server) meetingFile(c *gin.Context) error {
	file, err := s.opts.Introduced.MeetingFile(c.Request.Context(), viewer(c), c.Param("id"))
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="meeting.ics"`)
	return answerBytes(c, "text/calendar; charset=utf-8", hashTag(file), file)
}

var introductionColumns = []string{
	"技术需求", "需求方", "科技成果", "成果方", "匹配等级", "技术经理人", "状态", "需求方答复", "成果方答复", "原因", "说明",
	"答复期限", "发起时间", "双方有意向时间", "结束时间", "对接编号",
}

func (s *Server) exportIntroductions(c *gin.Context) error {
	q := query{c: c}
	iq := s.introductionQuery(&q)
	if err := q.err(); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	if s.opts.Audit != nil {
		if err := s.opts.Audit(ctx, jiqiao.Act{Name: "introduction.export", Object: jiqiao.Ref{Type: "introduction"}}); err != nil {
			return err
		}
	}
	return s.sendFile(c, "xlsx", "线上对接.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.Table(ctx, w, "线上对接", introductionColumns, func(yield func([]any, error) bool) {
			for i, err := range s.eachIntroduction(ctx, v, iq) {
				if !yield(introductionRow(i), err) || err != nil {
					return
				}
			}
		})
	})
}

// eachIntroduction walks through all pages of q.
func (s *Server) eachIntroduction(ctx context.Context, v jiqiao.Viewer, q jiqiao.IntroductionQuery) iter.Seq2[jiqiao.IntroductionView, error] {
	return each(func(cursor string) ([]jiqiao.IntroductionView, string, error) {
		q.Limit, q.Cursor = jiqiao.MaxPageSize, cursor
		page, err := s.opts.Introduced.Introductions(ctx, v, q)
		return page.Items, page.Next, err
	})
}

func introductionRow(i jiqiao.IntroductionView) []any {
	level := ""
	if i.Level > 0 {
		level = i.Level.Label()
	}
	return []any{
		i.Need.Title, ownerOf(i.NeedRecord), i.Achievement.Title, ownerOf(i.AchievementRecord), level, i.BrokerName, i.StateLabel,
		i.Need.State.Label(), i.Achievement.State.Label(), jiqiao.CodeLabel("rejection", i.Reason), i.Note,
		cell(i.DueAt()), i.CreatedAt, cell(i.InterestedAt), cell(i.ClosedAt), i.ID,
	}
}

func ownerOf(rec jiqiao.Record) string {
	if rec == nil {
		return ""
	}
	return rec.Head().Owner.Name
}

// cell is the time, or an empty cell.
func cell(at *time.Time) any {
	if at == nil {
		return nil
	}
	return *at
}
