package catalogue

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier/catalogue/views"
	"lotrinh/dossier/fields"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// preview shows the form of a version as citizens see it, one group a page, and judges
// what is typed. Nothing is kept: the answers so far travel with the form.
func (p *pages) preview(c *httpx.Ctx) error {
	v, d, err := p.found(c)
	if err != nil {
		return err
	}
	f, err := form.Read(d.Form)
	if err != nil {
		return err
	}
	pl, err := fields.NewPlaces(c.Std(), p.Units, p.Business.Now())
	if err != nil {
		return err
	}
	ctx := pl.Context("", c.Query("staff") == "1")
	answers, err := kept(c.FormValue("_answers"))
	if err != nil {
		return err
	}
	groups := form.Shown(f, answers, ctx)
	if len(groups) == 0 {
		site.Flash(c, ui.Warn, c.T.Say("catalogue.preview.none"))
		return c.See(href(v))
	}
	at := 0
	look := fields.Look{T: c.T, Form: f, Group: c.FormValue("_group"), Answers: answers, Context: ctx, Places: pl}
	for i, g := range groups {
		if g.Key == look.Group {
			at = i
		}
	}
	look.Group = groups[at].Key
	if c.Method() == "POST" && c.FormValue("_group") != "" {
		posted := fields.Posted(c)
		if look.Answers, err = fields.Read(f, look.Group, posted, answers, ctx, pl); err != nil {
			return err
		}
		look.More = fields.Added(posted)
		if look.More == nil {
			look.Findings = form.CheckGroup(f, look.Group, look.Answers, ctx)
			groups = form.Shown(f, look.Answers, ctx)
			if len(form.Errors(look.Findings)) == 0 && at+1 >= len(groups) {
				return p.previewed(c, d, href(v)+"/preview", look)
			}
			if len(form.Errors(look.Findings)) == 0 {
				at++
				look.Group, look.Findings = groups[at].Key, nil
			}
		}
	}
	return p.previewPage(c, d, href(v), look, at, len(groups))
}

// kept are the answers that travel with a preview.
func kept(raw string) (form.Answers, error) {
	var m map[string]string
	if raw != "" && json.Unmarshal([]byte(raw), &m) != nil {
		return nil, fault.New(fault.Invalid, "fault.invalid")
	}
	return form.Door(m)
}

func travel(a form.Answers) string {
	raw, err := json.Marshal(a)
	if err != nil {
		return "" // texts always marshal
	}
	return string(raw)
}

func (p *pages) previewPage(c *httpx.Ctx, d procedure.Definition, back string, l fields.Look, n, of int) error {
	t := c.T
	action := back + "/preview"
	if l.Context.Staff {
		action += "?staff=1"
	}
	e := l.Errors()
	v := views.PreviewView{Name: d.Name.Say(string(t.Lang)), Note: t.Say("catalogue.preview.note"), Progress: t.Say("catalogue.preview.at", "n", n+1, "of", of), Asked: l.View(), Back: back,
		Form: ui.FormData{Action: action, Errors: e, Submit: t.Say("catalogue.preview.next"), Loose: true, Hidden: []ui.Hidden{{Name: "_group", Value: l.Group}, {Name: "_answers", Value: travel(l.Answers)}}}}
	page := site.Page{Title: v.Name, Citizen: true}
	if e.Any() {
		page.Status = fault.Invalid.Status()
	}
	return p.site.Show(c, page, views.Preview(t, v))
}

// previewed is the end: everything that was answered, and what an officer would see.
func (p *pages) previewed(c *httpx.Ctx, d procedure.Definition, again string, l fields.Look) error {
	t := c.T
	a := form.Clean(l.Form, l.Answers, l.Context)
	l.Findings = form.Check(l.Form, a, l.Context)
	v := views.CheckedView{Name: d.Name.Say(string(t.Lang)), Again: again, Errors: l.Errors(), Warnings: l.Warnings(), Hash: form.Hash(l.Form, a, l.Context)}
	for _, s := range form.Summary(l.Form, a, l.Context) {
		part := views.CheckedPart{Title: s.Title.In(t.Lang)}
		for _, line := range s.Lines {
			part.Facts = append(part.Facts, ui.Fact{Label: line.Label.In(t.Lang), Text: line.Value.In(t.Lang)})
		}
		v.Parts = append(v.Parts, part)
	}
	return p.site.Show(c, site.Page{Title: v.Name, Citizen: true}, views.Checked(t, v))
}

// compare shows what differs between two versions of a procedure.
func (p *pages) compare(c *httpx.Ctx) error {
	v, d, err := p.found(c)
	if err != nil {
		return err
	}
	other, err := ident.Parse(c.Params("other"))
	if err != nil {
		return err
	}
	w, b, err := p.Open(c.Std(), c.Who, other)
	if err != nil {
		return err
	}
	if w.Procedure != v.Procedure {
		return fault.New(fault.Missing, "fault.missing")
	}
	t := c.T
	if w.From > v.From {
		v, d, w, b = w, b, v, d
	}
	title := t.Say("catalogue.compare")
	name := d.Name.Say(string(t.Lang))
	table := ui.TableData{Caption: title, HideCap: true, Count: -1, Empty: ui.EmptyData{Icon: "checklist", Title: t.Say("catalogue.same")},
		Columns: []ui.Column{{Label: t.Say("catalogue.c.what")}, {Label: t.Say("catalogue.version_day", "day", form.ShowDate(w.From))}, {Label: t.Say("catalogue.version_day", "day", form.ShowDate(v.From))}}}
	for _, one := range differences(t, b, d) {
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(one.what, one.part), views.Said(one.before), views.Said(one.after)}})
	}
	out := views.ListView{Table: table, Header: ui.HeaderData{Title: title, Crumbs: crumbs(t, ui.Crumb{Label: name, Href: at + "/" + v.Procedure}, ui.Crumb{Label: title})}}
	return p.site.Show(c, p.page(title), views.List(t, out))
}

