package inventory

import (
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/readiness"
	"lotrinh/inventory/views"
)

// soon is the working time left from which a due moment is near: one working day.
const soon = 8 * time.Hour

// dueOf is the due moment of a gap as people see it.
func dueOf(t i18n.T, g GapView) ui.Due {
	d := ui.Due{Left: g.Left.Time, Tentative: g.Timer.ExpectedYear != 0, Steps: worktime.Explain(t, g.Why)}
	if g.Timer.Due == nil {
		d.State, d.Year = ui.DueNoCalendar, g.Timer.MissingYear
		return d
	}
	d.At = *g.Timer.Due
	switch {
	case g.Timer.State == deadline.Missed:
		d.State = ui.DueMissed
	case !g.Timer.Open():
		d.State = ui.DueMet
	case d.Left <= 0:
		d.State = ui.DueLate
	case d.Left <= soon:
		d.State = ui.DueSoon
	default:
		d.State = ui.DueRunning
	}
	return d
}

func (p pages) gaps(c *httpx.Ctx) error {
	f := GapFilter{State: c.Query("state"), District: c.Query("district"), Unit: c.Query("unit"), What: c.Query("what"),
		Late: c.Query("late") != "", Mine: c.Query("mine") != ""}
	all, err := p.Gaps(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	b, err := p.Board(c.Std(), c.Who, BoardFilter{})
	if err != nil {
		return err
	}
	late, err := p.LateGaps(c.Std(), c.Who, p.clock.Now())
	if err != nil {
		return err
	}
	t := c.T
	v := views.Listed{
		Header: ui.HeaderData{Title: t.Say("inventory.gaps.title"), Lead: t.Say("inventory.gaps.lead"),
			Crumbs: []ui.Crumb{{Label: t.Say("inventory.board.title"), Href: "/inventory"}, {Label: t.Say("inventory.gaps.title")}}},
		Filter: gapFilter(t, f, b, late), Table: p.gapTable(t, all.Items, true),
	}
	if c.Who.May(Report) {
		v.Header.Action = &ui.Action{Label: t.Say("inventory.gap.report"), Href: "/inventory/gaps/new", Icon: "flag"}
	}
	pager := &ui.PagerData{Shown: len(all.Items)}
	if !all.First {
		pager.First = gapsHref(f, "")
	}
	if all.Next != "" {
		pager.Next = gapsHref(f, all.Next)
	}
	v.Table.Pager = pager
	return p.show(c, v.Header.Title, views.List(t, v))
}

func gapsHref(f GapFilter, after string) string {
	q := url.Values{}
	for k, v := range map[string]string{"state": f.State, "district": f.District, "unit": f.Unit, "what": f.What, "after": after} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if f.Late {
		q.Set("late", "1")
	}
	if f.Mine {
		q.Set("mine", "1")
	}
	if len(q) == 0 {
		return "/inventory/gaps"
	}
	return "/inventory/gaps?" + q.Encode()
}

func gapFilter(t i18n.T, f GapFilter, b Board, late int64) ui.FilterData {
	states := []ui.Option{{Label: t.Say("inventory.gaps.open")}, {Value: "all", Label: t.Say("inventory.filter.all")}}
	for _, s := range GapStates {
		states = append(states, ui.Option{Value: string(s), Label: t.Say("inventory.gap.state." + string(s))})
	}
	whats := append([]ui.Option{{Label: t.Say("inventory.filter.every_kind")}}, kindOptions(t)...)
	d := ui.FilterData{Action: "/inventory/gaps", Results: "results", Presets: []ui.Preset{
		{Label: t.Say("inventory.gaps.open"), Href: "/inventory/gaps", Active: f == GapFilter{}, Count: b.OpenGaps},
		{Label: t.Say("inventory.gaps.late"), Href: "/inventory/gaps?late=1", Active: f == GapFilter{Late: true}, Count: late, Tone: ui.Late},
		{Label: t.Say("inventory.gaps.mine"), Href: "/inventory/gaps?mine=1", Active: f == GapFilter{Mine: true}, Count: -1},
	}, Fields: []ui.Field{
		{Kind: ui.Select, Name: "state", Label: t.Say("inventory.column.state"), Options: states, Value: f.State},
		districtField(t, b.Districts, f.District),
		{Kind: ui.Select, Name: "what", Label: t.Say("inventory.column.kind"), Options: whats, Value: f.What}}}
	for name, on := range map[string]bool{"late": f.Late, "mine": f.Mine} {
		if on {
			d.Hidden = append(d.Hidden, ui.Hidden{Name: name, Value: "1"})
		}
	}
	if f != (GapFilter{}) {
		d.Clear = "/inventory/gaps"
	}
	return d
}

func kindOptions(t i18n.T) []ui.Option {
	var out []ui.Option
	for _, k := range Kinds {
		out = append(out, ui.Option{Value: string(k), Label: t.Say("inventory.kind." + string(k))})
	}
	return out
}

// unitOptions are the communes where somebody may do a thing, by district.
func (p pages) unitOptions(c *httpx.Ctx, need access.Perm) ([]ui.Option, error) {
	tree, err := p.units.Tree(c.Std(), p.clock.Now())
	if err != nil {
		return nil, err
	}
	out := []ui.Option{{Label: c.T.Say("inventory.form.choose_unit")}}
	for _, d := range tree.Districts() {
		for _, u := range tree.Children(d.Code) {
			if c.Who.Covers(need, u.Code) {
				out = append(out, ui.Option{Value: u.Code, Label: u.Title() + " (" + d.Name + ")"})
			}
		}
	}
	if len(out) == 2 { // one's own commune needs no choice
		out = out[1:]
	}
	return out, nil
}

func (p pages) gapForm(c *httpx.Ctx) error {
	if err := c.Who.Need(Report); err != nil {
		return err
	}
	return p.askGap(c, GapForm{Unit: c.Query("unit"), Kind: c.Query("kind"), What: c.Query("what"), Quantity: "1"}, nil)
}

func (p pages) askGap(c *httpx.Ctx, f GapForm, refused error) error {
	units, err := p.unitOptions(c, Report)
	if err != nil {
		return err
	}
	t := c.T
	title := t.Say("inventory.gap.report")
	kinds := []ui.Option{}
	for _, k := range GapKinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: t.Say("inventory.gap.ask." + string(k))})
	}
	cancel := "/inventory/gaps"
	if f.Unit != "" {
		cancel = "/inventory/units/" + url.PathEscape(f.Unit)
	}
	whats := append([]ui.Option{{Label: t.Say("inventory.form.choose_kind")}}, kindOptions(t)...)
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		v := views.Form{Header: ui.HeaderData{Title: title, Lead: t.Say("inventory.gap.report.lead")},
			Form: ui.FormData{Action: "/inventory/gaps", Errors: e, Submit: t.Say("inventory.gap.send"), Cancel: cancel, Multipart: true,
				Hidden: []ui.Hidden{p.once()}, More: []ui.SubmitData{{Name: "then", Value: "again", Label: t.Say("inventory.gap.send_more")}}},
			Fields: []ui.Field{
				{Kind: ui.Select, Name: "unit", Label: t.Say("inventory.column.unit"), Options: units, Value: f.Unit, Required: true, Error: e.Of("unit")},
				{Kind: ui.Radio, Name: "kind", Label: t.Say("inventory.gap.ask"), Options: kinds, Value: f.Kind, Required: true, Error: e.Of("kind")},
				{Kind: ui.Select, Name: "what", Label: t.Say("inventory.column.kind"), Options: whats, Value: f.What, Required: true, Error: e.Of("what")},
				{Kind: ui.Whole, Name: "quantity", Label: t.Say("inventory.gap.quantity"), Value: f.Quantity, Required: true, Narrow: true, Error: e.Of("quantity")},
				{Kind: ui.Area, Name: "note", Label: t.Say("inventory.gap.note"), Hint: t.Say("inventory.gap.note.hint"), Value: f.Note, Max: 1000, Error: e.Of("note")},
				{Kind: ui.Photo, Name: "photos", Label: t.Say("inventory.gap.photo"), Hint: t.Say("inventory.gap.photo.hint", "n", MaxPhotos), Multiple: true,
					Error: e.Of("photos"), Attrs: templ.Attributes{"capture": "environment"}},
			}}
		return views.FormPage(t, v)
	})
}

