package directive

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/directive/views"
)

// Rows of the form when it opens, and how many more a press adds.
const (
	firstRows = 3
	moreRows  = 3
)

// typedHead and typedRows are the form as it was typed.
func typedHead(c *httpx.Ctx) Head {
	return Head{DocNo: c.FormValue("doc_no"), DocDay: c.FormValue("doc_day"), ConcludedBy: c.FormValue("concluded_by"), Run: ident.ID(c.FormValue("run", c.Query("run"))),
		Meeting: c.FormValue("meeting"), MeetingDay: c.FormValue("meeting_day")}
}

func typedRows(c *httpx.Ctx) []Row {
	n, err := strconv.Atoi(c.FormValue("rows"))
	if err != nil || n < 1 {
		n = firstRows
	}
	rows := make([]Row, min(n, MostRows))
	for i := range rows {
		at := "r" + strconv.Itoa(i) + "."
		rows[i] = Row{Text: c.FormValue(at + "text"), Unit: c.FormValue(at + "unit"), Post: c.FormValue(at + "post"), Login: c.FormValue(at + "login"), Due: c.FormValue(at + "due")}
	}
	return rows
}

func (p *pages) ask(c *httpx.Ctx) error {
	if err := c.Who.Need(reports.Conclude); err != nil {
		return err
	}
	h := typedHead(c)
	h.DocDay = clock.Date(p.Business.Now())
	return p.asking(c, h, make([]Row, firstRows), nil)
}

func (p *pages) write(c *httpx.Ctx) error {
	h, rows := typedHead(c), typedRows(c)
	if c.FormValue("do") == "more" {
		if err := c.Who.Need(reports.Conclude); err != nil {
			return err
		}
		return p.asking(c, h, append(rows, make([]Row, min(moreRows, MostRows-len(rows)))...), nil)
	}
	all, err := p.Write(c.Std(), c.Who, h, rows)
	if err != nil {
		return p.asking(c, h, rows, err)
	}
	if len(all) == 1 {
		site.Flash(c, ui.Good, c.T.Say("directive.written", "code", all[0].Code))
		return c.See(all[0].Path())
	}
	site.Flash(c, ui.Good, c.T.Say("directive.written.many", "n", len(all), "first", all[0].Code, "last", all[len(all)-1].Code))
	return c.See(Home)
}

// asking shows the form with what was typed.
func (p *pages) asking(c *httpx.Ctx, h Head, rows []Row, refused error) error {
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	v := views.Write{Head: ui.HeaderData{Title: t.Say("directive.new"), Lead: t.Say("directive.new.lead"), Crumbs: []ui.Crumb{{Label: t.Say("directive.title"), Href: Home}, {Label: t.Say("directive.new")}}}}
	cut := ""
	if h.Run != "" {
		title, _, at, err := p.Runs.Concluded(c.Std(), c.Who, h.Run)
		if err != nil {
			return err
		}
		v.Notice, cut = &ui.NoticeData{Tone: ui.Info, Title: t.Say("directive.from_run", "title", title), Text: t.Say("directive.from_run.text"),
			Action: &ui.Action{Label: t.Say("directive.source.open"), Href: "/reports/runs/" + string(h.Run)}}, at
		v.Form.Hidden = append(v.Form.Hidden, ui.Hidden{Name: "run", Value: string(h.Run)})
	}
	for _, u := range tree.All() {
		if u.Level != org.Commune && c.Who.Covers(reports.Conclude, u.Code) {
			v.Units = append(v.Units, ui.Option{Label: tree.Place(u.Code)})
		}
	}
	return p.form(c, v.Head.Title, refused, func(e ui.Errors) templ.Component {
		v.Form.Action, v.Form.Submit, v.Form.Cancel, v.Form.Wide = Home, t.Say("directive.submit"), Home, true
		v.Form.Hidden = append(v.Form.Hidden, ui.Hidden{Name: "rows", Value: strconv.Itoa(len(rows))})
		v.Form.Fields = headFields(t, h)
		if len(rows) < MostRows {
			v.Form.More = []ui.SubmitData{{Name: "do", Value: "more", Label: t.Say("directive.more")}}
		}
		for i, r := range rows {
			v.Rows = append(v.Rows, p.row(t, tree, i, r, cut, &e))
		}
		v.Form.Errors = e
		return views.WritePage(t, v)
	})
}

func headFields(t i18n.T, h Head) []ui.Field {
	all := []ui.Field{
		{Name: "concluded_by", Label: t.Say("directive.concluded_by"), Hint: t.Say("directive.concluded_by.hint"), Value: h.ConcludedBy, Required: true, Max: longestTitle},
		{Name: "doc_no", Label: t.Say("directive.doc_no"), Hint: t.Say("directive.doc_no.hint"), Value: h.DocNo, Max: longestDoc, Narrow: true},
		{Kind: ui.Date, Name: "doc_day", Label: t.Say("directive.doc_day"), Value: h.DocDay, Required: true, Narrow: true},
	}
	if h.Run != "" {
		return all
	}
	return append(all, ui.Field{Name: "meeting", Label: t.Say("directive.meeting"), Hint: t.Say("directive.meeting.hint"), Value: h.Meeting, Max: longestTitle},
		ui.Field{Kind: ui.Date, Name: "meeting_day", Label: t.Say("directive.meeting_day"), Value: h.MeetingDay, Narrow: true})
}

// row is one conclusion of the form; errors of its fields are named after it.
func (p *pages) row(t i18n.T, tree *org.Tree, i int, r Row, cut string, e *ui.Errors) views.Row {
	at, no := "r"+strconv.Itoa(i)+".", i+1
	unit := r.Unit
	if u, ok := tree.Unit(unit); ok {
		unit = tree.Place(u.Code)
	} else if unit == "" && cut != "" && r.blank() && i == 0 {
		unit = tree.Place(cut)
	}
	posts := []ui.Option{{Label: t.Say("directive.post.choose")}}
	for _, role := range p.Posts {
		posts = append(posts, ui.Option{Value: string(role), Label: t.Say("role." + string(role))})
	}
	v := views.Row{Legend: t.Say("directive.row", "n", no),
		Text: ui.Field{Kind: ui.Area, Name: at + "text", Label: t.Say("directive.text"), Value: r.Text, Max: longestText, Rows: 3, Required: i == 0},
		Beside: []ui.Field{
			{Name: at + "unit", Label: t.Say("directive.unit"), Hint: t.Say("directive.unit.hint"), Value: unit, Required: i == 0, Attrs: templ.Attributes{"list": views.UnitsID}},
			{Kind: ui.Select, Name: at + "post", Label: t.Say("directive.post"), Value: r.Post, Options: posts, Required: i == 0},
			{Name: at + "login", Label: t.Say("directive.login"), Hint: t.Say("directive.login.hint"), Value: r.Login, Max: 60},
			{Name: at + "due", Label: t.Say("directive.due"), Hint: t.Say("directive.due.hint"), Value: r.Due, Required: i == 0, Max: 30},
		}}
	v.Text.Error = e.Of(v.Text.Name)
	label := func(f ui.Field) {
		for j := range e.Fields {
			if e.Fields[j].Name == f.Name {
				e.Fields[j].Label = v.Legend + ", " + f.Label
			}
		}
	}
	label(v.Text)
	for j := range v.Beside {
		v.Beside[j].Error = e.Of(v.Beside[j].Name)
		label(v.Beside[j])
	}
	return v
}
