package helpdesk

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
)

// Words is what somebody writes on a ticket. Version is the version that the writer
// saw; 0 does not ask. Author is set by the product only: on whose behalf it files
// what came by mail or SMS; such words are the requester side's. Children and Anyway
// answer what is asked when a ticket is resolved: what becomes of its open children,
// and whether to go on although mandatory lines of its checklist are open.
type Words struct {
	Version int64
	Body    string
	Files   []files.Blob
	Author  ident.ID
	Source  string // how it came: empty is the actor's way
	Why     string // why it is filed on this ticket, as a sentence, when it came by mail

	Children Then
	Anyway   bool
}

// behalf is nil when the actor may file these words as they are.
func (w Words) behalf(who access.Actor) error {
	if w.Author != "" && !who.IsSystem() {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

func (w *Words) check() error {
	w.Body = strings.TrimSpace(fold.NFC(w.Body))
	var k fault.Check
	k.Need(w.Body != "", "body", "helpdesk.form.answer_needed")
	k.Need(utf8.RuneCountInString(w.Body) <= longestBody, "body", "helpdesk.form.body_long", "max", longestBody)
	k.Need(len(w.Files) <= mostFiles, "files", "helpdesk.form.files_many", "max", mostFiles)
	return k.Err()
}

// Reply adds a public message. The support side's first one is the first answer and
// opens a new ticket; the requester's resumes a ticket that waits for the requester.
// On a resolved ticket one must say whether it helped: Reopen or Close. What lands on
// a merged ticket goes to its target, and what the requester writes on a closed one
// follows the policy of its group; the answer is the ticket that holds the words.
func (s *Service) Reply(ctx context.Context, who access.Actor, id ident.ID, w Words) (Ticket, error) {
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		return s.ReplyIn(ctx, tx, r, who, id, w)
	})
}

// ReplyIn is Reply in the caller's transaction.
func (s *Service) ReplyIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, w Words) (Ticket, error) {
	if err := errors.Join(signedIn(who), w.behalf(who)); err != nil {
		return Ticket{}, err
	}
	id, err := landing(ctx, tx, id)
	if err != nil {
		return Ticket{}, err
	}
	theirs := false
	t, err := s.actIn(ctx, tx, r, who, id, w.Version, func(ctx context.Context, a *action) error {
		if err := w.check(); err != nil {
			return err
		}
		theirs = !a.t.supports(who) || w.Author != ""
		switch a.t.State {
		case Resolved:
			return fault.New(fault.Conflict, "helpdesk.ticket.say_whether_it_helped")
		case Closed:
			return fault.New(fault.Conflict, "helpdesk.ticket.closed_for_good")
		}
		if !theirs {
			return a.supportReply(ctx, w)
		}
		a.say(w, false, false)
		if err := a.asked(ctx); err != nil {
			return err
		}
		a.tell("helpdesk.ticket.written")
		a.trail("helpdesk.ticket.written", map[string][2]any{"messages": {a.before.Messages, a.before.Messages + 1}})
		a.notify(a.t.Owner, "helpdesk.notice.written")
		if a.t.State == OnHold && a.t.WaitsFor == Requester {
			if err := a.move(ctx, Open, ""); err != nil {
				return err
			}
			a.step(ActResumed, "", false)
		}
		return a.attach(ctx, w.Files)
	})
	if theirs && fault.HasKey(err, "helpdesk.ticket.closed_for_good") {
		return s.followUp(ctx, tx, r, who, t, w)
	}
	return t, err
}

func (a *action) supportReply(ctx context.Context, w Words) error {
	if err := a.publish(ctx, w); err != nil {
		return err
	}
	if a.t.State == StateNew || a.t.State == Reopened {
		if err := a.move(ctx, Open, ""); err != nil {
			return err
		}
	}
	if a.before.AnsweredAt == nil || a.before.State != a.t.State {
		a.step(ActAnswered, "", false)
	}
	a.trail("helpdesk.ticket.answered", map[string][2]any{"state": {a.before.State, a.t.State}, "messages": {a.before.Messages, a.before.Messages + 1}})
	a.tell("helpdesk.ticket.answered")
	a.notify(a.t.Requester, "helpdesk.notice.answered")
	return nil
}

// publish is a public message of the support side: it takes a ticket that nobody
// has, and is the first answer when there was none.
func (a *action) publish(ctx context.Context, w Words) error {
	a.say(w, false, true)
	if a.t.Owner == "" {
		a.t.Owner = a.who.ID
	}
	if err := a.answer(ctx); err != nil {
		return err
	}
	return a.attach(ctx, w.Files)
}

// Note adds an internal note: no answer, and never shown to the requester.
func (s *Service) Note(ctx context.Context, who access.Actor, id ident.ID, w Words) (Ticket, error) {
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) { return s.NoteIn(ctx, tx, r, who, id, w) })
}

