package succession

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
)

// Want is a unit as it is from the day of a set on.
type Want struct {
	Code, Name, Kind string
	Level            org.Level
	Parent           string // empty: as before, or as the first unit that gives to it
}

// Draft is what a set says: which unit gives to which, what units are called from the
// day on, which end without giving, and whom the planner chose as main receivers.
type Draft struct {
	Changes []org.Change
	Wants   []Want
	Ends    []string
	// Full says that Wants are all communes from the day on: every other one ends, and so
	// does every district.
	Full bool
	// Main is the planner's choice of heir, by the unit that gives.
	Main map[string]string
}

// Part is one receiver of a unit that gives to several.
type Part struct {
	Code, Share string
}

// Doubt is a unit whose heir nobody named: its receivers, the one proposed, and whether
// the planner chose.
type Doubt struct {
	Unit     string
	Parts    []Part
	Proposed string
	Decided  bool
}

// Plan is a draft worked out against what is known of units: what becomes of each.
type Plan struct {
	Set ident.ID
	Day string // the first day of the new map
	// At is when the set comes into force or is reversed, on the machine's clock.
	At    time.Time
	Basis string // number of the legal document
	// Heir is the main receiver of each unit whose rows move; never the unit itself.
	Heir map[string]string
	// Heirs are all successors of each unit that ends, the main one first.
	Heirs map[string][]string
	// Into is, by receiver, all units that it is the heir of: itself, too, where it was
	// there before.
	Into map[string][]string
	// Begun and Ended are the codes that are in force only from, only before the day.
	Begun, Ended []string
	// Renamed are the codes that stay in force with another name, kind or place.
	Renamed []string
	// Doubts are units with several receivers and none named; Lost are those that end with
	// no receiver at all.
	Doubts []Doubt
	Lost   []string

	edit  org.Edit
	after *org.Atlas
}

// After is every version of every unit as the plan leaves them.
func (p Plan) After() *org.Atlas { return p.after }

// Decided tells whether nothing keeps the plan from coming into force but people.
func (p Plan) Decided() bool {
	return len(p.Lost) == 0 && !slices.ContainsFunc(p.Doubts, func(d Doubt) bool { return !d.Decided })
}

// Work works a draft out for a day against an atlas. It is pure. What is in the atlas
// already, because the units of that day were known before, needs no edit.
func Work(a *org.Atlas, day string, d Draft) (Plan, error) {
	eve, err := eveOf(day)
	if err != nil {
		return Plan{}, bad("", "succession.bad.day")
	}
	w := work{atlas: a, day: day, eve: eve, draft: d, was: a.Tree(eve), want: map[string]Want{}}
	if err := w.wanted(); err != nil {
		return Plan{}, err
	}
	w.place()
	w.edits()
	w.decide()
	w.forget()
	p := Plan{Day: day, Heir: map[string]string{}, Heirs: map[string][]string{}, Into: map[string][]string{}, edit: w.edit}
	versions, changes := merged(a, w.edit)
	if p.after, err = org.NewAtlas(versions, changes); err != nil {
		return Plan{}, fault.Because(fault.Invalid, "org.units.do_not_fit", err, "why", err.Error())
	}
	w.fates(&p)
	return p, nil
}

func bad(field, key string, pairs ...any) error {
	var k fault.Check
	k.Need(false, cmp.Or(field, "file"), key, pairs...)
	return k.Err()
}

func eveOf(day string) (string, error) {
	at, err := clock.ParseDate(day)
	if err != nil {
		return "", err
	}
	return clock.Date(at.AddDate(0, 0, -1)), nil
}

// work is a draft on its way to a plan.
type work struct {
	atlas    *org.Atlas
	day, eve string
	draft    Draft
	was      *org.Tree
	gives    map[string][]org.Change // by the unit that gives
	want     map[string]Want         // the units from the day on
	edit     org.Edit
	doubts   []Doubt
}

