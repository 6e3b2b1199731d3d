package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/agent"
	"lotrinh/inventory/device"
)

// machineReport is what the agent of a machine says of it.
func machineReport(name string, n int) *agent.Report {
	return &agent.Report{DeviceID: name, Agent: "FusionInventory-Agent_v2.6-3", BIOS: agent.BIOS{Manufacturer: "Dell Inc.", Model: "OptiPlex 3020", Serial: fmt.Sprintf("4KX%dQ2", n), BoardSerial: fmt.Sprintf("CN7016%d", n)},
		Hardware: agent.Hardware{Name: name, MemoryMB: agent.Known(1015)}, Storages: []agent.Storage{{Serial: fmt.Sprintf("WD-WCC%d", n)}},
		Networks: []agent.Network{{MAC: fmt.Sprintf("b8:ca:3a:%02x:%02x:7c", n/256%256, n%256)}}, Monitors: []agent.Monitor{{Manufacturer: "Dell", Name: "E1914H"}},
		Sections: []agent.Section{{Name: "BIOS", Hash: fmt.Sprint("street-", n), Rows: 1}}}
}

// arrive lets a report of a machine come in from a commune.
func (s *street) arrive(unit string, r *agent.Report) inventory.Kept {
	s.t.Helper()
	now := s.Business.Now()
	var kept inventory.Kept
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var err error
		kept, err = s.Inventory.Devices.Keep(ctx, tx, inventory.Arrival{Message: ident.New(now), Sender: ident.New(now), Scope: unit, Units: []string{unit}, Unit: unit,
			Report: r, At: now, TakenAt: now, Who: access.System("agent")})
		return err
	}))
	return kept
}

// devices are a machine that reports, one of which it is doubtful what it is, one that
// was seen elsewhere, and a fact that differs from what was declared.
func (s *street) devices(m map[string]string, unit string) {
	s.t.Helper()
	tree, err := s.Units.Tree(s.t.Context(), s.Business.Now())
	must(s.t, err)
	all := tree.Communes("")
	at := slices.IndexFunc(all, func(u org.Unit) bool { return u.Code == unit })
	n := 2000 + 10*at
	kept := s.arrive(unit, machineReport("may-"+unit, n))
	m["device"] = s.one("SELECT id FROM device WHERE asset = ?", string(kept.Asset))
	m["thing"] = s.one("SELECT thing FROM device_thing WHERE device = ?", m["device"])
	doubt := machineReport("may-"+unit, n)
	doubt.DeviceID, doubt.BIOS, doubt.Networks = "khac-"+unit, agent.BIOS{BoardSerial: "ZZTOP" + unit}, []agent.Network{{MAC: fmt.Sprintf("00:1e:c9:00:%02x:01", at%256)}}
	s.arrive(unit, doubt)
	m["doubt"] = s.one("SELECT id FROM device_doubt WHERE unit = ?", unit)
	away := machineReport("di-"+unit, n+1)
	s.arrive(unit, away)
	s.arrive(all[(at+300)%len(all)].Code, away)
	m["sighting"] = s.one("SELECT id FROM device_elsewhere WHERE unit = ?", unit)
	typed, err := s.Inventory.AddAsset(s.t.Context(), s.actor("planner"), inventory.AssetForm{Unit: unit, Kind: "pc", Name: "Dell quầy 9", Serial: fmt.Sprintf("4KX%dQ2", n+2), State: "in_use", Facts: map[string]string{"ram_mb": "2048"}})
	must(s.t, err)
	s.arrive(unit, machineReport("sai-"+unit, n+2))
	m["differs"] = string(typed.ID)
}

// TestADeviceOfTheAPISaysWhyItIsThatAsset reads the machines of a commune as another system does.
func TestADeviceOfTheAPISaysWhyItIsThatAsset(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		unit := s.actor("officer").Home
		kept := s.arrive(unit, machineReport("quay-1", 7001))
		var all httpx.List[device.JSON]
		must(t, json.Unmarshal([]byte(s.ask("officer", "GET", "/api/v1/inventory/devices?limit=200", "").body), &all))
		i := slices.IndexFunc(all.Items, func(d device.JSON) bool { return d.Asset == kept.Asset })
		if i < 0 || all.Items[i].Unit != unit || all.Items[i].State != device.Linked {
			t.Fatalf("%+v", all.Items)
		}
		var one device.FullJSON
		must(t, json.Unmarshal([]byte(s.ask("officer", "GET", "/api/v1/inventory/devices/"+string(all.Items[i].ID), "").body), &one))
		if one.Facts["ram_mb"] == "" || len(one.Marks) == 0 || len(one.Why) == 0 || len(one.Sections) == 0 {
			t.Errorf("%+v", one)
		}
	})
}
