package schedule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/schedule/views"
)

func phaseOf(s string) (programme string, phase int) {
	programme, ordinal, _ := strings.Cut(s, "/")
	phase, err := strconv.Atoi(ordinal)
	if err != nil {
		return programme, -1
	}
	return programme, phase
}

func variantName(b *book, t i18n.T, tree *org.Tree, v Variant) string {
	if v.Name != "" {
		return v.Name
	}
	return b.asks(t, tree, unpack[[]Change](v.Changes))
}

// tryForm asks "what if"; the Gantt fills it in, too.
func (p *pages) tryForm(c *httpx.Ctx, b *book, tree *org.Tree, e ui.Errors) views.FormView {
	t := c.T
	places, seen := []ui.Option{{Label: t.Say("schedule.try.no_unit")}}, map[string]bool{}
	for _, k := range b.tasks {
		if d := tree.District(k.Unit); k.Unit != "" && !seen[d] {
			seen[d] = true
			places = append(places, ui.Option{Value: d, Label: tree.Name(d)})
		}
	}
	if want := c.FormValue("unit"); want != "" && !seen[want] {
		places = append(places, ui.Option{Value: want, Label: tree.Name(want)})
	}
	shared := []ui.Option{{Label: t.Say("schedule.try.no_resource")}}
	for _, r := range b.resources {
		shared = append(shared, ui.Option{Value: strconv.Itoa(r.Ordinal), Label: t.Say("schedule.try.now", "resource", resourceWord(t, r), "n", r.Capacity)})
	}
	return views.FormView{Title: t.Say("schedule.try"), Note: t.Say("schedule.try.note"), Form: ui.FormData{ID: "what-if", Action: b.draft.Path() + "/variants", Errors: e, Submit: t.Say("schedule.try.do"), Loose: true,
		Fields: []ui.Field{
			ui.Field{Kind: ui.Select, Name: "unit", Label: t.Say("schedule.try.unit"), Options: places, Value: c.FormValue("unit")}.Quiet(),
			ui.Field{Kind: ui.Date, Name: "day", Label: t.Say("schedule.try.day"), Value: c.FormValue("day"), Narrow: true}.Quiet(),
			ui.Field{Kind: ui.Select, Name: "resource", Label: t.Say("schedule.try.resource"), Options: shared, Value: c.FormValue("resource")}.Quiet(),
			ui.Field{Kind: ui.Whole, Name: "capacity", Label: t.Say("schedule.try.capacity"), Value: c.FormValue("capacity"), Narrow: true, Max: 4}.Quiet(),
			ui.Field{Name: "name", Label: t.Say("schedule.try.name"), Value: c.FormValue("name"), Max: longestTitle}.Quiet(),
		}}}
}

func (p *pages) try(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	var changes []Change
	if unit := c.FormValue("unit"); unit != "" {
		changes = append(changes, Change{Unit: unit, Day: c.FormValue("day"), Resource: -1})
	}
	if task := c.FormValue("task"); task != "" {
		changes = append(changes, Change{Task: ident.ID(task), Day: c.FormValue("day"), Resource: -1})
	}
	if c.FormValue("resource") != "" {
		changes = append(changes, Change{Resource: max(0, number(c, "resource")), Capacity: number(c, "capacity")})
	}
	v, err := p.Try(c.Std(), c.Who, key, c.FormValue("name"), changes)
	if refusal(err) {
		return p.showDraft(c, err)
	}
	if err != nil {
		return err
	}
	return c.See(v.Path())
}

