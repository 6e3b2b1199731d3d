package helpdesk

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// catalogue declares the pages on which services and groups are kept.
func (p *pages) catalogue(r *httpx.Router) {
	r.Page("GET", "/desk/services", p.offers)
	r.Page("POST", "/desk/services", p.saveOffer)
	r.Page("GET", "/desk/services/new", p.newOffer)
	r.Page("GET", "/desk/services/:code", p.editOffer)
	r.Page("GET", "/desk/groups", p.teams)
	r.Page("POST", "/desk/groups", p.saveTeam)
	r.Page("GET", "/desk/groups/new", p.newTeam)
	r.Page("GET", "/desk/groups/:code", p.editTeam)
}

// shelves is the catalogue, for those who keep it.
func (p *pages) shelves(c *httpx.Ctx) (*Catalogue, error) {
	if err := c.Who.Need(Manage); err != nil {
		return nil, err
	}
	return p.Catalogue(c.Std())
}

func catalogueHead(t i18n.T, title, lead string, action *ui.Action, under ...ui.Crumb) ui.HeaderData {
	crumbs := append([]ui.Crumb{{Label: t.Say("helpdesk.ticket.crumb"), Href: "/tickets"}}, under...)
	h := ui.HeaderData{Crumbs: append(crumbs, ui.Crumb{Label: t.Say(title)}), Title: t.Say(title), Action: action}
	if lead != "" {
		h.Lead = t.Say(lead)
	}
	return h
}

func activeState(t i18n.T, active bool) ui.State {
	if active {
		return ui.State{Tone: ui.Good, Word: t.Say("helpdesk.catalogue.active")}
	}
	return ui.State{Tone: ui.Neutral, Word: t.Say("helpdesk.catalogue.inactive")}
}

func (p *pages) offers(c *httpx.Ctx) error {
	cat, err := p.shelves(c)
	if err != nil {
		return err
	}
	t := c.T
	d := ui.TableData{ID: "services", Caption: t.Say("helpdesk.services.title"), HideCap: true, Count: -1,
		Columns: []ui.Column{{Label: t.Say("helpdesk.services.name")}, {Label: t.Say("helpdesk.ticket.group")}, {Label: t.Say("helpdesk.ticket.kind")},
			{Label: t.Say("helpdesk.checks.title"), Num: true}, {Label: t.Say("helpdesk.fields.title"), Num: true}, {Label: t.Say("helpdesk.ticket.state")}}}
	for _, o := range cat.Offers {
		href := "/desk/services/" + string(o.Code)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, o.name(t), string(o.Code)), ui.Text(cat.Group(t, o.Group)), ui.Text(t.Say("helpdesk.kind." + string(o.Kind))),
			ui.Text(t.Int(int64(len(o.Checklist)))), ui.Text(t.Int(int64(len(o.Fields)))), ui.Badge(activeState(t, o.Active))}})
	}
	h := catalogueHead(t, "helpdesk.services.title", "helpdesk.services.lead", &ui.Action{Label: t.Say("helpdesk.services.new"), Href: "/desk/services/new", Icon: "plus"})
	h.More = []ui.Action{{Label: t.Say("helpdesk.groups.title"), Href: "/desk/groups", Icon: "users"}}
	return p.site.Show(c, site.Page{Title: h.Title, At: "/desk/services"}, views.KeptList(t, h, d))
}

func (p *pages) newOffer(c *httpx.Ctx) error {
	cat, err := p.shelves(c)
	if err != nil {
		return err
	}
	o := Offer{Kind: Request, Impact: Least, Urgency: 2, Active: true, Position: 10 * (len(cat.Offers) + 1)}
	if len(cat.Teams) > 0 {
		o.Group = cat.Teams[0].Code
	}
	return p.showOffer(c, cat, o, nil)
}

func (p *pages) editOffer(c *httpx.Ctx) error {
	cat, err := p.shelves(c)
	if err != nil {
		return err
	}
	o, ok := cat.Offer(Category(c.Params("code")))
	if !ok {
		return fault.New(fault.Missing, "fault.missing")
	}
	o.NameVI = o.name(c.T)
	return p.showOffer(c, cat, o, nil)
}

