package loop

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

const dangXa = "00556"

var policy = access.Policy{
	"officer": {helpdesk.Ask},
	"agent":   {helpdesk.Ask, helpdesk.Read, helpdesk.Work},
	"planner": {helpdesk.Read, Decide},
	"lead":    {helpdesk.Ask, helpdesk.Read, helpdesk.Work, helpdesk.Manage, Tell},
}

func actor(id string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(id), Name: id, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	officer = actor("officer", "officer", dangXa)
	agent   = actor("agent", "agent")
	planner = actor("planner", "planner")
	far     = actor("far", "planner", "00577")
	lead    = actor("lead", "lead")
	nobody  = access.Actor{}
	// tuesday is 08/11/2016 08:00 in the city.
	tuesday = time.Date(2016, 11, 8, 1, 0, 0, 0, time.UTC)
)

type people struct{}

func (people) Names(context.Context, []ident.ID) (map[ident.ID]string, error) { return nil, nil }
func (people) Agents(context.Context, string) ([]helpdesk.Agent, error)       { return nil, nil }
func (people) Reachable(context.Context, helpdesk.WayKind, string) ([]helpdesk.Contact, error) {
	return nil, nil
}

// gaps remembers what was opened.
type gaps struct{ opened []string }

func (*gaps) Devices(i18n.T) []ui.Option { return nil }
func (g *gaps) Open(_ context.Context, _ *db.Tx, _ access.Actor, unit, device, _ string) (string, error) {
	if device == "" {
		var k fault.Check
		k.Need(false, "device", "loop.device.pick")
		return "", k.Err()
	}
	g.opened = append(g.opened, unit+" "+device)
	return "/inventory/gaps/1", nil
}

type room struct {
	*Service
	at     *clock.Fake
	gaps   *gaps
	events *outbox.Dispatcher
	t      *testing.T
}

func eachDB(t *testing.T, f func(t *testing.T, s *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, g := clock.At(tuesday), &gaps{}
		units, cals := org.NewUnits(d, clock.System{}), calstore.New(d, clock.System{})
		if _, err := units.LoadBuiltIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := cals.Seed(t.Context(), tuesday); err != nil {
			t.Fatal(err)
		}
		blobs, err := files.Folder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		words, err := i18n.Load(Locale)
		if err != nil {
			t.Fatal(err)
		}
		desk := helpdesk.New(helpdesk.Deps{DB: d, Business: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: people{}, Files: files.New(d, at, blobs)})
		s := New(Deps{DB: d, Business: at, Units: units, People: people{}, Words: words, Desk: desk, Gaps: g})
		f(t, &room{s, at, g, outbox.NewDispatcher(d, at, slog.New(slog.DiscardHandler), s.Handlers()...), t})
	})
}

// asks opens a ticket of the officer and lets the events run.
func (s *room) asks(service helpdesk.Category) helpdesk.Ticket {
	s.t.Helper()
	x, err := s.Desk.Open(s.t.Context(), officer, helpdesk.Draft{Unit: dangXa, Title: "Phiếu", Body: "Nội dung.", Service: service, Impact: 1, Urgency: 2, Source: "web"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.run()
	return x
}

func (s *room) run() {
	s.t.Helper()
	if _, err := s.events.Run(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *room) waiting() []Proposal {
	s.t.Helper()
	p, err := s.Proposals(s.t.Context(), planner, Proposed, page.Read("", ""))
	if err != nil {
		s.t.Fatal(err)
	}
	return p.Items
}

func TestTheThirdTicketOfASortIsAProposal(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		for range 2 {
			s.asks(helpdesk.Usage)
			s.asks(helpdesk.Device)
		}
		if got := s.waiting(); len(got) != 0 {
			t.Fatalf("two are not enough: %v", got)
		}
		s.at.Move(31 * 24 * time.Hour)
		s.asks(helpdesk.Usage)
		if got := s.waiting(); len(got) != 0 {
			t.Fatalf("the first two are older than a month: %v", got)
		}
		s.asks(helpdesk.Usage)
		s.asks(helpdesk.Usage)
		got := s.waiting()
		if len(got) != 1 || got[0].Kind != MakeUpClass || got[0].Subject != officer.ID || len(got[0].Evidence()) != 3 {
			t.Fatalf("%+v", got)
		}
		s.asks(helpdesk.Usage)
		if got := s.waiting(); len(got) != 1 {
			t.Errorf("proposed twice: %v", got)
		}
	})
}

func TestAProposalIsTakenUpOrDeclinedOnce(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		for range 3 {
			s.asks(helpdesk.Device)
		}
		p := s.waiting()[0]
		if _, err := s.Accept(ctx, planner, p.ID, p.Version, ""); !fault.Is(err, fault.Invalid) || len(s.waiting()) != 1 {
			t.Errorf("without a device: %v", err)
		}
		done, err := s.Accept(ctx, planner, p.ID, p.Version, "scanner")
		if err != nil || done.Outcome != "/inventory/gaps/1" || len(s.gaps.opened) != 1 || s.gaps.opened[0] != dangXa+" scanner" {
			t.Fatalf("%+v %v %v", done, s.gaps.opened, err)
		}
		if _, err := s.Decline(ctx, planner, p.ID, p.Version); !fault.HasKey(err, "loop.decided") {
			t.Errorf("decided twice: %v", err)
		}
		for range 3 {
			s.asks(helpdesk.Device)
		}
		if got := s.waiting(); len(got) != 0 {
			t.Errorf("again within a month: %v", got)
		}
		for _, one := range []struct {
			who  access.Actor
			kind fault.Kind
		}{{agent, fault.Denied}, {far, fault.Missing}, {nobody, fault.SignIn}} {
			if _, err := s.Decline(ctx, one.who, p.ID, p.Version); !fault.Is(err, one.kind) {
				t.Errorf("%s: %v", one.who.ID, err)
			}
		}
	})
}

