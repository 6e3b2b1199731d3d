package notify

import (
	"context"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// Person is where and in which language somebody reads.
type Person struct {
	Address string
	Lang    i18n.Lang
}

// People knows the addresses of accounts; org answers.
type People interface {
	ForNotices(ctx context.Context, accounts []ident.ID) (map[ident.ID]Person, error)
}

// Hours knows working time: whether it is now, and when it next opens.
type Hours interface {
	NextOpen(at time.Time) (time.Time, error)
}

// Post hands a mail to a mail server.
type Post interface {
	// Open connects; the error is the same for every mail that waits.
	Open(ctx context.Context) error
	// Send hands over one mail. Lasting tells that trying again is of no use.
	Send(ctx context.Context, m Mail) (lasting bool, err error)
	// Shut ends the connection.
	Shut()
}

// Mail is a notice in words.
type Mail struct {
	To, Subject, Body string
	ID                string // Message-ID without its domain: the same at every attempt
	Thread            Thread
}

// Sender takes waiting notices to the mail server. Post is nil when no server is
// configured: then nothing moves, and everything waits in the list.
type Sender struct {
	DB      *db.DB
	Clock   clock.Clock // the machine's
	Log     *slog.Logger
	Words   *i18n.Catalog
	Post    Post
	People  People
	Hours   Hours
	BaseURL string
}

const (
	// tries spread over about two days, then a person must look.
	tries = 14
	// load is how many notices one connection carries.
	load = 50
	// lease is how long a process may take over them before another one tries.
	lease = 5 * time.Minute
)

// Run sends what is due and tells how many mails the server took.
func (s *Sender) Run(ctx context.Context) (int, error) {
	if s.Post == nil {
		return 0, nil
	}
	total := 0
	for {
		rows, err := s.claim(ctx)
		if err != nil || len(rows) == 0 {
			return total, err
		}
		sent, err := s.carry(ctx, rows)
		total += sent
		if err != nil {
			return total, err
		}
	}
}

// claim takes due notices for this process until the lease ends.
func (s *Sender) claim(ctx context.Context) ([]Notice, error) {
	now := s.Clock.Now()
	var rows []Notice
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows = nil
		q := tx.NewSelect().Model(&rows).Where("no.state IN (?)", bun.List([]string{Waiting, Sending})).Where("no.next_at <= ?", now).
			Order("no.next_at", "no.id").Limit(load)
		if !tx.SQLite() {
			q = q.For("UPDATE SKIP LOCKED")
		}
		if err := q.Scan(ctx); err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		ids := make([]ident.ID, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		_, err := tx.NewUpdate().Model((*Notice)(nil)).Set("state = ?", Sending).Set("next_at = ?", now.Add(lease)).
			Where("id IN (?)", bun.List(ids)).Exec(ctx)
		return db.Sorted(err)
	})
	return rows, err
}

func (s *Sender) carry(ctx context.Context, rows []Notice) (int, error) {
	people, wants, err := s.look(ctx, rows)
	if err != nil {
		return 0, err
	}
	opens, err := s.opens()
	if err != nil {
		s.Log.Warn("no working calendar for notices, plain office hours are used", "cause", err.Error())
	}
	var ready []Notice
	for _, n := range rows {
		who, want := people[n.Account], wants[n.Account]
		if n.Address != "" {
			who, want = Person{Address: n.Address, Lang: n.Lang}, Choice{Mail: true}
		}
		n.Address, n.Lang = who.Address, who.Lang
		switch {
		case !want.Mail && !n.Critical, who.Address == "":
			err = s.settle(ctx, n, Unmailed, "")
		case opens.After(s.Clock.Now()) && !n.Critical && !want.AnyHour:
			err = s.postpone(ctx, n, opens)
		default:
			ready = append(ready, n)
		}
		if err != nil {
			return 0, err
		}
	}
	return s.send(ctx, ready)
}

func (s *Sender) look(ctx context.Context, rows []Notice) (map[ident.ID]Person, map[ident.ID]Choice, error) {
	var accounts []ident.ID
	for _, n := range rows {
		if n.Account != "" {
			accounts = append(accounts, n.Account)
		}
	}
	if len(accounts) == 0 {
		return nil, nil, nil
	}
	people, err := s.People.ForNotices(ctx, accounts)
	if err != nil {
		return nil, nil, err
	}
	wants, err := choices(ctx, s.DB.Read(), accounts)
	return people, wants, err
}

