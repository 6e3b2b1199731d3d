package promise

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

const dangXa = "00556"

var policy = access.Policy{
	"officer":       {helpdesk.Ask, calstore.Look},
	"agent":         {helpdesk.Ask, helpdesk.Read, helpdesk.Work, calstore.Look},
	"lead":          {helpdesk.Ask, helpdesk.Read, helpdesk.Work, helpdesk.Assign, helpdesk.Manage, calstore.Look},
	"administrator": {helpdesk.Manage, calstore.Look, calstore.Edit},
	"auditor":       {helpdesk.Read},
}

func actor(name string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(name), Name: name, Via: "web", Grants: []access.Grant{{Role: access.Role(name), Everywhere: true}}})
}

var (
	officer, agent, lead, admin, auditor = actor("officer"), actor("agent"), actor("lead"), actor("administrator"), actor("auditor")
	nobody                               = access.Actor{}
)

type people struct{}

func (people) Names(context.Context, []ident.ID) (map[ident.ID]string, error) { return nil, nil }
func (people) Agents(context.Context, string) ([]helpdesk.Agent, error)       { return nil, nil }
func (people) Reachable(context.Context, helpdesk.WayKind, string) ([]helpdesk.Contact, error) {
	return nil, nil
}

// thursday is 10/11/2016 08:00 in the city.
var thursday = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

type room struct {
	*Service
	t    *testing.T
	at   *clock.Fake
	cals *calstore.Store
}

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	at := clock.At(thursday)
	units := org.NewUnits(d, clock.System{})
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	cals := calstore.New(d, clock.System{})
	if err := cals.Seed(t.Context(), thursday); err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	rules := NewStore(d, clock.System{})
	if err := rules.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	desk := helpdesk.New(helpdesk.Deps{DB: d, Business: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: people{}, Files: files.New(d, at, blobs), Rules: rules})
	jobs := job.New(d, clock.System{}, slog.New(slog.NewTextHandler(io.Discard, nil)), func(_ context.Context, id ident.ID) (access.Actor, error) { return actor(string(id)), nil })
	return &room{New(Deps{DB: d, Business: at, Store: rules, Desk: desk, Jobs: jobs, Units: units, Calendars: cals}), t, at, cals}
}

func eachDB(t *testing.T, f func(t *testing.T, r *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

func (r *room) ask(service helpdesk.Category) helpdesk.Ticket {
	r.t.Helper()
	x, err := r.Desk.Open(r.t.Context(), officer, helpdesk.Draft{Unit: dangXa, Title: "Mất mạng", Body: "Từ sáng.", Service: service, Impact: 2, Urgency: 3, Source: "web"})
	if err != nil {
		r.t.Fatal(err)
	}
	return x
}

func (r *room) keys() (keys []string) {
	r.t.Helper()
	book, err := r.Store.Book(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, one := range book {
		keys = append(keys, one.Key)
	}
	return keys
}

// line is a rule for lines of one district: the same day, and two days.
func line() Draft {
	return Draft{Name: "Đường truyền Gia Lâm", Terms: sla.Terms{When: sla.Conditions{Services: []string{"line"}, Units: []string{"018"}}, Calendar: calstore.Office,
		Answer: sla.Budget{N: 0, Unit: sla.EndOfDay}, Next: sla.Budget{N: 60, Unit: sla.Minutes}, Resolve: sla.Budget{N: 2, Unit: sla.Days},
		Ladder: []sla.Step{{Of: sla.Resolve, Minutes: -30, To: sla.Lead}}}}
}

func TestANewRuleIsAppliedToOpenTicketsByAJob(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		mine, other := r.ask(helpdesk.Line), r.ask(helpdesk.Software)
		if mine.Rule != "p2@1" {
			t.Fatalf("the shipped rule is %s", mine.Rule)
		}
		w, err := r.Preview(ctx, lead, "", line())
		if err != nil || w.Open != 2 || w.Under[newKey] != 0 {
			t.Errorf("behind the rules of priorities it fits %+v, %v", w, err) // those come first
		}
		run, err := r.Save(ctx, lead, "", line())
		if err != nil {
			t.Fatal(err)
		}
		key := r.keys()[3]
		for range 3 {
			if _, err := r.Move(ctx, lead, key, true); err != nil {
				t.Fatal(err)
			}
		}
		if r.keys()[0] != key {
			t.Fatalf("order %v", r.keys())
		}
		if n, err := r.Jobs.RunDue(ctx); err != nil || n != 4 {
			t.Fatalf("%d jobs, %v", n, err)
		}
		got, err := r.Jobs.Get(ctx, lead, run)
		if err != nil || got.State != job.Done || got.Percent() != 100 {
			t.Errorf("%+v, %v", got, err)
		}
		if last, ok, err := r.Jobs.Last(ctx, RecomputeJob); err != nil || !ok || last.State != job.Done {
			t.Errorf("the last one: %+v, %v", last, err)
		}
		for _, one := range []struct {
			id   ident.ID
			rule string
		}{{mine.ID, key + "@4"}, {other.ID, "p2@1"}} {
			x, err := r.Desk.ByNumber(ctx, officer, map[ident.ID]string{mine.ID: mine.Number(), other.ID: other.Number()}[one.id])
			if err != nil || x.Rule != one.rule {
				t.Errorf("%s, want %s, %v", x.Rule, one.rule, err)
			}
		}
		rule, err := r.Store.Past(ctx, key+"@1")
		if err != nil || rule.Name != line().Name || rule.Resolve != line().Resolve {
			t.Errorf("the first version: %+v, %v", rule, err)
		}
	})
}

func TestTheLastRuleStaysLastAndOn(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		for name, err := range map[string]error{
			"moved up":       second(r.Move(ctx, lead, sla.CatchAll, true)),
			"pushed down":    second(r.Move(ctx, lead, "p3", false)),
			"first moved up": second(r.Move(ctx, lead, "p1", true)),
			"switched off":   second(r.Switch(ctx, lead, sla.CatchAll, true)),
		} {
			if !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		d := line()
		d.Version = 1
		if _, err := r.Save(ctx, lead, sla.CatchAll, d); !fault.Is(err, fault.Invalid) {
			t.Errorf("with conditions: %v", err)
		}
		if _, err := r.Switch(ctx, lead, "p2", true); err != nil {
			t.Fatal(err)
		}
		if x := r.ask(helpdesk.Line); x.Rule != "other@1" {
			t.Errorf("with its rule off, a ticket has %s", x.Rule)
		}
	})
}

