package jiqiao

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// Indicator is a figure of the cockpit, a code of the list "indicator", whose note is its definition.
type Indicator string

// The indicators.
const (
	IndicatorNeeds            Indicator = "needs"
	IndicatorAchievements     Indicator = "achievements"
	IndicatorNeedsIntroduced  Indicator = "needs_introduced"
	IndicatorCandidates       Indicator = "candidates"
	IndicatorDecisions        Indicator = "decisions"
	IndicatorIntroductions    Indicator = "introductions"
	IndicatorAsked            Indicator = "asked"
	IndicatorAnswers          Indicator = "answers"
	IndicatorAnswerHours      Indicator = "answer_hours"
	IndicatorMutual           Indicator = "mutual"
	IndicatorDeclined         Indicator = "declined"
	IndicatorDeals            Indicator = "deals"
	IndicatorStageEntered     Indicator = "stage_entered"
	IndicatorStageHours       Indicator = "stage_hours"
	IndicatorDealsEnded       Indicator = "deals_ended"
	IndicatorContracts        Indicator = "contracts"
	IndicatorContractAmount   Indicator = "contract_amount"
	IndicatorRegistrations    Indicator = "registrations"
	IndicatorRegisteredAmount Indicator = "registered_amount"
	IndicatorPayments         Indicator = "payments"
	IndicatorSubsidies        Indicator = "subsidies"
)

// Label is the indicator's Chinese name, Definition how it is counted.
func (i Indicator) Label() string { return CodeLabel("indicator", string(i)) }

// Definition says in Chinese what is counted, and by which date.
func (i Indicator) Definition() string {
	item, _ := lookupCode("indicator", string(i))
	return item.Note
}

// Fact is what one object adds to one indicator. A figure is the sum of facts.
type Fact struct {
	Object    Ref       `json:"object"`
	Indicator Indicator `json:"indicator"`
	// Day is in Beijing.
	Day Date `json:"day"`
	// Region is a GB/T 2260 code, Industry a division of GB/T 4754 ("C26") or a section ("C"), Broker the id of an
	// account, Detail a code that the indicator is divided by: a verb, a reason, a stage. Each may be empty.
	Region   string `json:"region,omitempty"`
	Industry string `json:"industry,omitempty"`
	Broker   string `json:"broker,omitempty"`
	Detail   string `json:"detail,omitempty"`
	// Value is 1 for what is counted, 分 for amounts, hours for durations.
	Value int64 `json:"value"`
}

// FigureBy is what a figure is divided by.
type FigureBy string

// What figures may be divided by.
const (
	ByNothing  FigureBy = ""
	ByMonth    FigureBy = "month" // 2026-11
	ByRegion   FigureBy = "region"
	ByIndustry FigureBy = "industry" // a section of GB/T 4754: C
	ByDivision FigureBy = "division" // C26
	ByBroker   FigureBy = "broker"
	ByDetail   FigureBy = "detail"
)

// FigureQuery asks for figures. Empty fields do not restrict.
type FigureQuery struct {
	Indicators []Indicator
	// From and Until are months, 2026-01, both included.
	From, Until string
	// Regions are GB/T 2260 codes, each with what lies in it.
	Regions []string
	// Industry is a section or division of GB/T 4754, with what lies in it.
	Industry, Broker, Detail string
	// Exact leaves out what lies in the regions and the industry: only what says no more than they do.
	Exact bool
	By    FigureBy
}

// Unstated stands among regions and industries for what says none.
const Unstated = "none"

// Figure is one sum.
type Figure struct {
	Indicator Indicator `json:"indicator"`
	// Key is the value of what the query divides by, Label its name; empty without.
	Key   string `json:"key"`
	Label string `json:"label"`
	// Value is the sum, in the unit of Fact.Value, Count the number of facts.
	Value int64 `json:"value"`
	Count int64 `json:"count"`
}

// FactQuery asks for the list behind a figure.
type FactQuery struct {
	FigureQuery
	Cursor string // from FactPage.Next
	Limit  int    // 0 is DefaultPage, at most MaxPageSize
}

// FactPage is a page of the list behind a figure.
type FactPage struct {
	Total int          `json:"total"`
	Items []ListedFact `json:"items"`
	Next  string       `json:"next,omitempty"`
}

// ListedFact is a fact with the title of what it is about.
type ListedFact struct {
	Fact
	Title string `json:"title"`
	// BrokerName and DetailLabel are for people.
	BrokerName  string `json:"broker_name,omitempty"`
	DetailLabel string `json:"detail_label,omitempty"`
	// NeedID and AchievementID are the pair that a candidate is.
	NeedID        string `json:"need_id,omitempty"`
	AchievementID string `json:"achievement_id,omitempty"`
}

// Targets are what a bureau wants to reach in a year.
type Targets struct {
	Year int `json:"year"`
	// Values are by indicator: counts, or 分 for amounts.
	Values map[Indicator]int64 `json:"values"`
	// MatchingRate and ResponseRate are parts of 1, 0 for none.
	MatchingRate float64 `json:"matching_rate,omitempty"`
	ResponseRate float64 `json:"response_rate,omitempty"`
	// ResponseDays are the working days in which an invitation should be answered, 0 for none.
	ResponseDays int `json:"response_days,omitempty"`
}

