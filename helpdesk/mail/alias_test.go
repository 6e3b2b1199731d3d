package mail

import (
	"strings"
	"testing"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
)

// route says what becomes of mail to the mailbox's further address.
func (p *post) route(a Alias) {
	p.t.Helper()
	a.Address = p.box.Aliases
	if err := p.Route(p.t.Context(), lead, a); err != nil {
		p.t.Fatal(err)
	}
}

func TestMailToAFurtherAddressIsTreatedAsThatSays(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		stranger := func(headers ...string) []byte {
			return mail("Mất mạng.", append(headers, "From: ai-do@nha.example", "Auto-Submitted: no")...)
		}
		own := p.ticket(p.comes(stranger()).Ticket)
		if own.Service != helpdesk.Usage || own.Unit != quynhMai {
			t.Errorf("to the mailbox's own address: %s, %s", own.Service, own.Unit)
		}
		before := p.ticket(p.comes(stranger("To: duongdaynong@hanoi.example")).Ticket)
		if before.Service != helpdesk.Usage || before.Unit != quynhMai {
			t.Errorf("to a further address that says nothing: %s, %s", before.Service, before.Unit)
		}
		p.route(Alias{Category: helpdesk.Line, Unit: socSon})
		for name, headers := range map[string][]string{
			"as its recipient":       {"To: duongdaynong@hanoi.example"},
			"among others":           {"To: x@y.example, duongdaynong@hanoi.example"},
			"as the server says":     {"To: hotro@hanoi.example", "Delivered-To: duongdaynong@hanoi.example"},
			"in capitals, as a copy": {"To: hotro@hanoi.example", "Cc: DuongDayNong@Hanoi.example"},
		} {
			l := p.comes(stranger(headers...))
			d := p.ticket(l.Ticket)
			if d.Service != helpdesk.Line || d.Unit != socSon || !strings.Contains(l.Why, "helpdesk.mail.why.alias") {
				t.Errorf("%s: %s, %s, %s", name, d.Service, d.Unit, l.Why)
			}
		}
		if d := p.ticket(p.comes(stranger()).Ticket); d.Service != helpdesk.Usage {
			t.Errorf("to the mailbox's own address: %s", d.Service)
		}
		if d := p.ticket(p.comes(mail("Mất mạng.", "To: duongdaynong@hanoi.example")).Ticket); d.Service != helpdesk.Line || d.Unit != quynhMai {
			t.Errorf("somebody who has a unit keeps it: %s, %s", d.Service, d.Unit)
		}
		p.route(Alias{Version: 1})
		if l := p.comes(stranger("To: duongdaynong@hanoi.example")); p.ticket(l.Ticket).Service != helpdesk.Usage || strings.Contains(l.Why, "why.alias") {
			t.Errorf("cleared again: %s", l.Why)
		}
	})
}

func TestWhoMaySayWhatAFurtherAddressIsFor(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		good := Alias{Address: "duongdaynong@hanoi.example", Category: helpdesk.Line}
		bad := func(change func(*Alias)) Alias { a := good; change(&a); return a }
		for name, tc := range map[string]struct {
			who  access.Actor
			a    Alias
			want fault.Kind
		}{
			"an agent":               {agent, good, fault.Denied},
			"an officer":             {officer, good, fault.Denied},
			"nobody":                 {access.Actor{}, good, fault.SignIn},
			"an address of nobody's": {lead, bad(func(a *Alias) { a.Address = "khac@hanoi.example" }), fault.Invalid},
			"a service that is none": {lead, bad(func(a *Alias) { a.Category = "tea" }), fault.Invalid},
			"a unit that is none":    {lead, bad(func(a *Alias) { a.Unit = "99999" }), fault.Invalid},
			"an older form":          {lead, bad(func(a *Alias) { a.Version = 7 }), fault.Conflict},
		} {
			if err := p.Route(t.Context(), tc.who, tc.a); !fault.Is(err, tc.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := p.Aliases(t.Context(), agent); !fault.Is(err, fault.Denied) {
			t.Errorf("an agent reads the addresses: %v", err)
		}
		p.route(good)
		all, err := p.Aliases(t.Context(), lead)
		if err != nil || len(all) != 1 || all[0].Category != helpdesk.Line || all[0].Box.ID != p.box.ID {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestAMailboxMayKeepForwardedMailForWhoeverPassedItOn(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		p.box.Forwarded = rules.ForForwarder
		box, err := p.Save(t.Context(), lead, p.box)
		if err != nil {
			t.Fatal(err)
		}
		p.box = box
		l := p.comes(mail("Chuyển giúp.\n\n---------- Forwarded message ----------\nFrom: Lê Văn Bình <binh.le@dongnhan.example>\nSubject: Không in được\nTo: canbo\n\nMáy in báo hết mực.",
			"Subject: Fwd: Không in được"))
		if d := p.ticket(l.Ticket); d.Requester != "p1" || l.AsMail != "canbo@quynhmai.example" {
			t.Errorf("%q %+v", d.Requester, l)
		}
		p.box.Forwarded = "nobody"
		if _, err := p.Save(t.Context(), lead, p.box); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}
