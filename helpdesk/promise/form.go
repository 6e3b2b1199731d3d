package promise

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/promise/views"
	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

// What the lists of the form offer.
var (
	kindList     = []string{string(helpdesk.Fault), string(helpdesk.Request), string(helpdesk.Question)}
	channelList  = []string{string(helpdesk.OnScreen), string(helpdesk.ByMail), string(helpdesk.BySMS), string(helpdesk.ByPhone)}
	priorityList = []string{"1", "2", "3", "4"}
	unitList     = []string{string(sla.Minutes), string(sla.Days), string(sla.EndOfDay)}
)

// form is a rule as a person typed it; it comes back as it was.
type form struct {
	name, calendar, units, version                  string
	kinds, services, priorities, channels, groups   []string
	numbers, kindsOf                                map[sla.Promise]string
	stepOf, stepSide, stepMinutes, stepTo, stepHour [mostSteps]string
}

// picked are the values of a name that the list knows.
func picked(c *httpx.Ctx, name string, list []string) (values []string) {
	for _, raw := range c.Request().PostArgs().PeekMulti(name) {
		if v := string(raw); slices.Contains(list, v) && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values
}

func readForm(c *httpx.Ctx, by near) form {
	services, _ := by.services(c.T)
	groups, _ := by.groups(c.T)
	f := form{name: c.FormValue("name"), calendar: c.FormValue("calendar"), units: c.FormValue("units"), version: c.FormValue("version"),
		kinds: picked(c, "kinds", kindList), services: picked(c, "services", services), priorities: picked(c, "priorities", priorityList),
		channels: picked(c, "channels", channelList), groups: picked(c, "groups", groups),
		numbers: map[sla.Promise]string{}, kindsOf: map[sla.Promise]string{}}
	for _, p := range sla.Promises {
		f.numbers[p], f.kindsOf[p] = c.FormValue(string(p)+"_n"), c.FormValue(string(p)+"_unit")
	}
	for i := range mostSteps {
		n := strconv.Itoa(i)
		f.stepOf[i], f.stepSide[i], f.stepMinutes[i] = c.FormValue("step_of_"+n), c.FormValue("step_side_"+n), c.FormValue("step_minutes_"+n)
		f.stepTo[i], f.stepHour[i] = c.FormValue("step_to_"+n), c.FormValue("step_hour_"+n)
	}
	return f
}

// formOf is the form of a rule as it stands.
func formOf(r sla.Rule) form {
	f := form{name: r.Name, calendar: r.Calendar, units: strings.Join(r.When.Units, ", "), version: strconv.FormatInt(r.Version, 10),
		kinds: r.When.Kinds, services: r.When.Services, channels: r.When.Channels, groups: r.When.Groups,
		numbers: map[sla.Promise]string{}, kindsOf: map[sla.Promise]string{}}
	for _, n := range r.When.Priorities {
		f.priorities = append(f.priorities, strconv.Itoa(n))
	}
	for _, p := range sla.Promises {
		b := r.Budget(p)
		f.numbers[p], f.kindsOf[p] = strconv.FormatInt(b.N, 10), string(b.Unit)
	}
	for i, s := range r.Ladder[:min(len(r.Ladder), mostSteps)] {
		f.stepOf[i], f.stepTo[i], f.stepMinutes[i], f.stepSide[i] = string(s.Of), string(s.To), strconv.FormatInt(max(s.Minutes, -s.Minutes), 10), "after"
		if s.Minutes < 0 {
			f.stepSide[i] = "before"
		}
		if s.Critical {
			f.stepHour[i] = "1"
		}
	}
	return f
}

// draft is the rule that was meant.
func (f form) draft(tree *org.Tree) (Draft, error) {
	var k fault.Check
	d := Draft{Name: f.name}
	d.Version, _ = strconv.ParseInt(f.version, 10, 64) // no version is none that was seen
	d.Calendar = f.calendar
	d.When = sla.Conditions{Kinds: f.kinds, Services: f.services, Channels: f.channels, Groups: f.groups}
	for _, p := range f.priorities {
		n, _ := strconv.Atoi(p) // from the list
		d.When.Priorities = append(d.When.Priorities, n)
	}
	for _, text := range strings.FieldsFunc(f.units, func(r rune) bool { return strings.ContainsRune(",;\n", r) }) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		code := unitMeant(tree, text)
		k.Need(code != "", "units", "promise.form.unit_unknown", "unit", text)
		if code != "" && !slices.Contains(d.When.Units, code) {
			d.When.Units = append(d.When.Units, code)
		}
	}
	for _, p := range sla.Promises {
		n, err := strconv.ParseInt(strings.TrimSpace(f.numbers[p]), 10, 64)
		k.Need(err == nil, string(p)+"_n", "promise.form.budget_bad", "minutes", mostMinutes, "days", mostDays)
		b := sla.Budget{N: n, Unit: sla.Unit(f.kindsOf[p])}
		switch p {
		case sla.Answer:
			d.Answer = b
		case sla.Next:
			d.Next = b
		case sla.Resolve:
			d.Resolve = b
		}
	}
	for i := range mostSteps {
		if f.stepTo[i] == "" {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(f.stepMinutes[i]), 10, 64)
		ok := err == nil && n >= 0 && slices.Contains(sla.Rungs, sla.Rung(f.stepTo[i])) && (f.stepOf[i] == "" || slices.Contains(sla.Promises, sla.Promise(f.stepOf[i])))
		k.Need(ok, "step_minutes_"+strconv.Itoa(i), "promise.form.step_bad")
		if f.stepSide[i] == "before" {
			n = -n
		}
		d.Ladder = append(d.Ladder, sla.Step{Of: sla.Promise(f.stepOf[i]), Minutes: n, To: sla.Rung(f.stepTo[i]), Critical: f.stepHour[i] != ""})
	}
	return d, k.Err()
}

