package helpdesk

import (
	"context"
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"

	"lotrinh/helpdesk/views"
)

// typed is a new ticket as a person typed it.
type typed struct {
	unit, title, body, service, impact, urgency, incident, asset, dossier string
	answers                                                               map[string]string
}

// readTyped reads the form; what the service asks is known by its name in the form.
func readTyped(c *httpx.Ctx, cat *Catalogue) typed {
	offer, _ := cat.Offer(Category(c.FormValue("service")))
	return typed{unit: c.FormValue("unit"), title: c.FormValue("title"), body: c.FormValue("body"),
		service: c.FormValue("service"), impact: c.FormValue("impact"), urgency: c.FormValue("urgency"), incident: c.FormValue("incident"),
		asset: c.FormValue("asset"), dossier: c.FormValue("dossier"), answers: typedFields(c, offer)}
}

// draft is the ticket that was meant. The unit may be typed as a code or by name.
func (f typed) draft(tree *org.Tree, cat *Catalogue) (Draft, error) {
	impact, _ := strconv.Atoi(f.impact) // what is no number is no level, and check says so
	urgency, _ := strconv.Atoi(f.urgency)
	d := Draft{Title: f.title, Body: f.body, Service: Category(f.service), Impact: impact, Urgency: urgency, Source: "web", Asset: f.asset, Dossier: f.dossier, Fields: f.answers, Incident: ident.ID(strings.Clone(f.incident))}
	unit, err := meant(tree, f.unit)
	d.Unit = unit
	if err == nil {
		return d, nil
	}
	var k fault.Check
	k.Add(err)
	d.Unit = "?"
	k.Add(d.check(cat))
	return d, k.Err()
}

// meant is the code of the unit that somebody typed: its code, or a name that only
// one unit answers to.
func meant(tree *org.Tree, text string) (string, error) {
	text = strings.TrimSpace(text)
	if _, ok := tree.Unit(text); ok {
		return text, nil
	}
	var k fault.Check
	hits := tree.Search(text, 4)
	switch {
	case text == "":
		k.Need(false, "unit", "helpdesk.form.unit_needed")
	case len(hits) == 0:
		k.Need(false, "unit", "helpdesk.form.unit_unknown", "code", text)
	case len(hits) == 1 || fold.Key(hits[0].Place) == fold.Key(text):
		return hits[0].Code, nil
	default:
		var names []string
		for _, h := range hits {
			names = append(names, h.Place+" ("+h.Code+")")
		}
		k.Need(false, "unit", "helpdesk.form.unit_many", "names", strings.Join(names, "; "))
	}
	return "", k.Err()
}

// fewUnits is up to how many units are offered as a choice rather than typed.
const fewUnits = 60

