package incident

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API of the room.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := pages{s, on}
	r.Page("GET", "/status", p.status, httpx.Open)
	r.Page("GET", "/incidents", p.list)
	r.Page("POST", "/incidents", p.declare)
	r.Page("GET", "/incidents/new", p.newForm)
	r.Page("GET", "/incidents/:id", p.incident)
	r.Page("GET", "/incidents/:id/edit", p.editForm)
	r.Page("POST", "/incidents/:id/edit", p.edit)
	r.Page("POST", "/incidents/:id/tell", p.tell)
	r.Page("POST", "/incidents/:id/resolve", p.resolve)
	r.Page("POST", "/incidents/:id/rerun", p.rerun)
	r.Page("POST", "/incidents/:id/note", p.note)
	r.Page("POST", "/incidents/:id/close", p.close)
	r.Page("POST", "/incidents/:id/link", p.link)
	r.Page("POST", "/incidents/:id/unlink", p.unlink)
	r.Page("GET", "/maintenance/new", p.newWork)
	r.Page("POST", "/maintenance", p.planWork)
	r.Page("POST", "/maintenance/:id/cancel", p.cancelWork)
	r.Page("GET", "/problems", p.problems)
	r.Page("POST", "/problems", p.openProblem)
	r.Page("GET", "/problems/new", p.newProblem)
	r.Page("GET", "/problems/:id", p.problemPage)
	r.Page("POST", "/problems/:id", p.changeProblem)
	r.Page("POST", "/problems/:id/tickets", p.gather)
	s.api(r)
}

func (p pages) tree(c *httpx.Ctx) (*org.Tree, error) { return p.Units.Tree(c.Std(), p.Business.Now()) }

// show answers with a page; a form that was refused comes back with its faults, and
// what is not the form's own goes on to the error page.
func (p pages) show(c *httpx.Ctx, title, at string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: at, Citizen: !c.Who.SignedIn()}, refused, body)
}

// did answers a form of an incident's page: back to it with a word, or again with what
// was wrong.
func (p pages) did(c *httpx.Ctx, form, done string, do func(id ident.ID) error) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := do(id); err != nil {
		if !c.Who.May(Read) {
			return err
		}
		return p.showIncident(c, id, form, err)
	}
	site.Flash(c, ui.Good, c.T.Say(done))
	if back := c.FormValue("back"); back != "" {
		return c.See(httpx.Local(back, "/incidents"))
	}
	return c.See("/incidents/" + string(id))
}

func (p pages) edit(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	tree, err := p.tree(c)
	if err != nil {
		return err
	}
	d, err := readDraft(c, tree)
	if err == nil {
		_, err = p.Change(c.Std(), c.Who, id, c.Version(), d)
	}
	if err != nil {
		if !c.Who.May(Lead) {
			return c.Who.Need(Lead)
		}
		return p.showEdit(c, id, err)
	}
	site.Flash(c, ui.Good, c.T.Say("incident.done.changed"))
	return c.See("/incidents/" + string(id))
}

func (p pages) tell(c *httpx.Ctx) error {
	return p.did(c, "tell", "incident.done.told", func(id ident.ID) error {
		_, err := p.Tell(c.Std(), c.Who, id, c.Version(), c.FormValue("body"))
		return err
	})
}

func (p pages) resolve(c *httpx.Ctx) error {
	return p.did(c, "resolve", "incident.done.resolved", func(id ident.ID) error {
		_, err := p.Resolve(c.Std(), c.Who, id, c.Version(), c.FormValue("body"))
		return err
	})
}

func (p pages) rerun(c *httpx.Ctx) error {
	return p.did(c, "rerun", "incident.done.rerun", func(id ident.ID) error {
		_, err := p.Rerun(c.Std(), c.Who, id, c.Version(), c.FormValue("body"))
		return err
	})
}

func (p pages) note(c *httpx.Ctx) error {
	return p.did(c, "note", "incident.done.noted", func(id ident.ID) error {
		_, err := p.KeepNote(c.Std(), c.Who, id, Note{Version: c.Version(), Happened: c.FormValue("happened"), Cause: c.FormValue("cause"), Change: c.FormValue("change")})
		return err
	})
}

func (p pages) close(c *httpx.Ctx) error {
	return p.did(c, "close", "incident.done.closed", func(id ident.ID) error {
		_, err := p.Close(c.Std(), c.Who, id, c.Version())
		return err
	})
}

// picked are the keys of one name in a form: several checkboxes, or one.
func picked(c *httpx.Ctx, name string) []ident.ID {
	var all []ident.ID
	for _, raw := range c.Request().PostArgs().PeekMulti(name) {
		if id, err := ident.Parse(string(raw)); err == nil {
			all = append(all, id)
		}
	}
	return all
}

func (p pages) link(c *httpx.Ctx) error {
	return p.did(c, "link", "incident.done.linked", func(id ident.ID) error {
		return p.Link(c.Std(), c.Who, id, picked(c, "ticket")...)
	})
}

func (p pages) unlink(c *httpx.Ctx) error {
	return p.did(c, "unlink", "incident.done.unlinked", func(id ident.ID) error {
		return p.Unlink(c.Std(), c.Who, id, picked(c, "ticket")...)
	})
}
