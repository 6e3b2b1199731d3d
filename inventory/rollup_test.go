package inventory

import (
	"context"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/readiness"
)

func TestDistrictsAndTheCityAddUpTheirCommunes(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.equip(dangXa)
		other := h.tree.Communes(giaLam)[1].Code
		if other == dangXa {
			other = h.tree.Communes(giaLam)[0].Code
		}
		h.add(other, PC, map[string]string{"ram_mb": "512", "arch": "64"})
		roll, err := h.Roll(t.Context(), h.as("planner", ""))
		if err != nil {
			t.Fatal(err)
		}
		if roll.All.Communes != 584 || roll.All.Count[readiness.Met] != 1 || roll.All.Count[readiness.Unmet] != 1 || roll.All.Count[readiness.Unknown] != 582 || roll.All.Assets != 6 {
			t.Errorf("the city: %+v", roll.All)
		}
		var communes int
		for _, one := range roll.Districts {
			communes += one.Communes
			if one.District.Code == giaLam && (one.Count[readiness.Met] != 1 || one.Count[readiness.Unmet] != 1 || one.Communes != len(h.tree.Communes(giaLam))) {
				t.Errorf("the district: %+v", one)
			}
		}
		if communes != 584 {
			t.Errorf("districts have %d communes", communes)
		}
		own, err := h.Roll(t.Context(), h.as("district_coordinator", "001"))
		if err != nil || len(own.Districts) != 1 || own.All.Count[readiness.Met] != 0 {
			t.Errorf("another district's own: %+v, %v", own, err)
		}
		lines, err := h.LineTallies(t.Context(), h.as("planner", ""), giaLam)
		if err != nil {
			t.Fatal(err)
		}
		short := map[string]int64{}
		for _, l := range lines {
			short[l.Profile+"/"+l.Line] = l.Short
		}
		if short["one-stop-counter-2016/pc"] != 1 || short["vdi-client-2016/pc"] != 1 || short["vdi-client-2016/scanner"] != 1 || lines[0].Must == false {
			t.Errorf("what is short: %v", short)
		}
	})
}

func TestTheEndOfADayIsKeptOnceAndNeverRewritten(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.equip(dangXa)
		keep := func(want int) {
			t.Helper()
			if n, err := h.KeepDay(t.Context()); err != nil || n != want {
				t.Fatalf("kept %d rows, %v; %d wanted", n, err, want)
			}
		}
		h.at.Set(time.Date(2016, 11, 10, 17, 0, 0, 0, time.UTC)) // midnight in Hanoi
		all := 584 + len(h.tree.Districts()) + 1
		keep(all)
		keep(0)
		err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { // what happens later does not bend it
			_, err := tx.NewRaw("UPDATE asset SET state = 'retired'").Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		keep(0)
		h.at.Move(24 * time.Hour)
		keep(all)
		root := h.tree.Roots()[0].Code
		for unit, who := range map[string]access.Actor{root: h.as("planner", ""), giaLam: h.as("district_coordinator", giaLam), dangXa: h.as("one_stop_officer", dangXa)} {
			days, err := h.Days(t.Context(), who, unit, "2016-11-01")
			if err != nil || len(days) != 2 || days[0].Day != "2016-11-10" || days[0].Met != 1 || days[1].Met != 0 || days[0].Communes() != days[1].Communes() {
				t.Errorf("%s: %+v, %v", unit, days, err)
			}
		}
		if _, err := h.Days(t.Context(), h.as("district_coordinator", giaLam), root, ""); !fault.Is(err, fault.Missing) {
			t.Errorf("the city for a district: %v", err)
		}
		if _, err := h.Days(t.Context(), access.Actor{}, root, ""); !fault.Is(err, fault.SignIn) {
			t.Errorf("the city for nobody: %v", err)
		}
	})
}

// A change of one commune judges that commune and no other.
func TestAChangeJudgesOnlyWhatItTouches(t *testing.T) {
	d := testkit.SQLite(t)
	h := build(t, d)
	units := h.tree.Under(giaLam)[1:9]
	for _, u := range units {
		h.equip(u)
	}
	judged := func(act func() error) []string {
		t.Helper()
		h.at.Move(time.Minute)
		if err := act(); err != nil {
			t.Fatal(err)
		}
		var out []string
		if err := d.Read().NewRaw("SELECT unit FROM unit_readiness WHERE computed_at = ? ORDER BY unit", h.at.Now()).Scan(t.Context(), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	planner, ctx := h.as("planner", ""), t.Context()
	for name, act := range map[string]func() error{
		"an asset": func() error { h.add(units[3], PC, nil); return nil },
		"a figure": func() error {
			return h.SetSite(ctx, h.as("district_coordinator", giaLam), units[3], SiteForm{Name: readiness.Population, Value: "9000"})
		},
		"a waiver": func() error {
			_, err := h.Excuse(ctx, planner, units[3], WaiverForm{Line: "vdi-client-2016/scanner", Until: "2016-12-01", Reason: "Dùng chung"})
			return err
		},
		"a gap": func() error {
			_, err := h.ReportGap(ctx, h.as("one_stop_officer", units[3]), GapForm{Unit: units[3], Kind: "missing", What: "ups", Quantity: "1"})
			return err
		},
		"the chore": func() error { _, err := h.Refresh(ctx); return err },
	} {
		got := judged(act)
		if name == "the chore" && len(got) != 0 || name != "the chore" && (len(got) != 1 || got[0] != units[3]) {
			t.Errorf("%s judged %v", name, got)
		}
	}
}
