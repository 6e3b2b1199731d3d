package admin

import (
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/worktime/calstore"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// Pages are the pages of whoever runs the house.
type Pages struct {
	db        *db.DB
	people    *org.People
	units     *org.Units
	calendars *calstore.Store
	business  clock.Clock
	machine   clock.Clock
	page      *site.Site
}

// New makes the pages.
func New(d *db.DB, people *org.People, units *org.Units, calendars *calstore.Store, business, machine clock.Clock, page *site.Site) *Pages {
	return &Pages{db: d, people: people, units: units, calendars: calendars, business: business, machine: machine, page: page}
}

// Routes declares the pages.
func (p *Pages) Routes(r *httpx.Router) {
	r.Page("GET", "/admin/accounts", p.accounts)
	r.Page("GET", "/admin/accounts/new", p.newAccount)
	r.Page("POST", "/admin/accounts/new", p.createAccount)
	r.Page("GET", "/admin/accounts/:id", p.account)
	r.Page("GET", "/admin/accounts/:id/edit", p.editAccount)
	r.Page("POST", "/admin/accounts/:id/edit", p.saveAccount)
	r.Page("GET", "/admin/accounts/:id/posts/new", p.newPost)
	r.Page("POST", "/admin/accounts/:id/posts/new", p.givePost)
	r.Page("POST", "/admin/accounts/:id/posts/:post/end", p.endPost)
	r.Page("GET", "/admin/accounts/:id/help", p.helpForm)
	r.Page("POST", "/admin/accounts/:id/help", p.help)
	r.Page("POST", "/admin/accounts/:id/lock", p.lock)
	r.Page("POST", "/admin/accounts/:id/close", p.close)
	r.Page("GET", "/admin/posts", p.postsToReview)
	r.Page("GET", "/admin/units", p.unitTree)
	r.Page("GET", "/admin/trail", p.trail)
	r.Page("POST", "/admin/trail/verify", p.verifyTrail)
	r.Page("GET", "/admin/calendar", p.years)
	r.Page("POST", "/admin/calendar", p.addYear)
	r.Page("GET", "/admin/calendar/week", p.newWeek)
	r.Page("POST", "/admin/calendar/week", p.addWeek)
	r.Page("GET", "/admin/calendar/week/:name", p.week)
	r.Page("POST", "/admin/calendar/week/:name", p.saveWeek)
	r.Page("GET", "/admin/calendar/:year", p.year)
	r.Page("POST", "/admin/calendar/:year", p.saveYear)
	r.Page("POST", "/admin/calendar/:year/confirm", p.confirmYear)
}

// form answers a refused form with itself; what is not the form's own fault goes on to
// the error page.
func (p *Pages) form(c *httpx.Ctx, title, at string, err error, body func(ui.Errors) templ.Component) error {
	status := fiber.StatusOK
	if err != nil {
		f := fault.Of(err)
		if f.Kind != fault.Invalid && f.Kind != fault.Conflict && !fault.HasKey(err, "org.account.outranks") {
			return err
		}
		status = f.Kind.Status()
	}
	return p.page.Show(c, site.Page{Title: title, At: at, Status: status}, body(ui.ErrorsOf(c.T, err)))
}

func (p *Pages) tree(c *httpx.Ctx) (*org.Tree, error) { return p.units.Tree(c.Std(), p.business.Now()) }

// unitLabel is a unit as a field shows it: its code, then its place.
func unitLabel(tree *org.Tree, code string) string {
	if code == "" {
		return ""
	}
	return code + " – " + tree.Place(code)
}

// unitList is every unit as a field offers it.
func unitList(tree *org.Tree) []string {
	var list []string
	for _, u := range tree.All() {
		list = append(list, unitLabel(tree, u.Code))
	}
	return list
}

// unitTyped is the unit that somebody typed: a code, "code – place", or a name that
// only one unit has. Nothing typed is no unit.
func unitTyped(tree *org.Tree, typed string) (string, error) {
	typed = strings.TrimSpace(fold.NFC(typed))
	if typed == "" {
		return "", nil
	}
	code, _, _ := strings.Cut(typed, " ")
	if _, ok := tree.Unit(code); ok {
		return code, nil
	}
	hits := tree.Search(typed, 4)
	if len(hits) == 1 {
		return hits[0].Code, nil
	}
	var k fault.Check
	if len(hits) == 0 {
		k.Need(false, "unit", "admin.unit.unknown", "typed", typed)
		return "", k.Err()
	}
	var names []string
	for _, h := range hits {
		names = append(names, unitLabel(tree, h.Code))
	}
	k.Need(false, "unit", "admin.unit.several", "names", strings.Join(names, "; "))
	return "", k.Err()
}

func id(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

func roleOptions(t i18n.T) []ui.Option {
	var list []ui.Option
	for _, r := range org.Roles {
		list = append(list, ui.Option{Value: string(r), Label: t.Say("role." + string(r))})
	}
	return list
}

func roleWords(t i18n.T, r access.Role) string { return t.Say("role." + string(r)) }

func stateOf(t i18n.T, s org.State) ui.State {
	tone := map[org.State]ui.Tone{org.Active: ui.Good, org.Locked: ui.Warn, org.Closed: ui.Neutral}[s]
	return ui.State{Tone: tone, Word: t.Say("admin.state." + string(s))}
}

// day writes a stored date as people do; an empty one is nothing.
func day(t i18n.T, date string) string {
	at, err := clock.ParseDate(date)
	if err != nil {
		return ""
	}
	return t.Day(at)
}
