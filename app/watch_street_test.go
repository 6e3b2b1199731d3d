package app

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/reports/alert"
	"lotrinh/reports/directive"
)

// watched puts a directive with a file, an alert and a calendar among the things.
func (s *street) watched(m map[string]string, unit string) {
	s.t.Helper()
	ctx := s.t.Context()
	all, err := s.Watch.Directives.Write(ctx, s.actor("leadership"), directive.Head{DocNo: "215/TB-UBND", DocDay: clock.Date(s.Business.Now()), ConcludedBy: "Phó Chủ tịch"},
		[]directive.Row{{Text: "Bố trí người trực thay", Unit: unit, Post: string(org.SigningLeader), Due: "5"}})
	must(s.t, err)
	m["directive"] = string(all[0].ID)
	photo, err := s.Files.Receive(ctx, files.Photo, "phan-cong.png", bytes.NewReader(picture(s.t)))
	must(s.t, err)
	must(s.t, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		f, err := files.Attach(ctx, tx, s.Machine.Now(), access.System("test"), photo, files.Owner{Area: directive.Area, Subject: m["directive"], Unit: unit})
		m["directive_file"] = string(f.ID)
		return err
	}))
	rules, err := s.Watch.Alerts.Rules(ctx, s.actor("planner"))
	must(s.t, err)
	e := alert.Episode{ID: ident.New(s.Machine.Now()), Rule: rules[0].ID, RuleName: "=" + alert.LateShare, Metric: rules[0].Metric, Severity: alert.Warning, Unit: unit, OpenedAt: s.Business.Now(), Version: 1}
	must(s.t, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&e).Exec(ctx)
		return err
	}))
	m["alert"], m["alert_rule"] = string(e.ID), string(rules[0].ID)
	address, err := s.Watch.Feed.Make(ctx, s.actor(map[string]string{hereUnit: "coordinator", thereUnit: "socson"}[unit])) // who has the address reads as its owner
	must(s.t, err)
	m["calendar_key"] = strings.TrimSuffix(address[strings.LastIndex(address, "/")+1:], ".ics")
}

func TestTheOverviewNamesTheOpenAlertsOfTheReadersUnits(t *testing.T) {
	s := openStreet(t, Config{})
	panel := s.Words.In(i18n.VI).Say("alert.panel")
	shown := func(login, path string) bool {
		t.Helper()
		a := s.ask(login, "GET", path, "")
		if a.status != 200 {
			t.Fatalf("%s as %s: %d", path, login, a.status)
		}
		return strings.Contains(a.body, panel)
	}
	must(t, s.DB.InTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("UPDATE alert_episode SET closed_at = opened_at").Exec(ctx)
		return err
	}))
	if shown("leadership", "/overview") {
		t.Error("a panel of alerts is shown though none is open")
	}
	s.alarm(thereDistrict)
	for _, c := range []struct {
		login, path string
		want        bool
	}{
		{"leadership", "/overview", true}, {"socson", "/overview", true},
		{"coordinator", "/overview", false},              // it is of another district
		{"leadership", "/overview?on=2016-11-08", false}, // a day gone by
	} {
		if got := shown(c.login, c.path); got != c.want {
			t.Errorf("%s as %s shows alerts: %v", c.path, c.login, got)
		}
	}
}

// alarm lets an alert be open of units that have none.
func (s *street) alarm(units ...string) {
	s.t.Helper()
	ctx := s.t.Context()
	rules, err := s.Watch.Alerts.Rules(ctx, s.actor("planner"))
	must(s.t, err)
	must(s.t, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, u := range units {
			e := alert.Episode{ID: ident.New(s.Machine.Now()), Rule: rules[0].ID, RuleName: "=" + alert.LateShare, Metric: rules[0].Metric, Severity: alert.Warning, Unit: u, OpenedAt: s.Business.Now(), Version: 1}
			if _, err := tx.NewInsert().Model(&e).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
}
