package returns

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/rollout"
	"lotrinh/rollout/ask"
)

// reported are the states that count as reported.
var reported = []State{HandedIn, Accepted, Correcting}

// Rate is how completely and how timely somebody reported. Expected leaves the exempt out.
type Rate struct {
	Round    ident.ID `bun:"round"`
	District string   `bun:"district"` // empty for departments
	Level    Level    `bun:"level"`
	Expected int64    `bun:"expected"`
	Reported int64    `bun:"reported"`
	OnTime   int64    `bun:"on_time"`
	Accepted int64    `bun:"accepted"`
	Late     int64    `bun:"late"` // due, and not handed in
	Begun    int64    `bun:"begun"`
	Waiting  int64    `bun:"waiting"` // handed in, to be checked
	Exempt   int64    `bun:"exempt"`
}

func (r *Rate) add(o Rate) {
	r.Expected += o.Expected
	r.Reported += o.Reported
	r.OnTime += o.OnTime
	r.Accepted += o.Accepted
	r.Late += o.Late
	r.Begun += o.Begun
	r.Waiting += o.Waiting
	r.Exempt += o.Exempt
}

// Complete is the share of what is expected that was reported, Timely of that which was on time.
func (r Rate) Complete() float64 { return share(r.Reported, r.Expected) }

// Timely is the share of what is expected that was reported on time.
func (r Rate) Timely() float64 { return share(r.OnTime, r.Expected) }

