package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"lotrinh/internal/kit/db"
	"lotrinh/migrations"
)

// moveToPostgres copies a whole store of one file into an empty PostgreSQL database: tables by COPY, without indexes and
// checks of references, which are made again behind them.
func moveToPostgres(ctx context.Context, file, url string) (err error) {
	from := time.Now()
	src, err := openStore(ctx, file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	if _, err := src.Migrate(ctx, migrations.Files); err != nil {
		return err
	}
	dst, err := db.Open(ctx, db.Config{URL: url, Pool: 2})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	if _, err := dst.Migrate(ctx, migrations.Files); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	indexes, err := dropIndexes(ctx, conn)
	if err != nil {
		return err
	}
	err = src.Snapshot(ctx, func(ctx context.Context, s *db.Snapshot) error {
		tables, err := s.Tables(ctx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if err := copyTable(ctx, conn, s, t); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, sql := range append(indexes, "VACUUM (ANALYZE)") {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	fmt.Printf("copied into PostgreSQL in %s\n", time.Since(from).Round(time.Second))
	return dst.InTx(ctx, db.ContinueSequences)
}

// dropIndexes takes away the indexes that no constraint stands on and returns how to make them again.
func dropIndexes(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	for _, sql := range []string{"SET session_replication_role = replica", "SET statement_timeout = 0", "SET maintenance_work_mem = '1GB'"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return nil, err
		}
	}
	rows, err := conn.Query(ctx, `SELECT i.indexname, i.indexdef FROM pg_indexes AS i WHERE i.schemaname = current_schema()
		AND NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conname = i.indexname)`)
	if err != nil {
		return nil, err
	}
	type index struct{ Name, Def string }
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[index])
	if err != nil {
		return nil, err
	}
	var again []string
	for _, one := range all {
		if _, err := conn.Exec(ctx, `DROP INDEX "`+one.Name+`"`); err != nil {
			return nil, err
		}
		again = append(again, one.Def)
	}
	return again, nil
}

// copyTable replaces the rows of a table.
func copyTable(ctx context.Context, conn *pgx.Conn, s *db.Snapshot, t db.Table) error {
	if _, err := conn.Exec(ctx, `TRUNCATE "`+t.Name+`" CASCADE`); err != nil {
		return err
	}
	var names []string
	for _, c := range t.Columns {
		names = append(names, `"`+c.Name+`"`)
	}
	out, in := io.Pipe()
	go func() {
		w := bufio.NewWriterSize(in, 1<<20)
		err := s.Each(ctx, t, func(row []any) error {
			_, err := w.WriteString(copyLine(t.Columns, row))
			return err
		})
		in.CloseWithError(errors.Join(err, w.Flush()))
	}()
	_, err := conn.PgConn().CopyFrom(ctx, out, `COPY "`+t.Name+`" (`+strings.Join(names, ", ")+") FROM STDIN")
	out.CloseWithError(err)
	return err
}

var copyEscapes = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)

// copyLine is one row in the text form of COPY.
func copyLine(columns []db.Column, row []any) string {
	cells := make([]string, len(row))
	for i, v := range row {
		switch v := v.(type) {
		case nil:
			cells[i] = `\N`
		case string:
			if columns[i].Kind == "blob" {
				if raw, err := base64.StdEncoding.DecodeString(v); err == nil {
					cells[i] = `\\x` + hex.EncodeToString(raw)
					continue
				}
			}
			cells[i] = copyEscapes.Replace(v)
		default:
			cells[i] = fmt.Sprint(v)
		}
	}
	return strings.Join(cells, "\t") + "\n"
}
