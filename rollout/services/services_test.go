package services

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/rollout"
)

var policy = access.Policy{
	"planner":              {rollout.Read, rollout.Plan, rollout.Verify, rollout.MoveTo, Report, Tell, Keep},
	"focal_point":          {rollout.Read, Report},
	"district_coordinator": {rollout.Read, Tell},
	"auditor":              {rollout.Read},
}

type noEquipment struct{}

func (noEquipment) All(_ context.Context, units []string, _ time.Time) (map[string]rollout.Verdict, error) {
	out := map[string]rollout.Verdict{}
	for _, u := range units {
		out[u] = rollout.Verdict{Answer: rollout.Met}
	}
	return out, nil
}

type house struct {
	*Service
	t                                   testing.TB
	at                                  *clock.Fake
	tree                                *org.Tree
	planner, focal, other, her, auditor access.Actor
}

// FocalPoints are the two of the tests.
func (h *house) FocalPoints(context.Context) ([]Account, error) {
	return []Account{{h.focal.ID, h.focal.Name}, {h.other.ID, h.other.Name}}, nil
}

// build is a store with the units of Hanoi, Plan 198 and the services of 2016, on
// Thursday 10/11/2016 at 08:00.
func build(t testing.TB, d *db.DB) *house {
	t.Helper()
	at := clock.At(time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC))
	h := &house{t: t, at: at}
	units := org.NewUnits(d, at)
	_, err := units.LoadBuiltIn(t.Context())
	h.ok(err)
	h.tree, err = units.Tree(t.Context(), at.Now())
	h.ok(err)
	blobs, err := files.Folder(t.TempDir())
	h.ok(err)
	words, err := i18n.Load(Locale, rollout.Locale, kit.Locale, importer.Locale, files.Locale, site.Locale, org.Locale)
	h.ok(err)
	plan := rollout.New(d, at, units, noEquipment{})
	h.planner, h.focal, h.other, h.auditor = h.as("planner", ""), h.as("focal_point", ""), h.as("focal_point", ""), h.as("auditor", "")
	h.her = h.as("district_coordinator", "018")
	h.Service = New(Deps{DB: d, Business: at, Units: units, Rollout: plan, Files: files.New(d, at, blobs), People: h, Words: words, Imports: importer.New(d, at, words)})
	file, err := rollout.Plan198()
	h.ok(err)
	_, err = plan.ImportPlan(t.Context(), h.planner, file)
	h.ok(err)
	h.ok(h.SetUp(t.Context(), h.planner))
	return h
}

