package otp

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

const (
	// Life is how long a code works.
	Life = 10 * time.Minute
	// Tries is how many wrong tries a code bears.
	Tries = 5
)

// code is one code that was made.
type code struct {
	bun.BaseModel `bun:"table:one_time_code,alias:oc"`
	ID            ident.ID   `bun:"id,pk"`
	Purpose       string     `bun:"purpose"`
	Number        string     `bun:"number"`  // hash
	Address       string     `bun:"address"` // hash
	Hash          string     `bun:"hash"`
	Tries         int64      `bun:"tries"`
	At            time.Time  `bun:"at"`
	Until         time.Time  `bun:"until_at"`
	UsedAt        *time.Time `bun:"used_at"`
}

// Ask is who wants a code for what. From is the network address that asks.
type Ask struct {
	Purpose, Number, From string
}

// limit is how many codes one number or one address may have within a time.
type limit struct {
	column, value, key string
	most               int64
	within             time.Duration
}

func (a Ask) limits() []limit {
	n, from := hashed("number", a.Number), hashed("address", a.From)
	return []limit{
		{"number", n, "otp.too_many", 3, 15 * time.Minute}, {"number", n, "otp.too_many", 8, 24 * time.Hour},
		{"address", from, "otp.too_many_here", 20, time.Hour},
	}
}

// Make makes a code, or says after how many minutes one may be had.
func Make(ctx context.Context, tx *db.Tx, now time.Time, a Ask) (id ident.ID, secret string, err error) {
	for _, l := range a.limits() {
		if err := l.keep(ctx, tx, now); err != nil {
			return "", "", err
		}
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", "", fault.Because(fault.Internal, "fault.internal", err)
	}
	id, secret = ident.New(now), fmt.Sprintf("%06d", n)
	row := code{ID: id, Purpose: a.Purpose, Number: hashed("number", a.Number), Address: hashed("address", a.From),
		Hash: hashed(string(id), secret), At: now, Until: now.Add(Life)}
	_, err = tx.NewInsert().Model(&row).Exec(ctx)
	return id, secret, db.Sorted(err)
}

// keep is TooMany when the limit is reached.
func (l limit) keep(ctx context.Context, tx *db.Tx, now time.Time) error {
	var times []time.Time
	err := tx.NewSelect().Model((*code)(nil)).Column("at").Where("? = ?", bun.Ident("oc."+l.column), l.value).
		Where("oc.at > ?", now.Add(-l.within)).Order("oc.at DESC").Limit(l.most).Scan(ctx, &times)
	if err != nil || int64(len(times)) < l.most {
		return db.Sorted(err)
	}
	wait := times[len(times)-1].Add(l.within).Sub(now)
	return fault.New(fault.TooMany, l.key, "minutes", int((wait+time.Minute-1)/time.Minute))
}

// Verdict is what became of a try.
type Verdict struct {
	OK   bool
	Left int // wrong tries that are left; 0 when the code is spent
}

// Err is nil for a right code, else what to say on the field of this name.
func (v Verdict) Err(field string) error {
	var k fault.Check
	switch {
	case v.OK:
	case v.Left > 0:
		k.Need(false, field, "otp.wrong", "left", v.Left)
	default:
		k.Need(false, field, "otp.spent")
	}
	return k.Err()
}

// Check tries what was typed against a code. The transaction must be saved whatever
// the verdict is, else wrong tries are forgotten.
func Check(ctx context.Context, tx *db.Tx, now time.Time, id ident.ID, purpose, typed string) (Verdict, error) {
	var row code
	err := tx.NewSelect().Model(&row).Where("oc.id = ?", id).Where("oc.purpose = ?", purpose).Apply(db.ForUpdate(tx)).Scan(ctx)
	if err := db.Sorted(err); fault.Is(err, fault.Missing) {
		return Verdict{}, nil
	} else if err != nil {
		return Verdict{}, err
	}
	if row.UsedAt != nil || row.Tries >= Tries || !now.Before(row.Until) {
		return Verdict{}, nil
	}
	right := subtle.ConstantTimeCompare([]byte(hashed(string(id), digits(typed))), []byte(row.Hash)) == 1
	q := tx.NewUpdate().Model((*code)(nil)).Where("id = ?", id)
	if right {
		q = q.Set("used_at = ?", now).Set("hash = ''")
	} else {
		q = q.Set("tries = tries + 1")
	}
	if _, err := q.Exec(ctx); err != nil {
		return Verdict{}, db.Sorted(err)
	}
	return Verdict{OK: right, Left: max(0, Tries-1-int(row.Tries))}, nil
}

// Sweep forgets codes of more than a day ago: no limit looks further back.
func Sweep(ctx context.Context, d *db.DB, now time.Time) error {
	return d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*code)(nil)).Where("at < ?", now.Add(-25*time.Hour)).Exec(ctx)
		return db.Sorted(err)
	})
}

// digits are the digits of what was typed: people put spaces and signs between them.
func digits(typed string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, typed)
}

func hashed(what, secret string) string {
	sum := sha256.Sum256([]byte("otp\x00" + what + "\x00" + secret))
	return hex.EncodeToString(sum[:])
}
