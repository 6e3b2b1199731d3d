package tally

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Declared is what a commune says of a year that the house cannot measure: how many
// procedures are its own and how many its one-stop unit takes (indicator 5), and what was
// proposed or complained of by other ways than here, and answered (indicator 8). It names
// the signed document that says so.
type Declared struct {
	bun.BaseModel `bun:"table:tally_declared,alias:td"`
	Unit          string    `bun:"unit,pk"`
	Year          int64     `bun:"year,pk"`
	Authority     int64     `bun:"authority"`
	OneStop       int64     `bun:"one_stop"`
	Feedback      int64     `bun:"feedback"`
	Answered      int64     `bun:"answered"`
	Document      string    `bun:"document"`
	SignedOn      string    `bun:"signed_on"`
	Note          string    `bun:"note"`
	Account       ident.ID  `bun:"account"`
	At            time.Time `bun:"at"`
	Ver           int64     `bun:"ver"`
}

// Area is the area of the files of evidence.
const Area = "tally"

// MostFiles is how many files one declaration brings at once.
const MostFiles = 5

const (
	mostProcedures = 2000
	mostFeedback   = 1_000_000
	longestNote    = 1000
)

// subject names the files of a unit's year.
func subject(unit string, year int64) string { return unit + "/" + strconv.FormatInt(year, 10) }

func (d *Declared) check(now time.Time) error {
	d.Document, d.Note = strings.TrimSpace(fold.NFC(d.Document)), strings.TrimSpace(fold.NFC(d.Note))
	this := now.In(clock.City).Year()
	var k fault.Check
	k.Need(d.Year >= 2011 && d.Year <= int64(this), "year", "tally.declare.year", "last", strconv.Itoa(this))
	k.Need(d.Authority > 0 && d.Authority <= mostProcedures, "authority", "tally.declare.authority", "most", mostProcedures)
	k.Need(d.OneStop >= 0 && d.OneStop <= d.Authority, "one_stop", "tally.declare.part")
	k.Need(d.Feedback >= 0 && d.Feedback <= mostFeedback, "feedback", "tally.declare.count")
	k.Need(d.Answered >= 0 && d.Answered <= d.Feedback, "answered", "tally.declare.part")
	k.Need(d.Document != "", "document", "tally.declare.document_needed")
	k.Need(utf8.RuneCountInString(d.Document) <= mostBasis, "document", "tally.long", "most", mostBasis)
	on, err := clock.ParseDate(d.SignedOn)
	k.Need(err == nil, "signed_on", "form.bad_day")
	k.Need(err != nil || !on.After(now), "signed_on", "tally.declare.future")
	k.Need(utf8.RuneCountInString(d.Note) <= longestNote, "note", "tally.long", "most", longestNote)
	return k.Err()
}

// mayDeclare tells whether somebody speaks for a commune: its leader, its one-stop unit.
func mayDeclare(who access.Actor, unit string) error {
	if who.Covers(dossier.Sign, unit) {
		return nil
	}
	return who.NeedAt(dossier.Receive, unit)
}

// Declare keeps what a commune says of a year, with files of evidence. Ver is the version
// that was read, 0 for none; another one is a Conflict.
func (s *Service) Declare(ctx context.Context, who access.Actor, d Declared, proof []files.Blob) (Declared, error) {
	if err := mayDeclare(who, d.Unit); err != nil {
		return d, err
	}
	_, tree, err := s.Dossiers.Known(ctx)
	if err != nil {
		return d, err
	}
	if u, ok := tree.Unit(d.Unit); !ok || u.Level != org.Commune {
		return d, fault.New(fault.Missing, "fault.missing")
	}
	now := s.Dossiers.Now()
	if err := d.check(now); err != nil {
		return d, err
	}
	return d, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := declaredIn(ctx, tx, d.Unit, d.Year)
		if err != nil {
			return err
		}
		if before.Ver != d.Ver {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		d.Account, d.At, d.Ver = who.ID, now, before.Ver+1
		if before.Ver == 0 {
			_, err = tx.NewInsert().Model(&d).Exec(ctx)
			if db.Duplicate(err) {
				return fault.New(fault.Conflict, "fault.changed_meanwhile")
			}
			err = db.Sorted(err)
		} else {
			err = db.Changed(tx.NewUpdate().Model(&d).WherePK().Where("ver = ?", before.Ver).Exec(ctx))
		}
		if err != nil {
			return err
		}
		for _, b := range proof {
			if _, err := files.Attach(ctx, tx, now, who, b, files.Owner{Area: Area, Subject: subject(d.Unit, d.Year), Unit: d.Unit}); err != nil {
				return err
			}
		}
		return trail.Write(ctx, tx, now, who, "dossier.scoring.declared", subject(d.Unit, d.Year), map[string][2]any{"authority": {before.Authority, d.Authority}, "one_stop": {before.OneStop, d.OneStop},
			"feedback": {before.Feedback, d.Feedback}, "answered": {before.Answered, d.Answered}, "document": {before.Document, d.Document}, "files": {nil, len(proof)}}, trail.At(d.Unit))
	})
}

// declaredIn is what a unit said of a year; the zero value where it said nothing.
func declaredIn(ctx context.Context, q bun.IDB, unit string, year int64) (Declared, error) {
	var all []Declared
	err := q.NewSelect().Model(&all).Where("td.unit = ?", unit).Where("td.year = ?", year).Scan(ctx)
	if err != nil || len(all) == 0 {
		return Declared{Unit: unit, Year: year}, db.Sorted(err)
	}
	return all[0], nil
}

// Said is what a commune declared of a year, with its files, for who speaks for it and who
// reads its figures.
func (s *Service) Said(ctx context.Context, who access.Actor, unit string, year int64) (Declared, []files.File, error) {
	if !who.Covers(dossier.Figures, unit) {
		if err := mayDeclare(who, unit); err != nil {
			return Declared{}, nil, err
		}
	}
	d, err := declaredIn(ctx, s.DB.Read(), unit, year)
	if err != nil {
		return d, nil, err
	}
	all, err := s.Files.Of(ctx, Area, subject(unit, year))
	return d, all[subject(unit, year)], err
}

// Proof is a file of evidence, for who may read what it belongs to.
func (s *Service) Proof(ctx context.Context, who access.Actor, unit string, year int64, id ident.ID) (files.File, error) {
	_, all, err := s.Said(ctx, who, unit, year)
	if err != nil {
		return files.File{}, err
	}
	for _, f := range all {
		if f.ID == id {
			return f, nil
		}
	}
	return files.File{}, fault.New(fault.Missing, "fault.missing")
}

// declared is what communes declared of a year: nil units are all.
func (s *Service) declared(ctx context.Context, units []string, year int) (d Declared, communes int64, err error) {
	var sum struct{ Authority, OneStop, Feedback, Answered, N int64 }
	q := s.DB.Read().NewSelect().Model((*Declared)(nil)).ColumnExpr("COALESCE(SUM(td.authority), 0) AS authority").ColumnExpr("COALESCE(SUM(td.one_stop), 0) AS one_stop").
		ColumnExpr("COALESCE(SUM(td.feedback), 0) AS feedback").ColumnExpr("COALESCE(SUM(td.answered), 0) AS answered").ColumnExpr("COUNT(*) AS n").Where("td.year = ?", year)
	if units != nil {
		q = q.Where("td.unit IN (?)", bun.List(units))
	}
	err = db.Sorted(q.Scan(ctx, &sum))
	return Declared{Year: int64(year), Authority: sum.Authority, OneStop: sum.OneStop, Feedback: sum.Feedback, Answered: sum.Answered}, sum.N, err
}
