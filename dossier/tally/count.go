package tally

import (
	"strconv"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/tally/score"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/ident"
)

// The names of our figures. The dimension of FigureFlow is PROCEDURE/METRIC, or
// /METRIC for all procedures together; of FigureTime KIND/bNN, where KIND is a stage, a
// reason of waiting, "whole" or "whole:PROCEDURE"; of FigureScore INDICATOR/p and /n,
// and of FigureOfficer ACCOUNT/INDICATOR/p and /n.
const (
	FigureFlow    = "dossier.flow"
	FigureTime    = "dossier.time"
	FigureScore   = "dossier.score"
	FigureOfficer = "dossier.officer"
)

// Metric is one thing that FigureFlow counts.
type Metric string

// The metrics. FiledOnline is among Filed, FinishedOnline among Finished; LateOnline
// among both late and online.
const (
	Filed          Metric = "filed"
	FiledOnline    Metric = "filed_online"
	Accepted       Metric = "accepted"
	Supplemented   Metric = "supplemented"
	Refused        Metric = "refused"
	Finished       Metric = "finished"
	FinishedLate   Metric = "finished_late"
	FinishedOnline Metric = "finished_online"
	LateOnline     Metric = "late_online"
	Reappointed    Metric = "reappointed"
)

// Metrics are all of them.
var Metrics = []Metric{Filed, FiledOnline, Accepted, Supplemented, Refused, Finished, FinishedLate, FinishedOnline, LateOnline, Reappointed}

// bounds are the upper ends of the buckets of durations; the last has none.
var bounds = []time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 12 * time.Hour, 24 * time.Hour, 36 * time.Hour, 48 * time.Hour,
	3 * day, 4 * day, 5 * day, 7 * day, 10 * day, 15 * day, 20 * day, 30 * day, 60 * day}

const day = 24 * time.Hour

// bucket is the first whose bound a duration does not pass.
func bucket(d time.Duration) int {
	for i, b := range bounds {
		if d <= b {
			return i
		}
	}
	return len(bounds)
}

// month is the day under which a moment's figures are kept: the first of its month.
func month(at time.Time) string { return clock.Date(at)[:8] + "01" }

// counter gathers the figures of one dossier.
type counter struct {
	d   dossier.Dossier
	out []figures.Value
}

func (c *counter) add(name, dim string, at time.Time, n int64) {
	if n != 0 && !at.IsZero() {
		c.out = append(c.out, figures.Value{Name: name, Unit: c.d.Unit, Dim: dim, Day: month(at), N: n})
	}
}

// flow counts a metric for the procedure and for all together.
func (c *counter) flow(m Metric, at time.Time) {
	c.add(FigureFlow, c.d.Procedure+"/"+string(m), at, 1)
	c.add(FigureFlow, "/"+string(m), at, 1)
}

func (c *counter) took(kind string, from, until time.Time) {
	if !from.IsZero() && !until.Before(from) {
		c.add(FigureTime, kind+"/b"+strconv.Itoa(bucket(until.Sub(from))), until, 1)
	}
}

// Rating is what a citizen said of a dossier: Publicity and Attitude in points, 0 to 2,
// Agencies and Contacts as how many offices they dealt with and how often they had to come
// back. Below zero was not asked or not answered.
type Rating struct {
	Publicity, Attitude, Agencies, Contacts int
}

// unrated is a dossier that nobody rated.
var unrated = Rating{-1, -1, -1, -1}

// more is what the points of a finished dossier need beside its history: what was said of
// it, the parts of other offices, and the rules by their day.
type more struct {
	rating Rating
	legs   []dossier.Leg
	rules  score.Book
}

