package device

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/device/views"
	"lotrinh/inventory/identity"
)

var stateTones = map[State]ui.Tone{Linked: ui.Good, Doubted: ui.Warn, Nowhere: ui.Unknown}

func stateOf(t i18n.T, d Device) ui.State {
	if d.Finding == identity.Clone && d.State == Linked {
		return ui.State{Tone: ui.Warn, Word: t.Say("device.finding.clone")}
	}
	return ui.State{Tone: stateTones[d.State], Word: t.Say("device.state." + string(d.State))}
}

func (p *pages) devices(c *httpx.Ctx) error {
	f := Filter{Unit: c.Query("unit")}
	if s := State(c.Query("state")); stateTones[s] != "" {
		f.State = s
	}
	rows, err := p.Devices(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("device.list"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("device.device")}, {Label: t.Say("device.unit")},
		{Label: t.Say("device.state")}, {Label: t.Say("device.last")}, {Label: t.Say("device.agent"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "device-desktop", Title: t.Say("device.none"), Text: t.Say("device.none.text")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	for _, d := range rows.Items {
		href := homePath + "/" + string(d.ID)
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, d.Title(), joined(d.Model, d.Serial)), ui.Text(placeOf(tree, d.Unit)),
			ui.Badge(stateOf(t, d)), ui.Text(t.Moment(d.LastAt)), ui.Text(d.Agent)}})
	}
	q := url.Values{}
	for name, v := range map[string]string{"unit": f.Unit, "state": string(f.State)} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if rows.Next != "" {
		next := url.Values{"after": {rows.Next}}
		for name := range q {
			next.Set(name, q.Get(name))
		}
		table.Pager.Next = homePath + "?" + next.Encode()
	}
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("device.list"), Lead: t.Say("device.list.lead")}, Table: table,
		Filter: &ui.FilterData{Action: homePath, Results: "results", Fields: []ui.Field{
			{Kind: ui.Select, Name: "state", Label: t.Say("device.state"), Value: string(f.State), Options: []ui.Option{{Label: t.Say("device.state.all")},
				{Value: string(Linked), Label: t.Say("device.state.linked")}, {Value: string(Doubted), Label: t.Say("device.state.doubt")}, {Value: string(Nowhere), Label: t.Say("device.state.nowhere")}}}}}}
	if f.Unit != "" {
		v.Head.Lead = placeOf(tree, f.Unit)
		v.Filter.Hidden = []ui.Hidden{{Name: "unit", Value: f.Unit}}
		v.Filter.Clear = homePath
	}
	if f.State == Nowhere {
		v.Label, v.Tabs = t.Say("device.queue"), queueTabs(t, homePath+"?state=nowhere")
	}
	return p.show(c, v.Head.Title, homePath, nil, func(ui.Errors) templ.Component { return views.ListPage(t, v) })
}

// placeOf is a unit in words; what a key covers may be a district or the city.
func placeOf(tree *org.Tree, unit string) string {
	if u, ok := tree.Unit(unit); ok && u.Level != org.Commune {
		return u.Full()
	}
	return tree.Place(unit)
}

func joined(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return strings.Join(parts, " · ")
}

func (p *pages) device(c *httpx.Ctx) error { return p.showDevice(c, nil) }

