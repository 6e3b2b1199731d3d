package rollout

import (
	"math/rand/v2"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
)

func asked(c Criterion) CriterionInput {
	return CriterionInput{Title: c.Title, TitleEN: c.TitleEN, Source: c.Source, Evidence: c.Evidence, Must: c.Must, Stage: c.Stage, TTLDays: c.TTLDays, Reason: "rà soát"}
}

func (h *house) criterion(phase int, key string) Criterion {
	h.t.Helper()
	lists, err := h.Checklists(h.t.Context(), planner, "KH198")
	h.ok(err)
	for _, l := range lists {
		for _, c := range l.Criteria {
			if l.Ordinal == phase && c.Key == key {
				return c
			}
		}
	}
	h.t.Fatalf("phase %d does not ask %s", phase, key)
	return Criterion{}
}

func TestAChangedCriterionLeavesThePastAsItWas(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.prepare(h.communes("018"))
		curve := func(until string) []Point {
			p, err := New(d, h.at, h.units, h.shop).Curve(t.Context(), planner, "KH198", Any, "2016-10-26", until)
			h.ok(err)
			return p
		}
		h.at.Move(24 * time.Hour)
		before := curve("2016-11-08")
		if before[len(before)-1].Verified != 22 {
			t.Fatalf("on 8/11 %d are verified, want 22", before[len(before)-1].Verified)
		}
		line := h.criterion(1, "line")
		in := asked(line)
		in.Must, in.TTLDays = true, 10
		h.ok(h.ChangeCriterion(t.Context(), planner, line.ID, line.Version, in))
		h.at.Move(24 * time.Hour)
		_, err := h.AddCriterion(t.Context(), planner, "KH198", 1, CriterionInput{Title: "Đoàn kiểm tra đã đến", Source: Verified, Evidence: EvidenceInspection, Must: true, Stage: Official, Reason: "theo chỉ đạo"})
		h.ok(err)
		gone := h.criterion(1, "posted")
		h.ok(h.WithdrawCriterion(t.Context(), planner, gone.ID, gone.Version, "đã đưa vào hồ sơ thử"))
		after := curve("2016-11-10")
		if !reflect.DeepEqual(after[:len(before)], before) {
			t.Error("what was judged before a change is judged otherwise after it")
		}
		if n := after[len(after)-1].Verified; n != 0 {
			t.Errorf("%d are verified by criteria that nobody has met", n)
		}
		u, err := h.Unit(t.Context(), planner, "KH198", "00556")
		h.ok(err)
		keys := map[string]bool{}
		for _, i := range u.Official.Items {
			keys[i.Criterion.Key] = true
		}
		if keys["posted"] || !keys["doan-kiem-tra-da-den"] || u.Official.Answer != Unknown {
			t.Errorf("the gate asks %v and is %s", keys, u.Official.Answer)
		}
		lists, err := h.Checklists(t.Context(), planner, "KH198")
		h.ok(err)
		if len(lists) != 2 || len(lists[0].Past) != 2 || lists[0].Past[0].Act != CriterionWithdrawn || lists[0].Past[1].TTLDays != 30 || len(lists[1].Past) != 0 {
			t.Errorf("the history of the checklists is %+v", lists)
		}
	})
}

