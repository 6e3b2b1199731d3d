package app

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"lotrinh/internal/kit/archive"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/migrations"
)

func backupCommand(ctx context.Context, args []string, term Terminal) int {
	return withHouse(ctx, "backup", args, term, func(h *House, rest []string) error {
		if len(rest) != 1 {
			return fault.New(fault.Invalid, "app.backup.path_needed")
		}
		m, err := h.backup(ctx, rest[0])
		if err == nil {
			term.say("app.backup.done", "rows", total(m), "files", m.Files, "path", rest[0])
		}
		return err
	})
}

// backup writes the archive beside its place and then moves it there, so that a
// half-written one is never taken for whole.
func (h *House) backup(ctx context.Context, path string) (archive.Manifest, error) {
	if _, err := os.Lstat(path); err == nil {
		return archive.Manifest{}, fault.New(fault.Conflict, "app.backup.exists", "path", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".lotrinh-backup-")
	if err != nil {
		return archive.Manifest{}, err
	}
	m, err := archive.Backup(ctx, h.DB, h.Config.filesFolder(), h.Machine.Now(), Version(), f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return m, errors.Join(err, os.Remove(f.Name()))
	}
	return m, nil
}

func restoreCommand(ctx context.Context, args []string, term Terminal) int {
	conf, rest, err := ReadConfig("restore", args, term.Environ)
	if err != nil {
		fmt.Fprintln(term.Err, err)
		return exitUsage
	}
	if len(rest) != 1 {
		return term.failed(fault.New(fault.Invalid, "app.restore.path_needed"))
	}
	m, err := restore(ctx, conf, rest[0], term.log(slog.LevelWarn))
	if err != nil {
		return term.failed(err)
	}
	term.say("app.restore.done", "rows", total(m), "files", m.Files)
	return exitOK
}

func restore(ctx context.Context, conf Config, path string, log *slog.Logger) (m archive.Manifest, err error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return m, fault.Because(fault.Invalid, "archive.not_one", err)
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	d, err := db.Open(ctx, db.Config{File: conf.file(), URL: conf.DatabaseURL, Log: log})
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return archive.Restore(ctx, d, migrations.Files, conf.filesFolder(), &z.Reader)
}

func total(m archive.Manifest) int64 {
	var n int64
	for _, rows := range m.Rows {
		n += rows
	}
	return n
}
