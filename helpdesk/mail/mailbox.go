package mail

import (
	"cmp"
	"context"
	"net"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
)

// How a connection to a mail server is kept secret.
const (
	TLS      = "tls"      // from the start, port 993
	StartTLS = "starttls" // after the greeting, port 143
	Plain    = "none"     // in the clear: this machine only
)

// Mailbox is a place where mail comes in, and how far it has been read.
type Mailbox struct {
	bun.BaseModel `bun:"table:desk_mailbox,alias:mb"`
	ID            ident.ID          `bun:"id,pk"`
	Name          string            `bun:"name"`
	Address       string            `bun:"address"`
	Aliases       string            `bun:"aliases"` // separated by spaces
	Host          string            `bun:"host"`
	Port          int               `bun:"port"`
	Security      string            `bun:"security"`
	Login         string            `bun:"login"`
	Folder        string            `bun:"folder"`
	DoneFolder    string            `bun:"done_folder"` // empty: mail stays and is marked as read
	Unit          string            `bun:"unit"`        // of mail from people without one
	Category      helpdesk.Category `bun:"service"`
	Strangers     string            `bun:"strangers"`
	Closed        string            `bun:"closed"`
	Forwarded     string            `bun:"forwarded"`
	Trusted       bool              `bun:"trusted"`
	Plus          bool              `bun:"plus"` // its server delivers name+anything@…
	Active        bool              `bun:"active"`
	Version       int64             `bun:"version"`
	UIDValidity   int64             `bun:"uid_validity"`
	LastUID       int64             `bun:"last_uid"`
	FetchedAt     *time.Time        `bun:"fetched_at"`
	Problem       string            `bun:"problem"` // key of what was wrong the last time
	ProblemAt     *time.Time        `bun:"problem_at"`
}

func (b Mailbox) aliases() []string { return strings.Fields(b.Aliases) }

// rules is the mailbox as the engine sees it.
func (b Mailbox) rules() rules.Mailbox {
	return rules.Mailbox{Address: b.Address, Aliases: b.aliases(), Trusted: b.Trusted, Strangers: b.Strangers, Closed: b.Closed, Forwarded: b.Forwarded, Limits: rules.Usual}
}

// answersTo is where an answer to a mail about a ticket is to go.
func (b Mailbox) answersTo(ticket ident.ID) string {
	local, domain, ok := strings.Cut(b.Address, "@")
	if !b.Plus || !ok {
		return b.Address
	}
	return local + "+" + string(ticket) + "@" + domain
}

// check puts a mailbox in order and says what is wrong with it.
func (b *Mailbox) check() error {
	b.Forwarded = cmp.Or(b.Forwarded, rules.ForOriginal)
	b.Name, b.Address, b.Host = strings.TrimSpace(fold.NFC(b.Name)), addressOf(b.Address), strings.TrimSpace(b.Host)
	b.Login, b.Folder, b.DoneFolder = strings.TrimSpace(b.Login), strings.TrimSpace(b.Folder), strings.TrimSpace(b.DoneFolder)
	b.Aliases = strings.ToLower(strings.Join(strings.FieldsFunc(b.Aliases, func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '\n' || r == '\r' }), " "))
	if b.Folder == "" {
		b.Folder = "INBOX"
	}
	if b.Login == "" {
		b.Login = b.Address
	}
	var k fault.Check
	k.Need(b.Name != "", "name", "helpdesk.mail.form.name_needed")
	k.Need(utf8.RuneCountInString(b.Name) <= 100, "name", "helpdesk.mail.form.name_long", "max", 100)
	k.Need(isAddress(b.Address), "address", "helpdesk.mail.form.address_bad")
	k.Need(!slices.ContainsFunc(b.aliases(), func(a string) bool { return !isAddress(a) }), "aliases", "helpdesk.mail.form.aliases_bad")
	k.Need(b.Host != "" && !strings.ContainsAny(b.Host, " /:@") || net.ParseIP(b.Host) != nil, "host", "helpdesk.mail.form.host_bad")
	k.Need(b.Port > 0 && b.Port < 65536, "port", "helpdesk.mail.form.port_bad")
	k.Need(slices.Contains([]string{TLS, StartTLS, Plain}, b.Security), "security", "helpdesk.mail.form.security_needed")
	k.Need(b.Security != Plain || b.local(), "security", "helpdesk.mail.form.clear_password")
	k.Need(b.DoneFolder == "" || b.DoneFolder != b.Folder, "done_folder", "helpdesk.mail.form.same_folder")
	k.Need(b.Strangers == rules.StrangersOpen || b.Strangers == rules.StrangersHold, "strangers", "helpdesk.mail.form.choose")
	k.Need(b.Forwarded == rules.ForOriginal || b.Forwarded == rules.ForForwarder, "forwarded", "helpdesk.mail.form.choose")
	k.Need(b.Closed == rules.ClosedPolicy || b.Closed == rules.ClosedFile, "closed", "helpdesk.mail.form.choose")
	return k.Err()
}

