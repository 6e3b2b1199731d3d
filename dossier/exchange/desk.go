package exchange

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/wire"
)

// Filter says which messages are looked at.
type Filter struct {
	Partner string
	State   string
}

// Messages are a page of messages within reach, the newest first. What they say of persons
// is left out.
func (s *Service) Messages(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[post.Message], error) {
	if err := who.Need(dossier.Exchange); err != nil {
		return page.Page[post.Message]{}, err
	}
	var rows []post.Message
	q := s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("data").Apply(who.Within(dossier.Exchange, "xm.unit"), r.On("xm.id"))
	if f.Partner != "" {
		q = q.Where("xm.partner = ?", f.Partner)
	}
	if f.State != "" {
		q = q.Where("xm.state = ?", f.State)
	}
	err := q.Scan(ctx)
	return page.Cut(r, rows, func(m post.Message) []string { return []string{string(m.ID)} }), db.Sorted(err)
}

// message is one message within reach.
func (s *Service) message(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (post.Message, error) {
	if err := who.Need(dossier.Exchange); err != nil {
		return post.Message{}, err
	}
	var m post.Message
	err := q.NewSelect().Model(&m).Where("xm.id = ?", id).Apply(who.Within(dossier.Exchange, "xm.unit")).Apply(more...).Scan(ctx)
	return m, db.Sorted(err)
}

// reasoned refuses a decision without a reason.
func reasoned(reason string) (string, error) {
	reason = strings.TrimSpace(fold.NFC(reason))
	var k fault.Check
	k.Need(reason != "", "reason", "exchange.reason_needed")
	k.Need(len([]rune(reason)) <= 500, "reason", "exchange.reason_long", "max", 500)
	return reason, k.Err()
}

// Again sends one given-up message once more, with a reason.
func (s *Service) Again(ctx context.Context, who access.Actor, id ident.ID, reason string) error {
	return s.decide(ctx, who, id, reason, "dossier.exchange.again", s.Post.AgainIn)
}

// Drop sets one given-up message aside for good, with a reason.
func (s *Service) Drop(ctx context.Context, who access.Actor, id ident.ID, reason string) error {
	return s.decide(ctx, who, id, reason, "dossier.exchange.dropped", s.Post.DropIn)
}

func (s *Service) decide(ctx context.Context, who access.Actor, id ident.ID, reason, act string, do func(context.Context, *db.Tx, post.Message) error) error {
	if err := who.Need(dossier.Exchange); err != nil {
		return err
	}
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		m, err := s.message(ctx, tx, who, id, db.ForUpdate(tx))
		if err != nil {
			return err
		}
		if err := do(ctx, tx, m); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, act, string(m.ID), map[string][2]any{"reason": {nil, reason}, "partner": {nil, m.Partner}}, trail.At(m.Unit))
	})
}

// AskReplay wishes that all given-up messages of an office are sent again. Another person
// grants it. It wants the right everywhere.
func (s *Service) AskReplay(ctx context.Context, who access.Actor, partner, reason string) error {
	if err := everywhere(who, dossier.Exchange); err != nil {
		return err
	}
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var got struct {
			N    int64
			Last string
		}
		err := tx.NewRaw("SELECT count(*) AS n, coalesce(max(id), '') AS last FROM exchange_message WHERE partner = ? AND state = 'dead'", partner).Scan(ctx, &got)
		if err != nil {
			return db.Sorted(err)
		}
		if got.N == 0 {
			return fault.New(fault.Conflict, "exchange.nothing_dead")
		}
		row := post.Replay{ID: ident.New(s.Machine.Now()), Partner: partner, Reason: reason, UpTo: ident.ID(got.Last), N: got.N, AskedBy: who.ID, AskedName: who.Name, AskedAt: s.Business.Now()}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.New(fault.Conflict, "exchange.replay_asked")
			}
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "dossier.exchange.replay_asked", string(row.ID), map[string][2]any{"partner": {nil, partner}, "n": {nil, got.N}, "reason": {nil, reason}})
	})
}

// GrantReplay does what somebody else asked for; nobody grants their own wish. Refusing it
// is Grant false.
func (s *Service) GrantReplay(ctx context.Context, who access.Actor, id ident.ID, grant bool) error {
	if err := everywhere(who, dossier.Exchange); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var row post.Replay
		if err := tx.NewSelect().Model(&row).Where("xr.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if !row.DoneAt.IsZero() {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		if grant && row.AskedBy == who.ID {
			return fault.New(fault.Denied, "exchange.replay_second")
		}
		act, n := "dossier.exchange.replay_refused", int64(0)
		if grant {
			act = "dossier.exchange.replayed"
			var err error
			if n, err = s.Post.ManyAgainIn(ctx, tx, row.Partner, row.UpTo); err != nil {
				return err
			}
		}
		err := db.Changed(tx.NewUpdate().Model((*post.Replay)(nil)).Set("done_by = ?", who.ID).Set("done_at = ?", s.Business.Now()).Where("id = ?", id).Where("done_at IS NULL").Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, act, string(row.ID), map[string][2]any{"partner": {nil, row.Partner}, "n": {nil, n}})
	})
}

