// Package workday counts working days (工作日) by the clock and the calendar that China's offices keep: weekends, public
// holidays, and the weekends that are worked in exchange (调休). Holidays are data, announced year by year; beyond the
// last announced year only weekends are free, and the calendar says so.
package workday

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"jiqiao"
)

// Kind says how a Day differs from its day of the week.
type Kind = jiqiao.DayKind

// Day is one that is worked, or not, against its day of the week.
type Day = jiqiao.SpecialDay

// The kinds of days that differ from their day of the week.
const (
	Off  = jiqiao.DayOff
	Work = jiqiao.DayWork
)

// Calendar knows which days are worked. It never changes and is safe for concurrent use; the zero Calendar knows
// weekends only.
type Calendar struct {
	days  map[jiqiao.Date]Day
	years map[int]string // year -> where its arrangement was published
}

// Known reports whether the holidays of the day's year have been published and are in the calendar. For other days
// only weekends count as free.
func (c *Calendar) Known(day jiqiao.Date) bool {
	t, err := day.Time()
	if err != nil {
		return false
	}
	_, known := c.years[t.Year()]
	return known
}

// Years are the years whose holidays are known, in order.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.years)) }

// Source says where the year's arrangement was published; empty for a year that is not known.
func (c *Calendar) Source(year int) string { return c.years[year] }

// Days are the days of the year that differ from their day of the week, in order.
func (c *Calendar) Days(year int) []Day {
	var found []Day
	for _, d := range c.days {
		if t, err := d.Day.Time(); err == nil && t.Year() == year {
			found = append(found, d)
		}
	}
	slices.SortFunc(found, func(a, b Day) int { return cmp.Compare(a.Day, b.Day) })
	return found
}

// With is the calendar in which the given days and years stand in place of its own.
func (c *Calendar) With(days []Day, years map[int]string) *Calendar {
	merged := &Calendar{days: maps.Clone(c.days), years: maps.Clone(c.years)}
	if merged.days == nil {
		merged.days = map[jiqiao.Date]Day{}
	}
	if merged.years == nil {
		merged.years = map[int]string{}
	}
	for _, d := range days {
		merged.days[d.Day] = d
	}
	maps.Copy(merged.years, years)
	return merged
}

// Workday reports whether the day is worked; a day that cannot be read is not.
func (c *Calendar) Workday(day jiqiao.Date) bool {
	t, err := day.Time()
	return err == nil && c.worked(t)
}

func (c *Calendar) worked(t time.Time) bool {
	if d, special := c.days[jiqiao.Date(t.Format(time.DateOnly))]; special {
		return d.Kind == Work
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// maxSteps bounds the days that are looked at: a calendar whose every day is free must not hang its caller.
const maxSteps = 40 * 366

// Add is the n-th working day after the day, before it for a negative n; the day itself is never counted. Add(day, 0)
// is the day when it is worked, else the next working day. An unreadable day is returned as it is.
func (c *Calendar) Add(day jiqiao.Date, n int) jiqiao.Date {
	t, err := day.Time()
	if err != nil {
		return day
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	if n == 0 {
		t, n = t.AddDate(0, 0, -1), 1
	}
	for range maxSteps {
		t = t.AddDate(0, 0, step)
		if c.worked(t) {
			n--
		}
		if n == 0 {
			break
		}
	}
	return jiqiao.Date(t.Format(time.DateOnly))
}

// Between counts the working days after a, up to and with b: Between(d, Add(d, n)) is n. It is negative when b comes
// first, and 0 for days that cannot be read.
func (c *Calendar) Between(a, b jiqiao.Date) int {
	from, errA := a.Time()
	to, errB := b.Time()
	if errA != nil || errB != nil {
		return 0
	}
	sign := 1
	if to.Before(from) {
		from, to, sign = to, from, -1
		// Backwards the later day is the one that is not counted, as in Add.
		from, to = from.AddDate(0, 0, -1), to.AddDate(0, 0, -1)
	}
	n := 0
	for range maxSteps {
		if from = from.AddDate(0, 0, 1); from.After(to) {
			break
		}
		if c.worked(from) {
			n++
		}
	}
	return sign * n
}

// Due is the end, in Beijing, of the n-th working day after the instant: the moment from which an answer is late.
func (c *Calendar) Due(from time.Time, n int) time.Time {
	return endOf(c.Add(jiqiao.DayOf(from), n))
}

// Left counts the working days that begin between the instant and due: 0 on the last day, negative from then on.
func (c *Calendar) Left(now, due time.Time) int {
	last := jiqiao.DayOf(due.Add(-time.Nanosecond)) // due is the first instant after the last day
	if left := c.Between(jiqiao.DayOf(now), last); left != 0 || now.Before(due) {
		return left
	}
	return -1
}

// endOf is midnight after the day, in Beijing.
func endOf(day jiqiao.Date) time.Time {
	t, err := day.Time()
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, 1).Add(-beijing)
}

// beijing is how far Beijing's clock is ahead of UTC, the year round.
const beijing = 8 * time.Hour

// Warning says in Chinese that a period reaches into a year whose holidays are not known; empty when it does not.
func (c *Calendar) Warning(from, to jiqiao.Date) string {
	a, errA := from.Time()
	b, errB := to.Time()
	if errA != nil || errB != nil {
		return ""
	}
	for year := a.Year(); year <= b.Year(); year++ {
		if _, known := c.years[year]; !known {
			y := strconv.Itoa(year)
			return y + " 年的节假日安排还没有录入，工作日暂按周末计算；请在国务院办公厅公布后补充" + y + " 年日历"
		}
	}
	return ""
}
