package reports

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit/fault"
)

func TestTwoProcessesMakeManyDueReportsEachOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		districts := []string{city, giaLam, baVi, "001", "002", "003", "004", "005"}
		for _, d := range districts {
			h.weekly(func(f *ScheduleForm) { f.Cut = d })
		}
		h.at.Set(hanoi(2016, 11, 14, 7, 30))
		two := []*Service{h.Service, h.twin()}
		made := make([]int, 6)
		var all sync.WaitGroup
		for i := range made {
			all.Go(func() {
				n, err := two[i%2].RunDue(context.Background())
				if err != nil {
					t.Error(err)
				}
				made[i] = n
			})
		}
		all.Wait()
		sum := 0
		for _, n := range made {
			sum += n
		}
		if n := len(districts); sum != n || h.count("report_run") != n || h.count("report_snapshot") != n || h.count("outbox_event WHERE topic = 'reports.run.finished'") != n {
			t.Errorf("made %v: %d runs, %d snapshots of %d", made, h.count("report_run"), h.count("report_snapshot"), n)
		}
		for _, r := range h.runs() {
			if r.State != Rendered || r.Attempts != 1 {
				t.Errorf("%s: %s after %d attempts", r.Cut, r.State, r.Attempts)
			}
		}
		h.due(0)
	})
}

func TestALongRenderingKeepsItsLease(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly()
		h.at.Set(hanoi(2016, 11, 14, 7, 30))
		beat := make(chan time.Time)
		h.pulse = func() (<-chan time.Time, func()) { return beat, func() {} }
		other := h.twin()
		h.town.on = func() { // three leases long, with a sign of life in each
			h.town.on = nil
			for range 6 {
				h.machine.Move(lease / 2)
				before := h.machine.Now()
				beat <- before
				beat <- before // taken only once the one before was written
				if n, err := other.RunDue(context.Background()); n != 0 || err != nil {
					t.Errorf("the other made %d (%v)", n, err)
				}
			}
		}
		h.due(1)
		if r := h.runs()[0]; r.State != Rendered || r.Attempts != 1 {
			t.Errorf("%+v", r)
		}
	})
}

func TestWhatIsCancelledWhileItIsMadeIsNotKept(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly()
		h.at.Set(hanoi(2016, 11, 14, 7, 30))
		h.town.on = func() {
			h.town.on = nil
			if err := h.Cancel(context.Background(), everywhere("planner"), h.runs()[0].ID); err != nil {
				t.Error(err)
			}
		}
		if _, err := h.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := h.runs()[0]
		if r.State != Cancelled || h.count("report_snapshot") != 0 || h.count("notice") != 0 || h.count("outbox_event WHERE topic LIKE 'reports.run.%'") != 0 {
			t.Fatalf("%s, %d snapshots", r.State, h.count("report_snapshot"))
		}
		h.due(0)
		if err := h.Cancel(t.Context(), everywhere("planner"), r.ID); !fault.HasKey(err, "reports.run.over") {
			t.Errorf("cancelled twice: %v", err)
		}
		if err := h.Retry(t.Context(), everywhere("planner"), r.ID); err != nil {
			t.Fatal(err)
		}
		h.due(1)
		if r := h.runs()[0]; r.State != Rendered || r.PeriodKey != "2016-W45" {
			t.Errorf("made after all: %+v", r)
		}
		var course []string
		steps, err := h.Steps(t.Context(), everywhere("leadership"), r.ID)
		for _, s := range steps {
			course = append(course, string(s.State))
			if s.At.IsZero() {
				t.Errorf("%s has no moment", s.State)
			}
		}
		if want := []string{"queued", "rendering", "cancelled", "queued", "rendering", "rendered"}; err != nil || !slices.Equal(course, want) {
			t.Errorf("the course was %v (%v)", course, err)
		}
	})
}

func TestWhoMakesNoticesACancellingAtTheNextSignOfLife(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly()
		h.at.Set(hanoi(2016, 11, 14, 7, 30))
		beat := make(chan time.Time)
		h.pulse = func() (<-chan time.Time, func()) { return beat, func() {} }
		var held context.Context
		h.town.with = func(ctx context.Context) {
			held = ctx
			if err := h.Cancel(context.Background(), everywhere("planner"), h.runs()[0].ID); err != nil {
				t.Error(err)
			}
			beat <- h.machine.Now()
			<-ctx.Done() // the making is told to stop
		}
		if _, err := h.RunDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		if held.Err() == nil || h.runs()[0].State != Cancelled {
			t.Errorf("%s", h.runs()[0].State)
		}
	})
}

func TestOnlyWhoMayRunCancels(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r, err := h.RunNow(t.Context(), everywhere("planner"), Weekly, "KH198", city)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Cancel(t.Context(), everywhere("leadership"), r.ID); !fault.Is(err, fault.Denied) {
			t.Errorf("a reader cancels: %v", err)
		}
		s := h.street(everywhere("planner"))
		if res, _ := h.ask(s, "POST", "/reports/runs/"+string(r.ID)+"/cancel", ""); res.StatusCode != 303 || h.runs()[0].State != Cancelled {
			t.Errorf("%d %s", res.StatusCode, h.runs()[0].State)
		}
		res, body := h.ask(s, "GET", "/reports/runs/"+string(r.ID), "")
		if res.StatusCode != 200 || !strings.Contains(body, "Báo cáo này đã bị hủy") || !strings.Contains(body, "Thử lại") {
			t.Errorf("%d", res.StatusCode)
		}
	})
}

func TestDeliveryMovesAFinishedReportOn(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		var told []string
		h.Told = func(to State, late time.Duration) { told = append(told, string(to)+strconv.Itoa(int(late))) }
		mark := func(f func() error) State {
			t.Helper()
			if err := f(); err != nil {
				t.Fatal(err)
			}
			return h.runs()[0].State
		}
		sending := func() error { return h.marked(h.MarkSending, r) }
		sent := func() error { return h.marked(h.MarkSent, r) }
		for i, want := range []State{Sending, Sending, Sent, Sent, Sent} {
			if got := mark([]func() error{sending, sending, sent, sent, sending}[i]); got != want {
				t.Errorf("step %d: %s, want %s", i, got, want)
			}
		}
		if len(told) != 2 {
			t.Errorf("told %v", told)
		}
		if err := h.Reissue(t.Context(), everywhere("planner"), r.ID, "Đính chính."); err != nil {
			t.Fatal(err)
		}
		if got := mark(sent); got != Queued {
			t.Errorf("a late word moves a run that is made anew to %s", got)
		}
		if err := h.Cancel(t.Context(), everywhere("planner"), r.ID); err != nil || h.runs()[0].State != Sent {
			t.Errorf("a cancelled second edition leaves the run %s (%v)", h.runs()[0].State, err)
		}
	})
}
