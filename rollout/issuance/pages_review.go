package issuance

import (
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/issuance/views"
)

func (p *pages) reviewState(t i18n.T, r Review) ui.State {
	switch {
	case !r.SignedAt.IsZero():
		return ui.State{Tone: ui.Good, Word: t.Say("issuance.review.state.signed")}
	case r.Late(p.Business.Now()):
		return ui.State{Tone: ui.Late, Word: t.Say("issuance.review.state.late")}
	}
	return ui.State{Tone: ui.Info, Word: t.Say("issuance.review.state.open")}
}

func quarterWords(t i18n.T, quarter string) string {
	year, q, _ := strings.Cut(quarter, "-")
	return t.Say("issuance.quarter", "q", q, "year", year)
}

// nameOf is what people call the unit of a review.
func nameOf(t i18n.T, tree *org.Tree, unit string) string {
	if unit == "" {
		return t.Say("issuance.review.city")
	}
	return tree.Name(unit)
}

// placeOf is where a post is held.
func placeOf(t i18n.T, tree *org.Tree, unit string) string {
	if unit == "" {
		return t.Say("issuance.review.everywhere")
	}
	return tree.Name(unit)
}

func (p *pages) reviews(c *httpx.Ctx) error {
	signed := c.Query("signed") == "1"
	all, err := p.Reviews(c.Std(), c.Who, signed, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	d := ui.TableData{Caption: t.Say("issuance.reviews"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("issuance.column.district")}, {Label: t.Say("issuance.review.quarter")}, {Label: t.Say("issuance.review.total"), Num: true},
		{Label: t.Say("issuance.review.left"), Num: true}, {Label: t.Say("issuance.review.revoked"), Num: true}, {Label: t.Say("issuance.review.due")}, {Label: t.Say("issuance.column.state")}},
		Empty: ui.EmptyData{Icon: "checklist", Title: t.Say("issuance.reviews.none"), Text: t.Say("issuance.reviews.none.text")}, Pager: &ui.PagerData{Shown: len(all.Items)}}
	keep := ""
	if signed {
		keep = "1"
	}
	if !all.First {
		d.Pager.First = address(reviewsAt, "signed", keep)
	}
	if all.Next != "" {
		d.Pager.Next = address(reviewsAt, "signed", keep, "after", all.Next)
	}
	for _, r := range all.Items {
		row := ui.Row{Href: r.Path(), Cells: []templ.Component{ui.Main(r.Path(), nameOf(t, tree, r.Unit), ""), ui.Text(quarterWords(t, r.Quarter)), ui.Number(t, r.Total), ui.Number(t, r.LeftOpen), ui.Number(t, r.Revoked), ui.Text(t.Day(r.DueAt)), ui.Badge(p.reviewState(t, r))}}
		if r.Late(p.Business.Now()) {
			row.Tone = ui.Late
		}
		d.Rows = append(d.Rows, row)
	}
	filter := ui.FilterData{Action: reviewsAt, Results: "results", Presets: []ui.Preset{{Label: t.Say("issuance.review.open_ones"), Href: reviewsAt, Active: !signed, Count: -1}, {Label: t.Say("issuance.review.signed_ones"), Href: reviewsAt + "?signed=1", Active: signed, Count: -1}}}
	return p.show(c, views.View{Head: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("issuance.reviews")}), Title: t.Say("issuance.reviews"), Lead: t.Say("issuance.reviews.lead")}, Filter: &filter,
		Sections: []views.Section{{Card: ui.CardData{Flush: true}, Table: &d}}})
}

func (p *pages) review(c *httpx.Ctx) error { return p.showReview(c, nil) }

