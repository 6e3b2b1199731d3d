package probe

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// world is a fake of what stands around the room.
type world struct {
	link    Standing
	refused bool // the guard lets no call go
}

func (w *world) Offices(context.Context) ([]string, error) { return []string{"insurance"}, nil }
func (w *world) Standing(_ context.Context, office string) (Standing, bool, error) {
	return w.link, office == "insurance", nil
}
func (w *world) Keepers(context.Context) ([]ident.ID, error) { return []ident.ID{"a-planner"}, nil }
func (w *world) ReadTarget(text string) (string, error)      { return text, nil }
func (w *world) Control(string, string, syscall.RawConn) error {
	if w.refused {
		return errors.New("not allowed")
	}
	return nil
}

type ready struct{}

func (ready) All(_ context.Context, units []string, _ time.Time) (map[string]rollout.Verdict, error) {
	all := map[string]rollout.Verdict{}
	for _, u := range units {
		all[u] = rollout.Verdict{Answer: rollout.Met}
	}
	return all, nil
}

type house struct {
	*Service
	t     *testing.T
	at    *clock.Fake
	world *world
	phase map[int]ident.ID
}

var policy = access.Policy{
	"planner": {rollout.Read, rollout.Plan, rollout.MoveTo, rollout.Verify, Keep},
	"reader":  {rollout.Read},
	"agent":   {},
}

func as(role access.Role) access.Actor {
	return policy.As(access.Actor{ID: ident.ID("a-" + string(role)), Name: "Nguyễn Thị Lan", Via: "web", Grants: []access.Grant{{Role: role, Everywhere: true}}})
}

var planner = as("planner")

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, at: clock.At(time.Date(2016, 11, 8, 1, 0, 0, 0, time.UTC)), world: &world{link: Standing{On: true}}, phase: map[int]ident.ID{}}
	units := org.NewUnits(d, h.at)
	_, err := units.LoadBuiltIn(t.Context())
	h.ok(err)
	root := rollout.New(d, h.at, units, ready{})
	plan, err := rollout.Plan198()
	h.ok(err)
	_, err = root.ImportPlan(t.Context(), planner, plan)
	h.ok(err)
	h.Service = New(Deps{DB: d, Business: h.at, Machine: h.at, Rollout: root, Near: h.world})
	h.ok(h.Seed(t.Context()))
	all, err := root.Phases(t.Context())
	h.ok(err)
	for _, p := range all {
		h.phase[p.Ordinal] = p.ID
	}
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) gate(key string) View {
	h.t.Helper()
	v, err := h.Gate(h.t.Context(), planner, key)
	h.ok(err)
	return v
}

func (h *house) watch(key string, means Means, address string, phases ...int) {
	h.t.Helper()
	in := Setup{Means: means, Address: address, EveryMinutes: 5, StaleMinutes: 30, Version: h.gate(key).Version}
	for _, p := range phases {
		in.Phases = append(in.Phases, h.phase[p])
	}
	h.ok(h.Configure(h.t.Context(), planner, key, in))
}

// refusedBy are the reasons of the first refusal of a move of one commune.
func (h *house) refusedBy() []rollout.Reason {
	h.t.Helper()
	r, err := h.Rollout.PreviewMove(h.t.Context(), planner, rollout.MoveInput{Programme: "KH198", Units: []string{"00556"}, To: rollout.Trial})
	h.ok(err)
	if len(r.Refused) == 0 {
		return nil
	}
	return r.Refused[0].Reasons
}

func keys(rs []rollout.Reason) string {
	var all []string
	for _, r := range rs {
		all = append(all, r.Key)
	}
	return strings.Join(all, " ")
}

