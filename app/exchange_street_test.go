package app

import (
	"context"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
)

// newer is a message in a version that nobody knows yet.
const newer = `{"specversion":"1.0","id":"x","source":"https://x.example/","type":"vn.lienthong.case.done.v2","subject":"X","data":{}}`

// exchanged is one of each thing between a commune's dossier and other offices.
func (s *street) exchanged(m map[string]string) {
	s.t.Helper()
	now := s.Business.Now()
	id := func(name string) ident.ID {
		made := ident.New(now)
		m[name] = string(made)
		return made
	}
	d := ident.ID(m["dossier"])
	must(s.t, s.DB.InTx(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, row := range []any{
			&dossier.Leg{ID: ident.New(now), Dossier: d, Kind: "residence", Partner: "police", State: dossier.LegIncomplete, Open: true, ChangedAt: now, Ver: 1},
			&post.Message{ID: id("letter_out"), Partner: "residence", Dossier: "X-" + m["unit"], Ref: d, Unit: m["unit"], Leg: "residence", Seq: 1, Type: "vn.hanoi.lienthong.residence.requested.v1",
				Key: "X-" + m["unit"] + ":1", Data: "{}", State: post.Dead, At: now, NextAt: now},
			&post.Difference{ID: id("difference"), Partner: "ministry", Thing: "X-" + m["unit"] + ":2", Ref: d, Unit: m["unit"], Kind: post.Differs, Fields: "[]", FirstAt: now, LastAt: now, State: post.OpenDifference, Ver: 1},
			&post.In{ID: id("letter_in"), Source: "residence", Message: "X-" + m["unit"], Type: "vn.lienthong.case.done.v2", Subject: "X", Body: newer, State: post.Quarantined, At: now},
			&post.Incident{ID: id("exchange_incident"), Partner: "residence", Kind: post.OtherBody, Message: "X", At: now},
			&post.Replay{ID: id("replay"), Partner: "replay-" + m["unit"], Reason: "X", UpTo: ident.New(now), N: 1, AskedAt: now},
		} {
			if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	}))
}
