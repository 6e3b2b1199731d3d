package inventory

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory/readiness"
)

// SiteFact is a figure of a commune that quantities follow: how many people work at its
// counter, how many live there, how many procedures it settles a day. Rows are never
// changed but for Current: whether it is the newest of its name and source.
type SiteFact struct {
	bun.BaseModel `bun:"table:site_fact,alias:sf"`
	ID            ident.ID         `bun:"id,pk"`
	Unit          string           `bun:"unit"`
	Name          string           `bun:"name"`
	Value         string           `bun:"value"`
	Source        readiness.Source `bun:"source"`
	ObservedAt    time.Time        `bun:"observed_at"`
	Observer      ident.ID         `bun:"observer"`
	ObserverName  string           `bun:"observer_name"`
	RecordedAt    time.Time        `bun:"recorded_at"`
	Said          string           `bun:"said"` // where the figure is from
	Current       bool             `bun:"current"`
}

// mostOf is how large a figure of a commune may be.
var mostOf = map[string]int64{readiness.StaffAtCounter: 200, readiness.StaffHandling: 200, readiness.StaffSigning: 50, readiness.Population: 1_000_000, readiness.ProceduresADay: 10_000}

// SiteForm is what a person typed about a figure of a commune. An empty day is today;
// Seen tells that somebody who may say so counted on the spot.
type SiteForm struct {
	Name, Value, Day, Said string
	Seen                   bool
}

func (f *SiteForm) check(now time.Time) (at time.Time, err error) {
	f.Said = tidy(f.Said)
	var k fault.Check
	most, ok := mostOf[f.Name]
	k.Need(ok, "name", "inventory.site.name_needed")
	n, nerr := readFigure(f.Value)
	k.Need(nerr == nil && n == float64(int64(n)) && n >= 0 && n <= float64(most), "value", "inventory.site.value_bad", "most", most)
	k.Need(utf8.RuneCountInString(f.Said) <= 300, "said", "inventory.form.long", "limit", 300)
	at = now
	if day := strings.TrimSpace(f.Day); day != "" {
		d, derr := dayStart(day)
		k.Need(derr == nil && !d.After(now), "day", "inventory.site.day_bad")
		at = d
	}
	f.Value = strconv.FormatInt(int64(n), 10)
	return at, k.Err()
}

// Check tells what is wrong with what was typed, at a moment.
func (f SiteForm) Check(now time.Time) error {
	_, err := f.check(now)
	return err
}

// SetSite records a figure of a commune beside what is known, and judges the commune.
func (s *Service) SetSite(ctx context.Context, who access.Actor, unit string, f SiteForm) error {
	need := Edit
	if f.Seen {
		need = Inspect
	}
	if err := who.NeedAt(need, unit); err != nil {
		return err
	}
	return s.setSite(ctx, who, map[string][]SiteForm{unit: {f}})
}

// SetSites records figures of many communes at once: all of them, or none.
func (s *Service) SetSites(ctx context.Context, who access.Actor, all map[string][]SiteForm) error {
	for unit, forms := range all {
		if err := who.NeedAt(Edit, unit); err != nil {
			return err
		}
		for _, f := range forms {
			if f.Seen {
				if err := who.NeedAt(Inspect, unit); err != nil {
					return err
				}
			}
		}
	}
	return s.setSite(ctx, who, all)
}

func (s *Service) setSite(ctx context.Context, who access.Actor, all map[string][]SiteForm) error {
	known, _, err := s.Known(ctx)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	var rows []SiteFact
	var units []string
	for unit, forms := range all {
		if !known(unit) {
			return missingUnit()
		}
		units = append(units, unit)
		for _, f := range forms {
			at, err := f.check(now)
			if err != nil {
				return err
			}
			source := readiness.Declared
			if f.Seen {
				source = readiness.Seen
			}
			rows = append(rows, SiteFact{ID: ident.New(now), Unit: unit, Name: f.Name, Value: f.Value, Source: source, ObservedAt: at,
				Observer: who.ID, ObserverName: who.Name, RecordedAt: now, Said: f.Said, Current: true})
		}
	}
	slices.Sort(units)
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := lockUnits(ctx, tx, units); err != nil {
			return err
		}
		if err := keepSite(ctx, tx, units, rows); err != nil {
			return err
		}
		for _, r := range rows {
			line := i18n.L("inventory.note.site", "fact", i18n.Key("inventory.fact."+r.Name), "value", intOf(r.Value))
			if err := note(ctx, tx, now, r.Unit, "unit:"+r.Unit, who, line, r.Said); err != nil {
				return err
			}
			err := trail.Write(ctx, tx, now, who, "inventory.site.told", r.Unit, map[string][2]any{r.Name: {nil, r.Value}, "source": {nil, r.Source}}, trail.At(r.Unit))
			if err != nil {
				return err
			}
		}
		return s.judge(ctx, tx, units...)
	})
}

// keepSite adds figures; the older one of a name and source is current no more, and one
// observed before what is known goes straight into the history.
func keepSite(ctx context.Context, tx *db.Tx, units []string, rows []SiteFact) error {
	have, err := siteOf(ctx, tx, units)
	if err != nil {
		return err
	}
	var old []ident.ID
	for i, r := range rows {
		for _, h := range have {
			if h.Unit != r.Unit || h.Name != r.Name || h.Source != r.Source {
				continue
			}
			if h.ObservedAt.After(r.ObservedAt) {
				rows[i].Current = false
			} else {
				old = append(old, h.ID)
			}
		}
	}
	if len(old) > 0 {
		if _, err := tx.NewRaw("UPDATE site_fact SET current = FALSE WHERE id IN (?)", bun.List(old)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return insertAll(ctx, tx, rows)
}

// siteOf are the current figures of communes, of all sources.
func siteOf(ctx context.Context, q bun.IDB, units []string) ([]SiteFact, error) {
	var rows []SiteFact
	err := q.NewSelect().Model(&rows).Where("sf.unit IN (?)", bun.List(units)).Where("sf.current").Order("sf.unit", "sf.name", "sf.id").Scan(ctx)
	return rows, db.Sorted(err)
}

// Site are the current figures of a commune, of all sources.
func (s *Service) Site(ctx context.Context, who access.Actor, unit string) ([]SiteFact, error) {
	if err := who.NeedAt(Look, unit); err != nil {
		return nil, err
	}
	return siteOf(ctx, s.db.Read(), []string{unit})
}

func intOf(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0 // stored figures are whole numbers
	}
	return n
}
