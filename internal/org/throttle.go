package org

import (
	"context"
	"time"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
)

// memory is how long failed attempts count.
const memory = time.Hour

// throttle is one way of counting attempts: after free of them each one costs a
// delay that doubles, up to the longest.
type throttle struct {
	key  string
	free int64
}

const (
	firstDelay   = 30 * time.Second
	longestDelay = 15 * time.Minute
)

// throttles count an attempt three times: this login from this address, this login
// from anywhere, anything from this address. What was typed is stored hashed: people
// type passwords into the wrong field.
func throttles(login, address string) []throttle {
	l := loginKey(login)
	return []throttle{
		{secretHash("pair " + l + " " + address), 5},
		{secretHash("login " + l), 50},
		{secretHash("address " + address), 100},
	}
}

// knock counts an attempt before the password is looked at, so that many at once do
// not slip through, and refuses it with TooMany while an earlier delay lasts.
func (p *People) knock(ctx context.Context, login, address string) error {
	now := p.machine.Now()
	return p.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, t := range throttles(login, address) {
			if err := t.count(ctx, tx, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t throttle) count(ctx context.Context, tx *db.Tx, now time.Time) error {
	var fails int64
	var until time.Time
	err := tx.NewRaw("INSERT INTO sign_in_throttle AS s (key, fails, last_at, until_at) VALUES (?, 1, ?, ?)"+
		" ON CONFLICT (key) DO UPDATE SET fails = CASE WHEN s.last_at <= ? THEN 1 ELSE s.fails + 1 END, last_at = excluded.last_at"+
		" RETURNING fails, until_at", t.key, now, now, now.Add(-memory)).Scan(ctx, &fails, &until)
	if err != nil {
		return db.Sorted(err)
	}
	if now.Before(until) {
		return tooMany(until.Sub(now))
	}
	if fails < t.free {
		return nil
	}
	delay := min(longestDelay, firstDelay<<min(fails-t.free, 10))
	_, err = tx.NewRaw("UPDATE sign_in_throttle SET until_at = ? WHERE key = ?", now.Add(delay), t.key).Exec(ctx)
	return db.Sorted(err)
}

// tooMany says when to try again; below two minutes in seconds.
func tooMany(wait time.Duration) error {
	if wait < 2*time.Minute {
		return fault.New(fault.TooMany, "org.sign_in.wait_seconds", "n", int((wait+time.Second-1)/time.Second))
	}
	return fault.New(fault.TooMany, "org.sign_in.wait_minutes", "n", int((wait+time.Minute-1)/time.Minute))
}

// forgive forgets the attempts at a login once its owner has proved to be there; the
// address is spared this one attempt only.
func forgive(ctx context.Context, tx *db.Tx, login, address string) error {
	t := throttles(login, address)
	if _, err := tx.NewRaw("DELETE FROM sign_in_throttle WHERE key IN (?, ?)", t[0].key, t[1].key).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	_, err := tx.NewRaw("UPDATE sign_in_throttle SET fails = fails - 1 WHERE key = ? AND fails > 0", t[2].key).Exec(ctx)
	return db.Sorted(err)
}
