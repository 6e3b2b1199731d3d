package directive

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/reports"
)

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC) // 08:00 in Hanoi, a Thursday

const city, giaLam, socSon = "01", "018", "016"

var policy = access.Policy{
	"leadership":           {Look, reports.Conclude},
	"district_coordinator": {Look, Own},
	"auditor":              {Look},
	"agent":                {},
}

// people knows who holds which post where.
type people map[string]ident.ID

func (p people) Holding(context.Context, access.Perm, string) ([]ident.ID, error) { return nil, nil }

func (p people) InPost(_ context.Context, role access.Role, unit string) ([]ident.ID, error) {
	if id, ok := p[string(role)+unit]; ok {
		return []ident.ID{id}, nil
	}
	return nil, nil
}

func (p people) Names(_ context.Context, ids []ident.ID) (map[ident.ID]string, error) {
	out := map[ident.ID]string{}
	for _, id := range ids {
		out[id] = "Trần Thu Hà"
	}
	return out, nil
}

func (p people) Key(_ context.Context, login string) (ident.ID, error) {
	if id, ok := p[login]; ok {
		return id, nil
	}
	return "", fault.New(fault.Missing, "fault.missing")
}

// runs knows one report.
type runs struct{}

const knownRun ident.ID = "0191f2a0-0000-7000-8000-000000000042"

func (runs) Concluded(_ context.Context, _ access.Actor, run ident.ID) (string, string, string, error) {
	if run != knownRun {
		return "", "", "", missing()
	}
	return "Báo cáo tiến độ tuần", "2016-11-06", city, nil
}

type house struct {
	*Service
	t                       *testing.T
	at                      *clock.Fake
	boss, her, there, agent access.Actor
}

func build(t *testing.T, d *db.DB) *house {
	t.Helper()
	at := clock.At(start)
	units := org.NewUnits(d, at)
	h := &house{t: t, at: at}
	_, err := units.LoadBuiltIn(t.Context())
	h.ok(err)
	tree, err := units.Tree(t.Context(), start)
	h.ok(err)
	cals := calstore.New(d, at)
	h.ok(cals.Seed(t.Context(), start))
	blobs, err := files.Folder(t.TempDir())
	h.ok(err)
	as := func(role access.Role, under string) access.Actor {
		return policy.As(access.Actor{ID: ident.ID("0191f2a0-0000-7000-8000-" + fmt.Sprintf("%012s", string(role)+under)[:12]), Name: "Nguyễn Thị Hoa",
			Grants: []access.Grant{{Role: role, Everywhere: under == "", Units: tree.Under(under)}}})
	}
	h.boss, h.her, h.there, h.agent = as("leadership", ""), as("district_coordinator", giaLam), as("district_coordinator", socSon), as("agent", "")
	h.there.ID = "0191f2a0-0000-7000-8000-00000000ffff"
	who := people{"district_coordinator" + giaLam: h.her.ID, "district_coordinator" + socSon: h.there.ID, "coordinator": h.her.ID}
	h.Service = New(Deps{DB: d, Business: at, Machine: at, Calendars: cals, Units: units, People: who, Runs: runs{}, Files: files.New(d, at, blobs), Posts: []access.Role{"district_coordinator"}})
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("%v %+v", err, fault.Of(err).Fields)
	}
}

var head = Head{DocNo: "215/TB-UBND", DocDay: "2016-11-10", ConcludedBy: "Phó Chủ tịch UBND Thành phố", Run: knownRun}

func (h *house) write(unit, due string) Directive {
	h.t.Helper()
	all, err := h.Write(h.t.Context(), h.boss, head, []Row{{Text: "Lắp đủ máy quét cho các xã của giai đoạn 1", Unit: unit, Post: "district_coordinator", Due: due}})
	h.ok(err)
	return all[0]
}

func (h *house) do(who access.Actor, d Directive, x Doing) Directive {
	h.t.Helper()
	d, err := h.Do(h.t.Context(), who, d.ID, d.Version, x)
	h.ok(err)
	return d
}

func (h *house) notices(template string) int {
	h.t.Helper()
	n, err := h.DB.Read().NewSelect().Table("notice").Where("template = ?", template).Count(h.t.Context())
	h.ok(err)
	return int(n)
}