func TestWhoMayChangeCriteria(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		c := h.criterion(1, "line")
		add := func(who access.Actor) error {
			in := asked(c)
			in.Title = "Ghế chờ cho dân"
			_, err := h.AddCriterion(t.Context(), who, "KH198", 1, in)
			return err
		}
		change := func(who access.Actor) error { return h.ChangeCriterion(t.Context(), who, c.ID, c.Version, asked(c)) }
		withdraw := func(who access.Actor) error {
			return h.WithdrawCriterion(t.Context(), who, c.ID, c.Version, "x")
		}
		for name, do := range map[string]func(access.Actor) error{"add": add, "change": change, "withdraw": withdraw} {
			for _, who := range []access.Actor{h.within("inspector", "018"), everywhere("leadership")} {
				if err := do(who); !fault.Is(err, fault.Denied) {
					t.Errorf("%s by a %s: %v", name, who.Grants[0].Role, err)
				}
			}
			if err := do(access.Actor{}); !fault.Is(err, fault.SignIn) {
				t.Errorf("%s by nobody: %v", name, err)
			}
		}
		h.ok(add(planner))
		if err := add(planner); !fault.Is(err, fault.Invalid) {
			t.Errorf("the same criterion twice: %v", err)
		}
		in := asked(c)
		in.Reason, in.TTLDays = " ", -1
		if err := h.ChangeCriterion(t.Context(), planner, c.ID, c.Version, in); !fault.Is(err, fault.Invalid) {
			t.Errorf("a change without a reason: %v", err)
		}
		in.Reason, in.TTLDays = "lý do", 5
		h.ok(h.ChangeCriterion(t.Context(), planner, c.ID, c.Version, in))
		if err := change(planner); !fault.Is(err, fault.Conflict) {
			t.Errorf("a change of what somebody else changed: %v", err)
		}
	})
}

// The log is written out of order, criteria change, waivers come and go and time passes:
// at every moment what is served is what a replay of the whole log says.
func TestAReplayOfTheLogGivesTheVerdictsThatAreServed(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.prepare(h.communes("018", "016"), "training")
		r := rand.New(rand.NewPCG(6, 970))
		var waivers []*Waiver
		for range 25 {
			h.change(r, &waivers)
			late := EvidenceInput{Programme: "KH198", Units: h.communes("018")[r.IntN(10):], Criterion: "accounts", Answer: []Answer{Met, Unmet}[r.IntN(2)], Note: "ghi muộn",
				Source: FromRecords, ObservedAt: h.at.Now().Add(-time.Duration(r.IntN(200)) * time.Hour)}
			if err := h.Verify(t.Context(), planner, late); err != nil && !fault.Is(err, fault.Missing) && !fault.Is(err, fault.Invalid) {
				t.Fatal(err) // the criterion may have been withdrawn meanwhile
			}
			var log []Evidence
			h.ok(d.Read().NewSelect().Model(&log).Order("ev.seq").Scan(t.Context()))
			of := map[string][]Evidence{}
			for _, i := range r.Perm(len(log)) {
				of[log[i].Unit] = append(of[log[i].Unit], log[i])
			}
			b, err := h.Board(t.Context(), planner, "KH198", Filter{Phase: Any})
			h.ok(err)
			book, err := h.bookOf(t.Context(), "KH198")
			h.ok(err)
			for _, row := range b.Rows {
				if row.Stage == Live {
					continue
				}
				ph := book.byOrdinal(row.Phase)
				again := Judge(row.Stage.Aim(), book.criteria[ph.ID], Replay(of[row.Unit]), book.waiversOf[row.Unit], h.at.Now())
				if again.Answer != row.Gate.Answer || again.Bare != row.Gate.Bare || again.WaivedUntil != row.Gate.WaivedUntil || !reflect.DeepEqual(again.Reasons, row.Gate.Reasons) {
					t.Fatalf("%s: served %+v, replayed %+v", row.Unit, row.Gate, again)
				}
			}
		}
	})
}

