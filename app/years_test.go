package app

import (
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
)

func TestAdministratorsAreWarnedOfAnExpectedYearOnce(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at := clock.At(time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC))
		h := &House{DB: d, Business: clock.Shift(at, 0), Machine: at, Calendars: calstore.New(d, at), Units: org.NewUnits(d, at)}
		h.People = org.NewPeople(d, h.Units, at, at, Policy, letters{}, nil)
		if err := h.Calendars.Seed(t.Context(), at.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Units.LoadBuiltIn(t.Context()); err != nil {
			t.Fatal(err)
		}
		hash, err := org.HashPassword("cầu Long Biên bắc ngang sông Hồng")
		if err != nil {
			t.Fatal(err)
		}
		for _, login := range []string{"bao", "lan"} {
			_, err := h.People.Create(t.Context(), access.System("test"), org.NewAccount{Login: login, Hash: hash,
				Posts: []org.Post{{Role: org.Administrator}}, Profile: org.Profile{Name: login, Email: login + "@hanoi.example", Phone: "0912345678"}})
			if err != nil {
				t.Fatal(err)
			}
		}
		admin := Policy.As(access.Actor{ID: "a", Grants: []access.Grant{{Role: org.Administrator, Everywhere: true}}})
		planner := Policy.As(access.Actor{ID: "p", Grants: []access.Grant{{Role: org.Planner, Everywhere: true}}})
		todo := func(who access.Actor) int {
			items, err := h.yearsToConfirm(t.Context(), i18n.T{}, who)
			if err != nil {
				t.Fatal(err)
			}
			return len(items)
		}
		if todo(admin) != 0 {
			t.Error("warned more than 60 days ahead")
		}
		at.Move(48 * time.Hour)
		if todo(admin) != 1 || todo(planner) != 0 {
			t.Error("the home of an administrator, and of nobody else, begins with the year")
		}
		for range 2 {
			if err := h.years(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var written int
		err = d.Read().NewRaw("SELECT count(*) FROM notice WHERE template = ?", "app.notice.year").Scan(t.Context(), &written)
		if err != nil || written != 2 {
			t.Errorf("%d letters to two administrators, %v", written, err)
		}
	})
}
