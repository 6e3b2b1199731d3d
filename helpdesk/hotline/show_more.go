package hotline

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/helpdesk/hotline/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// callView is the page of a call.
func (p *pages) callView(c *httpx.Ctx, call Call, a attempt, e ui.Errors) (views.CallView, error) {
	k, err := p.known(c, call)
	if err != nil {
		return views.CallView{}, err
	}
	before, err := p.earlier(c.Std(), c.Who, call)
	if err != nil {
		return views.CallView{}, err
	}
	names, _, err := p.people(c, []ident.ID{call.Agent, call.Person})
	if err != nil {
		return views.CallView{}, err
	}
	t, state := c.T, stateOf(c.T, call)
	v := views.CallView{Known: k, Earlier: timeline(t, before), Facts: callFacts(t, call, names)}
	v.Head = ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("hotline.title"), Href: home}, {Label: t.Say("hotline.call.title")}}, State: &state,
		Title: t.Say("hotline.direction."+call.Direction) + ", " + t.Moment(call.BeganAt), Lead: shownNumber(c, call.Number)}
	if call.Ticket == "" {
		v.Head.Action = &ui.Action{Label: t.Say("hotline.ticket.save"), Href: callPage(call.ID) + "/ticket", Icon: "ticket"}
	} else {
		v.Head.Action = &ui.Action{Label: t.Say("hotline.call.ticket"), Href: "/tickets/" + string(call.Ticket), Icon: "ticket"}
	}
	note := call.Note
	v.Note = ui.FormData{Action: callPage(call.ID) + "/note", Submit: t.Say("hotline.note.save"), Fields: []ui.Field{{Kind: ui.Area, Name: "note", Label: t.Say("hotline.note.label"), Value: note, Rows: 5, Max: longestNote,
		Attrs: templ.Attributes{"data-unsent": true, "hx-post": callPage(call.ID) + "/note", "hx-trigger": "input changed delay:1s", "hx-swap": "none"}}}}
	if a.form == "note" {
		v.Note.Errors, v.Note.Fields[0].Value = e, c.FormValue("note")
	}
	return v, p.taskOf(c, call, a, e, &v)
}

func callFacts(t i18n.T, call Call, names map[ident.ID]string) []ui.Fact {
	facts := []ui.Fact{{Label: t.Say("hotline.col.agent"), Text: names[call.Agent]}, {Label: t.Say("hotline.fact.began"), Text: t.Moment(call.BeganAt)}}
	if call.AnsweredAt != nil {
		facts = append(facts, ui.Fact{Label: t.Say("hotline.fact.waited"), Text: t.Say("hotline.span.seconds", "s", int(call.Waited().Seconds()))})
	}
	return append(facts, ui.Fact{Label: t.Say("hotline.col.talked"), Text: talked(t, call)}, ui.Fact{Label: t.Say("hotline.fact.line"), Text: call.Line},
		ui.Fact{Label: t.Say("hotline.fact.queue"), Text: call.Queue}, ui.Fact{Label: t.Say("hotline.fact.cause"), Text: cause(t, call.Cause)})
}

// causes are the ends of calls that have a word.
var causes = []string{"normalClearing", "busy", "cancel", "noAnswer", "congestion", "notFound", "forwarded", causeLost}

func cause(t i18n.T, said string) string {
	if slices.Contains(causes, said) {
		return t.Say("hotline.cause." + said)
	}
	return said
}

