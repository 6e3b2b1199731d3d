package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/partners"
	"lotrinh/internal/wire"
)

// room is the exchange over the dossier service, with the offices outside at the other end.
type room struct {
	*Service
	t   *testing.T
	h   *dossiertest.House
	out *partners.Program
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Do calls the offices' own handler.
func (r *room) Do(ctx context.Context, p post.Partner, method, path string, s wire.Signed, body []byte) (a post.Answer, err error) {
	req := httptest.NewRequestWithContext(ctx, method, p.Endpoint+path, bytes.NewReader(body))
	req.Header.Set(wire.HeaderID, s.ID)
	req.Header.Set(wire.HeaderTimestamp, s.Timestamp)
	req.Header.Set(wire.HeaderSignature, s.Signature)
	res := httptest.NewRecorder()
	defer func() {
		if v := recover(); v != nil {
			err = errors.New("line dropped")
		}
	}()
	r.out.Handler().ServeHTTP(res, req)
	return post.Answer{Status: res.Code, Body: res.Body.Bytes()}, nil
}

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	h := dossiertest.New(t, d)
	h.Offer("linked", "2016-01-01", linked)
	r := &room{t: t, h: h}
	words, err := i18n.Load(Locale, partners.Locale)
	must(t, err)
	r.Service = New(Deps{DB: d, Business: h.At, Machine: h.At, Dossiers: h.Service, Calendars: h.Cals, Calendar: calstore.Office, Words: words, BaseURL: "https://lotrinh.example",
		Line: r, Key: "house", CheckAddress: post.NewWeb([]string{"127.0.0.1"}).CheckAddress})
	must(t, r.Seed(t.Context()))
	secrets, endpoint, source := map[string]string{}, map[string]string{}, map[string]string{}
	for _, office := range partners.Offices {
		secrets[office], err = wire.NewSecret()
		must(t, err)
		endpoint[office], source[office] = "http://127.0.0.1/api/"+office, partners.Source(office)
	}
	must(t, r.Connect(t.Context(), endpoint, source, secrets))
	r.out, err = partners.Open(t.Context(), partners.Config{File: filepath.Join(t.TempDir(), "partners.db"), Secrets: secrets, Clock: h.At, Words: words,
		Receive: time.Second, Result: 3 * time.Second, Log: slog.New(slog.DiscardHandler),
		Post: func(ctx context.Context, office string, s wire.Signed, body []byte) (int, error) {
			status, _, err := r.Post.Take(ctx, office, s, body)
			return status, err
		}})
	must(t, err)
	t.Cleanup(func() { must(t, r.out.Close()) })
	return r
}

// turn lets messages go out and answers come in, n times.
func (r *room) turn(n int) {
	r.t.Helper()
	for range n {
		must(r.t, r.Tend(r.t.Context()))
		r.h.At.Move(10 * time.Second)
		_, err := r.out.Deliver(r.t.Context())
		must(r.t, err)
	}
}

