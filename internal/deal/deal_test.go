package deal_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"jiqiao"
	"jiqiao/internal/deal"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
	"jiqiao/store/storetest"
)

// desk is a Desk over a real store.
type desk struct {
	*deal.Desk
	*store.Store
	t     *testing.T
	clock *storetest.Clock
	// fail, when it is set, is the answer of Move.
	fail error
}

// Move implements deal.Store.
func (d *desk) Move(ctx context.Context, m jiqiao.RecordMove) (jiqiao.Record, error) {
	if d.fail != nil {
		return nil, d.fail
	}
	return d.Store.Move(ctx, m)
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	clock := storetest.NewClock()
	st, err := store.Open(t.Context(), store.Config{
		URL: sqlitetest.New(t), Now: clock.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	d := &desk{Store: st, t: t, clock: clock}
	d.Desk = deal.New(d, clock.Now, slog.New(slog.DiscardHandler))
	return d
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) deals() []jiqiao.Deal {
	d.t.Helper()
	page, err := d.Deals(d.t.Context(), jiqiao.DealQuery{Scope: jiqiao.DealScope{All: true}})
	d.must(err)
	return page.Items
}

// status is where the record stands.
func (d *desk) status(rec jiqiao.Record) jiqiao.Status {
	d.t.Helper()
	now, err := d.Get(d.t.Context(), rec.Kind(), rec.Head().ID)
	d.must(err)
	return now.Head().Status
}

// introduction is one of two new records in the state.
func (d *desk) introduction(state jiqiao.IntroductionState, broker string) jiqiao.Introduction {
	d.t.Helper()
	n, a := storetest.Need("甲公司", "净水"), storetest.Achievement("乙大学", "膜")
	d.must(d.Put(d.t.Context(), n))
	d.must(d.Put(d.t.Context(), a))
	i := &jiqiao.Introduction{NeedID: n.ID, AchievementID: a.ID, Broker: broker, State: state}
	d.must(d.CreateIntroduction(d.t.Context(), i, func(*jiqiao.Introduction) jiqiao.IntroductionOutcome { return jiqiao.IntroductionOutcome{} }))
	return *i
}

func job(key string) jiqiao.Job { return jiqiao.Job{Key: key} }

func TestNoDealWithoutTwoWhoWant(t *testing.T) {
	for _, state := range jiqiao.IntroductionStates {
		if state == jiqiao.IntroductionInterested {
			continue
		}
		d := newDesk(t)
		i := d.introduction(state, "")
		d.must(d.FromIntroduction(t.Context(), job(i.ID)))
		if made := d.deals(); len(made) != 0 {
			t.Errorf("%s made %d deals", state, len(made))
		}
	}
	d := newDesk(t)
	d.must(d.FromIntroduction(t.Context(), job("e_00000000000000000000")))
	d.must(d.Records(t.Context(), job("l_00000000000000000000")))
}

func TestDealOfAnIntroduction(t *testing.T) {
	d := newDesk(t)
	broker := storetest.Account(t, d.Store, jiqiao.RoleBroker, "b1")
	i := d.introduction(jiqiao.IntroductionInterested, broker)
	for range 2 { // the job may run twice
		d.must(d.FromIntroduction(t.Context(), job(i.ID)))
	}
	made := d.deals()
	if len(made) != 1 || made[0].IntroductionID != i.ID || made[0].Broker != broker || made[0].Stage != jiqiao.StageInterest || !made[0].Agreed {
		t.Errorf("made: %+v", made)
	}
}

func TestDealWhoseBrokerLeft(t *testing.T) {
	d := newDesk(t)
	i := d.introduction(jiqiao.IntroductionInterested, "u_00000000000000000000")
	d.must(d.FromIntroduction(t.Context(), job(i.ID)))
	if made := d.deals(); len(made) != 1 || made[0].Broker != "" {
		t.Errorf("made: %+v", made)
	}
}

func TestPairWithADealUnderWay(t *testing.T) {
	d := newDesk(t)
	i := d.introduction(jiqiao.IntroductionInterested, "")
	byHand := jiqiao.Deal{NeedID: i.NeedID, AchievementID: i.AchievementID}
	d.must(d.CreateDeal(t.Context(), &byHand))
	for range 2 {
		d.must(d.FromIntroduction(t.Context(), job(i.ID)))
	}
	if made := d.deals(); len(made) != 1 || made[0].ID != byHand.ID || !made[0].Agreed || made[0].Stage != jiqiao.StageInterest || made[0].Version != 2 {
		t.Errorf("made: %+v", made)
	}
	d.move(d.deals()[0], jiqiao.DealMove{Verb: jiqiao.DealPause, Reason: "funds"})
	d.must(d.FromIntroduction(t.Context(), job(i.ID)))
}

func (d *desk) move(made jiqiao.Deal, m jiqiao.DealMove) jiqiao.Deal {
	d.t.Helper()
	m.Version = made.Version
	made, err := d.MoveDeal(d.t.Context(), made.ID, m)
	d.must(err)
	return made
}

// Records follow the deal: engaged once it is signed, settled by success, free again by failure.
func TestRecordsFollow(t *testing.T) {
	success := jiqiao.DealMove{Verb: jiqiao.DealAdvance, To: jiqiao.StageClosed, Note: "结清", Evaluation: &jiqiao.Evaluation{Result: "met", Text: "达标"}}
	failure := jiqiao.DealMove{Verb: jiqiao.DealAdvance, To: jiqiao.StageClosed, Note: "未达标", Evaluation: &jiqiao.Evaluation{Result: "unmet", Text: "未达标"}}
	for name, c := range map[string]struct {
		move jiqiao.DealMove
		want jiqiao.Status
	}{
		"success":    {success, jiqiao.StatusSettled},
		"failure":    {failure, jiqiao.StatusPublished},
		"broken off": {jiqiao.DealMove{Verb: jiqiao.DealEnd, Reason: "price"}, jiqiao.StatusPublished},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			n, a := storetest.Need("甲公司", "净水"), storetest.Achievement("乙大学", "膜")
			made := storetest.Deal(t, d.Store, "", n, a)
			for range 2 {
				d.must(d.Records(t.Context(), job(made.ID)))
			}
			if d.status(n) != jiqiao.StatusEngaged || d.status(a) != jiqiao.StatusEngaged {
				t.Fatalf("signed: %s, %s", d.status(n), d.status(a))
			}
			made = d.move(made, c.move)
			for range 2 {
				d.must(d.Records(t.Context(), job(made.ID)))
			}
			if d.status(n) != c.want || d.status(a) != c.want {
				t.Errorf("after: %s, %s, want %s", d.status(n), d.status(a), c.want)
			}
		})
	}
}

