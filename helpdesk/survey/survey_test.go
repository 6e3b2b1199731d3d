package survey

import (
	"context"
	"strings"
	"testing"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

// thursday is 10/11/2016 08:00 in the city.
var thursday = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

const dangXa = "00556"

var policy = access.Policy{"officer": {helpdesk.Ask}, "agent": {helpdesk.Ask, helpdesk.Read, helpdesk.Work}, "reader": {helpdesk.Read}}

func actor(id string, role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: ident.ID(id), Name: id, Via: "web", Grants: []access.Grant{{Role: role, Everywhere: len(units) == 0, Units: units}}})
}

var (
	officer = actor("officer", "officer", dangXa)
	agent   = actor("agent", "agent")
)

type people struct{}

func (people) Names(context.Context, []ident.ID) (map[ident.ID]string, error) {
	return map[ident.ID]string{}, nil
}
func (people) Agents(context.Context, string) ([]helpdesk.Agent, error) { return nil, nil }
func (people) Reachable(context.Context, helpdesk.WayKind, string) ([]helpdesk.Contact, error) {
	return nil, nil
}
func (people) Leads(context.Context, string) ([]ident.ID, error) { return []ident.ID{"lead"}, nil }

type room struct {
	*Service
	at   *clock.Fake
	desk *helpdesk.Service
	tell *outbox.Dispatcher
	t    *testing.T
}

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	at := clock.At(thursday)
	units := org.NewUnits(d, at)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	cals := calstore.New(d, at)
	if err := cals.Seed(t.Context(), thursday); err != nil {
		t.Fatal(err)
	}
	blobs, err := files.Folder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	desk := helpdesk.New(helpdesk.Deps{DB: d, Business: at, Calendars: cals, Calendar: calstore.Office, Units: units, People: people{}, Files: files.New(d, at, blobs)})
	s := New(Deps{DB: d, Business: at, Units: units, People: people{}, Desk: desk, Key: signed.Key("secret")})
	return &room{s, at, desk, outbox.NewDispatcher(d, at, nil, s.Handlers()...), t}
}

// closed is a ticket that was answered and closed; what the survey learns of it is done.
func (r *room) closed(change ...func(*helpdesk.Draft)) helpdesk.Ticket {
	r.t.Helper()
	d := helpdesk.Draft{Unit: dangXa, Title: "Quên mật khẩu", Body: "Không đăng nhập được.", Service: helpdesk.Account, Impact: 1, Urgency: 2, Source: "web"}
	who := officer
	for _, c := range change {
		c(&d)
	}
	if d.Requester != "" {
		who = access.System("test")
	}
	t, err := r.desk.Open(r.t.Context(), who, d)
	if err != nil {
		r.t.Fatal(err)
	}
	if t, err = r.desk.Resolve(r.t.Context(), agent, t.ID, helpdesk.Words{Body: "Đã cấp lại."}); err != nil {
		r.t.Fatal(err)
	}
	if t, err = r.desk.Close(r.t.Context(), agent, t.ID, t.Version, ""); err != nil {
		r.t.Fatal(err)
	}
	r.told()
	return t
}

func (r *room) told() {
	r.t.Helper()
	if _, err := r.tell.Run(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) notices(template string) []notify.Notice {
	r.t.Helper()
	var rows []notify.Notice
	if err := r.DB.Read().NewSelect().Model(&rows).Where("no.template = ?", template).Order("no.id").Scan(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return rows
}

func (r *room) proven() {
	r.t.Helper()
	for name, count := range Figures() {
		if wrong, err := figures.Check(r.t.Context(), r.DB.Read(), name, count); err != nil || len(wrong) > 0 {
			r.t.Errorf("%s: %v %v", name, wrong, err)
		}
	}
}

func eachRoom(t *testing.T, f func(r *room)) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { f(open(t, d)) })
}

func token(path string) string { return strings.TrimPrefix(path, ratePath) }

