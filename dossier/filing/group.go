package filing

import (
	"strconv"
	"strings"

	"lotrinh/dossier/fields"
	drawn "lotrinh/dossier/fields/views"
	"lotrinh/dossier/filing/views"
	"lotrinh/dossier/form"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
)

// asks tells whether a group is on the draft's way now.
func asks(a at, group string) bool { return a.way.number(stepGroup+group) > 0 }

// showGroup shows a page of questions with what was typed and what is wrong with it; more
// are further rows of repeated questions.
func (p *pages) showGroup(c *httpx.Ctx, a at, found []form.Finding, more map[string]int) error {
	group := strings.TrimPrefix(a.step, stepGroup)
	if !asks(a, group) {
		return c.See(p.path(a.Draft, p.resume(a.way, a.form, a.Draft, a.seen)))
	}
	look := fields.Look{T: c.T, Form: a.form, Group: group, Answers: a.Answers, Context: a.seen, Places: a.near, Findings: found, More: more}
	asked := look.View()
	v := p.view(c, a, asked.Title)
	v.Group, v.Errors, v.Body = group, look.Errors(), drawn.Group(c.T, asked)
	quiet(c)
	page := site.Page{Title: v.Title, Citizen: true}
	if v.Errors.Any() {
		page.Status, page.Title = fault.Invalid.Status(), c.T.Say("filing.error", "title", v.Title)
	}
	return p.site.Show(c, page, views.Step(c.T, v))
}

// takeGroup saves a page of questions and goes on when nothing is wrong with it.
func (p *pages) takeGroup(c *httpx.Ctx, a at) error {
	group := strings.TrimPrefix(a.step, stepGroup)
	a, err := p.saveGroup(c, a, group)
	if err != nil {
		return err
	}
	if more := fields.Added(fields.Posted(c)); more != nil {
		return p.showGroup(c, a, nil, more)
	}
	found := form.CheckGroup(a.form, group, a.Answers, a.seen)
	if len(form.Errors(found)) > 0 {
		return p.showGroup(c, a, found, nil)
	}
	return c.See(p.path(a.Draft, a.way.after(a.step)))
}

// saveGroup takes the answers of a page in, at the stamp that it carries. A page that
// other answers have taken away meanwhile changes nothing.
func (p *pages) saveGroup(c *httpx.Ctx, a at, group string) (at, error) {
	stamp, err := strconv.ParseInt(c.FormValue("_stamp", "0"), 10, 64)
	if err != nil {
		return a, fault.Because(fault.Invalid, "filing.stamp", err)
	}
	if !asks(a, group) {
		return a, nil
	}
	all, err := fields.Read(a.form, group, fields.Posted(c), a.Answers, a.seen, a.near)
	if err != nil {
		return a, err
	}
	in := form.Answers{}
	for key, value := range all {
		if a.form.GroupOf(key) == group {
			in[key] = value
		}
	}
	for key := range a.Answers { // what was left blank is blank in the answer
		if _, ok := in[key]; !ok && a.form.GroupOf(key) == group {
			in[key] = ""
		}
	}
	if a.Draft, _, err = p.Save(c.Std(), a.Draft, in, stamp); err != nil {
		return a, err
	}
	a.way, err = p.wayOf(a.def, a.form, a.Draft, a.seen)
	return a, err
}

// saved is what the script learns of a save: the highest stamp, and where to go on when it
// asked to and nothing is wrong.
type saved struct {
	Stamp int64  `json:"stamp"`
	Next  string `json:"next,omitempty"`
}

// save keeps what is typed, as it is typed. It judges nothing unless the page goes on.
func (p *pages) save(c *httpx.Ctx) error {
	a, err := p.standing(c)
	if err != nil {
		return scripted(c, nil, err)
	}
	if a.Sent() {
		return scripted(c, nil, fault.New(fault.Conflict, "filing.sent_already"))
	}
	group := c.FormValue("_group")
	a.step = stepGroup + group
	if a, err = p.saveGroup(c, a, group); err != nil {
		return scripted(c, nil, err)
	}
	out := saved{Stamp: a.Stamp}
	if c.FormValue("_go") != "" && len(form.Errors(form.CheckGroup(a.form, group, a.Answers, a.seen))) == 0 {
		out.Next = p.path(a.Draft, a.way.after(a.step))
	}
	return scripted(c, out, nil)
}
