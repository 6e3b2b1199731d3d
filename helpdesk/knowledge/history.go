package knowledge

import (
	"context"

	"github.com/a-h/templ"

	"lotrinh/helpdesk/knowledge/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// Short names for the signature of a step of an article.
type (
	stdContext = context.Context
	actor      = access.Actor
)

func (p pages) editions(c *httpx.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	a, rows, err := p.Editions(c.Std(), c.Who, no)
	if err != nil {
		return err
	}
	var authors []ident.ID
	for _, e := range rows {
		authors = append(authors, e.Author)
	}
	names, err := p.People.Names(c.Std(), authors)
	if err != nil {
		return err
	}
	t := c.T
	d := ui.TableData{Caption: t.Say("knowledge.editions"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("knowledge.edition")}, {Label: t.Say("knowledge.at")}, {Label: t.Say("knowledge.by")}, {Label: t.Say("knowledge.form.note")}}}
	for _, e := range rows {
		href := a.Path() + "/editions/" + noText(e.No)
		d.Rows = append(d.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, t.Say("knowledge.edition_no", "no", e.No), ""), ui.Text(t.Moment(e.At)), ui.Text(names[e.Author]), ui.Text(e.Note)}})
	}
	head := ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("knowledge.title"), Href: "/help"}, {Label: a.Title, Href: a.Path()}, {Label: t.Say("knowledge.editions")}}, Title: t.Say("knowledge.editions")}
	return p.show(c, head.Title, nil, func(ui.Errors) templ.Component { return views.Editions(t, head, d) })
}

func (p pages) edition(c *httpx.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	which, err := number(c, "edition")
	if err != nil {
		return err
	}
	a, before, after, err := p.Compared(c.Std(), c.Who, no, which)
	if err != nil {
		return err
	}
	t := c.T
	v := views.DiffView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("knowledge.title"), Href: "/help"}, {Label: a.Title, Href: a.Path()},
		{Label: t.Say("knowledge.editions"), Href: a.Path() + "/editions"}, {Label: t.Say("knowledge.edition_no", "no", which)}},
		Title: t.Say("knowledge.edition_no", "no", which), Lead: t.Moment(after.At) + remark(after.Note)}}
	if which != a.Edition {
		v.Header.Action = &ui.Action{Label: t.Say("knowledge.restore"), Icon: "refresh", Post: true, Href: a.Path() + "/editions/" + noText(which) + "/restore",
			Hidden: []ui.Hidden{{Name: "version", Value: noText(a.Version)}}}
	}
	for _, l := range Diff(whole(before), whole(after)) {
		line := views.DiffLine{Kind: string(l.Kind)}
		for _, piece := range l.Pieces {
			line.Pieces = append(line.Pieces, views.DiffPiece{Kind: string(piece.Kind), Text: piece.Text})
		}
		v.Lines = append(v.Lines, line)
	}
	return p.show(c, v.Header.Title, nil, func(ui.Errors) templ.Component { return views.Diff(t, v) })
}

func remark(note string) string {
	if note == "" {
		return ""
	}
	return " · " + note
}

// whole is an edition as one text to be compared; nothing before the first.
func whole(e Edition) string {
	if e.No == 0 {
		return ""
	}
	return e.Title + "\n" + e.Lead + "\n\n" + e.Body
}

func (p pages) restore(c *httpx.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	which, err := number(c, "edition")
	if err != nil {
		return err
	}
	if _, err := p.Restore(c.Std(), c.Who, no, which, c.Version()); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("knowledge.done.restored", "no", which))
	return c.See("/help/" + noText(no))
}
