package intake

import (
	"context"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
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
	state := ui.State{Tone: resultTones[m.Result], Word: t.Say("intake.result." + string(m.Result))}
	facts := []ui.Fact{{Label: t.Say("intake.col.machine"), Value: ui.Link(home+"/"+string(x.ID), named(t, x))}, {Label: t.Say("intake.log.size"), Text: m.sizes(t)},
		{Label: t.Say("intake.log.from"), Text: m.Remote}}
	if m.Hash != "" {
		facts = append(facts, ui.Fact{Label: "SHA-256", Text: m.Hash})
	}
	line, refused := lineOf(m.Problem)
	if note := m.Note(t); note != "" && !refused {
		facts = append(facts, ui.Fact{Label: t.Say("intake.message.note"), Text: note})
	}
	v := views.MessageView{Head: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("intake.board.title"), Href: home}, {Label: named(t, x), Href: home + "/" + string(x.ID)}, {Label: title}},
		Title: title, State: &state}, Facts: facts, Card: ui.CardData{Title: t.Say("intake.message.sections"), Note: t.Say("intake.message.sections_note")}}
	if refused {
		v.Problem = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("intake.message.refused"), Text: said(t, line)}
	}
	for _, s := range all {
		lines := strings.SplitN(strings.ReplaceAll(string(s.Body), "\t", " = "), "\n", mostLines+1)
		v.Sections = append(v.Sections, views.Section{Name: sectionTitle(t, s), Text: strings.Join(lines[:min(len(lines), mostLines)], "\n")})
	}
	return p.site.Show(c, site.Page{Title: title, At: "/inventory", Tabs: p.Equip.Tabs(t, c.Who, home)}, views.MessagePage(t, v))
}

// said is why a message was refused, and what mends that where it is known.
func said(t i18n.T, why i18n.Line) string {
	text := t.Line(why)
	if what, is := strings.CutPrefix(why.Key, "intake.refused."); is && t.Has("intake.mend."+what) {
		text += " " + t.Say("intake.mend."+what)
	}
	return text
}

// sizes says how large a message was, on the line and unpacked.
func (m Message) sizes(t i18n.T) string {
	if m.Size == 0 {
		return m.bytes(t)
	}
	return t.Say("intake.message.size", "wire", t.Decimal(float64(m.Wire)/1024, 1), "size", t.Decimal(float64(m.Size)/1024, 1))
}

// sectionTitle names a section in words, where the house has any, with how many entries it has.
func sectionTitle(t i18n.T, s agent.Section) string {
	name := s.Name
	if key := "device.section." + strings.ToLower(s.Name); t.Has(key) {
		name = t.Say(key)
	}
	n := 0
	if len(s.Body) > 0 {
		n = strings.Count(string(s.Body), "\n\n") + 1
	}
	return t.Say("intake.message.rows", "name", name, "n", n)
}

// linked leads from the log to the message.
func linked(m Message, at, kind string) templ.Component {
	if m.Result != Kept && m.Result != Refused {
		return ui.Two(at, kind)
	}
	return ui.Main(MessagePath(string(m.ID)), at, kind)
}
