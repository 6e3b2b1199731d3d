package rollout

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

// shop is a fake inventory: what it says of a unit, met unless told otherwise.
type shop map[string]Verdict

func (s shop) All(_ context.Context, units []string, _ time.Time) (map[string]Verdict, error) {
	all := map[string]Verdict{}
	for _, u := range units {
		if v, ok := s[u]; ok {
			all[u] = v
			continue
		}
		all[u] = Verdict{Answer: Met}
	}
	return all, nil
}

type house struct {
	*Service
	t     testing.TB
	db    *db.DB
	at    *clock.Fake
	shop  shop
	units *org.Units
	tree  *org.Tree
}

var policy = access.Policy{
	"planner":              {Read, Declare, Verify, MoveTo, Waive, Plan},
	"inspector":            {Read, Verify},
	"district_coordinator": {Read, Declare},
	"leadership":           {Read},
}

func everywhere(role access.Role) access.Actor {
	return policy.As(access.Actor{ID: "a-" + "everywhere", Name: "Nguyễn Thị Lan", Via: "web", Grants: []access.Grant{{Role: role, Everywhere: true}}})
}

func (h *house) within(role access.Role, district string) access.Actor {
	return policy.As(access.Actor{ID: "a-within", Name: "Trần Văn Bình", Via: "web", Grants: []access.Grant{{Role: role, Units: h.tree.Under(district)}}})
}

var planner = everywhere("planner")

// open is a store with the units of Hanoi and Plan 198, on 8/11/2016 at 08:00.
func open(t testing.TB, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, db: d, at: clock.At(hanoi(2016, 11, 8, 8, 0, 0)), shop: shop{}}
	h.units = org.NewUnits(d, h.at)
	if _, err := h.units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	var err error
	if h.tree, err = h.units.Tree(t.Context(), h.at.Now()); err != nil {
		t.Fatal(err)
	}
	h.Service = New(d, h.at, h.units, h.shop)
	p, err := Plan198()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.ImportPlan(t.Context(), planner, p); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) communes(districts ...string) []string {
	var codes []string
	for _, d := range districts {
		for _, u := range h.tree.Communes(d) {
			codes = append(codes, u.Code)
		}
	}
	return codes
}

var phase1 = []string{"016", "017", "018", "020", "271", "274"}

// ready makes the communes meet every criterion but those named.
func (h *house) prepare(units []string, but ...string) {
	h.t.Helper()
	h.ok(h.Refresh(h.t.Context(), planner, "KH198"))
	for _, key := range []string{"one-stop", "accounts", "training", "test-dossier", "posted"} {
		if strings.Contains(strings.Join(but, " "), key) {
			continue
		}
		h.ok(h.Verify(h.t.Context(), planner, EvidenceInput{Programme: "KH198", Units: units, Criterion: key, Answer: Met, Source: FromInspection}))
	}
}

func (h *house) move(to Stage, units []string) MoveResult {
	h.t.Helper()
	r, err := h.Move(h.t.Context(), planner, MoveInput{Programme: "KH198", Units: units, To: to})
	h.ok(err)
	return r
}

func (h *house) overview() Overview {
	h.t.Helper()
	o, err := h.Overview(h.t.Context(), planner, "KH198")
	h.ok(err)
	return o
}

func TestThePlanHasItsPublishedCounts(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		o := h.overview()
		for i, want := range []int{168, 139, 277} {
			if got := o.Phases[i].Total; got != want {
				t.Errorf("phase %d has %d communes, want %d", i, got, want)
			}
		}
		if o.Phases[0].Stages[Live] != 168 || o.Rollout.Total != 416 || len(o.Tiles) != 584 {
			t.Errorf("live %d, rollout %d, tiles %d", o.Phases[0].Stages[Live], o.Rollout.Total, len(o.Tiles))
		}
		p, err := Plan198()
		h.ok(err)
		again, err := h.ImportPlan(t.Context(), planner, p)
		h.ok(err)
		if !again.Unchanged {
			t.Error("the same plan was imported twice")
		}
	})
}

