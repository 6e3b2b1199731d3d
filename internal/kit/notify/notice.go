package notify

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
)

// The states of what goes out for a notice.
const (
	Waiting = "waiting"
	Sending = "sending"
	Sent    = "sent" // the mail server has it
	Failed  = "failed"
	// Unmailed is the state of a notice that its reader wants on the screen only.
	Unmailed = "unmailed"
	// Accepted, Delivered and Unknown are states of text messages: the gateway has it;
	// the telephone has it; nobody can say, so it is not sent again by itself.
	Accepted  = "accepted"
	Delivered = "delivered"
	Unknown   = "unknown"
)

// The ways by which a notice goes out. Undecided is chosen when its turn comes.
const (
	Undecided = ""
	ByMail    = "mail"
	BySMS     = "sms"
	OnScreen  = "screen"
)

// Notice is a notice and what became of its mail.
type Notice struct {
	bun.BaseModel `bun:"table:notice,alias:no"`
	ID            ident.ID   `bun:"id,pk"`
	Account       ident.ID   `bun:"account"`
	Address       string     `bun:"address"` // set when it goes to an address rather than to an account's
	Lang          i18n.Lang  `bun:"lang"`
	Template      string     `bun:"template"` // area.notice.what: keys TEMPLATE.subject and TEMPLATE.body
	Args          string     `bun:"args"`
	Link          string     `bun:"link"` // path of the page it speaks of
	Dedupe        string     `bun:"dedupe"`
	Critical      bool       `bun:"critical"`
	Private       bool       `bun:"private"`
	At            time.Time  `bun:"at"`
	SeenAt        *time.Time `bun:"seen_at"`
	State         string     `bun:"state"`
	Attempts      int64      `bun:"attempts"`
	NextAt        time.Time  `bun:"next_at"`
	SentAt        *time.Time `bun:"sent_at"`
	MessageID     string     `bun:"message_id"`
	Problem       string     `bun:"problem"`
	Thread        string     `bun:"thread"` // conversation of its mail, packed
	Channel       string     `bun:"channel"`
	Digest        string     `bun:"digest"` // goes out together with others: hourly, each morning
	Unit          string     `bun:"unit"`   // who pays for its text message
	Token         string     `bun:"token"`  // by which the gateway reports on it
	Parts         int64      `bun:"parts"`  // of its text message
	Cost          int64      `bun:"cost"`   // of its text message, in đồng
	HandedAt      *time.Time `bun:"handed_at"`
}

// Message is what an area wants said.
type Message struct {
	Account  ident.ID // who gets it; the address is looked up when it is sent
	Address  string   // or an address that belongs to no account
	Phone    string   // or a number, in its one form, that gets a text message
	Unit     string   // who pays for a text message
	Lang     i18n.Lang
	Template string
	Args     []any  // name, value pairs: text, numbers, moments, i18n.Key, i18n.Figure
	Link     string // path of the page it speaks of
	Dedupe   string // the same key to the same reader is the same notice
	Critical bool   // goes out at any hour
	// Private keeps the notice off the reader's screen list and wipes its values
	// once it is sent: one-time codes, links to set a password.
	Private bool
	// Unmailed keeps the notice on the reader's screen list: its words go out by another way.
	Unmailed bool
	Thread   *Thread // the conversation that the mail belongs to, if any
}

// Write queues messages in the transaction of the change. Mail is the machine's
// business, so the sender gives no moment of its own: it goes out as soon as the
// reader's hours allow.
func Write(ctx context.Context, tx *db.Tx, now time.Time, messages ...Message) error {
	if len(messages) == 0 {
		return nil
	}
	rows := make([]Notice, len(messages))
	for i, m := range messages {
		args, err := pack(m.Args)
		if err != nil {
			return db.Sorted(err)
		}
		thread, err := packThread(m.Thread)
		if err != nil {
			return db.Sorted(err)
		}
		id := ident.New(now)
		dedupe := string(id)
		if m.Dedupe != "" {
			dedupe = m.Dedupe + " " + string(m.Account) + m.Address + m.Phone
		}
		channel := Undecided
		if m.Phone != "" {
			channel, m.Address = BySMS, m.Phone
		}
		rows[i] = Notice{ID: id, Account: m.Account, Address: m.Address, Lang: m.Lang, Template: m.Template, Args: args, Link: m.Link,
			Dedupe: dedupe, Critical: m.Critical, Private: m.Private, At: now, State: Waiting, MessageID: string(id), Thread: thread,
			Channel: channel, Unit: m.Unit}
		if m.Unmailed {
			rows[i].State = Unmailed
		}
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (dedupe) DO NOTHING").Exec(ctx)
	return db.Sorted(err)
}

// value is one packed argument: exactly one of its fields speaks.
type value struct {
	Name string       `json:"n"`
	Text string       `json:"s,omitempty"`
	Key  i18n.Key     `json:"k,omitempty"`
	Int  *int64       `json:"i,omitempty"`
	Time *time.Time   `json:"t,omitempty"`
	Fig  *i18n.Figure `json:"f,omitempty"`
}

func pack(pairs []any) (string, error) {
	list := []value{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return "", fault.New(fault.Internal, "fault.internal")
		}
		v := value{Name: name}
		switch x := pairs[i+1].(type) {
		case string:
			v.Text = x
		case i18n.Key:
			v.Key = x
		case int:
			n := int64(x)
			v.Int = &n
		case int64:
			v.Int = &x
		case time.Time:
			v.Time = &x
		case i18n.Figure:
			v.Fig = &x
		default:
			return "", fault.New(fault.Internal, "fault.internal")
		}
		list = append(list, v)
	}
	raw, err := json.Marshal(list)
	return string(raw), err
}

