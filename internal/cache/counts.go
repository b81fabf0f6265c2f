package cache

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// Counts counts what became of questions. It is a prometheus.Collector.
type Counts struct {
	hits, misses, fallbacks, corrupt, unkept atomic.Uint64
}

// Hits counts the questions answered from the cache.
func (c *Counts) Hits() uint64 { return c.hits.Load() }

// Misses counts the answers made while the cache worked.
func (c *Counts) Misses() uint64 { return c.misses.Load() }

// Fallbacks counts the answers made while the cache did not work.
func (c *Counts) Fallbacks() uint64 { return c.fallbacks.Load() }

// Corrupt counts the values that were held and could not be used; each is also a miss.
func (c *Counts) Corrupt() uint64 { return c.corrupt.Load() }

// Unkept counts the answers that were made and could not be stored.
func (c *Counts) Unkept() uint64 { return c.unkept.Load() }

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