func (h *house) settle() {
	h.t.Helper()
	for range 2 {
		_, err := deadline.Tick(h.t.Context(), h.DB, h.at.Now(), 100)
		h.ok(err)
		_, err = outbox.NewDispatcher(h.DB, h.at, slog.New(slog.DiscardHandler), h.Handlers()...).Run(h.t.Context())
		h.ok(err)
	}
}

func on(at *time.Time) string {
	if at == nil {
		return ""
	}
	return clock.Date(*at)
}

func TestSeveralConclusionsAreWrittenTogetherOrNotAtAll(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		rows := []Row{{Text: "Một", Unit: giaLam, Post: "district_coordinator", Login: "coordinator", Due: "5 ngày làm việc"},
			{}, {Text: "Hai", Unit: "huyện Sóc Sơn", Post: "district_coordinator", Due: "12/11/2016"}, {Text: "Ba", Unit: "nowhere", Post: "boss", Due: "soon", Login: "stranger"}}
		_, err := h.Write(t.Context(), h.boss, head, rows)
		fields := map[string]bool{}
		for _, f := range fault.Of(err).Fields {
			fields[f.Name] = true
		}
		if !fault.Is(err, fault.Invalid) || !fields["r3.unit"] || !fields["r3.post"] || !fields["r3.due"] || len(fields) != 3 {
			t.Fatalf("%v %v", err, fields)
		}
		all, err := h.List(t.Context(), h.boss, Filter{}, page.Read("", ""))
		h.ok(err)
		if len(all.Items) != 0 {
			t.Fatal("one wrong row kept the others")
		}
		made, err := h.Write(t.Context(), h.boss, head, rows[:3])
		h.ok(err)
		if len(made) != 2 || made[0].Code != "KL-2016-000001" || made[0].OwnerName != "Trần Thu Hà" || made[1].Owner != "" || made[1].Unit != socSon {
			t.Fatalf("%+v", made)
		}
		// The fifth working day after Thursday 10/11, and Saturday 12/11 moved to Monday.
		if on(made[0].DueAt) != "2016-11-17" || on(made[1].DueAt) != "2016-11-14" || made[0].Source != FromRun || made[0].SourceDay != "2016-11-06" {
			t.Errorf("due %s and %s", on(made[0].DueAt), on(made[1].DueAt))
		}
		if n := h.notices("directive.notice.given"); n != 2 {
			t.Errorf("%d notices", n)
		}
		why, err := h.Why(t.Context(), made[0])
		if err != nil || len(why) == 0 {
			t.Errorf("no explanation: %v", err)
		}
	})
}

