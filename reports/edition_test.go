package reports

import (
	"encoding/json"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports/delta"
)

// corrected is a finished report whose world was then corrected.
func (h *house) corrected() RunRow {
	h.t.Helper()
	r := h.made()
	h.at.Set(hanoi(2016, 11, 14, 15, 0))
	h.town.progress.Total.Official++
	h.town.progress.Districts[1].Official++
	return r
}

func TestTheSecondEditionSaysWhatChangedAndTheFirstStays(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.corrected()
		first := h.snapshot(r.ID)
		would, err := h.Differences(t.Context(), everywhere("planner"), r.ID)
		if err != nil || len(would) != 2 || h.count("report_snapshot") != 1 {
			t.Fatalf("would differ in %v (%v)", would, err)
		}
		const reason = "Xã Đặng Xá đính chính ngày chính thức."
		if err := h.Reissue(t.Context(), everywhere("planner"), r.ID, reason); err != nil {
			t.Fatal(err)
		}
		if again := h.Reissue(t.Context(), everywhere("planner"), r.ID, reason); !fault.HasKey(again, "reports.edition.not_now") {
			t.Errorf("asked twice: %v", again)
		}
		h.due(1)
		second := h.snapshot(r.ID)
		if kept, err := h.Edition(t.Context(), system, r.ID, 1); err != nil || kept != first {
			t.Errorf("the first edition changed: %v", err)
		}
		if second.Edition != 2 || second.Replaces != first.Hash || second.Reason != reason || second.ByName != "Nguyễn Thị Lan" || !second.ReadAt.Equal(h.at.Now()) {
			t.Errorf("the second edition: %+v", second)
		}
		var stored []delta.Change
		if err := json.Unmarshal([]byte(second.Changes), &stored); err != nil || len(stored) != 2 {
			t.Fatalf("changes %s (%v)", second.Changes, err)
		}
		var said []string
		for _, c := range stored {
			said = append(said, c.Say(h.words.In(i18n.VI)))
		}
		if said[0] != "cộng, chính thức: 33 → 34" || said[1] != "huyện Gia Lâm, chính thức: 16 → 17" {
			t.Errorf("said %q", said)
		}
		text := pdftotext(t, h.file(r.ID, PDF))
		for _, want := range []string{"Bản 2 thay bản 1 (mã số liệu " + first.Hash[:16], reason, "có 2 chỗ khác", "Huyện Gia Lâm, chính thức: 16 → 17", "34/53 xã"} {
			if !strings.Contains(text, want) {
				t.Errorf("the paper does not say %q", want)
			}
		}
		f, err := second.Figures()
		if err != nil || f.Edition == nil || f.Edition.No != 2 || f.Period.Key != "2016-W45" {
			t.Errorf("figures: %v %+v", err, f.Edition)
		}
		if n := h.count("outbox_event WHERE topic = 'reports.run.finished'"); n != 2 {
			t.Errorf("%d events, want one an edition", n)
		}
		h.samePapers(second)
	})
}

// samePapers says whether an edition's files made anew are those that were stored.
func (h *house) samePapers(sn Snapshot) {
	h.t.Helper()
	papers, err := h.twin().Papers([]byte(sn.Body))
	if err != nil {
		h.t.Fatal(err)
	}
	all, err := h.filesOf(h.t.Context(), sn.Run, sn.Edition)
	if err != nil || len(all) == 0 {
		h.t.Fatal(len(all), err)
	}
	by := map[string]string{}
	for _, p := range papers {
		by[p.Name] = digest(p.Content)
	}
	for _, f := range all {
		if by[f.Name] != f.Hash {
			h.t.Errorf("%s made again differs", f.Name)
		}
	}
}

func TestAnEditionWithoutDifferencesSaysSo(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.made()
		if err := h.Reissue(t.Context(), everywhere("planner"), r.ID, "Rà soát lại."); err != nil {
			t.Fatal(err)
		}
		h.due(1)
		if sn := h.snapshot(r.ID); sn.Changes != "[]" || sn.Edition != 2 {
			t.Errorf("changes %s", sn.Changes)
		}
		if text := pdftotext(t, h.file(r.ID, PDF)); !strings.Contains(text, "không khác bản trước") {
			t.Error("the paper does not say that nothing differs")
		}
	})
}

