package jiqiao

import "time"

// Time is midnight UTC of the day; an error for anything but 2006-01-02.
func (d Date) Time() (time.Time, error) { return time.Parse(time.DateOnly, string(d)) }

// Chinese writes the day as people read it, "2026年1月2日"; anything but 2006-01-02 as it is.
func (d Date) Chinese() string {
	at, err := d.Time()
	if err != nil {
		return string(d)
	}
	return at.Format("2006年1月2日")
}

// Passed reports whether the day is before another; an empty or unreadable day has not passed.
func (d Date) Passed(today Date) bool {
	_, err := d.Time()
	return err == nil && d < today
}

// DayStart is the midnight, by China's clock, with which the day of an instant began.
func DayStart(t time.Time) time.Time {
	y, m, d := t.In(time.FixedZone("Asia/Shanghai", chinaOffset)).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.FixedZone("Asia/Shanghai", chinaOffset))
}

// chinaOffset is in seconds. It never changes, so no zone database is needed.
const chinaOffset = 8 * 60 * 60

// DayOf is the calendar day of an instant by the clock that the service's users live by, China's.
func DayOf(t time.Time) Date {
	return Date(t.In(time.FixedZone("Asia/Shanghai", chinaOffset)).Format(time.DateOnly))
}
