package workday_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiqiao"
	"jiqiao/internal/workday"
)

func builtin(t *testing.T) *workday.Calendar {
	t.Helper()
	c, err := workday.Default()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWorkday(t *testing.T) {
	c := builtin(t)
	for _, tc := range []struct {
		day    jiqiao.Date
		worked bool
		why    string
	}{
		{"2026-11-23", true, "a Monday"},
		{"2026-11-22", false, "a Sunday"},
		{"2026-10-01", false, "National Day, a Thursday"},
		{"2026-10-07", false, "the last day of National Day, a Wednesday"},
		{"2026-10-08", true, "the day after"},
		{"2026-10-10", true, "a Saturday worked for National Day"},
		{"2026-09-20", true, "a Sunday worked for National Day"},
		{"2026-02-28", true, "a Saturday worked for the Spring Festival"},
		{"2026-02-16", false, "the eve of the Spring Festival"},
		{"2026-01-04", true, "a Sunday worked for New Year"},
		{"2025-10-08", false, "National Day and Mid-Autumn together"},
		{"2025-10-11", true, "a Saturday worked in 2025"},
		{"2024-02-09", true, "New Year's Eve of 2024, which was worked"},
		{"2024-05-11", true, "a Saturday worked for Labour Day 2024"},
		{"2027-10-01", true, "not published: a Friday like others"},
		{"2027-10-02", false, "not published: a Saturday"},
		{"", false, "no day"},
		{"2026-02-30", false, "no such day"},
	} {
		if got := c.Workday(tc.day); got != tc.worked {
			t.Errorf("Workday(%s) = %v, want %v: %s", tc.day, got, tc.worked, tc.why)
		}
	}
}

// Every announcement keeps the number of working days: 52 weeks of five, less the statutory days, give 247 to 252.
func TestYearsHaveAsManyWorkingDaysAsPublished(t *testing.T) {
	c := builtin(t)
	if diff := cmp.Diff([]int{2024, 2025, 2026}, c.Years()); diff != "" {
		t.Fatal(diff)
	}
	// 366/365 days less weekends, less statutory days (11 in 2024, 13 from 2025), with those that meet or move.
	for year, want := range map[string]int{"2024": 251, "2025": 248, "2026": 248} {
		got := c.Between(jiqiao.Date(year+"-01-01"), jiqiao.Date(year+"-12-31"))
		if got != want {
			t.Errorf("%s has %d working days, want %d", year, got, want)
		}
	}
}

func TestEveryMovedDayIsAWeekend(t *testing.T) {
	c := builtin(t)
	for _, year := range c.Years() {
		if c.Source(year) == "" {
			t.Errorf("%d has no source", year)
		}
		for _, d := range c.Days(year) {
			at, err := d.Day.Time()
			if err != nil {
				t.Fatal(err)
			}
			weekend := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
			if d.Kind == workday.Work && !weekend {
				t.Errorf("%s is worked anyway", d.Day)
			}
			if d.Name == "" {
				t.Errorf("%s has no name", d.Day)
			}
		}
	}
}

func TestAddAndBetween(t *testing.T) {
	c := builtin(t)
	for _, tc := range []struct {
		day  jiqiao.Date
		n    int
		want jiqiao.Date
	}{
		{"2026-11-20", 1, "2026-11-23"},  // over a weekend
		{"2026-09-30", 1, "2026-10-08"},  // over National Day
		{"2026-09-30", 3, "2026-10-10"},  // ending on a Saturday that is worked
		{"2026-09-30", 4, "2026-10-12"},  // and over the Sunday after it
		{"2026-02-13", 1, "2026-02-14"},  // a Saturday that is worked
		{"2026-02-14", 1, "2026-02-24"},  // over nine days of the Spring Festival
		{"2026-10-08", -1, "2026-09-30"}, // back over National Day
		{"2026-10-03", 0, "2026-10-08"},
		{"2026-10-08", 0, "2026-10-08"},
		{"2026-12-31", 1, "2027-01-01"}, // beyond the table New Year is a Friday
		{"not a day", 3, "not a day"},
	} {
		got := c.Add(tc.day, tc.n)
		if got != tc.want {
			t.Errorf("Add(%s, %d) = %s, want %s", tc.day, tc.n, got, tc.want)
		}
		if _, err := tc.day.Time(); err == nil && tc.n != 0 && c.Between(tc.day, got) != tc.n {
			t.Errorf("Between(%s, %s) = %d, want %d", tc.day, got, c.Between(tc.day, got), tc.n)
		}
	}
}

func TestBetweenUndoesAdd(t *testing.T) {
	c := builtin(t)
	day := time.Date(2025, 12, 20, 0, 0, 0, 0, time.UTC)
	for range 120 {
		from := jiqiao.Date(day.Format(time.DateOnly))
		for n := -12; n <= 12; n++ {
			if n == 0 {
				continue
			}
			if got := c.Between(from, c.Add(from, n)); got != n {
				t.Fatalf("Between(%s, Add(%s, %d)) = %d", from, from, n, got)
			}
		}
		day = day.AddDate(0, 0, 1)
	}
}

// beyond its end the table knows weekends only, and says so.
func TestTableThatEnds(t *testing.T) {
	c := builtin(t)
	if !c.Known("2026-12-31") || c.Known("2027-01-01") || c.Known("2023-12-31") || c.Known("") {
		t.Error("the calendar knows the wrong years")
	}
	if w := c.Warning("2026-11-20", "2026-12-31"); w != "" {
		t.Errorf("a warning within the table: %s", w)
	}
	if w := c.Warning("2026-12-28", "2027-01-05"); !strings.Contains(w, "2027") {
		t.Errorf("no warning over the end: %q", w)
	}
	if got := c.Add("2026-12-28", 5); got != "2027-01-04" {
		t.Errorf("Add over the end = %s", got)
	}
	full := c.With([]workday.Day{{Day: "2027-01-01", Kind: workday.Off, Name: "元旦"}}, map[int]string{2027: "单位补充"})
	if !full.Known("2027-06-01") || full.Workday("2027-01-01") || full.Warning("2026-12-28", "2027-01-05") != "" {
		t.Error("what was added is not known")
	}
	if c.Known("2027-01-01") || !c.Workday("2027-01-01") {
		t.Error("adding to a copy changed the calendar")
	}
}

func TestDueAndLeft(t *testing.T) {
	c := builtin(t)
	beijing := time.FixedZone("Beijing", 8*60*60)
	asked := time.Date(2026, 9, 29, 23, 30, 0, 0, beijing) // still the 29th there, 15:30 UTC
	due := c.Due(asked, 3)
	if want := time.Date(2026, 10, 10, 0, 0, 0, 0, beijing); !due.Equal(want) {
		t.Fatalf("Due = %s, want %s", due.In(beijing), want)
	}
	for _, tc := range []struct {
		now  time.Time
		want int
	}{
		{asked, 3},
		{time.Date(2026, 9, 30, 9, 0, 0, 0, beijing), 2},
		{time.Date(2026, 10, 5, 9, 0, 0, 0, beijing), 2}, // in the holidays nothing passes
		{time.Date(2026, 10, 8, 9, 0, 0, 0, beijing), 1},
		{time.Date(2026, 10, 9, 23, 59, 0, 0, beijing), 0},
		{due, -1},
		{time.Date(2026, 10, 12, 9, 0, 0, 0, beijing), -2},
	} {
		if got := c.Left(tc.now, due); got != tc.want {
			t.Errorf("Left(%s) = %d, want %d", tc.now, got, tc.want)
		}
	}
	if got := c.Left(due.Add(-9*time.Hour), due.Add(-10*time.Hour)); got != -1 {
		t.Errorf("an hour late on the same day: %d", got)
	}
}

func TestEverlastingHolidaysEnd(t *testing.T) {
	var days []workday.Day
	for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2080; day = day.AddDate(0, 0, 1) {
		days = append(days, workday.Day{Day: jiqiao.Date(day.Format(time.DateOnly)), Kind: workday.Off})
	}
	c := (&workday.Calendar{}).With(days, nil)
	if got := c.Add("2026-01-01", 1); got < "2060" {
		t.Errorf("Add = %s", got)
	}
	if got := c.Between("2026-01-01", "9999-12-31"); got < 0 {
		t.Errorf("Between = %d", got)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no columns":      "2026-10-01",
		"unknown kind":    "2026-10-01\tmaybe\t国庆节",
		"no such day":     "2026-02-30\toff\t春节",
		"backwards":       "2026-10-07..2026-10-01\toff\t国庆节",
		"a whole century": "2026-10-07..2126-10-01\toff\t国庆节",
		"year of letters": "twenty\tknown\t通知",
		"year of nothing": "0\tknown\t通知",
		"bytes":           "2026-10-01\toff\t\xff\xfe",
	} {
		if _, err := workday.Read(strings.NewReader("# 一行注释\n" + text)); err == nil {
			t.Errorf("%s: read", name)
		} else if !strings.Contains(err.Error(), "第 2 行") {
			t.Errorf("%s: the line is missing in %v", name, err)
		}
	}
}

func TestOpenReplacesAndExtends(t *testing.T) {
	path := filepath.Join(t.TempDir(), "节假日.tsv")
	text := "\ufeff2027\tknown\t市里补充\r\n2027-01-01..2027-01-03\toff\t元旦\r\n\r\n2026-10-10\toff\t本地另有安排\r\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := workday.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if c.Workday("2026-10-10") || c.Workday("2027-01-01") || !c.Known("2027-05-01") || !c.Workday("2026-09-20") {
		t.Error("the file neither replaces nor extends")
	}
	if c.Source(2027) != "市里补充" {
		t.Errorf("source = %q", c.Source(2027))
	}
	for _, wrong := range []string{filepath.Join(t.TempDir(), "none.tsv"), t.TempDir()} {
		if _, err := workday.Open(wrong); jiqiao.CodeOf(err) != jiqiao.CodeInvalid {
			t.Errorf("Open(%s) = %v", wrong, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("2026-10-01..2026-10-07\toff\t国庆节\n2026\tknown\t通知")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := workday.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		if day := c.Add("2026-11-20", 5); !c.Workday(day) {
			t.Errorf("the fifth working day %s is not worked", day)
		}
	})
}
