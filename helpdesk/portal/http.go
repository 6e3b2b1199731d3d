package portal

import (
	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/portal/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

const (
	reportPath = "/bao-loi"
	followPath = "/theo-doi"
)

type pages struct {
	*Service
	site *site.Site
}

// Routes declares the citizens' pages.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := pages{s, on}
	r.Page("GET", reportPath, p.start, httpx.Open)
	r.Page("POST", reportPath, p.begin, httpx.Open)
	r.Page("GET", reportPath+"/:key/:step", p.step, httpx.Open)
	r.Page("POST", reportPath+"/:key/:step", p.take, httpx.Open)
	r.Page("GET", followPath, p.followForm, httpx.Open)
	r.Page("POST", followPath, p.follow, httpx.Open)
}

// show shows a citizen's page; a refused form says so in the page's title.
func (p pages) show(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	page := site.Page{Title: title, Citizen: true}
	if refused != nil {
		f := fault.Of(refused)
		switch f.Kind {
		case fault.Invalid, fault.Conflict, fault.TooMany, fault.Unavailable:
			page.Status, page.Title = f.Kind.Status(), c.T.Say("portal.error", "title", title)
		default:
			return refused
		}
	}
	c.Set("Cache-Control", "no-store")
	c.Set("X-Robots-Tag", "noindex")
	return p.site.Show(c, page, body(ui.ErrorsOf(c.T, refused)))
}

func (p pages) start(c *httpx.Ctx) error {
	return p.show(c, c.T.Say("portal.title"), nil, func(ui.Errors) templ.Component {
		return views.Start(c.T, views.StartView{Open: p.Texting(), Hotline: p.Hotline})
	})
}

func (p pages) begin(c *httpx.Ctx) error {
	key, err := p.Begin(c.Std(), c.IP())
	if fault.Is(err, fault.Unavailable) {
		return c.See(reportPath) // it says why
	} else if err != nil {
		return err
	}
	return c.See(reportPath + "/" + key + "/" + string(Place))
}

func (p pages) at(key string, s Step) string { return reportPath + "/" + key + "/" + string(s) }

func (p pages) step(c *httpx.Ctx) error {
	key, step := c.Params("key"), Step(c.Params("step"))
	r, err := p.ByKey(c.Std(), key)
	if err != nil {
		return err
	}
	if !r.may(step) {
		return c.See(p.at(key, r.next()))
	}
	return p.showStep(c, r, step, typed{}, nil)
}

// typed is what a refused form held, and the places that its answer may have meant.
type typed struct {
	value string
	hits  []org.Hit
}

// take takes the answer of a step in and goes to the next one that has none.
func (p pages) take(c *httpx.Ctx) error {
	key, step := c.Params("key"), Step(c.Params("step"))
	r, err := p.ByKey(c.Std(), key)
	if err != nil {
		return err
	}
	if !r.may(step) {
		return c.See(p.at(key, r.next()))
	}
	var was typed
	switch step {
	case Place:
		was.value = c.FormValue("place")
		r, was.hits, err = p.Sit(c.Std(), r, c.FormValue("unit"), was.value)
	case Matter:
		was.value = c.FormValue("matter")
		r, err = p.Answer(c.Std(), r, step, was.value)
	case Words:
		was.value = c.FormValue("body")
		r, err = p.Answer(c.Std(), r, step, was.value)
	case Phone:
		was.value = c.FormValue("number")
		r, err = p.Reach(c.Std(), r, was.value, c.IP(), c.T.Lang)
	case Code:
		if c.FormValue("do") == "again" {
			r, err = p.Again(c.Std(), r, c.IP(), c.T.Lang)
			if err == nil {
				site.Flash(c, ui.Good, c.T.Say("portal.code.again.done"))
			}
			break
		}
		was.value = c.FormValue("code")
		r, err = p.Prove(c.Std(), r, was.value)
	case Check:
		r, err = p.Send(c.Std(), r, c.T.Lang)
	}
	if err != nil {
		return p.showStep(c, r, step, was, err)
	}
	return c.See(p.at(key, r.next()))
}

