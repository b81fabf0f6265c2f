package store

import (
	"context"
	"encoding/json"
	"fmt"

	"jiqiao"
)

const (
	contractPrefix = "lc_"
	paymentPrefix  = "lp_"
)

// PutContract writes the contract of its deal: the first when Version is 0, else over the version it names. It fills in what
// the store gives; the registration stays as it was. What was received bounds the 成交额 from below.
func (s *Store) PutContract(ctx context.Context, c *jiqiao.Contract) (jiqiao.Deal, error) {
	before := *c
	d, err := s.changeDeal(ctx, "put a contract", c.DealID, 0, func(t *tx, d *jiqiao.Deal) error {
		if err := c.Validate(jiqiao.DayOf(t.now)); err != nil {
			return err
		}
		old, err := t.contractOf(ctx, d.ID)
		if err != nil {
			return err
		}
		if err := contractFollows(c, old); err != nil {
			return err
		}
		if c.Total < d.Received {
			return jiqiao.Invalid([]jiqiao.FieldError{{Field: "total", Message: "成交额不能小于已到账的 " + jiqiao.Fen(d.Received).String() + "，如到账有误请先冲销"}})
		}
		act := jiqiao.Act{Name: "contract.put", Object: dealRef(d.ID), After: contractAudit(c)}
		if old == nil {
			c.ID, c.CreatedAt, c.Registration = t.ids.next(contractPrefix), t.now, jiqiao.Registration{}
		} else {
			c.ID, c.CreatedAt, c.Registration = old.ID, old.CreatedAt, old.Registration
			act.Before = contractAudit(old)
		}
		t.audit(act)
		return t.writeContract(ctx, d, c)
	})
	if err != nil {
		*c = before
	}
	return d, err
}

// contractFollows checks that c was made from the contract that stands.
func contractFollows(c, old *jiqiao.Contract) error {
	switch {
	case old == nil && c.Version == 0:
		return nil
	case old == nil:
		return jiqiao.Fail(jiqiao.CodeConflict, "这个项目还没有合同，请刷新后重新填写", nil)
	case c.Version == 0:
		return jiqiao.Fail(jiqiao.CodeConflict, "这个项目已有合同，请刷新后在原合同上修改", nil)
	}
	return matchVersion(c.Version, old.Version)
}

// contractAudit are what the audit keeps of a contract: no people, no texts.
func contractAudit(c *jiqiao.Contract) map[string]any {
	return map[string]any{
		"version": c.Version, "type": c.Type, "signed_on": c.SignedOn, "total": c.Total, "trade": c.Trade,
		"registration": c.Registration.Number,
	}
}

// writeContract writes c as the next version, and into the deal what it says of it.
func (t *tx) writeContract(ctx context.Context, d *jiqiao.Deal, c *jiqiao.Contract) error {
	c.Version++
	c.UpdatedAt = t.now
	body, err := encodeJSON(c)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, `INSERT INTO contracts (id, deal_id, version, type, signed_on, total, trade, registration_number, registered_on,
			created_at, updated_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, ?)
		ON CONFLICT (deal_id) DO UPDATE SET version = excluded.version, type = excluded.type, signed_on = excluded.signed_on,
			total = excluded.total, trade = excluded.trade, updated_at = excluded.updated_at, body = excluded.body`,
		c.ID, d.ID, c.Version, clean(c.Type), clean(string(c.SignedOn)), c.Total, c.Trade, micros(c.CreatedAt), micros(c.UpdatedAt), clean(body))
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("contract of %s was not written", d.ID)
	}
	d.Total = c.Total
	t.tellDeal(d)
	return nil
}

// RegisterContract enters the contract's number in the register. A number stands for one contract.
func (s *Store) RegisterContract(ctx context.Context, deal string, version int64, r jiqiao.Registration) (jiqiao.Contract, error) {
	var c jiqiao.Contract
	_, err := s.changeDeal(ctx, "register a contract", deal, 0, func(t *tx, d *jiqiao.Deal) error {
		old, err := t.contractOf(ctx, d.ID)
		if err != nil {
			return err
		}
		if old == nil {
			return jiqiao.Fail(jiqiao.CodeConflict, "请先填写合同，再登记", nil)
		}
		if err := matchVersion(version, old.Version); err != nil {
			return err
		}
		c = *old
		if err := c.Register(r, jiqiao.DayOf(t.now)); err != nil {
			return err
		}
		if err := t.numberIsFree(ctx, d.ID, r.Number); err != nil {
			return err
		}
		if err := t.writeContract(ctx, d, &c); err != nil {
			return err
		}
		d.Registration = r.Number
		_, err = t.exec(ctx, `UPDATE contracts SET registration_number = ?, registered_on = ? WHERE deal_id = ?`, clean(r.Number), clean(string(r.On)), d.ID)
		if err != nil {
			return err
		}
		t.audit(jiqiao.Act{Name: "contract.register", Object: dealRef(d.ID), Before: contractAudit(old), After: contractAudit(&c)})
		return nil
	})
	return c, err
}

