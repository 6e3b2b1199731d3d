package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/inventory"
	"lotrinh/inventory/agent/specimen"
	"lotrinh/inventory/install"
	"lotrinh/inventory/intake"
	"lotrinh/inventory/stocktake"
	"lotrinh/inventory/supply"
	"lotrinh/rollout/schedule"
)

// Rooms are further rooms that the demo fills.
type Rooms struct {
	Intake   *intake.Service
	Supply   *supply.Service
	Installs *install.Service
	Counts   *stocktake.Service
	Schedule *schedule.Service
}

// The store of Đông Anh stands at one of its communes; two of its scanners are on their
// way to Ba Vì.
const (
	giver = "00454"
	spare = 14
)

// stock plays a step of the equipment's life.
func (h House) stock(ctx context.Context, who access.Actor, a act) error {
	switch a.Act {
	case "stock.spares":
		return h.spares(ctx, who)
	case "stock.report":
		return h.reports(ctx, who, a)
	case "stock.ask":
		return h.asks(ctx, who, a)
	case "stock.decide":
		return h.decides(ctx, who, a)
	case "stock.send":
		return h.sends(ctx, who, a)
	case "stock.sign":
		return h.signs(ctx, who, a)
	case "stock.check":
		return h.checks(ctx, who, a)
	case "stock.software":
		return h.software(ctx, who, a)
	case "stock.install":
		return h.installs(ctx, who, a)
	}
	return h.counts(ctx, who, a)
}

// spares are scanners that were left over when counters were put together.
func (h House) spares(ctx context.Context, who access.Actor) error {
	var forms []inventory.AssetForm
	for i := range spare {
		forms = append(forms, inventory.AssetForm{Unit: giver, Kind: string(inventory.Scanner), Name: "Canon DR-C225", Serial: fmt.Sprintf("DP%02d%s", i+1, giver), State: string(inventory.Spare),
			Place: "Kho của huyện", Seen: true})
	}
	return h.Inventory.AddAssets(ctx, who, forms)
}

// pcs are the computers of communes with what is known of them, by code of the commune
// and of the asset.
func (h House) pcs(ctx context.Context, who access.Actor, units []string) ([]inventory.AssetView, error) {
	var out []inventory.AssetView
	for _, unit := range units {
		v, err := h.Inventory.Unit(ctx, who, unit)
		if err != nil {
			return nil, err
		}
		for _, one := range v.Assets {
			if one.Kind == inventory.PC {
				out = append(out, one)
			}
		}
	}
	return out, nil
}

// reports lets the agents on the computers of communes report, with a key of the
// district that the actor makes first. With a key of the act some find otherwise than
// people wrote down, and with a reason one more machine sends what nobody can read.
func (h House) reports(ctx context.Context, who access.Actor, a act) error {
	key, ok := h.keys[a.District]
	if !ok {
		made, err := h.Intake.MakeKey(ctx, who, a.District, a.Note)
		if err != nil {
			return err
		}
		key = made.Key
		h.keys[a.District] = key
	}
	all, err := h.pcs(ctx, who, a.Units)
	if err != nil {
		return err
	}
	for i, pc := range all {
		m := machineOf(pc, i)
		if a.Key != "" && i%7 == 3 {
			m.MHz += 700 // the paper that came with it was another machine's
		}
		remote := fmt.Sprintf("10.20.%d.%d", i/250, i%250+1)
		if _, err := h.Intake.Receive(ctx, key, remote, "FusionInventory-Agent_v2.6-3", m.XML()); err != nil {
			return fmt.Errorf("%s: %w", pc.Code, err)
		}
	}
	if a.Reason == "" {
		return nil
	}
	_, err = h.Intake.Receive(ctx, key, "10.20.9.14", "FusionInventory-Agent_v2.3.17", []byte("<?xml version=\"1.0\"?><REQUEST><CONTENT><HARDWARE><NAME>MC-CU"))
	if fault.Of(err).Kind == fault.Invalid {
		return nil // refused, and the sender stands on the board of agents
	}
	return fmt.Errorf("half an inventory was taken: %w", err)
}

