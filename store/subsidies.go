package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

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
	var sub jiqiao.Subsidy
	_, err := s.changeDeal(ctx, "move a subsidy", deal, 0, func(t *tx, d *jiqiao.Deal) error {
		if err := t.lockLedger(ctx); err != nil {
			return err
		}
		found, err := t.subsidies(ctx, `id = ? AND deal_id = ?`, clean(id), d.ID)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return notFound("这笔补助")
		}
		sub = found[0]
		if err := matchVersion(m.Version, sub.Version); err != nil {
			return err
		}
		was := sub.State
		if err := sub.Move(m, jiqiao.DayOf(t.now)); err != nil {
			return err
		}
		if m.To != jiqiao.SubsidyRejected {
			if err := t.stillDue(ctx, d, &sub); err != nil {
				return err
			}
		}
		sub.Version, sub.UpdatedAt = sub.Version+1, t.now
		body, err := encodeJSON(sub)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE subsidies SET version = ?, state = ?, updated_at = ?, body = ? WHERE id = ?`,
			sub.Version, string(sub.State), micros(t.now), clean(body), sub.ID)
		if err != nil {
			return err
		}
		return t.subsidyMoved(ctx, d, was, &sub)
	})
	return sub, err
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
	n := jiqiao.Notice{
		Template: subsidyAct(sub.State), Users: people(d.Broker), Object: dealRef(d.ID), Key: "subsidy:" + sub.ID + ":" + string(sub.State),
		Data: map[string]string{"title": d.Title, "amount": jiqiao.Fen(sub.Amount).String()},
	}
	if d.Agreed {
		n.Organisations = people(sub.Organisation.ID)
	}
	return t.notifySome(ctx, n)
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
