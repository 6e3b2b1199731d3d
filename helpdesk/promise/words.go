package promise

import (
	"strconv"
	"strings"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

// near is what rules speak of: units, services, groups.
type near struct {
	tree   *org.Tree
	called *helpdesk.Catalogue
}

// services are what a rule may ask for, by code and name; groups likewise.
func (n near) services(t i18n.T) (codes []string, all []ui.Option) {
	for _, o := range n.called.Offers {
		codes = append(codes, string(o.Code))
		all = append(all, ui.Option{Value: string(o.Code), Label: n.called.Service(t, o.Code)})
	}
	return codes, all
}

func (n near) groups(t i18n.T) (codes []string, all []ui.Option) {
	for _, g := range n.called.Teams {
		codes = append(codes, string(g.Code))
		all = append(all, ui.Option{Value: string(g.Code), Label: n.called.Group(t, g.Code)})
	}
	return codes, all
}

// title is what a rule is called: as an administrator named it, or as shipped.
func title(t i18n.T, r sla.Rule) string {
	if r.Name != "" || !t.Has("promise.shipped."+r.Key) {
		return r.Name
	}
	return t.Say("promise.shipped." + r.Key)
}

// budget is a budget in words: "30 phút làm việc", "hết ngày làm việc".
func budget(t i18n.T, b sla.Budget) string {
	switch {
	case b.Unit == sla.Minutes && b.N >= 60 && b.N%60 == 0:
		return t.Say("promise.budget.hours", "n", b.N/60)
	case b.Unit == sla.Minutes && b.N > 60:
		return t.Say("promise.budget.hours_minutes", "n", b.N/60, "m", b.N%60)
	case b.Unit == sla.EndOfDay && b.N == 0:
		return t.Say("promise.budget.today")
	}
	return t.Say("promise.budget."+string(b.Unit), "n", b.N)
}

func termWord(t i18n.T, term sla.Term) string { return t.Say("promise.term." + string(term)) }

// condition is one condition in words: "Mức ưu tiên: Khẩn hoặc Cao".
func condition(t i18n.T, by near, w sla.Conditions, term sla.Term) string {
	var values []string
	say := func(prefix string, keys []string) {
		for _, k := range keys {
			values = append(values, t.Say(prefix+k))
		}
	}
	switch term {
	case sla.TermPriority:
		for _, n := range w.Priorities {
			values = append(values, t.Say("helpdesk.priority."+strconv.Itoa(n)))
		}
	case sla.TermService:
		for _, k := range w.Services {
			values = append(values, by.called.Service(t, helpdesk.Category(k)))
		}
	case sla.TermKind:
		say("promise.kind.", w.Kinds)
	case sla.TermGroup:
		for _, k := range w.Groups {
			values = append(values, by.called.Group(t, helpdesk.Group(k)))
		}
	case sla.TermChannel:
		say("promise.channel.", w.Channels)
	case sla.TermUnit:
		for _, code := range w.Units {
			values = append(values, by.tree.Place(code))
		}
	}
	return termWord(t, term) + ": " + strings.Join(values, t.Say("promise.or"))
}

// conditions are all conditions of a rule in words; one without any fits everything.
func conditions(t i18n.T, by near, w sla.Conditions) []string {
	var all []string
	for _, term := range w.Asked() {
		all = append(all, condition(t, by, w, term))
	}
	if len(all) == 0 {
		all = []string{t.Say("promise.everything")}
	}
	return all
}

// step is one step of a ladder in words: "trước hạn 30 phút: trưởng nhóm".
func step(t i18n.T, s sla.Step) string {
	key, n := "promise.step.at", s.Minutes
	switch {
	case n < 0:
		key, n = "promise.step.before", -n
	case n > 0:
		key = "promise.step.after"
	}
	said := t.Say(key, "span", budget(t, sla.Budget{N: n, Unit: sla.Minutes}), "who", i18n.Key("promise.rung."+string(s.To)))
	if s.Of != "" {
		said = t.Say("promise.of."+string(s.Of)) + ", " + said
	}
	if s.Critical {
		said += t.Say("promise.step.any_hour")
	}
	return said
}

// missed says why a rule before the one that holds does not apply.
func missed(t i18n.T, by near, m sla.Miss) string {
	if m.Off {
		return t.Say("promise.miss.off", "rule", title(t, m.Rule))
	}
	return t.Say("promise.miss.term", "rule", title(t, m.Rule), "condition", condition(t, by, m.Rule.When, m.Term))
}

func options(t i18n.T, prefix string, keys ...string) []ui.Option {
	var all []ui.Option
	for _, k := range keys {
		all = append(all, ui.Option{Value: k, Label: t.Say(prefix + k)})
	}
	return all
}
