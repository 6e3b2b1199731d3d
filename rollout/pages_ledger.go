package rollout

import (
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/views"
)

// ledger shows everything ever observed of one criterion in a commune, and what the
// verdict was after each line.
func (p pages) ledger(c *httpx.Ctx) error {
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	l, err := p.Ledger(c.Std(), c.Who, pg.Code, c.Params("code"), c.Params("key"))
	if err != nil {
		return err
	}
	t, cr := c.T, l.Criterion
	title := inLang(t, cr.Title, cr.TitleEN)
	back := at(c, "/rollout/units/"+l.Row.Unit)
	state := answerState(t, l.Now.Answer)
	v := views.Listing{
		Header: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: capital(l.Row.Name), Href: back}, ui.Crumb{Label: title}), Title: title, State: &state,
			Lead: t.Say("rollout.ledger.lead", "unit", capital(l.Row.Name))},
		Facts: criterionFacts(t, cr),
	}
	if len(l.Now.Reasons) > 0 {
		v.Notice = &ui.NoticeData{Tone: answerTone[l.Now.Answer], Title: t.Say("rollout.answer." + string(l.Now.Answer)), Items: sentences(t, l.Now.Reasons)}
	}
	if l.Now.Waiver != nil {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("rollout.waivers"), Text: t.Say("rollout.waiver.until", "day", dayWords(t, l.Now.Waiver.UntilDay))})
	}
	d := ui.TableData{Caption: t.Say("rollout.evidence"), Count: int64(len(l.Lines)), Columns: []ui.Column{{Label: t.Say("rollout.ledger.observed")},
		{Label: t.Say("rollout.ledger.kind")}, {Label: t.Say("rollout.ledger.said")}, {Label: t.Say("rollout.col.source")}, {Label: t.Say("rollout.ledger.after")}},
		Empty: ui.EmptyData{Icon: "history", Title: t.Say("rollout.ledger.none")}}
	for _, line := range l.Lines {
		e := answerView(t, &line.Evidence, l.At)
		note := append([]string{}, sentences(t, line.Why())...)
		if line.Note != "" {
			note = append(note, "“"+line.Note+"”")
		}
		after := ui.State{Tone: ui.Neutral, Word: t.Say("rollout.ledger.not_asked")}
		if line.Was {
			after = answerState(t, line.After.Answer)
		}
		d.Rows = append(d.Rows, ui.Row{ID: "e-" + string(line.ID), Cells: cellsOf(ui.Two(t.Moment(line.ObservedAt), t.Say("rollout.ledger.recorded", "at", t.Moment(line.RecordedAt))),
			ui.Text(t.Say("rollout.kind."+string(line.Kind))), views.Said(*e, note), ui.Text(e.From), ui.Badge(after))})
	}
	v.Tables = []ui.TableData{d}
	return p.show(c, title, views.ListingPage(t, v))
}
