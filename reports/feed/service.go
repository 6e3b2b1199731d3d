package feed

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/reports/feed/ics"
)

// Source tells the events of some kind on days [from, until] ("2016-11-14") that a person
// may see.
type Source func(ctx context.Context, t i18n.T, who access.Actor, from, until string) ([]ics.Event, error)

// People finds the person behind an address; one who may not sign in is a fault.
type People interface {
	ActorOf(ctx context.Context, id ident.ID) (access.Actor, error)
}

// Deps is what this room stands on. BaseURL is the address that people use.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Machine  clock.Clock
	People   People
	BaseURL  string
	Sources  []Source
}

// Service is the use cases of calendars. It is safe for concurrent use.
type Service struct{ Deps }

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

// Key is the address of a feed, as far as it is kept.
type Key struct {
	bun.BaseModel `bun:"table:calendar_key,alias:ck"`
	ID            ident.ID   `bun:"id,pk"`
	Account       ident.ID   `bun:"account"`
	Hash          string     `bun:"hash"`
	MadeAt        time.Time  `bun:"made_at"`
	ReadAt        *time.Time `bun:"read_at"`
	ReadHour      string     `bun:"read_hour"`
	Reads         int64      `bun:"reads"`
	RevokedAt     *time.Time `bun:"revoked_at"`
}

// Bounds of a feed: addresses of a person, readings of one within an hour, and the days
// before and after today that it covers.
const (
	mostKeys  = 5
	mostReads = 60
	daysPast  = 60
	daysAhead = 400
)

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Make gives a person one more secret address; it is told this once. Of more than a few
// the oldest is taken back.
func (s *Service) Make(ctx context.Context, who access.Actor) (string, error) {
	if !who.SignedIn() {
		return "", fault.New(fault.SignIn, "fault.sign_in")
	}
	secret := rand.Text() + rand.Text()
	now := s.Machine.Now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var old []Key
		if err := tx.NewSelect().Model(&old).Where("ck.account = ?", who.ID).Where("ck.revoked_at IS NULL").Order("ck.id DESC").Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		for i, k := range old {
			if i < mostKeys-1 {
				continue
			}
			if _, err := tx.NewRaw("UPDATE calendar_key SET revoked_at = ? WHERE id = ?", now, k.ID).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		k := Key{ID: ident.New(now), Account: who.ID, Hash: digest(secret), MadeAt: now}
		if _, err := tx.NewInsert().Model(&k).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "reports.feed.made", string(k.ID), nil)
	})
	return s.BaseURL + Home + "/" + secret + ".ics", err
}

// Revoke takes all addresses of a person back.
func (s *Service) Revoke(ctx context.Context, who access.Actor) error {
	if !who.SignedIn() {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	now := s.Machine.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewRaw("UPDATE calendar_key SET revoked_at = ? WHERE account = ? AND revoked_at IS NULL", now, who.ID).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "reports.feed.revoked", string(who.ID), nil)
	})
}

// Keys are a person's addresses that are good, the newest first.
func (s *Service) Keys(ctx context.Context, who access.Actor) ([]Key, error) {
	var rows []Key
	err := s.DB.Read().NewSelect().Model(&rows).Where("ck.account = ?", who.ID).Where("ck.revoked_at IS NULL").Order("ck.id DESC").Limit(mostKeys).Scan(ctx)
	return rows, db.Sorted(err)
}

// Feed is the calendar behind a secret address. An unknown one, one that was taken back
// and one of a closed account are Missing.
func (s *Service) Feed(ctx context.Context, t i18n.T, secret string) ([]byte, error) {
	var k Key
	if err := s.DB.Read().NewSelect().Model(&k).Where("ck.hash = ?", digest(secret)).Where("ck.revoked_at IS NULL").Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	now := s.Machine.Now()
	hour := now.UTC().Format("2006010215")
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewRaw("UPDATE calendar_key SET reads = CASE WHEN read_hour = ? THEN reads + 1 ELSE 1 END, read_hour = ?, read_at = ? WHERE id = ? AND NOT (read_hour = ? AND reads >= ?)",
			hour, hour, now, k.ID, hour, mostReads).Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			err = fault.New(fault.TooMany, "feed.too_many")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	who, err := s.People.ActorOf(ctx, k.Account)
	if fault.Is(err, fault.Denied) {
		return nil, fault.New(fault.Missing, "fault.missing")
	}
	if err != nil {
		return nil, err
	}
	events, err := s.Events(ctx, t, who, daysPast, daysAhead)
	if err != nil {
		return nil, err
	}
	for i := range events {
		if events[i].URL != "" {
			events[i].URL = s.BaseURL + events[i].URL
		}
	}
	return ics.Calendar{Name: t.Say("feed.name", "who", who.Name), Events: events}.Write(), nil
}

// Events are what a person may see from so many days ago until so many days ahead, by day.
func (s *Service) Events(ctx context.Context, t i18n.T, who access.Actor, past, ahead int) ([]ics.Event, error) {
	now := s.Business.Now()
	from, until := clock.Date(now.AddDate(0, 0, -past)), clock.Date(now.AddDate(0, 0, ahead))
	var all []ics.Event
	for _, of := range s.Sources {
		some, err := of(ctx, t, who, from, until)
		if err != nil && !fault.Is(err, fault.Denied) { // a kind that the person may not see
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b ics.Event) int {
		return cmp.Or(cmp.Compare(Day(a), Day(b)), a.At.Compare(b.At), cmp.Compare(a.UID, b.UID))
	})
	return slices.DeleteFunc(all, func(e ics.Event) bool { return Day(e) < from || Day(e) > until }), nil
}

// Day is the day of the city that an event lies on.
func Day(e ics.Event) string {
	if e.Day != "" {
		return e.Day
	}
	return clock.Date(e.At)
}
