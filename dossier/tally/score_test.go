package tally

import (
	"context"
	"strings"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/dossier/tally/score"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

// heard is what was said here, as another room counts it.
type heard struct{ came, answered int64 }

func (f heard) Feedback(context.Context, []string, string, string) (int64, int64, error) {
	return f.came, f.answered, nil
}

func scoring(t *testing.T, d *db.DB) (*dossiertest.House, *Service) {
	h := dossiertest.New(t, d)
	blobs, err := files.Folder(t.TempDir())
	must(t, err)
	s := New(Deps{DB: d, Dossiers: h.Service, Files: files.New(d, h.At, blobs), Feedback: heard{4, 3}})
	s.Join()
	return h, s
}

// finished takes a marital-status dossier to its end, with the legs that it is given.
func finished(t *testing.T, h *dossiertest.House, legs ...dossier.Leg) dossier.Dossier {
	t.Helper()
	stop, civil, leader := h.As(org.OneStopOfficer, dossiertest.DangXa), h.As(org.CivilStatusOfficer, dossiertest.DangXa), h.As(org.SigningLeader, dossiertest.DangXa)
	x := h.Submit(func(f *dossier.Submission) { f.Procedure, f.Channel = dossiertest.Status, dossier.Counter })
	x = h.Must(stop, x, dossier.Move{Act: dossier.Accept})
	must(t, h.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i, l := range legs {
			l.ID, l.Dossier, l.ChangedAt, l.Ver = ident.New(h.At.Now()), x.ID, h.At.Now(), 1
			l.Kind = []string{"residence", "insurance"}[i]
			if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, m := range []struct {
		who access.Actor
		act dossier.Act
	}{{stop, dossier.HandOver}, {civil, dossier.HandOver}, {civil, dossier.Enter}, {leader, dossier.Signed}, {stop, dossier.Finish}} {
		x = h.Must(m.who, x, dossier.Move{Act: m.act})
	}
	return x
}

func (b Board) mark(i score.Indicator) score.Mark {
	for _, m := range b.Score.Marks {
		if m.Indicator == i {
			return m
		}
	}
	return score.Mark{}
}

// Each of the nine indicators has data once they arise: parts of other offices from the
// legs, offices dealt with from the applicant, procedures at the one-stop unit from the
// year's declaration, answers from both.
func TestAllNineIndicatorsHaveData(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, s := scoring(t, d)
		now := h.At.Now()
		x := finished(t, h, dossier.Leg{Partner: "police", State: dossier.LegDone, DueAt: now.Add(time.Hour), ResultAt: now.Add(2 * time.Hour)}, // late
			dossier.Leg{Partner: "insurance", State: dossier.LegDone, DueAt: now.Add(5 * time.Hour), ResultAt: now}) // early
		must(t, d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return s.RateIn(ctx, tx, x.ID, Rating{Publicity: 1, Attitude: 2, Agencies: 2, Contacts: 0})
		}))
		planner, leader, span := h.As(org.Planner, ""), h.As(org.SigningLeader, dossiertest.DangXa), Months("2016-11", "", now)
		b, err := s.Board(t.Context(), planner, dossiertest.DangXa, span)
		must(t, err)
		if m := b.mark(score.OneStop); m.N != 0 {
			t.Errorf("indicator 5 has data before anybody declared: %+v", m)
		}
		_, err = s.Declare(t.Context(), leader, Declared{Unit: dossiertest.DangXa, Year: 2016, Authority: 20, OneStop: 17, Feedback: 6, Answered: 6, Document: "Báo cáo số 45/BC-UBND", SignedOn: "2016-11-05"}, nil)
		must(t, err)
		if b, err = s.Board(t.Context(), planner, dossiertest.DangXa, span); err != nil {
			t.Fatal(err)
		}
		for i, want := range map[score.Indicator]int64{score.Total: 20, score.Part: 13, score.Contacts: 20, score.Agencies: 10, score.OneStop: 10, score.Publicity: 10, score.Attitude: 20, score.Feedback: 10, score.Online: 0} {
			if m := b.mark(i); m.N == 0 || m.Tenths != want {
				t.Errorf("indicator %d: %+v, want %d tenths", i, m, want)
			}
		}
		if n := b.mark(score.Part).N; n != 3 {
			t.Errorf("%d offices took part, want the commune and two", n)
		}
		if u := b.Basis.Unit; u.Feedback != 10 || u.Answered != 9 || u.Authority != 20 || b.Basis.Units != 1 || b.Basis.Communes != 1 {
			t.Errorf("%+v", b.Basis)
		}
		proved(t, d)
	})
}

