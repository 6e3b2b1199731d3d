package inventory

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// longestTold is how many letters of a machine's words are kept.
const longestTold = 200

// ReadTold gives the stored form of a value that a machine told: figures are written
// with a point, as programs do, and systems that are no Windows are kept by name.
func ReadTold(name, raw string) (string, error) {
	f, ok := infoOf(name)
	raw = tidy(raw)
	switch {
	case !ok || raw == "":
		return raw, fault.New(fault.Invalid, "inventory.fact.unknown")
	case f.typ == told || f.typ == system:
		if utf8.RuneCountInString(raw) > longestTold {
			raw = string([]rune(raw)[:longestTold])
		}
		return raw, nil
	case f.typ != figure:
		return ReadFact(name, raw)
	}
	n, err := strconv.ParseFloat(raw, 64)
	if err != nil || !(n >= f.low && n <= f.high) {
		return raw, fault.New(fault.Invalid, "inventory.fact.bad_number", "low", round(f.low), "high", round(f.high))
	}
	return strconv.FormatFloat(n, 'f', -1, 64), nil
}

// WithdrawIn takes back what an observer recorded about an asset: its facts stay in the
// history and are current no more, and the newest that they had replaced, of the same
// name and source, are current again. The asset's unit is judged.
func (s *Service) WithdrawIn(ctx context.Context, tx *db.Tx, a Asset, observer ident.ID) error {
	var rows []Fact
	err := tx.NewSelect().Model(&rows).Where("af.asset = ?", a.ID).OrderExpr("af.confirmed_at DESC, af.id DESC").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	var off, on []ident.ID
	open := map[string]bool{}
	for _, f := range rows {
		if f.Current && f.Observer == observer {
			off = append(off, f.ID)
			open[f.Name+"|"+string(f.Source)] = true
		}
	}
	for _, f := range rows {
		key := f.Name + "|" + string(f.Source)
		if f.Observer != observer && open[key] {
			on = append(on, f.ID)
			open[key] = false
		}
	}
	for i, ids := range [][]ident.ID{off, on} {
		if len(ids) == 0 {
			continue
		}
		if _, err := tx.NewRaw("UPDATE asset_fact SET current = ? WHERE id IN (?)", i == 1, bun.List(ids)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return s.judge(ctx, tx, a.Unit)
}

// Judged is told of units whose facts, assets or gaps were changed, in the transaction
// of the change, after their answers were stored.
type Judged func(ctx context.Context, tx *db.Tx, units []string) error

// OnJudged lets a room follow changes, in the order of the calls.
func (s *Service) OnJudged(f Judged) { s.followers = append(s.followers, f) }

// follow tells the rooms that units were judged.
func (s *Service) follow(ctx context.Context, tx *db.Tx, units []string) error {
	for _, tell := range s.followers {
		if err := tell(ctx, tx, units); err != nil {
			return err
		}
	}
	return nil
}

// SerialFree tells whether an asset of a kind may still take a serial number.
func (s *Service) SerialFree(ctx context.Context, q bun.IDB, kind Kind, serial string) (bool, error) {
	if serial == "" || slices.Contains(placeholders, fold.Key(serial)) {
		return true, nil
	}
	taken, err := q.NewSelect().Model((*Asset)(nil)).Where("a.serial = ?", strings.ToUpper(tidy(serial))).Where("a.serial <> ''").Where("a.kind = ?", kind).Exists(ctx)
	return !taken, db.Sorted(err)
}

// Machines are the computers with these IDs or these serial numbers, by code, in two
// queries. Whoever asks must have the right to say which machine is which.
func (s *Service) Machines(ctx context.Context, q bun.IDB, ids []ident.ID, serials []string) ([]Asset, error) {
	var out []Asset
	if len(ids) > 0 {
		if err := q.NewSelect().Model(&out).Where("a.id IN (?)", bun.List(ids)).Order("a.code").Scan(ctx); err != nil {
			return nil, db.Sorted(err)
		}
	}
	if len(serials) == 0 {
		return out, nil
	}
	var typed []Asset
	err := q.NewSelect().Model(&typed).Where("a.serial IN (?)", bun.List(serials)).Where("a.serial <> ''").Where("a.kind IN (?)", bun.List([]Kind{PC, Kiosk})).
		Order("a.code").Limit(20).Scan(ctx)
	for _, a := range typed {
		if !slices.ContainsFunc(out, func(b Asset) bool { return b.ID == a.ID }) {
			out = append(out, a)
		}
	}
	return out, db.Sorted(err)
}

// BySerial are the assets of any kind with these serial numbers.
func (s *Service) BySerial(ctx context.Context, q bun.IDB, serials []string) ([]Asset, error) {
	if len(serials) == 0 {
		return nil, nil
	}
	var out []Asset
	err := q.NewSelect().Model(&out).Where("a.serial IN (?)", bun.List(serials)).Where("a.serial <> ''").Order("a.code").Limit(100).Scan(ctx)
	return out, db.Sorted(err)
}

// Views are those of the assets that the reader may see, with what is known of them.
func (s *Service) Views(ctx context.Context, who access.Actor, ids []ident.ID) ([]AssetView, error) {
	rows, err := s.AssetsIn(ctx, s.db.Read(), who, Look, ids)
	if err != nil {
		return nil, err
	}
	return s.withFacts(ctx, rows)
}

// InUnit are the assets of a unit of these kinds that are not retired, by code.
func (s *Service) InUnit(ctx context.Context, who access.Actor, need access.Perm, unit string, kinds []Kind) ([]Asset, error) {
	if err := who.NeedAt(need, unit); err != nil || len(kinds) == 0 {
		return nil, err
	}
	var rows []Asset
	err := s.db.Read().NewSelect().Model(&rows).Where("a.unit = ?", unit).Where("a.kind IN (?)", bun.List(kinds)).Where("a.state <> ?", Retired).Order("a.code").Limit(200).Scan(ctx)
	return rows, db.Sorted(err)
}

// FactsOf is a page of all facts of an asset that the reader may see, newest first.
func (s *Service) FactsOf(ctx context.Context, who access.Actor, id ident.ID, name string, r page.Request) (Asset, page.Page[Fact], error) {
	a, err := assetByID(ctx, s.db.Read(), who, Look, id)
	if err != nil {
		return a, page.Page[Fact]{}, err
	}
	var rows []Fact
	q := s.db.Read().NewSelect().Model(&rows).Where("af.asset = ?", id)
	if name != "" {
		q = q.Where("af.name = ?", name)
	}
	err = q.Apply(r.On("af.id")).Scan(ctx)
	return a, page.Cut(r, rows, func(f Fact) []string { return []string{string(f.ID)} }), db.Sorted(err)
}

// AllFacts are the facts that may be known of a kind of equipment, in the order in
// which they are shown.
func AllFacts(k Kind) []string {
	var out []string
	for _, f := range facts {
		if slices.Contains(f.kinds, k) {
			out = append(out, f.name)
		}
	}
	return out
}
