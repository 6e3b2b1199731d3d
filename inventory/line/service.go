package line

import (
	"context"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/org"
	"lotrinh/inventory"
)

// The rights of this room. Looking is inventory.Look, provider and contract are
// changed with inventory.Edit.
const (
	Measure   access.Perm = "inventory.line.measure"   // measure one's line, report its outages
	Configure access.Perm = "inventory.line.configure" // set what the server probes, keep the providers
)

// Units answers what the city consists of.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Deps is what the room stands on. Every is how often a line is probed, not at all
// when zero; Keep is how long raw samples stay.
type Deps struct {
	DB                *db.DB
	Business, Machine clock.Clock
	Calendars         deadline.Calendars
	Calendar          string // whose working hours count
	Units             Units
	Inventory         *inventory.Service
	Key               signed.Key
	Words             *i18n.Catalog
	Guard             Guard
	Every, Keep       time.Duration
}

// Service is what can be done with lines.
type Service struct {
	Deps
	pings  pingCounter
	beside []Beside
}

// PutBeside names a page of another room that the board leads to.
func (s *Service) PutBeside(b Beside) { s.beside = append(s.beside, b) }

// New is the room over its neighbours.
func New(d Deps) *Service {
	return &Service{Deps: d, pings: pingCounter{mu: &sync.Mutex{}, seen: map[ident.ID]int{}}}
}

// Health is how a line stands, in one word.
type Health string

// The answers. Slow is a line that falls short of what is asked of it.
const (
	Dead    Health = "dead"
	Slow    Health = "slow"
	Unknown Health = "unknown"
	Fine    Health = "fine"
)

// Healths are all of them, the worst first.
var Healths = []Health{Dead, Slow, Unknown, Fine}

// Line is what is kept of a WAN line beside its asset.
type Line struct {
	bun.BaseModel `bun:"table:wan_line,alias:l"`
	Asset         ident.ID  `bun:"asset,pk"`
	Provider      ident.ID  `bun:"provider"` // empty while nobody said
	Circuit       string    `bun:"circuit"`  // the provider's number of the line
	Target        string    `bun:"target"`   // address that the server probes, empty for none
	TargetBy      ident.ID  `bun:"target_by"`
	NextProbe     time.Time `bun:"next_probe,nullzero"`
	Fails         int       `bun:"fails"` // probes in a row
	FailingSince  time.Time `bun:"failing_since,nullzero"`
	ProbedAt      time.Time `bun:"probed_at,nullzero"`
	Answered      bool      `bun:"answered"` // the last probe
	RTT           *float64  `bun:"rtt"`      // of the last probe, ms
	Health        Health    `bun:"health"`
	Since         time.Time `bun:"since"`            // of the health
	DownNow       bool      `bun:"down_now"`         // somebody says so: a probe or a person
	ToldAt        time.Time `bun:"told_at,nullzero"` // when the help desk was told of it
	DirtyFrom     string    `bun:"dirty_from"`       // the first day whose figures must be computed anew; empty for none
	FiguredAt     time.Time `bun:"figured_at,nullzero"`
	FactsAt       time.Time `bun:"facts_at,nullzero"` // when the inventory was last told
	Said          string    `bun:"said"`              // which wants it met then
	P95           *float64  `bun:"p95"`               // ms, of the strongest source
	Loss          *float64  `bun:"loss"`              // percent
	Down          *float64  `bun:"down"`              // Mbps
	Up            *float64  `bun:"up"`
	Availability  *float64  `bun:"availability"` // percent
	Version       int64     `bun:"version"`
}

// dirty says that the figures of a day and of those after it must be computed anew.
func (l *Line) dirty(day string) {
	if l.DirtyFrom == "" || day < l.DirtyFrom {
		l.DirtyFrom = day
	}
}

// Provider is a company that provides lines, and whom to tell of trouble.
type Provider struct {
	bun.BaseModel `bun:"table:line_provider,alias:lp"`
	ID            ident.ID `bun:"id,pk"`
	Name          string   `bun:"name"`
	Contact       string   `bun:"contact"` // person or desk that takes tickets
	Phone         string   `bun:"phone"`
	Mail          string   `bun:"mail"`
	Portal        string   `bun:"portal"` // address of its ticket page
	Active        bool     `bun:"active"`
	Version       int64    `bun:"version"`
}

// Outage is a time in which a line was down.
type Outage struct {
	bun.BaseModel `bun:"table:line_outage,alias:lo"`
	ID            ident.ID  `bun:"id,pk"`
	Asset         ident.ID  `bun:"asset"`
	Source        string    `bun:"source"` // ByProbe or ByPerson
	FromAt        time.Time `bun:"from_at"`
	UntilAt       time.Time `bun:"until_at,nullzero"`
	Reference     string    `bun:"reference"` // the provider's number of the trouble
	Note          string    `bun:"note"`
	ByID          ident.ID  `bun:"by_id"`
	ByName        string    `bun:"by_name"`
	MadeAt        time.Time `bun:"made_at"`
	Version       int64     `bun:"version"`
}

// Who says that a line is down.
const (
	ByProbe  = "probe"
	ByPerson = "person"
)

// Open tells whether the line has not come back.
func (o Outage) Open() bool { return o.UntilAt.IsZero() }

// Adopt gives lines that the inventory knows and this room does not a row. It tells
// how many.
func (s *Service) Adopt(ctx context.Context) (int, error) {
	var fresh []ident.ID
	const unknown = `SELECT a.id FROM asset AS a WHERE a.kind = 'line' AND NOT EXISTS (SELECT 1 FROM wan_line AS l WHERE l.asset = a.id) LIMIT 500`
	if err := s.DB.Read().NewRaw(unknown).Scan(ctx, &fresh); err != nil || len(fresh) == 0 {
		return 0, db.Sorted(err)
	}
	return len(fresh), s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.adopt(ctx, tx, fresh...) })
}

func (s *Service) adopt(ctx context.Context, tx *db.Tx, assets ...ident.ID) error {
	now := s.Business.Now()
	rows := make([]Line, len(assets))
	for i, id := range assets {
		rows[i] = Line{Asset: id, Health: Unknown, Since: now, Version: 1}
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (asset) DO NOTHING").Exec(ctx)
	return db.Sorted(err)
}

// lineIn is a line with its asset for a change, adopted when it is new here.
func (s *Service) lineIn(ctx context.Context, tx *db.Tx, who access.Actor, need access.Perm, id ident.ID) (Line, inventory.Asset, error) {
	a, err := s.asset(ctx, tx, who, need, id)
	if err != nil {
		return Line{}, a, err
	}
	if err := s.adopt(ctx, tx, id); err != nil {
		return Line{}, a, err
	}
	var l Line
	err = tx.NewSelect().Model(&l).Where("l.asset = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx)
	return l, a, db.Sorted(err)
}

// asset is a line's asset, where the actor may do this; anything else is missing.
func (s *Service) asset(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID) (inventory.Asset, error) {
	var a inventory.Asset
	if err := who.Need(need); err != nil {
		return a, err
	}
	err := q.NewSelect().Model(&a).Where("a.id = ?", id).Where("a.kind = ?", inventory.WANLine).Apply(who.Within(need, "a.unit")).Scan(ctx)
	return a, db.Sorted(err)
}
