package portal

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
)

// Limits of wrong tries within tried.
const (
	tried       = time.Hour
	ofOneTicket = 10
	ofOneHost   = 30
)

// try is a wrong try at the code of a ticket.
type try struct {
	bun.BaseModel `bun:"table:desk_try,alias:dt"`
	ID            ident.ID  `bun:"id,pk"`
	Key           string    `bun:"key"`
	At            time.Time `bun:"at"`
}

// Follow is the ticket that a number and its code open. Wrong tries are counted before
// anything is told, in a transaction that stays.
func (s *Service) Follow(ctx context.Context, number, code, address string) (helpdesk.Ticket, error) {
	var k fault.Check
	seq, ok := helpdesk.ParseNumber(number)
	k.Need(ok, "number", "portal.form.number")
	k.Need(strings.TrimSpace(code) != "", "code", "portal.form.follow_code")
	if err := k.Err(); err != nil {
		return helpdesk.Ticket{}, err
	}
	var t helpdesk.Ticket
	right := false
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Machine.Now()
		ticket, host := hashed("ticket "+strings.ToUpper(number)), hashed(address)
		for key, most := range map[string]int64{ticket: ofOneTicket, host: ofOneHost} {
			n, err := tx.NewSelect().Model((*try)(nil)).Where("dt.key = ?", key).Where("dt.at > ?", now.Add(-tried)).Count(ctx)
			if err != nil {
				return db.Sorted(err)
			}
			if n >= most {
				return fault.New(fault.TooMany, "portal.tries")
			}
		}
		err := db.Sorted(tx.NewSelect().Model(&t).Where("ti.seq = ?", seq).Where("ti.channel = ?", helpdesk.BySMS).Scan(ctx))
		if err != nil && !fault.Is(err, fault.Missing) {
			return err
		}
		if right = err == nil && s.Key.Right(purpose, t.ID, code) && strings.EqualFold(strings.TrimSpace(number), t.Number()); right {
			return nil
		}
		rows := []try{{ID: ident.New(now), Key: ticket, At: now}, {ID: ident.New(now), Key: host, At: now}}
		_, err = tx.NewInsert().Model(&rows).Exec(ctx)
		return db.Sorted(err)
	})
	if err == nil && !right {
		k.Need(false, "code", "portal.form.follow_wrong")
		err = k.Err()
	}
	return t, err
}

// mostSaid is how many messages a citizen is shown, the newest of them.
const mostSaid = 100

// Said are the public messages of a ticket, the oldest first.
func (s *Service) Said(ctx context.Context, ticket ident.ID) ([]helpdesk.Message, error) {
	var rows []helpdesk.Message
	err := s.DB.Read().NewSelect().Model(&rows).Where("tm.ticket = ?", ticket).Where("NOT tm.internal").Order("tm.at DESC", "tm.id DESC").Limit(mostSaid).Scan(ctx)
	for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
		rows[i], rows[j] = rows[j], rows[i]
	}
	return rows, db.Sorted(err)
}

// Write adds a citizen's word to a ticket; what was solved is opened again by it.
func (s *Service) Write(ctx context.Context, t helpdesk.Ticket, body string) error {
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.write(ctx, tx, ready, t, body, source) })
}

func (s *Service) write(ctx context.Context, tx *db.Tx, ready helpdesk.Ready, t helpdesk.Ticket, body, from string) error {
	w := helpdesk.Words{Body: body, Author: t.Requester, Source: from}
	var err error
	if t.State == helpdesk.Resolved {
		_, err = s.Desk.ReopenIn(ctx, tx, ready, who(), t.ID, w)
	} else {
		_, err = s.Desk.ReplyIn(ctx, tx, ready, who(), t.ID, w)
	}
	return err
}

// Handlers are what the portal learns from events.
func (s *Service) Handlers() []outbox.Handler {
	var all []outbox.Handler
	for _, what := range []string{"answered", "held", "resolved"} {
		template := "portal.notice.answered"
		if what == "resolved" {
			template = "portal.notice.resolved"
		}
		all = append(all, outbox.Handler{Name: "portal." + what, Topic: "helpdesk.ticket." + what, Do: func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
			return s.told(ctx, tx, e, template)
		}})
	}
	return all
}

// told sends word to the telephone that reported a ticket.
func (s *Service) told(ctx context.Context, tx *db.Tx, e outbox.Event, template string) error {
	var h helpdesk.Happened
	if err := e.Read(&h); err != nil || h.Channel != helpdesk.BySMS {
		return err
	}
	var r Report
	err := db.Sorted(tx.NewSelect().Model(&r).Where("dr.ticket = ?", h.Ticket).Where("dr.ticket <> ''").Scan(ctx))
	if fault.Is(err, fault.Missing) {
		return nil // it came by another way, whose room answers
	} else if err != nil {
		return err
	}
	var t helpdesk.Ticket
	if err := tx.NewSelect().Model(&t).Column("id", "seq", "year").Where("ti.id = ?", h.Ticket).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	return s.text(ctx, tx, r, t, template, string(e.ID), i18n.VI, false)
}

// Take files a text message with the newest open report of its sender; about is the
// ticket.
func (s *Service) Take(ctx context.Context, tx *db.Tx, in notify.In) (about string, took bool, err error) {
	if strings.TrimSpace(in.Body) == "" {
		return "", false, nil
	}
	var t helpdesk.Ticket
	err = db.Sorted(tx.NewSelect().Model(&t).Join("JOIN desk_report AS dr ON dr.ticket = ti.id").
		Where("dr.number = ?", in.Number).Where("dr.ticket <> ''").Where("ti.state <> ?", helpdesk.Closed).Order("dr.at DESC").Limit(1).Scan(ctx))
	if fault.Is(err, fault.Missing) {
		return "", false, nil
	} else if err != nil {
		return "", false, err
	}
	ready, err := s.Desk.Ready(ctx)
	if err != nil {
		return "", false, err
	}
	return string(t.ID), true, s.write(ctx, tx, ready, t, in.Body, "sms")
}

// alike is how many like tickets are shown.
const alike = 3

// Alike are the open tickets of a unit about the same service, those that the reader
// may see, and how many more there are.
func (s *Service) Alike(ctx context.Context, who access.Actor, unit, service string) (seen []helpdesk.Ticket, more int, err error) {
	var rows []helpdesk.Ticket
	err = s.DB.Read().NewSelect().Model(&rows).Where("ti.unit = ?", unit).Where("ti.phase <> ?", helpdesk.Done).
		Where("ti.service = ?", service).Order("ti.sort_at", "ti.seq").Limit(20).Scan(ctx)
	for _, t := range rows {
		sees := t.Requester == who.ID || who.Covers(helpdesk.Read, unit) || who.Covers(helpdesk.Work, unit)
		if sees && len(seen) < alike {
			seen = append(seen, t)
		} else {
			more++
		}
	}
	return seen, more, db.Sorted(err)
}
