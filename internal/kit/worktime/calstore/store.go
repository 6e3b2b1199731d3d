package calstore

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/worktime"
)

type calendarRow struct {
	bun.BaseModel `bun:"table:work_calendar,alias:wc"`
	Name          string    `bun:"name,pk"`
	Title         string    `bun:"title"`
	Zone          string    `bun:"zone"`
	Week          string    `bun:"week"`
	Holidays      bool      `bun:"holidays"`
	ChangedAt     time.Time `bun:"changed_at"`
	Version       int64     `bun:"version"`
}

type yearRow struct {
	bun.BaseModel `bun:"table:work_year,alias:wy"`
	Year          int       `bun:"year,pk"`
	Status        string    `bun:"status"`
	Days          string    `bun:"days"`
	ChangedBy     string    `bun:"changed_by"`
	ChangedAt     time.Time `bun:"changed_at"`
	Version       int64     `bun:"version"`
}

// freshFor is how long a remembered calendar is trusted while another process may
// have changed it. What this process changes is forgotten at once.
const freshFor = 5 * time.Second

// Store keeps the calendars. It is safe for concurrent use.
type Store struct {
	db      *db.DB
	clock   clock.Clock // the machine's: paces the memory, stamps changes
	mu      sync.Mutex
	known   map[string]*worktime.Calendar
	checked time.Time
	changes int // how often something was forgotten
}

// New is the store over a database.
func New(d *db.DB, machine clock.Clock) *Store { return &Store{db: d, clock: machine} }

// Calendar is the calendar of a name, Missing when there is none.
func (s *Store) Calendar(ctx context.Context, name string) (*worktime.Calendar, error) {
	s.mu.Lock()
	known, age := s.known, s.clock.Now().Sub(s.checked)
	s.mu.Unlock()
	if known == nil || age < 0 || age > freshFor {
		var err error
		if known, err = s.load(ctx); err != nil {
			return nil, err
		}
	}
	c, ok := known[name]
	if !ok {
		return nil, fault.New(fault.Missing, "worktime.store.no_calendar", "name", name)
	}
	return c, nil
}

// load reads every calendar: two queries.
func (s *Store) load(ctx context.Context) (map[string]*worktime.Calendar, error) {
	now := s.clock.Now()
	s.mu.Lock()
	before := s.changes
	s.mu.Unlock()
	known, err := read(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changes == before { // else it was changed while we read
		s.known, s.checked = known, now
	}
	return known, nil
}

func read(ctx context.Context, idb bun.IDB) (map[string]*worktime.Calendar, error) {
	var rows []calendarRow
	if err := idb.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	years, err := allYears(ctx, idb)
	if err != nil {
		return nil, err
	}
	known := map[string]*worktime.Calendar{}
	for _, r := range rows {
		c, err := r.build(years)
		if err != nil {
			return nil, err
		}
		known[r.Name] = c
	}
	return known, nil
}

func (r calendarRow) build(years []worktime.Year) (*worktime.Calendar, error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	var week worktime.Week
	if err := json.Unmarshal([]byte(r.Week), &week); err != nil {
		return nil, fault.Because(fault.Internal, "fault.internal", err)
	}
	if r.Holidays {
		return worktime.Compose(zone, week, years), nil
	}
	return worktime.New(worktime.Spec{Zone: zone, Week: week})
}

func allYears(ctx context.Context, idb bun.IDB) ([]worktime.Year, error) {
	var rows []yearRow
	if err := idb.NewSelect().Model(&rows).Order("wy.year").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	years := make([]worktime.Year, len(rows))
	for i, r := range rows {
		y, err := r.year()
		if err != nil {
			return nil, err
		}
		years[i] = y
	}
	return years, nil
}

func (r yearRow) year() (worktime.Year, error) {
	var y worktime.Year
	if err := json.Unmarshal([]byte(r.Days), &y); err != nil {
		return y, fault.Because(fault.Internal, "fault.internal", err)
	}
	y.Year, y.Status = r.Year, worktime.Status(r.Status)
	return y, nil
}

// In is a calendar source that sees what a transaction has changed so far, and what
// other processes have saved.
func (s *Store) In(tx *db.Tx) *Inside { return &Inside{tx: tx} }

// Inside reads the calendars once, within a transaction.
type Inside struct {
	tx    *db.Tx
	known map[string]*worktime.Calendar
}

// Calendar is the calendar of a name as the transaction sees it.
func (i *Inside) Calendar(ctx context.Context, name string) (*worktime.Calendar, error) {
	if i.known == nil {
		var err error
		if i.known, err = read(ctx, i.tx); err != nil {
			return nil, err
		}
	}
	if c, ok := i.known[name]; ok {
		return c, nil
	}
	return nil, fault.New(fault.Missing, "worktime.store.no_calendar", "name", name)
}

func (s *Store) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known = nil
	s.changes++
}
