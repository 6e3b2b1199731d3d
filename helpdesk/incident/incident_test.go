package incident

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
)

// TestMonday tells the story: forty communes call, the lead declares, one message goes
// to all, solving it once answers each, and one opens its ticket again alone.
func TestMonday(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		words := []string{"Không đăng nhập được phần mềm hộ tịch", "khong dang nhap duoc phan mem ho tich", "Phần mềm hộ tịch báo lỗi khi đăng nhập", "Đăng nhập hộ tịch bị từ chối"}
		var tickets []helpdesk.Ticket
		for i, unit := range s.communes(40) {
			tickets = append(tickets, s.ask(unit, words[i%len(words)], ""))
		}
		s.ask(dangXa, "Máy in mờ chữ", "")
		clusters, err := s.Clusters(ctx, lead)
		if err != nil || len(clusters) == 0 || len(clusters[0].Tickets) < 20 || clusters[0].Units < 20 {
			t.Fatalf("clusters %d %v", len(clusters), err)
		}
		ids := []ident.ID{tickets[0].ID, tickets[1].ID}
		inc := s.declared(func(d *Draft) { d.Tickets, d.Big = ids, true })
		d := s.get(inc.ID)
		if d.Count.Tickets != 2 || len(d.Maybe) < 35 {
			t.Fatalf("%d linked, %d may be the same", d.Count.Tickets, len(d.Maybe))
		}
		var rest []ident.ID
		for _, x := range tickets[2:39] {
			rest = append(rest, x.ID)
		}
		if err := s.Link(ctx, agent, inc.ID, rest...); err != nil {
			t.Fatal(err)
		}
		s.at.Move(5 * time.Minute)
		if _, err := s.Tell(ctx, lead, inc.ID, 0, "Bộ đang khởi động lại máy chủ, dự kiến xong lúc 9 giờ."); err != nil {
			t.Fatal(err)
		}
		s.work()
		for _, x := range tickets[:39] {
			if got := s.ticket(x); got.Messages != 2 || got.AnsweredAt == nil || got.State != helpdesk.Open {
				t.Fatalf("ticket %s after one message: %d messages, %s", x.Number(), got.Messages, got.State)
			}
		}
		if got := s.ticket(tickets[39]); got.Messages != 1 {
			t.Error("a ticket that does not belong was told")
		}
		s.at.Move(time.Hour)
		if _, err := s.Resolve(ctx, lead, inc.ID, 0, "Máy chủ đã hoạt động. Mời đăng nhập lại."); err != nil {
			t.Fatal(err)
		}
		s.work()
		d = s.get(inc.ID)
		if d.State != Resolved || d.Count.Open != 0 || d.Told[d.Updates[0].ID] != 39 {
			t.Fatalf("%s, %d open, told %v", d.State, d.Count.Open, d.Told)
		}
		one := tickets[3]
		if _, err := s.Desk.Reopen(ctx, person("officer-"+one.Unit, "officer", one.Unit), one.ID, helpdesk.Words{Body: "Vẫn không vào được."}); err != nil {
			t.Fatal(err)
		}
		d = s.get(inc.ID)
		if d.Count.Open != 1 || d.Tickets[0].ID != one.ID || d.Hit[one.Unit].Open != 1 || s.ticket(tickets[4]).State != helpdesk.Resolved {
			t.Errorf("reopened alone: %d open, first %s", d.Count.Open, d.Tickets[0].Number())
		}
		if got := s.ticket(tickets[4]); got.Resolve.State != deadline.Met {
			t.Errorf("its own clock is %s", got.Resolve.State)
		}
	})
}