// linked is an interlinked birth whose form names its columns, and whose legs depend on
// what was answered.
const linked = `{"code":"3.000722","name":{"vi":"Liên thông","en":"Interlinked"},"group":"birth","level":3,"term":{"kind":"working_days","days":20},
"form":{"groups":[{"key":"child","title":{"vi":"Trẻ"},"fields":[{"key":"child.name","kind":"name","label":{"vi":"Họ tên"},"column":"nksHoTen"},
{"key":"child.sex","kind":"choice","label":{"vi":"Giới tính"},"column":"nksGioiTinh","options":[{"value":"male","label":{"vi":"Nam","en":"Male"}},{"value":"female","label":{"vi":"Nữ","en":"Female"}}]},
{"key":"child.born","kind":"date","label":{"vi":"Ngày sinh"},"column":"nksNgaySinh"},{"key":"mother.paper","kind":"paper","label":{"vi":"Giấy tờ"},"column":"meGiayTo"},
{"key":"mother.home","kind":"address","label":{"vi":"Nơi cư trú"},"column":"meNoiCuTru"},{"key":"household.head","kind":"name","label":{"vi":"Chủ hộ"},"column":"hoChuHo"},
{"key":"want","kind":"choices","label":{"vi":"Kết quả"},"options":[{"value":"residence","label":{"vi":"Thường trú"}},{"value":"insurance","label":{"vi":"Thẻ"}}]}]}],
"keys":{"subject":"child.name","born":"child.born"}},"results":[{"key":"certificate","name":{"vi":"Giấy khai sinh"},"book":"ks"}],
"steps":[{"key":"receive","kind":"receive","name":{"vi":"Tiếp nhận"}},{"key":"examine","kind":"examine","name":{"vi":"Thẩm tra"}},{"key":"register","kind":"register","name":{"vi":"Ghi sổ"}},
{"key":"pid","kind":"pid","name":{"vi":"Số định danh"}},{"key":"sign","kind":"sign","name":{"vi":"Ký"}},{"key":"deliver","kind":"deliver","name":{"vi":"Liên thông"}},{"key":"return","kind":"return","name":{"vi":"Trả"}}],
"legs":[{"kind":"residence","partner":"police","name":{"vi":"Thường trú"},"term":{"kind":"working_days","days":15},"when":{"field":"want","op":"has","value":"residence"}},
{"kind":"insurance","partner":"insurance","name":{"vi":"Thẻ"},"term":{"kind":"working_days","days":10},"more":2,"when":{"field":"want","op":"has","value":"insurance"}}]}`

// registered is a dossier of an interlinked birth whose register entry is written.
func (r *room) registered(want ...string) dossier.Dossier {
	r.t.Helper()
	h := r.h
	if len(want) == 0 {
		want = []string{"residence,insurance"}
	}
	d := h.Submit(func(f *dossier.Submission) {
		f.Procedure, f.Channel = "linked", dossier.Counter
		f.Answers = json.RawMessage(`{"child.name":"Trần Gia Bảo","child.sex":"male","child.born":"2016-11-02","household.head":"Trần Văn Nam","want":"` + want[0] + `"}`)
	})
	counter, officer := h.As(org.OneStopOfficer, dossiertest.DangXa), h.As(org.CivilStatusOfficer, dossiertest.DangXa)
	h.Must(counter, d, dossier.Move{Act: dossier.Accept})
	h.Must(counter, d, dossier.Move{Act: dossier.HandOver})
	h.Must(officer, d, dossier.Move{Act: dossier.HandOver})
	return h.Must(officer, d, dossier.Move{Act: dossier.Enter, Data: map[string]any{"book": "01-TP/HT-2016-KS", "number": 17}})
}

func (r *room) state(d dossier.Dossier) dossier.Dossier {
	r.t.Helper()
	var now dossier.Dossier
	must(r.t, r.DB.Read().NewSelect().Model(&now).Where("d.id = ?", d.ID).Scan(r.t.Context()))
	return now
}

func (r *room) leg(d dossier.Dossier, kind string) dossier.Leg {
	r.t.Helper()
	legs, err := r.Dossiers.LegsOf(r.t.Context(), r.DB.Read(), d.ID)
	must(r.t, err)
	for _, l := range legs {
		if l.Kind == kind {
			return l
		}
	}
	r.t.Fatalf("no leg %s in %+v", kind, legs)
	return dossier.Leg{}
}

