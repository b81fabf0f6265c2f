package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
)

func dealTests() map[string]func(*env) {
	return map[string]func(*env){
		"DealIsMadeOfTwoRecords":     dealIsMadeOfTwoRecords,
		"DealIsMadeOnce":             dealIsMadeOnce,
		"DealMovesByItsRules":        dealMovesByItsRules,
		"DealAdvancesOnceAtATime":    dealAdvancesOnceAtATime,
		"DealIsChangedAndHandedOver": dealIsChangedAndHandedOver,
		"DealsAreListed":             dealsAreListed,
		"DealsStayInTheirScope":      dealsStayInTheirScope,
		"DealTasksAreDue":            dealTasksAreDue,
		"DealNotes":                  dealNotes,
		"ContractIsKept":             contractIsKept,
		"ContractIsRegisteredOnce":   contractIsRegisteredOnce,
		"PaymentsStayInTheContract":  paymentsStayInTheContract,
		"PaymentIsNotedOnce":         paymentIsNotedOnce,
		"PaymentsAreTakenBack":       paymentsAreTakenBack,
		"SubsidyIsGrantedByPolicy":   subsidyIsGrantedByPolicy,
		"SubsidyIsNotGrantedTwice":   subsidyIsNotGrantedTwice,
		"SubsidyIsComputedAnew":      subsidyIsComputedAnew,
		"SubsidyMoveIsUndone":        subsidyMoveIsUndone,
		"DealsAreAuditedAndTold":     dealsAreAuditedAndTold,
		"PaymentsKeepTheirVouchers":  paymentsKeepTheirVouchers,
		"DealOfNothing":              dealOfNothing,
		"DealFollowsMergedRecords":   dealFollowsMergedRecords,
		"TasksAcrossDeals":           tasksAcrossDeals,
		"PaymentsAcrossDeals":        paymentsAcrossDeals,
		"SubsidiesAcrossDeals":       subsidiesAcrossDeals,
	}
}

// signed makes a deal with a signed contract between new records.
func (e *env) signed(broker string) jiqiao.Deal {
	e.t.Helper()
	return Deal(e.t, e.Store, broker, Need("甲公司", e.unique("需求")), Achievement("清华大学", e.unique("成果")))
}

func (e *env) unique(prefix string) string {
	e.clock.Advance(time.Second)
	return prefix + e.clock.Now().Format("150405.000")
}

func (e *env) advance(d jiqiao.Deal, to jiqiao.Stage) jiqiao.Deal {
	e.t.Helper()
	d, err := e.MoveDeal(e.ctx, d.ID, jiqiao.DealMove{Verb: jiqiao.DealAdvance, Version: d.Version, To: to, Note: "进展顺利"})
	e.must(err)
	return d
}

func (e *env) detail(id string) jiqiao.DealDetail {
	e.t.Helper()
	detail, err := e.another().DealDetail(e.ctx, id)
	e.must(err)
	return detail
}

func dealIsMadeOfTwoRecords(e *env) {
	broker := Account(e.t, e.Store, jiqiao.RoleBroker, "b1")
	need, achievement := Need("甲公司", "净水膜"), Achievement("乙大学", "石墨烯膜")
	need.Region = "320981"
	e.put(need, achievement)
	org, err := e.GetOrganisation(e.ctx, achievement.Owner.ID)
	e.must(err)
	org.Region = "320102"
	e.must(e.PutOrganisation(e.ctx, &org))
	d := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID, Broker: broker, Expected: 5}
	e.must(e.CreateDeal(e.ctx, &d))
	want := jiqiao.Deal{
		ID: d.ID, Version: 1, Title: "净水膜", NeedID: need.ID, Need: "净水膜", AchievementID: achievement.ID, Achievement: "石墨烯膜",
		Buyer: need.Owner, Seller: achievement.Owner, BuyerRegion: "320981", SellerRegion: "320102", Broker: broker, BrokerName: "账号b1",
		Stage: jiqiao.StageIntake, State: jiqiao.DealOpen, Expected: 5, StageSince: d.CreatedAt, CreatedAt: d.CreatedAt, UpdatedAt: d.CreatedAt,
	}
	got, err := e.another().Deal(e.ctx, d.ID)
	e.must(err)
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Errorf("read (-want +got):\n%s", diff)
	}
	if events := e.detail(d.ID).Events; len(events) != 1 || events[0].Act != "create" || events[0].To != jiqiao.StageIntake {
		e.t.Errorf("history: %+v", events)
	}
	for _, id := range []string{"", "l_", "l_00000000000000000000", "n_00000000000000000000", "\x00"} {
		_, err := e.Deal(e.ctx, id)
		e.fails(jiqiao.CodeNotFound, err)
	}
	for name, bad := range map[string]jiqiao.Deal{
		"no need":         {NeedID: "n_00000000000000000000", AchievementID: achievement.ID},
		"the wrong side":  {NeedID: achievement.ID, AchievementID: need.ID},
		"nobody's broker": {NeedID: need.ID, AchievementID: achievement.ID, Broker: "u_00000000000000000000"},
		"no broker":       {NeedID: need.ID, AchievementID: achievement.ID, Broker: Account(e.t, e.Store, jiqiao.RoleEnterprise, "ent")},
	} {
		err := e.CreateDeal(e.ctx, &bad)
		if jiqiao.CodeOf(err) != jiqiao.CodeInvalid || bad.ID != "" {
			e.t.Errorf("%s: %v", name, err)
		}
	}
}

