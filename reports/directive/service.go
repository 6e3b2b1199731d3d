package directive

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/reports"
)

// People tells who holds a post or may do a thing at a unit.
type People interface {
	Holding(ctx context.Context, need access.Perm, unit string) ([]ident.ID, error)
	InPost(ctx context.Context, role access.Role, unit string) ([]ident.ID, error)
	Names(ctx context.Context, ids []ident.ID) (map[ident.ID]string, error)
	// Key is the account of a login; Missing when there is none.
	Key(ctx context.Context, login string) (ident.ID, error)
}

// Runs finds a report within the actor's reach: what it is called and its last day.
type Runs interface {
	Concluded(ctx context.Context, who access.Actor, run ident.ID) (title, lastDay, cut string, err error)
}

// Deps is what this room stands on. Posts are the roles that may own a directive.
type Deps struct {
	DB        *db.DB
	Business  clock.Clock
	Machine   clock.Clock
	Calendars deadline.Calendars
	Units     reports.Units
	People    People
	Runs      Runs
	Files     *files.Store
	Posts     []access.Role
}

// Service is the use cases of directives. It is safe for concurrent use.
type Service struct{ Deps }

// New is the room over its neighbours.
func New(d Deps) *Service { return &Service{Deps: d} }

func (s *Service) tree(ctx context.Context) (*org.Tree, error) {
	return s.Units.Tree(ctx, s.Business.Now())
}

