package main

import (
	"context"
	"fmt"
	"time"

	"lotrinh/app"
	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// limitMailed is how long a mail may take from the mailbox to the ticket that an agent sees.
const limitMailed = 2 * time.Second

// writtenMail is a mail of somebody who never wrote before, in the charset and encoding of many Vietnamese offices' programs.
func writtenMail(run string, n int) []byte {
	return fmt.Appendf(nil, "Message-ID: <%s-%d@phuong.example>\r\nFrom: =?utf-8?Q?Nguy=E1=BB=85n_V=C4=83n?= <nguoi-%s-%d@phuong.example>\r\nTo: hotro@bench.example\r\n"+
		"Subject: =?utf-8?Q?M=C3=A1y_qu=C3=A9t_kh=C3=B4ng_nh=E1=BA=ADn_gi=E1=BA=A5y?=\r\nDate: Thu, 10 Nov 2016 08:00:00 +0700\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"+
		"=C4=90=C3=A8n =C4=91=E1=BB=8F nh=C3=A1y, kh=E1=BB=9Fi =C4=91=E1=BB=99ng l=E1=BA=A1i kh=C3=B4ng =C4=91=C6=B0=E1=BB=A3c.\r\n", run, n, run, n)
}

// mailed measures the way of a mail from the moment at which the reader of a mailbox has it, until an agent has read the page of
// its ticket and finds it in the list of what nobody has: what the mail server and the line take is not ours.
func (b *bench) mailed(ctx context.Context, h *app.House, who access.Actor, once func(string, time.Duration, func(int) error)) error {
	run := string(ident.New(time.Now()))
	box, err := h.Desk.Mail.Save(ctx, access.System("bench"), mail.Mailbox{Name: "Đo " + run, Address: run + "@bench.example", Aliases: "hotro@bench.example", Host: "localhost", Port: 143, Security: mail.Plain,
		Unit: "00556", Category: helpdesk.Device, Strangers: rules.StrangersOpen, Closed: rules.ClosedPolicy})
	if err != nil {
		return err
	}
	uid := int64(0)
	once("mail in to ticket seen by an agent", limitMailed, func(int) error {
		uid++
		raw := writtenMail(run, int(uid))
		l, err := h.Desk.Mail.Take(ctx, box, mail.Arrived{UIDValidity: 1, UID: uid, Raw: raw, Size: int64(len(raw))})
		if err != nil {
			return err
		}
		d, err := h.Desk.Get(ctx, who, l.Ticket, page.Read("", ""))
		if err != nil {
			return fmt.Errorf("%s: %w", l.Decision, err)
		}
		newest, err := h.Desk.Queue(ctx, who, helpdesk.Filter{View: helpdesk.ViewFree, Sort: helpdesk.ByNewest}, page.Read("", "1"))
		if err != nil || len(newest.Items) != 1 || newest.Items[0].ID != d.ID {
			return fmt.Errorf("the list does not begin with the new ticket: %w", err)
		}
		return nil
	})
	return nil
}
