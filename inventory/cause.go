package inventory

import (
	"context"
	"slices"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
)

// Cause is why a commune lacks something.
type Cause string

// The causes of gaps.
const (
	CauseAbsent Cause = "absent"
	CauseWeak   Cause = "weak"
	CauseBroken Cause = "broken"
	CauseSlow   Cause = "slow"
	CauseNoData Cause = "no_data"
	CauseStale  Cause = "stale"
)

// Causes are all causes, in the order in which forms offer them.
var Causes = []Cause{CauseAbsent, CauseWeak, CauseBroken, CauseSlow, CauseNoData, CauseStale}

// Remedy is what mends a lack.
type Remedy string

// The remedies of gaps.
const (
	Buy       Remedy = "buy"
	Upgrade   Remedy = "upgrade"
	Reassign  Remedy = "reassign"
	Mend      Remedy = "repair"
	CallISP   Remedy = "isp"
	Remeasure Remedy = "remeasure"
)

// Remedies are all remedies, in the order in which forms offer them.
var Remedies = []Remedy{Buy, Upgrade, Reassign, Mend, CallISP, Remeasure}

// Supplied tells whether things must come from somewhere: what a district asks for.
func (r Remedy) Supplied() bool { return r == Buy || r == Upgrade || r == Reassign }

// remedies are what each cause suggests.
var remedies = map[Cause]Remedy{CauseAbsent: Buy, CauseWeak: Upgrade, CauseBroken: Mend, CauseSlow: CallISP, CauseNoData: Remeasure, CauseStale: Remeasure}

// Suggests is the remedy that usually mends a lack of this cause.
func (c Cause) Suggests() Remedy { return remedies[c] }

// causeOf is what the kind of a gap says of its cause; other gaps say nothing.
func causeOf(k GapKind, what Kind) Cause {
	switch {
	case k == Lacking:
		return CauseAbsent
	case k == BrokenGap:
		return CauseBroken
	case k == BelowSpec && what == WANLine:
		return CauseSlow
	case k == BelowSpec:
		return CauseWeak
	}
	return ""
}

// diagnose fills in cause and remedy: what was said, else what the kind suggests.
func (g *Gap) diagnose(cause Cause, remedy Remedy) {
	if g.Cause = cause; cause == "" {
		g.Cause = causeOf(g.Kind, g.What)
	}
	if g.Remedy = remedy; remedy == "" {
		g.Remedy = g.Cause.Suggests()
	}
}

// DiagnoseGap says why a commune lacks something and what is to mend it.
func (s *Service) DiagnoseGap(ctx context.Context, who access.Actor, id ident.ID, version int64, cause Cause, remedy Remedy) (Gap, error) {
	var k fault.Check
	k.Need(slices.Contains(Causes, cause), "cause", "inventory.form.cause_needed")
	k.Need(slices.Contains(Remedies, remedy), "remedy", "inventory.form.remedy_needed")
	if err := k.Err(); err != nil {
		return Gap{}, err
	}
	return s.changeGap(ctx, who, id, version, func(_ context.Context, _ *db.Tx, g *Gap, _ time.Time) (i18n.Line, error) {
		if g.State != GapOpen {
			return i18n.Line{}, fault.New(fault.Conflict, "inventory.gap.under_way")
		}
		g.Cause, g.Remedy = cause, remedy
		return i18n.L("inventory.note.gap_diagnosed", "code", g.Code, "cause", causeKey(cause), "remedy", remedyKey(remedy)), nil
	}, "")
}

func causeKey(c Cause) i18n.Key   { return i18n.Key("inventory.cause." + string(c)) }
func remedyKey(r Remedy) i18n.Key { return i18n.Key("inventory.remedy." + string(r)) }

// CodesIn draws numbers that people say, PREFIX-2016-000042; gaps are allowed.
func (s *Service) CodesIn(ctx context.Context, tx *db.Tx, prefix string, n int) ([]string, error) {
	return nextCodes(ctx, tx, prefix, s.clock.Now(), n)
}
