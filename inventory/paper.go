package inventory

import (
	"context"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// MaxPapers is how many files one asset may have.
const MaxPapers = 20

// pastNotes is how many lines of its history the page of an asset shows.
const pastNotes = 50

// History is what happened to an asset, newest first, and its files. The caller has
// checked that the reader may see it.
func (s *Service) history(ctx context.Context, id ident.ID) ([]Note, []files.File, error) {
	var notes []Note
	err := s.db.Read().NewSelect().Model(&notes).Where("nt.subject = ?", string(id)).Order("nt.id DESC").Limit(pastNotes).Scan(ctx)
	if err != nil {
		return nil, nil, db.Sorted(err)
	}
	all, err := s.files.Of(ctx, Area, string(id))
	return notes, all[string(id)], err
}

// AttachPapers gives received files to an asset.
func (s *Service) AttachPapers(ctx context.Context, who access.Actor, id ident.ID, papers []files.Blob) error {
	if len(papers) == 0 {
		var k fault.Check
		k.Need(false, "papers", "inventory.paper.needed")
		return k.Err()
	}
	now := s.clock.Now()
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := assetByID(ctx, tx, who, Edit, id, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		have, err := tx.NewSelect().Model((*files.File)(nil)).Where("fi.area = ?", Area).Where("fi.subject = ?", string(id)).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		var k fault.Check
		k.Need(have+int64(len(papers)) <= MaxPapers, "papers", "files.too_many", "limit", MaxPapers)
		if err := k.Err(); err != nil {
			return err
		}
		for _, b := range papers {
			f, err := files.Attach(ctx, tx, now, who, b, files.Owner{Area: Area, Subject: string(id), Unit: a.Unit})
			if err != nil {
				return err
			}
			if err := s.paperNote(ctx, tx, who, a, f, "added"); err != nil {
				return err
			}
		}
		return nil
	})
}

// DropPaper takes a file away from an asset. One that is gone already is no error.
func (s *Service) DropPaper(ctx context.Context, who access.Actor, id, paper ident.ID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := assetByID(ctx, tx, who, Edit, id)
		if err != nil {
			return err
		}
		var f files.File
		err = tx.NewSelect().Model(&f).Where("fi.id = ?", paper).Where("fi.area = ?", Area).Where("fi.subject = ?", string(id)).Scan(ctx)
		if err := db.Sorted(err); fault.Is(err, fault.Missing) {
			return nil
		} else if err != nil {
			return err
		}
		if err := files.Drop(ctx, tx, Area, string(id), paper); err != nil {
			return err
		}
		return s.paperNote(ctx, tx, who, a, f, "dropped")
	})
}

func (s *Service) paperNote(ctx context.Context, tx *db.Tx, who access.Actor, a Asset, f files.File, what string) error {
	now := s.clock.Now()
	if err := note(ctx, tx, now, a.Unit, string(a.ID), who, i18n.L("inventory.note.paper_"+what, "code", a.Code, "name", f.Name), ""); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "inventory.paper."+what, string(a.ID), map[string][2]any{"file": {nil, f.ID}}, trail.At(a.Unit))
}

// Paper is a file of an asset within reach.
func (s *Service) Paper(ctx context.Context, who access.Actor, id, paper ident.ID) (files.File, error) {
	if _, err := assetByID(ctx, s.db.Read(), who, Look, id); err != nil {
		return files.File{}, err
	}
	f, err := s.files.Get(ctx, Area, paper)
	if err != nil {
		return f, err
	}
	if f.Subject != string(id) {
		return files.File{}, fault.New(fault.Missing, "fault.missing")
	}
	return f, nil
}
