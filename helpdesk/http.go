package helpdesk

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// pages are the help desk on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API of the help desk.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", "/tickets", p.list)
	r.Page("POST", "/tickets", p.create, httpx.Body(files.FormBody))
	r.Page("GET", "/tickets/new", p.newForm)
	r.Page("GET", "/tickets/promise", p.promised)
	r.Page("GET", "/tickets/questions", p.questions)
	r.Page("GET", "/tickets/hints", p.hint)
	r.Page("GET", "/tickets/pick", p.pick)
	r.Page("GET", "/tickets/:id", p.ticket)
	r.Page("GET", "/tickets/:id/files/:file", p.file)
	r.Page("POST", "/tickets/:id/reply", p.reply, httpx.Body(files.FormBody))
	r.Page("POST", "/tickets/:id/note", p.note)
	r.Page("POST", "/tickets/:id/take", p.take)
	r.Page("POST", "/tickets/:id/assign", p.assign)
	r.Page("POST", "/tickets/:id/rank", p.rank)
	r.Page("POST", "/tickets/:id/resume", p.resume)
	r.Page("POST", "/tickets/:id/reopen", p.reopen, httpx.Body(files.FormBody))
	r.Page("POST", "/tickets/:id/close", p.close)
	p.together(r)
	p.tools(r)
	p.catalogue(r)
	p.savedRoutes(r)
	p.stockRoutes(r)
	p.bulkRoutes(r)
	s.api(r)
}

func (p *pages) tree(c *httpx.Ctx) (*org.Tree, error) { return p.Units.Tree(c.Std(), p.Business.Now()) }

func (p *pages) newForm(c *httpx.Ctx) error {
	f := typed{unit: c.Query("unit", c.Who.Home), title: c.Query("title"), service: c.Query("service"), impact: "1", urgency: "2", incident: c.Query("incident")}
	if err := c.Who.Need(Ask); err != nil {
		return err
	}
	if err := p.begin(c, &f); err != nil {
		return err
	}
	return p.showNew(c, f, nil)
}

// showNew shows the form with what was typed; refused says what was wrong with it.
func (p *pages) showNew(c *httpx.Ctx, f typed, refused error) error {
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	cat, err := p.Catalogue(c.Std())
	if err != nil {
		return err
	}
	promise, err := p.promise(c.Std(), c.T, f)
	if err != nil {
		return err
	}
	hints, err := p.hinted(c, f)
	if err != nil {
		return err
	}
	templates, err := p.templates(c)
	if err != nil {
		return err
	}
	return p.shown(c, c.T.Say("helpdesk.new"), refused, func(e ui.Errors) templ.Component {
		return views.New(c.T, views.NewView{Fields: p.fields(c, tree, cat, f, e), Questions: asks(c.T, cat, f, e), Errors: e, Promise: promise, Hints: hints, Templates: templates})
	})
}

// shown answers with a page; a form that was refused comes back with its faults, and
// what is not the form's own goes on to the error page.
func (p *pages) shown(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: "/tickets"}, refused, body)
}

func (p *pages) promised(c *httpx.Ctx) error {
	if err := c.Who.Need(Ask); err != nil {
		return err
	}
	v, err := p.promise(c.Std(), c.T, typed{service: c.Query("service"), impact: c.Query("impact"), urgency: c.Query("urgency")})
	if err != nil {
		return err
	}
	return p.site.ShowPart(c, views.Promise(c.T, v))
}

// asks are the questions of the service that was chosen.
func asks(t i18n.T, cat *Catalogue, f typed, e ui.Errors) []ui.Field {
	offer, _ := cat.Offer(Category(f.service))
	return questions(t, offer, f.answers, e)
}

// questions answers the form of a new ticket with what its service asks.
func (p *pages) questions(c *httpx.Ctx) error {
	if err := c.Who.Need(Ask); err != nil {
		return err
	}
	cat, err := p.Catalogue(c.Std())
	if err != nil {
		return err
	}
	return p.site.ShowPart(c, views.Questions(c.T, asks(c.T, cat, readTyped(c, cat), ui.Errors{})))
}

