package app

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/org/succession"
	"lotrinh/rollout"
)

// notDumped is what a reversal does not put back: what was told, and the sets themselves.
var notDumped = []string{"trail_", "outbox_", "inbox", "succession_", "idempotency", "session"}

// counting are the columns that only count changes.
var counting = []string{"version", "ver", "revision", "rewritten"}

// dump is every row of the house that a reversal has to put back, in an order of its own.
func dump(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	must(t, d.Snapshot(t.Context(), func(ctx context.Context, s *db.Snapshot) error {
		tables, err := s.Tables(ctx)
		if err != nil {
			return err
		}
		for _, table := range tables {
			if slices.ContainsFunc(notDumped, func(p string) bool { return strings.HasPrefix(table.Name, p) }) {
				continue
			}
			err := s.Each(ctx, table, func(row []any) error {
				kept := map[string]any{}
				for i, c := range table.Columns {
					if !slices.Contains(counting, c.Name) {
						kept[c.Name] = row[i]
					}
				}
				if table.Name == "setting" && kept["name"] == "org.units.revision" {
					return nil
				}
				raw, err := json.Marshal(kept)
				all[table.Name] = append(all[table.Name], string(raw))
				return err
			})
			if err != nil {
				return err
			}
			slices.Sort(all[table.Name])
		}
		return nil
	}))
	return all
}

// sameDump tells what differs between two dumps.
func sameDump(t *testing.T, was, is map[string][]string) {
	t.Helper()
	for table := range was {
		if slices.Equal(was[table], is[table]) {
			continue
		}
		t.Errorf("%s: %d rows before, %d after the reversal", table, len(was[table]), len(is[table]))
		shown := 0
		for _, row := range is[table] {
			if _, found := slices.BinarySearch(was[table], row); !found && shown < 3 {
				shown++
				t.Errorf("new in %s: %.600s", table, row)
			}
		}
		for _, row := range was[table] {
			if _, found := slices.BinarySearch(is[table], row); !found && shown < 6 {
				shown++
				t.Errorf("gone from %s: %.600s", table, row)
			}
		}
	}
}

// forgetFuture takes away what the units that ship know of days after one, as if they had
// been loaded on it.
func forgetFuture(t *testing.T, h *House, day string) {
	t.Helper()
	must(t, h.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		a, err := h.Units.Atlas(ctx)
		if err != nil {
			return err
		}
		var e org.Edit
		for _, u := range a.All() {
			switch {
			case u.From > day:
				e.Drop = append(e.Drop, u)
			case u.Until > day:
				u.Until = ""
				e.Put = append(e.Put, u)
			}
		}
		for _, c := range a.AllChanges() {
			if c.Date > day {
				e.DropChanges = append(e.DropChanges, c)
			}
		}
		_, _, err = h.Units.Amend(ctx, tx, e)
		return err
	}))
}

// reforms are the two files of all reforms, as the shipped units tell them.
func reforms(t *testing.T, h *House) (changes, units string) {
	t.Helper()
	a, err := h.Units.Atlas(t.Context())
	must(t, err)
	var c, u strings.Builder
	must(t, succession.WriteChanges(&c, a, "2016-11-11", "2025-07-01"))
	must(t, succession.WriteUnits(&u, a, "2025-07-01"))
	return c.String(), u.String()
}

// inForce brings a drafted set into force with every proposal taken.
func inForce(t *testing.T, h *House, who access.Actor, set succession.Set) succession.Set {
	t.Helper()
	must(t, h.Map.Choose(t.Context(), who, set.ID, 0, nil, true))
	_, err := h.Map.Preview(t.Context(), who, set.ID)
	must(t, err)
	set, err = h.Map.Confirm(t.Context(), who, set.ID, succession.Decision{Basis: "1656/NQ-UBTVQH15", Reason: "Sắp xếp đơn vị hành chính"})
	must(t, err)
	return set
}

