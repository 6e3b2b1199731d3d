package hotline

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/testkit"
)

func city(day, hour, minute int) time.Time {
	return time.Date(2016, 11, day, hour, minute, 0, 0, clock.City).UTC()
}

func TestACallGoesFromTheExchangeToATicketInTwoPresses(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		mine := s.opened()
		s.event(NewCall, "c-1", "queue", "ho-tro")
		c := s.callOf("c-1")
		if c.State != Ringing || c.Number != officerNumber || c.Unit != dangXa || c.Person != officer.ID || c.Queue != "ho-tro" || c.Night {
			t.Fatalf("%+v", c)
		}
		s.shows(agent, "/live", "call-"+string(c.ID))
		s.shows(agent, "/desk/hotline/calls/"+string(c.ID)+"/card", "0912 345 678", "Tên officer", "Đặng Xá", mine.Title, "data-live-main", "Đang đổ chuông")
		s.at.Move(7 * time.Second)
		s.event(Answer, "c-1", "answeringNumber", "agent")
		if c = s.callOf("c-1"); c.State != Talking || c.Agent != agent.ID || c.Waited() != 7*time.Second {
			t.Fatalf("%+v", c)
		}
		form := s.shows(agent, "/desk/hotline/calls/"+string(c.ID)+"/ticket", `value="Cuộc gọi của Tên officer"`, "data-focus", "Tiếp nhận qua đường dây nóng lúc 14/11/2016 08:05")
		if !strings.Contains(form, "Đặng Xá, huyện Gia Lâm") {
			t.Error("the unit is not filled in")
		}
		status, body := s.page(agent, http.MethodPost, "/desk/hotline/calls/"+string(c.ID)+"/ticket", "person", string(officer.ID), "unit", "xã Đặng Xá, huyện Gia Lâm", "service", "usage",
			"title", "Cuộc gọi của Tên officer", "body", "Tiếp nhận qua đường dây nóng.", "impact", "1", "urgency", "2")
		if status != http.StatusSeeOther {
			t.Fatal(status, body)
		}
		c = s.callOf("c-1")
		x, err := s.Desk.ByID(t.Context(), agent, c.Ticket)
		if err != nil || x.Requester != officer.ID || x.Source != "phone" || x.Channel != helpdesk.ByPhone || x.Unit != dangXa {
			t.Fatalf("%+v %v", x, err)
		}
		s.at.Move(2 * time.Minute)
		s.event(HangUp, "c-1", "cause", "normalClearing")
		if c = s.callOf("c-1"); c.State != Ended || c.Talked() != 2*time.Minute {
			t.Fatalf("%+v", c)
		}
		s.shows(agent, "/tickets/"+string(x.ID), "Cuộc gọi về phiếu này", "2 phút 0 giây")
		for who, want := range map[*access.Actor]int{&agent: 1, &local: 0, &officer: 0} {
			if hits, err := search.Find(t.Context(), s.DB, officerNumber, s.SearchScopes(*who), 10); err != nil || len(hits) != want {
				t.Error(who.Name, hits, err)
			}
		}
		if n := s.rows("SELECT count(*) FROM hotline_callback"); n != 0 {
			t.Error("an answered call made a task")
		}
	})
}

func TestEventsMayComeInAnyOrderTwiceOrAsAForm(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		kinds := []string{NewCall, Answer, HangUp}
		r := rand.New(rand.NewPCG(660, 2016))
		for n := range 40 {
			id := fmt.Sprintf("order-%d", n)
			order := append(r.Perm(3), r.IntN(3), r.IntN(3))
			for _, k := range order {
				s.at.Move(time.Second)
				s.event(kinds[k], id, "answeringNumber", "agent", "cause", "normalClearing", "queue", "q", "user", "Bà Hoa")
			}
			if c := s.callOf(id); c.State != Ended || !c.Reached() || c.EndedAt == nil || c.Agent != agent.ID || c.Queue != "q" || c.Names != "Bà Hoa" {
				t.Fatalf("order %v: %+v", order, c)
			}
		}
		if n := s.rows("SELECT count(*) FROM hotline_callback WHERE state = 'open'"); n != 0 {
			t.Error(n, "tasks are open though every call was answered")
		}
		form := "event=newCall&from=0438253536&to=1022&direction=in&callId=form-1&user[]=Ph%E1%BA%A1m&user[]=Lan&queue=hai"
		q := httptest.NewRequest(http.MethodPost, "/api/v1/cti/"+s.token, strings.NewReader(form))
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if status, body := s.send(q); status != http.StatusOK || body != "{}" {
			t.Fatal(status, body)
		}
		if c := s.callOf("form-1"); c.Number != "02438253536" || c.Names != "Phạm, Lan" || c.Queue != "hai" {
			t.Fatalf("%+v", c)
		}
		s.proves()
	})
}

