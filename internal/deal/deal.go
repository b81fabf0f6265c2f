// Package deal does what a deal brings about elsewhere, as jobs: it makes the deal of an introduction that both sides want,
// lets the two records follow a deal that was signed or ended, and reminds of tasks. Every job may be done twice.
package deal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"jiqiao"
)

// Store is what the jobs need of the system of record.
type Store interface {
	Introduction(ctx context.Context, id string) (jiqiao.Introduction, error)
	// CreateDeal gives the deal of the introduction when there is one.
	CreateDeal(ctx context.Context, d *jiqiao.Deal) error
	Deal(ctx context.Context, id string) (jiqiao.Deal, error)
	Deals(ctx context.Context, q jiqiao.DealQuery) (jiqiao.DealPage, error)
	MoveDeal(ctx context.Context, id string, m jiqiao.DealMove) (jiqiao.Deal, error)
	Get(ctx context.Context, kind jiqiao.Kind, id string) (jiqiao.Record, error)
	Move(ctx context.Context, m jiqiao.RecordMove) (jiqiao.Record, error)
	// RemindDealTasks reminds of some tasks that are due by the day, once each, and says of how many.
	RemindDealTasks(ctx context.Context, by jiqiao.Date) (int, error)
}

// Desk does the jobs.
type Desk struct {
	store Store
	now   func() time.Time
	log   *slog.Logger
}

// New makes a Desk over the store.
func New(store Store, now func() time.Time, log *slog.Logger) *Desk {
	return &Desk{store: store, now: now, log: log}
}

// FromIntroduction makes the deal of the introduction that the job's key names. One that is no longer wanted by both makes
// none; a deal of the pair that a broker began by hand learns that both sides want it.
func (k *Desk) FromIntroduction(ctx context.Context, j jiqiao.Job) error {
	i, err := k.store.Introduction(ctx, j.Key)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		k.log.Warn("no introduction to make a deal of", "introduction", j.Key)
		return nil
	}
	if err != nil {
		return fmt.Errorf("read introduction %s: %w", j.Key, err)
	}
	if i.State != jiqiao.IntroductionInterested {
		return nil
	}
	d := jiqiao.Deal{
		NeedID: i.NeedID, AchievementID: i.AchievementID, IntroductionID: i.ID, Broker: i.Broker, Stage: jiqiao.StageInterest,
	}
	err = k.store.CreateDeal(ctx, &d)
	if d.Broker != "" && brokerGone(err) {
		d.Broker = "" // the operators look after it until another broker does
		err = k.store.CreateDeal(ctx, &d)
	}
	if jiqiao.CodeOf(err) == jiqiao.CodeConflict {
		return k.agree(ctx, i)
	}
	if err != nil {
		return fmt.Errorf("make the deal of introduction %s: %w", i.ID, err)
	}
	return nil
}

// agree brings the deal of the pair that is under way to 双方意向, unless it is there already or rests.
func (k *Desk) agree(ctx context.Context, i jiqiao.Introduction) error {
	page, err := k.store.Deals(ctx, jiqiao.DealQuery{
		Scope: jiqiao.DealScope{All: true}, Need: i.NeedID, Achievement: i.AchievementID, State: jiqiao.DealOpen, Limit: 1,
	})
	if err != nil {
		return fmt.Errorf("read the deal of introduction %s: %w", i.ID, err)
	}
	if len(page.Items) == 0 || page.Items[0].Agreed {
		k.log.Info("the pair has a deal under way", "introduction", i.ID)
		return nil
	}
	d := page.Items[0]
	_, err = k.store.MoveDeal(ctx, d.ID, jiqiao.DealMove{
		Verb: jiqiao.DealAdvance, Version: d.Version, To: jiqiao.StageInterest, Note: "双方在线上对接中都表示有意向",
	})
	if err != nil { // someone moved it meanwhile: the next attempt looks again
		return fmt.Errorf("bring deal %s to both sides' interest: %w", d.ID, err)
	}
	return nil
}

