// Package trail records who did what to what, when and from where. Entries are
// appended in the transaction of the change itself and never altered; Seal chains
// them by hash in batches and Verify proves the chain.
//
// An entry holds IDs and allow-listed fields, no names. Personal values lie beside
// the chain, which knows only their salted hash: Forget erases them and the chain
// still holds.
package trail

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/page"
)

// Entry is one line of the trail.
type Entry struct {
	bun.BaseModel `bun:"table:trail_entry,alias:te"`
	Seq           int64     `bun:"seq,pk,autoincrement"`
	At            time.Time `bun:"at"`
	Actor         string    `bun:"actor"` // account ID, or system:NAME
	Via           string    `bun:"via"`
	Act           string    `bun:"act"` // area.thing.verbed
	Target        string    `bun:"target"`
	Unit          string    `bun:"unit"`
	Changes       string    `bun:"changes"` // JSON: field → [before, after]
	PersonalHash  string    `bun:"personal_hash"`
	PersonalSalt  string    `bun:"personal_salt"`
	Personal      string    `bun:"personal"` // JSON, erasable
	Seal          *int64    `bun:"seal"`
}

// Note adds to an entry.
type Note func(*Entry, map[string]any)

// At names the unit in which the act happened, for readers whose scope is a part of the city.
func At(unit string) Note { return func(e *Entry, _ map[string]any) { e.Unit = unit } }

// Personal keeps a personal value beside the chain, to be erased when it must.
func Personal(name string, value any) Note {
	return func(_ *Entry, p map[string]any) { p[name] = value }
}

// Write appends an entry in the transaction of the change that it tells of.
func Write(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, act, target string, changes map[string][2]any, notes ...Note) error {
	e, err := Make(now, who, act, target, changes, notes...)
	if err != nil {
		return err
	}
	return Append(ctx, tx, e)
}

// Make is an entry that Append has yet to write.
func Make(now time.Time, who access.Actor, act, target string, changes map[string][2]any, notes ...Note) (Entry, error) {
	e := Entry{At: now, Actor: string(who.ID), Via: who.Via, Act: act, Target: target, Changes: "{}"}
	personal := map[string]any{}
	if who.From != "" {
		personal["from"] = who.From
	}
	for _, n := range notes {
		n(&e, personal)
	}
	if len(changes) > 0 {
		raw, err := json.Marshal(changes)
		if err != nil {
			return e, db.Sorted(err)
		}
		e.Changes = string(raw)
	}
	return e, db.Sorted(e.seclude(personal))
}

// Append writes entries in their order, a few hundred in one statement.
func Append(ctx context.Context, tx *db.Tx, all ...Entry) error {
	for some := range slices.Chunk(all, 300) {
		if _, err := tx.NewInsert().Model(&some).ExcludeColumn("seq").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// Seen records that somebody read personal records: one entry for a list or a
// search, with the IDs that were shown.
func Seen(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, act string, ids []string) error {
	return Write(ctx, tx, now, who, act, strings.Join(ids, " "), nil)
}

func (e *Entry) seclude(personal map[string]any) error {
	if len(personal) == 0 {
		return nil
	}
	raw, err := json.Marshal(personal)
	if err != nil {
		return err
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return err
	}
	e.Personal, e.PersonalSalt = string(raw), hex.EncodeToString(salt)
	e.PersonalHash = personalHash(e.PersonalSalt, e.Personal)
	return nil
}

func personalHash(salt, personal string) string {
	sum := sha256.Sum256([]byte(salt + "\n" + personal))
	return hex.EncodeToString(sum[:])
}

// Forget erases the personal values of every entry about a target. The entries and
// the chain stay.
func Forget(ctx context.Context, tx *db.Tx, target string) error {
	_, err := tx.NewRaw("UPDATE trail_entry SET personal = '', personal_salt = '' WHERE target = ?", target).Exec(ctx)
	return db.Sorted(err)
}

// Read is the right to read the trail.
const Read access.Perm = "trail.read"

// Filter narrows a reading of the trail; empty fields do not narrow. Act is a whole
// act or its beginning up to a dot: "org.account".
type Filter struct {
	Actor, Target, Act string
}

// List is a page of the trail, newest first, within the reader's reach.
func List(ctx context.Context, d *db.DB, who access.Actor, f Filter, r page.Request) (page.Page[Entry], error) {
	if err := who.Need(Read); err != nil {
		return page.Page[Entry]{}, err
	}
	var rows []Entry
	q := d.Read().NewSelect().Model(&rows).Apply(who.Within(Read, "te.unit"), r.On("te.seq"))
	if f.Actor != "" {
		q = q.Where("te.actor = ?", f.Actor)
	}
	if f.Target != "" {
		q = q.Where("te.target = ?", f.Target)
	}
	if f.Act != "" {
		q = q.Where("te.act = ? OR te.act LIKE ?", f.Act, f.Act+".%")
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Entry]{}, db.Sorted(err)
	}
	return page.Cut(r, rows, func(e Entry) []string { return []string{itoa(e.Seq)} }), nil
}