func TestEventsThatComeAtOnceEndInOneCallAndOneTask(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		var all sync.WaitGroup
		for n := range 12 {
			for _, kind := range []string{NewCall, HangUp, NewCall, HangUp} {
				all.Go(func() {
					e := Event{Kind: kind, From: "0987654321", To: "1022", Direction: In, CallID: fmt.Sprintf("at-once-%d", n), Cause: "cancel"}
					if _, err := s.Take(t.Context(), s.pbx, e); err != nil {
						t.Error(kind, err)
					}
				})
			}
		}
		all.Wait()
		if b := s.taskFor("0987654321"); b.Calls != 12 || b.State != Waiting {
			t.Errorf("%+v", b)
		}
		if n := s.rows("SELECT count(*) FROM hotline_call WHERE state = 'missed'"); n != 12 {
			t.Error(n, "calls missed")
		}
		s.proves()
	})
}

func FuzzWhatAnExchangeSends(f *testing.F) {
	f.Add("application/json", []byte(`{"event":"newCall","from":1,"to":["2"],"direction":"in","callId":"x","user":["a",{"b":1}]}`))
	f.Add("application/x-www-form-urlencoded", []byte("event=hangup&callId=%ff&direction=out&to=1&user[]=a"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		e, err := ReadEvent(kind, body)
		if err != nil {
			return
		}
		var c Call
		for _, k := range []string{e.Kind, HangUp, e.Kind, Answer} {
			e.Kind = k
			c.Direction = e.Direction
			c.hear(e, monday)
		}
		if again := c; true {
			again.hear(e, monday.Add(time.Hour))
			if !again.same(c) || !c.Reached() || c.EndedAt == nil {
				t.Errorf("%+v then %+v", c, again)
			}
		}
	})
}

// proves counts the figures anew.
func (s *desk) proves() {
	s.t.Helper()
	wrong, err := figures.Check(s.t.Context(), s.DB.Read(), FigureCalls, CountCalls)
	if err != nil || len(wrong) > 0 {
		s.t.Error(wrong, err)
	}
}

func TestWrongAndRevokedSecretsAreAnsweredAlike(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		body := `{"event":"newCall","from":"0912345678","to":"1022","direction":"in","callId":"x"}`
		ask := func(token string) (int, string) {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/cti/"+token, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			return s.send(r)
		}
		if status, _ := ask(s.token); status != http.StatusOK {
			t.Fatal(status)
		}
		if n := s.rows("SELECT count(*) FROM hotline_pbx WHERE token = ?", s.token); n != 0 {
			t.Error("the secret is stored")
		}
		if err := s.RevokePBX(t.Context(), lead, s.pbx.ID); err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{s.token, "cti_nonsense", "x"} {
			if status, answer := ask(token); status != http.StatusNotFound || !strings.Contains(answer, "fault.missing") {
				t.Error(token, status, answer)
			}
		}
		for range 40 {
			ask("guess")
		}
		if status, _ := ask("guess"); status != http.StatusTooManyRequests {
			t.Error("guessing is not slowed down:", status)
		}
	})
}

func TestWhatIsNoEventIsRefused(t *testing.T) {
	s := open(t, sqlite(t))
	for _, body := range []string{"", "{", `{"event":"ring"}`, `{"event":"newCall","from":"1","to":"2","direction":"in"}`, `{"event":"newCall","callId":"1","direction":"up","from":"1"}`, `[]`} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/cti/"+s.token, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if status, answer := s.send(r); status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d %s", body, status, answer)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/api/v1/cti/"+s.token, strings.NewReader(`{"event":"`+strings.Repeat("x", longestEvent)+`"}`))
	r.Header.Set("Content-Type", "application/json")
	if status, _ := s.send(r); status != http.StatusRequestEntityTooLarge {
		t.Error(status)
	}
}

