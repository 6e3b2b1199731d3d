package rollout

import (
	"context"
	"maps"
	"sync"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// book is what gates are judged from: the checklists of a programme, the latest
// evidence of its communes and its waivers. It does not change once it is made.
type book struct {
	programme Programme
	phases    []Phase // by ordinal
	phase     map[ident.ID]Phase
	criteria  map[ident.ID][]Criterion // by phase, in order, as asked now
	editions  map[ident.ID][]edition   // by phase, as asked from a moment on
	known     map[string]Known         // by unit
	last      int64                    // the last line of evidence that is in known
	waivers   []*Waiver                // newest first
	waiversOf map[string][]*Waiver     // by unit
	past      *past
	kept      *kept
}

// byOrdinal is the phase of a number, the empty one when there is none.
func (b *book) byOrdinal(n int) Phase {
	for _, p := range b.phases {
		if p.Ordinal == n {
			return p
		}
	}
	return Phase{}
}

// books keeps one book of each programme for as long as its revision lasts. Every
// transaction that writes a fact raises the revision, so a book is never older than
// what its reader could know.
type books struct {
	mu  *sync.Mutex
	all map[ident.ID]*book
}

func newBooks() books { return books{mu: &sync.Mutex{}, all: map[ident.ID]*book{}} }

// bookOf is the book of the programme with this code, read anew when it changed.
func (s *Service) bookOf(ctx context.Context, code string) (*book, error) {
	pg, err := programmeByCode(ctx, s.db.Read(), code)
	if err != nil {
		return nil, err
	}
	s.books.mu.Lock()
	kept := s.books.all[pg.ID]
	s.books.mu.Unlock()
	if kept != nil && kept.programme.Revision == pg.Revision {
		return kept, nil
	}
	var fresh *book
	if kept != nil && kept.programme.Rewritten == pg.Rewritten {
		fresh, err = kept.next(ctx, s.db.Read(), pg)
	} else {
		fresh, err = readBook(ctx, s.db.Read(), pg, nil)
	}
	if err != nil {
		return nil, err
	}
	s.books.mu.Lock()
	defer s.books.mu.Unlock()
	if kept := s.books.all[pg.ID]; kept == nil || kept.programme.Revision < pg.Revision {
		s.books.all[pg.ID] = fresh
	}
	return fresh, nil
}

// readBook reads the book of all communes, or of the listed ones.
func readBook(ctx context.Context, idb bun.IDB, pg Programme, units []string) (*book, error) {
	b, err := readRules(ctx, idb, pg)
	if err != nil {
		return nil, err
	}
	b.known = map[string]Known{}
	var latest []Evidence
	q := idb.NewSelect().Model(&latest).Where("ev.programme = ?", pg.ID).Where("ev.latest")
	if units != nil {
		q = q.Where("ev.unit IN (?)", bun.List(units))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for i := range latest {
		b.learn(&latest[i])
	}
	return b, b.readWaivers(ctx, idb)
}

// next is the book after what was written since it was read: only new lines of evidence
// are read, since lines of one programme are written one transaction after another, and
// what was the latest stays it until a newer line comes. The book itself does not change.
func (b *book) next(ctx context.Context, idb bun.IDB, pg Programme) (*book, error) {
	fresh, err := readRules(ctx, idb, pg)
	if err != nil {
		return nil, err
	}
	fresh.known, fresh.last = maps.Clone(b.known), b.last
	var newer []Evidence // of all programmes: so the search goes by the order of writing
	if err := idb.NewSelect().Model(&newer).Where("ev.seq > ?", b.last).Where("ev.latest").Order("ev.seq").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	mine := map[string]bool{}
	for i := range newer {
		e := &newer[i]
		if e.Programme != pg.ID {
			continue
		}
		if !mine[e.Unit] {
			fresh.known[e.Unit], mine[e.Unit] = maps.Clone(fresh.known[e.Unit]), true
		}
		fresh.learn(e)
	}
	return fresh, fresh.readWaivers(ctx, idb)
}

// readRules begins a book: the phases of a programme, and what they ask and asked.
func readRules(ctx context.Context, idb bun.IDB, pg Programme) (*book, error) {
	b := &book{programme: pg, phase: map[ident.ID]Phase{}, criteria: map[ident.ID][]Criterion{},
		waiversOf: map[string][]*Waiver{}, past: &past{}, kept: &kept{curves: map[curveKey]keptCurve{}}}
	if err := idb.NewSelect().Model(&b.phases).Where("ph.programme = ?", pg.ID).Order("ph.ordinal").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, p := range b.phases {
		b.phase[p.ID] = p
	}
	var criteria []Criterion
	if err := idb.NewSelect().Model(&criteria).Where("cr.programme = ?", pg.ID).Order("cr.ordinal").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	for _, c := range criteria {
		b.criteria[c.Phase] = append(b.criteria[c.Phase], c)
	}
	var before []PastCriterion
	if err := idb.NewSelect().Model(&before).Where("cp.programme = ?", pg.ID).Order("cp.ended_at", "cp.id").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	b.editions = editionsOf(criteria, before)
	return b, nil
}

func (b *book) learn(e *Evidence) {
	b.last = max(b.last, e.Seq)
	k := b.known[e.Unit]
	if k == nil {
		k = Known{}
		b.known[e.Unit] = k
	}
	k.add(e)
}

func (k Known) add(e *Evidence) {
	p := k[e.Criterion]
	if e.Kind == Declaration {
		p.Declared = e
	} else {
		p.Verified = e
	}
	k[e.Criterion] = p
}

func (b *book) readWaivers(ctx context.Context, idb bun.IDB) error {
	if err := idb.NewSelect().Model(&b.waivers).Where("wv.programme = ?", b.programme.ID).Order("wv.id DESC").Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	var units []waiverUnit
	err := idb.NewSelect().Model(&units).Join("JOIN rollout_waiver AS wv ON wv.id = wu.waiver").
		Where("wv.programme = ?", b.programme.ID).Order("wu.unit").Scan(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	byID := make(map[ident.ID]*Waiver, len(b.waivers))
	for _, w := range b.waivers {
		byID[w.ID] = w
	}
	for _, u := range units {
		w := byID[u.Waiver]
		if w == nil {
			continue // given between the two queries: the next revision has it
		}
		w.Units = append(w.Units, u.Unit)
		b.waiversOf[u.Unit] = append(b.waiversOf[u.Unit], w)
	}
	return nil
}
