package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"jiqiao"
	"jiqiao/internal/city"
	"jiqiao/internal/config"
	"jiqiao/jobs"
	"jiqiao/sample"
	"jiqiao/store"
)

// cityDays is how long the sample city has lived.
const cityDays = 240

// Populate fills an empty database with the sample city: organisations, accounts of every role with one password, records
// that were published over the last months, and what brokers, enterprises and universities made of them. A database
// that holds records is left as it is. It takes some seconds.
func Populate(ctx context.Context, cfg config.Config, log *slog.Logger, password string) error {
	now := time.Now()
	clock := city.NewClock(now.AddDate(0, 0, -cityDays))
	opts := Options{Log: log, Now: clock.Now}
	found, err := foundCity(ctx, cfg, opts, clock, now, password)
	if err != nil || found == nil {
		return err
	}
	a, err := New(ctx, cfg, opts)
	if err != nil {
		return err
	}
	play := func() error {
		a.Follow()
		found.Records, found.Deals, found.Desk, found.Introductions = a.Store, a.Store, a.queue, a.introductions
		found.Work, found.Daily = a.workOff, a.dailyRound
		if err := found.Play(ctx); err != nil {
			return fmt.Errorf("play the sample city: %w", err)
		}
		if err := errors.Join(a.draftCity(ctx, found), a.wishCity(ctx, found)); err != nil {
			return err
		}
		_, err := a.Store.RefreshFigures(ctx)
		return err
	}
	return errors.Join(play(), a.Stop())
}

// foundCity writes what the city begins with; nil when there is one.
func foundCity(ctx context.Context, cfg config.Config, opts Options, clock *city.Clock, until time.Time, password string) (*city.City, error) {
	st, err := OpenStore(ctx, cfg, opts)
	if err != nil {
		return nil, err
	}
	defer st.Close() //nolint:errcheck // what was written is committed
	if n, err := st.CountOrganisations(ctx); err != nil || n > 0 {
		return nil, err
	}
	c := &city.City{Clock: clock, Until: until, Members: map[string]jiqiao.Viewer{}, Named: map[string]bool{}}
	orgs, err := sample.Organisations()
	if err != nil {
		return nil, err
	}
	ids := map[string]*jiqiao.Organisation{}
	for _, org := range orgs {
		if err := st.PutOrganisation(ctx, org); err != nil {
			return nil, err
		}
		ids[org.Name] = org
	}
	if err := settleCity(ctx, NewAccounts(cfg, st, opts), st, c, orgs, ids, password); err != nil {
		return nil, err
	}
	if err := setCity(ctx, st); err != nil {
		return nil, err
	}
	if c.Published, err = publications(clock.Now(), until); err != nil {
		return nil, err
	}
	c.Fits, err = judged()
	return c, err
}

// passwords makes digests.
type passwords interface {
	Hash(ctx context.Context, password string) (string, error)
}

// settleCity makes the accounts: the sample's, and one for every other organisation, named like its mail box.
func settleCity(ctx context.Context, hash passwords, st *store.Store, c *city.City, orgs []*jiqiao.Organisation, ids map[string]*jiqiao.Organisation, password string) error {
	digest, err := hash.Hash(ctx, password)
	if err != nil {
		return err
	}
	users, err := sample.Users()
	if err != nil {
		return err
	}
	led := map[string]bool{}
	for _, u := range users {
		led[u.OrganisationName] = true
		c.Named[ids[u.OrganisationName].ID] = true
	}
	for _, org := range orgs {
		if role := jiqiao.RoleOf(org.Kind); !led[org.Name] && role != "" {
			users = append(users, sample.Lead(org, role))
		}
	}
	for _, u := range users {
		u.State, u.OrganisationID = jiqiao.UserActive, ids[u.OrganisationName].ID
		if u.Region == "" && u.Role != jiqiao.RoleOperator {
			u.Region = ids[u.OrganisationName].Region
		}
		if u.Role.Administrator() {
			u.Region = ""
		}
		a := jiqiao.Account{User: *u, Credentials: jiqiao.Credentials{Password: digest}}
		if err := st.CreateAccount(ctx, &a, jiqiao.AccountChange{}); err != nil {
			return fmt.Errorf("make the account %s: %w", u.Login, err)
		}
		v := a.Viewer()
		switch u.Role {
		case jiqiao.RoleBroker:
			c.Brokers = append(c.Brokers, v)
		case jiqiao.RoleOperator:
			if c.Operator.User == "" {
				c.Operator = v
			}
		}
		if _, ok := c.Members[v.Organisation]; !ok && v.May(jiqiao.PermIntroductionAnswer) {
			c.Members[v.Organisation] = v
		}
	}
	return nil
}

