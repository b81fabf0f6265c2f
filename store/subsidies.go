package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"jiqiao"
)

const (
	policyPrefix  = "lv_"
	subsidyPrefix = "ls_"
)

// lockLedger makes who grants a subsidy or enters a number in the register wait for the one before: caps and numbers are over
// many deals, and a few such writes a day need no finer lock. The deal's own lock is taken first.
func (t *tx) lockLedger(ctx context.Context) error {
	n, err := t.exec(ctx, `UPDATE counters SET value = value + 1 WHERE name = 'subsidy'`)
	if err == nil && n != 1 {
		err = errors.New("the ledger has no lock")
	}
	return err
}

// AddSubsidyPolicy adds a policy and fills in what the store gives. None is ever changed.
func (s *Store) AddSubsidyPolicy(ctx context.Context, p *jiqiao.SubsidyPolicy) error {
	before := *p
	err := s.tx(ctx, "add a subsidy policy", func(t *tx) error {
		if err := t.lockLedger(ctx); err != nil {
			return err
		}
		p.ID, p.CreatedAt, p.By = t.ids.next(policyPrefix), t.now, jiqiao.OriginOf(ctx).User
		body, err := encodeJSON(p)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO subsidy_policies (id, region, effective_from, created_at, body) VALUES (?, ?, ?, ?, ?)`,
			p.ID, clean(p.Region), clean(string(p.EffectiveFrom)), micros(p.CreatedAt), clean(body))
		t.audit(jiqiao.Act{Name: "subsidy_policy.add", Object: jiqiao.Ref{Type: "subsidy_policy", ID: p.ID}, After: map[string]any{
			"region": p.Region, "from": p.EffectiveFrom, "base": p.Base, "rate": p.Rate, "achievement_cap": p.AchievementCap,
			"organisation_cap": p.OrganisationCap, "minimum": p.Minimum, "beneficiary": p.Beneficiary,
		}})
		return err
	})
	if err != nil {
		*p = before
	}
	return err
}

// SubsidyPolicies returns every policy there ever was, the latest made first.
func (s *Store) SubsidyPolicies(ctx context.Context) ([]jiqiao.SubsidyPolicy, error) {
	found, err := s.reader().policies(ctx)
	return found, wrap("list subsidy policies", err)
}

func (s session) policies(ctx context.Context) ([]jiqiao.SubsidyPolicy, error) {
	found := []jiqiao.SubsidyPolicy{}
	err := s.each(ctx, `SELECT body FROM subsidy_policies ORDER BY id DESC`, nil, func(scan func(...any) error) error {
		var (
			body []byte
			p    jiqiao.SubsidyPolicy
		)
		if err := scan(&body); err != nil {
			return err
		}
		if err := json.Unmarshal(body, &p); err != nil {
			return fmt.Errorf("decode a subsidy policy: %w", err)
		}
		found = append(found, p)
		return nil
	})
	return found, err
}

// Subsidy computes what could be granted for the deal's contract now; CodeConflict without a contract.
func (s *Store) Subsidy(ctx context.Context, deal string) (jiqiao.SubsidySums, error) {
	d, err := s.Deal(ctx, deal)
	if err != nil {
		return jiqiao.SubsidySums{}, err
	}
	sums, err := s.reader().computeSubsidy(ctx, &d, yearOf(s.clock().UnixMicro()), "")
	return sums, wrap("compute a subsidy", err)
}

// yearOf is the calendar year in Beijing.
func yearOf(us int64) int {
	year, _ := strconv.Atoi(string(jiqiao.DayOf(fromMicros(us)))[:4])
	return year
}

// computeSubsidy computes for a deal and the year; the subsidy except counts as not granted.
func (s session) computeSubsidy(ctx context.Context, d *jiqiao.Deal, year int, except string) (jiqiao.SubsidySums, error) {
	c, err := s.contractOf(ctx, d.ID)
	if err == nil && c == nil {
		err = jiqiao.Fail(jiqiao.CodeConflict, "请先填写合同，再计算补助", nil)
	}
	if err != nil {
		return jiqiao.SubsidySums{}, err
	}
	f := jiqiao.SubsidyFacts{Region: d.SellerRegion, Contract: *c}
	if f.Policies, err = s.policies(ctx); err != nil {
		return jiqiao.SubsidySums{}, err
	}
	if f.Payments, err = s.payments(ctx, d.ID); err != nil {
		return jiqiao.SubsidySums{}, err
	}
	const granted = `SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM subsidies WHERE state <> 'rejected' AND id <> ? AND `
	if err := s.row(ctx, granted+`deal_id = ?`, []any{except, d.ID}, &f.Granted); err != nil {
		return jiqiao.SubsidySums{}, err
	}
	if err := s.row(ctx, granted+`achievement_id = ?`, []any{except, d.AchievementID}, &f.Achievement); err != nil {
		return jiqiao.SubsidySums{}, err
	}
	// Who gets it is known once the policy is; the first computation finds it, the second counts what it got.
	sums := jiqiao.ComputeSubsidy(f)
	org := beneficiary(d, sums).ID
	if org == "" {
		return sums, nil
	}
	if err := s.row(ctx, granted+`organisation_id = ? AND year = ?`, []any{except, org, year}, &f.Organisation); err != nil {
		return jiqiao.SubsidySums{}, err
	}
	return jiqiao.ComputeSubsidy(f), nil
}

func beneficiary(d *jiqiao.Deal, sums jiqiao.SubsidySums) jiqiao.OrganisationRef {
	switch sums.Beneficiary {
	case jiqiao.BeneficiarySeller:
		return d.Seller
	case jiqiao.BeneficiaryBuyer:
		return d.Buyer
	}
	return jiqiao.OrganisationRef{}
}

// ApplySubsidy applies for what the deal's contract can be granted now. What an application comes to is set aside until it
// is rejected, so that two never share what is left under a cap; of one deal one waits at a time.
func (s *Store) ApplySubsidy(ctx context.Context, deal, note string) (jiqiao.Subsidy, error) {
	var sub jiqiao.Subsidy
	_, err := s.changeDeal(ctx, "apply for a subsidy", deal, 0, func(t *tx, d *jiqiao.Deal) error {
		if err := t.lockLedger(ctx); err != nil {
			return err
		}
		year := yearOf(micros(t.now))
		sums, err := t.computeSubsidy(ctx, d, year, "")
		if err != nil {
			return err
		}
		if sums.Amount == 0 {
			return jiqiao.Fail(jiqiao.CodeConflict, "目前没有可以申请的补助："+sums.Steps[len(sums.Steps)-1], nil)
		}
		if beneficiary(d, sums).ID == "" {
			return jiqiao.Fail(jiqiao.CodeConflict, "补助对象没有登记的单位，请先在需求或成果中填写所属单位", nil)
		}
		sub = jiqiao.Subsidy{
			ID: t.ids.next(subsidyPrefix), Version: 1, DealID: d.ID, AchievementID: d.AchievementID, Organisation: beneficiary(d, sums),
			Year: year, Amount: sums.Amount, State: jiqiao.SubsidyApplied, Computation: sums, Note: note, CreatedAt: t.now, UpdatedAt: t.now,
		}
		body, err := encodeJSON(sub)
		if err != nil {
			return err
		}
		n, err := t.exec(ctx, `INSERT INTO subsidies (id, version, deal_id, achievement_id, organisation_id, year, amount, state, created_at, updated_at, body)
			VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			sub.ID, d.ID, d.AchievementID, clean(sub.Organisation.ID), year, sub.Amount, string(sub.State), micros(t.now), micros(t.now), clean(body))
		if err != nil {
			return err
		}
		if n == 0 {
			return jiqiao.Fail(jiqiao.CodeConflict, "这个项目已有一笔补助在等待批准，请先处理它", nil)
		}
		return t.subsidyMoved(ctx, d, "", &sub)
	})
	return sub, err
}

