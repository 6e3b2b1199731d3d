package oversight

import (
	"bytes"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/oversight/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/importer"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

const at = "/desk/districts"

// pages are the oversight on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages of the room.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", at, p.districts)
	r.Page("GET", at+"/table.csv", p.export)
	r.Page("GET", at+"/table.pdf", p.print)
	r.Page("GET", at+"/table.xlsx", p.export)
	r.Page("GET", "/desk/performance", p.performance)
}

func share(t i18n.T, part, all int64) string {
	if all == 0 {
		return t.Say("oversight.none")
	}
	return t.Percent(float64(part) / float64(all))
}

func mean(t i18n.T, s Stand) string {
	if s.Rated == 0 {
		return t.Say("oversight.none")
	}
	return t.Decimal(float64(s.Score)/float64(s.Rated), 1)
}

// why says for whom the paused tickets wait: "3 chờ người báo, 1 chờ nhà cung cấp".
func why(t i18n.T, s Stand) string {
	var parts []string
	for _, party := range slices.Sorted(maps.Keys(s.Paused)) {
		key := "helpdesk.waits_for." + party
		if n := s.Paused[party]; n > 0 && t.Has(key) {
			parts = append(parts, t.Say("oversight.paused.for", "n", n, "who", i18n.Key(key)))
		}
	}
	return strings.Join(parts, ", ")
}

// given is the table that the address asks for: all districts, or the communes of one.
type given struct {
	of    org.Unit // the district; none: all of them
	all   []Stand
	total Stand
}

func (p *pages) given(c *httpx.Ctx) (g given, err error) {
	if code := c.Query("under"); code != "" {
		g.of, g.all, g.total, err = p.Communes(c.Std(), c.Who, code)
		return g, err
	}
	g.all, g.total, err = p.Districts(c.Std(), c.Who)
	return g, err
}

// query is what follows an address so that it stays with this table.
func (g given) query() string {
	if g.of.Code == "" {
		return ""
	}
	return "?under=" + g.of.Code
}

// first is what stands over the first column.
func (g given) first() string {
	if g.of.Code == "" {
		return "oversight.district"
	}
	return "oversight.commune"
}

// file is the name of a file with the table, without what follows the dot.
func (g given) file(now time.Time) string {
	if g.of.Code == "" {
		return "phieu-theo-quan-huyen-" + clock.Date(now)
	}
	return "phieu-theo-xa-phuong-" + g.of.Code + "-" + clock.Date(now)
}

// list is the queue of a unit, to which a view is added.
func list(unit string) string { return "/tickets?unit=" + unit + "&view=" }

// lists is the queue of everything that the table sums up.
func (g given) lists() string {
	if g.of.Code == "" {
		return "/tickets?view="
	}
	return list(g.of.Code)
}

func (p *pages) districts(c *httpx.Ctx) error {
	g, err := p.given(c)
	if err != nil {
		return err
	}
	t, total, all := c.T, g.total, g.lists()
	h := ui.HeaderData{Title: t.Say("oversight.title"), Lead: t.Say("oversight.lead", "n", lookBack)}
	if g.of.Code != "" {
		h.Title, h.Crumbs = t.Say("oversight.title_of", "name", g.of.Full()), []ui.Crumb{{Label: t.Say("oversight.title"), Href: at}}
	}
	for _, kind := range []string{"pdf", "xlsx", "csv"} {
		h.More = append(h.More, ui.Action{Label: t.Say("oversight." + kind), Href: at + "/table." + kind + g.query(), Icon: "download"})
	}
	v := views.PageView{Header: h, Figures: []ui.FigureData{
		{Label: t.Say("oversight.open"), Value: t.Int(total.Open), Href: all + "work"},
		{Label: t.Say("oversight.late"), Value: t.Int(total.Late), Of: t.Say("oversight.of", "n", total.Open), Href: all + "late"},
		{Label: t.Say("oversight.paused"), Value: t.Int(total.Waiting()), SoWhat: why(t, total), Href: all + "hold"},
		{Label: t.Say("oversight.answered"), Value: share(t, total.Answered, total.Answered+total.AnsweredLate), SoWhat: t.Say("oversight.answered.so", "n", total.Answered+total.AnsweredLate)},
	}, Tables: []ui.TableData{table(t, g)}}
	return p.site.Show(c, site.Page{Title: h.Title, At: at}, views.Page(t, v))
}