// opens is when mail may go out: now, or the next opening of working time.
func (s *Sender) opens() (time.Time, error) {
	now := s.Clock.Now()
	if s.Hours != nil {
		next, err := s.Hours.NextOpen(now)
		if err == nil {
			return next, nil
		}
		return OfficeHours(now), err
	}
	return OfficeHours(now), nil
}

// OfficeHours is at, when it lies between 07:30 and 17:30 from Monday to Friday in
// the city, else the next 07:30 of such a day: what holds where no calendar answers.
func OfficeHours(at time.Time) time.Time {
	t := at.In(clock.City)
	y, m, d := t.Date()
	weekday := t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
	if weekday && !t.Before(time.Date(y, m, d, 7, 30, 0, 0, clock.City)) && t.Before(time.Date(y, m, d, 17, 30, 0, 0, clock.City)) {
		return at
	}
	next := time.Date(y, m, d, 7, 30, 0, 0, clock.City)
	for !next.After(t) || next.Weekday() == time.Saturday || next.Weekday() == time.Sunday {
		next = next.AddDate(0, 0, 1)
	}
	return next.UTC()
}

func (s *Sender) send(ctx context.Context, rows []Notice) (int, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	if err := s.Post.Open(ctx); err != nil {
		s.Log.Error("mail server does not answer", "waiting", len(rows), "cause", err.Error())
		for _, n := range rows {
			if err := s.again(ctx, n, "notify.problem.unreachable"); err != nil {
				return 0, err
			}
		}
		return 0, nil
	}
	defer s.Post.Shut()
	sent := 0
	for _, n := range rows {
		lasting, err := s.Post.Send(ctx, s.words(n))
		switch {
		case err == nil:
			sent++
			err = s.settle(ctx, n, Sent, "")
		case lasting:
			s.Log.Error("mail refused", "notice", n.ID, "cause", err.Error())
			err = s.settle(ctx, n, Failed, "notify.problem.refused")
		default:
			s.Log.Error("mail not taken", "notice", n.ID, "cause", err.Error())
			err = s.again(ctx, n, "notify.problem.not_taken")
		}
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

func (s *Sender) words(n Notice) Mail {
	t := s.Words.In(n.Lang)
	m := Mail{To: n.Address, Subject: n.Subject(t), Body: n.Body(t), ID: n.MessageID, Thread: n.thread()}
	if m.Thread.Personal {
		return m
	}
	if n.Link != "" {
		m.Body += "\n\n" + s.BaseURL + n.Link
	}
	if m.Thread.ReplyTo == "" { // there is nobody to answer to
		m.Body += "\n\n" + t.Say("notify.foot")
	}
	return m
}

// again puts a notice back with a growing pause, or gives up and says so.
func (s *Sender) again(ctx context.Context, n Notice, problem string) error {
	if n.Attempts+1 >= tries {
		return s.settle(ctx, n, Failed, problem)
	}
	wait := min(6*time.Hour, 30*time.Second<<n.Attempts)
	return s.put(ctx, n, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", Waiting).Set("attempts = attempts + 1").Set("next_at = ?", s.Clock.Now().Add(wait)).Set("problem = ?", problem)
	})
}

func (s *Sender) postpone(ctx context.Context, n Notice, until time.Time) error {
	return s.put(ctx, n, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", Waiting).Set("next_at = ?", until)
	})
}

func (s *Sender) settle(ctx context.Context, n Notice, state, problem string) error {
	return s.put(ctx, n, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		q = q.Set("state = ?", state).Set("problem = ?", problem)
		if state == Sent {
			q = q.Set("sent_at = ?", s.Clock.Now())
		}
		if state == Sent && n.Private {
			q = q.Set("args = '[]'").Set("link = ''")
		}
		return q
	})
}

func (s *Sender) put(ctx context.Context, n Notice, change func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	ctx = context.WithoutCancel(ctx) // a mail that has gone out is remembered even while the process stops
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Model((*Notice)(nil)).Where("id = ?", n.ID).Where("state = ?", Sending).Apply(change).Exec(ctx)
		return db.Sorted(err)
	})
}
