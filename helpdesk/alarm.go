package helpdesk

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/helpdesk/sla"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
)

// Ladder knows who stands on the rungs above an owner.
type Ladder interface {
	// Rung are the people of a rung who answer for a unit.
	Rung(ctx context.Context, r sla.Rung, unit string) ([]ident.ID, error)
}

// alarmed is a step of a ladder that has come and of which nobody was told yet.
type alarmed struct {
	bun.BaseModel `bun:"table:desk_alarm,alias:da"`
	ID            ident.ID  `bun:"id,pk"`
	Ticket        ident.ID  `bun:"ticket"`
	Clock         ident.ID  `bun:"clock"`
	Purpose       string    `bun:"purpose"`
	Step          string    `bun:"step"`
	Due           time.Time `bun:"due"`
	Critical      bool      `bun:"critical"`
}

// alarm puts down that a step has come; Alarms tells the people.
func (s *Service) alarm(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var step deadline.Stepped
	if err := e.Read(&step); err != nil || step.Area != area || step.Due == nil {
		return err
	}
	said, ok := sla.ParseStep(step.Step)
	if !ok {
		return nil // of a clock that an earlier release started
	}
	_, err := tx.NewInsert().Model(&alarmed{ID: e.ID, Ticket: ident.ID(step.About), Clock: step.Clock, Purpose: step.Purpose, Step: step.Step,
		Due: *step.Due, Critical: said.Critical}).On("CONFLICT DO NOTHING").Exec(ctx)
	return db.Sorted(err)
}

// Alarms tells people of the steps that have come, each person once: of one ticket by
// its name, of several in one digest. Outside working time only critical steps go out;
// the others wait for the next opening. What was answered, paused or put off
// meanwhile is not told. It tells how many notices it wrote; a chore runs it.
func (s *Service) Alarms(ctx context.Context, limit int) (int, error) {
	cals, err := s.calendar(ctx)
	if err != nil {
		return 0, err
	}
	now := s.Business.Now()
	open, known := cals.cal.IsOpen(now)
	var rows []alarmed
	q := s.DB.Read().NewSelect().Model(&rows).Order("da.id").Limit(int64(limit))
	if known && !open {
		q = q.Where("da.critical")
	}
	if err := q.Scan(ctx, &rows); err != nil || len(rows) == 0 {
		return 0, db.Sorted(err)
	}
	told, err := s.whom(ctx, rows, now)
	if err != nil {
		return 0, err
	}
	var letters []notify.Message
	for _, person := range slices.Sorted(maps.Keys(told)) {
		letters = append(letters, letter(person, told[person], now))
	}
	ids := make([]ident.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewDelete().Model((*alarmed)(nil)).Where("da.id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return notify.Write(ctx, tx, now, letters...)
	})
	return len(letters), err
}

// dueTicket is a ticket of which a person is told, and for what.
type dueTicket struct {
	ticket Ticket
	alarmed
	minutes int64
}

// whom sorts the steps that still hold by the people to be told: constant queries, and
// one for each rung and unit that occurs.
func (s *Service) whom(ctx context.Context, rows []alarmed, now time.Time) (map[ident.ID][]dueTicket, error) {
	ids, clocks := make([]ident.ID, len(rows)), make([]ident.ID, len(rows))
	for i, r := range rows {
		ids[i], clocks[i] = r.Ticket, r.Clock
	}
	var tickets []Ticket
	if err := s.DB.Read().NewSelect().Model(&tickets).Where("ti.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, db.Sorted(err)
	}
	by := map[ident.ID]Ticket{}
	for _, t := range tickets {
		by[t.ID] = t
	}
	running, err := deadline.LoadMany(ctx, s.DB.Read(), clocks)
	if err != nil {
		return nil, err
	}
	people := rungs{s: s, known: map[string][]ident.ID{}}
	told := map[ident.ID][]dueTicket{}
	for _, r := range rows {
		t, c := by[r.Ticket], running[r.Clock]
		step, ok := sla.ParseStep(r.Step)
		if !ok || t.ID == "" || c.State != deadline.Running || c.Due == nil || step.Minutes >= 0 && c.Due.After(now) {
			continue
		}
		r.Due = *c.Due
		them, err := people.of(ctx, step.To, t)
		if err != nil {
			return nil, err
		}
		for _, person := range them {
			told[person] = also(told[person], dueTicket{t, r, step.Minutes})
		}
	}
	return told, nil
}

// also adds a ticket; of two steps for one promise of one ticket the later one stays.
func also(list []dueTicket, d dueTicket) []dueTicket {
	i := slices.IndexFunc(list, func(o dueTicket) bool { return o.Clock == d.Clock })
	if i < 0 {
		return append(list, d)
	}
	if d.minutes > list[i].minutes {
		list[i] = d
	}
	return list
}

// rungs remembers who stands on which rung for the length of one run.
type rungs struct {
	s     *Service
	known map[string][]ident.ID
}

// of are the people to be told of a ticket: while nobody has it, the leads of the
// group stand in for the owner.
func (r rungs) of(ctx context.Context, to sla.Rung, t Ticket) ([]ident.ID, error) {
	if to == sla.Owner {
		if t.Owner != "" {
			return []ident.ID{t.Owner}, nil
		}
		to = sla.Lead
	}
	if r.s.Ladder == nil {
		return nil, nil
	}
	key := string(to) + " " + t.Unit
	if them, ok := r.known[key]; ok {
		return them, nil
	}
	them, err := r.s.Ladder.Rung(ctx, to, t.Unit)
	r.known[key] = them
	return them, err
}

// mostNumbers is how many tickets a digest names.
const mostNumbers = 8

// letter is what one person is told.
func letter(person ident.ID, list []dueTicket, now time.Time) notify.Message {
	m := notify.Message{Account: person}
	late := 0
	var ids, numbers []string
	for _, d := range list {
		ids = append(ids, string(d.ID))
		m.Critical = m.Critical || d.Critical
		if !d.Due.After(now) {
			late++
		}
		if number := d.ticket.Number(); !slices.Contains(numbers, number) && len(numbers) < mostNumbers {
			numbers = append(numbers, number)
		}
	}
	m.Dedupe = "helpdesk.alarm " + ids[0]
	if len(list) == 1 {
		d := list[0]
		when := "_soon"
		if late > 0 {
			when = "_due"
		}
		m.Template, m.Link = "helpdesk.notice."+d.Purpose+when, "/tickets/"+string(d.Ticket)
		m.Args = []any{"number", d.ticket.Number(), "title", d.ticket.Title, "due", d.Due}
		return m
	}
	m.Template, m.Link = "helpdesk.notice.digest", "/tickets?view=late"
	if late == 0 {
		m.Link = "/tickets?view=work"
	}
	m.Args = []any{"n", len(list), "late", late, "numbers", strings.Join(numbers, ", ")}
	return m
}