// TestTheWholeReformGoesAndComesBack carries the demo from the 584 communes of 2016 over
// three reforms to the 126 of 1/7/2025 in one import, and back.
func TestTheWholeReformGoesAndComesBack(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		changes, units := reforms(t, s.House)
		forgetFuture(t, s.House, "2016-11-10")
		planner := s.actor("planner")
		news, err := succession.FromFiles(strings.NewReader(changes), strings.NewReader(units), nil)
		must(t, err)
		sets, err := s.Map.Write(t.Context(), planner, news...)
		must(t, err)
		s.Business.SetOffset(time.Date(2025, 7, 2, 2, 0, 0, 0, time.UTC).Sub(s.Machine.Now()))
		was := dump(t, s.DB)
		var after []int
		for i := range sets {
			sets[i] = inForce(t, s.House, planner, sets[i])
			told, err := sets[i].Told()
			must(t, err)
			after = append(after, told.Summary.After)
		}
		if !slices.Equal(after, []int{579, 526, 126}) {
			t.Errorf("the maps have %v communes", after)
		}
		tree, err := s.Units.On(t.Context(), "2025-07-01")
		must(t, err)
		if n := len(tree.Districts()); n != 0 {
			t.Errorf("%d districts are left", n)
		}
		provedAfter(t, s.House)
		nobodyIsAtAnEndedUnit(t, s.House, tree)
		for _, set := range slices.Backward(sets) {
			must(t, s.Map.Reverse(t.Context(), planner, set.ID, succession.Decision{Reason: "Nhập nhầm ngày"}))
		}
		provedAfter(t, s.House)
		sameDump(t, was, dump(t, s.DB))
	})
}

// nobodyIsAtAnEndedUnit looks for rows that should have moved with the map.
func nobodyIsAtAnEndedUnit(t *testing.T, h *House, tree *org.Tree) {
	t.Helper()
	for what, query := range map[string]string{
		"account": "SELECT DISTINCT unit FROM account WHERE state <> 'closed' AND unit <> ''", "asset": "SELECT DISTINCT unit FROM asset",
		"open ticket": "SELECT DISTINCT unit FROM ticket WHERE phase <> 'done' AND unit <> ''", "open dossier": "SELECT DISTINCT unit FROM dossier WHERE open",
		"task": "SELECT DISTINCT unit FROM dossier_task", "open gap": "SELECT DISTINCT unit FROM gap WHERE open",
		"commune of the rollout": "SELECT DISTINCT unit FROM rollout_progress", "readiness": "SELECT DISTINCT unit FROM unit_readiness",
		"post": "SELECT DISTINCT unit FROM account_role WHERE unit <> '' AND until_date = ''",
	} {
		var codes []string
		must(t, h.DB.Read().NewRaw(query).Scan(t.Context(), &codes))
		for _, code := range codes {
			if _, ok := tree.Unit(code); !ok {
				t.Errorf("%s: %s is at a unit that is no more", what, code)
			}
		}
	}
}

// provedAfter counts every maintained figure from scratch and finds nothing to mend.
func provedAfter(t *testing.T, h *House) {
	t.Helper()
	for _, look := range []func(context.Context) (finding, error){h.checkFigures, h.checkReadiness} {
		f, err := look(t.Context())
		must(t, err)
		if len(f.wrong) > 0 {
			t.Errorf("%s: %v", f.key, f.wrong)
		}
	}
}

// phaseCounts are the communes of each phase as the planner's overview counts them.
func phaseCounts(t *testing.T, h *House, who access.Actor) map[int]int {
	t.Helper()
	all, err := h.Rollout.Programmes(t.Context(), who)
	must(t, err)
	o, err := h.Rollout.Overview(t.Context(), who, all[0].Code)
	must(t, err)
	out := map[int]int{}
	for _, p := range o.Phases {
		out[p.Ordinal] = p.Total
	}
	return out
}

