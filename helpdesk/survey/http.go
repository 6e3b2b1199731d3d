package survey

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/survey/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

const (
	ratePath = "/danh-gia/"
	listPath = "/desk/satisfaction"
)

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages of the survey.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := pages{s, on}
	r.Page("GET", ratePath+":token", p.question, httpx.Open)
	r.Page("POST", ratePath+":token", p.rate, httpx.Open)
	r.Page("GET", listPath, p.list)
}

func (p pages) question(c *httpx.Ctx) error { return p.showQuestion(c, nil) }

// showQuestion shows the question with the answer that there is; refused says what was
// wrong with a new one.
func (p pages) showQuestion(c *httpx.Ctx, refused error) error {
	token := c.Params("token")
	r, number, err := p.ByToken(c.Std(), token)
	if err != nil {
		return err
	}
	page := site.Page{Title: c.T.Say("survey.question"), Citizen: true}
	if refused != nil {
		page.Status = fault.Of(refused).Kind.Status()
	}
	c.Set("X-Robots-Tag", "noindex")
	return p.site.Show(c, page, views.Question(c.T, views.QuestionView{Action: ratePath + token, Number: number, Score: r.Score, Remark: r.Remark,
		Open: r.open(p.Business.Now()) == nil, Errors: ui.ErrorsOf(c.T, refused)}))
}

func (p pages) rate(c *httpx.Ctx) error {
	score, err := strconv.ParseInt(c.FormValue("score"), 10, 64)
	if err != nil {
		score = 0 // none: the form says so
	}
	_, err = p.Rate(c.Std(), c.Params("token"), score, c.FormValue("remark"))
	switch {
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict):
		return p.showQuestion(c, err)
	case err != nil:
		return err
	}
	return c.See(ratePath + c.Params("token"))
}

// Panel is the question beside a closed ticket for whoever asked, and the answer for
// the support side.
func (s *Service) Panel(c *httpx.Ctx, d helpdesk.Detail) (templ.Component, error) {
	if d.State != helpdesk.Closed {
		return nil, nil
	}
	var r Rating
	err := s.DB.Read().NewSelect().Model(&r).Where("sv.ticket = ?", d.ID).Scan(c.Std())
	if err := db.Sorted(err); fault.Is(err, fault.Missing) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	v := views.PanelView{Score: r.Score, Remark: r.Remark}
	if d.Own && r.open(s.Business.Now()) == nil {
		v.Action = s.Path(d.ID)
	}
	if v.Action == "" && r.Score == 0 {
		return nil, nil
	}
	return views.Panel(c.T, v), nil
}

// spans are the times that one can look at, in days.
var spans = []int{30, 90, 365}

func (p pages) list(c *httpx.Ctx) error {
	span := spans[0]
	for _, d := range spans {
		if c.Query("days") == strconv.Itoa(d) {
			span = d
		}
	}
	now := p.Business.Now()
	since, until := clock.Date(now.AddDate(0, 0, 1-span)), clock.Date(now.AddDate(0, 0, 1))
	sums, err := p.Between(c.Std(), c.Who, since, until)
	if err != nil {
		return err
	}
	tree, err := p.Units.Tree(c.Std(), now)
	if err != nil {
		return err
	}
	services, err := p.Desk.Catalogue(c.Std())
	if err != nil {
		return err
	}
	under := c.Query("under")
	v := views.ListView{Facts: facts(c.T, sums.All), Spans: presets(c.T, span, under)}
	if u, ok := tree.Unit(under); ok && u.Level == org.District {
		v.Under, v.Back = u.Full(), listPath+"?days="+strconv.Itoa(span)
		v.Units = rows(c.T, below(tree, sums.ByUnit, under), tree.Name, nil)
	} else {
		v.Units = rows(c.T, districts(tree, sums.ByUnit), tree.Name, func(code string) string {
			return listPath + "?days=" + strconv.Itoa(span) + "&under=" + code
		})
	}
	v.Services = rows(c.T, sums.ByService, func(code string) string { return services.Service(c.T, helpdesk.Category(code)) }, nil)
	return p.site.Show(c, site.Page{Title: c.T.Say("survey.title"), At: listPath}, views.List(c.T, v))
}

func districts(tree *org.Tree, units map[string]Sum) map[string]Sum {
	out := map[string]Sum{}
	for unit, s := range units {
		code := tree.District(unit)
		if code == "" {
			code = unit
		}
		out[code] = out[code].Plus(s)
	}
	return out
}

func below(tree *org.Tree, units map[string]Sum, district string) map[string]Sum {
	out := map[string]Sum{}
	for unit, s := range units {
		if tree.District(unit) == district {
			out[unit] = s
		}
	}
	return out
}

func presets(t i18n.T, span int, under string) []ui.Preset {
	var all []ui.Preset
	for _, d := range spans {
		all = append(all, ui.Preset{Label: t.Say("survey.span", "days", d), Href: listPath + "?days=" + strconv.Itoa(d) + "&under=" + under, Active: d == span, Count: -1})
	}
	return all
}

func average(t i18n.T, s Sum) string {
	if s.Answers == 0 {
		return "–"
	}
	return t.Decimal(s.Average(), 1)
}

func rate(t i18n.T, s Sum) string {
	if s.Asked == 0 {
		return "–"
	}
	return t.Percent(min(1, float64(s.Answers)/float64(s.Asked)))
}

func facts(t i18n.T, s Sum) []ui.Fact {
	return []ui.Fact{{Label: t.Say("survey.average"), Text: average(t, s)}, {Label: t.Say("survey.answers"), Text: t.Int(s.Answers)},
		{Label: t.Say("survey.asked"), Text: t.Int(s.Asked)}, {Label: t.Say("survey.rate"), Text: rate(t, s)}, {Label: t.Say("survey.low"), Text: t.Int(s.Low)}}
}

func rows(t i18n.T, sums map[string]Sum, name, href func(string) string) []ui.Row {
	var all []ui.Row
	for _, key := range ranked(sums) {
		s := sums[key]
		first := ui.Text(name(key))
		row := ui.Row{}
		if href != nil && href(key) != "" {
			row.Href = href(key)
			first = ui.Main(row.Href, name(key), "")
		}
		row.Cells = []templ.Component{first, ui.Text(average(t, s)), ui.Number(t, s.Answers), ui.Text(rate(t, s)), ui.Number(t, s.Low)}
		if s.Low > 0 {
			row.Tone = ui.Warn
		}
		all = append(all, row)
	}
	return all
}