// of are the figures of one dossier, from its history and what belongs to it alone. It is
// pure: the same history gives the same figures.
func of(d dossier.Dossier, steps []dossier.Step, m more) []figures.Value {
	if d.Practice || len(steps) == 0 {
		return nil
	}
	c := &counter{d: d}
	asked := 0
	var stage, waited time.Time
	var accepted, finished time.Time
	var officer ident.ID
	was := dossier.Step{}
	for _, st := range steps {
		switch st.Act {
		case dossier.Submit:
			c.flow(Filed, st.At)
			if d.Channel.FromHome() {
				c.flow(FiledOnline, st.At)
			}
		case dossier.Accept:
			c.flow(Accepted, st.At)
			accepted = st.At
		case dossier.CompleteSupplement:
			if accepted.IsZero() { // asked for before acceptance, so this is it
				c.flow(Accepted, st.At)
				accepted = st.At
			}
		case dossier.AskSupplement:
			c.flow(Supplemented, st.At)
			asked++
		case dossier.RefuseIntake, dossier.Stop:
			c.flow(Refused, st.At)
		case dossier.Reappoint:
			c.flow(Reappointed, st.At)
		case dossier.Enter:
			officer = st.Actor
		case dossier.Finish:
			finished = st.At
		}
		if st.Stage != was.Stage {
			if was.Stage != "" {
				c.took("stage:"+was.Stage, stage, st.At)
			}
			stage = st.At
		}
		if st.Waiting != was.Waiting {
			if was.Waiting != dossier.ForNobody {
				c.took("wait:"+string(was.Waiting), waited, st.At)
			}
			waited = st.At
		}
		was = st
	}
	if finished.IsZero() {
		return c.out
	}
	if officer == "" {
		officer = d.Handler
	}
	c.done(accepted, finished, asked, officer, m)
	return c.out
}

// done counts the end of a dossier: on time or late, how long it took, its points. The
// citizen came back as often as the record asked for it, or as they say, if that is more.
func (c *counter) done(accepted, finished time.Time, asked int, officer ident.ID, m more) {
	late := !c.d.DueAt.IsZero() && finished.After(c.d.DueAt)
	c.flow(Finished, finished)
	if late {
		c.flow(FinishedLate, finished)
	}
	if c.d.Channel.FromHome() {
		c.flow(FinishedOnline, finished)
		if late {
			c.flow(LateOnline, finished)
		}
	}
	c.took("whole", accepted, finished)
	c.took("whole:"+c.d.Procedure, accepted, finished)
	rules, r := m.rules.At(clock.Date(finished)), m.rating
	points := rules.Dossier(score.Facts{Whole: rules.TimingOf(finished, c.d.DueAt), Parts: rules.Parts(score.Span{End: finished, Due: c.d.DueAt}, partners(m.legs)...),
		Contacts: max(asked, r.Contacts), Agencies: r.Agencies, Publicity: r.Publicity, Attitude: r.Attitude})
	for i, s := range points {
		dim := strconv.Itoa(int(i))
		c.add(FigureScore, dim+"/p", finished, s.Points)
		c.add(FigureScore, dim+"/n", finished, s.N)
		if officer != "" {
			c.add(FigureOfficer, string(officer)+"/"+dim+"/p", finished, s.Points)
			c.add(FigureOfficer, string(officer)+"/"+dim+"/n", finished, s.N)
		}
	}
}

// partners are the parts of other offices that are over: a leg ends with its result, or
// when it was refused.
func partners(legs []dossier.Leg) []score.Span {
	var all []score.Span
	for _, l := range legs {
		switch {
		case !l.State.Over():
		case l.ResultAt.IsZero():
			all = append(all, score.Span{End: l.ChangedAt, Due: l.DueAt})
		default:
			all = append(all, score.Span{End: l.ResultAt, Due: l.DueAt})
		}
	}
	return all
}

// less is what has to be added to some figures to get others.
func less(after, before []figures.Value) []figures.Value {
	out := append([]figures.Value(nil), after...)
	for _, v := range before {
		v.N = -v.N
		out = append(out, v)
	}
	return out
}