func dealIsMadeOnce(e *env) {
	need, achievement := Need("甲公司", "净水"), Achievement("乙大学", "膜")
	e.put(need, achievement)
	one := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID, IntroductionID: "e_1", Stage: jiqiao.StageInterest}
	again := one
	e.must(e.CreateDeal(e.ctx, &one))
	e.must(e.CreateDeal(e.ctx, &again))
	if again.ID != one.ID || !one.Agreed {
		e.t.Errorf("made %s and %s, agreed %v", one.ID, again.ID, one.Agreed)
	}
	byHand := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID}
	e.fails(jiqiao.CodeConflict, e.CreateDeal(e.ctx, &byHand))
	one, err := e.MoveDeal(e.ctx, one.ID, jiqiao.DealMove{Verb: jiqiao.DealEnd, Version: 1, Reason: "price"})
	e.must(err)
	e.must(e.CreateDeal(e.ctx, &byHand))
	_, err = e.MoveDeal(e.ctx, one.ID, jiqiao.DealMove{Verb: jiqiao.DealResume, Version: one.Version, Note: "价格谈妥"})
	e.fails(jiqiao.CodeConflict, err)
	again = jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID, IntroductionID: "e_1"}
	e.must(e.CreateDeal(e.ctx, &again))
	if again.ID != one.ID {
		e.t.Error("an introduction made a second deal after the first had ended")
	}
	page, err := e.Deals(e.ctx, jiqiao.DealQuery{Scope: jiqiao.DealScope{All: true}})
	e.must(err)
	if page.Total != 2 {
		e.t.Errorf("%d deals", page.Total)
	}
}

func dealMovesByItsRules(e *env) {
	need, achievement := Need("甲公司", "净水"), Achievement("乙大学", "膜")
	e.put(need, achievement)
	d := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID}
	e.must(e.CreateDeal(e.ctx, &d))
	e.clock.Advance(90 * time.Second)
	d = e.advance(d, jiqiao.StageTalks)
	for name, m := range map[string]jiqiao.DealMove{
		"no contract":     {Verb: jiqiao.DealAdvance, Version: d.Version, To: jiqiao.StageSigned, Note: "x"},
		"no reason":       {Verb: jiqiao.DealEnd, Version: d.Version},
		"backwards ahead": {Verb: jiqiao.DealAdvance, Version: d.Version, To: jiqiao.StageIntake},
	} {
		if _, err := e.MoveDeal(e.ctx, d.ID, m); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			e.t.Errorf("%s: %v", name, err)
		}
	}
	_, err := e.MoveDeal(e.ctx, d.ID, jiqiao.DealMove{Verb: jiqiao.DealPause, Reason: "funds"})
	e.fails(jiqiao.CodePrecondition, err)
	_, err = e.MoveDeal(e.ctx, d.ID, jiqiao.DealMove{Verb: jiqiao.DealPause, Version: d.Version - 1, Reason: "funds"})
	e.fails(jiqiao.CodeConflict, err)
	e.clock.Advance(time.Hour)
	d, err = e.MoveDeal(e.ctx, d.ID, jiqiao.DealMove{Verb: jiqiao.DealPause, Version: d.Version, Reason: "funds", Note: "等预算"})
	e.must(err)
	var got []string
	for _, event := range e.detail(d.ID).Events {
		got = append(got, fmt.Sprintf("%s %s→%s %d %s %s", event.Act, event.From, event.To, event.Seconds, event.Reason, event.Note))
	}
	want := []string{"create →intake 0  ", "advance intake→talks 90  进展顺利", "pause talks→talks 3600 funds 等预算"}
	if diff := cmp.Diff(want, got); diff != "" {
		e.t.Errorf("history (-want +got):\n%s", diff)
	}
	now, err := e.Deal(e.ctx, d.ID)
	e.must(err)
	if now.Version != 3 || now.State != jiqiao.DealPaused || now.Stage != jiqiao.StageTalks {
		e.t.Errorf("now %+v", now)
	}
}

// Of two who advance a deal at once one is told that it was moved.
func dealAdvancesOnceAtATime(e *env) {
	need, achievement := Need("甲公司", "净水"), Achievement("乙大学", "膜")
	e.put(need, achievement)
	d := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID}
	e.must(e.CreateDeal(e.ctx, &d))
	stores := []*store.Store{e.Store, e.another()}
	errs := make([]error, 2)
	var all sync.WaitGroup
	for i := range stores {
		all.Go(func() {
			_, errs[i] = stores[i].MoveDeal(e.ctx, d.ID, jiqiao.DealMove{Verb: jiqiao.DealAdvance, Version: 1, To: jiqiao.StageDiagnosis})
		})
	}
	all.Wait()
	codes := []string{string(jiqiao.CodeOf(errs[0])), string(jiqiao.CodeOf(errs[1]))}
	slices.Sort(codes)
	if diff := cmp.Diff([]string{"", string(jiqiao.CodeConflict)}, codes); diff != "" {
		e.t.Errorf("two at once (-want +got):\n%s", diff)
	}
	if events := e.detail(d.ID).Events; len(events) != 2 {
		e.t.Errorf("%d entries in the history", len(events))
	}
}

func dealIsChangedAndHandedOver(e *env) {
	first, second := Account(e.t, e.Store, jiqiao.RoleBroker, "b1"), Account(e.t, e.Store, jiqiao.RoleBroker, "b2")
	need, achievement := Need("甲公司", "净水"), Achievement("乙大学", "膜")
	e.put(need, achievement)
	d := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID, Broker: first}
	e.must(e.CreateDeal(e.ctx, &d))
	d, err := e.UpdateDeal(e.ctx, d.ID, jiqiao.DealChange{Version: 1, Title: "净水项目", Broker: &second, Expected: 7 * jiqiao.Wan})
	e.must(err)
	if d.Version != 2 || d.BrokerName != "账号b2" || d.Expected != 7*jiqiao.Wan || d.Title != "净水项目" {
		e.t.Errorf("changed: %+v", d)
	}
	_, err = e.UpdateDeal(e.ctx, d.ID, jiqiao.DealChange{Version: 1, Title: "旧的"})
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.UpdateDeal(e.ctx, d.ID, jiqiao.DealChange{Title: "没有版本"})
	e.fails(jiqiao.CodePrecondition, err)
	stranger, nobody := "u_nobody", ""
	_, err = e.UpdateDeal(e.ctx, d.ID, jiqiao.DealChange{Version: 2, Title: "x", Broker: &stranger})
	e.fails(jiqiao.CodeInvalid, err)
	_, err = e.UpdateDeal(e.ctx, d.ID, jiqiao.DealChange{Version: 2, Title: "x", Broker: &second, Expected: -1})
	e.fails(jiqiao.CodeInvalid, err)
	if d, err = e.UpdateDeal(e.ctx, d.ID, jiqiao.DealChange{Version: 2, Title: "换个名称"}); err != nil || d.Broker != second {
		e.t.Errorf("renamed, it went from its broker: %v %+v", err, d)
	}
	if d, err = e.UpdateDeal(e.ctx, d.ID, jiqiao.DealChange{Version: 3, Title: "由业务员负责", Broker: &nobody}); err != nil || d.Broker+d.BrokerName != "" {
		e.t.Errorf("left to the operators: %v %+v", err, d)
	}
}

