package app

import (
	"context"

	"lotrinh/dossier"
	"lotrinh/dossier/register"
	"lotrinh/helpdesk"
	"lotrinh/helpdesk/hotline"
	"lotrinh/helpdesk/incident"
	"lotrinh/helpdesk/loop"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/account"
	"lotrinh/internal/site/admin"
	"lotrinh/internal/site/changes"
	"lotrinh/internal/site/imports"
	"lotrinh/internal/site/jobs"
	"lotrinh/inventory"
	"lotrinh/reports"
	"lotrinh/reports/alert"
	"lotrinh/reports/delivery"
	"lotrinh/reports/directive"
	"lotrinh/reports/feed"
	"lotrinh/reports/measure"
	"lotrinh/rollout"
	communeduty "lotrinh/rollout/duty"
	"lotrinh/rollout/issuance"
	"lotrinh/rollout/probe"
	"lotrinh/rollout/schedule"
	"lotrinh/rollout/training"
)

// navigation is every place of the side bar, in its order.
func navigation() []site.Entry {
	return []site.Entry{
		{Label: "nav.home", Href: "/", Icon: "home", Key: "g h"},
		{Label: "board.title", Href: "/overview", Icon: "chart-line", Needs: perms{reports.Overview}},
		{Label: "notices.nav", Href: "/notices", Icon: "bell"},
		{Label: "feed.title", Href: feed.Home, Icon: "calendar"},
		{Group: "nav.dossier", Label: "dossier.nav", Href: "/dossiers", Icon: "clipboard-check", Needs: perms{dossier.Read, dossier.Supervise}},
		{Group: "nav.dossier", Label: "exchange.title", Href: "/dossiers/exchange", Icon: "route", Needs: perms{dossier.Exchange}},
		{Group: "nav.work", Label: "nav.rollout", Href: "/rollout", Icon: "route", Needs: perms{rollout.Read}},
		{Group: "nav.work", Label: "nav.board", Href: "/rollout/board", Icon: "layout-grid", Needs: perms{rollout.Read}},
		{Group: "nav.work", Label: "schedule.title", Href: schedule.Home, Icon: "calendar", Needs: perms{rollout.Read}},
		{Group: "nav.work", Label: "outlook.nav", Href: "/rollout/outlook", Icon: "chart-line", Needs: perms{rollout.Read}},
		{Group: "nav.work", Label: "probe.nav", Href: "/rollout/gates", Icon: "shield-check", Needs: perms{rollout.Read, probe.Keep}},
		{Group: "nav.work", Label: "nav.services", Href: "/rollout/services", Icon: "list-check", Needs: perms{rollout.Read}},
		{Group: "nav.ready", Label: "training.nav", Href: training.Home, Icon: "school", Needs: perms{training.Look}},
		{Group: "nav.ready", Label: "issuance.nav", Href: issuance.Home, Icon: "users", Needs: perms{issuance.Look}},
		{Group: "nav.ready", Label: "communeduty.nav", Href: communeduty.Home, Icon: "phone", Needs: perms{communeduty.Keep}},
		{Group: "nav.ready", Label: "inventory.nav", Href: "/inventory", Icon: "device-desktop", Needs: perms{inventory.Look}},
		{Group: "nav.ready", Label: "inspection.nav", Href: "/rollout/inspections", Icon: "clipboard-check", Needs: perms{rollout.Read}},
		{Group: "nav.ready", Label: "loop.proposals", Href: "/desk/proposals", Icon: "clipboard-check", Needs: perms{loop.Decide}},
		{Group: "nav.report", Label: "returns.nav", Href: "/rollout/returns", Icon: "report", Needs: perms{rollout.Read}},
		{Group: "nav.report", Label: "difficulty.title", Href: "/rollout/difficulties", Icon: "alert-triangle", Needs: perms{rollout.Read}},
		{Group: "nav.report", Label: "alert.title", Href: alert.Home, Icon: "alert-triangle", Needs: perms{alert.Look}},
		{Group: "nav.report", Label: "directive.title", Href: directive.Home, Icon: "list-check", Needs: perms{directive.Look}},
		{Group: "nav.report", Label: "reports.title", Href: "/reports", Icon: "report", Needs: perms{reports.Read}},
		{Group: "nav.report", Label: "measure.title", Href: measure.Home, Icon: "chart-bar", Needs: perms{reports.Read, reports.Overview}},
		{Group: "nav.report", Label: "delivery.inbox.title", Href: delivery.InboxAt, Icon: "mail", Needs: perms{reports.Read}},
		{Group: "nav.desk", Label: "helpdesk.nav", Href: "/tickets", Icon: "ticket", Key: "g t", Needs: perms{helpdesk.Ask, helpdesk.Read, helpdesk.Work}},
		{Group: "nav.desk", Label: "hotline.nav", Href: "/desk/hotline", Icon: "phone", Needs: perms{helpdesk.Work}},
		{Group: "nav.desk", Label: "hotline.log.nav", Href: "/hotline/log", Icon: "message", Needs: perms{hotline.Keep}},
		{Group: "nav.desk", Label: "helpdesk.mail.title", Href: "/desk/mail", Icon: "mail", Needs: perms{helpdesk.Manage}},
		{Group: "nav.desk", Label: "incident.title", Href: "/incidents", Icon: "alert-triangle", Needs: perms{incident.Read}},
		{Group: "nav.desk", Label: "tier.route", Href: "/desk/visits", Icon: "route", Needs: perms{helpdesk.Work}},
		{Group: "nav.desk", Label: "knowledge.title", Href: "/help", Icon: "book"},
		{Group: "nav.desk", Label: "incident.status.title", Href: "/status", Icon: "eye"},
		{Group: "nav.desk", Label: "oversight.nav", Href: "/desk/districts", Icon: "map", Needs: perms{helpdesk.Read}},
		{Group: "nav.desk", Label: "desk.title", Href: "/desk", Icon: "settings", Needs: perms{helpdesk.Read, helpdesk.Work, helpdesk.Manage}},
		{Group: "nav.admin", Label: "nav.people", Href: "/admin/accounts", Icon: "users", Needs: perms{org.AccountRead}},
		{Group: "nav.admin", Label: "nav.units", Href: "/admin/units", Icon: "map", Needs: perms{org.AccountRead}},
		{Group: "nav.admin", Label: "nav.calendar", Href: "/admin/calendar", Icon: "calendar", Needs: perms{calstore.Edit}},
		{Group: "nav.admin", Label: "notices.out.nav", Href: "/admin/notices", Icon: "mail", Needs: perms{notify.Manage}},
		{Group: "nav.admin", Label: "delivery.admin.title", Href: delivery.AdminAt, Icon: "mail", Needs: perms{delivery.Manage}},
		{Group: "nav.admin", Label: "catalogue.nav", Href: "/dossiers/procedures", Icon: "list-check", Needs: perms{dossier.Configure}},
		{Group: "nav.admin", Label: "nav.trail", Href: "/admin/trail", Icon: "history", Needs: perms{trail.Read}},
	}
}

