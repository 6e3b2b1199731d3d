package app

import (
	"context"
	"slices"
	"strings"

	"lotrinh/app/views"
	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/site"
	"lotrinh/inventory"
	"lotrinh/rollout"
)

// fewPlaces is how many places of a kind the palette shows.
const fewPlaces = 8

// spot is somewhere to go that stands in no navigation.
type spot struct {
	label, href string
	needs       []access.Perm
}

// further are the places beside the navigation.
var further = []spot{
	{"helpdesk.new", "/tickets/new", perms{helpdesk.Ask}},
	{"inventory.list.title", "/inventory/assets", perms{inventory.Look}},
	{"inventory.import.title", "/imports/" + inventory.AssetImport, perms{inventory.Edit}},
	{"site.account.mine", "/account", nil},
	{"jobs.title", "/jobs", nil},
	{"site.keys.title", "/keys", nil},
}

// looker finds places of one kind for the palette.
type looker func(ctx context.Context, t i18n.T, who access.Actor, q string) ([]views.Place, error)

// goTo is the palette: pages, views, tickets by number or words, units. Without script
// it is a page with a form; with it, a dialog whose list follows what is typed.
func (a *App) goTo(c *httpx.Ctx) error {
	q := strings.TrimSpace(c.Query("q"))
	v := views.GoView{Query: q}
	for _, l := range []struct {
		title string
		look  looker
	}{{"goto.tickets", a.goTickets}, {"goto.views", a.goViews}, {"goto.pages", a.goPages}, {"goto.equipment", a.goEquipment}, {"goto.units", a.goUnits}} {
		places, err := l.look(c.Std(), c.T, c.Who, q)
		if err != nil {
			return err
		}
		if len(places) > 0 {
			v.Groups = append(v.Groups, views.PlaceGroup{Title: c.T.Say(l.title), Places: places[:min(len(places), fewPlaces)]})
		}
	}
	if c.Fragment() && c.Get("HX-Target") == "go-results" {
		return a.Site.ShowPart(c, views.GoResults(c.T, v))
	}
	v.Dialog = c.Fragment()
	if v.Dialog {
		return a.Site.ShowPart(c, views.Go(c.T, v))
	}
	return a.Site.Show(c, site.Page{Title: c.T.Say("site.go.title")}, views.Go(c.T, v))
}

// called tells whether every word that was typed begins a word of a name.
func called(name, q string) bool {
	words := fold.Words(name)
	for _, w := range fold.Words(q) {
		if !slices.ContainsFunc(words, func(n string) bool { return strings.HasPrefix(n, w) }) {
			return false
		}
	}
	return true
}

func (a *App) goPages(_ context.Context, t i18n.T, who access.Actor, q string) ([]views.Place, error) {
	var all []spot
	for _, e := range a.Site.Nav {
		all = append(all, spot{e.Label, e.Href, e.Needs})
	}
	var list []views.Place
	for _, p := range slices.Concat(all, deskPlaces, further) {
		if name := t.Say(p.label); called(name, q) && (len(p.needs) == 0 || slices.ContainsFunc(p.needs, who.May)) {
			list = append(list, views.Place{Title: name, Href: p.href})
		}
	}
	return list, nil
}

func (a *App) goViews(ctx context.Context, t i18n.T, who access.Actor, q string) ([]views.Place, error) {
	if !who.May(helpdesk.Read) && !who.May(helpdesk.Work) {
		return nil, nil
	}
	var list []views.Place
	for _, v := range helpdesk.Views {
		if name := t.Say("helpdesk.view." + string(v)); called(name, q) {
			list = append(list, views.Place{Title: name, Href: "/tickets?view=" + string(v)})
		}
	}
	saved, err := a.Desk.SavedViews(ctx, who)
	for _, v := range saved {
		if called(v.Name, q) {
			list = append(list, views.Place{Title: v.Name, Href: "/tickets?view=" + string(v.ID)})
		}
	}
	return list, err
}

func (a *App) goTickets(ctx context.Context, _ i18n.T, who access.Actor, q string) ([]views.Place, error) {
	if q == "" || !who.May(helpdesk.Read) && !who.May(helpdesk.Work) {
		return nil, nil
	}
	found, err := a.Desk.Pick(ctx, who, q, fewPlaces)
	var list []views.Place
	for _, t := range found {
		list = append(list, views.Place{Title: t.Number() + " " + t.Title, Href: "/tickets/" + string(t.ID)})
	}
	return list, err
}

// goEquipment finds assets and gaps by number or words.
func (a *App) goEquipment(ctx context.Context, _ i18n.T, who access.Actor, q string) ([]views.Place, error) {
	if len([]rune(q)) < 2 {
		return nil, nil
	}
	hits, err := search.Find(ctx, a.DB, q, a.Inventory.SearchScopes(who), fewPlaces)
	var list []views.Place
	for _, h := range hits {
		if path, ok := inventory.HitPath(h); ok {
			list = append(list, views.Place{Title: h.Title, Lead: h.Lead, Href: path})
		}
	}
	return list, err
}

func (a *App) goUnits(ctx context.Context, _ i18n.T, who access.Actor, q string) ([]views.Place, error) {
	if len([]rune(q)) < 2 {
		return nil, nil
	}
	tree, err := a.Units.Tree(ctx, a.Business.Now())
	if err != nil {
		return nil, err
	}
	var list []views.Place
	for _, h := range tree.Search(q, most) {
		if !who.Covers(rollout.Read, h.Code) {
			continue // a place that the reader cannot open
		}
		list = append(list, views.Place{Title: h.Title(), Lead: h.Place, Href: a.unitPage(who, h.Unit)})
	}
	return list, nil
}
