package delivery

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/guard"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/reports"
	"lotrinh/reports/render"
)

const city, giaLam, baVi = "01", "018", "271"

// town answers for the neighbours of the reports: a programme in the middle of phase 1.
type town struct{}

func (town) Programmes(context.Context) ([]reports.Programme, error) {
	return []reports.Programme{{Code: "KH198", Title: "Dịch vụ công trực tuyến", TitleEN: "Public services"}}, nil
}

func (w town) Progress(ctx context.Context, a reports.Ask, _ string) (reports.Progress, error) {
	all, err := w.Programmes(ctx)
	p := reports.Progress{Programme: all[0], Phases: []reports.Phase{{No: 1, Name: "Giai đoạn 1", TrialOn: "2016-11-01", OfficialOn: "2016-11-10"}}}
	for _, d := range []reports.District{
		{Code: giaLam, Name: "huyện Gia Lâm", Phase: 1, Counts: reports.Counts{Total: 22, Trial: 6, Official: 16, Declared: 22, Verified: 21}},
		{Code: baVi, Name: "huyện Ba Vì", Phase: 1, Counts: reports.Counts{Total: 31, Preparing: 4, Trial: 10, Official: 17, Declared: 30, Verified: 19}},
	} {
		if a.Unit == city || a.Unit == d.Code {
			p.Districts = append(p.Districts, d)
			p.Total.Total, p.Total.Official, p.Total.Trial = p.Total.Total+d.Total, p.Total.Official+d.Official, p.Total.Trial+d.Trial
			p.Total.Declared, p.Total.Verified = p.Total.Declared+d.Declared, p.Total.Verified+d.Verified
		}
	}
	for day := range 20 {
		p.Days = append(p.Days, reports.Day{Day: clock.Date(hanoi(2016, 10, 26, 0, 0).AddDate(0, 0, day)), Known: true, Planned: 2 * day, Declared: 2 * day, Verified: day, Official: day})
	}
	return p, err
}

func (town) Gaps(context.Context, reports.Ask) (reports.Gaps, error) {
	return reports.Gaps{Open: 27, Late: 8}, nil
}

func (town) Tickets(context.Context, reports.Ask, time.Time, time.Time) (reports.Tickets, error) {
	return reports.Tickets{Open: 43, Late: 9}, nil
}

func (town) Dossiers(context.Context, reports.Ask, reports.Period) (*reports.Cases, error) {
	return nil, nil
}

func (town) Keepers(context.Context) ([]reports.Reader, error) { return nil, nil }

var policy = access.Policy{org.Planner: {reports.Read, reports.Run, reports.Plan, Share}, org.Leadership: {reports.Read, Share}, org.DistrictCoordinator: {reports.Read},
	org.Administrator: {Manage}, org.SupportAgent: {}}

// person is somebody of the tests.
type person struct {
	name, address string
	role          access.Role
	units         []string // none: everywhere
	away          bool     // the account is closed
}

// crowd are the people, by their account.
type crowd struct {
	mu  sync.Mutex
	all map[ident.ID]person
}

func (w *crowd) set(id ident.ID, change func(*person)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.all[id]
	change(&p)
	w.all[id] = p
}

func (w *crowd) Holders(_ context.Context, role access.Role, unit string) ([]org.Account, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []org.Account
	for id, p := range w.all {
		if p.role == role && !p.away && (p.units == nil || contains(p.units, unit)) {
			list = append(list, org.Account{ID: id, Name: p.name, Email: p.address, Lang: i18n.VI})
		}
	}
	return list, nil
}

func contains(all []string, one string) bool {
	return strings.Contains(" "+strings.Join(all, " ")+" ", " "+one+" ")
}

func (w *crowd) Actor(ctx context.Context, login string) (access.Actor, error) {
	return w.ActorOf(ctx, ident.ID(login))
}

func (w *crowd) ActorOf(_ context.Context, id ident.ID) (access.Actor, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, known := w.all[id]
	switch {
	case !known:
		return access.Actor{}, fault.New(fault.Missing, "fault.missing")
	case p.away:
		return access.Actor{}, fault.New(fault.Denied, "org.account.not_active")
	}
	return policy.As(access.Actor{ID: id, Name: p.name, Via: "web", Grants: []access.Grant{{Role: p.role, Everywhere: p.units == nil, Units: p.units}}}), nil
}

func (w *crowd) ForNotices(_ context.Context, ids []ident.ID) (map[ident.ID]notify.Person, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := map[ident.ID]notify.Person{}
	for _, id := range ids {
		if p, known := w.all[id]; known && !p.away {
			found[id] = notify.Person{Address: p.address, Lang: i18n.VI}
		}
	}
	return found, nil
}

// office is a mail server that keeps what it takes. Down, nobody can connect.
type office struct {
	mu    sync.Mutex
	down  bool
	turn  map[string]notify.Answer // address → what it says instead
	mails []notify.Mail
	while func(notify.Mail) // called while a mail is handed over
}

var errDown = errors.New("connection refused")

func (o *office) Open(context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down {
		return errDown
	}
	return nil
}

func (o *office) Shut() {}

func (o *office) Deliver(_ context.Context, m notify.Mail) notify.Answer {
	o.mu.Lock()
	while := o.while
	a, turned := o.turn[m.To]
	if !turned {
		o.mails, a = append(o.mails, m), notify.Answer{Text: "250 2.0.0 Ok: queued"}
	}
	o.mu.Unlock()
	if while != nil {
		while(m)
	}
	return a
}

