package inventory

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory/readiness"
)

// addAssets inserts checked assets, their facts, notes, lines of the trail and words to
// be found by, and judges their units: a number of queries that grows with every few
// hundred assets only.
func (s *Service) addAssets(ctx context.Context, tx *db.Tx, who access.Actor, forms []AssetForm) ([]Asset, error) {
	if len(forms) == 0 {
		return nil, nil
	}
	now := s.clock.Now()
	codes, err := nextCodes(ctx, tx, "TB", now, len(forms))
	if err != nil {
		return nil, err
	}
	made := make([]Asset, len(forms))
	var known []Fact
	var notes []Note
	var entries []trail.Entry
	for i, f := range forms {
		made[i] = Asset{ID: ident.New(now), Code: codes[i], Unit: f.Unit, Kind: Kind(f.Kind), State: State(f.State), MadeBy: who.ID, MadeAt: now, ChangedAt: now, Version: 1}
		a := &made[i]
		f.put(a)
		known = append(known, s.factsOf(who, *a, f, now)...)
		n, err := noteOf(now, a.Unit, string(a.ID), who, i18n.L("inventory.note.added", "code", a.Code, "kind", kindKey(a.Kind), "name", a.Name), "")
		if err != nil {
			return nil, err
		}
		e, err := trail.Make(now, who, "inventory.asset.added", string(a.ID), map[string][2]any{"code": {nil, a.Code}, "kind": {nil, a.Kind}}, trail.At(a.Unit))
		if err != nil {
			return nil, err
		}
		notes, entries = append(notes, n), append(entries, e)
	}
	if err := insertAll(ctx, tx, made); err != nil {
		return nil, err
	}
	if err := insertAll(ctx, tx, known); err != nil {
		return nil, err
	}
	return made, s.tellOf(ctx, tx, made, notes, entries, false)
}

// factsOf are the facts that a form declares: its values, and that the asset is there.
func (s *Service) factsOf(who access.Actor, a Asset, f AssetForm, now time.Time) []Fact {
	source := readiness.Declared
	switch {
	case f.Seen:
		source = readiness.Seen
	case f.Measured:
		source = readiness.Measured
	}
	fact := func(name, value string) Fact {
		return Fact{ID: ident.New(now), Asset: a.ID, Unit: a.Unit, Name: name, Value: value, Source: source, ObservedAt: now,
			ConfirmedAt: now, Observer: who.ID, ObserverName: who.Name, RecordedAt: now, Current: true}
	}
	var out []Fact
	for _, n := range FactNames(a.Kind) {
		if v := f.Facts[n]; v != "" {
			out = append(out, fact(n, v))
		}
	}
	if !f.Measured && (a.State == InUse || a.State == Spare) {
		out = append(out, fact(readiness.Present, "yes"))
	}
	return out
}

// change is an asset as it was, which is locked or has the version that was looked at,
// and as it becomes; facts are declared with it, said is why it moves.
type change struct {
	before, after Asset
	facts         []Fact
	said          string
}

// saveAssets saves changed assets with their facts, history, trail and words to be found
// by, and judges their units; one that somebody else changed meanwhile refuses all.
func (s *Service) saveAssets(ctx context.Context, tx *db.Tx, who access.Actor, all []change) error {
	now := s.clock.Now()
	rows := make([]Asset, len(all))
	var known []Fact
	var notes []Note
	var entries []trail.Entry
	for i, c := range all {
		a := c.after
		a.refold()
		a.ChangedAt, a.Version = now, c.before.Version+1
		rows[i] = a
		known = append(known, c.facts...)
		told, err := c.notes(now, who)
		if err != nil {
			return err
		}
		e, err := c.entry(now, who)
		if err != nil {
			return err
		}
		notes, entries = append(notes, told...), append(entries, e)
	}
	if err := updateAssets(ctx, tx, rows); err != nil {
		return err
	}
	if err := record(ctx, tx, known); err != nil {
		return err
	}
	return s.tellOf(ctx, tx, rows, notes, entries, true)
}

