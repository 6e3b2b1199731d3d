package knowledge

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/knowledge/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API of the collection.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := pages{s, on}
	r.Page("GET", "/help", p.list, httpx.Open)
	r.Page("POST", "/help", p.create, httpx.Body(files.FormBody))
	r.Page("GET", "/help/new", p.newForm)
	r.Page("GET", "/help/insert", p.insert)
	r.Page("GET", "/help/of/:id", p.byID)
	r.Page("GET", "/help/:no", p.article, httpx.Open)
	r.Page("POST", "/help/:no/verdict", p.verdict, httpx.Open)
	r.Page("GET", "/help/:no/edit", p.editForm)
	r.Page("POST", "/help/:no/edit", p.edit, httpx.Body(files.FormBody))
	r.Page("POST", "/help/:no/publish", p.step("knowledge.done.published", s.Publish))
	r.Page("POST", "/help/:no/retire", p.step("knowledge.done.retired", s.Retire))
	r.Page("POST", "/help/:no/reviewed", p.step("knowledge.done.reviewed", s.Reviewed))
	r.Page("POST", "/help/:no/use", p.use)
	r.Page("GET", "/help/:no/editions", p.editions)
	r.Page("GET", "/help/:no/editions/:edition", p.edition)
	r.Page("POST", "/help/:no/editions/:edition/restore", p.restore)
	r.Page("GET", "/help/:no/pictures/:file", p.picture, httpx.Open)
	s.api(r)
}

// number is a whole number of the address; anything else is nothing that there is.
func number(c *httpx.Ctx, name string) (int64, error) {
	n, err := strconv.ParseInt(c.Params(name), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Missing, "fault.missing")
	}
	return n, nil
}

func (p pages) show(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: "/help", Citizen: !c.Who.SignedIn()}, refused, body)
}

func serviceWord(t i18n.T, s helpdesk.Category) string {
	if s == "" {
		return t.Say("knowledge.any_service")
	}
	return t.Say("helpdesk.service." + string(s))
}