func dealsAreListed(e *env) {
	var made []jiqiao.Deal
	for i := range 5 {
		need, achievement := Need("甲公司", fmt.Sprint("需求", i)), Achievement("乙大学", fmt.Sprint("成果", i))
		need.Region = []string{"320981", "320982", "140400", "320900", "320981"}[i]
		e.put(need, achievement)
		d := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID, Expected: int64([]int{3, 1, 3, 0, 2}[i])}
		e.must(e.CreateDeal(e.ctx, &d))
		e.clock.Advance(time.Hour)
		made = append(made, d)
	}
	e.must(e.AddDealTask(e.ctx, &jiqiao.DealTask{DealID: made[3].ID, Title: "a", Due: "2026-11-21"}))
	e.must(e.AddDealTask(e.ctx, &jiqiao.DealTask{DealID: made[1].ID, Title: "b", Due: "2026-11-25"}))
	made[0] = e.advance(made[0], jiqiao.StageRecommend)
	var err error
	made[4], err = e.UpdateDeal(e.ctx, made[4].ID, jiqiao.DealChange{Version: made[4].Version, Title: "Need 100%_", Expected: 2})
	e.must(err)
	all := jiqiao.DealScope{All: true}
	for name, c := range map[string]struct {
		q    jiqiao.DealQuery
		want string
	}{
		"newest":      {jiqiao.DealQuery{}, "43210"},
		"oldest":      {jiqiao.DealQuery{Sort: jiqiao.DealSortOldest}, "01234"},
		"amount":      {jiqiao.DealQuery{Sort: jiqiao.DealSortAmount}, "20413"},
		"due":         {jiqiao.DealQuery{Sort: jiqiao.DealSortDue}, "31024"},
		"stage":       {jiqiao.DealQuery{Sort: jiqiao.DealSortStage}, "12340"},
		"overdue":     {jiqiao.DealQuery{Overdue: "2026-11-22"}, "3"},
		"of a stage":  {jiqiao.DealQuery{Stage: jiqiao.StageRecommend}, "0"},
		"of a state":  {jiqiao.DealQuery{State: jiqiao.DealPaused}, ""},
		"of a city":   {jiqiao.DealQuery{Region: "320900"}, "4310"},
		"of a county": {jiqiao.DealQuery{Region: "320981"}, "40"},
		"large":       {jiqiao.DealQuery{AmountMin: 2, AmountMax: 2}, "4"},
		"of a pair":   {jiqiao.DealQuery{Need: made[2].NeedID, Achievement: made[2].AchievementID}, "2"},
		"of an owner": {jiqiao.DealQuery{Organisation: made[0].Seller.ID, AmountMin: 3}, "20"},
		"by title":    {jiqiao.DealQuery{Text: "ＮＥＥＤ 100%_ "}, "4"},
		"by record":   {jiqiao.DealQuery{Text: "果3"}, "3"},
		"by party":    {jiqiao.DealQuery{Text: "甲公", Region: "320981"}, "40"},
		"by nothing":  {jiqiao.DealQuery{Text: "需_"}, ""},
		"over a line": {jiqiao.DealQuery{Text: "需求3成果3"}, ""},
		"of a time":   {jiqiao.DealQuery{From: made[1].CreatedAt, Until: made[3].CreatedAt}, "21"},
	} {
		for _, limit := range []int{1, 2, 100} {
			got := ""
			c.q.Scope, c.q.Limit, c.q.Cursor = all, limit, ""
			for {
				page, err := e.Deals(e.ctx, c.q)
				e.must(err)
				if page.Total != len(c.want) {
					e.t.Errorf("%s: %d in all, want %d", name, page.Total, len(c.want))
				}
				for _, d := range page.Items {
					got += fmt.Sprint(slices.IndexFunc(made, func(m jiqiao.Deal) bool { return m.ID == d.ID }))
				}
				if c.q.Cursor = page.Next; c.q.Cursor == "" {
					break
				}
			}
			if got != c.want {
				e.t.Errorf("%s by %d: %s, want %s", name, limit, got, c.want)
			}
		}
	}
	for _, cursor := range []string{"x", "~", "1~x", "l_", "x~" + made[0].ID} {
		_, err := e.Deals(e.ctx, jiqiao.DealQuery{Scope: all, Sort: jiqiao.DealSortAmount, Cursor: cursor})
		e.fails(jiqiao.CodeInvalid, err)
	}
	board, err := e.DealBoard(e.ctx, jiqiao.DealQuery{Scope: all}, "2026-11-22")
	e.must(err)
	want := []jiqiao.DealColumn{
		{Stage: jiqiao.StageIntake, Label: "已受理", Count: 4, Amount: 6, Overdue: 1}, {Stage: jiqiao.StageDiagnosis, Label: "需求诊断"},
		{Stage: jiqiao.StageRecommend, Label: "推荐", Count: 1, Amount: 3},
	}
	if diff := cmp.Diff(want, board[:3]); diff != "" || len(board) != len(jiqiao.Stages) {
		e.t.Errorf("%d columns (-want +got):\n%s", len(board), diff)
	}
	cards, err := e.DealBoard(e.ctx, jiqiao.DealQuery{Scope: all, Text: "甲公司", Limit: 2}, "2026-11-22")
	e.must(err)
	if first := cards[0].Deals; cards[0].Count != 4 || len(first) != 2 || first[0].ID != made[1].ID || first[1].ID != made[2].ID || len(cards[2].Deals) != 1 {
		e.t.Errorf("cards: %+v", cards)
	}
}

