package org

import (
	"context"
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
	"lotrinh/internal/kit/trail"
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

func given(t *testing.T, d *db.DB) *house {
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

func (h *house) person(t *testing.T, login, unit string, posts ...Post) Account {
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

func (h *house) as(t *testing.T, login string) access.Actor {
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
			_, err = h.SignIn(t.Context(), "nobody", "wrong", Door{Address: "10.0.0.9"})
		}
		if _, err = h.SignIn(t.Context(), "nobody", "wrong", Door{Address: "10.0.0.9"}); !fault.Is(err, fault.TooMany) {
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

func TestAResetLinkWorksOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		session := h.signIn(t, "admin")
		for _, typed := range []string{"nobody", "nobody@hanoi.example"} {
			if err := h.Forgot(t.Context(), typed, "10.0.0.1"); err != nil || len(h.mail.letters) != 0 {
				t.Fatalf("%s: %v, %d letters", typed, err, len(h.mail.letters))
			}
		}
		for range 2 { // the second within the pause sends nothing
			if err := h.Forgot(t.Context(), "Admin@hanoi.example", "10.0.0.1"); err != nil {
				t.Fatal(err)
			}
		}
		if len(h.mail.letters) != 1 || h.mail.letters[0].To != "admin@hanoi.example" {
			t.Fatalf("%+v", h.mail.letters)
		}
		_, secret, _ := strings.Cut(h.mail.letters[0].Path, "=")
		if login, err := h.ResetLink(t.Context(), secret); err != nil || login != "admin" {
			t.Fatal(login, err)
		}
		if err := h.ResetBy(t.Context(), secret, "matkhau123456", "10.0.0.1"); !fault.Is(err, fault.Invalid) {
			t.Fatalf("a common password: %v", err)
		}
		if err := h.ResetBy(t.Context(), secret, "hai con chó đen", "10.0.0.1"); err != nil {
			t.Fatal(err)
		}
		if h.lives(t, session.Token) {
			t.Error("the old session survives the reset")
		}
		if _, err := h.SignIn(t.Context(), "admin", "hai con chó đen", Door{}); err != nil {
			t.Error(err)
		}
		if err := h.ResetBy(t.Context(), secret, "ba con gà vàng", ""); !fault.HasKey(err, "org.reset.gone") {
			t.Errorf("the link works twice: %v", err)
		}
		h.machine.Move(resetPause)
		if err := h.Forgot(t.Context(), "admin", "10.0.0.1"); err != nil || len(h.mail.letters) != 2 {
			t.Fatal(err, len(h.mail.letters))
		}
		_, secret, _ = strings.Cut(h.mail.letters[1].Path, "=")
		h.machine.Move(ResetLife)
		if err := h.ResetBy(t.Context(), secret, "ba con gà vàng", ""); !fault.HasKey(err, "org.reset.gone") {
			t.Errorf("the link works for ever: %v", err)
		}
	})
}

func TestAPersonChangesTheOwnPassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		here, there := h.signIn(t, "admin"), h.signIn(t, "admin")
		for name, c := range map[string]struct{ current, fresh, field string }{
			"wrong current": {"nope", "hai con chó đen", "current"},
			"short":         {goodPassword, "ngắn", "password"},
			"the same":      {goodPassword, goodPassword, "password"},
			"own login":     {goodPassword, "admin12345", "password"},
			"a run":         {goodPassword, "1234567890", "password"},
		} {
			err := h.ChangePassword(t.Context(), h.admin, c.current, c.fresh, here.Token)
			if f := fault.Of(err).Fields; len(f) != 1 || f[0].Name != c.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := h.ChangePassword(t.Context(), h.admin, goodPassword, "hai con chó đen", here.Token); err != nil {
			t.Fatal(err)
		}
		if !h.lives(t, here.Token) || h.lives(t, there.Token) {
			t.Error("only the session in hand should live on")
		}
	})
}

func TestSupportHelpsAfterACheckAndNeverUpwards(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		officer := h.person(t, "lan", "00556", Post{Role: OneStopOfficer, Unit: "00556"})
		boss := h.person(t, "boss", "", Post{Role: Planner})
		h.person(t, "agent", "", Post{Role: SupportAgent})
		h.person(t, "coordinator", "018", Post{Role: DistrictCoordinator, Unit: "018"})
		agent, local := h.as(t, "agent"), h.as(t, "coordinator")
		away := h.person(t, "away", "00556", Post{Role: OneStopOfficer, Unit: "019"})
		for name, c := range map[string]struct {
			who   access.Actor
			id    ident.ID
			check Check
			kind  fault.Kind
		}{
			"no check":               {agent, officer.ID, "", fault.Invalid},
			"a check of the machine": {agent, officer.ID, ByCommand, fault.Invalid},
			"an administrator":       {agent, h.admin.ID, InPerson, fault.Denied},
			"outside the district":   {local, boss.ID, InPerson, fault.Missing},
			"a post outside":         {local, away.ID, InPerson, fault.Denied},
			"no right":               {h.as(t, "lan"), officer.ID, InPerson, fault.Denied},
			"nobody":                 {access.Actor{}, officer.ID, InPerson, fault.SignIn},
			"unknown":                {agent, "x", InPerson, fault.Missing},
		} {
			if _, err := h.HelpReset(t.Context(), c.who, c.id, c.check, ""); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
		password, err := h.HelpReset(t.Context(), local, officer.ID, CalledBack, "gọi lại 0912…")
		if err != nil {
			t.Fatal(err)
		}
		in, err := h.SignIn(t.Context(), "lan", password, Door{})
		if err != nil || !in.MustChange {
			t.Fatal(in, err)
		}
		who, err := h.BySession(t.Context(), in.Token)
		if err != nil || who.May(seeStage) {
			t.Error("works on with a password that somebody else knows", err)
		}
		if err := h.ChangePassword(t.Context(), who, password, "hai con chó đen", in.Token); err != nil {
			t.Fatal(err)
		}
		if who, err = h.BySession(t.Context(), in.Token); err != nil || !who.May(seeStage) {
			t.Error("the rights do not come back", err)
		}
		if err := h.Lock(t.Context(), agent, officer.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.HelpUnlock(t.Context(), agent, officer.ID, InPerson, ""); err != nil {
			t.Fatal(err)
		}
		var acts []string
		err = h.d.Read().NewSelect().Table("trail_entry").Column("act").Where("target = ?", officer.ID).Where("changes LIKE '%check%'").Order("seq").Scan(t.Context(), &acts)
		if err != nil || strings.Join(acts, " ") != "org.password.reset_by_support org.account.unlocked" {
			t.Error("the checks are not in the trail", acts, err)
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