func (p pages) list(c *httpx.Ctx) error {
	t, q := c.T, url.Values{}
	f := Filter{Words: strings.TrimSpace(c.Query("q")), Service: helpdesk.Category(c.Query("service")), State: State(c.Query("state"))}
	if !slices.Contains(helpdesk.Categories, f.Service) {
		f.Service = ""
	} else {
		q.Set("service", string(f.Service))
	}
	if !slices.Contains([]State{Draft, Retired}, f.State) || !c.Who.May(Edit) {
		f.State = ""
	} else {
		q.Set("state", string(f.State))
	}
	if f.Words != "" {
		q.Set("q", f.Words)
	}
	rows, err := p.List(c.Std(), c.Who, f, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	v := views.ListView{Header: ui.HeaderData{Title: t.Say("knowledge.title"), Lead: t.Say("knowledge.lead")},
		Filter: ui.FilterData{Action: "/help", Results: "results", Fields: listFields(t, f)}, Table: p.table(c, rows)}
	if c.Who.May(Edit) {
		v.Header.Action = &ui.Action{Label: t.Say("knowledge.new"), Href: "/help/new", Icon: "plus"}
		for _, st := range []State{"", Draft, Retired} {
			v.Filter.Presets = append(v.Filter.Presets, ui.Preset{Label: t.Say("knowledge.state." + strings.TrimPrefix(string(st)+".many", ".")),
				Href: "/help?state=" + string(st), Active: f.State == st, Count: -1})
		}
	}
	if len(q) > 0 {
		v.Filter.Clear = "/help"
	}
	v.Table.Pager = &ui.PagerData{Shown: len(rows.Items)}
	if !rows.First {
		v.Table.Pager.First = "/help?" + q.Encode()
	}
	if rows.Next != "" {
		q.Set("after", rows.Next)
		v.Table.Pager.Next = "/help?" + q.Encode()
	}
	return p.show(c, v.Header.Title, nil, func(ui.Errors) templ.Component { return views.List(t, v) })
}

func listFields(t i18n.T, f Filter) []ui.Field {
	services := []ui.Option{{Label: t.Say("knowledge.all_services")}}
	for _, s := range helpdesk.Categories {
		services = append(services, ui.Option{Value: string(s), Label: serviceWord(t, s)})
	}
	return []ui.Field{
		{Kind: ui.Search, Name: "q", Label: t.Say("knowledge.search"), Value: f.Words},
		{Kind: ui.Select, Name: "service", Label: t.Say("knowledge.service"), Value: string(f.Service), Options: services},
	}
}

func (p pages) table(c *httpx.Ctx, rows page.Page[Article]) ui.TableData {
	t, edits := c.T, c.Who.May(Edit)
	d := ui.TableData{ID: "articles", Caption: t.Say("knowledge.caption"), Count: -1, Columns: []ui.Column{{Label: t.Say("knowledge.article")}, {Label: t.Say("knowledge.service")}},
		Empty: ui.EmptyData{Icon: "book", Title: t.Say("knowledge.none"), Text: t.Say("knowledge.none_text")}}
	if edits {
		d.Columns = append(d.Columns, ui.Column{Label: t.Say("knowledge.audience")}, ui.Column{Label: t.Say("knowledge.helped"), Num: true},
			ui.Column{Label: t.Say("knowledge.answered"), Num: true, Quiet: true}, ui.Column{Label: t.Say("knowledge.review")})
	}
	for _, a := range rows.Items {
		r := ui.Row{Href: a.Path(), Cells: []templ.Component{ui.Main(a.Path(), a.Title, a.Lead), ui.Text(serviceWord(t, a.Service))}}
		if edits {
			day, _ := dayOf(a.ReviewOn)
			review := ui.Text(t.Day(day))
			if a.Due(p.Business.Now()) {
				review = ui.Badge(ui.State{Tone: ui.Warn, Word: t.Say("knowledge.review_due")})
			}
			r.Cells = append(r.Cells, ui.Text(t.Say("knowledge.audience."+string(a.Audience))), ui.Text(helped(t, a)),
				ui.Number(t, a.Answered), review)
		}
		d.Rows = append(d.Rows, r)
	}
	return d
}

func (p pages) byID(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	a, err := p.ByID(c.Std(), c.Who, id)
	if err != nil {
		return err
	}
	return c.See(a.Path())
}

func (p pages) picture(c *httpx.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	id, err := ident.Parse(c.Params("file"))
	if err != nil {
		return err
	}
	f, err := p.Picture(c.Std(), c.Who, no, id)
	if err != nil {
		return err
	}
	return p.Files.Send(c, f)
}

func (p pages) verdict(c *httpx.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	answer := c.FormValue("helped")
	v := Verdict{Helped: answer == "yes" || answer == "instead", Instead: answer == "instead", Words: c.FormValue("words")}
	if err := p.Judge(c.Std(), c.Who, no, v); err != nil {
		return p.showArticle(c, no, err)
	}
	done := "knowledge.done.thanks"
	if v.Instead && c.Who.SignedIn() {
		done = "knowledge.done.instead"
	}
	site.Flash(c, ui.Good, c.T.Say(done))
	return c.See("/help/" + noText(no))
}

// use counts that an article was put into an answer.
func (p pages) use(c *httpx.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	if err := c.Who.Need(helpdesk.Work); err != nil {
		return err
	}
	a, err := p.Used(c.Std(), c.Who, no)
	if err != nil {
		return err
	}
	return c.See(a.Path())
}

// insert is the list of articles that an agent may put into an answer.
func (p pages) insert(c *httpx.Ctx) error {
	if err := c.Who.Need(helpdesk.Work); err != nil {
		return err
	}
	words := strings.TrimSpace(c.Query("q"))
	var all []Article
	if words != "" {
		rows, err := p.List(c.Std(), c.Who, Filter{Words: words}, page.Read("", "5"))
		if err != nil {
			return err
		}
		all = rows.Items[:min(5, len(rows.Items))]
	}
	return p.site.ShowPart(c, views.Insert(c.T, p.inserts(c.T, all), words != ""))
}

// inserts are articles as an agent puts them into an answer: the short answer and
// where the whole of it stands. What only the support side may read gives no link.
func (p pages) inserts(t i18n.T, all []Article) []views.InsertItem {
	var out []views.InsertItem
	for _, a := range all {
		text := a.Lead
		if a.Audience != Support {
			text = t.Say("knowledge.insert_text", "lead", a.Lead, "title", a.Title, "link", p.BaseURL+a.Path())
		}
		out = append(out, views.InsertItem{Title: a.Title, Lead: a.Lead, Href: a.Path(), Use: a.Path() + "/use", Text: text})
	}
	return out
}
