// Package introduction brings the owners of a need and an achievement together (线上对接): it invites both, keeps the
// clock of their answers in working days, reminds, escalates, and ends every introduction in a coded answer; it carries
// their messages, meetings and confidentiality undertakings, and opens contacts once both are interested.
//
// Every act is one transaction of the store: the introduction is changed while nobody else changes it, and notices, audit,
// grants, decisions and jobs are kept with the change or not at all. What is reminded of is noted by stages that only go
// up, so that a job that runs twice, or a clock that steps back, reminds nobody twice.
package introduction

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"jiqiao"
	"jiqiao/internal/workday"
)

// Store keeps introductions.
type Store interface {
	// CreateIntroduction is CodeConflict for a pair with an open one and a candidate with any.
	CreateIntroduction(ctx context.Context, i *jiqiao.Introduction, with func(*jiqiao.Introduction) jiqiao.IntroductionOutcome) error
	// ChangeIntroduction runs change while nobody else changes the introduction; its error undoes all.
	ChangeIntroduction(ctx context.Context, id string,
		change func(*jiqiao.Introduction) (jiqiao.IntroductionOutcome, error)) (jiqiao.Introduction, error)
	Introduction(ctx context.Context, id string) (jiqiao.Introduction, error)
	IntroductionOf(ctx context.Context, candidate, need, achievement string) (jiqiao.Introduction, error)
	Introductions(ctx context.Context, q jiqiao.IntroductionQuery) (jiqiao.IntroductionPage, error)
	CountIntroductions(ctx context.Context, scope jiqiao.IntroductionScope, organisation, user string, now time.Time) (jiqiao.IntroductionCounts, error)
	IntroductionsDue(ctx context.Context, at time.Time, after string, limit int) ([]jiqiao.DueIntroduction, error)
	IntroductionActs(ctx context.Context, id string) ([]jiqiao.IntroductionAct, error)
}

// Threads keeps messages and undertakings.
type Threads interface {
	Thread(ctx context.Context, thread jiqiao.Ref, order, cursor string, limit int) (jiqiao.ThreadPage, error)
	PublishUndertaking(ctx context.Context, u *jiqiao.Undertaking) error
	// Undertaking is the last version for 0.
	Undertaking(ctx context.Context, version int) (jiqiao.Undertaking, error)
	Undertakings(ctx context.Context) ([]jiqiao.Undertaking, error)
	Acceptances(ctx context.Context, introduction string) ([]jiqiao.Acceptance, error)
	// ReadThread has pages hear of the event when more was read than before.
	ReadThread(ctx context.Context, r jiqiao.ThreadRead, e jiqiao.Event) error
	// ThreadsUnread leaves out introductions where the user has read all; ThreadSeen is until when each party has read.
	ThreadsUnread(ctx context.Context, user string, introductions []string) (map[string]int, error)
	ThreadSeen(ctx context.Context, introduction string) (map[jiqiao.Party]time.Time, error)
}

// Records reads what introductions are about.
type Records interface {
	Get(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error)
	GetMany(ctx context.Context, kind jiqiao.Kind, ids []string) ([]jiqiao.Record, error)
	GetOrganisation(ctx context.Context, id string) (jiqiao.Organisation, error)
	Candidate(ctx context.Context, id string) (jiqiao.Candidate, error)
	User(ctx context.Context, id string) (jiqiao.User, error)
}

// Settings keeps what operators set.
type Settings interface {
	// Setting leaves v as it is when nothing was set.
	Setting(ctx context.Context, name string, v any) (version int64, err error)
	PutSetting(ctx context.Context, name string, version int64, v any) (int64, error)
}

// Options is what the service is made of. Fields without "optional" are required.
type Options struct {
	Store    Store
	Threads  Threads
	Records  Records
	Settings Settings
	// Calendar is the calendar now in force.
	Calendar func(ctx context.Context) (*workday.Calendar, error)
	// Match explains a pair. CodeNotFound says that nothing is to be said of it. Optional: introductions then have no
	// evidence unless a candidate gives its level.
	Match func(ctx context.Context, need, achievement jiqiao.Record) (jiqiao.Match, error)
	// Attach checks that the viewer may refer to the files in the thread. Optional: without it messages have no files.
	Attach func(ctx context.Context, v jiqiao.Viewer, thread jiqiao.Ref, files []string) error
	// Operators are the accounts of operators, each with the region it bounds: who hears of what is not answered.
	Operators func(ctx context.Context) ([]jiqiao.User, error)
	// Notify tells people of what no introduction is about. Optional.
	Notify func(context.Context, jiqiao.Notice) error
	Log    *slog.Logger
	// Now is the clock. Optional: time.Now.
	Now func() time.Time
}

// Service is safe for concurrent use.
type Service struct {
	o   Options
	log *slog.Logger
	now func() time.Time
}

// New makes the service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{o: o, log: o.Log, now: o.Now}
}

// policyName is the name of the setting.
const policyName = "introduction"

// Policy is what operators set, and its version, 0 for the service's own.
func (s *Service) Policy(ctx context.Context) (jiqiao.IntroductionPolicy, int64, error) {
	p := jiqiao.DefaultIntroductionPolicy
	version, err := s.o.Settings.Setting(ctx, policyName, &p)
	if err != nil {
		return p, 0, fmt.Errorf("read the clock of introductions: %w", err)
	}
	return p, version, nil
}

