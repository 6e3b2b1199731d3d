package promise

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/promise/views"
	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

const at = "/desk/sla"

// pages are the rules on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages of the room.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", at, p.list)
	r.Page("POST", at, p.save)
	r.Page("GET", at+"/new", p.fresh)
	r.Page("POST", at+"/recompute", p.again)
	r.Page("GET", at+"/:rule", p.one)
	r.Page("POST", at+"/:rule", p.save)
	r.Page("POST", at+"/:rule/down", p.move)
	r.Page("POST", at+"/:rule/off", p.turn)
	r.Page("POST", at+"/:rule/on", p.turn)
	r.Page("POST", at+"/:rule/up", p.move)
}

// reads tells whether the reader may know the rules: whoever manages, answers or
// watches tickets.
func reads(c *httpx.Ctx) error {
	if c.Who.May(helpdesk.Manage) || c.Who.May(helpdesk.Work) {
		return nil
	}
	return c.Who.Need(helpdesk.Read)
}

func (s *Service) near(c *httpx.Ctx) (near, error) {
	called, err := s.Desk.Catalogue(c.Std())
	if err != nil {
		return near{}, err
	}
	tree, err := s.Units.Tree(c.Std(), s.Business.Now())
	return near{tree, called}, err
}

func (p *pages) list(c *httpx.Ctx) error {
	if err := reads(c); err != nil {
		return err
	}
	book, err := p.Store.Book(c.Std())
	if err != nil {
		return err
	}
	by, err := p.near(c)
	if err != nil {
		return err
	}
	t := c.T
	v := views.ListView{Header: ui.HeaderData{Title: t.Say("promise.title"), Lead: t.Say("promise.lead")}, Table: table(c, by, book)}
	if c.Who.May(helpdesk.Manage) {
		v.Header.Action = &ui.Action{Label: t.Say("promise.new"), Href: at + "/new", Icon: "plus"}
		v.Header.More = []ui.Action{{Label: t.Say("promise.recompute"), Href: at + "/recompute", Icon: "refresh", Post: true}}
	}
	for _, state := range []helpdesk.State{helpdesk.StateNew, helpdesk.Open, helpdesk.OnHold, helpdesk.Reopened} {
		v.Pauses = append(v.Pauses, ui.Fact{Label: t.Say("helpdesk.state." + string(state)), Text: stands(t, state)})
	}
	if v.Job, err = p.last(c); err != nil {
		return err
	}
	if v.Try, err = p.try(c, by, book); err != nil {
		return err
	}
	return p.site.Show(c, site.Page{Title: v.Header.Title, At: at}, views.List(t, v))
}

// stands says which clocks stand still in a state.
func stands(t i18n.T, s helpdesk.State) string {
	var still []string
	for _, one := range sla.Promises {
		if helpdesk.Stands(s, one) {
			still = append(still, t.Say("promise.of."+string(one)))
		}
	}
	if len(still) == 0 {
		return t.Say("promise.pauses.none")
	}
	return t.Say("promise.pauses.still", "clocks", strings.Join(still, ", "))
}

// last is the newest recompute, as its page shows it.
func (p *pages) last(c *httpx.Ctx) (*ui.JobData, error) {
	r, ok, err := p.Jobs.Last(c.Std(), RecomputeJob)
	if err != nil || !ok {
		return nil, err
	}
	t := c.T
	tones := map[job.State]ui.Tone{job.Queued: ui.Neutral, job.Running: ui.Info, job.Done: ui.Good, job.Failed: ui.Bad, job.Cancelled: ui.Paused}
	d := &ui.JobData{Label: t.Say("job.kind." + RecomputeJob), Done: r.Done, Total: r.Total, Ended: r.State.Ended() || r.Owner != c.Who.ID,
		State: ui.State{Tone: tones[r.State], Word: t.Say("job.state." + string(r.State))}, Href: "/jobs/" + string(r.ID)}
	var done helpdesk.Recomputed
	switch {
	case r.State == job.Done && r.Into(&done) == nil:
		d.Note = t.Say("promise.recompute.done", "at", r.Finished, "seen", done.Seen, "moved", done.Moved, "ruled", done.Ruled)
	case !r.State.Ended():
		d.Note = t.Line(r.Line())
	}
	return d, nil
}