// updateAssets saves the columns that people change, where the version still is the one
// before.
func updateAssets(ctx context.Context, tx *db.Tx, rows []Asset) error {
	for some := range slices.Chunk(rows, 200) {
		q := tx.NewUpdate().With("_data", tx.NewValues(&some)).Model((*Asset)(nil)).TableExpr("_data").Where("a.id = _data.id").Where("a.version = _data.version - 1")
		for _, c := range assetColumns {
			q = q.Set("? = _data.?", bun.Ident(c), bun.Ident(c))
		}
		res, err := q.Exec(ctx)
		if err := db.Changed(res, err); err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != int64(len(some)) {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
	}
	return nil
}

// tellOf writes history, trail and words to be found by of assets, and judges their units.
func (s *Service) tellOf(ctx context.Context, tx *db.Tx, all []Asset, notes []Note, entries []trail.Entry, known bool) error {
	if err := insertAll(ctx, tx, notes); err != nil {
		return err
	}
	if err := trail.Append(ctx, tx, entries...); err != nil {
		return err
	}
	if err := findable(ctx, tx, all, known); err != nil {
		return err
	}
	units := make([]string, len(all))
	for i, a := range all {
		units[i] = a.Unit
	}
	return s.judge(ctx, tx, units...)
}

// entry is the change as the trail keeps it: names of people lie beside the chain.
func (c change) entry(now time.Time, who access.Actor) (trail.Entry, error) {
	changes := map[string][2]any{}
	with := []trail.Note{trail.At(c.after.Unit)}
	if c.before.State != c.after.State {
		changes["state"] = [2]any{c.before.State, c.after.State}
	}
	for _, d := range details {
		from, to := *d.of(&c.before), *d.of(&c.after)
		switch {
		case from == to:
		case d.named:
			with = append(with, trail.Personal(d.name, [2]string{from, to}))
		default:
			changes[d.name] = [2]any{from, to}
		}
	}
	return trail.Make(now, who, "inventory.asset.changed", string(c.after.ID), changes, with...)
}

// notes are the lines of the asset's history: its move, and each column that changed.
func (c change) notes(now time.Time, who access.Actor) ([]Note, error) {
	a := c.after
	var lines []i18n.Line
	if c.before.State != a.State {
		lines = append(lines, i18n.L("inventory.note.moved", "code", a.Code, "from", stateKey(c.before.State), "to", stateKey(a.State)))
	}
	for _, d := range details {
		if from, to := *d.of(&c.before), *d.of(&c.after); from != to {
			lines = append(lines, i18n.L("inventory.note.detail", "code", a.Code, "column", i18n.Key("inventory.column."+d.name), "from", d.say(from), "to", d.say(to)))
		}
	}
	if len(lines) == 0 {
		lines = append(lines, i18n.L("inventory.note.changed", "code", a.Code))
	}
	out := make([]Note, len(lines))
	for i, l := range lines {
		said := ""
		if i == 0 {
			said = c.said
		}
		var err error
		if out[i], err = noteOf(now, a.Unit, string(a.ID), who, l, said); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// say is a value as history writes it.
func (d detail) say(value string) string {
	switch {
	case value == "":
		return "–"
	case d.most == 0:
		return sayDay(value)
	}
	return value
}

func noteOf(now time.Time, unit, subject string, who access.Actor, line i18n.Line, said string) (Note, error) {
	raw, err := json.Marshal(line)
	if err != nil {
		return Note{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	return Note{ID: ident.New(now), Unit: unit, Subject: subject, At: now, Who: who.Name, LineJSON: string(raw), Said: said}, nil
}

// findable puts assets into the index of the house; known ones in place of their older
// copies.
func findable(ctx context.Context, tx *db.Tx, all []Asset, known bool) error {
	for some := range slices.Chunk(all, 300) {
		docs, ids := make([]search.Doc, len(some)), make([]string, len(some))
		for i, a := range some {
			docs[i], ids[i] = a.doc(), string(a.ID)
		}
		if known {
			if err := search.Remove(ctx, tx, AssetDoc, ids...); err != nil {
				return err
			}
		}
		if err := search.Add(ctx, tx, docs...); err != nil {
			return err
		}
	}
	return nil
}

// doc is the asset as the index finds it.
func (a Asset) doc() search.Doc {
	lead := a.Code
	if a.Serial != "" {
		lead += " · " + a.Serial
	}
	return search.Doc{Area: Area, Kind: AssetDoc, Subject: string(a.ID), Unit: a.Unit, Title: a.Name, Lead: lead, Updated: a.ChangedAt,
		Body: strings.Join([]string{a.Code, a.Serial, a.Tag, a.Place, a.Custodian, a.Supplier, a.Contract, a.Note}, " ")}
}
