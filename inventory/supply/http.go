package supply

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
)

// Home is the place of this room: the shopping list.
const Home = "/inventory/supply"

const (
	requestsAt   = Home + "/requests"
	purchasesAt  = Home + "/purchases"
	deliveriesAt = Home + "/deliveries"
	lateAt       = Home + "/late"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API, and puts this room among the places of the
// inventory and beside its gaps.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Stock.AddTab(inventory.Tab{Label: "supply.tab", Href: Home, Needs: []access.Perm{inventory.Look}})
	s.Stock.OnGap(p.chain)
	s.Stock.OnUnit(p.unreported)
	r.Page("GET", Home, p.needs)
	r.Page("GET", Home+"/list.xlsx", p.needsXLSX)
	r.Page("GET", requestsAt, p.requests)
	r.Page("POST", requestsAt, p.ask)
	r.Page("GET", requestsAt+"/:id", p.request)
	r.Page("POST", requestsAt+"/:id/decide", p.decide)
	r.Page("POST", requestsAt+"/:id/cancel", p.cancel)
	r.Page("POST", requestsAt+"/:id/trim", p.trim)
	r.Page("GET", requestsAt+"/:id/allocate", p.allocateForm)
	r.Page("POST", requestsAt+"/:id/allocate", p.allocate)
	r.Page("GET", purchasesAt, p.purchases)
	r.Page("GET", Home+"/purchases.xlsx", p.purchasesXLSX)
	r.Page("GET", deliveriesAt, p.deliveries)
	r.Page("GET", deliveriesAt+"/:id", p.delivery)
	r.Page("POST", deliveriesAt+"/:id/step", p.step)
	r.Page("POST", deliveriesAt+"/:id/items", p.label)
	r.Page("POST", deliveriesAt+"/:id/code", p.newCode)
	r.Page("POST", deliveriesAt+"/:id/sign", p.sign, httpx.Body(files.FormBody))
	r.Page("POST", deliveriesAt+"/:id/check", p.check)
	r.Page("GET", deliveriesAt+"/:id/record", p.paper)
	r.Page("GET", deliveriesAt+"/:id/record.pdf", p.paperPDF)
	r.Page("GET", deliveriesAt+"/:id/signature", p.signature)
	r.Page("GET", lateAt, p.late)
	s.api(r)
}

func (p *pages) frame(c *httpx.Ctx, title string) site.Page {
	return site.Page{Title: title, At: "/inventory", Tabs: p.Stock.Tabs(c.T, c.Who, Home)}
}

func (p *pages) show(c *httpx.Ctx, title string, body templ.Component) error {
	return p.site.Show(c, p.frame(c, title), body)
}

// again shows a refused form as it was typed.
func (p *pages) again(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, p.frame(c, title), refused, body)
}

// places are the pages of this room, the one at an address marked.
func (p *pages) places(t i18n.T, at string) []ui.Preset {
	var out []ui.Preset
	for _, x := range [][2]string{{Home, "supply.needs"}, {requestsAt, "supply.requests"}, {purchasesAt, "supply.purchases"}, {deliveriesAt, "supply.deliveries"}, {lateAt, "supply.late"}} {
		out = append(out, ui.Preset{Label: t.Say(x[1]), Href: x[0], Active: x[0] == at, Count: -1})
	}
	return out
}

// districts are the districts that the reader sees, as answers to a question; who
// covers none sees the district of the own commune.
func districts(tree *org.Tree, who access.Actor) []org.Unit {
	var out []org.Unit
	for _, d := range tree.Districts() {
		if who.Covers(inventory.Look, d.Code) {
			out = append(out, d)
		}
	}
	return out
}

func districtField(t i18n.T, all []org.Unit, every bool, value string) ui.Field {
	f := ui.Field{Kind: ui.Select, Name: "district", Label: t.Say("supply.district"), Value: value}
	if every {
		f.Options = append(f.Options, ui.Option{Label: t.Say("supply.every_district")})
	}
	for _, d := range all {
		f.Options = append(f.Options, ui.Option{Value: d.Code, Label: d.Title()})
	}
	return f
}

func money(t i18n.T, n int64) string { return t.Say("supply.money", "n", n) }

func kindWord(t i18n.T, k inventory.Kind) string { return t.Say("inventory.kind." + string(k)) }

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

func seen(version int64) ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(version, 10)}
}

// many are all values of a field.
func many(c *httpx.Ctx, name string) []string {
	var out []string
	for _, raw := range c.Request().PostArgs().PeekMulti(name) {
		out = append(out, string(raw))
	}
	return out
}

var requestTones = map[RequestState]ui.Tone{Asked: ui.Warn, Approved: ui.Info, Partly: ui.Info, Refused: ui.Bad, Cancelled: ui.Neutral, Done: ui.Good}

func requestBadge(t i18n.T, s RequestState) ui.State {
	return ui.State{Tone: requestTones[s], Word: t.Say(string(requestKey(s)))}
}

var deliveryTones = map[DeliveryState]ui.Tone{Proposed: ui.Warn, Agreed: ui.Info, Ordered: ui.Info, Sent: ui.Trial, Signed: ui.Info, Finished: ui.Good, Declined: ui.Bad, Recalled: ui.Neutral}

func deliveryBadge(t i18n.T, s DeliveryState) ui.State {
	return ui.State{Tone: deliveryTones[s], Word: t.Say(string(deliveryKey(s)))}
}

// owner is who must act: a person, or those of a unit who may.
func owner(t i18n.T, tree *org.Tree, name string, st step) string {
	if name != "" {
		return name
	}
	if st.unit == "" || st.need == Decide || st.need == Allocate {
		return t.Say("supply.owner." + string(st.need))
	}
	return t.Say("supply.owner.of", "who", i18n.Key("supply.owner."+string(st.need)), "place", tree.Place(st.unit))
}

// dueCell is until when an open step must be done; it says when that is past.
func (p *pages) dueCell(t i18n.T, open bool, at time.Time) (templ.Component, ui.Tone) {
	switch {
	case !open || at.IsZero():
		return ui.Text(""), ""
	case p.Stock.Now().After(at):
		return ui.Parts([]templ.Component{ui.Text(t.Moment(at) + " "), ui.Badge(ui.State{Tone: ui.Late, Word: t.Say("supply.is_late")})}), ui.Late
	}
	return ui.Text(t.Moment(at)), ""
}