func TestBlockedCallersAreRefusedAndOutgoingOnesShowOurNumber(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		if err := s.Block(t.Context(), lead, "0123 456 7890", "Gọi quấy rối"); err != nil {
			t.Fatal(err)
		}
		status, body := s.tell(map[string]any{"event": "newCall", "from": "+84834567890", "to": "1022", "direction": "in", "callId": "b-1"})
		if status != http.StatusOK || body != `{"action":"reject","reason":"busy"}` {
			t.Error(status, body)
		}
		s.event(HangUp, "b-1", "from", "+84834567890", "cause", "busy")
		if c := s.callOf("b-1"); c.State != Rejected || c.EndedAt == nil {
			t.Errorf("%+v", c)
		}
		if n := s.rows("SELECT count(*) FROM hotline_callback"); n != 0 {
			t.Error("a refused caller is to be called back")
		}
		token, _, err := s.MakePBX(t.Context(), lead, "Tổng đài hai", "024 3939 1022")
		if err != nil {
			t.Fatal(err)
		}
		s.token = token
		status, body = s.tell(map[string]any{"event": "newCall", "from": "agent", "to": "0912345678", "direction": "out", "callId": "o-1"})
		if status != http.StatusOK || body != `{"action":"dial","callerId":"02439391022","caller_id":"02439391022","number":"0912345678"}` {
			t.Error(status, body)
		}
		if err := s.Unblock(t.Context(), lead, "0834567890"); err != nil {
			t.Fatal(err)
		}
		if _, body = s.tell(map[string]any{"event": "newCall", "from": "+84834567890", "to": "1022", "direction": "in", "callId": "b-2"}); body != "{}" {
			t.Error(body)
		}
	})
}

func TestMissedCallsOfOneNumberAreOneTaskDueInWorkingTime(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.at.Set(city(14, 11, 50)) // ten minutes before the break
		for i, cause := range []string{"cancel", "noAnswer", "busy"} {
			id := fmt.Sprintf("m-%d", i)
			s.event(NewCall, id)
			s.at.Move(20 * time.Second)
			s.event(HangUp, id, "cause", cause)
			s.event(HangUp, id, "cause", cause)
		}
		b := s.taskFor(officerNumber)
		if n := s.rows("SELECT count(*) FROM hotline_callback"); n != 1 || b.Calls != 3 || b.State != Waiting || b.Night || b.Person != officer.ID {
			t.Fatalf("%d tasks, %+v", n, b)
		}
		if want := city(14, 13, 50).Add(20 * time.Second); b.DueAt == nil || !b.DueAt.Equal(want) {
			t.Errorf("due %v, want %v", b.DueAt, want)
		}
		s.shows(agent, "/desk/hotline/callbacks", "Gọi nhỡ 3 lần", "Tên officer")
		if err := s.TakeTask(t.Context(), agent, b.ID); err != nil {
			t.Fatal(err)
		}
		// Somebody calls back and is answered.
		s.event(NewCall, "back", "direction", "out", "from", "agent", "to", "0912 345 678")
		s.event(Answer, "back", "direction", "out", "from", "agent", "to", "0912 345 678")
		if b = s.taskFor(officerNumber); b.State != Done || b.How != HowCalled || b.DoneBy != agent.ID {
			t.Fatalf("%+v", b)
		}
		c, err := deadline.Load(t.Context(), s.DB.Read(), b.Clock)
		if err != nil || c.State != deadline.Met {
			t.Error(c.State, err)
		}
		s.proves()
	})
}

