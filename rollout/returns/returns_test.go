package returns

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
	"lotrinh/rollout/ask"
)

var start = time.Date(2016, 10, 25, 1, 0, 0, 0, time.UTC) // 08:00 in Hanoi, a Tuesday

const (
	giaLam = "018"
	dangXa = "00556"
)

var policy = access.Policy{
	"planner":     {rollout.Read, rollout.Plan, Check, Manage},
	"coordinator": {rollout.Read, Compile, Check},
	"officer":     {rollout.Read, HandIn},
	"focal":       {rollout.Read, Depart},
	"reader":      {rollout.Read},
}

// people tells notices to one account of each right and unit.
type people struct{}

func (people) Holding(_ context.Context, need access.Perm, unit string) ([]ident.ID, error) {
	return []ident.ID{ident.ID(string(need) + "@" + unit)}, nil
}

// knows is a system that knows of every commune as many dossiers as it is told.
type knows struct{ n int64 }

func (k *knows) Figures(_ context.Context, _ bun.IDB, names, units []string, _, _ time.Time) (map[string]map[string]int64, error) {
	out := map[string]map[string]int64{}
	for _, name := range names {
		out[name] = map[string]int64{}
		for _, u := range units {
			if name == "dossiers.received" {
				out[name][u] = k.n
			}
		}
	}
	return out, nil
}

type everyCommune struct{}

func (everyCommune) All(_ context.Context, units []string, _ time.Time) (map[string]rollout.Verdict, error) {
	return map[string]rollout.Verdict{}, nil
}

type house struct {
	*Service
	t       *testing.T
	at      *clock.Fake
	tree    *org.Tree
	knows   *knows
	planner access.Actor
	her     access.Actor // coordinator of Gia Lâm
	officer access.Actor // of Đặng Xá
	focal   access.Actor // of the departments
	away    access.Actor // officer of another district
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	at := clock.At(start)
	h := &house{t: t, at: at, knows: &knows{5}}
	units := org.NewUnits(d, at)
	_, err := units.LoadBuiltIn(t.Context())
	h.ok(err)
	h.tree, err = units.Tree(t.Context(), start)
	h.ok(err)
	cals := calstore.New(d, at)
	h.ok(cals.Seed(t.Context(), start))
	h.planner, h.her, h.officer, h.focal = h.as("planner", ""), h.as("coordinator", giaLam), h.as("officer", dangXa), h.as("focal", "")
	h.away = h.as("officer", h.tree.Communes("016")[0].Code)
	root := rollout.New(d, at, units, everyCommune{})
	p, err := rollout.Plan198()
	h.ok(err)
	_, err = root.ImportPlan(t.Context(), h.planner, p)
	h.ok(err)
	h.Service = New(Deps{DB: d, Business: at, Calendars: cals, Units: units, People: people{}, Figures: h.knows})
	h.ok(h.Seed(t.Context()))
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) as(role access.Role, under string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID("0191f2a0-0000-7000-8000-" + fmt.Sprintf("%012s", string(role)+under)[:12]), Name: "Nguyễn Thị Hoa",
		Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: h.tree.Under(under)}}})
}

func (h *house) open() Round {
	h.t.Helper()
	n, err := h.Due(h.t.Context(), access.System("test"))
	h.ok(err)
	if n != 1 {
		h.t.Fatalf("%d rounds opened", n)
	}
	rounds, _, err := h.Rounds(h.t.Context(), h.planner)
	h.ok(err)
	return rounds[0]
}

// of is the sheet of a unit, or of the first department.
func (h *house) of(r Round, unit string) Sheet {
	h.t.Helper()
	var rows []Sheet
	h.ok(h.DB.Read().NewSelect().Model(&rows).Where("rs.round = ? AND rs.unit = ?", r.ID, unit).Order("rs.id").Scan(h.t.Context()))
	if len(rows) == 0 {
		h.t.Fatalf("%s has no sheet", unit)
	}
	return rows[0]
}

// full are complete answers of a commune.
func full(received string) ask.Answers {
	return ask.Answers{Values: map[string]string{"received": received, "finished": "3", "on_time": "2", "tickets": "1", "gaps": "0", "trained": "4", "accounts": "4", "one_stop": "yes", "posted": "yes", "mood": "good"}}
}

