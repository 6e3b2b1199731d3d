package mail

import (
	"context"
	"net/url"
	"strconv"

	"github.com/a-h/templ"
	"github.com/uptrace/bun"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/mail/rules"
	"lotrinh/helpdesk/mail/views"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
)

func (p pages) tabs(c *httpx.Ctx, at string) ([]ui.Tab, error) {
	n, err := p.Waiting(c.Std(), c.Who)
	return []ui.Tab{
		{Label: c.T.Say("helpdesk.mail.boxes"), Href: roomAt, Active: at == roomAt, Count: -1},
		{Label: c.T.Say("helpdesk.mail.aliases"), Href: aliasesAt, Active: at == aliasesAt, Count: -1},
		{Label: c.T.Say("helpdesk.mail.quarantine"), Href: quarantineAt, Active: at == quarantineAt, Count: n},
		{Label: c.T.Say("helpdesk.mail.journal"), Href: journalAt, Active: at == journalAt, Count: -1},
	}, err
}

// state is how a mailbox does, in one word and a sentence.
func (p pages) state(t i18n.T, b Mailbox) (ui.State, string) {
	switch {
	case !b.Active:
		return ui.State{Tone: ui.Neutral, Word: t.Say("helpdesk.mail.state.off")}, ""
	case !p.HasPassword(b):
		return ui.State{Tone: ui.Bad, Word: t.Say("helpdesk.mail.state.no_password")}, t.Say("helpdesk.mail.no_password", "address", b.Address)
	case b.Problem != "":
		return ui.State{Tone: ui.Bad, Word: t.Say("helpdesk.mail.state.trouble")}, t.Say(b.Problem)
	case b.FetchedAt == nil:
		return ui.State{Tone: ui.Neutral, Word: t.Say("helpdesk.mail.state.waiting")}, ""
	}
	return ui.State{Tone: ui.Good, Word: t.Say("helpdesk.mail.state.reads")}, ""
}

func (p pages) roomView(t i18n.T, boxes []Mailbox, broken []Broken, tree *org.Tree) views.RoomView {
	v := views.RoomView{Head: ui.HeaderData{Title: t.Say("helpdesk.mail.title"), Lead: t.Say("helpdesk.mail.lead"),
		Action: &ui.Action{Label: t.Say("helpdesk.mail.box.new"), Href: boxesAt + "/new", Icon: "plus"}}}
	v.Boxes = ui.TableData{ID: "boxes", Caption: t.Say("helpdesk.mail.boxes"), Count: int64(len(boxes)), Columns: []ui.Column{
		{Label: t.Say("helpdesk.mail.box")}, {Label: t.Say("helpdesk.mail.box.state")}, {Label: t.Say("helpdesk.mail.box.fetched")},
		{Label: t.Say("helpdesk.mail.box.unit"), Quiet: true}},
		Empty: ui.EmptyData{Icon: "mail", Title: t.Say("helpdesk.mail.box.none"), Text: t.Say("helpdesk.mail.box.none_text")}}
	for _, b := range boxes {
		href := boxesAt + "/" + string(b.ID)
		state, problem := p.state(t, b)
		fetched := t.Say("helpdesk.mail.box.never")
		if b.FetchedAt != nil {
			fetched = ui.Age(t, *b.FetchedAt, p.Machine.Now())
		}
		if problem != "" {
			v.Notices = append(v.Notices, ui.NoticeData{Tone: ui.Bad, Title: b.Name + ": " + problem})
		}
		v.Boxes.Rows = append(v.Boxes.Rows, ui.Row{Href: href, Cells: []templ.Component{
			ui.Main(href, b.Name, b.Address), ui.Badge(state), ui.Text(fetched), ui.Text(unitName(tree, b.Unit))}})
	}
	if len(broken) > 0 {
		d := ui.TableData{ID: "broken", Caption: t.Say("helpdesk.mail.broken.title"), HideCap: true, Count: -1,
			Columns: []ui.Column{{Label: t.Say("helpdesk.mail.broken.address")}, {Label: t.Say("helpdesk.mail.broken.since")}, {}}}
		for _, b := range broken {
			d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Link(letterAt(b.Letter), b.Address), ui.Text(t.Moment(b.At)),
				ui.Button(t, ui.Action{Label: t.Say("helpdesk.mail.broken.mend"), Href: roomAt + "/broken", Post: true,
					Hidden: []ui.Hidden{{Name: "address", Value: b.Address}}}, "btn btn-sm")}})
		}
		v.Broken = &d
	}
	return v
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return ""
}

