package supply

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/supply/views"
)

// mayTrim tells whether the reader may cut down what is approved and not on its way.
func (b requestPage) mayTrim(left int64) bool {
	return b.v.State.Granted() && left > 0 && (b.c.Who.Covers(Decide, b.v.Unit) || b.c.Who.Covers(Ask, b.v.Unit))
}

// cut is the form that cuts down what is approved and not on its way, line by line.
func (b requestPage) cut() views.Asked {
	t, v := b.c.T, b.v
	table := ui.TableData{Caption: t.Say("supply.lines"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("supply.commune")}, {Label: t.Say("supply.kind")},
		{Label: t.Say("supply.approved"), Num: true}, {Label: t.Say("supply.step.allocated"), Num: true}, {Label: t.Say("supply.trim.keep")}}}
	for _, l := range v.Lines {
		if l.Left() == 0 {
			continue
		}
		name, value := "keep-"+string(l.ID), strconv.FormatInt(l.Approved, 10)
		if b.form == "trim" {
			value = b.c.FormValue(name)
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Text(b.tree.Name(l.Unit)), ui.Two(kindWord(t, l.Kind), l.Spec), ui.Number(t, l.Approved), ui.Number(t, l.Allocated),
			ui.Input(t, ui.Field{Kind: ui.Whole, Name: name, Label: t.Say("supply.trim.keep") + " · " + b.tree.Name(l.Unit), HideLabel: true, Required: true, Narrow: true, Value: value, Error: b.e.Of(name)})}})
	}
	f := ui.FormData{Action: v.Path() + "/trim", Submit: t.Say("supply.trim.submit"), Danger: true, Wide: true, Hidden: []ui.Hidden{seen(v.Version)}}
	reason := ""
	if b.form == "trim" {
		f.Errors, reason = b.e, b.c.FormValue("reason")
	}
	return views.Asked{Card: ui.CardData{Title: t.Say("supply.trim"), Note: t.Say("supply.trim.note")}, Form: f, Folded: true, Sections: []views.Section{{Table: table}},
		Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("supply.reason"), Rows: 2, Max: longestNote, Required: true, Value: reason, Error: b.e.Of("reason")}}}
}

func (p *pages) trim(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Request(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	cut := Cut{Keep: map[ident.ID]int64{}, Reason: c.FormValue("reason")}
	for _, l := range v.Lines {
		if raw := c.FormValue("keep-" + string(l.ID)); raw != "" || l.Left() > 0 {
			n, err := strconv.ParseInt(raw, 10, 64)
			if err != nil {
				n = -1 // what is no number is refused beside its field
			}
			cut.Keep[l.ID] = n
		}
	}
	r, err := p.Trim(c.Std(), c.Who, key, c.Version(), cut)
	if err != nil {
		return p.refusedRequest(c, "trim", err)
	}
	site.Flash(c, ui.Good, c.T.Say("supply.trim.done", "code", r.Code, "total", r.ApprovedTotal))
	return c.See(r.Path())
}

// TrimIn cuts down what was approved and is not on its way.
type TrimIn struct {
	Lines  []KeepIn `json:"lines"`
	Reason string   `json:"reason"`
}

// KeepIn is how many of a line stay approved.
type KeepIn struct {
	Line ident.ID `json:"line"`
	Keep int64    `json:"keep" doc:"from what is allocated already up to what is approved"`
}

func (s *Service) apiTrim(c *httpx.Ctx) error {
	if !c.Who.May(Ask) {
		if err := c.Who.Need(Decide); err != nil {
			return err
		}
	}
	key, version, err := httpx.ReadChange(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[TrimIn](c)
	if err != nil {
		return err
	}
	cut := Cut{Keep: map[ident.ID]int64{}, Reason: in.Reason}
	for _, l := range in.Lines {
		cut.Keep[l.Line] = l.Keep
	}
	if _, err := s.Trim(c.Std(), c.Who, key, version, cut); err != nil {
		return httpx.Stale(err)
	}
	return s.apiRequest(c)
}
