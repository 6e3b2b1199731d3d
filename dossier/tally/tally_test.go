package tally

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/dossier/tally/score"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// proved counts every figure from scratch.
func proved(t *testing.T, d *db.DB) {
	t.Helper()
	for name, count := range Figures() {
		wrong, err := figures.Check(t.Context(), d.Read(), name, count)
		must(t, err)
		for _, w := range wrong {
			t.Errorf("%s %s %s %s: kept %d, counted %d", w.Name, w.Unit, w.Dim, w.Day, w.N, w.Counted)
		}
	}
}

// Whatever is done to dossiers in whatever order, the figures are what counting from
// scratch gives, and practice is in none.
func TestFiguresAreWhatCountingFromScratchGives(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		s := New(Deps{DB: d, Dossiers: h.Service})
		s.Join()
		r := rand.New(rand.NewPCG(3, 5))
		people := []access.Actor{h.As(org.OneStopOfficer, dossiertest.DangXa), h.As(org.CivilStatusOfficer, dossiertest.DangXa), h.As(org.SigningLeader, dossiertest.DangXa), dossier.Citizen(), access.System("exchange")}
		forward := []dossier.Act{dossier.Accept, dossier.CompleteSupplement, dossier.Verified, dossier.Confirmed, dossier.PIDGiven, dossier.LegsDone, dossier.AwaitPID, dossier.AskConfirm, dossier.SendLegs, dossier.HandOver,
			dossier.Enter, dossier.Signed, dossier.Finish, dossier.Return}
		aside := []dossier.Act{dossier.AskSupplement, dossier.Supplied, dossier.AskVerify, dossier.Reappoint, dossier.Declined, dossier.Stop, dossier.RefuseIntake}
		var all []dossier.Dossier
		for i := range 8 {
			all = append(all, h.Submit(func(f *dossier.Submission) {
				f.Procedure = []string{dossiertest.Birth, dossiertest.Status}[i%2]
				f.Channel = []dossier.Channel{dossier.Online, dossier.Counter}[i/2%2]
				f.Practice = i == 7
			}))
		}
		try := func(x *dossier.Dossier, a dossier.Act) bool {
			def, err := h.Definition(t.Context(), x.Version)
			must(t, err)
			for _, who := range people {
				if !h.May(who, def, *x, a) {
					continue
				}
				if y, err := h.Do(t.Context(), who, x.ID, 0, dossier.Move{Act: a, Said: "Lý do", Until: h.At.Now().Add(48 * time.Hour)}); err == nil {
					*x = y
					return true
				}
			}
			return false
		}
		for range 120 {
			x := &all[r.IntN(len(all))]
			if r.IntN(3) > 0 { // mostly forwards, else anything
				for _, a := range forward {
					if try(x, a) {
						break
					}
				}
			} else {
				try(x, aside[r.IntN(len(aside))])
			}
			h.At.Move(time.Duration(r.IntN(180)) * time.Minute)
		}
		must(t, d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, x := range all {
				if err := s.RateIn(ctx, tx, x.ID, Rating{r.IntN(3), r.IntN(3), -1, r.IntN(4) - 1}); err != nil {
					return err
				}
			}
			return s.RateIn(ctx, tx, all[0].ID, Rating{2, -1, 1, -1})
		}))
		proved(t, d)
		filed, err := figures.Totals(t.Context(), d.Read(), figures.Ask{Names: []string{FigureFlow}, Dims: []string{"/filed", "/finished"}})
		must(t, err)
		if filed["/filed"] != 7 || filed["/finished"] == 0 {
			t.Errorf("%v: nothing was tried, or practice is counted", filed)
		}
	})
}

func TestTheBoardTellsWhatHappened(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		s := New(Deps{DB: d, Dossiers: h.Service})
		s.Join()
		stop, civil, leader := h.As(org.OneStopOfficer, dossiertest.DangXa), h.As(org.CivilStatusOfficer, dossiertest.DangXa), h.As(org.SigningLeader, dossiertest.DangXa)
		for i := range 4 {
			x := h.Submit(func(f *dossier.Submission) {
				f.Procedure, f.Answers = dossiertest.Status, json.RawMessage(`{}`)
				if i > 0 {
					f.Channel = dossier.Counter
				}
			})
			for _, m := range []struct {
				who access.Actor
				act dossier.Act
			}{{stop, dossier.Accept}, {stop, dossier.HandOver}, {civil, dossier.HandOver}, {civil, dossier.Enter}, {leader, dossier.Signed}, {stop, dossier.Finish}} {
				if i == 3 && m.act == dossier.Finish {
					h.At.Move(20 * 24 * time.Hour)
				}
				x = h.Must(m.who, x, dossier.Move{Act: m.act})
				h.At.Move(10 * time.Minute)
			}
		}
		planner := h.As(org.Planner, "")
		city := h.Tree.Roots()[0].Code
		b, err := s.Board(t.Context(), planner, city, Months("2016-11", "2016-12", h.At.Now()))
		must(t, err)
		if b.Total[Filed] != 4 || b.Total[FiledOnline] != 1 || b.Total[Finished] != 4 || b.Total[FinishedLate] != 1 || b.Units["018"][Filed] != 4 || b.Procedures[dossiertest.Status][Finished] != 4 {
			t.Errorf("%+v", b)
		}
		if rate, ok := b.Total.OnTime(); !ok || rate != 0.75 {
			t.Errorf("on time %v", rate)
		}
		if med, _, ok := b.Whole.Quantile(0.5); !ok || med != time.Hour {
			t.Errorf("median %s", med)
		}
		if p90, _, ok := b.Whole.Quantile(0.9); !ok || p90 != 30*day {
			t.Errorf("p90 %s", p90)
		}
		commune, err := s.Board(t.Context(), planner, dossiertest.DangXa, Months("2016-11", "2016-12", h.At.Now()))
		must(t, err)
		if len(commune.Officers) != 1 || commune.Officers[0].ID != civil.ID || commune.Score.Level == score.NoData || len(commune.ByStage["examine"]) == 0 {
			t.Errorf("%+v", commune)
		}
		for _, c := range []struct {
			who  access.Actor
			unit string
			kind fault.Kind
		}{{access.Actor{}, city, fault.SignIn}, {stop, dossiertest.DangXa, fault.Denied}, {h.As(org.DistrictCoordinator, "018"), city, fault.Missing}, {h.As(org.DistrictCoordinator, "018"), dossiertest.BacSon, fault.Missing}} {
			if _, err := s.Board(t.Context(), c.who, c.unit, Months("", "", h.At.Now())); !fault.Is(err, c.kind) {
				t.Errorf("%s at %s: %v, want %s", c.who.Name, c.unit, err, c.kind)
			}
		}
	})
}

// A percentile told from the histogram is the bound of the bucket in which the true one
// lies: never less than it.
func TestPercentilesAreNeverToldBetter(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 500 {
		n := 1 + r.IntN(60)
		var all []time.Duration
		var h Hist
		for range n {
			d := time.Duration(r.Int64N(int64(70 * day)))
			all = append(all, d)
			h = h.with(bucket(d), 1)
		}
		slices.Sort(all)
		for _, q := range []float64{0.5, 0.9} {
			at := min(n-1, max(0, int(q*float64(n)+0.999999)-1))
			told, more, ok := h.Quantile(q)
			if !ok || bucket(all[at]) != bucket(told) && !more || !more && told < all[at] {
				t.Fatal(fmt.Sprint(q, " of ", all, " is told as ", told, more))
			}
		}
	}
}