func (p *pages) showReview(c *httpx.Ctx, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	r, lines, named, err := p.Reviewed(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	tree, err := p.tree(c.Std())
	if err != nil {
		return err
	}
	t, state := c.T, p.reviewState(c.T, r)
	open := r.SignedAt.IsZero()
	table := reviewTable(t, tree, lines, named, open)
	v := views.View{Head: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("issuance.reviews"), Href: reviewsAt}, ui.Crumb{Label: nameOf(t, tree, r.Unit)}), Title: t.Say("issuance.review.title", "unit", nameOf(t, tree, r.Unit), "quarter", quarterWords(t, r.Quarter)),
		State: &state, Lead: t.Say("issuance.review.lead", "day", r.DueAt)}, Figures: []ui.FigureData{{Label: t.Say("issuance.review.total"), Value: t.Int(r.Total)}, {Label: t.Say("issuance.review.left"), Value: t.Int(r.LeftOpen)}, {Label: t.Say("issuance.review.revoked"), Value: t.Int(r.Revoked)}}}
	if !open {
		v.Sections = []views.Section{{Facts: []ui.Fact{{Label: t.Say("issuance.review.signed_by"), Text: r.SignedName}, {Label: t.Say("issuance.review.signed_at"), Text: t.Moment(r.SignedAt)}}}, {Card: ui.CardData{Flush: true}, Table: &table}}
		return p.again(c, v, refused)
	}
	if !c.Who.Covers(decides(r.Unit), r.Unit) {
		table.Pick = ""
		v.Sections = []views.Section{{Card: ui.CardData{Flush: true, Title: t.Say("issuance.review.accounts")}, Table: &table}}
		return p.again(c, v, refused)
	}
	v.Sections = []views.Section{{Card: ui.CardData{Flush: true, Title: t.Say("issuance.review.accounts")}, Table: &table},
		{Card: ui.CardData{Title: t.Say("issuance.review.decide_on"), Note: t.Say("issuance.review.decide_on.note")}, Form: &ui.FormData{ID: "decide", Action: r.Path() + "/decide", Submit: t.Say("issuance.review.decide.do"), Hidden: []ui.Hidden{versionField(r.Version)}, Fields: []ui.Field{
			{Kind: ui.Radio, Name: "decision", Label: t.Say("issuance.review.decision"), Required: true, Options: []ui.Option{{Value: Keep, Label: t.Say("issuance.review.keep")}, {Value: Revoke, Label: t.Say("issuance.review.revoke")}}},
			{Kind: ui.Area, Name: "reason", Label: t.Say("issuance.reason"), Hint: t.Say("issuance.review.reason"), Rows: 2, Max: longestReason}}}},
		{Card: ui.CardData{Title: t.Say("issuance.review.sign"), Note: t.Say("issuance.review.sign.note")}, Form: &ui.FormData{ID: "sign", Action: r.Path() + "/sign", Submit: t.Say("issuance.review.sign"), Loose: true, Hidden: []ui.Hidden{versionField(r.Version)}, Fields: []ui.Field{
			{Kind: ui.Password, Name: "password", Label: t.Say("issuance.review.password"), Required: true, Autocomplete: "current-password"}}}}}
	return p.again(c, v, refused)
}

func reviewTable(t i18n.T, tree *org.Tree, lines []ReviewLine, named map[ident.ID]string, open bool) ui.TableData {
	d := ui.TableData{Caption: t.Say("issuance.review.accounts"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("issuance.column.name")}, {Label: t.Say("issuance.column.post")}, {Label: t.Say("issuance.review.decision")}, {Label: t.Say("issuance.reason"), Quiet: true}}}
	if open {
		d.Pick, d.PickForm = "account", "decide"
	}
	for _, l := range lines {
		var posts []string
		for one := range strings.FieldsSeq(l.Posts) {
			role, unit, _ := strings.Cut(one, "@")
			posts = append(posts, t.Say("role."+role)+", "+placeOf(t, tree, unit))
		}
		state := ui.State{Tone: ui.Unknown, Word: t.Say("issuance.review.undecided")}
		switch l.Decision {
		case Keep:
			state = ui.State{Tone: ui.Good, Word: t.Say("issuance.review.keep")}
		case Revoke:
			state = ui.State{Tone: ui.Bad, Word: t.Say("issuance.review.revoke")}
		}
		d.Rows = append(d.Rows, ui.Row{Pick: string(l.Account), Cells: []templ.Component{ui.Text(named[l.Account]), ui.Text(strings.Join(posts, "; ")), ui.Badge(state), ui.Text(l.Reason)}})
	}
	return d
}

func (p *pages) decide(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	var accounts []ident.ID
	for _, raw := range c.Request().PostArgs().PeekMulti("account") {
		accounts = append(accounts, ident.ID(raw))
	}
	return p.reviewDone(c, key, p.Decide(c.Std(), c.Who, key, version(c), accounts, c.FormValue("decision"), c.FormValue("reason")), "issuance.review.decided")
}

func (p *pages) sign(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.reviewDone(c, key, p.SignReview(c.Std(), c.Who, key, version(c), c.FormValue("password")), "issuance.review.signed_now")
}

func (p *pages) reviewDone(c *httpx.Ctx, key ident.ID, err error, said string) error {
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.showReview(c, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say(said))
	return c.See(reviewsAt + "/" + string(key))
}
