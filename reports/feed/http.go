package feed

import (
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/feed/views"
)

// Home is the page of a person's calendar.
const Home = "/calendar"

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the feed.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Home, func(c *httpx.Ctx) error { return p.mine(c, "") })
	r.Page("POST", Home+"/key", p.make)
	r.Page("POST", Home+"/revoke", p.revoke)
	r.Page("GET", Home+"/:key.ics", p.feed, httpx.Open)
}

// shownDays is how many days ahead the page lists.
const shownDays = 60

func (p *pages) mine(c *httpx.Ctx, address string) error {
	events, err := p.Events(c.Std(), c.T, c.Who, 0, shownDays)
	if err != nil {
		return err
	}
	keys, err := p.Keys(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	v := views.Mine{Head: ui.HeaderData{Title: t.Say("feed.title"), Lead: t.Say("feed.lead", "n", shownDays)}, Address: address,
		Make: ui.Action{Label: t.Say("feed.make"), Href: Home + "/key", Post: true, Icon: "calendar"},
		Table: ui.TableData{Caption: t.Say("feed.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("feed.day")}, {Label: t.Say("feed.what")}},
			Empty: ui.EmptyData{Icon: "calendar", Title: t.Say("feed.none"), Text: t.Say("feed.none.text")}}}
	for _, k := range keys {
		read := t.Say("feed.never")
		if k.ReadAt != nil {
			read = t.Say("feed.read", "at", *k.ReadAt)
		}
		v.Keys = append(v.Keys, ui.Fact{Label: t.Say("feed.made", "at", k.MadeAt), Text: read})
	}
	if len(keys) > 0 {
		v.Revoke = &ui.Action{Label: t.Say("feed.revoke"), Href: Home + "/revoke", Post: true, Danger: true,
			Confirm: &ui.Confirm{ID: "revoke", Title: t.Say("feed.revoke"), Text: t.Say("feed.revoke.text"), Yes: t.Say("feed.revoke")}}
	}
	for _, e := range events {
		day, err := clock.ParseDate(Day(e))
		if err != nil {
			return err
		}
		when := t.LongDay(day)
		if e.Day == "" {
			when += " " + t.Hour(e.At)
		}
		what := ui.Two(e.Title, e.Text)
		if e.URL != "" {
			what = ui.Main(e.URL, e.Title, e.Text)
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []templ.Component{ui.Text(when), what}})
	}
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: Home}, views.MinePage(t, v))
}

func (p *pages) make(c *httpx.Ctx) error {
	address, err := p.Make(c.Std(), c.Who)
	if err != nil {
		return err
	}
	c.Set("Cache-Control", "no-store")
	return p.mine(c, address)
}

func (p *pages) revoke(c *httpx.Ctx) error {
	if err := p.Revoke(c.Std(), c.Who); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("feed.revoked"))
	return c.See(Home)
}

func (p *pages) feed(c *httpx.Ctx) error {
	body, err := p.Feed(c.Std(), c.T, strings.Clone(c.Params("key")))
	if err != nil {
		return err
	}
	tag := `"` + digest(string(body))[:32] + `"`
	c.Set("ETag", tag)
	c.Set("Cache-Control", "private, max-age=900")
	c.Set("Vary", "Accept-Language")
	if c.Get("If-None-Match") == tag {
		return c.SendStatus(304)
	}
	c.Set("Content-Type", "text/calendar; charset=utf-8")
	return c.Send(body)
}
