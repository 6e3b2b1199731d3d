package probe

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/notify"
	"lotrinh/internal/kit/outbox"
	"lotrinh/internal/kit/trail"
	"lotrinh/rollout"
)

// Keep is the right to say how gates are watched and to declare them. Looking is
// rollout.Read.
const Keep access.Perm = "rollout.gate.keep"

// Standing is how the line to another office stands.
type Standing struct {
	On      bool   // the office is connected at all
	Broken  bool   // it is left alone because it failed
	Problem string // in its own words
}

// Neighbours are what this room asks of others.
type Neighbours interface {
	// Offices are the codes of the offices that the exchange knows.
	Offices(ctx context.Context) ([]string, error)
	// Standing is how the line to an office stands; ok is false for one nobody knows.
	Standing(ctx context.Context, office string) (st Standing, ok bool, err error)
	// Keepers are the accounts that are told of gates.
	Keepers(ctx context.Context) ([]ident.ID, error)
	// ReadTarget checks an address to call, as the guard of the house allows.
	ReadTarget(text string) (string, error)
	// Control looks at each address just before it is called.
	Control(network, address string, raw syscall.RawConn) error
}

// Deps is what the room stands on.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Machine  clock.Clock // when notices are written
	Rollout  *rollout.Service
	Near     Neighbours
}

// Service is the use cases of programme gates. It is safe for concurrent use.
type Service struct{ Deps }

// New is the room over its neighbours. From then on its gates hold waves.
func New(d Deps) *Service {
	s := &Service{d}
	d.Rollout.Held(s.holds)
	return s
}

// Seed brings in gates that are not there yet, off.
func (s *Service) Seed(ctx context.Context) error {
	var have []string
	if err := s.DB.Read().NewSelect().Table("rollout_gate").Column("key").Scan(ctx, &have); err != nil {
		return db.Sorted(err)
	}
	now := s.Business.Now()
	var fresh []Gate
	for i, k := range Keys {
		if !slices.Contains(have, k) {
			fresh = append(fresh, Gate{Key: k, Ordinal: i + 1, Means: Off, EveryMinutes: 5, StaleMinutes: 30, Told: NotWatched, ToldAt: now, Version: 1})
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&fresh).On("CONFLICT (key) DO NOTHING").Exec(ctx)
		return db.Sorted(err)
	})
}

// holds is this room's part in whether waves are held: one query.
func (s *Service) holds(ctx context.Context, q bun.IDB, programme ident.ID, at time.Time) ([]rollout.Hold, error) {
	var rows []struct {
		Gate
		Phase ident.ID
	}
	err := q.NewSelect().TableExpr("rollout_gate AS gt").ColumnExpr("gt.*, gp.phase").Join("JOIN rollout_gate_phase AS gp ON gp.gate = gt.key").
		Join("JOIN rollout_phase AS ph ON ph.id = gp.phase").Where("ph.programme = ?", programme).Where("gt.means <> ?", Off).
		Order("gt.ordinal", "ph.ordinal").Scan(ctx, &rows)
	if err != nil {
		return nil, db.Sorted(err)
	}
	var all []rollout.Hold
	for _, r := range rows {
		if v, why := r.Verdict(at); v.Holds() {
			all = append(all, rollout.Hold{Phase: r.Phase, Reason: why, Href: "/rollout/gates/" + r.Key})
		}
	}
	return all, nil
}

// may checks that the actor may look.
func may(who access.Actor) error {
	if who.May(Keep) {
		return nil
	}
	return who.Need(rollout.Read)
}

// Gates are all gates in their order.
func (s *Service) Gates(ctx context.Context, who access.Actor) ([]Gate, error) {
	if err := may(who); err != nil {
		return nil, err
	}
	return s.gates(ctx)
}

func (s *Service) gates(ctx context.Context) ([]Gate, error) {
	var all []Gate
	err := s.DB.Read().NewSelect().Model(&all).Order("gt.ordinal").Scan(ctx)
	return all, db.Sorted(err)
}

// View is a gate with the waves that depend on it and its history, newest first.
type View struct {
	Gate
	Phases []ident.ID
	Events []Event
}

// mostEvents is how much of a history is shown.
const mostEvents = 50

// Gate is one gate.
func (s *Service) Gate(ctx context.Context, who access.Actor, key string) (View, error) {
	if err := may(who); err != nil {
		return View{}, err
	}
	var v View
	if err := s.DB.Read().NewSelect().Model(&v.Gate).Where("gt.key = ?", key).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	var err error
	if v.Phases, err = phasesOf(ctx, s.DB.Read(), key); err != nil {
		return v, err
	}
	err = s.DB.Read().NewSelect().Model(&v.Events).Where("ge.gate = ?", key).Order("ge.id DESC").Limit(mostEvents).Scan(ctx)
	return v, db.Sorted(err)
}

