package install

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"

	"lotrinh/inventory/install/views"
)

// beside is what stands on a PC, on the PC's own page.
func (p *pages) beside(c *httpx.Ctx, a inventory.AssetView) (templ.Component, error) {
	if a.Kind != inventory.PC {
		return nil, nil
	}
	rows, events, err := p.OfAsset(c.Std(), c.Who, a.ID)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	all, err := p.Catalogue(c.Std(), c.Who)
	if err != nil {
		return nil, err
	}
	t := c.T
	names := map[ident.ID]string{}
	for _, s := range all {
		names[s.ID] = s.Name
	}
	v := views.Beside{}
	of := map[ident.ID]string{}
	for _, r := range rows {
		of[r.ID] = names[r.Software]
		v.All = append(v.All, views.Standing{Software: names[r.Software], State: stateOf(t, r.State), Note: standing(t, r.Install)})
	}
	for _, e := range events {
		word := e.Kind
		if e.Kind == DidTry {
			word = "fails"
			if e.OK {
				word = "works"
			}
		}
		v.Past = append(v.Past, t.Say("install.event", "software", of[e.Install], "what", t.Say("install.what."+word), "who", e.ByName, "at", t.Moment(e.At), "how", t.Say("install.how."+e.How))+because(e.Why))
	}
	return views.BesidePanel(t, v), nil
}

// besideUnit leads from a commune's page to its installs.
func (p *pages) besideUnit(c *httpx.Ctx, u inventory.UnitView) (templ.Component, error) {
	if !c.Who.Covers(Record, u.Unit.Code) {
		return nil, nil
	}
	t := c.T
	return views.UnitPanel(t, ui.Action{Label: t.Say("install.work"), Href: work + "?unit=" + u.Unit.Code, Icon: "packages"}), nil
}

func (p *pages) catalogue(c *httpx.Ctx) error {
	all, err := p.Catalogue(c.Std(), c.Who)
	if err != nil {
		return err
	}
	phases, err := p.phaseNames(c)
	if err != nil {
		return err
	}
	t := c.T
	v := views.Progress{Head: ui.HeaderData{Title: t.Say("install.catalogue"), Lead: t.Say("install.catalogue.lead"), Crumbs: []ui.Crumb{{Label: t.Say("install.title"), Href: home}, {Label: t.Say("install.catalogue")}}}}
	edit := c.Who.May(inventory.Publish)
	if edit {
		v.Head.Action = &ui.Action{Label: t.Say("install.software.add"), Href: home + "/software/new", Icon: "plus"}
	}
	v.Table = ui.TableData{Caption: t.Say("install.catalogue"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("install.software")}, {Label: t.Say("install.phase")},
		{Label: t.Say("install.measured")}, {Label: t.Say("install.column.state")}}, Empty: ui.EmptyData{Icon: "packages", Title: t.Say("install.none")}}
	for _, s := range all {
		state := ui.State{Tone: ui.Good, Word: t.Say("install.active")}
		if !s.Active {
			state = ui.State{Tone: ui.Neutral, Word: t.Say("install.inactive")}
		}
		name := ui.Text(s.Name)
		href := ""
		if edit {
			href = home + "/software/" + string(s.ID)
			name = ui.Main(href, s.Name, s.MinVersion)
		}
		phase := phases[s.Phase]
		if s.Phase == "" {
			phase = t.Say("install.phase.all")
		}
		measured := t.Say("install.measured.manual")
		switch {
		case s.Pattern != "" && s.Reach != "":
			measured = t.Say("install.measured.both")
		case s.Pattern != "":
			measured = t.Say("install.measured.agent")
		case s.Reach != "":
			measured = t.Say("install.measured.browser")
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Href: href, Cells: []templ.Component{name, ui.Text(phase), ui.Text(measured), ui.Badge(state)}})
	}
	return p.show(c, t.Say("install.catalogue"), views.ProgressPage(t, v))
}

func (p *pages) phaseNames(c *httpx.Ctx) (map[string]string, error) {
	all, err := p.Phases.Phases(c.Std())
	out := map[string]string{}
	for _, x := range all {
		out[x.Code] = x.Name
	}
	return out, err
}

func (p *pages) newSoftware(c *httpx.Ctx) error { return p.askSoftware(c, Software{Active: true}, nil) }

