package register

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

func TestBooksAreNamedAsTheLawNamesThem(t *testing.T) {
	if got := Code(Birth, 2016, 1, false); got != "01-TP/HT-2016-KS" {
		t.Error(got)
	}
	if got := Code(Changes, 2016, 12, true); got != "THU-12-TP/HT-2016-TĐCC" {
		t.Error(got)
	}
	n, y, ok := ReadNumber(" 012 / 2016 ")
	if !ok || n != 12 || y != 2016 {
		t.Error(n, y, ok)
	}
	for _, bad := range []string{"", "12", "0/2016", "12/16", "a/2016", "1234567/2016"} {
		if _, _, ok := ReadNumber(bad); ok {
			t.Errorf("%q is a number", bad)
		}
	}
	if birthKey("12 / 2016", "2016-11-02") == birthKey("12/2016", "2016-11-03") || birthKey("00012.gcs.01234.25", "a") != birthKey("00012.GCS.01234.25", "b") || birthKey("", "2016-11-02") != "" {
		t.Error("keys of birth proofs")
	}
}

func TestAnEntryIsWrittenSignedAndKept(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		one := h.enter(h.dead("Trần Văn An", "1950-01-02", "001050000001"))
		h.later()
		two := h.enter(h.dead("Trần Văn Bình", "1951-01-02", "001050000002"))
		if one.Number != 1 || two.Number != 2 || one.Book() != "01-TP/HT-2016-KT" || one.Proof != org.ByPassword {
			t.Fatalf("%+v %+v", one, two)
		}
		v, err := h.Entry(t.Context(), h.civil, one.ID)
		must(t, err)
		if !v.Proved || v.Content.Number != 1 || v.Content.Answers["dead_name"] != "Trần Văn An" || v.Content.Officer != h.civil.ID || !v.Stand.Valid() {
			t.Errorf("%+v", v)
		}
		if Proves(json.RawMessage(strings.Replace(string(one.Content), "An", "Am", 1)), one.Hash) {
			t.Error("another content has the same hash")
		}
		x := h.reload(one.Dossier)
		if x.Stage != "sign" {
			t.Errorf("after the entry the dossier is in %q", x.Stage)
		}
		for _, sql := range []string{"UPDATE register_entry SET subject = 'x'", "DELETE FROM register_entry", "UPDATE register_party SET name = 'x'", "DELETE FROM register_party"} {
			if h.do(sql) == nil {
				t.Errorf("the store takes %q", sql)
			}
		}
		if h.do("INSERT INTO register_entry SELECT 'skip', unit, kind, year, practice, volume, 9, dossier, day, subject, content, hash, at, officer, officer_name, proof FROM register_entry WHERE number = 2") == nil {
			t.Error("the store takes a number with a gap before it")
		}
		if _, err := h.Do(t.Context(), h.civil, h.dead("Trần Văn Cung", "1950-01-02", "").ID, 0, dossier.Move{Act: dossier.Enter}); !fault.HasKey(err, "register.only_by_book") {
			t.Errorf("an entry without a book: %v", err)
		}
	})
}

func TestWhoMayEnter(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		x := h.dead("Trần Văn An", "1950-01-02", "001050000001")
		proof := h.proof(h.civil)
		postless := h.As(org.CivilStatusOfficer, dossiertest.DangXa, "Người Mới")
		for _, c := range []struct {
			who   access.Actor
			proof org.Proof
			kind  fault.Kind
		}{
			{access.Actor{}, org.Proof{}, fault.SignIn}, {h.stop, h.proof(h.stop), fault.Denied}, {h.planner, h.proof(h.planner), fault.Denied},
			{h.there, h.proof(h.there), fault.Missing}, {h.civil, org.Proof{}, fault.SignIn}, {h.second, proof, fault.SignIn}, {postless, org.Proof{}, fault.SignIn},
		} {
			if _, err := h.Enter(t.Context(), c.who, c.proof, x.ID, 0); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v, want %s", c.who.Name, err, c.kind)
			}
		}
		h.At.Move(5 * time.Minute)
		if _, err := h.Enter(t.Context(), h.civil, proof, x.ID, 0); !fault.HasKey(err, "org.prove.needed") {
			t.Errorf("an old proof: %v", err)
		}
		must(t, h.do("UPDATE account_role SET until_date = '2016-11-01' WHERE account = ?", h.civil.ID))
		if _, err := h.Enter(t.Context(), h.civil, h.proof(h.civil), x.ID, 0); !fault.HasKey(err, "register.no_post") {
			t.Errorf("a post that has ended: %v", err)
		}
		if _, err := h.Enter(t.Context(), h.second, h.proof(h.second), x.ID, x.Ver+5); !fault.Is(err, fault.Conflict) {
			t.Errorf("a version that nobody saw: %v", err)
		}
		if e, err := h.Enter(t.Context(), h.second, h.proof(h.second), x.ID, x.Ver); err != nil || e.Number != 1 {
			t.Errorf("what failed left a gap: %v %v", e.Number, err)
		}
	})
}

