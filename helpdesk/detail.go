package helpdesk

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/worktime"
)

// Promised is one of a ticket's clocks as people must see it.
type Promised struct {
	deadline.Clock
	Left   worktime.Worked // working time that remains, negative when late
	Paused time.Duration   // working time that pauses took, up to now
	Why    []worktime.Step
}

// Detail is a ticket with everything that its page shows.
type Detail struct {
	Ticket
	Conversation page.Page[Message] // newest first
	Steps        []Step             // newest first
	Files        map[string][]files.File
	Names        map[ident.ID]string
	Answer       Promised
	Next         Promised // no ID while nobody waits for a further answer
	Resolve      Promised
	Supports     bool // the reader stands on the answering side
	Own          bool // the reader asked
	Guest        bool // the reader watches it, and may write
	Agents       []Agent

	Catalogue *Catalogue
	Kin       Kin                 // tickets tied to it; for the requester only what it was merged into
	Named     map[ident.ID]Ticket // tickets that the history names
	Checks    []Check
	Answers   map[string]string // to the questions of its service, by code
	Watchers  []Watcher
	Toil      []Spent                        // newest first
	Suggested []Tag                          // the tags most used
	Equipment Asset                          // what the ticket is about; empty code: nothing, or out of reach
	Remarks   map[ident.ID][]templ.Component // of the rooms around the help desk, by message
}

// Offer is the ticket's service.
func (d *Detail) Offer() Offer {
	o, _ := d.Catalogue.Offer(d.Service)
	return o
}

// WatchedBy tells whether somebody watches the ticket.
func (d *Detail) WatchedBy(person ident.ID) bool {
	return slices.ContainsFunc(d.Watchers, func(w Watcher) bool { return w.Person == person })
}

// Get is a ticket as the reader may see it, in a constant number of queries. That
// somebody other than the requester read it goes into the trail.
func (s *Service) Get(ctx context.Context, who access.Actor, id ident.ID, r page.Request) (Detail, error) {
	t, err := s.one(ctx, s.DB.Read(), who, id)
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Ticket: t, Supports: t.supports(who), Own: t.Requester == who.ID}
	if !d.Supports && !d.Own {
		if d.Guest, err = t.watches(ctx, s.DB.Read(), who); err != nil {
			return d, err
		}
	}
	if d.Steps, err = steps(ctx, s.DB.Read(), id, d.Supports); err != nil {
		return d, err
	}
	if err := s.around(ctx, who, &d); err != nil {
		return d, err
	}
	if d.Conversation, err = messages(ctx, s.DB.Read(), d.tellers(who), d.Supports, r); err != nil {
		return d, err
	}
	subjects := make([]string, len(d.Conversation.Items))
	for i, m := range d.Conversation.Items {
		subjects[i] = string(m.ID)
	}
	if d.Files, err = s.Files.Of(ctx, area, subjects...); err != nil {
		return d, err
	}
	if d.Names, err = s.names(ctx, d.people()); err != nil {
		return d, err
	}
	if d.Supports && who.Covers(Assign, t.Unit) && t.Phase != Done {
		agents, err := s.People.Agents(ctx, t.Unit)
		if err != nil {
			return d, err
		}
		d.Agents = d.Catalogue.teamFirst(t.Group, agents)
	}
	if err := s.promised(ctx, &d); err != nil {
		return d, err
	}
	return d, s.seen(ctx, who, t)
}

// around reads what belongs to a ticket beside its conversation.
func (s *Service) around(ctx context.Context, who access.Actor, d *Detail) error {
	from, id := s.DB.Read(), d.ID
	var err error
	if d.Catalogue, err = s.Catalogue(ctx); err != nil {
		return err
	}
	if d.Kin, d.Named, err = s.kin(ctx, who, d.Ticket, d.about()); err != nil {
		return err
	}
	if d.Answers, err = answersOf(ctx, from, id); err != nil {
		return err
	}
	if d.Asset != "" {
		known, err := s.assets().ByCode(ctx, who, []string{d.Asset})
		if err != nil {
			return err
		}
		d.Equipment = known[d.Asset]
	}
	if !d.Supports {
		d.Kin = Kin{Into: d.Kin.Into, Merged: d.Kin.Merged}
		return nil
	}
	if d.Checks, err = checks(ctx, from, id); err != nil {
		return err
	}
	if d.Watchers, err = watchers(ctx, from, id); err != nil {
		return err
	}
	if d.Toil, err = spent(ctx, from, id); err != nil {
		return err
	}
	d.Suggested, err = s.SuggestTags(ctx, who, "", fewTags)
	return err
}

