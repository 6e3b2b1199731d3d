package app

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/filing"
	"lotrinh/dossier/office"
	"lotrinh/dossier/tally"
	"lotrinh/dossier/ticket"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports"
)

// wayProcedure goes from the form over the applicant's word to the result.
const wayProcedure = `{"code":"1.004884","name":{"vi":"Đăng ký lại khai sinh","en":"Birth again"},"level":3,"term":{"kind":"working_days","days":5},
"form":{"groups":[{"key":"a","title":{"vi":"Người yêu cầu"},"fields":[{"key":"who","kind":"name","label":{"vi":"Họ và tên"},"required":true},{"key":"tel","kind":"phone","label":{"vi":"Điện thoại"}}]}],
"keys":{"subject":"who","applicant":"who","phone":"tel"}},
"results":[{"key":"c","name":{"vi":"Giấy khai sinh","en":"Certificate"}}],"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận"}},{"key":"examine","kind":"examine","name":{"vi":"Thẩm tra"}},
{"key":"confirm","kind":"confirm","online_only":true,"name":{"vi":"Xác nhận"}},{"key":"return","kind":"return","name":{"vi":"Trả"}}]}`

// offered puts a procedure into force.
func (s *street) offered(key, definition string) {
	s.t.Helper()
	now := s.Business.Now()
	v := dossier.Version{ID: ident.New(now), Procedure: key, From: "2016-01-01", State: dossier.Published, Definition: json.RawMessage(definition), MadeAt: now, Ver: 1}
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&v).Exec(ctx)
		return err
	}))
}

// moved does acts one after the other.
func (s *street) moved(id ident.ID, acts ...dossier.Act) {
	s.t.Helper()
	for _, a := range acts {
		m := dossier.Move{Act: a, Said: "Giấy chứng sinh"}
		switch a {
		case dossier.AskSupplement:
			m.Data = office.Missing{Items: []string{"Giấy chứng sinh"}}
		case dossier.Return:
			m.Data = office.Handout{Receiver: "Trần Gia Bảo", How: "counter", Identity: "CMND 012345678", Signed: true}
		}
		if _, err := s.Dossiers.Do(s.t.Context(), access.System("test"), id, 0, m); err != nil {
			s.t.Fatalf("%s: %v", a, err)
		}
	}
}

// assistedBy files a dossier for a citizen from the counter's page, and gives what became
// of it.
func (s *street) assistedBy(login, procedure, number string) dossier.Dossier {
	s.t.Helper()
	f, who := s.Dossiers.Filing, s.actor(login)
	a := s.ask(login, "POST", "/dossiers/counter/"+procedure+"/assist", "x=1")
	at := a.head.Get("Location")
	if a.status != 303 || !strings.HasPrefix(at, "/nop-ho-so/"+procedure+"/") {
		s.t.Fatalf("the counter files online: %d %s", a.status, at)
	}
	d, err := f.ByKey(s.t.Context(), at[strings.LastIndexByte(at, '/')+1:])
	must(s.t, err)
	d, _, err = f.Save(s.t.Context(), d, map[string]string{"who": "Trần Gia Bảo"}, 0)
	must(s.t, err)
	d, err = f.Reach(s.t.Context(), d, number, "10.0.0.1", i18n.VI)
	must(s.t, err)
	d, err = f.Send(s.t.Context(), who, d, filing.Sending{Sure: true, Lang: i18n.VI})
	must(s.t, err)
	got, err := s.Dossiers.ByTrack(s.t.Context(), s.DB.Read(), d.Track)
	must(s.t, err)
	if got.Channel != dossier.Assisted || got.Unit != who.Home {
		s.t.Fatalf("%+v", got)
	}
	return got
}

// What the counter files for a citizen is told to their telephone once a step, whichever
// room does the step, and what they say of it afterwards reaches the indicators.
func TestOneMessageAStepAndTheRatingCounts(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		s.offered("way", wayProcedure)
		const number = "0912345698"
		d := s.assistedBy("officer", "way", number)
		texts := func() string {
			var all []string
			must(t, s.DB.Read().NewRaw("SELECT template FROM notice WHERE address = ? ORDER BY id", number).Scan(t.Context(), &all))
			return strings.Join(all, " ")
		}
		told := ""
		for _, step := range []struct {
			acts []dossier.Act
			want string
		}{
			{nil, "filing.notice.submitted"},
			{[]dossier.Act{dossier.Accept}, " exchange.notice.accepted"},
			{[]dossier.Act{dossier.HandOver, dossier.AskSupplement}, " exchange.notice.supplement"},
			{[]dossier.Act{dossier.Supplied, dossier.CompleteSupplement}, " exchange.notice.accepted"},
			{[]dossier.Act{dossier.HandOver, dossier.AskConfirm}, " exchange.notice.confirm"},
			{[]dossier.Act{dossier.Confirmed}, ""},
			{[]dossier.Act{dossier.Finish}, " exchange.notice.ready"},
			{[]dossier.Act{dossier.Return}, ""},
		} {
			s.moved(d.ID, step.acts...)
			told += step.want
			if got := texts(); got != told {
				t.Fatalf("after %v the telephone got %q, want %q", step.acts, got, told)
			}
		}
		if link := s.one("SELECT link FROM notice WHERE address = ? AND template = 'exchange.notice.ready'", number); !strings.HasPrefix(link, "/tra-cuu?ma=") || s.ask("", "GET", link, "").status != 200 {
			t.Errorf("the message leads to %s", link)
		}
		s.reported("planner", "leadership")
		now := s.Machine.Now()
		points := func(n int64) *int64 { return &n }
		pass := filing.Pass{ID: ident.New(now), Dossier: d.ID, Number: number, VerifiedAt: &now, At: now}
		must(t, s.Dossiers.Filing.Rate(t.Context(), pass, filing.Rating{Attitude: 0}))
		must(t, s.Dossiers.Filing.Rate(t.Context(), pass, filing.Rating{Attitude: 2, Openness: points(1), Contacts: points(0)}))
		before := s.scores()
		_, err := s.Events.Run(t.Context())
		must(t, err)
		after := s.scores()
		for dim, want := range map[string]int64{"6/n": 1, "6/p": 1, "7/n": 1, "7/p": 2, "3/n": 0} {
			if got := after[dim] - before[dim]; got != want {
				t.Errorf("the rating adds %d to %s, want %d", got, dim, want)
			}
		}
		if got := after["3/p"] - before["3/p"]; got != -1 { // asked once by the record, more than once by the citizen
			t.Errorf("coming back more than once adds %d", got)
		}
	})
}

