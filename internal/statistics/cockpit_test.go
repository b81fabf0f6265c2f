package statistics

import (
	"cmp"
	"context"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/store"
	"jiqiao/store/storetest"
)

func TestEarlierDays(t *testing.T) {
	for _, c := range []struct {
		from  string
		day   jiqiao.Date
		n     int
		first jiqiao.Date
		last  jiqiao.Date
	}{
		{"2026-11", "2026-11-22", 1, "2026-10-01", "2026-10-22"},
		{"2026-11", "2026-11-30", 1, "2026-10-01", "2026-10-31"},  // a whole month is compared with a whole month
		{"2026-03", "2026-03-30", 1, "2026-02-01", "2026-02-28"},  // a day that the month before has not
		{"2024-02", "2024-02-29", 12, "2023-02-01", "2023-02-28"}, // a leap year
		{"2025-02", "2025-02-28", 12, "2024-02-01", "2024-02-29"},
		{"2026-01", "2026-01-05", 1, "2025-12-01", "2025-12-05"}, // over the new year
		{"2026-01", "2026-11-22", 12, "2025-01-01", "2025-11-22"},
		{"2026-10", "2026-12-31", 3, "2026-07-01", "2026-09-30"},
	} {
		if got := earlier(c.from, c.day, c.n); got.From != c.first || got.Until != c.last {
			t.Errorf("%d months before %s..%s: %+v", c.n, c.from, c.day, got)
		}
	}
}

func TestTimeProgress(t *testing.T) {
	for day, want := range map[jiqiao.Date]float64{"2026-12-31": 1, "2026-01-01": 1.0 / 365, "2024-12-30": 365.0 / 366} {
		if got := passed(day); got != want {
			t.Errorf("%s: %v, want %v", day, got, want)
		}
	}
}

// at makes a service whose clock stands at a moment.
func at(st *store.Store, moment string) *Service {
	now, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		panic(err)
	}
	return New(st, threeDays, func() time.Time { return now })
}

// The month is Beijing's: at 16:00 UTC the next has begun there.
func TestTheMonthIsBeijings(t *testing.T) {
	st, _ := open(t)
	for moment, want := range map[string]string{"2026-10-31T15:59:59Z": "2026-10", "2026-10-31T16:00:00Z": "2026-11", "2026-12-31T16:00:00Z": "2027-01"} {
		c, err := at(st, moment).Cockpit(t.Context(), jiqiao.FigureQuery{})
		if err != nil || c.Until != want || c.From != want[:4]+"-01" {
			t.Errorf("%s: %s to %s, %v", moment, c.From, c.Until, err)
		}
		_, err = at(st, moment).Monthly(t.Context(), shift(want, 1), "")
		code(t, jiqiao.CodeInvalid, err)
		if _, err = at(st, moment).Monthly(t.Context(), want, ""); err != nil {
			t.Errorf("%s: %v", moment, err)
		}
	}
}

// city is a store in which something of everything has happened.
func city(t *testing.T) (*store.Store, *Service) {
	st, s := open(t)
	n, a := need("一", "320981"), storetest.Achievement("某大学", "成果一")
	other, far := need("二", "320902"), need("三", "140400")
	other.Industries, far.Industries = []string{"C"}, nil
	put(t, st, n, a, other, far)
	broker := storetest.Account(t, st, jiqiao.RoleBroker, "broker")
	storetest.Deal(t, st, broker, n, a)
	if err := st.CreateIntroduction(t.Context(), storetest.Introduction(other.ID, a.ID), storetest.Quiet); err != nil {
		t.Fatal(err)
	}
	if _, err := st.RefreshFigures(t.Context()); err != nil {
		t.Fatal(err)
	}
	return st, s
}

// Every figure is the sum of the list that it leads to.
func TestFiguresAreTheirLists(t *testing.T) {
	_, s := city(t)
	for name, ctx := range map[string]context.Context{"everywhere": operator(t, ""), "of a city": operator(t, "320900")} {
		c, err := s.Cockpit(ctx, jiqiao.FigureQuery{})
		if err != nil {
			t.Fatal(err)
		}
		base := jiqiao.FigureQuery{From: c.From, Until: c.Until, Regions: c.Regions}
		for _, card := range c.Cards {
			if len(card.Indicators) == 1 {
				sums(ctx, t, s, name+" "+card.Name, base, card.Indicators[0], int64(card.Value))
			}
		}
		for _, step := range c.Funnel {
			q := base
			q.Detail = step.Detail
			sums(ctx, t, s, name+" "+step.Name, q, step.Indicator, step.Value)
		}
		for _, f := range c.ByRegion {
			q := base
			q.Exact, q.Regions = true, []string{cmp.Or(f.Key, jiqiao.Unstated)}
			sums(ctx, t, s, name+" in "+f.Label, q, f.Indicator, f.Value)
		}
		for _, f := range c.ByDivision {
			q := base
			q.Industry, q.Exact = cmp.Or(f.Key, jiqiao.Unstated), true
			if len(q.Regions) > 0 { // the region is not meant exactly
				continue
			}
			sums(ctx, t, s, name+" of "+f.Label, q, f.Indicator, f.Value)
		}
	}
}