// to are the mails to one address.
func (o *office) to(address string) []notify.Mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	var some []notify.Mail
	for _, m := range o.mails {
		if m.To == address {
			some = append(some, m)
		}
	}
	return some
}

// house is a room of delivery over its own store.
type house struct {
	*Service
	t       *testing.T
	db      *db.DB
	at      *clock.Fake // business
	machine *clock.Fake
	crowd   *crowd
	office  *office
	events  *outbox.Dispatcher
	sender  *notify.Sender
}

func hanoi(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, clock.City)
}

// sunday is when the tests begin: the evening before the first report.
var sunday = hanoi(2016, 11, 13, 20, 0)

// inHouse are the networks that webhooks of the tests may reach.
var inHouse = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, db: d, at: clock.At(sunday), machine: clock.At(sunday), office: &office{turn: map[string]notify.Answer{}}}
	h.crowd = &crowd{all: map[ident.ID]person{
		"chairman": {name: "Nguyễn Văn An", address: "chutich@hanoi.example", role: org.Leadership}, "deputy": {name: "Trần Thị Bình", address: "phochutich@hanoi.example", role: org.Leadership},
		"gialam": {name: "Lê Văn Cường", address: "gialam@hanoi.example", role: org.Leadership, units: []string{giaLam}}, "bavi": {name: "Phạm Thị Dung", address: "bavi@hanoi.example", role: org.Leadership, units: []string{baVi}},
		"coordinator": {name: "Hoàng Văn Em", address: "dieuphoi@hanoi.example", role: org.DistrictCoordinator, units: []string{giaLam}},
		"planner":     {name: "Đỗ Thị Giang", address: "kehoach@hanoi.example", role: org.Planner}, "admin": {name: "Vũ Văn Hải", role: org.Administrator},
		"half": {name: "Bùi Thị Hoa", address: "nuaquyen@hanoi.example", role: org.Planner, units: []string{baVi}}, "agent": {name: "Đặng Văn Khoa", role: org.SupportAgent}}}
	units := org.NewUnits(d, h.machine)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load(Locale, reports.Locale, render.Locale, site.Locale, kit.Locale, cronspec.Locale, plot.Locale, notify.Locale)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	store, log := files.New(d, h.machine, blobs), slog.New(slog.DiscardHandler)
	made := reports.New(d, h.at, h.machine, store, words, log, reports.Neighbours{Rollout: town{}, Inventory: town{}, HelpDesk: town{}, Dossiers: town{}, Units: units, Readers: town{}})
	h.sender = &notify.Sender{DB: d, Clock: h.machine, Log: log, Words: words, People: h.crowd, Kinds: []notify.Kind{{Code: "reports", Templates: []string{"reports."}}}}
	h.Service = New(Deps{DB: d, Business: h.at, Machine: h.machine, Log: log, Words: words, Reports: made, Files: store, Units: units, People: h.crowd,
		Post: h.office, Reach: h.sender, Key: "house", Seal: "sealed house", BaseURL: "https://lotrinh.example", Root: t.TempDir(), Guard: guard.Guard{Allowed: inHouse}})
	h.events = outbox.NewDispatcher(d, h.machine, log, h.Handlers()...)
	return h
}

func eachHouse(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, open(t, d)) })
}

// twin is a second process on the same store.
func (h *house) twin() *Service { return &Service{h.Deps} }

func (h *house) who(login string) access.Actor {
	h.t.Helper()
	a, err := h.crowd.ActorOf(h.t.Context(), ident.ID(login))
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// weekly makes a cut's report come round on Mondays at 07:30.
func (h *house) weekly(cut string) reports.Schedule {
	h.t.Helper()
	sc, err := h.Reports.AddSchedule(h.t.Context(), h.who("planner"), reports.ScheduleForm{Definition: reports.Weekly, Programme: "KH198", Cut: cut, Spec: "30 7 * * 1", CatchUp: "1", Enabled: true})
	if err != nil {
		h.t.Fatal(err, fault.Of(err).Fields)
	}
	return sc
}

// monday moves the clocks to Monday at a minute after midnight, makes what is due and
// lets the room learn of it.
func (h *house) clocks(to time.Time) {
	h.at.Set(to)
	h.machine.Set(to)
}

func (h *house) made(want int) {
	h.t.Helper()
	if n, err := h.Reports.RunDue(h.t.Context()); err != nil || n != want {
		h.t.Fatalf("%d reports were made (%v), want %d", n, err, want)
	}
	if _, err := h.events.Run(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	if n := h.one("SELECT count(*) FROM outbox_delivery WHERE state <> 'done'"); n != "0" {
		h.t.Fatal("an event was not handled")
	}
}

func (h *house) sent(want int) {
	h.t.Helper()
	if n, err := h.Run(h.t.Context()); err != nil || n != want {
		h.t.Fatalf("%d deliveries (%v), want %d", n, err, want)
	}
}

func (h *house) one(query string, args ...any) string {
	h.t.Helper()
	var s string
	if err := h.db.Read().NewRaw(query, args...).Scan(h.t.Context(), &s); err != nil {
		h.t.Fatal(query, err)
	}
	return s
}

func (h *house) row(recipient string) Row {
	h.t.Helper()
	var r Row
	if err := h.db.Read().NewSelect().Model(&r).Where("rd.channel = ?", Mail).Where("rd.recipient = ?", recipient).Order("rd.id DESC").Limit(1).Scan(h.t.Context()); err != nil {
		h.t.Fatal(recipient, err)
	}
	return r
}