// Write writes the conclusions of one document down, all or none. Rows that are blank are
// left out; a fault names its row: "r2.text" is the text of the third.
func (s *Service) Write(ctx context.Context, who access.Actor, h Head, rows []Row) ([]Directive, error) {
	if err := who.Need(reports.Conclude); err != nil {
		return nil, err
	}
	now := s.Business.Now()
	all, err := s.drafts(ctx, who, h, rows, now)
	if err != nil {
		return nil, err
	}
	err = s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for i := range all {
			if err := s.start(ctx, tx, who, &all[i], now); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

// drafts are the conclusions as they will be written, or everything that is wrong.
func (s *Service) drafts(ctx context.Context, who access.Actor, h Head, rows []Row, now time.Time) ([]Directive, error) {
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	var k fault.Check
	h.check(&k, now)
	base := Directive{DocNo: h.DocNo, DocDay: h.DocDay, ConcludedBy: h.ConcludedBy, Source: FromNothing, State: Open, MadeAt: now, MadeBy: who.ID, MadeName: who.Name, Version: 1}
	switch {
	case h.Run != "":
		title, last, _, err := s.Runs.Concluded(ctx, who, h.Run)
		if err != nil {
			return nil, err
		}
		base.Source, base.SourceRun, base.SourceTitle, base.SourceDay = FromRun, h.Run, title, last
	case h.Meeting != "":
		base.Source, base.SourceTitle, base.SourceDay = FromMeeting, h.Meeting, h.MeetingDay
	}
	var all []Directive
	for i, r := range rows {
		if r.blank() {
			continue
		}
		d, at := base, "r"+strconv.Itoa(i)+"."
		d.DueDay, d.DueDays = r.check(&k, at, tree, h.DocDay, s.Posts)
		d.Text, d.Unit, d.Post = r.Text, r.Unit, access.Role(r.Post)
		if _, known := tree.Unit(d.Unit); known {
			if err := who.NeedAt(reports.Conclude, d.Unit); err != nil {
				k.Need(false, at+"unit", "directive.form.unit")
			} else if err := s.owner(ctx, &k, at, &d, r.Login); err != nil {
				return nil, err
			}
		}
		all = append(all, d)
	}
	k.Need(len(all) > 0, "r0.text", "directive.form.needed")
	k.Need(len(rows) <= MostRows, "r0.text", "directive.form.rows", "max", MostRows)
	return all, k.Err()
}

// owner fills in the person, when one is named: somebody who may own directives there.
func (s *Service) owner(ctx context.Context, k *fault.Check, at string, d *Directive, login string) error {
	if login == "" {
		return nil
	}
	id, err := s.People.Key(ctx, login)
	if fault.Is(err, fault.Missing) {
		k.Need(false, at+"login", "directive.form.login")
		return nil
	}
	if err != nil {
		return err
	}
	held, err := s.People.InPost(ctx, d.Post, d.Unit)
	if err != nil {
		return err
	}
	k.Need(contains(held, id), at+"login", "directive.form.login")
	names, err := s.People.Names(ctx, []ident.ID{id})
	d.Owner, d.OwnerName = id, names[id]
	return err
}

func (s *Service) start(ctx context.Context, tx *db.Tx, who access.Actor, d *Directive, now time.Time) error {
	code, err := nextCode(ctx, tx, now)
	if err != nil {
		return err
	}
	d.ID, d.Code = ident.New(now), code
	if err := s.turn(ctx, tx, d); err != nil {
		return err
	}
	d.FirstDueAt = d.DueAt
	if _, err := tx.NewInsert().Model(d).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := s.record(ctx, tx, who, *d, Wrote, "", "", now); err != nil {
		return err
	}
	return s.tell(ctx, tx, who, *d, "directive.notice.given", "given", now)
}

// nextCode draws the number that people say: KL-2016-000042. Gaps are allowed.
func nextCode(ctx context.Context, tx *db.Tx, now time.Time) (string, error) {
	key := "KL-" + clock.Date(now)[:4]
	var last int64
	err := tx.NewRaw("INSERT INTO report_code (prefix, last) VALUES (?, 1) ON CONFLICT (prefix) DO UPDATE SET last = report_code.last + 1 RETURNING last", key).Scan(ctx, &last)
	return fmt.Sprintf("%s-%06d", key, last), db.Sorted(err)
}

// The steps of a directive's clock, in working minutes around the due moment.
const (
	stepSoon, beforeDue = "soon", -2 * 8 * 60
	stepLate, afterDue  = "late", 1
	stepLong, longAfter = "long", 3 * 8 * 60
)

// turn starts the clock that a directive's due day asks for, in place of an older one.
func (s *Service) turn(ctx context.Context, tx *db.Tx, d *Directive) error {
	if err := s.stop(ctx, tx, d); err != nil {
		return err
	}
	from, days := d.DocDay, d.DueDays
	if d.DueDay != "" {
		from, days = d.DueDay, 0
	}
	at, err := clock.ParseDate(from)
	if err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	c, err := deadline.Start(ctx, tx, s.Calendars, deadline.Spec{Area: Area, Subject: string(d.ID), Purpose: "done", Unit: d.Unit, Calendar: calstore.Office,
		Start: at, Budget: days, Kind: deadline.EndOfDay, Steps: []deadline.StepSpec{{Name: stepSoon, Minutes: beforeDue}, {Name: stepLate, Minutes: afterDue}, {Name: stepLong, Minutes: longAfter}}})
	if err != nil {
		return err
	}
	d.Clock, d.DueAt = c.ID, c.Due
	return nil
}

// stop ends the clock, if one runs; the due moment stays as it was.
func (s *Service) stop(ctx context.Context, tx *db.Tx, d *Directive) error {
	if d.Clock == "" {
		return nil
	}
	c, err := deadline.Load(ctx, tx, d.Clock)
	if err == nil && c.Open() {
		_, err = deadline.Meet(ctx, tx, s.Calendars, d.Clock, s.Business.Now())
	}
	return err
}

// Why is how the due moment comes about; nothing while a year has no calendar.
func (s *Service) Why(ctx context.Context, d Directive) ([]worktime.Step, error) {
	c, err := deadline.Load(ctx, s.DB.Read(), d.Clock)
	if err != nil {
		return nil, err
	}
	cal, err := s.Calendars.Calendar(ctx, calstore.Office)
	if err != nil {
		return nil, err
	}
	return c.Explain(cal)
}

// record writes what an act leaves behind: step, event, trail, index.
func (s *Service) record(ctx context.Context, tx *db.Tx, who access.Actor, d Directive, act Act, said string, before State, now time.Time) error {
	step := Step{ID: ident.New(now), Directive: d.ID, At: now, By: who.ID, ByName: who.Name, Act: act, State: d.State, DueAt: d.DueAt, Said: said}
	if _, err := tx.NewInsert().Model(&step).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := outbox.Write(ctx, tx, now, Changed{ID: d.ID, Code: d.Code, Unit: d.Unit, Post: d.Post, Act: act, State: d.State, DueAt: d.DueAt}); err != nil {
		return err
	}
	if err := search.Put(ctx, tx, search.Doc{Area: Area, Kind: Kind, Subject: string(d.ID), Unit: d.Unit, Owner: string(d.Owner), Title: d.Code + " " + headline(d.Text),
		Lead: d.DocNo, Body: d.Text + "\n" + d.SourceTitle + "\n" + d.ConcludedBy, Updated: now}); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "reports.directive."+string(act), string(d.ID), map[string][2]any{"state": {before, d.State}}, trail.At(d.Unit))
}

// headline is the beginning of a text, cut at a word.
func headline(text string) string {
	const most = 90
	runes := []rune(text)
	for i, r := range runes {
		if r == '\n' {
			runes = runes[:i]
			break
		}
	}
	if len(runes) <= most {
		return string(runes)
	}
	cut := most
	for cut > most/2 && runes[cut] != ' ' {
		cut--
	}
	return string(runes[:cut]) + "…"
}
