package city

import (
	"context"
	"fmt"

	"jiqiao"
)

func (p *play) noticeDeals(ctx context.Context) error {
	page, err := p.Deals.Deals(ctx, jiqiao.DealQuery{Scope: jiqiao.DealScope{All: true}, State: jiqiao.DealOpen, Limit: jiqiao.MaxPageSize})
	if err != nil {
		return err
	}
	for _, d := range page.Items {
		if !p.known[d.ID] {
			p.known[d.ID] = true
			p.goOn(d)
		}
	}
	return nil
}

// road is how a project usually goes: the next stage, after how many days, and how likely it gets there.
var road = []struct {
	to     jiqiao.Stage
	days   float64
	likely float64
}{
	{jiqiao.StageTalks, 4, 0.95}, {jiqiao.StageVisit, 8, 0.9}, {jiqiao.StageTrial, 14, 0.85}, {jiqiao.StageNegotiation, 12, 0.9},
	{jiqiao.StageSigned, 8, 0.92}, {jiqiao.StageRegistered, 10, 0.95}, {jiqiao.StagePerforming, 3, 1}, {jiqiao.StageClosed, 60, 0.9},
}

// goOn has a project take its next step.
func (p *play) goOn(d jiqiao.Deal) {
	for _, next := range road {
		if next.to.Rank() <= d.Stage.Rank() {
			continue
		}
		p.in(next.days*(0.5+p.rnd.Float64()), func(ctx context.Context) error {
			ctx = as(ctx, p.brokerOf(d))
			moved, err := p.move(ctx, d, next.to, p.chance(next.likely))
			if err != nil {
				return fmt.Errorf("move project %s to %s: %w", d.ID, next.to, err)
			}
			if moved.State == jiqiao.DealOpen {
				p.goOn(moved)
			}
			return p.Work(ctx)
		})
		return
	}
}

// signLast has the most advanced project signed when none waits for its registration: there is always one to register.
func (p *play) signLast(ctx context.Context) error {
	page, err := p.Deals.Deals(ctx, jiqiao.DealQuery{Scope: jiqiao.DealScope{All: true}, State: jiqiao.DealOpen, Limit: jiqiao.MaxPageSize})
	if err != nil {
		return err
	}
	var last *jiqiao.Deal
	for i, d := range page.Items {
		if d.Stage == jiqiao.StageSigned {
			return nil
		}
		if d.Stage.Rank() < jiqiao.StageSigned.Rank() && (last == nil || d.Stage.Rank() > last.Stage.Rank()) {
			last = &page.Items[i]
		}
	}
	if last == nil {
		return nil
	}
	if _, err := p.move(as(ctx, p.brokerOf(*last)), *last, jiqiao.StageSigned, true); err != nil {
		return fmt.Errorf("sign project %s: %w", last.ID, err)
	}
	return nil
}

// followUps leaves brokers with something to do in what goes on, some of it today and some of it late.
func (p *play) followUps(ctx context.Context) error {
	page, err := p.Deals.Deals(ctx, jiqiao.DealQuery{Scope: jiqiao.DealScope{All: true}, State: jiqiao.DealOpen, Limit: jiqiao.MaxPageSize})
	if err != nil {
		return err
	}
	days := []int{0, 2, -1, 7, 0, 1, -3}
	titles := []string{"回访双方，确认下一步时间", "催要试验样件的检测数据", "约双方到现场考察", "把合同草案发给双方核对", "了解内部审批走到哪一步"}
	for i, d := range page.Items {
		task := jiqiao.DealTask{DealID: d.ID, Title: titles[i%len(titles)], Due: jiqiao.DayOf(p.Clock.Now().AddDate(0, 0, days[i%len(days)]))}
		if err := p.Deals.AddDealTask(as(ctx, p.brokerOf(d)), &task); err != nil {
			return fmt.Errorf("follow up project %s: %w", d.ID, err)
		}
	}
	return nil
}

func (p *play) brokerOf(d jiqiao.Deal) jiqiao.Viewer {
	for _, b := range p.Brokers {
		if b.User == d.Broker {
			return b
		}
	}
	return p.Operator
}

