package reports

import (
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/views"
)

var stateTone = map[State]ui.Tone{Queued: ui.Neutral, Rendering: ui.Info, Rendered: ui.Good, Sending: ui.Info, Sent: ui.Good, Failed: ui.Bad, Cancelled: ui.Paused}

func stateOf(t i18n.T, s State) ui.State {
	return ui.State{Tone: stateTone[s], Word: t.Say("reports.state." + string(s))}
}

// list shows what comes round and what was made.
func (p pages) list(c *httpx.Ctx) error {
	t := c.T
	schedules, err := p.Schedules(c.Std(), c.Who)
	if err != nil {
		return err
	}
	r := page.Read(c.Query("after"), c.Query("limit"))
	runs, err := p.Runs(c.Std(), c.Who, r)
	if err != nil {
		return err
	}
	tree, err := p.near.Units.Tree(c.Std(), p.business.Now())
	if err != nil {
		return err
	}
	v := views.ReportsView{Header: ui.HeaderData{Title: t.Say("reports.title"), Lead: t.Say("reports.lead")}}
	v.Header.More = []ui.Action{{Label: t.Say("reports.gallery"), Href: "/reports/definitions", Icon: "layout-grid"}, {Label: t.Say("reports.calendar"), Href: "/reports/calendars", Icon: "calendar"}}
	if c.Who.May(Plan) {
		v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("reports.schedule.new"), Href: "/reports/schedules/new", Icon: "calendar"})
	}
	if i := slices.IndexFunc(schedules, func(sc Schedule) bool { return c.Who.Covers(Run, sc.Cut) }); i >= 0 {
		sc := schedules[i]
		v.Header.Action = &ui.Action{Label: t.Say("reports.run_now"), Href: "/reports/runs", Icon: "player-play", Post: true,
			Hidden: []ui.Hidden{{Name: "definition", Value: sc.Definition}, {Name: "programme", Value: sc.Programme}, {Name: "cut", Value: sc.Cut},
				{Name: httpx.OnceField, Value: string(ident.New(p.machine.Now()))}}}
	}
	names, err := p.titles(c.Std(), t)
	if err != nil {
		return err
	}
	v.Schedules = scheduleTable(t, schedules, tree, names, c.Who.May(Plan))
	for _, sc := range schedules {
		if !sc.Enabled || len(v.Next) > 0 {
			continue
		}
		v.Coming = ui.CardData{Title: t.Say("reports.coming"), Note: upperFirst(tree.Name(sc.Cut))}
		v.Next = p.nexts(c, sc.typed())
	}
	v.Runs = runTable(t, runs, tree, names)
	return p.page.Show(c, site.Page{Title: v.Header.Title, At: "/reports"}, views.Reports(t, v))
}

func scheduleTable(t i18n.T, all []Schedule, tree *org.Tree, names titles, may bool) views.ListCard {
	d := ui.TableData{Caption: t.Say("reports.schedules"), HideCap: true, Count: int64(len(all)),
		Columns: []ui.Column{{Label: t.Say("reports.column.report")}, {Label: t.Say("reports.column.when")}, {Label: t.Say("reports.column.next")}, {Label: t.Say("reports.column.state")}},
		Empty:   ui.EmptyData{Icon: "calendar", Title: t.Say("reports.schedules.none"), Text: t.Say("reports.schedules.none.text")}}
	if may {
		d.Empty.Action = &ui.Action{Label: t.Say("reports.schedule.new"), Href: "/reports/schedules/new"}
	}
	for _, sc := range all {
		href := "/reports/schedules/" + string(sc.ID)
		state, next := ui.State{Tone: ui.Good, Word: t.Say("reports.enabled")}, t.LongDay(sc.NextRun)+" "+t.Hour(sc.NextRun)
		if !sc.Enabled {
			state, next = ui.State{Tone: ui.Paused, Word: t.Say("reports.disabled")}, ""
		}
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, names.of(sc.Definition), upperFirst(tree.Name(sc.Cut))),
			ui.Text(upperFirst(sc.typed().words(t))), ui.Text(next), ui.Badge(state)}})
	}
	return views.ListCard{Card: ui.CardData{Title: t.Say("reports.schedules"), Flush: true}, Table: d}
}