func TestNobodyActsForOneselfOrARelative(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		declare := func(who access.Actor, r Relative) {
			t.Helper()
			_, err := h.Declare(t.Context(), who, r)
			must(t, err)
		}
		declare(h.civil, Relative{Relation: "father", Name: "Trần Văn An", PID: "001 050 000 001"})
		declare(h.leader, Relative{Relation: "self", Name: "lê thị MAI", Born: "1980-02-03"})
		x := h.dead("Trần Văn Ân", "1950-01-02", "001050000001")
		if _, err := h.Enter(t.Context(), h.civil, h.proof(h.civil), x.ID, 0); !fault.HasKey(err, "register.own_relative") {
			t.Fatalf("registers the own father: %v", err)
		}
		e, err := h.Enter(t.Context(), h.second, h.proof(h.second), x.ID, 0)
		must(t, err)
		if err := h.sign(h.leader, x); !fault.HasKey(err, "register.own_relative") {
			t.Errorf("signs what the leader asked for: %v", err)
		}
		if _, err := h.Refuse(t.Context(), h.leader, h.proof(h.leader), Ask{Dossier: x.ID}, "Chưa đủ"); !fault.HasKey(err, "register.own_relative") {
			t.Errorf("refuses what the leader asked for: %v", err)
		}
		must(t, h.sign(h.vice, x))
		// The store refuses it as well, whoever writes.
		party := party{Entry: e.ID, Position: 99, Role: "test", Unit: e.Unit, Fold: "tran van an", PID: "001050000001"}
		declare(h.second, Relative{Relation: "child", Name: "Trần Văn An", PID: "001050000001"})
		if h.do("INSERT INTO register_party (entry, position, role, unit, practice, name, fold, born, pid) VALUES (?, 99, '', ?, FALSE, '', '', '', ?)", e.ID, e.Unit, party.PID) == nil {
			t.Error("the store takes an entry for a relative of its officer")
		}
		// An officer cannot examine it either.
		y := h.Submit(func(f *dossier.Submission) {
			f.Procedure, f.Key, f.Channel = dossiertest.Status, "own", dossier.Counter
			f.Facts = dossier.Facts{Subject: "Trần Văn An", Born: "1950-01-02", SubjectPID: "001050000009", Applicant: "Trần Văn An"}
		})
		y = h.Must(h.stop, y, dossier.Move{Act: dossier.Accept})
		y = h.Must(h.stop, y, dossier.Move{Act: dossier.HandOver})
		declare(h.civil, Relative{Relation: "sibling", Name: "Trần Văn An", Born: "1950-01-02"})
		if _, err := h.Do(t.Context(), h.civil, y.ID, 0, dossier.Move{Act: dossier.HandOver}); !fault.HasKey(err, "register.own_relative") {
			t.Errorf("examines a relative's dossier: %v", err)
		}
	})
}

