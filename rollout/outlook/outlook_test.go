package outlook

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
	"lotrinh/rollout/forecast"
)

type ready struct{}

func (ready) All(_ context.Context, units []string, _ time.Time) (map[string]rollout.Verdict, error) {
	all := map[string]rollout.Verdict{}
	for _, u := range units {
		all[u] = rollout.Verdict{Answer: rollout.Met}
	}
	return all, nil
}

type people struct{}

func (people) Deciders(context.Context) ([]ident.ID, error) { return []ident.ID{"a-planner"}, nil }

var policy = access.Policy{
	"planner":       {rollout.Read, rollout.Plan, rollout.MoveTo, rollout.Verify, Decide},
	"administrator": {Set},
	"reader":        {rollout.Read},
	"agent":         {},
}

func as(role access.Role) access.Actor {
	return policy.As(access.Actor{ID: ident.ID("a-" + string(role)), Name: "Nguyễn Thị Lan", Via: "web", Grants: []access.Grant{{Role: role, Everywhere: true}}})
}

var planner, admin = as("planner"), as("administrator")

type house struct {
	*Service
	t    *testing.T
	at   *clock.Fake
	tree *org.Tree
	bus  *outbox.Dispatcher
}

func hanoi(month time.Month, day, hour int) time.Time {
	return time.Date(2016, month, day, hour, 0, 0, 0, clock.City)
}

// opened stands for the help desk: a ticket was opened.
type opened struct {
	Unit     string    `json:"unit"`
	Priority int       `json:"priority"`
	At       time.Time `json:"at"`
}

func (opened) Topic() string     { return "helpdesk.ticket.opened" }
func (o opened) Subject() string { return o.Unit }

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, at: clock.At(hanoi(10, 27, 8))}
	units := org.NewUnits(d, h.at)
	_, err := units.LoadBuiltIn(t.Context())
	h.ok(err)
	h.tree, err = units.Tree(t.Context(), h.at.Now())
	h.ok(err)
	cals := calstore.New(d, h.at)
	h.ok(cals.Seed(t.Context(), h.at.Now()))
	root := rollout.New(d, h.at, units, ready{})
	plan, err := rollout.Plan198()
	h.ok(err)
	_, err = root.ImportPlan(t.Context(), planner, plan)
	h.ok(err)
	jobs := job.New(d, h.at, slog.New(slog.DiscardHandler), func(context.Context, ident.ID) (access.Actor, error) { return system, nil })
	h.Service = New(Deps{DB: d, Business: h.at, Machine: h.at, Calendars: cals, Calendar: calstore.Office, Rollout: root, Jobs: jobs, People: people{}})
	h.bus = outbox.NewDispatcher(d, h.at, slog.New(slog.DiscardHandler), h.Handlers()...)
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// phase1 are its 139 communes.
func (h *house) phase1() []string {
	var all []string
	for _, d := range []string{"016", "017", "018", "020", "271", "274"} {
		for _, u := range h.tree.Communes(d) {
			all = append(all, u.Code)
		}
	}
	return all
}

// done makes communes meet every criterion, but for those named.
func (h *house) done(units []string, but string) {
	h.t.Helper()
	h.ok(h.Rollout.Refresh(h.t.Context(), planner, "KH198"))
	checklist, err := h.Rollout.Checklist(h.t.Context(), planner, "KH198")
	h.ok(err)
	for _, c := range checklist {
		answer := rollout.Met
		if c.Key == but {
			answer = rollout.Unmet
		}
		if c.Evidence != rollout.EvidenceEquipment {
			h.ok(h.Rollout.Verify(h.t.Context(), planner, rollout.EvidenceInput{Programme: "KH198", Units: units, Criterion: c.Key, Answer: answer, Source: rollout.FromInspection, Note: "đã xem"}))
		}
	}
}