// about are the tickets that the history names.
func (d *Detail) about() []ident.ID {
	var ids []ident.ID
	for _, st := range d.Steps {
		if aboutTickets[st.Act] {
			ids = append(ids, ident.ID(st.About))
		}
	}
	return ids
}

// tellers are the tickets whose messages the page shows: this one, and of those that
// were merged into it the ones that the reader supports or asked for.
func (d *Detail) tellers(who access.Actor) []ident.ID {
	ids := []ident.ID{d.ID}
	for _, m := range d.Kin.Merged {
		if d.Supports && m.supports(who) || m.Requester == who.ID {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// people are the accounts that the page names.
func (d *Detail) people() []ident.ID {
	all := map[ident.ID]bool{d.Requester: true}
	for _, m := range d.Conversation.Items {
		all[m.Author] = true
	}
	for _, st := range d.Steps {
		all[st.Actor] = true
		if st.Act == ActAssigned {
			all[ident.ID(st.About)] = true
		}
	}
	if d.Owner != "" {
		all[d.Owner] = true
	}
	for _, w := range d.Watchers {
		all[w.Person] = true
	}
	for _, c := range d.Checks {
		all[c.DoneBy] = true
	}
	for _, one := range d.Toil {
		all[one.By] = true
	}
	delete(all, "")
	maps.DeleteFunc(all, func(id ident.ID, _ bool) bool { return strings.HasPrefix(string(id), "system:") })
	return slices.Sorted(maps.Keys(all))
}

func (s *Service) promised(ctx context.Context, d *Detail) error {
	cals, err := s.calendar(ctx)
	if err != nil {
		return err
	}
	ids := []ident.ID{d.AnswerClock, d.ResolveClock}
	if d.NextClock != "" {
		ids = append(ids, d.NextClock)
	}
	clocks, err := deadline.LoadMany(ctx, s.DB.Read(), ids)
	if err != nil {
		return err
	}
	now := s.Business.Now()
	for _, one := range []struct {
		id ident.ID
		to *Promised
	}{{d.AnswerClock, &d.Answer}, {d.NextClock, &d.Next}, {d.ResolveClock, &d.Resolve}} {
		if one.id == "" {
			continue
		}
		if *one.to, err = s.seenNow(ctx, cals, clocks[one.id], now); err != nil {
			return err
		}
	}
	return nil
}

// seenNow is a clock as people must see it at a moment.
func (s *Service) seenNow(ctx context.Context, cals calendars, c deadline.Clock, now time.Time) (Promised, error) {
	p := Promised{Clock: c}
	cal, err := cals.Calendar(ctx, c.Calendar)
	if err != nil {
		return p, err
	}
	if p.Left, err = p.Clock.Left(cal, now); err != nil {
		return p, err
	}
	if p.Paused, err = p.PausedFor(cal); err != nil {
		return p, err
	}
	if p.PausedAt != nil && p.PausedAt.Before(now) {
		open, err := cal.Between(*p.PausedAt, now)
		if err != nil {
			return p, err
		}
		p.Paused += open.Time
	}
	if p.Why, err = p.Explain(cal); err != nil {
		return p, err
	}
	for _, step := range p.Why {
		translate(step.Args, p.PausedWhy)
	}
	return p, nil
}

// translate makes the reason of a pause, which is kept as a key, a word of the
// sentence that mentions it.
func translate(args []any, why string) {
	for i := 1; i < len(args); i += 2 {
		if args[i-1] == "why" && why != "" {
			args[i] = i18n.Key(why)
		}
	}
}

// File is an attachment of a ticket that the reader may see.
func (s *Service) File(ctx context.Context, who access.Actor, ticket, file ident.ID) (files.File, error) {
	t, err := s.one(ctx, s.DB.Read(), who, ticket)
	if err != nil {
		return files.File{}, err
	}
	f, err := s.Files.Get(ctx, area, file)
	if err != nil {
		return f, err
	}
	var m Message
	err = s.DB.Read().NewSelect().Model(&m).Where("tm.id = ?", f.Subject).Where("tm.ticket = ?", t.ID).Scan(ctx)
	if err == nil && m.Internal && !t.supports(who) {
		err = fault.New(fault.Missing, "fault.missing")
	}
	return f, db.Sorted(err)
}

// The words of states, services and the like are keys of the catalogue.

func stateKey(s State) i18n.Key      { return i18n.Key("helpdesk.state." + string(s)) }
func serviceKey(s Category) i18n.Key { return i18n.Key("helpdesk.service." + string(s)) }
func groupKey(g Group) i18n.Key      { return i18n.Key("helpdesk.group." + string(g)) }
