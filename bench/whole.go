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

// whole makes the whole city in a folder of the cache and lets the run work there: the registers, the tickets, the equipment and
// two years of figures by day. It is too large to keep twice, so nothing is copied; what is made is not made again, and what was
// interrupted goes on.
func (b *bench) whole(ctx context.Context) error {
	kept, from := filepath.Join(b.cache, fmt.Sprintf("whole-%d-%d-%d", b.dossiers, b.tickets, b.machines)), time.Now()
	first := *b
	b.data = kept
	if err := os.MkdirAll(kept, 0o750); err != nil {
		return err
	}
	steps := []struct {
		name string
		do   func() error
	}{
		{"registers", func() error {
			if err := first.registered(ctx); err != nil {
				return err
			}
			return copyFile(first.file(), b.file())
		}},
		{"tickets", func() error { return grow(ctx, b.file(), b.tickets) }},
		{"equipment", func() error { return b.equip(ctx) }},
		{"figures", func() error { return b.inside(ctx, figured(ctx)) }},
	}
	for _, s := range steps {
		done := filepath.Join(kept, "made-"+s.name)
		if _, err := os.Stat(done); err == nil {
			continue
		}
		if err := s.do(); err != nil {
			return err
		}
		fmt.Printf("%s: made in %s\n", s.name, time.Since(from).Round(time.Second))
		if err := os.WriteFile(done, nil, 0o600); err != nil {
			return err
		}
	}
	return nil
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
