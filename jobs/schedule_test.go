package jobs

import (
	"testing"
	"time"
)

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		s         Schedule
		now, want string
	}{
		{Schedule{At: "03:00"}, "2026-11-22T02:59:59+08:00", "2026-11-21T03:00:00+08:00"},
		{Schedule{At: "03:00"}, "2026-11-22T03:00:00+08:00", "2026-11-22T03:00:00+08:00"},
		{Schedule{At: "00:10"}, "2026-12-31T23:30:00Z", "2027-01-01T00:10:00+08:00"},
		{Schedule{At: "23:59"}, "2027-01-01T00:00:00+08:00", "2026-12-31T23:59:00+08:00"},
		{Schedule{Every: time.Hour}, "2026-11-22T02:59:59.9+08:00", "2026-11-22T02:00:00+08:00"},
		{Schedule{Every: 15 * time.Minute}, "2026-11-22T02:45:00+08:00", "2026-11-22T02:45:00+08:00"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		began, length := c.s.period(now)
		if got := began.In(beijing).Format(time.RFC3339); got != c.want || began.After(now) || now.Sub(began) >= length {
			t.Errorf("%+v at %s: since %s for %v, want %s", c.s, c.now, got, length, c.want)
		}
	}
}

func TestPauses(t *testing.T) {
	chance := 0.5
	r := &Runner{Base: 2 * time.Second, Chance: func() float64 { return chance }}
	for n, want := range map[int]time.Duration{0: 2 * time.Second, 1: 2 * time.Second, 2: 4 * time.Second, 5: 32 * time.Second, 60: time.Hour, 1 << 40: time.Hour} {
		if got := r.pause(n); got != want {
			t.Errorf("after %d attempts %v, want %v", n, got, want)
		}
	}
	chance = 0
	if got := r.pause(2); got != 2*time.Second {
		t.Errorf("at least a half: %v", got)
	}
}
