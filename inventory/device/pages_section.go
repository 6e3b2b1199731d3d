package device

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/device/views"
)

// mostEntries is how many entries of a section one page shows.
const mostEntries = 500

func (p *pages) section(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	name, err := url.PathUnescape(c.Params("name"))
	if err != nil {
		name = c.Params("name")
	}
	d, s, all, err := p.SectionOf(c.Std(), c.Who, key, name)
	if err != nil {
		return err
	}
	t := c.T
	title := sectionTitle(t, s.Name)
	v := views.SectionView{Head: ui.HeaderData{Title: title, Lead: t.Say("device.section.since", "at", t.Moment(s.Since)),
		Crumbs: []ui.Crumb{{Label: t.Say("device.list"), Href: homePath}, {Label: d.Title(), Href: homePath + "/" + string(d.ID)}, {Label: title}}}}
	switch {
	case s.Entries > 0 && len(all) == 0:
		v.None = t.Say("device.section.forgotten")
	case len(all) == 0:
		v.None = t.Say("device.section.empty")
	case s.Name == softwares:
		v.Filter = &ui.FilterData{Action: homePath + "/" + string(d.ID) + "/sections/" + softwares, Results: "results",
			Fields: []ui.Field{{Kind: ui.Search, Name: "q", Label: t.Say("device.software.find"), Value: c.Query("q")}}}
		table := programTable(t, all, c.Query("q"))
		v.Table = &table
	default:
		v.Groups = groups(t, all)
	}
	return p.show(c, title, homePath, nil, func(ui.Errors) templ.Component { return views.SectionPage(t, v) })
}

// programTable are the programs whose names have all the words.
func programTable(t i18n.T, all []Entry, q string) ui.TableData {
	want := fold.Key(q)
	table := ui.TableData{Caption: t.Say("device.software"), Count: 0, Columns: []ui.Column{{Label: t.Say("device.software.name")}, {Label: t.Say("device.software.version")},
		{Label: t.Say("device.software.publisher"), Quiet: true}}, Empty: ui.EmptyData{Title: t.Say("device.software.none")}}
	for _, x := range all {
		if !strings.Contains(fold.Key(x.Of("NAME")), want) {
			continue
		}
		table.Count++
		if len(table.Rows) < mostEntries {
			table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Text(x.Of("NAME")), ui.Text(x.Of("VERSION")), ui.Text(x.Of("PUBLISHER"))}})
		}
	}
	return table
}

// groups are the entries of a section, a list of facts each; a field whose word we do
// not have is shown by the name that the agent gives it.
func groups(t i18n.T, all []Entry) [][]ui.Fact {
	var out [][]ui.Fact
	for _, x := range all[:min(len(all), mostEntries)] {
		var facts []ui.Fact
		for _, f := range x {
			if f.Value == "" {
				continue
			}
			label := f.Name
			if k := "device.field." + strings.ToLower(strings.ReplaceAll(f.Name, "/", "_")); t.Has(k) {
				label = t.Say(k)
			}
			facts = append(facts, ui.Fact{Label: label, Text: f.Value})
		}
		out = append(out, facts)
	}
	return out
}
