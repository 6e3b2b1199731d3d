package line

import (
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/plot"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory"
	"lotrinh/inventory/line/quality"
	"lotrinh/inventory/line/views"
	"lotrinh/inventory/readiness"
)

// said is a figure with its unit, as the inventory writes it.
func said(t i18n.T, fact string, v float64) string {
	return inventory.SayFact(t, fact, written(v, 2))
}

// say is what is wanted, in words.
func (w Want) say(t i18n.T) string {
	key := "line.want." + string(w.Op)
	if w.Unsure {
		key += ".each"
	}
	return t.Say(key, "value", said(t, w.Fact, w.Value))
}

// slow is the 95th percentile of values in any order.
func slow(values []float64) float64 {
	values = slices.Clone(values)
	slices.Sort(values)
	return quality.Percentile(values, 0.95)
}

func (p *pages) line(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	return p.showLine(c, key, OutageForm{From: p.Business.Now().In(clock.City).Format(typedMoment)}, nil)
}

func (p *pages) showLine(c *httpx.Ctx, key ident.ID, form OutageForm, refused error) error {
	v, err := p.Line(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	t, now := c.T, p.Business.Now()
	state := badge(t, v.Health)
	out := views.Line{
		Head: ui.HeaderData{Title: v.Name, State: &state, Lead: t.Say("line.since", "place", v.Place, "since", v.Since), Crumbs: crumbs(t,
			ui.Crumb{Label: v.Place, Href: "/inventory/units/" + v.Unit}, ui.Crumb{Label: v.Code})},
		Card: ui.CardData{Title: t.Say("line.figures"), Note: t.Say("line.figures.note", "days", quality.Window)}, Figures: p.figuresOf(t, v, now),
		Is: p.facts(c, v), Outages: p.outageTable(c, v), Runs: runTable(t, v),
	}
	if out.Charts, err = charts(t, v, now); err != nil {
		return err
	}
	if v.DownNow {
		out.Notice = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("line.down_now", "since", v.Since), Text: v.Provider.reach()}
	}
	if c.Who.Covers(Measure, v.Unit) {
		out.Head.Action = &ui.Action{Label: t.Say("line.measure.title"), Href: home + "/measure?line=" + string(v.Asset), Icon: "player-play"}
	}
	if c.Who.Covers(inventory.Edit, v.Unit) {
		out.Head.More = append(out.Head.More, ui.Action{Label: t.Say("line.edit"), Href: home + "/" + string(v.Asset) + "/edit", Icon: "edit"})
	}
	out.Head.More = append(out.Head.More, ui.Action{Label: t.Say("line.asset"), Href: "/inventory/assets/" + string(v.Asset)})
	return p.shown(c, v.Name, refused, func(e ui.Errors) templ.Component {
		if c.Who.Covers(Measure, v.Unit) {
			f := outageForm(t, form, e)
			f.Action = home + "/" + string(v.Asset) + "/outages"
			out.Report = &f
		}
		return views.LinePage(t, out)
	})
}

// figuresOf are the line's figures beside what is wanted of each.
func (p *pages) figuresOf(t i18n.T, v View, now time.Time) []views.Measured {
	known := v.values()
	var out []views.Measured
	for _, name := range measuredFacts {
		m := views.Measured{Label: t.Say("line.label." + name), Text: t.Say("line.unknown")}
		value, ok := known[name]
		if ok {
			m.Text = said(t, name, value)
		}
		if w, asked := mainOf(v.Wants, name); asked {
			m.Want = w.say(t)
			switch {
			case !ok || !w.settled(value):
				m.State = badge(t, Unknown)
			case w.Met(value):
				m.State = ui.State{Tone: ui.Good, Word: t.Say("line.met")}
			default:
				m.State = ui.State{Tone: ui.Bad, Word: t.Say("line.short")}
			}
		}
		source := readiness.Probe
		runs, days := v.Enough(source, now)
		if name == factDown || name == factUp || name != factAvailability && runs < quality.Enough {
			source = readiness.Measured
			runs, days = v.Enough(source, now)
		}
		switch {
		case !ok && runs == 0:
			m.Note = t.Say("line.nothing." + string(source))
		case !ok:
			m.Note = t.Say("line.too_few", "n", runs, "days", days, "enough", quality.Enough, "enough_days", quality.EnoughDays)
		default:
			m.Note = t.Say("line.rests_on", "n", runs, "days", days, "source", i18n.Key("readiness.source."+string(source)))
		}
		out = append(out, m)
	}
	return out
}

