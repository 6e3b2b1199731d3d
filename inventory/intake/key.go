package intake

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// Key admits the agents of a commune or a district.
type Key struct {
	bun.BaseModel `bun:"table:agent_key,alias:ak"`
	ID            ident.ID   `bun:"id,pk"`
	Login         string     `bun:"login"` // the user name; begins with the unit's code
	Unit          string     `bun:"unit"`
	Note          string     `bun:"note"`   // what it is for, in the words of whoever made it
	Secret        string     `bun:"secret"` // hashed
	MadeBy        ident.ID   `bun:"made_by"`
	MadeAt        time.Time  `bun:"made_at"`
	RevokedAt     *time.Time `bun:"revoked_at"`
	UsedAt        *time.Time `bun:"used_at"`
}

// secretPrefix begins every secret, so that a scanner of secrets knows one.
const secretPrefix = "ag_"

// longestNote is how many letters tell what a key is for.
const longestNote = 120

var letters = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

func random(n int) (string, error) {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return letters.EncodeToString(b), nil
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// MadeKey is a new key with its secret, which is told once and stored nowhere.
type MadeKey struct {
	Key
	Plain string
}

// Path is the secret path of the key: the address of agents that cannot send a password.
func (m MadeKey) Path() string { return agentPath + "/" + m.Plain }

// MakeKey admits the agents of a commune or a district.
func (s *Service) MakeKey(ctx context.Context, who access.Actor, unit, note string) (MadeKey, error) {
	if err := who.Need(Keys); err != nil {
		return MadeKey{}, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return MadeKey{}, err
	}
	now := s.Business.Now()
	k := Key{Unit: strings.TrimSpace(unit), Note: strings.Join(strings.Fields(fold.NFC(note)), " "), MadeBy: who.ID, MadeAt: now}
	u, known := tree.Unit(k.Unit)
	var c fault.Check
	c.Need(known && u.Level != org.Province, "unit", "intake.key.unit_needed")
	c.Need(utf8.RuneCountInString(k.Note) <= longestNote, "note", "intake.key.note_long", "limit", longestNote)
	if err := c.Err(); err != nil {
		return MadeKey{}, err
	}
	if err := who.NeedAt(Keys, k.Unit); err != nil {
		return MadeKey{}, err
	}
	plain, err := random(20)
	if err != nil {
		return MadeKey{}, err
	}
	tail, err := random(4)
	if err != nil {
		return MadeKey{}, err
	}
	plain = secretPrefix + plain
	k.ID, k.Login, k.Secret = ident.New(now), k.Unit+"-"+tail, hashed(plain)
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&k).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "inventory.agent_key.made", string(k.ID), map[string][2]any{"login": {nil, k.Login}, "note": {nil, k.Note}}, trail.At(k.Unit))
	})
	return MadeKey{k, plain}, err
}

// RevokeKey takes a key away: the next message with it is refused.
func (s *Service) RevokeKey(ctx context.Context, who access.Actor, id ident.ID) (Key, error) {
	if err := who.Need(Keys); err != nil {
		return Key{}, err
	}
	var k Key
	now := s.Business.Now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		err := tx.NewSelect().Model(&k).Where("ak.id = ?", id).Apply(who.Within(Keys, "ak.unit")).Apply(db.ForUpdate(tx)).Scan(ctx)
		if err != nil || k.RevokedAt != nil {
			return db.Sorted(err)
		}
		k.RevokedAt = &now
		if _, err := tx.NewUpdate().Model(&k).Column("revoked_at").WherePK().Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "inventory.agent_key.revoked", string(k.ID), map[string][2]any{"login": {k.Login, nil}}, trail.At(k.Unit))
	})
	return k, err
}

// AllKeys is a page of the keys within reach, the newest first, revoked ones included.
func (s *Service) AllKeys(ctx context.Context, who access.Actor, r page.Request) (page.Page[Key], error) {
	if err := who.Need(Keys); err != nil {
		return page.Page[Key]{}, err
	}
	var rows []Key
	err := s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(Keys, "ak.unit")).Apply(r.On("ak.id")).Scan(ctx)
	return page.Cut(r, rows, func(k Key) []string { return []string{string(k.ID)} }), db.Sorted(err)
}

// Reason is why credentials were turned away.
type Reason string

// The reasons.
const (
	UnknownLogin Reason = "login"
	WrongSecret  Reason = "secret"
	Revoked      Reason = "revoked"
	UnknownPath  Reason = "path"
)

// ByPassword is the key of a user name and its secret. A reason is given when there is
// none that admits; the key is then the one that was meant, if it is known.
func (s *Service) ByPassword(ctx context.Context, login, secret string) (Key, Reason, error) {
	rows, err := s.keys(ctx, "ak.login = ?", login)
	switch {
	case err != nil:
		return Key{}, "", err
	case len(rows) == 0:
		return Key{}, UnknownLogin, nil
	case subtle.ConstantTimeCompare([]byte(rows[0].Secret), []byte(hashed(secret))) != 1:
		return rows[0], WrongSecret, nil
	case rows[0].RevokedAt != nil:
		return rows[0], Revoked, nil
	}
	return rows[0], "", nil
}

// ByPath is the key of a secret path.
func (s *Service) ByPath(ctx context.Context, secret string) (Key, Reason, error) {
	rows, err := s.keys(ctx, "ak.secret = ?", hashed(secret))
	switch {
	case err != nil:
		return Key{}, "", err
	case len(rows) == 0:
		return Key{}, UnknownPath, nil
	case rows[0].RevokedAt != nil:
		return rows[0], Revoked, nil
	}
	return rows[0], "", nil
}

func (s *Service) keys(ctx context.Context, where, value string) ([]Key, error) {
	var rows []Key
	err := s.DB.Read().NewSelect().Model(&rows).Where(where, value).Scan(ctx)
	return rows, db.Sorted(err)
}
