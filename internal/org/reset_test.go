package org

import (
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

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

func TestKeysAreSwitchedOffForAPersonNotForAMachine(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.person(t, "agent", "", Post{Role: SupportAgent})
		for _, off := range []bool{true, true, false} {
			if err := h.SwitchKeys(t.Context(), h.as(t, "agent"), off); err != nil {
				t.Fatal(err)
			}
			if who := h.as(t, "agent"); who.KeysOff != off {
				t.Errorf("switched off: %v, the person's next page is told %v", off, who.KeysOff)
			}
		}
		for name, who := range map[string]access.Actor{"nobody": {}, "the product itself": access.System("test")} {
			if err := h.SwitchKeys(t.Context(), who, true); !fault.Is(err, fault.SignIn) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
