package org

import (
	"strings"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit/fault"
)

func TestASessionEndsByItselfAndByHand(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		in := h.signIn(t, "admin")
		if !h.lives(t, in.Token) || h.lives(t, in.Token+"x") || h.lives(t, "") {
			t.Fatal("the session is not known by its token alone")
		}
		h.machine.Move(Idle - time.Second)
		if !h.lives(t, in.Token) {
			t.Error("ended before it was idle")
		}
		h.machine.Move(Idle)
		if h.lives(t, in.Token) {
			t.Error("lives on after idling")
		}
		in = h.signIn(t, "admin")
		for range 24 {
			h.machine.Move(Idle - time.Second)
			h.lives(t, in.Token)
		}
		h.machine.Move(time.Minute)
		if h.lives(t, in.Token) {
			t.Error("lives longer than a day's work")
		}
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := h.d.Read().NewSelect().Table("session").Count(t.Context()); err != nil || n != 0 {
			t.Error("ended sessions are kept", n, err)
		}
		one, two := h.signIn(t, "admin"), h.signIn(t, "admin")
		list, current, err := h.Sessions(t.Context(), h.admin, two.Token)
		if err != nil || len(list) != 2 || current == "" {
			t.Fatal(list, current, err)
		}
		for _, s := range list {
			if s.ID != current {
				if err := h.EndSession(t.Context(), h.admin, s.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		if h.lives(t, one.Token) || !h.lives(t, two.Token) {
			t.Error("the wrong session was ended")
		}
		h.person(t, "other", "")
		if err := h.EndSession(t.Context(), h.as(t, "other"), current); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody ends another's session: %v", err)
		}
		if err := h.SignOut(t.Context(), h.admin, two.Token); err != nil || h.lives(t, two.Token) {
			t.Error("signed out, but not", err)
		}
	})
}

func TestASignInRotatesTheSession(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one := h.signIn(t, "admin")
		two, err := h.SignIn(t.Context(), "ADMIN ", goodPassword, Door{Address: "10.0.0.1", Old: one.Token})
		if err != nil || two.Token == one.Token || h.lives(t, one.Token) || !h.lives(t, two.Token) {
			t.Error("the old session was not replaced", err)
		}
		var stored []string
		if err := h.d.Read().NewSelect().Table("session").Column("token").Scan(t.Context(), &stored); err != nil || len(stored) != 1 || strings.Contains(stored[0], two.Token) {
			t.Error("the token itself is stored", err)
		}
	})
}

func TestARevocationTakesEffectAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.person(t, "lan", "018", Post{Role: DistrictCoordinator, Unit: "018"})
		in := h.signIn(t, "lan")
		who, err := h.BySession(t.Context(), in.Token)
		if err != nil || !who.Covers(moveStage, "018") {
			t.Fatal(err)
		}
		one, err := h.Get(t.Context(), h.admin, a.ID)
		if err != nil || len(one.Posts) != 1 {
			t.Fatal(one, err)
		}
		if err := h.EndPost(t.Context(), h.admin, a.ID, one.Posts[0].ID); err != nil {
			t.Fatal(err)
		}
		if who, err = h.BySession(t.Context(), in.Token); err != nil || !who.SignedIn() || who.May(moveStage) {
			t.Error("the post is still held", err)
		}
		if err := h.Lock(t.Context(), h.admin, a.ID); err != nil {
			t.Fatal(err)
		}
		if h.lives(t, in.Token) {
			t.Error("a locked account is still signed in")
		}
		if _, err := h.SignIn(t.Context(), "lan", goodPassword, Door{}); !fault.HasKey(err, "org.sign_in.locked") {
			t.Errorf("a locked account signs in: %v", err)
		}
		if _, err := h.SignIn(t.Context(), "lan", "wrong", Door{}); !fault.HasKey(err, "org.sign_in.wrong") {
			t.Errorf("a stranger learns that the account is locked: %v", err)
		}
	})
}

func TestAttemptsAreThrottledWithAGrowingDelay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		try := func(password, address string) error {
			_, err := h.SignIn(t.Context(), "admin", password, Door{Address: address})
			return err
		}
		for i := range 5 {
			if err := try("wrong", "10.0.0.9"); !fault.Is(err, fault.SignIn) {
				t.Fatal(i, err)
			}
		}
		err := try(goodPassword, "10.0.0.9")
		if !fault.HasKey(err, "org.sign_in.wait_seconds") || fault.Of(err).Args[1] != 30 {
			t.Fatalf("the sixth attempt: %v", err)
		}
		if err := try(goodPassword, "10.0.0.10"); err != nil {
			t.Errorf("the owner at another address waits too: %v", err)
		}
		h.machine.Move(firstDelay)
		for range 5 {
			if err := try("wrong", "10.0.0.9"); !fault.Is(err, fault.SignIn) && !fault.Is(err, fault.TooMany) {
				t.Fatal(err)
			}
		}
		h.machine.Move(firstDelay)
		if err := try("wrong", "10.0.0.9"); !fault.Is(err, fault.TooMany) {
			t.Errorf("the delay does not grow: %v", err)
		}
		h.machine.Move(longestDelay)
		if err := try(goodPassword, "10.0.0.9"); err != nil {
			t.Errorf("the owner cannot come back: %v", err)
		}
		if err := try("wrong", "10.0.0.9"); !fault.Is(err, fault.SignIn) {
			t.Errorf("success does not forgive: %v", err)
		}
		for range 5 {
			if _, err := h.SignIn(t.Context(), "nobody", "wrong", Door{Address: "10.0.0.9"}); err == nil {
				t.Error("nobody was let in")
			}
		}
		if _, err := h.SignIn(t.Context(), "nobody", "wrong", Door{Address: "10.0.0.9"}); !fault.Is(err, fault.TooMany) {
			t.Errorf("an unknown login is told apart by its throttling: %v", err)
		}
	})
}

func TestAttemptsAtTheSameMomentAreAllCounted(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		refused := 0
		for range 20 {
			wg.Go(func() {
				if err := h.knock(t.Context(), "admin", "10.0.0.1"); fault.Is(err, fault.TooMany) {
					mu.Lock()
					refused++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if refused != 15 {
			t.Errorf("%d of 20 attempts refused, want 15", refused)
		}
	})
}
