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

// The states of a notice's mail.
const (
	Waiting = "waiting"
	Sending = "sending"
	Sent    = "sent"
	Failed  = "failed"
	// Unmailed is the state of a notice that its reader wants on the screen only.
	Unmailed = "unmailed"
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
}

// Message is what an area wants said.
type Message struct {
	Account  ident.ID // who gets it; the address is looked up when it is sent
	Address  string   // or an address that belongs to no account
	Lang     i18n.Lang
	Template string
	Args     []any  // name, value pairs: text, numbers, moments, i18n.Key
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
			dedupe = m.Dedupe + " " + string(m.Account) + m.Address
		}
		rows[i] = Notice{ID: id, Account: m.Account, Address: m.Address, Lang: m.Lang, Template: m.Template, Args: args, Link: m.Link,
			Dedupe: dedupe, Critical: m.Critical, Private: m.Private, At: now, State: Waiting, MessageID: string(id), Thread: thread}
		if m.Unmailed {
			rows[i].State = Unmailed
		}
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (dedupe) DO NOTHING").Exec(ctx)
	return db.Sorted(err)
}

// value is one packed argument: exactly one of its fields speaks.
type value struct {
	Name string     `json:"n"`
	Text string     `json:"s,omitempty"`
	Key  i18n.Key   `json:"k,omitempty"`
	Int  *int64     `json:"i,omitempty"`
	Time *time.Time `json:"t,omitempty"`
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

// List is a page of all notices in a state, newest first; an empty state is all.
func List(ctx context.Context, d *db.DB, who access.Actor, state string, r page.Request) (page.Page[Notice], error) {
	if err := who.Need(Manage); err != nil {
		return page.Page[Notice]{}, err
	}
	var rows []Notice
	q := d.Read().NewSelect().Model(&rows).ExcludeColumn("args").Apply(r.On("no.id"))
	if state != "" {
		q = q.Where("no.state = ?", state)
	}
	err := q.Scan(ctx)
	return page.Cut(r, rows, func(n Notice) []string { return []string{string(n.ID)} }), db.Sorted(err)
}

// Retry puts a failed notice back into the queue.
func Retry(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, id ident.ID) error {
	if err := who.Need(Manage); err != nil {
		return err
	}
	return db.Changed(tx.NewUpdate().Model((*Notice)(nil)).Set("state = ?", Waiting).Set("attempts = 0").Set("next_at = ?", now).
		Where("id = ?", id).Where("state = ?", Failed).Exec(ctx))
}

// Choice is what a person wants: mail besides the screen, and mail at any hour.
type Choice struct {
	bun.BaseModel `bun:"table:notice_choice,alias:nc"`
	Account       ident.ID `bun:"account,pk"`
	Mail          bool     `bun:"mail"`
	AnyHour       bool     `bun:"any_hour"`
}

// ChoiceOf is a person's choice; whoever has not chosen gets mail in working time.
func ChoiceOf(ctx context.Context, from bun.IDB, account ident.ID) (Choice, error) {
	all, err := choices(ctx, from, []ident.ID{account})
	return all[account], err
}

func choices(ctx context.Context, from bun.IDB, accounts []ident.ID) (map[ident.ID]Choice, error) {
	out := map[ident.ID]Choice{}
	for _, a := range accounts {
		out[a] = Choice{Account: a, Mail: true}
	}
	var rows []Choice
	err := from.NewSelect().Model(&rows).Where("nc.account IN (?)", bun.List(accounts)).Scan(ctx)
	for _, c := range rows {
		out[c.Account] = c
	}
	return out, db.Sorted(err)
}

// Choose keeps a person's choice.
func Choose(ctx context.Context, tx *db.Tx, c Choice) error {
	_, err := tx.NewInsert().Model(&c).On("CONFLICT (account) DO UPDATE").Set("mail = excluded.mail").Set("any_hour = excluded.any_hour").Exec(ctx)
	return db.Sorted(err)
}
