package profile

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/profile/views"
	"lotrinh/inventory/readiness"
)

// unitPanel shows the answers line by line, what the commune is excused from, and its
// own figures: two queries.
func (s *Service) unitPanel(c *httpx.Ctx, u inventory.UnitView) (templ.Component, error) {
	code := u.Unit.Code
	waivers, err := s.Waivers(c.Std(), c.Who, code)
	if err != nil {
		return nil, err
	}
	site, err := s.Site(c.Std(), c.Who, code)
	if err != nil {
		return nil, err
	}
	labels, err := lineLabels(c.T, u.Profiles)
	if err != nil {
		return nil, err
	}
	t := c.T
	v := views.PanelView{Lines: ui.CardData{Title: t.Say("profile.unit.lines"), Flush: true}, Table: answerTable(t, labels, u.Answer.Lines),
		Waivers: ui.CardData{Title: t.Say("profile.unit.waivers"), Flush: true}, Excused: s.waiverTable(c, labels, waivers),
		Site: ui.CardData{Title: t.Say("profile.unit.site"), Note: t.Say("profile.unit.site.note")}, Facts: s.siteFacts(t, site)}
	if c.Who.Covers(inventory.Waive, code) {
		v.Waivers.Action = &ui.Action{Label: t.Say("profile.waive"), Href: "/inventory/units/" + code + "/waive", Icon: "plus"}
	}
	if c.Who.Covers(inventory.Edit, code) {
		v.Site.Action = &ui.Action{Label: t.Say("profile.site.tell"), Href: "/inventory/units/" + code + "/site", Icon: "edit"}
	}
	return views.Panel(t, v), nil
}

// lineLabels are the names of the lines of profiles, by "profile/line".
func lineLabels(t i18n.T, all []inventory.Profile) (map[string]string, error) {
	out := map[string]string{}
	for _, p := range all {
		lines, err := p.Lines()
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			out[p.Code+"/"+l.Code] = inventory.LineLabel(t, l)
		}
	}
	return out, nil
}

func answerTable(t i18n.T, labels map[string]string, all []readiness.LineResult) ui.TableData {
	d := ui.TableData{Caption: t.Say("profile.unit.lines"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("profile.field.label")}, {Label: t.Say("profile.unit.want"), Num: true},
		{Label: t.Say("profile.unit.have"), Num: true}, {Label: t.Say("inventory.board.ready")}}, Empty: ui.EmptyData{Icon: "checklist", Title: t.Say("readiness.nothing_known")}}
	for _, l := range all {
		label, ok := labels[l.Profile+"/"+l.Line]
		if !ok {
			label = l.Line
		}
		want := ui.Number(t, l.Want)
		if l.Want < 0 {
			want = ui.Text("?")
		}
		weight := t.Say("inventory.unit.should")
		if l.Must {
			weight = t.Say("inventory.profiles.must")
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Two(label, weight), want, ui.Number(t, l.Have), ui.Badge(inventory.VerdictBadge(t, l.Verdict))}})
	}
	return d
}

func (s *Service) waiverTable(c *httpx.Ctx, labels map[string]string, all []inventory.Waiver) ui.TableData {
	t, now := c.T, s.Now()
	d := ui.TableData{Caption: t.Say("profile.unit.waivers"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("profile.waiver.line")}, {Label: t.Say("profile.waiver.until")},
		{Label: t.Say("profile.waiver.signer")}, {Label: t.Say("profile.col.do")}}, Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("profile.unit.waivers.none")}}
	for _, w := range all {
		label, ok := labels[w.Profile+"/"+w.Line]
		if !ok {
			label = w.Line
		}
		last := t.Day(w.UntilAt.Add(-1))
		var do templ.Component
		switch {
		case !w.EndedAt.IsZero():
			do = ui.Text(t.Say("profile.waiver.ended", "day", t.Day(w.EndedAt)))
		case !w.Holds(now):
			do = ui.Text(t.Say("profile.waiver.over"))
		case c.Who.Covers(inventory.Waive, w.Unit):
			do = views.Do(t, []ui.Action{{Label: t.Say("profile.waiver.end"), Href: "/inventory/waivers/" + string(w.ID) + "/end", Post: true,
				Hidden: []ui.Hidden{{Name: "version", Value: strconv.FormatInt(w.Version, 10)}}}})
		default:
			do = ui.Text(t.Say("profile.waiver.holds"))
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Two(label, w.Reason), ui.Text(last), ui.Text(w.SignerName), do}})
	}
	return d
}

