package services

import (
	"net/url"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	base "lotrinh/rollout/views"
)

func matrixAt(level Level, district, day string) string {
	q := url.Values{"level": {string(level)}}
	if district != "" {
		q.Set("district", district)
	}
	if day != "" {
		q.Set("day", day)
	}
	return home + "/matrix?" + q.Encode()
}

func (p *pages) matrix(c *httpx.Ctx) error {
	day := c.Query("day")
	m, err := p.Matrix(c.Std(), c.Who, Level(c.Query("level")), c.Query("district"), day)
	if err != nil {
		return err
	}
	t := c.T
	other := map[Level]Level{Commune: District, District: Commune}[m.Level]
	v := base.Matrix{
		Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: t.Say("services.matrix")}), Title: t.Say("services.matrix." + string(m.Level)), Lead: t.Say("services.matrix.lead", "day", dayWords(t, m.Day)),
			More: []ui.Action{{Label: t.Say("services.matrix." + string(other)), Href: matrixAt(other, "", day), Icon: "layout-grid"}}},
		Filter: ui.FilterData{Action: home + "/matrix", Results: "results", Hidden: []ui.Hidden{{Name: "level", Value: string(m.Level)}, {Name: "district", Value: m.District}},
			Fields: []ui.Field{{Kind: ui.Date, Name: "day", Label: t.Say("services.matrix.day"), Value: m.Day, Until: clock.Date(p.now()), Narrow: true}}},
		Table: matrixTable(c, m, day), KeyTitle: t.Say("services.matrix.keys"),
	}
	for _, g := range m.Groups {
		v.Keys = append(v.Keys, ui.Fact{Label: g.Key, Text: g.say(t)})
	}
	if m.District != "" && len(m.Lines) > 0 {
		tree, err := p.tree(c.Std(), p.now())
		if err != nil {
			return err
		}
		d, _ := tree.Unit(m.District)
		v.Header.Crumbs = crumbs(c, ui.Crumb{Label: t.Say("services.matrix"), Href: matrixAt(Commune, "", day)}, ui.Crumb{Label: d.Title()})
		v.Header.Title = d.Title() + " · " + v.Header.Title
	}
	return p.show(c, v.Header.Title, base.MatrixPage(t, v))
}

func matrixTable(c *httpx.Ctx, m Matrix, day string) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: t.Say("services.matrix." + string(m.Level)), Count: int64(len(m.Lines)), Columns: []ui.Column{{Label: t.Say("services.col.unit")}},
		Empty: ui.EmptyData{Icon: "map", Title: t.Say("services.matrix.none")}}
	for _, g := range m.Groups {
		d.Columns = append(d.Columns, ui.Column{Label: g.Key})
	}
	if m.District == "" && len(m.Lines) > 1 {
		d.Rows = append(d.Rows, ui.Row{Cells: append(cells(ui.Two(t.Say("services.matrix.total"), t.Say("services.matrix.dated", "day", dayWords(t, m.Day)))), squares(t, m.Total, false)...)})
	}
	for _, l := range m.Lines {
		one := m.District != "" || m.Level == District
		row := ui.Row{}
		switch {
		case one && c.Who.Covers(Tell, l.Unit):
			row.Href = home + "/units/" + l.Unit
		case !one:
			row.Href = matrixAt(Commune, l.Unit, day)
		}
		first := ui.Two(capital(l.Name), l.Pilot)
		if row.Href != "" {
			first = ui.Main(row.Href, capital(l.Name), l.Pilot)
		}
		row.Cells = append(cells(first), squares(t, l, one)...)
		d.Rows = append(d.Rows, row)
	}
	return d
}

// squares are the fields of a row: a step where the row is one unit, else x of N.
func squares(t i18n.T, l Line, one bool) []templ.Component {
	out := make([]templ.Component, len(l.Squares))
	for i, s := range l.Squares {
		if one {
			out[i] = ui.Badge(stepState(t, s.Step))
			continue
		}
		out[i] = base.Share(of(t, int64(s.Live), int64(s.N)), int64(s.Live), int64(s.N))
	}
	return out
}

func (p *pages) unit(c *httpx.Ctx) error { return p.showUnit(c, nil, "", nil) }

func (p *pages) showUnit(c *httpx.Ctx, typed map[string]string, note string, refused error) error {
	v, err := p.UnitGroups(c.Std(), c.Who, c.Params("unit"))
	if err != nil {
		return err
	}
	t := c.T
	title := capital(v.Unit.Full())
	back := matrixAt(levelOf(v.Unit), "", "")
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		form := base.FormPage{Header: ui.HeaderData{Crumbs: crumbs(c, ui.Crumb{Label: t.Say("services.matrix"), Href: back}, ui.Crumb{Label: title}), Title: title, Lead: t.Say("services.unit.lead")},
			Form: ui.FormData{Action: home + "/units/" + v.Unit.Code, Errors: e, Submit: t.Say("services.unit.save"), Cancel: back}}
		for _, g := range v.Groups {
			if g.Carried != "" {
				form.Facts = append(form.Facts, ui.Fact{Label: g.say(t), Value: ui.Badge(stepState(t, v.Steps[g.ID])), Age: t.Say("services.unit.carried")})
				continue
			}
			var options []ui.Option
			for _, s := range Steps {
				options = append(options, ui.Option{Value: s.word(), Label: stepWord(t, s)})
			}
			now := v.Steps[g.ID].word()
			value := now
			if was, there := typed["was-"+g.Key]; there {
				now, value = was, typed[g.Key]
			}
			form.Form.Hidden = append(form.Form.Hidden, ui.Hidden{Name: "was-" + g.Key, Value: now})
			form.Fields = append(form.Fields, ui.Field{Kind: ui.Select, Name: g.Key, Label: g.say(t), Value: value, Options: options, Narrow: true, Required: true, Error: e.Of(g.Key)})
		}
		form.Fields = append(form.Fields, ui.Field{Kind: ui.Area, Name: "note", Label: t.Say("services.note"), Hint: t.Say("services.note.hint"), Value: note, Rows: 2, Max: longestNote, Error: e.Of("note")})
		return base.OneForm(t, form)
	})
}

func (p *pages) fill(c *httpx.Ctx) error {
	v, err := p.UnitGroups(c.Std(), c.Who, c.Params("unit"))
	if err != nil {
		return err
	}
	var all []Cell
	typed := map[string]string{}
	for _, g := range v.Groups {
		to, was := c.FormValue(g.Key), c.FormValue("was-"+g.Key)
		if g.Carried != "" || to == "" {
			continue
		}
		typed[g.Key], typed["was-"+g.Key] = to, was
		all = append(all, Cell{Item: g.ID, From: stepTyped(was), To: stepTyped(to)})
	}
	n, err := p.Fill(c.Std(), c.Who, v.Unit.Code, all, c.FormValue("note"))
	if err != nil {
		if sameForm(err) {
			return p.showUnit(c, typed, c.FormValue("note"), err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("services.unit.saved", "n", n))
	return c.See(home + "/units/" + v.Unit.Code)
}
