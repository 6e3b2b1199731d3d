package inventory

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/views"
)

// choice is which assets of the list were chosen: these, or all that the filter of the
// address finds.
type choice struct {
	ids    []ident.ID
	all    bool
	filter AssetFilter
}

func (p pages) readChoice(c *httpx.Ctx) choice {
	ch := choice{all: c.FormValue("all") != "" || c.Query("all") != "", filter: readFilter(c.Query)}
	raw := c.Request().PostArgs().PeekMulti("asset")
	if one := c.Query("asset"); one != "" {
		raw = append(raw, []byte(one))
	}
	for _, r := range raw {
		if id, err := ident.Parse(string(r)); err == nil && len(ch.ids) <= mostEdited {
			ch.ids = append(ch.ids, id)
		}
	}
	return ch
}

// hidden is the choice as hidden fields of the next step, whose address keeps the filter.
func (ch choice) hidden() []ui.Hidden {
	if ch.all {
		return []ui.Hidden{{Name: "all", Value: "1"}}
	}
	out := make([]ui.Hidden, len(ch.ids))
	for i, id := range ch.ids {
		out[i] = ui.Hidden{Name: "asset", Value: string(id)}
	}
	return out
}

// picked goes on with what was chosen in the list: to the form of labels, or through a
// change of many assets: what to change, what will change and what not, done.
func (p pages) picked(c *httpx.Ctx) error {
	if c.FormValue("do") == "labels" {
		return p.askLabels(c, nil)
	}
	if err := c.Who.Need(Edit); err != nil {
		return err
	}
	ch := p.readChoice(c)
	e := AssetEdit{Assets: ch.ids, State: State(c.FormValue("state")), Said: c.FormValue("said"), Values: map[string]string{}}
	for _, name := range editables {
		e.Values[name] = c.FormValue(name)
	}
	if ch.all {
		var err error
		if e.Assets, err = p.chosen(c.Std(), c.Who, Edit, ch.filter, mostEdited); err != nil {
			return err
		}
	}
	switch c.FormValue("do") {
	case "preview":
		lines, err := p.PreviewEdit(c.Std(), c.Who, e)
		if err != nil {
			return p.askEdit(c, ch, e, err)
		}
		return p.showEdit(c, lines, &ch, e)
	case "go":
		return p.goEdit(c, ch, e)
	}
	return p.askEdit(c, ch, e, nil)
}

// goEdit does it: a few at once, many by a job that can be left and found again.
func (p pages) goEdit(c *httpx.Ctx, ch choice, e AssetEdit) error {
	if err := e.check(c.Who); err != nil {
		return p.askEdit(c, ch, e, err)
	}
	if len(e.Assets) > fewEdited && p.jobs != nil {
		var id ident.ID
		err := p.db.InTx(c.Std(), func(ctx context.Context, tx *db.Tx) error {
			var err error
			id, err = p.jobs.Start(ctx, tx, EditJob, c.Who, e)
			return err
		})
		if err != nil {
			return err
		}
		return c.See("/jobs/" + string(id))
	}
	lines, err := p.DoEdit(c.Std(), c.Who, e)
	if err != nil {
		return err
	}
	return p.showEdit(c, lines, nil, e)
}

// editDone is what became of each asset of a change that a job made.
func (p pages) editDone(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if p.jobs == nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	r, err := p.jobs.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	var lines []EditLine
	if r.Kind != EditJob || r.State != job.Done || r.Into(&lines) != nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	return p.showEdit(c, lines, nil, AssetEdit{})
}

func (p pages) listCrumbs(t i18n.T, title string) []ui.Crumb {
	return []ui.Crumb{{Label: t.Say("inventory.tab.assets"), Href: assetsAt}, {Label: title}}
}

func (p pages) askEdit(c *httpx.Ctx, ch choice, e AssetEdit, refused error) error {
	t := c.T
	title := t.Say("inventory.bulk.title")
	states := []ui.Option{{Label: t.Say("inventory.bulk.keep")}}
	for _, s := range States {
		states = append(states, ui.Option{Value: string(s), Label: t.Say("inventory.state." + string(s))})
	}
	fields := []ui.Field{{Kind: ui.Select, Name: "state", Label: t.Say("inventory.column.state"), Options: states, Value: string(e.State)},
		{Name: "said", Label: t.Say("inventory.asset.said"), Hint: t.Say("inventory.asset.said.hint"), Value: e.Said, Max: mostSaid}}
	for _, d := range details {
		if value, ok := e.Values[d.name]; ok {
			f := ui.Field{Name: d.name, Label: t.Say("inventory.column." + d.name), Value: value, Max: d.most, Narrow: d.most == 0}
			if d.most == 0 {
				f.Hint = t.Say("inventory.column." + d.name + ".hint")
			}
			fields = append(fields, f)
		}
	}
	return p.again(c, title, refused, func(err ui.Errors) templ.Component {
		return views.FormPage(t, views.Form{Header: ui.HeaderData{Title: title, Crumbs: p.listCrumbs(t, title), Lead: t.Say("inventory.bulk.lead", "n", len(e.Assets))},
			Form: ui.FormData{Action: ch.filter.href("/inventory/picked"), Submit: t.Say("inventory.bulk.see"), Cancel: ch.filter.href(assetsAt), Errors: err, Fields: fields,
				Hidden: append(ch.hidden(), ui.Hidden{Name: "do", Value: "preview"})}})
	})
}