// Two people press at once: one takes it up, the other is told so, and one gap is there.
func TestTwoWhoTakeUpOneProposalOpenOneGap(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		for range 3 {
			s.asks(helpdesk.Device)
		}
		p := s.waiting()[0]
		const many = 6
		errs := make(chan error, many)
		for range many {
			go func() {
				_, err := s.Accept(t.Context(), planner, p.ID, p.Version, "scanner")
				errs <- err
			}()
		}
		taken := 0
		for range many {
			switch err := <-errs; {
			case err == nil:
				taken++
			case !fault.HasKey(err, "loop.decided"):
				t.Error(err)
			}
		}
		if taken != 1 || len(s.gaps.opened) != 1 {
			t.Errorf("taken up %d times, %d gaps opened", taken, len(s.gaps.opened))
		}
	})
}

func signal(change ...func(*Signal)) Signal {
	g := Signal{Kind: DeadLine, Thing: "FTTH Đặng Xá", Unit: dangXa, Since: tuesday.Add(-time.Hour)}
	for _, c := range change {
		c(&g)
	}
	return g
}

func (s *room) hears(want Heard, g Signal) ident.ID {
	s.t.Helper()
	got, ticket, err := s.Hear(s.t.Context(), lead, g)
	if err != nil || got != want {
		s.t.Fatalf("%s %v, want %s", got, err, want)
	}
	return ticket
}

func ended(g *Signal) { g.Ended = true }

func TestOneTroubleIsOneTicket(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		s.hears(Nothing, signal(ended))
		id := s.hears(Opened, signal())
		if again := s.hears(Known, signal()); again != id {
			t.Errorf("%s, not %s", again, id)
		}
		s.hears(Over, signal(ended))
		x, err := s.Desk.Get(t.Context(), agent, id, page.Read("", ""))
		if err != nil || x.Phase == helpdesk.Done || !x.Conversation.Items[0].Internal || x.Service != helpdesk.Line || x.Source != "rule" {
			t.Fatalf("the end of the trouble is a note, a person closes: %+v %v", x, err)
		}
		if next := s.hears(Opened, signal()); next == id {
			t.Error("a new trouble is a new ticket")
		}
	})
}

func TestADismissedThingIsNotHeardForAWeek(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		id := s.hears(Opened, signal())
		x, err := s.Dismiss(t.Context(), agent, id, 1)
		if err != nil || x.State != helpdesk.Resolved {
			t.Fatalf("%+v %v", x, err)
		}
		s.hears(Muted, signal())
		s.at.Move(7*24*time.Hour + time.Second)
		s.hears(Opened, signal())
	})
}

func TestARuleThatIsOffOpensNothing(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		ctx := t.Context()
		off := Rule{Kind: DeadLine, Service: helpdesk.Line, Impact: 2, Urgency: 3}
		if err := s.SaveRule(ctx, agent, off); !fault.Is(err, fault.Denied) {
			t.Errorf("an agent: %v", err)
		}
		if err := s.SaveRule(ctx, lead, off); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveRule(ctx, lead, off); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("saved over: %v", err)
		}
		s.hears(Off, signal())
	})
}

func TestOtherAreasSignalByEvents(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		err := s.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return outbox.Write(ctx, tx, tuesday, silent{}) })
		if err != nil {
			t.Fatal(err)
		}
		s.run()
		h, err := s.DB.Read().NewSelect().TableExpr("desk_signal").Where("subject = 'PC-017'").Count(t.Context())
		if err != nil || h != 1 {
			t.Errorf("%d %v", h, err)
		}
	})
}

// silent is an agent's silence as the inventory tells it.
type silent struct{ Signal }

func (silent) Topic() string   { return "inventory.agent.silent" }
func (silent) Subject() string { return "asset:PC-017" }
func (silent) MarshalJSON() ([]byte, error) {
	return []byte(`{"kind":"silent_agent","subject":"PC-017","unit":"` + dangXa + `","since":"2016-11-01T00:00:00Z"}`), nil
}

func TestSignalsThatCannotBeReadAreRefused(t *testing.T) {
	eachDB(t, func(t *testing.T, s *room) {
		for _, g := range []Signal{{}, signal(func(g *Signal) { g.Kind = "fire" }), signal(func(g *Signal) { g.Thing = " " }), signal(func(g *Signal) { g.Since = time.Time{} })} {
			if _, _, err := s.Hear(t.Context(), lead, g); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", g, err)
			}
		}
		if _, _, err := s.Hear(t.Context(), agent, signal()); !fault.Is(err, fault.Denied) {
			t.Errorf("an agent: %v", err)
		}
	})
}
