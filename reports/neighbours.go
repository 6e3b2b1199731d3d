package reports

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
	"lotrinh/reports/metric"
)

// Measures tells metrics of days from the maintained store, each reader what lies in the reach
// of his right to read reports.
type Measures interface {
	// Values are metrics of units over a span; rates come as their parts.
	Values(ctx context.Context, who access.Actor, a metric.Ask) (metric.Table, error)
	// Series are metrics of units from day to day.
	Series(ctx context.Context, who access.Actor, a metric.Ask) ([]metric.Line, error)
}

// Ask is what a neighbour is asked for: as whom, and of which part of the city. The
// answer holds what lies both in the actor's reach and under the unit.
type Ask struct {
	Who  access.Actor
	Unit string // code
	// At is the moment as of which standing figures are told, from dated facts as they are
	// known now; zero is now.
	At time.Time
}

// Rollout tells how far a programme is, in a constant number of queries.
type Rollout interface {
	Programmes(ctx context.Context) ([]Programme, error)
	Progress(ctx context.Context, a Ask, programme string) (Progress, error)
}

// Inventory tells what is lacking.
type Inventory interface {
	Gaps(ctx context.Context, a Ask) (Gaps, error)
}

// HelpDesk tells what is being asked for; Opened counts what was opened in [from, until).
type HelpDesk interface {
	Tickets(ctx context.Context, a Ask, from, until time.Time) (Tickets, error)
}

// Units answers what the city consists of.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Work knows on which days offices work.
type Work interface {
	WorkDays(ctx context.Context) (*worktime.Calendar, error)
}

// Readers are the people who look after reports.
type Readers interface {
	Keepers(ctx context.Context) ([]Reader, error)
}

// Reader is who gets a notice.
type Reader struct {
	Account ident.ID
	Lang    i18n.Lang
}

// Programme is what a report is about.
type Programme struct {
	Code       string `json:"code"`
	Title      string `json:"title"`
	TitleEN    string `json:"title_en"`
	LegalBasis string `json:"legal_basis"`
	DecidedOn  string `json:"decided_on"`
}

// Counts are communes of a set. Declared, Verified and Bare (verified without
// waivers) leave out the communes where the service was live before.
type Counts struct {
	Total     int `json:"total"`
	Preparing int `json:"preparing"`
	Trial     int `json:"trial"`
	Official  int `json:"official"`
	Live      int `json:"live"`
	Declared  int `json:"declared"`
	Verified  int `json:"verified"`
	Bare      int `json:"bare"`
}

func (c *Counts) add(o Counts) {
	c.Total += o.Total
	c.Preparing += o.Preparing
	c.Trial += o.Trial
	c.Official += o.Official
	c.Live += o.Live
	c.Declared += o.Declared
	c.Verified += o.Verified
	c.Bare += o.Bare
}

// Phase is a wave of the programme. Live marks the one where the service ran before.
type Phase struct {
	No         int    `json:"no"`
	Name       string `json:"name"`
	NameEN     string `json:"name_en"`
	TrialOn    string `json:"trial_on"`
	OfficialOn string `json:"official_on"`
	Live       bool   `json:"live"`
	Counts
}

// District is the communes of one district.
type District struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Phase int    `json:"phase"`
	Href  string `json:"href"`
	Counts
}

// Day is the end of one day, or this moment on the current day; days to come have a
// plan only.
type Day struct {
	Day      string `json:"day"`
	Planned  int    `json:"planned"`
	Known    bool   `json:"known"`
	Declared int    `json:"declared"`
	Verified int    `json:"verified"`
	Official int    `json:"official"`
}

// Tile is one commune on the schematic map.
type Tile struct {
	Unit     string `json:"unit"`
	Name     string `json:"name"`
	District string `json:"district"`
	Stage    string `json:"stage"` // preparing, trial, official, live
	Href     string `json:"href"`
}

// Held is a commune whose gate is not met, with the reasons.
type Held struct {
	Unit         string      `json:"unit"`
	Name         string      `json:"name"`
	District     string      `json:"district"`
	DistrictName string      `json:"district_name"`
	Phase        int         `json:"phase"`
	Stage        string      `json:"stage"`
	Answer       string      `json:"answer"`  // unmet, unknown
	Reasons      []i18n.Line `json:"reasons"` // by criterion
	Details      []i18n.Line `json:"details"` // what was measured; names no person
	Href         string      `json:"href"`
}

// Milestone is a day that the plan promises.
type Milestone struct {
	Title     string `json:"title"`
	TitleEN   string `json:"title_en"`
	PlannedOn string `json:"planned_on"`
	ActualOn  string `json:"actual_on"`
}

// Progress is a programme in figures at a moment.
type Progress struct {
	At         time.Time   `json:"at"`
	Programme  Programme   `json:"programme"`
	Phases     []Phase     `json:"phases"`
	Districts  []District  `json:"districts"`
	Total      Counts      `json:"total"` // without the live ones
	Days       []Day       `json:"days"`
	Tiles      []Tile      `json:"tiles"`
	Held       []Held      `json:"held"` // of phases that have begun, unmet first
	Milestones []Milestone `json:"milestones"`
	Href       string      `json:"href"`
	HeldHref   string      `json:"held_href"`
}

// Tally is how many of something a district has open, and how many of these late.
type Tally struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Open int    `json:"open"`
	Late int    `json:"late"`
	Href string `json:"href"`
}

// Item is one open thing that wants attention: a gap or a ticket. It names no person.
type Item struct {
	Code  string    `json:"code"`
	Unit  string    `json:"unit"`
	Name  string    `json:"name"` // of the unit
	What  i18n.Line `json:"what"`
	Since time.Time `json:"since"`
	Due   time.Time `json:"due"` // zero when nothing is due
	Late  bool      `json:"late"`
	Href  string    `json:"href"`
}

// Gaps is what is lacking: oldest first, as many as a report lists.
type Gaps struct {
	Open      int     `json:"open"`
	Late      int     `json:"late"`
	Districts []Tally `json:"districts"`
	Oldest    []Item  `json:"oldest"`
	Href      string  `json:"href"`
	LateHref  string  `json:"late_href"`
}

// Tickets is what the help desk has to do; Overdue lists the most overdue first.
type Tickets struct {
	Open      int     `json:"open"`
	Hold      int     `json:"hold"`
	Late      int     `json:"late"`
	Opened    int     `json:"opened"` // in the period
	Districts []Tally `json:"districts"`
	Overdue   []Item  `json:"overdue"`
	Href      string  `json:"href"`
	LateHref  string  `json:"late_href"`
}
