package training

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
)

// Owed is somebody who was awaited in a class in vain, or did not pass its test, and has
// no other seat in the same course since.
type Owed struct {
	Seat
	Name  string   `bun:"name"`
	Code  string   `bun:"class_code"`
	Day   string   `bun:"day"`
	Title string   `bun:"title"`
	For   Audience `bun:"for_audience"` // of the person now
	At    string   `bun:"at_unit"`      // of the person now
}

// Proposal is the help desk's word that somebody should be taught again.
type Proposal struct {
	bun.BaseModel `bun:"table:training_proposal,alias:pp"`
	ID            ident.ID  `bun:"id,pk"` // of the help desk's proposal
	Unit          string    `bun:"unit"`
	Account       ident.ID  `bun:"account"`
	Person        ident.ID  `bun:"person"`
	Tickets       int64     `bun:"tickets"` // how many it was drawn from
	At            time.Time `bun:"at"`
	State         string    `bun:"state"` // open, planned
	Class         ident.ID  `bun:"class"`
	Version       int64     `bun:"version"`
}

// Asked is an open proposal with its person.
type Asked struct {
	Proposal
	Name string   `bun:"name"`
	For  Audience `bun:"for_audience"`
}

const (
	proposalOpen    = "open"
	proposalPlanned = "planned"
	mostOwed        = 500
)

// Owing are those within reach under a unit who must be taught again, by unit: who was
// absent or failed, and whom the help desk proposes.
func (s *Service) Owing(ctx context.Context, who access.Actor, under string) ([]Owed, []Asked, error) {
	if err := who.Need(Look); err != nil {
		return nil, nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, nil, err
	}
	var units []string
	if under != "" {
		units = slices.Clone(tree.Under(under))
	}
	narrow := func(column string) func(*bun.SelectQuery) *bun.SelectQuery {
		return func(q *bun.SelectQuery) *bun.SelectQuery {
			if units != nil {
				q = q.Where("? IN (?)", bun.Ident(column), bun.List(units))
			}
			return q.Apply(who.Within(Look, column))
		}
	}
	var out []Owed
	for _, why := range []string{"ts.state = 'absent'", "ts.result = 'failed'"} {
		var rows []Owed
		err := s.DB.Read().NewSelect().TableExpr("training_seat AS ts").Join("JOIN training_person AS tp ON tp.id = ts.person").Join("JOIN training_class AS cl ON cl.id = ts.class").
			Join("JOIN training_course AS tc ON tc.id = ts.course").
			ColumnExpr("ts.*, tp.name, tp.audience AS for_audience, tp.unit AS at_unit, cl.code AS class_code, cl.day, tc.title").Where(why).Where("tp.left_on = ''").
			Where("NOT EXISTS (SELECT 1 FROM training_seat AS o WHERE o.person = ts.person AND o.course = ts.course AND o.id <> ts.id AND (o.done_at IS NOT NULL OR o.id > ts.id AND o.state <> 'withdrawn'))").
			Apply(narrow("ts.unit")).Order("ts.unit", "ts.id").Limit(mostOwed).Scan(ctx, &rows)
		if err != nil {
			return nil, nil, db.Sorted(err)
		}
		out = append(out, rows...)
	}
	slices.SortStableFunc(out, func(a, b Owed) int {
		return slices.Compare([]string{a.Unit, string(a.ID)}, []string{b.Unit, string(b.ID)})
	})
	var asked []Asked
	err = s.DB.Read().NewSelect().TableExpr("training_proposal AS pp").Join("JOIN training_person AS tp ON tp.id = pp.person").
		ColumnExpr("pp.*, tp.name, tp.audience AS for_audience").Where("pp.state = 'open'").Where("tp.left_on = ''").Apply(narrow("pp.unit")).Order("pp.unit", "pp.id").Limit(mostOwed).Scan(ctx, &asked)
	return out, asked, db.Sorted(err)
}

// MakeUp plans a make-up class and registers those who must be taught again, in one step:
// the seats and the proposals that were chosen. It has a seat for each of them.
func (s *Service) MakeUp(ctx context.Context, who access.Actor, f ClassForm, owed, asked []ident.ID) (Enrolled, error) {
	var out Enrolled
	if err := who.Need(Plan); err != nil {
		return out, err
	}
	c, err := s.readClass(ctx, f)
	var k fault.Check
	if err != nil && !fault.Is(err, fault.Invalid) {
		return out, err
	}
	k.Add(err)
	n := int64(len(owed) + len(asked))
	k.Need(n > 0, "who", "training.register.none")
	k.Need(c.Capacity >= n || c.Capacity == 0, "capacity", "training.makeup.capacity", "n", n)
	if err := k.Err(); err != nil {
		return out, err
	}
	c.Makeup = true
	tree, err := s.tree(ctx)
	if err != nil {
		return out, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.planIn(ctx, tx, who, &c); err != nil {
			return err
		}
		people, err := again(ctx, tx, who, owed, asked)
		if err != nil {
			return err
		}
		if out, err = s.register(ctx, tx, who, tree, c.ID, people); err != nil {
			return err
		}
		var seated fault.Check
		seated.Need(len(out.Seats) > 0, "course", "training.makeup.nobody") // another course than the one they owe
		if err := seated.Err(); err != nil {
			return err
		}
		if len(asked) == 0 {
			return nil
		}
		_, err = tx.NewUpdate().Model((*Proposal)(nil)).Set("state = ?", proposalPlanned).Set("class = ?", c.ID).Set("version = version + 1").
			Where("id IN (?)", bun.List(asked)).Where("state = ?", proposalOpen).Exec(ctx)
		return db.Sorted(err)
	})
	return out, err
}

