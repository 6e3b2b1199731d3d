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
	// Asked is what was answered about the whole table, by Option.Key.
	Asked map[string]string
	// Choice is what a person decided about this row: one of Plan.Choices, or empty.
	Choice string
}

// Option is a question about the whole table, asked with the upload: by what rows find
// the thing that they are about. Its sentence is Name, that of an answer
// Name+"."+value; the first value is the answer of whoever does not answer.
type Option struct {
	Key    string
	Name   string
	Values []string
}

// Side is a value of a row that differs from what is known already, both in words.
type Side struct {
	Column string    `json:"column"`
	Have   i18n.Line `json:"have"`
	Told   i18n.Line `json:"told"`
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
	// Mark says what else is true of the row, one of Spec.Marks; the preview counts it.
	Mark string
	// About is the thing that the row is about, in words; may be empty.
	About i18n.Line
	// Sides are values that differ, to be seen beside each other.
	Sides []Side
	// Choices are what a person may decide about the row, of Spec.Choices.
	Choices []string
}

// more is what a row keeps of its plan beside action, problems and mark.
type more struct {
	About   *i18n.Line `json:"about,omitempty"`
	Sides   []Side     `json:"sides,omitempty"`
	Choices []string   `json:"choices,omitempty"`
}

func (p Plan) more() more {
	m := more{Sides: p.Sides, Choices: p.Choices}
	if p.About.Key != "" {
		m.About = &p.About
	}
	return m
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
	Home    string // where a person goes on: "/inventory/assets"
	At      string // the navigation entry it belongs to: "/inventory"
	Perm    access.Perm
	Columns []Column
	Options []Option
	// Marks are the words by which Plan marks rows, and Choices what people may decide
	// about one; their sentences are Kind+".mark."+word and Kind+".choice."+word.
	Marks, Choices []string
	// Every lets Plan see rows with faulty cells too, without those cells, so that all
	// that is wrong with a row is said at once.
	Every bool
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
	AskedJSON     string    `bun:"asked"`
	MarksJSON     string    `bun:"marks"`
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

// Asked is what was answered about the whole table.
func (r Run) Asked() map[string]string { return words[string](r.AskedJSON) }

// Marks counts the rows of each mark.
func (r Run) Marks() map[string]int64 { return words[int64](r.MarksJSON) }

func words[V any](raw string) map[string]V {
	out := map[string]V{}
	if json.Unmarshal([]byte(raw), &out) != nil {
		return map[string]V{}
	}
	return out
}

func (r *Run) count(plans []Plan) (err error) {
	r.Created, r.Updated, r.Skipped, r.Conflicts, r.Bad = 0, 0, 0, 0, 0
	marks := map[string]int64{}
	for _, p := range plans {
		if p.Mark != "" {
			marks[p.Mark]++
		}
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
	r.MarksJSON, err = pack(marks)
	return err
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
	MoreJSON      string   `bun:"more"`
	Mark          string   `bun:"mark"`
	Choice        string   `bun:"choice"`
}

func (r RowView) more() more {
	var m more
	if json.Unmarshal([]byte(r.MoreJSON), &m) != nil {
		return more{}
	}
	return m
}

// About is the thing that the row is about, in words; an empty line when it is none.
func (r RowView) About() i18n.Line {
	if a := r.more().About; a != nil {
		return *a
	}
	return i18n.Line{}
}

// Sides are the row's values that differ from what is known.
func (r RowView) Sides() []Side { return r.more().Sides }

// Choices are what a person may decide about the row.
func (r RowView) Choices() []string { return r.more().Choices }

// row is the row as areas see it.
func (r RowView) row(asked map[string]string) Row {
	return Row{N: int(r.N), Cells: r.Cells(), Asked: asked, Choice: r.Choice}
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

// Rows is a page of the rows of the reader's own import: of one action, of one mark
// (a word of Spec.Marks), or of all.
func (im *Importer) Rows(ctx context.Context, who access.Actor, id ident.ID, only Action, r page.Request) (page.Page[RowView], error) {
	if _, err := im.Get(ctx, who, id); err != nil {
		return page.Page[RowView]{}, err
	}
	var rows []RowView
	q := im.db.Read().NewSelect().Model(&rows).Where("iw.run = ?", id).Apply(r.Up("iw.n"))
	switch only {
	case "":
	case Create, Update, Skip, Conflict, Bad:
		q = q.Where("iw.action = ?", only)
	default:
		q = q.Where("iw.mark = ?", only)
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
