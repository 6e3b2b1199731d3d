package incident

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/alike"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/trail"
)

// Stand is where a problem stands.
type Stand string

// The stands of a problem.
const (
	Sought Stand = "sought" // the cause is looked for
	Known  Stand = "known"  // a known error: cause and a way around it
	Fixed  Stand = "fixed"
)

// Stands are all of them, in the order of forms.
var Stands = []Stand{Sought, Known, Fixed}

// Problem is the cause behind incidents and tickets.
type Problem struct {
	bun.BaseModel `bun:"table:problem,alias:pb"`
	Seq           int64             `bun:"seq,pk,autoincrement"`
	ID            ident.ID          `bun:"id"`
	Year          int               `bun:"year"`
	Title         string            `bun:"title"`
	Service       helpdesk.Category `bun:"service"`
	Cause         string            `bun:"cause"`
	Workaround    string            `bun:"workaround"` // shown while somebody types
	State         Stand             `bun:"state"`
	Owner         ident.ID          `bun:"owner"`
	OpenedAt      time.Time         `bun:"opened_at"`
	FixedAt       *time.Time        `bun:"fixed_at"`
	ChangedAt     time.Time         `bun:"changed_at"`
	Version       int64             `bun:"version"`
}

// Number is what people call it: NN-2016-0003, from "nguyên nhân".
func (p Problem) Number() string { return fmt.Sprintf("NN-%d-%04d", p.Year, p.Seq) }

// Path is its page.
func (p Problem) Path() string { return "/problems/" + string(p.ID) }

// ProblemText is a problem as somebody typed it.
type ProblemText struct {
	Version                  int64
	Title, Cause, Workaround string
	Service                  helpdesk.Category
	State                    Stand
	Incident                 ident.ID // gathered at once
}

func (x *ProblemText) check() error {
	x.Title, x.Cause, x.Workaround = tidy(x.Title), tidy(x.Cause), tidy(x.Workaround)
	var k fault.Check
	k.Need(x.Title != "", "title", "incident.form.title_needed")
	k.Need(!long(x.Title, longestTitle), "title", "incident.form.long", "max", longestTitle)
	k.Need(slices.Contains(helpdesk.Categories, x.Service), "service", "incident.form.service_needed")
	k.Need(slices.Contains(Stands, x.State), "state", "incident.form.state_needed")
	k.Need(!long(x.Cause, longestText), "cause", "incident.form.long", "max", longestText)
	k.Need(!long(x.Workaround, longestText), "workaround", "incident.form.long", "max", longestText)
	k.Need(x.State != Known || x.Workaround != "", "workaround", "incident.form.workaround_needed")
	k.Need(x.State != Fixed || x.Cause != "", "cause", "incident.form.cause_needed")
	return k.Err()
}

func (p *Problem) take(x ProblemText, now time.Time) {
	p.Title, p.Service, p.Cause, p.Workaround, p.ChangedAt = x.Title, x.Service, x.Cause, x.Workaround, now
	if x.State != p.State {
		p.State, p.FixedAt = x.State, nil
		if x.State == Fixed {
			p.FixedAt = &now
		}
	}
	p.Version++
}

func indexProblem(ctx context.Context, tx *db.Tx, p Problem) error {
	return search.Put(ctx, tx, search.Doc{Area: area, Kind: kindProblem, Subject: string(p.ID), Title: p.Number() + " " + p.Title,
		Body: p.Cause + "\n" + p.Workaround, Updated: p.ChangedAt})
}

// OpenProblem makes a problem, with the incident that showed it when one is named.
func (s *Service) OpenProblem(ctx context.Context, who access.Actor, x ProblemText) (Problem, error) {
	if err := who.Need(Lead); err != nil {
		return Problem{}, err
	}
	if err := x.check(); err != nil {
		return Problem{}, err
	}
	now := s.Business.Now()
	p := Problem{ID: ident.New(now), Year: now.In(clock.City).Year(), Owner: who.ID, OpenedAt: now}
	p.take(x, now)
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&p).ExcludeColumn("seq").Returning("seq").Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if x.Incident != "" {
			if err := db.Changed(tx.NewUpdate().Table("incident").Set("problem = ?", p.ID).Set("version = version + 1").Where("id = ?", x.Incident).Exec(ctx)); err != nil {
				return err
			}
		}
		if err := indexProblem(ctx, tx, p); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.problem.opened", string(p.ID), map[string][2]any{"state": {"", p.State}, "incident": {"", x.Incident}})
	})
	return p, err
}

// ChangeProblem saves what is known of a problem.
func (s *Service) ChangeProblem(ctx context.Context, who access.Actor, id ident.ID, x ProblemText) (Problem, error) {
	var p Problem
	if err := who.Need(Lead); err != nil {
		return p, err
	}
	if err := x.check(); err != nil {
		return p, err
	}
	now := s.Business.Now()
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if p, err = s.problem(ctx, tx, id); err != nil {
			return err
		}
		if x.Version != 0 && x.Version != p.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		before := p
		p.take(x, now)
		if err := db.Changed(tx.NewUpdate().Model(&p).ExcludeColumn("seq", "id", "year", "opened_at").Where("pb.id = ?", id).
			Where("pb.version = ?", before.Version).Exec(ctx)); err != nil {
			return err
		}
		if err := indexProblem(ctx, tx, p); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "helpdesk.problem.changed", string(id), map[string][2]any{"state": {before.State, p.State}})
	})
	return p, err
}

