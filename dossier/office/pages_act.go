package office

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/office/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// actPage is the page of one act on one dossier.
type actPage struct {
	c   *httpx.Ctx
	s   *Service
	d   dossier.Dossier
	def definition
	act dossier.Act
}

// open reads the dossier within reach, and the act, which must be one that has a page.
func (p *pages) open(c *httpx.Ctx) (actPage, error) {
	key, err := id(c)
	if err != nil {
		return actPage{}, err
	}
	a := actPage{c: c, s: p.Service, act: dossier.Act(c.Params("act"))}
	if !slices.Contains(offered, a.act) && a.act != dossier.Verified {
		return a, fault.New(fault.Missing, "fault.missing")
	}
	if a.d, err = p.DossierIn(c.Std(), p.DB.Read(), c.Who, dossier.Read, key); err != nil {
		return a, err
	}
	a.def, err = p.Definition(c.Std(), a.d.Version)
	return a, err
}

// may: further letters go out while the clock stands, replies come then.
func (a actPage) may() bool {
	if a.d.Waiting == dossier.ForVerification && (a.act == dossier.AskVerify || a.act == dossier.Verified) {
		return a.c.Who.Covers(dossier.Examine, a.d.Unit)
	}
	return a.s.May(a.c.Who, a.def, a.d, a.act)
}

func (p *pages) actForm(c *httpx.Ctx) error { return p.showAct(c, nil) }

func (p *pages) showAct(c *httpx.Ctx, refused error) error {
	a, err := p.open(c)
	if err != nil {
		return err
	}
	if refused == nil && !a.may() {
		return fault.New(fault.Conflict, "dossier.not_now", "act", a.act.Key(), "status", a.d.Status.Key())
	}
	fields, err := a.fields()
	if err != nil {
		return err
	}
	if err := p.Seen(c.Std(), c.Who, "dossier.read", a.d.ID); err != nil { // the form names whose it is
		return err
	}
	t := c.T
	title := t.Say(string(actLabel(a.act, dossier.View{Dossier: a.d})))
	return p.shown(c, home, title, refused, func(e ui.Errors) templ.Component {
		form := ui.FormData{Action: a.d.Path() + "/do/" + string(a.act), Submit: title, Cancel: a.d.Path(), Fields: fields, Errors: e, Hidden: []ui.Hidden{seen(a.d)},
			Danger: a.act == dossier.RefuseIntake || a.act == dossier.Stop || a.act == dossier.Withdraw}
		for i := range form.Fields {
			form.Fields[i].Error = e.Of(form.Fields[i].Name)
		}
		v := views.FormView{Head: ui.HeaderData{Title: title, Lead: a.d.Subject + " · " + a.d.Number(), Crumbs: []ui.Crumb{{Label: t.Say("dossier.nav"), Href: home}, {Label: a.d.Number(), Href: a.d.Path()}, {Label: title}}}, Form: &form}
		if key := "office.hint." + string(a.act); t.Has(key) {
			v.Notices = []ui.NoticeData{{Tone: ui.Info, Title: t.Say(key)}}
		}
		return views.FormPage(t, v)
	})
}

func (a actPage) said(key string) ui.Field {
	return ui.Field{Kind: ui.Area, Name: "said", Label: a.c.T.Say(key), Value: a.c.FormValue("said"), Rows: 3, Required: true, Max: dossier.MostSaid}
}