func TestANightCallIsDueTheNextMorningAndLatenessIsTold(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.at.Set(city(18, 21, 40)) // Friday night
		s.event(NewCall, "n-1")
		s.event(HangUp, "n-1", "cause", "normalClearing") // the exchange played its message
		b := s.taskFor(officerNumber)
		if want := city(21, 8, 30); !b.Night || b.DueAt == nil || !b.DueAt.Equal(want) {
			t.Fatalf("due %v, want %v", b.DueAt, want)
		}
		s.at.Set(city(21, 8, 31))
		if _, err := deadline.Tick(t.Context(), s.DB, s.at.Now(), 100); err != nil {
			t.Fatal(err)
		}
		s.settleEvents()
		if n := s.rows("SELECT count(*) FROM notice WHERE account = ? AND template = 'hotline.notice.late'", lead.ID); n != 1 {
			t.Error(n, "notices to the lead")
		}
		n, late, err := s.Waits(t.Context(), agent)
		if err != nil || n != 1 || !late {
			t.Error(n, late, err)
		}
		if err := s.Finish(t.Context(), agent, b.ID, " "); !fault.Is(err, fault.Invalid) {
			t.Error("done without a note", err)
		}
		if status, body := s.page(agent, http.MethodPost, "/desk/hotline/callbacks/"+string(b.ID)+"/done", "settled", "", "call", string(b.Call)); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Ghi đã xử lý thế nào.") {
			t.Error(status)
		}
		if err := s.Finish(t.Context(), agent, b.ID, "Đã nhắn Zalo, việc xong."); err != nil {
			t.Fatal(err)
		}
		if b = s.taskFor(officerNumber); b.How != HowHand || b.Note == "" {
			t.Errorf("%+v", b)
		}
		if err := s.Finish(t.Context(), agent, b.ID, "lại"); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	})
}

func TestAnAnswerToldAfterTheEndTakesTheTaskAway(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.event(HangUp, "late", "cause", "normalClearing")
		if s.taskFor(officerNumber).State != Waiting || s.callOf("late").State != Missed {
			t.Fatal("no task")
		}
		s.event(Answer, "late", "answeringNumber", "agent")
		if b, c := s.taskFor(officerNumber), s.callOf("late"); b.State != Done || b.How != HowThrough || c.State != Ended || c.Talked() != 0 {
			t.Errorf("%+v %+v", b, c)
		}
		s.event(HangUp, "hidden", "from", "anonymous", "cause", "cancel")
		s.event(HangUp, "passed", "from", "0987654321", "cause", "forwarded")
		if n := s.rows("SELECT count(*) FROM hotline_callback"); n != 1 {
			t.Error("a hidden or forwarded call made a task:", n)
		}
		s.proves()
	})
}

func TestACallOutThatIsAnsweredAnswersItsTicket(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		x := s.opened()
		if _, err := s.Desk.Take(t.Context(), agent, x.ID, 0); err != nil {
			t.Fatal(err)
		}
		s.event(NewCall, "out", "direction", "out", "from", "agent", "to", officerNumber)
		if c := s.callOf("out"); c.Ticket != x.ID {
			t.Fatalf("the one ticket that the agent works on is not found: %+v", c)
		}
		if y, err := s.Desk.ByID(t.Context(), agent, x.ID); err != nil || y.AnsweredAt != nil {
			t.Fatal("dialling is no answer", err)
		}
		s.event(Answer, "out", "direction", "out", "from", "agent", "to", officerNumber)
		y, err := s.Desk.ByID(t.Context(), agent, x.ID)
		if err != nil || y.AnsweredAt == nil || y.Messages != x.Messages+1 {
			t.Fatalf("%+v %v", y, err)
		}
		// Another one, not linked by itself, is linked by hand.
		z := s.opened()
		s.event(NewCall, "out-2", "direction", "out", "from", "second", "to", officerNumber)
		s.event(Answer, "out-2", "direction", "out", "from", "second", "to", officerNumber)
		c := s.callOf("out-2")
		if c.Ticket != "" {
			t.Fatal("linked without being asked")
		}
		if status, body := s.page(second, http.MethodPost, "/desk/hotline/calls/"+string(c.ID)+"/link", "ticket", string(z.ID)); status != http.StatusSeeOther {
			t.Fatal(status, body)
		}
		if z, err = s.Desk.ByID(t.Context(), agent, z.ID); err != nil || z.AnsweredAt == nil {
			t.Error("a call linked later is no answer", err)
		}
	})
}