func runTable(t i18n.T, runs page.Page[RunRow], tree *org.Tree, names titles) views.ListCard {
	d := ui.TableData{Caption: t.Say("reports.runs"), HideCap: true, Count: -1,
		Columns: []ui.Column{{Label: t.Say("reports.column.report")}, {Label: t.Say("reports.column.period")}, {Label: t.Say("reports.column.kind"), Quiet: true},
			{Label: t.Say("reports.column.made")}, {Label: t.Say("reports.column.state")}, {Label: t.Say("reports.column.files")}},
		Empty: ui.EmptyData{Icon: "report", Title: t.Say("reports.runs.none"), Text: t.Say("reports.runs.none.text")}}
	for _, r := range runs.Items {
		href := "/reports/runs/" + string(r.ID)
		made := ""
		if r.FinishedAt != nil {
			made = t.Moment(*r.FinishedAt)
		}
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, names.of(r.Definition), upperFirst(tree.Name(r.Cut))),
			ui.Text(r.Period().Days(t)), ui.Text(t.Say("reports.kind." + string(r.Kind))), ui.Text(made), ui.Badge(stateOf(t, r.State)), ui.Text("")}}
		if r.Made() {
			row.Cells[5] = ui.Link(href+"/report.pdf", "PDF")
		}
		d.Rows = append(d.Rows, row)
	}
	if runs.Next != "" || !runs.First {
		d.Pager = &ui.PagerData{Shown: len(runs.Items)}
		if runs.Next != "" {
			d.Pager.Next = "/reports?after=" + runs.Next
		}
		if !runs.First {
			d.Pager.First = "/reports"
		}
	}
	return views.ListCard{Card: ui.CardData{Title: t.Say("reports.runs"), Flush: true}, Table: d}
}

// run shows a frozen report, or how far it is.
func (p pages) run(c *httpx.Ctx) error {
	t := c.T
	r, err := p.runAsked(c)
	if err != nil {
		return err
	}
	tree, err := p.near.Units.Tree(c.Std(), p.business.Now())
	if err != nil {
		return err
	}
	names, err := p.titles(c.Std(), t)
	if err != nil {
		return err
	}
	href := "/reports/runs/" + string(r.ID)
	state := stateOf(t, r.State)
	v := views.RunView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: r.Period().Days(t)}},
		Title: names.of(r.Definition), State: &state, Lead: upperFirst(tree.Name(r.Cut)) + ", " + r.Period().Days(t)}}
	if r.Made() {
		if err := p.frozen(c, r, href, &v); err != nil {
			return err
		}
	}
	if err := p.standing(c, r, href, names, &v); err != nil {
		return err
	}
	if v.Panels, err = p.runPanels(c, r); err != nil {
		return err
	}
	return p.page.Show(c, site.Page{Title: v.Header.Title, At: "/reports"}, views.Run(t, v))
}

func (p pages) runAsked(c *httpx.Ctx) (RunRow, error) {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return RunRow{}, err
	}
	return p.RunOf(c.Std(), c.Who, id)
}

// jobOf is a run on its way; the page asks again until it is there.
func (p pages) jobOf(t i18n.T, names titles, r RunRow) ui.JobData {
	href := "/reports/runs/" + string(r.ID)
	j := ui.JobData{Label: names.of(r.Definition), State: stateOf(t, r.State), Href: href + "/state", Ended: r.State.Ended()}
	if l := r.Trouble(); l.Key != "" {
		j.Note = t.Say("reports.run.again", "why", t.Line(l))
	}
	if r.Made() && r.State.Ended() {
		j.Result = &ui.Action{Label: t.Say("reports.run.open"), Href: href}
	}
	return j
}

func (p pages) runState(c *httpx.Ctx) error {
	r, err := p.runAsked(c)
	if err != nil {
		return err
	}
	names, err := p.titles(c.Std(), c.T)
	if err != nil {
		return err
	}
	return p.page.ShowPart(c, ui.Job(c.T, p.jobOf(c.T, names, r)))
}

