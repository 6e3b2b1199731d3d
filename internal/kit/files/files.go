// Package files keeps what people send: photos, papers, tables. Contents lie in a
// folder by their hash and are on disk before anybody is told "saved"; rows say
// what each is called, whose it is and to which thing of which area it belongs.
//
// An area first receives a content (Receive, or the chunks of an Upload), then
// attaches it in the transaction of its own change. A content that nobody attached
// is swept after two days. Who may read a file is the area's question: it opens the
// file by ID after its own check.
package files

import (
	"bytes"
	"context"
	"embed"
	"io"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Locale holds the sentences of this package.
//
//go:embed locale
var Locale embed.FS

// File is a content attached to a thing.
type File struct {
	bun.BaseModel `bun:"table:file,alias:fi"`
	ID            ident.ID  `bun:"id,pk"`
	Hash          string    `bun:"hash"`
	Thumb         string    `bun:"thumb"` // hash of the thumbnail, empty unless a photo
	Name          string    `bun:"name"`
	Size          int64     `bun:"size"`
	Type          string    `bun:"type"`
	Area          string    `bun:"area"`
	Subject       string    `bun:"subject"`
	Unit          string    `bun:"unit"`
	By            ident.ID  `bun:"by_account"`
	At            time.Time `bun:"at"`
}

// Owner is the thing that a file belongs to.
type Owner struct {
	Area    string // "inventory"
	Subject string // key of the thing
	Unit    string // code of its unit
}

// Blob is a received content that is not attached yet.
type Blob struct {
	Hash, Thumb, Name, Type string
	Size                    int64
	upload                  ident.ID
}

// Store receives, attaches and opens files. Its clock is the machine's.
type Store struct {
	db    *db.DB
	clock clock.Clock
	blobs Blobs
}

// New is a store over these contents.
func New(d *db.DB, c clock.Clock, b Blobs) *Store { return &Store{db: d, clock: c, blobs: b} }

// Receive puts a content on disk and checks it by its kind: size, type, pictures
// that open. Nothing is attached yet.
func (s *Store) Receive(ctx context.Context, kind Kind, name string, r io.Reader) (Blob, error) {
	hash, size, err := s.blobs.Put(ctx, r, kind.Max)
	if err != nil {
		return Blob{}, err
	}
	if size == 0 {
		return Blob{}, fault.New(fault.Invalid, "files.empty")
	}
	return s.settle(ctx, kind, Blob{Hash: hash, Name: cleanName(name), Size: size})
}

// settle finds the type of a stored content, refuses what the kind does not hold,
// and turns pictures into their stored form.
func (s *Store) settle(ctx context.Context, kind Kind, b Blob) (Blob, error) {
	if kind.As != "" {
		b.Type = kind.As
		return b, nil
	}
	o, err := s.blobs.Open(b.Hash)
	if err != nil {
		return Blob{}, err
	}
	defer func() { _ = o.Close() }() // only read
	if b.Type, err = typeOf(o, b.Size); err != nil {
		return Blob{}, err
	}
	if err := kind.allow(b.Type); err != nil {
		return Blob{}, err
	}
	if !isImage(b.Type) {
		return b, nil
	}
	photo, thumb, err := pictures(ctx, o)
	if err != nil {
		return Blob{}, err
	}
	if b.Thumb, _, err = s.blobs.Put(ctx, bytes.NewReader(thumb), kind.Max); err != nil {
		return Blob{}, err
	}
	b.Type, b.Size = JPEG, int64(len(photo))
	b.Hash, _, err = s.blobs.Put(ctx, bytes.NewReader(photo), max(kind.Max, b.Size))
	return b, err
}

// Attach gives a received content to a thing, in the transaction of the area's change.
func Attach(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, b Blob, o Owner) (File, error) {
	f := File{ID: ident.New(now), Hash: b.Hash, Thumb: b.Thumb, Name: b.Name, Size: b.Size, Type: b.Type,
		Area: o.Area, Subject: o.Subject, Unit: o.Unit, By: who.ID, At: now}
	if _, err := tx.NewInsert().Model(&f).Exec(ctx); err != nil {
		return File{}, db.Sorted(err)
	}
	if b.upload != "" {
		if _, err := tx.NewRaw("DELETE FROM upload WHERE id = ?", b.upload).Exec(ctx); err != nil {
			return File{}, db.Sorted(err)
		}
	}
	return f, nil
}

// Detach forgets the files of a thing; their contents are swept later.
func Detach(ctx context.Context, tx *db.Tx, area, subject string) error {
	_, err := tx.NewRaw("DELETE FROM file WHERE area = ? AND subject = ?", area, subject).Exec(ctx)
	return db.Sorted(err)
}

// Drop forgets one file of a thing; its content is swept later.
func Drop(ctx context.Context, tx *db.Tx, area, subject string, id ident.ID) error {
	return db.Changed(tx.NewRaw("DELETE FROM file WHERE id = ? AND area = ? AND subject = ?", id, area, subject).Exec(ctx))
}

// Move gives a file of one thing to another, in the transaction of the area's change: a
// draft's paper becomes the dossier's. Its content stays where it is.
func Move(ctx context.Context, tx *db.Tx, id ident.ID, from, to Owner) error {
	return db.Changed(tx.NewRaw("UPDATE file SET area = ?, subject = ?, unit = ? WHERE id = ? AND area = ? AND subject = ?",
		to.Area, to.Subject, to.Unit, id, from.Area, from.Subject).Exec(ctx))
}

// Of lists the files of several things of one area, in one query, oldest first.
func (s *Store) Of(ctx context.Context, area string, subjects ...string) (map[string][]File, error) {
	out := map[string][]File{}
	if len(subjects) == 0 {
		return out, nil
	}
	var rows []File
	err := s.db.Read().NewSelect().Model(&rows).Where("fi.area = ?", area).Where("fi.subject IN (?)", bun.List(subjects)).Order("fi.id").Scan(ctx)
	for _, f := range rows {
		out[f.Subject] = append(out[f.Subject], f)
	}
	return out, db.Sorted(err)
}

// Get is a file of an area by its key. The caller checks whether the reader may see
// the thing that it belongs to.
func (s *Store) Get(ctx context.Context, area string, id ident.ID) (File, error) {
	var f File
	err := s.db.Read().NewSelect().Model(&f).Where("fi.id = ?", id).Where("fi.area = ?", area).Scan(ctx)
	return f, db.Sorted(err)
}

// Open opens the content of a file.
func (s *Store) Open(f File) (Object, error) { return s.blobs.Open(f.Hash) }

// OpenThumb opens the thumbnail of a photo; other files have none.
func (s *Store) OpenThumb(f File) (Object, error) { return s.blobs.Open(f.Thumb) }

// OpenBlob opens a received content before it is attached, for an import's reader.
func (s *Store) OpenBlob(b Blob) (Object, error) { return s.blobs.Open(b.Hash) }

// Hashes lists the content of every file and thumbnail, for a backup.
func (s *Store) Hashes(ctx context.Context) ([]string, error) {
	var out []string
	err := s.db.Read().NewRaw("SELECT hash FROM file UNION SELECT thumb FROM file WHERE thumb <> '' ORDER BY 1").Scan(ctx, &out)
	return out, db.Sorted(err)
}

// Content opens a content by its hash, for a backup.
func (s *Store) Content(hash string) (Object, error) { return s.blobs.Open(hash) }

// Restore puts a content from a backup back and tells its hash.
func (s *Store) Restore(ctx context.Context, r io.Reader) (string, error) {
	hash, _, err := s.blobs.Put(ctx, r, 1<<40)
	return hash, err
}
