package succession

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

var policy = access.Policy{
	"planner":       {org.AccountRead, org.UnitChange},
	"administrator": {org.AccountRead, org.AccountManage},
	"auditor":       {org.AccountRead},
}

// city is Ba Đình with three communes and one officer at Trúc Bạch, who holds a post over it,
// on 8/11/2016.
type city struct {
	*Service
	t       *testing.T
	db      *db.DB
	at      *clock.Fake
	officer ident.ID
}

func openCity(t *testing.T, d *db.DB) *city {
	t.Helper()
	c := &city{t: t, db: d, at: clock.At(time.Date(2016, 11, 8, 2, 0, 0, 0, time.UTC))}
	units := org.NewUnits(d, c.at)
	versions := []org.Unit{{Code: "01", Name: "Hà Nội", Kind: "thành phố", Level: org.Province, From: "1976-07-02"},
		{Code: "001", Name: "Ba Đình", Kind: "quận", Level: org.District, Parent: "01", From: "1976-07-02"}}
	for code, name := range map[string]string{"00001": "Phúc Xá", "00004": "Trúc Bạch", "00006": "Vĩnh Phúc"} {
		versions = append(versions, org.Unit{Code: code, Name: name, Kind: "phường", Level: org.Commune, Parent: "001", From: "1976-07-02"})
	}
	_, err := units.Import(t.Context(), access.System("test"), versions, nil)
	c.ok(err)
	people := org.NewPeople(d, units, c.at, c.at, policy, nil, nil)
	a, err := people.Create(t.Context(), access.System("test"), org.NewAccount{Login: "canbo", Hash: "x", Profile: org.Profile{Name: "Lê Thị Hoa", Unit: "00004"},
		Posts: []org.Post{{Role: org.OneStopOfficer, Unit: "00004"}}})
	c.ok(err)
	c.officer = a.ID
	c.Service = New(d, units, c.at, c.at)
	return c
}

func (c *city) ok(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func everywhere(role access.Role) access.Actor {
	return policy.As(access.Actor{ID: "a-" + ident.ID(role), Name: "Nguyễn Thị Lan", Via: "web", Grants: []access.Grant{{Role: role, Everywhere: true}}})
}

func within(role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: "a-within", Name: "Trần Văn Bình", Via: "web", Grants: []access.Grant{{Role: role, Units: units}}})
}

var planner, administrator = everywhere("planner"), everywhere("administrator")

// merges is a set in which Trúc Bạch, or another, goes into Phúc Xá.
func (c *city) merges(day, from string) Set {
	c.t.Helper()
	sets, err := c.Write(c.t.Context(), planner, NewSet{Day: day, Title: "Nhập vào Phúc Xá", Draft: Draft{Changes: []org.Change{
		{From: from, To: "00001", Kind: "merge", Share: "full", Main: "yes", Confidence: "A"}, {From: "00001", To: "00001", Kind: "merge", Share: "full", Main: "yes", Confidence: "A"}}}})
	c.ok(err)
	return sets[0]
}

var signed = Decision{Basis: "01/NQ", Reason: "Sắp xếp"}

func (c *city) inForce(day, from string) Set {
	c.t.Helper()
	set := c.merges(day, from)
	_, err := c.Preview(c.t.Context(), planner, set.ID)
	c.ok(err)
	set, err = c.Confirm(c.t.Context(), planner, set.ID, signed)
	c.ok(err)
	return set
}

func (c *city) unitOf(id ident.ID) (unit string) {
	c.t.Helper()
	c.ok(c.db.Read().NewRaw("SELECT unit FROM account WHERE id = ?", id).Scan(c.t.Context(), &unit))
	return unit
}

func (c *city) run(query string, args ...any) {
	c.t.Helper()
	c.ok(c.db.InTx(c.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	}))
}