// MoveSubsidy approves, pays or rejects. What is approved or paid is computed anew: when a payment was taken back meanwhile
// it is CodeConflict.
func (s *Store) MoveSubsidy(ctx context.Context, deal, id string, m jiqiao.SubsidyMove) (jiqiao.Subsidy, error) {
	var kept keptSubsidy
	_, err := s.changeDeal(ctx, "move a subsidy", deal, 0, func(t *tx, d *jiqiao.Deal) (err error) {
		if kept, err = t.lockSubsidy(ctx, d, id, m.Version); err != nil {
			return err
		}
		was := subsidyWas{State: kept.State, Note: kept.Note, By: jiqiao.OriginOf(ctx).User, At: t.now}
		if err := kept.Move(m, jiqiao.DayOf(t.now)); err != nil {
			return err
		}
		if m.To != jiqiao.SubsidyRejected {
			if err := t.stillDue(ctx, d, &kept.Subsidy); err != nil {
				return err
			}
		}
		kept.Was = &was
		if err := t.putSubsidy(ctx, &kept); err != nil {
			return err
		}
		return t.subsidyMoved(ctx, d, was.State, &kept.Subsidy)
	})
	return kept.Subsidy, err
}

// UndoSubsidy takes an approval or a refusal back: who made it, within jiqiao.SubsidyUndo. The organisation was not told of it.
func (s *Store) UndoSubsidy(ctx context.Context, deal, id string, version int64) (jiqiao.Subsidy, error) {
	var kept keptSubsidy
	_, err := s.changeDeal(ctx, "undo a subsidy's move", deal, 0, func(t *tx, d *jiqiao.Deal) (err error) {
		if kept, err = t.lockSubsidy(ctx, d, id, version); err != nil {
			return err
		}
		if err := kept.undoable(jiqiao.OriginOf(ctx).User, t.now); err != nil {
			return err
		}
		from := kept.State
		if err := t.forgetSubsidyNotice(ctx, &kept.Subsidy, from); err != nil {
			return err
		}
		kept.State, kept.Note, kept.Was = kept.Was.State, kept.Was.Note, nil
		if from == jiqiao.SubsidyRejected {
			if err := t.stillFree(ctx, d, &kept.Subsidy); err != nil {
				return err
			}
		}
		if kept.State == jiqiao.SubsidyApproved { // the refusal may have silenced the approval
			if err := t.notifySubsidy(ctx, d, &kept.Subsidy); err != nil {
				return err
			}
		}
		if err := t.putSubsidy(ctx, &kept); err != nil {
			return err
		}
		t.audit(jiqiao.Act{
			Name: "subsidy.undo", Object: dealRef(d.ID), Before: map[string]any{"state": from},
			After: map[string]any{"subsidy": kept.ID, "amount": kept.Amount, "state": kept.State},
		})
		t.tellDeal(d)
		return nil
	})
	return kept.Subsidy, err
}

