package outlook

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/outlook/views"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages of what lies ahead.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := pages{s, on}
	r.Page("GET", "/rollout/outlook", p.main)
	r.Page("POST", "/rollout/outlook/forecast", p.now)
	r.Page("GET", "/rollout/outlook/settings", p.settings)
	r.Page("POST", "/rollout/outlook/settings", p.save)
	r.Page("GET", "/rollout/outlook/waves/:wave", p.wave)
	r.Page("GET", "/rollout/outlook/holds/:id", p.hold)
	r.Page("POST", "/rollout/outlook/holds/:id", p.decide)
	r.Page("POST", "/rollout/outlook/holds/:id/release", p.release)
}

const here = "/rollout/outlook"

// chosen is the programme that the address or the form names, else the first.
func (p pages) chosen(c *httpx.Ctx) (rollout.Programme, error) {
	all, err := p.Rollout.Programmes(c.Std(), system)
	if err != nil {
		return rollout.Programme{}, err
	}
	want := c.Query("p")
	if want == "" {
		want = c.FormValue("p")
	}
	for _, pg := range all {
		if want == "" || pg.Code == want {
			return pg, nil
		}
	}
	return rollout.Programme{}, fault.New(fault.Missing, "fault.missing")
}

// crumbs are the path to a page of this room; it begins with the programme for who may read that.
func crumbs(c *httpx.Ctx, more ...ui.Crumb) []ui.Crumb {
	var path []ui.Crumb
	if c.Who.May(rollout.Read) {
		path = append(path, ui.Crumb{Label: c.T.Say("outlook.rollout"), Href: "/rollout"})
	}
	return append(append(path, ui.Crumb{Label: c.T.Say("outlook.title"), Href: here}), more...)
}

// day writes a stored day as people do.
func day(t i18n.T, date string) string {
	d, err := clock.ParseDate(date)
	if err != nil {
		return date
	}
	return t.Day(d)
}

// phaseWord names what a forecast is about.
func phaseWord(phase int) (string, []any) {
	if phase == rollout.Any {
		return "outlook.whole", nil
	}
	return "outlook.phase", []any{"n", phase}
}

func phaseOf(t i18n.T, phase int) string {
	key, args := phaseWord(phase)
	return t.Say(key, args...)
}

func (p pages) now(c *httpx.Ctx) error {
	pg, err := p.chosen(c)
	if err != nil {
		return err
	}
	if err := p.Foretell(c.Std(), c.Who, pg.Code); err != nil {
		return err
	}
	return c.See(here)
}

func decimal(c *httpx.Ctx, name string) float64 {
	f, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(c.FormValue(name)), ",", "."), 64)
	if err != nil {
		return -1
	}
	return f
}

func whole(c *httpx.Ctx, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(c.FormValue(name)))
	if err != nil {
		return -1
	}
	return n
}

func (p pages) settings(c *httpx.Ctx) error { return p.showSettings(c, nil) }

func (p pages) showSettings(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(Set); err != nil {
		return err
	}
	pg, err := p.chosen(c)
	if err != nil {
		return err
	}
	set, err := p.SettingsOf(c.Std(), pg.ID)
	if err != nil {
		return err
	}
	t := c.T
	return p.site.Form(c, site.Page{Title: t.Say("outlook.settings"), At: here}, refused, func(e ui.Errors) templ.Component {
		or := func(name, stored string) string {
			if refused != nil {
				return c.FormValue(name)
			}
			return stored
		}
		auto := ""
		if set.Auto {
			auto = "1"
		}
		field := func(name, value string) ui.Field {
			return ui.Field{Name: name, Label: t.Say("outlook.set." + name), Hint: t.Say("outlook.set." + name + ".hint"), Value: or(name, value), Required: true, Narrow: true}
		}
		form := ui.FormData{Action: here + "/settings", Submit: t.Say("outlook.save"), Errors: e, Cancel: here,
			Hidden: []ui.Hidden{{Name: "p", Value: pg.Code}, {Name: "version", Value: strconv.FormatInt(set.Version, 10)}},
			Fields: []ui.Field{{Kind: ui.Check, Name: "auto", Label: t.Say("outlook.set.auto"), Hint: t.Say("outlook.set.auto.hint"), Value: or("auto", auto)},
				field("surge", t.Decimal(set.Surge, 2)), field("days", strconv.Itoa(set.Days)), field("false", t.Decimal(set.False*100, 1)),
				field("usual", t.Decimal(set.Usual, 1)), field("rise", t.Decimal(set.Rise, 1)), field("half", t.Decimal(set.Half, 1))}}
		return views.FormPage(t, views.Form{Head: ui.HeaderData{Title: t.Say("outlook.settings"), Lead: t.Say("outlook.settings.lead"), Crumbs: crumbs(c, ui.Crumb{Label: t.Say("outlook.settings")})}, Form: form})
	})
}

func (p pages) save(c *httpx.Ctx) error {
	pg, err := p.chosen(c)
	if err != nil {
		return err
	}
	in := Settings{Auto: c.FormValue("auto") == "1", Surge: decimal(c, "surge"), Days: whole(c, "days"), False: decimal(c, "false") / 100,
		Usual: decimal(c, "usual"), Rise: decimal(c, "rise"), Half: decimal(c, "half"), Version: int64(whole(c, "version"))}
	err = p.Save(c.Std(), c.Who, pg.Code, in)
	if fault.Is(err, fault.Invalid) {
		return p.showSettings(c, err)
	}
	if err != nil {
		return err
	}
	return c.See(here + "/settings")
}

func (p pages) id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

func (p pages) hold(c *httpx.Ctx) error { return p.showHold(c, nil) }

func (p pages) decide(c *httpx.Ctx) error {
	id, err := p.id(c)
	if err != nil {
		return err
	}
	return p.decided(c, id, p.Decide(c.Std(), c.Who, id, c.FormValue("pass") == "", c.FormValue("reason"), int64(whole(c, "version"))))
}

func (p pages) release(c *httpx.Ctx) error {
	id, err := p.id(c)
	if err != nil {
		return err
	}
	return p.decided(c, id, p.Release(c.Std(), c.Who, id, c.FormValue("reason"), int64(whole(c, "version"))))
}

func (p pages) decided(c *httpx.Ctx, id ident.ID, err error) error {
	switch {
	case err == nil:
		return c.See(here + "/holds/" + string(id))
	case fault.Is(err, fault.Invalid):
		return p.showHold(c, err)
	}
	return err
}
