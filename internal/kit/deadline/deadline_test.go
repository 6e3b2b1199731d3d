package deadline

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime"
)

// calendars is one calendar under one name, exchanged by a test at will.
type calendars struct{ cal *worktime.Calendar }

func (c *calendars) Calendar(_ context.Context, name string) (*worktime.Calendar, error) {
	if name != "office" {
		return nil, fault.New(fault.Missing, "fault.missing")
	}
	return c.cal, nil
}

func fixed(c Calendars) Fresh { return func(*db.Tx) Calendars { return c } }

func city(day, hour, minute int) time.Time {
	return time.Date(2016, 11, day, hour, minute, 0, 0, clock.City)
}

// ticket is a clock of four working hours that began on Thursday 10/11/2016 at 09:00.
func ticket(change ...func(*Spec)) Spec {
	s := Spec{Area: "helpdesk", Subject: "t-1", Purpose: "resolve", Unit: "00526", Calendar: "office",
		Start: city(10, 9, 0), Budget: 240, Kind: Minutes,
		Steps: []StepSpec{{"late", 60}, {"soon", -60}, {"due", 0}}}
	for _, f := range change {
		f(&s)
	}
	return s
}

func running(t *testing.T, change ...func(*Spec)) (Clock, *worktime.Calendar) {
	t.Helper()
	cal := worktime.Vietnam(2016, 2017)
	c, err := New(ticket(change...))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Compute(cal); err != nil {
		t.Fatal(err)
	}
	return c, cal
}

func isAt(t *testing.T, what string, got *time.Time, want time.Time) {
	t.Helper()
	if got == nil || !got.Equal(want) {
		t.Errorf("%s: %v, want %s", what, got, want)
	}
}

func TestAClockKnowsItsDueMomentAndSteps(t *testing.T) {
	c, cal := running(t)
	isAt(t, "due", c.Due, city(10, 14, 30))
	isAt(t, "soon", c.Steps[0].At, city(10, 11, 30).Add(2*time.Hour)) // 13:30: an hour of work before, lunch apart
	isAt(t, "at due", c.Steps[1].At, city(10, 14, 30))
	isAt(t, "late", c.Steps[2].At, city(10, 15, 30))
	if left, err := c.Left(cal, city(10, 11, 45)); err != nil || left.Time != 75*time.Minute {
		t.Errorf("left at 11:45: %s, %v", left.Time, err)
	}
	if left, err := c.Left(cal, city(10, 15, 0)); err != nil || left.Time != -30*time.Minute {
		t.Errorf("left at 15:00: %s, %v", left.Time, err)
	}
}

func TestStepsKeepToWorkingTime(t *testing.T) {
	c, _ := running(t, func(s *Spec) { s.Start, s.Steps = city(10, 16, 30), []StepSpec{{"hour", -60}, {"day", -480}} })
	isAt(t, "due", c.Due, city(11, 11, 0))
	isAt(t, "an hour before", c.Steps[1].At, city(11, 10, 0))
	isAt(t, "never before the start", c.Steps[0].At, city(10, 16, 30))
	c, _ = running(t, func(s *Spec) { s.Budget, s.Kind, s.Steps = 2, Days, []StepSpec{{"hour", -90}} })
	isAt(t, "two working days", c.Due, city(14, 9, 0))
	isAt(t, "90 working minutes before, over the weekend", c.Steps[0].At, city(11, 17, 0))
}

