package exchange

import (
	"context"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/exchange/post"
	"lotrinh/dossier/exchange/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// board shows how every office stands, and what waits for a person.
func (p *pages) board(c *httpx.Ctx) error {
	all, err := p.Standings(c.Std(), c.Who)
	if err != nil {
		return err
	}
	replays, err := p.replays(c.Std())
	if err != nil {
		return err
	}
	figures, err := p.figures(c.Std(), c.T, all)
	if err != nil {
		return err
	}
	runs, err := p.lastRuns(c.Std())
	if err != nil {
		return err
	}
	t := c.T
	v := views.Page{Head: ui.HeaderData{Title: t.Say("exchange.title"), Lead: t.Say("exchange.lead")}, Figures: figures}
	for _, r := range replays {
		v.Blocks = append(v.Blocks, p.replayBlock(t, c.Who, r))
	}
	table := p.officeTable(t, all, runs)
	v.Blocks = append(v.Blocks, views.Block{Card: ui.CardData{Title: t.Say("exchange.offices"), Flush: true}, Table: &table})
	return p.show(c, v, nil, nil)
}

// replays are the wishes that wait for a second person.
func (s *Service) replays(ctx context.Context) ([]post.Replay, error) {
	var rows []post.Replay
	err := s.DB.Read().NewSelect().Model(&rows).Where("xr.done_at IS NULL").Order("xr.id").Limit(20).Scan(ctx)
	return rows, db.Sorted(err)
}

// lastRuns are the latest comparisons of each office.
func (s *Service) lastRuns(ctx context.Context) (map[string]post.Comparison, error) {
	var rows []post.Comparison
	err := s.DB.Read().NewSelect().Model(&rows).Where("xu.day = (SELECT max(o.day) FROM exchange_run AS o WHERE o.partner = xu.partner)").Limit(20).Scan(ctx)
	out := map[string]post.Comparison{}
	for _, r := range rows {
		out[r.Partner] = r
	}
	return out, db.Sorted(err)
}

// most is where a count on the board stops: "99+" says enough.
const most = 100

func (p *pages) figures(ctx context.Context, t i18n.T, all []Standing) ([]ui.FigureData, error) {
	count := func(query string) (n int64, err error) {
		err = p.DB.Read().NewRaw("SELECT count(*) FROM ("+query+" LIMIT ?) AS few", most).Scan(ctx, &n)
		return n, db.Sorted(err)
	}
	differences, err := count("SELECT 1 FROM exchange_difference WHERE state = 'open'")
	if err != nil {
		return nil, err
	}
	incidents, err := count("SELECT 1 FROM exchange_incident WHERE closed_at IS NULL")
	if err != nil {
		return nil, err
	}
	var waits, dead int64
	for _, s := range all {
		waits, dead = waits+s.Waits, dead+s.Dead
	}
	one := func(key, href string, n int64, tone ui.Tone) ui.FigureData {
		f := ui.FigureData{Label: t.Say("exchange.figure." + key), Value: t.Int(n), SoWhat: t.Say("exchange.figure." + key + "_so"), Href: home + href}
		if n > 0 {
			f.Tone = tone
		}
		return f
	}
	return []ui.FigureData{one("waits", "/messages?state=waiting", waits, ui.Info), one("dead", "/messages?state=dead", dead, ui.Bad),
		one("differences", "/differences", differences, ui.Warn), one("incidents", "/incidents", incidents, ui.Warn)}, nil
}

func (p *pages) replayBlock(t i18n.T, who access.Actor, r post.Replay) views.Block {
	b := views.Block{Card: ui.CardData{Title: t.Say("exchange.replay.waits")}, Facts: []ui.Fact{
		{Label: t.Say("exchange.office"), Text: t.Say("exchange.office." + r.Partner)}, {Label: t.Say("exchange.replay.n"), Text: t.Int(r.N)},
		{Label: t.Say("exchange.replay.by"), Text: r.AskedName + " · " + t.Moment(r.AskedAt)}, {Label: t.Say("exchange.reason"), Text: r.Reason}}}
	form := ui.FormData{Action: home + "/replays/" + string(r.ID) + "/refuse", Submit: t.Say("exchange.replay.refuse"), Danger: true}
	if r.AskedBy != who.ID {
		form = ui.FormData{Action: home + "/replays/" + string(r.ID) + "/grant", Submit: t.Say("exchange.replay.grant")}
	}
	b.Form = &form
	return b
}

// circuit is how an office is reached, in a word.
func (p *pages) circuit(t i18n.T, s post.Partner) ui.State {
	switch {
	case s.Mode == post.Off:
		return ui.State{Tone: ui.Paused, Word: t.Say("exchange.mode.off")}
	case s.Mode == post.ByFile:
		return ui.State{Tone: ui.Info, Word: t.Say("exchange.mode.file")}
	case s.Broken(p.Machine.Now()):
		return ui.State{Tone: ui.Bad, Word: t.Say("exchange.circuit.open")}
	case s.Failures > 0:
		return ui.State{Tone: ui.Warn, Word: t.Say("exchange.circuit.failing", "n", s.Failures)}
	case s.AnsweredAt.IsZero():
		return ui.State{Tone: ui.Unknown, Word: t.Say("exchange.circuit.untried")}
	}
	return ui.State{Tone: ui.Good, Word: t.Say("exchange.circuit.closed")}
}

func (p *pages) officeTable(t i18n.T, all []Standing, runs map[string]post.Comparison) ui.TableData {
	table := ui.TableData{Caption: t.Say("exchange.offices"), HideCap: true, Count: int64(len(all)), Columns: []ui.Column{{Label: t.Say("exchange.office")}, {Label: t.Say("exchange.circuit")},
		{Label: t.Say("exchange.waits"), Num: true}, {Label: t.Say("exchange.dead"), Num: true}, {Label: t.Say("exchange.overdue"), Num: true}, {Label: t.Say("exchange.compared"), Quiet: true}}}
	for _, code := range Offices {
		for _, s := range all {
			if s.Code != code {
				continue
			}
			why := ""
			if s.Problem != "" {
				why = t.Say(s.Problem)
			}
			if s.Waits > 0 && !s.Oldest.IsZero() {
				why = t.Say("exchange.oldest", "age", ui.Age(t, s.Oldest, p.Machine.Now()))
			}
			compared := t.Say("exchange.never")
			if r, ok := runs[code]; ok {
				compared = t.Say("exchange.compared_as", "day", day(r.Day), "matched", r.Matched, "open", r.OnlyOurs+r.OnlyTheirs+r.Differ)
			}
			href := home + "/offices/" + code
			table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, t.Say("exchange.office."+code), t.Say("exchange.office_does."+code)),
				views.Stated(ui.Badge(p.circuit(t, s.Partner)), why), ui.Number(t, s.Waits), ui.Number(t, s.Dead), ui.Number(t, s.Overdue), ui.Text(compared)}})
		}
	}
	return table
}