func (h *house) latest(phase int) Forecast {
	h.t.Helper()
	all, err := h.Latest(h.t.Context(), planner, "KH198")
	h.ok(err)
	for _, f := range all {
		if f.Phase == phase {
			return f
		}
	}
	h.t.Fatalf("no forecast of phase %d among %d", phase, len(all))
	return Forecast{}
}

func words(t *testing.T) i18n.T {
	t.Helper()
	c, err := i18n.Load(Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c.In(i18n.VI)
}

func TestASentenceIsSaidStoredAndScored(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx, all, vi := t.Context(), h.phase1(), words(t)
		night := func(month time.Month, day int) {
			h.t.Helper()
			h.at.Set(hanoi(month, day, 18))
			h.ok(h.Nightly(ctx))
			h.ok(h.Nightly(ctx)) // the chore comes round again
		}
		work := []int{27, 28, 31}
		for i, day := range work {
			h.at.Set(hanoi(10, day, 9))
			h.done(all[i*5:i*5+5], "")
		}
		night(10, 31)
		if f := h.latest(1); f.Why != forecast.TooFew || !strings.Contains(sentence(vi, f), "chưa đủ dữ liệu") {
			t.Fatalf("after three days: %q, %q", f.Why, sentence(vi, f))
		}
		for i, day := range []int{1, 2, 3, 4, 7, 8, 9} {
			h.at.Set(hanoi(11, day, 9))
			h.done(all[15+i*5:20+i*5], "")
		}
		night(11, 9)
		f := h.latest(1)
		// 50 of 139 are done, 5 a working day: 18 more days would be 5/12
		if f.Why != "" || f.Done != 50 || f.P50On < "2016-12-01" || f.P50On > "2016-12-08" || f.P85On < f.P50On {
			t.Fatalf("after ten days: %+v", f)
		}
		if want := "xong trước " + day(vi, f.P85On) + ", chắc chắn 85 %"; sentence(vi, f) != want {
			t.Errorf("%q, not %q", sentence(vi, f), want)
		}
		var n int
		h.ok(d.Read().NewRaw("SELECT count(*) FROM rollout_forecast WHERE made_on = '2016-11-09'").Scan(ctx, &n))
		if n != 3 {
			t.Errorf("%d forecasts in one night, want one of each phase and one of all", n)
		}
		ahead, err := h.look(ctx, vi, planner, "KH198")
		h.ok(err)
		if ahead.Panel == nil {
			t.Error("the programme's page does not say it")
		}
		h.at.Set(hanoi(11, 25, 9))
		h.done(all[50:], "")
		night(11, 25)
		k, err := h.Calibrations(ctx, planner, "KH198")
		h.ok(err)
		if k[1].Percent != 85 || k[1].Said != 1 || k[1].Kept != 1 {
			t.Errorf("calibration %+v: one sentence of phase 1 named days, and kept them", k)
		}
		if f := h.latest(1); sentence(vi, f) != vi.Say("outlook.said.done", "n", 139) {
			t.Errorf("when all is done: %q", sentence(vi, f))
		}
	})
}

func TestADayThatIsOverIsBrokenBeforeTheTruthIsKnown(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	ctx, all := t.Context(), h.phase1()
	for i, day := range []int{1, 2, 3, 4, 7, 8, 9, 10} {
		h.at.Set(hanoi(11, day, 9))
		h.done(all[i*16:i*16+16], "")
	}
	h.at.Set(hanoi(11, 10, 18))
	h.ok(h.Nightly(ctx))
	if f := h.latest(1); f.P95On == "" || f.P95On > "2016-11-20" {
		t.Fatalf("11 communes left: %+v", f)
	}
	h.at.Set(hanoi(12, 20, 9))
	h.ok(h.Nightly(ctx))
	k, err := h.Calibrations(ctx, planner, "KH198")
	h.ok(err)
	for _, one := range k {
		if one.Said != 2 || one.Kept != 0 {
			t.Errorf("%+v", one)
		}
	}
}

