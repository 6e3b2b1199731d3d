package tally

import (
	"cmp"
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/procedure"
	"lotrinh/dossier/tally/score"
	"lotrinh/dossier/tally/views"
	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// Home is the place of the figures, Rules that of the numbers of the scoring, Declare that
// of what communes say of a year.
const (
	Home    = dossier.Home + "/figures"
	Rules   = Home + "/rules"
	Declare = Home + "/declared"
)

// Names tells what colleagues are called.
type Names interface {
	Names(ctx context.Context, ids []ident.ID) (map[ident.ID]string, error)
}

type pages struct {
	*Service
	site  *site.Site
	names Names
}

// Routes declares the page and the API.
func (s *Service) Routes(r *httpx.Router, on *site.Site, names Names) {
	p := &pages{s, on, names}
	s.Dossiers.AddTab(dossier.Tab{Label: "tally.tab", Href: Home, Needs: []access.Perm{dossier.Figures}})
	s.Dossiers.AddTab(dossier.Tab{Label: "tally.declare.tab", Href: Declare, Needs: []access.Perm{dossier.Sign, dossier.Receive}})
	s.Dossiers.AddTab(dossier.Tab{Label: "tally.rules.tab", Href: Rules, Needs: []access.Perm{dossier.Configure}})
	r.Page("GET", Home, p.board)
	r.Page("GET", Home+".csv", p.file)
	r.Page("GET", Rules, p.rules)
	r.Page("POST", Rules, p.setRules)
	r.Page("POST", Rules+"/:id/drop", p.dropRules)
	r.Page("GET", Declare, p.declare)
	r.Page("POST", Declare, p.keepDeclared, httpx.Body(files.FormBody))
	r.Page("GET", Declare+"/:unit/:year/:id", p.proof)
	s.scoreAPI(r)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/dossiers/figures", ID: "getDossierFigures", Tag: "dossiers", Summary: "Figures of dossiers of a part of the city in a span of months", Out: BoardOut{},
		Query: []httpx.Param{{Name: "unit", Doc: "code of the city, a district or a commune; the widest within reach unasked"}, {Name: "from", Doc: "first month, 2016-11"}, {Name: "until", Doc: "last month, 2016-12"}}}, s.boardAPI)
}

// asked is the part of the city of a request: what it names, else the widest that the
// reader covers.
func (s *Service) asked(c *httpx.Ctx) (string, *org.Tree, error) {
	_, tree, err := s.Dossiers.Known(c.Std())
	if err != nil || c.Query("unit") != "" {
		return c.Query("unit"), tree, err
	}
	for _, u := range tree.All() {
		if c.Who.Covers(dossier.Figures, u.Code) {
			return u.Code, tree, nil
		}
	}
	return "", tree, c.Who.Need(dossier.Figures)
}

func (p *pages) board(c *httpx.Ctx) error {
	unit, tree, err := p.asked(c)
	if err != nil {
		return err
	}
	span := Months(c.Query("from"), c.Query("until"), p.Dossiers.Now())
	b, err := p.Board(c.Std(), c.Who, unit, span)
	if err != nil {
		return err
	}
	t := c.T
	title := t.Say("tally.title", "place", b.Unit.Full())
	v := views.Board{Head: ui.HeaderData{Title: title, Lead: t.Say("tally.lead")}, Filter: ui.FilterData{Action: Home, Results: "results", Hidden: []ui.Hidden{{Name: "unit", Value: unit}},
		Fields: []ui.Field{{Name: "from", Label: t.Say("tally.from"), Value: span.From[:7], Hint: t.Say("tally.month.hint"), Narrow: true}, {Name: "until", Label: t.Say("tally.until"), Value: lastMonth(span), Narrow: true}}}}
	for _, u := range tree.Path(unit) {
		if c.Who.Covers(dossier.Figures, u.Code) {
			v.Head.Crumbs = append(v.Head.Crumbs, ui.Crumb{Label: u.Full(), Href: p.href(u.Code, span)})
		}
	}
	if n := len(v.Head.Crumbs); n > 0 {
		v.Head.Crumbs[n-1].Href = ""
	}
	v.Head.Action = &ui.Action{Label: t.Say("tally.csv"), Href: Home + ".csv?" + query(unit, span), Icon: "download"}
	if b.Unit.Level == org.Commune {
		v.Head.More = append(v.Head.More, ui.Action{Label: t.Say("tally.declare"), Href: declareAt(unit, span.last()[:4]), Icon: "file-text"})
	}
	if len(b.Total) == 0 {
		v.None = &ui.EmptyData{Icon: "chart-line", Title: t.Say("tally.none"), Text: t.Say("tally.none_text")}
	} else if err := p.fill(c, tree, b, &v); err != nil {
		return err
	}
	return p.site.Show(c, site.Page{Title: title, At: dossier.Home, Tabs: p.Dossiers.Tabs(t, c.Who, Home)}, views.BoardPage(t, v))
}

