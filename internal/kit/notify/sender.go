package notify

import (
	"context"
	"io"
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
	Phone   string // in its one form
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
	Content           []Content // the pictures inside and the files that go along
	HTML              string    // the same words laid out; none when empty
	Unsubscribe       string    // the page where the reader ends such mail (RFC 2369); none when empty
}

// Content is a file of a mail: whole, or read from Stream while it is sent. One with a
// CID is shown inside the HTML under cid:CID (RFC 2392).
type Content struct {
	Name, Type string
	Body       []byte
	Stream     io.ReadSeeker
	CID        string
}

// Sender takes waiting notices to the mail server and to the gateway of text messages.
// Post or Gate is nil when none is configured: then what would go that way waits in
// the list.
type Sender struct {
	DB      *db.DB
	Clock   clock.Clock // the machine's
	Log     *slog.Logger
	Words   *i18n.Catalog
	Post    Post
	Gate    Gate
	People  People
	Hours   Hours
	BaseURL string
	Kinds   []Kind
	Texts   []Text
	// Settled hears of every notice that came to an end or to a halt, by channel and
	// state; nil hears nothing.
	Settled func(channel, state string)
	// Content opens a file that goes along with a mail, by its hash; nil sends none.
	Content func(hash string) (io.ReadSeekCloser, error)
}

const (
	// tries spread over about two days, then a person must look.
	tries = 14
	// triesOfCode spread over a quarter of an hour: a code is of no use after that.
	triesOfCode = 5
	// load is how many notices one connection carries.
	load = 50
	// lease is how long a process may take over them before another one tries.
	lease = 5 * time.Minute
)

// Run sends what is due and tells how many messages were taken.
func (s *Sender) Run(ctx context.Context) (int, error) {
	channels := []string{Undecided}
	if s.Post != nil {
		channels = append(channels, ByMail)
	}
	if s.Gate != nil {
		channels = append(channels, BySMS)
	}
	total := 0
	for _, channel := range channels {
		for {
			rows, err := s.claim(ctx, channel)
			if err != nil {
				return total, err
			}
			if len(rows) == 0 {
				break
			}
			sent, err := s.carry(ctx, rows)
			total += sent
			if err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

// claim takes due notices of a channel for this process until the lease ends. They
// are returned as they were before.
func (s *Sender) claim(ctx context.Context, channel string) ([]Notice, error) {
	return s.take(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("no.state IN (?)", bun.List([]string{Waiting, Sending})).Where("no.channel = ?", channel).
			Where("no.next_at <= ?", s.Clock.Now()).Order("no.next_at", "no.id").Limit(load)
	})
}

func (s *Sender) take(ctx context.Context, which func(*bun.SelectQuery) *bun.SelectQuery) ([]Notice, error) {
	var rows []Notice
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		rows = nil
		q := tx.NewSelect().Model(&rows).Apply(which)
		if !tx.SQLite() {
			q = q.For("UPDATE SKIP LOCKED")
		}
		if err := q.Scan(ctx); err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		_, err := tx.NewUpdate().Model((*Notice)(nil)).Set("state = ?", Sending).Set("next_at = ?", s.Clock.Now().Add(lease)).
			Where("id IN (?)", bun.List(keys(rows))).Exec(ctx)
		return db.Sorted(err)
	})
	return rows, err
}

