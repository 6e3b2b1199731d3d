package tier

import (
	"net/url"
	"regexp"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/tier/views"
)

var monthShape = regexp.MustCompile(`^20\d\d-(0[1-9]|1[0-2])$`)

// month is the month that the address asks for; this one otherwise.
func (p *pages) month(c *httpx.Ctx) string {
	if m := c.Query("month"); monthShape.MatchString(m) {
		return m
	}
	return Month(p.Business.Now())
}

func (p *pages) vendors(c *httpx.Ctx) error {
	all, err := p.Vendors(c.Std(), c.Who)
	if err != nil {
		return err
	}
	month := p.month(c)
	scores, err := p.Scores(c.Std(), c.Who, month)
	if err != nil {
		return err
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("tier.vendors.score", "month", monthOf(t, month)), Count: int64(len(all)),
		Columns: []ui.Column{{Label: t.Say("tier.vendor")}, {Label: t.Say("tier.score.handed"), Num: true}, {Label: t.Say("tier.score.answered"), Num: true},
			{Label: t.Say("tier.score.fixed"), Num: true}, {Label: t.Say("tier.score.returned"), Num: true, Quiet: true}, {Label: t.Say("tier.score.late"), Num: true},
			{Label: t.Say("tier.score.mean"), Num: true, Quiet: true}},
		Empty: ui.EmptyData{Icon: "building", Title: t.Say("tier.vendors.none"), Text: t.Say("tier.vendors.none_text")}}
	for _, v := range all {
		s := scores[v.ID]
		row := ui.Row{Href: "/desk/vendors/" + string(v.ID) + "?month=" + month, Cells: []templ.Component{
			ui.Main("/desk/vendors/"+string(v.ID)+"?month="+month, v.Name, contractOf(t, v)), ui.Number(t, s.Handed),
			share(t, s.Answered, s.Handed), share(t, s.Fixed, s.Ended), ui.Number(t, s.Returned), ui.Number(t, s.Late), ui.Text(hours(t, s.Mean(), s.Ended))}}
		if s.Late > 0 {
			row.Tone = ui.Late
		}
		table.Rows = append(table.Rows, row)
	}
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("tier.vendors"), Lead: t.Say("tier.vendors.lead")},
		Filter: &ui.FilterData{Action: "/desk/vendors", Results: "results", Fields: []ui.Field{{Kind: ui.Select, Name: "month", Label: t.Say("tier.month"), Value: month, Options: p.months(t, month)}}},
		Tables: []views.TableView{{Card: ui.CardData{Flush: true}, Table: table}}}
	if c.Who.May(helpdesk.Manage) {
		v.Head.Action = &ui.Action{Label: t.Say("tier.vendor.new"), Href: "/desk/vendors/new", Icon: "plus"}
	}
	return p.site.Show(c, site.Page{Title: t.Say("tier.vendors"), At: "/desk/vendors"}, views.ListPage(t, v))
}

func contractOf(t i18n.T, v Vendor) string {
	if !v.Active {
		return t.Say("tier.vendor.ended")
	}
	return v.Contract
}

// monthOf is a month as people write it: 11/2016.
func monthOf(_ i18n.T, month string) string { return month[5:] + "/" + month[:4] }

// months are the last twelve, and the one asked for.
func (p *pages) months(t i18n.T, asked string) []ui.Option {
	var all []ui.Option
	at, seen := p.Business.Now(), false
	for range 12 {
		m := Month(at)
		seen = seen || m == asked
		all = append(all, ui.Option{Value: m, Label: monthOf(t, m)})
		at = at.AddDate(0, 0, -at.Day())
	}
	if !seen {
		all = append(all, ui.Option{Value: asked, Label: monthOf(t, asked)})
	}
	return all
}

// share is a part in words: "3/4 · 75 %"; of nothing there is no share.
func share(t i18n.T, n, of int64) templ.Component {
	if of == 0 {
		return ui.Text("–")
	}
	return ui.Two(t.Percent(float64(n)/float64(of)), t.Int(n)+"/"+t.Int(of))
}

func hours(t i18n.T, minutes, of int64) string {
	if of == 0 {
		return "–"
	}
	return t.Say("tier.hours", "hours", t.Decimal(float64(minutes)/60, 1))
}

func (p *pages) newVendor(c *httpx.Ctx) error {
	if err := c.Who.Need(helpdesk.Manage); err != nil {
		return err
	}
	return p.showVendor(c, Vendor{Calendar: calstore.Office, Answer: 60, Fix1: 240, Fix2: 480, Fix3: 960, Fix4: 2400, Active: true}, nil)
}

func (p *pages) vendor(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, err := p.Vendor(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	return p.showVendor(c, v, nil)
}

// showVendor shows a vendor with its cases, and the form for whoever may change it.
func (p *pages) showVendor(c *httpx.Ctx, v Vendor, refused error) error {
	t := c.T
	title := v.Name
	if v.ID == "" {
		title = t.Say("tier.vendor.new")
	}
	view := views.ListView{Head: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("tier.vendors"), Href: "/desk/vendors"}, {Label: title}}, Title: title, Lead: reach(v)}}
	if v.ID != "" {
		rows, err := p.CasesOf(c.Std(), c.Who, v.ID, page.Read(c.Query("after"), c.Query("limit")))
		if err != nil {
			return err
		}
		view.Tables = []views.TableView{{Card: ui.CardData{Title: t.Say("tier.cases"), Flush: true}, Table: p.caseTable(t, v, rows)}}
	}
	return p.shown(c, "/desk/vendors", title, refused, func(e ui.Errors) templ.Component {
		if c.Who.May(helpdesk.Manage) {
			form := vendorForm(t, v, e)
			view.Form = &form
		}
		return views.ListPage(t, view)
	})
}

