package calstore

import (
	"context"
	"slices"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime"
)

var (
	plan  = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)
	admin = access.Policy{"administrator": {Look, Edit}}.As(access.Actor{ID: "a", Grants: []access.Grant{{Role: "administrator", Everywhere: true}}})
	clerk = access.Policy{"clerk": {Look}}.As(access.Actor{ID: "b", Grants: []access.Grant{{Role: "clerk", Everywhere: true}}})
)

func seeded(t *testing.T, d *db.DB) (*Store, *clock.Fake) {
	t.Helper()
	machine := clock.At(time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC))
	s := New(d, machine)
	for range 2 { // it may run at every start
		if err := s.Seed(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
	}
	return s, machine
}

func due(t *testing.T, s *Store, from time.Time, days int) worktime.Due {
	t.Helper()
	c, err := s.Calendar(t.Context(), Office)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.AddDays(from, days)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestSeedShipsPublishedAndDrawnYears(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, _ := seeded(t, d)
		years, err := s.Years(t.Context(), admin)
		if err != nil || len(years) != 12 || years[0].Year.Year != 2027 {
			t.Fatalf("%d years, %v", len(years), err)
		}
		for _, y := range years {
			want := worktime.Expected
			if slices.Contains([]int{2016, 2017, 2022, 2024, 2025, 2026}, y.Year.Year) {
				want = worktime.Published
			}
			if y.Status != want {
				t.Errorf("%d is %s", y.Year.Year, y.Status)
			}
		}
		if got := due(t, s, time.Date(2017, 1, 25, 2, 0, 0, 0, time.UTC), 1); !got.At.Equal(time.Date(2017, 2, 2, 2, 0, 0, 0, time.UTC)) {
			t.Errorf("over Tết: %s", got.At)
		}
		always, err := s.Calendar(t.Context(), Always)
		if err != nil {
			t.Fatal(err)
		}
		if open, known := always.IsOpen(time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)); !open || !known {
			t.Error("what never closes is shut")
		}
		if _, err := s.Calendar(t.Context(), "nobody"); !fault.Is(err, fault.Missing) {
			t.Errorf("unknown calendar: %v", err)
		}
	})
}

func TestAYearArrives(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, _ := seeded(t, d)
		eve := time.Date(2027, 12, 30, 2, 0, 0, 0, time.UTC)
		if got := due(t, s, eve, 5); got.Missing != 2028 {
			t.Fatalf("2028 has no calendar yet: %+v", got)
		}
		added, err := s.Draw(t.Context(), time.Date(2027, 1, 1, 0, 0, 0, 0, clock.City))
		if err != nil || !slices.Equal(added, []int{2028}) {
			t.Fatal(added, err)
		}
		if got := due(t, s, eve, 5); got.Missing != 0 || got.Expected != 2027 {
			t.Errorf("after drawing: %+v", got)
		}
		if err := s.AddYear(t.Context(), admin, 2029); err != nil {
			t.Error(err)
		}
		if err := s.AddYear(t.Context(), admin, 2029); !fault.Is(err, fault.Conflict) {
			t.Errorf("the same year again: %v", err)
		}
		var events int
		if err := d.Read().NewRaw("SELECT count(*) FROM outbox_event WHERE topic = ?", Changed{}.Topic()).Scan(t.Context(), &events); err != nil || events != 14 {
			t.Errorf("%d events, %v", events, err)
		}
	})
}

