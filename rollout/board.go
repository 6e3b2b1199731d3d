package rollout

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// Any stands for every phase in a Filter.
const Any = -1

// Filter narrows the board; empty fields and Any do not narrow.
type Filter struct {
	Phase    int
	District string
	Stage    Stage
	Answer   Answer
	Find     string // in the name of the commune, folded, or its code
}

// Row is a commune on the board.
type Row struct {
	Unit, Name   string
	District     string // code
	DistrictName string
	Phase        int // ordinal
	Stage        Stage
	Since        time.Time
	Version      int64
	// Gate is held against the stage that the commune aims at; see Stage.Aim.
	Gate Gate
	// Held is why its whole wave may not go forward, above the gate.
	Held []Reason
	// Declared, Verified and Bare say whether the commune is in those counts.
	Declared, Verified, Bare bool
	// Beyond is how many must criteria are declared met and not met as measured.
	Beyond int
}

// Board is the communes of a programme that the actor may see.
type Board struct {
	Programme Programme
	Phases    []Phase
	Rows      []Row
	Total     int // before the filter by answer and name
	At        time.Time
}

// Board lists communes with stage and gate, ordered by district and name. It takes
// a constant number of queries.
func (s *Service) Board(ctx context.Context, who access.Actor, code string, f Filter) (Board, error) {
	b, book, err := s.board(ctx, who, code, f)
	if err != nil {
		return Board{}, err
	}
	b.Phases = book.phases
	find := fold.Key(f.Find)
	b.Rows = slices.DeleteFunc(b.Rows, func(r Row) bool {
		return f.Answer != "" && r.Gate.Answer != f.Answer ||
			find != "" && !strings.Contains(fold.Key(r.Name), find) && r.Unit != f.Find
	})
	return b, nil
}

func (s *Service) board(ctx context.Context, who access.Actor, code string, f Filter) (Board, *book, error) {
	if err := who.Need(Read); err != nil {
		return Board{}, nil, err
	}
	now := s.clock.Now()
	tree, err := s.units.Tree(ctx, now)
	if err != nil {
		return Board{}, nil, err
	}
	book, err := s.bookOf(ctx, code)
	if err != nil {
		return Board{}, nil, err
	}
	all, err := s.sheetOf(ctx, book, tree, now)
	if err != nil {
		return Board{}, nil, err
	}
	b := Board{Programme: book.programme, At: now}
	b.Rows = f.pick(scopeOf(who), tree, all.rows)
	b.Total = len(b.Rows)
	held, err := s.held(ctx, s.db.Read(), book.programme.ID, now)
	if err != nil {
		return Board{}, nil, err
	}
	book.hold(b.Rows, held)
	return b, book, nil
}

// hold marks the rows of held waves that would still go forward.
func (b *book) hold(rows []Row, held map[ident.ID][]Hold) {
	if len(held) == 0 {
		return
	}
	byOrdinal := map[int][]Reason{}
	for phase, holds := range held {
		byOrdinal[b.phase[phase].Ordinal] = why(holds)
	}
	for i := range rows {
		if r := &rows[i]; r.Stage != Live && r.Stage != Official {
			r.Held = byOrdinal[r.Phase]
		}
	}
}

// pick copies the rows that the filter asks for by phase, stage and district, of those
// within a scope.
func (f Filter) pick(mine scope, tree *org.Tree, rows []Row) []Row {
	var under map[string]bool
	if f.District != "" {
		under = map[string]bool{}
		for _, u := range tree.Under(f.District) {
			under[u] = true
		}
	}
	picked := make([]Row, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		if mine.has(r.Unit) && (f.Phase == Any || r.Phase == f.Phase) && (f.Stage == "" || r.Stage == f.Stage) && (under == nil || under[r.Unit]) {
			picked = append(picked, *r)
		}
	}
	return picked
}

func (b *book) row(tree *org.Tree, p Progress, at time.Time) Row {
	r := Row{Unit: p.Unit, Name: tree.Name(p.Unit), District: tree.District(p.Unit), Phase: b.phase[p.Phase].Ordinal,
		Stage: p.Stage, Since: p.Since, Version: p.Version}
	r.DistrictName = tree.Name(r.District)
	if p.Stage == Live {
		r.Gate = Gate{Answer: Met, Bare: Met}
		return r
	}
	criteria, known, waivers := b.criteria[p.Phase], b.known[p.Unit], b.waiversOf[p.Unit]
	r.Gate = Judge(p.Stage.Aim(), criteria, known, waivers, at)
	r.Verified, r.Bare = ready(criteria, known, waivers, at)
	r.Declared = p.Stage == Official || DeclaredReady(criteria, known)
	r.Beyond = beyond(criteria, known, at)
	return r
}

