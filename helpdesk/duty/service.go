package duty

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
)

// Deps is what the room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Desk      *helpdesk.Service
	Calendars deadline.Calendars
	Calendar  string // by which days are working days
	Units     helpdesk.Units
	People    helpdesk.People
}

// Service keeps the roster.
type Service struct{ Deps }

// New is the room.
func New(d Deps) *Service { return &Service{d} }

// days answers which days are working days; a year without a calendar has weekdays only.
func (s *Service) days(ctx context.Context) (Days, error) {
	cal, err := s.Calendars.Calendar(ctx, s.Calendar)
	if err != nil {
		return nil, err
	}
	return func(d worktime.Day) bool {
		if works, known := cal.WorksOn(d); known {
			return works
		}
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	}, nil
}

const longestNote = 200

// agents are everybody who may be in a roster.
func (s *Service) agents(ctx context.Context) ([]helpdesk.Agent, error) {
	return s.People.Agents(ctx, "")
}

// works tells whether a group gets tickets.
func (s *Service) works(ctx context.Context, g helpdesk.Group) bool {
	c, err := s.Desk.Catalogue(ctx)
	if err != nil {
		return false
	}
	team, ok := c.Team(g)
	return ok && team.Active
}

func isAgent(all []helpdesk.Agent, id ident.ID) bool {
	return slices.ContainsFunc(all, func(a helpdesk.Agent) bool { return a.ID == id })
}

// AddShifts puts somebody on duty on some weekdays of every week.
func (s *Service) AddShifts(ctx context.Context, who access.Actor, g helpdesk.Group, account ident.ID, on []time.Weekday, span worktime.Span) error {
	agents, err := s.may(ctx, who)
	if err != nil {
		return err
	}
	var k fault.Check
	k.Need(s.works(ctx, g), "group", "duty.form.group_needed")
	k.Need(isAgent(agents, account), "account", "duty.form.person_needed")
	k.Need(len(on) > 0, "weekday", "duty.form.weekday_needed")
	k.Need(sensible(span), "to", "duty.form.span_bad")
	if err := k.Err(); err != nil {
		return err
	}
	return s.write(ctx, who, "helpdesk.duty.shift_added", account, func(ctx context.Context, tx *db.Tx) error {
		var rows []Shift
		for _, day := range on {
			rows = append(rows, Shift{ID: ident.New(s.Business.Now()), Group: g, Account: account, Weekday: day, From: span.From, To: span.To})
		}
		_, err := tx.NewInsert().Model(&rows).On("CONFLICT (grp, account, weekday, from_minute) DO UPDATE").Set("to_minute = EXCLUDED.to_minute").Exec(ctx)
		return db.Sorted(err)
	})
}

func sensible(s worktime.Span) bool { return s.From >= 0 && s.From < s.To && s.To <= 24*60 }

// may is nil when the actor may change the roster; it gives who may be in it.
func (s *Service) may(ctx context.Context, who access.Actor) ([]helpdesk.Agent, error) {
	if err := who.Need(helpdesk.Manage); err != nil {
		return nil, err
	}
	return s.agents(ctx)
}

// DropShift takes a shift out of the pattern; one that is gone already stays gone.
func (s *Service) DropShift(ctx context.Context, who access.Actor, id ident.ID) error {
	if err := who.Need(helpdesk.Manage); err != nil {
		return err
	}
	return s.write(ctx, who, "helpdesk.duty.shift_dropped", id, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*Shift)(nil)).Where("ds.id = ?", id).Exec(ctx)
		return db.Sorted(err)
	})
}

// Except replaces somebody's pattern on one day.
func (s *Service) Except(ctx context.Context, who access.Actor, e Exception) error {
	agents, err := s.may(ctx, who)
	if err != nil {
		return err
	}
	e.Note = strings.TrimSpace(fold.NFC(e.Note))
	_, day := worktime.ParseDay(e.Day)
	var k fault.Check
	k.Need(s.works(ctx, e.Group), "group", "duty.form.group_needed")
	k.Need(isAgent(agents, e.Account), "account", "duty.form.person_needed")
	k.Need(day == nil, "day", "form.bad_day")
	k.Need(!e.Works || sensible(worktime.Span{From: e.From, To: e.To}), "to", "duty.form.span_bad")
	k.Need(utf8.RuneCountInString(e.Note) <= longestNote, "note", "duty.form.note_long", "max", longestNote)
	if err := k.Err(); err != nil {
		return err
	}
	if !e.Works {
		e.From, e.To = 0, 0
	}
	e.ID = ident.New(s.Business.Now())
	return s.write(ctx, who, "helpdesk.duty.excepted", e.Account, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&e).On("CONFLICT (day, grp, account) DO UPDATE").Set("works = EXCLUDED.works").
			Set("from_minute = EXCLUDED.from_minute").Set("to_minute = EXCLUDED.to_minute").Set("note = EXCLUDED.note").Exec(ctx)
		return db.Sorted(err)
	})
}

// DropException lets the pattern hold again.
func (s *Service) DropException(ctx context.Context, who access.Actor, id ident.ID) error {
	if err := who.Need(helpdesk.Manage); err != nil {
		return err
	}
	return s.write(ctx, who, "helpdesk.duty.exception_dropped", id, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*Exception)(nil)).Where("de.id = ?", id).Exec(ctx)
		return db.Sorted(err)
	})
}

// SetMode says how a group's new tickets find an owner.
func (s *Service) SetMode(ctx context.Context, who access.Actor, g helpdesk.Group, m Mode) error {
	if err := who.Need(helpdesk.Manage); err != nil {
		return err
	}
	var k fault.Check
	k.Need(s.works(ctx, g), "group", "duty.form.group_needed")
	k.Need(slices.Contains(Modes, m), "mode", "duty.form.mode_needed")
	if err := k.Err(); err != nil {
		return err
	}
	return s.write(ctx, who, "helpdesk.duty.mode_set", ident.ID(g), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&groupRow{Group: g, Mode: m, Version: 1}).On("CONFLICT (grp) DO UPDATE").Set("mode = EXCLUDED.mode").
			Set("version = dg.version + 1").Exec(ctx)
		return db.Sorted(err)
	})
}

// SetDistrict says who answers for a district; nobody when account is empty.
func (s *Service) SetDistrict(ctx context.Context, who access.Actor, g helpdesk.Group, district string, account ident.ID) error {
	agents, err := s.may(ctx, who)
	if err != nil {
		return err
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return err
	}
	_, lives := tree.Unit(district)
	var k fault.Check
	k.Need(s.works(ctx, g), "group", "duty.form.group_needed")
	k.Need(lives && tree.District(district) == district, "district", "duty.form.district_needed")
	k.Need(account == "" || isAgent(agents, account), "account", "duty.form.person_needed")
	if err := k.Err(); err != nil {
		return err
	}
	return s.write(ctx, who, "helpdesk.duty.district_set", account, func(ctx context.Context, tx *db.Tx) error {
		if account == "" {
			_, err := tx.NewDelete().Model((*districtRow)(nil)).Where("dd.grp = ?", g).Where("dd.district = ?", district).Exec(ctx)
			return db.Sorted(err)
		}
		_, err := tx.NewInsert().Model(&districtRow{Group: g, District: district, Account: account}).
			On("CONFLICT (grp, district) DO UPDATE").Set("account = EXCLUDED.account").Exec(ctx)
		return db.Sorted(err)
	})
}

// write is one change of the roster.
func (s *Service) write(ctx context.Context, who access.Actor, act string, target ident.ID, do db.Do) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		return trail.Write(ctx, tx, s.Business.Now(), who, act, string(target), nil)
	})
}