// TestTwoCommunesMergeInMidPhase is the story of the issue: the phase counts right on both
// maps, and yesterday's report still says what it said.
func TestTwoCommunesMergeInMidPhase(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		planner := s.actor("planner")
		sets, err := s.Map.Write(t.Context(), planner, succession.NewSet{Day: "2016-11-10", Title: "Nhập Đặng Xá vào Phú Thị", Draft: succession.Draft{
			Changes: []org.Change{{From: "00556", To: "00562", Kind: "merge", Share: "full", Main: "yes", Confidence: "A"}, {From: "00562", To: "00562", Kind: "merge", Share: "full", Main: "yes", Confidence: "A"}}}})
		must(t, err)
		if a := s.ask("planner", "GET", "/rollout", ""); a.status != 200 || strings.Contains(a.body, "map=then") {
			t.Errorf("before units change the page offers another map, or answers %d", a.status)
		}
		was, before := dump(t, s.DB), phaseCounts(t, s.House, planner)
		inForce(t, s.House, planner, sets[0])
		now := phaseCounts(t, s.House, planner)
		if before[1] != 139 || now[1] != 138 || now[2] != 277 || now[0] != before[0] {
			t.Errorf("phases counted %v, then %v", before, now)
		}
		then, err := s.Rollout.PhasesOn(t.Context(), planner, "KH198", "2016-11-09")
		must(t, err)
		atlas, err := s.Units.Atlas(t.Context())
		must(t, err)
		sum, today := int64(0), atlas.Recount(then[1], "2016-11-09", "2016-11-10")
		for _, n := range today {
			sum += n
		}
		if len(then[1]) != 139 || len(today) != 138 || sum != 139 || today["00562"] != 2 {
			t.Errorf("the map of then has %d communes in phase 1; on today's map they are %d that count %d", len(then[1]), len(today), sum)
		}
		bothMapsCountAlike(t, s, planner, 416)
		bothMapsCountAlike(t, s, s.actor("coordinator"), 22)
		for by, mark := range map[string]string{"then": "như khi đó", "now": "theo địa bàn nay"} {
			if a := s.ask("planner", "GET", "/rollout?map="+by, ""); a.status != 200 || !strings.Contains(a.body, `aria-current="true">Ngày 09/11/2016, `+mark) || !strings.Contains(a.body, "416 xã") {
				t.Errorf("the page by the map %s answers %d, without its mark or its total", by, a.status)
			}
		}
		if is := dump(t, s.DB); !slices.Equal(was["report_snapshot"], is["report_snapshot"]) || len(is["report_snapshot"]) == 0 {
			t.Error("a report that was frozen says something else, or there is none")
		}
		provedAfter(t, s.House)
		must(t, s.Map.Reverse(t.Context(), planner, sets[0].ID, succession.Decision{Reason: "Nghị quyết bị hoãn"}))
		sameDump(t, was, dump(t, s.DB))
		if again := phaseCounts(t, s.House, planner); again[1] != 139 {
			t.Errorf("after the reversal phase 1 counts %d", again[1])
		}
	})
}