// taskOf puts the open task of the call's number beside the call.
func (p *pages) taskOf(c *httpx.Ctx, call Call, a attempt, e ui.Errors, v *views.CallView) error {
	if call.Number == "" {
		return nil
	}
	var rows []Callback
	err := p.DB.Read().NewSelect().Model(&rows).Where("hb.number = ?", call.Number).Where("hb.state = ?", Waiting).Apply(within(c.Who, "hb.unit")).Scan(c.Std())
	if err != nil || len(rows) == 0 {
		return err
	}
	cals, err := p.calendar(c.Std())
	if err != nil {
		return err
	}
	b, t := rows[0], c.T
	next := []ui.Hidden{{Name: "next", Value: callPage(call.ID)}}
	v.Task = &views.Panel{Title: t.Say("hotline.callback.title"), Note: missedWords(t, b), Due: due(cals.cal, b, p.Business.Now()),
		Form: ui.FormData{Action: home + "/callbacks/" + string(b.ID) + "/done", Submit: t.Say("hotline.callback.finish"), Hidden: []ui.Hidden{{Name: "call", Value: string(call.ID)}},
			Fields: []ui.Field{{Kind: ui.Area, Name: "settled", Label: t.Say("hotline.callback.note"), Rows: 2, Required: true}}}}
	if b.Owner != c.Who.ID {
		v.Task.Do = &ui.Action{Label: t.Say("hotline.callback.take"), Icon: "phone", Post: true, Href: home + "/callbacks/" + string(b.ID) + "/take", Hidden: next}
	}
	if a.form == "task" {
		v.Task.Form.Errors, v.Task.Form.Fields[0].Value = e, c.FormValue("settled")
	}
	return nil
}

func (p *pages) logView(c *httpx.Ctx, l Logged, rows page.Page[Logged], e ui.Errors) (views.ListView, error) {
	var ids []ident.ID
	for _, one := range rows.Items {
		ids = append(ids, one.KeptBy)
	}
	names, tree, err := p.people(c, ids)
	if err != nil {
		return views.ListView{}, err
	}
	t := c.T
	unit := ui.Field{Name: "unit", Label: t.Say("hotline.log.unit"), Value: l.Unit, Required: true}
	if everywhere, codes := c.Who.Reach(Keep); !everywhere && len(codes) <= 60 {
		unit.Kind = ui.Select
		for _, u := range tree.All() {
			if c.Who.Covers(Keep, u.Code) {
				unit.Options = append(unit.Options, ui.Option{Value: u.Code, Label: u.Title()})
			}
		}
	}
	asked, hidden := []ui.Field{unit}, []ui.Hidden(nil)
	if len(unit.Options) == 1 {
		asked, hidden = nil, []ui.Hidden{{Name: "unit", Value: unit.Options[0].Value}}
	}
	note := ""
	if len(asked) == 0 {
		note = unit.Options[0].Label
	}
	v := views.ListView{Head: ui.HeaderData{Title: t.Say("hotline.log.title"), Lead: t.Say("hotline.log.lead")}, Title: t.Say("hotline.log.new"), Note: note,
		Form: &ui.FormData{ID: "log", Action: "/hotline/log", Errors: e, Submit: t.Say("hotline.log.save"), Hidden: hidden, Fields: append(asked, []ui.Field{
			{Name: "caller", Label: t.Say("hotline.log.caller"), Hint: t.Say("hotline.log.caller.hint"), Value: l.Caller, Required: true, Max: longest},
			{Kind: ui.Area, Name: "matter", Label: t.Say("hotline.log.matter"), Value: l.Matter, Rows: 2, Required: true, Max: longestNote},
			{Kind: ui.Area, Name: "outcome", Label: t.Say("hotline.log.outcome"), Value: l.Outcome, Rows: 2, Required: true, Max: longestNote}}...)}}
	v.Table = ui.TableData{ID: "log-rows", Caption: t.Say("hotline.log.title"), Count: -1, Columns: []ui.Column{{Label: t.Say("hotline.log.caller")}, {Label: t.Say("hotline.log.matter")},
		{Label: t.Say("hotline.log.outcome")}, {Label: t.Say("hotline.log.unit"), Quiet: true}, {Label: t.Say("hotline.col.at")}},
		Empty: ui.EmptyData{Icon: "book", Title: t.Say("hotline.log.empty")}, Pager: pager("/hotline/log", url.Values{}, rows.Next, rows.First, len(rows.Items))}
	for _, one := range rows.Items {
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []templ.Component{ui.Text(one.Caller), ui.Text(one.Matter), ui.Text(one.Outcome), ui.Text(tree.Place(one.Unit)),
			ui.Two(t.Moment(one.At), names[one.KeptBy])}})
	}
	return v, nil
}

