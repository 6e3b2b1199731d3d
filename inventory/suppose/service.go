package suppose

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/org"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
	"lotrinh/inventory/whatif"
)

// Ask is the right to ask what more equipment would change.
const Ask access.Perm = "inventory.suppose"

// Stock knows what communes have and what is asked of them; inventory.Service is one.
type Stock interface {
	// Cases are the communes as they are judged at a moment, by code, in a number of
	// queries that does not depend on how many there are.
	Cases(ctx context.Context, q bun.IDB, units []string, at time.Time) (map[string]readiness.Case, error)
}

// Phase is a part of a programme with its communes.
type Phase struct {
	Key            string // stands in addresses
	NameVI, NameEN string
	Units          []string // codes
}

// Deps is what the room stands on. Phases may be nil: then nobody chooses by phase.
type Deps struct {
	DB       *db.DB
	Business clock.Clock
	Units    inventory.Units
	Stock    Stock
	Phases   func(ctx context.Context, who access.Actor) ([]Phase, error)
	// Supply is where a district asks for what it lacks, empty for those who may not; nil
	// when there is no such room.
	Supply func(who access.Actor, district string) string
}

// Service is the room.
type Service struct{ Deps }

// New is the room.
func New(d Deps) *Service { return &Service{d} }

// Where says which communes a question is about; nothing narrows nothing.
type Where struct {
	District string
	Phase    string   // a key
	Units    []string // codes of chosen communes
}

// town is what is known of the communes within reach.
type town struct {
	at     time.Time
	tree   *org.Tree
	phases []Phase
	codes  []string // within reach, in the order of the tree
	asked  []whatif.Unit
	all    []whatif.Unit // within reach
}

// look reads the communes within reach of whoever asks.
func (s *Service) look(ctx context.Context, who access.Actor, w Where) (*town, error) {
	if err := who.Need(Ask); err != nil {
		return nil, err
	}
	t := &town{at: s.Business.Now()}
	var err error
	if t.tree, err = s.Units.Tree(ctx, t.at); err != nil {
		return nil, err
	}
	if s.Phases != nil {
		if t.phases, err = s.Phases(ctx, who); err != nil {
			return nil, err
		}
	}
	everywhere, units := who.Reach(Ask)
	for _, u := range t.tree.Communes("") {
		if _, in := slices.BinarySearch(units, u.Code); everywhere || in {
			t.codes = append(t.codes, u.Code)
		}
	}
	cases, err := s.Stock.Cases(ctx, s.DB.Read(), t.codes, t.at)
	if err != nil {
		return nil, err
	}
	of := w.holds(t)
	for _, code := range t.codes {
		u := whatif.Unit{Code: code, Case: cases[code]}
		t.all = append(t.all, u)
		if of(code) {
			t.asked = append(t.asked, u)
		}
	}
	return t, nil
}

// holds tells which communes are asked about.
func (w Where) holds(t *town) func(code string) bool {
	in := map[string]bool{}
	for _, p := range t.phases {
		if p.Key == w.Phase {
			for _, u := range p.Units {
				in[u] = true
			}
		}
	}
	return func(code string) bool {
		return (w.District == "" || t.tree.District(code) == w.District) && (w.Phase == "" || in[code]) &&
			(len(w.Units) == 0 || slices.Contains(w.Units, code))
	}
}

// districts are the districts with communes within reach.
func (t *town) districts() []org.Unit {
	seen := map[string]bool{}
	var out []org.Unit
	for _, code := range t.codes {
		d := t.tree.District(code)
		if u, ok := t.tree.Unit(d); ok && !seen[d] {
			seen[d] = true
			out = append(out, u)
		}
	}
	return out
}

// Type is a sort of equipment that can be given: one that stands somewhere already, or
// what the profiles ask for.
type Type struct {
	Key   string // stands in addresses
	Name  string // maker and model; empty for what the profiles ask for
	Item  whatif.Item
	Wants []whatif.Want // of what the profiles ask for
	Count int           // how many there are
}