func (t *tx) numberIsFree(ctx context.Context, deal, number string) error {
	// Two who enter one number at once queue here; the index would refuse the second without a sentence.
	if err := t.lockLedger(ctx); err != nil {
		return err
	}
	var n int
	err := t.row(ctx, `SELECT count(*) FROM contracts WHERE registration_number = ? AND deal_id <> ?`, []any{clean(number), deal}, &n)
	if err == nil && n > 0 {
		err = jiqiao.Fail(jiqiao.CodeConflict, "登记编号 "+number+" 已用于另一份合同，请核对", nil)
	}
	return err
}

// contractOf is the deal's contract, nil without one.
func (s session) contractOf(ctx context.Context, deal string) (*jiqiao.Contract, error) {
	var found *jiqiao.Contract
	err := s.each(ctx, `SELECT body FROM contracts WHERE deal_id = ?`, []any{deal}, func(scan func(...any) error) error {
		var body []byte
		if err := scan(&body); err != nil {
			return err
		}
		found = &jiqiao.Contract{}
		if err := json.Unmarshal(body, found); err != nil {
			return fmt.Errorf("decode a contract: %w", err)
		}
		return nil
	})
	return found, err
}

// Contracts returns the contracts of the deals, by the deals' ids; deals without one are left out.
func (s *Store) Contracts(ctx context.Context, deals []string) (map[string]jiqiao.Contract, error) {
	found := make(map[string]jiqiao.Contract, len(deals))
	for start := 0; start < len(deals); start += maxArgs {
		var args []any
		for _, id := range deals[start:min(start+maxArgs, len(deals))] {
			args = append(args, clean(id))
		}
		args = padded(args)
		err := s.reader().each(ctx, `SELECT body FROM contracts WHERE deal_id IN (`+marks(len(args))+`)`, args, func(scan func(...any) error) error {
			var (
				body []byte
				c    jiqiao.Contract
			)
			if err := scan(&body); err != nil {
				return err
			}
			if err := json.Unmarshal(body, &c); err != nil {
				return fmt.Errorf("decode a contract: %w", err)
			}
			found[c.DealID] = c
			return nil
		})
		if err != nil {
			return nil, wrap("read contracts", err)
		}
	}
	return found, nil
}

// AddPayment notes a sum received under the deal's contract and fills in what the store gives. A voucher counts once; what
// goes beyond the contract's 成交额 is CodeInvalid.
func (s *Store) AddPayment(ctx context.Context, p *jiqiao.Payment) (jiqiao.Deal, error) {
	before := *p
	d, err := s.changeDeal(ctx, "add a payment", p.DealID, 0, func(t *tx, d *jiqiao.Deal) error {
		if err := p.Validate(jiqiao.DayOf(t.now)); err != nil {
			return err
		}
		if err := t.payable(ctx, d, p); err != nil {
			return err
		}
		p.ID, p.CreatedAt, p.By = t.ids.next(paymentPrefix), t.now, jiqiao.OriginOf(ctx).User
		p.Reverses, p.Reversed = "", false
		n, err := t.insertPayment(ctx, p)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("payment %s was not written", p.ID)
		}
		d.Received += p.Amount
		t.audit(jiqiao.Act{Name: "payment.add", Object: dealRef(d.ID), After: map[string]any{
			"payment": p.ID, "amount": p.Amount, "received_on": p.ReceivedOn, "voucher": p.Voucher, "received": d.Received,
		}})
		t.tellDeal(d)
		notice := t.dealNotice(d, "payment.added")
		notice.Key = "payment.added:" + p.ID
		notice.Data["amount"], notice.Data["received_on"], notice.Data["received"] = jiqiao.Fen(p.Amount).String(), string(p.ReceivedOn), jiqiao.Fen(d.Received).String()
		return t.notifySome(ctx, notice)
	})
	if err != nil {
		*p = before
	}
	return d, err
}

// payable checks a payment against the contract and the payments before it.
func (t *tx) payable(ctx context.Context, d *jiqiao.Deal, p *jiqiao.Payment) error {
	if d.Total == 0 || d.Stage.Rank() < jiqiao.StageSigned.Rank() {
		return jiqiao.Fail(jiqiao.CodeConflict, "请先填写合同并把项目推进到「已签约」，再记到账", nil)
	}
	var n int
	err := t.row(ctx, `SELECT count(*) FROM payments WHERE deal_id = ? AND voucher = ? AND reverses = '' AND reversed = 0`,
		[]any{p.DealID, clean(p.Voucher)}, &n)
	if err != nil {
		return err
	}
	if n > 0 { // before the sum: of a second click this is the reason
		return jiqiao.Fail(jiqiao.CodeConflict, "凭证号 "+p.Voucher+" 已经记过一笔到账，请勿重复登记；如确需更正，请先冲销原来那笔", nil)
	}
	if err := t.voucherOf(ctx, p); err != nil {
		return err
	}
	if left := d.Total - d.Received; p.Amount > left {
		return jiqiao.Invalid([]jiqiao.FieldError{{
			Field:   "amount",
			Message: "累计到账将超过合同成交额 " + jiqiao.Fen(d.Total).String() + "，最多还能记 " + jiqiao.Fen(left).String() + "；如合同金额有变，请先变更合同",
		}})
	}
	return nil
}