func (h *house) handIn(who access.Actor, x Sheet, received string) Sheet {
	h.t.Helper()
	x, err := h.HandIn(h.t.Context(), who, Handed{ID: x.ID, Version: x.Version, Answers: full(received)})
	h.ok(err)
	return x
}

// settle lets clocks step and events reach this room.
func (h *house) settle() {
	h.t.Helper()
	_, err := deadline.Tick(h.t.Context(), h.DB, h.at.Now(), 2000)
	h.ok(err)
	p := outbox.NewDispatcher(h.DB, h.at, slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), h.Handlers()...)
	for left := int64(1); left > 0; { // events that nobody handles take turns with ours
		_, err = p.Run(h.t.Context())
		h.ok(err)
		left, err = h.DB.Read().NewSelect().Table("outbox_event").Where("NOT fanned").Count(h.t.Context())
		h.ok(err)
	}
}

func (h *house) notices(template string) int {
	h.t.Helper()
	n, err := h.DB.Read().NewSelect().Table("notice").Where("template = ?", template).Count(h.t.Context())
	h.ok(err)
	return int(n)
}

func TestOnThe25thEverybodyHasAReturnFilledWithWhatIsKnown(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.at.Set(start.AddDate(0, 0, -1))
		n, err := h.Due(t.Context(), access.System("test"))
		h.ok(err)
		if n != 0 {
			t.Fatal("opened a day too early")
		}
		h.at.Set(start)
		r := h.open()
		if n, err := h.Due(t.Context(), access.System("test")); err != nil || n != 0 {
			t.Errorf("a second time: %d %v", n, err)
		}
		v, err := h.Round(t.Context(), h.planner, r.ID)
		h.ok(err)
		all := Sum(v.Rates)
		if Sum(v.Rates, Commune).Expected != 416 || Sum(v.Rates, District).Expected != 18 || Sum(v.Rates, Department).Expected != 10 || all.Reported != 0 {
			t.Errorf("%+v", all)
		}
		x := h.of(r, dangXa)
		a, err := x.Answers()
		h.ok(err)
		due := time.Date(2016, 10, 28, 10, 0, 0, 0, time.UTC) // the closing of the third working day
		if a.Values["received"] != "5" || x.Filled != 1 || x.Asked != 10 || x.DueAt == nil || x.DueAt.Sub(due).Abs() > time.Hour {
			t.Errorf("%+v due %v", a, x.DueAt)
		}
	})
}

func TestAReturnIsHandedInCheckedLockedAndCorrected(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r := h.open()
		x := h.of(r, dangXa)
		x, err := h.SaveDraft(t.Context(), h.officer, Handed{x.ID, x.Version, ask.Answers{Values: map[string]string{"received": "7", "mood": "good"}}})
		h.ok(err)
		if x.State != Draft || x.Filled != 2 {
			t.Errorf("%+v", x)
		}
		if _, err := h.HandIn(t.Context(), h.officer, Handed{x.ID, x.Version, ask.Answers{}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("incomplete: %v", err)
		}
		h.knows.n = 9
		x, err = h.Refresh(t.Context(), h.officer, x.ID, x.Version)
		h.ok(err)
		if a, err := x.Answers(); err != nil || a.Values["received"] != "7" {
			t.Errorf("what was typed stays: %+v %v", a, err)
		}
		x = h.handIn(h.officer, x, "7")
		if x.State != HandedIn || !x.OnTime || x.Edition != 1 {
			t.Errorf("%+v", x)
		}
		if _, err := h.SaveDraft(t.Context(), h.officer, Handed{x.ID, x.Version, full("8")}); !fault.Is(err, fault.Conflict) {
			t.Errorf("handed in is locked: %v", err)
		}
		x, err = h.SendBack(t.Context(), h.her, x.ID, x.Version, "Số hồ sơ chưa khớp sổ")
		h.ok(err)
		if n := h.notices("returns.notice.sent_back"); n != 1 || x.State != SentBack {
			t.Errorf("%d notices, %+v", n, x)
		}
		x = h.handIn(h.officer, x, "8")
		x, err = h.Accept(t.Context(), h.her, x.ID, x.Version)
		h.ok(err)
		if _, err := h.HandIn(t.Context(), h.officer, Handed{x.ID, x.Version, full("9")}); !fault.Is(err, fault.Conflict) {
			t.Errorf("accepted is locked: %v", err)
		}
		x, err = h.Correct(t.Context(), h.officer, x.ID, x.Version, "Cộng nhầm")
		h.ok(err)
		x, err = h.SaveDraft(t.Context(), h.officer, Handed{x.ID, x.Version, full("100")})
		h.ok(err)
		b, err := h.Rolled(t.Context(), h.planner, r.ID)
		h.ok(err)
		if n := b.Total(Commune, "received"); n != 8 {
			t.Errorf("the accepted edition counts while the next is written: %d", n)
		}
		h.handIn(h.officer, x, "10")
		v, err := h.Sheet(t.Context(), h.planner, x.ID)
		h.ok(err)
		if len(v.Editions) != 3 || v.Editions[0].Reason != "Cộng nhầm" || v.Editions[0].Hash == v.Editions[1].Hash || len(v.Notes) < 8 {
			t.Errorf("%d editions, %d notes", len(v.Editions), len(v.Notes))
		}
		if b, err = h.Rolled(t.Context(), h.planner, r.ID); err != nil || b.Total(Commune, "received") != 10 {
			t.Errorf("%d %v", b.Total(Commune, "received"), err)
		}
	})
}

