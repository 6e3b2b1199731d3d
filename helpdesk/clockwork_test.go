package helpdesk

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
)

// above is who stands on the rungs above an owner.
type above struct{}

func (above) Rung(_ context.Context, r sla.Rung, _ string) ([]ident.ID, error) {
	return []ident.ID{ident.ID(r) + "-1", ident.ID(r) + "-2"}, nil
}

// given are rules that a test states itself.
type stated sla.Book

func (g stated) Book(context.Context) (sla.Book, error) { return sla.Book(g), nil }

// round does what the chores do at a moment.
func (s *desk) round(at time.Time) {
	s.t.Helper()
	s.at.Set(at)
	if _, err := deadline.Tick(s.t.Context(), s.DB, at, 1000); err != nil {
		s.t.Fatal(err)
	}
	if _, err := outbox.NewDispatcher(s.DB, s.at, quietLog, s.Handlers()...).Run(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.Alarms(s.t.Context(), 1000); err != nil {
		s.t.Fatal(err)
	}
}

type notice struct {
	Account  ident.ID
	Template string
	At       time.Time
	Args     string
}

// notices are what was said to a person, the oldest first.
func (s *desk) notices(to ident.ID) []notice {
	s.t.Helper()
	var all []notice
	if err := s.DB.Read().NewRaw("SELECT account, template, at, args FROM notice WHERE account = ? ORDER BY id", to).Scan(s.t.Context(), &all); err != nil {
		s.t.Fatal(err)
	}
	return all
}

func TestTheNextAnswerStartsWithTheFirstQuestionThatNobodyAnswered(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		x := s.ask() // P2: an hour for the first answer, two for the next ones
		s.at.Set(city(10, 8, 10))
		x = s.must(s.Reply(ctx, officer, x.ID, words("Xin bổ sung: cả hai máy đều vậy.")))
		if x.NextClock != "" {
			t.Error("the clock of the next answer runs before there was a first one")
		}
		x = s.must(s.Reply(ctx, agent, x.ID, words("Đang xem.")))
		s.at.Set(city(10, 9, 0))
		x = s.must(s.Reply(ctx, officer, x.ID, words("Có tin gì chưa?")))
		first := *x.AgainDue
		if !first.Equal(city(10, 11, 0)) || !x.NextDue().Equal(first) {
			t.Errorf("due %v, next %v", first, x.NextDue())
		}
		s.at.Set(city(10, 9, 30))
		x = s.must(s.Reply(ctx, officer, x.ID, words("Dân đang chờ.")))
		if !x.AgainDue.Equal(first) {
			t.Errorf("a further message moved the due moment to %v", x.AgainDue)
		}
		x = s.must(s.Note(ctx, agent, x.ID, words("Hỏi nhà cung cấp.")))
		if x.NextClock == "" {
			t.Error("an internal note stopped the clock")
		}
		if d := s.detail(agent, x.ID); d.Next.ID == "" || d.Next.State != deadline.Running || len(d.Next.Why) == 0 {
			t.Errorf("the page shows %+v", d.Next)
		}
		clock := x.NextClock
		x = s.must(s.Reply(ctx, agent, x.ID, words("Đã thay cáp, thử giúp.")))
		c, err := deadline.Load(ctx, s.DB.Read(), clock)
		if err != nil || c.State != deadline.Met || x.NextClock != "" || x.AgainDue != nil {
			t.Errorf("%s, %q, %v, %v", c.State, x.NextClock, x.AgainDue, err)
		}
		x = s.must(s.Reply(ctx, officer, x.ID, words("Vẫn đỏ.")))
		if x.NextClock == "" || x.NextClock == clock {
			t.Errorf("a new question has clock %q", x.NextClock)
		}
		clock = x.NextClock
		s.must(s.Called(ctx, agent, x.ID, 0, words("Gọi lại cho cán bộ, hướng dẫn tắt bật nguồn.")))
		if c, err = deadline.Load(ctx, s.DB.Read(), clock); err != nil || c.State != deadline.Met {
			t.Errorf("a call out left it %s, %v", c.State, err)
		}
		s.must(s.Reply(ctx, officer, x.ID, words("Được rồi nhưng chậm.")))
		x = s.must(s.Resolve(ctx, agent, x.ID, words("Đã thay máy.")))
		if x.NextClock != "" || x.NextDue() != nil {
			t.Error("a resolved ticket waits for an answer")
		}
		x = s.must(s.Reopen(ctx, officer, x.ID, words("Lại đỏ.")))
		if x.NextClock == "" {
			t.Error("a reopened ticket waits for no answer")
		}
	})
}