// Gather puts tickets under a problem.
func (s *Service) Gather(ctx context.Context, who access.Actor, id ident.ID, tickets ...ident.ID) error {
	if err := who.Need(helpdesk.Work); err != nil {
		return err
	}
	if _, err := s.problem(ctx, s.DB.Read(), id); err != nil {
		return err
	}
	seen, err := s.Desk.Tickets(ctx, who, tickets)
	if err != nil {
		return err
	}
	var k fault.Check
	k.Need(len(seen) > 0 && len(seen) == len(tickets), "ticket", "incident.form.tickets_needed")
	if err := k.Err(); err != nil {
		return err
	}
	now := s.Business.Now()
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, t := range seen {
			row := problemTicket{Problem: id, Ticket: t.ID}
			if _, err := tx.NewInsert().Model(&row).On("CONFLICT (problem, ticket) DO NOTHING").Exec(ctx); err != nil {
				return db.Sorted(err)
			}
			if err := trail.Write(ctx, tx, now, who, "helpdesk.problem.gathered", string(id), map[string][2]any{"ticket": {"", t.ID}}, trail.At(t.Unit)); err != nil {
				return err
			}
		}
		return nil
	})
}

type problemTicket struct {
	bun.BaseModel `bun:"table:problem_ticket,alias:pt"`
	Problem       ident.ID `bun:"problem,pk"`
	Ticket        ident.ID `bun:"ticket,pk"`
}

func (s *Service) problem(ctx context.Context, from bun.IDB, id ident.ID) (Problem, error) {
	var p Problem
	err := from.NewSelect().Model(&p).Where("pb.id = ?", id).Scan(ctx)
	return p, db.Sorted(err)
}

// ProblemDetail is a problem with what it gathers.
type ProblemDetail struct {
	Problem
	Incidents []Incident
	Tickets   []helpdesk.Ticket // within the reader's reach
	Names     map[ident.ID]string
}

// GetProblem is a problem with what it gathers.
func (s *Service) GetProblem(ctx context.Context, who access.Actor, id ident.ID) (ProblemDetail, error) {
	var d ProblemDetail
	if err := who.Need(Read); err != nil {
		return d, err
	}
	var err error
	from := s.DB.Read()
	if d.Problem, err = s.problem(ctx, from, id); err != nil {
		return d, err
	}
	if err := from.NewSelect().Model(&d.Incidents).Where("inc.problem = ?", id).Where("inc.problem <> ''").Order("inc.seq DESC").Limit(200).Scan(ctx); err != nil {
		return d, db.Sorted(err)
	}
	var ids []ident.ID
	if err := from.NewSelect().Model((*problemTicket)(nil)).Column("ticket").Where("pt.problem = ?", id).Order("pt.ticket DESC").Limit(200).Scan(ctx, &ids); err != nil {
		return d, db.Sorted(err)
	}
	if d.Tickets, err = s.readable(ctx, who, ids); err != nil {
		return d, err
	}
	d.Names, err = s.People.Names(ctx, []ident.ID{d.Owner})
	return d, err
}

// readable are the tickets that the reader may see; who reads none sees none.
func (s *Service) readable(ctx context.Context, who access.Actor, ids []ident.ID) ([]helpdesk.Ticket, error) {
	if !who.May(helpdesk.Read) && !who.May(helpdesk.Work) {
		return nil, nil
	}
	return s.Desk.Tickets(ctx, who, ids)
}

// Problems is a page of problems in a state, the newest first.
func (s *Service) Problems(ctx context.Context, who access.Actor, state Stand, r page.Request) (page.Page[Problem], error) {
	if err := who.Need(Read); err != nil {
		return page.Page[Problem]{}, err
	}
	var rows []Problem
	err := s.DB.Read().NewSelect().Model(&rows).Where("pb.state = ?", state).Apply(r.On("pb.seq")).Scan(ctx)
	return page.Cut(r, rows, func(p Problem) []string { return []string{seqText(p.Seq)} }), db.Sorted(err)
}

// mostKnown is how many known errors are held against what somebody types.
const mostKnown = 300

// KnownErrors are the known errors that somebody may be typing about, the likeliest
// first: with a way around, until they are fixed.
func (s *Service) KnownErrors(ctx context.Context, service helpdesk.Category, words ...string) ([]Problem, error) {
	typed := alike.Of(words...)
	if typed.Empty() {
		return nil, nil
	}
	var rows []Problem
	err := s.DB.Read().NewSelect().Model(&rows).Where("pb.state = ?", Known).Order("pb.seq DESC").Limit(mostKnown).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	scores := map[ident.ID]float64{}
	rows = slices.DeleteFunc(rows, func(p Problem) bool {
		score := max(typed.Score(alike.Of(p.Title)), typed.Score(alike.Of(p.Title, p.Workaround)))
		if p.Service == service {
			score += sameService
		}
		scores[p.ID] = score
		return score < alike.Near
	})
	slices.SortStableFunc(rows, func(a, b Problem) int {
		if scores[a.ID] > scores[b.ID] {
			return -1
		}
		return 1
	})
	return rows[:min(len(rows), 2)], nil
}
