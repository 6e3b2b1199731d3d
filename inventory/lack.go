package inventory

import (
	"context"
	"strconv"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/inventory/readiness"
)

// Lack is what a commune's readiness lacks by one line of a profile, whether or not
// somebody reported it.
type Lack struct {
	Unit        string
	Requirement string // the profile's line: "vdi-client-2016/pc"
	Kind        Kind
	Quantity    int64
	Cause       Cause
	Asset       ident.ID // the one that falls short, if it is one
	Must        bool
	Text        i18n.Line
}

// Key names the lack in forms, within what the reader was shown.
func (l Lack) Key() string {
	return "line:" + l.Unit + ":" + l.Requirement + ":" + string(l.Cause) + ":" + string(l.Asset)
}

var lackCauses = map[readiness.Cause]Cause{readiness.Absent: CauseAbsent, readiness.TooWeak: CauseWeak, readiness.NoData: CauseNoData, readiness.TooOld: CauseStale,
	readiness.WeakEvidence: CauseNoData, readiness.Contradicted: CauseNoData}

// Lacks are what the readiness of units lacks now, in the order of its reasons.
func (s *Service) Lacks(ctx context.Context, units []string) ([]Lack, error) {
	answers, err := s.All(ctx, units, s.clock.Now())
	if err != nil {
		return nil, err
	}
	var out []Lack
	for _, u := range units {
		out = append(out, LacksOf(answers[u])...)
	}
	return out, nil
}

// LacksOf are the lacks behind an answer: one for each line of which too few are there,
// and one for each asset that falls short or of which too little is known.
func LacksOf(a Answer) []Lack {
	var out []Lack
	seen := map[string]bool{}
	for _, r := range a.Reasons {
		cause, known := lackCauses[r.Cause]
		if !known || r.Line == "" || r.Gap != "" || r.Verdict == readiness.Met {
			continue
		}
		if cause == CauseWeak && r.What == string(WANLine) {
			cause = CauseSlow
		}
		l := Lack{Unit: a.Unit, Requirement: r.Profile + "/" + r.Line, Kind: Kind(r.What), Quantity: 1, Cause: cause, Asset: ident.ID(r.Asset), Must: r.Must, Text: r.Text}
		if cause == CauseAbsent {
			l.Quantity = missingOf(r.Text)
		}
		if l.Quantity > 0 && !seen[l.Key()] {
			seen[l.Key()] = true
			out = append(out, l)
		}
	}
	return out
}

// missingOf is how many a sentence says are missing.
func missingOf(l i18n.Line) int64 {
	for i := 0; i+1 < len(l.Args); i += 2 {
		if l.Args[i] != "n" {
			continue
		}
		switch n := l.Args[i+1].(type) {
		case int64:
			return n
		case int:
			return int64(n)
		case float64:
			return int64(n)
		}
	}
	return 1
}

// gapKindOf is how a lack is reported.
func (l Lack) gapKind() GapKind {
	switch l.Cause {
	case CauseAbsent:
		return Lacking
	case CauseWeak, CauseSlow:
		return BelowSpec
	}
	return OtherGap
}

// GapOfLackIn is the open gap of a lack; where there is none it is reported.
func (s *Service) GapOfLackIn(ctx context.Context, tx *db.Tx, who access.Actor, l Lack) (Gap, error) {
	if err := who.NeedAt(Report, l.Unit); err != nil {
		return Gap{}, err
	}
	if err := lockUnits(ctx, tx, []string{l.Unit}); err != nil {
		return Gap{}, err
	}
	var have []Gap
	err := tx.NewSelect().Model(&have).Where("g.unit = ?", l.Unit).Where("g.open").Where("g.requirement = ?", l.Requirement).Where("g.requirement <> ''").
		Where("g.asset = ?", l.Asset).Where("g.cause = ?", l.Cause).Order("g.id").Limit(1).Scan(ctx)
	if err != nil || len(have) > 0 {
		return first(have), db.Sorted(err)
	}
	return s.ReportGapIn(ctx, tx, who, GapForm{Unit: l.Unit, Kind: string(l.gapKind()), What: string(l.Kind), Quantity: strconv.FormatInt(l.Quantity, 10),
		Asset: string(l.Asset), Cause: string(l.Cause), Requirement: l.Requirement})
}

func first(all []Gap) Gap {
	if len(all) == 0 {
		return Gap{}
	}
	return all[0]
}

// ReportLack makes a gap of a line that a commune does not meet, or gives the one that
// there is: one press beside the reason.
func (s *Service) ReportLack(ctx context.Context, who access.Actor, unit, key string) (Gap, error) {
	if err := who.NeedAt(Report, unit); err != nil {
		return Gap{}, err
	}
	var g Gap
	all, err := s.Lacks(ctx, []string{unit})
	if err != nil {
		return g, err
	}
	for _, l := range all {
		if l.Key() != key || !strings.HasPrefix(key, "line:"+unit+":") {
			continue
		}
		err := s.db.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			var err error
			g, err = s.GapOfLackIn(ctx, tx, who, l)
			return err
		})
		return g, err
	}
	return g, fault.New(fault.Conflict, "inventory.gap.lack_gone")
}
