package rollout

import (
	"context"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/views"
)

func (p pages) unit(c *httpx.Ctx) error {
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	u, err := p.Unit(c.Std(), c.Who, pg.Code, c.Params("code"))
	if err != nil {
		return err
	}
	t := c.T
	state := stageState(t, u.Row.Stage)
	v := views.Unit{
		Header: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: capital(u.Row.DistrictName), Href: at(c, "/rollout/districts/"+u.Row.District)}, ui.Crumb{Label: capital(u.Row.Name)}),
			Title: capital(u.Row.Name), State: &state, Lead: inLang(t, u.Phase.Name, u.Phase.NameEN)},
		Facts: unitFactsOf(t, u), Notice: unitNotice(t, u),
	}
	if len(u.Held) > 0 {
		v.Hold = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("rollout.held.phase", "phase", u.Phase.Ordinal), Items: sentences(t, why(u.Held)),
			Action: &ui.Action{Label: t.Say("rollout.held.look"), Href: u.Held[0].Href}}
	}
	if u.Row.Stage != Live {
		for _, i := range u.Official.Items {
			v.Criteria = append(v.Criteria, criterionView(c, u, i))
		}
		v.Moves = unitMoves(c, u)
	}
	for _, h := range u.History {
		v.History = append(v.History, historyView(t, h))
	}
	for _, e := range u.Evidence {
		v.Evidence = append(v.Evidence, evidenceView(t, u, e))
	}
	for _, w := range u.Waivers {
		v.Waivers = append(v.Waivers, waiverView(c, w, u.At, criterionTitles(t, u.Official), nil))
	}
	return p.show(c, v.Header.Title, views.UnitPage(t, v))
}

func unitFactsOf(t i18n.T, u UnitView) []ui.Fact {
	facts := []ui.Fact{
		{Label: t.Say("rollout.col.stage"), Value: ui.Badge(stageState(t, u.Row.Stage)), Age: t.Say("rollout.since", "day", t.Day(u.Row.Since))},
		{Label: t.Say("rollout.col.phase"), Text: inLang(t, u.Phase.Name, u.Phase.NameEN)},
	}
	if u.Phase.Live {
		return facts
	}
	return append(facts,
		ui.Fact{Label: t.Say("rollout.col.planned"), Text: t.Say("rollout.phase.plan", "trial", dayWords(t, u.Phase.TrialOn), "official", dayWords(t, u.Phase.OfficialOn))},
		ui.Fact{Label: t.Say("rollout.gate.official"), Value: ui.Badge(gateState(t, u.Official))},
		ui.Fact{Label: t.Say("rollout.line.declared"), Text: yesNo(t, u.Row.Declared)},
		ui.Fact{Label: t.Say("rollout.line.verified"), Text: yesNo(t, u.Row.Verified)},
	)
}

func yesNo(t i18n.T, yes bool) string {
	if yes {
		return t.Say("rollout.yes")
	}
	return t.Say("rollout.no")
}

// unitNotice says in words why the gate ahead is not open, or on what it stands.
func unitNotice(t i18n.T, u UnitView) *ui.NoticeData {
	g := u.Row.Gate
	switch {
	case u.Row.Stage == Live:
		return nil
	case g.WaivedUntil != "":
		return &ui.NoticeData{Tone: ui.Warn, Title: t.Say("rollout.gate.stands_on_waiver", "stage", stageKey(g.Stage), "day", dayWords(t, g.WaivedUntil))}
	case g.Answer == Met:
		return &ui.NoticeData{Tone: ui.Good, Title: t.Say("rollout.gate.met", "stage", stageKey(g.Stage))}
	case g.Answer == Unmet:
		return &ui.NoticeData{Tone: ui.Bad, Title: t.Say("rollout.gate.unmet", "stage", stageKey(g.Stage)), Items: sentences(t, g.Reasons)}
	}
	return &ui.NoticeData{Tone: ui.Unknown, Title: t.Say("rollout.gate.unknown", "stage", stageKey(g.Stage)), Items: sentences(t, g.Reasons)}
}