func TestTwelveAreLateAndAreChasedOnceAStep(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r := h.open()
		var rows []Sheet
		h.ok(d.Read().NewSelect().Model(&rows).Where("rs.round = ? AND rs.level = ?", r.ID, Commune).Order("rs.unit").Scan(t.Context()))
		everyone := policy.As(access.Actor{ID: ident.New(start), Name: "Các xã", Grants: []access.Grant{{Role: "officer", Everywhere: true}}})
		var all []Handed
		for _, x := range rows[12:] {
			all = append(all, Handed{x.ID, x.Version, full("2")})
		}
		_, err := h.HandInAll(t.Context(), everyone, all...)
		h.ok(err)
		h.at.Set(time.Date(2016, 10, 28, 11, 0, 0, 0, time.UTC)) // after the closing
		h.settle()
		h.settle()
		if soon, late, again := h.notices("returns.notice.soon"), h.notices("returns.notice.late"), h.notices("returns.notice.again"); soon != 12 || late != 12 || again != 0 {
			t.Errorf("soon %d, late %d, again %d", soon, late, again)
		}
		v, err := h.Round(t.Context(), h.planner, r.ID)
		h.ok(err)
		n := Sum(v.Rates, Commune)
		if n.Late != 12 || n.Reported != 404 || n.OnTime != 404 {
			t.Errorf("%+v", n)
		}
		late, err := h.Sheets(t.Context(), h.planner, r.ID, Filter{Only: "late"}, page.Read("", "50"))
		h.ok(err)
		if len(late.Items) != 12 {
			t.Errorf("%d late ones listed", len(late.Items))
		}
		x := late.Items[0]
		x, err = h.Extend(t.Context(), h.planner, x.ID, x.Version, 3, "Mất điện")
		h.ok(err)
		if x.Late(h.at.Now()) {
			t.Error("extended is late no more")
		}
		y := late.Items[1]
		_, err = h.ExemptIt(t.Context(), h.planner, y.ID, y.Version, "Đang sáp nhập")
		h.ok(err)
		h.at.Set(time.Date(2016, 11, 1, 11, 0, 0, 0, time.UTC))
		h.settle()
		if again := h.notices("returns.notice.again"); again != 10 {
			t.Errorf("%d chased again", again)
		}
		z := late.Items[2]
		z = h.handIn(h.as("officer", z.Unit), z, "1")
		if z.OnTime {
			t.Error("late stays late")
		}
		if v, err = h.Round(t.Context(), h.planner, r.ID); err != nil || Sum(v.Rates, Commune).Expected != 415 || Sum(v.Rates, Commune).OnTime != 404 || Sum(v.Rates, Commune).Reported != 405 {
			t.Errorf("%+v %v", Sum(v.Rates, Commune), err)
		}
	})
}

