package post

import (
	"context"
	"errors"
	"strings"
	"testing"

	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/testkit"
	"lotrinh/internal/partners"
	"lotrinh/internal/wire"
)

func TestSecretsOfPartnersLieSealedInTheStore(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d) // a former version had kept them as they were typed
		ctx := t.Context()
		of := func(code string) Partner {
			p, err := w.PartnerOf(ctx, d.Read(), code)
			must(t, err)
			return p
		}
		put := func(code, secret, before string) {
			must(t, d.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewRaw("UPDATE exchange_partner SET secret = ?, secret_before = ? WHERE code = ?", secret, before, code).Exec(ctx)
				return err
			}))
		}
		for _, office := range partners.Offices {
			if p := of(office); p.Secret == "" || strings.Contains(p.Secret, plainMark) {
				t.Errorf("%s: %q lies open", office, p.Secret)
			}
		}
		police, first := of(partners.Residence), of(partners.Insurance).Secret
		again, err := w.secrets(police)
		must(t, err)
		must(t, w.SealAll(ctx)) // sealed once is sealed
		if of(partners.Residence).Secret != police.Secret {
			t.Error("a sealed secret is sealed again")
		}

		w.Key, w.OldKey = "another", "house" // a key beside the store was set
		if _, err := w.secrets(police); err == nil {
			t.Error("another key opens it")
		}
		put(partners.Residence, police.Secret, first) // of another partner
		put(partners.Insurance, first, "")            // under the former key
		must(t, w.SealAll(ctx))
		opened, err := w.secrets(of(partners.Insurance))
		if err != nil || len(opened) != 1 || of(partners.Insurance).Secret == first {
			t.Errorf("under a new key: %d, %v", len(opened), err)
		}
		if _, err := w.secrets(of(partners.Residence)); err == nil {
			t.Error("the police believes a secret of the insurance")
		}
		put(partners.Residence, of(partners.Residence).Secret, "")
		same, err := w.secrets(of(partners.Residence))
		if err != nil || len(same) != 1 || string(same[0]) != string(again[0]) {
			t.Errorf("the secret has become another: %v", err)
		}

		w.Key, w.OldKey = "lost", ""
		w.write(letter("D-1", partners.Residence, 1))
		if err := w.Serve(ctx, partners.Residence); err == nil {
			t.Error("nothing is said of a key that is lost")
		}
		var state string
		must(t, d.Read().NewRaw("SELECT state FROM exchange_message WHERE dossier = 'D-1'").Scan(ctx, &state))
		if state != Waiting {
			t.Errorf("what cannot be signed is %s, it ought to wait", state)
		}
		if _, err := w.secrets(Partner{Code: "x"}); !errors.Is(err, wire.ErrSecret) {
			t.Errorf("no secret at all: %v", err)
		}
	})
}
