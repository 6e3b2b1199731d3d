package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"testing"
	"time"

	"lotrinh/app/demo"
	"lotrinh/dossier"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/reports/directive"
	"lotrinh/rollout"
	"lotrinh/rollout/issuance"
)

// demoHouse is a served demo, on a machine clock that a test can move.
func demoHouse(t *testing.T) (*App, *clock.Fake) {
	t.Helper()
	machine := clock.At(time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC))
	conf, _, err := ReadConfig("serve", []string{"--demo", "--addr", "127.0.0.1:0", "--data", t.TempDir()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	l, conf, err := Listen(conf)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Start(t.Context(), conf, l, machine, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	})
	return a, machine
}

func (h *House) as(t *testing.T, login string) access.Actor {
	t.Helper()
	who, err := h.People.Actor(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func TestTheDemoOpensOnTheMorningOfTheOfficialStart(t *testing.T) {
	a, _ := demoHouse(t)
	if a.Config.BaseURL != a.URL() {
		t.Errorf("it answers at %s, and tells other offices %s", a.URL(), a.Config.BaseURL)
	}
	if now := a.Business.Now(); !now.Equal(demoStart) {
		t.Errorf("the business clock shows %v, want %v", now, demoStart)
	}
	o, err := a.Rollout.Overview(t.Context(), a.as(t, "planner"), demo.Programme)
	if err != nil {
		t.Fatal(err)
	}
	n := o.Rollout
	// 139 declare that they are ready. 6 one-stop offices are under repair, 12 communes
	// lack a scanner, 3 have PCs below the minimum only, 4 have training to make up, 5
	// test dossiers got stuck.
	if n.Total != 416 || n.Stages[rollout.Trial] != 139 || n.Declared != 139 || n.Verified != 139-6-12-3-4-5 || n.Stages[rollout.Official] != 0 {
		t.Errorf("the demo begins with %+v", n)
	}
	if o.Phases[0].Total != 168 || !o.Phases[0].Live {
		t.Errorf("inner wards: %+v", o.Phases[0].Counts)
	}
	accounts, err := a.Accounts.Counts(t.Context(), a.as(t, "admin"), "")
	if err != nil || accounts[issuance.Asked] != 9 || accounts[issuance.Approved] != 7 || accounts[issuance.Issued] != 1 {
		t.Errorf("accounts to decide on, to issue and to remind of: %v, %v", accounts, err)
	}
	leader := a.as(t, "leadership")
	stood := map[directive.State]int{}
	said, err := a.Watch.Directives.List(t.Context(), leader, directive.Filter{Only: directive.OnlyAll}, page.Read("", ""))
	for _, d := range said.Items {
		stood[d.State]++
	}
	late, wrong := a.Watch.Directives.List(t.Context(), leader, directive.Filter{Only: directive.OnlyLate}, page.Read("", ""))
	if err != nil || wrong != nil || stood[directive.Done] != 1 || stood[directive.Reported] != 1 || stood[directive.Open] != 2 || len(late.Items) != 1 || late.Items[0].Unit != "016" {
		t.Errorf("what was concluded on 07/11: %v, late %v; %v, %v", stood, late.Items, err, wrong)
	}
	var open, over []string
	alerts, err := a.Watch.Alerts.List(t.Context(), leader, true, page.Read("", ""))
	for _, e := range alerts.Items {
		if e.ClosedAt == nil {
			open = append(open, e.Unit)
		} else {
			over = append(over, e.Unit+" "+clock.Date(*e.ClosedAt))
		}
	}
	slices.Sort(open)
	if err != nil || !slices.Equal(open, []string{"016", "271"}) || !slices.Equal(over, []string{"020 2016-11-07"}) {
		t.Errorf("alerts are open of %v, over of %v; %v", open, over, err)
	}
	if up, err := a.CommuneDuty.Posted(t.Context(), "00556"); err != nil || len(up) != 2 {
		t.Errorf("%d numbers are up at Đặng Xá, %v", len(up), err)
	}
}

// No demo's store, no demo's clock: whatever the settings say.
func TestARealHouseHasTheMachinesClock(t *testing.T) {
	d := testkit.SQLite(t)
	must(t, keepSetting(t.Context(), d, demoOffset, "-1000000000"))
	at, err := businessClock(t.Context(), d, clock.At(demoStart), false)
	if err != nil || at.Offset() != 0 {
		t.Errorf("%v beside the machine's, %v", at.Offset(), err)
	}
}

func TestTheClockOfTheDemoGoesOnWhereItStood(t *testing.T) {
	a, machine := demoHouse(t)
	a.Business.SetOffset(a.Business.Offset() + 5*time.Hour)
	if err := keepOffset(t.Context(), a.DB, a.Business); err != nil {
		t.Fatal(err)
	}
	machine.Move(time.Hour)
	again, err := businessClock(t.Context(), a.DB, machine, true)
	if err != nil || !again.Now().Equal(demoStart.Add(6*time.Hour)) {
		t.Errorf("killed and started again, the clock shows %v, %v", again.Now(), err)
	}
	a.Business.SetOffset(again.Offset())
	if err := a.standStill(t.Context()); err != nil {
		t.Fatal(err)
	}
	machine.Move(12 * time.Hour) // a night
	if beside, err := businessClock(t.Context(), a.DB, machine, false); err != nil || !beside.Now().Equal(demoStart.Add(6*time.Hour)) {
		t.Errorf("a command beside it sees %v, %v", beside.Now(), err)
	}
	for range 2 {
		if again, err = businessClock(t.Context(), a.DB, machine, true); err != nil || !again.Now().Equal(demoStart.Add(6*time.Hour)) {
			t.Errorf("closed in peace and started again, the clock shows %v, %v", again.Now(), err)
		}
	}
	machine.Move(time.Hour)
	if again, err = businessClock(t.Context(), a.DB, machine, true); err != nil || !again.Now().Equal(demoStart.Add(7*time.Hour)) {
		t.Errorf("killed after that, the clock shows %v, %v", again.Now(), err)
	}
}

// The house is open when the demo says so, whatever hour the machine has: what waits in its evening goes out in its morning.
func TestMessagesKeepTheOfficeHoursOfTheDemosOwnClock(t *testing.T) {
	a, machine := demoHouse(t) // a Sunday for the machine, a Thursday for the demo
	hours := officeHours{a.Calendars, a.Business}
	if open, err := hours.NextOpen(machine.Now()); err != nil || !open.Equal(machine.Now()) {
		t.Errorf("at 8 in the morning it opens in %v, %v", open.Sub(machine.Now()), err)
	}
	a.Business.SetOffset(a.Business.Offset() + 12*time.Hour)
	if open, err := hours.NextOpen(machine.Now()); err != nil || open.Sub(machine.Now()) != 12*time.Hour {
		t.Errorf("at 8 in the evening it opens in %v, %v; want 12 hours", open.Sub(machine.Now()), err)
	}
	if err := a.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return notify.Write(ctx, tx, machine.Now(), notify.Message{Address: "me@gialam.example", Lang: i18n.VI, Template: "exchange.notice.ready", Args: []any{"code", "X"}, Link: "/", Dedupe: "evening"})
	}); err != nil {
		t.Fatal(err)
	}
	waits := func() (until time.Duration) {
		t.Helper()
		if _, err := a.Sender.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		var n notify.Notice
		if err := a.DB.Read().NewSelect().Model(&n).Where("no.dedupe LIKE 'evening %'").Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		return n.NextAt.Sub(machine.Now())
	}
	if left := waits(); left != 12*time.Hour {
		t.Errorf("in the evening it waits for %v", left)
	}
	a.Business.SetOffset(a.Business.Offset() + 12*time.Hour)
	if err := a.Sender.Reconsider(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := waits(); left > 0 {
		t.Errorf("in the morning it waits for %v more", left)
	}
}

func TestStepsOfTheDemoBar(t *testing.T) {
	a := openStreet(t, Config{})
	city := func(day, hour, minute int) time.Time { return time.Date(2016, 11, day, hour, minute, 0, 0, clock.City) }
	for _, tc := range []struct {
		step, to  string
		from, end time.Time
	}{
		{"hour", "", city(10, 8, 0), city(10, 9, 0)},
		{"day", "", city(10, 8, 0), city(11, 8, 0)},
		{"morning", "", city(10, 8, 0), city(11, 8, 0)},
		{"morning", "", city(11, 16, 0), city(14, 8, 0)}, // Friday to Monday
		{"monday", "", city(10, 8, 0), city(14, 7, 30)},
		{"monday", "", city(14, 7, 0), city(14, 7, 30)},
		{"monday", "", city(14, 7, 30), city(21, 7, 30)},
		{"to", "2016-11-16T00:00", city(10, 8, 0), city(16, 0, 0)},
	} {
		got, err := a.step(t.Context(), tc.step, tc.to, tc.from.UTC())
		if err != nil || !got.Equal(tc.end) {
			t.Errorf("%s %s from %v: %v, %v; want %v", tc.step, tc.to, tc.from, got.In(clock.City), err, tc.end)
		}
	}
	if _, err := a.step(t.Context(), "to", "tomorrow", demoStart); err == nil {
		t.Error("a moment that is none was taken")
	}
}

// The six communes of Gia Lâm pass by a waiver through 15/11 and fall back by themselves.
func TestAWaiverHoldsThroughItsLastDayAndNoLonger(t *testing.T) {
	a, _ := demoHouse(t)
	planner := a.as(t, "planner")
	verdict := func(to rollout.Stage) rollout.MoveResult {
		t.Helper()
		r, err := a.Rollout.PreviewMove(t.Context(), planner, rollout.MoveInput{Programme: demo.Programme, District: "018", To: to})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	before := verdict(rollout.Official)
	if len(before.Moved) != 16 || len(before.Refused) != 6 {
		t.Fatalf("without a waiver %d move and %d are refused, want 16 and 6", len(before.Moved), len(before.Refused))
	}
	var repair []string
	for _, r := range before.Refused {
		if len(r.Reasons) == 0 {
			t.Errorf("%s is refused without a reason", r.Unit)
		}
		repair = append(repair, r.Unit)
	}
	_, err := a.Rollout.GiveWaiver(t.Context(), planner, rollout.WaiverInput{
		Programme: demo.Programme, Units: repair, Criterion: "one-stop", Reason: "Bộ phận một cửa đang sửa chữa",
		Signer: "Lê Văn Thành", Step: "Tiếp dân tại hội trường", Until: "2016-11-15",
	})
	if err != nil {
		t.Fatal(err)
	}
	to := func(moment time.Time) {
		a.Business.SetOffset(moment.Sub(a.Machine.Now()))
		a.work.round(context.Background())
	}
	to(time.Date(2016, 11, 15, 23, 59, 59, 0, clock.City))
	if r := verdict(rollout.Official); len(r.Refused) != 0 {
		t.Errorf("on 15/11 at 23:59:59 %d are refused", len(r.Refused))
	}
	to(time.Date(2016, 11, 16, 0, 0, 0, 0, clock.City))
	if r := verdict(rollout.Official); len(r.Refused) != 6 {
		t.Errorf("on 16/11 at 00:00 %d are refused, want the six", len(r.Refused))
	}
}

// TestNoDossierOfTheDemoLacksAnAnswer keeps the demo's families believable: what they filed would be
// taken by the form.
func TestNoDossierOfTheDemoLacksAnAnswer(t *testing.T) {
	a, _ := demoHouse(t)
	var all []dossier.Dossier
	must(t, a.DB.Read().NewSelect().Model(&all).Order("d.id").Scan(t.Context()))
	if len(all) < 10 {
		t.Fatalf("%d dossiers", len(all))
	}
	for _, d := range all {
		f, err := a.Dossiers.Catalogue.FormOf(t.Context(), d.Version)
		must(t, err)
		raw, err := a.Dossiers.AnswersOf(t.Context(), a.DB.Read(), d.ID)
		must(t, err)
		var answers form.Answers
		must(t, json.Unmarshal(raw, &answers))
		for _, one := range form.Check(f, answers, form.Context{Accepted: d.SubmittedAt, Unit: d.Unit, Staff: true}) {
			if one.Severity == form.Error {
				t.Errorf("%s, %s: %s %s", d.Procedure, d.Subject, one.Field, one.Text(a.Words.In(i18n.VI)))
			}
		}
	}
}