func (p pages) formView(t i18n.T, b Mailbox, offers *helpdesk.Catalogue) views.FormView {
	title, action := t.Say("helpdesk.mail.box.new"), boxesAt
	if b.ID != "" {
		title, action = b.Name, boxesAt+"/"+string(b.ID)
	}
	say := func(key string) string { return t.Say("helpdesk.mail.form." + key) }
	port := ""
	if b.Port != 0 {
		port = strconv.Itoa(b.Port)
	}
	choose := func(name string, values ...string) []ui.Option {
		var all []ui.Option
		for _, v := range values {
			all = append(all, ui.Option{Value: v, Label: say(name + "." + v)})
		}
		return all
	}
	var services []ui.Option
	for _, o := range offers.Offered() {
		services = append(services, ui.Option{Value: string(o.Code), Label: offers.Service(t, o.Code)})
	}
	v := views.FormView{Head: ui.HeaderData{Title: title, Crumbs: []ui.Crumb{{Label: t.Say("helpdesk.mail.title"), Href: roomAt}, {Label: title}}}}
	if b.ID != "" && !p.HasPassword(b) {
		v.Note = t.Say("helpdesk.mail.no_password", "address", b.Address)
	}
	v.Form = ui.FormData{Action: action, Submit: t.Say("helpdesk.mail.form.save"), Cancel: roomAt, Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(b.Version, 10)}},
		Fields: []ui.Field{
			{Name: "name", Label: say("name"), Value: b.Name, Required: true, Max: 100},
			{Kind: ui.Email, Name: "address", Label: say("address"), Hint: say("address_hint"), Value: b.Address, Required: true},
			{Name: "aliases", Label: say("aliases"), Hint: say("aliases_hint"), Value: b.Aliases},
			{Name: "host", Label: say("host"), Value: b.Host, Required: true},
			{Kind: ui.Whole, Name: "port", Label: say("port"), Hint: say("port_hint"), Value: port, Required: true, Narrow: true},
			{Kind: ui.Select, Name: "security", Label: say("security"), Value: b.Security, Options: choose("security", TLS, StartTLS, Plain), Required: true},
			{Name: "login", Label: say("login"), Hint: say("login_hint"), Value: b.Login},
			{Name: "folder", Label: say("folder"), Value: b.Folder},
			{Name: "done_folder", Label: say("done_folder"), Hint: say("done_folder_hint"), Value: b.DoneFolder},
			{Name: "unit", Label: say("unit"), Hint: say("unit_hint"), Value: b.Unit, Required: true, Narrow: true},
			{Kind: ui.Select, Name: "service", Label: say("service"), Value: string(b.Category), Options: services, Required: true},
			{Kind: ui.Radio, Name: "strangers", Label: say("strangers"), Value: b.Strangers, Options: choose("strangers", rules.StrangersOpen, rules.StrangersHold), Required: true},
			{Kind: ui.Radio, Name: "closed", Label: say("closed"), Value: b.Closed, Options: choose("closed", rules.ClosedPolicy, rules.ClosedFile), Required: true},
			{Kind: ui.Radio, Name: "forwarded", Label: say("forwarded"), Hint: say("forwarded_hint"), Value: b.Forwarded, Options: choose("forwarded", rules.ForOriginal, rules.ForForwarder), Required: true},
			{Kind: ui.Check, Name: "plus", Label: say("plus"), Hint: say("plus_hint"), Value: flag(b.Plus)},
			{Kind: ui.Check, Name: "trusted", Label: say("trusted"), Hint: say("trusted_hint"), Value: flag(b.Trusted)},
			{Kind: ui.Check, Name: "active", Label: say("active"), Value: flag(b.Active)},
		}}
	return v
}

func decisionState(t i18n.T, l Letter) ui.State {
	tone := map[rules.Decision]ui.Tone{rules.New: ui.Good, rules.FollowUp: ui.Good, rules.Automatic: ui.Neutral, rules.Duplicate: ui.Neutral, rules.Quarantined: ui.Late}[l.Decision]
	word := t.Say("helpdesk.mail.decision." + string(l.Decision))
	if l.State == Discarded {
		tone, word = ui.Neutral, t.Say("helpdesk.mail.discarded")
	}
	return ui.State{Tone: tone, Word: word}
}

func sender(l Letter) string {
	if l.FromName != "" {
		return l.FromName
	}
	return l.FromMail
}