func (p *play) move(ctx context.Context, d jiqiao.Deal, to jiqiao.Stage, on bool) (jiqiao.Deal, error) {
	m := jiqiao.DealMove{Verb: jiqiao.DealAdvance, Version: d.Version, To: to}
	if !on {
		m = jiqiao.DealMove{Verb: jiqiao.DealEnd, Version: d.Version, Reason: of(p, "price", "metrics", "changed", "funds"), Note: "双方商定不再继续。"}
		return p.Deals.MoveDeal(ctx, d.ID, m)
	}
	var err error
	switch to {
	case jiqiao.StageSigned:
		_, err = p.sign(ctx, d)
	case jiqiao.StageRegistered:
		err = p.register(as(ctx, p.Operator), d)
	case jiqiao.StagePerforming:
		_, err = p.pay(ctx, d, d.Total*6/10, "deposit")
	case jiqiao.StageClosed:
		if _, err = p.pay(ctx, d, d.Total-d.Received, "final"); err == nil {
			err = p.subsidise(as(ctx, p.Operator), d)
		}
		m.Evaluation = &jiqiao.Evaluation{Result: "met", Text: "约定的指标经第三方检测全部达到，已在产线应用。"}
	}
	if err != nil {
		return d, err
	}
	now, err := p.Deals.Deal(ctx, d.ID) // what was just done made new versions
	if err != nil {
		return d, err
	}
	m.Version = now.Version
	if to.Rank() > now.Stage.Rank()+1 {
		m.Note = "双方此前已有合作，直接签约。"
	}
	return p.Deals.MoveDeal(ctx, d.ID, m)
}

func (p *play) sign(ctx context.Context, d jiqiao.Deal) (jiqiao.Deal, error) {
	total := int64(20+p.rnd.IntN(26)*10) * jiqiao.Wan
	today := jiqiao.DayOf(p.Clock.Now())
	return p.Deals.PutContract(ctx, &jiqiao.Contract{
		DealID: d.ID, Project: d.Title, Type: of(p, "development.entrusted", "development.cooperative", "licence.patent", "service.general", "transfer.patent"),
		SignedOn: today, ValidFrom: today, ValidUntil: jiqiao.DayOf(p.Clock.Now().AddDate(2, 0, 0)),
		Seller: party(d.Seller, d.SellerRegion, "022"), Buyer: party(d.Buyer, d.BuyerRegion, "150"),
		Total: total, Trade: total * 9 / 10, PaymentMode: "instalments", PlanSource: "none", IPs: []string{"patent.invention"}, Field: of(p, "01", "03", "05", "06"),
		Objective: "10", Industry: of(p, "C39", "C35", "C30", "C26"), Secrecy: "none",
	})
}

func party(o jiqiao.OrganisationRef, region, nature string) jiqiao.ContractParty {
	return jiqiao.ContractParty{Name: o.Name, CreditCode: o.CreditCode, Country: "156", Region: region, Nature: nature}
}

func (p *play) register(ctx context.Context, d jiqiao.Deal) error {
	now := p.Clock.Now()
	_, err := p.Deals.RegisterContract(ctx, d.ID, 1, jiqiao.Registration{
		Number: fmt.Sprintf("%s320900%06d", now.In(beijing).Format("2006"), 100000+p.rnd.IntN(899999)), On: jiqiao.DayOf(now), Office: "盐阜技术合同认定登记站",
	})
	return err
}

func (p *play) pay(ctx context.Context, d jiqiao.Deal, amount int64, kind string) (jiqiao.Deal, error) {
	return p.Deals.AddPayment(ctx, &jiqiao.Payment{
		DealID: d.ID, Amount: amount, ReceivedOn: jiqiao.DayOf(p.Clock.Now()), Voucher: fmt.Sprintf("YH%d", p.Clock.Now().UnixMilli()), Kind: kind,
	})
}

// subsidise applies for the city's subsidy and grants it; what comes to nothing is no fault.
func (p *play) subsidise(ctx context.Context, d jiqiao.Deal) error {
	s, err := p.Deals.ApplySubsidy(ctx, d.ID, "合同款已全部到账")
	switch jiqiao.CodeOf(err) {
	case "":
	case jiqiao.CodeInvalid, jiqiao.CodeConflict:
		return nil
	default:
		return err
	}
	_, err = p.Deals.MoveSubsidy(ctx, d.ID, s.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyApproved, Version: s.Version})
	return err
}
