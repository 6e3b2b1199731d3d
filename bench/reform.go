package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"lotrinh/app"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/org/succession"
	"lotrinh/inventory"
)

// The city whose units change.
const (
	reformPeople   = 3_000
	reformAssets   = 10_000
	reformFacts    = 5 // of each asset
	reformDossiers = 100_000
)

// reformLimit is the most that the whole import of one reform may take.
const reformLimit = 10 * time.Second

// reformDay is after the last reform.
var reformDay = time.Date(2025, 7, 2, 2, 0, 0, 0, time.UTC)

// reformed puts people, equipment and dossiers of the communes of 2016 into the run's data folder, and takes away what the
// shipped units know of later days.
func (b *bench) reformed(ctx context.Context) error {
	b.dossiers = reformDossiers
	if err := b.registered(ctx); err != nil {
		return err
	}
	return b.inside(ctx, func(h *app.House) error {
		atlas, err := h.Units.Atlas(ctx)
		if err != nil {
			return err
		}
		communes := atlas.Tree("2016-11-10").Communes("")
		return h.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(reformStaff(ctx, tx, communes), reformEquipment(ctx, tx, communes))
		})
	})
}

func reformStaff(ctx context.Context, tx *db.Tx, communes []org.Unit) error {
	at := time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)
	for from := 0; from < reformPeople; from += 500 {
		accounts, posts := make([]org.Account, 0, 500), make([]org.Post, 0, 500)
		for i := from; i < from+500; i++ {
			u, login := communes[i%len(communes)], fmt.Sprintf("reform%05d", i)
			a := org.Account{ID: ident.New(at), Login: login, LoginKey: login, Name: familyNames[i%len(familyNames)] + " " + givenNames[i%len(givenNames)], Unit: u.Code, Lang: "vi", State: org.Active,
				PasswordAt: at, CreatedAt: at, Version: 1}
			a.Fold = fold.Key(a.Name)
			p := org.Post{ID: ident.New(at), Account: a.ID, Role: org.OneStopOfficer, Unit: u.Code, From: "2016-01-01", GrantedAt: at}
			if i%20 == 0 { // one in twenty looks after a district
				p.Role, p.Unit = org.DistrictCoordinator, u.Parent
			}
			accounts, posts = append(accounts, a), append(posts, p)
		}
		if _, err := tx.NewInsert().Model(&accounts).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&posts).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

func reformEquipment(ctx context.Context, tx *db.Tx, communes []org.Unit) error {
	at := time.Date(2016, 10, 1, 0, 0, 0, 0, time.UTC)
	kinds := []string{"pc", "printer", "scanner", "pc", "ups"}
	for from := 0; from < reformAssets; from += 500 {
		var assets []inventory.Asset
		var facts []inventory.Fact
		for i := from; i < from+500; i++ {
			u := communes[i%len(communes)].Code
			a := inventory.Asset{ID: ident.New(at), Code: fmt.Sprintf("RF-%06d", i), Unit: u, Kind: inventory.Kind(kinds[i%len(kinds)]), Name: "Máy quầy", State: "in_use", MadeAt: at, ChangedAt: at, Version: 1}
			assets = append(assets, a)
			for f := range reformFacts {
				facts = append(facts, inventory.Fact{ID: ident.New(at), Asset: a.ID, Unit: u, Name: fmt.Sprintf("fact%d", f), Value: "8", Source: "declared", ObservedAt: at, ConfirmedAt: at, RecordedAt: at, Current: true})
			}
		}
		if _, err := tx.NewInsert().Model(&assets).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&facts).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// reforms measures the import, the preview, the coming into force and the reversal of every reform.
func (b *bench) reforms(ctx context.Context) (err error) {
	h, err := app.Open(ctx, app.Config{Data: b.data, DatabaseURL: b.url, Demo: true}, clock.System{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	atlas, err := h.Units.Atlas(ctx)
	if err != nil {
		return err
	}
	var changes, units bytes.Buffer
	if err := errors.Join(succession.WriteChanges(&changes, atlas, "2016-11-11", "2025-07-01"), succession.WriteUnits(&units, atlas, "2025-07-01")); err != nil {
		return err
	}
	if err := forgetLater(ctx, h, "2016-11-10"); err != nil {
		return err
	}
	h.Business.SetOffset(reformDay.Sub(h.Machine.Now()))
	fmt.Println("| step | day | communes | took | processor | limit |")
	fmt.Println("|---|---|---|---|---|---|")
	who := access.System("bench")
	from := start()
	sets, err := h.Map.Bring(ctx, who, "Sắp xếp đơn vị hành chính", &changes, &units)
	if err != nil {
		return err
	}
	fmt.Printf("| both files read and drafted | all | | %s | |\n", from)
	end, err := b.profiled()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	for i := range sets {
		if sets[i], err = reform(ctx, h, who, sets[i]); err != nil {
			return err
		}
	}
	for i := len(sets) - 1; i >= 0; i-- {
		from := start()
		if err := h.Map.Reverse(ctx, who, sets[i].ID, succession.Decision{Reason: "đo"}); err != nil {
			return err
		}
		fmt.Printf("| reversed | %s | | %s | |\n", sets[i].Day, from)
	}
	return nil
}

// spent is since when, and how much processor time was taken until then.
type spent struct {
	at  time.Time
	cpu time.Duration
}

func start() spent { return spent{time.Now(), processor()} }

// took is the time on the clock, and that of the processor: others may work on the same machine.
func (s spent) took() (wall, cpu time.Duration) {
	return time.Since(s.at).Round(time.Millisecond), (processor() - s.cpu).Round(time.Millisecond)
}

func (s spent) String() string {
	wall, cpu := s.took()
	return fmt.Sprintf("%s | %s", wall, cpu)
}

func reform(ctx context.Context, h *app.House, who access.Actor, set succession.Set) (succession.Set, error) {
	from := start()
	if err := h.Map.Choose(ctx, who, set.ID, 0, nil, true); err != nil {
		return set, err
	}
	told, err := h.Map.Preview(ctx, who, set.ID)
	if err != nil {
		return set, err
	}
	fmt.Printf("| previewed | %s | %d | %s | |\n", set.Day, told.Summary.Before, from)
	from = start()
	set, err = h.Map.Confirm(ctx, who, set.ID, succession.Decision{Basis: "1656/NQ-UBTVQH15", Reason: "đo"})
	if err != nil {
		return set, err
	}
	fmt.Printf("| in force, one transaction | %s | %d | %s | %s |\n", set.Day, told.Summary.After, from, reformLimit)
	if wall, _ := from.took(); set.Day == "2025-07-01" && wall > reformLimit {
		return set, fmt.Errorf("the reform of %s took %s on the clock; %s is the most", set.Day, wall, reformLimit)
	}
	var moved int64
	told, err = set.Told()
	for _, r := range told.Reports {
		for _, m := range r.Moved {
			moved += m.Rows
		}
	}
	fmt.Printf("| rows told as moved | %s | %d | | | |\n", set.Day, moved)
	return set, err
}

// forgetLater takes away what the shipped units know of days after one.
func forgetLater(ctx context.Context, h *app.House, day string) error {
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
	return h.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, _, err := h.Units.Amend(ctx, tx, e)
		return err
	})
}
