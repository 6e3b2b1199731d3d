package db

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/uptrace/bun/schema"
)

// Empty tells whether the store holds no table yet.
func (d *DB) Empty(ctx context.Context) (bool, error) {
	var tables []Table
	err := d.Snapshot(ctx, func(ctx context.Context, s *Snapshot) error {
		var err error
		tables, err = s.Tables(ctx)
		return err
	})
	return len(tables) == 0, err
}

// MigrateOnly brings an empty store up to the named migrations and no further.
func (d *DB) MigrateOnly(ctx context.Context, files fs.FS, names []string) error {
	_, err := d.Migrate(ctx, only{files, names})
	return err
}

// only shows the migrations whose 14 digits are listed.
type only struct {
	fs.FS
	names []string
}

// ReadDir lists the shown migrations.
func (o only) ReadDir(dir string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(o.FS, dir)
	var some []fs.DirEntry
	for _, e := range all {
		for _, n := range o.names {
			if strings.HasPrefix(e.Name(), n) {
				some = append(some, e)
			}
		}
	}
	return some, err
}

// Loader fills a table with rows from a backup.
type Loader struct {
	tx      *Tx
	head    string
	columns []Column
	kinds   map[string]string
	rows    []string
}

// loadBatch is how many rows one statement carries.
const loadBatch = 200

// Into loads rows with these columns into a table.
func Into(ctx context.Context, tx *Tx, table string, columns []Column) (*Loader, error) {
	list := pgTables
	if tx.sqlite {
		list = sqliteTables
	}
	tables, err := list(ctx, tx.Tx)
	if err != nil {
		return nil, Sorted(err)
	}
	l := &Loader{tx: tx, columns: columns, kinds: map[string]string{}}
	for _, t := range tables {
		for _, c := range t.Columns {
			if t.Name == table {
				l.kinds[c.Name] = c.Kind
			}
		}
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		if l.kinds[c.Name] == "" {
			return nil, fmt.Errorf("db: the backup has a column %s.%s that this schema lacks", table, c.Name)
		}
		names[i] = `"` + c.Name + `"`
	}
	l.head = `INSERT INTO "` + table + `" (` + strings.Join(names, ", ") + ") VALUES "
	return l, nil
}

// Add takes one row, in the order of the columns.
func (l *Loader) Add(ctx context.Context, row []any) error {
	if len(row) != len(l.columns) {
		return errors.New("db: a row of the backup has the wrong number of values")
	}
	marks := make([]string, len(row))
	args := make([]any, len(row))
	for i, v := range row {
		value, err := native(l.kinds[l.columns[i].Name], v)
		if err != nil {
			return err
		}
		marks[i], args[i] = "?", value
	}
	l.rows = append(l.rows, schema.NewQueryGen(l.tx.Dialect()).FormatQuery("("+strings.Join(marks, ", ")+")", args...))
	if len(l.rows) < loadBatch {
		return nil
	}
	return l.Flush(ctx)
}

// Flush writes the rows that wait.
func (l *Loader) Flush(ctx context.Context) error {
	if len(l.rows) == 0 {
		return nil
	}
	_, err := l.tx.Tx.Tx.ExecContext(ctx, l.head+strings.Join(l.rows, ", "))
	l.rows = l.rows[:0]
	return Sorted(err)
}

func native(kind string, v any) (any, error) {
	s, isText := v.(string)
	switch {
	case v == nil:
		return nil, nil //nolint:nilnil // NULL stays NULL
	case kind == "time" && isText:
		return time.Parse(time.RFC3339Nano, s)
	case kind == "blob" && isText:
		return base64.StdEncoding.DecodeString(s)
	}
	if n, is := v.(json.Number); is {
		if kind == "int" {
			return n.Int64()
		}
		return n.Float64()
	}
	return v, nil
}

// ContinueSequences makes PostgreSQL's identity columns go on behind the rows that
// were loaded; SQLite does so by itself.
func ContinueSequences(ctx context.Context, tx *Tx) error {
	if tx.sqlite {
		return nil
	}
	var cols []struct{ TableName, ColumnName string }
	err := tx.NewRaw(`SELECT table_name, column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND is_identity = 'YES'`).Scan(ctx, &cols)
	if err != nil {
		return Sorted(err)
	}
	for _, c := range cols {
		_, err := tx.NewRaw(fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('%s', '%s'), COALESCE((SELECT max(%q) FROM %q), 0) + 1, false)`,
			c.TableName, c.ColumnName, c.ColumnName, c.TableName)).Exec(ctx)
		if err != nil {
			return Sorted(err)
		}
	}
	return nil
}
