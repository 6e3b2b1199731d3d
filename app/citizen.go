package app

import (
	"context"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/signed"
)

// linkKey signs links that work without signing in.
func (h *House) linkKey(ctx context.Context) (signed.Key, error) {
	kept, err := secretSetting(ctx, h.DB, "link_key")
	return signed.Key(kept), err
}

// taker is a room that may know what to do with a text message that came in.
type taker struct {
	outcome string
	take    func(ctx context.Context, tx *db.Tx, in notify.In) (about string, took bool, err error)
}

// incoming asks the rooms in their order what to do with a text message; what nobody
// knows is kept for a person.
func incoming(rooms ...taker) outbox.Handler {
	return outbox.Handler{Name: "desk.sms", Topic: notify.Received{}.Topic(), Do: func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		var r notify.Received
		if err := e.Read(&r); err != nil {
			return err
		}
		in, err := notify.InByID(ctx, tx, r.Message)
		if err != nil || in.Outcome != notify.Unread {
			return err
		}
		for _, room := range rooms {
			about, took, err := room.take(ctx, tx, in)
			if err != nil {
				return err
			}
			if took {
				return notify.Became(ctx, tx, in.ID, room.outcome, about)
			}
		}
		return notify.Became(ctx, tx, in.ID, notify.Strange, "")
	}}
}
