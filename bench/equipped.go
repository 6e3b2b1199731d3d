package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"lotrinh/app"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/inventory"
	"lotrinh/inventory/suppose"
	"lotrinh/inventory/whatif"
)

// equipment is the pages of the equipment that are measured.
var equipment = []view{
	{"board of a district", "coordinator", "/inventory", nil, 100 * time.Millisecond},
	{"board of the city", "planner", "/inventory", nil, 100 * time.Millisecond},
	{"a commune's equipment", "coordinator", "/inventory/units/00556", nil, 100 * time.Millisecond},
	{"agents of the city", "planner", "/inventory/agents", nil, 100 * time.Millisecond},
	{"what-if: 40 more PCs", "planner", "/inventory/what-if?ask=1&type=standard:pc&n=40", nil, time.Second},
	{"smallest list of the city", "planner", "/inventory/what-if/list", nil, time.Second},
}

// equipped measures what agents and those who look at equipment do.
func (b *bench) equipped(ctx context.Context) error {
	if b.wanted("inventories") {
		heading()
		for _, clients := range []int{2, b.clients} {
			if err := b.incoming(ctx, clients); err != nil {
				return err
			}
		}
	}
	if err := errors.Join(b.judged(ctx), b.supposed(ctx)); err != nil {
		return err
	}
	alone := *b
	alone.clients = 1 // a person, and then as many as are asked for
	return errors.Join(alone.pages(ctx, equipment), b.pages(ctx, equipment[:4]))
}

// inside opens the store as the product does.
func (b *bench) inside(ctx context.Context, do func(h *app.House) error) (err error) {
	h, err := app.Open(ctx, app.Config{Data: b.data, DatabaseURL: b.url, Demo: true}, clock.System{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	return do(h)
}

// judged measures how long the answer for one commune takes, and for all of them when none is there.
func (b *bench) judged(ctx context.Context) error {
	if !b.wanted("readiness") {
		return nil
	}
	all, err := posts(ctx, b)
	if err != nil {
		return err
	}
	return b.inside(ctx, func(h *app.House) error {
		heading()
		show(load("readiness of one commune", 1, b.span, func(_, turn int) (int, error) {
			return 0, h.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				return h.Inventory.JudgeIn(ctx, tx, all[turn%len(all)].unit)
			})
		}))
		fmt.Println()
		for range 3 {
			err := h.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewRaw("DELETE FROM unit_readiness").Exec(ctx)
				return err
			})
			if err != nil {
				return err
			}
			from := time.Now()
			n, err := h.Inventory.Rebuild(ctx)
			if err != nil {
				return err
			}
			fmt.Printf("readiness of all %d communes from scratch: %.2f s (aim 2 s)\n", n, time.Since(from).Seconds())
		}
		fmt.Println()
		return nil
	})
}

// furnish gives every commune a scanner, a printer and a line, as people declare them.
func (b *bench) furnish(ctx context.Context, all []post) error {
	return b.inside(ctx, func(h *app.House) error {
		who := access.System("bench")
		for from := 0; from < len(all); from += 50 {
			var forms []inventory.AssetForm
			for _, p := range all[from:min(from+50, len(all))] {
				for _, f := range []inventory.AssetForm{{Kind: "scanner", Name: "Canon DR-C225"}, {Kind: "printer", Name: "Canon LBP 2900"},
					{Kind: "line", Name: "VNPT", Facts: map[string]string{"contract_mbps": "8", "down_mbps": "6", "up_mbps": "3", "rtt_ms": "20", "loss_percent": "0"}}} {
					f.Unit, f.State = p.unit, "in_use"
					forms = append(forms, f)
				}
			}
			err := h.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := h.Inventory.AddIn(ctx, tx, who, forms)
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// older puts the inventories of the months before behind each machine's first one: a line of the log each, the same sections but
// one that says how much space was free.
func (b *bench) older(ctx context.Context) (err error) {
	d, err := openStore(ctx, b.file())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	for month := 1; month < stockMonths; month++ {
		err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			head := fmt.Sprintf("%04d", stockMonths-month) // an ID of long ago, the rest is the newest message's own
			at := time.Date(2016, 11, 1, 2, 0, 0, 0, time.UTC).AddDate(0, -month, 0)
			_, err := tx.NewRaw("INSERT INTO agent_section (hash, name, body, size, at) SELECT ? || substr(am.id, 5), 'DRIVES', randomblob(180), 420, ? "+
				"FROM agent_message AS am WHERE am.result = 'kept' AND am.hash NOT LIKE 'older-%'", head, at).Exec(ctx)
			if err != nil {
				return err
			}
			_, err = tx.NewRaw("INSERT INTO agent_message (id, sender, agent_key, scope, unit, kind, format, hash, wire, size, at, month, result, problem, repairs, remote, who, file, asset, sections) "+
				"SELECT ? || substr(am.id, 5), am.sender, am.agent_key, am.scope, am.unit, am.kind, am.format, 'older-' || ? || am.hash, am.wire, am.size, ?, ?, am.result, am.problem, am.repairs, "+
				"am.remote, am.who, am.file, am.asset, substr(am.sections, 1, length(am.sections) - 1) || ',' || se.id || ']' "+
				"FROM agent_message AS am JOIN agent_section AS se ON se.hash = ? || substr(am.id, 5) WHERE am.result = 'kept' AND am.hash NOT LIKE 'older-%'",
				head, head, at, at.Format("2006-01"), head).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("ANALYZE").Exec(ctx)
		return err
	})
}

// supposed measures the questions of what-if within this process, so that a profile sees where the time goes.
func (b *bench) supposed(ctx context.Context) error {
	if !b.wanted("what-if") || b.profile == "" {
		return nil
	}
	return b.inside(ctx, func(h *app.House) (err error) {
		end, err := b.profiled()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, end()) }()
		heading()
		before := processor()
		r := load("what-if: smallest list of the city", 1, b.span, func(_, _ int) (int, error) {
			_, err := h.Inventory.Suppose.Shop(ctx, access.System("bench"), suppose.Where{}, whatif.Allow{Move: true, Upgrade: true, Repair: true})
			return 0, err
		})
		show(r)
		fmt.Printf("\n%.0f ms of a processor each\n\n", perThing(processor()-before, r.Asked))
		return nil
	})
}
