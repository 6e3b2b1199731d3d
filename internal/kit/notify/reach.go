package notify

import (
	"context"
	"time"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// Reach is how and when a person wants one kind of mail: ByMail to Address from At on,
// or OnScreen alone.
type Reach struct {
	Channel string
	Address string
	Lang    i18n.Lang
	At      time.Time
}

// Reach tells how people are reached by mail of a kind that another part of the house
// sends by itself, such as a report with its pictures. It follows their wishes and their
// quiet hours; who wants such things gathered gets a mail of its own when offices are
// open, because what carries files joins no digest. Accounts that are closed are absent.
func (s *Sender) Reach(ctx context.Context, template string, accounts []ident.ID) (map[ident.ID]Reach, error) {
	all := map[ident.ID]Reach{}
	if len(accounts) == 0 {
		return all, nil
	}
	rows := make([]Notice, len(accounts))
	for i, a := range accounts {
		rows[i] = Notice{Account: a, Template: template}
	}
	people, err := s.look(ctx, rows)
	if err != nil {
		return nil, err
	}
	opens, err := s.opens()
	if err != nil {
		s.noCalendar(err)
	}
	for _, n := range rows {
		r, known := people[n.Account]
		if !known || r.Person == (Person{}) {
			continue
		}
		r.Phone = "" // a report is no text message
		d := s.decide(&n, r, opens)
		at := opens
		if r.choice.AnyHour {
			at = s.Clock.Now()
		}
		all[n.Account] = Reach{Channel: d.channel, Address: n.Address, Lang: n.Lang, At: at}
	}
	return all, nil
}
