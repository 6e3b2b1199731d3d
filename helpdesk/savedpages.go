package helpdesk

import (
	"net/url"
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

func (p *pages) savedRoutes(r *httpx.Router) {
	r.Page("GET", "/desk/views", p.savedList)
	r.Page("POST", "/desk/views", p.savedSave)
	r.Page("GET", "/desk/views/new", p.savedNew)
	r.Page("GET", "/desk/views/:id", p.savedEdit)
	r.Page("POST", "/desk/views/:id", p.savedSave)
	r.Page("POST", "/desk/views/:id/drop", p.savedDrop)
}

// kept is a line of the page of views, macros or templates.
func kept(t i18n.T, cat *Catalogue, share Share, group Group) ui.State {
	if share == MyGroup {
		return ui.State{Tone: ui.Info, Word: cat.Group(t, group)}
	}
	return ui.State{Tone: ui.Neutral, Word: t.Say("helpdesk.keep.share." + string(share))}
}

func (p *pages) savedList(c *httpx.Ctx) error {
	all, err := p.SavedViews(c.Std(), c.Who)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	cat, err := p.Catalogue(c.Std())
	if err != nil {
		return err
	}
	tally, err := p.Tally(c.Std(), c.Who, tree, all)
	if err != nil {
		return err
	}
	t := c.T
	d := ui.TableData{ID: "views", Caption: t.Say("helpdesk.saved.title"), HideCap: true, Count: -1,
		Columns: []ui.Column{{Label: t.Say("helpdesk.keep.name")}, {Label: t.Say("helpdesk.keep.share")}, {Label: t.Say("helpdesk.saved.open"), Num: true}, {Label: t.Say("helpdesk.saved.conditions"), Quiet: true}},
		Empty:   ui.EmptyData{Icon: "filter", Title: t.Say("helpdesk.saved.none"), Text: t.Say("helpdesk.saved.none_text"), Action: &ui.Action{Label: t.Say("helpdesk.saved.new"), Href: "/desk/views/new", Icon: "plus"}}}
	for _, v := range all {
		href, n := "/tickets?view="+string(v.ID), ""
		if mayChange(c.Who, v.Share, v.Owner) {
			href = "/desk/views/" + string(v.ID)
		}
		if count, ok := tally[v.ID]; ok {
			n = ui.Preset{Count: count, Ceiling: Ceiling}.Say(t)
		}
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, v.Name, ""), ui.Badge(kept(t, cat, v.Share, v.Group)), ui.Text(n), ui.Text(v.Conditions().words(t, tree, cat))}})
	}
	h := ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("helpdesk.ticket.crumb"), Href: "/tickets"}, {Label: t.Say("helpdesk.saved.title")}}, Title: t.Say("helpdesk.saved.title"), Lead: t.Say("helpdesk.saved.lead"),
		Action: &ui.Action{Label: t.Say("helpdesk.saved.new"), Href: "/desk/views/new", Icon: "plus"}}
	return p.site.Show(c, site.Page{Title: h.Title, At: "/tickets"}, views.KeptList(t, h, d))
}

// savedTyped is the form of a view as a person typed it.
type savedTyped struct {
	Keep
	Conditions
	unit     string // as typed
	priority string
}

// readSaved reads the form, or the address that proposes a new view.
func readSaved(value func(string, ...string) string) savedTyped {
	n, err := strconv.Atoi(value("priority"))
	if err != nil && value("priority") != "" {
		n = -1
	}
	version, err := strconv.ParseInt(value("version"), 10, 64)
	if err != nil {
		version = 0
	}
	return savedTyped{
		Keep: Keep{Version: version, Name: value("name"), Share: Share(value("share")), Group: Group(value("for_group"))},
		Conditions: Conditions{Phase: Phase(value("phase")), State: State(value("state")), Owner: Owned(value("owner")), Group: Group(value("group")), Service: Category(value("service")),
			Priority: n, Late: value("late") != "", Snoozed: value("snoozed"), Source: value("source"), Tag: strings.Join(strings.Fields(value("tag")), " "), Watched: value("watched") != "", Sort: Sort(value("sort"))},
		unit: value("unit"), priority: value("priority"),
	}
}

