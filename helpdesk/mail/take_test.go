package mail

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
)

func (p *post) notices(template string) []notify.Notice {
	p.t.Helper()
	var rows []notify.Notice
	if err := p.DB.Read().NewSelect().Model(&rows).Where("no.template = ?", template).Order("no.id").Scan(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	return rows
}

func (p *post) conversation(n notify.Notice) (th notify.Thread) {
	p.t.Helper()
	if err := json.Unmarshal([]byte(n.Thread), &th); err != nil {
		p.t.Fatal(err)
	}
	return th
}

// events hands out what happened.
func (p *post) events() {
	p.t.Helper()
	if _, err := outbox.NewDispatcher(p.DB, p.at, p.Log, p.Handlers()...).Run(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

func TestAMailIsATicketOnceAndConfirmedOnce(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		raw := mail("Máy quét không nhận giấy.", "Message-ID: <a@quynhmai.example>")
		l := p.comes(raw)
		d := p.ticket(l.Ticket)
		if l.Decision != rules.New || d.Requester != "p1" || d.Unit != quynhMai || d.Channel != helpdesk.ByMail || d.Title != "Máy quét không nhận" ||
			d.AnsweredAt != nil || d.Conversation.Items[0].ID != l.Message || d.Conversation.Items[0].Source != "mail" {
			t.Errorf("%+v\n%+v", l, d.Ticket)
		}
		p.uid--
		if again := p.comes(raw); again.ID != "" {
			t.Errorf("the same place is taken again: %+v", again)
		}
		if again := p.comes(raw); again.Decision != rules.Duplicate {
			t.Errorf("the same Message-ID is %s", again.Decision)
		}
		acks := p.notices("helpdesk.mail.received_due")
		if p.one("SELECT count(*) FROM ticket") != "1" || len(acks) != 1 {
			t.Fatalf("%s tickets, %d confirmations", p.one("SELECT count(*) FROM ticket"), len(acks))
		}
		th := p.conversation(acks[0])
		if acks[0].Address != "canbo@quynhmai.example" || !acks[0].Private || th.InReplyTo != "a@quynhmai.example" || th.Personal || th.ReplyTo != "hotro@hanoi.example" {
			t.Errorf("%+v %+v", acks[0], th)
		}
		if s := acks[0].Subject(p.Words.In("vi")); s != "["+d.Number()+"] Đã nhận yêu cầu: Máy quét không nhận" {
			t.Errorf("subject %q", s)
		}
	})
}

func TestAnAnswerGoesOutByMailAndTheAnswerToItComesBack(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		l := p.comes(mail("Máy quét không nhận giấy.", "Message-ID: <a@quynhmai.example>"))
		x := p.replied(l.Ticket, "Anh thử cắm lại dây.")
		if _, err := p.Desk.Note(t.Context(), agent, l.Ticket, helpdesk.Words{Body: "Chuyện nội bộ."}); err != nil {
			t.Fatal(err)
		}
		p.events()
		p.events()
		sent := p.notices("helpdesk.mail.answer")
		if len(sent) != 1 {
			t.Fatalf("%d mails", len(sent))
		}
		th := p.conversation(sent[0])
		if !th.Personal || th.InReplyTo != "a@quynhmai.example" || sent[0].Address != "canbo@quynhmai.example" || !sent[0].Critical ||
			!strings.HasPrefix(sent[0].Body(p.Words.In("vi")), "Anh thử cắm lại dây.") || sent[0].Subject(p.Words.In("vi")) != "Re: Máy quét không nhận ["+x.Number()+"]" {
			t.Errorf("%+v %+v", sent[0], th)
		}
		if hint := p.notices("helpdesk.notice.answered"); len(hint) != 1 || hint[0].State != notify.Unmailed {
			t.Errorf("the hint on the screen: %+v", hint)
		}
		back := p.comes(mail("Đã cắm lại, vẫn vậy.\n\nVào Th 2, 14 thg 11, 2016 lúc 09:00 Hỗ trợ đã viết:\n> Anh thử cắm lại dây.",
			"In-Reply-To: <"+sent[0].MessageID+"@hanoi.example>"))
		d := p.ticket(l.Ticket)
		if back.Decision != rules.FollowUp || back.Ticket != l.Ticket || d.Conversation.Items[0].Body != "Đã cắm lại, vẫn vậy." || d.Conversation.Items[0].Author != "p1" {
			t.Errorf("%+v %q", back, d.Conversation.Items[0].Body)
		}
	})
}

