package duty

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/duty/views"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

const at = "/desk/duty"

// pages are the roster on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages of the room.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", at, p.show)
	r.Page("POST", at+"/absences", p.leave)
	r.Page("POST", at+"/absences/:id/end", p.back)
	r.Page("POST", at+"/districts", p.district)
	r.Page("POST", at+"/exceptions", p.except)
	r.Page("POST", at+"/exceptions/:id/drop", p.dropException)
	r.Page("POST", at+"/groups", p.mode)
	r.Page("POST", at+"/shifts", p.shift)
	r.Page("POST", at+"/shifts/:id/drop", p.dropShift)
}

// reads tells whether the reader may see the roster: whoever answers tickets, or
// manages those who do.
func reads(c *httpx.Ctx) error {
	if c.Who.May(helpdesk.Manage) {
		return nil
	}
	return c.Who.Need(helpdesk.Work)
}

func (p *pages) show(c *httpx.Ctx) error { return p.page(c, "", nil) }

// page shows the roster; a form that was refused is open, with its faults.
func (p *pages) page(c *httpx.Ctx, refused string, because error) error {
	if err := reads(c); err != nil {
		return err
	}
	status := 0
	if because != nil {
		kind := fault.Of(because).Kind
		if kind != fault.Invalid && kind != fault.Conflict {
			return because
		}
		status = kind.Status()
	}
	b, err := p.builder(c)
	if err != nil {
		return err
	}
	b.refused, b.errors = refused, ui.ErrorsOf(c.T, because)
	v := views.PageView{Header: ui.HeaderData{Title: c.T.Say("duty.title"), Lead: c.T.Say("duty.lead", "from", c.T.Day(b.monday), "to", c.T.Day(b.monday.AddDate(0, 0, 6)))},
		Load: b.loadTable(), Away: b.awayTable(), Forms: b.forms(), Week: b.weeks()}
	for _, g := range b.called.Working() {
		v.Groups = append(v.Groups, b.group(g.Code))
	}
	return p.site.Show(c, site.Page{Title: v.Header.Title, At: at, Status: status}, views.Page(c.T, v))
}

// done leads back to the roster, or shows the form again that was refused.
func (p *pages) done(c *httpx.Ctx, form, said string, err error) error {
	if err != nil {
		return p.page(c, form, err)
	}
	site.Flash(c, ui.Good, c.T.Say(said))
	return c.See(at)
}

// minute reads a time of day as people write it: "8:00", "08:30", "24:00".
func minute(text string) worktime.Minute {
	text = strings.TrimSpace(text)
	if len(text) == 4 && text[1] == ':' {
		text = "0" + text
	}
	m, err := worktime.ParseMinute(text)
	if err != nil {
		return -1 // no time of day, and no span is sensible with it
	}
	return m
}

func span(c *httpx.Ctx) worktime.Span {
	return worktime.Span{From: minute(c.FormValue("from")), To: minute(c.FormValue("to"))}
}

func (p *pages) shift(c *httpx.Ctx) error {
	var on []time.Weekday
	for _, raw := range c.Request().PostArgs().PeekMulti("weekday") {
		if n, err := strconv.Atoi(string(raw)); err == nil && n >= 0 && n <= 6 && !slices.Contains(on, time.Weekday(n)) {
			on = append(on, time.Weekday(n))
		}
	}
	err := p.AddShifts(c.Std(), c.Who, helpdesk.Group(c.FormValue("group")), ident.ID(c.FormValue("account")), on, span(c))
	return p.done(c, "shifts", "duty.done.shift", err)
}

func (p *pages) dropShift(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err == nil {
		err = p.DropShift(c.Std(), c.Who, id)
	}
	return p.done(c, "", "duty.done.dropped", err)
}

func (p *pages) except(c *httpx.Ctx) error {
	s := span(c)
	e := Exception{Group: helpdesk.Group(c.FormValue("group")), Account: ident.ID(c.FormValue("account")), Day: c.FormValue("day"),
		Works: c.FormValue("works") == "1", From: s.From, To: s.To, Note: c.FormValue("note")}
	return p.done(c, "exceptions", "duty.done.exception", p.Except(c.Std(), c.Who, e))
}

func (p *pages) dropException(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err == nil {
		err = p.DropException(c.Std(), c.Who, id)
	}
	return p.done(c, "", "duty.done.dropped", err)
}

func (p *pages) mode(c *httpx.Ctx) error {
	g := helpdesk.Group(c.FormValue("group"))
	return p.done(c, "groups "+string(g), "duty.done.mode", p.SetMode(c.Std(), c.Who, g, Mode(c.FormValue("mode"))))
}

func (p *pages) district(c *httpx.Ctx) error {
	err := p.SetDistrict(c.Std(), c.Who, helpdesk.Group(c.FormValue("group")), c.FormValue("district"), ident.ID(c.FormValue("account")))
	return p.done(c, "districts", "duty.done.district", err)
}

// inputMoment is how a moment is written in a form.
const inputMoment = "2006-01-02T15:04"

func (p *pages) leave(c *httpx.Ctx) error {
	from, err := time.ParseInLocation(inputMoment, c.FormValue("from"), clock.City)
	if err != nil {
		from = p.Business.Now()
	}
	until, err := time.ParseInLocation(inputMoment, c.FormValue("until"), clock.City)
	if err != nil {
		until = time.Time{} // before everything: refused by the rule
	}
	_, err = p.Leave(c.Std(), c.Who, Absence{Account: ident.ID(c.FormValue("account")), StandIn: ident.ID(c.FormValue("stand_in")),
		From: from.UTC(), Until: until.UTC(), Note: c.FormValue("note")})
	return p.done(c, "absences", "duty.done.leave", err)
}

func (p *pages) back(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err == nil {
		err = p.Return(c.Std(), c.Who, id)
	}
	return p.done(c, "", "duty.done.returned", err)
}
