package fields

import (
	"context"
	"sync"
	"time"

	"lotrinh/dossier/form"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/org"
)

// Places are the units that addresses name, as they were on any day.
type Places struct {
	now *org.Tree
	on  func(day string) (*org.Tree, error)
	at  time.Time
}

// NewPlaces are the units around a moment.
func NewPlaces(ctx context.Context, u *org.Units, at time.Time) (*Places, error) {
	now, err := u.Tree(ctx, at)
	return &Places{now: now, at: at, on: func(day string) (*org.Tree, error) { return u.On(ctx, day) }}, err
}

// Context is what answers are judged against: accepted at a moment (now, before that)
// by a unit.
func (p *Places) Context(unit string, staff bool) form.Context {
	return form.Context{Accepted: p.at, Unit: unit, Staff: staff, Place: p.place, District: p.now.District}
}

// place names a unit on a day. Of days before the first that is known nothing can be
// said, so a unit of today stands for itself.
func (p *Places) place(code, day string) (string, bool) {
	if tree, err := p.on(day); err == nil {
		if u, ok := tree.Unit(code); ok {
			return tree.Place(code), u.Level != org.Province
		}
		if len(tree.All()) > 0 {
			return "", false
		}
	}
	u, ok := p.now.Unit(code)
	return p.now.Place(code), ok && u.Level != org.Province
}

// Names are the communes that an address can name, for suggestions.
func (p *Places) Names() []string {
	all := p.now.Communes("")
	out := make([]string, len(all))
	for i, u := range all {
		out[i] = p.now.Place(u.Code)
	}
	return out
}

// byName are the communes of a tree by their folded place.
var byName sync.Map // *org.Tree → map[string]string

// Find is the code of the commune that a text names with its district, however marks
// and commas stand; "" when none or more than one may be meant.
func (p *Places) Find(typed, day string) string {
	tree := p.now
	if day != "" && day != clock.Date(p.at) {
		if then, err := p.on(day); err == nil && len(then.All()) > 0 {
			tree = then
		}
	}
	kept, ok := byName.Load(tree)
	if !ok {
		names := map[string]string{}
		for _, u := range tree.Communes("") {
			for _, name := range []string{tree.Place(u.Code), tree.Place(u.Code) + " thành phố Hà Nội", tree.Place(u.Code) + " Hà Nội", u.Code} {
				names[fold.Key(name)] = u.Code
			}
		}
		kept, _ = byName.LoadOrStore(tree, names)
	}
	names, _ := kept.(map[string]string)
	return names[fold.Key(typed)]
}
