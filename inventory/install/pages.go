package install

import (
	"cmp"
	"slices"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/offline"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"

	"lotrinh/inventory/install/views"
)

type perms = []access.Perm

var stateTones = map[State]ui.Tone{Planned: ui.Neutral, Installed: ui.Info, Works: ui.Good, Fails: ui.Bad}

func stateOf(t i18n.T, s State) ui.State {
	return ui.State{Tone: stateTones[s], Word: t.Say("install.state." + string(s))}
}

// chosen is the software that a page is about: the one asked for, else the first active.
func chosen(all []Software, asked string) (Software, bool) {
	for _, s := range all {
		if string(s.ID) == asked || asked == "" && s.Active {
			return s, true
		}
	}
	return Software{}, false
}

func softwareOptions(all []Software) []ui.Option {
	var out []ui.Option
	for _, s := range all {
		if s.Active {
			out = append(out, ui.Option{Value: string(s.ID), Label: s.Name})
		}
	}
	return out
}

// progress is how far a software is: by district, or in one district by commune.
func (p *pages) progress(c *httpx.Ctx) error {
	all, err := p.Catalogue(c.Std(), c.Who)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Stock.Now())
	if err != nil {
		return err
	}
	t, district := c.T, c.Query("district")
	v := views.Progress{Head: ui.HeaderData{Title: t.Say("install.title"), Lead: t.Say("install.lead")}}
	v.Head.Action, v.Head.More = p.actions(c)
	if district != "" {
		v.Head.Crumbs = []ui.Crumb{{Label: t.Say("install.title"), Href: home}, {Label: tree.Name(district)}}
	}
	one, ok := chosen(all, c.Query("software"))
	if !ok {
		v.Table.Empty = ui.EmptyData{Icon: "packages", Title: t.Say("install.none")}
		return p.show(c, t.Say("install.title"), views.ProgressPage(t, v))
	}
	tally, err := p.Progress(c.Std(), c.Who, one.ID)
	if err != nil {
		return err
	}
	v.Filter = ui.FilterData{Action: home, Results: "results", Fields: []ui.Field{{Kind: ui.Select, Name: "software", Label: t.Say("install.software"), Options: softwareOptions(all), Value: string(one.ID)}},
		Hidden: []ui.Hidden{{Name: "district", Value: district}}}
	sums := map[string]Tally{}
	var sum Tally
	for unit, x := range tally {
		u, ok := tree.Unit(unit)
		if !ok || district != "" && u.Parent != district {
			continue
		}
		key := u.Parent
		if district != "" {
			key = unit
		}
		sums[key], sum = sums[key].Add(x), sum.Add(x)
	}
	v.Figures = []ui.FigureData{{Label: t.Say("install.figure.works"), Value: t.Int(sum.Works), Of: t.Say("install.figure.of", "n", sum.PCs)},
		{Label: t.Say("install.figure.left"), Value: t.Int(sum.Left())}, {Label: t.Say("install.figure.fails"), Value: t.Int(sum.Fails)},
		{Label: t.Say("install.figure.unplanned"), Value: t.Int(sum.PCs - sum.Planned - sum.Installed - sum.Works - sum.Fails)}}
	v.Table = p.progressTable(t, sums, func(code string) (string, string) {
		if district != "" {
			return tree.Name(code), work + "?unit=" + code
		}
		return tree.Name(code), home + "?software=" + string(one.ID) + "&district=" + code
	})
	return p.show(c, t.Say("install.title"), views.ProgressPage(t, v))
}

func (p *pages) progressTable(t i18n.T, sums map[string]Tally, where func(code string) (name, href string)) ui.TableData {
	d := ui.TableData{Caption: t.Say("install.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("install.column.where")}, {Label: t.Say("install.column.progress")},
		{Label: t.Say("install.column.left"), Num: true}, {Label: t.Say("install.state.fails"), Num: true}, {Label: t.Say("install.column.unplanned"), Num: true}},
		Empty: ui.EmptyData{Icon: "packages", Title: t.Say("install.nowhere")}}
	keys := make([]string, 0, len(sums))
	for k := range sums {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(sums[b].Left(), sums[a].Left()), cmp.Compare(a, b)) })
	for _, k := range keys {
		x := sums[k]
		name, href := where(k)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, name, ""),
			ui.Progress(t, ui.ProgressData{Label: name, Declared: x.Installed + x.Works + x.Fails, Verified: x.Works, Planned: -1, Total: x.PCs, Bare: true,
				Words: &ui.ProgressWords{Verified: "install.progress.works", Declared: "install.progress.installed", Sentence: "install.progress.sentence"}}),
			ui.Number(t, x.Left()), ui.Number(t, x.Fails), ui.Number(t, x.PCs-x.Planned-x.Installed-x.Works-x.Fails)}})
	}
	return d
}

