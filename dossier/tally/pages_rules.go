package tally

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/tally/score"
	"lotrinh/dossier/tally/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

func (p *pages) rules(c *httpx.Ctx) error { return p.showRules(c, nil) }

// showRules shows the versions of the numbers and, for who sets them, the form of the
// next one, filled in with those that count last.
func (p *pages) showRules(c *httpx.Ctx, refused error) error {
	all, err := p.Versions(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t, today := c.T, clock.Date(p.Dossiers.Now())
	now, next := score.Usual, score.Usual
	v := views.Rules{Head: ui.HeaderData{Title: t.Say("tally.rules"), Lead: t.Say("tally.rules.lead")}}
	if c.Who.May(dossier.Figures) {
		v.Head.Crumbs = []ui.Crumb{{Label: t.Say("tally.tab"), Href: Home}, {Label: t.Say("tally.rules")}}
	}
	for i := len(all) - 1; i >= 0; i-- {
		r, err := all[i].Rules()
		if err != nil {
			return err
		}
		next = r
		if all[i].From <= today {
			now = r
		}
	}
	v.Now = p.numbers(t, now)
	v.Versions = p.versionTable(c, all, today)
	return p.site.Form(c, site.Page{Title: v.Head.Title, At: dossier.Home, Tabs: p.Dossiers.Tabs(t, c.Who, Rules)}, refused, func(e ui.Errors) templ.Component {
		if c.Who.May(dossier.Configure) {
			v.Form = &ui.FormData{Action: Rules, Submit: t.Say("tally.rules.set"), Errors: e, Fields: ruleFields(c, next)}
		}
		return views.RulesPage(t, v)
	})
}

// numbers are what the indicators ask for now.
func (p *pages) numbers(t i18n.T, r score.Rules) ui.TableData {
	d := ui.TableData{Caption: t.Say("tally.rules.now"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("tally.indicator")}, {Label: t.Say("tally.weight"), Num: true}}}
	for _, i := range score.Indicators {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Two(t.Say("tally.indicator."+itoa(int64(i))), rule(t, r, i)), ui.Text(t.Say("tally.times_n", "n", r.Weight(i)))}})
	}
	var units, people []string
	for i, n := range r.Unit {
		units = append(units, t.Say("tally.band", "level", level(t, []score.Level{score.Excellent, score.Good, score.Fair, score.Average}[i]), "n", tenths(t, n)))
	}
	for i, n := range r.Person {
		people = append(people, t.Say("tally.band", "level", level(t, []score.Level{score.Full, score.Most70}[i]), "n", tenths(t, n)))
	}
	d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Two(t.Say("tally.bands.unit"), strings.Join(units, "; ")), ui.Text("")}},
		ui.Row{Cells: []templ.Component{ui.Two(t.Say("tally.bands.person"), strings.Join(people, "; ")), ui.Text("")}})
	return d
}

func (p *pages) versionTable(c *httpx.Ctx, all []Version, today string) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: t.Say("tally.rules.versions"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("tally.rules.from")}, {Label: t.Say("tally.rules.basis")}, {Label: t.Say("tally.rules.state")}},
		Empty: ui.EmptyData{Icon: "adjustments", Title: t.Say("tally.rules.none"), Text: t.Say("tally.rules.none_text")}}
	counts := false // the first that has begun is the one that counts
	for _, v := range all {
		day, _ := clock.ParseDate(v.From) // was checked when it was set
		state := ui.State{Tone: ui.Neutral, Word: t.Say("tally.rules.over")}
		switch {
		case v.From > today:
			state = ui.State{Tone: ui.Info, Word: t.Say("tally.rules.coming")}
		case !counts:
			counts, state = true, ui.State{Tone: ui.Good, Word: t.Say("tally.rules.counting")}
		}
		cell := ui.Badge(state)
		if v.From > today && c.Who.May(dossier.Configure) {
			cell = views.Coming(t, state, ui.Action{Label: t.Say("tally.rules.drop"), About: t.Day(day), Href: Rules + "/" + string(v.ID) + "/drop", Post: true, Danger: true})
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(t.Day(day)), ui.Text(v.Basis), cell}})
	}
	return d
}

// numberField is one number of the form.
type numberField struct {
	name string
	at   *int64
}

