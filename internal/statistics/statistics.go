// Package statistics answers the cockpit: figures against targets, conversion and duration of stages, what waits, who
// carries what load, and what was never shown. Counting is the store's (docs/adr/0015); here figures get names, rates and
// targets, and viewers their region.
package statistics

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"jiqiao"
)

// Store keeps figures, and what is counted at the moment of asking.
type Store interface {
	Figures(ctx context.Context, q jiqiao.FigureQuery) ([]jiqiao.Figure, error)
	Facts(ctx context.Context, q jiqiao.FactQuery) (jiqiao.FactPage, error)
	Settings
	// Exposures counts, for each published record of a side within the regions, the candidates it is in.
	Exposures(ctx context.Context, kind jiqiao.Kind, regions []string) ([]int64, error)
	Lists
	// Waiting counts what waits since before each of the moments, and what is late.
	Waiting(ctx context.Context, regions []string, clock jiqiao.WaitingClock, before []time.Time) ([]jiqiao.Ageing, error)
	BrokerLoads(ctx context.Context, regions []string, now time.Time) ([]jiqiao.BrokerFigures, error)
	UserNames(ctx context.Context, ids []string) (map[string]string, error)
}

// Settings keeps what was set under names.
type Settings interface {
	// Setting reads what was set under a name into v, which else stays, with its version.
	Setting(ctx context.Context, name string, v any) (int64, error)
	PutSetting(ctx context.Context, name string, version int64, v any) (int64, error)
}

// Service answers for one store. It is safe for concurrent use.
type Service struct {
	store Store
	clock Clock
	now   func() time.Time
}

// Clock tells what is late at a moment.
type Clock func(ctx context.Context, now time.Time) (jiqiao.WaitingClock, error)

// New makes the service.
func New(store Store, clock Clock, now func() time.Time) *Service { return &Service{store, clock, now} }

// within narrows regions to what the viewer reaches: an operator of a city asks about nothing else.
func within(ctx context.Context, regions []string) ([]string, error) {
	own := jiqiao.OriginOf(ctx).Region
	if own == "" {
		return regions, nil
	}
	if len(regions) == 0 {
		return []string{own}, nil
	}
	for _, r := range regions {
		if !jiqiao.RegionMatches(own, r) {
			return nil, jiqiao.Fail(jiqiao.CodeForbidden, "只能查看本辖区的统计，请去掉辖区以外的地区", nil)
		}
	}
	return regions, nil
}

// Figures sums what is asked, with names for the keys.
func (s *Service) Figures(ctx context.Context, q jiqiao.FigureQuery) ([]jiqiao.Figure, error) {
	if err := check(q); err != nil {
		return nil, err
	}
	var err error
	if q.Regions, err = within(ctx, q.Regions); err != nil {
		return nil, err
	}
	figures, err := s.store.Figures(ctx, q)
	if err != nil {
		return nil, err
	}
	return figures, s.name(ctx, q.By, figures)
}

// Facts is the list behind a figure.
func (s *Service) Facts(ctx context.Context, q jiqiao.FactQuery) (jiqiao.FactPage, error) {
	if err := check(q.FigureQuery); err != nil {
		return jiqiao.FactPage{}, err
	}
	var err error
	if q.Regions, err = within(ctx, q.Regions); err != nil {
		return jiqiao.FactPage{}, err
	}
	page, err := s.store.Facts(ctx, q)
	if err != nil {
		return page, err
	}
	return page, s.describe(ctx, page.Items)
}

