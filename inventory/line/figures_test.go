package line

import (
	"context"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// equip gives Đặng Xá everything that the shipped profiles ask for but a line.
func (r *room) equip() {
	r.t.Helper()
	pc := map[string]string{"os": "Windows 7 SP1", "cpu_mhz": "2400", "ram_mb": "4096", "arch": "64", "disk_free_gb": "20"}
	for _, kind := range []inventory.Kind{inventory.PC, inventory.PC, inventory.Scanner, inventory.Printer} {
		facts := pc
		if kind != inventory.PC {
			facts = nil
		}
		must[inventory.Asset](r)(r.Inventory.AddAsset(r.t.Context(), admin, inventory.AssetForm{Unit: dangXa, Kind: string(kind), Name: "Dell", State: string(inventory.InUse), Facts: facts}))
	}
}

// counter is how many work at the counter of Đặng Xá.
func (r *room) counter() {
	r.t.Helper()
	if err := r.Inventory.SetSite(r.t.Context(), admin, dangXa, inventory.SiteForm{Name: readiness.StaffAtCounter, Value: "1"}); err != nil {
		r.t.Fatal(err)
	}
}

// answer is the readiness of Đặng Xá, with its reasons in words.
func (r *room) answer() (readiness.Verdict, string) {
	r.t.Helper()
	a := must[inventory.Answer](r)(r.Inventory.Of(r.t.Context(), dangXa, r.at.Now()))
	var all []string
	for _, one := range a.Reasons {
		all = append(all, r.Words.In("vi").Line(one.Text))
	}
	return a.Verdict, strings.Join(all, "\n")
}

// measured is a run of a program: one round trip, and the speed down.
func (r *room) measured(id ident.ID, down float64) {
	r.t.Helper()
	up := 0.5
	must[Run](r)(r.Post(r.t.Context(), officer, id, Posted{RTTs: []float64{40}, Sent: 1, Down: &down, Up: &up}))
}

// TestALineDeclaredEightMeasuresOnePointTwoAndTheAnswerChanges is the story of the
// issue: what was declared stands, what was measured in working hours decides.
func TestALineDeclaredEightMeasuresOnePointTwoAndTheAnswerChanges(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		r.equip()
		r.counter()
		a := must[inventory.Asset](r)(r.Inventory.AddAsset(t.Context(), admin, inventory.AssetForm{Unit: dangXa, Kind: string(inventory.WANLine), Name: "ADSL", State: string(inventory.InUse),
			Facts: map[string]string{"contract_mbps": "8", "down_mbps": "8", "rtt_ms": "30", "loss_percent": "0"}}))
		must[int](r)(r.Adopt(t.Context()))
		if v, why := r.answer(); v != readiness.Unknown {
			t.Fatalf("what is only declared is %s: %s", v, why)
		}
		// At night the line is fast, and nobody works.
		for range 3 {
			r.at.Set(r.at.Now().AddDate(0, 0, 1).Truncate(24 * time.Hour).Add(14 * time.Hour)) // 21:00
			for range 9 {
				r.measured(a.ID, 40)
				r.at.Move(4 * time.Minute)
			}
		}
		must[int](r)(r.Figures(t.Context()))
		if v, why := r.answer(); v != readiness.Unknown || r.fact(a.ID, factDown, readiness.Measured) != "" {
			t.Fatalf("nights count: %s %s", v, why)
		}
		// Seven measurements a day from Monday; on the third day they are enough.
		for day := range 3 {
			r.at.Set(time.Date(2016, 11, 14+day, 1, 30, 0, 0, time.UTC)) // 08:30
			for range 7 {
				r.measured(a.ID, 1.2)
				r.at.Move(25 * time.Minute)
			}
			must[int](r)(r.Figures(t.Context()))
			if v, why := r.answer(); day < 2 && v != readiness.Unknown {
				t.Fatalf("%d days are not enough, yet %s: %s", day+1, v, why)
			}
		}
		v, why := r.answer()
		if v != readiness.Unmet || !strings.Contains(why, "1,2 Mbps") || !strings.Contains(why, "1,5 Mbps") {
			t.Fatalf("%s: %s", v, why)
		}
		if r.fact(a.ID, factDown, readiness.Measured) != "1.2" || r.fact(a.ID, factDown, readiness.Declared) != "8" {
			t.Fatalf("measured %q, declared %q", r.fact(a.ID, factDown, readiness.Measured), r.fact(a.ID, factDown, readiness.Declared))
		}
		if l := r.stored(a.ID); l.Health != Slow || *l.Down != 1.2 || l.DirtyFrom != "" {
			t.Fatalf("%+v", l)
		}
		// The provider repairs it: another fortnight, and the commune is ready again.
		for day := range 12 {
			r.at.Set(time.Date(2016, 11, 28+day, 1, 30, 0, 0, time.UTC))
			for range 4 {
				r.measured(a.ID, 7.5)
				r.at.Move(25 * time.Minute)
			}
			must[int](r)(r.Figures(t.Context()))
		}
		if l := r.stored(a.ID); l.Health != Fine || *l.Down != 7.5 {
			t.Fatalf("%+v", l)
		}
		if v, why := r.answer(); v != readiness.Met || r.fact(a.ID, factDown, readiness.Measured) != "7.5" {
			t.Fatalf("repaired, and %s: %s", v, why)
		}
	})
}