func TestADirectiveIsReportedReturnedExtendedAndConfirmed(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		x := h.write(giaLam, "3")
		blob, err := h.Files.Receive(t.Context(), files.Document, "bien-ban.pdf", bytes.NewReader([]byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")))
		h.ok(err)
		x = h.do(h.her, x, Doing{Act: Report, Said: "Đã lắp 12 máy", Files: []files.Blob{blob}})
		if x.State != Reported || x.ReportedAt == nil || h.notices("directive.notice.reported") != 1 {
			t.Fatalf("%+v", x)
		}
		if _, err := h.Do(t.Context(), h.boss, x.ID, x.Version-1, Doing{Act: Confirm}); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("an old version: %v", err)
		}
		x = h.do(h.boss, x, Doing{Act: Return, Said: "Còn hai xã"})
		if x.State != Returned || x.ReportedAt != nil || on(x.DueAt) != "2016-11-15" {
			t.Fatalf("%+v", x)
		}
		if _, err := h.Do(t.Context(), h.boss, x.ID, x.Version, Doing{Act: Extend, Said: "Thiếu máy", Due: "11/11/2016"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("put off to an earlier day: %v", err)
		}
		x = h.do(h.boss, x, Doing{Act: Extend, Said: "Thiếu máy", Due: "25/11/2016"})
		if on(x.DueAt) != "2016-11-25" || on(x.FirstDueAt) != "2016-11-15" || !x.Extended() {
			t.Fatalf("%+v", x)
		}
		x = h.do(h.her, x, Doing{Act: Report, Said: "Gần đủ"})
		x = h.do(h.boss, x, Doing{Act: Extend, Said: "Còn một xã", Due: "30/11/2016"})
		if x.State != Returned || x.ReportedAt != nil || on(x.DueAt) != "2016-11-30" || on(x.FirstDueAt) != "2016-11-15" {
			t.Fatalf("extended after it was reported: %+v", x)
		}
		if !x.Late(x.DueAt.Add(time.Hour)) || !x.Owns(h.her) || !x.May(h.her, Report) {
			t.Error("it does not run again for its owner")
		}
		x = h.do(h.her, x, Doing{Act: Report, Said: "Đã đủ"})
		x = h.do(h.boss, x, Doing{Act: Confirm})
		v, err := h.Get(t.Context(), h.her, x.ID)
		h.ok(err)
		if v.State != Done || v.Late(h.at.Now()) || len(v.Steps) != 8 || len(v.Files) != 1 {
			t.Errorf("%s, %d steps, %d files", v.State, len(v.Steps), len(v.Files))
		}
		if _, err := h.File(t.Context(), h.her, x.ID, v.Files[0].ID); err != nil {
			t.Error(err)
		}
		if _, err := h.File(t.Context(), h.there, x.ID, v.Files[0].ID); !fault.Is(err, fault.Missing) {
			t.Errorf("a file of another district: %v", err)
		}
		if _, err := h.Do(t.Context(), h.boss, x.ID, x.Version, Doing{Act: Cancel, Said: "x"}); !fault.HasKey(err, "directive.no_such_move") {
			t.Errorf("a closed one: %v", err)
		}
	})
}

func TestTheOwnerIsRemindedOnceBeforeAndAfter(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		x := h.write(giaLam, "4") // Wednesday 16/11
		h.settle()
		if h.notices("directive.notice.soon") != 0 {
			t.Error("reminded on the day of writing")
		}
		for _, c := range []struct {
			at               time.Time
			soon, late, long int
		}{{start.AddDate(0, 0, 4), 0, 0, 0}, {start.AddDate(0, 0, 5), 1, 0, 0}, {start.AddDate(0, 0, 7).Add(time.Hour), 1, 1, 0}, {start.AddDate(0, 0, 13), 1, 1, 2}} {
			h.at.Set(c.at)
			h.settle()
			if a, b, n := h.notices("directive.notice.soon"), h.notices("directive.notice.late"), h.notices("directive.notice.long"); a != c.soon || b != c.late || n != c.long {
				t.Errorf("%s: %d, %d, %d", c.at, a, b, n)
			}
		}
		late, err := h.List(t.Context(), h.boss, Filter{Only: OnlyLate}, page.Read("", ""))
		h.ok(err)
		if len(late.Items) != 1 || late.Items[0].ID != x.ID {
			t.Errorf("%+v", late.Items)
		}
	})
}

func TestAReportSaysWhatBecameOfThemAsTheyStoodThen(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		a, b := h.write(giaLam, "2"), h.write(giaLam, "9")
		h.write(socSon, "2")
		h.at.Set(start.AddDate(0, 0, 6)) // Wednesday 16/11
		c := h.write(city, "5")
		a = h.do(h.her, a, Doing{Act: Report, Said: "Xong, muộn một ngày"})
		b = h.do(h.her, b, Doing{Act: Report, Said: "Xong"})
		h.do(h.boss, b, Doing{Act: Confirm})
		from, until := start.AddDate(0, 0, 4).Truncate(24*time.Hour).Add(-7*time.Hour), start.AddDate(0, 0, 11).Truncate(24*time.Hour).Add(-7*time.Hour)
		h.at.Set(start.AddDate(0, 0, 20))
		h.do(h.boss, a, Doing{Act: Confirm}) // after the period
		h.do(h.boss, c, Doing{Act: Cancel, Said: "Đã thay bằng văn bản khác"})
		check := func(who access.Actor, unit string, closed, open, late, fresh int) reports.Followed {
			t.Helper()
			f, err := h.Followed(t.Context(), reports.Ask{Who: who, Unit: unit}, from, until)
			h.ok(err)
			if f.ClosedN != closed || f.OpenN != open || f.LateN != late || f.NewN != fresh {
				t.Errorf("%s: %+v", unit, f)
			}
			return f
		}
		f := check(access.System("reports"), city, 1, 3, 3, 1)
		if f.Closed[0].Code != b.Code || f.Open[0].State != string(Reported) && f.Open[1].State != string(Reported) {
			t.Errorf("%+v", f)
		}
		check(access.System("reports"), giaLam, 1, 1, 1, 0)
		check(h.there, city, 0, 1, 1, 0)
		check(h.agent, city, 0, 0, 0, 0)
		open, late, err := h.Levels(t.Context(), "2016-11-16")
		h.ok(err)
		if open[giaLam] != 1 || open[socSon] != 1 || open[city] != 1 || late[giaLam] != 1 || late[socSon] != 1 || late[city] != 0 {
			t.Errorf("open %v, late %v", open, late)
		}
	})
}

