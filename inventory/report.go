package inventory

import (
	"context"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/search"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/kit/worktime/calstore"
)

// Area is how this area signs its files and clocks.
const Area = "inventory"

// The kinds of documents by which this area is found.
const (
	AssetDoc = "asset"
	GapDoc   = "gap"
)

// MaxPhotos is how many photos one report may carry.
const MaxPhotos = 4

// ReportGap records a lack with its photos. It counts as declared evidence at once:
// the unit's readiness is judged in the same transaction.
func (s *Service) ReportGap(ctx context.Context, who access.Actor, f GapForm, photos ...files.Blob) (Gap, error) {
	if err := who.Need(Report); err != nil {
		return Gap{}, err
	}
	known, _, err := s.Known(ctx)
	if err != nil {
		return Gap{}, err
	}
	n, err := f.check(known)
	if err != nil {
		return Gap{}, err
	}
	if err := who.NeedAt(Report, f.Unit); err != nil {
		return Gap{}, err
	}
	var g Gap
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		g, err = s.report(ctx, tx, who, f, n, photos)
		return err
	})
	return g, err
}

// ReportGapIn records a lack inside somebody else's transaction, with the profile's
// line that it keeps from being met.
func (s *Service) ReportGapIn(ctx context.Context, tx *db.Tx, who access.Actor, f GapForm) (Gap, error) {
	known, _, err := s.Known(ctx)
	if err != nil {
		return Gap{}, err
	}
	n, err := f.check(known)
	if err != nil {
		return Gap{}, err
	}
	if err := who.NeedAt(Report, f.Unit); err != nil {
		return Gap{}, err
	}
	return s.report(ctx, tx, who, f, n, nil)
}

// report makes a gap of a checked form and saves it.
func (s *Service) report(ctx context.Context, tx *db.Tx, who access.Actor, f GapForm, n int64, photos []files.Blob) (Gap, error) {
	now := s.clock.Now()
	g := Gap{ID: ident.New(now), Unit: f.Unit, Kind: GapKind(f.Kind), What: Kind(f.What), Quantity: n, Note: f.Note, State: GapOpen, Open: true,
		ReportedBy: who.ID, ReporterName: who.Name, ReportedAt: now, MovedAt: now, Requirement: f.Requirement, Version: 1}
	g.diagnose(Cause(f.Cause), Remedy(f.Remedy))
	if f.Asset != "" {
		a, err := assetByID(ctx, tx, who, Report, ident.ID(f.Asset))
		if err != nil || a.Unit != g.Unit {
			return g, fault.Because(fault.Missing, "fault.missing", err)
		}
		g.Asset = a.ID
	}
	return g, s.saveReport(ctx, tx, who, &g, photos)
}

func (s *Service) saveReport(ctx context.Context, tx *db.Tx, who access.Actor, g *Gap, photos []files.Blob) error {
	now := g.ReportedAt
	codes, err := nextCodes(ctx, tx, "TH", now, 1)
	if err != nil {
		return err
	}
	g.Code = codes[0]
	c, err := deadline.Start(ctx, tx, s.calendars, deadline.Spec{Area: Area, Subject: string(g.ID), Purpose: "close", Unit: g.Unit,
		Calendar: calstore.Office, Start: now, Budget: g.Kind.days(), Kind: deadline.Days, Steps: []deadline.StepSpec{{Name: "late"}}})
	if err != nil {
		return err
	}
	g.Clock = c.ID
	if c.Due != nil {
		g.DueAt = *c.Due
	}
	if _, err := tx.NewInsert().Model(g).Exec(ctx); err != nil {
		return db.Sorted(err)
	}
	if err := search.Add(ctx, tx, s.gapDoc(*g)); err != nil {
		return err
	}
	for _, p := range photos {
		if _, err := files.Attach(ctx, tx, now, who, p, files.Owner{Area: Area, Subject: string(g.ID), Unit: g.Unit}); err != nil {
			return err
		}
	}
	line := i18n.L("inventory.note.gap", "code", g.Code, "n", g.Quantity, "kind", kindKey(g.What), "what", i18n.Key("inventory.gap.kind."+string(g.Kind)))
	if err := note(ctx, tx, now, g.Unit, string(g.ID), who, line, g.Note); err != nil {
		return err
	}
	if err := outbox.Write(ctx, tx, now, GapReported{eventOf(*g, who.ID)}); err != nil {
		return err
	}
	err = trail.Write(ctx, tx, now, who, "inventory.gap.reported", string(g.ID), map[string][2]any{
		"code": {nil, g.Code}, "kind": {nil, g.Kind}, "what": {nil, g.What}, "quantity": {nil, g.Quantity}, "photos": {nil, len(photos)}}, trail.At(g.Unit))
	if err != nil {
		return err
	}
	return s.judge(ctx, tx, g.Unit)
}

// MoveGap takes a gap a step on its way. Closing or declining it takes the lack
// back; the unit's readiness is judged in the same transaction. It is closed only when
// the thing was seen, or by who may inspect and so sees it now.
func (s *Service) MoveGap(ctx context.Context, who access.Actor, id ident.ID, version int64, to GapState, answer string) (Gap, error) {
	return s.changeGap(ctx, who, id, version, s.stepOf(who, to, answer), answer)
}