func dealsStayInTheirScope(e *env) {
	broker := Account(e.t, e.Store, jiqiao.RoleBroker, "b1")
	need, achievement := Need("甲公司", "净水"), Achievement("乙大学", "膜")
	need.Region = "320981"
	e.put(need, achievement)
	d := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID, Broker: broker}
	e.must(e.CreateDeal(e.ctx, &d))
	count := func(s jiqiao.DealScope) int {
		page, err := e.Deals(e.ctx, jiqiao.DealQuery{Scope: s})
		e.must(err)
		return page.Total
	}
	party := jiqiao.DealScope{Organisation: d.Seller.ID}
	for name, c := range map[string]struct {
		scope jiqiao.DealScope
		want  int
	}{
		"nothing": {jiqiao.DealScope{}, 0}, "everything": {jiqiao.DealScope{All: true}, 1}, "its broker": {jiqiao.DealScope{Broker: broker}, 1},
		"another": {jiqiao.DealScope{Broker: "u_2"}, 0}, "its city": {jiqiao.DealScope{Region: "320900"}, 1}, "another city": {jiqiao.DealScope{Region: "320100"}, 0},
		"a party before both agreed": {party, 0}, "somebody else": {jiqiao.DealScope{Organisation: "o_other"}, 0},
	} {
		if got := count(c.scope); got != c.want {
			e.t.Errorf("%s finds %d, want %d", name, got, c.want)
		}
	}
	e.advance(d, jiqiao.StageInterest)
	if count(party) != 1 || count(jiqiao.DealScope{Organisation: d.Buyer.ID}) != 1 {
		e.t.Error("a party does not find its deal")
	}
}

func dealTasksAreDue(e *env) {
	broker := Account(e.t, e.Store, jiqiao.RoleBroker, "b1")
	d := e.signed(broker)
	due := func() jiqiao.Date {
		now, err := e.Deal(e.ctx, d.ID)
		e.must(err)
		if now.Version != d.Version {
			e.t.Errorf("tasks made version %d of %d", now.Version, d.Version)
		}
		return now.NextDue
	}
	soon, late := &jiqiao.DealTask{DealID: d.ID, Title: "催款", Due: "2026-11-23"}, &jiqiao.DealTask{DealID: d.ID, Title: "验收", Due: "2026-12-30"}
	free := &jiqiao.DealTask{DealID: d.ID, Title: "闲事"}
	for _, task := range []*jiqiao.DealTask{late, soon, free} {
		e.must(e.AddDealTask(e.ctx, task))
	}
	if soon.Assignee != broker || due() != "2026-11-23" {
		e.t.Errorf("assignee %q, due %q", soon.Assignee, due())
	}
	remind := func(by jiqiao.Date) int {
		n, err := e.RemindDealTasks(e.ctx, by)
		e.must(err)
		return n
	}
	if remind("2026-11-22") != 0 || remind("2026-11-23") != 1 || remind("2026-11-23") != 0 {
		e.t.Error("a task is reminded of too early, or twice, or not at all")
	}
	soon.Due = "2026-11-24"
	changed, err := e.UpdateDealTask(e.ctx, *soon, false)
	e.must(err)
	if changed.Due != "2026-11-24" || changed.DoneAt != nil || remind("2026-11-24") != 1 {
		e.t.Errorf("a new day is not reminded of: %+v", changed)
	}
	changed, err = e.UpdateDealTask(e.ctx, *soon, true)
	e.must(err)
	if changed.DoneAt == nil || due() != "2026-12-30" {
		e.t.Errorf("done: %+v, due %s", changed, due())
	}
	e.must(e.DeleteDealTask(e.ctx, d.ID, late.ID))
	if due() != "" {
		e.t.Errorf("nothing is due, and yet %s", due())
	}
	e.fails(jiqiao.CodeNotFound, e.DeleteDealTask(e.ctx, d.ID, late.ID))
	other := e.signed(broker)
	_, err = e.UpdateDealTask(e.ctx, jiqiao.DealTask{ID: free.ID, DealID: other.ID, Title: "别的项目"}, true)
	e.fails(jiqiao.CodeNotFound, err)
	e.fails(jiqiao.CodeInvalid, e.AddDealTask(e.ctx, &jiqiao.DealTask{DealID: d.ID, Title: "x", Assignee: "u_nobody"}))
	e.fails(jiqiao.CodeNotFound, e.AddDealTask(e.ctx, &jiqiao.DealTask{DealID: "l_00000000000000000000", Title: "x"}))
	waiting := &jiqiao.DealTask{DealID: other.ID, Title: "停着", Due: "2026-11-20"}
	e.must(e.AddDealTask(e.ctx, waiting))
	_, err = e.MoveDeal(e.ctx, other.ID, jiqiao.DealMove{Verb: jiqiao.DealPause, Version: other.Version, Reason: "funds"})
	e.must(err)
	if remind("2026-12-31") != 0 {
		e.t.Error("a deal that rests is reminded of")
	}
}

func dealNotes(e *env) {
	d := e.signed("")
	inner, shared := &jiqiao.DealNote{DealID: d.ID, Author: "u_1", Text: "内部\x00"}, &jiqiao.DealNote{DealID: d.ID, Author: "u_2", Organisation: d.Buyer.ID, Shared: true, Text: "我方"}
	e.must(e.AddDealNote(e.ctx, inner))
	e.must(e.AddDealNote(e.ctx, shared))
	inner.Text = "内部"
	if diff := cmp.Diff([]jiqiao.DealNote{*inner, *shared}, e.detail(d.ID).Notes); diff != "" {
		e.t.Errorf("notes (-want +got):\n%s", diff)
	}
	e.fails(jiqiao.CodeNotFound, e.AddDealNote(e.ctx, &jiqiao.DealNote{DealID: "l_00000000000000000000", Text: "x"}))
	if told := e.notices("deal.note"); len(told) != 1 || len(told[0].Organisations) != 1 || told[0].Organisations[0] != d.Seller.ID {
		e.t.Errorf("told of notes: %+v", told)
	}
}

