package hotline

import (
	"context"
	"strings"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/live"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/trail"
)

// Reply is what an exchange is told: nothing, to refuse the call, or which number to
// show when dialling.
type Reply struct {
	Action   string `json:"action,omitempty"`
	Reason   string `json:"reason,omitempty"`
	CallerID string `json:"callerId,omitempty"`
	Caller   string `json:"caller_id,omitempty" doc:"the same as callerId: bridges know it by either name"`
	Number   string `json:"number,omitempty"`
}

// known is what was found out about an event before the operation began.
type known struct {
	pbx     PBX
	number  string
	person  ident.ID
	unit    string
	blocked bool
	agent   ident.ID
	actor   access.Actor // the agent, for what is done in the agent's name
	ticket  ident.ID     // that a call going out is about
	ready   helpdesk.Ready
	cals    oneCalendar
	who     access.Actor // the exchange
}

// Take takes in an event of an exchange and says what the exchange should do.
func (s *Service) Take(ctx context.Context, p PBX, e Event) (Reply, error) {
	k, err := s.know(ctx, p, e)
	if err != nil {
		return Reply{}, err
	}
	s.count(e.Kind)
	for try := 1; ; try++ {
		err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.take(ctx, tx, k, e) })
		if try == mostTries || !fault.HasKey(err, "fault.duplicate") {
			break // else two events of one call, or two missed calls of one number, came in the same moment
		}
	}
	switch {
	case err != nil:
		return Reply{}, err
	case e.Kind == NewCall && k.blocked:
		return Reply{Action: "reject", Reason: "busy"}, nil
	case e.Kind == NewCall && e.Direction == Out && p.CallerID != "":
		return Reply{Action: "dial", CallerID: p.CallerID, Caller: p.CallerID, Number: e.To}, nil
	}
	return Reply{}, nil
}

// mostTries is how often an event is taken in again that met another one.
const mostTries = 5

// know finds out who calls whom, and what acting on it needs.
func (s *Service) know(ctx context.Context, p PBX, e Event) (known, error) {
	k := known{pbx: p, who: access.System("hotline")}
	k.who.Via = "api"
	var err error
	if k.cals, err = s.calendar(ctx); err != nil {
		return k, err
	}
	if k.ready, err = s.Desk.Ready(ctx); err != nil {
		return k, err
	}
	if n, ok := phone.Normal(e.Caller()); ok {
		k.number = n
	}
	people, err := s.callers(ctx, k.number)
	if err != nil {
		return k, err
	}
	k.person, k.unit = only(people)
	if e.Direction == In && k.number != "" {
		n, err := s.DB.Read().NewSelect().TableExpr("hotline_block").Where("number = ?", k.number).Count(ctx)
		if err != nil {
			return k, db.Sorted(err)
		}
		k.blocked = n > 0
	}
	if k.agent, err = s.agentOf(ctx, e); err != nil || k.agent == "" {
		return k, err
	}
	if k.actor, err = s.People.ActorOf(ctx, k.agent); err != nil || !k.actor.May(helpdesk.Work) {
		k.agent, k.actor = "", access.Actor{} // somebody's number, but nobody of the support
		return k, nil                         //nolint:nilerr // a locked account answers no calls
	}
	if e.Direction == Out && k.person != "" {
		k.ticket, err = s.about(ctx, k)
	}
	return k, err
}

// about is the one open ticket of the called person that the agent works on.
func (s *Service) about(ctx context.Context, k known) (ident.ID, error) {
	all, err := s.Desk.OpenOf(ctx, k.actor, []ident.ID{k.person}, "", fewTickets)
	if err != nil {
		return "", err
	}
	var found ident.ID
	for _, t := range all {
		switch {
		case t.Owner != k.agent:
		case found != "":
			return "", nil // which one is for a person to say
		default:
			found = t.ID
		}
	}
	return found, nil
}

// agentOf is the agent whom an exchange names: by extension, number, login or key.
func (s *Service) agentOf(ctx context.Context, e Event) (ident.ID, error) {
	for _, word := range e.Desk() {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		var rows []ident.ID
		err := s.DB.Read().NewSelect().TableExpr("hotline_seat").Column("account").Where("extension = ?", word).Scan(ctx, &rows)
		if err != nil {
			return "", db.Sorted(err)
		}
		if len(rows) > 0 {
			return rows[0], nil
		}
		id, err := s.People.Seated(ctx, word)
		if err != nil || id != "" {
			return id, err
		}
	}
	return "", nil
}

// take writes what an event tells.
func (s *Service) take(ctx context.Context, tx *db.Tx, k known, e Event) error {
	now := s.Business.Now()
	c, was, err := s.session(ctx, tx, k, e, now)
	if err != nil {
		return err
	}
	c.hear(e, now)
	if e.Kind != NewCall || e.Direction == Out {
		fillID(&c.Agent, k.agent)
	}
	if was.ID != "" && c.same(was) {
		return nil
	}
	fillID(&c.Ticket, k.ticket)
	if err := s.save(ctx, tx, was, &c); err != nil {
		return err
	}
	if err := s.tasks(ctx, tx, k, was, c, now); err != nil {
		return err
	}
	if err := s.called(ctx, tx, k, was, c); err != nil {
		return err
	}
	if err := s.Live.Publish(ctx, tx, shown(was, c)...); err != nil {
		return err
	}
	if _, err := tx.NewRaw("UPDATE hotline_pbx SET used_at = ? WHERE id = ? AND (used_at IS NULL OR used_at < ?)",
		now, k.pbx.ID, now.Add(-touched)).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if was.State == c.State {
		return nil
	}
	if !c.Open() {
		if err := outbox.Write(ctx, tx, now, told(c)); err != nil {
			return err
		}
	}
	return trail.Write(ctx, tx, now, k.who, "hotline.call."+string(c.State), string(c.ID),
		map[string][2]any{"state": {was.State, c.State}, "direction": {nil, c.Direction}}, trail.At(c.Unit))
}