func TestTheInsuranceLinkFailsAndEveryWaveThatNeedsItIsHeldAtOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		ctx := t.Context()
		h.watch("insurance", Link, "insurance", 1, 2)
		h.ok(h.Watch(ctx))
		if v := h.gate("insurance"); v.Told != Open || strings.HasPrefix(keys(h.refusedBy()), "probe.") {
			t.Fatalf("a link that answers: %s, %v", v.Told, keys(h.refusedBy()))
		}
		h.world.link = Standing{On: true, Broken: true, Problem: "503"}
		h.at.Move(6 * time.Minute)
		h.ok(h.Watch(ctx))
		if got := keys(h.refusedBy()); !strings.HasPrefix(got, "probe.reason.failing") {
			t.Fatalf("a move is refused for the gate first: %q", got)
		}
		b, err := h.Rollout.Board(ctx, planner, "KH198", rollout.Filter{Phase: rollout.Any})
		h.ok(err)
		for _, r := range b.Rows {
			if (len(r.Held) > 0) != (r.Phase != 0) {
				t.Fatalf("%s of phase %d: held by %v", r.Unit, r.Phase, r.Held)
			}
		}
		u, err := h.Rollout.Unit(ctx, planner, "KH198", "00556")
		h.ok(err)
		if len(u.Held) != 1 || u.Held[0].Href != "/rollout/gates/insurance" {
			t.Errorf("the page of a commune: %+v", u.Held)
		}
		var notices, events int
		h.ok(d.Read().NewRaw("SELECT count(*) FROM notice WHERE template = 'probe.notice.shut'").Scan(ctx, &notices))
		h.ok(d.Read().NewRaw("SELECT count(*) FROM outbox_event WHERE topic = 'rollout.gate.changed'").Scan(ctx, &events))
		if notices != 1 || events != 3 { // watched (stale), open, shut
			t.Errorf("%d notices, %d events", notices, events)
		}
		h.world.link.Broken = false
		h.at.Move(6 * time.Minute)
		h.ok(h.Watch(ctx))
		if strings.HasPrefix(keys(h.refusedBy()), "probe.") {
			t.Error("held although the link answers again")
		}
		v := h.gate("insurance")
		if !slices.ContainsFunc(v.Events, func(e Event) bool { return e.Verdict == Shut && strings.Contains(e.Reason, "503") }) {
			t.Errorf("the history tells of the failure: %+v", v.Events)
		}
	})
}

func TestAWaveThatDoesNotDependOnAGateGoesOn(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	h.watch("police", Declared, "", 2)
	if got := keys(h.refusedBy()); strings.HasPrefix(got, "probe.") {
		t.Errorf("phase 1 is held by a gate of phase 2: %s", got)
	}
	held, err := h.Rollout.HeldPhases(t.Context(), "KH198")
	h.ok(err)
	if len(held[2]) != 1 || len(held[1]) != 0 {
		t.Errorf("held: %+v", held)
	}
}

func TestAResultThatGrowsOldAndADeclarationThatEndsShutAGate(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	ctx := t.Context()
	h.watch("wan", Link, "insurance", 1)
	h.ok(h.Watch(ctx))
	h.at.Move(31 * time.Minute) // nobody looked meanwhile
	if v, why := h.gate("wan").Verdict(h.at.Now()); v != Stale || why.Key != "probe.reason.stale" {
		t.Fatalf("after the last result is old: %s, %s", v, why.Key)
	}
	until := h.at.Now().Add(2 * time.Hour)
	h.ok(h.Declare(ctx, planner, "wan", Statement{Said: Open, Reason: "đã kiểm tra tại trung tâm", Until: until, Version: h.gate("wan").Version}))
	if h.gate("wan").Told != Open {
		t.Error("a declaration does not stand above what was probed")
	}
	h.world.link.Broken = true
	h.at.Move(3 * time.Hour)
	h.ok(h.Watch(ctx))
	if v := h.gate("wan"); v.Told != Shut {
		t.Errorf("the declaration is over and the link is down: %s", v.Told)
	}
	h.ok(h.Declare(ctx, planner, "wan", Statement{Said: Shut, Reason: "bảo trì", Until: h.at.Now().Add(time.Hour), Version: h.gate("wan").Version}))
	h.world.link.Broken = false
	h.at.Move(10 * time.Minute)
	h.ok(h.Watch(ctx))
	if h.gate("wan").Told != Shut {
		t.Error("a probe opened what a person declared shut")
	}
	h.ok(h.Withdraw(ctx, planner, "wan", "xong sớm", h.gate("wan").Version))
	if h.gate("wan").Told != Open {
		t.Error("shut although the declaration was withdrawn")
	}
}

