package alert

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/reports"
	"lotrinh/reports/metric"
)

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC) // 08:00 in Hanoi, a Thursday

const giaLam, socSon = "018", "016"

var policy = access.Policy{
	"planner":              {Look, Handle, Configure},
	"district_coordinator": {Look, Handle},
	"auditor":              {Look},
	"agent":                {},
}

// people holds one leader of everything and one coordinator of each district.
type people struct{}

func (people) InPost(_ context.Context, role access.Role, unit string) ([]ident.ID, error) {
	if role == "leadership" {
		return []ident.ID{"boss"}, nil
	}
	return []ident.ID{"boss", ident.ID("her-" + unit)}, nil
}

// measures tells what it was set to of each day, by metric and unit.
type measures struct {
	mu   sync.Mutex
	days map[metric.Key]map[string]map[string]int64
}

func (m *measures) set(k metric.Key, unit string, day time.Time, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.days[k] == nil {
		m.days[k] = map[string]map[string]int64{}
	}
	if m.days[k][unit] == nil {
		m.days[k][unit] = map[string]int64{}
	}
	m.days[k][unit][clock.Date(day)] = n
}

func (m *measures) Values(context.Context, access.Actor, metric.Ask) (metric.Table, error) {
	return metric.Table{}, nil
}

func (m *measures) Series(_ context.Context, _ access.Actor, a metric.Ask) ([]metric.Line, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []metric.Line
	for _, k := range a.Metrics {
		for _, u := range a.Units {
			l := metric.Line{Metric: k, Unit: u}
			for day, n := range m.days[k][u] {
				if day >= a.Span.From && day <= a.Span.Until {
					l.Marks = append(l.Marks, metric.Mark{Day: day, Value: metric.Value{N: n, Known: true}})
				}
			}
			out = append(out, l)
		}
	}
	return out, nil
}

type house struct {
	*Service
	t                                   *testing.T
	at                                  *clock.Fake
	m                                   *measures
	planner, her, there, auditor, agent access.Actor
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	at := clock.At(start)
	units := org.NewUnits(d, at)
	h := &house{t: t, at: at, m: &measures{days: map[metric.Key]map[string]map[string]int64{}}}
	_, err := units.LoadBuiltIn(t.Context())
	h.ok(err)
	tree, err := units.Tree(t.Context(), start)
	h.ok(err)
	as := func(role access.Role, under string) access.Actor {
		return policy.As(access.Actor{ID: ident.ID("0191f2a0-0000-7000-8000-" + fmt.Sprintf("%012s", string(role)+under)[:12]), Name: "Nguyễn Thị Hoa",
			Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: tree.Under(under)}}})
	}
	h.planner, h.her, h.there, h.auditor, h.agent = as("planner", ""), as("district_coordinator", giaLam), as("district_coordinator", socSon), as("auditor", ""), as("agent", "")
	h.Service = New(Deps{DB: d, Business: at, Units: units, People: people{}, Measures: h.m, Roles: []access.Role{"leadership", "district_coordinator"}})
	h.ok(h.Seed(t.Context(), "leadership", "district_coordinator"))
	h.ok(h.Seed(t.Context(), "leadership"))
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("%v %+v", err, fault.Of(err).Fields)
	}
}

// share sets today's finished and late dossiers of a district.
func (h *house) share(unit string, late, finished int64) {
	h.m.set("dossiers.finished", unit, h.at.Now(), finished)
	h.m.set("dossiers.finished_late", unit, h.at.Now(), late)
}

func (h *house) check(want int) {
	h.t.Helper()
	n, err := h.Check(h.t.Context())
	if err != nil || n != want {
		h.t.Errorf("%d alerts opened (%v), want %d", n, err, want)
	}
	h.at.Move(Every)
}

func (h *house) notices() int {
	h.t.Helper()
	n, err := h.DB.Read().NewSelect().Table("notice").Where("template = ?", "alert.notice.opened").Count(h.t.Context())
	h.ok(err)
	return int(n)
}

func (h *house) episodes() []Episode {
	h.t.Helper()
	p, err := h.List(h.t.Context(), h.planner, true, page.Read("", ""))
	h.ok(err)
	return p.Items
}

