package delivery

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/reports"
)

const (
	// load is how many deliveries one round claims.
	load = 20
	// lease is how long a process may take over one delivery before another tries.
	lease = 5 * time.Minute
	// early is how long before offices open a mail is no disturbance any more.
	early = time.Hour
	// longestAnswer is how much of a server's answer is kept, in letters.
	longestAnswer = 300
)

// Run sends what is due and tells how many deliveries it made. It is called every few
// seconds, in any number of processes.
func (s *Service) Run(ctx context.Context) (int, error) {
	total := 0
	for _, by := range Outgoing {
		n, err := s.RunBy(ctx, by)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// Outgoing are the channels by which something has to be sent.
var Outgoing = []Channel{Mail, Folder, Webhook}

// RunBy is Run for one channel: a share or a server that hangs holds up its own channel
// alone.
func (s *Service) RunBy(ctx context.Context, by Channel) (int, error) {
	total := 0
	for goOn := by != Mail || s.Post != nil; goOn; {
		rows, err := s.claim(ctx, by)
		if err != nil || len(rows) == 0 {
			return total, err
		}
		var sent int
		sent, goOn, err = s.carry(ctx, by, rows)
		total += sent
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// claim takes due rows of a channel for this process. Rows whose process has gone silent
// are due again when its lease ends.
func (s *Service) claim(ctx context.Context, by Channel) ([]Row, error) {
	now := s.Machine.Now()
	due := func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("rd.state IN ('waiting', 'sending')").Where("rd.channel = ?", by).Where("rd.next_at <= ?", now).Order("rd.next_at", "rd.id")
	}
	var first []ident.ID
	if err := s.DB.Read().NewSelect().Model((*Row)(nil)).Column("id").Apply(due).Limit(1).Scan(ctx, &first); err != nil || len(first) == 0 {
		return nil, db.Sorted(err)
	}
	var rows []Row
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows = nil
		q := tx.NewSelect().Model(&rows).Apply(due).Limit(load)
		if !tx.SQLite() {
			q = q.For("UPDATE SKIP LOCKED")
		}
		if err := q.Scan(ctx); err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		mine := ident.New(now)
		ids := make([]ident.ID, len(rows))
		for i := range rows {
			ids[i], rows[i].Lease, rows[i].State = rows[i].ID, mine, Sending
		}
		_, err := tx.NewUpdate().Model((*Row)(nil)).Set("state = ?", Sending).Set("lease = ?", mine).Set("next_at = ?", now.Add(lease)).Where("id IN (?)", bun.List(ids)).Exec(ctx)
		return db.Sorted(err)
	})
	return rows, err
}

// begin renews the lease of a row in the moment of sending; false when another process
// has it by now.
func (s *Service) begin(ctx context.Context, r *Row) (bool, error) {
	now := s.Machine.Now()
	mine := false
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewUpdate().Model((*Row)(nil)).Set("attempts = attempts + 1").Set("tried_at = ?", now).Set("next_at = ?", now.Add(lease)).
			Where("id = ?", r.ID).Where("lease = ?", r.Lease).Where("state = ?", Sending).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		n, err := res.RowsAffected()
		mine = n == 1
		return db.Sorted(err)
	})
	r.Attempts++
	return mine, err
}

// outcome is what became of an attempt.
type outcome struct {
	state   State
	problem string
	answer  string
	address string
	at      time.Time // of the next attempt, when it waits
}

// settle writes what became of a claimed row.
func (s *Service) settle(ctx context.Context, r Row, o outcome) error {
	ctx = context.WithoutCancel(ctx) // what went out is remembered even while the process stops
	if o.state.Ended() && s.Settled != nil {
		s.Settled(string(r.Channel), string(o.state))
	}
	if o.state == Failed {
		s.Log.Error("report not delivered", "delivery", r.ID, "run", r.Run, "channel", r.Channel, "attempts", r.Attempts, "problem", o.problem, "answer", o.answer)
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		q := tx.NewUpdate().Model((*Row)(nil)).Set("state = ?", o.state).Set("problem = ?", o.problem).Set("lease = ''").
			Where("id = ?", r.ID).Where("lease = ?", r.Lease).Where("state = ?", Sending)
		if o.answer != "" {
			q = q.Set("answer = ?", cutTo(strings.ToValidUTF8(o.answer, "\uFFFD"), longestAnswer))
		}
		switch o.state {
		case Waiting:
			q = q.Set("next_at = ?", o.at)
		case Sent:
			q = q.Set("sent_at = ?", s.Machine.Now()).Set("address = ?", o.address)
		case Sending, Failed, Bounced, Dropped:
		}
		if _, err := q.Exec(ctx); err != nil || !o.state.Ended() {
			return db.Sorted(err)
		}
		return s.over(ctx, tx, r.Run)
	})
}

// over marks a run as sent when nothing of it waits any more.
func (s *Service) over(ctx context.Context, tx *db.Tx, run ident.ID) error {
	left, err := tx.NewSelect().Model((*Row)(nil)).Where("rd.run = ?", run).Where("rd.state IN ('waiting', 'sending')").Limit(1).Count(ctx)
	if err != nil || left > 0 {
		return db.Sorted(err)
	}
	return s.Reports.MarkSent(ctx, tx, run)
}

