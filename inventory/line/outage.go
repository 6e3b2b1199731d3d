package line

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/inventory"
)

// OutageForm is what a person says of an outage; times are typed in the city's, as
// 2016-11-10T08:00. Without Until it has not ended.
type OutageForm struct {
	From, Until, Reference, Note string
}

const (
	longestReference = 60
	longestNote      = 500
	// farthest is how long ago an outage may have begun that is reported now.
	farthest = 60 * 24 * time.Hour
)

const typedMoment = "2006-01-02T15:04"

// words checks what was typed but the times.
func (f *OutageForm) words() error {
	f.Reference, f.Note = tidy(f.Reference), strings.TrimSpace(fold.NFC(f.Note))
	var k fault.Check
	k.Need(utf8.RuneCountInString(f.Reference) <= longestReference, "reference", "line.form.long", "max", longestReference)
	k.Need(utf8.RuneCountInString(f.Note) <= longestNote, "note", "line.form.long", "max", longestNote)
	return k.Err()
}

// times reads from when until when, in UTC.
func (f *OutageForm) times(now time.Time) (from, until time.Time, err error) {
	var k fault.Check
	from, err = time.ParseInLocation(typedMoment, strings.TrimSpace(f.From), clock.City)
	k.Need(err == nil, "from", "line.form.moment_wrong")
	if err == nil {
		k.Need(!from.After(now) && now.Sub(from) <= farthest, "from", "line.form.from_wrong", "days", int(farthest/(24*time.Hour)))
	}
	if strings.TrimSpace(f.Until) != "" {
		until, err = time.ParseInLocation(typedMoment, strings.TrimSpace(f.Until), clock.City)
		k.Need(err == nil, "until", "line.form.moment_wrong")
		if err == nil {
			k.Need(until.After(from) && !until.After(now), "until", "line.form.until_wrong")
			until = until.UTC()
		}
	}
	return from.UTC(), until, k.Err()
}

func tidy(s string) string { return strings.Join(strings.Fields(fold.NFC(s)), " ") }

// ReportOutage records that a line is or was down, as a person says it. One that has not
// ended is told to the help desk at once.
func (s *Service) ReportOutage(ctx context.Context, who access.Actor, asset ident.ID, f OutageForm) (Outage, error) {
	now := s.Business.Now()
	if err := who.Need(Measure); err != nil {
		return Outage{}, err
	}
	from, until, err := f.times(now)
	if werr := f.words(); err != nil || werr != nil {
		var k fault.Check
		k.Add(err)
		k.Add(werr)
		return Outage{}, k.Err()
	}
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	if err != nil {
		return Outage{}, err
	}
	o := Outage{ID: ident.New(now), Asset: asset, Source: ByPerson, FromAt: from, UntilAt: until, Reference: f.Reference, Note: f.Note,
		ByID: who.ID, ByName: who.Name, MadeAt: now, Version: 1}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		l, a, err := s.lineIn(ctx, tx, who, Measure, asset)
		if err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&o).Exec(ctx); db.Duplicate(err) {
			return fault.New(fault.Conflict, "line.outage.known")
		} else if err != nil {
			return db.Sorted(err)
		}
		if o.Open() {
			l.DownNow = true
			l.stand(Dead, now)
			if _, err := s.tell(ctx, tx, cal, &l); err != nil {
				return err
			}
		}
		if err := saveLines(ctx, tx, []Line{l}); err != nil {
			return err
		}
		if err := s.noteOutage(ctx, tx, who, a, "line.note.reported", o); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "inventory.line.outage.reported", string(asset), map[string][2]any{"from": {nil, from}}, trail.At(a.Unit))
	})
	return o, err
}

func (s *Service) noteOutage(ctx context.Context, tx *db.Tx, who access.Actor, a inventory.Asset, key string, o Outage) error {
	return s.Inventory.NoteIn(ctx, tx, a.Unit, string(a.ID), who, i18n.L(key, "code", a.Code, "from", o.FromAt), o.Note)
}

// ChangeOutage saves what a person typed of an outage. When it began and ended is the
// probes' to say where they saw it; the provider's number and the note are people's.
func (s *Service) ChangeOutage(ctx context.Context, who access.Actor, id ident.ID, version int64, f OutageForm) (Outage, error) {
	now := s.Business.Now()
	if err := who.Need(Measure); err != nil {
		return Outage{}, err
	}
	if err := f.words(); err != nil {
		return Outage{}, err
	}
	var o Outage
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.NewSelect().Model(&o).Where("lo.id = ?", id).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		l, a, err := s.lineIn(ctx, tx, who, Measure, o.Asset)
		if err != nil {
			return err
		}
		was := o
		if o.Source == ByPerson {
			if o.FromAt, o.UntilAt, err = f.times(now); err != nil {
				return err
			}
		}
		o.Reference, o.Note, o.Version = f.Reference, f.Note, version+1
		err = db.Changed(tx.NewUpdate().Model(&o).Column("from_at", "until_at", "reference", "note", "version").WherePK().Where("version = ?", version).Exec(ctx))
		if err != nil {
			return err
		}
		if was.Open() != o.Open() {
			if err := s.stillDown(ctx, tx, &l, now); err != nil {
				return err
			}
			if err := saveLines(ctx, tx, []Line{l}); err != nil {
				return err
			}
			if err := s.noteOutage(ctx, tx, who, a, "line.note.ended", o); err != nil {
				return err
			}
		}
		return trail.Write(ctx, tx, now, who, "inventory.line.outage.changed", string(o.Asset), map[string][2]any{
			"until": {was.UntilAt, o.UntilAt}, "reference": {was.Reference, o.Reference}}, trail.At(a.Unit))
	})
	return o, err
}

// Outage is one outage with the line's asset, for whoever may report there.
func (s *Service) Outage(ctx context.Context, who access.Actor, id ident.ID) (Outage, inventory.Asset, error) {
	var o Outage
	if err := who.Need(Measure); err != nil {
		return o, inventory.Asset{}, err
	}
	if err := s.DB.Read().NewSelect().Model(&o).Where("lo.id = ?", id).Scan(ctx); err != nil {
		return o, inventory.Asset{}, db.Sorted(err)
	}
	a, err := s.asset(ctx, s.DB.Read(), who, Measure, o.Asset)
	return o, a, err
}
