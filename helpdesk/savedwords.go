package helpdesk

import (
	"strconv"
	"strings"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
)

// words says what a view holds, in one line.
func (c Conditions) words(t i18n.T, tree *org.Tree, cat *Catalogue) string {
	phase := "open"
	if c.Phase != "" {
		phase = string(c.Phase)
	}
	all := []string{t.Say("helpdesk.saved.phase." + phase)}
	say := func(ok bool, key string) {
		if ok {
			all = append(all, t.Say(key))
		}
	}
	say(c.State != "", "helpdesk.state."+string(c.State))
	say(c.Owner != "", "helpdesk.saved.owner."+string(c.Owner))
	if c.Group != "" {
		all = append(all, cat.Group(t, c.Group))
	}
	if c.Service != "" {
		all = append(all, cat.Service(t, c.Service))
	}
	say(c.Priority != 0, "helpdesk.priority."+strconv.Itoa(c.Priority))
	if c.Unit != "" {
		all = append(all, tree.Place(c.Unit))
	}
	say(c.Late, "helpdesk.saved.late")
	say(c.Snoozed != "", "helpdesk.saved.snoozed."+c.Snoozed)
	say(c.Source != "", "helpdesk.source."+c.Source)
	if c.Tag != "" {
		all = append(all, t.Say("helpdesk.saved.tagged", "tag", c.Tag))
	}
	say(c.Watched, "helpdesk.saved.watched")
	return strings.Join(all, " · ")
}
