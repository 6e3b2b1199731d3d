package rollout

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/org"
)

// Shipped holds data/plan198.json, the plan of Kế hoạch 198/KH-UBND.
//
//go:embed data/plan198.json
var Shipped embed.FS

// PlanFile is a plan as people write it: a JSON file, or a table (ReadPlanCSV).
type PlanFile struct {
	Code       string          `json:"code"`
	Title      string          `json:"title"`
	TitleEN    string          `json:"title_en"`
	LegalBasis string          `json:"legal_basis"`
	DecidedOn  string          `json:"decided_on"`
	Phases     []PlanPhase     `json:"phases"`
	Milestones []PlanMilestone `json:"milestones"`
	Checklist  []PlanCriterion `json:"checklist"`
	hash       string
	where      map[string]string // part of the plan → row of the table it came from
}

// PlanPhase is a phase with its communes: all of some districts, some communes by
// code, or both. Communes, when it is not 0, is how many there must be.
type PlanPhase struct {
	Ordinal    int      `json:"ordinal"`
	Name       string   `json:"name"`
	NameEN     string   `json:"name_en"`
	Live       bool     `json:"live"`
	TrialOn    string   `json:"trial_on"`
	OfficialOn string   `json:"official_on"`
	Districts  []string `json:"districts"`
	Units      []string `json:"units"`
	Communes   int      `json:"communes"`
}

// PlanMilestone is a day that the plan promises, for a phase or, without one, for all.
type PlanMilestone struct {
	Key       string `json:"key"`
	Phase     *int   `json:"phase"`
	Title     string `json:"title"`
	TitleEN   string `json:"title_en"`
	PlannedOn string `json:"planned_on"`
	ActualOn  string `json:"actual_on"`
}

// PlanCriterion is a line of the checklist of some phases.
type PlanCriterion struct {
	Key      string `json:"key"`
	Phases   []int  `json:"phases"`
	Title    string `json:"title"`
	TitleEN  string `json:"title_en"`
	Source   Source `json:"source"`
	Evidence string `json:"evidence"`
	Must     bool   `json:"must"`
	Stage    Stage  `json:"stage"`
	TTLDays  int    `json:"ttl_days"`
}

// ReadPlan reads a plan file. A field that the format does not know is refused, so
// that a slip of the pen is not silently ignored.
func ReadPlan(raw []byte) (PlanFile, error) {
	var p PlanFile
	d := json.NewDecoder(bytes.NewReader([]byte(fold.NFC(string(raw)))))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fault.Because(fault.Invalid, "rollout.plan.not_json", err, "why", err.Error())
	}
	sum := sha256.Sum256(raw)
	p.hash = hex.EncodeToString(sum[:])
	return p, nil
}

// Plan198 is the plan that ships with the program.
func Plan198() (PlanFile, error) {
	raw, err := Shipped.ReadFile("data/plan198.json")
	if err != nil {
		return PlanFile{}, fault.Because(fault.Internal, "fault.internal", err)
	}
	return ReadPlan(raw)
}

