package mail

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
)

// The windows of the nets.
const (
	senderWindow = time.Hour
	threadWindow = 24 * time.Hour
)

// mostMerges is how many merges are followed from one ticket to the next.
const mostMerges = 5

// gather looks up what the engine asks for, in a number of queries that does not
// depend on what there is.
func (s *Service) gather(ctx context.Context, from bun.IDB, r helpdesk.Ready, b Mailbox, m rules.Mail) (rules.Facts, error) {
	q, now := rules.Ask(m, b.rules()), s.Business.Now()
	boxes, err := mailboxes(ctx, from)
	if err != nil {
		return rules.Facts{}, err
	}
	f := rules.Facts{Own: s.own(boxes)}
	if f.Seen, err = from.NewSelect().Model((*Letter)(nil)).Where("dl.mailbox = ?", b.ID).Where("dl.message_id = ?", q.ID).
		Where("dl.decision <> ?", rules.Duplicate).Exists(ctx); err != nil {
		return f, db.Sorted(err)
	}
	if f.People, err = s.known(ctx, from, q.People); err != nil {
		return f, err
	}
	if err := s.threads(ctx, from, r, q, now, &f); err != nil {
		return f, err
	}
	if w := m.Writer().Mail; w != "" {
		var n struct{ Mails, Acks int }
		err = from.NewRaw("SELECT count(*) AS mails, coalesce(sum(CASE WHEN acknowledged THEN 1 ELSE 0 END), 0) AS acks FROM desk_letter "+
			"WHERE from_mail = ? AND at >= ? AND decision <> ?", w, now.Add(-senderWindow), rules.Duplicate).Scan(ctx, &n)
		f.Mails, f.Acks = n.Mails, n.Acks
	}
	return f, db.Sorted(err)
}

// known tells who is behind addresses.
func (s *Service) known(ctx context.Context, from bun.IDB, addresses []string) (map[string]rules.Person, error) {
	people := map[string]rules.Person{}
	for _, a := range addresses {
		c, err := s.contact(ctx, from, a)
		if err != nil {
			return nil, err
		}
		if c.ID == "" {
			continue
		}
		p := rules.Person{Key: string(personOf(c)), Staff: c.Account != ""}
		if p.Staff {
			who, err := s.Actor(ctx, c.Account)
			p.Desk = err == nil && who.May(helpdesk.Work) // an account that may not act answers nothing
		}
		people[a] = p
	}
	return people, nil
}

// contact is the first person known by an address, the zero Contact when nobody is.
func (s *Service) contact(ctx context.Context, from bun.IDB, address string) (helpdesk.Contact, error) {
	all, err := s.Desk.ContactsBy(ctx, from, helpdesk.MailWay, address)
	if err != nil || len(all) == 0 {
		return helpdesk.Contact{}, err
	}
	return all[0], nil
}

// personOf is the key under which somebody asks: the account behind an alias.
func personOf(c helpdesk.Contact) ident.ID {
	if c.Account != "" {
		return c.Account
	}
	return c.ID
}

// threads finds the tickets that a mail may belong to, by every road.
func (s *Service) threads(ctx context.Context, from bun.IDB, r helpdesk.Ready, q rules.Question, now time.Time, f *rules.Facts) error {
	byID, err := s.answered(ctx, from, q.Threads)
	if err != nil {
		return err
	}
	byNumber := map[string]int64{}
	for _, n := range q.Numbers {
		if seq, ok := helpdesk.ParseNumber(n); ok {
			byNumber[n] = seq
		}
	}
	tickets, err := load(ctx, from, byID, q.Keys, byNumber)
	if err != nil || len(tickets.byID) == 0 {
		return err
	}
	if err := tickets.around(ctx, from, now); err != nil {
		return err
	}
	tickets.again = func(t helpdesk.Ticket) bool { return s.Desk.Reopens(r, t) }
	f.Threads, f.Keys, f.Numbers = map[string]rules.Thread{}, map[string]rules.Thread{}, map[string]rules.Thread{}
	for id, ticket := range byID {
		tickets.put(f.Threads, id, ticket)
	}
	for _, key := range q.Keys {
		tickets.put(f.Keys, key, ident.ID(key))
	}
	for n, seq := range byNumber {
		if t, ok := tickets.bySeq[seq]; ok && t.Number() == n {
			tickets.put(f.Numbers, n, t.ID)
		}
	}
	return nil
}

