package schedule

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
	"lotrinh/rollout/schedule/views"
)

func (p *pages) change(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	err = p.Change(c.Std(), c.Who, key, TaskForm{Duration: number(c, "duration"), ReleaseOn: c.FormValue("release"), DueOn: c.FormValue("due"), PromisedOn: c.FormValue("promised"),
		Owner: c.FormValue("owner"), Note: c.FormValue("note"), Version: version(c)})
	return p.answered(c, "change", err)
}

func (p *pages) finish(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.answered(c, "done", p.Finish(c.Std(), c.Who, key, c.FormValue("done"), version(c)))
}

func (p *pages) explain(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.answered(c, "slip", p.Explain(c.Std(), c.Who, key, Reason(c.FormValue("reason")), c.FormValue("comment")))
}

// answered shows the task again: with what was refused, or with what was saved.
func (p *pages) answered(c *httpx.Ctx, form string, err error) error {
	if refusal(err) {
		return p.showTask(c, form, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("schedule.saved"))
	return c.See(Home + "/tasks/" + c.Params("id"))
}

func (p *pages) addForm(c *httpx.Ctx) error { return p.askAdd(c, nil) }

func (p *pages) askAdd(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(rollout.Plan); err != nil {
		return err
	}
	b, tree, err := p.opened(c)
	if err != nil {
		return err
	}
	t, title := c.T, c.T.Say("schedule.add")
	var kinds []ui.Option
	for _, k := range Kinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: t.Say("schedule.kind." + string(k))})
	}
	after, places := []ui.Option{{Label: t.Say("schedule.add.first")}}, []ui.Option{{Label: t.Say("schedule.city")}}
	seen := map[string]bool{}
	for _, k := range b.tasks {
		d := tree.District(k.Unit)
		if k.Unit == "" || k.Unit == d || k.Step == "" { // those of communes are too many to choose from
			after = append(after, ui.Option{Value: strconv.Itoa(k.Ordinal), Label: placed(t, tree, k)})
		}
		if k.Unit != "" && !seen[d] {
			seen[d] = true
			places = append(places, ui.Option{Value: d, Label: tree.Name(d)})
		}
	}
	shared := []ui.Option{{Label: t.Say("schedule.add.nothing")}}
	for _, r := range b.resources {
		shared = append(shared, ui.Option{Value: strconv.Itoa(r.Ordinal), Label: resourceWord(t, r)})
	}
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.Tables(t, views.TablesView{Header: ui.HeaderData{Title: title, Crumbs: crumbs(t, ui.Crumb{Label: t.Say("schedule.tab.plan"), Href: b.draft.Path()}, ui.Crumb{Label: title})},
			Forms: []views.FormView{{Form: ui.FormData{Action: b.draft.Path() + "/tasks", Errors: e, Submit: t.Say("schedule.add.do"), Cancel: b.draft.Path() + "/tasks", Fields: addFields(c, kinds, after, places, shared)}}}})
	})
}

func addFields(c *httpx.Ctx, kinds, after, places, shared []ui.Option) []ui.Field {
	t := c.T
	typed := func(name, first string) string {
		if v := c.FormValue(name); v != "" {
			return v
		}
		return first
	}
	return []ui.Field{
		{Name: "title", Label: t.Say("schedule.form.title"), Value: typed("title", ""), Max: longestTitle, Required: true},
		{Kind: ui.Select, Name: "kind", Label: t.Say("schedule.col.kind"), Options: kinds, Value: typed("kind", string(Other))},
		{Kind: ui.Select, Name: "unit", Label: t.Say("schedule.col.place"), Options: places, Value: typed("unit", "")},
		{Kind: ui.Select, Name: "owner", Label: t.Say("schedule.form.owner"), Options: places, Value: typed("owner", "")},
		{Kind: ui.Whole, Name: "duration", Label: t.Say("schedule.form.duration"), Value: typed("duration", "1"), Narrow: true, Max: 3},
		{Kind: ui.Select, Name: "after", Label: t.Say("schedule.col.after"), Options: after, Value: typed("after", "")},
		{Kind: ui.Whole, Name: "lag", Label: t.Say("schedule.form.lag"), Value: typed("lag", "0"), Narrow: true, Max: 3},
		{Kind: ui.Select, Name: "resource", Label: t.Say("schedule.col.needs"), Options: shared, Value: typed("resource", "")},
		{Kind: ui.Whole, Name: "amount", Label: t.Say("schedule.form.amount"), Value: typed("amount", "1"), Narrow: true, Max: 3},
		{Kind: ui.Date, Name: "release", Label: t.Say("schedule.form.release"), Value: typed("release", ""), Narrow: true},
		{Kind: ui.Date, Name: "due", Label: t.Say("schedule.form.due"), Value: typed("due", ""), Narrow: true},
		{Kind: ui.Area, Name: "note", Label: t.Say("schedule.form.note"), Value: typed("note", ""), Rows: 2, Max: longestNote},
	}
}