// local tells whether the server is this machine, to which a password may go in the clear.
func (b Mailbox) local() bool {
	ip := net.ParseIP(b.Host)
	return b.Host == "localhost" || ip != nil && ip.IsLoopback()
}

func isAddress(a string) bool {
	local, domain, ok := strings.Cut(a, "@")
	return ok && local != "" && domain != "" && !strings.ContainsAny(a, " <>,;\"\\\t") && !strings.Contains(domain, "@") && len(a) <= 254
}

// Save makes or changes a mailbox. How far it was read stays, unless it reads from
// somewhere else now.
func (s *Service) Save(ctx context.Context, who access.Actor, b Mailbox) (Mailbox, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return b, err
	}
	if err := b.check(); err != nil {
		return b, err
	}
	tree, err := s.Desk.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return b, err
	}
	var k fault.Check
	_, known := tree.Unit(b.Unit)
	offers, err := s.Desk.Catalogue(ctx)
	if err != nil {
		return b, err
	}
	offer, offered := offers.Offer(b.Category)
	k.Need(offered && offer.Active, "service", "helpdesk.form.service_needed")
	k.Need(known, "unit", "helpdesk.form.unit_unknown", "code", b.Unit)
	if err := k.Err(); err != nil {
		return b, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Business.Now()
		if b.ID == "" {
			b.ID, b.Version = ident.New(now), 1
			if _, err := tx.NewInsert().Model(&b).Exec(ctx); err != nil {
				return addressTaken(err)
			}
			return trail.Write(ctx, tx, now, who, "helpdesk.mailbox.made", string(b.ID), nil)
		}
		return s.change(ctx, tx, who, now, &b)
	})
	return b, err
}

func (s *Service) change(ctx context.Context, tx *db.Tx, who access.Actor, now time.Time, b *Mailbox) error {
	var before Mailbox
	if err := tx.NewSelect().Model(&before).Where("mb.id = ?", b.ID).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	if before.Version != b.Version {
		return fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	b.UIDValidity, b.LastUID, b.FetchedAt, b.Problem, b.ProblemAt = before.UIDValidity, before.LastUID, before.FetchedAt, "", nil
	if before.Host != b.Host || before.Login != b.Login || before.Folder != b.Folder {
		b.UIDValidity, b.LastUID = 0, 0
	}
	b.Version++
	if err := db.Changed(tx.NewUpdate().Model(b).WherePK().Where("version = ?", before.Version).Exec(ctx)); err != nil {
		return addressTaken(err)
	}
	return trail.Write(ctx, tx, now, who, "helpdesk.mailbox.changed", string(b.ID),
		map[string][2]any{"active": {before.Active, b.Active}, "strangers": {before.Strangers, b.Strangers}, "trusted": {before.Trusted, b.Trusted}, "forwarded": {before.Forwarded, b.Forwarded}})
}

// addressTaken says that a second mailbox has the address of a first.
func addressTaken(err error) error {
	if db.Duplicate(err) {
		var k fault.Check
		k.Need(false, "address", "helpdesk.mail.form.address_taken")
		return k.Err()
	}
	return db.Sorted(err)
}

// Mailboxes are all mailboxes by name.
func (s *Service) Mailboxes(ctx context.Context, who access.Actor) ([]Mailbox, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return nil, err
	}
	return mailboxes(ctx, s.DB.Read())
}

func mailboxes(ctx context.Context, from bun.IDB) ([]Mailbox, error) {
	var rows []Mailbox
	err := from.NewSelect().Model(&rows).Order("mb.name", "mb.id").Scan(ctx)
	return rows, db.Sorted(err)
}

// Mailbox is one mailbox.
func (s *Service) Mailbox(ctx context.Context, who access.Actor, id ident.ID) (Mailbox, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return Mailbox{}, err
	}
	return mailboxByID(ctx, s.DB.Read(), id)
}

func mailboxByID(ctx context.Context, from bun.IDB, id ident.ID) (Mailbox, error) {
	var b Mailbox
	err := from.NewSelect().Model(&b).Where("mb.id = ?", id).Scan(ctx)
	return b, db.Sorted(err)
}

// HasPassword tells whether the process was given a mailbox's password.
func (s *Service) HasPassword(b Mailbox) bool { return s.Passwords[b.Address] != "" }
