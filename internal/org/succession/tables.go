package succession

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

// Table is a table whose rows go from a unit to its heir. Names and Where are of the
// program, never typed by anybody.
type Table struct {
	Name    string
	Key     string // expression over alias t that names a row; empty: t.id
	Unit    string // column of the unit; empty: unit
	As      string // name in the journal where two areas share a table; empty: the table's
	Where   string // over alias t: the rows that move; empty: all
	Version string // column that counts changes; empty: none
	Label   string // key of words for the report; empty: a part of something told already
	Rule    Rule
	// Once are columns of which, together with the unit, there is one row at most among
	// those of OnceWhere: two units that merge may both have one.
	Once      []string
	OnceWhere string
}

func (t Table) key() string  { return cmp.Or(t.Key, "t.id") }
func (t Table) unit() string { return cmp.Or(t.Unit, "unit") }

// tab is the table in the journal.
func (t Table) tab() string { return cmp.Or(t.As, t.Name) + "." + t.unit() }

func (t Table) where() string {
	if t.Where == "" {
		return ""
	}
	return " AND (" + t.Where + ")"
}

// Tables is the participant of an area that needs no more than a list: rows that go to the
// heir, tables that stay as they are, and, if need be, what to do beside.
type Tables struct {
	Area   string // key of words
	Moves  []Table
	Stays  []string
	Beside Beside
}

// Beside is what an area does in the same transaction for which a list is not enough:
// counters, answers to compute again, rows that merge. Each part may be nil. Begin runs
// before the rows move and End after; Back runs before they move back and Undone after.
type Beside struct {
	Look   func(ctx context.Context, q bun.IDB, p Plan) (Report, error)
	Begin  func(ctx context.Context, tx *db.Tx, p Plan, who access.Actor) (Report, error)
	End    func(ctx context.Context, tx *db.Tx, p Plan, who access.Actor) error
	Back   func(ctx context.Context, tx *db.Tx, p Plan) error
	Undone func(ctx context.Context, tx *db.Tx, p Plan) error
	// Tables are those that only this code changes.
	Tables []string
}

// Name is the area.
func (a Tables) Name() string { return a.Area }

// Claims are the tables of the lists.
func (a Tables) Claims() (moves, stays []string) {
	for _, t := range a.Moves {
		moves = append(moves, t.Name)
	}
	return append(moves, a.Beside.Tables...), a.Stays
}

// Look counts the rows that would move, by list.
func (a Tables) Look(ctx context.Context, q bun.IDB, p Plan) (Report, error) {
	r := Report{Area: a.Area}
	from := slices.Sorted(maps.Keys(p.Heir))
	for _, t := range a.Moves {
		if t.Label != "" {
			n, err := t.count(ctx, q, from)
			if err != nil {
				return r, err
			}
			r.Moved = append(r.Moved, Moved{t.Label, t.Rule, n})
		}
		if len(t.Once) > 0 {
			n, err := t.clashes(ctx, q, p)
			if err != nil {
				return r, err
			}
			if n > 0 {
				r.Problems = append(r.Problems, i18n.L("succession.clash", "rows", n, "what", i18n.Key(t.Label)))
			}
		}
	}
	if a.Beside.Look != nil {
		more, err := a.Beside.Look(ctx, q, p)
		r.Moved, r.Problems = append(r.Moved, more.Moved...), append(r.Problems, more.Problems...)
		return r, err
	}
	return r, nil
}

func (t Table) count(ctx context.Context, q bun.IDB, from []string) (int64, error) {
	if len(from) == 0 {
		return 0, nil
	}
	var n int64
	err := q.NewRaw("SELECT count(*) FROM "+t.Name+" AS t WHERE t."+t.unit()+" IN (?)"+t.where(), bun.List(from)).Scan(ctx, &n)
	return n, db.Sorted(err)
}

// clashes counts the places where two rows would become one.
func (t Table) clashes(ctx context.Context, q bun.IDB, p Plan) (int64, error) {
	if len(p.Heir) == 0 {
		return 0, nil
	}
	var pairs [][]string
	for _, code := range slices.Sorted(maps.Keys(p.Heir)) {
		pairs = append(pairs, []string{code, p.Heir[code]})
	}
	values := make([]string, len(pairs))
	var args []any
	for i, pair := range pairs {
		values[i] = "(?, ?)"
		args = append(args, pair[0], pair[1])
	}
	with := "WITH h (f, t) AS (VALUES " + strings.Join(values, ", ") + ") "
	var n int64
	err := q.NewRaw(with+"SELECT count(*) FROM (SELECT 1 AS one FROM "+t.Name+" AS t LEFT JOIN h ON h.f = t."+t.unit()+
		" WHERE "+cmp.Or(t.OnceWhere, "1 = 1")+" GROUP BY COALESCE(h.t, t."+t.unit()+"), t."+strings.Join(t.Once, ", t.")+" HAVING count(*) > 1) AS twice", args...).Scan(ctx, &n)
	return n, db.Sorted(err)
}