// facts are what is agreed about a line, and whom to tell of trouble.
func (p *pages) facts(c *httpx.Ctx, v View) []ui.Fact {
	t := c.T
	speed := t.Say("line.contract.unknown")
	if down := v.Contract[factContract]; down != "" {
		speed = inventory.SayFact(t, factContract, down)
		if up := v.Contract[factContractUp]; up != "" {
			speed += " / " + inventory.SayFact(t, factContractUp, up)
		}
	}
	out := []ui.Fact{{Label: t.Say("line.provider"), Text: v.ProviderName}, {Label: t.Say("line.circuit"), Text: v.Circuit}, {Label: t.Say("line.contract"), Text: speed}}
	if v.Down != nil {
		if promised, err := strconv.ParseFloat(v.Contract[factContract], 64); err == nil && promised > 0 {
			out = append(out, ui.Fact{Label: t.Say("line.reached"), Text: t.Percent(*v.Down / promised)})
		}
	}
	out = append(out, ui.Fact{Label: t.Say("line.contact"), Text: v.Provider.reach()})
	probe := t.Say("line.probe.none")
	if v.Target != "" {
		probe = v.Target
		switch {
		case p.Every <= 0:
			probe += " · " + t.Say("line.probe.off")
		case !v.ProbedAt.IsZero() && v.Answered:
			probe += " · " + t.Say("line.probe.answered", "ms", int64(*v.RTT+0.5), "age", ui.Age(t, v.ProbedAt, p.Business.Now()))
		case !v.ProbedAt.IsZero():
			probe += " · " + t.Say("line.probe.silent", "n", v.Fails, "age", ui.Age(t, v.ProbedAt, p.Business.Now()))
		}
	}
	return append(out, ui.Fact{Label: t.Say("line.probe"), Text: probe})
}

