package imports

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/imports/views"
	"lotrinh/internal/site/ui"
)

// actions are what an import does with rows, in the order in which they are shown.
var actions = []importer.Action{importer.Bad, importer.Conflict, importer.Create, importer.Update, importer.Skip}

var actionTones = map[importer.Action]ui.Tone{importer.Bad: ui.Bad, importer.Conflict: ui.Warn, importer.Create: ui.Good, importer.Update: ui.Info, importer.Skip: ui.Neutral}

func countOf(r importer.Run, a importer.Action) int64 {
	switch a {
	case importer.Create:
		return r.Created
	case importer.Update:
		return r.Updated
	case importer.Skip:
		return r.Skipped
	case importer.Conflict:
		return r.Conflicts
	}
	return r.Bad
}

func (p Pages) run(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	return p.show(c, id, nil, nil)
}

// show is an import with its rows; refused is what an act on it came to.
func (p Pages) show(c *httpx.Ctx, id ident.ID, refused error, rows []importer.Refusal) error {
	status := 0
	if refused != nil {
		f := fault.Of(refused)
		if f.Kind != fault.Invalid && f.Kind != fault.Conflict {
			return refused
		}
		status = f.Kind.Status()
	}
	r, err := p.importer.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	spec, err := p.importer.Spec(c.Who, r.Kind)
	if err != nil {
		return err
	}
	only := importer.Action(c.Query("only"))
	if only == "" && r.State == importer.Previewed && r.Bad > 0 {
		only = importer.Bad
	}
	if only == "all" {
		only = ""
	}
	all, err := p.importer.Rows(c.Std(), c.Who, id, only, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	t := c.T
	state := stateOf(t, r.State)
	v := views.Run{
		Header: ui.HeaderData{Title: r.Name, State: &state, Lead: t.Say(spec.Title),
			Crumbs: []ui.Crumb{{Label: t.Say(spec.Title), Href: "/imports/" + spec.Kind}, {Label: r.Name}}},
		Figures: figures(t, spec, r), Label: t.Say("imports.rows"), Tabs: tabs(t, spec, r, only), Table: table(t, spec, r, all, only),
	}
	p.offer(t, spec, r, &v)
	if r.State == importer.Previewed && r.Conflicts > 1 {
		v.Decide = decideAll(t, spec, all, r, only)
	}
	if refused != nil {
		n := ui.NoticeData{Tone: ui.Bad, Title: ui.ErrorsOf(t, refused).Title}
		for _, one := range rows {
			n.Items = append(n.Items, t.Say("imports.row", "n", strconv.Itoa(one.N))+": "+t.Line(one.Line))
		}
		if fault.HasKey(refused, "importer.changed_since") && int64(len(rows)) < r.Good() {
			n.Action = &ui.Action{Label: t.Say("imports.undo_rest", "n", r.Good()-int64(len(rows))), Href: "/imports/runs/" + string(id) + "/undo", Post: true, Danger: true,
				Hidden: []ui.Hidden{{Name: "partial", Value: "1"}}}
		}
		v.Notices = append([]ui.NoticeData{n}, v.Notices...)
	}
	return p.site.Show(c, site.Page{Title: r.Name, At: spec.At, Status: status}, views.RunPage(t, v))
}

// offer adds what can be done with the import now.
func (p Pages) offer(t i18n.T, spec importer.Spec, r importer.Run, v *views.Run) {
	at := "/imports/runs/" + string(r.ID)
	if h := r.Headings(); len(h) > 0 {
		v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Info, Title: t.Say("imports.unread"), Items: h})
	}
	switch {
	case r.State == importer.Committed:
		v.Header.Action = &ui.Action{Label: t.Say("imports.go_on"), Href: spec.Home}
		v.Header.More = []ui.Action{{Label: t.Say("imports.undo"), Href: at + "/undo", Icon: "arrow-left", Post: true, Danger: true,
			Confirm: &ui.Confirm{ID: "undo", Title: t.Say("imports.undo.ask", "name", r.Name), Text: t.Say("imports.undo.text", "n", r.Good())}}}
	case r.State != importer.Previewed:
		v.Header.Action = &ui.Action{Label: t.Say("imports.again"), Href: "/imports/" + spec.Kind, Icon: "upload"}
	case r.Good() == 0:
		v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Warn, Title: t.Say("importer.nothing_to_save")})
		v.Header.Action = &ui.Action{Label: t.Say("imports.again"), Href: "/imports/" + spec.Kind, Icon: "upload"}
	case r.Bad+r.Conflicts > 0:
		v.Header.Action = &ui.Action{Label: t.Say("imports.again"), Href: "/imports/" + spec.Kind, Icon: "upload"}
		v.Header.More = []ui.Action{{Label: t.Say("imports.save_good", "n", r.Good()), Href: at + "/commit", Icon: "check", Post: true, Hidden: []ui.Hidden{{Name: "partial", Value: "1"}},
			Confirm: &ui.Confirm{ID: "partial", Title: t.Say("imports.save_good.ask", "n", r.Good()), Text: t.Say("imports.save_good.text", "n", r.Bad+r.Conflicts)}}}
	default:
		v.Header.Action = &ui.Action{Label: t.Say("imports.save", "n", r.Good()), Href: at + "/commit", Icon: "check", Post: true}
	}
}