// readOffer reads the form of a service.
func readOffer(c *httpx.Ctx) Offer {
	number := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(c.FormValue(name)))
		if err != nil {
			return -1
		}
		return n
	}
	o := Offer{Code: Category(strings.TrimSpace(c.FormValue("code"))), NameVI: c.FormValue("name_vi"), NameEN: c.FormValue("name_en"), Group: Group(c.FormValue("group")),
		Kind: Kind(c.FormValue("kind")), Impact: number("impact"), Urgency: number("urgency"), Position: number("position"), Active: c.FormValue("active") != ""}
	if v, err := strconv.ParseInt(c.FormValue("version"), 10, 64); err == nil {
		o.Version = v
	}
	for line := range strings.Lines(c.FormValue("checklist")) {
		line = strings.TrimSpace(line)
		label, must := strings.CutPrefix(line, "*")
		o.Checklist = append(o.Checklist, Item{Label: strings.TrimSpace(label), Mandatory: must})
	}
	for i := range mostFields {
		n := strconv.Itoa(i)
		f := FieldDef{Code: c.FormValue("fcode_" + n), Label: c.FormValue("flabel_" + n), Kind: FieldKind(c.FormValue("fkind_" + n)), Required: c.FormValue("fneed_"+n) != ""}
		f.Options = strings.Split(c.FormValue("foptions_"+n), ";")
		if tidy(f.Label) != "" {
			o.Fields = append(o.Fields, f)
		}
	}
	return o
}