func TestGiaLamWithAndWithoutWaiver(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		all, six := h.communes(phase1...), h.communes("018")[:6]
		h.prepare(all)
		h.ok(h.Verify(t.Context(), planner, EvidenceInput{Programme: "KH198", Units: six, Criterion: "one-stop", Answer: Unmet, Source: FromInspection, Note: "Đang sửa chữa đến 15/11"}))
		if o := h.overview(); o.Phases[1].Verified != 133 {
			t.Fatalf("%d verified before the waiver, want 133", o.Phases[1].Verified)
		}
		if r := h.move(Trial, all); len(r.Moved) != 139 {
			t.Fatalf("%d moved to trial, refused %v", len(r.Moved), r.Refused)
		}
		h.at.Set(hanoi(2016, 11, 10, 8, 0, 0))
		if r, err := h.PreviewMove(t.Context(), planner, MoveInput{Programme: "KH198", Units: all, To: Official}); err != nil || len(r.Moved) != 133 || len(r.Refused) != 6 {
			t.Fatalf("preview: %d move, %d refused, %v", len(r.Moved), len(r.Refused), err)
		}
		_, err := h.GiveWaiver(t.Context(), planner, WaiverInput{Programme: "KH198", Units: six, Criterion: "one-stop", Reason: "Bộ phận một cửa đang sửa chữa",
			Step: "Tiếp nhận tạm tại nhà văn hóa", Signer: "Phó Chủ tịch UBND thành phố", Until: "2016-11-15"})
		h.ok(err)
		if r := h.move(Official, all); len(r.Moved) != 139 {
			t.Fatalf("%d moved to official, refused %v", len(r.Moved), r.Refused)
		}
		check := func(verified, bare int) {
			t.Helper()
			o := h.overview()
			if c := o.Phases[1]; c.Verified != verified || c.Bare != bare || c.Stages[Official] != 139 || c.Declared != 139 {
				t.Errorf("at %s: verified %d, bare %d, official %d, declared %d", h.at.Now(), c.Verified, c.Bare, c.Stages[Official], c.Declared)
			}
		}
		check(139, 133)
		h.at.Set(hanoi(2016, 11, 15, 23, 59, 59))
		check(139, 133)
		if n, err := h.Sweep(t.Context()); n != 0 || err != nil {
			t.Fatalf("swept %d on the last day, %v", n, err)
		}
		h.at.Move(time.Second)
		check(133, 133)
		b, err := h.Board(t.Context(), planner, "KH198", Filter{Phase: 1, Answer: Unmet})
		h.ok(err)
		if len(b.Rows) != 6 {
			t.Errorf("%d communes fell back, want 6", len(b.Rows))
		}
		for want := 1; want >= 0; want-- {
			if n, err := h.Sweep(t.Context()); n != want || err != nil {
				t.Errorf("swept %d, want %d, %v", n, want, err)
			}
		}
		var events []outbox.Event
		h.ok(d.Read().NewSelect().Model(&events).Where("oe.topic = ?", "rollout.waiver.expired").Scan(t.Context()))
		var body WaiverExpired
		if len(events) != 1 || events[0].Read(&body) != nil || len(body.Fallen) != 6 {
			t.Errorf("expiry was told as %v", events)
		}
		points, err := h.Curve(t.Context(), planner, "KH198", 1, "2016-11-07", "2016-11-17")
		h.ok(err)
		want := map[string]Point{
			"2016-11-07": {Day: "2016-11-07", Known: true},
			"2016-11-08": {Day: "2016-11-08", Known: true, Verified: 133, Bare: 133},
			"2016-11-10": {Day: "2016-11-10", Known: true, Planned: 139, Declared: 139, Verified: 139, Bare: 133, Official: 139},
			"2016-11-15": {Day: "2016-11-15", Known: true, Planned: 139, Declared: 139, Verified: 139, Bare: 133, Official: 139},
			"2016-11-16": {Day: "2016-11-16", Known: true, Planned: 139, Declared: 139, Verified: 133, Bare: 133, Official: 139},
			"2016-11-17": {Day: "2016-11-17", Planned: 139},
		}
		for _, p := range points {
			if w, ok := want[p.Day]; ok && p != w {
				t.Errorf("curve %+v, want %+v", p, w)
			}
		}
	})
}