func figures(t i18n.T, spec importer.Spec, r importer.Run) []ui.FigureData {
	var out []ui.FigureData
	for _, a := range actions {
		n := countOf(r, a)
		f := ui.FigureData{Label: t.Say("imports.action." + string(a)), Value: t.Int(n), Of: t.Say("imports.of", "n", r.Total)}
		if n > 0 {
			f.SoWhat, f.Tone = t.Say("imports.so."+string(a)), actionTones[a]
			f.Href = "/imports/runs/" + string(r.ID) + "?only=" + string(a)
		}
		out = append(out, f)
	}
	marks := r.Marks()
	for _, m := range spec.Marks {
		if n := marks[m]; n > 0 {
			out = append(out, ui.FigureData{Label: t.Say(spec.Kind + ".mark." + m), Value: t.Int(n), Of: t.Say("imports.of", "n", r.Total), Tone: ui.Info,
				SoWhat: t.Say(spec.Kind + ".mark." + m + ".so"), Href: "/imports/runs/" + string(r.ID) + "?only=" + m})
		}
	}
	return out
}

func tabs(t i18n.T, spec importer.Spec, r importer.Run, only importer.Action) []ui.Tab {
	at := "/imports/runs/" + string(r.ID) + "?only="
	out := []ui.Tab{{Label: t.Say("imports.all"), Href: at + "all", Active: only == "", Count: r.Total}}
	for _, a := range actions {
		out = append(out, ui.Tab{Label: t.Say("imports.action." + string(a)), Href: at + string(a), Active: only == a, Count: countOf(r, a)})
	}
	marks := r.Marks()
	for _, m := range spec.Marks {
		if marks[m] > 0 {
			out = append(out, ui.Tab{Label: t.Say(spec.Kind + ".mark." + m), Href: at + m, Active: string(only) == m, Count: marks[m]})
		}
	}
	return out
}

// decideAll offers to decide about every row that waits, in the ways that those on the
// page offer.
func decideAll(t i18n.T, spec importer.Spec, all page.Page[importer.RowView], r importer.Run, only importer.Action) *views.Decide {
	d := views.Decide{Action: "/imports/runs/" + string(r.ID) + "/choose", Only: string(only), Lead: t.Say("imports.decide_all", "n", r.Conflicts)}
	for _, choice := range spec.Choices {
		if slices.ContainsFunc(all.Items, func(v importer.RowView) bool {
			return v.Action == importer.Conflict && slices.Contains(v.Choices(), choice)
		}) {
			d.Buttons = append(d.Buttons, views.Button{Value: choice, Label: t.Say(spec.Kind + ".choice." + choice)})
		}
	}
	if len(d.Buttons) == 0 {
		return nil
	}
	return &d
}

// line is a row of the table with what is to be said of it.
func line(t i18n.T, spec importer.Spec, run importer.Run, r importer.RowView, only importer.Action) views.Line {
	l := views.Line{Text: content(t, spec, r), Problems: problems(t, r)}
	if a := r.About(); a.Key != "" {
		l.About = t.Line(a)
	}
	for _, s := range r.Sides() {
		side := views.Side{Have: t.Line(s.Have), Told: t.Line(s.Told)}
		for _, col := range spec.Columns {
			if col.Key == s.Column {
				side.Label = t.Say(col.Name)
			}
		}
		l.Sides = append(l.Sides, side)
	}
	if choices := r.Choices(); len(choices) > 0 && run.State == importer.Previewed {
		l.Decide = &views.Decide{Action: "/imports/runs/" + string(run.ID) + "/choose", Row: strconv.FormatInt(r.N, 10), Only: string(only)}
		for _, choice := range choices {
			l.Decide.Buttons = append(l.Decide.Buttons, views.Button{Value: choice, Label: t.Say(spec.Kind + ".choice." + choice), Taken: choice == r.Choice})
		}
	}
	return l
}

func table(t i18n.T, spec importer.Spec, run importer.Run, all page.Page[importer.RowView], only importer.Action) ui.TableData {
	d := ui.TableData{Caption: t.Say("imports.rows"), HideCap: true, Count: -1, Columns: []ui.Column{
		{Label: t.Say("imports.line"), Num: true}, {Label: t.Say("imports.becomes")}, {Label: t.Say("imports.content")}},
		Empty: ui.EmptyData{Title: t.Say("imports.no_rows")}, Pager: &ui.PagerData{Shown: len(all.Items)}}
	for _, r := range all.Items {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(strconv.FormatInt(r.N, 10)),
			ui.Badge(ui.State{Tone: actionTones[r.Action], Word: t.Say("imports.action." + string(r.Action))}), views.Content(t, line(t, spec, run, r, only))}})
	}
	if only == "" {
		only = "all"
	}
	at := "/imports/runs/" + string(run.ID) + "?only=" + string(only)
	if !all.First {
		d.Pager.First = at
	}
	if all.Next != "" {
		d.Pager.Next = at + "&after=" + all.Next
	}
	return d
}

// content is the row's cells in the order of the columns.
func content(t i18n.T, spec importer.Spec, r importer.RowView) string {
	cells := r.Cells()
	var out []string
	for _, col := range spec.Columns {
		if v := cells[col.Key]; v != "" {
			if col.Say != nil && r.Action != importer.Bad {
				v = col.Say(t, v)
			}
			out = append(out, v)
		}
	}
	return strings.Join(out, " · ")
}

func problems(t i18n.T, r importer.RowView) []string {
	var out []string
	for _, one := range r.Problems() {
		s := t.Line(one.Line)
		if one.Ref != "" {
			s = t.Say("imports.cell", "ref", one.Ref) + ": " + s
		}
		out = append(out, s)
	}
	return out
}
