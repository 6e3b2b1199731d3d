package line

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/line/quality"
	"lotrinh/inventory/readiness"
)

// Row is a line on the board.
type Row struct {
	Line         `bun:",extend"`
	Code         string            `bun:"code"`
	Unit         string            `bun:"unit"`
	Name         string            `bun:"name"`
	State        inventory.State   `bun:"state"`
	ProviderName string            `bun:"provider_name"`
	Contract     map[string]string `bun:"-"` // declared facts by name
}

// Filter narrows the board.
type Filter struct {
	Health   Health
	District string
	Provider string
	Probed   string // "no": lines that the server does not probe
}

// Board is how the lines within reach stand.
type Board struct {
	Tree   *org.Tree
	Counts map[Health]int64
	Rows   page.Page[Row]
}

// within keeps a query over lines and assets to what the reader may see and asked for.
func (f Filter) within(who access.Actor, tree *org.Tree) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Join("JOIN asset AS a ON a.id = l.asset").Where("a.state NOT IN (?, ?)", inventory.Retired, inventory.Planned).Apply(who.Within(inventory.Look, "a.unit"))
		if f.District != "" {
			q = q.Where("a.unit IN (?)", bun.List(append(tree.Under(f.District), "")))
		}
		if f.Provider != "" {
			q = q.Where("l.provider = ?", f.Provider)
		}
		if f.Probed == "no" {
			q = q.Where("l.next_probe IS NULL")
		}
		return q
	}
}

// worst orders the board: what is dead first. rank is a row's place in that order.
const worst = "CASE l.health WHEN 'dead' THEN '0' WHEN 'slow' THEN '1' WHEN 'unknown' THEN '2' ELSE '3' END"

func (r Row) rank() string { return strconv.Itoa(max(slices.Index(Healths, r.Health), 0)) }

// Lines is a page of the lines within reach, the worst first.
func (s *Service) Lines(ctx context.Context, who access.Actor, f Filter, r page.Request) (Board, error) {
	if err := who.Need(inventory.Look); err != nil {
		return Board{}, err
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return Board{}, err
	}
	b := Board{Tree: tree, Counts: map[Health]int64{}}
	q := s.DB.Read()
	var counts []struct {
		Health Health `bun:"health"`
		N      int64  `bun:"n"`
	}
	err = q.NewSelect().TableExpr("wan_line AS l").ColumnExpr("l.health, count(*) AS n").Apply(f.within(who, tree)).GroupExpr("l.health").Scan(ctx, &counts)
	if err != nil {
		return b, db.Sorted(err)
	}
	for _, c := range counts {
		b.Counts[c.Health] = c.N
	}
	var rows []Row
	list := q.NewSelect().Model(&rows).ColumnExpr("l.*, a.code, a.unit, a.name, a.state, COALESCE(p.name, '') AS provider_name").
		Apply(f.within(who, tree)).Join("LEFT JOIN line_provider AS p ON p.id = l.provider")
	if f.Health != "" {
		list = list.Where("l.health = ?", f.Health)
	}
	if err := list.Apply(r.Up(worst, "a.code", "l.asset")).Scan(ctx); err != nil {
		return b, db.Sorted(err)
	}
	b.Rows = page.Cut(r, rows, func(x Row) []string { return []string{x.rank(), x.Code, string(x.Asset)} })
	return b, s.contracts(ctx, b.Rows.Items)
}

// contracts adds what was declared of some lines: one query.
func (s *Service) contracts(ctx context.Context, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	at := map[ident.ID]int{}
	ids := make([]ident.ID, len(rows))
	for i := range rows {
		ids[i], at[rows[i].Asset], rows[i].Contract = rows[i].Asset, i, map[string]string{}
	}
	var facts []inventory.Fact
	err := s.DB.Read().NewSelect().Model(&facts).Where("af.asset IN (?)", bun.List(ids)).Where("af.current").Where("af.source = ?", readiness.Declared).Scan(ctx)
	for _, f := range facts {
		rows[at[f.Asset]].Contract[f.Name] = f.Value
	}
	return db.Sorted(err)
}

// View is everything about one line.
type View struct {
	Row
	Place    string
	District string
	Provider Provider
	Wants    []Want
	Days     []DayView // of the last 30 days, rising
	Outages  []Outage  // the newest first
	Runs     []Run     // the newest first
	Facts    []inventory.Fact
}

// DayView is one day of a line from one source.
type DayView struct {
	Date       string
	Source     readiness.Source
	Seen, Runs int
	P50, P95   *float64
	Down, Up   *float64
	Sent, Lost int
}

const (
	// shownDays is how many days a line's page shows.
	shownDays    = 30
	shownOutages = 30
	shownRuns    = 10
)

