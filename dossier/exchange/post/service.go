package post

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/signed"
	"lotrinh/internal/wire"
)

// Line carries one request to a partner and brings the answer. An error is that nobody
// answered, which says nothing of what the partner did.
type Line interface {
	Do(ctx context.Context, p Partner, method, path string, s wire.Signed, body []byte) (Answer, error)
}

// Answer is what a partner answered.
type Answer struct {
	Status     int
	RetryAfter time.Duration
	Body       []byte
}

// Deps is what the post stands on.
type Deps struct {
	DB       *db.DB
	Machine  clock.Clock // paces sending, and dates signatures
	Business clock.Clock // dates what was heard
	Log      *slog.Logger
	Line     Line
	Key      signed.Key // encrypts secrets in the store
	OldKey   signed.Key // under which they may still lie; empty for none
	Source   string     // how this house calls itself, an absolute URI
	// Term is the moment some working minutes after another.
	Term func(ctx context.Context, from time.Time, minutes int64) (time.Time, error)
	// Failed hears in the transaction that a message was given up, or that an answer is
	// overdue; Mended that the trouble is over. Either may be nil.
	Failed, Mended func(ctx context.Context, tx *db.Tx, m Message) error
	// Roll is a number in [0,1) for the jitter of pauses; nil takes the machine's.
	Roll func() float64
}

// Incoming is a message from a partner that is to be applied.
type Incoming struct {
	Partner string
	Event   wire.Event
	Message *Message // that it answers; nil for what starts something
	Reply   wire.Reply
	Row     *In
}

// Handler applies one type of message, once, in the transaction that stores it. A fault is
// kept with the message for a person; any other error makes the partner send it again.
type Handler func(ctx context.Context, tx *db.Tx, in Incoming) error

// Service is the post.
type Service struct {
	Deps
	handlers map[string]Handler
	counts   counts
}

// New is a post without handlers.
func New(d Deps) *Service {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Roll == nil {
		d.Roll = roll
	}
	return &Service{Deps: d, handlers: map[string]Handler{}, counts: counts{n: map[string]int64{}}}
}

// On lets a room apply a type, while the house is built.
func (s *Service) On(kind string, h Handler) { s.handlers[kind] = h }

// counts are outcomes since the start, for the metrics.
type counts struct {
	mu sync.Mutex
	n  map[string]int64
}

func (s *Service) counted(what string) {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	s.counts.n[what]++
}

// Count is how often something came of a message since the start: sent, unknown, dead,
// applied, duplicate, other_body and the states of what came in.
func (s *Service) Count(what string) int64 {
	s.counts.mu.Lock()
	defer s.counts.mu.Unlock()
	return s.counts.n[what]
}

// Letter is a message to be written. Data follows the schema of Type.
type Letter struct {
	Partner  string
	Dossier  string // code
	Ref      ident.ID
	Unit     string
	Leg      string
	Type     string
	Revision int64
	Data     any
	Fields   wire.Fields // of Data, that the nightly comparison looks at; nil compares nothing
	Expects  int64       // Arrival, Receipt or Result
}

// Write queues a letter in the transaction of the change: once for each key, in the order
// of the dossier's conversation with the partner. What breaks its schema is our own fault
// and undoes the change.
func (s *Service) Write(ctx context.Context, tx *db.Tx, l Letter) (Message, error) {
	raw, err := json.Marshal(l.Data)
	if err != nil {
		return Message{}, err
	}
	now := s.Business.Now()
	m := Message{ID: ident.New(s.Machine.Now()), Partner: l.Partner, Dossier: l.Dossier, Ref: l.Ref, Unit: l.Unit, Leg: l.Leg, Type: l.Type, Revision: l.Revision,
		Key: wire.Key(l.Dossier, l.Leg, l.Type, l.Revision), Data: string(raw), Compared: l.Fields != nil, State: Waiting, At: now, NextAt: s.Machine.Now(), Expects: l.Expects}
	m.Thing, _ = wire.Thing(m.Key)
	if l.Fields != nil {
		m.Hash = l.Fields.Hash()
	}
	var there []Message
	if err := tx.NewSelect().Model(&there).Where("xm.partner = ?", m.Partner).Where("xm.idemkey = ?", m.Key).Scan(ctx); err != nil {
		return m, db.Sorted(err)
	}
	if len(there) > 0 {
		return there[0], nil
	}
	if err := tx.NewRaw("SELECT coalesce(max(seq), 0) + 1 FROM exchange_message WHERE partner = ? AND dossier = ?", m.Partner, m.Dossier).Scan(ctx, &m.Seq); err != nil {
		return m, db.Sorted(err)
	}
	if err := wire.Check(s.event(m)); err != nil {
		return m, fault.Because(fault.Invalid, "exchange.data_broken", err)
	}
	_, err = tx.NewInsert().Model(&m).Exec(ctx)
	return m, db.Sorted(err)
}

// event is the envelope of a message, the same at every attempt.
func (s *Service) event(m Message) wire.Event {
	return wire.Event{ID: string(m.ID), Source: s.Source, Type: m.Type, Subject: m.Dossier, Time: m.At, Seq: m.Seq, Key: m.Key, Data: json.RawMessage(m.Data)}
}

// Partners are all partners, in order of code.
func (s *Service) Partners(ctx context.Context) ([]Partner, error) {
	var all []Partner
	err := s.DB.Read().NewSelect().Model(&all).Order("xp.code").Scan(ctx)
	return all, db.Sorted(err)
}

// PartnerOf is one partner.
func (s *Service) PartnerOf(ctx context.Context, q bun.IDB, code string) (Partner, error) {
	var p Partner
	err := q.NewSelect().Model(&p).Where("xp.code = ?", code).Scan(ctx)
	return p, db.Sorted(err)
}

// incident remembers that something happened that ought not to.
func (s *Service) incident(ctx context.Context, tx *db.Tx, partner, kind, message, note string) error {
	s.Log.Warn("exchange incident", "partner", partner, "kind", kind, "message", message)
	row := Incident{ID: ident.New(s.Machine.Now()), Partner: partner, Kind: kind, Message: message, Note: note, At: s.Business.Now()}
	_, err := tx.NewInsert().Model(&row).Exec(ctx)
	return db.Sorted(err)
}

// ask sends a signed GET to a partner.
func (s *Service) ask(ctx context.Context, p Partner, path string) (Answer, error) {
	secrets, err := s.secrets(p)
	if err != nil {
		return Answer{}, err
	}
	signed, err := signedPath(p, path)
	if err != nil {
		return Answer{}, err
	}
	return s.Line.Do(ctx, p, http.MethodGet, path, wire.Sign(string(ident.New(s.Machine.Now())), s.Machine.Now(), signed, secrets...), nil)
}

// errOdd is an answer that no such question has.
var errOdd = errors.New("post: the partner answers something else")
