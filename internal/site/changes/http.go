package changes

import (
	"bytes"
	"io"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/org/succession"
	"lotrinh/internal/site"
	"lotrinh/internal/site/changes/views"
	"lotrinh/internal/site/ui"
)

const (
	home    = "/admin/units/changes"
	unitsAt = "/admin/units"
)

// most is the size of a file of changes.
const most = 4 << 20

// Pages are the pages of sets.
type Pages struct {
	Sets     *succession.Service
	Units    *org.Units
	Business clock.Clock
	Site     *site.Site
}

// Routes declares the pages.
func (p Pages) Routes(r *httpx.Router) {
	r.Page("GET", home, p.list)
	r.Page("GET", home+"/new", p.form)
	r.Page("POST", home+"/new", p.write)
	r.Page("POST", home+"/files", p.upload, httpx.Body(files.FormBody))
	r.Page("GET", home+"/changes.csv", p.changesFile)
	r.Page("GET", home+"/units.csv", p.unitsFile)
	r.Page("GET", home+"/reviews", p.reviews)
	r.Page("POST", home+"/reviews/:id", p.decide)
	r.Page("GET", home+"/:id", p.show)
	r.Page("POST", home+"/:id/receivers", p.receivers)
	r.Page("POST", home+"/:id/preview", p.preview)
	r.Page("POST", home+"/:id/confirm", p.confirm)
	r.Page("POST", home+"/:id/reverse", p.reverse)
	r.Page("POST", home+"/:id/drop", p.drop)
}

func day(t i18n.T, date string) string {
	at, err := clock.ParseDate(date)
	if err != nil {
		return date
	}
	return t.Day(at)
}

var tones = map[succession.State]ui.Tone{succession.Drafted: ui.Prepare, succession.Previewed: ui.Info, succession.Waiting: ui.Paused, succession.InForce: ui.Good, succession.Reversed: ui.Neutral}

func stateOf(t i18n.T, s succession.State) ui.State {
	return ui.State{Tone: tones[s], Word: t.Say("changes.state." + string(s))}
}

func titleOf(t i18n.T, s succession.Set) string {
	if s.Title != "" {
		return s.Title
	}
	return t.Say("changes.untitled", "day", day(t, s.Day))
}

func (p Pages) list(c *httpx.Ctx) error {
	all, err := p.Sets.List(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	t := c.T
	d := ui.TableData{Caption: t.Say("changes.title"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("changes.set")}, {Label: t.Say("changes.state")},
		{Label: t.Say("changes.day")}, {Label: t.Say("changes.communes"), Num: true}, {Label: t.Say("changes.basis"), Quiet: true}, {Label: t.Say("changes.made_by"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "map", Title: t.Say("changes.none"), Text: t.Say("changes.none.text")}, Pager: &ui.PagerData{Shown: len(all.Items)}}
	for _, s := range all.Items {
		told, err := s.Told()
		if err != nil {
			return err
		}
		href := home + "/" + string(s.ID)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, titleOf(t, s), ""), ui.Badge(stateOf(t, s.State)), ui.Text(day(t, s.Day)),
			ui.Text(t.Say("changes.from_to", "before", told.Summary.Before, "after", told.Summary.After)), ui.Text(s.Basis), ui.Two(s.MadeName, t.Moment(s.MadeAt))}})
	}
	if !all.First {
		d.Pager.First = home
	}
	if all.Next != "" {
		d.Pager.Next = home + "?after=" + all.Next
	}
	h := ui.HeaderData{Crumbs: crumbs(t), Title: t.Say("changes.title"), Lead: t.Say("changes.lead")}
	if c.Who.May(org.UnitChange) {
		h.Action = &ui.Action{Label: t.Say("changes.new"), Href: home + "/new", Icon: "plus"}
	}
	if c.Who.May(org.AccountManage) {
		h.More = []ui.Action{{Label: t.Say("changes.reviews"), Href: home + "/reviews", Icon: "users"}}
	}
	return p.Site.Show(c, site.Page{Title: t.Say("changes.title"), At: unitsAt}, views.List(t, h, d))
}

func crumbs(t i18n.T, more ...ui.Crumb) []ui.Crumb {
	path := []ui.Crumb{{Label: t.Say("changes.units"), Href: unitsAt}}
	if len(more) > 0 {
		path = append(path, ui.Crumb{Label: t.Say("changes.title"), Href: home})
	}
	return append(path, more...)
}