func (p *pages) saveOffer(c *httpx.Ctx) error {
	cat, err := p.shelves(c)
	if err != nil {
		return err
	}
	o := readOffer(c)
	saved, err := p.SaveOffer(c.Std(), c.Who, o)
	if err != nil {
		return p.showOffer(c, cat, o, err)
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.services.done", "name", saved.name(c.T)))
	return c.See("/desk/services")
}

func (p *pages) showOffer(c *httpx.Ctx, cat *Catalogue, o Offer, refused error) error {
	t := c.T
	_, known := cat.Offer(o.Code)
	title := "helpdesk.services.new"
	if known {
		title = "helpdesk.services.edit"
	}
	var groups []ui.Option
	for _, g := range cat.Teams {
		groups = append(groups, ui.Option{Value: string(g.Code), Label: g.name(t)})
	}
	return p.shown(c, t.Say(title), refused, func(e ui.Errors) templ.Component {
		d := ui.FormData{ID: "service", Action: "/desk/services", Errors: e, Submit: t.Say("helpdesk.change.submit"), Cancel: "/desk/services",
			Hidden: []ui.Hidden{{Name: "version", Value: seqText(o.Version)}}, Fields: append(entryFields(t, string(o.Code), o.NameVI, o.NameEN, o.Position, known),
				ui.Field{Kind: ui.Select, Name: "group", Label: t.Say("helpdesk.ticket.group"), Value: string(o.Group), Options: groups, Required: true},
				ui.Field{Kind: ui.Select, Name: "kind", Label: t.Say("helpdesk.ticket.kind"), Value: string(o.Kind), Options: kindOptions(t), Required: true},
				level(t, "impact", strconv.Itoa(o.Impact)), level(t, "urgency", strconv.Itoa(o.Urgency)),
				ui.Field{Kind: ui.Area, Name: "checklist", Label: t.Say("helpdesk.checks.title"), Hint: t.Say("helpdesk.services.checklist_hint"), Value: itemLines(o.Checklist), Rows: 5},
				ui.Field{Kind: ui.Check, Name: "active", Label: t.Say("helpdesk.services.active"), Value: checkedValue(o.Active)})}
		if known {
			d.Hidden = append(d.Hidden, ui.Hidden{Name: "code", Value: string(o.Code)})
		}
		return views.Service(t, catalogueHead(t, title, "", nil, ui.Crumb{Label: t.Say("helpdesk.services.title"), Href: "/desk/services"}), d, fieldRows(t, o))
	})
}

// entryFields are the questions that services and groups have in common. The code is
// asked once and stays.
func entryFields(t i18n.T, code, vi, en string, position int, known bool) []ui.Field {
	all := []ui.Field{}
	if !known {
		all = append(all, ui.Field{Name: "code", Label: t.Say("helpdesk.catalogue.code"), Hint: t.Say("helpdesk.catalogue.code_shape"), Value: code, Required: true, Max: 30, Narrow: true})
	}
	return append(all,
		ui.Field{Name: "name_vi", Label: t.Say("helpdesk.catalogue.name_vi"), Value: vi, Required: true, Max: longestLabel},
		ui.Field{Name: "name_en", Label: t.Say("helpdesk.catalogue.name_en"), Value: en, Max: longestLabel},
		ui.Field{Kind: ui.Whole, Name: "position", Label: t.Say("helpdesk.catalogue.position"), Value: strconv.Itoa(position), Required: true, Narrow: true})
}

func checkedValue(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// itemLines writes a checklist as its form takes it: a line each, a star before what
// is mandatory.
func itemLines(items []Item) string {
	var b strings.Builder
	for _, i := range items {
		if i.Mandatory {
			b.WriteString("* ")
		}
		b.WriteString(i.Label + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// spareFields is how many empty rows the form of a service offers for new fields.
const spareFields = 2

func fieldRows(t i18n.T, o Offer) []views.FieldRow {
	var rows []views.FieldRow
	kinds := []ui.Option{}
	for _, k := range FieldKinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: t.Say("helpdesk.fields.kind." + string(k))})
	}
	all := append(append([]FieldDef{}, o.Fields...), make([]FieldDef, min(spareFields, mostFields-len(o.Fields)))...)
	for i, f := range all {
		n := strconv.Itoa(i)
		if f.Kind == "" {
			f.Kind = FieldText
		}
		rows = append(rows, views.FieldRow{Legend: t.Say("helpdesk.fields.nth", "n", i+1), Code: ui.Hidden{Name: "fcode_" + n, Value: f.Code}, Fields: []ui.Field{
			{Name: "flabel_" + n, Label: t.Say("helpdesk.fields.label"), Value: f.Label, Max: longestLabel},
			{Kind: ui.Select, Name: "fkind_" + n, Label: t.Say("helpdesk.fields.kind"), Value: string(f.Kind), Options: kinds, Required: true, Narrow: true},
			{Name: "foptions_" + n, Label: t.Say("helpdesk.fields.options"), Hint: t.Say("helpdesk.fields.options_hint"), Value: strings.Join(f.Options, "; ")},
			{Kind: ui.Check, Name: "fneed_" + n, Label: t.Say("helpdesk.fields.required"), Value: checkedValue(f.Required)},
		}})
	}
	return rows
}

func (p *pages) teams(c *httpx.Ctx) error {
	cat, err := p.shelves(c)
	if err != nil {
		return err
	}
	t := c.T
	d := ui.TableData{ID: "groups", Caption: t.Say("helpdesk.groups.title"), HideCap: true, Count: -1,
		Columns: []ui.Column{{Label: t.Say("helpdesk.groups.name")}, {Label: t.Say("helpdesk.groups.members")}, {Label: t.Say("helpdesk.groups.follow_up")}, {Label: t.Say("helpdesk.ticket.state")}}}
	for _, g := range cat.Teams {
		href := "/desk/groups/" + string(g.Code)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, g.name(t), string(g.Code)), ui.Text(membership(t, g)),
			ui.Text(t.Say("helpdesk.groups.policy."+string(g.FollowUp), "days", g.FollowUpDays)), ui.Badge(activeState(t, g.Active))}})
	}
	h := catalogueHead(t, "helpdesk.groups.title", "helpdesk.groups.lead", &ui.Action{Label: t.Say("helpdesk.groups.new"), Href: "/desk/groups/new", Icon: "plus"})
	h.More = []ui.Action{{Label: t.Say("helpdesk.services.title"), Href: "/desk/services", Icon: "list"}}
	return p.site.Show(c, site.Page{Title: h.Title, At: "/desk/services"}, views.KeptList(t, h, d))
}

// membership says in a word who belongs to a group.
func membership(t i18n.T, g Team) string {
	switch {
	case len(g.Members) > 0:
		return t.Say("helpdesk.groups.named", "n", len(g.Members))
	case g.Role != "":
		return t.Say("helpdesk.groups.role." + string(g.Role))
	}
	return t.Say("helpdesk.groups.everybody")
}

func (p *pages) newTeam(c *httpx.Ctx) error {
	cat, err := p.shelves(c)
	if err != nil {
		return err
	}
	return p.showTeam(c, cat, Team{FollowUp: FollowReopens, FollowUpDays: shippedDays, Active: true, Position: 10 * (len(cat.Teams) + 1)}, nil)
}

