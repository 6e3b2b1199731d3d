package stocktake

import (
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/offline"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// home is the list of counts.
const home = "/inventory/stocktakes"

// Routes declares the pages and the operations, and puts the room among the places of
// the inventory.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Stock.AddTab(inventory.Tab{Label: "stocktake.tab", Href: home, Needs: []access.Perm{inventory.Look}, Under: "/inventory/assets"})
	r.Page("GET", home, p.list)
	r.Page("GET", home+"/new", p.ask)
	r.Page("POST", home, p.start)
	r.Page("GET", home+"/proposals", p.proposals)
	r.Page("POST", home+"/proposals/:id", p.decide)
	r.Page("GET", home+"/:id", p.result)
	r.Page("GET", home+"/:id/report", p.report)
	r.Page("POST", home+"/:id/end", p.end)
	r.Page("POST", home+"/:id/cancel", p.cancel)
	r.Page("GET", offline.Prefix+"/stocktakes/:id", p.work)
	r.Page("POST", offline.Prefix+"/stocktakes/:id/scans", p.scan)
	const tag = "inventory"
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/inventory/stocktakes/:id", ID: "getStocktake", Tag: tag, Summary: "A stock-take with its four groups", Out: CountJSON{}}, p.apiCount)
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/inventory/stocktakes/:id/scans", ID: "scanTag", Tag: tag,
		Summary: "Take a tag into a stock-take, once however often it is sent", Query: []httpx.Param{offline.Ago}, In: ScanIn{}, Out: ScanJSON{}, Status: 201, Creates: true}, p.apiScan)
}

func (p *pages) frame(c *httpx.Ctx, title string) site.Page {
	return site.Page{Title: title, At: "/inventory", Tabs: p.Stock.Tabs(c.T, c.Who, home)}
}

func (p *pages) show(c *httpx.Ctx, title string, body templ.Component) error {
	return p.site.Show(c, p.frame(c, title), body)
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

// ScanIn is one tag that was read.
type ScanIn struct {
	ID  ident.ID `json:"id" doc:"made where the tag was read; names this scan for ever"`
	Tag string   `json:"tag" doc:"what the label says: a number, a serial number, or an address that ends in one"`
	How string   `json:"how" doc:"camera or typed"`
}

// ScanJSON is what became of a tag.
type ScanJSON struct {
	ID    ident.ID  `json:"id"`
	Tag   string    `json:"tag"`
	Group Group     `json:"group" doc:"found, surplus or elsewhere"`
	Twice bool      `json:"twice" doc:"the tag had been read before, by whomever"`
	Asset ident.ID  `json:"asset,omitempty"`
	Code  string    `json:"code,omitempty"`
	Name  string    `json:"name,omitempty"`
	Unit  string    `json:"unit,omitempty" doc:"where the asset belongs"`
	At    time.Time `json:"at"`
	By    string    `json:"by"`
	Text  string    `json:"text" doc:"what became of it, in words"`
}

// LineJSON is one expected asset.
type LineJSON struct {
	Asset  ident.ID `json:"asset"`
	Code   string   `json:"code"`
	Name   string   `json:"name"`
	Serial string   `json:"serial"`
	Place  string   `json:"place"`
}

// CountJSON is a count with its groups.
type CountJSON struct {
	ID        ident.ID   `json:"id"`
	Unit      string     `json:"unit"`
	Place     string     `json:"place"`
	State     State      `json:"state"`
	StartedAt time.Time  `json:"started_at"`
	EndedAt   *time.Time `json:"ended_at"`
	Found     []ScanJSON `json:"found"`
	Missing   []LineJSON `json:"missing"`
	Surplus   []ScanJSON `json:"surplus"`
	Elsewhere []ScanJSON `json:"elsewhere"`
	Version   int64      `json:"version"`
}

func scanJSON(s Scan, g Group) ScanJSON {
	return ScanJSON{ID: s.ID, Tag: s.Tag, Group: g, Asset: s.Asset, Code: s.Code, Name: s.Name, Unit: s.Unit, At: s.At, By: s.ByName}
}

func (p *pages) apiCount(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	n, r, _, err := p.Count(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	out := CountJSON{ID: n.ID, Unit: n.Unit, Place: n.Place, State: n.State, StartedAt: n.StartedAt, EndedAt: n.EndedAt, Version: n.Version,
		Found: []ScanJSON{}, Missing: []LineJSON{}, Surplus: []ScanJSON{}, Elsewhere: []ScanJSON{}}
	for _, h := range r.Found {
		out.Found = append(out.Found, scanJSON(h.Scan, Found))
	}
	for _, e := range r.Missing {
		out.Missing = append(out.Missing, LineJSON{Asset: e.Asset, Code: e.Code, Name: e.Name, Serial: e.Serial, Place: e.Place})
	}
	for _, x := range r.Surplus {
		out.Surplus = append(out.Surplus, scanJSON(x, Surplus))
	}
	for _, x := range r.Elsewhere {
		out.Elsewhere = append(out.Elsewhere, scanJSON(x, Elsewhere))
	}
	return c.ReplyVersion(0, n.Version, out)
}

func (p *pages) apiScan(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[ScanIn](c)
	if err != nil {
		return err
	}
	if err := c.Who.Need(Take); err != nil {
		return err
	}
	at, err := offline.When(c, p.Stock.Now())
	if err != nil {
		return err
	}
	x, err := p.Scan(c.Std(), c.Who, key, ScanForm{ID: in.ID, Tag: in.Tag, How: in.How, At: at})
	if err != nil {
		return err
	}
	words, _, err := p.said(c, x)
	if err != nil {
		return err
	}
	out := scanJSON(x.Scan, x.Group)
	out.Twice, out.Text = x.Twice, words
	return c.Reply(201, out)
}

// said is what became of a tag, in words, and how they are coloured.
func (p *pages) said(c *httpx.Ctx, x Scanned) (string, ui.Tone, error) {
	what := x.Scan.Tag
	if x.Scan.Code != "" {
		what = x.Scan.Code + " " + x.Scan.Name
	}
	if x.Twice {
		return c.T.Say("stocktake.scan.twice", "what", what, "who", x.Scan.ByName), ui.Info, nil
	}
	switch {
	case x.Group == Found:
		return c.T.Say("stocktake.scan.found", "what", what), ui.Good, nil
	case x.Group == Elsewhere:
		tree, err := p.Units.Tree(c.Std(), p.Stock.Now())
		if err != nil {
			return "", "", err
		}
		return c.T.Say("stocktake.scan.elsewhere", "what", what, "unit", tree.Place(x.Scan.Unit)), ui.Warn, nil
	case x.Scan.Asset == "":
		return c.T.Say("stocktake.scan.unknown", "what", what), ui.Warn, nil
	}
	return c.T.Say("stocktake.scan.surplus", "what", what), ui.Warn, nil
}

// scan takes a typed tag by a plain form.
func (p *pages) scan(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if err := c.Who.Need(Take); err != nil {
		return err
	}
	made, err := ident.Parse(c.FormValue("id"))
	if err != nil {
		made = ident.New(p.Stock.Now())
	}
	x, err := p.Scan(c.Std(), c.Who, key, ScanForm{ID: made, Tag: c.FormValue("tag"), How: Typed})
	if err != nil {
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
			return p.showWork(c, key, err)
		}
		return err
	}
	text, tone, err := p.said(c, x)
	if err != nil {
		return err
	}
	site.Flash(c, tone, text)
	return c.See(offline.Prefix + "/stocktakes/" + string(key))
}