// gapStep changes a gap that is locked, and says what it did.
type gapStep func(ctx context.Context, tx *db.Tx, g *Gap, now time.Time) (i18n.Line, error)

// stepOf moves a gap, its clock with it.
func (s *Service) stepOf(who access.Actor, to GapState, answer string) gapStep {
	return func(ctx context.Context, tx *db.Tx, g *Gap, now time.Time) (i18n.Line, error) {
		before, was := g.State, *g
		if err := g.move(to, answer, now); err != nil {
			return i18n.Line{}, err
		}
		if to == Closed {
			if err := s.proved(ctx, tx, who, was); err != nil {
				return i18n.Line{}, err
			}
		}
		if g.Owner == "" && !who.IsSystem() {
			g.Owner, g.OwnerName = who.ID, who.Name
		}
		var err error
		switch {
		case to == Closed:
			_, err = deadline.Meet(ctx, tx, s.calendars, g.Clock, now)
		case to == Declined:
			_, err = deadline.Cancel(ctx, tx, s.calendars, g.Clock, now)
		case before.Ended():
			var c deadline.Clock
			if c, err = deadline.Reopen(ctx, tx, s.calendars, g.Clock, now, "reopened"); err == nil {
				g.due(c.Due)
			}
		}
		return i18n.L("inventory.note.gap_moved", "code", g.Code, "from", gapStateKey(before), "to", gapStateKey(to)), err
	}
}

func (g *Gap) due(at *time.Time) {
	g.DueAt = time.Time{}
	if at != nil {
		g.DueAt = *at
	}
}

// TakeGap makes the actor the owner of a gap: who sees to it.
func (s *Service) TakeGap(ctx context.Context, who access.Actor, id ident.ID, version int64) (Gap, error) {
	return s.changeGap(ctx, who, id, version, func(_ context.Context, _ *db.Tx, g *Gap, _ time.Time) (i18n.Line, error) {
		if g.State.Ended() {
			return i18n.Line{}, fault.New(fault.Conflict, "inventory.gap.ended")
		}
		g.Owner, g.OwnerName = who.ID, who.Name
		return i18n.L("inventory.note.gap_taken", "code", g.Code, "name", who.Name), nil
	}, "")
}

func (s *Service) changeGap(ctx context.Context, who access.Actor, id ident.ID, version int64, do gapStep, said string) (Gap, error) {
	var g Gap
	err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if g, err = gapByID(ctx, tx, who, Handle, id, db.ForUpdate(tx)); err != nil {
			return err
		}
		if g.Version != version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		g, err = s.changeGapIn(ctx, tx, who, g, do, said)
		return err
	})
	return g, err
}

func (s *Service) changeGapIn(ctx context.Context, tx *db.Tx, who access.Actor, g Gap, do gapStep, said string) (Gap, error) {
	now, before := s.clock.Now(), g
	line, err := do(ctx, tx, &g, now)
	if err != nil {
		return g, err
	}
	g.Version++
	err = db.Changed(tx.NewUpdate().Model(&g).Column("state", "open", "moved_at", "owner", "owner_name", "due_at", "answer", "cause", "remedy", "quantity", "delivered_at", "version").
		Where("id = ?", g.ID).Where("version = ?", before.Version).Exec(ctx))
	if err != nil {
		return g, err
	}
	if before.Quantity != g.Quantity { // its title says how many
		if err := search.Put(ctx, tx, s.gapDoc(g)); err != nil {
			return g, err
		}
	}
	if err := note(ctx, tx, now, g.Unit, string(g.ID), who, line, said); err != nil {
		return g, err
	}
	if err := s.tellGap(ctx, tx, now, who, before, g); err != nil {
		return g, err
	}
	if before.Open == g.Open {
		return g, nil
	}
	return g, s.judge(ctx, tx, g.Unit)
}

func (s *Service) tellGap(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, before, g Gap) error {
	var e outbox.Body = GapMoved{eventOf(g, who.ID)}
	if g.State.Ended() {
		e = GapClosed{eventOf(g, who.ID)}
	}
	if err := outbox.Write(ctx, tx, now, e); err != nil {
		return err
	}
	return trail.Write(ctx, tx, now, who, "inventory.gap.moved", string(g.ID),
		map[string][2]any{"state": {before.State, g.State}, "owner": {before.Owner, g.Owner}}, trail.At(g.Unit))
}

// Handlers are what this area learns from others: due moments that a calendar moved.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{{Name: "inventory.phases", Topic: "rollout.members.changed", Do: s.rephased}, {Name: "inventory.due", Topic: deadline.Moved{}.Topic(), Do: func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
		var m deadline.Moved
		if err := e.Read(&m); err != nil {
			return err
		}
		if m.Area != Area {
			return nil
		}
		c, err := deadline.Load(ctx, tx, m.Clock)
		if err != nil {
			return err
		}
		var g Gap
		g.due(c.Due)
		_, err = tx.NewUpdate().Model(&g).Column("due_at").Where("clock = ?", m.Clock).Exec(ctx)
		return db.Sorted(err)
	}}}
}
