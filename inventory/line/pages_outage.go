package line

import (
	"strconv"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/inventory/line/views"
)

func (p *pages) report(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	f := outageTyped(c)
	if _, err := p.ReportOutage(c.Std(), c.Who, key, f); err != nil {
		return p.showLine(c, key, f, err)
	}
	site.Flash(c, ui.Good, c.T.Say("line.outage.saved"))
	return c.See(home + "/" + string(key) + "#outages")
}

func outageTyped(c *httpx.Ctx) OutageForm {
	return OutageForm{From: c.FormValue("from"), Until: c.FormValue("until"), Reference: c.FormValue("reference"), Note: c.FormValue("note")}
}

func outageForm(t i18n.T, f OutageForm, e ui.Errors) ui.FormData {
	return ui.FormData{Errors: e, Submit: t.Say("line.outage.send"), Loose: true, Fields: []ui.Field{
		{Kind: ui.Moment, Name: "from", Label: t.Say("line.outage.from"), Value: f.From, Required: true},
		{Kind: ui.Moment, Name: "until", Label: t.Say("line.outage.until"), Hint: t.Say("line.outage.until.hint"), Value: f.Until},
		{Name: "reference", Label: t.Say("line.outage.reference"), Hint: t.Say("line.outage.reference.hint"), Value: f.Reference, Max: longestReference},
		{Kind: ui.Area, Name: "note", Label: t.Say("line.outage.note"), Value: f.Note, Max: longestNote, Rows: 2}}}
}

func (p *pages) outage(c *httpx.Ctx) error { return p.showOutage(c, nil, nil) }

func (p *pages) showOutage(c *httpx.Ctx, f *OutageForm, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	o, a, err := p.Outage(c.Std(), c.Who, key)
	if err != nil {
		return err
	}
	if f == nil {
		f = &OutageForm{From: o.FromAt.In(clock.City).Format(typedMoment), Reference: o.Reference, Note: o.Note}
		if !o.Open() {
			f.Until = o.UntilAt.In(clock.City).Format(typedMoment)
		}
	}
	t := c.T
	title := t.Say("line.outage.of", "from", o.FromAt)
	back := home + "/" + string(a.ID)
	return p.shown(c, title, refused, func(e ui.Errors) templ.Component {
		form := outageForm(t, *f, e)
		if o.Source == ByProbe {
			form.Fields = form.Fields[2:] // when it was is the probes' to say
		}
		form.Action, form.Cancel, form.Submit = home+"/outages/"+string(o.ID), back, t.Say("line.save")
		form.Hidden = []ui.Hidden{{Name: "version", Value: strconv.FormatInt(o.Version, 10)}}
		return views.FormPage(t, views.Form{Head: ui.HeaderData{Title: title, Lead: t.Say("line.outage.by." + o.Source), Crumbs: crumbs(t, ui.Crumb{Label: a.Name + " · " + a.Code, Href: back}, ui.Crumb{Label: title})}, Form: form})
	})
}

func (p *pages) changeOutage(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	f := outageTyped(c)
	o, err := p.ChangeOutage(c.Std(), c.Who, key, c.Version(), f)
	if err != nil {
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
			return p.showOutage(c, &f, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("line.outage.saved"))
	return c.See(home + "/" + string(o.Asset) + "#outages")
}
