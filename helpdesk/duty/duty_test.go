package duty

import (
	"context"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// A commune of Gia Lâm, and one of another district.
const dangXa, giaLam, far = "00556", "018", "00376"

var policy = access.Policy{
	"officer": {helpdesk.Ask},
	"agent":   {helpdesk.Ask, helpdesk.Read, helpdesk.Work},
	"lead":    {helpdesk.Ask, helpdesk.Read, helpdesk.Work, helpdesk.Assign, helpdesk.Manage},
	"auditor": {helpdesk.Read},
}

func actor(name string, role access.Role) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(name), Name: name, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: true}}})
}

var (
	officer, lead, auditor = actor("officer", "officer"), actor("lead", "lead"), actor("auditor", "auditor")
	an, binh               = actor("an", "agent"), actor("binh", "agent")
	nobody                 = access.Actor{}
)

// people are two agents for the whole city and one for a district only.
type people struct{}

func (people) Names(_ context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	m := map[ident.ID]string{}
	for _, id := range ids {
		m[id] = "Tên " + string(id)
	}
	return m, nil
}

func (people) Agents(_ context.Context, unit string) ([]helpdesk.Agent, error) {
	all := []helpdesk.Agent{{ID: "an", Name: "An"}, {ID: "binh", Name: "Bình"}, {ID: "lead", Name: "Lan"}}
	if unit == "" || unit == far {
		all = append(all, helpdesk.Agent{ID: "chi", Name: "Chi"})
	}
	return all, nil
}

func (people) Reachable(context.Context, helpdesk.WayKind, string) ([]helpdesk.Contact, error) {
	return nil, nil
}

type room struct {
	*Service
	t  *testing.T
	at *clock.Fake
}

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	at := clock.At(city(10, 9, 0))
	units := org.NewUnits(d, clock.System{})
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	cals := calstore.New(d, clock.System{})
	if err := cals.Seed(t.Context(), at.Now()); err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	desk := helpdesk.New(helpdesk.Deps{DB: d, Business: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: people{}, Files: files.New(d, at, blobs)})
	return &room{New(Deps{DB: d, Business: at, Desk: desk, Calendars: cals, Calendar: calstore.Office, Units: units, People: people{}}), t, at}
}

func eachDB(t *testing.T, f func(t *testing.T, r *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) ask(unit string, urgency int) helpdesk.Ticket {
	r.t.Helper()
	x, err := r.Desk.Open(r.t.Context(), officer, helpdesk.Draft{Unit: unit, Title: "Không đăng nhập được", Body: "Từ sáng.", Service: helpdesk.Account, Impact: 1, Urgency: urgency, Source: "web"})
	r.must(err)
	return x
}

func (r *room) owner(x helpdesk.Ticket) ident.ID {
	r.t.Helper()
	got, err := r.Desk.ByNumber(r.t.Context(), officer, x.Number())
	r.must(err)
	return got.Owner
}

func (r *room) assign(want int) {
	r.t.Helper()
	if n, err := r.Assign(r.t.Context(), 50); err != nil || n != want {
		r.t.Fatalf("assigned %d, want %d, %v", n, want, err)
	}
}

var (
	week  = []time.Weekday{1, 2, 3, 4, 5}
	whole = worktime.Span{From: 480, To: 1050}
)

func (r *room) onDuty(who ...ident.ID) {
	r.t.Helper()
	for _, one := range who {
		r.must(r.AddShifts(r.t.Context(), lead, helpdesk.Desk, one, week, whole))
	}
}

func TestNewTicketsGoToThoseOnDutyInTurn(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		first := r.ask(dangXa, 2)
		r.assign(0) // the group does not want it
		r.onDuty("an", "binh", "chi")
		r.must(r.SetMode(ctx, lead, helpdesk.Desk, RoundRobin))
		second, third, beyond := r.ask(dangXa, 2), r.ask(dangXa, 2), r.ask(far, 2)
		r.assign(4)
		for _, x := range []helpdesk.Ticket{first, second, third} {
			if o := r.owner(x); o != "an" && o != "binh" {
				t.Errorf("%s went to %q, who may not work there or is not on duty", x.Number(), o)
			}
		}
		if r.owner(beyond) == "" {
			t.Error("the far one has nobody")
		}
		r.at.Set(city(10, 20, 0))
		night := r.ask(dangXa, 2)
		r.assign(0)
		r.at.Set(city(11, 8, 0))
		r.assign(1)
		if r.owner(night) == "" {
			t.Error("the ticket of the night has nobody in the morning")
		}
	})
}

func TestLoadCountsByPriority(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		r.onDuty("an", "binh")
		pressing := r.ask(dangXa, 3)
		_, err := r.Desk.Take(ctx, an, pressing.ID, 0)
		r.must(err)
		r.must(r.SetMode(ctx, lead, helpdesk.Desk, ByLoad))
		small := r.ask(dangXa, 1)
		r.assign(1)
		if got := r.owner(small); got != "binh" {
			t.Errorf("given to %q", got)
		}
		r.must(r.SetMode(ctx, lead, helpdesk.Desk, ByDistrict))
		r.must(r.SetDistrict(ctx, lead, helpdesk.Desk, giaLam, "an"))
		own := r.ask(dangXa, 1)
		r.assign(1)
		if got := r.owner(own); got != "an" {
			t.Errorf("of the district, given to %q", got)
		}
	})
}