// machineOf is what the agent on a computer finds: what people wrote down, and its own
// numbers.
func machineOf(pc inventory.AssetView, i int) specimen.Machine {
	m := specimen.Desk(7000 + i)
	m.DeviceID, m.Name = "mc-"+pc.Unit+"-"+fmt.Sprint(i)+"-2016-10-30-08-12-40", "MC-"+pc.Unit+"-"+fmt.Sprint(i+1)
	m.Tag, m.Serial, m.Packages = pc.Unit, pc.Serial, 6
	m.Maker, m.Model = "FPT", "Elead T360"
	if pc.Name == "Dell OptiPlex 3040" {
		m.Maker, m.Model = "Dell Inc.", "OptiPlex 3040"
	}
	number := func(name string, otherwise int) int {
		for _, f := range pc.Facts {
			if n, err := strconv.Atoi(f.Value); f.Name == name && err == nil {
				return n
			}
		}
		return otherwise
	}
	m.RAMMB, m.MHz, m.Cores = number("ram_mb", 2048), number("cpu_mhz", 2400), number("cores", 2)
	m.FreeMB = number("disk_free_gb", 40) * 1024
	m.Arch = "64-bit"
	return m
}

// asks writes a request of the actor's district from what its communes reported.
func (h House) asks(ctx context.Context, who access.Actor, a act) error {
	needs, err := h.Supply.Needs(ctx, who, a.District)
	if err != nil {
		return err
	}
	f := supply.RequestForm{District: a.District, Own: a.Kind == "own", Note: a.Note}
	for _, n := range needs {
		if n.Gap != "" && n.Kind == inventory.Kind(a.What) && slices.Contains(a.Units, n.Unit) {
			f.Wants = append(f.Wants, supply.Want{Key: n.Key, Price: map[inventory.Kind]int64{inventory.Scanner: 8_900_000, inventory.PC: 11_500_000}[n.Kind]})
		}
	}
	r, _, err := h.Supply.Ask(ctx, who, f)
	h.things[a.Key] = r.ID
	return err
}

// decides approves a request, but for the last so many pieces, at the price asked; and
// orders it: Quantity are bought, the rest comes from the spares of elsewhere.
func (h House) decides(ctx context.Context, who access.Actor, a act) error {
	v, err := h.Supply.Request(ctx, who, h.things[a.Key])
	if err != nil {
		return err
	}
	d := supply.Decision{Grants: map[ident.ID]supply.Grant{}, Reason: a.Reason}
	for i, l := range v.Lines {
		g := supply.Grant{Approved: l.Asked, Price: l.AskedPrice}
		if i >= len(v.Lines)-a.Low {
			g.Approved--
		}
		d.Grants[l.ID] = g
	}
	r, err := h.Supply.Decide(ctx, who, v.ID, v.Version, d)
	if err != nil || a.To == "" {
		return err
	}
	p := supply.Plan{Buy: map[ident.ID]int64{}, Supplier: a.To, Contract: a.Source}
	moved := 0
	for i, l := range v.Lines {
		if i < a.Quantity {
			p.Buy[l.ID] = d.Grants[l.ID].Approved
			continue
		}
		moved += int(d.Grants[l.ID].Approved)
	}
	spares, err := h.Supply.Spares(ctx, who, []inventory.Kind{v.Lines[0].Kind})
	if err != nil {
		return err
	}
	for _, s := range spares[:min(moved, len(spares))] {
		p.Spares = append(p.Spares, s.ID)
	}
	_, err = h.Supply.Allocate(ctx, who, r.ID, r.Version, p)
	return err
}

// deliveries are those of a request, in their order.
func (h House) deliveries(ctx context.Context, who access.Actor, key string) ([]supply.Delivery, error) {
	v, err := h.Supply.Request(ctx, who, h.things[key])
	return v.Deliveries, err
}

// sends gives away what was moved for a request, or what was bought; its giver is named.
func (h House) sends(ctx context.Context, who access.Actor, a act) error {
	all, err := h.deliveries(ctx, who, a.Key)
	if err != nil {
		return err
	}
	for _, d := range all {
		if string(d.Source) != a.Kind {
			continue
		}
		if d.Source == supply.Transfer {
			if d, err = h.Supply.Step(ctx, who, d.ID, d.Version, supply.Move{To: supply.Agreed}); err != nil {
				return err
			}
		} else if d, err = h.label(ctx, who, d, a.What); err != nil {
			return err
		}
		if _, err := h.Supply.Step(ctx, who, d.ID, d.Version, supply.Move{To: supply.Sent, Giver: a.Signer, Post: a.Step}); err != nil {
			return err
		}
	}
	return nil
}