func (p pages) reportGap(c *httpx.Ctx) error {
	if err := c.Who.Need(Report); err != nil {
		return err
	}
	f := GapForm{Unit: c.FormValue("unit"), Kind: c.FormValue("kind"), What: c.FormValue("what"), Quantity: c.FormValue("quantity"), Note: c.FormValue("note")}
	photos, err := p.files.FromForm(c, "photos", files.Photo, MaxPhotos)
	if err != nil {
		return p.askGap(c, f, onField("photos", err))
	}
	g, err := p.ReportGap(c.Std(), c.Who, f, photos...)
	if err != nil {
		if len(photos) > 0 && fault.Is(err, fault.Invalid) {
			var k fault.Check
			k.Add(err)
			k.Need(false, "photos", "inventory.gap.photo_again")
			err = k.Err()
		}
		return p.askGap(c, f, err)
	}
	a, err := p.Of(c.Std(), g.Unit, p.clock.Now())
	if err != nil {
		return err
	}
	text := c.T.Say("inventory.gap.saved", "code", g.Code, "gap", c.T.Line(g.Line()))
	site.Flash(c, ui.Good, text, c.T.Say("inventory.gap.saved.ready", "verdict", i18n.Key("readiness.verdict."+string(a.Verdict))))
	if c.FormValue("then") == "again" {
		return c.See("/inventory/gaps/new?unit=" + g.Unit)
	}
	return c.See("/inventory/units/" + g.Unit)
}

