package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lotrinh/reports"
)

// reportRuns counts the states that reports come to, and how long after its moment a
// report was there.
type reportRuns struct {
	states *prometheus.CounterVec
	late   prometheus.Histogram
}

func newReportRuns() reportRuns {
	return reportRuns{
		states: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "lotrinh_reports_runs_total", Help: "Reports by the state that they came to.",
		}, []string{"state"}),
		late: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "lotrinh_reports_late_seconds", Help: "How long after its moment a report was there.",
			Buckets: []float64{5, 15, 30, 60, 120, 300, 900, 3600, 4 * 3600, 24 * 3600, 7 * 24 * 3600},
		}),
	}
}

// report is told of every state that a report comes to.
func (m *metrics) report(to reports.State, late time.Duration) {
	m.runs.states.WithLabelValues(string(to)).Inc()
	if to == reports.Rendered {
		m.runs.late.Observe(max(0, late).Seconds())
	}
}