func (p *pages) actions(c *httpx.Ctx) (*ui.Action, []ui.Action) {
	var first *ui.Action
	var more []ui.Action
	if c.Who.May(Plan) {
		first = &ui.Action{Label: c.T.Say("install.plan"), Href: home + "/plan", Icon: "plus"}
	}
	if c.Who.May(inventory.Publish) {
		more = append(more, ui.Action{Label: c.T.Say("install.catalogue"), Href: home + "/software", Icon: "settings"})
	}
	if c.Who.May(Record) {
		more = append(more, ui.Action{Label: c.T.Say("install.work"), Href: work, Icon: "device-desktop"})
	}
	return first, more
}

func (p *pages) work(c *httpx.Ctx) error { return p.showWork(c, c.Query("unit"), nil) }

// showWork is the page at the counter: what stands on each PC, and the form to record.
func (p *pages) showWork(c *httpx.Ctx, unit string, refused error) error {
	if err := c.Who.Need(Record); err != nil {
		return err
	}
	units, err := p.Stock.UnitOptions(c, Record)
	if err != nil {
		return err
	}
	if unit == "" && len(units) == 1 {
		unit = units[0].Value
	}
	t := c.T
	v := views.Work{Head: ui.HeaderData{Title: t.Say("install.work"), Lead: t.Say("install.work.lead"), Crumbs: []ui.Crumb{{Label: t.Say("install.title"), Href: home}, {Label: t.Say("install.work")}}},
		Unit: ui.FilterData{Action: work, Results: "results", Fields: []ui.Field{{Kind: ui.Select, Name: "unit", Label: t.Say("install.unit"), Options: units, Value: unit}}}, Account: string(c.Who.ID)}
	if unit == "" {
		if refused != nil && !fault.Is(refused, fault.Invalid) {
			return refused
		}
		return p.show(c, t.Say("install.work"), views.WorkPage(t, v))
	}
	pcs, err := p.PCs(c.Std(), c.Who, unit)
	if err != nil {
		return err
	}
	all, err := p.Catalogue(c.Std(), c.Who)
	if err != nil {
		return err
	}
	rows, err := p.OfUnit(c.Std(), c.Who, unit)
	if err != nil {
		return err
	}
	at := work + "?unit=" + unit
	return p.site.Form(c, p.frame(c, t.Say("install.work")), refused, func(e ui.Errors) templ.Component {
		form := p.recordForm(c, unit, pcs, all, e)
		v.Form, v.Pages, v.Rows = &form, []string{at}, p.workRows(t, pcs, all, rows)
		v.Left = t.Say("install.work.left", "n", left(pcs, all, rows))
		return views.WorkPage(t, v)
	})
}

func (p *pages) recordForm(c *httpx.Ctx, unit string, pcs []inventory.Asset, all []Software, e ui.Errors) ui.FormData {
	t := c.T
	options := []ui.Option{{Label: t.Say("install.form.choose_pc")}}
	for _, a := range pcs {
		label := a.Code + " · " + a.Name
		if a.Place != "" {
			label += " · " + a.Place
		}
		options = append(options, ui.Option{Value: string(a.ID), Label: label})
	}
	var said []ui.Option
	for _, w := range whats {
		said = append(said, ui.Option{Value: w, Label: t.Say("install.what." + w)})
	}
	return ui.FormData{ID: "record", Action: work + "?unit=" + unit, Errors: e, Submit: t.Say("install.save"), Loose: true,
		Hidden: []ui.Hidden{{Name: "id", Value: string(ident.New(p.Stock.Now()))}},
		Attrs:  templ.Attributes{"data-kept-form": api, "data-kept-label": t.Say("install.kept", "asset", "{asset}", "what", "{what}")},
		Fields: []ui.Field{
			{Kind: ui.Select, Name: "software", Label: t.Say("install.software"), Options: softwareOptions(all), Value: c.FormValue("software"), Required: true},
			{Kind: ui.Select, Name: "asset", Label: t.Say("install.pc"), Options: options, Value: c.FormValue("asset", c.Query("asset")), Required: true},
			{Kind: ui.Radio, Name: "what", Label: t.Say("install.what"), Options: said, Value: c.FormValue("what"), Required: true},
			{Name: "program_version", Label: t.Say("install.program_version"), Value: c.FormValue("program_version"), Max: longestName, Narrow: true},
			{Kind: ui.Area, Name: "why", Rows: 2, Label: t.Say("install.why"), Hint: t.Say("install.why.hint"), Value: c.FormValue("why"), Max: longestText}}}
}

// left is how many PCs some active software does not work on yet.
func left(pcs []inventory.Asset, all []Software, rows []Line) int {
	n := 0
	for _, a := range pcs {
		for _, s := range all {
			if s.Active && !slices.ContainsFunc(rows, func(r Line) bool { return r.Asset == a.ID && r.Software == s.ID && r.State == Works }) {
				n++
				break
			}
		}
	}
	return n
}

