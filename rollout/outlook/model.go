package outlook

import (
	"math"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/ident"
	"lotrinh/rollout"
	"lotrinh/rollout/forecast"
	"lotrinh/rollout/hold"
)

// Forecast is what was said of the finish of a phase on a day. Days are empty when none
// was named: Why says why, or the day is later than the method looks.
type Forecast struct {
	bun.BaseModel `bun:"table:rollout_forecast,alias:fc"`
	ID            ident.ID       `bun:"id,pk"`
	Programme     ident.ID       `bun:"programme"`
	Phase         int            `bun:"phase"` // ordinal, or rollout.Any
	MadeOn        string         `bun:"made_on"`
	MadeAt        time.Time      `bun:"made_at"`
	MadeByName    string         `bun:"made_by_name"`
	Method        string         `bun:"method"`
	InputsHash    string         `bun:"inputs_hash"`
	Inputs        forecast.Input `bun:"inputs,type:json"`
	Total         int            `bun:"total"`
	Done          int            `bun:"done"`
	Blocked       int            `bun:"blocked"`
	Why           forecast.Why   `bun:"why"`
	P50On         string         `bun:"p50_on"`
	P85On         string         `bun:"p85_on"`
	P95On         string         `bun:"p95_on"`
	FreeP85On     string         `bun:"free_p85_on"` // without the blocked communes
	Cone          []ConeDay      `bun:"cone,type:json"`
	Scored        bool           `bun:"scored"`
}

// ConeDay is how many communes will be done by the end of a day ahead.
type ConeDay struct {
	Day            string
	Low, Mid, High int
}

// score is whether one percentile of a forecast came true.
type score struct {
	bun.BaseModel `bun:"table:rollout_forecast_score,alias:fs"`
	Forecast      ident.ID `bun:"forecast,pk"`
	Programme     ident.ID `bun:"programme"`
	Percent       int      `bun:"percent,pk"`
	Kept          bool     `bun:"kept"`
	KnownOn       string   `bun:"known_on"`
}

// Calibration is, of the sentences with one percentage, how many came true.
type Calibration struct {
	Percent    int
	Kept, Said int
}

// Settings are what the watch of a programme looks for, and what a healthy wave is
// assumed to bring while there is none to learn from.
type Settings struct {
	bun.BaseModel `bun:"table:rollout_outlook,alias:os"`
	Programme     ident.ID `bun:"programme,pk"`
	Auto          bool     `bun:"auto"`  // it holds by itself
	Surge         float64  `bun:"surge"` // how many times the curve is a wave gone bad
	Days          int      `bun:"days"`  // working days that a wave is watched
	False         float64  `bun:"false_share"`
	Usual         float64  `bun:"usual"` // assumed tickets of a hundred communes a day
	Rise          float64  `bun:"rise"`  // so many times as many on the first day
	Half          float64  `bun:"half"`  // working days in which the excess halves
	Version       int64    `bun:"version"`
}

func usual(programme ident.ID) Settings {
	u := hold.Usual()
	return Settings{Programme: programme, Surge: u.Surge, Days: u.Days, False: u.False, Usual: 10, Rise: 4, Half: 4}
}

func (s Settings) params() hold.Params {
	p := hold.Usual()
	p.Surge, p.Days, p.False = s.Surge, s.Days, s.False
	return p
}

// ticketDay counts the tickets that a commune opened on a day.
type ticketDay struct {
	bun.BaseModel `bun:"table:rollout_ticket_day,alias:td"`
	Unit          string `bun:"unit,pk"`
	Day           string `bun:"day,pk"`
	Priority      int    `bun:"priority,pk"`
	N             int    `bun:"n"`
}

// Watch is how a wave does. Name is its phase and the Monday of its week: "1-2016-10-31".
type Watch struct {
	bun.BaseModel `bun:"table:rollout_watch,alias:rw"`
	Programme     ident.ID    `bun:"programme,pk"`
	Name          string      `bun:"wave,pk"`
	Phase         int         `bun:"phase"`
	Units         int         `bun:"units"`
	From          string      `bun:"from_day"`  // the first working day
	Until         string      `bun:"until_day"` // the last that is watched
	Days          []WatchDay  `bun:"days,type:json"`
	Steps         []hold.Step `bun:"steps,type:json"`
	Learned       int         `bun:"learned"` // waves that the curve is learned from; 0: assumed
	Rates         hold.Rates  `bun:"rates,type:json"`
	RatesKey      string      `bun:"rates_key"` // of what the rates were simulated for; empty: not yet
	OverOn        string      `bun:"over_on"`   // the day on which the limit was reached
	SeenAt        time.Time   `bun:"seen_at"`
}

// WatchDay is a working day of a wave.
type WatchDay struct {
	Day string
	Of  hold.Day
}

// HoldState is how a proposed hold stands.
type HoldState string

// The states: proposed → held → released, or proposed → let go.
const (
	Proposed HoldState = "proposed"
	Held     HoldState = "held"
	LetGo    HoldState = "let_go"
	Released HoldState = "released"
)

// Figures are what a proposal rests on.
type Figures struct {
	Day      string // on which the limit was reached
	Seen     int    // tickets from the first day on
	Expected float64
	Score    float64
	Whole    float64
	Rates    hold.Rates
	Learned  int
	Units    int
}

// Hold is a proposal to hold a phase because of a wave, and what became of it.
type Hold struct {
	bun.BaseModel  `bun:"table:rollout_hold,alias:rh"`
	ID             ident.ID  `bun:"id,pk"`
	Programme      ident.ID  `bun:"programme"`
	Phase          ident.ID  `bun:"phase"`
	Wave           string    `bun:"wave"`
	State          HoldState `bun:"state"`
	Auto           bool      `bun:"auto"`
	Figures        Figures   `bun:"figures,type:json"`
	ProposedAt     time.Time `bun:"proposed_at"`
	DecidedByName  string    `bun:"decided_by_name"`
	DecidedAt      time.Time `bun:"decided_at,nullzero"`
	Reason         string    `bun:"reason"`
	ReleasedByName string    `bun:"released_by_name"`
	ReleasedAt     time.Time `bun:"released_at,nullzero"`
	ReleaseReason  string    `bun:"release_reason"`
	Version        int64     `bun:"version"`
}

// Changed tells that a hold was proposed, decided or released.
type Changed struct {
	Hold      ident.ID  `json:"hold"`
	Programme string    `json:"programme"`
	Phase     ident.ID  `json:"phase"`
	Wave      string    `json:"wave"`
	State     HoldState `json:"state"`
	Auto      bool      `json:"auto"`
}

// Topic is the event's name.
func (Changed) Topic() string { return "rollout.hold.changed" }

// Subject is the hold.
func (e Changed) Subject() string { return "hold:" + string(e.Hold) }

// why is why a held phase may not go forward.
func (h Hold) why() rollout.Reason {
	key := "outlook.reason.held"
	if h.Reason == "" {
		key = "outlook.reason.held_auto"
	}
	return rollout.Because(key, "seen", h.Figures.Seen, "expected", h.Figures.about(), "reason", h.Reason)
}

// about is the tickets expected, to the whole one.
func (f Figures) about() int { return int(math.Round(f.Expected)) }
