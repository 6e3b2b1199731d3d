package gallery

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/define"
	"lotrinh/reports/gallery/views"
	"lotrinh/reports/period"
)

// tidy is a line as it is kept.
func tidy(s string) string { return strings.TrimSpace(fold.NFC(strings.ReplaceAll(s, "\r\n", "\n"))) }

func both(c *httpx.Ctx, name string) define.Both {
	return define.Both{VI: tidy(c.FormValue(name + ".vi")), EN: tidy(c.FormValue(name + ".en"))}
}

// bothFields ask for a text in both languages.
func bothFields(t i18n.T, name, label string, b define.Both, rows int, hint string) []ui.Field {
	kind := ui.Line
	if rows > 1 {
		kind = ui.Area
	}
	return []ui.Field{{Kind: kind, Name: name + ".vi", Label: t.Say(label), Hint: hint, Value: b.VI, Rows: rows},
		{Kind: kind, Name: name + ".en", Label: t.Say("gallery.english", "name", t.Say(label)), Value: b.EN, Rows: rows}}
}

// whole is a number of a form; nothing typed is 0, nonsense is refused later by Check.
func whole(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil && strings.TrimSpace(s) != "" {
		return -1
	}
	return n
}

// asked shows a form of the draft. What is wrong with the draft at its place is told
// beside the fields.
func (p *pages) asked(c *httpx.Ctx, title, to, place string, d define.Definition, version int64, fields []ui.Field) error {
	t, key := c.T, c.Params("key")
	head := ui.HeaderData{Crumbs: crumbs(t, key, d.Title.In(t.Lang), ui.Crumb{Label: t.Say("gallery.draft"), Href: at(key) + "/draft"}, ui.Crumb{Label: title}), Title: title}
	errs := ui.Errors{}
	for _, f := range ui.ErrorsOf(t, d.Check()).Fields {
		if name, here := strings.CutPrefix(f.Name, place); here && (place != "" || !strings.HasPrefix(name, "sections")) {
			for i := range fields {
				if fields[i].Name == name {
					fields[i].Error = f.Text
				}
			}
		}
	}
	form := ui.FormData{Action: to, Errors: errs, Submit: t.Say("gallery.save"), Cancel: at(key) + "/draft", Fields: fields, Wide: true,
		Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(version, 10)}}}
	return p.shown(c, title, nil, func(ui.Errors) templ.Component { return views.Asked(t, head, form, help(t)) })
}

// help says how figures are put into a text.
func help(t i18n.T) []string {
	var all []string
	for _, k := range []string{"now", "before", "change", "diff", "of", "best", "list", "words", "items", "if"} {
		all = append(all, t.Say("gallery.help."+k))
	}
	return all
}

func (p *pages) headForm(c *httpx.Ctx) error {
	v, d, err := p.Draft(c.Std(), c.Who, c.Params("key"))
	if err != nil {
		return err
	}
	t := c.T
	fields := append(bothFields(t, "title", "gallery.name", d.Title, 1, ""), bothFields(t, "about", "gallery.about", d.About, 3, t.Say("gallery.about.hint"))...)
	fields = append(fields, bothFields(t, "summary", "gallery.summary", d.Summary, 3, "")...)
	var kinds, people []string
	for _, k := range period.Kinds {
		kinds = append(kinds, string(k))
	}
	for _, r := range org.Roles {
		people = append(people, string(r))
	}
	fields = append(fields,
		ui.Field{Kind: ui.Select, Name: "form", Label: t.Say("gallery.form"), Value: string(d.Form), Options: options(t, "reports.doc.kind.", false, string(define.Report), string(define.Submission), string(define.Sheet))},
		ui.Field{Kind: ui.Select, Name: "period", Label: t.Say("gallery.period"), Value: string(d.Period), Options: options(t, "period.kind.", false, kinds...)},
		ui.Field{Name: "spec", Label: t.Say("reports.field.spec"), Hint: t.Say("reports.field.spec.hint"), Value: d.Spec},
		ui.Field{Kind: ui.Whole, Name: "catch_up", Label: t.Say("reports.field.catch_up"), Value: strconv.FormatInt(d.CatchUp, 10), Narrow: true},
		ui.Field{Kind: ui.Checks, Name: "audience", Label: t.Say("gallery.audience"), Values: d.Audience, Options: options(t, "role.", false, people...)},
		ui.Field{Kind: ui.Select, Name: "cut", Label: t.Say("gallery.cut"), Value: string(d.Cut), Options: options(t, "gallery.cut.", false, string(define.City), string(define.Districts), string(define.Either))},
		ui.Field{Kind: ui.Select, Name: "orientation", Label: t.Say("gallery.orientation"), Value: d.Orientation, Options: options(t, "gallery.orientation.", false, "portrait", "landscape")})
	return p.asked(c, t.Say("gallery.head"), at(c.Params("key"))+"/draft/head", "", d, v.Version, fields)
}

