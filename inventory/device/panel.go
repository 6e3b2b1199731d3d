package device

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/device/views"
)

// onAsset shows on the page of an asset which devices it is, where it was seen, and
// what was measured another way than declared: three queries.
func (p *pages) onAsset(c *httpx.Ctx, a inventory.AssetView) (templ.Component, error) {
	t := c.T
	v := views.PanelView{Card: ui.CardData{Title: t.Say("device.panel"), ID: "devices"},
		Links: []ui.Action{{Label: t.Say("device.facts"), Href: "/inventory/assets/" + string(a.ID) + "/facts", Icon: "list"}}}
	places, err := p.PlacesOf(c.Std(), a.ID)
	if err != nil {
		return nil, err
	}
	differ, err := p.DifferencesOf(c.Std(), a.ID)
	if err != nil {
		return nil, err
	}
	all, err := p.OfAsset(c.Std(), a.ID)
	if err != nil {
		return nil, err
	}
	if len(places) > 0 {
		tree, err := p.tree(c)
		if err != nil {
			return nil, err
		}
		for _, x := range places {
			v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Warn, Title: t.Say("device.panel.away", "unit", placeOf(tree, x.SeenUnit)), Text: t.Say("device.panel.away.text", "at", x.LastAt),
				Action: &ui.Action{Label: t.Say("device.panel.settle"), Href: awayPath + "/" + string(x.ID)}})
		}
	}
	for _, x := range differ {
		f := ui.Fact{Label: t.Say("inventory.fact." + x.Name), Text: t.Say("device.panel.differs", "declared", inventory.SayFact(t, x.Name, x.Declared), "measured", inventory.SayFact(t, x.Name, x.Measured)),
			Change: differencePath(x)}
		if x.State == Kept {
			f.Age = t.Say("device.differ.kept", "name", x.DecidedName, "at", x.DecidedAt)
		}
		v.Facts = append(v.Facts, f)
	}
	for _, d := range all {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("device.device"), Value: ui.Link(homePath+"/"+string(d.ID), d.Title()), Age: t.Say("device.panel.last", "at", d.LastAt)})
	}
	return views.Panel(t, v), nil
}

// onUnit shows on the page of a commune what of its devices waits for a person: one query.
func (p *pages) onUnit(c *httpx.Ctx, u inventory.UnitView) (templ.Component, error) {
	s, err := p.Standing(c.Std(), u.Unit.Code)
	if err != nil || s.Devices+s.Doubts+s.Away+s.Differences == 0 {
		return nil, err
	}
	t := c.T
	v := views.PanelView{Card: ui.CardData{Title: t.Say("device.panel"), ID: "devices"}}
	for _, x := range []struct {
		n         int64
		key, href string
	}{{s.Devices, "device.panel.devices", homePath + "?unit=" + u.Unit.Code}, {s.Doubts, "device.queue.doubts", reviewPath}, {s.Away, "device.queue.away", awayPath},
		{s.Differences, "device.queue.differ", differPath + "?unit=" + u.Unit.Code}} {
		if x.n > 0 {
			v.Facts = append(v.Facts, ui.Fact{Label: t.Say(x.key), Value: ui.Link(x.href, t.Int(x.n))})
		}
	}
	return views.Panel(t, v), nil
}
