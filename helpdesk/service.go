package helpdesk

import (
	"cmp"
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/org"
)

// Area is how kit packages know us.
const Area = "helpdesk"

const area = Area

// Units answers what the city consists of.
type Units interface {
	Tree(ctx context.Context, at time.Time) (*org.Tree, error)
}

// Agent is somebody who answers tickets.
type Agent struct {
	ID    ident.ID
	Name  string
	Roles []access.Role
}

// People knows names; app fits org behind it.
type People interface {
	// Names are the names of accounts, in one query.
	Names(ctx context.Context, accounts []ident.ID) (map[ident.ID]string, error)
	// Agents are the people who may work on the tickets of a unit, by name.
	Agents(ctx context.Context, unit string) ([]Agent, error)
	// Reachable are the open accounts with this normalised address or number.
	Reachable(ctx context.Context, kind WayKind, value string) ([]Contact, error)
}

// Deps is what the help desk stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Calendars deadline.Calendars
	Calendar  string         // name of the calendar by which the house works
	Rules     Rules          // nil: the shipped ones
	Fresh     deadline.Fresh // calendars as a transaction sees them; nil: Calendars
	Units     Units
	People    People
	Files     *files.Store
	Assets    Assets    // nil: no equipment is known
	Ladder    Ladder    // nil: only owners are told
	Jobs      *job.Jobs // nil: everything is done while one waits
}

// Service is the help desk.
type Service struct {
	Deps
	shelf   shelf
	board   board
	panels  []Panel
	remarks []Remark
	hints   []Hint
	above   []Above
	mayJoin func(ctx context.Context, from bun.IDB, incident ident.ID, unit string) (bool, error)
	// troubles are the incidents that run; nil when there is no such room.
	troubles func(ctx context.Context) ([]Trouble, error)
}

// New is the help desk over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

// Limits of what people type.
const (
	longestTitle = 150
	longestBody  = 10_000
	mostFiles    = 5
)

// Draft is a ticket before it exists.
type Draft struct {
	Unit      string
	Requester ident.ID // an account or a contact; empty: the actor
	Title     string
	Body      string
	Service   Category
	Impact    int
	Urgency   int
	Source    string  // "web", "phone", "api", "mail", "sms", "citizen", "rule"
	Kind      Kind    // empty: something does not work
	Channel   Channel // empty: on the screen
	Asset     string  // inventory code
	Dossier   string  // number
	Parent    ident.ID
	Incident  ident.ID
	Files     []files.Blob
	Fields    map[string]string // answers to the service's own questions, by code

	author   ident.ID // whose words the first message holds, when not the actor's
	likewise bool     // made of another ticket: it is not asked what its service asks
}

func (d *Draft) check(c *Catalogue) error {
	d.Title, d.Body = strings.TrimSpace(fold.NFC(d.Title)), strings.TrimSpace(fold.NFC(d.Body))
	var k fault.Check
	k.Need(d.Unit != "", "unit", "helpdesk.form.unit_needed")
	k.Need(d.Title != "", "title", "helpdesk.form.title_needed")
	k.Need(utf8.RuneCountInString(d.Title) <= longestTitle, "title", "helpdesk.form.title_long", "max", longestTitle)
	k.Need(d.Body != "", "body", "helpdesk.form.body_needed")
	k.Need(utf8.RuneCountInString(d.Body) <= longestBody, "body", "helpdesk.form.body_long", "max", longestBody)
	offer, known := c.Offer(d.Service)
	k.Need(known && (offer.Active || d.likewise), "service", "helpdesk.form.service_needed")
	k.Need(d.Kind == "" || knownKind(d.Kind), "kind", "helpdesk.form.kind_needed")
	k.Need(d.Impact >= Least && d.Impact <= Most, "impact", "helpdesk.form.impact_needed")
	k.Need(d.Urgency >= Least && d.Urgency <= Most, "urgency", "helpdesk.form.urgency_needed")
	k.Need(len(d.Files) <= mostFiles, "files", "helpdesk.form.files_many", "max", mostFiles)
	_, err := offer.answers(d.Fields, !d.likewise)
	k.Add(err)
	return k.Err()
}

// Open makes a ticket of a draft. The support side may open one for somebody else.
func (s *Service) Open(ctx context.Context, who access.Actor, d Draft) (Ticket, error) {
	if err := s.draftSubject(ctx, who, &d); err != nil {
		return Ticket{}, err
	}
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) { return s.OpenIn(ctx, tx, r, who, d) })
}

