package stocktake

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// ScanForm is one tag that was found. ID was made where it was read, and names the
// scan for ever; At is when it was read.
type ScanForm struct {
	ID       ident.ID
	Tag, How string
	At       time.Time
}

// Scanned is what a scan came to. Twice tells that the tag had been read before; Scan
// is then the first one.
type Scanned struct {
	Scan  Scan
	Group Group
	Twice bool
}

// Scan takes a tag into a count: once, however often it is sent or read.
func (s *Service) Scan(ctx context.Context, who access.Actor, count ident.ID, f ScanForm) (Scanned, error) {
	tag := ReadTag(f.Tag)
	var k fault.Check
	k.Need(tag != "", "tag", "stocktake.form.tag_needed")
	k.Need(utf8.RuneCountInString(tag) <= longestTag, "tag", "stocktake.form.long", "limit", longestTag)
	k.Need(f.How == Typed || f.How == Camera, "how", "stocktake.form.how")
	if err := k.Err(); err != nil {
		return Scanned{}, err
	}
	if _, err := ident.Parse(string(f.ID)); err != nil {
		return Scanned{}, fault.New(fault.Invalid, "stocktake.form.id")
	}
	var out Scanned
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = Scanned{}
		c, err := countByID(ctx, tx, who, Take, count, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		now := s.Stock.Now()
		scan := Scan{ID: f.ID, Stocktake: c.ID, Tag: tag, How: f.How, At: f.At, ArrivedAt: now, By: who.ID, ByName: who.Name, Source: readiness.Photo}
		if scan.At.IsZero() || scan.At.After(now) {
			scan.At = now
		}
		if who.Covers(inventory.Inspect, c.Unit) {
			scan.Source = readiness.Seen
		}
		listed, err := resolve(ctx, tx, c, &scan)
		if err != nil {
			return err
		}
		first, err := firstOf(ctx, tx, scan)
		if err != nil {
			return err
		}
		if first != nil {
			out = Scanned{*first, GroupOf(c.Unit, listed, *first), true}
			return nil
		}
		out = Scanned{Scan: scan, Group: GroupOf(c.Unit, listed, scan)}
		return s.take(ctx, tx, who, c, out)
	})
	return out, err
}

// firstOf is the scan that this one repeats, or nil.
func firstOf(ctx context.Context, tx *db.Tx, scan Scan) (*Scan, error) {
	var rows []Scan
	err := tx.NewSelect().Model(&rows).Where("ss.id = ? OR ss.stocktake = ? AND ss.key = ?", scan.ID, scan.Stocktake, scan.Key).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.Sorted(err)
	}
	first := rows[0]
	if first.Stocktake != scan.Stocktake {
		return nil, fault.New(fault.Invalid, "stocktake.form.id")
	}
	return &first, nil
}

// take keeps a new scan. One that comes after the end is written off the proposals and
// into the facts at once, when it was read before the end.
func (s *Service) take(ctx context.Context, tx *db.Tx, who access.Actor, c Count, x Scanned) error {
	late := c.State == Closed && c.EndedAt != nil && !x.Scan.At.After(*c.EndedAt)
	if c.State != Open && !late {
		return fault.New(fault.Conflict, "stocktake.over", "who", c.EnderName)
	}
	if _, err := tx.NewInsert().Model(&x.Scan).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	err := trail.Write(ctx, tx, s.Stock.Now(), who, "inventory.stocktake.scanned", string(c.ID), map[string][2]any{"asset": {nil, x.Scan.Asset}, "group": {nil, x.Group}, "late": {nil, late}}, trail.At(c.Unit))
	if err != nil || !late {
		return err
	}
	if err := s.withdraw(ctx, tx, c, x.Scan.Asset); err != nil {
		return err
	}
	if err := s.propose(ctx, tx, c, nil, []Scanned{x}); err != nil {
		return err
	}
	return s.Stock.RecordIn(ctx, tx, presentFacts(s.Stock.Now(), c, []Scanned{x}))
}

// resolve finds the asset behind a tag (its number, its serial number, its ID) wherever
// it belongs, and tells whether the count expects it. A serial number that several
// assets bear is the expected one's, then the unit's.
func resolve(ctx context.Context, tx *db.Tx, c Count, scan *Scan) (listed bool, err error) {
	scan.Key = "tag:" + scan.Tag
	var found []inventory.Asset
	err = tx.NewSelect().Model(&found).Where("a.code = ? OR a.id = ? OR (a.serial = ? AND a.serial <> '')", scan.Tag, strings.ToLower(scan.Tag), scan.Tag).Limit(20).Scan(ctx)
	if err != nil || len(found) == 0 {
		return false, db.Sorted(err)
	}
	ids := make([]string, len(found))
	for i, a := range found {
		ids[i] = string(a.ID)
	}
	var on []string
	q := tx.NewSelect().TableExpr("stocktake_expected AS se").ColumnExpr("se.asset").Where("se.stocktake = ?", c.ID).Where("se.asset IN (?)", bun.List(ids))
	if err := q.Scan(ctx, &on); err != nil {
		return false, db.Sorted(err)
	}
	best := func(a inventory.Asset) int {
		switch {
		case slices.Contains(on, string(a.ID)):
			return 0
		case a.Unit == c.Unit:
			return 1
		}
		return 2
	}
	a := slices.MinFunc(found, func(a, b inventory.Asset) int { return best(a) - best(b) })
	scan.Key, scan.Asset, scan.Code, scan.Kind, scan.Name, scan.Place, scan.State, scan.Unit = string(a.ID), a.ID, a.Code, a.Kind, a.Name, a.Place, a.State, a.Unit
	return best(a) == 0, nil
}

// presentFacts say that what was found in its own unit is there.
func presentFacts(now time.Time, c Count, found []Scanned) []inventory.Fact {
	var out []inventory.Fact
	for _, x := range found {
		if x.Scan.Asset == "" || x.Scan.Unit != c.Unit {
			continue
		}
		out = append(out, inventory.Fact{ID: ident.New(now), Asset: x.Scan.Asset, Unit: c.Unit, Name: readiness.Present, Value: "yes", Source: x.Scan.Source,
			ObservedAt: x.Scan.At, Observer: x.Scan.By, ObserverName: x.Scan.ByName, RecordedAt: now, Current: true, Ref: "stocktake:" + string(c.ID)})
	}
	return out
}
