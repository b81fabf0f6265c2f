package jiqiao

import (
	"strings"
	"time"
)

// Cockpit is what a bureau looks at for a period of whole months, within regions.
type Cockpit struct {
	// From and Until are the months of the period, both included; Day is the last day that is counted: the present one
	// while the period runs.
	From    string   `json:"from"`
	Until   string   `json:"until"`
	Day     Date     `json:"day"`
	Regions []string `json:"regions,omitempty"`
	// Passed is the part of the year of Until that is over by Day, beside which what was reached of its Targets is read.
	Passed float64 `json:"passed"`
	// Goals are what has a target for that year, counted from its beginning to Day.
	Goals []Card       `json:"goals"`
	Cards []PeriodCard `json:"cards"`
	// LastYear and Before are the periods that the cards are compared with: the same months a year ago, and as many
	// months just before. While the period runs they end at the same day.
	LastYear DaySpan       `json:"last_year"`
	Before   DaySpan       `json:"before"`
	Funnel   []FunnelStep  `json:"funnel"`
	Stages   []StageFigure `json:"stages"`
	// Months are those of the year of Until and of the year before it.
	Months []Figure `json:"months"`
	// ByRegion and ByDivision divide the period's figures by GB/T 2260 and GB/T 4754, Reasons refusals and rejections.
	ByRegion   []Figure  `json:"by_region"`
	ByDivision []Figure  `json:"by_division"`
	Reasons    []Figure  `json:"reasons"`
	At         time.Time `json:"at"`
}

// DaySpan is a range of days, both included. Known tells whether anything at all was counted in it: a service that is new has
// no last year.
type DaySpan struct {
	From  Date `json:"from"`
	Until Date `json:"until"`
	Known bool `json:"known"`
}

// PeriodCard is a figure of a period beside those it is compared with. Has says whether there is a value at all, for a
// rate of nothing is none.
type PeriodCard struct {
	Card
	Has      bool     `json:"has"`
	LastYear *float64 `json:"last_year,omitempty"`
	Before   *float64 `json:"before,omitempty"`
}

// FunnelStep is one step from needs to registered contracts. Each step is counted by its own day, so that the steps of a
// period are not of the same needs.
type FunnelStep struct {
	// Name is an Indicator, or "accepted".
	Name       string    `json:"name"`
	Label      string    `json:"label"`
	Definition string    `json:"definition"`
	Indicator  Indicator `json:"indicator"`
	Detail     string    `json:"detail,omitempty"`
	Value      int64     `json:"value"`
	// Rate is Value over the step before, nil for the first step and where that is nothing. RateLabel says what it means.
	Rate      *float64 `json:"rate,omitempty"`
	RateLabel string   `json:"rate_label,omitempty"`
}

// WaitingQuery asks for what waits, the longest first. Empty fields do not restrict.
type WaitingQuery struct {
	// What is "candidates", "answers" or "reviews", as in Ageing, or "load": candidates with those that are put off.
	What    string
	Regions []string
	Broker  string
	// Over and Within bound how long it has waited, in days: longer than Over, at most Within; 0 for no bound.
	Over, Within int
	Late         bool
	Cursor       string // from WaitingPage.Next
	Limit        int    // 0 is DefaultPage, at most MaxPageSize
}

// WaitingItem is one thing that waits.
type WaitingItem struct {
	Object Ref    `json:"object"`
	Title  string `json:"title"`
	// Other is the title of the record on the other side of a pair.
	Other string `json:"other,omitempty"`
	// Kind is the side of a record that waits for review; Awaits are the sides whose answer is awaited.
	Kind       Kind   `json:"kind,omitempty"`
	Awaits     []Kind `json:"awaits,omitempty"`
	Region     string `json:"region,omitempty"`
	BrokerName string `json:"broker_name,omitempty"`
	// NeedID and AchievementID are the pair's, or the record's.
	NeedID        string    `json:"need_id,omitempty"`
	AchievementID string    `json:"achievement_id,omitempty"`
	Since         time.Time `json:"since"`
	// Due is the first instant at which it is late; nil where the clock stands still.
	Due  *time.Time `json:"due,omitempty"`
	Late bool       `json:"late"`
	// Days are the whole days that it has waited.
	Days int `json:"days"`
}

// AwaitsLabel names the sides whose answer is awaited.
func (w WaitingItem) AwaitsLabel() string {
	names := make([]string, len(w.Awaits))
	for i, kind := range w.Awaits {
		names[i] = map[Kind]string{KindNeed: "需求方", KindAchievement: "成果方"}[kind]
	}
	return strings.Join(names, "、")
}

// DueDay is the last day that is in time; empty where the clock stands still. Due itself is the first instant that is late.
func (w WaitingItem) DueDay() Date {
	if w.Due == nil {
		return ""
	}
	return DayOf(w.Due.Add(-time.Microsecond))
}

// WaitingPage is a page of what waits.
type WaitingPage struct {
	Total int           `json:"total"`
	Items []WaitingItem `json:"items"`
	Next  string        `json:"next,omitempty"`
}

// ExposedQuery asks for the published records of a side by how often they were shown, the least first.
type ExposedQuery struct {
	Kind    Kind
	Regions []string
	Never   bool   // only those that never were
	Cursor  string // from ExposedPage.Next
	Limit   int    // 0 is DefaultPage, at most MaxPageSize
}

// ExposedRecord is a published record with the number of candidates that it is or was in.
type ExposedRecord struct {
	Object Ref       `json:"object"`
	Title  string    `json:"title"`
	Owner  string    `json:"owner,omitempty"`
	Region string    `json:"region,omitempty"`
	Since  time.Time `json:"since"`
	Shown  int64     `json:"shown"`
}

// ExposedPage is a page of records by exposure.
type ExposedPage struct {
	Total int             `json:"total"`
	Items []ExposedRecord `json:"items"`
	Next  string          `json:"next,omitempty"`
}

// MonthlyReport is what the 月报 says.
type MonthlyReport struct {
	Month string // 2026-10
	// Region is the code that the report is about, empty for everything.
	Region string
	// Cockpit is the month's, Year that from January to the month.
	Cockpit, Year Cockpit
	Brokers       []BrokerFigures
	Ageing        []Ageing
	// Late are the first of what is overdue when the report is made, as many of each kind as a page of paper takes.
	Late []WaitingItem
	At   time.Time
}