func TestAnAdministratorConfirmsAndEdits(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, _ := seeded(t, d)
		warn := func(at time.Time) []Warning {
			w, err := s.Warnings(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			return w
		}
		if w := warn(time.Date(2026, 11, 1, 0, 0, 0, 0, clock.City)); len(w) != 0 {
			t.Errorf("61 days ahead: %v", w)
		}
		if w := warn(time.Date(2026, 11, 2, 0, 0, 0, 0, clock.City)); len(w) != 1 || w[0] != (Warning{2027, 60}) {
			t.Errorf("60 days ahead: %v", w)
		}
		y, err := s.Year(t.Context(), admin, 2027)
		if err != nil {
			t.Fatal(err)
		}
		if got := due(t, s, time.Date(2027, 3, 8, 2, 0, 0, 0, time.UTC), 1); got.At.Day() != 9 || got.Expected != 2027 {
			t.Fatalf("before: %+v", got)
		}
		y.Off = append(y.Off, worktime.DayOff{Day: worktime.DayOf(2027, 3, 9), Name: " Nghỉ thử "})
		y.MakeUp = append(y.MakeUp, worktime.MakeUp{Day: worktime.DayOf(2027, 3, 13), For: worktime.DayOf(2027, 3, 9), Name: "Làm bù 9/3"})
		if err := s.SaveYear(t.Context(), clerk, y.Year, y.Version); !fault.Is(err, fault.Denied) {
			t.Errorf("a clerk edits: %v", err)
		}
		if err := s.SaveYear(t.Context(), admin, y.Year, y.Version); err != nil {
			t.Fatal(err)
		}
		if err := s.ConfirmYear(t.Context(), admin, 2027, y.Version); !fault.Is(err, fault.Conflict) {
			t.Errorf("over an older version: %v", err)
		}
		if got := due(t, s, time.Date(2027, 3, 8, 2, 0, 0, 0, time.UTC), 5); got.At.Day() != 15 || got.Expected != 0 {
			t.Errorf("after: %+v", got)
		}
		if w := warn(time.Date(2027, 1, 2, 0, 0, 0, 0, clock.City)); len(w) != 0 {
			t.Errorf("confirmed and still warned of: %v", w)
		}
		bad := worktime.Year{Year: 2027, Off: []worktime.DayOff{{Day: worktime.DayOf(2026, 3, 9), Name: "x"}, {Day: worktime.DayOf(2027, 3, 9)}},
			MakeUp: []worktime.MakeUp{{Day: worktime.DayOf(2027, 3, 9), Name: "x", Hours: []worktime.Span{{From: 600, To: 500}}}}}
		if err := s.SaveYear(t.Context(), admin, bad, y.Version+1); len(fault.Of(err).Fields) != 4 {
			t.Errorf("every fault at once: %v", err)
		}
	})
}

func TestCalendarsAreEdited(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, machine := seeded(t, d)
		other := New(d, machine)
		if _, err := other.Calendar(t.Context(), Office); err != nil {
			t.Fatal(err)
		}
		all, err := s.Calendars(t.Context(), admin)
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		office := all[slices.IndexFunc(all, func(c Calendar) bool { return c.Name == Office })]
		office.Week[time.Saturday] = []worktime.Span{{From: 8 * 60, To: 12 * 60}}
		if err := s.SaveCalendar(t.Context(), admin, office); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveCalendar(t.Context(), admin, office); !fault.Is(err, fault.Conflict) {
			t.Errorf("over an older version: %v", err)
		}
		saturday := time.Date(2016, 11, 12, 2, 0, 0, 0, time.UTC)
		opens := func(s *Store) bool {
			c, err := s.Calendar(t.Context(), Office)
			if err != nil {
				t.Fatal(err)
			}
			open, _ := c.IsOpen(saturday)
			return open
		}
		if !opens(s) {
			t.Error("the change is not seen at once")
		}
		machine.Move(freshFor + time.Second)
		if !opens(other) {
			t.Error("another process never sees the change")
		}
		err = s.SaveCalendar(t.Context(), admin, Calendar{Name: "Giờ Hè", Zone: "Mars"})
		if n := len(fault.Of(err).Fields); n != 4 {
			t.Errorf("%d faults: %v", n, err)
		}
		err = s.db.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := s.In(tx).Calendar(ctx, Office)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWordsAreWhole(t *testing.T) {
	if _, err := i18n.Load(Locale, worktime.Locale); err != nil {
		t.Fatal(err)
	}
}
