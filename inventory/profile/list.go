package profile

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/profile/views"
	"lotrinh/inventory/readiness"
)

// list shows what is in force, line by line, then every version.
func (p *pages) list(c *httpx.Ctx) error {
	all, err := p.AllProfiles(c.Std(), c.Who)
	if err != nil {
		return err
	}
	force, err := p.Profiles(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t := c.T
	v := views.ListView{Header: ui.HeaderData{Title: t.Say("inventory.profiles.title"), Lead: t.Say("inventory.profiles.lead")},
		None: ui.EmptyData{Icon: "checklist", Title: t.Say("readiness.no_profile")}}
	if c.Who.May(inventory.Publish) {
		v.Header.Action = &ui.Action{Label: t.Say("profile.new"), Href: at + "/new", Icon: "plus"}
		v.Header.More = []ui.Action{{Label: t.Say("profile.import"), Href: at + "/import", Icon: "upload"}}
	}
	if v.Job, err = p.lastRun(c); err != nil {
		return err
	}
	for _, one := range force {
		lines, err := one.Lines()
		if err != nil {
			return err
		}
		v.Force = append(v.Force, views.Asked{Card: ui.CardData{Title: one.Title(t), Flush: true, Action: &ui.Action{Label: t.Say("profile.open"), Href: href(one)},
			Note: t.Say("inventory.profiles.published", "revision", strconv.FormatInt(one.Revision, 10), "day", t.Day(one.PublishedAt))}, Table: lineTable(t, one.Title(t), lines, nil)})
	}
	v.Versions = ui.CardData{Title: t.Say("profile.versions"), Flush: true}
	v.All = p.versionTable(t, all, "")
	return p.show(c, v.Header.Title, views.List(t, v))
}

// lastRun is the newest run that judged every commune.
func (p *pages) lastRun(c *httpx.Ctx) (*ui.JobData, error) {
	r, ok, err := p.LastRejudged(c.Std(), c.Who)
	if err != nil || !ok {
		return nil, err
	}
	t := c.T
	tones := map[job.State]ui.Tone{job.Queued: ui.Neutral, job.Running: ui.Info, job.Done: ui.Good, job.Failed: ui.Bad, job.Cancelled: ui.Paused}
	d := &ui.JobData{Label: t.Say("job.kind." + inventory.RejudgeJob), Done: r.Done, Total: r.Total, Ended: r.State.Ended() || r.Owner != c.Who.ID,
		State: ui.State{Tone: tones[r.State], Word: t.Say("job.state." + string(r.State))}, Href: "/jobs/" + string(r.ID)}
	var done inventory.Rejudged
	switch {
	case r.State == job.Done && r.Into(&done) == nil:
		d.Note = t.Say("profile.rejudged", "at", r.Finished, "n", done.Units, "moved", done.Moved)
	case !r.State.Ended():
		d.Note = t.Line(r.Line())
	}
	return d, nil
}

// lineTable is what a version asks, line by line; do adds the buttons of a draft.
func lineTable(t i18n.T, title string, lines []readiness.Line, do func(i int) templ.Component) ui.TableData {
	d := ui.TableData{Caption: title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("profile.field.label")}, {Label: t.Say("profile.field.quantity")},
		{Label: t.Say("inventory.profiles.want")}, {Label: t.Say("inventory.profiles.weight")}},
		Empty: ui.EmptyData{Icon: "checklist", Title: t.Say("profile.lines.none"), Text: t.Say("profile.lines.none.hint")}}
	if do != nil {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("profile.col.do")})
	}
	for i, l := range lines {
		weight := ui.State{Tone: ui.Info, Word: t.Say("inventory.unit.should")}
		if l.Must {
			weight = ui.State{Tone: ui.Warn, Word: t.Say("inventory.profiles.must")}
		}
		row := ui.Row{Cells: []templ.Component{ui.Two(inventory.LineLabel(t, l), l.Code), ui.Text(inventory.SayQuantity(t, l)), ui.Text(inventory.SayWants(t, l)), ui.Badge(weight)}}
		if do != nil {
			row.Cells = append(row.Cells, do(i))
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// versionTable lists versions; with is the one that the others are compared with.
func (p *pages) versionTable(t i18n.T, all []inventory.Profile, with string) ui.TableData {
	d := ui.TableData{Caption: t.Say("profile.versions"), HideCap: true, Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("profile.col.profile")},
		{Label: t.Say("profile.col.revision"), Num: true}, {Label: t.Say("inventory.column.state")}, {Label: t.Say("profile.col.day")}, {Label: t.Say("profile.col.said")}},
		Empty: ui.EmptyData{Icon: "checklist", Title: t.Say("readiness.no_profile")}}
	if with != "" {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("profile.col.diff")})
	}
	for _, v := range all {
		day := t.Day(v.PublishedAt)
		if v.State == inventory.Drafted {
			day = t.Day(v.MadeAt)
		}
		row := ui.Row{Href: href(v), Cells: []templ.Component{ui.Main(href(v), v.Title(t), v.Code), ui.Number(t, v.Revision), ui.Badge(p.stateOf(t, v)), ui.Text(day), ui.Text(v.Said)}}
		if with != "" {
			cell := ui.Text("")
			if string(v.ID) != with {
				cell = ui.Link(at+"/"+with+"/diff?with="+string(v.ID), t.Say("profile.diff.with", "n", v.Revision))
			}
			row.Cells = append(row.Cells, cell)
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

func headFields(t i18n.T, d inventory.ProfileDraft, code bool, phases []inventory.Phase) []ui.Field {
	var out []ui.Field
	if code {
		out = append(out, ui.Field{Name: "code", Label: t.Say("profile.field.code"), Hint: t.Say("profile.field.code.hint"), Value: d.Code, Required: true, Max: 60})
	}
	out = append(out, ui.Field{Name: "title_vi", Label: t.Say("profile.field.title_vi"), Value: d.TitleVI, Required: true, Max: 120},
		ui.Field{Name: "title_en", Label: t.Say("profile.field.title_en"), Value: d.TitleEN, Required: true, Max: 120})
	if len(phases) > 0 || d.Phase != "" {
		options := []ui.Option{{Label: t.Say("profile.field.phase.all")}}
		for _, one := range phases {
			options = append(options, ui.Option{Value: one.Key, Label: one.Name(t)})
		}
		if d.Phase != "" && !slices.ContainsFunc(phases, func(one inventory.Phase) bool { return one.Key == d.Phase }) {
			options = append(options, ui.Option{Value: d.Phase, Label: d.Phase})
		}
		out = append(out, ui.Field{Kind: ui.Select, Name: "phase", Label: t.Say("profile.field.phase"), Hint: t.Say("profile.field.phase.hint"), Value: d.Phase, Options: options})
	}
	return append(out, ui.Field{Kind: ui.Area, Name: "said", Label: t.Say("profile.field.said"), Hint: t.Say("profile.field.said.hint"), Value: d.Said, Rows: 2, Max: 500})
}

func readHead(c *httpx.Ctx, d *inventory.ProfileDraft) {
	d.TitleVI, d.TitleEN, d.Said, d.Phase = c.FormValue("title_vi"), c.FormValue("title_en"), c.FormValue("said"), strings.TrimSpace(c.FormValue("phase"))
}

func (p *pages) crumbs(t i18n.T, last string) []ui.Crumb {
	return []ui.Crumb{{Label: t.Say("inventory.profiles.title"), Href: at}, {Label: last}}
}

func (p *pages) ask(c *httpx.Ctx, title, action string, refused error, fields []ui.Field, submit string) error {
	t := c.T
	return p.site.Form(c, p.page(c, title), refused, func(e ui.Errors) templ.Component {
		return views.Ask(t, views.AskView{Header: ui.HeaderData{Title: title, Crumbs: p.crumbs(t, title)},
			Form: ui.FormData{Action: action, Errors: e, Fields: fields, Submit: submit, Cancel: at}})
	})
}

func (p *pages) fresh(c *httpx.Ctx) error {
	if err := c.Who.Need(inventory.Publish); err != nil {
		return err
	}
	return p.askNew(c, inventory.ProfileDraft{}, nil)
}

func (p *pages) askNew(c *httpx.Ctx, d inventory.ProfileDraft, refused error) error {
	phases, err := p.AllPhases(c.Std())
	if err != nil {
		return err
	}
	return p.ask(c, c.T.Say("profile.new"), at, refused, headFields(c.T, d, true, phases), c.T.Say("profile.begin"))
}

func (p *pages) begin(c *httpx.Ctx) error {
	d := inventory.ProfileDraft{Code: strings.TrimSpace(c.FormValue("code"))}
	readHead(c, &d)
	v, err := p.DraftProfile(c.Std(), c.Who, d)
	if err != nil {
		return p.askNew(c, d, err)
	}
	return c.See(href(v))
}

func (p *pages) importForm(c *httpx.Ctx) error {
	if err := c.Who.Need(inventory.Publish); err != nil {
		return err
	}
	return p.askImport(c, "", nil)
}

func (p *pages) askImport(c *httpx.Ctx, text string, refused error) error {
	t := c.T
	fields := []ui.Field{{Kind: ui.Area, Name: "json", Label: t.Say("profile.import.json"), Hint: t.Say("profile.import.hint"), Value: text, Rows: 16, Required: true}}
	return p.ask(c, t.Say("profile.import"), at+"/import", refused, fields, t.Say("profile.begin"))
}

// importText begins a draft with what another house, or this one, exported.
func (p *pages) importText(c *httpx.Ctx) error {
	text := c.FormValue("json")
	d, err := readJSON([]byte(text))
	if err == nil {
		var v inventory.Profile
		if v, err = p.DraftProfile(c.Std(), c.Who, d); err == nil {
			return c.See(href(v))
		}
	}
	if nerr := c.Who.Need(inventory.Publish); nerr != nil {
		return nerr
	}
	return p.askImport(c, text, err)
}

// readJSON reads one profile and refuses words that it does not know.
func readJSON(raw []byte) (inventory.ProfileDraft, error) {
	var d inventory.ProfileDraft
	from := json.NewDecoder(bytes.NewReader(raw))
	from.DisallowUnknownFields()
	if err := from.Decode(&d); err != nil || from.More() {
		var k fault.Check
		said := ""
		if err != nil {
			said = err.Error()
		}
		k.Need(false, "json", "profile.import.bad", "why", said)
		return d, k.Err()
	}
	return d, nil
}

func (p *pages) export(c *httpx.Ctx) error {
	v, d, err := p.found(c)
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	c.Set(fiber.HeaderContentType, "application/json; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+v.Code+"-"+strconv.FormatInt(v.Revision, 10)+`.json"`)
	return c.Send(append(raw, '\n'))
}

func (p *pages) next(c *httpx.Ctx) error {
	v, _, err := p.found(c)
	if err != nil {
		return err
	}
	made, err := p.NextDraft(c.Std(), c.Who, v.ID)
	if fault.HasKey(err, "inventory.profile.draft_there") {
		site.Flash(c, ui.Warn, c.T.Say("inventory.profile.draft_there", "code", v.Code))
		return c.See(href(v))
	}
	if err != nil {
		return err
	}
	return c.See(href(made))
}
