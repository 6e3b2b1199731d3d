package gallery

import (
	"context"
	"sync"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/reports"
	"lotrinh/reports/define"
)

// Deps is what this room stands on.
type Deps struct {
	DB                *db.DB
	Business, Machine clock.Clock
}

// Store keeps definitions and answers which are published. It is safe for concurrent use.
type Store struct {
	Deps
	read sync.Map // ID of a published version: its reports.Definition
}

// NewStore keeps definitions in a database.
func NewStore(d Deps) *Store { return &Store{Deps: d} }

// ours is who writes down what the product brings.
var ours = access.System("reports")

// Seed writes down the versions that the product brings and that are not there yet.
func (s *Store) Seed(ctx context.Context) error {
	all, err := define.ReadShipped()
	if err != nil {
		return err
	}
	var known []Version
	if err := s.DB.Read().NewSelect().Model(&known).Column("definition", "shipped").Where("rv.shipped > 0").Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	have := map[string]int64{}
	for _, v := range known {
		have[v.Definition] = max(have[v.Definition], v.Shipped)
	}
	for i, d := range all {
		if int64(d.Version) <= have[d.Key] {
			continue
		}
		if err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.bring(ctx, tx, i, d) }); err != nil {
			return err
		}
	}
	return nil
}

// bring writes down one version of the product; it comes into force unless a version of
// the house is. Another process that was faster is no error.
func (s *Store) bring(ctx context.Context, tx *db.Tx, place int, d define.Shipped) error {
	if _, err := tx.NewRaw("INSERT INTO report_definition (key, place, in_force, version) VALUES (?, ?, '', 1) ON CONFLICT DO NOTHING", d.Key, place).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	e, err := entry(ctx, tx, d.Key)
	if err != nil {
		return err
	}
	var force []Version
	if err := tx.NewSelect().Model(&force).Where("rv.definition = ?", d.Key).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	no, own := int64(d.Version), false
	for _, v := range force {
		if v.Shipped == int64(d.Version) {
			return nil
		}
		no = max(no, v.No+1)
		own = own || v.ID == e.InForce && v.Shipped == 0
	}
	now, at := s.Business.Now(), s.Machine.Now()
	v := Version{ID: ident.New(at), Definition: d.Key, No: no, State: Published, Shipped: int64(d.Version), Body: string(d.Canonical), Hash: define.Hash(d.Canonical),
		MadeAt: now, MadeName: ours.Name, PublishedAt: &now, PublishedName: ours.Name, Version: 1}
	if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if own {
		return nil
	}
	_, err = tx.NewRaw("UPDATE report_definition SET in_force = ?, version = version + 1 WHERE key = ?", v.ID, d.Key).Exec(ctx)
	return db.Sorted(err)
}

// mostDefinitions is how many definitions a house keeps.
const mostDefinitions = 200

// Published are the definitions that runs of now are made by, in their order.
func (s *Store) Published(ctx context.Context) ([]reports.Definition, error) {
	var rows []Version
	err := s.DB.Read().NewSelect().Model(&rows).Join("JOIN report_definition AS rd ON rd.in_force = rv.id").
		Order("rd.place", "rd.key").Limit(mostDefinitions).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	all := make([]reports.Definition, 0, len(rows))
	for _, v := range rows {
		d, err := s.defined(v)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// defined is a published version, read once; what was changed behind our back is refused.
func (s *Store) defined(v Version) (reports.Definition, error) {
	if define.Hash([]byte(v.Body)) != v.Hash {
		return reports.Definition{}, fault.New(fault.Internal, "gallery.bent")
	}
	kept, _ := s.read.Load(v.ID)
	if d, is := kept.(reports.Definition); is {
		return d, nil
	}
	d, err := reports.Defined([]byte(v.Body), int(v.No))
	if err == nil && v.State == Published {
		s.read.Store(v.ID, d)
	}
	return d, err
}