// day writes 2016-11-10 as people do.
func day(date string) string {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return at.Format("02/01/2006")
}

// inbox lists what came in and could not be applied.
func (p *pages) inbox(c *httpx.Ctx) error {
	if err := everywhere(c.Who, dossier.Exchange); err != nil {
		return err
	}
	var rows []post.In
	err := p.DB.Read().NewSelect().Model(&rows).ExcludeColumn("body").Where("xi.state IN ('parked', 'quarantined', 'refused', 'stale')").OrderExpr("xi.id DESC").Limit(200).Scan(c.Std())
	if err != nil {
		return db.Sorted(err)
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("exchange.aside"), HideCap: true, Count: int64(len(rows)), Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("exchange.aside_none")},
		Columns: []ui.Column{{Label: t.Say("exchange.subject")}, {Label: t.Say("exchange.office")}, {Label: t.Say("exchange.state")}, {Label: t.Say("exchange.at"), Quiet: true}, {Label: t.Say("exchange.do")}}}
	for _, r := range rows {
		why := ""
		if r.Problem != "" {
			why = t.Say(r.Problem)
		}
		do := ui.Text("")
		if r.State == post.Quarantined || r.State == post.Refused {
			do = ui.Button(t, ui.Action{Label: t.Say("exchange.reread"), Href: home + "/inbox/" + string(r.ID) + "/reread", Post: true}, "btn btn-sm")
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Two(r.Subject, r.Type), ui.Text(t.Say("exchange.office." + r.Source)),
			views.Stated(ui.Badge(ui.State{Tone: insideTones[r.State], Word: t.Say("exchange.in." + r.State)}), why), ui.Text(t.Moment(r.At)), do}})
	}
	return p.show(c, views.Page{Head: ui.HeaderData{Title: t.Say("exchange.aside"), Lead: t.Say("exchange.aside_lead"), Crumbs: crumbs(t, "", "", t.Say("exchange.aside"))},
		Blocks: []views.Block{{Card: ui.CardData{Flush: true}, Table: &table}}}, nil, nil)
}