func (p *pages) editTeam(c *httpx.Ctx) error {
	cat, err := p.shelves(c)
	if err != nil {
		return err
	}
	g, ok := cat.Team(Group(c.Params("code")))
	if !ok {
		return fault.New(fault.Missing, "fault.missing")
	}
	g.NameVI = g.name(c.T)
	return p.showTeam(c, cat, g, nil)
}

func (p *pages) saveTeam(c *httpx.Ctx) error {
	cat, err := p.shelves(c)
	if err != nil {
		return err
	}
	g := Team{Code: Group(strings.TrimSpace(c.FormValue("code"))), NameVI: c.FormValue("name_vi"), NameEN: c.FormValue("name_en"), Role: access.Role(c.FormValue("role")),
		FollowUp: FollowUp(c.FormValue("follow_up")), Active: c.FormValue("active") != "", FollowUpDays: -1, Position: -1}
	if n, err := strconv.Atoi(c.FormValue("follow_up_days")); err == nil {
		g.FollowUpDays = n
	}
	if n, err := strconv.Atoi(c.FormValue("position")); err == nil {
		g.Position = n
	}
	if v, err := strconv.ParseInt(c.FormValue("version"), 10, 64); err == nil {
		g.Version = v
	}
	for _, m := range c.Request().PostArgs().PeekMulti("members") {
		g.Members = append(g.Members, ident.ID(string(m)))
	}
	saved, err := p.SaveTeam(c.Std(), c.Who, g)
	if err != nil {
		return p.showTeam(c, cat, g, err)
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.groups.done", "name", saved.name(c.T)))
	return c.See("/desk/groups")
}

// teamRoles are the roles by which one may belong to a group.
var teamRoles = []access.Role{org.SupportAgent, org.SupportLead}

func (p *pages) showTeam(c *httpx.Ctx, cat *Catalogue, g Team, refused error) error {
	agents, err := p.People.Agents(c.Std(), "")
	if err != nil {
		return err
	}
	t := c.T
	_, known := cat.Team(g.Code)
	title := "helpdesk.groups.new"
	if known {
		title = "helpdesk.groups.edit"
	}
	roles := []ui.Option{{Label: t.Say("helpdesk.groups.everybody")}}
	for _, r := range teamRoles {
		roles = append(roles, ui.Option{Value: string(r), Label: t.Say("helpdesk.groups.role." + string(r))})
	}
	members := ui.Field{Kind: ui.Checks, Name: "members", Label: t.Say("helpdesk.groups.members"), Hint: t.Say("helpdesk.groups.members_hint")}
	for _, a := range agents {
		members.Options = append(members.Options, ui.Option{Value: string(a.ID), Label: a.Name})
	}
	for _, m := range g.Members {
		members.Values = append(members.Values, string(m))
	}
	return p.shown(c, t.Say(title), refused, func(e ui.Errors) templ.Component {
		d := ui.FormData{ID: "group", Action: "/desk/groups", Errors: e, Submit: t.Say("helpdesk.change.submit"), Cancel: "/desk/groups",
			Hidden: []ui.Hidden{{Name: "version", Value: seqText(g.Version)}}, Fields: append(entryFields(t, string(g.Code), g.NameVI, g.NameEN, g.Position, known),
				ui.Field{Kind: ui.Select, Name: "role", Label: t.Say("helpdesk.groups.role"), Value: string(g.Role), Options: roles, Required: true}, members,
				ui.Field{Kind: ui.Radio, Name: "follow_up", Label: t.Say("helpdesk.groups.follow_up"), Value: string(g.FollowUp), Required: true, Options: []ui.Option{
					{Value: string(FollowReopens), Label: t.Say("helpdesk.groups.follow_up.reopen")}, {Value: string(FollowNew), Label: t.Say("helpdesk.groups.follow_up.new")}}},
				ui.Field{Kind: ui.Whole, Name: "follow_up_days", Label: t.Say("helpdesk.groups.days"), Hint: t.Say("helpdesk.groups.days_hint"), Value: strconv.Itoa(g.FollowUpDays), Required: true, Narrow: true},
				ui.Field{Kind: ui.Check, Name: "active", Label: t.Say("helpdesk.groups.active"), Value: checkedValue(g.Active)})}
		if known {
			d.Hidden = append(d.Hidden, ui.Hidden{Name: "code", Value: string(g.Code)})
		}
		return views.KeepForm(t, catalogueHead(t, title, "", nil, ui.Crumb{Label: t.Say("helpdesk.groups.title"), Href: "/desk/groups"}), d)
	})
}
