package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Chunk is the size of every part of an upload but the last.
const Chunk = 256 << 10

// keep is how long a content waits for somebody to attach it.
const keep = 48 * time.Hour

// Upload is a content that arrives in parts. A part that arrives twice is stored
// once; after a broken line the sender asks Missing and goes on.
type Upload struct {
	bun.BaseModel `bun:"table:upload,alias:up"`
	ID            ident.ID  `bun:"id,pk"`
	Kind          string    `bun:"kind"`
	Name          string    `bun:"name"`
	Size          int64     `bun:"size"`
	Hash          string    `bun:"hash"`
	By            ident.ID  `bun:"by_account"`
	At            time.Time `bun:"at"`
	Done          bool      `bun:"done"`
	BlobHash      string    `bun:"blob_hash"`
	BlobThumb     string    `bun:"blob_thumb"`
	BlobSize      int64     `bun:"blob_size"`
	BlobType      string    `bun:"blob_type"`
}

type part struct {
	bun.BaseModel `bun:"table:upload_part,alias:pt"`
	Upload        ident.ID `bun:"upload,pk"`
	N             int64    `bun:"n,pk"`
	Hash          string   `bun:"hash"`
	Size          int64    `bun:"size"`
}

// Parts is how many parts the upload has.
func (u Upload) Parts() int64 { return (u.Size + Chunk - 1) / Chunk }

func (u Upload) partSize(n int64) int64 {
	if n == u.Parts()-1 {
		return u.Size - n*Chunk
	}
	return Chunk
}

// Begin opens an upload of a content of this size and SHA-256 (hex). The same
// content begun again by the same person is the same upload.
func (s *Store) Begin(ctx context.Context, who access.Actor, kind Kind, name string, size int64, hash string) (Upload, error) {
	hash = strings.ToLower(hash)
	if !who.SignedIn() {
		return Upload{}, fault.New(fault.SignIn, "fault.sign_in")
	}
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
		return Upload{}, fault.New(fault.Invalid, "files.hash_needed")
	}
	if size < 1 {
		return Upload{}, fault.New(fault.Invalid, "files.empty")
	}
	if size > kind.Max {
		return Upload{}, fault.New(fault.TooLarge, "files.too_large", "limit", megabytes(kind.Max))
	}
	now := s.clock.Now()
	u := Upload{ID: ident.New(now), Kind: kind.Name, Name: cleanName(name), Size: size, Hash: hash, By: who.ID, At: now}
	err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var open []Upload
		err := tx.NewSelect().Model(&open).Where("up.by_account = ?", who.ID).Where("up.hash = ?", hash).
			Where("up.kind = ?", kind.Name).Where("up.size = ?", size).Limit(1).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if len(open) == 1 {
			u = open[0]
			return nil
		}
		_, err = tx.NewInsert().Model(&u).Exec(ctx)
		return db.Sorted(err)
	})
	return u, err
}

// Upload is somebody's own upload with the numbers of the parts that are still missing.
func (s *Store) Upload(ctx context.Context, who access.Actor, id ident.ID) (Upload, []int64, error) {
	var u Upload
	err := s.db.Read().NewSelect().Model(&u).Where("up.id = ?", id).Where("up.by_account = ?", who.ID).Scan(ctx)
	if err != nil || u.Done {
		return u, nil, db.Sorted(err)
	}
	have, err := s.parts(ctx, id)
	if err != nil {
		return u, nil, err
	}
	there := map[int64]bool{}
	for _, p := range have {
		there[p.N] = true
	}
	missing := []int64{}
	for n := range u.Parts() {
		if !there[n] {
			missing = append(missing, n)
		}
	}
	return u, missing, nil
}

func (s *Store) parts(ctx context.Context, id ident.ID) ([]part, error) {
	var have []part
	err := s.db.Read().NewSelect().Model(&have).Where("pt.upload = ?", id).Order("pt.n").Scan(ctx)
	return have, db.Sorted(err)
}

// Put stores part n of an upload. hash, when given, is the SHA-256 of the part.
func (s *Store) Put(ctx context.Context, who access.Actor, id ident.ID, n int64, body []byte, hash string) error {
	u, _, err := s.Upload(ctx, who, id)
	if err != nil || u.Done {
		return err
	}
	if n < 0 || n >= u.Parts() || int64(len(body)) != u.partSize(n) {
		return fault.New(fault.Invalid, "files.part_size", "n", n+1)
	}
	sum := sha256.Sum256(body)
	got := hex.EncodeToString(sum[:])
	if hash != "" && !strings.EqualFold(hash, got) {
		return fault.New(fault.Invalid, "files.part_broken", "n", n+1)
	}
	if _, _, err := s.blobs.Put(ctx, bytes.NewReader(body), Chunk); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		p := part{Upload: id, N: n, Hash: got, Size: int64(len(body))}
		_, err := tx.NewInsert().Model(&p).On("CONFLICT (upload, n) DO UPDATE").Set("hash = EXCLUDED.hash").Set("size = EXCLUDED.size").Exec(ctx)
		return db.Sorted(err)
	})
}

