package helpdesk

import (
	"maps"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// furnished gives the service of devices a checklist and questions of its own.
func (s *desk) furnished() Offer {
	s.t.Helper()
	c, err := s.Catalogue(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	o, _ := c.Offer(Device)
	o.NameVI = "Thiết bị"
	o.Checklist = listOf[Item]{{Label: "Kiểm tra nguồn điện", Mandatory: true}, {Label: "Thử trên máy khác"}}
	o.Fields = listOf[FieldDef]{{Label: "Số máy", Kind: FieldText, Required: true}, {Label: "Ngày mua", Kind: FieldDate},
		{Label: "Số trang đã in", Kind: FieldNumber}, {Label: "Bảo hành", Kind: FieldChoice, Options: []string{"Còn", "Hết"}}}
	o, err = s.SaveOffer(s.t.Context(), lead, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return o
}

func TestTheCatalogueIsKeptByWhoeverManagesTheDesk(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		for _, tc := range []struct {
			who  access.Actor
			want fault.Kind
		}{{agent, fault.Denied}, {officer, fault.Denied}, {nobody, fault.SignIn}} {
			if _, err := s.SaveOffer(ctx, tc.who, Offer{}); !fault.Is(err, tc.want) {
				t.Errorf("a service by %q: %v", tc.who.ID, err)
			}
			if _, err := s.SaveTeam(ctx, tc.who, Team{}); !fault.Is(err, tc.want) {
				t.Errorf("a group by %q: %v", tc.who.ID, err)
			}
		}
		saw := s.furnished()
		if saw.Fields[0].Code != "so_may" || saw.Version != 1 {
			t.Fatalf("%+v", saw)
		}
		saw.NameVI = "Thiết bị văn phòng"
		if _, err := s.SaveOffer(ctx, lead, saw); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SaveOffer(ctx, lead, saw); !fault.HasKey(err, "fault.changed_meanwhile") {
			t.Errorf("an old version is saved: %v", err)
		}
		team, err := s.SaveTeam(ctx, lead, Team{Code: "vneid", NameVI: "Tổ định danh", Members: []ident.ID{"agent"}, FollowUp: FollowNew, FollowUpDays: 5, Active: true})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.SaveOffer(ctx, lead, Offer{Code: "vneid", NameVI: "Định danh điện tử", Group: team.Code, Kind: Request, Impact: 1, Urgency: 2, Active: true})
		if err != nil {
			t.Fatal(err)
		}
		got := s.ask(func(d *Draft) { d.Service = "vneid" })
		if got.Group != "vneid" || got.Kind != Request {
			t.Errorf("opened for %s as %s", got.Group, got.Kind)
		}
		people, err := s.Team(ctx, "vneid", dangXa)
		if err != nil || len(people) != 1 || people[0].ID != "agent" {
			t.Errorf("the group is %+v (%v)", people, err)
		}
		for name, o := range map[string]Offer{"no name": {Code: "x1", Group: Desk, Kind: Fault, Impact: 1, Urgency: 1}, "a bad code": {Code: "Máy", NameVI: "x", Group: Desk, Kind: Fault, Impact: 1, Urgency: 1},
			"no group": {Code: "x1", NameVI: "x", Group: "none", Kind: Fault, Impact: 1, Urgency: 1}} {
			if _, err := s.SaveOffer(ctx, lead, o); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		off, _ := (*Catalogue).Offer(must(s.Catalogue(ctx)), "vneid")
		off.Active = false
		if _, err := s.SaveOffer(ctx, lead, off); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(ctx, officer, draft(func(d *Draft) { d.Service = "vneid" })); !fault.Is(err, fault.Invalid) {
			t.Errorf("a service that is not offered: %v", err)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestAResolveAsksForWhatIsMandatory(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		s.furnished()
		x := s.ask(func(d *Draft) { d.Fields = map[string]string{"so_may": "CN-1"} })
		if _, err := s.Resolve(ctx, agent, x.ID, words("Xong.")); !fault.HasKey(err, "helpdesk.ticket.checks_open") {
			t.Fatalf("resolved with an open line: %v", err)
		}
		s.must(s.Tick(ctx, agent, x.ID, 1, true))
		s.must(s.Tick(ctx, agent, x.ID, 1, true)) // pressed twice
		d := s.detail(agent, x.ID)
		if d.Must != 0 || d.Checks[0].DoneBy != agent.ID || d.Checks[0].DoneAt == nil || d.Checks[1].DoneAt != nil || d.Version != x.Version {
			t.Errorf("%+v", d.Checks)
		}
		s.must(s.Tick(ctx, agent, x.ID, 1, false))
		if _, err := s.Tick(ctx, agent, x.ID, 9, true); !fault.HasKey(err, "helpdesk.checks.none") {
			t.Errorf("a line that is not there: %v", err)
		}
		s.must(s.Resolve(ctx, agent, x.ID, Words{Body: "Xong.", Anyway: true}))
		if d := s.detail(officer, x.ID); len(d.Checks) != 0 {
			t.Error("the requester sees the checklist")
		}
	})
}

func TestAServiceAsksItsOwnQuestions(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		s.furnished()
		_, err := s.Open(ctx, officer, draft())
		if f := fault.Of(err); f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != "field_so_may" {
			t.Fatalf("without what is required: %v", err)
		}
		for name, typed := range map[string]map[string]string{"a date": {"so_may": "1", "ngay_mua": "31/2/2016"}, "a number": {"so_may": "1", "so_trang_da_in": "nhiều"},
			"a choice": {"so_may": "1", "bao_hanh": "Không rõ"}, "a text": {"so_may": strings.Repeat("x", 300)}} {
			if _, err := s.Open(ctx, officer, draft(func(d *Draft) { d.Fields = typed })); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s that is none: %v", name, err)
			}
		}
		x := s.ask(func(d *Draft) {
			d.Fields = map[string]string{"so_may": " CN-1 ", "ngay_mua": "5/9/2014", "so_trang_da_in": "12.500", "bao_hanh": "Hết", "khac": "bỏ qua"}
		})
		want := map[string]string{"so_may": "CN-1", "ngay_mua": "2014-09-05", "so_trang_da_in": "12500", "bao_hanh": "Hết"}
		if d := s.detail(officer, x.ID); !maps.Equal(d.Answers, want) {
			t.Errorf("%v", d.Answers)
		}
		s.must(s.SetFields(ctx, agent, x.ID, x.Version, map[string]string{"so_may": "CN-2"}))
		if d := s.detail(agent, x.ID); !maps.Equal(d.Answers, map[string]string{"so_may": "CN-2"}) {
			t.Errorf("%v", d.Answers)
		}
	})
}

func TestASnoozedTicketIsBackInTheMorningOrWhenSomethingHappens(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx := t.Context()
		low := func(d *Draft) { d.Impact, d.Urgency = 1, 1 } // a day for the answer, five for the rest
		x := s.must(s.Reply(ctx, agent, s.ask(low).ID, words("Mai xem.")))
		x = s.must(s.Snooze(ctx, agent, x.ID, x.Version, time.Time{}))
		if want := city(11, 8, 0); x.Phase != Asleep || !x.SortAt.Equal(want) {
			t.Fatalf("asleep until %v: %+v", x.SortAt, x)
		}
		counts, err := s.Counts(ctx, agent)
		if err != nil || counts.Mine != 0 || counts.Sleep != 1 {
			t.Errorf("%+v %v", counts, err)
		}
		list, err := s.Queue(ctx, agent, Filter{View: ViewSleep}, page.Read("", ""))
		if err != nil || len(list.Items) != 1 {
			t.Errorf("the snoozed ones: %+v %v", list, err)
		}
		s.at.Set(city(11, 7, 59))
		if n, err := s.WakeDue(ctx, 10); n != 0 || err != nil {
			t.Errorf("woken early: %d %v", n, err)
		}
		s.at.Set(city(11, 8, 0))
		if n, err := s.WakeDue(ctx, 10); n != 1 || err != nil {
			t.Errorf("woken: %d %v", n, err)
		}
		if n, err := s.DB.Read().NewSelect().TableExpr("notice").Where("account = ?", agent.ID).Where("template = ?", "helpdesk.notice.woken").Count(ctx); n != 1 || err != nil {
			t.Errorf("the owner is told %d times (%v)", n, err)
		}
		if d := s.detail(agent, x.ID); d.Phase != InWork || d.SnoozedUntil != nil || !d.SortAt.Equal(*d.NextDue()) {
			t.Errorf("back: %+v", d.Ticket)
		}
		s.must(s.Snooze(ctx, agent, x.ID, 0, city(14, 10, 0)))
		got := s.must(s.Reply(ctx, officer, x.ID, words("Gấp hơn rồi ạ.")))
		if got.Phase != InWork || got.SnoozedUntil != nil {
			t.Errorf("the requester wrote, and it sleeps: %+v", got)
		}
	})
}