func (p Pages) form(c *httpx.Ctx) error {
	if err := c.Who.Need(org.UnitChange); err != nil {
		return err
	}
	return p.ask(c, nil, nil)
}

// ask shows both ways to draft: by files and by form; what was refused comes back typed.
func (p Pages) ask(c *httpx.Ctx, byFiles, byForm error) error {
	t := c.T
	refused := byFiles
	if refused == nil {
		refused = byForm
	}
	return p.Site.Form(c, site.Page{Title: t.Say("changes.new"), At: unitsAt}, refused, func(ui.Errors) templ.Component {
		fe, te := ui.ErrorsOf(t, byFiles), ui.ErrorsOf(t, byForm)
		today := clock.Date(p.Business.Now())
		v := views.New{
			Header: ui.HeaderData{Crumbs: crumbs(t, ui.Crumb{Label: t.Say("changes.new")}), Title: t.Say("changes.new"), Lead: t.Say("changes.new.lead")},
			Files: ui.FormData{Action: home + "/files", Errors: fe, Submit: t.Say("changes.read"), Cancel: home, Multipart: true, Loose: true, Fields: []ui.Field{
				{Kind: ui.File, Name: "file", Label: t.Say("changes.file"), Hint: t.Say("changes.file.hint"), Accept: ".csv", Required: true},
				{Kind: ui.File, Name: "units", Label: t.Say("changes.all"), Hint: t.Say("changes.all.hint"), Accept: ".csv"},
				{Kind: ui.Line, Name: "title", Label: t.Say("changes.name"), Value: c.FormValue("title"), Max: 200, Attrs: templ.Attributes{"id": "f-title-files"}}}},
			Samples: []ui.Action{{Label: t.Say("changes.file.known"), Href: home + "/changes.csv", Icon: "download"}, {Label: t.Say("changes.all.known"), Href: home + "/units.csv?day=" + today, Icon: "download"}},
			Form: ui.FormData{Action: home + "/new", Errors: te, Submit: t.Say("changes.draft"), Cancel: home, Fields: []ui.Field{
				{Kind: ui.Radio, Name: "sort", Label: t.Say("changes.sort"), Value: c.FormValue("sort"), Options: sorts(t), Required: true},
				{Kind: ui.Date, Name: "day", Label: t.Say("changes.day"), Value: c.FormValue("day"), Required: true, Narrow: true},
				{Kind: ui.Area, Name: "from", Label: t.Say("changes.from"), Hint: t.Say("changes.from.hint"), Value: c.FormValue("from"), Rows: 4, Required: true},
				{Kind: ui.Area, Name: "to", Label: t.Say("changes.to"), Hint: t.Say("changes.to.hint"), Value: c.FormValue("to"), Rows: 4},
				{Kind: ui.Line, Name: "basis", Label: t.Say("changes.basis"), Value: c.FormValue("basis"), Max: 200},
				{Kind: ui.Line, Name: "title", Label: t.Say("changes.name"), Value: c.FormValue("title"), Max: 200}}},
		}
		return views.NewSet(t, v)
	})
}

func sorts(t i18n.T) []ui.Option {
	var all []ui.Option
	for _, s := range succession.Sorts {
		all = append(all, ui.Option{Value: string(s), Label: t.Say("changes.sort." + string(s)), Hint: t.Say("changes.sort." + string(s) + ".hint")})
	}
	return all
}

func (p Pages) write(c *httpx.Ctx) error {
	if err := c.Who.Need(org.UnitChange); err != nil {
		return err
	}
	atlas, err := p.Units.Atlas(c.Std())
	if err != nil {
		return err
	}
	x := succession.Typed{Sort: succession.Sort(c.FormValue("sort")), Day: c.FormValue("day"), From: c.FormValue("from"), Tos: c.FormValue("to")}
	d, err := x.Read(atlas)
	if err != nil {
		return p.ask(c, nil, err)
	}
	sets, err := p.Sets.Write(c.Std(), c.Who, succession.NewSet{Day: x.Day, Title: c.FormValue("title"), Basis: c.FormValue("basis"), Draft: d})
	if err != nil {
		return p.ask(c, nil, err)
	}
	return c.See(home + "/" + string(sets[0].ID))
}

