package delivery

import (
	"context"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/reports"
)

// EntryKind says what stands on a line of a list.
type EntryKind string

// The kinds.
const (
	OfRole    EntryKind = "role"    // all who hold a role for a unit
	OfAccount EntryKind = "account" // one person
	OfAddress EntryKind = "address" // one address outside
)

// Entry is a line of a schedule's list.
type Entry struct {
	bun.BaseModel `bun:"table:report_recipient,alias:re"`
	ID            ident.ID    `bun:"id,pk"`
	Schedule      ident.ID    `bun:"schedule"`
	Kind          EntryKind   `bun:"kind"`
	Role          access.Role `bun:"role"`
	Unit          string      `bun:"unit"` // of a role; empty: the unit that the report is about
	Account       ident.ID    `bun:"account"`
	Address       string      `bun:"address"`
	Name          string      `bun:"name"`
	MadeAt        time.Time   `bun:"made_at"`
	MadeBy        ident.ID    `bun:"made_by"`
}

// EntryForm is a line as somebody typed it. Login names the account.
type EntryForm struct {
	Kind, Role, Unit, Login, Address, Name string
}

// mostEntries is how long a list may be.
const mostEntries = 200

func entries(ctx context.Context, from bun.IDB, schedule ident.ID) ([]Entry, error) {
	var rows []Entry
	if schedule == "" {
		return nil, nil
	}
	err := from.NewSelect().Model(&rows).Where("re.schedule = ?", schedule).Order("re.id").Limit(mostEntries).Scan(ctx)
	return rows, db.Sorted(err)
}

// Entries are the list of a schedule, for those who plan it.
func (s *Service) Entries(ctx context.Context, who access.Actor, schedule ident.ID) ([]Entry, error) {
	sc, err := s.Reports.Schedule(ctx, who, schedule)
	if err != nil {
		return nil, err
	}
	if err := who.NeedAt(reports.Plan, sc.Cut); err != nil {
		return nil, err
	}
	return entries(ctx, s.DB.Read(), schedule)
}

// Add puts somebody on the list of a schedule.
func (s *Service) Add(ctx context.Context, who access.Actor, schedule ident.ID, f EntryForm) (Entry, error) {
	sc, err := s.Reports.Schedule(ctx, who, schedule)
	if err != nil {
		return Entry{}, err
	}
	if err := who.NeedAt(reports.Plan, sc.Cut); err != nil {
		return Entry{}, err
	}
	now := s.Business.Now()
	e, err := s.entry(ctx, f, sc.Cut)
	if err != nil {
		return Entry{}, err
	}
	e.ID, e.Schedule, e.MadeAt, e.MadeBy = ident.New(s.Machine.Now()), schedule, now, who.ID
	return e, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := tx.NewSelect().Model((*Entry)(nil)).Where("re.schedule = ?", schedule).Count(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n >= mostEntries {
			return fault.New(fault.Invalid, "delivery.list.full", "most", mostEntries)
		}
		if _, err := tx.NewInsert().Model(&e).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.Because(fault.Conflict, "delivery.list.there", err)
			}
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "reports.recipient.added", string(schedule), map[string][2]any{"kind": {"", string(e.Kind)}, "role": {"", string(e.Role)}, "unit": {"", e.Unit}},
			trail.At(sc.Cut), trail.Personal("account", string(e.Account)), trail.Personal("address", e.Address))
	})
}

// entry reads a typed line: a person must be able to see the cut, an address must lie in
// an allowed domain.
func (s *Service) entry(ctx context.Context, f EntryForm, cut string) (Entry, error) {
	e := Entry{Kind: EntryKind(f.Kind)}
	switch e.Kind {
	case OfRole:
		tree, err := s.Units.Tree(ctx, s.Business.Now())
		if err != nil {
			return e, err
		}
		e.Role, e.Unit = access.Role(f.Role), f.Unit
		_, known := tree.Unit(f.Unit)
		var k fault.Check
		k.Need(slices.Contains(org.Roles, e.Role), "role", "delivery.list.role_needed")
		k.Need(f.Unit == "" || known, "unit", "delivery.list.unit_needed")
		return e, k.Err()
	case OfAccount:
		who, err := s.People.Actor(ctx, strings.TrimSpace(f.Login))
		if err != nil && !fault.Is(err, fault.Missing) && !fault.Is(err, fault.Denied) {
			return e, err
		}
		var k fault.Check
		k.Need(err == nil, "login", "delivery.list.nobody")
		k.Need(err != nil || who.Covers(reports.Read, cut), "login", "delivery.list.out_of_reach")
		e.Account, e.Name = who.ID, who.Name
		return e, k.Err()
	case OfAddress:
		e.Name = cutTo(fold.NFC(strings.TrimSpace(f.Name)), longestName)
		var ok bool
		if e.Address, ok = address(f.Address); !ok {
			return e, wrong("address", "delivery.list.address_wrong")
		}
		allowed, err := s.allowed(ctx, s.DB.Read(), e.Address)
		if err == nil && !allowed {
			err = wrong("address", "delivery.list.domain_closed", "domain", domainOf(e.Address))
		}
		return e, err
	}
	return e, wrong("kind", "delivery.list.kind_needed")
}

// wrong is a form whose one field is not right.
func wrong(field, key string, pairs ...any) error {
	var k fault.Check
	k.Need(false, field, key, pairs...)
	return k.Err()
}

// longestName is how long the name beside an address may be, in letters.
const longestName = 120

func cutTo(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// address is one plain address in its one form; ok is false for what is none.
func address(typed string) (string, bool) {
	typed = strings.TrimSpace(typed)
	a, err := mail.ParseAddress(typed)
	if err != nil || a.Address != typed || len(typed) > 254 || strings.ContainsAny(typed, "\r\n<>\" ") || !strings.Contains(domainOf(typed), ".") {
		return "", false
	}
	return strings.ToLower(typed), true
}

func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// Remove takes somebody off a list.
func (s *Service) Remove(ctx context.Context, who access.Actor, schedule, entry ident.ID) error {
	sc, err := s.Reports.Schedule(ctx, who, schedule)
	if err != nil {
		return err
	}
	if err := who.NeedAt(reports.Plan, sc.Cut); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := db.Changed(tx.NewDelete().Model((*Entry)(nil)).Where("id = ?", entry).Where("schedule = ?", schedule).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "reports.recipient.removed", string(schedule), nil, trail.At(sc.Cut))
	})
}
