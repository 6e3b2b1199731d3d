package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lotrinh/app"
	"lotrinh/helpdesk"
	"lotrinh/helpdesk/sla"
)

// limitRecompute is how long 10,000 open tickets may take to be computed again.
const limitRecompute = 5 * time.Second

// longer is the rules of the house with more time for every promise: under them no due moment stays where it was.
type longer struct{ helpdesk.Rules }

// Book gives every promise an hour of work more, or a day where it counts days.
func (l longer) Book(ctx context.Context) (sla.Book, error) {
	book, err := l.Rules.Book(ctx)
	book = slices.Clone(book)
	for i := range book {
		r := &book[i]
		r.Version++
		for _, b := range []*sla.Budget{&r.Answer, &r.Next, &r.Resolve} {
			if b.Unit == sla.Minutes {
				b.N += 60
			} else {
				b.N++
			}
		}
	}
	return book, err
}

// recomputed computes every open ticket again: as it stands, which the first time gives each made-up ticket the rule that holds for
// it; when nothing moves; and when the rules change so that every due moment moves, there and back.
func recomputed(ctx context.Context, h *app.House) error {
	fmt.Println()
	house := h.Desk.Rules
	defer func() { h.Desk.Rules = house }()
	for _, turn := range []struct {
		name  string
		rules helpdesk.Rules
		moves bool // every ticket
	}{{"as it stands", house, false}, {"nothing moves", house, false}, {"an hour more for everything", longer{house}, true}, {"and back", house, true}} {
		h.Desk.Rules = turn.rules
		from, used := time.Now(), processor()
		done, err := h.Desk.Recompute(ctx, func(helpdesk.Recomputed) error { return nil })
		if err != nil {
			return err
		}
		took, mark := time.Since(from), ""
		if limit := limitRecompute * time.Duration(done.Seen) / cityOpen; took > limit {
			mark = ", **over**"
		}
		fmt.Printf("recompute of %d open tickets, %s: %d moved, %.1f s, processor time %.1f s (limit %s for %d%s)\n", done.Seen, turn.name, done.Moved, took.Seconds(), (processor() - used).Seconds(), limitRecompute, cityOpen, mark)
		if turn.moves && done.Moved < done.Seen {
			return fmt.Errorf("%d tickets stayed where they were: this measures less than it says", done.Seen-done.Moved)
		}
	}
	return nil
}
