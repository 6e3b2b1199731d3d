package returns

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/ask"
	"lotrinh/rollout/ask/fields"
	"lotrinh/rollout/returns/views"
)

func sheetRow(t i18n.T, tree *org.Tree, x Sheet, now time.Time) ui.Row {
	name, sub := x.place(tree), ""
	if x.Level == District {
		sub = t.Say("returns.level.district")
	}
	row := ui.Row{Href: x.Path(), Cells: []templ.Component{ui.Main(x.Path(), name, sub), ui.Badge(x.state(t, now)), ui.Text(t.Say("returns.of", "n", x.Filled, "of", x.Asked)), nil, ui.Text(dayTime(t, x.FirstAt))}}
	if d := x.due(now); d != nil {
		row.Cells[3] = ui.DueCell(t, *d)
	}
	if x.Late(now) {
		row.Tone = ui.Late
	}
	return row
}

// row is a sheet as a line of the workbook.
func (x Sheet) row(t i18n.T, tree *org.Tree, f ask.Form, now time.Time) ([]any, error) {
	a, err := x.Answers()
	if err != nil {
		return nil, err
	}
	on := ""
	if x.FirstAt != nil {
		on = t.Say("ask.no")
		if x.OnTime {
			on = t.Say("ask.yes")
		}
	}
	row := []any{tree.Name(x.District), x.place(tree), x.state(t, now).Word, dayTime(t, x.DueAt), dayTime(t, x.FirstAt), on}
	for _, q := range f.Fields {
		row = append(row, fields.Said(t, q, a))
	}
	return row, nil
}

func (p *pages) sheet(c *httpx.Ctx) error { return p.sheetAgain(c, "", nil) }

