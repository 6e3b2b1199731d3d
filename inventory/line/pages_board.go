package line

import (
	"context"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/line/views"
)

// Beside is a page of another room that belongs beside the board, such as that of the
// agents that have fallen silent.
type Beside struct {
	Label, SoWhat i18n.Key
	Href          func(district string) string
	// Count is how many of its things wait in the reader's units of a district, of all
	// districts when it is empty.
	Count func(ctx context.Context, who access.Actor, district string) (int64, error)
}

func (p *pages) board(c *httpx.Ctx) error {
	f := Filter{Health: Health(c.Query("health")), District: c.Query("district"), Provider: c.Query("provider"), Probed: c.Query("probed")}
	if !slices.Contains(Healths, f.Health) {
		f.Health = ""
	}
	b, err := p.Lines(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	providers, err := p.Providers(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	v := views.Listed{Head: ui.HeaderData{Title: t.Say("line.title"), Lead: t.Say("line.lead"), More: p.boardActions(c)}, Figures: boardFigures(t, b, f)}
	for _, one := range p.beside {
		n, err := one.Count(c.Std(), c.Who, f.District)
		if err != nil {
			return err
		}
		d := ui.FigureData{Label: t.Say(string(one.Label)), Value: t.Int(n), SoWhat: t.Say(string(one.SoWhat)), Href: one.Href(f.District)}
		if n > 0 {
			d.Tone = ui.Warn
		}
		v.Figures = append(v.Figures, d)
	}
	filter := p.boardFilter(t, c.Who, b, f, providers)
	v.Filter = &filter
	v.Table = p.boardTable(t, b, f)
	if c.Who.May(Measure) {
		v.Head.Action = &ui.Action{Label: t.Say("line.measure.title"), Href: home + "/measure", Icon: "player-play"}
	}
	return p.show(c, v.Head.Title, views.List(t, v))
}

func (p *pages) boardActions(c *httpx.Ctx) []ui.Action {
	t := c.T
	var out []ui.Action
	if c.Who.May(inventory.Edit) {
		out = append(out, ui.Action{Label: t.Say("line.new"), Href: home + "/new", Icon: "plus"})
	}
	out = append(out, ui.Action{Label: t.Say("line.providers"), Href: home + "/providers", Icon: "building"})
	return out
}

func boardFigures(t i18n.T, b Board, f Filter) []ui.FigureData {
	var out []ui.FigureData
	for _, h := range Healths {
		narrowed := f
		narrowed.Health = h
		d := ui.FigureData{Label: t.Say("line.health." + string(h)), Value: t.Int(b.Counts[h]), SoWhat: t.Say("line.health." + string(h) + ".so_what"), Href: narrowed.href("")}
		if b.Counts[h] > 0 {
			d.Tone = tones[h]
		}
		out = append(out, d)
	}
	return out
}

func (p *pages) boardFilter(t i18n.T, who access.Actor, b Board, f Filter, providers []Provider) ui.FilterData {
	healths := []ui.Option{{Label: t.Say("line.filter.every_health")}}
	for _, h := range Healths {
		healths = append(healths, ui.Option{Value: string(h), Label: t.Say("line.health." + string(h))})
	}
	districts := []ui.Option{{Label: t.Say("inventory.filter.every_district")}}
	for _, d := range b.Tree.Districts() {
		if who.Covers(inventory.Look, d.Code) {
			districts = append(districts, ui.Option{Value: d.Code, Label: d.Title()})
		}
	}
	names := []ui.Option{{Label: t.Say("line.filter.every_provider")}}
	for _, one := range providers {
		names = append(names, ui.Option{Value: string(one.ID), Label: one.Name})
	}
	d := ui.FilterData{Action: home, Results: "results", Fields: []ui.Field{
		{Kind: ui.Select, Name: "health", Label: t.Say("line.state"), Options: healths, Value: string(f.Health)},
		{Kind: ui.Select, Name: "district", Label: t.Say("inventory.column.district"), Options: districts, Value: f.District},
		{Kind: ui.Select, Name: "provider", Label: t.Say("line.provider"), Options: names, Value: f.Provider},
		{Kind: ui.Select, Name: "probed", Label: t.Say("line.filter.probed"), Value: f.Probed, Options: []ui.Option{{Label: t.Say("inventory.filter.all")}, {Value: "no", Label: t.Say("line.filter.not_probed")}}}}}
	if f != (Filter{}) {
		d.Clear = home
	}
	return d
}

func (p *pages) boardTable(t i18n.T, b Board, f Filter) ui.TableData {
	d := ui.TableData{Caption: t.Say("line.caption"), Count: -1, Columns: []ui.Column{{Label: t.Say("line.line")}, {Label: t.Say("line.state")}, {Label: t.Say("line.column.rtt"), Num: true},
		{Label: t.Say("line.column.loss"), Num: true, Quiet: true}, {Label: t.Say("line.column.speed"), Num: true}, {Label: t.Say("line.column.availability"), Num: true, Quiet: true}, {Label: t.Say("line.provider"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "search", Title: t.Say("line.none"), Text: t.Say("line.none.hint")}, Pager: &ui.PagerData{Shown: len(b.Rows.Items)}}
	for _, r := range b.Rows.Items {
		href := home + "/" + string(r.Asset)
		speed := ui.Text(orNothing(t, factDown, r.Down))
		if promised := r.Contract[factContract]; promised != "" {
			speed = ui.Two(orNothing(t, factDown, r.Down), t.Say("line.of_contract", "value", inventory.SayFact(t, factContract, promised)))
		}
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, b.Tree.Place(r.Unit), r.Name+" · "+r.Code), views.State(badge(t, r.Health), t.Say("line.since.short", "since", r.Since)),
			ui.Text(orNothing(t, factRTT, r.P95)), ui.Text(orNothing(t, factLoss, r.Loss)), speed, ui.Text(orNothing(t, factAvailability, r.Availability)), ui.Two(r.ProviderName, r.Circuit)}}
		if r.Health == Dead {
			row.Tone = ui.Late
		}
		d.Rows = append(d.Rows, row)
	}
	if b.Rows.Next != "" {
		d.Pager.Next = f.href(b.Rows.Next)
	}
	if !b.Rows.First {
		d.Pager.First = f.href("")
	}
	return d
}

func (p *pages) newLine(c *httpx.Ctx) error {
	if err := c.Who.Need(inventory.Edit); err != nil {
		return err
	}
	return p.askLine(c, nil, Form{Unit: c.Query("unit")}, nil)
}

// askLine asks about a new line, or about the one given.
func (p *pages) askLine(c *httpx.Ctx, of *View, f Form, refused error) error {
	t := c.T
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	providers, err := p.Providers(c.Std(), c.Who)
	if err != nil {
		return err
	}
	names := []ui.Option{{Label: t.Say("line.provider.unknown")}}
	for _, one := range providers {
		if one.Active || string(one.ID) == f.Provider {
			names = append(names, ui.Option{Value: string(one.ID), Label: one.Name})
		}
	}
	title, form := t.Say("line.new"), ui.FormData{Action: home, Submit: t.Say("line.save"), Cancel: home}
	may := c.Who.May(Configure)
	if of == nil {
		form.Fields = []ui.Field{
			{Kind: ui.Select, Name: "unit", Label: t.Say("inventory.column.unit"), Options: unitOptions(t, tree, c.Who, inventory.Edit), Value: f.Unit, Required: true},
			{Name: "name", Label: t.Say("line.name"), Hint: t.Say("line.name.hint"), Value: f.Name, Required: true, Max: longestName},
			{Name: "place", Label: t.Say("line.place"), Value: f.Place, Max: longestName}}
	} else {
		title, may = t.Say("line.edit.of", "name", of.Name, "place", of.Place), c.Who.Covers(Configure, of.Unit)
		form.Action, form.Cancel = home+"/"+string(of.Asset), home+"/"+string(of.Asset)
		form.Hidden = []ui.Hidden{{Name: "version", Value: strconv.FormatInt(of.Version, 10)}}
	}
	form.Fields = append(form.Fields,
		ui.Field{Kind: ui.Select, Name: "provider", Label: t.Say("line.provider"), Options: names, Value: f.Provider},
		ui.Field{Name: "circuit", Label: t.Say("line.circuit"), Hint: t.Say("line.circuit.hint"), Value: f.Circuit, Max: longestReference, Narrow: true},
		ui.Field{Name: "contract_down", Label: t.Say("line.contract_down"), Hint: t.Say("line.contract.hint"), Value: f.ContractDown, Narrow: true},
		ui.Field{Name: "contract_up", Label: t.Say("line.contract_up"), Value: f.ContractUp, Narrow: true})
	if may {
		form.Fields = append(form.Fields, ui.Field{Name: "target", Label: t.Say("line.target"), Hint: t.Say("line.target.hint"), Value: f.Target, Max: longestTarget})
	} else {
		form.Hidden = append(form.Hidden, ui.Hidden{Name: "target", Value: f.Target})
	}
	return p.shown(c, title, refused, func(e ui.Errors) templ.Component {
		form.Errors = e
		return views.FormPage(t, views.Form{Head: ui.HeaderData{Title: title, Crumbs: crumbs(t, ui.Crumb{Label: title})}, Form: form})
	})
}

func typed(c *httpx.Ctx) Form {
	return Form{Unit: c.FormValue("unit"), Name: c.FormValue("name"), Place: c.FormValue("place"), Provider: c.FormValue("provider"), Circuit: c.FormValue("circuit"),
		ContractDown: c.FormValue("contract_down"), ContractUp: c.FormValue("contract_up"), Target: c.FormValue("target")}
}

func (p *pages) add(c *httpx.Ctx) error {
	if err := c.Who.Need(inventory.Edit); err != nil {
		return err
	}
	f := typed(c)
	a, err := p.Add(c.Std(), c.Who, f)
	if err != nil {
		return p.askLine(c, nil, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("line.saved", "code", a.Code))
	return c.See(home + "/" + string(a.ID))
}

func (p *pages) edit(c *httpx.Ctx) error { return p.editLine(c, nil, nil) }

func (p *pages) editLine(c *httpx.Ctx, f *Form, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Line(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	if err := c.Who.NeedAt(inventory.Edit, v.Unit); err != nil {
		return err
	}
	if f == nil {
		f = &Form{Provider: string(v.Line.Provider), Circuit: v.Circuit, ContractDown: v.Contract[factContract], ContractUp: v.Contract[factContractUp], Target: v.Target}
	}
	return p.askLine(c, &v, *f, refused)
}

func (p *pages) save(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	f := typed(c)
	a, err := p.Save(c.Std(), c.Who, key, c.Version(), f)
	if err != nil {
		if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
			return err
		}
		return p.editLine(c, &f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("line.saved", "code", a.Code))
	return c.See(home + "/" + string(key))
}
