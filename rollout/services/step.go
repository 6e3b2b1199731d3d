package services

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/rollout"
)

// The two papers of a procedure.
const (
	FormPaper    = "form"
	ProcessPaper = "process"
)

// Papers are the sorts of papers, in order.
var Papers = []string{FormPaper, ProcessPaper}

const longestNote = 1000

func paperOf(id ident.ID, sort string) string { return string(id) + ":" + sort }

// Leads are the departments for which an account is a focal point today; all for who
// keeps the list.
func (s *Service) leads(ctx context.Context, q bun.IDB, who access.Actor) (all bool, mine map[string]bool, err error) {
	if who.May(Keep) {
		return true, nil, nil
	}
	var rows []Focal
	if err := q.NewSelect().Model(&rows).Where("sf.account = ?", who.ID).Scan(ctx); err != nil {
		return false, nil, db.Sorted(err)
	}
	mine, today := map[string]bool{}, clock.Date(s.now())
	for _, f := range rows {
		if f.On(today) {
			mine[f.Lead] = true
		}
	}
	return false, mine, nil
}

// mayReport checks that the actor reports this department's procedures.
func (s *Service) mayReport(ctx context.Context, q bun.IDB, who access.Actor, lead string) error {
	if err := who.Need(Report); err != nil {
		return err
	}
	all, mine, err := s.leads(ctx, q, who)
	if err != nil {
		return err
	}
	if !all && !mine[lead] {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

// hindrance is what keeps a service from a step, nil when nothing does. It is pure.
func hindrance(from, to Step, note string) error {
	var k fault.Check
	k.Need(to.rank() >= 0, "to", "services.form.step")
	k.Need(to != from, "to", "services.form.step_same")
	k.Need(to.rank() <= from.rank()+1, "to", "services.form.step_skips")
	k.Need(to.rank() > from.rank() || note != "", "note", "services.form.back_reason")
	k.Need(utf8.RuneCountInString(note) <= longestNote, "note", "services.form.long", "max", longestNote)
	return k.Err()
}

// Advance moves a department's procedure to another step.
func (s *Service) Advance(ctx context.Context, who access.Actor, id ident.ID, version int64, to Step, note string) error {
	note = tidy(note)
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := item(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.mayReport(ctx, tx, who, i.Lead); err != nil {
			return err
		}
		if i.Level != Department {
			return fault.New(fault.Invalid, "services.form.by_unit")
		}
		if i.Version != version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		if err := hindrance(i.Step, to, note); err != nil {
			return err
		}
		if i.Step == Waiting {
			if err := s.complete(ctx, tx, i); err != nil {
				return err
			}
		}
		now := s.now()
		err = db.Changed(tx.NewRaw("UPDATE service_item SET step = ?, since = ?, version = version + 1 WHERE id = ? AND version = ?", to, now, id, version).Exec(ctx))
		if err != nil {
			return err
		}
		return s.changed(ctx, tx, who, i, "", i.Step, to, note)
	})
}

// complete checks that a procedure has what it needs to be submitted.
func (s *Service) complete(ctx context.Context, tx *db.Tx, i Item) error {
	var subjects []string
	err := tx.NewSelect().TableExpr("file").ColumnExpr("DISTINCT subject").Where("area = ?", area).
		Where("subject IN (?)", bun.List([]string{paperOf(i.ID, FormPaper), paperOf(i.ID, ProcessPaper)})).Scan(ctx, &subjects)
	if err != nil {
		return db.Sorted(err)
	}
	var k fault.Check
	k.Need(i.Name != "", "to", "services.form.needs_name")
	k.Need(slices.Contains(subjects, paperOf(i.ID, FormPaper)), "to", "services.form.needs_form")
	k.Need(slices.Contains(subjects, paperOf(i.ID, ProcessPaper)), "to", "services.form.needs_process")
	return k.Err()
}

// changed writes a line of history with its trail and event.
func (s *Service) changed(ctx context.Context, tx *db.Tx, who access.Actor, i Item, unit string, from, to Step, note string) error {
	now := s.now()
	if _, err := tx.NewRaw("UPDATE service_step SET latest = FALSE WHERE item = ? AND unit = ? AND latest", i.ID, unit).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	row := Change{ID: ident.New(now), Item: i.ID, Unit: unit, From: from, To: to, At: now, Actor: string(who.ID), ActorName: who.Name, Note: note, Latest: true}
	if _, err := tx.NewInsert().Model(&row).ExcludeColumn("seq").Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	var where []trail.Note
	if unit != "" {
		where = append(where, trail.At(unit))
	}
	if err := trail.Write(ctx, tx, now, who, "rollout.service.moved", string(i.ID), map[string][2]any{"step": {from, to}, "unit": {"", unit}}, where...); err != nil {
		return err
	}
	return outbox.Write(ctx, tx, now, Moved{Item: i.ID, Key: i.Key, Unit: unit, From: from, To: to})
}

// Paper keeps a procedure's form or process; earlier ones stay beside it.
func (s *Service) Paper(ctx context.Context, who access.Actor, id ident.ID, sort string, blobs []files.Blob) error {
	var k fault.Check
	k.Need(slices.Contains(Papers, sort), "sort", "services.form.paper")
	k.Need(len(blobs) > 0, "file", "services.form.file_needed")
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		i, err := item(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.mayReport(ctx, tx, who, i.Lead); err != nil {
			return err
		}
		if i.Level != Department {
			return fault.New(fault.Invalid, "services.form.by_unit")
		}
		for _, b := range blobs {
			f, err := files.Attach(ctx, tx, s.now(), who, b, files.Owner{Area: area, Subject: paperOf(id, sort)})
			if err != nil {
				return err
			}
			if err := trail.Write(ctx, tx, s.now(), who, "rollout.service.paper_added", string(id), map[string][2]any{"file": {"", f.ID}, "sort": {"", sort}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Cell is the step of a group in a unit: From as the reporter saw it.
type Cell struct {
	Item     ident.ID
	From, To Step
}

// Fill sets the steps of groups in one unit; what is so already is left out. Groups of
// another level, or carried by a programme, are refused.
func (s *Service) Fill(ctx context.Context, who access.Actor, unit string, cells []Cell, note string) (int, error) {
	if err := who.NeedAt(Tell, unit); err != nil {
		return 0, err
	}
	note = tidy(note)
	tree, err := s.tree(ctx, s.now())
	if err != nil {
		return 0, err
	}
	u, ok := tree.Unit(unit)
	if !ok {
		return 0, fault.New(fault.Missing, "fault.missing")
	}
	n := 0
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n = 0
		var have []Change
		if err := tx.NewSelect().Model(&have).Where("sp.unit = ?", unit).Where("sp.latest").Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		was := map[ident.ID]Step{}
		for _, h := range have {
			was[h.Item] = h.To
		}
		for _, c := range cells {
			if c.From == c.To {
				continue
			}
			if was[c.Item] != c.From {
				return fault.New(fault.Conflict, "fault.changed_meanwhile")
			}
			i, err := item(ctx, tx, c.Item)
			if err != nil {
				return err
			}
			if i.Level != levelOf(u) || i.Carried != "" {
				return fault.New(fault.Invalid, "services.form.not_here")
			}
			var k fault.Check
			k.Need(c.To.rank() >= 0, i.Key, "services.form.step")
			k.Need(c.To.rank() > was[c.Item].rank() || note != "", "note", "services.form.back_reason")
			k.Need(utf8.RuneCountInString(note) <= longestNote, "note", "services.form.long", "max", longestNote)
			if err := k.Err(); err != nil {
				return err
			}
			if err := s.changed(ctx, tx, who, i, unit, was[c.Item], c.To, note); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// ItemView is a procedure with its papers and history, and whether the actor reports it.
type ItemView struct {
	Item
	Files   map[string][]files.File // by sort of paper
	History []Change                // newest first
	Mine    bool
}

// Item shows one procedure of a department.
func (s *Service) Item(ctx context.Context, who access.Actor, id ident.ID) (ItemView, error) {
	if err := who.Need(rollout.Read); err != nil {
		return ItemView{}, err
	}
	i, err := item(ctx, s.DB.Read(), id)
	if err != nil {
		return ItemView{}, err
	}
	v := ItemView{Item: i, Files: map[string][]files.File{}, Mine: i.Level == Department && s.mayReport(ctx, s.DB.Read(), who, i.Lead) == nil}
	of, err := s.Files.Of(ctx, area, paperOf(id, FormPaper), paperOf(id, ProcessPaper))
	if err != nil {
		return v, err
	}
	for _, sort := range Papers {
		v.Files[sort] = of[paperOf(id, sort)]
	}
	err = s.DB.Read().NewSelect().Model(&v.History).Where("sp.item = ?", id).Where("sp.unit = ''").OrderExpr("sp.seq DESC").Limit(100).Scan(ctx)
	return v, db.Sorted(err)
}
