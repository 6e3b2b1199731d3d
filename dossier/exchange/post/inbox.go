package post

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/wire"
)

func hashed(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Accepted answers who sent a message.
type Accepted struct {
	ID        string `json:"id"`
	State     string `json:"state,omitempty"`
	Duplicate bool   `json:"duplicate,omitempty"`
}

// Take takes a message that a partner sent, with the bytes as they came: it tells the HTTP
// status of the answer. The error is of this house, and the partner sends again.
func (s *Service) Take(ctx context.Context, code string, signed wire.Signed, body []byte) (int, Accepted, error) {
	p, err := s.PartnerOf(ctx, s.DB.Read(), code)
	if err != nil {
		return http.StatusUnauthorized, Accepted{}, refusedOr(err)
	}
	secrets, err := s.secrets(p)
	if err != nil || wire.Verify(signed, s.Machine.Now(), body, secrets...) != nil {
		return http.StatusUnauthorized, Accepted{}, nil //nolint:nilerr // told by the status, and no more than that
	}
	e, err := wire.Read(body)
	if err != nil || e.ID != signed.ID || p.Source != "" && e.Source != p.Source {
		return http.StatusBadRequest, Accepted{}, nil //nolint:nilerr // told by the status
	}
	return s.TakeEvent(ctx, code, e, body)
}

// refusedOr is nothing for a partner that nobody knows, and the error else.
func refusedOr(err error) error {
	if fault.Is(err, fault.Missing) {
		return nil
	}
	return err
}

// TakeEvent takes an envelope that is proved to be the partner's: by its signature, or by a
// person who brought it in a file.
func (s *Service) TakeEvent(ctx context.Context, code string, e wire.Event, body []byte) (int, Accepted, error) {
	status, out, err := s.store(ctx, code, e, body, nil)
	if f := (*fault.Error)(nil); errors.As(err, &f) && f.Kind != fault.Internal && f.Kind != fault.Unavailable {
		// What it asks cannot be done: it is kept, with the reason, for a person.
		status, out, err = s.store(ctx, code, e, body, f)
	}
	if err != nil {
		return http.StatusInternalServerError, Accepted{}, err
	}
	s.counted(out.State)
	if out.Duplicate {
		s.counted("duplicate")
	}
	if out.State == Applied || out.State == Quarantined {
		err = s.drain(ctx, code, e.Subject)
	}
	return status, out, err
}

// store keeps a message with what it does, in one transaction. refused is why an earlier
// try could not apply it.
func (s *Service) store(ctx context.Context, code string, e wire.Event, body []byte, refused *fault.Error) (status int, out Accepted, err error) {
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		status, out, err = s.storeIn(ctx, tx, code, e, body, refused)
		return err
	})
	return status, out, err
}

// TakeIn takes an envelope without a place in an order inside a transaction of the caller:
// a line of a file that a person brought. What cannot be applied is a fault.
func (s *Service) TakeIn(ctx context.Context, tx *db.Tx, code string, e wire.Event, body []byte) (Accepted, error) {
	_, out, err := s.storeIn(ctx, tx, code, e, body, nil)
	return out, err
}

