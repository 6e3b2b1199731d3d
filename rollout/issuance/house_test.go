package issuance

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

const (
	dangXa  = "00556" // in Gia Lâm, 018
	bacSon  = "00376" // in Sóc Sơn, 016
	goodOne = "mười con mèo trắng"
)

var policy = access.Policy{
	org.Administrator:       {Look, Issue, org.AccountStaff, org.AccountManage, org.AccountRead, org.AccountReview},
	org.DistrictCoordinator: {Look, Ask, Approve, org.AccountStaff},
	org.OneStopOfficer:      {Look, Ask},
	org.Planner:             {Look, rollout.Read, rollout.Plan},
	org.Leadership:          {rollout.Read},
	org.Auditor:             {org.AccountReview},
}

var goodHash = sync.OnceValues(func() (string, error) { return org.HashPassword(goodOne) })

type equipped struct{}

func (equipped) All(context.Context, []string, time.Time) (map[string]rollout.Verdict, error) {
	return nil, nil
}

type letters struct{}

func (letters) Reset(context.Context, *db.Tx, time.Time, org.Letter) error { return nil }

type house struct {
	*Service
	t          *testing.T
	at         *clock.Fake
	machine    *clock.Fake
	im         *importer.Importer
	school     []Key // who was trained
	texting    bool
	admin, her access.Actor // the administrator; the coordinator of Gia Lâm
}

// Holding are everybody with an account of the district coordinator's role.
func (h *house) Holding(ctx context.Context, _ access.Perm, unit string) ([]ident.ID, error) {
	rows, err := h.People.Holders(ctx, org.DistrictCoordinator, unit)
	var out []ident.ID
	for _, a := range rows {
		out = append(out, a.ID)
	}
	return out, err
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	day := time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC)
	h := &house{t: t, at: clock.At(day), machine: clock.At(day.AddDate(10, 0, 0))}
	words, err := i18n.Load(kit.Locale, Locale, importer.Locale)
	h.ok(err)
	units := org.NewUnits(d, h.machine)
	_, err = units.LoadBuiltIn(t.Context())
	h.ok(err)
	calendars := calstore.New(d, h.machine)
	h.ok(calendars.Seed(t.Context(), h.at.Now()))
	people := org.NewPeople(d, units, h.at, h.machine, policy, letters{}, nil)
	roll := rollout.New(d, h.at, units, equipped{})
	plan, err := rollout.Plan198()
	h.ok(err)
	_, err = roll.ImportPlan(t.Context(), access.System("test"), plan)
	h.ok(err)
	jobs := job.New(d, h.machine, slog.New(slog.NewTextHandler(io.Discard, nil)), people.ActorOf)
	h.im = importer.New(d, h.machine, words)
	h.Service = New(Deps{DB: d, Business: h.at, Machine: h.machine, Units: units, People: people, Rollout: roll, Calendars: calendars, Jobs: jobs, Holders: h, Words: words, BaseURL: "https://lotrinh.example", Days: 15,
		Trained: func(_ context.Context, _ bun.IDB, units []string) ([]Key, error) { return h.school, nil }, Texting: func() bool { return h.texting }})
	jobs.Register(IssueJob, h.Work)
	h.im.Register(h.RosterSpec())
	h.admin = h.person("admin", "", org.Administrator)
	h.her = h.person("gialam", "018", org.DistrictCoordinator)
	return h
}

func each(t *testing.T, f func(h *house)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(build(t, d)) })
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) person(login, unit string, role access.Role) access.Actor {
	h.t.Helper()
	hash, err := goodHash()
	h.ok(err)
	_, err = h.People.Create(h.t.Context(), access.System("test"), org.NewAccount{Login: login, Hash: hash, Profile: org.Profile{Name: "Người " + login, Unit: unit}, Posts: []org.Post{{Role: role, Unit: unit}}})
	h.ok(err)
	who, err := h.People.Actor(h.t.Context(), login)
	h.ok(err)
	return who
}

