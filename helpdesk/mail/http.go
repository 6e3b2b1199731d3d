package mail

import (
	"mime"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/helpdesk/mail/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

const (
	roomAt       = "/desk/mail"
	boxesAt      = roomAt + "/boxes"
	quarantineAt = roomAt + "/quarantine"
	journalAt    = roomAt + "/journal"
	aliasesAt    = roomAt + "/aliases"
	lettersAt    = roomAt + "/letters"
)

func letterAt(id ident.ID) string { return lettersAt + "/" + string(id) }

func partAt(id ident.ID, n int) string { return letterAt(id) + "/parts/" + strconv.Itoa(n) }

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages of the post room.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := pages{s, on}
	r.Page("GET", roomAt, p.room)
	r.Page("POST", boxesAt, p.save)
	r.Page("GET", boxesAt+"/new", p.newBox)
	r.Page("GET", boxesAt+"/:id", p.box)
	r.Page("POST", boxesAt+"/:id", p.save)
	r.Page("POST", roomAt+"/broken", p.mended)
	r.Page("GET", aliasesAt, p.aliases)
	r.Page("POST", aliasesAt, p.routeAlias)
	r.Page("GET", quarantineAt, p.quarantine)
	r.Page("GET", journalAt, p.journal)
	r.Page("GET", lettersAt+"/:id", p.letter)
	r.Page("GET", lettersAt+"/:id/parts/:n", p.part)
	r.Page("POST", lettersAt+"/:id/release", p.release)
	r.Page("POST", lettersAt+"/:id/discard", p.discard)
}

// Count is what waits in quarantine, for the navigation.
func (s *Service) Count(c *httpx.Ctx) (n int64, late bool) {
	n, err := s.Waiting(c.Std(), c.Who)
	return n, err == nil && n > 0
}

// show answers with a page; a form that was refused comes back with its faults.
func (p pages) show(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: roomAt}, refused, body)
}

func (p pages) room(c *httpx.Ctx) error {
	boxes, err := p.Mailboxes(c.Std(), c.Who)
	if err != nil {
		return err
	}
	broken, err := p.Broken(c.Std(), c.Who)
	if err != nil {
		return err
	}
	tabs, err := p.tabs(c, roomAt)
	if err != nil {
		return err
	}
	tree, err := p.Desk.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	v := p.roomView(c.T, boxes, broken, tree)
	v.Tabs = tabs
	return p.show(c, v.Head.Title, nil, func(ui.Errors) templ.Component { return views.Room(c.T, v) })
}

func (p pages) newBox(c *httpx.Ctx) error {
	if err := c.Who.Need(helpdesk.Manage); err != nil {
		return err
	}
	return p.showBox(c, usual(), nil)
}

func (p pages) box(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	b, err := p.Mailbox(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	return p.showBox(c, b, nil)
}

func (p pages) showBox(c *httpx.Ctx, b Mailbox, refused error) error {
	offers, err := p.Desk.Catalogue(c.Std())
	if err != nil {
		return err
	}
	v := p.formView(c.T, b, offers)
	return p.show(c, v.Head.Title, refused, func(e ui.Errors) templ.Component {
		v.Form.Errors = e
		return views.Form(c.T, v)
	})
}

// typed is a mailbox as it was typed.
func typed(c *httpx.Ctx) Mailbox {
	port, _ := strconv.Atoi(c.FormValue("port")) // what is no number is no port, and check says so
	version, _ := strconv.ParseInt(c.FormValue("version"), 10, 64)
	return Mailbox{Name: c.FormValue("name"), Address: c.FormValue("address"), Aliases: c.FormValue("aliases"), Host: c.FormValue("host"), Port: port,
		Security: c.FormValue("security"), Login: c.FormValue("login"), Folder: c.FormValue("folder"), DoneFolder: c.FormValue("done_folder"),
		Unit: c.FormValue("unit"), Category: helpdesk.Category(c.FormValue("service")), Strangers: c.FormValue("strangers"), Closed: c.FormValue("closed"), Forwarded: c.FormValue("forwarded"),
		Trusted: c.FormValue("trusted") == "1", Plus: c.FormValue("plus") == "1", Active: c.FormValue("active") == "1", Version: version}
}

func (p pages) save(c *httpx.Ctx) error {
	b := typed(c)
	if c.Params("id") != "" {
		id, err := ident.Parse(c.Params("id"))
		if err != nil {
			return err
		}
		if _, err := p.Mailbox(c.Std(), c.Who, id); err != nil {
			return err
		}
		b.ID = id
	}
	saved, err := p.Save(c.Std(), c.Who, b)
	if err != nil {
		return p.showBox(c, b, err)
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.mail.done.saved", "name", saved.Name))
	return c.See(roomAt)
}

func (p pages) mended(c *httpx.Ctx) error {
	if err := p.Mend(c.Std(), c.Who, c.FormValue("address")); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.mail.done.mended"))
	return c.See(roomAt)
}

func (p pages) quarantine(c *httpx.Ctx) error { return p.list(c, quarantineAt, Filter{Held: true}) }

func (p pages) journal(c *httpx.Ctx) error {
	f := Filter{}
	for _, d := range rules.Decisions {
		if c.Query("decision") == string(d) {
			f.Decision = d
		}
	}
	return p.list(c, journalAt, f)
}

func (p pages) list(c *httpx.Ctx, at string, f Filter) error {
	rows, err := p.Journal(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tabs, err := p.tabs(c, at)
	if err != nil {
		return err
	}
	v := p.listView(c, at, f, rows)
	v.Tabs = tabs
	return p.show(c, v.Head.Title, nil, func(ui.Errors) templ.Component { return views.List(c.T, v) })
}

func (p pages) letter(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	o, err := p.LetterPage(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	v := p.letterView(c, o)
	return p.show(c, v.Head.Title, nil, func(ui.Errors) templ.Component { return views.Letter(c.T, v) })
}

// shown tells whether a part is a picture that a browser may show in the page.
func shown(p rules.Part) bool {
	switch http.DetectContentType(p.Content) {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return true
	}
	return false
}

// part sends a paper of a letter: a picture by its content, everything else to be
// kept and not shown.
func (p pages) part(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Params("n"))
	if err != nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	part, err := p.Attachment(c.Std(), c.Who, id, n)
	if err != nil {
		return err
	}
	typ, how := "application/octet-stream", "attachment"
	if shown(part) {
		typ, how = http.DetectContentType(part.Content), "inline"
	}
	c.Set("Content-Type", typ)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": part.Name}))
	return c.Send(part.Content)
}

func (p pages) release(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	l, err := p.Release(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.mail.done.released"))
	if l.Ticket != "" {
		return c.See("/tickets/" + string(l.Ticket))
	}
	return c.See(quarantineAt)
}

func (p pages) discard(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.Discard(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("helpdesk.mail.done.discarded"))
	return c.See(quarantineAt)
}
