package services

import (
	"context"
	"embed"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// area is how kit packages know us.
const area = "rollout.services"

// Account is an account as this room needs it.
type Account struct {
	ID   ident.ID
	Name string
}

// People tells of accounts; app fits the directory in.
type People interface {
	// FocalPoints are the active accounts that hold the post of a focal point.
	FocalPoints(ctx context.Context) ([]Account, error)
}

// Deps is what this room stands on.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Units    rollout.Units
	Rollout  *rollout.Service
	Files    *files.Store
	People   People
	Words    *i18n.Catalog
	Imports  *importer.Importer
}

// Service is the use cases of services. It is safe for concurrent use.
type Service struct{ Deps }

// New is the room over its neighbours.
func New(d Deps) *Service {
	s := &Service{d}
	d.Imports.Register(s.nameImport())
	d.Imports.Register(s.quotaImport())
	return s
}

func (s *Service) now() time.Time { return s.Business.Now() }

func (s *Service) tree(ctx context.Context, at time.Time) (*org.Tree, error) {
	return s.Units.Tree(ctx, at)
}

func tidy(s string) string { return fold.NFC(strings.Join(strings.Fields(s), " ")) }

// item is one service.
func item(ctx context.Context, q bun.IDB, id ident.ID) (Item, error) {
	var i Item
	return i, db.Sorted(q.NewSelect().Model(&i).Where("si.id = ?", id).Scan(ctx))
}

// Items are the services of some levels, in order.
func (s *Service) Items(ctx context.Context, who access.Actor, levels ...Level) ([]Item, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, err
	}
	var rows []Item
	err := s.DB.Read().NewSelect().Model(&rows).Where("si.level IN (?)", bun.List(levels)).OrderExpr("si.level = ?, si.level, si.lead, si.ordinal", Link).Limit(1000).Scan(ctx)
	return rows, db.Sorted(err)
}

// Programme is the programme of services with its waves; Missing before one is set up.
func (s *Service) Programme(ctx context.Context, who access.Actor) (rollout.ServiceProgramme, error) {
	all, err := s.Rollout.ServiceProgrammes(ctx, who)
	if err != nil {
		return rollout.ServiceProgramme{}, err
	}
	if len(all) == 0 {
		return rollout.ServiceProgramme{}, fault.New(fault.Missing, "fault.missing")
	}
	return all[0], nil
}

// insert writes rows in parcels, so that no statement grows without bound.
func insert[T any](ctx context.Context, tx *db.Tx, rows []T, counted ...string) error {
	const parcel = 200
	for len(rows) > 0 {
		part := rows[:min(parcel, len(rows))]
		rows = rows[len(part):]
		if _, err := tx.NewInsert().Model(&part).ExcludeColumn(counted...).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}
