package exchange

import (
	"context"
	"strings"
	"testing"

	"lotrinh/dossier/dossiertest"
	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/org"
	"lotrinh/internal/partners"
)

// A clerk of the ministry types the child's name otherwise; the comparison finds the field,
// a person stands by what the register says, and the ministry is told again under a key of
// its own, once.
func TestWhatWeStandByIsToldAgain(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		ctx := t.Context()
		x := r.registered()
		r.turn(3)
		cases, err := r.out.Cases(ctx, partners.Ministry)
		must(t, err)
		if len(cases) != 1 {
			t.Fatalf("%d cases", len(cases))
		}
		must(t, r.out.Decide(ctx, partners.Ministry, cases[0].N, "retype", r.Words.In(i18n.VI)))
		day := clock.Date(r.h.At.Now())
		run, err := r.Post.Compare(ctx, Ministry, day)
		must(t, err)
		if run.Differ != 1 {
			t.Fatalf("%+v", run)
		}
		var diff post.Difference
		must(t, d.Read().NewSelect().Model(&diff).Where("xd.partner = ?", Ministry).Scan(ctx))
		if sides := diff.Sides(); len(sides) != 1 || sides[0].Name != "nksHoTen" || sides[0].Ours == sides[0].Theirs {
			t.Fatalf("%+v", diff.Sides())
		}
		lead := r.h.As(org.SupportLead, "")
		for name, c := range map[string]struct {
			who      access.Actor
			decision string
			ver      int64
			kind     fault.Kind
		}{
			"an officer":       {r.h.As(org.OneStopOfficer, dossiertest.DangXa), OursStands, diff.Ver, fault.Denied},
			"nobody":           {access.Actor{}, OursStands, diff.Ver, fault.SignIn},
			"elsewhere":        {r.h.As(org.SupportLead, dossiertest.BacSon), OursStands, diff.Ver, fault.Missing},
			"an older sight":   {lead, OursStands, diff.Ver + 1, fault.Conflict},
			"no such decision": {lead, "both", diff.Ver, fault.Invalid},
		} {
			if err := r.Decide(ctx, c.who, diff.ID, c.ver, c.decision, "Sổ giấy ghi đúng."); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, r.Decide(ctx, lead, diff.ID, diff.Ver, OursStands, "Sổ giấy ghi đúng."))
		if err := r.Decide(ctx, lead, diff.ID, diff.Ver+1, OursStands, "Sổ giấy ghi đúng."); !fault.Is(err, fault.Conflict) {
			t.Errorf("decided twice: %v", err)
		}
		r.turn(3)
		cases, err = r.out.Cases(ctx, partners.Ministry)
		must(t, err)
		keys := map[string]string{}
		for _, c := range cases {
			keys[c.Key] = c.Fields
		}
		again := strings.TrimSuffix(diff.Thing, ":1") + ":2"
		if len(keys) != 2 || keys[again] == "" || strings.Contains(keys[again], " Anh") {
			t.Fatalf("the ministry has %v", keys)
		}
		effects, err := r.out.Effects(ctx, x.Code)
		must(t, err)
		for thing, n := range effects {
			if n != 1 {
				t.Errorf("%s was done %d times", thing, n)
			}
		}
		// The next night finds the second telling the same, and does not ask about the first again.
		r.h.At.Set(r.h.At.Now().AddDate(0, 0, 1))
		run, err = r.Post.Compare(ctx, Ministry, clock.Date(r.h.At.Now()))
		must(t, err)
		must(t, d.Read().NewSelect().Model(&diff).Where("xd.partner = ?", Ministry).Scan(ctx))
		if run.Matched != 1 || run.Differ != 1 || diff.State != post.Decided || diff.Decision != OursStands {
			t.Errorf("%+v, the difference is %s", run, diff.State)
		}
	})
}

// What an office lost is told again; what only it has is nothing of ours to tell.
func TestWhatAnOfficeLostIsToldAgain(t *testing.T) {
	r := open(t, testkit.SQLite(t))
	ctx := t.Context()
	r.registered()
	r.turn(3)
	var m post.Message
	must(t, r.DB.Read().NewSelect().Model(&m).Where("xm.partner = ?", Ministry).Scan(ctx))
	for kind, want := range map[string]int{post.OnlyOurs: 1, post.OnlyTheirs: 0} {
		before := r.letters()
		must(t, r.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := r.standBy(ctx, tx, post.Difference{Partner: Ministry, Thing: m.Key, Kind: kind})
			return err
		}))
		if got := r.letters() - before; got != want {
			t.Errorf("%s: %d letters were written, want %d", kind, got, want)
		}
	}
	var asked post.Message
	must(t, r.DB.Read().NewSelect().Model(&asked).Where("xm.partner = ?", Population).Scan(ctx))
	before := r.letters()
	must(t, r.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := r.standBy(ctx, tx, post.Difference{Partner: Population, Thing: asked.Key, Kind: post.Differs})
		return err
	}))
	if r.letters() != before {
		t.Error("a second personal number was asked for")
	}
}

func (r *room) letters() int {
	r.t.Helper()
	n, err := r.DB.Read().NewSelect().Model((*post.Message)(nil)).Count(r.t.Context())
	must(r.t, err)
	return int(n)
}
