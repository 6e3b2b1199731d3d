package dossier_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestADossierGoesAllItsWay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		var acts []dossier.Act
		h.OnMove(func(_ context.Context, _ *db.Tx, _, _ dossier.Dossier, st dossier.Step) error {
			acts = append(acts, st.Act)
			return nil
		})
		stop, civil, leader := h.As(org.OneStopOfficer, dossiertest.DangXa), h.As(org.CivilStatusOfficer, dossiertest.DangXa), h.As(org.SigningLeader, dossiertest.DangXa)
		system := access.System("exchange")
		x := h.Submit()
		if x.Status != dossier.Submitted || x.Code != "" || len(x.Track) != 10 || !x.DueAt.IsZero() {
			t.Fatalf("filed: %+v", x)
		}
		x = h.Must(stop, x, dossier.Move{Act: dossier.Accept})
		if x.Code != "018.05.56.H26-161110-0001" || !dossier.CodeForm.MatchString(x.Code) {
			t.Errorf("code %q", x.Code)
		}
		if want := time.Date(2016, 11, 10, 10, 30, 0, 0, time.UTC); !x.DueAt.Equal(want) {
			t.Errorf("due %s, want today's closing %s", x.DueAt, want)
		}
		for _, m := range []struct {
			who   access.Actor
			act   dossier.Act
			stage string
		}{
			{stop, dossier.HandOver, "examine"}, {civil, dossier.HandOver, "confirm"}, {civil, dossier.AskConfirm, "confirm"}, {dossier.Citizen(), dossier.Confirmed, "register"},
			{civil, dossier.Enter, "pid"}, {civil, dossier.AwaitPID, "pid"}, {system, dossier.PIDGiven, "sign"}, {leader, dossier.Signed, "deliver"},
			{system, dossier.SendLegs, "deliver"}, {system, dossier.LegsDone, "return"}, {stop, dossier.Finish, "return"}, {stop, dossier.Return, "return"},
		} {
			x = h.Must(m.who, x, dossier.Move{Act: m.act})
			if x.Stage != m.stage {
				t.Fatalf("after %s the dossier is in %q, want %q", m.act, x.Stage, m.stage)
			}
		}
		if x.Status != dossier.Returned || x.Open {
			t.Errorf("at the end: %+v", x)
		}
		if len(acts) != 14 {
			t.Errorf("rooms took part in %d acts of 14", len(acts))
		}
		steps, err := h.StepsOf(t.Context(), h.DB.Read(), x.ID)
		must(t, err)
		for i, st := range steps {
			if st.Seq != int64(i+1) {
				t.Errorf("step %d has number %d", i+1, st.Seq)
			}
		}
		due, err := h.Explain(t.Context(), x)
		must(t, err)
		if !due.At.Equal(x.DueAt) {
			t.Errorf("counted again it is due %s, stored is %s", due.At, x.DueAt)
		}
	})
}

func TestFilingAgainIsTheSameDossier(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		first := h.Submit(func(f *dossier.Submission) { f.Key = "draft-1" })
		if again := h.Submit(func(f *dossier.Submission) { f.Key = "draft-1" }); again.ID != first.ID || again.Track != first.Track {
			t.Errorf("the same key made %s and %s", first.ID, again.ID)
		}
	})
}

func TestWhoMayMoveADossier(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		x := h.Submit()
		for _, c := range []struct {
			name string
			who  access.Actor
			want fault.Kind
		}{
			{"nobody", access.Actor{}, fault.SignIn},
			{"another commune", h.As(org.OneStopOfficer, dossiertest.BacSon), fault.Missing},
			{"without the right", h.As(org.CivilStatusOfficer, dossiertest.DangXa), fault.Denied},
			{"the citizen", dossier.Citizen(), fault.Denied},
		} {
			if _, err := h.Do(t.Context(), c.who, x.ID, 0, dossier.Move{Act: dossier.Accept}); !fault.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
		if _, err := h.Do(t.Context(), h.As(org.OneStopOfficer, dossiertest.DangXa), x.ID, x.Ver+1, dossier.Move{Act: dossier.Accept}); !fault.Is(err, fault.Conflict) {
			t.Errorf("with a stale version: %v", err)
		}
	})
}