func criterionView(c *httpx.Ctx, u UnitView, i Item) views.Criterion {
	t, cr := c.T, i.Criterion
	must := "rollout.criterion.must"
	if !cr.Must {
		must = "rollout.criterion.should"
	}
	v := views.Criterion{Title: inLang(t, cr.Title, cr.TitleEN), State: answerState(t, i.Answer), Why: sentences(t, i.Reasons[min(1, len(i.Reasons)):]),
		Sub: t.Say(must, "stage", stageKey(cr.Stage)) + " · " + t.Say("rollout.source."+string(cr.Source))}
	if i.Answer == Unknown && len(i.Reasons) == 1 && i.Verified != nil {
		v.Why = []string{i.Reasons[0].Say(t)} // stale or contradicted: the answers alone would mislead
	}
	if i.Waiver != nil {
		v.Waiver = t.Say("rollout.waiver.until", "day", dayWords(t, i.Waiver.UntilDay))
		v.State.Tone = ui.Warn
	}
	v.Declared, v.Verified = answerView(t, i.Declared, u.At), answerView(t, i.Verified, u.At)
	to := "/rollout/units/" + u.Row.Unit
	if i.Declared != nil || i.Verified != nil {
		v.Log, v.LogWord = at(c, to+"/evidence/"+url.PathEscape(cr.Key)), t.Say("rollout.ledger.open")
	}
	if c.Who.Covers(Declare, u.Row.Unit) {
		v.Declare = at(c, to+"/declare", "c", cr.Key)
	}
	if c.Who.Covers(Verify, u.Row.Unit) && cr.Evidence != EvidenceEquipment {
		v.Verify = at(c, to+"/verify", "c", cr.Key)
	}
	return v
}

func answerView(t i18n.T, e *Evidence, now time.Time) *views.Answer {
	if e == nil {
		return nil
	}
	from := t.Say("rollout.from." + e.Source)
	if e.ActorName != "" {
		from += " · " + e.ActorName
	}
	a := &views.Answer{State: answerState(t, e.Answer), From: from, At: t.Moment(e.ObservedAt), Age: ui.Age(t, e.ObservedAt, now), Note: e.Note}
	if e.Link != "" {
		a.Link, a.Where = e.Link, t.Say("rollout.evidence.where")
	}
	return a
}

func unitMoves(c *httpx.Ctx, u UnitView) []ui.Action {
	if !c.Who.Covers(MoveTo, u.Row.Unit) {
		return nil
	}
	var all []ui.Action
	for _, s := range []Stage{u.Row.Stage.Next(), previous(u.Row.Stage)} {
		if s != "" {
			all = append(all, ui.Action{Label: c.T.Say("rollout.move.to." + string(s)), Href: "/rollout/move", Post: true,
				Hidden: []ui.Hidden{{Name: "p", Value: u.Programme.Code}, {Name: "u", Value: u.Row.Unit + "." + itoa(u.Row.Version)}, {Name: "to", Value: string(s)}}})
		}
	}
	return all
}

func previous(s Stage) Stage {
	switch s {
	case Trial:
		return Preparing
	case Official:
		return Trial
	}
	return ""
}

func historyView(t i18n.T, h StageChange) ui.Event {
	e := ui.Event{At: h.At, Who: h.ActorName, Note: h.Reason, Tone: stageTone[h.To]}
	to := stageKey(h.To)
	switch {
	case h.From == "":
		e.What = t.Say("rollout.history.joined", "to", to)
	case h.To.rank() < h.From.rank():
		e.What = t.Say("rollout.history.back", "to", to)
	default:
		e.What = t.Say("rollout.history.moved", "to", to)
	}
	if h.Waived != "" {
		e.What += " " + t.Say("rollout.history.waived")
	}
	return e
}

func evidenceView(t i18n.T, u UnitView, e Evidence) ui.Event {
	title := e.Criterion
	for _, i := range u.Official.Items {
		if i.Criterion.Key == e.Criterion {
			title = inLang(t, i.Criterion.Title, i.Criterion.TitleEN)
		}
	}
	who := t.Say("rollout.from." + e.Source)
	if e.ActorName != "" {
		who += " · " + e.ActorName
	}
	note := e.Note
	for _, why := range sentences(t, e.Why()) {
		note += why + "\n"
	}
	return ui.Event{At: e.ObservedAt, Who: who, Note: note, Tone: answerTone[e.Answer],
		What: t.Say("rollout.evidence."+string(e.Kind), "criterion", title, "answer", i18n.Key("rollout.answer."+string(e.Answer)))}
}

func criterionTitles(t i18n.T, g Gate) map[string]string {
	all := map[string]string{}
	for _, i := range g.Items {
		all[i.Criterion.Key] = inLang(t, i.Criterion.Title, i.Criterion.TitleEN)
	}
	return all
}

