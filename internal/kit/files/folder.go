package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"lotrinh/internal/kit/fault"
)

// Object is an open stored content.
type Object interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// Blobs keeps contents by their hash. When Put returns, the content survives a crash.
type Blobs interface {
	// Put stores what r gives, up to limit bytes; more is TooLarge and leaves nothing.
	Put(ctx context.Context, r io.Reader, limit int64) (hash string, size int64, err error)
	// Open opens a content; an unknown hash is Missing.
	Open(hash string) (Object, error)
	// Each visits every content with the moment of its last Put.
	Each(ctx context.Context, visit func(hash string, size int64, put time.Time) error) error
	// Remove forgets a content; it is no error when it was not there.
	Remove(hash string) error
}

// Folder keeps contents as files under dir, two levels deep: ab/cd/abcd….
func Folder(dir string) (Blobs, error) {
	f := folder{dir: dir, tmp: filepath.Join(dir, "tmp")}
	if err := os.MkdirAll(f.tmp, 0o700); err != nil {
		return nil, err
	}
	return f, nil
}

type folder struct {
	dir, tmp string
}

func (f folder) path(hash string) (string, bool) {
	if len(hash) != sha256.Size*2 {
		return "", false
	}
	if _, err := hex.DecodeString(hash); err != nil {
		return "", false
	}
	return filepath.Join(f.dir, hash[:2], hash[2:4], hash), true
}

func (f folder) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	tmp, err := os.CreateTemp(f.tmp, "put-*")
	if err != nil {
		return "", 0, err
	}
	kept := false
	defer func() {
		if !kept {
			_ = os.Remove(tmp.Name()) // a left-over is swept later
		}
	}()
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(tmp, sum), io.LimitReader(untilDone{ctx, r}, limit+1))
	if err == nil && size > limit {
		err = fault.New(fault.TooLarge, "files.too_large", "limit", megabytes(limit))
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return "", 0, err
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	if err := f.settle(tmp.Name(), hash); err != nil {
		return "", 0, err
	}
	kept = true
	return hash, size, nil
}

// settle moves a written file to its place and makes the move durable.
func (f folder) settle(from, hash string) error {
	to, _ := f.path(hash)
	dir := filepath.Dir(to)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	for _, d := range []string{dir, filepath.Dir(dir), f.dir} {
		if err := syncDir(d); err != nil {
			return err
		}
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (f folder) Open(hash string) (Object, error) {
	path, ok := f.path(hash)
	if !ok {
		return nil, fault.New(fault.Missing, "files.missing")
	}
	o, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Because(fault.Missing, "files.missing", err)
	}
	if err != nil {
		return nil, err
	}
	return o, nil
}

func (f folder) Remove(hash string) error {
	path, ok := f.path(hash)
	if !ok {
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (f folder) Each(ctx context.Context, visit func(string, int64, time.Time) error) error {
	return filepath.WalkDir(f.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if e.IsDir() {
			return nil
		}
		if _, ok := f.path(e.Name()); !ok {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return visit(e.Name(), info.Size(), info.ModTime())
	})
}

type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}

func megabytes(n int64) int64 { return max(1, n>>20) }
