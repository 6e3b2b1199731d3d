package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lotrinh/app/demo"
	"lotrinh/dossier"
	"lotrinh/dossier/exchange"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/office"
	"lotrinh/dossier/register"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/partners"
	"lotrinh/internal/wire"
)

// interlinked is a house with the offices outside at the other end of real addresses.
type interlinked struct {
	*street
	machine *clock.Fake
	out     *partners.Program
}

func eachInterlinked(t *testing.T, f func(t *testing.T, s *interlinked)) {
	run := func(t *testing.T, postgres bool) {
		s := &interlinked{machine: clock.At(clock.System{}.Now())}
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.out.Handler().ServeHTTP(w, r) }))
		t.Cleanup(web.Close)
		at := toldPlace(t, postgres)
		s.street = openHouseBy(t, Config{Data: at.data, DatabaseURL: at.url, Demo: true, ExchangeHosts: strings.TrimPrefix(web.URL, "http://")}, s.machine)
		secrets, err := newSecrets()
		must(t, err)
		s.out, err = partners.Open(t.Context(), partners.Config{File: filepath.Join(t.TempDir(), "partners.db"), Secrets: secrets, Clock: s.machine, Words: s.Words,
			Receive: time.Second, Result: 3 * time.Second, Log: slog.New(slog.DiscardHandler), Post: s.answered})
		must(t, err)
		t.Cleanup(func() { must(t, s.out.Close()) })
		must(t, (&outside{url: web.URL, secrets: secrets}).connect(t.Context(), s.House))
		f(t, s)
	}
	t.Run("sqlite", func(t *testing.T) { run(t, false) })
	if os.Getenv("TEST_PG") != "" {
		t.Run("postgres", func(t *testing.T) { run(t, true) })
	}
}

// answered brings a message of an office to the house's own door.
func (s *interlinked) answered(_ context.Context, at string, m wire.Signed, body []byte) (int, error) {
	a := s.ask("", "POST", "/api/v1/exchange/"+at+"/events", string(body), wire.HeaderID, m.ID, wire.HeaderTimestamp, m.Timestamp, wire.HeaderSignature, m.Signature)
	return a.status, nil
}

// turn lets messages go out and answers come in, n times.
func (s *interlinked) turn(n int) {
	s.t.Helper()
	for range n {
		must(s.t, s.Dossiers.Exchange.Tend(s.t.Context()))
		s.machine.Move(10 * time.Second)
		_, err := s.out.Deliver(s.t.Context())
		must(s.t, err)
	}
}

// learn lets every handler learn from what happened.
func (s *interlinked) learn() {
	s.t.Helper()
	_, err := s.Events.Run(s.t.Context())
	must(s.t, err)
}

func (s *interlinked) now(id ident.ID) dossier.Dossier {
	s.t.Helper()
	var d dossier.Dossier
	must(s.t, s.DB.Read().NewSelect().Model(&d).Where("d.id = ?", id).Scan(s.t.Context()))
	return d
}

// stands wants a dossier at a step, waiting for something, and on the desk that shows it.
func (s *interlinked) stands(id ident.ID, stage string, waiting dossier.Waiting, desk office.Desk) dossier.Dossier {
	s.t.Helper()
	d := s.now(id)
	if at := s.one("SELECT desk FROM dossier_task WHERE dossier = ?", id); d.Stage != stage || d.Waiting != waiting || at != string(desk) {
		s.t.Fatalf("it stands at %s, waiting %q, on the desk %s; want %s, %q, %s", d.Stage, d.Waiting, at, stage, waiting, desk)
	}
	return d
}

func (s *interlinked) leg(id ident.ID, kind string) dossier.Leg {
	s.t.Helper()
	legs, err := s.Dossiers.LegsOf(s.t.Context(), s.DB.Read(), id)
	must(s.t, err)
	for _, l := range legs {
		if l.Kind == kind {
			return l
		}
	}
	s.t.Fatalf("no leg %s in %+v", kind, legs)
	return dossier.Leg{}
}