func TestFilesOfAnAnswerGoAlongUpToASize(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		l := p.comes(mail("Cho xin bản hướng dẫn.", "Message-ID: <f@quynhmai.example>"))
		paper := func(name string, size int) files.Blob {
			b, err := p.Files.Receive(t.Context(), files.Document, name, io.MultiReader(strings.NewReader("%PDF-1.4\n"), bytes.NewReader(make([]byte, size))))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		_, err := p.Desk.Reply(t.Context(), agent, l.Ticket, helpdesk.Words{Body: "Gửi anh hai bản.", Files: []files.Blob{paper("nho.pdf", 1000), paper("lon.pdf", mostAlong)}})
		if err != nil {
			t.Fatal(err)
		}
		p.events()
		sent := p.notices("helpdesk.mail.answer")
		if len(sent) != 1 {
			t.Fatalf("%d mails", len(sent))
		}
		th := p.conversation(sent[0])
		if len(th.Files) != 1 || th.Files[0].Name != "nho.pdf" || th.Files[0].Hash == "" {
			t.Errorf("%+v", th.Files)
		}
		if body := sent[0].Body(p.Words.In("vi")); !strings.Contains(body, "lon.pdf") || strings.Contains(body, "nho.pdf") {
			t.Errorf("%s", body)
		}
	})
}

func TestMailOnDoneTickets(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		l := p.comes(mail("Hỏng.", "Message-ID: <a@quynhmai.example>"))
		answer := func(extra ...string) []byte {
			return mail("Vẫn hỏng.", append([]string{"In-Reply-To: <a@quynhmai.example>"}, extra...)...)
		}
		for n := range rules.Usual.Reopens {
			p.resolved(l.Ticket)
			p.at.Move(time.Minute)
			if back := p.comes(answer()); !back.Reopened || p.ticket(l.Ticket).State != helpdesk.Reopened {
				t.Fatalf("answer %d: %+v", n, back)
			}
		}
		p.resolved(l.Ticket)
		if quiet := p.comes(answer()); quiet.Reopened || quiet.Ticket != l.Ticket || p.ticket(l.Ticket).State != helpdesk.Resolved {
			t.Errorf("over the cap: %+v", quiet)
		}
		if auto := p.comes(answer("Auto-Submitted: auto-replied")); auto.Decision != rules.Automatic || p.ticket(l.Ticket).State != helpdesk.Resolved || auto.Acknowledged {
			t.Errorf("automatic: %+v", auto)
		}
		p.closed(l.Ticket)
		p.at.Move(11 * 24 * time.Hour)
		if other := p.comes(answer()); other.Decision != rules.New || other.Ticket == l.Ticket {
			t.Errorf("closed: %+v", other)
		}
	})
}

func TestAutomaticMailIsFiledUpToALimitAndNeverAnswered(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		l := p.comes(mail("Hỏng.", "Message-ID: <a@quynhmai.example>"))
		before := len(p.notices("helpdesk.mail.received_due"))
		for range mostFiled + 2 {
			p.comes(mail("Tôi đi vắng.", "In-Reply-To: <a@quynhmai.example>", "Auto-Submitted: auto-replied"))
		}
		if n := p.ticket(l.Ticket).Messages; n != 1+mostFiled {
			t.Errorf("%d messages on the ticket", n)
		}
		if len(p.notices("helpdesk.mail.received_due")) != before || p.one("SELECT count(*) FROM desk_letter WHERE acknowledged") != "1" {
			t.Error("a machine was answered")
		}
	})
}

func bounce(id, address string) []byte {
	return []byte("From: MAILER-DAEMON@mx.example\r\nMessage-ID: <" + string(ident.New(monday)) + "@mx.example>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; " + address +
		"\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + id + "@hanoi.example>\r\n\r\n--b--\r\n")
}

func TestABounceSettlesTheNoticeAndMarksTheAddressOfOurMailOnly(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		l := p.comes(mail("Hỏng.", "From: an@thuchanh.example", "Message-ID: <a@thuchanh.example>"))
		sent := p.notices("helpdesk.mail.received_due")[0]
		p.do("UPDATE notice SET state = 'sent' WHERE id = ?", sent.ID)
		if forged := p.comes(bounce("01585a00-0000-7000-8000-00000000ffff", "canbo@quynhmai.example")); forged.Decision != rules.Automatic {
			t.Errorf("%+v", forged)
		}
		back := p.comes(bounce(sent.MessageID, "an@thuchanh.example"))
		if back.Ticket != l.Ticket || p.notices("helpdesk.mail.received_due")[0].State != notify.Failed {
			t.Errorf("%+v", back)
		}
		broken, err := p.Broken(t.Context(), lead)
		if err != nil || len(broken) != 1 || broken[0].Address != "an@thuchanh.example" || p.one("SELECT count(*) FROM desk_way WHERE broken") != "1" {
			t.Fatalf("%v %+v", err, broken)
		}
		if again := p.comes(mail("Nữa.", "From: an@thuchanh.example")); again.Acknowledged {
			t.Error("a broken address is written to")
		}
		if err := p.Mend(t.Context(), lead, "an@thuchanh.example"); err != nil {
			t.Fatal(err)
		}
		if again := p.comes(mail("Nữa.", "From: an@thuchanh.example")); !again.Acknowledged {
			t.Error("a mended address is not written to")
		}
	})
}

