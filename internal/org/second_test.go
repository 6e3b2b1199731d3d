package org

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/totp"
)

// withCodes gives an account an authenticator application.
func (h *house) withCodes(t *testing.T, login string) (totp.Secret, []string) {
	t.Helper()
	h.Guard(signed.Key("house"), h.second.need...)
	who := h.as(t, login)
	if _, err := h.Enrol(t.Context(), who, "wrong password"); !fault.Is(err, fault.Invalid) {
		t.Fatalf("set up without the password: %v", err)
	}
	secret, err := h.Enrol(t.Context(), who, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	codes, err := h.ConfirmSecond(t.Context(), who, h.code(secret), "")
	if err != nil || len(codes) != recoveries {
		t.Fatal(codes, err)
	}
	h.machine.Move(totp.Step) // the code of the setting-up is used
	return secret, codes
}

func (h *house) code(s totp.Secret) string { return s.Code(totp.StepAt(h.machine.Now())) }

// half signs in up to the code.
func (h *house) half(t *testing.T, login string) string {
	t.Helper()
	in := h.signIn(t, login)
	if in.Token != "" || in.Step == "" {
		t.Fatal("the password alone opens a session")
	}
	return in.Step
}

var door = Door{Address: "10.0.0.1", Agent: "test"}

func TestACodeIsAskedForBesideThePasswordAndTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person(t, "lan", "018")
		secret, codes := h.withCodes(t, "lan")
		step := h.half(t, "lan")
		if h.lives(t, step) {
			t.Fatal("half a sign-in is a session")
		}
		code := h.code(secret)
		in, err := h.SignInStep(t.Context(), step, code, door)
		if err != nil || !h.lives(t, in.Token) {
			t.Fatal(err)
		}
		if _, err := h.SignInStep(t.Context(), step, codes[0], door); !fault.HasKey(err, "org.sign_in.step_gone") {
			t.Errorf("the first half serves twice: %v", err)
		}
		if _, err := h.SignInStep(t.Context(), h.half(t, "lan"), code, door); !fault.Is(err, fault.Invalid) {
			t.Errorf("a used code is taken again: %v", err)
		}
		typed := strings.ToUpper(strings.ReplaceAll(codes[3], "-", " "))
		if in, err = h.SignInStep(t.Context(), h.half(t, "lan"), typed, door); err != nil || !h.lives(t, in.Token) {
			t.Fatal("a recovery code does not open", err)
		}
		if _, err := h.SignInStep(t.Context(), h.half(t, "lan"), codes[3], door); !fault.Is(err, fault.Invalid) {
			t.Errorf("a recovery code serves twice: %v", err)
		}
		if s, err := h.MySecond(t.Context(), h.as(t, "lan")); err != nil || !s.On || s.Left != recoveries-1 {
			t.Error(s, err)
		}
		step = h.half(t, "lan")
		h.machine.Move(stepLife)
		if _, err := h.SignInStep(t.Context(), step, h.code(secret), door); !fault.HasKey(err, "org.sign_in.step_gone") {
			t.Errorf("the first half lasts too long: %v", err)
		}
		if err := h.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := h.d.Read().NewSelect().Table("sign_in_step").Count(t.Context()); err != nil || n != 0 {
			t.Error("halves are kept", n, err)
		}
	})
}

func TestSecretsAndCodesAreStoredUnreadable(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person(t, "lan", "018")
		secret, codes := h.withCodes(t, "lan")
		var kept []string
		if err := h.d.Read().NewRaw("SELECT secret FROM account_second UNION ALL SELECT code FROM account_recovery UNION ALL SELECT changes FROM trail_entry").Scan(t.Context(), &kept); err != nil || len(kept) < recoveries+2 {
			t.Fatal(len(kept), err)
		}
		for _, k := range kept {
			if strings.Contains(k, string(secret)) || strings.Contains(k, strings.ReplaceAll(secret.Text(), " ", "")) || strings.Contains(k, codes[0]) {
				t.Error("a secret lies open in the store")
			}
		}
		h.Guard(signed.Key("another house"))
		if _, err := h.SignInStep(t.Context(), h.half(t, "lan"), h.code(secret), door); !fault.Is(err, fault.Internal) {
			t.Errorf("a stolen store works elsewhere: %v", err)
		}
	})
}