func (p *pages) showDevice(c *httpx.Ctx, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	d, err := p.Device(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	t := c.T
	state := stateOf(t, d.Device)
	v := views.DeviceView{Head: ui.HeaderData{Title: d.Title(), State: &state, Lead: joined(d.Model, d.Serial),
		Crumbs: []ui.Crumb{{Label: t.Say("device.list"), Href: homePath}, {Label: d.Title()}}},
		Is:      p.deviceFacts(t, tree, d),
		Why:     ui.CardData{Title: t.Say("device.why"), Note: t.Say("device.why.note")},
		Reasons: reasonsOf(t, d.Why()), Evidence: evidence(t, d),
		Things: ui.CardData{Title: t.Say("device.things"), Note: t.Say("device.things.note")}, NoThings: t.Say("device.things.none"),
		Sections: ui.CardData{Title: t.Say("device.sections"), Note: t.Say("device.sections.note"), Flush: true}, Parts: sectionTable(t, d),
		Changes: ui.CardData{Title: t.Say("device.changes")}}
	for _, x := range d.Changes {
		v.Events = append(v.Events, ui.Event{At: x.At, What: t.Line(x.Line())})
	}
	v.Notices = p.deviceNotices(t, d)
	if v.Attached, err = p.thingViews(c, d); err != nil {
		return err
	}
	var units []ui.Option
	if d.State == Nowhere && c.Who.Covers(inventory.Edit, d.Unit) {
		for _, u := range tree.Communes(d.Unit) {
			units = append(units, ui.Option{Value: u.Code, Label: tree.Place(u.Code)})
		}
	}
	return p.show(c, d.Title(), homePath, refused, func(e ui.Errors) templ.Component {
		v.Ask = p.deviceForms(c, d, tree, units, e)
		return views.DevicePage(t, v)
	})
}

func (p *pages) deviceNotices(t i18n.T, d View) []ui.NoticeData {
	var out []ui.NoticeData
	if d.Finding != "" {
		out = append(out, ui.NoticeData{Tone: ui.Warn, Title: t.Say("device.finding." + string(d.Finding)), Text: t.Say("identity.found." + string(d.Finding))})
	}
	if d.State == Doubted {
		out = append(out, ui.NoticeData{Tone: ui.Warn, Title: t.Say("device.doubt.notice"), Action: &ui.Action{Label: t.Say("device.doubt.look"), Href: reviewPath + "/" + string(d.Doubt)}})
	}
	return out
}

func (p *pages) deviceFacts(t i18n.T, tree *org.Tree, d View) []ui.Fact {
	asset := ui.Fact{Label: t.Say("device.asset"), Text: t.Say("device.asset.none")}
	if d.Asset != nil {
		asset.Value = ui.Link("/inventory/assets/"+string(d.Asset.ID), d.Asset.Code+" · "+d.Asset.Name)
	} else if d.Device.Asset != "" {
		asset.Text = t.Say("device.asset.hidden")
	}
	out := []ui.Fact{asset, {Label: t.Say("device.unit"), Text: placeOf(tree, d.Unit)}, {Label: t.Say("device.first"), Text: t.Moment(d.FirstAt)},
		{Label: t.Say("device.last"), Text: t.Moment(d.LastAt)}, {Label: t.Say("device.agent"), Text: d.Agent}, {Label: t.Say("device.agent_id"), Text: d.AgentID}}
	if d.Tag != "" {
		out = append(out, ui.Fact{Label: t.Say("device.tag"), Text: d.Tag})
	}
	r := d.Reading()
	for _, name := range []string{factOS, factArch, factProcessor, factMHz, factCores, factInstalled, factUsable, factFree} {
		if v := r.Facts[name]; v != "" {
			out = append(out, ui.Fact{Label: t.Say("inventory.fact." + name), Text: inventory.SayFact(t, name, v)})
		}
	}
	return out
}

// evidence is what a machine is known by, and what it sent that is no evidence.
func evidence(t i18n.T, d View) []ui.Fact {
	var out []ui.Fact
	for _, m := range d.Marks {
		if m.Kind != identity.Name {
			out = append(out, ui.Fact{Label: upper(t.Say("identity.kind." + string(m.Kind))), Text: m.Value})
		}
	}
	for _, m := range d.Reading().Dropped {
		out = append(out, ui.Fact{Label: upper(t.Say("identity.kind." + string(m.Kind))), Text: t.Say("device.dropped", "value", m.Value)})
	}
	return out
}

// upper begins with a capital letter.
func upper(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

func reasonsOf(t i18n.T, all []identity.Reason) []views.Reason {
	var out []views.Reason
	for _, r := range all {
		one := views.Reason{Text: t.Line(r.Text)}
		switch {
		case r.Weight > 0:
			one.State = ui.State{Tone: ui.Good, Word: t.Say("device.points", "n", "+"+t.Int(int64(r.Weight)))}
		case r.Weight < 0:
			one.State = ui.State{Tone: ui.Bad, Word: t.Say("device.points", "n", "−"+t.Int(int64(-r.Weight)))}
		}
		out = append(out, one)
	}
	return out
}

func sectionTable(t i18n.T, d View) ui.TableData {
	table := ui.TableData{Caption: t.Say("device.sections"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("device.section")}, {Label: t.Say("device.entries"), Num: true},
		{Label: t.Say("device.since")}}, Empty: ui.EmptyData{Title: t.Say("device.sections.none")}}
	for _, s := range d.Sections {
		href := homePath + "/" + string(d.ID) + "/sections/" + url.PathEscape(s.Name)
		sub := ""
		if s.Gone {
			sub = t.Say("device.section.gone")
		}
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, sectionTitle(t, s.Name), sub), ui.Number(t, s.Entries), ui.Text(t.Day(s.Since))}})
	}
	return table
}

func sectionTitle(t i18n.T, name string) string { return t.Say(string(sectionKey(name))) }

