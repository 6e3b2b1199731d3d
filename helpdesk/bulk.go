package helpdesk

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/job"
)

// BulkAct is what is done to many tickets at once.
type BulkAct string

// The acts.
const (
	BulkAssign  BulkAct = "assign"
	BulkTag     BulkAct = "tag"
	BulkRank    BulkAct = "rank"
	BulkHold    BulkAct = "hold"
	BulkResolve BulkAct = "resolve"
	BulkMerge   BulkAct = "merge"
	BulkLink    BulkAct = "link" // under a running incident; only when a room of incidents is there
)

// BulkActs are all of them, in the order of the form.
var BulkActs = []BulkAct{BulkAssign, BulkTag, BulkRank, BulkHold, BulkResolve, BulkMerge, BulkLink}

const (
	mostBulk = 500 // tickets of one go
	fewBulk  = 20  // up to here it is done while one waits
)

// Bulk is one act on many tickets, with what the act needs.
type Bulk struct {
	Act     BulkAct    `json:"act"`
	Tickets []ident.ID `json:"tickets"`
	Owner   ident.ID   `json:"owner,omitempty"`
	Tags    string     `json:"tags,omitempty"` // to add, after commas
	Impact  int        `json:"impact,omitempty"`
	Urgency int        `json:"urgency,omitempty"`
	Party   Party      `json:"party,omitempty"`
	Body    string     `json:"body,omitempty"`
	Into    string     `json:"into,omitempty"`  // number of the ticket to merge into
	Under   ident.ID   `json:"under,omitempty"` // the incident to link to
	into    ident.ID
	under   Trouble
}

// BulkLine is one ticket of a bulk act: what became of it, or will.
type BulkLine struct {
	Ticket ident.ID  `json:"ticket"`
	Number string    `json:"number"`
	Title  string    `json:"-"` // never kept: a job's result holds no text of tickets
	Why    i18n.Line `json:"why,omitzero"`
}

// check checks what the act needs, before any ticket is looked at.
func (s *Service) checkBulk(ctx context.Context, who access.Actor, b *Bulk) error {
	if err := who.Need(Work); err != nil {
		return err
	}
	var k fault.Check
	k.Need(len(b.Tickets) > 0, "ticket", "helpdesk.bulk.none")
	k.Need(len(b.Tickets) <= mostBulk, "ticket", "helpdesk.bulk.many", "max", mostBulk)
	k.Need(slices.Contains(BulkActs, b.Act), "act", "helpdesk.bulk.act_needed")
	switch b.Act {
	case BulkAssign:
		k.Need(b.Owner != "", "owner", "helpdesk.form.owner_unknown")
	case BulkTag:
		labels, err := tags(strings.Split(b.Tags, ","))
		k.Add(err)
		k.Need(len(labels) > 0, "tags", "helpdesk.bulk.tags_needed")
	case BulkRank:
		k.Need(b.Impact >= Least && b.Impact <= Most, "impact", "helpdesk.form.impact_needed")
		k.Need(b.Urgency >= Least && b.Urgency <= Most, "urgency", "helpdesk.form.urgency_needed")
	case BulkHold, BulkResolve:
		k.Add((&Words{Body: b.Body}).check())
		k.Need(b.Act != BulkHold || b.Party == Requester || b.Party == Vendor, "party", "helpdesk.form.party_needed")
	case BulkMerge:
		into, err := s.ByNumber(ctx, who, b.Into)
		k.Need(err == nil, "into", "helpdesk.bulk.into_unknown")
		b.into = into.ID
	case BulkLink:
		all, err := s.running(ctx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(one Trouble) bool { return one.ID == b.Under })
		k.Need(at >= 0, "under", "helpdesk.bulk.under_needed")
		if at >= 0 {
			b.under = all[at]
		}
	}
	return k.Err()
}

// PreviewBulk says of each ticket what stands in the way of the act, in one query; it
// changes nothing.
func (s *Service) PreviewBulk(ctx context.Context, who access.Actor, b Bulk) ([]BulkLine, error) {
	if err := s.checkBulk(ctx, who, &b); err != nil {
		return nil, err
	}
	return s.bulkLines(ctx, who, b)
}

