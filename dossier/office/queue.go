package office

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/figures"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/phone"
)

// Views of the queue.
const (
	ViewMine    = "mine"    // what waits for me: by my rights, mine or nobody's
	ViewOpen    = "open"    // everything open
	ViewLate    = "late"    // past the due moment
	ViewCitizen = "citizen" // waits for applicants
	ViewOthers  = "others"  // waits for other communes and authorities
	ViewPID     = "pid"     // registered births whose personal number has not come
	ViewReturn  = "return"  // finished, to be handed out
	ViewOver    = "over"    // ended
)

// Views are all of them, in the order in which they are offered.
var Views = []string{ViewMine, ViewOpen, ViewLate, ViewCitizen, ViewOthers, ViewPID, ViewReturn, ViewOver}

// Filter narrows the queue; empty fields do not.
type Filter struct {
	View      string
	Unit      string
	Procedure string
	Words     string // a code, a telephone number or a name, marks or not
	Practice  bool
}

// Row is a dossier in the queue. RankAt is what it is ordered by; zero for one that ended.
type Row struct {
	dossier.Dossier
	Desk   Desk      `bun:"desk"`
	RankAt time.Time `bun:"rank_at,nullzero"`
	Since  time.Time `bun:"since,nullzero"`
}

// reading is the right by which somebody sees the queue: with persons, or by code alone.
func reading(who access.Actor) (need access.Perm, persons bool, err error) {
	if who.May(dossier.Read) {
		return dossier.Read, true, nil
	}
	return dossier.Supervise, false, who.Need(dossier.Supervise)
}

// mine are the desks that somebody's rights sit at.
func mine(who access.Actor) []Desk {
	var all []Desk
	for _, d := range Desks {
		if d == Citizen || d == Letters || d == Authority {
			continue
		}
		for _, p := range needs[d] {
			if who.May(p) {
				all = append(all, d)
			}
		}
	}
	return all
}

// Queue is a page of dossiers within reach: what must be looked at first stands first;
// of what ended, the newest. What is shown of persons is in the trail. A constant number
// of queries.
func (s *Service) Queue(ctx context.Context, who access.Actor, f Filter, r page.Request) (page.Page[Row], error) {
	need, persons, err := reading(who)
	if err != nil {
		return page.Page[Row]{}, err
	}
	var rows []Row
	q := s.DB.Read().NewSelect().Model(&rows).ModelTableExpr("dossier AS d").ColumnExpr("d.*")
	found := f.Words != "" || f.View == ViewOver
	if found {
		// Names are matched on the index alone: only what the page shows is read as a whole.
		some := s.DB.Read().NewSelect().TableExpr("dossier AS d").Column("d.id").Apply(who.Within(need, "d.unit")).Where("d.practice = ?", f.Practice)
		if f.Unit != "" {
			some = some.Where("d.unit = ?", f.Unit)
		}
		some = match(some, f, persons)
		if f.Procedure != "" {
			some = some.Where("d.procedure = ?", f.Procedure)
		}
		q = q.Where("d.id IN (?)", some.Apply(r.On("d.id"))).OrderExpr("d.id DESC")
	} else {
		q = s.open(q, who, need, f).Apply(r.Up("t.rank_at", "t.dossier"))
	}
	if err := q.Scan(ctx); err != nil {
		return page.Page[Row]{}, db.Sorted(err)
	}
	out := page.Cut(r, rows, func(x Row) []string {
		if found {
			return []string{string(x.ID)}
		}
		return []string{page.Time(x.RankAt), string(x.ID)}
	})
	return out, s.seenRows(ctx, who, persons, out.Items)
}

// open narrows to open dossiers, through their tasks.
func (s *Service) open(q *bun.SelectQuery, who access.Actor, need access.Perm, f Filter) *bun.SelectQuery {
	q = q.ColumnExpr("t.desk, t.rank_at, t.since").Join("JOIN dossier_task AS t ON t.dossier = d.id").
		Apply(who.Within(need, "t.unit")).Where("t.practice = ?", f.Practice)
	if f.Unit != "" {
		q = q.Where("t.unit = ?", f.Unit)
	}
	if f.Procedure != "" {
		q = q.Where("t.procedure = ?", f.Procedure)
	}
	switch f.View {
	case ViewLate:
		q = q.Where("t.due_at IS NOT NULL").Where("t.due_at < ?", s.Now())
	case ViewCitizen:
		q = q.Where("t.desk = ?", Citizen)
	case ViewOthers:
		q = q.Where("t.desk IN (?)", bun.List([]Desk{Letters, Authority}))
	case ViewPID:
		q = q.Where("t.desk = ?", Authority).Where("d.waiting = ?", dossier.ForPID)
	case ViewReturn:
		q = q.Where("t.desk = ?", Handing)
	case ViewOpen:
	default:
		q = q.Where("t.desk IN (?)", bun.List(append(mine(who), ""))).Where("t.handler = '' OR t.handler = ?", who.ID)
	}
	return q
}