func TestASecondSupplementAndAThirdDueDateAreImpossible(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		stop, civil := h.As(org.OneStopOfficer, dossiertest.DangXa), h.As(org.CivilStatusOfficer, dossiertest.DangXa)
		x := h.Submit(func(f *dossier.Submission) { f.Procedure = dossiertest.Status })
		x = h.Must(stop, x, dossier.Move{Act: dossier.Accept})
		first := x.DueAt
		x = h.Must(civil, x, dossier.Move{Act: dossier.AskSupplement, Said: "Thiếu quyết định ly hôn."})
		if !x.DueAt.IsZero() {
			t.Errorf("while a completion is awaited it is due %s", x.DueAt)
		}
		h.At.Move(48 * time.Hour)
		x = h.Must(stop, x, dossier.Move{Act: dossier.CompleteSupplement})
		if !x.DueAt.After(first) || !x.FirstDueAt.Equal(first) {
			t.Errorf("the clock starts from zero: due %s, first %s", x.DueAt, x.FirstDueAt)
		}
		if _, err := h.Do(t.Context(), civil, x.ID, 0, dossier.Move{Act: dossier.AskSupplement, Said: "Thiếu nữa."}); !fault.HasKey(err, "dossier.once") {
			t.Errorf("a second completion: %v", err)
		}
		x = h.Must(civil, x, dossier.Move{Act: dossier.Reappoint, Said: "Chờ xác minh.", Until: x.DueAt.AddDate(0, 0, 3)})
		if _, err := h.Do(t.Context(), civil, x.ID, 0, dossier.Move{Act: dossier.Reappoint, Said: "Lại chậm.", Until: x.DueAt.AddDate(0, 0, 6)}); !fault.HasKey(err, "dossier.once") {
			t.Errorf("a third due date: %v", err)
		}
	})
}

func TestHistoryCannotBeChanged(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		h.Submit()
		for _, sql := range []string{"UPDATE dossier_step SET said = 'x'", "DELETE FROM dossier_step"} {
			err := d.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewRaw(sql).Exec(ctx)
				return err
			})
			if err == nil {
				t.Errorf("%s went through", sql)
			}
		}
	})
}

func TestPracticeIsApart(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		stop, civil, leader := h.As(org.OneStopOfficer, dossiertest.DangXa), h.As(org.CivilStatusOfficer, dossiertest.DangXa), h.As(org.SigningLeader, dossiertest.DangXa)
		x := h.Submit(func(f *dossier.Submission) { f.Practice, f.Channel = true, dossier.Counter })
		x = h.Must(stop, x, dossier.Move{Act: dossier.Accept})
		if x.Code != "THU-018.05.56.H26-161110-0001" {
			t.Errorf("code %q", x.Code)
		}
		x = h.Must(stop, x, dossier.Move{Act: dossier.HandOver})
		x = h.Must(civil, x, dossier.Move{Act: dossier.HandOver})
		x = h.Must(civil, x, dossier.Move{Act: dossier.Enter})
		x = h.Must(leader, x, dossier.Move{Act: dossier.Signed})
		if x.Stage != "return" {
			t.Errorf("a practice dossier went to %q", x.Stage)
		}
	})
}

func TestTheVersionIsThatOfTheDayOfAcceptance(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		x := h.Submit()
		def, err := h.Definition(t.Context(), x.Version)
		must(t, err)
		def.Term.Days, def.Term.Kind = 2, "working_days"
		raw, err := json.Marshal(def)
		must(t, err)
		next := h.Offer(dossiertest.Birth, "2016-11-14", string(raw))
		h.At.Move(4 * 24 * time.Hour)
		x = h.Must(h.As(org.OneStopOfficer, dossiertest.DangXa), x, dossier.Move{Act: dossier.Accept})
		if x.Version != next {
			t.Error("the version of the day of filing stayed")
		}
		if want := time.Date(2016, 11, 16, 10, 30, 0, 0, time.UTC); !x.DueAt.Equal(want) {
			t.Errorf("due %s, want %s", x.DueAt, want)
		}
	})
}

func TestEveryCommuneHasACodeOfItsOwn(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		seen := map[string]string{}
		for _, u := range h.Tree.Communes("") {
			code := dossier.AgencyCode(h.Tree.District(u.Code), u.Code, "H26")
			if other := seen[code]; other != "" || !dossier.CodeForm.MatchString(code+"-161110-0001") {
				t.Errorf("%s of %s, also of %q", code, u.Code, other)
			}
			seen[code] = u.Code
		}
	})
}
