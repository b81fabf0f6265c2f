package queue

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"jiqiao"
)

// Store keeps the queues; store.Store does.
type Store interface {
	candidates
	work
	filling
	wishing
	telling
	opinions
	filters
	// Brokers lists the accounts that candidates can be given to, by id.
	Brokers(ctx context.Context) ([]jiqiao.Broker, error)
	// Setting reads what was set under the name into v, which stays as it is where nothing was.
	Setting(ctx context.Context, name string, v any) (version int64, err error)
	PutSetting(ctx context.Context, name string, version int64, v any) (int64, error)
}

// candidates reads the queues.
type candidates interface {
	Candidate(ctx context.Context, id string) (jiqiao.Candidate, error)
	CandidateOf(ctx context.Context, needID, achievementID string) (jiqiao.Candidate, error)
	Candidates(ctx context.Context, q jiqiao.CandidateQuery) (jiqiao.CandidatePage, error)
	EachCandidate(ctx context.Context, q jiqiao.CandidateQuery, fn func(jiqiao.Candidate) error) error
	CandidateActs(ctx context.Context, id string) ([]jiqiao.CandidateAct, error)
	QueueLoads(ctx context.Context, broker string, week, tomorrow time.Time) (map[string]*jiqiao.QueueLoad, error)
	EachDecided(ctx context.Context, q jiqiao.CandidateQuery, since time.Time, fn func(jiqiao.DecidedCandidate), open func(queued time.Time)) error
	Questions(ctx context.Context, q jiqiao.QuestionQuery) (jiqiao.QuestionPage, error)
}

// work changes candidates on behalf of somebody.
type work interface {
	LeaseCandidate(ctx context.Context, by jiqiao.Deciding, id string, until time.Time) (jiqiao.Candidate, error)
	DecideCandidates(ctx context.Context, by jiqiao.Deciding, decisions []jiqiao.QueueDecision) ([]jiqiao.QueueResult, error)
	UndoCandidate(ctx context.Context, by jiqiao.Deciding, id string, since time.Time) (jiqiao.Candidate, error)
	HandCandidate(ctx context.Context, by jiqiao.Deciding, id string, to jiqiao.Broker, note string, week time.Time, limits jiqiao.QueueLimits) (jiqiao.Candidate, error)
	AskQuestion(ctx context.Context, by jiqiao.Deciding, candidateID string, q *jiqiao.Question) (jiqiao.Candidate, error)
	AnswerQuestion(ctx context.Context, organisation, user, id, answer string, due time.Time) (jiqiao.Question, error)
}

// filling brings candidates into the queues.
type filling interface {
	FillCandidates(ctx context.Context, kind jiqiao.Kind, about jiqiao.Candidate, found []jiqiao.Candidate, week time.Time, place jiqiao.Place) (jiqiao.Filled, error)
	PlaceWaiting(ctx context.Context, cursor string, week time.Time, place jiqiao.Place) (jiqiao.Filled, string, error)
	ExpireCandidates(ctx context.Context, kind jiqiao.Kind, recordID string) (int, error)
	ResumeCandidates(ctx context.Context, today jiqiao.Date, due time.Time) (int, error)
	RefillCandidates(ctx context.Context) (int, error)
	EachAssignmentItem(ctx context.Context, id string, q jiqiao.AssignmentItemQuery, fn func(jiqiao.AssignmentItem) error) error
	MatchResults(ctx context.Context, kind jiqiao.Kind, id string, limit int) ([]jiqiao.MatchResult, error)
}

// wishing is what owners ask for.
type wishing interface {
	Wish(ctx context.Context, w jiqiao.Wish, c jiqiao.Candidate, week time.Time, place jiqiao.Place) (jiqiao.Candidate, error)
	Unwish(ctx context.Context, w jiqiao.Wish) (note string, err error)
	// WishAnswers are those that stand while the candidate goes on for the other side.
	WishAnswers(ctx context.Context, candidate string) ([]jiqiao.WishAnswer, error)
}

// telling is what brokers are told of their queues.
type telling interface {
	NewCandidates(ctx context.Context, broker string, since time.Time, limit int) (int, []jiqiao.Candidate, error)
	Notify(ctx context.Context, n jiqiao.Notice) error
}

type opinions interface {
	SecondOpinions(ctx context.Context, user string, limit int) ([]jiqiao.SecondOpinion, error)
	SecondOpinion(ctx context.Context, user, candidateID string) (jiqiao.SecondOpinion, error)
	GiveOpinion(ctx context.Context, user string, d jiqiao.QueueDecision) error
	EachOpinionPair(ctx context.Context, region string, since time.Time, fn func(jiqiao.OpinionPair)) error
}

type filters interface {
}

// Records reads needs and achievements.
type Records interface {
	// Get is CodeNotFound for one that is missing or deleted.
	Get(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error)
	// GetMany leaves missing ones out.
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
}

// Matcher ranks the other side, and scores one pair as who has the access may see it. Match fills Match.Record also when
// q.Brief.
type Matcher interface {
	Match(ctx context.Context, subject jiqiao.Record, q jiqiao.MatchQuery) (jiqiao.MatchList, error)
	Explain(ctx context.Context, access jiqiao.Access, need *jiqiao.Need, achievement *jiqiao.Achievement) (jiqiao.Match, error)
}

// Calendar counts working days.
type Calendar interface {
	// Due is the end of the n-th working day after from.
	Due(from time.Time, n int) time.Time
}

