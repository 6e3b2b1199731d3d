package measure

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/org"
	"lotrinh/reports/metric"
)

// Source says what the metrics of one area were on a day.
type Source interface {
	// Name is the part of the keys before the dot.
	Name() string
	// Metrics are the metrics that it can tell; none is a rate.
	Metrics() []metric.Key
	// Collect counts a day of the city, until its end or until now while it runs. The
	// number of its queries does not depend on the number of communes.
	Collect(ctx context.Context, day string, now time.Time) (Told, error)
}

// Told is what a source knows of a day.
type Told struct {
	Points []Point
	// Silent are metrics of which nothing is known for that day.
	Silent []metric.Key
}

// Point is what a metric was for a unit. Values of one metric, unit and dimension add up.
type Point struct {
	Metric metric.Key
	Unit   string // code of a commune; a district or the city where no commune is concerned
	Dim    string // value of the metric's further dimension, or empty
	N      int64
}

// Add appends a point that counts something.
func (t *Told) Add(k metric.Key, unit string, n int64) {
	t.Points = append(t.Points, Point{Metric: k, Unit: unit, N: n})
}

// Units is what the city consists of, now and on other days.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
	Atlas(ctx context.Context) (*org.Atlas, error)
}

// Phases are the communes of each phase of the programme on the map of a day.
type Phases func(ctx context.Context, day string) (map[int][]string, error)

// flowRow is what happened on a day.
type flowRow struct {
	bun.BaseModel `bun:"table:metric_flow,alias:mf"`
	Metric        metric.Key `bun:"metric,pk"`
	Dim           string     `bun:"dim,pk"`
	Unit          string     `bun:"unit,pk"`
	Day           string     `bun:"day,pk"`
	N             int64      `bun:"n"`
}

// levelRow is what a level or a figure was from a day on until before another.
type levelRow struct {
	bun.BaseModel `bun:"table:metric_level,alias:ml"`
	Metric        metric.Key `bun:"metric,pk"`
	Unit          string     `bun:"unit,pk"`
	Since         string     `bun:"since,pk"`
	Until         string     `bun:"until"` // Forever while it is the last one
	N             int64      `bun:"n"`
}

// toldRow says that a metric was told of a day.
type toldRow struct {
	bun.BaseModel `bun:"table:metric_told,alias:mt"`
	Metric        metric.Key `bun:"metric,pk"`
	Day           string     `bun:"day,pk"`
	At            time.Time  `bun:"at"`
}

// sourceRow is how far a source was collected. Whoever writes a day of it holds the row.
type sourceRow struct {
	bun.BaseModel `bun:"table:metric_source,alias:ms"`
	Source        string    `bun:"source,pk"`
	Upto          string    `bun:"upto"` // the last day that was counted
	At            time.Time `bun:"at"`   // when, by the city's business
	Counts        int64     `bun:"counts"`
}
