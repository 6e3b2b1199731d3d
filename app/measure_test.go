package app

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/helpdesk"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports/metric"
	"lotrinh/rollout"
)

// hand counts figures of days by hand: from all rows, in Go, with no index and no store.
type hand struct {
	*street
	tickets  []helpdesk.Ticket
	dossiers []dossier.Dossier
	over     map[ident.ID]time.Time // when a dossier was stopped or withdrawn
	rest     rest
}

func (s *street) byHand() hand {
	s.t.Helper()
	h := hand{street: s, over: map[ident.ID]time.Time{}, rest: s.restByHand()}
	must(s.t, s.DB.Read().NewSelect().Model(&h.tickets).Scan(s.t.Context()))
	must(s.t, s.DB.Read().NewSelect().Model(&h.dossiers).Scan(s.t.Context()))
	var steps []dossier.Step
	must(s.t, s.DB.Read().NewSelect().Model(&steps).Where("ds.act IN ('stop', 'withdraw')").Scan(s.t.Context()))
	for _, st := range steps {
		h.over[st.Dossier] = st.At
	}
	return h
}

// of counts a day for everything in a unit.
func (h hand) of(unit, day string) map[metric.Key]int64 {
	from, err := clock.ParseDate(day)
	must(h.t, err)
	_, end := clock.Day(from)
	if now := h.Business.Now(); end.After(now) {
		end = now
	}
	tree, err := h.Units.On(h.t.Context(), day)
	must(h.t, err)
	under := tree.Under(unit)
	out := h.restOf(unit, day, under, end)
	on := func(at time.Time) bool { return !at.IsZero() && !at.Before(from) && at.Before(end) }
	add := func(k metric.Key, is bool) {
		if is {
			out[k]++
		}
	}
	for _, t := range h.tickets {
		if !slices.Contains(under, t.Unit) {
			continue
		}
		done := cmp.Or(t.ResolvedAt, t.ClosedAt)
		open := t.OpenedAt.Before(end) && (t.Phase != helpdesk.Done || done != nil && !done.Before(end))
		add("tickets.opened", on(t.OpenedAt))
		add("tickets.resolved", t.ResolvedAt != nil && on(*t.ResolvedAt))
		add("tickets.in_time", t.ResolvedAt != nil && on(*t.ResolvedAt) && (t.ResolveDue == nil || t.ResolveDue.Sub(*t.ResolvedAt) > -time.Second))
		add("tickets.open", open)
	}
	stood, err := h.Desk.StoodAt(h.t.Context(), measurer, end.Add(-time.Microsecond), 0) // what it says is proved in its package
	must(h.t, err)
	for unit, n := range stood.Loads {
		if slices.Contains(under, unit) {
			out["tickets.late"] += n.Late
		}
	}
	for _, d := range h.dossiers {
		if d.Practice || !slices.Contains(under, d.Unit) {
			continue
		}
		add("dossiers.filed", on(d.SubmittedAt))
		add("dossiers.online", on(d.SubmittedAt) && d.Channel.FromHome())
		add("dossiers.accepted", on(d.AcceptedAt))
		add("dossiers.finished", on(d.FinishedAt))
		add("dossiers.finished_late", on(d.FinishedAt) && d.Late(end))
		over := cmp.Or(d.FinishedAt, h.over[d.ID])
		work := !d.AcceptedAt.IsZero() && d.AcceptedAt.Before(end) && (over.IsZero() || !over.Before(end))
		add("dossiers.open", work)
		add("dossiers.open_late", work && !d.DueAt.IsZero() && d.DueAt.Before(end))
	}
	return out
}

// same compares what is kept of days with counting by hand, for the city, a district and a
// commune.
func (h hand) same(days ...string) {
	h.t.Helper()
	var keys []metric.Key
	for _, m := range metric.All {
		if !slices.Contains(byThemselves, m.Key) {
			keys = append(keys, m.Key)
		}
	}
	today := clock.Date(h.Business.Now())
	units := []string{"01", hereDistrict, thereDistrict, hereUnit}
	for _, day := range days {
		got, err := h.Measures.Values(h.t.Context(), h.actor("leadership"), metric.Ask{Metrics: keys, Units: units, Span: metric.Span{From: day, Until: day}})
		must(h.t, err)
		for _, unit := range units {
			want := h.of(unit, day)
			for _, k := range metric.Base(keys...) {
				if day != today && slices.Contains(todayOnly, k) {
					continue
				}
				if m, _ := metric.Find(k); m.Grain == metric.ByCity && unit != "01" {
					continue
				}
				if v := got.At(k, unit); !v.Known || v.N != want[k] {
					h.t.Errorf("%s of %s on %s: %+v, by hand %d", k, unit, day, v, want[k])
				}
			}
		}
	}
}

