package catalogue

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/catalogue/views"
	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// version shows everything that a version says; a draft with the ways to change it.
func (p *pages) version(c *httpx.Ctx) error {
	v, d, err := p.found(c)
	if err != nil {
		return err
	}
	return p.show(c, v, d, nil)
}

func (p *pages) show(c *httpx.Ctx, v dossier.Version, d procedure.Definition, refused error) error {
	all, err := p.Versions(c.Std(), c.Who, v.Procedure)
	if err != nil {
		return err
	}
	f, ferr := form.Read(d.Form)
	t := c.T
	s := &sheet{d, f, v.Note}
	title := d.Name.Say(string(t.Lang))
	state := stateOf(t, Head{From: v.From, State: v.State}, all, clock.Date(p.Business.Now()))
	return p.site.Form(c, p.page(title), refused, func(e ui.Errors) templ.Component {
		out := views.VersionView{Header: ui.HeaderData{Title: title, State: &state, Lead: t.Say("catalogue.version_from", "day", form.ShowDate(v.From), "code", d.Code),
			Crumbs: crumbs(t, ui.Crumb{Label: title, Href: at + "/" + v.Procedure}, ui.Crumb{Label: form.ShowDate(v.From)}),
			More:   []ui.Action{{Label: t.Say("catalogue.preview"), Href: href(v) + "/preview", Icon: "eye"}, {Label: "JSON", Href: href(v) + "/json"}}}}
		if ferr != nil {
			out.Wrong = append(out.Wrong, ui.ErrorsOf(t, ferr).Title)
		}
		out.Errors = p.inWords(t, s, e)
		out.Doubts = doubts(t, d)
		p.acts(t, v, state, &out)
		for _, sec := range sections() {
			out.Parts = append(out.Parts, part(t, v, s, sec))
		}
		return views.Version(t, out)
	})
}

// acts are what can be done with a version as it stands.
func (p *pages) acts(t i18n.T, v dossier.Version, state ui.State, out *views.VersionView) {
	switch {
	case v.State == dossier.Draft:
		out.Publish = &ui.FormData{Action: href(v) + "/publish", Hidden: hidden(v), Submit: t.Say("catalogue.publish"), Loose: true,
			Fields: []ui.Field{{Kind: ui.Date, Name: "from", Label: t.Say("catalogue.f.from"), Hint: t.Say("catalogue.f.from.hint"), Value: max(v.From, tomorrow(p.Business.Now())), Required: true, Narrow: true}}}
		out.Header.More = append(out.Header.More, ui.Action{Label: t.Say("catalogue.discard"), Href: href(v) + "/discard", Post: true, Danger: true, Hidden: hidden(v),
			Confirm: &ui.Confirm{ID: "discard", Title: t.Say("catalogue.discard"), Text: t.Say("catalogue.discard.ask"), Yes: t.Say("catalogue.discard")}})
	default:
		out.Header.Action = &ui.Action{Label: t.Say("catalogue.draft_next"), Href: href(v) + "/next", Icon: "edit", Post: true}
		if state.Tone == ui.Info {
			out.Header.More = append(out.Header.More, ui.Action{Label: t.Say("catalogue.withdraw"), Href: href(v) + "/withdraw", Post: true, Danger: true, Hidden: hidden(v),
				Confirm: &ui.Confirm{ID: "withdraw", Title: t.Say("catalogue.withdraw"), Text: t.Say("catalogue.withdraw.ask"), Yes: t.Say("catalogue.withdraw")}})
		}
	}
}

// doubts are what no text confirmed yet.
func doubts(t i18n.T, d procedure.Definition) []string {
	var out []string
	for _, name := range d.Doubts {
		out = append(out, doubtWord(t, name))
	}
	return out
}

// doubtWord is what a doubt is about, in words; one that an older version named in its own
// way stands as it is.
func doubtWord(t i18n.T, name string) string {
	if key := "catalogue.doubt." + name; t.Has(key) {
		return t.Say(key)
	}
	return name
}