func TestNewRulesCountFromTheirDayOn(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, s := scoring(t, d)
		admin, planner := h.As(org.Administrator, ""), h.As(org.Planner, "")
		strict := score.Usual
		strict.Contacts, strict.Weights[0] = [2]int64{0, 0}, 3
		good := Draft{From: "2016-12-01", Basis: "Quyết định số 12/QĐ-UBND", Rules: strict}
		for name, c := range map[string]struct {
			who    access.Actor
			change func(*Draft)
			kind   fault.Kind
		}{
			"nobody":            {access.Actor{}, func(*Draft) {}, fault.SignIn},
			"who only reads":    {planner, func(*Draft) {}, fault.Denied},
			"a day of the past": {admin, func(x *Draft) { x.From = "2016-11-10" }, fault.Invalid},
			"no day":            {admin, func(x *Draft) { x.From = "mai" }, fault.Invalid},
			"no basis":          {admin, func(x *Draft) { x.Basis = " " }, fault.Invalid},
			"bounds that rise":  {admin, func(x *Draft) { x.Rules.OneStop = [2]int64{80, 90} }, fault.Invalid},
		} {
			x := good
			c.change(&x)
			if _, err := s.SetRules(t.Context(), c.who, x); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v, want %s", name, err, c.kind)
			}
		}
		v, err := s.SetRules(t.Context(), admin, good)
		must(t, err)
		if _, err := s.SetRules(t.Context(), admin, good); !fault.Is(err, fault.Conflict) {
			t.Errorf("two versions of a day: %v", err)
		}
		must(t, s.DropRules(t.Context(), admin, v.ID))
		v, err = s.SetRules(t.Context(), admin, good)
		must(t, err)
		once := func() { // a dossier whose applicant had to come back once
			x := finished(t, h)
			must(t, d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return s.RateIn(ctx, tx, x.ID, Rating{Publicity: -1, Attitude: -1, Agencies: -1, Contacts: 1})
			}))
		}
		once()
		h.At.Move(22 * 24 * time.Hour) // 2/12
		if err := s.DropRules(t.Context(), admin, v.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("rules that count are withdrawn: %v", err)
		}
		once()
		for month, want := range map[string]int64{"2016-11": 10, "2016-12": 0} {
			b, err := s.Board(t.Context(), planner, dossiertest.DangXa, Months(month, "", h.At.Now()))
			must(t, err)
			if m := b.mark(score.Contacts); m.Tenths != want || m.N != 1 {
				t.Errorf("%s: %+v, want %d tenths", month, m, want)
			}
			if w := b.mark(score.Total).Weight; w != map[string]int64{"2016-11": 1, "2016-12": 3}[month] {
				t.Errorf("%s: the first indicator counts %d times", month, w)
			}
		}
		proved(t, d)
	})
}

func TestWhatACommuneDeclaresNamesItsEvidence(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, s := scoring(t, d)
		leader, desk := h.As(org.SigningLeader, dossiertest.DangXa), h.As(org.OneStopOfficer, dossiertest.DangXa)
		good := Declared{Unit: dossiertest.DangXa, Year: 2016, Authority: 20, OneStop: 20, Document: "Báo cáo số 45/BC-UBND", SignedOn: "2016-11-05"}
		for name, c := range map[string]struct {
			who    access.Actor
			change func(*Declared)
			kind   fault.Kind
		}{
			"nobody":                {access.Actor{}, func(*Declared) {}, fault.SignIn},
			"another commune":       {h.As(org.OneStopOfficer, dossiertest.BacSon), func(*Declared) {}, fault.Missing},
			"no permission":         {h.As(org.Planner, ""), func(*Declared) {}, fault.Denied},
			"a district":            {access.System("test"), func(x *Declared) { x.Unit = "018" }, fault.Missing},
			"more than all":         {leader, func(x *Declared) { x.OneStop = 21 }, fault.Invalid},
			"answered what was not": {leader, func(x *Declared) { x.Answered = 1 }, fault.Invalid},
			"no evidence":           {leader, func(x *Declared) { x.Document = " " }, fault.Invalid},
			"signed tomorrow":       {leader, func(x *Declared) { x.SignedOn = "2016-11-11" }, fault.Invalid},
			"next year":             {leader, func(x *Declared) { x.Year = 2017 }, fault.Invalid},
			"another version":       {leader, func(x *Declared) { x.Ver = 3 }, fault.Conflict},
		} {
			x := good
			c.change(&x)
			if _, err := s.Declare(t.Context(), c.who, x, nil); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v, want %s", name, err, c.kind)
			}
		}
		blob, err := s.Files.Receive(t.Context(), files.Document, "bao-cao.pdf", strings.NewReader("%PDF-1.4\n%%EOF\n"))
		must(t, err)
		one, err := s.Declare(t.Context(), desk, good, []files.Blob{blob})
		must(t, err)
		one.OneStop = 10
		one, err = s.Declare(t.Context(), leader, one, nil)
		must(t, err)
		got, proof, err := s.Said(t.Context(), h.As(org.Planner, ""), dossiertest.DangXa, 2016)
		if err != nil || got.OneStop != 10 || got.Ver != 2 || one.Ver != 2 || len(proof) != 1 {
			t.Fatalf("%+v %v %v", got, proof, err)
		}
		if _, err := s.Proof(t.Context(), h.As(org.OneStopOfficer, dossiertest.BacSon), dossiertest.DangXa, 2016, proof[0].ID); !fault.Is(err, fault.Missing) {
			t.Errorf("another commune reads the evidence: %v", err)
		}
		if _, err := s.Proof(t.Context(), leader, dossiertest.DangXa, 2015, proof[0].ID); !fault.Is(err, fault.Missing) {
			t.Errorf("evidence of another year: %v", err)
		}
	})
}
