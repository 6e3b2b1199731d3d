// Package outbox carries events from where something changed to whoever must learn
// of it. An event is written in the transaction of the change; a dispatcher hands
// it to each handler at least once, in the order of writing for one subject. A
// handler's own changes and the mark "done" are one transaction, so what it does in
// this database happens once. The catalogue of events is docs/EVENTS.md.
package outbox

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Body is what an event says: a struct with json tags.
type Body interface {
	// Topic is the event's name, area.thing.verbed.
	Topic() string
	// Subject is the key of the thing that changed; events of one subject stay in order.
	Subject() string
}

// Event is a written event.
type Event struct {
	bun.BaseModel `bun:"table:outbox_event,alias:oe"`
	Seq           int64     `bun:"seq,pk,autoincrement"`
	ID            ident.ID  `bun:"id"`
	Topic         string    `bun:"topic"`
	Subject       string    `bun:"subject"`
	At            time.Time `bun:"at"`
	Body          string    `bun:"body"`
	Fanned        bool      `bun:"fanned"`
}

// Read fills a body from the event.
func (e Event) Read(into any) error {
	if err := json.Unmarshal([]byte(e.Body), into); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	return nil
}

// Write appends an event in the transaction of the change.
func Write(ctx context.Context, tx *db.Tx, now time.Time, b Body) error {
	return WriteAll(ctx, tx, now, b)
}

// WriteAll appends several events in one statement, in their order.
func WriteAll(ctx context.Context, tx *db.Tx, now time.Time, bodies ...Body) error {
	if len(bodies) == 0 {
		return nil
	}
	events := make([]Event, len(bodies))
	for i, b := range bodies {
		raw, err := json.Marshal(b)
		if err != nil {
			return db.Sorted(err)
		}
		events[i] = Event{ID: ident.New(now), Topic: b.Topic(), Subject: b.Subject(), At: now, Body: string(raw)}
	}
	_, err := tx.NewInsert().Model(&events).ExcludeColumn("seq").Returning("NULL").Exec(ctx)
	return db.Sorted(err)
}

// Once tells whether a message of an outside source is new, and remembers it: the
// inbox. It is asked in the transaction that acts on the message.
func Once(ctx context.Context, tx *db.Tx, now time.Time, source, message string) (bool, error) {
	res, err := tx.NewRaw("INSERT INTO inbox (source, message, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", source, message, now).Exec(ctx)
	if err != nil {
		return false, db.Sorted(err)
	}
	n, err := res.RowsAffected()
	return n == 1, db.Sorted(err)
}

// Handler learns of one topic. Name is its key in the store: renaming it makes it a
// stranger to what waits.
type Handler struct {
	Name  string
	Topic string
	Do    func(ctx context.Context, tx *db.Tx, e Event) error
}

// Dispatcher hands events to handlers.
type Dispatcher struct {
	db       *db.DB
	clock    clock.Clock
	log      *slog.Logger
	handlers map[string]Handler
	byTopic  map[string][]string
}

// NewDispatcher serves these handlers. The clock paces retries: the machine's.
func NewDispatcher(d *db.DB, c clock.Clock, log *slog.Logger, hs ...Handler) *Dispatcher {
	p := &Dispatcher{db: d, clock: c, log: log, handlers: map[string]Handler{}, byTopic: map[string][]string{}}
	for _, h := range hs {
		p.handlers[h.Name] = h
		p.byTopic[h.Topic] = append(p.byTopic[h.Topic], h.Name)
	}
	return p
}

type delivery struct {
	bun.BaseModel `bun:"table:outbox_delivery,alias:od"`
	Handler       string    `bun:"handler,pk"`
	Seq           int64     `bun:"seq,pk"`
	State         string    `bun:"state"`
	Attempts      int64     `bun:"attempts"`
	NextAt        time.Time `bun:"next_at"`
	Problem       string    `bun:"problem"`
}

const (
	waiting = "waiting"
	done    = "done"
	failed  = "failed"
	// tries is how often a handler is asked before the delivery is set aside for a person.
	tries = 12
	// take is how many events or deliveries one pass looks at.
	take = 200
)