// unitMeant is the code of a unit that was typed as a code or by its name.
func unitMeant(tree *org.Tree, text string) string {
	if _, ok := tree.Unit(text); ok {
		return text
	}
	hits := tree.Search(text, 2)
	if len(hits) == 1 || len(hits) > 0 && (fold.Key(hits[0].Place) == fold.Key(text) || fold.Key(hits[0].Name) == fold.Key(text)) {
		return hits[0].Code
	}
	return ""
}

// fields are the questions of the form.
func (p *pages) fields(ctx context.Context, c *httpx.Ctx, key string, f form, e ui.Errors) (views.EditView, error) {
	t := c.T
	list, err := p.Calendars.Calendars(ctx, c.Who)
	if err != nil {
		return views.EditView{}, err
	}
	var calendars []ui.Option
	for _, one := range list {
		calendars = append(calendars, ui.Option{Value: one.Name, Label: one.Title})
	}
	name := ui.Field{Name: "name", Label: t.Say("promise.form.name"), Value: f.name, Max: longestName, Required: key == "", Error: e.Of("name")}
	if t.Has("promise.shipped." + key) {
		name.Hint = t.Say("promise.form.name_shipped", "name", i18n.Key("promise.shipped."+key))
	}
	v := views.EditView{Head: []ui.Field{name, {Kind: ui.Select, Name: "calendar", Label: t.Say("promise.form.calendar"), Value: f.calendar, Options: calendars, Required: true, Error: e.Of("calendar")}},
		Errors: e, Last: key == sla.CatchAll}
	if !v.Last {
		by, err := p.near(c)
		if err != nil {
			return v, err
		}
		_, serviceOptions := by.services(t)
		_, groupOptions := by.groups(t)
		checks := func(name string, values []string, all []ui.Option) ui.Field {
			return ui.Field{Kind: ui.Checks, Name: name, Label: termWord(t, sla.Term(strings.TrimSuffix(strings.Replace(name, "ies", "y", 1), "s"))), Values: values, Options: all, Error: e.Of(name)}
		}
		v.When = []ui.Field{
			checks("priorities", f.priorities, options(t, "helpdesk.priority.", priorityList...)),
			checks("services", f.services, serviceOptions),
			checks("kinds", f.kinds, options(t, "promise.kind.", kindList...)),
			checks("groups", f.groups, groupOptions),
			checks("channels", f.channels, options(t, "promise.channel.", channelList...)),
			{Name: "units", Label: t.Say("promise.term.unit"), Hint: t.Say("promise.form.units_hint"), Value: f.units, Error: e.Of("units")},
		}
	}
	for _, one := range sla.Promises {
		v.Budgets = append(v.Budgets, views.BudgetRow{Label: t.Say("promise.of." + string(one)),
			N:    ui.Field{Kind: ui.Whole, Name: string(one) + "_n", Label: t.Say("promise.form.n", "of", i18n.Key("promise.of."+string(one))), HideLabel: true, Value: f.numbers[one], Narrow: true, Required: true, Error: e.Of(string(one) + "_n")},
			Unit: ui.Field{Kind: ui.Select, Name: string(one) + "_unit", Label: t.Say("promise.form.unit", "of", i18n.Key("promise.of."+string(one))), HideLabel: true, Value: f.kindsOf[one], Options: options(t, "promise.unit.", unitList...), Required: true}})
	}
	v.Ladder = p.ladder(c, f, e)
	v.Version = f.version
	return v, nil
}

// ladder are the rows in which the steps are typed.
func (p *pages) ladder(c *httpx.Ctx, f form, e ui.Errors) []views.StepRow {
	t := c.T
	of := append([]ui.Option{{Label: t.Say("promise.of.every")}}, options(t, "promise.of.", string(sla.Answer), string(sla.Next), string(sla.Resolve))...)
	to := append([]ui.Option{{Label: t.Say("promise.rung.none")}}, options(t, "promise.rung.", string(sla.Owner), string(sla.Lead), string(sla.Department), string(sla.Leadership))...)
	var rows []views.StepRow
	for i := range mostSteps {
		n := strconv.Itoa(i)
		field := func(kind ui.Kind, name, value string, all []ui.Option) ui.Field {
			return ui.Field{Kind: kind, Name: name + "_" + n, Label: t.Say("promise.form."+name, "n", i+1), HideLabel: true, Value: value, Options: all, Error: e.Of(name + "_" + n)}
		}
		side := f.stepSide[i]
		if side == "" {
			side = "before"
		}
		rows = append(rows, views.StepRow{To: field(ui.Select, "step_to", f.stepTo[i], to), Minutes: field(ui.Whole, "step_minutes", f.stepMinutes[i], nil),
			Side: field(ui.Select, "step_side", side, options(t, "promise.side.", "before", "after")), Of: field(ui.Select, "step_of", f.stepOf[i], of),
			Hour: ui.Field{Kind: ui.Check, Name: "step_hour_" + n, Label: t.Say("promise.form.step_hour"), Value: f.stepHour[i]}})
	}
	return rows
}
