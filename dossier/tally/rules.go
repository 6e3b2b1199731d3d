package tally

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/tally/score"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Version is the numbers of the scoring from a day on, and the text that says so. It
// begins in the future when it is made, so what was counted stays as it was counted; a
// mistake is withdrawn before its day, and mended by a later version after it.
type Version struct {
	bun.BaseModel `bun:"table:tally_rules,alias:tv"`
	ID            ident.ID        `bun:"id,pk"`
	From          string          `bun:"from_day"` // 2017-01-01
	Raw           json.RawMessage `bun:"rules"`
	Basis         string          `bun:"basis"`
	Account       ident.ID        `bun:"account"`
	At            time.Time       `bun:"at"`
}

// Rules are the numbers of a version.
func (v Version) Rules() (r score.Rules, err error) {
	if err = json.Unmarshal(v.Raw, &r); err != nil {
		err = fault.Because(fault.Internal, "fault.internal", err)
	}
	return r, err
}

// Draft is a version as somebody typed it.
type Draft struct {
	From  string
	Basis string
	Rules score.Rules
}

const mostBasis = 300

// rulesIn are all versions.
func rulesIn(ctx context.Context, q bun.IDB) (score.Book, error) {
	var all []Version
	if err := q.NewSelect().Model(&all).Order("tv.from_day").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	book := make(score.Book, len(all))
	for i, v := range all {
		r, err := v.Rules()
		if err != nil {
			return nil, err
		}
		book[i] = score.Dated{From: v.From, Rules: r}
	}
	return book, nil
}

// Versions are all versions, the latest first, for who reads the figures or sets the
// rules.
func (s *Service) Versions(ctx context.Context, who access.Actor) ([]Version, error) {
	if !who.May(dossier.Figures) {
		if err := who.Need(dossier.Configure); err != nil {
			return nil, err
		}
	}
	var all []Version
	return all, db.Sorted(s.DB.Read().NewSelect().Model(&all).Order("tv.from_day DESC").Scan(ctx))
}

// SetRules makes a version that counts from a coming day on.
func (s *Service) SetRules(ctx context.Context, who access.Actor, d Draft) (Version, error) {
	if err := who.Need(dossier.Configure); err != nil {
		return Version{}, err
	}
	now := s.Dossiers.Now()
	d.Basis = strings.TrimSpace(fold.NFC(d.Basis))
	var k fault.Check
	_, err := clock.ParseDate(d.From)
	k.Need(err == nil, "from", "form.bad_day")
	k.Need(err != nil || d.From > clock.Date(now), "from", "tally.rules.past")
	k.Need(d.Basis != "", "basis", "tally.rules.basis_needed")
	k.Need(utf8.RuneCountInString(d.Basis) <= mostBasis, "basis", "tally.long", "most", mostBasis)
	k.Add(d.Rules.Check())
	if err := k.Err(); err != nil {
		return Version{}, err
	}
	raw, err := json.Marshal(d.Rules)
	if err != nil {
		return Version{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	v := Version{ID: ident.New(now), From: d.From, Raw: raw, Basis: d.Basis, Account: who.ID, At: now}
	return v, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.New(fault.Conflict, "tally.rules.same_day", "day", v.From)
			}
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "dossier.scoring.set", string(v.ID), map[string][2]any{"from": {nil, v.From}, "rules": {nil, string(raw)}, "basis": {nil, v.Basis}})
	})
}

// DropRules withdraws a version before its day.
func (s *Service) DropRules(ctx context.Context, who access.Actor, id ident.ID) error {
	if err := who.Need(dossier.Configure); err != nil {
		return err
	}
	now := s.Dossiers.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var v Version
		if err := tx.NewSelect().Model(&v).Where("tv.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if v.From <= clock.Date(now) {
			return fault.New(fault.Conflict, "tally.rules.counts")
		}
		if _, err := tx.NewDelete().Model(&v).WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "dossier.scoring.dropped", string(v.ID), map[string][2]any{"from": {v.From, nil}, "rules": {string(v.Raw), nil}})
	})
}
