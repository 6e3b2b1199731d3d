// Package archive packs the whole store, rows and files, into one ZIP and unpacks it
// into an empty store of either database. Rows are JSON lines, one file a table, in
// an order in which foreign keys hold; values are written the same way whichever
// database they come from.
package archive

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
)

// format is the version of the archive's layout.
const format = 1

// Manifest tells what an archive holds.
type Manifest struct {
	Format     int              `json:"format"`
	Made       time.Time        `json:"made"`
	Program    string           `json:"program"`
	Migrations []string         `json:"migrations"`
	Tables     []string         `json:"tables"` // parents before children
	Rows       map[string]int64 `json:"rows"`
	Files      int              `json:"files"`
}

// Backup writes rows and files as they are at one moment, beside a running server.
// folder may be missing: then there are no files yet.
func Backup(ctx context.Context, d *db.DB, folder string, made time.Time, program string, to io.Writer) (Manifest, error) {
	m := Manifest{Format: format, Made: made, Program: program, Rows: map[string]int64{}}
	z := zip.NewWriter(to)
	err := d.Snapshot(ctx, func(ctx context.Context, s *db.Snapshot) error {
		tables, err := s.Tables(ctx)
		if err != nil {
			return err
		}
		if m.Migrations, err = s.Migrations(ctx); err != nil {
			return err
		}
		for _, t := range tables {
			m.Tables = append(m.Tables, t.Name)
			if m.Rows[t.Name], err = dump(ctx, z, s, t); err != nil {
				return fmt.Errorf("archive: table %s: %w", t.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	// Files are never changed once written, so those of the rows above are all here.
	if m.Files, err = packFiles(z, folder); err != nil {
		return m, err
	}
	w, err := z.Create("manifest.json")
	if err != nil {
		return m, err
	}
	if err := json.NewEncoder(w).Encode(m); err != nil {
		return m, err
	}
	return m, z.Close()
}

func dump(ctx context.Context, z *zip.Writer, s *db.Snapshot, t db.Table) (int64, error) {
	w, err := z.Create("rows/" + t.Name + ".jsonl")
	if err != nil {
		return 0, err
	}
	buf := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(buf)
	if err := enc.Encode(t.Columns); err != nil {
		return 0, err
	}
	var n int64
	err = s.Each(ctx, t, func(row []any) error {
		n++
		return enc.Encode(row)
	})
	if err != nil {
		return n, err
	}
	return n, buf.Flush()
}

func packFiles(z *zip.Writer, folder string) (int, error) {
	n := 0
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path == folder:
			return fs.SkipAll
		case err != nil:
			return err
		case e.IsDir() || strings.HasPrefix(e.Name(), "."):
			return nil
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		n++
		return packFile(z, path, "files/"+filepath.ToSlash(name))
	})
	return n, err
}

func packFile(z *zip.Writer, path, name string) (err error) {
	f, err := os.Open(path) //nolint:gosec // a path below the data folder
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

// Restore fills an empty store from an archive: first the schema as it was, then the
// rows in one transaction, then the migrations since. Files are written before rows,
// so that no row names a file that is not there.
func Restore(ctx context.Context, d *db.DB, migrations fs.FS, folder string, z *zip.Reader) (Manifest, error) {
	var m Manifest
	raw, err := fs.ReadFile(z, "manifest.json")
	if err != nil {
		return m, fault.Because(fault.Invalid, "archive.not_one", err)
	}
	if err := json.Unmarshal(raw, &m); err != nil || m.Format != format {
		return m, fault.Because(fault.Invalid, "archive.not_one", err)
	}
	if empty, err := d.Empty(ctx); err != nil || !empty {
		return m, errors.Join(err, fault.New(fault.Conflict, "archive.store_not_empty"))
	}
	if err := unpackFiles(z, folder); err != nil {
		return m, err
	}
	if err := d.MigrateOnly(ctx, migrations, m.Migrations); err != nil {
		return m, err
	}
	err = d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, table := range m.Tables {
			n, err := load(ctx, tx, z, table)
			if err != nil {
				return fmt.Errorf("archive: table %s: %w", table, err)
			}
			if n != m.Rows[table] {
				return fault.New(fault.Invalid, "archive.rows_missing", "table", table)
			}
		}
		return db.ContinueSequences(ctx, tx)
	})
	if err != nil {
		return m, err
	}
	_, err = d.Migrate(ctx, migrations)
	return m, err
}

func load(ctx context.Context, tx *db.Tx, z *zip.Reader, table string) (n int64, err error) {
	f, err := z.Open("rows/" + table + ".jsonl")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	dec := json.NewDecoder(bufio.NewReaderSize(f, 64<<10))
	dec.UseNumber()
	var columns []db.Column
	if err := dec.Decode(&columns); err != nil {
		return 0, err
	}
	into, err := db.Into(ctx, tx, table, columns)
	if err != nil {
		return 0, err
	}
	for {
		var row []any
		if err := dec.Decode(&row); errors.Is(err, io.EOF) {
			return n, into.Flush(ctx)
		} else if err != nil {
			return n, err
		}
		n++
		if err := into.Add(ctx, row); err != nil {
			return n, err
		}
	}
}

func unpackFiles(z *zip.Reader, folder string) error {
	for _, f := range z.File {
		name, is := strings.CutPrefix(f.Name, "files/")
		if !is {
			continue
		}
		if !filepath.IsLocal(name) {
			return fault.New(fault.Invalid, "archive.not_one")
		}
		if err := unpackFile(f, filepath.Join(folder, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

func unpackFile(f *zip.File, path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	w, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o640) //nolint:gosec // local to the folder, checked above
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, r); err != nil { //nolint:gosec // our own archive; the disk is the limit
		return errors.Join(err, w.Close())
	}
	return errors.Join(w.Sync(), w.Close())
}
