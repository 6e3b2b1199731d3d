package importer

import (
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// Importer previews, commits and undoes imports of the kinds that areas registered.
type Importer struct {
	db      *db.DB
	clock   clock.Clock
	catalog *i18n.Catalog
	specs   map[string]Spec
}

// New is an importer without kinds. The catalogue gives the headings of columns.
func New(d *db.DB, c clock.Clock, catalog *i18n.Catalog) *Importer {
	return &Importer{db: d, clock: c, catalog: catalog, specs: map[string]Spec{}}
}

// Register adds a kind of import, while the house is built.
func (im *Importer) Register(s Spec) { im.specs[s.Kind] = s }

// Spec is a kind of import that the actor may do.
func (im *Importer) Spec(who access.Actor, kind string) (Spec, error) {
	s, ok := im.specs[kind]
	if !ok {
		return Spec{}, fault.New(fault.Missing, "fault.missing")
	}
	return s, who.Need(s.Perm)
}

// Preview reads a table and keeps what would become of each row. Nothing else changes.
// asked answers the options of the kind; what it leaves out, or answers with a word that
// is none, takes the first answer.
func (im *Importer) Preview(ctx context.Context, who access.Actor, kind, name string, file io.ReaderAt, size int64, asked map[string]string) (Run, error) {
	spec, err := im.Spec(who, kind)
	if err != nil {
		return Run{}, err
	}
	table, err := ReadTable(file, size)
	if err != nil {
		return Run{}, err
	}
	if len(table) == 0 {
		return Run{}, fault.New(fault.Invalid, "importer.empty")
	}
	at, err := find(im.catalog, spec.Columns, table)
	if err != nil {
		return Run{}, err
	}
	asked = spec.answers(asked)
	rows, faults := spec.read(at, table[at.head+1:], asked)
	if len(rows) == 0 {
		return Run{}, fault.New(fault.Invalid, "importer.no_rows")
	}
	plans, err := spec.plan(ctx, im.db.Read(), who, at, rows, faults)
	if err != nil {
		return Run{}, err
	}
	now := im.clock.Now()
	run := Run{ID: ident.New(now), Kind: kind, Owner: who.ID, Name: name, State: Previewed, At: now, Total: int64(len(rows)), Version: 1}
	if err := run.count(plans); err != nil {
		return Run{}, err
	}
	if run.AskedJSON, err = pack(asked); err != nil {
		return Run{}, err
	}
	if run.Unread, err = pack(at.unread); err != nil {
		return Run{}, err
	}
	views, err := view(run.ID, rows, plans)
	if err != nil {
		return Run{}, err
	}
	return run, im.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&run).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return insert(ctx, tx, views)
	})
}

// read makes rows of records and finds what is wrong with single cells.
func (s Spec) read(at layout, records []Record, asked map[string]string) (rows []Row, faults map[int][]Problem) {
	faults = map[int][]Problem{}
	for _, r := range records {
		row := Row{N: r.N, Cells: map[string]string{}, Asked: asked}
		for _, c := range s.Columns {
			i, there := at.at[c.Key]
			if !there {
				continue
			}
			cell := ""
			if i < len(r.Cells) {
				cell = r.Cells[i]
			}
			clean, err := cell, error(nil)
			switch {
			case cell == "" && c.Needed:
				err = fault.New(fault.Invalid, "importer.cell_needed", "name", i18n.Key(c.Name))
			case cell == "":
				continue
			case c.Read != nil:
				clean, err = c.Read(cell)
			}
			if err != nil {
				f := fault.Of(err)
				faults[r.N] = append(faults[r.N], Problem{Column: c.Key, Line: i18n.L(f.Key, f.Args...)})
				clean = cell // shown as it was typed
			}
			row.Cells[c.Key] = clean
		}
		rows = append(rows, row)
	}
	return rows, faults
}

// answers are the answers to the options of the kind, each a word that it knows.
func (s Spec) answers(given map[string]string) map[string]string {
	out := map[string]string{}
	for _, o := range s.Options {
		out[o.Key] = o.Values[0]
		if slices.Contains(o.Values, given[o.Key]) {
			out[o.Key] = given[o.Key]
		}
	}
	return out
}

// plan asks the area about every row whose cells are sound, about all rows when the
// kind wants so, and names the cells of all problems.
func (s Spec) plan(ctx context.Context, q bun.IDB, who access.Actor, at layout, rows []Row, faults map[int][]Problem) ([]Plan, error) {
	var sound []Row
	for _, r := range rows {
		switch bad := faults[r.N]; {
		case len(bad) == 0:
			sound = append(sound, r)
		case s.Every:
			sound = append(sound, r.without(bad))
		}
	}
	answers, err := s.Plan(ctx, q, who, sound)
	if err != nil {
		return nil, err
	}
	if len(answers) != len(sound) {
		return nil, fault.Because(fault.Internal, "fault.internal", errors.New("importer: "+s.Kind+" planned another number of rows"))
	}
	out, next := make([]Plan, len(rows)), 0
	for i, r := range rows {
		bad := faults[r.N]
		if len(bad) == 0 || s.Every {
			out[i] = answers[next]
			next++
		}
		if len(bad) > 0 {
			out[i] = Plan{Action: Bad, Problems: joined(bad, out[i])}
		}
		for j := range out[i].Problems {
			if c, ok := at.at[out[i].Problems[j].Column]; ok {
				out[i].Problems[j].Ref = Ref(c, r.N)
			}
		}
		slices.SortStableFunc(out[i].Problems, func(a, b Problem) int { return at.at[a.Column] - at.at[b.Column] })
	}
	return out, nil
}

// without is the row as an area sees it that must not stumble over faulty cells.
func (r Row) without(faults []Problem) Row {
	sound := maps.Clone(r.Cells)
	for _, f := range faults {
		delete(sound, f.Column)
	}
	r.Cells = sound
	return r
}

// joined are the faults of single cells, and what the area finds wrong with others.
func joined(cells []Problem, p Plan) []Problem {
	if p.Action != Bad {
		return cells
	}
	out := slices.Clone(cells)
	for _, one := range p.Problems {
		if !slices.ContainsFunc(cells, func(c Problem) bool { return c.Column == one.Column }) {
			out = append(out, one)
		}
	}
	return out
}

func view(run ident.ID, rows []Row, plans []Plan) ([]RowView, error) {
	out := make([]RowView, len(rows))
	for i, r := range rows {
		cells, err := pack(r.Cells)
		if err != nil {
			return nil, err
		}
		out[i] = RowView{Run: run, N: int64(r.N), CellsJSON: cells, ChangeJSON: "null"}
		if err := out[i].take(plans[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// take keeps what a plan says.
func (r *RowView) take(p Plan) (err error) {
	r.Action, r.Mark = p.Action, p.Mark
	if r.ProblemsJSON, err = pack(p.Problems); err != nil {
		return err
	}
	r.MoreJSON, err = pack(p.more())
	return err
}

func insert(ctx context.Context, tx *db.Tx, views []RowView) error {
	for some := range slices.Chunk(views, 500) {
		if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

func i64(n int64) string { return strconv.FormatInt(n, 10) }
