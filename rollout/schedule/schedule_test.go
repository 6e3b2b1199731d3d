package schedule

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
	engine "lotrinh/rollout/planner"
)

const (
	giaLam  = "018"
	dangXa  = "00556"
	sonTay  = "269"
	january = "2017-01-09"
)

var policy = access.Policy{
	"planner":     {rollout.Read, rollout.Plan, rollout.Declare},
	"coordinator": {rollout.Read, rollout.Declare},
	"auditor":     {rollout.Read},
	"stranger":    {},
}

type noEquipment struct{}

func (noEquipment) All(context.Context, []string, time.Time) (map[string]rollout.Verdict, error) {
	return nil, nil
}

type house struct {
	*Service
	t                                          *testing.T
	at                                         *clock.Fake
	tree                                       *org.Tree
	planner, her, elsewhere, auditor, stranger access.Actor
}

// build is a store with the units of Hanoi and Plan 198, on Thursday 10/11/2016 at 08:00.
func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	at := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC))
	h := &house{t: t, at: at}
	units := org.NewUnits(d, at)
	_, err := units.LoadBuiltIn(t.Context())
	h.ok(err)
	h.tree, err = units.Tree(t.Context(), at.Now())
	h.ok(err)
	cals := calstore.New(d, at)
	h.ok(cals.Seed(t.Context(), at.Now()))
	plan := rollout.New(d, at, units, noEquipment{})
	h.Service = New(Deps{DB: d, Business: at, Units: units, Rollout: plan, Calendars: cals})
	h.planner, h.her, h.elsewhere, h.auditor, h.stranger = h.as("planner", ""), h.as("coordinator", giaLam), h.as("coordinator", "016"), h.as("auditor", ""), h.as("stranger", "")
	file, err := rollout.Plan198()
	h.ok(err)
	_, err = plan.ImportPlan(t.Context(), h.planner, file)
	h.ok(err)
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) as(role access.Role, under string) access.Actor {
	return policy.As(access.Actor{ID: ident.New(h.at.Now()), Name: "Nguyễn Thị Hòa", Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: h.tree.Under(under)}}})
}

// drafted is the draft of a phase.
func (h *house) drafted(phase, communes int) *book {
	h.t.Helper()
	d, err := h.Make(h.t.Context(), h.planner, Suggested("KH198", phase, communes, "2016-11-14"))
	h.ok(err)
	return h.reload(d.ID)
}

func (h *house) reload(id ident.ID) *book {
	h.t.Helper()
	b, err := h.load(h.t.Context(), h.DB.Read(), id)
	h.ok(err)
	return b
}

func (h *house) find(b *book, step, unit string) Task {
	h.t.Helper()
	for _, k := range b.tasks {
		if k.Step == step && k.Unit == unit {
			return k
		}
	}
	h.t.Fatalf("there is no %s at %s", step, unit)
	return Task{}
}

func TestThePlannerDraftsPhaseTwoTriesJanuaryAndFreezesIt(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		b := h.drafted(2, 277)
		kinds := map[Kind]int{}
		for _, k := range b.tasks {
			kinds[k.Kind]++
		}
		if kinds[Class] != 36 || kinds[Cutover] != 277 || len(b.tasks) != 277*7+36+12*4+2 {
			t.Fatalf("%d tasks: %v", len(b.tasks), kinds)
		}
		if broken := engine.Verify(b.project("2016-11-10"), b.result.Start); broken != nil {
			t.Fatalf("the calendar breaks %+v", broken)
		}
		if b.result.Span < b.result.Least.Days || b.result.Least.Days == 0 {
			t.Errorf("span %d, bound %+v", b.result.Span, b.result.Least)
		}
		_, err := h.Make(ctx, h.planner, Suggested("KH198", 2, 277, "2016-11-14"))
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a second draft of the phase: %v", err)
		}

		v, err := h.Try(ctx, h.planner, b.draft.ID, "Sơn Tây sang tháng 1", []Change{{Unit: sonTay, Day: january, Resource: -1}})
		h.ok(err)
		asked := b.with(unpack[[]Change](v.Changes), under(h.tree))
		asked.result = unpack[Result](v.Result)
		if asked.result.Span <= b.result.Span || len(asked.missed(asked.result)) <= len(b.missed(b.result)) {
			t.Errorf("a district in January costs nothing: %d and %d", b.result.Span, asked.result.Span)
		}
		for _, k := range asked.tasks {
			if from, _, _ := asked.bar(k, asked.result); h.tree.District(k.Unit) == sonTay && asked.axis.date(from) < january {
				t.Fatalf("%s at %s begins on %s", k.Step, k.Unit, asked.axis.date(from))
			}
		}
		if now := h.reload(b.draft.ID); now.draft.Version != b.draft.Version || !slices.Equal(now.result.Start, b.result.Start) {
			t.Error("a question changed the plan")
		}

		base, err := h.Freeze(ctx, h.planner, b.draft.ID, "Giai đoạn 2", b.draft.Version)
		h.ok(err)
		h.frozenForEver(d, base, b)
		_, err = h.Adopt(ctx, h.planner, v.ID, h.reload(b.draft.ID).draft.Version)
		h.ok(err)
		now := h.reload(b.draft.ID)
		if now.result.Span != asked.result.Span || h.find(now, "ship", h.tree.Under(sonTay)[1]).ReleaseOn != january {
			t.Errorf("adopted: span %d, want %d", now.result.Span, asked.result.Span)
		}
		if slip := now.slip(h.find(now, "official", sonTay), base.Plan()); slip <= 0 {
			t.Errorf("Sơn Tây slips %d days against the baseline", slip)
		}
	})
}