func TestALateShareIsToldOnceUntilItIsBack(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.share(giaLam, 5, 100)
		h.check(0) // five in a hundred is not over
		h.share(giaLam, 6, 100)
		h.share(socSon, 9, 19) // too few
		h.check(1)
		h.share(giaLam, 11, 100)
		for range 5 {
			h.check(0)
		}
		if n := h.notices(); n != 2 { // the leader once though two roles name him, and the district
			t.Errorf("%d notices", n)
		}
		h.share(giaLam, 45, 1000)
		h.check(0) // under the bound, not yet under 4 %
		h.share(giaLam, 4, 100)
		h.check(0)
		e := h.episodes()
		if len(e) != 1 || e[0].ClosedAt == nil || e[0].Value != 600 || e[0].Peak != 1100 || e[0].ClosedValue != 400 || e[0].Unit != giaLam || e[0].Told != 2 {
			t.Fatalf("%+v", e)
		}
		h.share(giaLam, 6, 100)
		h.check(1)
		if n := h.notices(); n != 4 {
			t.Errorf("a new crossing: %d notices", n)
		}
	})
}

func TestTwoProcessesNeverTellTwice(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.share(giaLam, 10, 100)
		twin := New(h.Deps)
		opened := make([]int, 6)
		var all sync.WaitGroup
		for i := range opened {
			s := h.Service
			if i%2 == 1 {
				s = twin
			}
			all.Go(func() {
				n, err := s.Check(t.Context())
				if opened[i] = n; err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		sum := 0
		for _, n := range opened {
			sum += n
		}
		if sum != 1 || len(h.episodes()) != 1 || h.notices() != 2 {
			t.Errorf("%v, %d episodes, %d notices", opened, len(h.episodes()), h.notices())
		}
	})
}

func form() Form {
	return Form{Name: "Phiếu tăng vọt", Metric: "tickets.opened", Reach: string(Chosen), Units: giaLam, Span: "days", Days: "1", Compare: risen, Threshold: "20", Clear: "10", Hold: "2", MinOf: "5",
		Severity: string(Critical), Roles: []string{"leadership"}, Enabled: true}
}

func TestARuleAgainstThePastIsTriedOutAndHolds(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		for i := range 100 {
			n := int64(10)
			if i == 0 || i == 30 {
				n = 15
			}
			h.m.set("tickets.opened", giaLam, start.AddDate(0, 0, -i), n)
		}
		tried, err := h.Try(t.Context(), h.planner, form())
		h.ok(err)
		if !tried.Known || tried.Alerts != 2 || tried.Units != 1 || tried.Days != 60 {
			t.Errorf("%+v", tried)
		}
		r, err := h.AddRule(t.Context(), h.planner, form())
		h.ok(err)
		h.check(0) // the first of two checks in a row
		h.check(1)
		e := h.episodes()
		words := i18n.T{Lang: i18n.VI}
		m, _ := metric.Find(r.Metric)
		if len(e) != 1 || written(words, m, e[0].Past, e[0].Value) != "+50,0%" {
			t.Errorf("%+v", e)
		}
		f := r.typed(words)
		if f.Threshold != "20" || f.Clear != "10" || f.Compare != risen {
			t.Errorf("%+v", f)
		}
		f.Units, f.Compare, f.Threshold, f.Clear = socSon, fallen, "30", "25,5"
		r2, err := h.ChangeRule(t.Context(), h.planner, r.ID, r.Version, f)
		h.ok(err)
		if r2.Threshold != -3000 || r2.Clear != -2550 || !r2.Below {
			t.Errorf("%+v", r2)
		}
		if _, err := h.ChangeRule(t.Context(), h.planner, r.ID, r.Version, f); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("an old version: %v", err)
		}
		h.check(0)
		if e := h.episodes(); e[0].ClosedAt == nil {
			t.Error("the rule no longer speaks of the unit, its episode is open")
		}
		bad := form()
		bad.Clear, bad.Span, bad.Metric, bad.Units, bad.Roles = "25", "month", "nothing", "x", nil
		_, err = h.AddRule(t.Context(), h.planner, bad)
		if n := len(fault.Of(err).Fields); !fault.Is(err, fault.Invalid) || n != 5 {
			t.Errorf("%d fields: %+v", n, fault.Of(err).Fields)
		}
	})
}

