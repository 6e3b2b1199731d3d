package issuance

import (
	"slices"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
)

func TestADistrictReviewsItsAccountsEachQuarterAndSigns(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		ctx := t.Context()
		h.bring(h.her, roster(dangXa))
		h.train(dangXa)
		h.issue("018", BySlip)
		other := h.person("socson", "016", org.DistrictCoordinator)
		h.ok(h.OpenReviews(ctx))
		h.ok(h.OpenReviews(ctx))
		mine, err := h.Reviews(ctx, h.her, false, page.Request{Limit: 10})
		if err != nil || len(mine.Items) != 1 || mine.Items[0].Total != 4 || mine.Items[0].Quarter != "2016-4" {
			t.Fatalf("%+v %v", mine.Items, err)
		}
		r := mine.Items[0]
		if theirs, err := h.Reviews(ctx, other, false, page.Request{Limit: 10}); err != nil || len(theirs.Items) != 0 {
			t.Error("another district sees it", err)
		}
		_, lines, _, err := h.Reviewed(ctx, h.her, r.ID)
		h.ok(err)
		if err := h.Decide(ctx, h.admin, r.ID, 0, keysOf(lines[:1]), Keep, ""); !fault.Is(err, fault.Denied) {
			t.Errorf("an administrator decides for the district: %v", err)
		}
		if err := h.Decide(ctx, other, r.ID, 0, keysOf(lines[:1]), Keep, ""); !fault.Is(err, fault.Missing) {
			t.Errorf("another district decides: %v", err)
		}
		if err := h.Decide(ctx, h.her, r.ID, 0, keysOf(lines[:1]), Revoke, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("revoked without a reason: %v", err)
		}
		h.ok(h.Decide(ctx, h.her, r.ID, r.Version, keysOf(lines[:1]), Revoke, "Đã chuyển công tác"))
		if err := h.SignReview(ctx, h.her, r.ID, 0, goodOne); !fault.HasKey(err, "issuance.review.open") {
			t.Errorf("signed with accounts undecided: %v", err)
		}
		h.ok(h.Decide(ctx, h.her, r.ID, 0, keysOf(lines[1:]), Keep, ""))
		if err := h.SignReview(ctx, h.her, r.ID, 0, "wrong password"); !fault.Is(err, fault.Invalid) {
			t.Errorf("signed without a proof: %v", err)
		}
		h.at.Set(r.DueAt.Add(time.Hour))
		h.ok(h.RemindReviews(ctx))
		h.ok(h.RemindReviews(ctx))
		h.ok(h.SignReview(ctx, h.her, r.ID, 0, goodOne))
		gone, err := h.People.Get(ctx, access.System("test"), lines[0].Account)
		if err != nil || gone.State != org.Closed {
			t.Error("what was revoked lives on", gone.State, err)
		}
		if err := h.Decide(ctx, h.her, r.ID, 0, keysOf(lines[:1]), Keep, ""); !fault.HasKey(err, "issuance.review.signed") {
			t.Errorf("decided after signing: %v", err)
		}
		var told int
		h.ok(h.DB.Read().NewRaw("SELECT count(*) FROM notice WHERE template = 'issuance.notice.review' AND link = ?", r.Path()).Scan(ctx, &told))
		if told != 1 {
			t.Errorf("%d notices of an overdue review", told)
		}
	})
}

// Whoever answers for others is looked over too: coordinators, planners, administrators.
func TestTheCityReviewsEveryOtherRole(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		ctx := t.Context()
		h.bring(h.her, roster(dangXa))
		h.train(dangXa)
		h.issue("018", BySlip)
		second := h.person("quantri2", "", org.Administrator)
		auditor := h.person("thanhtra", "", org.Auditor)
		h.ok(h.OpenReviews(ctx))
		all, err := h.Reviews(ctx, h.admin, false, page.Request{Limit: 10})
		h.ok(err)
		at := slices.IndexFunc(all.Items, func(r Review) bool { return r.Unit == "" })
		if at < 0 {
			t.Fatalf("no review of the city: %+v", all.Items)
		}
		city := all.Items[at]
		if hers, err := h.Reviews(ctx, h.her, false, page.Request{Limit: 10}); err != nil || slices.ContainsFunc(hers.Items, func(r Review) bool { return r.Unit == "" }) {
			t.Error("a district sees the city's review", err)
		}
		if theirs, err := h.Reviews(ctx, auditor, false, page.Request{Limit: 10}); err != nil || len(theirs.Items) != 1 {
			t.Errorf("the auditor sees %d reviews, not the city's alone: %v", len(theirs.Items), err)
		}
		if _, _, _, err := h.Reviewed(ctx, h.her, city.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("a district reads the city's review: %v", err)
		}
		_, lines, _, err := h.Reviewed(ctx, h.admin, city.ID)
		h.ok(err)
		var mine, hers, rest []ReviewLine
		for _, l := range lines {
			switch l.Account {
			case h.admin.ID:
				mine = append(mine, l)
			case h.her.ID:
				hers = append(hers, l)
			default:
				rest = append(rest, l)
			}
		}
		if len(mine) != 1 || len(hers) != 1 || hers[0].Posts != "district_coordinator@018" || slices.ContainsFunc(lines, func(l ReviewLine) bool { return l.Unit == dangXa }) {
			t.Fatalf("lines %+v", lines)
		}
		if err := h.Decide(ctx, h.her, city.ID, 0, keysOf(hers), Keep, ""); !fault.Is(err, fault.Missing) {
			t.Errorf("a coordinator keeps herself: %v", err)
		}
		if err := h.Decide(ctx, h.admin, city.ID, 0, keysOf(mine), Keep, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("an administrator keeps himself: %v", err)
		}
		h.ok(h.Decide(ctx, h.admin, city.ID, 0, keysOf(rest), Keep, ""))
		h.ok(h.Decide(ctx, auditor, city.ID, 0, keysOf(hers), Revoke, "Đã nghỉ hưu"))
		if err := h.SignReview(ctx, h.admin, city.ID, 0, goodOne); !fault.HasKey(err, "issuance.review.open") {
			t.Errorf("signed with his own account undecided: %v", err)
		}
		h.ok(h.Decide(ctx, second, city.ID, 0, keysOf(mine), Keep, ""))
		if waits, err := h.Waiting(ctx, auditor, 5); err != nil || len(waits) != 1 || waits[0].ID != city.ID {
			t.Errorf("waiting for the auditor: %+v %v", waits, err)
		}
		h.ok(h.SignReview(ctx, auditor, city.ID, 0, goodOne))
		if gone, err := h.People.Get(ctx, access.System("test"), h.her.ID); err != nil || gone.State != org.Closed {
			t.Error("the coordinator who retired still comes in", gone.State, err)
		}
		if kept, err := h.People.Get(ctx, access.System("test"), h.admin.ID); err != nil || kept.State == org.Closed || len(kept.Posts) == 0 {
			t.Error("the administrator was kept and has gone", kept.State, err)
		}
		h.ok(h.OpenReviews(ctx))
		if again, err := h.Reviews(ctx, h.admin, false, page.Request{Limit: 10}); err != nil || len(again.Items) != len(all.Items)-1 {
			t.Errorf("a quarter is opened twice: %d, then %d open: %v", len(all.Items), len(again.Items), err)
		}
	})
}