// wanted gathers the units from the day on, before their places are known.
func (w *work) wanted() error {
	w.gives = map[string][]org.Change{}
	named := map[string]Want{}
	for _, x := range w.draft.Wants {
		named[x.Code] = x
	}
	for _, c := range w.draft.Changes {
		if _, ok := w.was.Unit(c.From); !ok {
			return bad("", "succession.bad.from", "unit", c.From, "day", w.eve)
		}
		w.gives[c.From] = append(w.gives[c.From], c)
	}
	ends := map[string]bool{}
	for _, code := range w.draft.Ends {
		ends[code] = true
	}
	takes := map[string]bool{}
	for _, c := range w.draft.Changes {
		takes[c.To] = true
	}
	for _, u := range w.was.All() {
		x, told := named[u.Code]
		switch {
		case u.Level == org.Province:
		case u.Level == org.District && (w.draft.Full || ends[u.Code]) && !told:
			continue
		case u.Level == org.Commune && !told && (w.draft.Full || ends[u.Code] || len(w.gives[u.Code]) > 0 && !takes[u.Code]):
			continue
		}
		w.want[u.Code] = Want{u.Code, cmp.Or(x.Name, u.Name), cmp.Or(x.Kind, u.Kind), u.Level, cmp.Or(x.Parent, u.Parent)}
	}
	for code, x := range named {
		if _, known := w.want[code]; !known {
			x.Level = cmp.Or(x.Level, org.Commune)
			w.want[code] = x
		}
	}
	for _, c := range w.draft.Changes {
		if _, known := w.want[c.To]; !known {
			return bad("", "succession.bad.to", "unit", c.To, "day", w.day)
		}
	}
	return nil
}

// place gives every unit a parent that is in force: its own, or where the first unit that
// gives to it lay, or what stands above that.
func (w *work) place() {
	for code, x := range w.want {
		if x.Level == org.Province {
			continue
		}
		at := x.Parent
		if at == "" {
			for _, c := range w.draft.Changes {
				if u, ok := w.was.Unit(c.From); ok && c.To == code {
					at = u.Parent
					break
				}
			}
		}
		for at != "" {
			if _, stays := w.want[at]; stays {
				break
			}
			u, _ := w.was.Unit(at)
			at = u.Parent
		}
		if roots := w.was.Roots(); at == "" && len(roots) > 0 {
			at = roots[0].Code
		}
		x.Parent = at
		w.want[code] = x
	}
}

// same tells whether a version is what is wanted.
func same(u org.Unit, x Want) bool {
	return u.Name == x.Name && u.Kind == x.Kind && u.Level == x.Level && u.Parent == x.Parent
}

// edits are the versions to end and to begin.
func (w *work) edits() {
	codes := slices.Sorted(maps.Keys(w.want))
	for _, u := range w.was.All() {
		if _, stays := w.want[u.Code]; !stays {
			codes = append(codes, u.Code)
		}
	}
	for _, code := range codes {
		was, lived := w.was.Unit(code)
		x, stays := w.want[code]
		now, known := w.atlas.Version(code, w.day)
		switch {
		case stays && known && same(now, x), !stays && !known:
			continue
		case stays && known && now.From == w.day: // known to begin on the day, as another
			now.Name, now.Kind, now.Level, now.Parent = x.Name, x.Kind, x.Level, x.Parent
			w.edit.Put = append(w.edit.Put, now)
			continue
		}
		if lived {
			end := was
			end.Until = w.day
			w.edit.Put = append(w.edit.Put, end)
		}
		if stays {
			until := ""
			if known {
				until = now.Until
			}
			w.edit.Put = append(w.edit.Put, org.Unit{Code: code, Name: x.Name, Kind: x.Kind, Level: x.Level, Parent: x.Parent, From: w.day, Until: until})
		}
	}
}

// decide says for every succession who is the main receiver, as far as anybody knows.
func (w *work) decide() {
	for _, code := range slices.Sorted(maps.Keys(w.gives)) {
		of := w.gives[code]
		main, said := org.MainOf(of)
		d := Doubt{Unit: code, Proposed: main, Decided: said}
		if chosen := w.draft.Main[code]; slices.ContainsFunc(of, func(c org.Change) bool { return c.To == chosen }) {
			main, d.Decided = chosen, true
			d.Proposed = chosen
		}
		for _, c := range of {
			d.Parts = append(d.Parts, Part{c.To, c.Share})
			c.Date = w.day
			if d.Decided {
				c.Main = "no"
				if c.To == main {
					c.Main = "yes"
				}
			}
			w.edit.PutChanges = append(w.edit.PutChanges, c)
		}
		if !said || w.draft.Main[code] != "" && len(of) > 1 {
			w.doubts = append(w.doubts, d)
		}
	}
}

