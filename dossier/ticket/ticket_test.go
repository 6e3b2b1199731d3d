package ticket

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"lotrinh/dossier"
	"lotrinh/dossier/dossiertest"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func build(t *testing.T, d *db.DB) (*dossiertest.House, *Service, access.Actor) {
	h := dossiertest.New(t, d)
	return h, New(Deps{DB: d, Dossiers: h.Service, Key: signed.Key("khóa thử")}), h.As(org.OneStopOfficer, dossiertest.DangXa)
}

func (s *Service) written(b Block, n int64, page string, at time.Time) Sent {
	return Sent{ID: ident.New(at), Block: b.ID, Number: n, Since: page, Written: at, Procedure: dossiertest.Birth, Facts: dossier.Facts{Subject: "Trần Gia Bảo", Applicant: "Lê Thị Mai"}}
}

func TestATicketCountsFromTheMomentWrittenOnIt(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, s, stop := build(t, d)
		b, err := s.Reserve(t.Context(), stop, dossiertest.DangXa, "01")
		must(t, err)
		if b.Number(b.From) != "TAM-00556-01-0001" || b.Until != BlockSize {
			t.Fatalf("%+v", b)
		}
		page := s.Since()
		loaded := h.At.Now()
		h.At.Move(2 * time.Hour)
		early := h.At.Now()
		h.At.Move(7 * time.Hour) // 17:00: accepted now it would be due tomorrow
		for i, c := range []struct{ at, want time.Time }{{early, early}, {loaded.Add(-time.Hour), loaded}, {h.At.Now().Add(time.Hour), h.At.Now()}} {
			got, err := s.Take(t.Context(), stop, s.written(b, int64(i+1), page, c.at))
			must(t, err)
			if !got.WrittenAt.Equal(c.want) || got.Code == "" {
				t.Errorf("written %s is taken as %s", c.at, got.WrittenAt)
			}
			x, err := h.ByCode(t.Context(), d.Read(), got.Code)
			must(t, err)
			if !x.AcceptedAt.Equal(c.want) || x.Channel != dossier.Offline || x.DueAt.Day() != 10+i/2 {
				t.Errorf("%d: accepted %s, due %s", i, x.AcceptedAt, x.DueAt)
			}
		}
		code, err := s.Official(t.Context(), " tam-00556-01-0002")
		if err != nil || code == "" {
			t.Error(code, err)
		}
		if _, err := s.Official(t.Context(), "TAM-00556-01-0050"); !fault.Is(err, fault.Missing) {
			t.Errorf("a ticket that nobody sent: %v", err)
		}
	})
}

func TestWhatIsNoTicketOfOursIsRefused(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, s, stop := build(t, d)
		b, err := s.Reserve(t.Context(), stop, dossiertest.DangXa, "01")
		must(t, err)
		again, err := s.Reserve(t.Context(), stop, dossiertest.DangXa, "01")
		must(t, err)
		if again.From != b.Until+1 {
			t.Errorf("blocks overlap: %d after %d", again.From, b.Until)
		}
		for _, c := range []struct {
			who  access.Actor
			unit string
			kind fault.Kind
		}{{access.Actor{}, dossiertest.DangXa, fault.SignIn}, {h.As(org.SigningLeader, dossiertest.DangXa), dossiertest.DangXa, fault.Denied}, {stop, dossiertest.BacSon, fault.Missing}} {
			if _, err := s.Reserve(t.Context(), c.who, c.unit, "01"); !fault.Is(err, c.kind) {
				t.Errorf("%v, want %s", err, c.kind)
			}
		}
		good := s.written(b, 1, s.Since(), h.At.Now())
		_, err = s.Take(t.Context(), stop, good)
		must(t, err)
		for name, c := range map[string]struct {
			change func(*Sent)
			who    access.Actor
			kind   fault.Kind
		}{
			"a number of another block":   {func(x *Sent) { x.Number = again.From }, stop, fault.Invalid},
			"a page that we did not make": {func(x *Sent) { x.Since = "xxxx" }, stop, fault.Invalid},
			"a number that is used":       {func(x *Sent) { x.Number = 1 }, stop, fault.Conflict},
			"nobody":                      {func(x *Sent) { x.Subject = " " }, stop, fault.Invalid},
			"no procedure":                {func(x *Sent) { x.Procedure = "unknown" }, stop, fault.Missing},
			"another commune":             {func(*Sent) {}, h.As(org.OneStopOfficer, dossiertest.BacSon), fault.Missing},
			"a stranger":                  {func(*Sent) {}, access.Actor{}, fault.SignIn},
		} {
			x := s.written(b, 2, s.Since(), h.At.Now())
			c.change(&x)
			if _, err := s.Take(t.Context(), c.who, x); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v, want %s", name, err, c.kind)
			}
		}
	})
}

// Whatever answers are lost and however many windows send at once: each ticket becomes one
// dossier with one code, and every answer says the same code.
func TestATicketBecomesOneDossierHoweverOftenItIsSent(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		h, s, stop := build(t, d)
		b, err := s.Reserve(t.Context(), stop, dossiertest.DangXa, "02")
		must(t, err)
		page := s.Since()
		const many = 6
		var all []Sent
		for i := range many {
			h.At.Move(time.Second)
			all = append(all, s.written(b, b.From+int64(i), page, h.At.Now()))
		}
		var mu sync.Mutex
		codes := map[ident.ID]map[string]bool{}
		var wg sync.WaitGroup
		for w := range 3 {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			wg.Go(func() {
				for range 2 * many {
					one := all[r.IntN(many)]
					got, err := s.Take(t.Context(), stop, one)
					if err != nil {
						t.Error(err)
						continue
					}
					mu.Lock()
					if codes[one.ID] == nil {
						codes[one.ID] = map[string]bool{}
					}
					codes[one.ID][got.Code] = true // or the answer is lost: then it is sent again
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for _, one := range all {
			got, err := s.Take(t.Context(), stop, one)
			must(t, err)
			for code := range codes[one.ID] {
				if code != got.Code {
					t.Error(fmt.Sprint(one.Number, " is both ", code, " and ", got.Code))
				}
			}
		}
		n, err := d.Read().NewSelect().Model((*dossier.Dossier)(nil)).Count(t.Context())
		if err != nil || n != many {
			t.Errorf("%d dossiers of %d tickets: %v", n, many, err)
		}
	})
}