func TestAMoveTakesSomeAndRefusesOthersWithReasons(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		units := h.communes("020") // Thanh Trì
		h.prepare(units[:10])
		h.shop[units[0]] = Verdict{Answer: Unmet, Reasons: []Reason{Because("inventory.lacks.scanner")}}
		h.shop[units[1]] = Verdict{Answer: Unknown, Reasons: []Reason{Because("inventory.never.seen")}}
		r := h.move(Trial, append(units, "00001", "no-such-unit")) // a ward that is live, and nonsense
		if len(r.Moved) != 8 || len(r.Refused) != len(units)-8+2 {
			t.Fatalf("%d moved, %d refused", len(r.Moved), len(r.Refused))
		}
		why := map[string]string{}
		for _, f := range r.Refused {
			if len(f.Reasons) == 0 {
				t.Errorf("%s is refused without a reason", f.Unit)
			}
			for _, reason := range f.Reasons {
				why[f.Unit] += reason.Key + " "
			}
		}
		for unit, want := range map[string]string{units[0]: "rollout.reason.unmet inventory.lacks.scanner ", units[1]: "rollout.reason.unknown inventory.never.seen ",
			units[12]: "rollout.reason.no_evidence ", "00001": "rollout.refused.live ", "no-such-unit": "rollout.refused.not_in_programme "} {
			if why[unit] != want {
				t.Errorf("%s is refused for %q, want %q", unit, why[unit], want)
			}
		}
		v, err := h.MoveOf(t.Context(), h.within("district_coordinator", "020"), r.ID)
		h.ok(err)
		if len(v.Lines) != 8 || len(v.Refused) != 8 {
			t.Errorf("the coordinator sees %d moved and %d refused", len(v.Lines), len(v.Refused))
		}
		if _, err := h.MoveOf(t.Context(), h.within("district_coordinator", "018"), r.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("a stranger's district: %v", err)
		}
	})
}

func TestSteppingBackAndUndo(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		units := h.communes("018")[:4]
		h.prepare(units)
		first := h.move(Trial, units)
		if r := h.move(Official, h.communes("018")[4:5]); r.Refused[0].Reasons[0].Key != "rollout.refused.skips" {
			t.Errorf("skipping was refused for %v", r.Refused)
		}
		if r := h.move(Preparing, units[:1]); len(r.Moved) != 0 || r.Refused[0].Reasons[0].Key != "rollout.refused.reason_needed" {
			t.Errorf("stepping back without a reason: %+v", r)
		}
		back, err := h.Move(t.Context(), planner, MoveInput{Programme: "KH198", Units: units[:1], To: Preparing, Reason: "Máy chủ tạm dừng"})
		h.ok(err)
		if len(back.Moved) != 1 {
			t.Fatalf("stepping back: %+v", back)
		}
		stale, err := h.Move(t.Context(), planner, MoveInput{Programme: "KH198", Units: units[1:2], To: Official, Seen: map[string]int64{units[1]: 1}})
		h.ok(err)
		if len(stale.Moved) != 0 || stale.Refused[0].Reasons[0].Key != "rollout.refused.changed" {
			t.Errorf("a move on an old sight: %+v", stale)
		}
		undone, err := h.Undo(t.Context(), planner, first.ID, "Nhầm huyện")
		h.ok(err)
		if len(undone.Moved) != 3 || len(undone.Refused) != 1 {
			t.Errorf("undo: %d back, %d refused", len(undone.Moved), len(undone.Refused))
		}
		v, err := h.Unit(t.Context(), planner, "KH198", units[1])
		h.ok(err)
		if v.Row.Stage != Preparing || len(v.History) != 3 {
			t.Errorf("after undo: %s, %d lines", v.Row.Stage, len(v.History))
		}
		if _, err := h.Undo(t.Context(), planner, first.ID, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("undo without a reason: %v", err)
		}
	})
}

