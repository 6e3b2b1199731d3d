package ticket

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/ticket/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/offline"
	"lotrinh/internal/site/ui"
)

const (
	// Home is where a counter reserves numbers; it works without a line once it was open.
	Home = offline.Prefix + "/counter"
	// Lookup is where a citizen finds the official code.
	Lookup = "/phieu-tam"

	api = "/api/v1/dossiers/tickets"
)

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the operation.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Dossiers.AddTab(dossier.Tab{Label: "ticket.tab", Href: Home, Needs: []access.Perm{dossier.Receive}})
	r.Page("GET", Home, p.home)
	r.Page("POST", Home, p.reserve)
	r.Page("GET", Home+"/:id", p.counter)
	r.Page("POST", Home+"/:id", p.take)
	r.Page("GET", Lookup, p.lookup, httpx.Open)
	r.API(httpx.Op{Method: "POST", Path: api, ID: "takeTicket", Tag: "dossiers", Summary: "Take in a provisional ticket of a counter, once however often it is sent", Query: []httpx.Param{offline.Ago}, In: In{}, Out: Out{}, Status: 201}, p.takeAPI)
}

// In is a ticket as a counter's browser kept it.
type In struct {
	ID        ident.ID `json:"id" doc:"made in the browser; names this ticket for ever"`
	Block     ident.ID `json:"block"`
	Number    string   `json:"number" doc:"the last part of the number"`
	Since     string   `json:"since" doc:"the signed moment of the page"`
	Procedure string   `json:"procedure"`
	Subject   string   `json:"subject"`
	Born      string   `json:"born,omitempty"`
	Applicant string   `json:"applicant"`
	Phone     string   `json:"phone,omitempty"`
	Note      string   `json:"note,omitempty"`
}

// Out is what a ticket became.
type Out struct {
	Number string `json:"number"`
	Code   string `json:"code" doc:"the official code"`
	Text   string `json:"text"`
	Page   string `json:"page"`
}

func (in In) sent(written time.Time) Sent {
	n, err := strconv.ParseInt(in.Number, 10, 64)
	if err != nil {
		n = -1
	}
	return Sent{ID: in.ID, Block: in.Block, Number: n, Since: in.Since, Written: written, Procedure: in.Procedure, Note: in.Note,
		Facts: dossier.Facts{Subject: in.Subject, Born: in.Born, Applicant: in.Applicant, Phone: in.Phone}}
}

func (p *pages) takeAPI(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[In](c)
	if err != nil {
		return err
	}
	written, err := offline.When(c, p.Dossiers.Now())
	if err != nil {
		return err
	}
	t, err := p.Take(c.Std(), c.Who, in.sent(written))
	if err != nil {
		return err
	}
	return c.Reply(201, Out{Number: t.Number, Code: t.Code, Text: c.T.Say("ticket.taken", "number", t.Number, "code", t.Code), Page: dossier.Home + "/" + string(t.Dossier)})
}

// unit is the commune whose counter this is: the own, else the first within reach.
func (p *pages) unit(c *httpx.Ctx, tree *org.Tree) string {
	if u, ok := tree.Unit(c.Who.Home); ok && u.Level == org.Commune {
		return u.Code
	}
	for _, u := range tree.Communes("") {
		if c.Who.Covers(dossier.Receive, u.Code) {
			return u.Code
		}
	}
	return ""
}

func (p *pages) home(c *httpx.Ctx) error { return p.showHome(c, nil) }