func TestPausesStretchAndStay(t *testing.T) {
	c, cal := running(t)
	for _, err := range []error{c.Pause(city(10, 10, 0), "chờ người gửi"), c.Resume(city(10, 13, 45)), c.Compute(cal)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	isAt(t, "due after a pause of 2 h 15 min of work", c.Due, city(10, 16, 45))
	if d, err := c.PausedFor(cal); err != nil || d != 135*time.Minute {
		t.Errorf("paused for %s, %v", d, err)
	}
	if err := c.Amend("office", 300, Minutes, []StepSpec{{"soon", -30}}); err != nil {
		t.Fatal(err)
	}
	if err := c.Compute(cal); err != nil {
		t.Fatal(err)
	}
	isAt(t, "due after an hour more", c.Due, city(11, 8, 15))
	if err := c.Resume(city(10, 17, 0)); !fault.Is(err, fault.Conflict) {
		t.Errorf("resumed while running: %v", err)
	}
	if err := c.Pause(city(10, 13, 0), "đồng hồ lệch"); err != nil || !c.PausedAt.Equal(city(10, 13, 45)) {
		t.Errorf("a pause before the last one ended: %v, %v", c.PausedAt, err)
	}
	if c.next() != nil || len(c.fire(city(30, 0, 0))) != 0 {
		t.Error("a paused clock has steps to come")
	}
	if err := c.Pause(city(10, 17, 0), ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("paused twice: %v", err)
	}
	steps, err := c.Explain(cal)
	if err != nil || steps[len(steps)-1].Key != "deadline.step.paused_since" {
		t.Errorf("explanation: %v, %v", steps, err)
	}
}

func TestTheEndTellsInTimeFromLate(t *testing.T) {
	for _, tc := range []struct {
		name  string
		act   func(c *Clock) error
		state State
		late  bool
	}{
		{"in time", func(c *Clock) error { return c.Meet(city(10, 14, 30)) }, Met, false},
		{"a second late", func(c *Clock) error { return c.Meet(city(10, 14, 30).Add(time.Second)) }, Missed, true},
		{"while paused before due", func(c *Clock) error {
			if err := c.Pause(city(10, 14, 0), ""); err != nil {
				return err
			}
			return c.Meet(city(20, 14, 0))
		}, Met, false},
		{"cancelled late", func(c *Clock) error { return c.Cancel(city(20, 14, 0)) }, Cancelled, false},
	} {
		c, _ := running(t)
		if err := tc.act(&c); err != nil || c.State != tc.state || c.Open() {
			t.Errorf("%s: %s, %v", tc.name, c.State, err)
		}
		if c.Overdue(city(30, 0, 0)) != tc.late {
			t.Errorf("%s: overdue is %v", tc.name, !tc.late)
		}
		if err := c.Meet(city(21, 0, 0)); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: ended twice: %v", tc.name, err)
		}
	}
	c, cal := running(t)
	if err := c.Reopen(city(10, 10, 0), ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("reopened while running: %v", err)
	}
	for _, err := range []error{c.Meet(city(10, 13, 30)), c.Reopen(city(11, 9, 0), "mở lại"), c.Compute(cal)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	isAt(t, "due after reopening, one hour was left", c.Due, city(11, 10, 0))
}

func TestSpecsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*Spec){
		"no subject":   func(s *Spec) { s.Subject = "" },
		"negative":     func(s *Spec) { s.Budget = -1 },
		"too long":     func(s *Spec) { s.Budget = 1 << 40 },
		"unknown kind": func(s *Spec) { s.Kind = "moons" },
	} {
		if _, err := New(ticket(change)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func start(t *testing.T, d *db.DB, cals Calendars, change ...func(*Spec)) Clock {
	t.Helper()
	var c Clock
	in(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = Start(ctx, tx, cals, ticket(change...))
		return err
	})
	return c
}

func in(t *testing.T, d *db.DB, do db.Do) {
	t.Helper()
	if err := d.InTx(t.Context(), do); err != nil {
		t.Fatal(err)
	}
}

func events(t *testing.T, d *db.DB, topic string) (bodies []string) {
	t.Helper()
	if err := d.Read().NewRaw("SELECT body FROM outbox_event WHERE topic = ? ORDER BY seq", topic).Scan(t.Context(), &bodies); err != nil {
		t.Fatal(err)
	}
	return bodies
}

func TestAClockLivesInTheStore(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		cals := &calendars{worktime.Vietnam(2016, 2017)}
		c := start(t, d, cals)
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := Start(ctx, tx, cals, ticket())
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a second open clock: %v", err)
		}
		in(t, d, func(ctx context.Context, tx *db.Tx) error {
			if _, err := Pause(ctx, tx, cals, c.ID, city(10, 10, 0), "chờ nhà cung cấp"); err != nil {
				return err
			}
			_, err := Resume(ctx, tx, cals, c.ID, city(10, 11, 0))
			return err
		})
		got, err := Load(t.Context(), d.Read(), c.ID)
		if err != nil || got.Version != 3 || len(got.Pauses) != 1 || got.Pauses[0].Why != "chờ nhà cung cấp" {
			t.Fatalf("%+v, %v", got, err)
		}
		isAt(t, "due", got.Due, city(10, 15, 30))
		in(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := Meet(ctx, tx, cals, c.ID, city(10, 15, 0))
			return err
		})
		in(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := Reopen(ctx, tx, cals, c.ID, city(11, 8, 0), "mở lại")
			return err
		})
		in(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := Amend(ctx, tx, cals, c.ID, ticket(func(s *Spec) { s.Budget = 480 }))
			return err
		})
		in(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := Cancel(ctx, tx, cals, c.ID, city(11, 9, 0))
			return err
		})
		second := start(t, d, cals)
		many, err := LoadMany(t.Context(), d.Read(), []ident.ID{c.ID, second.ID})
		if err != nil || len(many) != 2 || many[c.ID].State != Cancelled {
			t.Errorf("%v, %v", many, err)
		}
		of, err := Of(t.Context(), d.Read(), "helpdesk", "t-1", "t-2")
		if err != nil || len(of["t-1"]) != 2 {
			t.Errorf("%v, %v", of, err)
		}
		if _, err := Load(t.Context(), d.Read(), "nobody"); !fault.Is(err, fault.Missing) {
			t.Errorf("unknown: %v", err)
		}
	})
}

func TestStepsFireExactlyOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		cals := &calendars{worktime.Vietnam(2016, 2017)}
		c := start(t, d, cals)
		tick := func(now time.Time) int {
			n, err := Tick(t.Context(), d, now, 100)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := tick(city(10, 13, 29)); n != 0 {
			t.Errorf("%d steps fired early", n)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := Tick(context.Background(), d, city(10, 14, 30), 100); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		bodies := events(t, d, "deadline.step")
		if len(bodies) != 2 {
			t.Fatalf("%d events: %v", len(bodies), bodies)
		}
		var first Stepped
		if err := json.Unmarshal([]byte(bodies[0]), &first); err != nil || first.Step != "soon" || first.About != "t-1" || first.Unit != "00526" {
			t.Errorf("%+v, %v", first, err)
		}
		in(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := Pause(ctx, tx, cals, c.ID, city(10, 15, 0), "")
			return err
		})
		if n := tick(city(14, 9, 0)); n != 0 {
			t.Errorf("%d steps fired during a pause", n)
		}
		in(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := Resume(ctx, tx, cals, c.ID, city(14, 9, 0))
			return err
		})
		if n := tick(city(14, 9, 29)); n != 0 {
			t.Errorf("%d steps fired before the pause was made up for", n)
		}
		if n := tick(city(14, 9, 30)); n != 1 {
			t.Errorf("%d steps fired after the pause", n)
		}
		in(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := Meet(ctx, tx, cals, c.ID, city(14, 10, 0))
			return err
		})
		if n := tick(city(30, 9, 0)); n != 0 || len(events(t, d, "deadline.step")) != 3 {
			t.Errorf("%d steps fired after the end", n)
		}
	})
}

func TestAMissingYearIsComputedWhenItArrives(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		cals := &calendars{worktime.Compose(clock.City, worktime.Office(), worktime.PublishedYears()[:2])}
		lateIn2017 := func(s *Spec) { s.Start, s.Budget, s.Kind = time.Date(2017, 12, 29, 9, 0, 0, 0, clock.City), 3, Days }
		c := start(t, d, cals, lateIn2017)
		words, err := i18n.Load(Locale, worktime.Locale)
		if err != nil {
			t.Fatal(err)
		}
		if c.Due != nil || c.MissingYear != 2018 || c.SayDue(words.In(i18n.VI)) != "chưa có lịch năm 2018" {
			t.Fatalf("%+v", c)
		}
		if c.Overdue(city(30, 0, 0)) || c.next() != nil {
			t.Error("a clock without a due moment is late or has steps")
		}
		now := time.Date(2017, 12, 30, 0, 0, 0, 0, time.UTC)
		if n, err := Recompute(t.Context(), d, fixed(cals), "office", now, nil); err != nil || n != 0 {
			t.Errorf("moved %d without a change, %v", n, err)
		}
		cals.cal = worktime.Vietnam(2016, 2018)
		looked := 0
		if n, err := Recompute(t.Context(), d, fixed(cals), "", now, func(seen, _ int) { looked = seen }); err != nil || n != 1 || looked != 1 {
			t.Errorf("moved %d of %d, %v", n, looked, err)
		}
		got, err := Load(t.Context(), d.Read(), c.ID)
		if err != nil || got.ExpectedYear != 2018 {
			t.Fatalf("%+v, %v", got, err)
		}
		isAt(t, "due", got.Due, time.Date(2018, 1, 4, 9, 0, 0, 0, clock.City)) // 1/1 is a holiday
		if bodies := events(t, d, "deadline.moved"); len(bodies) != 1 || !strings.Contains(bodies[0], `"before":null`) {
			t.Errorf("events: %v", bodies)
		}
	})
}

func TestABudgetMayEndWithTheWorkingDay(t *testing.T) {
	cal := worktime.Vietnam(2016, 2017)
	for _, one := range []struct {
		name  string
		start time.Time
		n     int64
		due   time.Time
	}{
		{"the same day", city(10, 9, 20), 0, city(10, 17, 30)},
		{"the next working day", city(10, 9, 20), 1, city(11, 17, 30)},
		{"over the weekend", city(11, 9, 20), 1, city(14, 17, 30)},
		{"what comes at night counts as come in the morning", city(10, 22, 0), 0, city(11, 17, 30)},
		{"at the closing itself", city(10, 17, 30), 0, city(10, 17, 30)},
	} {
		due, err := Count(cal, one.start, one.n, EndOfDay)
		if err != nil || !due.At.Equal(one.due) {
			t.Errorf("%s: %s, not %s, %v", one.name, due.At, one.due, err)
		}
	}
}
