package device

import (
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/agent"
)

// TestWhoMayDoWhat asks each use case as somebody of another district, as somebody who
// may only look, and as nobody; those who may are in the stories of the other tests.
func TestWhoMayDoWhat(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	ctx := t.Context()
	kept := h.arrive(dangXa, dangXa, report(1, func(r *agent.Report) { r.Monitors = []agent.Monitor{{Name: "E1914H"}} }))
	h.arrive(dangXa, dangXa, report(1, func(r *agent.Report) {
		r.DeviceID, r.BIOS.Serial, r.BIOS.BoardSerial, r.Hardware.UUID, r.Networks = "khac", "", "ZZ", "", []agent.Network{{MAC: "00:1e:c9:aa:bb:cc"}}
	}))
	h.arrive(h.other(), h.other(), report(1))
	h.add(dangXa, "Dell", "4KX1003Q2", map[string]string{"ram_mb": "2048"})
	typed := h.arrive(dangXa, dangXa, report(3))
	device := h.deviceOf(kept.Asset)
	doubt := h.doubts(Open)[0]
	sights, err := h.Sightings(ctx, h.as("planner", ""), page.Read("", ""))
	if err != nil || len(sights.Items) != 1 {
		t.Fatal(sights, err)
	}
	acts := map[string]struct {
		look bool
		do   func(who access.Actor) error
	}{
		"device": {true, func(who access.Actor) error { _, err := h.Device(ctx, who, h.deviceOf(typed.Asset)); return err }},
		"section": {true, func(who access.Actor) error {
			_, _, _, err := h.SectionOf(ctx, who, h.deviceOf(typed.Asset), softwares)
			return err
		}},
		"doubt": {true, func(who access.Actor) error { _, _, _, err := h.DoubtOf(ctx, who, doubt.ID); return err }},
		"facts": {true, func(who access.Actor) error {
			_, _, err := h.Stock.FactsOf(ctx, who, typed.Asset, "", page.Read("", ""))
			return err
		}},
		"decide": {false, func(who access.Actor) error { _, err := h.Decide(ctx, who, doubt.ID, 1, kept.Asset, ""); return err }},
		"undo":   {false, func(who access.Actor) error { _, err := h.Undo(ctx, who, doubt.ID, 1, ""); return err }},
		"settle": {false, func(who access.Actor) error {
			_, err := h.Settle(ctx, who, sights.Items[0].ID, sights.Items[0].Version, Moved, "")
			return err
		}},
		"answer":    {false, func(who access.Actor) error { return h.Answer(ctx, who, typed.Asset, "ram_mb", true, "1015", "") }},
		"split":     {false, func(who access.Actor) error { _, err := h.Split(ctx, who, device, 1, "x"); return err }},
		"stand at":  {false, func(who access.Actor) error { _, err := h.StandAt(ctx, who, device, 1, dangXa); return err }},
		"registers": {false, func(who access.Actor) error { _, err := h.Register(ctx, who, device, "monitor|e1914h", ""); return err }},
	}
	far, looks := h.as("district_coordinator", thanhTr), h.as("one_stop_officer", giaLam)
	for name, act := range acts {
		if err := act.do(far); !fault.Is(err, fault.Missing) {
			t.Errorf("%s from another district: %v", name, err)
		}
		if err := act.do(looks); act.look != (err == nil) || !act.look && !fault.Is(err, fault.Denied) {
			t.Errorf("%s by somebody who may look: %v", name, err)
		}
		if err := act.do(access.Actor{}); !fault.Is(err, fault.SignIn) {
			t.Errorf("%s by nobody: %v", name, err)
		}
	}
	for _, who := range []access.Actor{far} {
		devices, err := h.Devices(ctx, who, Filter{}, page.Read("", ""))
		if err != nil || len(devices.Items) != 0 {
			t.Error("devices of another district:", devices.Items, err)
		}
		differ, err := h.Differences(ctx, who, "", page.Read("", ""))
		if err != nil || len(differ.Items) != 0 {
			t.Error("differences of another district:", differ.Items, err)
		}
	}
}

// TestAMergeNeedsTheRightAtBothPlaces: who may not change the asset may not merge into it.
func TestAMergeNeedsTheRightAtBothPlaces(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	far := h.tree.Communes(thanhTr)[0].Code
	first := h.arrive(far, far, report(1))
	h.arrive(dangXa, dangXa, report(1, func(r *agent.Report) {
		r.DeviceID, r.Hardware.Name, r.BIOS.Serial, r.BIOS.BoardSerial, r.Hardware.UUID, r.Storages = "khac", "KHAC", "", "", "", nil
	}))
	x := h.doubts(Open)
	if len(x) != 1 {
		t.Fatal(x)
	}
	boss := h.as("district_coordinator", giaLam)
	if _, _, assets, err := h.DoubtOf(t.Context(), boss, x[0].ID); err != nil || len(assets) != 0 {
		t.Error("an asset of another district is shown:", assets, err)
	}
	if _, err := h.Decide(t.Context(), boss, x[0].ID, x[0].Version, first.Asset, ""); !fault.Is(err, fault.Missing) {
		t.Error("merged into another district:", err)
	}
	if _, err := h.Decide(t.Context(), h.as("planner", ""), x[0].ID, x[0].Version, first.Asset, ""); err != nil {
		t.Error(err)
	}
}