// table is the page's table. A district leads to its communes, every figure to its tickets.
func table(t i18n.T, g given) ui.TableData {
	caption, into := "oversight.districts", func(s Stand) string { return at + "?under=" + s.Code }
	if g.of.Code != "" {
		caption, into = "oversight.communes", func(s Stand) string { return list(s.Code) + "work" }
	}
	d := ui.TableData{Caption: t.Say(caption), Count: int64(len(g.all)), Columns: []ui.Column{{Label: t.Say(g.first())}, {Label: t.Say("oversight.open"), Num: true},
		{Label: t.Say("oversight.late"), Num: true}, {Label: t.Say("oversight.paused"), Num: true}, {Label: t.Say("oversight.reopened"), Num: true},
		{Label: t.Say("oversight.answered"), Num: true}, {Label: t.Say("oversight.rated"), Num: true}},
		Empty: ui.EmptyData{Icon: "map", Title: t.Say("oversight.empty")}}
	for _, s := range g.all {
		d.Rows = append(d.Rows, row(t, s, into(s), list(s.Code)))
	}
	if len(g.all) > 1 {
		g.total.Name = t.Say("oversight.total")
		d.Rows = append(d.Rows, row(t, g.total, g.lists()+"work", g.lists()))
	}
	return d
}

// of says what a figure is out of; nothing of nothing is left unsaid.
func of(t i18n.T, key string, n int64) string {
	if n == 0 {
		return ""
	}
	return t.Say(key, "n", n)
}

// row is one line: its name leads on, its figures to the tickets that they count.
func row(t i18n.T, s Stand, into, tickets string) ui.Row {
	r := ui.Row{Cells: []templ.Component{ui.Main(into, s.Name, ""), ui.Link(tickets+"work", t.Int(s.Open)), ui.Link(tickets+"late", t.Int(s.Late)),
		ui.Two(t.Int(s.Waiting()), why(t, s)), ui.Two(t.Int(s.Reopened), of(t, "oversight.of_opened", s.Opened)),
		ui.Two(share(t, s.Answered, s.Answered+s.AnsweredLate), of(t, "oversight.of_answers", s.Answered+s.AnsweredLate)),
		ui.Two(mean(t, s), of(t, "oversight.of_ratings", s.Rated))}}
	if s.Late > 0 {
		r.Tone = ui.Late
	}
	return r
}

// export is the same table as a file.
func (p *pages) export(c *httpx.Ctx) error {
	g, err := p.given(c)
	if err != nil {
		return err
	}
	t := c.T
	g.total.Name = t.Say("oversight.total")
	head := []string{t.Say(g.first()), t.Say("oversight.open"), t.Say("oversight.late"), t.Say("oversight.paused"), t.Say("oversight.paused.why"), t.Say("oversight.opened"),
		t.Say("oversight.reopened"), t.Say("oversight.answers"), t.Say("oversight.answers.kept"), t.Say("oversight.ratings"), t.Say("oversight.rated")}
	rows := lines(t, append(g.all, g.total))
	name := g.file(p.Business.Now())
	var b bytes.Buffer
	if strings.HasSuffix(c.Path(), ".csv") {
		if err := importer.WriteCSV(&b, head, rows); err != nil {
			return err
		}
		c.Set("Content-Type", "text/csv; charset=utf-8")
		c.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
		return c.Send(b.Bytes())
	}
	if err := importer.WriteXLSX(&b, t.Say("oversight.sheet"), head, rows); err != nil {
		return err
	}
	c.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Set("Content-Disposition", `attachment; filename="`+name+`.xlsx"`)
	return c.Send(b.Bytes())
}

func lines(t i18n.T, all []Stand) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, s := range all {
			var score any
			if s.Rated > 0 {
				score = float64(s.Score) / float64(s.Rated)
			}
			if !yield([]any{s.Name, s.Open, s.Late, s.Waiting(), why(t, s), s.Opened, s.Reopened, s.Answered + s.AnsweredLate, s.Answered, s.Rated, score}, nil) {
				return
			}
		}
	}
}

// weeksBack is how many weeks of the teams' work are shown, this one included.
const weeksBack = 8