func TestACallerNobodyKnowsBecomesAContactAndIsKnownNextTime(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.event(NewCall, "new", "from", "0987 654 321", "user", "Chị Thủy")
		c := s.callOf("new")
		s.shows(agent, "/desk/hotline/calls/"+string(c.ID), "Chưa biết người gọi là ai.", "Chị Thủy")
		x, err := s.MakeTicket(t.Context(), agent, c.ID, Asked{Caller: "Nguyễn Thị Thủy", Draft: helpdesk.Draft{Unit: dangXa, Title: "Hỏi cách nộp hồ sơ", Body: "Hỏi qua điện thoại.", Service: helpdesk.Usage, Impact: 1, Urgency: 1}})
		if err != nil || x.Requester == "" || x.Requester == agent.ID {
			t.Fatalf("%+v %v", x, err)
		}
		if _, err := s.MakeTicket(t.Context(), agent, c.ID, Asked{}); !fault.Is(err, fault.Conflict) {
			t.Error("two tickets of one call", err)
		}
		s.event(NewCall, "again", "from", "+84987654321")
		again := s.callOf("again")
		if again.Person != x.Requester || again.Unit != dangXa {
			t.Fatalf("%+v", again)
		}
		s.shows(agent, "/desk/hotline/calls/"+string(again.ID)+"/card", "Nguyễn Thị Thủy", "Hỏi cách nộp hồ sơ", "Gắn vào phiếu này")
	})
}

func TestANumberInATicketMayBeItsRequestersUntilSomebodySaysSo(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.opened(func(d *helpdesk.Draft) { d.Body = "Xin gọi lại số 01641 234 567 gặp anh Nam." })
		s.settleEvents()
		s.event(NewCall, "may", "from", "0341234567")
		c := s.callOf("may")
		if c.Person != "" || c.Unit != "" {
			t.Fatalf("what may be is taken for known: %+v", c)
		}
		s.shows(agent, "/desk/hotline/calls/"+string(c.ID), "Có thể", "Tên officer", "Đúng người này")
		if status, _ := s.page(agent, http.MethodPost, "/desk/hotline/calls/"+string(c.ID)+"/assign", "person", string(officer.ID)); status != http.StatusSeeOther {
			t.Fatal(status)
		}
		s.event(NewCall, "is", "from", "0341234567")
		if c = s.callOf("is"); c.Person != officer.ID || c.Unit != dangXa {
			t.Errorf("%+v", c)
		}
		if status, _ := s.page(agent, http.MethodPost, "/desk/hotline/calls/"+string(c.ID)+"/assign", "person", string(stranger.ID)); status != http.StatusNotFound {
			t.Error("a number is given to somebody who was not offered:", status)
		}
	})
}

func TestManyTicketsOfOneServiceAreOfferedAsOneCause(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		for range 3 {
			s.opened()
		}
		s.event(NewCall, "s-1", "from", "0987654321")
		card := "/desk/hotline/calls/" + string(s.callOf("s-1").ID) + "/card"
		s.shows(agent, card, "Có thể cùng sự cố với", "3 phiếu của 1 đơn vị trong một giờ qua")
		s.at.Move(2 * time.Hour)
		if body := s.shows(agent, card); strings.Contains(body, "Có thể cùng sự cố với") {
			t.Error("what is long past is offered")
		}
	})
}

