package helpdesk

import (
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/search"
)

func TestAnOfficersTicketGetsANumberAPriorityAndDueMoments(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.at.Set(city(10, 11, 45)) // a quarter before lunch
		got := s.ask()
		if got.Number() != "HT-2016-000001" || got.Priority != 2 || got.State != StateNew || got.Group != Infra || got.Requester != officer.ID {
			t.Fatalf("%+v", got)
		}
		// 60 working minutes: 15 before lunch, 45 after 13:30; 480: 15 + 240 on Thursday, 225 on Friday.
		if want := city(10, 14, 15); !got.AnswerDue.Equal(want) || !got.SortAt.Equal(want) {
			t.Errorf("answer due %v, want %v", got.AnswerDue, want)
		}
		if want := city(11, 11, 45); !got.ResolveDue.Equal(want) {
			t.Errorf("resolve due %v, want %v", got.ResolveDue, want)
		}
		d := s.detail(officer, got.ID)
		if len(d.Conversation.Items) != 1 || len(d.Steps) != 1 || d.Steps[0].Act != ActOpened || len(d.Resolve.Why) == 0 {
			t.Errorf("the officer sees %+v", d)
		}
	})
}

func TestTheClockOfTheResolutionStandsStillOnHold(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.at.Set(city(11, 16, 0)) // Friday
		got := s.ask()            // resolution: 480 minutes, due Monday 16:00
		s.at.Set(city(11, 16, 30))
		got = s.must(s.Hold(t.Context(), agent, got.ID, Requester, words("Cho biết kiểu máy.")))
		if got.AnsweredAt == nil || got.WaitsFor != Requester || got.Owner != agent.ID || got.NextDue() != nil {
			t.Fatalf("on hold: %+v", got)
		}
		s.at.Set(city(15, 8, 30)) // Tuesday: an hour on Friday, all Monday and half an hour
		got = s.must(s.Reply(t.Context(), officer, got.ID, words("Máy Canon.")))
		if got.State != Open {
			t.Fatalf("the requester's answer leaves it %s", got.State)
		}
		// 30 minutes were used before the pause; 450 are left from Tuesday 08:30 and end with the day.
		if want := city(15, 17, 30); !got.ResolveDue.Equal(want) {
			t.Errorf("resolve due %v, want %v", got.ResolveDue, want)
		}
		d := s.detail(agent, got.ID)
		if d.Resolve.Paused != 570*time.Minute {
			t.Errorf("paused for %v of working time, want 9 h 30", d.Resolve.Paused)
		}
		if d.Answer.State != deadline.Met {
			t.Errorf("the first answer is %s", d.Answer.State)
		}
	})
}

func TestANoteIsNoAnswerAndTheRequesterNeverSeesIt(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		got := s.must(s.Note(t.Context(), agent, s.ask().ID, words("Kho còn một máy quét dự phòng.")))
		if got.AnsweredAt != nil || got.State != StateNew {
			t.Fatalf("%+v", got)
		}
		got = s.must(s.Assign(t.Context(), lead, got.ID, got.Version, second.ID))
		d := s.detail(officer, got.ID)
		if len(d.Conversation.Items) != 1 || len(d.Steps) != 1 {
			t.Errorf("the officer sees %d messages and %d steps", len(d.Conversation.Items), len(d.Steps))
		}
		if d := s.detail(agent, got.ID); len(d.Conversation.Items) != 2 || len(d.Steps) != 2 {
			t.Errorf("the agent sees %d messages and %d steps", len(d.Conversation.Items), len(d.Steps))
		}
		for _, tc := range []struct {
			who  access.Actor
			want int
		}{{officer, 0}, {auditor, 0}, {agent, 1}, {local, 0}} {
			hits, err := search.Find(t.Context(), s.DB, "may quet du phong", s.SearchScopes(tc.who), 10)
			if err != nil || len(hits) != tc.want {
				t.Errorf("%s finds the note %d times (%v), want %d", tc.who.ID, len(hits), err, tc.want)
			}
		}
	})
}

func TestTheSecondAgentIsToldAndNothingIsDoubled(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		saw := s.ask()
		s.must(s.Reply(t.Context(), agent, saw.ID, Words{Version: saw.Version, Body: "Tôi xử lý."}))
		_, err := s.Reply(t.Context(), second, saw.ID, Words{Version: saw.Version, Body: "Tôi xử lý."})
		if !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Fatalf("the second answer: %v", err)
		}
		if d := s.detail(agent, saw.ID); d.Messages != 2 || len(d.Conversation.Items) != 2 || d.Owner != agent.ID {
			t.Errorf("%d messages, owner %s", d.Messages, d.Owner)
		}
	})
}