// performance is how teams and services keep their promises, and one's own figures.
func (p *pages) performance(c *httpx.Ctx) error {
	if err := looks(c.Who); err != nil {
		return err
	}
	t, now := c.T, p.Business.Now()
	called, err := p.Desk.Catalogue(c.Std())
	if err != nil {
		return err
	}
	v := views.PageView{Header: ui.HeaderData{Title: t.Say("oversight.team.title"), Lead: t.Say("oversight.team.lead", "n", weeksBack)}}
	if everywhere, _ := c.Who.Reach(helpdesk.Read); everywhere {
		rows, err := p.Desk.TeamFlow(c.Std(), c.Who, helpdesk.Week(now.AddDate(0, 0, 7*(1-weeksBack))), "")
		if err != nil {
			return err
		}
		byGroup, byService, byWeek := map[string]helpdesk.Flow{}, map[string]helpdesk.Flow{}, map[string]helpdesk.Flow{}
		for _, r := range rows {
			parts := strings.SplitN(r.Dim, "/", 3)
			for key, sum := range map[string]map[string]helpdesk.Flow{parts[0]: byGroup, parts[1]: byService, r.Day: byWeek} {
				if sum[key] == nil {
					sum[key] = helpdesk.Flow{}
				}
				sum[key][parts[2]] += r.N
			}
		}
		v.Tables = append(v.Tables, flowTable(t, "oversight.team.groups", byGroup, func(k string) string { return called.Group(t, helpdesk.Group(k)) }),
			flowTable(t, "oversight.team.services", byService, func(k string) string { return called.Service(t, helpdesk.Category(k)) }),
			flowTable(t, "oversight.team.weeks", byWeek, func(k string) string { return dayOf(t, k) }))
	}
	ages, err := p.Desk.Ages(c.Std(), c.Who)
	if err != nil {
		return err
	}
	v.Tables = append(v.Tables, ageTable(t, called, ages))
	if v.Chart, err = ageChart(t, ages); err != nil {
		return err
	}
	if c.Who.May(helpdesk.Work) {
		own, err := p.own(c)
		if err != nil {
			return err
		}
		v.Tables = append(v.Tables, own)
	}
	return p.site.Show(c, site.Page{Title: v.Header.Title, At: "/desk/performance"}, views.Page(t, v))
}

// own is the reader's own work, month by month.
func (p *pages) own(c *httpx.Ctx) (ui.TableData, error) {
	rows, err := p.Desk.Own(c.Std(), c.Who, helpdesk.Month(p.Business.Now().AddDate(0, 1-lookBack, 0)), "")
	own := map[string]helpdesk.Flow{}
	for _, r := range rows {
		if own[r.Day] == nil {
			own[r.Day] = helpdesk.Flow{}
		}
		own[r.Day][r.Dim] += r.N
	}
	return flowTable(c.T, "oversight.own", own, func(k string) string { return monthOf(c.T, k) }), err
}

func dayOf(t i18n.T, day string) string {
	at, err := clock.ParseDate(day)
	if err != nil {
		return day
	}
	return t.Say("oversight.week_of", "day", t.Day(at))
}

func monthOf(t i18n.T, day string) string {
	at, err := clock.ParseDate(day)
	if err != nil {
		return day
	}
	return t.Say("oversight.month", "month", at.Format("01/2006"))
}

// flowTable is how work flowed, line by line, in the order of the keys.
func flowTable(t i18n.T, caption string, all map[string]helpdesk.Flow, name func(string) string) ui.TableData {
	d := ui.TableData{Caption: t.Say(caption), Count: -1, Columns: []ui.Column{{Label: t.Say(caption + ".of")}, {Label: t.Say("oversight.opened"), Num: true},
		{Label: t.Say("oversight.answered"), Num: true}, {Label: t.Say("oversight.resolved"), Num: true}, {Label: t.Say("oversight.reopened"), Num: true}},
		Empty: ui.EmptyData{Icon: "chart-bar", Title: t.Say(caption), Text: t.Say("oversight.nothing")}}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		f := all[key]
		answers, done := f[helpdesk.FlowAnswered]+f[helpdesk.FlowAnsweredLate], f[helpdesk.FlowResolved]+f[helpdesk.FlowResolvedLate]
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Text(name(key)), ui.Number(t, f[helpdesk.FlowOpened]),
			ui.Two(share(t, f[helpdesk.FlowAnswered], answers), of(t, "oversight.of_answers", answers)),
			ui.Two(share(t, f[helpdesk.FlowResolved], done), of(t, "oversight.of_done", done)), ui.Number(t, f[helpdesk.FlowReopened])}})
	}
	return d
}
