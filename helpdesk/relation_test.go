package helpdesk

import (
	"slices"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// denied checks a use case against everybody who may not: wrong unit, no right, nobody.
func (s *desk) denied(name string, do func(who access.Actor) error) {
	s.t.Helper()
	for _, tc := range []struct {
		who  access.Actor
		want fault.Kind
	}{{local, fault.Missing}, {officer, fault.Denied}, {auditor, fault.Denied}, {citizen, fault.Denied}, {nobody, fault.SignIn}} {
		if err := do(tc.who); !fault.Is(err, tc.want) {
			s.t.Errorf("%s by %q: %v, want %s", name, tc.who.ID, err, tc.want)
		}
	}
}

func TestWhoMayChangeWhatATicketIsTiedTo(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		a, b := s.ask(), s.ask()
		for name, do := range map[string]func(who access.Actor) (Ticket, error){
			"link":    func(who access.Actor) (Ticket, error) { return s.Link(ctx, who, a.ID, b.ID, Relates, "") },
			"parent":  func(who access.Actor) (Ticket, error) { return s.SetParent(ctx, who, a.ID, 0, b.ID) },
			"merge":   func(who access.Actor) (Ticket, error) { return s.Merge(ctx, who, a.ID, 0, b.ID) },
			"split":   func(who access.Actor) (Ticket, error) { return s.Split(ctx, who, a.ID, "m", "") },
			"watch":   func(who access.Actor) (Ticket, error) { return s.Watch(ctx, who, a.ID, who.ID) },
			"tick":    func(who access.Actor) (Ticket, error) { return s.Tick(ctx, who, a.ID, 1, true) },
			"snooze":  func(who access.Actor) (Ticket, error) { return s.Snooze(ctx, who, a.ID, 0, time.Time{}) },
			"wake":    func(who access.Actor) (Ticket, error) { return s.Wake(ctx, who, a.ID, 0) },
			"spend":   func(who access.Actor) (Ticket, error) { return s.Spend(ctx, who, a.ID, 5, "") },
			"fields":  func(who access.Actor) (Ticket, error) { return s.SetFields(ctx, who, a.ID, 0, nil) },
			"tags":    func(who access.Actor) (Ticket, error) { return s.SetTags(ctx, who, a.ID, 0, []string{"x"}) },
			"subject": func(who access.Actor) (Ticket, error) { return s.SetSubject(ctx, who, a.ID, 0, "", "H1") },
			"sort":    func(who access.Actor) (Ticket, error) { return s.Sort(ctx, who, a.ID, 0, Request, Usage, Desk) },
		} {
			s.denied(name, func(who access.Actor) error { _, err := do(who); return err })
		}
	})
}

func TestTicketsAreLinkedForAReason(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx, a, b := t.Context(), s.ask(), s.ask()
		s.must(s.Link(ctx, agent, a.ID, b.ID, Duplicates, "Cùng máy quét"))
		if _, err := s.Link(ctx, agent, a.ID, b.ID, Duplicates, ""); !fault.HasKey(err, "helpdesk.link.there") {
			t.Errorf("linked twice: %v", err)
		}
		if _, err := s.Link(ctx, agent, a.ID, a.ID, Relates, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("linked to itself: %v", err)
		}
		from, to := s.detail(agent, a.ID).Kin, s.detail(agent, b.ID).Kin
		if len(from.Ties) != 1 || !from.Ties[0].Out || from.Ties[0].Other.ID != b.ID || from.Ties[0].Reason != "Cùng máy quét" {
			t.Fatalf("from the first: %+v", from.Ties)
		}
		if len(to.Ties) != 1 || to.Ties[0].Out || to.Ties[0].Other.ID != a.ID {
			t.Fatalf("from the second: %+v", to.Ties)
		}
		s.must(s.Unlink(ctx, agent, b.ID, to.Ties[0].ID))
		if k := s.detail(agent, a.ID).Kin; len(k.Ties) != 0 {
			t.Errorf("still tied: %+v", k.Ties)
		}
		if d := s.detail(officer, a.ID); len(d.Steps) != 1 {
			t.Errorf("the officer sees the links: %+v", d.Steps)
		}
	})
}