func TestASnoozeNeverSleepsPastADueMoment(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx, x := t.Context(), s.ask() // an answer is due within the hour
		got := s.must(s.Snooze(ctx, agent, x.ID, 0, time.Time{}))
		if !got.SortAt.Equal(*x.AnswerDue) {
			t.Errorf("sleeps until %v, due %v", got.SortAt, x.AnswerDue)
		}
		s.must(s.Wake(ctx, agent, x.ID, 0))
		s.at.Set(x.AnswerDue.Add(time.Minute))
		if _, err := s.Snooze(ctx, agent, x.ID, 0, time.Time{}); !fault.HasKey(err, "helpdesk.snooze.late") {
			t.Errorf("a late ticket is snoozed: %v", err)
		}
		for name, until := range map[string]time.Time{"the past": thursday, "next year": thursday.AddDate(1, 0, 0)} {
			if _, err := s.Snooze(ctx, agent, x.ID, 0, until); !fault.Is(err, fault.Invalid) {
				t.Errorf("until %s: %v", name, err)
			}
		}
	})
}

func TestTimeSpentIsSummedWithoutDisturbingOthers(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx, x := t.Context(), s.ask()
		s.must(s.Spend(ctx, agent, x.ID, 40, "Gọi cho cán bộ"))
		got := s.must(s.Spend(ctx, second, x.ID, 25, ""))
		d := s.detail(agent, x.ID)
		if got.Spent != 65 || len(d.Toil) != 2 || d.Toil[1].Note != "Gọi cho cán bộ" {
			t.Errorf("%d minutes: %+v", got.Spent, d.Toil)
		}
		s.must(s.Reply(ctx, agent, x.ID, Words{Version: x.Version, Body: "Vẫn là phiên bản tôi thấy."}))
		if _, err := s.Spend(ctx, agent, x.ID, 0, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("no minutes: %v", err)
		}
	})
}