func TestTheQuarantineHoldsReleasesAndDiscards(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		spam := func() Letter { return p.comes(mail("Mua ngay.", "X-Spam-Flag: YES")) }
		a, b := spam(), spam()
		if a.State != Held || a.Ticket != "" || p.one("SELECT count(*) FROM ticket") != "0" {
			t.Fatalf("%+v", a)
		}
		l, err := p.Release(t.Context(), lead, a.ID)
		if err != nil || l.Decision != rules.New || l.State != Released || l.Ticket == "" || l.Reasons()[0].Key != "helpdesk.mail.why.released" {
			t.Fatalf("%v %+v", err, l)
		}
		if err := p.Discard(t.Context(), lead, b.ID); err != nil {
			t.Fatal(err)
		}
		for _, id := range []ident.ID{a.ID, b.ID} {
			if err := p.Discard(t.Context(), lead, id); !fault.Is(err, fault.Conflict) {
				t.Errorf("decided twice: %v", err)
			}
			if _, err := p.Release(t.Context(), lead, id); !fault.Is(err, fault.Conflict) {
				t.Errorf("decided twice: %v", err)
			}
		}
		if p.one("SELECT count(*) FROM ticket") != "1" {
			t.Error("a decided letter made another ticket")
		}
	})
}

func TestWhoMayDoWhatWithMail(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		held, filed := p.comes(mail("Mua ngay.", "X-Spam-Flag: YES")), p.comes(mail("Hỏng."))
		nobody := access.Actor{}
		for _, c := range []struct {
			name string
			who  access.Actor
			want fault.Kind
		}{{"officer", officer, fault.Denied}, {"agent", agent, fault.Denied}, {"auditor", auditor, fault.Denied}, {"nobody", nobody, fault.SignIn}} {
			_, e1 := p.Mailboxes(t.Context(), c.who)
			_, e2 := p.Journal(t.Context(), c.who, Filter{}, page.Read("", ""))
			_, e3 := p.Release(t.Context(), c.who, held.ID)
			_, e4 := p.Save(t.Context(), c.who, given())
			_, e5 := p.Broken(t.Context(), c.who)
			_, e6 := p.Mailbox(t.Context(), c.who, p.box.ID)
			for i, err := range []error{e1, e2, e3, e4, e5, e6, p.Discard(t.Context(), c.who, held.ID), p.Mend(t.Context(), c.who, "x@y.example")} {
				if !fault.Is(err, c.want) {
					t.Errorf("%s, act %d: %v", c.name, i, err)
				}
			}
		}
		for _, c := range []struct {
			who  access.Actor
			id   ident.ID
			want fault.Kind
			ok   bool
		}{{lead, held.ID, 0, true}, {lead, filed.ID, 0, true}, {agent, filed.ID, 0, true}, {agent, held.ID, fault.Missing, false}, {far, filed.ID, fault.Missing, false},
			{auditor, filed.ID, fault.Missing, false}, {officer, filed.ID, fault.Missing, false}, {nobody, filed.ID, fault.SignIn, false}} {
			if _, err := p.LetterPage(t.Context(), c.who, c.id); (err == nil) != c.ok || !c.ok && !fault.Is(err, c.want) {
				t.Errorf("%s reads %s: %v", c.who.ID, c.id, err)
			}
		}
	})
}

func TestAMailboxIsCheckedBeforeItIsSaved(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		for name, change := range map[string]func(*Mailbox){
			"address":  func(b *Mailbox) { b.Address = "hotro" },
			"twice":    func(b *Mailbox) {},
			"aliases":  func(b *Mailbox) { b.Address, b.Aliases = "a@x.example", "b" },
			"host":     func(b *Mailbox) { b.Address, b.Host = "a@x.example", "http://x" },
			"port":     func(b *Mailbox) { b.Address, b.Port = "a@x.example", 0 },
			"in clear": func(b *Mailbox) { b.Address, b.Security = "a@x.example", Plain },
			"unit":     func(b *Mailbox) { b.Address, b.Unit = "a@x.example", "99999" },
			"service":  func(b *Mailbox) { b.Address, b.Category = "a@x.example", "" },
		} {
			if _, err := p.Save(t.Context(), lead, given(change)); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		b, err := p.Mailbox(t.Context(), lead, p.box.ID)
		if err != nil {
			t.Fatal(err)
		}
		b.Name = "Khác"
		if _, err := p.Save(t.Context(), lead, b); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Save(t.Context(), lead, b); !fault.Is(err, fault.Conflict) {
			t.Errorf("an old version is saved: %v", err)
		}
	})
}