// Run hands over everything that is due and tells how many deliveries it made. It
// may run in several processes at once.
func (p *Dispatcher) Run(ctx context.Context) (int, error) {
	made := 0
	for {
		if err := p.fan(ctx); err != nil {
			return made, err
		}
		n, err := p.pass(ctx)
		made += n
		if err != nil || n == 0 {
			return made, err
		}
	}
}

// fan makes a delivery for each handler of each new event.
func (p *Dispatcher) fan(ctx context.Context) error {
	now := p.clock.Now()
	var fresh []Event
	err := p.db.Read().NewSelect().Model(&fresh).Where("NOT oe.fanned").Order("oe.seq").Limit(take).Scan(ctx)
	if err != nil || len(fresh) == 0 {
		return db.Sorted(err)
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var rows []delivery
		seqs := make([]int64, len(fresh))
		for i, e := range fresh {
			seqs[i] = e.Seq
			for _, h := range p.byTopic[e.Topic] {
				rows = append(rows, delivery{Handler: h, Seq: e.Seq, State: waiting, NextAt: now})
			}
		}
		if len(rows) > 0 {
			if _, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		_, err := tx.NewRaw("UPDATE outbox_event SET fanned = TRUE WHERE seq IN (?)", bun.List(seqs)).Exec(ctx)
		return db.Sorted(err)
	})
}

type due struct {
	Handler  string
	Attempts int64
	Event
}

func (p *Dispatcher) pass(ctx context.Context) (int, error) {
	var rows []due
	err := p.db.Read().NewSelect().TableExpr("outbox_delivery AS od").Join("JOIN outbox_event AS oe ON oe.seq = od.seq").
		ColumnExpr("od.handler, od.attempts, oe.seq, oe.id, oe.topic, oe.subject, oe.at, oe.body").
		Where("od.state = ?", waiting).Where("od.next_at <= ?", p.clock.Now()).
		// An earlier event of the same subject that still waits goes first.
		Where("NOT EXISTS (SELECT 1 FROM outbox_delivery AS pd JOIN outbox_event AS pe ON pe.seq = pd.seq"+
			" WHERE pd.state = ? AND pd.handler = od.handler AND pe.subject = oe.subject AND pd.seq < od.seq AND pd.next_at > ?)", waiting, p.clock.Now()).
		Order("od.seq").Limit(take).Scan(ctx, &rows)
	if err != nil {
		return 0, db.Sorted(err)
	}
	made := 0
	stuck := map[string]bool{}
	for _, r := range rows {
		h, known := p.handlers[r.Handler]
		line := r.Handler + " " + r.Subject
		if !known || stuck[line] {
			continue
		}
		err := p.deliver(ctx, h, r.Event)
		if err == nil {
			made++
			continue
		}
		stuck[line] = true
		if err := p.postpone(ctx, r, err); err != nil {
			return made, err
		}
	}
	return made, nil
}

func (p *Dispatcher) deliver(ctx context.Context, h Handler, e Event) error {
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewRaw("UPDATE outbox_delivery SET state = ? WHERE handler = ? AND seq = ? AND state = ?", done, h.Name, e.Seq, waiting).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return db.Sorted(err) // another process was faster
		}
		return h.Do(ctx, tx, e)
	})
}

func (p *Dispatcher) postpone(ctx context.Context, r due, cause error) error {
	state, attempts := waiting, r.Attempts+1
	if attempts >= tries {
		state = failed
	}
	p.log.Error("event not handled", "handler", r.Handler, "topic", r.Topic, "event", r.ID, "attempt", attempts, "cause", cause.Error())
	next := p.clock.Now().Add(min(time.Hour, time.Second<<min(attempts, 12)))
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("UPDATE outbox_delivery SET state = ?, attempts = ?, next_at = ?, problem = ? WHERE handler = ? AND seq = ? AND state = ?",
			state, attempts, next, fault.Of(cause).Key, r.Handler, r.Seq, waiting).Exec(ctx)
		return db.Sorted(err)
	})
}
