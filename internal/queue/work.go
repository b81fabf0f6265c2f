package queue

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiqiao"
)

// List is a page of the queues that the viewer reaches: a broker's own, unless q.Broker names a colleague or everyone is
// asked for.
func (s *Service) List(ctx context.Context, v jiqiao.Viewer, q jiqiao.CandidateQuery) (jiqiao.CandidatePage, error) {
	q.Scope = scopeOf(v)
	page, err := s.o.Store.Candidates(ctx, q)
	if err != nil {
		return page, err
	}
	_, st, rules, err := s.acting(ctx, v)
	if err != nil {
		return page, err
	}
	for i := range page.Items {
		s.view(&page.Items[i], st, rules)
	}
	return page, nil
}

// Each calls fn for all that List would list, and stops at its first error.
func (s *Service) Each(ctx context.Context, v jiqiao.Viewer, q jiqiao.CandidateQuery, fn func(jiqiao.Candidate) error) error {
	q.Scope = scopeOf(v)
	_, st, rules, err := s.acting(ctx, v)
	if err != nil {
		return err
	}
	return s.o.Store.EachCandidate(ctx, q, func(c jiqiao.Candidate) error {
		s.view(&c, st, rules)
		return fn(c)
	})
}

// Candidate is one that the viewer reaches, with its history and questions; CodeNotFound for others.
func (s *Service) Candidate(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.QueueItem, error) {
	var item jiqiao.QueueItem
	c, err := s.o.Store.Candidate(ctx, id)
	if err != nil {
		return item, err
	}
	if scope := scopeOf(v); !scope.Reaches(&c) {
		return item, jiqiao.Fail(jiqiao.CodeNotFound, "这条候选不存在，或不在您的队列中", nil)
	}
	_, st, rules, err := s.acting(ctx, v)
	if err != nil {
		return item, err
	}
	s.view(&c, st, rules)
	item.Candidate = c
	if item.History, err = s.o.Store.CandidateActs(ctx, id); err != nil {
		return item, err
	}
	for i := range item.History {
		a := &item.History[i]
		a.UserName, a.ToName = st.name(a.User), st.name(a.To)
		if a.Act == "wished" || a.Act == "unwished" {
			a.UserName = wisher(&c, a.From)
		}
	}
	asked, err := s.o.Store.Questions(ctx, jiqiao.QuestionQuery{CandidateID: id, Limit: jiqiao.MaxPageSize})
	item.Questions = asked.Items
	return item, err
}

// triesForNext is how many candidates Next tries that others take at the same moment.
const triesForNext = 5

// Next is the first of the viewer's open candidates that nobody looks at, under a lease; CodeNotFound when there is none.
func (s *Service) Next(ctx context.Context, v jiqiao.Viewer, q jiqiao.CandidateQuery) (jiqiao.Candidate, error) {
	q.Scope, q.Broker, q.FreeFor, q.Limit, q.Cursor = scopeOf(v), v.User, v.User, triesForNext, ""
	if len(q.States) == 0 {
		q.States = []jiqiao.CandidateState{jiqiao.CandidateOpen}
	}
	page, err := s.o.Store.Candidates(ctx, q)
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	for i := range page.Items {
		c, err := s.Lease(ctx, v, page.Items[i].ID)
		if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
			return c, err
		}
	}
	return jiqiao.Candidate{}, jiqiao.Fail(jiqiao.CodeNotFound, "没有等待处理的候选了", nil)
}

// Lease lets others know that the viewer looks at the candidate, or goes on to. CodeConflict names who does so already.
func (s *Service) Lease(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Candidate, error) {
	by, st, rules, err := s.acting(ctx, v)
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	c, err := s.o.Store.LeaseCandidate(ctx, by, id, s.o.Now().Add(minutes(rules.LeaseMinutes)))
	return s.viewed(c, st, rules, err)
}

// Release gives a lease back; one that is not the viewer's stays.
func (s *Service) Release(ctx context.Context, v jiqiao.Viewer, id string) error {
	_, err := s.o.Store.LeaseCandidate(ctx, jiqiao.Deciding{User: v.User, Scope: scopeOf(v)}, id, time.Time{})
	return err
}

