package exchange

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/exchange/views"
	"lotrinh/dossier/procedure"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/internal/wire"
)

var legTones = map[dossier.LegState]ui.Tone{dossier.LegWaiting: ui.Neutral, dossier.LegSent: ui.Info, dossier.LegReceived: ui.Info, dossier.LegAccepted: ui.Info,
	dossier.LegIncomplete: ui.Warn, dossier.LegRejected: ui.Bad, dossier.LegDone: ui.Good}

// panel shows what other offices do for a dossier: each leg with its state, the three
// acknowledgements, what was said, and the form of an answer that is asked for.
func (p *pages) panel(c *httpx.Ctx, v dossier.View, refused error) (templ.Component, error) {
	out, in, err := p.talk(c.Std(), v.ID)
	if err != nil || len(out) == 0 && len(v.Legs) == 0 {
		return nil, err
	}
	t := c.T
	mayWork := c.Who.Covers(dossier.Receive, v.Unit) || c.Who.Covers(dossier.Examine, v.Unit)
	var blocks []views.Block
	for _, leg := range v.Legs {
		blocks = append(blocks, p.legBlock(c, v, leg, out, in, mayWork, refused))
	}
	others := slices.DeleteFunc(slices.Clone(out), func(m post.Message) bool {
		return slices.ContainsFunc(v.Legs, func(l dossier.Leg) bool { return l.Kind == m.Leg })
	})
	if len(others) > 0 {
		b := views.Block{Card: ui.CardData{Title: t.Say("exchange.panel.others")}}
		for _, m := range others {
			b.Facts = append(b.Facts, ui.Fact{Label: t.Say("exchange.office." + m.Partner), Value: views.Stated(p.stateOf(t, m), acks(t, m))})
		}
		blocks = append(blocks, b)
	}
	return views.Panel(t, blocks), nil
}

func (p *pages) legBlock(c *httpx.Ctx, v dossier.View, leg dossier.Leg, out []post.Message, in []post.In, mayWork bool, refused error) views.Block {
	t := c.T
	name := leg.Kind
	if i := slices.IndexFunc(v.Definition.Legs, func(l procedure.Leg) bool { return l.Kind == leg.Kind }); i >= 0 {
		name = v.Definition.Legs[i].Name.Say(string(t.Lang))
	}
	b := views.Block{Card: ui.CardData{Title: name, ID: "leg-" + leg.Kind}, Facts: []ui.Fact{
		{Label: t.Say("exchange.state"), Value: ui.Badge(ui.State{Tone: legTones[leg.State], Word: t.Say("exchange.leg." + string(leg.State))})}}}
	if !leg.DueAt.IsZero() {
		b.Facts = append(b.Facts, ui.Fact{Label: t.Say("exchange.due"), Text: t.Moment(leg.DueAt)})
	}
	if leg.CaseNo != "" {
		b.Facts = append(b.Facts, ui.Fact{Label: t.Say("exchange.case_no"), Text: leg.CaseNo})
	}
	if leg.ResultNo != "" {
		b.Facts = append(b.Facts, ui.Fact{Label: t.Say("exchange.result_no"), Text: leg.ResultNo + " · " + t.Day(leg.ResultAt)})
	}
	if leg.Reason != "" {
		b.Facts = append(b.Facts, ui.Fact{Label: t.Say("exchange.said"), Text: leg.Reason})
	}
	for _, m := range out {
		if m.Leg == leg.Kind && m.Type != wire.CompletionAnswered {
			b.Facts = append(b.Facts, ui.Fact{Label: t.Say("exchange.acks"), Text: acks(t, m)})
		}
	}
	b.Talk = p.conversation(t, leg, out, in)
	if !mayWork || leg.State.Over() {
		return b
	}
	b.Form = p.legForm(c, v, leg, refused)
	return b
}

