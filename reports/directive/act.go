package directive

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/reports"
)

// MostFiles is how many files one report may carry.
const MostFiles = 5

// Doing is what somebody does to a directive: words (needed for all but confirming), the
// new due day of an extension as ParseDue reads it, files of a report.
type Doing struct {
	Act   Act
	Said  string
	Due   string
	Files []files.Blob
}

// rule says of an act from which states it may be done, into which it leads, who may, and
// whether it must be worded.
type rule struct {
	from   []State
	to     State
	owner  bool
	worded bool
	notice string // key of the notice; empty tells nobody
	toMe   bool   // tells whoever wrote the directive, not its owner
}

// rules are every act; Extend leaves the state as it is, but for what was reported done: that
// goes back to its owner with the new day.
var rules = map[Act]rule{
	Report:  {from: []State{Open, Returned}, to: Reported, owner: true, worded: true, notice: "directive.notice.reported", toMe: true},
	Confirm: {from: []State{Open, Returned, Reported}, to: Done, notice: "directive.notice.confirmed"},
	Return:  {from: []State{Reported}, to: Returned, worded: true, notice: "directive.notice.returned"},
	Extend:  {from: []State{Open, Returned, Reported}, worded: true, notice: "directive.notice.extended"},
	Cancel:  {from: []State{Open, Returned, Reported}, to: Cancelled, worded: true, notice: "directive.notice.cancelled"},
}

// May tells whether an actor may do an act with a directive as it stands.
func (d Directive) May(who access.Actor, a Act) bool {
	r, ok := rules[a]
	return ok && slices.Contains(r.from, d.State) && r.allowed(who, d) == nil
}

func (r rule) allowed(who access.Actor, d Directive) error {
	if !r.owner {
		return who.NeedAt(reports.Conclude, d.Unit)
	}
	if d.Owns(who) {
		return nil
	}
	if !who.May(Own) {
		return who.Need(Own)
	}
	return fault.New(fault.Denied, "directive.not_owner")
}

func byID(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Directive, error) {
	var d Directive
	if err := who.Need(Look); err != nil {
		return d, err
	}
	sel := q.NewSelect().Model(&d).Where("dv.id = ?", id).Apply(who.Within(Look, "dv.unit"))
	for _, m := range more {
		sel = sel.Apply(m)
	}
	return d, db.Sorted(sel.Scan(ctx))
}

func (x *Doing) check(r rule, d Directive) error {
	x.Said = tidy(x.Said)
	var k fault.Check
	k.Need(!r.worded || x.Said != "", "said", "directive.form.needed")
	k.Need(utf8.RuneCountInString(x.Said) <= longestText, "said", "directive.form.long", "max", longestText)
	k.Need(len(x.Files) <= MostFiles, "files", "directive.form.files", "max", MostFiles)
	if x.Act == Extend {
		given, _, ok := ParseDue(x.Due)
		k.Need(ok, "due", "directive.form.due", "max", mostDays)
		k.Need(!ok || given == "" || given >= d.DocDay, "due", "directive.form.due_before")
	}
	return k.Err()
}

// Do does one act with the version of a directive that was read.
func (s *Service) Do(ctx context.Context, who access.Actor, id ident.ID, version int64, x Doing) (Directive, error) {
	r, known := rules[x.Act]
	if !known {
		return Directive{}, fault.New(fault.Invalid, "directive.no_such_act")
	}
	var d Directive
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if d, err = byID(ctx, tx, who, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		if err := r.allowed(who, d); err != nil {
			return err
		}
		switch {
		case version != d.Version:
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		case !slices.Contains(r.from, d.State):
			return fault.New(fault.Conflict, "directive.no_such_move")
		}
		if err := x.check(r, d); err != nil {
			return err
		}
		return s.move(ctx, tx, who, &d, r, x)
	})
	return d, err
}

// move changes the row and writes what the act leaves behind.
func (s *Service) move(ctx context.Context, tx *db.Tx, who access.Actor, d *Directive, r rule, x Doing) error {
	now, before, old := s.Business.Now(), d.State, d.Version
	if r.to != "" {
		d.State = r.to
	}
	if x.Act == Extend && before == Reported {
		d.State, d.ReportedAt = Returned, nil
	}
	if err := s.clocked(ctx, tx, d, x); err != nil {
		return err
	}
	switch {
	case x.Act == Report:
		d.ReportedAt = &now
	case x.Act == Return:
		d.ReportedAt = nil
	case d.State.Closed():
		d.ClosedAt = &now
		if d.ReportedAt == nil && d.State == Done {
			d.ReportedAt = &now
		}
	}
	d.Version++
	if err := db.Changed(tx.NewUpdate().Model(d).WherePK().Where("version = ?", old).Exec(ctx)); err != nil {
		return err
	}
	for _, b := range x.Files {
		if _, err := files.Attach(ctx, tx, s.Machine.Now(), who, b, files.Owner{Area: Area, Subject: string(d.ID), Unit: d.Unit}); err != nil {
			return err
		}
	}
	if err := s.record(ctx, tx, who, *d, x.Act, x.Said, before, now); err != nil {
		return err
	}
	if r.toMe {
		return s.tellWriter(ctx, tx, who, *d, r.notice, string(x.Act), now)
	}
	return s.tell(ctx, tx, who, *d, r.notice, string(x.Act), now)
}

// clocked lets the clock follow the act: it stands still once the owner is done, and
// runs to the same moment when the directive is returned, to a later one when extended.
func (s *Service) clocked(ctx context.Context, tx *db.Tx, d *Directive, x Doing) error {
	switch x.Act {
	case Extend:
		before := d.DueAt
		if err := s.putOff(ctx, d, x.Due); err != nil {
			return err
		}
		if err := s.turn(ctx, tx, d); err != nil {
			return err
		}
		var k fault.Check
		k.Need(before == nil || d.DueAt == nil || d.DueAt.After(*before), "due", "directive.form.due_earlier")
		return k.Err()
	case Return:
		return s.turn(ctx, tx, d)
	}
	return s.stop(ctx, tx, d)
}

// putOff sets the new due day; working days of an extension count from today.
func (s *Service) putOff(ctx context.Context, d *Directive, typed string) error {
	given, days, _ := ParseDue(typed)
	if given == "" {
		cal, err := s.Calendars.Calendar(ctx, calstore.Office)
		if err != nil {
			return err
		}
		due, err := deadline.Count(cal, s.Business.Now(), days, deadline.EndOfDay)
		if err != nil {
			return err
		}
		var k fault.Check
		k.Need(due.Known(), "due", "directive.form.no_calendar", "year", due.Missing)
		if err := k.Err(); err != nil {
			return err
		}
		given = clock.Date(due.At)
	}
	d.DueDay, d.DueDays = given, 0
	return nil
}
