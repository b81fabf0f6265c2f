package store

import (
	"context"
	"time"

	"jiqiao"
)

const (
	questionPrefix = "q_"
	questionLabel  = "这个提问"
)

const questionColumns = `id, candidate_id, kind, record_id, title, organisation, broker, text, asked_at, due_at, answered_by, answer, closed_at, state`

func scanQuestion(scan func(...any) error) (jiqiao.Question, error) {
	var (
		q           jiqiao.Question
		asked       int64
		due, closed *int64
	)
	err := scan(&q.ID, &q.CandidateID, &q.Kind, &q.RecordID, &q.Title, &q.Organisation, &q.Broker, &q.Text, &asked, &due,
		&q.AnsweredBy, &q.Answer, &closed, &q.State)
	q.AskedAt, q.DueAt, q.ClosedAt = fromMicros(asked), fromMicrosOrNil(due), fromMicrosOrNil(closed)
	return q, err
}

// AskQuestion asks the owner of one of the candidate's records, which then waits for the answer. q says Kind, Text and
// DueAt; the rest is filled in.
func (s *Store) AskQuestion(ctx context.Context, by jiqiao.Deciding, candidateID string, q *jiqiao.Question) (jiqiao.Candidate, error) {
	var c jiqiao.Candidate
	asked := *q
	err := s.tx(ctx, "ask a question", func(t *tx) (err error) {
		asked = *q
		if c, err = t.reached(ctx, by.Scope, candidateID); err != nil {
			return err
		}
		if err := decidable(by, &c); err != nil {
			return err
		}
		asked.RecordID, asked.Title, asked.Organisation = c.AchievementID, c.Achievement, c.AchievementOwner
		if asked.Kind == jiqiao.KindNeed {
			asked.RecordID, asked.Title, asked.Organisation = c.NeedID, c.Need, c.NeedOwner
		}
		if asked.Organisation == "" {
			return jiqiao.Invalid([]jiqiao.FieldError{{Field: "kind", Message: "这条" + asked.Kind.Label() + "没有登记所属单位，无法向其提问"}})
		}
		asked.ID, asked.CandidateID, asked.Broker, asked.AskedAt, asked.State = t.ids.next(questionPrefix), c.ID, c.Broker, t.now, jiqiao.QuestionOpen
		if err := t.insertQuestion(ctx, &asked); err != nil {
			return err
		}
		before := c.State
		c.State, c.Lease, c.DeferUntil = jiqiao.CandidateAsked, nil, ""
		c.Questions++
		if err := t.saveCandidate(ctx, &c); err != nil {
			return err
		}
		return t.asked(ctx, by, &c, &asked, before)
	})
	if err == nil {
		*q = asked
	}
	return c, err
}

func (t *tx) insertQuestion(ctx context.Context, q *jiqiao.Question) error {
	_, err := t.exec(ctx, `INSERT INTO questions (`+questionColumns+`) VALUES (`+marks(14)+`)`,
		q.ID, q.CandidateID, string(q.Kind), q.RecordID, clean(q.Title), q.Organisation, q.Broker, clean(q.Text), micros(q.AskedAt),
		microsOrNil(q.DueAt), "", "", nil, string(q.State))
	return err
}

func (t *tx) asked(ctx context.Context, by jiqiao.Deciding, c *jiqiao.Candidate, q *jiqiao.Question, before jiqiao.CandidateState) error {
	if err := t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, User: by.User, Act: "asked", To: q.Organisation}); err != nil {
		return err
	}
	t.audit(jiqiao.Act{
		Name: "question.ask", Object: jiqiao.Ref{Type: "question", ID: q.ID},
		Before: map[string]any{"state": before}, After: map[string]any{"candidate": c.ID, "organisation": q.Organisation},
	})
	t.tellQueue(c, by.User)
	// The other side's record is not told: only the one who is asked about is theirs to see.
	return t.notify(ctx, jiqiao.Notice{
		Template: "question.asked", Organisations: []string{q.Organisation}, Object: jiqiao.Ref{Type: "question", ID: q.ID},
		Data: map[string]string{"kind": q.Kind.Label(), "title": q.Title},
	})
}

// AnswerQuestion answers for the organisation. The candidate goes back to its broker once nothing is open any more, due
// at due. CodeConflict says that someone answered before, or that no answer is needed any more.
func (s *Store) AnswerQuestion(ctx context.Context, organisation, user, id, answer string, due time.Time) (jiqiao.Question, error) {
	var q jiqiao.Question
	err := s.tx(ctx, "answer a question", func(t *tx) (err error) {
		if q, err = t.loadQuestion(ctx, id); err != nil {
			return err
		}
		if organisation == "" || q.Organisation != organisation {
			return notFound(questionLabel)
		}
		c, err := t.lockCandidate(ctx, q.CandidateID)
		if err != nil {
			return err
		}
		if q, err = t.loadQuestion(ctx, id); err != nil { // again, under the lock
			return err
		}
		switch {
		case q.State == jiqiao.QuestionAnswered && q.AnsweredBy == user && q.Answer == clean(answer):
			return nil // a double click
		case q.State == jiqiao.QuestionAnswered:
			return jiqiao.Fail(jiqiao.CodeConflict, "本单位的同事已经答复了这个提问，请刷新", nil)
		case q.State != jiqiao.QuestionOpen:
			return jiqiao.Fail(jiqiao.CodeConflict, "这个提问已不再需要答复", nil)
		}
		now := t.now
		q.State, q.Answer, q.AnsweredBy, q.ClosedAt = jiqiao.QuestionAnswered, clean(answer), user, &now
		_, err = t.exec(ctx, `UPDATE questions SET state = ?, answer = ?, answered_by = ?, closed_at = ? WHERE id = ?`,
			string(q.State), q.Answer, clean(user), micros(now), q.ID)
		if err != nil {
			return err
		}
		return t.answered(ctx, &c, &q, due)
	})
	return q, err
}

