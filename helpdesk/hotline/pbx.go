package hotline

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/trail"
)

// PBX is an exchange that tells us of calls.
type PBX struct {
	bun.BaseModel `bun:"table:hotline_pbx,alias:hp"`
	ID            ident.ID   `bun:"id,pk"`
	Name          string     `bun:"name"`
	Token         string     `bun:"token"`     // hashed
	CallerID      string     `bun:"caller_id"` // the number that calls going out should show; empty leaves it to the exchange
	MadeAt        time.Time  `bun:"made_at"`
	RevokedAt     *time.Time `bun:"revoked_at"`
	UsedAt        *time.Time `bun:"used_at"`
}

// tokenPrefix begins every secret of an exchange, so that a scanner of secrets knows one.
const tokenPrefix = "cti_"

func newToken() (secret, hash string, err error) {
	var b [24]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", "", err
	}
	secret = tokenPrefix + base64.RawURLEncoding.EncodeToString(b[:])
	return secret, hashed(secret), nil
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// MakePBX admits an exchange. The secret is returned once and stored nowhere.
func (s *Service) MakePBX(ctx context.Context, who access.Actor, name, callerID string) (secret string, p PBX, err error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return "", PBX{}, err
	}
	p = PBX{Name: strings.Join(strings.Fields(fold.NFC(name)), " "), MadeAt: s.Business.Now()}
	var k fault.Check
	k.Need(p.Name != "", "name", "hotline.pbx.name_needed")
	k.Need(utf8.RuneCountInString(p.Name) <= 80, "name", "hotline.pbx.name_long")
	if strings.TrimSpace(callerID) != "" {
		n, ok := phone.Normal(callerID)
		k.Need(ok, "caller_id", "hotline.pbx.number_wrong")
		p.CallerID = n
	}
	if err := k.Err(); err != nil {
		return "", p, err
	}
	if secret, p.Token, err = newToken(); err != nil {
		return "", p, err
	}
	p.ID = ident.New(p.MadeAt)
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&p).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, p.MadeAt, who, "hotline.pbx.made", string(p.ID), map[string][2]any{"name": {nil, p.Name}})
	})
	if err != nil {
		return "", p, err
	}
	return secret, p, nil
}

// RevokePBX takes an exchange's secret away; its next word is refused.
func (s *Service) RevokePBX(ctx context.Context, who access.Actor, id ident.ID) error {
	if err := who.Need(helpdesk.Manage); err != nil {
		return err
	}
	now := s.Business.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var p PBX
		if err := tx.NewSelect().Model(&p).Where("hp.id = ?", id).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if p.RevokedAt != nil {
			return nil
		}
		if _, err := tx.NewRaw("UPDATE hotline_pbx SET revoked_at = ? WHERE id = ?", now, id).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "hotline.pbx.revoked", string(id), nil)
	})
}

// PBXs are the exchanges, the newest first, revoked ones included.
func (s *Service) PBXs(ctx context.Context, who access.Actor) ([]PBX, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return nil, err
	}
	var rows []PBX
	err := s.DB.Read().NewSelect().Model(&rows).Order("hp.id DESC").Limit(100).Scan(ctx)
	return rows, db.Sorted(err)
}

// touched is how often the last use of a secret is noted.
const touched = time.Minute

// exchange is whose secret this is. An unknown one, a revoked one and nonsense are
// Missing alike, after the same work.
func (s *Service) exchange(ctx context.Context, secret string) (PBX, error) {
	var rows []PBX
	err := s.DB.Read().NewSelect().Model(&rows).Where("hp.token = ?", hashed(secret)).Scan(ctx)
	if err != nil {
		return PBX{}, db.Sorted(err)
	}
	if len(rows) == 0 || rows[0].RevokedAt != nil {
		return PBX{}, fault.New(fault.Missing, "fault.missing")
	}
	return rows[0], nil
}

// Seat is where an agent sits: the extension by which the exchange knows them, and
// the queues whose calls they want to see; none means all.
type Seat struct {
	bun.BaseModel `bun:"table:hotline_seat,alias:hs"`
	Account       ident.ID `bun:"account,pk"`
	Extension     string   `bun:"extension"`
	Queues        string   `bun:"queues"` // separated by commas
}

// Hears tells whether the seat wants to see the calls of a queue.
func (s Seat) Hears(queue string) bool {
	wanted := commas(s.Queues)
	return queue == "" || len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return strings.EqualFold(w, queue) })
}

func commas(s string) []string {
	var all []string
	for w := range strings.SplitSeq(s, ",") {
		if w = strings.TrimSpace(w); w != "" {
			all = append(all, w)
		}
	}
	return all
}

// SeatOf is where an agent sits; the empty seat when they have not said.
func (s *Service) SeatOf(ctx context.Context, who access.Actor) (Seat, error) {
	seat := Seat{Account: who.ID}
	var rows []Seat
	err := s.DB.Read().NewSelect().Model(&rows).Where("hs.account = ?", who.ID).Scan(ctx)
	if len(rows) > 0 {
		seat = rows[0]
	}
	return seat, db.Sorted(err)
}

// Sit says where the actor sits.
func (s *Service) Sit(ctx context.Context, who access.Actor, extension, queues string) error {
	if err := who.Need(helpdesk.Work); err != nil {
		return err
	}
	seat := Seat{Account: who.ID, Extension: strings.TrimSpace(extension), Queues: strings.Join(commas(fold.NFC(queues)), ", ")}
	var k fault.Check
	k.Need(utf8.RuneCountInString(seat.Extension) <= 20, "extension", "hotline.seat.extension_long")
	k.Need(utf8.RuneCountInString(seat.Queues) <= longest, "queues", "hotline.seat.queues_long")
	if err := k.Err(); err != nil {
		return err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&seat).On("CONFLICT (account) DO UPDATE").Set("extension = EXCLUDED.extension, queues = EXCLUDED.queues").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Machine.Now(), who, "hotline.seat.taken", string(who.ID), map[string][2]any{"extension": {nil, seat.Extension}, "queues": {nil, seat.Queues}})
	})
	if fault.HasKey(err, "fault.duplicate") {
		k.Need(false, "extension", "hotline.seat.extension_taken")
		return k.Err()
	}
	return err
}