func TestASignatureNeedsAuthorityOnItsDay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		x := h.dead("Trần Văn An", "1950-01-02", "001050000001")
		e := h.enter(x)
		if _, err := h.Do(t.Context(), h.leader, x.ID, 0, dossier.Move{Act: dossier.Signed}); !fault.HasKey(err, "register.only_by_list") {
			t.Errorf("signs past the list: %v", err)
		}
		must(t, h.do("UPDATE account_role SET until_date = '2016-11-10' WHERE account = ?", h.leader.ID))
		if err := h.sign(h.leader, x); !fault.HasKey(err, "register.no_authority") {
			t.Errorf("signs after the post ended: %v", err)
		}
		if h.do("INSERT INTO dossier_signature (id, dossier, entry, unit, practice, decision, content, hash, reason, at, day, signer, signer_name, post, proof) VALUES ('x', ?, ?, ?, FALSE, 'signed', '{}', 'h', '', ?, '2016-11-10', ?, '', 'none', 'password')",
			x.ID, e.ID, x.Unit, h.At.Now(), h.leader.ID) == nil {
			t.Error("the store takes a signature without a post")
		}
		for _, c := range []struct {
			who  access.Actor
			kind fault.Kind
		}{{access.Actor{}, fault.SignIn}, {h.civil, fault.Denied}, {h.person(org.SigningLeader, dossiertest.BacSon, "Lãnh Đạo Xa"), fault.Missing}} {
			proof := org.Proof{}
			if c.who.SignedIn() {
				proof = h.proof(c.who)
			}
			out, err := h.Sign(t.Context(), c.who, proof, []Ask{{Dossier: x.ID}})
			if err == nil {
				err = out[0].Err
			}
			if !fault.Is(err, c.kind) {
				t.Errorf("%q: %v, want %s", c.who.Name, err, c.kind)
			}
		}
		list, err := h.ToSign(t.Context(), h.vice, false, page.Read("", ""))
		must(t, err)
		if len(list.Items) != 1 || list.Items[0].ID != x.ID {
			t.Fatalf("the list holds %d", len(list.Items))
		}
		must(t, h.sign(h.vice, x))
		if list, err = h.ToSign(t.Context(), h.vice, false, page.Read("", "")); err != nil || len(list.Items) != 0 {
			t.Error("a signed dossier is still in the list", err)
		}
		v, err := h.Entry(t.Context(), h.civil, e.ID)
		must(t, err)
		if len(v.Signatures) != 1 || !Proves(v.Signatures[0].Content, v.Signatures[0].Hash) || v.Signatures[0].Post == "" {
			t.Errorf("%+v", v.Signatures)
		}
		if h.do("UPDATE dossier_signature SET hash = 'x'") == nil || h.do("DELETE FROM dossier_signature") == nil {
			t.Error("a signature can be changed")
		}
	})
}

func TestARefusalVoidsTheNumberForGood(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		x := h.dead("Trần Văn An", "1950-01-02", "001050000001")
		first := h.enter(x)
		if _, err := h.Refuse(t.Context(), h.leader, h.proof(h.leader), Ask{Dossier: x.ID}, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("refused without a reason: %v", err)
		}
		_, err := h.Refuse(t.Context(), h.leader, h.proof(h.leader), Ask{Dossier: x.ID}, "Sai ngày mất")
		must(t, err)
		if x = h.reload(x.ID); x.Stage != "examine" {
			t.Fatalf("goes back to %q", x.Stage)
		}
		h.later()
		h.Must(h.second, x, dossier.Move{Act: dossier.HandOver})
		again := h.enter(x)
		if again.Number != first.Number+1 {
			t.Errorf("the void number %d is followed by %d", first.Number, again.Number)
		}
		must(t, h.sign(h.leader, x))
		v, err := h.Entry(t.Context(), h.civil, first.ID)
		must(t, err)
		if v.Stand.Void == nil || v.Stand.Void.Reason != "Sai ngày mất" || v.Stand.Valid() {
			t.Errorf("%+v", v.Stand.Void)
		}
		if _, _, err := h.Copy(t.Context(), h.civil, first.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("a copy of a void entry: %v", err)
		}
		if h.do("DELETE FROM register_void") == nil {
			t.Error("a void can be taken back")
		}
	})
}

