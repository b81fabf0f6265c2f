package api

import (
	"context"
	"io"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"jiqiao"
)

// Decisions keeps what brokers decide about matches.
type Decisions interface {
	// PutDecision adds a decision and fills in its ID and DecidedAt.
	PutDecision(ctx context.Context, d *jiqiao.Decision) error
	// Decision is CodeNotFound for one that is missing.
	Decision(ctx context.Context, id string) (jiqiao.Decision, error)
	// DeleteDecision withdraws it; a second time changes nothing. A missing one is CodeNotFound.
	DeleteDecision(ctx context.Context, id string) (jiqiao.Decision, error)
	Decisions(ctx context.Context, q jiqiao.DecisionQuery) (jiqiao.DecisionPage, error)
	// StandingDecisions gives the latest decision about each of the record's pairs, by the other side's id.
	StandingDecisions(ctx context.Context, kind jiqiao.Kind, id string) (map[string]jiqiao.Decision, error)
}

// decisionInput is the body of POST /decisions.
type decisionInput struct {
	NeedID        string       `json:"need_id"`
	AchievementID string       `json:"achievement_id"`
	Verb          jiqiao.Verb  `json:"verb"`
	Reason        string       `json:"reason"`
	Note          string       `json:"note"`
	Rank          int          `json:"rank"`
	Shown         int          `json:"shown"`
	Score         float64      `json:"score"`
	Level         jiqiao.Level `json:"level"`
	Model         string       `json:"model"`
}

// decision is the input as a decision of the viewer.
func (in decisionInput) decision(v jiqiao.Viewer) (jiqiao.Decision, error) {
	d := jiqiao.Decision{
		NeedID: in.NeedID, AchievementID: in.AchievementID, Verb: in.Verb, Reason: in.Reason, Note: in.Note,
		Rank: in.Rank, Shown: in.Shown, Score: in.Score, Level: in.Level, Model: in.Model, By: whom(v),
	}
	return d, d.Validate()
}

func (s *Server) createDecision(c *gin.Context) error {
	var in decisionInput
	if err := decode(c, &in); err != nil {
		return err
	}
	d, err := in.decision(viewer(c))
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	if err := s.decidable(ctx, viewer(c), d); err != nil {
		return err
	}
	if err := s.put(ctx, viewer(c), &d); err != nil {
		return err
	}
	c.Header("Location", c.Request.URL.Path+"/"+d.ID)
	return send(c, http.StatusCreated, d)
}

// decidable checks that both records are there and that the viewer may see them.
func (s *Server) decidable(ctx context.Context, v jiqiao.Viewer, d jiqiao.Decision) error {
	var wrong []jiqiao.FieldError
	for _, side := range []struct {
		kind      jiqiao.Kind
		field, id string
	}{{jiqiao.KindNeed, "need_id", d.NeedID}, {jiqiao.KindAchievement, "achievement_id", d.AchievementID}} {
		_, err := s.seen(ctx, v, side.kind, side.id)
		switch {
		case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
			wrong = append(wrong, jiqiao.FieldError{Field: side.field, Message: "没有这条" + side.kind.Label() + "，可能已被删除，请刷新列表"})
		case err != nil:
			return err
		}
	}
	return jiqiao.Invalid(wrong)
}

// put keeps the decision. Where a person's is about a candidate of the queues, it is decided there: score, level and model
// are then the service's, and nobody decides on what is in another's queue.
func (s *Server) put(ctx context.Context, v jiqiao.Viewer, d *jiqiao.Decision) error {
	if v.User == "" {
		return s.opts.Decisions.PutDecision(ctx, d)
	}
	k, ok, err := s.opts.Queue.DecidePair(ctx, v, *d)
	switch {
	case err != nil:
		return err
	case !ok:
		return s.opts.Decisions.PutDecision(ctx, d)
	}
	*d, err = s.opts.Decisions.Decision(ctx, k.DecisionID)
	return err
}

