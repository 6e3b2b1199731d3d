package reports

import (
	"context"
	"io/fs"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/reports/define"
	"lotrinh/reports/delta"
	"lotrinh/reports/metric"
	"lotrinh/reports/period"
	"lotrinh/reports/render"
)

var policy = access.Policy{
	"planner":              {Overview, Read, Run, Plan, Issue, Reissue, Calendars},
	"leadership":           {Overview, Read},
	"district_coordinator": {Overview, Read},
	"support_agent":        {},
}

func everywhere(role access.Role) access.Actor {
	return policy.As(access.Actor{ID: ident.ID("a-" + string(role)), Name: "Nguyễn Thị Lan", Via: "web", Grants: []access.Grant{{Role: role, Everywhere: true}}})
}

const city, giaLam, baVi = "01", "018", "271"

// town is fake neighbours: what they say, and how often they were asked.
type town struct {
	progress Progress
	gaps     Gaps
	tickets  Tickets
	cases    *Cases
	broken   error
	asked    int
	open     bool                  // no day off but Saturdays and Sundays
	on       func()                // called while figures are being read
	with     func(context.Context) // the same, with the context of the reading
}

func (w *town) Programmes(context.Context) ([]Programme, error) {
	return []Programme{w.progress.Programme}, nil
}

func (w *town) Progress(ctx context.Context, _ Ask, _ string) (Progress, error) {
	w.asked++
	if w.with != nil {
		w.with(ctx)
	}
	if w.on != nil {
		w.on()
	}
	return w.progress, w.broken
}

func (w *town) Gaps(context.Context, Ask) (Gaps, error) { return w.gaps, nil }

func (w *town) Tickets(context.Context, Ask, time.Time, time.Time) (Tickets, error) {
	return w.tickets, nil
}

func (w *town) Dossiers(context.Context, Ask, Period) (*Cases, error) { return w.cases, nil }

// WorkDays are the days of the years that were published.
func (w *town) WorkDays(context.Context) (*worktime.Calendar, error) {
	if w.open {
		return worktime.Compose(clock.City, worktime.Office(), []worktime.Year{{Year: 2016}, {Year: 2017}}), nil
	}
	return worktime.Compose(clock.City, worktime.Office(), worktime.PublishedYears()), nil
}

func (w *town) Keepers(context.Context) ([]Reader, error) { return []Reader{{Account: "admin"}}, nil }

// lively is a town in the middle of phase 1, with numbers that are all different.
func lively() *town {
	w := &town{}
	p := Progress{Programme: Programme{Code: "KH198", Title: "Dịch vụ công trực tuyến mức độ 3 – lĩnh vực tư pháp – cấp xã", TitleEN: "Level-3 services",
		LegalBasis: "Kế hoạch 198/KH-UBND ngày 26/10/2016", DecidedOn: "2016-10-26"}, Href: "/rollout", HeldHref: "/rollout/board?answer=unmet"}
	p.Phases = []Phase{{No: 0, Name: "Các quận đã triển khai", Live: true}, {No: 1, Name: "Giai đoạn 1", TrialOn: "2016-11-01", OfficialOn: "2016-11-10"}}
	p.Districts = []District{
		{Code: "001", Name: "quận Ba Đình", Phase: 0, Counts: Counts{Total: 14, Live: 14}},
		{Code: giaLam, Name: "huyện Gia Lâm", Phase: 1, Href: "/rollout/districts/018", Counts: Counts{Total: 22, Trial: 6, Official: 16, Declared: 22, Verified: 21, Bare: 15}},
		{Code: baVi, Name: "huyện Ba Vì", Phase: 1, Href: "/rollout/districts/271", Counts: Counts{Total: 31, Preparing: 4, Trial: 10, Official: 17, Declared: 30, Verified: 19, Bare: 19}},
	}
	for _, d := range p.Districts[1:] {
		p.Total.add(d.Counts)
		for i := range d.Total {
			stage := "official"
			if i >= d.Official {
				stage = "trial"
			}
			if i >= d.Official+d.Trial {
				stage = "preparing"
			}
			p.Tiles = append(p.Tiles, Tile{Unit: d.Code + strconv.Itoa(i), Name: "xã Đặng Xá " + strconv.Itoa(i), District: d.Code, Stage: stage})
		}
	}
	first, _ := clock.ParseDate("2016-10-26")
	for i := range 30 {
		d := Day{Day: clock.Date(first.AddDate(0, 0, i)), Known: i <= 19, Declared: min(52, 4*i), Verified: min(40, 3*i), Official: min(33, 2*i)}
		if i >= 15 {
			d.Planned = 53
		}
		p.Days = append(p.Days, d)
	}
	p.Held = []Held{
		{Unit: "00526", Name: "xã Đặng Xá", District: giaLam, DistrictName: "huyện Gia Lâm", Phase: 1, Stage: "trial", Answer: "unmet", Reasons: []i18n.Line{i18n.L("test.lacks", "what", "máy quét")}, Href: "/rollout/units/00526"},
		{Unit: "09619", Name: "xã Tản Hồng", District: baVi, DistrictName: "huyện Ba Vì", Phase: 1, Stage: "preparing", Answer: "unknown", Reasons: []i18n.Line{i18n.L("test.lacks", "what", "máy quét")}, Href: "/rollout/units/09619"},
	}
	p.Milestones = []Milestone{{Title: "Sơ kết giai đoạn 1", PlannedOn: "2016-11-20"}, {Title: "Tập huấn lại", PlannedOn: "2016-11-05"}}
	w.progress = p
	since := time.Date(2016, 11, 3, 2, 0, 0, 0, time.UTC)
	w.gaps = Gaps{Open: 27, Late: 8, Districts: []Tally{{Code: baVi, Name: "huyện Ba Vì", Open: 27, Late: 8}}, Href: "/inventory/gaps", LateHref: "/inventory/gaps?late=1",
		Oldest: []Item{{Code: "TH-2016-000017", Name: "xã Tản Hồng", What: i18n.L("test.lacks", "what", "máy quét"), Since: since, Due: since.AddDate(0, 0, 7), Late: true, Href: "/inventory/gaps/1"}}}
	w.tickets = Tickets{Open: 43, Hold: 5, Late: 9, Opened: 61, Href: "/tickets", LateHref: "/tickets?view=late",
		Overdue: []Item{{Code: "HT-2016-000123", Name: "xã Đặng Xá", What: i18n.L("test.lacks", "what", "mạng"), Since: since, Due: since.AddDate(0, 0, 1), Late: true}}}
	return w
}