func TestAClosedTicketIsAskedAboutOnceAndRatedWithoutSigningIn(t *testing.T) {
	eachRoom(t, func(r *room) {
		one := r.closed()
		asked := r.notices("survey.notice.ask")
		if len(asked) != 1 || asked[0].Account != "officer" || asked[0].Link != r.Path(one.ID) || strings.Contains(asked[0].Args, one.Title) {
			t.Fatalf("%+v", asked)
		}
		link := token(asked[0].Link)
		if _, err := r.Rate(t.Context(), link, 0, ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("no score: %v", err)
		}
		for _, bad := range []string{"", "x", "A" + link[1:] + "x", token("/danh-gia/" + signed.Key("other").Token(purpose, one.ID))} {
			if _, err := r.Rate(t.Context(), bad, 5, ""); !fault.Is(err, fault.Missing) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if got, err := r.Rate(t.Context(), link, 5, ""); err != nil || got.Score != 5 {
			t.Fatal(got, err)
		}
		r.at.Move(regret - time.Minute)
		if got, err := r.Rate(t.Context(), link, 1, "Chờ lâu."); err != nil || got.Score != 1 || got.Remark != "Chờ lâu." {
			t.Fatal(got, err)
		}
		r.proven()
		if _, err := r.Rate(t.Context(), link, 2, ""); err != nil {
			t.Fatal(err)
		}
		if low := r.notices("survey.notice.low"); len(low) != 1 || low[0].Account != "lead" {
			t.Errorf("those who lead: %+v", low)
		}
		r.at.Move(2 * time.Minute)
		if _, err := r.Rate(t.Context(), link, 5, ""); !fault.HasKey(err, "survey.stands") {
			t.Errorf("after seven days: %v", err)
		}
		sums, err := r.Between(t.Context(), agent, "2016-11-01", "2016-12-01")
		if want := (Sum{Asked: 1, Answers: 1, Score: 2, Low: 1}); err != nil || sums.All != want || sums.ByUnit[dangXa] != want || sums.ByService["account"] != want {
			t.Errorf("%+v %v", sums, err)
		}
		r.proven()
	})
}

func TestAQuestionGrowsOld(t *testing.T) {
	eachRoom(t, func(r *room) {
		one := r.closed()
		r.at.Move(life + time.Minute)
		if _, err := r.Rate(t.Context(), token(r.Path(one.ID)), 5, ""); !fault.HasKey(err, "survey.too_late") {
			t.Errorf("after 30 days: %v", err)
		}
	})
}

func TestWhatNobodyAnsweredOrARuleOpenedIsNotAskedAbout(t *testing.T) {
	eachRoom(t, func(r *room) {
		r.closed(func(d *helpdesk.Draft) { d.Source = "rule" })
		quick, err := r.desk.Open(t.Context(), officer, helpdesk.Draft{Unit: dangXa, Title: "Nhầm", Body: "Nhầm.", Service: helpdesk.Account, Impact: 1, Urgency: 1, Source: "web"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.desk.Close(t.Context(), officer, quick.ID, quick.Version, ""); err != nil {
			t.Fatal(err)
		}
		r.told()
		if all := r.notices("survey.notice.ask"); len(all) != 0 {
			t.Errorf("%+v", all)
		}
	})
}

func TestATextMessageAnswersTheQuestionItsSenderWasAsked(t *testing.T) {
	eachRoom(t, func(r *room) {
		var who helpdesk.Contact
		err := r.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			who, err = r.desk.KnowIn(ctx, tx, access.System("test"), helpdesk.Contact{Name: "Bà Hoa", Unit: dangXa}, helpdesk.Way{Kind: helpdesk.PhoneWay, Value: "0987654321", Verified: true})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		take := func(number, text string) (took bool) {
			err := r.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				_, took, err = r.Take(ctx, tx, notify.In{Number: number, Body: text})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return took
		}
		if take("0987654321", "5") {
			t.Error("nobody asked yet")
		}
		one := r.closed(func(d *helpdesk.Draft) { d.Requester, d.Channel, d.Source = who.ID, helpdesk.BySMS, "citizen" })
		if asked := r.notices("survey.notice.ask"); len(asked) != 1 || asked[0].Channel != notify.BySMS || asked[0].Address != "0987654321" || asked[0].Account != "" {
			t.Fatalf("%+v", asked)
		}
		if take("0987654321", "máy vẫn hỏng") || take("0911111111", "5") {
			t.Error("what is no answer is taken for one")
		}
		if !take("0987654321", "4 cảm ơn") {
			t.Error("the answer is not taken")
		}
		if got, _, err := r.ByToken(t.Context(), token(r.Path(one.ID))); err != nil || got.Score != 4 {
			t.Error(got, err)
		}
		r.proven()
	})
}

func TestScoresInWords(t *testing.T) {
	for text, want := range map[string]int64{"5": 5, " 1 ": 1, "4.": 4, "3 bình thường": 3, "Rất hài lòng": 5, "không hài lòng": 2, "KHONG HAI LONG.": 2, "0": 0, "6": 0, "12": 0, "5 phút nữa": 0, "": 0, "hài": 0} {
		if got, ok := ReadScore(text); got != want || ok != (want > 0) {
			t.Errorf("%q: %d %v, want %d", text, got, ok, want)
		}
	}
}

func TestFiguresStayWithinTheReadersReach(t *testing.T) {
	eachRoom(t, func(r *room) {
		one := r.closed()
		if _, err := r.Rate(t.Context(), token(r.Path(one.ID)), 5, ""); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name string
			who  access.Actor
			kind fault.Kind
			want int64
		}{
			{"allowed", actor("a", "reader"), 0, 1}, {"the unit's own", actor("a", "reader", dangXa), 0, 1}, {"another unit", actor("a", "reader", "00376"), 0, 0},
			{"no permission", officer, fault.Denied, 0}, {"nobody", access.Actor{}, fault.SignIn, 0},
		} {
			got, err := r.Between(t.Context(), c.who, "2016-11-01", "2016-12-01")
			if got.All.Answers != c.want || c.kind != 0 && !fault.Is(err, c.kind) || c.kind == 0 && err != nil {
				t.Errorf("%s: %+v %v", c.name, got.All, err)
			}
		}
	})
}
