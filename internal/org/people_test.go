package org

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
)

const (
	moveStage access.Perm = "test.stage.move"
	seeStage  access.Perm = "test.stage.see"
)

var testPolicy = access.Policy{
	Administrator:       {AccountRead, AccountHelp, AccountManage, TokenOwn, UnitImport},
	SupportAgent:        {AccountRead, AccountHelp},
	DistrictCoordinator: {AccountRead, AccountHelp, AccountManage, TokenOwn, moveStage, seeStage},
	OneStopOfficer:      {seeStage, TokenOwn},
	Planner:             {moveStage, seeStage, TokenOwn},
}

type postbox struct {
	mu      sync.Mutex
	letters []Letter
}

func (p *postbox) Reset(_ context.Context, _ *db.Tx, _ time.Time, l Letter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.letters = append(p.letters, l)
	return nil
}

// house is an organisation with one account for each kind of person.
type house struct {
	*People
	d        *db.DB
	business *clock.Fake
	machine  *clock.Fake
	mail     *postbox
	admin    access.Actor
}

const goodPassword = "mười con mèo trắng"

var goodHash = sync.OnceValues(func() (string, error) { return HashPassword(goodPassword) })

func given(t testing.TB, d *db.DB) *house {
	t.Helper()
	h := &house{d: d, business: clock.At(demoDay), machine: clock.At(demoDay.AddDate(10, 0, 0)), mail: &postbox{}}
	units := NewUnits(d, h.machine)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.People = NewPeople(d, units, h.business, h.machine, testPolicy, h.mail, nil)
	h.person(t, "admin", "", Post{Role: Administrator})
	h.admin = h.as(t, "admin")
	return h
}

