// Package jobs is the page of long work: what runs, how far it is, what came of it.
// It can be left and found again.
package jobs

import (
	"embed"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/jobs/views"
	"lotrinh/internal/site/ui"
)

// Locale holds the sentences of these pages.
//
//go:embed locale
var Locale embed.FS

// Pages shows runs. Result says where the result of a finished run of a kind is
// seen; a kind that is not in it has none. The sentence "job.kind.KIND" names a kind.
type Pages struct {
	Jobs   *job.Jobs
	Site   *site.Site
	Result map[string]func(r job.Row) string
}

// Routes declares the pages.
func (p Pages) Routes(r *httpx.Router) {
	r.Page("GET", "/jobs", p.list)
	r.Page("GET", "/jobs/:id", p.one)
	r.Page("POST", "/jobs/:id/cancel", p.cancel)
}

var tones = map[job.State]ui.Tone{job.Queued: ui.Neutral, job.Running: ui.Info, job.Done: ui.Good, job.Failed: ui.Bad, job.Cancelled: ui.Paused}

func state(t i18n.T, s job.State) ui.State {
	return ui.State{Tone: tones[s], Word: t.Say("job.state." + string(s))}
}

func (p Pages) data(t i18n.T, r job.Row) ui.JobData {
	d := ui.JobData{Label: t.Say("job.kind." + r.Kind), Done: r.Done, Total: r.Total, Ended: r.State.Ended(), State: state(t, r.State), Href: "/jobs/" + string(r.ID)}
	if l := r.Line(); l.Key != "job.state."+string(r.State) {
		d.Note = t.Line(l)
	}
	if to, ok := p.Result[r.Kind]; ok && r.State == job.Done {
		d.Result = &ui.Action{Label: t.Say("jobs.result"), Href: to(r)}
	}
	return d
}

func (p Pages) list(c *httpx.Ctx) error {
	all, err := p.Jobs.List(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	t := c.T
	d := ui.TableData{Caption: t.Say("jobs.title"), HideCap: true, Count: -1, Columns: []ui.Column{
		{Label: t.Say("jobs.what")}, {Label: t.Say("jobs.state")}, {Label: t.Say("jobs.made")}},
		Empty: ui.EmptyData{Icon: "clock", Title: t.Say("jobs.none"), Text: t.Say("jobs.none.hint")}, Pager: &ui.PagerData{Shown: len(all.Items)}}
	for _, r := range all.Items {
		href := "/jobs/" + string(r.ID)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{
			ui.Main(href, t.Say("job.kind."+r.Kind), ""), ui.Badge(state(t, r.State)), ui.Text(t.Moment(r.Made))}})
	}
	if !all.First {
		d.Pager.First = "/jobs"
	}
	if all.Next != "" {
		d.Pager.Next = "/jobs?after=" + all.Next
	}
	return p.Site.Show(c, site.Page{Title: t.Say("jobs.title")}, views.List(t, ui.HeaderData{Title: t.Say("jobs.title"), Lead: t.Say("jobs.lead")}, d))
}

func (p Pages) one(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	r, err := p.Jobs.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	d := p.data(c.T, r)
	if c.Fragment() {
		return p.Site.ShowPart(c, ui.Job(c.T, d))
	}
	h := ui.HeaderData{Title: d.Label, Crumbs: []ui.Crumb{{Label: c.T.Say("jobs.title"), Href: "/jobs"}, {Label: d.Label}}}
	if !d.Ended {
		h.Action = &ui.Action{Label: c.T.Say("jobs.cancel"), Href: d.Href + "/cancel", Icon: "x", Post: true}
	}
	return p.Site.Show(c, site.Page{Title: d.Label}, views.One(c.T, h, d))
}

func (p Pages) cancel(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.Jobs.Cancel(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Info, c.T.Say("jobs.cancelled"))
	return c.See("/jobs/" + string(id))
}
