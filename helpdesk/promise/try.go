package promise

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/promise/views"
	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/site/ui"
)

// inputMoment is how a moment is written in a form.
const inputMoment = "2006-01-02T15:04"

// try is the form that asks what rule a ticket would get; asked, it has the answer.
func (p *pages) try(c *httpx.Ctx, by near, book sla.Book) (views.TryView, error) {
	t := c.T
	services, serviceOptions := by.services(t)
	groups, groupOptions := by.groups(t)
	ask := func(name, other string, list []string) string {
		if v := c.Query(name, other); slices.Contains(list, v) {
			return v
		}
		return other
	}
	x := helpdesk.Ticket{Kind: helpdesk.Kind(ask("kind", kindList[0], kindList)), Service: helpdesk.Category(ask("service", services[0], services)),
		Channel: helpdesk.Channel(ask("channel", channelList[0], channelList))}
	offer, _ := by.called.Offer(x.Service)
	x.Group = helpdesk.Group(ask("group", string(offer.Group), groups))
	x.Priority, _ = strconv.Atoi(ask("priority", "3", priorityList)) // from the list
	unit := c.Query("unit")
	when, err := time.ParseInLocation(inputMoment, c.Query("at"), clock.City)
	if err != nil {
		when = p.Business.Now()
	}
	sel := func(name, value string, all []ui.Option) ui.Field {
		return ui.Field{Kind: ui.Select, Name: name, Label: t.Say("promise.term." + name), Value: value, Options: all, Required: true}
	}
	v := views.TryView{Fields: []ui.Field{
		sel("priority", strconv.Itoa(x.Priority), options(t, "helpdesk.priority.", priorityList...)),
		sel("service", string(x.Service), serviceOptions),
		sel("kind", string(x.Kind), options(t, "promise.kind.", kindList...)),
		sel("group", string(x.Group), groupOptions),
		sel("channel", string(x.Channel), options(t, "promise.channel.", channelList...)),
		{Name: "unit", Label: t.Say("promise.term.unit"), Hint: t.Say("promise.try.unit_hint"), Value: unit},
		{Kind: ui.Moment, Name: "at", Label: t.Say("promise.try.at"), Value: when.In(clock.City).Format(inputMoment)},
	}}
	if c.Query("try") == "" {
		return v, nil
	}
	if unit != "" {
		if x.Unit = unitMeant(by.tree, unit); x.Unit == "" {
			var k fault.Check
			k.Need(false, "unit", "promise.form.unit_unknown", "unit", unit)
			v.Errors = ui.ErrorsOf(t, k.Err())
			return v, nil
		}
	}
	answer, err := p.verdict(c, by, book, x, when)
	v.Answer = &answer
	return v, err
}

// verdict is the rule of a ticket with its reasons, its due moments and their sums.
func (p *pages) verdict(c *httpx.Ctx, by near, book sla.Book, x helpdesk.Ticket, when time.Time) (views.VerdictView, error) {
	t := c.T
	found := book.Explain(helpdesk.CaseOf(x, by.tree))
	v := views.VerdictView{Rule: title(t, found.Rule), Why: because(t, by, found.Rule)}
	if c.Who.May(helpdesk.Manage) {
		v.Href = at + "/" + found.Rule.Key
	}
	for _, m := range found.Missed {
		v.Missed = append(v.Missed, missed(t, by, m))
	}
	cal, err := p.Calendars.Calendar(c.Std(), found.Rule.Calendar)
	if err != nil {
		return v, err
	}
	for _, one := range sla.Promises {
		b := found.Rule.Budget(one)
		due, err := helpdesk.Due(cal, when, b)
		if err != nil {
			return v, err
		}
		d := views.DueView{Label: t.Say("promise.of." + string(one)), Budget: budget(t, b), Due: ui.Due{State: ui.DueNoCalendar, Year: due.Missing, Steps: worktime.Explain(t, due.Steps)}}
		if due.Known() {
			left, err := cal.Between(when, due.At)
			if err != nil {
				return v, err
			}
			d.Due.State, d.Due.At, d.Due.Left, d.Due.Tentative = ui.DueRunning, due.At, left.Time, due.Expected != 0
			if d.Ladder, err = rungsOf(t, cal, found.Rule.Steps(one), when, due.At); err != nil {
				return v, err
			}
		}
		v.Dues = append(v.Dues, d)
	}
	return v, nil
}

// rungsOf are the steps of a ladder with their moments and the sums behind them.
func rungsOf(t i18n.T, cal *worktime.Calendar, steps []sla.Step, start, due time.Time) ([]string, error) {
	var all []string
	for _, s := range steps {
		at, err := cal.AddMinutes(due, s.Minutes)
		if err != nil {
			return nil, err
		}
		s.Of = ""
		when := at.At
		if !at.Known() || when.Before(start) {
			when = start
		}
		all = append(all, t.Say("promise.step.on", "at", when, "step", step(t, s)))
	}
	return all, nil
}

// because says why a rule fits.
func because(t i18n.T, by near, r sla.Rule) []string {
	if len(r.When.Asked()) == 0 {
		return []string{t.Say("promise.why.last")}
	}
	return conditions(t, by, r.When)
}

// Beside is the panel of a ticket's page: the rule that applied and why, and for the
// support side the steps of the ladder. One query.
func (s *Service) Beside(c *httpx.Ctx, d helpdesk.Detail) (templ.Component, error) {
	if d.Rule == "" {
		return nil, nil
	}
	rule, err := s.Store.Past(c.Std(), d.Rule)
	if fault.Is(err, fault.Missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	by, err := s.near(c)
	if err != nil {
		return nil, err
	}
	t := c.T
	v := views.BesideView{Rule: title(t, rule) + " (" + t.Say("promise.version", "n", rule.Version) + ")", Why: because(t, by, rule)}
	if !d.Supports {
		return views.Beside(t, v), nil
	}
	q := url.Values{"try": {"1"}, "kind": {string(d.Kind)}, "service": {string(d.Service)}, "priority": {strconv.Itoa(d.Priority)}, "unit": {d.Unit},
		"channel": {string(d.Channel)}, "group": {string(d.Group)}, "at": {d.OpenedAt.In(clock.City).Format(inputMoment)}}
	v.Try = at + "?" + q.Encode() + "#try"
	for _, one := range []helpdesk.Promised{d.Answer, d.Next, d.Resolve} {
		if one.ID == "" || one.State == deadline.Cancelled {
			continue
		}
		for _, st := range one.Steps {
			if said := rung(t, one, st); said != "" {
				v.Ladder = append(v.Ladder, said)
			}
		}
	}
	return views.Beside(t, v), nil
}

// rung is one step of a ticket's clock in words: when it comes or came.
func rung(t i18n.T, p helpdesk.Promised, st deadline.Step) string {
	s, ok := sla.ParseStep(st.Name)
	if !ok {
		return ""
	}
	s.Of = sla.Promise(p.Purpose)
	switch {
	case st.Fired != nil:
		return t.Say("promise.step.fired", "at", *st.Fired, "step", step(t, s))
	case !p.Open() || st.At == nil:
		return ""
	}
	return t.Say("promise.step.on", "at", *st.At, "step", step(t, s))
}