func TestStatesChangeOnlyByTheMoves(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		acts := map[State]func(ident.ID) (Ticket, error){
			Open:     func(id ident.ID) (Ticket, error) { return s.Resume(ctx, agent, id, 0) },
			OnHold:   func(id ident.ID) (Ticket, error) { return s.Hold(ctx, agent, id, Vendor, words("Chờ hãng.")) },
			Resolved: func(id ident.ID) (Ticket, error) { return s.Resolve(ctx, agent, id, words("Xong.")) },
			Reopened: func(id ident.ID) (Ticket, error) { return s.Reopen(ctx, officer, id, words("Chưa được.")) },
			Closed:   func(id ident.ID) (Ticket, error) { return s.Close(ctx, officer, id, 0, "") },
		}
		for _, from := range allStates {
			for to, act := range acts {
				id := s.given(from).ID
				got, err := act(id)
				allowed := slices.Contains(moves[from], to) && (to != Open || from == OnHold)
				if allowed != (err == nil) || allowed && got.State != to {
					t.Errorf("%s to %s: %s, %v", from, to, got.State, err)
				}
				if err != nil && !fault.Is(err, fault.Conflict) {
					t.Errorf("%s to %s refused with %v, want Conflict", from, to, err)
				}
			}
		}
	})
}

// TestWhateverHappensTheTicketStaysWhole walks tickets at random and checks what
// must always hold.
func TestWhateverHappensTheTicketStaysWhole(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		r, ctx := rand.New(rand.NewPCG(1, 2016)), t.Context()
		var ids []ident.ID
		for range 120 {
			s.at.Move(time.Duration(r.IntN(200)) * time.Minute)
			if len(ids) == 0 || r.IntN(6) == 0 {
				ids = append(ids, s.ask(func(d *Draft) { d.Urgency, d.Service = 1+r.IntN(3), Categories[r.IntN(5)] }).ID)
				continue
			}
			id := ids[r.IntN(len(ids))]
			acts := []func() (Ticket, error){
				func() (Ticket, error) { return s.Reply(ctx, agent, id, words("a")) },
				func() (Ticket, error) { return s.Reply(ctx, officer, id, words("b")) },
				func() (Ticket, error) { return s.Note(ctx, second, id, words("c")) },
				func() (Ticket, error) { return s.Take(ctx, second, id, 0) },
				func() (Ticket, error) { return s.Hold(ctx, agent, id, Vendor, words("d")) },
				func() (Ticket, error) { return s.Resume(ctx, agent, id, 0) },
				func() (Ticket, error) { return s.Rank(ctx, agent, id, 0, 1+r.IntN(3), 1+r.IntN(3)) },
				func() (Ticket, error) { return s.Resolve(ctx, agent, id, words("e")) },
				func() (Ticket, error) { return s.Reopen(ctx, officer, id, words("f")) },
				func() (Ticket, error) { return s.Close(ctx, officer, id, 0, "") },
			}
			if _, err := acts[r.IntN(len(acts))](); err != nil && !fault.Is(err, fault.Conflict) {
				t.Fatal(err)
			}
			s.whole(agent, id)
		}
		for name, count := range Figures() {
			wrong, err := figures.Check(ctx, s.DB.Read(), name, count)
			if err != nil || len(wrong) > 0 {
				t.Errorf("%s: %v %v", name, wrong, err)
			}
		}
	})
}

