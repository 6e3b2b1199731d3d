package promise

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// row is a rule as it stands now.
type row struct {
	bun.BaseModel `bun:"table:sla_rule,alias:sr"`
	Key           string    `bun:"key,pk"`
	Position      int64     `bun:"position"`
	Version       int64     `bun:"version"`
	Name          string    `bun:"name"`
	Off           bool      `bun:"off"`
	Terms         string    `bun:"terms"`
	ChangedAt     time.Time `bun:"changed_at"`
	ChangedBy     ident.ID  `bun:"changed_by"`
}

// past is a version of a rule.
type past struct {
	bun.BaseModel `bun:"table:sla_rule_version,alias:sv"`
	Key           string    `bun:"key,pk"`
	Version       int64     `bun:"version,pk"`
	Name          string    `bun:"name"`
	Terms         string    `bun:"terms"`
	At            time.Time `bun:"at"`
	ChangedBy     ident.ID  `bun:"changed_by"`
}

func (r row) past() past {
	return past{Key: r.Key, Version: r.Version, Name: r.Name, Terms: r.Terms, At: r.ChangedAt, ChangedBy: r.ChangedBy}
}

func (r row) rule() (sla.Rule, error) {
	rule := sla.Rule{Key: r.Key, Version: r.Version, Name: r.Name, Off: r.Off}
	if err := json.Unmarshal([]byte(r.Terms), &rule.Terms); err != nil {
		return rule, fault.Because(fault.Internal, "fault.internal", err)
	}
	return rule, nil
}

func written(t sla.Terms) (string, error) {
	raw, err := json.Marshal(t)
	if err != nil {
		return "", fault.Because(fault.Internal, "fault.internal", err)
	}
	return string(raw), nil
}

// freshFor is how long remembered rules are trusted while another process may have
// changed them. What this process changes is forgotten at once.
const freshFor = 5 * time.Second

// Store keeps the rules. It is safe for concurrent use.
type Store struct {
	db      *db.DB
	machine clock.Clock
	mu      sync.Mutex
	known   sla.Book
	read    time.Time
	changes int
}

// NewStore is the store over a database; the clock is the machine's.
func NewStore(d *db.DB, machine clock.Clock) *Store { return &Store{db: d, machine: machine} }

// Seed writes the shipped rules into a store that has none.
func (s *Store) Seed(ctx context.Context) error {
	rows, err := all(ctx, s.db.Read())
	if err != nil || len(rows) > 0 {
		return err
	}
	now := s.machine.Now()
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var fresh []row
		var versions []past
		for i, r := range sla.Shipped() {
			terms, err := written(r.Terms)
			if err != nil {
				return err
			}
			one := row{Key: r.Key, Position: int64(i + 1), Version: r.Version, Terms: terms, ChangedAt: now, ChangedBy: "system:helpdesk"}
			fresh, versions = append(fresh, one), append(versions, one.past())
		}
		if _, err := tx.NewInsert().Model(&fresh).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		_, err := tx.NewInsert().Model(&versions).On("CONFLICT DO NOTHING").Exec(ctx)
		tx.After(s.forget)
		return db.Sorted(err)
	})
}

// all are the rules in their order; the one for everything is last.
func all(ctx context.Context, from bun.IDB) ([]row, error) {
	var rows []row
	err := from.NewSelect().Model(&rows).OrderExpr("CASE WHEN sr.key = ? THEN 1 ELSE 0 END, sr.position, sr.key", sla.CatchAll).Scan(ctx)
	return rows, db.Sorted(err)
}

func bookOf(rows []row) (sla.Book, error) {
	book := make(sla.Book, len(rows))
	for i, r := range rows {
		var err error
		if book[i], err = r.rule(); err != nil {
			return nil, err
		}
	}
	return book, nil
}

// Book is the rules in their order; a store that has none answers with the shipped ones.
func (s *Store) Book(ctx context.Context) (sla.Book, error) {
	now := s.machine.Now()
	s.mu.Lock()
	known, age, before := s.known, now.Sub(s.read), s.changes
	s.mu.Unlock()
	if known != nil && age >= 0 && age <= freshFor {
		return known, nil
	}
	rows, err := all(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	book, err := bookOf(rows)
	if err != nil {
		return nil, err
	}
	if len(book) == 0 {
		book = sla.Shipped()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes == before { // else it was changed while we read
		s.known, s.read = book, now
	}
	return book, nil
}

func (s *Store) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = nil
	s.changes++
}

// Past is a rule as it was in the version that a ticket names, Missing when there is none.
func (s *Store) Past(ctx context.Context, ref string) (sla.Rule, error) {
	key, version, ok := sla.ParseRef(ref)
	if !ok {
		return sla.Rule{}, fault.New(fault.Missing, "fault.missing")
	}
	var v past
	if err := s.db.Read().NewSelect().Model(&v).Where("sv.key = ?", key).Where("sv.version = ?", version).Scan(ctx); err != nil {
		return sla.Rule{}, db.Sorted(err)
	}
	return row{Key: v.Key, Version: v.Version, Name: v.Name, Terms: v.Terms}.rule()
}