func TestResolvingAParentAsksAboutItsChildren(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		p, one, two, three := s.ask(), s.ask(), s.ask(), s.ask()
		for _, c := range []Ticket{one, two, three} {
			s.must(s.SetParent(ctx, agent, c.ID, c.Version, p.ID))
		}
		if _, err := s.SetParent(ctx, agent, p.ID, 0, s.ask().ID); !fault.HasKey(err, "helpdesk.parent.has_children") {
			t.Errorf("a parent below another ticket: %v", err)
		}
		if _, err := s.SetParent(ctx, agent, s.ask().ID, 0, one.ID); !fault.HasKey(err, "helpdesk.parent.is_child") {
			t.Errorf("a child that has a child: %v", err)
		}
		s.must(s.SetParent(ctx, agent, three.ID, 0, ""))
		if _, err := s.Resolve(ctx, agent, p.ID, words("Đã xong.")); !fault.HasKey(err, "helpdesk.parent.children_open") {
			t.Fatalf("resolved without asking: %v", err)
		}
		s.must(s.Resolve(ctx, agent, p.ID, Words{Body: "Đã thay bộ nguồn.", Children: ResolveChildren}))
		for _, c := range []Ticket{one, two} {
			d := s.detail(officer, c.ID)
			if d.State != Resolved || d.Conversation.Items[0].Body != "Đã thay bộ nguồn." {
				t.Errorf("child %s is %s: %q", d.Number(), d.State, d.Conversation.Items[0].Body)
			}
		}
		if d := s.detail(agent, three.ID); d.State != StateNew {
			t.Errorf("what is no child any more is %s", d.State)
		}
		s.must(s.Reopen(ctx, officer, one.ID, words("Máy tôi vẫn hỏng."))) // each by itself
		if d := s.detail(agent, p.ID); d.State != Resolved {
			t.Errorf("the parent follows its child: %s", d.State)
		}
		if _, err := s.Close(ctx, agent, p.ID, 0, ""); !fault.HasKey(err, "helpdesk.parent.children_open") {
			t.Errorf("closed without asking: %v", err)
		}
		s.must(s.CloseAs(ctx, agent, p.ID, Words{Children: LeaveChildren}))
	})
}

func TestAMergeIsToldFollowedAndUndone(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		target := s.ask()
		source, err := s.Open(ctx, other, draft(func(d *Draft) { d.Title, d.Body = "Mất mạng", "Cả phòng mất mạng từ sáng." }))
		if err != nil {
			t.Fatal(err)
		}
		source = s.must(s.Reply(ctx, agent, source.ID, words("Đang xem.")))
		got := s.must(s.Merge(ctx, agent, source.ID, source.Version, target.ID))
		if got.State != Closed || got.MergedInto != target.ID {
			t.Fatalf("%+v", got)
		}
		d := s.detail(agent, target.ID)
		if len(d.Conversation.Items) != 3 || len(d.Kin.Merged) != 1 || d.Watching != 1 {
			t.Fatalf("the target shows %d messages, %d merged, %d watchers", len(d.Conversation.Items), len(d.Kin.Merged), d.Watching)
		}
		if d := s.detail(officer, target.ID); len(d.Conversation.Items) != 1 {
			t.Errorf("the target's requester reads the other's words: %+v", d.Conversation.Items)
		}
		landed := s.must(s.Reply(ctx, other, source.ID, words("Có mạng lại rồi, nhưng chậm.")))
		if landed.ID != target.ID {
			t.Fatalf("the follow-up landed on %s", landed.Number())
		}
		if d := s.detail(other, target.ID); d.Supports || d.Own || len(d.Conversation.Items) != 4 {
			t.Errorf("who follows sees %+v", d.Conversation.Items)
		}
		for name, err := range map[string]error{
			"reopens the merged one": failed1(s.Reopen(ctx, other, source.ID, words("Chưa được."))),
			"closes the target":      failed1(s.Close(ctx, other, target.ID, 0, "")),
		} {
			if err == nil {
				t.Errorf("the merged one's requester %s", name)
			}
		}
		back := s.must(s.Unmerge(ctx, agent, source.ID, 0))
		if back.State != Reopened || back.MergedInto != "" || back.Reopened != 0 || back.ResolveDue == nil {
			t.Fatalf("undone: %+v", back)
		}
		if _, err := s.Get(ctx, other, target.ID, page.Read("", "")); err == nil {
			t.Error("who no longer follows still reads the target")
		}
		if d := s.detail(agent, target.ID); len(d.Kin.Merged) != 0 || d.Watching != 0 {
			t.Errorf("the target still holds %+v", d.Kin.Merged)
		}
		s.must(s.Reply(ctx, other, source.ID, words("Vẫn chậm.")))
	})
}