func (h *house) frozenForEver(d *db.DB, base Baseline, b *book) {
	h.t.Helper()
	ctx, t := h.t.Context(), h.t
	f := base.Plan()
	if !base.Intact() || len(base.Hash) != 64 || len(f.Tasks) != len(b.tasks) || f.LastOn != b.axis.date(b.result.Span-1) {
		t.Errorf("baseline %s with %d tasks until %s", base.Hash, len(f.Tasks), f.LastOn)
	}
	for _, q := range []string{"UPDATE plan_baseline SET content = '{}' WHERE id = ?", "DELETE FROM plan_baseline WHERE id = ?"} {
		err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw(q, base.ID).Exec(ctx)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "never changes") {
			t.Errorf("%s: %v", q, err)
		}
	}
	torn := base
	torn.Content = strings.Replace(torn.Content, "2016", "2017", 1)
	if torn.Intact() {
		t.Error("a changed baseline is called intact")
	}
}

func TestWhatIsDoneOrPromisedStaysAndSlipsAreExplained(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		b := h.drafted(1, 139)
		base, err := h.Freeze(ctx, h.planner, b.draft.ID, "Giai đoạn 1", b.draft.Version)
		h.ok(err)
		h.at.Move(14 * 24 * time.Hour) // Thursday 24/11
		ship, youth := h.find(b, "ship", dangXa), h.find(b, "youth", dangXa)
		h.ok(h.Finish(ctx, h.her, ship.ID, "2016-11-22", ship.Version))
		h.ok(h.Change(ctx, h.planner, youth.ID, TaskForm{Duration: 2, PromisedOn: "2016-12-20", Version: youth.Version}))
		h.ok(h.Refresh(ctx, h.planner, b.draft.ID))
		now := h.reload(b.draft.ID)
		if now.result.Failed != nil {
			t.Fatalf("no plan: %+v", now.result.Failed)
		}
		_, until, _ := now.bar(h.find(now, "ship", dangXa), now.result)
		from, _, _ := now.bar(h.find(now, "youth", dangXa), now.result)
		if now.axis.date(until-1) != "2016-11-22" || now.axis.date(from) != "2016-12-20" {
			t.Errorf("done until %s, promised for %s", now.axis.date(until-1), now.axis.date(from))
		}
		for _, k := range now.tasks {
			if from, _, _ := now.bar(k, now.result); k.DoneOn == "" && now.axis.date(from) < "2016-11-24" {
				t.Fatalf("%s at %s is planned for the past: %s", k.Step, k.Unit, now.axis.date(from))
			}
		}
		e, planned := now.earned(base.Plan(), "2016-11-24")
		if i, ok := e.Index(); !ok || i >= 1 || planned < 10 {
			t.Errorf("one task done of all: %+v of %d days", e, planned)
		}

		cut := h.find(now, "cutover", dangXa)
		if now.slip(cut, base.Plan()) <= 0 {
			t.Fatal("the trial of Đặng Xá does not slip")
		}
		h.ok(h.Explain(ctx, h.her, cut.ID, "equipment", "Máy quét về chậm."))
		var said []Slip
		h.ok(d.Read().NewSelect().Model(&said).Scan(ctx))
		if len(said) != 1 || said[0].Days != now.slip(cut, base.Plan()) || said[0].Unit != dangXa {
			t.Errorf("%+v", said)
		}
	})
}

