package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
)

func figureTests() map[string]func(*env) {
	return map[string]func(*env){
		"FiguresFollowRecords":    figuresFollowRecords,
		"FiguresAreSumsOfFacts":   figuresAreSumsOfFacts,
		"FactsArePaged":           factsArePaged,
		"FiguresFollowWork":       figuresFollowWork,
		"FiguresSurviveRestoring": figuresSurviveRestoring,
	}
}

func (e *env) refresh() {
	e.t.Helper()
	_, err := e.RefreshFigures(e.ctx)
	e.must(err)
}

func (e *env) figures(q jiqiao.FigureQuery) []jiqiao.Figure {
	e.t.Helper()
	figures, err := e.Figures(e.ctx, q)
	e.must(err)
	return figures
}

func figuresFollowRecords(e *env) {
	draft, here, there := Need("甲公司", "草稿"), Need("甲公司", "盐城的需求"), Need("乙公司", "长治的需求")
	draft.Status = jiqiao.StatusDraft
	here.Region, here.Industries = "320981", []string{"C39"}
	there.Region, there.Industries = "140400", []string{"B06"}
	e.put(draft, here, there, Achievement("某大学", "成果"))
	e.refresh()
	needs := jiqiao.FigureQuery{Indicators: []jiqiao.Indicator{jiqiao.IndicatorNeeds}, By: jiqiao.ByRegion}
	want := []jiqiao.Figure{{Indicator: "needs", Key: "140400", Value: 1, Count: 1}, {Indicator: "needs", Key: "320981", Value: 1, Count: 1}}
	if diff := cmp.Diff(want, e.figures(needs)); diff != "" {
		e.t.Errorf("-want +got:\n%s", diff)
	}
	city := needs
	city.Regions, city.By = []string{"320900"}, jiqiao.ByIndustry
	if got := e.figures(city); len(got) != 1 || got[0].Key != "C" || got[0].Value != 1 {
		e.t.Errorf("within 盐城: %v", got)
	}
	// What is withdrawn, moves or goes takes its figures along, however late.
	here.Status = jiqiao.StatusWithdrawn
	e.must(e.Put(e.ctx, here))
	there.Region = "140500"
	e.must(e.Put(e.ctx, there))
	e.refresh()
	want = []jiqiao.Figure{{Indicator: "needs", Key: "140500", Value: 1, Count: 1}}
	if diff := cmp.Diff(want, e.figures(needs)); diff != "" {
		e.t.Errorf("-want +got:\n%s", diff)
	}
	e.must(e.Delete(e.ctx, jiqiao.KindNeed, there.ID, there.Version))
	e.refresh()
	if got := e.figures(needs); len(got) != 0 {
		e.t.Errorf("of deleted records: %v", got)
	}
	_, err := e.Figures(e.ctx, jiqiao.FigureQuery{By: "1; DROP TABLE figures"})
	e.fails(jiqiao.CodeInvalid, err)
}

// figuresAreSumsOfFacts makes a history by chance and compares what was brought along with a count from the beginning.
func figuresAreSumsOfFacts(e *env) {
	rnd := rand.New(rand.NewPCG(1, 2))
	statuses := []jiqiao.Status{jiqiao.StatusDraft, jiqiao.StatusPublished, jiqiao.StatusEngaged, jiqiao.StatusWithdrawn}
	regions := []string{"", "320900", "320981", "140400"}
	var needs []*jiqiao.Need
	for step := range 120 {
		switch {
		case len(needs) == 0 || rnd.IntN(3) == 0:
			n := Need("甲公司", fmt.Sprint("需求", step))
			e.put(n)
			needs = append(needs, n)
		case rnd.IntN(6) == 0:
			at := rnd.IntN(len(needs))
			e.must(e.Delete(e.ctx, jiqiao.KindNeed, needs[at].ID, needs[at].Version))
			needs = slices.Delete(needs, at, at+1)
		default:
			n := needs[rnd.IntN(len(needs))]
			n.Status, n.Region = statuses[rnd.IntN(len(statuses))], regions[rnd.IntN(len(regions))]
			e.must(e.Put(e.ctx, n))
		}
		if rnd.IntN(10) == 0 {
			e.refresh()
		}
	}
	e.refresh()
	brought := e.allFigures()
	e.must(e.RebuildFigures(e.ctx))
	if diff := cmp.Diff(e.allFigures(), brought); diff != "" {
		e.t.Errorf("-from the beginning +brought along:\n%s", diff)
	}
}