func TestDeathLocksThePersonUntilAnAnnulment(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		x := h.dead("Trần Văn An", "1950-01-02", "001050000001")
		e := h.enter(x)
		other := h.dead("Trần Văn An", "1950-01-02", "001050000001")
		if _, err := h.Enter(t.Context(), h.civil, h.proof(h.civil), other.ID, 0); !fault.HasKey(err, "register.already.dead_person") {
			t.Errorf("a death is registered twice: %v", err)
		}
		must(t, h.sign(h.leader, x))
		married := h.Submit(func(f *dossier.Submission) {
			f.Procedure, f.Key, f.Channel = dossiertest.Status, "of the dead", dossier.Counter
			f.Facts = dossier.Facts{Subject: "Trần Văn An", Born: "1950-01-02", SubjectPID: "001050000001", Applicant: "Ai Đó"}
		})
		if _, err := h.Do(t.Context(), h.stop, married.ID, 0, dossier.Move{Act: dossier.Accept}); !fault.HasKey(err, "register.person_locked") {
			t.Errorf("a dead person gets a certificate: %v", err)
		}
		for _, sql := range []string{"UPDATE person_lock SET unlocked_at = locked_at", "DELETE FROM person_lock"} {
			if h.do(sql) == nil {
				t.Errorf("the store takes %q", sql)
			}
		}
		if _, err := h.Decide(t.Context(), h.civil, h.proof(h.civil), e.ID, FactForm{Kind: Annulment, DecisionNo: "12/QĐ-UBND", DecisionDay: "2016-11-10"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("annulled without a reason: %v", err)
		}
		_, err := h.Decide(t.Context(), h.civil, h.proof(h.civil), e.ID, FactForm{Kind: Annulment, DecisionNo: "12/QĐ-UBND", DecisionDay: "2016-11-10", Reason: "Người này còn sống"})
		must(t, err)
		h.Must(h.stop, married, dossier.Move{Act: dossier.Accept})
		h.later()
		if again, err := h.Enter(t.Context(), h.civil, h.proof(h.civil), other.ID, 0); err != nil || again.Number != 2 {
			t.Errorf("after the annulment: %v %v", again.Number, err)
		}
		if _, err := h.Decide(t.Context(), h.civil, h.proof(h.civil), e.ID, FactForm{Kind: Annulment, DecisionNo: "13", DecisionDay: "2016-11-10", Reason: "x"}); !fault.HasKey(err, "register.fact.not_valid") {
			t.Errorf("annulled twice: %v", err)
		}
	})
}

func TestABirthIsRegisteredOnceInTheCity(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		born := func(key string, practice bool) dossier.Dossier {
			x := h.Submit(func(f *dossier.Submission) {
				f.Key, f.Channel, f.Facts.ProofNo, f.Practice = key, dossier.Counter, "12/2016", practice
			})
			x = h.Must(h.stop, x, dossier.Move{Act: dossier.Accept})
			x = h.Must(h.stop, x, dossier.Move{Act: dossier.HandOver})
			return h.Must(h.civil, x, dossier.Move{Act: dossier.HandOver})
		}
		one := h.enter(born("one", false))
		h.later()
		if _, err := h.Enter(t.Context(), h.civil, h.proof(h.civil), born("two", false).ID, 0); !fault.HasKey(err, "register.already.birth_proof") {
			t.Errorf("the same birth proof twice: %v", err)
		}
		p := h.enter(born("three", true))
		if !p.Practice || p.Number != 1 || !strings.HasPrefix(p.Book(), "THU-") || one.Number != 1 {
			t.Errorf("practice is not apart: %+v", p)
		}
		found, err := h.Search(t.Context(), h.civil, Filter{Text: "tran gia bao"}, page.Read("", ""))
		must(t, err)
		if len(found.Items) != 1 || found.Items[0].ID != one.ID {
			t.Errorf("found %d", len(found.Items))
		}
	})
}

