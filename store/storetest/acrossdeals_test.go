package storetest

import (
	"fmt"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
)

var allDeals = jiqiao.DealScope{All: true}

// taskTitles are the titles that q finds, page by page.
func (e *env) taskTitles(q jiqiao.TaskQuery) []string {
	e.t.Helper()
	titles, total := []string{}, -1
	for {
		page, err := e.DealTasks(e.ctx, q)
		e.must(err)
		for _, item := range page.Items {
			titles = append(titles, item.Title)
		}
		total = page.Total
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if total != len(titles) {
		e.t.Errorf("%d tasks are counted, %d listed", total, len(titles))
	}
	return titles
}

func tasksAcrossDeals(e *env) {
	broker := Account(e.t, e.Store, jiqiao.RoleBroker, "b1")
	mine, other := e.signed(broker), e.signed("")
	add := func(d jiqiao.Deal, title string, due jiqiao.Date) *jiqiao.DealTask {
		task := &jiqiao.DealTask{DealID: d.ID, Title: title, Due: due}
		e.must(e.AddDealTask(e.ctx, task))
		return task
	}
	add(mine, "没有日子", "")
	add(mine, "后天", "2026-11-24")
	add(other, "昨天", "2026-11-21")
	done := add(mine, "办完", "2026-11-20")
	_, err := e.UpdateDealTask(e.ctx, *done, true)
	e.must(err)
	for name, c := range map[string]struct {
		query jiqiao.TaskQuery
		want  []string
	}{
		"everything, by day":   {jiqiao.TaskQuery{Scope: allDeals, Limit: 1}, []string{"办完", "昨天", "后天", "没有日子"}},
		"the newest first":     {jiqiao.TaskQuery{Scope: allDeals, Sort: jiqiao.TaskSortNewest, Limit: 3}, []string{"办完", "昨天", "后天", "没有日子"}},
		"open":                 {jiqiao.TaskQuery{Scope: allDeals, State: jiqiao.TaskOpen, Limit: 2}, []string{"昨天", "后天", "没有日子"}},
		"done":                 {jiqiao.TaskQuery{Scope: allDeals, State: jiqiao.TaskDone}, []string{"办完"}},
		"due by a day":         {jiqiao.TaskQuery{Scope: allDeals, State: jiqiao.TaskOpen, DueUntil: "2026-11-21"}, []string{"昨天"}},
		"due from a day":       {jiqiao.TaskQuery{Scope: allDeals, DueFrom: "2026-11-22"}, []string{"后天"}},
		"a broker's":           {jiqiao.TaskQuery{Scope: jiqiao.DealScope{Broker: broker}, State: jiqiao.TaskOpen}, []string{"后天", "没有日子"}},
		"what he is to do":     {jiqiao.TaskQuery{Scope: allDeals, Assignee: broker, State: jiqiao.TaskOpen}, []string{"后天", "没有日子"}},
		"of his deals":         {jiqiao.TaskQuery{Scope: allDeals, Broker: broker, State: jiqiao.TaskDone}, []string{"办完"}},
		"nothing":              {jiqiao.TaskQuery{}, []string{}},
		"in another province":  {jiqiao.TaskQuery{Scope: allDeals, Region: "140000"}, []string{}},
		"by its title":         {jiqiao.TaskQuery{Scope: allDeals, Text: "昨"}, []string{"昨天"}},
		"by its deal":          {jiqiao.TaskQuery{Scope: allDeals, Text: mine.Title, State: jiqiao.TaskDone}, []string{"办完"}},
		"no pattern":           {jiqiao.TaskQuery{Scope: allDeals, Text: "_"}, []string{}},
		"a scope of elsewhere": {jiqiao.TaskQuery{Scope: jiqiao.DealScope{Region: "140000"}}, []string{}},
	} {
		if diff := cmp.Diff(c.want, e.taskTitles(c.query)); diff != "" {
			e.t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	page, err := e.DealTasks(e.ctx, jiqiao.TaskQuery{Scope: allDeals, DueFrom: "2026-11-24"})
	e.must(err)
	if got := page.Items[0]; got.Deal.Title != mine.Title || got.Deal.Buyer.Name != "甲公司" || got.AssigneeName == "" {
		e.t.Errorf("a task without its deal: %+v", got)
	}
	_, err = e.MoveDeal(e.ctx, other.ID, jiqiao.DealMove{Verb: jiqiao.DealEnd, Version: other.Version, Reason: "funds"})
	e.must(err)
	if got := e.taskTitles(jiqiao.TaskQuery{Scope: allDeals, State: jiqiao.TaskOpen}); len(got) != 2 {
		e.t.Errorf("tasks of a deal that has ended wait: %v", got)
	}
	_, err = e.DealTasks(e.ctx, jiqiao.TaskQuery{Scope: allDeals, Cursor: "2026-11-24~lk_x"})
	e.fails(jiqiao.CodeInvalid, err)
}

func paymentsAcrossDeals(e *env) {
	a, b := e.signed(""), e.signed("")
	pay := func(d jiqiao.Deal, voucher string, wan int64, day jiqiao.Date) *jiqiao.Payment {
		p := Payment(d.ID, voucher, wan*jiqiao.Wan)
		p.ReceivedOn = day
		_, err := e.AddPayment(e.ctx, p)
		e.must(err)
		return p
	}
	pay(a, "1", 30, "2026-11-20")
	pay(b, "2", 10, "2026-11-21")
	wrong := pay(b, "X3", 20, "2026-11-19")
	_, err := e.ReversePayment(e.ctx, b.ID, wrong.ID, "登记错误")
	e.must(err)
	list := func(q jiqiao.PaymentQuery) (amount int64, got []string) {
		for got = []string{}; ; {
			page, err := e.Payments(e.ctx, q)
			e.must(err)
			for _, p := range page.Items {
				got = append(got, fmt.Sprint(p.Voucher, " ", p.Amount/jiqiao.Wan))
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return page.Amount / jiqiao.Wan, got
			}
		}
	}
	for name, c := range map[string]struct {
		query jiqiao.PaymentQuery
		sum   int64
		want  []string
	}{
		"all":         {jiqiao.PaymentQuery{Scope: allDeals, Limit: 1}, 40, []string{"X3 -20", "2 10", "1 30", "X3 20"}},
		"that count":  {jiqiao.PaymentQuery{Scope: allDeals, Valid: true}, 40, []string{"2 10", "1 30"}},
		"by amount":   {jiqiao.PaymentQuery{Scope: allDeals, Sort: jiqiao.MoneySortAmount, Limit: 2}, 40, []string{"1 30", "X3 20", "2 10", "X3 -20"}},
		"the oldest":  {jiqiao.PaymentQuery{Scope: allDeals, Sort: jiqiao.MoneySortOldest, Valid: true}, 40, []string{"1 30", "2 10"}},
		"of one day":  {jiqiao.PaymentQuery{Scope: allDeals, From: "2026-11-20", Until: "2026-11-20"}, 30, []string{"1 30"}},
		"by voucher":  {jiqiao.PaymentQuery{Scope: allDeals, Text: "x3", From: "2026-11-20"}, -20, []string{"X3 -20"}},
		"by a party":  {jiqiao.PaymentQuery{Scope: allDeals, Text: "甲 公司", Until: "2026-11-19"}, 20, []string{"X3 20"}},
		"of a kind":   {jiqiao.PaymentQuery{Scope: allDeals, Kind: "royalty"}, 0, []string{}},
		"nothing":     {jiqiao.PaymentQuery{}, 0, []string{}},
		"of a party":  {jiqiao.PaymentQuery{Scope: jiqiao.DealScope{Organisation: a.Seller.ID}, Valid: true}, 40, []string{"2 10", "1 30"}},
		"of no party": {jiqiao.PaymentQuery{Scope: jiqiao.DealScope{Organisation: "o_other"}}, 0, []string{}},
	} {
		sum, got := list(c.query)
		if diff := cmp.Diff(c.want, got); diff != "" || sum != c.sum {
			e.t.Errorf("%s: sum %d, want %d (-want +got):\n%s", name, sum, c.sum, diff)
		}
	}
}

func subsidiesAcrossDeals(e *env) {
	policy := SubsidyPolicy()
	policy.OrganisationCap = 5 * jiqiao.Wan
	e.must(e.AddSubsidyPolicy(e.ctx, policy))
	var subs []jiqiao.Subsidy
	for i, wan := range []int64{60, 40} {
		d := e.signed("")
		_, err := e.AddPayment(e.ctx, Payment(d.ID, fmt.Sprint(i), wan*jiqiao.Wan))
		e.must(err)
		sub, err := e.ApplySubsidy(e.ctx, d.ID, "")
		e.must(err)
		subs = append(subs, sub)
	}
	_, err := e.MoveSubsidy(e.ctx, subs[0].DealID, subs[0].ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyApproved, Version: 1})
	e.must(err)
	for name, c := range map[string]struct {
		query jiqiao.SubsidyQuery
		want  []string
	}{
		"the newest first": {jiqiao.SubsidyQuery{Scope: allDeals, Limit: 1}, []string{subs[1].ID, subs[0].ID}},
		"the largest":      {jiqiao.SubsidyQuery{Scope: allDeals, Sort: jiqiao.MoneySortAmount, Limit: 1}, []string{subs[0].ID, subs[1].ID}},
		"the oldest":       {jiqiao.SubsidyQuery{Scope: allDeals, Sort: jiqiao.MoneySortOldest, Limit: 1}, []string{subs[0].ID, subs[1].ID}},
		"waiting":          {jiqiao.SubsidyQuery{Scope: allDeals, State: jiqiao.SubsidyApplied}, []string{subs[1].ID}},
		"of another year":  {jiqiao.SubsidyQuery{Scope: allDeals, Year: 2025}, []string{}},
		"of who got them":  {jiqiao.SubsidyQuery{Scope: allDeals, Organisation: subs[0].Organisation.ID, Year: 2026}, []string{subs[1].ID, subs[0].ID}},
		"by who gets it":   {jiqiao.SubsidyQuery{Scope: allDeals, Text: subs[0].Organisation.Name, State: jiqiao.SubsidyApproved}, []string{subs[0].ID}},
		"by no text":       {jiqiao.SubsidyQuery{Scope: allDeals, Text: "%"}, []string{}},
		"nothing":          {jiqiao.SubsidyQuery{}, []string{}},
	} {
		got := []string{}
		for {
			page, err := e.SubsidyList(e.ctx, c.query)
			e.must(err)
			for _, item := range page.Items {
				got = append(got, item.ID)
			}
			if c.query.Cursor = page.Next; c.query.Cursor == "" {
				break
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			e.t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	years, err := e.SubsidyYears(e.ctx, allDeals, 2026)
	e.must(err)
	want := []jiqiao.SubsidyYear{{
		Organisation: subs[0].Organisation, Year: 2026, Applied: 2 * jiqiao.Wan, Approved: 3 * jiqiao.Wan, Cap: 5 * jiqiao.Wan,
	}}
	if diff := cmp.Diff(want, years); diff != "" || years[0].Used() != policy.OrganisationCap {
		e.t.Errorf("the year (-want +got):\n%s", diff)
	}
	if none, err := e.SubsidyYears(e.ctx, jiqiao.DealScope{}, 2026); err != nil || len(none) != 0 {
		e.t.Errorf("beyond reach: %v %v", none, err)
	}
}
