package incident

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// A commune, and its district.
const (
	dangXa = "00556"
	giaLam = "018"
)

var policy = access.Policy{
	"officer":    {helpdesk.Ask},
	"agent":      {helpdesk.Ask, helpdesk.Read, helpdesk.Work, Read},
	"lead":       {helpdesk.Ask, helpdesk.Read, helpdesk.Work, Read, Lead},
	"leadership": {helpdesk.Read, Read},
}

func person(id string, role access.Role, units ...string) access.Actor {
	home := ""
	if len(units) == 1 {
		home = units[0]
	}
	return policy.As(access.Actor{ID: ident.ID(id), Name: id, Home: home, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	officer    = person("officer", "officer", dangXa)
	agent      = person("agent", "agent")
	far        = person("far-agent", "agent", "00376")
	lead       = person("lead", "lead")
	leadership = person("leadership", "leadership")
	nobody     = access.Actor{}
	monday     = time.Date(2016, 11, 14, 1, 5, 0, 0, time.UTC)
)

type people struct{}

func (people) Names(_ context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	m := map[ident.ID]string{}
	for _, id := range ids {
		m[id] = "Tên " + string(id)
	}
	return m, nil
}

func (people) Agents(context.Context, string) ([]helpdesk.Agent, error) { return nil, nil }

func (people) Reachable(context.Context, helpdesk.WayKind, string) ([]helpdesk.Contact, error) {
	return nil, nil
}

type room struct {
	*Service
	at   *clock.Fake
	jobs *job.Jobs
	t    *testing.T
}

func eachRoom(t *testing.T, f func(t *testing.T, s *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(monday)
		units := org.NewUnits(d, clock.System{})
		if _, err := units.LoadBuiltIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		cals := calstore.New(d, clock.System{})
		if err := cals.Seed(t.Context(), monday); err != nil {
			t.Fatal(err)
		}
		blobs, err := files.Folder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		desk := helpdesk.New(helpdesk.Deps{DB: d, Business: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: people{}, Files: files.New(d, at, blobs),
			Fresh: deadline.Stored(cals)})
		jobs := job.New(d, at, slog.New(slog.DiscardHandler), func(_ context.Context, id ident.ID) (access.Actor, error) { return person(string(id), "lead"), nil })
		s := New(Deps{DB: d, Business: at, Desk: desk, Units: units, People: people{}, Jobs: jobs})
		s.Join()
		f(t, &room{s, at, jobs, t})
	})
}

// ask opens a ticket of a commune.
func (s *room) ask(unit, title string, incident ident.ID) helpdesk.Ticket {
	s.t.Helper()
	t, err := s.Desk.Open(s.t.Context(), person("officer-"+unit, "officer", unit), helpdesk.Draft{Unit: unit, Title: title, Body: "Báo lỗi khi đăng nhập.", Service: helpdesk.Software,
		Impact: 2, Urgency: 3, Source: "web", Incident: incident})
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}

func (s *room) ticket(t helpdesk.Ticket) helpdesk.Detail {
	s.t.Helper()
	d, err := s.Desk.Get(s.t.Context(), lead, t.ID, page.Read("", ""))
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func (s *room) communes(n int) []string {
	s.t.Helper()
	tree, err := s.Units.Tree(s.t.Context(), monday)
	if err != nil {
		s.t.Fatal(err)
	}
	var all []string
	for _, u := range tree.Communes("")[:n] {
		all = append(all, u.Code)
	}
	return all
}

func (s *room) get(id ident.ID) Detail {
	s.t.Helper()
	d, err := s.Get(s.t.Context(), lead, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func draft(change ...func(*Draft)) Draft {
	d := Draft{Title: "Phần mềm hộ tịch từ chối đăng nhập", Service: helpdesk.Software, Known: "Máy chủ của Bộ trả lỗi 503.", Advice: "Nhận hồ sơ giấy.", Everywhere: true}
	for _, c := range change {
		c(&d)
	}
	return d
}

func (s *room) declared(change ...func(*Draft)) Incident {
	s.t.Helper()
	i, err := s.Declare(s.t.Context(), lead, draft(change...))
	if err != nil {
		s.t.Fatal(err)
	}
	return i
}

func kindOf(err error) string {
	switch {
	case err == nil:
		return "ok"
	case fault.Is(err, fault.Missing):
		return "missing"
	case fault.Is(err, fault.Denied):
		return "denied"
	case fault.Is(err, fault.SignIn):
		return "sign_in"
	case fault.Is(err, fault.Conflict):
		return "conflict"
	case fault.Is(err, fault.Invalid):
		return "invalid"
	}
	return err.Error()
}