func (s *interlinked) act(login string, id ident.ID, act dossier.Act) {
	s.t.Helper()
	if _, err := s.Dossiers.Office.Act(s.t.Context(), s.actor(login), id, 0, office.ActIn{Act: string(act)}); err != nil {
		s.t.Fatalf("%s by %s: %v", act, login, err)
	}
}

func (s *interlinked) proof(login string) org.Proof {
	s.t.Helper()
	p, err := s.People.Reprove(s.t.Context(), s.actor(login), demo.Password)
	must(s.t, err)
	return p
}

// bornAnswers is what a mother answers to the interlinked procedure.
const bornAnswers = `{"requester.name":"Đinh Thị Ngân","requester.relation":"mother","requester.paper.kind":"cccd","requester.paper.no":"001190001234",
"requester.home.unit":"00556","requester.home.line":"Thôn Đổng Xuyên","requester.phone":"0912777001","case.kind":"both","case.alive":"alive",
"child.name":"Vương Đình Khôi","child.sex":"male","child.born":"2016-11-04","child.birthplace":"Bệnh viện đa khoa Gia Lâm","child.birth_unit.unit":"00556","child.hometown":"xã Đặng Xá",
"child.ethnicity":"kinh","child.nation":"vn","proof.kind":"gcs","proof.no":"77001/2016","proof.on":"2016-11-05","mother.name":"Đinh Thị Ngân","mother.born":"1990-03-08","mother.ethnicity":"kinh",
"mother.nation":"vn","mother.lives":"permanent","mother.home.unit":"00556","mother.home.line":"Thôn Đổng Xuyên","mother.pid":"001190001234","father.name":"Vương Đình Bách",
"father.born":"1988-01-20","father.ethnicity":"kinh","father.nation":"vn","father.lives":"permanent","father.home.unit":"00556","father.paper.kind":"cmnd","father.paper.no":"011223344",
"wed.is":"yes","household.with_parents":"yes","household.head":"Vương Đình Thịnh","household.relation":"Cháu","household.code":"HK-0556-17","household.home.unit":"00556","household.home.line":"Thôn Đổng Xuyên",
"household.consent":"paper","insure.hospital":"01061","insure.home.unit":"00556","output.copies":"2","output.way":"counter"}`

// entered files an interlinked birth online and takes it through to its register entry.
func (s *interlinked) entered() (ident.ID, register.Entry) {
	s.t.Helper()
	var d dossier.Dossier
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var err error
		d, err = s.Dossiers.SubmitIn(ctx, tx, dossier.Citizen(), dossier.Submission{Key: "interlinked", Procedure: "birth_link3", Unit: hereUnit, Channel: dossier.Online, Answers: json.RawMessage(bornAnswers),
			Facts: dossier.Facts{Subject: "Vương Đình Khôi", Born: "2016-11-04", MotherPID: "001190001234", ProofNo: "77001/2016", Applicant: "Đinh Thị Ngân", Phone: "0912777001"}})
		return err
	}))
	s.act("officer", d.ID, dossier.Accept)
	s.act("officer", d.ID, dossier.HandOver)
	s.act("registrar", d.ID, dossier.HandOver)
	s.act("registrar", d.ID, dossier.AskConfirm)
	_, err := s.Dossiers.Do(s.t.Context(), dossier.Citizen(), d.ID, 0, dossier.Move{Act: dossier.Confirmed})
	must(s.t, err)
	return d.ID, s.enter(d.ID)
}

func (s *interlinked) enter(id ident.ID) register.Entry {
	s.t.Helper()
	e, err := s.Dossiers.Registers.Enter(s.t.Context(), s.actor("registrar"), s.proof("registrar"), id, 0)
	must(s.t, err)
	return e
}

func (s *interlinked) sign(id ident.ID) {
	s.t.Helper()
	out, err := s.Dossiers.Registers.Sign(s.t.Context(), s.actor("signer"), s.proof("signer"), []register.Ask{{Dossier: id}})
	must(s.t, err)
	must(s.t, out[0].Err)
}

