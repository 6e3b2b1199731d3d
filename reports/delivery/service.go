package delivery

import (
	"context"
	"log/slog"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/guard"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/org"
	"lotrinh/reports"
)

// The rights of this room; whom a schedule goes to is reports.Plan's to say.
const (
	Manage access.Perm = "reports.delivery.manage" // allowed domains, folders, webhooks
	Share  access.Perm = "reports.link.share"      // give out a link to a report
)

// Perms are both, for the policy.
var Perms = []access.Perm{Manage, Share}

// People are who gets reports, and what they may see; org answers.
type People interface {
	// Holders are the active accounts that hold a role reaching a unit.
	Holders(ctx context.Context, role access.Role, unit string) ([]org.Account, error)
	// Actor and ActorOf are accounts with their rights of now; not one that is not active.
	Actor(ctx context.Context, login string) (access.Actor, error)
	ActorOf(ctx context.Context, id ident.ID) (access.Actor, error)
	// ForNotices are the addresses of accounts.
	ForNotices(ctx context.Context, accounts []ident.ID) (map[ident.ID]notify.Person, error)
}

// Units answers what the city consists of.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Post hands a mail to a mail server; notify.SMTP does. This room has one of its own, since
// one connection carries one conversation.
type Post interface {
	Open(ctx context.Context) error
	Deliver(ctx context.Context, m notify.Mail) notify.Answer
	Shut()
}

// Reach tells how and when people want mail of a kind; notify.Sender does.
type Reach interface {
	Reach(ctx context.Context, template string, accounts []ident.ID) (map[ident.ID]notify.Reach, error)
}

// Deps is what the room stands on. Post is nil without a mail server: mail then waits.
type Deps struct {
	DB       *db.DB
	Business clock.Clock // when a row was made, and what the city consists of
	Machine  clock.Clock // paces sending
	Log      *slog.Logger
	Words    *i18n.Catalog
	Reports  *reports.Service
	Files    *files.Store
	Units    Units
	People   People
	Post     Post
	Reach    Reach
	Key      signed.Key // makes links
	Seal     signed.Key // seals the secrets of webhooks
	BaseURL  string
	Root     string      // the folder below which files are dropped; empty: none
	Guard    guard.Guard // which addresses webhooks may have
	// Settled hears of every delivery that came to an end, by channel and state; nil
	// hears nothing.
	Settled func(channel, state string)
}

// Service is the use cases of delivery. It is safe for concurrent use.
type Service struct{ Deps }

// New is the room over its neighbours; its panels stand on the pages of reports.
func New(d Deps) *Service {
	s := &Service{d}
	d.Reports.OnRun(s.runPanel)
	d.Reports.OnSchedule(s.schedulePanel)
	return s
}

// system is who acts when a report delivers itself.
var system = access.System("delivery")

// Handlers are what the room learns from events.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{{Name: "reports.delivery", Topic: reports.RunFinished{}.Topic(), Do: s.finished}}
}