func (h *house) person(t testing.TB, login, unit string, posts ...Post) Account {
	t.Helper()
	hash, err := goodHash()
	if err != nil {
		t.Fatal(err)
	}
	a, err := h.Create(t.Context(), access.System("test"), NewAccount{
		Login: login, Hash: hash, Posts: posts,
		Profile: Profile{Name: "Nguyễn Thị " + login, Email: login + "@hanoi.example", Phone: "0912345678", Unit: unit},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (h *house) as(t testing.TB, login string) access.Actor {
	t.Helper()
	who, err := h.Actor(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func (h *house) signIn(t *testing.T, login string) SignedIn {
	t.Helper()
	in, err := h.SignIn(t.Context(), login, goodPassword, Door{Address: "10.0.0.1", Agent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func (h *house) lives(t *testing.T, token string) bool {
	t.Helper()
	who, err := h.BySession(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return who.SignedIn()
}

func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, given(t, d)) })
}

func TestAPostReachesItsPartOfTheCity(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person(t, "lan", "018", Post{Role: DistrictCoordinator, Unit: "018"}, Post{Role: OneStopOfficer, Unit: "019"})
		h.person(t, "city", "", Post{Role: Planner, Unit: "01"})
		h.person(t, "later", "018", Post{Role: Planner, Unit: "018", From: "2016-12-01"})
		h.person(t, "once", "018", Post{Role: Planner, Unit: "018", From: "2016-01-01", Until: "2016-11-10"})
		for _, c := range []struct {
			login string
			perm  access.Perm
			unit  string
			want  bool
		}{
			{"lan", moveStage, "018", true}, {"lan", moveStage, "00556", true}, {"lan", moveStage, "019", false},
			{"lan", seeStage, "019", true}, {"lan", moveStage, "01", false}, {"city", moveStage, "019", true},
			{"city", moveStage, "", true}, {"later", moveStage, "018", false}, {"once", moveStage, "018", false},
			{"admin", moveStage, "018", false}, {"admin", AccountManage, "018", true},
		} {
			if got := h.as(t, c.login).Covers(c.perm, c.unit); got != c.want {
				t.Errorf("%s %s at %q: %v", c.login, c.perm, c.unit, got)
			}
		}
		h.business.Move(30 * 24 * time.Hour)
		if !h.as(t, "later").Covers(moveStage, "00556") {
			t.Error("a post that has begun does not count")
		}
		h.business.Set(time.Date(2025, 7, 2, 0, 0, 0, 0, time.UTC))
		if everywhere, units := h.as(t, "lan").Reach(moveStage); everywhere || len(units) == 0 {
			t.Error("the coordinator of a district that has ended reaches nothing")
		}
		review, err := h.PostsToReview(t.Context(), h.admin)
		if err != nil || len(review) == 0 || review[0].Was == "" || len(review[0].Units) == 0 {
			t.Error("posts over ended units are not listed", review, err)
		}
	})
}

func TestWhoManagesADistrictGivesOnlyWhatLiesInIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person(t, "coordinator", "018", Post{Role: DistrictCoordinator, Unit: "018"})
		local := h.as(t, "coordinator")
		create := func(unit string, post Post) error {
			_, err := h.Create(t.Context(), local, NewAccount{Login: "n" + string(ident.New(h.machine.Now())[24:]), Profile: Profile{Name: "Mới", Unit: unit}, Posts: []Post{post}})
			return err
		}
		for name, c := range map[string]struct {
			unit string
			post Post
			ok   bool
		}{
			"inside":           {"00556", Post{Role: OneStopOfficer, Unit: "00556"}, true},
			"the district":     {"018", Post{Role: DistrictCoordinator, Unit: "018"}, true},
			"outside":          {"019", Post{Role: OneStopOfficer, Unit: "019"}, false},
			"a post outside":   {"00556", Post{Role: OneStopOfficer, Unit: "019"}, false},
			"a post anywhere":  {"00556", Post{Role: OneStopOfficer}, false},
			"more than itself": {"00556", Post{Role: Administrator, Unit: "00556"}, false},
			"the city's own":   {"", Post{Role: OneStopOfficer, Unit: "00556"}, false},
		} {
			if err := create(c.unit, c.post); (err == nil) != c.ok {
				t.Errorf("%s: %v", name, err)
			}
		}
		boss := h.person(t, "boss", "", Post{Role: Planner})
		if _, err := h.Grant(t.Context(), local, boss.ID, Post{Role: OneStopOfficer, Unit: "00556"}); !fault.Is(err, fault.Missing) {
			t.Errorf("gives a post to somebody outside: %v", err)
		}
	})
}

func TestAFormSaysEverythingThatIsWrong(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, err := h.Create(t.Context(), h.admin, NewAccount{Login: "Đ x", Password: "ngắn", Profile: Profile{Email: "no", Phone: "abc", Unit: "99999"}})
		var names []string
		for _, f := range fault.Of(err).Fields {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != "name email phone unit login password" {
			t.Error(got)
		}
		if _, err := h.Create(t.Context(), h.admin, NewAccount{Login: "ADMIN", Profile: Profile{Name: "x"}}); fault.Of(err).Fields == nil {
			t.Errorf("a login taken: %v", err)
		}
		a, err := h.Create(t.Context(), h.admin, NewAccount{Login: "minh.tq", Profile: Profile{Name: " Trần  Quang Minh ", Phone: "+84 912 345 678", Unit: "00556"}})
		if err != nil || a.Name != "Trần Quang Minh" || a.Phone != "0912345678" {
			t.Error(a, err)
		}
		if _, err := h.SignIn(t.Context(), "minh.tq", "", Door{}); !fault.Is(err, fault.SignIn) {
			t.Errorf("an account without a password signs in: %v", err)
		}
		if _, err := h.Change(t.Context(), h.admin, a.ID, 7, Profile{Name: "x"}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a lost update: %v", err)
		}
		if a, err = h.Change(t.Context(), h.admin, a.ID, 1, Profile{Name: "Trần Minh", Unit: "00559"}); err != nil || a.Version != 2 {
			t.Error(a, err)
		}
		if err := h.Close(t.Context(), h.admin, h.admin.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("closes oneself: %v", err)
		}
	})
}