// said is the newest message of a type to an office about a dossier.
func (s *interlinked) said(id ident.ID, kind string) wire.Case {
	s.t.Helper()
	var c wire.Case
	must(s.t, json.Unmarshal([]byte(s.one("SELECT data FROM exchange_message WHERE ref = ? AND type = ? ORDER BY id DESC LIMIT 1", id, kind)), &c))
	return c
}

func TestAnInterlinkedBirthWalksThroughEveryOffice(t *testing.T) {
	eachInterlinked(t, func(t *testing.T, s *interlinked) {
		must(t, s.out.Tell(t.Context(), partners.Mood{Office: partners.Insurance, Asks: true}))
		id, e := s.entered()
		s.stands(id, "pid", dossier.ForPID, office.Authority)
		c := s.said(id, wire.BirthRegistered)
		for name, want := range map[string]string{"quyenSo": e.Book(), "nksHoTen": "Vương Đình Khôi", "nksGioiTinh": "Nam", "nksNgaySinh": "2016-11-04", "meSoDinhDanh": "001190001234", "chaSoGiayTo": "011223344",
			"nycHoTen": "Đinh Thị Ngân", "meNoiCuTru": "Thôn Đổng Xuyên, xã Đặng Xá, huyện Gia Lâm"} {
			if c.Fields[name] != want {
				t.Errorf("the ministry reads %s as %q, want %q", name, c.Fields[name], want)
			}
		}
		s.turn(3)
		d := s.stands(id, "sign", dossier.ForNobody, office.Leader)
		if len(d.SubjectPID) != 12 || !strings.HasPrefix(d.SubjectPID, "001216") {
			t.Fatalf("the number came as %q", d.SubjectPID)
		}
		must(t, s.out.Tell(t.Context(), partners.Mood{Office: partners.Residence, DownUntil: s.machine.Now().Add(time.Hour)}))
		s.sign(id)
		s.stands(id, "deliver", dossier.ForPartner, office.Authority)
		if f := s.said(id, wire.ResidenceRequested).Fields; f["hoChuHo"] != "Vương Đình Thịnh" || f["hoSoHoKhau"] != "HK-0556-17" || f["soDinhDanh"] != d.SubjectPID || f["meSoDinhDanh"] != "" {
			t.Errorf("the police reads %v", f)
		}
		if f := s.said(id, wire.InsuranceRequested).Fields; f["bhytMaBenhVien"] != "01061" || f["bhytNguoiNhan"] != "Đinh Thị Ngân" {
			t.Errorf("the insurance reads %v", f)
		}
		s.turn(3)
		leg := s.leg(id, "insurance")
		if leg.State != dossier.LegIncomplete || s.leg(id, "residence").State != dossier.LegSent {
			t.Fatalf("the legs: %+v %+v", leg, s.leg(id, "residence"))
		}
		must(t, s.Dossiers.Exchange.Answer(t.Context(), s.actor("registrar"), id, "insurance", leg.Ver, "Bệnh viện đa khoa huyện Gia Lâm."))
		s.machine.Move(2 * time.Hour)
		s.turn(8)
		s.stands(id, "return", dossier.ForNobody, office.Handing)
		s.act("registrar", id, dossier.Finish)
		s.toldOnce(s.now(id))
		for _, at := range []string{exchange.Ministry, exchange.Residence, exchange.Insurance, exchange.Population} {
			run, err := s.Dossiers.Exchange.Post.Compare(t.Context(), at, clock.Date(s.Business.Now()))
			must(t, err)
			if !run.Clean() || run.Matched != 1 {
				t.Errorf("%s compared: %+v", at, run)
			}
		}
		effects, err := s.out.Effects(t.Context(), d.Code)
		must(t, err)
		for thing, n := range effects {
			if n != 1 {
				t.Errorf("%s was done %d times", thing, n)
			}
		}
	})
}