// TestFiguresRestOnTheRawSamples computes all days anew and compares.
func TestFiguresRestOnTheRawSamples(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		f := farEnd(t)
		a := r.line(f.URL)
		r.at.Set(time.Date(2016, 11, 14, 1, 0, 0, 0, time.UTC))
		for day := range 3 {
			r.at.Set(time.Date(2016, 11, 14+day, 1, 0, 0, 0, time.UTC))
			for i := range 12 {
				f.hush(day == 1 && i >= 4 && i < 8) // down from 08:25 to 08:45
				r.round()
			}
			must[int](r)(r.Figures(t.Context()))
		}
		l := r.stored(a.ID)
		if l.P95 == nil || *l.Loss != 0 || l.Health == Unknown {
			t.Fatalf("%+v", l)
		}
		// 14/11 and 15/11 whole days, 16/11 from 08:00 to 09:00: 17 hours, 20 minutes of them down.
		want := (17.0 - 1.0/3) / 17 * 100
		if got := *l.Availability; got < want-0.01 || got > want+0.01 {
			t.Fatalf("available %v %%, not %v", got, want)
		}
		if r.fact(a.ID, factAvailability, readiness.Probe) == "" || r.fact(a.ID, factRTT, readiness.Probe) == "" {
			t.Fatal("the inventory was not told")
		}
		before := r.days(a.ID)
		r.forceDays(a.ID, "2016-11-14")
		must[int](r)(r.Figures(t.Context()))
		if after := r.days(a.ID); before != after || !strings.Contains(before, "2016-11-15 probe 12 8 0") {
			t.Fatalf("computed anew they differ:\n%s\nnot\n%s", after, before)
		}
	})
}