func TestBlockedCommunesStandApart(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	ctx, all := t.Context(), h.phase1()
	for i, day := range []int{1, 2, 3, 4, 7, 8, 9, 10} {
		h.at.Set(hanoi(11, day, 9))
		h.done(all[i*10:i*10+10], "")
		if i == 0 {
			h.done(all[120:126], "accounts")
		}
		if i > 1 {
			h.done(all[118+i:119+i], "") // freed one by one
		}
	}
	h.at.Set(hanoi(11, 10, 18))
	h.done(all[126:128], "accounts")
	h.ok(h.Foretell(ctx, planner, "KH198"))
	if f := h.latest(1); f.Blocked != 2 || f.Done != 86 || f.Why != "" || f.FreeP85On == "" || f.P85On < f.FreeP85On {
		t.Errorf("two communes are blocked: %+v", f)
	}
}

// surge lets phase 1 go live on 1/11 and its communes open so many tickets a day.
func (h *house) surge(perDay int, days ...int) {
	h.t.Helper()
	all := h.phase1()
	h.at.Set(hanoi(11, 1, 8))
	h.done(all, "")
	_, err := h.Rollout.Move(h.t.Context(), planner, rollout.MoveInput{Programme: "KH198", Units: all, To: rollout.Trial})
	h.ok(err)
	for _, day := range days {
		h.at.Set(hanoi(11, day, 10))
		h.ok(h.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range perDay {
				if err := outbox.Write(ctx, tx, h.at.Now(), opened{Unit: all[i%len(all)], Priority: 1 + i%4, At: h.at.Now()}); err != nil {
					return err
				}
			}
			return nil
		}))
		for {
			n, err := h.bus.Run(h.t.Context())
			h.ok(err)
			if n == 0 {
				break
			}
		}
	}
}

// tend does the chore, and the job that it starts.
func (h *house) tend() {
	h.t.Helper()
	h.ok(h.Watch(h.t.Context()))
	_, err := h.Jobs.RunDue(h.t.Context())
	h.ok(err)
	h.ok(h.Watch(h.t.Context()))
}

func (h *house) holdsNow() []Hold {
	h.t.Helper()
	var pg ident.ID
	h.ok(h.DB.Read().NewRaw("SELECT id FROM rollout_programme").Scan(h.t.Context(), &pg))
	all, err := h.Holds(h.t.Context(), planner, pg)
	h.ok(err)
	return all
}

// refused are the reasons for which a commune of phase 2 does not move.
func (h *house) refused() string {
	h.t.Helper()
	r, err := h.Rollout.PreviewMove(h.t.Context(), planner, rollout.MoveInput{Programme: "KH198", District: "004", Units: []string{h.tree.Communes("250")[0].Code}, To: rollout.Trial})
	h.ok(err)
	text := ""
	for _, one := range r.Refused {
		for _, why := range one.Reasons {
			text += " " + why.Key
		}
	}
	return text
}