func (h *house) as(role access.Role, unit string) access.Actor {
	g := access.Grant{Role: role, Everywhere: unit == ""}
	if unit != "" {
		g.Units = h.tree.Under(unit)
	}
	return policy.As(access.Actor{ID: ident.New(h.at.Now()), Name: "Nguyễn Thị " + string(role), Via: "web", Grants: []access.Grant{g}})
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// refused wants an error of a kind with a message key among its own and its fields'.
func (h *house) refused(err error, kind fault.Kind, key string) {
	h.t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || !strings.Contains(fmt.Sprint(err), key) {
		h.t.Errorf("got %v, want %v %s", err, kind, key)
	}
}

func (h *house) key(key string) Item {
	h.t.Helper()
	var i Item
	h.ok(h.DB.Read().NewSelect().Model(&i).Where("si.key = ?", key).Scan(h.t.Context()))
	return i
}

func (h *house) load(kind, table string) importer.Run {
	h.t.Helper()
	r := bytes.NewReader([]byte(table))
	run, err := h.Imports.Preview(h.t.Context(), h.planner, kind, "t.csv", r, int64(r.Len()), nil)
	h.ok(err)
	return run
}

func (h *house) commit(kind, table string) importer.Run {
	h.t.Helper()
	run, err := h.Imports.Commit(h.t.Context(), h.planner, h.load(kind, table).ID, false)
	h.ok(err)
	return run
}

func (h *house) papers(id ident.ID, sorts ...string) {
	h.t.Helper()
	for _, sort := range sorts {
		b, err := h.Files.Receive(h.t.Context(), files.Document, "Biểu mẫu.pdf", strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"))
		h.ok(err)
		h.ok(h.Paper(h.t.Context(), h.planner, id, sort, []files.Blob{b}))
	}
}

func TestTheListHasItsPublishedCounts(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.ok(h.SetUp(t.Context(), h.planner)) // once more changes nothing
		all, total, err := h.Departments(t.Context(), h.auditor)
		h.ok(err)
		var each []int
		for _, one := range all {
			each = append(each, one.N)
		}
		if fmt.Sprint(each) != "[16 21 1 3 42 8 1 2 2 6]" || total.N != 102 || total.Named != 0 || total.At[Waiting] != 102 {
			t.Errorf("departments have %v, in all %+v", each, total)
		}
		for level, want := range map[Level]int{District: 6, Commune: 8, National: 25, Link: 1} {
			items, err := h.Items(t.Context(), h.auditor, level)
			h.ok(err)
			if len(items) != want {
				t.Errorf("%s: %d, want %d", level, len(items), want)
			}
		}
		essentials, err := h.Essentials(t.Context(), h.auditor)
		h.ok(err)
		said := map[string]string{}
		for _, e := range essentials {
			if len(e.Counts) > 0 {
				said[e.Key] = fmt.Sprintf("%d/%d %s %d", e.Counts[0].Done, e.Counts[0].Total, e.Counts[0].AsOf, len(e.Counts[0].Places))
			}
		}
		if fmt.Sprint(said) != "map[TY-00:52/63 2022-08-22 0 TY-14:63/63 2022-08-22 63 TY-15:54/63 2022-08-22 0 TY-16:46/63 2022-08-22 0]" {
			t.Errorf("published: %v", said)
		}
		programmes, err := h.Rollout.Programmes(t.Context(), h.planner)
		h.ok(err)
		if len(programmes) != 1 {
			t.Errorf("the programmes of communes are %d", len(programmes))
		}
		pg, err := h.Programme(t.Context(), h.auditor)
		h.ok(err)
		if len(pg.Phases) != 3 || pg.Phases[0].TrialOn != "2016-09-15" || dueOf(pg.Phases) != "2016-12-31" {
			t.Errorf("waves %+v", pg.Phases)
		}
	})
}

func TestNamesComeByImport(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		run := h.commit(NameImport, "Sở,Tên thủ tục,Nhóm,Mã thủ tục\nSở Y tế,Cấp chứng chỉ hành nghề dược,1,\nSở Tư pháp,Cấp phiếu lý lịch tư pháp,2,\nsở y tế,Cấp giấy phép hoạt động phòng khám,,\n,Hộ tịch,,QH-2\n")
		if run.Created != 4 || h.key("S05-01").Name != "Cấp chứng chỉ hành nghề dược" || h.key("S05-02").Wave != 0 || h.key("S06-01").Wave != 2 || h.key("QH-2").Name != "Hộ tịch" {
			t.Errorf("named %+v", run)
		}
		again := h.load(NameImport, "Sở,Tên thủ tục,Nhóm\nSở Y tế,CẤP CHỨNG CHỈ HÀNH NGHỀ DƯỢC,3\nSở Quy hoạch – Kiến trúc,Một,\nSở Quy hoạch – Kiến trúc,Hai,\nSở Khác,Ba,\n")
		if again.Updated != 1 || again.Created != 1 || again.Bad != 2 {
			t.Errorf("a second table: %+v", again)
		}
		refused, err := h.Imports.Undo(t.Context(), h.planner, run.ID, false)
		h.ok(err)
		if len(refused) != 0 || h.key("S05-01").Name != "" {
			t.Errorf("undone: %v, %+v", refused, h.key("S05-01"))
		}
	})
}

