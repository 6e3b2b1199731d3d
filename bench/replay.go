package main

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// added is one row that the product wrote when it created something.
type added struct {
	table   string
	columns []string
	values  []any
}

var (
	uuids   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`)
	numbers = regexp.MustCompile(`\b[A-Z]{2}-\d{4}-\d+\b`)
	shadow  = regexp.MustCompile(`_(data|idx|content|docsize|config)$`)
)

// rows are all rows of all tables of the store, each by its printed form.
func (b *bench) rows(ctx context.Context) (map[string]map[string]map[string]any, error) {
	d, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'bun_%'"
	if b.url != "" {
		list = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'bun_%'"
	}
	var tables []string
	if err := d.Read().NewRaw(list).Scan(ctx, &tables); err != nil {
		return nil, err
	}
	all := map[string]map[string]map[string]any{}
	for _, table := range tables {
		if shadow.MatchString(table) {
			continue
		}
		var found []map[string]any
		if err := d.Read().NewSelect().TableExpr("?", bun.Ident(table)).Scan(ctx, &found); err != nil {
			return nil, fmt.Errorf("%s: %w", table, err)
		}
		all[table] = make(map[string]map[string]any, len(found))
		for _, row := range found {
			all[table][fmt.Sprint(row)] = row
		}
	}
	return all, nil
}

// difference is the rows that creating something brought, and which keys in them are new. Rows that were only changed, such
// as counters, are left out.
func difference(before, after map[string]map[string]map[string]any) (news []added, keys map[string]bool) {
	known := map[string]bool{}
	for _, table := range before {
		for row := range table {
			for _, key := range uuids.FindAllString(row, -1) {
				known[key] = true
			}
		}
	}
	keys = map[string]bool{}
	for _, table := range slices.Sorted(maps.Keys(after)) {
		if len(after[table]) <= len(before[table]) {
			continue
		}
		for printed, row := range after[table] {
			if _, old := before[table][printed]; old {
				continue
			}
			fresh := slices.DeleteFunc(uuids.FindAllString(printed, -1), func(key string) bool { return known[key] })
			if len(fresh) == 0 {
				continue
			}
			a := added{table: table}
			for _, key := range fresh {
				keys[key] = true
			}
			for _, column := range slices.Sorted(maps.Keys(row)) {
				if _, number := row[column].(int64); column != "seq" && column != "words" && (column != "id" || !number) { // numbered by the database
					a.columns = append(a.columns, column)
					a.values = append(a.values, row[column])
				}
			}
			news = append(news, a)
		}
	}
	return news, keys
}

// tables says which rows are replayed, for the reader of the table.
func tables(rows []added) string {
	n := map[string]int{}
	for _, r := range rows {
		n[r.table]++
	}
	var words []string
	for _, t := range slices.Sorted(maps.Keys(n)) {
		words = append(words, fmt.Sprintf("%d %s", n[t], t))
	}
	return strings.Join(words, ", ")
}

// replay inserts the same rows again and again under new keys into a copy of the store: the same durability, the same
// grouping of commits, the same indexes, and no rule of the product.
func replay(ctx context.Context, d *db.DB, news []added, keys map[string]bool, clients int, span time.Duration) result {
	return load("bare insert of the same rows", clients, span, func(_, _ int) (int, error) {
		fresh := map[string]string{}
		renew := func(key string) string {
			if !keys[key] {
				return key
			}
			if fresh[key] == "" {
				fresh[key] = string(ident.New(time.Now()))
			}
			return fresh[key]
		}
		renumber := func(number string) string { return number[:8] + string(ident.New(time.Now())) }
		return 0, d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, row := range news {
				args := make([]any, len(row.values))
				for i, v := range row.values {
					if text, ok := v.(string); ok {
						v = numbers.ReplaceAllStringFunc(uuids.ReplaceAllStringFunc(text, renew), renumber)
					}
					args[i] = v
				}
				sql := "INSERT INTO " + row.table + " (" + strings.Join(row.columns, ", ") + ") VALUES (" +
					strings.TrimSuffix(strings.Repeat("?, ", len(args)), ", ") + ")"
				if _, err := tx.NewRaw(sql, args...).Exec(ctx); err != nil {
					return fmt.Errorf("%s: %w", row.table, err)
				}
			}
			return nil
		})
	})
}