func TestTicketsAboveTheCurveProposeAHoldAndAPersonDecides(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		h.surge(110, 1, 2, 3) // about 53 are expected on the first day
		h.at.Set(hanoi(11, 3, 18))
		h.tend()
		all := h.holdsNow()
		if len(all) != 1 || all[0].State != Proposed || all[0].Figures.Seen <= all[0].Figures.about() || all[0].Figures.Rates.Caught < 0.85 || all[0].Figures.Rates.False > 0.02 {
			t.Fatalf("proposals: %+v", all)
		}
		p := all[0]
		for who, want := range map[string]int{"planner": 1, "reader": 0} {
			if items, err := h.Todo(ctx, i18n.T{Lang: i18n.VI}, as(access.Role(who))); err != nil || len(items) != want {
				t.Errorf("%s has %d to do, %v", who, len(items), err)
			}
		}
		if got := h.refused(); strings.Contains(got, "outlook.") {
			t.Errorf("a proposal alone refuses moves: %s", got)
		}
		h.tend()
		if len(h.holdsNow()) != 1 {
			t.Error("proposed twice for one wave")
		}
		for _, who := range []access.Actor{as("reader"), admin, {}} {
			if err := h.Decide(ctx, who, p.ID, true, "x", p.Version); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.SignIn) {
				t.Errorf("decided by %q: %v", who.ID, err)
			}
		}
		if err := h.Decide(ctx, planner, p.ID, true, " ", p.Version); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		h.ok(h.Decide(ctx, planner, p.ID, true, "đường dây nóng quá tải", p.Version))
		if n, err := h.Undecided(ctx); err != nil || n != 0 {
			t.Errorf("%v undecided after the decision, %v", n, err)
		}
		if err := h.Decide(ctx, planner, p.ID, false, "x", p.Version); !fault.Is(err, fault.Conflict) {
			t.Errorf("decided twice: %v", err)
		}
		if got := h.refused(); !strings.HasPrefix(got, " outlook.reason.held") {
			t.Errorf("a held phase moves: %q", got)
		}
		h.ok(h.Release(ctx, planner, p.ID, "đã tăng người trực", p.Version+1))
		if got := h.refused(); strings.Contains(got, "outlook.") {
			t.Errorf("a released phase does not move: %q", got)
		}
		var notices, events int
		h.ok(d.Read().NewRaw("SELECT count(*) FROM notice WHERE template = 'outlook.notice.proposed'").Scan(ctx, &notices))
		h.ok(d.Read().NewRaw("SELECT count(*) FROM outbox_event WHERE topic = 'rollout.hold.changed'").Scan(ctx, &events))
		if notices != 1 || events != 3 {
			t.Errorf("%d notices, %d events", notices, events)
		}
	})
}

func TestAHealthyWaveIsLeftAloneAndASettingHoldsByItself(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	ctx := t.Context()
	h.surge(45, 1, 2, 3)
	h.at.Set(hanoi(11, 3, 18))
	h.tend()
	if all := h.holdsNow(); len(all) != 0 {
		t.Fatalf("a healthy wave: %+v", all)
	}
	set, err := h.SettingsOf(ctx, h.programmeID())
	h.ok(err)
	set.Auto, set.Usual = true, 2 // 45 tickets are many where so few are usual
	if err := h.Save(ctx, planner, "KH198", set); !fault.Is(err, fault.Denied) {
		t.Errorf("set by a planner: %v", err)
	}
	bad := set
	bad.Surge, bad.Days = 1, 0
	if err := h.Save(ctx, admin, "KH198", bad); !fault.Is(err, fault.Invalid) {
		t.Errorf("no surge: %v", err)
	}
	h.ok(h.Save(ctx, admin, "KH198", set))
	if err := h.Save(ctx, admin, "KH198", set); !fault.Is(err, fault.Conflict) {
		t.Errorf("the second who saves: %v", err)
	}
	h.tend()
	all := h.holdsNow()
	if len(all) != 1 || all[0].State != Held || !all[0].Auto {
		t.Fatalf("set to hold by itself: %+v", all)
	}
	if got := h.refused(); !strings.HasPrefix(got, " outlook.reason.held_auto") {
		t.Errorf("moves of a held phase: %q", got)
	}
}

func (h *house) programmeID() ident.ID {
	h.t.Helper()
	pg, err := h.programme(h.t.Context(), "KH198")
	h.ok(err)
	return pg.ID
}

func TestTicketsOfAWeekendCountOnTheNextWorkingDay(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	h.surge(3, 4, 5, 6, 7) // Friday to Monday
	h.at.Set(hanoi(11, 7, 18))
	h.tend()
	all, err := h.Watches(t.Context(), planner, h.programmeID())
	h.ok(err)
	if len(all) != 1 {
		t.Fatalf("%d waves", len(all))
	}
	got := ""
	for i, s := range all[0].Steps {
		got += fmt.Sprintf("%s %d, ", all[0].Days[i].Day, s.Seen)
	}
	if want := "2016-11-01 0, 2016-11-02 0, 2016-11-03 0, 2016-11-04 3, 2016-11-07 9, "; got != want {
		t.Errorf("%s", got)
	}
}