// days are a line's days as they are stored, a line each.
func (r *room) days(id ident.ID) string {
	r.t.Helper()
	var rows []string
	err := r.DB.Read().NewRaw("SELECT day || ' ' || source || ' ' || seen || ' ' || runs || ' ' || lost || ' ' || CAST(ROUND(p50 * 10) AS INTEGER) || ' ' || CAST(ROUND(p95 * 10) AS INTEGER) FROM line_day WHERE asset = ? ORDER BY day, source", id).Scan(r.t.Context(), &rows)
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

// forceDays lets the days from one on be computed anew.
func (r *room) forceDays(id ident.ID, day string) {
	r.t.Helper()
	l := r.stored(id)
	l.dirty(day)
	err := r.DB.InTx(r.t.Context(), func(ctx context.Context, tx *db.Tx) error { return saveLines(ctx, tx, []Line{l}) })
	if err != nil {
		r.t.Fatal(err)
	}
}

func TestARunMovesNoMoreThanItMay(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		a := r.line("")
		b := must[Begun](r)(r.Begin(t.Context(), officer, a.ID, "chrome/49"))
		for i := range mostPings + 1 {
			if err := r.Ping(b.Token); (err != nil) != (i == mostPings) {
				t.Fatalf("ping %d: %v", i, err)
			}
		}
		moved := 0
		for {
			if err := r.Take(t.Context(), officer, b.Token, mostPiece/2); err != nil {
				if !fault.Is(err, fault.TooMany) {
					t.Fatal(err)
				}
				break
			}
			moved += mostPiece / 2
		}
		if moved+mostPings*pingBytes > RunBytes || moved < 2<<20 {
			t.Fatalf("a run moves %d bytes", moved)
		}
		if err := r.Take(t.Context(), neighbour, b.Token, 1); !fault.Is(err, fault.Missing) {
			t.Fatalf("somebody else moved bytes of the run: %v", err)
		}
		if err := r.Take(t.Context(), officer, b.Token+"x", 1); !fault.Is(err, fault.Missing) {
			t.Fatalf("a token that nobody gave: %v", err)
		}
		lie := Result{Sent: 1, RTTs: []float64{30}, Down: []Piece{{1 << 20, 100}, {1 << 20, 100}, {1 << 20, 100}}}
		if _, err := r.Finish(t.Context(), officer, b.Token, lie); !fault.Is(err, fault.Invalid) {
			t.Fatalf("more was measured than moved: %v", err)
		}
		got := must[Run](r)(r.Finish(t.Context(), officer, b.Token, Result{Sent: 20, Lost: 1, RTTs: []float64{30, 31, 90}, Down: []Piece{{32 << 10, 900}, {1 << 20, 7000}}, Up: []Piece{{16 << 10, 1000}}}))
		if *got.Down != 1.198 || *got.Up != 0.131 || got.Lost != 1 {
			t.Fatalf("%v down, %v up", *got.Down, *got.Up)
		}
		if _, err := r.Finish(t.Context(), officer, b.Token, Result{Sent: 1, RTTs: []float64{1}}); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a run was finished twice: %v", err)
		}
		late := must[Begun](r)(r.Begin(t.Context(), officer, a.ID, ""))
		r.at.Move(runLife + time.Second)
		if err := r.Take(t.Context(), officer, late.Token, 1); !fault.Is(err, fault.TooMany) {
			t.Fatalf("an old run moved bytes: %v", err)
		}
		for {
			if _, err := r.Begin(t.Context(), officer, a.ID, ""); fault.Is(err, fault.TooMany) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
		var runs int
		if err := r.DB.Read().NewRaw("SELECT count(*) FROM line_run").Scan(t.Context(), &runs); err != nil || runs != perLine {
			t.Fatalf("%d runs in an hour, %v", runs, err)
		}
	})
}

func TestOnlyTheCommunesOwnPeopleMeasure(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		a := r.line("")
		down := 1.0
		for _, c := range []struct {
			name string
			err  error
			kind fault.Kind
		}{
			{"the neighbour begins", second(r.Begin(t.Context(), neighbour, a.ID, "")), fault.Missing},
			{"a reader begins", second(r.Begin(t.Context(), reader, a.ID, "")), fault.Denied},
			{"nobody begins", second(r.Begin(t.Context(), nobody, a.ID, "")), fault.SignIn},
			{"the neighbour posts", second(r.Post(t.Context(), neighbour, a.ID, Posted{Down: &down})), fault.Missing},
			{"a reader posts", second(r.Post(t.Context(), reader, a.ID, Posted{Down: &down})), fault.Denied},
			{"yesterday's yesterday", second(r.Post(t.Context(), officer, a.ID, Posted{At: r.at.Now().Add(-25 * time.Hour), Down: &down})), fault.Invalid},
			{"the future", second(r.Post(t.Context(), officer, a.ID, Posted{At: r.at.Now().Add(time.Hour), Down: &down})), fault.Invalid},
			{"nothing", second(r.Post(t.Context(), officer, a.ID, Posted{})), fault.Invalid},
			{"the neighbour reports", second(r.ReportOutage(t.Context(), neighbour, a.ID, OutageForm{From: "2016-11-10T07:00"})), fault.Missing},
			{"a reader reports", second(r.ReportOutage(t.Context(), reader, a.ID, OutageForm{From: "2016-11-10T07:00"})), fault.Denied},
			{"nobody reports", second(r.ReportOutage(t.Context(), nobody, a.ID, OutageForm{From: "2016-11-10T07:00"})), fault.SignIn},
		} {
			if !fault.Is(c.err, c.kind) {
				t.Errorf("%s: %v", c.name, c.err)
			}
		}
		rows := must[[]Row](r)(r.Mine(t.Context(), officer))
		if len(rows) != 1 || rows[0].Asset != a.ID || len(must[[]Row](r)(r.Mine(t.Context(), neighbour))) != 0 {
			t.Fatalf("%+v", rows)
		}
	})
}