// inWords leads each fault of a publication to the part that has it.
func (p *pages) inWords(t i18n.T, s *sheet, e ui.Errors) ui.Errors {
	for i, one := range e.Fields {
		part, n := partOf(s, one.Name)
		if part == "" {
			continue
		}
		one.Label = t.Say("catalogue.part." + part)
		if sec, ok := sectionOf(part); ok && !sec.one && n < sec.list(s).len {
			title, _ := sec.title(t, s, n)
			one.Label += ", " + title
		}
		one.Name = "part-" + part
		e.Fields[i] = one
	}
	return e
}

// partOf is the part of a version, and the line in it, that a fault names.
func partOf(s *sheet, name string) (part string, n int) {
	var g, f int
	if scan(name, "groups.%.fields.%", &g, &f) {
		for i := range min(g, len(s.form.Groups)) {
			f += len(s.form.Groups[i].Fields)
		}
		return "fields", f
	}
	for _, part := range []string{"documents", "steps", "legs", "groups", "rules", "derived"} {
		if name == part || scan(name, part+".%", &n) {
			return part, n
		}
	}
	switch name {
	case "code", "name", "level":
		return "head", 0
	case "keys", "basis", "results":
		return name, 0
	case "fee", "fee_late_from", "term_kind", "term_days", "term_extra", "term_total", "term_cut":
		return "term", 0
	}
	return "", 0
}

// part is one part of a version on its page.
func part(t i18n.T, v dossier.Version, s *sheet, sec section) views.Part {
	here := href(v) + "/edit/" + sec.name + "/"
	draft := v.State == dossier.Draft
	out := views.Part{ID: ui.FieldID("part-" + sec.name), Title: t.Say("catalogue.part." + sec.name)}
	if sec.one {
		for _, f := range sec.fields(t, s, 0) {
			out.Facts = append(out.Facts, ui.Fact{Label: f.Label, Text: said(f)})
		}
		if draft {
			out.Edit = &ui.Action{Label: t.Say("catalogue.edit"), Href: here + "0"}
		}
		return out
	}
	list := sec.list(s)
	for i := range list.len {
		title, sub := sec.title(t, s, i)
		line := views.PartLine{Title: title, Sub: sub}
		if draft {
			line.Edit = here + strconv.Itoa(i)
		}
		out.Lines = append(out.Lines, line)
	}
	if draft {
		out.Edit = &ui.Action{Label: t.Say("catalogue.add"), Href: here + "new", Icon: "plus"}
	}
	return out
}

// said is the value of a field as it is read.
func said(f ui.Field) string {
	if f.Kind == ui.Checks {
		var all string
		for _, o := range f.Options {
			for _, v := range f.Values {
				if v == o.Value {
					all += o.Label + "; "
				}
			}
		}
		return all
	}
	for _, o := range f.Options {
		if o.Value == f.Value {
			return o.Label
		}
	}
	if f.Kind == ui.Check && f.Value == "1" {
		return "✓"
	}
	return f.Value
}

// drafted is the draft that the address names, its form taken apart.
func (p *pages) drafted(c *httpx.Ctx) (dossier.Version, *sheet, error) {
	v, d, err := p.found(c)
	if err != nil {
		return v, nil, err
	}
	if v.State != dossier.Draft {
		return v, nil, fault.New(fault.Conflict, "catalogue.published_already")
	}
	f, err := form.Read(d.Form)
	return v, &sheet{d, f, v.Note}, err
}

// line is the part and the line that the address names; -1 is a new line.
func lineOf(c *httpx.Ctx, s *sheet) (section, int, error) {
	sec, ok := sectionOf(c.Params("part"))
	if !ok {
		return sec, 0, fault.New(fault.Missing, "fault.missing")
	}
	if c.Params("n") == "new" && !sec.one {
		return sec, -1, nil
	}
	n, err := strconv.Atoi(c.Params("n"))
	if err != nil || n < 0 || sec.one && n > 0 || !sec.one && n >= sec.list(s).len {
		return sec, 0, fault.New(fault.Missing, "fault.missing")
	}
	return sec, n, nil
}

