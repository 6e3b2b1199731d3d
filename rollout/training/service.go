package training

import (
	"context"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// area is how kit packages know us.
const area = "rollout.training"

// Account is an account as this room needs it.
type Account struct {
	ID         ident.ID
	Name, Unit string
	Audience   Audience // what its post stands for; empty when for none
}

// People tells of accounts.
type People interface {
	// Trainers are the active accounts that teach.
	Trainers(ctx context.Context) ([]Account, error)
	// Account is one active account; one that is not active is an error.
	Account(ctx context.Context, id ident.ID) (Account, error)
}

// Deps is what this room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Units     rollout.Units
	Rollout   *rollout.Service
	Calendars deadline.Calendars
	Files     *files.Store
	People    People
	Words     *i18n.Catalog // papers are written in Vietnamese, whoever reads them
	Imports   *importer.Importer
	Key       signed.Key // signs codes on screens, links of learners and certificates
	Address   string     // of the site, for codes that phones read
}

// Service is the use cases of training. It is safe for concurrent use.
type Service struct {
	Deps
}

// New is the room over its neighbours; it offers the import of rosters.
func New(d Deps) *Service {
	s := &Service{Deps: d}
	d.Imports.Register(s.rosterImport())
	return s
}

func (s *Service) now() time.Time { return s.Business.Now() }

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	return s.Units.Tree(ctx, s.now())
}

// insert writes rows in parcels, so that no statement grows without bound.
func insert[T any](ctx context.Context, tx *db.Tx, rows []T) error {
	const parcel = 200
	for len(rows) > 0 {
		part := rows[:min(parcel, len(rows))]
		rows = rows[len(part):]
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}