// OpenIn is Open in the caller's transaction.
func (s *Service) OpenIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, d Draft) (Ticket, error) {
	if err := who.Need(Ask); err != nil {
		return Ticket{}, err
	}
	d.likewise = d.likewise || who.IsSystem() // whoever wrote or called was asked nothing
	if err := d.check(r.cat); err != nil {
		return Ticket{}, err
	}
	if err := who.NeedAt(Ask, d.Unit); err != nil {
		return Ticket{}, err
	}
	if d.Requester == "" {
		d.Requester = who.ID
	} else if d.Requester != who.ID {
		if err := who.NeedAt(Work, d.Unit); err != nil {
			return Ticket{}, err
		}
	}
	if _, ok := r.tree.Unit(d.Unit); !ok {
		var k fault.Check
		k.Need(false, "unit", "helpdesk.form.unit_unknown", "code", d.Unit)
		return Ticket{}, k.Err()
	}
	if err := s.joins(ctx, tx, &d); err != nil {
		return Ticket{}, err
	}
	return s.open(ctx, tx, r, who, d)
}

// open writes the rows of a new ticket. It reads nothing: what it needs was known
// before the operation began.
func (s *Service) open(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, d Draft) (Ticket, error) {
	now := s.Business.Now()
	offer, _ := r.cat.Offer(d.Service)
	t := Ticket{ID: ident.New(now), Year: now.In(clock.City).Year(), Title: d.Title, Unit: d.Unit, Requester: d.Requester, Service: d.Service,
		Impact: d.Impact, Urgency: d.Urgency, Priority: PriorityOf(d.Impact, d.Urgency), State: StateNew, Phase: InWork,
		Group: offer.Group, Source: d.Source, OpenedAt: now, Messages: 1, Version: 1,
		Kind: cmp.Or(d.Kind, offer.Kind, Fault), Channel: cmp.Or(d.Channel, OnScreen), Tier: CityTeam, Asset: d.Asset, Dossier: d.Dossier,
		Parent: d.Parent, Incident: d.Incident}
	list, must := offer.checklist(t.ID)
	t.Must = must
	if err := r.begin(ctx, tx, &t); err != nil {
		return t, err
	}
	t.settle(now)
	if _, err := tx.NewInsert().Model(&t).ExcludeColumn("seq").Returning("seq").Exec(ctx); err != nil {
		return t, db.Sorted(err)
	}
	a := &action{s: s, tx: tx, now: now, who: who, ready: r, cals: r.cals, t: &t, before: Ticket{}, source: d.Source}
	a.say(Words{Body: d.Body, Author: author(who, d)}, false, author(who, d) != d.Requester)
	a.step(ActOpened, "", false)
	a.trail("helpdesk.ticket.opened", map[string][2]any{"state": {"", t.State}, "priority": {0, t.Priority}, "service": {"", t.Service}})
	a.tell("helpdesk.ticket.opened")
	if err := a.attach(ctx, d.Files); err != nil {
		return t, err
	}
	if err := a.furnish(ctx, offer, list, d.Fields); err != nil {
		return t, err
	}
	tx.After(func() { s.board.put(t, now) })
	return t, a.write(ctx)
}

// furnish gives a new ticket its checklist and what its service asked.
func (a *action) furnish(ctx context.Context, offer Offer, list []Check, typed map[string]string) error {
	if len(list) > 0 {
		if _, err := a.tx.NewInsert().Model(&list).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	answers, err := offer.answers(typed, false)
	if err != nil {
		return err
	}
	return a.keepAnswers(ctx, answers)
}

// author is whose words the first message holds: what the product files, the
// requester wrote.
func author(who access.Actor, d Draft) ident.ID {
	if d.author != "" {
		return d.author
	}
	if who.IsSystem() {
		return d.Requester
	}
	return who.ID
}

// Quote is who will answer a ticket and by when, told before it is sent.
type Quote struct {
	Group    Group
	Priority int
	Answer   worktime.Due
	Resolve  worktime.Due
}

// Quote works out what would be promised now to somebody of a unit.
func (s *Service) Quote(ctx context.Context, unit string, service Category, impact, urgency int) (Quote, error) {
	r, err := s.Ready(ctx)
	if err != nil {
		return Quote{}, err
	}
	offer, _ := r.cat.Offer(service)
	q := Quote{Group: offer.Group, Priority: PriorityOf(impact, urgency)}
	rule := r.rule(Ticket{Unit: unit, Kind: cmp.Or(offer.Kind, Fault), Channel: OnScreen, Service: service, Group: q.Group, Priority: q.Priority})
	cal, err := r.cals.Calendar(ctx, rule.Calendar)
	if err != nil {
		return q, err
	}
	now := s.Business.Now()
	if q.Answer, err = Due(cal, now, rule.Answer); err != nil {
		return q, err
	}
	q.Resolve, err = Due(cal, now, rule.Resolve)
	return q, err
}

// seen records that somebody other than the requester read a ticket.
func (s *Service) seen(ctx context.Context, who access.Actor, t Ticket) error {
	if t.Requester == who.ID {
		return nil
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Seen(ctx, tx, s.Business.Now(), who, "helpdesk.ticket.seen", []string{string(t.ID)})
	})
}
