package register

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// Relations are how somebody is related to an officer; "self" is the officer.
var Relations = []string{"self", "spouse", "father", "mother", "child", "sibling", "grandparent", "grandchild", "in_law", "other"}

// Relative is a person for whom an officer may not act (Law on civil status 60/2014/QH13,
// art. 12.1h): the officer, and who is declared.
type Relative struct {
	bun.BaseModel `bun:"table:account_relative,alias:ar"`
	ID            ident.ID  `bun:"id,pk"`
	Account       ident.ID  `bun:"account"`
	Relation      string    `bun:"relation"`
	Name          string    `bun:"name"`
	Fold          string    `bun:"fold"`
	Born          string    `bun:"born"`
	PID           string    `bun:"pid"`
	MadeAt        time.Time `bun:"made_at"`
}

// mostRelatives is how many one account may declare.
const mostRelatives = 60

// Relatives are those whom somebody declared for the own account, and when the list was
// last confirmed; the zero time when never.
func (s *Service) Relatives(ctx context.Context, who access.Actor) ([]Relative, time.Time, error) {
	if !who.SignedIn() {
		return nil, time.Time{}, fault.New(fault.SignIn, "fault.sign_in")
	}
	all, err := relativesOf(ctx, s.DB.Read(), who.ID)
	if err != nil {
		return nil, time.Time{}, err
	}
	var at []time.Time
	err = s.DB.Read().NewSelect().Table("account_relative_declared").Column("at").Where("account = ?", who.ID).Scan(ctx, &at)
	if err != nil || len(at) == 0 {
		return all, time.Time{}, db.Sorted(err)
	}
	return all, at[0], nil
}

func relativesOf(ctx context.Context, q bun.IDB, account ident.ID) ([]Relative, error) {
	var all []Relative
	err := q.NewSelect().Model(&all).Where("ar.account = ?", account).Order("ar.id").Scan(ctx)
	return all, db.Sorted(err)
}

func (r *Relative) check() error {
	r.Name = strings.Join(strings.Fields(fold.NFC(r.Name)), " ")
	r.Fold, r.PID, r.Born = fold.Key(r.Name), digits(r.PID), strings.TrimSpace(r.Born)
	var k fault.Check
	known := false
	for _, one := range Relations {
		known = known || one == r.Relation
	}
	k.Need(known, "relation", "register.relative.relation_needed")
	k.Need(r.Name != "" && utf8.RuneCountInString(r.Name) <= 100, "name", "register.relative.name_needed")
	_, err := clock.ParseDate(r.Born)
	k.Need(r.Born == "" || err == nil, "born", "form.bad_day")
	k.Need(r.PID == "" || len(r.PID) == 12 || len(r.PID) == 9, "pid", "register.relative.pid_form")
	k.Need(r.PID != "" || r.Born != "", "born", "register.relative.known_by")
	return k.Err()
}

// Declare adds a relative to the own account.
func (s *Service) Declare(ctx context.Context, who access.Actor, r Relative) (Relative, error) {
	if !who.SignedIn() || who.IsSystem() {
		return r, fault.New(fault.SignIn, "fault.sign_in")
	}
	if err := r.check(); err != nil {
		return r, err
	}
	now := s.now()
	r.ID, r.Account, r.MadeAt = ident.New(now), who.ID, now
	return r, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := relativesOf(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if len(all) >= mostRelatives {
			return fault.New(fault.Conflict, "register.relative.too_many", "n", mostRelatives)
		}
		for _, one := range all {
			if one.Fold == r.Fold && one.Born == r.Born && one.PID == r.PID {
				return fault.New(fault.Conflict, "register.relative.already")
			}
		}
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return s.declared(ctx, tx, who, "dossier.relative.declared", r.ID, r.Relation, now)
	})
}

// Forget takes a relative off the own account; the trail keeps that it was done.
func (s *Service) Forget(ctx context.Context, who access.Actor, id ident.ID) error {
	if !who.SignedIn() {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var was Relative
		if err := tx.NewSelect().Model(&was).Where("ar.id = ? AND ar.account = ?", id, who.ID).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if _, err := tx.NewDelete().Model(&was).WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return s.declared(ctx, tx, who, "dossier.relative.forgotten", id, was.Relation, s.now())
	})
}

// Confirm says that the own list is complete, also when it is empty.
func (s *Service) Confirm(ctx context.Context, who access.Actor) error {
	if !who.SignedIn() || who.IsSystem() {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.declared(ctx, tx, who, "dossier.relative.confirmed", who.ID, "", s.now())
	})
}

func (s *Service) declared(ctx context.Context, tx *db.Tx, who access.Actor, act string, id ident.ID, relation string, now time.Time) error {
	_, err := tx.NewRaw("INSERT INTO account_relative_declared (account, at) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET at = excluded.at", who.ID, now).Exec(ctx)
	if err != nil {
		return db.Sorted(err)
	}
	return trail.Write(ctx, tx, now, who, act, string(id), map[string][2]any{"relation": {nil, relation}}, trail.At(who.Home))
}

// Clash is a person of a dossier for whom somebody may not act.
type Clash struct {
	Name     string
	Relation string
	By       string // "pid", or "name" for name and day of birth
}

// clash finds the first person among those named for whom the holder of these relatives
// may not act: the same personal number, else the same name and day of birth.
func clash(mine []Relative, all []Person) (Clash, bool) {
	for _, r := range mine {
		for _, p := range all {
			switch {
			case r.PID != "" && r.PID == p.PID:
				return Clash{r.Name, r.Relation, "pid"}, true
			case r.Born != "" && r.Born == p.Born && r.Fold == fold.Key(p.Name):
				return Clash{r.Name, r.Relation, "name"}, true
			}
		}
	}
	return Clash{}, false
}
