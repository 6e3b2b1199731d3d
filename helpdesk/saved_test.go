package helpdesk

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/page"
)

// keepView keeps a view for somebody.
func (s *desk) keepView(who access.Actor, w Keep, c Conditions) Saved {
	s.t.Helper()
	v, err := s.SaveView(s.t.Context(), who, w, c)
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

var manager = policy.As(access.Actor{ID: "manager", Name: "manager", Via: "web", Grants: []access.Grant{{Role: "support_lead", Everywhere: true}, {Role: "manages", Everywhere: true}}})

// all is every ticket of a filter, page by page.
func (s *desk) all(who access.Actor, f Filter, limit string) []Ticket {
	s.t.Helper()
	var list []Ticket
	for after, n := "", 0; ; n++ {
		p, err := s.Queue(s.t.Context(), who, f, page.Read(after, limit))
		if err != nil || n > 400 {
			s.t.Fatal(n, err)
		}
		list = append(list, p.Items...)
		if after = p.Next; after == "" {
			return list
		}
	}
}

func TestEveryConditionHoldsWhatItSaysAndNothingElse(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.fill(1_200)
		tree, err := s.Units.Tree(t.Context(), thursday)
		if err != nil {
			t.Fatal(err)
		}
		var every []Ticket
		if err := s.DB.Read().NewSelect().Model(&every).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		err = s.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, q := range []string{"INSERT INTO ticket_tag (tag, ticket) SELECT 'may in', id FROM ticket WHERE seq % 9 = 0", "INSERT INTO desk_tag (tag, label, uses) SELECT 'may in', 'Máy in', count(*) FROM ticket_tag",
				"INSERT INTO ticket_watcher (ticket, person, via, by_account, at) SELECT id, 'agent', '', 'agent', opened_at FROM ticket WHERE seq % 12 = 0"} {
				if _, err := tx.ExecContext(ctx, q); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		local := tree.Under(giaLam)
		district := actor("agent-7", "support_agent", local...)
		for _, c := range []Conditions{
			{}, {Phase: InWork}, {Phase: Waiting}, {Phase: Done}, {State: Open}, {Phase: Done, State: Resolved}, {Owner: OwnedByMe}, {Owner: OwnedByNobody}, {Owner: OwnedBySome},
			{Phase: Done, Owner: OwnedByMe}, {Group: Infra}, {Phase: Done, Group: Infra, Service: Line}, {Service: Device}, {Priority: 2}, {Unit: giaLam}, {Unit: dangXa, Phase: Done},
			{Late: true}, {Snoozed: Yes}, {Snoozed: No}, {Tag: "Máy in"}, {Watched: true}, {Phase: Done, Tag: "may in", Watched: true}, {Source: "web"}, {Source: "mail"}, {Phase: Done, Service: Line, Sort: ByNewest}, {Sort: ByOldest}, {Phase: InWork, Priority: 4, Sort: ByNewest},
		} {
			for _, who := range []access.Actor{agent, district} {
				f := c.Filter(tree)
				var want []string
				for _, x := range every {
					in := holdsTicket(c, who, x, f.Units)
					if in && (len(who.Grants[0].Units) == 0 || slices.Contains(local, x.Unit)) {
						want = append(want, string(x.ID))
					}
				}
				var got []string
				for _, x := range s.all(who, f, "7") {
					got = append(got, string(x.ID))
				}
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%+v of %s: %d tickets, want %d", c, who.ID, len(got), len(want))
				}
			}
		}
	})
}

// holdsTicket is what a condition means, said a second time.
func holdsTicket(c Conditions, who access.Actor, x Ticket, units []string) bool {
	is := func(unset, ok bool) bool { return unset || ok }
	late := x.Phase == InWork && x.SortAt.Before(thursday)
	return is(c.Phase != "", x.Phase != Done) && is(c.Phase == "", x.Phase == c.Phase) && is(c.State == "", x.State == c.State) &&
		is(c.Owner != OwnedByMe, x.Owner == who.ID) && is(c.Owner != OwnedByNobody, x.Owner == "") && is(c.Owner != OwnedBySome, x.Owner != "") &&
		is(c.Group == "", x.Group == c.Group) && is(c.Service == "", x.Service == c.Service) && is(c.Priority == 0, x.Priority == c.Priority) &&
		is(c.Unit == "", slices.Contains(units, x.Unit)) && is(!c.Late, late) && is(c.Tag == "", x.Seq%9 == 0) && is(!c.Watched, who.ID == "agent" && x.Seq%12 == 0) && is(c.Source == "", x.Source == c.Source) && is(c.Snoozed != Yes, false)
}