func (p *pages) showHome(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(dossier.Receive); err != nil {
		return err
	}
	_, tree, err := p.Dossiers.Known(c.Std())
	if err != nil {
		return err
	}
	t, unit := c.T, p.unit(c, tree)
	var blocks []Block
	if err := p.DB.Read().NewSelect().Model(&blocks).Where("tb.unit = ?", unit).Apply(c.Who.Within(dossier.Receive, "tb.unit")).Order("tb.id DESC").Limit(10).Scan(c.Std()); err != nil {
		return db.Sorted(err)
	}
	d := ui.TableData{Caption: t.Say("ticket.blocks"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("ticket.counter")}, {Label: t.Say("ticket.numbers")}, {Label: t.Say("ticket.at"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "ticket", Title: t.Say("ticket.none"), Text: t.Say("ticket.none_text")}}
	for _, b := range blocks {
		href := Home + "/" + string(b.ID)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, t.Say("ticket.counter_no", "n", b.Counter), ""), ui.Text(b.Number(b.From) + " – " + b.Number(b.Until)), ui.Text(t.Moment(b.At))}})
	}
	head := ui.HeaderData{Title: t.Say("ticket.title", "place", tree.Name(unit)), Lead: t.Say("ticket.lead")}
	return p.site.Form(c, p.frame(c, head.Title), refused, func(e ui.Errors) templ.Component {
		return views.HomePage(t, head, ui.FormData{Action: Home, Submit: t.Say("ticket.reserve"), Errors: e, Hidden: []ui.Hidden{{Name: "unit", Value: unit}},
			Fields: []ui.Field{{Name: "counter", Label: t.Say("ticket.counter"), Hint: t.Say("ticket.counter.hint"), Value: c.FormValue("counter", "01"), Narrow: true, Max: 2, Required: true}}}, d)
	})
}

func (p *pages) frame(c *httpx.Ctx, title string) site.Page {
	return site.Page{Title: title, At: dossier.Home, Tabs: p.Dossiers.Tabs(c.T, c.Who, Home)}
}

func (p *pages) reserve(c *httpx.Ctx) error {
	b, err := p.Reserve(c.Std(), c.Who, strings.Clone(c.FormValue("unit")), strings.Clone(c.FormValue("counter")))
	if fault.Is(err, fault.Invalid) {
		return p.showHome(c, err)
	}
	if err != nil {
		return err
	}
	return c.See(Home + "/" + string(b.ID))
}

func (p *pages) counter(c *httpx.Ctx) error { return p.showCounter(c, nil) }

