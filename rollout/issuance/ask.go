package issuance

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// AskFor asks for an account for one person. Who stands there already is Conflict.
func (s *Service) AskFor(ctx context.Context, who access.Actor, f Form) (Request, error) {
	if err := who.Need(Ask); err != nil {
		return Request{}, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return Request{}, err
	}
	r, err := f.read(tree)
	if err != nil {
		return Request{}, err
	}
	if err := who.NeedAt(Ask, r.Unit); err != nil {
		return Request{}, err
	}
	return r, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.ask(ctx, tx, who, &r) })
}

func (s *Service) ask(ctx context.Context, tx *db.Tx, who access.Actor, r *Request) error {
	now := s.Business.Now()
	r.ID, r.State, r.AskedBy, r.AskedAt, r.Version = ident.New(s.Machine.Now()), Asked, who.ID, now, 1
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		if db.Duplicate(err) {
			return fault.New(fault.Conflict, "issuance.form.there")
		}
		return db.Sorted(err)
	}
	return s.note(ctx, tx, who, "asked", *r, map[string][2]any{"post": {nil, r.Post}})
}

// longestReason is the letters of a reason.
const longestReason = 300

func reasonOf(typed string) (string, error) {
	typed = strings.TrimSpace(fold.NFC(typed))
	var k fault.Check
	k.Need(typed != "", "reason", "issuance.form.reason")
	k.Need(utf8.RuneCountInString(typed) <= longestReason, "reason", "issuance.form.reason_long", "limit", longestReason)
	return typed, k.Err()
}

// Refuse turns a request down, with the reason that the commune reads.
func (s *Service) Refuse(ctx context.Context, who access.Actor, id ident.ID, version int64, reason string) error {
	if _, err := byID(ctx, s.DB.Read(), who, Approve, id); err != nil {
		return err
	}
	reason, err := reasonOf(reason)
	if err != nil {
		return err
	}
	err = s.change(ctx, who, Approve, id, version, func(ctx context.Context, tx *db.Tx, r *Request) error {
		if r.State != Asked && r.State != Approved {
			return fault.New(fault.Conflict, "issuance.wrong_state")
		}
		was := r.State
		r.State, r.Reason, r.DecidedBy, r.DecidedAt = Refused, reason, who.ID, s.Business.Now()
		if err := save(ctx, tx, r, "state", "reason", "decided_by", "decided_at"); err != nil {
			return err
		}
		if err := s.note(ctx, tx, who, "refused", *r, map[string][2]any{"state": {was, r.State}}, trail.Personal("reason", reason)); err != nil {
			return err
		}
		return s.learn(ctx, tx, who, r.Unit)
	})
	return err
}

// Decision is what the district says of a request that looks like somebody else's.
type Decision struct {
	Same   ident.ID // the account whose owner it is; empty when it is another person
	Reason string   // why it is another person
}

// ApproveOne approves a request. One that has twins needs the decision whether it is the
// same person; a person that has an account gets the post with it.
func (s *Service) ApproveOne(ctx context.Context, who access.Actor, id ident.ID, version int64, d Decision) error {
	err := s.change(ctx, who, Approve, id, version, func(ctx context.Context, tx *db.Tx, r *Request) error {
		if r.State != Asked && r.State != Refused {
			return fault.New(fault.Conflict, "issuance.wrong_state")
		}
		twins, err := s.twins(ctx, tx, []Request{*r})
		if err != nil {
			return err
		}
		if err := r.decide(twins[r.ID], d); err != nil {
			return err
		}
		if err := s.approve(ctx, tx, who, r); err != nil {
			return err
		}
		return s.learn(ctx, tx, who, r.Unit)
	})
	return err
}

// decide takes over what the district says of a request's twins.
func (r *Request) decide(twins []Twin, d Decision) error {
	if len(twins) == 0 {
		return nil
	}
	var k fault.Check
	if d.Same != "" {
		for _, t := range twins {
			if t.Account == d.Same {
				r.Account, r.Login = t.Account, t.Login
				return nil
			}
		}
		k.Need(false, "same", "issuance.twin.needed")
		return k.Err()
	}
	reason, err := reasonOf(d.Reason)
	k.Add(err)
	r.Apart, r.Reason = true, reason
	return k.Err()
}

func (s *Service) approve(ctx context.Context, tx *db.Tx, who access.Actor, r *Request) error {
	was := r.State
	r.State, r.DecidedBy, r.DecidedAt = Approved, who.ID, s.Business.Now()
	if err := save(ctx, tx, r, "state", "decided_by", "decided_at", "account", "login", "apart", "reason"); err != nil {
		return err
	}
	return s.note(ctx, tx, who, "approved", *r, map[string][2]any{"state": {was, r.State}, "account": {nil, r.Account}, "apart": {nil, r.Apart}})
}

// mostAtOnce is how many requests one act approves.
const mostAtOnce = 500

// ApproveAll approves every request of a unit, a district or a commune, that looks like
// nobody else's; it answers how many, and how many wait for a decision of their own.
func (s *Service) ApproveAll(ctx context.Context, who access.Actor, unit string) (approved, waiting int, err error) {
	units, err := s.under(ctx, who, Approve, unit)
	if err != nil {
		return 0, 0, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		approved, waiting = 0, 0
		var rows []Request
		err := tx.NewSelect().Model(&rows).Where("iq.state = ?", Asked).Where("iq.unit IN (?)", bun.List(units)).Apply(who.Within(Approve, "iq.unit")).
			Order("iq.unit", "iq.name_fold", "iq.id").Limit(mostAtOnce).Scan(ctx)
		if err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		twins, err := s.twins(ctx, tx, rows)
		if err != nil {
			return err
		}
		touched := map[string]bool{}
		for i := range rows {
			if len(twins[rows[i].ID]) > 0 {
				waiting++
				continue
			}
			if err := s.approve(ctx, tx, who, &rows[i]); err != nil {
				return err
			}
			approved++
			touched[rows[i].Unit] = true
		}
		return s.learn(ctx, tx, who, names(touched)...)
	})
	return approved, waiting, err
}

// under are the communes of a district, or the commune itself, in the actor's reach; the
// city's when no unit is named.
func (s *Service) under(ctx context.Context, who access.Actor, need access.Perm, unit string) ([]string, error) {
	if err := who.Need(need); err != nil {
		return nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	var units []string
	for _, u := range tree.Communes("") {
		if who.Covers(need, u.Code) && (unit == "" || u.Code == unit || u.Parent == unit) {
			units = append(units, u.Code)
		}
	}
	if len(units) == 0 {
		return nil, fault.New(fault.Missing, "fault.missing")
	}
	return units, nil
}
