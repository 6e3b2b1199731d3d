package reports

import (
	"context"
	"maps"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/reports/define"
	"lotrinh/reports/metric"
	"lotrinh/reports/period"
)

// Lists tells the entries of lists that are no part of the programme's progress:
// difficulties and directives, what is due first standing first. Entries name no person.
type Lists interface {
	List(ctx context.Context, a Ask, list string, p Period, most int) (define.Listed, error)
}

// fill reads what the definition needs into the figures and freezes its text with them.
func (s *Service) fill(ctx context.Context, who access.Actor, programme string, d Definition, f *Figures) error {
	f.Definition, f.Version, f.Form, f.FormHash = d.Key, d.Version, d.Text, d.Hash
	need := d.Need()
	fr, err := s.spans(ctx, programme, f.Period)
	if err != nil {
		return err
	}
	fr.Unit = f.Cut.Code
	units := []string{fr.Unit}
	if need.Districts {
		for _, one := range f.Progress.rolled() {
			fr.Districts = append(fr.Districts, define.Unit{Code: one.Code, Name: one.Name, Href: one.Href})
			units = append(units, one.Code)
		}
	}
	if need.Communes {
		live := f.Progress.rolledCodes()
		for _, one := range f.Progress.Tiles {
			if live[one.District] {
				fr.Communes = append(fr.Communes, define.Unit{Code: one.Unit, Name: one.Name, Href: one.Href})
				units = append(units, one.Unit)
			}
		}
	}
	if err := s.measure(ctx, who, need, units, &fr); err != nil {
		return err
	}
	if err := s.lists(ctx, Ask{Who: who, Unit: fr.Unit, At: f.AsOf}, need, f.Period, &fr); err != nil {
		return err
	}
	f.Frame = &fr
	return nil
}

// lists reads the lists that are needed and stand nowhere else in the figures.
func (s *Service) lists(ctx context.Context, a Ask, need define.Need, p Period, fr *define.Frame) error {
	for _, name := range need.Lists {
		var l define.Listed
		var err error
		switch {
		case ownLists[name] != nil || name != define.Directives && s.near.Lists == nil || name == define.Directives && s.near.Directives == nil:
			continue
		case name == define.Directives:
			l, err = s.directives(ctx, a, p)
		default:
			l, err = s.near.Lists.List(ctx, a, name, p, define.Most)
		}
		if err != nil {
			return err
		}
		fr.Lists[name] = l
	}
	return nil
}

// directives are the conclusions that are followed, the open ones first, and those that
// were closed in the period.
func (s *Service) directives(ctx context.Context, a Ask, p Period) (define.Listed, error) {
	f, err := s.near.Directives.Followed(ctx, a, p.From, p.Until)
	l := define.Listed{Total: f.OpenN + f.ClosedN}
	for _, c := range append(f.Open, f.Closed...) {
		state := i18n.L("directive.state." + c.State)
		if c.Late {
			state = i18n.L("reports.late")
		}
		e := define.Entry{Code: c.Code, Unit: c.Unit, Place: c.Name, Owner: c.Name, What: c.Text, State: &state, Due: dayOf(c.DueDay), Done: dayOf(c.Closed), Late: c.Late, Href: c.Href}
		if c.Doc != "" {
			e.Code = c.Doc
		}
		l.Entries = append(l.Entries, e)
	}
	return l, err
}

// spans are the days of a period, of the one before and of the one to come. A running
// period is told beside the whole one before it.
func (s *Service) spans(ctx context.Context, programme string, p Period) (define.Frame, error) {
	cal, err := s.Calendar(ctx, programme)
	if err != nil {
		return define.Frame{}, err
	}
	fr := define.Frame{Span: daysOf(p), Now: metric.Table{}, Before: metric.Table{}, Lists: map[string]define.Listed{}}
	if b, ok := cal.Before(p); ok {
		fr.Past = daysOf(b)
	}
	if a, ok := cal.After(p); ok {
		fr.Next = daysOf(a)
	}
	return fr, nil
}

func daysOf(p period.Period) metric.Span {
	return metric.Span{From: clock.Date(p.From), Until: p.LastDay()}
}

// trendDays is how many days before the end of a period a line begins.
const trendDays = 92

