package loop

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// SignalKind is what a machine can tell.
type SignalKind string

// The kinds of signals.
const (
	SilentAgent    SignalKind = "silent_agent"    // an inventory agent has stopped reporting
	DeadLine       SignalKind = "dead_line"       // a commune's line does not answer
	FailedExchange SignalKind = "failed_exchange" // dossiers do not get through to another office
)

// SignalKinds are all of them.
var SignalKinds = []SignalKind{SilentAgent, DeadLine, FailedExchange}

// mute is how long a thing is not heard whose ticket was declined.
const mute = 7 * 24 * time.Hour

// Rule says what ticket a kind of signal opens.
type Rule struct {
	bun.BaseModel `bun:"table:desk_signal_rule,alias:sr"`
	Kind          SignalKind        `bun:"kind,pk"`
	Active        bool              `bun:"active"`
	Service       helpdesk.Category `bun:"service"`
	Impact        int               `bun:"impact"`
	Urgency       int               `bun:"urgency"`
	ChangedBy     ident.ID          `bun:"changed_by"`
	Version       int64             `bun:"version"`
}

// shipped are the rules until somebody changes them.
var shipped = map[SignalKind]Rule{
	SilentAgent:    {Kind: SilentAgent, Active: true, Service: helpdesk.Device, Impact: 1, Urgency: 1},
	DeadLine:       {Kind: DeadLine, Active: true, Service: helpdesk.Line, Impact: 2, Urgency: 3},
	FailedExchange: {Kind: FailedExchange, Active: true, Service: helpdesk.Software, Impact: 3, Urgency: 3},
}

// Signal is what a machine says of one thing in one commune: that it is in trouble
// since a moment, or that the trouble is over.
type Signal struct {
	Kind    SignalKind `json:"kind"`
	Thing   string     `json:"subject"` // what it is about: an asset's code, a line, an office
	Unit    string     `json:"unit"`
	Since   time.Time  `json:"since"`
	Ended   bool       `json:"ended,omitempty"`
	Details string     `json:"details,omitempty"`
}

// heard is a thing that has signalled and the ticket that came of it.
type heard struct {
	bun.BaseModel `bun:"table:desk_signal,alias:sg"`
	Kind          SignalKind `bun:"kind,pk"`
	Subject       string     `bun:"subject,pk"`
	Unit          string     `bun:"unit"`
	Ticket        ident.ID   `bun:"ticket"`
	Since         time.Time  `bun:"since"`
	EndedAt       *time.Time `bun:"ended_at"`
	MutedUntil    *time.Time `bun:"muted_until"`
}

// Limits of a signal.
const (
	longestThing   = 120
	longestDetails = 2000
)

func (g *Signal) check() error {
	g.Thing, g.Details = strings.Join(strings.Fields(fold.NFC(g.Thing)), " "), strings.TrimSpace(fold.NFC(g.Details))
	var k fault.Check
	_, known := shipped[g.Kind]
	k.Need(known, "kind", "loop.form.kind_needed")
	k.Need(g.Thing != "" && utf8.RuneCountInString(g.Thing) <= longestThing, "subject", "loop.form.thing_needed", "max", longestThing)
	k.Need(g.Unit != "", "unit", "helpdesk.form.unit_needed")
	k.Need(!g.Since.IsZero(), "since", "loop.form.since_needed")
	k.Need(utf8.RuneCountInString(g.Details) <= longestDetails, "details", "loop.form.details_long", "max", longestDetails)
	return k.Err()
}

// Heard is what came of a signal.
type Heard string

// What can come of a signal.
const (
	Opened  Heard = "opened"  // a ticket
	Known   Heard = "known"   // its ticket is open already
	Muted   Heard = "muted"   // declined lately
	Off     Heard = "off"     // the rule is off
	Over    Heard = "over"    // the end of a trouble, noted on its ticket
	Nothing Heard = "nothing" // the end of a trouble that nobody knew
)

// Hear takes a signal in: from a monitoring system by the API, or from another area.
func (s *Service) Hear(ctx context.Context, who access.Actor, g Signal) (Heard, ident.ID, error) {
	if err := g.check(); err != nil {
		return "", "", err
	}
	if err := who.NeedAt(Tell, g.Unit); err != nil {
		return "", "", err
	}
	r, err := s.Desk.Ready(ctx)
	if err != nil {
		return "", "", err
	}
	var what Heard
	var ticket ident.ID
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		what, ticket, err = s.hear(ctx, tx, r, g)
		return err
	})
	return what, ticket, err
}