func (e *env) allFigures() (all []string) {
	for _, by := range []jiqiao.FigureBy{jiqiao.ByMonth, jiqiao.ByRegion, jiqiao.ByIndustry, jiqiao.ByBroker, jiqiao.ByDetail} {
		for _, f := range e.figures(jiqiao.FigureQuery{By: by}) {
			all = append(all, fmt.Sprint(by, f))
		}
	}
	return all
}

func factsArePaged(e *env) {
	var ids []string
	for i := range 7 {
		n := Need("甲公司", fmt.Sprint("需求", i))
		e.put(n)
		ids = append(ids, n.ID)
	}
	e.refresh()
	slices.Reverse(ids)
	var got []string
	q := jiqiao.FactQuery{FigureQuery: jiqiao.FigureQuery{Indicators: []jiqiao.Indicator{"needs"}, From: "2026-11", Until: "2026-11"}, Limit: 3}
	for {
		page, err := e.Facts(e.ctx, q)
		e.must(err)
		if page.Total != 7 {
			e.t.Errorf("total %d", page.Total)
		}
		for _, item := range page.Items {
			if !strings.HasPrefix(item.Title, "需求") {
				e.t.Errorf("%s is called %q", item.Object.ID, item.Title)
			}
			got = append(got, item.Object.ID)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if !slices.Equal(got, ids) {
		e.t.Errorf("got %v, want %v", got, ids)
	}
	q.Cursor = "\x00"
	_, err := e.Facts(e.ctx, q)
	e.fails(jiqiao.CodeInvalid, err)
}

func figuresSurviveRestoring(e *env) {
	e.put(Need("甲公司", "需求"))
	e.refresh()
	want := e.allFigures()
	var file strings.Builder
	_, err := e.Backup(e.ctx, &file)
	e.must(err)
	other := (suite{url: e.fresh}).open(e.t)
	other.put(Need("甲公司", "将被替换"))
	other.refresh()
	_, err = other.Restore(other.ctx, strings.NewReader(file.String()), store.RestoreOptions{Replace: true})
	other.must(err)
	other.refresh()
	if diff := cmp.Diff(want, other.allFigures()); diff != "" {
		e.t.Errorf("-want +got:\n%s", diff)
	}
}

// work is a city whose people do by chance what may be done.
type work struct {
	*env
	rnd           *rand.Rand
	needs         []*jiqiao.Need
	achievements  []*jiqiao.Achievement
	introductions []string
	deals         []string
	received      int64
}

// figuresFollowWork makes introductions, deals, contracts and payments, and moves needs between cities meanwhile.
func figuresFollowWork(e *env) {
	w := &work{env: e, rnd: rand.New(rand.NewPCG(3, 4))}
	for i := range 6 {
		n, a := Need("甲公司", fmt.Sprint("需求", i)), Achievement("某大学", fmt.Sprint("成果", i))
		n.Region = "320900"
		e.put(n, a)
		w.needs, w.achievements = append(w.needs, n), append(w.achievements, a)
	}
	for range 150 {
		w.step()
		e.clock.Advance(7 * time.Hour)
		if w.rnd.IntN(8) == 0 {
			e.refresh()
		}
	}
	e.refresh()
	brought := e.allFigures()
	e.must(e.RebuildFigures(e.ctx))
	if diff := cmp.Diff(e.allFigures(), brought); diff != "" {
		e.t.Errorf("-from the beginning +brought along:\n%s", diff)
	}
	// What was counted beside, by hand.
	want := map[jiqiao.Indicator]int64{
		jiqiao.IndicatorIntroductions: int64(len(w.introductions)), jiqiao.IndicatorAsked: 2 * int64(len(w.introductions)),
		jiqiao.IndicatorDeals: int64(len(w.deals)), jiqiao.IndicatorPayments: w.received,
	}
	for _, f := range e.figures(jiqiao.FigureQuery{}) {
		if n, ok := want[f.Indicator]; ok && n != f.Value {
			e.t.Errorf("%s: %d, want %d", f.Indicator, f.Value, n)
		}
		delete(want, f.Indicator)
	}
	if len(want) > 0 || len(w.deals) < 5 || w.received == 0 {
		e.t.Errorf("nothing of %v; %d deals, %d received", want, len(w.deals), w.received)
	}
}

func (w *work) step() {
	switch w.rnd.IntN(6) {
	case 0:
		n := w.needs[w.rnd.IntN(len(w.needs))]
		n.Region = []string{"320900", "140400", ""}[w.rnd.IntN(3)]
		w.must(w.Put(w.ctx, n))
	case 1:
		i := Introduction(w.needs[w.rnd.IntN(6)].ID, w.achievements[w.rnd.IntN(6)].ID)
		if err := w.CreateIntroduction(w.ctx, i, Quiet); err == nil {
			w.introductions = append(w.introductions, i.ID)
		}
	case 2:
		if len(w.introductions) > 0 {
			// One that has ended does not change any more.
			_, _ = w.ChangeIntroduction(w.ctx, w.introductions[w.rnd.IntN(len(w.introductions))], Decline)
		}
	case 3:
		n, a := w.needs[w.rnd.IntN(6)], w.achievements[w.rnd.IntN(6)]
		d := &jiqiao.Deal{NeedID: n.ID, AchievementID: a.ID, Agreed: true}
		err := w.CreateDeal(w.ctx, d)
		if err == nil {
			w.deals = append(w.deals, d.ID)
		} else if jiqiao.CodeOf(err) != jiqiao.CodeConflict {
			w.t.Fatal(err)
		}
	default:
		if len(w.deals) > 0 {
			w.moveDeal(w.deals[w.rnd.IntN(len(w.deals))])
		}
	}
}

// moveDeal signs a deal, has money come in, or moves it on.
func (w *work) moveDeal(id string) {
	d, err := w.Deal(w.ctx, id)
	w.must(err)
	today := jiqiao.DayOf(w.clock.Now())
	switch {
	case d.State == jiqiao.DealEnded:
	case d.Total == 0:
		signed, err := w.PutContract(w.ctx, &jiqiao.Contract{DealID: id, Project: "项目", Type: "consulting", SignedOn: today, Total: 1000, Trade: 800,
			Seller: jiqiao.ContractParty{Name: "某大学"}, Buyer: jiqiao.ContractParty{Name: "甲公司"}})
		w.must(err)
		w.advance(signed, jiqiao.StageSigned)
	case w.rnd.IntN(3) == 0:
		_, err := w.MoveDeal(w.ctx, id, jiqiao.DealMove{Verb: jiqiao.DealEnd, Version: d.Version, Reason: "price", Note: "谈不拢"})
		w.must(err)
	case d.Received < d.Total:
		p := &jiqiao.Payment{DealID: id, Amount: 100, ReceivedOn: today, Voucher: fmt.Sprint("V", w.rnd.Int64()), Kind: "instalment"}
		_, err := w.AddPayment(w.ctx, p)
		w.must(err)
		w.received += 100
		if w.rnd.IntN(3) == 0 {
			_, err := w.ReversePayment(w.ctx, id, p.ID, "记错了")
			w.must(err)
			w.received -= 100
		}
	}
}