// check finds every fault of a plan at once, each named by its place in the file,
// and gives the communes of each phase by ordinal.
func (p PlanFile) check(tree *org.Tree) (map[int][]string, error) {
	var k fault.Check
	k.Need(p.Code != "" && len(p.Code) <= 40 && !strings.ContainsAny(p.Code, " /?#%"), "code", "rollout.plan.code")
	k.Need(p.Title != "", "title", "rollout.plan.needed")
	k.Need(p.TitleEN != "", "title_en", "rollout.plan.needed")
	k.Need(p.LegalBasis != "", "legal_basis", "rollout.plan.needed")
	k.Need(day(p.DecidedOn), "decided_on", "rollout.form.bad_day")
	k.Need(len(p.Phases) > 0, "phases", "rollout.plan.needed")
	members := p.checkPhases(&k, tree)
	phases := map[int]bool{}
	for _, ph := range p.Phases {
		phases[ph.Ordinal] = true
	}
	keys := map[string]bool{}
	for i, m := range p.Milestones {
		at := fmt.Sprintf("milestones[%d]", i)
		k.Need(m.Key != "" && !keys[m.Key], p.place(at, "key"), "rollout.plan.key")
		keys[m.Key] = true
		k.Need(m.Title != "" && m.TitleEN != "", p.place(at, "title"), "rollout.plan.needed")
		k.Need(m.Phase == nil || phases[*m.Phase], p.place(at, "phase"), "rollout.plan.no_such_phase")
		k.Need(day(m.PlannedOn), p.place(at, "planned_on"), "rollout.form.bad_day")
		k.Need(m.ActualOn == "" || day(m.ActualOn), p.place(at, "actual_on"), "rollout.form.bad_day")
	}
	keys = map[string]bool{}
	for i, c := range p.Checklist {
		at := fmt.Sprintf("checklist[%d]", i)
		k.Need(c.Key != "" && !keys[c.Key], p.place(at, "key"), "rollout.plan.key")
		keys[c.Key] = true
		k.Need(c.Title != "" && c.TitleEN != "", p.place(at, "title"), "rollout.plan.needed")
		k.Need(c.Source == Declared || c.Source == Verified, p.place(at, "source"), "rollout.plan.source")
		k.Need(c.Evidence != "", p.place(at, "evidence"), "rollout.plan.needed")
		k.Need(c.Stage == Trial || c.Stage == Official, p.place(at, "stage"), "rollout.plan.stage")
		k.Need(c.TTLDays >= 0 && c.TTLDays <= 3650, p.place(at, "ttl_days"), "rollout.plan.ttl")
		k.Need(len(c.Phases) > 0, p.place(at, "phases"), "rollout.plan.needed")
		for _, n := range c.Phases {
			k.Need(phases[n], p.place(at, "phases"), "rollout.plan.no_such_phase")
		}
	}
	return members, k.Err()
}

func (p PlanFile) checkPhases(k *fault.Check, tree *org.Tree) map[int][]string {
	members := map[int][]string{}
	taken := map[string]bool{}
	for i, ph := range p.Phases {
		at := fmt.Sprintf("phases[%d]", i)
		_, twice := members[ph.Ordinal]
		k.Need(ph.Ordinal >= 0 && !twice, p.place(at, "ordinal"), "rollout.plan.ordinal")
		k.Need(ph.Name != "" && ph.NameEN != "", p.place(at, "name"), "rollout.plan.needed")
		if ph.Live {
			k.Need(ph.TrialOn == "" && ph.OfficialOn == "", p.place(at, "official_on"), "rollout.plan.live_day")
		} else {
			k.Need(day(ph.TrialOn), p.place(at, "trial_on"), "rollout.form.bad_day")
			k.Need(day(ph.OfficialOn), p.place(at, "official_on"), "rollout.form.bad_day")
			k.Need(ph.TrialOn <= ph.OfficialOn, p.place(at, "official_on"), "rollout.plan.order")
		}
		var units []string
		for j, d := range ph.Districts {
			u, ok := tree.Unit(d)
			k.Need(ok && u.Level == org.District, p.place(fmt.Sprintf("%s.districts[%d]", at, j), ""), "rollout.plan.no_such_unit", "code", d)
			for _, c := range tree.Communes(d) {
				if d != "" {
					units = append(units, c.Code)
				}
			}
		}
		for j, c := range ph.Units {
			u, ok := tree.Unit(c)
			k.Need(ok && u.Level == org.Commune, p.place(fmt.Sprintf("%s.units[%d]", at, j), ""), "rollout.plan.no_such_unit", "code", c)
			units = append(units, c)
		}
		slices.Sort(units)
		units = slices.Compact(units)
		for _, u := range units {
			k.Need(!taken[u], p.place(at, "units"), "rollout.plan.two_phases", "code", u)
			taken[u] = true
		}
		k.Need(len(units) > 0, p.place(at, "units"), "rollout.plan.needed")
		k.Need(ph.Communes == 0 || ph.Communes == len(units), p.place(at, "communes"), "rollout.plan.count", "want", ph.Communes, "got", len(units))
		members[ph.Ordinal] = units
	}
	return members
}

func day(s string) bool {
	_, err := clock.ParseDate(s)
	return err == nil
}
