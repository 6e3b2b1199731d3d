package org

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

func TestATokenCarriesNoMoreThanItsScope(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.person(t, "lan", "018", Post{Role: DistrictCoordinator, Unit: "018"})
		lan := h.as(t, "lan")
		secret, token, err := h.MakeToken(t.Context(), lan, NewToken{Name: "báo cáo", Scope: []access.Perm{seeStage}})
		if err != nil || !strings.HasPrefix(secret, TokenPrefix) || strings.Contains(token.Token, secret) {
			t.Fatal(token, err)
		}
		who, err := h.ByBearer(t.Context(), secret)
		if err != nil || who.ID != a.ID || !who.Covers(seeStage, "00556") || who.May(moveStage) || who.Covers(seeStage, "019") {
			t.Errorf("%+v %v", who, err)
		}
		if _, _, err := h.MakeToken(t.Context(), who, NewToken{Name: "x"}); !fault.Is(err, fault.Denied) {
			t.Errorf("a token makes a wider token: %v", err)
		}
		for name, in := range map[string]NewToken{
			"no name": {}, "too long": {Name: "x", Life: 2 * MaxTokenLife}, "beyond": {Name: "x", Scope: []access.Perm{UnitImport}},
		} {
			if _, _, err := h.MakeToken(t.Context(), lan, in); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		all, _, err := h.MakeToken(t.Context(), lan, NewToken{Name: "all"})
		if err != nil {
			t.Fatal(err)
		}
		if who, err = h.ByBearer(t.Context(), all); err != nil || !who.May(moveStage) {
			t.Error("a token without a scope carries nothing", err)
		}
		list, err := h.Tokens(t.Context(), lan)
		if err != nil || len(list) != 2 || list[1].UsedAt.IsZero() {
			t.Fatal(list, err)
		}
		h.person(t, "other", "")
		if err := h.EndToken(t.Context(), h.as(t, "other"), token.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody ends another's token: %v", err)
		}
		if err := h.EndToken(t.Context(), lan, token.ID); err != nil {
			t.Fatal(err)
		}
		stranger := func(s string) bool {
			who, err := h.ByBearer(t.Context(), s)
			return err == nil && !who.SignedIn()
		}
		if !stranger(secret) || !stranger("lt_x") || !stranger("") {
			t.Error("an ended or unknown token works")
		}
		h.machine.Move(DefaultTokenLife)
		if !stranger(all) {
			t.Error("a token lives for ever")
		}
	})
}

func TestALockedAccountsTokenIsNobodys(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.person(t, "lan", "018", Post{Role: Planner})
		secret, _, err := h.MakeTokenFor(t.Context(), h.admin, "LAN", NewToken{Name: "x", Life: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Lock(t.Context(), h.admin, a.ID); err != nil {
			t.Fatal(err)
		}
		if who, err := h.ByBearer(t.Context(), secret); err != nil || who.SignedIn() {
			t.Error(who, err)
		}
		if err := h.Close(t.Context(), h.admin, a.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.HelpUnlock(t.Context(), h.admin, a.ID, InPerson, ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("a closed account opens: %v", err)
		}
	})
}

func TestCommandsAtTheMachine(t *testing.T) {
	c, err := i18n.Load(Locale, fstest.MapFS{"locale/vi.json": {Data: []byte(`{}`)}, "locale/en.json": {Data: []byte(`{}`)}})
	if err != nil {
		t.Fatal(err)
	}
	en := c.In(i18n.EN)
	each(t, func(t *testing.T, h *house) {
		run := func(args ...string) (string, error) {
			var out strings.Builder
			var err error
			if args[0] == "token" {
				err = h.TokenCommand(t.Context(), en, args[1:], &out)
			} else {
				err = h.UserCommand(t.Context(), en, args[1:], &out)
			}
			return out.String(), err
		}
		out, err := run("user", "create", "--login", "minh", "--name", "Trần Minh", "--role", "planner", "--unit", "018", "--scope", "018")
		if err != nil {
			t.Fatal(err)
		}
		password := strings.TrimSpace(out[strings.LastIndex(out, " "):])
		if in, err := h.SignIn(t.Context(), "minh", password, Door{}); err != nil || !in.MustChange {
			t.Error(in, err)
		}
		if out, err = run("user", "list", "tran minh"); err != nil || out != "minh\tactive\tTrần Minh\t018\tplanner@018\n" {
			t.Errorf("%q %v", out, err)
		}
		for _, args := range [][]string{{"lock", "minh"}, {"unlock", "minh"}, {"reset", "minh"}, {"grant", "minh", "--role", "trainer"}} {
			if _, err := run(append([]string{"user"}, args...)...); err != nil {
				t.Errorf("%v: %v", args, err)
			}
		}
		if out, err = run("token", "create", "--account", "admin"); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if who, err := h.ByBearer(t.Context(), lines[len(lines)-1]); err != nil || who.Login != "admin" || !who.May(AccountManage) {
			t.Error(who, err)
		}
		for _, args := range [][]string{{"user", "dance"}, {"user", "lock"}, {"token", "create"}, {"user", "create", "--nope"}} {
			if _, err := run(args...); !fault.Is(err, fault.Invalid) {
				t.Errorf("%v: %v", args, err)
			}
		}
		if _, err := run("user", "lock", "nobody"); !fault.Is(err, fault.Missing) {
			t.Errorf("an unknown login: %v", err)
		}
		var told strings.Builder
		if err := h.units.ImportCommand(t.Context(), en, nil, &told); err != nil || !strings.Contains(told.String(), "777") {
			t.Errorf("%q %v", told.String(), err)
		}
	})
}

func TestPassphrasesAreStrongEnoughForOneUse(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		s := Passphrase()
		if err := checkPassword(s, Account{ID: ident.New(demoDay)}); err != nil || len(s) != 19 || seen[s] {
			t.Fatal(s, err)
		}
		seen[s] = true
	}
}

func TestTelephoneNumbersAreWrittenOneWay(t *testing.T) {
	for typed, want := range map[string]string{
		"0912 345 678": "0912345678", "+84912345678": "0912345678", "84 912.345.678": "0912345678", "(024) 3825-3536": "02438253536", "1022": "", "19001009": "", "0164 123 4567": "0341234567", "abc": "", "12": "",
	} {
		got, ok := reachable(typed)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v", typed, got, ok)
		}
	}
}
