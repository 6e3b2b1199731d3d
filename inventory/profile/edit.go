package profile

import (
	"fmt"
	"path"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/profile/views"
	"lotrinh/inventory/readiness"
)

// drafted is the draft that the address names, for who may change it.
func (p *pages) drafted(c *httpx.Ctx) (inventory.Profile, inventory.ProfileDraft, error) {
	if err := c.Who.Need(inventory.Publish); err != nil {
		return inventory.Profile{}, inventory.ProfileDraft{}, err
	}
	v, d, err := p.found(c)
	if err == nil && v.State != inventory.Drafted {
		err = fault.New(fault.Conflict, "inventory.profile.published_already")
	}
	return v, d, err
}

func lineAt(d inventory.ProfileDraft, code string) int {
	return slices.IndexFunc(d.Lines, func(l readiness.Line) bool { return l.Code == code })
}

func (p *pages) newLine(c *httpx.Ctx) error {
	v, _, err := p.drafted(c)
	if err != nil {
		return err
	}
	kind := c.Query("kind")
	if !slices.Contains(inventory.Kinds, inventory.Kind(kind)) {
		kind = string(inventory.PC)
	}
	f := formOf(readiness.Line{Kind: kind, Quantity: 1, Must: true, Distinct: true, MaxAge: 90})
	return p.editLine(c, v, "", f, nil)
}

func (p *pages) line(c *httpx.Ctx) error {
	v, d, err := p.drafted(c)
	if err != nil {
		return err
	}
	i := lineAt(d, c.Params("line"))
	if i < 0 {
		return fault.New(fault.Missing, "fault.missing")
	}
	return p.editLine(c, v, d.Lines[i].Code, formOf(d.Lines[i]), nil)
}

