package exchange

import (
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/exchange/views"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

var messageStates = []string{post.Waiting, post.Sending, post.Sent, post.Dead, post.Dropped}

// messages lists what was written to other offices, by state.
func (p *pages) messages(c *httpx.Ctx) error {
	f := Filter{Partner: c.Query("office"), State: c.Query("state")}
	rows, err := p.Messages(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	t := c.T
	at := home + "/messages"
	bar := &ui.FilterData{Action: at, Results: "results", Presets: []ui.Preset{{Label: t.Say("exchange.all"), Href: address(at, "office", f.Partner), Active: f.State == "", Count: -1}}}
	for _, st := range messageStates {
		bar.Presets = append(bar.Presets, ui.Preset{Label: t.Say("exchange.message." + st), Href: address(at, "office", f.Partner, "state", st), Active: f.State == st, Count: -1})
	}
	office := ui.Field{Kind: ui.Select, Name: "office", Label: t.Say("exchange.office"), Value: f.Partner, Options: []ui.Option{{Label: t.Say("exchange.all_offices")}}}
	for _, o := range Offices {
		office.Options = append(office.Options, ui.Option{Value: o, Label: t.Say("exchange.office." + o)})
	}
	bar.Fields = []ui.Field{office}
	if f.State != "" {
		bar.Hidden = []ui.Hidden{{Name: "state", Value: f.State}}
	}
	table := ui.TableData{Caption: t.Say("exchange.messages"), HideCap: true, Count: -1, Empty: ui.EmptyData{Icon: "mail", Title: t.Say("exchange.messages_none")}, Pager: &ui.PagerData{Shown: len(rows.Items)},
		Columns: []ui.Column{{Label: t.Say("exchange.subject")}, {Label: t.Say("exchange.office")}, {Label: t.Say("exchange.state")}, {Label: t.Say("exchange.acks")}, {Label: t.Say("exchange.at"), Quiet: true}}}
	for _, m := range rows.Items {
		href := at + "/" + string(m.ID)
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, m.Dossier, t.Say(typeKey(m.Type))), ui.Text(t.Say("exchange.office." + m.Partner)),
			p.stateOf(t, m), ui.Text(acks(t, m)), ui.Text(t.Moment(m.At))}})
	}
	if !rows.First {
		table.Pager.First = address(at, "office", f.Partner, "state", f.State)
	}
	if rows.Next != "" {
		table.Pager.Next = address(at, "office", f.Partner, "state", f.State, "after", rows.Next)
	}
	return p.show(c, views.Page{Head: ui.HeaderData{Title: t.Say("exchange.messages"), Crumbs: crumbs(t, "", "", t.Say("exchange.messages"))}, Filter: bar,
		Blocks: []views.Block{{Card: ui.CardData{Flush: true}, Table: &table}}}, nil, nil)
}

// typeKey is the word of a type without its version.
func typeKey(kind string) string {
	name := kind
	if at := strings.LastIndex(kind, ".v"); at > 0 {
		name = kind[:at]
	}
	return "exchange.type." + name
}

func (p *pages) stateOf(t i18n.T, m post.Message) templ.Component {
	why := ""
	if m.Problem != "" {
		why = t.Say(m.Problem)
	}
	if !m.ExpectBy.IsZero() && m.ExpectBy.Before(p.Business.Now()) {
		return views.Stated(ui.Badge(ui.State{Tone: ui.Late, Word: t.Say("exchange.message.overdue")}), t.Say("exchange.expected", "at", m.ExpectBy))
	}
	return views.Stated(ui.Badge(ui.State{Tone: messageTones[m.State], Word: t.Say("exchange.message." + m.State)}), why)
}

// acks says which of the three acknowledgements are there.
func acks(t i18n.T, m post.Message) string {
	var all []string
	if !m.SentAt.IsZero() {
		all = append(all, t.Say("exchange.ack1"))
	}
	if !m.ReceivedAt.IsZero() {
		all = append(all, t.Say("exchange.ack2", "case", m.CaseNo))
	}
	if !m.ResultAt.IsZero() {
		all = append(all, t.Say("exchange.ack3", "result", t.Say("exchange.result."+m.Result)))
	}
	if len(all) == 0 {
		return t.Say("exchange.ack0")
	}
	return strings.Join(all, " · ")
}

func (p *pages) message(c *httpx.Ctx) error { return p.showMessage(c, nil) }

func (p *pages) showMessage(c *httpx.Ctx, refused error) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	m, err := p.Service.message(c.Std(), p.DB.Read(), c.Who, id)
	if err != nil {
		return err
	}
	t := c.T
	title := t.Say(typeKey(m.Type))
	state := ui.State{Tone: messageTones[m.State], Word: t.Say("exchange.message." + m.State)}
	facts := []ui.Fact{{Label: t.Say("exchange.subject"), Text: m.Dossier}, {Label: t.Say("exchange.office"), Text: t.Say("exchange.office." + m.Partner)},
		{Label: t.Say("exchange.key"), Value: ui.Code(t, m.Key)}, {Label: t.Say("exchange.seq"), Text: t.Int(m.Seq)}, {Label: t.Say("exchange.attempts"), Text: t.Int(m.Attempts)},
		{Label: t.Say("exchange.at"), Text: t.Moment(m.At)}, {Label: t.Say("exchange.acks"), Text: acks(t, m)}}
	if m.Problem != "" {
		facts = append(facts, ui.Fact{Label: t.Say("exchange.problem"), Text: t.Say(m.Problem)})
	}
	if !m.ExpectBy.IsZero() {
		facts = append(facts, ui.Fact{Label: t.Say("exchange.expect_by"), Text: t.Moment(m.ExpectBy)})
	}
	if m.State == post.Waiting {
		facts = append(facts, ui.Fact{Label: t.Say("exchange.next_at"), Text: ui.Age(t, p.Machine.Now(), m.NextAt)})
	}
	head := ui.HeaderData{Title: title, State: &state, Lead: m.Dossier, Crumbs: crumbs(t, "exchange.messages", home+"/messages", m.Dossier)}
	return p.show(c, views.Page{Head: head}, refused, func(e ui.Errors) templ.Component {
		v := views.Page{Head: head, Blocks: []views.Block{{Facts: facts}}}
		if m.State == post.Dead {
			v.Notices = []ui.NoticeData{{Tone: ui.Warn, Title: t.Say("exchange.dead_title"), Text: t.Say("exchange.dead_text")}}
			at := home + "/messages/" + string(m.ID)
			v.Blocks = append(v.Blocks, views.Block{Card: ui.CardData{Title: t.Say("exchange.again")}, Form: reasonForm(c, e, at+"/again", t.Say("exchange.again"), false)},
				views.Block{Card: ui.CardData{Title: t.Say("exchange.drop"), Note: t.Say("exchange.drop_note")}, Form: reasonForm(c, ui.Errors{}, at+"/drop", t.Say("exchange.drop"), true)})
		}
		return views.Show(t, v)
	})
}

func (p *pages) again(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := p.Again(c.Std(), c.Who, id, c.FormValue("reason")); err != nil {
		return p.showMessage(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("exchange.again_done"))
	return c.See(home + "/messages/" + string(id))
}

func (p *pages) drop(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := p.Drop(c.Std(), c.Who, id, c.FormValue("reason")); err != nil {
		return p.showMessage(c, err)
	}
	return c.See(home + "/messages/" + string(id))
}