// keptSubsidy is how a subsidy is kept: with the way back from its last move.
type keptSubsidy struct {
	jiqiao.Subsidy
	Was *subsidyWas `json:"was,omitempty"`
}

// subsidyWas is how a subsidy stood before it was moved, by whom and when.
type subsidyWas struct {
	State jiqiao.SubsidyState `json:"state"`
	Note  string              `json:"note,omitempty"`
	By    string              `json:"by"`
	At    time.Time           `json:"at"`
}

func (k *keptSubsidy) undoable(user string, now time.Time) error {
	switch {
	case k.State == jiqiao.SubsidyPaid:
		return jiqiao.Fail(jiqiao.CodeConflict, "补助已经登记拨付，不能撤销", nil)
	case k.Was == nil:
		return jiqiao.Fail(jiqiao.CodeConflict, "这笔补助没有可以撤销的办理，请刷新", nil)
	case k.Was.By != user:
		return jiqiao.Fail(jiqiao.CodeConflict, "这是别人办理的，请由本人撤销", nil)
	case now.Sub(k.Was.At) >= jiqiao.SubsidyUndo:
		return jiqiao.Fail(jiqiao.CodeConflict, "已经过了可以撤销的时间，相关单位已得到通知", nil)
	}
	return nil
}

// lockSubsidy is the deal's subsidy, which nobody else moves meanwhile; the version must be the present one.
func (t *tx) lockSubsidy(ctx context.Context, d *jiqiao.Deal, id string, version int64) (kept keptSubsidy, err error) {
	if err := t.lockLedger(ctx); err != nil {
		return kept, err
	}
	var body []byte
	err = t.row(ctx, `SELECT body FROM subsidies WHERE id = ? AND deal_id = ?`, []any{clean(id), d.ID}, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return kept, notFound("这笔补助")
	}
	if err != nil {
		return kept, err
	}
	if err := json.Unmarshal(body, &kept); err != nil {
		return kept, fmt.Errorf("decode a subsidy: %w", err)
	}
	return kept, matchVersion(version, kept.Version)
}

