package issuance

import (
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/issuance/views"
)

func (p *pages) person(c *httpx.Ctx) error { return p.showPerson(c, nil) }

// showPerson shows a request with what may be done with it; a refused form says why.
func (p *pages) showPerson(c *httpx.Ctx, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	one, err := p.Get(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	state := stateOf(t, one.Request, one.Over(p.Business.Now()))
	v := views.View{Head: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: one.Name}), Title: one.Name, State: &state, Lead: postWords(t, one.Post) + ", " + tree.Place(one.Unit)},
		Sections: []views.Section{{Card: ui.CardData{Title: t.Say("issuance.about")}, Facts: p.facts(t, one)}}}
	if !one.Trained && (one.State == Asked || one.State == Approved) {
		v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Warn, Title: t.Say("issuance.untrained"), Text: t.Say("issuance.untrained.text")})
	}
	if len(one.Posts) > 0 {
		table := history(t, tree, one.Posts)
		v.Sections = append(v.Sections, views.Section{Card: ui.CardData{Title: t.Say("issuance.history"), Flush: true}, Table: &table})
	}
	v.Sections = append(v.Sections, p.acts(c, tree, one)...)
	return p.again(c, v, refused)
}

func (p *pages) facts(t i18n.T, one Person) []ui.Fact {
	moment := func(r Request) [][2]string {
		out := [][2]string{{"issuance.asked_at", t.Moment(r.AskedAt)}}
		for _, m := range []struct {
			key string
			at  interface{ IsZero() bool }
			say string
		}{{"issuance.decided_at", r.DecidedAt, t.Moment(r.DecidedAt)}, {"issuance.issued_at", r.IssuedAt, t.Moment(r.IssuedAt)}, {"issuance.handed_at", r.HandedAt, t.Moment(r.HandedAt)},
			{"issuance.column.until", r.UntilAt, t.Moment(r.UntilAt)}, {"issuance.column.active", r.ActiveAt, t.Moment(r.ActiveAt)}} {
			if !m.at.IsZero() {
				out = append(out, [2]string{m.key, m.say})
			}
		}
		return out
	}
	facts := []ui.Fact{{Label: t.Say("issuance.column.born"), Text: dayWords(t, one.Born)}, {Label: t.Say("issuance.column.code"), Text: one.Code}, {Label: t.Say("issuance.column.phone"), Text: one.Phone},
		{Label: t.Say("issuance.column.email"), Text: one.Email}, {Label: t.Say("issuance.column.login"), Text: one.Login}}
	for _, m := range moment(one.Request) {
		facts = append(facts, ui.Fact{Label: t.Say(m[0]), Text: m[1]})
	}
	if one.Channel != "" && !one.HandedAt.IsZero() {
		facts = append(facts, ui.Fact{Label: t.Say("issuance.issue.channel_of"), Text: t.Say("issuance.channel." + one.Channel)})
	}
	if one.Reason != "" {
		facts = append(facts, ui.Fact{Label: t.Say("issuance.reason"), Text: one.Reason})
	}
	if one.EndedOn != "" {
		facts = append(facts, ui.Fact{Label: t.Say("issuance.column.ended"), Text: dayWords(t, one.EndedOn)})
	}
	return facts
}

// history is the posts of a person, past and coming ones too.
func history(t i18n.T, tree *org.Tree, posts []org.Post) ui.TableData {
	d := ui.TableData{Caption: t.Say("issuance.history"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("issuance.column.post")}, {Label: t.Say("issuance.column.unit")}, {Label: t.Say("issuance.from")}, {Label: t.Say("issuance.until")}}}
	for _, x := range posts {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(t.Say("role." + string(x.Role))), ui.Text(tree.Place(x.Unit)), ui.Text(dayWords(t, x.From)), ui.Text(dayWords(t, x.Until))}})
	}
	return d
}

// acts are the forms of what the reader may do with a request as it stands.
func (p *pages) acts(c *httpx.Ctx, tree *org.Tree, one Person) []views.Section {
	t, at, seen := c.T, one.Path(), []ui.Hidden{versionField(one.Version)}
	decides := c.Who.Covers(Approve, one.Unit)
	var out []views.Section
	if decides && (one.State == Asked || one.State == Refused) {
		out = append(out, p.approveSection(t, tree, one))
	}
	if decides && (one.State == Asked || one.State == Approved) {
		out = append(out, views.Section{Card: ui.CardData{Title: t.Say("issuance.refuse")}, Form: &ui.FormData{ID: "refuse", Action: at + "/refuse", Submit: t.Say("issuance.refuse"), Danger: true, Hidden: seen,
			Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("issuance.reason"), Required: true, Rows: 2, Max: longestReason, Attrs: templ.Attributes{"id": "f-reason-refuse"}}}}})
	}
	if c.Who.Covers(Issue, one.Unit) && one.State == Issued {
		out = append(out, p.reissueSection(t, one))
	}
	if decides && (one.State == Issued || one.State == Active) {
		out = append(out, p.moveSections(c, tree, one)...)
	}
	return out
}