// Decide decides on one candidate.
func (s *Service) Decide(ctx context.Context, v jiqiao.Viewer, d jiqiao.QueueDecision) (jiqiao.Candidate, error) {
	if err := d.Validate(jiqiao.DayOf(s.o.Now())); err != nil {
		return jiqiao.Candidate{}, err
	}
	results, err := s.decide(ctx, v, []jiqiao.QueueDecision{d})
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	if results[0].Error != nil {
		return jiqiao.Candidate{}, results[0].Error
	}
	return *results[0].Candidate, nil
}

// bulkAtOnce is how many decisions one transaction takes: few enough that others do not wait for it.
const bulkAtOnce = 50

// DecideAll decides on up to jiqiao.MaxBulk candidates and says of each what came of it, in their order.
func (s *Service) DecideAll(ctx context.Context, v jiqiao.Viewer, decisions []jiqiao.QueueDecision) ([]jiqiao.QueueResult, error) {
	if len(decisions) == 0 || len(decisions) > jiqiao.MaxBulk {
		return nil, jiqiao.Invalid([]jiqiao.FieldError{{Field: "items", Message: "一次请提交 1～" + strconv.Itoa(jiqiao.MaxBulk) + " 条决定"}})
	}
	results := make([]jiqiao.QueueResult, len(decisions))
	var valid []int
	for i := range decisions {
		results[i].CandidateID = decisions[i].CandidateID
		if err := decisions[i].Validate(jiqiao.DayOf(s.o.Now())); err != nil {
			results[i].Error = told(err)
			continue
		}
		valid = append(valid, i)
	}
	for chunk := range slices.Chunk(valid, bulkAtOnce) {
		part := make([]jiqiao.QueueDecision, len(chunk))
		for i, at := range chunk {
			part[i] = decisions[at]
		}
		done, err := s.decide(ctx, v, part)
		for i, at := range chunk {
			if err != nil {
				results[at].Error = jiqiao.Fail(jiqiao.CodeUnavailable, "这一批没有保存，请稍后重试", err)
				continue
			}
			results[at] = done[i]
		}
		if err != nil {
			s.o.Log.Error("decisions were not saved", "user", v.User, "decisions", len(chunk), "error", err)
		}
	}
	return results, nil
}

func told(err error) *jiqiao.Error {
	if e, ok := err.(*jiqiao.Error); ok { //nolint:errorlint // Validate returns it bare
		return e
	}
	return jiqiao.Fail(jiqiao.CodeInternal, "内容无法检查", err)
}

func (s *Service) decide(ctx context.Context, v jiqiao.Viewer, decisions []jiqiao.QueueDecision) ([]jiqiao.QueueResult, error) {
	by, st, rules, err := s.acting(ctx, v)
	if err != nil {
		return nil, err
	}
	results, err := s.o.Store.DecideCandidates(ctx, by, decisions)
	for i := range results {
		if c := results[i].Candidate; c != nil {
			s.view(c, st, rules)
		}
	}
	return results, err
}

// DecidePair decides on the pair's candidate where there is one; ok says whether there is. The deferral of those who name
// no day ends with the response target.
func (s *Service) DecidePair(ctx context.Context, v jiqiao.Viewer, d jiqiao.Decision) (decided jiqiao.Candidate, ok bool, err error) {
	c, err := s.o.Store.CandidateOf(ctx, d.NeedID, d.AchievementID)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound:
		return c, false, nil
	case err != nil:
		return c, false, err
	case c.State == jiqiao.CandidateExpired || c.Broker == "":
		return c, false, nil // in nobody's queue
	}
	if scope := scopeOf(v); !scope.Reaches(&c) {
		st, err := s.staff(ctx)
		if err != nil {
			return c, true, err
		}
		name := st.name(c.Broker)
		if name != "" {
			name = "「" + name + "」"
		}
		return c, true, jiqiao.Fail(jiqiao.CodeConflict, "这一对在另一位技术经理人"+name+"的队列中，请与对方沟通或请其移交", nil)
	}
	made := jiqiao.QueueDecision{CandidateID: c.ID, Verb: jiqiao.QueueVerb(d.Verb), Reason: d.Reason, Note: d.Note}
	if d.Verb == jiqiao.VerbDefer {
		rules, _, err := s.Rules(ctx)
		if err != nil {
			return c, true, err
		}
		due, err := s.due(ctx, rules.ResponseDays)
		if err != nil {
			return c, true, err
		}
		made.Until = jiqiao.DayOf(due.Add(-time.Second)) // due is the midnight after
	}
	decided, err = s.Decide(ctx, v, made)
	return decided, true, err
}

