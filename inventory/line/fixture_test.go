package line

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

const (
	dangXa = "00556" // in Gia Lâm
	coBi   = "00559" // beside it
)

// thursday is 10/11/2016 08:00 in the city.
var thursday = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

var policy = access.Policy{
	"one_stop_officer": {inventory.Look, inventory.Edit, Measure},
	"leadership":       {inventory.Look},
	"planner":          {inventory.Look, inventory.Edit, Measure, Configure},
}

func actor(id string, role access.Role, units ...string) access.Actor {
	home := ""
	if len(units) > 0 {
		home = units[0]
	}
	return policy.As(access.Actor{ID: ident.ID(id), Name: id, Home: home, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	officer   = actor("officer", "one_stop_officer", dangXa)
	neighbour = actor("neighbour", "one_stop_officer", coBi)
	reader    = actor("reader", "leadership")
	admin     = actor("admin", "planner")
	nobody    = access.Actor{}
)

// room is the service over a store, with a clock that the test sets.
type room struct {
	*Service
	at     *clock.Fake
	t      testing.TB
	events []Trouble
	relay  *outbox.Dispatcher
}

// local lets tests call their own servers.
var local = Guard{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}

func build(t testing.TB, d *db.DB) *room {
	t.Helper()
	at := clock.At(thursday)
	units, cals := org.NewUnits(d, at), calstore.New(d, at)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := cals.Seed(t.Context(), thursday); err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load(Locale, inventory.Locale, kit.Locale, importer.Locale, site.Locale, org.Locale)
	if err != nil {
		t.Fatal(err)
	}
	inv := inventory.New(d, at, units, files.New(d, at, blobs), cals, words, importer.New(d, at, words))
	if err := inv.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &room{Service: New(Deps{DB: d, Business: at, Machine: at, Calendars: cals, Calendar: calstore.Office, Units: units, Inventory: inv, Words: words,
		Key: "a key of the tests", Guard: local, Every: 5 * time.Minute, Keep: 30 * 24 * time.Hour}), at: at, t: t}
	r.relay = outbox.NewDispatcher(d, at, slog.New(slog.DiscardHandler), outbox.Handler{Name: "test", Topic: "inventory.line.dead", Do: func(_ context.Context, _ *db.Tx, e outbox.Event) error {
		var one Trouble
		err := e.Read(&one)
		r.events = append(r.events, one)
		return err
	}})
	return r
}

func eachDB(t *testing.T, f func(t *testing.T, r *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, build(t, d)) })
}

func must[T any](r *room) func(T, error) T {
	return func(v T, err error) T {
		r.t.Helper()
		if err != nil {
			r.t.Fatalf("%v (%v)", err, errors.Unwrap(err))
		}
		return v
	}
}

// line is a new line of Đặng Xá that the server probes.
func (r *room) line(target string) inventory.Asset {
	r.t.Helper()
	return must[inventory.Asset](r)(r.Add(r.t.Context(), admin, Form{Unit: dangXa, Name: "FTTH", Circuit: "HNI-0042", ContractDown: "8", ContractUp: "2", Target: target}))
}

// told are the events so far.
func (r *room) told() []Trouble {
	r.t.Helper()
	if _, err := r.relay.Run(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return r.events
}

// stored is what is kept of a line.
func (r *room) stored(id ident.ID) Line {
	r.t.Helper()
	var l Line
	if err := r.DB.Read().NewSelect().Model(&l).Where("l.asset = ?", id).Scan(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return l
}

// round moves the clock on and probes what is due.
func (r *room) round() Round {
	r.t.Helper()
	r.at.Move(5 * time.Minute)
	out := must[Round](r)(r.Probe(r.t.Context()))
	must[int](r)(r.Tell(r.t.Context()))
	return out
}

// fact is the current fact of a name and a source, empty for none.
func (r *room) fact(id ident.ID, name string, source readiness.Source) string {
	r.t.Helper()
	var values []string
	err := r.DB.Read().NewRaw("SELECT value FROM asset_fact WHERE asset = ? AND name = ? AND source = ? AND current", id, name, source).Scan(r.t.Context(), &values)
	if err != nil {
		r.t.Fatal(err)
	}
	return strings.Join(values, ",")
}

// far is a far end that can be silenced: it then takes calls and hangs up.
type far struct {
	silent chan bool
	*httptest.Server
}

func farEnd(t *testing.T) *far {
	t.Helper()
	f := &far{silent: make(chan bool, 1)}
	f.silent <- false
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		silent := <-f.silent
		f.silent <- silent
		switch {
		case silent:
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.Close()
			}
		case req.URL.Path == "/away":
			http.Redirect(w, req, "/never", http.StatusFound)
		case req.URL.Path == "/never":
			t.Error("a redirect was followed")
		default:
			_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
		}
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *far) hush(silent bool) {
	<-f.silent
	f.silent <- silent
}

// listener is a bare TCP far end.
func listener(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}
