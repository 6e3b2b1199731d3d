package gallery

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/define"
	"lotrinh/reports/gallery/views"
)

// version is one version with what differs from the one before.
func (p *pages) version(c *httpx.Ctx) error { return p.versionAgain(c, nil) }

func (p *pages) versionAgain(c *httpx.Ctx, refused error) error {
	t, key := c.T, c.Params("key")
	no, err := number(c.Params("no"))
	if err != nil {
		return err
	}
	v, err := p.At(c.Std(), c.Who, key, no)
	if err != nil {
		return err
	}
	if v.State == Draft && !c.Who.May(Design) {
		return fault.New(fault.Missing, "fault.missing")
	}
	e, versions, err := p.One(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	d, err := define.Read([]byte(v.Body))
	if err != nil {
		return err
	}
	name := t.Say("gallery.version.no", "n", v.No)
	view := views.One{Head: ui.HeaderData{Crumbs: crumbs(t, key, d.Title.In(t.Lang), ui.Crumb{Label: name}), Title: d.Title.In(t.Lang) + ", " + name, Lead: v.Reason}, Parts: outline(t, d),
		Facts: append(factsOf(t, d), ui.Fact{Label: t.Say("gallery.hash"), Value: ui.Code(t, v.Hash)})}
	view.Head.Action = &ui.Action{Label: t.Say("gallery.preview"), Href: at(key) + "/preview?no=" + strconv.FormatInt(v.No, 10), Icon: "eye"}
	for _, older := range versions {
		if older.No < v.No {
			changes, err := define.Diff([]byte(older.Body), []byte(v.Body))
			if err != nil {
				return err
			}
			view.Versions = p.changeTable(c, older.No, changes)
			break
		}
	}
	return p.shown(c, view.Head.Title, refused, func(errs ui.Errors) templ.Component {
		if v.State == Published && v.ID != e.InForce && c.Who.May(Design) {
			view.Forms = []ui.FormData{{Action: at(key) + "/versions/" + strconv.FormatInt(no, 10) + "/restore", Errors: errs, Submit: t.Say("gallery.restore"), Fields: []ui.Field{reasonField(c)}}}
			view.Titles = []string{t.Say("gallery.restore")}
		}
		return views.Definition(t, view)
	})
}

// mostChanges is how many differences a page lists.
const mostChanges = 300

func (p *pages) changeTable(c *httpx.Ctx, since int64, all []define.Difference) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: t.Say("gallery.changes", "n", since), Count: int64(len(all)),
		Columns: []ui.Column{{Label: t.Say("gallery.where")}, {Label: t.Say("gallery.before")}, {Label: t.Say("gallery.after")}},
		Empty:   ui.EmptyData{Icon: "circle-check", Title: t.Say("gallery.changes.none")}}
	for _, x := range all[:min(len(all), mostChanges)] {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(x.At), ui.Text(x.Before), ui.Text(x.After)}})
	}
	return d
}

func reasonField(c *httpx.Ctx) ui.Field {
	return ui.Field{Kind: ui.Area, Name: "reason", Label: c.T.Say("gallery.reason"), Value: c.FormValue("reason"), Required: true, Rows: 2, Max: 1000}
}

func (p *pages) restore(c *httpx.Ctx) error {
	no, err := number(c.Params("no"))
	if err != nil {
		return err
	}
	if err := p.Restore(c.Std(), c.Who, c.Params("key"), no, c.FormValue("reason")); err != nil {
		if fault.Is(err, fault.Invalid) {
			return p.versionAgain(c, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("gallery.restored"))
	return c.See(at(c.Params("key")))
}

// preview shows a version, the draft or the one in force on the figures of now.
func (p *pages) preview(c *httpx.Ctx) error {
	t, key := c.T, c.Params("key")
	d, err := p.previewed(c, key)
	if err != nil {
		return err
	}
	o, err := p.Reports.Choices(c.Std(), c.Who)
	if err != nil {
		return err
	}
	if len(o.Cuts) == 0 || len(o.Programmes) == 0 {
		return fault.New(fault.Missing, "gallery.no_programme")
	}
	programme, cut, of := c.Query("programme"), c.Query("cut"), c.Query("of")
	if programme == "" {
		programme = o.Programmes[0].Code
	}
	if cut == "" {
		cut = o.Cuts[0].Code
	}
	if cut == o.Cuts[0].Code && c.Query("cut") == "" && d.Cut == define.Districts && len(o.Cuts) > 1 {
		cut = o.Cuts[1].Code
	}
	f, err := p.Reports.PreviewOf(c.Std(), c.Who, d, programme, cut, of != "running")
	if err != nil {
		return err
	}
	v := views.Preview{Head: ui.HeaderData{Crumbs: crumbs(t, key, d.Title.In(t.Lang), ui.Crumb{Label: t.Say("gallery.preview")}), Title: t.Say("gallery.preview.of", "name", d.Title.In(t.Lang))},
		Notice: ui.NoticeData{Tone: ui.Info, Title: t.Say("gallery.preview.not_kept"), Text: t.Say("gallery.preview.why")}, Subject: reports.Title(t, f)}
	v.Filter = ui.FilterData{Action: at(key) + "/preview", Fields: choices(c, o, programme, cut, of)}
	if no := c.Query("no"); no != "" {
		v.Filter.Hidden = []ui.Hidden{{Name: "no", Value: no}}
	}
	if v.Chapters, err = p.Reports.Shown(t, f); err != nil {
		return err
	}
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: "/reports"}, views.PreviewPage(t, v))
}

// previewed is the definition that is asked for: a version by its number, else the one
// in force, else the draft.
func (p *pages) previewed(c *httpx.Ctx, key string) (reports.Definition, error) {
	e, versions, err := p.One(c.Std(), c.Who, key)
	if err != nil {
		return reports.Definition{}, err
	}
	for _, v := range versions {
		asked := strconv.FormatInt(v.No, 10) == c.Query("no") || c.Query("no") == "" && (v.ID == e.InForce || e.InForce == "")
		if !asked || v.State == Draft && !c.Who.May(Design) {
			continue
		}
		return reports.Defined([]byte(v.Body), int(v.No))
	}
	return reports.Definition{}, fault.New(fault.Missing, "fault.missing")
}

func choices(c *httpx.Ctx, o reports.Choices, programme, cut, of string) []ui.Field {
	t := c.T
	which := ui.Field{Kind: ui.Select, Name: "programme", Label: t.Say("reports.field.programme"), Value: programme}
	for _, pg := range o.Programmes {
		which.Options = append(which.Options, ui.Option{Value: pg.Code, Label: pg.Title})
	}
	where := ui.Field{Kind: ui.Select, Name: "cut", Label: t.Say("reports.field.cut"), Value: cut}
	for _, u := range o.Cuts {
		where.Options = append(where.Options, ui.Option{Value: u.Code, Label: upper(u.Name)})
	}
	return []ui.Field{which, where, {Kind: ui.Select, Name: "of", Label: t.Say("gallery.period"), Value: of,
		Options: []ui.Option{{Value: "last", Label: t.Say("gallery.of.last")}, {Value: "running", Label: t.Say("gallery.of.running")}}}}
}