func (p *pages) add(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	f := TaskForm{Kind: Kind(c.FormValue("kind")), Title: c.FormValue("title"), Unit: c.FormValue("unit"), Owner: c.FormValue("owner"), Duration: number(c, "duration"),
		ReleaseOn: c.FormValue("release"), DueOn: c.FormValue("due"), Note: c.FormValue("note"), Lag: number(c, "lag"), Resource: -1, Amount: number(c, "amount")}
	if c.FormValue("after") != "" {
		f.After = []int{number(c, "after")}
	}
	if c.FormValue("resource") != "" {
		f.Resource = number(c, "resource")
	}
	k, err := p.Add(c.Std(), c.Who, key, f)
	if refusal(err) {
		return p.askAdd(c, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("schedule.added"))
	return c.See(k.Path())
}

func (p *pages) resource(c *httpx.Ctx) error { return p.askResource(c, nil) }

// askResource asks what a resource offers; days that differ are typed one a line.
func (p *pages) askResource(c *httpx.Ctx, refused error) error {
	if err := c.Who.Need(rollout.Plan); err != nil {
		return err
	}
	key, err := id(c)
	if err != nil {
		return err
	}
	var r Resource
	if err := p.DB.Read().NewSelect().Model(&r).Where("pr.id = ?", key).Scan(c.Std()); err != nil {
		return db.Sorted(err)
	}
	var lines []string
	for _, s := range r.Spans() {
		lines = append(lines, fmt.Sprintf("%s %s %d", s.From, s.Until, s.Capacity))
	}
	capacity, days := strconv.Itoa(r.Capacity), strings.Join(lines, "\n")
	if refused != nil {
		capacity, days = c.FormValue("capacity"), c.FormValue("days")
	}
	t, title := c.T, resourceWord(c.T, r)
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.Tables(t, views.TablesView{Header: ui.HeaderData{Title: title, Lead: t.Say("schedule.resource.lead"), Crumbs: crumbs(t, ui.Crumb{Label: t.Say("schedule.tab.plan"), Href: Home + "/" + string(r.Draft)}, ui.Crumb{Label: title})},
			Forms: []views.FormView{{Form: ui.FormData{Action: Home + "/resources/" + string(r.ID), Errors: e, Submit: t.Say("schedule.change.do"), Cancel: Home + "/" + string(r.Draft), Hidden: []ui.Hidden{seen(r.Version)},
				Fields: []ui.Field{{Kind: ui.Whole, Name: "capacity", Label: t.Say("schedule.col.capacity"), Value: capacity, Narrow: true, Max: 4},
					{Kind: ui.Area, Name: "days", Label: t.Say("schedule.form.days"), Hint: t.Say("schedule.form.days.hint"), Value: days, Rows: 4, Max: 2000}}}}}})
	})
}

func (p *pages) setResource(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	var days []Span
	for line := range strings.Lines(c.FormValue("days")) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		s := Span{Capacity: -1} // refused, unless the line is whole
		if len(f) == 3 {
			s.From, s.Until = f[0], f[1]
			if n, err := strconv.Atoi(f[2]); err == nil {
				s.Capacity = n
			}
		}
		days = append(days, s)
	}
	r, err := p.SetResource(c.Std(), c.Who, key, number(c, "capacity"), days, version(c))
	if refusal(err) {
		return p.askResource(c, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("schedule.saved.compute"))
	return c.See(Home + "/" + string(r.Draft))
}