// saveLine saves a line of the form, or does to its rows what a button says.
func (p *pages) saveLine(c *httpx.Ctx) error {
	v, d, err := p.drafted(c)
	if err != nil {
		return err
	}
	code, f := c.Params("line"), readLine(c)
	if do := c.FormValue("do"); do != "" && do != "save" {
		f.Rows = act(f.Rows, do)
		return p.editLine(c, v, code, f, nil)
	}
	i := -1
	if code != "" {
		if i = lineAt(d, code); i < 0 {
			return fault.New(fault.Missing, "fault.missing")
		}
		f.Code, f.Kind = d.Lines[i].Code, d.Lines[i].Kind
	}
	l, err := f.line()
	if err == nil && i < 0 && lineAt(d, l.Code) >= 0 {
		var k fault.Check
		k.Need(false, "code", "inventory.profile.line_twice", "line", l.Code)
		err = k.Err()
	}
	if err != nil {
		return p.editLine(c, v, code, f, err)
	}
	if i < 0 {
		d.Lines = append(d.Lines, l)
	} else {
		d.Lines[i] = l
	}
	if _, err := p.SaveDraft(c.Std(), c.Who, v.ID, c.Version(), d); err != nil {
		return p.editLine(c, v, code, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("profile.saved"))
	return c.See(href(v))
}

// moveLine takes a line up, down or out of the draft.
func (p *pages) moveLine(c *httpx.Ctx) error {
	v, d, err := p.drafted(c)
	if err != nil {
		return err
	}
	i := lineAt(d, c.Params("line"))
	if i < 0 {
		return fault.New(fault.Missing, "fault.missing")
	}
	switch path.Base(c.Path()) {
	case "drop":
		d.Lines = slices.Delete(d.Lines, i, i+1)
	case "up":
		if i > 0 {
			d.Lines[i-1], d.Lines[i] = d.Lines[i], d.Lines[i-1]
		}
	case "down":
		if i < len(d.Lines)-1 {
			d.Lines[i+1], d.Lines[i] = d.Lines[i], d.Lines[i+1]
		}
	}
	if _, err := p.SaveDraft(c.Std(), c.Who, v.ID, c.Version(), d); err != nil {
		return err
	}
	return c.See(href(v))
}

// editLine shows the form of a line as it was typed.
func (p *pages) editLine(c *httpx.Ctx, v inventory.Profile, code string, f lineForm, refused error) error {
	t := c.T
	title, action := t.Say("profile.line.new"), href(v)+"/lines"
	if code != "" {
		title, action = t.Say("profile.line.edit"), href(v)+"/lines/"+code
	}
	if f.Version == "" {
		f.Version = strconv.FormatInt(v.Version, 10)
	}
	return p.site.Form(c, p.page(c, title), refused, func(e ui.Errors) templ.Component {
		out := views.LineView{Header: ui.HeaderData{Title: title, Lead: t.Say("inventory.kind." + f.Kind),
			Crumbs: []ui.Crumb{{Label: t.Say("inventory.profiles.title"), Href: at}, {Label: v.Title(t), Href: href(v)}, {Label: title}}},
			Form: ui.FormData{Action: action, Errors: e, Submit: t.Say("profile.line.save"), Cancel: href(v), Wide: true,
				Hidden: []ui.Hidden{{Name: "version", Value: f.Version}, {Name: "kind", Value: f.Kind}, {Name: "rows", Value: strconv.Itoa(len(f.Rows))}}},
			Head: headOf(t, f, code == "", e), Quantity: quantityOf(t, f, e), There: thereOf(t, f, e), RowsError: e.Of("rows")}
		if code == "" {
			out.Label = t.Say("inventory.column.kind")
			for _, k := range inventory.Kinds {
				out.Kinds = append(out.Kinds, ui.Tab{Label: t.Say("inventory.kind." + string(k)), Href: action + "/new?kind=" + string(k), Active: f.Kind == string(k), Count: -1})
			}
		}
		out.Rows = rowViews(t, f, e)
		return views.Line(t, out)
	})
}

func headOf(t i18n.T, f lineForm, fresh bool, e ui.Errors) []ui.Field {
	out := []ui.Field{{Name: "label_vi", Label: t.Say("profile.field.label_vi"), Value: f.LabelVI, Max: 120}, {Name: "label_en", Label: t.Say("profile.field.label_en"), Value: f.LabelEN, Max: 120}}
	if fresh {
		out = append([]ui.Field{{Name: "code", Label: t.Say("profile.field.code"), Hint: t.Say("profile.field.code.hint"), Value: f.Code, Required: true, Max: 60}}, out...)
	}
	out = append(out, ui.Field{Kind: ui.Radio, Name: "must", Label: t.Say("inventory.profiles.weight"), Value: f.Must, Options: []ui.Option{
		{Value: "must", Label: t.Say("inventory.profiles.must")}, {Value: "should", Label: t.Say("inventory.unit.should")}}})
	return withErrors(out, e)
}

func quantityOf(t i18n.T, f lineForm, e ui.Errors) []ui.Field {
	per := []ui.Option{{Label: t.Say("profile.per.fixed")}}
	for _, name := range readiness.SiteFacts {
		per = append(per, ui.Option{Value: name, Label: t.Say("profile.per.by", "of", i18n.Key("inventory.fact."+name))})
	}
	return withErrors([]ui.Field{
		{Kind: ui.Whole, Name: "quantity", Label: t.Say("profile.field.quantity_n"), Hint: t.Say("profile.field.quantity_n.hint"), Value: f.Quantity, Narrow: true},
		{Kind: ui.Select, Name: "per", Label: t.Say("profile.field.per"), Options: per, Value: f.Per},
		{Kind: ui.Whole, Name: "each", Label: t.Say("profile.field.each"), Hint: t.Say("profile.field.each.hint"), Value: f.Each, Narrow: true},
		{Kind: ui.Area, Name: "bands", Label: t.Say("profile.field.bands"), Hint: t.Say("profile.field.bands.hint"), Value: f.Bands, Rows: 3},
		{Kind: ui.Whole, Name: "per_age", Label: t.Say("profile.field.per_age"), Value: f.PerAge, Narrow: true},
		{Kind: ui.Check, Name: "distinct", Label: t.Say("profile.field.distinct_long"), Value: f.Distinct}}, e)
}

func thereOf(t i18n.T, f lineForm, e ui.Errors) []ui.Field {
	return withErrors([]ui.Field{
		{Kind: ui.Whole, Name: "max_age_days", Label: t.Say("profile.field.age"), Hint: t.Say("profile.field.age.hint"), Value: f.MaxAge, Narrow: true},
		{Kind: ui.Select, Name: "evidence_min", Label: t.Say("profile.field.evidence"), Options: evidenceOptions(t), Value: f.Evidence}}, e)
}

func withErrors(all []ui.Field, e ui.Errors) []ui.Field {
	for i := range all {
		all[i].Error = e.Of(all[i].Name)
	}
	return all
}

func evidenceOptions(t i18n.T) []ui.Option {
	out := []ui.Option{{Label: t.Say("profile.evidence.any")}}
	for _, s := range readiness.Sources[1:] {
		out = append(out, ui.Option{Value: string(s), Label: t.Say("readiness.evidence." + string(s))})
	}
	return out
}

// rowViews are the rows of the form, groups with what they hold.
func rowViews(t i18n.T, f lineForm, e ui.Errors) []views.RowView {
	at := 0
	return under(t, f, e, 0, &at)
}

func under(t i18n.T, f lineForm, e ui.Errors, depth int, at *int) []views.RowView {
	var out []views.RowView
	for *at < len(f.Rows) && f.Rows[*at].Depth >= depth {
		v := rowView(t, f, e, *at)
		*at++
		v.Under = under(t, f, e, f.Rows[*at-1].Depth+1, at)
		out = append(out, v)
	}
	return out
}

func rowView(t i18n.T, f lineForm, e ui.Errors, i int) views.RowView {
	r := f.Rows[i]
	field := func(kind ui.Kind, name, value string, options []ui.Option) ui.Field {
		return ui.Field{Kind: kind, Name: fmt.Sprintf("r%d_%s", i, name), Label: t.Say("profile.row." + name), Value: value, Options: options, Narrow: kind == ui.Whole}
	}
	var kinds, facts, ops []ui.Option
	for _, k := range rowKinds {
		kinds = append(kinds, ui.Option{Value: k, Label: t.Say("profile.row.kind." + k)})
	}
	for _, n := range inventory.AskedNames(inventory.Kind(f.Kind)) {
		label := t.Say("inventory.fact." + n)
		if u := "inventory.unit." + n; t.Has(u) {
			label += " (" + t.Say(u) + ")"
		}
		facts = append(facts, ui.Option{Value: n, Label: label})
	}
	for _, o := range readiness.Ops {
		ops = append(ops, ui.Option{Value: string(o), Label: t.Say("profile.op." + string(o))})
	}
	per := []ui.Option{{Label: t.Say("profile.row.per.none")}}
	for _, n := range readiness.SiteFacts {
		per = append(per, ui.Option{Value: n, Label: t.Say("inventory.fact." + n)})
	}
	v := views.RowView{N: i, Depth: ui.Hidden{Name: fmt.Sprintf("r%d_depth", i), Value: strconv.Itoa(r.Depth)}, Test: r.Kind == isTest, Error: e.Of("row" + strconv.Itoa(i)),
		Kind: field(ui.Select, "kind", r.Kind, kinds)}
	for _, do := range []string{"add", "up", "down", "in", "out", "drop"} {
		v.Do = append(v.Do, ui.SubmitData{Name: "do", Value: do + ":" + strconv.Itoa(i), Label: t.Say("profile.do." + do)})
	}
	v.Main = []ui.Field{field(ui.Select, "fact", r.Fact, facts), field(ui.Select, "op", r.Op, ops), field(ui.Line, "value", r.Value, nil)}
	v.Main[2].Error, v.Main[2].Narrow = v.Error, true
	v.More = []ui.Field{field(ui.Whole, "age", r.MaxAge, nil), field(ui.Select, "evidence", r.Evidence, evidenceOptions(t)), field(ui.Whole, "tolerance", r.Tolerance, nil),
		field(ui.Whole, "samples", r.Samples, nil), field(ui.Whole, "days", r.Day, nil), field(ui.Select, "per", r.Per, per)}
	for n := range v.Main {
		v.Main[n].Required = true
	}
	v.Kind.Required, v.Open = true, v.Error != ""
	for _, f := range v.More {
		if f.Value == "" {
			continue
		}
		said := f.Value
		for _, o := range f.Options {
			if o.Value == f.Value {
				said = o.Label
			}
		}
		v.Said = append(v.Said, f.Label+": "+said)
	}
	return v
}
