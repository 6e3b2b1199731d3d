package delivery

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/delivery/views"
)

func days(t i18n.T, r Row) string {
	return t.Day(r.PeriodFrom) + " – " + t.Day(lastMoment(r.PeriodUntil))
}

func upper(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[0])) + string(r[1:])
}

// inbox shows what was delivered to me: unread first.
func (p pages) inbox(c *httpx.Ctx) error {
	t := c.T
	fresh, err := p.Service.Unread(c.Std(), c.Who)
	if err != nil {
		return err
	}
	old, err := p.ReadBefore(c.Std(), c.Who, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	name, err := p.Reports.Titles(c.Std(), t)
	if err != nil {
		return err
	}
	v := views.View{Head: ui.HeaderData{Title: t.Say("delivery.inbox.title"), Lead: t.Say("delivery.inbox.lead"),
		More: []ui.Action{{Label: t.Say("delivery.subscriptions.title"), Href: SubscriptionsAt, Icon: "bell"}}}}
	unread := inboxTable(t, tree, name, fresh, "delivery.inbox.unread", "delivery.inbox.unread.none")
	read := inboxTable(t, tree, name, old.Items, "delivery.inbox.read", "delivery.inbox.read.none")
	read.Pager = pager(InboxAt+"?", len(old.Items), old.Next, old.First)
	v.Blocks = []views.Block{{Card: ui.CardData{Title: t.Say("delivery.inbox.unread"), Flush: true}, Table: unread},
		{Card: ui.CardData{Title: t.Say("delivery.inbox.read"), Flush: true}, Table: read}}
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: InboxAt}, views.Page(t, v))
}

func inboxTable(t i18n.T, tree *org.Tree, name func(string) string, rows []Row, title, none string) *ui.TableData {
	d := &ui.TableData{Caption: t.Say(title), HideCap: true, Count: -1, Empty: ui.EmptyData{Icon: "report", Title: t.Say(none)},
		Columns: []ui.Column{{Label: t.Say("delivery.col.report")}, {Label: t.Say("delivery.col.period")}, {Label: t.Say("delivery.col.why"), Quiet: true}, {Label: t.Say("delivery.col.came")}}}
	for _, r := range rows {
		href := "/reports/runs/" + string(r.Run)
		row := ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, name(r.Definition), upper(tree.Name(r.Cut))), ui.Text(period(t, r)),
			ui.Text(t.Say("delivery.why." + string(r.Why))), ui.Text(t.Moment(r.MadeAt))}}
		if r.ReadAt == nil {
			row.Tone = ui.Info
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// period is the days that a report covers, with the number of its edition from the second on.
func period(t i18n.T, r Row) string {
	if r.Edition > 1 {
		return t.Say("delivery.edition", "days", days(t, r), "n", r.Edition)
	}
	return days(t, r)
}

func pager(at string, shown int, next string, first bool) *ui.PagerData {
	if next == "" && first {
		return nil
	}
	d := &ui.PagerData{Shown: shown}
	if next != "" {
		d.Next = at + "after=" + next
	}
	if !first {
		d.First = strings.TrimRight(at, "?&")
	}
	return d
}

func (p pages) subscriptions(c *httpx.Ctx) error { return p.showSubscriptions(c, nil) }

// showSubscriptions shows what I asked for, and what I may ask for.
func (p pages) showSubscriptions(c *httpx.Ctx, refused error) error {
	t := c.T
	mine, err := p.Subscriptions(c.Std(), c.Who)
	if err != nil {
		return err
	}
	comes, err := p.Reports.Schedules(c.Std(), c.Who)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	name, err := p.Reports.Titles(c.Std(), t)
	if err != nil {
		return err
	}
	table := &ui.TableData{Caption: t.Say("delivery.subscriptions.mine"), HideCap: true, Count: -1, Empty: ui.EmptyData{Icon: "bell", Title: t.Say("delivery.subscriptions.none"), Text: t.Say("delivery.subscriptions.none.text")},
		Columns: []ui.Column{{Label: t.Say("delivery.col.report")}, {Label: t.Say("delivery.col.since")}, {Label: t.Say("delivery.col.do")}}}
	for _, m := range mine {
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(name(m.Definition), upper(tree.Name(m.Cut))), ui.Text(t.Day(m.MadeAt)),
			views.Acts(t, []ui.Action{{Label: t.Say("delivery.subscriptions.end"), Href: SubscriptionsAt + "/" + string(m.ID) + "/end", Post: true, About: upper(tree.Name(m.Cut))}})}})
	}
	var what []ui.Option
	for _, sc := range comes {
		has := slices.ContainsFunc(mine, func(m Subscription) bool { return m.Definition == sc.Definition && m.Cut == sc.Cut })
		value := sc.Definition + "|" + sc.Cut
		if !has && !slices.ContainsFunc(what, func(o ui.Option) bool { return o.Value == value }) {
			what = append(what, ui.Option{Value: value, Label: name(sc.Definition) + " – " + upper(tree.Name(sc.Cut))})
		}
	}
	head := ui.HeaderData{Title: t.Say("delivery.subscriptions.title"), Lead: t.Say("delivery.subscriptions.lead"), Crumbs: []ui.Crumb{{Label: t.Say("delivery.inbox.title"), Href: InboxAt}, {Label: t.Say("delivery.subscriptions.title")}}}
	return p.site.Form(c, site.Page{Title: head.Title, At: InboxAt}, refused, func(e ui.Errors) templ.Component {
		v := views.View{Head: head, Blocks: []views.Block{{Card: ui.CardData{Title: t.Say("delivery.subscriptions.mine"), Flush: true}, Table: table}}}
		if len(what) > 0 {
			v.Blocks = append(v.Blocks, views.Block{Card: ui.CardData{Title: t.Say("delivery.subscriptions.add")}, Form: &ui.FormData{Action: SubscriptionsAt, Submit: t.Say("delivery.subscriptions.do"), Errors: e,
				Fields: []ui.Field{{Kind: ui.Select, Name: "what", Label: t.Say("delivery.col.report"), Value: c.FormValue("what"), Options: what, Required: true}}}})
		}
		return views.Page(t, v)
	})
}

func (p pages) subscribe(c *httpx.Ctx) error {
	definition, cut, _ := strings.Cut(c.FormValue("what"), "|")
	if err := c.Who.Need(reports.Read); err != nil {
		return err
	}
	if err := p.Subscribe(c.Std(), c.Who, definition, cut); err != nil {
		return p.showSubscriptions(c, err)
	}
	return act(c, nil, "delivery.subscriptions.saved", SubscriptionsAt)
}

func (p pages) unsubscribe(c *httpx.Ctx) error {
	id, err := idOf(c, "id")
	if err != nil {
		return err
	}
	return act(c, p.Unsubscribe(c.Std(), c.Who, id), "delivery.subscriptions.ended", SubscriptionsAt)
}