// reported looks at what the weekly report says of the dossiers of the commune's district,
// and that whoever may not read figures is told nothing.
func (s *street) reported(logins ...string) {
	s.t.Helper()
	now := s.Business.Now()
	week := reports.Period{From: now.AddDate(0, 0, -1), Until: now.AddDate(0, 0, 1)}
	for _, login := range logins {
		for _, unit := range []string{"01", hereDistrict} {
			k, err := told{s.House}.Dossiers(s.t.Context(), reports.Ask{Who: s.actor(login), Unit: unit}, week)
			must(s.t, err)
			if k == nil || k.Accepted == 0 || k.Finished == 0 || k.OnTime+k.Late != k.Finished {
				s.t.Fatalf("%s hears of %s: %+v", login, unit, k)
			}
			sum := reports.CaseCounts{}
			for _, d := range k.Districts {
				sum = plus(sum, d.CaseCounts)
			}
			if sum != k.CaseCounts {
				s.t.Errorf("districts add up to %+v, not %+v", sum, k.CaseCounts)
			}
		}
	}
	for login, unit := range map[string]string{"officer": hereDistrict, "coordinator": thereDistrict} {
		if k, err := (told{s.House}).Dossiers(s.t.Context(), reports.Ask{Who: s.actor(login), Unit: unit}, week); err != nil || k != nil {
			s.t.Errorf("%s hears of %s: %+v %v", login, unit, k, err)
		}
	}
}

// scores are the points of Circular 01/2018 of all that was finished.
func (s *street) scores() map[string]int64 {
	s.t.Helper()
	all, err := figures.Totals(s.t.Context(), s.DB.Read(), figures.Ask{Names: []string{tally.FigureScore}})
	must(s.t, err)
	return all
}

// The number of a ticket that was written without a line leads to its dossier as soon as
// the ticket is in, at the counter's screen as well.
func TestAProvisionalNumberLeadsToTheDossier(t *testing.T) {
	eachStreet(t, func(t *testing.T, s *street) {
		s.offered("way", wayProcedure)
		who := s.actor("officer")
		b, err := s.books.Tickets.Reserve(t.Context(), who, who.Home, "09")
		must(t, err)
		number := b.Number(b.From)
		ways := []string{"/tra-cuu?ma=", "/tra-cuu/ki-ot?ma="}
		for _, way := range ways {
			if a := s.ask("", "GET", way+url.QueryEscape(number), ""); a.status != 422 || !strings.Contains(a.body, "chưa nhập phiếu") {
				t.Errorf("%s before it came in: %d", way, a.status)
			}
		}
		since := s.books.Tickets.Since()
		taken, err := s.books.Tickets.Take(t.Context(), who, ticket.Sent{ID: ident.New(s.Business.Now()), Block: b.ID, Number: b.From, Since: since, Written: s.Business.Now().Add(-time.Minute), Procedure: "way",
			Facts: dossier.Facts{Subject: "Trần Gia Bảo", Applicant: "Lê Thị Mai", Phone: "0912345697"}})
		must(t, err)
		for _, way := range ways {
			if a := s.ask("", "GET", way+url.QueryEscape(strings.ToLower(number)), ""); a.status != 200 || !strings.Contains(a.body, taken.Code) || !strings.Contains(a.body, "Chưa giải quyết xong") {
				t.Errorf("%s: %d", way, a.status)
			}
		}
		if a := s.ask("", "POST", "/tra-cuu", url.Values{"ma": {number}, "number": {"0912345697"}}.Encode()); a.status != 303 && a.status != 503 {
			t.Errorf("knocking with it: %d", a.status)
		}
		if page := s.ask("", "GET", "/phieu-tam?number="+number, "").body; !strings.Contains(page, "/tra-cuu?ma="+url.QueryEscape(taken.Code)) {
			t.Error("the page of provisional numbers does not lead on")
		}
	})
}

func TestOfficersFindTheirRelativesBesideTheirAccount(t *testing.T) {
	s := openStreet(t, Config{})
	if page := s.ask("officer", "GET", "/account", "").body; strings.Contains(page, "/account/relatives") != s.actor("officer").May(dossier.Examine) {
		t.Error("the page of an officer's account")
	}
	if page := s.ask("planner", "GET", "/account", "").body; strings.Contains(page, "/account/relatives") {
		t.Error("planners have no dossiers to keep off")
	}
}