func TestWhoMayDoWhatWithADirective(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx, x, nobody := t.Context(), h.write(giaLam, "3"), access.Actor{}
		act := func(a Act) func(access.Actor) error {
			return func(who access.Actor) error {
				_, err := h.Do(ctx, who, x.ID, 99, Doing{Act: a, Said: "x", Due: "3"})
				return err
			}
		}
		for name, use := range map[string]struct {
			do             func(access.Actor) error
			right          access.Actor
			denied, hidden []access.Actor
		}{
			"write":   {func(a access.Actor) error { _, err := h.Write(ctx, a, head, nil); return err }, h.boss, []access.Actor{h.her, h.agent}, nil},
			"read":    {func(a access.Actor) error { _, err := h.Get(ctx, a, x.ID); return err }, h.her, []access.Actor{h.agent}, []access.Actor{h.there}},
			"report":  {act(Report), h.her, []access.Actor{h.boss, h.agent}, []access.Actor{h.there}},
			"confirm": {act(Confirm), h.boss, []access.Actor{h.her, h.agent}, []access.Actor{h.there}},
			"return":  {act(Return), h.boss, []access.Actor{h.her, h.agent}, []access.Actor{h.there}},
			"extend":  {act(Extend), h.boss, []access.Actor{h.her, h.agent}, []access.Actor{h.there}},
			"cancel":  {act(Cancel), h.boss, []access.Actor{h.her, h.agent}, []access.Actor{h.there}},
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

func TestADueDayIsReadAsPeopleWriteIt(t *testing.T) {
	for typed, want := range map[string]string{"5": "+5", " 5 ngày làm việc ": "+5", "14/11/2016": "2016-11-14", "2016-11-14": "2016-11-14", "1/2/2017": "2017-02-01",
		"0": "-", "366": "-", "mai": "-", "": "-", "31/02/2016": "-", "5 tuần": "-"} {
		given, days, ok := ParseDue(typed)
		got := "-"
		if ok {
			if got = given; given == "" {
				got = fmt.Sprintf("+%d", days)
			}
		}
		if got != want {
			t.Errorf("%q is %s, want %s", typed, got, want)
		}
	}
}

func FuzzADueDayIsADayOrWorkingDays(f *testing.F) {
	for _, s := range []string{"5", "14/11/2016", "5 ngày làm việc", "2016-02-30", "999999999999999999999", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		given, days, ok := ParseDue(s)
		if ok != (given != "" || days > 0) || given != "" && days != 0 || days > mostDays {
			t.Errorf("%q: %q %d %v", s, given, days, ok)
		}
		if _, err := clock.ParseDate(given); given != "" && err != nil {
			t.Errorf("%q is no day: %q", s, given)
		}
	})
}

func TestAHeadlineIsCutAtAWord(t *testing.T) {
	long := strings.Repeat("máy quét ", 30)
	if got := headline(long); len([]rune(got)) > 92 || !strings.HasSuffix(got, "…") || strings.Contains(got, "  ") {
		t.Errorf("%q", got)
	}
	if got := headline("Một dòng\nhai dòng"); got != "Một dòng" {
		t.Errorf("%q", got)
	}
}
