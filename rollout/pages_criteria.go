package rollout

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/views"
)

func cellsOf(all ...templ.Component) []templ.Component { return all }

func sortWord(t i18n.T, evidence string) string {
	if slices.Contains(EvidenceSorts, evidence) {
		return t.Say("rollout.sort." + evidence)
	}
	return evidence
}

func ttlWords(t i18n.T, days int) string {
	if days == 0 {
		return t.Say("rollout.ttl.none")
	}
	return t.Say("rollout.ttl.days", "n", days)
}

func criterionFacts(t i18n.T, c Criterion) []ui.Fact {
	must := "rollout.criterion.must"
	if !c.Must {
		must = "rollout.criterion.should"
	}
	return []ui.Fact{
		{Label: t.Say("rollout.col.evidence"), Text: sortWord(t, c.Evidence)},
		{Label: t.Say("rollout.col.source"), Text: t.Say("rollout.source." + string(c.Source))},
		{Label: t.Say("rollout.col.ttl"), Text: ttlWords(t, c.TTLDays)},
		{Label: t.Say("rollout.col.must"), Text: t.Say(must, "stage", stageKey(c.Stage))},
		{Label: t.Say("rollout.col.since"), Text: t.Moment(c.Since), Age: c.Reason},
	}
}

// criteria shows what each phase asks of its communes, and how that changed.
func (p pages) criteria(c *httpx.Ctx) error {
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	lists, err := p.Checklists(c.Std(), c.Who, pg.Code)
	if err != nil {
		return err
	}
	t := c.T
	v := views.Listing{Header: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.criteria")}), Title: t.Say("rollout.criteria"), Lead: t.Say("rollout.criteria.lead")},
		Past: t.Say("rollout.criteria.past")}
	if c.Who.May(Plan) {
		v.Header.Action = &ui.Action{Label: t.Say("rollout.criterion.new"), Href: at(c, "/rollout/criteria/new"), Icon: "plus"}
	}
	for _, l := range lists {
		v.Tables = append(v.Tables, criteriaTable(c, l))
		for _, past := range l.Past {
			v.Events = append(v.Events, pastEvent(t, l, past))
		}
	}
	slices.SortStableFunc(v.Events, func(a, b ui.Event) int { return b.At.Compare(a.At) })
	return p.show(c, v.Header.Title, views.ListingPage(t, v))
}

func criteriaTable(c *httpx.Ctx, l Checklist) ui.TableData {
	t := c.T
	d := ui.TableData{Caption: inLang(t, l.Name, l.NameEN), Count: int64(len(l.Criteria)), Columns: []ui.Column{{Label: t.Say("rollout.col.criterion")}, {Label: t.Say("rollout.col.must")},
		{Label: t.Say("rollout.col.evidence")}, {Label: t.Say("rollout.col.ttl")}, {Label: t.Say("rollout.col.since")}},
		Empty: ui.EmptyData{Icon: "list-check", Title: t.Say("rollout.criteria.none"), Text: t.Say("rollout.criteria.none.text")}}
	for _, one := range l.Criteria {
		must := ui.State{Tone: ui.Info, Word: t.Say("rollout.must.yes")}
		if !one.Must {
			must = ui.State{Tone: ui.Neutral, Word: t.Say("rollout.must.no")}
		}
		name := inLang(t, one.Title, one.TitleEN)
		first := ui.Text(name)
		row := ui.Row{}
		if c.Who.May(Plan) {
			row.Href = at(c, "/rollout/criteria/"+string(one.ID))
			first = ui.Main(row.Href, name, t.Say("rollout.criterion.from_stage", "stage", stageKey(one.Stage)))
		}
		row.Cells = cellsOf(first, ui.Badge(must), ui.Two(sortWord(t, one.Evidence), t.Say("rollout.source."+string(one.Source))), ui.Text(ttlWords(t, one.TTLDays)),
			ui.Two(t.Moment(one.Since), one.Reason))
		d.Rows = append(d.Rows, row)
	}
	return d
}

func pastEvent(t i18n.T, l Checklist, past PastCriterion) ui.Event {
	e := ui.Event{At: past.EndedAt, Who: past.ActorName, Note: past.Reason, Tone: ui.Info,
		What: t.Say("rollout.criteria."+past.Act, "criterion", inLang(t, past.Title, past.TitleEN), "phase", inLang(t, l.Name, l.NameEN))}
	was := []string{t.Say("rollout.source." + string(past.Source)), ttlWords(t, past.TTLDays)}
	if past.Must {
		was = append(was, strings.ToLower(t.Say("rollout.must.yes")))
	} else {
		was = append(was, strings.ToLower(t.Say("rollout.must.no")))
	}
	e.Note += "\n" + t.Say("rollout.criteria.was", "what", strings.Join(was, ", "))
	return e
}

