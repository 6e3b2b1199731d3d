package inspection

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/offline"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/ask"
	"lotrinh/rollout/inspection/views"
)

// home is the room's first page; at is where visits are worked on, without a line.
const (
	home = "/rollout/inspections"
	at   = offline.Prefix + "/inspections"
	api  = "/api/v1/rollout/inspections/visits"
)

// Field is the address of a visit for the phone.
func (v Visit) Field() string { return at + "/" + string(v.ID) }

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the operation by which records arrive.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", home, p.list)
	r.Page("POST", home, p.plan)
	r.Page("GET", home+"/new", p.ask)
	r.Page("GET", home+"/findings", p.findings)
	r.Page("GET", home+"/:id", p.round)
	r.Page("POST", home+"/:id/visits", p.addVisits)
	r.Page("GET", home+"/visits/:id", p.visit)
	r.Page("POST", home+"/visits/:id/order", p.order)
	r.Page("POST", home+"/visits/:id/cancel", p.cancel)
	r.Page("GET", home+"/visits/:id/minutes.pdf", p.minutes)
	r.Page("POST", home+"/visits/:id/sign", p.sign, httpx.Body(files.FormBody))
	r.Page("GET", home+"/photos/:id", p.photo)
	r.Page("GET", home+"/photos/:id/thumb", p.photo)
	r.Page("POST", home+"/findings/:id/assign", p.assign)
	r.Page("POST", home+"/findings/:id/mended", p.mended)
	r.Page("POST", home+"/findings/:id/close", p.close)
	r.Page("POST", home+"/findings/:id/again", p.again)
	r.Page("GET", at+"/:id", p.work)
	r.Page("POST", at+"/:id", p.handIn, httpx.Body(files.FormBody))
	r.API(httpx.Op{Method: "POST", Path: api + "/:id/record", ID: "recordInspection", Tag: "rollout", Summary: "Hand in what an inspection found, once however often it is sent",
		Query: []httpx.Param{offline.Ago}, In: In{}, Out: Out{}, Status: 201}, p.apiHandIn)
}

// In is a record. Photos are IDs of finished uploads of kind photo.
type In struct {
	ID     ident.ID          `json:"id" doc:"made on the phone; names this record for ever"`
	A      map[string]string `json:"a" doc:"answers by the item's key: yes, no, a number, a choice or text"`
	N      map[string]string `json:"n,omitempty" doc:"notes by the item's key; a no needs one"`
	Seen   map[string]string `json:"seen,omitempty" doc:"keys of the equipment that was seen"`
	Remark string            `json:"remark,omitempty"`
	Photos []ident.ID        `json:"photos,omitempty"`
}

// Out is what became of a record.
type Out struct {
	ID   ident.ID `json:"id"`
	Text string   `json:"text" doc:"what became of it, in words"`
	Page string   `json:"page" doc:"where people see it"`
}

func (p *pages) apiHandIn(c *httpx.Ctx) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[In](c)
	if err != nil {
		return err
	}
	v, err := visitByID(c.Std(), p.DB.Read(), c.Who, Inspect, key)
	if err != nil {
		return err
	}
	when, err := offline.When(c, p.Business.Now())
	if err != nil {
		return err
	}
	r := Record{ID: in.ID, Answers: ask.Answers{Values: in.A}, Notes: in.N, Remark: in.Remark, At: when}
	for raw := range in.Seen {
		if id, err := ident.Parse(raw); err == nil {
			r.Seen = append(r.Seen, id)
		}
	}
	var photos []files.Blob
	if v.Record != in.ID { // the uploads of one that has arrived are attached and gone
		for _, id := range in.Photos[:min(len(in.Photos), MaxPhotos+1)] {
			b, err := p.Files.Uploaded(c.Std(), c.Who, files.Photo, id)
			if err != nil {
				return err
			}
			photos = append(photos, b)
		}
	}
	if v, err = p.HandIn(c.Std(), c.Who, key, r, photos); err != nil {
		return err
	}
	return c.Reply(201, Out{ID: v.Record, Text: c.T.Say("inspection.taken"), Page: v.Path()})
}