// showCounter is the page that writes tickets: kept by the browser, it works without a
// line, and carries its own moment.
func (p *pages) showCounter(c *httpx.Ctx, refused error) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	b, err := p.block(c.Std(), p.DB.Read(), c.Who, id)
	if err != nil {
		return err
	}
	last, err := p.used(c.Std(), b)
	if err != nil {
		return err
	}
	all, err := p.Dossiers.AllInForce(c.Std(), p.Dossiers.Now())
	if err != nil {
		return err
	}
	_, tree, err := p.Dossiers.Known(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	options := []ui.Option{{Label: t.Say("ticket.procedure.pick")}}
	for _, v := range all {
		def, err := p.Dossiers.Definition(c.Std(), v.ID)
		if err != nil {
			return err
		}
		options = append(options, ui.Option{Value: v.Procedure, Label: def.Name.Say(string(t.Lang))})
	}
	slices.SortFunc(options[1:], func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	at := Home + "/" + string(b.ID)
	prefix, _ := strings.CutSuffix(b.Number(0), "0000")
	head := ui.HeaderData{Title: t.Say("ticket.write", "place", tree.Name(b.Unit), "n", b.Counter), Lead: t.Say("ticket.write.lead"), Crumbs: []ui.Crumb{{Label: t.Say("ticket.tab"), Href: Home}, {Label: t.Say("ticket.counter_no", "n", b.Counter)}}}
	form := ui.FormData{Action: at, Submit: t.Say("ticket.submit"), Loose: true,
		Hidden: []ui.Hidden{{Name: "block", Value: string(b.ID)}, {Name: "since", Value: p.Since()}, {Name: "id", Value: string(ident.New(p.Dossiers.Now()))}},
		Attrs:  templ.Attributes{"data-kept-form": api, "data-kept-label": t.Say("ticket.kept", "number", prefix+"{number}", "subject", "{subject}"), "data-ticket": string(b.ID), "data-ticket-prefix": prefix, "data-ticket-until": strconv.FormatInt(b.Until, 10)},
		Fields: []ui.Field{{Name: "number", Label: t.Say("ticket.number"), Hint: t.Say("ticket.number.hint", "prefix", prefix), Value: strconv.FormatInt(last+1, 10), Narrow: true, Required: true, Attrs: templ.Attributes{"inputmode": "numeric"}},
			{Kind: ui.Select, Name: "procedure", Label: t.Say("ticket.procedure"), Options: options, Value: c.FormValue("procedure"), Required: true},
			{Name: "subject", Label: t.Say("ticket.subject"), Value: c.FormValue("subject"), Required: true, Max: 100}, {Kind: ui.Date, Name: "born", Label: t.Say("ticket.born"), Value: c.FormValue("born")},
			{Name: "applicant", Label: t.Say("ticket.applicant"), Value: c.FormValue("applicant"), Required: true, Max: 100}, {Kind: ui.Phone, Name: "phone", Label: t.Say("ticket.phone"), Value: c.FormValue("phone")},
			{Kind: ui.Area, Name: "note", Label: t.Say("ticket.note"), Value: c.FormValue("note"), Rows: 2}}}
	slip := views.Slip{Issuer: tree.Place(b.Unit), Title: t.Say("ticket.slip"), Lead: t.Say("ticket.slip.lead"), Lookup: t.Say("ticket.slip.lookup", "address", p.BaseURL+Lookup)}
	return p.site.Form(c, p.frame(c, head.Title), refused, func(e ui.Errors) templ.Component {
		form.Errors = e
		return views.CounterPage(t, head, form, slip, string(c.Who.ID), []string{Home, at})
	})
}

// take is the form without script: it is sent as it is written.
func (p *pages) take(c *httpx.Ctx) error {
	block, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if _, err := p.block(c.Std(), p.DB.Read(), c.Who, block); err != nil {
		return err
	}
	id, err := ident.Parse(c.FormValue("id"))
	if err != nil {
		return err
	}
	in := In{ID: id, Block: block, Number: c.FormValue("number"), Since: c.FormValue("since"), Procedure: c.FormValue("procedure"), Subject: c.FormValue("subject"), Born: c.FormValue("born"), Applicant: c.FormValue("applicant"),
		Phone: c.FormValue("phone"), Note: c.FormValue("note")}
	t, err := p.Take(c.Std(), c.Who, in.sent(p.Dossiers.Now()))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.showCounter(c, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("ticket.taken", "number", t.Number, "code", t.Code))
	return c.See(Home + "/" + string(block))
}

// lookup leads a citizen from the provisional number to the official one.
func (p *pages) lookup(c *httpx.Ctx) error {
	t, number := c.T, strings.Clone(c.Query("number"))
	var found *ui.NoticeData
	if number != "" {
		code, err := p.Official(c.Std(), number)
		switch {
		case err == nil:
			found = &ui.NoticeData{Tone: ui.Good, Title: t.Say("ticket.found", "code", code), Action: &ui.Action{Label: t.Say("ticket.follow"), Href: "/tra-cuu?" + url.Values{"ma": {code}}.Encode()}}
		case fault.Is(err, fault.Missing):
			found = &ui.NoticeData{Tone: ui.Warn, Title: t.Say("ticket.not_found"), Text: t.Say("ticket.not_found_text")}
		default:
			return err
		}
	}
	head := ui.HeaderData{Title: t.Say("ticket.lookup"), Lead: t.Say("ticket.lookup.lead")}
	bar := ui.FilterData{Action: Lookup, Fields: []ui.Field{{Name: "number", Label: t.Say("ticket.number"), Value: number}}}
	return p.site.Show(c, site.Page{Title: head.Title, Citizen: true}, views.LookupPage(t, head, bar, found))
}