func (p pages) listView(c *httpx.Ctx, at string, f Filter, rows page.Page[Letter]) views.ListView {
	t := c.T
	word := "journal"
	if f.Held {
		word = "quarantine"
	}
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("helpdesk.mail." + word), Lead: t.Say("helpdesk.mail." + word + ".lead")}}
	v.Table = ui.TableData{ID: "letters", Caption: t.Say("helpdesk.mail." + word), Count: -1, Columns: []ui.Column{
		{Label: t.Say("helpdesk.mail.letter")}, {Label: t.Say("helpdesk.mail.from")}, {Label: t.Say("helpdesk.mail.at"), Quiet: true},
		{Label: t.Say("helpdesk.mail.decision")}, {Label: t.Say("helpdesk.mail.why")}},
		Empty: ui.EmptyData{Icon: "mail", Title: t.Say("helpdesk.mail." + word + ".none"), Text: t.Say("helpdesk.mail." + word + ".none_text")}}
	for _, l := range rows.Items {
		subject := l.Subject
		if subject == "" {
			subject = t.Say("helpdesk.mail.no_subject")
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Href: letterAt(l.ID), Cells: []templ.Component{
			ui.Main(letterAt(l.ID), subject, ""), ui.Two(sender(l), l.FromMail), ui.Text(t.Moment(l.At)), ui.Badge(decisionState(t, l)), ui.Text(because(t, l))}})
	}
	q := url.Values{}
	if f.Decision != "" {
		q.Set("decision", string(f.Decision))
	}
	if !f.Held {
		d := ui.FilterData{Action: at, Results: "results", Presets: []ui.Preset{{Label: t.Say("helpdesk.mail.decision.all"), Href: at, Active: f.Decision == "", Count: -1}}}
		for _, one := range rules.Decisions {
			d.Presets = append(d.Presets, ui.Preset{Label: t.Say("helpdesk.mail.decision." + string(one)), Href: at + "?decision=" + string(one), Active: f.Decision == one, Count: -1})
		}
		v.Filter = &d
	}
	v.Table.Pager = &ui.PagerData{Shown: len(rows.Items)}
	if !rows.First {
		v.Table.Pager.First = at + "?" + q.Encode()
	}
	if rows.Next != "" {
		q.Set("after", rows.Next)
		v.Table.Pager.Next = at + "?" + q.Encode()
	}
	return v
}

func (p pages) letterView(c *httpx.Ctx, o Opened) views.LetterView {
	t := c.T
	state := decisionState(t, o.Letter)
	title := o.Subject
	if title == "" {
		title = t.Say("helpdesk.mail.no_subject")
	}
	v := views.LetterView{Head: ui.HeaderData{Title: title, State: &state, Lead: sender(o.Letter) + " · " + t.Moment(o.At)}, Text: o.Text, Quoted: o.Quoted, HTML: o.HTML}
	if c.Who.May(helpdesk.Manage) {
		v.Head.Crumbs = []ui.Crumb{{Label: t.Say("helpdesk.mail.title"), Href: roomAt}, {Label: t.Say("helpdesk.mail.journal"), Href: journalAt}, {Label: title}}
	}
	for _, r := range o.Reasons() {
		v.Why = append(v.Why, t.Line(r))
	}
	if o.Gone {
		v.Notice = &ui.NoticeData{Tone: ui.Neutral, Title: t.Say("helpdesk.mail.gone")}
	}
	if o.Blocked > 0 {
		v.Left = t.Say("helpdesk.mail.blocked", "n", o.Blocked)
	}
	for i, part := range o.Parts {
		v.Parts = append(v.Parts, views.PartView{Href: partAt(o.ID, i), Name: files.Name(part.Name), Size: t.Say("helpdesk.mail.bytes", "n", max(1, len(part.Content)>>10))})
	}
	v.Facts = []ui.Fact{{Label: t.Say("helpdesk.mail.from"), Text: o.FromMail}, {Label: t.Say("helpdesk.mail.box"), Text: o.Box.Name}}
	if o.SentAt != nil {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("helpdesk.mail.sent"), Text: t.Moment(*o.SentAt)})
	}
	if o.Ticket != "" {
		v.Facts = append(v.Facts, ui.Fact{Label: t.Say("helpdesk.mail.ticket"), Value: ui.Link("/tickets/"+string(o.Ticket), o.Number)})
	}
	v.Facts = append(v.Facts, ui.Fact{Label: t.Say("helpdesk.mail.message_id"), Text: o.MessageID})
	if o.State == Held && c.Who.May(helpdesk.Manage) {
		v.Do = []ui.Action{{Label: t.Say("helpdesk.mail.release"), Href: letterAt(o.ID) + "/release", Post: true},
			{Label: t.Say("helpdesk.mail.discard"), Href: letterAt(o.ID) + "/discard", Post: true, Danger: true,
				Confirm: &ui.Confirm{ID: "discard", Title: t.Say("helpdesk.mail.discard.ask", "title", title), Text: t.Say("helpdesk.mail.discard.text")}}}
	}
	return v
}

// Remark says under each message of a ticket that came by mail why it came here: one
// query, for the support side only.
func (s *Service) Remark(c *httpx.Ctx, d helpdesk.Detail) (map[ident.ID]templ.Component, error) {
	if !d.Supports || len(d.Conversation.Items) == 0 {
		return nil, nil
	}
	var ids []ident.ID
	for _, m := range d.Conversation.Items {
		if m.Source == "mail" {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := byMessage(c.Std(), s.DB.Read(), ids)
	said := map[ident.ID]templ.Component{}
	for _, l := range rows {
		said[l.Message] = views.Line(c.T, views.LineView{Href: letterAt(l.ID), Why: because(c.T, l)})
	}
	return said, err
}

func byMessage(ctx context.Context, from bun.IDB, ids []ident.ID) ([]Letter, error) {
	var rows []Letter
	err := from.NewSelect().Model(&rows).Column("id", "message", "why").Where("dl.message <> ''").Where("dl.message IN (?)", bun.List(ids)).Scan(ctx)
	return rows, db.Sorted(err)
}
