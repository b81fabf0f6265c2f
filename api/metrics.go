package api

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what /metrics shows; the registry is this server's own.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	degraded *prometheus.CounterVec
	panics   prometheus.Counter
}

// latencyBuckets, in seconds, lie closest around what is promised: 5 ms for a match, 8 ms for a search.
var latencyBuckets = []float64{.0005, .001, .0025, .005, .008, .0125, .025, .05, .1, .25, .5, 1, 2.5, 10, 60}

// lagTimeout bounds what one scrape may wait for the index.
const lagTimeout = 2 * time.Second

func newMetrics(opts Options) (*metrics, error) {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jiqiao_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"method", "route", "status"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "jiqiao_http_request_seconds", Help: "Time to answer, by route and class of status.", Buckets: latencyBuckets,
		}, []string{"route", "class"}),
		degraded: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "jiqiao_degraded_total", Help: "Answers made without an optional part.",
		}, []string{"part"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "jiqiao_http_panics_total", Help: "Requests that ended in a panic.",
		}),
	}
	lag := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "jiqiao_index_lag", Help: "Changes of the store that the index has not applied; -1 when unknown.",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), lagTimeout)
		defer cancel()
		lag, err := opts.Status.CaughtUp(ctx)
		if err != nil {
			return -1
		}
		return float64(lag)
	})
	all := append([]prometheus.Collector{
		m.requests, m.latency, m.degraded, m.panics, lag,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	}, opts.Collectors...)
	for _, c := range all {
		if err := m.registry.Register(c); err != nil {
			return nil, fmt.Errorf("register a metric: %w", err)
		}
	}
	return m, nil
}

func (m *metrics) request(method, route string, status int, took time.Duration) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "DELETE":
	default:
		method = "other" // anyone may invent methods; each would be a series
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(route, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

func (m *metrics) degrade(parts []string) {
	for _, part := range parts {
		m.degraded.WithLabelValues(part).Inc()
	}
}

func (s *Server) serveMetrics(c *gin.Context) error {
	promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{DisableCompression: true}).ServeHTTP(c.Writer, c.Request)
	return nil
}