// charts are the round trip and the speed by day, with the outages under the former.
func charts(t i18n.T, v View, now time.Time) ([]ui.ChartData, error) {
	var out []ui.ChartData
	source := readiness.Measured
	if slices.ContainsFunc(v.Days, func(d DayView) bool { return d.Source == readiness.Probe && d.P50 != nil }) {
		source = readiness.Probe
	}
	rtt := plot.DaysSpec{DateHead: t.Say("line.day"), Low: plot.Line{Name: t.Say("line.p50")}, High: plot.Line{Name: t.Say("line.p95")}}
	speed := plot.DaysSpec{DateHead: t.Say("line.day"), Low: plot.Line{Name: t.Say("line.down")}, High: plot.Line{Name: t.Say("line.up")}}
	for _, d := range v.Days {
		at, err := clock.ParseDate(d.Date)
		if err != nil {
			return nil, err
		}
		if d.Source == source && d.P50 != nil {
			add(&rtt.Low, at, *d.P50)
			add(&rtt.High, at, *d.P95)
		}
		if d.Down != nil {
			add(&speed.Low, at, *d.Down)
		}
		if d.Up != nil {
			add(&speed.High, at, *d.Up)
		}
	}
	for _, o := range v.Outages {
		until := o.UntilAt
		if o.Open() {
			until = now
		}
		if until.After(o.FromAt) {
			rtt.Spans = append(rtt.Spans, plot.Span{From: o.FromAt, Until: until})
		}
	}
	limit(t, &rtt, v, factRTT)
	limit(t, &speed, v, factDown)
	for _, one := range []struct {
		spec plot.DaysSpec
		key  string
	}{{rtt, "line.chart.rtt"}, {speed, "line.chart.speed"}} {
		if len(one.spec.Low.Dates) == 0 {
			continue
		}
		d, err := drawn(t, one.spec, one.key)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// limit draws what is wanted of a figure.
func limit(t i18n.T, spec *plot.DaysSpec, v View, fact string) {
	if w, asked := mainOf(v.Wants, fact); asked {
		spec.Limit, spec.LimitTag = w.Value, w.say(t)
	}
}

func add(l *plot.Line, at time.Time, v float64) {
	l.Dates, l.Values = append(l.Dates, at), append(l.Values, v)
}

func drawn(t i18n.T, spec plot.DaysSpec, key string) (ui.ChartData, error) {
	n := len(spec.Low.Values)
	spec.Title = t.Say(key, "last", spec.Low.Values[n-1])
	spec.Lang, spec.Empty = t.Lang, t.Say("ui.chart.none")
	var both []plot.Chart
	for _, one := range []plot.Frame{{Width: 960, Class: "plot-wide"}, {Width: 360, Class: "plot-narrow"}} {
		spec.Width, spec.Class = one.Width, one.Class
		c, err := plot.Days(spec)
		if err != nil {
			return ui.ChartData{}, err
		}
		both = append(both, c)
	}
	d := ui.Plotted(spec.Title, both...)
	d.Source = t.Say(key + ".source")
	return d, nil
}

func (p *pages) outageTable(c *httpx.Ctx, v View) ui.TableData {
	t, now := c.T, p.Business.Now()
	d := ui.TableData{Caption: t.Say("line.outages"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("line.outage.from")}, {Label: t.Say("line.outage.long")},
		{Label: t.Say("line.outage.by")}, {Label: t.Say("line.outage.reference")}},
		Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("line.outages.none")}}
	for _, o := range v.Outages {
		until, word := o.UntilAt, ""
		if o.Open() {
			until, word = now, t.Say("line.outage.open")
		}
		by := t.Say("line.outage.by." + o.Source)
		if o.Source == ByPerson {
			by = o.ByName
		}
		row := ui.Row{Cells: []templ.Component{ui.Text(t.Moment(o.FromAt)), ui.Two(ui.Span(t, until.Sub(o.FromAt), 24*time.Hour), word), ui.Two(by, o.Note), ui.Text(o.Reference)}}
		if c.Who.Covers(Measure, v.Unit) {
			href := home + "/outages/" + string(o.ID)
			row.Href, row.Cells[0] = href, ui.Main(href, t.Moment(o.FromAt), "")
		}
		if o.Open() {
			row.Tone = ui.Late
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

func runTable(t i18n.T, v View) ui.TableData {
	d := ui.TableData{Caption: t.Say("line.runs"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("line.run.at")}, {Label: t.Say("line.down"), Num: true}, {Label: t.Say("line.up"), Num: true}},
		Empty: ui.EmptyData{Icon: "search", Title: t.Say("line.runs.none"), Text: t.Say("line.runs.none.hint")}}
	for _, r := range v.Runs {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Two(t.Moment(r.At), r.ByName+" · "+agentWords(t, r)), ui.Text(orNothing(t, factDown, r.Down)), ui.Text(orNothing(t, factUp, r.Up))}})
	}
	return d
}

// agentWords is what measured, as people call it.
func agentWords(t i18n.T, r Run) string {
	if r.Via == ViaAPI {
		return t.Say("line.agent.program")
	}
	return r.Agent
}

func orNothing(t i18n.T, fact string, v *float64) string {
	if v == nil {
		return "–"
	}
	return said(t, fact, *v)
}

// panel stands on the page of an asset that is a line.
func (p *pages) panel(c *httpx.Ctx, a inventory.AssetView) (templ.Component, error) {
	if a.Kind != inventory.WANLine {
		return nil, nil //nolint:nilnil // nothing is shown
	}
	var rows []Line
	if err := p.DB.Read().NewSelect().Model(&rows).Where("l.asset = ?", a.ID).Scan(c.Std()); err != nil || len(rows) == 0 {
		return nil, err
	}
	links := []ui.Action{{Label: c.T.Say("line.page"), Href: home + "/" + string(a.ID)}}
	if c.Who.Covers(Measure, a.Unit) {
		links = append(links, ui.Action{Label: c.T.Say("line.measure.title"), Href: home + "/measure?line=" + string(a.ID)})
	}
	return views.Beside(c.T, badge(c.T, rows[0].Health), c.T.Say("line.since.short", "since", rows[0].Since), links), nil
}