func TestWrongCodesAreDelayedAndOneCodeOpensOneSession(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person(t, "lan", "018")
		secret, _ := h.withCodes(t, "lan")
		step, code := h.half(t, "lan"), h.code(secret)
		for i := range 5 {
			if _, err := h.SignInStep(t.Context(), step, "000000", door); !fault.Is(err, fault.Invalid) {
				t.Fatal(i, err)
			}
		}
		if _, err := h.SignInStep(t.Context(), h.half(t, "lan"), code, Door{Address: "10.0.0.2"}); !fault.Is(err, fault.TooMany) {
			t.Errorf("the sixth try is heard: %v", err)
		}
		h.machine.Move(firstDelay)
		one, two := h.half(t, "lan"), h.half(t, "lan")
		code = h.code(secret)
		var wg sync.WaitGroup
		var mu sync.Mutex
		opened := 0
		for _, s := range []string{one, two} {
			wg.Go(func() {
				if in, err := h.SignInStep(t.Context(), s, code, door); err == nil && in.Token != "" {
					mu.Lock()
					opened++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if opened != 1 {
			t.Errorf("one code opened %d sessions", opened)
		}
	})
}

func TestARoleThatNeedsCodesIsHeldUntilThereAreSome(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.Guard(signed.Key("house"), Planner)
		h.person(t, "plan", "", Post{Role: Planner})
		in := h.signIn(t, "plan")
		who, err := h.BySession(t.Context(), in.Token)
		if err != nil || who.Held != SecondAt || who.May(moveStage) {
			t.Fatal("a planner without codes works on", who.Held, err)
		}
		secret, _ := h.withCodes(t, "plan")
		full, err := h.SignInStep(t.Context(), h.half(t, "plan"), h.code(secret), door)
		if err != nil {
			t.Fatal(err)
		}
		if who, err = h.BySession(t.Context(), full.Token); err != nil || who.Held != "" || !who.May(moveStage) {
			t.Error("a planner with codes is held", err)
		}
		if err := h.DropSecond(t.Context(), who, goodPassword); !fault.HasKey(err, "org.second.needed") {
			t.Errorf("a planner switches codes off: %v", err)
		}
		if h.lives(t, in.Token) {
			t.Error("sessions from before the codes live on")
		}
		if again, err := h.NewRecoveryCodes(t.Context(), who, goodPassword); err != nil || len(again) != recoveries {
			t.Error(again, err)
		}
	})
}

func TestOwnersSwitchCodesOffAndSupportTakesThemOff(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a := h.person(t, "lan", "018")
		h.person(t, "help", "", Post{Role: SupportAgent})
		h.person(t, "plan", "", Post{Role: Planner})
		h.withCodes(t, "lan")
		lan := h.as(t, "lan")
		if err := h.DropSecond(t.Context(), lan, "wrong password"); !fault.Is(err, fault.Invalid) {
			t.Errorf("off without the password: %v", err)
		}
		if err := h.DropSecond(t.Context(), lan, goodPassword); err != nil {
			t.Fatal(err)
		}
		if in := h.signIn(t, "lan"); in.Token == "" {
			t.Error("codes are off, but asked for")
		}
		h.withCodes(t, "lan")
		for name, try := range map[string]error{
			"a planner":            h.HelpSecond(t.Context(), h.as(t, "plan"), a.ID, InPerson, ""),
			"the owner":            h.HelpSecond(t.Context(), lan, a.ID, InPerson, ""),
			"support without care": h.HelpSecond(t.Context(), h.as(t, "help"), a.ID, "", ""),
		} {
			if try == nil {
				t.Errorf("%s takes codes off", name)
			}
		}
		if err := h.HelpSecond(t.Context(), h.as(t, "help"), a.ID, InPerson, "thẻ công chức"); err != nil {
			t.Fatal(err)
		}
		if in := h.signIn(t, "lan"); in.Token == "" {
			t.Error("taken off, but asked for")
		}
		var acts []string
		if err := h.d.Read().NewRaw("SELECT act FROM trail_entry WHERE target = ? AND act LIKE 'org.second%' ORDER BY seq", a.ID).Scan(t.Context(), &acts); err != nil ||
			strings.Join(acts, " ") != "org.second.on org.second.off org.second.on org.second.reset_by_support" {
			t.Error(acts, err)
		}
	})
}

