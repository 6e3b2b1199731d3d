package filing

import (
	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/filing/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/offline"
	"lotrinh/internal/site/ui"
)

type pages struct {
	*Service
	site *site.Site
}

// workerPath is the address of the service worker that keeps a draft's pages.
const workerPath = filingPath + "/worker.js"

// Routes declares the citizens' pages. Those that begin with a fixed word come before
// those that begin with a key.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	offline.Worker(r, workerPath, filingPath)
	const draft = filingPath + "/:key/:draft"
	r.Page("GET", filingPath+"/:key", p.start, httpx.Open)
	r.Page("POST", filingPath+"/:key", p.begin, httpx.Open)
	r.Page("GET", draft, p.resumed, httpx.Open)
	r.Page("POST", draft+"/luu", p.save, httpx.Open)
	r.Page("POST", draft+"/tai", p.upload, httpx.Open)
	r.Page("PUT", draft+"/tai/:id/:n", p.part, httpx.Open, httpx.Body(files.Chunk))
	r.Page("POST", draft+"/tai/:id", p.finish, httpx.Open)
	r.Page("GET", draft+"/tep/:file", p.file, httpx.Open)
	r.Page("GET", draft+"/tep/:file/nho", p.file, httpx.Open)
	r.Page("GET", draft+"/:step", p.step, httpx.Open)
	r.Page("POST", draft+"/:step", p.take, httpx.Open, httpx.Body(files.FormBody))

	r.Page("GET", trackPath, p.look, httpx.Open)
	r.Page("POST", trackPath, p.knock, httpx.Open)
	r.Page("GET", trackPath+"/ki-ot", p.kiosk, httpx.Open)
	const pass = trackPath + "/:pass"
	r.Page("GET", pass, p.own, httpx.Open)
	r.Page("POST", pass, p.enter, httpx.Open)
	r.Page("GET", pass+"/tep/:file", p.ownFile, httpx.Open)
	r.Page("GET", pass+"/tep/:file/nho", p.ownFile, httpx.Open)
	r.Page("GET", pass+"/:do", p.ask, httpx.Open)
	r.Page("POST", pass+"/:do", p.act, httpx.Open, httpx.Body(files.FormBody))
}

// show shows a citizen's page; a refused form says so in the page's title. What is gone
// says why and where to begin anew.
func (p *pages) show(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	page := site.Page{Title: title, Citizen: true}
	if refused != nil {
		f := fault.Of(refused)
		switch f.Kind {
		case fault.Invalid, fault.Conflict, fault.TooMany, fault.Unavailable, fault.TooLarge:
			page.Status, page.Title = f.Kind.Status(), c.T.Say("filing.error", "title", title)
		default:
			return refused
		}
	}
	quiet(c)
	return p.site.Show(c, page, body(ui.ErrorsOf(c.T, refused)))
}

// quiet keeps pages about persons out of caches and search machines.
func quiet(c *httpx.Ctx) {
	c.Set("Cache-Control", "no-store")
	c.Set("X-Robots-Tag", "noindex")
}

// gone says that a draft or a pass is no more, with the way to another.
func (p *pages) gone(c *httpx.Ctx, err error, href, label string) error {
	f := fault.Of(err)
	if f.Kind != fault.Missing {
		return err
	}
	quiet(c)
	title := c.T.Say("filing.gone.title")
	return p.site.Show(c, site.Page{Title: title, Citizen: true, Status: f.Kind.Status()},
		views.Gone(c.T, views.GoneView{Title: title, Text: c.T.Say(f.Key, f.Args...), Href: href, Label: c.T.Say(label)}))
}

// What officers may ask a start page for: a practice dossier, or one that they file for a
// citizen who sits before them.
const (
	askPractice = "thu"
	askHelp     = "ho"
	askMissing  = "thieu" // on a paper's page: why the dossier cannot be sent yet
)