// voucherOf checks that the file a payment names is one of its deal's.
func (t *tx) voucherOf(ctx context.Context, p *jiqiao.Payment) error {
	if p.Attachment == "" {
		return nil
	}
	found, err := t.attachments(ctx, `id = ? AND object_type = 'deal' AND object_id = ?`, clean(p.Attachment), p.DealID)
	if err == nil && len(found) == 0 {
		err = jiqiao.Invalid([]jiqiao.FieldError{{Field: "attachment", Message: "这个项目没有这个附件，请先上传凭证"}})
	}
	return err
}

// noVoucher refuses to lose the file of a payment that counts.
func (t *tx) noVoucher(ctx context.Context, a jiqiao.Attachment) error {
	// Payments that are being added are waited for; a deal that is gone has none.
	if _, err := t.lockDeal(ctx, a.Object.ID); err != nil && jiqiao.CodeOf(err) != jiqiao.CodeNotFound {
		return err
	}
	var n int
	err := t.row(ctx, `SELECT count(*) FROM payments WHERE deal_id = ? AND attachment = ? AND reverses = '' AND reversed = 0`,
		[]any{a.Object.ID, a.ID}, &n)
	if err == nil && n > 0 {
		err = jiqiao.Fail(jiqiao.CodeConflict, "这个附件是一笔到账的凭证，不能删除；如到账有误，请先冲销", nil)
	}
	return err
}

func (t *tx) insertPayment(ctx context.Context, p *jiqiao.Payment) (int64, error) {
	return t.exec(ctx, `INSERT INTO payments (id, deal_id, amount, received_on, voucher, kind, attachment, reverses, reversed, note, created_by, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?) ON CONFLICT DO NOTHING`,
		p.ID, p.DealID, p.Amount, clean(string(p.ReceivedOn)), clean(p.Voucher), clean(p.Kind), clean(p.Attachment), clean(p.Reverses),
		clean(p.Note), clean(p.By), micros(p.CreatedAt))
}

// ReversePayment takes a payment back by an entry against it, with the reason, and returns that entry.
func (s *Store) ReversePayment(ctx context.Context, deal, id, reason string) (jiqiao.Payment, error) {
	var entry jiqiao.Payment
	_, err := s.changeDeal(ctx, "reverse a payment", deal, 0, func(t *tx, d *jiqiao.Deal) error {
		all, err := t.payments(ctx, deal)
		if err != nil {
			return err
		}
		at := -1
		for i := range all {
			if all[i].ID == id {
				at = i
			}
		}
		switch {
		case at < 0:
			return notFound("这笔到账")
		case all[at].Reverses != "":
			return jiqiao.Fail(jiqiao.CodeConflict, "这是一笔冲销，不能再冲销；如冲销有误，请重新登记到账", nil)
		case all[at].Reversed:
			return jiqiao.Fail(jiqiao.CodeConflict, "这笔到账已经冲销，请刷新", nil)
		}
		was := all[at]
		entry = jiqiao.Payment{
			ID: t.ids.next(paymentPrefix), DealID: deal, Amount: -was.Amount, ReceivedOn: jiqiao.DayOf(t.now), Voucher: was.Voucher,
			Kind: was.Kind, Reverses: was.ID, Note: reason, By: jiqiao.OriginOf(ctx).User, CreatedAt: t.now,
		}
		if _, err := t.exec(ctx, `UPDATE payments SET reversed = 1 WHERE id = ?`, was.ID); err != nil {
			return err
		}
		n, err := t.insertPayment(ctx, &entry)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("the reversal of %s was not written", was.ID)
		}
		d.Received -= was.Amount
		t.audit(jiqiao.Act{
			Name: "payment.reverse", Object: dealRef(d.ID), Before: map[string]any{"payment": was.ID, "amount": was.Amount},
			After: map[string]any{"entry": entry.ID, "received": d.Received},
		})
		t.tellDeal(d)
		return nil
	})
	return entry, err
}

func (s session) payments(ctx context.Context, deal string) ([]jiqiao.Payment, error) {
	found := []jiqiao.Payment{}
	err := s.each(ctx, `SELECT id, deal_id, amount, received_on, voucher, kind, attachment, reverses, reversed, note, created_by, created_at
		FROM payments WHERE deal_id = ? ORDER BY id`, []any{deal}, func(scan func(...any) error) error {
		var (
			p        jiqiao.Payment
			reversed int
			at       int64
		)
		err := scan(&p.ID, &p.DealID, &p.Amount, &p.ReceivedOn, &p.Voucher, &p.Kind, &p.Attachment, &p.Reverses, &reversed, &p.Note, &p.By, &at)
		if err != nil {
			return err
		}
		p.Reversed, p.CreatedAt = reversed != 0, fromMicros(at)
		found = append(found, p)
		return nil
	})
	return found, err
}