// showEdit is what will become of each asset, with the button that does it, or what has.
func (p pages) showEdit(c *httpx.Ctx, lines []EditLine, ch *choice, e AssetEdit) error {
	t, good := c.T, 0
	title := t.Say("inventory.bulk.title")
	d := ui.TableData{Caption: title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("inventory.asset")}, {Label: t.Say("inventory.bulk.outcome")}},
		Empty: ui.EmptyData{Icon: "search", Title: t.Say("inventory.bulk.none")}}
	for _, l := range lines {
		var cell templ.Component
		if l.Why.Key != "" {
			cell = ui.Badge(ui.State{Tone: ui.Warn, Word: t.Line(l.Why)})
		} else {
			good++
			var said []string
			for _, w := range l.Will {
				said = append(said, t.Line(w))
			}
			cell = views.Lines(said)
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Main(assetsAt+"/"+string(l.Asset), l.Name, l.Code), cell}})
	}
	v := views.Edited{Header: ui.HeaderData{Title: title, Crumbs: p.listCrumbs(t, title)}, Table: d,
		Note: ui.NoticeData{Tone: ui.Good, Title: t.Say("inventory.bulk.done", "n", good, "of", len(lines))}}
	if ch != nil {
		v.Note = ui.NoticeData{Tone: ui.Info, Title: t.Say("inventory.bulk.preview", "n", good, "of", len(lines))}
	}
	if ch != nil && good > 0 {
		hidden := append(ch.hidden(), ui.Hidden{Name: "do", Value: "go"}, ui.Hidden{Name: "state", Value: string(e.State)}, ui.Hidden{Name: "said", Value: e.Said})
		for _, name := range editables {
			hidden = append(hidden, ui.Hidden{Name: name, Value: e.Values[name]})
		}
		v.Go = &ui.FormData{Action: ch.filter.href("/inventory/picked"), Submit: t.Say("inventory.bulk.go", "n", good), Cancel: ch.filter.href(assetsAt), Loose: true, Hidden: hidden}
	}
	return p.show(c, title, views.EditedPage(t, v))
}

// labelForm asks on which sheet labels are printed.
func (p pages) labelForm(c *httpx.Ctx) error {
	if err := c.Who.Need(Look); err != nil {
		return err
	}
	return p.askLabels(c, nil)
}

func (p pages) askLabels(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(Look); err != nil {
		return err
	}
	t, ch := c.T, p.readChoice(c)
	title, n := t.Say("inventory.labels.title"), len(ch.ids)
	if ch.all {
		tally, err := p.TallyAssets(c.Std(), c.Who, ch.filter)
		if err != nil {
			return err
		}
		n = int(min(tally.Total, mostLabels))
	}
	sheet := ui.Field{Kind: ui.Radio, Name: "sheet", Label: t.Say("inventory.labels.sheet"), Value: c.FormValue("sheet"), Required: true}
	if sheet.Value == "" {
		sheet.Value = SheetNames[0]
	}
	for _, name := range SheetNames {
		sheet.Options = append(sheet.Options, ui.Option{Value: name, Label: t.Say("inventory.labels.sheet." + name), Hint: t.Say("inventory.labels.sheet." + name + ".hint")})
	}
	first := ui.Field{Kind: ui.Whole, Name: "first", Label: t.Say("inventory.labels.first"), Hint: t.Say("inventory.labels.first.hint"), Value: c.FormValue("first"), Narrow: true}
	if first.Value == "" {
		first.Value = "1"
	}
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, views.Form{Header: ui.HeaderData{Title: title, Crumbs: p.listCrumbs(t, title), Lead: t.Say("inventory.labels.lead", "n", n)},
			Form: ui.FormData{Action: ch.filter.href("/inventory/labels.pdf"), Submit: t.Say("inventory.labels.make"), Cancel: ch.filter.href(assetsAt), Loose: true, Errors: e,
				Fields: []ui.Field{sheet, first}, Hidden: ch.hidden()}})
	})
}

// labels hands the file of labels over.
func (p pages) labels(c *httpx.Ctx) error {
	if err := c.Who.Need(Look); err != nil {
		return err
	}
	ch := p.readChoice(c)
	first, err := strconv.Atoi(c.FormValue("first"))
	if err != nil {
		first = 0
	}
	ask := LabelAsk{Assets: ch.ids, Sheet: c.FormValue("sheet"), First: first}
	if ch.all {
		if ask.Assets, err = p.chosen(c.Std(), c.Who, Look, ch.filter, mostLabels); err != nil {
			return err
		}
	}
	raw, err := p.Labels(c.Std(), c.Who, c.T, ask)
	if err != nil {
		return p.askLabels(c, err)
	}
	return handOver(c, "nhan-thiet-bi.pdf", "application/pdf", raw)
}

// short leads from a scanned label to its asset.
func (p pages) short(c *httpx.Ctx) error {
	a, err := p.ByLabel(c.Std(), c.Who, c.Params("code"))
	if err != nil {
		return err
	}
	return c.See(assetsAt + "/" + string(a.ID))
}
