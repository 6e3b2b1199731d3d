package office

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/site/ui"
)

// sortedBy are the keys of names in the order of the names.
func sortedBy(names map[string]string) []string {
	return slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		switch {
		case names[a] < names[b]:
			return -1
		case names[a] > names[b]:
			return 1
		}
		return 0
	})
}

// dueOf is how a dossier stands to the moment by which something must be done.
func (s *Service) dueOf(ctx context.Context, d dossier.Dossier, due time.Time) *ui.Due {
	if due.IsZero() {
		return nil
	}
	out := &ui.Due{At: due, State: ui.DueRunning}
	if !d.FinishedAt.IsZero() {
		out.State = ui.DueMet
		if d.FinishedAt.After(due) {
			out.State = ui.DueMissed
		}
		return out
	}
	cal, err := s.calendar(ctx)
	if err != nil {
		return out
	}
	left, err := cal.Between(s.Now(), due)
	if err != nil || !left.Known() {
		return out
	}
	out.Left = left.Time
	switch {
	case s.Now().After(due):
		out.State = ui.DueLate
	case left.Time <= soonMinutes*time.Minute:
		out.State = ui.DueSoon
	}
	return out
}

func (p *pages) dueCell(c *httpx.Ctx, x Row) templ.Component {
	due := x.DueAt
	if x.Status == dossier.Submitted {
		due = x.RankAt
	}
	if !x.Open && x.FinishedAt.IsZero() {
		return ui.Text("")
	}
	one := p.dueOf(c.Std(), x.Dossier, due)
	if one == nil {
		return ui.Text(c.T.Say("office.due.none"))
	}
	return ui.DueCell(c.T, *one)
}

// duePanel says until when, and why.
func (s *Service) duePanel(c *httpx.Ctx, v dossier.View, _ error) (templ.Component, error) {
	if v.AcceptedAt.IsZero() || v.Status.Over() && v.Status != dossier.Returned {
		return nil, nil
	}
	due, err := s.Explain(c.Std(), v.Dossier)
	if err != nil {
		return nil, err
	}
	parts := []templ.Component{s.dueView(c, v.Dossier, due.Missing, due.Steps)}
	for _, st := range v.Steps {
		if to, ok := st.Promise(); ok && to.Late {
			parts = append(parts, ui.Notice(c.T, ui.NoticeData{Tone: ui.Warn, Title: c.T.Say("office.apology.promised", "day", c.T.Day(st.At), "at", to.Until)}))
		}
	}
	return panel(c.T, "due", c.T.Say("office.due.title"), parts...), nil
}

func (s *Service) dueView(c *httpx.Ctx, d dossier.Dossier, missing int, steps []worktime.Step) templ.Component {
	one := s.dueOf(c.Std(), d, d.DueAt)
	if one == nil {
		one = &ui.Due{State: ui.DuePaused}
		if missing != 0 {
			one.State, one.Year = ui.DueNoCalendar, missing
		}
	}
	one.Steps = worktime.Explain(c.T, steps)
	return ui.DueMoment(c.T, *one)
}
