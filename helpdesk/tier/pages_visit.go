package tier

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/tier/views"
)

var visitTones = map[VisitState]ui.Tone{Planned: ui.Neutral, OnTheWay: ui.Info, OnSite: ui.Info, Signed: ui.Good, Cancelled: ui.Neutral}

func stateOf(t i18n.T, s VisitState) ui.State {
	return ui.State{Tone: visitTones[s], Word: t.Say("tier.visit.state." + string(s))}
}

func (p *pages) visitForm(c *httpx.Ctx) error { return p.showPlan(c, nil) }

func (p *pages) showPlan(c *httpx.Ctx, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	x, err := p.supported(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	agents, err := p.People.Agents(c.Std(), x.Unit)
	if err != nil {
		return err
	}
	t, day := c.T, c.FormValue("day", clock.Date(p.Business.Now()))
	options := make([]ui.Option, len(agents))
	for i, a := range agents {
		options[i] = ui.Option{Value: string(a.ID), Label: a.Name}
	}
	return p.shown(c, "/tickets", t.Say("tier.visit.plan"), refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, views.FormView{Head: ui.HeaderData{Crumbs: crumbs(t, x), Title: t.Say("tier.visit.plan"), Lead: t.Say("tier.visit.plan_lead")},
			Form: ui.FormData{Action: "/tickets/" + string(x.ID) + "/visits", Errors: e, Submit: t.Say("tier.visit.plan_submit"), Cancel: "/tickets/" + string(x.ID), Fields: []ui.Field{
				{Kind: ui.Select, Name: "technician", Label: t.Say("tier.technician"), Value: c.FormValue("technician", string(c.Who.ID)), Options: options, Required: true},
				{Kind: ui.Date, Name: "day", Label: t.Say("tier.day"), Value: day, Required: true, Narrow: true},
			}}})
	})
}

func (p *pages) plan(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Plan(c.Std(), c.Who, key, ident.ID(c.FormValue("technician")), c.FormValue("day"))
	if err != nil {
		return p.showPlan(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("tier.visit.planned", "day", dayOf(c.T, v.Day), "n", v.Position))
	return c.See("/desk/visits/" + string(v.ID))
}

// route is a day's visits, each technician's in their order.
func (p *pages) route(c *httpx.Ctx) error {
	day := c.Query("day")
	if _, err := clock.ParseDate(day); err != nil {
		day = clock.Date(p.Business.Now())
	}
	rows, err := p.Route(c.Std(), c.Who, day, ident.ID(c.Query("technician")))
	if err != nil {
		return err
	}
	names, err := p.named(c, rows)
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	t := c.T
	mine := ui.Preset{Label: t.Say("tier.route.mine"), Href: "/desk/visits?day=" + day + "&technician=" + string(c.Who.ID), Active: c.Query("technician") == string(c.Who.ID), Count: -1}
	all := ui.Preset{Label: t.Say("tier.route.all"), Href: "/desk/visits?day=" + day, Active: c.Query("technician") == "", Count: -1}
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("tier.route"), Lead: t.Say("tier.route.lead")},
		Filter: &ui.FilterData{Action: "/desk/visits", Results: "results", Presets: []ui.Preset{mine, all},
			Fields: []ui.Field{{Kind: ui.Date, Name: "day", Label: t.Say("tier.day"), Value: day}}, Hidden: []ui.Hidden{{Name: "technician", Value: c.Query("technician")}}}}
	blank := func(name string) views.TableView {
		return views.TableView{Card: ui.CardData{Title: name, Flush: true}, Table: ui.TableData{Caption: name, HideCap: true, Count: -1,
			Columns: []ui.Column{{Label: t.Say("tier.route.n"), Num: true}, {Label: t.Say("tier.commune")}, {Label: t.Say("tier.state")}, {Label: t.Say("tier.route.move")}},
			Empty:   ui.EmptyData{Icon: "route", Title: t.Say("tier.route.none", "day", dayOf(t, day)), Text: t.Say("tier.route.none_text")}}}
	}
	for i, x := range rows {
		if i == 0 || rows[i-1].Technician != x.Technician {
			v.Tables = append(v.Tables, blank(names[x.Technician]))
		}
		table := &v.Tables[len(v.Tables)-1].Table
		table.Rows = append(table.Rows, ui.Row{Href: "/desk/visits/" + string(x.ID), Cells: []templ.Component{ui.Number(t, x.Position),
			ui.Main("/desk/visits/"+string(x.ID), tree.Place(x.Unit), ""), ui.Badge(stateOf(t, x.State)), p.movers(t, x)}})
	}
	if len(v.Tables) == 0 {
		v.Tables = []views.TableView{blank(t.Say("tier.route"))}
	}
	return p.site.Show(c, site.Page{Title: t.Say("tier.route"), At: "/desk/visits"}, views.ListPage(t, v))
}