func TestTagsAreOneWhateverTheirMarks(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx, a, b := t.Context(), s.ask(), s.ask()
		s.must(s.SetTags(ctx, agent, a.ID, 0, []string{"Máy in", " may  in", "Kẹt giấy", ""}))
		got := s.must(s.SetTags(ctx, agent, b.ID, 0, []string{"MAY IN"}))
		if got.Tags != "Máy in" {
			t.Errorf("the second is called %q", got.Tags)
		}
		rows, err := s.SuggestTags(ctx, agent, "may", 5)
		if err != nil || len(rows) != 1 || rows[0].Label != "Máy in" || rows[0].Uses != 2 {
			t.Errorf("%+v %v", rows, err)
		}
		for _, rare := range []bool{true, false} {
			var list []Ticket
			f := Filter{View: ViewFree, Tag: TagKey("Máy in"), rare: rare}
			if err := queue(s.DB, agent, f, s.at.Now(), page.Read("", "")).Scan(ctx, &list); err != nil || len(list) != 2 {
				t.Errorf("rare %v: %d tickets (%v)", rare, len(list), err)
			}
		}
		list, err := s.Queue(ctx, agent, Filter{View: ViewFree, Tag: TagKey("ket giay")}, page.Read("", ""))
		if err != nil || len(list.Items) != 1 || list.Items[0].ID != a.ID {
			t.Errorf("%+v %v", list.Items, err)
		}
		s.must(s.SetTags(ctx, agent, a.ID, 0, nil))
		rows = must(s.SuggestTags(ctx, agent, "", 5))
		used := must(CountTags(ctx, s.DB.Read()))
		if len(rows) != 1 || rows[0].Uses != used["may in"] || used["may in"] != 1 {
			t.Errorf("%+v, counted %v", rows, used)
		}
	})
}

func TestAPickerFindsByNumberAndByWords(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		ctx, x := t.Context(), s.ask(func(d *Draft) { d.Title = "Cổng dịch vụ công báo lỗi 504" })
		for _, typed := range []string{x.Number(), "1", "#1", "000001", "cong dich vu cong", "lỗi 504"} {
			rows, err := s.Pick(ctx, agent, typed, 5)
			if err != nil || len(rows) != 1 || rows[0].ID != x.ID {
				t.Errorf("%q: %+v %v", typed, rows, err)
			}
			if rows, err := s.Pick(ctx, local, typed, 5); err != nil || len(rows) != 0 {
				t.Errorf("%q out of reach: %+v %v", typed, rows, err)
			}
		}
		if _, err := s.Pick(ctx, officer, "1", 5); !fault.Is(err, fault.Denied) {
			t.Errorf("an officer picks: %v", err)
		}
	})
}

func TestATicketIsAboutEquipmentThatExists(t *testing.T) {
	eachDB(t, func(t *testing.T, s *desk) {
		if _, err := s.Open(t.Context(), officer, draft(func(d *Draft) { d.Asset = "TB-1" })); !fault.Is(err, fault.Invalid) {
			t.Errorf("unknown equipment: %v", err)
		}
		x := s.must(s.SetSubject(t.Context(), agent, s.ask().ID, 0, "", " 000.12.H26-161110-0042 "))
		if x.Dossier != "000.12.H26-161110-0042" {
			t.Errorf("%q", x.Dossier)
		}
	})
}