// Succeed moves the rows of every list.
func (a Tables) Succeed(ctx context.Context, tx *db.Tx, p Plan, who access.Actor) (Report, error) {
	r := Report{Area: a.Area}
	if a.Beside.Begin != nil {
		more, err := a.Beside.Begin(ctx, tx, p, who)
		if err != nil {
			return r, err
		}
		r.Moved = more.Moved
	}
	var told []Moved
	for _, t := range a.Moves {
		n, err := t.succeed(ctx, tx, p, a.Area)
		if err != nil {
			return r, err
		}
		if t.Label != "" {
			told = append(told, Moved{t.Label, t.Rule, n})
		}
	}
	r.Moved = append(told, r.Moved...)
	if a.Beside.End != nil {
		return r, a.Beside.End(ctx, tx, p, who)
	}
	return r, nil
}

// counts is how a change of the row is counted.
func (t Table) counts() string {
	if t.Version == "" {
		return ""
	}
	return fmt.Sprintf(", %[1]s = t.%[1]s + 1", t.Version)
}

// succeed writes every row that moves into the journal, then moves what stands there: two
// statements, however many rows and units there are.
func (t Table) succeed(ctx context.Context, tx *db.Tx, p Plan, area string) (int64, error) {
	_, err := tx.NewRaw("INSERT INTO succession_journal (set_id, tab, key, was, became) SELECT h.set_id, ?, "+t.key()+", h.from_code, h.to_code FROM succession_heir AS h "+
		"JOIN "+t.Name+" AS t ON t."+t.unit()+" = h.from_code WHERE h.set_id = ?"+t.where(), t.tab(), p.Set).Exec(ctx)
	if err != nil {
		return 0, db.Sorted(err)
	}
	res, err := tx.NewRaw("UPDATE "+t.Name+" AS t SET "+t.unit()+" = j.became"+t.counts()+
		" FROM succession_journal AS j WHERE j.set_id = ? AND j.tab = ? AND j.key = "+t.key(), p.Set, t.tab()).Exec(ctx)
	if err != nil {
		if db.Duplicate(err) {
			return 0, fault.New(fault.Conflict, "succession.clash_now", "what", i18n.Key(cmp.Or(t.Label, area)))
		}
		return 0, db.Sorted(err)
	}
	n, err := res.RowsAffected()
	return n, db.Sorted(err)
}

// Reverse puts the rows of every list back where they were.
func (a Tables) Reverse(ctx context.Context, tx *db.Tx, p Plan) error {
	for _, t := range a.Moves {
		if err := t.free(ctx, tx, p, a.Area); err != nil {
			return err
		}
	}
	if a.Beside.Back != nil {
		if err := a.Beside.Back(ctx, tx, p); err != nil {
			return err
		}
	}
	for _, t := range slices.Backward(a.Moves) {
		if err := t.reverse(ctx, tx, p); err != nil {
			return err
		}
	}
	if a.Beside.Undone != nil {
		return a.Beside.Undone(ctx, tx, p)
	}
	return nil
}

// free refuses to go back when rows that moved were moved on since, or when there are new
// ones of units that would be no more.
func (t Table) free(ctx context.Context, tx *db.Tx, p Plan, area string) error {
	var on int64
	err := tx.NewRaw("SELECT count(*) FROM succession_journal AS j JOIN "+t.Name+" AS t ON j.key = "+t.key()+
		" WHERE j.set_id = ? AND j.tab = ? AND t."+t.unit()+" <> j.became", p.Set, t.tab()).Scan(ctx, &on)
	if err != nil {
		return db.Sorted(err)
	}
	if on > 0 {
		return fault.New(fault.Conflict, "succession.moved_on", "rows", on, "what", i18n.Key(cmp.Or(t.Label, area)))
	}
	if len(p.Begun) == 0 {
		return nil
	}
	err = tx.NewRaw("SELECT count(*) FROM "+t.Name+" AS t WHERE t."+t.unit()+" IN (?) AND NOT EXISTS (SELECT 1 FROM succession_journal AS j WHERE j.set_id = ? AND j.tab = ? AND j.key = "+t.key()+")",
		bun.List(p.Begun), p.Set, t.tab()).Scan(ctx, &on)
	if err != nil {
		return db.Sorted(err)
	}
	if on > 0 {
		return fault.New(fault.Conflict, "succession.rests", "rows", on, "what", i18n.Key(cmp.Or(t.Label, area)))
	}
	return nil
}

func (t Table) reverse(ctx context.Context, tx *db.Tx, p Plan) error {
	_, err := tx.NewRaw("UPDATE "+t.Name+" AS t SET "+t.unit()+" = j.was"+t.counts()+
		" FROM succession_journal AS j WHERE j.set_id = ? AND j.tab = ? AND j.key = "+t.key(), p.Set, t.tab()).Exec(ctx)
	return db.Sorted(err)
}
