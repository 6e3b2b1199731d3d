package schedule

import (
	"cmp"
	"slices"
	"strconv"

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

// rowsShown is how many tasks of one list a page shows.
const rowsShown = 60

// tasks lists the tasks of a draft: those of a district with its communes' Gantt, those of
// a kind, or those that miss their due day.
func (p *pages) tasks(c *httpx.Ctx) error {
	b, tree, err := p.opened(c)
	if err != nil {
		return err
	}
	return p.showTasks(c, b, tree, nil)
}

// showTasks shows the list; refused is why the form of a step under it was.
func (p *pages) showTasks(c *httpx.Ctx, b *book, tree *org.Tree, refused error) error {
	t := c.T
	district, kind, show, after := cmp.Or(c.Query("district"), c.FormValue("district")), Kind(c.Query("kind")), c.Query("show"), c.QueryInt("after", -1)
	base, _, err := p.latest(c.Std(), p.DB.Read(), b.draft.ID)
	if err != nil {
		return err
	}
	missed := b.missed(b.result)
	v := views.TablesView{Header: ui.HeaderData{Title: t.Say("schedule.tasks"), Crumbs: crumbs(t, ui.Crumb{Label: t.Say("schedule.tab.plan"), Href: b.draft.Path()}, ui.Crumb{Label: t.Say("schedule.tasks")})},
		Label: t.Say("schedule.title"), Tabs: places(t, b.draft, b.draft.Path()+"/tasks"), Filter: taskFilter(t, b, tree, district, kind, show)}
	if plans(c.Who) {
		v.Header.Action = &ui.Action{Label: t.Say("schedule.add"), Href: b.draft.Path() + "/tasks/new", Icon: "plus"}
	}
	if district != "" {
		g := b.communes(t, tree, c.Who, district, p.today(), base, false)
		v.Gantt, v.Title = &g, tree.Name(district)
	}
	table := taskTable(t)
	agreed := base.byTask()
	for _, k := range b.tasks {
		if k.Ordinal <= after || !sees(c.Who, k) || kind != "" && k.Kind != kind || district != "" && tree.District(k.Unit) != district && k.Unit != district || show == "missed" && missed[k.Ordinal] == 0 {
			continue
		}
		if len(table.Rows) == rowsShown {
			last := table.Rows[rowsShown-1].ID
			table.Pager = &ui.PagerData{Next: b.draft.Path() + "/tasks?district=" + district + "&kind=" + string(kind) + "&show=" + show + "&after=" + last, Shown: rowsShown}
			break
		}
		table.Rows = append(table.Rows, p.taskRow(t, tree, b, k, missed[k.Ordinal], agreed))
	}
	v.Tables = []ui.TableData{table}
	if plans(c.Who) && district != "" || district != "" && c.Who.Covers(rollout.Declare, district) {
		return p.again(c, v.Header.Title, refused, func(e ui.Errors) templ.Component {
			v.Forms = []views.FormView{p.stepForm(c, b, tree, district, e)}
			return views.Tables(t, v)
		})
	}
	if refused != nil {
		return refused
	}
	return p.show(c, v.Header.Title, views.Tables(t, v))
}

func taskFilter(t i18n.T, b *book, tree *org.Tree, district string, kind Kind, show string) *ui.FilterData {
	places, seen := []ui.Option{{Label: t.Say("schedule.every_district")}}, map[string]bool{}
	for _, k := range b.tasks {
		if d := tree.District(k.Unit); k.Unit != "" && !seen[d] {
			seen[d] = true
			places = append(places, ui.Option{Value: d, Label: tree.Name(d)})
		}
	}
	kinds := []ui.Option{{Label: t.Say("schedule.every_kind")}}
	for _, k := range Kinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: t.Say("schedule.kind." + string(k))})
	}
	return &ui.FilterData{Action: b.draft.Path() + "/tasks", Fields: []ui.Field{
		{Kind: ui.Select, Name: "district", Label: t.Say("schedule.col.district"), Options: places, Value: district},
		{Kind: ui.Select, Name: "kind", Label: t.Say("schedule.col.kind"), Options: kinds, Value: string(kind)},
		{Kind: ui.Select, Name: "show", Label: t.Say("schedule.show"), Options: []ui.Option{{Label: t.Say("schedule.show.all")}, {Value: "missed", Label: t.Say("schedule.show.missed")}}, Value: show}}}
}