func TestAnInterlinkedBirthGoesToEveryOfficeAndComesBack(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		must(t, r.out.Tell(t.Context(), partners.Mood{Office: partners.Insurance, Asks: true}))
		x := r.registered()
		if x.Waiting != dossier.ForPID {
			t.Fatalf("after the entry it waits for %q", x.Waiting)
		}
		r.turn(3)
		if x = r.state(x); x.SubjectPID != "001216000002" && len(x.SubjectPID) != 12 || x.Waiting != dossier.ForNobody {
			t.Fatalf("the number came as %q, waiting %q", x.SubjectPID, x.Waiting)
		}
		x = r.h.Must(r.h.As(org.SigningLeader, dossiertest.DangXa), x, dossier.Move{Act: dossier.Signed})
		if x.Waiting != dossier.ForPartner {
			t.Fatalf("after the signature it waits for %q", x.Waiting)
		}
		// The police is down while the insurance asks for a completion.
		must(t, r.out.Tell(t.Context(), partners.Mood{Office: partners.Residence, DownUntil: r.h.At.Now().Add(time.Hour)}))
		r.turn(3)
		leg := r.leg(x, "insurance")
		if leg.State != dossier.LegIncomplete || leg.CaseNo == "" || leg.Reason == "" {
			t.Fatalf("the insurance leg: %+v", leg)
		}
		due := leg.DueAt
		officer := r.h.As(org.CivilStatusOfficer, dossiertest.DangXa)
		if err := r.Answer(t.Context(), officer, x.ID, "insurance", leg.Ver, "Bệnh viện đa khoa Gia Lâm."); err != nil {
			t.Fatal(err)
		}
		r.h.At.Move(2 * time.Hour)
		r.turn(8)
		police, insurance := r.leg(x, "residence"), r.leg(x, "insurance")
		if police.State != dossier.LegDone || insurance.State != dossier.LegDone || police.ResultNo == "" || insurance.DueAt.Before(due) {
			t.Fatalf("the legs: %+v %+v", police, insurance)
		}
		if x = r.state(x); x.Waiting != dossier.ForNobody || x.Stage != "return" {
			t.Fatalf("with every leg over it stands at %s, waiting %q", x.Stage, x.Waiting)
		}
		r.told(x)
		for _, office := range []string{Ministry, Residence, Insurance, Population} {
			run, err := r.Post.Compare(t.Context(), office, "2016-11-10")
			must(t, err)
			if !run.Clean() || run.Matched != 1 {
				t.Errorf("%s compared: %+v", office, run)
			}
		}
		effects, err := r.out.Effects(t.Context(), x.Code)
		must(t, err)
		for thing, n := range effects {
			if n != 1 {
				t.Errorf("%s was done %d times", thing, n)
			}
		}
	})
}

// told looks at what the citizen was told: each thing once, nothing personal.
func (r *room) told(d dossier.Dossier) {
	r.t.Helper()
	var rows []notify.Notice
	must(r.t, r.DB.Read().NewSelect().Model(&rows).Where("no.address = ?", d.Phone).Scan(r.t.Context()))
	seen := map[string]int{}
	for _, n := range rows {
		seen[n.Template]++
		if bytes.Contains([]byte(n.Args), []byte("Bảo")) {
			r.t.Errorf("%s names the child: %s", n.Template, n.Args)
		}
	}
	for _, want := range []string{"exchange.notice.accepted", "exchange.notice.residence_done", "exchange.notice.insurance_done"} {
		if seen[want] != 1 {
			r.t.Errorf("%s was told %d times: %v", want, seen[want], seen)
		}
	}
}

func TestARejectedLegKeepsNoOtherBack(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		must(t, r.out.Tell(t.Context(), partners.Mood{Office: partners.Residence, ByHand: true}))
		x := r.registered()
		r.turn(3)
		x = r.h.Must(r.h.As(org.SigningLeader, dossiertest.DangXa), r.state(x), dossier.Move{Act: dossier.Signed})
		r.turn(3)
		cases, err := r.out.Cases(t.Context(), partners.Residence)
		must(t, err)
		must(t, r.out.Decide(t.Context(), partners.Residence, cases[0].N, "rejected", r.Words.In(i18n.VI)))
		r.turn(2)
		police, insurance := r.leg(x, "residence"), r.leg(x, "insurance")
		if police.State != dossier.LegRejected || police.Reason == "" || insurance.State != dossier.LegDone || r.state(x).Stage != "return" {
			t.Errorf("%+v %+v %s", police, insurance, r.state(x).Stage)
		}
	})
}