func second(_ ident.ID, err error) error { return err }

func TestTwoWhoEditOneRule(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		d := line()
		d.Version = 1
		if _, err := r.Save(t.Context(), lead, "p1", d); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Save(t.Context(), admin, "p1", d); !fault.Is(err, fault.Conflict) {
			t.Errorf("who came second: %v", err)
		}
	})
}

func TestOnlyManagersChangeRules(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		for _, one := range []struct {
			who  access.Actor
			want bool
		}{{lead, true}, {admin, true}, {agent, false}, {officer, false}, {auditor, false}, {nobody, false}} {
			for name, err := range map[string]error{
				"save":   second(r.Save(ctx, one.who, "", line())),
				"move":   second(r.Move(ctx, one.who, "p3", true)),
				"switch": second(r.Switch(ctx, one.who, "p3", false)),
				"again":  second(r.Again(ctx, one.who)),
			} {
				if (err == nil) != one.want {
					t.Errorf("%s as %s: %v", name, one.who.ID, err)
				}
			}
			if _, err := r.Preview(ctx, one.who, "", line()); (err == nil) != one.want {
				t.Errorf("preview as %s: %v", one.who.ID, err)
			}
		}
	})
}

func TestWhatIsRefused(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	for name, change := range map[string]func(*Draft){
		"no name":          func(d *Draft) { d.Name = " " },
		"no condition":     func(d *Draft) { d.When = sla.Conditions{} },
		"strange calendar": func(d *Draft) { d.Calendar = "moon" },
		"no time":          func(d *Draft) { d.Answer = sla.Budget{Unit: sla.Minutes} },
		"strange unit":     func(d *Draft) { d.Resolve.Unit = "moons" },
		"a step twice":     func(d *Draft) { d.Ladder = append(d.Ladder, d.Ladder[0]) },
		"a far step":       func(d *Draft) { d.Ladder[0].Minutes = 1_000_000 },
	} {
		d := line()
		change(&d)
		if _, err := r.Save(t.Context(), lead, "", d); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAChangedCalendarComputesOpenTicketsAgain(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		r.at.Set(time.Date(2016, 11, 11, 1, 0, 0, 0, time.UTC))
		if _, err := r.Jobs.RunDue(ctx); err != nil {
			t.Fatal(err)
		}
		x := r.ask(helpdesk.Line) // P2 on Friday at 8:00: a day
		events := outbox.NewDispatcher(r.DB, clock.System{}, slog.New(slog.NewTextHandler(io.Discard, nil)), r.Handlers()...)
		y, err := r.cals.Year(ctx, admin, 2016)
		if err != nil {
			t.Fatal(err)
		}
		y.Off = append(y.Off, worktime.DayOff{Day: worktime.DayOf(2016, time.November, 11), Name: "Nghỉ bão"})
		if err := r.cals.SaveYear(ctx, admin, y.Year, y.Version); err != nil {
			t.Fatal(err)
		}
		if _, err := events.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Jobs.RunDue(ctx); err != nil {
			t.Fatal(err)
		}
		got, err := r.Desk.ByNumber(ctx, officer, x.Number())
		want := time.Date(2016, 11, 14, 10, 30, 0, 0, time.UTC)
		if err != nil || !got.ResolveDue.Equal(want) {
			t.Errorf("due %v, want %v, %v", got.ResolveDue, want, err)
		}
	})
}
