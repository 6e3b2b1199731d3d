package inspection

import (
	"context"
	_ "embed"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// Area is how kit packages know us, the files of visits among them.
const Area = "rollout.inspection"

//go:embed data/checklist.json
var checklist []byte

// People tells who may do a thing at a unit, and what people are called.
type People interface {
	Holding(ctx context.Context, need access.Perm, unit string) ([]ident.ID, error)
	Names(ctx context.Context, ids []ident.ID) (map[ident.ID]string, error)
}

// Thing is a piece of equipment of a commune.
type Thing struct {
	ID    ident.ID
	Label string
}

// Equipment knows what stands in a commune, and is told what was seen there.
type Equipment interface {
	At(ctx context.Context, who access.Actor, unit string) ([]Thing, error)
	SawIn(ctx context.Context, tx *db.Tx, who access.Actor, unit string, ids []ident.ID) error
}

// Deps is what this room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Calendars deadline.Calendars
	Units     rollout.Units
	Rollout   *rollout.Service
	People    People
	Equipment Equipment
	Files     *files.Store
	Words     *i18n.Catalog // minutes are written in Vietnamese, whoever reads them
}

// Service is the use cases of inspections.
type Service struct {
	Deps
}

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	return s.Units.Tree(ctx, s.Business.Now())
}

// Limits of texts, in runes, and how many communes one round visits.
const (
	longestTitle = 200
	longestText  = 2000
	mostVisits   = 200
	MaxPhotos    = 10
)

func tidy(s string) string { return strings.TrimSpace(fold.NFC(s)) }

// Form is a round as somebody plans it: the first of the team leads it.
type Form struct {
	Title, Programme string
	Team             []ident.ID
}

// Plan makes a round with its team; visits are added to it.
func (s *Service) Plan(ctx context.Context, who access.Actor, f Form) (Round, error) {
	var r Round
	if err := who.Need(Arrange); err != nil {
		return r, err
	}
	able, err := s.People.Holding(ctx, Inspect, "")
	if err != nil {
		return r, err
	}
	names, err := s.People.Names(ctx, able)
	if err != nil {
		return r, err
	}
	f.Title = tidy(f.Title)
	var k fault.Check
	k.Need(f.Title != "", "title", "inspection.form.needed")
	k.Need(utf8.RuneCountInString(f.Title) <= longestTitle, "title", "inspection.form.long", "max", longestTitle)
	k.Need(len(f.Team) > 0 && !slices.ContainsFunc(f.Team, func(id ident.ID) bool { return !slices.Contains(able, id) }), "team", "inspection.form.team")
	if err := k.Err(); err != nil {
		return r, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Business.Now()
		code, err := rollout.NextCode(ctx, tx, "KT", now)
		if err != nil {
			return err
		}
		r = Round{ID: ident.New(now), Code: code, Programme: f.Programme, Title: f.Title, Checklist: string(checklist), MadeBy: who.ID, MadeName: who.Name, MadeAt: now, Version: 1}
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		var team []Member
		for i, id := range slices.Compact(slices.Clone(f.Team)) {
			team = append(team, Member{Round: r.ID, Account: id, Name: names[id], Lead: i == 0})
		}
		if _, err := tx.NewInsert().Model(&team).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := rollout.NoteIn(ctx, tx, now, who, rollout.Noted{Subject: r.ID, Line: i18n.L("inspection.note.planned")}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.inspection.planned", string(r.ID), map[string][2]any{"team": {0, len(team)}})
	})
	return r, err
}

// AddVisits puts communes at the end of a day's route, in the order in which they are named.
func (s *Service) AddVisits(ctx context.Context, who access.Actor, round ident.ID, day string, units []string) ([]Visit, error) {
	if err := who.Need(Arrange); err != nil {
		return nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	_, bad := clock.ParseDate(day)
	var k fault.Check
	k.Need(bad == nil, "day", "inspection.form.day")
	k.Need(bad != nil || day >= clock.Date(s.Business.Now()), "day", "inspection.form.day_past")
	k.Need(len(units) > 0 && len(units) <= mostVisits, "unit", "inspection.form.units")
	for _, code := range units {
		u, ok := tree.Unit(code)
		k.Need(ok && u.Level == org.Commune, "unit", "inspection.form.units")
	}
	if err := k.Err(); err != nil {
		return nil, err
	}
	var rows []Visit
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var r Round
		if err := tx.NewSelect().Model(&r).Where("ip.id = ?", round).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		var last int64
		if err := tx.NewRaw("SELECT coalesce(max(position), 0) FROM inspection_visit WHERE round = ? AND day = ?", round, day).Scan(ctx, &last); err != nil {
			return db.Sorted(err)
		}
		now := s.Business.Now()
		rows = nil
		for i, u := range units {
			rows = append(rows, Visit{ID: ident.New(now), Round: round, Unit: u, Day: day, Position: last + int64(i) + 1, State: Planned, Version: 1})
		}
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.New(fault.Conflict, "inspection.twice")
			}
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "rollout.inspection.visits_planned", string(round), map[string][2]any{"day": {"", day}, "visits": {0, len(rows)}})
	})
	return rows, err
}