func fillID(to *ident.ID, from ident.ID) {
	if *to == "" {
		*to = from
	}
}

// session is the call that an event belongs to: a new one when the event is the first
// that is heard of it.
func (s *Service) session(ctx context.Context, tx *db.Tx, k known, e Event, now time.Time) (c, was Call, err error) {
	err = tx.NewSelect().Model(&was).Where("hc.pbx = ?", k.pbx.ID).Where("hc.call_id = ?", e.CallID).Apply(db.ForUpdate(tx)).Scan(ctx)
	if err = db.Sorted(err); err == nil {
		return was, was, nil
	}
	if !fault.Is(err, fault.Missing) {
		return c, was, err
	}
	c = Call{ID: ident.New(now), PBX: k.pbx.ID, CallID: e.CallID, Direction: e.Direction, Number: k.number, State: Ringing,
		BeganAt: now, Night: k.cals.night(now), Unit: k.unit, Person: k.person}
	if k.blocked {
		c.State = Rejected
	}
	return c, Call{}, nil
}

// save writes a call, its figures with it.
func (s *Service) save(ctx context.Context, tx *db.Tx, was Call, c *Call) error {
	if was.ID == "" {
		c.Version = 1
		if _, err := tx.NewInsert().Model(c).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	} else {
		c.Version++
		err := db.Changed(tx.NewUpdate().Model(c).WherePK().Where("version = ?", was.Version).Exec(ctx))
		if err != nil {
			return err
		}
	}
	if !c.Open() {
		if err := search.Put(ctx, tx, s.doc(*c)); err != nil {
			return err
		}
	}
	var changes []figures.Value
	for _, v := range was.marks() {
		v.N = -v.N
		changes = append(changes, v)
	}
	return figures.Add(ctx, tx, append(changes, c.marks()...)...)
}

// kindCall is what a call is in the search index.
const kindCall = "call"

// doc is a call that is over, as it is found: by number, names and notes. The number
// is not shown with the hit.
func (s *Service) doc(c Call) search.Doc {
	t := s.Words.In(i18n.VI)
	title := t.Say("hotline.found."+c.Direction, "at", c.BeganAt)
	if c.Names != "" {
		title += " · " + c.Names
	}
	return search.Doc{Area: area, Kind: kindCall, Subject: string(c.ID), Unit: c.Unit, Title: title, Body: c.Number + " " + c.Note, Updated: s.Business.Now()}
}

// SearchScopes is what the actor may find of the hotline in the search index.
func (s *Service) SearchScopes(who access.Actor) []search.Scope {
	return []search.Scope{search.Reach(who, helpdesk.Work, kindCall)}
}

// Found tells whether a hit of the search index is a call, and where it leads.
func Found(h search.Hit) (path string, ok bool) { return callPage(ident.ID(h.Subject)), h.Area == area }

// called counts a call that went out and was answered as an answer of its ticket.
func (s *Service) called(ctx context.Context, tx *db.Tx, k known, was, c Call) error {
	if c.Direction != Out || c.Ticket == "" || was.Reached() || !c.Reached() || c.Agent != k.agent || k.agent == "" {
		return nil
	}
	return s.spoke(ctx, tx, k.ready, k.actor, c)
}

// spoke puts a conversation by telephone on its ticket: a public word that stops the
// clock of the answer. A ticket that is done, or that the agent may not work on, is
// left alone.
func (s *Service) spoke(ctx context.Context, tx *db.Tx, r helpdesk.Ready, who access.Actor, c Call) error {
	t := s.Words.In(i18n.VI)
	body := t.Say("hotline.call.spoke", "at", c.BeganAt)
	if c.Note != "" {
		body += "\n" + c.Note
	}
	_, err := s.Desk.CalledIn(ctx, tx, r, who, c.Ticket, 0, helpdesk.Words{Body: body})
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Missing) || fault.Is(err, fault.Denied) {
		return nil
	}
	return err
}

// shown is what open pages are told of a change: a call that rings is for all who
// hear the queue, a call that somebody took is theirs.
func shown(was, c Call) []live.Event {
	p := live.Part{ID: "call-" + string(c.ID), Href: "/desk/hotline/calls/" + string(c.ID) + "/card"}
	mine := c.Agent != ""
	switch {
	case c.State == Rejected:
		return nil
	case c.Direction == Out && mine:
		return []live.Event{live.Show(live.To(c.Agent), p)}
	case c.Direction == Out:
		return nil
	case c.State == Ringing, c.State == Talking && !mine:
		return []live.Event{live.Show(Room, p)}
	case mine && was.Agent != c.Agent:
		return []live.Event{live.Gone(Room, p.ID), live.Show(live.To(c.Agent), p)}
	case mine:
		return []live.Event{live.Show(live.To(c.Agent), p)}
	}
	return []live.Event{live.Gone(Room, p.ID)}
}

// Over is the event that a call has ended. It holds keys and no personal values.
type Over struct {
	Call      ident.ID `json:"call"`
	Direction string   `json:"direction"`
	State     State    `json:"state"`
	Unit      string   `json:"unit,omitempty"`
	Ticket    ident.ID `json:"ticket,omitempty"`
	Night     bool     `json:"night"`
}

// Topic is the event's name.
func (Over) Topic() string { return "hotline.call.over" }

// Subject is the call.
func (o Over) Subject() string { return string(o.Call) }

func told(c Call) Over {
	return Over{Call: c.ID, Direction: c.Direction, State: c.State, Unit: c.Unit, Ticket: c.Ticket, Night: c.Night}
}
