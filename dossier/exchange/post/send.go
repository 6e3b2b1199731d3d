package post

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/wire"
)

const (
	// load is how many messages of a partner one claim takes.
	load int64 = 20
	// lease is how long a worker may take over them before another one tries.
	lease = 2 * time.Minute
	// breaks is after how many failures in a row a partner is left alone.
	breaks = 5
	// tries is after how many attempts without an answer a person is told; sending goes on.
	tries = 8
)

// Serve fetches what one partner holds ready, and sends it what is due. What goes wrong
// with the one keeps the other from nothing. It may run in several processes at once.
func (s *Service) Serve(ctx context.Context, code string) error {
	return errors.Join(s.pull(ctx, code), s.serve(ctx, code))
}

// Run serves every partner that is reached by HTTP, all at once, and waits for the slowest:
// whoever must not wait calls Serve of each.
func (s *Service) Run(ctx context.Context) error {
	all, err := s.Partners(ctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	faults := make([]error, len(all))
	for i, p := range all {
		if p.Mode != ByHTTP {
			continue
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			faults[i] = s.Serve(ctx, p.Code)
		}()
	}
	wg.Wait()
	return errors.Join(faults...)
}

// serve sends what is due to one partner, until nothing is or it fails.
func (s *Service) serve(ctx context.Context, code string) error {
	for ctx.Err() == nil {
		p, err := s.PartnerOf(ctx, s.DB.Read(), code)
		if err != nil || p.Mode != ByHTTP || p.Broken(s.Machine.Now()) {
			return err
		}
		n := load
		if _, err := s.secrets(p); err != nil && !errors.Is(err, wire.ErrSecret) {
			return err // nothing can be signed: what waits goes on waiting
		}
		if p.Failures >= breaks {
			n = 1 // one goes ahead to see
		}
		rows, err := s.claim(ctx, code, n)
		if err != nil || len(rows) == 0 {
			return err
		}
		for i, m := range rows {
			down, err := s.carry(ctx, p, m)
			if err != nil {
				return err
			}
			if down {
				return s.release(ctx, rows[i+1:])
			}
		}
	}
	return nil
}

// claim takes due messages of a partner for this worker until the lease ends: of each
// dossier the first only. They are returned as they were before.
func (s *Service) claim(ctx context.Context, partner string, n int64) ([]Message, error) {
	var rows []Message
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows = nil
		now := s.Machine.Now()
		q := tx.NewSelect().Model(&rows).Where("xm.partner = ?", partner).Where("xm.state IN ('waiting', 'sending')").Where("xm.next_at <= ?", now).
			Where("NOT EXISTS (SELECT 1 FROM exchange_message AS pm WHERE pm.partner = xm.partner AND pm.dossier = xm.dossier AND pm.seq < xm.seq AND pm.state IN ('waiting', 'sending', 'dead'))").
			Order("xm.next_at", "xm.id").Limit(n)
		if !tx.SQLite() {
			q = q.For("UPDATE SKIP LOCKED")
		}
		if err := q.Scan(ctx); err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		ids := make([]ident.ID, len(rows))
		for i, m := range rows {
			ids[i] = m.ID
		}
		_, err := tx.NewUpdate().Model((*Message)(nil)).Set("doubt = doubt OR state = ?", Sending).Set("state = ?", Sending).Set("next_at = ?", now.Add(lease)).
			Set("attempts = attempts + 1").Where("id IN (?)", bun.List(ids)).Exec(ctx)
		return db.Sorted(err)
	})
	for i := range rows {
		rows[i].Doubt = rows[i].Doubt || rows[i].State == Sending
		rows[i].Attempts++
	}
	return rows, err
}

// release gives messages back that were claimed and never sent.
func (s *Service) release(ctx context.Context, rows []Message) error {
	for _, m := range rows {
		if err := s.mark(ctx, m, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Set("state = ?", Waiting).Set("doubt = ?", m.Doubt).Set("next_at = ?", s.Machine.Now()).Set("attempts = attempts - 1")
		}, nil); err != nil {
			return err
		}
	}
	return nil
}