// ExposureReport says how evenly a side's published records are shown to brokers: Gini is 0 when all are shown alike, near
// 1 when a few have it all.
type ExposureReport struct {
	Kind    Kind      `json:"kind"`
	Records int       `json:"records"`
	Never   int       `json:"never"` // never a candidate of any broker
	Shown   int64     `json:"shown"` // candidates in all
	Gini    float64   `json:"gini"`
	At      time.Time `json:"at"`
}

// Unit is what a figure's value is counted in.
type Unit string

// The units.
const (
	UnitCount Unit = "count"
	UnitMoney Unit = "fen" // 分
	UnitHours Unit = "hours"
	UnitPart  Unit = "part" // 0–1
)

// Unit is what the indicator's facts are counted in.
func (i Indicator) Unit() Unit {
	switch i {
	case IndicatorContractAmount, IndicatorRegisteredAmount, IndicatorPayments, IndicatorSubsidies:
		return UnitMoney
	case IndicatorAnswerHours, IndicatorStageHours:
		return UnitHours
	}
	return UnitCount
}

// Card is one figure of the overview, with its target and its definition.
type Card struct {
	// Name is an Indicator, or "matching_rate", "response_rate", "answer_hours" (the mean).
	Name       string  `json:"name"`
	Label      string  `json:"label"`
	Definition string  `json:"definition"`
	Unit       Unit    `json:"unit"`
	Value      float64 `json:"value"`
	// Target is what should be reached in the year, 0 for none; Reached is Value over Target.
	Target  float64 `json:"target,omitempty"`
	Reached float64 `json:"reached,omitempty"`
	// Indicators lead to the list behind the figure.
	Indicators []Indicator `json:"indicators"`
}

// StageFigure is how projects pass one stage.
type StageFigure struct {
	Stage string `json:"stage"`
	Label string `json:"label"`
	// Entered counts the projects that came to the stage, Part those out of all that were begun.
	Entered int64   `json:"entered"`
	Part    float64 `json:"part"`
	// MeanHours is how long those that left had stayed; 0 when none has left.
	MeanHours float64 `json:"mean_hours"`
}

// Overview is the first page of the cockpit.
type Overview struct {
	Year    int           `json:"year"`
	Regions []string      `json:"regions,omitempty"`
	Targets Targets       `json:"targets"`
	Cards   []Card        `json:"cards"`
	Stages  []StageFigure `json:"stages"`
	// Months, ByRegion and ByIndustry divide needs, achievements, introductions, contracts and the registered amount.
	Months     []Figure `json:"months"`
	ByRegion   []Figure `json:"by_region"`
	ByIndustry []Figure `json:"by_industry"`
	// Reasons divide refusals, and decisions not to accept.
	Reasons []Figure  `json:"reasons"`
	At      time.Time `json:"at"`
}

// Ageing is what waits, by how long it has waited.
type Ageing struct {
	// What is "answers" (introductions), "candidates" or "reviews".
	What  string `json:"what"`
	Label string `json:"label"`
	Total int    `json:"total"`
	Late  int    `json:"late"`
	// Days has the bounds of Counts: Counts[i] waited at most Days[i] days, the last one longer than all.
	Days   []int `json:"days"`
	Counts []int `json:"counts"`
}

// BrokerFigures are one broker's load and work in a period.
type BrokerFigures struct {
	Broker string `json:"broker"`
	Name   string `json:"name"`
	Agency string `json:"agency,omitempty"`
	// Open and Late count what is in the queue now, Late what is past its day.
	Open int `json:"open"`
	Late int `json:"late"`
	// Capacity is how many open candidates the broker has at most, 0 for the queue's own bound.
	Capacity      int   `json:"capacity"`
	Accepted      int64 `json:"accepted"`
	Rejected      int64 `json:"rejected"`
	Introductions int64 `json:"introductions"`
	Mutual        int64 `json:"mutual"`
	Deals         int64 `json:"deals"`
	Contracts     int64 `json:"contracts"`
	// Registered is in 分.
	Registered int64 `json:"registered"`
	// Asked counts the sides that the broker invited, Answered those that answered, AnswerHours how long they took in all.
	Asked       int64 `json:"asked"`
	Answered    int64 `json:"answered"`
	AnswerHours int64 `json:"answer_hours"`
}

// Validate reports targets that make no sense.
func (t Targets) Validate() error {
	var ck checker
	if t.Year < MinYear || t.Year > MaxYear {
		ck.add("year", "年份应在 "+strconv.Itoa(MinYear)+"～"+strconv.Itoa(MaxYear)+" 之间")
	}
	for _, i := range slices.Sorted(maps.Keys(t.Values)) {
		switch {
		case i.Label() == "":
			ck.add("values", "没有“"+string(i)+"”这项指标，请重新选择")
		case t.Values[i] < 0:
			ck.add("values", i.Label()+"的目标不能为负数")
		}
	}
	for _, rate := range []struct {
		field, label string
		value        float64
	}{{"matching_rate", "对接率", t.MatchingRate}, {"response_rate", "响应率", t.ResponseRate}} {
		if !(rate.value >= 0 && rate.value <= 1) { // not NaN either
			ck.add(rate.field, rate.label+"的目标应在 0～1 之间，如 0.8 表示 80%")
		}
	}
	if t.ResponseDays < 0 || t.ResponseDays > 60 {
		ck.add("response_days", "答复时限应为 0～60 个工作日，0 为不设")
	}
	return Invalid(ck.found)
}