func everywhere(who access.Actor, p access.Perm) error {
	if err := who.Need(p); err != nil {
		return err
	}
	if all, _ := who.Reach(p); !all {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

// Close closes an incident with what was found.
func (s *Service) Close(ctx context.Context, who access.Actor, id ident.ID, reason string) error {
	if err := everywhere(who, dossier.Exchange); err != nil {
		return err
	}
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Business.Now()
		err := db.Changed(tx.NewUpdate().Model((*post.Incident)(nil)).Set("closed_at = ?", now).Set("closed_by = ?", who.ID).Set("reason = ?", reason).
			Where("id = ?", id).Where("closed_at IS NULL").Exec(ctx))
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "dossier.exchange.incident_closed", string(id), map[string][2]any{"reason": {nil, reason}})
	})
}

// Reread applies a message that was kept aside, once its version is known or what kept it
// out is gone.
func (s *Service) Reread(ctx context.Context, who access.Actor, id ident.ID) error {
	if err := everywhere(who, dossier.Exchange); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := s.Post.RereadIn(ctx, tx, id)
		if err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "dossier.exchange.reread", string(row.ID), map[string][2]any{"partner": {nil, row.Source}})
	})
}

// The decisions on a difference. None changes the register.
const (
	OursStands   = "ours"      // the office is to correct its side; it is told again
	TheirsStands = "theirs"    // the register is to be corrected by a decision of its own
	Explained    = "explained" // both are right in their own way
)

// Decisions are all of them.
var Decisions = []string{OursStands, TheirsStands, Explained}

// Decide decides an open difference, with a reason. ver is what the person saw.
func (s *Service) Decide(ctx context.Context, who access.Actor, id ident.ID, ver int64, decision, reason string) error {
	if err := who.Need(dossier.Exchange); err != nil {
		return err
	}
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	var k fault.Check
	k.Need(decision == OursStands || decision == TheirsStands || decision == Explained, "decision", "exchange.decision_needed")
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var d post.Difference
		if err := tx.NewSelect().Model(&d).Where("xd.id = ?", id).Apply(who.Within(dossier.Exchange, "xd.unit")).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if d.Ver != ver || d.State != post.OpenDifference {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		now := s.Business.Now()
		err := db.Changed(tx.NewUpdate().Model((*post.Difference)(nil)).Set("state = ?", post.Decided).Set("decision = ?", decision).Set("decided_by = ?", who.ID).
			Set("decided_at = ?", now).Set("reason = ?", reason).Set("ver = ver + 1").Where("id = ?", id).Where("ver = ?", ver).Exec(ctx))
		if err != nil {
			return err
		}
		told := map[string][2]any{"decision": {nil, decision}, "reason": {nil, reason}}
		if decision == OursStands {
			key, err := s.standBy(ctx, tx, d)
			if err != nil {
				return err
			}
			if key != "" {
				told["sent_again"] = [2]any{nil, key}
			}
		}
		return trail.Write(ctx, tx, now, who, "dossier.exchange.difference_decided", string(id), told, trail.At(d.Unit))
	})
}

// standBy tells an office again what it has otherwise, or does not have at all, and gives
// the key of what was sent; "" where there is nothing of ours to tell. A personal number is
// never asked for twice: the population database would give a second one.
func (s *Service) standBy(ctx context.Context, tx *db.Tx, d post.Difference) (string, error) {
	if d.Kind == post.OnlyTheirs {
		return "", nil
	}
	var m post.Message
	if err := tx.NewSelect().Model(&m).Where("xm.partner = ?", d.Partner).Where("xm.idemkey = ?", d.Thing).Scan(ctx); err != nil {
		return "", db.Sorted(err)
	}
	if m.Type == wire.PIDRequested {
		return "", nil
	}
	again, err := s.Post.RepeatIn(ctx, tx, m)
	return again.Key, err
}

// Standing is how an office stands: its circuit, what waits and since when.
type Standing struct {
	post.Partner
	Waits, Dead, Overdue int64
	Oldest               time.Time
}

// Standings are all offices in their order. The counts are of what is open, by index.
func (s *Service) Standings(ctx context.Context, who access.Actor) ([]Standing, error) {
	if err := who.Need(dossier.Exchange); err != nil {
		return nil, err
	}
	return s.standings(ctx)
}

func (s *Service) standings(ctx context.Context) ([]Standing, error) {
	all, err := s.Post.Partners(ctx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Partner, State, First string
		N                     int64
	}
	err = s.DB.Read().NewRaw("SELECT partner, state, count(*) AS n, min(id) AS first FROM exchange_message WHERE state IN ('waiting', 'sending', 'dead') GROUP BY partner, state").Scan(ctx, &rows)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var late []struct {
		Partner string
		N       int64
	}
	err = s.DB.Read().NewRaw("SELECT partner, count(*) AS n FROM exchange_message WHERE expect_by IS NOT NULL AND expect_by <= ? GROUP BY partner", s.Business.Now()).Scan(ctx, &late)
	if err != nil {
		return nil, db.Sorted(err)
	}
	out := make([]Standing, 0, len(all))
	for _, p := range all {
		st := Standing{Partner: p}
		for _, r := range rows {
			if r.Partner != p.Code {
				continue
			}
			if r.State == post.Dead {
				st.Dead += r.N
				continue
			}
			st.Waits += r.N
			if at, ok := ident.ID(r.First).Made(); ok && (st.Oldest.IsZero() || at.Before(st.Oldest)) {
				st.Oldest = at
			}
		}
		for _, l := range late {
			if l.Partner == p.Code {
				st.Overdue = l.N
			}
		}
		out = append(out, st)
	}
	return out, nil
}