func TestARunningIncidentIsOfferedAndItsTicketJoins(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.SameAs(func(_ context.Context, _ i18n.T, _ access.Actor, unit string) ([]Running, error) {
			if unit != dangXa {
				return nil, nil
			}
			return []Running{{Incident: key("99"), Title: "Phần mềm hộ tịch từ chối đăng nhập", Href: "/incidents/1", Note: "Đã báo Bộ."}}, nil
		})
		s.event(NewCall, "inc")
		c := s.callOf("inc")
		path := callPage(c.ID)
		s.shows(agent, path+"/card", "Có thể cùng sự cố với", "Phần mềm hộ tịch từ chối đăng nhập", "Đã báo Bộ.")
		s.shows(agent, path+"/ticket", `name="incident"`, "Không, phiếu riêng")
		form := []string{"person", string(officer.ID), "unit", dangXa, "service", "software", "title", "Không vào được", "body", "Như các xã khác.", "impact", "2", "urgency", "3"}
		if status, body := s.page(agent, http.MethodPost, path+"/ticket", append(form, "incident", string(key("99")))...); status != http.StatusSeeOther {
			t.Fatal(status, body)
		}
		if x, err := s.Desk.ByID(t.Context(), agent, s.callOf("inc").Ticket); err != nil || x.Incident != key("99") {
			t.Error(x.Incident, err)
		}
		s.event(NewCall, "inc-2")
		path = callPage(s.callOf("inc-2").ID)
		if status, _ := s.page(agent, http.MethodPost, path+"/ticket", append(form, "incident", string(key("98")))...); status != http.StatusSeeOther {
			t.Fatal("an incident that is over refuses the ticket:", status)
		}
		if x, err := s.Desk.ByID(t.Context(), agent, s.callOf("inc-2").Ticket); err != nil || x.Incident != "" {
			t.Error(x.Incident, err)
		}
	})
}

func TestCardsAreForTheQueueAndTheOneWhoAnswered(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		if err := s.Sit(t.Context(), second, "102", "Ky-thuat, mang"); err != nil {
			t.Fatal(err)
		}
		s.event(NewCall, "q", "queue", "nghiep-vu")
		card := "/desk/hotline/calls/" + string(s.callOf("q").ID) + "/card"
		if status, _ := s.page(second, http.MethodGet, card); status != http.StatusNoContent {
			t.Error("a card of another queue is shown:", status)
		}
		s.shows(agent, card)
		s.event(NewCall, "k", "queue", "ky-thuat")
		s.event(Answer, "k", "answeringNumber", "102")
		c := s.callOf("k")
		if c.Agent != second.ID {
			t.Fatalf("the extension is not known: %+v", c)
		}
		card = "/desk/hotline/calls/" + string(c.ID) + "/card"
		s.shows(second, card, "Đang nói")
		if status, _ := s.page(agent, http.MethodGet, card); status != http.StatusNoContent {
			t.Error("somebody else's call stays on the screen:", status)
		}
		if err := s.Sit(t.Context(), agent, "102", ""); !fault.Is(err, fault.Invalid) {
			t.Error("two agents on one extension", err)
		}
	})
}

func TestNotesAreKeptWhileTalking(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.event(NewCall, "t")
		c := s.callOf("t")
		path := "/desk/hotline/calls/" + string(c.ID)
		r := httptest.NewRequest(http.MethodPost, path+"/note", strings.NewReader("note=M%C3%A1y+in"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("HX-Request", "true")
		r.AddCookie(&http.Cookie{Name: "lotrinh_session", Value: "agent"})
		if status, _ := s.send(r); status != http.StatusNoContent {
			t.Error(status)
		}
		s.shows(agent, path, "Máy in")
		s.shows(agent, path+"/ticket", "Máy in")
		if status, _ := s.page(agent, http.MethodPost, path+"/note", "note", strings.Repeat("x", longestNote+1)); status != http.StatusUnprocessableEntity {
			t.Error(status)
		}
	})
}

func TestCallersAreForTheSupportOfTheirUnitAndReadingIsRecorded(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.event(NewCall, "p")
		c := s.callOf("p")
		for _, path := range []string{"/desk/hotline", "/desk/hotline/calls/" + string(c.ID), "/desk/hotline/calls/" + string(c.ID) + "/card", "/desk/hotline/callbacks", "/desk/hotline/hours"} {
			for _, who := range []access.Actor{officer, auditor} {
				if status, _ := s.page(who, http.MethodGet, path); status != http.StatusForbidden {
					t.Error(who.Name, path, status)
				}
			}
			if status, _ := s.page(nobody, http.MethodGet, path); status != http.StatusSeeOther {
				t.Error("nobody", path, status)
			}
		}
		if status, _ := s.page(local, http.MethodGet, "/desk/hotline/calls/"+string(c.ID)); status != http.StatusNotFound {
			t.Error("support of another unit sees the caller:", status)
		}
		if body := s.shows(local, "/desk/hotline"); strings.Contains(body, "0912") {
			t.Error("the journal shows another unit's caller")
		}
		s.shows(agent, "/desk/hotline?number=0912345678", "0912 345 678")
		if n := s.rows("SELECT count(*) FROM trail_entry WHERE act = 'hotline.call.seen' AND actor = ?", agent.ID); n != 1 {
			t.Error(n, "readings recorded")
		}
		if err := s.Block(t.Context(), agent, "0912345678", "x"); !fault.Is(err, fault.Denied) {
			t.Error(err)
		}
		if _, _, err := s.MakePBX(t.Context(), agent, "x", ""); !fault.Is(err, fault.Denied) {
			t.Error(err)
		}
	})
}

