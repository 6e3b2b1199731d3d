package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"lotrinh/app"
	"lotrinh/internal/kit/clock"
)

// wholeDays is how many days of figures the whole city has.
const wholeDays = 2 * 365

// whole puts everything of the city into the run's data folder at once: the registers, the tickets, the equipment and two years
// of figures by day; from the cache, or by making it once; the longest part goes on
// where it was interrupted.
func (b *bench) whole(ctx context.Context) error {
	kept := filepath.Join(b.cache, fmt.Sprintf("whole-%d-%d-%d.db", b.dossiers, b.tickets, b.machines))
	if _, err := os.Stat(kept); err == nil {
		return copyFile(kept, b.file())
	}
	part, from := kept+".part", time.Now()
	if _, err := os.Stat(part); err != nil {
		if err := b.registered(ctx); err != nil {
			return err
		}
		if err := copyFile(b.file(), part); err != nil {
			return err
		}
	}
	if err := grow(ctx, part, b.tickets); err != nil { // goes on where it was interrupted
		return err
	}
	if err := os.Rename(part, b.file()); err != nil {
		return err
	}
	cache := b.cache
	b.cache = filepath.Join(b.data, "made") // what is made here is not the equipment of a demo alone
	err := b.stock(ctx)
	b.cache = cache
	if err != nil {
		return err
	}
	if err := b.inside(ctx, figured(ctx)); err != nil {
		return err
	}
	fmt.Printf("the whole city was made in %s\n", time.Since(from).Round(time.Second))
	return copyFile(b.file(), kept)
}

// figured counts two years of figures by day.
func figured(ctx context.Context) func(h *app.House) error {
	return func(h *app.House) error {
		from, today := time.Now(), h.Business.Now()
		first := today.AddDate(0, 0, -wholeDays)
		changed, err := h.Measures.Rebuild(ctx, clock.Date(first), clock.Date(today.AddDate(0, 0, -1)))
		fmt.Printf("%d days of figures: %d values in %s\n", wholeDays, len(changed), time.Since(from).Round(time.Second))
		return err
	}
}
