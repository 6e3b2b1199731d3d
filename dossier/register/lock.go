package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/org"
)

// unlocked is Conflict when the year of a book is locked. The database refuses the entry
// as well.
func (s *Service) unlocked(ctx context.Context, tx *db.Tx, unit string, kind Kind, year int64, practice bool) error {
	locked, err := tx.NewSelect().Model((*Lock)(nil)).Where("rl.unit = ? AND rl.kind = ? AND rl.year = ? AND rl.practice = ?", unit, kind, year, practice).Exists(ctx)
	if err == nil && locked {
		return fault.New(fault.Conflict, "register.year_locked", "year", year)
	}
	return db.Sorted(err)
}

// BookForm is how an office begins a book here: what already stands on paper.
type BookForm struct {
	Unit     string
	Kind     Kind
	Year     int64
	Before   int64 // last number on paper; 0 begins at 1
	Volume   int64 // the book in which paper is; 1 unless it went on
	InVolume int64 // entries that stand in that book on paper
	Capacity int64
}

func (f BookForm) check() error {
	var k fault.Check
	k.Need(f.Kind.Known(), "kind", "register.book.kind_needed")
	k.Need(f.Before >= 0 && f.Before < 1_000_000, "before", "register.book.before_wrong")
	k.Need(f.Volume >= 1 && f.Volume < 100, "volume", "register.book.volume_wrong")
	k.Need(f.InVolume >= 0 && f.InVolume <= f.Before, "in_volume", "register.book.in_volume_wrong")
	k.Need(f.Capacity >= 1 && f.Capacity <= 10_000, "capacity", "register.book.capacity_wrong")
	return k.Err()
}

// OpenBook begins the year of a book where paper stands, before the first entry here.
func (s *Service) OpenBook(ctx context.Context, who access.Actor, f BookForm) (Series, error) {
	if err := who.NeedAt(dossier.Register, f.Unit); err != nil {
		return Series{}, err
	}
	if err := f.check(); err != nil {
		return Series{}, err
	}
	now := s.now()
	n := Series{Unit: f.Unit, Kind: f.Kind, Year: f.Year, Before: f.Before, Last: f.Before, Volume: f.Volume, InVolume: f.InVolume, Capacity: f.Capacity, OpenedAt: now, OpenedBy: who.ID}
	return n, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if n.Year != int64(now.In(clock.City).Year()) {
			return fault.New(fault.Conflict, "register.book.this_year", "year", now.In(clock.City).Year())
		}
		res, err := tx.NewInsert().Model(&n).On("CONFLICT (unit, kind, year, practice) DO UPDATE").Set("before = excluded.before").Set("last = excluded.last").
			Set("volume = excluded.volume").Set("in_volume = excluded.in_volume").Set("capacity = excluded.capacity").Where("rs.last = rs.before").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if rows, err := res.RowsAffected(); err != nil || rows == 0 {
			return fault.New(fault.Conflict, "register.book.begun")
		}
		return s.record(ctx, tx, who, f.Unit, ident.ID(Code(f.Kind, f.Year, f.Volume, false)), "dossier.register.opened", map[string][2]any{"before": {nil, f.Before}, "volume": {nil, f.Volume}})
	})
}

// NextVolume goes on in a new book although the one in use is not full: it is damaged, or
// has fewer leaves than was said. Numbers go on.
func (s *Service) NextVolume(ctx context.Context, who access.Actor, unit string, kind Kind, year int64) error {
	if err := who.NeedAt(dossier.Register, unit); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.unlocked(ctx, tx, unit, kind, year, false); err != nil {
			return err
		}
		res, err := tx.NewRaw("UPDATE register_series SET volume = volume + 1, in_volume = 0 WHERE unit = ? AND kind = ? AND year = ? AND practice = FALSE AND in_volume > 0", unit, kind, year).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.Conflict, "register.book.empty")
		}
		return s.record(ctx, tx, who, unit, ident.ID(Code(kind, year, 0, false)), "dossier.register.volume", nil)
	})
}

// LockYear ends the years of all books of a unit with their counts; the head of the
// office signs (Decree 123/2015/NĐ-CP, art. 11.3: before 5 January). It can be done from
// the last day of the year on. Books that are locked already stay as they are.
func (s *Service) LockYear(ctx context.Context, who access.Actor, proof org.Proof, unit string, year int64) ([]Lock, error) {
	if err := who.NeedAt(dossier.Sign, unit); err != nil {
		return nil, err
	}
	if err := s.proved(who, proof); err != nil {
		return nil, err
	}
	now := s.now()
	if now.Before(lockFrom(year)) {
		return nil, fault.New(fault.Conflict, "register.lock.too_early", "year", year)
	}
	var done []Lock
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		done = nil
		if _, err := s.People.PostAt(ctx, tx, who.ID, org.SigningLeader, unit, clock.Date(now)); fault.Is(err, fault.Missing) {
			return fault.New(fault.Denied, "register.no_authority")
		} else if err != nil {
			return err
		}
		var all []Series
		if err := tx.NewSelect().Model(&all).Where("rs.unit = ? AND rs.year = ?", unit, year).Where("rs.practice = FALSE").
			Where("NOT EXISTS (SELECT 1 FROM register_lock AS rl WHERE rl.unit = rs.unit AND rl.kind = rs.kind AND rl.year = rs.year AND rl.practice = rs.practice)").
			Order("rs.kind").Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if len(all) == 0 {
			return fault.New(fault.Conflict, "register.lock.nothing", "year", year)
		}
		for _, n := range all {
			l, err := s.lock(ctx, tx, who, proof, n, now)
			if err != nil {
				return err
			}
			done = append(done, l)
		}
		return nil
	})
	return done, err
}

