package helpdesk

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
)

func TestABulkActPreviewsThenDoesWhatItCan(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		open, done := w.ask(), w.given(Closed)
		chosen := []string{"ticket", string(open.ID), "act", "resolve", "body", "Đã khắc phục ở máy chủ."}
		form := func(do string) string {
			_, body := w.post(agent, "/desk/bulk", append(chosen, "do", do)...)
			return body
		}
		w.shows(agent, "/tickets?view=work", `name="ticket"`, `id="bulk"`, "Làm với phiếu đã chọn")
		if body := form(""); !strings.Contains(body, "1 phiếu đã chọn") {
			t.Error("the form does not say how many")
		}
		if body := form("preview"); !strings.Contains(body, "Sẽ làm 1 trên 1 phiếu") || w.detail(agent, open.ID).State != StateNew {
			t.Error("a preview changed something, or says nothing")
		}
		if body := form("go"); !strings.Contains(body, "Đã làm 1 trên 1 phiếu") || w.detail(agent, open.ID).State != Resolved {
			t.Error("it was not done")
		}
		lines, err := w.PreviewBulk(t.Context(), agent, Bulk{Act: BulkResolve, Body: "x", Tickets: []ident.ID{open.ID, done.ID}})
		if err != nil || len(lines) != 2 || lines[0].Why.Key == "" || lines[1].Why.Key == "" {
			t.Error(lines, err)
		}
		if res, _ := w.post(agent, "/desk/bulk?view=work", "all", "1", "do", "preview", "act", "assign", "owner", "agent"); res.StatusCode != http.StatusUnprocessableEntity {
			t.Error("an empty view", res.StatusCode)
		}
	})
}

// More than a few are done by a job, which somebody can leave and find again; a run
// that starts over does nothing twice.
func TestALargeBulkActIsAJob(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		w.Jobs = job.New(w.DB, w.at, slog.New(slog.DiscardHandler), func(context.Context, ident.ID) (access.Actor, error) { return agent, nil })
		w.Jobs.Register(BulkJob, w.BulkWork)
		form := url.Values{"act": {"tag"}, "tags": {"đợt 1"}, "do": {"go"}}
		for range fewBulk + 3 {
			form.Add("ticket", string(w.ask().ID))
		}
		res, _ := w.send(agent, http.MethodPost, "/desk/bulk", form.Encode())
		to := res.Header.Get("Location")
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/jobs/") {
			t.Fatal(res.StatusCode, to)
		}
		if n, err := w.Jobs.RunDue(t.Context()); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		w.shows(agent, "/desk/bulk/"+strings.TrimPrefix(to, "/jobs/"), "Đã làm 23 trên 23 phiếu")
		lines, err := w.DoBulk(t.Context(), agent, Bulk{Act: BulkTag, Tags: "đợt 1", Tickets: []ident.ID{ident.ID(form["ticket"][0])}}, func(int, int) error { return nil })
		if err != nil || len(lines) != 1 {
			t.Error(lines, err)
		}
		w.shows(agent, "/tickets/"+form["ticket"][0], "đợt 1")
	})
}

func TestEveryBulkAct(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		for _, b := range []Bulk{{Act: BulkAssign, Owner: "second-agent"}, {Act: BulkTag, Tags: "Máy in, Gấp"}, {Act: BulkRank, Impact: 3, Urgency: 3}, {Act: BulkHold, Party: Vendor, Body: "Chờ hãng."}, {Act: BulkMerge, Into: s.ask().Number()}} {
			x, y := s.ask(), s.ask()
			b.Tickets = []ident.ID{x.ID, y.ID}
			steps := 0
			lines, err := s.DoBulk(t.Context(), lead, b, func(int, int) error { steps++; return nil })
			if err != nil || len(lines) != 2 || lines[0].Why.Key != "" || lines[1].Why.Key != "" || steps != 2 {
				t.Errorf("%s: %+v, %v", b.Act, lines, err)
			}
		}
	})
}

func TestWhoMayActOnMany(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		x := s.ask()
		b := Bulk{Act: BulkTag, Tags: "gấp", Tickets: []ident.ID{x.ID}}
		for _, tc := range []struct {
			who  access.Actor
			want fault.Kind
		}{{officer, fault.Denied}, {auditor, fault.Denied}, {nobody, fault.SignIn}} {
			if _, err := s.PreviewBulk(t.Context(), tc.who, b); !fault.Is(err, tc.want) {
				t.Errorf("%q: %v", tc.who.ID, err)
			}
		}
		if lines, err := s.DoBulk(t.Context(), local, b, func(int, int) error { return nil }); err != nil || len(lines) != 0 {
			t.Error("a ticket of another unit", lines, err)
		}
		b.Act, b.Owner = BulkAssign, "second-agent"
		if lines, err := s.PreviewBulk(t.Context(), agent, b); err != nil || lines[0].Why.Key != "fault.denied" {
			t.Error("an agent gives to others", lines, err)
		}
		for _, bad := range []Bulk{{Act: BulkTag, Tags: "x"}, {Act: "magic", Tickets: b.Tickets}, {Act: BulkMerge, Tickets: b.Tickets, Into: "HT-2016-999999"}, {Act: BulkResolve, Tickets: b.Tickets}} {
			if _, err := s.PreviewBulk(t.Context(), agent, bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

func TestPeopleOfTheTicketsGroupAreOfferedFirst(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		x := s.ask()
		cat, err := s.Catalogue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		own := *cat
		own.team = map[Group]Team{x.Group: {Members: []ident.ID{"second-agent"}}}
		all, err := people{}.Agents(t.Context(), x.Unit)
		if err != nil {
			t.Fatal(err)
		}
		if got := own.teamFirst(x.Group, all); len(got) != 2 || got[0].ID != "second-agent" || all[0].ID != "agent" {
			t.Errorf("%+v of %+v", got, all)
		}
	})
}
