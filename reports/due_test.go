package reports

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit/fault"
)

func TestOnMondayMorningTheReportOfLastWeekIsMadeOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly()
		h.at.Set(hanoi(2016, 11, 14, 7, 29))
		h.due(0)
		h.at.Set(hanoi(2016, 11, 14, 7, 30))
		h.due(1)
		h.due(0)
		h.at.Set(hanoi(2016, 11, 14, 23, 0))
		h.due(0)
		runs := h.runs()
		if len(runs) != 1 || runs[0].State != Rendered || runs[0].Kind != Scheduled || runs[0].PeriodKey != "2016-W45" {
			t.Fatalf("runs: %+v", runs)
		}
		p := runs[0].Period()
		if !p.From.Equal(hanoi(2016, 11, 7, 0, 0)) || !p.Until.Equal(hanoi(2016, 11, 14, 0, 0)) || p.LastDay() != "2016-11-13" {
			t.Errorf("the period is %v", p)
		}
		if n := h.count("outbox_event WHERE topic = 'reports.run.finished'"); n != 1 {
			t.Errorf("%d events, want 1", n)
		}
		h.at.Set(hanoi(2016, 11, 21, 7, 30))
		h.due(1)
	})
}

func TestMissedMondaysAreMadeUp(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly()
		h.at.Set(hanoi(2016, 11, 30, 9, 0))
		h.due(3)
		var keys []string
		for _, r := range h.runs() {
			keys = append(keys, r.PeriodKey)
			if r.Kind != MadeUp {
				t.Errorf("%s is %s", r.PeriodKey, r.Kind)
			}
			f, err := h.snapshot(r.ID).Figures()
			if err != nil || f.Period.Key != r.PeriodKey || !f.ReadAt.Equal(h.at.Now()) || !f.NominalAt.Equal(r.NominalAt) {
				t.Errorf("figures of %s: %v %+v", r.PeriodKey, err, f.Period)
			}
		}
		if len(keys) != 3 || keys[0] != "2016-W45" || keys[2] != "2016-W47" {
			t.Errorf("periods %v", keys)
		}
		h.due(0)
	})
}

func TestOnlyTheLatestMissedPeriodsAreMadeUp(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly(func(f *ScheduleForm) { f.CatchUp = "1" })
		h.at.Set(hanoi(2018, 3, 1, 9, 0))
		h.due(2)
		if runs := h.runs(); runs[0].PeriodKey != "2018-W07" || runs[1].PeriodKey != "2018-W08" {
			t.Errorf("periods %s, %s", runs[0].PeriodKey, runs[1].PeriodKey)
		}
	})
}

func TestTwoProcessesMakeAReportOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly()
		h.at.Set(hanoi(2016, 11, 14, 7, 30))
		made := make([]int, 4)
		var all sync.WaitGroup
		for i := range made {
			s := h.twin()
			all.Go(func() {
				n, err := s.RunDue(context.Background())
				if err != nil {
					t.Error(err)
				}
				made[i] = n
			})
		}
		all.Wait()
		if made[0]+made[1]+made[2]+made[3] != 1 || h.count("report_snapshot") != 1 || h.count("report_run") != 1 {
			t.Errorf("made %v, %d snapshots", made, h.count("report_snapshot"))
		}
	})
}

func TestAReportWhoseProcessDiedIsMadeOnceByAnother(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly()
		h.at.Set(hanoi(2016, 11, 14, 7, 30))
		ctx, die := context.WithCancel(t.Context())
		h.town.on = die // the process ends while it reads the figures
		if _, err := h.RunDue(ctx); !errors.Is(err, context.Canceled) && !fault.Is(err, fault.Unavailable) {
			t.Fatalf("a dying process says %v", err)
		}
		h.town.on = nil
		if r := h.runs()[0]; r.State != Rendering {
			t.Fatalf("the run is %s", r.State)
		}
		h.due(0) // the lease still holds
		h.machine.Move(lease + time.Second)
		h.due(1)
		if r := h.runs()[0]; r.State != Rendered || r.Attempts != 2 || h.count("report_snapshot") != 1 || h.count("outbox_event WHERE topic = 'reports.run.finished'") != 1 {
			t.Errorf("run %+v", r)
		}
	})
}

