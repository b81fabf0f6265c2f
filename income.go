package jiqiao

import (
	"slices"
	"strconv"
	"strings"
)

// Income is what one concluded contract brought the organisation that sold. Sums are in 分.
type Income struct {
	DealID        string `json:"deal_id"`
	Title         string `json:"title"`
	AchievementID string `json:"achievement_id"`
	Achievement   string `json:"achievement"`
	// Team is the achievement's first named maker, Unit his college; empty when none is named. Makers counts them all.
	Team   string `json:"team,omitempty"`
	Unit   string `json:"unit,omitempty"`
	Makers int    `json:"makers"`
	Buyer  string `json:"buyer"`
	// Type is a code of "contract_type".
	Type      string `json:"type"`
	TypeLabel string `json:"type_label"`
	SignedOn  Date   `json:"signed_on"`
	// Registration is the contract's number in the register, empty before that.
	Registration string `json:"registration,omitempty"`
	// Total is the 成交额, Trade the 技术交易额, Received what was paid so far, Open what is not paid yet.
	Total    int64 `json:"total"`
	Trade    int64 `json:"trade"`
	Received int64 `json:"received"`
	Open     int64 `json:"open"`
	// InYear is what was paid in the year that was asked for; without one it is Received.
	InYear int64 `json:"in_year"`
	// LastOn is the day of the last payment.
	LastOn Date `json:"last_on,omitempty"`
	// Paid is what was paid, by year.
	Paid map[int]int64 `json:"-"`
}

// IncomeSort is an order.
type IncomeSort string

// The orders.
const (
	IncomeNewest   IncomeSort = "newest" // 最近签订的在前
	IncomeOldest   IncomeSort = "oldest"
	IncomeTotal    IncomeSort = "total"    // 成交额大的在前
	IncomeReceived IncomeSort = "received" // 到账多的在前
	IncomeOpen     IncomeSort = "open"     // 未到账多的在前
)

// IncomeQuery narrows a list of income. Empty fields do not restrict.
type IncomeQuery struct {
	// Year holds contracts signed, and those paid for, in it.
	Year int
	Team string
	Unit string
	// Owing holds contracts that are not paid in full.
	Owing  bool
	Sort   IncomeSort
	Cursor string // from IncomePage.Next
	Limit  int
}

// IncomeSum adds up contracts. With a year, Total and Trade are of contracts signed in it, and Received is what was paid
// in it.
type IncomeSum struct {
	Key       string `json:"key"`
	Contracts int    `json:"contracts"`
	Total     int64  `json:"total"`
	Trade     int64  `json:"trade"`
	Received  int64  `json:"received"`
}

// IncomePage is a page of income with its sums: Sum of all that the query finds, Years of all contracts, the last first,
// Teams and Units of all contracts of the year, the most received first.
type IncomePage struct {
	Total int         `json:"total"`
	Items []Income    `json:"items"`
	Next  string      `json:"next,omitempty"`
	Sum   IncomeSum   `json:"sum"`
	Years []IncomeSum `json:"years"`
	Teams []IncomeSum `json:"teams"`
	Units []IncomeSum `json:"units"`
}

// PageIncome is the page of all of an organisation's income that the query asks for.
func PageIncome(all []Income, q IncomeQuery) (IncomePage, error) {
	page := IncomePage{Items: []Income{}, Years: incomeYears(all), Teams: incomeBy(all, q.Year, teamOf), Units: incomeBy(all, q.Year, unitOf)}
	var found []Income
	for _, i := range all {
		if !q.finds(i) {
			continue
		}
		i.InYear = i.Received
		if q.Year != 0 {
			i.InYear = i.Paid[q.Year]
		}
		page.Sum.add(i, q.Year)
		found = append(found, i)
	}
	slices.SortFunc(found, q.compare)
	page.Total = len(found)
	start := 0
	if q.Cursor != "" {
		start = 1 + slices.IndexFunc(found, func(i Income) bool { return i.DealID == q.Cursor })
		if start == 0 {
			return page, Invalid([]FieldError{{Field: "cursor", Message: "翻页标记已失效，请从第一页重新开始"}})
		}
	}
	end := len(found)
	if q.Limit > 0 {
		end = min(end, start+q.Limit)
	}
	page.Items = append(page.Items, found[start:end]...)
	if end < len(found) {
		page.Next = found[end-1].DealID
	}
	return page, nil
}

func (q IncomeQuery) finds(i Income) bool {
	return (q.Year == 0 || i.year() == q.Year || i.Paid[q.Year] != 0) && (q.Team == "" || q.Team == teamOf(i)) &&
		(q.Unit == "" || q.Unit == unitOf(i)) && (!q.Owing || i.Open > 0)
}

// compare is the order asked for; equals are by the contract's day, then by the deal.
func (q IncomeQuery) compare(a, b Income) int {
	day := strings.Compare(string(b.SignedOn), string(a.SignedOn))
	order := 0
	switch q.Sort {
	case IncomeOldest:
		order = -day
	case IncomeTotal:
		order = lessFirst(b.Total, a.Total)
	case IncomeReceived:
		order = lessFirst(b.InYear, a.InYear)
	case IncomeOpen:
		order = lessFirst(b.Open, a.Open)
	}
	if order == 0 {
		order = day
	}
	if order == 0 {
		order = strings.Compare(b.DealID, a.DealID)
	}
	return order
}

func lessFirst(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// year is that of the contract's day, 0 without one.
func (i Income) year() int {
	day, err := i.SignedOn.Time()
	if err != nil {
		return 0
	}
	return day.Year()
}

// Names of what has no maker or college.
const (
	noTeam = "未填写团队"
	noUnit = "未填写学院"
)

func teamOf(i Income) string { return orElse(i.Team, noTeam) }
func unitOf(i Income) string { return orElse(i.Unit, noUnit) }

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (s *IncomeSum) add(i Income, year int) {
	if year == 0 || i.year() == year {
		s.Contracts++
		s.Total += i.Total
		s.Trade += i.Trade
	}
	if year == 0 {
		s.Received += i.Received
	} else {
		s.Received += i.Paid[year]
	}
}

// incomeYears adds up by year, the last first.
func incomeYears(all []Income) []IncomeSum {
	years := map[int]bool{}
	for _, i := range all {
		if y := i.year(); y != 0 {
			years[y] = true
		}
		for y := range i.Paid {
			years[y] = true
		}
	}
	sums := []IncomeSum{}
	for y := range years {
		sum := IncomeSum{Key: strconv.Itoa(y)}
		for _, i := range all {
			sum.add(i, y)
		}
		sums = append(sums, sum)
	}
	slices.SortFunc(sums, func(a, b IncomeSum) int { return strings.Compare(b.Key, a.Key) })
	return sums
}

// incomeBy adds up by what key says, the most received first.
func incomeBy(all []Income, year int, key func(Income) string) []IncomeSum {
	groups := map[string]*IncomeSum{}
	for _, i := range all {
		if year != 0 && i.year() != year && i.Paid[year] == 0 {
			continue
		}
		k := key(i)
		if groups[k] == nil {
			groups[k] = &IncomeSum{Key: k}
		}
		groups[k].add(i, year)
	}
	sums := []IncomeSum{}
	for _, g := range groups {
		sums = append(sums, *g)
	}
	slices.SortFunc(sums, func(a, b IncomeSum) int {
		if c := lessFirst(b.Received, a.Received); c != 0 {
			return c
		}
		if c := lessFirst(b.Total, a.Total); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	return sums
}