// An achievement licensed twice stays engaged while the other deal goes on.
func TestRecordHeldByAnotherDeal(t *testing.T) {
	d := newDesk(t)
	a := storetest.Achievement("乙大学", "膜")
	first, second := storetest.Need("甲公司", "净水"), storetest.Need("丙公司", "污水")
	one, two := storetest.Deal(t, d.Store, "", first, a), storetest.Deal(t, d.Store, "", second, a)
	d.must(d.Records(t.Context(), job(one.ID)))
	d.must(d.Records(t.Context(), job(two.ID)))
	one = d.move(one, jiqiao.DealMove{Verb: jiqiao.DealEnd, Reason: "price"})
	d.must(d.Records(t.Context(), job(one.ID)))
	if d.status(first) != jiqiao.StatusPublished || d.status(a) != jiqiao.StatusEngaged || d.status(second) != jiqiao.StatusEngaged {
		t.Errorf("%s, %s, %s", d.status(first), d.status(a), d.status(second))
	}
}

// What its owner took away is left alone; what fails for no reason of the record's is tried again.
func TestRecordsThatDoNotFollow(t *testing.T) {
	d := newDesk(t)
	n, a := storetest.Need("甲公司", "净水"), storetest.Achievement("乙大学", "膜")
	made := storetest.Deal(t, d.Store, "", n, a)
	down := errors.New("down")
	d.fail = down
	if err := d.Records(t.Context(), job(made.ID)); !errors.Is(err, down) {
		t.Errorf("a failing store: %v", err)
	}
	d.fail = nil
	_, err := d.Store.Move(t.Context(), jiqiao.RecordMove{Kind: jiqiao.KindNeed, ID: n.ID, Step: jiqiao.StepWithdraw, Actor: jiqiao.ActorOwner, Note: "不做了"})
	d.must(err)
	d.must(d.Delete(t.Context(), jiqiao.KindAchievement, a.ID, 1))
	d.must(d.Records(t.Context(), job(made.ID)))
	if d.status(n) != jiqiao.StatusWithdrawn {
		t.Errorf("a withdrawn need is %s", d.status(n))
	}
}

func TestRemind(t *testing.T) {
	d := newDesk(t)
	broker := storetest.Account(t, d.Store, jiqiao.RoleBroker, "b1")
	made := storetest.Deal(t, d.Store, broker, storetest.Need("甲公司", "净水"), storetest.Achievement("乙大学", "膜"))
	for _, due := range []jiqiao.Date{"2026-11-20", "2026-11-23", "2026-11-24", ""} { // today is the 22nd
		d.must(d.AddDealTask(t.Context(), &jiqiao.DealTask{DealID: made.ID, Title: "任务 " + string(due), Due: due}))
	}
	told := func() int {
		page, err := d.Jobs(t.Context(), jiqiao.JobQuery{Kind: store.NoticeJob, Limit: jiqiao.MaxPageSize})
		d.must(err)
		return page.Total
	}
	before := told()
	for range 2 {
		d.must(d.Desk.Remind(t.Context(), jiqiao.Job{}))
	}
	if n := told() - before; n != 2 {
		t.Errorf("reminded of %d tasks, want 2", n)
	}
	d.clock.Advance(24 * time.Hour)
	d.must(d.Desk.Remind(t.Context(), jiqiao.Job{}))
	if n := told() - before; n != 3 {
		t.Errorf("a day later reminded of %d tasks, want 3", n)
	}
}
