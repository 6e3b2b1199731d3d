package reports

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/trail"
	"lotrinh/reports/period"
)

// Rule is a rule of the house by which reporting months close, beside those of the law.
type Rule struct {
	bun.BaseModel `bun:"table:report_calendar,alias:rc"`
	From          string    `bun:"from_day,pk"` // the day from which it holds
	OpensOn       int64     `bun:"opens_on"`    // 1: calendar months; 15: from the 15th to the 14th
	Basis         string    `bun:"basis"`
	BasisEN       string    `bun:"basis_en"`
	MadeAt        time.Time `bun:"made_at"`
	MadeBy        string    `bun:"made_by"`
}

// RuleForm is what a person typed about a rule.
type RuleForm struct {
	From, OpensOn  string
	Basis, BasisEN string // what orders it; English may be empty
}

// Rules are the rules that were added, by their days.
func (s *Service) Rules(ctx context.Context, who access.Actor) ([]Rule, error) {
	if err := who.Need(Read); err != nil {
		return nil, err
	}
	return s.rules(ctx)
}

func (s *Service) rules(ctx context.Context) ([]Rule, error) {
	var rows []Rule
	err := s.db.Read().NewSelect().Model(&rows).Order("rc.from_day").Scan(ctx)
	return rows, db.Sorted(err)
}

// profiles are the rules of the law and those of the house; on the same day the house's.
func (s *Service) profiles(ctx context.Context) ([]period.Profile, error) {
	rows, err := s.rules(ctx)
	all := period.BuiltIn()
	for _, r := range rows {
		all = append(all, period.Profile{From: r.From, OpensOn: int(r.OpensOn), Basis: r.Basis, BasisEN: r.BasisEN})
	}
	return all, err
}

// AddRule makes months close by another rule from a day on. A rule that would cut a
// period anew that has been reported is refused: what was told stays as it was told.
func (s *Service) AddRule(ctx context.Context, who access.Actor, f RuleForm) (Rule, error) {
	if err := who.NeedAt(Calendars, ""); err != nil {
		return Rule{}, err
	}
	now := s.business.Now()
	r := Rule{From: strings.TrimSpace(f.From), Basis: fold.NFC(f.Basis), BasisEN: fold.NFC(f.BasisEN), MadeAt: now, MadeBy: who.Name}
	var k fault.Check
	from, err := clock.ParseDate(r.From)
	k.Need(err == nil, "from", "reports.calendar.day_needed")
	opens, err := strconv.ParseInt(strings.TrimSpace(f.OpensOn), 10, 64)
	k.Need(err == nil && opens >= 1 && opens <= period.LastOpening, "opens_on", "period.opening_range", "most", period.LastOpening)
	k.Need(r.Basis != "" && len([]rune(r.Basis)) <= longestReason && len([]rune(r.BasisEN)) <= longestReason, "basis", "reports.calendar.basis_needed", "most", longestReason)
	if err := k.Err(); err != nil {
		return Rule{}, err
	}
	r.OpensOn = opens
	err = s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		told, err := tx.NewSelect().Model((*RunRow)(nil)).Where("rr.period_until > ?", from).
			Where("rr.period_kind IN (?)", bun.List([]period.Kind{period.Month, period.Quarter, period.Half, period.Nine, period.Year})).Exists(ctx)
		if err != nil {
			return db.Sorted(err)
		}
		if told {
			return fault.New(fault.Conflict, "reports.calendar.reported")
		}
		if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
			if db.Duplicate(err) {
				return fault.Because(fault.Conflict, "reports.calendar.exists", err)
			}
			return db.Sorted(err)
		}
		return trail.Write(ctx, tx, now, who, "reports.calendar.added", r.From, map[string][2]any{"opens_on": {"", r.OpensOn}, "basis": {"", r.Basis}})
	})
	return r, err
}
