package rollout

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
)

// planColumns are the columns of a plan as a table; a file may leave out those that
// it does not need, in any order. What a column holds depends on the row's kind:
//
//	programme  key (code), title, title_en, legal_basis, from (day of the decision)
//	phase      phase (ordinal), title, title_en, from (trial), until (official); no days: live before
//	district   phase, unit: all communes of the district
//	commune    phase, unit
//	milestone  key, phase (or none), title, title_en, from (planned), until (actual)
//	criterion  key, phase ("1 2"), title, title_en, source, evidence, must (yes, no), stage, ttl_days
var planColumns = []string{"kind", "phase", "key", "title", "title_en", "legal_basis", "from", "until", "unit", "source", "evidence", "must", "stage", "ttl_days"}

// ReadPlanNamed reads a plan by the ending of its file's name: .csv is a table,
// anything else JSON.
func ReadPlanNamed(name string, raw []byte) (PlanFile, error) {
	if strings.EqualFold(filepath.Ext(name), ".csv") {
		return ReadPlanCSV(raw)
	}
	return ReadPlan(raw)
}

// ReadPlanCSV reads a plan that was written as a table, separated by commas,
// semicolons or tabs. Its faults are named by row and column, all at once.
func ReadPlanCSV(raw []byte) (PlanFile, error) {
	text := strings.TrimPrefix(fold.NFC(string(raw)), "\ufeff")
	r := csv.NewReader(bytes.NewReader([]byte(text)))
	r.Comma, r.FieldsPerRecord = separator(text), -1
	rows, err := r.ReadAll()
	if err != nil {
		return PlanFile{}, fault.Because(fault.Invalid, "rollout.plan.not_csv", err, "why", err.Error())
	}
	sum := sha256.Sum256(raw)
	t := planTable{plan: PlanFile{hash: hex.EncodeToString(sum[:]), where: map[string]string{}}, phaseAt: map[int]int{}}
	if len(rows) > 0 {
		t.head(rows[0])
		for i, cells := range rows[1:] {
			t.row(i+2, cells)
		}
	}
	t.k.Need(len(rows) > 1, "kind", "rollout.plan.needed")
	return t.plan, t.k.Err()
}

func separator(text string) rune {
	head, _, _ := strings.Cut(text, "\n")
	best := ','
	for _, c := range []rune{';', '\t'} {
		if strings.Count(head, string(c)) > strings.Count(head, string(best)) {
			best = c
		}
	}
	return best
}

type planTable struct {
	plan    PlanFile
	k       fault.Check
	column  map[string]int
	phaseAt map[int]int // ordinal → position in plan.Phases
	cells   []string
	at      string // "row 7"
}

func (t *planTable) head(cells []string) {
	t.column = map[string]int{}
	for i, c := range cells {
		name := strings.ToLower(strings.TrimSpace(c))
		t.k.Need(slices.Contains(planColumns, name), fmt.Sprintf("row 1, column %d", i+1), "rollout.plan.column", "name", c)
		t.column[name] = i
	}
	_, has := t.column["kind"]
	t.k.Need(has, "row 1", "rollout.plan.no_kind")
}

func (t *planTable) get(column string) string {
	if i, ok := t.column[column]; ok && i < len(t.cells) {
		return strings.TrimSpace(t.cells[i])
	}
	return ""
}

func (t *planTable) number(column string) int {
	n, err := strconv.Atoi(t.get(column))
	t.k.Need(err == nil && n >= 0, t.at+", "+column, "form.bad_number")
	return n
}

func (t *planTable) row(n int, cells []string) {
	t.cells, t.at = cells, fmt.Sprintf("row %d", n)
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return
	}
	p := &t.plan
	switch t.get("kind") {
	case "programme":
		p.Code, p.Title, p.TitleEN, p.LegalBasis, p.DecidedOn = t.get("key"), t.get("title"), t.get("title_en"), t.get("legal_basis"), t.get("from")
	case "phase":
		ph := PlanPhase{Ordinal: t.number("phase"), Name: t.get("title"), NameEN: t.get("title_en"), TrialOn: t.get("from"), OfficialOn: t.get("until")}
		ph.Live = ph.TrialOn == "" && ph.OfficialOn == ""
		t.phaseAt[ph.Ordinal] = len(p.Phases)
		p.where[fmt.Sprintf("phases[%d]", len(p.Phases))] = t.at
		p.Phases = append(p.Phases, ph)
	case "district", "commune":
		i, known := t.phaseAt[t.number("phase")]
		t.k.Need(known, t.at+", phase", "rollout.plan.no_such_phase")
		if known && t.get("kind") == "district" {
			p.where[fmt.Sprintf("phases[%d].districts[%d]", i, len(p.Phases[i].Districts))] = t.at
			p.Phases[i].Districts = append(p.Phases[i].Districts, t.get("unit"))
		} else if known {
			p.where[fmt.Sprintf("phases[%d].units[%d]", i, len(p.Phases[i].Units))] = t.at
			p.Phases[i].Units = append(p.Phases[i].Units, t.get("unit"))
		}
	case "milestone":
		m := PlanMilestone{Key: t.get("key"), Title: t.get("title"), TitleEN: t.get("title_en"), PlannedOn: t.get("from"), ActualOn: t.get("until")}
		if t.get("phase") != "" {
			n := t.number("phase")
			m.Phase = &n
		}
		p.where[fmt.Sprintf("milestones[%d]", len(p.Milestones))] = t.at
		p.Milestones = append(p.Milestones, m)
	case "criterion":
		t.criterion()
	default:
		t.k.Need(false, t.at+", kind", "rollout.plan.kind", "name", t.get("kind"))
	}
}

func (t *planTable) criterion() {
	p := &t.plan
	c := PlanCriterion{Key: t.get("key"), Title: t.get("title"), TitleEN: t.get("title_en"), Source: Source(t.get("source")), Evidence: t.get("evidence"),
		Must: t.get("must") == "yes", Stage: Stage(t.get("stage"))}
	t.k.Need(t.get("must") == "yes" || t.get("must") == "no", t.at+", must", "rollout.plan.must")
	if t.get("ttl_days") != "" {
		c.TTLDays = t.number("ttl_days")
	}
	for f := range strings.FieldsSeq(t.get("phase")) {
		n, err := strconv.Atoi(f)
		t.k.Need(err == nil, t.at+", phase", "form.bad_number")
		c.Phases = append(c.Phases, n)
	}
	p.where[fmt.Sprintf("checklist[%d]", len(p.Checklist))] = t.at
	p.Checklist = append(p.Checklist, c)
}

// place is how a fault names a part of the plan: by row where it came as a table.
func (p PlanFile) place(path, field string) string {
	if at, ok := p.where[path]; ok {
		return strings.TrimSuffix(at+", "+field, ", ")
	}
	if field == "" {
		return path
	}
	return path + "." + field
}