// roster is four officers of a commune, as a table.
func roster(unit string) string {
	return "Xã,Họ và tên,Vị trí,Ngày sinh,Mã cán bộ,Điện thoại\n" +
		unit + ",Nguyễn Thị Lan,Cán bộ một cửa,02/03/1985,CB-1" + unit + ",0912 345 671\n" +
		unit + ",Trần Văn Bình,Tư pháp – hộ tịch,,CB-2" + unit + ",\n" +
		unit + ",Lê Thị Cúc,LĐTBXH,,,\n" +
		unit + ",Phạm Văn Dũng,Lãnh đạo,1970-01-01,,\n"
}

func (h *house) bring(who access.Actor, table string) importer.Run {
	h.t.Helper()
	run, err := h.im.Preview(h.t.Context(), who, RosterImport, "xa.csv", bytes.NewReader([]byte(table)), int64(len(table)), nil)
	h.ok(err)
	run, err = h.im.Commit(h.t.Context(), who, run.ID, true)
	h.ok(err)
	return run
}

// train lets everybody of a commune's roster be trained for their posts.
func (h *house) train(unit string) {
	h.t.Helper()
	for _, r := range h.all() {
		if r.Unit == unit {
			h.school = append(h.school, Key{Unit: unit, Audience: Audience(r.Post), Code: r.Code, NameFold: r.NameFold})
		}
	}
}

func (h *house) all() []Request {
	h.t.Helper()
	var rows []Request
	h.ok(h.DB.Read().NewSelect().Model(&rows).Order("iq.unit", "iq.post", "iq.id").Scan(h.t.Context()))
	return rows
}

func (h *house) one(name string) Request {
	h.t.Helper()
	for _, r := range h.all() {
		if r.Name == name && r.State != Ended {
			return r
		}
	}
	h.t.Fatalf("nobody is called %s", name)
	return Request{}
}

// issue approves and issues everything that is asked for in a district.
func (h *house) issue(district, channel string) Batch {
	h.t.Helper()
	_, _, err := h.ApproveAll(h.t.Context(), h.her, district)
	h.ok(err)
	b, err := h.Start(h.t.Context(), h.admin, district, channel)
	h.ok(err)
	_, err = h.Jobs.RunDue(h.t.Context())
	h.ok(err)
	v, err := h.Batch(h.t.Context(), h.admin, b.ID)
	h.ok(err)
	return v.Batch
}

// comeIn signs a person in with a first password and lets them choose their own.
func (h *house) comeIn(login, password string) {
	h.t.Helper()
	in, err := h.People.SignIn(h.t.Context(), login, password, org.Door{Address: "10.0.0.1"})
	h.ok(err)
	who, err := h.People.BySession(h.t.Context(), in.Token)
	h.ok(err)
	if who.Held != org.ChoosePassword || who.May(Look) {
		h.t.Fatal("a first password opens more than the choice of one's own")
	}
	h.ok(h.People.ChangePassword(h.t.Context(), who, password, "ba cái kéo xanh lá", in.Token))
}

// reset puts a known first password in place of the one on a letter.
func (h *house) known(r Request) string {
	h.t.Helper()
	p, err := firsts(1)
	h.ok(err)
	h.ok(h.DB.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := h.People.FirstPasswordIn(ctx, tx, h.admin, r.Account, p[0].hash, h.at.Now().AddDate(0, 0, 20))
		return err
	}))
	return p[0].password
}

func (h *house) gate(unit string) (answer rollout.Answer, why string) {
	h.t.Helper()
	var e []rollout.Evidence
	h.ok(h.DB.Read().NewSelect().Model(&e).Where("ev.unit = ? AND ev.criterion = 'accounts' AND ev.latest", unit).Scan(h.t.Context()))
	if len(e) == 0 {
		return "", ""
	}
	var said []string
	for _, r := range e[0].Why() {
		said = append(said, r.Say(h.Words.In(i18n.VI)))
	}
	return e[0].Answer, strings.Join(said, "; ")
}

func keysOf(lines []ReviewLine) []ident.ID {
	var out []ident.ID
	for _, l := range lines {
		out = append(out, l.Account)
	}
	return out
}