// onField puts what is wrong with an upload beside its input.
func onField(name string, err error) error {
	f := fault.Of(err)
	if f.Kind != fault.Invalid && f.Kind != fault.TooLarge && f.Kind != fault.Conflict {
		return err
	}
	var k fault.Check
	k.Need(false, name, f.Key, f.Args...)
	return k.Err()
}

func (p pages) gap(c *httpx.Ctx) error { return p.showGap(c, nil) }

func (p pages) showGap(c *httpx.Ctx, refused error) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	g, err := p.Gap(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	t := c.T
	state := gapBadge(t, g.State)
	v := views.Gap{
		Header: ui.HeaderData{Title: t.Line(g.Line()), State: &state, Lead: g.Code, Crumbs: []ui.Crumb{
			{Label: t.Say("inventory.gaps.title"), Href: "/inventory/gaps"}, {Label: g.Place, Href: "/inventory/units/" + g.Unit}, {Label: g.Code}}},
		Is: []ui.Fact{
			{Label: t.Say("inventory.column.unit"), Value: ui.Link("/inventory/units/"+g.Unit, g.Place)},
			{Label: t.Say("inventory.gap.reported"), Text: t.Say("inventory.gap.reported.by", "name", g.ReporterName, "at", g.ReportedAt)},
			{Label: t.Say("inventory.gap.note"), Text: g.Note},
			{Label: t.Say("inventory.gap.owner"), Text: g.OwnerName},
			{Label: t.Say("inventory.gap.due"), Value: ui.DueMoment(t, dueOf(t, g))},
			{Label: t.Say("inventory.gap.cause"), Text: sayOr(t, "inventory.cause.", string(g.Cause))},
			{Label: t.Say("inventory.gap.remedy"), Text: sayOr(t, "inventory.remedy.", string(g.Remedy))},
			{Label: t.Say("inventory.gap.requirement"), Text: g.Requirement},
			{Label: t.Say("inventory.gap.proof"), Text: t.Say("inventory.gap.proof.of", "have", len(g.Proof.Seen), "want", g.Proof.Want)},
			{Label: t.Say("inventory.gap.answer"), Text: g.Answer}},
		Photos: ui.CardData{Title: t.Say("inventory.gap.photo")},
		Steps:  ui.CardData{Title: t.Say("inventory.unit.history")}, Events: History(t, g.Events),
	}
	for _, f := range g.Photos {
		href := "/inventory/photos/" + string(f.ID)
		v.Shots = append(v.Shots, views.Photo{Href: href, Thumb: href + "/thumb", Name: f.Name})
	}
	if c.Who.Covers(Handle, g.Unit) {
		p.offerMoves(c, g, &v, refused)
	}
	if v.Rooms, err = panels(p.gapPanels, func(one GapPanel) (templ.Component, error) { return one(c, g) }); err != nil {
		return err
	}
	return p.again(c, v.Header.Title, refused, func(ui.Errors) templ.Component { return views.GapPage(t, v) })
}

// sayOr is a word of a family, or nothing.
func sayOr(t i18n.T, family, word string) string {
	if word == "" {
		return ""
	}
	return t.Say(family + word)
}