// variant puts a question's answer beside the plan.
func (p *pages) variant(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	x, err := variantByID(c.Std(), p.DB.Read(), key)
	if err != nil {
		return err
	}
	b, tree, err := p.open(c, x.Draft)
	if err != nil {
		return err
	}
	t := c.T
	changes := unpack[[]Change](x.Changes)
	asked := b.with(changes, under(tree))
	asked.result = unpack[Result](x.Result)
	title := variantName(b, t, tree, x)
	v := views.TablesView{Header: ui.HeaderData{Title: title, Lead: b.asks(t, tree, changes), Crumbs: crumbs(t, ui.Crumb{Label: t.Say("schedule.tab.plan"), Href: b.draft.Path()}, ui.Crumb{Label: t.Say("schedule.variant")})},
		Notices: asked.notices(t, tree)}
	if plans(c.Who) {
		if asked.result.Failed == nil {
			v.Header.Action = &ui.Action{Label: t.Say("schedule.adopt"), Href: x.Path() + "/adopt", Post: true, Icon: "check", Hidden: []ui.Hidden{seen(b.draft.Version)},
				Confirm: &ui.Confirm{ID: "adopt", Title: t.Say("schedule.adopt"), Text: t.Say("schedule.adopt.sure"), Yes: t.Say("schedule.adopt")}}
		}
		v.Header.More = []ui.Action{{Label: t.Say("schedule.drop"), Href: x.Path() + "/drop", Post: true, Icon: "trash"}}
	}
	if asked.result.Failed == nil {
		v.Figures, v.Tables = costs(t, b, asked), []ui.TableData{beside(t, b, asked), broken(t, tree, b, asked)}
		var base Frozen // the plan as it stands is the ghost of what is asked
		if len(b.result.Start) > 0 {
			base = b.frozen()
		}
		g := asked.districts(t, tree, c.Who, p.today(), base, false)
		v.Gantt, v.Title = &g, t.Say("schedule.variant.waves")
	}
	return p.show(c, title, views.Tables(t, v))
}

// costs are what a question costs, in a glance.
func costs(t i18n.T, b, asked *book) []ui.FigureData {
	days, due := b.axis.worked(b.result.Span, asked.result.Span), len(asked.missed(asked.result))-len(b.missed(b.result))
	tone := func(n int) ui.Tone {
		if n > 0 {
			return ui.Late
		}
		return ui.Good
	}
	return []ui.FigureData{
		{Label: t.Say("schedule.fig.cost"), Value: signed(t, days), SoWhat: t.Say("schedule.fig.cost.so", "was", b.lastDay(t, b.result), "is", asked.lastDay(t, asked.result)), Tone: tone(days)},
		{Label: t.Say("schedule.fig.breaks"), Value: signed(t, due), SoWhat: t.Say("schedule.fig.breaks.so", "n", len(asked.missed(asked.result))), Tone: tone(due)},
	}
}

// beside compares the plan with what was asked.
func beside(t i18n.T, b, asked *book) ui.TableData {
	was, is := b.result, asked.result
	d := ui.TableData{Caption: t.Say("schedule.beside"), Count: -1, Columns: []ui.Column{{Label: t.Say("schedule.col.what")}, {Label: t.Say("schedule.col.plan")}, {Label: t.Say("schedule.variant")}, {Label: t.Say("schedule.col.cost"), Num: true}}}
	row := func(key, a, z string, cost int) {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(t.Say(key)), ui.Text(a), ui.Text(z), ui.Text(signed(t, cost))}})
	}
	row("schedule.fig.ends", b.lastDay(t, was), asked.lastDay(t, is), b.axis.worked(was.Span, is.Span))
	n, m := len(b.missed(was)), len(asked.missed(is))
	row("schedule.fig.missed", t.Int(int64(n)), t.Int(int64(m)), m-n)
	row("schedule.beside.late", t.Int(int64(sum(b.missed(was)))), t.Int(int64(sum(asked.missed(is)))), sum(asked.missed(is))-sum(b.missed(was)))
	moved := 0
	for i := range min(len(was.Start), len(is.Start)) {
		if was.Start[i] != is.Start[i] {
			moved++
		}
	}
	row("schedule.beside.moved", "—", t.Int(int64(moved)), moved)
	return d
}

func sum(all map[int]int) int {
	n := 0
	for _, v := range all {
		n += v
	}
	return n
}

// mostBroken is how many due days a page lists.
const mostBroken = 60

// broken are the due days that the question breaks and the plan does not, the worst first.
func broken(t i18n.T, tree *org.Tree, b, asked *book) ui.TableData {
	was, is := b.missed(b.result), asked.missed(asked.result)
	var all []int
	for i, late := range is {
		if late > was[i] {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(x, y int) int {
		if is[x] != is[y] {
			return is[y] - is[x]
		}
		return x - y
	})
	d := ui.TableData{ID: "broken", Caption: t.Say("schedule.broken"), Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("schedule.col.task")}, {Label: t.Say("schedule.col.due")}, {Label: t.Say("schedule.col.until")}, {Label: t.Say("schedule.col.late"), Num: true}},
		Empty: ui.EmptyData{Icon: "check", Title: t.Say("schedule.broken.none")}}
	for _, i := range all[:min(len(all), mostBroken)] {
		k := asked.tasks[i]
		_, until, _ := asked.bar(k, asked.result)
		d.Rows = append(d.Rows, ui.Row{Href: k.Path(), Tone: ui.Late, Cells: []templ.Component{ui.Main(k.Path(), called(t, k), unitWords(t, tree, k.Unit)), ui.Text(day(t, k.DueOn)),
			ui.Text(t.Day(asked.axis.moment(until - 1))), ui.Number(t, int64(is[i]))}})
	}
	return d
}

