package returns

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// home is the room's first page.
const home = "/rollout/returns"

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", home, p.overview)
	r.Page("POST", home+"/rounds", p.open)
	r.Page("GET", home+"/rounds/:id", p.round)
	r.Page("POST", home+"/rounds/:id/accept", p.acceptAgreeing)
	r.Page("GET", home+"/rounds/:id/list.xlsx", p.export)
	r.Page("GET", home+"/rounds/:id/sheets", p.list)
	r.Page("GET", home+"/sheets/:id", p.sheet)
	r.Page("POST", home+"/sheets/:id/draft", p.draft)
	r.Page("POST", home+"/sheets/:id/hand-in", p.handIn)
	r.Page("POST", home+"/sheets/:id/refresh", p.refresh)
	r.Page("POST", home+"/sheets/:id/accept", p.accept)
	r.Page("POST", home+"/sheets/:id/send-back", p.sendBack)
	r.Page("POST", home+"/sheets/:id/correct", p.correct)
	r.Page("POST", home+"/sheets/:id/extend", p.extend)
	r.Page("POST", home+"/sheets/:id/exempt", p.exempt)
	r.Page("GET", home+"/forms", p.forms)
	r.Page("POST", home+"/forms/:plan/:level", p.saveForm)
}

func (p *pages) frame(c *httpx.Ctx, title, at string) site.Page {
	t := c.T
	return site.Page{Title: title, At: home, Tabs: []ui.Tab{
		{Label: t.Say("returns.tab.rounds"), Href: home, Active: at == home, Count: -1},
		{Label: t.Say("returns.tab.forms"), Href: home + "/forms", Active: at == home+"/forms", Count: -1}}}
}

func (p *pages) show(c *httpx.Ctx, title, at string, body templ.Component) error {
	return p.site.Show(c, p.frame(c, title, at), body)
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

func seen(x Sheet) ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(x.Version, 10)}
}

var tones = map[State]ui.Tone{Blank: ui.Neutral, Draft: ui.Info, HandedIn: ui.Info, SentBack: ui.Warn, Accepted: ui.Good, Correcting: ui.Info, Exempt: ui.Paused}

// state is where a sheet stands, in words; late speaks louder than the state.
func (x Sheet) state(t i18n.T, now time.Time) ui.State {
	if x.Late(now) {
		return ui.State{Tone: ui.Late, Word: t.Say("returns.state.late")}
	}
	return ui.State{Tone: tones[x.State], Word: t.Say("returns.state." + string(x.State))}
}

// due is when a sheet is due, while it is open.
func (x Sheet) due(now time.Time) *ui.Due {
	if x.DueAt == nil {
		return nil
	}
	d := &ui.Due{State: ui.DueRunning, At: *x.DueAt, Left: x.DueAt.Sub(now), PerDay: 24 * time.Hour}
	switch {
	case !x.State.Open() && x.OnTime:
		d.State = ui.DueMet
	case !x.State.Open():
		d.State = ui.DueMissed
	case x.DueAt.Before(now):
		d.State, d.Left = ui.DueLate, now.Sub(*x.DueAt)
	case d.Left < 24*time.Hour:
		d.State = ui.DueSoon
	}
	return d
}

// place is whose return it is, in words.
func (x Sheet) place(tree *org.Tree) string {
	if x.Unit == "" {
		return x.Body
	}
	return tree.Place(x.Unit)
}

func dayTime(t i18n.T, at *time.Time) string {
	if at == nil {
		return ""
	}
	return t.Moment(*at)
}

// thisMonth is the month of the business clock: "2016-11".
func thisMonth(now time.Time) string { return clock.Date(now)[:7] }