// curves compares the communes of the rollout with the curve of the programme.
func (s *street) curves(from, until string) {
	s.t.Helper()
	code, err := s.mainProgramme(s.t.Context())
	must(s.t, err)
	who := s.actor("planner")
	all, err := s.Rollout.Curve(s.t.Context(), who, code, rollout.Any, from, until)
	must(s.t, err)
	some, err := s.Rollout.DistrictCurve(s.t.Context(), who, code, hereDistrict, from, until)
	must(s.t, err)
	for unit, points := range map[string][]rollout.Point{"01": all, hereDistrict: some} {
		for _, p := range points {
			got, err := s.Measures.Values(s.t.Context(), who, metric.Ask{Metrics: []metric.Key{"rollout.official", "rollout.declared", "rollout.verified", "rollout.planned"},
				Units: []string{unit}, Span: metric.Span{From: p.Day, Until: p.Day}})
			must(s.t, err)
			for k, n := range map[metric.Key]int{"rollout.official": p.Official, "rollout.declared": p.Declared, "rollout.verified": p.Verified, "rollout.planned": p.Planned} {
				if v := got.At(k, unit); !v.Known || v.N != int64(n) {
					s.t.Errorf("%s of %s on %s: %+v, the curve says %d", k, unit, p.Day, v, n)
				}
			}
		}
	}
}

// TestFiguresOfDaysAreWhatCountingByHandSays counts the demo's days, does things of its own
// by chance on some days more, and compares all of it with counting by hand and with
// counting again.
func TestFiguresOfDaysAreWhatCountingByHandSays(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		ctx := t.Context()
		s.offered("invariants", bookProcedure)
		rnd := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a test's dice
		c := &caller{s, map[string][]string{}}
		var tickets []ident.ID
		for i := range 3 {
			for n := range 4 {
				x, err := s.Desk.Open(ctx, s.actor("officer"), helpdesk.Draft{Unit: hereUnit, Title: "Máy quét", Body: "Máy quét không nhận.", Service: helpdesk.Categories[rnd.IntN(5)], Impact: 1 + rnd.IntN(3), Urgency: 2, Source: "web"})
				must(t, err)
				tickets = append(tickets, x.ID)
				id := c.filed(fmt.Sprint("m", i, n), fmt.Sprint("Người Thứ ", i, n), "1990-01-02", "", false)
				if rnd.IntN(3) > 0 {
					s.moved(id, dossier.Accept)
				}
				if rnd.IntN(3) == 0 {
					s.moved(id, dossier.Withdraw)
				}
				if len(tickets) > 1 && rnd.IntN(2) == 0 {
					_, err := s.Desk.Resolve(ctx, s.actor("agent"), tickets[0], helpdesk.Words{Body: "Đã xong"})
					must(t, err)
					tickets = tickets[1:]
				}
			}
			s.busy(rnd, i)
			must(t, s.Measures.Tend(ctx))
			s.Business.SetOffset(s.Business.Offset() + time.Duration(12+rnd.IntN(40))*time.Hour)
		}
		must(t, s.Measures.Tend(ctx))
		today := s.Business.Now()
		var days []string
		for n := 20; n >= 1; n-- {
			days = append(days, clock.Date(today.AddDate(0, 0, -n)))
		}
		must(t, s.Measures.Tend(ctx))
		s.byHand().same(append(days, clock.Date(today))...)
		s.curves(days[0], days[len(days)-1])
		wrong, err := s.Measures.Rebuild(ctx, days[0], days[len(days)-1])
		must(t, err)
		if len(wrong) != 0 {
			t.Errorf("counted again: %+v", wrong)
		}
	})
}