func (p *pages) edit(c *httpx.Ctx) error {
	v, s, err := p.drafted(c)
	if err != nil {
		return err
	}
	sec, n, err := lineOf(c, s)
	if err != nil {
		return err
	}
	return p.ask(c, v, s, sec, n, sec.fields(c.T, s, n), nil)
}

func (p *pages) ask(c *httpx.Ctx, v dossier.Version, s *sheet, sec section, n int, fields []ui.Field, refused error) error {
	t := c.T
	title := t.Say("catalogue.part." + sec.name)
	action := href(v) + "/edit/" + sec.name + "/" + c.Params("n")
	form := ui.FormData{Action: action, Fields: fields, Hidden: hidden(v), Submit: t.Say("catalogue.save"), Cancel: href(v) + "#" + ui.FieldID("part-"+sec.name)}
	if !sec.one && n >= 0 {
		if n > 0 {
			form.More = append(form.More, ui.SubmitData{Name: "do", Value: "up", Label: t.Say("catalogue.up")})
		}
		if n < sec.list(s).len-1 {
			form.More = append(form.More, ui.SubmitData{Name: "do", Value: "down", Label: t.Say("catalogue.down")})
		}
		form.More = append(form.More, ui.SubmitData{Name: "do", Value: "drop", Label: t.Say("catalogue.drop")})
	}
	return p.site.Form(c, p.page(title), refused, func(e ui.Errors) templ.Component {
		form.Errors = e
		name := s.Name.Say(string(t.Lang))
		return views.Ask(t, views.AskView{Header: ui.HeaderData{Title: title, Crumbs: crumbs(t, ui.Crumb{Label: name, Href: href(v)}, ui.Crumb{Label: title})}, Form: form})
	})
}

// save keeps a part of a draft as it was typed, or moves or drops its line.
func (p *pages) save(c *httpx.Ctx) error {
	v, s, err := p.drafted(c)
	if err != nil {
		return err
	}
	sec, n, err := lineOf(c, s)
	if err != nil {
		return err
	}
	var k fault.Check
	switch do := c.FormValue("do"); {
	case sec.one || n < 0 || do == "":
		sec.put(values(c), s, n, &k)
	case do == "drop":
		sec.list(s).drop(n)
	case do == "up" && n > 0:
		sec.list(s).swap(n, n-1)
	case do == "down" && n < sec.list(s).len-1:
		sec.list(s).swap(n, n+1)
	}
	if err = k.Err(); err == nil {
		err = p.Save(c.Std(), c.Who, v.ID, c.Version(), s.whole(), s.note)
	}
	if err != nil {
		if _, was, again := p.drafted(c); again == nil {
			fields := sec.fields(c.T, was, n)
			for i := range fields {
				fields[i].Value = c.FormValue(fields[i].Name)
			}
			return p.ask(c, v, was, sec, n, fields, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("catalogue.saved"))
	return c.See(href(v) + "#" + ui.FieldID("part-"+sec.name))
}

// values are what a form of a part posted; several answers of one name are joined.
func values(c *httpx.Ctx) typed {
	return func(name string) string {
		all := c.Request().PostArgs().PeekMulti(name)
		out := ""
		for i, raw := range all {
			if i > 0 {
				out += ","
			}
			out += string(raw)
		}
		return out
	}
}

// scan reads the numbers at the percent signs of a pattern.
func scan(name, pattern string, into ...*int) bool {
	at := 0
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' {
			if at >= len(name) || name[at] != pattern[i] {
				return false
			}
			at++
			continue
		}
		from := at
		for at < len(name) && name[at] >= '0' && name[at] <= '9' {
			at++
		}
		n, err := strconv.Atoi(name[from:at])
		if err != nil || len(into) == 0 {
			return false
		}
		*into[0], into = n, into[1:]
	}
	return at == len(name)
}
