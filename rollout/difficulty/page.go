package difficulty

import (
	"strconv"
	"time"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/difficulty/views"
)

// onePage builds the page of a difficulty; a refused form keeps what was typed into it.
type onePage struct {
	c      *httpx.Ctx
	v      View
	place  string
	owners []ui.Option
	form   string
	e      ui.Errors
	now    time.Time
}

func (b onePage) typed(form, name, other string) string {
	if b.form == form {
		return b.c.FormValue(name)
	}
	return other
}

func (b onePage) frame(to, submit string, fields ...ui.Field) ui.FormData {
	f := ui.FormData{ID: "form-" + to, Action: b.v.Path() + "/" + to, Submit: b.c.T.Say(submit), Hidden: []ui.Hidden{b.seen()}, Fields: fields}
	if b.form == to {
		f.Errors = b.e
	}
	return f
}

func (b onePage) seen() ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(b.v.Version, 10)}
}

func (b onePage) view() views.One {
	t, v := b.c.T, b.v
	state := v.state(t, b.now)
	out := views.One{Head: ui.HeaderData{Title: v.Title, State: &state, Lead: v.Code + " · " + b.place, Crumbs: []ui.Crumb{{Label: t.Say("difficulty.title"), Href: home}, {Label: v.Code}}},
		Facts: []ui.Fact{{Label: t.Say("difficulty.cause"), Text: v.Cause}, {Label: t.Say("difficulty.proposal"), Text: v.Proposal}, {Label: t.Say("difficulty.raised_by"), Text: t.Say("difficulty.by", "who", v.RaisedName, "at", v.RaisedAt)}}}
	if v.Source != "" {
		out.Facts = append(out.Facts, ui.Fact{Label: t.Say("difficulty.source"), Value: ui.Link(v.Source, t.Say("difficulty.source.return"))})
	}
	if v.AnsweredAt != nil {
		out.Answer = []ui.Fact{{Label: t.Say("difficulty.answer"), Text: v.Answer}, {Label: t.Say("difficulty.answered_by"), Text: t.Say("difficulty.by", "who", v.AnsweredName, "at", *v.AnsweredAt)}, {Label: t.Say("difficulty.owner"), Text: v.OwnerName}}
	}
	if due := v.due(b.now); due != nil {
		label := "difficulty.due.answer"
		if v.State == InHand {
			label = "difficulty.due.solve"
		}
		out.Answer = append(out.Answer, ui.Fact{Label: t.Say(label), Value: ui.DueMoment(t, *due)})
	}
	if v.Result != "" {
		out.Answer = append(out.Answer, ui.Fact{Label: t.Say("difficulty.result"), Text: v.Result})
	}
	for _, l := range v.Links {
		out.Links = append(out.Links, ui.Fact{Label: l.ByName, Value: ui.Link(l.Href, l.Label)})
	}
	for _, n := range v.Notes {
		out.History = append(out.History, ui.Event{At: n.At, Who: n.ByName, What: n.Say(t), Note: n.Said})
	}
	b.acts(&out)
	return out
}

func (b onePage) acts(out *views.One) {
	t, v, who := b.c.T, b.v, b.c.Who
	answers, raises, owns := who.Covers(Answer, v.Unit), who.Covers(Raise, v.Unit), v.Owner == who.ID
	if answers && (v.State == Raised || v.State == InHand) {
		f := b.frame("answer", "difficulty.answer.submit",
			ui.Field{Kind: ui.Area, Name: "answer", Label: t.Say("difficulty.answer"), Value: b.typed("answer", "answer", v.Answer), Required: true, Max: longestText},
			ui.Field{Kind: ui.Select, Name: "owner", Label: t.Say("difficulty.owner"), Value: b.typed("answer", "owner", string(v.Owner)), Options: b.owners, Required: true},
			ui.Field{Kind: ui.Whole, Name: "days", Label: t.Say("difficulty.days"), Hint: t.Say("difficulty.days.hint"), Value: b.typed("answer", "days", "5"), Required: true, Narrow: true})
		out.Acts = append(out.Acts, views.Act{Title: t.Say("difficulty.answer.title"), Form: f, Open: v.State == Raised})
	}
	if v.State == InHand && (owns || answers) {
		out.Acts = append(out.Acts, views.Act{Title: t.Say("difficulty.done"), Open: owns, Form: b.frame("done", "difficulty.done.submit",
			ui.Field{Kind: ui.Area, Name: "result", Label: t.Say("difficulty.result"), Value: b.typed("done", "result", ""), Required: true, Max: longestText})})
	}
	if v.State == Done && (raises || answers) {
		out.Do = append(out.Do, ui.Action{Label: t.Say("difficulty.close"), Post: true, Href: v.Path() + "/close", Hidden: []ui.Hidden{b.seen()}})
	}
	if (v.State == Done || v.State == Closed) && (raises || answers) {
		out.Acts = append(out.Acts, views.Act{Title: t.Say("difficulty.reopen"), Form: b.frame("reopen", "difficulty.reopen.submit",
			ui.Field{Kind: ui.Area, Name: "reason", Label: t.Say("difficulty.reason"), Value: b.typed("reopen", "reason", ""), Required: true, Max: longestText})})
	}
	if raises || answers || owns {
		f := b.frame("links", "difficulty.link.submit", ui.Field{Name: "link", Label: t.Say("difficulty.link"), Hint: t.Say("difficulty.link.hint"), Value: b.typed("links", "link", ""), Required: true, Max: 200})
		out.Link = &f
	}
}