func TestRightsAndScope(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		mine, other := h.communes("018")[:1], h.communes("016")[:1]
		coordinator, inspector, leader := h.within("district_coordinator", "018"), h.within("inspector", "018"), everywhere("leadership")
		say := func(who access.Actor, units []string) error {
			return h.Declare(t.Context(), who, EvidenceInput{Programme: "KH198", Units: units, Criterion: "posted", Answer: Met})
		}
		see := func(who access.Actor, units []string) error {
			return h.Verify(t.Context(), who, EvidenceInput{Programme: "KH198", Units: units, Criterion: "posted", Answer: Met, Source: FromTest})
		}
		move := func(who access.Actor, units []string) error {
			_, err := h.Move(t.Context(), who, MoveInput{Programme: "KH198", Units: units, To: Trial})
			return err
		}
		waive := func(who access.Actor, units []string) error {
			_, err := h.GiveWaiver(t.Context(), who, WaiverInput{Programme: "KH198", Units: units, Criterion: "posted", Reason: "x", Step: "z", Signer: "y", Until: "2016-11-15"})
			return err
		}
		read := func(who access.Actor, units []string) error {
			_, err := h.Unit(t.Context(), who, "KH198", units[0])
			return err
		}
		const fine = fault.Kind(-1)
		for i, tc := range []struct {
			do    func(access.Actor, []string) error
			who   access.Actor
			units []string
			want  fault.Kind
		}{
			{say, coordinator, mine, fine}, {say, coordinator, other, fault.Missing}, {say, leader, mine, fault.Denied}, {say, access.Actor{}, mine, fault.SignIn},
			{see, inspector, mine, fine}, {see, inspector, other, fault.Missing}, {see, coordinator, mine, fault.Denied}, {see, access.Actor{}, mine, fault.SignIn},
			{move, planner, mine, fine}, {move, coordinator, mine, fault.Denied}, {move, h.within("planner", "018"), other, fault.Missing}, {move, access.Actor{}, mine, fault.SignIn},
			{waive, planner, mine, fine}, {waive, inspector, mine, fault.Denied}, {waive, h.within("planner", "018"), other, fault.Missing},
			{read, coordinator, mine, fine}, {read, coordinator, other, fault.Missing}, {read, leader, other, fine}, {read, access.Actor{}, mine, fault.SignIn},
		} {
			err := tc.do(tc.who, tc.units)
			if tc.want == fine && err != nil || tc.want != fine && !fault.Is(err, tc.want) {
				t.Errorf("case %d: %v", i, err)
			}
		}
		b, err := h.Board(t.Context(), coordinator, "KH198", Filter{Phase: Any})
		h.ok(err)
		if len(b.Rows) != 22 {
			t.Errorf("the coordinator of Gia Lâm sees %d communes, want 22", len(b.Rows))
		}
		points, err := h.Curve(t.Context(), coordinator, "KH198", Any, "2016-11-10", "2016-11-10")
		h.ok(err)
		if points[0].Planned != 22 {
			t.Errorf("her curve plans %d", points[0].Planned)
		}
		ws, err := h.Waivers(t.Context(), h.within("district_coordinator", "016"), "KH198")
		h.ok(err)
		if len(ws) != 0 {
			t.Error("a stranger's waiver is listed")
		}
	})
}

func TestQueriesDoNotGrowWithCommunes(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		var n atomic.Int64
		d.Watch(func(context.Context, string, error) { n.Add(1) })
		h := open(t, d)
		h.prepare(h.communes(phase1...))
		count := func(f Filter, who access.Actor) int64 {
			s := New(d, h.at, h.units, h.shop)
			n.Store(0)
			_, err := s.Board(t.Context(), who, "KH198", f)
			h.ok(err)
			_, err = s.Overview(t.Context(), who, "KH198")
			h.ok(err)
			_, err = s.Curve(t.Context(), who, "KH198", Any, "2016-11-01", "2016-12-01")
			h.ok(err)
			return n.Load()
		}
		one, all := count(Filter{Phase: Any, District: "018"}, h.within("leadership", "00556")), count(Filter{Phase: Any}, planner)
		if one != all || all > 20 {
			t.Errorf("%d queries for one commune, %d for all", one, all)
		}
	})
}

