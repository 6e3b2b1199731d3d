package declare

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/offline"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"

	"lotrinh/inventory/declare/views"
)

// Place is somewhere that work on the spot goes on: a running count, a commune's installs.
type Place struct {
	Label, Note, Href, Icon string
}

// pages are this room on the site.
type pages struct {
	*Service
	site   *site.Site
	places func(c *httpx.Ctx) ([]Place, error)
}

const (
	home = offline.Prefix
	at   = offline.Prefix + "/declare"
	api  = "/api/v1/inventory/declarations"
)

// Routes declares the pages and the operation; places are what other rooms offer on the
// page where work on the spot begins.
func (s *Service) Routes(r *httpx.Router, on *site.Site, places func(c *httpx.Ctx) ([]Place, error)) {
	p := &pages{s, on, places}
	s.Stock.AddTab(inventory.Tab{Label: "declare.tab", Href: home, Needs: []access.Perm{inventory.Edit, inventory.Inspect}, Under: "/inventory/assets"})
	s.Stock.OnAsset(p.beside)
	r.Page("GET", home, p.home)
	r.Page("GET", at, p.ask)
	r.Page("POST", at, p.declare, httpx.Body(files.FormBody))
	r.Page("GET", home+"/photos/:id", p.photo)
	r.Page("GET", home+"/photos/:id/thumb", p.photo)
	r.API(httpx.Op{Method: "POST", Path: api, ID: "declareAsset", Tag: "inventory", Summary: "Declare a piece of equipment with pictures, once however often it is sent",
		Query: []httpx.Param{offline.Ago}, In: In{}, Out: Out{}, Status: 201}, p.apiDeclare)
}

// In is a declaration. Photos are IDs of finished uploads of kind photo.
type In struct {
	ID      ident.ID          `json:"id" doc:"made on the phone; names this declaration for ever"`
	Unit    string            `json:"unit"`
	Asset   ident.ID          `json:"asset,omitempty" doc:"what the inventory knows already"`
	Kind    inventory.Kind    `json:"kind"`
	Name    string            `json:"name,omitempty" doc:"maker and model; needed for what is new"`
	Serial  string            `json:"serial,omitempty"`
	Place   string            `json:"place,omitempty"`
	State   inventory.State   `json:"state" doc:"in_use, spare, broken or repair"`
	Note    string            `json:"note,omitempty"`
	Facts   map[string]string `json:"facts,omitempty"`
	Version int64             `json:"version,omitempty" doc:"of the asset, as the phone knew it"`
	Photos  []ident.ID        `json:"photos,omitempty"`
}

// Out is what became of a declaration.
type Out struct {
	ID    ident.ID  `json:"id"`
	Asset ident.ID  `json:"asset"`
	Made  bool      `json:"made" doc:"the inventory did not know it before"`
	At    time.Time `json:"at"`
	Text  string    `json:"text" doc:"what became of it, in words"`
	Page  string    `json:"page" doc:"where people see it"`
}

func (p *pages) apiDeclare(c *httpx.Ctx) error {
	in, err := httpx.ReadJSON[In](c)
	if err != nil {
		return err
	}
	if err := c.Who.NeedAt(inventory.Edit, in.Unit); err != nil {
		return err
	}
	when, err := offline.When(c, p.Stock.Now())
	if err != nil {
		return err
	}
	f := Form{ID: in.ID, Asset: in.Asset, Unit: in.Unit, Kind: string(in.Kind), Name: in.Name, Serial: in.Serial, Place: in.Place, State: string(in.State), Note: in.Note,
		Facts: in.Facts, Version: in.Version, At: when}
	d, err := p.known(c, in.ID)
	if err != nil {
		return err
	}
	if d == nil {
		var photos []files.Blob
		for _, id := range in.Photos[:min(len(in.Photos), MaxPhotos+1)] {
			b, err := p.Files.Uploaded(c.Std(), c.Who, files.Photo, id)
			if err != nil {
				return onPhotos(err)
			}
			photos = append(photos, b)
		}
		made, err := p.Declare(c.Std(), c.Who, f, photos)
		if err != nil {
			return err
		}
		d = &made
	}
	words := "declare.taken"
	if d.Made {
		words = "declare.taken.new"
	}
	return c.Reply(201, Out{ID: d.ID, Asset: d.Asset, Made: d.Made, At: d.At, Text: c.T.Say(words), Page: "/inventory/assets/" + string(d.Asset)})
}