func taskTable(t i18n.T) ui.TableData {
	return ui.TableData{ID: "tasks", Caption: t.Say("schedule.tasks"), Count: -1, Columns: []ui.Column{{Label: t.Say("schedule.col.task")}, {Label: t.Say("schedule.col.begins")}, {Label: t.Say("schedule.col.until")},
		{Label: t.Say("schedule.col.agreed")}, {Label: t.Say("schedule.col.state")}}, Empty: ui.EmptyData{Icon: "list-check", Title: t.Say("schedule.tasks.none")}}
}

func (p *pages) taskRow(t i18n.T, tree *org.Tree, b *book, k Task, missed int, agreed map[ident.ID]FrozenTask) ui.Row {
	from, until, ok := b.bar(k, b.result)
	first, last, was := "—", "—", "—"
	if ok {
		first, last = t.Day(b.axis.moment(from)), t.Day(b.axis.moment(until-1))
	}
	slip := 0
	if f, known := agreed[k.ID]; known {
		was, slip = day(t, f.LastOn), b.slipFrom(k, f)
	}
	return ui.Row{ID: strconv.Itoa(k.Ordinal), Href: k.Path(), Cells: []templ.Component{ui.Main(k.Path(), called(t, k), unitWords(t, tree, k.Unit)), ui.Text(first), ui.Text(last), ui.Text(was),
		ui.Badges(taskStates(t, k, missed, slip)...)}}
}

// taskStates are what is to be said of a task.
func taskStates(t i18n.T, k Task, missed, slip int) []ui.State {
	var out []ui.State
	switch {
	case k.DoneOn != "":
		out = append(out, ui.State{Tone: ui.Good, Word: t.Say("schedule.state.done")})
	case k.PromisedOn != "":
		out = append(out, ui.State{Tone: ui.Info, Word: t.Say("schedule.state.promised")})
	default:
		out = append(out, ui.State{Tone: ui.Neutral, Word: t.Say("schedule.state.planned")})
	}
	if missed > 0 {
		out = append(out, ui.State{Tone: ui.Late, Word: t.Say("schedule.late.days", "n", missed)})
	}
	if slip > 0 {
		out = append(out, ui.State{Tone: ui.Warn, Word: t.Say("schedule.slip.days", "n", slip)})
	}
	return out
}

// stepForm reports one step of a whole district.
func (p *pages) stepForm(c *httpx.Ctx, b *book, tree *org.Tree, district string, e ui.Errors) views.FormView {
	t := c.T
	var steps []ui.Option
	seen := map[string]bool{}
	for _, k := range b.tasks {
		if k.Step != "" && k.Unit != "" && k.Unit != district && !seen[k.Step] {
			seen[k.Step] = true
			steps = append(steps, ui.Option{Value: k.Step, Label: called(t, k)})
		}
	}
	return views.FormView{Title: t.Say("schedule.step_done"), Note: t.Say("schedule.step_done.note", "unit", tree.Name(district)), Fold: true, Form: ui.FormData{Action: b.draft.Path() + "/done", Errors: e, Submit: t.Say("schedule.step_done.do"), Loose: true,
		Hidden: []ui.Hidden{{Name: "district", Value: district}}, Fields: []ui.Field{{Kind: ui.Select, Name: "step", Label: t.Say("schedule.col.step"), Options: steps, Value: c.FormValue("step")},
			{Kind: ui.Date, Name: "done", Label: t.Say("schedule.form.done"), Value: cmp.Or(c.FormValue("done"), p.today()), Until: p.today(), Narrow: true}}}}
}