func phasesOf(ctx context.Context, q bun.IDB, key string) ([]ident.ID, error) {
	var all []ident.ID
	err := q.NewSelect().Table("rollout_gate_phase").Column("phase").Where("gate = ?", key).Order("phase").Scan(ctx, &all)
	return all, db.Sorted(err)
}

// Setup says how a gate is watched.
type Setup struct {
	Means                      Means
	Address                    string
	EveryMinutes, StaleMinutes int
	Tolerate                   int
	Phases                     []ident.ID
	Version                    int64
}

func (s *Service) check(ctx context.Context, in *Setup) error {
	in.Address = strings.TrimSpace(in.Address)
	var k fault.Check
	k.Need(slices.Contains(MeansAll, in.Means), "means", "probe.form.means")
	k.Need(in.EveryMinutes >= 1 && in.EveryMinutes <= 1440, "every", "probe.form.every")
	k.Need(in.StaleMinutes >= in.EveryMinutes && in.StaleMinutes <= 10080, "stale", "probe.form.stale")
	k.Need(in.Tolerate >= 0 && in.Tolerate <= 10, "tolerate", "probe.form.tolerate")
	switch in.Means {
	case TCP, HTTP:
		to, err := s.Near.ReadTarget(in.Address)
		web := strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "https://")
		k.Need(err == nil && to != "" && web == (in.Means == HTTP), "address", "probe.form.address."+string(in.Means))
		in.Address = to
	case Link:
		_, known, err := s.Near.Standing(ctx, in.Address)
		if err != nil {
			return err
		}
		k.Need(known, "address", "probe.form.address.link")
	default:
		in.Address = ""
	}
	return k.Err()
}

// Configure says how a gate is watched and which waves depend on it. What was seen by
// another means counts no more.
func (s *Service) Configure(ctx context.Context, who access.Actor, key string, in Setup) error {
	if err := who.Need(Keep); err != nil {
		return err
	}
	if err := s.check(ctx, &in); err != nil {
		return err
	}
	return s.change(ctx, key, in.Version, func(ctx context.Context, tx *db.Tx, now time.Time, g *Gate) error {
		changes := map[string][2]any{"means": {g.Means, in.Means}, "address": {g.Address, in.Address}, "phases": {nil, len(in.Phases)}}
		if g.Means != in.Means || g.Address != in.Address {
			g.Seen, g.SeenAt, g.Fails, g.Problem = "", time.Time{}, 0, ""
		}
		g.quiet = true
		g.Means, g.Address, g.EveryMinutes, g.StaleMinutes, g.Tolerate, g.NextAt = in.Means, in.Address, in.EveryMinutes, in.StaleMinutes, in.Tolerate, now
		if _, err := tx.NewDelete().Model((*gatePhase)(nil)).Where("gate = ?", key).Exec(ctx); err != nil {
			return db.Sorted(err)
		}
		var rows []gatePhase
		for _, p := range slices.Compact(slices.Sorted(slices.Values(in.Phases))) {
			rows = append(rows, gatePhase{Gate: key, Phase: p})
		}
		if len(rows) > 0 {
			if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
				return db.Sorted(err)
			}
		}
		if err := note(ctx, tx, now, who, g, rollout.Because("probe.did.configured", "means", i18nMeans(g.Means))); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.gate.configured", key, changes)
	})
}

// Statement declares a gate open or shut until a moment.
type Statement struct {
	Said    Verdict
	Reason  string
	Until   time.Time
	Version int64
}

// longest is how far ahead a declaration may reach.
const longest = 92 * 24 * time.Hour

