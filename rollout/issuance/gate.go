package issuance

import (
	"context"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// begun learns that the owner of an account has come in: requests for it are active, and
// the gates of their communes may be met.
func (s *Service) begun(ctx context.Context, tx *db.Tx, a org.Account) error {
	var rows []Request
	if err := tx.NewSelect().Model(&rows).Where("iq.account = ?", a.ID).Where("iq.state = ?", Issued).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	touched := map[string]bool{}
	who := access.Actor{ID: a.ID, Name: a.Name, Login: a.Login, Home: a.Unit, Via: "web"}
	for i := range rows {
		r := &rows[i]
		r.State, r.ActiveAt = Active, s.Business.Now()
		if err := save(ctx, tx, r, "state", "active_at"); err != nil {
			return err
		}
		if err := s.note(ctx, tx, who, "activated", *r, map[string][2]any{"state": {Issued, Active}}); err != nil {
			return err
		}
		touched[r.Unit] = true
	}
	return s.learn(ctx, tx, who, names(touched)...)
}

// learn tells the rollout how it stands with the accounts of communes, in the transaction
// of the fact.
func (s *Service) learn(ctx context.Context, tx *db.Tx, who access.Actor, units ...string) error {
	if len(units) == 0 {
		return nil
	}
	verdicts, err := Verdicts(ctx, tx, units)
	if err != nil || len(verdicts) == 0 {
		return err
	}
	return s.Rollout.Learn(ctx, tx, rollout.News{Evidence: rollout.EvidenceAccounts, Source: rollout.FromRecords, By: who, At: s.Business.Now(), Verdicts: verdicts})
}

// Verdicts say of communes whose roster is kept here whether their accounts are in use:
// met when each of the four posts has somebody who has come in, and nobody who was
// approved is still outside. Communes without a decided request have none.
func Verdicts(ctx context.Context, q bun.IDB, units []string) (map[string]rollout.Verdict, error) {
	var rows []Request
	err := q.NewSelect().Model(&rows).Column("unit", "post", "state", "name").Where("iq.unit IN (?)", bun.List(units)).
		Where("iq.state IN (?)", bun.List([]State{Approved, Issued, Active, Ended})).Order("iq.unit", "iq.name_fold").Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	held := map[string][]Request{}
	for _, r := range rows {
		held[r.Unit] = append(held[r.Unit], r)
	}
	out := map[string]rollout.Verdict{}
	for unit, rs := range held {
		out[unit] = judge(rs)
	}
	return out, nil
}

// judge is the verdict on the requests of one commune.
func judge(rows []Request) rollout.Verdict {
	in, waiting, all := map[access.Role]bool{}, int64(0), int64(0)
	for _, r := range rows {
		switch r.State {
		case Active:
			in[r.Post] = true
			all++
		case Approved, Issued:
			waiting++
			all++
		}
	}
	var why []rollout.Reason
	if waiting > 0 {
		why = append(why, rollout.Because("issuance.reason.waiting", "n", waiting, "all", all))
	}
	for _, post := range Posts {
		if !in[post] {
			why = append(why, rollout.Because("issuance.reason.nobody", "post", i18n.Key("issuance.post."+string(post))))
		}
	}
	if len(why) > 0 {
		return rollout.Verdict{Answer: rollout.Unmet, Reasons: why}
	}
	return rollout.Verdict{Answer: rollout.Met}
}
