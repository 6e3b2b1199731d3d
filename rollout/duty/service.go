package duty

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// Keep is the right to say who can be called at communes in reach.
const Keep access.Perm = "rollout.duty.keep"

// Perms are all rights of this room, for the policy.
var Perms = []access.Perm{Keep}

// The sorts of duty, in the order in which they are shown.
const (
	Hotline   = "hotline"
	Counter   = "counter"
	Volunteer = "volunteer"
)

// Kinds are all of them.
var Kinds = []string{Hotline, Counter, Volunteer}

// Line is one person or desk that can be called, from a day until a day.
type Line struct {
	bun.BaseModel `bun:"table:commune_duty,alias:cd"`
	ID            ident.ID  `bun:"id,pk"`
	Unit          string    `bun:"unit"`
	Kind          string    `bun:"kind"`
	Name          string    `bun:"name"`
	Phone         string    `bun:"phone"`
	Calendar      string    `bun:"calendar"` // whose hours hold: a name of kit/worktime/calstore
	Note          string    `bun:"note"`
	FromDay       string    `bun:"from_day"`
	UntilDay      string    `bun:"until_day"` // the first day on which it no longer holds; empty while open
	MadeBy        ident.ID  `bun:"made_by"`
	MadeAt        time.Time `bun:"made_at"`
	Version       int64     `bun:"version"`
}

// On tells whether the line holds on a day.
func (l Line) On(day string) bool { return l.FromDay <= day && (l.UntilDay == "" || day < l.UntilDay) }

// Deps is what this room stands on.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Machine   clock.Clock
	Units     *org.Units
	Rollout   *rollout.Service
	Calendars *calstore.Store
	City      string // numbers of the city's hotline, separated by semicolons
}

// Service keeps who can be called.
type Service struct{ Deps }

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{d} }

func (s *Service) today() string { return clock.Date(s.Business.Now()) }

// commune is the commune with a code as it stands today; Missing when there is none.
func (s *Service) commune(ctx context.Context, code string) (org.Unit, *org.Tree, error) {
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return org.Unit{}, nil, err
	}
	u, ok := tree.Unit(code)
	if !ok || u.Level != org.Commune {
		return org.Unit{}, nil, fault.New(fault.Missing, "fault.missing")
	}
	return u, tree, nil
}

// Form is a line as somebody typed it.
type Form struct{ Kind, Name, Phone, Calendar, Note, From, Until string }

const (
	longestName = 80
	longestNote = 200
)

// read checks what was typed and gives the line that it describes.
func (f Form) read(today string, calendars []calstore.Calendar) (Line, error) {
	var k fault.Check
	l := Line{Kind: f.Kind, Name: strings.Join(strings.Fields(fold.NFC(f.Name)), " "), Calendar: f.Calendar, Note: strings.TrimSpace(fold.NFC(f.Note)), FromDay: f.From, UntilDay: f.Until}
	n, ok := phone.Normal(f.Phone)
	l.Phone = n
	if l.FromDay == "" {
		l.FromDay = today
	}
	k.Need(slices.Contains(Kinds, l.Kind), "kind", "communeduty.form.kind")
	k.Need(l.Name != "" && utf8.RuneCountInString(l.Name) <= longestName, "name", "communeduty.form.name", "limit", longestName)
	k.Need(ok, "phone", "communeduty.form.phone")
	k.Need(slices.ContainsFunc(calendars, func(c calstore.Calendar) bool { return c.Name == l.Calendar }), "calendar", "communeduty.form.calendar")
	k.Need(utf8.RuneCountInString(l.Note) <= longestNote, "note", "communeduty.form.note", "limit", longestNote)
	_, err := clock.ParseDate(l.FromDay)
	k.Need(err == nil, "from", "form.bad_day")
	if l.UntilDay != "" {
		_, err := clock.ParseDate(l.UntilDay)
		k.Need(err == nil, "until", "form.bad_day")
		k.Need(err != nil || l.FromDay < l.UntilDay, "until", "communeduty.form.until")
	}
	return l, k.Err()
}

// mostLines is how many lines of a commune hold at once.
const mostLines = 50

// Add puts a line up.
func (s *Service) Add(ctx context.Context, who access.Actor, unit string, f Form) (Line, error) {
	if err := who.NeedAt(Keep, unit); err != nil {
		return Line{}, err
	}
	if _, _, err := s.commune(ctx, unit); err != nil {
		return Line{}, err
	}
	calendars, err := s.Calendars.Calendars(ctx, access.System("duty"))
	if err != nil {
		return Line{}, err
	}
	l, err := f.read(s.today(), calendars)
	if err != nil {
		return Line{}, err
	}
	l.ID, l.Unit, l.MadeBy, l.MadeAt, l.Version = ident.New(s.Machine.Now()), unit, who.ID, s.Business.Now(), 1
	return l, s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		held, err := s.lines(ctx, tx, unit)
		if err != nil {
			return err
		}
		if len(held) >= mostLines {
			return fault.New(fault.Conflict, "communeduty.many", "limit", mostLines)
		}
		if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Machine.Now(), who, "rollout.duty.added", string(l.ID), map[string][2]any{"kind": {nil, l.Kind}, "from": {nil, l.FromDay}, "until": {nil, l.UntilDay}}, trail.At(unit))
	})
}