// Undo takes a decision back, within the time that the rules allow and while nothing was built on it.
func (s *Service) Undo(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.Candidate, error) {
	by, st, rules, err := s.acting(ctx, v)
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	c, err := s.o.Store.UndoCandidate(ctx, by, id, s.o.Now().Add(-minutes(rules.UndoMinutes)))
	return s.viewed(c, st, rules, err)
}

// UndoDecision takes back the decision where it is a candidate's present one; ok says whether it is.
func (s *Service) UndoDecision(ctx context.Context, v jiqiao.Viewer, d jiqiao.Decision) (ok bool, err error) {
	c, err := s.o.Store.CandidateOf(ctx, d.NeedID, d.AchievementID)
	switch {
	case jiqiao.CodeOf(err) == jiqiao.CodeNotFound || err == nil && c.DecisionID != d.ID:
		return false, nil
	case err != nil:
		return false, err
	}
	_, err = s.Undo(ctx, v, c.ID)
	return true, err
}

// Hand gives the candidate to another broker, with a note.
func (s *Service) Hand(ctx context.Context, v jiqiao.Viewer, id, to, note string) (jiqiao.Candidate, error) {
	results, err := s.hand(ctx, v, []string{id}, to, note)
	switch {
	case err != nil:
		return jiqiao.Candidate{}, err
	case results[0].Error != nil:
		return jiqiao.Candidate{}, results[0].Error
	}
	return *results[0].Candidate, nil
}

// HandAll gives up to jiqiao.MaxBulk candidates to another broker and says of each what came of it, in their order.
func (s *Service) HandAll(ctx context.Context, v jiqiao.Viewer, ids []string, to, note string) ([]jiqiao.QueueResult, error) {
	if len(ids) == 0 || len(ids) > jiqiao.MaxBulk {
		return nil, jiqiao.Invalid([]jiqiao.FieldError{{Field: "ids", Message: "一次请移交 1～" + strconv.Itoa(jiqiao.MaxBulk) + " 条候选"}})
	}
	return s.hand(ctx, v, ids, to, note)
}

// hand gives the candidates away one after the other: each takes a place of what the broker has left.
func (s *Service) hand(ctx context.Context, v jiqiao.Viewer, ids []string, to, note string) ([]jiqiao.QueueResult, error) {
	by, st, rules, err := s.acting(ctx, v)
	if err != nil {
		return nil, err
	}
	b, err := st.taker(to, note)
	if err != nil {
		return nil, err
	}
	results := make([]jiqiao.QueueResult, len(ids))
	for i, id := range ids {
		c, err := s.o.Store.HandCandidate(ctx, by, id, *b, note, weekStart(s.o.Now()), rules.Limits(b))
		results[i].CandidateID = id
		if c, err = s.viewed(c, st, rules, err); err == nil {
			results[i].Candidate = &c
		} else if !errors.As(err, &results[i].Error) {
			if len(ids) == 1 {
				return nil, err
			}
			s.o.Log.Error("a candidate was not handed over", "user", v.User, "candidate", id, "error", err)
			results[i].Error = jiqiao.Fail(jiqiao.CodeUnavailable, "这一条没有移交，请稍后重试", err)
		}
	}
	return results, nil
}

// taker is the broker who is to take candidates over.
func (st *staff) taker(to, note string) (*jiqiao.Broker, error) {
	b := st.byID[to]
	var wrong []jiqiao.FieldError
	if b == nil {
		wrong = append(wrong, jiqiao.FieldError{Field: "to", Message: "没有这位技术经理人，或其账号已停用"})
	}
	if len([]rune(note)) > jiqiao.MaxNote {
		wrong = append(wrong, jiqiao.FieldError{Field: "note", Message: "备注最多 " + strconv.Itoa(jiqiao.MaxNote) + " 个字"})
	}
	return b, jiqiao.Invalid(wrong)
}

