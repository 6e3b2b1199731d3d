package duty

import (
	"context"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/duty/views"
)

// Home is the address of this room.
const Home = "/rollout/duty"

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages; that of a commune is open to everybody.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", PublicAt(":code"), p.public, httpx.Open)
	r.Page("GET", Home, p.list)
	r.Page("GET", Home+"/:code", p.kept)
	r.Page("POST", Home+"/:code", p.add)
	r.Page("POST", Home+"/:code/declare", p.declare)
	r.Page("POST", Home+"/:code/:id/end", p.end)
}

// public tells everybody about a commune. It holds nothing that depends on the reader, so
// it may be kept for a while on the way.
func (p *pages) public(c *httpx.Ctx) error {
	u, tree, err := p.commune(c.Std(), c.Params("code"))
	if err != nil {
		return err
	}
	offers, err := p.Offers(c.Std(), u.Code)
	if err != nil {
		return err
	}
	up, err := p.Posted(c.Std(), u.Code)
	if err != nil {
		return err
	}
	hours, err := p.titles(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	v := views.Public{Title: tree.Place(u.Code), Lead: t.Say("communeduty.public.lead"), Printed: t.Say("communeduty.as_of", "at", t.Moment(p.Business.Now()))}
	for _, o := range offers {
		title := o.Title
		if t.Lang == i18n.EN && o.TitleEN != "" {
			title = o.TitleEN
		}
		s := views.Service{Title: title, State: stageState(t, o.Stage)}
		if !o.Since.IsZero() && (o.Stage == rollout.Trial || o.Stage == rollout.Official) {
			s.Since = t.Say("communeduty.since", "day", t.Day(o.Since))
		}
		v.Services = append(v.Services, s)
	}
	for _, l := range up {
		open, err := p.open(c.Std(), t, l)
		if err != nil {
			return err
		}
		v.Contacts = append(v.Contacts, views.Contact{Kind: t.Say("communeduty.kind." + l.Kind), Name: l.Name, Phone: phone.Show(l.Phone), Tel: l.Phone, Hours: hours[l.Calendar], Note: l.Note, Open: open})
	}
	for n := range strings.SplitSeq(p.City, ";") {
		if n = strings.TrimSpace(n); n != "" {
			v.City = append(v.City, n)
		}
	}
	return p.site.Show(c, site.Page{Title: v.Title, Citizen: true}, views.PublicPage(t, v))
}

func stageState(t i18n.T, s rollout.Stage) ui.State {
	tone := map[rollout.Stage]ui.Tone{rollout.Preparing: ui.Prepare, rollout.Trial: ui.Trial, rollout.Official: ui.Official, rollout.Live: ui.Live}[s]
	return ui.State{Tone: tone, Word: t.Say("communeduty.stage." + string(s))}
}

// titles are the names of calendars as people read them.
func (s *Service) titles(ctx context.Context) (map[string]string, error) {
	all, err := s.Calendars.Calendars(ctx, access.System("duty"))
	out := map[string]string{}
	for _, one := range all {
		out[one.Name] = one.Title
	}
	return out, err
}

// open tells whether a line can be called now.
func (p *pages) open(ctx context.Context, t i18n.T, l Line) (ui.State, error) {
	cal, err := p.Calendars.Calendar(ctx, l.Calendar)
	if err != nil {
		return ui.State{}, err
	}
	if open, known := cal.IsOpen(p.Business.Now()); !known || open {
		return ui.State{Tone: ui.Good, Word: t.Say("communeduty.open")}, nil
	}
	return ui.State{Tone: ui.Neutral, Word: t.Say("communeduty.closed")}, nil
}

// list shows which communes have no hotline up; who keeps one commune only goes there.
func (p *pages) list(c *httpx.Ctx) error {
	bare, all, err := p.Without(c.Std(), c.Who)
	if err != nil {
		return err
	}
	if all == 1 {
		return c.See(Home + "/" + c.Who.Home)
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("communeduty.without"), HideCap: true, Count: int64(len(bare)), Columns: []ui.Column{{Label: t.Say("communeduty.commune")}, {Label: t.Say("communeduty.district")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("communeduty.without.none"), Text: t.Say("communeduty.without.none.text")}}
	for _, u := range bare {
		table.Rows = append(table.Rows, ui.Row{Href: Home + "/" + u.Code, Cells: []templ.Component{ui.Main(Home+"/"+u.Code, u.Full(), u.Code), ui.Text(tree.Name(u.Parent))}})
	}
	head := ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("nav.rollout"), Href: "/rollout"}, {Label: t.Say("communeduty.title")}}, Title: t.Say("communeduty.title"), Lead: t.Say("communeduty.lead")}
	figures := []ui.FigureData{{Label: t.Say("communeduty.with"), Value: t.Int(int64(all - len(bare))), Of: t.Say("communeduty.of", "n", all)}}
	return p.site.Show(c, site.Page{Title: head.Title, At: Home}, views.ListPage(t, head, figures, table))
}

func (p *pages) kept(c *httpx.Ctx) error {
	return p.showKept(c, Form{Kind: Hotline, Calendar: calstore.Office, From: p.today()}, nil)
}