func TestAProcedureGoesStepByStep(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		go1 := func(who access.Actor, to Step, note string) error {
			i := h.key("S05-01")
			return h.Advance(ctx, who, i.ID, i.Version, to, note)
		}
		h.refused(go1(h.focal, Submitted, ""), fault.Denied, "fault.denied")
		h.ok(h.Appoint(ctx, h.planner, "S05", h.focal.ID, "2016-11-01"))
		h.refused(h.Appoint(ctx, h.planner, "S05", h.focal.ID, "2016-11-05"), fault.Invalid, "services.form.appointed")
		h.refused(h.Appoint(ctx, h.planner, "S05", "nobody", "2016-11-05"), fault.Invalid, "services.form.account")
		h.refused(h.Appoint(ctx, h.planner, "S99", h.other.ID, "2016-11-05"), fault.Missing, "")
		h.refused(go1(h.focal, Submitted, ""), fault.Invalid, "services.form.needs_name")
		h.commit(NameImport, "Sở,Tên thủ tục\nSở Y tế,Cấp chứng chỉ hành nghề dược\n")
		i := h.key("S05-01")
		h.papers(i.ID, FormPaper)
		h.refused(go1(h.focal, Submitted, ""), fault.Invalid, "services.form.needs_process")
		h.papers(i.ID, ProcessPaper)
		h.refused(go1(h.focal, Surveyed, ""), fault.Invalid, "services.form.step_skips")
		h.refused(go1(h.focal, "flying", ""), fault.Invalid, "services.form.step")
		h.refused(go1(h.other, Submitted, ""), fault.Denied, "fault.denied")
		h.refused(go1(h.auditor, Submitted, ""), fault.Denied, "")
		h.refused(go1(access.Actor{}, Submitted, ""), fault.SignIn, "")
		for _, s := range Steps[1:] {
			h.at.Move(24 * time.Hour)
			h.ok(go1(h.focal, s, ""))
		}
		h.refused(go1(h.focal, Tested, " "), fault.Invalid, "services.form.back_reason")
		h.ok(go1(h.planner, Tested, "Lỗi kết nối"))
		h.refused(h.Advance(ctx, h.focal, i.ID, i.Version, Live, ""), fault.Conflict, "")
		v, err := h.Item(ctx, h.auditor, i.ID)
		h.ok(err)
		if len(v.History) != 6 || v.History[0].Note != "Lỗi kết nối" || v.Mine || len(v.Files[FormPaper]) != 1 || v.Step != Tested {
			t.Errorf("the procedure is %+v", v)
		}
		words, err := i18n.Load(Locale, kit.Locale, rollout.Locale)
		h.ok(err)
		todo, err := h.Todo(ctx, words.In(i18n.VI), h.focal)
		h.ok(err)
		if len(todo) != 1 || !strings.Contains(todo[0].Title, "Sở Y tế: 42") {
			t.Errorf("the focal point is to do %+v", todo)
		}
		focal, err := h.Focals(ctx, h.auditor)
		h.ok(err)
		h.refused(h.Dismiss(ctx, h.her, focal["S05"][0].ID, 1), fault.Denied, "")
		h.ok(h.Dismiss(ctx, h.planner, focal["S05"][0].ID, 1))
		h.refused(go1(h.focal, Live, ""), fault.Denied, "")
	})
}