func (p *pages) finishStep(c *httpx.Ctx) error {
	b, tree, err := p.opened(c)
	if err != nil {
		return err
	}
	var units []string
	for _, k := range b.tasks {
		if k.Step == c.FormValue("step") && tree.District(k.Unit) == c.FormValue("district") {
			units = append(units, k.Unit)
		}
	}
	err = p.FinishStep(c.Std(), c.Who, b.draft.ID, c.FormValue("step"), units, c.FormValue("done"))
	if refusal(err) {
		return p.showTasks(c, b, tree, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("schedule.step_done.saved", "n", len(units)))
	return c.See(b.draft.Path() + "/tasks?district=" + c.FormValue("district"))
}

// task is the page of one task.
func (p *pages) task(c *httpx.Ctx) error { return p.showTask(c, "", nil) }

// showTask shows a task; form is the one that was refused.
func (p *pages) showTask(c *httpx.Ctx, form string, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	k, err := taskByID(c.Std(), p.DB.Read(), c.Who, key)
	if err != nil {
		return err
	}
	b, tree, err := p.open(c, k.Draft)
	if err != nil {
		return err
	}
	base, _, err := p.latest(c.Std(), p.DB.Read(), k.Draft)
	if err != nil {
		return err
	}
	var said []Slip
	if err := p.DB.Read().NewSelect().Model(&said).Where("ps.task = ?", key).Order("ps.id DESC").Limit(50).Scan(c.Std()); err != nil {
		return db.Sorted(err)
	}
	t, title := c.T, placed(c.T, tree, k)
	slip := b.slip(k, base)
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		of := func(name string) ui.Errors {
			if form == name {
				return e
			}
			return ui.Errors{}
		}
		v := views.TablesView{Header: ui.HeaderData{Title: title, Lead: t.Say("schedule.kind." + string(k.Kind)), Crumbs: crumbs(t, ui.Crumb{Label: t.Say("schedule.tab.plan"), Href: b.draft.Path()}, ui.Crumb{Label: t.Say("schedule.tasks"), Href: b.draft.Path() + "/tasks?district=" + tree.District(k.Unit)}, ui.Crumb{Label: called(t, k)})},
			Parts: []templ.Component{views.Facts(t, t.Say("schedule.facts"), b.facts(t, tree, k, base, slip))}}
		if reports(c.Who, k) {
			v.Forms = append(v.Forms, p.doneForm(c, k, of("done"), form == "done"), p.slipForm(c, k, slip, of("slip")))
		}
		if plans(c.Who) {
			if k.DoneOn == "" {
				v.Forms = append(v.Forms, tryTaskForm(t, b, k))
			}
			v.Forms = append(v.Forms, p.changeForm(c, tree, k, of("change"), form == "change"))
		}
		v.Tables = []ui.TableData{slipLines(t, said)}
		return views.Tables(t, v)
	})
}

func (b *book) facts(t i18n.T, tree *org.Tree, k Task, base Frozen, slip int) []ui.Fact {
	from, until, ok := b.bar(k, b.result)
	days := "—"
	if ok {
		days = t.Say("schedule.days", "from", t.Day(b.axis.moment(from)), "until", t.Day(b.axis.moment(until-1)))
	}
	out := []ui.Fact{{Label: t.Say("schedule.col.place"), Text: unitWords(t, tree, k.Unit)}, {Label: t.Say("schedule.form.owner"), Text: unitWords(t, tree, k.Owner)},
		{Label: t.Say("schedule.form.duration"), Text: t.Int(int64(k.Duration))}, {Label: t.Say("schedule.col.days"), Text: days},
		{Label: t.Say("schedule.col.state"), Value: ui.Badges(taskStates(t, k, b.missed(b.result)[k.Ordinal], slip)...)}}
	for _, l := range k.after() {
		if l.Task < len(b.tasks) {
			name := placed(t, tree, b.tasks[l.Task])
			if l.Lag > 0 {
				name = t.Say("schedule.lag", "task", name, "n", l.Lag)
			}
			out = append(out, ui.Fact{Label: t.Say("schedule.col.after"), Value: ui.Link(b.tasks[l.Task].Path(), name)})
		}
		if len(out) > 12 {
			break
		}
	}
	for _, n := range k.needs() {
		if n.Resource < len(b.resources) {
			out = append(out, ui.Fact{Label: t.Say("schedule.col.needs"), Text: t.Say("schedule.need", "resource", resourceWord(t, b.resources[n.Resource]), "n", n.Amount)})
		}
	}
	if was, known := base.byTask()[k.ID]; known {
		out = append(out, ui.Fact{Label: t.Say("schedule.baseline"), Text: t.Say("schedule.days", "from", day(t, was.FirstOn), "until", day(t, was.LastOn))})
	}
	return out
}

// tryTaskForm asks what it would cost to begin one task on a day.
func tryTaskForm(t i18n.T, b *book, k Task) views.FormView {
	return views.FormView{Title: t.Say("schedule.try"), Note: t.Say("schedule.try.task"), Fold: true, Form: ui.FormData{Action: b.draft.Path() + "/variants", Submit: t.Say("schedule.try.do"), Loose: true,
		Hidden: []ui.Hidden{{Name: "task", Value: string(k.ID)}}, Fields: []ui.Field{{Kind: ui.Date, Name: "day", Label: t.Say("schedule.try.begins"), Narrow: true, Required: true}}}}
}

