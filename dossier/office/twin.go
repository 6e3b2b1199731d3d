package office

import (
	"context"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Likeness is why two dossiers may be about one event.
type Likeness string

// The reasons. The first two stop: a birth proof and a personal number belong to one
// person.
const (
	SameProof  Likeness = "proof"
	SamePID    Likeness = "pid"
	SameMother Likeness = "mother" // the same mother and the same day: twins, or the same child
	SameName   Likeness = "name"   // a like name and mother, born within a day
)

// Hard tells whether nothing can be said for it being another event.
func (l Likeness) Hard() bool { return l == SameProof || l == SamePID }

// Twin is another dossier that may be about the same event.
type Twin struct {
	dossier.Dossier
	Like   Likeness
	Reason string // why an officer decided that it is another event; empty while nobody did
	By     string
}

// decision is an officer's word that two dossiers are about two events.
type decision struct {
	bun.BaseModel `bun:"table:dossier_twin,alias:tw"`
	Dossier       ident.ID  `bun:"dossier,pk"`
	Other         ident.ID  `bun:"other,pk"`
	Reason        string    `bun:"reason"`
	MadeBy        ident.ID  `bun:"made_by"`
	MadeByName    string    `bun:"made_by_name"`
	MadeAt        time.Time `bun:"made_at"`
}

// once are the groups of procedures whose event happens once in a life.
var once = []string{"birth", "death"}

// mostTwins is how many candidates of one kind are looked at: more than one city has of
// children of three days.
const mostTwins = 5000

// Twins are the live dossiers of the same group of procedures that may be about the same
// event, the certain ones first: whatever their unit, since an event is registered once in
// the whole country (Law 60/2014/QH13, art. 5.4). A constant number of queries.
func (s *Service) Twins(ctx context.Context, q bun.IDB, d dossier.Dossier) ([]Twin, error) {
	def, err := s.Definition(ctx, d.Version)
	if err != nil || !slices.Contains(once, def.Group) {
		return nil, err
	}
	f := finder{s: s, q: q, d: d, seen: map[ident.ID]bool{d.ID: true}}
	if f.versions, err = s.VersionsOf(ctx, q, def.Group); err != nil {
		return nil, err
	}
	if d.ProofNo != "" {
		f.look(ctx, SameProof, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("d.proof_no = ?", d.ProofNo).Where("d.proof_no <> ''")
		}, nil)
	}
	if d.SubjectPID != "" {
		f.look(ctx, SamePID, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("d.subject_pid = ?", d.SubjectPID).Where("d.subject_pid <> ''")
		}, nil)
	}
	if d.MotherPID != "" && d.Born != "" {
		f.look(ctx, SameMother, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("d.mother_pid = ?", d.MotherPID).Where("d.mother_pid <> ''").Where("d.born = ?", d.Born)
		}, nil)
	}
	if like := f.likeNames(ctx); len(like) > 0 {
		f.look(ctx, SameName, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("d.id IN (?)", bun.List(like))
		}, f.likeMothers)
	}
	if f.err != nil || len(f.found) == 0 {
		return nil, f.err
	}
	return f.decided(ctx)
}

type finder struct {
	s        *Service
	q        bun.IDB
	d        dossier.Dossier
	versions []ident.ID // of the procedures of the group
	seen     map[ident.ID]bool
	found    []Twin
	err      error
}

// over are the statuses in which a dossier registers nothing.
var over = []dossier.Status{dossier.NotAccepted, dossier.Withdrawn, dossier.Stopped}

// live narrows to what may be registered by a procedure of the group.
func (f *finder) live(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Where("d.version IN (?)", bun.List(f.versions)).Where("d.practice = ?", f.d.Practice).Where("d.status NOT IN (?)", bun.List(over))
}

func (f *finder) look(ctx context.Context, why Likeness, narrow func(*bun.SelectQuery) *bun.SelectQuery, keep func(context.Context, []dossier.Dossier) []dossier.Dossier) {
	if f.err != nil {
		return
	}
	var rows []dossier.Dossier
	err := f.q.NewSelect().Model(&rows).Apply(narrow).Apply(f.live).Limit(mostTwins).Scan(ctx)
	if f.err = db.Sorted(err); f.err != nil {
		return
	}
	rows = slices.DeleteFunc(rows, func(o dossier.Dossier) bool { return f.seen[o.ID] })
	if keep != nil {
		rows = keep(ctx, rows)
	}
	for _, o := range rows {
		f.seen[o.ID] = true
		f.found = append(f.found, Twin{Dossier: o, Like: why})
	}
}

