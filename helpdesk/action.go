package helpdesk

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/trail"
)

// action gathers what one use case does to a ticket and writes it together, few
// statements whatever it holds.
type action struct {
	s        *Service
	tx       *db.Tx
	now      time.Time
	who      access.Actor
	ready    Ready
	cals     calendars
	t        *Ticket
	before   Ticket
	source   string
	messages []Message
	steps    []Step
	events   []Happened
	notices  []notify.Message
	trails   []entry
	guest    bool // a watcher, who may read and write and nothing more
	quiet    bool // nothing that another's answer could rest on: the version stays
}

type entry struct {
	act     string
	changes map[string][2]any
}

// act runs a use case on one ticket: reads it within the actor's reach, lets do
// change it, and writes everything. Only the requester and the support side act; who
// merely reads is Denied before anything that they sent is looked at. version is the
// one that the actor saw; 0 is whichever there is.
func (s *Service) act(ctx context.Context, who access.Actor, id ident.ID, version int64, do func(context.Context, *action) error) (Ticket, error) {
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		return s.actIn(ctx, tx, r, who, id, version, do)
	})
}

// actIn is act in the caller's transaction.
func (s *Service) actIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, version int64, do func(context.Context, *action) error) (Ticket, error) {
	var t Ticket
	if err := tx.NewSelect().Model(&t).Where("ti.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
		return t, db.Sorted(err)
	}
	guest, err := t.admits(ctx, tx, who)
	if err != nil {
		return Ticket{}, err
	}
	if version != 0 && version != t.Version {
		return t, fault.New(fault.Conflict, "fault.changed_meanwhile")
	}
	a := &action{s: s, tx: tx, now: later(s.Business.Now(), t.ChangedAt), who: who, ready: r, cals: r.cals, t: &t, before: t, source: who.Via, guest: guest}
	if err := do(ctx, a); err != nil {
		return t, err
	}
	t.settle(a.now)
	if t.Phase == Waiting && a.before.Phase == Waiting {
		t.SortAt = a.before.SortAt // it has waited since then
	}
	t.Messages += int64(len(a.messages))
	if !a.quiet {
		t.Version++
	}
	err = db.Changed(tx.NewUpdate().Model(&t).ExcludeColumn("seq", "id", "year", "opened_at", "requester", "source").
		Where("ti.seq = ?", t.Seq).Where("ti.version = ?", a.before.Version).Exec(ctx))
	if err != nil {
		return t, err
	}
	tx.After(func() { s.board.put(t, a.now) })
	return t, a.write(ctx)
}

// admits tells who may act on the ticket: the requester, the support side, and as a
// guest whoever watches it.
func (t Ticket) admits(ctx context.Context, from bun.IDB, who access.Actor) (guest bool, err error) {
	if t.Requester == who.ID && who.SignedIn() || t.supports(who) {
		return false, nil
	}
	guest, err = t.watches(ctx, from, who)
	switch {
	case err != nil || guest:
		return guest, err
	case t.visible(who):
		return false, fault.New(fault.Denied, "fault.denied")
	}
	return false, fault.New(fault.Missing, "fault.missing")
}

