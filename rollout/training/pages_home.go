package training

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/training/views"
)

// span is how many weeks of classes one page shows.
const span = 8

// home is the classes week by week with their seats, and how far the districts are.
func (p *pages) home(c *httpx.Ctx) error {
	t := c.T
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	from := p.firstWeek(c.Query("from"))
	until := from.AddDate(0, 0, 7*span)
	district := c.Query("district")
	classes, err := p.Classes(c.Std(), c.Who, clock.Date(from), clock.Date(until), district)
	if err != nil {
		return err
	}
	phase, err := strconv.Atoi(c.Query("phase"))
	if err != nil {
		phase = -1
	}
	rows, err := p.Districts(c.Std(), c.Who, phase)
	if err != nil {
		return err
	}
	filter, err := p.homeFilter(c, tree, district, phase)
	if err != nil {
		return err
	}
	v := views.Page{Head: ui.HeaderData{Title: t.Say("training.title"), Lead: t.Say("training.lead")}, Filter: filter, Figures: figures(t, rows)}
	if c.Who.May(Plan) {
		v.Head.Action = &ui.Action{Label: t.Say("training.class.new"), Href: classesAt + "/new", Icon: "plus"}
	}
	if c.Who.May(Enrol) {
		v.Head.More = append(v.Head.More, ui.Action{Label: t.Say("training.import"), Href: "/imports/" + RosterImport, Icon: "upload"})
	}
	v.Body = append(v.Body, p.weeks(t, classes)...)
	v.Body = append(v.Body, views.Turn(t, []ui.Action{
		{Label: t.Say("training.earlier"), Href: at(Home, "from", from.AddDate(0, 0, -7*span).Format(time.DateOnly), "district", district)},
		{Label: t.Say("training.later"), Href: at(Home, "from", until.Format(time.DateOnly), "district", district)}}))
	if len(rows) > 0 {
		v.Body = append(v.Body, views.Listed(t, ui.CardData{Title: t.Say("training.districts"), Note: t.Say("training.districts.note"), Flush: true, ID: "districts"}, districtTable(t, rows)))
	}
	return p.show(c, v.Head.Title, views.Show(t, v))
}

// firstWeek is the Monday with which the list begins: as asked, else two weeks back.
func (p *pages) firstWeek(asked string) time.Time {
	day, err := clock.ParseDate(asked)
	if err != nil {
		day = p.now().AddDate(0, 0, -14)
	}
	first, err := clock.ParseDate(monday(day))
	if err != nil {
		return day
	}
	return first.In(clock.City)
}

func (p *pages) homeFilter(c *httpx.Ctx, tree *org.Tree, district string, phase int) (*ui.FilterData, error) {
	t := c.T
	phases, err := p.Phases(c.Std())
	if err != nil {
		return nil, err
	}
	f := &ui.FilterData{Action: Home, Results: "results"}
	if ds := districts(tree, c.Who, Look); len(ds) > 1 {
		f.Fields = append(f.Fields, districtField(t, ds, "district", district))
	}
	choice := ui.Field{Kind: ui.Select, Name: "phase", Label: t.Say("training.phase"), Options: []ui.Option{{Label: t.Say("training.every_phase")}}}
	for _, ph := range phases {
		choice.Options = append(choice.Options, ui.Option{Value: strconv.Itoa(ph.Ordinal), Label: inLang(t, ph.Name, ph.NameEN)})
	}
	if phase >= 0 {
		choice.Value = strconv.Itoa(phase)
	}
	f.Fields = append(f.Fields, choice)
	if district != "" || phase >= 0 {
		f.Clear = Home
	}
	return f, nil
}

func figures(t i18n.T, rows []DistrictRow) []ui.FigureData {
	var sum DistrictRow
	for _, r := range rows {
		sum.Communes, sum.Complete, sum.Wanted = sum.Communes+r.Communes, sum.Complete+r.Complete, sum.Wanted+r.Wanted
		sum.Rostered, sum.Seated, sum.TrainedIn = sum.Rostered+r.Rostered, sum.Seated+r.Seated, sum.TrainedIn+r.TrainedIn
	}
	if sum.Communes == 0 {
		return nil
	}
	of := func(n int) string { return t.Say("training.of", "n", n) }
	n := func(x int) string { return t.Int(int64(x)) }
	return []ui.FigureData{
		{Label: t.Say("training.figure.roster"), Value: n(sum.Rostered), Of: of(sum.Wanted), SoWhat: t.Say("training.figure.roster.so", "n", sum.Wanted-sum.Rostered), Href: "#districts"},
		{Label: t.Say("training.figure.seated"), Value: n(sum.Seated), Of: of(sum.Wanted), SoWhat: t.Say("training.figure.seated.so", "n", sum.Wanted-sum.Seated), Href: "#districts"},
		{Label: t.Say("training.figure.trained"), Value: n(sum.TrainedIn), Of: of(sum.Wanted), SoWhat: t.Say("training.figure.trained.so"), Href: "#districts"},
		{Label: t.Say("training.figure.complete"), Value: n(sum.Complete), Of: of(sum.Communes), SoWhat: t.Say("training.figure.complete.so", "n", sum.Communes-sum.Complete), Href: owedAt},
	}
}

