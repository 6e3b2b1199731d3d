package post

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/wire"
)

// pages is how many pages one round fetches from a partner.
const pages = 20

// pull fetches what a partner holds ready, and takes each message as if it had been sent.
// The place reached is kept after each page; what comes twice is taken once.
func (s *Service) pull(ctx context.Context, code string) error {
	p, err := s.PartnerOf(ctx, s.DB.Read(), code)
	if err != nil || p.Mode != ByHTTP || !p.Pull || p.Broken(s.Machine.Now()) {
		return err
	}
	var after string
	err = s.DB.Read().NewRaw("SELECT coalesce(max(after), '') FROM exchange_cursor WHERE partner = ?", p.Code).Scan(ctx, &after)
	if err != nil {
		return db.Sorted(err)
	}
	for range pages {
		a, err := s.ask(ctx, p, "/outbox?limit=100&after="+url.QueryEscape(after))
		if err != nil || a.Status != http.StatusOK {
			s.Log.Info("nothing fetched", "partner", p.Code, "status", a.Status)
			return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				return s.failure(ctx, tx, p.Code, "exchange.problem.no_answer")
			})
		}
		var page wire.Waiting
		if err := json.Unmarshal(a.Body, &page); err != nil {
			return errors.Join(errOdd, err)
		}
		for _, one := range page.Items {
			status, _, err := s.Take(ctx, p.Code, wire.Signed{ID: one.ID, Timestamp: one.Timestamp, Signature: one.Signature}, []byte(one.Body))
			if err != nil {
				return err
			}
			if status == http.StatusUnauthorized {
				return nil // not signed by them: nothing behind it is believed either
			}
		}
		if page.Next == "" {
			return nil
		}
		after = page.Next
		if err := s.reached(ctx, p.Code, after); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) reached(ctx context.Context, partner, after string) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO exchange_cursor (partner, after) VALUES (?, ?) ON CONFLICT (partner) DO UPDATE SET after = excluded.after", partner, after).Exec(ctx)
		return db.Sorted(err)
	})
}