// mostTypes is how many sorts are offered.
const mostTypes = 80

// own are the facts that belong to one item and not to its sort.
var own = []string{"serial", "host", readiness.Present}

// types are the sorts of equipment: what the profiles ask for, kind by kind, then what
// stands in the communes, the most frequent first.
func (t *town) types() []Type {
	var out []Type
	for _, s := range whatif.Standards(t.all) {
		out = append(out, Type{Key: "standard:" + s.Kind, Item: s.Item, Wants: s.Wants})
	}
	by := map[string]*Type{}
	said := map[string]map[string]map[string]int{} // sort, fact, value, how often
	var have []*Type
	for _, u := range t.all {
		for _, a := range u.Assets {
			if a.State == string(inventory.Retired) || a.Name == "" {
				continue
			}
			key := a.Kind + ":" + a.Name
			if by[key] == nil {
				by[key] = &Type{Key: key, Name: a.Name, Item: whatif.Item{Kind: a.Kind}}
				said[key] = map[string]map[string]int{}
				have = append(have, by[key])
			}
			by[key].Count++
			for name, value := range speaking(a) {
				if said[key][name] == nil {
					said[key][name] = map[string]int{}
				}
				said[key][name][value]++
			}
		}
	}
	slices.SortStableFunc(have, func(a, b *Type) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Key, b.Key)) })
	for _, one := range have[:min(len(have), mostTypes)] {
		one.Item.Facts = usual(said[one.Key])
		out = append(out, *one)
	}
	slices.SortStableFunc(out, func(a, b Type) int {
		return slices.Index(inventory.Kinds, inventory.Kind(a.Item.Kind)) - slices.Index(inventory.Kinds, inventory.Kind(b.Item.Kind))
	})
	return out
}

// speaking is what the strongest source says of each fact of an asset, the newest of
// equally strong ones.
func speaking(a readiness.Asset) map[string]string {
	best := map[string]readiness.Fact{}
	for _, f := range a.Facts {
		was, ok := best[f.Name]
		if !slices.Contains(own, f.Name) && (!ok || f.Source.Rank() > was.Source.Rank() || f.Source == was.Source && f.At.After(was.At)) {
			best[f.Name] = f
		}
	}
	out := map[string]string{}
	for name, f := range best {
		out[name] = f.Value
	}
	return out
}

// usual is the most frequent value of each fact; of equally frequent ones the greater word.
func usual(said map[string]map[string]int) map[string]string {
	out := map[string]string{}
	for name, values := range said {
		best, most := "", 0
		for value, n := range values {
			if n > most || n == most && value > best {
				best, most = value, n
			}
		}
		out[name] = best
	}
	return out
}

// Given is the answer to "which communes become ready".
type Given struct {
	whatif.Answer
	Lots  []whatif.Lot
	Asked int // communes that the question is about
	*town
}

// Give divides lots among the communes asked about.
func (s *Service) Give(ctx context.Context, who access.Actor, w Where, lots []whatif.Lot) (Given, error) {
	t, err := s.look(ctx, who, w)
	if err != nil {
		return Given{}, err
	}
	return t.give(lots), nil
}

func (t *town) give(lots []whatif.Lot) Given {
	return Given{whatif.Give(t.asked, lots, t.at), lots, len(t.asked), t}
}

// Shopped is the answer to "the least that makes communes ready".
type Shopped struct {
	whatif.Shopping
	Asked int
	*town
}

// Shop finds the least that makes the communes asked about ready.
func (s *Service) Shop(ctx context.Context, who access.Actor, w Where, allow whatif.Allow) (Shopped, error) {
	t, err := s.look(ctx, who, w)
	if err != nil {
		return Shopped{}, err
	}
	return Shopped{whatif.Shop(t.asked, t.all, allow, t.at), len(t.asked), t}, nil
}