// fields are what an act asks.
func (a actPage) fields() ([]ui.Field, error) {
	t, c := a.c.T, a.c
	switch a.act {
	case dossier.AskSupplement:
		return []ui.Field{{Kind: ui.Area, Name: "items", Label: t.Say("office.field.items"), Hint: t.Say("office.field.items_hint"), Value: c.FormValue("items"), Rows: 5, Required: true},
			a.said("slip.label.reason"), {Name: "basis", Label: t.Say("slip.label.basis"), Value: c.FormValue("basis"), Max: longestItem}}, nil
	case dossier.AskVerify:
		return []ui.Field{{Kind: ui.Area, Name: "to", Label: t.Say("office.letter.to"), Hint: t.Say("office.letter.to_hint"), Value: c.FormValue("to"), Rows: 3, Required: true}, a.said("office.letter.about")}, nil
	case dossier.Verified:
		return a.replyFields()
	case dossier.Reappoint:
		hint := "office.apology.hint"
		if late, err := a.s.Belated(c.Std(), a.d, a.s.Now()); err != nil {
			return nil, err
		} else if late && !a.d.DueAt.IsZero() {
			hint = "office.apology.belated"
		}
		return []ui.Field{{Kind: ui.Date, Name: "until", Label: t.Say("slip.label.new_due"), Hint: t.Say(hint, "at", a.d.DueAt), Value: c.FormValue("until"), Required: true, Narrow: true}, a.said("slip.label.reason")}, nil
	case dossier.AskFee:
		return []ui.Field{{Kind: ui.Whole, Name: "amount", Label: t.Say("office.fee.amount"), Value: c.FormValue("amount", strconv.FormatInt(a.def.Fee.Amount, 10)), Required: true, Narrow: true}, a.said("office.fee.why")}, nil
	case dossier.Paid:
		return []ui.Field{{Name: "number", Label: t.Say("office.fee.number"), Value: c.FormValue("number"), Max: 60, Narrow: true},
			{Kind: ui.Select, Name: "exempt", Label: t.Say("office.fee.exempt"), Value: c.FormValue("exempt"), Options: a.exemptions()}}, nil
	case dossier.Return:
		return a.handoutFields(), nil
	case dossier.RefuseIntake, dossier.Stop, dossier.Withdraw:
		return []ui.Field{a.said("slip.label.reason")}, nil
	}
	return nil, nil
}

func (a actPage) exemptions() []ui.Option {
	out := []ui.Option{{Label: a.c.T.Say("office.fee.exempt.none")}}
	for _, e := range a.def.Fee.Exempt {
		label := e
		if key := "office.fee.exempt." + e; a.c.T.Has(key) {
			label = a.c.T.Say(key)
		}
		out = append(out, ui.Option{Value: e, Label: label})
	}
	return out
}

func (a actPage) handoutFields() []ui.Field {
	t, c := a.c.T, a.c
	var ways []ui.Option
	for _, w := range Ways {
		ways = append(ways, ui.Option{Value: w, Label: t.Say("office.way." + w)})
	}
	all := []ui.Field{{Name: "receiver", Label: t.Say("office.return.receiver"), Value: c.FormValue("receiver", a.d.Applicant), Required: true, Max: 120},
		{Kind: ui.Radio, Name: "how", Label: t.Say("slip.label.way"), Value: c.FormValue("how", "counter"), Options: ways, Required: true},
		{Name: "identity", Label: t.Say("office.return.identity"), Hint: t.Say("office.return.identity_hint"), Value: c.FormValue("identity"), Max: 120},
		{Name: "relation", Label: t.Say("office.return.relation"), Value: c.FormValue("relation"), Max: 120}}
	if signsBook(a.d, a.def) {
		all = append(all, ui.Field{Kind: ui.Check, Name: "signed", Label: t.Say("office.return.signed"), Value: c.FormValue("signed")})
	}
	return all
}

func (a actPage) replyFields() ([]ui.Field, error) {
	t, c := a.c.T, a.c
	letters, err := a.s.LettersOf(c.Std(), a.s.DB.Read(), a.d.ID)
	if err != nil {
		return nil, err
	}
	var open, outcomes []ui.Option
	for _, l := range letters {
		if l.Open() {
			open = append(open, ui.Option{Value: string(l.ID), Label: l.Addressee, Hint: t.Moment(l.SentAt)})
		}
	}
	for _, o := range Outcomes {
		outcomes = append(outcomes, ui.Option{Value: string(o), Label: t.Say("office.letter.outcome." + string(o))})
	}
	return []ui.Field{{Kind: ui.Radio, Name: "letter", Label: t.Say("office.letter.which"), Value: c.FormValue("letter"), Options: open, Required: true},
		{Kind: ui.Radio, Name: "outcome", Label: t.Say("office.letter.outcome"), Value: c.FormValue("outcome"), Options: outcomes, Required: true}, a.said("office.letter.reply")}, nil
}