func (p *pages) savedNew(c *httpx.Ctx) error {
	if err := p.reads(c.Who); err != nil {
		return err
	}
	f := readSaved(c.Query)
	f.Share = Mine
	named := Filter{View: View(c.Query("view"))}.settled()
	if f.Phase == "" && named.Phase != "" {
		f.Phase, f.Owner, f.Late = named.Phase, named.Owner, named.Late
	}
	return p.savedForm(c, f, nil)
}

func (p *pages) savedEdit(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := p.SavedView(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	if !mayChange(c.Who, v.Share, v.Owner) {
		return fault.New(fault.Denied, "helpdesk.keep.others")
	}
	f := savedTyped{Keep: Keep{ID: id, Version: v.Version, Name: v.Name, Share: v.Share, Group: v.Group}, Conditions: v.Conditions()}
	f.unit = f.Unit
	if f.Priority > 0 {
		f.priority = strconv.Itoa(f.Priority)
	}
	return p.savedForm(c, f, nil)
}

func (p *pages) savedSave(c *httpx.Ctx) error {
	f := readSaved(c.FormValue)
	if c.Params("id") != "" {
		id, err := ident.Parse(c.Params("id"))
		if err != nil {
			return err
		}
		f.ID = id
	}
	if err := p.reads(c.Who); err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	if f.unit != "" {
		if f.Unit, err = meant(tree, f.unit); err != nil {
			return p.savedForm(c, f, err)
		}
	}
	v, err := p.SaveView(c.Std(), c.Who, f.Keep, f.Conditions)
	if err != nil {
		return p.savedForm(c, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.saved.done", "name", v.Name))
	return c.See("/tickets?view=" + url.QueryEscape(string(v.ID)))
}

func (p *pages) savedDrop(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.DropView(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.saved.dropped"))
	return c.See("/desk/views")
}

func (p *pages) savedForm(c *httpx.Ctx, f savedTyped, refused error) error {
	t := c.T
	cat, err := p.Catalogue(c.Std())
	if err != nil {
		return err
	}
	h := ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("helpdesk.ticket.crumb"), Href: "/tickets"}, {Label: t.Say("helpdesk.saved.title"), Href: "/desk/views"}}, Title: t.Say("helpdesk.saved.new"), Lead: t.Say("helpdesk.saved.form_lead")}
	d := ui.FormData{ID: "saved-view", Action: "/desk/views", Submit: t.Say("helpdesk.saved.submit"), Cancel: "/desk/views"}
	if f.ID != "" {
		d.Action += "/" + string(f.ID)
		d.Hidden = []ui.Hidden{{Name: "version", Value: strconv.FormatInt(f.Version, 10)}}
		h.Title = t.Say("helpdesk.saved.edit")
		h.More = []ui.Action{{Label: t.Say("helpdesk.saved.drop"), Href: d.Action + "/drop", Icon: "trash", Post: true, Danger: true,
			Confirm: &ui.Confirm{ID: "drop", Title: t.Say("helpdesk.saved.drop_ask", "name", f.Name), Yes: t.Say("helpdesk.saved.drop")}}}
	}
	d.Fields = append(keepFields(t, cat, c.Who.May(Manage), f.Keep), f.fields(t, cat)...)
	return p.shown(c, h.Title, refused, func(e ui.Errors) templ.Component {
		d.Errors = e
		return views.KeepForm(t, h, d)
	})
}

// keepFields are the questions that views, macros and templates have in common.
func keepFields(t i18n.T, cat *Catalogue, manages bool, k Keep) []ui.Field {
	all := []ui.Field{{Name: "name", Label: t.Say("helpdesk.keep.name"), Value: k.Name, Required: true, Max: longestView}}
	share := ui.Field{Kind: ui.Radio, Name: "share", Label: t.Say("helpdesk.keep.share"), Value: string(k.Share), Required: true}
	for _, s := range Shares {
		if s == Mine || manages || s == k.Share {
			share.Options = append(share.Options, ui.Option{Value: string(s), Label: t.Say("helpdesk.keep.share." + string(s))})
		}
	}
	if !manages {
		share.Hint = t.Say("helpdesk.keep.share_hint")
		return append(all, share)
	}
	return append(all, share, ui.Field{Kind: ui.Select, Name: "for_group", Label: t.Say("helpdesk.keep.group"), Hint: t.Say("helpdesk.keep.group_hint"), Value: string(k.Group), Options: groupOptions(t, cat, "")})
}

func groupOptions(t i18n.T, cat *Catalogue, none string) []ui.Option {
	all := []ui.Option{{Label: none}}
	for _, g := range cat.Working() {
		all = append(all, ui.Option{Value: string(g.Code), Label: g.name(t)})
	}
	return all
}

func sortOptions(t i18n.T) []ui.Option {
	return []ui.Option{{Label: t.Say("helpdesk.saved.sort.due")}, {Value: string(ByNewest), Label: t.Say("helpdesk.saved.sort.new")}, {Value: string(ByOldest), Label: t.Say("helpdesk.saved.sort.old")}}
}

// choices are the options of a condition: none of them, then each with its words.
func choices[T ~string](t i18n.T, prefix string, all ...T) []ui.Option {
	list := []ui.Option{{Label: t.Say("helpdesk.saved.whatever")}}
	for _, one := range all {
		list = append(list, ui.Option{Value: string(one), Label: t.Say(prefix + string(one))})
	}
	return list
}

func (f savedTyped) fields(t i18n.T, cat *Catalogue) []ui.Field {
	pick := func(name, label, value string, options []ui.Option) ui.Field {
		return ui.Field{Kind: ui.Select, Name: name, Label: t.Say(label), Value: value, Options: options, Required: true}
	}
	on := map[bool]string{true: "1"}
	phases := choices(t, "helpdesk.saved.phase.", InWork, Waiting, Asleep, Done)
	phases[0].Label = t.Say("helpdesk.saved.phase.open")
	return []ui.Field{
		pick("phase", "helpdesk.saved.phase", string(f.Phase), phases),
		pick("state", "helpdesk.ticket.state", string(f.State), choices(t, "helpdesk.state.", States...)),
		pick("owner", "helpdesk.ticket.owner", string(f.Owner), choices(t, "helpdesk.saved.owner.", OwnedByMe, OwnedByNobody, OwnedBySome)),
		pick("group", "helpdesk.ticket.group", string(f.Conditions.Group), groupOptions(t, cat, t.Say("helpdesk.saved.whatever"))),
		pick("service", "helpdesk.ticket.service", string(f.Service), append([]ui.Option{{Label: t.Say("helpdesk.saved.whatever")}}, serviceOptions(t, cat.Offers)...)),
		pick("priority", "helpdesk.ticket.priority", f.priority, choices(t, "helpdesk.priority.", "1", "2", "3", "4")),
		{Name: "unit", Label: t.Say("helpdesk.ticket.unit"), Hint: t.Say("helpdesk.saved.unit_hint"), Value: f.unit},
		{Kind: ui.Check, Name: "late", Label: t.Say("helpdesk.saved.late"), Value: on[f.Late]},
		{Kind: ui.Check, Name: "watched", Label: t.Say("helpdesk.saved.watched"), Value: on[f.Watched]},
		{Name: "tag", Label: t.Say("helpdesk.queue.tag"), Value: f.Tag, Max: longestTag},
		pick("snoozed", "helpdesk.saved.snoozed", f.Snoozed, choices(t, "helpdesk.saved.snoozed.", Yes, No)),
		pick("source", "helpdesk.ticket.source", f.Source, choices(t, "helpdesk.source.", sources...)),
		pick("sort", "helpdesk.saved.sort", string(f.Sort), sortOptions(t)),
	}
}
