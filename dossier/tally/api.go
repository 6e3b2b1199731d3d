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
	Indicator int      `json:"indicator"`
	Tenths    int64    `json:"tenths" doc:"mean in tenths of a point"`
	N         int64    `json:"n"`
	Weight    int64    `json:"weight" doc:"how often it counts in the sum"`
	Source    []string `json:"source" doc:"measured, said by applicants, declared by communes"`
}

// BasisOut is what the indicators of a unit were computed from.
type BasisOut struct {
	Year             int   `json:"year" doc:"of what communes declared"`
	Units            int64 `json:"units" doc:"communes that declared"`
	Authority        int64 `json:"authority" doc:"declared: procedures of the communes"`
	OneStop          int64 `json:"one_stop" doc:"declared: of them at the one-stop unit"`
	FeedbackDeclared int64 `json:"feedback_declared"`
	AnsweredDeclared int64 `json:"answered_declared"`
	FeedbackHere     int64 `json:"feedback_here" doc:"said by applicants here"`
	AnsweredHere     int64 `json:"answered_here"`
	Procedures       int64 `json:"procedures" doc:"in force"`
	OnlineProcedures int64 `json:"online_procedures" doc:"of level 3 and 4"`
}

// BoardOut is the figures of a part of the city.
type BoardOut struct {
	Unit       string    `json:"unit"`
	From       string    `json:"from" doc:"first day"`
	Until      string    `json:"until" doc:"first day after"`
	Total      FlowOut   `json:"total"`
	Units      []FlowOut `json:"units"`
	Procedures []FlowOut `json:"procedures"`
	Times      []TimeOut `json:"times" doc:"whole, whole:PROCEDURE, unit:CODE, stage:KEY, wait:REASON"`
	Marks      []MarkOut `json:"marks" doc:"indicators without data are absent"`
	Basis      BasisOut  `json:"basis"`
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
	k := b.Basis
	return c.Reply(0, BoardOut{Unit: unit, From: b.Span.From, Until: b.Span.Until, Total: flowOut(unit, b.Total), Units: flowsOut(b.Units), Procedures: flowsOut(b.Procedures),
		Times: allTimes(b), Marks: marksOut(b), Tenths: b.Score.Tenths, Of: b.Score.Of, Level: string(b.Score.Level),
		Basis: BasisOut{Year: k.Year, Units: k.Units, Authority: k.Declared.Authority, OneStop: k.Declared.OneStop, FeedbackDeclared: k.Declared.Feedback, AnsweredDeclared: k.Declared.Answered,
			FeedbackHere: k.Came, AnsweredHere: k.Answered, Procedures: k.Unit.Procedures, OnlineProcedures: k.Unit.OnlineProcedures}})
}

// allTimes is how long everything took.
func allTimes(b Board) []TimeOut {
	times := timesOut("whole", map[string]Hist{"": b.Whole}, []TimeOut{})
	times = timesOut("whole:", b.Of, times)
	times = timesOut("unit:", b.OfUnit, times)
	times = timesOut("stage:", b.ByStage, times)
	return timesOut("wait:", b.ByWait, times)
}