// Finish joins the parts, proves the whole by its hash and checks it as Receive does.
// It may be asked again.
func (s *Store) Finish(ctx context.Context, who access.Actor, id ident.ID) (Blob, error) {
	u, missing, err := s.Upload(ctx, who, id)
	if err != nil {
		return Blob{}, err
	}
	if u.Done {
		return u.blob(), nil
	}
	if len(missing) > 0 {
		return Blob{}, fault.New(fault.Conflict, "files.parts_missing", "n", len(missing))
	}
	kind, err := KindOf(u.Kind)
	if err != nil {
		return Blob{}, err
	}
	have, err := s.parts(ctx, id)
	if err != nil {
		return Blob{}, err
	}
	joined := &joiner{blobs: s.blobs, parts: have}
	hash, size, err := s.blobs.Put(ctx, joined, kind.Max)
	joined.close()
	if err != nil {
		return Blob{}, err
	}
	if hash != u.Hash || size != u.Size {
		return Blob{}, fault.New(fault.Invalid, "files.whole_broken")
	}
	b, err := s.settle(ctx, kind, Blob{Hash: hash, Name: u.Name, Size: size})
	if err != nil {
		return Blob{}, err
	}
	b.upload = id
	return b, s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("UPDATE upload SET done = TRUE, blob_hash = ?, blob_thumb = ?, blob_size = ?, blob_type = ? WHERE id = ?",
			b.Hash, b.Thumb, b.Size, b.Type, id).Exec(ctx)
		if err == nil {
			_, err = tx.NewRaw("DELETE FROM upload_part WHERE upload = ?", id).Exec(ctx)
		}
		return db.Sorted(err)
	})
}

// Uploaded is the content of a finished upload of this person and kind, ready to be attached.
func (s *Store) Uploaded(ctx context.Context, who access.Actor, kind Kind, id ident.ID) (Blob, error) {
	u, missing, err := s.Upload(ctx, who, id)
	switch {
	case err != nil:
		return Blob{}, err
	case !u.Done:
		return Blob{}, fault.New(fault.Conflict, "files.parts_missing", "n", len(missing))
	case u.Kind != kind.Name:
		return Blob{}, fault.New(fault.Invalid, "files.kind_unknown")
	}
	return u.blob(), nil
}

func (u Upload) blob() Blob {
	return Blob{Hash: u.BlobHash, Thumb: u.BlobThumb, Name: u.Name, Type: u.BlobType, Size: u.BlobSize, upload: u.ID}
}

// Sweep forgets uploads that nobody finished or attached and contents that no row
// names, once they are two days old. It tells how many contents it removed.
func (s *Store) Sweep(ctx context.Context) (int, error) {
	before := s.clock.Now().Add(-keep)
	err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("DELETE FROM upload WHERE at < ?", before).Exec(ctx)
		return db.Sorted(err)
	})
	if err != nil {
		return 0, err
	}
	var old []string
	err = s.blobs.Each(ctx, func(hash string, _ int64, put time.Time) error {
		if put.Before(before) {
			old = append(old, hash)
		}
		return nil
	})
	removed := 0
	for len(old) > 0 && err == nil {
		some := old[:min(len(old), 500)]
		old = old[len(some):]
		var n int
		n, err = s.drop(ctx, some)
		removed += n
	}
	return removed, err
}

func (s *Store) drop(ctx context.Context, hashes []string) (int, error) {
	var named []string
	in := bun.List(hashes)
	err := s.db.Read().NewRaw("SELECT hash FROM file WHERE hash IN (?) UNION SELECT thumb FROM file WHERE thumb IN (?) UNION "+
		"SELECT hash FROM upload_part WHERE hash IN (?) UNION SELECT blob_hash FROM upload WHERE blob_hash IN (?) UNION "+
		"SELECT blob_thumb FROM upload WHERE blob_thumb IN (?)", in, in, in, in, in).Scan(ctx, &named)
	if err != nil {
		return 0, db.Sorted(err)
	}
	used := map[string]bool{}
	for _, h := range named {
		used[h] = true
	}
	removed := 0
	for _, h := range hashes {
		if used[h] {
			continue
		}
		if err := s.blobs.Remove(h); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// joiner reads parts one after the other.
type joiner struct {
	blobs Blobs
	parts []part
	open  Object
}

func (j *joiner) Read(p []byte) (int, error) {
	for {
		if j.open == nil {
			if len(j.parts) == 0 {
				return 0, io.EOF
			}
			o, err := j.blobs.Open(j.parts[0].Hash)
			if err != nil {
				return 0, err
			}
			j.open, j.parts = o, j.parts[1:]
		}
		n, err := j.open.Read(p)
		if errors.Is(err, io.EOF) {
			j.close()
			if n == 0 {
				continue
			}
			err = nil
		}
		return n, err
	}
}

func (j *joiner) close() {
	if j.open != nil {
		_ = j.open.Close() // only read
		j.open = nil
	}
}