func TestWhoMayReissueAndWhen(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.corrected()
		for role, want := range map[access.Role]fault.Kind{"leadership": fault.Denied, "support_agent": fault.Denied} {
			if err := h.Reissue(t.Context(), everywhere(role), r.ID, "x"); !fault.Is(err, want) {
				t.Errorf("%s: %v", role, err)
			}
			if _, err := h.Differences(t.Context(), everywhere(role), r.ID); !fault.Is(err, want) {
				t.Errorf("%s looks: %v", role, err)
			}
		}
		if err := h.Reissue(t.Context(), access.Actor{}, r.ID, "x"); !fault.Is(err, fault.SignIn) {
			t.Errorf("nobody: %v", err)
		}
		for _, reason := range []string{"", strings.Repeat("á", longestReason+1)} {
			if err := h.Reissue(t.Context(), everywhere("planner"), r.ID, reason); !fault.Is(err, fault.Invalid) {
				t.Errorf("a reason of %d: %v", len(reason), err)
			}
		}
		if err := h.Reissue(t.Context(), everywhere("planner"), ident.New(h.at.Now()), "x"); !fault.Is(err, fault.Missing) {
			t.Errorf("no such run: %v", err)
		}
	})
}

func TestAFailedSecondEditionLeavesTheFirstReadable(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.corrected()
		if err := h.Reissue(t.Context(), everywhere("planner"), r.ID, "Đính chính."); err != nil {
			t.Fatal(err)
		}
		h.town.broken = fault.New(fault.Unavailable, "fault.unavailable")
		for range tries {
			if _, err := h.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.machine.Move(lease * 30)
		}
		now := h.runs()[0]
		if now.State != Failed || !now.Made() || h.snapshot(r.ID).Edition != 1 {
			t.Fatalf("%+v", now)
		}
		s := h.street(everywhere("planner"))
		res, body := h.ask(s, "GET", "/reports/runs/"+string(r.ID), "")
		if res.StatusCode != 200 || !strings.Contains(body, "Báo cáo này không lập được") || !strings.Contains(body, h.snapshot(r.ID).Hash) {
			t.Errorf("%d: the first edition is not shown", res.StatusCode)
		}
		h.town.broken = nil
		if err := h.Retry(t.Context(), everywhere("planner"), r.ID); err != nil {
			t.Fatal(err)
		}
		h.due(1)
		if sn := h.snapshot(r.ID); sn.Edition != 2 || sn.Reason != "Đính chính." {
			t.Errorf("%+v", sn)
		}
	})
}

func TestPagesOfEditions(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		r := h.corrected()
		s := h.street(everywhere("planner"))
		run := "/reports/runs/" + string(r.ID)
		res, body := h.ask(s, "GET", run+"/editions/new", "")
		if res.StatusCode != 200 || !strings.Contains(body, "Huyện Gia Lâm, chính thức: 16 → 17") {
			t.Errorf("%d: no differences before it is made", res.StatusCode)
		}
		if res, body = h.ask(s, "POST", run+"/editions", "reason="); res.StatusCode != 422 || !strings.Contains(body, "Ghi lý do") {
			t.Errorf("without a reason: %d", res.StatusCode)
		}
		if res, _ = h.ask(s, "POST", run+"/editions", "reason=%C4%90%C3%ADnh+ch%C3%ADnh"); res.StatusCode != 303 {
			t.Errorf("with a reason: %d", res.StatusCode)
		}
		if res, body = h.ask(s, "GET", run, ""); res.StatusCode != 200 || !strings.Contains(body, "Hủy lập") || !strings.Contains(body, "33/53") {
			t.Errorf("while it is made: %d", res.StatusCode)
		}
		h.due(1)
		for path, wants := range map[string][]string{
			run:                           {"34/53", "Bản 2 thay bản 1", "Các bản của báo cáo này", "Lập lần đầu", "?edition=1", "Đã lập xong, bản 2"},
			run + "?edition=1":            {"33/53", "Đây là bản 1. Bản mới nhất là bản 2.", "report.pdf?edition=1"},
			run + "/report.pdf?edition=1": {"%PDF"},
			"/api/v1/reports/runs/" + string(r.ID) + "/editions": {`"edition":2`, `"replaces"`, `"progress.districts[018].official"`},
		} {
			res, body := h.ask(s, "GET", path, "")
			if res.StatusCode != 200 {
				t.Errorf("%s answers %d", path, res.StatusCode)
			}
			for _, want := range wants {
				if !strings.Contains(body, want) {
					t.Errorf("%s does not show %q", path, want)
				}
			}
		}
		for _, bad := range []string{"3", "0", "x", "-1"} {
			if res, _ := h.ask(s, "GET", run+"?edition="+bad, ""); res.StatusCode != 404 {
				t.Errorf("edition %s: %d", bad, res.StatusCode)
			}
		}
		if res, body = h.ask(s, "POST", "/api/v1"+run+"/editions", `{"reason":"Lần nữa"}`); res.StatusCode != 202 || !strings.Contains(body, `"queued"`) {
			t.Errorf("by the API: %d %s", res.StatusCode, body)
		}
		if res, body = h.ask(s, "POST", "/api/v1"+run+"/cancel", ""); res.StatusCode != 200 || !strings.Contains(body, `"rendered"`) {
			t.Errorf("cancelled by the API: %d %s", res.StatusCode, body)
		}
	})
}
