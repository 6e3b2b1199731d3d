package inventory

import (
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/readiness"
)

// Where an asset stands decides when a profile asks for it, and moving it within the office judges its commune anew.
func TestAProfileAsksForEquipmentAtTheCounter(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		jobs := h.withJobs(d)
		h.equip(dangXa)
		ctx, planner, her := t.Context(), h.as("planner", ""), h.as("district_coordinator", giaLam)
		draft, err := h.NextDraft(ctx, planner, h.inForce("one-stop-counter-2016").ID)
		if err != nil {
			t.Fatal(err)
		}
		form, err := draft.Draft()
		if err != nil {
			t.Fatal(err)
		}
		form.Lines[0].Quantity = 1
		form.Lines[0].Predicates = []readiness.Predicate{{Fact: readiness.Place, Op: readiness.Among, Value: "quầy , một cửa"}}
		if _, err := h.SaveDraft(ctx, planner, draft.ID, draft.Version, form); err == nil {
			t.Error("a list of places that is not in its stored form was taken")
		}
		form.Lines[0].Predicates[0].Value = "quầy, một cửa"
		if draft, err = h.SaveDraft(ctx, planner, draft.ID, draft.Version, form); err != nil {
			t.Fatal(err)
		}
		h.at.Move(time.Minute)
		if _, _, err := h.PublishDraft(ctx, planner, draft.ID, draft.Version); err != nil {
			t.Fatal(err)
		}
		if _, err := jobs.RunDue(ctx); err != nil {
			t.Fatal(err)
		}
		if got := h.verdict(dangXa); got != readiness.Unknown {
			t.Errorf("nobody wrote down where the machines stand: %s", got)
		}
		pcs, err := h.InUnit(ctx, planner, Look, dangXa, []Kind{PC})
		if err != nil || len(pcs) == 0 {
			t.Fatal(err)
		}
		for i, place := range []string{"Kho", "Quầy 2"} {
			for _, a := range pcs {
				now, _, err := h.Asset(ctx, her, a.ID)
				if err != nil {
					t.Fatal(err)
				}
				f := formOfAsset(now.Asset)
				f.Place = place
				if _, err := h.ChangeAsset(ctx, her, a.ID, now.Version, f); err != nil {
					t.Fatal(err)
				}
			}
			if got, want := h.verdict(dangXa), []readiness.Verdict{readiness.Unmet, readiness.Met}[i]; got != want {
				t.Errorf("at %s: %s, want %s: %s", place, got, want, h.sentences(dangXa))
			}
			if i == 0 && !strings.Contains(h.sentences(dangXa), "đặt tại «Kho», cần đặt tại quầy, một cửa") {
				t.Errorf("%s", h.sentences(dangXa))
			}
		}
		if n, wrong, err := h.Prove(ctx); err != nil || n != 1 || len(wrong) != 0 {
			t.Errorf("%d looked at, %v wrong, %v", n, wrong, err)
		}
	})
}
