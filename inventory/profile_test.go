package inventory

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/testkit"
	"lotrinh/inventory/readiness"
)

// withJobs lets runs be started and done in the test.
func (h house) withJobs(d *db.DB) *job.Jobs {
	jobs := job.New(d, h.at, slog.New(slog.DiscardHandler), func(context.Context, ident.ID) (access.Actor, error) { return h.as("planner", ""), nil })
	h.Register(jobs)
	return jobs
}

func (h house) inForce(code string) Profile {
	h.t.Helper()
	all, err := h.Profiles(h.t.Context(), h.as("planner", ""))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, p := range all {
		if p.Code == code {
			return p
		}
	}
	h.t.Fatalf("%s is not in force", code)
	return Profile{}
}

func TestADraftShowsItsEffectAndIsPublishedForEver(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		jobs := h.withJobs(d)
		h.equip(dangXa)
		ctx, planner := t.Context(), h.as("planner", "")
		v1 := h.inForce("one-stop-counter-2016")
		draft, err := h.NextDraft(ctx, planner, v1.ID)
		if err != nil || draft.Revision != 2 || draft.State != Drafted {
			t.Fatalf("%+v, %v", draft, err)
		}
		if _, err := h.NextDraft(ctx, planner, v1.ID); !fault.HasKey(err, "inventory.profile.draft_there") {
			t.Errorf("a second draft: %v", err)
		}
		if _, err := h.ProfileByID(ctx, h.as("district_coordinator", giaLam), draft.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("a draft for others: %v", err)
		}
		form, err := draft.Draft()
		if err != nil {
			t.Fatal(err)
		}
		form.Lines[0].Quantity = 3
		form.Said = "Giai đoạn 2 cần ba máy"
		if draft, err = h.SaveDraft(ctx, planner, draft.ID, draft.Version, form); err != nil {
			t.Fatal(err)
		}
		if _, err := h.SaveDraft(ctx, planner, draft.ID, draft.Version-1, form); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("an old version: %v", err)
		}
		e, err := h.Effect(ctx, planner, draft.ID)
		if err != nil || e.Units != 1 || len(e.Moved) != 1 || e.Moved[0].Unit != dangXa || e.Moved[0].Before != readiness.Met || e.Moved[0].After != readiness.Unmet || e.Moved[0].Because.Cause != readiness.Absent {
			t.Fatalf("%+v, %v", e, err)
		}
		if got := h.verdict(dangXa); got != readiness.Met {
			t.Errorf("a preview changes nothing: %s", got)
		}
		h.at.Move(time.Minute)
		v2, run, err := h.PublishDraft(ctx, planner, draft.ID, draft.Version)
		if err != nil || v2.State != Published || run == "" {
			t.Fatalf("%+v, %v", v2, err)
		}
		if n, err := jobs.RunDue(ctx); err != nil || n != 1 {
			t.Fatalf("%d runs, %v", n, err)
		}
		if got := h.verdict(dangXa); got != readiness.Unmet {
			t.Errorf("after the run: %s", got)
		}
		row, ok, err := h.LastRejudged(ctx, planner)
		var done Rejudged
		if err != nil || !ok || row.State != job.Done || row.Into(&done) != nil || done.Units != 1 || done.Moved != 1 {
			t.Errorf("%+v, %+v, %v", row, done, err)
		}
		if _, err := h.SaveDraft(ctx, planner, v2.ID, v2.Version, form); !fault.HasKey(err, "inventory.profile.published_already") {
			t.Errorf("what is published changed: %v", err)
		}
		if err := h.DiscardDraft(ctx, planner, v2.ID, v2.Version); !fault.HasKey(err, "inventory.profile.published_already") {
			t.Errorf("what is published was thrown away: %v", err)
		}
		if h.inForce("one-stop-counter-2016").Revision != 2 {
			t.Error("the newest version is not in force")
		}
		if n, wrong, err := h.Prove(ctx); err != nil || n != 1 || len(wrong) != 0 {
			t.Errorf("%d looked at, %v wrong, %v", n, wrong, err)
		}
	})
}