// diagnosis is the form that says why something is lacking and what mends it; only a gap
// that nothing was done for has it.
func (p pages) diagnosis(t i18n.T, g GapView, e ui.Errors) (*ui.FormData, []ui.Field) {
	if g.State != GapOpen {
		return nil, nil
	}
	var causes, all []ui.Option
	for _, c := range Causes {
		causes = append(causes, ui.Option{Value: string(c), Label: t.Say("inventory.cause." + string(c))})
	}
	for _, r := range Remedies {
		all = append(all, ui.Option{Value: string(r), Label: t.Say("inventory.remedy." + string(r))})
	}
	return &ui.FormData{Action: "/inventory/gaps/" + string(g.ID) + "/diagnose", Errors: e, Submit: t.Say("inventory.gap.diagnose.save"),
			Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(g.Version, 10)}}}, []ui.Field{
			{Kind: ui.Select, Name: "cause", Label: t.Say("inventory.gap.cause"), Options: causes, Value: string(g.Cause), Required: true, Error: e.Of("cause")},
			{Kind: ui.Select, Name: "remedy", Label: t.Say("inventory.gap.remedy"), Options: all, Value: string(g.Remedy), Required: true, Error: e.Of("remedy")}}
}

func (p pages) diagnoseGap(c *httpx.Ctx) error {
	return p.actOnGap(c, func(id ident.ID, version int64) (Gap, error) {
		return p.DiagnoseGap(c.Std(), c.Who, id, version, Cause(c.FormValue("cause")), Remedy(c.FormValue("remedy")))
	})
}

// reportLack makes a gap of an unmet requirement with one press.
func (p pages) reportLack(c *httpx.Ctx) error {
	g, err := p.ReportLack(c.Std(), c.Who, c.Params("code"), c.FormValue("lack"))
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("inventory.gap.saved", "code", g.Code, "gap", c.T.Line(g.Line())))
	return c.See("/inventory/gaps/" + string(g.ID))
}

// offerMoves adds what the reader may do with the gap now.
func (p pages) offerMoves(c *httpx.Ctx, g GapView, v *views.Gap, refused error) {
	t := c.T
	e := ui.ErrorsOf(t, refused)
	version := ui.Hidden{Name: "version", Value: strconv.FormatInt(g.Version, 10)}
	options := []ui.Option{}
	for _, s := range g.State.Next() {
		options = append(options, ui.Option{Value: string(s), Label: t.Say("inventory.gap.move." + string(s))})
	}
	v.Move = &ui.FormData{Action: "/inventory/gaps/" + string(g.ID) + "/move", Errors: e, Submit: t.Say("inventory.gap.save_move"), Hidden: []ui.Hidden{version}}
	v.Fields = []ui.Field{
		{Kind: ui.Radio, Name: "to", Label: t.Say("inventory.gap.to"), Options: options, Value: c.FormValue("to"), Required: true, Error: e.Of("to")},
		{Kind: ui.Area, Name: "answer", Label: t.Say("inventory.gap.answer"), Hint: t.Say("inventory.gap.answer.hint"), Value: c.FormValue("answer"), Max: 1000, Error: e.Of("answer")},
	}
	v.Diagnose, v.Causes = p.diagnosis(t, g, e)
	if g.Open && g.Owner != c.Who.ID {
		v.Header.Action = &ui.Action{Label: t.Say("inventory.gap.take"), Href: "/inventory/gaps/" + string(g.ID) + "/take", Icon: "check", Post: true, Hidden: []ui.Hidden{version}}
	}
}

func (p pages) moveGap(c *httpx.Ctx) error {
	return p.actOnGap(c, func(id ident.ID, version int64) (Gap, error) {
		return p.MoveGap(c.Std(), c.Who, id, version, GapState(c.FormValue("to")), c.FormValue("answer"))
	})
}

func (p pages) takeGap(c *httpx.Ctx) error {
	return p.actOnGap(c, func(id ident.ID, version int64) (Gap, error) { return p.TakeGap(c.Std(), c.Who, id, version) })
}

func (p pages) actOnGap(c *httpx.Ctx, act func(ident.ID, int64) (Gap, error)) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(c.FormValue("version"), 10, 64)
	if err != nil {
		version = 0 // no gap has it: the answer is that it was changed meanwhile
	}
	g, err := act(id, version)
	if err != nil {
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
			return p.showGap(c, err)
		}
		return err
	}
	tone := ui.Good
	if a, err := p.Of(c.Std(), g.Unit, p.clock.Now()); err == nil && a.Verdict != readiness.Met {
		tone = ui.Info
	}
	site.Flash(c, tone, c.T.Say("inventory.gap.moved", "code", g.Code, "state", gapStateKey(g.State)))
	return c.See("/inventory/gaps/" + string(g.ID))
}
