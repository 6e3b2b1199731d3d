package rollout

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/views"
)

// number reads a whole number that a form carries; nonsense is 0, which no row has
// as its version.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (p pages) milestoneForm(c *httpx.Ctx) error {
	return p.askMilestone(c, nil, nil)
}

func (p pages) askMilestone(c *httpx.Ctx, typed *Milestone, refused error) error {
	if err := c.Who.Need(Plan); err != nil {
		return err
	}
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	all, err := milestonesOf(c.Std(), p.db.Read(), pg.ID)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Key != c.Params("key") {
			continue
		}
		shown := m
		if typed != nil {
			shown.ActualOn, shown.Note = typed.ActualOn, typed.Note
		}
		return p.showMilestone(c, pg, shown, refused)
	}
	return fault.New(fault.Missing, "fault.missing")
}

func (p pages) showMilestone(c *httpx.Ctx, pg Programme, m Milestone, refused error) error {
	t := c.T
	title := inLang(t, m.Title, m.TitleEN)
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		return views.OneForm(t, views.FormPage{
			Header: ui.HeaderData{Title: title, Lead: t.Say("rollout.milestone.planned", "day", dayWords(t, m.PlannedOn)), Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.milestones")})},
			Form: ui.FormData{Action: "/rollout/milestones/" + m.Key, Errors: e, Submit: t.Say("rollout.milestone.save"), Cancel: at(c, "/rollout"),
				Hidden: []ui.Hidden{hiddenProgramme(pg), {Name: "version", Value: itoa(m.Version)}}},
			Fields: []ui.Field{
				{Kind: ui.Date, Name: "actual", Label: t.Say("rollout.col.actual"), Hint: t.Say("rollout.milestone.hint"), Value: m.ActualOn, Until: clock.Date(p.clock.Now()), Narrow: true, Error: e.Of("actual")},
				{Kind: ui.Area, Name: "note", Label: t.Say("rollout.col.note"), Value: m.Note, Rows: 2, Max: 1000, Error: e.Of("note")},
			},
		})
	})
}

func (p pages) reachMilestone(c *httpx.Ctx) error {
	typed := Milestone{ActualOn: c.FormValue("actual"), Note: c.FormValue("note")}
	err := p.ReachMilestone(c.Std(), c.Who, c.FormValue("p"), c.Params("key"), typed.ActualOn, typed.Note, number(c.FormValue("version")))
	if err != nil {
		if sameForm(err) {
			return p.askMilestone(c, &typed, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("rollout.milestone.saved"))
	return c.See(at(c, "/rollout"))
}