// visitByID is a visit within the actor's reach of a right.
func visitByID(ctx context.Context, q bun.IDB, who access.Actor, need access.Perm, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Visit, error) {
	var v Visit
	if err := who.Need(need); err != nil {
		return v, err
	}
	sel := q.NewSelect().Model(&v).Where("iv.id = ?", id).Apply(who.Within(need, "iv.unit"))
	for _, m := range more {
		sel = sel.Apply(m)
	}
	return v, db.Sorted(sel.Scan(ctx))
}

// change holds a visit within reach of a right, lets do change it, and saves it.
func (s *Service) change(ctx context.Context, who access.Actor, need access.Perm, id ident.ID, version int64, act string, line i18n.Line, said string, do func(context.Context, *db.Tx, *Visit, time.Time) error) (Visit, error) {
	var v Visit
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if v, err = visitByID(ctx, tx, who, need, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		if version != v.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		before, now := v.State, s.Business.Now()
		if err := do(ctx, tx, &v, now); err != nil {
			return err
		}
		return s.keep(ctx, tx, who, &v, now, act, line, said, before)
	})
	return v, err
}

// keep saves a visit that is locked, with what it leaves behind.
func (s *Service) keep(ctx context.Context, tx *db.Tx, who access.Actor, v *Visit, now time.Time, act string, line i18n.Line, said string, before VisitState) error {
	v.Version++
	if err := db.Changed(tx.NewUpdate().Model(v).WherePK().Where("version = ?", v.Version-1).Exec(ctx)); err != nil {
		return err
	}
	if err := rollout.NoteIn(ctx, tx, now, who, rollout.Noted{Subject: v.ID, Line: line, Said: said}); err != nil {
		return err
	}
	if err := outbox.Write(ctx, tx, now, Changed{ID: v.ID, Round: v.Round, Unit: v.Unit, State: v.State}); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, act, string(v.ID), map[string][2]any{"state": {before, v.State}}, trail.At(v.Unit))
}

// Changed says that a visit went a step.
type Changed struct {
	ID    ident.ID   `json:"id"`
	Round ident.ID   `json:"round"`
	Unit  string     `json:"unit"`
	State VisitState `json:"state"`
}

// Topic is the event's name.
func (Changed) Topic() string { return "rollout.inspection.visited" }

// Subject is the visit.
func (e Changed) Subject() string { return "visit:" + string(e.ID) }

// Reorder moves a planned visit one place up (-1) or down (+1) on its day's route.
func (s *Service) Reorder(ctx context.Context, who access.Actor, id ident.ID, version, by int64) (Visit, error) {
	return s.change(ctx, who, Arrange, id, version, "rollout.inspection.reordered", i18n.L("inspection.note.reordered"), "", func(ctx context.Context, tx *db.Tx, v *Visit, _ time.Time) error {
		op, order := ">", "ASC"
		if by < 0 {
			op, order = "<", "DESC"
		}
		var next []Visit
		err := tx.NewSelect().Model(&next).Where("iv.round = ? AND iv.day = ?", v.Round, v.Day).Where("iv.position ? ?", bun.Safe(op), v.Position).
			OrderExpr("iv.position " + order).Limit(1).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil || len(next) == 0 {
			return db.Sorted(err)
		}
		_, err = tx.NewUpdate().Model((*Visit)(nil)).Set("position = ?", v.Position).Set("version = version + 1").Where("id = ?", next[0].ID).Exec(ctx)
		v.Position = next[0].Position
		return db.Sorted(err)
	})
}

// Cancel takes a planned visit out of the plan with a reason.
func (s *Service) Cancel(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) (Visit, error) {
	reason = tidy(reason)
	if err := worded("reason", reason); err != nil {
		return Visit{}, err
	}
	return s.change(ctx, who, Arrange, id, version, "rollout.inspection.cancelled", i18n.L("inspection.note.cancelled"), reason, func(_ context.Context, _ *db.Tx, v *Visit, _ time.Time) error {
		if v.State != Planned {
			return fault.New(fault.Conflict, "inspection.over")
		}
		v.State, v.Reason = Cancelled, reason
		return nil
	})
}

func worded(field, text string) error {
	var k fault.Check
	k.Need(text != "", field, "inspection.form.needed")
	k.Need(utf8.RuneCountInString(text) <= longestText, field, "inspection.form.long", "max", longestText)
	return k.Err()
}