// work runs what waits, twice: whatever starts over says nothing twice.
func (s *room) work() {
	s.t.Helper()
	for range 2 {
		if _, err := s.jobs.RunDue(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestNothingIsSaidTwiceOnATicket(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		x := s.ask(dangXa, "Không đăng nhập được", "")
		inc := s.declared(func(d *Draft) { d.Tickets = []ident.ID{x.ID} })
		u, err := s.Tell(ctx, lead, inc.ID, 0, "Đang xử lý.")
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := s.spread(ctx, lead, u, nil); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.ticket(x); got.Messages != 2 {
			t.Errorf("%d messages", got.Messages)
		}
	})
}

func TestABigIncidentNeedsItsNote(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		inc := s.declared(func(d *Draft) { d.Big = true })
		steps := []struct {
			name string
			do   func() error
			want string
		}{
			{"close while it runs", func() error { _, err := s.Close(ctx, lead, inc.ID, 0); return err }, "conflict"},
			{"note while it runs", func() error {
				_, err := s.KeepNote(ctx, lead, inc.ID, Note{Happened: "a", Cause: "b", Change: "c"})
				return err
			}, "conflict"},
			{"resolve", func() error { _, err := s.Resolve(ctx, lead, inc.ID, 0, "Xong."); return err }, "ok"},
			{"tell what is over", func() error { _, err := s.Tell(ctx, lead, inc.ID, 0, "x"); return err }, "conflict"},
			{"close without a note", func() error { _, err := s.Close(ctx, lead, inc.ID, 0); return err }, "conflict"},
			{"half a note", func() error { _, err := s.KeepNote(ctx, lead, inc.ID, Note{Happened: "a"}); return err }, "invalid"},
			{"run again", func() error { _, err := s.Rerun(ctx, lead, inc.ID, 0, "Lại lỗi."); return err }, "ok"},
			{"resolve again", func() error { _, err := s.Resolve(ctx, lead, inc.ID, 0, "Xong hẳn."); return err }, "ok"},
			{"an old version", func() error {
				_, err := s.KeepNote(ctx, lead, inc.ID, Note{Version: 1, Happened: "a", Cause: "b", Change: "c"})
				return err
			}, "conflict"},
			{"note", func() error {
				_, err := s.KeepNote(ctx, lead, inc.ID, Note{Happened: "a", Cause: "b", Change: "c"})
				return err
			}, "ok"},
			{"close", func() error { _, err := s.Close(ctx, lead, inc.ID, 0); return err }, "ok"},
			{"change what is closed", func() error { _, err := s.Change(ctx, lead, inc.ID, 0, draft()); return err }, "conflict"},
		}
		for _, x := range steps {
			if got := kindOf(x.do()); got != x.want {
				t.Errorf("%s: %s", x.name, got)
			}
		}
	})
}

func TestWhoMayDoWhat(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		x := s.ask(dangXa, "Không đăng nhập được", "")
		for name, use := range map[string]struct {
			do   func(access.Actor, Incident) error
			want string // lead, agent, an agent of elsewhere, leadership, officer, nobody
		}{
			"declare": {func(w access.Actor, _ Incident) error { _, err := s.Declare(ctx, w, draft()); return err }, "ok denied denied denied denied sign_in"},
			"read":    {func(w access.Actor, i Incident) error { _, err := s.Get(ctx, w, i.ID); return err }, "ok ok ok ok denied sign_in"},
			"list": {func(w access.Actor, _ Incident) error {
				_, err := s.List(ctx, w, Running, page.Read("", ""))
				return err
			}, "ok ok ok ok denied sign_in"},
			"change":  {func(w access.Actor, i Incident) error { _, err := s.Change(ctx, w, i.ID, 0, draft()); return err }, "ok denied denied denied denied sign_in"},
			"tell":    {func(w access.Actor, i Incident) error { _, err := s.Tell(ctx, w, i.ID, 0, "x"); return err }, "ok denied denied denied denied sign_in"},
			"resolve": {func(w access.Actor, i Incident) error { _, err := s.Resolve(ctx, w, i.ID, 0, "x"); return err }, "ok denied denied denied denied sign_in"},
			"link":    {func(w access.Actor, i Incident) error { return s.Link(ctx, w, i.ID, x.ID) }, "ok ok missing denied denied sign_in"},
			"unlink":  {func(w access.Actor, i Incident) error { return s.Unlink(ctx, w, i.ID, x.ID) }, "ok ok missing denied denied sign_in"},
			"plan": {func(w access.Actor, _ Incident) error {
				_, err := s.PlanMaintenance(ctx, w, work())
				return err
			}, "ok denied denied denied denied sign_in"},
			"problem": {func(w access.Actor, i Incident) error {
				_, err := s.OpenProblem(ctx, w, ProblemText{Title: "Máy chủ quá tải", Service: helpdesk.Software, State: Sought, Incident: i.ID})
				return err
			}, "ok denied denied denied denied sign_in"},
		} {
			var got []string
			for _, w := range []access.Actor{lead, agent, far, leadership, officer, nobody} {
				got = append(got, kindOf(use.do(w, s.declared())))
			}
			if strings.Join(got, " ") != use.want {
				t.Errorf("%s: %v, want %s", name, got, use.want)
			}
		}
		inc := s.declared(func(d *Draft) { d.Tickets = []ident.ID{x.ID} })
		d, err := s.Get(ctx, far, inc.ID)
		if err != nil || len(d.Tickets) != 0 || d.Count.Tickets != 1 {
			t.Errorf("an agent of elsewhere sees %d tickets, counts %d, %v", len(d.Tickets), d.Count.Tickets, err)
		}
	})
}

