package board

import (
	"slices"

	"lotrinh/reports/metric"
)

// theme is a board of metrics of one area: its name is the last part of its address and
// "board.theme.NAME" its title.
type theme struct {
	Name    string
	Metrics []metric.Key // the first one is chosen unless the address chooses
}

// themes are the boards beside the overview, in the order of their tabs.
var themes = []theme{
	{"programme", []metric.Key{"rollout.official", "rollout.verified_share", "rollout.kept_share", "rollout.held", "rollout.spi_t", "rollout.forecast_day",
		"training.share", "accounts.share", "services.share", "directives.late"}},
	{"helpdesk", []metric.Key{"tickets.open", "tickets.late", "tickets.opened", "tickets.resolved", "tickets.in_time_share", "satisfaction.share",
		"hotline.calls", "hotline.share"}},
	{"equipment", []metric.Key{"gaps.open", "gaps.late", "readiness.met", "readiness.unmet", "readiness.unknown", "gaps.closed", "agents.machines", "agents.silent",
		"lines.share"}},
	{"dossiers", []metric.Key{"dossiers.filed", "dossiers.online_share", "dossiers.finished", "dossiers.late_share", "dossiers.open", "dossiers.open_late",
		"exchange.waiting"}},
}

// chosen is the metric that the address chooses, if the theme has it.
func (t theme) chosen(k metric.Key) metric.Metric {
	if !slices.Contains(t.Metrics, k) {
		k = t.Metrics[0]
	}
	m, _ := metric.Find(k)
	return m
}