func lastMonth(s Span) string { return s.last()[:7] }

func query(unit string, s Span) string {
	return url.Values{"unit": {unit}, "from": {s.From[:7]}, "until": {lastMonth(s)}}.Encode()
}

func (p *pages) href(unit string, s Span) string { return Home + "?" + query(unit, s) }

func (p *pages) fill(c *httpx.Ctx, tree *org.Tree, b Board, v *views.Board) error {
	t := c.T
	med, p90 := told(t, b.Whole, 0.5), told(t, b.Whole, 0.9)
	v.Figures = []ui.FigureData{{Label: t.Say("tally.accepted"), Value: t.Int(b.Total[Accepted]), Of: t.Say("tally.of_filed", "n", b.Total[Filed])},
		{Label: t.Say("tally.on_time"), Value: share(t, b.Total.OnTime), SoWhat: t.Say("tally.late_n", "n", b.Total[FinishedLate]), Tone: lateTone(b.Total)},
		{Label: t.Say("tally.online"), Value: ofFiled(t, b.Total, FiledOnline)}, {Label: t.Say("tally.supplement"), Value: ofFiled(t, b.Total, Supplemented)},
		{Label: t.Say("tally.median"), Value: med, Of: t.Say("tally.p90", "d", p90)}}
	if len(b.Units) > 0 {
		codes := slices.SortedFunc(maps.Keys(b.Units), func(x, y string) int { return strings.Compare(tree.Place(x), tree.Place(y)) })
		d := p.flowTable(t, t.Say("tally.units"))
		for _, code := range codes {
			d.Rows = append(d.Rows, flowRow(t, ui.Link(p.href(code, b.Span), tree.Name(code)), p.href(code, b.Span), b.Units[code], b.OfUnit[code]))
		}
		v.Tables = append(v.Tables, views.Table{Card: ui.CardData{Title: t.Say("tally.units"), Flush: true}, Table: d})
	}
	names, err := p.procedureNames(c)
	if err != nil {
		return err
	}
	d := p.flowTable(t, t.Say("tally.procedures"))
	for _, key := range slices.Sorted(maps.Keys(b.Procedures)) {
		name := names[key]
		if name == "" {
			name = key
		}
		d.Rows = append(d.Rows, flowRow(t, ui.Text(name), "", b.Procedures[key], b.Of[key]))
	}
	v.Tables = append(v.Tables, views.Table{Card: ui.CardData{Title: t.Say("tally.procedures"), Flush: true}, Table: d}, p.timeTable(t, b), p.scoreTable(t, b))
	if len(b.Officers) > 0 {
		one, err := p.officerTable(c, b)
		if err != nil {
			return err
		}
		v.Tables = append(v.Tables, one)
	}
	return nil
}

func lateTone(f Flow) ui.Tone {
	if f[FinishedLate] > 0 {
		return ui.Late
	}
	return ""
}

// procedureNames are what procedures are called now.
func (p *pages) procedureNames(c *httpx.Ctx) (map[string]string, error) {
	all, err := p.Dossiers.AllInForce(c.Std(), p.Dossiers.Now())
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, v := range all {
		def, err := p.Dossiers.Definition(c.Std(), v.ID)
		if err != nil {
			return nil, err
		}
		out[v.Procedure] = def.Name.Say(string(c.T.Lang))
	}
	return out, nil
}

func (p *pages) flowTable(t i18n.T, caption string) ui.TableData {
	return ui.TableData{Caption: caption, HideCap: true, Count: -1, Columns: []ui.Column{{Label: caption}, {Label: t.Say("tally.accepted"), Num: true}, {Label: t.Say("tally.finished"), Num: true}, {Label: t.Say("tally.on_time"), Num: true},
		{Label: t.Say("tally.late"), Num: true}, {Label: t.Say("tally.online"), Num: true, Quiet: true}, {Label: t.Say("tally.supplement"), Num: true, Quiet: true}, {Label: t.Say("tally.median"), Num: true, Quiet: true}, {Label: t.Say("tally.ninety"), Num: true, Quiet: true}}}
}