// mark writes what became of a message, if this worker's claim still holds.
func (s *Service) mark(ctx context.Context, m Message, change func(*bun.UpdateQuery) *bun.UpdateQuery, also db.Do) error {
	ctx = context.WithoutCancel(ctx) // what has gone out is remembered even while the process stops
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewUpdate().Model((*Message)(nil)).Where("id = ?", m.ID).Where("state = ?", Sending).Where("attempts = ?", m.Attempts).Apply(change).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 || also == nil {
			return db.Sorted(err) // an answer or another worker was faster
		}
		return also(ctx, tx)
	})
}

// carry brings one message to its partner: first a question by key when it may have
// arrived, then the message. It tells whether the partner seems to be down.
func (s *Service) carry(ctx context.Context, p Partner, m Message) (down bool, err error) {
	if m.Doubt {
		there, a, err := s.look(ctx, p, m)
		switch {
		case ctx.Err() != nil:
			return true, nil //nolint:nilerr // stopping: the lease brings it back
		case err != nil || a.Status/100 == 5 || a.Status == http.StatusTooManyRequests:
			return true, s.again(ctx, p, m, a, "exchange.problem.no_answer")
		case there != nil:
			return false, s.found(ctx, m, *there)
		case a.Status != http.StatusNotFound:
			return false, s.kill(ctx, m, "exchange.problem.refused", a)
		}
	}
	a, err := s.send(ctx, p, m)
	switch {
	case ctx.Err() != nil:
		return true, nil //nolint:nilerr // stopping, or dead: whoever comes next asks first
	case errors.Is(err, wire.ErrSecret):
		return false, s.kill(ctx, m, "exchange.problem.no_secret", a)
	case err != nil:
		s.counted("unknown")
		m.Doubt = true
		return true, s.again(ctx, p, m, a, "exchange.problem.no_answer")
	}
	return s.heard(ctx, p, m, a)
}

// again are the answers after which the same message may be sent once more.
var again = []int{http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests}

// heard acts on the answer to a message.
func (s *Service) heard(ctx context.Context, p Partner, m Message, a Answer) (down bool, err error) {
	switch {
	case a.Status/100 == 2:
		return false, s.arrived(ctx, m)
	case a.Status == http.StatusConflict && m.Doubt:
		// Asked and sent, and it still says so: it holds our key with another body.
		return false, s.kill(ctx, m, "exchange.problem.other_body", a)
	case a.Status == http.StatusConflict:
		m.Doubt = true
		return false, s.again(ctx, p, m, a, "exchange.problem.conflict")
	case a.Status/100 == 4 && !slices.Contains(again, a.Status), a.Status/100 == 3:
		return false, s.kill(ctx, m, "exchange.problem.refused", a)
	}
	m.Doubt = m.Doubt || a.Status != http.StatusServiceUnavailable && a.Status != http.StatusTooManyRequests
	return true, s.again(ctx, p, m, a, "exchange.problem.busy")
}

func (s *Service) send(ctx context.Context, p Partner, m Message) (Answer, error) {
	body, err := wire.Write(s.event(m))
	if err != nil {
		return Answer{}, err
	}
	secrets, err := s.secrets(p)
	if err != nil {
		return Answer{}, err
	}
	return s.Line.Do(ctx, p, http.MethodPost, "/events", wire.Sign(string(m.ID), s.Machine.Now(), body, secrets...), body)
}

// look asks the partner how our key stands; nil with 404 is that it never arrived.
func (s *Service) look(ctx context.Context, p Partner, m Message) (*wire.Standing, Answer, error) {
	a, err := s.ask(ctx, p, "/case?key="+url.QueryEscape(m.Key))
	if err != nil || a.Status != http.StatusOK {
		return nil, a, err
	}
	var there wire.Standing
	if err := json.Unmarshal(a.Body, &there); err != nil || there.Key != m.Key {
		return nil, a, errors.Join(errOdd, err)
	}
	return &there, a, nil
}

// found is a message of which the partner says that it has it.
func (s *Service) found(ctx context.Context, m Message, there wire.Standing) error {
	if there.BodyHash != "" && there.BodyHash != hashed([]byte(m.Data)) {
		return s.kill(ctx, m, "exchange.problem.other_body", Answer{Status: http.StatusConflict})
	}
	return s.arrived(ctx, m)
}