// again are the people behind seats and proposals, each once.
func again(ctx context.Context, tx *db.Tx, who access.Actor, owed, asked []ident.ID) ([]Person, error) {
	var keys []ident.ID
	for _, x := range []struct {
		model any
		ids   []ident.ID
	}{{(*Seat)(nil), owed}, {(*Proposal)(nil), asked}} {
		var some []ident.ID
		if len(x.ids) == 0 {
			continue
		}
		if err := tx.NewSelect().Model(x.model).Column("person").Where("id IN (?)", bun.List(x.ids)).Apply(who.Within(Plan, "unit")).Order("id").Scan(ctx, &some); err != nil {
			return nil, db.Sorted(err)
		}
		if len(some) < len(x.ids) {
			return nil, fault.New(fault.Missing, "fault.missing")
		}
		keys = append(keys, some...)
	}
	var once []ident.ID
	for _, p := range keys {
		if !slices.Contains(once, p) {
			once = append(once, p)
		}
	}
	return peopleByID(ctx, tx, once)
}

// suggested is the help desk's event, as far as this room reads it.
type suggested struct {
	Proposal ident.ID   `json:"proposal"`
	Unit     string     `json:"unit"`
	Account  ident.ID   `json:"account"`
	Tickets  []ident.ID `json:"tickets"`
}

// membersChanged is the rollout's event, as far as this room reads it.
type membersChanged struct {
	Units []string `json:"units"`
}

// Handlers are what this room learns: proposals that were taken up, and communes that
// came into a programme after their people were trained.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "training.proposed", Topic: "helpdesk.class.accepted", Do: s.proposed},
		{Name: "training.members", Topic: "rollout.members.changed", Do: func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
			var m membersChanged
			if err := e.Read(&m); err != nil {
				return err
			}
			return s.prove(ctx, tx, access.System("training"), s.now(), m.Units...)
		}},
	}
}

// proposed keeps a proposal with the person of the roster whom it is about: who is not on
// it is entered, for the audience that the account's post stands for.
func (s *Service) proposed(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	var in suggested
	if err := e.Read(&in); err != nil {
		return err
	}
	a, err := s.People.Account(ctx, in.Account)
	if fault.Is(err, fault.Missing) || fault.Is(err, fault.Denied) {
		return nil // nobody is behind it any more
	} else if err != nil {
		return err
	}
	if a.Unit == "" {
		a.Unit = in.Unit
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	who := access.System("training")
	p, err := s.ofAccount(ctx, tx, who, a, func() (Person, error) {
		return PersonForm{Unit: a.Unit, Audience: string(a.Audience), Name: a.Name}.read(tree)
	})
	if fault.Is(err, fault.Invalid) {
		return nil // a post that no audience stands for is not taught here
	} else if err != nil {
		return err
	}
	row := Proposal{ID: in.Proposal, Unit: p.Unit, Account: a.ID, Person: p.ID, Tickets: int64(len(in.Tickets)), At: e.At, State: proposalOpen, Version: 1}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	return trail.Write(ctx, tx, e.At, who, "rollout.training.proposal.kept", string(row.ID), map[string][2]any{"person": {nil, string(p.ID)}}, trail.At(p.Unit))
}

// ofAccount is the person of the roster who holds an account: of the same name in the
// same unit, for whichever audience.
func (s *Service) ofAccount(ctx context.Context, tx *db.Tx, who access.Actor, a Account, fresh func() (Person, error)) (Person, error) {
	var have []Person
	err := tx.NewSelect().Model(&have).Where("tp.unit = ?", a.Unit).Where("tp.name_fold = ?", fold.Key(a.Name)).Where("tp.left_on = ''").Order("tp.id").Limit(1).Scan(ctx)
	if err != nil {
		return Person{}, db.Sorted(err)
	}
	if len(have) > 0 {
		return have[0], nil
	}
	p, err := fresh()
	if err != nil {
		return p, err
	}
	now := s.now()
	p.ID, p.Source, p.Version = ident.New(now), fromProposal, 1
	return p, s.enter(ctx, tx, who, now, p)
}

// soon is how long before a class people are reminded of it.
const soon = 26 * time.Hour

// Remind reminds the people and the trainer of each class that begins within a day, once;
// it tells how many classes those were.
func (s *Service) Remind(ctx context.Context) (int, error) {
	now := s.now()
	var due []ident.ID
	err := s.DB.Read().NewSelect().Model((*Class)(nil)).Column("id").Where("cl.state = 'open'").Where("NOT cl.reminded").
		Where("cl.starts_at > ?", now).Where("cl.starts_at <= ?", now.Add(soon)).Order("cl.starts_at").Limit(100).Scan(ctx, &due)
	if err != nil {
		return 0, db.Sorted(err)
	}
	for _, id := range due {
		err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			c, err := lockClass(ctx, tx, id)
			if err != nil || c.Reminded || c.State != Planned {
				return err
			}
			key := "remind:" + c.StartsAt.Format(time.RFC3339)
			if err := s.tellClass(ctx, tx, now, c, "training.notice.remind", key); err != nil {
				return err
			}
			err = notify.Write(ctx, tx, now, notify.Message{Account: c.Trainer, Template: "training.notice.teach_soon", Link: c.Path(), Dedupe: "training:" + string(c.ID) + ":" + key,
				Args: []any{"code", c.Code, "at", c.StartsAt, "room", c.Room, "n", c.Taken}})
			if err != nil {
				return err
			}
			c.Reminded = true
			return saveClass(ctx, tx, &c, c.Version)
		})
		if err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