// known is a declaration that has arrived before: its uploads are attached and gone.
func (p *pages) known(c *httpx.Ctx, id ident.ID) (*Declaration, error) {
	var rows []Declaration
	err := p.DB.Read().NewSelect().Model(&rows).Where("ad.id = ?", id).Where("ad.by_account = ?", c.Who.ID).Scan(c.Std())
	if err != nil || len(rows) == 0 {
		return nil, db.Sorted(err)
	}
	return &rows[0], nil
}

func onPhotos(err error) error {
	e := fault.Of(err)
	var k fault.Check
	k.Need(false, "photos", e.Key, e.Args...)
	return k.Err()
}

func (p *pages) frame(c *httpx.Ctx, title string) site.Page {
	return site.Page{Title: title, At: "/inventory", Tabs: p.Stock.Tabs(c.T, c.Who, home)}
}

// home is where work on the spot begins.
func (p *pages) home(c *httpx.Ctx) error {
	if !c.Who.May(inventory.Edit) {
		if err := c.Who.Need(inventory.Inspect); err != nil {
			return err
		}
	}
	t := c.T
	v := views.Home{Head: ui.HeaderData{Title: t.Say("declare.home"), Lead: t.Say("declare.home.lead")}, Account: string(c.Who.ID), Pages: []string{home}}
	if c.Who.May(inventory.Edit) {
		v.Places = append(v.Places, views.Place{Label: t.Say("declare.title"), Note: t.Say("declare.lead"), Href: at, Icon: "photo"})
		v.Pages = append(v.Pages, at)
	}
	more, err := p.places(c)
	if err != nil {
		return err
	}
	for _, x := range more {
		v.Places = append(v.Places, views.Place(x))
		if strings.HasPrefix(x.Href, home) {
			v.Pages = append(v.Pages, x.Href)
		}
	}
	return p.site.Show(c, p.frame(c, v.Head.Title), views.HomePage(t, v))
}

func (p *pages) ask(c *httpx.Ctx) error { return p.askAgain(c, nil) }

func (p *pages) askAgain(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(inventory.Edit); err != nil {
		return err
	}
	units, err := p.Stock.UnitOptions(c, inventory.Edit)
	if err != nil {
		return err
	}
	t := c.T
	hidden := []ui.Hidden{{Name: "id", Value: string(ident.New(p.Stock.Now()))}}
	get := func(name, other string) string { return c.FormValue(name, c.Query(name, other)) }
	unit, kind, name, serial, place, state := get("unit", ""), get("kind", ""), get("name", ""), get("serial", ""), get("place", ""), get("state", string(inventory.InUse))
	if id, err := ident.Parse(get("asset", "")); err == nil {
		a, _, err := p.Stock.Asset(c.Std(), c.Who, id)
		if err != nil {
			return err
		}
		unit, kind, name, serial, place = a.Unit, string(a.Kind), a.Name, a.Serial, a.Place
		state = get("state", string(a.State))
		hidden = append(hidden, ui.Hidden{Name: "asset", Value: string(id)}, ui.Hidden{Name: "version", Value: strconv.FormatInt(a.Version, 10)})
	}
	return p.site.Form(c, p.frame(c, t.Say("declare.title")), refused, func(e ui.Errors) templ.Component {
		kinds, conditions := []ui.Option{{Label: t.Say("declare.choose")}}, []ui.Option{}
		for _, k := range inventory.Kinds {
			if k != inventory.WANLine {
				kinds = append(kinds, ui.Option{Value: string(k), Label: t.Say("inventory.kind." + string(k))})
			}
		}
		for _, s := range states {
			conditions = append(conditions, ui.Option{Value: string(s), Label: t.Say("inventory.state." + string(s))})
		}
		form := ui.FormData{ID: "declare", Action: at, Errors: e, Submit: t.Say("declare.send"), Multipart: true, Loose: true, Hidden: hidden,
			Attrs: templ.Attributes{"data-kept-form": api, "data-kept-label": t.Say("declare.kept", "kind", "{kind}", "name", "{name}")},
			Fields: []ui.Field{
				{Kind: ui.Select, Name: "unit", Label: t.Say("declare.unit"), Options: units, Value: unit, Required: true},
				{Kind: ui.Photo, Name: "photos", Label: t.Say("declare.photos"), Hint: t.Say("declare.photos.hint", "n", MaxPhotos), Multiple: true, Required: true},
				{Kind: ui.Select, Name: "kind", Label: t.Say("inventory.column.kind"), Options: kinds, Value: kind, Required: true},
				{Name: "name", Label: t.Say("inventory.column.name"), Hint: t.Say("inventory.column.name.hint"), Value: name, Required: true, Max: 120},
				{Name: "serial", Label: t.Say("inventory.column.serial"), Value: serial, Max: 60, Attrs: templ.Attributes{"autocapitalize": "characters", "spellcheck": "false"}},
				{Name: "place", Label: t.Say("inventory.column.place"), Hint: t.Say("inventory.column.place.hint"), Value: place, Max: 120},
				{Kind: ui.Radio, Name: "state", Label: t.Say("inventory.column.state"), Options: conditions, Value: state, Required: true},
				{Kind: ui.Area, Name: "note", Rows: 2, Label: t.Say("declare.note.label"), Value: c.FormValue("note"), Max: longestNote}}}
		return views.DeclarePage(t, ui.HeaderData{Title: t.Say("declare.title"), Lead: t.Say("declare.lead"), Crumbs: []ui.Crumb{{Label: t.Say("declare.home"), Href: home}, {Label: t.Say("declare.title")}}},
			form, string(c.Who.ID), []string{at, home})
	})
}

