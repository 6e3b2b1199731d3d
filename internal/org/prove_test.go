package org

import (
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
)

func TestAProofIsOfItsOwnerOnlyAndDoesNotLast(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person(t, "lan", "018")
		lan := h.as(t, "lan")
		proof, err := h.Reprove(t.Context(), lan, goodPassword)
		if err != nil || proof.How() != ByPassword || proof.Of(lan) != nil || h.Fresh(proof) != nil {
			t.Fatal("the right password does not prove", err)
		}
		if proof.Of(h.admin) == nil || (Proof{}).Of(lan) == nil || h.Fresh(Proof{}) == nil {
			t.Error("a proof of somebody else, or none, holds")
		}
		h.machine.Move(2 * fresh)
		if h.Fresh(proof) == nil {
			t.Error("an old proof still holds")
		}
		for _, who := range []access.Actor{{}, access.System("test")} {
			if _, err := h.Reprove(t.Context(), who, goodPassword); !fault.Is(err, fault.SignIn) {
				t.Errorf("%s proves to be somebody: %v", who.Name, err)
			}
		}
	})
}

func TestWrongProofsAreCountedApartFromSignIns(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person(t, "lan", "018")
		lan := h.as(t, "lan")
		for i := range 5 {
			if _, err := h.Reprove(t.Context(), lan, "wrong password"); !fault.Is(err, fault.Invalid) {
				t.Fatal(i, err)
			}
		}
		if _, err := h.Reprove(t.Context(), lan, goodPassword); !fault.Is(err, fault.TooMany) {
			t.Errorf("the sixth try at once is heard: %v", err)
		}
		h.signIn(t, "lan")
		h.machine.Move(firstDelay + time.Second)
		if _, err := h.Reprove(t.Context(), lan, goodPassword); err != nil {
			t.Errorf("after the delay: %v", err)
		}
		if err := h.Lock(t.Context(), h.admin, lan.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Reprove(t.Context(), lan, goodPassword); !fault.Is(err, fault.Invalid) {
			t.Errorf("a locked account proves: %v", err)
		}
	})
}

func TestAPostHoldsOnItsDaysAndInItsUnits(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.person(t, "lan", "00556", Post{Role: SigningLeader, Unit: "00556", From: "2016-11-01", Until: "2016-12-01"})
		for _, c := range []struct {
			role       access.Role
			unit, date string
			held       bool
		}{
			{SigningLeader, "00556", "2016-11-10", true}, {SigningLeader, "00556", "2016-12-01", false}, {SigningLeader, "00556", "2016-10-31", false},
			{SigningLeader, "00004", "2016-11-10", false}, {Planner, "00556", "2016-11-10", false},
		} {
			if _, err := h.PostAt(t.Context(), h.d.Read(), a.ID, c.role, c.unit, c.date); (err == nil) != c.held {
				t.Errorf("%+v: %v", c, err)
			}
		}
	})
}