func failed1(_ Ticket, err error) error { return err }

func TestAChainOfMergesEndsAtOneTicket(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx, a, b, c := t.Context(), s.ask(), s.ask(), s.ask()
		s.must(s.Merge(ctx, agent, a.ID, 0, b.ID))
		s.must(s.Merge(ctx, agent, b.ID, 0, c.ID))
		if got := s.must(s.Reply(ctx, officer, a.ID, words("Thêm ảnh."))); got.ID != c.ID {
			t.Errorf("landed on %s", got.Number())
		}
		if d := s.detail(agent, c.ID); len(d.Kin.Merged) != 2 || len(d.Conversation.Items) != 4 {
			t.Errorf("%d merged, %d messages", len(d.Kin.Merged), len(d.Conversation.Items))
		}
		if _, err := s.Merge(ctx, agent, c.ID, 0, a.ID); !fault.HasKey(err, "helpdesk.merge.target_done") {
			t.Errorf("a ring of merges: %v", err)
		}
	})
}

func TestAMessageBecomesATicketOfItsOwn(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx, first := t.Context(), s.ask()
		s.must(s.Reply(ctx, officer, first.ID, words("Ngoài ra máy in cũng kẹt giấy.")))
		m := s.detail(agent, first.ID).Conversation.Items[0]
		got := s.must(s.Split(ctx, agent, first.ID, m.ID, "Máy in kẹt giấy"))
		d := s.detail(agent, got.ID)
		if d.Title != "Máy in kẹt giấy" || d.Requester != officer.ID || d.Conversation.Items[0].Body != m.Body || d.Conversation.Items[0].Author != officer.ID || d.Conversation.Items[0].FromAgent {
			t.Errorf("%+v", d.Conversation.Items[0])
		}
		if len(d.Kin.Ties) != 1 || d.Kin.Ties[0].Kind != SplitOf || d.Kin.Ties[0].Other.ID != first.ID {
			t.Errorf("%+v", d.Kin.Ties)
		}
		if _, err := s.Split(ctx, agent, got.ID, m.ID, ""); !fault.Is(err, fault.Missing) {
			t.Errorf("a message of another ticket: %v", err)
		}
	})
}

func TestAWordOnAClosedTicketFollowsThePolicyOfItsGroup(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		x := s.given(Closed)
		if got := s.must(s.Reply(ctx, officer, x.ID, words("Lại hỏng."))); got.ID != x.ID || got.State != Reopened {
			t.Fatalf("within its days: %+v", got)
		}
		x = s.given(Closed)
		s.at.Move(11 * 24 * time.Hour)
		got := s.must(s.Reply(ctx, officer, x.ID, words("Lại hỏng.")))
		if got.ID == x.ID || got.State != StateNew || got.Requester != officer.ID {
			t.Fatalf("after its days: %+v", got)
		}
		if k := s.detail(agent, got.ID).Kin; len(k.Ties) != 1 || k.Ties[0].Kind != Follows || k.Ties[0].Other.ID != x.ID {
			t.Errorf("%+v", k.Ties)
		}
		c, err := s.Catalogue(ctx)
		if err != nil {
			t.Fatal(err)
		}
		team, _ := c.Team(Infra)
		team.NameVI, team.FollowUp = "Tổ thiết bị", FollowNew
		if _, err := s.SaveTeam(ctx, lead, team); err != nil {
			t.Fatal(err)
		}
		x = s.given(Closed)
		if got := s.must(s.Reply(ctx, officer, x.ID, words("Lại hỏng."))); got.ID == x.ID {
			t.Error("the group makes new tickets, and yet it was reopened")
		}
		if _, err := s.Reply(ctx, agent, x.ID, words("Xin chào.")); !fault.HasKey(err, "helpdesk.ticket.closed_for_good") {
			t.Errorf("support writes on a closed ticket: %v", err)
		}
	})
}

