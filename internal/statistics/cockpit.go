package statistics

import (
	"context"
	"fmt"
	"time"

	"jiqiao"
)

// Lists are the store's lists behind what is counted at the moment, and sums between days.
type Lists interface {
	FactSums(ctx context.Context, q jiqiao.FigureQuery) ([]jiqiao.Figure, error)
	WaitingItems(ctx context.Context, q jiqiao.WaitingQuery, clock jiqiao.WaitingClock) (jiqiao.WaitingPage, error)
	Exposed(ctx context.Context, q jiqiao.ExposedQuery) (jiqiao.ExposedPage, error)
}

const (
	monthLayout = "2006-01"
	maxMonths   = 120 // of one period
)

// shift moves a month by n.
func shift(month string, n int) string {
	t, _ := time.Parse(monthLayout, month)
	return t.AddDate(0, n, 0).Format(monthLayout)
}

// months counts those from one to another, both included; less than 1 when they are the wrong way round.
func months(from, until string) int {
	a, _ := time.Parse(monthLayout, from)
	b, _ := time.Parse(monthLayout, until)
	return (b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month()) + 1
}

func firstDay(month string) jiqiao.Date { return jiqiao.Date(month + "-01") }

func lastDay(month string) jiqiao.Date {
	t, _ := time.Parse(monthLayout, month)
	return jiqiao.Date(t.AddDate(0, 1, -1).Format(time.DateOnly))
}

// monthOf is the month of a day.
func monthOf(day jiqiao.Date) string { return string(day)[:len(monthLayout)] }

// earlier is the span n months before that from the first of a month to a day: to the same day of the month, and to the
// month's end where the day is one.
func earlier(from string, day jiqiao.Date, n int) jiqiao.DaySpan {
	month := shift(monthOf(day), -n)
	until := lastDay(month)
	if same := jiqiao.Date(month + string(day)[len(monthLayout):]); day != lastDay(monthOf(day)) && same < until {
		until = same
	}
	return jiqiao.DaySpan{From: firstDay(shift(from, -n)), Until: until}
}