func (s *Service) storeIn(ctx context.Context, tx *db.Tx, code string, e wire.Event, body []byte, refused *fault.Error) (int, Accepted, error) {
	out, now := Accepted{ID: e.ID}, s.Business.Now()
	row := In{ID: ident.New(s.Machine.Now()), Source: code, Message: e.ID, Hash: hashed(body), Type: e.Type, Subject: e.Subject, Seq: e.Seq, Body: string(body), At: now, State: Parked}
	res, err := tx.NewInsert().Model(&row).On("CONFLICT (source, message) DO NOTHING").Exec(ctx)
	if err != nil {
		return 0, out, db.Sorted(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		status, err := s.repeated(ctx, tx, &out, row, err)
		return status, out, err
	}
	if err := s.place(ctx, tx, &row, e, refused); err != nil {
		return 0, out, err
	}
	out.State = row.State
	if row.State == "" { // contents that break their schema are not kept: the sender mends them
		_, err := tx.NewDelete().Model((*In)(nil)).Where("id = ?", row.ID).Exec(ctx)
		return http.StatusUnprocessableEntity, out, db.Sorted(err)
	}
	return http.StatusAccepted, out, s.keep(ctx, tx, row)
}

func (s *Service) keep(ctx context.Context, tx *db.Tx, row In) error {
	if row.State != Parked {
		row.DoneAt = s.Business.Now()
	}
	return db.Changed(tx.NewUpdate().Model(&row).Column("state", "problem", "ref", "done_at").Where("id = ?", row.ID).Exec(ctx))
}

// repeated answers a message whose id is there already.
func (s *Service) repeated(ctx context.Context, tx *db.Tx, out *Accepted, row In, err error) (int, error) {
	if err != nil {
		return 0, db.Sorted(err)
	}
	var old In
	if err := tx.NewSelect().Model(&old).Where("xi.source = ?", row.Source).Where("xi.message = ?", row.Message).Scan(ctx); err != nil {
		return 0, db.Sorted(err)
	}
	if old.Hash == row.Hash {
		out.Duplicate = true
		return http.StatusOK, nil
	}
	s.counted(OtherBody)
	return http.StatusConflict, s.incident(ctx, tx, row.Source, OtherBody, row.Message, "")
}

// place decides what becomes of a new message: applied in its turn, parked, quarantined.
func (s *Service) place(ctx context.Context, tx *db.Tx, row *In, e wire.Event, refused *fault.Error) error {
	schema := wire.Check(e)
	if errors.Is(schema, wire.ErrSchema) || errors.Is(schema, wire.ErrData) {
		row.State = ""
		return s.incident(ctx, tx, row.Source, BadData, e.ID, schema.Error())
	}
	if e.Seq > 0 {
		last, err := s.turn(ctx, tx, row.Source, e.Subject)
		if err != nil {
			return err
		}
		switch {
		case e.Seq > last+1:
			row.State = Parked
			return nil
		case e.Seq <= last:
			row.State = Stale
			return s.incident(ctx, tx, row.Source, OutOfTurn, e.ID, "")
		}
		if _, err := tx.NewRaw("UPDATE exchange_turn SET last = ? WHERE source = ? AND subject = ?", e.Seq, row.Source, e.Subject).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	switch {
	case schema != nil:
		row.State = Quarantined
		return nil //nolint:nilerr // of a version to come: kept until it can be read
	case refused != nil:
		row.State, row.Problem = Refused, refused.Key
		return s.incident(ctx, tx, row.Source, kindOf(refused), e.ID, "")
	}
	row.State = Applied
	return s.apply(ctx, tx, row, e)
}

func kindOf(f *fault.Error) string {
	if f.Key == unknownKey {
		return UnknownKey
	}
	return NotApplied
}

// turn is the last place in the order that a partner has taken about a subject, locked.
func (s *Service) turn(ctx context.Context, tx *db.Tx, source, subject string) (int64, error) {
	if _, err := tx.NewRaw("INSERT INTO exchange_turn (source, subject, last) VALUES (?, ?, 0) ON CONFLICT DO NOTHING", source, subject).Exec(ctx); err != nil {
		return 0, db.Sorted(err)
	}
	var last int64
	q := tx.NewSelect().Table("exchange_turn").Column("last").Where("source = ?", source).Where("subject = ?", subject).Apply(db.ForUpdate(tx))
	return last, db.Sorted(q.Scan(ctx, &last))
}

// unknownKey is an answer to what was never sent.
const unknownKey = "exchange.unknown_key"

// apply does what a message says: the house's own marks first, then the room's handler.
func (s *Service) apply(ctx context.Context, tx *db.Tx, row *In, e wire.Event) error {
	in := Incoming{Partner: row.Source, Event: e, Row: row}
	if e.Type != wire.SubmissionForwarded {
		if err := json.Unmarshal(e.Data, &in.Reply); err != nil {
			return fault.Because(fault.Invalid, "exchange.data_broken", err)
		}
		m, err := s.mine(ctx, tx, row.Source, in.Reply.Key)
		if err != nil {
			return err
		}
		if err := s.noted(ctx, tx, &m, e); err != nil {
			return err
		}
		in.Message, row.Ref = &m, m.Ref
	}
	h, ok := s.handlers[e.Type]
	if !ok {
		return nil
	}
	return h(ctx, tx, in)
}

// mine is our message that an answer is about, locked.
func (s *Service) mine(ctx context.Context, tx *db.Tx, partner, key string) (Message, error) {
	var m Message
	err := db.Sorted(tx.NewSelect().Model(&m).Where("xm.partner = ?", partner).Where("xm.idemkey = ?", key).Apply(db.ForUpdate(tx)).Scan(ctx))
	if fault.Is(err, fault.Missing) {
		return m, fault.New(fault.Conflict, unknownKey)
	}
	return m, err
}

// noted marks on our message what the partner said: whoever answers has received it.
func (s *Service) noted(ctx context.Context, tx *db.Tx, m *Message, e wire.Event) error {
	var r struct {
		wire.Reply
		PID      string `json:"pid"`
		IssuedOn string `json:"issued_on"`
	}
	if err := json.Unmarshal(e.Data, &r); err != nil {
		return fault.Because(fault.Invalid, "exchange.data_broken", err)
	}
	now, overdue := s.Business.Now(), m.Alarmed
	if m.State == Waiting || m.State == Sending {
		m.State, m.Doubt, m.SentAt = Sent, false, now
	}
	if m.ReceivedAt.IsZero() {
		m.ReceivedAt = now
	}
	if r.CaseNo != "" {
		m.CaseNo = r.CaseNo
	}
	m.Replies++
	switch e.Type {
	case wire.CaseReceived:
		if m.Result == "" {
			m.Result = Received
		}
	case wire.CaseCompletion:
		m.Result = Asked
	case wire.CaseRejected:
		m.Result, m.ResultAt = Rejected, now
	case wire.CaseDone, wire.PIDIssued:
		m.Result, m.ResultAt, m.ResultNo = Done, now, r.ResultNo
	}
	if err := s.expectNext(ctx, tx, m); err != nil {
		return err
	}
	if err := db.Changed(tx.NewUpdate().Model(m).Column("state", "doubt", "sent_at", "received_at", "case_no", "replies", "result", "result_at", "result_no", "expect_by", "alarmed").WherePK().Exec(ctx)); err != nil {
		return err
	}
	if overdue && s.Mended != nil {
		return s.Mended(ctx, tx, *m)
	}
	return nil
}

// expectNext sets the clock for what a message still expects.
func (s *Service) expectNext(ctx context.Context, tx *db.Tx, m *Message) error {
	m.Alarmed = false
	if m.Expects < Result || !m.ResultAt.IsZero() || m.Result == Asked {
		m.ExpectBy = zero
		return nil
	}
	p, err := s.PartnerOf(ctx, tx, m.Partner)
	if err != nil {
		return err
	}
	m.ExpectBy, err = s.Term(ctx, s.Business.Now(), p.ResultMinutes)
	return err
}
