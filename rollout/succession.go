package rollout

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/org/succession"
)

// FromSuccession is evidence that a commune has from those that it took over from.
const FromSuccession = "succession"

// What the journal calls the rows that a set changes here.
const (
	tabMember   = "rollout_phase_unit"
	tabProgress = "rollout_progress"
	tabChange   = "rollout_stage_change"
	tabEvidence = "rollout_evidence"
	tabWaiver   = "rollout_waiver_unit"
	tabSeen     = "rollout_evidence.last"
)

// Succession is how the rollout takes part when units change. Membership of a phase is a
// dated fact: the old one ends on the day, the heir's begins, so that each map counts its
// own communes. An heir is as far as the least far of those that it took over from, in the
// latest of their phases; of a criterion it knows the worst that any of them knew, and
// nothing where one of them knew nothing. A waiver goes on only where it, or evidence,
// covers all of them. What was said of the old communes is never altered.
func (s *Service) Succession() succession.Participant {
	return succession.Tables{Area: "succession.area.rollout", Beside: succession.Beside{
		Look: func(ctx context.Context, q bun.IDB, p succession.Plan) (succession.Report, error) {
			n, err := s.merge(ctx, q, nil, p, access.Actor{})
			return report(n), err
		},
		Begin: func(ctx context.Context, tx *db.Tx, p succession.Plan, who access.Actor) (succession.Report, error) {
			n, err := s.merge(ctx, tx, tx, p, who)
			return report(n), err
		},
		Back:   s.unmerge,
		Tables: []string{tabMember, tabProgress, tabChange, tabEvidence, tabWaiver},
	}}
}

// merged counts what a set does to the rollout.
type merged struct {
	members, evidence, waivers int64
}

func report(n merged) succession.Report {
	return succession.Report{Moved: []succession.Moved{
		{Label: "succession.row.member", Rule: succession.RuleFacts, Rows: n.members},
		{Label: "succession.row.evidence", Rule: succession.RuleFacts, Rows: n.evidence},
		{Label: "succession.row.waiver", Rule: succession.RuleFacts, Rows: n.waivers},
	}}
}

// merger is one programme on its way over to another map. Without a transaction it only
// counts.
type merger struct {
	tx   *db.Tx
	plan succession.Plan
	book *book
	who  access.Actor
	now  time.Time

	members map[string]Membership // open ones, by unit
	stand   map[string]Progress
	n       merged
	notes   []succession.Entry
	fresh   changed
}

// changed is what is written at the end, in parcels.
type changed struct {
	members  []Membership
	progress []Progress
	lines    []StageChange
	evidence []Evidence
	passed   []ident.ID
	waivers  []waiverUnit
	units    []string
}