// own is nil unless the actor is a guest, who decides nothing.
func (a *action) own() error {
	if a.guest {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

// tick is the moment for the clocks, which run in whole seconds: due moments that
// people can read and check.
func (a *action) tick() time.Time { return a.now.Truncate(time.Second) }

// later keeps a ticket's history in order when the demo's clock was turned back.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// say adds a message. What is filed on somebody's behalf is that person's.
func (a *action) say(w Words, internal, fromAgent bool) {
	m := Message{ID: ident.New(a.now), Ticket: a.t.ID, At: a.now, Author: cmp.Or(w.Author, a.who.ID), FromAgent: fromAgent, Internal: internal,
		Source: cmp.Or(w.Source, a.source), Body: w.Body, Why: w.Why}
	if !internal && !fromAgent {
		a.wake()
	}
	a.messages = append(a.messages, m)
}

// step adds a line to the history.
func (a *action) step(act Act, about string, internal bool) {
	before := a.before.State
	if n := len(a.steps); n > 0 {
		before = a.steps[n-1].After
	}
	a.steps = append(a.steps, Step{ID: ident.New(a.now), Ticket: a.t.ID, At: a.now, Actor: a.who.ID, Act: act, Before: before, After: a.t.State, About: about, Internal: internal})
}

func (a *action) trail(act string, changes map[string][2]any) {
	a.trails = append(a.trails, entry{act, changes})
}

// tell announces what happened to the rest of the house.
func (a *action) tell(topic string) { a.events = append(a.events, a.happened(topic)) }

// notify tells one person; nobody is told of what they did themselves. more are
// further values of the notice's sentences.
func (a *action) notify(to ident.ID, template string, more ...any) {
	if to == "" || to == a.who.ID || strings.HasPrefix(string(to), "system:") {
		return
	}
	args := append([]any{"number", a.t.Number(), "title", a.t.Title}, more...)
	// Whoever asked by mail gets the words themselves by mail, and here the hint alone.
	byMail := to == a.t.Requester && a.t.Channel == ByMail
	a.notices = append(a.notices, notify.Message{Account: to, Template: template, Args: args, Link: "/tickets/" + string(a.t.ID), Unmailed: byMail})
}

// move changes the state and the clocks that depend on it. why is the key of the
// sentence that a pause is explained by.
func (a *action) move(ctx context.Context, to State, why string) error {
	from := a.t.State
	if err := a.t.move(to, a.now); err != nil {
		return err
	}
	return a.moved(ctx, from, to, why)
}

// attach gives received files to the ticket's newest message.
func (a *action) attach(ctx context.Context, blobs []files.Blob) error {
	for _, b := range blobs {
		subject := string(a.messages[len(a.messages)-1].ID)
		if _, err := files.Attach(ctx, a.tx, a.now, a.who, b, files.Owner{Area: area, Subject: subject, Unit: a.t.Unit}); err != nil {
			return err
		}
	}
	return nil
}

// write puts everything gathered into the store.
func (a *action) write(ctx context.Context) error {
	if len(a.messages) > 0 {
		if _, err := a.tx.NewInsert().Model(&a.messages).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	if len(a.steps) > 0 {
		if _, err := a.tx.NewInsert().Model(&a.steps).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	if err := a.sentNow(ctx); err != nil {
		return err
	}
	if err := search.Add(ctx, a.tx, a.docs()...); err != nil {
		return err
	}
	for _, e := range a.events {
		if err := outbox.Write(ctx, a.tx, a.now, e); err != nil {
			return err
		}
	}
	if err := a.alert(ctx); err != nil {
		return err
	}
	for _, e := range a.trails {
		if err := trail.Write(ctx, a.tx, a.now, a.who, e.act, string(a.t.ID), e.changes, trail.At(a.t.Unit)); err != nil {
			return err
		}
	}
	if err := notify.Write(ctx, a.tx, a.now, a.notices...); err != nil {
		return err
	}
	// Last of all: others who count the same things wait from here until the end.
	return figures.Add(ctx, a.tx, a.figures()...)
}

// Kinds of search documents: what everybody who sees the ticket finds it by, and
// what only the support side does.
const (
	kindTicket = "ticket"
	kindNote   = "ticket_note"
)

func (a *action) docs() []search.Doc {
	var docs []search.Doc
	for i, m := range a.messages {
		d := search.Doc{Area: area, Kind: kindTicket, Subject: string(a.t.ID), Part: string(m.ID), Unit: a.t.Unit,
			Owner: string(a.t.Requester), Title: a.t.Number() + " " + a.t.Title, Body: m.Body, Updated: a.now}
		if i == 0 && a.before.ID == "" {
			d.Part = ""
		}
		if m.Internal {
			d.Kind, d.Owner = kindNote, ""
		}
		docs = append(docs, d)
	}
	return docs
}

// SearchScopes is what the actor may find of the help desk in the search index.
func (s *Service) SearchScopes(who access.Actor) []search.Scope {
	own := search.Reach(who, Read, kindTicket)
	own.Owner = string(who.ID)
	return []search.Scope{own, search.Reach(who, Work, kindTicket), search.Reach(who, Work, kindNote)}
}
