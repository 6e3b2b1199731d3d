package app

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
	"lotrinh/reports"
	"lotrinh/rollout"
)

// standsAt is what reports are told of a part of the city, as of a moment; zero is now.
type standsAt struct {
	Progress reports.Progress
	Gaps     reports.Gaps
	Tickets  reports.Tickets
}

func (s *street) stands(unit string, at time.Time) (x standsAt) {
	s.t.Helper()
	ask, ctx := reports.Ask{Who: access.System("reports"), Unit: unit, At: at}, s.t.Context()
	from := s.Business.Now().AddDate(0, 0, -7)
	var err error
	x.Progress, err = told{s.House}.Progress(ctx, ask, "KH198")
	must(s.t, err)
	x.Gaps, err = told{s.House}.Gaps(ctx, ask)
	must(s.t, err)
	x.Tickets, err = told{s.House}.Tickets(ctx, ask, from, from.AddDate(0, 0, 1))
	must(s.t, err)
	x.Progress.At = time.Time{}
	return x
}

// stir moves what reports tell of: a gap and a ticket end, another of each begins, a dossier is
// finished, and a commune is said to be worse.
func (s *street) stir() {
	s.t.Helper()
	ctx := s.t.Context()
	var gaps []inventory.Gap
	must(s.t, s.DB.Read().NewSelect().Model(&gaps).Where("g.open").Where("g.unit = ?", hereUnit).Limit(1).Scan(ctx))
	for _, g := range gaps {
		_, err := s.Inventory.MoveGap(ctx, s.actor("coordinator"), g.ID, g.Version, inventory.Declined, "Không còn cần")
		must(s.t, err)
	}
	_, err := s.Inventory.ReportGap(ctx, s.actor("coordinator"), inventory.GapForm{Unit: hereUnit, Kind: string(inventory.Lacking), What: string(inventory.Scanner), Quantity: "1"})
	must(s.t, err)
	var tickets []helpdesk.Ticket
	must(s.t, s.DB.Read().NewSelect().Model(&tickets).Where("ti.phase = 'work'").Where("ti.merged_into = ''").Order("ti.seq").Limit(2).Scan(ctx))
	for _, x := range tickets {
		_, err := s.Desk.Resolve(ctx, s.actor("agent"), x.ID, helpdesk.Words{Body: "Đã xong"})
		must(s.t, err)
	}
	_, err = s.Desk.Open(ctx, s.actor("officer"), helpdesk.Draft{Unit: hereUnit, Title: "Máy quét", Body: "Máy quét không nhận.", Service: helpdesk.Device, Impact: 2, Urgency: 2, Source: "web"})
	must(s.t, err)
	s.proved(rollout.Unmet, time.Time{})
}

// proved records what was measured of a commune's line, at a moment gone by or now.
func (s *street) proved(answer rollout.Answer, at time.Time) {
	s.t.Helper()
	must(s.t, s.Rollout.Verify(s.t.Context(), s.actor("planner"), rollout.EvidenceInput{Programme: "KH198", Units: []string{hereUnit}, Criterion: "test-dossier", Answer: answer,
		Source: rollout.Sources[0], Note: "đo lại", ObservedAt: at}))
}

// TestAnotherEditionListsWhatWasRecordedLaterAndNotWhatMovedOn makes a report of a day, lets
// everything move on, and asks what another edition would list; then a fact of that day comes in.
func TestAnotherEditionListsWhatWasRecordedLaterAndNotWhatMovedOn(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		ctx := t.Context()
		s.offered("invariants", bookProcedure)
		c := &caller{s, map[string][]string{}}
		id := c.filed("e1", "Người Thứ Nhất", "1990-01-02", "", false)
		s.moved(id, dossier.Accept)
		s.Business.SetOffset(s.Business.Offset() + 9*time.Hour)
		seen, at := map[string]standsAt{}, s.Business.Now()
		for _, unit := range []string{"01", hereDistrict} {
			seen[unit] = s.stands(unit, time.Time{})
		}
		must(t, s.Measures.Tend(ctx))
		s.Business.SetOffset(s.Business.Offset() + clockTo(s, 1, 7, 30))
		must(t, s.Measures.Tend(ctx))
		sc, err := s.Reports.AddSchedule(ctx, s.actor("planner"), reports.ScheduleForm{Definition: "daily-campaign", Programme: "KH198", Cut: "01", Spec: "40 7 * * *", CatchUp: "1", Enabled: true})
		must(t, err)
		s.Business.SetOffset(s.Business.Offset() + 20*time.Minute)
		_, err = s.Reports.RunDue(ctx)
		must(t, err)
		run := ident.ID(s.one("SELECT id FROM report_run WHERE schedule = ?", sc.ID))
		s.moved(id, dossier.HandOver)
		for range 2 {
			s.stir()
			s.Business.SetOffset(s.Business.Offset() + 26*time.Hour)
			must(t, s.Measures.Tend(ctx))
		}
		for unit, was := range seen {
			was.Tickets.Opened = 0
			is := s.stands(unit, at)
			is.Tickets.Opened = 0
			for name, pair := range map[string][2]any{"progress": {was.Progress.Total, is.Progress.Total}, "districts": {was.Progress.Districts, is.Progress.Districts},
				"tiles": {was.Progress.Tiles, is.Progress.Tiles}, "held": {was.Progress.Held, is.Progress.Held}, "gaps": {was.Gaps, is.Gaps}, "tickets": {was.Tickets, is.Tickets}} {
				if !reflect.DeepEqual(pair[0], pair[1]) {
					t.Errorf("%s of %s stood as\n%+v\nand is now said to have stood as\n%+v", name, unit, pair[0], pair[1])
				}
			}
		}
		would := func() (all []string) {
			changes, err := s.Reports.Differences(ctx, s.actor("planner"), run)
			must(t, err)
			for _, x := range changes {
				all = append(all, x.Say(s.Words.In(i18n.VI)))
			}
			return all
		}
		if all := would(); len(all) != 0 {
			t.Errorf("another edition would list what moved on: %q", all)
		}
		day, err := clock.ParseDate("2016-11-10")
		must(t, err)
		s.proved(rollout.Unmet, day.Add(17*time.Hour))
		must(t, s.Measures.Tend(ctx))
		if all := would(); len(all) == 0 || !slices.ContainsFunc(all, func(x string) bool { return strings.Contains(x, "kiểm chứng") }) {
			t.Errorf("a fact of the day that came in later changes %q", all)
		}
	})
}

// clockTo is how long it is until an hour of a day to come.
func clockTo(s *street, days, hour, minute int) time.Duration {
	now := s.Business.Now().In(clock.City)
	return time.Date(now.Year(), now.Month(), now.Day()+days, hour, minute, 0, 0, clock.City).Sub(now)
}