func TestCallersAreForgottenWhenTheirTimeIsOverAndFiguresStay(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.event(NewCall, "old", "user", "Bà Hoa")
		s.event(Answer, "old", "answeringNumber", "agent")
		s.event(NewCall, "lost", "from", "0987654321")
		s.at.Move(366 * 24 * time.Hour)
		s.event(NewCall, "young")
		if err := s.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if c := s.callOf("old"); c.Number != "" || c.Names != "" || c.State != Ended || c.Cause != causeLost {
			t.Errorf("%+v", c)
		}
		if c := s.callOf("lost"); c.State != Missed || c.Number != "" {
			t.Errorf("a call whose end was never told still rings: %+v", c)
		}
		for who, want := range map[string]int{"agent": 0, "officer": 0} {
			hits, err := search.Find(t.Context(), s.DB, "Bà Hoa", s.SearchScopes(map[string]access.Actor{"agent": agent, "officer": officer}[who]), 10)
			if err != nil || len(hits) != want {
				t.Error(who, "finds a forgotten caller", hits, err)
			}
		}
		if c := s.callOf("young"); c.Number == "" || c.State != Ringing {
			t.Errorf("%+v", c)
		}
		s.proves()
	})
}

func TestHoursAreCountedForPlanningShifts(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		for i := range 3 {
			id := fmt.Sprintf("h-%d", i)
			s.event(NewCall, id)
			s.at.Move(10 * time.Second)
			if i > 0 {
				s.event(Answer, id, "answeringNumber", "agent")
			}
			s.at.Move(time.Minute)
			s.event(HangUp, id, "cause", "cancel")
		}
		hours, err := s.Hours(t.Context(), agent, "2016-11-14", "2016-11-15")
		if want := (Hour{In: 3, Answered: 2, Missed: 1, Wait: 20, Talk: 120}); err != nil || hours[8] != want {
			t.Errorf("%+v %v", hours[8], err)
		}
		s.shows(agent, "/desk/hotline/hours", "Nhiều nhất lúc 08:00: 3 cuộc gọi đến trong 7 ngày", "10 giây", "<svg")
	})
}

func TestACommuneKeepsTheLogOfItsOwnNumber(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.shows(officer, "/hotline/log", "Chưa có cuộc gọi nào trong sổ", "Đặng Xá")
		if status, body := s.page(officer, http.MethodPost, "/hotline/log", "unit", dangXa, "caller", "Ông Bình"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Ghi gọi về việc gì.") || !strings.Contains(body, `value="Ông Bình"`) {
			t.Error(status)
		}
		if status, _ := s.page(officer, http.MethodPost, "/hotline/log", "unit", dangXa, "caller", "Ông Bình 0912", "matter", "Hỏi giấy khai sinh", "outcome", "Đã hướng dẫn"); status != http.StatusSeeOther {
			t.Fatal(status)
		}
		s.shows(officer, "/hotline/log", "Ông Bình 0912", "Đã hướng dẫn")
		if body := s.shows(stranger, "/hotline/log"); strings.Contains(body, "Ông Bình") {
			t.Error("another commune reads the log")
		}
		if status, _ := s.page(stranger, http.MethodPost, "/hotline/log", "unit", dangXa, "caller", "x", "matter", "x", "outcome", "x"); status != http.StatusNotFound {
			t.Error("another commune writes the log:", status)
		}
		if status, _ := s.page(agent, http.MethodGet, "/hotline/log"); status != http.StatusForbidden {
			t.Error(status)
		}
	})
}