// Line shows one line.
func (s *Service) Line(ctx context.Context, who access.Actor, id ident.ID) (View, error) {
	var v View
	if err := who.Need(inventory.Look); err != nil {
		return v, err
	}
	now, q := s.Business.Now(), s.DB.Read()
	tree, err := s.Units.Tree(ctx, now)
	if err != nil {
		return v, err
	}
	err = q.NewSelect().Model(&v.Row).ColumnExpr("l.*, a.code, a.unit, a.name, a.state, COALESCE(p.name, '') AS provider_name").
		Join("JOIN asset AS a ON a.id = l.asset").Join("LEFT JOIN line_provider AS p ON p.id = l.provider").
		Where("l.asset = ?", id).Apply(who.Within(inventory.Look, "a.unit")).Scan(ctx)
	if err != nil {
		return v, db.Sorted(err)
	}
	v.Place = tree.Place(v.Unit)
	if u, ok := tree.Unit(v.Unit); ok {
		v.District = u.Parent
	}
	if v.Line.Provider != "" {
		if err := q.NewSelect().Model(&v.Provider).Where("lp.id = ?", v.Line.Provider).Scan(ctx); err != nil {
			return v, db.Sorted(err)
		}
	}
	wanted, err := s.wanted(ctx, v.Unit)
	if err != nil {
		return v, err
	}
	v.Wants = wanted.at(v.Unit)
	return v, s.past(ctx, &v, now)
}

// past adds a line's days, outages, runs and facts.
func (s *Service) past(ctx context.Context, v *View, now time.Time) error {
	q := s.DB.Read()
	var days []dayRow
	err := q.NewSelect().Model(&days).ExcludeColumn("rtts", "downs", "ups").Where("ld.asset = ?", v.Asset).Where("ld.day > ?", clock.Date(now.AddDate(0, 0, -shownDays))).
		Order("ld.day", "ld.source").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	for _, d := range days {
		v.Days = append(v.Days, DayView{d.Day, d.Source, d.Seen, d.Runs, d.P50, d.P95, d.Down, d.Up, d.Sent, d.Lost})
	}
	if err := q.NewSelect().Model(&v.Outages).Where("lo.asset = ?", v.Asset).OrderExpr("lo.from_at DESC").Limit(shownOutages).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := q.NewSelect().Model(&v.Runs).ExcludeColumn("samples").Where("lr.asset = ?", v.Asset).Where("lr.done").OrderExpr("lr.at DESC").Limit(shownRuns).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	err = q.NewSelect().Model(&v.Facts).Where("af.asset = ?", v.Asset).Where("af.current").Order("af.name", "af.source").Scan(ctx)
	v.Contract = map[string]string{}
	for _, f := range v.Facts {
		if f.Source == readiness.Declared {
			v.Contract[f.Name] = f.Value
		}
	}
	return db.Sorted(err)
}

// Enough tells what the figures of a source still need: measurements and days in the
// window, beside what they have.
func (v View) Enough(source readiness.Source, now time.Time) (runs, days int) {
	from := clock.Date(now.AddDate(0, 0, 1-quality.Window))
	for _, d := range v.Days {
		if d.Source == source && d.Date >= from {
			runs, days = runs+d.Runs, days+1
		}
	}
	return runs, days
}

// Mine are the lines that somebody may measure: one's own commune's first come first.
func (s *Service) Mine(ctx context.Context, who access.Actor) ([]Row, error) {
	if err := who.Need(Measure); err != nil {
		return nil, err
	}
	var rows []Row
	err := s.DB.Read().NewSelect().Model(&rows).ColumnExpr("l.*, a.code, a.unit, a.name, a.state").Join("JOIN asset AS a ON a.id = l.asset").
		Where("a.state NOT IN (?, ?)", inventory.Retired, inventory.Planned).Apply(who.Within(Measure, "a.unit")).
		OrderExpr("CASE WHEN a.unit = ? THEN 0 ELSE 1 END, a.unit, a.code", who.Home).Limit(shownMine).Scan(ctx)
	return rows, db.Sorted(err)
}

// shownMine is how many lines the measuring page offers.
const shownMine = 700

// Forget drops raw samples and runs that have served their time, and the values of days
// that no window reaches back to; the figures of those days stay.
func (s *Service) Forget(ctx context.Context) error {
	now := s.Business.Now()
	old := now.Add(-s.Keep)
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, table := range []string{"line_hour WHERE hour", "line_run WHERE at"} {
			if _, err := tx.NewRaw("DELETE FROM "+table+" < ?", old).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		_, err := tx.NewRaw("UPDATE line_day SET rtts = '[]', downs = '[]', ups = '[]' WHERE day < ? AND day >= ?",
			clock.Date(now.AddDate(0, 0, -2*quality.Window)), clock.Date(now.AddDate(0, 0, -4*quality.Window))).Exec(ctx)
		return db.Sorted(err)
	})
}

// Down is how many lines are down now.
func (s *Service) Down(ctx context.Context) (float64, error) {
	n, err := s.DB.Read().NewSelect().Model((*Line)(nil)).Where("l.health = ?", Dead).Count(ctx)
	return float64(n), db.Sorted(err)
}
