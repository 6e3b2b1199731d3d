package schedule

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout"
)

// Home is the place of this room.
const Home = "/rollout/schedule"

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages of plans and the operations on them.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Home, p.list)
	r.Page("GET", Home+"/new", p.makeForm)
	r.Page("POST", Home, p.make)
	p.rehearsalRoutes(r)
	r.Page("GET", Home+"/:id", p.draft)
	r.Page("POST", Home+"/:id/compute", p.compute)
	r.Page("POST", Home+"/:id/variants", p.try)
	r.Page("POST", Home+"/:id/baselines", p.freeze)
	r.Page("GET", Home+"/:id/tasks", p.tasks)
	r.Page("GET", Home+"/:id/tasks/new", p.addForm)
	r.Page("POST", Home+"/:id/tasks", p.add)
	r.Page("POST", Home+"/:id/done", p.finishStep)
	r.Page("GET", Home+"/:id/slips", p.slips)
	r.Page("GET", Home+"/tasks/:id", p.task)
	r.Page("POST", Home+"/tasks/:id", p.change)
	r.Page("POST", Home+"/tasks/:id/done", p.finish)
	r.Page("POST", Home+"/tasks/:id/slips", p.explain)
	r.Page("GET", Home+"/resources/:id", p.resource)
	r.Page("POST", Home+"/resources/:id", p.setResource)
	r.Page("GET", Home+"/variants/:id", p.variant)
	r.Page("POST", Home+"/variants/:id/adopt", p.adopt)
	r.Page("POST", Home+"/variants/:id/drop", p.drop)
	r.Page("GET", Home+"/baselines/:id", p.baseline)
	r.Page("GET", Home+"/baselines/:id/content.json", p.content)
	s.api(r)
}

func (p *pages) show(c *httpx.Ctx, title string, body templ.Component) error {
	return p.site.Show(c, site.Page{Title: title, At: Home}, body)
}

// again shows a refused form as it was typed.
func (p *pages) again(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: Home}, refused, body)
}

// opened is the draft that the address names, with the city as it is.
func (p *pages) opened(c *httpx.Ctx) (*book, *org.Tree, error) {
	key, err := id(c)
	if err != nil {
		return nil, nil, err
	}
	return p.open(c, key)
}

func (p *pages) open(c *httpx.Ctx, key ident.ID) (*book, *org.Tree, error) {
	if err := c.Who.Need(rollout.Read); err != nil {
		return nil, nil, err
	}
	b, err := p.load(c.Std(), p.DB.Read(), key)
	if err != nil {
		return nil, nil, err
	}
	tree, err := p.tree(c.Std())
	return b, tree, err
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

// number reads a whole number of a form; nonsense is -1, which nothing takes.
func number(c *httpx.Ctx, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(c.FormValue(name)))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

func version(c *httpx.Ctx) int64 { return int64(number(c, "version")) }

func seen(version int64) ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(version, 10)}
}

// refusal tells whether an error belongs on the form that caused it.
func refusal(err error) bool { return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) }

func plans(who access.Actor) bool { return who.May(rollout.Plan) }

// day writes a stored day as people do; an empty one stays empty.
func day(t i18n.T, date string) string {
	at, err := clock.ParseDate(date)
	if date == "" || err != nil {
		return date
	}
	return t.Day(at)
}

// called is what people call a task, without its place.
func called(t i18n.T, k Task) string {
	if k.Title != "" {
		return k.Title
	}
	return t.Say("schedule.step."+k.Step, "n", k.Number)
}

// placed is what people call a task, with its place.
func placed(t i18n.T, tree *org.Tree, k Task) string {
	if k.Unit == "" {
		return called(t, k)
	}
	return called(t, k) + " · " + tree.Name(k.Unit)
}

func unitWords(t i18n.T, tree *org.Tree, unit string) string {
	if unit == "" {
		return t.Say("schedule.city")
	}
	return tree.Name(unit)
}

func resourceWord(t i18n.T, r Resource) string { return t.Say("schedule.resource." + r.Key) }

// phaseWords is what people call the phase of a draft.
func (p *pages) phaseWords(c *httpx.Ctx, d Draft) (string, error) {
	all, err := p.Rollout.Phases(c.Std())
	if err != nil {
		return "", err
	}
	for _, ph := range all {
		if ph.Programme == d.Programme && ph.Ordinal == d.Phase {
			if c.T.Lang == i18n.EN {
				return ph.NameEN, nil
			}
			return ph.Name, nil
		}
	}
	return d.Programme, nil
}

func crumbs(t i18n.T, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: t.Say("schedule.title"), Href: Home}}, more...)
}

// places are the pages of a draft, the one at an address marked.
func places(t i18n.T, d Draft, at string) []ui.Tab {
	var out []ui.Tab
	for _, x := range [][2]string{{d.Path(), "schedule.tab.plan"}, {d.Path() + "/tasks", "schedule.tab.tasks"}, {d.Path() + "/slips", "schedule.tab.slips"}} {
		out = append(out, ui.Tab{Label: t.Say(x[1]), Href: x[0], Active: x[0] == at, Count: -1})
	}
	return out
}
