package hotline

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/phone"
)

// Sure says how a number is known to be somebody's.
type Sure string

// How a number is known.
const (
	Surely  Sure = "known" // of an account or a contact, or an agent said so
	Perhaps Sure = "maybe" // it stood in a ticket of theirs
)

// Caller is somebody who may be at the other end.
type Caller struct {
	Person ident.ID
	Name   string
	Unit   string
	Duties []access.Role
	Sure   Sure
	Ticket ident.ID // where the number stood
}

// Number is a number that was learnt: said by an agent, or found in a ticket.
type Number struct {
	bun.BaseModel `bun:"table:hotline_number,alias:hn"`
	Number        string    `bun:"number,pk"`
	Person        ident.ID  `bun:"person,pk"`
	Unit          string    `bun:"unit"`
	Source        string    `bun:"source"` // "said", "ticket"
	Ticket        ident.ID  `bun:"ticket"`
	At            time.Time `bun:"at"`
}

const (
	fromAgent  = "said"
	fromTicket = "ticket"
)

// mostCallers is how many people of one number are offered: the newest.
const mostCallers = 20

// callers are the people of a number: the known ones first, then those who may be.
func (s *Service) callers(ctx context.Context, number string) ([]Caller, error) {
	if number == "" {
		return nil, nil
	}
	contacts, err := s.Desk.ContactsBy(ctx, s.DB.Read(), helpdesk.PhoneWay, number)
	if err != nil {
		return nil, err
	}
	var all []Caller
	for _, c := range contacts {
		all = append(all, Caller{Person: c.ID, Name: c.Name, Unit: c.Unit, Sure: Surely})
	}
	var learnt []Number
	err = s.DB.Read().NewSelect().Model(&learnt).Where("hn.number = ?", number).Order("hn.at DESC", "hn.person").Limit(mostCallers).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	for _, sure := range []Sure{Surely, Perhaps} {
		for _, n := range learnt {
			same := slices.ContainsFunc(all, func(c Caller) bool { return c.Person == n.Person })
			if same || (n.Source == fromAgent) != (sure == Surely) || len(all) >= mostCallers {
				continue
			}
			all = append(all, Caller{Person: n.Person, Unit: n.Unit, Sure: sure, Ticket: n.Ticket})
		}
	}
	return all, nil
}

// only is the one person who is known by a number, and the unit that all who are
// known share.
func only(people []Caller) (ident.ID, string) {
	var person ident.ID
	unit, n := "", 0
	for _, c := range people {
		if c.Sure != Surely {
			continue
		}
		if n++; n == 1 {
			person, unit = c.Person, c.Unit
			continue
		}
		person = ""
		if c.Unit != unit {
			unit = ""
		}
	}
	return person, unit
}

// Known is all that is shown of whoever calls.
type Known struct {
	Callers []Caller
	Tickets []helpdesk.Ticket // theirs that are not done, or their unit's
	OfUnit  bool              // the tickets are the unit's, not the caller's own
	Running []Running
	Names   map[ident.ID]string
}

// fewTickets is how many open tickets of a caller are offered.
const fewTickets = 5

// who gathers what is known of a call's other end, within the reader's reach.
func (s *Service) who(ctx context.Context, t i18n.T, who access.Actor, c Call) (Known, error) {
	var k Known
	people, err := s.callers(ctx, c.Number)
	if err != nil {
		return k, err
	}
	var ids, sure []ident.ID
	for _, p := range people {
		if covers(who, p.Unit) {
			k.Callers, ids = append(k.Callers, p), append(ids, p.Person)
			if p.Sure == Surely {
				sure = append(sure, p.Person)
			}
		}
	}
	if c.Person != "" {
		sure = []ident.ID{c.Person}
		ids = append(ids, c.Person)
	}
	if k.Tickets, err = s.Desk.OpenOf(ctx, who, sure, "", fewTickets); err != nil {
		return k, err
	}
	if len(k.Tickets) == 0 && c.Unit != "" {
		k.OfUnit = true
		if k.Tickets, err = s.Desk.OpenOf(ctx, who, nil, c.Unit, fewTickets); err != nil {
			return k, err
		}
	}
	if k.Running, err = s.running(ctx, t, who, c.Unit); err != nil {
		return k, err
	}
	return k, s.named(ctx, &k, append(ids, c.Agent))
}

// running is what a caller of a unit may be calling about together with others.
func (s *Service) running(ctx context.Context, t i18n.T, who access.Actor, unit string) ([]Running, error) {
	var all []Running
	for _, f := range s.sameAs {
		more, err := f(ctx, t, who, unit)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// named fills in names and duties, one query each.
func (s *Service) named(ctx context.Context, k *Known, ids []ident.ID) error {
	var err error
	if k.Names, err = s.Desk.NamesOf(ctx, ids); err != nil {
		return err
	}
	duties, err := s.People.Duties(ctx, ids)
	if err != nil {
		return err
	}
	for i := range k.Callers {
		c := &k.Callers[i]
		c.Duties = duties[c.Person]
		fill(&c.Name, k.Names[c.Person])
	}
	return nil
}

// The surge that is worth a word: so many tickets of one service in so short a time.
const (
	surgeSpan  = time.Hour
	surgeLeast = 3
)

// surges names the services that many asked about in the last hour.
func (s *Service) surges(ctx context.Context, t i18n.T, who access.Actor, _ string) ([]Running, error) {
	all, err := s.Desk.Surges(ctx, who, s.Business.Now().Add(-surgeSpan), surgeLeast)
	var out []Running
	for _, one := range all {
		out = append(out, Running{Title: t.Say("helpdesk.service." + string(one.Service)), Href: "/tickets?view=work&service=" + string(one.Service),
			Note: t.Say("hotline.same_as.surge", "n", one.N, "units", one.Units)})
	}
	return out, err
}

// learn keeps the numbers that stand in a new ticket's first message: perhaps its
// requester's.
func (s *Service) learn(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var h helpdesk.Happened
	if err := e.Read(&h); err != nil {
		return err
	}
	var bodies []string
	err := tx.NewSelect().TableExpr("ticket_message AS tm").Column("tm.body").Where("tm.ticket = ?", h.Ticket).Order("tm.at", "tm.id").Limit(1).Scan(ctx, &bodies)
	if err != nil || len(bodies) == 0 {
		return db.Sorted(err)
	}
	found := phone.In(bodies[0])
	if len(found) == 0 || len(found) > mostNumbers {
		return nil // a list of numbers is nobody's in particular
	}
	rows := make([]Number, len(found))
	for i, n := range found {
		rows[i] = Number{Number: n, Person: h.Requester, Unit: h.Unit, Source: fromTicket, Ticket: h.Ticket, At: e.At}
	}
	_, err = tx.NewInsert().Model(&rows).On("CONFLICT (number, person) DO NOTHING").Exec(ctx)
	return db.Sorted(err)
}

// mostNumbers is how many numbers of one message are taken for somebody's.
const mostNumbers = 3