func TestPagesOfHistoryAreCutWhereTheyWouldBecomeSlow(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.fill(window + 1_000)
		f := Filter{Phase: Done, Service: Line, Priority: 1, State: Resolved, Source: "nothing"}
		p, err := s.Queue(t.Context(), agent, f, page.Read("", "50"))
		if err != nil || len(p.Items) != 0 || p.Next == "" {
			t.Fatalf("%d rows, next %q, %v", len(p.Items), p.Next, err)
		}
		p, err = s.Queue(t.Context(), agent, f, page.Read(p.Next, "50"))
		if err != nil || len(p.Items) != 0 || p.Next != "" {
			t.Fatalf("the rest: %d rows, next %q, %v", len(p.Items), p.Next, err)
		}
	})
}

func TestTheTallyCountsWhatTheListHolds(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		s.fill(2_000)
		tree, err := s.Units.Tree(t.Context(), thursday)
		if err != nil {
			t.Fatal(err)
		}
		var views []Saved
		for i, c := range []Conditions{{}, {Owner: OwnedByNobody}, {Phase: InWork, Priority: 4}, {Service: Line, Group: Infra}, {Unit: giaLam}, {Unit: dangXa, Sort: ByNewest}, {Late: true}, {Phase: Done}, {Tag: "máy in"}, {Watched: true}} {
			views = append(views, s.keepView(agent, Keep{Name: fmt.Sprint("Mục ", i), Share: Mine}, c))
		}
		for i, who := range []access.Actor{agent, actor("district-agent", "support_agent", tree.Under(giaLam)...)} {
			n, reads := 0, 2-i
			s.DB.Watch(func(context.Context, string, error) { n++ })
			tally, err := s.Tally(t.Context(), who, tree, views)
			if err != nil || n != reads { // what is watched, and the first time what is open
				t.Fatalf("%d statements, %v", n, err)
			}
			for _, v := range views {
				f := v.Conditions().Filter(tree)
				count, counted := tally[v.ID]
				if f.Phase == Done {
					if counted {
						t.Error("history was counted")
					}
					continue
				}
				if want := len(s.all(who, f, "100")); !counted || int(count) != want {
					t.Errorf("%s, %+v: %d, the list has %d", who.ID, v.Conditions(), count, want)
				}
			}
		}
	})
}

