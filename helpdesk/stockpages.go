package helpdesk

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// stockPages are the pages of one kind of text.
type stockPages struct {
	*pages
	kind StockKind
}

// at is where the pages of the kind are.
func (p stockPages) at() string { return "/desk/" + string(p.kind) + "s" }

// say is a sentence about the kind.
func (p stockPages) say(t i18n.T, what string, args ...any) string {
	return t.Say("helpdesk."+string(p.kind)+"."+what, args...)
}

func (p *pages) stockRoutes(r *httpx.Router) {
	for _, k := range []StockKind{Macro, Template} {
		s := stockPages{p, k}
		r.Page("GET", s.at(), s.list)
		r.Page("POST", s.at(), s.save)
		r.Page("GET", s.at()+"/new", s.add)
		r.Page("GET", s.at()+"/:id", s.edit)
		r.Page("POST", s.at()+"/:id", s.save)
		r.Page("POST", s.at()+"/:id/drop", s.drop)
	}
}

func (p stockPages) list(c *httpx.Ctx) error {
	if err := c.Who.Need(Work); err != nil {
		return err
	}
	all, err := p.Stocks(c.Std(), c.Who, p.kind)
	if err != nil {
		return err
	}
	cat, err := p.Catalogue(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	add := ui.Action{Label: p.say(t, "new"), Href: p.at() + "/new", Icon: "plus"}
	d := ui.TableData{ID: "stock", Caption: p.say(t, "title"), HideCap: true, Count: -1,
		Columns: []ui.Column{{Label: t.Say("helpdesk.keep.name")}, {Label: t.Say("helpdesk.keep.share")}, {Label: t.Say("helpdesk.stock.does"), Quiet: true}},
		Empty:   ui.EmptyData{Icon: "message", Title: p.say(t, "none"), Text: p.say(t, "none_text"), Action: &add}}
	for _, x := range all {
		r := ui.Row{Cells: []templ.Component{ui.Two(x.Name, firstLine(cmp.Or(x.Title, x.Body))), ui.Badge(kept(t, cat, x.Share, x.Group)), ui.Text(x.does(t, cat))}}
		if mayChange(c.Who, x.Share, x.Owner) {
			r.Href = p.at() + "/" + string(x.ID)
			r.Cells[0] = ui.Main(r.Href, x.Name, firstLine(cmp.Or(x.Title, x.Body)))
		}
		d.Rows = append(d.Rows, r)
	}
	h := ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("helpdesk.ticket.crumb"), Href: "/tickets"}, {Label: p.say(t, "title")}}, Title: p.say(t, "title"), Lead: p.say(t, "lead"), Action: &add}
	return p.site.Show(c, site.Page{Title: h.Title, At: "/tickets"}, views.KeptList(t, h, d))
}

// firstLine is the beginning of a text, for lists.
func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	if r := []rune(line); len(r) > 90 {
		line = strings.TrimSpace(string(r[:90])) + "…"
	}
	return line
}

// does says what a text does besides.
func (x Stock) does(t i18n.T, cat *Catalogue) string {
	var all []string
	if x.Next != "" {
		all = append(all, t.Say("helpdesk.reply.then."+x.Next))
	}
	if x.Service != "" {
		all = append(all, cat.Service(t, x.Service))
	}
	if x.ToGroup != "" {
		all = append(all, t.Say("helpdesk.stock.to", "group", cat.Group(t, x.ToGroup)))
	}
	if x.Impact != 0 {
		all = append(all, t.Say("helpdesk.impact."+strconv.Itoa(x.Impact)))
	}
	if x.Urgency != 0 {
		all = append(all, t.Say("helpdesk.urgency."+strconv.Itoa(x.Urgency)))
	}
	if x.Tags != "" {
		all = append(all, x.Tags)
	}
	return strings.Join(all, " · ")
}

func (p stockPages) add(c *httpx.Ctx) error {
	if err := c.Who.Need(Work); err != nil {
		return err
	}
	return p.form(c, Keep{Share: Mine}, Stock{Body: c.Query("body")}, nil)
}

func (p stockPages) edit(c *httpx.Ctx) error {
	if err := c.Who.Need(Work); err != nil {
		return err
	}
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	x, err := p.Stock(c.Std(), c.Who, p.kind, id)
	if err != nil {
		return err
	}
	if !mayChange(c.Who, x.Share, x.Owner) {
		return fault.New(fault.Denied, "helpdesk.keep.others")
	}
	return p.form(c, Keep{ID: id, Version: x.Version, Name: x.Name, Share: x.Share, Group: x.Group}, x, nil)
}