func table(c *httpx.Ctx, by near, book sla.Book) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: t.Say("promise.order"), Count: int64(len(book)), Columns: []ui.Column{{Label: t.Say("promise.col.order"), Num: true}, {Label: t.Say("promise.col.rule")},
		{Label: t.Say("promise.col.when")}, {Label: t.Say("promise.of.first_answer")}, {Label: t.Say("promise.of.next_answer")}, {Label: t.Say("promise.of.resolution")}}}
	manage := c.Who.May(helpdesk.Manage)
	if manage {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("promise.col.do")})
	}
	for i, r := range book {
		name := ui.Text(title(t, r))
		if manage {
			name = ui.Main(at+"/"+r.Key, title(t, r), t.Say("promise.version", "n", r.Version))
		}
		if r.Off {
			name = ui.Two(title(t, r), t.Say("promise.off"))
		}
		row := ui.Row{Cells: []templ.Component{ui.Number(t, int64(i+1)), name, views.Conditions(conditions(t, by, r.When)),
			ui.Text(budget(t, r.Answer)), ui.Text(budget(t, r.Next)), ui.Text(budget(t, r.Resolve))}}
		if manage {
			row.Cells = append(row.Cells, views.Do(t, buttons(t, book, i)))
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// buttons are what a manager may do to a rule of the list.
func buttons(t i18n.T, book sla.Book, i int) []ui.Action {
	r := book[i]
	here := at + "/" + r.Key
	all := []ui.Action{{Label: t.Say("promise.edit"), Href: here}}
	if r.Key == sla.CatchAll {
		return all
	}
	if i > 0 {
		all = append(all, ui.Action{Label: t.Say("promise.up"), Href: here + "/up", Post: true})
	}
	if i < len(book)-2 {
		all = append(all, ui.Action{Label: t.Say("promise.down"), Href: here + "/down", Post: true})
	}
	if r.Off {
		return append(all, ui.Action{Label: t.Say("promise.turn_on"), Href: here + "/on", Post: true})
	}
	return append(all, ui.Action{Label: t.Say("promise.turn_off"), Href: here + "/off", Post: true})
}

func (p *pages) fresh(c *httpx.Ctx) error {
	if err := c.Who.Need(helpdesk.Manage); err != nil {
		return err
	}
	f := formOf(sla.Rule{Terms: sla.Terms{Calendar: "office", Answer: sla.Budget{N: 240, Unit: sla.Minutes}, Next: sla.Budget{N: 240, Unit: sla.Minutes}, Resolve: sla.Budget{N: 2, Unit: sla.Days},
		Ladder: []sla.Step{{Minutes: -30, To: sla.Lead, Of: sla.Resolve}, {To: sla.Owner}, {To: sla.Lead}}}})
	return p.edit(c, "", f, nil, nil)
}

func (p *pages) one(c *httpx.Ctx) error {
	if err := c.Who.Need(helpdesk.Manage); err != nil {
		return err
	}
	book, err := p.Store.Book(c.Std())
	if err != nil {
		return err
	}
	r, ok := book.Rule(c.Params("rule"))
	if !ok {
		return fault.New(fault.Missing, "fault.missing")
	}
	return p.edit(c, r.Key, formOf(r), nil, nil)
}

// edit shows the form of a rule with what was typed.
func (p *pages) edit(c *httpx.Ctx, key string, f form, refused error, preview *ui.NoticeData) error {
	status := 0
	if refused != nil {
		kind := fault.Of(refused).Kind
		if kind != fault.Invalid && kind != fault.Conflict {
			return refused
		}
		status = kind.Status()
	}
	v, err := p.fields(c.Std(), c, key, f, ui.ErrorsOf(c.T, refused))
	if err != nil {
		return err
	}
	t := c.T
	name, action := t.Say("promise.new"), at
	if key != "" {
		book, err := p.Store.Book(c.Std())
		if err != nil {
			return err
		}
		r, _ := book.Rule(key)
		name, action = title(t, r), at+"/"+key
	}
	v.Action, v.Preview = action, preview
	v.Header = ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("promise.title"), Href: at}, {Label: name}}, Title: name}
	return p.site.Show(c, site.Page{Title: name, At: at, Status: status}, views.Edit(t, v))
}

func (p *pages) save(c *httpx.Ctx) error {
	if err := c.Who.Need(helpdesk.Manage); err != nil {
		return err
	}
	by, err := p.near(c)
	if err != nil {
		return err
	}
	key, f := c.Params("rule"), readForm(c, by)
	if key != "" {
		book, err := p.Store.Book(c.Std())
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(book, func(r sla.Rule) bool { return r.Key == key }) {
			return fault.New(fault.Missing, "fault.missing")
		}
	}
	d, err := f.draft(by.tree)
	if err != nil {
		return p.edit(c, key, f, err, nil)
	}
	if c.FormValue("do") == "preview" {
		return p.preview(c, key, f, d)
	}
	run, err := p.Save(c.Std(), c.Who, key, d)
	if err != nil {
		return p.edit(c, key, f, err, nil)
	}
	return p.began(c, run)
}

// preview tells on the form itself what saving it would do.
func (p *pages) preview(c *httpx.Ctx, key string, f form, d Draft) error {
	w, err := p.Preview(c.Std(), c.Who, key, d)
	if err != nil {
		return p.edit(c, key, f, err, nil)
	}
	under := key
	if under == "" {
		under = newKey
	}
	return p.edit(c, key, f, nil, &ui.NoticeData{Tone: ui.Info, Title: c.T.Say("promise.preview.title", "n", w.Open),
		Text: c.T.Say("promise.preview.text", "under", w.Under[under], "ruled", w.Ruled)})
}

// began leads back to the list, where the recompute shows how far it is.
func (p *pages) began(c *httpx.Ctx, run ident.ID) error {
	site.Flash(c, ui.Good, c.T.Say("promise.saved"))
	return c.See(at + "?run=" + string(run))
}

func (p *pages) move(c *httpx.Ctx) error {
	run, err := p.Move(c.Std(), c.Who, c.Params("rule"), strings.HasSuffix(c.Path(), "/up"))
	if err != nil {
		return err
	}
	return p.began(c, run)
}

func (p *pages) turn(c *httpx.Ctx) error {
	run, err := p.Switch(c.Std(), c.Who, c.Params("rule"), strings.HasSuffix(c.Path(), "/off"))
	if err != nil {
		return err
	}
	return p.began(c, run)
}

func (p *pages) again(c *httpx.Ctx) error {
	run, err := p.Again(c.Std(), c.Who)
	if err != nil {
		return err
	}
	return p.began(c, run)
}
