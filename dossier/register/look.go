package register

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
)

func contentOf(e Entry) (Content, error) {
	var c Content
	if err := json.Unmarshal(e.Content, &c); err != nil {
		return c, fault.Because(fault.Internal, "fault.internal", err)
	}
	return c, nil
}

// Filter narrows a search in the books; empty fields do not narrow.
type Filter struct {
	Text     string // whole or beginning of a name of somebody in the entry, or "12/2016"
	Day      string // of registration or of birth
	Kind     Kind
	Unit     string
	Practice bool
}

// Found is an entry in a list, with whether it is still valid.
type Found struct {
	Entry  `bun:",extend"`
	Voided bool `bun:"voided"`
	Ended  bool `bun:"ended"` // annulled
}

// Search looks through the books that the reader's units hold, the newest first. It is a
// reading of personal data: one entry of the trail says which were shown.
func (s *Service) Search(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Found], error) {
	if err := who.Need(dossier.Read); err != nil {
		return page.Page[Found]{}, err
	}
	reach, err := s.within(ctx, who, dossier.Read, "re.unit")
	if err != nil {
		return page.Page[Found]{}, err
	}
	var rows []Found
	err = s.DB.Read().NewSelect().Model(&rows).ColumnExpr("re.*").ColumnExpr("EXISTS (SELECT 1 FROM register_void AS rv WHERE rv.entry = re.id) AS voided").
		ColumnExpr("EXISTS (SELECT 1 FROM register_fact AS rf WHERE rf.entry = re.id AND rf.kind = 'annulment') AS ended").
		Where("re.practice = ?", f.Practice).Apply(reach, f.narrow, r.On("re.id")).Scan(ctx)
	if err != nil {
		return page.Page[Found]{}, db.Sorted(err)
	}
	cut := page.Cut(r, rows, func(e Found) []string { return []string{string(e.ID)} })
	ids := make([]string, len(cut.Items))
	for i, e := range cut.Items {
		ids[i] = string(e.ID)
	}
	return cut, s.seen(ctx, who, "dossier.register.searched", ids)
}

func (f Filter) narrow(q *bun.SelectQuery) *bun.SelectQuery {
	if f.Kind != "" {
		q = q.Where("re.kind = ?", f.Kind)
	}
	if f.Unit != "" {
		q = q.Where("re.unit = ?", f.Unit)
	}
	if number, year, ok := ReadNumber(f.Text); ok {
		q = q.Where("re.number = ? AND re.year = ?", number, year)
	} else if name := fold.Key(f.Text); name != "" {
		q = q.Where("re.id IN (SELECT rp.entry FROM register_party AS rp WHERE rp.fold >= ? AND rp.fold < ?)", name, name+"~")
	}
	if f.Day != "" {
		q = q.Where("(re.day = ? OR EXISTS (SELECT 1 FROM register_party AS rp WHERE rp.entry = re.id AND rp.born = ?))", f.Day, f.Day)
	}
	return q
}

func (s *Service) seen(ctx context.Context, who access.Actor, act string, ids []string) error {
	if len(ids) == 0 || who.IsSystem() {
		return nil
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return trail.Seen(ctx, tx, s.now(), who, act, ids) })
}

// View is an entry as it stands, with its history.
type View struct {
	Entry
	Content    Content
	Stand      Stand
	Proposals  []Proposal
	Signatures []Signature
	Lock       *Held // the locked record of a dead person
	Proved     bool  // the content is what its hash says
}

// Entry is one entry with its history; the reading is in the trail.
func (s *Service) Entry(ctx context.Context, who access.Actor, id ident.ID) (View, error) {
	q := s.DB.Read()
	e, err := s.entryIn(ctx, q, who, dossier.Read, id)
	if err != nil {
		return View{}, err
	}
	v := View{Entry: e}
	if v.Content, err = contentOf(e); err != nil {
		return v, err
	}
	v.Proved = Proves(e.Content, e.Hash)
	if v.Stand, err = standOf(ctx, q, e); err != nil {
		return v, err
	}
	if v.Proposals, err = proposalsOf(ctx, q, id); err != nil {
		return v, err
	}
	if err := q.NewSelect().Model(&v.Signatures).Where("sg.dossier = ?", e.Dossier).Where("sg.entry = ?", e.ID).Order("sg.id").Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	var held []Held
	if err := q.NewSelect().Model(&held).Where("pl.entry = ?", e.ID).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if len(held) > 0 {
		v.Lock = &held[0]
	}
	return v, s.seen(ctx, who, "dossier.register.read", []string{string(e.ID)})
}

