package jiqiao

import (
	"testing"
	"time"
)

func TestDayOfTurnsAtMidnightInChina(t *testing.T) {
	for at, want := range map[string]Date{
		"2026-11-21T15:59:59Z":      "2026-11-21",
		"2026-11-21T16:00:00Z":      "2026-11-22",
		"2026-11-22T00:00:00+08:00": "2026-11-22",
		"2025-12-31T16:00:00Z":      "2026-01-01",
		"1988-07-01T15:30:00Z":      "1988-07-01", // China had summer time then; days of records are compared by one clock
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(instant); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}

func TestDayInChinese(t *testing.T) {
	for day, want := range map[Date]string{
		"2026-11-27": "2026年11月27日", "2026-01-02": "2026年1月2日", "": "", "2026-02-30": "2026-02-30", "soon": "soon",
	} {
		if got := day.Chinese(); got != want {
			t.Errorf("%q: %q, want %q", day, got, want)
		}
	}
}

func TestDayPassed(t *testing.T) {
	const today = Date("2026-11-22")
	for day, want := range map[Date]bool{
		"2026-11-21": true, "2026-11-22": false, "2026-11-23": false, "1999-12-31": true,
		"": false, "soon": false, "2026-02-30": false, "2026-1-1": false, "2025-01-01T00:00:00Z": false,
	} {
		if got := day.Passed(today); got != want {
			t.Errorf("%q passed: %v", day, got)
		}
	}
}
