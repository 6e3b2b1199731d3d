package delivery

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/page"
	"lotrinh/reports"
)

func TestEachLeaderGetsTheCutOfTheirOwnUnitOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		for _, cut := range []string{city, giaLam, baVi} {
			h.weekly(cut)
		}
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(3)
		if n := h.one("SELECT count(*) FROM report_delivery WHERE channel = 'mail' AND state = 'waiting'"); n != "4" {
			t.Fatalf("%s mails are planned before any is sent, want 4", n)
		}
		h.sent(4)
		h.sent(0)
		for address, want := range map[string]string{"chutich@hanoi.example": "Thành phố Hà Nội", "phochutich@hanoi.example": "Thành phố Hà Nội", "gialam@hanoi.example": "huyện Gia Lâm", "bavi@hanoi.example": "huyện Ba Vì"} {
			mails := h.office.to(address)
			if len(mails) != 1 || !strings.Contains(strings.ToLower(mails[0].Subject), strings.ToLower(want)) {
				t.Errorf("%s got %d mails, %v", address, len(mails), mails)
			}
		}
		if m := h.office.to("gialam@hanoi.example")[0]; strings.Contains(m.HTML+m.Body, "Ba Vì") || !strings.Contains(m.HTML, "Gia Lâm") {
			t.Error("a district's mail tells of another")
		}
		if n := h.one("SELECT count(*) FROM notice WHERE state = ?", notify.Unmailed); n != "4" {
			t.Errorf("%s notices on screens, want 4", n)
		}
		unread, err := h.Unread(t.Context(), h.who("gialam"))
		if err != nil || len(unread) != 1 || unread[0].Cut != giaLam {
			t.Errorf("the inbox: %+v %v", unread, err)
		}
		if n, err := h.CountUnread(t.Context(), h.who("chairman")); err != nil || n != 1 {
			t.Errorf("%d unread, %v", n, err)
		}
	})
}

func TestAMailHoldsFiguresChartsTableAndFiles(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly(city)
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(1)
		h.office.while = func(m notify.Mail) {
			for _, c := range m.Content {
				if c.Stream == nil {
					continue
				}
				head := make([]byte, 4)
				if _, err := io.ReadFull(c.Stream, head); err != nil || c.Type == "application/pdf" && string(head) != "%PDF" {
					t.Errorf("%s begins with %q, %v", c.Name, head, err)
				}
			}
		}
		h.sent(2)
		m := h.office.to("chutich@hanoi.example")[0]
		var inline, along []string
		for _, c := range m.Content {
			if c.CID != "" {
				inline = append(inline, c.Type)
				if !strings.Contains(m.HTML, `src="cid:`+c.CID+`"`) || string(c.Body[1:4]) != "PNG" {
					t.Errorf("%s is not shown in the mail", c.Name)
				}
				continue
			}
			along = append(along, c.Type)
		}
		if strings.Join(inline, " ") != "image/png image/png" || len(along) != 2 || along[0] != "application/pdf" || !strings.Contains(along[1], "sheet") {
			t.Errorf("inline %v, along %v", inline, along)
		}
		for _, want := range []string{"33", "53", "27", "43"} {
			if !strings.Contains(m.Body, want) || !strings.Contains(m.HTML, want) {
				t.Errorf("text or page lacks the figure %s", want)
			}
		}
		if !strings.Contains(m.HTML, "<table") || !strings.Contains(m.HTML, "Huyện Gia Lâm") && !strings.Contains(m.HTML, "huyện Gia Lâm") {
			t.Error("the page has no table of districts")
		}
		if strings.Contains(m.HTML+m.Body+m.Subject, "⟦") || strings.Contains(m.Body, "như sau:") {
			t.Error("a sentence is missing")
		}
	})
}