// answered are the tickets of the mails with these Message-IDs: mail of ours by its
// notice, mail that came in by the journal.
func (s *Service) answered(ctx context.Context, from bun.IDB, messageIDs []string) (map[string]ident.ID, error) {
	found := map[string]ident.ID{}
	if len(messageIDs) == 0 {
		return found, nil
	}
	sent, err := notify.ByMessageID(ctx, from, messageIDs)
	if err != nil {
		return nil, err
	}
	for id, n := range sent {
		if key, ok := strings.CutPrefix(n.KeyOf(), ticketKey); ok {
			found[id] = ident.ID(key)
		} else if key, ok := strings.CutPrefix(n.Link, "/tickets/"); ok {
			found[id] = ident.ID(key)
		}
	}
	var rows []Letter
	err = from.NewSelect().Model(&rows).Column("message_id", "ticket").Where("dl.message_id IN (?)", bun.List(messageIDs)).
		Where("dl.ticket <> ''").Where("dl.decision <> ?", rules.Automatic).Scan(ctx)
	for _, l := range rows {
		if found[l.MessageID] == "" {
			found[l.MessageID] = l.Ticket
		}
	}
	return found, db.Sorted(err)
}

// ticketKey begins the key of a conversation about a ticket.
const ticketKey = "ticket/"

// loaded are tickets, with those that merged ones were merged into.
type loaded struct {
	byID  map[ident.ID]helpdesk.Ticket
	bySeq map[int64]helpdesk.Ticket

	reopens  map[ident.ID]int        // by mail, lately
	watchers map[ident.ID][]ident.ID // of each ticket
	again    func(helpdesk.Ticket) bool
}

func load(ctx context.Context, from bun.IDB, byID map[string]ident.ID, keys []string, numbers map[string]int64) (loaded, error) {
	all := loaded{byID: map[ident.ID]helpdesk.Ticket{}, bySeq: map[int64]helpdesk.Ticket{}}
	var ids []ident.ID
	for _, id := range byID {
		ids = append(ids, id)
	}
	for _, k := range keys {
		ids = append(ids, ident.ID(k))
	}
	var seqs []int64
	for _, n := range numbers {
		seqs = append(seqs, n)
	}
	for range mostMerges {
		if len(ids) == 0 && len(seqs) == 0 {
			return all, nil
		}
		var rows []helpdesk.Ticket
		q := from.NewSelect().Model(&rows)
		if len(ids) > 0 {
			q = q.WhereOr("ti.id IN (?)", bun.List(ids))
		}
		if len(seqs) > 0 {
			q = q.WhereOr("ti.seq IN (?)", bun.List(seqs))
		}
		if err := q.Scan(ctx); err != nil {
			return all, db.Sorted(err)
		}
		ids, seqs = nil, nil
		for _, t := range rows {
			all.byID[t.ID], all.bySeq[t.Seq] = t, t
			if _, ok := all.byID[t.MergedInto]; t.MergedInto != "" && !ok {
				ids = append(ids, t.MergedInto)
			}
		}
	}
	return all, nil
}

// put files a ticket as a thread, a merged one as its target.
func (l loaded) put(into map[string]rules.Thread, key string, id ident.ID) {
	t, ok := l.byID[id]
	if !ok {
		return
	}
	moved := ""
	for range mostMerges {
		target, ok := l.byID[t.MergedInto]
		if t.MergedInto == "" || !ok {
			break
		}
		if moved == "" {
			moved = t.Number()
		}
		t = target
	}
	th := rules.Thread{Ticket: string(t.ID), Number: t.Number(), Standing: rules.Running, Moved: moved, Reopens: l.reopens[t.ID], People: []string{string(t.Requester)}}
	if t.Owner != "" {
		th.People = append(th.People, string(t.Owner))
	}
	for _, w := range l.watchers[t.ID] {
		th.People = append(th.People, string(w))
	}
	switch t.State {
	case helpdesk.Resolved:
		th.Standing = rules.Resolved
	case helpdesk.Closed:
		th.Standing, th.MayReopen = rules.Closed, l.again(t)
	}
	into[key] = th
}

// around is who watches the tickets, and how often mail opened them again lately.
func (l *loaded) around(ctx context.Context, from bun.IDB, now time.Time) error {
	ids := make([]ident.ID, 0, len(l.byID))
	for id := range l.byID {
		ids = append(ids, id)
	}
	var rows []struct {
		Ticket ident.ID
		N      int
	}
	err := from.NewRaw("SELECT ticket, count(*) AS n FROM desk_letter WHERE ticket <> '' AND ticket IN (?) AND reopened AND at >= ? GROUP BY ticket",
		bun.List(ids), now.Add(-threadWindow)).Scan(ctx, &rows)
	if err != nil {
		return db.Sorted(err)
	}
	l.reopens, l.watchers = map[ident.ID]int{}, map[ident.ID][]ident.ID{}
	for _, r := range rows {
		l.reopens[r.Ticket] = r.N
	}
	var watchers []helpdesk.Watcher
	err = from.NewSelect().Model(&watchers).Where("tw.ticket IN (?)", bun.List(ids)).Scan(ctx)
	for _, w := range watchers {
		l.watchers[w.Ticket] = append(l.watchers[w.Ticket], w.Person)
	}
	return db.Sorted(err)
}