func TestTheMatrixCountsUnitsOfItsDay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		two := h.key("XA-2")
		h.ok2(h.Fill(ctx, h.her, "00556", []Cell{{two.ID, Waiting, Live}}, ""))
		_, err := h.Fill(ctx, h.her, "00556", []Cell{{two.ID, Waiting, Tested}}, "")
		h.refused(err, fault.Conflict, "")
		_, err = h.Fill(ctx, h.her, "00556", []Cell{{two.ID, Live, Tested}}, "")
		h.refused(err, fault.Invalid, "services.form.back_reason")
		_, err = h.Fill(ctx, h.her, "00376", []Cell{{two.ID, Waiting, Live}}, "")
		h.refused(err, fault.Missing, "")
		_, err = h.Fill(ctx, h.auditor, "00556", nil, "")
		h.refused(err, fault.Denied, "")
		_, err = h.Fill(ctx, h.her, "00556", []Cell{{h.key("QH-1").ID, Waiting, Live}}, "")
		h.refused(err, fault.Invalid, "services.form.not_here")
		_, err = h.Fill(ctx, h.her, "00556", []Cell{{h.key("XA-1").ID, Live, Waiting}}, "x")
		h.refused(err, fault.Conflict, "")
		h.ok2(h.Fill(ctx, h.her, "018", []Cell{{h.key("QH-1").ID, Waiting, Built}}, ""))
		h.at.Move(48 * time.Hour)
		h.ok2(h.Fill(ctx, h.her, "00583", []Cell{{two.ID, Waiting, Live}}, ""))
		m, err := h.Matrix(ctx, h.planner, Commune, "", "")
		h.ok(err)
		// the carried group: 168 wards of Plan 198 were live before
		if len(m.Lines) != 30 || m.Total.Squares[0] != (Square{Live: 168, N: 584, Step: m.Total.Squares[0].Step}) || m.Total.Squares[1].Live != 2 || m.Total.Squares[1].N != 584 {
			t.Errorf("the city: %d rows, %+v", len(m.Lines), m.Total.Squares)
		}
		then, err := h.Matrix(ctx, h.planner, Commune, "", "2016-11-10")
		h.ok(err)
		if then.Total.Squares[1].Live != 1 {
			t.Errorf("on 10/11: %+v", then.Total.Squares[1])
		}
		_, err = h.Matrix(ctx, h.planner, Commune, "", "2017-01-01")
		h.refused(err, fault.Invalid, "services.form.future")
		mine, err := h.Matrix(ctx, h.her, Commune, "", "")
		h.ok(err)
		if len(mine.Lines) != 1 || mine.Total.Squares[1] != (Square{Live: 2, N: 22, Step: mine.Total.Squares[1].Step}) {
			t.Errorf("Gia Lâm alone: %+v", mine)
		}
		one, err := h.Matrix(ctx, h.her, Commune, "018", "")
		h.ok(err)
		if len(one.Lines) != 22 || one.Total.Squares[1].N != 22 {
			t.Errorf("the communes of Gia Lâm: %d rows", len(one.Lines))
		}
		districts, err := h.Matrix(ctx, h.planner, District, "", "")
		h.ok(err)
		pilots := 0
		for _, l := range districts.Lines {
			if l.Pilot != "" {
				pilots++
			}
			if l.Unit == "018" && l.Squares[0].Step != Built {
				t.Errorf("Gia Lâm's first group is %s", l.Squares[0].Step)
			}
		}
		if len(districts.Lines) != 30 || len(districts.Groups) != 6 || pilots != 4 {
			t.Errorf("districts: %d rows, %d groups, %d pilots", len(districts.Lines), len(districts.Groups), pilots)
		}
	})
}

func (h *house) ok2(_ int, err error) {
	h.t.Helper()
	h.ok(err)
}

func TestPublishedCountsStandBesideEachOther(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		death := h.key("TY-15")
		form := CoverageForm{Done: 60, Total: 63, AsOf: "2022-12-31", Source: "Báo cáo quý IV"}
		h.refused(h.Publish(ctx, h.her, death.ID, form), fault.Denied, "")
		for why, f := range map[string]CoverageForm{
			"services.form.done":      {Done: 64, Total: 63, AsOf: "2022-12-31", Source: "x"},
			"services.form.provinces": {Done: 60, Total: 64, AsOf: "2022-12-31", Source: "x"},
			"services.form.source":    {Done: 60, Total: 63, AsOf: "2022-12-31"},
			"services.form.places":    {Done: 2, Total: 63, AsOf: "2022-12-31", Source: "x", Places: []string{"001"}},
			"form.bad_day":            {Done: 2, Total: 63, AsOf: "hôm nay", Source: "x"},
		} {
			h.refused(h.Publish(ctx, h.planner, death.ID, f), fault.Invalid, why)
		}
		h.ok(h.Publish(ctx, h.planner, death.ID, form))
		h.ok(h.Publish(ctx, h.planner, death.ID, CoverageForm{Done: 34, Total: 34, AsOf: "2025-08-01", Source: "Sau sắp xếp"}))
		e, err := h.Essential(ctx, h.auditor, death.ID)
		h.ok(err)
		if len(e.Counts) != 3 || e.Counts[0].Total != 34 || e.Counts[2].Done != 54 {
			t.Errorf("counts %+v", e.Counts)
		}
		h.refused(h.Publish(ctx, h.planner, h.key("S05-01").ID, form), fault.Missing, "")
	})
}

