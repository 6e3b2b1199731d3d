package filing

import (
	"context"
	"strings"

	"lotrinh/dossier/form"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
)

// Bounds of what a draft carries.
const (
	MostFiles = 10        // of one document
	MostBytes = 120 << 20 // of all documents together
)

// Documents are the files of a draft, by the document's key, the oldest first.
func (s *Service) Documents(ctx context.Context, d Draft) (map[string][]Document, error) {
	var rows []Document
	err := s.DB.Read().NewSelect().Model(&rows).Where("fo.draft = ?", d.ID).Order("fo.file").Limit(500).Scan(ctx)
	all := map[string][]Document{}
	for _, r := range rows {
		all[r.Key] = append(all[r.Key], r)
	}
	return all, db.Sorted(err)
}

// Wanted are the papers that a draft's answers ask for: those to be sent and those only
// to be shown, in the order of the version.
func (s *Service) Wanted(def procedure.Definition, f form.Form, d Draft, seen form.Context) ([]procedure.Document, error) {
	var out []procedure.Document
	for _, one := range def.Documents {
		asked, err := form.Applies(f, one.When, d.Answers, seen)
		if err != nil {
			return nil, err
		}
		if asked {
			out = append(out, one)
		}
	}
	return out, nil
}

// paperMark goes before a document's key where it is the name of an input.
const paperMark = "paper:"

// Progress is how an upload stands: the parts that are still missing, or the document
// once it is there.
type Progress struct {
	Upload   ident.ID
	Missing  []int64
	Document *Document
}

// BeginUpload opens the upload of a content, or finds it again after a broken line; what
// has arrived whole before is told at once, even when that answer was lost.
func (s *Service) BeginUpload(ctx context.Context, d Draft, key, name string, size int64, hash string) (Progress, error) {
	if d.Sent() {
		return Progress{}, fault.New(fault.Conflict, "filing.sent_already")
	}
	var there []Document
	err := s.DB.Read().NewSelect().Model(&there).Where("fo.draft = ?", d.ID).Where("fo.key = ?", key).Where("fo.source = ?", strings.ToLower(hash)).Limit(1).Scan(ctx)
	if err != nil {
		return Progress{}, db.Sorted(err)
	}
	if len(there) > 0 {
		return Progress{Document: &there[0]}, nil
	}
	u, err := s.Files.Begin(ctx, d.by(), files.Document, name, size, hash)
	if err != nil {
		return Progress{}, err
	}
	_, missing, err := s.Files.Upload(ctx, d.by(), u.ID)
	return Progress{Upload: u.ID, Missing: missing}, err
}

// Part takes one part of an upload.
func (s *Service) Part(ctx context.Context, d Draft, upload ident.ID, n int64, body []byte) error {
	return s.Files.Put(ctx, d.by(), upload, n, body, "")
}

// FinishUpload joins an upload and puts it to a document of the draft.
func (s *Service) FinishUpload(ctx context.Context, d Draft, key string, upload ident.ID) (Document, error) {
	u, _, err := s.Files.Upload(ctx, d.by(), upload)
	if err != nil {
		return Document{}, err
	}
	b, err := s.Files.Finish(ctx, d.by(), upload)
	if err != nil {
		return Document{}, err
	}
	all, err := s.put(ctx, d, key, u.Hash, []files.Blob{b})
	if err != nil {
		return Document{}, err
	}
	return all[0], nil
}

// Put gives received contents to a document of the draft. The same content for the same
// document is there once, however often it comes.
func (s *Service) Put(ctx context.Context, d Draft, key string, blobs []files.Blob) ([]Document, error) {
	return s.put(ctx, d, key, "", blobs)
}

// put keeps what the phone says of the content beside it: source is the hash before a
// picture was turned upright.
func (s *Service) put(ctx context.Context, d Draft, key, source string, blobs []files.Blob) ([]Document, error) {
	var put []Document
	after, err := s.keep(ctx, d.ID, func(ctx context.Context, tx *db.Tx, d *Draft) error {
		var there []Document
		if err := tx.NewSelect().Model(&there).Where("fo.draft = ?", d.ID).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		for _, b := range blobs {
			if old, ok := same(there, key, b.Hash); ok {
				put = append(put, old)
				continue
			}
			if err := fits(there, key, b.Size); err != nil {
				return err
			}
			one, err := s.attach(ctx, tx, *d, key, source, b)
			if err != nil {
				return err
			}
			there, put = append(there, one), append(put, one)
		}
		return nil
	})
	if err == nil && after.Sent() && len(put) == 0 {
		err = fault.New(fault.Conflict, "filing.sent_already")
	}
	return put, err
}

func (s *Service) attach(ctx context.Context, tx *db.Tx, d Draft, key, source string, b files.Blob) (Document, error) {
	now := s.Machine.Now()
	f, err := files.Attach(ctx, tx, now, d.by(), b, files.Owner{Area: area, Subject: string(d.ID), Unit: d.Unit})
	if err != nil {
		return Document{}, err
	}
	one := Document{File: f.ID, Draft: d.ID, Key: key, Source: source, Hash: f.Hash, Thumb: f.Thumb, Name: f.Name, Size: f.Size, Type: f.Type, At: now}
	_, err = tx.NewInsert().Model(&one).Exec(ctx)
	return one, db.Sorted(err)
}

func same(there []Document, key, hash string) (Document, bool) {
	for _, one := range there {
		if one.Key == key && one.Hash == hash {
			return one, true
		}
	}
	return Document{}, false
}

// fits refuses one more file where the document or the draft is full.
func fits(there []Document, key string, size int64) error {
	n, sum := 0, size
	for _, one := range there {
		sum += one.Size
		if one.Key == key {
			n++
		}
	}
	var k fault.Check
	k.Need(n < MostFiles, "files", "filing.form.files_many", "n", MostFiles)
	k.Need(sum <= MostBytes, "files", "filing.form.files_large", "n", MostBytes>>20)
	return k.Err()
}

// Remove takes a file away from a draft. One that is gone already is no error: the page
// was pressed twice.
func (s *Service) Remove(ctx context.Context, d Draft, file ident.ID) error {
	_, err := s.keep(ctx, d.ID, func(ctx context.Context, tx *db.Tx, d *Draft) error {
		_, err := tx.NewRaw("DELETE FROM filing_document WHERE file = ? AND draft = ?", file, d.ID).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if err := files.Drop(ctx, tx, area, string(d.ID), file); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		return nil
	})
	return err
}

// File is a file of the draft, for showing it to whoever sent it.
func (s *Service) File(ctx context.Context, d Draft, id ident.ID) (files.File, error) {
	f, err := s.Files.Get(ctx, area, id)
	if err == nil && f.Subject != string(d.ID) {
		err = fault.New(fault.Missing, "fault.missing")
	}
	return f, err
}

// scale writes a number of bytes for people: 1,4 MB, 812 KB.
func scale(n int64) (size float64, unit string) {
	if n >= 1<<20 {
		return float64(n) / (1 << 20), "MB"
	}
	return float64((n + 1023) >> 10), "KB"
}