// SetPolicy changes it when the version is still the present one; CodeConflict otherwise. Clocks that run go on.
func (s *Service) SetPolicy(ctx context.Context, version int64, p jiqiao.IntroductionPolicy) (int64, error) {
	if err := p.Validate(); err != nil {
		return 0, err
	}
	return s.o.Settings.PutSetting(ctx, policyName, version, p)
}

// errUnchanged ends a change that has nothing to do.
var errUnchanged = errors.New("nothing to change")

// turn is one act on one introduction: rules change it and gather what comes with that.
type turn struct {
	*jiqiao.Introduction
	out jiqiao.IntroductionOutcome
	// v acts as party; the zero Viewer is the clock.
	v        jiqiao.Viewer
	party    jiqiao.Party
	now      time.Time
	calendar *workday.Calendar
	policy   jiqiao.IntroductionPolicy
	// operators are all there are, when the clock acts.
	operators []jiqiao.User
}

// change has the rule change the introduction for the viewer, who must take part in it, and shows what became of it.
func (s *Service) change(ctx context.Context, v jiqiao.Viewer, id string, rule func(*turn) error) (jiqiao.IntroductionView, error) {
	if _, err := s.act(ctx, v, id, taking(v, rule)); err != nil {
		return jiqiao.IntroductionView{}, err
	}
	return s.Introduction(ctx, v, id)
}

// taking is the rule for a viewer who takes part.
func taking(v jiqiao.Viewer, rule func(*turn) error) func(*turn) error {
	return func(t *turn) error {
		if t.party = partyOf(v, t.Introduction); t.party == "" {
			return nobody(v, t.Introduction)
		}
		return rule(t)
	}
}

// act has the rule change the introduction; one that has nothing to do leaves it as it is.
func (s *Service) act(ctx context.Context, v jiqiao.Viewer, id string, rule func(*turn) error) (jiqiao.Introduction, error) {
	calendar, policy, err := s.clock(ctx)
	if err != nil {
		return jiqiao.Introduction{}, err
	}
	i, err := s.o.Store.ChangeIntroduction(ctx, id, func(i *jiqiao.Introduction) (jiqiao.IntroductionOutcome, error) {
		t := &turn{Introduction: i, v: v, now: i.UpdatedAt, calendar: calendar, policy: policy}
		if err := rule(t); err != nil {
			return t.out, err
		}
		t.wind()
		t.tell()
		return t.out, nil
	})
	if errors.Is(err, errUnchanged) {
		err = nil
	}
	return i, err
}

// clock is the calendar and the policy in force.
func (s *Service) clock(ctx context.Context) (*workday.Calendar, jiqiao.IntroductionPolicy, error) {
	policy, _, err := s.Policy(ctx)
	if err != nil {
		return nil, policy, err
	}
	calendar, err := s.o.Calendar(ctx)
	if err != nil {
		return nil, policy, fmt.Errorf("read the calendar: %w", err)
	}
	return calendar, policy, nil
}

// tell has open pages of all who take part hear of the change.
func (t *turn) tell() {
	e := eventOf("introduction", t.Introduction)
	e.Data = map[string]string{"state": string(t.State)}
	t.out.Events = append(t.out.Events, e)
}

// eventOf is an event for all who take part in the introduction.
func eventOf(topic string, i *jiqiao.Introduction) jiqiao.Event {
	e := jiqiao.Event{Topic: topic, Object: i.Ref(), Organisations: []string{i.Need.Organisation, i.Achievement.Organisation}}
	if i.Broker != "" {
		e.Users = []string{i.Broker}
	}
	return e
}

// note keeps the act in the history and in the audit.
func (t *turn) note(a jiqiao.IntroductionAct, before, after any) {
	a.User, a.Name, a.Party, a.State = t.v.User, t.v.Name, t.party, t.State
	t.out.History = append(t.out.History, a)
	t.out.Acts = append(t.out.Acts, jiqiao.Act{Name: a.Act, Object: t.Ref(), Before: before, After: after})
}

// notify tells a party. Each side reads the title of its own record only: the other's may be hidden from it.
func (t *turn) notify(to jiqiao.Party, template string, data map[string]string) {
	n := jiqiao.Notice{Template: template, Object: t.Ref(), Data: map[string]string{}}
	switch to {
	case jiqiao.PartyBroker:
		if t.Broker == "" {
			return
		}
		n.Users = []string{t.Broker}
		n.Data["title"] = t.Need.Title + " × " + t.Achievement.Title
	default:
		n.Organisations = []string{t.Side(to).Organisation}
		n.Data["title"] = t.Side(to).Title
	}
	for k, v := range data {
		n.Data[k] = v
	}
	n.Key = fmt.Sprintf("%s:%s:%s:%d", template, t.ID, to, t.Version)
	t.out.Notices = append(t.out.Notices, n)
}

// escalate tells the operators of the introduction's region. A notice to the whole role would tell those of others, who
// may not read it.
func (t *turn) escalate(template string, data map[string]string) {
	n := jiqiao.Notice{Template: template, Object: t.Ref(), Data: data, Key: fmt.Sprintf("%s:%s:%d", template, t.ID, t.Version)}
	n.Data["title"] = t.Need.Title + " × " + t.Achievement.Title
	for _, u := range t.operators {
		if v := (jiqiao.Viewer{User: u.ID, Role: u.Role, Region: u.Region}); operates(v, t.Introduction) {
			n.Users = append(n.Users, u.ID)
		}
	}
	if len(n.Users) > 0 {
		t.out.Notices = append(t.out.Notices, n)
	}
}

var sides = [...]jiqiao.Party{jiqiao.PartyNeed, jiqiao.PartyAchievement}
