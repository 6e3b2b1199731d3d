package alert

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/alert/judge"
	"lotrinh/reports/alert/views"
	"lotrinh/reports/metric"
)

// says is the rule in words: "over 5%, of the last 30 days, over again at 4%".
func (r Rule) says(t i18n.T) string {
	m, _ := metric.Find(r.Metric)
	compare := r.typed(t).Compare
	bound := r.Threshold
	if compare == fallen {
		bound = -bound
	}
	s := t.Say("alert.says."+compare, "bound", plain(t, m, r.Past, bound))
	if m.Kind == metric.Flow || m.Kind == metric.Rate {
		s += ", " + t.Say("alert.says."+string(r.Span), "n", r.Days)
	}
	return s
}

// plain is a bound without the sign that written puts before a rise.
func plain(t i18n.T, m metric.Metric, past bool, n int64) string {
	if past {
		return t.Percent(float64(n) / grain)
	}
	return written(t, m, false, n)
}

func (p *pages) rulesPage(c *httpx.Ctx) error {
	all, err := p.Rules(c.Std(), c.Who)
	if err != nil {
		return err
	}
	t, may := c.T, c.Who.May(Configure)
	v := views.List{Head: ui.HeaderData{Title: t.Say("alert.rules"), Lead: t.Say("alert.rules.lead"), Crumbs: []ui.Crumb{{Label: t.Say("alert.title"), Href: Home}, {Label: t.Say("alert.rules")}}},
		Table: ui.TableData{Caption: t.Say("alert.rules"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("alert.name")}, {Label: t.Say("alert.when")}, {Label: t.Say("alert.reach")}, {Label: t.Say("alert.state")}},
			Empty: ui.EmptyData{Icon: "bell", Title: t.Say("alert.rules.none"), Text: t.Say("alert.rules.lead")}}}
	if may {
		v.Head.Action = &ui.Action{Label: t.Say("alert.rule.new"), Href: rulesAt + "/new", Icon: "plus"}
	}
	for _, r := range all {
		m, _ := metric.Find(r.Metric)
		state := ui.State{Tone: ui.Good, Word: t.Say("alert.enabled")}
		if !r.Enabled {
			state = ui.State{Tone: ui.Paused, Word: t.Say("alert.disabled")}
		}
		row := ui.Row{Cells: []templ.Component{ui.Two(r.Title(t), m.Name(t)), ui.Text(r.says(t)), ui.Text(t.Say("alert.reach." + string(r.Reach))), ui.Badge(state)}}
		if may {
			row.Href = rulesAt + "/" + string(r.ID)
			row.Cells[0] = ui.Main(row.Href, r.Title(t), m.Name(t))
		}
		v.Table.Rows = append(v.Table.Rows, row)
	}
	return p.site.Show(c, site.Page{Title: v.Head.Title, At: Home}, views.ListPage(t, v))
}

func typedForm(c *httpx.Ctx) Form {
	f := Form{Name: c.FormValue("name"), Metric: c.FormValue("metric"), Reach: c.FormValue("reach"), Units: c.FormValue("units"), Span: c.FormValue("span"), Days: c.FormValue("days"), Compare: c.FormValue("compare"),
		Threshold: c.FormValue("threshold"), Clear: c.FormValue("clear"), Hold: c.FormValue("hold"), MinOf: c.FormValue("min_of"), Severity: c.FormValue("severity"), Enabled: c.FormValue("enabled") != ""}
	for _, b := range c.Context().PostArgs().PeekMulti("roles") {
		f.Roles = append(f.Roles, string(b))
	}
	return f
}

func (p *pages) newRule(c *httpx.Ctx) error {
	if err := c.Who.Need(Configure); err != nil {
		return err
	}
	return p.asking(c, Rule{}, Form{Reach: string(Districts), Span: string(judge.LastDays), Days: "30", Compare: above, Hold: "1", MinOf: "0", Severity: string(Warning), Enabled: true}, nil)
}

func (p *pages) addRule(c *httpx.Ctx) error {
	f := typedForm(c)
	if c.FormValue("do") == "try" {
		return p.trying(c, Rule{}, f)
	}
	if _, err := p.AddRule(c.Std(), c.Who, f); err != nil {
		return p.asking(c, Rule{}, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("alert.rule.saved"))
	return c.See(rulesAt)
}

func (p *pages) ruleAsked(c *httpx.Ctx) (Rule, error) {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return Rule{}, err
	}
	return p.Rule(c.Std(), c.Who, id)
}

func (p *pages) rule(c *httpx.Ctx) error {
	r, err := p.ruleAsked(c)
	if err != nil {
		return err
	}
	return p.asking(c, r, r.typed(c.T), nil)
}