// End takes a line down from today on.
func (s *Service) End(ctx context.Context, who access.Actor, unit string, id ident.ID, version int64) error {
	if err := who.NeedAt(Keep, unit); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var l Line
		if err := tx.NewSelect().Model(&l).Where("cd.id = ? AND cd.unit = ?", id, unit).Apply(who.Within(Keep, "cd.unit")).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		today := s.today()
		if l.Version != version || l.UntilDay != "" && l.UntilDay <= today {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		was := l.UntilDay
		var err error
		if l.FromDay >= today { // never posted, or posted today by mistake
			_, err = tx.NewDelete().Model(&l).WherePK().Exec(ctx)
		} else {
			err = db.Changed(tx.NewUpdate().Model((*Line)(nil)).Set("until_day = ?", today).Set("version = version + 1").Where("id = ? AND version = ?", l.ID, version).Exec(ctx))
		}
		if err != nil {
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, s.Machine.Now(), who, "rollout.duty.ended", string(l.ID), map[string][2]any{"until": {was, today}}, trail.At(unit))
	})
}

// lines are the lines of a commune that hold today or will.
func (s *Service) lines(ctx context.Context, q bun.IDB, unit string) ([]Line, error) {
	var rows []Line
	err := q.NewSelect().Model(&rows).Where("cd.unit = ?", unit).Where("cd.until_day = '' OR cd.until_day > ?", s.today()).Order("cd.from_day", "cd.id").Scan(ctx)
	slices.SortStableFunc(rows, func(a, b Line) int { return slices.Index(Kinds, a.Kind) - slices.Index(Kinds, b.Kind) })
	return rows, db.Sorted(err)
}

// Lines are what a commune has put up and not taken down, for who keeps it.
func (s *Service) Lines(ctx context.Context, who access.Actor, unit string) ([]Line, error) {
	if err := who.NeedAt(Keep, unit); err != nil {
		return nil, err
	}
	return s.lines(ctx, s.DB.Read(), unit)
}

// Posted are the lines that hold today: what the public page tells everybody.
func (s *Service) Posted(ctx context.Context, unit string) ([]Line, error) {
	rows, err := s.lines(ctx, s.DB.Read(), unit)
	return slices.DeleteFunc(rows, func(l Line) bool { return !l.On(s.today()) }), err
}

// Without are the communes in the actor's reach that have no hotline up today, and how
// many communes that is of: one query.
func (s *Service) Without(ctx context.Context, who access.Actor) (bare []org.Unit, all int, err error) {
	if err := who.Need(Keep); err != nil {
		return nil, 0, err
	}
	tree, err := s.Units.Tree(ctx, s.Business.Now())
	if err != nil {
		return nil, 0, err
	}
	var up []string
	err = s.DB.Read().NewSelect().Model((*Line)(nil)).ColumnExpr("DISTINCT cd.unit").Where("cd.kind = ?", Hotline).Where("cd.from_day <= ?", s.today()).
		Where("cd.until_day = '' OR cd.until_day > ?", s.today()).Apply(who.Within(Keep, "cd.unit")).Scan(ctx, &up)
	if err != nil {
		return nil, 0, db.Sorted(err)
	}
	for _, u := range tree.Communes("") {
		if !who.Covers(Keep, u.Code) {
			continue
		}
		all++
		if !slices.Contains(up, u.Code) {
			bare = append(bare, u)
		}
	}
	return bare, all, nil
}

// Declare says that the numbers are posted at the office: a declaration for every
// programme whose checklist asks for it. It wants rollout.Declare, and a hotline here.
func (s *Service) Declare(ctx context.Context, who access.Actor, unit string) error {
	if err := who.NeedAt(rollout.Declare, unit); err != nil {
		return err
	}
	up, err := s.Posted(ctx, unit)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(up, func(l Line) bool { return l.Kind == Hotline })
	if at < 0 {
		return fault.New(fault.Conflict, "communeduty.no_hotline")
	}
	asked, err := s.asked(ctx, unit)
	if err != nil {
		return err
	}
	if len(asked) == 0 {
		return fault.New(fault.Conflict, "communeduty.not_asked")
	}
	for _, a := range asked {
		err := s.Rollout.Declare(ctx, who, rollout.EvidenceInput{Programme: a.Programme, Units: []string{unit}, Criterion: a.Criterion, Answer: rollout.Met, Note: PublicAt(unit)})
		if err != nil {
			return err
		}
	}
	return nil
}

// ask is a criterion of a programme that a commune must meet.
type ask struct{ Programme, Criterion string }

// asked are the criteria by which programmes ask this commune for a posted number.
func (s *Service) asked(ctx context.Context, unit string) ([]ask, error) {
	var rows []ask
	err := s.DB.Read().NewSelect().TableExpr("rollout_progress AS pr").Join("JOIN rollout_criterion AS cr ON cr.phase = pr.phase").Join("JOIN rollout_programme AS pg ON pg.id = pr.programme").
		ColumnExpr("pg.code AS programme, cr.key AS criterion").Where("pr.unit = ?", unit).Where("cr.evidence = ?", Evidence).Order("pg.code", "cr.key").Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// Evidence is the sort of evidence by which a checklist asks for posted numbers.
const Evidence = "posted"

// Offer is a service as a citizen reads it: its programme, where it stands, since when.
type Offer struct {
	Title, TitleEN string
	Stage          rollout.Stage
	Since          time.Time
}

// Offers are the services of a commune with the stage at which each stands.
func (s *Service) Offers(ctx context.Context, unit string) ([]Offer, error) {
	var rows []Offer
	err := s.DB.Read().NewSelect().TableExpr("rollout_progress AS pr").Join("JOIN rollout_programme AS pg ON pg.id = pr.programme").
		ColumnExpr("pg.title, pg.title_en, pr.stage, pr.since").Where("pr.unit = ?", unit).Order("pg.code").Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// PublicAt is the address of a commune's public page.
func PublicAt(unit string) string { return "/xa/" + unit }