// showStep shows one page of the way.
func (p pages) showStep(c *httpx.Ctx, r Report, step Step, was typed, refused error) error {
	key := c.Params("key")
	switch step {
	case Check:
		return p.showCheck(c, r, key, refused)
	case Done:
		return p.showDone(c, r)
	}
	title := c.T.Say("portal." + string(step))
	answers, err := p.likely(c, r, step)
	if err != nil {
		return err
	}
	return p.show(c, title, refused, func(e ui.Errors) templ.Component {
		v := views.StepView{Action: p.at(key, step), Title: title, Hint: c.T.Say("portal." + string(step) + ".hint"), Errors: e, Again: step == Code, Answers: answers}
		for i, s := range Steps {
			if s == step {
				v.N, v.Of = i+1, len(Steps)
				if i > 0 {
					v.Back = p.at(key, Steps[i-1])
				}
			}
		}
		if step == Code {
			v.Hint = c.T.Say("portal.code.sent", "number", phone.Mask(r.Number))
		}
		v.Fields = fields(c.T, r, step, was, e)
		return views.Step(c.T, v)
	})
}

// likely are the articles that may answer what was just told, before anything is sent.
func (p pages) likely(c *httpx.Ctx, r Report, step Step) ([]views.Answer, error) {
	if step != Phone || p.Answers == nil {
		return nil, nil
	}
	all, err := p.Answers(c.Std(), r.Body)
	out := make([]views.Answer, len(all))
	for i, a := range all {
		out[i] = views.Answer(a)
	}
	return out, err
}

// fields are the questions of a step, with what was typed or answered before.
func fields(t i18n.T, r Report, step Step, was typed, e ui.Errors) []ui.Field {
	value := func(kept string) string {
		if was.value != "" {
			return was.value
		}
		return kept
	}
	label := t.Say("portal." + string(step))
	switch step {
	case Place:
		all := []ui.Field{{Name: "place", Label: t.Say("portal.place.label"), Value: value(r.Typed), Required: true, Max: 100, Error: e.Of("place")}}
		if len(was.hits) > 0 {
			pick := ui.Field{Kind: ui.Radio, Name: "unit", Label: t.Say("portal.place.pick"), Required: true, Error: e.Of("unit")}
			for _, h := range was.hits {
				pick.Options = append(pick.Options, ui.Option{Value: h.Code, Label: h.Place})
			}
			all = append(all, pick)
		}
		return all
	case Matter:
		f := ui.Field{Kind: ui.Radio, Name: "matter", Label: label, HideLabel: true, Value: value(r.Matter), Required: true, Error: e.Of("matter")}
		for _, m := range Matters {
			f.Options = append(f.Options, ui.Option{Value: m, Label: t.Say("portal.matter." + m)})
		}
		return []ui.Field{f}
	case Words:
		return []ui.Field{{Kind: ui.Area, Name: "body", Label: label, HideLabel: true, Value: value(r.Body), Rows: 7, Max: longestWords, Required: true, Error: e.Of("body")}}
	case Phone:
		return []ui.Field{{Kind: ui.Phone, Name: "number", Label: t.Say("portal.phone.label"), Value: value(r.Number), Narrow: true, Required: true, Autocomplete: "tel", Error: e.Of("number")}}
	}
	return []ui.Field{{Kind: ui.Whole, Name: "code", Label: t.Say("portal.code.label"), Value: was.value, Narrow: true, Required: true, Autocomplete: "one-time-code", Max: 9, Error: e.Of("code")}}
}

func (p pages) showCheck(c *httpx.Ctx, r Report, key string, refused error) error {
	tree, err := p.Units.Tree(c.Std(), p.Business.Now())
	if err != nil {
		return err
	}
	return p.show(c, c.T.Say("portal.check"), refused, func(e ui.Errors) templ.Component {
		return views.Check(c.T, views.CheckView{Action: p.at(key, Check), Back: p.at(key, Phone), Errors: e, Facts: []ui.Fact{
			{Label: c.T.Say("portal.check.place"), Text: tree.Place(r.Unit), Change: p.at(key, Place)},
			{Label: c.T.Say("portal.check.matter"), Text: c.T.Say("portal.matter." + r.Matter), Change: p.at(key, Matter)},
			{Label: c.T.Say("portal.check.words"), Text: r.Body, Change: p.at(key, Words)},
			{Label: c.T.Say("portal.check.phone"), Text: phone.Show(r.Number), Change: p.at(key, Phone)},
		}})
	})
}