func TestAServerThatWasAwayGetsEveryMailOnceFromOneOfTwoProcesses(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly(city)
		other := h.twin()
		h.office.down = true
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(1)
		for range 20 { // 07:30 to 07:50
			h.sent(0)
			if n, err := other.Run(t.Context()); err != nil || n != 0 {
				t.Fatal(n, err)
			}
			h.clocks(h.machine.Now().Add(time.Minute))
		}
		if r := h.row("account:chairman"); r.State != Waiting || r.Problem != "delivery.problem.unreachable" || r.Answer != errDown.Error() || r.Attempts < 5 {
			t.Fatalf("while the server is away: %+v", r)
		}
		h.office.down = false
		total := 0
		for range 6 { // at most five minutes later
			for _, s := range []*Service{h.Service, other} {
				n, err := s.Run(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				total += n
			}
			h.clocks(h.machine.Now().Add(time.Minute))
		}
		if total != 2 || len(h.office.mails) != 2 {
			t.Fatalf("%d deliveries, %d mails, want 2", total, len(h.office.mails))
		}
		if r := h.row("account:chairman"); r.State != Sent || r.SentAt == nil || r.Address != "chutich@hanoi.example" || r.Problem != "" {
			t.Errorf("in the end: %+v", r)
		}
	})
}

func TestARowTakenOverIsSentByTheOtherAloneUnderTheSameMessageID(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly(city)
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(1)
		rows, err := h.claim(t.Context(), Mail)
		if err != nil || len(rows) != 2 {
			t.Fatal(rows, err)
		}
		h.clocks(h.machine.Now().Add(lease + time.Second)) // this process stands still
		other := h.twin()
		if n, err := other.Run(t.Context()); err != nil || n != 2 {
			t.Fatalf("the other sent %d, %v", n, err)
		}
		if sent, _, err := h.carry(t.Context(), Mail, rows); err != nil || sent != 0 {
			t.Errorf("the first one sent %d as well, %v", sent, err)
		}
		if len(h.office.mails) != 2 {
			t.Fatalf("%d mails", len(h.office.mails))
		}
		id := h.office.mails[0].ID
		if _, err := h.Resend(t.Context(), h.who("planner"), h.row("account:chairman").ID); err != nil {
			t.Fatal(err)
		}
		h.sent(1)
		if m := h.office.to("chutich@hanoi.example"); len(m) != 2 || m[0].ID != m[1].ID || id == "" {
			t.Errorf("a second copy has another Message-ID: %+v", m)
		}
	})
}

func TestNobodyGetsWhatTheyMayNotSeeAnyMore(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		sc := h.weekly(giaLam)
		ctx, planner := t.Context(), h.who("planner")
		if err := h.Allow(ctx, h.who("admin"), "bao.example"); err != nil {
			t.Fatal(err)
		}
		for _, f := range []EntryForm{{Kind: "role", Role: "leadership"}, {Kind: "account", Login: "coordinator"}, {Kind: "address", Address: "Toasoan@Bao.example", Name: "Tòa soạn"}} {
			if _, err := h.Add(ctx, planner, sc.ID, f); err != nil {
				t.Fatal(f, err)
			}
		}
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(1)
		h.crowd.set("coordinator", func(p *person) { p.units = []string{baVi} })
		h.crowd.set("gialam", func(p *person) { p.away = true })
		if err := h.Forbid(ctx, h.who("admin"), "bao.example"); err != nil {
			t.Fatal(err)
		}
		h.sent(0)
		for who, why := range map[string]string{"account:coordinator": "reach", "account:gialam": "reach", "address:toasoan@bao.example": "domain"} {
			if r := h.row(who); r.State != Dropped || r.Problem != "delivery.problem."+why {
				t.Errorf("%s: %s %s", who, r.State, r.Problem)
			}
		}
		if unread, err := h.Unread(ctx, h.who("coordinator")); err != nil || len(unread) != 0 {
			t.Errorf("the inbox shows %v, %v", unread, err)
		}
	})
}

