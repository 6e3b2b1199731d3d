package issuance

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/issuance/views"
)

const (
	batchesAt = Home + "/batches"
	reviewsAt = Home + "/reviews"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Home, p.list)
	r.Page("GET", Home+"/export.csv", p.csv)
	r.Page("GET", Home+"/export.xlsx", p.xlsx)
	r.Page("GET", Home+"/new", p.askForm)
	r.Page("POST", Home+"/new", p.ask)
	r.Page("POST", Home+"/approve", p.approveAll)
	r.Page("GET", batchesAt, p.batches)
	r.Page("POST", batchesAt, p.start)
	r.Page("GET", batchesAt+"/:id", p.batch)
	r.Page("POST", batchesAt+"/:id/slips", p.slips)
	r.Page("GET", reviewsAt, p.reviews)
	r.Page("GET", reviewsAt+"/:id", p.review)
	r.Page("POST", reviewsAt+"/:id/decide", p.decide)
	r.Page("POST", reviewsAt+"/:id/sign", p.sign)
	r.Page("GET", Home+"/:id", p.person)
	r.Page("POST", Home+"/:id/approve", p.approve)
	r.Page("POST", Home+"/:id/refuse", p.refuse)
	r.Page("POST", Home+"/:id/reissue", p.reissue)
	r.Page("POST", Home+"/:id/move", p.move)
	r.Page("POST", Home+"/:id/leave", p.leave)
}

func (p *pages) show(c *httpx.Ctx, v views.View) error { return p.again(c, v, nil) }

// again shows a page whose form was refused, as it was typed; where the form itself is gone
// because somebody was faster, the page says why.
func (p *pages) again(c *httpx.Ctx, v views.View, refused error) error {
	return p.site.Form(c, site.Page{Title: v.Head.Title, At: Home, Tabs: p.tabs(c)}, refused, func(e ui.Errors) templ.Component {
		there := false
		for i := range v.Sections {
			f := v.Sections[i].Form
			if f == nil || f.Action != c.Path() {
				continue
			}
			f.Errors, there = e, true
			for j := range f.Fields {
				if refused != nil && f.Fields[j].Kind != ui.Password {
					f.Fields[j].Value = c.FormValue(f.Fields[j].Name)
				}
			}
		}
		if e.Any() && !there {
			v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Warn, Title: e.Title})
		}
		return views.Page(c.T, v)
	})
}

// tabs are the places of this room that the reader may go to.
func (p *pages) tabs(c *httpx.Ctx) []ui.Tab {
	var out []ui.Tab
	for _, x := range []struct {
		href, label string
		need        access.Perm
	}{{Home, "issuance.title", Look}, {batchesAt, "issuance.batches", Issue}, {reviewsAt, "issuance.reviews", Look}} {
		if c.Who.May(x.need) {
			out = append(out, ui.Tab{Label: c.T.Say(x.label), Href: x.href, Active: c.Path() == x.href, Count: -1})
		}
	}
	return out
}

// crumbs are the path to a page of this room; it begins with the programme for who may read
// that, which an administrator may not.
func (p *pages) crumbs(c *httpx.Ctx, more ...ui.Crumb) []ui.Crumb {
	var path []ui.Crumb
	if c.Who.May(rollout.Read) {
		path = append(path, ui.Crumb{Label: c.T.Say("nav.rollout"), Href: "/rollout"})
	}
	up := ui.Crumb{Label: c.T.Say("issuance.title")}
	if c.Who.May(Look) { // who reviews the city's access may not
		up.Href = Home
	}
	return append(append(path, up), more...)
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

// version is the version of the thing that the sender saw; 0 for whatever there is.
func version(c *httpx.Ctx) int64 {
	n, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		return -1 // no version that was ever there
	}
	return n
}

func stateOf(t i18n.T, r Request, over bool) ui.State {
	if over {
		return ui.State{Tone: ui.Bad, Word: t.Say("issuance.state.over")}
	}
	tone := map[State]ui.Tone{Asked: ui.Info, Approved: ui.Info, Issued: ui.Warn, Active: ui.Good, Refused: ui.Bad, Ended: ui.Neutral}[r.State]
	return ui.State{Tone: tone, Word: t.Say("issuance.state." + string(r.State))}
}

func postWords(t i18n.T, post access.Role) string { return t.Say("issuance.post." + string(post)) }

func postOptions(t i18n.T) []ui.Option {
	out := []ui.Option{{Label: t.Say("issuance.choose")}}
	for _, post := range Posts {
		out = append(out, ui.Option{Value: string(post), Label: postWords(t, post)})
	}
	return out
}

// communeOptions are the communes in the reader's reach of a right, by district.
func communeOptions(t i18n.T, tree *org.Tree, who access.Actor, need access.Perm) []ui.Option {
	out := []ui.Option{{Label: t.Say("issuance.choose")}}
	for _, u := range tree.Communes("") {
		if who.Covers(need, u.Code) {
			out = append(out, ui.Option{Value: u.Code, Label: tree.Place(u.Code)})
		}
	}
	return out
}

// districtOptions are the districts that hold a commune of the reader's reach.
func districtOptions(tree *org.Tree, who access.Actor, need access.Perm) []ui.Option {
	var out []ui.Option
	for _, d := range tree.Districts() {
		for _, u := range tree.Communes(d.Code) {
			if who.Covers(need, u.Code) {
				out = append(out, ui.Option{Value: d.Code, Label: d.Title()})
				break
			}
		}
	}
	return out
}

func dayWords(t i18n.T, date string) string {
	at, err := clock.ParseDate(date)
	if err != nil {
		return "" // none is set
	}
	return t.Day(at)
}

func address(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// pdf answers with a file that no cache may keep: it tells passwords.
func pdf(c *httpx.Ctx, name string, raw []byte) error {
	c.Set("Cache-Control", "no-store")
	c.Set("Content-Type", "application/pdf")
	c.Set("Content-Disposition", `attachment; filename="`+name+`.pdf"`)
	return c.Send(raw)
}
