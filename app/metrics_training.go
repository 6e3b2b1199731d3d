package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
)

// hall tells Prometheus what of training somebody should look at: classes that are over
// and not closed, and people who wait for a seat in a class to come.
type hall struct {
	db       *db.DB
	business clock.Clock
}

var (
	hallUnclosed = prometheus.NewDesc("lotrinh_training_classes_unclosed", "Classes that are over and not closed: their absences are not known.", nil, nil)
	hallWaiting  = prometheus.NewDesc("lotrinh_training_people_waiting", "People who wait for a seat in a class to come.", nil, nil)
)

// Describe names the measures.
func (h *hall) Describe(to chan<- *prometheus.Desc) {
	to <- hallUnclosed
	to <- hallWaiting
}

// Collect measures.
func (h *hall) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	now := h.business.Now()
	var n struct{ Unclosed, Waiting int64 }
	err := h.db.Read().NewRaw("SELECT coalesce(sum(CASE WHEN ends_at < ? THEN 1 ELSE 0 END), 0) AS unclosed, coalesce(sum(CASE WHEN ends_at >= ? THEN waiting ELSE 0 END), 0) AS waiting "+
		"FROM training_class WHERE state = 'open' AND day >= ?", now, now, clock.Date(now.AddDate(0, -3, 0))).Scan(ctx, &n)
	if err != nil {
		to <- prometheus.NewInvalidMetric(hallUnclosed, err)
		return
	}
	to <- prometheus.MustNewConstMetric(hallUnclosed, prometheus.GaugeValue, float64(n.Unclosed))
	to <- prometheus.MustNewConstMetric(hallWaiting, prometheus.GaugeValue, float64(n.Waiting))
}