func (p *pages) software(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := c.Who.Need(inventory.Publish); err != nil {
		return err
	}
	one, err := p.SoftwareByID(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	return p.askSoftware(c, one, nil)
}

func (p *pages) askSoftware(c *httpx.Ctx, f Software, refused error) error {
	if err := c.Who.Need(inventory.Publish); err != nil {
		return err
	}
	phases, err := p.Phases.Phases(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	waves := []ui.Option{{Label: t.Say("install.phase.all")}}
	for _, x := range phases {
		waves = append(waves, ui.Option{Value: x.Code, Label: x.Name})
	}
	title, action, active := t.Say("install.software.add"), home+"/software", ""
	if f.ID != "" {
		title, action = t.Say("install.software.edit"), home+"/software/"+string(f.ID)
	}
	if f.Active {
		active = "1"
	}
	return p.site.Form(c, p.frame(c, title), refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, ui.HeaderData{Title: title, Crumbs: []ui.Crumb{{Label: t.Say("install.catalogue"), Href: home + "/software"}, {Label: title}}},
			ui.FormData{Action: action, Errors: e, Submit: t.Say("install.save"), Cancel: home + "/software", Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(f.Version, 10)}}, Fields: []ui.Field{
				{Name: "name", Label: t.Say("install.software.name"), Value: f.Name, Required: true, Max: longestName * 2},
				{Kind: ui.Select, Name: "phase", Label: t.Say("install.phase"), Options: waves, Value: f.Phase},
				{Name: "pattern", Label: t.Say("install.pattern"), Hint: t.Say("install.pattern.hint"), Value: f.Pattern, Max: longestName * 2},
				{Name: "min_version", Label: t.Say("install.min_version"), Value: f.MinVersion, Max: longestName, Narrow: true},
				{Name: "reach", Label: t.Say("install.reach.address"), Hint: t.Say("install.reach.hint"), Value: f.Reach, Max: longestName * 2},
				{Kind: ui.Check, Name: "active", Label: t.Say("install.active"), Value: active}}})
	})
}

func (p *pages) saveSoftware(c *httpx.Ctx) error {
	f := Software{Name: c.FormValue("name"), Phase: c.FormValue("phase"), Pattern: c.FormValue("pattern"), MinVersion: c.FormValue("min_version"), Reach: c.FormValue("reach"),
		Active: c.FormValue("active") != "", Version: number(c.FormValue("version"))}
	if raw := c.Params("id"); raw != "" {
		id, err := ident.Parse(raw)
		if err != nil {
			return err
		}
		if _, err := p.SoftwareByID(c.Std(), c.Who, id); err != nil {
			return err
		}
		f.ID = id
	}
	saved, err := p.SaveSoftware(c.Std(), c.Who, f)
	if err != nil {
		return p.askSoftware(c, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("install.software.saved", "name", saved.Name))
	return c.See(home + "/software")
}

// reach is the page in the browser of the PC itself, which tries to reach what the
// software connects to. Its policy names that one host.
func (p *pages) reach(c *httpx.Ctx) error { return p.showReach(c, nil) }

func (p *pages) showReach(c *httpx.Ctx, refused error) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	row, err := p.One(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	one, err := p.SoftwareByID(c.Std(), c.Who, row.Software)
	if err != nil {
		return err
	}
	t := c.T
	if one.Reach != "" && reachable(one.Reach) {
		if host := origin(one.Reach); host != "" {
			c.MayConnect(host)
		}
	}
	return p.site.Form(c, p.frame(c, t.Say("install.reach")), refused, func(e ui.Errors) templ.Component {
		return views.ReachPage(t, views.Reach{
			Head:    ui.HeaderData{Title: t.Say("install.reach"), Lead: t.Say("install.reach.lead", "software", one.Name, "pc", row.Code), Crumbs: []ui.Crumb{{Label: t.Say("install.work"), Href: work + "?unit=" + row.Unit}, {Label: row.Code}}},
			Address: one.Reach, Running: t.Say("install.reach.running"), OK: t.Say("install.reach.ok", "ms", "{n}"), Failed: t.Say("install.reach.failed"),
			Form: ui.FormData{ID: "reach-result", Action: home + "/" + string(id) + "/reach", Errors: e, Submit: t.Say("install.save"), Loose: true,
				Hidden: []ui.Hidden{{Name: "id", Value: string(ident.New(p.Stock.Now()))}, {Name: "ok"}, {Name: "ms"}},
				Fields: []ui.Field{{Name: "why", Label: t.Say("install.why"), Value: c.FormValue("why"), Max: longestText}}}})
	})
}

// reached takes what the browser measured.
func (p *pages) reached(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	row, err := p.One(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	made, err := ident.Parse(c.FormValue("id"))
	if err != nil {
		made = ident.New(p.Stock.Now())
	}
	f := RecordForm{ID: made, Software: row.Software, Asset: row.Asset, Kind: DidTry, OK: c.FormValue("ok") == "1", Why: c.FormValue("why"), How: Browser, MS: number(c.FormValue("ms"))}
	if f.OK {
		f.Why = ""
	}
	if _, err := p.Record(c.Std(), c.Who, f); err != nil {
		return p.showReach(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("install.saved"))
	return c.See(work + "?unit=" + row.Unit)
}