func TestWhoIsAwayHandsOver(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		r.onDuty("an", "binh")
		var mine []helpdesk.Ticket
		for range 3 {
			x := r.ask(dangXa, 2)
			_, err := r.Desk.Take(ctx, an, x.ID, 0)
			r.must(err)
			mine = append(mine, x)
		}
		a, err := r.Leave(ctx, an, Absence{StandIn: "binh", From: city(11, 8, 0), Until: city(14, 8, 0), Note: "Việc gia đình"})
		r.must(err)
		if n, err := r.HandOver(ctx, 100); err != nil || n != 0 {
			t.Fatalf("moved %d before it began, %v", n, err)
		}
		r.at.Set(city(11, 8, 0))
		if n, err := r.HandOver(ctx, 2); err != nil || n != 2 { // what does not fit waits for the next round
			t.Fatalf("moved %d, %v", n, err)
		}
		if n, err := r.HandOver(ctx, 100); err != nil || n != 1 {
			t.Fatalf("then moved %d, %v", n, err)
		}
		for _, x := range mine {
			if r.owner(x) != "binh" {
				t.Errorf("%s is with %q", x.Number(), r.owner(x))
			}
		}
		var told []struct{ Account, Template string }
		r.must(r.DB.Read().NewRaw("SELECT account, template FROM notice WHERE template LIKE 'duty.%' ORDER BY account").Scan(ctx, &told))
		if len(told) != 2 || told[0].Account != "an" || told[1].Template != "duty.notice.stands_in" {
			t.Errorf("told %v", told)
		}
		r.must(r.SetMode(ctx, lead, helpdesk.Desk, RoundRobin))
		x := r.ask(dangXa, 2)
		r.assign(1)
		if r.owner(x) != "binh" {
			t.Errorf("while an is away, %q got a ticket", r.owner(x))
		}
		if err := r.Return(ctx, binh, a.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("somebody else ended it: %v", err)
		}
		r.must(r.Return(ctx, an, a.ID))
		if err := r.Return(ctx, an, a.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("ended twice: %v", err)
		}
	})
}

func TestAnAbsenceEndsByItself(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		a, err := r.Leave(ctx, lead, Absence{Account: "an", StandIn: "binh", From: city(10, 9, 0), Until: city(10, 12, 0)})
		r.must(err)
		if _, err := r.Leave(ctx, lead, Absence{Account: "binh", StandIn: "an", From: city(10, 10, 0), Until: city(10, 11, 0)}); !fault.Is(err, fault.Conflict) {
			t.Errorf("the stand-in may leave as well: %v", err)
		}
		for _, at := range []time.Time{city(10, 9, 1), city(10, 12, 1)} {
			r.at.Set(at)
			_, err := r.HandOver(ctx, 100)
			r.must(err)
		}
		var state string
		r.must(r.DB.Read().NewRaw("SELECT state FROM duty_absence WHERE id = ?", a.ID).Scan(ctx, &state))
		if state != Over {
			t.Errorf("it is %s", state)
		}
	})
}

func TestWhoMayChangeTheRoster(t *testing.T) {
	eachDB(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		for _, one := range []struct {
			who    access.Actor
			manage bool
			leave  bool
		}{{lead, true, true}, {an, false, true}, {officer, false, false}, {auditor, false, false}, {nobody, false, false}} {
			for name, err := range map[string]error{
				"shift":     r.AddShifts(ctx, one.who, helpdesk.Desk, "an", week, whole),
				"exception": r.Except(ctx, one.who, Exception{Group: helpdesk.Desk, Account: "an", Day: "2016-11-12", Works: true, From: 480, To: 720}),
				"mode":      r.SetMode(ctx, one.who, helpdesk.Desk, ByLoad),
				"district":  r.SetDistrict(ctx, one.who, helpdesk.Desk, giaLam, "an"),
			} {
				if (err == nil) != one.manage {
					t.Errorf("%s as %s: %v", name, one.who.ID, err)
				}
			}
			_, err := r.Leave(ctx, one.who, Absence{StandIn: "binh", From: city(20, 8, 0), Until: city(21, 8, 0)})
			if (err == nil) != one.leave && !fault.Is(err, fault.Conflict) {
				t.Errorf("leave as %s: %v", one.who.ID, err)
			}
		}
		if _, err := r.Leave(ctx, an, Absence{Account: "binh", StandIn: "an", From: city(22, 8, 0), Until: city(23, 8, 0)}); !fault.Is(err, fault.Denied) {
			t.Errorf("an agent sends a colleague away: %v", err)
		}
	})
}

func TestWhatARosterRefuses(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	ctx := t.Context()
	for name, err := range map[string]error{
		"a stranger":      r.AddShifts(ctx, lead, helpdesk.Desk, "officer", week, whole),
		"no weekday":      r.AddShifts(ctx, lead, helpdesk.Desk, "an", nil, whole),
		"ends before":     r.AddShifts(ctx, lead, helpdesk.Desk, "an", week, worktime.Span{From: 600, To: 600}),
		"no group":        r.AddShifts(ctx, lead, "moon", "an", week, whole),
		"no day":          r.Except(ctx, lead, Exception{Group: helpdesk.Desk, Account: "an", Day: "soon"}),
		"no mode":         r.SetMode(ctx, lead, helpdesk.Desk, "moon"),
		"not a district":  r.SetDistrict(ctx, lead, helpdesk.Desk, dangXa, "an"),
		"no stand-in":     leaveErr(r.Leave(ctx, an, Absence{StandIn: "an", From: city(10, 8, 0), Until: city(11, 8, 0)})),
		"back before now": leaveErr(r.Leave(ctx, an, Absence{StandIn: "binh", From: city(8, 8, 0), Until: city(9, 8, 0)})),
	} {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := r.DropShift(ctx, an, ident.New(r.at.Now())); !fault.Is(err, fault.Denied) {
		t.Errorf("an agent drops a shift: %v", err)
	}
}

func leaveErr(_ Absence, err error) error { return err }