func unpack(raw string) []any {
	var list []value
	if json.Unmarshal([]byte(raw), &list) != nil {
		return nil
	}
	var pairs []any
	for _, v := range list {
		pairs = append(pairs, v.Name)
		switch {
		case v.Key != "":
			pairs = append(pairs, v.Key)
		case v.Int != nil:
			pairs = append(pairs, *v.Int)
		case v.Time != nil:
			pairs = append(pairs, *v.Time)
		case v.Fig != nil:
			pairs = append(pairs, *v.Fig)
		default:
			pairs = append(pairs, v.Text)
		}
	}
	return pairs
}

// Subject is the notice's first line in the language of t.
func (n Notice) Subject(t i18n.T) string { return t.Say(n.Template+".subject", unpack(n.Args)...) }

// Body is the notice's text in the language of t.
func (n Notice) Body(t i18n.T) string { return t.Say(n.Template+".body", unpack(n.Args)...) }

// Bell is a page of an account's own notices, newest first.
func Bell(ctx context.Context, from bun.IDB, account ident.ID, r page.Request) (page.Page[Notice], error) {
	var rows []Notice
	err := from.NewSelect().Model(&rows).Where("no.account = ?", account).Where("NOT no.private").Apply(r.On("no.id")).Scan(ctx)
	return page.Cut(r, rows, func(n Notice) []string { return []string{string(n.ID)} }), db.Sorted(err)
}

// unseenMost is where the count of unseen notices stops: "99+" says enough.
const unseenMost = 100

// Unseen is how many of an account's notices nobody has looked at, at most 100.
func Unseen(ctx context.Context, from bun.IDB, account ident.ID) (int, error) {
	var n int
	err := from.NewRaw("SELECT count(*) FROM (SELECT 1 FROM notice WHERE account = ? AND seen_at IS NULL AND NOT private LIMIT ?) AS unseen",
		account, unseenMost).Scan(ctx, &n)
	return n, db.Sorted(err)
}

// MarkSeen notes that an account has looked at its notices up to and including id.
func MarkSeen(ctx context.Context, tx *db.Tx, now time.Time, account, upTo ident.ID) error {
	_, err := tx.NewUpdate().Model((*Notice)(nil)).Set("seen_at = ?", now).
		Where("account = ?", account).Where("seen_at IS NULL").Where("id <= ?", upTo).Exec(ctx)
	return db.Sorted(err)
}

// Manage is the right to see what waits to be sent and to try again.
const Manage access.Perm = "notify.manage"

// List is a page of all notices in a state and of a channel, newest first; empty is
// all. What they say is left out: it is for their readers.
func List(ctx context.Context, d *db.DB, who access.Actor, state, channel string, r page.Request) (page.Page[Notice], error) {
	if err := who.Need(Manage); err != nil {
		return page.Page[Notice]{}, err
	}
	var rows []Notice
	q := d.Read().NewSelect().Model(&rows).ExcludeColumn("args").Apply(r.On("no.id"))
	if state != "" {
		q = q.Where("no.state = ?", state)
	}
	if channel != "" {
		q = q.Where("no.channel = ?", channel)
	}
	err := q.Scan(ctx)
	return page.Cut(r, rows, func(n Notice) []string { return []string{string(n.ID)} }), db.Sorted(err)
}

// Retry puts a notice that failed back into the queue. A text message is sent anew as
// another one, once: what the first one cost stays what it was. What was wiped cannot
// be sent again.
func Retry(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, id ident.ID) error {
	if err := who.Need(Manage); err != nil {
		return err
	}
	var n Notice
	if err := tx.NewSelect().Model(&n).Where("no.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	text := n.Channel == BySMS
	switch {
	case n.State != Failed && !(text && n.State == Unknown), text && n.Private:
		return fault.New(fault.Conflict, "fault.changed_meanwhile")
	case text:
		anew := Notice{ID: ident.New(now), Account: n.Account, Address: n.Address, Lang: n.Lang, Template: n.Template, Args: n.Args, Link: n.Link,
			Dedupe: "again " + string(n.ID), Critical: n.Critical, At: now, SeenAt: &now, State: Waiting, NextAt: now, Channel: BySMS, Unit: n.Unit, Thread: n.Thread}
		anew.MessageID = string(anew.ID)
		return db.Changed(tx.NewInsert().Model(&anew).On("CONFLICT (dedupe) DO NOTHING").Exec(ctx))
	}
	return db.Changed(tx.NewUpdate().Model((*Notice)(nil)).Set("state = ?", Waiting).Set("attempts = 0").Set("next_at = ?", now).
		Where("id = ?", id).Where("state = ?", Failed).Exec(ctx))
}