// conversation is what was said about a leg, oldest first.
func (p *pages) conversation(t i18n.T, leg dossier.Leg, out []post.Message, in []post.In) []ui.Event {
	var all []ui.Event
	mine := map[string]bool{}
	for _, m := range out {
		if m.Leg != leg.Kind {
			continue
		}
		mine[m.Key] = true
		e := ui.Event{At: m.At, Who: t.Say("exchange.commune"), What: t.Say(typeKey(m.Type)), Tone: messageTones[m.State]}
		if m.Type == wire.CompletionAnswered {
			e.Note = answerOf(m)
		}
		all = append(all, e)
	}
	for _, one := range in {
		r := said(one)
		if !mine[r.Key] {
			continue
		}
		all = append(all, ui.Event{At: one.At, Who: t.Say("exchange.office." + one.Source), What: t.Say(typeKey(one.Type)), Note: r.Wants + r.Reason, Tone: ui.Info})
	}
	slices.SortStableFunc(all, func(a, b ui.Event) int { return a.At.Compare(b.At) })
	return all
}

// legForm is the answer that an office waits for, else what came on paper.
func (p *pages) legForm(c *httpx.Ctx, v dossier.View, leg dossier.Leg, refused error) *ui.FormData {
	t := c.T
	errs := ui.Errors{}
	if refused != nil && c.Params("leg") == leg.Kind {
		errs = ui.ErrorsOf(t, refused)
	}
	hidden := []ui.Hidden{{Name: "version", Value: strconv.FormatInt(leg.Ver, 10)}}
	at := v.Path() + "/legs/" + leg.Kind
	if leg.State == dossier.LegIncomplete && requests[leg.Kind].office != "" {
		return &ui.FormData{Action: at + "/answer", Errors: errs, Submit: t.Say("exchange.answer"), Hidden: hidden, Fields: []ui.Field{
			{Kind: ui.Area, Name: "answer", Label: t.Say("exchange.answer_label"), Value: c.FormValue("answer"), Rows: 4, Max: mostAnswer, Required: true}}}
	}
	return &ui.FormData{Action: at + "/record", Errors: errs, Submit: t.Say("exchange.record"), Hidden: hidden, Loose: true, Fields: []ui.Field{
		{Kind: ui.Select, Name: "end", Label: t.Say("exchange.on_paper"), Value: c.FormValue("end"), Options: []ui.Option{{Label: t.Say("exchange.on_paper_choose")},
			{Value: post.Done, Label: t.Say("exchange.result.done")}, {Value: post.Rejected, Label: t.Say("exchange.result.rejected")}}},
		{Name: "result_no", Label: t.Say("exchange.result_no"), Value: c.FormValue("result_no"), Max: 100},
		{Kind: ui.Date, Name: "result_on", Label: t.Say("exchange.result_on"), Value: c.FormValue("result_on"), Narrow: true},
		{Name: "reason", Label: t.Say("exchange.reason_rejected"), Value: c.FormValue("reason"), Max: 500}}}
}

func (p *pages) answer(c *httpx.Ctx) error {
	return p.onLeg(c, func(id ident.ID, leg string) error {
		return p.Answer(c.Std(), c.Who, id, leg, c.Version(), c.FormValue("answer"))
	})
}

func (p *pages) record(c *httpx.Ctx) error {
	return p.onLeg(c, func(id ident.ID, leg string) error {
		return p.Record(c.Std(), c.Who, id, leg, c.Version(), OnPaper{Done: c.FormValue("end") == post.Done, ResultNo: c.FormValue("result_no"),
			ResultOn: c.FormValue("result_on"), Reason: c.FormValue("reason")})
	})
}

// onLeg does something with a leg; a refused form comes back on the page of its dossier.
func (p *pages) onLeg(c *httpx.Ctx, do func(id ident.ID, leg string) error) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := do(id, c.Params("leg")); err != nil {
		return p.Dossiers.ShowDossier(c, p.site, id, err)
	}
	site.Flash(c, ui.Good, c.T.Say("exchange.leg_saved"))
	return c.See("/dossiers/" + string(id) + "#leg-" + c.Params("leg"))
}
