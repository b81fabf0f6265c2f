// Package city plays a city's year through the service, so that a demonstration has accounts of every role, a queue,
// introductions, projects and contracts, all made by the same rules as real ones. It is a simulation: events in the order
// of their time, chance from a fixed seed, and a clock that the service is opened with. Nothing is written past the service.
package city

import (
	"cmp"
	"container/heap"
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"jiqiao"
)

// Clock is a clock that only the simulation moves.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock stands at the moment.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Set moves the clock on; it never goes back.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.at) {
		c.at = at
	}
}

// Records keeps needs and achievements, and what both sides are asked.
type Records interface {
	Put(ctx context.Context, rec jiqiao.Record) error
	Introductions(ctx context.Context, q jiqiao.IntroductionQuery) (jiqiao.IntroductionPage, error)
}

// Deals keeps projects with their contracts.
type Deals interface {
	Deal(ctx context.Context, id string) (jiqiao.Deal, error)
	Deals(ctx context.Context, q jiqiao.DealQuery) (jiqiao.DealPage, error)
	MoveDeal(ctx context.Context, id string, m jiqiao.DealMove) (jiqiao.Deal, error)
	PutContract(ctx context.Context, c *jiqiao.Contract) (jiqiao.Deal, error)
	RegisterContract(ctx context.Context, deal string, version int64, r jiqiao.Registration) (jiqiao.Contract, error)
	AddDealTask(ctx context.Context, task *jiqiao.DealTask) error
	AddPayment(ctx context.Context, p *jiqiao.Payment) (jiqiao.Deal, error)
	Subsidies
}

// Subsidies are what a deal gets of the bureau.
type Subsidies interface {
	ApplySubsidy(ctx context.Context, deal, note string) (jiqiao.Subsidy, error)
	MoveSubsidy(ctx context.Context, deal, id string, m jiqiao.SubsidyMove) (jiqiao.Subsidy, error)
}

// Desk is the brokers' desk.
type Desk interface {
	List(ctx context.Context, v jiqiao.Viewer, q jiqiao.CandidateQuery) (jiqiao.CandidatePage, error)
	Decide(ctx context.Context, v jiqiao.Viewer, d jiqiao.QueueDecision) (jiqiao.Candidate, error)
	Ask(ctx context.Context, v jiqiao.Viewer, id string, kind jiqiao.Kind, text string) (jiqiao.Candidate, error)
	Opinions(ctx context.Context, v jiqiao.Viewer) ([]jiqiao.SecondOpinion, error)
	GiveOpinion(ctx context.Context, v jiqiao.Viewer, d jiqiao.QueueDecision) error
}

// Introductions are answered by the two sides.
type Introductions interface {
	Introduction(ctx context.Context, v jiqiao.Viewer, id string) (jiqiao.IntroductionView, error)
	Answer(ctx context.Context, v jiqiao.Viewer, id string, a jiqiao.Answer) (jiqiao.IntroductionView, error)
	Say(ctx context.Context, v jiqiao.Viewer, id string, m jiqiao.ThreadMessage) (jiqiao.IntroductionView, error)
	Read(ctx context.Context, v jiqiao.Viewer, id, message string) error
	Invite(ctx context.Context, v jiqiao.Viewer, in jiqiao.IntroductionInput) (jiqiao.IntroductionView, error)
}

// City is what is played with.
type City struct {
	Clock         *Clock
	Records       Records
	Deals         Deals
	Desk          Desk
	Introductions Introductions
	// Work does the jobs that are due: candidates for what was published, introductions of what was accepted, notices.
	Work func(ctx context.Context) error
	// Daily is done every morning: reminders, what has run out.
	Daily func(ctx context.Context) error
	// Published are the records with the time of their publication.
	Published []Publication
	// Named are the organisations, by id, whose accounts are told to whoever starts the sample city.
	Named map[string]bool
	// Members are one person of each organisation, by the organisation's id; Brokers and Operator work for all.
	Members  map[string]jiqiao.Viewer
	Brokers  []jiqiao.Viewer
	Operator jiqiao.Viewer
	// Fits gives the people's judgement of a pair by the records' titles, where there is one.
	Fits func(need, achievement string) (jiqiao.Level, bool)
	// Until ends the play.
	Until time.Time
}