func (p *pages) showPBX(c *httpx.Ctx, secret string, a attempt) error {
	all, err := p.PBXs(c.Std(), c.Who)
	if err != nil {
		return err
	}
	blocks, err := p.Blocks(c.Std(), c.Who)
	if err != nil {
		return err
	}
	return p.shown(c, c.T.Say("hotline.pbx"), a.err, func(e ui.Errors) (templ.Component, error) {
		t := c.T
		v := views.PBXView{Head: ui.HeaderData{Title: t.Say("hotline.pbx"), Lead: t.Say("hotline.pbx.lead")}, Tabs: p.tabs(c, home+"/pbx"), Secret: secret, Address: c.BaseURL() + "/api/v1/cti/",
			Make: ui.FormData{ID: "pbx", Action: home + "/pbx", Submit: t.Say("hotline.pbx.make"), Fields: []ui.Field{
				{Name: "name", Label: t.Say("hotline.pbx.name"), Required: true, Max: 80}, {Kind: ui.Phone, Name: "caller_id", Label: t.Say("hotline.pbx.caller_id"), Hint: t.Say("hotline.pbx.caller_id.hint")}}},
			Block: ui.FormData{ID: "block", Action: home + "/blocks", Submit: t.Say("hotline.block.do"), Fields: []ui.Field{
				{Kind: ui.Phone, Name: "number", Label: t.Say("hotline.block.number"), Required: true}, {Name: "reason", Label: t.Say("hotline.block.reason"), Required: true, Max: longest}}}}
		for form, d := range map[string]*ui.FormData{"pbx": &v.Make, "block": &v.Block} {
			if a.form == form && a.err != nil {
				d.Errors = e
				for i := range d.Fields {
					d.Fields[i].Value = c.FormValue(d.Fields[i].Name)
				}
			}
		}
		v.Table, v.Blocks = pbxTable(t, all), blockTable(t, blocks)
		return views.PBX(t, v), nil
	})
}

func pbxTable(t i18n.T, all []PBX) ui.TableData {
	d := ui.TableData{ID: "pbxs", Caption: t.Say("hotline.pbx"), Count: int64(len(all)), Empty: ui.EmptyData{Icon: "phone", Title: t.Say("hotline.pbx.empty")},
		Columns: []ui.Column{{Label: t.Say("hotline.pbx.name")}, {Label: t.Say("hotline.pbx.made")}, {Label: t.Say("hotline.pbx.used")}, {Label: t.Say("hotline.col.state")}}}
	for _, x := range all {
		used := ""
		if x.UsedAt != nil {
			used = t.Moment(*x.UsedAt)
		}
		last := ui.Badge(ui.State{Tone: ui.Neutral, Word: t.Say("hotline.pbx.ended")})
		if x.RevokedAt == nil {
			last = ui.Button(t, ui.Action{Label: t.Say("hotline.pbx.revoke"), Post: true, Danger: true, Href: home + "/pbx/" + string(x.ID) + "/revoke",
				Confirm: &ui.Confirm{ID: "revoke-" + string(x.ID), Title: t.Say("hotline.pbx.revoke.ask", "name", x.Name), Text: t.Say("hotline.pbx.revoke.text")}}, "btn btn-sm")
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Two(x.Name, phone.Show(x.CallerID)), ui.Text(t.Moment(x.MadeAt)), ui.Text(used), last}})
	}
	return d
}

func blockTable(t i18n.T, blocks []Blocked) ui.TableData {
	d := ui.TableData{ID: "blocks", Caption: t.Say("hotline.block.title"), Count: int64(len(blocks)), Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("hotline.block.empty")},
		Columns: []ui.Column{{Label: t.Say("hotline.block.number")}, {Label: t.Say("hotline.block.reason")}, {Label: t.Say("hotline.col.at")}, {Label: t.Say("hotline.col.state")}}}
	for _, b := range blocks {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(phone.Show(b.Number)), ui.Text(b.Reason), ui.Text(t.Moment(b.MadeAt)),
			ui.Button(t, ui.Action{Label: t.Say("hotline.block.lift"), Post: true, Href: home + "/blocks/lift", Hidden: []ui.Hidden{{Name: "number", Value: b.Number}}}, "btn btn-sm")}})
	}
	return d
}

// spans are over how many days hours are summed up.
var spans = []int{7, 30, 90}