// difference is one thing that is not the same in two versions.
type difference struct {
	part, what    string
	before, after []string
}

// differences are the lines of two versions that are not the same, part by part.
func differences(t i18n.T, was, is procedure.Definition) []difference {
	a, b := unfold(was), unfold(is)
	var out []difference
	for _, sec := range sections() {
		before, after := linesOf(t, a, sec), linesOf(t, b, sec)
		title := t.Say("catalogue.part." + sec.name)
		for _, l := range before.order {
			if after.text[l] != before.text[l] {
				out = append(out, difference{title, l, lines(before.text[l]), lines(after.text[l])})
			}
		}
		for _, l := range after.order {
			if _, had := before.text[l]; !had {
				out = append(out, difference{title, l, nil, lines(after.text[l])})
			}
		}
	}
	return out
}

// lines are a text line by line.
func lines(s string) []string {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func unfold(d procedure.Definition) *sheet {
	f, err := form.Read(d.Form)
	if err != nil {
		f = form.Form{} // a form that cannot be read has no parts to compare
	}
	return &sheet{Definition: d, form: f}
}

// listed are the lines of a part: what each is called, and everything that it says.
type listed struct {
	order []string
	text  map[string]string
}

func linesOf(t i18n.T, s *sheet, sec section) listed {
	out := listed{text: map[string]string{}}
	put := func(name, text string) {
		if _, twice := out.text[name]; !twice {
			out.order = append(out.order, name)
		}
		out.text[name] += text
	}
	if sec.one {
		for _, f := range sec.fields(t, s, 0) {
			if v := said(f); v != "" {
				put(f.Label, v)
			}
		}
		return out
	}
	for i := range sec.list(s).len {
		title, _ := sec.title(t, s, i)
		text := ""
		for _, f := range sec.fields(t, s, i) {
			if v := said(f); v != "" && f.Value != "" {
				text += f.Label + ": " + v + "\n"
			}
		}
		put(title, text)
	}
	return out
}

// jsonForm is the whole version as it is kept, for what the forms do not reach.
func (p *pages) jsonForm(c *httpx.Ctx) error {
	v, _, err := p.found(c)
	if err != nil {
		return err
	}
	var nice bytes.Buffer
	if err := json.Indent(&nice, v.Definition, "", "  "); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	return p.askJSON(c, nice.String(), nil)
}

func (p *pages) askJSON(c *httpx.Ctx, text string, refused error) error {
	v, d, err := p.found(c)
	if err != nil {
		return err
	}
	t := c.T
	name := d.Name.Say(string(t.Lang))
	f := ui.FormData{Action: href(v) + "/json", Hidden: hidden(v), Submit: t.Say("catalogue.save"), Cancel: href(v), Wide: true,
		Fields: []ui.Field{{Kind: ui.Area, Name: "json", Label: t.Say("catalogue.json"), Hint: t.Say("catalogue.json.hint"), Value: text, Rows: 30, Required: true}}}
	return p.site.Form(c, p.page(name), refused, func(e ui.Errors) templ.Component {
		f.Errors = e
		return views.Ask(t, views.AskView{Header: ui.HeaderData{Title: name, Crumbs: crumbs(t, ui.Crumb{Label: name, Href: href(v)}, ui.Crumb{Label: "JSON"})}, Form: f})
	})
}

// saveJSON keeps a draft as it was typed whole; words that nobody knows are refused.
func (p *pages) saveJSON(c *httpx.Ctx) error {
	v, s, err := p.drafted(c)
	if err != nil {
		return err
	}
	text := c.FormValue("json")
	d, err := readStrict([]byte(text))
	if err == nil {
		err = p.Save(c.Std(), c.Who, v.ID, c.Version(), d, s.note)
	}
	if err != nil {
		return p.askJSON(c, text, err)
	}
	site.Flash(c, ui.Good, c.T.Say("catalogue.saved"))
	return c.See(href(v))
}

// readStrict reads a definition and its form, and tells what is wrong and where.
func readStrict(raw []byte) (procedure.Definition, error) {
	var d procedure.Definition
	from := json.NewDecoder(bytes.NewReader(raw))
	from.DisallowUnknownFields()
	err := from.Decode(&d)
	if err == nil {
		_, err = form.Read(d.Form)
	}
	if err != nil {
		var k fault.Check
		why := err.Error()
		if f := fault.Of(err); f.Cause != nil && f.Kind == fault.Invalid {
			why = f.Cause.Error()
		}
		k.Need(false, "json", "catalogue.json.bad", "why", why, "line", lineAtOffset(raw, from.InputOffset()))
		return d, k.Err()
	}
	return d, nil
}

// lineAtOffset is the line, from 1, that a byte stands in.
func lineAtOffset(raw []byte, at int64) int {
	return 1 + bytes.Count(raw[:min(int(at), len(raw))], []byte("\n"))
}
