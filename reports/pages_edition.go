package reports

import (
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/views"
)

// mostShown is how many differences a page shows before it only counts them.
const mostShown = 60

// editionForm asks for the reason of another edition and shows what it would list.
func (p pages) editionForm(c *httpx.Ctx) error {
	return p.showEditionForm(c, "", nil)
}

func (p pages) showEditionForm(c *httpx.Ctx, reason string, problem error) error {
	t := c.T
	r, err := p.runAsked(c)
	if err != nil {
		return err
	}
	changes, err := p.Differences(c.Std(), c.Who, r.ID)
	if err != nil {
		return err
	}
	names, err := p.titles(c.Std(), t)
	if err != nil {
		return err
	}
	href := "/reports/runs/" + string(r.ID)
	v := views.EditionView{Header: ui.HeaderData{Crumbs: []ui.Crumb{{Label: t.Say("reports.title"), Href: "/reports"}, {Label: r.Period().Days(t), Href: href}, {Label: t.Say("reports.edition.new")}},
		Title: names.of(r.Definition), Lead: t.Say("reports.edition.new.lead")},
		Form: ui.FormData{Action: href + "/editions", Errors: ui.ErrorsOf(t, problem), Submit: t.Say("reports.edition.new"), Cancel: href,
			Hidden: []ui.Hidden{{Name: httpx.OnceField, Value: string(ident.New(p.machine.Now()))}},
			Fields: []ui.Field{{Kind: ui.Area, Name: "reason", Label: t.Say("reports.edition.reason"), Hint: t.Say("reports.edition.reason.hint"), Value: reason, Required: true, Max: longestReason, Rows: 3}}},
		Now: ui.CardData{Title: t.Say("reports.edition.now", "no", r.Editions), Note: t.Say("reports.edition.count", "n", len(changes))}, Same: t.Say("reports.edition.same")}
	for i, ch := range changes {
		if i == mostShown {
			v.Rest = t.Say("reports.edition.rest", "n", len(changes)-mostShown)
			break
		}
		v.Changes = append(v.Changes, upperFirst(ch.Say(t)))
	}
	status := fiber.StatusOK
	if problem != nil {
		status = fault.Of(problem).Kind.Status()
	}
	return p.page.Show(c, site.Page{Title: v.Header.Title, At: "/reports", Status: status}, views.Edition(t, v))
}

func (p pages) reissue(c *httpx.Ctx) error {
	id, err := ident.Parse(c.Params("id"))
	if err != nil {
		return err
	}
	reason := c.FormValue("reason")
	if err := p.Reissue(c.Std(), c.Who, id, reason); err != nil {
		if fault.Is(err, fault.Invalid) {
			return p.showEditionForm(c, reason, err)
		}
		return err
	}
	site.Flash(c, ui.Good, c.T.Say("reports.edition.asked"))
	return c.See("/reports/runs/" + string(id))
}
