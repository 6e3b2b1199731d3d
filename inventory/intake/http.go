package intake

import (
	"errors"
	"mime/multipart"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/intake/views"
)

// home is the address of the board.
const home = "/inventory/agents"

// mostFiles is how many files are taken at a time.
const mostFiles = 100

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the door of agents, the pages and the API.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Equip.AddTab(inventory.Tab{Label: "intake.tab", Href: home, Needs: []access.Perm{inventory.Look}})
	r.Page("POST", agentPath, s.post, httpx.Open, httpx.Body(mostWire))
	r.Page("POST", agentPath+"/:key", s.post, httpx.Open, httpx.Body(mostWire))
	r.Page("GET", home, p.board)
	r.Page("GET", home+"/keys", p.keysPage)
	r.Page("POST", home+"/keys", p.makeKey)
	r.Page("POST", home+"/keys/:id/revoke", p.revokeKey)
	r.Page("GET", home+"/upload", p.uploadForm)
	r.Page("POST", home+"/upload", p.upload, httpx.Body(mostWire))
	r.Page("GET", home+"/messages/:id", p.message)
	r.Page("GET", home+"/:id", p.sender)
	r.Page("POST", home+"/:id/aside", p.aside)
	s.api(r)
}

// shown answers with a page; a refused form comes back with its faults.
func (p *pages) shown(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: "/inventory", Tabs: p.Equip.Tabs(c.T, c.Who, home)}, refused, body)
}

func (p *pages) crumbs(t i18n.T, last string) []ui.Crumb {
	return []ui.Crumb{{Label: t.Say("intake.board.title"), Href: home}, {Label: last}}
}

// unitOptions are the units where the reader may do a thing: with the city where it may
// be chosen, then each district before its communes.
func unitOptions(c *httpx.Ctx, tree *org.Tree, need access.Perm, city bool, first string) []ui.Option {
	var out []ui.Option
	add := func(u org.Unit, indent string) {
		if c.Who.Covers(need, u.Code) {
			out = append(out, ui.Option{Value: u.Code, Label: indent + u.Title()})
		}
	}
	for _, root := range tree.Roots() {
		if city {
			add(root, "")
		}
		for _, d := range tree.Children(root.Code) {
			add(d, "")
			for _, u := range tree.Children(d.Code) {
				add(u, "– ")
			}
		}
	}
	if len(out) != 1 {
		out = append([]ui.Option{{Label: first}}, out...)
	}
	return out
}

func (p *pages) uploadForm(c *httpx.Ctx) error {
	if err := c.Who.Need(inventory.Edit); err != nil {
		return err
	}
	return p.showUpload(c, nil)
}

func (p *pages) showUpload(c *httpx.Ctx, refused error) error {
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	unit := c.FormValue("unit")
	if unit == "" {
		unit = c.Query("unit")
	}
	return p.shown(c, t.Say("intake.upload.title"), refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, views.FormView{
			Head: ui.HeaderData{Crumbs: p.crumbs(t, t.Say("intake.upload.title")), Title: t.Say("intake.upload.title"), Lead: t.Say("intake.upload.lead")},
			Form: ui.FormData{Action: home + "/upload", Multipart: true, Errors: e, Submit: t.Say("intake.upload.send"), Cancel: home, Fields: []ui.Field{
				{Kind: ui.Select, Name: "unit", Label: t.Say("intake.upload.unit"), Hint: t.Say("intake.upload.unit_hint"), Value: unit, Required: true,
					Options: unitOptions(c, tree, inventory.Edit, true, t.Say("intake.unit.choose"))},
				{Kind: ui.File, Name: "files", Label: t.Say("intake.upload.files"), Hint: t.Say("intake.upload.files_hint", "limit", mostFiles), Multiple: true, Required: true,
					Accept: ".xml,.ocs,.json,.gz"},
			}},
			Note: t.Say("intake.upload.how"),
		})
	})
}

// upload takes files and says what became of each. It is one answer, not a redirect: what
// is kept is kept once, so sending the form again does no harm.
func (p *pages) upload(c *httpx.Ctx) error {
	if err := c.Who.Need(inventory.Edit); err != nil {
		return err
	}
	if unit := c.FormValue("unit"); unit != "" {
		if err := c.Who.NeedAt(inventory.Edit, unit); err != nil {
			return err
		}
	}
	files, err := sentFiles(c)
	if err != nil {
		return p.showUpload(c, err)
	}
	all, err := p.TakeFiles(c.Std(), c.Who, c.FormValue("unit"), files)
	if err != nil {
		return p.showUpload(c, err)
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("intake.upload.results"), Count: int64(len(all)),
		Columns: []ui.Column{{Label: t.Say("intake.upload.file")}, {Label: t.Say("intake.log.result")}}}
	status := 0
	for _, x := range all {
		if x.Problem != nil {
			status = fault.Invalid.Status()
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(x.Name, x.Say(t)), ui.Badge(ui.State{Tone: resultTones[x.Result], Word: t.Say("intake.result." + string(x.Result))})}})
	}
	return p.site.Show(c, site.Page{Title: t.Say("intake.upload.results"), At: "/inventory", Status: status, Tabs: p.Equip.Tabs(t, c.Who, home)}, views.TablePage(t, views.TableView{
		Head: ui.HeaderData{Crumbs: p.crumbs(t, t.Say("intake.upload.title")), Title: t.Say("intake.upload.results"),
			Action: &ui.Action{Label: t.Say("intake.upload.again"), Href: home + "/upload?unit=" + c.FormValue("unit"), Icon: "plus"}},
		Card: ui.CardData{Flush: true}, Table: table}))
}

// sentFiles are the files of a form, each read to its end.
func sentFiles(c *httpx.Ctx) ([]File, error) {
	form, err := c.MultipartForm()
	var k fault.Check
	if err != nil || len(form.File["files"]) == 0 {
		k.Need(false, "files", "intake.upload.files_needed")
		return nil, k.Err()
	}
	heads := form.File["files"]
	k.Need(len(heads) <= mostFiles, "files", "intake.upload.too_many", "limit", mostFiles)
	if err := k.Err(); err != nil {
		return nil, err
	}
	out := make([]File, len(heads))
	for i, h := range heads {
		if out[i], err = readPart(h); err != nil {
			return nil, fault.Because(fault.Invalid, "fault.invalid", err)
		}
	}
	return out, nil
}

func readPart(h *multipart.FileHeader) (File, error) {
	f, err := h.Open()
	if err != nil {
		return File{}, err
	}
	body := make([]byte, h.Size)
	n := 0
	for n < len(body) && err == nil {
		var m int
		m, err = f.Read(body[n:])
		n += m
	}
	if n == len(body) {
		err = nil
	}
	return File{h.Filename, body[:n]}, errors.Join(err, f.Close())
}

func days(c *httpx.Ctx) int {
	n, err := strconv.Atoi(c.Query("days"))
	if err != nil || n < 1 || n > 3650 {
		return 0
	}
	return n
}

func idOf(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }
