package post

import (
	"context"
	"strings"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/wire"
)

// sealedFor is the purpose under which the secrets of partners are encrypted in the store;
// the row of one partner cannot be given another's.
const sealedFor = "exchange.partner"

// plainMark begins a secret as people and partners write it.
const plainMark = "whsec_"

// Seal encrypts a partner's secret for the store; empty stays empty.
func (s *Service) Seal(partner, secret string) (string, error) {
	if secret == "" {
		return "", nil
	}
	return s.Key.Seal(sealedFor, ident.ID(partner), []byte(secret))
}

// secrets are those of a partner, the newest first. One that was not sealed by this house
// for this partner is an error: nothing is signed with it and nothing believed.
func (s *Service) secrets(p Partner) ([]wire.Secret, error) {
	var out []wire.Secret
	for _, sealed := range []string{p.Secret, p.SecretBefore} {
		if sealed == "" {
			continue
		}
		text, err := s.Key.Unseal(sealedFor, ident.ID(p.Code), sealed)
		if err != nil {
			return nil, err
		}
		one, err := wire.ReadSecret(string(text))
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	if len(out) == 0 {
		return nil, wire.ErrSecret
	}
	return out, nil
}

// SealAll encrypts what lies in the store as it was typed, or under a key that was used
// before. What no key opens stays as it is, and is logged: its secret must be typed anew.
func (s *Service) SealAll(ctx context.Context) error {
	all, err := s.Partners(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		now, changedNow, err := s.sealAnew(p.Code, p.Secret)
		if err != nil {
			return err
		}
		before, changedBefore, err := s.sealAnew(p.Code, p.SecretBefore)
		if err != nil {
			return err
		}
		if !changedNow && !changedBefore {
			continue
		}
		err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewUpdate().Model((*Partner)(nil)).Set("secret = ?", now).Set("secret_before = ?", before).
				Where("code = ?", p.Code).Where("secret = ?", p.Secret).Where("secret_before = ?", p.SecretBefore).Exec(ctx)
			return db.Sorted(err)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sealAnew(partner, stored string) (sealed string, changed bool, err error) {
	plain := stored
	if !strings.HasPrefix(stored, plainMark) {
		if _, err := s.Key.Unseal(sealedFor, ident.ID(partner), stored); stored == "" || err == nil {
			return stored, false, nil
		}
		text, err := s.OldKey.Unseal(sealedFor, ident.ID(partner), stored)
		if err != nil {
			s.Log.Error("secret of a partner cannot be read: it must be typed anew", "partner", partner)
			return stored, false, nil //nolint:nilerr // told to who can type it anew
		}
		plain = string(text)
	}
	sealed, err = s.Seal(partner, plain)
	return sealed, true, err
}