func TestAClockStandsOnlyWhereTheStateSaysSo(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		for _, state := range allStates {
			x := s.given(state)
			d := s.detail(agent, x.ID)
			if want := Stands(state, sla.Resolve); (d.Resolve.State == deadline.Paused) != want {
				t.Errorf("%s: the resolution is %s", state, d.Resolve.State)
			}
			if d.Answer.State == deadline.Paused {
				t.Errorf("%s: the first answer stands still", state)
			}
		}
	})
}

func TestWhoeverCallsOutMustSupport(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		x := s.ask()
		for _, who := range []access.Actor{officer, other, stranger, agent, local, lead, auditor, citizen, nobody} {
			_, err := s.Called(t.Context(), who, x.ID, 0, words("Đã gọi."))
			if (err == nil) != (who.ID == agent.ID || who.ID == lead.ID) {
				t.Errorf("%s: %v", who.ID, err)
			}
		}
	})
}

// The story: at 11:45 a ticket is 30 working minutes from its due moment, so the lead
// is told; nobody is called at midnight.
func TestTheLeadIsToldHalfAnHourOfWorkBeforeTheEnd(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.Ladder = above{}
		s.at.Set(city(10, 8, 15))
		x := s.ask(func(d *Draft) { d.Impact, d.Urgency = 3, 3 }) // four hours: 8:15 to 13:45
		x = s.must(s.Take(t.Context(), agent, x.ID, 0))
		s.must(s.Reply(t.Context(), agent, x.ID, words("Đang xem.")))
		if !x.ResolveDue.Equal(city(10, 13, 45)) {
			t.Fatalf("due %v", x.ResolveDue)
		}
		s.round(city(10, 11, 44))
		if got := s.notices("lead-1"); len(got) != 0 {
			t.Fatalf("told too early: %v", got)
		}
		s.round(city(10, 11, 45))
		if got := s.notices("lead-1"); len(got) != 1 || got[0].Template != "helpdesk.notice.resolution_soon" {
			t.Fatalf("at 11:45 the lead knows of %v", got)
		}
		s.round(city(10, 13, 46))
		if got := s.notices("lead-1"); len(got) != 2 || got[1].Template != "helpdesk.notice.resolution_due" {
			t.Fatalf("when it was due the lead knew of %v", got)
		}
		if got := s.notices("department-1"); len(got) != 1 {
			t.Fatalf("the department knows of %v", got)
		}
		s.round(city(10, 17, 29)) // four working hours late at 8:15 of the next day
		if got := s.notices("leadership-1"); len(got) != 0 {
			t.Fatalf("the leadership was told too early: %v", got)
		}
		s.round(city(11, 8, 15))
		if got := s.notices("leadership-1"); len(got) != 1 {
			t.Fatalf("the leadership knows of %v", got)
		}
	})
}

