package feed

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/testkit"
	"lotrinh/reports/feed/ics"
)

var start = time.Date(2016, 11, 10, 1, 0, 0, 0, time.UTC)

// people are two accounts, of which one may be closed.
type people struct{ closed ident.ID }

func (p *people) ActorOf(_ context.Context, id ident.ID) (access.Actor, error) {
	if id == p.closed {
		return access.Actor{}, fault.New(fault.Denied, "org.account.not_active")
	}
	return access.Actor{ID: id, Name: string(id)}, nil
}

func TestAFeedIsItsPersonsAndCanBeTakenBack(t *testing.T) {
	testkit.EachDB(t, func(t *testing.T, d *db.DB) {
		at, who := clock.At(start), &people{}
		own := func(_ context.Context, _ i18n.T, who access.Actor, from, until string) ([]ics.Event, error) {
			return []ics.Event{{UID: "b", Day: "2016-11-20", Title: "of " + who.Name, URL: "/x"}, {UID: "a", At: start.AddDate(0, 0, 2), Title: "first"}, {UID: "c", Day: "2014-01-01", Title: "long ago"}}, nil
		}
		denied := func(context.Context, i18n.T, access.Actor, string, string) ([]ics.Event, error) {
			return nil, fault.New(fault.Denied, "fault.denied")
		}
		s := New(Deps{DB: d, Business: at, Machine: at, People: who, BaseURL: "https://example.vn", Sources: []Source{own, denied}})
		ctx := t.Context()
		her, him := access.Actor{ID: "her", Name: "her"}, access.Actor{ID: "him", Name: "him"}
		make := func(a access.Actor) string {
			address, err := s.Make(ctx, a)
			if err != nil {
				t.Fatal(err)
			}
			secret, ok := strings.CutPrefix(strings.TrimSuffix(address, ".ics"), "https://example.vn/calendar/")
			if !ok || len(secret) < 40 {
				t.Fatal(address)
			}
			return secret
		}
		hers, his := make(her), make(him)
		body, err := s.Feed(ctx, i18n.T{}, hers)
		if err != nil || !bytes.Contains(body, []byte("SUMMARY:of her")) || bytes.Contains(body, []byte("long ago")) || !bytes.Contains(body, []byte("URL:https://example.vn/x")) ||
			bytes.Index(body, []byte("UID:a")) > bytes.Index(body, []byte("UID:b")) {
			t.Fatalf("%v\n%s", err, body)
		}
		again, err := s.Feed(ctx, i18n.T{}, hers)
		if err != nil || !bytes.Equal(body, again) {
			t.Errorf("the same feed is other bytes (%v)", err)
		}
		if n, err := d.Read().NewSelect().Model((*Key)(nil)).Where("hash = ?", hers).Count(ctx); err != nil || n != 0 {
			t.Errorf("the secret itself is kept (%v)", err)
		}
		if err := s.Revoke(ctx, her); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Feed(ctx, i18n.T{}, hers); !fault.Is(err, fault.Missing) {
			t.Errorf("taken back: %v", err)
		}
		who.closed = him.ID
		if _, err := s.Feed(ctx, i18n.T{}, his); !fault.Is(err, fault.Missing) {
			t.Errorf("a closed account: %v", err)
		}
		who.closed = ""
		for range mostReads - 1 {
			if _, err := s.Feed(ctx, i18n.T{}, his); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Feed(ctx, i18n.T{}, his); !fault.Is(err, fault.TooMany) {
			t.Errorf("read too often: %v", err)
		}
		at.Move(time.Hour)
		if _, err := s.Feed(ctx, i18n.T{}, his); err != nil {
			t.Errorf("an hour later: %v", err)
		}
		for range mostKeys + 2 {
			make(him)
		}
		if keys, err := s.Keys(ctx, him); err != nil || len(keys) != mostKeys {
			t.Errorf("%d addresses (%v)", len(keys), err)
		}
		if _, err := s.Feed(ctx, i18n.T{}, his); !fault.Is(err, fault.Missing) {
			t.Errorf("the oldest of too many: %v", err)
		}
		if _, err := s.Make(ctx, access.Actor{}); !fault.Is(err, fault.SignIn) {
			t.Errorf("nobody: %v", err)
		}
	})
}
