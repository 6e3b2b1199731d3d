package tally

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/dossier/tally/score"
	"lotrinh/dossier/tally/views"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// Where the data of an indicator come from.
const (
	measured = "measured" // from the histories of dossiers and the procedures in force
	said     = "said"     // by applicants
	declared = "declared" // by communes, with a document
)

// sources are where the data of an indicator come from.
var sources = map[score.Indicator][]string{
	score.Total: {measured}, score.Part: {measured}, score.Contacts: {measured, said}, score.Agencies: {said}, score.OneStop: {declared}, score.Publicity: {said},
	score.Attitude: {said}, score.Feedback: {measured, declared}, score.Online: {measured},
}

// ruled are the thresholds of an indicator: what two points ask for, and one.
func ruled(r score.Rules, i score.Indicator) (two, one string) {
	pair := func(b [2]int64) (string, string) { return itoa(b[0]), itoa(b[1]) }
	switch i {
	case score.Contacts:
		return pair(r.Contacts)
	case score.Agencies:
		return pair(r.Agencies)
	case score.OneStop:
		return pair(r.OneStop)
	case score.Feedback:
		return pair(r.Feedback)
	case score.Online:
		return pair(r.Used)
	}
	return "", ""
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// rule is what an indicator asks for, in words.
func rule(t i18n.T, r score.Rules, i score.Indicator) string {
	two, one := ruled(r, i)
	return t.Say("tally.rule."+itoa(int64(i)), "two", two, "one", one, "early", ui.Span(t, time.Duration(r.Early)*time.Minute, day), "offered", r.Offered)
}

// how is the computation of an indicator with the numbers that went into it, in words.
func how(t i18n.T, b Basis, i score.Indicator) string {
	u := b.Unit
	switch i {
	case score.OneStop:
		if b.Units == 0 {
			return t.Say("tally.how.undeclared", "year", strconv.Itoa(b.Year))
		}
		return t.Say("tally.how.5", "n", u.AtOneStop, "of", u.Authority, "units", b.Units, "all", b.Communes, "year", strconv.Itoa(b.Year))
	case score.Feedback:
		return t.Say("tally.how.8", "n", u.Answered, "of", u.Feedback, "here", b.Answered, "came", b.Came, "declared", b.Declared.Answered, "heard", b.Declared.Feedback, "year", strconv.Itoa(b.Year))
	case score.Online:
		return t.Say("tally.how.9", "n", u.OnlineProcedures, "of", u.Procedures, "online", u.OnlineFiles, "files", u.Files, "late", u.OnlineLate)
	}
	s := b.Sums[i]
	if s.N == 0 {
		return t.Say("tally.how.nothing")
	}
	return t.Say("tally.how.mean", "points", s.Points, "n", s.N)
}

// scoreTable is the nine indicators with where their data come from and how they were
// computed; those without data say so and count for nothing.
func (p *pages) scoreTable(t i18n.T, b Board) views.Table {
	d := ui.TableData{Caption: t.Say("tally.score"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("tally.indicator")}, {Label: t.Say("tally.source")}, {Label: t.Say("tally.points"), Num: true}, {Label: t.Say("tally.weight"), Num: true, Quiet: true}}}
	marks := map[score.Indicator]score.Mark{}
	for _, m := range b.Score.Marks {
		marks[m.Indicator] = m
	}
	for _, i := range score.Indicators {
		points := t.Say("tally.no_data")
		if m, ok := marks[i]; ok {
			points = tenths(t, m.Tenths)
		}
		var from []ui.State
		for _, s := range sources[i] {
			from = append(from, ui.State{Tone: sourceTones[s], Word: t.Say("tally.source." + s)})
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{views.Computed(t.Say("tally.indicator."+itoa(int64(i))), how(t, b.Basis, i), rule(t, b.Basis.Rules, i)), ui.Badges(from...), ui.Text(points), ui.Text(t.Say("tally.times_n", "n", b.Basis.Rules.Weight(i)))}})
	}
	note := t.Say("tally.score.sum", "n", tenths(t, b.Score.Tenths), "of", tenths(t, b.Score.Of), "level", level(t, b.Score.Level))
	return views.Table{Card: ui.CardData{ID: "score", Title: t.Say("tally.score"), Note: note, Flush: true, Action: &ui.Action{Label: t.Say("tally.rules"), Href: Rules, Icon: "adjustments"}}, Table: d}
}

var sourceTones = map[string]ui.Tone{measured: ui.Good, said: ui.Info, declared: ui.Neutral}
