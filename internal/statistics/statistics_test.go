package statistics

import (
	"context"
	"log/slog"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/sqlitetest"
	"jiqiao/store/storetest"
)

func open(t *testing.T) (*store.Store, *Service) {
	t.Helper()
	clock := storetest.NewClock()
	st, err := store.Open(t.Context(), store.Config{
		URL: sqlitetest.New(t), Now: clock.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st, New(st, threeDays, clock.Now)
}

// threeDays answers what is submitted within three days, worked or not.
func threeDays(_ context.Context, now time.Time) (jiqiao.WaitingClock, error) {
	return jiqiao.NewWaitingClock(now, func(submitted time.Time) time.Time { return jiqiao.DayStart(submitted).AddDate(0, 0, 4) }), nil
}

func put(t *testing.T, st *store.Store, recs ...jiqiao.Record) {
	t.Helper()
	for _, rec := range recs {
		if err := st.Put(t.Context(), rec); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := st.RefreshFigures(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func need(title, region string) *jiqiao.Need {
	n := storetest.Need("甲公司", title)
	n.Region, n.Industries = region, []string{"C39"}
	return n
}

// operator is the context of a bureau's operator whose region it is.
func operator(t *testing.T, region string) context.Context {
	return jiqiao.WithOrigin(t.Context(), jiqiao.Origin{Viewer: jiqiao.Viewer{User: "u_1", Role: jiqiao.RoleOperator, Region: region}})
}

func code(t *testing.T, want jiqiao.Code, err error) {
	t.Helper()
	if got := jiqiao.CodeOf(err); got != want {
		t.Errorf("code %q (%v), want %q", got, err, want)
	}
}

// What an operator may not count: anything outside his region, by any way of asking.
func TestFiguresStayWithinTheRegion(t *testing.T) {
	st, s := open(t)
	put(t, st, need("盐城", "320981"), need("长治", "140400"))
	ctx := operator(t, "320900")
	for _, regions := range [][]string{{"140400"}, {"320000"}, {"320981", "140400"}} {
		_, err := s.Overview(ctx, 2026, regions)
		code(t, jiqiao.CodeForbidden, err)
		_, err = s.Figures(ctx, jiqiao.FigureQuery{Regions: regions})
		code(t, jiqiao.CodeForbidden, err)
		_, err = s.Facts(ctx, jiqiao.FactQuery{FigureQuery: jiqiao.FigureQuery{Regions: regions}})
		code(t, jiqiao.CodeForbidden, err)
		_, err = s.Ageing(ctx, regions)
		code(t, jiqiao.CodeForbidden, err)
		_, err = s.Brokers(ctx, jiqiao.FigureQuery{Regions: regions})
		code(t, jiqiao.CodeForbidden, err)
		_, err = s.Exposure(ctx, jiqiao.KindNeed, regions)
		code(t, jiqiao.CodeForbidden, err)
	}
	o, err := s.Overview(ctx, 2026, nil)
	if err != nil || o.Cards[0].Value != 1 || len(o.ByRegion) != 1 || o.ByRegion[0].Key != "320981" {
		t.Errorf("within the region: %+v, %v", o, err)
	}
	page, err := s.Facts(ctx, jiqiao.FactQuery{})
	if err != nil || page.Total != 1 || page.Items[0].Title != "盐城" {
		t.Errorf("the list: %+v, %v", page, err)
	}
	all, err := s.Overview(operator(t, ""), 2026, nil)
	if err != nil || all.Cards[0].Value != 2 {
		t.Errorf("of everything: %v, %v", all.Cards, err)
	}
	county, err := s.Overview(ctx, 2026, []string{"320981"})
	if err != nil || county.Cards[0].Value != 1 {
		t.Errorf("of a county: %v, %v", county.Cards, err)
	}
}

func TestOverviewComparesWithTargets(t *testing.T) {
	st, s := open(t)
	put(t, st, need("甲", "320900"), need("乙", "320900"), storetest.Achievement("某大学", "成果"))
	_, version, err := s.Targets(t.Context(), 2026)
	if err != nil || version != 0 {
		t.Fatal(version, err)
	}
	targets := jiqiao.Targets{Year: 2026, Values: map[jiqiao.Indicator]int64{jiqiao.IndicatorNeeds: 8}, MatchingRate: 0.8}
	if version, err = s.SetTargets(t.Context(), targets, version); err != nil {
		t.Fatal(err)
	}
	o, err := s.Overview(t.Context(), 2026, nil)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]jiqiao.Card{}
	for _, c := range o.Cards {
		if c.Label == "" || c.Definition == "" || len(c.Indicators) == 0 {
			t.Errorf("%s has no name, definition or list: %+v", c.Name, c)
		}
		by[c.Name] = c
	}
	if c := by["needs"]; c.Value != 2 || c.Target != 8 || c.Reached != 0.25 {
		t.Errorf("needs: %+v", c)
	}
	if c := by["matching_rate"]; c.Value != 0 || c.Target != 0.8 {
		t.Errorf("matching rate: %+v", c)
	}
	if len(o.Months) != 2 || o.Months[0].Label != "2026-11" || o.ByIndustry[1].Label == "" {
		t.Errorf("months %v, industries %v", o.Months, o.ByIndustry)
	}
	// Of another year there is nothing, and no target.
	if o, err = s.Overview(t.Context(), 2025, nil); err != nil || o.Cards[0].Value != 0 || o.Cards[0].Target != 0 {
		t.Errorf("2025: %+v, %v", o.Cards[0], err)
	}
	_, err = s.SetTargets(t.Context(), targets, version-1)
	code(t, jiqiao.CodeConflict, err)
}

func TestWrongQuestionsAreRefused(t *testing.T) {
	_, s := open(t)
	for name, q := range map[string]jiqiao.FigureQuery{
		"indicator": {Indicators: []jiqiao.Indicator{"nonsense"}}, "month": {From: "2026-13"}, "day": {Until: "2026-01-01"},
		"region": {Regions: []string{"999999"}}, "divisor": {By: "day"},
	} {
		_, err := s.Figures(t.Context(), q)
		if jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, targets := range map[string]jiqiao.Targets{
		"year": {Year: 1}, "indicator": {Year: 2026, Values: map[jiqiao.Indicator]int64{"x": 1}},
		"negative": {Year: 2026, Values: map[jiqiao.Indicator]int64{"needs": -1}}, "rate": {Year: 2026, MatchingRate: 80},
		"not a number": {Year: 2026, ResponseRate: math.NaN()}, "days": {Year: 2026, ResponseDays: -1},
	} {
		_, err := s.SetTargets(t.Context(), targets, 0)
		if jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestGini(t *testing.T) {
	for _, c := range []struct {
		counts []int64
		want   float64
	}{
		{nil, 0}, {[]int64{0, 0}, 0}, {[]int64{3}, 0}, {[]int64{2, 2, 2}, 0}, {[]int64{0, 1}, 0.5}, {[]int64{0, 0, 0, 4}, 0.75},
		{[]int64{4, 1, 3, 2}, 0.25},
	} {
		if got := gini(c.counts); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v: %v, want %v", c.counts, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOf(rapid.Int64Range(0, 1000)).Draw(t, "counts")
		g := gini(counts)
		if !(g >= 0 && g <= 1) {
			t.Fatalf("%v: %v", counts, g)
		}
		doubled := make([]int64, len(counts))
		for i, n := range counts {
			doubled[i] = 2 * n
		}
		if d := gini(doubled); math.Abs(d-g) > 1e-9 {
			t.Fatalf("doubling moves it from %v to %v", g, d)
		}
	})
}

func TestExposureCountsWhatWasNeverShown(t *testing.T) {
	st, s := open(t)
	put(t, st, need("甲", "320900"), need("乙", "320900"))
	r, err := s.Exposure(t.Context(), jiqiao.KindNeed, nil)
	if err != nil || r.Records != 2 || r.Never != 2 || r.Gini != 0 || !r.At.Equal(s.now()) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestNothingWaits(t *testing.T) {
	_, s := open(t)
	all, err := s.Ageing(t.Context(), []string{"320900"})
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	for _, a := range all {
		if a.Total != 0 || a.Label == "" || len(a.Counts) != len(a.Days)+1 {
			t.Errorf("%+v", a)
		}
	}
	brokers, err := s.Brokers(t.Context(), jiqiao.FigureQuery{From: "2026-01", Until: "2026-12"})
	if err != nil || len(brokers) != 0 {
		t.Errorf("%v, %v", brokers, err)
	}
}