func (s *Service) hear(ctx context.Context, tx *db.Tx, r helpdesk.Ready, g Signal) (Heard, ident.ID, error) {
	rule, err := ruleOf(ctx, tx, g.Kind)
	if err != nil {
		return "", "", err
	}
	var old []heard
	if err := tx.NewSelect().Model(&old).Where("sg.kind = ?", g.Kind).Where("sg.subject = ?", g.Thing).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return "", "", db.Sorted(err)
	}
	now := s.Business.Now()
	if len(old) > 0 {
		switch h := old[0]; {
		case g.Ended && h.EndedAt == nil:
			return s.over(ctx, tx, r, h, now)
		case g.Ended:
			return Nothing, h.Ticket, nil
		case h.MutedUntil != nil && h.MutedUntil.After(now):
			return Muted, h.Ticket, nil
		case h.EndedAt == nil && s.runs(ctx, tx, h.Ticket):
			return Known, h.Ticket, nil
		}
	}
	switch {
	case g.Ended:
		return Nothing, "", nil
	case !rule.Active:
		return Off, "", nil
	}
	return s.ticket(ctx, tx, r, rule, g)
}

// runs tells whether a ticket is still to be worked on.
func (s *Service) runs(ctx context.Context, tx *db.Tx, id ident.ID) bool {
	var t helpdesk.Ticket
	err := tx.NewSelect().Model(&t).Column("ti.phase").Where("ti.id = ?", id).Scan(ctx)
	return err == nil && t.Phase != helpdesk.Done
}

// machine acts for whoever signalled.
var machine = access.System("signal")

// ticket opens the ticket of a new trouble.
func (s *Service) ticket(ctx context.Context, tx *db.Tx, r helpdesk.Ready, rule Rule, g Signal) (Heard, ident.ID, error) {
	t := s.Words.In(i18n.VI)
	body := t.Say("loop.ticket.body."+string(g.Kind), "thing", g.Thing, "since", g.Since)
	if g.Details != "" {
		body += "\n\n" + g.Details
	}
	x, err := s.Desk.OpenIn(ctx, tx, r, machine, helpdesk.Draft{Unit: g.Unit, Title: cut(t.Say("loop.ticket.title."+string(g.Kind), "thing", g.Thing), 150), Body: body,
		Service: rule.Service, Impact: rule.Impact, Urgency: rule.Urgency, Source: "rule"})
	if err != nil {
		return "", "", err
	}
	h := heard{Kind: g.Kind, Subject: g.Thing, Unit: g.Unit, Ticket: x.ID, Since: g.Since.UTC()}
	_, err = tx.NewInsert().Model(&h).On("CONFLICT (kind, subject) DO UPDATE").Set("unit = excluded.unit").Set("ticket = excluded.ticket").
		Set("since = excluded.since").Set("ended_at = NULL").Set("muted_until = NULL").Exec(ctx)
	return Opened, x.ID, db.Sorted(err)
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// over notes on the ticket that the trouble has ended by itself; a person closes it.
func (s *Service) over(ctx context.Context, tx *db.Tx, r helpdesk.Ready, h heard, now time.Time) (Heard, ident.ID, error) {
	_, err := tx.NewUpdate().Model((*heard)(nil)).Set("ended_at = ?", now).Where("kind = ?", h.Kind).Where("subject = ?", h.Subject).Exec(ctx)
	if err != nil {
		return "", "", db.Sorted(err)
	}
	if s.runs(ctx, tx, h.Ticket) {
		_, err = s.Desk.NoteIn(ctx, tx, r, machine, h.Ticket, helpdesk.Words{Body: s.Words.In(i18n.VI).Say("loop.ticket.over", "thing", h.Subject, "at", now)})
	}
	return Over, h.Ticket, err
}

// Dismiss declines a ticket that a machine opened: it is resolved as no trouble, and
// the thing is not heard for seven days.
func (s *Service) Dismiss(ctx context.Context, who access.Actor, ticket ident.ID, version int64) (helpdesk.Ticket, error) {
	r, err := s.Desk.Ready(ctx)
	if err != nil {
		return helpdesk.Ticket{}, err
	}
	var t helpdesk.Ticket
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		until := s.Business.Now().Add(mute)
		t, err = s.Desk.ResolveIn(ctx, tx, r, who, ticket, helpdesk.Words{Version: version, Body: s.Words.In(i18n.VI).Say("loop.dismissed", "until", until)})
		if err != nil {
			return err
		}
		return db.Changed(tx.NewUpdate().Model((*heard)(nil)).Set("muted_until = ?", until).Where("ticket = ?", ticket).Exec(ctx))
	})
	return t, err
}