// likeNames are those born within a day whose name is like the dossier's. Most of a city's
// children of three days are not, so only their names are read, from the index alone.
func (f *finder) likeNames(ctx context.Context) []ident.ID {
	days, name := around(f.d.Born), f.d.SubjectFold
	if f.err != nil || days == nil || name == "" {
		return nil
	}
	shortest, longest := lengths(utf8.RuneCountInString(name))
	var rows []struct {
		ID          ident.ID
		SubjectFold string
	}
	err := f.q.NewSelect().TableExpr("dossier AS d").Column("d.id", "d.subject_fold").Where("d.born IN (?)", bun.List(days)).Where("d.born <> ''").
		Where("length(d.subject_fold) BETWEEN ? AND ?", shortest, longest).Apply(f.live).Limit(mostTwins).Scan(ctx, &rows)
	if f.err = db.Sorted(err); f.err != nil {
		return nil
	}
	var like []ident.ID
	for _, r := range rows {
		if !f.seen[r.ID] && nameAlike(name, r.SubjectFold) {
			like = append(like, r.ID)
		}
	}
	return like
}

// likeMothers keeps those with a like mother, as far as both name her.
func (f *finder) likeMothers(ctx context.Context, rows []dossier.Dossier) []dossier.Dossier {
	if len(rows) == 0 {
		return nil
	}
	mothers, err := f.s.mothers(ctx, f.q, append([]dossier.Dossier{f.d}, rows...))
	if err != nil {
		f.err = err
		return nil
	}
	own := mothers[f.d.ID]
	return slices.DeleteFunc(rows, func(o dossier.Dossier) bool {
		her := mothers[o.ID]
		return own != "" && her != "" && !nameAlike(own, her)
	})
}

// decided puts beside each what an officer decided.
func (f *finder) decided(ctx context.Context) ([]Twin, error) {
	var rows []decision
	if err := f.q.NewSelect().Model(&rows).Where("tw.dossier = ? OR tw.other = ?", f.d.ID, f.d.ID).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for i := range f.found {
		for _, r := range rows {
			if r.Other == f.found[i].ID || r.Dossier == f.found[i].ID {
				f.found[i].Reason, f.found[i].By = r.Reason, r.MadeByName
			}
		}
	}
	return f.found, nil
}

// around are a day and its neighbours; nil for what is no whole day.
func around(day string) []string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil
	}
	return []string{at.AddDate(0, 0, -1).Format(time.DateOnly), day, at.AddDate(0, 0, 1).Format(time.DateOnly)}
}

// noHardTwin: no dossier is accepted for an event that another live one is certainly about.
func (s *Service) noHardTwin(ctx context.Context, tx *db.Tx, _ access.Actor, d dossier.Dossier, _ dossier.Move) error {
	return s.refuseTwin(ctx, tx, d, false)
}

// noOpenTwin: none is registered either, nor while nobody decided about a likely one.
func (s *Service) noOpenTwin(ctx context.Context, tx *db.Tx, _ access.Actor, d dossier.Dossier, _ dossier.Move) error {
	return s.refuseTwin(ctx, tx, d, true)
}

func (s *Service) refuseTwin(ctx context.Context, tx *db.Tx, d dossier.Dossier, soft bool) error {
	all, err := s.Twins(ctx, tx, d)
	if err != nil {
		return err
	}
	for _, t := range all {
		switch {
		case t.Like.Hard():
			return fault.New(fault.Conflict, "office.twin.hard."+string(t.Like), "code", t.Number())
		case soft && t.Reason == "":
			return fault.New(fault.Conflict, "office.twin.undecided", "code", t.Number())
		}
	}
	return nil
}

// Apart records why a dossier is about another event than one that looks the same. About
// what is certainly the same nothing can be decided.
func (s *Service) Apart(ctx context.Context, who access.Actor, id, other ident.ID, reason string) error {
	reason = tidy(reason)
	var k fault.Check
	k.Need(len([]rune(reason)) >= 10, "reason", "office.twin.reason_needed")
	k.Need(len([]rune(reason)) <= dossier.MostSaid, "reason", "dossier.reason_long", "n", dossier.MostSaid)
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		d, err := s.DossierIn(ctx, tx, who, dossier.Examine, id, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		all, err := s.Twins(ctx, tx, d)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(t Twin) bool { return t.ID == other })
		if at < 0 || all[at].Like.Hard() {
			return fault.New(fault.Conflict, "office.twin.not_soft")
		}
		row := decision{Dossier: id, Other: other, Reason: reason, MadeBy: who.ID, MadeByName: who.Name, MadeAt: s.Now()}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Now(), who, "dossier.twin.apart", string(id), map[string][2]any{"other": {nil, other}}, trail.At(d.Unit))
	})
}

// motherKeys are the answers that name the mother, as the forms of births call them.
var motherKeys = []string{"mother.name"}

// mothers are the folded names of the mothers that dossiers name.
func (s *Service) mothers(ctx context.Context, q bun.IDB, all []dossier.Dossier) (map[ident.ID]string, error) {
	ids := make([]ident.ID, len(all))
	for i, d := range all {
		ids[i] = d.ID
	}
	var rows []struct {
		Dossier ident.ID
		Answers string
	}
	err := q.NewSelect().Table("dossier_answers").Column("dossier", "answers").Where("dossier IN (?)", bun.List(ids)).Scan(ctx, &rows)
	out := map[ident.ID]string{}
	for _, r := range rows {
		out[r.Dossier] = fold.Key(answer(r.Answers, motherKeys...))
	}
	return out, db.Sorted(err)
}
