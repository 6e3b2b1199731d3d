package supply

import (
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory"
)

func (h *house) trim(who access.Actor, r Request, keep map[ident.ID]int64) Request {
	h.t.Helper()
	out, err := h.Trim(h.t.Context(), who, r.ID, h.view(r.ID).Version, Cut{Keep: keep, Reason: "Dự toán giảm"})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func TestWhatWasApprovedAndNeverAllocatedIsCut(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		one, two := h.tree.Communes(giaLam)[0].Code, dangXa
		a, b := h.lack(one, 2), h.lack(two, 3)
		r, lines := h.ask(true, a, b)
		of := map[ident.ID]Line{}
		for _, l := range lines {
			of[l.Gap] = l
		}
		la, lb := of[a.ID], of[b.ID]
		r = h.grant(r, lines, lines[0].Asked, lines[1].Asked)
		if r.State != Approved || r.ApprovedTotal != 17_500_000 {
			t.Fatalf("%+v", r)
		}
		made := h.allocate(r, Plan{Buy: map[ident.ID]int64{lb.ID: 2}, Supplier: "An Phát"})

		for name, keep := range map[string]map[ident.ID]int64{"less than is on its way": {lb.ID: 1}, "more than was approved": {la.ID: 3}, "below nothing": {la.ID: -1}, "nothing": {la.ID: 2}, "no line": {}} {
			if _, err := h.Trim(t.Context(), h.planner, r.ID, h.view(r.ID).Version, Cut{Keep: keep, Reason: "x"}); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := h.Trim(t.Context(), h.planner, r.ID, h.view(r.ID).Version, Cut{Keep: map[ident.ID]int64{la.ID: 0}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := h.Trim(t.Context(), h.planner, r.ID, 1, Cut{Keep: map[ident.ID]int64{la.ID: 0}, Reason: "x"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("of an older version: %v", err)
		}

		r = h.trim(h.planner, r, map[ident.ID]int64{la.ID: 0, lb.ID: 2})
		v := h.view(r.ID)
		if r.State != Partly || r.ApprovedTotal != 7_000_000 || r.Open || h.gap(a.ID).State != inventory.GapOpen || h.gap(b.ID).Quantity != 2 {
			t.Fatalf("%+v, gaps %+v, %+v", r, h.gap(a.ID), h.gap(b.ID))
		}
		for _, l := range v.Lines {
			if want := map[ident.ID]int64{la.ID: 2, lb.ID: 1}[l.ID]; l.Trimmed != want || l.Left() != 0 || l.Live != (l.ID == lb.ID) {
				t.Errorf("%+v", l)
			}
		}
		needs, err := h.Needs(t.Context(), h.her, giaLam)
		if err != nil || open(needs, "") != 2 {
			t.Errorf("what was cut is lacking again: %+v, %v", needs, err)
		}
		again, err := h.pickable(needs)
		if err != nil {
			t.Errorf("what was cut can be asked for again: %v, %+v", err, again)
		}

		h.step(h.planner, made[0].ID, Recalled) // comes back: it may be cut, and nothing is left
		r = h.trim(h.her, r, map[ident.ID]int64{lb.ID: 0})
		if r.State != Cancelled || r.Open || r.ApprovedTotal != 0 || h.gap(b.ID).State != inventory.GapOpen {
			t.Errorf("%+v, %+v", r, h.gap(b.ID))
		}
		if _, err := h.Trim(t.Context(), h.planner, r.ID, r.Version, Cut{Keep: map[ident.ID]int64{lb.ID: 0}, Reason: "x"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("of a cancelled one: %v", err)
		}
	})
}

// pickable asks for what lacks and no request asks for.
func (h *house) pickable(needs []Need) (Request, error) {
	f := RequestForm{District: giaLam}
	for _, n := range needs {
		if n.Gap != "" && n.Request == "" {
			f.Wants = append(f.Wants, Want{Key: n.Key, Price: 1})
		}
	}
	r, _, err := h.Ask(h.t.Context(), h.her, f)
	return r, err
}

func TestARequestWhoseRestIsCutEndsWhenItsThingsWereSeen(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		g := h.lack(dangXa, 2)
		r, lines := h.ask(false, g)
		r = h.grant(r, lines, 2)
		id := h.allocate(r, Plan{Buy: map[ident.ID]int64{lines[0].ID: 1}})[0].ID
		if _, err := h.Label(t.Context(), h.planner, id, 1, []Batch{{dangXa, inventory.Scanner, "Fujitsu fi-7030", "B1"}}); err != nil {
			t.Fatal(err)
		}
		sent := h.step(h.planner, id, Sent)
		if _, err := h.Sign(t.Context(), h.officer, id, h.delivery(id).Version, Signature{Name: "B", Post: "C", Way: Code, Code: sent.Pin}); err != nil {
			t.Fatal(err)
		}
		h.see(dangXa, h.delivery(id).Items[0].Asset)
		if h.gap(g.ID).State == inventory.Closed {
			t.Fatal("one of two closes the gap")
		}
		h.at.Move(time.Hour)
		h.trim(h.planner, r, map[ident.ID]int64{lines[0].ID: 1})
		h.see(dangXa, h.delivery(id).Items[0].Asset)
		if v := h.view(r.ID); h.gap(g.ID).State != inventory.Closed || v.State != Done || h.delivery(id).State != Finished {
			t.Errorf("%s, %s, %s", h.gap(g.ID).State, v.State, h.delivery(id).State)
		}
	})
}

func TestWhoMayCut(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r, lines := h.ask(false, h.lack(dangXa, 2))
		r = h.grant(r, lines, 2)
		for _, one := range []struct {
			who  access.Actor
			want fault.Kind
		}{{h.there, fault.Missing}, {h.as("auditor", ""), fault.Denied}, {h.officer, fault.Denied}, {access.Actor{}, fault.SignIn}} {
			if _, err := h.Trim(t.Context(), one.who, r.ID, r.Version, Cut{Keep: map[ident.ID]int64{lines[0].ID: 1}, Reason: "x"}); !fault.Is(err, one.want) {
				t.Errorf("%v: %v, want %v", one.who.Grants, err, one.want)
			}
		}
		r = h.trim(h.her, r, map[ident.ID]int64{lines[0].ID: 1})
		if r = h.trim(h.planner, r, map[ident.ID]int64{lines[0].ID: 0}); r.State != Cancelled {
			t.Errorf("%+v", r)
		}
	})
}
