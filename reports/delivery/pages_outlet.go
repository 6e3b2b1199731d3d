package delivery

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/delivery/views"
)

// The places of the machines that reports go to.
const (
	FoldersAt  = AdminAt + "/folders"
	WebhooksAt = AdminAt + "/webhooks"
)

// outletPages are the pages of one kind of outlet.
type outletPages struct {
	pages
	kind Channel
	at   string
}

func (s *Service) outletRoutes(r *httpx.Router, p pages) {
	for _, o := range []outletPages{{p, Folder, FoldersAt}, {p, Webhook, WebhooksAt}} {
		r.Page("GET", o.at, o.list)
		r.Page("POST", o.at, o.add)
		r.Page("GET", o.at+"/:id", o.one)
		r.Page("POST", o.at+"/:id", o.change)
		r.Page("POST", o.at+"/:id/try", o.try)
	}
	r.Page("POST", WebhooksAt+"/:id/rotate", outletPages{p, Webhook, WebhooksAt}.rotate)
}

// word is a sentence of this kind of outlet.
func (p outletPages) word(t i18n.T, what string) string {
	return t.Say("delivery." + string(p.kind) + "." + what)
}

func (p outletPages) list(c *httpx.Ctx) error {
	return p.showList(c, OutletForm{Pattern: DefaultPattern, Forms: []string{"pdf", "xlsx"}}, nil)
}

// showList shows every outlet of the kind and asks for another.
func (p outletPages) showList(c *httpx.Ctx, f OutletForm, refused error) error {
	t := c.T
	all, err := p.Outlets(c.Std(), c.Who, p.kind)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	name, err := p.Reports.Titles(c.Std(), t)
	if err != nil {
		return err
	}
	fields, err := p.fields(c, tree, f)
	if err != nil {
		return err
	}
	table := &ui.TableData{Caption: p.word(t, "title"), HideCap: true, Count: int64(len(all)), Empty: ui.EmptyData{Icon: "report", Title: p.word(t, "none"), Text: p.word(t, "none.text")},
		Columns: []ui.Column{{Label: t.Say("delivery.outlet.name")}, {Label: t.Say("delivery.col.report")}, {Label: p.word(t, "where")}, {Label: t.Say("delivery.col.state")}}}
	for _, o := range all {
		href := p.at + "/" + string(o.ID)
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, o.Name, t.Say("delivery.outlet.by", "name", o.MadeBy, "at", o.MadeAt)),
			ui.Two(whichReport(t, name, o), whichUnit(t, tree, o)), ui.Two(shownPath(t, o), strings.ToUpper(strings.ReplaceAll(o.Forms, ",", ", "))), onBadge(t, o)}})
	}
	head := ui.HeaderData{Title: p.word(t, "title"), Lead: p.word(t, "lead"), Crumbs: []ui.Crumb{{Label: t.Say("delivery.admin.title"), Href: AdminAt}, {Label: p.word(t, "title")}}}
	return p.site.Form(c, site.Page{Title: head.Title, At: AdminAt}, refused, func(e ui.Errors) templ.Component {
		return views.Page(t, views.View{Head: head, Notice: p.warning(t), Blocks: []views.Block{{Card: ui.CardData{Title: p.word(t, "title"), Flush: true}, Table: table},
			{Card: ui.CardData{Title: p.word(t, "add")}, Form: &ui.FormData{Action: p.at, Submit: t.Say("delivery.outlet.make"), Errors: e, Fields: fields,
				Hidden: []ui.Hidden{{Name: httpx.OnceField, Value: string(ident.New(p.Machine.Now()))}}}}}})
	})
}

// warning says what the configuration lacks for this kind.
func (p outletPages) warning(t i18n.T) *ui.NoticeData {
	switch {
	case p.kind == Folder && p.Root == "":
		return &ui.NoticeData{Tone: ui.Warn, Title: t.Say("delivery.folder.no_root"), Text: t.Say("delivery.folder.no_root.text")}
	case p.kind == Folder:
		return &ui.NoticeData{Tone: ui.Info, Title: t.Say("delivery.folder.root"), Text: p.Root}
	}
	return nil
}

