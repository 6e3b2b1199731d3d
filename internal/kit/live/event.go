package live

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// Event is something that open pages should show now.
type Event struct {
	bun.BaseModel `bun:"table:live_event,alias:le"`
	Seq           int64     `bun:"seq,pk,autoincrement"`
	At            time.Time `bun:"at"`
	Room          string    `bun:"room"` // who is told
	Kind          string    `bun:"kind"`
	Body          string    `bun:"body"` // JSON
}

// The kinds that pages understand.
const (
	kindShow = "show"
	kindGone = "gone"
)

// Part is a part of a page: the ID of its element and the address that gives it.
type Part struct {
	ID   string `json:"id"`
	Href string `json:"href,omitempty"`
}

// Show tells a room to show a part, in place of the one with the same ID.
func Show(room string, p Part) Event { return event(room, kindShow, p) }

// Gone tells a room that a part is no more.
func Gone(room, id string) Event { return event(room, kindGone, Part{ID: id}) }

func event(room, kind string, p Part) Event {
	raw, err := json.Marshal(p)
	if err != nil {
		return Event{} // two strings always marshal
	}
	return Event{Room: room, Kind: kind, Body: string(raw)}
}

// To is the room of one account.
func To(account ident.ID) string { return "account:" + string(account) }

// Publish writes events in the transaction of the change.
func (h *Hub) Publish(ctx context.Context, tx *db.Tx, events ...Event) error {
	if len(events) == 0 {
		return nil
	}
	now := h.Clock.Now()
	for i := range events {
		events[i].Seq, events[i].At = 0, now
	}
	if _, err := tx.NewInsert().Model(&events).ExcludeColumn("seq").Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	tx.After(h.nudge)
	return nil
}

// life is how long an event can be taken up again.
const life = 2 * time.Minute

// Sweep forgets events that nobody will take up again.
func (h *Hub) Sweep(ctx context.Context) error {
	before := h.Clock.Now().Add(-life)
	var old []int64
	err := h.DB.Read().NewSelect().TableExpr("live_event AS le").Column("seq").Where("le.at < ?", before).Limit(1).Scan(ctx, &old)
	if err != nil || len(old) == 0 {
		return db.Sorted(err)
	}
	return h.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*Event)(nil)).Where("at < ?", before).Exec(ctx)
		return db.Sorted(err)
	})
}

// span is which events the store still holds.
type span struct{ First, Last int64 }

func (h *Hub) span(ctx context.Context) (span, error) {
	var s span
	err := h.DB.Read().NewRaw("SELECT coalesce((SELECT min(seq) FROM live_event), 0) AS first, coalesce((SELECT max(seq) FROM live_event), 0) AS last").Scan(ctx, &s)
	return s, db.Sorted(err)
}

// since are the events of rooms after one, the oldest first.
func (h *Hub) since(ctx context.Context, rooms []string, last int64) ([]Event, error) {
	var rows []Event
	err := h.DB.Read().NewSelect().Model(&rows).Where("le.seq > ?", last).Where("le.room IN (?)", bun.List(rooms)).Order("le.seq").Limit(burst).Scan(ctx)
	return rows, db.Sorted(err)
}

// Greeting is what a page should show that has not listened so far.
type Greeting func(ctx context.Context, who access.Actor) ([]Part, error)
