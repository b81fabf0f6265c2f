package cache

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// Counts counts what became of questions. It is a prometheus.Collector.
type Counts struct {
	hits, misses, fallbacks, corrupt, unkept atomic.Uint64
}

// Hits were answered from the cache, Misses made while it worked, Fallbacks made while it did not. Corrupt values were
// held but could not be used; each is also a miss. Unkept answers were made and could not be stored.
func (c *Counts) Hits() uint64      { return c.hits.Load() }
func (c *Counts) Misses() uint64    { return c.misses.Load() }
func (c *Counts) Fallbacks() uint64 { return c.fallbacks.Load() }
func (c *Counts) Corrupt() uint64   { return c.corrupt.Load() }
func (c *Counts) Unkept() uint64    { return c.unkept.Load() }

var countsDesc = prometheus.NewDesc("jiqiao_cache_total", "Questions to the cache, by result.", []string{"result"}, nil)

// Describe implements prometheus.Collector.
func (c *Counts) Describe(ch chan<- *prometheus.Desc) { ch <- countsDesc }

// Collect implements prometheus.Collector.
func (c *Counts) Collect(ch chan<- prometheus.Metric) {
	for result, n := range map[string]uint64{
		"hit": c.Hits(), "miss": c.Misses(), "fallback": c.Fallbacks(), "corrupt": c.Corrupt(), "unkept": c.Unkept(),
	} {
		ch <- prometheus.MustNewConstMetric(countsDesc, prometheus.CounterValue, float64(n), result)
	}
}
