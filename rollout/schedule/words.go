package schedule

import (
	"strings"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	engine "lotrinh/rollout/planner"
)

// mostNamed is how many tasks of a chain a sentence names: its first and its last ones.
const mostNamed = 5

// lastDay is the day on which a result ends.
func (b *book) lastDay(t i18n.T, r Result) string {
	if len(r.Start) == 0 || r.Span == 0 {
		return "—"
	}
	return day(t, b.axis.date(r.Span-1))
}

// why says why a plan cannot end earlier than its bound.
func (b *book) why(t i18n.T, tree *org.Tree, r Result) string {
	least := r.Least
	if least.Days == 0 {
		return ""
	}
	on := day(t, b.axis.date(least.Days-1))
	if least.Kind == engine.ByResource && least.Resource >= 0 && least.Resource < len(b.resources) {
		return t.Say("schedule.why.resource", "day", on, "resource", resourceWord(t, b.resources[least.Resource]), "from", day(t, b.axis.date(least.From)),
			"until", day(t, b.axis.date(least.Until-1)), "work", least.Work, "room", least.Room)
	}
	var names []string
	for k, i := range least.Path {
		if i >= len(b.tasks) {
			continue
		}
		switch {
		case k < mostNamed-2 || k >= len(least.Path)-2:
			names = append(names, placed(t, tree, b.tasks[i]))
		case k == mostNamed-2:
			names = append(names, "…")
		}
	}
	return t.Say("schedule.why.path", "day", on, "chain", strings.Join(names, " → "))
}

// failure says why there is no plan.
func (b *book) failure(t i18n.T, tree *org.Tree, why engine.Impossible) string {
	name := func(i int) string {
		if i < 0 || i >= len(b.tasks) {
			return t.Say("schedule.some_task")
		}
		return placed(t, tree, b.tasks[i])
	}
	resource := ""
	if why.Resource >= 0 && why.Resource < len(b.resources) {
		resource = resourceWord(t, b.resources[why.Resource])
	}
	on := ""
	if why.Day >= 0 {
		on = day(t, b.axis.date(why.Day))
	}
	key := "schedule.failed." + string(why.Why)
	if why.Why == engine.NoRoom && why.Other >= 0 {
		key = "schedule.failed.promise"
	}
	return t.Say(key, "task", name(why.Task), "other", name(why.Other), "resource", resource, "day", on)
}

// asks says what a variant asks.
func (b *book) asks(t i18n.T, tree *org.Tree, changes []Change) string {
	var said []string
	for _, c := range changes {
		switch {
		case c.Resource >= 0 && c.Resource < len(b.resources):
			said = append(said, t.Say("schedule.ask.resource", "resource", resourceWord(t, b.resources[c.Resource]), "n", c.Capacity))
		case c.Task != "":
			for _, k := range b.tasks {
				if k.ID == c.Task {
					said = append(said, t.Say("schedule.ask.task", "task", placed(t, tree, k), "day", day(t, c.Day)))
				}
			}
		default:
			said = append(said, t.Say("schedule.ask.unit", "unit", tree.Name(c.Unit), "day", day(t, c.Day)))
		}
	}
	return strings.Join(said, "; ")
}
