package feedback

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *Service) say(t *testing.T, d dossier.Dossier, attitude int64, words string) {
	t.Helper()
	must(t, s.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.SayIn(ctx, tx, d, attitude, words) }))
}

func (s *Service) all(t *testing.T, who access.Actor, open bool) []Said {
	t.Helper()
	got, err := s.List(t.Context(), who, open, page.Read("", ""))
	must(t, err)
	return got.Items
}

func TestWhatIsSaidIsAnsweredByWhoServesThere(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		s := New(Deps{DB: d, Dossiers: h.Service})
		one := h.Submit()
		s.say(t, one, 0, " Ghế chờ ít quá ")
		practice := h.Submit(func(f *dossier.Submission) { f.Practice = true })
		s.say(t, practice, 0, "Thử")
		leader, desk := h.As(org.SigningLeader, dossiertest.DangXa), h.As(org.OneStopOfficer, dossiertest.DangXa)
		got := s.all(t, desk, true)
		if len(got) != 1 || got[0].Words != "Ghế chờ ít quá" || got[0].Attitude != 0 {
			t.Fatalf("%+v", got)
		}
		for name, c := range map[string]struct {
			who   access.Actor
			reply string
			ver   int64
			kind  fault.Kind
		}{
			"nobody":             {access.Actor{}, "x", 1, fault.SignIn},
			"another commune":    {h.As(org.OneStopOfficer, dossiertest.BacSon), "x", 1, fault.Missing},
			"who does not serve": {h.As(org.Planner, ""), "x", 1, fault.Denied},
			"no words":           {leader, "  ", 1, fault.Invalid},
			"another version":    {leader, "x", 7, fault.Conflict},
		} {
			if _, err := s.Answer(t.Context(), c.who, got[0].ID, c.ver, c.reply); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v, want %s", name, err, c.kind)
			}
		}
		if _, _, ok, err := s.AnswerTo(t.Context(), one.ID); ok || err != nil {
			t.Error("answered before anybody did", err)
		}
		_, err := s.Answer(t.Context(), leader, got[0].ID, 1, "Đã kê thêm ghế.")
		must(t, err)
		if reply, _, ok, err := s.AnswerTo(t.Context(), one.ID); !ok || reply != "Đã kê thêm ghế." {
			t.Error(reply, ok, err)
		}
		if len(s.all(t, desk, true)) != 0 || len(s.all(t, desk, false)) != 1 {
			t.Error("what is answered still waits, or is gone")
		}
		s.say(t, one, 2, "Ghế chờ ít quá") // other points, the same words
		if reply, _, ok, _ := s.AnswerTo(t.Context(), one.ID); !ok || reply == "" {
			t.Error("other points took the answer back")
		}
		h.At.Move(31 * 24 * time.Hour)
		s.say(t, one, 2, "Vẫn thiếu ghế")
		if _, _, ok, _ := s.AnswerTo(t.Context(), one.ID); ok || len(s.all(t, desk, true)) != 1 {
			t.Error("other words keep the old answer")
		}
		came, answered, err := s.Feedback(t.Context(), []string{dossiertest.DangXa}, "2016-12-01", "2017-01-01")
		if came != 1 || answered != 0 || err != nil {
			t.Error(came, answered, err)
		}
	})
}

// Whatever is said, taken back and answered in whatever order, the figures are what
// counting from scratch gives.
func TestFeedbackIsCountedAsFromScratch(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h := dossiertest.New(t, d)
		s := New(Deps{DB: d, Dossiers: h.Service})
		desk := h.As(org.OneStopOfficer, dossiertest.DangXa)
		all := []dossier.Dossier{h.Submit(), h.Submit(), h.Submit()}
		r := rand.New(rand.NewPCG(4, 4))
		for range 60 {
			h.At.Move(time.Duration(r.IntN(80)) * time.Hour)
			if open := s.all(t, desk, r.IntN(2) == 0); len(open) > 0 && r.IntN(3) == 0 {
				x := open[r.IntN(len(open))]
				_, err := s.Answer(t.Context(), desk, x.ID, x.Ver, "Vâng")
				must(t, err)
				continue
			}
			s.say(t, all[r.IntN(len(all))], int64(r.IntN(3)), []string{"", "Chờ lâu", "Cảm ơn"}[r.IntN(3)])
		}
		wrong, err := figures.Check(t.Context(), d.Read(), Figure, Figures()[Figure])
		must(t, err)
		for _, w := range wrong {
			t.Errorf("%s %s %s: kept %d, counted %d", w.Unit, w.Dim, w.Day, w.N, w.Counted)
		}
	})
}