// typedCriterion is the form as it was typed; phase is a number of its own.
type typedCriterion struct {
	CriterionInput
	phase, ttl string
}

func criterionTyped(c *httpx.Ctx) (typedCriterion, error) {
	f := typedCriterion{phase: c.FormValue("phase"), ttl: strings.TrimSpace(c.FormValue("ttl")), CriterionInput: CriterionInput{Title: c.FormValue("title"), TitleEN: c.FormValue("title_en"),
		Source: Source(c.FormValue("source")), Evidence: c.FormValue("evidence"), Must: c.FormValue("must") == "1", Stage: Stage(c.FormValue("stage")), Reason: c.FormValue("reason")}}
	if f.ttl == "" {
		return f, nil
	}
	n, err := strconv.Atoi(f.ttl)
	if err != nil {
		var k fault.Check
		k.Need(false, "ttl", "rollout.plan.ttl")
		return f, k.Err()
	}
	f.TTLDays = n
	return f, nil
}

func (p pages) criterionNew(c *httpx.Ctx) error {
	return p.askCriterion(c, typedCriterion{CriterionInput: CriterionInput{Source: Verified, Stage: Official, Must: true, Evidence: EvidenceInspection}}, nil)
}

func (p pages) criterionAdd(c *httpx.Ctx) error {
	f, err := criterionTyped(c)
	phase, bad := strconv.Atoi(f.phase)
	if err == nil && bad != nil {
		var k fault.Check
		k.Need(false, "phase", "rollout.form.phase_needed")
		err = k.Err()
	}
	if err == nil {
		pg, _, missing := p.chosen(c)
		if missing != nil {
			return missing
		}
		_, err = p.AddCriterion(c.Std(), c.Who, pg.Code, phase, f.CriterionInput)
	}
	if err != nil {
		return p.askCriterion(c, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("rollout.criterion.saved"))
	return c.See(at(c, "/rollout/criteria"))
}

// askCriterion is the form of a new criterion.
func (p pages) askCriterion(c *httpx.Ctx, f typedCriterion, refused error) error {
	if err := c.Who.Need(Plan); err != nil {
		return err
	}
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	lists, err := p.Checklists(c.Std(), c.Who, pg.Code)
	if err != nil {
		return err
	}
	t := c.T
	var phases []ui.Option
	for _, l := range lists {
		phases = append(phases, ui.Option{Value: strconv.Itoa(l.Ordinal), Label: inLang(t, l.Name, l.NameEN)})
	}
	title := t.Say("rollout.criterion.new")
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		fields := append([]ui.Field{{Kind: ui.Select, Name: "phase", Label: t.Say("rollout.col.phase"), Value: f.phase, Options: phases, Required: true, Error: e.Of("phase")}}, criterionFields(t, f, e)...)
		return views.OneForm(t, views.FormPage{
			Header: ui.HeaderData{Title: title, Lead: t.Say("rollout.criterion.note"), Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.criteria"), Href: at(c, "/rollout/criteria")}, ui.Crumb{Label: title})},
			Form:   ui.FormData{Action: "/rollout/criteria", Errors: e, Submit: t.Say("rollout.criterion.add"), Cancel: at(c, "/rollout/criteria"), Hidden: []ui.Hidden{hiddenProgramme(pg)}},
			Fields: fields,
		})
	})
}

