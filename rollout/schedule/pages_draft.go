package schedule

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/schedule/views"
)

// list shows the phases with their drafts.
func (p *pages) list(c *httpx.Ctx) error {
	if err := c.Who.Need(rollout.Read); err != nil {
		return err
	}
	t := c.T
	var drafts []Draft
	if err := p.DB.Read().NewSelect().Model(&drafts).Order("pd.programme", "pd.phase").Scan(c.Std()); err != nil {
		return db.Sorted(err)
	}
	cal, err := p.calendar(c.Std())
	if err != nil {
		return err
	}
	v := views.TablesView{Header: ui.HeaderData{Title: t.Say("schedule.title"), Lead: t.Say("schedule.lead"), Crumbs: []ui.Crumb{{Label: t.Say("schedule.up"), Href: "/rollout"}, {Label: t.Say("schedule.title")}}}}
	v.Header.More = []ui.Action{{Label: t.Say("schedule.runs"), Href: rehearsalsAt, Icon: "list-check"}}
	if plans(c.Who) {
		v.Header.Action = &ui.Action{Label: t.Say("schedule.make"), Href: Home + "/new", Icon: "plus"}
	}
	table := ui.TableData{Caption: t.Say("schedule.drafts"), Count: int64(len(drafts)), Columns: []ui.Column{{Label: t.Say("schedule.col.phase")}, {Label: t.Say("schedule.col.from")},
		{Label: t.Say("schedule.col.until")}, {Label: t.Say("schedule.col.late"), Num: true}, {Label: t.Say("schedule.col.made"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "calendar", Title: t.Say("schedule.none"), Text: t.Say("schedule.none.text")}}
	for _, d := range drafts {
		name, err := p.phaseWords(c, d)
		if err != nil {
			return err
		}
		b := &book{draft: d, result: unpack[Result](d.Result)}
		if b.axis, err = newAxis(cal, d.FromOn); err != nil {
			return err
		}
		table.Rows = append(table.Rows, ui.Row{Href: d.Path(), Cells: []templ.Component{ui.Main(d.Path(), name, d.Programme), ui.Text(day(t, d.FromOn)), ui.Text(b.lastDay(t, b.result)),
			ui.Number(t, int64(b.result.Late)), ui.Two(d.MadeName, t.Moment(d.MadeAt))}})
	}
	v.Tables = []ui.TableData{table}
	return p.show(c, v.Header.Title, views.Tables(t, v))
}

func (p *pages) makeForm(c *httpx.Ctx) error { return p.askMake(c, nil, nil) }

// outlineFields are the numbers of an outline, by the names of their fields.
func (o *Outline) fields() []struct {
	name string
	n    *int
} {
	return []struct {
		name string
		n    *int
	}{{"classes", &o.Classes}, {"trainers", &o.Trainers}, {"trucks", &o.Trucks}, {"stops", &o.Stops}, {"technicians", &o.Technicians}, {"volunteers", &o.Volunteers}, {"testers", &o.Testers}, {"notice", &o.Notice}, {"trial", &o.Trial}}
}

// askMake asks from what a phase is drafted; typed is what was refused.
func (p *pages) askMake(c *httpx.Ctx, typed *Outline, refused error) error {
	if err := c.Who.Need(rollout.Plan); err != nil {
		return err
	}
	t := c.T
	all, err := p.Rollout.Phases(c.Std())
	if err != nil {
		return err
	}
	o := Outline{}
	var options []ui.Option
	for _, ph := range all {
		if ph.Live {
			continue
		}
		name := ph.Name
		if t.Lang == i18n.EN {
			name = ph.NameEN
		}
		options = append(options, ui.Option{Value: ph.Programme + "/" + strconv.Itoa(ph.Ordinal), Label: name})
		if typed == nil { // the last phase is the one to come
			board, err := p.Rollout.Board(c.Std(), c.Who, ph.Programme, rollout.Filter{Phase: ph.Ordinal})
			if err != nil {
				return err
			}
			o = Suggested(ph.Programme, ph.Ordinal, len(board.Rows), clock.Date(p.now().AddDate(0, 0, 1)))
		}
	}
	if typed != nil {
		o = *typed
	}
	fields := []ui.Field{{Kind: ui.Select, Name: "phase", Label: t.Say("schedule.col.phase"), Options: options, Value: o.Programme + "/" + strconv.Itoa(o.Phase)},
		{Kind: ui.Date, Name: "from", Label: t.Say("schedule.form.from"), Value: o.FromOn, Narrow: true}}
	for _, f := range o.fields() {
		value := strconv.Itoa(*f.n)
		if *f.n < 0 {
			value = c.FormValue(f.name)
		}
		fields = append(fields, ui.Field{Kind: ui.Whole, Name: f.name, Label: t.Say("schedule.form." + f.name), Value: value, Narrow: true, Max: 4})
	}
	title := t.Say("schedule.make")
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.Tables(t, views.TablesView{Header: ui.HeaderData{Title: title, Lead: t.Say("schedule.make.lead"), Crumbs: crumbs(t, ui.Crumb{Label: title})},
			Forms: []views.FormView{{Form: ui.FormData{Action: Home, Fields: fields, Errors: e, Submit: t.Say("schedule.make.do"), Cancel: Home}}}})
	})
}