func (s *Service) siteFacts(t i18n.T, all []inventory.SiteFact) []ui.Fact {
	var out []ui.Fact
	now := s.Now()
	for _, name := range readiness.SiteFacts {
		fact := ui.Fact{Label: t.Say("profile.site." + name), Text: t.Say("inventory.fact.not_known")}
		for _, f := range all {
			if f.Name != name {
				continue
			}
			n, err := strconv.ParseInt(f.Value, 10, 64)
			if err != nil {
				continue
			}
			fact.Text = t.Say("profile.site.value", "n", n, "source", i18n.Key("readiness.source."+string(f.Source)), "day", t.Day(f.ObservedAt), "name", f.ObserverName)
			if f.Said != "" {
				fact.Text += " · " + f.Said
			}
			fact.Age = ui.Age(t, f.ObservedAt, now)
		}
		out = append(out, fact)
	}
	return out
}

// unitAt is the commune that the address names, within reach of a right.
func (p *pages) unitAt(c *httpx.Ctx) (inventory.UnitView, error) {
	return p.Unit(c.Std(), c.Who, c.Params("code"))
}

func (p *pages) askAt(c *httpx.Ctx, u inventory.UnitView, title, lead, action string, refused error, fields []ui.Field) error {
	t := c.T
	back := "/inventory/units/" + u.Unit.Code
	return p.site.Form(c, p.page(c, title), refused, func(e ui.Errors) templ.Component {
		return views.Ask(t, views.AskView{Header: ui.HeaderData{Title: title, Lead: lead, Crumbs: []ui.Crumb{{Label: t.Say("inventory.board.title"), Href: "/inventory"},
			{Label: u.Unit.Title(), Href: back}, {Label: title}}}, Form: ui.FormData{Action: back + action, Errors: e, Fields: fields, Submit: t.Say("profile.save"), Cancel: back}})
	})
}

func (p *pages) waiveForm(c *httpx.Ctx) error {
	if err := c.Who.NeedAt(inventory.Waive, c.Params("code")); err != nil {
		return err
	}
	return p.askWaiver(c, inventory.WaiverForm{Line: c.Query("line")}, nil)
}

func (p *pages) askWaiver(c *httpx.Ctx, f inventory.WaiverForm, refused error) error {
	u, err := p.unitAt(c)
	if err != nil {
		return err
	}
	labels, err := lineLabels(c.T, u.Profiles)
	if err != nil {
		return err
	}
	t := c.T
	options := []ui.Option{{Label: t.Say("profile.waiver.choose")}}
	for _, l := range u.Answer.Lines {
		key := l.Profile + "/" + l.Line
		options = append(options, ui.Option{Value: key, Label: labels[key] + " — " + t.Say("readiness.verdict."+string(l.Verdict))})
	}
	return p.askAt(c, u, t.Say("profile.waive"), t.Say("profile.waive.lead"), "/waive", refused, []ui.Field{
		{Kind: ui.Select, Name: "line", Label: t.Say("profile.waiver.line"), Options: options, Value: f.Line, Required: true},
		{Kind: ui.Date, Name: "until", Label: t.Say("profile.waiver.until"), Value: f.Until, Min: clock.Date(p.Now()), Required: true, Narrow: true},
		{Kind: ui.Area, Name: "reason", Label: t.Say("profile.waiver.reason"), Value: f.Reason, Rows: 3, Max: 500, Required: true}})
}