// weeks is a table of classes for each week that has any.
func (p *pages) weeks(t i18n.T, classes []Listed) []templ.Component {
	if len(classes) == 0 {
		return []templ.Component{views.Listed(t, ui.CardData{Title: t.Say("training.classes"), Flush: true}, p.classTable(t, t.Say("training.classes"), nil))}
	}
	var out []templ.Component
	for first := 0; first < len(classes); {
		week, last := monday(classes[first].StartsAt), first
		var taken, seats int64
		for last < len(classes) && monday(classes[last].StartsAt) == week {
			if classes[last].State != CalledOff {
				taken, seats = taken+classes[last].Taken, seats+classes[last].Capacity
			}
			last++
		}
		title := t.Say("training.week", "day", dayText(week))
		out = append(out, views.Listed(t, ui.CardData{Title: title, Note: t.Say("training.week.note", "n", last-first, "taken", taken, "seats", seats), Flush: true}, p.classTable(t, title, classes[first:last])))
		first = last
	}
	return out
}

func (p *pages) classTable(t i18n.T, caption string, rows []Listed) ui.TableData {
	d := ui.TableData{Caption: caption, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("training.when")}, {Label: t.Say("training.class")}, {Label: t.Say("training.room")}, {Label: t.Say("training.trainer")},
		{Label: t.Say("training.seats")}, {Label: t.Say("training.state")}},
		Empty: ui.EmptyData{Icon: "calendar", Title: t.Say("training.classes.none"), Text: t.Say("training.classes.none_text")}}
	for _, r := range rows {
		state := p.classState(t, r.Class)
		if r.Makeup && r.State == Planned {
			state.Word = t.Say("training.makeup.state", "state", state.Word)
		}
		d.Rows = append(d.Rows, ui.Row{Href: r.Path(), Cells: []templ.Component{ui.Main(r.Path(), capital(longDay(t, r.Day)), hours(t, r.Class)), ui.Two(r.Code, inLang(t, r.Title, r.TitleEN)), ui.Text(r.Room), ui.Text(r.TrainerName),
			seatsCell(t, r.Class), ui.Badge(state)}})
	}
	return d
}

// seatsCell is how full a class is, or who came once it is held.
func seatsCell(t i18n.T, c Class) templ.Component {
	switch {
	case c.State == Held:
		return ui.Two(t.Say("training.seats.came", "n", c.Attended, "of", c.Taken), t.Say("training.seats.absent", "n", c.Taken-c.Attended))
	case c.Waiting > 0:
		return ui.Two(t.Say("training.seats.of", "n", c.Taken, "of", c.Capacity), t.Say("training.seats.waiting", "n", c.Waiting))
	}
	return ui.Two(t.Say("training.seats.of", "n", c.Taken, "of", c.Capacity), t.Say("training.seats.free", "n", c.Free()))
}

func districtTable(t i18n.T, rows []DistrictRow) ui.TableData {
	d := ui.TableData{Caption: t.Say("training.districts"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("training.district")}, {Label: t.Say("training.communes"), Num: true},
		{Label: t.Say("training.figure.roster"), Num: true}, {Label: t.Say("training.figure.seated"), Num: true}, {Label: t.Say("training.figure.trained"), Num: true}, {Label: t.Say("training.figure.complete"), Num: true}}}
	of := func(n, all int) templ.Component { return ui.Text(t.Say("training.n_of", "n", n, "of", all)) }
	for _, r := range rows {
		href := districtAt + r.Unit.Code
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, r.Unit.Title(), ""), ui.Number(t, int64(r.Communes)), of(r.Rostered, r.Wanted), of(r.Seated, r.Wanted), of(r.TrainedIn, r.Wanted), of(r.Complete, r.Communes)}})
	}
	return d
}

