package jiqiao

import "time"

// Indicator is a figure of the cockpit, a code of the list "indicator", whose note is its definition.
type Indicator string

// The indicators.
const (
	IndicatorNeeds            Indicator = "needs"
	IndicatorAchievements     Indicator = "achievements"
	IndicatorNeedsIntroduced  Indicator = "needs_introduced"
	IndicatorDecisions        Indicator = "decisions"
	IndicatorIntroductions    Indicator = "introductions"
	IndicatorAsked            Indicator = "asked"
	IndicatorAnswers          Indicator = "answers"
	IndicatorAnswerHours      Indicator = "answer_hours"
	IndicatorMutual           Indicator = "mutual"
	IndicatorDeclined         Indicator = "declined"
	IndicatorDeals            Indicator = "deals"
	IndicatorStageEntered     Indicator = "stage_entered"
	IndicatorStageDays        Indicator = "stage_days"
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
	// Region is a GB/T 2260 code, Industry a section of GB/T 4754 ("C"), Broker the id of an account, Detail a code that
	// the indicator is divided by: a verb, a reason, a stage. Each may be empty.
	Region   string `json:"region,omitempty"`
	Industry string `json:"industry,omitempty"`
	Broker   string `json:"broker,omitempty"`
	Detail   string `json:"detail,omitempty"`
	// Value is 1 for what is counted, 分 for amounts, hours or days for durations.
	Value int64 `json:"value"`
}

// FigureBy is what a figure is divided by.
type FigureBy string

// What figures may be divided by.
const (
	ByNothing  FigureBy = ""
	ByMonth    FigureBy = "month" // 2026-11
	ByRegion   FigureBy = "region"
	ByIndustry FigureBy = "industry"
	ByBroker   FigureBy = "broker"
	ByDetail   FigureBy = "detail"
)

// FigureQuery asks for figures. Empty fields do not restrict.
type FigureQuery struct {
	Indicators []Indicator
	// From and Until are months, 2026-01, both included.
	From, Until string
	// Regions are GB/T 2260 codes, each with what lies in it.
	Regions                  []string
	Industry, Broker, Detail string
	By                       FigureBy
}

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
