package app

import (
	"context"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/account"
	"lotrinh/internal/site/admin"
)

// navigation is every place of the side bar, in its order.
func navigation() []site.Entry {
	return []site.Entry{
		{Label: "nav.home", Href: "/", Icon: "home"},
		{Label: "helpdesk.nav", Href: "/tickets", Icon: "ticket", Needs: []access.Perm{helpdesk.Ask, helpdesk.Read, helpdesk.Work}},
		{Group: "nav.admin", Label: "nav.people", Href: "/admin/accounts", Icon: "users", Needs: []access.Perm{org.AccountRead}},
		{Group: "nav.admin", Label: "nav.units", Href: "/admin/units", Icon: "map", Needs: []access.Perm{org.AccountRead}},
		{Group: "nav.admin", Label: "nav.calendar", Href: "/admin/calendar", Icon: "calendar", Needs: []access.Perm{calstore.Edit}},
		{Group: "nav.admin", Label: "nav.trail", Href: "/admin/trail", Icon: "history", Needs: []access.Perm{trail.Read}},
	}
}

// routes declares every route of the house.
func (a *App) routes(r *httpx.Router) {
	r.Page("GET", "/healthz", func(c *httpx.Ctx) error { return c.SendString("ok\n") }, httpx.Open)
	r.Page("GET", "/readyz", a.ready, httpx.Open)
	r.Page("GET", "/metrics", a.metrics.serve, httpx.Open)
	r.Page("GET", "/api/v1/openapi.json", a.openAPI, httpx.Open)
	if a.Config.Demo {
		r.Page("POST", "/demo/clock", a.moveClock)
	}
	a.Site.Routes(r)
	account.New(a.People, a.Units, a.Business, a.Site, a.demoLogins()...).Routes(r)
	org.API{Units: a.Units, Business: a.Business}.Routes(r)
	admin.New(a.DB, a.People, a.Units, a.Calendars, a.Business, a.Machine, a.Site).Routes(r)
	a.Desk.Routes(r, a.Site)
	r.Page("GET", "/", a.home)
	r.Page("GET", "/search", a.find)
}

func (a *App) openAPI(c *httpx.Ctx) error {
	return c.Reply(0, a.server.OpenAPI("Lộ Trình", Version(), a.Config.BaseURL))
}

// ready tells that the store answers; until then a balancer sends nobody here.
func (a *App) ready(c *httpx.Ctx) error {
	if err := answers(c.Std(), a.DB); err != nil {
		return err
	}
	return c.SendString("ready\n")
}

func answers(ctx context.Context, d *db.DB) error {
	var one int
	return db.Sorted(d.Read().NewRaw("SELECT 1").Scan(ctx, &one))
}
