package office

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/a-h/templ"
	"github.com/uptrace/bun"

	"lotrinh/dossier"
	"lotrinh/dossier/fields"
	"lotrinh/dossier/form"
	"lotrinh/dossier/office/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

func bunActs(all ...dossier.Act) any { return bun.List(all) }

func (p *pages) amendForm(c *httpx.Ctx) error { return p.showAmend(c, nil, nil, nil) }

// showAmend is the whole declaration as a form; typed is what came back refused.
func (p *pages) showAmend(c *httpx.Ctx, typed form.Answers, wrong []form.Finding, refused error) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	d, err := p.DossierIn(c.Std(), p.DB.Read(), c.Who, dossier.Read, key)
	if err != nil {
		return err
	}
	if err := mends(c.Who, d); err != nil {
		return err
	}
	def, err := p.Definition(c.Std(), d.Version)
	if err != nil {
		return err
	}
	if typed == nil && refused == nil && !p.May(c.Who, def, d, dossier.Amend) {
		return fault.New(fault.Conflict, "dossier.not_now", "act", dossier.Amend.Key(), "status", d.Status.Key())
	}
	if err := p.untouched(c.Std(), p.DB.Read(), d); err != nil && refused == nil {
		return err
	}
	x, err := p.declaration(c.Std(), p.DB.Read(), d)
	if err != nil {
		return err
	}
	if typed == nil {
		typed = x.answers
	}
	if err := p.seenAnswers(c.Std(), c.Who, d.ID); err != nil {
		return err
	}
	t := c.T
	look := fields.Look{T: t, Form: x.form, Answers: typed, Context: x.ctx, Places: x.places, Findings: wrong, Compact: true}
	if c.Method() == "POST" {
		look.More = fields.Added(fields.Posted(c))
	}
	title := t.Say(string(dossier.Amend.Key()))
	v := views.AmendView{Head: ui.HeaderData{Title: title, Lead: d.Subject + " · " + d.Number(), Crumbs: []ui.Crumb{{Label: t.Say("dossier.nav"), Href: home}, {Label: d.Number(), Href: d.Path()}, {Label: title}}},
		Hint: ui.NoticeData{Tone: ui.Info, Title: t.Say("office.amend.hint")},
		Said: ui.Field{Kind: ui.Area, Name: "_said", Label: t.Say("office.amend.said"), Hint: t.Say("office.amend.said_hint"), Value: c.FormValue("_said"), Rows: 2, Required: true, Max: dossier.MostSaid},
		Form: ui.FormData{Action: d.Path() + "/answers", Submit: t.Say("office.amend.save"), Cancel: d.Path(), Hidden: []ui.Hidden{seen(d)}}}
	v.Groups = look.Groups()
	page := site.Page{Title: title, At: home, Tabs: p.Tabs(t, c.Who, home)}
	if len(wrong) > 0 {
		page.Status = fault.Invalid.Status()
		v.Form.Errors = look.Errors()
	}
	return p.site.Form(c, page, refused, func(e ui.Errors) templ.Component {
		if e.Any() {
			v.Form.Errors = e
			v.Said.Error = e.Of("said")
		}
		return views.AmendPage(t, v)
	})
}

// errMore is that the form asks for a further row, not to be taken.
var errMore = errors.New("office: a further row is asked for")

// amendedPanel shows what officers mended, the newest first: who, why, and each answer as
// it was and as it is.
func (s *Service) amendedPanel(c *httpx.Ctx, v dossier.View, _ error) (templ.Component, error) {
	f, err := s.formOfVersion(v.Version, v.Definition)
	if err != nil {
		return nil, err
	}
	t := c.T
	table := ui.TableData{Caption: t.Say("office.amended"), HideCap: true, Columns: []ui.Column{{Label: t.Say("office.amended.when")}, {Label: t.Say("office.amended.field")},
		{Label: t.Say("office.amended.from")}, {Label: t.Say("office.amended.to")}}}
	for i := len(v.Steps) - 1; i >= 0; i-- {
		st := v.Steps[i]
		var what Amended
		if st.Act != dossier.Amend || json.Unmarshal(st.Data, &what) != nil {
			continue
		}
		for _, one := range what.Changes {
			label := one.Field
			if field, _, ok := f.Field(one.Field); ok {
				label = field.Label.In(t.Lang)
			}
			table.Rows = append(table.Rows, ui.Row{Cells: []templ.Component{ui.Text(t.Moment(st.At) + " · " + st.ActorName), ui.Text(label), ui.Text(orNone(t, one.From)), ui.Text(orNone(t, one.To))}})
		}
	}
	if len(table.Rows) == 0 {
		return nil, nil
	}
	table.Count = int64(len(table.Rows))
	return views.Panel(t, views.PanelView{ID: "amended", Title: t.Say("office.amended"), Table: &table}), nil
}

func orNone(t i18n.T, text string) string {
	if strings.TrimSpace(text) == "" {
		return t.Say("office.amended.none")
	}
	return text
}

func (p *pages) amend(c *httpx.Ctx) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	var typed form.Answers
	posted := fields.Posted(c)
	more := fields.Added(posted) != nil
	read := func(x Declaration) (is form.Answers, err error) {
		if is, err = fields.Read(x.form, "", posted, x.answers, x.ctx, x.places); err == nil && more {
			err = errMore
		}
		typed = is
		return is, err
	}
	wrong, err := p.Amend(c.Std(), c.Who, key, c.Version(), read, tidy(c.FormValue("_said")))
	switch {
	case errors.Is(err, errMore):
		return p.showAmend(c, typed, nil, nil)
	case len(wrong) > 0, fault.Is(err, fault.Invalid), fault.Is(err, fault.Conflict):
		return p.showAmend(c, typed, wrong, err)
	case err != nil:
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("office.amend.done"))
	return c.See(dossier.Home + "/" + string(key))
}