// measure reads the metrics that are needed. Nobody to ask leaves all of them unknown.
func (s *Service) measure(ctx context.Context, who access.Actor, need define.Need, units []string, fr *define.Frame) error {
	m := s.near.Measures
	if m == nil {
		return nil
	}
	var err error
	if len(need.Now) > 0 {
		if fr.Now, err = m.Values(ctx, who, metric.Ask{Metrics: need.Now, Units: units, Span: fr.Span}); err != nil {
			return err
		}
	}
	if len(need.Before) > 0 && fr.Past.Until != "" {
		if fr.Before, err = m.Values(ctx, who, metric.Ask{Metrics: need.Before, Units: units, Span: fr.Past}); err != nil {
			return err
		}
	}
	if len(need.Series) > 0 {
		from := dayOf(fr.Span.Until).AddDate(0, 0, -trendDays)
		span := metric.Span{From: min(clock.Date(from), fr.Span.From), Until: fr.Span.Until}
		fr.Series, err = m.Series(ctx, who, metric.Ask{Metrics: need.Series, Units: units, Span: span})
	}
	return err
}

// frame is the frozen frame with the lists that stand in the figures of the programme,
// the equipment and the help desk.
func (f Figures) frame() define.Frame {
	fr := define.Frame{Unit: f.Cut.Code}
	if f.Frame != nil {
		fr = *f.Frame
	}
	fr.Lists = maps.Clone(fr.Lists)
	if fr.Lists == nil {
		fr.Lists = map[string]define.Listed{}
	}
	for name, list := range ownLists {
		fr.Lists[name] = list(f)
	}
	return fr
}

// ownLists are the lists that the figures hold already.
var ownLists = map[string]func(Figures) define.Listed{
	define.Held: heldList, define.Gaps: gapList, define.Tickets: ticketList, define.Milestones: milestoneList, define.Waves: waveList,
}

func heldList(f Figures) define.Listed {
	l := define.Listed{Total: len(f.Progress.Held)}
	for _, h := range f.Progress.Held {
		state := i18n.L("reports.answer." + h.Answer)
		l.Entries = append(l.Entries, define.Entry{Unit: h.Unit, Place: h.Name, District: h.DistrictName, Why: h.Reasons, State: &state, Href: h.Href})
	}
	return l
}

func gapList(f Figures) define.Listed { return late(f.Gaps.Late, f.Gaps.Oldest) }

func ticketList(f Figures) define.Listed { return late(f.Tickets.Late, f.Tickets.Overdue) }

func late(total int, items []Item) define.Listed {
	l := define.Listed{Total: total}
	for _, i := range items {
		if i.Late {
			l.Entries = append(l.Entries, define.Entry{Code: i.Code, Unit: i.Unit, Place: i.Name, Line: &i.What, Since: i.Since, Due: i.Due, Late: true, Href: i.Href})
		}
	}
	return l
}

// milestoneList is what is late or comes before the end of the period to come.
func milestoneList(f Figures) define.Listed {
	today, horizon := clock.Date(f.Stood()), clock.Date(f.Stood().Add(ahead))
	if f.Frame != nil && f.Frame.Next.Until > horizon {
		horizon = f.Frame.Next.Until
	}
	var l define.Listed
	for _, m := range f.Progress.Milestones {
		if m.ActualOn != "" || m.PlannedOn > horizon {
			continue
		}
		state, isLate := i18n.L("reports.milestone.coming"), m.PlannedOn < today
		if isLate {
			state = i18n.L("reports.milestone.late", "n", int64(dayOf(today).Sub(dayOf(m.PlannedOn))/(24*time.Hour)))
		}
		l.Entries = append(l.Entries, define.Entry{What: m.Title, WhatEN: m.TitleEN, Due: dayOf(m.PlannedOn), Late: isLate, State: &state})
	}
	l.Total = len(l.Entries)
	return l
}

// waveList is the phases whose trial or official day lies in the period to come.
func waveList(f Figures) define.Listed {
	var l define.Listed
	if f.Frame == nil {
		return l
	}
	next := f.Frame.Next
	in := func(day string) bool { return day >= next.From && day <= next.Until && day != "" }
	for _, ph := range f.Progress.Phases {
		if !ph.Live && (in(ph.TrialOn) || in(ph.OfficialOn)) {
			l.Entries = append(l.Entries, define.Entry{What: ph.Name, WhatEN: ph.NameEN, Since: dayOf(ph.TrialOn), Due: dayOf(ph.OfficialOn), Count: int64(ph.Total)})
		}
	}
	l.Total = len(l.Entries)
	return l
}

// rolledCodes are the districts of the rollout.
func (p Progress) rolledCodes() map[string]bool {
	all := map[string]bool{}
	for _, d := range p.rolled() {
		all[d.Code] = true
	}
	return all
}