// Ask asks the owner of the candidate's record of the kind.
func (s *Service) Ask(ctx context.Context, v jiqiao.Viewer, id string, kind jiqiao.Kind, text string) (jiqiao.Candidate, error) {
	if !kind.Valid() {
		return jiqiao.Candidate{}, jiqiao.Invalid([]jiqiao.FieldError{{Field: "kind", Message: "请选择向需求方（need）还是成果方（achievement）提问"}})
	}
	text = strings.TrimSpace(text)
	if err := jiqiao.ValidateQuestion("text", "问题", text); err != nil {
		return jiqiao.Candidate{}, err
	}
	by, st, rules, err := s.acting(ctx, v)
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	due, err := s.due(ctx, rules.AnswerDays)
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	c, err := s.o.Store.AskQuestion(ctx, by, id, &jiqiao.Question{Kind: kind, Text: text, DueAt: &due})
	return s.viewed(c, st, rules, err)
}

// Questions lists those to the viewer's organisation, or, for a broker, those that he asked.
func (s *Service) Questions(ctx context.Context, v jiqiao.Viewer, q jiqiao.QuestionQuery) (jiqiao.QuestionPage, error) {
	q.Broker, q.Organisation = "", ""
	switch {
	case v.May(jiqiao.PermQueueWork):
		q.Broker = v.User
	case v.May(jiqiao.PermIntroductionAnswer) && v.Organisation != "":
		q.Organisation = v.Organisation
	default:
		return jiqiao.QuestionPage{Items: []jiqiao.Question{}}, nil
	}
	page, err := s.o.Store.Questions(ctx, q)
	if q.Organisation != "" {
		for i := range page.Items {
			page.Items[i] = forOwner(page.Items[i])
		}
	}
	return page, err
}

// forOwner leaves out what would lead to the other side, of which the owner may know nothing yet.
func forOwner(q jiqiao.Question) jiqiao.Question {
	q.CandidateID = ""
	return q
}

// Answer answers a question to the viewer's organisation.
func (s *Service) Answer(ctx context.Context, v jiqiao.Viewer, id, text string) (jiqiao.Question, error) {
	text = strings.TrimSpace(text)
	if err := jiqiao.ValidateQuestion("answer", "答复", text); err != nil {
		return jiqiao.Question{}, err
	}
	rules, _, err := s.Rules(ctx)
	if err != nil {
		return jiqiao.Question{}, err
	}
	due, err := s.due(ctx, rules.ResponseDays)
	if err != nil {
		return jiqiao.Question{}, err
	}
	q, err := s.o.Store.AnswerQuestion(ctx, v.Organisation, v.User, id, text, due)
	return forOwner(q), err
}

// Loads is how much the brokers within the viewer's reach have to do, by account: a broker's own, an operator's all.
func (s *Service) Loads(ctx context.Context, v jiqiao.Viewer) ([]jiqiao.QueueLoad, error) {
	_, st, rules, err := s.acting(ctx, v)
	if err != nil {
		return nil, err
	}
	whose := v.User
	if v.May(jiqiao.PermQueueManage) {
		whose = ""
	}
	now := s.o.Now()
	counted, err := s.o.Store.QueueLoads(ctx, whose, weekStart(now), endOfDay(now))
	if err != nil {
		return nil, err
	}
	loads := []jiqiao.QueueLoad{}
	for _, b := range st.all {
		if whose != "" && b.ID != whose {
			continue
		}
		l := jiqiao.QueueLoad{Broker: b.ID}
		if counted[b.ID] != nil {
			l = *counted[b.ID]
		}
		limits := rules.Limits(&b)
		l.Name, l.Capacity, l.PerWeek = b.Name, limits.Open, limits.Week
		l.Left = max(0, min(limits.Open-l.Open-l.Asked-l.Deferred, limits.Week-l.Placed))
		loads = append(loads, l)
		delete(counted, b.ID)
	}
	for _, l := range counted { // who is no longer there still has a queue to be handed over
		if l.Open+l.Asked+l.Deferred > 0 {
			loads = append(loads, *l)
		}
	}
	slices.SortFunc(loads, byBroker)
	return loads, nil
}

// Brokers lists to whom a candidate can be handed.
func (s *Service) Brokers(ctx context.Context) ([]jiqiao.Broker, error) {
	st, err := s.staff(ctx)
	return st.all, err
}