// toldOnce wants each step told to the applicant once, with an address that opens.
func (s *interlinked) toldOnce(d dossier.Dossier) {
	s.t.Helper()
	var rows []notify.Notice
	must(s.t, s.DB.Read().NewSelect().Model(&rows).Where("no.address = ?", d.Phone).Scan(s.t.Context()))
	seen := map[string]int{}
	for _, n := range rows {
		if seen[n.Template]++; n.Link != "/tra-cuu?ma="+d.Code {
			s.t.Errorf("%s leads to %q", n.Template, n.Link)
		}
		if strings.Contains(n.Args, "Khôi") {
			s.t.Errorf("%s names the child", n.Template)
		}
	}
	for _, want := range []string{"accepted", "confirm", "residence_done", "insurance_done", "ready"} {
		if seen["exchange.notice."+want] != 1 {
			s.t.Errorf("%s was told %d times: %v", want, seen["exchange.notice."+want], seen)
		}
	}
	if a := s.ask("", "GET", "/tra-cuu?ma="+d.Code, ""); a.status != 200 || !strings.Contains(a.body, d.Code) || strings.Contains(a.body, "Khôi") {
		s.t.Errorf("the address of the notices: %d", a.status)
	}
}

func TestTheMinistryLearnsOfVoidNumbersAndDecisions(t *testing.T) {
	eachInterlinked(t, func(t *testing.T, s *interlinked) {
		ctx := t.Context()
		id, first := s.entered()
		s.turn(3)
		s.machine.Move(time.Minute)
		_, err := s.Dossiers.Registers.Refuse(ctx, s.actor("signer"), s.proof("signer"), register.Ask{Dossier: id}, "Sai tên đệm")
		must(t, err)
		s.learn()
		if c := s.said(id, wire.BirthAnnulled); c.Revision != 2 || c.Fields["quyenSo"] != first.Book() || c.Correction != "Sai tên đệm" {
			t.Errorf("the void number: %+v", c)
		}
		s.machine.Move(time.Minute)
		s.act("registrar", id, dossier.HandOver)
		s.act("registrar", id, dossier.AskConfirm)
		_, err = s.Dossiers.Do(ctx, dossier.Citizen(), id, 0, dossier.Move{Act: dossier.Confirmed})
		must(t, err)
		e := s.enter(id)
		if c := s.said(id, wire.BirthRegistered); c.Revision != 3 || c.Fields["so"] == "" || e.Number == first.Number {
			t.Errorf("the entry that came after: %+v", c)
		}
		s.stands(id, "sign", dossier.ForNobody, office.Leader) // it has its number
		for n, f := range []register.FactForm{
			{Kind: register.Correction, DecisionNo: "12/QĐ-UBND", DecisionDay: "2016-11-10", Changes: []register.Change{{Field: "child.name", To: "Vương Đình Khôi Nguyên"}}},
			{Kind: register.Annulment, DecisionNo: "13/QĐ-UBND", DecisionDay: "2016-11-10", Reason: "Đăng ký trùng"},
		} {
			s.machine.Move(time.Minute)
			_, err := s.Dossiers.Registers.Decide(ctx, s.actor("registrar"), s.proof("registrar"), e.ID, f)
			must(t, err)
			s.learn()
			c := s.said(id, []string{wire.BirthCorrected, wire.BirthAnnulled}[n])
			if c.Revision != int64(4+n) || !strings.HasPrefix(c.Correction, f.DecisionNo) || n == 0 && c.Fields["nksHoTen"] != "Vương Đình Khôi Nguyên" {
				t.Errorf("%s: %+v", f.Kind, c)
			}
		}
		s.turn(6)
		all, err := s.Dossiers.Exchange.Messages(ctx, s.actor("lead"), exchange.Filter{Partner: exchange.Ministry}, page.Read("", ""))
		must(t, err)
		for _, m := range all.Items {
			if m.Ref == id && (m.State != post.Sent || m.Result != post.Done) {
				t.Errorf("%s, revision %d, is %s: %s", m.Type, m.Revision, m.State, m.Result)
			}
		}
	})
}