// Publication is a record that comes into the city at a time.
type Publication struct {
	Record jiqiao.Record
	At     time.Time
}

// play is one run of a City.
type play struct {
	*City
	rnd    *rand.Rand
	events events
	known  map[string]bool // introductions and projects that were noticed
}

// Play lets the city live until its end.
func (c *City) Play(ctx context.Context) error {
	p := &play{City: c, rnd: rand.New(rand.NewPCG(2026, 11)), known: map[string]bool{}} //nolint:gosec // a play, no secret
	for _, r := range c.Published {
		p.at(r.At, func(ctx context.Context) error { return c.Records.Put(ctx, r.Record) })
	}
	for i, b := range c.Brokers {
		p.visit(b, c.Clock.Now().AddDate(0, 0, 10).Add(time.Duration(i)*time.Hour))
	}
	p.morning()
	p.at(c.Until.Add(-justNow), p.inviteNamed)
	for p.events.Len() > 0 && ctx.Err() == nil {
		e := heap.Pop(&p.events).(event)
		if e.at.After(c.Until) {
			break
		}
		c.Clock.Set(e.at)
		if err := e.do(ctx); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c.Clock.Set(c.Until)
	if err := p.signLast(ctx); err != nil {
		return err
	}
	return p.followUps(ctx)
}

// morning does the daily round, and again the next day.
func (p *play) morning() {
	next := p.Clock.Now().In(beijing).AddDate(0, 0, 1)
	p.at(time.Date(next.Year(), next.Month(), next.Day(), 8, 0, 0, 0, beijing), func(ctx context.Context) error {
		if err := p.Daily(ctx); err != nil {
			return err
		}
		p.morning()
		return nil
	})
}

// at has something done at a moment.
func (p *play) at(at time.Time, do func(context.Context) error) {
	p.events.count++
	heap.Push(&p.events, event{at, p.events.count, do})
}

// in has something done after some days, at an hour of work.
func (p *play) in(days float64, do func(context.Context) error) {
	p.at(working(p.Clock.Now().Add(time.Duration(days*24*float64(time.Hour)))), do)
}

// working moves a moment into the working hours of a working day.
func working(at time.Time) time.Time {
	at = at.In(beijing)
	for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = at.AddDate(0, 0, 1)
	}
	hour := 9 + at.Hour()%8
	return time.Date(at.Year(), at.Month(), at.Day(), hour, at.Minute(), at.Second(), 0, beijing)
}

var beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// chance is true with the probability.
func (p *play) chance(probability float64) bool { return p.rnd.Float64() < probability }

// of picks one.
func of[T any](p *play, all ...T) T { return all[p.rnd.IntN(len(all))] }

// as is ctx of what the viewer does.
func as(ctx context.Context, v jiqiao.Viewer) context.Context {
	return jiqiao.WithOrigin(ctx, jiqiao.Origin{Viewer: v, Request: "demo"})
}

// event is something that happens at a moment; of the same moment the one that was asked for first.
type event struct {
	at    time.Time
	order int
	do    func(context.Context) error
}

// events is a heap by time.
type events struct {
	all   []event
	count int
}

func (e *events) Len() int { return len(e.all) }
func (e *events) Less(i, j int) bool {
	a, b := e.all[i], e.all[j]
	return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.order, b.order)) < 0
}
func (e *events) Swap(i, j int) { e.all[i], e.all[j] = e.all[j], e.all[i] }
func (e *events) Push(x any)    { e.all = append(e.all, x.(event)) }
func (e *events) Pop() any {
	last := e.all[len(e.all)-1]
	e.all = e.all[:len(e.all)-1]
	return last
}