func (p *pages) waive(c *httpx.Ctx) error {
	f := inventory.WaiverForm{Line: c.FormValue("line"), Until: c.FormValue("until"), Reason: c.FormValue("reason")}
	unit := c.Params("code")
	if _, err := p.Excuse(c.Std(), c.Who, unit, f); err != nil {
		if nerr := c.Who.NeedAt(inventory.Waive, unit); nerr != nil {
			return nerr
		}
		return p.askWaiver(c, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("profile.waived"))
	return c.See("/inventory/units/" + unit)
}

func (p *pages) endWaiver(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	w, err := p.EndWaiver(c.Std(), c.Who, id, c.Version())
	if err != nil {
		return err
	}
	site.Flash(c, ui.Info, c.T.Say("profile.unwaived"))
	return c.See("/inventory/units/" + w.Unit)
}

func (p *pages) siteForm(c *httpx.Ctx) error {
	if err := c.Who.NeedAt(inventory.Edit, c.Params("code")); err != nil {
		return err
	}
	return p.askSite(c, map[string]string{}, nil)
}

func (p *pages) askSite(c *httpx.Ctx, typed map[string]string, refused error) error {
	u, err := p.unitAt(c)
	if err != nil {
		return err
	}
	t := c.T
	var fields []ui.Field
	for _, name := range readiness.SiteFacts {
		fields = append(fields, ui.Field{Kind: ui.Whole, Name: name, Label: t.Say("profile.site." + name), Value: typed[name], Narrow: true})
	}
	fields = append(fields, ui.Field{Kind: ui.Date, Name: "day", Label: t.Say("profile.site.day"), Hint: t.Say("profile.site.day.hint"), Value: typed["day"], Until: clock.Date(p.Now()), Narrow: true},
		ui.Field{Name: "said", Label: t.Say("profile.site.said"), Hint: t.Say("profile.site.said.hint"), Value: typed["said"], Max: 300})
	if c.Who.Covers(inventory.Inspect, u.Unit.Code) {
		fields = append(fields, ui.Field{Kind: ui.Check, Name: "seen", Label: t.Say("profile.site.seen"), Value: typed["seen"]})
	}
	return p.askAt(c, u, t.Say("profile.site.tell"), t.Say("profile.unit.site.note"), "/site", refused, fields)
}

func (p *pages) setSite(c *httpx.Ctx) error {
	unit := c.Params("code")
	typed := map[string]string{"day": c.FormValue("day"), "said": c.FormValue("said"), "seen": c.FormValue("seen")}
	var forms []inventory.SiteForm
	for _, name := range readiness.SiteFacts {
		if typed[name] = c.FormValue(name); typed[name] != "" {
			forms = append(forms, inventory.SiteForm{Name: name, Value: typed[name], Day: typed["day"], Said: typed["said"], Seen: typed["seen"] == "1"})
		}
	}
	if err := p.tell(c.Std(), c, unit, forms); err != nil {
		if nerr := c.Who.NeedAt(inventory.Edit, unit); nerr != nil {
			return nerr
		}
		return p.askSite(c, typed, err)
	}
	site.Flash(c, ui.Good, c.T.Say("profile.saved"))
	return c.See("/inventory/units/" + unit)
}

// tell records figures; a fault of a value is told at the field of its figure.
func (p *pages) tell(ctx context.Context, c *httpx.Ctx, unit string, forms []inventory.SiteForm) error {
	var k fault.Check
	k.Need(len(forms) > 0, readiness.StaffAtCounter, "profile.site.nothing")
	for _, f := range forms {
		err := f.Check(p.Now())
		if err == nil {
			continue
		}
		for _, e := range fault.Of(err).Fields {
			field := e.Name
			if field == "value" {
				field = f.Name
			}
			k.Need(false, field, e.Key, e.Args...)
		}
	}
	if err := k.Err(); err != nil {
		return err
	}
	return p.SetSites(ctx, c.Who, map[string][]inventory.SiteForm{unit: forms})
}