// movers are the buttons that move a visit on its route.
func (p *pages) movers(t i18n.T, v Visit) templ.Component {
	if v.State == Signed || v.State == Cancelled {
		return ui.Text("")
	}
	one := func(by, label string) templ.Component {
		return ui.Button(t, ui.Action{Label: t.Say(label), Post: true, Href: "/desk/visits/" + string(v.ID) + "/order", Hidden: []ui.Hidden{{Name: "by", Value: by}, seen(v)}}, "btn btn-sm")
	}
	return ui.Parts([]templ.Component{one("-1", "tier.route.up"), one("1", "tier.route.down")})
}

func seen(v Visit) ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(v.Version, 10)}
}

func (p *pages) order(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	by := int64(1)
	if c.FormValue("by") == "-1" {
		by = -1
	}
	v, err := p.Reorder(c.Std(), c.Who, key, c.Version(), by)
	if err != nil {
		return err
	}
	return c.See("/desk/visits?day=" + v.Day)
}

func (p *pages) step(c *httpx.Ctx) error {
	return p.did(c, "step", func(key ident.ID) (Visit, error) {
		return p.Step(c.Std(), c.Who, key, c.Version(), VisitState(c.FormValue("to")), c.FormValue("reason"))
	})
}

// rows is how many lines for parts a form offers.
const rows = 5

func (p *pages) record(c *httpx.Ctx) error {
	return p.did(c, "record", func(key ident.ID) (Visit, error) {
		r := Record{Found: c.FormValue("found"), Did: c.FormValue("did")}
		for i := 1; i <= rows; i++ {
			n := strconv.Itoa(i)
			name := c.FormValue("part" + n)
			if strings.TrimSpace(name) == "" {
				continue
			}
			quantity, _ := strconv.ParseInt(c.FormValue("quantity"+n, "1"), 10, 64) // what is no number is no quantity, and check says so
			r.Parts = append(r.Parts, Part{Name: name, Serial: c.FormValue("serial" + n), Quantity: quantity})
		}
		return p.Write(c.Std(), c.Who, key, c.Version(), r)
	})
}

func (p *pages) sign(c *httpx.Ctx) error {
	return p.did(c, "sign", func(key ident.ID) (Visit, error) {
		g := Signature{Name: c.FormValue("signer"), Post: c.FormValue("post")}
		shape, err := p.shape(c)
		if err != nil {
			return Visit{}, err
		}
		g.Shape = shape
		return p.Sign(c.Std(), c.Who, key, c.Version(), g, func(v Visit, parts []Part) string { return said(c.T, v, parts) })
	})
}

// drawn is how a browser hands over what was drawn.
const drawn = "data:image/png;base64,"

// shape is the signature: drawn on the screen, or the photo of a signed paper.
func (p *pages) shape(c *httpx.Ctx) (*files.Blob, error) {
	if raw, is := strings.CutPrefix(c.FormValue("signature"), drawn); is {
		body, err := base64.StdEncoding.DecodeString(raw)
		if err != nil {
			return nil, fault.Because(fault.Invalid, "tier.form.signature_needed", err)
		}
		b, err := p.Files.Receive(c.Std(), files.Photo, "chu-ky.png", bytes.NewReader(body))
		return &b, err
	}
	blobs, err := p.Files.FromForm(c, "paper", files.Photo, 1)
	if err != nil || len(blobs) == 0 {
		return nil, err
	}
	return &blobs[0], nil
}

// said is a signed record as a note on the ticket.
func said(t i18n.T, v Visit, parts []Part) string {
	var list []string
	for _, x := range parts {
		list = append(list, partOf(t, x))
	}
	used := t.Say("tier.record.no_parts")
	if len(list) > 0 {
		used = strings.Join(list, "; ")
	}
	return t.Say("tier.record.filed", "day", dayOf(t, v.Day), "found", v.Found, "did", v.Did, "parts", used, "signer", v.Signer, "post", v.SignerPost)
}

