package knowledge

import (
	"time"

	"lotrinh/helpdesk"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/page"
)

// ArticleOut is an article as the API shows it.
type ArticleOut struct {
	Number    int64     `json:"number"`
	Title     string    `json:"title"`
	Lead      string    `json:"lead" doc:"the answer in one or two sentences"`
	Service   string    `json:"service,omitempty" doc:"usage, account, device, line or software; absent: any"`
	Audience  string    `json:"audience" doc:"all, officers or support"`
	State     string    `json:"state" doc:"draft, published or retired"`
	ReviewOn  string    `json:"review_on" doc:"the day on which it must be looked at again"`
	ChangedAt time.Time `json:"changed_at"`
	Markdown  string    `json:"markdown,omitempty" doc:"of one article only"`
	HTML      string    `json:"html,omitempty" doc:"rendered and washed; of one article only"`
	Version   int64     `json:"version"`
}

func out(a Article) ArticleOut {
	return ArticleOut{Number: a.Seq, Title: a.Title, Lead: a.Lead, Service: string(a.Service), Audience: string(a.Audience), State: string(a.State),
		ReviewOn: a.ReviewOn, ChangedAt: a.ChangedAt, Version: a.Version}
}

func (s *Service) api(r *httpx.Router) {
	filters := []httpx.Param{{Name: "q", Doc: "words to search for, marks or not"}, {Name: "service", Doc: "as in an article"}}
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/articles", ID: "listArticles", Tag: "helpdesk", Summary: "Articles that the caller may read; a search gives the best first",
		Query: append(filters, httpx.Paged...), Out: httpx.List[ArticleOut]{}}, s.apiList)
	r.API(httpx.Op{Method: "GET", Path: "/api/v1/articles/:no", ID: "getArticle", Tag: "helpdesk", Summary: "An article with its text", Out: ArticleOut{}}, s.apiGet)
}

func (s *Service) apiList(c *httpx.Ctx) error {
	rows, err := s.List(c.Std(), c.Who, Filter{Words: c.Query("q"), Service: helpdesk.Category(c.Query("service"))}, page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	list := httpx.List[ArticleOut]{Items: []ArticleOut{}, Next: rows.Next}
	for _, a := range rows.Items {
		list.Items = append(list.Items, out(a))
	}
	return c.Reply(0, list)
}

func (s *Service) apiGet(c *httpx.Ctx) error {
	no, err := number(c, "no")
	if err != nil {
		return err
	}
	a, err := s.Get(c.Std(), c.Who, no)
	if err != nil {
		return err
	}
	o := out(a)
	o.Markdown = a.Body
	if o.HTML, err = Render(a.Seq, a.Body); err != nil {
		return err
	}
	return c.ReplyVersion(0, a.Version, o)
}
