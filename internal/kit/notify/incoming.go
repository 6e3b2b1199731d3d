package notify

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/trail"
)

// The outcomes of a text message that came in; areas add their own words for what they
// made of one.
const (
	Unread  = ""        // nobody has looked at it yet
	Strange = "strange" // no area knows what to do with it: for a person
)

// In is a text message that came in.
type In struct {
	bun.BaseModel `bun:"table:sms_in,alias:si"`
	ID            ident.ID  `bun:"id,pk"`
	At            time.Time `bun:"at"`
	Number        string    `bun:"number"` // in its one form; as sent when it has none
	Short         string    `bun:"short"`  // the number that it was sent to
	Body          string    `bun:"body"`
	Outcome       string    `bun:"outcome"`
	About         string    `bun:"about"` // key of what it became
}

// Received tells that a text message came in. It holds no word of it.
type Received struct {
	Message ident.ID `json:"message"`
}

// Topic is the event's name.
func (Received) Topic() string { return "notify.sms.received" }

// Subject is the message.
func (r Received) Subject() string { return string(r.Message) }

// longestIn is how much of a message is kept, in letters: ten parts.
const longestIn = 1600

// keepIn is how long a text message that came in is kept: it holds a citizen's number
// and words, and half a year is how long one may still complain about it.
const keepIn = 180 * 24 * time.Hour

// ForgetIncoming removes text messages that came in too long ago.
func ForgetIncoming(ctx context.Context, d *db.DB, now time.Time) error {
	return d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*In)(nil)).Where("at < ?", now.Add(-keepIn)).Exec(ctx)
		return db.Sorted(err)
	})
}

// Receive keeps a text message that the gateway brings, once however often it does. id
// is the gateway's own name of it.
func Receive(ctx context.Context, d *db.DB, now time.Time, id, from, to, body string) error {
	body = strings.TrimSpace(fold.NFC(strings.ToValidUTF8(body, "\uFFFD")))
	if utf8.RuneCountInString(body) > longestIn {
		body = string([]rune(body)[:longestIn])
	}
	if from == "" || len(from) > 40 || len(to) > 40 || len(id) > 100 {
		return fault.New(fault.Invalid, "notify.in.wrong")
	}
	if n, ok := phone.Normal(from); ok {
		from = n
	}
	return d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if id != "" {
			if fresh, err := outbox.Once(ctx, tx, now, "sms", id); err != nil || !fresh {
				return err
			}
		}
		row := In{ID: ident.New(now), At: now, Number: from, Short: to, Body: body}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return outbox.Write(ctx, tx, now, Received{row.ID})
	})
}

// InByID is a text message that came in, for the area that looks at it.
func InByID(ctx context.Context, tx *db.Tx, id ident.ID) (In, error) {
	var row In
	err := tx.NewSelect().Model(&row).Where("si.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx)
	return row, db.Sorted(err)
}

// Became notes what was made of a text message.
func Became(ctx context.Context, tx *db.Tx, id ident.ID, outcome, about string) error {
	return db.Changed(tx.NewUpdate().Model((*In)(nil)).Set("outcome = ?", outcome).Set("about = ?", about).Where("id = ?", id).Exec(ctx))
}

// Incoming is a page of the text messages that came in, newest first. That somebody
// read them is recorded: they hold what people wrote.
func Incoming(ctx context.Context, d *db.DB, who access.Actor, now time.Time, r page.Request) (page.Page[In], error) {
	if err := who.Need(Manage); err != nil {
		return page.Page[In]{}, err
	}
	var rows []In
	if err := d.Read().NewSelect().Model(&rows).Apply(r.On("si.id")).Scan(ctx); err != nil {
		return page.Page[In]{}, db.Sorted(err)
	}
	p := page.Cut(r, rows, func(i In) []string { return []string{string(i.ID)} })
	if len(p.Items) == 0 {
		return p, nil
	}
	ids := make([]string, len(p.Items))
	for i, row := range p.Items {
		ids[i] = string(row.ID)
	}
	return p, d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Seen(ctx, tx, now, who, "notify.sms.seen", ids)
	})
}
