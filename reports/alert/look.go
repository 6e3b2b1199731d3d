package alert

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/metric"
)

// List is a page of episodes within the actor's reach, newest first; of all, or of those
// that are open.
func (s *Service) List(ctx context.Context, who access.Actor, all bool, r page.Request) (page.Page[Episode], error) {
	if err := who.Need(Look); err != nil {
		return page.Page[Episode]{}, err
	}
	var rows []Episode
	q := s.DB.Read().NewSelect().Model(&rows).Apply(who.Within(Look, "ae.unit"), r.On("ae.id"))
	if !all {
		q = q.Where("ae.closed_at IS NULL")
	}
	err := q.Scan(ctx)
	return page.Cut(r, rows, func(e Episode) []string { return []string{string(e.ID)} }), db.Sorted(err)
}

// Get is one episode within the actor's reach, with the moment until which its rule and
// unit are kept quiet.
func (s *Service) Get(ctx context.Context, who access.Actor, id ident.ID) (Episode, *time.Time, error) {
	e, err := byID(ctx, s.DB.Read(), who, id)
	if err != nil {
		return e, nil, err
	}
	var w []Watch
	err = s.DB.Read().NewSelect().Model(&w).Where("aw.rule = ?", e.Rule).Where("aw.unit = ?", e.Unit).Scan(ctx)
	if err != nil || len(w) == 0 || w[0].QuietUntil == nil || !w[0].QuietUntil.After(s.Business.Now()) {
		return e, nil, db.Sorted(err)
	}
	return e, w[0].QuietUntil, nil
}

func byID(ctx context.Context, q bun.IDB, who access.Actor, id ident.ID, more ...func(*bun.SelectQuery) *bun.SelectQuery) (Episode, error) {
	var e Episode
	if err := who.Need(Look); err != nil {
		return e, err
	}
	sel := q.NewSelect().Model(&e).Where("ae.id = ?", id).Apply(who.Within(Look, "ae.unit"))
	for _, m := range more {
		sel = sel.Apply(m)
	}
	return e, db.Sorted(sel.Scan(ctx))
}

// longestNote is the most runes of a note; mostQuiet the most days of silence.
const (
	longestNote = 1000
	mostQuiet   = 30
)

// Acknowledge says that somebody has taken note of an episode, once, and what is done.
func (s *Service) Acknowledge(ctx context.Context, who access.Actor, id ident.ID, version int64, note string) (Episode, error) {
	note = strings.TrimSpace(fold.NFC(note))
	var k fault.Check
	k.Need(note != "", "note", "alert.form.needed")
	k.Need(utf8.RuneCountInString(note) <= longestNote, "note", "alert.form.long", "max", longestNote)
	return s.change(ctx, who, id, version, "reports.alert.acknowledged", k.Err(), func(_ context.Context, _ *db.Tx, e *Episode, now time.Time) error {
		if e.AckedAt != nil {
			return fault.New(fault.Conflict, "alert.acked_already", "who", e.AckedName)
		}
		e.AckedAt, e.AckedName, e.AckNote = &now, who.Name, note
		return nil
	})
}

// Snooze keeps the rule quiet for the episode's unit: until the end of so many days
// further crossings are kept but told to nobody. 0 ends the silence.
func (s *Service) Snooze(ctx context.Context, who access.Actor, id ident.ID, version, days int64) (Episode, error) {
	var k fault.Check
	k.Need(days >= 0 && days <= mostQuiet, "days", "alert.form.quiet", "max", mostQuiet)
	return s.change(ctx, who, id, version, "reports.alert.snoozed", k.Err(), func(ctx context.Context, tx *db.Tx, e *Episode, now time.Time) error {
		w := Watch{Rule: e.Rule, Unit: e.Unit}
		if days > 0 {
			_, until := clock.Day(now.AddDate(0, 0, int(days)))
			w.QuietUntil = &until
		}
		_, err := tx.NewInsert().Model(&w).On("CONFLICT (rule, unit) DO UPDATE").Set("quiet_until = EXCLUDED.quiet_until").Exec(ctx)
		return db.Sorted(err)
	})
}

func (s *Service) change(ctx context.Context, who access.Actor, id ident.ID, version int64, act string, wrong error, do func(context.Context, *db.Tx, *Episode, time.Time) error) (Episode, error) {
	var e Episode
	err := s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if e, err = byID(ctx, tx, who, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		if err := who.NeedAt(Handle, e.Unit); err != nil {
			return err
		}
		if version != e.Version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		if wrong != nil {
			return wrong
		}
		now := s.Business.Now()
		if err := do(ctx, tx, &e, now); err != nil {
			return err
		}
		e.Version++
		if err := db.Changed(tx.NewUpdate().Model(&e).WherePK().Where("version = ?", version).Exec(ctx)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, act, string(id), nil, trail.At(e.Unit))
	})
	return e, err
}

// mostTodo is how many episodes a home page names.
const mostTodo = 5

// Todo is the open episodes that nobody has taken note of, for those who may.
func (s *Service) Todo(ctx context.Context, t i18n.T, who access.Actor) ([]ui.TodoItem, error) {
	if !who.May(Handle) {
		return nil, nil
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Episode
	err = s.DB.Read().NewSelect().Model(&rows).Where("ae.closed_at IS NULL").Where("ae.acked_at IS NULL").Apply(who.Within(Handle, "ae.unit")).
		Where("NOT EXISTS (SELECT 1 FROM alert_watch AS aw WHERE aw.rule = ae.rule AND aw.unit = ae.unit AND aw.quiet_until > ?)", s.Business.Now()).
		Order("ae.id DESC").Limit(mostTodo).Scan(ctx)
	var out []ui.TodoItem
	for _, e := range rows {
		m, _ := metric.Find(e.Metric)
		out = append(out, ui.TodoItem{Title: e.Title(t) + ": " + tree.Place(e.Unit), Href: e.Path(), State: &ui.State{Tone: tones[e.Severity], Word: t.Say("alert.severity." + string(e.Severity))},
			Why: t.Say("alert.todo", "value", written(t, m, e.Past, e.Peak), "bound", written(t, m, e.Past, e.Threshold), "at", e.OpenedAt)})
	}
	return out, db.Sorted(err)
}

// Standing is how many alerts are open, for a row of figures; nothing when none is.
func (s *Service) Standing(ctx context.Context, t i18n.T, who access.Actor) ([]ui.FigureData, error) {
	if !who.May(Look) {
		return nil, nil
	}
	n, err := s.DB.Read().NewSelect().Model((*Episode)(nil)).Where("ae.closed_at IS NULL").Apply(who.Within(Look, "ae.unit")).Count(ctx)
	if err != nil || n == 0 {
		return nil, db.Sorted(err)
	}
	return []ui.FigureData{{Label: t.Say("alert.title"), Value: t.Int(n), SoWhat: t.Say("alert.open_now"), Href: Home, Tone: ui.Warn}}, nil
}