// Copy is an entry that is valid with the unit that issues a copy of it today; that a
// copy was made is in the trail. Conflict for a void or annulled one.
func (s *Service) Copy(ctx context.Context, who access.Actor, id ident.ID) (View, string, error) {
	if err := who.Need(dossier.Register); err != nil {
		return View{}, "", err
	}
	v, err := s.Entry(ctx, who, id)
	if err != nil {
		return v, "", err
	}
	if !v.Stand.Valid() {
		return v, "", fault.New(fault.Conflict, "register.fact.not_valid")
	}
	issuer, err := s.Issuer(ctx, who, v.Entry)
	if err != nil {
		return v, "", err
	}
	return v, issuer, s.seen(ctx, who, "dossier.register.copied", []string{string(id)})
}

// Shelf is the series of a unit in a year with their locks.
type Shelf struct {
	Series
	Lock *Lock
}

// Books are the books of a unit in a year; practice ones apart.
func (s *Service) Books(ctx context.Context, who access.Actor, unit string, year int64, practice bool) ([]Shelf, error) {
	if err := who.Need(dossier.Read); err != nil {
		return nil, err
	}
	reach, err := s.within(ctx, who, dossier.Read, "rs.unit")
	if err != nil {
		return nil, err
	}
	var all []Series
	if err := s.DB.Read().NewSelect().Model(&all).Apply(reach).Where("rs.unit = ? AND rs.year = ? AND rs.practice = ?", unit, year, practice).Order("rs.kind").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var locks []Lock
	if err := s.DB.Read().NewSelect().Model(&locks).Where("rl.unit = ? AND rl.year = ? AND rl.practice = ?", unit, year, practice).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	out := make([]Shelf, len(all))
	for i, n := range all {
		out[i].Series = n
		for j := range locks {
			if locks[j].Kind == n.Kind {
				out[i].Lock = &locks[j]
			}
		}
	}
	return out, nil
}

// Waiting is one dossier of the leader's list.
type Waiting struct {
	dossier.Dossier `bun:",extend"`
	Since           time.Time `bun:"since"`
}

// ToSign is the leader's list: what waits for a signature within reach, what is due first.
func (s *Service) ToSign(ctx context.Context, who access.Actor, practice bool, r page.Request) (page.Page[Waiting], error) {
	if err := who.Need(dossier.Sign); err != nil {
		return page.Page[Waiting]{}, err
	}
	var rows []Waiting
	err := s.DB.Read().NewSelect().Model(&rows).ColumnExpr("d.*, ts.since").Join("JOIN dossier_to_sign AS ts ON ts.dossier = d.id").
		Apply(who.Within(dossier.Sign, "ts.unit")).Where("ts.practice = ?", practice).Apply(r.Up("ts.since", "ts.dossier")).Scan(ctx)
	if err != nil {
		return page.Page[Waiting]{}, db.Sorted(err)
	}
	cut := page.Cut(r, rows, func(w Waiting) []string { return []string{page.Time(w.Since), string(w.ID)} })
	ids := make([]string, len(cut.Items))
	for i, w := range cut.Items {
		ids[i] = string(w.ID)
	}
	return cut, s.seen(ctx, who, "dossier.sign.listed", ids)
}

// CountToSign is how many wait for this person's signature, at most 100, and whether one
// is late.
func (s *Service) CountToSign(ctx context.Context, who access.Actor) (n int64, late bool, err error) {
	if !who.May(dossier.Sign) {
		return 0, false, nil
	}
	var rows []struct {
		Due time.Time `bun:"due_at,nullzero"`
	}
	err = s.DB.Read().NewSelect().TableExpr("dossier_to_sign AS ts").Join("JOIN dossier AS d ON d.id = ts.dossier").Column("d.due_at").
		Apply(who.Within(dossier.Sign, "ts.unit")).Where("ts.practice = FALSE").Limit(100).Scan(ctx, &rows)
	now := s.now()
	for _, r := range rows {
		late = late || !r.Due.IsZero() && r.Due.Before(now)
	}
	return int64(len(rows)), late, db.Sorted(err)
}

// yearOf is the year of a day, or of now when it is none.
func (s *Service) yearOf(raw string) int64 {
	if t, err := time.Parse("2006", strings.TrimSpace(raw)); err == nil {
		return int64(t.Year())
	}
	return int64(s.now().In(clock.City).Year())
}
