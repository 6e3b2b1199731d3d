package intake

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/agent"
	"lotrinh/inventory/intake/views"
)

// MessagePath is where a message is shown, with all that was kept of it: the evidence
// behind a fact.
func MessagePath(message string) string { return home + "/messages/" + message }

// Message is one message of the log with the sections that it brought.
func (s *Service) Message(ctx context.Context, who access.Actor, id ident.ID) (Message, Sender, []agent.Section, error) {
	var m Message
	if err := who.Need(inventory.Look); err != nil {
		return m, Sender{}, nil, err
	}
	err := s.DB.Read().NewSelect().Model(&m).Where("am.id = ?", id).Apply(who.Within(inventory.Look, "am.unit")).Scan(ctx)
	if err != nil {
		return m, Sender{}, nil, db.Sorted(err)
	}
	var x Sender
	if err := s.DB.Read().NewSelect().Model(&x).Where("sn.id = ?", m.Sender).Scan(ctx); err != nil {
		return m, x, nil, db.Sorted(err)
	}
	all, err := s.sections(ctx, s.DB.Read(), m.ID)
	return m, x, all, err
}

// mostLines is how many lines of a section a page shows.
const mostLines = 2000

// message shows one message and what was kept of it, as it was sent.
func (p *pages) message(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	m, x, all, err := p.Message(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	t := c.T
	title := t.Say("intake.message.title", "at", m.At)
	facts := []ui.Fact{{Label: t.Say("intake.col.machine"), Value: ui.Link(home+"/"+string(x.ID), named(t, x))}, {Label: t.Say("intake.log.result"), Text: t.Say("intake.result." + string(m.Result))},
		{Label: t.Say("intake.log.size"), Text: m.bytes(t)},
		{Label: t.Say("intake.log.from"), Text: m.Remote}, {Label: "SHA-256", Text: m.Hash}}
	if note := m.Note(t); note != "" {
		facts = append(facts, ui.Fact{Label: t.Say("intake.message.note"), Text: note})
	}
	v := views.MessageView{Head: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("intake.board.title"), Href: home}, {Label: named(t, x), Href: home + "/" + string(x.ID)}, {Label: title}},
		Title: title}, Facts: facts, Card: ui.CardData{Title: t.Say("intake.message.sections"), Note: t.Say("intake.message.sections_note")}}
	for _, s := range all {
		lines := strings.SplitN(strings.ReplaceAll(string(s.Body), "\t", " = "), "\n", mostLines+1)
		v.Sections = append(v.Sections, views.Section{Name: s.Name, Text: strings.Join(lines[:min(len(lines), mostLines)], "\n")})
	}
	return p.site.Show(c, site.Page{Title: title, At: "/inventory", Tabs: p.Equip.Tabs(t, c.Who, home)}, views.MessagePage(t, v))
}

// linked leads from the log to the message.
func linked(m Message, at, kind string) templ.Component {
	if m.Result != Kept {
		return ui.Two(at, kind)
	}
	return ui.Main(MessagePath(string(m.ID)), at, kind)
}