// arrived marks a message as arrived and sets the clock for what it expects next.
func (s *Service) arrived(ctx context.Context, m Message) error {
	s.counted("sent")
	by, err := s.expectation(ctx, m)
	if err != nil {
		return err
	}
	return s.mark(ctx, m, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		q = q.Set("state = ?", Sent).Set("doubt = FALSE").Set("sent_at = ?", s.Business.Now()).Set("problem = ''")
		if by.IsZero() {
			return q
		}
		return q.Set("expect_by = CASE WHEN received_at IS NULL AND result_at IS NULL THEN ? ELSE expect_by END", by)
	}, func(ctx context.Context, tx *db.Tx) error { return s.answered(ctx, tx, m) })
}

// expectation is by when a message that has just arrived should be received as a case.
func (s *Service) expectation(ctx context.Context, m Message) (time.Time, error) {
	if m.Expects < Receipt {
		return time.Time{}, nil
	}
	p, err := s.PartnerOf(ctx, s.DB.Read(), m.Partner)
	if err != nil {
		return time.Time{}, err
	}
	return s.Term(ctx, s.Business.Now(), p.ReceivedMinutes)
}

// answered closes the partner's circuit.
func (s *Service) answered(ctx context.Context, tx *db.Tx, m Message) error {
	_, err := tx.NewUpdate().Model((*Partner)(nil)).Set("failures = 0").Set("open_until = NULL").Set("problem = ''").Set("answered_at = ?", s.Business.Now()).
		Where("code = ?", m.Partner).Exec(ctx)
	if err != nil || s.Mended == nil || m.Attempts <= tries {
		return db.Sorted(err)
	}
	return s.Mended(ctx, tx, m)
}

// again puts a message back with a growing pause, and counts a failure of the partner.
func (s *Service) again(ctx context.Context, p Partner, m Message, a Answer, problem string) error {
	now := s.Machine.Now()
	wait := min(time.Hour, 5*time.Second<<min(m.Attempts-1, 10))
	wait = wait/2 + time.Duration(s.Roll()*float64(wait))
	wait = max(wait, a.RetryAfter)
	s.Log.Info("message not sent", "partner", p.Code, "message", m.ID, "attempt", m.Attempts, "status", a.Status, "wait_s", int(wait.Seconds()))
	return s.mark(ctx, m, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", Waiting).Set("doubt = ?", m.Doubt).Set("next_at = ?", now.Add(wait)).Set("problem = ?", problem)
	}, func(ctx context.Context, tx *db.Tx) error {
		if err := s.failure(ctx, tx, p.Code, problem); err != nil {
			return err
		}
		if m.Attempts != tries || s.Failed == nil {
			return nil
		}
		return s.Failed(ctx, tx, m)
	})
}

// failure counts one more in a row, and opens the circuit after enough of them: for 30
// seconds, then longer, up to a quarter of an hour.
func (s *Service) failure(ctx context.Context, tx *db.Tx, code, problem string) error {
	p, err := s.PartnerOf(ctx, tx, code)
	if err != nil {
		return err
	}
	q := tx.NewUpdate().Model((*Partner)(nil)).Set("failures = failures + 1").Set("problem = ?", problem).Where("code = ?", code)
	if n := p.Failures + 1; n >= breaks {
		q = q.Set("open_until = ?", s.Machine.Now().Add(min(15*time.Minute, 30*time.Second<<min(n-breaks, 10))))
	}
	_, err = q.Exec(ctx)
	return db.Sorted(err)
}

// kill gives a message up: what was refused is refused again. A person looks at it.
func (s *Service) kill(ctx context.Context, m Message, problem string, a Answer) error {
	s.counted("dead")
	s.Log.Warn("message given up", "partner", m.Partner, "message", m.ID, "status", a.Status, "problem", problem)
	return s.mark(ctx, m, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", Dead).Set("problem = ?", problem).Set("doubt = ?", m.Doubt)
	}, func(ctx context.Context, tx *db.Tx) error {
		if problem == "exchange.problem.other_body" {
			if err := s.incident(ctx, tx, m.Partner, OtherThere, string(m.ID), ""); err != nil {
				return err
			}
		}
		if s.Failed == nil {
			return nil
		}
		return s.Failed(ctx, tx, m)
	})
}