func (p pages) declareForm(c *httpx.Ctx) error {
	return p.evidenceForm(c, Declaration, EvidenceInput{Criterion: c.Query("c")}, "", nil)
}

func (p pages) verifyForm(c *httpx.Ctx) error {
	return p.evidenceForm(c, Verification, EvidenceInput{Criterion: c.Query("c"), Source: FromInspection}, "", nil)
}

func (p pages) declare(c *httpx.Ctx) error { return p.saveEvidence(c, Declaration, p.Declare) }

func (p pages) verify(c *httpx.Ctx) error { return p.saveEvidence(c, Verification, p.Verify) }

type recording func(ctx context.Context, who access.Actor, in EvidenceInput) error

func (p pages) saveEvidence(c *httpx.Ctx, kind Kind, record recording) error {
	unit := c.Params("code")
	in := EvidenceInput{Programme: c.FormValue("p"), Units: []string{unit}, Criterion: c.FormValue("c"), Answer: Answer(c.FormValue("answer")),
		Source: c.FormValue("source"), Note: c.FormValue("note")}
	typed := c.FormValue("observed")
	err := error(nil)
	if typed != "" {
		if in.ObservedAt, err = time.ParseInLocation("2006-01-02T15:04", typed, clock.City); err != nil {
			var k fault.Check
			k.Need(false, "observed", "form.bad_moment")
			err = k.Err()
		}
	}
	if err == nil {
		err = record(c.Std(), c.Who, in)
	}
	if err != nil {
		return p.evidenceForm(c, kind, in, typed, err)
	}
	site.Flash(c, ui.Good, c.T.Say("rollout.evidence.saved"))
	return c.See(at(c, "/rollout/units/"+unit))
}

func (p pages) evidenceForm(c *httpx.Ctx, kind Kind, in EvidenceInput, typed string, refused error) error {
	perm, word := Declare, "declare"
	if kind == Verification {
		perm, word = Verify, "verify"
	}
	if err := c.Who.NeedAt(perm, c.Params("code")); err != nil {
		return err
	}
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	u, err := p.Unit(c.Std(), c.Who, pg.Code, c.Params("code"))
	if err != nil {
		return err
	}
	title, known := criterionTitles(c.T, u.Official)[in.Criterion]
	if !known {
		return fault.New(fault.Missing, "fault.missing")
	}
	back := at(c, "/rollout/units/"+u.Row.Unit)
	return p.again(c, title, refused, func(e ui.Errors) templ.Component {
		t := c.T
		v := views.FormPage{
			Header: ui.HeaderData{Title: title, Lead: t.Say("rollout." + word + ".note"),
				Crumbs: p.crumbs(c, ui.Crumb{Label: capital(u.Row.Name), Href: back}, ui.Crumb{Label: t.Say("rollout." + word)})},
			Form: ui.FormData{Action: "/rollout/units/" + u.Row.Unit + "/" + word, Errors: e, Submit: t.Say("rollout." + word + ".save"), Cancel: back,
				Hidden: []ui.Hidden{{Name: "c", Value: in.Criterion}, hiddenProgramme(pg)}},
		}
		v.Fields = append(v.Fields, ui.Field{Kind: ui.Radio, Name: "answer", Label: t.Say("rollout.col.verdict"), Value: string(in.Answer), Required: true, Error: e.Of("answer"),
			Options: []ui.Option{{Value: string(Met), Label: t.Say("rollout.answer.met")}, {Value: string(Unmet), Label: t.Say("rollout.answer.unmet")}}})
		if kind == Verification {
			var from []ui.Option
			for _, s := range Sources {
				from = append(from, ui.Option{Value: s, Label: t.Say("rollout.from." + s)})
			}
			v.Fields = append(v.Fields,
				ui.Field{Kind: ui.Radio, Name: "source", Label: t.Say("rollout.col.source"), Value: in.Source, Options: from, Required: true, Error: e.Of("source")},
				ui.Field{Kind: ui.Moment, Name: "observed", Label: t.Say("rollout.observed"), Hint: t.Say("rollout.observed.hint"), Value: typed, Narrow: true, Error: e.Of("observed")})
		}
		v.Fields = append(v.Fields, ui.Field{Kind: ui.Area, Name: "note", Label: t.Say("rollout.col.note"), Hint: t.Say("rollout.note.hint"), Value: in.Note, Max: 1000, Error: e.Of("note")})
		return views.OneForm(t, v)
	})
}