func TestOnlyWhoMayDoesAndOnlyWhereTheyMay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		b := h.drafted(1, 139)
		k := h.find(b, "ship", dangXa)
		v, err := h.Try(ctx, h.planner, b.draft.ID, "", []Change{{Unit: giaLam, Day: "2016-12-05", Resource: -1}})
		h.ok(err)
		run, err := h.Prepare(ctx, h.planner, RunForm{Programme: "KH198", Title: "Diễn tập Gia Lâm", Unit: giaLam, HeldOn: "2016-11-11"})
		h.ok(err)
		_, steps, err := h.run(ctx, d.Read(), h.planner, run.ID)
		h.ok(err)
		for name, act := range map[string]func(access.Actor) error{
			"make": func(who access.Actor) error {
				_, err := h.Make(ctx, who, Suggested("KH198", 2, 277, "2016-11-14"))
				return err
			},
			"compute": func(who access.Actor) error { return h.Compute(ctx, who, b.draft.ID, b.draft.Version) },
			"change":  func(who access.Actor) error { return h.Change(ctx, who, k.ID, TaskForm{Duration: 1, Version: 1}) },
			"add": func(who access.Actor) error {
				_, err := h.Add(ctx, who, b.draft.ID, TaskForm{Kind: Other, Title: "Họp", Duration: 1, Resource: -1})
				return err
			},
			"resource": func(who access.Actor) error {
				_, err := h.SetResource(ctx, who, b.resources[0].ID, 3, nil, 1)
				return err
			},
			"try":   func(who access.Actor) error { _, err := h.Try(ctx, who, b.draft.ID, "", nil); return err },
			"adopt": func(who access.Actor) error { _, err := h.Adopt(ctx, who, v.ID, b.draft.Version); return err },
			"drop":  func(who access.Actor) error { _, err := h.Drop(ctx, who, v.ID); return err },
			"freeze": func(who access.Actor) error {
				_, err := h.Freeze(ctx, who, b.draft.ID, "A", b.draft.Version)
				return err
			},
			"prepare": func(who access.Actor) error {
				_, err := h.Prepare(ctx, who, RunForm{Title: "A", Unit: giaLam, HeldOn: "2016-11-11"})
				return err
			},
			"decide": func(who access.Actor) error { return h.Decide(ctx, who, run.ID, false, "Vì mạng.", 1) },
		} {
			for _, who := range []access.Actor{h.her, h.auditor, h.stranger, {}} {
				if err := act(who); !fault.Is(err, fault.Denied) && !fault.Is(err, fault.SignIn) && !fault.Is(err, fault.Missing) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		for _, who := range []access.Actor{h.elsewhere, h.auditor, h.stranger, {}} {
			for name, err := range map[string]error{"finish": h.Finish(ctx, who, k.ID, "2016-11-09", 1), "explain": h.Explain(ctx, who, k.ID, "network", ""),
				"step": h.FinishStep(ctx, who, b.draft.ID, "ship", []string{dangXa}, "2016-11-09"), "tick": second(h.Tick(ctx, who, steps[0].ID, "", 1))} {
				if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.SignIn) && !fault.Is(err, fault.Missing) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		h.ok(h.FinishStep(ctx, h.her, b.draft.ID, "ship", []string{dangXa}, "2016-11-09"))
		h.ok(h.Explain(ctx, h.her, k.ID, "network", ""))
		if err := h.Finish(ctx, h.her, k.ID, "2016-11-11", 2); !fault.Is(err, fault.Invalid) {
			t.Errorf("done tomorrow: %v", err)
		}
		if err := h.Finish(ctx, h.her, k.ID, "2016-11-09", 1); !fault.Is(err, fault.Conflict) {
			t.Errorf("an older version: %v", err)
		}
	})
}

func second(_ ident.ID, err error) error { return err }

