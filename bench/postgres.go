package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// runDatabase is the database of a run at the size of the demo; it is dropped behind it.
const (
	runDatabase = "bench_run"
	dropRun     = "DROP DATABASE IF EXISTS " + runDatabase + " WITH (FORCE)"
)

// underPostgres runs this very command again beside a PostgreSQL that scripts/postgres.sh starts, with the durability that it
// comes with. Its data stays in the cache.
func underPostgres(ctx context.Context, cache string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	folder, err := filepath.Abs(filepath.Join(cache, "postgres"))
	if err != nil {
		return err
	}
	if err := errors.Join(os.MkdirAll(folder, 0o755), os.Chmod(cache, 0o755)); err != nil { // the server may be another user
		return err
	}
	cmd := exec.CommandContext(ctx, "scripts/postgres.sh", append([]string{self}, os.Args[1:]...)...)
	cmd.Env = append(os.Environ(), "KEEP="+folder, "DURABLE=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Minute
	return cmd.Run()
}

// database is the address of one database of the run's server.
func (b *bench) database(name string) (string, error) {
	u, err := url.Parse(b.server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

// inServer runs statements of the server itself, one after the other.
func (b *bench) inServer(ctx context.Context, statements ...string) (err error) {
	conn, err := pgx.Connect(ctx, b.server)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// emptyRun makes the run's database, empty, and gives its address.
func (b *bench) emptyRun(ctx context.Context) (string, error) {
	if err := b.inServer(ctx, dropRun, "CREATE DATABASE "+runDatabase); err != nil {
		return "", err
	}
	return b.database(runDatabase)
}

// keptInPostgres lets the run work in the database of its size that the server keeps, which is made first when there is none: in
// a file, as for SQLite, and copied. What a run writes stays in it (some hundred tickets of a minute's mix): a copy for every run
// would need its room twice.
func (b *bench) keptInPostgres(ctx context.Context, grow func(context.Context) error) error {
	kept := fmt.Sprintf("bench_%s_%d_%d_%d", b.scale, b.tickets, b.machines, b.dossiers)
	found, err := b.has(ctx, kept)
	if err != nil {
		return err
	}
	if !found {
		if err := b.keep(ctx, kept, grow); err != nil {
			return err
		}
	}
	if b.url, err = b.database(kept); err != nil {
		return err
	}
	return tidied(ctx, b.url)
}

// tidied clears away the rows that an earlier run replaced: thousands of tickets computed again are less than what PostgreSQL waits
// for before it does so itself.
func tidied(ctx context.Context, url string) (err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	_, err = conn.Exec(ctx, "VACUUM (ANALYZE)")
	return err
}

// has tells whether the server has a database.
func (b *bench) has(ctx context.Context, name string) (found bool, err error) {
	conn, err := pgx.Connect(ctx, b.server)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&found)
	return found, err
}

// keep makes the database of a size. What an interrupted run left of it is thrown away.
func (b *bench) keep(ctx context.Context, name string, grow func(context.Context) error) error {
	part := name + "_part"
	if err := b.grown(ctx, grow); err != nil {
		return err
	}
	if err := b.inServer(ctx, "DROP DATABASE IF EXISTS "+part+" WITH (FORCE)", "CREATE DATABASE "+part); err != nil {
		return err
	}
	to, err := b.database(part)
	if err != nil {
		return err
	}
	if err := moveToPostgres(ctx, b.file(), to); err != nil {
		return err
	}
	return errors.Join(os.Remove(b.file()), b.inServer(ctx, "ALTER DATABASE "+part+" RENAME TO "+name, "CHECKPOINT"))
}