func (p *pages) make(c *httpx.Ctx) error {
	programme, phase := phaseOf(c.FormValue("phase"))
	o := Outline{Programme: programme, Phase: phase, FromOn: c.FormValue("from")}
	for _, f := range o.fields() {
		*f.n = number(c, f.name)
	}
	d, err := p.Make(c.Std(), c.Who, o)
	if refusal(err) {
		return p.askMake(c, &o, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("schedule.made"))
	return c.See(d.Path())
}

// draft is the page of a plan: when it ends and why not earlier, its waves, what may be
// tried, what was tried, what was agreed on.
func (p *pages) draft(c *httpx.Ctx) error { return p.showDraft(c, nil) }

func (p *pages) showDraft(c *httpx.Ctx, refused error) error {
	b, tree, err := p.opened(c)
	if err != nil {
		return err
	}
	base, frozen, err := p.latest(c.Std(), p.DB.Read(), b.draft.ID)
	if err != nil {
		return err
	}
	name, err := p.phaseWords(c, b.draft)
	if err != nil {
		return err
	}
	t, moves := c.T, plans(c.Who)
	g := b.districts(t, tree, c.Who, p.today(), base, moves)
	v := views.TablesView{Header: ui.HeaderData{Title: t.Say("schedule.of", "phase", name), Lead: t.Say("schedule.of.lead", "from", day(t, b.draft.FromOn), "n", len(b.tasks)), Crumbs: crumbs(t, ui.Crumb{Label: name})},
		Label: t.Say("schedule.title"), Tabs: places(t, b.draft, b.draft.Path()), Notices: b.notices(t, tree), Figures: b.figures(t, base, frozen, p.today()), Gantt: &g, Title: t.Say("schedule.waves")}
	if moves {
		v.Header.Action = &ui.Action{Label: t.Say("schedule.compute"), Href: b.draft.Path() + "/compute", Post: true, Icon: "refresh", Hidden: []ui.Hidden{seen(b.draft.Version)}}
	}
	if v.Tables, err = p.draftTables(c, b, tree); err != nil {
		return err
	}
	return p.again(c, v.Header.Title, refused, func(e ui.Errors) templ.Component {
		if moves {
			v.Forms = []views.FormView{p.tryForm(c, b, tree, e), p.freezeForm(c, b, e)}
		}
		return views.Tables(t, v)
	})
}

// notices say when the plan ends at best and why, or why there is none.
func (b *book) notices(t i18n.T, tree *org.Tree) []ui.NoticeData {
	if b.result.Failed != nil {
		return []ui.NoticeData{{Tone: ui.Bad, Title: t.Say("schedule.failed"), Text: b.failure(t, tree, *b.result.Failed)}}
	}
	if why := b.why(t, tree, b.result); why != "" {
		return []ui.NoticeData{{Tone: ui.Info, Title: t.Say("schedule.why"), Text: why}}
	}
	return nil
}

func (b *book) figures(t i18n.T, base Frozen, frozen bool, today string) []ui.FigureData {
	r := b.result
	done := 0
	for _, k := range b.tasks {
		if k.DoneOn != "" {
			done++
		}
	}
	ends := ui.FigureData{Label: t.Say("schedule.fig.ends"), Value: b.lastDay(t, r), SoWhat: t.Say("schedule.fig.best"), Tone: ui.Good}
	if gap := b.axis.worked(r.Least.Days, r.Span); gap > 0 {
		ends.SoWhat, ends.Tone = t.Say("schedule.fig.gap", "n", gap), ""
	}
	missed := b.missed(r)
	due := ui.FigureData{Label: t.Say("schedule.fig.missed"), Value: t.Int(int64(len(missed))), SoWhat: t.Say("schedule.fig.kept"), Tone: ui.Good, Href: b.draft.Path() + "/tasks?show=missed"}
	if len(missed) > 0 {
		worst := 0
		for _, late := range missed {
			worst = max(worst, late)
		}
		due.SoWhat, due.Tone = t.Say("schedule.fig.worst", "n", worst), ui.Late
	}
	out := []ui.FigureData{ends, due, {Label: t.Say("schedule.fig.done"), Value: t.Int(int64(done)), Of: t.Say("schedule.of_n", "n", len(b.tasks)), SoWhat: t.Say("schedule.fig.done.so")}}
	spi := ui.FigureData{Label: t.Say("schedule.fig.spi"), Value: "—", SoWhat: t.Say("schedule.fig.spi.none")}
	if frozen {
		e, planned := b.earned(base, today)
		if index, ok := e.Index(); ok {
			spi.Value, spi.SoWhat = t.Decimal(index, 2), t.Say("schedule.fig.spi.so", "es", t.Decimal(e.Schedule, 1), "at", e.At)
			if whole, ok := e.Forecast(planned); ok && index < 1 {
				spi.Tone, spi.SoWhat = ui.Warn, spi.SoWhat+" "+t.Say("schedule.fig.spi.forecast", "n", t.Decimal(whole, 0), "planned", planned)
			}
		}
	}
	return append(out, spi)
}

// draftTables are what the draft shares, what was tried and what was agreed on.
func (p *pages) draftTables(c *httpx.Ctx, b *book, tree *org.Tree) ([]ui.TableData, error) {
	t := c.T
	var variants []Variant
	if err := p.DB.Read().NewSelect().Model(&variants).Where("pv.draft = ?", b.draft.ID).Order("pv.id DESC").Limit(mostVariants).Scan(c.Std()); err != nil {
		return nil, db.Sorted(err)
	}
	var baselines []Baseline
	err := p.DB.Read().NewSelect().Model(&baselines).ExcludeColumn("content").Where("pb.draft = ?", b.draft.ID).Order("pb.id DESC").Limit(20).Scan(c.Std())
	if err != nil {
		return nil, db.Sorted(err)
	}
	tried := ui.TableData{ID: "variants", Caption: t.Say("schedule.variants"), Count: int64(len(variants)), Columns: []ui.Column{{Label: t.Say("schedule.col.variant")}, {Label: t.Say("schedule.col.until")},
		{Label: t.Say("schedule.col.cost"), Num: true}, {Label: t.Say("schedule.col.missed"), Num: true}}, Empty: ui.EmptyData{Icon: "route", Title: t.Say("schedule.variants.none"), Text: t.Say("schedule.variants.none.text")}}
	for _, x := range variants {
		changes := unpack[[]Change](x.Changes)
		r, asked := unpack[Result](x.Result), b.with(changes, under(tree))
		row := ui.Row{Href: x.Path(), Cells: []templ.Component{ui.Main(x.Path(), variantName(b, t, tree, x), x.MadeName+" · "+t.Moment(x.MadeAt))}}
		if r.Failed != nil {
			row.Cells = append(row.Cells, ui.Text(t.Say("schedule.impossible")), ui.Text("—"), ui.Text("—"))
		} else {
			row.Cells = append(row.Cells, ui.Text(b.lastDay(t, r)), ui.Text(signed(t, b.axis.worked(b.result.Span, r.Span))), ui.Number(t, int64(len(asked.missed(r)))))
		}
		tried.Rows = append(tried.Rows, row)
	}
	agreed := ui.TableData{ID: "baselines", Caption: t.Say("schedule.baselines"), Count: int64(len(baselines)), Columns: []ui.Column{{Label: t.Say("schedule.col.name")}, {Label: t.Say("schedule.col.hash")}, {Label: t.Say("schedule.col.made")}},
		Empty: ui.EmptyData{Icon: "flag", Title: t.Say("schedule.baselines.none"), Text: t.Say("schedule.baselines.none.text")}}
	for _, x := range baselines {
		agreed.Rows = append(agreed.Rows, ui.Row{Href: x.Path(), Cells: []templ.Component{ui.Link(x.Path(), x.Name), ui.Text(x.Hash[:12] + "…"), ui.Two(x.MadeName, t.Moment(x.MadeAt))}})
	}
	shared := ui.TableData{ID: "resources", Caption: t.Say("schedule.resources"), Count: int64(len(b.resources)), Columns: []ui.Column{{Label: t.Say("schedule.col.resource")}, {Label: t.Say("schedule.col.capacity"), Num: true}, {Label: t.Say("schedule.col.load"), Num: true}, {Label: t.Say("schedule.col.except")}}}
	load := b.load()
	for _, r := range b.resources {
		except := t.Say("schedule.except.none")
		if n := len(r.Spans()); n > 0 {
			except = t.Say("schedule.except.n", "n", n)
		}
		name, href := ui.Text(resourceWord(t, r)), ""
		if plans(c.Who) {
			href = Home + "/resources/" + string(r.ID)
			name = ui.Link(href, resourceWord(t, r))
		}
		shared.Rows = append(shared.Rows, ui.Row{Href: href, Cells: []templ.Component{name, ui.Number(t, int64(r.Capacity)), ui.Text(t.Percent(load[r.Ordinal])), ui.Text(except)}})
	}
	return []ui.TableData{tried, agreed, shared}, nil
}

// load is the share of what each resource offers, from the first day of the plan to its
// last, that is used.
func (b *book) load() []float64 {
	used, out := make([]int, len(b.resources)), make([]float64, len(b.resources))
	for _, k := range b.tasks {
		for _, n := range k.needs() {
			if n.Resource < len(used) && b.result.planned(k) && k.DoneOn == "" {
				used[n.Resource] += n.Amount * k.Duration
			}
		}
	}
	for i, r := range b.resources {
		room := 0
		offer := b.offer(r)
		for d := range b.axis.inside(b.result.Span) {
			switch {
			case b.axis.off[d]:
			case d < len(offer.Each):
				room += offer.Each[d]
			default:
				room += offer.Capacity
			}
		}
		if room > 0 {
			out[i] = float64(used[i]) / float64(room)
		}
	}
	return out
}

// signed writes a number of days with its sign: a cost, or a gain.
func signed(t i18n.T, n int) string {
	if n > 0 {
		return "+" + t.Int(int64(n))
	}
	return t.Int(int64(n))
}

func (p *pages) compute(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if err := p.Compute(c.Std(), c.Who, key, version(c)); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("schedule.computed"))
	return c.See(Home + "/" + string(key))
}
