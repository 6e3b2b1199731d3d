package demo

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout/outlook"
	"lotrinh/rollout/probe"
)

// Ahead are the rooms that look ahead and hold waves.
type Ahead struct {
	Gates   *probe.Service
	Outlook *outlook.Service
}

// statements are what the planner declared of programme gates: all is well for phase 1,
// phase 2 waits for the insurance's new servers.
var statements = []struct {
	gate   string
	said   probe.Verdict
	reason string
	until  string
	phases []int
}{
	{"data_centre", probe.Open, "Trung tâm dữ liệu đã nghiệm thu ngày 28/10", "2016-12-31T17:00", []int{1, 2}},
	{"sms", probe.Open, "Cổng tin nhắn đã gửi thử 500 tin, đạt", "2016-12-31T17:00", []int{1, 2}},
	{"wan", probe.Open, "Đường truyền đến 18 quận, huyện đã đo đạt", "2016-12-31T17:00", []int{1, 2}},
	{"insurance", probe.Shut, "Bảo hiểm xã hội thay máy chủ, hẹn thông lại ngày 18/11", "2016-11-18T17:00", []int{2}},
}

// declareGates says how the gates of the programme stand.
func (h House) declareGates(ctx context.Context, who access.Actor) error {
	phases, err := h.Rollout.Phases(ctx)
	if err != nil {
		return err
	}
	for _, s := range statements {
		g, err := h.Gates.Gate(ctx, who, s.gate)
		if err != nil {
			return err
		}
		var depends []ident.ID
		for _, ph := range phases {
			for _, n := range s.phases {
				if ph.Programme == Programme && ph.Ordinal == n {
					depends = append(depends, ph.ID)
				}
			}
		}
		until, err := time.ParseInLocation("2006-01-02T15:04", s.until, clock.City)
		if err != nil {
			return err
		}
		err = h.Gates.Configure(ctx, who, s.gate, probe.Setup{Means: probe.Declared, EveryMinutes: 5, StaleMinutes: 30, Phases: depends, Version: g.Version})
		if err != nil {
			return err
		}
		if err := h.Gates.Declare(ctx, who, s.gate, probe.Statement{Said: s.said, Reason: s.reason, Until: until, Version: g.Version + 1}); err != nil {
			return err
		}
	}
	return nil
}

// quiet is how many tickets the demo's hundred communes are assumed to open on a usual day.
const quiet = 0.5

// watchWaves sets what a healthy wave of the demo brings and looks at its wave.
func (h House) watchWaves(ctx context.Context) error {
	all, err := h.Rollout.Programmes(ctx, access.System("demo"))
	if err != nil {
		return err
	}
	for _, pg := range all {
		if pg.Code != Programme {
			continue
		}
		set, err := h.Outlook.SettingsOf(ctx, pg.ID)
		if err != nil {
			return err
		}
		set.Usual = quiet
		if err := h.Outlook.Save(ctx, access.System("demo"), Programme, set); err != nil {
			return err
		}
	}
	if err := h.Outlook.Watch(ctx); err != nil {
		return err
	}
	return h.Outlook.Nightly(ctx) // says of the forecasts so far which came true
}

// ahead does what the rooms that look ahead do.
func (h House) ahead(ctx context.Context, who access.Actor, a act) error {
	switch a.Act {
	case "ahead.gates":
		return h.declareGates(ctx, who)
	case "ahead.forecast":
		return h.Outlook.Foretell(ctx, access.System("rollout.outlook"), Programme)
	}
	return h.watchWaves(ctx)
}