// label writes what came and its serial numbers.
func (h House) label(ctx context.Context, who access.Actor, d supply.Delivery, name string) (supply.Delivery, error) {
	v, err := h.Supply.Delivery(ctx, who, d.ID)
	if err != nil {
		return d, err
	}
	var batches []supply.Batch
	for _, it := range v.Items {
		i := slices.IndexFunc(batches, func(b supply.Batch) bool { return b.Unit == it.Unit && b.Kind == it.Kind })
		if i < 0 {
			batches = append(batches, supply.Batch{Unit: it.Unit, Kind: it.Kind, Name: name})
			i = len(batches) - 1
		}
		batches[i].Serials += fmt.Sprintf("HP16%s%02d\n", it.Unit, len(batches[i].Serials))
	}
	return h.Supply.Label(ctx, who, d.ID, d.Version, batches)
}

// signs takes in what was sent for a request, with the code that the giver told. Who
// signs does not see the request.
func (h House) signs(ctx context.Context, who access.Actor, a act) error {
	all, err := h.Supply.Deliveries(ctx, who, supply.Filter{State: string(supply.Sent)}, page.Read("", "50"))
	if err != nil {
		return err
	}
	for _, d := range all.Items {
		if d.Request != h.things[a.Key] {
			continue
		}
		if _, err := h.Supply.Sign(ctx, who, d.ID, d.Version, supply.Signature{Name: a.Signer, Post: a.Step, Way: supply.Code, Code: d.Pin}); err != nil {
			return err
		}
	}
	return nil
}

// checks records that what was signed for a request was seen at its counters.
func (h House) checks(ctx context.Context, who access.Actor, a act) error {
	all, err := h.deliveries(ctx, who, a.Key)
	if err != nil {
		return err
	}
	for _, d := range all {
		v, err := h.Supply.Delivery(ctx, who, d.ID)
		if err != nil {
			return err
		}
		seen := make([]ident.ID, len(v.Items))
		for i, it := range v.Items {
			seen[i] = it.ID
		}
		if _, err := h.Supply.Check(ctx, who, d.ID, d.Version, seen); err != nil {
			return err
		}
	}
	return nil
}

// software says where the browser of a PC tries whether the shipped software connects:
// the demo's own house, the one address that every PC with the demo can reach.
func (h House) software(ctx context.Context, who access.Actor, a act) error {
	all, err := h.Installs.Catalogue(ctx, who)
	if err != nil {
		return err
	}
	one := all[0]
	one.Reach = a.To
	_, err = h.Installs.SaveSoftware(ctx, who, one)
	return err
}

// installs plans the shipped software for communes, and writes down what was done on
// their computers: nearly everywhere it connects.
func (h House) installs(ctx context.Context, who access.Actor, a act) error {
	all, err := h.Installs.Catalogue(ctx, who)
	if err != nil {
		return err
	}
	one := all[0]
	for _, unit := range a.Units {
		if _, err := h.Installs.Plan(ctx, who, install.PlanForm{Software: one.ID, Unit: unit}); err != nil {
			return err
		}
	}
	pcs, err := h.pcs(ctx, who, a.Units)
	if err != nil {
		return err
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", a.At, clock.City)
	if err != nil {
		return err
	}
	for i, pc := range pcs {
		did := []install.RecordForm{{Kind: install.DidInstall, ProgramVersion: "4.2.0"}, {Kind: install.DidTry, OK: true}}
		switch i % 6 {
		case 2:
			did[1].OK, did[1].Why = false, a.Reason
		case 4:
			did = did[:1]
		}
		for k, f := range did {
			f.ID, f.Software, f.Asset, f.How, f.At = ident.New(at), one.ID, pc.ID, install.Manual, at.Add(time.Duration(k-len(pcs)+i)*12*time.Minute)
			if _, err := h.Installs.Record(ctx, who, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// counts goes through a commune with the list in hand: all is found but the last so
// many, and one label of elsewhere. A count without a note still runs.
func (h House) counts(ctx context.Context, who access.Actor, a act) error {
	for _, unit := range a.Units {
		c, err := h.Counts.Start(ctx, who, stocktake.StartForm{Unit: unit})
		if err != nil {
			return err
		}
		_, want, _, err := h.Counts.Count(ctx, who, c.ID)
		if err != nil {
			return err
		}
		tags := []string{}
		for _, e := range want.Missing[:max(0, len(want.Missing)-a.Low)] {
			tags = append(tags, e.Code)
		}
		if a.What != "" {
			tags = append(tags, a.What)
		}
		for _, tag := range tags {
			if _, err := h.Counts.Scan(ctx, who, c.ID, stocktake.ScanForm{ID: ident.New(c.StartedAt), Tag: tag, How: stocktake.Camera, At: c.StartedAt}); err != nil {
				return err
			}
		}
		if a.Note == "" {
			continue
		}
		if _, err := h.Counts.End(ctx, who, c.ID, c.Version, a.Note); err != nil {
			return err
		}
	}
	return nil
}
