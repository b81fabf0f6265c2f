package app

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jiqiao"
	"jiqiao/jobs"
)

// jobHousekeeping forgets answers that nobody may ask for again and verifies the audit, every night.
const jobHousekeeping = "housekeeping"

func (a *App) doHousekeeping(ctx context.Context, _ jiqiao.Job) error {
	if _, err := a.Store.PruneAnswers(ctx); err != nil {
		return err
	}
	check, err := a.Store.CheckAudit(ctx)
	if err != nil {
		return err
	}
	a.work.faults.Set(float64(check.FaultCount))
	if !check.OK {
		a.log.Error("the audit was changed: run jiqiao audit verify", "faults", check.FaultCount, "first", check.Faults[0].Seq, "kind", check.Faults[0].Kind)
	}
	return nil
}

// workMetrics are the figures of the queue and of the audit.
type workMetrics struct {
	source  workCounts
	now     func() time.Time
	done    *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	faults  prometheus.Gauge

	mu     sync.Mutex
	read   time.Time
	counts []jiqiao.JobCount
	audit  int64
}

// workCounts is what is counted in the database.
type workCounts interface {
	JobCounts(ctx context.Context) ([]jiqiao.JobCount, error)
	// AuditEnd is the number of the newest entry.
	AuditEnd(ctx context.Context) (int64, error)
}

var (
	jobsDesc = prometheus.NewDesc("jiqiao_jobs", "Jobs in the queue, by kind and state.", []string{"kind", "state"}, nil)
	waitDesc = prometheus.NewDesc("jiqiao_jobs_oldest_seconds", "How long the first job of the kind that may begin has waited.", []string{"kind"}, nil)
	seqDesc  = prometheus.NewDesc("jiqiao_audit_entries", "Number of the newest entry of the audit.", nil, nil)
)

// jobBuckets, in seconds, reach from a mail to a run over everything.
var jobBuckets = []float64{.01, .05, .25, 1, 5, 30, 120, 600, 3600}

func newWorkMetrics(source workCounts, now func() time.Time) *workMetrics {
	return &workMetrics{
		source: source, now: now,
		done: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jiqiao_job_attempts_total", Help: "Attempts of jobs by this process, by kind and outcome.",
		}, []string{"kind", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jiqiao_job_seconds", Help: "How long attempts of jobs took.", Buckets: jobBuckets,
		}, []string{"kind"}),
		faults: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "jiqiao_audit_faults", Help: "Faults that the last nightly check of the audit by this process found.",
		}),
	}
}

// observe is the Runner's.
func (m *workMetrics) observe(kind string, outcome jobs.Outcome, took time.Duration) {
	m.done.WithLabelValues(kind, string(outcome)).Inc()
	m.seconds.WithLabelValues(kind).Observe(took.Seconds())
}

// Describe implements prometheus.Collector.
func (m *workMetrics) Describe(ch chan<- *prometheus.Desc) {
	m.done.Describe(ch)
	m.seconds.Describe(ch)
	m.faults.Describe(ch)
	for _, d := range []*prometheus.Desc{jobsDesc, waitDesc, seqDesc} {
		ch <- d
	}
}

const (
	// countEvery is how often the database is counted, however often it is scraped.
	countEvery = 10 * time.Second
	// countTimeout bounds what one scrape may wait for the database.
	countTimeout = 2 * time.Second
)

// Collect implements prometheus.Collector. Without an answer of the database its figures are left out.
func (m *workMetrics) Collect(ch chan<- prometheus.Metric) {
	m.done.Collect(ch)
	m.seconds.Collect(ch)
	m.faults.Collect(ch)
	counts, audit, ok := m.count()
	if !ok {
		return
	}
	for _, c := range counts {
		ch <- prometheus.MustNewConstMetric(jobsDesc, prometheus.GaugeValue, float64(c.Count), c.Kind, string(c.State))
		if c.State == jiqiao.JobWaiting {
			waited := max(0, m.now().Sub(c.Oldest).Seconds())
			ch <- prometheus.MustNewConstMetric(waitDesc, prometheus.GaugeValue, waited, c.Kind)
		}
	}
	ch <- prometheus.MustNewConstMetric(seqDesc, prometheus.CounterValue, float64(audit))
}

func (m *workMetrics) count() ([]jiqiao.JobCount, int64, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := m.now(); m.read.IsZero() || now.Sub(m.read) >= countEvery || now.Before(m.read) {
		ctx, cancel := context.WithTimeout(context.Background(), countTimeout)
		defer cancel()
		counts, err := m.source.JobCounts(ctx)
		if err != nil {
			return nil, 0, false
		}
		audit, err := m.source.AuditEnd(ctx)
		if err != nil {
			return nil, 0, false
		}
		m.read, m.counts, m.audit = now, counts, audit
	}
	return m.counts, m.audit, true
}