// slips lists what ends later than agreed, and what was said of it.
func (p *pages) slips(c *httpx.Ctx) error {
	b, tree, err := p.opened(c)
	if err != nil {
		return err
	}
	base, frozen, err := p.latest(c.Std(), p.DB.Read(), b.draft.ID)
	if err != nil {
		return err
	}
	t := c.T
	v := views.TablesView{Header: ui.HeaderData{Title: t.Say("schedule.slips"), Lead: t.Say("schedule.slips.lead"), Crumbs: crumbs(t, ui.Crumb{Label: t.Say("schedule.tab.plan"), Href: b.draft.Path()}, ui.Crumb{Label: t.Say("schedule.slips")})},
		Label: t.Say("schedule.title"), Tabs: places(t, b.draft, b.draft.Path()+"/slips")}
	if !frozen {
		v.Notices = []ui.NoticeData{{Tone: ui.Info, Title: t.Say("schedule.baselines.none"), Text: t.Say("schedule.baselines.none.text")}}
		return p.show(c, v.Header.Title, views.Tables(t, v))
	}
	said, err := p.said(c, b.draft.ID)
	if err != nil {
		return err
	}
	n, table := p.slipTable(c, b, tree, base, said)
	v.Figures = []ui.FigureData{{Label: t.Say("schedule.fig.slipped"), Value: t.Int(int64(n)), Of: t.Say("schedule.of_n", "n", len(base.Tasks))}}
	v.Tables = []ui.TableData{table, pareto(c, said)}
	return p.show(c, v.Header.Title, views.Tables(t, v))
}

// said are the reasons given in a draft, the oldest first.
func (p *pages) said(c *httpx.Ctx, draft ident.ID) ([]Slip, error) {
	var rows []Slip
	err := p.DB.Read().NewSelect().Model(&rows).Where("ps.draft = ?", draft).Order("ps.id").Scan(c.Std())
	return rows, db.Sorted(err)
}

// slipTable are the tasks that end later than a baseline has them, with the last word on
// each, and how many there are.
func (p *pages) slipTable(c *httpx.Ctx, b *book, tree *org.Tree, base Frozen, said []Slip) (int, ui.TableData) {
	t, word := c.T, map[string]Slip{}
	for _, x := range said {
		word[string(x.Task)] = x
	}
	d := ui.TableData{ID: "slips", Caption: t.Say("schedule.slips"), Columns: []ui.Column{{Label: t.Say("schedule.col.task")}, {Label: t.Say("schedule.col.agreed")}, {Label: t.Say("schedule.col.until")}, {Label: t.Say("schedule.col.late"), Num: true}, {Label: t.Say("schedule.reason")}},
		Empty: ui.EmptyData{Icon: "check", Title: t.Say("schedule.slips.none")}}
	was, n := base.byTask(), 0
	for _, k := range b.tasks {
		f, known := was[k.ID]
		if !known || !sees(c.Who, k) {
			continue
		}
		slip := b.slipFrom(k, f)
		if slip <= 0 {
			continue
		}
		if n++; n > rowsShown {
			continue
		}
		_, until, _ := b.bar(k, b.result)
		reason := t.Say("schedule.reason.missing")
		if x, told := word[string(k.ID)]; told {
			reason = t.Say("schedule.reason." + string(x.Reason))
		}
		d.Rows = append(d.Rows, ui.Row{Href: k.Path(), Cells: []templ.Component{ui.Main(k.Path(), called(t, k), unitWords(t, tree, k.Unit)), ui.Text(day(t, f.LastOn)), ui.Text(t.Day(b.axis.moment(until - 1))), ui.Number(t, int64(slip)), ui.Text(reason)}})
	}
	if d.Count = int64(n); n > rowsShown {
		d.Caption += " " + t.Say("schedule.first", "n", rowsShown)
	}
	return n, d
}

// pareto are the reasons by how many days they took, of what the reader may see.
func pareto(c *httpx.Ctx, said []Slip) ui.TableData {
	t := c.T
	tasks, days := map[Reason]int{}, map[Reason]int{}
	for _, x := range said {
		if x.Unit == "" || c.Who.Covers(rollout.Read, x.Unit) {
			tasks[x.Reason]++
			days[x.Reason] += x.Days
		}
	}
	d := ui.TableData{Caption: t.Say("schedule.reasons"), Count: -1, Columns: []ui.Column{{Label: t.Say("schedule.reason")}, {Label: t.Say("schedule.col.times"), Num: true}, {Label: t.Say("schedule.col.late"), Num: true}},
		Empty: ui.EmptyData{Icon: "message", Title: t.Say("schedule.reasons.none")}}
	for _, r := range Reasons {
		if tasks[r] > 0 {
			d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(t.Say("schedule.reason." + string(r))), ui.Number(t, int64(tasks[r])), ui.Number(t, int64(days[r]))}})
		}
	}
	return d
}
