package duty

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// groupRow is how a group wants its tickets given out.
type groupRow struct {
	bun.BaseModel `bun:"table:duty_group,alias:dg"`
	Group         helpdesk.Group `bun:"grp,pk"`
	Mode          Mode           `bun:"mode"`
	Last          ident.ID       `bun:"last_given"`
	Version       int64          `bun:"version"`
}

// districtRow says who answers for a district.
type districtRow struct {
	bun.BaseModel `bun:"table:duty_district,alias:dd"`
	Group         helpdesk.Group `bun:"grp,pk"`
	District      string         `bun:"district,pk"`
	Account       ident.ID       `bun:"account"`
}

// roster reads the whole roster from a day on: three queries, whatever the number of people.
func roster(ctx context.Context, from bun.IDB, now time.Time) (Roster, error) {
	var r Roster
	day := clock.Date(now.AddDate(0, 0, -7))
	if err := from.NewSelect().Model(&r.Shifts).Order("ds.grp", "ds.account", "ds.weekday", "ds.from_minute").Scan(ctx); err != nil {
		return r, db.Sorted(err)
	}
	if err := from.NewSelect().Model(&r.Exceptions).Where("de.day >= ?", day).Order("de.day", "de.account").Scan(ctx); err != nil {
		return r, db.Sorted(err)
	}
	err := from.NewSelect().Model(&r.Absences).Where("ab.state IN ('planned', 'away')").Where("ab.until_at > ?", now).Order("ab.until_at", "ab.id").Scan(ctx)
	return r, db.Sorted(err)
}

// modes are how every group wants it; a group without a row gives out by hand.
func modes(ctx context.Context, from bun.IDB) (map[helpdesk.Group]groupRow, error) {
	var rows []groupRow
	if err := from.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	all := map[helpdesk.Group]groupRow{}
	for _, r := range rows {
		all[r.Group] = r
	}
	return all, nil
}

func districts(ctx context.Context, from bun.IDB) (rows []districtRow, err error) {
	err = from.NewSelect().Model(&rows).Order("dd.grp", "dd.district").Scan(ctx)
	return rows, db.Sorted(err)
}

// Load is the open work of one person.
type Load struct {
	Open   int64 // tickets in work
	Weight int64 // of these, by priority
}

// loads are the open work of people; it reads open tickets only.
func loads(ctx context.Context, from bun.IDB, people []ident.ID) (map[ident.ID]Load, error) {
	all := map[ident.ID]Load{}
	if len(people) == 0 {
		return all, nil
	}
	var rows []struct {
		Owner    ident.ID
		Priority int
		N        int64
	}
	err := from.NewSelect().TableExpr("ticket AS ti").ColumnExpr("ti.owner, ti.priority, count(*) AS n").Where("ti.owner IN (?)", bun.List(people)).
		Where("ti.phase = ?", helpdesk.InWork).GroupExpr("ti.owner, ti.priority").Scan(ctx, &rows)
	for _, r := range rows {
		l := all[r.Owner]
		all[r.Owner] = Load{l.Open + r.N, l.Weight + r.N*weights[r.Priority]}
	}
	return all, db.Sorted(err)
}

// free are the tickets of a group that nobody has, the next due first.
func free(from bun.IDB, g helpdesk.Group, limit int) *bun.SelectQuery {
	return from.NewSelect().TableExpr("ticket AS ti").Column("ti.id", "ti.unit", "ti.priority").Where("ti.owner = ''").Where("ti.phase = ?", helpdesk.InWork).
		Where("ti.grp = ?", g).Where("ti.tier = ?", helpdesk.CityTeam).Order("ti.sort_at", "ti.seq").Limit(int64(limit))
}

// held are the tickets of somebody that are not done.
func held(from bun.IDB, who ident.ID, limit int) *bun.SelectQuery {
	return from.NewSelect().TableExpr("ticket AS ti").Column("ti.id").Where("ti.owner = ?", who).
		Where("ti.phase IN (?)", bun.List([]helpdesk.Phase{helpdesk.InWork, helpdesk.Waiting, helpdesk.Asleep})).Limit(int64(limit))
}