// Declare says that a gate is open or shut, whatever is seen, until a moment.
func (s *Service) Declare(ctx context.Context, who access.Actor, key string, in Statement) error {
	if err := who.Need(Keep); err != nil {
		return err
	}
	in.Reason = fold.NFC(strings.TrimSpace(in.Reason))
	now := s.Business.Now()
	var k fault.Check
	k.Need(in.Said == Open || in.Said == Shut, "said", "probe.form.said")
	k.Need(in.Reason != "" && utf8.RuneCountInString(in.Reason) <= 500, "reason", "probe.form.reason")
	k.Need(in.Until.After(now) && in.Until.Before(now.Add(longest)), "until", "probe.form.until")
	if err := k.Err(); err != nil {
		return err
	}
	return s.change(ctx, key, in.Version, func(ctx context.Context, tx *db.Tx, now time.Time, g *Gate) error {
		if g.Means == Off {
			return fault.New(fault.Conflict, "probe.form.is_off")
		}
		before := g.Said
		g.Said, g.SaidReason, g.SaidByName, g.SaidAt, g.SaidUntil = in.Said, in.Reason, who.Name, now, in.Until.UTC()
		if err := note(ctx, tx, now, who, g, rollout.Because("probe.did.declared_"+string(in.Said), "reason", in.Reason, "until", g.SaidUntil)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.gate.declared", key, map[string][2]any{"declared": {before, in.Said}, "until": {nil, g.SaidUntil}})
	})
}

// Withdraw takes a declaration back before its end.
func (s *Service) Withdraw(ctx context.Context, who access.Actor, key, reason string, version int64) error {
	if err := who.Need(Keep); err != nil {
		return err
	}
	reason = fold.NFC(strings.TrimSpace(reason))
	var k fault.Check
	k.Need(reason != "" && utf8.RuneCountInString(reason) <= 500, "reason", "probe.form.reason")
	if err := k.Err(); err != nil {
		return err
	}
	return s.change(ctx, key, version, func(ctx context.Context, tx *db.Tx, now time.Time, g *Gate) error {
		if !g.InForce(now) {
			return fault.New(fault.Conflict, "probe.form.nothing_said")
		}
		before := g.Said
		g.SaidUntil = now
		if err := note(ctx, tx, now, who, g, rollout.Because("probe.did.withdrawn", "reason", reason)); err != nil {
			return err
		}
		return trail.Write(ctx, tx, now, who, "rollout.gate.withdrawn", key, map[string][2]any{"declared": {before, ""}})
	})
}

// change alters a gate that nobody changed meanwhile and tells what follows from it.
func (s *Service) change(ctx context.Context, key string, version int64, do func(context.Context, *db.Tx, time.Time, *Gate) error) error {
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var g Gate
		if err := tx.NewSelect().Model(&g).Where("gt.key = ?", key).Apply(db.ForUpdate(tx)).Scan(ctx); err != nil {
			return db.Sorted(err)
		}
		if g.Version != version {
			return fault.New(fault.Conflict, "fault.changed_meanwhile")
		}
		now := s.Business.Now()
		if err := do(ctx, tx, now, &g); err != nil {
			return err
		}
		return s.settle(ctx, tx, now, &g)
	})
}

// settle stores a gate and tells, once, when its verdict is another than was told last.
func (s *Service) settle(ctx context.Context, tx *db.Tx, now time.Time, g *Gate) error {
	verdict, why := g.Verdict(now)
	before := g.Told
	if verdict != before {
		g.Told, g.ToldAt = verdict, now
	}
	g.Version++
	if err := db.Changed(tx.NewUpdate().Model(g).WherePK().Where("version = ?", g.Version-1).Exec(ctx)); err != nil {
		return err
	}
	if verdict == before {
		return nil
	}
	if err := note(ctx, tx, now, access.System("rollout.probe"), g, why); err != nil {
		return err
	}
	phases, err := phasesOf(ctx, tx, g.Key)
	if err != nil {
		return err
	}
	if err := outbox.Write(ctx, tx, now, Changed{Gate: g.Key, Verdict: verdict, Before: before, Phases: phases}); err != nil {
		return err
	}
	if g.quiet || len(phases) == 0 || !verdict.Holds() && !before.Holds() {
		return nil
	}
	return s.tell(ctx, tx, g, verdict)
}

// tell queues a notice to those who keep gates.
func (s *Service) tell(ctx context.Context, tx *db.Tx, g *Gate, verdict Verdict) error {
	keepers, err := s.Near.Keepers(ctx)
	if err != nil {
		return err
	}
	template := "probe.notice.open"
	if verdict.Holds() {
		template = "probe.notice.shut"
	}
	var all []notify.Message
	for _, id := range keepers {
		all = append(all, notify.Message{Account: id, Template: template, Args: []any{"gate", g.Name()}, Link: "/rollout/gates/" + g.Key, Critical: verdict.Holds()})
	}
	return notify.Write(ctx, tx, s.Machine.Now(), all...)
}

// note adds a line to the history of a gate.
func note(ctx context.Context, tx *db.Tx, now time.Time, who access.Actor, g *Gate, why rollout.Reason) error {
	raw, err := json.Marshal(why)
	if err != nil {
		return db.Sorted(err)
	}
	verdict, _ := g.Verdict(now)
	row := Event{ID: ident.New(now), Gate: g.Key, At: now, Verdict: verdict, Reason: string(raw), Actor: string(who.ID), ActorName: who.Name}
	_, err = tx.NewInsert().Model(&row).Exec(ctx)
	return db.Sorted(err)
}