// numberFields are the numbers of rules in the order of the form.
func numberFields(r *score.Rules) []numberField {
	all := []numberField{{"early", &r.Early}, {"contacts", &r.Contacts[0]}, {"contacts_1", &r.Contacts[1]}, {"agencies", &r.Agencies[0]}, {"agencies_1", &r.Agencies[1]},
		{"one_stop", &r.OneStop[0]}, {"one_stop_1", &r.OneStop[1]}, {"feedback", &r.Feedback[0]}, {"feedback_1", &r.Feedback[1]}, {"offered", &r.Offered}, {"used", &r.Used[0]}, {"used_1", &r.Used[1]}}
	for i := range r.Weights {
		name := "weights"
		if i > 0 {
			name += "_" + strconv.Itoa(i+1)
		}
		all = append(all, numberField{name, &r.Weights[i]})
	}
	return all
}

// bandFields are the bounds of bands, in tenths; people type points.
func bandFields(r *score.Rules) []numberField {
	var all []numberField
	for i := range r.Unit {
		all = append(all, numberField{name("unit", i), &r.Unit[i]})
	}
	for i := range r.Person {
		all = append(all, numberField{name("person", i), &r.Person[i]})
	}
	return all
}

func name(of string, i int) string {
	if i == 0 {
		return of
	}
	return of + "_" + strconv.Itoa(i)
}

func ruleFields(c *httpx.Ctx, r score.Rules) []ui.Field {
	t := c.T
	all := []ui.Field{{Kind: ui.Date, Name: "from", Label: t.Say("tally.rules.from"), Hint: t.Say("tally.rules.from.hint"), Value: c.FormValue("from"), Required: true},
		{Kind: ui.Area, Name: "basis", Label: t.Say("tally.rules.basis"), Hint: t.Say("tally.rules.basis.hint"), Value: c.FormValue("basis"), Rows: 2, Max: mostBasis, Required: true}}
	for _, f := range numberFields(&r) {
		all = append(all, ui.Field{Kind: ui.Whole, Name: f.name, Label: t.Say("tally.field." + f.name), Value: c.FormValue(f.name, itoa(*f.at)), Narrow: true, Required: true})
	}
	officer := ui.Field{Kind: ui.Checks, Name: "officer", Label: t.Say("tally.field.officer"), Hint: t.Say("tally.field.officer.hint"), Required: true}
	picked := r.Officer
	if c.Method() == "POST" {
		picked = officerOf(c)
	}
	for _, i := range score.OfDossiers {
		officer.Options = append(officer.Options, ui.Option{Value: itoa(int64(i)), Label: t.Say("tally.indicator." + itoa(int64(i)))})
	}
	for _, i := range picked {
		officer.Values = append(officer.Values, itoa(int64(i)))
	}
	all = append(all, officer)
	for _, f := range bandFields(&r) {
		all = append(all, ui.Field{Name: f.name, Label: t.Say("tally.field." + f.name), Value: c.FormValue(f.name, tenths(t, *f.at)), Narrow: true, Required: true, Attrs: templ.Attributes{"inputmode": "decimal"}})
	}
	return all
}

func officerOf(c *httpx.Ctx) []score.Indicator {
	var all []score.Indicator
	for _, raw := range c.Request().PostArgs().PeekMulti("officer") {
		n, err := strconv.Atoi(string(raw))
		if err != nil {
			n = 0 // no indicator, so it is refused
		}
		all = append(all, score.Indicator(n))
	}
	return all
}

// pointsIn reads points as people write them, "15" or "3,5", in tenths; -1 when they are
// none.
func pointsIn(raw string) int64 {
	whole, part, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(raw), ".", ","), ",")
	if part == "" {
		part = "0"
	}
	if len(part) != 1 || len(whole) > 3 {
		return -1
	}
	n, err := strconv.ParseUint(whole+part, 10, 16)
	if err != nil {
		return -1
	}
	return int64(n)
}

func (p *pages) setRules(c *httpx.Ctx) error {
	d := Draft{From: c.FormValue("from"), Basis: c.FormValue("basis")}
	for _, f := range numberFields(&d.Rules) {
		*f.at = c.Whole(f.name)
	}
	for _, f := range bandFields(&d.Rules) {
		*f.at = pointsIn(c.FormValue(f.name))
	}
	d.Rules.Officer = officerOf(c)
	v, err := p.SetRules(c.Std(), c.Who, d)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.showRules(c, err)
	}
	if err != nil {
		return err
	}
	day, _ := clock.ParseDate(v.From) // was checked
	site.Flash(c, ui.Good, c.T.Say("tally.rules.kept", "day", c.T.Day(day)))
	return c.See(Rules)
}

func (p *pages) dropRules(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	err = p.DropRules(c.Std(), c.Who, id)
	if fault.Is(err, fault.Conflict) {
		return p.showRules(c, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("tally.rules.dropped"))
	return c.See(Rules)
}