// bothMapsCountAlike looks at the table by district of the eve of a merge within Gia Lâm:
// its figures on the map of then and on today's, and the page that leads to both.
func bothMapsCountAlike(t *testing.T, s *street, who access.Actor, communes int) {
	t.Helper()
	all, err := s.Rollout.Programmes(t.Context(), who)
	must(t, err)
	days, err := s.Rollout.LastsOfMaps(t.Context(), all[0])
	must(t, err)
	if !slices.Equal(days, []string{"2016-11-09"}) {
		t.Fatalf("the maps before ended on %q", days)
	}
	day := days[0]
	sums := map[rollout.Map]rollout.Counts{}
	for _, by := range []rollout.Map{rollout.MapThen, rollout.MapNow} {
		rows, err := s.Rollout.DistrictsOn(t.Context(), who, all[0].Code, day, by)
		must(t, err)
		sum := rollout.Counts{Stages: rollout.StageCounts{}}
		for _, d := range rows {
			if d.Code == "018" && d.Total != 22 {
				t.Errorf("Gia Lâm counts %d on the map %s", d.Total, by)
			}
			sum.Total, sum.Declared, sum.Verified, sum.Bare, sum.Beyond = sum.Total+d.Total, sum.Declared+d.Declared, sum.Verified+d.Verified, sum.Bare+d.Bare, sum.Beyond+d.Beyond
			for stage, n := range d.Stages {
				sum.Stages[stage] += n
			}
		}
		sums[by] = sum
	}
	then, now := sums[rollout.MapThen], sums[rollout.MapNow]
	if !reflect.DeepEqual(then, now) || then.Total != communes || then.Stages[rollout.Preparing]+then.Stages[rollout.Trial]+then.Stages[rollout.Official] != communes {
		t.Errorf("then %+v, now %+v", then, now)
	}
	curve, err := s.Rollout.Curve(t.Context(), who, all[0].Code, rollout.Any, day, day)
	must(t, err)
	if p := curve[0]; p.Declared != then.Declared || p.Verified != then.Verified || p.Bare != then.Bare || p.Official != then.Stages[rollout.Official] {
		t.Errorf("the curve says %+v of the day, the table %+v", p, then)
	}
	if _, err := s.Rollout.DistrictsOn(t.Context(), access.Actor{}, all[0].Code, day, rollout.MapThen); err == nil {
		t.Error("nobody read the table")
	}
}

// TestEveryTableThatNamesAUnitSaysWhatAChangeOfUnitsDoes finds tables that nobody claims:
// a new room says whether its rows move with the map or stay with who made them.
func TestEveryTableThatNamesAUnitSaysWhatAChangeOfUnitsDoes(t *testing.T) {
	s := openStreet(t, Config{})
	claimed := map[string]string{}
	for _, p := range s.Map.Parts() {
		moves, stays := p.Claims()
		for _, name := range append(moves, stays...) {
			if at, twice := claimed[name]; twice && at != p.Name() && name != "deadline" {
				t.Errorf("%s is claimed by %s and by %s", name, at, p.Name())
			}
			claimed[name] = p.Name()
		}
	}
	// Kept by the kit: counters move with the rows that they count, a word of the index is
	// found by whoever inherited its unit.
	for _, name := range []string{"figure", "search_doc"} {
		claimed[name] = "kit"
	}
	known := map[string]bool{}
	must(t, s.DB.Snapshot(t.Context(), func(ctx context.Context, snap *db.Snapshot) error {
		tables, err := snap.Tables(ctx)
		for _, table := range tables {
			known[table.Name] = true
			names := slices.ContainsFunc(table.Columns, func(c db.Column) bool {
				return c.Name == "unit" || strings.HasSuffix(c.Name, "_unit") || c.Name == "district" || c.Name == "commune"
			})
			if names && claimed[table.Name] == "" && !strings.HasPrefix(table.Name, "succession_") {
				t.Errorf("%s names a unit, and nobody says what a change of units does to it", table.Name)
			}
		}
		return err
	}))
	for name, by := range claimed {
		if !known[name] {
			t.Errorf("%s claims %s, which is no table", by, name)
		}
	}
}

// mapped puts a drafted set of changes of units, and a post that one moved, into the things.
func (s *street) mapped(m map[string]string, unit string) {
	s.t.Helper()
	sets, err := s.Map.Write(s.t.Context(), s.actor("planner"), succession.NewSet{Day: "2016-12-01", Draft: succession.Draft{
		Wants: []succession.Want{{Code: unit, Name: "Tên Mới", Kind: "xã"}}}})
	must(s.t, err)
	m["changes"] = string(sets[0].ID)
	r := succession.Review{ID: ident.New(s.Machine.Now()), Set: sets[0].ID, Account: ident.ID(s.one("SELECT min(id) FROM account WHERE unit = ?", unit)), Role: org.OneStopOfficer,
		Was: unit, Units: unit, State: succession.Unseen}
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&r).Exec(ctx)
		return err
	}))
	m["moved_post"] = string(r.ID)
}