// again puts a row back with a growing pause, or gives it up.
func (s *Service) again(r Row, problem, answer string) outcome {
	if r.Attempts >= tries {
		return outcome{state: Failed, problem: problem, answer: answer}
	}
	return outcome{state: Waiting, problem: problem, answer: answer, at: s.Machine.Now().Add(pause(r.Attempts))}
}

// carry sends claimed rows; goOn is false when there is no use in claiming more now.
func (s *Service) carry(ctx context.Context, by Channel, rows []Row) (sent int, goOn bool, err error) {
	if by == Mail {
		return s.mail(ctx, rows)
	}
	return s.outlets(ctx, rows)
}

// ready is a mail that may go out now.
type ready struct {
	Row
	to   string
	lang i18n.Lang
}

// mail decides what becomes of each row, then sends over one connection.
func (s *Service) mail(ctx context.Context, rows []Row) (sent int, goOn bool, err error) {
	var accounts []ident.ID
	for _, r := range rows {
		if r.Account != "" {
			accounts = append(accounts, r.Account)
		}
	}
	reach, err := s.Reach.Reach(ctx, bell, accounts)
	if err != nil {
		return 0, false, err
	}
	var out []ready
	for _, r := range rows {
		to, o, err := s.decide(ctx, r, reach[r.Account])
		if err != nil {
			return 0, false, err
		}
		if to == nil {
			if err := s.settle(ctx, r, o); err != nil {
				return 0, false, err
			}
			continue
		}
		out = append(out, *to)
	}
	if len(out) == 0 {
		return 0, true, nil
	}
	if err := s.Post.Open(ctx); err != nil {
		return 0, false, s.unreachable(ctx, out, err)
	}
	defer s.Post.Shut()
	made := letters{s: s}
	for _, one := range out {
		ok, err := s.send(ctx, &made, one)
		if err != nil {
			return sent, false, err
		}
		if ok {
			sent++
		}
	}
	return sent, true, nil
}

// decide says to whom a row goes now, or what becomes of it instead.
func (s *Service) decide(ctx context.Context, r Row, reach notify.Reach) (*ready, outcome, error) {
	if r.Account == "" {
		ok, err := s.allowed(ctx, s.DB.Read(), r.Address)
		if err != nil || !ok {
			return nil, outcome{state: Dropped, problem: "delivery.problem.domain"}, err
		}
		return &ready{r, r.Address, i18n.VI}, outcome{}, nil
	}
	may, err := s.may(ctx, r.Account, r.Cut)
	switch {
	case err != nil:
		return nil, outcome{}, err
	case !may:
		return nil, outcome{state: Dropped, problem: "delivery.problem.reach"}, nil
	case reach.Channel == notify.OnScreen && reach.Address == "" && reach.At.IsZero():
		return nil, outcome{state: Dropped, problem: "delivery.problem.no_address"}, nil
	case reach.Channel != notify.ByMail:
		return nil, outcome{state: Dropped, problem: "delivery.problem.screen_only"}, nil
	case reach.At.After(s.Machine.Now().Add(early)):
		return nil, outcome{state: Waiting, problem: "delivery.problem.quiet", at: reach.At.Add(-early)}, nil
	}
	return &ready{r, reach.Address, reach.Lang}, outcome{}, nil
}

// may tells whether an account may see a cut now. An account that is no more may not.
func (s *Service) may(ctx context.Context, account ident.ID, cut string) (bool, error) {
	who, err := s.actor(ctx, account)
	return who.Covers(reports.Read, cut), err
}

func (s *Service) actor(ctx context.Context, account ident.ID) (access.Actor, error) {
	who, err := s.People.ActorOf(ctx, account)
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.Missing) {
		return access.Actor{}, nil
	}
	return who, err
}

// unreachable puts all back: the server does not answer, which is nobody's own failure.
func (s *Service) unreachable(ctx context.Context, out []ready, cause error) error {
	s.Log.Error("mail server does not answer", "reports waiting", len(out), "cause", cause.Error())
	for _, one := range out {
		mine, err := s.begin(ctx, &one.Row)
		if err != nil {
			return err
		}
		if !mine {
			continue
		}
		if err := s.settle(ctx, one.Row, s.again(one.Row, "delivery.problem.unreachable", cause.Error())); err != nil {
			return err
		}
	}
	return nil
}

// send composes and hands over one mail.
func (s *Service) send(ctx context.Context, made *letters, one ready) (bool, error) {
	mine, err := s.begin(ctx, &one.Row)
	if err != nil || !mine {
		return false, err
	}
	m, err := made.mail(ctx, one)
	if err != nil {
		s.Log.Error("mail of a report not composed", "run", one.Run, "cause", err.Error())
		return false, s.settle(ctx, one.Row, s.again(one.Row, fault.Of(err).Key, ""))
	}
	a := s.Post.Deliver(ctx, m)
	made.rewind()
	switch {
	case a.Err == nil:
		return true, s.settle(ctx, one.Row, outcome{state: Sent, answer: a.Text, address: one.to})
	case a.Lasting:
		return false, s.settle(ctx, one.Row, outcome{state: Failed, problem: "delivery.problem.refused", answer: a.Text})
	}
	return false, s.settle(ctx, one.Row, s.again(one.Row, "delivery.problem.not_taken", a.Text))
}