// upload drafts one set for each day of the files that is not in force already.
func (p Pages) upload(c *httpx.Ctx) error {
	if err := c.Who.Need(org.UnitChange); err != nil {
		return err
	}
	_, changes, err := c.Upload("file", most)
	if err != nil {
		return p.ask(c, err, nil)
	}
	_, units, err := c.Upload("units", most)
	if err != nil {
		return p.ask(c, err, nil)
	}
	var all io.Reader
	if len(units) > 0 {
		all = bytes.NewReader(units)
	}
	sets, err := p.Sets.Bring(c.Std(), c.Who, c.FormValue("title"), bytes.NewReader(changes), all)
	if err != nil {
		return p.ask(c, err, nil)
	}
	site.Flash(c, ui.Good, c.T.Say("changes.drafted", "n", len(sets)))
	if len(sets) == 1 {
		return c.See(home + "/" + string(sets[0].ID))
	}
	return c.See(home)
}

func sheet(c *httpx.Ctx, name string, b *bytes.Buffer) error {
	c.Set(fiber.HeaderContentType, files.CSV)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	return c.Send(b.Bytes())
}

func (p Pages) changesFile(c *httpx.Ctx) error {
	if err := c.Who.Need(org.UnitChange); err != nil {
		return err
	}
	atlas, err := p.Units.Atlas(c.Std())
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := succession.WriteChanges(&b, atlas, "", "9999-12-31"); err != nil {
		return err
	}
	return sheet(c, "units_changes.csv", &b)
}

func (p Pages) unitsFile(c *httpx.Ctx) error {
	if err := c.Who.Need(org.UnitChange); err != nil {
		return err
	}
	atlas, err := p.Units.Atlas(c.Std())
	if err != nil {
		return err
	}
	on := c.Query("day")
	if _, err := clock.ParseDate(on); err != nil {
		on = clock.Date(p.Business.Now())
	}
	var b bytes.Buffer
	if err := succession.WriteUnits(&b, atlas, on); err != nil {
		return err
	}
	return sheet(c, "units_"+on+".csv", &b)
}

// acted shows the set again after a change of it, or its page with what was refused.
func (p Pages) acted(c *httpx.Ctx, id ident.ID, err error, said string) error {
	if err != nil {
		if k := fault.Of(err).Kind; k == fault.Invalid || k == fault.Conflict {
			return p.set(c, id, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say(said))
	return c.See(home + "/" + string(id))
}

func key(c *httpx.Ctx) (ident.ID, int64, error) {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return "", 0, err
	}
	version, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		return "", 0, fault.Because(fault.Conflict, "fault.changed_meanwhile", err)
	}
	return id, version, nil
}

func (p Pages) receivers(c *httpx.Ctx) error {
	id, version, err := key(c)
	if err != nil {
		return err
	}
	chosen := map[string]string{}
	v, err := p.Sets.Get(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	for _, d := range v.Plan.Doubts {
		if to := c.FormValue("to-" + d.Unit); to != "" {
			chosen[d.Unit] = to
		}
	}
	return p.acted(c, id, p.Sets.Choose(c.Std(), c.Who, id, version, chosen, c.FormValue("rest") != ""), "changes.chosen")
}

func (p Pages) preview(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	_, err = p.Sets.Preview(c.Std(), c.Who, id)
	return p.acted(c, id, err, "changes.previewed")
}

func (p Pages) confirm(c *httpx.Ctx) error {
	id, version, err := key(c)
	if err != nil {
		return err
	}
	set, err := p.Sets.Confirm(c.Std(), c.Who, id, succession.Decision{Version: version, Basis: c.FormValue("basis"), Reason: c.FormValue("reason")})
	said := "changes.confirmed"
	if set.State == succession.Waiting {
		said = "changes.waits"
	}
	return p.acted(c, id, err, said)
}

func (p Pages) reverse(c *httpx.Ctx) error {
	id, version, err := key(c)
	if err != nil {
		return err
	}
	return p.acted(c, id, p.Sets.Reverse(c.Std(), c.Who, id, succession.Decision{Version: version, Reason: c.FormValue("reason")}), "changes.reversed")
}

func (p Pages) drop(c *httpx.Ctx) error {
	id, version, err := key(c)
	if err != nil {
		return err
	}
	if err := p.Sets.Drop(c.Std(), c.Who, id, version); err != nil {
		return p.acted(c, id, err, "")
	}
	site.Flash(c, ui.Good, c.T.Say("changes.dropped"))
	return c.See(home)
}