func TestWatchersAreToldAndMayWrite(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx, x := t.Context(), s.ask()
		s.must(s.Watch(ctx, agent, x.ID, stranger.ID))
		if _, err := s.Watch(ctx, agent, x.ID, officer.ID); !fault.HasKey(err, "helpdesk.watch.requester") {
			t.Errorf("the requester watches: %v", err)
		}
		s.must(s.Reply(ctx, agent, x.ID, words("Đang xem.")))
		s.must(s.Note(ctx, agent, x.ID, words("Gọi hãng.")))
		if d := s.detail(stranger, x.ID); len(d.Conversation.Items) != 2 {
			t.Errorf("the watcher reads %d messages", len(d.Conversation.Items))
		}
		var told []string
		if err := s.DB.Read().NewRaw("SELECT template FROM notice WHERE account = ? ORDER BY id", stranger.ID).Scan(ctx, &told); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(told, []string{"helpdesk.notice.watching", "helpdesk.notice.watched"}) {
			t.Errorf("told %v", told)
		}
		s.must(s.Reply(ctx, stranger, x.ID, words("Xã tôi cũng thế.")))
		if _, err := s.Resolve(ctx, stranger, x.ID, words("Xong.")); err == nil {
			t.Error("a watcher resolves")
		}
		s.must(s.Unwatch(ctx, stranger, x.ID, stranger.ID))
		if _, err := s.Get(ctx, stranger, x.ID, page.Read("", "")); !fault.Is(err, fault.Missing) {
			t.Errorf("still reads: %v", err)
		}
	})
}

// TestTheCountersHoldWhateverIsDone proves the counters after every new operation.
func TestTheCountersHoldWhateverIsDone(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		var ids []ident.ID
		for range 6 {
			ids = append(ids, s.ask().ID)
		}
		s.must(s.Snooze(ctx, agent, ids[0], 0, time.Time{}))
		s.must(s.Merge(ctx, agent, ids[1], 0, ids[2]))
		s.must(s.Unmerge(ctx, agent, ids[1], 0))
		s.must(s.Sort(ctx, agent, ids[3], 0, "", Usage, Desk))
		s.must(s.Merge(ctx, agent, ids[4], 0, ids[3]))
		for name, compute := range Figures() {
			wrong, err := figures.Check(ctx, s.DB.Read(), name, compute)
			if err != nil || len(wrong) > 0 {
				t.Errorf("%s: %+v %v", name, wrong, err)
			}
		}
	})
}

func TestTheBeginningOfANumberFindsTheNumbersThatBeginLikeIt(t *testing.T) {
	for typed, want := range map[string][2]int64{"HT-2016-0000": {0, 99}, "ht-2016-00004": {40, 49}, "HT-2016-": {0, 999_999}, "HT-2016": {0, 999_999}, "HT": {0, 999_999}} {
		if from, to, ok := begunNumber(typed); !ok || from != want[0] || to != want[1] {
			t.Errorf("%s: %d to %d, %v", typed, from, to, ok)
		}
	}
	for _, typed := range []string{"máy in", "HT-20", "HT-2016-000042", "HTX"} {
		if _, _, ok := begunNumber(typed); ok {
			t.Errorf("%s is no beginning of a number", typed)
		}
	}
	eachDB(t, func(t *testing.T, s *desk) {
		first, second := s.ask(), s.ask()
		got, err := s.Pick(t.Context(), agent, "HT-2016-0000", 6)
		if err != nil || len(got) != 2 || got[0].ID != second.ID || got[1].ID != first.ID {
			t.Errorf("%v %v", got, err)
		}
		if got, err := s.Pick(t.Context(), local, "HT-2016-0000", 6); err != nil || len(got) != 0 {
			t.Errorf("elsewhere: %v %v", got, err)
		}
	})
}