// passed is the part of its year that is over at the end of the day.
func passed(day jiqiao.Date) float64 {
	t, _ := time.Parse(time.DateOnly, string(day))
	days := time.Date(t.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
	return float64(t.YearDay()) / float64(days)
}

// period fills in the months that are not given, this year's, and refuses those the wrong way round.
func period(q *jiqiao.FigureQuery, today jiqiao.Date) error {
	if q.Until == "" {
		q.Until = monthOf(today)
		if q.From > q.Until {
			q.Until = q.From
		}
	}
	if q.From == "" {
		q.From = q.Until[:len("2006")] + "-01"
	}
	if n := months(q.From, q.Until); n < 1 || n > maxMonths {
		return jiqiao.Invalid([]jiqiao.FieldError{{Field: "until", Message: fmt.Sprintf("截止月份应不早于起始月份，最多 %d 个月", maxMonths)}})
	}
	return nil
}

// Cockpit is the leaders' view of a period.
func (s *Service) Cockpit(ctx context.Context, q jiqiao.FigureQuery) (jiqiao.Cockpit, error) {
	now := s.now()
	today := jiqiao.DayOf(now)
	c := jiqiao.Cockpit{At: now}
	q = jiqiao.FigureQuery{From: q.From, Until: q.Until, Regions: q.Regions}
	if err := check(q); err != nil {
		return c, err
	}
	if err := period(&q, today); err != nil {
		return c, err
	}
	var err error
	if q.Regions, err = within(ctx, q.Regions); err != nil {
		return c, err
	}
	c.From, c.Until, c.Regions = q.From, q.Until, q.Regions
	c.Day = min(lastDay(q.Until), max(today, firstDay(q.From)))
	if err := s.goals(ctx, q, &c); err != nil {
		return c, err
	}
	totals, err := s.store.Figures(ctx, q)
	if err != nil {
		return c, err
	}
	if err := s.compare(ctx, q, totals, &c); err != nil {
		return c, err
	}
	if c.Stages, err = s.stages(ctx, q, totals); err != nil {
		return c, err
	}
	if c.Funnel, err = s.funnel(ctx, q, totals); err != nil {
		return c, err
	}
	return c, s.divide(ctx, q, &c)
}

// goals fills in what has a target for the year of the period, from its beginning on.
func (s *Service) goals(ctx context.Context, q jiqiao.FigureQuery, c *jiqiao.Cockpit) error {
	year, _ := time.Parse(monthLayout, q.Until)
	targets, _, err := s.Targets(ctx, year.Year())
	if err != nil {
		return err
	}
	q.From = fmt.Sprintf("%04d-01", year.Year())
	totals, err := s.store.Figures(ctx, q)
	if err != nil {
		return err
	}
	c.Passed, c.Goals = passed(c.Day), []jiqiao.Card{}
	for _, card := range cards(totals, targets) {
		if card.Target > 0 {
			c.Goals = append(c.Goals, card)
		}
	}
	return nil
}

// compare makes the cards of the period with those of a year ago and of the months before.
func (s *Service) compare(ctx context.Context, q jiqiao.FigureQuery, totals []jiqiao.Figure, c *jiqiao.Cockpit) error {
	c.LastYear, c.Before = earlier(q.From, c.Day, 12), earlier(q.From, c.Day, months(q.From, q.Until))
	var then [2]map[string]float64
	for i, span := range []*jiqiao.DaySpan{&c.LastYear, &c.Before} {
		q.From, q.Until = string(span.From), string(span.Until)
		sums, err := s.store.FactSums(ctx, q)
		if err != nil {
			return err
		}
		span.Known = len(sums) > 0
		then[i] = map[string]float64{}
		for _, card := range cards(sums, jiqiao.Targets{}) {
			if span.Known && hasValue(card, sums) {
				then[i][card.Name] = card.Value
			}
		}
	}
	for _, card := range cards(totals, jiqiao.Targets{}) {
		p := jiqiao.PeriodCard{Card: card, Has: hasValue(card, totals)}
		if v, ok := then[0][card.Name]; ok {
			p.LastYear = &v
		}
		if v, ok := then[1][card.Name]; ok {
			p.Before = &v
		}
		c.Cards = append(c.Cards, p)
	}
	return nil
}

// hasValue tells whether a card says something: a rate of nothing does not.
func hasValue(c jiqiao.Card, totals []jiqiao.Figure) bool {
	if len(c.Indicators) < 2 {
		return true
	}
	for _, f := range totals {
		if f.Indicator == c.Indicators[1] && f.Value > 0 {
			return true
		}
	}
	return false
}

// accepted is the step of the funnel that is a part of the decisions.
const accepted = "accepted"

// funnel are the steps from needs to registered contracts.
func (s *Service) funnel(ctx context.Context, q jiqiao.FigureQuery, totals []jiqiao.Figure) ([]jiqiao.FunnelStep, error) {
	q.Indicators, q.Detail = []jiqiao.Indicator{jiqiao.IndicatorDecisions}, string(jiqiao.VerbAccept)
	decided, err := s.store.Figures(ctx, q)
	if err != nil {
		return nil, err
	}
	value := map[string]int64{}
	for _, f := range totals {
		value[string(f.Indicator)] = f.Value
	}
	for _, f := range decided {
		value[accepted] = f.Value
	}
	steps := []jiqiao.FunnelStep{
		step(jiqiao.IndicatorNeeds, "需求", ""), step(jiqiao.IndicatorCandidates, "候选", "平均每条需求的候选数"),
		{
			Name: accepted, Label: "采纳", Definition: "技术经理人采纳的候选，按决定日期计，撤回的不计", Indicator: jiqiao.IndicatorDecisions,
			Detail: string(jiqiao.VerbAccept), RateLabel: "采纳 ÷ 候选",
		},
		step(jiqiao.IndicatorIntroductions, "对接", "对接 ÷ 采纳"), step(jiqiao.IndicatorMutual, "意向", "双方有意向 ÷ 对接"),
		step(jiqiao.IndicatorContracts, "签约", "签约合同 ÷ 双方有意向"), step(jiqiao.IndicatorRegistrations, "登记", "认定登记 ÷ 签约合同"),
	}
	before := int64(0)
	for i := range steps {
		steps[i].Value = value[steps[i].Name]
		if before > 0 {
			rate := float64(steps[i].Value) / float64(before)
			steps[i].Rate = &rate
		}
		before = steps[i].Value
	}
	return steps, nil
}

func step(i jiqiao.Indicator, label, rate string) jiqiao.FunnelStep {
	return jiqiao.FunnelStep{Name: string(i), Label: label, Definition: i.Definition(), Indicator: i, RateLabel: rate}
}

// divided are the indicators that the cockpit shows by month, place and industry.
var divided = []jiqiao.Indicator{
	jiqiao.IndicatorNeeds, jiqiao.IndicatorAchievements, jiqiao.IndicatorIntroductions, jiqiao.IndicatorAsked, jiqiao.IndicatorAnswers,
	jiqiao.IndicatorAnswerHours, jiqiao.IndicatorMutual, jiqiao.IndicatorContracts, jiqiao.IndicatorContractAmount,
	jiqiao.IndicatorRegisteredAmount, jiqiao.IndicatorPayments,
}

// divide fills in the parts of the period's figures, and the months of its year and of the year before.
func (s *Service) divide(ctx context.Context, q jiqiao.FigureQuery, c *jiqiao.Cockpit) (err error) {
	year := q.Until[:len("2006")] + "-12"
	trend := jiqiao.FigureQuery{Regions: q.Regions, From: shift(year, -23), Until: year, By: jiqiao.ByMonth, Indicators: divided}
	if c.Months, err = s.Figures(ctx, trend); err != nil {
		return err
	}
	for _, part := range []struct {
		by         jiqiao.FigureBy
		indicators []jiqiao.Indicator
		into       *[]jiqiao.Figure
	}{
		{jiqiao.ByRegion, divided, &c.ByRegion}, {jiqiao.ByDivision, divided, &c.ByDivision},
		{jiqiao.ByDetail, []jiqiao.Indicator{jiqiao.IndicatorDeclined, jiqiao.IndicatorDecisions}, &c.Reasons},
	} {
		q.By, q.Indicators = part.by, part.indicators
		if *part.into, err = s.Figures(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// Waiting is the list behind the ageing.
func (s *Service) Waiting(ctx context.Context, q jiqiao.WaitingQuery) (jiqiao.WaitingPage, error) {
	var err error
	if q.Regions, err = reach(ctx, q.Regions); err != nil {
		return jiqiao.WaitingPage{}, err
	}
	clock, err := s.clock(ctx, s.now())
	if err != nil {
		return jiqiao.WaitingPage{}, err
	}
	return s.store.WaitingItems(ctx, q, clock)
}

// Exposed is the list behind the exposure.
func (s *Service) Exposed(ctx context.Context, q jiqiao.ExposedQuery) (jiqiao.ExposedPage, error) {
	var err error
	if q.Regions, err = reach(ctx, q.Regions); err != nil {
		return jiqiao.ExposedPage{}, err
	}
	return s.store.Exposed(ctx, q)
}

// reach checks regions and narrows them to the viewer's.
func reach(ctx context.Context, regions []string) ([]string, error) {
	if err := check(jiqiao.FigureQuery{Regions: regions}); err != nil {
		return nil, err
	}
	return within(ctx, regions)
}

// lateOnPaper is how much of each kind of what is overdue a report lists.
const lateOnPaper = 20

// Monthly gathers what the report of a month says.
func (s *Service) Monthly(ctx context.Context, month, region string) (jiqiao.MonthlyReport, error) {
	r := jiqiao.MonthlyReport{Month: month, Region: region, At: s.now()}
	if t, err := time.Parse(monthLayout, month); err != nil || t.Year() < jiqiao.MinYear || t.Year() > jiqiao.MaxYear {
		return r, jiqiao.Invalid([]jiqiao.FieldError{{Field: "month", Message: "应为月份，如 2026-10"}})
	}
	if month > monthOf(jiqiao.DayOf(r.At)) {
		return r, jiqiao.Invalid([]jiqiao.FieldError{{Field: "month", Message: "这个月还没有到，请选择本月或以前的月份"}})
	}
	q := jiqiao.FigureQuery{From: month, Until: month}
	if region != "" {
		q.Regions = []string{region}
	}
	var err error
	if r.Cockpit, err = s.Cockpit(ctx, q); err != nil {
		return r, err
	}
	if r.Region == "" {
		r.Region = jiqiao.OriginOf(ctx).Region
	}
	if r.Brokers, err = s.Brokers(ctx, q); err != nil {
		return r, err
	}
	if r.Ageing, err = s.Ageing(ctx, q.Regions); err != nil {
		return r, err
	}
	for _, a := range r.Ageing {
		page, err := s.Waiting(ctx, jiqiao.WaitingQuery{What: a.What, Regions: q.Regions, Late: true, Limit: lateOnPaper})
		if err != nil {
			return r, err
		}
		r.Late = append(r.Late, page.Items...)
	}
	q.From = month[:len("2006")] + "-01"
	r.Year, err = s.Cockpit(ctx, q)
	return r, err
}
