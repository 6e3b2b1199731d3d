package trail

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
)

// seal closes a batch: its hash covers the hash before it and every entry.
type seal struct {
	bun.BaseModel `bun:"table:trail_seal,alias:ts"`
	ID            int64     `bun:"id,pk,autoincrement"`
	At            time.Time `bun:"at"`
	Entries       int64     `bun:"entries"`
	Previous      string    `bun:"previous"`
	Hash          string    `bun:"hash"`
}

// sealBatch is the most entries under one seal.
const sealBatch = 5000

// Seal chains the entries that wait and tells how many it sealed. A job runs it.
func Seal(ctx context.Context, d *db.DB, now time.Time) (int, error) {
	sealed := 0
	err := d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var rows []Entry
		err := tx.NewSelect().Model(&rows).Where("te.seal IS NULL").Order("te.seq").Limit(sealBatch).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil || len(rows) == 0 {
			return db.Sorted(err)
		}
		last, err := lastSeal(ctx, tx)
		if err != nil {
			return err
		}
		s := seal{At: now, Entries: int64(len(rows)), Previous: last.Hash, Hash: chain(last.Hash, rows)}
		if _, err := tx.NewInsert().Model(&s).ExcludeColumn("id").Returning("id").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		seqs := make([]int64, len(rows))
		for i, r := range rows {
			seqs[i] = r.Seq
		}
		_, err = tx.NewRaw("UPDATE trail_entry SET seal = ? WHERE seq IN (?)", s.ID, bun.List(seqs)).Exec(ctx)
		sealed = len(rows)
		return db.Sorted(err)
	})
	return sealed, err
}

func lastSeal(ctx context.Context, tx *db.Tx) (seal, error) {
	var s []seal
	q := tx.NewSelect().Model(&s).OrderExpr("ts.id DESC").Limit(1).Apply(db.ForUpdate(tx))
	if err := q.Scan(ctx); err != nil || len(s) == 0 {
		return seal{}, db.Sorted(err)
	}
	return s[0], nil
}

// chain hashes the entries, in their order, behind the hash before them.
func chain(previous string, rows []Entry) string {
	h := sha256.New()
	h.Write([]byte(previous))
	for _, e := range rows {
		line, err := json.Marshal([]any{e.Seq, e.At.UTC().Format(time.RFC3339Nano), e.Actor, e.Via, e.Act, e.Target, e.Unit, e.Changes, e.PersonalHash})
		if err != nil {
			panic(err) // strings and numbers always marshal
		}
		h.Write(line)
		h.Write([]byte{'\n'})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Verify recomputes the whole chain and describes what does not hold: an empty
// list is a sound trail. Personal values that were forgotten do not count.
func Verify(ctx context.Context, d *db.DB) ([]string, error) {
	var seals []seal
	if err := d.Read().NewSelect().Model(&seals).Order("ts.id").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	var wrong []string
	previous := ""
	for _, s := range seals {
		var rows []Entry
		if err := d.Read().NewSelect().Model(&rows).Where("te.seal = ?", s.ID).Order("te.seq").Scan(ctx); err != nil {
			return nil, db.Sorted(err)
		}
		if s.Previous != previous {
			wrong = append(wrong, fmt.Sprintf("seal %d does not follow the seal before it", s.ID))
		}
		if int64(len(rows)) != s.Entries || chain(s.Previous, rows) != s.Hash {
			wrong = append(wrong, fmt.Sprintf("the entries under seal %d were altered", s.ID))
		}
		for _, e := range rows {
			if e.Personal != "" && personalHash(e.PersonalSalt, e.Personal) != e.PersonalHash {
				wrong = append(wrong, fmt.Sprintf("the personal values of entry %d were altered", e.Seq))
			}
		}
		previous = s.Hash
	}
	return wrong, nil
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