func TestAWaiverIsSignedEndsByItselfAndKeepsToItsUnits(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.equip(dangXa)
		ctx := t.Context()
		planner, coordinator := h.as("planner", ""), h.as("district_coordinator", giaLam)
		if _, err := h.ReportGap(ctx, coordinator, GapForm{Unit: dangXa, Kind: "missing", What: "scanner", Quantity: "1"}); err != nil {
			t.Fatal(err)
		}
		form := WaiverForm{Line: "vdi-client-2016/scanner", Until: "2016-11-20", Reason: "Dùng chung máy quét với xã bên"}
		for name, tc := range map[string]struct {
			who  access.Actor
			unit string
			form WaiverForm
			want fault.Kind
		}{
			"no permission":   {coordinator, dangXa, form, fault.Denied},
			"nobody":          {access.Actor{}, dangXa, form, fault.SignIn},
			"no commune":      {planner, giaLam, form, fault.Invalid},
			"no such line":    {planner, dangXa, WaiverForm{Line: "x/y", Until: form.Until, Reason: "x"}, fault.Invalid},
			"no reason":       {planner, dangXa, WaiverForm{Line: form.Line, Until: form.Until}, fault.Invalid},
			"over yesterday":  {planner, dangXa, WaiverForm{Line: form.Line, Until: "2016-11-09", Reason: "x"}, fault.Invalid},
			"for ten years":   {planner, dangXa, WaiverForm{Line: form.Line, Until: "2026-11-09", Reason: "x"}, fault.Invalid},
			"another commune": {h.as("planner", "001"), dangXa, form, fault.Missing},
		} {
			if _, err := h.Excuse(ctx, tc.who, tc.unit, tc.form); !fault.Is(err, tc.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w, err := h.Excuse(ctx, planner, dangXa, form)
		if err != nil || w.SignerName == "" {
			t.Fatalf("%+v, %v", w, err)
		}
		// The other profile asks for a scanner as well: only both together are excused.
		if got := h.verdict(dangXa); got != readiness.Unmet {
			t.Errorf("one of two lines excused: %s", got)
		}
		form.Line = "one-stop-counter-2016/scanner"
		second, err := h.Excuse(ctx, planner, dangXa, form)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Excuse(ctx, planner, dangXa, form); !fault.HasKey(err, "inventory.waiver.there_is_one") {
			t.Errorf("twice: %v", err)
		}
		if _, err := h.EndWaiver(ctx, coordinator, second.ID, 1); !fault.Is(err, fault.Denied) {
			t.Errorf("ended by a coordinator: %v", err)
		}
		before := h.verdict(dangXa)
		h.at.Set(time.Date(2016, 11, 20, 17, 0, 0, 0, time.UTC)) // the end of the last day in Hanoi
		if _, err := h.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		if after := h.verdict(dangXa); before != readiness.Met && before != readiness.Waived || after != readiness.Unmet {
			t.Errorf("%s while excused, %s afterwards", before, after)
		}
		if n, err := h.Rebuild(ctx); err != nil || n != 0 {
			t.Errorf("a rebuild found %d wrong answers, %v", n, err)
		}
	})
}