// thingViews are what stands at a device; what is in no register can be put into it.
func (p *pages) thingViews(c *httpx.Ctx, d View) ([]views.Thing, error) {
	t := c.T
	var open []inventory.Kind
	for _, x := range d.Things {
		if x.Asset == "" && !x.Gone {
			open = append(open, x.Kind)
		}
	}
	same := map[inventory.Kind][]ui.Option{}
	if len(open) > 0 && c.Who.Covers(inventory.Edit, d.Unit) {
		all, err := p.Stock.InUnit(c.Std(), c.Who, inventory.Edit, d.Unit, open)
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			same[a.Kind] = append(same[a.Kind], ui.Option{Value: string(a.ID), Label: joined(a.Code, a.Name, a.Serial)})
		}
	}
	var out []views.Thing
	for _, x := range d.Things {
		one := views.Thing{Name: x.Name, Note: joined(t.Say("inventory.kind."+string(x.Kind)), x.Serial), State: ui.State{Tone: ui.Good, Word: t.Say("device.thing.known")}}
		switch {
		case x.Asset != "":
			one.Href = "/inventory/assets/" + string(x.Asset)
		case x.Gone:
			one.State = ui.State{Tone: ui.Neutral, Word: t.Say("device.thing.gone")}
		default:
			one.State = ui.State{Tone: ui.Unknown, Word: t.Say("device.thing.open")}
			if c.Who.Covers(inventory.Edit, x.Unit) {
				one.Form = &ui.FormData{Action: homePath + "/" + string(d.ID) + "/things", Submit: t.Say("device.thing.save"), Loose: true,
					Hidden: []ui.Hidden{p.once(), {Name: "thing", Value: x.Thing}},
					Fields: []ui.Field{{Kind: ui.Select, Name: "asset", Label: t.Say("device.thing.which"), HideLabel: true, Attrs: templ.Attributes{"id": "f-" + fold.Key(x.Thing)},
						Options: append([]ui.Option{{Label: t.Say("device.thing.new")}}, same[x.Kind]...)}}}
			}
		}
		if x.Asset != "" && x.Gone {
			one.State = ui.State{Tone: ui.Warn, Word: t.Say("device.thing.gone")}
		}
		out = append(out, one)
	}
	return out, nil
}

// deviceForms are what a person may decide about a device.
func (p *pages) deviceForms(c *httpx.Ctx, d View, tree *org.Tree, units []ui.Option, e ui.Errors) []views.Asked {
	t := c.T
	path := homePath + "/" + string(d.ID)
	var out []views.Asked
	if len(units) > 0 {
		out = append(out, views.Asked{Title: t.Say("device.stand"), Form: ui.FormData{Action: path + "/stand", Errors: e, Submit: t.Say("device.stand.save"), Hidden: []ui.Hidden{p.once(), versionField(d.Version)},
			Fields: []ui.Field{{Kind: ui.Select, Name: "unit", Label: t.Say("device.unit"), Options: units, Value: c.FormValue("unit"), Required: true, Error: e.Of("unit")}}}})
	}
	at, ok := tree.Unit(d.Unit)
	mine := d.State == Linked && d.Asset != nil && c.Who.Covers(inventory.Edit, d.Unit) && c.Who.Covers(inventory.Edit, d.Asset.Unit)
	if mine && ok && at.Level == org.Commune {
		out = append(out, views.Asked{Title: t.Say("device.split"), Form: ui.FormData{Action: path + "/split", Errors: e, Submit: t.Say("device.split.save"), Danger: true,
			Hidden: []ui.Hidden{p.once(), versionField(d.Version)}, Fields: []ui.Field{reason(c, t.Say("device.reason"), true, e)}}})
	}
	return out
}

func (p *pages) split(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if _, err := p.Split(c.Std(), c.Who, key, c.Version(), strings.TrimSpace(c.FormValue("said"))); err != nil {
		return p.showDevice(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("device.split.done"))
	return c.See(homePath + "/" + string(key))
}

func (p *pages) stand(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if _, err := p.StandAt(c.Std(), c.Who, key, c.Version(), c.FormValue("unit")); err != nil {
		return p.showDevice(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("device.stand.done"))
	return c.See(homePath + "/" + string(key))
}

func (p *pages) register(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	var asset ident.ID
	if s := c.FormValue("asset"); s != "" {
		if asset, err = ident.Parse(s); err != nil {
			return err
		}
	}
	a, err := p.Register(c.Std(), c.Who, key, c.FormValue("thing"), asset)
	if err != nil {
		return p.showDevice(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("device.thing.done", "code", a.Code))
	return c.See(homePath + "/" + string(key))
}