func keys(rows []Notice) []ident.ID {
	ids := make([]ident.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids
}

// carry decides what becomes of each notice, then sends the mails over one connection
// and the text messages one by one.
func (s *Sender) carry(ctx context.Context, rows []Notice) (int, error) {
	people, err := s.look(ctx, rows)
	if err != nil {
		return 0, err
	}
	opens, err := s.opens()
	if err != nil {
		s.Log.Warn("no working calendar for notices, plain office hours are used", "cause", err.Error())
	}
	var mails, texts []Notice
	for _, n := range rows {
		if n.State == Sending && n.HandedAt != nil {
			// The process died between handing it to the gateway and hearing of it.
			if err := s.settle(ctx, n, Unknown, "notify.problem.maybe_sent"); err != nil {
				return 0, err
			}
			continue
		}
		d := s.decide(&n, people[n.Account], opens)
		n.Channel, n.Digest = d.channel, d.digest
		switch {
		case d.channel == OnScreen:
			err = s.settle(ctx, n, Unmailed, "")
		case d.at.After(s.Clock.Now()), d.channel == ByMail && s.Post == nil, d.channel == BySMS && s.Gate == nil:
			err = s.postpone(ctx, n, d.at, "")
		case d.channel == BySMS:
			texts = append(texts, n)
		default:
			mails = append(mails, n)
		}
		if err != nil {
			return 0, err
		}
	}
	sent, err := s.mail(ctx, mails)
	if err != nil {
		return sent, err
	}
	for _, n := range texts {
		took, err := s.text(ctx, n)
		if err != nil {
			return sent, err
		}
		if took {
			sent++
		}
	}
	return sent, nil
}

// reader is who gets a notice, and how they want it.
type reader struct {
	Person
	choice Choice
	wishes map[string]Wish // by kind
}

func (s *Sender) look(ctx context.Context, rows []Notice) (map[ident.ID]reader, error) {
	var accounts []ident.ID
	for _, n := range rows {
		if n.Account != "" {
			accounts = append(accounts, n.Account)
		}
	}
	if len(accounts) == 0 {
		return nil, nil
	}
	people, err := s.People.ForNotices(ctx, accounts)
	if err != nil {
		return nil, err
	}
	chosen, err := choices(ctx, s.DB.Read(), accounts)
	if err != nil {
		return nil, err
	}
	wishes, err := wishesOf(ctx, s.DB.Read(), accounts)
	if err != nil {
		return nil, err
	}
	all := map[ident.ID]reader{}
	for _, a := range accounts {
		all[a] = reader{people[a], chosen[a], wishes[a]}
	}
	return all, nil
}

// opens is when messages may go out: now, or the next opening of working time.
func (s *Sender) opens() (time.Time, error) {
	now := s.Clock.Now()
	next, err := s.nextOpen(now)
	return next, err
}

// nextOpen is the moment, or the next opening of working time after it.
func (s *Sender) nextOpen(at time.Time) (time.Time, error) {
	if s.Hours != nil {
		next, err := s.Hours.NextOpen(at)
		if err == nil {
			return next, nil
		}
		return OfficeHours(at), err
	}
	return OfficeHours(at), nil
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

// again puts a notice back with a growing pause, or gives up and says so.
func (s *Sender) again(ctx context.Context, n Notice, problem string) error {
	most := int64(tries)
	if n.Private && n.Critical && n.Channel == BySMS {
		most = triesOfCode
	}
	if n.Attempts+1 >= most {
		return s.settle(ctx, n, Failed, problem)
	}
	wait := min(6*time.Hour, 30*time.Second<<n.Attempts)
	return s.put(ctx, n, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", Waiting).Set("attempts = attempts + 1").Set("next_at = ?", s.Clock.Now().Add(wait)).Set("problem = ?", problem).
			Set("channel = ?", n.Channel).Set("digest = ?", n.Digest).Set("handed_at = NULL").Set("token = ''")
	})
}

func (s *Sender) postpone(ctx context.Context, n Notice, until time.Time, problem string) error {
	return s.put(ctx, n, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", Waiting).Set("next_at = ?", until).Set("channel = ?", n.Channel).Set("digest = ?", n.Digest).Set("problem = ?", problem)
	})
}

// Reconsider lets every notice that waits be looked at now: after office hours have come
// nearer, because the clock by which they are kept was moved.
func (s *Sender) Reconsider(ctx context.Context) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Clock.Now()
		_, err := tx.NewUpdate().Model((*Notice)(nil)).Set("next_at = ?", now).Where("state = ?", Waiting).Where("next_at > ?", now).Exec(ctx)
		return db.Sorted(err)
	})
}

// gone are the states after which a private value is of no use any more.
var gone = map[string]bool{Sent: true, Accepted: true, Delivered: true, Unknown: true}

func (s *Sender) settle(ctx context.Context, n Notice, state, problem string) error {
	if s.Settled != nil {
		s.Settled(n.Channel, state)
	}
	return s.put(ctx, n, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		q = q.Set("state = ?", state).Set("problem = ?", problem).Set("channel = ?", n.Channel)
		if state == Sent || state == Accepted {
			q = q.Set("sent_at = ?", s.Clock.Now())
		}
		if gone[state] && n.Private || state == Failed && n.Private && n.Channel == BySMS {
			q = q.Apply(wipe)
		}
		return q
	})
}

// wipe takes what a private notice said away.
func wipe(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("args = '[]'").Set("link = ''") }

func (s *Sender) put(ctx context.Context, n Notice, change func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	ctx = context.WithoutCancel(ctx) // a mail that has gone out is remembered even while the process stops
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Model((*Notice)(nil)).Where("id = ?", n.ID).Where("state = ?", Sending).Apply(change).Exec(ctx)
		return db.Sorted(err)
	})
}
