// Package db has two doors to the store: Read, for queries, and InTx, the only way
// to write. The store is SQLite in one file, or PostgreSQL 15 and later.
//
// On SQLite one goroutine holds the only writing connection. Operations that wait
// at the same time share one commit, each inside a savepoint of its own, so that a
// failing one undoes itself alone; a caller hears of success only after the commit
// has reached the disk. What was committed is brought from the log into the file beside
// them. On PostgreSQL each operation is a transaction of the pool.
//
// Arguments are written into the SQL text by bun. Times are stored in UTC with
// microseconds.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Config says where the store is.
type Config struct {
	// File is the path of the SQLite file; its folder is made when it is missing.
	File string
	// URL is the address of a PostgreSQL database and wins over File.
	URL string
	// Pool is the most PostgreSQL connections; 0 means 16.
	Pool int
	Log  *slog.Logger
}

// DB is an open store. It is safe for concurrent use.
type DB struct {
	read   *bun.DB
	write  *bun.DB
	sqlite bool
	group  *group
	keeper *keeper
	log    *slog.Logger
}

// Open opens the store and proves that it answers. The caller closes it.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.URL != "" {
		return openPostgres(ctx, c)
	}
	return openSQLite(ctx, c)
}

func openSQLite(ctx context.Context, c Config) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(c.File), 0o750); err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	write, err := sql.Open("sqlite", sqliteAddress(c.File, false))
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("db: open %s: %w", c.File, err), write.Close())
	}
	read, err := sql.Open("sqlite", sqliteAddress(c.File, true))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("db: %w", err), write.Close())
	}
	read.SetMaxOpenConns(max(4, runtime.NumCPU()))
	read.SetMaxIdleConns(max(4, runtime.NumCPU()))
	d := &DB{
		read:   bun.NewDB(read, sqlitedialect.New()),
		write:  bun.NewDB(write, sqlitedialect.New()),
		sqlite: true,
		log:    c.Log,
	}
	keep, err := sql.Open("sqlite", sqliteAddress(c.File, false))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("db: %w", err), d.read.Close(), write.Close())
	}
	d.keeper = startKeeper(keep, c.Log)
	d.group = startGroup(d.write, c.Log, d.keeper.saved)
	return d, nil
}

// sqliteAddress carries every setting in the address, so that each connection of
// the pool has them; busy_timeout comes first, so that the others can wait.
func sqliteAddress(file string, readOnly bool) string {
	q := url.Values{}
	q.Add("_pragma", "busy_timeout(10000)")
	q.Add("_pragma", "journal_mode(WAL)")
	q.Add("_pragma", "synchronous(FULL)")
	q.Add("_pragma", "foreign_keys(1)")
	q.Add("_pragma", "temp_store(MEMORY)")
	q.Add("_timezone", "UTC")
	q.Add("_time_format", "sqlite")
	if readOnly {
		q.Add("_pragma", "cache_size(-4000)")
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Add("_pragma", "cache_size(-16000)")
		q.Add("_pragma", fmt.Sprintf("wal_autocheckpoint(%d)", mostLog))
		q.Add("_txlock", "immediate")
	}
	return "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + q.Encode()
}

func openPostgres(ctx context.Context, c Config) (*DB, error) {
	conf, err := pgx.ParseConfig(c.URL)
	if err != nil {
		return nil, errors.New("db: the address of the PostgreSQL database cannot be read") // the cause quotes the password
	}
	if conf.TLSConfig == nil && !loopback(conf.Host) {
		return nil, errors.New("db: a PostgreSQL server that is not on this machine needs sslmode=verify-full")
	}
	conf.DefaultQueryExecMode = pgx.QueryExecModeExec
	conf.RuntimeParams["timezone"] = "UTC"
	if conf.RuntimeParams["statement_timeout"] == "" {
		conf.RuntimeParams["statement_timeout"] = "60000"
	}
	pool := stdlib.OpenDB(*conf)
	n := c.Pool
	if n == 0 {
		n = 16
	}
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("db: PostgreSQL does not answer: %w", err), pool.Close())
	}
	one := bun.NewDB(pool, pgdialect.New())
	return &DB{read: one, write: one, log: c.Log}, nil
}

func loopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "/")
}

// Read is the door for queries. On SQLite it refuses to write.
func (d *DB) Read() bun.IDB { return d.read }

// SQLite tells which of the two databases this is, for the SQL that only one speaks.
func (d *DB) SQLite() bool { return d.sqlite }

// Watch calls seen after every query with its text and its error, for metrics and
// for tests that count queries. It must be called before the store is used.
func (d *DB) Watch(seen func(ctx context.Context, query string, err error)) {
	h := hook{seen}
	d.read = d.read.WithQueryHook(h)
	if !d.sqlite {
		d.write = d.read
		return
	}
	d.write = d.write.WithQueryHook(h)
	d.group.db = d.write
}

type hook struct {
	seen func(context.Context, string, error)
}

func (h hook) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (h hook) AfterQuery(ctx context.Context, e *bun.QueryEvent) { h.seen(ctx, e.Query, e.Err) }

// Spare gives memory back that filled while very much was written at once. It is asked
// for between two such stretches, never on a page: what was remembered of the store has to
// be read again. PostgreSQL keeps its memory to itself.
func (d *DB) Spare(ctx context.Context) error {
	if !d.sqlite {
		return nil
	}
	if _, err := d.write.ExecContext(ctx, "PRAGMA shrink_memory"); err != nil {
		return Sorted(err)
	}
	var held []*sql.Conn
	var err error
	for range max(4, runtime.NumCPU()) { // each connection of the pool, by holding those that were asked
		c, wrong := d.read.DB.Conn(ctx)
		if wrong != nil {
			err = wrong
			break
		}
		held = append(held, c)
		if _, wrong := c.ExecContext(ctx, "PRAGMA shrink_memory"); wrong != nil {
			err = wrong
			break
		}
	}
	for _, c := range held {
		err = errors.Join(err, c.Close())
	}
	return Sorted(err)
}

// Close finishes the operations under way and closes the store.
func (d *DB) Close() error {
	if d.group != nil {
		d.group.stop()
		return errors.Join(d.keeper.stop(), d.read.Close(), d.write.Close())
	}
	return d.write.Close()
}
