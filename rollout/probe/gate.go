package probe

import (
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/rollout"
)

// Keys are the gates, in their order.
var Keys = []string{"data_centre", "sms", "wan", "police", "insurance", "ministry"}

// Means is how it is found out whether a gate is open.
type Means string

// The means. A gate that is off is watched by nobody.
const (
	Off      Means = "off"
	Declared Means = "declared" // a person says so, until a moment
	TCP      Means = "tcp"      // a connection to host:port stands
	HTTP     Means = "http"     // a page answers with less than 500
	Link     Means = "link"     // how the exchange's line to another office stands
)

// MeansAll are the means in the order of a form.
var MeansAll = []Means{Off, Declared, TCP, HTTP, Link}

// Probed tells whether a machine finds out.
func (m Means) Probed() bool { return m == TCP || m == HTTP || m == Link }

// Verdict is how a gate stands at a moment.
type Verdict string

// The verdicts; shut and stale hold waves.
const (
	NotWatched Verdict = "off"
	Open       Verdict = "open"
	Shut       Verdict = "shut"
	Stale      Verdict = "stale"
)

// Gate is a gate of the programme: how it is watched, what was seen last, and what is
// declared.
type Gate struct {
	bun.BaseModel `bun:"table:rollout_gate,alias:gt"`
	Key           string    `bun:"key,pk"`
	Ordinal       int       `bun:"ordinal"`
	Means         Means     `bun:"means"`
	Address       string    `bun:"address"`       // host:port, an address of a page, or the code of an office
	EveryMinutes  int       `bun:"every_minutes"` // between checks
	StaleMinutes  int       `bun:"stale_minutes"` // after which what was seen counts no more
	Tolerate      int       `bun:"tolerate"`      // so many checks in a row may fail
	Seen          Verdict   `bun:"seen"`          // open or shut as checked last; empty: never
	SeenAt        time.Time `bun:"seen_at,nullzero"`
	Fails         int       `bun:"fails"`
	Problem       string    `bun:"problem"` // a key below probe.problem., or an office's own words
	NextAt        time.Time `bun:"next_at,nullzero"`
	Said          Verdict   `bun:"declared"` // open or shut; empty: nothing
	SaidReason    string    `bun:"declared_reason"`
	SaidByName    string    `bun:"declared_by_name"`
	SaidAt        time.Time `bun:"declared_at,nullzero"`
	SaidUntil     time.Time `bun:"declared_until,nullzero"`
	Told          Verdict   `bun:"told"` // what was told last, and since when it is so
	ToldAt        time.Time `bun:"told_at"`
	Version       int64     `bun:"version"`
	quiet         bool      // who does it knows: nobody is told by notice
}

// Name is the gate's name, said in the reader's language.
func (g Gate) Name() i18n.Key { return i18n.Key("probe.gate." + g.Key) }

// InForce tells whether what is declared counts at a moment.
func (g Gate) InForce(at time.Time) bool { return g.Said != "" && at.Before(g.SaidUntil) }

// Verdict is how the gate stands at a moment, and why it holds when it does.
func (g Gate) Verdict(at time.Time) (Verdict, rollout.Reason) {
	none := rollout.Reason{}
	switch {
	case g.Means == Off:
		return NotWatched, none
	case g.InForce(at) && g.Said == Open:
		return Open, none
	case g.InForce(at):
		return Shut, rollout.Because("probe.reason.declared", "gate", g.Name(), "who", g.SaidByName, "reason", g.SaidReason)
	case g.Means == Declared && g.Said == "":
		return Stale, rollout.Because("probe.reason.unsaid", "gate", g.Name())
	case g.Means == Declared:
		return Stale, rollout.Because("probe.reason.over", "gate", g.Name(), "at", g.SaidUntil)
	case g.SeenAt.IsZero():
		return Stale, rollout.Because("probe.reason.unseen", "gate", g.Name())
	case !at.Before(g.SeenAt.Add(time.Duration(g.StaleMinutes) * time.Minute)):
		return Stale, rollout.Because("probe.reason.stale", "gate", g.Name(), "at", g.SeenAt)
	case g.Seen == Shut && g.Fails > g.Tolerate:
		return Shut, rollout.Because("probe.reason.failing", "gate", g.Name(), "problem", g.problem(), "at", g.SeenAt)
	}
	return Open, none
}

// Holds tells whether a verdict holds waves.
func (v Verdict) Holds() bool { return v == Shut || v == Stale }

// problem is what went wrong: a sentence of ours, or an office's own words.
func (g Gate) problem() any {
	if strings.HasPrefix(g.Problem, "probe.problem.") {
		return i18n.Key(g.Problem)
	}
	return g.Problem
}

// gatePhase is a wave that depends on a gate.
type gatePhase struct {
	bun.BaseModel `bun:"table:rollout_gate_phase,alias:gp"`
	Gate          string   `bun:"gate,pk"`
	Phase         ident.ID `bun:"phase,pk"`
}

// Event is a change of a gate's verdict, or what a person did to it.
type Event struct {
	bun.BaseModel `bun:"table:rollout_gate_event,alias:ge"`
	ID            ident.ID  `bun:"id,pk"`
	Gate          string    `bun:"gate"`
	At            time.Time `bun:"at"`
	Verdict       Verdict   `bun:"verdict"`
	Reason        string    `bun:"reason"` // JSON of a rollout.Reason
	Actor         string    `bun:"actor"`
	ActorName     string    `bun:"actor_name"`
}

// Changed tells that a gate of the programme is open, shut, stale or off now.
type Changed struct {
	Gate    string  `json:"gate"`
	Verdict Verdict `json:"verdict"`
	Before  Verdict `json:"before"`
	// Phases are the waves that depend on it (identifiers).
	Phases []ident.ID `json:"phases"`
}

// Topic is the event's name.
func (Changed) Topic() string { return "rollout.gate.changed" }

// Subject is the gate.
func (e Changed) Subject() string { return "gate:" + e.Gate }