func TestWishesAndQuietHoursHold(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		if err := h.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			return notify.WishFor(ctx, tx, notify.Wish{Account: "chairman", Kind: "reports", Channel: notify.OnScreen})
		}); err != nil {
			t.Fatal(err)
		}
		sc := h.weekly(city)
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(1)
		h.sent(1) // the deputy's
		if r := h.row("account:chairman"); r.State != Dropped || r.Problem != "delivery.problem.screen_only" {
			t.Errorf("%s %s", r.State, r.Problem)
		}
		if unread, err := h.Unread(ctx, h.who("chairman")); err != nil || len(unread) != 1 {
			t.Errorf("%v %v", unread, err)
		}
		night := reports.ScheduleForm{Spec: "0 22 * * 1", CatchUp: "1", Enabled: true}
		if _, err := h.Reports.ChangeSchedule(ctx, h.who("planner"), sc.ID, sc.Version, night); err != nil {
			t.Fatal(err)
		}
		h.clocks(hanoi(2016, 11, 21, 22, 0))
		h.made(1)
		h.sent(0)
		if r := h.row("account:deputy"); r.State != Waiting || !r.NextAt.Equal(hanoi(2016, 11, 22, 6, 30)) {
			t.Errorf("at night it waits until %v (%s)", r.NextAt, r.State)
		}
		h.clocks(hanoi(2016, 11, 22, 6, 30))
		h.sent(1)
	})
}

func TestTheServersAnswerIsKeptAndABounceNoted(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.weekly(city)
		h.office.turn["chutich@hanoi.example"] = notify.Answer{Text: "550 5.1.1 no such user", Lasting: true, Err: errDown}
		h.office.turn["phochutich@hanoi.example"] = notify.Answer{Text: "451 4.7.1 try later", Err: errDown}
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(1)
		h.sent(0)
		if r := h.row("account:chairman"); r.State != Failed || r.Answer != "550 5.1.1 no such user" {
			t.Errorf("%s %s", r.State, r.Answer)
		}
		if r := h.row("account:deputy"); r.State != Waiting || r.Answer != "451 4.7.1 try later" || r.Attempts != 1 {
			t.Errorf("%+v", r)
		}
		delete(h.office.turn, "phochutich@hanoi.example")
		h.clocks(h.machine.Now().Add(time.Minute))
		h.sent(1)
		var broken []string
		back := func(id string) {
			t.Helper()
			if err := h.db.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				broken, err = h.Returned(ctx, tx, []string{"<someone@else.example>", id})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		back("<report-0000@hanoi.example>")
		if len(broken) != 0 {
			t.Errorf("a stranger's mail breaks %v", broken)
		}
		back("<" + h.row("account:deputy").MessageID + "@hanoi.example>")
		if r := h.row("account:deputy"); r.State != Bounced || strings.Join(broken, " ") != "phochutich@hanoi.example" {
			t.Errorf("%s, broken %v", r.State, broken)
		}
	})
}

func TestOneSubscribesInReachAndEndsItAgain(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.weekly(giaLam)
		h.weekly(baVi)
		coordinator := h.who("coordinator")
		if err := h.Subscribe(ctx, coordinator, reports.Weekly, baVi); !fault.Is(err, fault.Missing) {
			t.Errorf("another district: %v", err)
		}
		if err := h.Subscribe(ctx, h.who("agent"), reports.Weekly, giaLam); !fault.Is(err, fault.Denied) {
			t.Errorf("without the right: %v", err)
		}
		if err := h.Subscribe(ctx, h.who("chairman"), reports.Weekly, city); !fault.Is(err, fault.Invalid) {
			t.Errorf("what never comes: %v", err)
		}
		if err := h.Subscribe(ctx, coordinator, reports.Weekly, giaLam); err != nil {
			t.Fatal(err)
		}
		if err := h.Subscribe(ctx, coordinator, reports.Weekly, giaLam); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(2)
		h.sent(3)
		m := h.office.to("dieuphoi@hanoi.example")
		if len(m) != 1 || m[0].Unsubscribe != "https://lotrinh.example"+SubscriptionsAt {
			t.Errorf("%+v", m)
		}
		mine, err := h.Subscriptions(ctx, coordinator)
		if err != nil || len(mine) != 1 {
			t.Fatal(mine, err)
		}
		if err := h.Unsubscribe(ctx, h.who("chairman"), mine[0].ID); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody else's: %v", err)
		}
		if err := h.Unsubscribe(ctx, coordinator, mine[0].ID); err != nil {
			t.Fatal(err)
		}
		h.clocks(hanoi(2016, 11, 21, 7, 30))
		h.made(2)
		h.sent(2)
	})
}