func TestACodeProvesAsThePasswordDoes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person(t, "lan", "018")
		secret, _ := h.withCodes(t, "lan")
		lan, code := h.as(t, "lan"), h.code(secret)
		proof, err := h.Reprove(t.Context(), lan, code)
		if err != nil || proof.How() != ByCode || proof.Of(lan) != nil {
			t.Fatal(err)
		}
		if _, err := h.Reprove(t.Context(), lan, code); !fault.Is(err, fault.Invalid) {
			t.Errorf("a code proves twice: %v", err)
		}
		if proof, err = h.Reprove(t.Context(), lan, goodPassword); err != nil || proof.How() != ByPassword {
			t.Error("the password proves no longer", err)
		}
		if _, err := h.SignInStep(t.Context(), h.half(t, "lan"), code, door); !fault.Is(err, fault.Invalid) {
			t.Errorf("a code that signed opens a session: %v", err)
		}
	})
}

func TestAnAccountIsBegunByItsOwnerOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		told := 0
		h.OnBegun(func(_ context.Context, _ *db.Tx, a Account) error { told++; return nil })
		first := Passphrase()
		a, err := h.Create(t.Context(), h.admin, NewAccount{Login: "moi", Password: first, MustChange: true, Profile: Profile{Name: "Trần Mới", Unit: "018"}})
		if err != nil {
			t.Fatal(err)
		}
		in, err := h.SignIn(t.Context(), "moi", first, door)
		if err != nil || told != 0 {
			t.Fatal("begun with a password that others know", told, err)
		}
		who, err := h.BySession(t.Context(), in.Token)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.ChangePassword(t.Context(), who, first, goodPassword, in.Token); err != nil || told != 1 {
			t.Fatal("not begun with one's own password", told, err)
		}
		h.signIn(t, "moi")
		if told != 1 {
			t.Error("begun twice")
		}
		one, err := h.Get(t.Context(), h.admin, a.ID)
		if err != nil || !one.ActivatedAt.Equal(h.machine.Now()) {
			t.Error(one.ActivatedAt, err)
		}
	})
}

func TestAFirstPasswordRunsOut(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		first := Passphrase()
		a, err := h.Create(t.Context(), h.admin, NewAccount{Login: "moi", Password: first, MustChange: true, Profile: Profile{Name: "Trần Mới", Unit: "018"}})
		if err != nil {
			t.Fatal(err)
		}
		until := h.business.Now().Add(time.Hour)
		if err := h.d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			a.PasswordUntil = until
			return saveAccount(ctx, tx, &a, "password_until")
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SignIn(t.Context(), "moi", first, door); err != nil {
			t.Fatal(err)
		}
		h.business.Move(time.Hour)
		if _, err := h.SignIn(t.Context(), "moi", first, door); !fault.HasKey(err, "org.sign_in.first_over") {
			t.Errorf("a first password works for ever: %v", err)
		}
		if _, err := h.SignIn(t.Context(), "moi", "wrong", door); !fault.HasKey(err, "org.sign_in.wrong") {
			t.Errorf("a stranger learns that it ran out: %v", err)
		}
	})
}