// flowRow is one line of counts and times.
func flowRow(t i18n.T, name templ.Component, href string, f Flow, took Hist) ui.Row {
	return ui.Row{Href: href, Cells: []templ.Component{name, ui.Number(t, f[Accepted]), ui.Number(t, f[Finished]), ui.Text(share(t, f.OnTime)), ui.Number(t, f[FinishedLate]), ui.Text(ofFiled(t, f, FiledOnline)), ui.Text(ofFiled(t, f, Supplemented)),
		ui.Text(told(t, took, 0.5)), ui.Text(told(t, took, 0.9))}}
}

// share is a share in words; what has no data says so.
func share(t i18n.T, of func() (float64, bool)) string {
	x, ok := of()
	if !ok {
		return t.Say("tally.no_data")
	}
	return t.Percent(x)
}

// ofFiled is the share of a count in what was filed, in words.
func ofFiled(t i18n.T, f Flow, m Metric) string {
	return share(t, func() (float64, bool) { return f.Share(m, Filed) })
}

// told is a quantile in words.
func told(t i18n.T, h Hist, q float64) string {
	d, more, ok := h.Quantile(q)
	switch {
	case !ok:
		return t.Say("tally.no_data")
	case more:
		return t.Say("tally.more_than", "d", ui.Span(t, d, day))
	}
	return t.Say("tally.at_most", "d", ui.Span(t, d, day))
}

// byWay orders steps as a dossier takes them; those of another name stand behind.
func byWay(a, b string) int {
	at := func(key string) int {
		if i := slices.Index(procedure.StepKinds, procedure.StepKind(key)); i >= 0 {
			return i
		}
		return len(procedure.StepKinds)
	}
	return cmp.Or(cmp.Compare(at(a), at(b)), strings.Compare(a, b))
}

// timeTable is how long dossiers stand in each step and wait for others.
func (p *pages) timeTable(t i18n.T, b Board) views.Table {
	d := ui.TableData{Caption: t.Say("tally.times"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("tally.where")}, {Label: t.Say("tally.median"), Num: true}, {Label: t.Say("tally.ninety"), Num: true}}}
	for _, key := range slices.SortedFunc(maps.Keys(b.ByStage), byWay) {
		word := key
		if t.Has("tally.stage." + key) {
			word = t.Say("tally.stage." + key)
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(word), ui.Text(told(t, b.ByStage[key], 0.5)), ui.Text(told(t, b.ByStage[key], 0.9))}})
	}
	for _, key := range slices.Sorted(maps.Keys(b.ByWait)) {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(t.Say(string(dossier.Waiting(key).Key()))), ui.Text(told(t, b.ByWait[key], 0.5)), ui.Text(told(t, b.ByWait[key], 0.9))}})
	}
	return views.Table{Card: ui.CardData{Title: t.Say("tally.times"), Note: t.Say("tally.times.note"), Flush: true}, Table: d}
}

func level(t i18n.T, l score.Level) string {
	if l == score.NoData {
		return t.Say("tally.no_data")
	}
	return t.Say("tally.level." + string(l))
}

func tenths(t i18n.T, n int64) string { return t.Decimal(float64(n)/10, 1) }

func (p *pages) officerTable(c *httpx.Ctx, b Board) (views.Table, error) {
	t := c.T
	ids := make([]ident.ID, len(b.Officers))
	for i, o := range b.Officers {
		ids[i] = o.ID
	}
	names, err := p.names.Names(c.Std(), ids)
	d := ui.TableData{Caption: t.Say("tally.officers"), HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("tally.officer")}, {Label: t.Say("tally.points"), Num: true}, {Label: t.Say("tally.level")}}}
	for _, o := range b.Officers {
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(names[o.ID]), ui.Text(t.Say("tally.of", "n", tenths(t, o.Score.Tenths), "of", tenths(t, o.Score.Of))), ui.Text(level(t, o.Score.Level))}})
	}
	return views.Table{Card: ui.CardData{Title: t.Say("tally.officers"), Flush: true}, Table: d}, err
}