func (p *pages) create(c *httpx.Ctx) error {
	cat, err := p.Catalogue(c.Std())
	if err != nil {
		return err
	}
	f := readTyped(c, cat)
	if c.FormValue("do") == "quote" {
		return p.showNew(c, f, c.Who.Need(Ask))
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	d, err := f.draft(tree, cat)
	if err != nil {
		return p.showNew(c, f, err)
	}
	if d.Files, err = p.Files.FromForm(c, "photos", files.Photo, mostFiles); err != nil {
		return p.showNew(c, f, err)
	}
	t, err := p.Open(c.Std(), c.Who, d)
	if err != nil {
		return p.showNew(c, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.new.done", "number", t.Number()))
	return c.See("/tickets/" + string(t.ID))
}

func (p *pages) ticket(c *httpx.Ctx) error { return p.showTicket(c, attempt{}) }

// attempt is a form of the ticket's page that was refused, or that was filled and not
// sent.
type attempt struct {
	form string
	err  error
	fill map[string]string
}

// showTicket shows the ticket; a refused form keeps what was typed into it.
func (p *pages) showTicket(c *httpx.Ctx, a attempt) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	d, err := p.Get(c.Std(), c.Who, id, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	both, err := p.both(c, d, a)
	if err != nil {
		return err
	}
	if d.Remarks, err = p.remarked(c, d); err != nil {
		return err
	}
	panels, err := p.beside(c, d)
	if err != nil {
		return err
	}
	return p.shown(c, d.Number()+" "+d.Title, a.err, func(e ui.Errors) templ.Component {
		v := p.view(c, d, tree, a, e)
		both(&v)
		v.Panels = panels
		return views.Ticket(c.T, v)
	})
}

// did answers a form of the ticket's page: back to the ticket, or the form again.
func (p *pages) did(c *httpx.Ctx, form, done string, do func(ident.ID) (Ticket, error)) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	t, err := do(id)
	if err != nil {
		if err := p.keepRefused(c, id, form); err != nil {
			return err
		}
		return p.showTicket(c, attempt{form: form, err: err})
	}
	site.Flash(c, ui.Good, c.T.Say(done, "number", t.Number()))
	if t.MergedInto != "" && form == "merge" {
		id = t.MergedInto // work goes on there
	} else if form == "reply" {
		id = t.ID // a word on a closed or merged ticket may land on another
	}
	return c.See("/tickets/" + string(id))
}

func (p *pages) reply(c *httpx.Ctx) error {
	if c.FormValue("do") == "macro" {
		id, err := ident.Parse(c.Params("id"))
		if err != nil {
			return err
		}
		return p.insert(c, id)
	}
	return p.did(c, "reply", "helpdesk.reply.done", func(id ident.ID) (Ticket, error) {
		w, err := p.words(c)
		if err != nil {
			return Ticket{}, err
		}
		w.Children, w.Anyway = Then(c.FormValue("children")), c.FormValue("anyway") != ""
		if c.FormValue("version") == "" {
			w.Version = 0 // the requester may write whatever happened meanwhile
			return p.Reply(c.Std(), c.Who, id, w)
		}
		return p.answering(c, id, func(version int64) (Ticket, error) {
			w.Version = version
			return p.answerWith(c.Std(), c, id, w, c.FormValue("then"))
		})
	})
}

func (p *pages) note(c *httpx.Ctx) error {
	return p.did(c, "note", "helpdesk.done.noted", func(id ident.ID) (Ticket, error) {
		return p.Note(c.Std(), c.Who, id, Words{Body: c.FormValue("body")})
	})
}

func (p *pages) take(c *httpx.Ctx) error {
	return p.did(c, "take", "helpdesk.done.taken", func(id ident.ID) (Ticket, error) {
		return p.merged(c, id, map[string]string{"owner": string(c.Who.ID)}, func(version int64) (Ticket, error) {
			return p.Take(c.Std(), c.Who, id, version)
		})
	})
}

func (p *pages) assign(c *httpx.Ctx) error {
	return p.did(c, "assign", "helpdesk.done.assigned", func(id ident.ID) (Ticket, error) {
		owner := c.FormValue("owner")
		return p.merged(c, id, map[string]string{"owner": owner}, func(version int64) (Ticket, error) {
			return p.Assign(c.Std(), c.Who, id, version, ident.ID(owner))
		})
	})
}

func (p *pages) rank(c *httpx.Ctx) error {
	return p.did(c, "rank", "helpdesk.done.ranked", func(id ident.ID) (Ticket, error) {
		impact, _ := strconv.Atoi(c.FormValue("impact"))
		urgency, _ := strconv.Atoi(c.FormValue("urgency"))
		return p.merged(c, id, map[string]string{"impact": c.FormValue("impact"), "urgency": c.FormValue("urgency")}, func(version int64) (Ticket, error) {
			return p.Rank(c.Std(), c.Who, id, version, impact, urgency)
		})
	})
}

func (p *pages) resume(c *httpx.Ctx) error {
	return p.did(c, "resume", "helpdesk.done.resumed", func(id ident.ID) (Ticket, error) {
		return p.merged(c, id, map[string]string{"state": string(Open)}, func(version int64) (Ticket, error) {
			return p.Resume(c.Std(), c.Who, id, version)
		})
	})
}

func (p *pages) reopen(c *httpx.Ctx) error {
	return p.did(c, "reopen", "helpdesk.done.reopened", func(id ident.ID) (Ticket, error) {
		w, err := p.words(c)
		if err != nil {
			return Ticket{}, err
		}
		return p.Reopen(c.Std(), c.Who, id, w)
	})
}

func (p *pages) close(c *httpx.Ctx) error {
	return p.did(c, "close", "helpdesk.done.closed", func(id ident.ID) (Ticket, error) {
		return p.CloseAs(c.Std(), c.Who, id, Words{Version: c.Version(), Body: c.FormValue("body"), Children: Then(c.FormValue("children"))})
	})
}

func (p *pages) file(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	file, err := ident.Parse(c.Params("file"))
	if err != nil {
		return err
	}
	f, err := p.File(c.Std(), c.Who, id, file)
	if err != nil {
		return err
	}
	return p.Files.Send(c, f)
}
