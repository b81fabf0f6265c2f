package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
)

func figureTests() map[string]func(*env) {
	return map[string]func(*env){
		"FiguresFollowRecords":    figuresFollowRecords,
		"FiguresAreSumsOfFacts":   figuresAreSumsOfFacts,
		"FactsArePaged":           factsArePaged,
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
