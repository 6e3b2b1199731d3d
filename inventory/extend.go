package inventory

import (
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
// rights of which one suffices.
type Tab struct {
	Label i18n.Key
	Href  string
	Needs []access.Perm
}

// ownTabs are the places of the area itself.
var ownTabs = []Tab{
	{"inventory.tab.board", "/inventory", []access.Perm{Look}},
	{"inventory.tab.assets", "/inventory/assets", []access.Perm{Look}},
	{"inventory.tab.city", "/inventory/city", []access.Perm{Look}},
	{"inventory.tab.gaps", "/inventory/gaps", []access.Perm{Look}},
	{"inventory.tab.profiles", "/inventory/profiles", []access.Perm{Look}},
}

// AddTab adds a place of a room, behind those that are there.
func (s *Service) AddTab(t Tab) { s.tabs = append(s.tabs, t) }

// Tabs are the places of the area that the reader may enter, the one at an address
// marked. Rooms give them to site.Page.
func (s *Service) Tabs(t i18n.T, who access.Actor, at string) []ui.Tab {
	var out []ui.Tab
	for _, x := range append(append([]Tab{}, ownTabs...), s.tabs...) {
		for _, need := range x.Needs {
			if who.May(need) {
				out = append(out, ui.Tab{Label: t.Say(string(x.Label)), Href: x.Href, Active: x.Href == at, Count: -1})
				break
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
