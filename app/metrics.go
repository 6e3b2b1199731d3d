package app

import (
	"bytes"
	"context"
	"net"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
)

// metrics are what Prometheus reads from /metrics.
type metrics struct {
	all      *prometheus.Registry
	requests *prometheus.HistogramVec
	queries  *prometheus.CounterVec
	letters  *prometheus.CounterVec
	notices  *prometheus.CounterVec
	reports  *prometheus.CounterVec
	runs     reportRuns
}

func newMetrics(d *db.DB) *metrics {
	m := &metrics{
		all: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lotrinh_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5},
		}, []string{"method", "route", "status"}),
		queries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lotrinh_queries_total", Help: "Queries sent to the database.",
		}, []string{"outcome"}),
		letters: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lotrinh_mail_taken_total", Help: "Mail that came in, by what became of it.",
		}, []string{"decision"}),
	}
	m.notices = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "lotrinh_notices_total", Help: "Notices that were sent, failed or stayed on the screen.",
	}, []string{"channel", "state"})
	m.reports = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "lotrinh_report_deliveries_total", Help: "Deliveries of reports that came to an end.",
	}, []string{"channel", "state"})
	m.runs = newReportRuns()
	m.all.MustRegister(m.runs.states, m.runs.late, m.requests, m.queries, m.letters, m.notices, m.reports, &queue{d}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, w := range []struct{ name, help, query string }{
		{"lotrinh_outbox_waiting", "Deliveries of events that wait.", "SELECT count(*) FROM outbox_delivery WHERE state = 'waiting'"},
		{"lotrinh_outbox_failed", "Deliveries of events that were given up.", "SELECT count(*) FROM outbox_delivery WHERE state = 'failed'"},
		{"lotrinh_supply_requests_waiting", "Requests for equipment that wait for a decision.", "SELECT count(*) FROM supply_request WHERE state = 'asked'"},
		{"lotrinh_supply_deliveries_open", "Deliveries of equipment that are not signed and seen yet.", "SELECT count(*) FROM supply_delivery WHERE open"},
		{"lotrinh_installs_failed", "Programs whose last try on a PC failed.", "SELECT count(*) FROM install WHERE state = 'fails'"},
		{"lotrinh_reports_waiting", "Reports that wait or are being made.", "SELECT count(*) FROM report_run WHERE state IN ('queued', 'rendering')"},
		{"lotrinh_trail_unsealed", "Entries of the trail that are not sealed yet.", "SELECT count(*) FROM trail_entry WHERE seal IS NULL"},
	} {
		m.gauge(w.name, w.help, func(ctx context.Context) (float64, error) {
			var n int64
			err := d.Read().NewRaw(w.query).Scan(ctx, &n)
			return float64(n), err
		})
	}
	return m
}

// gauge shows what read says whenever somebody looks; -1 when it cannot be read.
func (m *metrics) gauge(name, help string, read func(context.Context) (float64, error)) {
	m.all.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		n, err := read(ctx)
		if err != nil {
			return -1
		}
		return n
	}))
}

// counter shows a count that somebody else keeps.
func (m *metrics) counter(name, help string, labels map[string]string, read func() float64) {
	m.all.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels}, read))
}

func (m *metrics) query(_ context.Context, _ string, err error) {
	outcome := "ok"
	if err != nil {
		outcome = "error"
	}
	m.queries.WithLabelValues(outcome).Inc()
}

func (m *metrics) delivered(channel, state string) { m.reports.WithLabelValues(channel, state).Inc() }

func (m *metrics) letter(decision string) { m.letters.WithLabelValues(decision).Inc() }

func (m *metrics) request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// serve answers on this machine only; a proxy must not pass /metrics on.
func (m *metrics) serve(c *httpx.Ctx) error {
	if ip := net.ParseIP(c.IP()); ip == nil || !ip.IsLoopback() && !ip.IsUnspecified() {
		return fault.New(fault.Missing, "fault.missing")
	}
	families, err := m.all.Gather()
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	var b bytes.Buffer
	for _, f := range families {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			return fault.Because(fault.Internal, "fault.internal", err)
		}
	}
	c.Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	return c.Send(b.Bytes())
}