func TestReadinessArrivesByEvent(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.ok(h.Refresh(t.Context(), planner, "KH198"))
		tell := func(body string) {
			h.ok(d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return h.Handlers()[0].Do(ctx, tx, outbox.Event{At: h.at.Now(), Body: body})
			}))
		}
		h.at.Move(time.Minute)
		for range 2 { // handlers are idempotent
			tell(`{"unit":"00556","verdict":"unmet","reasons":[{"text":{"key":"inventory.reason.short","args":[{"s":"what"},{"s":"máy quét"},{"s":"n"},{"i":1}]}}]}`)
		}
		v, err := h.Unit(t.Context(), planner, "KH198", "00556")
		h.ok(err)
		e := v.Row.Gate.Items[0].Verified
		if v.Row.Gate.Answer != Unmet || e == nil || len(e.Why()) != 1 || e.Why()[0].Args[3] != int64(1) || len(v.Evidence) != 2 {
			t.Errorf("gate %s on %+v, %d lines", v.Row.Gate.Answer, e, len(v.Evidence))
		}
		tell(`{"unit":"00001","verdict":"unmet","reasons":[]}`) // a live ward: nobody asks
	})
}

func TestAPracticeDossierIsTheTestOfItsCommune(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		tell := func(unit string) {
			h.ok(d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return h.Handlers()[1].Do(ctx, tx, outbox.Event{At: h.at.Now(), Body: `{"id":"x","unit":"` + unit + `","procedure":"birth"}`})
			}))
		}
		judged := func() (Item, int) {
			v, err := h.Unit(t.Context(), planner, "KH198", "00556")
			h.ok(err)
			lines := 0
			for _, e := range v.Evidence {
				if e.Criterion == "test-dossier" {
					lines++
				}
			}
			for _, i := range v.Official.Items {
				if i.Criterion.Key == "test-dossier" {
					return i, lines
				}
			}
			t.Fatal("no phase asks for a test dossier")
			return Item{}, 0
		}
		_, before := judged()
		h.at.Move(24 * time.Hour)
		for range 3 { // more of a day, and the same one told again, are one line
			h.at.Move(time.Minute)
			tell("00556")
		}
		i, lines := judged()
		if i.Answer != Met || i.Verified == nil || i.Verified.Source != FromTest || lines != before+1 {
			t.Errorf("%s on %+v, %d lines", i.Answer, i.Verified, lines-before)
		}
		h.at.Move(61 * 24 * time.Hour)
		if i, _ := judged(); i.Answer != Unknown {
			t.Errorf("a test of two months ago: %s", i.Answer)
		}
		tell("00556")
		if i, lines := judged(); i.Answer != Met || lines != before+2 {
			t.Errorf("a new one: %s, %d lines", i.Answer, lines-before)
		}
		tell("00001") // a live ward: nobody asks
	})
}