// handIn takes a record by a plain form.
func (p *pages) handIn(c *httpx.Ctx) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := p.Visit(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	if err := c.Who.NeedAt(Inspect, v.Unit); err != nil {
		return err
	}
	form, err := v.Round.Form()
	if err != nil {
		return err
	}
	made, err := ident.Parse(c.FormValue("id"))
	if err != nil {
		made = ident.New(p.Business.Now())
	}
	r := Record{ID: made, Answers: form.Read(func(name string) string { return c.FormValue(name) }), Notes: map[string]string{}, Remark: c.FormValue("remark")}
	for _, x := range form.Fields {
		r.Notes[x.Key] = c.FormValue("n." + x.Key)
	}
	things, err := p.Equipment.At(c.Std(), c.Who, v.Unit)
	if err != nil {
		return err
	}
	for _, x := range things {
		if c.FormValue("seen."+string(x.ID)) != "" {
			r.Seen = append(r.Seen, x.ID)
		}
	}
	photos, err := p.Files.FromForm(c, "photos", files.Photo, MaxPhotos)
	if err == nil {
		_, err = p.HandIn(c.Std(), c.Who, key, r, photos)
	}
	if err != nil {
		return p.workAgain(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("inspection.taken"))
	return c.See(v.Path())
}

func (p *pages) show(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, p.frame(c, title, home), refused, body)
}

func (p *pages) frame(c *httpx.Ctx, title, on string) site.Page {
	t := c.T
	return site.Page{Title: title, At: home, Tabs: []ui.Tab{{Label: t.Say("inspection.rounds"), Href: home, Active: on == home, Count: -1},
		{Label: t.Say("inspection.findings"), Href: home + "/findings", Active: on == home+"/findings", Count: -1}}}
}

func (p *pages) ask(c *httpx.Ctx) error { return p.askAgain(c, nil) }

func (p *pages) askAgain(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(Arrange); err != nil {
		return err
	}
	ids, err := p.People.Holding(c.Std(), Inspect, "")
	if err != nil {
		return err
	}
	names, err := p.People.Names(c.Std(), ids)
	if err != nil {
		return err
	}
	var team []ui.Option
	for _, id := range ids {
		team = append(team, ui.Option{Value: string(id), Label: names[id]})
	}
	t := c.T
	return p.show(c, t.Say("inspection.new"), refused, func(e ui.Errors) templ.Component {
		return views.FormPage(t, ui.HeaderData{Title: t.Say("inspection.new"), Lead: t.Say("inspection.new.lead"), Crumbs: []ui.Crumb{{Label: t.Say("inspection.title"), Href: home}, {Label: t.Say("inspection.new")}}},
			ui.FormData{Action: home, Submit: t.Say("inspection.new.submit"), Cancel: home, Errors: e, Fields: []ui.Field{
				{Name: "title", Label: t.Say("inspection.name"), Value: c.FormValue("title"), Required: true, Max: longestTitle},
				{Kind: ui.Checks, Name: "team", Label: t.Say("inspection.team"), Hint: t.Say("inspection.team.hint"), Options: team, Values: many(c, "team"), Required: true}}})
	})
}

// many are the values of a field that comes several times.
func many(c *httpx.Ctx, name string) []string {
	var out []string
	for _, raw := range c.Request().PostArgs().PeekMulti(name) {
		out = append(out, string(raw))
	}
	return out
}

func (p *pages) plan(c *httpx.Ctx) error {
	f := Form{Title: c.FormValue("title")}
	for _, id := range many(c, "team") {
		f.Team = append(f.Team, ident.ID(id))
	}
	if all, err := p.Rollout.Programmes(c.Std(), c.Who); err != nil {
		return err
	} else if len(all) > 0 {
		f.Programme = all[0].Code
	}
	r, err := p.Plan(c.Std(), c.Who, f)
	if err != nil {
		return p.askAgain(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("inspection.planned", "code", r.Code))
	return c.See(r.Path())
}

func (p *pages) addVisits(c *httpx.Ctx) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	rows, err := p.AddVisits(c.Std(), c.Who, key, c.FormValue("day"), many(c, "unit"))
	if err != nil {
		return p.roundAgain(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("inspection.added", "n", len(rows)))
	return c.See(home + "/" + string(key))
}

// did answers an act on a visit: its page again, or the form that was refused.
func (p *pages) did(c *httpx.Ctx, form string, do func(ident.ID) (Visit, error)) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	v, err := do(key)
	if err != nil {
		return p.visitAgain(c, key, form, err)
	}
	site.Flash(c, ui.Good, c.T.Say("inspection.said."+form))
	return c.See(v.Path())
}

