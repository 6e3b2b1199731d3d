package inventory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// AssetPanel is what a room of the inventory shows on the page of an asset; nil is
// nothing. It asks a number of queries that does not depend on what there is.
type AssetPanel func(c *httpx.Ctx, a AssetView) (templ.Component, error)

// UnitPanel is what a room shows on the page of a commune; nil is nothing. It asks a
// number of queries that does not depend on what there is.
type UnitPanel func(c *httpx.Ctx, u UnitView) (templ.Component, error)

// GapPanel is what a room shows on the page of a gap; nil is nothing. It asks a number
// of queries that does not depend on what there is.
type GapPanel func(c *httpx.Ctx, g GapView) (templ.Component, error)

// OnAsset puts a room's panel on the page of every asset, in the order of the calls.
// Like all of these it is called while the house is built, before anything is served.
func (s *Service) OnAsset(p AssetPanel) { s.assetPanels = append(s.assetPanels, p) }

// OnUnit puts a room's panel on the page of every commune, in the order of the calls.
func (s *Service) OnUnit(p UnitPanel) { s.unitPanels = append(s.unitPanels, p) }

// OnGap puts a room's panel on the page of every gap, in the order of the calls.
func (s *Service) OnGap(p GapPanel) { s.gapPanels = append(s.gapPanels, p) }

// Tab is a place of this area: its own pages and those of its rooms. Needs are the
// rights of which one suffices. A place Under another is shown only to who is there
// already, so that the row stays short.
type Tab struct {
	Label i18n.Key
	Href  string
	Needs []access.Perm
	Under string // the address of a place
}

// ownTabs are the places of the area itself.
var ownTabs = []Tab{
	{Label: "inventory.tab.board", Href: "/inventory", Needs: []access.Perm{Look}},
	{Label: "inventory.tab.city", Href: "/inventory/city", Needs: []access.Perm{Look}, Under: "/inventory"},
	{Label: "inventory.tab.profiles", Href: "/inventory/profiles", Needs: []access.Perm{Look}, Under: "/inventory"},
	{Label: "inventory.tab.assets", Href: "/inventory/assets", Needs: []access.Perm{Look}},
	{Label: "inventory.tab.gaps", Href: "/inventory/gaps", Needs: []access.Perm{Look}},
}

// AddTab adds a place of a room: behind those that are there, or, Under one of them,
// behind those of its family.
func (s *Service) AddTab(t Tab) { s.tabs = append(s.tabs, t) }

// Tabs are the places of the area that the reader may enter, the one that an address
// belongs to marked. Rooms give them to site.Page.
func (s *Service) Tabs(t i18n.T, who access.Actor, at string) []ui.Tab {
	all := append(append([]Tab{}, ownTabs...), s.tabs...)
	here := Tab{}
	for _, x := range all {
		if (at == x.Href || strings.HasPrefix(at, x.Href+"/")) && len(x.Href) > len(here.Href) {
			here = x
		}
	}
	family := cmp.Or(here.Under, here.Href)
	var out []ui.Tab
	add := func(x Tab) {
		if slices.ContainsFunc(x.Needs, who.May) {
			out = append(out, ui.Tab{Label: t.Say(string(x.Label)), Href: x.Href, Active: x.Href == here.Href, Count: -1})
		}
	}
	for _, x := range all {
		if x.Under != "" {
			continue
		}
		add(x)
		for _, child := range all {
			if child.Under == x.Href && child.Under == family {
				add(child)
			}
		}
	}
	return out
}

// panels asks rooms for what they show beside a thing.
func panels[P any](all []P, ask func(P) (templ.Component, error)) ([]templ.Component, error) {
	var out []templ.Component
	for _, one := range all {
		part, err := ask(one)
		if err != nil {
			return nil, err
		}
		if part != nil {
			out = append(out, part)
		}
	}
	return out, nil
}

// UnitOptions are the communes where somebody may do a thing, by district, for the
// forms of rooms.
func (s *Service) UnitOptions(c *httpx.Ctx, need access.Perm) ([]ui.Option, error) {
	return pages{Service: s}.unitOptions(c, need)
}