func (t *tx) answered(ctx context.Context, c *jiqiao.Candidate, q *jiqiao.Question, due time.Time) error {
	c.Answers++
	if c.State == jiqiao.CandidateAsked {
		open := 0
		if err := t.row(ctx, `SELECT count(*) FROM questions WHERE candidate_id = ? AND state = 'open'`, []any{c.ID}, &open); err != nil {
			return err
		}
		if open == 0 {
			c.State = jiqiao.CandidateOpen
			c.DueAt = due
		}
	}
	if err := t.saveCandidate(ctx, c); err != nil {
		return err
	}
	if err := t.note(ctx, jiqiao.CandidateAct{CandidateID: c.ID, User: q.AnsweredBy, Act: "answered", From: q.Organisation}); err != nil {
		return err
	}
	t.audit(jiqiao.Act{
		Name: "question.answer", Object: jiqiao.Ref{Type: "question", ID: q.ID}, After: map[string]any{"candidate": c.ID, "state": c.State},
	})
	t.tellQueue(c)
	if c.Broker == "" {
		return nil
	}
	return t.notify(ctx, jiqiao.Notice{
		Template: "question.answered", Users: []string{c.Broker}, Object: jiqiao.Ref{Type: "candidate", ID: c.ID},
		Data: map[string]string{"kind": q.Kind.Label(), "title": q.Title},
	})
}

// dropQuestions closes what is still open about a candidate that needs no answer any more.
func (t *tx) dropQuestions(ctx context.Context, c *jiqiao.Candidate) error {
	if c.Questions == c.Answers {
		return nil
	}
	_, err := t.exec(ctx, `UPDATE questions SET state = 'dropped', closed_at = ? WHERE candidate_id = ? AND state = 'open'`, micros(t.now), c.ID)
	return err
}

func (s session) loadQuestion(ctx context.Context, id string) (jiqiao.Question, error) {
	var found []jiqiao.Question
	if hasShape(id, questionPrefix) {
		err := s.each(ctx, `SELECT `+questionColumns+` FROM questions WHERE id = ?`, []any{id}, func(scan func(...any) error) error {
			q, err := scanQuestion(scan)
			found = append(found, q)
			return err
		})
		if err != nil {
			return jiqiao.Question{}, err
		}
	}
	if len(found) == 0 {
		return jiqiao.Question{}, notFound(questionLabel)
	}
	return found[0], nil
}

// Questions returns a page, newest first.
func (s *Store) Questions(ctx context.Context, q jiqiao.QuestionQuery) (jiqiao.QuestionPage, error) {
	page := jiqiao.QuestionPage{Items: []jiqiao.Question{}}
	if err := goodCursor(q.Cursor, questionPrefix); err != nil {
		return page, err
	}
	q.Limit = pageSize(q.Limit)
	where, args := `1 = 1`, []any{}
	for _, part := range []struct{ column, value string }{
		{"organisation", q.Organisation}, {"broker", q.Broker}, {"candidate_id", q.CandidateID}, {"state", string(q.State)},
	} {
		if part.value != "" {
			where, args = where+` AND `+part.column+` = ?`, append(args, clean(part.value))
		}
	}
	if err := s.reader().row(ctx, `SELECT count(*) FROM questions WHERE `+where, args, &page.Total); err != nil {
		return page, wrap("count questions", err)
	}
	if q.Cursor != "" {
		where, args = where+` AND id < ?`, append(args, q.Cursor)
	}
	err := s.reader().each(ctx, `SELECT coalesce(u.name, ''), coalesce(o.body, ''), q.* FROM
			(SELECT `+questionColumns+` FROM questions WHERE `+where+` ORDER BY id DESC LIMIT ?) AS q
			LEFT JOIN users u ON u.id = q.broker LEFT JOIN organisations o ON o.id = u.organisation_id ORDER BY q.id DESC`, append(args, q.Limit+1),
		func(scan func(...any) error) error {
			var (
				name   string
				agency []byte
			)
			found, err := scanQuestion(func(to ...any) error { return scan(append([]any{&name, &agency}, to...)...) })
			if err == nil {
				found.BrokerName = name
				found.Agency, err = nameIn(agency)
			}
			page.Items = append(page.Items, found)
			return err
		})
	if err != nil {
		return page, wrap("list questions", err)
	}
	if len(page.Items) > q.Limit {
		page.Items = page.Items[:q.Limit]
		page.Next = page.Items[q.Limit-1].ID
	}
	return page, nil
}