// setCity sets what the bureau would: targets and a policy of subsidies.
func setCity(ctx context.Context, st *store.Store) error {
	now := time.Now()
	targets := jiqiao.Targets{
		Year: now.Year(), MatchingRate: 0.8, ResponseRate: 0.9, ResponseDays: 5,
		Values: map[jiqiao.Indicator]int64{
			jiqiao.IndicatorNeeds: 100, jiqiao.IndicatorAchievements: 200, jiqiao.IndicatorContracts: 20, jiqiao.IndicatorRegisteredAmount: 3000 * jiqiao.Wan,
		},
	}
	if _, err := st.PutSetting(ctx, "targets", 0, map[int]jiqiao.Targets{targets.Year: targets}); err != nil {
		return err
	}
	rules := jiqiao.DefaultQueueRules()
	// A small city: brokers also see what is doubtful, and judge more of it twice.
	rules.MinLevel, rules.PerRecord, rules.SecondShare = jiqiao.LevelWeak, 4, 0.3
	if _, err := st.PutSetting(ctx, jiqiao.QueueSetting, 0, rules); err != nil {
		return err
	}
	return st.AddSubsidyPolicy(ctx, &jiqiao.SubsidyPolicy{
		Name: "技术合同补助（示例）", EffectiveFrom: jiqiao.Date(fmt.Sprintf("%d-01-01", now.Year())), Base: jiqiao.SubsidyReceived, Rate: 500,
		AchievementCap: 20 * jiqiao.Wan, Beneficiary: jiqiao.BeneficiarySeller, Note: "按实际到账额的 5%，每项成果累计不超过 20 万元",
	})
}

// unpublished are the last records of each side that are still on their way: what a reviewer and an owner find to do.
var unpublished = [...]jiqiao.Step{jiqiao.StepSubmit, jiqiao.StepSubmit, jiqiao.StepSubmit, ""}

// draftCity has owners write the last records, and submit some.
func (a *App) draftCity(ctx context.Context, c *city.City) error {
	for _, kind := range jiqiao.Kinds {
		recs, err := sample.Records(kind)
		if err != nil {
			return err
		}
		for j, step := range unpublished {
			rec := recs[len(recs)-1-j]
			found, err := a.Store.ListOrganisations(ctx, jiqiao.OrganisationQuery{Text: rec.Head().Owner.Name, Limit: 1})
			if err != nil || len(found.Items) == 0 {
				return errors.Join(err, fmt.Errorf("no organisation called %s", rec.Head().Owner.Name))
			}
			v := c.Members[found.Items[0].ID]
			own := jiqiao.WithOrigin(ctx, jiqiao.Origin{Viewer: v, Request: "demo"})
			rec.Head().Status = ""
			if err := a.lifecycle.Create(own, v, rec); err != nil {
				return fmt.Errorf("draft %s: %w", rec.Head().Title, err)
			}
			if step == "" {
				continue
			}
			move := jiqiao.RecordMove{Kind: kind, ID: rec.Head().ID, Step: step, Version: rec.Head().Version}
			if _, err := a.lifecycle.Step(own, v, move, true); err != nil {
				return fmt.Errorf("submit %s: %w", rec.Head().Title, err)
			}
		}
	}
	return a.workOff(ctx)
}