func TestWhoWasTakenOverHasNoSay(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly()
		h.at.Set(hanoi(2016, 11, 14, 7, 30))
		other := h.twin()
		h.town.on = func() { // a long silence, during which another makes the report
			h.town.on = nil
			h.machine.Move(lease + time.Second)
			if n, err := other.RunDue(context.Background()); n != 1 || err != nil {
				t.Errorf("the other made %d (%v)", n, err)
			}
		}
		if _, err := h.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if h.count("report_snapshot") != 1 || h.count("outbox_event WHERE topic = 'reports.run.finished'") != 1 || h.runs()[0].State != Rendered {
			t.Errorf("%d snapshots", h.count("report_snapshot"))
		}
	})
}

func TestAFailingReportIsTriedAgainAndThenGivenUpWithItsReason(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly()
		h.at.Set(hanoi(2016, 11, 14, 7, 30))
		h.town.broken = fault.New(fault.Unavailable, "fault.unavailable")
		for range tries {
			if _, err := h.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.machine.Move(time.Hour)
		}
		r := h.runs()[0]
		if r.State != Failed || r.Attempts != tries || r.Trouble().Key != "fault.unavailable" || h.count("notice") != 1 {
			t.Fatalf("run %+v", r)
		}
		h.town.broken = nil
		if err := h.Retry(t.Context(), everywhere("leadership"), r.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("a reader retries: %v", err)
		}
		if err := h.Retry(t.Context(), everywhere("planner"), r.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.RunDue(t.Context()); err != nil || h.runs()[0].State != Rendered {
			t.Errorf("after the retry: %v %s", err, h.runs()[0].State)
		}
	})
}

func TestWhatWasOffIsNotMadeUp(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		sc := h.weekly(func(f *ScheduleForm) { f.Enabled = false })
		h.at.Set(hanoi(2016, 11, 30, 9, 0))
		h.due(0)
		on := ScheduleForm{Spec: sc.Spec, CatchUp: "8", Enabled: true}
		if _, err := h.ChangeSchedule(t.Context(), everywhere("planner"), sc.ID, sc.Version, on); err != nil {
			t.Fatal(err)
		}
		h.due(0)
		if _, err := h.ChangeSchedule(t.Context(), everywhere("planner"), sc.ID, sc.Version, on); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("a lost update: %v", err)
		}
		h.at.Set(hanoi(2016, 12, 5, 7, 30))
		h.due(1)
	})
}

func TestBadSchedulesAreRefusedWithTheirField(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		for spec, want := range map[string]string{
			"every monday": "cronspec.five_fields", "61 7 * * 1": "cronspec.bad_field", "0 0 31 2 *": "cronspec.never",
			"0 7 * * *": "reports.schedule.too_often", "": "cronspec.five_fields",
		} {
			_, err := h.AddSchedule(t.Context(), everywhere("planner"), ScheduleForm{Definition: Weekly, Programme: "KH198", Cut: city, Spec: spec, CatchUp: "99"})
			f := fault.Of(err)
			if f.Kind != fault.Invalid || len(f.Fields) != 2 || f.Fields[0].Key != want || f.Fields[1].Name != "catch_up" {
				t.Errorf("%q: %v", spec, err)
			}
		}
		h.weekly()
		_, err := h.AddSchedule(t.Context(), everywhere("planner"), ScheduleForm{Definition: Weekly, Programme: "KH198", Cut: city, Spec: "30 7 * * 1", CatchUp: "8"})
		if !fault.HasKey(err, "reports.schedule.exists") {
			t.Errorf("twice: %v", err)
		}
		_, err = h.AddSchedule(t.Context(), everywhere("planner"), ScheduleForm{Definition: Weekly, Programme: "X", Cut: "00526", Spec: "30 7 * * 1", CatchUp: "8"})
		if f := fault.Of(err); len(f.Fields) != 2 {
			t.Errorf("unknown programme, commune: %v", err)
		}
	})
}
