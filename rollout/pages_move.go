package rollout

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/views"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func moveInput(c *httpx.Ctx) MoveInput {
	in := MoveInput{Programme: c.FormValue("p"), District: c.FormValue("district"), To: Stage(c.FormValue("to")), Reason: c.FormValue("reason")}
	in.Units, in.Seen = picked(c)
	return in
}

// previewMove says what a move would do; it changes nothing and is a POST because a
// selection can be longer than an address.
func (p pages) previewMove(c *httpx.Ctx) error {
	return p.askMove(c, moveInput(c), nil)
}

func (p pages) move(c *httpx.Ctx) error {
	in := moveInput(c)
	if c.FormValue("back") != "" && strings.TrimSpace(in.Reason) == "" {
		var k fault.Check
		k.Need(false, "reason", "rollout.form.reason_needed")
		return p.askMove(c, in, k.Err())
	}
	result, err := p.Move(c.Std(), c.Who, in)
	if err != nil {
		if f := fault.Of(err); f.Kind == fault.Invalid && len(in.Units)+len(in.District) > 0 {
			return p.askMove(c, in, err)
		}
		return err
	}
	return c.See("/rollout/moves/" + string(result.ID))
}

func (p pages) askMove(c *httpx.Ctx, in MoveInput, refused error) error {
	asked := in
	asked.Reason = "-" // what steps back is shown as moving; the form then wants the reason
	preview, err := p.PreviewMove(c.Std(), c.Who, asked)
	if err != nil {
		return err
	}
	tree, err := p.units.Tree(c.Std(), p.clock.Now())
	if err != nil {
		return err
	}
	t := c.T
	return p.again(c, t.Say("rollout.move.preview"), refused, func(e ui.Errors) templ.Component {
		v := moveView(c, tree, preview)
		v.Header = ui.HeaderData{Title: t.Say("rollout.move.preview.title", "stage", stageKey(in.To)),
			Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.board"), Href: at(c, "/rollout/board")}, ui.Crumb{Label: t.Say("rollout.move.preview")})}
		v.Notice = ui.NoticeData{Tone: ui.Info, Title: t.Say("rollout.move.would", "n", len(preview.Moved), "of", len(preview.Moved)+len(preview.Refused)), Text: t.Say("rollout.move.would.text")}
		back := stepsBack(preview)
		if len(preview.Moved) == 0 {
			v.Notice.Tone, v.Notice.Title, v.Notice.Text = ui.Bad, t.Say("rollout.move.none"), ""
			return views.MovePage(t, v)
		}
		form := ui.FormData{Action: "/rollout/moves", Errors: e, Submit: t.Say("rollout.move.confirm", "n", len(preview.Moved)), Cancel: at(c, "/rollout/board"), Loose: true,
			Hidden: []ui.Hidden{{Name: "p", Value: in.Programme}, {Name: "to", Value: string(in.To)}}}
		if back {
			form.Hidden = append(form.Hidden, ui.Hidden{Name: "back", Value: "1"})
		}
		for _, m := range preview.Moved {
			form.Hidden = append(form.Hidden, ui.Hidden{Name: "u", Value: m.Unit + "." + itoa(m.Version)})
		}
		for _, r := range preview.Refused {
			form.Hidden = append(form.Hidden, ui.Hidden{Name: "u", Value: r.Unit})
		}
		v.Form = &form
		v.Fields = []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("rollout.col.reason"), Hint: t.Say("rollout.move.reason.hint"), Value: in.Reason, Required: back, Rows: 2, Max: 1000, Error: e.Of("reason")}}
		return views.MovePage(t, v)
	})
}

// stepsBack tells whether some commune moves to an earlier stage.
func stepsBack(r MoveResult) bool {
	return slices.ContainsFunc(r.Moved, func(m Step) bool { return m.To.rank() < m.Stage.rank() })
}

func moveView(c *httpx.Ctx, tree *org.Tree, r MoveResult) views.Move {
	t := c.T
	var v views.Move
	order := map[string]int{}
	for i, u := range tree.All() {
		order[u.Code] = i
	}
	byPlace := func(a, b string) int {
		return cmp.Or(cmp.Compare(order[tree.District(a)], order[tree.District(b)]), cmp.Compare(order[a], order[b]))
	}
	slices.SortStableFunc(r.Moved, func(a, b Step) int { return byPlace(a.Unit, b.Unit) })
	slices.SortStableFunc(r.Refused, func(a, b Refusal) int { return byPlace(a.Unit, b.Unit) })
	for _, m := range r.Moved {
		o := views.Outcome{Name: capital(tree.Name(m.Unit)), Sub: tree.Name(tree.District(m.Unit)), Href: at(c, "/rollout/units/"+m.Unit),
			From: stageState(t, m.Stage), To: stageState(t, m.To)}
		switch {
		case m.WaivedUntil != "":
			o.Note = t.Say("rollout.gate.waived", "day", dayWords(t, m.WaivedUntil))
		case len(m.waived) > 0:
			o.Note = t.Say("rollout.history.waived")
		}
		v.Moved = append(v.Moved, o)
	}
	for _, one := range r.Refused {
		v.Refused = append(v.Refused, views.Outcome{Name: capital(tree.Name(one.Unit)), Sub: tree.Name(tree.District(one.Unit)), Href: at(c, "/rollout/units/"+one.Unit), Why: sentences(t, one.Reasons)})
	}
	return v
}

func (p pages) moved(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	return p.showMove(c, id, "", nil)
}

func (p pages) showMove(c *httpx.Ctx, id ident.ID, reason string, refused error) error {
	mv, err := p.MoveOf(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	tree, err := p.units.Tree(c.Std(), p.clock.Now())
	if err != nil {
		return err
	}
	r := MoveResult{Refused: mv.Refused}
	for _, l := range mv.Lines {
		r.Moved = append(r.Moved, Step{Progress: Progress{Unit: l.Unit, Stage: l.From}, To: l.To, waived: strings.Fields(l.Waived)})
	}
	t := c.T
	return p.again(c, t.Say("rollout.move.result"), refused, func(e ui.Errors) templ.Component {
		v := moveView(c, tree, r)
		v.Header = ui.HeaderData{Title: t.Say("rollout.move.result"), Lead: t.Say("rollout.move.by", "who", mv.ActorName, "at", mv.At),
			Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.board"), Href: at(c, "/rollout/board")}, ui.Crumb{Label: t.Say("rollout.move.result")})}
		v.Notice = ui.NoticeData{Tone: ui.Good, Title: t.Say("rollout.move.did", "n", len(r.Moved), "refused", len(r.Refused)), Text: mv.Reason}
		if len(r.Refused) > 0 {
			v.Notice.Tone = ui.Warn
		}
		if c.Who.May(MoveTo) && len(r.Moved) > 0 {
			v.Form = &ui.FormData{Action: "/rollout/moves/" + string(id) + "/undo", Errors: e, Submit: t.Say("rollout.move.undo"), Danger: true}
			v.Fields = []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("rollout.move.undo.reason"), Value: reason, Required: true, Rows: 2, Max: 1000, Error: e.Of("reason")}}
		}
		return views.MovePage(t, v)
	})
}

func (p pages) undo(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	reason := c.FormValue("reason")
	result, err := p.Undo(c.Std(), c.Who, id, reason)
	if err != nil {
		if fault.Is(err, fault.Invalid) {
			return p.showMove(c, id, reason, err)
		}
		return err
	}
	return c.See("/rollout/moves/" + string(result.ID))
}
