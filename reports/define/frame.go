package define

import (
	"slices"
	"time"

	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/metric"
)

// Unit is a row of a table: a district or a commune.
type Unit struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Href string `json:"href,omitempty"`
}

// Entry is one line of a list. It names no person.
type Entry struct {
	Code     string      `json:"code,omitempty"`
	Unit     string      `json:"unit,omitempty"`
	Place    string      `json:"place,omitempty"`    // name of the unit
	District string      `json:"district,omitempty"` // name of its district
	What     string      `json:"what,omitempty"`     // as somebody wrote it
	WhatEN   string      `json:"what_en,omitempty"`
	Line     *i18n.Line  `json:"line,omitempty"` // in place of What: as the product says it
	Why      []i18n.Line `json:"why,omitempty"`
	Cause    string      `json:"cause,omitempty"`
	Proposal string      `json:"proposal,omitempty"`
	Answer   string      `json:"answer,omitempty"`
	Owner    string      `json:"owner,omitempty"` // a unit or a post
	State    *i18n.Line  `json:"state,omitempty"`
	Since    time.Time   `json:"since,omitzero"`
	Due      time.Time   `json:"due,omitzero"`
	Done     time.Time   `json:"done,omitzero"`
	Late     bool        `json:"late,omitempty"`
	Count    int64       `json:"count,omitempty"`
	Of       int64       `json:"of,omitempty"` // what the count is a part of
	Href     string      `json:"href,omitempty"`
}

// Listed is a list as it was read: how many there are, and the first of them.
type Listed struct {
	Total   int     `json:"total"`
	Entries []Entry `json:"entries"`
}

func (l Listed) count() int { return max(l.Total, len(l.Entries)) }

// Frame is the figures that a definition needs, frozen with the report.
type Frame struct {
	Unit      string            `json:"unit"`      // code of what the report is about
	Span      metric.Span       `json:"span"`      // the days of the period
	Past      metric.Span       `json:"past"`      // those of the period before
	Next      metric.Span       `json:"next"`      // those of the period to come
	Districts []Unit            `json:"districts"` // those that are told of
	Communes  []Unit            `json:"communes,omitempty"`
	Now       metric.Table      `json:"now"`
	Before    metric.Table      `json:"before"`
	Series    []metric.Line     `json:"series"`
	Lists     map[string]Listed `json:"lists"`
}

// Need is what has to be read for a definition. Metrics hold no rates but their parts.
type Need struct {
	Now, Before, Series []metric.Key
	Lists               []string
	Districts, Communes bool
	Parts               []string // ready-made ones
}

func (n *Need) now(k metric.Key) { n.Now = metric.Base(append(n.Now, k)...) }

func (n *Need) before(k metric.Key) { n.Before = metric.Base(append(n.Before, k)...) }

func (n *Need) series(k metric.Key) { n.Series = metric.Base(append(n.Series, k)...) }

func (n *Need) list(name string) {
	if !slices.Contains(n.Lists, name) {
		n.Lists = append(n.Lists, name)
	}
}

// Need tells what has to be read.
func (d Definition) Need() Need {
	var n Need
	d.each(func(_, text string) { needsOf(text, &n) }, func(_, expr string) {
		c, _ := readCond(expr)
		c.needs(&n)
	})
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			b.needs(&n)
		}
	}
	return n
}

func needsOf(text string, n *Need) {
	all, _ := split(text)
	for _, p := range all {
		p.needs(n)
	}
}

func (b Block) needs(n *Need) {
	switch b.Kind {
	case Table:
		n.Districts = n.Districts || b.Rows == ByDistrict
		n.Communes = n.Communes || b.Rows == ByCommune
		if b.Spark != "" {
			n.series(b.Spark)
		}
		for _, c := range b.columns() {
			n.now(c.Metric)
			switch c.Show {
			case Before, Change:
				n.before(c.Metric)
			case Share:
				n.now(c.Of)
			}
		}
	case Chart:
		b.chartNeeds(n)
	case List:
		n.list(b.List)
	case Ready:
		if !slices.Contains(n.Parts, b.Ready) {
			n.Parts = append(n.Parts, b.Ready)
		}
	}
}

// columns are those of the table, in a table of metrics once for each of them.
func (b Block) columns() []Column {
	if b.Rows != ByMetric {
		return b.Columns
	}
	var all []Column
	for _, k := range b.Metrics {
		for _, c := range b.Columns {
			c.Metric = k
			all = append(all, c)
		}
	}
	return all
}

func (b Block) chartNeeds(n *Need) {
	for _, k := range append(slices.Clone(b.Metrics), b.Of) {
		if k != "" {
			n.now(k)
		}
	}
	switch b.Chart {
	case "trend", "multiples":
		for _, k := range b.Metrics {
			n.series(k)
		}
		n.Districts = n.Districts || b.Chart == "multiples"
	case "pareto", "lollipop":
		if b.List != "" {
			n.list(b.List)
		} else {
			n.Districts = true
		}
	case "ages":
		n.list(b.List)
	case "attainment":
		n.Districts = n.Districts || len(b.Metrics) == 1
	default:
		n.Districts = true
	}
}