func (s *desk) whole(who access.Actor, id ident.ID) {
	s.t.Helper()
	d := s.detail(who, id)
	if d.Phase != d.State.Phase() || (d.State == OnHold) != (d.WaitsFor != "") {
		s.t.Fatalf("%s in phase %s waiting for %q", d.State, d.Phase, d.WaitsFor)
	}
	if want := map[State]deadline.State{OnHold: deadline.Paused}[d.State]; want != "" && d.Resolve.State != want {
		s.t.Fatalf("%s, its clock is %s", d.State, d.Resolve.State)
	}
	if (d.Phase == Done) == d.Resolve.Open() || d.AnsweredAt != nil && d.Answer.Open() {
		s.t.Fatalf("%s, clocks %s and %s", d.State, d.Answer.State, d.Resolve.State)
	}
	if d.ResolveDue != nil && !d.ResolveDue.Equal(*d.Resolve.Due) {
		s.t.Fatalf("the ticket says %v, its clock %v", d.ResolveDue, d.Resolve.Due)
	}
	if int(d.Messages) != len(d.Conversation.Items) {
		s.t.Fatalf("%d messages counted, %d there", d.Messages, len(d.Conversation.Items))
	}
	for i, st := range d.Steps[:len(d.Steps)-1] {
		if st.Before != d.Steps[i+1].After {
			s.t.Fatalf("history breaks: %s after %s", st.Before, d.Steps[i+1].After)
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		type use struct {
			name string
			from State
			do   func(access.Actor, Ticket) error
			// what officer, another officer of the commune, a far officer, agent, far
			// agent, lead, auditor, citizen and nobody are answered
			want string
		}
		drop := func(_ Ticket, err error) error { return err }
		for _, u := range []use{
			{"open", "", func(w access.Actor, _ Ticket) error { return drop(s.Service.Open(ctx, w, draft())) }, "ok ok missing ok missing ok denied denied sign_in"},
			{"read", StateNew, func(w access.Actor, t Ticket) error {
				_, err := s.Get(ctx, w, t.ID, page.Read("", ""))
				return err
			}, "ok missing missing ok missing ok ok missing sign_in"},
			{"reply", StateNew, func(w access.Actor, t Ticket) error { return drop(s.Reply(ctx, w, t.ID, words("x"))) }, "ok missing missing ok missing ok denied missing sign_in"},
			{"note", StateNew, func(w access.Actor, t Ticket) error { return drop(s.Note(ctx, w, t.ID, words("x"))) }, "denied denied denied ok missing ok denied denied sign_in"},
			{"take", StateNew, func(w access.Actor, t Ticket) error { return drop(s.Take(ctx, w, t.ID, 0)) }, "denied denied denied ok missing ok denied denied sign_in"},
			{"assign", StateNew, func(w access.Actor, t Ticket) error { return drop(s.Assign(ctx, w, t.ID, 0, "agent")) }, "denied denied denied denied denied ok denied denied sign_in"},
			{"rank", StateNew, func(w access.Actor, t Ticket) error { return drop(s.Rank(ctx, w, t.ID, 0, 1, 1)) }, "denied denied denied ok missing ok denied denied sign_in"},
			{"hold", StateNew, func(w access.Actor, t Ticket) error { return drop(s.Hold(ctx, w, t.ID, Vendor, words("x"))) }, "denied denied denied ok missing ok denied denied sign_in"},
			{"resume", OnHold, func(w access.Actor, t Ticket) error { return drop(s.Resume(ctx, w, t.ID, 0)) }, "denied denied denied ok missing ok denied denied sign_in"},
			{"resolve", Open, func(w access.Actor, t Ticket) error { return drop(s.Resolve(ctx, w, t.ID, words("x"))) }, "denied denied denied ok missing ok denied denied sign_in"},
			{"reopen", Resolved, func(w access.Actor, t Ticket) error { return drop(s.Reopen(ctx, w, t.ID, words("x"))) }, "ok missing missing ok missing ok denied missing sign_in"},
			{"close", Resolved, func(w access.Actor, t Ticket) error { return drop(s.Close(ctx, w, t.ID, 0, "")) }, "ok missing missing ok missing ok denied missing sign_in"},
			{"queue", "", func(w access.Actor, _ Ticket) error {
				_, err := s.Queue(ctx, w, Filter{}, page.Read("", ""))
				return err
			}, "denied denied denied ok ok ok ok denied sign_in"},
			{"own list", "", func(w access.Actor, _ Ticket) error {
				_, err := s.Mine(ctx, w, page.Read("", ""))
				return err
			}, "ok ok ok ok ok ok ok ok sign_in"},
		} {
			wants := strings.Fields(u.want)
			for i, w := range []access.Actor{officer, other, stranger, agent, local, lead, auditor, citizen, nobody} {
				var on Ticket
				if u.from != "" {
					on = s.given(u.from)
				}
				if got := outcome(u.do(w, on)); got != wants[i] {
					t.Errorf("%s by %q: %s, want %s", u.name, w.ID, got, wants[i])
				}
			}
		}
	})
}

func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	return fault.Of(err).Kind.String()
}

func TestBadInputNamesEveryField(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		_, err := s.Open(t.Context(), agent, Draft{Title: strings.Repeat("x", 151), Service: "magic", Impact: 9})
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Fatal(err)
		}
		var names []string
		for _, one := range f.Fields {
			names = append(names, one.Name)
		}
		if got := strings.Join(names, " "); got != "unit title body service impact urgency" {
			t.Errorf("fields %s", got)
		}
		if _, err := s.Open(t.Context(), agent, draft(func(d *Draft) { d.Unit = "99999" })); !fault.Is(err, fault.Invalid) {
			t.Errorf("an unknown unit: %v", err)
		}
		var n int
		if err := s.DB.Read().NewRaw("SELECT count(*) FROM ticket").Scan(t.Context(), &n); err != nil || n != 0 {
			t.Errorf("%d tickets half saved, %v", n, err)
		}
	})
}