func (p *pages) workRows(t i18n.T, pcs []inventory.Asset, all []Software, rows []Line) []views.PC {
	var out []views.PC
	for _, a := range pcs {
		pc := views.PC{Code: a.Code, Name: a.Name, Place: a.Place, ID: string(a.ID), Href: "/inventory/assets/" + string(a.ID)}
		for _, s := range all {
			i := slices.IndexFunc(rows, func(r Line) bool { return r.Asset == a.ID && r.Software == s.ID })
			switch {
			case i >= 0:
				x := views.Standing{Software: s.Name, State: stateOf(t, rows[i].State), Note: standing(t, rows[i].Install)}
				if s.Reach != "" && s.Active {
					x.Try = home + "/" + string(rows[i].ID) + "/reach"
				}
				pc.All = append(pc.All, x)
			case s.Active:
				pc.All = append(pc.All, views.Standing{Software: s.Name, State: ui.State{Tone: ui.Unknown, Word: t.Say("install.state.none")}})
			}
		}
		out = append(out, pc)
	}
	return out
}

// standing is who did what last to an install, in words.
func standing(t i18n.T, i Install) string {
	switch {
	case i.TriedAt != nil && i.TriedMS > 0:
		return t.Say("install.tried.measured", "who", i.TesterName, "at", t.Moment(*i.TriedAt), "ms", i.TriedMS) + because(i.Why)
	case i.TriedAt != nil:
		return t.Say("install.tried", "who", i.TesterName, "at", t.Moment(*i.TriedAt)) + because(i.Why)
	case i.InstalledAt != nil && i.ProgramVersion != "":
		return t.Say("install.did.version", "who", i.InstallerName, "at", t.Moment(*i.InstalledAt), "source", t.Say("readiness.source."+string(i.InstalledSource)), "version", i.ProgramVersion)
	case i.InstalledAt != nil:
		return t.Say("install.did", "who", i.InstallerName, "at", t.Moment(*i.InstalledAt), "source", t.Say("readiness.source."+string(i.InstalledSource)))
	}
	return t.Say("install.planned_by", "who", i.PlannerName, "at", t.Moment(i.PlannedAt))
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

func (p *pages) planForm(c *httpx.Ctx) error { return p.askPlan(c, nil) }

func (p *pages) askPlan(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(Plan); err != nil {
		return err
	}
	all, err := p.Catalogue(c.Std(), c.Who)
	if err != nil {
		return err
	}
	phases, err := p.Phases.Phases(c.Std())
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Stock.Now())
	if err != nil {
		return err
	}
	t := c.T
	waves, districts := []ui.Option{{Label: t.Say("install.form.choose")}}, []ui.Option{{Label: t.Say("install.form.choose")}}
	for _, x := range phases {
		waves = append(waves, ui.Option{Value: x.Code, Label: t.Say("install.phase.units", "phase", x.Name, "n", len(x.Units))})
	}
	for _, d := range tree.Districts() {
		if c.Who.Covers(Plan, d.Code) || slices.ContainsFunc(tree.Under(d.Code), func(u string) bool { return c.Who.Covers(Plan, u) }) {
			districts = append(districts, ui.Option{Value: d.Code, Label: d.Title()})
		}
	}
	return p.site.Form(c, p.frame(c, t.Say("install.plan")), refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, ui.HeaderData{Title: t.Say("install.plan"), Lead: t.Say("install.plan.lead"), Crumbs: []ui.Crumb{{Label: t.Say("install.title"), Href: home}, {Label: t.Say("install.plan")}}},
			ui.FormData{Action: home + "/plan", Errors: e, Submit: t.Say("install.plan.submit"), Cancel: home, Fields: []ui.Field{
				{Kind: ui.Select, Name: "software", Label: t.Say("install.software"), Options: softwareOptions(all), Value: c.FormValue("software"), Required: true},
				{Kind: ui.Select, Name: "phase", Label: t.Say("install.phase"), Options: waves, Value: c.FormValue("phase")},
				{Kind: ui.Select, Name: "district", Label: t.Say("install.district"), Hint: t.Say("install.district.hint"), Options: districts, Value: c.FormValue("district")}}})
	})
}

func (p *pages) plan(c *httpx.Ctx) error {
	n, err := p.Plan(c.Std(), c.Who, PlanForm{Software: ident.ID(c.FormValue("software")), Phase: c.FormValue("phase"), District: c.FormValue("district"), Unit: c.FormValue("unit")})
	if err != nil {
		return p.askPlan(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("install.planned", "n", n))
	if unit := c.FormValue("unit"); unit != "" {
		return c.See(offline.Prefix + "/installs?unit=" + unit)
	}
	return c.See(home)
}