func TestFiguresOfACommuneAreToldByWhoMay(t *testing.T) {
	h := build(t, testkit.SQLite(t))
	ctx := t.Context()
	good := SiteForm{Name: readiness.StaffAtCounter, Value: "3", Day: "2016-11-01", Said: "Báo cáo tháng 10"}
	for name, tc := range map[string]struct {
		who  access.Actor
		form SiteForm
		want fault.Kind
	}{
		"a coordinator":        {h.as("district_coordinator", giaLam), good, fault.Internal}, // allowed
		"of another district":  {h.as("district_coordinator", "001"), good, fault.Missing},
		"an officer":           {h.as("one_stop_officer", dangXa), good, fault.Denied},
		"nobody":               {access.Actor{}, good, fault.SignIn},
		"seen by who may not":  {h.as("district_coordinator", giaLam), SiteForm{Name: good.Name, Value: "3", Seen: true}, fault.Denied},
		"of tomorrow":          {h.as("district_coordinator", giaLam), SiteForm{Name: good.Name, Value: "3", Day: "2016-11-12"}, fault.Invalid},
		"half a person":        {h.as("district_coordinator", giaLam), SiteForm{Name: good.Name, Value: "2,5"}, fault.Invalid},
		"of what nobody knows": {h.as("district_coordinator", giaLam), SiteForm{Name: "weather", Value: "3"}, fault.Invalid},
	} {
		err := h.SetSite(ctx, tc.who, dangXa, tc.form)
		if tc.want == fault.Internal && err != nil || tc.want != fault.Internal && !fault.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	site, err := h.Site(ctx, h.as("planner", ""), dangXa)
	if err != nil || len(site) != 1 || site[0].Value != "3" || site[0].Said != good.Said {
		t.Errorf("%+v, %v", site, err)
	}
}

func TestAProfileIsWithdrawnFromADayOnAndWhatWasJudgedStands(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.equip(dangXa)
		ctx, planner := t.Context(), h.as("planner", "")
		if _, err := h.ReportGap(ctx, h.as("district_coordinator", giaLam), GapForm{Unit: dangXa, Kind: "missing", What: "scanner", Quantity: "1"}); err != nil {
			t.Fatal(err)
		}
		client, counter := h.inForce("vdi-client-2016"), h.inForce("one-stop-counter-2016")
		good := Withdrawal{Day: "2016-11-12", Said: "Giai đoạn 2 có bộ yêu cầu riêng"}
		for name, tc := range map[string]struct {
			who     access.Actor
			version int64
			in      Withdrawal
			want    fault.Kind
		}{
			"nobody":         {access.Actor{}, client.Version, good, fault.SignIn},
			"no permission":  {h.as("district_coordinator", giaLam), client.Version, good, fault.Denied},
			"no reason":      {planner, client.Version, Withdrawal{Day: good.Day}, fault.Invalid},
			"today":          {planner, client.Version, Withdrawal{Day: "2016-11-10", Said: "x"}, fault.Invalid},
			"no day":         {planner, client.Version, Withdrawal{Day: "mai", Said: "x"}, fault.Invalid},
			"an old version": {planner, client.Version - 1, good, fault.Conflict},
		} {
			if _, err := h.Withdraw(ctx, tc.who, client.ID, tc.version, tc.in); !fault.Is(err, tc.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, p := range []Profile{client, counter} {
			if _, err := h.Withdraw(ctx, planner, p.ID, p.Version, good); err != nil {
				t.Fatal(err)
			}
			if _, err := h.Withdraw(ctx, planner, p.ID, p.Version+1, good); !fault.HasKey(err, "inventory.profile.not_in_force") {
				t.Errorf("withdrawn twice: %v", err)
			}
		}
		// A change before the day is judged by them, and forgets no end.
		h.at.Set(time.Date(2016, 11, 11, 16, 30, 0, 0, time.UTC)) // 11/11, 23:30 in Hanoi
		if _, err := h.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		if err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return h.JudgeIn(ctx, tx, dangXa) }); err != nil {
			t.Fatal(err)
		}
		if got := h.verdict(dangXa); got != readiness.Unmet {
			t.Errorf("on the day before: %s", got)
		}
		if _, err := h.KeepDay(ctx); err != nil {
			t.Fatal(err)
		}
		h.at.Move(time.Hour)
		if n, err := h.Refresh(ctx); err != nil || n != 1 {
			t.Errorf("%d judged anew when the day began, %v", n, err)
		}
		if got := h.verdict(dangXa); got == readiness.Unmet {
			t.Errorf("nothing is asked, and it is %s", got)
		}
		if all, err := h.Profiles(ctx, planner); err != nil || len(all) != 0 {
			t.Errorf("%d in force, %v", len(all), err)
		}
		if _, wrong, err := h.Prove(ctx); err != nil || len(wrong) != 0 {
			t.Errorf("%v wrong, %v", wrong, err)
		}
		if err := h.Seed(ctx); err != nil {
			t.Fatal(err)
		}
		if all, err := h.Profiles(ctx, planner); err != nil || len(all) != 0 {
			t.Errorf("what was withdrawn came back at the next start: %d, %v", len(all), err)
		}
		// The next version applies again.
		jobs := h.withJobs(d)
		draft, err := h.NextDraft(ctx, planner, client.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.PublishDraft(ctx, planner, draft.ID, draft.Version); err != nil {
			t.Fatal(err)
		}
		if n, err := jobs.RunDue(ctx); err != nil || n != 1 || h.inForce("vdi-client-2016").Revision != 2 {
			t.Errorf("%d runs, %v", n, err)
		}
		if got := h.verdict(dangXa); got != readiness.Unmet {
			t.Errorf("asked again, it is %s", got)
		}
	})
}
