package app

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"jiqiao"
	"jiqiao/jobs"
)

// counted is a database with a fixed queue.
type counted struct {
	times int
	err   error
	now   time.Time
}

func (c *counted) JobCounts(context.Context) ([]jiqiao.JobCount, error) {
	c.times++
	return []jiqiao.JobCount{
		{Kind: "mail", State: jiqiao.JobDead, Count: 2}, {Kind: "mail", State: jiqiao.JobWaiting, Count: 3, Oldest: c.now.Add(-time.Minute)},
		{Kind: "later", State: jiqiao.JobWaiting, Count: 1, Oldest: c.now.Add(time.Hour)},
	}, c.err
}

func (c *counted) AuditEnd(context.Context) (int64, error) { return 42, nil }

// gathered are the figures of the collector by name and labels.
func gathered(t *testing.T, c prometheus.Collector) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(c); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			got[name] = m.GetGauge().GetValue() + m.GetCounter().GetValue() + m.GetHistogram().GetSampleSum()
		}
	}
	return got
}

func TestWorkMetrics(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	source := &counted{now: now}
	m := newWorkMetrics(source, func() time.Time { return now })
	m.observe("mail", jobs.Done, time.Second)
	m.observe("mail", jobs.Dead, time.Second)
	mine := map[string]float64{"jiqiao_job_attempts_total mail done": 1, "jiqiao_job_attempts_total mail dead": 1, "jiqiao_job_seconds mail": 2, "jiqiao_audit_faults": 0}
	all := map[string]float64{
		"jiqiao_audit_entries": 42, "jiqiao_jobs later waiting": 1, "jiqiao_jobs mail dead": 2, "jiqiao_jobs mail waiting": 3,
		"jiqiao_jobs_oldest_seconds later": 0, "jiqiao_jobs_oldest_seconds mail": 60,
	}
	maps.Copy(all, mine)
	for range 3 {
		if diff := cmp.Diff(all, gathered(t, m)); diff != "" {
			t.Errorf("figures (-want +got):\n%s", diff)
		}
	}
	if source.times != 1 {
		t.Errorf("counted %d times for scrapes within seconds", source.times)
	}
	now, source.err = now.Add(time.Minute), errors.New("away")
	if diff := cmp.Diff(mine, gathered(t, m)); diff != "" {
		t.Errorf("without a database (-want +got):\n%s", diff)
	}
}

func TestHousekeeping(t *testing.T) {
	a := open(t, settings(t.TempDir()))
	if err := a.Store.Audit(t.Context(), jiqiao.Act{Name: "user.login"}); err != nil {
		t.Fatal(err)
	}
	err := a.doHousekeeping(t.Context(), jiqiao.Job{})
	if got := gathered(t, a.work); err != nil || got["jiqiao_audit_faults"] != 0 || got["jiqiao_audit_entries"] != 1 {
		t.Errorf("%v, %v", got, err)
	}
}
