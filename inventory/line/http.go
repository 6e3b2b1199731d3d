package line

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

const home = "/inventory/lines"

// Routes declares the pages and the API, the tab of the area, and the panel beside
// assets that are lines.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Inventory.AddTab(inventory.Tab{Label: "line.tab", Href: home, Needs: []access.Perm{inventory.Look}})
	s.Inventory.OnAsset(p.panel)
	r.Page("GET", home, p.board)
	r.Page("POST", home, p.add)
	r.Page("GET", home+"/new", p.newLine)
	r.Page("GET", home+"/measure", p.measure)
	r.Page("GET", home+"/providers", p.providers)
	r.Page("POST", home+"/providers", p.saveProvider)
	r.Page("GET", home+"/providers/:id", p.provider)
	r.Page("POST", home+"/providers/:id", p.saveProvider)
	r.Page("GET", home+"/outages/:id", p.outage)
	r.Page("POST", home+"/outages/:id", p.changeOutage)
	r.Page("POST", home+"/runs", p.begin)
	r.Page("POST", home+"/runs/:token", p.finish)
	r.Page("GET", home+"/runs/:token/ping", p.ping)
	r.Page("GET", home+"/runs/:token/down", p.down)
	r.Page("POST", home+"/runs/:token/up", p.up, httpx.Body(mostPiece))
	r.Page("GET", home+"/:id", p.line)
	r.Page("POST", home+"/:id", p.save)
	r.Page("GET", home+"/:id/edit", p.edit)
	r.Page("POST", home+"/:id/outages", p.report)
	s.api(r)
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

func (p *pages) page(c *httpx.Ctx, title string) site.Page {
	return site.Page{Title: title, At: "/inventory", Tabs: p.Inventory.Tabs(c.T, c.Who, home)}
}

func (p *pages) show(c *httpx.Ctx, title string, body templ.Component) error {
	return p.site.Show(c, p.page(c, title), body)
}

// shown answers with a page that holds a form.
func (p *pages) shown(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, p.page(c, title), refused, body)
}

func crumbs(t i18n.T, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: t.Say("line.title"), Href: home}}, more...)
}

var tones = map[Health]ui.Tone{Dead: ui.Bad, Slow: ui.Warn, Unknown: ui.Unknown, Fine: ui.Good}

func badge(t i18n.T, h Health) ui.State {
	return ui.State{Tone: tones[h], Word: t.Say("line.health." + string(h))}
}

// href is the board narrowed by a filter.
func (f Filter) href(after string) string {
	q := url.Values{}
	for k, v := range map[string]string{"health": string(f.Health), "district": f.District, "provider": f.Provider, "probed": f.Probed, "after": after} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if len(q) == 0 {
		return home
	}
	return home + "?" + q.Encode()
}

// agentClass is the sort of browser that a User-Agent names, and no more of it: which
// version of which, on which Windows.
func agentClass(agent string) string {
	name := "other"
	for _, one := range []struct{ mark, name string }{{"Edg/", "edge"}, {"Edge/", "edge"}, {"OPR/", "opera"}, {"coc_coc_browser/", "coccoc"}, {"Chrome/", "chrome"}, {"Firefox/", "firefox"}, {"Trident/7", "ie/11"},
		{"MSIE ", "ie"}, {"Version/", "safari"}} {
		_, rest, found := strings.Cut(agent, one.mark)
		if !found {
			continue
		}
		if name = one.name; !strings.Contains(name, "/") {
			if version := leading(rest); version != "" {
				name += "/" + version
			}
		}
		break
	}
	for _, one := range []struct{ mark, name string }{{"Windows NT ", "windows/"}, {"Android", "android"}, {"iPhone", "ios"}, {"iPad", "ios"}, {"Mac OS X", "macos"}, {"Linux", "linux"}} {
		if _, rest, found := strings.Cut(agent, one.mark); found {
			if strings.HasSuffix(one.name, "/") {
				version, _, _ := strings.Cut(rest, ";")
				version, _, _ = strings.Cut(version, ")")
				return name + " " + one.name + leading(version) + minor(version)
			}
			return name + " " + one.name
		}
	}
	return name
}

// leading are the first digits of a text, at most four.
func leading(s string) string {
	n := 0
	for n < len(s) && n < 4 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n]
}

func minor(version string) string {
	if _, rest, found := strings.Cut(version, "."); found {
		if n := leading(rest); n != "" {
			return "." + n
		}
	}
	return ""
}

// unitOptions are the communes where somebody may do a thing.
func unitOptions(t i18n.T, tree *org.Tree, who access.Actor, need access.Perm) []ui.Option {
	out := []ui.Option{{Label: t.Say("inventory.form.choose_unit")}}
	for _, d := range tree.Districts() {
		for _, u := range tree.Children(d.Code) {
			if who.Covers(need, u.Code) {
				out = append(out, ui.Option{Value: u.Code, Label: u.Title() + " (" + d.Name + ")"})
			}
		}
	}
	if len(out) == 2 { // one's own commune needs no choice
		out = out[1:]
	}
	return out
}