// lockFrom is when the last day of a year begins.
func lockFrom(year int64) time.Time { return time.Date(int(year), 12, 31, 0, 0, 0, 0, clock.City) }

// LockBy is when the lock of a year is late: 5 January of the next.
func LockBy(year int64) time.Time { return time.Date(int(year)+1, 1, 5, 0, 0, 0, 0, clock.City) }

// lock counts a series anew, number by number, and keeps the count.
func (s *Service) lock(ctx context.Context, tx *db.Tx, who access.Actor, proof org.Proof, n Series, now time.Time) (Lock, error) {
	l := Lock{ID: ident.New(now), Unit: n.Unit, Kind: n.Kind, Year: n.Year, Practice: n.Practice, Before: n.Before, Last: n.Last, At: now, By: who.ID, ByName: who.Name, Proof: proof.How()}
	var rows []struct {
		Number int64
		Hash   string
		Voided bool
	}
	err := tx.NewSelect().TableExpr("register_entry AS re").ColumnExpr("re.number, re.hash, EXISTS (SELECT 1 FROM register_void AS rv WHERE rv.entry = re.id) AS voided").
		Where("re.unit = ? AND re.kind = ? AND re.year = ? AND re.practice = ?", n.Unit, n.Kind, n.Year, n.Practice).Order("re.number").Scan(ctx, &rows)
	if err != nil {
		return l, db.Sorted(err)
	}
	h := sha256.New()
	for i, r := range rows {
		if r.Number != n.Before+int64(i)+1 {
			return l, fault.New(fault.Conflict, "register.lock.gap", "number", r.Number)
		}
		if r.Voided {
			l.Voided++
		}
		_, _ = io.WriteString(h, r.Hash+"\n") // never fails
	}
	l.Entries, l.Digest = int64(len(rows)), hex.EncodeToString(h.Sum(nil))
	if l.Before+l.Entries != n.Last || l.Voided != n.Voided {
		return l, fault.New(fault.Conflict, "register.lock.gap", "number", n.Last)
	}
	if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
		return l, db.Sorted(err)
	}
	return l, s.record(ctx, tx, who, n.Unit, l.ID, "dossier.register.locked", map[string][2]any{"kind": {nil, n.Kind}, "year": {nil, n.Year}, "entries": {nil, l.Entries}, "voided": {nil, l.Voided}, "digest": {nil, l.Digest}})
}

// RemindLocks tells the leaders of offices whose last year is not locked from 5 January
// on, once a unit and year. It is a chore.
func (s *Service) RemindLocks(ctx context.Context) (int, error) {
	now := s.now()
	year := int64(now.In(clock.City).Year()) - 1
	if now.Before(LockBy(year)) {
		return 0, nil
	}
	late, err := unlockedUnits(ctx, s.DB.Read(), year)
	if err != nil || len(late) == 0 {
		return 0, err
	}
	told := 0
	for _, unit := range late {
		heads, err := s.People.Holders(ctx, org.SigningLeader, unit)
		if err != nil {
			return told, err
		}
		var all []notify.Message
		for _, a := range heads {
			all = append(all, notify.Message{Account: a.ID, Template: "register.notice.lock_late", Args: []any{"year", year}, Link: booksAt + "?unit=" + unit,
				Dedupe: "register.lock:" + unit + ":" + clock.Date(LockBy(year)) + ":" + string(a.ID)})
		}
		if err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return notify.Write(ctx, tx, now, all...) }); err != nil {
			return told, err
		}
		told += len(all)
	}
	return told, nil
}

// unlockedUnits are the units with a book of a year that is not locked.
func unlockedUnits(ctx context.Context, q bun.IDB, year int64) ([]string, error) {
	var units []string
	err := q.NewSelect().TableExpr("register_series AS rs").ColumnExpr("DISTINCT rs.unit").Where("rs.year = ?", year).Where("rs.practice = FALSE").
		Where("NOT EXISTS (SELECT 1 FROM register_lock AS rl WHERE rl.unit = rs.unit AND rl.kind = rs.kind AND rl.year = rs.year AND rl.practice = rs.practice)").
		Order("rs.unit").Scan(ctx, &units)
	return units, db.Sorted(err)
}
