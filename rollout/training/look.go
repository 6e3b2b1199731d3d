package training

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/trail"
	"lotrinh/internal/org"
	"lotrinh/rollout"
)

// Listed is a class with the title of its course.
type Listed struct {
	Class
	CourseCode string `bun:"course_code"`
	Title      string `bun:"title"`
	TitleEN    string `bun:"title_en"`
}

// Classes are the classes on days [from, until), those for a district and for all when a
// district is named, in the order of their beginning: at most 500.
func (s *Service) Classes(ctx context.Context, who access.Actor, from, until, district string) ([]Listed, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Listed
	q := s.DB.Read().NewSelect().TableExpr("training_class AS cl").Join("JOIN training_course AS tc ON tc.id = cl.course").
		ColumnExpr("cl.*, tc.code AS course_code, tc.title, tc.title_en").Where("cl.day >= ?", from).Where("cl.day < ?", until).Apply(concerns(tree, who))
	if district != "" {
		q = q.Where("cl.unit IN ('', ?)", district)
	}
	err = q.Order("cl.day", "cl.starts_at", "cl.id").Limit(500).Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// concerns keeps a query to the classes that concern the reader: those for everybody, for
// a district of the reach, with somebody of the reach in them, and those one teaches.
func concerns(tree *org.Tree, who access.Actor) func(*bun.SelectQuery) *bun.SelectQuery {
	everywhere, units := who.Reach(Look)
	mine := []string{""}
	for _, u := range units {
		if d := tree.District(u); d != "" && !slices.Contains(mine, d) {
			mine = append(mine, d)
		}
	}
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if everywhere {
			return q
		}
		return q.Where("(cl.unit IN (?) OR cl.trainer = ? OR cl.id IN (SELECT x.class FROM training_seat AS x WHERE x.unit IN (?)))", bun.List(mine), who.ID, bun.List(append(slices.Clone(units), "-")))
	}
}

// Sitting is a seat with its person.
type Sitting struct {
	Seat
	Name  string `bun:"name"`
	Code  string `bun:"person_code"`
	Phone string `bun:"phone"`
}

// ClassView is a class with what is within the reader's reach of it.
type ClassView struct {
	Class
	Course   Course
	Seats    []Sitting // by unit and audience; who withdrew is left out
	Teaches  bool      // the reader takes its attendance
	Feedback []Feedback
}

// ClassOf is a class with its people: all of them for its trainer and for who plans, else
// those within reach. Reading the list leaves a trail.
func (s *Service) ClassOf(ctx context.Context, who access.Actor, id ident.ID) (ClassView, error) {
	var v ClassView
	if err := who.Need(Look); err != nil {
		return v, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return v, err
	}
	q := s.DB.Read()
	if err := q.NewSelect().Model(&v.Class).Where("cl.id = ?", id).Apply(concerns(tree, who)).Scan(ctx); err != nil {
		return v, db.Sorted(err)
	}
	if v.Course, err = courseByID(ctx, q, v.Class.Course); err != nil {
		return v, err
	}
	v.Teaches = teaches(who, v.Class) == nil
	list := q.NewSelect().TableExpr("training_seat AS ts").Join("JOIN training_person AS tp ON tp.id = ts.person").ColumnExpr("ts.*, tp.name, tp.code AS person_code, tp.phone").
		Where("ts.class = ?", id).Where("ts.state <> ?", Withdrawn).Order("ts.unit", "ts.audience", "ts.id")
	if !v.Teaches {
		list = list.Apply(who.Within(Look, "ts.unit"))
	}
	if err := list.Scan(ctx, &v.Seats); err != nil {
		return v, db.Sorted(err)
	}
	if v.Teaches {
		if err := q.NewSelect().Model(&v.Feedback).Where("fb.class = ?", id).Order("fb.at").Scan(ctx); err != nil {
			return v, db.Sorted(err)
		}
	}
	return v, s.seen(ctx, who, "rollout.training.class.seen", string(id), len(v.Seats))
}

// seen leaves the trail of a person's reading of people's records.
func (s *Service) seen(ctx context.Context, who access.Actor, act, target string, n int) error {
	if n == 0 || who.IsSystem() {
		return nil
	}
	return s.DB.InTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return trail.Seen(ctx, tx, s.now(), who, act, []string{target})
	})
}

// Standing is how far the people of one audience of a unit are: 0 nobody, 1 on the
// roster, 2 registered for a class or taught, 3 trained.
type Standing struct {
	Unit     string   `bun:"unit"`
	Audience Audience `bun:"audience"`
	Level    int64    `bun:"level"`
}