// brokerGone reports whether a deal was refused because its broker can no longer work.
func brokerGone(err error) bool {
	var told *jiqiao.Error
	if !errors.As(err, &told) {
		return false
	}
	for _, f := range told.Fields {
		if f.Field == "broker" {
			return true
		}
	}
	return false
}

// Records lets the records of the deal that the job's key names follow it: signed, they are engaged; concluded with success,
// the need is solved and the achievement transferred; ended otherwise, they are open again unless another deal holds them.
// What it does depends on how the deal stands now, not on when it runs.
func (k *Desk) Records(ctx context.Context, j jiqiao.Job) error {
	d, err := k.store.Deal(ctx, j.Key)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read deal %s: %w", j.Key, err)
	}
	return errors.Join(
		k.follow(ctx, d, jiqiao.KindNeed, d.NeedID),
		k.follow(ctx, d, jiqiao.KindAchievement, d.AchievementID),
	)
}

func (k *Desk) follow(ctx context.Context, d jiqiao.Deal, kind jiqiao.Kind, id string) error {
	rec, err := k.store.Get(ctx, kind, id)
	if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", id, err)
	}
	step, err := k.step(ctx, d, kind, id, rec.Head().Status)
	if err != nil || step == "" {
		return err
	}
	_, err = k.store.Move(ctx, jiqiao.RecordMove{Kind: kind, ID: id, Step: step, Actor: jiqiao.ActorDeal, Note: "对接项目「" + d.Title + "」"})
	switch jiqiao.CodeOf(err) {
	case "":
		return nil
	case jiqiao.CodeConflict, jiqiao.CodeForbidden: // its owner took it elsewhere meanwhile: withdrawn, merged
		k.log.Info("the record does not follow its deal", "deal", d.ID, "record", id, "step", step, "error", err)
		return nil
	}
	return fmt.Errorf("%s %s: %w", step, id, err)
}

// step is what the record is to do, "" for nothing.
func (k *Desk) step(ctx context.Context, d jiqiao.Deal, kind jiqiao.Kind, id string, status jiqiao.Status) (jiqiao.Step, error) {
	signed := d.Stage.Rank() >= jiqiao.StageSigned.Rank()
	switch {
	case d.State != jiqiao.DealEnded:
		if signed && status != jiqiao.StatusEngaged && status != jiqiao.StatusSettled {
			return jiqiao.StepEngage, nil
		}
	case d.Stage == jiqiao.StageClosed && d.Evaluation.Success():
		if status != jiqiao.StatusSettled {
			return jiqiao.StepSettle, nil
		}
	case status == jiqiao.StatusEngaged:
		held, err := k.held(ctx, d, kind, id)
		if err != nil || held {
			return "", err
		}
		return jiqiao.StepDisengage, nil
	}
	return "", nil
}

// held reports whether another deal of the record goes on.
func (k *Desk) held(ctx context.Context, d jiqiao.Deal, kind jiqiao.Kind, id string) (bool, error) {
	q := jiqiao.DealQuery{Scope: jiqiao.DealScope{All: true}, Need: id, Limit: jiqiao.MaxPageSize}
	if kind == jiqiao.KindAchievement {
		q.Need, q.Achievement = "", id
	}
	for {
		page, err := k.store.Deals(ctx, q)
		if err != nil {
			return false, fmt.Errorf("read the deals of %s: %w", id, err)
		}
		for _, other := range page.Items {
			if other.ID != d.ID && other.State != jiqiao.DealEnded {
				return true, nil
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return false, nil
		}
	}
}

// noticeDays is how many days before its day a task is reminded of.
const noticeDays = 1

// Remind reminds of the tasks that are due by tomorrow.
func (k *Desk) Remind(ctx context.Context, _ jiqiao.Job) error {
	by := jiqiao.DayOf(k.now().AddDate(0, 0, noticeDays))
	for {
		n, err := k.store.RemindDealTasks(ctx, by)
		if err != nil {
			return fmt.Errorf("remind of tasks: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}