func contractIsKept(e *env) {
	need, achievement := Need("甲公司", "净水"), Achievement("乙大学", "膜")
	e.put(need, achievement)
	d := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID, Expected: 3}
	e.must(e.CreateDeal(e.ctx, &d))
	c := Contract(d.ID)
	c.Registration.Number = "9999999999999999" // not by this way
	d, err := e.PutContract(e.ctx, c)
	e.must(err)
	if d.Total != c.Total || c.Version != 1 || c.ID == "" || c.Registration.Number != "" {
		e.t.Errorf("deal %+v, contract %+v", d, c)
	}
	if diff := cmp.Diff(c, e.detail(d.ID).Contract); diff != "" {
		e.t.Errorf("read (-want +got):\n%s", diff)
	}
	second := Contract(d.ID)
	_, err = e.PutContract(e.ctx, second)
	e.fails(jiqiao.CodeConflict, err)
	second.Version = 2
	_, err = e.PutContract(e.ctx, second)
	e.fails(jiqiao.CodeConflict, err)
	second.Version, second.Total = 1, 90*jiqiao.Wan
	_, err = e.PutContract(e.ctx, second)
	e.must(err)
	if second.Version != 2 || second.ID != c.ID {
		e.t.Errorf("changed: %+v", second)
	}
	bad := Contract(d.ID)
	bad.Version, bad.Trade = 2, bad.Total+1
	_, err = e.PutContract(e.ctx, bad)
	e.fails(jiqiao.CodeInvalid, err)
	ghost := Contract("l_00000000000000000000")
	_, err = e.PutContract(e.ctx, ghost)
	e.fails(jiqiao.CodeNotFound, err)
	found, err := e.Contracts(e.ctx, []string{d.ID, "l_00000000000000000000"})
	e.must(err)
	if len(found) != 1 || found[d.ID].Total != 90*jiqiao.Wan {
		e.t.Errorf("by deal: %+v", found)
	}
}

func contractIsRegisteredOnce(e *env) {
	one, two := e.signed(""), e.signed("")
	r := jiqiao.Registration{Number: "2026320900000001", On: "2026-11-20", Office: "登记站"}
	_, err := e.MoveDeal(e.ctx, one.ID, jiqiao.DealMove{Verb: jiqiao.DealAdvance, Version: one.Version, To: jiqiao.StageRegistered})
	e.fails(jiqiao.CodeInvalid, err)
	c, err := e.RegisterContract(e.ctx, one.ID, 1, r)
	e.must(err)
	if c.Registration != r || c.Version != 2 {
		e.t.Errorf("registered: %+v", c)
	}
	_, err = e.RegisterContract(e.ctx, one.ID, 1, r)
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.RegisterContract(e.ctx, two.ID, 1, r)
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.RegisterContract(e.ctx, two.ID, 1, jiqiao.Registration{Number: "1"})
	e.fails(jiqiao.CodeInvalid, err)
	again := *e.detail(one.ID).Contract
	again.Registration, again.Summary = jiqiao.Registration{}, "改了内容"
	_, err = e.PutContract(e.ctx, &again)
	e.must(err)
	d, err := e.Deal(e.ctx, one.ID)
	e.must(err)
	if again.Registration != r || d.Registration != r.Number {
		e.t.Errorf("a change lost the registration: %+v", again)
	}
	e.advance(d, jiqiao.StageRegistered)
}

func paymentsStayInTheContract(e *env) {
	d := e.signed("")
	add := func(voucher string, fen int64) error {
		_, err := e.AddPayment(e.ctx, Payment(d.ID, voucher, fen))
		return err
	}
	e.fails(jiqiao.CodeInvalid, add("1", 100*jiqiao.Wan+1))
	e.must(add("1", 60*jiqiao.Wan))
	err := add("2", 40*jiqiao.Wan+1)
	e.fails(jiqiao.CodeInvalid, err)
	if !strings.Contains(err.Error(), "先变更合同") || !strings.Contains(err.Error(), "40 万元") {
		e.t.Errorf("does not say what to do: %v", err)
	}
	e.must(add("2", 40*jiqiao.Wan))
	smaller := *e.detail(d.ID).Contract
	smaller.Total, smaller.Trade = 99*jiqiao.Wan, jiqiao.Wan
	_, err = e.PutContract(e.ctx, &smaller)
	e.fails(jiqiao.CodeInvalid, err)
	now, err := e.Deal(e.ctx, d.ID)
	e.must(err)
	if now.Received != 100*jiqiao.Wan {
		e.t.Errorf("received %d", now.Received)
	}
	_, err = e.MoveDeal(e.ctx, d.ID, jiqiao.DealMove{Verb: jiqiao.DealBack, Version: now.Version, To: jiqiao.StageTalks, Note: "x"})
	e.fails(jiqiao.CodeInvalid, err)
	need, achievement := Need("甲公司", "没有合同"), Achievement("乙大学", "没有合同")
	e.put(need, achievement)
	bare := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID}
	e.must(e.CreateDeal(e.ctx, &bare))
	_, err = e.AddPayment(e.ctx, Payment(bare.ID, "1", 1))
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.PutContract(e.ctx, Contract(bare.ID))
	e.must(err)
	_, err = e.AddPayment(e.ctx, Payment(bare.ID, "1", 1)) // not signed yet
	e.fails(jiqiao.CodeConflict, err)
	later := Payment(d.ID, "3", 1)
	later.ReceivedOn = "2026-11-23"
	_, err = e.AddPayment(e.ctx, later)
	e.fails(jiqiao.CodeInvalid, err)
}

