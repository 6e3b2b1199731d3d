package notify

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
)

// Kind gathers templates that a person wishes to get in the same way: answers to my
// tickets, due moments. Templates are named by how they begin.
type Kind struct {
	Code      string // its words are notify.kind.CODE
	Templates []string
	Outside   bool // goes to people without an account, who have no wishes here
}

// Others is the kind of what belongs to no other.
const Others = "other"

// KindOf is the code of a template's kind.
func KindOf(kinds []Kind, template string) string {
	for _, k := range kinds {
		if slices.ContainsFunc(k.Templates, func(p string) bool { return strings.HasPrefix(template, p) }) {
			return k.Code
		}
	}
	return Others
}

// The digests of mail. At once has no name.
const (
	Hourly  = "hourly"
	Morning = "morning"
)

// WishesAt is the page where people say how they want to be told.
const WishesAt = "/account/notices"

// Wish is how a person wants one kind of notice: on the screen only, by mail or by
// text message; mail at once or gathered.
type Wish struct {
	bun.BaseModel `bun:"table:notice_wish,alias:nw"`
	Account       ident.ID `bun:"account,pk"`
	Kind          string   `bun:"kind,pk"`
	Channel       string   `bun:"channel"`
	Digest        string   `bun:"digest"`
}

// check refuses what no form offers.
func (w Wish) check() error {
	var k fault.Check
	k.Need(slices.Contains([]string{OnScreen, ByMail, BySMS}, w.Channel), w.Kind, "notify.wish.channel")
	k.Need(w.Digest == "" || w.Channel == ByMail && (w.Digest == Hourly || w.Digest == Morning), w.Kind, "notify.wish.digest")
	return k.Err()
}

// Wishes are a person's wishes by kind; a kind without one follows the person's Choice.
func Wishes(ctx context.Context, from bun.IDB, account ident.ID) (map[string]Wish, error) {
	all, err := wishesOf(ctx, from, []ident.ID{account})
	return all[account], err
}

func wishesOf(ctx context.Context, from bun.IDB, accounts []ident.ID) (map[ident.ID]map[string]Wish, error) {
	var rows []Wish
	err := from.NewSelect().Model(&rows).Where("nw.account IN (?)", bun.List(accounts)).Scan(ctx)
	all := map[ident.ID]map[string]Wish{}
	for _, w := range rows {
		if all[w.Account] == nil {
			all[w.Account] = map[string]Wish{}
		}
		all[w.Account][w.Kind] = w
	}
	return all, db.Sorted(err)
}

// WishFor keeps a person's wishes.
func WishFor(ctx context.Context, tx *db.Tx, wishes ...Wish) error {
	var k fault.Check
	for _, w := range wishes {
		k.Add(w.check())
	}
	if err := k.Err(); err != nil || len(wishes) == 0 {
		return err
	}
	_, err := tx.NewInsert().Model(&wishes).On("CONFLICT (account, kind) DO UPDATE").
		Set("channel = excluded.channel").Set("digest = excluded.digest").Exec(ctx)
	return db.Sorted(err)
}

// decision is how and when a notice goes out.
type decision struct {
	channel, digest string
	at              time.Time
}

// decide says how and when a notice goes out and fills in where to. opens is when
// messages may go out.
func (s *Sender) decide(n *Notice, r reader, opens time.Time) decision {
	now := s.Clock.Now()
	d := decision{channel: n.Channel, at: opens}
	if n.Critical || r.choice.AnyHour {
		d.at = now
	}
	if n.Address != "" {
		if d.channel == Undecided {
			d.channel = ByMail
		}
		return d
	}
	n.Lang = r.Lang
	w := s.wish(*n, r)
	switch {
	case w.Channel == BySMS && r.Phone != "" && s.hasText(n.Template):
		d.channel, n.Address = BySMS, r.Phone
	case w.Channel == OnScreen || r.Address == "":
		d.channel = OnScreen
	default:
		d.channel, n.Address = ByMail, r.Address
		if w.Digest != "" && !n.Critical && !n.Private && n.thread().Key == "" {
			d.digest = w.Digest
			if n.Digest != w.Digest { // its moment has not been set yet
				d.at = s.slot(w.Digest)
			}
		}
	}
	return d
}

// wish is how the reader wants this notice: what is critical or secret goes at least
// by mail.
func (s *Sender) wish(n Notice, r reader) Wish {
	w, chosen := r.wishes[KindOf(s.Kinds, n.Template)]
	if !chosen {
		w = Wish{Channel: ByMail}
		if !r.choice.Mail {
			w.Channel = OnScreen
		}
	}
	if n.Private || n.Critical && w.Channel == OnScreen {
		w = Wish{Channel: ByMail}
	}
	return w
}

// slot is when the next digest goes out: at the next full hour of working time, or
// when offices next open in the morning.
func (s *Sender) slot(digest string) time.Time {
	now := s.Clock.Now()
	if digest == Hourly {
		at, err := s.nextOpen(now.Truncate(time.Hour).Add(time.Hour))
		s.noCalendar(err)
		return at
	}
	from, until := clock.Day(now)
	at, err := s.nextOpen(from)
	if err == nil && !at.After(now) {
		at, err = s.nextOpen(until)
	}
	s.noCalendar(err)
	return at
}

func (s *Sender) noCalendar(err error) {
	if err != nil {
		s.Log.Warn("no working calendar for digests, plain office hours are used", "cause", err.Error())
	}
}
