package hotline

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/live"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
)

// Communes of Gia Lâm and of Hoàng Mai.
const (
	dangXa = "00556"
	far    = "00577"
)

var policy = access.Policy{
	"one_stop_officer": {helpdesk.Ask, Keep},
	"support_agent":    {helpdesk.Ask, helpdesk.Read, helpdesk.Work},
	"support_lead":     {helpdesk.Ask, helpdesk.Read, helpdesk.Work, helpdesk.Manage},
	"auditor":          {helpdesk.Read},
}

func key(n string) ident.ID { return ident.ID("00000000-0000-7000-8000-0000000000" + n) }

func actor(n, name string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: key(n), Name: name, Login: name, Via: "web", Home: strings.Join(units, ""), Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	officer  = actor("01", "officer", "one_stop_officer", dangXa)
	stranger = actor("02", "stranger", "one_stop_officer", far)
	agent    = actor("11", "agent", "support_agent")
	second   = actor("12", "second", "support_agent")
	local    = actor("13", "local", "support_agent", far)
	lead     = actor("21", "lead", "support_lead")
	auditor  = actor("31", "auditor", "auditor")
	nobody   = access.Actor{}
	everyone = []access.Actor{officer, stranger, agent, second, local, lead, auditor}
)

// officerNumber is the officer's, as the account has it.
const officerNumber = "0912345678"

// town is who is who.
type town struct{}

func (town) Names(_ context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	m := map[ident.ID]string{}
	for _, id := range ids {
		for _, a := range everyone {
			if a.ID == id {
				m[id] = "Tên " + a.Name
			}
		}
	}
	return m, nil
}

func (town) Agents(context.Context, string) ([]helpdesk.Agent, error) { return nil, nil }

func (town) Reachable(_ context.Context, kind helpdesk.WayKind, value string) ([]helpdesk.Contact, error) {
	if kind == helpdesk.PhoneWay && value == officerNumber {
		return []helpdesk.Contact{{ID: officer.ID, Account: officer.ID, Name: "Tên officer", Unit: dangXa}}, nil
	}
	return nil, nil
}

func (town) Duties(_ context.Context, ids []ident.ID) (map[ident.ID][]access.Role, error) {
	m := map[ident.ID][]access.Role{}
	for _, id := range ids {
		if id == officer.ID {
			m[id] = []access.Role{"one_stop_officer"}
		}
	}
	return m, nil
}

func (town) Seated(_ context.Context, word string) (ident.ID, error) {
	for _, a := range everyone {
		if a.Login == word || string(a.ID) == word {
			return a.ID, nil
		}
	}
	return "", nil
}

func (town) ActorOf(_ context.Context, id ident.ID) (access.Actor, error) {
	for _, a := range everyone {
		if a.ID == id {
			return a, nil
		}
	}
	return access.Actor{}, nil
}

func (town) Leads(context.Context, string) ([]ident.ID, error) { return []ident.ID{lead.ID}, nil }

// faces lets the name of an account stand for its session.
type faces struct{}

func (faces) BySession(_ context.Context, token string) (access.Actor, error) {
	for _, a := range everyone {
		if a.Login == token {
			return a, nil
		}
	}
	return access.Actor{}, nil
}

func (f faces) ByBearer(ctx context.Context, token string) (access.Actor, error) {
	return f.BySession(ctx, token)
}

// monday is 14/11/2016 08:05 in the city.
var monday = time.Date(2016, 11, 14, 1, 5, 0, 0, time.UTC)

// desk is the hotline with its door and an exchange.
type desk struct {
	*Service
	t      testing.TB
	at     *clock.Fake
	server *httpx.Server
	token  string
	pbx    PBX
}