// Two clicks, in two processes, are one payment; two payments at once do not exceed the contract together.
func paymentIsNotedOnce(e *env) {
	d := e.signed("")
	other := e.another()
	twice := func(first, second *jiqiao.Payment) []string {
		errs := make([]error, 2)
		var all sync.WaitGroup
		all.Go(func() { _, errs[0] = e.AddPayment(e.ctx, first) })
		all.Go(func() { _, errs[1] = other.AddPayment(e.ctx, second) })
		all.Wait()
		codes := []string{string(jiqiao.CodeOf(errs[0])), string(jiqiao.CodeOf(errs[1]))}
		slices.Sort(codes)
		return codes
	}
	if diff := cmp.Diff([]string{"", "conflict"}, twice(Payment(d.ID, "银收 1", 10*jiqiao.Wan), Payment(d.ID, "银收 1", 10*jiqiao.Wan))); diff != "" {
		e.t.Errorf("a double click (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"", "invalid"}, twice(Payment(d.ID, "银收 2", 60*jiqiao.Wan), Payment(d.ID, "银收 3", 60*jiqiao.Wan))); diff != "" {
		e.t.Errorf("together too much (-want +got):\n%s", diff)
	}
	detail := e.detail(d.ID)
	if detail.Received != 70*jiqiao.Wan || len(detail.Payments) != 2 {
		e.t.Errorf("received %d in %d payments", detail.Received, len(detail.Payments))
	}
}

func paymentsAreTakenBack(e *env) {
	d := e.signed("")
	p := Payment(d.ID, "银收 1", 30*jiqiao.Wan)
	_, err := e.AddPayment(e.ctx, p)
	e.must(err)
	entry, err := e.ReversePayment(e.ctx, d.ID, p.ID, "金额登记错误")
	e.must(err)
	_, err = e.ReversePayment(e.ctx, d.ID, p.ID, "再来一次")
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.ReversePayment(e.ctx, d.ID, entry.ID, "冲销冲销")
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.ReversePayment(e.ctx, d.ID, "lp_none", "没有")
	e.fails(jiqiao.CodeNotFound, err)
	other := e.signed("")
	_, err = e.ReversePayment(e.ctx, other.ID, p.ID, "别的项目")
	e.fails(jiqiao.CodeNotFound, err)
	_, err = e.AddPayment(e.ctx, Payment(d.ID, "银收 1", 3*jiqiao.Wan)) // the voucher is free again
	e.must(err)
	detail := e.detail(d.ID)
	var got []string
	for _, p := range detail.Payments {
		got = append(got, fmt.Sprintf("%s %d %v %v", p.Voucher, p.Amount, p.Reversed, p.Reverses != ""))
	}
	want := []string{"银收 1 30000000 true false", "银收 1 -30000000 false true", "银收 1 3000000 false false"}
	if diff := cmp.Diff(want, got); diff != "" || detail.Received != 3*jiqiao.Wan {
		e.t.Errorf("received %d (-want +got):\n%s", detail.Received, diff)
	}
}

func subsidyIsGrantedByPolicy(e *env) {
	e.must(e.AddSubsidyPolicy(e.ctx, SubsidyPolicy()))
	d := e.signed("")
	_, err := e.ApplySubsidy(e.ctx, d.ID, "")
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.AddPayment(e.ctx, Payment(d.ID, "1", 60*jiqiao.Wan))
	e.must(err)
	sums, err := e.Subsidy(e.ctx, d.ID)
	e.must(err)
	if sums.Amount != 3*jiqiao.Wan || sums.AchievementLeft != 20*jiqiao.Wan || len(sums.Steps) < 3 {
		e.t.Errorf("computed: %+v", sums)
	}
	sub, err := e.ApplySubsidy(e.ctx, d.ID, "首批")
	e.must(err)
	if sub.Amount != 3*jiqiao.Wan || sub.Organisation.ID != d.Seller.ID || sub.Year != 2026 || sub.State != jiqiao.SubsidyApplied {
		e.t.Errorf("applied: %+v", sub)
	}
	_, err = e.MoveSubsidy(e.ctx, d.ID, sub.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyPaid, Version: 1, Voucher: "拨 1", PaidOn: "2026-11-22"})
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.MoveSubsidy(e.ctx, d.ID, sub.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyApproved, Version: 9})
	e.fails(jiqiao.CodeConflict, err)
	sub, err = e.MoveSubsidy(e.ctx, d.ID, sub.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyApproved, Version: 1})
	e.must(err)
	sub, err = e.MoveSubsidy(e.ctx, d.ID, sub.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyPaid, Version: sub.Version, Voucher: "拨 1", PaidOn: "2026-11-22"})
	e.must(err)
	if diff := cmp.Diff([]jiqiao.Subsidy{sub}, e.detail(d.ID).Subsidies); diff != "" || sub.State != jiqiao.SubsidyPaid || sub.Version != 3 {
		e.t.Errorf("paid %+v (-want +got):\n%s", sub, diff)
	}
	_, err = e.ApplySubsidy(e.ctx, d.ID, "")
	e.fails(jiqiao.CodeConflict, err)
	e.clock.Advance(time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC).Sub(e.clock.Now())) // midnight in Beijing
	_, err = e.AddPayment(e.ctx, Payment(d.ID, "2", 20*jiqiao.Wan))
	e.must(err)
	next, err := e.ApplySubsidy(e.ctx, d.ID, "")
	e.must(err)
	if next.Year != 2027 || next.Amount != jiqiao.Wan {
		e.t.Errorf("in the new year: %+v", next)
	}
	_, err = e.MoveSubsidy(e.ctx, e.signed("").ID, sub.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyRejected, Version: 3, Note: "x"})
	e.fails(jiqiao.CodeNotFound, err)
	policies, err := e.SubsidyPolicies(e.ctx)
	e.must(err)
	if len(policies) != 1 || policies[0].ID == "" || policies[0].Rate != 500 {
		e.t.Errorf("policies: %+v", policies)
	}
}

// Several deals of one achievement that are granted at once, by two processes, share its cap to the last 分.
func subsidyIsNotGrantedTwice(e *env) {
	policy := SubsidyPolicy()
	policy.AchievementCap = 7 * jiqiao.Wan
	e.must(e.AddSubsidyPolicy(e.ctx, policy))
	achievement := Achievement("清华大学", "一项成果")
	var deals []jiqiao.Deal
	for i := range 4 {
		d := Deal(e.t, e.Store, "", Need("甲公司", fmt.Sprint("需求", i)), achievement)
		_, err := e.AddPayment(e.ctx, Payment(d.ID, "1", 60*jiqiao.Wan)) // 3 万元 each
		e.must(err)
		deals = append(deals, d)
	}
	other := e.another()
	granted := make([]int64, 8)
	var all sync.WaitGroup
	for i := range granted {
		all.Go(func() {
			st := e.Store
			if i%2 == 0 {
				st = other
			}
			sub, err := st.ApplySubsidy(e.ctx, deals[i/2].ID, "")
			if err == nil {
				granted[i] = sub.Amount
			} else if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
				e.t.Errorf("grant %d: %v", i, err)
			}
		})
	}
	all.Wait()
	var sum int64
	for _, g := range granted {
		sum += g
	}
	if sum != policy.AchievementCap {
		e.t.Errorf("granted %v, together %d of %d", granted, sum, policy.AchievementCap)
	}
	// What is rejected can be granted to another.
	for _, d := range deals {
		for _, sub := range e.detail(d.ID).Subsidies {
			_, err := e.MoveSubsidy(e.ctx, d.ID, sub.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyRejected, Version: 1, Note: "材料不全"})
			e.must(err)
		}
	}
	sums, err := e.Subsidy(e.ctx, deals[0].ID)
	e.must(err)
	if sums.Amount != 3*jiqiao.Wan || sums.AchievementLeft != policy.AchievementCap {
		e.t.Errorf("after rejecting all: %+v", sums)
	}
}