func TestAPersonalNumberThatDoesNotFitIsKeptOutAndTold(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		x := r.registered()
		var m post.Message
		must(t, d.Read().NewSelect().Model(&m).Where("xm.partner = ?", Population).Scan(t.Context()))
		data, err := json.Marshal(wire.PID{Key: m.Key, PID: "001316000001", IssuedOn: "2016-11-10"}) // a girl's
		must(t, err)
		e := wire.Event{ID: "wrong", Source: partners.Source(Population), Type: wire.PIDIssued, Subject: m.Dossier, Seq: 1, Data: data}
		body, err := wire.Write(e)
		must(t, err)
		status, out, err := r.Post.TakeEvent(t.Context(), Population, e, body)
		must(t, err)
		if status != 202 || out.State != post.Refused || r.state(x).SubjectPID != "" || r.state(x).Waiting != dossier.ForPID {
			t.Errorf("%d %+v, kept as %q", status, out, r.state(x).SubjectPID)
		}
		n, err := d.Read().NewSelect().Model((*post.Incident)(nil)).Count(t.Context())
		must(t, err)
		if n != 1 {
			t.Errorf("%d incidents", n)
		}
	})
}

func TestASubmissionOfThePortalIsOneDossierHoweverOftenItComes(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		_, err := r.out.Submit(t.Context(), wire.Submission{Procedure: "linked", Unit: dossiertest.DangXa, Applicant: "Lê Thị Mai", Phone: "0912345678",
			Answers: wire.Fields{"nksHoTen": "Trần Gia Bảo", "nksGioiTinh": "Nam", "nksNgaySinh": "2/11/2016", "meGiayTo": "001190001234", "meNoiCuTru": "Thôn Đổng Xuyên", "other": "x"}})
		must(t, err)
		for range 3 {
			must(t, r.Tend(t.Context()))
			must(t, d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { // as if the place reached had been lost
				_, err := tx.NewRaw("DELETE FROM exchange_cursor").Exec(ctx)
				return err
			}))
		}
		var all []dossier.Dossier
		must(t, d.Read().NewSelect().Model(&all).Scan(t.Context()))
		if len(all) != 1 || all[0].Born != "2016-11-02" || all[0].Status != dossier.Submitted {
			t.Errorf("%d dossiers: %+v", len(all), all)
		}
		raw, err := r.Dossiers.AnswersOf(t.Context(), d.Read(), all[0].ID)
		must(t, err)
		want := form.Answers{"child.name": "Trần Gia Bảo", "child.sex": "male", "child.born": "2016-11-02", "mother.paper.no": "001190001234", "mother.home.line": "Thôn Đổng Xuyên", "other": "x"}
		if got := answersIn(raw); !maps.Equal(got, want) {
			t.Errorf("the answers are kept as %v", got)
		}
	})
}

func TestTheAnswersSayWhichOfficesAreAsked(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		for _, c := range []struct{ want, legs, stage string }{{"insurance", "insurance", "deliver"}, {"residence,insurance", "insurance residence", "deliver"}, {"other", "", "return"}} {
			x := r.registered(c.want)
			r.turn(3)
			x = r.h.Must(r.h.As(org.SigningLeader, dossiertest.DangXa), r.state(x), dossier.Move{Act: dossier.Signed})
			legs, err := r.Dossiers.LegsOf(t.Context(), d.Read(), x.ID)
			must(t, err)
			var kinds []string
			for _, l := range legs {
				kinds = append(kinds, l.Kind)
			}
			slices.Sort(kinds)
			if got := strings.Join(kinds, " "); got != c.legs || x.Stage != c.stage {
				t.Errorf("who wants %q gets the legs %q and stands at %s", c.want, got, x.Stage)
			}
		}
	})
}

func TestPracticeTellsNobody(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		x := r.h.Submit(func(f *dossier.Submission) { f.Practice, f.Channel = true, dossier.Counter })
		r.h.Must(r.h.As(org.OneStopOfficer, dossiertest.DangXa), x, dossier.Move{Act: dossier.Accept})
		var n int
		must(t, d.Read().NewRaw("SELECT (SELECT count(*) FROM exchange_message) + (SELECT count(*) FROM notice)").Scan(t.Context(), &n))
		if n != 0 {
			t.Errorf("%d messages and notices of a practice dossier", n)
		}
	})
}