// fields are the questions of the form of a new ticket.
func (s *Service) fields(c *httpx.Ctx, tree *org.Tree, cat *Catalogue, f typed, e ui.Errors) []ui.Field {
	t := c.T
	unit := ui.Field{Name: "unit", Label: t.Say("helpdesk.new.unit"), Hint: t.Say("helpdesk.new.unit_hint"), Value: f.unit, Required: true, Error: e.Of("unit")}
	if everywhere, codes := c.Who.Reach(Ask); !everywhere && len(codes) <= fewUnits {
		unit.Kind, unit.Hint, unit.Options = ui.Select, "", []ui.Option{}
		if len(codes) > 1 {
			unit.Options = append(unit.Options, ui.Option{Label: t.Say("helpdesk.new.unit_pick")})
		}
		for _, u := range tree.All() { // in the tree's order
			if c.Who.Covers(Ask, u.Code) {
				unit.Options = append(unit.Options, ui.Option{Value: u.Code, Label: u.Title()})
			}
		}
	}
	return []ui.Field{
		unit,
		{Kind: ui.Radio, Name: "service", Label: t.Say("helpdesk.new.service"), Value: f.service, Options: serviceOptions(t, cat.Offered()), Required: true, Error: e.Of("service")},
		{Name: "title", Label: t.Say("helpdesk.new.title"), Hint: t.Say("helpdesk.new.title_hint"), Value: f.title, Required: true, Max: longestTitle, Error: e.Of("title")},
		{Kind: ui.Area, Name: "body", Label: t.Say("helpdesk.new.body"), Value: f.body, Rows: 6, Required: true, Max: longestBody, Error: e.Of("body")},
		{Kind: ui.Radio, Name: "impact", Label: t.Say("helpdesk.new.impact"), Value: f.impact, Options: levels(t, "helpdesk.impact."), Required: true, Error: e.Of("impact")},
		{Kind: ui.Radio, Name: "urgency", Label: t.Say("helpdesk.new.urgency"), Value: f.urgency, Options: levels(t, "helpdesk.urgency."), Required: true, Error: e.Of("urgency")},
		{Name: "asset", Label: t.Say("helpdesk.ticket.asset"), Hint: t.Say("helpdesk.subject.asset_hint"), Value: f.asset, Max: 40, Narrow: true, Error: e.Of("asset")},
		{Name: "dossier", Label: t.Say("helpdesk.ticket.dossier"), Value: f.dossier, Max: longestDossier, Narrow: true, Error: e.Of("dossier")},
		photos(t, e),
	}
}

func photos(t i18n.T, e ui.Errors) ui.Field {
	return ui.Field{Kind: ui.Photo, Name: "photos", Label: t.Say("helpdesk.new.photo"), Hint: t.Say("helpdesk.new.photo_hint", "max", mostFiles), Multiple: true, Error: e.Of("files")}
}

func serviceOptions(t i18n.T, offers []Offer) []ui.Option {
	var all []ui.Option
	for _, o := range offers {
		all = append(all, ui.Option{Value: string(o.Code), Label: o.name(t)})
	}
	return all
}

func levels(t i18n.T, prefix string) []ui.Option {
	var all []ui.Option
	for n := Least; n <= Most; n++ {
		all = append(all, ui.Option{Value: strconv.Itoa(n), Label: t.Say(prefix + strconv.Itoa(n))})
	}
	return all
}

// promise says who would answer what was chosen so far, and by when.
func (s *Service) promise(ctx context.Context, t i18n.T, f typed) (views.PromiseView, error) {
	impact, _ := strconv.Atoi(f.impact)
	urgency, _ := strconv.Atoi(f.urgency)
	if impact < Least || impact > Most || urgency < Least || urgency > Most {
		return views.PromiseView{}, nil
	}
	cat, err := s.Catalogue(ctx)
	if err != nil {
		return views.PromiseView{}, err
	}
	if _, ok := cat.Offer(Category(f.service)); !ok {
		return views.PromiseView{}, nil
	}
	q, err := s.Quote(ctx, f.unit, Category(f.service), impact, urgency)
	if err != nil {
		return views.PromiseView{}, err
	}
	say := func(known bool, year int, at time.Time) string {
		if !known {
			return t.Say("helpdesk.promise.no_calendar", "year", strconv.Itoa(year))
		}
		return t.Moment(at)
	}
	return views.PromiseView{Sentence: t.Say("helpdesk.promise", "group", cat.Group(t, q.Group),
		"answer", say(q.Answer.Known(), q.Answer.Missing, q.Answer.At), "resolve", say(q.Resolve.Known(), q.Resolve.Missing, q.Resolve.At),
		"priority", priorityKey(q.Priority))}, nil
}

// words is what somebody wrote into one of the ticket's forms.
func (s *Service) words(c *httpx.Ctx) (Words, error) {
	w := Words{Body: c.FormValue("body"), Version: c.Version()}
	blobs, err := s.Files.FromForm(c, "photos", files.Photo, mostFiles)
	w.Files = blobs
	return w, err
}
