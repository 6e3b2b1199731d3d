package intake

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/inventory/agent"
)

// Sender is one agent, or one machine whose files are sent by hand, within the units of
// a key. What sent a body that named no machine is a Sender by its address.
type Sender struct {
	bun.BaseModel `bun:"table:agent_sender,alias:sn"`
	ID            ident.ID   `bun:"id,pk"`
	Scope         string     `bun:"scope"`  // unit of the key, or of the person who sent files
	Device        string     `bun:"device"` // DEVICEID, or "@" and the address
	Unit          string     `bun:"unit"`   // the commune, or Scope while that is not known
	Tag           string     `bun:"tag"`
	Agent         string     `bun:"agent"` // program and version
	Remote        string     `bun:"remote"`
	TLS           string     `bun:"tls"`  // what the proxy says of the line: "TLSv1.2", "https", or nothing
	File          bool       `bun:"file"` // known by files only: nobody waits for it
	Asset         ident.ID   `bun:"asset"`
	Doubt         bool       `bun:"doubt"`   // a person must say which asset it is
	Message       ident.ID   `bun:"message"` // the last one that was kept
	FirstAt       time.Time  `bun:"first_at"`
	SeenAt        time.Time  `bun:"seen_at"` // the last word of any kind
	GoodAt        *time.Time `bun:"good_at"` // the last report that was kept
	BadAt         *time.Time `bun:"bad_at"`
	Bad           string     `bun:"bad"`   // why the last refused one was: a kept line
	Quiet         string     `bun:"quiet"` // under which name it was told that it is silent; empty while it is not
	AsideAt       *time.Time `bun:"aside_at"`
}

// State is how a sender stands.
type State string

// The states, the worst first.
const (
	Failing State = "failing" // its last message was refused
	Silent  State = "silent"  // no report for longer than agents may be silent
	Never   State = "never"   // it asks, and has never brought a report
	Fine    State = "fine"
	ByFile  State = "file"  // files by hand
	Aside   State = "aside" // a person said not to wait for it
)

// States are all of them.
var States = []State{Failing, Silent, Never, Fine, ByFile, Aside}

// StateAt is how the sender stands at a moment, when agents may be silent for so long.
func (x Sender) StateAt(now time.Time, silence time.Duration) State {
	switch {
	case x.AsideAt != nil:
		return Aside
	case x.BadAt != nil && (x.GoodAt == nil || x.BadAt.After(*x.GoodAt)):
		return Failing
	case x.File:
		return ByFile
	case x.GoodAt == nil:
		return Never
	case x.GoodAt.Before(now.Add(-silence)):
		return Silent
	}
	return Fine
}

// Named tells whether the machine has said its name.
func (x Sender) Named() bool { return !strings.HasPrefix(x.Device, "@") }

// Problem is why its last refused message was refused.
func (x Sender) Problem() (i18n.Line, bool) { return lineOf(x.Bad) }

func lineOf(raw string) (l i18n.Line, ok bool) {
	err := json.Unmarshal([]byte(raw), &l)
	return l, err == nil && l.Key != ""
}

func kept(err error) string {
	f := fault.Of(err)
	raw, jerr := json.Marshal(i18n.L(f.Key, f.Args...))
	if jerr != nil {
		return "{}" // a line always marshals
	}
	return string(raw)
}

// Origin is where a body comes from.
type Origin struct {
	Key    Key      // empty for files
	Scope  string   // unit
	Units  []string // its subtree, itself first
	Remote string
	TLS    string
	Agent  string // the program, as the request names it: not every body does
	File   string // name of the file; empty for agents
	by     actor
}

// place finds the commune of a sender: the scope when it is one, else what the tag names
// within it, by code or by name; empty when it names none or several.
func place(tree *org.Tree, scope string, units []string, tag string) string {
	if u, ok := tree.Unit(scope); ok && u.Level == org.Commune {
		return scope
	}
	want := fold.Key(tag)
	if want == "" {
		return ""
	}
	found := ""
	for _, code := range units {
		u, ok := tree.Unit(code)
		if !ok || u.Level != org.Commune {
			continue
		}
		if code != strings.TrimSpace(tag) && fold.Key(u.Full()) != want && fold.Key(u.Name) != want {
			continue
		}
		if found != "" {
			return ""
		}
		found = code
	}
	return found
}

// senderOf finds or makes the sender of a device, locked.
func (s *Service) senderOf(ctx context.Context, tx *db.Tx, o Origin, device string, now time.Time) (Sender, error) {
	var rows []Sender
	err := tx.NewSelect().Model(&rows).Where("sn.scope = ?", o.Scope).Where("sn.device = ?", device).Apply(db.ForUpdate(tx)).Scan(ctx)
	if err != nil {
		return Sender{}, db.Sorted(err)
	}
	if len(rows) > 0 {
		return rows[0], nil
	}
	x := Sender{ID: ident.New(now), Scope: o.Scope, Device: device, Unit: o.Scope, Remote: o.Remote, TLS: o.TLS, File: o.File != "", FirstAt: now, SeenAt: now, Bad: "{}"}
	if _, err := tx.NewInsert().Model(&x).On("CONFLICT (scope, device) DO NOTHING").Exec(ctx); err != nil {
		return x, db.Sorted(err)
	}
	err = tx.NewSelect().Model(&x).Where("sn.scope = ?", o.Scope).Where("sn.device = ?", device).Apply(db.ForUpdate(tx)).Scan(ctx)
	return x, db.Sorted(err)
}

// seen notes that a sender spoke.
func (x *Sender) seen(o Origin, m *agent.Message, now time.Time) {
	x.SeenAt = now
	if o.File == "" {
		x.Remote, x.TLS, x.File = o.Remote, o.TLS, false
	}
	switch {
	case m != nil && m.Agent != "":
		x.Agent = m.Agent
	case o.Agent != "":
		x.Agent = o.Agent
	}
}

func saveSender(ctx context.Context, tx *db.Tx, x *Sender) error {
	_, err := tx.NewUpdate().Model(x).ExcludeColumn("id", "scope", "device", "first_at").WherePK().Exec(ctx)
	return db.Sorted(err)
}

// contact takes a message that only says that the agent is there.
func (s *Service) contact(ctx context.Context, o Origin, m *agent.Message) error {
	now := s.Business.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := s.senderOf(ctx, tx, o, m.DeviceID, now)
		if err != nil {
			return err
		}
		x.seen(o, m, now)
		return saveSender(ctx, tx, &x)
	})
}

// lately is how long after its first message a broken one is taken to be from the same
// agent, when nobody else spoke from that address.
const lately = 10 * time.Minute

// whoSent names the sender of a body that could not be read: the one agent that asked
// what to do from the same address just before, else the address.
func (s *Service) whoSent(ctx context.Context, tx *db.Tx, o Origin, device string, now time.Time) (Sender, error) {
	if device == "" && o.File == "" {
		var rows []Sender
		err := tx.NewSelect().Model(&rows).Where("sn.scope = ?", o.Scope).Where("sn.remote = ?", o.Remote).Where("sn.seen_at > ?", now.Add(-lately)).
			Where("sn.device NOT LIKE '@%'").OrderExpr("sn.seen_at DESC").Limit(2).Scan(ctx)
		if err != nil {
			return Sender{}, db.Sorted(err)
		}
		if len(rows) == 1 {
			device = rows[0].Device
		}
	}
	if device == "" {
		device = "@" + o.Remote
	}
	return s.senderOf(ctx, tx, o, device, now)
}