// beginning is what a start page asks for, from its address and the session.
func beginning(c *httpx.Ctx) Start {
	in := Start{Procedure: c.Params("key"), Channel: dossier.Online, Address: c.IP()}
	if !c.Who.May(dossier.Receive) {
		return in
	}
	switch {
	case c.Query(askPractice) == "1" || c.FormValue(askPractice) == "1":
		in.Practice, in.Helper = true, c.Who
	case c.Query(askHelp) == "1" || c.FormValue(askHelp) == "1":
		in.Channel, in.Helper = dossier.Assisted, c.Who
	}
	return in
}

func (p *pages) start(c *httpx.Ctx) error { return p.showStart(c, "", nil, nil) }

func (p *pages) showStart(c *httpx.Ctx, typed string, hits []org.Hit, refused error) error {
	in := beginning(c)
	v, err := p.Dossiers.InForce(c.Std(), in.Procedure, p.Business.Now())
	if err != nil {
		return err
	}
	def, err := p.Dossiers.Definition(c.Std(), v.ID)
	if err != nil {
		return err
	}
	lang := string(c.T.Lang)
	view := views.StartView{Procedure: def.Name.Say(lang), Action: filingPath + "/" + in.Procedure, About: "/thu-tuc/" + in.Procedure, Closed: !in.Helper.SignedIn() && !p.Texting(),
		Practice: in.Practice, Helper: in.Helper.Name, Hotline: p.Hotline}
	switch {
	case in.Practice:
		view.Hidden = []ui.Hidden{{Name: askPractice, Value: "1"}}
	case in.Helper.SignedIn():
		view.Hidden = []ui.Hidden{{Name: askHelp, Value: "1"}}
	case c.Who.May(dossier.Receive):
		view.Help, view.Practise = view.Action+"?"+askHelp+"=1", view.Action+"?"+askPractice+"=1"
	}
	for _, one := range def.Documents {
		switch {
		case one.Show:
			view.Shown = append(view.Shown, one.Name.Say(lang))
		case len(one.When) == 0 && !one.Optional:
			view.Papers = append(view.Papers, one.Name.Say(lang))
		}
	}
	return p.show(c, view.Procedure, refused, func(e ui.Errors) templ.Component {
		view.Errors = e
		view.Fields = placeFields(c, typed, hits, e)
		return views.Start(c.T, view)
	})
}

func placeFields(c *httpx.Ctx, typed string, hits []org.Hit, e ui.Errors) []ui.Field {
	all := []ui.Field{{Name: "place", Label: c.T.Say("filing.place.label"), Hint: c.T.Say("filing.place.how"), Value: typed, Required: true, Max: 100, Error: e.Of("place")}}
	if len(hits) > 0 {
		pick := ui.Field{Kind: ui.Radio, Name: "unit", Label: c.T.Say("filing.place.pick"), Required: true, Error: e.Of("unit")}
		for _, h := range hits {
			pick.Options = append(pick.Options, ui.Option{Value: h.Code, Label: h.Place})
		}
		all = append(all, pick)
	}
	return all
}

// begin takes the first answer in; from then on the server keeps the draft.
func (p *pages) begin(c *httpx.Ctx) error {
	in := beginning(c)
	if !in.Helper.SignedIn() && !p.Texting() {
		return c.See(filingPath + "/" + in.Procedure) // it says why
	}
	typed := c.FormValue("place")
	unit, hits, err := p.Sit(c.Std(), in, c.FormValue("unit"), typed)
	if err != nil {
		return p.showStart(c, typed, hits, err)
	}
	in.Unit = unit
	if in.Helper.SignedIn() {
		if err := c.Who.NeedAt(dossier.Receive, unit); err != nil {
			return err
		}
	}
	d, err := p.Service.begin(c.Std(), in)
	if err != nil {
		return p.showStart(c, typed, nil, err)
	}
	return c.See(p.home(d))
}
