package mail

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// area is how kit packages know us.
const area = "helpdesk.mail"

// Deps is what the post room stands on.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Machine  clock.Clock
	Log      *slog.Logger
	Desk     *helpdesk.Service
	Files    *files.Store
	Words    *i18n.Catalog
	// Passwords of mailboxes by address. They never leave the process.
	Passwords map[string]string
	// From is the address that notices are sent by, Host the name of our own site.
	From, Host string
	// Actor is the account behind a key, to tell who answers tickets.
	Actor func(ctx context.Context, account ident.ID) (access.Actor, error)
	// Taken is told of every mail that was taken, by decision.
	Taken func(decision string)
	// Returned takes mail that came back to another sender of the house: it is told the
	// Message-IDs and tells the addresses that it had written to; nil: there is none.
	Returned func(ctx context.Context, tx *db.Tx, messageIDs []string) ([]string, error)
}

// Service is the post room.
type Service struct {
	Deps
	mu       sync.Mutex
	watchers map[ident.ID]*watcher
	// stop is where tests let the process die: after which step of taking a mail.
	stop func(step string)
}

// The steps of taking a mail.
const (
	stepFetched   = "fetched"   // the bytes are here, nothing is written
	stepWritten   = "written"   // everything is written, nothing is committed
	stepCommitted = "committed" // committed, the server does not know
)

// New is the post room over its neighbours.
func New(d Deps) *Service {
	if d.Taken == nil {
		d.Taken = func(string) {}
	}
	return &Service{Deps: d, watchers: map[ident.ID]*watcher{}, stop: func(string) {}}
}

// robot is who acts when mail comes in.
func robot() access.Actor { return access.System("mail") }

// ReadPasswords reads lines of address=password.
func ReadPasswords(text string) map[string]string {
	all := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		if address, password, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			all[strings.ToLower(strings.TrimSpace(address))] = password
		}
	}
	return all
}

// own says which mail is of our own making.
func (s *Service) own(boxes []Mailbox) rules.Own {
	o := rules.Own{Domain: domainOf(s.From)}
	if from := addressOf(s.From); from != "" {
		o.Addresses = append(o.Addresses, from)
	}
	if s.Host != "" && s.Host != "localhost" && strings.ContainsAny(s.Host, "abcdefghijklmnopqrstuvwxyz") {
		o.Hosts = append(o.Hosts, s.Host)
	}
	for _, b := range boxes {
		o.Addresses = append(o.Addresses, b.Address)
		o.Addresses = append(o.Addresses, b.aliases()...)
	}
	return o
}

// addressOf is the address in a line such as "Lộ Trình <lotrinh@hanoi.vn>".
func addressOf(line string) string {
	if i := strings.LastIndexByte(line, '<'); i >= 0 {
		line = strings.TrimRight(line[i+1:], "> ")
	}
	return strings.ToLower(strings.TrimSpace(line))
}

func domainOf(line string) string {
	_, domain, _ := strings.Cut(addressOf(line), "@")
	return domain
}
