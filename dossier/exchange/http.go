package exchange

import (
	"net/http"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/exchange/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/internal/wire"
)

// home is the address of the board.
const home = "/dossiers/exchange"

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the door of other offices and the pages, and puts the panel on the page of
// a dossier. The pages of single dossiers are declared behind it.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	need := []access.Perm{dossier.Exchange}
	s.Dossiers.AddTab(dossier.Tab{Label: "exchange.tab", Href: home, Needs: need})
	s.Dossiers.AddTab(dossier.Tab{Label: "exchange.messages", Href: home + "/messages", Needs: need, Under: home})
	s.Dossiers.AddTab(dossier.Tab{Label: "exchange.differences", Href: home + "/differences", Needs: need, Under: home})
	s.Dossiers.AddTab(dossier.Tab{Label: "exchange.aside", Href: home + "/inbox", Needs: need, Under: home})
	s.Dossiers.AddTab(dossier.Tab{Label: "exchange.incidents", Href: home + "/incidents", Needs: need, Under: home})
	s.Dossiers.OnDossier(p.panel)
	r.Page("POST", "/api/v1/exchange/:office/events", s.event, httpx.Open, httpx.Body(wire.MostBytes))
	r.Page("GET", home, p.board)
	r.Page("GET", home+"/messages", p.messages)
	r.Page("GET", home+"/messages/:id", p.message)
	r.Page("POST", home+"/messages/:id/again", p.again)
	r.Page("POST", home+"/messages/:id/drop", p.drop)
	r.Page("GET", home+"/differences", p.differences)
	r.Page("GET", home+"/differences/:id", p.difference)
	r.Page("POST", home+"/differences/:id", p.decideDifference)
	r.Page("GET", home+"/inbox", p.inbox)
	r.Page("POST", home+"/inbox/:id/reread", p.reread)
	r.Page("GET", home+"/incidents", p.incidents)
	r.Page("GET", home+"/incidents/:id", p.incident)
	r.Page("POST", home+"/incidents/:id", p.closeIncident)
	r.Page("GET", home+"/offices/:office", p.setup)
	r.Page("POST", home+"/offices/:office", p.saveSetup)
	r.Page("POST", home+"/offices/:office/sheet", p.sheet)
	r.Page("GET", home+"/offices/:office/replay", p.askReplay)
	r.Page("POST", home+"/offices/:office/replay", p.wishReplay)
	r.Page("POST", home+"/replays/:id/grant", func(c *httpx.Ctx) error { return p.grant(c, true) })
	r.Page("POST", home+"/replays/:id/refuse", func(c *httpx.Ctx) error { return p.grant(c, false) })
	r.Page("POST", "/dossiers/:id/legs/:leg/answer", p.answer)
	r.Page("POST", "/dossiers/:id/legs/:leg/record", p.record)
}

// event is the door of other offices: what comes is believed by its signature only.
func (s *Service) event(c *httpx.Ctx) error {
	body := append([]byte(nil), c.Body()...)
	signed := wire.Signed{ID: c.Get(wire.HeaderID), Timestamp: c.Get(wire.HeaderTimestamp), Signature: c.Get(wire.HeaderSignature)}
	status, out, err := s.Post.Take(c.Std(), c.Params("office"), signed, body)
	if err != nil {
		return err
	}
	switch status {
	case http.StatusUnauthorized:
		return fault.New(fault.SignIn, "exchange.unsigned")
	case http.StatusBadRequest:
		return fault.New(fault.Invalid, "exchange.envelope")
	case http.StatusUnprocessableEntity:
		return fault.New(fault.Invalid, "exchange.data_broken")
	case http.StatusConflict:
		return fault.New(fault.Conflict, "exchange.other_body")
	}
	return c.Reply(status, out)
}

func (p *pages) show(c *httpx.Ctx, v views.Page, refused error, body func(ui.Errors) templ.Component) error {
	at := home
	for _, x := range []string{"/messages", "/differences", "/inbox", "/incidents"} {
		if path := c.Path(); len(path) >= len(home+x) && path[:len(home+x)] == home+x {
			at = home + x
		}
	}
	if body == nil {
		body = func(ui.Errors) templ.Component { return views.Show(c.T, v) }
	}
	return p.site.Form(c, site.Page{Title: v.Head.Title, At: dossier.Home, Tabs: p.Dossiers.Tabs(c.T, c.Who, at)}, refused, body)
}

func crumbs(t i18n.T, under, href, last string) []ui.Crumb {
	all := []ui.Crumb{{Label: t.Say("exchange.title"), Href: home}}
	if under != "" {
		all = append(all, ui.Crumb{Label: t.Say(under), Href: href})
	}
	return append(all, ui.Crumb{Label: last})
}

func idOf(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

// officeOf is an office that there is.
func officeOf(c *httpx.Ctx) (string, error) {
	code := c.Params("office")
	for _, o := range Offices {
		if o == code {
			return o, nil
		}
	}
	return "", fault.New(fault.Missing, "fault.missing")
}

var messageTones = map[string]ui.Tone{post.Waiting: ui.Neutral, post.Sending: ui.Info, post.Sent: ui.Good, post.Dead: ui.Bad, post.Dropped: ui.Paused}

var insideTones = map[string]ui.Tone{post.Parked: ui.Paused, post.Quarantined: ui.Warn, post.Refused: ui.Bad, post.Stale: ui.Warn}