func criterionFields(t i18n.T, f typedCriterion, e ui.Errors) []ui.Field {
	var sorts []ui.Option
	for _, s := range EvidenceSorts {
		sorts = append(sorts, ui.Option{Value: s, Label: sortWord(t, s)})
	}
	if f.Evidence != "" && !slices.Contains(EvidenceSorts, f.Evidence) {
		sorts = append(sorts, ui.Option{Value: f.Evidence, Label: f.Evidence})
	}
	must := ""
	if f.Must {
		must = "1"
	}
	var stages, sources []ui.Option
	for _, s := range []Stage{Trial, Official} {
		stages = append(stages, ui.Option{Value: string(s), Label: t.Say("rollout.stage." + string(s))})
	}
	for _, s := range []Source{Verified, Declared} {
		sources = append(sources, ui.Option{Value: string(s), Label: t.Say("rollout.asks." + string(s))})
	}
	return []ui.Field{
		{Name: "title", Label: t.Say("rollout.criterion.title"), Value: f.Title, Required: true, Max: longestTitle, Error: e.Of("title")},
		{Name: "title_en", Label: t.Say("rollout.criterion.title_en"), Value: f.TitleEN, Max: longestTitle, Error: e.Of("title_en")},
		{Kind: ui.Select, Name: "evidence", Label: t.Say("rollout.col.evidence"), Value: f.Evidence, Options: sorts, Required: true, Error: e.Of("evidence")},
		{Kind: ui.Radio, Name: "source", Label: t.Say("rollout.col.source"), Value: string(f.Source), Options: sources, Required: true, Error: e.Of("source")},
		{Kind: ui.Radio, Name: "stage", Label: t.Say("rollout.criterion.stage"), Value: string(f.Stage), Options: stages, Required: true, Error: e.Of("stage")},
		{Kind: ui.Check, Name: "must", Label: t.Say("rollout.criterion.is_must"), Hint: t.Say("rollout.criterion.is_must.hint"), Value: must},
		{Kind: ui.Whole, Name: "ttl", Label: t.Say("rollout.criterion.ttl"), Hint: t.Say("rollout.criterion.ttl.hint"), Value: f.ttl, Narrow: true, Error: e.Of("ttl")},
		{Kind: ui.Area, Name: "reason", Label: t.Say("rollout.col.why"), Hint: t.Say("rollout.criterion.reason.hint"), Value: f.Reason, Rows: 2, Required: true, Max: longestWhy, Error: e.Of("reason")},
	}
}

func (p pages) criterion(c *httpx.Ctx) error { return p.showCriterion(c, nil, "change", nil) }

// showCriterion is a criterion with the forms that change and withdraw it; which says
// whose error it is.
func (p pages) showCriterion(c *httpx.Ctx, typed *typedCriterion, which string, refused error) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	cr, pg, err := p.CriterionByID(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	f := typedCriterion{CriterionInput: CriterionInput{Title: cr.Title, TitleEN: cr.TitleEN, Source: cr.Source, Evidence: cr.Evidence, Must: cr.Must, Stage: cr.Stage}}
	if cr.TTLDays > 0 {
		f.ttl = strconv.Itoa(cr.TTLDays)
	}
	version := itoa(cr.Version)
	if typed != nil {
		f, version = *typed, c.FormValue("version")
	}
	t := c.T
	title := inLang(t, cr.Title, cr.TitleEN)
	hidden := []ui.Hidden{hiddenProgramme(pg), {Name: "version", Value: version}}
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		mine, other := e, ui.Errors{}
		if which == "withdraw" {
			mine, other = ui.Errors{}, e
		}
		v := views.TwoForms{
			Header: ui.HeaderData{Title: title, Lead: t.Say("rollout.criterion.note"), Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.criteria"), Href: at(c, "/rollout/criteria")}, ui.Crumb{Label: title})},
			Facts:  criterionFacts(t, cr),
			First: ui.FormData{Action: "/rollout/criteria/" + string(cr.ID), Errors: mine, Submit: t.Say("rollout.criterion.save"), Cancel: at(c, "/rollout/criteria"), Hidden: hidden,
				Fields: criterionFields(t, f, mine)},
			SecondTitle: t.Say("rollout.criterion.withdraw"), SecondNote: t.Say("rollout.criterion.withdraw.note"),
			Second: ui.FormData{ID: "withdraw", Action: "/rollout/criteria/" + string(cr.ID) + "/withdraw", Errors: other, Submit: t.Say("rollout.criterion.withdraw"), Danger: true, Hidden: hidden,
				Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("rollout.col.why"), Rows: 2, Max: longestWhy, Required: true, Error: other.Of("reason"), Attrs: templ.Attributes{"id": "f-withdraw-reason"}}}},
		}
		return views.TwoFormsPage(t, v)
	})
}

func (p pages) criterionChange(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	f, err := criterionTyped(c)
	if err == nil {
		err = p.ChangeCriterion(c.Std(), c.Who, id, number(c.FormValue("version")), f.CriterionInput)
	}
	if err != nil {
		if sameForm(err) {
			return p.showCriterion(c, &f, "change", err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("rollout.criterion.saved"))
	return c.See(at(c, "/rollout/criteria"))
}

func (p pages) criterionWithdraw(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	if err := p.WithdrawCriterion(c.Std(), c.Who, id, number(c.FormValue("version")), c.FormValue("reason")); err != nil {
		if sameForm(err) {
			return p.showCriterion(c, nil, "withdraw", err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("rollout.criterion.withdrawn"))
	return c.See(at(c, "/rollout/criteria"))
}
