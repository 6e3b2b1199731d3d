package notify

import (
	"context"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
)

func wish(t *testing.T, d *db.DB, ws ...Wish) {
	t.Helper()
	if err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return WishFor(ctx, tx, ws...) }); err != nil {
		t.Fatal(err)
	}
}

func TestADigestIsOneMailOfManyNotices(t *testing.T) {
	for _, c := range []struct {
		digest string
		at     time.Time // when it goes out
	}{
		{Hourly, time.Date(2016, 11, 10, 3, 0, 0, 0, time.UTC)},
		{Morning, time.Date(2016, 11, 11, 0, 30, 0, 0, time.UTC)},
	} {
		t.Run(c.digest, func(t *testing.T) {
			testkit.EachDB(t, func(t *testing.T, d *db.DB) {
				at, address, box := clock.At(thursday.Add(time.Minute)), freeAddress(t), &server{}
				listen(t, box, address)
				wish(t, d, Wish{Account: "a", Kind: Others, Channel: ByMail, Digest: c.digest})
				urgent := answered("a", "urgent")
				urgent.Critical = true
				write(t, d, at.Now(), answered("a", "1"), answered("b", "1"), urgent)
				s := sender(t, d, at, address, people{"a": {Address: "a@x.example"}, "b": {Address: "b@x.example"}})
				run(t, s, 2) // b's, and what is urgent
				for i := range load + 9 {
					at.Move(time.Second)
					write(t, d, at.Now(), answered("a", "more "+string(rune('0'+i))))
				}
				run(t, s, 0)
				at.Set(c.at.Add(-time.Second))
				run(t, s, 0)
				at.Set(c.at)
				run(t, s, 1)
				if n := len(box.mails); n != 3 || strings.Count(box.texts[2], "https://lotrinh.example/tickets/1") != load+10 {
					t.Errorf("%d mails, %d notices in the last", n, strings.Count(box.texts[2], "/tickets/1"))
				}
				if got := states(t, d); strings.Contains(got, Waiting) || strings.Contains(got, Sending) {
					t.Error(got)
				}
			})
		})
	}
}

func TestWishesByKindAndWhatIsCritical(t *testing.T) {
	kinds := []Kind{{Code: "answers", Templates: []string{"t"}}}
	s := &Sender{Clock: clock.At(thursday), Kinds: kinds, Texts: []Text{{Template: "t"}}}
	lan := Person{Address: "lan@x.example", Phone: "0912345678"}
	later := thursday.Add(time.Hour)
	mail := Choice{Mail: true}
	for _, c := range []struct {
		name string
		n    Notice
		r    reader
		want decision
	}{
		{"nothing wished", Notice{Template: "t"}, reader{Person: lan, choice: mail}, decision{ByMail, "", later}},
		{"no mail wished", Notice{Template: "t"}, reader{Person: lan}, decision{OnScreen, "", later}},
		{"no mail, critical", Notice{Template: "t", Critical: true}, reader{Person: lan}, decision{ByMail, "", thursday}},
		{"screen for this kind", Notice{Template: "t"}, reader{lan, mail, map[string]Wish{"answers": {Channel: OnScreen}}}, decision{OnScreen, "", later}},
		{"screen for another kind", Notice{Template: "x"}, reader{lan, mail, map[string]Wish{"answers": {Channel: OnScreen}}}, decision{ByMail, "", later}},
		{"by text", Notice{Template: "t"}, reader{lan, mail, map[string]Wish{"answers": {Channel: BySMS}}}, decision{BySMS, "", later}},
		{"by text, critical", Notice{Template: "t", Critical: true}, reader{lan, mail, map[string]Wish{"answers": {Channel: BySMS}}}, decision{BySMS, "", thursday}},
		{"by text, none registered", Notice{Template: "x"}, reader{lan, mail, map[string]Wish{Others: {Channel: BySMS}}}, decision{ByMail, "", later}},
		{"by text, no number", Notice{Template: "t"}, reader{Person{Address: "a"}, mail, map[string]Wish{"answers": {Channel: BySMS}}}, decision{ByMail, "", later}},
		{"any hour", Notice{Template: "t"}, reader{Person: lan, choice: Choice{Mail: true, AnyHour: true}}, decision{ByMail, "", thursday}},
		{"secret", Notice{Template: "t", Private: true}, reader{lan, mail, map[string]Wish{"answers": {Channel: ByMail, Digest: Morning}}}, decision{ByMail, "", later}},
		{"no address", Notice{Template: "t"}, reader{choice: mail}, decision{OnScreen, "", later}},
		{"to an address", Notice{Template: "t", Address: "x@y"}, reader{}, decision{ByMail, "", later}},
	} {
		if got := s.decide(&c.n, c.r, later); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestWishesThatNoFormOffersAreRefused(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		for _, w := range []Wish{{Account: "a", Kind: "k", Channel: "pigeon"}, {Account: "a", Kind: "k", Channel: BySMS, Digest: Hourly}, {Account: "a", Kind: "k", Channel: ByMail, Digest: "yearly"}} {
			err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return WishFor(ctx, tx, w) })
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", w, err)
			}
		}
		wish(t, d, Wish{Account: "a", Kind: "k", Channel: ByMail, Digest: Hourly})
		wish(t, d, Wish{Account: "a", Kind: "k", Channel: OnScreen})
		all, err := Wishes(t.Context(), d.Read(), "a")
		if err != nil || all["k"].Channel != OnScreen || all["k"].Digest != "" {
			t.Errorf("%+v %v", all, err)
		}
	})
}