// withdrawDecision takes back what the viewer decided; an operator also what others did.
func (s *Server) withdrawDecision(c *gin.Context) error {
	ctx, v := c.Request.Context(), viewer(c)
	d, err := s.opts.Decisions.Decision(ctx, c.Param("id"))
	if err != nil {
		return err
	}
	if d.By != whom(v) && !v.May(jiqiao.PermQueueManage) {
		return jiqiao.Fail(jiqiao.CodeForbidden, "这是别人的决定，请由本人或业务员撤销", nil)
	}
	if err := s.reachesDecision(ctx, v, d); err != nil {
		return err
	}
	undone := false
	if v.User != "" && d.WithdrawnAt == nil {
		if undone, err = s.opts.Queue.UndoDecision(ctx, v, d); err != nil {
			return err
		}
	}
	if !undone {
		if _, err := s.opts.Decisions.DeleteDecision(ctx, d.ID); err != nil {
			return err
		}
	}
	c.Status(http.StatusNoContent)
	return nil
}

// reachesDecision keeps an operator to the region: one of the two records lies in it, or nowhere.
func (s *Server) reachesDecision(ctx context.Context, v jiqiao.Viewer, d jiqiao.Decision) error {
	if v.Region == "" || d.By == whom(v) {
		return nil
	}
	for kind, id := range map[jiqiao.Kind]string{jiqiao.KindNeed: d.NeedID, jiqiao.KindAchievement: d.AchievementID} {
		rec, err := s.opts.Records.Get(ctx, kind, id)
		switch {
		case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		case err != nil:
			return err
		case v.Access().Operates(rec.Head().Region):
			return nil
		}
	}
	return jiqiao.Fail(jiqiao.CodeNotFound, "没有这项决定，或它不在您的地区", nil)
}

// showDecisions keeps a broker, and an operator of a region, to the own decisions, and to those about one record that they
// see: two must know what the other said of a pair, and need not know more of each other's work.
func (s *Server) showDecisions(ctx context.Context, v jiqiao.Viewer, q *jiqiao.DecisionQuery) error {
	if v.User == "" || v.May(jiqiao.PermQueueManage) && v.Region == "" || q.By == v.User {
		return nil
	}
	for kind, id := range map[jiqiao.Kind]string{jiqiao.KindNeed: q.NeedID, jiqiao.KindAchievement: q.AchievementID} {
		if id == "" {
			continue
		}
		rec, err := s.opts.Records.Get(ctx, kind, id)
		switch {
		case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		case err != nil:
			return err
		case v.Sees(rec):
			return nil
		}
	}
	if q.By != "" {
		return jiqiao.Fail(jiqiao.CodeForbidden, "只能查看本人的全部决定；他人的决定请在具体的需求或成果下查看", nil)
	}
	q.By = v.User
	return nil
}

func (s *Server) listDecisions(c *gin.Context) error {
	q := query{c: c}
	dq := q.decisions()
	dq.Limit, dq.Cursor = q.number("limit", 1, jiqiao.MaxPageSize), q.text("cursor")
	if err := q.err(); err != nil {
		return err
	}
	if err := s.showDecisions(c.Request.Context(), viewer(c), &dq); err != nil {
		return err
	}
	page, err := s.opts.Decisions.Decisions(c.Request.Context(), dq)
	if err != nil {
		return err
	}
	if page.Decisions == nil {
		page.Decisions = []jiqiao.Decision{}
	}
	return answer(c, page)
}

func (s *Server) exportDecisions(c *gin.Context) error {
	q := query{c: c}
	dq := q.decisions()
	if err := q.err(); err != nil {
		return err
	}
	ctx, v := c.Request.Context(), viewer(c)
	if err := s.showDecisions(ctx, v, &dq); err != nil {
		return err
	}
	if err := s.exported(ctx, "decision.export"); err != nil {
		return err
	}
	return s.sendFile(c, "xlsx", "对接决定.xlsx", func(w io.Writer) error {
		return s.opts.Sheets.ExportDecisions(ctx, w, s.eachDecision(ctx, dq), s.titleFor(v))
	})
}