// Who approved or refused a subsidy can take it back for a while, and only then the organisation hears of it.
func subsidyMoveIsUndone(e *env) {
	e.must(e.AddSubsidyPolicy(e.ctx, SubsidyPolicy()))
	d := e.signed("")
	_, err := e.AddPayment(e.ctx, Payment(d.ID, "1", 60*jiqiao.Wan))
	e.must(err)
	applied, err := e.ApplySubsidy(e.ctx, d.ID, "首批")
	e.must(err)
	as := func(user string) context.Context {
		return jiqiao.WithOrigin(e.ctx, jiqiao.Origin{Viewer: jiqiao.Viewer{User: user, Role: jiqiao.RoleOperator}})
	}
	_, err = e.UndoSubsidy(as("u_1"), d.ID, applied.ID, 1)
	e.fails(jiqiao.CodeConflict, err) // nothing to undo
	approve := func(version int64) jiqiao.Subsidy {
		sub, err := e.MoveSubsidy(as("u_1"), d.ID, applied.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyApproved, Version: version})
		e.must(err)
		return sub
	}
	approve(1)
	told := e.jobsOf(store.NoticeJob)
	if last := told[len(told)-1]; last.RunAt.Sub(last.CreatedAt) != jiqiao.SubsidyUndo {
		e.t.Errorf("told at %v of what was done at %v", last.RunAt, last.CreatedAt)
	}
	_, err = e.UndoSubsidy(as("u_2"), d.ID, applied.ID, 2)
	e.fails(jiqiao.CodeConflict, err)
	_, err = e.UndoSubsidy(as("u_1"), d.ID, applied.ID, 1)
	e.fails(jiqiao.CodeConflict, err)
	back, err := e.UndoSubsidy(as("u_1"), d.ID, applied.ID, 2)
	e.must(err)
	applied.Version, applied.UpdatedAt = 3, back.UpdatedAt
	if diff := cmp.Diff(applied, back); diff != "" {
		e.t.Errorf("undone (-want +got):\n%s", diff)
	}
	if told := e.notices("subsidy.approve"); len(told) != 0 {
		e.t.Errorf("told of what was undone: %+v", told)
	}
	// A refusal: its reason goes, and what it freed must still be there.
	refuse := func(version int64) {
		_, err := e.MoveSubsidy(as("u_1"), d.ID, applied.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyRejected, Version: version, Note: "材料不全"})
		e.must(err)
	}
	refuse(3)
	back, err = e.UndoSubsidy(as("u_1"), d.ID, applied.ID, 4)
	e.must(err)
	if back.State != jiqiao.SubsidyApplied || back.Note != "首批" {
		e.t.Errorf("undone: %+v", back)
	}
	refuse(5)
	again, err := e.ApplySubsidy(e.ctx, d.ID, "")
	e.must(err)
	_, err = e.UndoSubsidy(as("u_1"), d.ID, applied.ID, 6)
	e.fails(jiqiao.CodeConflict, err)
	// An approval that was refused by mistake is told after all.
	_, err = e.MoveSubsidy(as("u_1"), d.ID, again.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyApproved, Version: 1})
	e.must(err)
	_, err = e.MoveSubsidy(as("u_1"), d.ID, again.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyRejected, Version: 2, Note: "点错了"})
	e.must(err)
	back, err = e.UndoSubsidy(as("u_1"), d.ID, again.ID, 3)
	e.must(err)
	if told := e.notices("subsidy.approve"); back.State != jiqiao.SubsidyApproved || len(told) != 1 {
		e.t.Errorf("%s, told %+v", back.State, told)
	}
	// What is late or paid stays.
	_, err = e.MoveSubsidy(as("u_1"), d.ID, again.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyRejected, Version: 4, Note: "材料不全"})
	e.must(err)
	e.clock.Advance(jiqiao.SubsidyUndo)
	_, err = e.UndoSubsidy(as("u_1"), d.ID, again.ID, 5)
	e.fails(jiqiao.CodeConflict, err)
	paid, err := e.ApplySubsidy(e.ctx, d.ID, "")
	e.must(err)
	_, err = e.MoveSubsidy(as("u_1"), d.ID, paid.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyApproved, Version: 1})
	e.must(err)
	_, err = e.MoveSubsidy(as("u_1"), d.ID, paid.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyPaid, Version: 2, Voucher: "拨 1", PaidOn: "2026-11-22"})
	e.must(err)
	_, err = e.UndoSubsidy(as("u_1"), d.ID, paid.ID, 3)
	e.fails(jiqiao.CodeConflict, err)
	if told := e.notices("subsidy.approve"); len(told) != 0 {
		e.t.Errorf("told that it was approved after it was paid: %+v", told)
	}
}

func subsidyIsComputedAnew(e *env) {
	e.must(e.AddSubsidyPolicy(e.ctx, SubsidyPolicy()))
	d := e.signed("")
	p := Payment(d.ID, "1", 60*jiqiao.Wan)
	_, err := e.AddPayment(e.ctx, p)
	e.must(err)
	sub, err := e.ApplySubsidy(e.ctx, d.ID, "")
	e.must(err)
	_, err = e.ReversePayment(e.ctx, d.ID, p.ID, "退款")
	e.must(err)
	_, err = e.MoveSubsidy(e.ctx, d.ID, sub.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyApproved, Version: 1})
	e.fails(jiqiao.CodeConflict, err)
	sums, err := e.Subsidy(e.ctx, d.ID)
	e.must(err)
	if sums.Amount != 0 || sums.Excess != 3*jiqiao.Wan {
		e.t.Errorf("after the money went back: %+v", sums)
	}
	_, err = e.MoveSubsidy(e.ctx, d.ID, sub.ID, jiqiao.SubsidyMove{To: jiqiao.SubsidyRejected, Version: 1, Note: "已退款"})
	e.must(err)
}