// TestWhoMayChangeTheMap holds every use case against who may do it everywhere, who may in a
// part of the city only, who may not and nobody; those let in come last, since they change it.
func TestWhoMayChangeTheMap(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		c := openCity(t, d)
		set := c.merges("2016-11-08", "00004")
		var review ident.ID
		for _, use := range []struct {
			name  string
			do    func(ctx context.Context, who access.Actor) error
			may   access.Actor
			never []access.Actor
		}{
			{"draft", func(ctx context.Context, who access.Actor) error {
				_, err := c.Write(ctx, who, NewSet{Day: "2016-12-01", Draft: Draft{Wants: []Want{{Code: "00006", Name: "Mới", Kind: "phường"}}}})
				return err
			}, planner, []access.Actor{within("planner", "001"), everywhere("auditor"), administrator, {}}},
			{"preview", func(ctx context.Context, who access.Actor) error { _, err := c.Preview(ctx, who, set.ID); return err },
				planner, []access.Actor{within("planner", "001"), everywhere("auditor"), administrator, {}}},
			{"read", func(ctx context.Context, who access.Actor) error { _, err := c.Get(ctx, who, set.ID); return err },
				everywhere("auditor"), []access.Actor{{}}},
			{"confirm", func(ctx context.Context, who access.Actor) error {
				_, err := c.Confirm(ctx, who, set.ID, signed)
				return err
			},
				planner, []access.Actor{within("planner", "001"), everywhere("auditor"), administrator, {}}},
			{"look at reviews", func(ctx context.Context, who access.Actor) error {
				all, err := c.Reviews(ctx, who, page.Read("", ""))
				if err == nil && len(all.Items) == 1 {
					review = all.Items[0].ID
				}
				return err
			}, administrator, []access.Actor{planner, everywhere("auditor"), {}}},
			{"review", func(ctx context.Context, who access.Actor) error { return c.Decide(ctx, who, review, true) },
				within("administrator", "00001"), []access.Actor{within("administrator", "00006"), planner, everywhere("auditor"), {}}},
			{"reverse", func(ctx context.Context, who access.Actor) error { return c.Reverse(ctx, who, set.ID, signed) },
				planner, []access.Actor{within("planner", "001"), everywhere("auditor"), administrator, {}}},
		} {
			for _, who := range use.never {
				if k := fault.Of(use.do(t.Context(), who)).Kind; k != fault.Denied && k != fault.SignIn && k != fault.Missing {
					t.Errorf("%s: %s with %v was not kept out: kind %v", use.name, who.ID, who.Grants, k)
				}
			}
			if err := use.do(t.Context(), use.may); err != nil {
				t.Errorf("%s: %s was refused: %v", use.name, use.may.ID, err)
			}
		}
		if all, err := c.Reviews(t.Context(), within("administrator", "00006"), page.Read("", "")); err != nil || len(all.Items) != 0 {
			t.Errorf("another commune's administrator sees %d reviews: %v", len(all.Items), err)
		}
	})
}

// TestAReversalIsRefusedAfterLaterWork refuses, with the reason, while something rests on the
// set; once that is gone the same reversal passes.
func TestAReversalIsRefusedAfterLaterWork(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		c := openCity(t, d)
		set := c.inForce("2016-11-08", "00004")
		if at := c.unitOf(c.officer); at != "00001" {
			t.Fatalf("the officer works at %s", at)
		}
		refused := func(key string) {
			t.Helper()
			if f := fault.Of(c.Reverse(t.Context(), planner, set.ID, signed)); f.Kind != fault.Conflict || f.Key != key {
				t.Errorf("the reversal says %s %s, want %s", f.Kind, f.Key, key)
			}
		}
		c.run("UPDATE account SET unit = '00006' WHERE id = ?", c.officer)
		refused("succession.moved_on")
		c.run("UPDATE account SET unit = '00001' WHERE id = ?", c.officer)
		later := c.inForce("2016-11-08", "00006")
		refused("succession.later_in_force")
		c.ok(c.Reverse(t.Context(), planner, later.ID, signed))
		if f := fault.Of(c.Reverse(t.Context(), planner, set.ID, Decision{})); f.Kind != fault.Invalid {
			t.Errorf("without a reason: %v", f)
		}
		c.ok(c.Reverse(t.Context(), planner, set.ID, signed))
		if at := c.unitOf(c.officer); at != "00004" {
			t.Errorf("after the reversal the officer works at %s", at)
		}
		refused("succession.not_in_force")
	})
}