func TestNewReportsAreOfferedTheIncident(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		inc := s.declared(func(d *Draft) { d.Everywhere, d.Units = false, []string{giaLam} })
		s.declared(func(d *Draft) {
			d.Title, d.Service, d.Known = "Mất điện lưới quận Cầu Giấy", helpdesk.Line, ""
		})
		got, err := s.Suggest(ctx, dangXa, helpdesk.Software, "khong dang nhap duoc phan mem ho tich")
		if err != nil || len(got) != 1 || got[0].ID != inc.ID || !got[0].Here {
			t.Errorf("suggested %+v %v", got, err)
		}
		if got, err := s.Suggest(ctx, "00376", helpdesk.Device, "Máy in mờ chữ"); err != nil || len(got) != 0 {
			t.Errorf("suggested for a printer %+v %v", got, err)
		}
		if got, err := s.Suggest(ctx, dangXa, ""); err != nil || len(got) != 2 {
			t.Errorf("on the phone, before a word: %d, %v", len(got), err)
		}
		joined := s.ask("00376", "Hộ tịch không vào được", inc.ID)
		if joined.Incident != inc.ID {
			t.Error("a report did not join")
		}
		if got, err := s.Suggest(ctx, "00100", "", "ho tich khong vao duoc"); err != nil || len(got) != 1 {
			t.Errorf("a ticket that belongs teaches no words: %+v %v", got, err)
		}
		if _, err := s.Resolve(ctx, lead, inc.ID, 0, "Xong."); err != nil {
			t.Fatal(err)
		}
		if late := s.ask(dangXa, "Không đăng nhập được", inc.ID); late.Incident != "" {
			t.Error("a report joined what is over")
		}
	})
}

func work() MaintenanceText {
	return MaintenanceText{Title: "Nâng cấp phần mềm một cửa", Body: "Không đăng nhập được.", Service: helpdesk.Software, Everywhere: true,
		From: monday.Add(10 * time.Hour), Until: monday.Add(12 * time.Hour)}
}

func TestTheStatusPageNamesNoPerson(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		inc := s.declared(func(d *Draft) { d.Everywhere, d.Units = false, []string{giaLam} })
		if _, err := s.PlanMaintenance(ctx, lead, work()); err != nil {
			t.Fatal(err)
		}
		st, err := s.Status(ctx, nobody)
		if err != nil || len(st.Running) != 1 || len(st.Planned) != 1 || len(st.Running[0].Updates) != 0 || st.Running[0].Here {
			t.Errorf("a stranger is shown %+v %v", st, err)
		}
		st, err = s.Status(ctx, officer)
		if err != nil || !st.Running[0].Here || len(st.Running[0].Updates) != 1 || !st.Planned[0].Here {
			t.Errorf("an officer is shown %+v %v", st, err)
		}
		if st, err := s.Status(ctx, person("o", "officer", "00376")); err != nil || st.Running[0].Here {
			t.Errorf("an officer of elsewhere is told to be hit: %v", err)
		}
		if _, err := s.Resolve(ctx, lead, inc.ID, 0, "Xong."); err != nil {
			t.Fatal(err)
		}
		if st, err := s.Status(ctx, officer); err != nil || len(st.Running) != 0 || len(st.Ended) != 1 {
			t.Errorf("after it ended: %+v %v", st, err)
		}
		s.at.Move(8 * 24 * time.Hour)
		if st, err := s.Status(ctx, officer); err != nil || len(st.Ended)+len(st.Planned) != 0 {
			t.Errorf("after eight days: %+v %v", st, err)
		}
	})
}

func TestABannerForThoseWhoAreHit(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		s.declared(func(d *Draft) { d.Everywhere, d.Units = false, []string{giaLam} })
		m, err := s.PlanMaintenance(ctx, lead, work())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			who  access.Actor
			want string
		}{{officer, "1 1"}, {person("o", "officer", "00376"), "0 1"}, {lead, "1 1"}, {nobody, "0 0"}} {
			running, works, err := s.Banner(ctx, c.who)
			if got := fmt.Sprint(len(running), " ", len(works)); err != nil || strings.Join(strings.Fields(got), " ") != c.want {
				t.Errorf("%s: %s, want %s, %v", c.who.ID, got, c.want, err)
			}
		}
		if _, err := s.CancelMaintenance(ctx, agent, m.ID); kindOf(err) != "denied" {
			t.Errorf("an agent cancels: %v", err)
		}
		if _, err := s.CancelMaintenance(ctx, lead, m.ID); err != nil {
			t.Fatal(err)
		}
		if _, works, err := s.Banner(ctx, officer); err != nil || len(works) != 0 {
			t.Errorf("cancelled work is told: %v", err)
		}
	})
}

