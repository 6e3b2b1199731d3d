package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
)

// queue tells Prometheus how many notices wait for each way out, and since when the
// oldest does. It reads the index of what waits, whatever was sent before.
type queue struct{ db *db.DB }

var (
	queueLength = prometheus.NewDesc("lotrinh_notices_waiting", "Notices that wait to be sent.", []string{"channel"}, nil)
	queueOldest = prometheus.NewDesc("lotrinh_notices_oldest_timestamp_seconds", "When the oldest waiting notice was written.", []string{"channel"}, nil)
)

// Describe names the measures.
func (q *queue) Describe(to chan<- *prometheus.Desc) {
	to <- queueLength
	to <- queueOldest
}

// Collect measures.
func (q *queue) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var rows []struct {
		Channel string
		N       int64
		First   string
	}
	err := q.db.Read().NewRaw("SELECT channel, count(*) AS n, min(id) AS first FROM notice WHERE state IN ('waiting', 'sending') GROUP BY channel").Scan(ctx, &rows)
	if err != nil {
		to <- prometheus.NewInvalidMetric(queueLength, err)
		return
	}
	for _, r := range rows {
		if r.Channel == notify.Undecided {
			r.Channel = "undecided"
		}
		to <- prometheus.MustNewConstMetric(queueLength, prometheus.GaugeValue, float64(r.N), r.Channel)
		if at, ok := ident.ID(r.First).Made(); ok {
			to <- prometheus.MustNewConstMetric(queueOldest, prometheus.GaugeValue, float64(at.Unix()), r.Channel)
		}
	}
}

// settled counts a notice that came to an end.
func (m *metrics) settled(channel, state string) { m.notices.WithLabelValues(channel, state).Inc() }
