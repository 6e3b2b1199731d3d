package app

import (
	"context"
	"io/fs"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/org"
	"lotrinh/reports"
	"lotrinh/reports/alert"
	"lotrinh/reports/directive"
	"lotrinh/reports/feed"
)

// watchWords are what these rooms say.
var watchWords = []fs.FS{directive.Locale, alert.Locale, feed.Locale}

// watch is the rooms by which people act on what reports say: conclusions, alerts,
// the calendar.
type watch struct {
	Feed       *feed.Service
	Alerts     *alert.Service
	Directives *directive.Service
}

// watchPerms are the rights of these rooms by role.
var watchPerms = map[access.Role]perms{
	org.Planner:             {directive.Look, directive.Own, reports.Conclude, alert.Look, alert.Handle, alert.Configure},
	org.Leadership:          {directive.Look, reports.Conclude, alert.Look, alert.Handle},
	org.Auditor:             {directive.Look, alert.Look},
	org.Inspector:           {directive.Look, directive.Own, alert.Look},
	org.FocalPoint:          {directive.Look, directive.Own},
	org.DistrictCoordinator: {directive.Look, directive.Own, alert.Look, alert.Handle},
	org.SigningLeader:       {directive.Look, directive.Own},
	org.SupportLead:         {directive.Look, directive.Own},
	org.Trainer:             {directive.Look, directive.Own},
}

// directivePosts are who may be made the owner of a directive, in the order in which a
// form offers them.
var directivePosts = []access.Role{org.DistrictCoordinator, org.SigningLeader, org.FocalPoint, org.Planner, org.Inspector, org.SupportLead, org.Trainer}

// openWatch builds the rooms.
func (h *House) openWatch() {
	h.Watch = watch{
		Feed: h.openFeed(),
		Directives: directive.New(directive.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, Calendars: h.Calendars, Units: told{h}, People: posted{holders{h.People}},
			Runs: concluded{h}, Files: h.Files, Posts: directivePosts}),
	}
}

// handlers are what these rooms learn from events.
func (w watch) handlers() []outbox.Handler { return w.Directives.Handlers() }

// waiting is what these rooms ask of a person today.
func (w watch) waiting() []waits { return []waits{w.Directives.Todo, w.Alerts.Todo} }

// scopes is what a person may find of these rooms.
func (w watch) scopes(who access.Actor) []search.Scope { return w.Directives.SearchScopes(who) }

// watchRoutes declares their routes.
func (a *App) watchRoutes(r *httpx.Router) {
	a.Watch.Directives.Routes(r, a.Site)
	a.Watch.Alerts.Routes(r, a.Site)
	a.Watch.Feed.Routes(r, a.Site)
}

// alertRoles are who may be told of an alert, in the order in which a form offers them.
var alertRoles = []access.Role{org.Leadership, org.Planner, org.DistrictCoordinator, org.SupportLead, org.Inspector, org.Administrator}

// openAlerts builds the room of alerts, once there is somebody to tell its numbers.
func (h *House) openAlerts(ctx context.Context) error {
	h.Watch.Alerts = alert.New(alert.Deps{DB: h.DB, Business: h.Business, Units: told{h}, People: posted{holders{h.People}}, Measures: h.Measures, Roles: alertRoles})
	return h.Watch.Alerts.Seed(ctx, org.Leadership, org.Planner, org.DistrictCoordinator)
}

// watchChores is the work of these rooms that comes round.
func (a *App) watchChores() []chore {
	return []chore{{"alerts", time.Minute, func(ctx context.Context) error {
		_, err := a.Watch.Alerts.Check(ctx)
		return err
	}}}
}

// posted tells who holds a post at a unit; see directive.People.
type posted struct{ holders }

// InPost are the people whose post of this role reaches the unit.
func (p posted) InPost(ctx context.Context, role access.Role, unit string) ([]ident.ID, error) {
	all, err := p.Holders(ctx, role, unit)
	out := make([]ident.ID, len(all))
	for i, a := range all {
		out[i] = a.ID
	}
	return out, err
}

// concluded finds the report that people conclude from; see directive.Runs.
type concluded struct{ h *House }

// Concluded is what a report is called, with its days, and of which unit it is.
func (x concluded) Concluded(ctx context.Context, who access.Actor, run ident.ID) (title, lastDay, cut string, err error) {
	id, err := ident.Parse(string(run))
	if err != nil {
		return "", "", "", err
	}
	r, err := x.h.Reports.RunOf(ctx, who, id)
	if err != nil {
		return "", "", "", err
	}
	t := x.h.Words.In(i18n.VI)
	name, err := x.h.Reports.Titles(ctx, t)
	if err != nil {
		return "", "", "", err
	}
	lastDay = r.Period().LastDay()
	until, err := clock.ParseDate(lastDay)
	return t.Say("directive.run", "title", name(r.Definition), "from", t.Day(r.PeriodFrom), "until", t.Day(until)), lastDay, r.Cut, err
}
