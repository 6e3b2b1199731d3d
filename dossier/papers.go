package dossier

import (
	"context"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
)

// PaperOwner is how kit/files knows the files of a paper of a dossier: the dossier's key,
// then the paper's. An empty key gives what the subjects of all its papers begin with.
func PaperOwner(d Dossier, key string) files.Owner {
	return files.Owner{Area: Area, Subject: string(d.ID) + "/" + key, Unit: d.Unit}
}

// PresentIn says that a paper of a dossier is there now; one that nobody asked for before
// is added. Shown is one that is only looked at.
func (s *Service) PresentIn(ctx context.Context, tx *db.Tx, id ident.ID, key string, shown bool) error {
	doc := Document{ID: ident.New(s.Now()), Dossier: id, Key: key, Shown: shown, State: "present"}
	_, err := tx.NewInsert().Model(&doc).On("CONFLICT (dossier, key) DO UPDATE").Set("state = EXCLUDED.state").Exec(ctx)
	return db.Sorted(err)
}