func TestCorrectionsAreLaidOverAndPaperIsOnlyProposed(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		e := h.enter(h.dead("Trần Văn An", "1950-01-02", "001050000001"))
		correct := func(no, to string) error {
			h.later()
			_, err := h.Decide(t.Context(), h.civil, h.proof(h.civil), e.ID, FactForm{Kind: Correction, DecisionNo: no, DecisionDay: "2016-11-09", Changes: []Change{{Field: "dead_name", To: to}}})
			return err
		}
		must(t, correct("1/QĐ", "Trần Văn Ân"))
		must(t, correct("2/QĐ", "Trần Văn Ẩn"))
		if err := correct("3/QĐ", "Trần Văn Ẩn"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a correction that changes nothing: %v", err)
		}
		if err := correct("", "Khác"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a correction without a decision: %v", err)
		}
		p, err := h.Compare(t.Context(), h.civil, e.ID, PaperForm{Page: "12", Changes: []Change{{Field: "dead_born", To: "1950-02-01"}}})
		must(t, err)
		v, err := h.Entry(t.Context(), h.civil, e.ID)
		must(t, err)
		if v.Stand.Answers["dead_name"] != "Trần Văn Ẩn" || v.Stand.First["dead_name"] != "Trần Văn An" || v.Stand.Answers["dead_born"] != "1950-01-02" || len(v.Stand.Facts) != 2 || !v.Proved {
			t.Fatalf("%+v", v.Stand)
		}
		follow := Judgement{Follow: true, DecisionNo: "4/QĐ", DecisionDay: "2016-11-10"}
		if _, err := h.Judge(t.Context(), h.civil, h.proof(h.civil), p.ID, p.Ver, follow); !fault.HasKey(err, "register.paper.other_person") {
			t.Errorf("who compared decides: %v", err)
		}
		if _, err := h.Judge(t.Context(), h.there, h.proof(h.there), p.ID, p.Ver, follow); !fault.Is(err, fault.Missing) {
			t.Errorf("another commune decides: %v", err)
		}
		p, err = h.Judge(t.Context(), h.second, h.proof(h.second), p.ID, p.Ver, follow)
		must(t, err)
		if v, err = h.Entry(t.Context(), h.civil, e.ID); err != nil || p.State != ProposalAccepted || v.Stand.Answers["dead_born"] != "1950-02-01" {
			t.Errorf("%v %+v", err, v.Stand.Answers)
		}
		if h.do("UPDATE register_fact SET decision_no = 'x'") == nil || h.do("DELETE FROM register_fact") == nil {
			t.Error("a fact can be changed")
		}
	})
}

func TestALockedYearTakesNothing(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		for i, name := range []string{"Một", "Hai", "Ba"} {
			x := h.dead("Trần Văn "+name, "1950-01-02", "")
			h.enter(x)
			if i == 1 {
				_, err := h.Refuse(t.Context(), h.leader, h.proof(h.leader), Ask{Dossier: x.ID}, "Sai")
				must(t, err)
			}
			h.later()
		}
		if _, err := h.LockYear(t.Context(), h.leader, h.proof(h.leader), dossiertest.DangXa, 2016); !fault.HasKey(err, "register.lock.too_early") {
			t.Errorf("locked in November: %v", err)
		}
		h.At.Set(time.Date(2016, 12, 30, 9, 0, 0, 0, clock.City))
		late := h.dead("Người Cuối", "1950-01-02", "")
		h.At.Set(time.Date(2016, 12, 31, 16, 0, 0, 0, clock.City))
		if _, err := h.LockYear(t.Context(), h.civil, h.proof(h.civil), dossiertest.DangXa, 2016); !fault.Is(err, fault.Denied) {
			t.Errorf("an officer locks: %v", err)
		}
		done, err := h.LockYear(t.Context(), h.leader, h.proof(h.leader), dossiertest.DangXa, 2016)
		must(t, err)
		if len(done) != 1 || done[0].Entries != 3 || done[0].Voided != 1 || done[0].Last != 3 || done[0].Digest == "" {
			t.Fatalf("%+v", done)
		}
		if _, err := h.Enter(t.Context(), h.civil, h.proof(h.civil), late.ID, 0); !fault.HasKey(err, "register.year_locked") {
			t.Errorf("a locked year takes an entry: %v", err)
		}
		if h.do("INSERT INTO register_entry SELECT 'late', unit, kind, year, practice, volume, 4, dossier, day, subject, content, hash, at, officer, officer_name, proof FROM register_entry WHERE number = 3") == nil {
			t.Error("the store takes an entry of a locked year")
		}
		if _, err := h.LockYear(t.Context(), h.leader, h.proof(h.leader), dossiertest.DangXa, 2016); !fault.HasKey(err, "register.lock.nothing") {
			t.Errorf("locked twice: %v", err)
		}
		h.At.Set(time.Date(2017, 1, 2, 9, 0, 0, 0, clock.City).AddDate(0, 0, 1))
		if e := h.enter(late); e.Number != 1 || e.Year != 2017 {
			t.Errorf("the new year begins with %d/%d", e.Number, e.Year)
		}
	})
}

func TestALateLockIsRemindedOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.enter(h.dead("Trần Văn An", "1950-01-02", ""))
		h.At.Set(time.Date(2017, 1, 4, 12, 0, 0, 0, clock.City))
		if n, err := h.RemindLocks(t.Context()); err != nil || n != 0 {
			t.Fatal(n, err)
		}
		h.At.Set(time.Date(2017, 1, 5, 8, 0, 0, 0, clock.City))
		for range 2 {
			_, err := h.RemindLocks(t.Context())
			must(t, err)
		}
		n, err := h.Service.DB.Read().NewSelect().Table("notice").Where("template = ?", "register.notice.lock_late").Count(t.Context())
		must(t, err)
		if n != 2 { // the chairman and the vice-chairman, once each
			t.Errorf("%d notices", n)
		}
	})
}

func TestAFullBookIsFollowedByTheNext(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		f := BookForm{Unit: dossiertest.DangXa, Kind: Death, Year: 2016, Before: 41, Volume: 1, InVolume: 1, Capacity: 2}
		if _, err := h.OpenBook(t.Context(), h.there, f); !fault.Is(err, fault.Missing) {
			t.Errorf("another commune opens a book: %v", err)
		}
		_, err := h.OpenBook(t.Context(), h.civil, f)
		must(t, err)
		want := []struct{ number, volume int64 }{{42, 1}, {43, 2}, {44, 2}, {45, 3}, {46, 4}}
		for i, w := range want {
			if i == 4 {
				must(t, h.NextVolume(t.Context(), h.civil, dossiertest.DangXa, Death, 2016))
			}
			e := h.enter(h.dead("Trần Văn An", "1950-01-02", ""))
			if e.Number != w.number || e.Volume != w.volume {
				t.Errorf("entry %d is number %d in volume %d", i, e.Number, e.Volume)
			}
			h.later()
		}
		if _, err := h.OpenBook(t.Context(), h.civil, f); !fault.HasKey(err, "register.book.begun") {
			t.Errorf("a book that is begun opens again: %v", err)
		}
	})
}

func TestCopiesAreIssuedByWhoHoldsTheBookNow(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		e := h.enter(h.dead("Trần Văn An", "1950-01-02", ""))
		if _, issuer, err := h.Copy(t.Context(), h.civil, e.ID); err != nil || issuer != dossiertest.DangXa {
			t.Fatal(issuer, err)
		}
		if _, _, err := h.Copy(t.Context(), h.there, e.ID); !fault.Is(err, fault.Missing) {
			t.Errorf("another commune copies: %v", err)
		}
		h.At.Set(time.Date(2025, 7, 2, 9, 0, 0, 0, clock.City))
		atlas, err := h.Units.Atlas(t.Context())
		must(t, err)
		after := atlas.Successors(dossiertest.DangXa, "2016-11-10", "2025-07-02")
		tree := atlas.Tree("2025-07-02")
		heir := access.Actor{ID: "heir", Name: "Người kế nhiệm", Via: "web"}
		heir.Grants = []access.Grant{{Role: org.CivilStatusOfficer, Units: tree.Under(after[0].Code)}}
		heir = dossiertest.Policy.As(heir)
		_, issuer, err := h.Copy(t.Context(), heir, e.ID)
		if err != nil || issuer != after[0].Code {
			t.Errorf("the successor %s: %q %v", after[0].Code, issuer, err)
		}
		found, err := h.Search(t.Context(), heir, Filter{Text: "trần văn"}, page.Read("", ""))
		if err != nil || len(found.Items) != 1 {
			t.Errorf("the successor finds %d: %v", len(found.Items), err)
		}
	})
}
