package delivery

import (
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/delivery/views"
)

// shownBelow is how many deliveries stand below a report; all are one press away.
const shownBelow = 25

// sentBlock is to whom a run went.
func (s *Service) sentBlock(c *httpx.Ctx, r reports.RunRow) (views.Block, error) {
	t := c.T
	counts, err := s.Counts(c.Std(), c.Who, r.ID)
	if err != nil {
		return views.Block{}, err
	}
	rows, err := s.Of(c.Std(), c.Who, r.ID, page.Request{Limit: shownBelow})
	if err != nil {
		return views.Block{}, err
	}
	b := views.Block{Card: ui.CardData{Title: t.Say("delivery.sent.title"), Note: summed(t, counts), Flush: true, ID: "sent"}, Notice: s.noServer(t, counts), Table: s.sentTable(t, r, rows.Items)}
	if rows.Next != "" {
		b.Card.Action = &ui.Action{Label: t.Say("delivery.sent.all"), Href: "/reports/runs/" + string(r.ID) + "/deliveries"}
	}
	if len(rows.Items) == 0 {
		b.Card.Action = &ui.Action{Label: t.Say("delivery.sent.send"), Href: "/reports/runs/" + string(r.ID) + "/send", Post: true, Icon: "mail"}
	}
	return b, nil
}

// noServer says why mails wait where the house has no mail server; nil when none waits or
// it has one.
func (s *Service) noServer(t i18n.T, counts []Count) *ui.NoticeData {
	n := int64(0)
	for _, one := range counts {
		if one.Channel == Mail && !one.State.Ended() {
			n += one.N
		}
	}
	if s.Post != nil || n == 0 {
		return nil
	}
	return &ui.NoticeData{Tone: ui.Warn, Title: t.Say("delivery.no_server"), Text: t.Say("delivery.no_server.text", "n", n)}
}

// summed is the states of what was sent of a run, in one line.
func summed(t i18n.T, counts []Count) string {
	var parts []string
	sum := map[State]int64{}
	for _, n := range counts {
		if n.Channel != Inbox {
			sum[n.State] += n.N
		}
	}
	for _, state := range []State{Sent, Waiting, Sending, Bounced, Failed, Dropped} {
		if n := sum[state]; n > 0 {
			parts = append(parts, t.Say("delivery.sent.count", "state", i18n.Key("delivery.state."+string(state)), "n", n))
		}
	}
	return strings.Join(parts, " · ")
}

func (s *Service) sentTable(t i18n.T, _ reports.RunRow, rows []Row) *ui.TableData {
	d := &ui.TableData{Caption: t.Say("delivery.sent.title"), HideCap: true, Count: -1,
		Columns: []ui.Column{{Label: t.Say("delivery.col.recipient")}, {Label: t.Say("delivery.col.channel")}, {Label: t.Say("delivery.col.state")}, {Label: t.Say("delivery.col.when")},
			{Label: t.Say("delivery.col.attempts"), Num: true, Quiet: true}, {Label: t.Say("delivery.col.do")}},
		Empty: ui.EmptyData{Icon: "mail", Title: t.Say("delivery.sent.none"), Text: t.Say("delivery.sent.none.text")}}
	for _, r := range rows {
		row := ui.Row{Cells: []templ.Component{ui.Two(r.Name, r.Address), ui.Two(t.Say("delivery.channel."+string(r.Channel)), editionOf(t, r)), badge(t, r.State), ui.Two(when(t, r), s.trouble(t, r)),
			ui.Number(t, r.Attempts), nil}}
		if r.State == Failed || r.State == Bounced {
			row.Tone = ui.Late
		}
		if r.Channel != Inbox && r.State.Ended() {
			row.Cells[5] = views.Acts(t, []ui.Action{{Label: t.Say("delivery.sent.resend"), About: r.Name, Href: "/reports/deliveries/" + string(r.ID) + "/resend", Post: true}})
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

func editionOf(t i18n.T, r Row) string {
	if r.Edition < 2 {
		return ""
	}
	return t.Say("delivery.edition.no", "n", r.Edition)
}

// when is the moment that says most about a row.
func when(t i18n.T, r Row) string {
	switch {
	case r.Channel == Inbox && r.ReadAt != nil:
		return t.Say("delivery.when.read", "at", *r.ReadAt)
	case r.Channel == Inbox:
		return t.Say("delivery.when.unread")
	case r.State == Sent && r.SentAt != nil:
		return t.Moment(*r.SentAt)
	case r.State == Waiting && r.Attempts > 0:
		return t.Say("delivery.when.next", "at", r.NextAt)
	case r.TriedAt != nil:
		return t.Moment(*r.TriedAt)
	}
	return ""
}

// trouble is what went wrong, with the words of the other side.
func (s *Service) trouble(t i18n.T, r Row) string {
	if r.Problem == "" && r.Channel == Mail && r.State == Waiting && s.Post == nil {
		return t.Say("delivery.no_server.row")
	}
	if r.Problem == "" {
		return ""
	}
	said := t.Say(r.Problem)
	if r.Answer != "" {
		said += " " + t.Say("delivery.answer", "said", r.Answer)
	}
	return said
}

func (p pages) deliveries(c *httpx.Ctx) error {
	t := c.T
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	run, err := p.planned(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	rows, err := p.Of(c.Std(), c.Who, id, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	name, err := p.Reports.Titles(c.Std(), t)
	if err != nil {
		return err
	}
	at := "/reports/runs/" + string(id)
	v := views.View{Head: ui.HeaderData{Title: t.Say("delivery.sent.title"), Lead: name(run.Definition),
		Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: name(run.Definition), Href: at}, {Label: t.Say("delivery.sent.title")}},
		Action: &ui.Action{Label: t.Say("delivery.sent.send"), Href: at + "/send", Post: true, Icon: "mail"}}}
	counts, err := p.Counts(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	v.Notice = p.noServer(t, counts)
	table := p.sentTable(t, run, rows.Items)
	table.Pager = pager(at+"/deliveries?", len(rows.Items), rows.Next, rows.First)
	v.Blocks = []views.Block{{Card: ui.CardData{Note: summed(t, counts), Flush: true}, Table: table}}
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: "/reports"}, views.Page(t, v))
}

func (p pages) send(c *httpx.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	n, err := p.Send(c.Std(), c.Who, id)
	return act(c, err, "delivery.sent.queued", "/reports/runs/"+string(id)+"/deliveries", "n", n)
}

func (p pages) resend(c *httpx.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	run, err := p.Resend(c.Std(), c.Who, id)
	return act(c, err, "delivery.sent.again", "/reports/runs/"+string(run)+"/deliveries")
}
