package delivery

import (
	"path"
	"testing"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

func TestALinkOpensOneReportUntilItEndsIsTakenBackOrItsMakerMayNotSeeIt(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.weekly(giaLam)
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(1)
		run := ident.ID(h.one("SELECT id FROM report_run"))
		for who, want := range map[string]fault.Kind{"bavi": fault.Missing, "half": fault.Missing, "coordinator": fault.Denied, "agent": fault.Denied, "admin": fault.Denied} {
			if _, err := h.MakeLink(ctx, h.who(who), run, "14"); !fault.Is(err, want) {
				t.Errorf("%s: %v", who, err)
			}
		}
		for _, days := range []string{"", "0", "-1", "91", "x"} {
			if _, err := h.MakeLink(ctx, h.who("gialam"), run, days); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q days: %v", days, err)
			}
		}
		make := func(who string) (Link, string) {
			t.Helper()
			l, err := h.MakeLink(ctx, h.who(who), run, "14")
			if err != nil {
				t.Fatal(err)
			}
			return l, path.Base(h.Address(l))
		}
		opens := func(token string, want bool) {
			t.Helper()
			_, sn, err := h.OpenLink(ctx, token)
			if (err == nil) != want || want && sn.Run != run || !want && !fault.Is(err, fault.Missing) {
				t.Errorf("opens %v: %v", want, err)
			}
		}
		first, token := make("gialam")
		opens(token, true)
		opens("x"+token[1:], false)
		opens("", false)
		h.crowd.set("gialam", func(p *person) { p.units = []string{baVi} })
		opens(token, false)
		h.crowd.set("gialam", func(p *person) { p.units = []string{giaLam} })
		for range mostOpened - 1 {
			opens(token, true)
		}
		if _, _, err := h.OpenLink(ctx, token); !fault.Is(err, fault.TooMany) {
			t.Errorf("opened too often: %v", err)
		}
		h.clocks(h.machine.Now().Add(time.Hour))
		opens(token, true)
		if n := h.one("SELECT opened || ' ' || (SELECT count(*) FROM trail_entry WHERE act = 'reports.link.opened') FROM report_link WHERE id = ?", first.ID); n != "61 61" {
			t.Errorf("counted and audited: %s", n)
		}
		if _, err := h.Revoke(ctx, h.who("bavi"), first.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody else takes it back: %v", err)
		}
		if _, err := h.Revoke(ctx, h.who("planner"), first.ID); err != nil {
			t.Fatal(err)
		}
		opens(token, false)
		_, second := make("planner")
		opens(second, true)
		h.clocks(h.machine.Now().AddDate(0, 0, 14))
		opens(second, false)
	})
}