// NoteIn is Note in the caller's transaction.
func (s *Service) NoteIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, w Words) (Ticket, error) {
	if err := errors.Join(who.Need(Work), w.behalf(who)); err != nil {
		return Ticket{}, err
	}
	if err := w.check(); err != nil {
		return Ticket{}, err
	}
	return s.actIn(ctx, tx, r, who, id, 0, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		a.say(w, true, true)
		a.trail("helpdesk.ticket.noted", map[string][2]any{"messages": {a.before.Messages, a.before.Messages + 1}})
		return a.attach(ctx, w.Files)
	})
}

// Called records that somebody of the support side reached the requester by phone. It
// is an answer as a message is, and what was said is public.
func (s *Service) Called(ctx context.Context, who access.Actor, id ident.ID, version int64, w Words) (Ticket, error) {
	return s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
		return s.CalledIn(ctx, tx, r, who, id, version, w)
	})
}

// CalledIn is Called in the caller's transaction.
func (s *Service) CalledIn(ctx context.Context, tx *db.Tx, r Ready, who access.Actor, id ident.ID, version int64, w Words) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	if err := w.check(); err != nil {
		return Ticket{}, err
	}
	w.Source = "phone"
	return s.actIn(ctx, tx, r, who, id, version, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		if a.t.Phase == Done {
			return fault.New(fault.Conflict, "helpdesk.ticket.already_done")
		}
		return a.supportReply(ctx, w)
	})
}

// support is nil when the actor stands on the answering side of this ticket.
func (a *action) support() error {
	if !a.t.supports(a.who) {
		return fault.New(fault.Denied, "helpdesk.ticket.support_only")
	}
	return nil
}

func signedIn(who access.Actor) error {
	if !who.SignedIn() {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	return nil
}

// Take makes the actor the ticket's owner.
func (s *Service) Take(ctx context.Context, who access.Actor, id ident.ID, version int64) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, version, func(_ context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		return a.give(who.ID, ActTaken)
	})
}

// Assign gives the ticket to one of the people who may work on it.
func (s *Service) Assign(ctx context.Context, who access.Actor, id ident.ID, version int64, owner ident.ID) (Ticket, error) {
	if err := who.Need(Assign); err != nil {
		return Ticket{}, err
	}
	t, err := s.one(ctx, s.DB.Read(), who, id)
	if err != nil {
		return Ticket{}, err
	}
	agents, err := s.People.Agents(ctx, t.Unit)
	if err != nil {
		return Ticket{}, err
	}
	var k fault.Check
	k.Need(hasAgent(agents, owner), "owner", "helpdesk.form.owner_unknown")
	if err := k.Err(); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, version, func(_ context.Context, a *action) error {
		if err := who.NeedAt(Assign, a.t.Unit); err != nil {
			return err
		}
		return a.give(owner, ActAssigned)
	})
}

func hasAgent(agents []Agent, id ident.ID) bool {
	for _, a := range agents {
		if a.ID == id {
			return true
		}
	}
	return false
}

func (a *action) give(owner ident.ID, act Act) error {
	if a.t.Phase == Done {
		return fault.New(fault.Conflict, "helpdesk.ticket.already_done")
	}
	if a.t.Owner == owner {
		return nil
	}
	a.t.Owner = owner
	a.step(act, string(owner), true)
	a.trail("helpdesk.ticket.assigned", map[string][2]any{"owner": {a.before.Owner, owner}})
	a.notify(owner, "helpdesk.notice.assigned")
	return nil
}

// Rank changes how many are hit and how urgent it is, and so the priority. Both
// clocks keep their start and their pauses.
func (s *Service) Rank(ctx context.Context, who access.Actor, id ident.ID, version int64, impact, urgency int) (Ticket, error) {
	if err := who.Need(Work); err != nil {
		return Ticket{}, err
	}
	var k fault.Check
	k.Need(impact >= Least && impact <= Most, "impact", "helpdesk.form.impact_needed")
	k.Need(urgency >= Least && urgency <= Most, "urgency", "helpdesk.form.urgency_needed")
	if err := k.Err(); err != nil {
		return Ticket{}, err
	}
	return s.act(ctx, who, id, version, func(ctx context.Context, a *action) error {
		if err := a.support(); err != nil {
			return err
		}
		return a.rank(ctx, impact, urgency)
	})
}

func (a *action) rank(ctx context.Context, impact, urgency int) error {
	if a.t.Phase == Done {
		return fault.New(fault.Conflict, "helpdesk.ticket.already_done")
	}
	a.t.Impact, a.t.Urgency, a.t.Priority = impact, urgency, PriorityOf(impact, urgency)
	if a.t.Priority == a.before.Priority {
		return nil
	}
	a.step(ActRanked, strconv.Itoa(a.t.Priority), false)
	a.trail("helpdesk.ticket.ranked", map[string][2]any{"priority": {a.before.Priority, a.t.Priority}})
	return a.reclock(ctx)
}