// Standings are all audiences of all units within reach that have somebody.
func (s *Service) Standings(ctx context.Context, who access.Actor) ([]Standing, error) {
	if err := who.Need(Look); err != nil {
		return nil, err
	}
	var rows []Standing
	err := s.DB.Read().NewSelect().TableExpr("training_person AS tp").
		Join("LEFT JOIN training_seat AS ts ON ts.person = tp.id AND ts.course IN (SELECT tc.id FROM training_course AS tc WHERE tc.counts)").
		ColumnExpr("tp.unit, tp.audience, max(CASE WHEN ts.done_at IS NOT NULL THEN 3 WHEN ts.state IN ('registered', 'attended') THEN 2 ELSE 1 END) AS level").
		Where("tp.left_on = ''").Apply(who.Within(Look, "tp.unit")).Group("tp.unit", "tp.audience").Scan(ctx, &rows)
	return rows, db.Sorted(err)
}

// DistrictRow is how the communes of a district stand: of all audiences of its communes,
// how many have somebody on the roster, a seat, and training.
type DistrictRow struct {
	Unit                                org.Unit
	Communes, Complete                  int
	Wanted, Rostered, Seated, TrainedIn int
}

// Districts are the districts within reach with communes of a phase; a negative phase
// means every commune that is not live already.
func (s *Service) Districts(ctx context.Context, who access.Actor, phase int) ([]DistrictRow, error) {
	all, err := s.Standings(ctx, who)
	if err != nil {
		return nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	in, err := s.inPhase(ctx, tree, phase)
	if err != nil {
		return nil, err
	}
	byUnit := map[string][]Standing{}
	for _, x := range all {
		byUnit[x.Unit] = append(byUnit[x.Unit], x)
	}
	var out []DistrictRow
	for _, d := range tree.Districts() {
		row := DistrictRow{Unit: d}
		for _, c := range tree.Communes(d.Code) {
			if !in[c.Code] || !who.Covers(Look, c.Code) {
				continue
			}
			row.Communes++
			row.Wanted += len(OfCommune.Audiences())
			done := 0
			for _, x := range byUnit[c.Code] {
				row.Rostered++
				if x.Level >= 2 {
					row.Seated++
				}
				if x.Level == 3 {
					done++
				}
			}
			row.TrainedIn += done
			if done == len(OfCommune.Audiences()) {
				row.Complete++
			}
		}
		if row.Communes > 0 {
			out = append(out, row)
		}
	}
	return out, nil
}

// inPhase are the communes of a phase, or of all phases to come.
func (s *Service) inPhase(ctx context.Context, tree *org.Tree, phase int) (map[string]bool, error) {
	phases, err := s.Rollout.Phases(ctx)
	if err != nil {
		return nil, err
	}
	type numbered struct {
		programme string
		ordinal   int
	}
	live := map[numbered]bool{}
	for _, p := range phases {
		live[numbered{p.Programme, p.Ordinal}] = p.Live
	}
	codes := make([]string, 0, 600)
	for _, u := range tree.Communes("") {
		codes = append(codes, u.Code)
	}
	rows, err := s.Rollout.PhasesOf(ctx, s.DB.Read(), codes)
	if err != nil {
		return nil, err
	}
	in := map[string]bool{}
	for _, r := range rows {
		if phase >= 0 && r.Ordinal == phase || phase < 0 && !live[numbered{r.Programme, r.Ordinal}] {
			in[r.Unit] = true
		}
	}
	return in, nil
}

// Phases are the phases that are not live already, by ordinal.
func (s *Service) Phases(ctx context.Context) ([]rollout.NamedPhase, error) {
	all, err := s.Rollout.Phases(ctx)
	return slices.DeleteFunc(all, func(p rollout.NamedPhase) bool { return p.Live }), err
}

// Cell is one audience of a unit: who stands for it and how near the person is.
type Cell struct {
	Person *Person
	Near   Nearness
}

// Nearness is how near a person is to being trained, and by which class.
type Nearness struct {
	learned
	Class string   `bun:"class_code"`
	Key   ident.ID `bun:"class"`
	Seat  ident.ID `bun:"seat"`
}

// UnitRow is a unit with its four audiences.
type UnitRow struct {
	Unit  org.Unit
	Level Level
	Cells []Cell // in the order of the level's audiences
}

// District is a district's own four audiences and those of its communes within reach.
func (s *Service) District(ctx context.Context, who access.Actor, code string) ([]UnitRow, error) {
	if err := who.NeedAt(Look, code); err != nil {
		return nil, err
	}
	tree, err := s.tree(ctx)
	if err != nil {
		return nil, err
	}
	units := slices.Clone(tree.Under(code))
	people, err := s.Roster(ctx, s.DB.Read(), units)
	if err != nil {
		return nil, err
	}
	var rows []Nearness
	err = s.DB.Read().NewSelect().TableExpr("training_person AS tp").Join("JOIN training_seat AS ts ON ts.person = tp.id").Join("JOIN training_class AS cl ON cl.id = ts.class").
		ColumnExpr("ts.person, ts.state, ts.result, ts.done_at IS NOT NULL AS done, cl.day, cl.starts_at, cl.code AS class_code, cl.id AS class, ts.id AS seat").
		Where("tp.unit IN (?)", bun.List(units)).Where("tp.left_on = ''").Where("ts.state <> ?", Withdrawn).Order("ts.id").Scan(ctx, &rows)
	if err != nil {
		return nil, db.Sorted(err)
	}
	near := map[ident.ID]Nearness{}
	for _, r := range rows {
		if have, ok := near[r.Person]; !ok || r.rank() >= have.rank() {
			near[r.Person] = r
		}
	}
	var out []UnitRow
	for _, u := range append([]string{code}, codesOf(tree.Communes(code))...) {
		level, ok := levelOf(tree, u)
		if !ok || len(out) > 0 && u == code {
			continue
		}
		unit, _ := tree.Unit(u)
		out = append(out, UnitRow{unit, level, cells(u, level, people, near)})
	}
	return out, s.seen(ctx, who, "rollout.training.roster.seen", code, len(people))
}

func codesOf(all []org.Unit) []string {
	out := make([]string, len(all))
	for i, u := range all {
		out[i] = u.Code
	}
	return out
}

func cells(unit string, level Level, people []Person, near map[ident.ID]Nearness) []Cell {
	out := make([]Cell, len(level.Audiences()))
	for i, a := range level.Audiences() {
		for j, p := range people {
			if p.Unit != unit || p.Audience != a {
				continue
			}
			if n := near[p.ID]; out[i].Person == nil || n.rank() > out[i].Near.rank() {
				out[i] = Cell{&people[j], n}
			}
		}
	}
	return out
}

// History is a person of the roster with all seats, newest first.
type History struct {
	Person
	Seats []PastSeat
}

// PastSeat is a seat with its class and certificate.
type PastSeat struct {
	Seat
	ClassCode   string `bun:"class_code"`
	Day         string `bun:"day"`
	Title       string `bun:"title"`
	TitleEN     string `bun:"title_en"`
	Certificate string `bun:"certificate"`
}

// PersonOf is a person within reach with what the person learned. Reading leaves a trail.
func (s *Service) PersonOf(ctx context.Context, who access.Actor, id ident.ID) (History, error) {
	var h History
	if err := who.Need(Look); err != nil {
		return h, err
	}
	if err := s.DB.Read().NewSelect().Model(&h.Person).Where("tp.id = ?", id).Apply(who.Within(Look, "tp.unit")).Scan(ctx); err != nil {
		return h, db.Sorted(err)
	}
	err := s.DB.Read().NewSelect().TableExpr("training_seat AS ts").Join("JOIN training_class AS cl ON cl.id = ts.class").Join("JOIN training_course AS tc ON tc.id = ts.course").
		Join("LEFT JOIN training_certificate AS ce ON ce.seat = ts.id AND ce.revoked_at IS NULL").
		ColumnExpr("ts.*, cl.code AS class_code, cl.day, tc.title, tc.title_en, coalesce(ce.code, '') AS certificate").Where("ts.person = ?", id).Order("ts.id DESC").Limit(100).Scan(ctx, &h.Seats)
	if err != nil {
		return h, db.Sorted(err)
	}
	return h, s.seen(ctx, who, "rollout.training.person.seen", string(id), 1)
}

// candidates are people within reach under a unit who could get a seat in a class: in the
// posts it is for, not trained, without a seat in its course.
func (s *Service) candidates(ctx context.Context, who access.Actor, tree *org.Tree, c Class, course Course, under string) ([]Person, error) {
	if !who.May(Enrol) || under == "" {
		return nil, nil
	}
	var rows []Person
	err := s.DB.Read().NewSelect().Model(&rows).Where("tp.left_on = ''").Where("tp.unit IN (?)", bun.List(slices.Clone(tree.Under(under)))).Apply(who.Within(Enrol, "tp.unit")).
		Where("NOT EXISTS (SELECT 1 FROM training_seat AS o WHERE o.person = tp.id AND (o.course = ? AND o.state IN ('registered', 'waiting') OR o.done_at IS NOT NULL))", c.Course).
		Order("tp.unit", "tp.audience", "tp.name_fold").Limit(500).Scan(ctx)
	if err != nil {
		return nil, db.Sorted(err)
	}
	return slices.DeleteFunc(rows, func(p Person) bool { return fits(tree, c, course, p, who).Key != "" }), nil
}