func whichReport(t i18n.T, name func(string) string, o Outlet) string {
	if o.Definition == "" {
		return t.Say("delivery.outlet.any_report")
	}
	return name(o.Definition)
}

func whichUnit(t i18n.T, tree *org.Tree, o Outlet) string {
	if o.Cut == "" {
		return t.Say("delivery.outlet.any_unit")
	}
	return upper(tree.Name(o.Cut))
}

// shownPath is where an outlet leads; the root of folders has words of its own.
func shownPath(t i18n.T, o Outlet) string {
	if o.Kind == Folder && o.Folder == "." {
		return t.Say("delivery.folder.itself")
	}
	return o.where()
}

func onBadge(t i18n.T, o Outlet) templ.Component {
	if o.Enabled {
		return ui.Badge(ui.State{Tone: ui.Good, Word: t.Say("delivery.outlet.on")})
	}
	return ui.Badge(ui.State{Tone: ui.Paused, Word: t.Say("delivery.outlet.off")})
}

// fields ask for an outlet.
func (p outletPages) fields(c *httpx.Ctx, tree *org.Tree, f OutletForm) ([]ui.Field, error) {
	t := c.T
	offered, err := p.Reports.Offered(c.Std(), t)
	if err != nil {
		return nil, err
	}
	what, where := []ui.Option{{Value: "", Label: t.Say("delivery.outlet.any_report")}}, []ui.Option{{Value: "", Label: t.Say("delivery.outlet.any_unit")}}
	for _, r := range offered {
		what = append(what, ui.Option{Value: r.Key, Label: r.Title})
	}
	for _, u := range slices.Concat(tree.Roots(), tree.Districts()) {
		where = append(where, ui.Option{Value: u.Code, Label: upper(tree.Name(u.Code))})
	}
	out := []ui.Field{{Name: "name", Label: t.Say("delivery.outlet.name"), Value: f.Name, Required: true, Max: longestName},
		{Kind: ui.Select, Name: "definition", Label: t.Say("delivery.col.report"), Value: f.Definition, Options: what},
		{Kind: ui.Select, Name: "cut", Label: t.Say("delivery.field.unit"), Value: f.Cut, Options: where}}
	if p.kind == Webhook {
		return append(out, ui.Field{Name: "address", Label: t.Say("delivery.webhook.where"), Hint: t.Say("delivery.webhook.hint"), Value: f.Address, Required: true, Max: longestPath,
			Autocomplete: "off", Attrs: templ.Attributes{"inputmode": "url", "spellcheck": "false", "autocapitalize": "none"}}), nil
	}
	var forms []ui.Option
	for _, form := range DropForms {
		forms = append(forms, ui.Option{Value: form, Label: t.Say("delivery.form." + form)})
	}
	return append(out, ui.Field{Name: "folder", Label: t.Say("delivery.folder.where"), Hint: t.Say("delivery.folder.hint"), Value: f.Folder, Max: longestPath, Attrs: templ.Attributes{"spellcheck": "false"}},
		ui.Field{Name: "pattern", Label: t.Say("delivery.folder.pattern"), Hint: t.Say("delivery.folder.pattern.hint", patternPairs...), Value: f.Pattern, Required: true, Max: longestPath, Attrs: templ.Attributes{"spellcheck": "false"}},
		ui.Field{Kind: ui.Checks, Name: "forms", Label: t.Say("delivery.folder.forms"), Values: f.Forms, Options: forms, Required: true}), nil
}

func typedOutlet(c *httpx.Ctx) OutletForm {
	f := OutletForm{Name: c.FormValue("name"), Definition: c.FormValue("definition"), Cut: c.FormValue("cut"), Folder: c.FormValue("folder"), Pattern: c.FormValue("pattern"),
		Address: c.FormValue("address"), Enabled: c.FormValue("enabled") == "1"}
	for _, raw := range c.Request().PostArgs().PeekMulti("forms") {
		f.Forms = append(f.Forms, string(raw))
	}
	return f
}