// reach is by which ways a vendor is reached.
func reach(v Vendor) string {
	text := v.Contract
	for _, one := range []string{v.Phone, v.Mail} {
		if one != "" && text != "" {
			text += " · "
		}
		text += one
	}
	return text
}

func (p *pages) caseTable(t i18n.T, v Vendor, rows page.Page[Case]) ui.TableData {
	table := ui.TableData{Caption: t.Say("tier.cases"), HideCap: true, Count: -1,
		Columns: []ui.Column{{Label: t.Say("tier.case")}, {Label: t.Say("tier.reference")}, {Label: t.Say("tier.fix_due")}, {Label: t.Say("tier.outcome")}},
		Empty:   ui.EmptyData{Icon: "circle-check", Title: t.Say("tier.cases.none")}, Pager: &ui.PagerData{Shown: len(rows.Items)}}
	now := p.Business.Now()
	for _, one := range rows.Items {
		state := ui.State{Tone: ui.Info, Word: t.Say("tier.outcome.open")}
		switch {
		case one.Outcome != "":
			state = ui.State{Tone: ui.Neutral, Word: t.Say("tier.outcome." + string(one.Outcome))}
		case one.FixDue != nil && one.FixDue.Before(now):
			state = ui.State{Tone: ui.Late, Word: t.Say("tier.outcome.late")}
		}
		due := t.Say("tier.no_calendar")
		if one.FixDue != nil {
			due = t.Moment(*one.FixDue)
		}
		table.Rows = append(table.Rows, ui.Row{Href: "/tickets/" + string(one.Ticket), Cells: []templ.Component{
			ui.Main("/tickets/"+string(one.Ticket), t.Moment(one.HandedAt), t.Say("tier.case.priority", "priority", i18n.Key("helpdesk.priority."+strconv.Itoa(one.Priority)))),
			ui.Text(one.Reference), ui.Text(due), ui.Badge(state)}})
	}
	if rows.Next != "" {
		table.Pager.Next = "/desk/vendors/" + string(v.ID) + "?" + url.Values{"after": {rows.Next}}.Encode()
	}
	return table
}

func vendorForm(t i18n.T, v Vendor, e ui.Errors) ui.FormData {
	whole := func(name string, n int64) ui.Field {
		return ui.Field{Kind: ui.Whole, Name: name, Label: t.Say("tier.vendor." + name), Value: strconv.FormatInt(n, 10), Required: true, Narrow: true}
	}
	active := ui.Field{Kind: ui.Check, Name: "active", Label: t.Say("tier.vendor.active")}
	if v.Active {
		active.Value = "1"
	}
	f := ui.FormData{Action: "/desk/vendors", Errors: e, Submit: t.Say("tier.vendor.save"), Cancel: "/desk/vendors", Fields: []ui.Field{
		{Name: "name", Label: t.Say("tier.vendor.name"), Value: v.Name, Required: true, Max: longestName},
		{Name: "contract", Label: t.Say("tier.vendor.contract"), Value: v.Contract, Max: longestPhrase},
		{Kind: ui.Phone, Name: "phone", Label: t.Say("tier.vendor.phone"), Value: v.Phone},
		{Kind: ui.Email, Name: "mail", Label: t.Say("tier.vendor.mail"), Value: v.Mail},
		{Kind: ui.Select, Name: "calendar", Label: t.Say("tier.vendor.calendar"), Value: v.Calendar, Options: []ui.Option{
			{Value: calstore.Office, Label: t.Say("tier.calendar.office")}, {Value: calstore.Always, Label: t.Say("tier.calendar.always")}}},
		whole("answer", v.Answer), whole("fix1", v.Fix1), whole("fix2", v.Fix2), whole("fix3", v.Fix3), whole("fix4", v.Fix4), active,
	}}
	if v.ID != "" {
		f.Action += "/" + string(v.ID)
		f.Hidden = []ui.Hidden{{Name: "version", Value: strconv.FormatInt(v.Version, 10)}}
	}
	return f
}

func (p *pages) saveVendor(c *httpx.Ctx) error {
	minutes := func(name string) int64 {
		n, err := strconv.ParseInt(c.FormValue(name), 10, 64)
		if err != nil {
			return 0 // what is no number is no time, and check says so
		}
		return n
	}
	v := Vendor{Name: c.FormValue("name"), Mail: c.FormValue("mail"), Phone: c.FormValue("phone"), Contract: c.FormValue("contract"), Calendar: c.FormValue("calendar"),
		Answer: minutes("answer"), Fix1: minutes("fix1"), Fix2: minutes("fix2"), Fix3: minutes("fix3"), Fix4: minutes("fix4"), Active: c.FormValue("active") != ""}
	if c.Params("id") != "" {
		key, err := id(c)
		if err != nil {
			return err
		}
		v.ID, v.Version = key, c.Version()
	}
	saved, err := p.SaveVendor(c.Std(), c.Who, v)
	if err != nil {
		return p.showVendor(c, v, err)
	}
	site.Flash(c, ui.Good, c.T.Say("tier.vendor.saved", "name", saved.Name))
	return c.See("/desk/vendors/" + string(saved.ID))
}

// named are what the people of visits are called, and where communes lie.
func (p *pages) named(c *httpx.Ctx, rows []Visit) (map[ident.ID]string, error) {
	ids := make([]ident.ID, 0, len(rows))
	for _, v := range rows {
		ids = append(ids, v.Technician)
	}
	return p.People.Names(c.Std(), ids)
}