func TestTheSecretIsTheLastLineOfTheCommand(t *testing.T) {
	s := open(t, sqlite(t))
	var out strings.Builder
	words := s.Words.In("vi")
	if err := s.Command(t.Context(), words, []string{"create", "--name", "FreePBX"}, "http://x", &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if p, err := s.exchange(t.Context(), lines[len(lines)-1]); err != nil || p.Name != "FreePBX" {
		t.Fatal(out.String(), err)
	}
	if err := s.Command(t.Context(), words, []string{"revoke", "--name", "FreePBX"}, "", &out); err != nil {
		t.Fatal(err)
	}
	if _, err := s.exchange(t.Context(), lines[len(lines)-1]); !fault.Is(err, fault.Missing) {
		t.Error(err)
	}
	for _, args := range [][]string{nil, {"make"}, {"create", "--x"}, {"create", "--name", ""}, {"revoke", "--name", "none"}} {
		if err := s.Command(t.Context(), words, args, "", &out); err == nil {
			t.Error(args, "is taken")
		}
	}
}

func TestThePageOfExchangesShowsASecretOnce(t *testing.T) {
	s := open(t, sqlite(t))
	status, body := s.page(lead, http.MethodPost, "/desk/hotline/pbx", "name", "Tổng đài mới")
	i := strings.Index(body, "/api/v1/cti/"+tokenPrefix)
	if status != http.StatusOK || i < 0 {
		t.Fatal(status, body)
	}
	if body = s.shows(lead, "/desk/hotline/pbx", "Tổng đài mới", "Asterisk tầng 2"); strings.Contains(body, tokenPrefix) {
		t.Error("the secret is shown twice")
	}
	if status, _ := s.page(agent, http.MethodGet, "/desk/hotline/pbx"); status != http.StatusForbidden {
		t.Error(status)
	}
}

func TestThePagesAskTheSameNumberOfQueriesWhateverThereIs(t *testing.T) {
	s := open(t, sqlite(t))
	queries := 0
	s.DB.Watch(func(context.Context, string, error) { queries++ })
	count := func(path string) int {
		s.shows(agent, path)
		queries = 0
		s.shows(agent, path)
		return queries
	}
	for _, path := range []string{"/desk/hotline", "/desk/hotline/callbacks"} {
		s.event(HangUp, "one"+path, "cause", "cancel")
		few := count(path)
		for i := range 30 {
			s.event(HangUp, fmt.Sprintf("%s-%d", path, i), "from", fmt.Sprintf("09123456%02d", i), "cause", "cancel")
		}
		if many := count(path); many != few {
			t.Errorf("%s: %d queries, then %d", path, few, many)
		}
	}
}

func TestListsWalkAnIndex(t *testing.T) {
	s := open(t, sqlite(t))
	r := page.Read("", "")
	for name, q := range map[string]string{
		"all": journal(s.DB, agent, Filter{View: ViewAll}, r).String(), "missed": journal(s.DB, agent, Filter{View: ViewMissed}, r).String(),
		"mine": journal(s.DB, agent, Filter{View: ViewMine}, r).String(), "number": journal(s.DB, agent, Filter{Number: officerNumber}, r).String(),
		"local": journal(s.DB, local, Filter{View: ViewAll}, r).String(), "log": logs(s.DB, officer, r).String(),
	} {
		var rows []struct {
			ID, Parent, Notused int64
			Detail              string
		}
		if err := s.DB.Read().NewRaw("EXPLAIN QUERY PLAN "+q).Scan(t.Context(), &rows); err != nil {
			t.Fatal(name, err)
		}
		for _, row := range rows {
			if strings.Contains(row.Detail, "TEMP B-TREE") || strings.HasPrefix(row.Detail, "SCAN") && !strings.Contains(row.Detail, "INDEX") {
				t.Errorf("%s: %s", name, row.Detail)
			}
		}
	}
}

func sqlite(t *testing.T) *db.DB { return testkit.SQLite(t) }
