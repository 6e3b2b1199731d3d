package helpdesk

import (
	"context"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// Communes of Gia Lâm and of Hoàng Mai.
const (
	dangXa = "00556"
	giaLam = "018"
)

var policy = access.Policy{
	"one_stop_officer":     {Ask},
	"district_coordinator": {Ask, Read},
	"support_agent":        {Ask, Read, Work},
	"support_lead":         {Ask, Read, Work, Assign, Manage},
	"auditor":              {Read},
	"manages":              {Manage},
	"citizen":              {},
}

func actor(id string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(id), Name: id, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	officer  = actor("officer", "one_stop_officer", dangXa)
	other    = actor("other-officer", "one_stop_officer", dangXa)
	stranger = actor("far-officer", "one_stop_officer", "00577")
	agent    = actor("agent", "support_agent")
	second   = actor("second-agent", "support_agent")
	local    = actor("local-agent", "support_agent", "00577")
	lead     = actor("lead", "support_lead")
	auditor  = actor("auditor", "auditor")
	citizen  = actor("citizen", "citizen", dangXa)
	nobody   = access.Actor{}
)

// people is a small town: everybody with an account is called by their key.
type people struct{}

func (people) Names(_ context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	m := map[ident.ID]string{}
	for _, id := range ids {
		if len(id) < 36 { // contacts have IDs that were made
			m[id] = "Tên " + string(id)
		}
	}
	return m, nil
}

func (people) Agents(context.Context, string) ([]Agent, error) {
	return []Agent{{ID: "agent", Name: "Tên agent"}, {ID: "second-agent", Name: "Tên second-agent"}}, nil
}

func (people) Reachable(_ context.Context, kind WayKind, value string) ([]Contact, error) {
	if kind == PhoneWay && value == "0912345678" {
		return []Contact{{ID: "officer", Account: "officer", Name: "Tên officer", Unit: dangXa}}, nil
	}
	return nil, nil
}

// thursday is 10/11/2016 08:00 in the city.
var thursday = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

type desk struct {
	*Service
	at *clock.Fake
	t  testing.TB
}

func open(t testing.TB, d *db.DB) *desk {
	t.Helper()
	at := clock.At(thursday)
	machine := clock.At(thursday) // stands still: what is remembered stays fresh however slow the machine
	units := org.NewUnits(d, machine)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	cals := calstore.New(d, machine)
	if err := cals.Seed(t.Context(), thursday); err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &desk{New(Deps{DB: d, Business: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: people{}, Files: files.New(d, at, blobs)}), at, t}
}

func eachDB(t *testing.T, f func(t *testing.T, s *desk)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

func draft(change ...func(*Draft)) Draft {
	d := Draft{Unit: dangXa, Title: "Máy quét không nhận giấy", Body: "Đèn đỏ nháy, khởi động lại không được.", Service: Device, Impact: 2, Urgency: 3, Source: "web"}
	for _, c := range change {
		c(&d)
	}
	return d
}

// ask opens a ticket of the officer.
func (s *desk) ask(change ...func(*Draft)) Ticket {
	s.t.Helper()
	t, err := s.Open(s.t.Context(), officer, draft(change...))
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

func (s *desk) must(t Ticket, err error) Ticket {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

func (s *desk) detail(who access.Actor, id ident.ID) Detail {
	s.t.Helper()
	d, err := s.Get(s.t.Context(), who, id, page.Read("", ""))
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// city is a moment of the city's wall clock.
func city(day, hour, minute int) time.Time {
	return time.Date(2016, 11, day, hour, minute, 0, 0, clock.City).UTC()
}

func words(body string) Words { return Words{Body: body} }

// given is a ticket that has come to a state.
func (s *desk) given(state State) Ticket {
	s.t.Helper()
	t, ctx := s.ask(), s.t.Context()
	switch state {
	case Open:
		t = s.must(s.Reply(ctx, agent, t.ID, words("Đang xem.")))
	case OnHold:
		t = s.must(s.Hold(ctx, agent, t.ID, Requester, words("Gửi giúp ảnh đèn báo.")))
	case Resolved, Closed, Reopened:
		t = s.must(s.Resolve(ctx, agent, t.ID, words("Đã thay cáp.")))
	}
	switch state {
	case Closed:
		t = s.must(s.Close(ctx, officer, t.ID, 0, ""))
	case Reopened:
		t = s.must(s.Reopen(ctx, officer, t.ID, words("Vẫn không nhận.")))
	}
	if t.State != state {
		s.t.Fatalf("given %s, got %s", state, t.State)
	}
	return t
}

var allStates = []State{StateNew, Open, OnHold, Resolved, Reopened, Closed}