func (p *pages) approveSection(t i18n.T, tree *org.Tree, one Person) views.Section {
	s := views.Section{Card: ui.CardData{Title: t.Say("issuance.approve")}, Form: &ui.FormData{ID: "approve", Action: one.Path() + "/approve", Submit: t.Say("issuance.approve"), Hidden: []ui.Hidden{versionField(one.Version)}}}
	if len(one.Twins) == 0 {
		s.Text = t.Say("issuance.approve.text")
		return s
	}
	s.Text = t.Say("issuance.twin.text")
	table := ui.TableData{Caption: t.Say("issuance.twin.title"), Count: -1, Columns: []ui.Column{{Label: t.Say("issuance.column.name")}, {Label: t.Say("issuance.column.unit")}, {Label: t.Say("issuance.column.post")}, {Label: t.Say("issuance.twin.why")}}}
	same := []ui.Option{{Value: "", Label: t.Say("issuance.twin.other")}}
	for _, w := range one.Twins {
		var why []string
		for _, l := range w.Why {
			why = append(why, t.Line(l))
		}
		post := ""
		if w.Post != "" {
			post = t.Say("role." + w.Post)
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(w.Name, w.Login), ui.Text(place(t, tree, w.Unit)), ui.Text(post), ui.Text(strings.Join(why, "; "))}})
		if w.Account != "" {
			same = append(same, ui.Option{Value: string(w.Account), Label: t.Say("issuance.twin.same", "login", w.Login)})
		}
	}
	s.Table = &table
	s.Form.Fields = []ui.Field{{Kind: ui.Radio, Name: "same", Label: t.Say("issuance.twin.decide"), Options: same}, {Kind: ui.Area, Name: "reason", Label: t.Say("issuance.twin.reason"), Hint: t.Say("issuance.twin.reason.hint"), Rows: 2, Max: longestReason}}
	return s
}

func place(t i18n.T, tree *org.Tree, unit string) string {
	if unit == "" {
		return t.Say("issuance.city")
	}
	return tree.Place(unit)
}

func (p *pages) reissueSection(t i18n.T, one Person) views.Section {
	channels := []ui.Option{{Value: BySlip, Label: t.Say("issuance.channel.slip")}}
	if one.Phone != "" && p.Texting != nil && p.Texting() {
		channels = append(channels, ui.Option{Value: BySMS, Label: t.Say("issuance.channel.sms")})
	}
	return views.Section{Card: ui.CardData{Title: t.Say("issuance.reissue"), Note: t.Say("issuance.reissue.note")}, Form: &ui.FormData{ID: "reissue", Action: one.Path() + "/reissue", Submit: t.Say("issuance.reissue"), Loose: true,
		Fields: []ui.Field{{Kind: ui.Radio, Name: "channel", Label: t.Say("issuance.issue.channel_of"), Value: BySlip, Required: true, Options: channels}}}}
}

func (p *pages) moveSections(c *httpx.Ctx, tree *org.Tree, one Person) []views.Section {
	t, seen := c.T, []ui.Hidden{versionField(one.Version)}
	day := func(id string) ui.Field {
		return ui.Field{Kind: ui.Date, Name: "day", Label: t.Say("issuance.move.from"), Value: p.today(), Required: true, Narrow: true, Attrs: templ.Attributes{"id": "f-day-" + id}}
	}
	reason := func(id string) ui.Field {
		return ui.Field{Kind: ui.Area, Name: "reason", Label: t.Say("issuance.reason"), Hint: t.Say("issuance.move.reason"), Required: true, Rows: 2, Max: longestReason, Attrs: templ.Attributes{"id": "f-reason-" + id}}
	}
	return []views.Section{
		{Card: ui.CardData{Title: t.Say("issuance.move"), Note: t.Say("issuance.move.note")}, Form: &ui.FormData{ID: "move", Action: one.Path() + "/move", Submit: t.Say("issuance.move"), Hidden: seen, Fields: []ui.Field{
			{Kind: ui.Select, Name: "unit", Label: t.Say("issuance.move.to"), Value: one.Unit, Required: true, Options: communeOptions(t, tree, c.Who, Approve)},
			{Kind: ui.Select, Name: "post", Label: t.Say("issuance.column.post"), Value: string(one.Post), Required: true, Options: postOptions(t)}, day("move"), reason("move")}}},
		{Card: ui.CardData{Title: t.Say("issuance.leave"), Note: t.Say("issuance.leave.note")}, Form: &ui.FormData{ID: "leave", Action: one.Path() + "/leave", Submit: t.Say("issuance.leave"), Danger: true, Hidden: seen,
			Fields: []ui.Field{day("leave"), reason("leave")}}},
	}
}

// done answers an act on a request: it says so, or shows the form again.
func (p *pages) done(c *httpx.Ctx, err error, said string, next string) error {
	if err != nil {
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
			return p.showPerson(c, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say(said))
	return c.See(next)
}

func (p *pages) approve(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	d := Decision{Same: ident.ID(c.FormValue("same")), Reason: c.FormValue("reason")}
	return p.done(c, p.ApproveOne(c.Std(), c.Who, key, version(c), d), "issuance.approved_one", Home+"/"+string(key))
}

func (p *pages) refuse(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.done(c, p.Refuse(c.Std(), c.Who, key, version(c), c.FormValue("reason")), "issuance.refused", Home+"/"+string(key))
}

// reissue answers with the letter itself: its password is told nowhere else.
func (p *pages) reissue(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	if c.FormValue("channel") == BySMS {
		return p.done(c, p.ReissueText(c.Std(), c.Who, key), "issuance.texted", Home+"/"+string(key))
	}
	raw, err := p.Reissue(c.Std(), c.Who, key)
	if err != nil {
		return p.done(c, err, "", "")
	}
	return pdf(c, "phieu-giao-tai-khoan", raw)
}

func (p *pages) move(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	next, err := p.Move(c.Std(), c.Who, key, version(c), c.FormValue("unit"), access.Role(c.FormValue("post")), c.FormValue("day"), c.FormValue("reason"))
	return p.done(c, err, "issuance.moved", next.Path())
}

func (p *pages) leave(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.done(c, p.Leave(c.Std(), c.Who, key, version(c), c.FormValue("day"), c.FormValue("reason")), "issuance.left", Home+"/"+string(key))
}
