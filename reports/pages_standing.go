package reports

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/views"
)

// standing fills a run's page with where the run stands, what may be done about it, how
// it came there, and its editions.
func (p pages) standing(c *httpx.Ctx, r RunRow, href string, names titles, v *views.RunView) error {
	t, may := c.T, c.Who.Covers(Run, r.Cut)
	retry := &ui.Action{Label: t.Say("reports.run.retry"), Href: href + "/retry", Post: true, Icon: "refresh"}
	if !may {
		retry = nil
	}
	switch {
	case r.State == Failed:
		v.Notice = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("reports.run.failed"), Text: t.Line(r.Trouble()), Action: retry}
	case r.State == Cancelled:
		v.Notice = &ui.NoticeData{Tone: ui.Warn, Title: t.Say("reports.run.cancelled"), Text: t.Say("reports.run.cancelled.text"), Action: retry}
	case !r.State.Ended():
		job := p.jobOf(t, names, r)
		v.Job = &job
		if may {
			v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("reports.run.cancel"), Href: href + "/cancel", Post: true, Icon: "x",
				Confirm: &ui.Confirm{ID: "cancel", Title: t.Say("reports.run.cancel"), Text: t.Say("reports.run.cancel_sure"), Yes: t.Say("reports.run.cancel")}})
		}
	}
	if r.Made() && r.State.Ended() && c.Who.Covers(Reissue, r.Cut) {
		v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("reports.edition.new"), Href: href + "/editions/new", Icon: "history"})
	}
	if r.Editions > 1 {
		all, err := p.Editions(c.Std(), c.Who, r.ID)
		if err != nil {
			return err
		}
		v.Editions = editionTable(t, href, all)
	}
	steps, err := p.Steps(c.Std(), c.Who, r.ID)
	if err != nil {
		return err
	}
	v.Course = ui.CardData{Title: t.Say("reports.run.course")}
	for _, s := range steps {
		v.Steps = append(v.Steps, s.event(t, r.Editions > 1))
	}
	return nil
}

// event is a step in the history of a run.
func (s Step) event(t i18n.T, editions bool) ui.Event {
	what := t.Say("reports.step." + string(s.State))
	if editions && s.State != Sending && s.State != Sent {
		what = t.Say("reports.step.edition", "what", what, "no", s.Edition)
	}
	e := ui.Event{At: s.At, Who: s.ByName, What: what, Tone: stateTone[s.State]}
	if l := s.Why(); l.Key != "" {
		e.Note = t.Line(l)
	}
	return e
}

// editionTable is the editions of a report, each with its own files.
func editionTable(t i18n.T, href string, all []Snapshot) *views.ListCard {
	d := ui.TableData{Caption: t.Say("reports.edition.list"), HideCap: true, Count: int64(len(all)),
		Columns: []ui.Column{{Label: t.Say("reports.edition.column")}, {Label: t.Say("reports.edition.column.made")}, {Label: t.Say("reports.edition.column.reason")},
			{Label: t.Say("reports.edition.column.hash"), Quiet: true}, {Label: t.Say("reports.edition.column.files")}}}
	for _, sn := range all {
		query := "?edition=" + strconv.FormatInt(sn.Edition, 10)
		reason, by := sn.Reason, sn.ByName
		if sn.Replaces == "" {
			reason = t.Say("reports.edition.first")
		}
		d.Rows = append(d.Rows, ui.Row{Href: href + query, Cells: []templ.Component{ui.Main(href+query, t.Say("reports.edition.name", "no", sn.Edition), ""),
			ui.Text(t.Moment(sn.ReadAt)), ui.Two(reason, by), ui.Text(short(sn.Hash)),
			ui.Parts([]templ.Component{ui.Link(href+"/report.pdf"+query, "PDF"), ui.Text(" "), ui.Link(href+"/report.xlsx"+query, "XLSX")})}})
	}
	return &views.ListCard{Card: ui.CardData{Title: t.Say("reports.edition.list"), Flush: true}, Table: d}
}

func (p pages) cancel(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.Cancel(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("reports.run.was_cancelled"))
	return c.See("/reports/runs/" + string(id))
}
