package inventory

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/readiness"
	"lotrinh/inventory/views"
)

func (p pages) newAsset(c *httpx.Ctx) error {
	if err := c.Who.Need(Edit); err != nil {
		return err
	}
	kind := c.Query("kind")
	if !slices.Contains(Kinds, Kind(kind)) {
		kind = string(PC)
	}
	return p.askAsset(c, nil, AssetForm{Unit: c.Query("unit"), Kind: kind, State: string(InUse)}, nil)
}

// askAsset shows the form of an asset; old is nil for a new one.
func (p pages) askAsset(c *httpx.Ctx, old *Asset, f AssetForm, refused error) error {
	t := c.T
	title, action, cancel := t.Say("inventory.asset.add"), "/inventory/assets", "/inventory"
	hidden := []ui.Hidden{p.once(), {Name: "kind", Value: f.Kind}}
	if f.Unit != "" {
		cancel = "/inventory/units/" + url.PathEscape(f.Unit)
	}
	states := States
	if old != nil {
		title, action = t.Say("inventory.asset.edit"), "/inventory/assets/"+string(old.ID)
		cancel = action
		hidden = []ui.Hidden{{Name: "version", Value: c.FormValue("version")}}
		if hidden[0].Value == "" {
			hidden[0].Value = strconv.FormatInt(old.Version, 10)
		}
		states = append([]State{old.State}, old.State.Next()...)
	}
	units, err := p.unitOptions(c, Edit)
	if err != nil {
		return err
	}
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		v := views.Form{Header: ui.HeaderData{Title: title, Lead: t.Say("inventory.asset.form.lead")}, Label: t.Say("inventory.column.kind"),
			Form: ui.FormData{Action: action, Errors: e, Submit: t.Say("inventory.asset.save"), Cancel: cancel, Hidden: hidden}}
		if old == nil {
			v.Tabs = kindTabs(t, f)
			v.Fields = []ui.Field{{Kind: ui.Select, Name: "unit", Label: t.Say("inventory.column.unit"), Options: units, Value: f.Unit, Required: true, Error: e.Of("unit")}}
		}
		v.Fields = append(v.Fields, assetFields(t, f, states, e)...)
		if old != nil && len(states) > 1 {
			v.Fields = append(v.Fields, ui.Field{Name: "said", Label: t.Say("inventory.asset.said"), Hint: t.Say("inventory.asset.said.hint"), Value: f.Said, Max: mostSaid, Error: e.Of("said")})
		}
		if old != nil && c.Who.Covers(Inspect, old.Unit) {
			v.Fields = append(v.Fields, ui.Field{Kind: ui.Check, Name: "seen", Label: t.Say("inventory.asset.seen"), Value: c.FormValue("seen")})
		}
		return views.FormPage(t, v)
	})
}

func kindTabs(t i18n.T, f AssetForm) []ui.Tab {
	var out []ui.Tab
	for _, k := range Kinds {
		q := url.Values{"kind": {string(k)}}
		if f.Unit != "" {
			q.Set("unit", f.Unit)
		}
		out = append(out, ui.Tab{Label: t.Say("inventory.kind." + string(k)), Href: "/inventory/assets/new?" + q.Encode(), Active: string(k) == f.Kind, Count: -1})
	}
	return out
}

func assetFields(t i18n.T, f AssetForm, states []State, e ui.Errors) []ui.Field {
	var options []ui.Option
	for _, s := range states {
		options = append(options, ui.Option{Value: string(s), Label: t.Say("inventory.state." + string(s))})
	}
	var out []ui.Field
	for _, d := range details {
		field := ui.Field{Name: d.name, Label: t.Say("inventory.column." + d.name), Value: *d.typed(&f), Required: d.name == "name", Max: d.most, Error: e.Of(d.name)}
		switch {
		case d.most == 0:
			field.Kind, field.Narrow = ui.Date, true
		case d.name == "note":
			field.Kind, field.Rows = ui.Area, 2
		case d.name != "serial" && d.name != "tag":
			field.Hint = t.Say("inventory.column." + d.name + ".hint")
		}
		out = append(out, field)
		if d.name == "place" {
			out = append(out, ui.Field{Kind: ui.Select, Name: "state", Label: t.Say("inventory.column.state"), Options: options, Value: f.State, Required: true, Error: e.Of("state")})
		}
	}
	for _, n := range FactNames(Kind(f.Kind)) {
		out = append(out, factField(t, n, f.Facts[n], e.Of("fact_"+n)))
	}
	return out
}

