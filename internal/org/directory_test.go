package org

import (
	"context"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/trail"
)

func TestPeopleAreFoundWithinReachAndTheReadingIsKept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person(t, "lan", "00556", Post{Role: OneStopOfficer, Unit: "00556"})
		h.person(t, "hoa", "00622", Post{Role: OneStopOfficer, Unit: "00622"})
		h.person(t, "coordinator", "018", Post{Role: DistrictCoordinator, Unit: "018"})
		local := h.as(t, "coordinator")
		for name, c := range map[string]struct {
			who  access.Actor
			f    PersonFilter
			want int
		}{
			"everybody": {h.admin, PersonFilter{}, 4}, "in reach": {local, PersonFilter{}, 2}, "by name": {h.admin, PersonFilter{Text: "nguyen LAN"}, 1},
			"by role": {h.admin, PersonFilter{Role: OneStopOfficer}, 2}, "by unit": {h.admin, PersonFilter{Unit: "018"}, 2},
			"by phone": {h.admin, PersonFilter{Text: "091234"}, 4}, "locked": {h.admin, PersonFilter{State: Locked}, 0}, "role in reach": {local, PersonFilter{Role: OneStopOfficer}, 1},
			"a pattern": {h.admin, PersonFilter{Text: "%"}, 4},
		} {
			got, err := h.List(t.Context(), c.who, c.f, page.Read("", ""))
			if err != nil || len(got.Items) != c.want {
				t.Errorf("%s: %d people, %v", name, len(got.Items), err)
			}
		}
		first, err := h.List(t.Context(), h.admin, PersonFilter{}, page.Read("", "3"))
		if err != nil || len(first.Items) != 3 || first.Next == "" {
			t.Fatal(first, err)
		}
		rest, err := h.List(t.Context(), h.admin, PersonFilter{}, page.Read(first.Next, "3"))
		if err != nil || len(rest.Items) != 1 || rest.Items[0].ID == first.Items[0].ID {
			t.Error(rest, err)
		}
		hoa, err := accountByLogin(t.Context(), h.d.Read(), "hoa")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Get(t.Context(), local, hoa.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("sees a person of another district: %v", err)
		}
		if _, err := h.List(t.Context(), h.as(t, "lan"), PersonFilter{}, page.Read("", "")); !fault.Is(err, fault.Denied) {
			t.Errorf("lists without the right: %v", err)
		}
		callers, err := h.ByPhone(t.Context(), local, "+84 912 345 678")
		if err != nil || len(callers) != 2 {
			t.Error(callers, err)
		}
		var last trail.Entry
		err = h.d.Read().NewSelect().Model(&last).Where("te.act = 'org.account.seen'").Order("te.seq DESC").Limit(1).Scan(t.Context())
		if err != nil || last.Actor != string(local.ID) || len(strings.Fields(last.Target)) != 2 {
			t.Error("the reading is not in the trail", last, err)
		}
		holders, err := h.Holders(t.Context(), OneStopOfficer, "00556")
		if err != nil || len(holders) != 1 || holders[0].Login != "lan" {
			t.Error(holders, err)
		}
		names, err := h.Names(t.Context(), []ident.ID{hoa.ID, hoa.ID, "x"})
		if err != nil || len(names) != 1 || names[hoa.ID] != "Nguyễn Thị hoa" {
			t.Error(names, err)
		}
	})
}

func TestAPageOfPeopleCostsTheSameNumberOfQueries(t *testing.T) {
	h := given(t, testkit.SQLite(t))
	d := h.d
	n := 0
	d.Watch(func(context.Context, string, error) { n++ })
	count := func() int {
		n = 0
		if _, err := h.List(t.Context(), access.System("test"), PersonFilter{}, page.Read("", "200")); err != nil {
			t.Fatal(err)
		}
		return n
	}
	few := count()
	for i := range 40 {
		h.person(t, "p"+string(rune('a'+i/26))+string(rune('a'+i%26)), "00556", Post{Role: OneStopOfficer, Unit: "00556"})
	}
	if many := count(); many != few {
		t.Errorf("%d queries for one person, %d for 41", few, many)
	}
	in := h.signIn(t, "pab")
	h.lives(t, in.Token)
	n = 0
	if h.lives(t, in.Token); n != 2 {
		t.Errorf("knowing who asks costs %d queries", n)
	}
}

func TestListsOfPeopleWalkAnIndex(t *testing.T) {
	h := given(t, testkit.SQLite(t))
	for i := range 60 {
		h.person(t, "p"+string(rune('a'+i/26))+string(rune('a'+i%26)), "00556", Post{Role: OneStopOfficer, Unit: "00556"})
	}
	var asked []string
	h.d.Watch(func(_ context.Context, q string, _ error) {
		if strings.Contains(q, `FROM "account" AS "a"`) {
			asked = append(asked, q)
		}
	})
	first, err := h.List(t.Context(), access.System("test"), PersonFilter{}, page.Read("", "20"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.List(t.Context(), access.System("test"), PersonFilter{Role: OneStopOfficer}, page.Read(first.Next, "20")); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 2 {
		t.Fatalf("%d queries", len(asked))
	}
	for _, q := range slices.Clone(asked) {
		var plan []struct {
			ID, Parent, Notused int
			Detail              string
		}
		if err := h.d.Read().NewRaw("EXPLAIN QUERY PLAN "+q).Scan(t.Context(), &plan); err != nil {
			t.Fatal(err)
		}
		for _, p := range plan {
			if strings.Contains(p.Detail, "TEMP B-TREE") || strings.HasPrefix(p.Detail, "SCAN") && !strings.Contains(p.Detail, "INDEX") {
				t.Errorf("%s\n%s", p.Detail, q)
			}
		}
	}
}
