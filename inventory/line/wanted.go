package line

import (
	"context"
	"strconv"
	"strings"

	"lotrinh/internal/kit/access"
	"lotrinh/inventory"
	"lotrinh/inventory/readiness"
)

// The facts of a line that are measured.
const (
	factRTT          = "rtt_ms"
	factLoss         = "loss_percent"
	factDown         = "down_mbps"
	factUp           = "up_mbps"
	factAvailability = "availability_percent"
)

// measuredFacts are all of them, in the order in which pages show them.
var measuredFacts = []string{factRTT, factLoss, factDown, factUp, factAvailability}

// Want is one thing that a published profile asks of lines.
type Want struct {
	Fact  string
	Op    readiness.Op
	Value float64
	Must  bool
	slack float64
}

// Met tells whether a value is as wanted.
func (w Want) Met(v float64) bool {
	if w.Op == readiness.AtMost {
		return v <= w.Value+w.slack
	}
	return v >= w.Value-w.slack
}

// wants are what the profiles ask of lines, by unit.
type wants struct {
	all     []inventory.Profile
	lines   map[string][]Want // by profile code
	phaseOf func(unit string) string
}

// machine acts for the room itself.
var machine = access.System("lines")

// wanted reads what the published profiles ask of lines.
func (s *Service) wanted(ctx context.Context) (wants, error) {
	all, err := s.Inventory.Profiles(ctx, machine)
	if err != nil {
		return wants{}, err
	}
	w := wants{all: all, lines: map[string][]Want{}, phaseOf: s.Inventory.PhaseOf}
	for _, p := range all {
		lines, err := p.Lines()
		if err != nil {
			return wants{}, err
		}
		for _, l := range lines {
			if l.Kind != string(inventory.WANLine) {
				continue
			}
			for _, q := range l.Predicates {
				v, err := strconv.ParseFloat(q.Value, 64)
				if err != nil || q.Op != readiness.AtLeast && q.Op != readiness.AtMost {
					continue // no figure: readiness judges it, the board does not
				}
				w.lines[p.Code] = append(w.lines[p.Code], Want{Fact: q.Fact, Op: q.Op, Value: v, Must: l.Must, slack: v * float64(q.Tolerance) / 100})
			}
		}
	}
	return w, nil
}

// at are what is asked of the lines of one unit.
func (w wants) at(unit string) []Want {
	var out []Want
	for _, p := range w.all {
		if p.Phase == "" || w.phaseOf != nil && w.phaseOf(unit) == p.Phase {
			out = append(out, w.lines[p.Code]...)
		}
	}
	return out
}

// values are the known figures of a line by fact.
func (l Line) values() map[string]float64 {
	out := map[string]float64{}
	for name, v := range map[string]*float64{factRTT: l.P95, factLoss: l.Loss, factDown: l.Down, factUp: l.Up, factAvailability: l.Availability} {
		if v != nil {
			out[name] = *v
		}
	}
	return out
}

// health is how the line stands, and which wants it meets as far as that is known.
func (l Line) health(all []Want) (h Health, said string) {
	known := l.values()
	var b strings.Builder
	h = Unknown
	if len(known) > 0 {
		h = Fine
	}
	for _, w := range all {
		v, ok := known[w.Fact]
		if !ok {
			continue
		}
		sign := "+"
		if !w.Met(v) {
			sign, h = "-", Slow
		}
		b.WriteString(w.Fact + sign + " ")
	}
	for _, name := range measuredFacts {
		if _, ok := known[name]; ok {
			b.WriteString(name + " ")
		}
	}
	if l.DownNow {
		h = Dead
	}
	return h, b.String()
}