// match narrows by what was typed: a code, a number, or words of a name.
func match(q *bun.SelectQuery, f Filter, persons bool) *bun.SelectQuery {
	words := strings.TrimSpace(fold.NFC(f.Words))
	if words == "" {
		return q.Where("NOT d.open")
	}
	up := strings.ToUpper(words)
	if dossier.CodeForm.MatchString(up) {
		return q.Where("d.code = ?", up)
	}
	if !persons {
		return q.Where("d.track = ?", dossier.TrackForm(words))
	}
	if n, ok := phone.Normal(words); ok {
		return q.Where("d.phone = ?", n).Where("d.phone <> ''")
	}
	if track := dossier.TrackForm(words); len(track) == 10 && strings.ContainsAny(track, "0123456789") {
		return q.Where("d.track = ?", track)
	}
	for _, w := range fold.Words(words) {
		q = q.Where("d.subject_fold LIKE ?", "%"+w+"%")
	}
	return q
}

// seenRows says in the trail whose dossiers were shown.
func (s *Service) seenRows(ctx context.Context, who access.Actor, persons bool, rows []Row) error {
	if !persons || len(rows) == 0 {
		return nil
	}
	ids := make([]ident.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return s.Seen(ctx, who, "dossier.listed", ids...)
}

// Counts are how many open dossiers stand on each desk within reach, from maintained
// figures, and how many are late, counted up to a ceiling.
type Counts struct {
	Desks map[Desk]int64
	Late  int64
}

// ceiling is where counting of late dossiers stops.
const ceiling = 1000

// Counts counts the queue: two queries, whatever there is.
func (s *Service) Counts(ctx context.Context, who access.Actor, f Filter) (Counts, error) {
	need, _, err := reading(who)
	if err != nil {
		return Counts{}, err
	}
	ask := figures.Ask{Names: []string{queueFigure(f.Practice)}}
	if everywhere, units := who.Reach(need); !everywhere {
		ask.Units = append(units, "")
	}
	if f.Unit != "" {
		if !who.Covers(need, f.Unit) {
			return Counts{}, nil
		}
		ask.Units = []string{f.Unit}
	}
	sums, err := figures.Totals(ctx, s.DB.Read(), ask)
	if err != nil {
		return Counts{}, err
	}
	out := Counts{Desks: map[Desk]int64{}}
	for k, n := range sums {
		out.Desks[Desk(k)] = n
	}
	late := s.DB.Read().NewSelect().Model((*Task)(nil)).ColumnExpr("1 AS one").Apply(who.Within(need, "t.unit")).Where("t.practice = ?", f.Practice).
		Where("t.due_at IS NOT NULL").Where("t.due_at < ?", s.Now()).Limit(ceiling)
	if f.Unit != "" {
		late = late.Where("t.unit = ?", f.Unit)
	}
	err = s.DB.Read().NewSelect().TableExpr("(?) AS l", late).ColumnExpr("COUNT(*)").Scan(ctx, &out.Late)
	return out, db.Sorted(err)
}

// Of is how many stand in a view; -1 for those that are not counted.
func (c Counts) Of(view string, who access.Actor) int64 {
	sum := int64(0)
	switch view {
	case ViewMine:
		for _, d := range mine(who) {
			sum += c.Desks[d]
		}
	case ViewOpen:
		for _, n := range c.Desks {
			sum += n
		}
	case ViewLate:
		return c.Late
	case ViewCitizen:
		return c.Desks[Citizen]
	case ViewOthers:
		return c.Desks[Letters] + c.Desks[Authority]
	case ViewReturn:
		return c.Desks[Handing]
	default:
		return -1
	}
	return sum
}

// Due is by when something must be done; zero while the clock stands.
func (r Row) Due() time.Time {
	if r.Status == dossier.Submitted {
		return r.RankAt
	}
	return r.DueAt
}

// Next are the dossiers that wait for somebody, what is due first, by code alone: nothing
// of persons is shown, so nothing is in the trail. Who reads no dossiers has none.
func (s *Service) Next(ctx context.Context, who access.Actor, most int) ([]Row, error) {
	if !who.May(dossier.Read) || len(mine(who)) == 0 {
		return nil, nil
	}
	var rows []Row
	q := s.DB.Read().NewSelect().Model(&rows).ModelTableExpr("dossier AS d").ColumnExpr("d.*")
	err := s.open(q, who, dossier.Read, Filter{View: ViewMine}).Order("t.rank_at", "t.dossier").Limit(int64(most)).Scan(ctx)
	return rows, db.Sorted(err)
}

// lookAfter is the hour of the day from which births without a personal number that are due
// that day are looked after: there is still time to ask before the office closes.
const lookAfter = 16

// mostWithout is where counting them stops.
const mostWithout = 100

// WithoutPID is how many births that are due today or were before wait for a personal
// number, from four in the afternoon on; up to mostWithout. Whoever cannot look after them
// has none.
func (s *Service) WithoutPID(ctx context.Context, who access.Actor) (int64, error) {
	now := s.Now()
	if !who.May(dossier.Read) || !who.May(dossier.Register) && !who.May(dossier.Receive) || now.In(clock.City).Hour() < lookAfter {
		return 0, nil
	}
	_, until := clock.Day(now)
	some := s.DB.Read().NewSelect().Model((*Task)(nil)).ColumnExpr("1 AS one").Join("JOIN dossier AS d ON d.id = t.dossier").Apply(who.Within(dossier.Read, "t.unit")).
		Where("NOT t.practice").Where("t.desk = ?", Authority).Where("t.due_at < ?", until).Where("d.waiting = ?", dossier.ForPID).Limit(mostWithout)
	var n int64
	err := s.DB.Read().NewSelect().TableExpr("(?) AS l", some).ColumnExpr("COUNT(*)").Scan(ctx, &n)
	return n, db.Sorted(err)
}