// routes declares every route of the house.
func (a *App) routes(r *httpx.Router) error {
	logins, err := a.demoLogins()
	if err != nil {
		return err
	}
	r.Page("GET", "/healthz", func(c *httpx.Ctx) error { return c.SendString("ok\n") }, httpx.Open)
	r.Page("GET", "/readyz", a.ready, httpx.Open)
	r.Page("GET", "/metrics", a.metrics.serve, httpx.Open)
	r.Page("GET", "/api/v1/openapi.json", a.openAPI, httpx.Open)
	if a.Config.Demo {
		r.Page("POST", "/demo/clock", a.moveClock)
	}
	a.Site.Routes(r)
	mine := account.New(a.People, a.Units, a.Business, a.Site, logins...)
	mine.Beside(account.Place{Label: "register.relative.title", Href: register.RelativesAt, Icon: "users", Needs: register.Relating})
	a.shared(mine)
	mine.Routes(r)
	org.API{Units: a.Units, Business: a.Business}.Routes(r)
	admin.New(a.DB, a.People, a.Units, a.Calendars, a.Business, a.Machine, a.Site).Routes(r)
	changes.Pages{Sets: a.Map, Units: a.Units, Business: a.Business, Site: a.Site}.Routes(r)
	a.Rollout.Routes(r, a.Site)
	a.Training.Routes(r, a.Site)
	a.Schedule.Routes(r, a.Site)
	a.Services.Routes(r, a.Site)
	a.aheadRoutes(r)
	a.followRoutes(r)
	a.watchRoutes(r)
	a.equipmentRoutes(r)
	a.deskRoutes(r)
	a.dossierRoutes(r)
	a.accountRoutes(r)
	a.Reports.Routes(r, a.Site)
	a.Gallery.Routes(r, a.Site)
	a.deliveryRoutes(r)
	a.Boards.Routes(r, a.Site)
	a.Measures.Routes(r, a.Site)
	a.Files.Routes(r)
	a.Live.Routes(r)
	imports.New(a.DB, a.Imports, a.Jobs, a.Words, a.Site).Routes(r)
	jobs.Pages{Jobs: a.Jobs, Site: a.Site, Result: map[string]func(job.Row) string{imports.CommitJob: imports.Result, helpdesk.BulkJob: helpdesk.BulkResult,
		inventory.EditJob: inventory.EditResult, issuance.IssueJob: issued}}.Routes(r)
	if err := a.notices(context.Background(), r); err != nil {
		return err
	}
	r.Page("GET", "/", a.home)
	r.Page("GET", "/search", a.find)
	r.Page("GET", "/desk", a.deskPage)
	r.Page("GET", "/go", a.goTo)
	return nil
}

// count puts what waits beside a place of the side bar.
func (a *App) count(href string, waits func(*httpx.Ctx) (int64, bool)) {
	for i := range a.Site.Nav {
		if a.Site.Nav[i].Href == href {
			a.Site.Nav[i].Count = waits
		}
	}
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