func (p *pages) saveHead(c *httpx.Ctx) error {
	return p.save(c, func(d *define.Definition) error {
		d.Title, d.About, d.Summary = both(c, "title"), both(c, "about"), both(c, "summary")
		d.Form, d.Period, d.Spec, d.CatchUp = define.Form(c.FormValue("form")), period.Kind(c.FormValue("period")), tidy(c.FormValue("spec")), int64(whole(c.FormValue("catch_up")))
		d.Cut, d.Orientation, d.Audience = define.Cut(c.FormValue("cut")), c.FormValue("orientation"), nil
		for _, r := range c.Context().PostArgs().PeekMulti("audience") {
			d.Audience = append(d.Audience, string(r))
		}
		return nil
	}, "/head", "")
}

// save changes the draft and comes back to the form while something at its place is
// wrong, else goes to the editor.
func (p *pages) save(c *httpx.Ctx, do func(*define.Definition) error, form, place string) error {
	version, err := seen(c)
	if err != nil {
		return err
	}
	key := c.Params("key")
	var changed define.Definition
	err = p.Change(c.Std(), c.Who, key, version, func(d *define.Definition) error {
		err := do(d)
		changed = *d
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range fault.Of(changed.Check()).Fields {
		if name, here := strings.CutPrefix(f.Name, place); here && (place != "" || !strings.HasPrefix(name, "sections")) {
			return c.See(at(key) + "/draft" + form)
		}
	}
	return c.See(at(key) + "/draft")
}

// section is the section of the address.
func section(c *httpx.Ctx, d *define.Definition) (int, *define.Section, error) {
	i, err := number(c.Params("section"))
	if err != nil || int(i) >= len(d.Sections) {
		return 0, nil, fault.New(fault.Missing, "fault.missing")
	}
	return int(i), &d.Sections[i], nil
}

func (p *pages) sectionForm(c *httpx.Ctx) error {
	v, d, err := p.Draft(c.Std(), c.Who, c.Params("key"))
	if err != nil {
		return err
	}
	i, s, err := section(c, &d)
	if err != nil {
		return err
	}
	t := c.T
	fields := append(bothFields(t, "heading", "gallery.heading", s.Heading, 1, ""),
		ui.Field{Name: "if", Label: t.Say("gallery.if"), Hint: t.Say("gallery.if.hint"), Value: s.If, Max: 400},
		ui.Field{Kind: ui.Select, Name: "orientation", Label: t.Say("gallery.orientation"), Value: s.Orientation, Options: options(t, "gallery.orientation.", true, "portrait", "landscape")})
	return p.asked(c, s.Heading.In(t.Lang), at(c.Params("key"))+"/draft/"+strconv.Itoa(i), "sections."+strconv.Itoa(i)+".", d, v.Version, fields)
}

func (p *pages) saveSection(c *httpx.Ctx) error {
	at := c.Params("section")
	return p.save(c, func(d *define.Definition) error {
		_, s, err := section(c, d)
		if err == nil {
			s.Heading, s.If, s.Orientation = both(c, "heading"), tidy(c.FormValue("if")), c.FormValue("orientation")
		}
		return err
	}, "/"+at, "sections."+at+".heading")
}