func TestFailuresInARowArePassedOverAsConfigured(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	h.ok(h.Configure(t.Context(), planner, "insurance", Setup{Means: Link, Address: "insurance", EveryMinutes: 1, StaleMinutes: 60, Tolerate: 1, Version: 1}))
	h.world.link.Broken = true
	for _, want := range []Verdict{Open, Shut} {
		h.at.Move(2 * time.Minute)
		h.ok(h.Watch(t.Context()))
		if got := h.gate("insurance").Told; got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}

func TestAddressesAreCalled(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	ctx := t.Context()
	status := http.StatusOK
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer web.Close()
	line, err := net.Listen("tcp", "127.0.0.1:0")
	h.ok(err)
	at := line.Addr().String()
	say := func(means Means, address string) string {
		p, err := h.ask(ctx, Gate{Means: means, Address: address})
		h.ok(err)
		return p
	}
	if p := say(HTTP, web.URL) + say(TCP, at); p != "" {
		t.Errorf("what answers: %s", p)
	}
	status = http.StatusBadGateway
	h.ok(line.Close())
	if a, b := say(HTTP, web.URL), say(TCP, at); a != "probe.problem.error" || b != "probe.problem.refused" {
		t.Errorf("an error page: %s, nobody there: %s", a, b)
	}
	h.world.refused = true
	if p := say(TCP, strings.TrimPrefix(web.URL, "http://")); p != "probe.problem.unreachable" {
		t.Errorf("the guard lets no call go: %q", p)
	}
}

func TestWhoMayKeepGates(t *testing.T) {
	h := open(t, testkit.SQLite(t))
	ctx := t.Context()
	setup := Setup{Means: Declared, EveryMinutes: 5, StaleMinutes: 30, Version: 1}
	said := Statement{Said: Shut, Reason: "x", Until: h.at.Now().Add(time.Hour), Version: 1}
	for _, who := range []access.Actor{as("reader"), as("agent"), {}} {
		for name, err := range map[string]error{
			"configure": h.Configure(ctx, who, "sms", setup), "declare": h.Declare(ctx, who, "sms", said),
			"withdraw": h.Withdraw(ctx, who, "sms", "x", 1), "try": h.Try(ctx, who, "sms"),
		} {
			if !fault.Is(err, fault.Denied) && !fault.Is(err, fault.SignIn) {
				t.Errorf("%s as %q: %v", name, who.ID, err)
			}
		}
	}
	if _, err := h.Gates(ctx, as("reader")); err != nil {
		t.Error(err)
	}
	if _, err := h.Gates(ctx, as("agent")); !fault.Is(err, fault.Denied) {
		t.Errorf("one who may not read: %v", err)
	}
	h.ok(h.Configure(ctx, planner, "sms", setup))
	if err := h.Configure(ctx, planner, "sms", setup); !fault.Is(err, fault.Conflict) {
		t.Errorf("the second who saves: %v", err)
	}
	for name, bad := range map[string]Statement{"no reason": {Said: Open, Until: said.Until, Version: 2}, "past": {Said: Open, Reason: "x", Until: h.at.Now(), Version: 2}, "neither": {Reason: "x", Until: said.Until, Version: 2}} {
		if err := h.Declare(ctx, planner, "sms", bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.Configure(ctx, planner, "police", Setup{Means: Link, Address: "nobody", EveryMinutes: 5, StaleMinutes: 30, Version: 1}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an office nobody knows: %v", err)
	}
}

func FuzzVerdict(f *testing.F) {
	f.Add(uint8(4), uint8(1), int64(10), int64(30), uint8(2), int64(-5), uint8(3), uint8(1))
	f.Add(uint8(1), uint8(0), int64(0), int64(1), uint8(1), int64(9), uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, means, seen uint8, ago, stale int64, said uint8, left int64, fails, tolerate uint8) {
		now := time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)
		minutes := func(n int64) time.Duration { return time.Duration(n%100000) * time.Minute }
		g := Gate{Key: "wan", Means: MeansAll[int(means)%len(MeansAll)], Seen: []Verdict{"", Open, Shut}[seen%3], StaleMinutes: int(stale % 100000),
			Said: []Verdict{"", Open, Shut}[said%3], SaidUntil: now.Add(minutes(left)), Fails: int(fails), Tolerate: int(tolerate)}
		if g.Seen != "" {
			g.SeenAt = now.Add(-minutes(ago))
		}
		v, why := g.Verdict(now)
		if v.Holds() != (why.Key != "") {
			t.Fatalf("%s for %q", v, why.Key)
		}
		if g.Means == Off && v.Holds() || g.Means == Declared && v == Open && g.Said != Open {
			t.Fatalf("%+v is %s", g, v)
		}
		later, _ := g.Verdict(now.AddDate(1, 0, 0))
		if g.Means != Off && later == Open {
			t.Fatalf("open for ever: %+v", g)
		}
	})
}