func (p *pages) adopt(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	draft, err := p.Adopt(c.Std(), c.Who, key, version(c))
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("schedule.adopted"))
	return c.See(Home + "/" + string(draft))
}

func (p *pages) drop(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	draft, err := p.Drop(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	return c.See(Home + "/" + string(draft))
}

func (p *pages) freezeForm(c *httpx.Ctx, b *book, e ui.Errors) views.FormView {
	t := c.T
	return views.FormView{Title: t.Say("schedule.freeze"), Note: t.Say("schedule.freeze.note"), Fold: true, Open: e.Of("name") != "", Form: ui.FormData{Action: b.draft.Path() + "/baselines", Errors: e,
		Submit: t.Say("schedule.freeze.do"), Hidden: []ui.Hidden{seen(b.draft.Version)}, Loose: true,
		Fields: []ui.Field{{Name: "name", Label: t.Say("schedule.freeze.name"), Value: c.FormValue("name"), Max: longestTitle, Required: true, Attrs: templ.Attributes{"id": "f-freeze"}}}}}
}

func (p *pages) freeze(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	x, err := p.Freeze(c.Std(), c.Who, key, c.FormValue("name"), version(c))
	if refusal(err) {
		return p.showDraft(c, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("schedule.frozen"))
	return c.See(x.Path())
}

func (s *Service) baselineOf(c *httpx.Ctx) (Baseline, error) {
	var x Baseline
	if err := c.Who.Need(rollout.Read); err != nil {
		return x, err
	}
	key, err := id(c)
	if err != nil {
		return x, err
	}
	err = s.DB.Read().NewSelect().Model(&x).Where("pb.id = ?", key).Scan(c.Std())
	return x, db.Sorted(err)
}

// baseline shows what was agreed on, its hash, and what slipped since.
func (p *pages) baseline(c *httpx.Ctx) error {
	x, err := p.baselineOf(c)
	if err != nil {
		return err
	}
	b, tree, err := p.open(c, x.Draft)
	if err != nil {
		return err
	}
	t, f := c.T, x.Plan()
	intact := ui.State{Tone: ui.Good, Word: t.Say("schedule.intact")}
	if !x.Intact() {
		intact = ui.State{Tone: ui.Bad, Word: t.Say("schedule.torn")}
	}
	g := b.districts(t, tree, c.Who, p.today(), f, false)
	said, err := p.said(c, x.Draft)
	if err != nil {
		return err
	}
	slipped, table := p.slipTable(c, b, tree, f, said)
	v := views.TablesView{Header: ui.HeaderData{Title: x.Name, State: &intact, Lead: t.Say("schedule.baseline.lead", "who", x.MadeName, "at", t.Moment(x.MadeAt), "hash", x.Hash),
		Crumbs: crumbs(t, ui.Crumb{Label: t.Say("schedule.tab.plan"), Href: b.draft.Path()}, ui.Crumb{Label: t.Say("schedule.baseline")}),
		More:   []ui.Action{{Label: t.Say("schedule.content"), Href: x.Path() + "/content.json", Icon: "download"}}},
		Figures: []ui.FigureData{{Label: t.Say("schedule.fig.agreed"), Value: day(t, f.LastOn), SoWhat: t.Say("schedule.of_n", "n", len(f.Tasks))},
			{Label: t.Say("schedule.fig.ends"), Value: b.lastDay(t, b.result)}, {Label: t.Say("schedule.fig.slipped"), Value: t.Int(int64(slipped))}},
		Gantt: &g, Title: t.Say("schedule.waves"), Tables: []ui.TableData{table}}
	return p.show(c, x.Name, views.Tables(t, v))
}

func (p *pages) content(c *httpx.Ctx) error {
	x, err := p.baselineOf(c)
	if err != nil {
		return err
	}
	if everywhere, _ := c.Who.Reach(rollout.Read); !everywhere {
		return c.Who.NeedAt(rollout.Read, "")
	}
	c.Set("Content-Type", "application/json; charset=utf-8")
	c.Set("Content-Disposition", `attachment; filename="duong-co-so-`+x.Hash[:12]+`.json"`)
	return c.SendString(x.Content)
}