func TestADistrictRollsItsCommunesUp(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r := h.open()
		one, two := h.of(r, dangXa), h.of(r, h.tree.Communes(giaLam)[0].Code)
		one, two = h.handIn(h.officer, one, "7"), h.handIn(h.as("officer", two.Unit), two, "5")
		x := h.of(r, giaLam)
		x, err := h.Refresh(t.Context(), h.her, x.ID, x.Version)
		h.ok(err)
		a, err := x.Answers()
		h.ok(err)
		if a.Values["received"] != "12" || a.Values["one_stop"] != "2" {
			t.Errorf("%+v", a)
		}
		a.Values["visits"] = "3"
		if _, err := h.HandIn(t.Context(), h.her, Handed{x.ID, x.Version, a}); !fault.HasKey(err, "returns.unchecked") {
			t.Errorf("communes wait to be checked: %v", err)
		}
		for _, c := range []Sheet{one, two} {
			_, err := h.Accept(t.Context(), h.her, c.ID, c.Version)
			h.ok(err)
		}
		x, err = h.HandIn(t.Context(), h.her, Handed{x.ID, x.Version, a})
		h.ok(err)
		if _, err := h.Accept(t.Context(), h.her, x.ID, x.Version); !fault.Is(err, fault.Denied) {
			t.Errorf("a district's return is the city's to check: %v", err)
		}
		_, err = h.Accept(t.Context(), h.planner, x.ID, x.Version)
		h.ok(err)
		b, err := h.Rolled(t.Context(), h.planner, r.ID)
		h.ok(err)
		if b.Total(District, "received") != b.Total(Commune, "received") {
			t.Errorf("districts say %d, communes %d", b.Total(District, "received"), b.Total(Commune, "received"))
		}
	})
}

func TestWhoMayDoWhatWithReturns(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		r := h.open()
		x, dept := h.of(r, dangXa), h.of(r, "")
		handed := h.handIn(h.as("officer", h.tree.Communes(giaLam)[1].Code), h.of(r, h.tree.Communes(giaLam)[1].Code), "1")
		ctx, reader, nobody := t.Context(), h.as("reader", giaLam), access.Actor{}
		for name, use := range map[string]struct {
			do             func(access.Actor) error
			right          access.Actor
			denied, hidden []access.Actor
		}{
			"write":   {func(a access.Actor) error { _, err := h.SaveDraft(ctx, a, Handed{x.ID, 99, full("1")}); return err }, h.officer, []access.Actor{h.her, h.planner, reader}, []access.Actor{h.away}},
			"hand in": {func(a access.Actor) error { _, err := h.HandIn(ctx, a, Handed{x.ID, 99, full("1")}); return err }, h.officer, []access.Actor{h.her, h.planner, reader}, []access.Actor{h.away}},
			"a department's": {func(a access.Actor) error {
				_, err := h.SaveDraft(ctx, a, Handed{dept.ID, 99, ask.Answers{}})
				return err
			}, h.focal, []access.Actor{h.planner}, []access.Actor{h.officer}},
			"accept":    {func(a access.Actor) error { _, err := h.Accept(ctx, a, handed.ID, 99); return err }, h.her, []access.Actor{reader}, []access.Actor{h.away}},
			"send back": {func(a access.Actor) error { _, err := h.SendBack(ctx, a, handed.ID, 99, "x"); return err }, h.her, []access.Actor{reader}, []access.Actor{h.away}},
			"extend":    {func(a access.Actor) error { _, err := h.Extend(ctx, a, x.ID, 99, 2, "x"); return err }, h.planner, []access.Actor{h.her, h.officer}, []access.Actor{h.away}},
			"exempt":    {func(a access.Actor) error { _, err := h.ExemptIt(ctx, a, x.ID, 99, "x"); return err }, h.planner, []access.Actor{h.her, h.officer}, []access.Actor{h.away}},
			"read":      {func(a access.Actor) error { _, err := h.Sheet(ctx, a, x.ID); return err }, reader, nil, []access.Actor{h.away}},
			"open":      {func(a access.Actor) error { _, err := h.Open(ctx, a, "monthly", "2016-10"); return err }, h.planner, []access.Actor{h.her, h.officer}, nil},
			"form": {func(a access.Actor) error {
				_, err := h.SaveForm(ctx, a, "monthly", Commune, 9, `{"fields":[{"key":"a","kind":"text","label":"A"}]}`)
				return err
			}, h.planner, []access.Actor{h.her, h.officer}, nil},
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
			if err := use.do(nobody); !fault.Is(err, fault.SignIn) {
				t.Errorf("%s, nobody: %v", name, err)
			}
		}
	})
}
