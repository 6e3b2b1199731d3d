package post

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/wire"
)

// These are what people decide. Who may is asked by the room; each runs in its
// transaction.

// AgainIn sends a given-up message once more as it is: the same key, so that what arrived
// meanwhile is found and not done twice.
func (s *Service) AgainIn(ctx context.Context, tx *db.Tx, m Message) error {
	return db.Changed(tx.NewUpdate().Model((*Message)(nil)).Set("state = ?", Waiting).Set("doubt = TRUE").Set("attempts = 0").Set("problem = ''").Set("next_at = ?", s.Machine.Now()).
		Where("id = ?", m.ID).Where("state = ?", Dead).Exec(ctx))
}

// RepeatIn tells a partner once more what a message said, as the next revision of its
// conversation: a key of its own, so that the office takes it for news and not for the copy
// of what it has. It is for what a person decided to stand by.
func (s *Service) RepeatIn(ctx context.Context, tx *db.Tx, m Message) (Message, error) {
	var data map[string]json.RawMessage
	var fields struct {
		Fields wire.Fields `json:"fields"`
	}
	if err := errors.Join(json.Unmarshal([]byte(m.Data), &data), json.Unmarshal([]byte(m.Data), &fields)); err != nil {
		return m, fault.Because(fault.Internal, "fault.internal", err)
	}
	l := Letter{Partner: m.Partner, Dossier: m.Dossier, Ref: m.Ref, Unit: m.Unit, Leg: m.Leg, Type: m.Type, Fields: fields.Fields, Expects: m.Expects}
	err := tx.NewRaw("SELECT coalesce(max(revision), 0) + 1 FROM exchange_message WHERE partner = ? AND dossier = ? AND leg = ?", m.Partner, m.Dossier, m.Leg).Scan(ctx, &l.Revision)
	if err != nil {
		return m, db.Sorted(err)
	}
	data["revision"] = json.RawMessage(strconv.FormatInt(l.Revision, 10))
	l.Data = data
	return s.Write(ctx, tx, l)
}

// DropIn sets a given-up message aside, so that the one behind it may go.
func (s *Service) DropIn(ctx context.Context, tx *db.Tx, m Message) error {
	return db.Changed(tx.NewUpdate().Model((*Message)(nil)).Set("state = ?", Dropped).Set("expect_by = NULL").Where("id = ?", m.ID).Where("state = ?", Dead).Exec(ctx))
}

// ManyAgainIn sends the given-up messages of a partner again, up to and including one. It
// tells how many.
func (s *Service) ManyAgainIn(ctx context.Context, tx *db.Tx, partner string, upTo ident.ID) (int64, error) {
	res, err := tx.NewUpdate().Model((*Message)(nil)).Set("state = ?", Waiting).Set("doubt = TRUE").Set("attempts = 0").Set("problem = ''").Set("next_at = ?", s.Machine.Now()).
		Where("partner = ?", partner).Where("state = ?", Dead).Where("id <= ?", upTo).Exec(ctx)
	if err != nil {
		return 0, db.Sorted(err)
	}
	n, err := res.RowsAffected()
	return n, db.Sorted(err)
}

// RereadIn applies a message that was kept aside.
func (s *Service) RereadIn(ctx context.Context, tx *db.Tx, id ident.ID) (In, error) {
	return s.reread(ctx, tx, id)
}

// MostSheet is how many messages one export sheet carries.
const MostSheet = 5000

// SheetIn takes the messages that wait for a partner whose mode is file, in their order,
// and marks them as carried by a batch: handing over the sheet is their arrival.
func (s *Service) SheetIn(ctx context.Context, tx *db.Tx, partner, batch string) ([]Message, error) {
	p, err := s.PartnerOf(ctx, tx, partner)
	if err != nil {
		return nil, err
	}
	if p.Mode != ByFile {
		return nil, fault.New(fault.Conflict, "exchange.not_by_file")
	}
	var rows []Message
	err = tx.NewSelect().Model(&rows).Where("xm.partner = ?", partner).Where("xm.state = ?", Waiting).Order("xm.dossier", "xm.seq").Limit(MostSheet).Apply(db.ForUpdate(tx)).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	now := s.Business.Now()
	for i := range rows {
		m := &rows[i]
		m.State, m.SentAt, m.Batch = Sent, now, batch
		if m.Expects >= Receipt {
			if m.ExpectBy, err = s.Term(ctx, now, p.ReceivedMinutes); err != nil {
				return nil, err
			}
		}
		if err := db.Changed(tx.NewUpdate().Model(m).Column("state", "sent_at", "batch", "expect_by").WherePK().Exec(ctx)); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// BatchIn are the messages of a sheet that was made before.
func (s *Service) BatchIn(ctx context.Context, tx *db.Tx, partner, batch string) ([]Message, error) {
	var rows []Message
	err := tx.NewSelect().Model(&rows).Where("xm.partner = ?", partner).Where("xm.batch = ?", batch).Where("xm.batch <> ''").Order("xm.dossier", "xm.seq").Limit(MostSheet).Scan(ctx)
	return rows, db.Sorted(err)
}
