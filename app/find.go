package app

import (
	"net/url"
	"slices"
	"strings"

	"lotrinh/app/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// How many hits the search page shows: of each kind among the others, and of one kind
// alone.
const (
	most     = 20
	mostOfIt = 60
)

// Kinds of what is found that are no documents of the index.
const (
	foundUnits  = "unit"
	foundPeople = "person"
)

// foundKinds are the kinds that a reader may ask for alone, in the order of the tabs.
// Each is named by the beginning of the kinds of documents that it stands for.
var foundKinds = []string{"ticket", "call", "incident", "problem", "article", "asset", "gap", "directive"}

// foundKind is the one of foundKinds that a kind of documents belongs to.
func foundKind(doc string) string {
	for _, k := range foundKinds {
		if strings.HasPrefix(doc, k) {
			return k
		}
	}
	return doc
}

// find searches units, people and what areas put into the index, each within the
// reader's scope: all kinds in one list by how well they match, or one kind alone.
func (a *App) find(c *httpx.Ctx) error {
	q, kind := strings.TrimSpace(c.Query("q")), c.Query("kind")
	scopes := a.searchable(c.Who)
	v := views.FoundView{Query: q, Tabs: foundTabs(c, scopes, q, kind)}
	var groups []views.FoundGroup
	if kind == "" || kind == foundUnits {
		g, err := a.findUnits(c, q)
		if err != nil {
			return err
		}
		groups = append(groups, g)
	}
	if kind == "" || kind == foundPeople {
		g, err := a.findPeople(c, q)
		if err != nil {
			return err
		}
		groups = append(groups, g)
	}
	if kind != foundUnits && kind != foundPeople {
		g, err := a.findIndexed(c, q, kind, scopes)
		if err != nil {
			return err
		}
		groups = append(groups, g)
	}
	for _, g := range groups {
		if len(g.Hits) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	return a.Site.Show(c, site.Page{Title: c.T.Say("search.title", "query", q), Search: q}, views.Found(c.T, v))
}

// foundTabs are the kinds that the reader may look for.
func foundTabs(c *httpx.Ctx, scopes []search.Scope, q, kind string) []ui.Tab {
	if q == "" {
		return nil
	}
	tab := func(name, label string) ui.Tab {
		at := url.Values{"q": {q}}
		if name != "" {
			at.Set("kind", name)
		}
		return ui.Tab{Label: c.T.Say(label), Href: "/search?" + at.Encode(), Active: name == kind, Count: -1}
	}
	tabs := []ui.Tab{tab("", "search.all")}
	for _, k := range foundKinds {
		if slices.ContainsFunc(scopes, func(s search.Scope) bool { return foundKind(s.Kind) == k }) {
			tabs = append(tabs, tab(k, "search.kind."+k))
		}
	}
	tabs = append(tabs, tab(foundUnits, "search.units"))
	if c.Who.May(org.AccountRead) {
		tabs = append(tabs, tab(foundPeople, "search.people"))
	}
	return tabs
}

func (a *App) findUnits(c *httpx.Ctx, q string) (views.FoundGroup, error) {
	g := views.FoundGroup{Title: c.T.Say("search.units")}
	tree, err := a.Units.Tree(c.Std(), a.Business.Now())
	if err != nil {
		return g, err
	}
	atlas, err := a.Units.Atlas(c.Std())
	if err != nil {
		return g, err
	}
	today := clock.Date(a.Business.Now())
	for _, old := range atlas.Ended(q, today, most) {
		lead := ""
		if heir, ok := atlas.Present(old.Code, today); ok {
			lead = c.T.Say("search.present", "name", tree.Place(heir), "code", old.Code)
		}
		g.Hits = append(g.Hits, views.FoundHit{Title: old.Title(), Lead: lead, Href: "/admin/units?unit=" + old.Code})
	}
	for _, h := range tree.Search(q, most) {
		g.Hits = append(g.Hits, views.FoundHit{Title: h.Title(), Lead: h.Place, Href: a.unitPage(c.Who, h.Unit)})
	}
	return g, nil
}

func (a *App) findPeople(c *httpx.Ctx, q string) (views.FoundGroup, error) {
	g := views.FoundGroup{Title: c.T.Say("search.people")}
	if !c.Who.May(org.AccountRead) || q == "" {
		return g, nil
	}
	people, err := a.People.Find(c.Std(), c.Who, q, most)
	if err != nil {
		return g, err
	}
	tree, err := a.Units.Tree(c.Std(), a.Business.Now())
	if err != nil {
		return g, err
	}
	for _, p := range people {
		g.Hits = append(g.Hits, views.FoundHit{Title: p.Name, Lead: tree.Place(p.Unit), Href: "/admin/accounts/" + string(p.ID)})
	}
	return g, nil
}

// findIndexed finds documents, the best match first. Each says what it is, where, and
// when it last changed.
func (a *App) findIndexed(c *httpx.Ctx, q, kind string, scopes []search.Scope) (views.FoundGroup, error) {
	g, limit := views.FoundGroup{Title: c.T.Say("search.work")}, most
	if kind != "" {
		limit = mostOfIt
		scopes = slices.DeleteFunc(slices.Clone(scopes), func(s search.Scope) bool { return foundKind(s.Kind) != kind })
		if len(scopes) == 0 {
			return g, nil
		}
		g.Title = c.T.Say("search.kind." + kind)
	}
	hits, err := search.Find(c.Std(), a.DB, q, scopes, limit)
	if err != nil {
		return g, err
	}
	tree, err := a.Units.Tree(c.Std(), a.Business.Now())
	if err != nil {
		return g, err
	}
	for _, h := range hits {
		parts := []string{c.T.Say("search.one." + foundKind(h.Kind))}
		if h.Unit != "" {
			parts = append(parts, tree.Place(h.Unit))
		}
		if !h.Updated.IsZero() {
			parts = append(parts, c.T.Day(h.Updated))
		}
		if h.Lead != "" {
			parts = append(parts, h.Lead)
		}
		g.Hits = append(g.Hits, views.FoundHit{Title: h.Title, Lead: strings.Join(parts, " · "), Href: hitPage(h)})
	}
	return g, nil
}
