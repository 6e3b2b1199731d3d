package dossier

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
)

// View is a dossier with what its page needs.
type View struct {
	Dossier
	Definition procedure.Definition
	Step       procedure.Step
	Steps      []Step
	Legs       []Leg
	Documents  []Document
	Answers    []byte // JSON of dossier/form
}

// Panel is what a room shows on the page of a dossier; nil is nothing. It asks a number
// of queries that does not depend on what there is. Refused is the fault of a form of
// this page that was just refused, nil else.
type Panel func(c *httpx.Ctx, v View, refused error) (templ.Component, error)

// OnDossier puts a room's panel on the page of every dossier, in the order of the calls.
// Like all of these it is called while the house is built, before anything is served.
func (s *Service) OnDossier(p Panel) { s.panels = append(s.panels, p) }

// Actions are what a reader can do with a dossier now, the most likely first.
type Actions func(c *httpx.Ctx, v View) []ui.Action

// AddAction puts a room's actions at the head of the page of every dossier; the first of
// all is the main one.
func (s *Service) AddAction(f Actions) { s.actions = append(s.actions, f) }

// Tab is a place of this area. Needs are the rights of which one suffices. A place Under
// another is shown only to who is there already.
type Tab struct {
	Label i18n.Key
	Href  string
	Needs []access.Perm
	Under string
}

// AddTab adds a place of a room.
func (s *Service) AddTab(t Tab) { s.tabs = append(s.tabs, t) }

// Tabs are the places of the area that the reader may enter, the one that an address
// belongs to marked.
func (s *Service) Tabs(t i18n.T, who access.Actor, at string) []ui.Tab {
	here := Tab{}
	for _, x := range s.tabs {
		if (at == x.Href || strings.HasPrefix(at, x.Href+"/")) && len(x.Href) > len(here.Href) {
			here = x
		}
	}
	family := here.Href
	if here.Under != "" {
		family = here.Under
	}
	var out []ui.Tab
	for _, x := range s.tabs {
		if (x.Under == "" || x.Under == family) && slices.ContainsFunc(x.Needs, who.May) {
			out = append(out, ui.Tab{Label: t.Say(string(x.Label)), Href: x.Href, Active: x.Href == here.Href, Count: -1})
		}
	}
	return out
}