// forget drops what was known of later days about units that end before: another reform
// overtook it.
func (w *work) forget() {
	for _, code := range w.was.All() {
		if _, stays := w.want[code.Code]; stays {
			continue
		}
		for _, c := range w.atlas.AllChanges() {
			if c.From != code.Code || c.Date <= w.day {
				continue
			}
			eve, err := eveOf(c.Date)
			if err != nil {
				continue // the days of an atlas are dates
			}
			if v, _ := w.atlas.Version(c.From, eve); v.From < w.day {
				w.edit.DropChanges = append(w.edit.DropChanges, c)
			}
		}
	}
}

// merged is what an atlas holds after an edit that drops no versions.
func merged(a *org.Atlas, e org.Edit) ([]org.Unit, []org.Change) {
	type key struct{ a, b, c string }
	units, changes := map[key]org.Unit{}, map[key]org.Change{}
	for _, u := range append(a.All(), e.Put...) {
		units[key{u.Code, u.From, ""}] = u
	}
	for _, c := range append(a.AllChanges(), e.PutChanges...) {
		changes[key{c.Date, c.From, c.To}] = c
	}
	for _, c := range e.DropChanges {
		delete(changes, key{c.Date, c.From, c.To})
	}
	return slices.Collect(maps.Values(units)), slices.Collect(maps.Values(changes))
}

// fates fills in what becomes of every unit of the eve.
func (w *work) fates(p *Plan) {
	p.Doubts = w.doubts
	now := p.after.Tree(w.day)
	for _, u := range w.was.All() {
		x, lives := now.Unit(u.Code)
		if lives && (x.Name != u.Name || x.Kind != u.Kind || x.Parent != u.Parent) {
			p.Renamed = append(p.Renamed, u.Code)
		}
		if !lives {
			p.Ended = append(p.Ended, u.Code)
		}
		heir := p.after.Heir(u.Code, w.eve, w.day)
		if chosen := w.draft.Main[u.Code]; u.Level == org.District && chosen != "" {
			if _, ok := now.Unit(chosen); ok {
				heir = chosen
			}
		}
		if heir == "" {
			p.Lost = append(p.Lost, u.Code)
			continue
		}
		if heir != u.Code {
			p.Heir[u.Code] = heir
		}
		if u.Level == org.Commune {
			p.Into[heir] = append(p.Into[heir], u.Code)
		}
		if !lives {
			p.Heirs[u.Code] = successors(p.after, u.Code, heir, w.eve, w.day)
		}
	}
	for _, u := range now.All() {
		if _, was := w.was.Unit(u.Code); !was {
			p.Begun = append(p.Begun, u.Code)
		}
	}
	slices.Sort(p.Begun)
	slices.Sort(p.Ended)
}

// successors are all units that took over from one, the heir first.
func successors(a *org.Atlas, code, heir, eve, day string) []string {
	all := []string{heir}
	for _, s := range a.Successors(code, eve, day) {
		if s.Code != heir {
			all = append(all, s.Code)
		}
	}
	return all
}

// Summary counts what a plan does to the map, for its list.
type Summary struct {
	Before, After, Districts, Ended, Begun, Renamed, Doubts, Lost int
}

// Summary counts communes before and after, and the units that end, begin or change.
func (p Plan) Summary() Summary {
	eve, err := eveOf(p.Day)
	if err != nil {
		return Summary{}
	}
	s := Summary{Ended: len(p.Ended), Begun: len(p.Begun), Renamed: len(p.Renamed), Lost: len(p.Lost)}
	s.Before, s.After = len(p.after.Tree(eve).Communes("")), len(p.after.Tree(p.Day).Communes(""))
	s.Districts = len(p.after.Tree(p.Day).Districts())
	for _, d := range p.Doubts {
		if !d.Decided {
			s.Doubts++
		}
	}
	return s
}

// String says a plan in short, for logs.
func (p Plan) String() string {
	return fmt.Sprintf("%s: %d heirs, %d ended, %d begun", p.Day, len(p.Heir), len(p.Ended), len(p.Begun))
}