// Options are what a Service needs; all are required but Now.
type Options struct {
	Store   Store
	Records Records
	Matcher Matcher
	// Calendar is the calendar in force.
	Calendar func(ctx context.Context) (Calendar, error)
	Log      *slog.Logger
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Service is the queues of all brokers; it is safe for concurrent use.
type Service struct{ o Options }

// New makes a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{o}
}

// Rules are the rules as they are set now, with their version for SetRules.
func (s *Service) Rules(ctx context.Context) (jiqiao.QueueRules, int64, error) {
	rules := jiqiao.DefaultQueueRules()
	version, err := s.o.Store.Setting(ctx, jiqiao.QueueSetting, &rules)
	if err != nil {
		return rules, 0, fmt.Errorf("read the rules of the queue: %w", err)
	}
	return rules, version, nil
}

// SetRules changes the rules that had the version.
func (s *Service) SetRules(ctx context.Context, rules jiqiao.QueueRules, version int64) (int64, error) {
	if err := rules.Validate(); err != nil {
		return 0, err
	}
	return s.o.Store.PutSetting(ctx, jiqiao.QueueSetting, version, rules)
}

// due is when what begins now should be done, n working days on.
func (s *Service) due(ctx context.Context, n int) (time.Time, error) {
	calendar, err := s.o.Calendar(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the calendar: %w", err)
	}
	return calendar.Due(s.o.Now(), n), nil
}

// staff are the brokers of this moment.
type staff struct {
	all  []jiqiao.Broker // by id
	byID map[string]*jiqiao.Broker
}

func (s *Service) staff(ctx context.Context) (staff, error) {
	all, err := s.o.Store.Brokers(ctx)
	if err != nil {
		return staff{}, fmt.Errorf("list brokers: %w", err)
	}
	st := staff{all: all, byID: make(map[string]*jiqiao.Broker, len(all))}
	for i := range all {
		st.byID[all[i].ID] = &all[i]
	}
	return st, nil
}

// name is the broker's name, "" for one who is no longer there.
func (st staff) name(id string) string {
	if b := st.byID[id]; b != nil {
		return b.Name
	}
	return ""
}

// scopeOf is which candidates the viewer reaches: an operator those of the region, a broker his own and, standing in,
// those of his agency.
func scopeOf(v jiqiao.Viewer) jiqiao.QueueScope {
	switch {
	case v.User == "":
		return jiqiao.QueueScope{}
	case v.May(jiqiao.PermQueueManage):
		return jiqiao.QueueScope{All: true, Region: v.Region}
	case v.May(jiqiao.PermQueueWork):
		return jiqiao.QueueScope{Broker: v.User, Agency: v.Organisation}
	}
	return jiqiao.QueueScope{}
}

// view fills in what depends on the moment and on who is there.
func (s *Service) view(c *jiqiao.Candidate, st staff, rules jiqiao.QueueRules) {
	now := s.o.Now()
	c.BrokerName = st.name(c.Broker)
	if c.DecidedBy != "" {
		c.Decider = st.name(c.DecidedBy)
	}
	if c.Lease != nil {
		c.Lease.Name = st.name(c.Lease.User)
	}
	c.WaitingDays = max(0, int(now.Sub(c.QueuedAt)/(24*time.Hour)))
	c.Urgency = ""
	if c.State == jiqiao.CandidateOpen {
		switch {
		case !now.Before(c.DueAt):
			c.Urgency = jiqiao.UrgencyOverdue
		case !c.DueAt.After(endOfDay(now)):
			c.Urgency = jiqiao.UrgencyToday
		default:
			c.Urgency = jiqiao.UrgencyCalm
		}
	}
	if c.DecidedAt != nil && c.DecisionID != "" && c.IntroductionID == "" {
		if until := c.DecidedAt.Add(minutes(rules.UndoMinutes)); until.After(now) {
			c.UndoUntil = &until
		}
	}
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// beijing is the clock that people here live by.
var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// endOfDay is the next midnight in Beijing.
func endOfDay(t time.Time) time.Time {
	t = t.In(beijing)
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, beijing)
}

// weekStart is the Monday, midnight in Beijing, of the week that t is in.
func weekStart(t time.Time) time.Time {
	t = t.In(beijing)
	return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, beijing)
}

// deciding is the viewer as who acts.
func (s *Service) deciding(v jiqiao.Viewer, st staff, rules jiqiao.QueueRules) jiqiao.Deciding {
	return jiqiao.Deciding{
		User: v.User, Scope: scopeOf(v), IntroduceAt: s.o.Now().Add(minutes(rules.IntroduceMinutes)), Name: st.name,
		Second: func(c *jiqiao.Candidate) string { return second(c, st, rules.SecondShare) },
	}
}

// acting reads who is there and what holds, for somebody who acts.
func (s *Service) acting(ctx context.Context, v jiqiao.Viewer) (jiqiao.Deciding, staff, jiqiao.QueueRules, error) {
	rules, _, err := s.Rules(ctx)
	if err != nil {
		return jiqiao.Deciding{}, staff{}, rules, err
	}
	st, err := s.staff(ctx)
	if err != nil {
		return jiqiao.Deciding{}, st, rules, err
	}
	return s.deciding(v, st, rules), st, rules, nil
}

// viewed is the candidate as it is shown after something was done with it.
func (s *Service) viewed(c jiqiao.Candidate, st staff, rules jiqiao.QueueRules, err error) (jiqiao.Candidate, error) {
	if err != nil {
		return jiqiao.Candidate{}, err
	}
	s.view(&c, st, rules)
	return c, nil
}

func byBroker(a, b jiqiao.QueueLoad) int { return cmp.Compare(a.Broker, b.Broker) }
