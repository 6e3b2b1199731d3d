package difficulty

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// area is how kit packages know us.
const area = "rollout.difficulty"

// People tells who may do a thing at a unit, and what people are called.
type People interface {
	Holding(ctx context.Context, need access.Perm, unit string) ([]ident.ID, error)
	Names(ctx context.Context, ids []ident.ID) (map[ident.ID]string, error)
}

// Places finds a ticket or a gap by its number or address, among those that the actor may
// see: its address and what it is called. Nothing found is Missing.
type Places interface {
	Find(ctx context.Context, t i18n.T, who access.Actor, typed string) (href, label string, err error)
}

// Deps is what this room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Calendars deadline.Calendars
	Units     rollout.Units
	People    People
	Places    Places
}

// Service is the use cases of the log.
type Service struct {
	Deps
}

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	return s.Units.Tree(ctx, s.Business.Now())
}

// Form is a difficulty as somebody writes it down.
type Form struct{ Unit, Source, Title, Cause, Proposal string }

// Limits of texts, in runes, and within how many working days the city answers.
const (
	longestTitle = 200
	longestText  = 4000
	answerDays   = 3
	mostDays     = 60
)

func tidy(s string) string { return strings.TrimSpace(fold.NFC(s)) }

func (f *Form) check() error {
	f.Title, f.Cause, f.Proposal = tidy(f.Title), tidy(f.Cause), tidy(f.Proposal)
	if !strings.HasPrefix(f.Source, "/rollout/returns/sheets/") {
		f.Source = ""
	}
	var k fault.Check
	for _, x := range []struct {
		name, value string
		limit       int
	}{{"title", f.Title, longestTitle}, {"cause", f.Cause, longestText}, {"proposal", f.Proposal, longestText}} {
		k.Need(x.value != "", x.name, "difficulty.form.needed")
		k.Need(utf8.RuneCountInString(x.value) <= x.limit, x.name, "difficulty.form.long", "max", x.limit)
	}
	return k.Err()
}

// Raise writes a difficulty down; the city has three working days to answer.
func (s *Service) Raise(ctx context.Context, who access.Actor, f Form) (Difficulty, error) {
	var d Difficulty
	if err := who.NeedAt(Raise, f.Unit); err != nil {
		return d, err
	}
	if err := f.check(); err != nil {
		return d, err
	}
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Business.Now()
		code, err := rollout.NextCode(ctx, tx, "VM", now)
		if err != nil {
			return err
		}
		d = Difficulty{ID: ident.New(now), Code: code, Unit: f.Unit, Source: f.Source, Title: f.Title, Cause: f.Cause, Proposal: f.Proposal, State: Raised,
			RaisedBy: who.ID, RaisedName: who.Name, RaisedAt: now, Version: 1}
		if err := s.turn(ctx, tx, &d, "answer", answerDays); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&d).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		if err := s.tell(ctx, tx, who, d, "difficulty.notice.raised", "raised", Answer); err != nil {
			return err
		}
		return s.record(ctx, tx, who, d, "rollout.difficulty.raised", i18n.L("difficulty.note.raised"), "", "")
	})
	return d, err
}

// turn starts the clock of the step that comes now.
func (s *Service) turn(ctx context.Context, tx *db.Tx, d *Difficulty, purpose string, days int64) error {
	c, err := deadline.Start(ctx, tx, s.Calendars, deadline.Spec{Area: area, Subject: string(d.ID), Purpose: purpose, Unit: d.Unit, Calendar: calstore.Office,
		Start: s.Business.Now(), Budget: days, Kind: deadline.EndOfDay, Steps: []deadline.StepSpec{{Name: "late"}}})
	if err != nil {
		return err
	}
	d.Clock, d.DueAt = c.ID, c.Due
	return nil
}

// stop ends the clock of the step that was.
func (s *Service) stop(ctx context.Context, tx *db.Tx, d *Difficulty) error {
	c, err := deadline.Load(ctx, tx, d.Clock)
	if err == nil && c.Open() {
		_, err = deadline.Meet(ctx, tx, s.Calendars, d.Clock, s.Business.Now())
	}
	d.DueAt = nil
	return err
}

// record writes what an act leaves behind: history, event and trail.
func (s *Service) record(ctx context.Context, tx *db.Tx, who access.Actor, d Difficulty, act string, line i18n.Line, said string, before State) error {
	now := s.Business.Now()
	if err := rollout.NoteIn(ctx, tx, now, who, rollout.Noted{Subject: d.ID, Line: line, Said: said}); err != nil {
		return err
	}
	e := Changed{ID: d.ID, Code: d.Code, Unit: d.Unit, State: d.State, Owner: d.Owner, DueAt: d.DueAt}
	if err := outbox.Write(ctx, tx, now, e); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, act, string(d.ID), map[string][2]any{"state": {before, d.State}}, trail.At(d.Unit))
}

// Changed says that a difficulty went a step.
type Changed struct {
	ID    ident.ID   `json:"id"`
	Code  string     `json:"code"`
	Unit  string     `json:"unit"`
	State State      `json:"state"`
	Owner ident.ID   `json:"owner,omitempty"`
	DueAt *time.Time `json:"due_at,omitempty"`
}

// Topic is the event's name.
func (Changed) Topic() string { return "rollout.difficulty.changed" }

// Subject is the difficulty.
func (e Changed) Subject() string { return "difficulty:" + string(e.ID) }

// tell queues a notice for those who hold a right at the unit (none when it is empty),
// and for others who are named, but not for whoever acts.
func (s *Service) tell(ctx context.Context, tx *db.Tx, who access.Actor, d Difficulty, template, key string, need access.Perm, also ...ident.ID) error {
	readers := also
	if need != "" {
		holders, err := s.People.Holding(ctx, need, d.Unit)
		if err != nil {
			return err
		}
		readers = append(holders, also...)
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return err
	}
	args := []any{"code", d.Code, "title", d.Title, "place", tree.Place(d.Unit), "owner", d.OwnerName, "who", who.Name, "due", ""}
	if d.DueAt != nil {
		args[len(args)-1] = *d.DueAt
	}
	seen := map[ident.ID]bool{who.ID: true, "": true}
	var out []notify.Message
	for _, id := range readers {
		if !seen[id] {
			seen[id] = true
			out = append(out, notify.Message{Account: id, Template: template, Args: args, Link: d.Path(), Dedupe: "difficulty." + key + ":" + string(d.Clock)})
		}
	}
	return notify.Write(ctx, tx, s.Business.Now(), out...)
}

// owners are those who may be made the owner of a difficulty of a unit.
func (s *Service) owners(ctx context.Context, unit string) ([]ident.ID, map[ident.ID]string, error) {
	ids, err := s.People.Holding(ctx, Own, unit)
	if err != nil {
		return nil, nil, err
	}
	names, err := s.People.Names(ctx, ids)
	slices.SortFunc(ids, func(a, b ident.ID) int { return strings.Compare(names[a], names[b]) })
	return ids, names, err
}