func TestQuantitiesGoThroughTheirStages(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		ctx := t.Context()
		in := Target{Title: "Số hóa sổ hộ tịch", Measure: "trang sổ", Stages: []string{"Đã nhập", " ", "Đã kiểm tra", "Đã phê duyệt"}, From: "2016-11-01", Due: "2017-03-31"}
		_, err := h.AddTarget(ctx, h.her, in)
		h.refused(err, fault.Denied, "")
		target, err := h.AddTarget(ctx, h.planner, in)
		h.ok(err)
		_, err = h.AddTarget(ctx, h.planner, in)
		h.refused(err, fault.Invalid, "services.form.title_taken")
		run := h.commit(QuotaImport, "Chỉ tiêu,Mã đơn vị,Tổng số\nsố hóa sổ hộ tịch,00556,1.200\nSố hóa sổ hộ tịch,00583,800\nSố hóa sổ hộ tịch,00376,500\n")
		if bad := h.load(QuotaImport, "Chỉ tiêu,Mã đơn vị,Tổng số\nKhác,00556,5\nSố hóa sổ hộ tịch,99999,5\nSố hóa sổ hộ tịch,00556,1200\n"); bad.Bad != 2 || bad.Skipped != 1 {
			t.Errorf("previewed %+v", bad)
		}
		say := func(who access.Actor, unit, day, note string, done ...int64) error {
			return h.Count(ctx, who, target.ID, unit, CountForm{AsOf: day, Done: done, Note: note})
		}
		h.refused(say(h.her, "00556", "2016-11-09", "", 1300, 0, 0), fault.Invalid, "services.form.most")
		h.refused(say(h.her, "00556", "2016-11-09", "", 300, 400, 0), fault.Invalid, "services.form.most")
		h.refused(say(h.her, "00556", "2016-11-11", "", 300, 100, 0), fault.Invalid, "services.form.future")
		h.refused(say(h.her, "00556", "2016-11-09", "", 300, 100), fault.Invalid, "services.form.number")
		h.refused(say(h.her, "00376", "2016-11-09", "", 1, 0, 0), fault.Missing, "")
		h.refused(say(h.auditor, "00556", "2016-11-09", "", 1, 0, 0), fault.Denied, "")
		h.refused(say(h.planner, "00640", "2016-11-09", "", 1, 0, 0), fault.Missing, "")
		h.ok(say(h.her, "00556", "2016-11-08", "", 300, 100, 20))
		h.refused(say(h.her, "00556", "2016-11-07", "", 300, 100, 20), fault.Invalid, "services.form.older")
		h.refused(say(h.her, "00556", "2016-11-09", "", 250, 100, 20), fault.Invalid, "services.form.less")
		h.ok(say(h.her, "00556", "2016-11-09", "Trùng 50 trang", 250, 100, 20))
		h.ok(say(h.planner, "00376", "2016-11-09", "", 500, 500, 500))
		q, err := h.Quantity(ctx, h.planner, target.ID)
		h.ok(err)
		if q.Sum.Total != 2500 || fmt.Sprint(q.Sum.Done) != "[750 600 520]" || len(q.Units) != 3 || len(q.Districts) != 2 {
			t.Errorf("the city: %+v", q)
		}
		mine, err := h.Quantity(ctx, h.her, target.ID)
		h.ok(err)
		if mine.Sum.Total != 2000 || len(mine.Units) != 2 {
			t.Errorf("Gia Lâm: %+v", mine)
		}
		u, err := h.UnitCounts(ctx, h.her, target.ID, "00556")
		h.ok(err)
		if len(u.Log) != 2 || u.Log[1].Done[0] != 300 || u.Done[0] != 250 {
			t.Errorf("the log: %+v", u)
		}
		refused, err := h.Imports.Undo(ctx, h.planner, run.ID, false)
		h.ok(err)
		if len(refused) != 0 {
			t.Errorf("refused %v", refused)
		}
	})
}
