package app

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"lotrinh/helpdesk/hotline"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/intake"
	"lotrinh/inventory/readiness"
	"lotrinh/reports/directive"
	"lotrinh/reports/metric"
	"lotrinh/rollout"
	"lotrinh/rollout/training"
)

// moments are a row's unit and the moments and marks that metrics are told of.
type moments struct {
	Unit    string     `bun:"unit"`
	A       *time.Time `bun:"a"`
	B       *time.Time `bun:"b"`
	State   string     `bun:"state"`
	N       int64      `bun:"n"`
	EndedOn string     `bun:"ended_on"`
}

// rest is the rows of everything that is neither a ticket nor a dossier.
type rest struct {
	gaps       []inventory.Gap
	calls      []hotline.Call
	directives []directive.Directive
	people     []training.Person
	seats      []training.Seat
	courses    []training.Course
	senders    []intake.Sender
	ready      []inventory.Readiness
	accounts   []moments
	messages   []moments
	answers    []moments
	lines      []moments
}

func (s *street) restByHand() (x rest) {
	s.t.Helper()
	for _, rows := range []any{&x.gaps, &x.calls, &x.directives, &x.people, &x.seats, &x.courses, &x.senders, &x.ready} {
		must(s.t, s.DB.Read().NewSelect().Model(rows).Scan(s.t.Context()))
	}
	for query, rows := range map[string]*[]moments{
		"SELECT unit, issued_at AS a, active_at AS b, ended_on FROM issue_request":                                           &x.accounts,
		"SELECT unit, sent_at AS a, result_at AS b, state, expects AS n FROM exchange_message":                               &x.messages,
		"SELECT unit, answered_at AS a, score AS n FROM desk_survey":                                                         &x.answers,
		"SELECT ass.unit, l.health AS state, ass.state AS ended_on FROM wan_line AS l JOIN asset AS ass ON ass.id = l.asset": &x.lines,
	} {
		must(s.t, s.DB.Read().NewRaw(query).Scan(s.t.Context(), rows))
	}
	return x
}

// todayOnly are the metrics of which days gone by cannot be counted again: they are told while
// the day runs and kept.
var todayOnly = []metric.Key{"readiness.met", "readiness.unmet", "readiness.unknown", "training.listed", "training.trained", "agents.machines", "agents.silent", "lines.measured", "lines.good"}

// byThemselves are the metrics that are one figure of the city: their own packages prove them.
var byThemselves = []metric.Key{"rollout.spi_t", "rollout.forecast_day"}

// restOf counts a day for everything in a unit.
func (h hand) restOf(unit, day string, under []string, end time.Time) map[metric.Key]int64 {
	from, err := clock.ParseDate(day)
	must(h.t, err)
	out := map[metric.Key]int64{}
	add := func(k metric.Key, of string, is bool) {
		if is && slices.Contains(under, of) {
			out[k]++
		}
	}
	on := func(at *time.Time) bool { return at != nil && !at.IsZero() && !at.Before(from) && at.Before(end) }
	by := func(at *time.Time) bool { return at != nil && !at.IsZero() && at.Before(end) }
	for _, g := range h.rest.gaps {
		open := g.ReportedAt.Before(end) && (g.Open || !g.MovedAt.Before(end))
		add("gaps.opened", g.Unit, on(&g.ReportedAt))
		add("gaps.closed", g.Unit, !g.Open && on(&g.MovedAt))
		add("gaps.open", g.Unit, open)
		add("gaps.late", g.Unit, open && by(&g.DueAt))
	}
	for _, a := range h.rest.accounts {
		here := by(a.A) && (a.EndedOn == "" || a.EndedOn > day)
		add("accounts.issued", a.Unit, here)
		add("accounts.activated", a.Unit, here && by(a.B))
	}
	for _, m := range h.rest.messages {
		add("exchange.sent", m.Unit, on(m.A))
		add("exchange.answered", m.Unit, on(m.B))
		add("exchange.waiting", m.Unit, m.N == 3 && by(m.A) && (m.B == nil && m.State == "sent" || m.B != nil && !m.B.Before(end)))
	}
	for _, a := range h.rest.answers {
		add("satisfaction.answers", a.Unit, on(a.A))
		add("satisfaction.good", a.Unit, on(a.A) && a.N >= 4)
	}
	for _, d := range h.rest.directives {
		open := by(&d.MadeAt) && (d.ClosedAt == nil || !d.ClosedAt.Before(end))
		add("directives.open", d.Unit, open)
		add("directives.late", d.Unit, open && by(d.DueAt))
	}
	for _, c := range h.rest.calls {
		in := c.Direction != hotline.Out && c.State != hotline.Rejected && clock.Date(c.BeganAt) == day && (c.Unit != "" || unit == "01")
		if in && (c.Unit == "" || slices.Contains(under, c.Unit)) {
			out["hotline.calls"]++
			if c.Reached() {
				out["hotline.answered"]++
			}
		}
	}
	h.stagesOf(out, day, under)
	h.todayOf(out, under, end)
	if unit == "01" {
		h.servicesOf(out, day)
	}
	return out
}

