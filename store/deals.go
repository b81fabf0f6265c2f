package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"jiqiao"
)

const (
	dealPrefix      = "l_"
	dealEventPrefix = "le_"
	dealLabel       = "这个对接项目"
	noDue           = "9999-12-31"
)

func dealRef(id string) jiqiao.Ref { return jiqiao.Ref{Type: "deal", ID: id} }

// CreateDeal makes a deal of two records, whose titles, owners and regions it takes, and fills in what the store gives. Of an
// introduction that has a deal already it gives that one and makes none; of a pair that has one under way it is
// CodeConflict. Fields that do not fit are CodeInvalid.
func (s *Store) CreateDeal(ctx context.Context, d *jiqiao.Deal) error {
	before := *d
	err := s.tx(ctx, "create a deal", func(t *tx) error {
		if err := t.dealSides(ctx, d); err != nil {
			return err
		}
		if err := t.dealBroker(ctx, d, d.Broker); err != nil {
			return err
		}
		d.ID, d.Version, d.CreatedAt, d.UpdatedAt, d.StageSince = t.ids.next(dealPrefix), 1, t.now, t.now, t.now
		d.State = jiqiao.DealOpen
		if d.Stage == "" {
			d.Stage = jiqiao.StageIntake
		}
		d.Agreed = d.Stage.Rank() >= jiqiao.StageInterest.Rank()
		row, err := dealRow(d)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO deals (`+dealColumns+`, id, need_id, achievement_id, introduction_id, created_at, next_due)
			VALUES (`+marks(len(row)+6)+`) ON CONFLICT DO NOTHING`,
			append(row, d.ID, d.NeedID, d.AchievementID, clean(d.IntroductionID), micros(d.CreatedAt), noDue)...)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.existingDeal(ctx, d)
		}
		if err := t.dealEvent(ctx, d, jiqiao.DealEvent{Act: "create", To: d.Stage}); err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "deal.create", Object: dealRef(d.ID), After: map[string]string{
			"stage": string(d.Stage), "need": d.NeedID, "achievement": d.AchievementID, "introduction": d.IntroductionID,
		}})
		return t.dealMoved(ctx, d, "deal.stage")
	})
	if err != nil {
		*d = before
	}
	return err
}

// existingDeal fills d with the deal of its introduction.
func (t *tx) existingDeal(ctx context.Context, d *jiqiao.Deal) error {
	if d.IntroductionID != "" {
		found, err := t.oneDeal(ctx, `introduction_id = ?`, clean(d.IntroductionID))
		if err == nil {
			*d = found
		}
		if jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
			return err
		}
	}
	return jiqiao.Fail(jiqiao.CodeConflict, "这对需求与成果已有进行中的对接项目，请在项目列表中查看", nil)
}

// dealSides takes over from the records what a deal says of them.
func (t *tx) dealSides(ctx context.Context, d *jiqiao.Deal) error {
	var wrong []jiqiao.FieldError
	for _, side := range []struct {
		kind          jiqiao.Kind
		field, id     string
		title, region *string
		owner         *jiqiao.OrganisationRef
	}{
		{jiqiao.KindNeed, "need_id", d.NeedID, &d.Need, &d.BuyerRegion, &d.Buyer},
		{jiqiao.KindAchievement, "achievement_id", d.AchievementID, &d.Achievement, &d.SellerRegion, &d.Seller},
	} {
		rec, err := t.load(ctx, side.kind, side.id)
		if jiqiao.CodeOf(err) == jiqiao.CodeNotFound {
			wrong = append(wrong, jiqiao.FieldError{Field: side.field, Message: "没有这条" + side.kind.Label() + "，可能已被删除，请刷新列表"})
			continue
		}
		if err != nil {
			return err
		}
		head := rec.Head()
		*side.title, *side.region, *side.owner = head.Title, head.Region, head.Owner
		if head.Region == "" && head.Owner.ID != "" {
			org, err := t.loadOrganisation(ctx, head.Owner.ID)
			if err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
				return err
			}
			*side.region = org.Region
		}
	}
	if d.Title == "" {
		d.Title = d.Need
	}
	return jiqiao.Invalid(wrong)
}

// dealBroker gives the deal to a broker; an empty one leaves it to the operators.
func (t *tx) dealBroker(ctx context.Context, d *jiqiao.Deal, broker string) error {
	d.Broker, d.BrokerName = "", ""
	if broker == "" {
		return nil
	}
	var name string
	err := t.row(ctx, `SELECT name FROM users WHERE id = ? AND role = ? AND state = 'active'`,
		[]any{clean(broker), string(jiqiao.RoleBroker)}, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "broker", Message: "没有这位技术经理人，或其账号已停用，请重新选择"}})
	}
	d.Broker, d.BrokerName = broker, name
	return err
}

// dealColumns are those that change, in the order of dealRow.
const dealColumns = `version, broker, buyer_id, seller_id, buyer_region, seller_region, agreed, stage, stage_since, state, amount,
	updated_at, body, words`

func dealRow(d *jiqiao.Deal) ([]any, error) {
	body, err := encodeJSON(d)
	if err != nil {
		return nil, err
	}
	amount := d.Total
	if amount == 0 {
		amount = d.Expected
	}
	return []any{
		d.Version, clean(d.Broker), clean(d.Buyer.ID), clean(d.Seller.ID), clean(d.BuyerRegion), clean(d.SellerRegion), flag(d.Agreed),
		string(d.Stage), micros(d.StageSince), string(d.State), amount, micros(d.UpdatedAt), clean(body), dealWords(d),
	}, nil
}

// dealWords are what a deal is searched by: all of it is shown to whoever sees the deal.
func dealWords(d *jiqiao.Deal) string {
	return words(d.Title, d.Need, d.Achievement, d.Buyer.Name, d.Seller.Name, d.Registration)
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

// Deal returns the deal.
func (s *Store) Deal(ctx context.Context, id string) (jiqiao.Deal, error) {
	if !hasShape(id, dealPrefix) {
		return jiqiao.Deal{}, notFound(dealLabel)
	}
	d, err := s.reader().oneDeal(ctx, `id = ?`, id)
	return d, wrap("get a deal", err)
}

func (s session) oneDeal(ctx context.Context, where string, args ...any) (jiqiao.Deal, error) {
	found, err := s.deals(ctx, where, args...)
	if err == nil && len(found) == 0 {
		err = notFound(dealLabel)
	}
	if err != nil {
		return jiqiao.Deal{}, err
	}
	return found[0], nil
}

func (s session) deals(ctx context.Context, where string, args ...any) ([]jiqiao.Deal, error) {
	var found []jiqiao.Deal
	err := s.each(ctx, `SELECT version, need_id, achievement_id, next_due, body FROM deals WHERE `+where, args, func(scan func(...any) error) error {
		var (
			version                int64
			need, achievement, due string
			body                   []byte
			d                      jiqiao.Deal
		)
		if err := scan(&version, &need, &achievement, &due, &body); err != nil {
			return err
		}
		if err := json.Unmarshal(body, &d); err != nil {
			return fmt.Errorf("decode a deal: %w", err)
		}
		d.Version, d.NextDue = version, ""
		d.NeedID, d.AchievementID = need, achievement // merging two records moves them
		if due != noDue {
			d.NextDue = jiqiao.Date(due)
		}
		found = append(found, d)
		return nil
	})
	return found, err
}

// changeDeal runs fn on the deal as it now stands, while nobody else changes it, and keeps what fn made of it. A version that
// is not 0 must be the present one. An error of fn undoes all and is returned as it is.
func (s *Store) changeDeal(ctx context.Context, doing, id string, version int64, fn func(*tx, *jiqiao.Deal) error) (jiqiao.Deal, error) {
	var d jiqiao.Deal
	if !hasShape(id, dealPrefix) {
		return d, notFound(dealLabel)
	}
	err := s.tx(ctx, doing, func(t *tx) error {
		// The write comes first: it is what two who change it at once queue for.
		n, err := t.exec(ctx, `UPDATE deals SET version = version + 1 WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return notFound(dealLabel)
		}
		if d, err = t.oneDeal(ctx, `id = ?`, id); err != nil {
			return err
		}
		if version != 0 {
			if err := matchVersion(version, d.Version-1); err != nil {
				return err
			}
		}
		d.UpdatedAt = t.now
		if err := fn(t, &d); err != nil {
			return err
		}
		row, err := dealRow(&d)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE deals SET (`+dealColumns+`) = (`+marks(len(row))+`) WHERE id = ?`, append(row, id)...)
		return err
	})
	return d, err
}

// UpdateDeal changes what people write into a deal. Another broker must be one who can work.
func (s *Store) UpdateDeal(ctx context.Context, id string, c jiqiao.DealChange) (jiqiao.Deal, error) {
	if c.Version == 0 {
		return jiqiao.Deal{}, matchVersion(0, 1)
	}
	return s.changeDeal(ctx, "change a deal", id, c.Version, func(t *tx, d *jiqiao.Deal) error {
		was := *d
		if err := c.Validate(); err != nil {
			return err
		}
		d.Title, d.Expected = c.Title, c.Expected
		if c.Broker != nil && *c.Broker != d.Broker {
			if err := t.dealBroker(ctx, d, *c.Broker); err != nil {
				return err
			}
			n := jiqiao.Notice{Template: "deal.handover", Object: dealRef(id), Data: map[string]string{"title": d.Title}}
			if n.Users = people(d.Broker); len(n.Users) > 0 {
				if err := t.notify(ctx, n); err != nil {
					return err
				}
			}
		}
		t.audit(jiqiao.Act{
			Name: "deal.update", Object: dealRef(id),
			Before: map[string]any{"broker": was.Broker, "expected": was.Expected},
			After:  map[string]any{"broker": d.Broker, "expected": d.Expected, "title_changed": was.Title != d.Title},
		})
		t.tellDeal(d)
		return nil
	})
}

// MoveDeal carries out a move of the deal that the rules of jiqiao.Deal.Move allow.
func (s *Store) MoveDeal(ctx context.Context, id string, m jiqiao.DealMove) (jiqiao.Deal, error) {
	if m.Version == 0 {
		return jiqiao.Deal{}, matchVersion(0, 1)
	}
	return s.changeDeal(ctx, "move a deal", id, m.Version, func(t *tx, d *jiqiao.Deal) error {
		c, err := t.contractOf(ctx, id)
		if err != nil {
			return err
		}
		was := *d
		if err := d.Move(m, c, t.now); err != nil {
			return err
		}
		if err := t.dealReopens(ctx, was, d); err != nil {
			return err
		}
		event := jiqiao.DealEvent{Act: string(m.Verb), From: was.Stage, To: d.Stage, Reason: m.Reason, Note: m.Note}
		event.Seconds = max(0, int64(t.now.Sub(was.StageSince).Seconds()))
		if err := t.dealEvent(ctx, d, event); err != nil {
			return err
		}
		t.audit(jiqiao.Act{
			Name: "deal." + string(m.Verb), Object: dealRef(id),
			Before: map[string]string{"stage": string(was.Stage), "state": string(was.State)},
			After:  map[string]string{"stage": string(d.Stage), "state": string(d.State), "reason": m.Reason},
		})
		template := "deal.stage"
		if d.Stage == jiqiao.StageSigned && was.Stage != d.Stage {
			template = "deal.signed"
		}
		return t.dealMoved(ctx, d, template)
	})
}

// dealReopens refuses to go on with a deal whose pair has another one by now; the index would say so less kindly.
func (t *tx) dealReopens(ctx context.Context, was jiqiao.Deal, d *jiqiao.Deal) error {
	if was.State != jiqiao.DealEnded || d.State == jiqiao.DealEnded {
		return nil
	}
	others, err := t.deals(ctx, `need_id = ? AND achievement_id = ? AND state <> 'ended'`, d.NeedID, d.AchievementID)
	if err == nil && len(others) > 0 {
		err = jiqiao.Fail(jiqiao.CodeConflict, "这对需求与成果已有另一个进行中的对接项目，不能再恢复这一个", nil)
	}
	return err
}

func (t *tx) dealEvent(ctx context.Context, d *jiqiao.Deal, e jiqiao.DealEvent) error {
	_, err := t.exec(ctx, `INSERT INTO deal_events (id, deal_id, act, from_stage, to_stage, seconds, reason, note, user_id, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.ids.next(dealEventPrefix), d.ID, clean(e.Act), string(e.From), string(e.To), e.Seconds, clean(e.Reason), clean(e.Note),
		clean(jiqiao.OriginOf(ctx).User), micros(t.now))
	return err
}

// dealMoved tells of a deal's new stage or state: its broker, and the parties once they agreed. The records follow.
func (t *tx) dealMoved(ctx context.Context, d *jiqiao.Deal, template string) error {
	t.tellDeal(d)
	n := t.dealNotice(d, template)
	n.Key = fmt.Sprintf("%s:%s:%d", template, d.ID, d.Version)
	n.Data["stage"], n.Data["state"] = d.Stage.Label(), d.State.Label()
	if err := t.notifySome(ctx, n); err != nil {
		return err
	}
	if d.Stage.Rank() < jiqiao.StageSigned.Rank() && d.State != jiqiao.DealEnded {
		return nil
	}
	return t.enqueue(ctx, jiqiao.NewJob{Kind: jiqiao.JobDealRecords, Key: d.ID, Payload: map[string]string{"deal": d.ID}})
}

// dealNotice is for the broker and, once they agreed, the parties.
func (t *tx) dealNotice(d *jiqiao.Deal, template string) jiqiao.Notice {
	n := jiqiao.Notice{Template: template, Users: people(d.Broker), Object: dealRef(d.ID), Data: map[string]string{"title": d.Title}}
	if d.Agreed {
		n.Organisations = people(d.Buyer.ID, d.Seller.ID)
	}
	return n
}

func (t *tx) notifySome(ctx context.Context, n jiqiao.Notice) error { return t.notifyAt(ctx, n, t.now) }

// notifyAt tells those the notice names, if any, once the time has come.
func (t *tx) notifyAt(ctx context.Context, n jiqiao.Notice, at time.Time) error {
	if len(n.Users)+len(n.Organisations) == 0 {
		return nil
	}
	return t.enqueue(ctx, jiqiao.NewJob{Kind: NoticeJob, Key: n.Key, Payload: n, RunAt: at})
}

func (t *tx) tellDeal(d *jiqiao.Deal) {
	e := jiqiao.Event{Topic: "deal", Object: dealRef(d.ID), Users: people(d.Broker), Data: map[string]string{"stage": string(d.Stage), "state": string(d.State)}}
	if d.Agreed {
		e.Organisations = people(d.Buyer.ID, d.Seller.ID)
	}
	t.tell(e)
}

// people are the ids that are there.
func people(ids ...string) []string {
	var some []string
	for _, id := range ids {
		if id != "" {
			some = append(some, id)
		}
	}
	return some
}
