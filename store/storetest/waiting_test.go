package storetest

import (
	"strings"
	"time"

	"jiqiao"
)

func waitingTests() map[string]func(*env) {
	return map[string]func(*env){
		"WaitingIsListedAsCounted": waitingIsListedAsCounted,
		"AskedIsNotLate":           askedIsNotLate,
		"ExposedIsListedAsCounted": exposedIsListedAsCounted,
		"FactsAreSummedByDays":     factsAreSummedByDays,
		"IndustriesHaveDivisions":  industriesHaveDivisions,
	}
}

// waitingIsListedAsCounted fills queues and introductions and compares the lists, page by page, with the counts.
func waitingIsListedAsCounted(e *env) {
	Queue(e.t, e.Store, "u_1", "n_1", "a_1", "a_2", "a_3")
	e.clock.Advance(50 * time.Hour)
	Queue(e.t, e.Store, "u_1", "n_2", "a_1")
	e.must(e.CreateIntroduction(e.ctx, Introduction("n_1", "a_4"), Quiet))
	now := e.clock.Now().Add(30 * 24 * time.Hour)
	all, err := e.Waiting(e.ctx, nil, threeDays(now), []time.Time{now.AddDate(0, 0, -31)})
	e.must(err)
	for _, a := range all {
		for name, q := range map[string]jiqiao.WaitingQuery{"all": {}, "late": {Late: true}, "old": {Over: 31}, "fresh": {Within: 31}} {
			q.What, q.Limit = a.What, 2
			want := map[string]int{"all": a.Total, "late": a.Late, "old": a.Counts[1], "fresh": a.Counts[0]}[name]
			var items []jiqiao.WaitingItem
			for {
				page, err := e.WaitingItems(e.ctx, q, threeDays(now))
				e.must(err)
				if page.Total != want {
					e.t.Errorf("%s of %s: total %d, counted %d", name, a.What, page.Total, want)
				}
				items = append(items, page.Items...)
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
			if len(items) != want {
				e.t.Errorf("%s of %s: %d listed, %d counted", name, a.What, len(items), want)
			}
			for i, item := range items {
				if item.Title == "" || i > 0 && item.Since.Before(items[i-1].Since) {
					e.t.Errorf("%s of %s: %+v", name, a.What, item)
				}
			}
		}
	}
	page, err := e.WaitingItems(e.ctx, jiqiao.WaitingQuery{What: "load", Broker: "u_1", Regions: []string{"320900"}}, threeDays(now))
	e.must(err)
	elsewhere, err := e.WaitingItems(e.ctx, jiqiao.WaitingQuery{What: "load", Regions: []string{"140400"}}, threeDays(now))
	e.must(err)
	if page.Total != 4 || elsewhere.Total != 0 {
		e.t.Errorf("load: %d here, %d elsewhere", page.Total, elsewhere.Total)
	}
	for _, q := range []jiqiao.WaitingQuery{{What: "nonsense"}, {What: "answers", Cursor: "x"}} {
		_, err = e.WaitingItems(e.ctx, q, threeDays(now))
		e.fails(jiqiao.CodeInvalid, err)
	}
}

// askedIsNotLate: what waits for an owner's answer is in the broker's hand, but the broker is not late with it.
func askedIsNotLate(e *env) {
	all := Queue(e.t, e.Store, "u_1", "n_1", "a_1", "a_2")
	_, err := e.AskQuestion(e.ctx, As("u_1"), all[0].ID, &jiqiao.Question{Kind: jiqiao.KindNeed, Text: "指标如何测试？"})
	e.must(err)
	now := e.clock.Now().Add(30 * 24 * time.Hour)
	ages, err := e.Waiting(e.ctx, nil, threeDays(now), []time.Time{now})
	e.must(err)
	if a := ages[0]; a.What != "candidates" || a.Total != 1 || a.Late != 1 {
		e.t.Errorf("counted %+v, one candidate waits for the broker", a)
	}
	for late, want := range map[bool]int{false: 2, true: 1} {
		page, err := e.WaitingItems(e.ctx, jiqiao.WaitingQuery{What: "load", Late: late}, threeDays(now))
		e.must(err)
		if page.Total != want {
			e.t.Errorf("in hand with late %t: %d, want %d", late, page.Total, want)
		}
	}
}

func exposedIsListedAsCounted(e *env) {
	first, second, far := Need("甲公司", "一"), Need("甲公司", "二"), Need("甲公司", "三")
	first.Region, second.Region, far.Region = "320981", "320902", "140400"
	e.put(first, second, far)
	e.refresh()
	Queue(e.t, e.Store, "u_1", first.ID, "a_1", "a_2")
	for regions, want := range map[string]string{"": "二三一", "320900": "二一"} {
		q := jiqiao.ExposedQuery{Kind: jiqiao.KindNeed, Regions: strings.Fields(regions), Limit: 1}
		counts, err := e.Exposures(e.ctx, q.Kind, q.Regions)
		e.must(err)
		got := ""
		for {
			page, err := e.Exposed(e.ctx, q)
			e.must(err)
			if page.Total != len(counts) {
				e.t.Errorf("%d listed, %d counted", page.Total, len(counts))
			}
			for _, item := range page.Items {
				got += item.Title
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if got != want {
			e.t.Errorf("in %q: %s, want %s", regions, got, want)
		}
		q.Never, q.Limit = true, 0
		page, err := e.Exposed(e.ctx, q)
		e.must(err)
		if page.Total != len(counts)-1 {
			e.t.Errorf("in %q %d were never shown", regions, page.Total)
		}
	}
}

func factsAreSummedByDays(e *env) {
	e.put(Need("甲公司", "一"))
	day := jiqiao.DayOf(e.clock.Now())
	e.clock.Advance(48 * time.Hour)
	e.put(Need("甲公司", "二"))
	e.refresh()
	for until, want := range map[jiqiao.Date]int64{day: 1, jiqiao.DayOf(e.clock.Now()): 2} {
		sums, err := e.FactSums(e.ctx, jiqiao.FigureQuery{From: string(day), Until: string(until)})
		e.must(err)
		if len(sums) != 1 || sums[0].Indicator != jiqiao.IndicatorNeeds || sums[0].Value != want {
			e.t.Errorf("until %s: %v", until, sums)
		}
	}
}

func industriesHaveDivisions(e *env) {
	fine, section, none := Need("甲公司", "一"), Need("甲公司", "二"), Need("甲公司", "三")
	fine.Industries, section.Industries, none.Industries = []string{"C39"}, []string{"C"}, nil
	fine.Region, section.Region, none.Region = "320981", "320900", ""
	e.put(fine, section, none)
	e.refresh()
	for name, c := range map[string]struct {
		q    jiqiao.FigureQuery
		want int64
	}{
		"the section": {jiqiao.FigureQuery{Industry: "C"}, 2}, "the section alone": {jiqiao.FigureQuery{Industry: "C", Exact: true}, 1},
		"the division": {jiqiao.FigureQuery{Industry: "C39"}, 1}, "no industry": {jiqiao.FigureQuery{Industry: jiqiao.Unstated}, 1},
		"the city": {jiqiao.FigureQuery{Regions: []string{"320900"}}, 2}, "the city alone": {jiqiao.FigureQuery{Regions: []string{"320900"}, Exact: true}, 1},
		"no region": {jiqiao.FigureQuery{Regions: []string{jiqiao.Unstated}}, 1},
	} {
		c.q.Indicators = []jiqiao.Indicator{jiqiao.IndicatorNeeds}
		got := e.figures(c.q)
		page, err := e.Facts(e.ctx, jiqiao.FactQuery{FigureQuery: c.q})
		e.must(err)
		if len(got) != 1 || got[0].Value != c.want || int64(page.Total) != c.want {
			e.t.Errorf("%s: %v, %d listed, want %d", name, got, page.Total, c.want)
		}
	}
	by := e.figures(jiqiao.FigureQuery{Indicators: []jiqiao.Indicator{jiqiao.IndicatorNeeds}, By: jiqiao.ByDivision})
	if len(by) != 3 || by[1].Key != "C" || by[2].Key != "C39" {
		e.t.Errorf("by division: %v", by)
	}
}

// threeDays is a clock by which submissions are answered within three days.
func threeDays(now time.Time) jiqiao.WaitingClock {
	return jiqiao.NewWaitingClock(now, func(submitted time.Time) time.Time { return jiqiao.DayStart(submitted).AddDate(0, 0, 4) })
}