// putSubsidy keeps the subsidy as its next version.
func (t *tx) putSubsidy(ctx context.Context, kept *keptSubsidy) error {
	kept.Version, kept.UpdatedAt = kept.Version+1, t.now
	body, err := encodeJSON(kept)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE subsidies SET version = ?, state = ?, updated_at = ?, body = ? WHERE id = ?`,
		kept.Version, string(kept.State), micros(t.now), clean(body), kept.ID)
	return err
}

// stillFree checks that what a refused subsidy had set aside was not granted to another meanwhile.
func (t *tx) stillFree(ctx context.Context, d *jiqiao.Deal, sub *jiqiao.Subsidy) error {
	var waiting int
	err := t.row(ctx, `SELECT count(*) FROM subsidies WHERE deal_id = ? AND state = 'applied' AND id <> ?`, []any{d.ID, sub.ID}, &waiting)
	if err != nil {
		return err
	}
	sums, err := t.computeSubsidy(ctx, d, sub.Year, sub.ID)
	if err != nil {
		return err
	}
	if waiting > 0 || sums.Amount < sub.Amount {
		return jiqiao.Fail(jiqiao.CodeConflict, "不予批准之后已有新的申请，或额度、到账有变，不能撤销；请重新申请", nil)
	}
	return nil
}

// stillDue checks that the contract still comes to what the subsidy was computed to.
func (t *tx) stillDue(ctx context.Context, d *jiqiao.Deal, sub *jiqiao.Subsidy) error {
	sums, err := t.computeSubsidy(ctx, d, sub.Year, sub.ID)
	if err != nil {
		return err
	}
	if sums.Amount < sub.Amount {
		return jiqiao.Fail(jiqiao.CodeConflict, "到账、合同或办法在申请之后有变，现在只能补助 "+jiqiao.Fen(sums.Amount).String()+
			"，少于申请的 "+jiqiao.Fen(sub.Amount).String()+"；请不予批准后重新申请", nil)
	}
	return nil
}

func (t *tx) subsidyMoved(ctx context.Context, d *jiqiao.Deal, was jiqiao.SubsidyState, sub *jiqiao.Subsidy) error {
	act := jiqiao.Act{
		Name: subsidyAct(sub.State), Object: dealRef(d.ID),
		After: map[string]any{"subsidy": sub.ID, "amount": sub.Amount, "state": sub.State},
	}
	if was != "" {
		act.Before = map[string]any{"state": was}
	}
	t.audit(act)
	t.tellDeal(d)
	if sub.State == jiqiao.SubsidyApplied {
		return nil
	}
	// Who is told that it was paid need not hear any more that it was approved.
	if err := t.forgetSubsidyNotice(ctx, sub, was); err != nil {
		return err
	}
	return t.notifySubsidy(ctx, d, sub)
}

// notifySubsidy tells of the state that the subsidy came to, of a payment now, of the rest when it cannot be undone any more.
// Nobody is told of one state twice.
func (t *tx) notifySubsidy(ctx context.Context, d *jiqiao.Deal, sub *jiqiao.Subsidy) error {
	n := jiqiao.Notice{
		Template: subsidyAct(sub.State), Users: people(d.Broker), Object: dealRef(d.ID), Key: subsidyNotice(sub, sub.State),
		Data: map[string]string{"title": d.Title, "amount": jiqiao.Fen(sub.Amount).String()},
	}
	if d.Agreed {
		n.Organisations = people(sub.Organisation.ID)
	}
	if sub.State == jiqiao.SubsidyPaid {
		return t.notifySome(ctx, n)
	}
	return t.notifyAt(ctx, n, t.now.Add(jiqiao.SubsidyUndo))
}

// subsidyNotice is the key of the notice that a subsidy came to the state.
func subsidyNotice(sub *jiqiao.Subsidy, s jiqiao.SubsidyState) string {
	return "subsidy:" + sub.ID + ":" + string(s)
}

// forgetSubsidyNotice takes the notice back that still waits for the time to undo to pass.
func (t *tx) forgetSubsidyNotice(ctx context.Context, sub *jiqiao.Subsidy, s jiqiao.SubsidyState) error {
	_, err := t.exec(ctx, `DELETE FROM jobs WHERE kind = ? AND key = ? AND state = 'waiting'`, NoticeJob, subsidyNotice(sub, s))
	return err
}

// subsidyAct names what brought a subsidy to the state, in the audit and in notices.
func subsidyAct(s jiqiao.SubsidyState) string {
	switch s {
	case jiqiao.SubsidyApproved:
		return "subsidy.approve"
	case jiqiao.SubsidyPaid:
		return "subsidy.pay"
	case jiqiao.SubsidyRejected:
		return "subsidy.reject"
	}
	return "subsidy.apply"
}

func (s session) subsidies(ctx context.Context, where string, args ...any) ([]jiqiao.Subsidy, error) {
	found := []jiqiao.Subsidy{}
	err := s.each(ctx, `SELECT body FROM subsidies WHERE `+where, args, func(scan func(...any) error) error {
		var (
			body []byte
			sub  jiqiao.Subsidy
		)
		if err := scan(&body); err != nil {
			return err
		}
		if err := json.Unmarshal(body, &sub); err != nil {
			return fmt.Errorf("decode a subsidy: %w", err)
		}
		found = append(found, sub)
		return nil
	})
	return found, err
}