func TestEvidenceIsChecked(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		fine := EvidenceInput{Programme: "KH198", Units: []string{"00556"}, Criterion: "posted", Answer: Met, Source: FromTest}
		for name, tc := range map[string]struct {
			change func(*EvidenceInput)
			field  string
			kind   fault.Kind
		}{
			"no unit":         {func(in *EvidenceInput) { in.Units = nil }, "units", fault.Invalid},
			"no answer":       {func(in *EvidenceInput) { in.Answer = Unknown }, "answer", fault.Invalid},
			"unmet, unsaid":   {func(in *EvidenceInput) { in.Answer = Unmet }, "note", fault.Invalid},
			"to come":         {func(in *EvidenceInput) { in.ObservedAt = h.at.Now().Add(time.Second) }, "observed", fault.Invalid},
			"no source":       {func(in *EvidenceInput) { in.Source = FromInventory }, "source", fault.Invalid},
			"a live ward":     {func(in *EvidenceInput) { in.Units = []string{"00001", "00556"} }, "", fault.Invalid},
			"no criterion":    {func(in *EvidenceInput) { in.Criterion = "moon" }, "", fault.Missing},
			"the inventory's": {func(in *EvidenceInput) { in.Criterion = "equipment" }, "", fault.Invalid},
			"no programme":    {func(in *EvidenceInput) { in.Programme = "x" }, "", fault.Missing},
		} {
			in := fine
			tc.change(&in)
			err := h.Verify(t.Context(), planner, in)
			if !fault.Is(err, tc.kind) || tc.field != "" && (len(fault.Of(err).Fields) != 1 || fault.Of(err).Fields[0].Name != tc.field) {
				t.Errorf("%s: %v", name, err)
			}
		}
		h.ok(h.Verify(t.Context(), planner, fine))
		late := fine
		late.Answer, late.Note, late.ObservedAt = Unmet, "Tuần trước chưa niêm yết", h.at.Now().Add(-7*24*time.Hour)
		h.ok(h.Verify(t.Context(), planner, late))
		v, err := h.Unit(t.Context(), planner, "KH198", "00556")
		h.ok(err)
		for _, i := range v.Official.Items {
			if i.Criterion.Key == "posted" && i.Answer != Met {
				t.Error("an older observation outranks a newer one because it was typed later")
			}
		}
	})
}

func TestAPlanIsRefusedWithAllItsFaults(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		p, err := Plan198()
		h.ok(err)
		p.Code = "has space"
		p.DecidedOn = "26/10/2016"
		p.Phases[1].Districts = append(p.Phases[1].Districts, "999")
		p.Phases[1].Communes = 140
		p.Phases[2].Units = []string{"00556"}
		p.Phases[2].OfficialOn = "2016-11-01"
		p.Checklist[0].Source = "rumour"
		p.Checklist[1].Key = p.Checklist[0].Key
		seven := 7
		p.Milestones[0].Phase = &seven
		_, err = h.ImportPlan(t.Context(), planner, p)
		var got []string
		for _, f := range fault.Of(err).Fields {
			got = append(got, f.Name)
		}
		want := "code decided_on phases[1].districts[6] phases[1].communes phases[2].official_on phases[2].units phases[2].communes" +
			" milestones[0].phase checklist[0].source checklist[1].key"
		if strings.Join(got, " ") != want {
			t.Errorf("faults at %v", got)
		}
		for _, raw := range []string{`{`, `{"coed":"x"}`} {
			if _, err := ReadPlan([]byte(raw)); !fault.HasKey(err, "rollout.plan.not_json") {
				t.Errorf("%s: %v", raw, err)
			}
		}
		if _, err := h.ImportPlan(t.Context(), everywhere("inspector"), p); !fault.Is(err, fault.Denied) {
			t.Errorf("an inspector imports: %v", err)
		}
	})
}

func TestAChangedPlanMovesCommunesBetweenPhasesFromToday(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		p, err := Plan198()
		h.ok(err)
		p.hash = "another"
		p.Phases[1].Districts, p.Phases[1].Communes = p.Phases[1].Districts[1:], 0 // Sóc Sơn leaves phase 1
		p.Phases[2].Districts, p.Phases[2].Communes = append(p.Phases[2].Districts, "016"), 0
		done, err := h.ImportPlan(t.Context(), planner, p)
		h.ok(err)
		if done.Joined != 26 || done.Left != 0 {
			t.Errorf("%d joined, %d left", done.Joined, done.Left)
		}
		if o := h.overview(); o.Phases[1].Total != 113 || o.Phases[2].Total != 303 {
			t.Errorf("phases of %d and %d", o.Phases[1].Total, o.Phases[2].Total)
		}
		h.at.Set(hanoi(2016, 11, 11, 8, 0, 0))
		points, err := h.Curve(t.Context(), planner, "KH198", Any, "2016-11-07", "2016-11-10")
		h.ok(err)
		if points[3].Planned != 113 {
			t.Errorf("%d planned on the day", points[3].Planned)
		}
	})
}