// describe gives the facts' brokers and details their names.
func (s *Service) describe(ctx context.Context, facts []jiqiao.ListedFact) error {
	var ids []string
	for _, f := range facts {
		if f.Broker != "" {
			ids = append(ids, f.Broker)
		}
	}
	slices.Sort(ids)
	people, err := s.store.UserNames(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	for i := range facts {
		facts[i].BrokerName = people[facts[i].Broker]
		if facts[i].Detail != "" {
			facts[i].DetailLabel = detailLabel(facts[i].Indicator, facts[i].Detail)
		}
	}
	return nil
}

func check(q jiqiao.FigureQuery) error {
	var wrong []jiqiao.FieldError
	for _, i := range q.Indicators {
		if i.Label() == "" {
			wrong = append(wrong, jiqiao.FieldError{Field: "indicators", Message: "没有“" + string(i) + "”这项指标，请重新选择指标"})
		}
	}
	for _, m := range []struct{ field, value string }{{"from", q.From}, {"until", q.Until}} {
		if _, err := time.Parse("2006-01", m.value); m.value != "" && err != nil {
			wrong = append(wrong, jiqiao.FieldError{Field: m.field, Message: "应为月份，如 2026-11"})
		}
	}
	for _, r := range q.Regions {
		if r != jiqiao.Unstated && jiqiao.CodeLabel("region", r) == "" {
			wrong = append(wrong, jiqiao.FieldError{Field: "regions", Message: "没有“" + r + "”这个地区，请重新选择地区"})
		}
	}
	if q.Industry != "" && q.Industry != jiqiao.Unstated && jiqiao.CodeLabel("industry", q.Industry) == "" {
		wrong = append(wrong, jiqiao.FieldError{Field: "industry", Message: "没有“" + q.Industry + "”这个行业，请重新选择行业"})
	}
	return jiqiao.Invalid(wrong)
}

// detailLists are the code lists that an indicator is divided by.
var detailLists = map[jiqiao.Indicator]string{
	jiqiao.IndicatorDeclined: "rejection", jiqiao.IndicatorStageEntered: "deal_stage", jiqiao.IndicatorStageHours: "deal_stage",
	jiqiao.IndicatorDealsEnded: "deal_exit",
}

const unstated = "未填写"

// name gives the keys their Chinese names.
func (s *Service) name(ctx context.Context, by jiqiao.FigureBy, figures []jiqiao.Figure) error {
	var people map[string]string
	if by == jiqiao.ByBroker {
		ids := make([]string, 0, len(figures))
		for _, f := range figures {
			ids = append(ids, f.Key)
		}
		slices.Sort(ids)
		var err error
		if people, err = s.store.UserNames(ctx, slices.Compact(ids)); err != nil {
			return err
		}
	}
	for i := range figures {
		f := &figures[i]
		switch by {
		case jiqiao.ByMonth:
			f.Label = f.Key
		case jiqiao.ByRegion:
			f.Label = jiqiao.CodeLabel("region", f.Key)
		case jiqiao.ByIndustry, jiqiao.ByDivision:
			f.Label = jiqiao.CodeLabel("industry", f.Key)
		case jiqiao.ByBroker:
			f.Label = people[f.Key]
		case jiqiao.ByDetail:
			f.Label = detailLabel(f.Indicator, f.Key)
		}
		if f.Label == "" && by != jiqiao.ByNothing {
			f.Label = unstated
		}
	}
	return nil
}

func detailLabel(i jiqiao.Indicator, detail string) string {
	if i == jiqiao.IndicatorAnswers {
		return jiqiao.AnswerState(detail).Label()
	}
	if i == jiqiao.IndicatorDecisions {
		verb, reason, rejected := strings.Cut(detail, ":")
		if rejected {
			return jiqiao.Verb(verb).Label() + "：" + jiqiao.CodeLabel("rejection", reason)
		}
		return jiqiao.Verb(detail).Label()
	}
	return jiqiao.CodeLabel(detailLists[i], detail)
}

// year is the range of months of a year.
func year(y int) (from, until string) { return fmt.Sprintf("%04d-01", y), fmt.Sprintf("%04d-12", y) }

// Overview is the first page of the cockpit for a year.
func (s *Service) Overview(ctx context.Context, y int, regions []string) (jiqiao.Overview, error) {
	o := jiqiao.Overview{Year: y, At: s.now()}
	q := jiqiao.FigureQuery{Regions: regions}
	q.From, q.Until = year(y)
	if err := check(q); err != nil {
		return o, err
	}
	var err error
	if q.Regions, err = within(ctx, regions); err != nil {
		return o, err
	}
	o.Regions = q.Regions
	if o.Targets, _, err = s.Targets(ctx, y); err != nil {
		return o, err
	}
	totals, err := s.store.Figures(ctx, q)
	if err != nil {
		return o, err
	}
	o.Cards = cards(totals, o.Targets)
	if o.Stages, err = s.stages(ctx, q, totals); err != nil {
		return o, err
	}
	q.Indicators = []jiqiao.Indicator{
		jiqiao.IndicatorNeeds, jiqiao.IndicatorAchievements, jiqiao.IndicatorIntroductions, jiqiao.IndicatorContracts,
		jiqiao.IndicatorRegisteredAmount,
	}
	for _, part := range []struct {
		by  jiqiao.FigureBy
		set *[]jiqiao.Figure
	}{{jiqiao.ByMonth, &o.Months}, {jiqiao.ByRegion, &o.ByRegion}, {jiqiao.ByIndustry, &o.ByIndustry}, {jiqiao.ByDetail, &o.Reasons}} {
		if q.By = part.by; q.By == jiqiao.ByDetail {
			q.Indicators = []jiqiao.Indicator{jiqiao.IndicatorDeclined, jiqiao.IndicatorDecisions}
		}
		if *part.set, err = s.Figures(ctx, q); err != nil {
			return o, err
		}
	}
	return o, nil
}

// cards are the totals of a year with rates and targets, in the order in which people read them.
func cards(totals []jiqiao.Figure, targets jiqiao.Targets) []jiqiao.Card {
	value := map[jiqiao.Indicator]float64{}
	for _, f := range totals {
		value[f.Indicator] = float64(f.Value)
	}
	var all []jiqiao.Card
	count := func(i jiqiao.Indicator) {
		all = append(all, jiqiao.Card{
			Name: string(i), Label: i.Label(), Definition: i.Definition(), Unit: i.Unit(), Value: value[i],
			Target: float64(targets.Values[i]), Indicators: []jiqiao.Indicator{i},
		})
	}
	rate := func(name, label, definition string, unit jiqiao.Unit, target float64, above, below jiqiao.Indicator) {
		c := jiqiao.Card{Name: name, Label: label, Definition: definition, Unit: unit, Target: target, Indicators: []jiqiao.Indicator{above, below}}
		if value[below] > 0 {
			c.Value = value[above] / value[below]
		}
		all = append(all, c)
	}
	count(jiqiao.IndicatorNeeds)
	count(jiqiao.IndicatorAchievements)
	rate("matching_rate", "对接率", "已对接需求 ÷ 技术需求，均为本年的", jiqiao.UnitPart, targets.MatchingRate,
		jiqiao.IndicatorNeedsIntroduced, jiqiao.IndicatorNeeds)
	count(jiqiao.IndicatorIntroductions)
	rate("response_rate", "响应率", "已答复 ÷ 应答复，按邀请日期计；需补充不算最后的答复", jiqiao.UnitPart, targets.ResponseRate,
		jiqiao.IndicatorAnswers, jiqiao.IndicatorAsked)
	rate("mean_answer_hours", "平均响应时间", "从邀请到答复的小时数的平均，含休息日", jiqiao.UnitHours, 0,
		jiqiao.IndicatorAnswerHours, jiqiao.IndicatorAnswers)
	for _, i := range []jiqiao.Indicator{
		jiqiao.IndicatorMutual, jiqiao.IndicatorDeals, jiqiao.IndicatorContracts, jiqiao.IndicatorContractAmount,
		jiqiao.IndicatorRegistrations, jiqiao.IndicatorRegisteredAmount, jiqiao.IndicatorPayments, jiqiao.IndicatorSubsidies,
	} {
		count(i)
	}
	for i := range all {
		if all[i].Target > 0 {
			all[i].Reached = all[i].Value / all[i].Target
		}
	}
	return all
}

// stages tells how many projects came to each stage and how long they stayed.
func (s *Service) stages(ctx context.Context, q jiqiao.FigureQuery, totals []jiqiao.Figure) ([]jiqiao.StageFigure, error) {
	q.By, q.Indicators = jiqiao.ByDetail, []jiqiao.Indicator{jiqiao.IndicatorStageEntered, jiqiao.IndicatorStageHours}
	figures, err := s.store.Figures(ctx, q)
	if err != nil {
		return nil, err
	}
	begun := int64(0)
	for _, f := range totals {
		if f.Indicator == jiqiao.IndicatorDeals {
			begun = f.Value
		}
	}
	list, _ := jiqiao.LookupList("deal_stage")
	stages := make([]jiqiao.StageFigure, len(list.Items))
	for i, item := range list.Items {
		stages[i] = jiqiao.StageFigure{Stage: item.Code, Label: item.Label}
		for _, f := range figures {
			switch {
			case f.Key != item.Code:
			case f.Indicator == jiqiao.IndicatorStageEntered:
				stages[i].Entered = f.Value
			case f.Count > 0:
				stages[i].MeanHours = float64(f.Value) / float64(f.Count)
			}
		}
		if begun > 0 {
			stages[i].Part = float64(stages[i].Entered) / float64(begun)
		}
	}
	return stages, nil
}

// targetsSetting is the name under which the targets of all years are set.
const targetsSetting = "targets"

// Targets are those of a year, with the version that changing them takes; without any set, they are empty.
func (s *Service) Targets(ctx context.Context, y int) (jiqiao.Targets, int64, error) {
	years := map[int]jiqiao.Targets{}
	version, err := s.store.Setting(ctx, targetsSetting, &years)
	t, ok := years[y]
	if !ok {
		t = jiqiao.Targets{Year: y, Values: map[jiqiao.Indicator]int64{}}
	}
	return t, version, err
}

// SetTargets sets those of a year.
func (s *Service) SetTargets(ctx context.Context, t jiqiao.Targets, version int64) (int64, error) {
	if err := t.Validate(); err != nil {
		return 0, err
	}
	years := map[int]jiqiao.Targets{}
	if _, err := s.store.Setting(ctx, targetsSetting, &years); err != nil {
		return 0, err
	}
	years[t.Year] = t
	return s.store.PutSetting(ctx, targetsSetting, version, years)
}

// ageDays are the bounds by which waiting is shown; the store's Ageing has one count more.
var ageDays = []int{1, 3, 7, 14, 30}

// Ageing tells what waits and for how long.
func (s *Service) Ageing(ctx context.Context, regions []string) ([]jiqiao.Ageing, error) {
	regions, err := within(ctx, regions)
	if err != nil {
		return nil, err
	}
	now := s.now()
	before := make([]time.Time, len(ageDays))
	for i, days := range ageDays {
		before[i] = now.AddDate(0, 0, -days)
	}
	clock, err := s.clock(ctx, now)
	if err != nil {
		return nil, err
	}
	all, err := s.store.Waiting(ctx, regions, clock, before)
	for i := range all {
		all[i].Days = ageDays
	}
	return all, err
}

// Brokers are the loads of all brokers now, and what they did in the months.
func (s *Service) Brokers(ctx context.Context, q jiqiao.FigureQuery) ([]jiqiao.BrokerFigures, error) {
	if err := check(q); err != nil {
		return nil, err
	}
	var err error
	if q.Regions, err = within(ctx, q.Regions); err != nil {
		return nil, err
	}
	brokers, err := s.store.BrokerLoads(ctx, q.Regions, s.now())
	if err != nil {
		return nil, err
	}
	at := make(map[string]*jiqiao.BrokerFigures, len(brokers))
	for i := range brokers {
		at[brokers[i].Broker] = &brokers[i]
	}
	q.By = jiqiao.ByBroker
	for _, part := range []struct {
		indicator jiqiao.Indicator
		detail    string
		into      func(*jiqiao.BrokerFigures) *int64
	}{
		{jiqiao.IndicatorDecisions, string(jiqiao.VerbAccept), func(b *jiqiao.BrokerFigures) *int64 { return &b.Accepted }},
		{jiqiao.IndicatorDecisions, "", func(b *jiqiao.BrokerFigures) *int64 { return &b.Rejected }},
		{jiqiao.IndicatorIntroductions, "", func(b *jiqiao.BrokerFigures) *int64 { return &b.Introductions }},
		{jiqiao.IndicatorMutual, "", func(b *jiqiao.BrokerFigures) *int64 { return &b.Mutual }},
		{jiqiao.IndicatorDeals, "", func(b *jiqiao.BrokerFigures) *int64 { return &b.Deals }},
		{jiqiao.IndicatorContracts, "", func(b *jiqiao.BrokerFigures) *int64 { return &b.Contracts }},
		{jiqiao.IndicatorRegisteredAmount, "", func(b *jiqiao.BrokerFigures) *int64 { return &b.Registered }},
		{jiqiao.IndicatorAsked, "", func(b *jiqiao.BrokerFigures) *int64 { return &b.Asked }},
		{jiqiao.IndicatorAnswers, "", func(b *jiqiao.BrokerFigures) *int64 { return &b.Answered }},
		{jiqiao.IndicatorAnswerHours, "", func(b *jiqiao.BrokerFigures) *int64 { return &b.AnswerHours }},
	} {
		q.Indicators, q.Detail = []jiqiao.Indicator{part.indicator}, part.detail
		figures, err := s.store.Figures(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, f := range figures {
			if b := at[f.Key]; b != nil {
				*part.into(b) = f.Value
			}
		}
	}
	for i := range brokers { // all decisions but those to accept
		brokers[i].Rejected -= brokers[i].Accepted
	}
	return brokers, nil
}

// Exposure tells how evenly the published records of a side come before brokers.
func (s *Service) Exposure(ctx context.Context, kind jiqiao.Kind, regions []string) (jiqiao.ExposureReport, error) {
	r := jiqiao.ExposureReport{Kind: kind, At: s.now()}
	regions, err := within(ctx, regions)
	if err != nil {
		return r, err
	}
	counts, err := s.store.Exposures(ctx, kind, regions)
	if err != nil {
		return r, err
	}
	r.Records = len(counts)
	for _, n := range counts {
		r.Shown += n
		if n == 0 {
			r.Never++
		}
	}
	r.Gini = gini(counts)
	return r, nil
}

// gini is the Gini coefficient of the counts, 0 where there is nothing to divide. counts is sorted by it.
func gini(counts []int64) float64 {
	slices.Sort(counts)
	var sum, weighted float64
	for i, n := range counts {
		sum += float64(n)
		weighted += float64(i+1) * float64(n)
	}
	if sum == 0 {
		return 0
	}
	n := float64(len(counts))
	return math.Max(0, 2*weighted/(n*sum)-(n+1)/n)
}