// ready is Judge for the official stage without the telling: whether the gate is
// met, and whether it would be without waivers. It makes no garbage.
func ready(criteria []Criterion, known Known, waivers []*Waiver, at time.Time) (met, bare bool) {
	met, bare = true, true
	for i := range criteria {
		c := &criteria[i]
		if !c.Must {
			continue
		}
		if a, _, _ := answer(*c, known[c.Key], at); a == Met {
			continue
		}
		bare = false
		if !slices.ContainsFunc(waivers, func(w *Waiver) bool { return w.Criterion == c.Key && w.Covers(at) }) {
			return false, false
		}
	}
	return met, bare
}

// beyond counts the must criteria that are declared met and not met as measured.
func beyond(criteria []Criterion, known Known, at time.Time) int {
	n := 0
	for i := range criteria {
		p := known[criteria[i].Key]
		if !criteria[i].Must || p.Declared == nil || p.Declared.Answer != Met {
			continue
		}
		if a, _, _ := answer(criteria[i], p, at); a != Met {
			n++
		}
	}
	return n
}

// StageCounts are communes by stage.
type StageCounts map[Stage]int

// Counts are the figures of a set of communes. Declared, Verified and Bare leave
// out the communes that were live before.
type Counts struct {
	Total                    int
	Stages                   StageCounts
	Declared, Verified, Bare int
	Beyond                   int // communes that declare more than is measured
}

func (c *Counts) add(r Row) {
	if c.Stages == nil {
		c.Stages = StageCounts{}
	}
	c.Total++
	c.Stages[r.Stage]++
	if r.Declared {
		c.Declared++
	}
	if r.Verified {
		c.Verified++
	}
	if r.Bare {
		c.Bare++
	}
	if r.Beyond > 0 {
		c.Beyond++
	}
}

// PhaseCounts are the figures of a phase.
type PhaseCounts struct {
	Phase
	Counts
}

// DistrictCounts are the figures of the communes of a district that are in a phase.
type DistrictCounts struct {
	Code, Name string
	PhaseNo    int
	Counts
}

// Tile is a commune on the schematic map. Answer is that of its gate.
type Tile struct {
	Unit, Name string
	District   string
	Phase      int
	Stage      Stage
	Answer     Answer
	Declared   bool
	Verified   bool
}

// Overview is a programme in figures, over the communes that the actor may see.
type Overview struct {
	Programme  Programme
	Phases     []PhaseCounts
	Districts  []DistrictCounts
	Rollout    Counts // the phases that are not live from the start
	Milestones []Milestone
	Tiles      []Tile
	At         time.Time
}

// Overview counts a programme by phase and by district, in a constant number of queries.
func (s *Service) Overview(ctx context.Context, who access.Actor, code string) (Overview, error) {
	b, book, err := s.board(ctx, who, code, Filter{Phase: Any})
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Programme: b.Programme, At: b.At}
	if o.Milestones, err = milestonesOf(ctx, s.db.Read(), b.Programme.ID); err != nil {
		return Overview{}, err
	}
	o.count(book.phases, b.Rows)
	return o, nil
}

// count adds rows by phase and by district, in their order.
func (o *Overview) count(phases []Phase, rows []Row) {
	phaseAt := map[int]int{}
	for i, p := range phases {
		o.Phases = append(o.Phases, PhaseCounts{Phase: p, Counts: Counts{Stages: StageCounts{}}})
		phaseAt[p.Ordinal] = i
	}
	type place struct {
		district string
		phase    int
	}
	districtAt := map[place]int{}
	for _, r := range rows {
		o.Phases[phaseAt[r.Phase]].add(r)
		if r.Stage != Live {
			o.Rollout.add(r)
		}
		at := place{r.District, r.Phase}
		i, known := districtAt[at]
		if !known {
			i = len(o.Districts)
			districtAt[at] = i
			o.Districts = append(o.Districts, DistrictCounts{Code: r.District, Name: r.DistrictName, PhaseNo: r.Phase})
		}
		o.Districts[i].add(r)
		o.Tiles = append(o.Tiles, Tile{Unit: r.Unit, Name: r.Name, District: r.District, Phase: r.Phase, Stage: r.Stage,
			Answer: r.Gate.Answer, Declared: r.Declared, Verified: r.Verified})
	}
	slices.SortStableFunc(o.Districts, func(a, b DistrictCounts) int { return cmp.Compare(a.PhaseNo, b.PhaseNo) })
}
