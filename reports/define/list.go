package define

import (
	"slices"
	"strings"
	"time"

	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/render"
)

// shapes are the columns of the lists' tables.
var shapes = map[string][]string{
	Held:         {"no", "place", "district", "state", "why"},
	Gaps:         {"code", "place", "what", "since", "due", "late"},
	Tickets:      {"code", "place", "what", "since", "due", "late"},
	Difficulties: {"no", "place", "what", "cause", "proposal", "due", "state"},
	Milestones:   {"no", "what", "due", "done", "state"},
	Directives:   {"no", "code", "what", "owner", "due", "state"},
	Waves:        {"no", "what", "since", "due", "count"},
	Purchases:    {"code", "place", "district", "what", "count"},
	Services:     {"no", "what", "count", "of", "since"},
}

func (w writer) list(b Block) []Piece {
	l := w.f.Lists[b.List]
	if len(l.Entries) == 0 {
		return paragraphs(w.fill(b.None))
	}
	all := l.Entries
	if b.Most > 0 {
		all = all[:min(len(all), b.Most)]
	}
	if b.Item.VI != "" {
		return w.itemized(b, all)
	}
	shape := shapes[b.List]
	columns := make([]render.Column, len(shape))
	for i, f := range shape {
		columns[i] = render.Column{Head: w.head(b.List, f), Form: fieldForm(f)}
	}
	var rows [][]any
	var hrefs []string
	for i, e := range all {
		row := make([]any, len(shape))
		for j, f := range shape {
			row[j] = w.field(e, f, i+1)
		}
		rows, hrefs = append(rows, row), append(hrefs, e.Href)
	}
	g := w.grid(b.Name, columns, rows, hrefs, nil)
	if rest := l.count() - len(all); rest > 0 {
		return []Piece{g, Para(w.say("reports.define.rest", "n", rest))}
	}
	return []Piece{g}
}

// head is the column's name, its own for a list where it has one.
func (w writer) head(list, field string) string {
	if key := "reports.define.field." + list + "." + field; slices.Contains(ownHeads, list+"."+field) {
		return w.say(key)
	}
	return w.say("reports.define.field." + field)
}

// ownHeads are the fields that are called otherwise in one list.
var ownHeads = []string{"milestones.due", "milestones.done", "waves.what", "waves.since", "waves.due", "directives.code", "directives.what", "purchases.what", "purchases.code", "purchases.count", "services.what", "services.count", "services.since"}

func fieldForm(f string) render.Form {
	switch f {
	case "no", "count", "of":
		return render.Whole
	case "since", "due", "done":
		return render.Date
	}
	return render.Text
}

// field is a cell of an entry.
func (w writer) field(e Entry, name string, no int) any {
	switch name {
	case "no":
		return no
	case "count":
		return e.Count
	case "of":
		return e.Of
	case "since":
		return moment(e.Since)
	case "due":
		return moment(e.Due)
	case "done":
		return moment(e.Done)
	case "place", "district", "owner":
		return upper(w.said(e, name))
	}
	return w.said(e, name)
}

func moment(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at
}

// said is a field of an entry inside a sentence.
func (w writer) said(e Entry, name string) string {
	switch name {
	case "code":
		return e.Code
	case "place":
		return e.Place
	case "district":
		return e.District
	case "what":
		return w.what(e)
	case "why":
		return w.lines(e.Why)
	case "cause":
		return trimmed(e.Cause)
	case "proposal":
		return trimmed(e.Proposal)
	case "answer":
		return trimmed(e.Answer)
	case "owner":
		return e.Owner
	case "state":
		if e.State != nil {
			return w.T.Line(*e.State)
		}
	case "since":
		return w.date(e.Since)
	case "due":
		return w.date(e.Due)
	case "done":
		return w.date(e.Done)
	case "late":
		if e.Late {
			return w.say("reports.define.late")
		}
	case "count":
		return w.T.Int(e.Count)
	case "of":
		return w.T.Int(e.Of)
	}
	return ""
}

func (w writer) what(e Entry) string {
	switch {
	case e.Line != nil:
		return w.T.Line(*e.Line)
	case w.T.Lang == i18n.EN && e.WhatEN != "":
		return e.WhatEN
	}
	return trimmed(e.What)
}

// trimmed is a text that somebody wrote without the mark at its end.
func trimmed(s string) string { return strings.TrimRight(strings.TrimSpace(s), " .;,") }

func (w writer) date(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return w.T.Day(at)
}

func (w writer) lines(all []i18n.Line) string {
	said := make([]string, len(all))
	for i, l := range all {
		said[i] = w.T.Line(l)
	}
	return strings.Join(said, "; ")
}

// itemized are entries as sentences. An entry that has nothing to say for one of the
// places of the sentence is left out, and what is said twice is said once.
func (w writer) itemized(b Block, all []Entry) []Piece {
	places, wrong := split(b.Item.In(w.T.Lang))
	if wrong != "" {
		return nil
	}
	var items Items
	for _, e := range all {
		var s strings.Builder
		whole := true
		for _, p := range places {
			if p.name == "" {
				s.WriteString(p.words)
				continue
			}
			said := w.said(e, p.name)
			whole = whole && (said != "" || p.name == "late")
			s.WriteString(said)
		}
		if said := upper(strings.TrimSpace(s.String())); whole && said != "" && !slices.Contains(items, said) {
			items = append(items, said)
		}
	}
	if len(items) == 0 {
		return paragraphs(w.fill(b.None))
	}
	if b.Name.VI != "" {
		return []Piece{Para(w.fill(b.Name)), items}
	}
	return []Piece{items}
}