func (p stockPages) save(c *httpx.Ctx) error {
	if err := c.Who.Need(Work); err != nil {
		return err
	}
	v, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		v = 0
	}
	w := Keep{Version: v, Name: c.FormValue("name"), Share: Share(c.FormValue("share")), Group: Group(c.FormValue("for_group"))}
	if c.Params("id") != "" {
		if w.ID, err = ident.Parse(c.Params("id")); err != nil {
			return err
		}
	}
	x := Stock{Kind: p.kind, Title: c.FormValue("title"), Body: c.FormValue("body"), Service: Category(c.FormValue("service")), Next: c.FormValue("next"),
		ToGroup: Group(c.FormValue("to_group")), Impact: small(c.FormValue("impact")), Urgency: small(c.FormValue("urgency")), Tags: c.FormValue("tags")}
	saved, err := p.SaveStock(c.Std(), c.Who, w, x)
	if err != nil {
		return p.form(c, w, x, err)
	}
	site.Flash(c, ui.Good, p.say(c.T, "done", "name", saved.Name))
	return c.See(p.at())
}

// small is a small number that was typed: 0 for nothing, -1 for what is none.
func small(s string) int {
	n, err := strconv.Atoi(s)
	switch {
	case s == "":
		return 0
	case err != nil:
		return -1
	}
	return n
}

func (p stockPages) drop(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.DropStock(c.Std(), c.Who, p.kind, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, p.say(c.T, "dropped"))
	return c.See(p.at())
}

func (p stockPages) form(c *httpx.Ctx, w Keep, x Stock, refused error) error {
	cat, err := p.Catalogue(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	h := ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("helpdesk.ticket.crumb"), Href: "/tickets"}, {Label: p.say(t, "title"), Href: p.at()}}, Title: p.say(t, "new"), Lead: p.say(t, "form_lead")}
	d := ui.FormData{ID: "stock-form", Action: p.at(), Submit: p.say(t, "submit"), Cancel: p.at()}
	if w.ID != "" {
		d.Action += "/" + string(w.ID)
		d.Hidden = []ui.Hidden{{Name: "version", Value: strconv.FormatInt(w.Version, 10)}}
		h.Title = p.say(t, "edit")
		h.More = []ui.Action{{Label: p.say(t, "drop"), Href: d.Action + "/drop", Icon: "trash", Post: true, Danger: true,
			Confirm: &ui.Confirm{ID: "drop", Title: p.say(t, "drop_ask", "name", w.Name), Yes: p.say(t, "drop")}}}
	}
	d.Fields = append(keepFields(t, cat, c.Who.May(Manage), w), p.fields(t, cat, x)...)
	return p.shown(c, h.Title, refused, func(e ui.Errors) templ.Component {
		d.Errors = e
		return views.KeepForm(t, h, d)
	})
}

// wordsHint lists the placeholders with what each stands for.
func wordsHint(t i18n.T, names []string) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = "{{" + n + "}} " + t.Say("helpdesk.stock.word."+n)
	}
	return t.Say("helpdesk.stock.words", "words", strings.Join(all, "; "))
}

func (p stockPages) fields(t i18n.T, cat *Catalogue, x Stock) []ui.Field {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	as := func(name, label, value string, options []ui.Option, none string) ui.Field {
		options = append([]ui.Option{{Label: t.Say(none)}}, options...)
		return ui.Field{Kind: ui.Select, Name: name, Label: t.Say(label), Value: value, Options: options}
	}
	impact := as("impact", "helpdesk.new.impact", number(x.Impact), levels(t, "helpdesk.impact."), "helpdesk.stock.leave")
	urgency := as("urgency", "helpdesk.new.urgency", number(x.Urgency), levels(t, "helpdesk.urgency."), "helpdesk.stock.leave")
	body := ui.Field{Kind: ui.Area, Name: "body", Label: t.Say("helpdesk.stock.body"), Value: x.Body, Rows: 9, Max: longestBody}
	if p.kind == Template {
		body.Hint = wordsHint(t, templateWords)
		return []ui.Field{{Name: "title", Label: t.Say("helpdesk.new.title"), Value: x.Title, Required: true, Max: longestTitle}, body,
			as("service", "helpdesk.new.service", string(x.Service), serviceOptions(t, cat.Offers), "helpdesk.stock.ask"), impact, urgency}
	}
	body.Hint = wordsHint(t, answerWords)
	var next []ui.Option
	for _, n := range nexts {
		next = append(next, ui.Option{Value: n, Label: t.Say("helpdesk.reply.then." + n)})
	}
	return []ui.Field{body, as("next", "helpdesk.reply.then", x.Next, next, "helpdesk.stock.leave"),
		as("to_group", "helpdesk.stock.to_group", string(x.ToGroup), groupOptions(t, cat, "")[1:], "helpdesk.stock.leave"), impact, urgency,
		{Name: "tags", Label: t.Say("helpdesk.stock.tags"), Hint: t.Say("helpdesk.stock.tags_hint"), Value: x.Tags, Max: longestTitle}}
}
