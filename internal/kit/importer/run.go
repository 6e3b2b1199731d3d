package importer

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// Action is what an import does with a row.
type Action string

// The actions. Rows in conflict and bad rows are never saved.
const (
	Create   Action = "create"
	Update   Action = "update"
	Skip     Action = "skip" // everything is already so
	Conflict Action = "conflict"
	Bad      Action = "bad"
)

// State is where an import stands.
type State string

// The states of an import.
const (
	Previewed State = "previewed"
	Committed State = "committed"
	Undone    State = "undone"
)

// Row is one row of the table in stored form, by column key; empty cells are absent.
type Row struct {
	N     int
	Cells map[string]string
}

// Problem is what is wrong with a row, at a column or at the row as a whole.
type Problem struct {
	Column string    `json:"column,omitempty"`
	Ref    string    `json:"ref,omitempty"` // C7; filled in by the importer
	Line   i18n.Line `json:"line"`
}

// Plan is what would become of a row.
type Plan struct {
	Action   Action
	Problems []Problem
}

// Change is what an applied row did, in the area's own words, for Undo.
type Change struct {
	N      int
	Record json.RawMessage
}

// Refusal is a row that cannot be undone, and why.
type Refusal struct {
	N    int
	Line i18n.Line
}

// Spec is what an area tells the importer about one kind of import.
type Spec struct {
	Kind    string // "inventory.assets"
	Title   string // message key
	Home    string // where a person goes on: "/inventory"
	Perm    access.Perm
	Columns []Column
	// Plan says for each row what would happen, from the data that q shows, in a
	// number of queries that does not grow with the rows.
	Plan func(ctx context.Context, q bun.IDB, who access.Actor, rows []Row) ([]Plan, error)
	// Apply saves the rows and says for each what it did.
	Apply func(ctx context.Context, tx *db.Tx, who access.Actor, rows []Row) ([]Change, error)
	// Undo takes the changes back; when rows have been changed since, it changes
	// nothing and names them.
	Undo func(ctx context.Context, tx *db.Tx, who access.Actor, changes []Change) ([]Refusal, error)
}

// Run is one import.
type Run struct {
	bun.BaseModel `bun:"table:import_run,alias:ir"`
	ID            ident.ID  `bun:"id,pk"`
	Kind          string    `bun:"kind"`
	Owner         ident.ID  `bun:"owner"`
	Name          string    `bun:"name"` // of the file
	State         State     `bun:"state"`
	At            time.Time `bun:"at"`
	Settled       time.Time `bun:"settled,nullzero"`
	Total         int64     `bun:"total"`
	Created       int64     `bun:"created"`
	Updated       int64     `bun:"updated"`
	Skipped       int64     `bun:"skipped"`
	Conflicts     int64     `bun:"conflicts"`
	Bad           int64     `bun:"bad"`
	Unread        string    `bun:"unread"`
	Version       int64     `bun:"version"`
}

// Good is how many rows a commit saves.
func (r Run) Good() int64 { return r.Created + r.Updated }

// Headings are the columns of the table that nobody knows and that are left out.
func (r Run) Headings() []string {
	var out []string
	if json.Unmarshal([]byte(r.Unread), &out) != nil {
		return nil
	}
	return out
}

func (r *Run) count(plans []Plan) {
	r.Created, r.Updated, r.Skipped, r.Conflicts, r.Bad = 0, 0, 0, 0, 0
	for _, p := range plans {
		switch p.Action {
		case Create:
			r.Created++
		case Update:
			r.Updated++
		case Skip:
			r.Skipped++
		case Conflict:
			r.Conflicts++
		case Bad:
			r.Bad++
		}
	}
}

// RowView is a stored row of an import.
type RowView struct {
	bun.BaseModel `bun:"table:import_row,alias:iw"`
	Run           ident.ID `bun:"run,pk"`
	N             int64    `bun:"n,pk"`
	CellsJSON     string   `bun:"cells"`
	Action        Action   `bun:"action"`
	ProblemsJSON  string   `bun:"problems"`
	ChangeJSON    string   `bun:"change"`
}

// Cells are the row's values by column key.
func (r RowView) Cells() map[string]string {
	out := map[string]string{}
	if json.Unmarshal([]byte(r.CellsJSON), &out) != nil {
		return map[string]string{}
	}
	return out
}

// Problems are what is wrong with the row.
func (r RowView) Problems() []Problem {
	var out []Problem
	if json.Unmarshal([]byte(r.ProblemsJSON), &out) != nil {
		return nil
	}
	return out
}

// Get is an import of the reader's own.
func (im *Importer) Get(ctx context.Context, who access.Actor, id ident.ID) (Run, error) {
	var r Run
	err := im.db.Read().NewSelect().Model(&r).Where("ir.id = ?", id).Where("ir.owner = ?", who.ID).Scan(ctx)
	return r, db.Sorted(err)
}

// List is a page of the reader's own imports, newest first.
func (im *Importer) List(ctx context.Context, who access.Actor, r page.Request) (page.Page[Run], error) {
	var rows []Run
	err := im.db.Read().NewSelect().Model(&rows).Where("ir.owner = ?", who.ID).Apply(r.On("ir.id")).Scan(ctx)
	return page.Cut(r, rows, func(r Run) []string { return []string{string(r.ID)} }), db.Sorted(err)
}

// Rows is a page of the rows of the reader's own import, of one action or of all.
func (im *Importer) Rows(ctx context.Context, who access.Actor, id ident.ID, only Action, r page.Request) (page.Page[RowView], error) {
	if _, err := im.Get(ctx, who, id); err != nil {
		return page.Page[RowView]{}, err
	}
	var rows []RowView
	q := im.db.Read().NewSelect().Model(&rows).Where("iw.run = ?", id).Apply(r.Up("iw.n"))
	if only != "" {
		q = q.Where("iw.action = ?", only)
	}
	err := q.Scan(ctx)
	return page.Cut(r, rows, func(r RowView) []string { return []string{i64(r.N)} }), db.Sorted(err)
}

func pack(v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fault.Because(fault.Internal, "fault.internal", err)
	}
	return string(raw), nil
}
