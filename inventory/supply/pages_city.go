package supply

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/supply/views"
)

// short is what one district lacks, in pieces.
type short struct {
	units  map[string]bool // communes that lack something
	kinds  map[inventory.Kind]int64
	asked  int64 // of them, in a request already
	advice int64 // what should be there and need not
}

// shortOf puts the needs of many communes together by district; advice is counted apart.
func shortOf(tree *org.Tree, needs []Need) map[string]short {
	out := map[string]short{}
	for _, n := range needs {
		at := tree.District(n.Unit)
		s, ok := out[at]
		if !ok {
			s = short{units: map[string]bool{}, kinds: map[inventory.Kind]int64{}}
		}
		if n.advice() {
			s.advice += n.Quantity
		} else {
			s.units[n.Unit] = true
			s.kinds[n.Kind] += n.Quantity
			if n.Request != "" {
				s.asked += n.Quantity
			}
		}
		out[at] = s
	}
	return out
}

// cityNeeds is the shopping list of everything: a row for each district, a column for
// each kind of which something lacks. What a district lacks stands on its own list,
// where it is asked for.
func (p *pages) cityNeeds(c *httpx.Ctx, tree *org.Tree, at string, all []org.Unit, needs []Need) error {
	t := c.T
	by := shortOf(tree, needs)
	kinds := map[inventory.Kind]int64{}
	for _, s := range by {
		for k, n := range s.kinds {
			kinds[k] += n
		}
	}
	title := t.Say("supply.needs.of", "place", tree.Place(at))
	v := views.Listed{Head: ui.HeaderData{Title: title, Lead: t.Say("supply.city.lead"), Action: &ui.Action{Label: t.Say("supply.xlsx"), Href: Home + "/list.xlsx?district=" + at, Icon: "download"}},
		Filter: ui.FilterData{Action: Home, Results: "results", Presets: p.places(t, Home), Fields: []ui.Field{placeField(c, tree, all, at)}}}
	table := ui.TableData{Caption: title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("supply.district")}, {Label: t.Say("supply.city.communes"), Num: true}}}
	shown := slices.DeleteFunc(slices.Clone(inventory.Kinds), func(k inventory.Kind) bool { return kinds[k] == 0 })
	for _, k := range shown {
		table.Columns = append(table.Columns, ui.Column{Label: capital(kindWord(t, k)), Num: true})
		v.Figures = append(v.Figures, ui.FigureData{Label: capital(kindWord(t, k)), Value: t.Int(kinds[k]), SoWhat: t.Say("supply.city.must")})
	}
	table.Columns = append(table.Columns, ui.Column{Label: t.Say("supply.needs.asked"), Num: true}, ui.Column{Label: t.Say("supply.city.advice"), Num: true})
	for _, d := range all {
		s, ok := by[d.Code]
		if !ok {
			continue
		}
		href := Home + "?district=" + d.Code
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, d.Title(), ""), ui.Number(t, int64(len(s.units)))}}
		for _, k := range shown {
			row.Cells = append(row.Cells, ui.Number(t, s.kinds[k]))
		}
		row.Cells = append(row.Cells, ui.Number(t, s.asked), ui.Number(t, s.advice))
		table.Rows = append(table.Rows, row)
	}
	v.Sections = []views.Section{{Card: ui.CardData{Flush: true}, Table: table}}
	if len(table.Rows) == 0 {
		v.Sections, v.Figures = nil, nil
		v.None = &ui.EmptyData{Icon: "clipboard-check", Title: t.Say("supply.needs.none"), Text: t.Say("supply.needs.none_text")}
	}
	return p.show(c, title, views.ListPage(t, v))
}

// city is the code of everything, for who may look everywhere; else empty.
func city(c *httpx.Ctx, tree *org.Tree) string {
	for _, u := range tree.Roots() {
		if c.Who.Covers(inventory.Look, u.Code) {
			return u.Code
		}
	}
	return ""
}

// placeField chooses the city or a district.
func placeField(c *httpx.Ctx, tree *org.Tree, all []org.Unit, value string) ui.Field {
	f := districtField(c.T, all, false, value)
	if root := city(c, tree); root != "" {
		f.Options = slices.Insert(f.Options, 0, ui.Option{Value: root, Label: c.T.Say("supply.city.all")})
	}
	return f
}

// capital begins a label with a capital letter.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}