func (p outletPages) add(c *httpx.Ctx) error {
	f := typedOutlet(c)
	o, secret, err := p.AddOutlet(c.Std(), c.Who, p.kind, f)
	switch {
	case err != nil:
		return p.showList(c, f, err)
	case secret != "":
		return p.showSecret(c, o.ID, o.Name, secret)
	}
	return act(c, nil, "delivery.outlet.made", p.at+"/"+string(o.ID))
}

// showSecret answers with the page itself: a secret is shown once and travels in no
// address and no cookie.
func (p outletPages) showSecret(c *httpx.Ctx, id ident.ID, name, secret string) error {
	t := c.T
	head := ui.HeaderData{Title: t.Say("delivery.secret.title"), Lead: name, Crumbs: []ui.Crumb{{Label: t.Say("delivery.admin.title"), Href: AdminAt}, {Label: p.word(t, "title"), Href: p.at}, {Label: t.Say("delivery.secret.title")}}}
	c.Set("Cache-Control", "no-store")
	return p.site.Show(c, site.Page{Title: head.Title, At: AdminAt}, views.Page(t, views.View{Head: head, Blocks: []views.Block{{Card: ui.CardData{Title: t.Say("delivery.secret.copy")}, Note: t.Say("delivery.secret.once"),
		Facts: []ui.Fact{{Label: t.Say("delivery.secret.label"), Value: views.Code(secret)}}},
		{Card: ui.CardData{Title: t.Say("delivery.secret.next"), Action: &ui.Action{Label: t.Say("delivery.secret.done"), Href: p.at + "/" + string(id)}}, Note: t.Say("delivery.secret.how")}}}))
}

func (p outletPages) asked(c *httpx.Ctx) (Outlet, error) {
	id, err := idOf(c, "id")
	if err != nil {
		return Outlet{}, err
	}
	return p.OutletOf(c.Std(), c.Who, p.kind, id)
}

func (p outletPages) one(c *httpx.Ctx) error {
	o, err := p.asked(c)
	if err != nil {
		return err
	}
	folder := o.Folder
	if folder == "." {
		folder = ""
	}
	return p.showOne(c, o, OutletForm{Name: o.Name, Definition: o.Definition, Cut: o.Cut, Folder: folder, Pattern: o.Pattern, Address: o.Address, Forms: strings.Split(o.Forms, ","), Enabled: o.Enabled}, nil)
}