func (s *Service) bulkLines(ctx context.Context, who access.Actor, b Bulk) ([]BulkLine, error) {
	var rows []Ticket
	err := s.DB.Read().NewSelect().Model(&rows).Where("ti.id IN (?)", bun.List(b.Tickets)).Apply(within(who)).Order("ti.seq").Scan(ctx)
	lines := make([]BulkLine, len(rows))
	for i, t := range rows {
		lines[i] = BulkLine{Ticket: t.ID, Number: t.Number(), Title: t.Title}
		if key := b.refuses(who, t); key != "" {
			lines[i].Why = i18n.L(key)
		}
	}
	return lines, db.Sorted(err)
}

// refuses is the key of the sentence that says why the act will not be done to a
// ticket; empty when nothing stands in its way.
func (b Bulk) refuses(who access.Actor, t Ticket) string {
	can := func(to State) bool { return slices.Contains(moves[t.State], to) }
	switch {
	case !t.supports(who):
		return "helpdesk.ticket.support_only"
	case b.Act == BulkAssign && b.Owner != who.ID && !who.Covers(Assign, t.Unit):
		return "fault.denied"
	case b.Act == BulkHold && !can(OnHold), b.Act == BulkResolve && !can(Resolved):
		return "helpdesk.bulk.state"
	case (b.Act == BulkAssign || b.Act == BulkRank || b.Act == BulkMerge) && t.Phase == Done:
		return "helpdesk.ticket.already_done"
	case b.Act == BulkMerge && t.ID == b.into:
		return "helpdesk.bulk.itself"
	}
	return ""
}

// DoBulk does the act to each ticket in a transaction of its own and says what became
// of each. step is told after every ticket; when it fails, the rest is left undone.
func (s *Service) DoBulk(ctx context.Context, who access.Actor, b Bulk, step func(done, total int) error) ([]BulkLine, error) {
	if err := s.checkBulk(ctx, who, &b); err != nil {
		return nil, err
	}
	lines, err := s.bulkLines(ctx, who, b)
	if err != nil {
		return nil, err
	}
	for i := range lines {
		if lines[i].Why.Key == "" {
			err := s.bulkOne(ctx, who, b, lines[i].Ticket)
			if f := fault.Of(err); err != nil && (f.Kind == fault.Internal || f.Kind == fault.Unavailable) {
				return nil, err
			} else if err != nil {
				lines[i].Why = i18n.L(f.Key, f.Args...)
			}
		}
		if err := step(i+1, len(lines)); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func (s *Service) bulkOne(ctx context.Context, who access.Actor, b Bulk, id ident.ID) error {
	var err error
	switch b.Act {
	case BulkAssign:
		if b.Owner == who.ID {
			_, err = s.Take(ctx, who, id, 0)
		} else {
			_, err = s.Assign(ctx, who, id, 0, b.Owner)
		}
	case BulkTag:
		_, err = s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
			return s.TagIn(ctx, tx, r, who, id, 0, func(had []string) []string { return append(had, strings.Split(b.Tags, ",")...) })
		})
	case BulkRank:
		_, err = s.Rank(ctx, who, id, 0, b.Impact, b.Urgency)
	case BulkHold:
		_, err = s.Hold(ctx, who, id, b.Party, Words{Body: b.Body})
	case BulkResolve:
		_, err = s.Resolve(ctx, who, id, Words{Body: b.Body})
	case BulkMerge:
		_, err = s.Merge(ctx, who, id, 0, b.into)
	case BulkLink:
		_, err = s.in(ctx, func(ctx context.Context, tx *db.Tx, r Ready) (Ticket, error) {
			return s.LinkIn(ctx, tx, r, who, id, b.under.ID, b.under.Number)
		})
	}
	return err
}

// BulkJob is the kind of job that does a large bulk act.
const BulkJob = "helpdesk.bulk"

// BulkWork does a bulk act as a job. A run that starts over finds what it has done
// already refused, one by one, and does nothing twice.
func (s *Service) BulkWork(ctx context.Context, run *job.Run) error {
	var b Bulk
	if err := run.Want(&b); err != nil {
		return err
	}
	lines, err := s.DoBulk(ctx, run.Who, b, func(done, total int) error {
		return run.Step(ctx, int64(done), int64(total), "helpdesk.bulk.step", "done", done, "total", total)
	})
	if err != nil {
		return err
	}
	return run.Keep(lines)
}