func TestWhoMayChangeListsDomainsAndSend(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		sc := h.weekly(giaLam)
		h.clocks(hanoi(2016, 11, 14, 7, 30))
		h.made(1)
		h.sent(1)
		run := h.row("account:gialam")
		for who, want := range map[string]fault.Kind{"planner": 0, "half": fault.Missing, "coordinator": fault.Denied, "gialam": fault.Denied, "agent": fault.Denied} {
			a := h.who(who)
			_, listed := h.Entries(ctx, a, sc.ID)
			_, added := h.Add(ctx, a, sc.ID, EntryForm{Kind: "role", Role: "inspector"})
			_, shown := h.Of(ctx, a, run.Run, page.Request{Limit: 5})
			_, sent := h.Send(ctx, a, run.Run)
			_, again := h.Resend(ctx, a, run.ID)
			for name, err := range map[string]error{"list": listed, "add": added, "show": shown, "send": sent} {
				if want == 0 && err != nil || want != 0 && !fault.Is(err, want) {
					t.Errorf("%s %s: %v", who, name, err)
				}
			}
			if (again == nil) != (want == 0) {
				t.Errorf("%s resend: %v", who, again)
			}
		}
		for who, want := range map[string]bool{"admin": true, "planner": false, "chairman": false} {
			if err := h.Allow(ctx, h.who(who), "cong.example"); (err == nil) != want {
				t.Errorf("%s allows a domain: %v", who, err)
			}
		}
		for _, bad := range []string{"", "localhost", "a@b.example", "10.0.0.1", "*.example", "xấu.example"} {
			if err := h.Allow(ctx, h.who("admin"), bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("the domain %q: %v", bad, err)
			}
		}
		for _, bad := range []EntryForm{{}, {Kind: "role", Role: "king"}, {Kind: "role", Role: "leadership", Unit: "x"}, {Kind: "account", Login: "nobody"}, {Kind: "account", Login: "bavi"},
			{Kind: "address", Address: "a@b"}, {Kind: "address", Address: "ai@xa.example"}, {Kind: "address", Address: "Ai <ai@cong.example>"}, {Kind: "address", Address: "a@cong.example\r\nBcc: b@cong.example"}} {
			if _, err := h.Add(ctx, h.who("planner"), sc.ID, bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("the line %+v: %v", bad, err)
			}
		}
	})
}

func TestAReportByHandGoesWhereSomebodySendsIt(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		sc := h.weekly(city)
		if _, err := h.Add(ctx, h.who("planner"), sc.ID, EntryForm{Kind: "account", Login: "planner"}); err != nil {
			t.Fatal(err)
		}
		r, err := h.Reports.RunNow(ctx, h.who("planner"), reports.Weekly, "KH198", city)
		if err != nil {
			t.Fatal(err)
		}
		h.made(1)
		h.clocks(hanoi(2016, 11, 14, 9, 0))
		h.sent(0)
		for want := range 2 {
			if n, err := h.Send(ctx, h.who("planner"), r.ID); err != nil || n != 2*(1-want) {
				t.Errorf("%d new deliveries, %v", n, err)
			}
		}
		h.sent(1)
		if n := len(h.office.to("kehoach@hanoi.example")); n != 1 {
			t.Errorf("%d mails", n)
		}
		if err := h.MarkRead(ctx, h.who("planner"), r.ID); err != nil {
			t.Fatal(err)
		}
		read, err := h.ReadBefore(ctx, h.who("planner"), page.Request{Limit: 5})
		if err != nil || len(read.Items) != 1 || read.Items[0].Run != r.ID {
			t.Errorf("%+v %v", read, err)
		}
	})
}

func TestTheMessageIDFollowsFromRunEditionAndRecipientAlone(t *testing.T) {
	run, other := ident.New(sunday), ident.New(sunday)
	id := messageID(run, 1, "account:x")
	if id != messageID(run, 1, "account:x") || len(id) != len("report-")+32 {
		t.Error(id)
	}
	for _, else_ := range []string{messageID(other, 1, "account:x"), messageID(run, 2, "account:x"), messageID(run, 1, "account:y")} {
		if else_ == id {
			t.Error("two deliveries share a Message-ID")
		}
	}
}