func share(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// Sum is several rates as one.
func Sum(all []Rate, levels ...Level) Rate {
	var out Rate
	for _, r := range all {
		if len(levels) == 0 || slices.Contains(levels, r.Level) {
			out.add(r)
		}
	}
	return out
}

// rates counts the sheets of rounds within the actor's reach by district and level, in
// one query; one row a round when whole is set.
func (s *Service) rates(ctx context.Context, who access.Actor, rounds []ident.ID, whole bool) ([]Rate, error) {
	if len(rounds) == 0 {
		return nil, nil
	}
	by := "rs.round, rs.district, rs.level"
	if whole {
		by = "rs.round"
	}
	count := func(name string) string { return ", sum(CASE WHEN " + name }
	var out []Rate
	q := s.DB.Read().NewSelect().TableExpr("return_sheet AS rs").Where("rs.round IN (?)", bun.List(rounds)).Apply(within(who)).
		ColumnExpr(by+count("rs.state <> ? THEN 1 ELSE 0 END) AS expected"), Exempt).
		ColumnExpr("sum(CASE WHEN rs.state IN (?) THEN 1 ELSE 0 END) AS reported", bun.List(reported)).
		ColumnExpr("sum(CASE WHEN rs.state IN (?) AND rs.on_time THEN 1 ELSE 0 END) AS on_time", bun.List(reported)).
		ColumnExpr("sum(CASE WHEN rs.state IN (?) THEN 1 ELSE 0 END) AS accepted", bun.List([]State{Accepted, Correcting})).
		ColumnExpr("sum(CASE WHEN rs.state IN (?) AND rs.due_at < ? THEN 1 ELSE 0 END) AS late", bun.List([]State{Blank, Draft, SentBack}), s.Business.Now()).
		ColumnExpr("sum(CASE WHEN rs.state = ? THEN 1 ELSE 0 END) AS begun", Draft).
		ColumnExpr("sum(CASE WHEN rs.state = ? THEN 1 ELSE 0 END) AS waiting", HandedIn).
		ColumnExpr("sum(CASE WHEN rs.state = ? THEN 1 ELSE 0 END) AS exempt", Exempt).GroupExpr(by).OrderExpr(by)
	return out, db.Sorted(q.Scan(ctx, &out))
}

// mostRounds is how many rounds the list shows: the newest.
const mostRounds = 24

// Rounds are the newest rounds with how each went, in two queries.
func (s *Service) Rounds(ctx context.Context, who access.Actor) ([]Round, map[ident.ID]Rate, error) {
	if err := who.Need(rollout.Read); err != nil {
		return nil, nil, err
	}
	var rows []Round
	if err := s.DB.Read().NewSelect().Model(&rows).Order("ro.month DESC", "ro.id DESC").Limit(mostRounds).Scan(ctx); err != nil {
		return nil, nil, db.Sorted(err)
	}
	ids := make([]ident.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	all, err := s.rates(ctx, who, ids, true)
	out := map[ident.ID]Rate{}
	for _, r := range all {
		out[r.Round] = r
	}
	return rows, out, err
}

// RoundView is a round with its rates by district and level.
type RoundView struct {
	Round
	Plan  Plan
	Rates []Rate
}

// Round is a round with its rates, within the actor's reach.
func (s *Service) Round(ctx context.Context, who access.Actor, id ident.ID) (RoundView, error) {
	var v RoundView
	if err := who.Need(rollout.Read); err != nil {
		return v, err
	}
	if err := s.DB.Read().NewSelect().Model(&v.Round).Where("ro.id = ?", id).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if err := s.DB.Read().NewSelect().Model(&v.Plan).Where("rp.code = ?", v.Round.Plan).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	var err error
	v.Rates, err = s.rates(ctx, who, []ident.ID{id}, false)
	return v, err
}

// Filter narrows a list of sheets. Only is "late", "open", "waiting" or a state.
type Filter struct {
	District string
	Level    Level
	Only     string
}

// Sheets are a page of a round's sheets, district by district.
func (s *Service) Sheets(ctx context.Context, who access.Actor, round ident.ID, f Filter, r page.Request) (page.Page[Sheet], error) {
	if err := who.Need(rollout.Read); err != nil {
		return page.Page[Sheet]{}, err
	}
	var rows []Sheet
	q := s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("answers", "known").Where("rs.round = ?", round).Apply(within(who), r.Up("rs.district", "rs.level", "rs.unit", "rs.id"))
	if f.District != "" {
		q = q.Where("rs.district = ?", f.District)
	}
	if f.Level != "" {
		q = q.Where("rs.level = ?", f.Level)
	}
	switch f.Only {
	case "":
	case "late":
		q = q.Where("rs.state IN (?) AND rs.due_at < ?", bun.List([]State{Blank, Draft, SentBack}), s.Business.Now())
	case "open":
		q = q.Where("rs.state IN (?)", bun.List([]State{Blank, Draft, SentBack}))
	default:
		q = q.Where("rs.state = ?", f.Only)
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Sheet]{}, db.Sorted(err)
	}
	return page.Cut(r, rows, func(x Sheet) []string { return []string{x.District, string(x.Level), x.Unit, string(x.ID)} }), nil
}

// SheetView is a sheet with its form, its editions and its history.
type SheetView struct {
	Sheet
	Round    Round
	Form     ask.Form
	Editions []EditionRow // the newest first
	Notes    []rollout.Note
	Under    Rate // of a district: how its communes stand
}

// Sheet is one return, within the actor's reach.
func (s *Service) Sheet(ctx context.Context, who access.Actor, id ident.ID) (SheetView, error) {
	var v SheetView
	var err error
	q := s.DB.Read()
	if v.Sheet, err = sheetByID(ctx, q, who, id); err != nil {
		return v, err
	}
	if err := q.NewSelect().Model(&v.Round).Where("ro.id = ?", v.Sheet.Round).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if v.Form, err = formByID(ctx, q, v.Sheet.Form); err != nil {
		return v, err
	}
	if err := q.NewSelect().Model(&v.Editions).Where("re.sheet = ?", id).Order("re.edition DESC").Limit(20).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if v.Notes, err = rollout.NotesOf(ctx, q, id); err != nil || v.Level != District {
		return v, err
	}
	all, err := s.rates(ctx, who, []ident.ID{v.Sheet.Round}, false)
	for _, r := range all {
		if r.District == v.District && r.Level == Commune {
			v.Under = r
		}
	}
	return v, err
}

// standing are the answers that count: of a sheet that is being corrected those of its
// newest edition, not the draft of the next.
const standing = "CASE WHEN rs.state = 'correcting' THEN (SELECT o.answers FROM return_edition AS o WHERE o.sheet = rs.id AND o.edition = rs.edition) ELSE rs.answers END AS answers"

// rolledUp adds up what the communes of a district reported in a round.
func rolledUp(ctx context.Context, q bun.IDB, round ident.ID, district string) (map[string]int64, error) {
	forms, err := formsOf(ctx, q, round)
	if err != nil {
		return nil, err
	}
	var rows []Sheet
	err = q.NewSelect().Model(&rows).ColumnExpr(standing).Where("rs.round = ? AND rs.district = ? AND rs.level = ?", round, district, Commune).Where("rs.state IN (?)", bun.List(reported)).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	all, err := answersOf(rows)
	return forms[Commune].Roll(all), err
}

func answersOf(rows []Sheet) ([]ask.Answers, error) {
	all := make([]ask.Answers, len(rows))
	for i, x := range rows {
		var err error
		if all[i], err = x.Answers(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Board is what was reported of a round: the form of each level, and the sum of each
// question by district ("" for departments), within the actor's reach.
type Board struct {
	Forms map[Level]ask.Form
	Sums  map[Level]map[string]map[string]int64 // level, district, question
}

// Total is the sum of a question over all districts.
func (b Board) Total(l Level, key string) int64 {
	var n int64
	for _, sums := range b.Sums[l] {
		n += sums[key]
	}
	return n
}

// Rolled is the roll-up of a round, in two queries.
func (s *Service) Rolled(ctx context.Context, who access.Actor, round ident.ID) (Board, error) {
	b := Board{Sums: map[Level]map[string]map[string]int64{}}
	if err := who.Need(rollout.Read); err != nil {
		return b, err
	}
	var err error
	if b.Forms, err = formsOf(ctx, s.DB.Read(), round); err != nil {
		return b, err
	}
	var rows []Sheet
	err = s.DB.Read().NewSelect().Model(&rows).Column("level", "district").ColumnExpr(standing).Where("rs.round = ?", round).Where("rs.state IN (?)", bun.List(reported)).Apply(within(who)).Scan(ctx)
	if err != nil {
		return b, db.Sorted(err)
	}
	grouped := map[Level]map[string][]Sheet{}
	for _, x := range rows {
		if grouped[x.Level] == nil {
			grouped[x.Level] = map[string][]Sheet{}
		}
		grouped[x.Level][x.District] = append(grouped[x.Level][x.District], x)
	}
	for l, districts := range grouped {
		b.Sums[l] = map[string]map[string]int64{}
		for d, some := range districts {
			all, err := answersOf(some)
			if err != nil {
				return b, err
			}
			b.Sums[l][d] = b.Forms[l].Roll(all)
		}
	}
	return b, nil
}

// open is what the index of sheets that somebody still writes holds, word by word.
const open = "rs.state IN ('blank', 'draft', 'sent_back', 'correcting')"

// Mine are the sheets that the actor must write, what is due first, at most limit.
func (s *Service) Mine(ctx context.Context, who access.Actor, limit int64) ([]Sheet, error) {
	var rows []Sheet
	q := s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("answers", "known").Where(open).
		WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			for _, l := range []Level{Commune, District} {
				if _, units := who.Reach(l.writes()); len(units) > 0 {
					q = q.WhereOr("rs.level = ? AND rs.unit IN (?)", l, bun.List(units))
				}
			}
			if who.May(Depart) {
				q = q.WhereOr("rs.level = ?", Department)
			}
			return q.WhereOr("1 = 0")
		})
	return rows, db.Sorted(q.Order("rs.due_at", "rs.id").Limit(limit).Scan(ctx))
}

// ToCheck is how many returns wait for the actor's check, and in which round the newest does.
func (s *Service) ToCheck(ctx context.Context, who access.Actor) (n int64, round ident.ID, err error) {
	var out struct {
		N     int64
		Round string
	}
	q := s.DB.Read().NewSelect().TableExpr("return_sheet AS rs").ColumnExpr("count(*) AS n, coalesce(max(rs.round), '') AS round").Where("rs.state = 'handed_in'")
	switch {
	case who.May(Manage):
		q = q.Where("rs.level <> ?", Commune)
	case who.May(Check):
		q = q.Where("rs.level = ?", Commune).Apply(who.Within(Check, "rs.unit"))
	default:
		return 0, "", nil
	}
	err = q.Scan(ctx, &out)
	return out.N, ident.ID(out.Round), db.Sorted(err)
}

// LateNow is how many returns are late within the actor's reach.
func (s *Service) LateNow(ctx context.Context, who access.Actor, at time.Time) (int64, error) {
	n, err := s.DB.Read().NewSelect().Model((*Sheet)(nil)).Where(open).Where("rs.state <> ?", Correcting).Where("rs.due_at < ?", at).Apply(within(who)).Count(ctx)
	return n, db.Sorted(err)
}