// district is the communes of a district with who of each audience is where.
func (p *pages) district(c *httpx.Ctx) error {
	t, code := c.T, c.Params("code")
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	u, ok := tree.Unit(code)
	if level, known := levelOf(tree, code); !ok || !known || level != OfDistrict {
		return fault.New(fault.Missing, "fault.missing")
	}
	rows, err := p.District(c.Std(), c.Who, u.Code)
	if err != nil {
		return err
	}
	missing := 0
	for _, r := range rows {
		for _, x := range r.Cells {
			if x.Person == nil && r.Level == OfCommune {
				missing++
			}
		}
	}
	v := views.Page{Head: ui.HeaderData{Title: t.Say("training.district.title", "district", u.Full()), Crumbs: []ui.Crumb{{Label: t.Say("training.title"), Href: Home}, {Label: u.Title()}}, Lead: t.Say("training.district.lead")}}
	if c.Who.Covers(Enrol, code) {
		v.Head.Action = &ui.Action{Label: t.Say("training.import"), Href: "/imports/" + RosterImport, Icon: "upload"}
		v.Head.More = []ui.Action{{Label: t.Say("training.person.new"), Href: peopleAt + "/new", Icon: "plus"}}
	}
	if missing > 0 {
		v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Warn, Title: t.Say("training.district.missing", "n", missing)})
	}
	for _, level := range []Level{OfCommune, OfDistrict} {
		if table := p.unitTable(t, level, rows); len(table.Rows) > 0 {
			v.Body = append(v.Body, views.Listed(t, ui.CardData{Title: t.Say("training.level." + string(level)), Flush: true}, table))
		}
	}
	return p.show(c, v.Head.Title, views.Show(t, v))
}

func (p *pages) unitTable(t i18n.T, level Level, rows []UnitRow) ui.TableData {
	d := ui.TableData{Caption: t.Say("training.level." + string(level)), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("training.unit")}}}
	for _, a := range level.Audiences() {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say(string(audienceKey(a)))})
	}
	for _, r := range rows {
		if r.Level != level {
			continue
		}
		row := ui.Row{Cells: []templ.Component{ui.Link(at(peopleAt, "under", r.Unit.Code), r.Unit.Title())}}
		for _, x := range r.Cells {
			row.Cells = append(row.Cells, cell(t, x))
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// cell says of one audience of a unit who it is and how far the person is.
func cell(t i18n.T, x Cell) templ.Component {
	if x.Person == nil {
		return ui.Badge(ui.State{Tone: ui.Warn, Word: t.Say("training.cell.nobody")})
	}
	state := ui.State{Tone: ui.Neutral, Word: t.Say("training.cell.none")}
	switch n := x.Near; {
	case n.Done:
		state = ui.State{Tone: ui.Good, Word: t.Say("training.cell.trained")}
	case n.State == Attended && n.Result == Failed:
		state = ui.State{Tone: ui.Bad, Word: t.Say("training.cell.failed")}
	case n.State == Attended:
		state = ui.State{Tone: ui.Warn, Word: t.Say("training.cell.untested")}
	case n.State != "":
		state = seatState(t, n.State)
		if n.State != Absent {
			state.Word = t.Say("training.cell.day", "state", state.Word, "day", dayText(n.Day))
		}
	}
	return ui.Parts([]templ.Component{ui.Link(peopleAt+"/"+string(x.Person.ID), x.Person.Name), ui.Text(" "), ui.Badge(state)})
}

// trainers is what each trainer teaches in the weeks around today.
func (p *pages) trainers(c *httpx.Ctx) error {
	t := c.T
	from := p.firstWeek(c.Query("from"))
	until := from.AddDate(0, 0, 7*span)
	loads, err := p.Loads(c.Std(), c.Who, clock.Date(from), clock.Date(until))
	if err != nil {
		return err
	}
	d := ui.TableData{Caption: t.Say("training.trainers"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("training.trainer")}, {Label: t.Say("training.classes"), Num: true}, {Label: t.Say("training.taught"), Num: true},
		{Label: t.Say("training.learners"), Num: true}, {Label: t.Say("training.busiest"), Num: true}, {Label: t.Say("training.feedback"), Num: true}},
		Empty: ui.EmptyData{Icon: "users", Title: t.Say("training.trainers.none"), Text: t.Say("training.trainers.none_text")}}
	for _, l := range loads {
		said := ui.Text("")
		if l.Said > 0 {
			said = ui.Text(t.Say("training.feedback.mean", "mean", t.Decimal(l.Feedback, 1), "n", l.Said))
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(l.Name), ui.Number(t, int64(l.Classes)), ui.Text(t.Decimal(l.Taught.Hours(), 1)), ui.Number(t, l.People), ui.Number(t, int64(l.Busiest)), said}})
	}
	v := views.Page{Head: ui.HeaderData{Title: t.Say("training.trainers"), Lead: t.Say("training.trainers.lead", "from", dayText(clock.Date(from)), "until", dayText(clock.Date(until.AddDate(0, 0, -1))))}}
	v.Body = append(v.Body, views.Listed(t, ui.CardData{Flush: true}, d), views.Turn(t, []ui.Action{
		{Label: t.Say("training.earlier"), Href: at(trainersAt, "from", from.AddDate(0, 0, -7*span).Format(time.DateOnly))},
		{Label: t.Say("training.later"), Href: at(trainersAt, "from", until.Format(time.DateOnly))}}))
	return p.show(c, v.Head.Title, views.Show(t, v))
}