func TestResolvedTicketsCloseAfterThreeQuietWorkingDays(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		resolved := s.given(Resolved) // Thursday 08:00
		reopened := s.given(Reopened)
		for _, step := range []struct {
			at   time.Time
			want int
		}{{city(14, 17, 0), 0}, {city(15, 8, 1), 1}, {city(16, 8, 0), 0}} {
			s.at.Set(step.at)
			if n, err := s.CloseQuiet(t.Context(), 100); err != nil || n != step.want {
				t.Fatalf("at %v closed %d (%v), want %d", step.at, n, err, step.want)
			}
		}
		if d := s.detail(officer, resolved.ID); d.State != Closed || d.Steps[0].Actor != access.System("helpdesk").ID {
			t.Errorf("%s by %s", d.State, d.Steps[0].Actor)
		}
		if d := s.detail(officer, reopened.ID); d.State != Reopened {
			t.Errorf("a reopened one is %s", d.State)
		}
	})
}

var quietLog = slog.New(slog.DiscardHandler)

func TestOwnersAreWarnedOfDueMoments(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		got := s.must(s.Take(t.Context(), agent, s.ask().ID, 0))
		run := func(at time.Time) {
			s.at.Set(at)
			if _, err := deadline.Tick(t.Context(), s.DB, at, 100); err != nil {
				t.Fatal(err)
			}
			p := outbox.NewDispatcher(s.DB, s.at, quietLog, s.Handlers()...)
			if _, err := p.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Alarms(t.Context(), 100); err != nil {
				t.Fatal(err)
			}
		}
		told := func() (n int) {
			if err := s.DB.Read().NewRaw("SELECT count(*) FROM notice WHERE account = ?", agent.ID).Scan(t.Context(), &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		run(city(10, 8, 30)) // due 09:00, warned 20 minutes before
		if told() != 0 {
			t.Fatal("warned too early")
		}
		run(city(10, 8, 41))
		run(city(10, 9, 1))
		if told() != 2 {
			t.Fatalf("told %d times of the first answer, want 2", told())
		}
		s.must(s.Resolve(t.Context(), agent, got.ID, words("Xong.")))
		run(city(18, 9, 0))
		if told() != 2 {
			t.Fatal("warned of a ticket that is done")
		}
	})
}

func TestCountsAndLoads(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		s.given(StateNew)
		s.given(Open)
		s.given(OnHold)
		s.given(Closed)
		s.ask(func(d *Draft) { d.Service = Usage })
		s.at.Set(city(10, 9, 30)) // the unanswered are late: P2 answers within an hour
		c, err := s.Counts(ctx, agent)
		if err != nil || c.Mine != 1 || c.Free != 2 || c.Work != 3 || c.Late != 2 || c.Hold != 1 || c.Done != 1 || c.Groups[Desk] != 1 {
			t.Errorf("%+v %v", c, err)
		}
		if c, err := s.Counts(ctx, local); err != nil || c.Work != 0 {
			t.Errorf("an agent elsewhere counts %+v %v", c, err)
		}
		by, err := s.ByDistrict(ctx, lead)
		if err != nil || by[giaLam] != (Load{Open: 4, Hold: 1, Late: 2}) || len(by) != 1 {
			t.Errorf("%+v %v", by, err)
		}
		for view, want := range map[View]int64{ViewMine: c.Mine, ViewFree: c.Free, ViewWork: c.Work, ViewLate: c.Late, ViewHold: c.Hold, ViewDone: c.Done} {
			p, err := s.Queue(ctx, agent, Filter{View: view}, page.Read("", ""))
			if err != nil || int64(len(p.Items)) != want {
				t.Errorf("%s lists %d (%v), its counter says %d", view, len(p.Items), err, want)
			}
		}
	})
}

func TestNothingIsRecordedOfARefusedAct(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		saw := s.given(Closed)
		before := s.rows()
		if _, err := s.Resolve(t.Context(), agent, saw.ID, words("x")); err == nil {
			t.Fatal("a closed ticket was resolved")
		}
		if after := s.rows(); after != before {
			t.Errorf("%d rows before, %d after", before, after)
		}
	})
}

func (s *desk) rows() (n int) {
	s.t.Helper()
	err := s.DB.Read().NewRaw("SELECT (SELECT count(*) FROM ticket_message) + (SELECT count(*) FROM ticket_step) + (SELECT count(*) FROM outbox_event)"+
		" + (SELECT count(*) FROM trail_entry) + (SELECT count(*) FROM search_doc) + (SELECT count(*) FROM notice)").Scan(s.t.Context(), &n)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}
