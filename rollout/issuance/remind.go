package issuance

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/org"
)

// The steps of reminding somebody who has not come in: after some working days, shortly
// before the first password runs out, and when it has.
const (
	stepFirst = 1
	stepLast  = 2
	stepOver  = 3
)

const (
	// firstDays is after how many days by the clock the first reminder goes.
	firstDays = 3
	// lastDays is how many days before the end the last one goes.
	lastDays = 2
	// chunk is how many accounts one round looks at.
	chunk = 200
)

// stepOf is the step of reminding that a request has reached at a moment.
func (r Request) stepOf(now time.Time) int64 {
	switch {
	case r.State != Issued || r.HandedAt.IsZero() || r.UntilAt.IsZero():
		return 0
	case !now.Before(r.UntilAt):
		return stepOver
	case !now.Before(r.UntilAt.AddDate(0, 0, -lastDays)):
		return stepLast
	case !now.Before(r.HandedAt.AddDate(0, 0, firstDays)):
		return stepFirst
	}
	return 0
}

// Remind takes each step once: the person is written to where there is an address, and
// who answers for the commune is told how many there have not come in.
func (s *Service) Remind(ctx context.Context) error {
	now := s.Business.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var rows []Request
		err := tx.NewSelect().Model(&rows).Where("iq.state = ?", Issued).Where("iq.until_at IS NOT NULL").WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("iq.reminded < ? AND iq.until_at <= ?", stepOver, now).WhereOr("iq.reminded < ? AND iq.until_at <= ?", stepLast, now.AddDate(0, 0, lastDays)).
				WhereOr("iq.reminded < ? AND iq.handed_at <= ?", stepFirst, now.AddDate(0, 0, -firstDays))
		}).Order("iq.until_at", "iq.id").Limit(chunk).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		late := map[string]map[int64]int64{} // commune → step → accounts
		for i := range rows {
			r := &rows[i]
			r.Reminded = r.stepOf(now)
			if err := save(ctx, tx, r, "reminded"); err != nil {
				return err
			}
			if late[r.Unit] == nil {
				late[r.Unit] = map[int64]int64{}
			}
			late[r.Unit][r.Reminded]++
			if err := s.remindOne(ctx, tx, r); err != nil {
				return err
			}
			if err := s.note(ctx, tx, access.System("accounts"), "reminded", *r, map[string][2]any{"step": {nil, r.Reminded}}); err != nil {
				return err
			}
		}
		return s.remindUnits(ctx, tx, late)
	})
}

// remindOne writes to the person, while the first password still works.
func (s *Service) remindOne(ctx context.Context, tx *db.Tx, r *Request) error {
	if r.Reminded == stepOver || r.Email == "" {
		return nil
	}
	return notify.Write(ctx, tx, s.Machine.Now(), notify.Message{Address: r.Email, Lang: i18n.VI, Template: "issuance.notice.come_in",
		Args: []any{"name", r.Name, "login", r.Login, "due", r.UntilAt}, Link: "/sign-in", Dedupe: "accounts/" + string(r.ID) + "/" + r.UntilAt.Format(time.RFC3339) + "/" + step(r.Reminded)})
}

// remindUnits tells who decides for each commune; one notice for a commune and a step.
func (s *Service) remindUnits(ctx context.Context, tx *db.Tx, late map[string]map[int64]int64) error {
	if len(late) == 0 {
		return nil
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	holders := map[string][]ident.ID{} // by district: who decides for one commune decides for the others
	for unit, steps := range late {
		u, _ := tree.Unit(unit)
		if _, known := holders[u.Parent]; !known {
			if holders[u.Parent], err = s.Holders.Holding(ctx, Approve, unit); err != nil {
				return err
			}
		}
		for st, n := range steps {
			var all []notify.Message
			for _, id := range holders[u.Parent] {
				all = append(all, notify.Message{Account: id, Template: "issuance.notice." + step(st), Args: []any{"unit", tree.Place(unit), "n", n},
					Link: Home + "?state=" + string(Issued) + "&unit=" + unit, Dedupe: "accounts/" + unit + "/" + step(st) + "/" + s.today()})
			}
			if err := notify.Write(ctx, tx, s.Machine.Now(), all...); err != nil {
				return err
			}
		}
	}
	return nil
}

func step(n int64) string {
	return map[int64]string{stepFirst: "waiting", stepLast: "ending", stepOver: "over"}[n]
}

// CloseLeft closes accounts of people whose last post has ended.
func (s *Service) CloseLeft(ctx context.Context) error {
	who := access.System("accounts")
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var accounts []ident.ID
		err := tx.NewRaw("SELECT DISTINCT iq.account FROM issue_request AS iq JOIN account AS a ON a.id = iq.account WHERE iq.state = ? AND iq.ended_on <= ? AND a.state <> ?"+
			" AND NOT EXISTS (SELECT 1 FROM account_role AS r WHERE r.account = a.id AND (r.until_date = '' OR r.until_date > ?)) LIMIT ?",
			Ended, s.today(), org.Closed, s.today(), chunk).Scan(ctx, &accounts)
		if err != nil {
			return db.Sorted(err)
		}
		for _, id := range accounts {
			if err := s.People.CloseIdleIn(ctx, tx, who, id); err != nil {
				return err
			}
		}
		return nil
	})
}