func TestManyAreSentAgainOnlyByTwoPeople(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		r.registered()
		must(t, d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE exchange_message SET state = 'dead' WHERE partner = ?", Ministry).Exec(ctx)
			return err
		}))
		lan, minh, officer := r.h.As(org.SupportLead, "", "Lan"), r.h.As(org.SupportLead, "", "Minh"), r.h.As(org.OneStopOfficer, dossiertest.DangXa)
		if err := r.AskReplay(t.Context(), officer, Ministry, "x"); !fault.Is(err, fault.Denied) {
			t.Error("an officer of a commune:", err)
		}
		if err := r.AskReplay(t.Context(), lan, Ministry, " "); !fault.Is(err, fault.Invalid) {
			t.Error("without a reason:", err)
		}
		must(t, r.AskReplay(t.Context(), lan, Ministry, "Bộ đã sửa phần mềm."))
		all, err := r.replays(t.Context())
		must(t, err)
		if err := r.GrantReplay(t.Context(), lan, all[0].ID, true); !fault.HasKey(err, "exchange.replay_second") {
			t.Error("the same person:", err)
		}
		must(t, r.GrantReplay(t.Context(), minh, all[0].ID, true))
		r.turn(3)
		var state string
		must(t, d.Read().NewRaw("SELECT state FROM exchange_message WHERE partner = ?", Ministry).Scan(t.Context(), &state))
		if state != post.Sent {
			t.Errorf("sent again it is %s", state)
		}
	})
}

func TestWhoMayDoWhatWithTheExchange(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) { mayDo(t, open(t, d)) })
}

func mayDo(t *testing.T, r *room) {
	t.Helper()
	x := r.registered()
	var m post.Message
	must(t, r.DB.Read().NewSelect().Model(&m).Where("xm.partner = ?", Ministry).Scan(t.Context()))
	for name, c := range map[string]struct {
		role  access.Role
		under string
		again fault.Kind
		setup fault.Kind
	}{
		"the support lead":     {org.SupportLead, "", fault.Conflict, fault.Denied},
		"a lead of elsewhere":  {org.SupportLead, dossiertest.BacSon, fault.Missing, fault.Denied},
		"an officer":           {org.OneStopOfficer, dossiertest.DangXa, fault.Denied, fault.Denied},
		"the administrator":    {org.Administrator, "", fault.Denied, fault.Invalid},
		"a leader of the city": {org.Leadership, "", fault.Denied, fault.Denied},
	} {
		who := r.h.As(c.role, c.under)
		if err := r.Again(t.Context(), who, m.ID, "x"); !fault.Is(err, c.again) {
			t.Errorf("%s sends again: %v", name, err)
		}
		if err := r.SetUp(t.Context(), who, Ministry, Setup{Ver: 2}); !fault.Is(err, c.setup) {
			t.Errorf("%s sets up: %v", name, err)
		}
		if err := r.Drop(t.Context(), who, m.ID, "x"); !fault.Is(err, c.again) {
			t.Errorf("%s sets aside: %v", name, err)
		}
	}
	for name, who := range map[string]access.Actor{"nobody": {}, "an officer": r.h.As(org.OneStopOfficer, dossiertest.DangXa), "a lead of one commune": r.h.As(org.SupportLead, dossiertest.BacSon)} {
		if _, _, err := r.Sheet(t.Context(), who, Ministry, ""); err == nil || fault.Is(err, fault.Conflict) {
			t.Errorf("%s takes the sheet: %v", name, err)
		}
		all, err := r.Messages(t.Context(), who, Filter{}, page.Read("", ""))
		if len(all.Items) > 0 || err == nil && name != "a lead of one commune" {
			t.Errorf("%s reads %d messages: %v", name, len(all.Items), err)
		}
	}
	leg := r.h.As(org.CivilStatusOfficer, dossiertest.BacSon)
	if err := r.Record(t.Context(), leg, x.ID, "insurance", 1, OnPaper{Reason: "x"}); !fault.Is(err, fault.Missing) {
		t.Error("an officer of another commune records:", err)
	}
	if err := r.Answer(t.Context(), r.h.As(org.CivilStatusOfficer, dossiertest.BacSon), x.ID, "insurance", 1, "x"); !fault.Is(err, fault.Missing) {
		t.Error("an officer of another commune answers:", err)
	}
}
