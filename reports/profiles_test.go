package reports

import (
	"context"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/outbox"
	"lotrinh/reports/period"
)

func TestARuleOfTheHouseCutsMonthsFromItsDay(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		month := func(day int) string {
			cal, err := h.Calendar(t.Context(), "KH198")
			if err != nil {
				t.Fatal(err)
			}
			p, _ := cal.At(period.Month, hanoi(2016, 11, day, 0, 0))
			return p.Key
		}
		if got := month(15); got != "2016-11/cal" {
			t.Errorf("before: %s", got)
		}
		f := RuleForm{From: "2016-11-12", OpensOn: "15", Basis: "Công văn 4567/UBND-TH ngày 08/11/2016"}
		for _, bad := range []RuleForm{{From: "x", OpensOn: "15", Basis: "y"}, {From: "2016-11-12", OpensOn: "0", Basis: "y"}, {From: "2016-11-12", OpensOn: "29", Basis: "y"},
			{From: "2016-11-12", OpensOn: "15"}, {From: "2016-11-12", OpensOn: "15", Basis: strings.Repeat("x", 501)}} {
			if _, err := h.AddRule(t.Context(), everywhere("planner"), bad); !fault.Is(err, fault.Invalid) || len(fault.Of(err).Fields) != 1 {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if _, err := h.AddRule(t.Context(), everywhere("leadership"), f); !fault.Is(err, fault.Denied) {
			t.Errorf("a reader adds a rule: %v", err)
		}
		ofGiaLam := policy.As(access.Actor{ID: "c", Via: "web", Grants: []access.Grant{{Role: "planner", Units: []string{giaLam}}}})
		if _, err := h.AddRule(t.Context(), ofGiaLam, f); !fault.Is(err, fault.Missing) {
			t.Errorf("a district adds a rule: %v", err)
		}
		if _, err := h.AddRule(t.Context(), everywhere("planner"), f); err != nil {
			t.Fatal(err)
		}
		if _, err := h.AddRule(t.Context(), everywhere("planner"), f); !fault.HasKey(err, "reports.calendar.exists") {
			t.Errorf("twice: %v", err)
		}
		if month(14) != "2016-11/nd09" || month(15) != "2016-12/nd09" {
			t.Errorf("after: %s, %s", month(14), month(15))
		}
	})
}

func TestWhatWasReportedIsNotCutAnew(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		row := h.newRun(Definition{Version: 1}, "KH198", city, Period{Key: "2016-10/cal", From: hanoi(2016, 10, 1, 0, 0), Until: hanoi(2016, 11, 1, 0, 0)}, h.at.Now(), Scheduled)
		row.Definition, row.PeriodKind = "month", period.Month
		err := h.db.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewInsert().Model(&row).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		f := RuleForm{From: "2016-10-31", OpensOn: "15", Basis: "x"}
		if _, err := h.AddRule(t.Context(), everywhere("planner"), f); !fault.HasKey(err, "reports.calendar.reported") {
			t.Errorf("October is cut anew: %v", err)
		}
		f.From = "2016-11-01"
		if _, err := h.AddRule(t.Context(), everywhere("planner"), f); err != nil {
			t.Error(err)
		}
	})
}

func TestTheCalendarsPageShowsRulesAndPeriods(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		s := h.street(everywhere("planner"))
		res, body := h.ask(s, "POST", "/reports/calendars", "from=2016-11-01&opens_on=40&basis=C%C3%B4ng+v%C4%83n+4567")
		if res.StatusCode != 422 || !strings.Contains(body, `value="40"`) || !strings.Contains(body, "Công văn 4567") {
			t.Errorf("a refused rule: %d", res.StatusCode)
		}
		if res, _ = h.ask(s, "POST", "/reports/calendars", "from=2016-11-01&opens_on=15&basis=C%C3%B4ng+v%C4%83n+4567"); res.StatusCode != 303 {
			t.Errorf("a rule: %d", res.StatusCode)
		}
		res, body = h.ask(s, "GET", "/reports/calendars", "")
		for _, want := range []string{"Công văn 4567", "Nghị định 09/2019", "01/11/2016", "Tuần thứ 3 của đợt triển khai", "01/11/2016 – 14/11/2016", "Tuần 45 năm 2016"} {
			if res.StatusCode != 200 || !strings.Contains(body, want) {
				t.Errorf("%d: %q is not shown", res.StatusCode, want)
			}
		}
		if _, body = h.ask(h.street(everywhere("leadership")), "GET", "/reports/calendars", ""); strings.Contains(body, "opens_on") {
			t.Error("a reader is offered the form")
		}
	})
}

func TestACalendarThatChangesMovesWhatIsPlanned(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.at.Set(hanoi(2016, 12, 26, 8, 0))
		sc := h.weekly(func(f *ScheduleForm) { f.Shift = Next })
		if !sc.NextRun.Equal(hanoi(2017, 1, 3, 7, 30)) || !sc.NextNominal.Equal(hanoi(2017, 1, 2, 7, 30)) {
			t.Fatalf("planned for %v (%v)", sc.NextRun, sc.NextNominal)
		}
		h.town.open = true // the day off is withdrawn
		if err := h.db.InTx(t.Context(), h.moved); err != nil {
			t.Fatal(err)
		}
		got, err := h.Schedule(t.Context(), everywhere("planner"), sc.ID)
		if err != nil || !got.NextRun.Equal(hanoi(2017, 1, 2, 7, 30)) || got.Version != sc.Version {
			t.Errorf("planned for %v (%v)", got.NextRun, err)
		}
		h.at.Set(hanoi(2017, 1, 2, 7, 30))
		h.due(1)
		if r := h.runs()[0]; r.PeriodKey != "2016-W52" || !r.NominalAt.Equal(hanoi(2017, 1, 2, 7, 30)) {
			t.Errorf("%+v", r)
		}
	})
}

func TestSchedulesThroughTheAPI(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		s := h.street(everywhere("planner"))
		add := `{"definition":"weekly-progress","programme":"KH198","cut":"018","spec":"30 7 * * 1","shift":"next","enabled":true,"catch_up":4}`
		res, body := h.ask(s, "POST", "/api/v1/reports/schedules", add, "Idempotency-Key", "k")
		if res.StatusCode != 201 || !strings.Contains(body, `"shift":"next"`) || !strings.Contains(body, `"2016-W45"`) || !strings.Contains(body, `"zone":"Asia/Ho_Chi_Minh"`) {
			t.Errorf("%d %s", res.StatusCode, body)
		}
		if res, body = h.ask(s, "GET", "/api/v1/reports/schedules", ""); res.StatusCode != 200 || strings.Count(body, `"nominal"`) != previewed {
			t.Errorf("%d %s", res.StatusCode, body)
		}
		bad := strings.NewReplacer("next", "sideways", `"enabled"`, `"zone":"Hanoi","enabled"`).Replace(add)
		if res, body = h.ask(s, "POST", "/api/v1/reports/schedules", bad, "Idempotency-Key", "l"); res.StatusCode != 422 || !strings.Contains(body, `"zone"`) || !strings.Contains(body, `"shift"`) {
			t.Errorf("%d %s", res.StatusCode, body)
		}
		if res, _ = h.ask(h.street(everywhere("leadership")), "POST", "/api/v1/reports/schedules", add, "Idempotency-Key", "m"); res.StatusCode != 403 {
			t.Errorf("a reader adds a schedule: %d", res.StatusCode)
		}
	})
}

// moved is what the reports do when the working calendar has changed.
func (h *house) moved(ctx context.Context, tx *db.Tx) error {
	return h.Handlers()[0].Do(ctx, tx, outbox.Event{})
}
