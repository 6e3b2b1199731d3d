package suppose

import (
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/inventory/readiness"
	"lotrinh/inventory/whatif"
)

// OutcomeJSON is what becomes of one commune.
type OutcomeJSON struct {
	Unit   string            `json:"unit"`
	Gets   []int             `json:"gets" doc:"of each lot: given to those that become ready, wanted by the others"`
	Before readiness.Verdict `json:"before"`
	After  readiness.Verdict `json:"after"`
	Lacks  string            `json:"lacks,omitempty" doc:"what is missing then, in words"`
}

// GivenJSON is the answer to which communes become ready.
type GivenJSON struct {
	Ready   []OutcomeJSON `json:"ready"`
	Wanting []OutcomeJSON `json:"wanting" doc:"would become ready, but there is not enough for all"`
	Beyond  []OutcomeJSON `json:"beyond" doc:"none of the lots makes these ready"`
	Blind   []string      `json:"blind" doc:"nothing is recorded of these communes: they are left out"`
	Already int           `json:"already"`
	Left    []int         `json:"left" doc:"of each lot"`
	AtMost  int           `json:"at_most" doc:"no division makes more communes ready"`
}

// StepJSON is one thing to do for a commune.
type StepJSON struct {
	Do   whatif.Do `json:"do" doc:"check, await, move, upgrade, repair or buy"`
	Kind string    `json:"kind"`
	Code string    `json:"asset,omitempty" doc:"code of the asset; none of a purchase"`
	From string    `json:"from,omitempty" doc:"commune that a spare item comes from"`
	Spec string    `json:"spec,omitempty" doc:"what must be found, changed or bought, in words"`
}

// PlanJSON is what makes a commune ready.
type PlanJSON struct {
	Unit   string            `json:"unit"`
	Before readiness.Verdict `json:"before"`
	After  readiness.Verdict `json:"after"`
	Steps  []StepJSON        `json:"steps"`
	Lacks  string            `json:"lacks,omitempty" doc:"of one that nothing makes ready"`
}

// ShoppedJSON is the least that makes communes ready.
type ShoppedJSON struct {
	Plans   []PlanJSON `json:"plans"`
	Stuck   []PlanJSON `json:"stuck" doc:"no purchase makes these ready"`
	Blind   []string   `json:"blind"`
	Already int        `json:"already"`
}

func (s *Service) api(r *httpx.Router) {
	const tag = "inventory"
	where := []httpx.Param{{Name: "district", Doc: "code of a district"}, {Name: "phase", Doc: "PROGRAMME/ordinal of a phase"}, {Name: "unit", Doc: "code of a commune; may be repeated"}}
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/inventory/what-if", ID: "whatIf", Tag: tag, Summary: "Which communes become ready with so much more equipment",
		Query: append([]httpx.Param{{Name: "lot", Doc: "a number, a kind and facts: 40:pc:ram_mb=4096;os=6.1.7601; may be repeated, three at most"}}, where...), Out: GivenJSON{}}, s.apiGive)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/inventory/what-if/list", ID: "shoppingList", Tag: tag, Summary: "The least that makes communes ready",
		Query: append([]httpx.Param{{Name: "allow", Doc: "what may be done beside looking and buying, after commas; everything unasked", Enum: []string{"move", "upgrade", "repair"}}}, where...), Out: ShoppedJSON{}}, s.apiList)
}

// readLot reads 40:pc:ram_mb=4096;os=6.1.7601.
func readLot(raw string) (whatif.Lot, error) {
	var k fault.Check
	n, rest, _ := strings.Cut(raw, ":")
	kind, facts, _ := strings.Cut(rest, ":")
	q := question{kind: kind, facts: map[string]string{}}
	for part := range strings.SplitSeq(facts, ";") {
		if name, value, ok := strings.Cut(part, "="); ok {
			q.facts[strings.TrimSpace(name)] = value
		} else {
			k.Need(strings.TrimSpace(part) == "", "lot", "inventory.fact.unknown")
		}
	}
	count, err := strconv.Atoi(n)
	k.Need(err == nil && count >= 1 && count <= most, "lot", "suppose.count_bad", "most", most)
	lot := whatif.Lot{Item: q.typed(&k), Count: count}
	k.Need(k.Err() != nil || len(lot.Facts) == len(q.facts), "lot", "inventory.fact.unknown")
	return lot, k.Err()
}

func outcomesJSON(c *httpx.Ctx, all []whatif.Outcome) []OutcomeJSON {
	out := make([]OutcomeJSON, len(all))
	for i, o := range all {
		out[i] = OutcomeJSON{o.Unit, o.Gets, o.Before.Verdict, o.After.Verdict, lacks(c.T, o.After, 0)}
	}
	return out
}

func orNone(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

func (s *Service) apiGive(c *httpx.Ctx) error {
	q := read(c)
	raw := c.Request().URI().QueryArgs().PeekMulti("lot")
	var k fault.Check
	k.Need(len(raw) >= 1 && len(raw) <= rows, "lot", "suppose.type_needed")
	var lots []whatif.Lot
	for _, one := range raw {
		l, err := readLot(string(one))
		k.Add(err)
		lots = append(lots, l)
	}
	if err := c.Who.Need(Ask); err != nil {
		return err
	}
	if err := k.Err(); err != nil {
		return err
	}
	g, err := s.Give(c.Std(), c.Who, q.Where, lots)
	if err != nil {
		return err
	}
	return c.Reply(0, GivenJSON{outcomesJSON(c, g.Ready), outcomesJSON(c, g.Wanting), outcomesJSON(c, g.Beyond), orNone(g.Blind), g.Already, g.Left, g.AtMost})
}

func (s *Service) apiList(c *httpx.Ctx) error {
	q := read(c)
	allow := whatif.Allow{Move: true, Upgrade: true, Repair: true}
	if raw := c.Query("allow"); raw != "" {
		has := func(name string) bool { return strings.Contains(","+raw+",", ","+name+",") }
		allow = whatif.Allow{Move: has("move"), Upgrade: has("upgrade"), Repair: has("repair")}
	}
	x, err := s.Shop(c.Std(), c.Who, q.Where, allow)
	if err != nil {
		return err
	}
	plans := func(all []whatif.Plan) []PlanJSON {
		out := make([]PlanJSON, len(all))
		for i, p := range all {
			out[i] = PlanJSON{Unit: p.Unit, Before: p.Before.Verdict, After: p.After.Verdict, Steps: []StepJSON{}}
			if !whatif.Ready(p.After.Verdict) {
				out[i].Lacks = lacks(c.T, p.After, 0)
			}
			for _, one := range p.Steps {
				out[i].Steps = append(out[i].Steps, StepJSON{one.Do, one.Kind, one.Asset.Code, one.From, wants(c.T, one.Wants)})
			}
		}
		return out
	}
	return c.Reply(0, ShoppedJSON{plans(x.Plans), plans(x.Stuck), orNone(x.Blind), x.Already})
}