func (s *Service) merge(ctx context.Context, q bun.IDB, tx *db.Tx, p succession.Plan, who access.Actor) (merged, error) {
	var total merged
	all, err := programmes(ctx, q)
	if err != nil {
		return total, err
	}
	for _, pg := range all {
		b, err := readBook(ctx, q, pg, nil)
		if err != nil {
			return total, err
		}
		m := merger{tx: tx, plan: p, book: b, who: who, now: s.clock.Now(), members: map[string]Membership{}, stand: map[string]Progress{}}
		if err := m.read(ctx, q); err != nil {
			return total, err
		}
		for _, heir := range succession.Codes(p.Into) {
			if err := m.take(heir, p.Into[heir]); err != nil {
				return total, err
			}
		}
		total = merged{total.members + m.n.members, total.evidence + m.n.evidence, total.waivers + m.n.waivers}
		if tx != nil && len(m.fresh.units) > 0 {
			if err := m.write(ctx); err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

func (m *merger) read(ctx context.Context, q bun.IDB) error {
	var members []Membership
	if err := q.NewSelect().Model(&members).Where("pu.programme = ?", m.book.programme.ID).Where("pu.until_day = ''").Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	for _, x := range members {
		m.members[x.Unit] = x
	}
	var rows []Progress
	if err := q.NewSelect().Model(&rows).Where("pr.programme = ?", m.book.programme.ID).Scan(ctx); err != nil {
		return db.Sorted(err)
	}
	for _, x := range rows {
		m.stand[x.Unit] = x
	}
	return nil
}

// note keeps what a row was, and that the set made it where it was nothing.
func (m *merger) note(tab, key string, was any) error {
	e := succession.Entry{Set: m.plan.Set, Tab: tab, Key: key, Became: "changed"}
	if was == nil {
		e.Became = "new"
	} else {
		packed, err := succession.Pack(was)
		if err != nil {
			return err
		}
		e.Was = packed
	}
	m.notes = append(m.notes, e)
	return nil
}

// take lets a commune take over from others, itself among them if it was there before.
func (m *merger) take(heir string, from []string) error {
	var parts []Progress
	others := false
	for _, u := range from {
		if p, in := m.stand[u]; in {
			parts = append(parts, p)
			others = others || u != heir
		}
	}
	if !others {
		return nil
	}
	phase, stage, since := m.standing(parts)
	at, err := clock.ParseDate(m.plan.Day)
	if err != nil {
		return db.Sorted(err)
	}
	if since.After(at) {
		at = since
	}
	m.fresh.units = append(append(m.fresh.units, heir), from...)
	for _, u := range from {
		if u != heir {
			m.n.members++
			if err := m.leave(u); err != nil {
				return err
			}
		}
	}
	if err := m.join(heir, phase); err != nil {
		return err
	}
	if err := m.stands(heir, phase, stage, at); err != nil {
		return err
	}
	if err := m.knows(heir, parts, at); err != nil {
		return err
	}
	return m.excuse(heir, parts)
}

// standing is where communes stand together: those that were live before hold nobody
// back, of the others the latest phase and the earliest stage.
func (m *merger) standing(parts []Progress) (phase ident.ID, stage Stage, since time.Time) {
	work := slices.DeleteFunc(slices.Clone(parts), func(p Progress) bool { return p.Stage == Live })
	if len(work) == 0 {
		work = parts
	}
	phase, stage = work[0].Phase, work[0].Stage
	for _, p := range work {
		if m.book.phase[p.Phase].Ordinal > m.book.phase[phase].Ordinal {
			phase = p.Phase
		}
		if p.Stage.rank() < stage.rank() {
			stage = p.Stage
		}
	}
	for _, p := range parts {
		if p.Since.After(since) {
			since = p.Since
		}
	}
	return phase, stage, since
}

// leave ends the membership and the standing of a commune that gave all it had.
func (m *merger) leave(unit string) error {
	if x, in := m.members[unit]; in {
		if err := m.note(tabMember, string(x.ID), x); err != nil {
			return err
		}
		x.UntilDay = max(m.plan.Day, x.FromDay)
		m.fresh.members = append(m.fresh.members, x)
	}
	p := m.stand[unit]
	p.Version = 0 // marks what is taken away
	m.fresh.progress = append(m.fresh.progress, p)
	return m.note(tabProgress, string(p.Programme)+"/"+unit, m.stand[unit])
}

// join lets the heir belong to a phase from the day on.
func (m *merger) join(heir string, phase ident.ID) error {
	x, in := m.members[heir]
	if in && x.Phase == phase {
		return nil
	}
	if in {
		if err := m.note(tabMember, string(x.ID), x); err != nil {
			return err
		}
		if x.FromDay >= m.plan.Day {
			x.Phase = phase
			m.fresh.members = append(m.fresh.members, x)
			return nil
		}
		x.UntilDay = m.plan.Day
		m.fresh.members = append(m.fresh.members, x)
	}
	y := Membership{ID: ident.New(m.now), Programme: m.book.programme.ID, Phase: phase, Unit: heir, FromDay: m.plan.Day}
	m.fresh.members = append(m.fresh.members, y)
	return m.note(tabMember, string(y.ID), nil)
}

// stands writes where the heir stands, with a line of its history.
func (m *merger) stands(heir string, phase ident.ID, stage Stage, at time.Time) error {
	was, had := m.stand[heir]
	if had && was.Phase == phase && was.Stage == stage {
		return nil
	}
	key := string(m.book.programme.ID) + "/" + heir
	var err error
	if had {
		err = m.note(tabProgress, key, was)
	} else {
		err = m.note(tabProgress, key, nil)
	}
	if err != nil {
		return err
	}
	m.fresh.progress = append(m.fresh.progress, Progress{Programme: m.book.programme.ID, Unit: heir, Phase: phase, Stage: stage, Since: at, Version: was.Version + 1})
	line := StageChange{ID: ident.New(m.now), Programme: m.book.programme.ID, Unit: heir, Phase: phase, From: was.Stage, To: stage, At: at,
		Actor: string(m.who.ID), ActorName: m.who.Name, Reason: m.plan.Basis}
	m.fresh.lines = append(m.fresh.lines, line)
	return m.note(tabChange, string(line.ID), nil)
}

// write saves everything, keeps the journal and tells that members changed.
func (m *merger) write(ctx context.Context) error {
	tx, pg := m.tx, m.book.programme
	if err := rewritten(ctx, tx, pg.ID); err != nil {
		return err
	}
	so := seenSoFar{Units: m.fresh.units}
	err := tx.NewRaw("SELECT COALESCE((SELECT MAX(seq) FROM rollout_evidence), 0), COALESCE((SELECT MAX(seq) FROM rollout_stage_change), 0)").Scan(ctx, &so.Evidence, &so.Change)
	if err != nil {
		return db.Sorted(err)
	}
	packed, err := succession.Pack(so)
	if err != nil {
		return err
	}
	m.notes = append(m.notes, succession.Entry{Set: m.plan.Set, Tab: tabSeen, Key: string(pg.ID), Was: packed})
	if err := succession.Note(ctx, tx, m.notes...); err != nil {
		return err
	}
	if err := m.writeStanding(ctx); err != nil {
		return err
	}
	if len(m.fresh.passed) > 0 {
		for some := range slices.Chunk(m.fresh.passed, 500) {
			if _, err := tx.NewRaw("UPDATE rollout_evidence SET latest = FALSE WHERE id IN (?)", bun.List(some)).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
	}
	if err := insert(ctx, tx, m.fresh.evidence, "seq"); err != nil {
		return err
	}
	if err := insert(ctx, tx, m.fresh.waivers); err != nil {
		return err
	}
	return outbox.Write(ctx, tx, m.now, MembersChanged{Programme: pg.Code, Units: m.fresh.units})
}

// seenSoFar is the last lines of evidence and of history before a set, and the communes
// that it touched.
type seenSoFar struct {
	Evidence, Change int64
	Units            []string
}

func (m *merger) writeStanding(ctx context.Context) error {
	for some := range slices.Chunk(m.fresh.members, 200) {
		_, err := m.tx.NewInsert().Model(&some).On("CONFLICT (id) DO UPDATE").Set("phase = EXCLUDED.phase").Set("until_day = EXCLUDED.until_day").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	var gone []string
	var stay []Progress
	for _, p := range m.fresh.progress {
		if p.Version == 0 {
			gone = append(gone, p.Unit)
		} else {
			stay = append(stay, p)
		}
	}
	if len(gone) > 0 {
		if _, err := m.tx.NewRaw("DELETE FROM rollout_progress WHERE programme = ? AND unit IN (?)", m.book.programme.ID, bun.List(gone)).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
	}
	if err := putProgress(ctx, m.tx, stay); err != nil {
		return err
	}
	return insert(ctx, m.tx, m.fresh.lines, "seq")
}

func putProgress(ctx context.Context, tx *db.Tx, rows []Progress) error {
	for some := range slices.Chunk(rows, 200) {
		_, err := tx.NewInsert().Model(&some).On("CONFLICT (programme, unit) DO UPDATE").Set("phase = EXCLUDED.phase").Set("stage = EXCLUDED.stage").
			Set("since = EXCLUDED.since").Set("version = EXCLUDED.version").Exec(ctx)
		if err != nil {
			return db.Sorted(err)
		}
	}
	return nil
}

// rests says what keeps a set from being taken back.
func rests(n int, what string) error {
	return fault.New(fault.Conflict, "succession.rests", "rows", n, "what", i18n.Key(what))
}