func TestSentences(t *testing.T) {
	c, err := i18n.Load(Locale)
	if err != nil {
		t.Fatal(err)
	}
	r := Because("rollout.reason.stale", "criterion", "Một hồ sơ thử", "criterion_en", "A test dossier", "days", 60)
	if got := r.Say(c.In(i18n.VI)); got != "Một hồ sơ thử: bằng chứng đã quá 60 ngày, cần kiểm tra lại" {
		t.Error(got)
	}
}

func TestAPlanAsATable(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		p, err := ReadPlanNamed("plan.CSV", []byte("\ufeffkind;phase;key;title;title_en;legal_basis;from;until;unit;source;evidence;must;stage;ttl_days\n"+
			"programme;;P2;Hai;Two;QĐ 2;2016-11-01\n"+
			"phase;1;;Một;One;;2016-11-02;2016-11-03\n"+
			"district;1;;;;;;;018\n"+
			"commune;1;;;;;;;00376\n"+
			"milestone;1;m;Mốc;Mark;;2016-11-03\n"+
			"criterion;1;c;Tiêu chí;Criterion;;;;;declared;word;yes;trial;30\n"))
		h.ok(err)
		done, err := h.ImportPlan(t.Context(), planner, p)
		h.ok(err)
		if done.Joined != 23 {
			t.Errorf("%d communes joined", done.Joined)
		}
		_, err = ReadPlanCSV([]byte("kind,phase,colour\nphase,one\nwave,2\ndistrict,7\n"))
		var got []string
		for _, f := range fault.Of(err).Fields {
			got = append(got, f.Name)
		}
		if want := "row 1, column 3|row 2, phase|row 3, kind|row 4, phase"; strings.Join(got, "|") != want {
			t.Errorf("faults at %v", got)
		}
		bad, err := ReadPlanCSV([]byte("kind,phase,title,from,until,unit\nphase,1,Một,2016-11-02,2016-11-01,\ndistrict,1,,,,999\n"))
		h.ok(err)
		_, err = h.ImportPlan(t.Context(), planner, bad)
		for _, want := range []string{"row 2, official_on", "row 3"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v lacks %q", err, want)
			}
		}
	})
}

func TestAPlannerPutsAPhaseOffWithAReason(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		before, err := h.Overview(t.Context(), planner, "KH198")
		h.ok(err)
		version := before.Phases[1].Version
		for _, c := range []struct {
			name  string
			who   access.Actor
			phase int
			days  PhaseDays
			kind  fault.Kind
		}{
			{"no right", h.within("district_coordinator", "018"), 2, PhaseDays{"2016-12-05", "2016-12-20", "Lùi", version}, fault.Denied},
			{"no day", planner, 2, PhaseDays{"2016-12-35", "2016-12-20", "Lùi", version}, fault.Invalid},
			{"wrong order", planner, 2, PhaseDays{"2016-12-25", "2016-12-20", "Lùi", version}, fault.Invalid},
			{"no reason", planner, 2, PhaseDays{"2016-12-05", "2016-12-20", "  ", version}, fault.Invalid},
			{"an old version", planner, 2, PhaseDays{"2016-12-05", "2016-12-20", "Lùi", version + 1}, fault.Conflict},
			{"live before", planner, 0, PhaseDays{"2016-12-05", "2016-12-20", "Lùi", version}, fault.Conflict},
			{"unknown", planner, 9, PhaseDays{"2016-12-05", "2016-12-20", "Lùi", version}, fault.Missing},
		} {
			if err := h.SetPhaseDays(t.Context(), c.who, "KH198", c.phase, c.days); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		h.ok(h.SetPhaseDays(t.Context(), planner, "KH198", 1, PhaseDays{"2016-11-01", "2016-11-17", "Thông báo 215/TB-UBND", version}))
		points, err := h.Curve(t.Context(), planner, "KH198", 1, "2016-11-16", "2016-11-17")
		h.ok(err)
		if points[0].Planned != 0 || points[1].Planned != 139 {
			t.Errorf("the plan's line stands at %d and %d", points[0].Planned, points[1].Planned)
		}
	})
}