func (p *pages) changeRule(c *httpx.Ctx) error {
	r, err := p.ruleAsked(c)
	if err != nil {
		return err
	}
	f := typedForm(c)
	if c.FormValue("do") == "try" {
		return p.trying(c, r, f)
	}
	if _, err := p.ChangeRule(c.Std(), c.Who, r.ID, c.Version(), f); err != nil {
		return p.asking(c, r, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("alert.rule.saved"))
	return c.See(rulesAt)
}

// trying shows the form with what the rule would have done.
func (p *pages) trying(c *httpx.Ctx, r Rule, f Form) error {
	tried, err := p.Try(c.Std(), c.Who, f)
	if err != nil {
		return p.asking(c, r, f, err)
	}
	t := c.T
	n := ui.NoticeData{Tone: ui.Info, Title: t.Say("alert.tried", "n", tried.Alerts, "days", tried.Days, "units", tried.Units), Text: t.Say("alert.tried.how")}
	if !tried.Known {
		n = ui.NoticeData{Tone: ui.Warn, Title: t.Say("alert.tried.unknown", "days", tried.Days)}
	}
	return p.show(c, r, f, nil, &n)
}

func (p *pages) asking(c *httpx.Ctx, r Rule, f Form, refused error) error {
	return p.show(c, r, f, refused, nil)
}

func (p *pages) show(c *httpx.Ctx, r Rule, f Form, refused error, notice *ui.NoticeData) error {
	t := c.T
	v := views.Rule{Head: ui.HeaderData{Title: t.Say("alert.rule.new"), Crumbs: []ui.Crumb{{Label: t.Say("alert.title"), Href: Home}, {Label: t.Say("alert.rules"), Href: rulesAt}}}, Notice: notice}
	action := rulesAt + "/new"
	var hidden []ui.Hidden
	if r.ID != "" {
		v.Head.Title, action = r.Title(t), rulesAt+"/"+string(r.ID)
		version := strconv.FormatInt(r.Version, 10)
		if refused != nil || notice != nil {
			version = c.FormValue("version")
		}
		hidden = []ui.Hidden{{Name: "version", Value: version}}
	}
	v.Head.Crumbs = append(v.Head.Crumbs, ui.Crumb{Label: v.Head.Title})
	return p.site.Form(c, site.Page{Title: v.Head.Title, At: Home}, refused, func(e ui.Errors) templ.Component {
		v.Form = ui.FormData{Action: action, Submit: t.Say("alert.rule.save"), Cancel: rulesAt, Hidden: hidden, Errors: e, More: []ui.SubmitData{{Name: "do", Value: "try", Label: t.Say("alert.try")}}, Fields: p.fields(t, f)}
		return views.RulePage(t, v)
	})
}

func (p *pages) fields(t i18n.T, f Form) []ui.Field {
	choose := func(prefix string, words ...string) []ui.Option {
		var out []ui.Option
		for _, w := range words {
			out = append(out, ui.Option{Value: w, Label: t.Say(prefix + w)})
		}
		return out
	}
	var metrics, roles []ui.Option
	for _, m := range metric.All {
		if m.Unit != metric.Day {
			metrics = append(metrics, ui.Option{Value: string(m.Key), Label: m.Name(t)})
		}
	}
	for _, r := range p.Roles {
		roles = append(roles, ui.Option{Value: string(r), Label: t.Say("role." + string(r))})
	}
	enabled := ""
	if f.Enabled {
		enabled = "1"
	}
	return []ui.Field{
		{Name: "name", Label: t.Say("alert.name"), Value: f.Name, Required: true, Max: longest},
		{Kind: ui.Select, Name: "metric", Label: t.Say("alert.metric"), Value: f.Metric, Options: metrics, Required: true},
		{Kind: ui.Radio, Name: "reach", Label: t.Say("alert.reach"), Value: f.Reach, Options: choose("alert.reach.", string(City), string(Districts), string(Chosen)), Required: true},
		{Name: "units", Label: t.Say("alert.units"), Hint: t.Say("alert.units.hint"), Value: f.Units, Max: 400},
		{Kind: ui.Select, Name: "compare", Label: t.Say("alert.compare"), Value: f.Compare, Options: choose("alert.compare.", above, below, risen, fallen), Required: true},
		{Name: "threshold", Label: t.Say("alert.threshold"), Hint: t.Say("alert.threshold.hint"), Value: f.Threshold, Required: true, Narrow: true, Max: 12},
		{Name: "clear", Label: t.Say("alert.clear"), Hint: t.Say("alert.clear.hint"), Value: f.Clear, Narrow: true, Max: 12},
		{Kind: ui.Select, Name: "span", Label: t.Say("alert.span"), Hint: t.Say("alert.span.hint"), Value: f.Span, Options: choose("alert.span.", string(judge.LastDays), string(judge.Week), string(judge.Month)), Required: true},
		{Kind: ui.Whole, Name: "days", Label: t.Say("alert.days"), Value: f.Days, Narrow: true},
		{Kind: ui.Whole, Name: "min_of", Label: t.Say("alert.min_of"), Hint: t.Say("alert.min_of.hint"), Value: f.MinOf, Narrow: true},
		{Kind: ui.Whole, Name: "hold", Label: t.Say("alert.hold"), Hint: t.Say("alert.hold.hint"), Value: f.Hold, Narrow: true},
		{Kind: ui.Select, Name: "severity", Label: t.Say("alert.severity"), Hint: t.Say("alert.severity.hint"), Value: f.Severity, Options: choose("alert.severity.", string(Info), string(Warning), string(Critical)), Required: true},
		{Kind: ui.Checks, Name: "roles", Label: t.Say("alert.roles"), Hint: t.Say("alert.roles.hint"), Values: f.Roles, Options: roles, Required: true},
		{Kind: ui.Check, Name: "enabled", Label: t.Say("alert.enabled"), Value: enabled},
	}
}