func TestNobodyIsCalledAtMidnight(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.Ladder = above{}
		s.at.Set(city(10, 22, 0))
		for i := range 3 { // steps before the start come at the start: in the night
			s.ask(func(d *Draft) { d.Title, d.Impact, d.Urgency = fmt.Sprint("Mất mạng ", i), 3, 3 })
		}
		s.Rules = stated(critical())
		s.ask(func(d *Draft) { d.Title, d.Impact, d.Urgency = "Cháy phòng máy", 3, 3 })
		s.round(city(11, 0, 0))
		for _, n := range s.notices("lead-1") {
			t.Errorf("at midnight: %+v", n)
		}
		if got := s.notices("leadership-1"); len(got) != 1 {
			t.Errorf("what is critical waited: %v", got)
		}
		s.Rules = nil
		s.round(city(11, 8, 20))
		s.round(city(11, 8, 35))
		got := s.notices("lead-1")
		if len(got) != 2 || got[0].Template != "helpdesk.notice.digest" {
			t.Fatalf("in the morning: %+v", got)
		}
		for _, n := range got {
			if open, _ := s.must2(s.calendar(t.Context())).cal.IsOpen(n.At); !open {
				t.Errorf("told at %v", n.At)
			}
		}
	})
}

func (s *desk) must2(c calendars, err error) calendars {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// critical is a rule whose first step is told at any hour.
func critical() sla.Book {
	b := slices.Clone(sla.Shipped())
	b[0].Ladder = []sla.Step{{Of: sla.Answer, Minutes: -60, To: sla.Leadership, Critical: true}}
	return b
}

func TestAnUnownedTicketIsTheLeads(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.Ladder = above{}
		s.ask() // P2: the owner is told 20 minutes before 9:00
		s.round(city(10, 8, 41))
		if got := s.notices("lead-2"); len(got) != 1 || got[0].Template != "helpdesk.notice.first_answer_soon" {
			t.Fatalf("the leads know of %v", got)
		}
	})
}

func TestOneDigestForManyTickets(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.Ladder = above{}
		for i := range 12 {
			x := s.ask(func(d *Draft) { d.Title = fmt.Sprint("Máy quét ", i) })
			s.must(s.Take(t.Context(), agent, x.ID, 0))
		}
		s.round(city(10, 8, 41))
		got := s.notices(agent.ID)
		if len(got) != 1 || got[0].Template != "helpdesk.notice.digest" {
			t.Fatalf("%+v", got)
		}
		s.round(city(10, 8, 42))
		if again := s.notices(agent.ID); len(again) != 1 {
			t.Fatalf("told twice: %+v", again)
		}
	})
}

func TestARuleChoosesTheClocksAndTheTicketKeepsIt(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		district := sla.Rule{Key: "gia-lam", Version: 4, Terms: sla.Terms{When: sla.Conditions{Units: []string{giaLam}, Services: []string{"device"}}, Calendar: "office",
			Answer: sla.Budget{N: 0, Unit: sla.EndOfDay}, Next: sla.Budget{N: 60, Unit: sla.Minutes}, Resolve: sla.Budget{N: 2, Unit: sla.Days}}}
		s.Rules = stated(append(sla.Book{district}, sla.Shipped()...))
		x := s.ask()
		if x.Rule != "gia-lam@4" || !x.AnswerDue.Equal(city(10, 17, 30)) || !x.ResolveDue.Equal(city(14, 8, 0)) {
			t.Errorf("%s: %v, %v", x.Rule, x.AnswerDue, x.ResolveDue)
		}
		if y := s.ask(func(d *Draft) { d.Service = Software }); y.Rule != "p2@1" {
			t.Errorf("another service has rule %s", y.Rule)
		}
		s.at.Set(city(10, 9, 0))
		x = s.must(s.Hold(ctx, agent, x.ID, Vendor, words("Chờ nhà cung cấp.")))
		s.at.Set(city(10, 11, 0))
		x = s.must(s.Resume(ctx, agent, x.ID, 0))
		before := *x.ResolveDue
		s.Rules = nil // the rule is gone; a changed priority asks for the one that holds now
		x = s.must(s.Rank(ctx, agent, x.ID, 0, 3, 3))
		if x.Rule != "p1@1" || !x.ResolveDue.Equal(city(10, 15, 30)) || before.Equal(*x.ResolveDue) {
			t.Errorf("%s: %v after two hours of pause", x.Rule, x.ResolveDue)
		}
	})
}