// declare takes a declaration by a plain form.
func (p *pages) declare(c *httpx.Ctx) error {
	f := Form{Unit: c.FormValue("unit"), Kind: c.FormValue("kind"), Name: c.FormValue("name"), Serial: c.FormValue("serial"), Place: c.FormValue("place"), State: c.FormValue("state"), Note: c.FormValue("note")}
	if err := c.Who.Need(inventory.Edit); err != nil {
		return err
	}
	f.ID, f.Asset = ident.ID(c.FormValue("id")), ident.ID(c.FormValue("asset"))
	if n, err := strconv.ParseInt(c.FormValue("version"), 10, 64); err == nil {
		f.Version = n
	}
	if f.Unit == "" {
		var k fault.Check
		k.Need(false, "unit", "inventory.form.unit_needed")
		return p.askAgain(c, k.Err())
	}
	if err := c.Who.NeedAt(inventory.Edit, f.Unit); err != nil {
		return err
	}
	photos, err := p.Files.FromForm(c, "photos", files.Photo, MaxPhotos)
	if err != nil {
		return p.askAgain(c, onPhotos(err))
	}
	d, err := p.Declare(c.Std(), c.Who, f, photos)
	if err != nil {
		return p.askAgain(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("declare.taken"))
	return c.See("/inventory/assets/" + string(d.Asset))
}

func (p *pages) photo(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	f, err := p.Photo(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	if c.Route().Path == home+"/photos/:id/thumb" {
		return p.Files.SendThumb(c, f)
	}
	return p.Files.Send(c, f)
}

// beside is what was declared of an asset, on its own page, with the way to declare anew.
func (p *pages) beside(c *httpx.Ctx, a inventory.AssetView) (templ.Component, error) {
	rows, photos, err := p.OfAsset(c.Std(), c.Who, a.ID)
	if err != nil {
		return nil, err
	}
	t := c.T
	v := views.Beside{}
	if c.Who.Covers(inventory.Edit, a.Unit) && a.Kind != inventory.WANLine && a.State != inventory.Retired {
		v.Action = &ui.Action{Label: t.Say("declare.this"), Href: at + "?asset=" + string(a.ID), Icon: "photo"}
	}
	if len(rows) == 0 && v.Action == nil {
		return nil, nil
	}
	for _, d := range rows {
		x := views.Declared{Text: t.Say("declare.by", "who", d.ByName, "at", t.Moment(d.At), "state", t.Say("inventory.state."+string(d.State))), Note: d.Note}
		for _, f := range photos[string(d.ID)] {
			x.Photos = append(x.Photos, views.Picture{Thumb: home + "/photos/" + string(f.ID) + "/thumb", Href: home + "/photos/" + string(f.ID), Alt: t.Say("declare.picture", "name", a.Name, "at", t.Moment(d.At))})
		}
		v.All = append(v.All, x)
	}
	return views.BesidePanel(t, v), nil
}
