package alert

import (
	"math"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports/alert/judge"
	"lotrinh/reports/metric"
)

// The rights of this room.
const (
	Look      access.Perm = "reports.alert.read"   // see the episodes of the units in reach
	Handle    access.Perm = "reports.alert.handle" // take note of one, keep its unit quiet for a while
	Configure access.Perm = "reports.alert.rule"   // change the rules
)

// Reach says of which units a rule speaks.
type Reach string

// The reaches.
const (
	City      Reach = "city"
	Districts Reach = "districts"
	Chosen    Reach = "chosen"
)

// Severity is how much an alert matters; a critical one is mailed at any hour.
type Severity string

// The severities.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Rule is a metric with its bounds.
type Rule struct {
	bun.BaseModel `bun:"table:alert_rule,alias:ar"`
	ID            ident.ID   `bun:"id,pk"`
	Shipped       string     `bun:"shipped"` // name of a rule that ships with the product
	Name          string     `bun:"name"`    // empty: that of the shipped rule, in the reader's language
	Metric        metric.Key `bun:"metric"`
	Reach         Reach      `bun:"reach"`
	Units         string     `bun:"units"` // of a chosen reach: codes, parted by blanks
	Span          judge.Span `bun:"span"`
	Days          int64      `bun:"days"`
	Below         bool       `bun:"below"`
	Past          bool       `bun:"past"` // the change against the mean of the four weeks before
	Threshold     int64      `bun:"threshold"`
	Clear         int64      `bun:"clear"`
	Hold          int64      `bun:"hold"`
	MinOf         int64      `bun:"min_of"`
	Severity      Severity   `bun:"severity"`
	Roles         string     `bun:"roles"` // parted by blanks; whoever holds one that reaches the unit is told
	Enabled       bool       `bun:"enabled"`
	CheckedAt     time.Time  `bun:"checked_at"`
	ChangedAt     time.Time  `bun:"changed_at"`
	ChangedName   string     `bun:"changed_name"`
	Version       int64      `bun:"version"`
}

// bounds are the rule for the engine.
func (r Rule) bounds() judge.Rule {
	return judge.Rule{Below: r.Below, Threshold: float64(r.Threshold) / grain, Clear: float64(r.Clear) / grain, Hold: int(r.Hold), MinOf: r.MinOf}
}

func (r Rule) window() judge.Window { return judge.Window{Span: r.Span, Days: int(r.Days)} }

// Title is what the rule is called.
func (r Rule) Title(t i18n.T) string { return title(t, r.Name, r.Shipped) }

func title(t i18n.T, name, shipped string) string {
	if name == "" {
		return t.Say("alert.shipped." + shipped)
	}
	return name
}

// grain is how many of a kept value make one.
const grain = 10_000

// kept is a value as it is stored.
func kept(v float64) int64 {
	if v = math.Round(v * grain); math.Abs(v) < math.MaxInt64/2 {
		return int64(v)
	}
	return math.MaxInt64 / 2
}

// written is a kept value as a reader sees it: 5,1%, +20,0%, 1.234, 0,85.
func written(t i18n.T, m metric.Metric, past bool, n int64) string {
	return t.Figure(figure(m, past, n))
}

// figure is a kept number with the way it is written.
func figure(m metric.Metric, past bool, n int64) i18n.Figure {
	f := i18n.Figure{Value: float64(n) / grain, Share: past || m.Unit == metric.Share, Signed: past}
	if n%grain != 0 {
		f.Places = 2
	}
	return f
}

// Watch is what is remembered of a rule and a unit between two checks.
type Watch struct {
	bun.BaseModel `bun:"table:alert_watch,alias:aw"`
	Rule          ident.ID   `bun:"rule,pk"`
	Unit          string     `bun:"unit,pk"`
	Hits          int64      `bun:"hits"`
	QuietUntil    *time.Time `bun:"quiet_until"` // episodes are kept but told to nobody
}

// Episode is the time in which a number of a unit was out of bounds.
type Episode struct {
	bun.BaseModel `bun:"table:alert_episode,alias:ae"`
	ID            ident.ID   `bun:"id,pk"`
	Rule          ident.ID   `bun:"rule"`
	RuleName      string     `bun:"rule_name"` // "=late-share" is the name of a shipped rule
	Metric        metric.Key `bun:"metric"`
	Past          bool       `bun:"past"`
	Threshold     int64      `bun:"threshold"`
	Severity      Severity   `bun:"severity"`
	Unit          string     `bun:"unit"`
	OpenedAt      time.Time  `bun:"opened_at"`
	Value         int64      `bun:"value"`
	Peak          int64      `bun:"peak"`
	ClosedAt      *time.Time `bun:"closed_at"`
	ClosedValue   int64      `bun:"closed_value"`
	Told          int64      `bun:"told"` // how many people were told
	AckedAt       *time.Time `bun:"acked_at"`
	AckedName     string     `bun:"acked_name"`
	AckNote       string     `bun:"ack_note"`
	Version       int64      `bun:"version"`
}

// Title is what the rule was called when the episode opened.
func (e Episode) Title(t i18n.T) string {
	shipped, is := strings.CutPrefix(e.RuleName, "=")
	if is {
		return title(t, "", shipped)
	}
	return e.RuleName
}

// Path is the address of the episode's page.
func (e Episode) Path() string { return Home + "/" + string(e.ID) }

// Happened says that an alert was opened or is over.
type Happened struct {
	ID     ident.ID   `json:"id"`
	Rule   ident.ID   `json:"rule"`
	Metric metric.Key `json:"metric"`
	Unit   string     `json:"unit"`
	Open   bool       `json:"open"`
	Value  int64      `json:"value"` // in ten-thousandths
}

// Topic is the event's name.
func (h Happened) Topic() string {
	if h.Open {
		return "reports.alert.opened"
	}
	return "reports.alert.closed"
}

// Subject is the episode.
func (h Happened) Subject() string { return "alert:" + string(h.ID) }
