// Package page cuts lists into pages by key, so that the thousandth page costs as
// much as the first. A cursor holds the key of the last row shown.
package page

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// Default and Max are the numbers of rows on a page: unasked, and at the most.
const (
	Default = 50
	Max     = 200
)

// Request is the page that was asked for.
type Request struct {
	after []string
	Limit int
}

// Read takes the cursor and the limit from an address. A cursor that is no cursor
// means the first page; the limit is clamped to 1..Max.
func Read(after, limit string) Request {
	r := Request{Limit: Default}
	if n, err := strconv.Atoi(limit); err == nil {
		r.Limit = min(max(n, 1), Max)
	}
	if raw, err := base64.RawURLEncoding.DecodeString(after); err == nil && len(raw) > 0 && len(raw) < 1024 {
		if json.Unmarshal(raw, &r.after) != nil {
			r.after = nil
		}
	}
	return r
}

// First tells whether this is the first page.
func (r Request) First() bool { return len(r.after) == 0 }

// After are the values of the cursor, for lists that are not read from one table; nil on
// the first page.
func (r Request) After() []string { return r.after }

// On orders by the columns, the newest (largest) first, starts behind the cursor
// and asks for one row more than the page shows. The last column must be unique.
func (r Request) On(columns ...string) func(*bun.SelectQuery) *bun.SelectQuery {
	return r.keyset("<", " DESC", columns)
}

// Up is On with the smallest first.
func (r Request) Up(columns ...string) func(*bun.SelectQuery) *bun.SelectQuery {
	return r.keyset(">", " ASC", columns)
}

func (r Request) keyset(cmp, order string, columns []string) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if len(r.after) == len(columns) {
			args := make([]any, len(columns))
			for i := range columns {
				args[i] = r.after[i]
			}
			marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
			q = q.Where("("+strings.Join(columns, ", ")+") "+cmp+" ("+marks+")", args...)
		}
		for _, c := range columns {
			q = q.OrderExpr(c + order)
		}
		return q.Limit(int64(r.Limit) + 1)
	}
}

// Page is a cut of a list.
type Page[T any] struct {
	Items []T
	// Next is the cursor of the following page, empty on the last one.
	Next  string
	First bool
}

// Cut drops the row that only tells of a next page. key gives a row's values of the
// columns that On was given, in their order.
func Cut[T any](r Request, rows []T, key func(T) []string) Page[T] {
	p := Page[T]{Items: rows, First: r.First()}
	if len(rows) > r.Limit {
		p.Items = rows[:r.Limit]
		p.Next = Key(key(p.Items[r.Limit-1])...)
	}
	return p
}

// Key is the cursor behind a row whose values of the columns these are.
func Key(values ...string) string {
	raw, err := json.Marshal(values)
	if err != nil {
		return "" // strings always marshal
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// Time writes a moment as a cursor value, in the form in which the store compares it.
func Time(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999999-07:00") }