// jobsOf are the jobs of the kind, oldest first.
func (e *env) jobsOf(kind string) []jiqiao.Job {
	e.t.Helper()
	page, err := e.Jobs(e.ctx, jiqiao.JobQuery{Kind: kind, Limit: jiqiao.MaxPageSize})
	e.must(err)
	slices.Reverse(page.Jobs)
	return page.Jobs
}

// actsOn are the names of the acts on the object, oldest first.
func (e *env) actsOn(kind, id string) []string {
	e.t.Helper()
	page, err := e.AuditEntries(e.ctx, jiqiao.AuditQuery{Object: jiqiao.Ref{Type: kind, ID: id}, Limit: jiqiao.MaxPageSize})
	e.must(err)
	names := make([]string, 0, len(page.Entries))
	for _, entry := range page.Entries {
		names = append(names, entry.Act)
	}
	slices.Reverse(names)
	return names
}

// notices are those of the template that wait to be told.
func (e *env) notices(template string) []jiqiao.Notice {
	e.t.Helper()
	var found []jiqiao.Notice
	for _, j := range e.jobsOf("notice") {
		var n jiqiao.Notice
		e.must(json.Unmarshal(j.Payload, &n))
		if n.Template == template {
			found = append(found, n)
		}
	}
	return found
}

func dealsAreAuditedAndTold(e *env) {
	broker := Account(e.t, e.Store, jiqiao.RoleBroker, "b1")
	d := e.signed(broker)
	p := Payment(d.ID, "1", jiqiao.Wan)
	_, err := e.AddPayment(e.ctx, p)
	e.must(err)
	_, err = e.ReversePayment(e.ctx, d.ID, p.ID, "错了")
	e.must(err)
	acts := e.actsOn("deal", d.ID)
	want := []string{"deal.create", "contract.put", "deal.advance", "payment.add", "payment.reverse"}
	if diff := cmp.Diff(want, acts); diff != "" {
		e.t.Errorf("audit (-want +got):\n%s", diff)
	}
	for _, template := range []string{"deal.stage", "deal.signed", "payment.added"} {
		told := e.notices(template)
		if len(told) != 1 {
			e.t.Errorf("%s was told %d times", template, len(told))
			continue
		}
		if diff := cmp.Diff([]string{d.Buyer.ID, d.Seller.ID}, told[0].Organisations); diff != "" || told[0].Users[0] != broker {
			e.t.Errorf("%s is told to %v, %v", template, told[0].Users, told[0].Organisations)
		}
	}
	if jobs := e.jobsOf(jiqiao.JobDealRecords); len(jobs) != 1 || jobs[0].Key != d.ID {
		e.t.Errorf("the records do not follow: %+v", jobs)
	}
}

func dealOfNothing(e *env) {
	_, err := e.DealDetail(e.ctx, "l_00000000000000000000")
	e.fails(jiqiao.CodeNotFound, err)
	_, err = e.Subsidy(e.ctx, "l_00000000000000000000")
	e.fails(jiqiao.CodeNotFound, err)
	need, achievement := Need("甲公司", "净水"), Achievement("乙大学", "膜")
	e.put(need, achievement)
	d := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID}
	e.must(e.CreateDeal(e.ctx, &d))
	_, err = e.Subsidy(e.ctx, d.ID)
	e.fails(jiqiao.CodeConflict, err)
	detail := e.detail(d.ID)
	if detail.Contract != nil || detail.Tasks == nil || detail.Notes == nil || detail.Payments == nil || detail.Subsidies == nil {
		e.t.Errorf("an empty deal: %+v", detail)
	}
}

func dealFollowsMergedRecords(e *env) {
	need, twin, achievement := Need("甲公司", "净水"), Need("甲公司", "净水装置"), Achievement("乙大学", "膜")
	e.put(need, twin, achievement)
	d := jiqiao.Deal{NeedID: need.ID, AchievementID: achievement.ID}
	e.must(e.CreateDeal(e.ctx, &d))
	_, err := e.MergeRecords(e.ctx, jiqiao.MergeRequest{Kind: jiqiao.KindNeed, From: need.ID, Into: twin.ID, FromVersion: 1, IntoVersion: 1})
	e.must(err)
	got, err := e.Deal(e.ctx, d.ID)
	e.must(err)
	if got.NeedID != twin.ID {
		e.t.Errorf("the deal is of %s, which went into %s", got.NeedID, twin.ID)
	}
	got = e.advance(got, jiqiao.StageTalks)
	if got.NeedID != twin.ID {
		e.t.Errorf("the deal went back to %s", got.NeedID)
	}
}

func paymentsKeepTheirVouchers(e *env) {
	d, other := e.signed(Account(e.t, e.Store, jiqiao.RoleBroker, "b1")), e.signed("")
	file := func(deal string) string {
		a := jiqiao.Attachment{Object: jiqiao.Ref{Type: "deal", ID: deal}, Name: "凭证.png", Type: jiqiao.AttachmentPNG, User: "u_1"}
		e.must(e.PutAttachment(e.ctx, &a, strings.NewReader("x")))
		return a.ID
	}
	voucher := file(d.ID)
	for _, wrong := range []string{file(other.ID), "f_00000000000000000000", "x"} {
		p := Payment(d.ID, "1", jiqiao.Wan)
		p.Attachment = wrong
		_, err := e.AddPayment(e.ctx, p)
		e.fails(jiqiao.CodeInvalid, err)
	}
	p := Payment(d.ID, "1", jiqiao.Wan)
	p.Attachment = voucher
	_, err := e.AddPayment(e.ctx, p)
	e.must(err)
	e.fails(jiqiao.CodeConflict, e.DeleteAttachment(e.ctx, voucher))
	_, err = e.ReversePayment(e.ctx, d.ID, p.ID, "记错了")
	e.must(err)
	e.must(e.DeleteAttachment(e.ctx, voucher))
}