func TestWhoDeclaresMoreThanIsMeasured(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		k := openDesk(t, d)
		six := k.communes("018")[:6]
		k.prepare(k.communes("018", "016"), "training")
		for _, key := range []string{"equipment", "one-stop", "accounts", "training", "test-dossier", "posted"} {
			k.ok(k.Declare(t.Context(), planner, EvidenceInput{Programme: "KH198", Units: k.communes("018"), Criterion: key, Answer: Met}))
		}
		k.ok(k.Verify(t.Context(), planner, EvidenceInput{Programme: "KH198", Units: k.communes("018")[6:], Criterion: "training", Answer: Met, Source: FromRecords}))
		k.ok(k.Verify(t.Context(), planner, EvidenceInput{Programme: "KH198", Units: six[:1], Criterion: "training", Answer: Unmet, Source: FromRecords, Note: "Vắng hai người"}))
		_, err := k.GiveWaiver(t.Context(), planner, WaiverInput{Programme: "KH198", Units: six, Criterion: "training", Reason: "mở lớp bù", Step: "kèm tại chỗ", Signer: "Giám đốc Sở", Until: "2016-11-20"})
		k.ok(err)
		b, err := k.Beyond(t.Context(), planner, "KH198", "")
		k.ok(err)
		if b.Total != (BeyondDistrict{Total: 416, Declared: 22, Verified: 22, Beyond: 6}) || len(b.Communes) != 6 || len(b.Districts) != 18 {
			t.Errorf("counted %+v, %d communes, %d districts", b.Total, len(b.Communes), len(b.Districts))
		}
		for _, c := range b.Communes {
			if len(c.Items) != 1 || c.Items[0].Criterion.Key != "training" {
				t.Errorf("%s declares more of %+v", c.Unit, c.Items)
			}
		}
		k.see("/rollout/beyond", "planner", 200, "Khai báo và thực đo", "Vắng hai người", "<svg", "/rollout/beyond.csv")
		k.see("/rollout/beyond?district=016", "planner", 200, "Không xã nào khai báo nhiều hơn")
		if text := k.see("/rollout/beyond.csv?district=018", "coordinator", 200, "Mã đơn vị", six[0]); strings.Count(text, "\n") != 7 {
			t.Errorf("the export says %q", text)
		}
		k.see("/rollout/beyond.xlsx", "leader", 200, "PK")
		k.see("/rollout/districts/018", "coordinator", 200, "6 xã khai báo nhiều hơn", "<svg")
		k.see("/rollout/units/"+six[0]+"/evidence/training", "planner", 200, "Vắng hai người", "Kết luận ngay sau đó", "Chưa đạt", "Đến hết 20/11/2016")
		k.see("/rollout/units/"+six[0]+"/evidence/training", "coordinator", 200)
		k.see("/rollout/units/"+k.communes("016")[0]+"/evidence/training", "coordinator", 404)
		k.see("/rollout/units/"+six[0]+"/evidence/nothing", "planner", 404)
	})
}

func TestCriteriaByPages(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		k := openDesk(t, d)
		k.see("/rollout/criteria", "leader", 200, "Giai đoạn 1", "Đường truyền đạt yêu cầu khi đo", "30 ngày")
		k.see("/rollout/criteria/new", "leader", 403)
		k.see("/rollout/criteria/new", "planner", 200, "Loại bằng chứng")
		form := url.Values{"p": {"KH198"}, "phase": {"2"}, "title": {"Máy in kết quả"}, "evidence": {"inspection"}, "source": {"verified"}, "stage": {"trial"}, "must": {"1"}, "ttl": {"mười"}}
		k.post("/rollout/criteria", form, "planner", 422, "Máy in kết quả")
		form.Set("ttl", "90")
		k.post("/rollout/criteria", form, "planner", 422, "Ghi lý do")
		form.Set("reason", "Trả kết quả tại xã")
		k.post("/rollout/criteria", form, "inspector", 403)
		k.see(k.post("/rollout/criteria", form, "planner", 303), "planner", 200, "Máy in kết quả", "90 ngày", "Trả kết quả tại xã")
		c := k.criterion(2, "may-in-ket-qua")
		one := "/rollout/criteria/" + string(c.ID)
		k.see(one, "planner", 200, "Máy in kết quả", `value="90"`, "Thôi áp dụng")
		k.see(one, "leader", 403)
		form.Set("version", "1")
		form.Set("ttl", "")
		form.Del("must")
		k.post(one, form, "planner", 303)
		k.post(one, form, "planner", 409)
		k.post(one+"/withdraw", url.Values{"p": {"KH198"}, "version": {"2"}}, "planner", 422, "Ghi lý do")
		k.see(k.post(one+"/withdraw", url.Values{"p": {"KH198"}, "version": {"2"}, "reason": {"không cần nữa"}}, "planner", 303), "planner", 200, "Những lần thay đổi", "không cần nữa", "Trước đó")
		k.see(one, "planner", 404)
	})
}
