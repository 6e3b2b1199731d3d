package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
)

// People proves who signs and on which post; org.People does.
type People interface {
	Reprove(ctx context.Context, who access.Actor, password string) (org.Proof, error)
	Fresh(proof org.Proof) error
	PostAt(ctx context.Context, q bun.IDB, account ident.ID, role access.Role, unit, date string) (org.Post, error)
	Holders(ctx context.Context, role access.Role, unit string) ([]org.Account, error)
}

// Units is every version of every unit; org.Units has them.
type Units interface {
	Atlas(ctx context.Context) (*org.Atlas, error)
}

// Deps is what this room stands on.
type Deps struct {
	DB       *db.DB
	Dossiers *dossier.Service
	People   People
	Units    Units
}

// Service is the registers and the signatures.
type Service struct {
	Deps
	held reachable
}

// New is the room over its neighbours; Join makes it take part in what happens.
func New(d Deps) *Service { return &Service{Deps: d} }

// Join puts the conditions of this room on the acts of dossiers and keeps its lists.
func (s *Service) Join() {
	for _, a := range impartial {
		s.Dossiers.Guard(a, s.impartial)
	}
	s.Dossiers.Guard(dossier.Accept, s.living)
	s.Dossiers.Guard(dossier.Enter, s.entered)
	s.Dossiers.Guard(dossier.Signed, s.signed)
	s.Dossiers.Guard(dossier.Declined, s.signed)
	s.Dossiers.OnMove(s.listToSign)
}

func (s *Service) now() time.Time { return s.Dossiers.Now() }

// hashOf is the canonical form of a content and its SHA-256 in hexadecimal: JSON with
// fields in the order of the struct and keys of maps sorted.
func hashOf(content any) (json.RawMessage, string, error) {
	raw, err := json.Marshal(content)
	if err != nil {
		return nil, "", fault.Because(fault.Internal, "fault.internal", err)
	}
	sum := sha256.Sum256(raw)
	return raw, hex.EncodeToString(sum[:]), nil
}

// record writes what an act leaves behind: event and trail.
func (s *Service) record(ctx context.Context, tx *db.Tx, who access.Actor, unit string, id ident.ID, act string, changes map[string][2]any, events ...outbox.Body) error {
	now := s.now()
	for _, e := range events {
		if err := outbox.Write(ctx, tx, now, e); err != nil {
			return err
		}
	}
	return trail.Write(ctx, tx, now, who, act, string(id), changes, trail.At(unit))
}

// proved is nil when the proof is this actor's and of this request.
func (s *Service) proved(who access.Actor, proof org.Proof) error {
	if err := proof.Of(who); err != nil {
		return err
	}
	return s.People.Fresh(proof)
}
