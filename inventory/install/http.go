package install

import (
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/offline"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

const (
	home = "/inventory/installs"
	work = offline.Prefix + "/installs"
	api  = "/api/v1/inventory/installs"
)

// Routes declares the pages and the operations, and puts the room among the places of
// the inventory and beside each PC.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Stock.AddTab(inventory.Tab{Label: "install.tab", Href: home, Needs: perms{inventory.Look}, Under: "/inventory/assets"})
	s.Stock.OnAsset(p.beside)
	s.Stock.OnUnit(p.besideUnit)
	r.Page("GET", home, p.progress)
	r.Page("GET", home+"/plan", p.planForm)
	r.Page("POST", home+"/plan", p.plan)
	r.Page("GET", home+"/software", p.catalogue)
	r.Page("GET", home+"/software/new", p.newSoftware)
	r.Page("POST", home+"/software", p.saveSoftware)
	r.Page("GET", home+"/software/:id", p.software)
	r.Page("POST", home+"/software/:id", p.saveSoftware)
	r.Page("GET", home+"/:id/reach", p.reach)
	r.Page("POST", home+"/:id/reach", p.reached)
	r.Page("GET", work, p.work)
	r.Page("POST", work, p.record)
	const tag = "inventory"
	r.API(httpx.Op{Method: "GET", Path: api, ID: "listInstalls", Tag: tag, Summary: "The installs on the PCs of a commune",
		Query: []httpx.Param{{Name: "unit", Doc: "code of the commune; needed"}}, Out: httpx.List[JSON]{}}, p.apiList)
	r.API(httpx.Op{Method: "POST", Path: api, ID: "recordInstall", Tag: tag, Summary: "Record an installation or a try of the connection, once however often it is sent",
		Query: []httpx.Param{offline.Ago}, In: RecordIn{}, Out: JSON{}, Status: 201, Creates: true}, p.apiRecord)
}

// RecordIn is what somebody did to a software on a PC.
type RecordIn struct {
	ID             ident.ID `json:"id" doc:"made where it was written down; names this record for ever"`
	Asset          ident.ID `json:"asset"`
	Software       ident.ID `json:"software"`
	What           string   `json:"what" doc:"installed, works, fails or removed"`
	Why            string   `json:"why,omitempty" doc:"needed when it fails or was removed"`
	ProgramVersion string   `json:"program_version,omitempty"`
}

// JSON is an install as the API shows it.
type JSON struct {
	ID              ident.ID         `json:"id"`
	Asset           ident.ID         `json:"asset"`
	Software        ident.ID         `json:"software"`
	State           State            `json:"state" doc:"planned, installed, works or fails"`
	InstalledAt     *time.Time       `json:"installed_at"`
	InstalledBy     string           `json:"installed_by,omitempty"`
	InstalledSource readiness.Source `json:"installed_source,omitempty"`
	ProgramVersion  string           `json:"program_version,omitempty"`
	TriedAt         *time.Time       `json:"tried_at"`
	TriedBy         string           `json:"tried_by,omitempty"`
	TriedSource     readiness.Source `json:"tried_source,omitempty"`
	Milliseconds    int64            `json:"milliseconds,omitempty"`
	Why             string           `json:"why,omitempty"`
	Text            string           `json:"text,omitempty" doc:"what stands now, in words; in the answer to a record"`
	Page            string           `json:"page,omitempty" doc:"where people see it"`
}

func installJSON(i Install) JSON {
	return JSON{ID: i.ID, Asset: i.Asset, Software: i.Software, State: i.State, InstalledAt: i.InstalledAt, InstalledBy: i.InstallerName, InstalledSource: i.InstalledSource,
		ProgramVersion: i.ProgramVersion, TriedAt: i.TriedAt, TriedBy: i.TesterName, TriedSource: i.TriedSource, Milliseconds: i.TriedMS, Why: i.Why}
}

// whats are what the form and the API call the things that can be recorded.
var whats = []string{"installed", "works", "fails", "removed"}

// form is a record as the service takes it.
func (in RecordIn) form(at time.Time) (RecordForm, error) {
	f := RecordForm{ID: in.ID, Software: in.Software, Asset: in.Asset, Why: in.Why, ProgramVersion: in.ProgramVersion, How: Manual, At: at, Kind: DidTry}
	switch in.What {
	case "installed":
		f.Kind = DidInstall
	case "removed":
		f.Kind = DidRemove
	case "works":
		f.OK, f.Why = true, ""
	}
	var k fault.Check
	k.Need(slices.Contains(whats, in.What), "what", "install.form.what")
	k.Need(in.Asset != "", "asset", "install.form.asset_needed")
	k.Need(in.Software != "", "software", "install.form.software_needed")
	return f, k.Err()
}

func (p *pages) apiList(c *httpx.Ctx) error {
	rows, err := p.OfUnit(c.Std(), c.Who, c.Query("unit"))
	if err != nil {
		return err
	}
	out := httpx.List[JSON]{Items: []JSON{}}
	for _, r := range rows {
		out.Items = append(out.Items, installJSON(r.Install))
	}
	return c.Reply(0, out)
}

func (p *pages) apiRecord(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[RecordIn](c)
	if err != nil {
		return err
	}
	if err := c.Who.Need(Record); err != nil {
		return err
	}
	at, err := offline.When(c, p.Stock.Now())
	if err != nil {
		return err
	}
	f, err := in.form(at)
	if err != nil {
		return err
	}
	i, err := p.Record(c.Std(), c.Who, f)
	if err != nil {
		return err
	}
	out := installJSON(i)
	out.Text, out.Page = c.T.Say("install.recorded", "state", c.T.Say("install.state."+string(i.State))), "/inventory/assets/"+string(i.Asset)
	return c.Reply(201, out)
}

// record takes a record by a plain form.
func (p *pages) record(c *httpx.Ctx) error {
	if err := c.Who.Need(Record); err != nil {
		return err
	}
	made, err := ident.Parse(c.FormValue("id"))
	if err != nil {
		made = ident.New(p.Stock.Now())
	}
	in := RecordIn{ID: made, Asset: ident.ID(c.FormValue("asset")), Software: ident.ID(c.FormValue("software")), What: c.FormValue("what"), Why: c.FormValue("why"), ProgramVersion: c.FormValue("program_version")}
	f, err := in.form(time.Time{})
	if err == nil {
		_, err = p.Record(c.Std(), c.Who, f)
	}
	unit := c.FormValue("unit", c.Query("unit"))
	if err != nil {
		return p.showWork(c, unit, err)
	}
	site.Flash(c, ui.Good, c.T.Say("install.saved"))
	return c.See(work + "?unit=" + unit)
}

func (p *pages) frame(c *httpx.Ctx, title string) site.Page {
	return site.Page{Title: title, At: "/inventory", Tabs: p.Stock.Tabs(c.T, c.Who, home)}
}

func (p *pages) show(c *httpx.Ctx, title string, body templ.Component) error {
	return p.site.Show(c, p.frame(c, title), body)
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0 // no row has version 0, and no time is measured
	}
	return n
}
