package importer

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
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
func (im *Importer) Preview(ctx context.Context, who access.Actor, kind, name string, file io.ReaderAt, size int64) (Run, error) {
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
	rows, faults := spec.read(at, table[at.head+1:])
	if len(rows) == 0 {
		return Run{}, fault.New(fault.Invalid, "importer.no_rows")
	}
	plans, err := spec.plan(ctx, im.db.Read(), who, at, rows, faults)
	if err != nil {
		return Run{}, err
	}
	now := im.clock.Now()
	run := Run{ID: ident.New(now), Kind: kind, Owner: who.ID, Name: name, State: Previewed, At: now, Total: int64(len(rows)), Version: 1}
	run.count(plans)
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
func (s Spec) read(at layout, records []Record) (rows []Row, faults map[int][]Problem) {
	faults = map[int][]Problem{}
	for _, r := range records {
		row := Row{N: r.N, Cells: map[string]string{}}
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

// plan asks the area about every row whose cells are sound and names the cells of
// all problems.
func (s Spec) plan(ctx context.Context, q bun.IDB, who access.Actor, at layout, rows []Row, faults map[int][]Problem) ([]Plan, error) {
	var sound []Row
	for _, r := range rows {
		if len(faults[r.N]) == 0 {
			sound = append(sound, r)
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
		if bad := faults[r.N]; len(bad) > 0 {
			out[i] = Plan{Action: Bad, Problems: bad}
		} else {
			out[i] = answers[next]
			next++
		}
		for j := range out[i].Problems {
			if c, ok := at.at[out[i].Problems[j].Column]; ok {
				out[i].Problems[j].Ref = Ref(c, r.N)
			}
		}
	}
	return out, nil
}

func view(run ident.ID, rows []Row, plans []Plan) ([]RowView, error) {
	out := make([]RowView, len(rows))
	for i, r := range rows {
		cells, err := pack(r.Cells)
		if err != nil {
			return nil, err
		}
		problems, err := pack(plans[i].Problems)
		if err != nil {
			return nil, err
		}
		out[i] = RowView{Run: run, N: int64(r.N), CellsJSON: cells, Action: plans[i].Action, ProblemsJSON: problems, ChangeJSON: "null"}
	}
	return out, nil
}

func insert(ctx context.Context, tx *db.Tx, views []RowView) error {
	for some := range slices.Chunk(views, 500) {
		if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// Commit saves the rows that are to be created or updated, all in one transaction.
// With some bad or conflicting rows it does so only when partial says to leave them
// out. When the data have changed so that the preview no longer holds, nothing is
// saved, the preview is renewed and the answer is Conflict.
func (im *Importer) Commit(ctx context.Context, who access.Actor, id ident.ID, partial bool) (Run, error) {
	run, err := im.Get(ctx, who, id)
	if err != nil {
		return Run{}, err
	}
	spec, err := im.Spec(who, run.Kind)
	if err != nil {
		return Run{}, err
	}
	switch {
	case run.State != Previewed:
		return run, fault.New(fault.Conflict, "importer.not_previewed")
	case run.Good() == 0:
		return run, fault.New(fault.Invalid, "importer.nothing_to_save")
	case run.Bad+run.Conflicts > 0 && !partial:
		return run, fault.New(fault.Conflict, "importer.has_bad", "n", run.Bad+run.Conflicts)
	}
	var stale []RowView
	err = im.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		stale, err = im.save(ctx, tx, spec, who, run)
		return err
	})
	if len(stale) > 0 {
		if err := im.renew(ctx, run, stale); err != nil {
			return run, err
		}
	}
	if err != nil {
		return run, err
	}
	return im.Get(ctx, who, id)
}

// save does the work of Commit inside the transaction. The rows it returns are
// those whose plan no longer holds; then the error is a Conflict.
func (im *Importer) save(ctx context.Context, tx *db.Tx, spec Spec, who access.Actor, run Run) ([]RowView, error) {
	var views []RowView
	if err := tx.NewSelect().Model(&views).Where("iw.run = ?", run.ID).Where("iw.action <> ?", Bad).Order("iw.n").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	rows := make([]Row, len(views))
	for i, v := range views {
		rows[i] = Row{N: int(v.N), Cells: v.Cells()}
	}
	plans, err := spec.Plan(ctx, tx, who, rows)
	if err != nil {
		return nil, err
	}
	var stale []RowView
	var good []Row
	for i, p := range plans {
		if p.Action != views[i].Action {
			views[i].Action = p.Action
			if views[i].ProblemsJSON, err = pack(p.Problems); err != nil {
				return nil, err
			}
			stale = append(stale, views[i])
		}
		if p.Action == Create || p.Action == Update {
			good = append(good, rows[i])
		}
	}
	if len(stale) > 0 {
		return stale, fault.New(fault.Conflict, "importer.preview_old", "n", len(stale))
	}
	changes, err := spec.Apply(ctx, tx, who, good)
	if err != nil {
		return nil, err
	}
	if err := keep(ctx, tx, run.ID, changes); err != nil {
		return nil, err
	}
	return nil, im.settle(ctx, tx, who, run, Committed)
}

// keep stores what each row did; a few hundred rows go in one statement.
func keep(ctx context.Context, tx *db.Tx, run ident.ID, changes []Change) error {
	for some := range slices.Chunk(changes, 300) {
		rows := make([]RowView, len(some))
		for i, c := range some {
			rows[i] = RowView{Run: run, N: int64(c.N), CellsJSON: "{}", ProblemsJSON: "[]", ChangeJSON: string(c.Record)}
		}
		_, err := tx.NewInsert().Model(&rows).On("CONFLICT (run, n) DO UPDATE").Set("change = EXCLUDED.change").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

func (im *Importer) settle(ctx context.Context, tx *db.Tx, who access.Actor, run Run, to State) error {
	now := im.clock.Now()
	err := db.Changed(tx.NewRaw("UPDATE import_run SET state = ?, settled = ?, version = version + 1 WHERE id = ? AND version = ?",
		to, now, run.ID, run.Version).Exec(ctx))
	if err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "import."+string(to), string(run.ID),
		map[string][2]any{"kind": {"", run.Kind}, "created": {0, run.Created}, "updated": {0, run.Updated}})
}

// renew stores the changed plans of a preview that no longer held.
func (im *Importer) renew(ctx context.Context, run Run, stale []RowView) error {
	return im.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for some := range slices.Chunk(stale, 300) {
			_, err := tx.NewInsert().Model(&some).On("CONFLICT (run, n) DO UPDATE").
				Set("action = EXCLUDED.action").Set("problems = EXCLUDED.problems").Exec(ctx)
			if err != nil {
				return db.Sorted(err)
			}
		}
		var counts []struct {
			Action Action
			N      int64
		}
		err := tx.NewRaw("SELECT action, count(*) AS n FROM import_row WHERE run = ? GROUP BY action", run.ID).Scan(ctx, &counts)
		if err != nil {
			return db.Sorted(err)
		}
		n := map[Action]int64{}
		for _, c := range counts {
			n[c.Action] = c.N
		}
		return db.Changed(tx.NewRaw("UPDATE import_run SET created = ?, updated = ?, skipped = ?, conflicts = ?, bad = ?, version = version + 1 WHERE id = ? AND version = ?",
			n[Create], n[Update], n[Skip], n[Conflict], n[Bad], run.ID, run.Version).Exec(ctx))
	})
}

// Undo takes a whole import back. When rows have been changed since, nothing is
// undone and they are named.
func (im *Importer) Undo(ctx context.Context, who access.Actor, id ident.ID) ([]Refusal, error) {
	run, err := im.Get(ctx, who, id)
	if err != nil {
		return nil, err
	}
	spec, err := im.Spec(who, run.Kind)
	if err != nil {
		return nil, err
	}
	if run.State != Committed {
		return nil, fault.New(fault.Conflict, "importer.not_committed")
	}
	var refused []Refusal
	err = im.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		refused = nil
		var views []RowView
		err := tx.NewSelect().Model(&views).Column("n", "change").Where("iw.run = ?", id).Where("iw.change <> 'null'").Order("iw.n").Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		changes := make([]Change, len(views))
		for i, v := range views {
			changes[i] = Change{N: int(v.N), Record: []byte(v.ChangeJSON)}
		}
		if refused, err = spec.Undo(ctx, tx, who, changes); err != nil {
			return err
		}
		if len(refused) > 0 {
			return fault.New(fault.Conflict, "importer.changed_since", "n", len(refused))
		}
		return im.settle(ctx, tx, who, run, Undone)
	})
	return refused, err
}

func i64(n int64) string { return strconv.FormatInt(n, 10) }