func TestKnownErrorsAreShownUntilFixed(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		inc := s.declared()
		x := ProblemText{Title: "Phần mềm hộ tịch treo khi in trích lục", Service: helpdesk.Software, State: Known, Incident: inc.ID}
		if _, err := s.OpenProblem(ctx, lead, x); kindOf(err) != "invalid" {
			t.Errorf("a known error without a way around: %v", err)
		}
		x.Workaround = "In từ danh sách hồ sơ."
		p, err := s.OpenProblem(ctx, lead, x)
		if err != nil {
			t.Fatal(err)
		}
		typed := func() int {
			t.Helper()
			got, err := s.KnownErrors(ctx, helpdesk.Software, "in trich luc phan mem ho tich bi treo")
			if err != nil {
				t.Fatal(err)
			}
			return len(got)
		}
		if typed() != 1 {
			t.Error("a known error is not shown")
		}
		ticket := s.ask(dangXa, "In trích lục bị treo", "")
		if err := s.Gather(ctx, agent, p.ID, ticket.ID); err != nil {
			t.Fatal(err)
		}
		d, err := s.GetProblem(ctx, lead, p.ID)
		if err != nil || len(d.Tickets) != 1 || len(d.Incidents) != 1 {
			t.Errorf("gathers %d tickets, %d incidents, %v", len(d.Tickets), len(d.Incidents), err)
		}
		x.State, x.Cause = Fixed, "Lỗi bản 3.2."
		if _, err := s.ChangeProblem(ctx, lead, p.ID, x); err != nil {
			t.Fatal(err)
		}
		if typed() != 0 {
			t.Error("a fixed error is still shown")
		}
	})
}

func TestALeadIsToldOfATicketThatIsOpenAgain(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		x := s.ask(dangXa, "Không đăng nhập được", "")
		inc := s.declared(func(d *Draft) { d.Tickets = []ident.ID{x.ID} })
		if _, err := s.Resolve(ctx, lead, inc.ID, 0, "Xong."); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Desk.Reopen(ctx, person("officer-"+dangXa, "officer", dangXa), x.ID, helpdesk.Words{Body: "Chưa được."}); err != nil {
			t.Fatal(err)
		}
		if _, err := outbox.NewDispatcher(s.DB, s.at, slog.New(slog.DiscardHandler), s.Handlers()...).Run(ctx); err != nil {
			t.Fatal(err)
		}
		n, err := s.DB.Read().NewSelect().Table("notice").Where("account = 'lead'").Where("template = 'incident.notice.reopened'").Count(ctx)
		if err != nil || n != 1 {
			t.Errorf("told %d times, %v", n, err)
		}
	})
}

func TestManyTicketsAreLinkedToARunningIncidentAtOnce(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		inc := s.declared()
		x, y := s.ask(dangXa, "Không vào được phần mềm", ""), s.ask(dangXa, "Phần mềm báo lỗi", "")
		b := helpdesk.Bulk{Act: helpdesk.BulkLink, Under: inc.ID, Tickets: []ident.ID{x.ID, y.ID}}
		lines, err := s.Desk.DoBulk(t.Context(), agent, b, func(int, int) error { return nil })
		if err != nil || len(lines) != 2 || lines[0].Why.Key != "" || s.ticket(x).Incident != inc.ID || s.ticket(y).Incident != inc.ID {
			t.Errorf("%+v, %v", lines, err)
		}
		if _, err := s.Resolve(t.Context(), lead, inc.ID, 0, "Máy chủ đã chạy lại bình thường."); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Desk.PreviewBulk(t.Context(), agent, b); !fault.Is(err, fault.Invalid) {
			t.Errorf("an incident that has ended: %v", err)
		}
		if _, err := s.Desk.PreviewBulk(t.Context(), officer, b); !fault.Is(err, fault.Denied) {
			t.Errorf("an officer links: %v", err)
		}
	})
}

func TestAReachIsSaidByNames(t *testing.T) {
	eachRoom(t, func(t *testing.T, s *room) {
		tree, err := s.Units.Tree(t.Context(), monday)
		if err != nil {
			t.Fatal(err)
		}
		codes := []string{dangXa}
		for _, u := range tree.Communes("019") {
			codes = append(codes, u.Code)
		}
		d, _ := tree.Unit("019")
		if got := unitsNamed(tree, codes); got != d.Title()+", xã Đặng Xá" {
			t.Errorf("%q", got)
		}
	})
}