// lastCall is how long the last call for needs was open, which brings a quarter of them: candidates that brokers have not seen.
const lastCall = 9 * 24 * time.Hour

// publications are the sample's records: achievements over the first months, needs until the end.
func publications(begin, until time.Time) ([]city.Publication, error) {
	var all []city.Publication
	days := until.Sub(begin)
	for _, side := range []struct {
		kind        jiqiao.Kind
		from, until time.Duration
		called      int // one in so many comes with the last call
	}{{jiqiao.KindAchievement, 0, days * 5 / 8, 0}, {jiqiao.KindNeed, days / 12, days - lastCall, 4}} {
		recs, err := sample.Records(side.kind)
		if err != nil {
			return nil, err
		}
		recs = recs[:len(recs)-len(unpublished)]
		late := 0
		if side.called > 0 {
			late = len(recs) / side.called
		}
		early := len(recs) - late
		// The sample goes industry by industry; mixed, every broker has something new to the end.
		for j, at := range rand.New(rand.NewPCG(2026, 11)).Perm(len(recs)) { //nolint:gosec // a play, no secret
			when := begin.Add(side.from + (side.until-side.from)*time.Duration(j)/time.Duration(early))
			if j >= early {
				when = until.Add(-lastCall + lastCall*time.Duration(j-early)/time.Duration(late))
			}
			all = append(all, city.Publication{Record: recs[at], At: when})
		}
	}
	return all, nil
}

// judged is the sample's own judgement of its pairs, by title.
func judged() (func(need, achievement string) (jiqiao.Level, bool), error) {
	all, err := sample.Judgements()
	if err != nil {
		return nil, err
	}
	levels := make(map[[2]string]jiqiao.Level, len(all))
	for _, j := range all {
		levels[[2]string{j.Need, j.Achievement}] = j.Level
	}
	return func(need, achievement string) (jiqiao.Level, bool) {
		level, ok := levels[[2]string{need, achievement}]
		return level, ok
	}, nil
}

// dailyRound does what the schedules do every day or oftener.
func (a *App) dailyRound(ctx context.Context) error {
	return errors.Join(
		a.introductions.Clock(ctx, jiqiao.Job{Kind: jiqiao.JobIntroductionClock}), a.queue.Sweep(ctx, jiqiao.Job{Kind: jiqiao.JobSweep}), a.workOff(ctx),
	)
}

// workOff does the jobs that are due, one after the other, until there are none.
func (a *App) workOff(ctx context.Context) error {
	const worker = "city"
	if err := a.WaitCaughtUp(ctx); err != nil {
		return err
	}
	handlers := a.handlers()
	var kinds []string
	for kind := range handlers {
		kinds = append(kinds, kind)
	}
	for {
		due, err := a.Store.ClaimJobs(ctx, worker, kinds, 50, time.Hour)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, j := range due {
			if err := a.workOne(ctx, handlers[j.Kind], j); err != nil {
				return err
			}
		}
	}
}

func (a *App) workOne(ctx context.Context, do jobs.Handler, j jiqiao.Job) error {
	origin := jiqiao.Origin{Request: j.ID}
	origin.Name = "job:" + j.Kind
	err := do(jiqiao.WithOrigin(ctx, origin), j)
	switch {
	case err == nil:
		return a.Store.FinishJob(ctx, j, jiqiao.JobDone, "")
	case ctx.Err() != nil:
		return ctx.Err()
	case jobs.Waits(err):
		return a.Store.ReturnJob(ctx, j, a.now().Add(time.Hour), true, "")
	}
	a.log.Warn("a job of the sample city failed", "kind", j.Kind, "err", err)
	return a.Store.FinishJob(ctx, j, jiqiao.JobDead, "示例城市中未完成")
}
