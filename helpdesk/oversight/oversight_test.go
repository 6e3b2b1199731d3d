package oversight

import (
	"context"
	"reflect"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// A commune of Gia Lâm, and one of Sóc Sơn.
const dangXa, bacSon, giaLam, socSon = "00556", "00376", "018", "016"

var policy = access.Policy{
	"officer":     {helpdesk.Ask},
	"coordinator": {helpdesk.Ask, helpdesk.Read},
	"agent":       {helpdesk.Ask, helpdesk.Read, helpdesk.Work},
}

func actor(name string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(name), Name: name, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	officer, agent, other = actor("officer", "officer"), actor("agent", "agent"), actor("other", "agent")
	coordinator           = actor("coordinator", "coordinator", giaLam, dangXa)
	nobody                = access.Actor{}
)

type people struct{}

func (people) Names(context.Context, []ident.ID) (map[ident.ID]string, error) { return nil, nil }
func (people) Agents(context.Context, string) ([]helpdesk.Agent, error)       { return nil, nil }
func (people) Reachable(context.Context, helpdesk.WayKind, string) ([]helpdesk.Contact, error) {
	return nil, nil
}

type room struct {
	*Service
	t  *testing.T
	d  *db.DB
	at *clock.Fake
}

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	at := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)) // 10/11/2016 08:00 in the city
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
	return &room{New(Deps{Business: at, Desk: desk, Units: units, Rated: Rated{"answers", "score"}}), t, d, at}
}

func (r *room) ask(unit string) helpdesk.Ticket {
	r.t.Helper()
	x, err := r.Desk.Open(r.t.Context(), officer, helpdesk.Draft{Unit: unit, Title: "Mất mạng", Body: "Từ sáng.", Service: helpdesk.Line, Impact: 2, Urgency: 3, Source: "web"})
	if err != nil {
		r.t.Fatal(err)
	}
	return x
}

func (r *room) must(_ helpdesk.Ticket, err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// lived is a morning: one ticket answered in time, one late and paused, one solved and
// opened again, one elsewhere that nobody answered.
func (r *room) lived() {
	ctx := r.t.Context()
	in, late, again := r.ask(dangXa), r.ask(dangXa), r.ask(dangXa)
	r.ask(bacSon)
	words := helpdesk.Words{Body: "Đang xem."}
	r.must(r.Desk.Reply(ctx, agent, in.ID, words))
	r.must(r.Desk.Resolve(ctx, agent, again.ID, words))
	r.must(r.Desk.Reopen(ctx, officer, again.ID, words))
	r.at.Move(2 * time.Hour)
	r.must(r.Desk.Hold(ctx, other, late.ID, helpdesk.Vendor, words))
	err := r.d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return figures.Add(ctx, tx, figures.Value{Name: "answers", Unit: dangXa, Day: "2016-11-10", N: 2}, figures.Value{Name: "score", Unit: dangXa, Day: "2016-11-10", N: 9})
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func TestDistrictsAreSummedWithinTheReadersReach(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		r.lived()
		all, total, err := r.Districts(t.Context(), agent)
		if err != nil {
			t.Fatal(err)
		}
		by := map[string]Stand{}
		for _, s := range all {
			by[s.Code] = s
		}
		got := by[giaLam]
		if got.Open != 3 || got.Waiting() != 1 || got.Paused["vendor"] != 1 || got.Opened != 3 || got.Reopened != 1 || got.Answered != 2 || got.AnsweredLate != 1 || got.Rated != 2 || got.Score != 9 {
			t.Errorf("%+v", got)
		}
		if s := by[socSon]; s.Open != 1 || s.Late != 1 || s.Answered != 0 {
			t.Errorf("%+v", s)
		}
		if total.Open != 4 || total.Late != 1 || total.Opened != 4 || total.Reopened != 1 {
			t.Errorf("the sum is %+v", total)
		}
		own, sum, err := r.Districts(t.Context(), coordinator)
		if err != nil || len(own) != 1 || own[0].Code != giaLam || sum.Open != 3 {
			t.Errorf("the coordinator sees %+v, %v", own, err)
		}
		for _, who := range []access.Actor{officer, nobody} {
			if _, _, err := r.Districts(t.Context(), who); err == nil {
				t.Errorf("%q sees districts", who.ID)
			}
		}
	})
}

