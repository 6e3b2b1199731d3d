package returns

import (
	"context"
	"slices"
	"strconv"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
	"lotrinh/rollout/ask"
)

// The steps of chasing a return, and the purpose of its clock.
const (
	stepSoon  = "soon"  // a working day before it is due
	stepLate  = "late"  // it is due
	stepAgain = "again" // two working days later: told to those who look after the late

	purpose = "hand_in"
	workday = 480 // minutes
)

func steps() []deadline.StepSpec {
	return []deadline.StepSpec{{Name: stepSoon, Minutes: -workday}, {Name: stepLate}, {Name: stepAgain, Minutes: 2 * workday}}
}

// Due opens the rounds of this month whose day has come, once each, and tells how many.
func (s *Service) Due(ctx context.Context, who access.Actor) (int, error) {
	today := clock.Date(s.Business.Now())
	var plans []Plan
	err := s.DB.Read().NewSelect().Model(&plans).Where("rp.live").
		Where("NOT EXISTS (SELECT 1 FROM return_round AS r WHERE r.plan = rp.code AND r.month = ?)", today[:7]).Scan(ctx)
	if err != nil {
		return 0, db.Sorted(err)
	}
	n := 0
	for _, p := range plans {
		if day, err := strconv.ParseInt(today[8:], 10, 64); err != nil || day < p.OpensDay {
			continue
		}
		switch _, err := s.Open(ctx, who, p.Code, today[:7]); {
		case err == nil:
			n++
		case !fault.Is(err, fault.Conflict): // another process was first, or nobody is asked yet
			return n, err
		}
	}
	return n, nil
}

// Open opens the round of a month: a sheet for everybody, filled with what the system
// knows, each with its clock. There is one round of a month.
func (s *Service) Open(ctx context.Context, who access.Actor, plan, month string) (Round, error) {
	var r Round
	if err := who.Need(Manage); err != nil && !who.IsSystem() {
		return r, err
	}
	if who.IsSystem() {
		who.Name = "" // histories call the product by no name
	}
	now := s.Business.Now()
	if first, err := clock.ParseDate(month + "-01"); err != nil || first.After(now) {
		var k fault.Check
		k.Need(false, "month", "returns.form.month")
		return r, k.Err()
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return r, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		r = Round{ID: ident.New(now), Plan: plan, Month: month, OpenedAt: now, OpenedBy: who.ID}
		var p Plan
		if err := tx.NewSelect().Model(&p).Where("rp.code = ?", plan).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.New(fault.Conflict, "returns.round.twice", "month", monthWords(month))
			}
			return db.Sorted(err)
		}
		sheets, err := s.sheetsFor(ctx, tx, now, p, r, tree)
		if err != nil {
			return err
		}
		var lines []rollout.Noted
		for _, x := range sheets {
			lines = append(lines, rollout.Noted{Subject: x.ID, Line: i18n.L("returns.note.opened", "month", monthWords(month))})
		}
		if err := rollout.NoteIn(ctx, tx, now, who, lines...); err != nil {
			return err
		}
		if err := outbox.Write(ctx, tx, now, RoundOpened{ID: r.ID, Plan: plan, Month: month, Sheets: len(sheets)}); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.return.round_opened", string(r.ID), map[string][2]any{"month": {"", month}, "sheets": {0, len(sheets)}})
	})
	return r, err
}

// sheetsFor writes the sheets of a round with their clocks.
func (s *Service) sheetsFor(ctx context.Context, tx *db.Tx, now time.Time, p Plan, r Round, tree *org.Tree) ([]Sheet, error) {
	communes, err := rollout.Rolled(ctx, tx, p.Programme)
	if err != nil {
		return nil, err
	}
	if len(communes) == 0 {
		return nil, fault.New(fault.Conflict, "returns.round.nobody")
	}
	editions, err := newestForms(ctx, tx, p.Code)
	if err != nil {
		return nil, err
	}
	forms := map[Level]ask.Form{}
	for l, e := range editions[p.Code] {
		if forms[l], err = e.Form(); err != nil {
			return nil, err
		}
	}
	var sheets []Sheet
	add := func(l Level, unit, district, body string) {
		sheets = append(sheets, Sheet{ID: ident.New(now), Round: r.ID, Form: editions[p.Code][l].ID, Level: l, Unit: unit, District: district, Body: body, State: Blank, ChangedAt: now, Version: 1})
	}
	var districts []string
	for _, u := range communes {
		d := tree.District(u)
		add(Commune, u, d, "")
		if d != "" && !slices.Contains(districts, d) {
			districts = append(districts, d)
		}
	}
	for _, d := range districts {
		add(District, d, d, "")
	}
	for _, b := range p.Departments() {
		add(Department, "", "", b)
	}
	if err := s.fillNew(ctx, tx, r.Month, forms, sheets); err != nil {
		return nil, err
	}
	specs := make([]deadline.Spec, len(sheets))
	for i, x := range sheets {
		specs[i] = deadline.Spec{Area: area, Subject: string(x.ID), Purpose: purpose, Unit: x.Unit, Calendar: calstore.Office, Start: now, Budget: p.days(x.Level), Kind: deadline.EndOfDay, Steps: steps()}
	}
	clocks, err := deadline.StartMany(ctx, tx, s.Calendars, specs...)
	if err != nil {
		return nil, err
	}
	for i, c := range clocks {
		sheets[i].Clock, sheets[i].DueAt = c.ID, c.Due
	}
	for at := 0; at < len(sheets); at += 200 {
		part := sheets[at:min(at+200, len(sheets))]
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return nil, db.Sorted(err)
		}
	}
	return sheets, nil
}

// fillNew puts what the system knows into new sheets.
func (s *Service) fillNew(ctx context.Context, tx *db.Tx, month string, forms map[Level]ask.Form, sheets []Sheet) error {
	known, err := s.knows(ctx, tx, month, forms, sheets)
	if err != nil {
		return err
	}
	for i := range sheets {
		x := &sheets[i]
		mine := known[x.Unit]
		if x.Level == Department || mine == nil {
			mine = map[string]int64{}
		}
		if err := x.answer(forms[x.Level], forms[x.Level].Prefill(ask.Answers{}, mine)); err != nil {
			return err
		}
		if x.KnownJSON, err = pack(mine); err != nil {
			return err
		}
	}
	return nil
}

// answer keeps answers in the sheet and counts how far it is filled in.
func (x *Sheet) answer(f ask.Form, a ask.Answers) error {
	raw, err := pack(a)
	x.AnswersJSON = raw
	x.Filled, x.Asked = f.Filled(a)
	return err
}

// monthWords is a month as people write it: 10/2016.
func monthWords(month string) string {
	if len(month) != 7 {
		return month
	}
	return month[5:] + "/" + month[:4]
}