func (p *pages) doneForm(c *httpx.Ctx, k Task, e ui.Errors, typed bool) views.FormView {
	t, done := c.T, k.DoneOn
	if typed {
		done = c.FormValue("done")
	}
	return views.FormView{Title: t.Say("schedule.done"), Form: ui.FormData{Action: k.Path() + "/done", Errors: e, Submit: t.Say("schedule.done.do"), Loose: true, Hidden: []ui.Hidden{seen(k.Version)},
		Fields: []ui.Field{ui.Field{Kind: ui.Date, Name: "done", Label: t.Say("schedule.form.done"), Hint: t.Say("schedule.form.done.hint"), Value: done, Until: p.today(), Narrow: true}.Quiet()}}}
}

func (p *pages) slipForm(c *httpx.Ctx, k Task, slip int, e ui.Errors) views.FormView {
	t := c.T
	options := []ui.Option{{Label: t.Say("schedule.reason.pick")}}
	for _, r := range Reasons {
		options = append(options, ui.Option{Value: string(r), Label: t.Say("schedule.reason." + string(r))})
	}
	note := t.Say("schedule.explain.none")
	if slip > 0 {
		note = t.Say("schedule.explain.note", "n", slip)
	}
	return views.FormView{Title: t.Say("schedule.explain"), Note: note, Form: ui.FormData{Action: k.Path() + "/slips", Errors: e, Submit: t.Say("schedule.explain.do"), Loose: true,
		Fields: []ui.Field{{Kind: ui.Select, Name: "reason", Label: t.Say("schedule.reason"), Options: options, Value: c.FormValue("reason"), Required: true},
			{Kind: ui.Area, Name: "comment", Label: t.Say("schedule.comment"), Value: c.FormValue("comment"), Rows: 2, Max: longestNote}}}}
}

func slipLines(t i18n.T, all []Slip) ui.TableData {
	d := ui.TableData{Caption: t.Say("schedule.slips"), Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("schedule.reason")}, {Label: t.Say("schedule.comment")}, {Label: t.Say("schedule.col.late"), Num: true}, {Label: t.Say("schedule.col.made")}},
		Empty: ui.EmptyData{Icon: "message", Title: t.Say("schedule.slips.none")}}
	for _, x := range all {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(t.Say("schedule.reason." + string(x.Reason))), ui.Text(x.Comment), ui.Number(t, int64(x.Days)), ui.Two(x.MadeName, t.Moment(x.MadeAt))}})
	}
	return d
}

func (p *pages) changeForm(c *httpx.Ctx, tree *org.Tree, k Task, e ui.Errors, typed bool) views.FormView {
	t := c.T
	value := func(name, stored string) string {
		if typed {
			return c.FormValue(name)
		}
		return stored
	}
	owners := []ui.Option{{Label: t.Say("schedule.city")}}
	for _, u := range slices.Compact([]string{k.Unit, tree.District(k.Unit), k.Owner}) {
		if u != "" {
			owners = append(owners, ui.Option{Value: u, Label: tree.Name(u)})
		}
	}
	return views.FormView{Title: t.Say("schedule.change"), Note: t.Say("schedule.change.note"), Fold: true, Open: typed, Form: ui.FormData{Action: k.Path(), Errors: e, Submit: t.Say("schedule.change.do"), Hidden: []ui.Hidden{seen(k.Version)},
		Fields: []ui.Field{
			{Kind: ui.Whole, Name: "duration", Label: t.Say("schedule.form.duration"), Value: value("duration", strconv.Itoa(k.Duration)), Narrow: true, Max: 3},
			{Kind: ui.Date, Name: "release", Label: t.Say("schedule.form.release"), Value: value("release", k.ReleaseOn), Narrow: true},
			{Kind: ui.Date, Name: "due", Label: t.Say("schedule.form.due"), Value: value("due", k.DueOn), Narrow: true},
			{Kind: ui.Date, Name: "promised", Label: t.Say("schedule.form.promised"), Hint: t.Say("schedule.form.promised.hint"), Value: value("promised", k.PromisedOn), Narrow: true},
			{Kind: ui.Select, Name: "owner", Label: t.Say("schedule.form.owner"), Options: owners, Value: value("owner", k.Owner)},
			{Kind: ui.Area, Name: "note", Label: t.Say("schedule.form.note"), Value: value("note", k.Note), Rows: 2, Max: longestNote},
		}}}
}