func (p *pages) reread(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := p.Reread(c.Std(), c.Who, id); err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("exchange.reread_done"))
	return c.See(home + "/inbox")
}

func (p *pages) incidents(c *httpx.Ctx) error {
	if err := everywhere(c.Who, dossier.Exchange); err != nil {
		return err
	}
	var rows []post.Incident
	err := p.DB.Read().NewSelect().Model(&rows).Where("xc.closed_at IS NULL").OrderExpr("xc.id DESC").Limit(200).Scan(c.Std())
	if err != nil {
		return db.Sorted(err)
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("exchange.incidents"), HideCap: true, Count: int64(len(rows)), Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("exchange.incidents_none")},
		Columns: []ui.Column{{Label: t.Say("exchange.incident")}, {Label: t.Say("exchange.office")}, {Label: t.Say("exchange.at"), Quiet: true}}}
	for _, r := range rows {
		href := home + "/incidents/" + string(r.ID)
		table.Rows = append(table.Rows, ui.Row{Href: href, Cells: []templ.Component{ui.Main(href, t.Say("exchange.incident."+r.Kind), r.Message), ui.Text(t.Say("exchange.office." + r.Partner)), ui.Text(t.Moment(r.At))}})
	}
	return p.show(c, views.Page{Head: ui.HeaderData{Title: t.Say("exchange.incidents"), Lead: t.Say("exchange.incidents_lead"), Crumbs: crumbs(t, "", "", t.Say("exchange.incidents"))},
		Blocks: []views.Block{{Card: ui.CardData{Flush: true}, Table: &table}}}, nil, nil)
}

func (p *pages) incident(c *httpx.Ctx) error { return p.showIncident(c, nil) }

func (p *pages) showIncident(c *httpx.Ctx, refused error) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := everywhere(c.Who, dossier.Exchange); err != nil {
		return err
	}
	var r post.Incident
	if err := p.DB.Read().NewSelect().Model(&r).Where("xc.id = ?", id).Scan(c.Std()); err != nil {
		return db.Sorted(err)
	}
	t := c.T
	title := t.Say("exchange.incident." + r.Kind)
	b := views.Block{Facts: []ui.Fact{{Label: t.Say("exchange.office"), Text: t.Say("exchange.office." + r.Partner)}, {Label: t.Say("exchange.message"), Text: r.Message},
		{Label: t.Say("exchange.at"), Text: t.Moment(r.At)}, {Label: t.Say("exchange.what"), Text: t.Say("exchange.incident." + r.Kind + "_what")}}}
	if r.Note != "" {
		b.Facts = append(b.Facts, ui.Fact{Label: t.Say("exchange.note"), Text: r.Note})
	}
	if !r.ClosedAt.IsZero() {
		b.Facts = append(b.Facts, ui.Fact{Label: t.Say("exchange.closed"), Text: t.Moment(r.ClosedAt) + " · " + r.Reason})
	}
	return p.show(c, views.Page{Head: ui.HeaderData{Title: title}}, refused, func(e ui.Errors) templ.Component {
		v := views.Page{Head: ui.HeaderData{Title: title, Crumbs: crumbs(t, "exchange.incidents", home+"/incidents", title)}, Blocks: []views.Block{b}}
		if r.ClosedAt.IsZero() {
			v.Blocks = append(v.Blocks, views.Block{Card: ui.CardData{Title: t.Say("exchange.close")}, Form: reasonForm(c, e, home+"/incidents/"+string(id), t.Say("exchange.close"), false)})
		}
		return views.Show(t, v)
	})
}

// reasonForm asks for a reason.
func reasonForm(c *httpx.Ctx, e ui.Errors, action, submit string, danger bool) *ui.FormData {
	return &ui.FormData{Action: action, Errors: e, Submit: submit, Danger: danger, Fields: []ui.Field{
		{Kind: ui.Area, Name: "reason", Label: c.T.Say("exchange.reason"), Value: c.FormValue("reason"), Rows: 3, Max: 500, Required: true}}}
}

func (p *pages) closeIncident(c *httpx.Ctx) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := p.Close(c.Std(), c.Who, id, c.FormValue("reason")); err != nil {
		return p.showIncident(c, err)
	}
	return c.See(home + "/incidents")
}

// grant does or refuses what another person wished.
func (p *pages) grant(c *httpx.Ctx, grant bool) error {
	id, err := idOf(c)
	if err != nil {
		return err
	}
	if err := p.GrantReplay(c.Std(), c.Who, id, grant); err != nil {
		return err
	}
	return c.See(home)
}

// address is a path with a query.
func address(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