// signalOf is what opened a ticket, nil for tickets that people opened.
func (s *Service) signalOf(ctx context.Context, ticket ident.ID) (*heard, error) {
	var rows []heard
	err := s.DB.Read().NewSelect().Model(&rows).Where("sg.ticket = ?", ticket).Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.Sorted(err)
	}
	return &rows[0], nil
}

func ruleOf(ctx context.Context, from bun.IDB, kind SignalKind) (Rule, error) {
	var rows []Rule
	err := from.NewSelect().Model(&rows).Where("sr.kind = ?", kind).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return shipped[kind], db.Sorted(err)
	}
	return rows[0], nil
}

// Rules are what each kind of signal opens.
func (s *Service) Rules(ctx context.Context, who access.Actor) ([]Rule, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return nil, err
	}
	var rows []Rule
	if err := s.DB.Read().NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	all := make([]Rule, len(SignalKinds))
	for i, kind := range SignalKinds {
		all[i] = shipped[kind]
		for _, r := range rows {
			if r.Kind == kind {
				all[i] = r
			}
		}
	}
	return all, nil
}

// SaveRule changes what a kind of signal opens.
func (s *Service) SaveRule(ctx context.Context, who access.Actor, r Rule) error {
	if err := who.Need(helpdesk.Manage); err != nil {
		return err
	}
	was, known := shipped[r.Kind]
	var k fault.Check
	k.Need(known, "kind", "loop.form.kind_needed")
	k.Need(r.Service != "", "service", "helpdesk.form.service_needed")
	k.Need(r.Impact >= helpdesk.Least && r.Impact <= helpdesk.Most, "impact", "helpdesk.form.impact_needed")
	k.Need(r.Urgency >= helpdesk.Least && r.Urgency <= helpdesk.Most, "urgency", "helpdesk.form.urgency_needed")
	if err := k.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if was, err = ruleOf(ctx, tx, r.Kind); err != nil {
			return err
		}
		if was.Version != r.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		r.ChangedBy, r.Version = who.ID, r.Version+1
		_, err = tx.NewInsert().Model(&r).On("CONFLICT (kind) DO UPDATE").Set("active = excluded.active").Set("service = excluded.service").
			Set("impact = excluded.impact").Set("urgency = excluded.urgency").Set("changed_by = excluded.changed_by").Set("version = excluded.version").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, "helpdesk.signal_rule.saved", string(r.Kind), map[string][2]any{
			"active": {was.Active, r.Active}, "service": {was.Service, r.Service}, "impact": {was.Impact, r.Impact}, "urgency": {was.Urgency, r.Urgency}})
	})
}

// Topics by which other areas signal; the body of each event is a Signal.
var topics = []string{"inventory.agent.silent", "inventory.line.dead", "dossier.exchange.failed"}

// Handlers are what this room learns from events.
func (s *Service) Handlers() []outbox.Handler {
	all := []outbox.Handler{{Name: "loop.opened", Topic: "helpdesk.ticket.opened", Do: s.opened}}
	for _, topic := range topics {
		all = append(all, outbox.Handler{Name: "loop." + topic, Topic: topic, Do: s.signalled})
	}
	return all
}

// signalled takes in what another area says of its machines. What cannot be a ticket
// is left to the log of the dispatcher.
func (s *Service) signalled(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var g Signal
	if err := json.Unmarshal([]byte(e.Body), &g); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	if err := g.check(); err != nil {
		return err
	}
	r, err := s.Desk.Ready(ctx)
	if err != nil {
		return err
	}
	_, _, err = s.hear(ctx, tx, r, g)
	return err
}