func factField(t i18n.T, name, value, refused string) ui.Field {
	field := ui.Field{Name: "fact_" + name, Label: t.Say("inventory.fact." + name), Value: value, Error: refused, Narrow: true}
	info, _ := infoOf(name)
	none := []ui.Option{{Label: t.Say("inventory.fact.not_known")}}
	switch info.typ {
	case system:
		field.Kind, field.Options = ui.Select, none
		for _, v := range Systems {
			field.Options = append(field.Options, ui.Option{Value: v, Label: t.Say("inventory.os." + v)})
		}
		if value != "" && !slices.Contains(Systems, value) {
			field.Options = append(field.Options, ui.Option{Value: value, Label: value})
		}
	case bits:
		field.Kind = ui.Select
		field.Options = append(none, ui.Option{Value: "64", Label: t.Say("inventory.bits", "n", "64")}, ui.Option{Value: "32", Label: t.Say("inventory.bits", "n", "32")})
	case yesNo:
		field.Kind = ui.Select
		field.Options = append(none, ui.Option{Value: "yes", Label: t.Say("inventory.fact.yes")}, ui.Option{Value: "no", Label: t.Say("inventory.fact.no")})
	default:
		field.Label += " (" + t.Say("inventory.unit."+name) + ")"
		field.Attrs = templ.Attributes{"inputmode": "decimal"}
	}
	return field
}

func readAsset(c *httpx.Ctx, kind string) AssetForm {
	f := AssetForm{Unit: c.FormValue("unit"), Kind: kind, State: c.FormValue("state"), Seen: c.FormValue("seen") != "", Said: c.FormValue("said"), Facts: map[string]string{}}
	for _, d := range details {
		*d.typed(&f) = c.FormValue(d.name)
	}
	for _, n := range FactNames(Kind(kind)) {
		f.Facts[n] = c.FormValue("fact_" + n)
	}
	return f
}

func (p pages) addAsset(c *httpx.Ctx) error {
	if err := c.Who.Need(Edit); err != nil {
		return err
	}
	f := readAsset(c, c.FormValue("kind"))
	f.Seen = false
	a, err := p.AddAsset(c.Std(), c.Who, f)
	if err != nil {
		return p.askAsset(c, nil, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("inventory.asset.saved", "code", a.Code))
	return c.See("/inventory/units/" + a.Unit)
}

func (p pages) editAsset(c *httpx.Ctx) error {
	a, err := p.editable(c)
	if err != nil {
		return err
	}
	f := formOfAsset(a.Asset)
	for _, k := range a.Facts {
		if k.Source == readiness.Declared {
			f.Facts[k.Name] = k.Value
		}
	}
	return p.askAsset(c, &a.Asset, f, nil)
}

// editable is the asset of the address, when the reader may change it.
func (p pages) editable(c *httpx.Ctx) (AssetView, error) {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return AssetView{}, err
	}
	if err := c.Who.Need(Edit); err != nil {
		return AssetView{}, err
	}
	a, _, err := p.Asset(c.Std(), c.Who, id)
	if err != nil {
		return a, err
	}
	return a, c.Who.NeedAt(Edit, a.Unit)
}

func (p pages) changeAsset(c *httpx.Ctx) error {
	a, err := p.editable(c)
	if err != nil {
		return err
	}
	f := readAsset(c, string(a.Kind))
	f.Unit = a.Unit
	version, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		version = 0 // no asset has it: the answer is that it was changed meanwhile
	}
	if _, err := p.ChangeAsset(c.Std(), c.Who, a.ID, version, f); err != nil {
		if fault.HasKey(err, "inventory.asset.bad_move") {
			err = onField("state", err)
		}
		return p.askAsset(c, &a.Asset, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("inventory.asset.saved", "code", a.Code))
	return c.See("/inventory/assets/" + string(a.ID))
}
