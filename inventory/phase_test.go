package inventory

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/readiness"
)

// plan is a rollout of two phases; moved is what it was told to change.
type plan map[string]string

func (plan) All(context.Context) ([]Phase, error) {
	return []Phase{{"P/1", "Giai đoạn 1", "Phase 1"}, {"P/2", "Giai đoạn 2", "Phase 2"}}, nil
}

func (p plan) Of(_ context.Context, _ bun.IDB, units []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, u := range units {
		out[u] = []string{p[u]}
	}
	return out, nil
}

// A profile of a phase asks the communes of that phase alone, and a commune that changes
// its phase is judged by the other one's profile.
func TestAProfileOfAPhaseAsksItsCommunesAlone(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		jobs := h.withJobs(d)
		ctx, planner := t.Context(), h.as("planner", "")
		other := h.tree.Communes(giaLam)[0].Code
		if other == dangXa {
			other = h.tree.Communes(giaLam)[1].Code
		}
		phases := plan{dangXa: "P/1", other: "P/2"}
		h.Phases = phases
		h.equip(dangXa)
		h.equip(other)
		asked := ProfileDraft{Code: "phase-2", TitleVI: "Giai đoạn 2", TitleEN: "Phase 2", Phase: "P/9", Lines: []readiness.Line{
			{Code: "ups", Kind: string(UPS), Quantity: 1, Must: true, MaxAge: 90}}}
		if _, err := h.DraftProfile(ctx, planner, asked); !fault.Is(err, fault.Invalid) {
			t.Errorf("a phase that is none: %v", err)
		}
		asked.Phase = "P/2"
		draft, err := h.DraftProfile(ctx, planner, asked)
		if err != nil {
			t.Fatal(err)
		}
		e, err := h.Effect(ctx, planner, draft.ID)
		if err != nil || len(e.Moved) != 1 || e.Moved[0].Unit != other {
			t.Fatalf("the effect: %+v, %v", e, err)
		}
		if _, _, err := h.PublishDraft(ctx, planner, draft.ID, draft.Version); err != nil {
			t.Fatal(err)
		}
		if _, err := jobs.RunDue(ctx); err != nil {
			t.Fatal(err)
		}
		if a, b := h.verdict(dangXa), h.verdict(other); a != readiness.Met || b != readiness.Unmet {
			t.Fatalf("phase 1 %s, phase 2 %s", a, b)
		}
		phases[dangXa] = "P/2"
		h.at.Move(time.Minute)
		if err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return outbox.Write(ctx, tx, h.at.Now(), rewaved{Units: []string{dangXa, "00001"}})
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := outbox.NewDispatcher(d, h.at, slog.New(slog.DiscardHandler), h.Handlers()...).Run(ctx); err != nil {
			t.Fatal(err)
		}
		if got := h.verdict(dangXa); got != readiness.Unmet {
			t.Errorf("after it joined phase 2: %s", got)
		}
		if n, wrong, err := h.Prove(ctx); err != nil || n != 2 || slices.Contains(wrong, dangXa) {
			t.Errorf("%d looked at, wrong: %v, %v", n, wrong, err)
		}
	})
}

// rewaved is the rollout's word that communes changed their phase.
type rewaved struct {
	Units []string `json:"units"`
}

func (rewaved) Topic() string   { return "rollout.members.changed" }
func (rewaved) Subject() string { return "P" }