func TestADistrictIsSummedByCommune(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		r.lived()
		u, all, total, err := r.Communes(t.Context(), coordinator, giaLam)
		if err != nil || u.Code != giaLam || len(all) != 22 {
			t.Fatalf("%d communes of %q: %v", len(all), u.Code, err)
		}
		for _, s := range all {
			want := Stand{Code: s.Code, Name: s.Name, Paused: s.Paused}
			if s.Code == dangXa {
				want.Open, want.Opened, want.Reopened, want.Answered, want.AnsweredLate, want.Rated, want.Score = 3, 3, 1, 2, 1, 2, 9
			}
			if s.Name == "" || !reflect.DeepEqual(s, want) || s.Waiting() != map[bool]int64{true: 1}[s.Code == dangXa] {
				t.Errorf("%+v, not %+v", s, want)
			}
		}
		if total.Open != 3 || total.Waiting() != 1 || total.Reopened != 1 {
			t.Errorf("the sum is %+v", total)
		}
		for _, c := range []struct {
			who      access.Actor
			district string
			kind     fault.Kind
		}{{coordinator, socSon, fault.Missing}, {agent, dangXa, fault.Missing}, {agent, "999", fault.Missing}, {officer, giaLam, fault.Denied}, {nobody, giaLam, fault.SignIn}} {
			if _, _, _, err := r.Communes(t.Context(), c.who, c.district); fault.Of(err).Kind != c.kind {
				t.Errorf("%q asks for %s: %v", c.who.ID, c.district, err)
			}
		}
	})
}

func TestFiguresOfFlowAreProvedByCountingAnew(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		r.lived()
		for name, count := range helpdesk.Figures() {
			wrong, err := figures.Check(t.Context(), d.Read(), name, count)
			if err != nil || len(wrong) > 0 {
				t.Errorf("%s: %+v, %v", name, wrong, err)
			}
		}
	})
}

func TestEverybodySeesTheirOwnFiguresOnly(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		r.lived()
		sum := func(who access.Actor) map[string]int64 {
			rows, err := r.Desk.Own(t.Context(), who, "2016-11-01", "")
			if err != nil {
				t.Fatal(err)
			}
			all := map[string]int64{}
			for _, v := range rows {
				all[v.Dim] += v.N
			}
			return all
		}
		if got := sum(agent); got[helpdesk.FlowAnswered] != 2 || got[helpdesk.FlowReopened] != 1 || got[helpdesk.FlowAnsweredLate] != 0 {
			t.Errorf("the agent's own: %v", got)
		}
		if got := sum(other); got[helpdesk.FlowAnsweredLate] != 1 || got[helpdesk.FlowAnswered] != 0 {
			t.Errorf("the other's own: %v", got)
		}
		if _, err := r.Desk.Own(t.Context(), officer, "", ""); err == nil {
			t.Error("an officer has figures of work")
		}
		if _, err := r.Desk.TeamFlow(t.Context(), coordinator, "", ""); err != nil {
			t.Errorf("a coordinator is refused: %v", err)
		}
		rows, err := r.Desk.TeamFlow(t.Context(), agent, "2016-11-07", "")
		if err != nil || len(rows) == 0 {
			t.Errorf("the team's: %v, %v", rows, err)
		}
		if ages, err := r.Desk.Ages(t.Context(), agent); err != nil || ages[helpdesk.Infra][0] != (helpdesk.Aged{Open: 4, Late: 1}) {
			t.Errorf("ages: %v, %v", ages, err)
		}
	})
}