// showOne shows an outlet: what it gets, a trial, its secret, and what was tried.
func (p outletPages) showOne(c *httpx.Ctx, o Outlet, f OutletForm, refused error) error {
	t := c.T
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	fields, err := p.fields(c, tree, f)
	if err != nil {
		return err
	}
	on := "0"
	if f.Enabled {
		on = "1"
	}
	fields = append(fields, ui.Field{Kind: ui.Check, Name: "enabled", Label: t.Say("delivery.outlet.enabled"), Value: on})
	tried, err := p.Attempts(c.Std(), c.Who, o.ID, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	at := p.at + "/" + string(o.ID)
	log := p.attemptTable(t, tried.Items)
	log.Pager = pager(at+"?", len(tried.Items), tried.Next, tried.First)
	version := ui.Hidden{Name: "version", Value: strconv.FormatInt(o.Version, 10)}
	head := ui.HeaderData{Title: o.Name, Lead: shownPath(t, o), Crumbs: []ui.Crumb{{Label: t.Say("delivery.admin.title"), Href: AdminAt}, {Label: p.word(t, "title"), Href: p.at}, {Label: o.Name}},
		Action: &ui.Action{Label: p.word(t, "try"), Href: at + "/try", Post: true, Icon: "refresh"}}
	return p.site.Form(c, site.Page{Title: head.Title, At: AdminAt}, refused, func(e ui.Errors) templ.Component {
		v := views.View{Head: head, Notice: p.warning(t), Blocks: []views.Block{{Card: ui.CardData{Title: t.Say("delivery.outlet.what")}, Form: &ui.FormData{Action: at, Submit: t.Say("delivery.outlet.save"), Errors: e, Fields: fields, Hidden: []ui.Hidden{version}}}}}
		if p.kind == Webhook {
			v.Blocks = append(v.Blocks, p.secretBlock(t, o, version))
		}
		v.Blocks = append(v.Blocks, views.Block{Card: ui.CardData{Title: t.Say("delivery.attempt.title"), Note: t.Say("delivery.attempt.note"), Flush: true, ID: "attempts"}, Table: log})
		return views.Page(t, v)
	})
}

func (p outletPages) secretBlock(t i18n.T, o Outlet, version ui.Hidden) views.Block {
	b := views.Block{Card: ui.CardData{Title: t.Say("delivery.secret.title")}, Note: t.Say("delivery.secret.about"), Form: &ui.FormData{ID: "rotate", Action: p.at + "/" + string(o.ID) + "/rotate", Submit: t.Say("delivery.secret.rotate"), Loose: true,
		Hidden: []ui.Hidden{version, {Name: httpx.OnceField, Value: string(ident.New(p.Machine.Now()))}},
		Fields: []ui.Field{{Kind: ui.Check, Name: "at_once", Label: t.Say("delivery.secret.at_once"), Value: "0"}}}}
	if o.SecretBefore != "" && o.BeforeUntil != nil && p.Machine.Now().Before(*o.BeforeUntil) {
		b.Facts = []ui.Fact{{Label: t.Say("delivery.secret.both"), Text: t.Say("delivery.secret.both_until", "at", *o.BeforeUntil)}}
	}
	return b
}

func (p outletPages) attemptTable(t i18n.T, rows []Attempt) *ui.TableData {
	d := &ui.TableData{Caption: t.Say("delivery.attempt.title"), HideCap: true, Count: -1, Empty: ui.EmptyData{Icon: "history", Title: t.Say("delivery.attempt.none"), Text: t.Say("delivery.attempt.none.text")},
		Columns: []ui.Column{{Label: t.Say("delivery.col.when")}, {Label: t.Say("delivery.attempt.what")}, {Label: t.Say("delivery.col.state")}, {Label: t.Say("delivery.attempt.answer")}, {Label: t.Say("delivery.attempt.took"), Num: true, Quiet: true}}}
	for _, a := range rows {
		what, state := t.Say("delivery.attempt.trial"), ui.State{Tone: ui.Good, Word: t.Say("delivery.attempt.good")}
		if a.Delivery != "" {
			what = t.Say("delivery.attempt.report")
		}
		row := ui.Row{}
		said := a.Answer
		if !a.Good {
			state, row.Tone, said = ui.State{Tone: ui.Bad, Word: t.Say("delivery.attempt.bad")}, ui.Late, t.Say(a.Problem)
		}
		sub := ""
		if !a.Good {
			sub = a.Answer
		}
		row.Cells = []templ.Component{ui.Text(t.Moment(a.At)), ui.Text(what), ui.Badge(state), ui.Two(said, sub), ui.Text(t.Say("delivery.attempt.ms", "n", a.TookMS))}
		d.Rows = append(d.Rows, row)
	}
	return d
}

func (p outletPages) change(c *httpx.Ctx) error {
	o, err := p.asked(c)
	if err != nil {
		return err
	}
	f := typedOutlet(c)
	if err := p.ChangeOutlet(c.Std(), c.Who, p.kind, o.ID, c.Version(), f); err != nil {
		return p.showOne(c, o, f, err)
	}
	return act(c, nil, "delivery.outlet.saved", p.at+"/"+string(o.ID))
}

func (p outletPages) try(c *httpx.Ctx) error {
	o, err := p.asked(c)
	if err != nil {
		return err
	}
	a, err := p.Try(c.Std(), c.Who, p.kind, o.ID)
	if err != nil {
		return err
	}
	if a.Good {
		site.Flash(c, ui.Good, p.word(c.T, "tried"))
	} else {
		site.Flash(c, ui.Bad, c.T.Say("delivery.attempt.failed", "why", i18n.Key(a.Problem)))
	}
	return c.See(p.at + "/" + string(o.ID))
}

func (p outletPages) rotate(c *httpx.Ctx) error {
	o, err := p.asked(c)
	if err != nil {
		return err
	}
	secret, err := p.Rotate(c.Std(), c.Who, o.ID, c.Version(), c.FormValue("at_once") == "1")
	if err != nil {
		return err
	}
	return p.showSecret(c, o.ID, o.Name, secret)
}