// stagesOf counts the communes of the programme from the board of the day.
func (h hand) stagesOf(out map[metric.Key]int64, day string, under []string) {
	b, err := h.Rollout.BoardOn(h.t.Context(), measurer, "KH198", day)
	must(h.t, err)
	plan := map[int]rollout.Phase{}
	for _, p := range b.Phases {
		plan[p.Ordinal] = p
	}
	for _, r := range b.Rows {
		if !slices.Contains(under, r.Unit) {
			continue
		}
		for k, is := range map[metric.Key]bool{"rollout.communes": true, "rollout.planned": plan[r.Phase].OfficialOn <= day, "rollout.trial": r.Stage == rollout.Trial, "rollout.official": r.Stage == rollout.Official,
			"rollout.declared": r.Declared, "rollout.verified": r.Verified, "rollout.held": plan[r.Phase].TrialOn <= day && r.Gate.Answer == rollout.Unmet} {
			if is {
				out[k]++
			}
		}
	}
}

// todayOf counts what is known of the running day alone.
func (h hand) todayOf(out map[metric.Key]int64, under []string, end time.Time) {
	verdict := map[string]readiness.Verdict{}
	for _, r := range h.rest.ready {
		verdict[r.Unit] = r.Verdict
	}
	tree, err := h.Units.Tree(h.t.Context(), h.Business.Now())
	must(h.t, err)
	for _, u := range tree.Communes("") {
		if slices.Contains(under, u.Code) {
			out[readyKey(verdict[u.Code])]++
		}
	}
	counts := map[string]bool{}
	for _, c := range h.rest.courses {
		counts[string(c.ID)] = c.Counts
	}
	for _, p := range h.rest.people {
		if p.LeftOn != "" || !slices.Contains(under, p.Unit) {
			continue
		}
		out["training.listed"]++
		if slices.ContainsFunc(h.rest.seats, func(s training.Seat) bool {
			return s.Person == p.ID && !s.DoneAt.IsZero() && counts[string(s.Course)]
		}) {
			out["training.trained"]++
		}
	}
	for _, x := range h.rest.senders {
		switch {
		case x.File || x.AsideAt != nil || x.GoodAt == nil || !slices.Contains(under, x.Unit):
		case x.GoodAt.Before(end.AddDate(0, 0, -h.Inventory.Intake.Silent)):
			out["agents.silent"]++
		default:
			out["agents.machines"]++
		}
	}
	measured, good := map[string]bool{}, map[string]bool{}
	for _, l := range h.rest.lines {
		if l.State == "unknown" || l.EndedOn == string(inventory.Retired) || l.EndedOn == string(inventory.Planned) || !slices.Contains(under, l.Unit) {
			continue
		}
		measured[l.Unit] = true
		if l.State == "fine" {
			good[l.Unit] = true
		}
	}
	out["lines.measured"], out["lines.good"] = int64(len(measured)), int64(len(good))
}

// servicesOf counts the essential services by their newest published count of a day.
func (h hand) servicesOf(out map[metric.Key]int64, day string) {
	all, err := h.Services.Essentials(h.t.Context(), measurer)
	must(h.t, err)
	for _, x := range all {
		out["services.essential"]++
		newest := -1
		for i, c := range x.Counts {
			if c.AsOf <= day && (newest < 0 || c.AsOf > x.Counts[newest].AsOf) {
				newest = i
			}
		}
		if newest >= 0 && (x.Counts[newest].Done >= x.Counts[newest].Total || slices.Contains(x.Counts[newest].Places, "01")) {
			out["services.offered"]++
		}
	}
}

// busy does things of other areas: gaps come and go, conclusions are written down.
func (s *street) busy(rnd *rand.Rand, round int) {
	s.t.Helper()
	ctx := s.t.Context()
	for range 2 + rnd.IntN(3) {
		g, err := s.Inventory.ReportGap(ctx, s.actor("coordinator"), inventory.GapForm{Unit: hereUnit, Kind: string(inventory.BrokenGap), What: string(inventory.Scanner), Quantity: "1"})
		must(s.t, err)
		if rnd.IntN(2) == 0 {
			_, err = s.Inventory.MoveGap(ctx, s.actor("coordinator"), g.ID, g.Version, inventory.Declined, "Báo nhầm")
			must(s.t, err)
		}
	}
	_, err := s.Watch.Directives.Write(ctx, s.actor("leadership"), directive.Head{ConcludedBy: "Phó Chủ tịch"},
		[]directive.Row{{Text: fmt.Sprintf("Việc thứ %d", round), Unit: hereDistrict, Post: string(org.DistrictCoordinator), Due: strconv.Itoa(1 + rnd.IntN(3))}})
	must(s.t, err)
}