func open(t testing.TB, d *db.DB) *desk {
	t.Helper()
	words, err := i18n.Load(kit.Locale, site.Locale, org.Locale, files.Locale, deadline.Locale, worktime.Locale, helpdesk.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
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
	room := helpdesk.New(helpdesk.Deps{DB: d, Business: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: town{}, Files: files.New(d, at, blobs), Fresh: deadline.Stored(cals)})
	s := &desk{t: t, at: at, Service: New(Deps{DB: d, Business: at, Machine: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: town{}, Desk: room,
		Live: live.New(d, at, nil), Words: words, Keep: 365 * 24 * time.Hour})}
	frame := &site.Site{Business: at}
	s.server = httpx.New(httpx.Config{BaseURL: "http://localhost", Identity: faces{}, Catalog: words, DB: d, Clock: clock.System{}, ErrorPage: frame.ErrorPage})
	room.Routes(s.server.Router, frame)
	s.Routes(s.server.Router, frame)
	s.Live.Routes(s.server.Router)
	if s.token, s.pbx, err = s.MakePBX(t.Context(), lead, "Asterisk tầng 2", ""); err != nil {
		t.Fatal(err)
	}
	return s
}

func eachDB(t *testing.T, f func(t *testing.T, s *desk)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

func (s *desk) send(r *http.Request) (int, string) {
	s.t.Helper()
	res, err := s.server.App().Test(r, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if cerr := res.Body.Close(); err != nil || cerr != nil {
		s.t.Fatal(err, cerr)
	}
	if i := strings.Index(string(raw), "⟦"); i >= 0 {
		s.t.Errorf("%s %s shows a key without a sentence: %.60s", r.Method, r.URL, raw[i:])
	}
	return res.StatusCode, string(raw)
}

// tell sends an event as a bridge does, in JSON.
func (s *desk) tell(fields map[string]any) (int, string) {
	s.t.Helper()
	raw, err := json.Marshal(fields)
	if err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/api/v1/cti/"+s.token, strings.NewReader(string(raw)))
	r.Header.Set("Content-Type", "application/json")
	return s.send(r)
}

// event tells an event of a call from the officer's number, changed as said.
func (s *desk) event(kind, id string, pairs ...string) {
	s.t.Helper()
	f := map[string]any{"event": kind, "from": "84912345678", "to": "1022", "direction": "in", "callId": id}
	for i := 0; i+1 < len(pairs); i += 2 {
		f[pairs[i]] = pairs[i+1]
	}
	if status, body := s.tell(f); status != http.StatusOK {
		s.t.Fatalf("%s of %s: %d %s", kind, id, status, body)
	}
}

// page asks for a page as somebody.
func (s *desk) page(who access.Actor, method, path string, pairs ...string) (int, string) {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.AddCookie(&http.Cookie{Name: "lotrinh_session", Value: who.Login})
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return s.send(r)
}

func (s *desk) shows(who access.Actor, path string, wants ...string) string {
	s.t.Helper()
	status, body := s.page(who, http.MethodGet, path)
	if status != http.StatusOK {
		s.t.Fatalf("%s: %d %.300s", path, status, body)
	}
	for _, want := range wants {
		if !strings.Contains(body, want) {
			s.t.Errorf("%s does not show %q", path, want)
		}
	}
	return body
}

// callOf is the row of a session.
func (s *desk) callOf(id string) Call {
	s.t.Helper()
	var c Call
	if err := s.DB.Read().NewSelect().Model(&c).Where("hc.call_id = ?", id).Scan(s.t.Context()); err != nil {
		s.t.Fatal(id, err)
	}
	return c
}

// task is the newest task of a number.
func (s *desk) taskFor(number string) Callback {
	s.t.Helper()
	var b Callback
	if err := s.DB.Read().NewSelect().Model(&b).Where("hb.number = ?", number).Order("hb.id DESC").Limit(1).Scan(s.t.Context()); err != nil {
		s.t.Fatal(number, err)
	}
	return b
}

func (s *desk) rows(query string, args ...any) int {
	s.t.Helper()
	var n int
	if err := s.DB.Read().NewRaw(query, args...).Scan(s.t.Context(), &n); err != nil {
		s.t.Fatal(query, err)
	}
	return n
}

// settleEvents hands out what waits.
func (s *desk) settleEvents() {
	s.t.Helper()
	hs := append(s.Desk.Handlers(), s.Handlers()...)
	if _, err := outbox.NewDispatcher(s.DB, s.at, nil, hs...).Run(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// opened is a ticket of the officer that the agent works on.
func (s *desk) opened(change ...func(*helpdesk.Draft)) helpdesk.Ticket {
	s.t.Helper()
	d := helpdesk.Draft{Unit: dangXa, Title: "Không đăng nhập được phần mềm hộ tịch", Body: "Báo sai mật khẩu.", Service: helpdesk.Software, Impact: 2, Urgency: 2, Source: "web"}
	for _, c := range change {
		c(&d)
	}
	t, err := s.Desk.Open(s.t.Context(), officer, d)
	if err != nil {
		s.t.Fatal(err)
	}
	return t
}