func (p pages) showDone(c *httpx.Ctx, r Report) error {
	t, err := p.ticket(c, r)
	if err != nil {
		return err
	}
	v := views.DoneView{Number: t.Number(), Code: p.FollowCode(t.ID), Follow: followPath + "?phieu=" + t.Number(), Hotline: p.Hotline}
	if t.AnswerDue != nil {
		v.Due = c.T.Moment(*t.AnswerDue)
	}
	return p.show(c, c.T.Say("portal.done"), nil, func(ui.Errors) templ.Component { return views.Done(c.T, v) })
}

func (p pages) ticket(c *httpx.Ctx, r Report) (helpdesk.Ticket, error) {
	var t helpdesk.Ticket
	err := p.DB.Read().NewSelect().Model(&t).Where("ti.id = ?", r.Ticket).Scan(c.Std())
	if err != nil {
		return t, fault.Because(fault.Internal, "fault.internal", err)
	}
	return t, nil
}

func (p pages) followForm(c *httpx.Ctx) error { return p.showFollow(c, c.Query("phieu"), "", nil) }

func (p pages) showFollow(c *httpx.Ctx, number, code string, refused error) error {
	return p.show(c, c.T.Say("portal.follow"), refused, func(e ui.Errors) templ.Component {
		return views.FollowForm(c.T, views.FollowFormView{Action: followPath, Number: number, Code: code, Errors: e})
	})
}

// follow shows a report to whoever knows its code, and takes what they add.
func (p pages) follow(c *httpx.Ctx) error {
	number, code := c.FormValue("number"), c.FormValue("code")
	t, err := p.Follow(c.Std(), number, code, c.IP())
	if err != nil {
		return p.showFollow(c, number, code, err)
	}
	v := views.FollowView{Action: followPath, Number: t.Number(), Code: code}
	var refused error
	if c.FormValue("do") == "write" {
		v.Typed = c.FormValue("body")
		if refused = p.Write(c.Std(), t, v.Typed); refused == nil {
			v.Typed, v.Sent = "", true
			if t, err = p.Follow(c.Std(), number, code, c.IP()); err != nil {
				return err
			}
		}
	}
	said, err := p.Said(c.Std(), t.ID)
	if err != nil {
		return err
	}
	v.State, v.Closed = c.T.Say("portal.state."+string(t.State)), t.State == helpdesk.Closed
	v.Solved = t.State == helpdesk.Resolved
	if v.Closed {
		v.Rate = p.Rate(t.ID)
	}
	for _, m := range said {
		from := c.T.Say("portal.from.you")
		if m.FromAgent {
			from = c.T.Say("portal.from.desk")
		}
		v.Said = append(v.Said, views.Said{From: from, At: c.T.Moment(m.At), Body: m.Body, Desk: m.FromAgent})
	}
	return p.show(c, t.Number(), refused, func(e ui.Errors) templ.Component {
		v.Errors = e
		return views.Follow(c.T, v)
	})
}

// Hint shows who writes a ticket what is open already about the same in the same unit.
func (s *Service) Hint(c *httpx.Ctx, f helpdesk.Typed) (templ.Component, error) {
	if f.Unit == "" || f.Service == "" || !c.Who.Covers(helpdesk.Ask, f.Unit) {
		return nil, nil
	}
	seen, more, err := s.Alike(c.Std(), c.Who, f.Unit, f.Service)
	if err != nil || len(seen)+more == 0 {
		return nil, err
	}
	v := views.HintView{More: more}
	for _, t := range seen {
		v.Links = append(v.Links, ui.Action{Label: t.Number() + " " + t.Title, Href: "/tickets/" + string(t.ID)})
	}
	return views.Hint(c.T, v), nil
}
