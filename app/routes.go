package app

import (
	"context"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
)

// navigation is every place of the side bar, in its order.
func navigation() []site.Entry {
	return []site.Entry{
		{Label: "nav.home", Href: "/", Icon: "home"},
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