type house struct {
	*Service
	t       *testing.T
	db      *db.DB
	at      *clock.Fake // business
	machine *clock.Fake
	town    *town
}

// hanoi is a moment of the city.
func hanoi(year int, month time.Month, day, hour, minute int) time.Time {
	return time.Date(year, month, day, hour, minute, 0, 0, clock.City)
}

func open(t *testing.T, d *db.DB, w *town) *house {
	t.Helper()
	at, machine := clock.At(hanoi(2016, 11, 10, 8, 0)), clock.At(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	units := org.NewUnits(d, machine)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	words, err := i18n.Load(Locale, render.Locale, define.Locale, metric.Locale, period.Locale, delta.Locale, site.Locale, kit.Locale, cronspec.Locale, plot.Locale, fs.FS(testWords{}))
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: d, at: at, machine: machine, town: w}
	h.Service = h.another(units, words, files.New(d, machine, blobs))
	return h
}

// another is one more process on the same store.
func (h *house) another(units *org.Units, words *i18n.Catalog, f *files.Store) *Service {
	return New(h.db, h.at, h.machine, f, words, slog.New(slog.DiscardHandler),
		Neighbours{Rollout: h.town, Inventory: h.town, HelpDesk: h.town, Dossiers: h.town, Units: units, Readers: h.town, Work: h.town})
}

// twin is a second process on the same store.
func (h *house) twin() *Service {
	return New(h.db, h.at, h.machine, h.files, h.words, h.log, h.near)
}

func eachHouse(t *testing.T, f func(t *testing.T, h *house)) {
	t.Helper()
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(t, open(t, d, lively())) })
}

func (h *house) weekly(change ...func(*ScheduleForm)) Schedule {
	h.t.Helper()
	f := ScheduleForm{Definition: Weekly, Programme: "KH198", Cut: city, Spec: "30 7 * * 1", CatchUp: "8", Enabled: true}
	for _, c := range change {
		c(&f)
	}
	sc, err := h.AddSchedule(h.t.Context(), everywhere("planner"), f)
	if err != nil {
		h.t.Fatal(err, fault.Of(err).Fields)
	}
	return sc
}

func (h *house) due(want int) {
	h.t.Helper()
	n, err := h.RunDue(h.t.Context())
	if err != nil || n != want {
		h.t.Fatalf("%d reports were made (%v), want %d", n, err, want)
	}
}

func (h *house) runs() []RunRow {
	h.t.Helper()
	var rows []RunRow
	if err := h.db.Read().NewSelect().Model(&rows).Order("rr.period").Scan(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return rows
}

func (h *house) snapshot(run ident.ID) Snapshot {
	h.t.Helper()
	sn, err := h.SnapshotOf(h.t.Context(), system, run)
	if err != nil {
		h.t.Fatal(err)
	}
	return sn
}

func (h *house) count(table string) int {
	h.t.Helper()
	var n int
	if err := h.db.Read().NewRaw("SELECT count(*) FROM "+table).Scan(h.t.Context(), &n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// marked says something about a run in a transaction of its own.
func (h *house) marked(say func(context.Context, *db.Tx, ident.ID) error, r RunRow) error {
	return h.db.InTx(h.t.Context(), func(ctx context.Context, tx *db.Tx) error { return say(ctx, tx, r.ID) })
}
