package db

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// Column is a column and the kind of its values: text, int, real, bool, time, blob.
type Column struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// Table is a table with its columns, as a backup sees it.
type Table struct {
	Name    string
	Columns []Column
	parents []string
}

// Snapshot is a view of the whole store at one moment.
type Snapshot struct {
	tx     bun.Tx
	sqlite bool
}

// Snapshot runs do on a view that no writer disturbs.
func (d *DB) Snapshot(ctx context.Context, do func(ctx context.Context, s *Snapshot) error) error {
	opts := &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	if d.sqlite {
		opts = nil // a reading transaction of SQLite is a snapshot by itself
	}
	tx, err := d.read.BeginTx(ctx, opts)
	if err != nil {
		return Sorted(err)
	}
	return errors.Join(do(ctx, &Snapshot{tx, d.sqlite}), tx.Rollback())
}

// machinery are the tables that a backup leaves out: the migration tool keeps them.
var machinery = map[string]bool{"bun_migrations": true, "bun_migration_locks": true}

// Tables are the tables that hold rows of ours, parents before children. Virtual
// tables and their shadows are left out: they are indexes, made again from the rows.
func (s *Snapshot) Tables(ctx context.Context) ([]Table, error) {
	list := pgTables
	if s.sqlite {
		list = sqliteTables
	}
	tables, err := list(ctx, s.tx)
	if err != nil {
		return nil, Sorted(err)
	}
	return parentsFirst(tables)
}

// Migrations are the names of the migrations that made this schema, in order.
func (s *Snapshot) Migrations(ctx context.Context) ([]string, error) {
	var names []string
	err := s.tx.NewRaw("SELECT name FROM bun_migrations ORDER BY name").Scan(ctx, &names)
	return names, Sorted(err)
}

// Each calls f with the values of every row, in the order of t.Columns, as JSON
// writes them: times as RFC 3339, bytes as base64.
func (s *Snapshot) Each(ctx context.Context, t Table, f func(row []any) error) (err error) {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = `"` + c.Name + `"`
	}
	rows, err := s.tx.QueryContext(ctx, "SELECT "+strings.Join(names, ", ")+` FROM "`+t.Name+`"`)
	if err != nil {
		return Sorted(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return Sorted(err)
		}
		for i, c := range t.Columns {
			values[i] = plain(c.Kind, values[i])
		}
		if err := f(values); err != nil {
			return err
		}
	}
	return Sorted(rows.Err())
}

func plain(kind string, v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case []byte:
		if kind == "blob" {
			return base64.StdEncoding.EncodeToString(v)
		}
		return string(v)
	case int64:
		if kind == "bool" {
			return v != 0
		}
		return v
	default:
		return v
	}
}

func sqliteTables(ctx context.Context, tx bun.Tx) ([]Table, error) {
	var names []string
	err := tx.NewRaw(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`).Scan(ctx, &names)
	if err != nil {
		return nil, err
	}
	var tables []Table
	for _, name := range names {
		if machinery[name] {
			continue
		}
		t := Table{Name: name}
		var cols []struct{ Name, Type string }
		if err := tx.NewRaw("SELECT name, type FROM pragma_table_info(?)", name).Scan(ctx, &cols); err != nil {
			return nil, err
		}
		for _, c := range cols {
			t.Columns = append(t.Columns, Column{c.Name, columnKind(c.Type)})
		}
		if err := tx.NewRaw(`SELECT DISTINCT "table" FROM pragma_foreign_key_list(?)`, name).Scan(ctx, &t.parents); err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	return tables, nil
}

func pgTables(ctx context.Context, tx bun.Tx) ([]Table, error) {
	var cols []struct{ TableName, ColumnName, DataType string }
	err := tx.NewRaw(`SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns AS c
		JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
		WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
		ORDER BY c.table_name, c.ordinal_position`).Scan(ctx, &cols)
	if err != nil {
		return nil, err
	}
	var links []struct{ Child, Parent string }
	err = tx.NewRaw(`SELECT c.relname AS child, p.relname AS parent FROM pg_constraint AS k
		JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS p ON p.oid = k.confrelid
		WHERE k.contype = 'f' AND k.connamespace = current_schema()::regnamespace`).Scan(ctx, &links)
	if err != nil {
		return nil, err
	}
	var tables []Table
	for _, c := range cols {
		if machinery[c.TableName] {
			continue
		}
		if len(tables) == 0 || tables[len(tables)-1].Name != c.TableName {
			tables = append(tables, Table{Name: c.TableName})
		}
		t := &tables[len(tables)-1]
		t.Columns = append(t.Columns, Column{c.ColumnName, columnKind(c.DataType)})
	}
	for i := range tables {
		for _, l := range links {
			if l.Child == tables[i].Name {
				tables[i].parents = append(tables[i].parents, l.Parent)
			}
		}
	}
	return tables, nil
}

func columnKind(declared string) string {
	switch d := strings.ToLower(declared); {
	case strings.HasPrefix(d, "timestamp"):
		return "time"
	case strings.HasPrefix(d, "bool"):
		return "bool"
	case strings.HasPrefix(d, "int"), strings.HasPrefix(d, "bigint"), strings.HasPrefix(d, "smallint"):
		return "int"
	case strings.HasPrefix(d, "real"), strings.HasPrefix(d, "double"):
		return "real"
	case d == "blob", d == "bytea":
		return "blob"
	}
	return "text"
}

func parentsFirst(tables []Table) ([]Table, error) {
	placed := map[string]bool{}
	var order []Table
	for len(order) < len(tables) {
		before := len(order)
		for _, t := range tables {
			if !placed[t.Name] && ready(t, placed) {
				placed[t.Name] = true
				order = append(order, t)
			}
		}
		if len(order) == before {
			return nil, fmt.Errorf("db: the tables refer to each other in a circle")
		}
	}
	return order, nil
}

func ready(t Table, placed map[string]bool) bool {
	for _, p := range t.parents {
		if p != t.Name && !placed[p] {
			return false
		}
	}
	return true
}
