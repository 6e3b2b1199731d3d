package live

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
)

type faces struct{}

func (faces) BySession(_ context.Context, token string) (access.Actor, error) {
	return access.Actor{ID: ident.ID(token)}, nil
}

func (faces) ByBearer(context.Context, string) (access.Actor, error) { return access.Actor{}, nil }

// process is one hub with a door that listens on a socket.
type process struct {
	*Hub
	t   *testing.T
	url string
}

func start(t *testing.T, d *db.DB) *process {
	t.Helper()
	words, err := i18n.Load(fstest.MapFS{"locale/vi.json": {Data: []byte(`{"fault.sign_in":"x"}`)}, "locale/en.json": {Data: []byte(`{"fault.sign_in":"x"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	h := New(d, clock.System{}, nil)
	h.Room("agents", func(who access.Actor) bool { return strings.HasPrefix(string(who.ID), "agent") })
	h.Greet(func(_ context.Context, who access.Actor) ([]Part, error) {
		return []Part{{ID: "standing-" + string(who.ID), Href: "/x"}}, nil
	})
	s := httpx.New(httpx.Config{Identity: faces{}, Catalog: words, DB: d, Clock: clock.System{}})
	h.Routes(s.Router)
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed by Stop
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		h.Close()
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		<-served
	})
	return &process{h, t, "http://" + l.Addr().String()}
}

// stream is an open page.
type stream struct {
	t    *testing.T
	body io.ReadCloser
	in   *bufio.Reader
	id   string // of the last event
}

func (p *process) listen(who, last string) *stream {
	p.t.Helper()
	res := p.ask(who, last)
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") || res.Header.Get("Content-Encoding") != "" {
		p.t.Fatal(res.Status, res.Header)
	}
	s := &stream{t: p.t, body: res.Body, in: bufio.NewReader(res.Body)}
	p.t.Cleanup(func() { _ = s.body.Close() })
	s.next() // the greeting's own line
	return s
}

func (p *process) ask(who, last string) *http.Response {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+Path, http.NoBody)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Accept-Encoding", "gzip, br")
	r.AddCookie(&http.Cookie{Name: "lotrinh_session", Value: who})
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	res, err := (&http.Transport{DisableCompression: true}).RoundTrip(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return res
}

// next is the next event, its kind and its data; nothing when the stream has ended.
func (s *stream) next() string {
	s.t.Helper()
	var said []string
	for {
		line, err := s.in.ReadString('\n')
		if err != nil {
			return ""
		}
		line = strings.TrimRight(line, "\n")
		switch name, value, _ := strings.Cut(line, ": "); {
		case line == "" && len(said) > 0:
			return strings.Join(said, " ")
		case name == "id":
			s.id = value
		case name == "event", name == "data", name == "retry":
			said = append(said, value)
		}
	}
}

func (s *stream) wants(want string) {
	s.t.Helper()
	if got := s.next(); got != want {
		s.t.Fatalf("heard %q, want %q", got, want)
	}
}

func (p *process) publish(events ...Event) {
	p.t.Helper()
	if err := p.DB.InTx(p.t.Context(), func(ctx context.Context, tx *db.Tx) error { return p.Publish(ctx, tx, events...) }); err != nil {
		p.t.Fatal(err)
	}
}

func part(id string) Part { return Part{ID: id, Href: "/" + id} }

func TestPagesHearWhatHappensInTheirRooms(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		p := start(t, d)
		agent, officer := p.listen("agent-1", ""), p.listen("officer", "")
		agent.wants(`show {"id":"standing-agent-1","href":"/x"}`)
		officer.wants(`show {"id":"standing-officer","href":"/x"}`)
		p.publish(Show("agents", part("call-1")), Show(To("officer"), part("mine")), Gone("agents", "call-1"))
		agent.wants(`show {"id":"call-1","href":"/call-1"}`)
		agent.wants(`gone {"id":"call-1"}`)
		officer.wants(`show {"id":"mine","href":"/mine"}`)
	})
}

func TestARolledBackChangeIsHeardByNobody(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		p := start(t, d)
		agent := p.listen("agent-1", "")
		agent.wants(`show {"id":"standing-agent-1","href":"/x"}`)
		_ = d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := p.Publish(ctx, tx, Show("agents", part("undone"))); err != nil {
				return err
			}
			return context.Canceled
		})
		p.publish(Show("agents", part("done")))
		agent.wants(`show {"id":"done","href":"/done"}`)
	})
}

func TestAnotherProcessHearsItToo(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		one, two := start(t, d), start(t, d)
		agent := two.listen("agent-1", "")
		agent.wants(`show {"id":"standing-agent-1","href":"/x"}`)
		one.publish(Show("agents", part("call-2")))
		agent.wants(`show {"id":"call-2","href":"/call-2"}`)
	})
}

func TestAStreamEndsByItselfAndIsTakenUpWhereItEnded(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		p := start(t, d)
		p.publish(Show("agents", part("before")))
		p.Life = 20 * time.Millisecond
		agent := p.listen("agent-1", "")
		agent.wants(`show {"id":"standing-agent-1","href":"/x"}`)
		agent.wants("") // over
		p.publish(Show("agents", part("missed")), Show("elsewhere", part("not-mine")))
		p.Life = 0
		again := p.listen("agent-1", agent.id)
		again.wants(`show {"id":"missed","href":"/missed"}`)
		p.publish(Show("agents", part("next")))
		again.wants(`show {"id":"next","href":"/next"}`)
	})
}

func TestWhoWasAwayTooLongIsGreetedAgain(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		p := start(t, d)
		at := clock.At(time.Date(2016, 11, 14, 1, 5, 0, 0, time.UTC))
		p.Clock = at
		p.publish(Show("agents", part("old")))
		at.Move(3 * life)
		if err := p.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		p.publish(Show("agents", part("a")), Show("agents", part("b")))
		p.listen("agent-1", "0").wants(`show {"id":"standing-agent-1","href":"/x"}`)
		p.listen("agent-2", "999").wants(`show {"id":"standing-agent-2","href":"/x"}`)
	})
}

func TestStreamsAreFewPerAccountAndEndWithTheHouse(t *testing.T) {
	p := start(t, testkit.SQLite(t))
	var all []*stream
	for range perAccount {
		all = append(all, p.listen("agent-1", ""))
	}
	newest := p.listen("agent-1", "")
	all[0].next()
	all[0].wants("") // the oldest gave way
	all = append(all[1:], newest)
	other := p.listen("agent-2", "")
	if n := p.Listening(); n != perAccount+1 {
		t.Error(n, "streams")
	}
	p.Close()
	other.next()
	other.wants("")
	for _, s := range all {
		s.next()
		s.wants("")
	}
	res := p.ask("agent-3", "")
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Error("a closed house takes listeners", res.Status, err)
	}
}

func TestAReaderWithoutAStreamIsToldWhatStands(t *testing.T) {
	p := start(t, testkit.SQLite(t))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+Path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "lotrinh_session", Value: "agent-1"})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err != nil || cerr != nil || string(raw) != `{"show":[{"id":"standing-agent-1","href":"/x"}]}` {
		t.Error(string(raw), err, cerr)
	}
}