func (p *pages) hours(c *httpx.Ctx) error {
	days, err := strconv.Atoi(c.Query("days"))
	if err != nil || !slices.Contains(spans, days) {
		days = spans[0]
	}
	now := p.Business.Now()
	hours, err := p.Hours(c.Std(), c.Who, clock.Date(now.AddDate(0, 0, 1-days)), clock.Date(now.AddDate(0, 0, 1)))
	if err != nil {
		return err
	}
	t := c.T
	v := views.HoursView{Head: ui.HeaderData{Title: t.Say("hotline.hours"), Lead: t.Say("hotline.hours.lead")}, Tabs: p.tabs(c, home+"/hours")}
	for _, n := range spans {
		v.Days = append(v.Days, ui.Tab{Label: t.Say("hotline.hours.last", "n", n), Href: home + "/hours?days=" + strconv.Itoa(n), Active: n == days, Count: -1})
	}
	var sum Hour
	v.Table = ui.TableData{Caption: t.Say("hotline.hours.caption", "n", days), Count: -1, Columns: []ui.Column{{Label: t.Say("hotline.hours.hour")}}, Empty: ui.EmptyData{Icon: "clock", Title: t.Say("hotline.hours.empty")}}
	for _, what := range []string{dimIn, dimAnswered, dimMissed, dimOut, dimWait, dimTalk} {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Label: t.Say("hotline.hours." + what), Num: true})
	}
	for h, n := range hours {
		sum = Hour{sum.In + n.In, sum.Answered + n.Answered, sum.Missed + n.Missed, sum.Out + n.Out, sum.Wait + n.Wait, sum.Talk + n.Talk}
		if n.In+n.Out > 0 {
			v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []templ.Component{ui.Text(fmt.Sprintf("%02d:00", h)), ui.Number(t, n.In), ui.Number(t, n.Answered), ui.Number(t, n.Missed), ui.Number(t, n.Out),
				ui.Text(t.Say("hotline.span.seconds", "s", share(n.Wait, n.Answered))), ui.Text(t.Say("hotline.span.minutes", "m", (n.Talk+59)/60))}})
		}
	}
	v.Figures = []ui.FigureData{{Label: t.Say("hotline.hours.in"), Value: t.Int(sum.In)}, {Label: t.Say("hotline.hours.missed"), Value: t.Int(sum.Missed), Of: t.Say("hotline.hours.of", "n", sum.In)},
		{Label: t.Say("hotline.hours.wait"), Value: t.Say("hotline.span.seconds", "s", share(sum.Wait, sum.Answered))}, {Label: t.Say("hotline.hours.talk"), Value: t.Say("hotline.span.minutes", "m", (sum.Talk+59)/60)}}
	if v.Chart, err = hoursChart(t, hours, days); err != nil {
		return err
	}
	return p.site.Show(c, site.Page{Title: t.Say("hotline.hours"), At: home}, views.Hours(t, v))
}

// share is a sum divided among n, rounded; nothing among none.
func share(sum, n int64) int64 {
	if n == 0 {
		return 0
	}
	return (sum + n/2) / n
}

func hoursChart(t i18n.T, hours [24]Hour, days int) (ui.ChartData, error) {
	spec := plot.ColumnsSpec{Head: t.Say("hotline.hours.hour"), ValueHead: t.Say("hotline.hours.in")}
	most, at := int64(0), 0
	for h, n := range hours {
		if h >= 6 && h < 20 || n.In > 0 {
			spec.Columns = append(spec.Columns, plot.Bar{Label: fmt.Sprintf("%02d", h), Value: float64(n.In)})
		}
		if n.In > most {
			most, at = n.In, h
		}
	}
	spec.Title = t.Say("hotline.hours.chart", "n", days)
	if most > 0 {
		spec.Title = t.Say("hotline.hours.peak", "hour", fmt.Sprintf("%02d:00", at), "calls", most, "n", days)
	}
	spec.Lang, spec.Empty = t.Lang, t.Say("ui.chart.none")
	wide, narrow := spec, spec
	wide.Width, wide.Class = 960, "plot-wide"
	narrow.Width, narrow.Class = 360, "plot-narrow"
	big, err := plot.Columns(wide)
	if err != nil {
		return ui.ChartData{}, err
	}
	small, err := plot.Columns(narrow)
	if err != nil {
		return ui.ChartData{}, err
	}
	return ui.Plotted(spec.Title, big, small), nil
}
