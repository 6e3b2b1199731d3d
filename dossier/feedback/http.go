package feedback

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/feedback/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/page"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// Home is the place where officers read and answer.
const Home = dossier.Home + "/feedback"

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the operations.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	s.Dossiers.AddTab(dossier.Tab{Label: "feedback.tab", Href: Home, Needs: Answerers})
	r.Page("GET", Home, p.home)
	r.Page("POST", Home+"/:id", p.answer)
	const at = "/api/v1/dossiers/feedback"
	r.API(httpx.Op{Method: "GET", Path: at, ID: "listFeedback", Tag: "dossiers", Summary: "What applicants said in their own words, the latest first, without whose dossier it was", Out: httpx.List[SaidOut]{},
		Query: append([]httpx.Param{{Name: "open", Doc: "1: only what waits for an answer"}}, httpx.Paged...)}, s.apiList)
	r.API(httpx.Op{Method: "POST", Path: at + "/:id/answer", ID: "answerFeedback", Tag: "dossiers", Summary: "Answer what an applicant said", In: AnswerIn{}, Out: SaidOut{}, Changes: true}, s.apiAnswer)
}

// SaidOut is what an applicant said as the API shows it.
type SaidOut struct {
	ID        ident.ID   `json:"id"`
	Unit      string     `json:"unit"`
	Procedure string     `json:"procedure"`
	Attitude  int64      `json:"attitude" doc:"points given with it, 0 to 2"`
	Words     string     `json:"words"`
	At        time.Time  `json:"at"`
	Reply     string     `json:"reply,omitempty"`
	RepliedAt *time.Time `json:"replied_at"`
	Version   int64      `json:"version"`
}

// AnswerIn is an answer.
type AnswerIn struct {
	Reply string `json:"reply"`
}

func out(s Said) SaidOut {
	o := SaidOut{ID: s.ID, Unit: s.Unit, Procedure: s.Procedure, Attitude: s.Attitude, Words: s.Words, At: s.At, Reply: s.Reply, Version: s.Ver}
	if !s.Open() {
		o.RepliedAt = &s.RepliedAt
	}
	return o
}

func (s *Service) apiList(c *httpx.Ctx) error {
	all, err := s.List(c.Std(), c.Who, c.Query("open") == "1", page.Read(c.Query("after"), c.Query("limit")))
	if err != nil {
		return err
	}
	list := httpx.List[SaidOut]{Items: []SaidOut{}, Next: all.Next}
	for _, one := range all.Items {
		list.Items = append(list.Items, out(one))
	}
	return c.Reply(0, list)
}

func (s *Service) apiAnswer(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	in, err := httpx.ReadJSON[AnswerIn](c)
	if err != nil {
		return err
	}
	ver, err := c.IfMatch()
	if err != nil {
		return err
	}
	one, err := s.Answer(c.Std(), c.Who, id, ver, in.Reply)
	if err != nil {
		return httpx.Stale(err)
	}
	return c.ReplyVersion(0, one.Ver, out(one))
}

func (p *pages) home(c *httpx.Ctx) error { return p.show(c, "", nil) }

// show lists what was said; refused belongs to the form of one of them.
func (p *pages) show(c *httpx.Ctx, of ident.ID, refused error) error {
	open := c.Query("view") != "all"
	r := page.Read(c.Query("after"), "20")
	all, err := p.List(c.Std(), c.Who, open, r)
	if err != nil {
		return err
	}
	names, err := p.names(c)
	if err != nil {
		return err
	}
	_, tree, err := p.Dossiers.Known(c.Std())
	if err != nil {
		return err
	}
	t, now := c.T, p.Dossiers.Now()
	v := views.Home{Head: ui.HeaderData{Title: t.Say("feedback.title"), Lead: t.Say("feedback.lead")}, Open: open,
		Tabs:  []ui.Tab{{Label: t.Say("feedback.view.open"), Href: Home, Active: open}, {Label: t.Say("feedback.view.all"), Href: Home + "?view=all", Active: !open}},
		Pager: ui.PagerData{Shown: len(all.Items)}}
	if !r.First() {
		v.Pager.First = Home + view(open)
	}
	if all.Next != "" {
		q := url.Values{"after": {all.Next}}
		if !open {
			q.Set("view", "all")
		}
		v.Pager.Next = Home + "?" + q.Encode()
	}
	return p.site.Form(c, site.Page{Title: v.Head.Title, At: dossier.Home, Tabs: p.Dossiers.Tabs(t, c.Who, Home)}, refused, func(e ui.Errors) templ.Component {
		for _, s := range all.Items {
			one := views.Said{ID: string(s.ID), Words: s.Words, State: points(t, s.Attitude), About: t.Say("feedback.about", "procedure", names(s.Procedure), "place", tree.Name(s.Unit), "day", t.Day(s.At))}
			form := ui.FormData{Action: Home + "/" + string(s.ID) + view(open), Submit: t.Say("feedback.answer"), Hidden: []ui.Hidden{{Name: "version", Value: itoa(s.Ver)}},
				Fields: []ui.Field{{Kind: ui.Area, Name: "reply", Label: t.Say("feedback.reply"), Value: s.Reply, Rows: 3, Max: mostReply, Required: true, Attrs: templ.Attributes{"id": "reply-" + string(s.ID)}}}}
			if s.ID == of {
				form.Errors = e
				form.Fields[0].Value = c.FormValue("reply")
			}
			if s.Open() {
				one.Waits = ui.Span(t, now.Sub(s.At), 24*time.Hour)
			} else {
				one.Reply, one.RepliedAt = s.Reply, t.Moment(s.RepliedAt)
				form.Submit = t.Say("feedback.answer.again")
			}
			one.Form = form
			v.All = append(v.All, one)
		}
		return views.HomePage(t, v)
	})
}

// names tells what procedures are called now; a key that is none says itself.
func (p *pages) names(c *httpx.Ctx) (func(string) string, error) {
	ctx, s, lang := c.Std(), p.Dossiers, string(c.T.Lang)
	all, err := s.AllInForce(ctx, s.Now())
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, v := range all {
		def, err := s.Definition(ctx, v.ID)
		if err != nil {
			return nil, err
		}
		names[v.Procedure] = def.Name.Say(lang)
	}
	return func(key string) string {
		if n, ok := names[key]; ok {
			return n
		}
		return key
	}, nil
}

func (p *pages) answer(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	_, err = p.Answer(c.Std(), c.Who, id, c.Version(), strings.Clone(c.FormValue("reply")))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.show(c, id, err)
	}
	if err != nil {
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("feedback.answered"))
	return c.See(Home + view(c.Query("view") != "all"))
}

// view keeps which list is shown.
func view(open bool) string {
	if open {
		return ""
	}
	return "?view=all"
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// points is the badge of the points that were given with the words.
func points(t i18n.T, n int64) ui.State {
	tone := []ui.Tone{ui.Bad, ui.Neutral, ui.Good}[max(0, min(2, n))]
	return ui.State{Tone: tone, Word: t.Say("feedback.points." + itoa(n))}
}