// eachDecision walks through all pages of q.
func (s *Server) eachDecision(ctx context.Context, q jiqiao.DecisionQuery) iter.Seq2[jiqiao.Decision, error] {
	return func(yield func(jiqiao.Decision, error) bool) {
		q.Limit = jiqiao.MaxPageSize
		for {
			page, err := s.opts.Decisions.Decisions(ctx, q)
			if err != nil {
				yield(jiqiao.Decision{}, err)
				return
			}
			for _, d := range page.Decisions {
				if !yield(d, nil) {
					return
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return
			}
		}
	}
}

// titleFor names records as the viewer sees them; one that is gone, or hidden, has no name.
func (s *Server) titleFor(v jiqiao.Viewer) func(ctx context.Context, kind jiqiao.Kind, id string) (string, error) {
	return func(ctx context.Context, kind jiqiao.Kind, id string) (string, error) {
		rec, err := s.opts.Records.Get(ctx, kind, id)
		switch {
		case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
			return "", nil
		case err != nil:
			return "", err
		case !v.Sees(rec):
			return "", nil
		}
		return v.Show(rec).Head().Title, nil
	}
}

// decisions reads what restricts a list of decisions.
func (q *query) decisions() jiqiao.DecisionQuery {
	d := jiqiao.DecisionQuery{
		NeedID: q.text("need"), AchievementID: q.text("achievement"), Verb: jiqiao.Verb(q.text("verb")),
		Reason: q.text("reason"), By: q.text("by"), Withdrawn: q.flag("withdrawn"),
		From: q.moment("from", 0), Until: q.moment("until", 24*time.Hour),
	}
	if d.Verb != "" && d.Verb.Label() == "" {
		q.wrong("verb", "应为 accept（采纳）、reject（不采纳）或 defer（暂缓）")
	}
	if d.Reason != "" && jiqiao.CodeLabel("rejection", d.Reason) == "" {
		q.wrong("reason", "没有这个原因，请重新选择")
	}
	switch sort := q.text("sort"); sort {
	case "", "newest":
	case "oldest":
		d.Oldest = true
	default:
		q.wrong("sort", "应为 newest（新的在前）或 oldest（旧的在前）")
	}
	return d
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// moment reads a day of Beijing time, to which day is added, or an exact time.
func (q *query) moment(name string, day time.Duration) time.Time {
	s := q.text(name)
	if s == "" {
		return time.Time{}
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, shanghai); err == nil {
		return t.Add(day)
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		q.wrong(name, "应为日期（2026-11-22）或 RFC 3339 时刻（2026-11-22T08:00:00+08:00）")
	}
	return t
}

// addDecisions shows, to who may see them, what was last decided about each match of the record.
func (s *Server) addDecisions(ctx context.Context, v jiqiao.Viewer, kind jiqiao.Kind, id string, matches []jiqiao.Match) error {
	if !v.May(jiqiao.PermDecisionRead) || len(matches) == 0 {
		return nil
	}
	standing, err := s.opts.Decisions.StandingDecisions(ctx, kind, id)
	if err != nil {
		return err
	}
	for i := range matches {
		if d, ok := standing[otherID(kind, &matches[i])]; ok {
			matches[i].Decision = &d
		}
	}
	return nil
}

// noteShown tells Options.Shown of a page that someone who may decide has before their eyes. Brief pages are for machines.
func (s *Server) noteShown(v jiqiao.Viewer, kind jiqiao.Kind, id string, q jiqiao.MatchQuery, matches []jiqiao.Match) {
	if s.opts.Shown == nil || q.Brief || len(matches) == 0 || !v.May(jiqiao.PermDecisionWrite) {
		return
	}
	i := jiqiao.Impression{Kind: kind, SubjectID: id, First: q.Offset + 1, Model: matches[0].Model, By: whom(v)}
	i.IDs = slices.Grow(i.IDs, len(matches))
	for j := range matches {
		i.IDs = append(i.IDs, otherID(kind, &matches[j]))
	}
	s.opts.Shown(i)
}

// otherID is the id of the match's record on the other side of kind.
func otherID(kind jiqiao.Kind, m *jiqiao.Match) string {
	if kind == jiqiao.KindNeed {
		return m.AchievementID
	}
	return m.NeedID
}