func TestWhoKeepsAndSeesViews(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		mine := s.keepView(agent, Keep{Name: "  Của tôi ", Share: Mine}, Conditions{Owner: OwnedByMe})
		all := s.keepView(manager, Keep{Name: "Chung", Share: WithAll}, Conditions{Late: true})
		team := s.keepView(manager, Keep{Name: "Tổ", Share: MyGroup, Group: Infra}, Conditions{Group: Infra})
		for _, tc := range []struct {
			who  access.Actor
			sees string
		}{{agent, "Của tôi, Chung, Tổ"}, {second, "Chung, Tổ"}, {manager, "Chung, Tổ"}, {auditor, "Chung"}} {
			list, err := s.SavedViews(t.Context(), tc.who)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, v := range list {
				names = append(names, v.Name)
			}
			slices.Sort(names)
			want := strings.Split(tc.sees, ", ")
			slices.Sort(want)
			if !slices.Equal(names, want) {
				t.Errorf("%s sees %v, want %v", tc.who.ID, names, want)
			}
		}
		for name, tc := range map[string]struct {
			err  error
			want fault.Kind
		}{
			"an officer has no views":       {second1(s.SavedViews(t.Context(), officer)), fault.Denied},
			"nor a stranger":                {second1(s.SavedViews(t.Context(), nobody)), fault.SignIn},
			"sharing needs the right":       {second1(s.SaveView(t.Context(), agent, Keep{Name: "x", Share: WithAll}, Conditions{})), fault.Denied},
			"another's view is not there":   {second1(s.SavedView(t.Context(), second, mine.ID)), fault.Missing},
			"a shared one is the manager's": {second1(s.SaveView(t.Context(), agent, Keep{ID: all.ID, Version: 1, Name: "y", Share: Mine}, Conditions{})), fault.Denied},
			"dropping another's":            {s.DropView(t.Context(), second, mine.ID), fault.Missing},
			"dropping a shared one":         {s.DropView(t.Context(), agent, team.ID), fault.Denied},
			"an old version":                {second1(s.SaveView(t.Context(), agent, Keep{ID: mine.ID, Version: 9, Name: "y", Share: Mine}, Conditions{})), fault.Conflict},
			"a value that is none":          {second1(s.SaveView(t.Context(), agent, Keep{Name: "y", Share: Mine}, Conditions{Sort: "magic"})), fault.Invalid},
			"a state of another phase":      {second1(s.SaveView(t.Context(), agent, Keep{Name: "y", Share: Mine}, Conditions{Phase: InWork, State: Closed})), fault.Invalid},
			"no name":                       {second1(s.SaveView(t.Context(), agent, Keep{Name: " ", Share: Mine}, Conditions{})), fault.Invalid},
			"no group":                      {second1(s.SaveView(t.Context(), manager, Keep{Name: "y", Share: MyGroup}, Conditions{})), fault.Invalid},
		} {
			if !fault.Is(tc.err, tc.want) {
				t.Errorf("%s: %v", name, tc.err)
			}
		}
		if err := s.DropView(t.Context(), agent, mine.ID); err != nil {
			t.Error(err)
		}
	})
}

func second1[T any](_ T, err error) error { return err }

func TestViewsOnThePages(t *testing.T) {
	eachWeb(t, func(t *testing.T, w *web) {
		w.ask()
		w.ask(func(d *Draft) { d.Service, d.Title = Usage, "Không in được biên nhận" })
		w.shows(agent, "/desk/views", "Chưa có mục xem nào.")
		w.shows(agent, "/tickets?view=free&service=device", "/desk/views/new?service=device&amp;view=free", "Lưu bộ lọc này")
		w.shows(agent, "/desk/views/new?view=free&service=device", `value="device" selected`, `value="none" selected`, "Riêng tôi")
		res, body := w.post(agent, "/desk/views", "name", "", "share", "mine", "service", "device", "unit", "không có đâu")
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "không có đâu") {
			t.Errorf("a unit that is none: %d", res.StatusCode)
		}
		res, _ = w.post(agent, "/desk/views", "name", "Thiết bị Gia Lâm", "share", "mine", "service", "device", "unit", "018")
		at := res.Header.Get("Location")
		if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, "/tickets?view=") {
			t.Fatal(res.StatusCode, at)
		}
		body = w.shows(agent, at, "Thiết bị Gia Lâm", "Máy quét không nhận giấy")
		if strings.Contains(body, "Không in được biên nhận") {
			t.Error("the view holds another service")
		}
		id := strings.TrimPrefix(at, "/tickets?view=")
		w.shows(agent, "/desk/views", "Thiết bị Gia Lâm", "/desk/views/"+id, "huyện Gia Lâm")
		w.shows(agent, "/desk/views/"+id, `value="Thiết bị Gia Lâm"`, "Xóa mục xem")
		if res, _ := w.send(second, http.MethodGet, "/desk/views/"+id, ""); res.StatusCode != http.StatusNotFound {
			t.Error("another's view", res.StatusCode)
		}
		w.post(agent, "/desk/views/"+id, "name", "Thiết bị", "share", "mine", "version", "1", "service", "device")
		w.shows(agent, "/tickets?view="+id, "Thiết bị")
		w.post(agent, "/desk/views/"+id+"/drop")
		w.shows(agent, "/desk/views", "Chưa có mục xem nào.")
	})
}
