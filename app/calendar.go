package app

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/reports/directive"
	"lotrinh/reports/feed"
	"lotrinh/reports/feed/ics"
	"lotrinh/rollout"
	"lotrinh/rollout/training"
)

// openFeed builds the room of people's calendars.
func (h *House) openFeed() *feed.Service {
	return feed.New(feed.Deps{DB: h.DB, Business: h.Business, Machine: h.Machine, People: h.People, BaseURL: h.Config.BaseURL,
		Sources: []feed.Source{h.plannedDays, h.classDays, h.reportDays, h.directiveDays}})
}

// eventUID names an entry of a calendar for ever.
func eventUID(kind, key string) string { return kind + "-" + key + "@lotrinh" }

// plannedDays are the milestones and the days of phases of every programme that a person
// may see.
func (h *House) plannedDays(ctx context.Context, t i18n.T, who access.Actor, _, _ string) ([]ics.Event, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, err
	}
	all, err := h.Rollout.Programmes(ctx, who)
	if err != nil {
		return nil, err
	}
	var out []ics.Event
	for _, p := range all {
		o, err := h.Rollout.Overview(ctx, who, p.Code)
		if fault.Is(err, fault.Missing) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, m := range o.Milestones {
			out = append(out, ics.Event{UID: eventUID("milestone", string(m.ID)), Sequence: m.Version, Changed: midnight(m.PlannedOn), Day: m.PlannedOn, Title: t.Say("feed.milestone", "title", either(t, m.Title, m.TitleEN)),
				Text: either(t, p.Title, p.TitleEN), URL: "/rollout"})
		}
		for _, ph := range o.Phases {
			if ph.Live {
				continue
			}
			name := either(t, ph.Name, ph.NameEN)
			out = append(out, ics.Event{UID: eventUID("trial", string(ph.ID)), Sequence: ph.Version, Changed: midnight(ph.TrialOn), Day: ph.TrialOn, Title: t.Say("feed.trial", "phase", name), Text: either(t, p.Title, p.TitleEN), URL: "/rollout"},
				ics.Event{UID: eventUID("official", string(ph.ID)), Sequence: ph.Version, Changed: midnight(ph.OfficialOn), Day: ph.OfficialOn, Title: t.Say("feed.official", "phase", name), Text: either(t, p.Title, p.TitleEN), URL: "/rollout"})
		}
	}
	return out, nil
}

// midnight is when a stored day begins; the zero moment of what is no day.
func midnight(day string) time.Time {
	at, err := clock.ParseDate(day)
	if err != nil {
		return time.Time{}
	}
	return at
}

// either is the text in the reader's language, where there is one.
func either(t i18n.T, vi, en string) string {
	if t.Lang == i18n.EN && en != "" {
		return en
	}
	return vi
}

// classDays are the classes that a person may see and that take place.
func (h *House) classDays(ctx context.Context, t i18n.T, who access.Actor, from, until string) ([]ics.Event, error) {
	all, err := h.Training.Classes(ctx, who, from, until, "")
	var out []ics.Event
	for _, c := range all {
		if c.State == training.CalledOff {
			continue
		}
		out = append(out, ics.Event{UID: eventUID("class", string(c.ID)), Sequence: c.Version, Changed: c.MadeAt, At: c.StartsAt, Until: c.EndsAt,
			Title: t.Say("feed.class", "title", either(t, c.Title, c.TitleEN)), Text: c.Code, Place: c.Room, URL: training.Home + "/classes/" + string(c.ID)})
	}
	return out, err
}

// comingReports is how many coming runs of one schedule a calendar shows.
const comingReports = 10

// reportDays are the next moments at which reports of a person's units are made.
func (h *House) reportDays(ctx context.Context, t i18n.T, who access.Actor, _, _ string) ([]ics.Event, error) {
	all, err := h.Reports.Schedules(ctx, who)
	if err != nil {
		return nil, err
	}
	now := h.Business.Now()
	tree, err := h.Units.Tree(ctx, now)
	if err != nil {
		return nil, err
	}
	title, err := h.Reports.Titles(ctx, t)
	if err != nil {
		return nil, err
	}
	var out []ics.Event
	for _, sc := range all {
		spec, err := cronspec.Parse(sc.Spec)
		if err != nil || !sc.Enabled {
			continue
		}
		for _, at := range spec.Preview(now, comingReports) {
			out = append(out, ics.Event{UID: eventUID("report", string(sc.ID)+"-"+at.UTC().Format("20060102T1504")), Sequence: sc.Version, Changed: sc.ChangedAt, At: at, Until: at.Add(15 * time.Minute),
				Title: t.Say("feed.report", "title", title(sc.Definition), "where", tree.Name(sc.Cut)), URL: "/reports"})
		}
	}
	return out, nil
}

// directiveDays are the due days of the conclusions that a person has to carry out.
func (h *House) directiveDays(ctx context.Context, t i18n.T, who access.Actor, _, _ string) ([]ics.Event, error) {
	mine, err := h.Watch.Directives.List(ctx, who, directive.Filter{Mine: true}, page.Request{Limit: page.Max})
	var out []ics.Event
	for _, d := range mine.Items {
		if d.DueAt == nil || !d.State.Pending() {
			continue
		}
		out = append(out, ics.Event{UID: eventUID("directive", string(d.ID)), Sequence: d.Version, Changed: d.MadeAt, Day: clock.Date(*d.DueAt), Title: t.Say("feed.directive", "code", d.Code), Text: d.Text, URL: d.Path()})
	}
	return out, err
}