func (p *pages) showKept(c *httpx.Ctx, f Form, refused error) error {
	code := c.Params("code")
	up, err := p.Lines(c.Std(), c.Who, code)
	if err != nil {
		return err
	}
	u, tree, err := p.commune(c.Std(), code)
	if err != nil {
		return err
	}
	calendars, err := p.Calendars.Calendars(c.Std(), access.System("duty"))
	if err != nil {
		return err
	}
	t := c.T
	hours, options := map[string]string{}, []ui.Option{}
	for _, one := range calendars {
		hours[one.Name] = one.Title
		options = append(options, ui.Option{Value: one.Name, Label: one.Title})
	}
	v := views.Kept{Head: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("nav.rollout"), Href: "/rollout"}, {Label: t.Say("communeduty.title"), Href: Home}, {Label: u.Full()}}, Title: t.Say("communeduty.of_unit", "unit", tree.Place(code)), Lead: t.Say("communeduty.lead"),
		More: []ui.Action{{Label: t.Say("communeduty.public"), Href: PublicAt(code), Icon: "eye"}}}, Table: p.table(t, up, hours, code), Form: form(t, code, f, options)}
	if c.Who.Covers(rollout.Declare, code) {
		v.Declare = &ui.FormData{Action: Home + "/" + code + "/declare", Submit: t.Say("communeduty.declare.do"), Loose: true}
	}
	return p.site.Form(c, site.Page{Title: v.Head.Title, At: Home}, refused, func(e ui.Errors) templ.Component {
		v.Form.Errors = e
		return views.KeptPage(t, v)
	})
}

func form(t i18n.T, code string, f Form, calendars []ui.Option) ui.FormData {
	var kinds []ui.Option
	for _, k := range Kinds {
		kinds = append(kinds, ui.Option{Value: k, Label: t.Say("communeduty.kind." + k)})
	}
	return ui.FormData{Action: Home + "/" + code, Submit: t.Say("communeduty.add.do"), Fields: []ui.Field{
		{Kind: ui.Radio, Name: "kind", Label: t.Say("communeduty.kind"), Value: f.Kind, Required: true, Options: kinds},
		{Name: "name", Label: t.Say("communeduty.name"), Hint: t.Say("communeduty.name.hint"), Value: f.Name, Required: true, Max: longestName, Autocomplete: "off"},
		{Kind: ui.Phone, Name: "phone", Label: t.Say("communeduty.phone"), Value: f.Phone, Required: true, Max: 20, Autocomplete: "off"},
		{Kind: ui.Select, Name: "calendar", Label: t.Say("communeduty.hours"), Value: f.Calendar, Required: true, Options: calendars},
		{Kind: ui.Date, Name: "from", Label: t.Say("communeduty.from"), Value: f.From, Required: true, Narrow: true},
		{Kind: ui.Date, Name: "until", Label: t.Say("communeduty.until"), Hint: t.Say("communeduty.until.hint"), Value: f.Until, Narrow: true},
		{Name: "note", Label: t.Say("communeduty.note"), Value: f.Note, Max: longestNote}}}
}

func (p *pages) table(t i18n.T, up []Line, hours map[string]string, code string) ui.TableData {
	d := ui.TableData{Caption: t.Say("communeduty.up"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("communeduty.name")}, {Label: t.Say("communeduty.phone")}, {Label: t.Say("communeduty.hours")}, {Label: t.Say("communeduty.days")}, {Label: t.Say("communeduty.do")}},
		Empty: ui.EmptyData{Icon: "phone", Title: t.Say("communeduty.none"), Text: t.Say("communeduty.none.text")}}
	for _, l := range up {
		end := ui.Action{Label: t.Say("communeduty.end"), Href: Home + "/" + code + "/" + string(l.ID) + "/end", Post: true, Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(l.Version, 10)}}}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Two(l.Name, t.Say("communeduty.kind."+l.Kind)), ui.Text(phone.Show(l.Phone)), ui.Text(hours[l.Calendar]), ui.Two(dayWords(t, l.FromDay), dayWords(t, l.UntilDay)), ui.Button(t, end, "btn btn-sm")}})
	}
	return d
}

func dayWords(t i18n.T, day string) string {
	at, err := clock.ParseDate(day)
	if err != nil {
		return "" // no end
	}
	return t.Day(at)
}

func (p *pages) add(c *httpx.Ctx) error {
	f := Form{Kind: c.FormValue("kind"), Name: c.FormValue("name"), Phone: c.FormValue("phone"), Calendar: c.FormValue("calendar"), Note: c.FormValue("note"), From: c.FormValue("from"), Until: c.FormValue("until")}
	_, err := p.Add(c.Std(), c.Who, c.Params("code"), f)
	return p.done(c, f, err, "communeduty.added")
}

func (p *pages) end(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		version = 0 // no version that was ever there
	}
	return p.done(c, Form{Kind: Hotline, Calendar: calstore.Office, From: p.today()}, p.End(c.Std(), c.Who, c.Params("code"), id, version), "communeduty.ended")
}

func (p *pages) declare(c *httpx.Ctx) error {
	return p.done(c, Form{Kind: Hotline, Calendar: calstore.Office, From: p.today()}, p.Declare(c.Std(), c.Who, c.Params("code")), "communeduty.declared")
}

func (p *pages) done(c *httpx.Ctx, f Form, err error, said string) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.showKept(c, f, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say(said))
	return c.See(Home + "/" + c.Params("code"))
}