func TestAPersonReportsAnOutageAndItsEnd(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		p := must[Provider](r)(r.SaveProvider(t.Context(), admin, Provider{Name: "VNPT Hà Nội", Phone: "1800 1166", Active: true}))
		a := must[inventory.Asset](r)(r.Add(t.Context(), admin, Form{Unit: dangXa, Name: "FTTH", Provider: string(p.ID), Circuit: "HNI-7"}))
		for _, wrong := range []OutageForm{{}, {From: "10/11/2016"}, {From: "2016-11-10T09:00"}, {From: "2016-08-10T09:00"}, {From: "2016-11-10T07:00", Until: "2016-11-10T06:00"},
			{From: "2016-11-10T07:00", Reference: strings.Repeat("x", 61)}} {
			if _, err := r.ReportOutage(t.Context(), officer, a.ID, wrong); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		form := OutageForm{From: "2016-11-10T07:45", Reference: "VN-8812", Note: "Đứt cáp ngoài ngõ."}
		o := must[Outage](r)(r.ReportOutage(t.Context(), officer, a.ID, form))
		events := r.told()
		if len(events) != 1 || events[0].Ended || !strings.Contains(events[0].Details, "VN-8812") || !strings.Contains(events[0].Details, "1800 1166") {
			t.Fatalf("a person's report is told at once: %+v", events)
		}
		if _, err := r.ReportOutage(t.Context(), officer, a.ID, form); !fault.Is(err, fault.Conflict) {
			t.Fatalf("reported twice: %v", err)
		}
		if l := r.stored(a.ID); l.Health != Dead || !l.DownNow {
			t.Fatalf("%+v", l)
		}
		r.at.Move(time.Hour)
		form.Until = "2016-11-10T08:30"
		if _, err := r.ChangeOutage(t.Context(), neighbour, o.ID, o.Version, form); !fault.Is(err, fault.Missing) {
			t.Fatalf("the neighbour ended it: %v", err)
		}
		o = must[Outage](r)(r.ChangeOutage(t.Context(), officer, o.ID, o.Version, form))
		must[int](r)(r.Tell(t.Context()))
		if events = r.told(); len(events) != 2 || !events[1].Ended {
			t.Fatalf("%+v", events)
		}
		if l := r.stored(a.ID); l.Health == Dead || l.DownNow {
			t.Fatalf("%+v", l)
		}
		if _, err := r.ChangeOutage(t.Context(), officer, o.ID, 1, form); !fault.Is(err, fault.Conflict) {
			t.Fatalf("an old version was saved: %v", err)
		}
	})
}

func TestForgettingKeepsTheFiguresOfTheDays(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		f := farEnd(t)
		a := r.line(f.URL)
		for range 4 {
			r.round()
		}
		r.measured(a.ID, 3)
		must[int](r)(r.Figures(t.Context()))
		r.at.Move(32 * 24 * time.Hour)
		if err := r.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		var raw int
		if err := r.DB.Read().NewRaw("SELECT (SELECT count(*) FROM line_hour) + (SELECT count(*) FROM line_run)").Scan(t.Context(), &raw); err != nil || raw != 0 {
			t.Fatalf("%d raw rows are left, %v", raw, err)
		}
		if days := r.days(a.ID); !strings.Contains(days, "2016-11-10 measured 1 1 0 400 400") {
			t.Fatal(days)
		}
		must[int](r)(r.Figures(t.Context()))
		if l := r.stored(a.ID); l.Health != Unknown || l.P95 != nil {
			t.Fatalf("what nobody measured for a month is known: %+v", l)
		}
	})
}
