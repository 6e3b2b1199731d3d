package app

import (
	"strings"
	"testing"

	"lotrinh/internal/kit/i18n"
	"lotrinh/inventory/install"
	lines "lotrinh/inventory/line"
	"lotrinh/rollout"
)

// What the demo measured stands in the gates, with its moment and the page that proves it.
func TestWhatMachinesMeasureReachesTheGates(t *testing.T) {
	a, _ := demoHouse(t)
	planner := a.as(t, "planner")
	board, err := a.Rollout.Board(t.Context(), planner, "KH198", rollout.Filter{Phase: 1})
	must(t, err)
	found := map[string]int{}
	for _, row := range board.Rows {
		u, err := a.Rollout.Unit(t.Context(), planner, "KH198", row.Unit)
		must(t, err)
		for _, i := range u.Official.Items {
			v := i.Verified
			if v == nil || i.Criterion.Key != "installed" && i.Criterion.Key != "line" && i.Criterion.Key != "equipment" {
				continue
			}
			found[i.Criterion.Key]++
			if !strings.HasPrefix(v.Link, "/inventory/") || v.ObservedAt.IsZero() {
				t.Errorf("%s of %s: link %q at %v", i.Criterion.Key, row.Unit, v.Link, v.ObservedAt)
			}
			if i.Criterion.Key != "equipment" && len(v.Why()) == 0 {
				t.Errorf("%s of %s says no figure", i.Criterion.Key, row.Unit)
			}
		}
	}
	if found["equipment"] != 139 || found["installed"] == 0 || found["line"] == 0 {
		t.Errorf("the gates hold %v", found)
	}
}

func TestTheVerdictOnSoftwareAndLines(t *testing.T) {
	words, err := Words()
	must(t, err)
	vi := words.In(i18n.VI)
	for want, s := range map[rollout.Answer]install.Standing{
		rollout.Met:   {Software: "VDI", Tally: install.Tally{PCs: 3, Works: 3}},
		rollout.Unmet: {Software: "VDI", Tally: install.Tally{PCs: 3, Works: 1, Fails: 1, Installed: 1}},
	} {
		v := installVerdict(s, "00556")
		if v.Answer != want || !strings.Contains(v.Reasons[0].Say(vi), "/3 máy") {
			t.Errorf("%+v is %+v", s, v)
		}
	}
	for health, want := range map[lines.Health]rollout.Answer{lines.Fine: rollout.Met, lines.Slow: rollout.Unmet, lines.Dead: rollout.Unmet} {
		n := lineNews(lines.Standing{Health: health, Asset: "L", Figures: []i18n.Line{i18n.L("line.gate.rtt_ms.short", "value", 180.0, "want", 100.0)}}, "00556", demoStart)
		v := n.Verdicts["00556"]
		if v.Answer != want || v.Link != "/inventory/lines/L" || v.Reasons[0].Say(vi) != "Độ trễ 180,0 ms, cần không quá 100,0 ms" {
			t.Errorf("%s is %+v: %s", health, v, v.Reasons[0].Say(vi))
		}
	}
}