// TestAWaitingSetComesIntoForceOnItsDay runs the chore before the day and on it.
func TestAWaitingSetComesIntoForceOnItsDay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		c := openCity(t, d)
		set := c.inForce("2016-11-10", "00004")
		n, err := c.RunDue(t.Context())
		if c.ok(err); n != 0 || set.State != Waiting || c.unitOf(c.officer) != "00004" {
			t.Fatalf("two days before: %d came into force, the set is %s", n, set.State)
		}
		c.at.Set(time.Date(2016, 11, 9, 17, 0, 0, 0, time.UTC)) // midnight of the 10th in the city
		n, err = c.RunDue(t.Context())
		if c.ok(err); n != 1 || c.unitOf(c.officer) != "00001" {
			t.Errorf("on the day: %d came into force, the officer works at %s", n, c.unitOf(c.officer))
		}
		v, err := c.Get(t.Context(), planner, set.ID)
		if c.ok(err); v.State != InForce || v.DecidedName != planner.Name {
			t.Errorf("the set is %s, decided by %q", v.State, v.DecidedName)
		}
		if n, err = c.RunDue(t.Context()); err != nil || n != 0 {
			t.Errorf("once more: %d, %v", n, err)
		}
	})
}

// TestNoListOfSetsIsSortedOrReadThrough looks at the plan of each query over sets and reviews.
func TestNoListOfSetsIsSortedOrReadThrough(t *testing.T) {
	d := testkit.SQLite(t)
	var mu sync.Mutex
	asked := map[string]bool{}
	d.Watch(func(_ context.Context, query string, _ error) {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasPrefix(query, "SELECT") && (strings.Contains(query, "succession_set") || strings.Contains(query, "succession_review")) {
			asked[query] = true
		}
	})
	c := openCity(t, d)
	set := c.inForce("2016-11-08", "00004")
	_, err := c.List(t.Context(), planner, page.Read("", ""))
	c.ok(err)
	_, err = c.List(t.Context(), planner, page.Read(string(set.ID), ""))
	c.ok(err)
	for _, who := range []access.Actor{administrator, within("administrator", "00001")} {
		_, err = c.Reviews(t.Context(), who, page.Read("", ""))
		c.ok(err)
	}
	_, err = c.RunDue(t.Context())
	c.ok(err)
	file := "effective_date,from_code,to_code,to_name,to_type,kind,share,main,legal_basis,confidence\n2016-12-01,00006,00001,Phúc Xá,phường,merge,full,1,02/NQ,A\n2016-12-01,00001,00001,Phúc Xá,phường,merge,full,1,02/NQ,A\n"
	drafted, err := c.Bring(t.Context(), planner, "", strings.NewReader(file), nil)
	c.ok(err)
	again, err := c.Again(t.Context(), planner, strings.NewReader(file), nil)
	if c.ok(err); len(again) != 1 || again[0].ID != drafted[0].ID {
		t.Errorf("the same file finds %d drafts", len(again))
	}
	c.ok(c.Reverse(t.Context(), planner, set.ID, signed))
	mu.Lock()
	queries := slices.Collect(maps.Keys(asked))
	mu.Unlock()
	if len(queries) < 9 {
		t.Fatalf("only %d queries were seen", len(queries))
	}
	for _, q := range queries {
		var steps []struct {
			ID, Parent, Notused int
			Detail              string
		}
		c.ok(d.Read().NewRaw("EXPLAIN QUERY PLAN "+strings.ReplaceAll(q, "?", "??")).Scan(context.Background(), &steps))
		for _, s := range steps {
			if strings.HasPrefix(s.Detail, "SCAN") && !strings.Contains(s.Detail, "INDEX") || strings.Contains(s.Detail, "TEMP B-TREE") {
				t.Errorf("%s\n in %.400s", s.Detail, q)
			}
		}
	}
}