func partOf(t i18n.T, x Part) string {
	if x.Serial == "" {
		return t.Say("tier.part", "name", x.Name, "n", x.Quantity)
	}
	return t.Say("tier.part.serial", "name", x.Name, "n", x.Quantity, "serial", x.Serial)
}

// did answers a form of a visit's page: back to the visit, or the form again.
func (p *pages) did(c *httpx.Ctx, form string, do func(ident.ID) (Visit, error)) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if _, err := do(key); err != nil {
		return p.showVisit(c, form, err)
	}
	site.Flash(c, ui.Good, c.T.Say("tier.visit.done."+form))
	return c.See("/desk/visits/" + string(key))
}

func (p *pages) visit(c *httpx.Ctx) error { return p.showVisit(c, "", nil) }

// scene is a visit with what its pages say around it.
type scene struct {
	Visit
	parts      []Part
	ticket     helpdesk.Ticket
	technician string // by name
	place      string
}

// scene is the visit that the address names.
func (p *pages) scene(c *httpx.Ctx) (s scene, err error) {
	key, err := id(c)
	if err != nil {
		return s, err
	}
	if s.Visit, s.parts, err = p.Visit(c.Std(), c.Who, key); err != nil {
		return s, err
	}
	if s.ticket, err = p.Desk.Ticket(c.Std(), c.Who, s.Ticket); err != nil {
		return s, err
	}
	names, err := p.named(c, []Visit{s.Visit})
	if err != nil {
		return s, err
	}
	tree, err := p.tree(c)
	if err != nil {
		return s, err
	}
	s.technician, s.place = names[s.Technician], tree.Place(s.Unit)
	return s, nil
}

func (p *pages) showVisit(c *httpx.Ctx, form string, refused error) error {
	s, err := p.scene(c)
	if err != nil {
		return err
	}
	b := visitPage{c: c, v: s.Visit, parts: s.parts, form: form, refused: refused != nil}
	return p.shown(c, "/desk/visits", c.T.Say("tier.visit"), refused, func(e ui.Errors) templ.Component {
		b.e = e
		return views.VisitPage(c.T, b.view(s.ticket, s.technician, s.place))
	})
}

// paper is the signed record, to be printed.
func (p *pages) paper(c *httpx.Ctx) error {
	s, err := p.scene(c)
	if err != nil {
		return err
	}
	v := s.Visit
	if v.State != Signed {
		return fault.New(fault.Missing, "fault.missing")
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("tier.parts"), Count: -1, Columns: []ui.Column{{Label: t.Say("tier.part.name")}, {Label: t.Say("tier.part.number")}, {Label: t.Say("tier.part.quantity"), Num: true}}}
	for _, one := range s.parts {
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Text(one.Name), ui.Text(one.Serial), ui.Number(t, one.Quantity)}})
	}
	return p.site.Show(c, site.Page{Title: t.Say("tier.paper.title"), At: "/desk/visits"}, views.RecordPage(t, views.RecordView{
		Head:   ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("tier.visit"), Href: "/desk/visits/" + string(v.ID)}, {Label: t.Say("tier.paper.title")}}, Title: t.Say("tier.paper.title")},
		Number: s.ticket.Number(), Parts: table, Signature: "/desk/visits/" + string(v.ID) + "/signature", Signer: v.Signer, Post: v.SignerPost, Tech: s.technician, Hash: v.Hash,
		Facts: []ui.Fact{{Label: t.Say("tier.commune"), Text: s.place}, {Label: t.Say("tier.paper.ticket"), Text: s.ticket.Title}, {Label: t.Say("tier.paper.signed"), Text: t.Moment(*v.EndedAt)},
			{Label: t.Say("tier.record.found"), Text: v.Found}, {Label: t.Say("tier.record.did"), Text: v.Did}}}))
}

func (p *pages) signature(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, _, err := p.Visit(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	all, err := p.Files.Of(c.Std(), area, string(v.ID))
	if err != nil {
		return err
	}
	if len(all[string(v.ID)]) == 0 {
		return fault.New(fault.Missing, "fault.missing")
	}
	return p.Files.Send(c, all[string(v.ID)][0])
}