func TestAnEpisodeIsTakenNoteOfAndKeptQuiet(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.share(giaLam, 10, 100)
		h.check(1)
		e := h.episodes()[0]
		todo, err := h.Todo(t.Context(), i18n.T{}, h.her)
		h.ok(err)
		if len(todo) != 1 {
			t.Errorf("%d to do", len(todo))
		}
		e, err = h.Acknowledge(t.Context(), h.her, e.ID, e.Version, "Thiếu người ký, đã bố trí")
		h.ok(err)
		if _, err := h.Acknowledge(t.Context(), h.planner, e.ID, e.Version, "x"); !fault.HasKey(err, "alert.acked_already") {
			t.Errorf("twice: %v", err)
		}
		e, err = h.Snooze(t.Context(), h.planner, e.ID, e.Version, 3)
		h.ok(err)
		if _, quiet, err := h.Get(t.Context(), h.her, e.ID); err != nil || quiet == nil || clock.Date(*quiet) != "2016-11-14" {
			t.Errorf("quiet until %v (%v)", quiet, err)
		}
		if todo, err = h.Todo(t.Context(), i18n.T{}, h.her); err != nil || len(todo) != 0 {
			t.Errorf("%d to do (%v)", len(todo), err)
		}
		before := h.notices()
		h.share(giaLam, 1, 100)
		h.check(0)
		h.share(giaLam, 10, 100)
		h.check(1)
		if all := h.episodes(); len(all) != 2 || all[0].Told != 0 || h.notices() != before {
			t.Errorf("%+v, %d notices", all, h.notices())
		}
	})
}

func TestWhoMayDoWhatWithAlerts(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.share(giaLam, 10, 100)
		h.check(1)
		ctx, id, rule := t.Context(), h.episodes()[0].ID, h.episodes()[0].Rule
		for name, use := range map[string]struct {
			do             func(access.Actor) error
			right          access.Actor
			denied, hidden []access.Actor
		}{
			"read":   {func(a access.Actor) error { _, _, err := h.Get(ctx, a, id); return err }, h.auditor, []access.Actor{h.agent}, []access.Actor{h.there}},
			"ack":    {func(a access.Actor) error { _, err := h.Acknowledge(ctx, a, id, 99, "x"); return err }, h.her, []access.Actor{h.auditor, h.agent}, []access.Actor{h.there}},
			"snooze": {func(a access.Actor) error { _, err := h.Snooze(ctx, a, id, 99, 1); return err }, h.her, []access.Actor{h.auditor, h.agent}, []access.Actor{h.there}},
			"rules":  {func(a access.Actor) error { _, err := h.Rules(ctx, a); return err }, h.auditor, []access.Actor{h.agent}, nil},
			"add":    {func(a access.Actor) error { _, err := h.AddRule(ctx, a, Form{}); return err }, h.planner, []access.Actor{h.her, h.auditor, h.agent}, nil},
			"change": {func(a access.Actor) error { _, err := h.ChangeRule(ctx, a, rule, 99, Form{}); return err }, h.planner, []access.Actor{h.her, h.auditor, h.agent}, nil},
			"try":    {func(a access.Actor) error { _, err := h.Try(ctx, a, Form{}); return err }, h.planner, []access.Actor{h.her, h.auditor, h.agent}, nil},
		} {
			if err := use.do(use.right); fault.Is(err, fault.Denied) || fault.Is(err, fault.Missing) || fault.Is(err, fault.SignIn) {
				t.Errorf("%s, who may: %v", name, err)
			}
			for _, a := range use.denied {
				if err := use.do(a); !fault.Is(err, fault.Denied) {
					t.Errorf("%s, without the right: %v", name, err)
				}
			}
			for _, a := range use.hidden {
				if err := use.do(a); !fault.Is(err, fault.Missing) {
					t.Errorf("%s, elsewhere: %v", name, err)
				}
			}
			if err := use.do(access.Actor{}); !fault.Is(err, fault.SignIn) {
				t.Errorf("%s, nobody: %v", name, err)
			}
		}
	})
}

var _ reports.Measures = (*measures)(nil)