func TestTrustedMailboxesObeyControlHeaders(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		control := []string{"X-Lotrinh-Service: line", "X-Lotrinh-Unit: " + socSon, "X-Lotrinh-Impact: 3", "X-Lotrinh-Urgency: 9"}
		if d := p.ticket(p.comes(mail("x", control...)).Ticket); d.Service != helpdesk.Usage || d.Unit != quynhMai {
			t.Errorf("an ordinary mailbox obeys: %+v", d.Ticket)
		}
		p.box.Trusted = true
		if d := p.ticket(p.comes(mail("x", control...)).Ticket); d.Service != helpdesk.Line || d.Unit != socSon || d.Impact != 3 || d.Urgency != 2 {
			t.Errorf("a trusted mailbox does not: %+v", d.Ticket)
		}
	})
}

func TestForwardedMailIsTheOriginalWriters(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		l := p.comes(mail("Chuyển giúp.\n\n---------- Forwarded message ----------\nFrom: Lê Văn Bình <binh.le@dongnhan.example>\nSubject: Không in được\nTo: canbo\n\nMáy in báo hết mực.",
			"Subject: Fwd: Không in được"))
		d := p.ticket(l.Ticket)
		if d.Names[d.Requester] != "Lê Văn Bình" || d.Title != "Không in được" || d.Conversation.Items[0].Body != "Máy in báo hết mực." || l.AsMail != "binh.le@dongnhan.example" {
			t.Errorf("%q %+v %+v", d.Names[d.Requester], d.Ticket, l)
		}
		p.replied(l.Ticket, "Đã xem.")
		p.events()
		if sent := p.notices("helpdesk.mail.answer"); len(sent) != 1 || sent[0].Address != "binh.le@dongnhan.example" {
			t.Errorf("%+v", sent)
		}
	})
}

func TestAMailTooLargeIsAnsweredPolitelyAndKeptOut(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		p.uid++
		l, err := p.Take(t.Context(), p.box, Arrived{UIDValidity: 7, UID: p.uid, Raw: mail(""), Size: 26 << 20})
		if err != nil || l.Decision != rules.Quarantined || !l.Acknowledged || len(p.notices("helpdesk.mail.too_large")) != 1 {
			t.Fatalf("%v %+v", err, l)
		}
		if _, err := p.Release(t.Context(), lead, l.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("half a mail is let in: %v", err)
		}
	})
}

func TestAMailThatCannotBeTakenStopsNoOther(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		p.box.Unit = "99999" // its unit is gone
		bad := p.comes(mail("x", "From: la@thuchanh.example"))
		if bad.Decision != rules.Quarantined || bad.State != Held {
			t.Errorf("%+v", bad)
		}
		if good := p.comes(mail("y")); good.Decision != rules.New {
			t.Errorf("%+v", good)
		}
	})
}

func TestPapersAreKeptAndTheLetterIsShownSafely(t *testing.T) {
	eachDB(t, func(t *testing.T, p *post) {
		png := "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
		l := p.comes(mail("--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Xem ảnh</p><script>x</script><img src=\"cid:a\"><img src=\"https://ngoai.example/p.png\">\r\n"+
			"--b\r\nContent-Type: image/png; name=a.png\r\nContent-ID: <a>\r\nContent-Transfer-Encoding: base64\r\n\r\n"+png+"\r\n"+
			"--b\r\nContent-Type: application/msword; name=don.doc\r\n\r\nkhông phải tệp nhận được\r\n--b--", "Content-Type: multipart/related; boundary=b"))
		o, err := p.LetterPage(t.Context(), agent, l.ID)
		if err != nil || o.Blocked != 1 || len(o.Parts) != 2 || !strings.Contains(o.HTML, partAt(l.ID, 0)) || strings.Contains(o.HTML, "script") || strings.Contains(o.HTML, "ngoai") {
			t.Errorf("%v %+v", err, o.HTML)
		}
		if d := p.ticket(l.Ticket); len(d.Files[string(l.Message)]) != 1 || !bytes.Contains([]byte(l.Why), []byte("why.parts")) {
			t.Errorf("%+v %s", d.Files, l.Why)
		}
		if _, err := p.Attachment(t.Context(), far, l.ID, 0); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody else's picture: %v", err)
		}
	})
}