func (p *pages) act(c *httpx.Ctx) error {
	a, err := p.open(c)
	if err != nil {
		return err
	}
	d, err := a.do()
	if err != nil {
		if fault.Is(err, fault.Denied) {
			return err
		}
		return p.showAct(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("office.done", "act", a.act.Key(), "code", d.Number()))
	return c.See(d.Path())
}

// lines are what was typed one a line, without empty ones.
func lines(text string) []string {
	var out []string
	for one := range strings.Lines(text) {
		if one = tidy(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

// do reads what was typed and moves the dossier.
func (a actPage) do() (dossier.Dossier, error) {
	c, ctx := a.c, a.c.Std()
	m := dossier.Move{Act: a.act, Said: tidy(c.FormValue("said"))}
	switch a.act {
	case dossier.AskSupplement:
		m.Data = Missing{Items: lines(c.FormValue("items")), Basis: tidy(c.FormValue("basis"))}
	case dossier.Assign:
		m.Handler, m.HandedTo = c.Who.ID, c.Who.Name
	case dossier.AskVerify:
		return a.s.Write(ctx, c.Who, a.d.ID, c.Version(), m.Said, lines(c.FormValue("to"))...)
	case dossier.Verified:
		return a.s.Replied(ctx, c.Who, a.d.ID, c.Version(), Answer{Letter: ident.ID(c.FormValue("letter")), Outcome: Outcome(c.FormValue("outcome")), Reply: m.Said})
	case dossier.Reappoint:
		until, err := a.s.closes(ctx, c.FormValue("until"))
		if err != nil {
			return a.d, err
		}
		m.Until = until
	case dossier.AskFee:
		n, err := strconv.ParseInt(strings.NewReplacer(".", "", " ", "").Replace(c.FormValue("amount")), 10, 64)
		if err != nil {
			n = 0
		}
		m.Data = Fee{Amount: n}
	case dossier.Paid:
		m.Data = Fee{Number: tidy(c.FormValue("number")), Exempt: c.FormValue("exempt")}
	case dossier.Return:
		m.Data = Handout{Receiver: tidy(c.FormValue("receiver")), Identity: tidy(c.FormValue("identity")), Relation: tidy(c.FormValue("relation")), How: c.FormValue("how"), Signed: c.FormValue("signed") == "1"}
	}
	return a.s.Do(ctx, c.Who, a.d.ID, c.Version(), m)
}

// closes is when the office closes on a day that was typed; the guard says what is wrong
// with one that is no working day.
func (s *Service) closes(ctx ctx, typed string) (time.Time, error) {
	at, err := clock.ParseDate(typed)
	if err != nil {
		var k fault.Check
		k.Need(false, "until", "office.apology.working_day")
		return at, k.Err()
	}
	cal, err := s.calendar(ctx)
	if err != nil {
		return at, err
	}
	if end, ok := closing(cal, cal.Today(at)); ok {
		return end, nil
	}
	return at.Add(24 * time.Hour), nil
}

func (p *pages) find(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	var all []Finding
	for name, value := range c.Context().PostArgs().All() {
		if item, ok := strings.CutPrefix(string(name), "state."); ok && len(value) > 0 {
			all = append(all, Finding{Item: strings.Clone(item), State: string(value), Note: c.FormValue("note." + item)})
		}
	}
	if err := p.Find(c.Std(), c.Who, key, all); err != nil {
		return p.ShowDossier(c, p.site, key, err)
	}
	site.Flash(c, ui.Good, c.T.Say("office.check.saved"))
	return c.See(home + "/" + string(key) + "#check")
}

func (p *pages) apart(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if err := p.Apart(c.Std(), c.Who, key, ident.ID(c.FormValue("other")), c.FormValue("reason")); err != nil {
		return p.ShowDossier(c, p.site, key, err)
	}
	site.Flash(c, ui.Good, c.T.Say("office.twin.saved"))
	return c.See(home + "/" + string(key) + "#twins")
}

// batch shows what a hand-over of several would do, and does it when it was agreed to.
func (p *pages) batch(c *httpx.Ctx) error {
	var ids []ident.ID
	for _, raw := range c.Context().PostArgs().PeekMulti("dossier") {
		key, err := ident.Parse(string(raw))
		if err != nil {
			return err
		}
		if !slices.Contains(ids, key) {
			ids = append(ids, key)
		}
	}
	t := c.T
	if len(ids) == 0 || len(ids) > mostBatch {
		site.Flash(c, ui.Warn, t.Say("office.batch.count", "n", mostBatch))
		return c.See(home)
	}
	var rows []dossier.Dossier
	if err := c.Who.Need(dossier.Read); err != nil {
		return err
	}
	if err := p.DB.Read().NewSelect().Model(&rows).Where("d.id IN (?)", bunList(ids)).Apply(c.Who.Within(dossier.Read, "d.unit")).Order("d.due_at", "d.id").Scan(c.Std()); err != nil {
		return db.Sorted(err)
	}
	if len(rows) == 0 {
		return fault.New(fault.Missing, "fault.missing")
	}
	if c.FormValue("go") != "1" {
		return p.preview(c, rows)
	}
	slip, refused, err := p.HandOver(c.Std(), c.Who, rows[0].Unit, ids)
	if err != nil {
		return err
	}
	if slip.ID == "" {
		site.Flash(c, ui.Warn, t.Say("office.batch.nothing"))
		return c.See(home)
	}
	site.Flash(c, ui.Good, t.Say("office.batch.done", "n", len(ids)-len(refused)))
	return c.See(slip.Path())
}

func (p *pages) preview(c *httpx.Ctx, rows []dossier.Dossier) error {
	t := c.T
	d := ui.TableData{Caption: t.Say("office.batch.title"), Count: int64(len(rows)), HideCap: true, Columns: []ui.Column{{Label: t.Say("office.col.dossier")}, {Label: t.Say("office.col.state")}, {Label: t.Say("office.batch.what")}}}
	form := ui.FormData{Action: home + "/batch", Submit: t.Say("office.batch.go"), Cancel: home, Hidden: []ui.Hidden{{Name: "go", Value: "1"}}}
	ids := make([]ident.ID, 0, len(rows))
	for _, x := range rows {
		def, err := p.Definition(c.Std(), x.Version)
		if err != nil {
			return err
		}
		what := t.Say("office.batch.stays")
		if x.Unit == rows[0].Unit && p.May(c.Who, def, x, dossier.HandOver) {
			next, _ := def.Following(x.Stage, x.Channel.FromHome())
			what = t.Say("office.batch.goes", "to", next.Name.Say(string(t.Lang)))
			form.Hidden = append(form.Hidden, ui.Hidden{Name: "dossier", Value: string(x.ID)})
		}
		ids = append(ids, x.ID)
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Main(x.Path(), x.Subject, x.Number()), ui.Badge(x.Status.Badge(t)), ui.Text(what)}})
	}
	if err := p.Seen(c.Std(), c.Who, "dossier.listed", ids...); err != nil {
		return err
	}
	v := views.FormView{Head: ui.HeaderData{Title: t.Say("office.batch.title"), Lead: t.Say("office.batch.lead"), Crumbs: []ui.Crumb{{Label: t.Say("dossier.nav"), Href: home}, {Label: t.Say("office.batch.title")}}},
		Tables: []views.TableView{{Title: t.Say("office.batch.title"), Table: d}}, Form: &form}
	if len(form.Hidden) == 1 {
		v.Form, v.Notices = nil, []ui.NoticeData{{Tone: ui.Warn, Title: t.Say("office.batch.nothing")}}
	}
	return p.shown(c, home, t.Say("office.batch.title"), nil, func(ui.Errors) templ.Component { return views.FormPage(t, v) })
}