func TestARehearsalIsTimedAndDecidedOnceWithWhatWasKnown(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		r, err := h.Prepare(ctx, h.planner, RunForm{Programme: "KH198", Title: "Diễn tập Gia Lâm", Unit: giaLam, HeldOn: "2016-11-11"})
		h.ok(err)
		h.ok(h.AddStep(ctx, h.planner, r.ID, RunStep{Title: "Chụp ảnh quầy", Owner: "Đoàn xã", Minutes: 5}))
		_, steps, err := h.run(ctx, d.Read(), h.her, r.ID)
		h.ok(err)
		if err := h.Decide(ctx, h.planner, r.ID, true, "Đã đủ.", r.Version); !fault.Is(err, fault.Conflict) {
			t.Errorf("go before it began: %v", err)
		}
		_, err = h.Tick(ctx, h.her, steps[0].ID, "", 1)
		h.ok(err)
		h.at.Move(25 * time.Minute)
		_, err = h.Tick(ctx, h.her, steps[0].ID, "Loa xã hỏng.", 2)
		h.ok(err)
		r, steps, err = h.run(ctx, d.Read(), h.her, r.ID)
		h.ok(err)
		if n, ok := steps[0].Took(); !ok || n != 25 || r.State != Running {
			t.Errorf("took %d, %s", n, r.State)
		}
		if err := h.Decide(ctx, h.planner, r.ID, true, "Đã đủ.", r.Version); !fault.Is(err, fault.Conflict) {
			t.Errorf("go with steps open: %v", err)
		}
		back := slices.IndexFunc(steps, func(s RunStep) bool { return s.Back })
		if _, err := h.Tick(ctx, h.her, steps[back].ID, "", 1); !fault.Is(err, fault.Conflict) {
			t.Errorf("the way back before no-go: %v", err)
		}
		h.ok(h.Decide(ctx, h.planner, r.ID, false, "Đường truyền chưa ổn định.", r.Version))
		_, err = h.Tick(ctx, h.her, steps[back].ID, "", 1)
		h.ok(err)
		r, _, err = h.run(ctx, d.Read(), h.auditor, r.ID)
		h.ok(err)
		known := unpack[Known](r.Snapshot)
		if r.State != NoGo || len(r.Hash) != 64 || len(known.Gates) != len(h.tree.Communes(giaLam)) || known.Steps[0].Took != 25 || known.Steps[1].Took != -1 {
			t.Errorf("%s: %+v", r.State, known)
		}
		if err := h.Decide(ctx, h.planner, r.ID, true, "Nghĩ lại.", r.Version); !fault.Is(err, fault.Conflict) {
			t.Errorf("decided twice: %v", err)
		}
	})
}

func TestWhatARehearsalTookIsWhatIsPlannedThen(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, ctx := build(t, d), t.Context()
		b := h.drafted(1, 139)
		r, err := h.Prepare(ctx, h.planner, RunForm{Programme: "KH198", Title: "Diễn tập Gia Lâm", Unit: giaLam, HeldOn: "2016-11-11"})
		h.ok(err)
		_, steps, err := h.run(ctx, d.Read(), h.her, r.ID)
		h.ok(err)
		for _, one := range steps {
			if one.Back {
				continue
			}
			_, err = h.Tick(ctx, h.her, one.ID, "", 1)
			h.ok(err)
			h.at.Move(90 * time.Minute)
			_, err = h.Tick(ctx, h.her, one.ID, "", 2)
			h.ok(err)
		}
		r, _, err = h.run(ctx, d.Read(), h.planner, r.ID)
		h.ok(err)
		h.ok(h.Decide(ctx, h.planner, r.ID, true, "Đủ bước, đúng giờ.", r.Version))
		now := h.reload(b.draft.ID)
		if here, there := h.find(now, "cutover", dangXa), h.find(now, "cutover", h.tree.Communes("016")[0].Code); here.Duration != 2 || there.Duration != 1 {
			t.Errorf("seven steps of 90 minutes are planned as %d days, elsewhere %d", here.Duration, there.Duration)
		}
		if h.find(now, "ship", dangXa).Duration != 1 || now.draft.Version == b.draft.Version {
			t.Error("the rest of the plan changed, or nobody is told that the plan did")
		}
	})
}

func TestAnOutlineHasAllItsClassesAndFollowsItself(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 9))
	for range 60 {
		var groups []group
		for g := range 1 + r.IntN(9) {
			one := group{district: string(rune('A' + g))}
			for range 1 + r.IntN(30) {
				one.communes = append(one.communes, "x")
			}
			groups = append(groups, one)
		}
		o := Outline{Classes: 1 + r.IntN(60), Notice: r.IntN(6), Trial: r.IntN(6)}
		classes := 0
		for i, k := range outline(groups, o, "2016-12-31") {
			if k.Kind == Class {
				classes++
			}
			if k.Ordinal != i {
				t.Fatalf("task %d says it is %d", i, k.Ordinal)
			}
			for _, l := range k.after() {
				if l.Task >= i {
					t.Fatalf("%s follows what comes later", k.Step)
				}
			}
		}
		if classes != max(o.Classes, len(groups)) && classes < o.Classes {
			t.Fatalf("%d classes, want %d for %d districts", classes, o.Classes, len(groups))
		}
	}
}