// frozen fills the page of a report from one edition alone: the latest, or the one that
// the address names.
func (p pages) frozen(c *httpx.Ctx, r RunRow, href string, v *views.RunView) error {
	t := c.T
	no, err := editionQuery(c.Query("edition"))
	if err != nil {
		return err
	}
	sn, err := p.Edition(c.Std(), c.Who, r.ID, no)
	if err != nil {
		return err
	}
	f, err := sn.Figures()
	if err != nil {
		return err
	}
	v.Header.Lead = Title(t, f)
	old := ""
	if sn.Edition != r.Editions {
		old = "?edition=" + strconv.FormatInt(sn.Edition, 10)
		v.Older = &ui.NoticeData{Tone: ui.Warn, Title: t.Say("reports.edition.older", "no", sn.Edition, "latest", r.Editions),
			Action: &ui.Action{Label: t.Say("reports.edition.latest"), Href: href}}
	}
	v.Header.Action = &ui.Action{Label: t.Say("reports.download.pdf"), Href: href + "/report.pdf" + old, Icon: "download"}
	v.Header.More = []ui.Action{{Label: t.Say("reports.download.xlsx"), Href: href + "/report.xlsx" + old, Icon: "download"}}
	if c.Who.Covers(Conclude, r.Cut) {
		v.Header.More = append(v.Header.More, ui.Action{Label: t.Say("reports.run.conclude"), Href: "/reports/directives/new?run=" + string(r.ID), Icon: "list-check"})
	}
	v.Facts = []ui.Fact{{Label: t.Say("reports.fact.period"), Text: upperFirst(f.Period.Label(t)) + " (" + f.Period.Days(t) + ")"}, {Label: t.Say("reports.fact.as_of"), Text: hour(t, f.Stood()) + " " + t.Day(f.Stood())}, {Label: t.Say("reports.fact.read"), Text: t.Moment(f.ReadAt)},
		{Label: t.Say("reports.fact.kind"), Text: t.Say("reports.kind." + string(f.Kind))},
		{Label: t.Say("reports.fact.hash"), Value: ui.Code(t, sn.Hash)}}
	if r.Editions > 1 {
		v.Facts = append([]ui.Fact{{Label: t.Say("reports.fact.edition"), Text: t.Int(sn.Edition)}}, v.Facts...)
	}
	if err := p.onPaper(c, r, sn, f, v); err != nil {
		return err
	}
	v.Chapters, err = p.Shown(t, f)
	return err
}

func size(t i18n.T, bytes int64) string { return t.Int((bytes+1023)/1024) + " KB" }

// nexts is the coming runs of a schedule as typed; none when it is wrong.
func (p pages) nexts(c *httpx.Ctx, f ScheduleForm) []views.Next {
	coming, err := p.Preview(c.Std(), f)
	if err != nil {
		return nil
	}
	var all []views.Next
	for _, one := range coming {
		all = append(all, views.Next{At: longMoment(c.T, one.At), What: one.say(c.T), Off: !one.Runs()})
	}
	return all
}

func longMoment(t i18n.T, at time.Time) string { return upperFirst(t.LongDay(at)) + " " + t.Hour(at) }

// say is what a slot reports, and why it runs at another moment or not at all.
func (s Slot) say(t i18n.T) string {
	if s.Skipped {
		return t.Say("reports.coming.skipped", "day", s.Holiday)
	}
	if !s.Runs() {
		return t.Say("reports.coming.no_period")
	}
	said := t.Say("reports.coming.of", "period", s.Period.Label(t), "days", s.Period.Days(t))
	why := s.Holiday
	if why == "" {
		why = t.Say("reports.coming.day_off")
	}
	if s.Moved() {
		said += "; " + t.Say("reports.coming.moved", "from", t.LongDay(s.Nominal), "why", why)
	}
	if s.Missing != 0 {
		said += "; " + t.Say("reports.coming.no_year", "year", strconv.Itoa(s.Missing))
	}
	return said
}

// refused tells whether a form comes back with its errors rather than an error page.
func refused(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict)
}