// sheetAgain shows a return; form names the form that was refused.
func (p *pages) sheetAgain(c *httpx.Ctx, form string, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Sheet(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	answers, err := v.Answers()
	if err != nil {
		return err
	}
	known, err := v.Known()
	if err != nil {
		return err
	}
	t := c.T
	return p.site.Form(c, p.frame(c, v.place(tree), home), refused, func(e ui.Errors) templ.Component {
		b := sheetPage{c: c, v: v, answers: answers, known: known, form: form, e: e, now: p.Business.Now()}
		return views.SheetPage(t, b.view(v.place(tree)))
	})
}

// sheetPage builds the page of a return; a refused form keeps what was typed into it.
type sheetPage struct {
	c       *httpx.Ctx
	v       SheetView
	answers ask.Answers
	known   map[string]int64
	form    string
	e       ui.Errors
	now     time.Time
}

func (b sheetPage) view(place string) views.Sheet {
	t, v := b.c.T, b.v
	state := v.state(t, b.now)
	out := views.Sheet{Head: ui.HeaderData{Title: t.Say("returns.of_whom", "month", monthWords(v.Round.Month), "place", place), State: &state,
		Crumbs: []ui.Crumb{{Label: t.Say("returns.title"), Href: home}, {Label: monthWords(v.Round.Month), Href: v.Round.Path()}, {Label: place}}},
		Facts: b.facts(), History: b.history(), Kept: b.kept(v.Sheet), Save: v.Path() + "/draft"}
	writes := v.State.writable() && v.can(b.c.Who, v.Level.writes())
	if v.Reason != "" {
		tone := ui.Info
		if v.State == SentBack {
			tone = ui.Warn
		}
		out.Notice = &ui.NoticeData{Tone: tone, Title: state.Word, Text: v.Reason}
	}
	if writes {
		answers := b.answers
		if b.form == "hand-in" && b.e.Any() {
			answers = v.Form.Read(func(name string) string { return b.c.FormValue(name) })
		}
		out.Ask = fields.View{Form: v.Form, Answers: answers, Known: b.known}
		f := ui.FormData{ID: "return", Action: v.Path() + "/hand-in", Submit: t.Say("returns.hand_in"), Loose: true, Wide: true, More: []ui.SubmitData{{Name: "save", Value: "1", Label: t.Say("returns.save")}}}
		if b.form == "hand-in" {
			out.Ask.Errors = b.e
			f.Errors = out.Ask.Named(t)
		}
		out.Write = &f
	} else {
		out.Answers = b.table()
	}
	b.acts(&out, writes)
	return out
}

// kept is the part of the form that is exchanged at each saving.
func (b sheetPage) kept(x Sheet) views.Kept {
	v := views.Kept{Version: strconv.FormatInt(x.Version, 10)}
	if x.State != Blank {
		v.Text = b.c.T.Say("returns.kept", "at", b.c.T.Hour(x.ChangedAt), "n", x.Filled, "of", x.Asked)
	}
	return v
}

func (b sheetPage) facts() []ui.Fact {
	t, v := b.c.T, b.v
	facts := []ui.Fact{{Label: t.Say("returns.filled"), Text: t.Say("returns.of", "n", v.Filled, "of", v.Asked)}}
	if d := v.due(b.now); d != nil {
		facts = append(facts, ui.Fact{Label: t.Say("returns.due"), Value: ui.DueMoment(t, *d)})
	}
	if v.FirstAt != nil {
		facts = append(facts, ui.Fact{Label: t.Say("returns.handed"), Text: t.Say("returns.handed.by", "at", *v.FirstAt, "who", v.HandedName)})
	}
	if v.CheckedAt != nil {
		facts = append(facts, ui.Fact{Label: t.Say("returns.checked"), Text: t.Say("returns.handed.by", "at", *v.CheckedAt, "who", v.CheckedName)})
	}
	if v.Level == District {
		facts = append(facts, ui.Fact{Label: t.Say("returns.communes"), Value: ui.Link(v.Round.Path()+"/sheets?district="+v.District, t.Say("returns.communes.of", "n", v.Under.Accepted, "handed", v.Under.Reported, "of", v.Under.Expected))})
	}
	for i, e := range v.Editions {
		if i < 3 {
			facts = append(facts, ui.Fact{Label: t.Say("returns.edition", "n", e.Edition), Text: t.Say("returns.edition.by", "at", e.At, "who", e.ByName, "hash", e.Hash[:12])})
		}
	}
	return facts
}

func (b sheetPage) history() []ui.Event {
	var out []ui.Event
	for _, n := range b.v.Notes {
		out = append(out, ui.Event{At: n.At, Who: n.ByName, What: n.Say(b.c.T), Note: n.Said})
	}
	return out
}

// table is the answers to read, each beside what the system knew.
func (b sheetPage) table() ui.TableData {
	t := b.c.T
	table := ui.TableData{Caption: t.Say("returns.answers"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("returns.question")}, {Label: t.Say("returns.answer")}, {Label: t.Say("returns.known"), Num: true}}}
	for _, f := range b.v.Form.Fields {
		said := fields.Said(t, f, b.answers)
		row := ui.Row{Cells: []templ.Component{ui.Text(fields.Label(t, f)), ui.Text(said), ui.Text("")}}
		if n, ok := b.known[f.Key]; ok {
			row.Cells[2] = ui.Number(t, n)
			if said != "" && said != t.Int(n) {
				row.Cells[2] = ui.Parts([]templ.Component{ui.Number(t, n), ui.Badge(ui.State{Tone: ui.Warn, Word: t.Say("returns.differs")})})
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// acts are the buttons and forms beside a return, by what the reader may do.
func (b sheetPage) acts(out *views.Sheet, writes bool) {
	t, v, who := b.c.T, b.v, b.c.Who
	post := func(to, label string) ui.Action {
		return ui.Action{Label: t.Say(label), Post: true, Href: v.Path() + "/" + to, Hidden: []ui.Hidden{seen(v.Sheet)}}
	}
	reason := func(to, title, submit string, danger bool, more ...ui.Field) {
		f := ui.FormData{ID: "form-" + to, Action: v.Path() + "/" + to, Submit: t.Say(submit), Danger: danger, Hidden: []ui.Hidden{seen(v.Sheet)}}
		typed := ""
		if b.form == to {
			f.Errors, typed = b.e, b.c.FormValue("reason")
		}
		f.Fields = append(more, ui.Field{Kind: ui.Area, Name: "reason", Label: t.Say("returns.reason"), Value: typed, Required: true, Rows: 3, Max: longestReason})
		out.Acts = append(out.Acts, views.Act{Title: t.Say(title), Form: f})
	}
	if v.State == HandedIn && v.can(who, v.Level.checks()) && v.HandedBy != who.ID {
		out.Do = append(out.Do, post("accept", "returns.accept"))
		reason("send-back", "returns.send_back", "returns.send_back.submit", true)
	}
	if writes {
		out.Do = append(out.Do, post("refresh", "returns.refresh"))
	}
	if v.State == Accepted && v.can(who, v.Level.writes()) {
		reason("correct", "returns.correct", "returns.correct.submit", false)
	}
	if v.State.Open() && v.can(who, Manage) {
		days := "2"
		if b.form == "extend" {
			days = b.c.FormValue("days")
		}
		reason("extend", "returns.extend", "returns.extend.submit", false, ui.Field{Kind: ui.Whole, Name: "days", Label: t.Say("returns.days"), Value: days, Required: true, Narrow: true})
		reason("exempt", "returns.exempt", "returns.exempt.submit", true)
	}
	if v.Unit != "" && v.Level != Department {
		out.Links = append(out.Links, ui.Action{Label: t.Say("returns.difficulty"), Href: "/rollout/difficulties/new?unit=" + v.Unit + "&from=" + v.Path(), Icon: "alert-triangle"})
	}
}

func (p *pages) handed(c *httpx.Ctx) (Handed, error) {
	key, err := id(c)
	if err != nil {
		return Handed{}, err
	}
	x, err := sheetByID(c.Std(), p.DB.Read(), c.Who, key)
	if err != nil {
		return Handed{}, err
	}
	f, err := formByID(c.Std(), p.DB.Read(), x.Form)
	return Handed{ID: key, Version: c.Version(), Answers: f.Read(func(name string) string { return c.FormValue(name) })}, err
}

// draft keeps what was typed; script asks for the part that says so.
func (p *pages) draft(c *httpx.Ctx) error {
	h, err := p.handed(c)
	if err != nil {
		return err
	}
	x, err := p.SaveDraft(c.Std(), c.Who, h)
	if err != nil {
		if c.Fragment() && fault.Is(err, fault.Invalid) { // what is typed half is no fault yet
			return p.site.ShowPart(c, views.KeptPart(views.Kept{Version: strconv.FormatInt(h.Version, 10), Text: c.T.Say("returns.not_kept")}))
		}
		return p.sheetAgain(c, "hand-in", err)
	}
	if c.Fragment() {
		return p.site.ShowPart(c, views.KeptPart(sheetPage{c: c}.kept(x)))
	}
	site.Flash(c, ui.Good, c.T.Say("returns.saved", "n", x.Filled, "of", x.Asked))
	return c.See(x.Path())
}

func (p *pages) handIn(c *httpx.Ctx) error {
	if c.FormValue("save") != "" {
		return p.draft(c)
	}
	h, err := p.handed(c)
	if err != nil {
		return err
	}
	x, err := p.HandIn(c.Std(), c.Who, h)
	return p.did(c, "hand-in", x, err, "returns.handed_in")
}

// did answers an act: the sheet again, or the form that was refused.
func (p *pages) did(c *httpx.Ctx, form string, x Sheet, err error, said string) error {
	if err != nil {
		return p.sheetAgain(c, form, err)
	}
	site.Flash(c, ui.Good, c.T.Say(said))
	return c.See(x.Path())
}

func (p *pages) act(c *httpx.Ctx, form, said string, do func(ident.ID) (Sheet, error)) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	x, err := do(key)
	return p.did(c, form, x, err, said)
}

func (p *pages) refresh(c *httpx.Ctx) error {
	return p.act(c, "refresh", "returns.refreshed", func(key ident.ID) (Sheet, error) { return p.Refresh(c.Std(), c.Who, key, c.Version()) })
}

func (p *pages) accept(c *httpx.Ctx) error {
	return p.act(c, "accept", "returns.accepted", func(key ident.ID) (Sheet, error) { return p.Accept(c.Std(), c.Who, key, c.Version()) })
}

func (p *pages) sendBack(c *httpx.Ctx) error {
	return p.act(c, "send-back", "returns.sent_back", func(key ident.ID) (Sheet, error) {
		return p.SendBack(c.Std(), c.Who, key, c.Version(), c.FormValue("reason"))
	})
}

func (p *pages) correct(c *httpx.Ctx) error {
	return p.act(c, "correct", "returns.correcting", func(key ident.ID) (Sheet, error) {
		return p.Correct(c.Std(), c.Who, key, c.Version(), c.FormValue("reason"))
	})
}

func (p *pages) extend(c *httpx.Ctx) error {
	return p.act(c, "extend", "returns.extended", func(key ident.ID) (Sheet, error) {
		days, err := strconv.ParseInt(c.FormValue("days"), 10, 64)
		if err != nil {
			days = 0
		}
		return p.Extend(c.Std(), c.Who, key, c.Version(), days, c.FormValue("reason"))
	})
}

func (p *pages) exempt(c *httpx.Ctx) error {
	return p.act(c, "exempt", "returns.exempted", func(key ident.ID) (Sheet, error) {
		return p.ExemptIt(c.Std(), c.Who, key, c.Version(), c.FormValue("reason"))
	})
}