func (p *pages) order(c *httpx.Ctx) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	by := int64(1)
	if c.FormValue("by") == "-1" {
		by = -1
	}
	v, err := p.Reorder(c.Std(), c.Who, key, c.Version(), by)
	if err != nil {
		return err
	}
	return c.See(home + "/" + string(v.Round))
}

func (p *pages) cancel(c *httpx.Ctx) error {
	return p.did(c, "cancel", func(key ident.ID) (Visit, error) {
		return p.Cancel(c.Std(), c.Who, key, c.Version(), c.FormValue("reason"))
	})
}

func (p *pages) sign(c *httpx.Ctx) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if _, err := visitByID(c.Std(), p.DB.Read(), c.Who, Inspect, key); err != nil {
		return err
	}
	scan, err := p.Files.FromForm(c, "scan", files.Photo, 4)
	if err != nil {
		return p.visitAgain(c, key, "sign", err)
	}
	return p.did(c, "sign", func(key ident.ID) (Visit, error) {
		return p.Sign(c.Std(), c.Who, key, c.Version(), c.FormValue("signer"), c.FormValue("post"), scan)
	})
}

// followed answers an act on a finding: its visit's page, or the form that was refused.
func (p *pages) followed(c *httpx.Ctx, form string, do func(ident.ID) (Finding, error)) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	f, err := do(key)
	if err == nil {
		site.Flash(c, ui.Good, c.T.Say("inspection.said."+form))
		return c.See(home + "/visits/" + string(f.Visit))
	}
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	if e := p.DB.Read().NewSelect().Model(&f).Where("fn.id = ?", key).Scan(c.Std()); e != nil {
		return err
	}
	return p.visitAgain(c, f.Visit, form+"-"+string(key), err)
}

func (p *pages) assign(c *httpx.Ctx) error {
	return p.followed(c, "assign", func(key ident.ID) (Finding, error) {
		days, err := strconv.ParseInt(c.FormValue("days"), 10, 64)
		if err != nil {
			days = 0
		}
		return p.Assign(c.Std(), c.Who, key, c.Version(), ident.ID(c.FormValue("owner")), days)
	})
}

func (p *pages) mended(c *httpx.Ctx) error {
	return p.followed(c, "mended", func(key ident.ID) (Finding, error) {
		return p.Mended(c.Std(), c.Who, key, c.Version(), c.FormValue("result"))
	})
}

func (p *pages) close(c *httpx.Ctx) error {
	return p.followed(c, "close", func(key ident.ID) (Finding, error) { return p.Close(c.Std(), c.Who, key, c.Version()) })
}

func (p *pages) again(c *httpx.Ctx) error {
	return p.followed(c, "again", func(key ident.ID) (Finding, error) {
		return p.Again(c.Std(), c.Who, key, c.Version(), c.FormValue("reason"))
	})
}

func (p *pages) photo(c *httpx.Ctx) error {
	key, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	f, err := p.Photo(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	if strings.HasSuffix(c.Path(), "/thumb") {
		return p.Files.SendThumb(c, f)
	}
	return p.Files.Send(c, f)
}

// districtOptions are the districts whose communes may be visited.
func districtOptions(tree *org.Tree, none string) []ui.Option {
	out := []ui.Option{{Label: none}}
	for _, d := range tree.Districts() {
		out = append(out, ui.Option{Value: d.Code, Label: tree.Name(d.Code)})
	}
	return out
}

// today is the day of the business clock.
func (p *pages) today() string { return clock.Date(p.Business.Now()) }
