package inventory

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
)

// TestTheGapsOfAMomentAreThoseThatWereSeenThen reports, ends and opens gaps again by chance,
// and asks for moments when everything has moved on.
func TestTheGapsOfAMomentAreThoseThatWereSeenThen(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r, ctx, who := rand.New(rand.NewPCG(11, 2016)), t.Context(), h.as("district_coordinator", giaLam) //nolint:gosec // a test's dice
		units := h.tree.Under(giaLam)[1:6]
		type seen struct {
			at   time.Time
			gaps []string
		}
		told := func(at time.Time, all []Gap) seen {
			s := seen{at: at}
			for _, g := range all {
				s.gaps = append(s.gaps, fmt.Sprint(g.Code, g.Unit, g.DueAt.UTC(), g.Overdue(at)))
			}
			return s
		}
		var ids []ident.ID
		var moments []seen
		for n := range 70 {
			h.at.Move(time.Duration(1+r.IntN(30)) * time.Hour)
			if n%7 == 6 {
				all, err := h.OldestGaps(ctx, who, 1000)
				if err != nil {
					t.Fatal(err)
				}
				moments = append(moments, told(h.at.Now(), all))
				h.at.Move(time.Microsecond)
			}
			if len(ids) < 4 || r.IntN(4) == 0 {
				g, err := h.ReportGap(ctx, who, GapForm{Unit: units[r.IntN(len(units))], Kind: string(GapKinds[r.IntN(2)]), What: string(PC), Quantity: "1"})
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, g.ID)
				continue
			}
			var g Gap
			if err := h.db.Read().NewSelect().Model(&g).Where("g.id = ?", ids[r.IntN(len(ids))]).Scan(ctx); err != nil {
				t.Fatal(err)
			}
			next := g.State.Next()
			if _, err := h.MoveGap(ctx, who, g.ID, g.Version, next[r.IntN(len(next))], "vì có lý do"); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
		}
		for _, want := range moments {
			all, err := h.GapsAt(ctx, who, want.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(want.at, all); !reflect.DeepEqual(got, want) {
				t.Errorf("at %s:\n%v\nthen it was\n%v", want.at, got.gaps, want.gaps)
			}
			if all, err := h.GapsAt(ctx, h.as("district_coordinator", "271"), want.at); err != nil || len(all) != 0 {
				t.Errorf("another district is told %d gaps (%v)", len(all), err)
			}
		}
		if _, err := h.GapsAt(ctx, access.Actor{}, h.at.Now()); !fault.Is(err, fault.SignIn) {
			t.Errorf("nobody is told gaps: %v", err)
		}
	})
}
