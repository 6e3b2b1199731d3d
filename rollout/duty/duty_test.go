package duty

import (
	"context"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

const dangXa = "00556" // in Gia Lâm, 018

type equipped struct{}

func (equipped) All(context.Context, []string, time.Time) (map[string]rollout.Verdict, error) {
	return nil, nil
}

var policy = access.Policy{org.OneStopOfficer: {Keep}, org.DistrictCoordinator: {Keep, rollout.Declare}, org.Leadership: {rollout.Read}}

func who(role access.Role, units ...string) access.Actor {
	return policy.As(access.Actor{ID: "a-" + "test", Name: "Lan", Grants: []access.Grant{{Role: role, Units: units}}})
}

func build(t *testing.T, d *db.DB) (*Service, *clock.Fake) {
	t.Helper()
	at := clock.At(time.Date(2016, 11, 10, 2, 0, 0, 0, time.UTC)) // a Thursday, nine in the morning
	units, calendars := org.NewUnits(d, at), calstore.New(d, at)
	if _, err := units.LoadBuiltIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := calendars.Seed(t.Context(), at.Now()); err != nil {
		t.Fatal(err)
	}
	roll := rollout.New(d, at, units, equipped{})
	plan, err := rollout.Plan198()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := roll.ImportPlan(t.Context(), access.System("test"), plan); err != nil {
		t.Fatal(err)
	}
	return New(Deps{DB: d, Business: at, Machine: at, Units: units, Rollout: roll, Calendars: calendars, City: "1022"}), at
}

func TestWhatIsPostedHoldsFromADayUntilADay(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, at := build(t, d)
		ctx, her := t.Context(), who(org.OneStopOfficer, dangXa)
		good := Form{Kind: Hotline, Name: " Vũ  Thị Hoa ", Phone: "024 3827 6543", Calendar: calstore.Office}
		for name, c := range map[string]struct {
			who  access.Actor
			unit string
			want fault.Kind
		}{"another commune": {her, "00553", fault.Missing}, "leadership": {who(org.Leadership, dangXa), dangXa, fault.Denied}, "a stranger": {access.Actor{}, dangXa, fault.SignIn}} {
			if _, err := s.Add(ctx, c.who, c.unit, good); !fault.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := s.Add(ctx, her, dangXa, Form{Kind: "x", Phone: "abc", Calendar: "never", From: "2016-12-01", Until: "2016-12-01"}); len(fault.Of(err).Fields) != 5 {
			t.Error(err)
		}
		l, err := s.Add(ctx, her, dangXa, good)
		if err != nil || l.Name != "Vũ Thị Hoa" {
			t.Fatal(l, err)
		}
		later := good
		later.Kind, later.From = Volunteer, "2016-11-20"
		if _, err := s.Add(ctx, her, dangXa, later); err != nil {
			t.Fatal(err)
		}
		if up, err := s.Posted(ctx, dangXa); err != nil || len(up) != 1 || up[0].ID != l.ID {
			t.Error("what is for later stands already", up, err)
		}
		at.Set(time.Date(2016, 11, 21, 2, 0, 0, 0, time.UTC))
		if up, err := s.Posted(ctx, dangXa); err != nil || len(up) != 2 {
			t.Error(up, err)
		}
		if err := s.End(ctx, her, dangXa, l.ID, 99); !fault.Is(err, fault.Conflict) {
			t.Errorf("over another's change: %v", err)
		}
		if err := s.End(ctx, her, dangXa, l.ID, l.Version); err != nil {
			t.Fatal(err)
		}
		if up, err := s.Posted(ctx, dangXa); err != nil || len(up) != 1 || up[0].Kind != Volunteer {
			t.Error(up, err)
		}
		if n, err := d.Read().NewSelect().Model((*Line)(nil)).Where("unit = ?", dangXa).Count(ctx); err != nil || n != 2 {
			t.Error("what was posted once is forgotten", n, err)
		}
	})
}

func TestAHotlineIsDeclaredOnlyWhileItStands(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		s, _ := build(t, d)
		ctx, her := t.Context(), who(org.DistrictCoordinator, dangXa)
		if err := s.Declare(ctx, her, dangXa); !fault.HasKey(err, "communeduty.no_hotline") {
			t.Errorf("declared without a hotline: %v", err)
		}
		if bare, all, err := s.Without(ctx, her); err != nil || len(bare) != 1 || all != 1 {
			t.Error(bare, all, err)
		}
		if _, err := s.Add(ctx, her, dangXa, Form{Kind: Hotline, Name: "Trực ban", Phone: "0912345678", Calendar: calstore.Always}); err != nil {
			t.Fatal(err)
		}
		if err := s.Declare(ctx, who(org.OneStopOfficer, dangXa), dangXa); !fault.Is(err, fault.Denied) {
			t.Errorf("an officer declares: %v", err)
		}
		if err := s.Declare(ctx, her, dangXa); err != nil {
			t.Fatal(err)
		}
		var said []string
		err := d.Read().NewRaw("SELECT criterion || ' ' || kind || ' ' || answer FROM rollout_evidence WHERE unit = ?", dangXa).Scan(ctx, &said)
		if err != nil || strings.Join(said, "; ") != "posted declaration met" {
			t.Error(said, err)
		}
		if bare, _, err := s.Without(ctx, her); err != nil || len(bare) != 0 {
			t.Error(bare, err)
		}
		if offers, err := s.Offers(ctx, dangXa); err != nil || len(offers) != 1 || offers[0].Stage != rollout.Preparing {
			t.Error(offers, err)
		}
	})
}
