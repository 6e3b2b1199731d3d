package demo

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// survey is the equipment that an inspection found in communes: two PCs, a scanner, a
// printer and a line each, but for what is short. Low is how many of the PCs lie
// below the virtualization client's minimum; of the source "declared", their values are
// the commune's word.
func (h House) survey(ctx context.Context, who access.Actor, a act) error {
	var forms []inventory.AssetForm
	for _, unit := range a.Units {
		forms = append(forms, h.counter(unit, a)...)
	}
	if err := h.Inventory.SetSites(ctx, who, sites(a.Units)); err != nil {
		return err
	}
	return h.Inventory.AddAssets(ctx, who, forms)
}

// sites are the figures of communes: two people at the counter, and as many inhabitants
// and procedures a day as a commune of the city has.
func sites(units []string) map[string][]inventory.SiteForm {
	all := make(map[string][]inventory.SiteForm, len(units))
	for _, unit := range units {
		n, err := strconv.Atoi(unit)
		if err != nil {
			n = 0 // codes of units are digits
		}
		all[unit] = []inventory.SiteForm{{Name: readiness.StaffAtCounter, Value: "2"},
			{Name: readiness.Population, Value: strconv.Itoa(6000 + n*37%14000)}, {Name: readiness.ProceduresADay, Value: strconv.Itoa(8 + n%25)}}
	}
	return all
}

func (h House) counter(unit string, a act) []inventory.AssetForm {
	n, err := strconv.Atoi(unit)
	if err != nil {
		n = 0 // codes of units are digits
	}
	bought := time.Date(2013+n%4, time.Month(1+n%8), 15, 0, 0, 0, 0, time.UTC)
	one := func(kind inventory.Kind, name, serial string, facts map[string]string) inventory.AssetForm {
		return inventory.AssetForm{Unit: unit, Kind: string(kind), Name: name, Serial: serial + unit, State: string(inventory.InUse), Seen: true, Facts: facts,
			Place: "Bộ phận một cửa", Supplier: []string{"Công ty FPT", "Công ty CMC"}[n%2], BoughtOn: bought.Format(time.DateOnly), WarrantyUntil: bought.AddDate(3, 0, -1).Format(time.DateOnly)}
	}
	var forms []inventory.AssetForm
	for i := range 2 {
		facts := map[string]string{"os": "6.1.7601", "arch": "64", "cpu_mhz": strconv.Itoa(2400 + 100*(n%9)), "cores": "2",
			"ram_mb": strconv.Itoa(4096 - n%3*1024), "disk_free_gb": strconv.Itoa(40 + n%90)}
		if i < a.Low {
			facts["ram_mb"], facts["cpu_mhz"], facts["cores"] = "1015", "2000", "1"
		}
		pc := one(inventory.PC, []string{"Dell OptiPlex 3040", "FPT Elead T360"}[(n+i)%2], fmt.Sprintf("PC%d", i+1), facts)
		pc.Seen = a.Source != "declared"
		forms = append(forms, pc)
	}
	if !a.NoScanner {
		forms = append(forms, one(inventory.Scanner, "Canon DR-C225", "SC", nil))
	}
	return append(forms,
		one(inventory.Printer, "Canon LBP 2900", "PR", nil),
		one(inventory.WANLine, "WAN", "LN", map[string]string{"contract_mbps": "8", "down_mbps": strconv.Itoa(4 + n%4), "up_mbps": "2",
			"rtt_ms": strconv.Itoa(20 + n%40), "loss_percent": "0"}))
}

// gap reports what a commune lacks.
func (h House) gap(ctx context.Context, who access.Actor, a act) error {
	for _, unit := range a.Units {
		_, err := h.Inventory.ReportGap(ctx, who, inventory.GapForm{Unit: unit, Kind: a.Kind, What: a.What, Quantity: strconv.Itoa(a.Quantity), Note: a.Note})
		if err != nil {
			return err
		}
	}
	return nil
}
