package tally

import (
	"slices"
	"strings"

	"lotrinh/internal/kit/httpx"
)

// FlowOut is counts with the shares that follow from them.
type FlowOut struct {
	Key      string           `json:"key" doc:"code of the unit, key of the procedure"`
	Counts   map[string]int64 `json:"counts"`
	OnTime   *float64         `json:"on_time,omitempty" doc:"share of finished; absent without data"`
	Online   *float64         `json:"online,omitempty"`
	Complete *float64         `json:"supplemented,omitempty"`
}

// TimeOut is how long something took, in seconds; bounds of buckets, never told better.
type TimeOut struct {
	Key    string `json:"key"`
	Median int64  `json:"median"`
	P90    int64  `json:"p90"`
	N      int64  `json:"n"`
}

// MarkOut is one of the nine indicators.
type MarkOut struct {
	Indicator int   `json:"indicator"`
	Tenths    int64 `json:"tenths" doc:"mean in tenths of a point"`
	N         int64 `json:"n"`
}

// BoardOut is the figures of a part of the city.
type BoardOut struct {
	Unit       string    `json:"unit"`
	From       string    `json:"from" doc:"first day"`
	Until      string    `json:"until" doc:"first day after"`
	Total      FlowOut   `json:"total"`
	Units      []FlowOut `json:"units"`
	Procedures []FlowOut `json:"procedures"`
	Times      []TimeOut `json:"times" doc:"whole, whole:PROCEDURE, stage:KEY, wait:REASON"`
	Marks      []MarkOut `json:"marks" doc:"indicators without data are absent"`
	Tenths     int64     `json:"tenths"`
	Of         int64     `json:"of"`
	Level      string    `json:"level" enum:"best,good,fair,average,weak"`
}

func flowOut(key string, f Flow) FlowOut {
	out := FlowOut{Key: key, Counts: map[string]int64{}}
	for _, m := range Metrics {
		out.Counts[string(m)] = f[m]
	}
	if x, ok := f.OnTime(); ok {
		out.OnTime = &x
	}
	if x, ok := f.Share(FiledOnline, Filed); ok {
		out.Online = &x
	}
	if x, ok := f.Share(Supplemented, Filed); ok {
		out.Complete = &x
	}
	return out
}

func flowsOut(all map[string]Flow) []FlowOut {
	out := []FlowOut{}
	for key, f := range all {
		out = append(out, flowOut(key, f))
	}
	slices.SortFunc(out, func(a, b FlowOut) int { return strings.Compare(a.Key, b.Key) })
	return out
}

func timesOut(prefix string, all map[string]Hist, into []TimeOut) []TimeOut {
	for key, h := range all {
		med, _, ok := h.Quantile(0.5)
		p90, _, _ := h.Quantile(0.9)
		if !ok {
			continue
		}
		var n int64
		for _, c := range h {
			n += c
		}
		into = append(into, TimeOut{prefix + key, int64(med.Seconds()), int64(p90.Seconds()), n})
	}
	slices.SortFunc(into, func(a, b TimeOut) int { return strings.Compare(a.Key, b.Key) })
	return into
}

func (s *Service) boardAPI(c *httpx.Ctx) error {
	unit, _, err := s.asked(c)
	if err != nil {
		return err
	}
	b, err := s.Board(c.Std(), c.Who, unit, Months(c.Query("from"), c.Query("until"), s.Dossiers.Now()))
	if err != nil {
		return err
	}
	times := timesOut("whole", map[string]Hist{"": b.Whole}, []TimeOut{})
	times = timesOut("whole:", b.Of, times)
	times = timesOut("stage:", b.ByStage, times)
	out := BoardOut{Unit: unit, From: b.Span.From, Until: b.Span.Until, Total: flowOut(unit, b.Total), Units: flowsOut(b.Units), Procedures: flowsOut(b.Procedures),
		Times: timesOut("wait:", b.ByWait, times), Marks: []MarkOut{}, Tenths: b.Score.Tenths, Of: b.Score.Of, Level: string(b.Score.Level)}
	for _, m := range b.Score.Marks {
		out.Marks = append(out.Marks, MarkOut{int(m.Indicator), m.Tenths, m.N})
	}
	return c.Reply(0, out)
}