// sums compares a figure with the facts behind it, one by one.
func sums(ctx context.Context, t *testing.T, s *Service, name string, q jiqiao.FigureQuery, i jiqiao.Indicator, want int64) {
	t.Helper()
	q.Indicators = []jiqiao.Indicator{i}
	var got int64
	var n int
	asked := jiqiao.FactQuery{FigureQuery: q, Limit: 1}
	for {
		page, err := s.Facts(ctx, asked)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, f := range page.Items {
			got += f.Value
			n++
			if f.Title == "" {
				t.Errorf("%s: %s %s has no title", name, f.Object.Type, f.Object.ID)
			}
		}
		if asked.Cursor = page.Next; asked.Cursor == "" {
			if n != page.Total {
				t.Errorf("%s: %d facts of %d", name, n, page.Total)
			}
			break
		}
	}
	if got != want {
		t.Errorf("%s: the list sums to %d, the figure is %d", name, got, want)
	}
}

func TestTheCockpitStaysWithinTheRegion(t *testing.T) {
	_, s := city(t)
	ctx := operator(t, "320900")
	for _, regions := range [][]string{{"140400"}, {"320000"}, {"320981", "140400"}, {jiqiao.Unstated}} {
		_, err := s.Cockpit(ctx, jiqiao.FigureQuery{Regions: regions})
		code(t, jiqiao.CodeForbidden, err)
		_, err = s.Waiting(ctx, jiqiao.WaitingQuery{What: "reviews", Regions: regions})
		code(t, jiqiao.CodeForbidden, err)
		_, err = s.Exposed(ctx, jiqiao.ExposedQuery{Kind: jiqiao.KindNeed, Regions: regions})
		code(t, jiqiao.CodeForbidden, err)
		_, err = s.Monthly(ctx, "2026-11", regions[len(regions)-1])
		code(t, jiqiao.CodeForbidden, err)
	}
	c, err := s.Cockpit(ctx, jiqiao.FigureQuery{})
	if err != nil || c.Cards[0].Value != 2 {
		t.Errorf("within: %+v, %v", c.Cards, err)
	}
	page, err := s.Exposed(ctx, jiqiao.ExposedQuery{Kind: jiqiao.KindNeed})
	for _, r := range page.Items {
		if !strings.HasPrefix(r.Region, "3209") {
			t.Errorf("%s of %s is listed", r.Title, r.Region)
		}
	}
	report, err2 := s.Exposure(ctx, jiqiao.KindNeed, nil)
	if err != nil || err2 != nil || page.Total != report.Records {
		t.Errorf("%d listed, %d counted; %v, %v", page.Total, report.Records, err, err2)
	}
	r, err := s.Monthly(ctx, "2026-11", "")
	if err != nil || r.Region != "320900" {
		t.Errorf("the report is about %q, %v", r.Region, err)
	}
}

func TestThePeriodIsChecked(t *testing.T) {
	_, s := open(t)
	for name, q := range map[string]jiqiao.FigureQuery{
		"backwards": {From: "2026-05", Until: "2026-04"}, "too long": {From: "2000-01", Until: "2026-01"}, "no month": {From: "2026"},
	} {
		if _, err := s.Cockpit(t.Context(), q); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A new service has no last year: nothing is compared, which is another thing than zero.
func TestComparisonsNeedSomethingToCompare(t *testing.T) {
	_, s := city(t)
	c, err := s.Cockpit(t.Context(), jiqiao.FigureQuery{})
	if err != nil || c.LastYear.Known || c.Cards[0].LastYear != nil {
		t.Errorf("%+v %+v, %v", c.LastYear, c.Cards[0], err)
	}
	later := New(s.store, threeDays, func() time.Time { return s.now().AddDate(1, 0, 5) })
	if c, err = later.Cockpit(t.Context(), jiqiao.FigureQuery{}); err != nil || !c.LastYear.Known {
		t.Fatal(c.LastYear, err)
	}
	for _, card := range c.Cards {
		switch card.Name {
		case "needs":
			if card.LastYear == nil || *card.LastYear != 3 || card.Value != 0 {
				t.Errorf("needs: %+v", card)
			}
		case "response_rate":
			if card.Has {
				t.Errorf("nobody was asked, and the rate is %v", card.Value)
			}
		}
	}
}

// What waits is counted and listed alike, in every class of age.
func TestTheAgeingIsItsLists(t *testing.T) {
	_, s := city(t)
	later := New(s.store, threeDays, func() time.Time { return s.now().AddDate(0, 0, 4) })
	all, err := later.Ageing(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		got := jiqiao.Ageing{What: a.What, Label: a.Label, Days: a.Days, Counts: make([]int, len(a.Counts))}
		count := func(q jiqiao.WaitingQuery) int {
			q.What = a.What
			page, err := later.Waiting(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			return page.Total
		}
		got.Total, got.Late = count(jiqiao.WaitingQuery{}), count(jiqiao.WaitingQuery{Late: true})
		for i := range a.Counts {
			q := jiqiao.WaitingQuery{}
			if i > 0 {
				q.Over = a.Days[i-1]
			}
			if i < len(a.Days) {
				q.Within = a.Days[i]
			}
			got.Counts[i] = count(q)
		}
		if diff := gocmp.Diff(a, got); diff != "" {
			t.Errorf("-counted +listed:\n%s", diff)
		}
	}
	_, err = later.Waiting(t.Context(), jiqiao.WaitingQuery{What: "nonsense"})
	code(t, jiqiao.CodeInvalid, err)
}
