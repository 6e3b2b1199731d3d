package training

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// The places of this room.
const (
	classesAt  = Home + "/classes"
	coursesAt  = Home + "/courses"
	peopleAt   = Home + "/people"
	owedAt     = Home + "/makeup"
	trainersAt = Home + "/trainers"
	districtAt = Home + "/districts/"
)

// pages are this room on the site.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the operations.
func (s *Service) Routes(r *httpx.Router, on *site.Site) {
	p := &pages{s, on}
	r.Page("GET", Home, p.home)
	r.Page("GET", districtAt+":code", p.district)
	r.Page("GET", trainersAt, p.trainers)
	r.Page("GET", classesAt+"/new", p.newClass)
	r.Page("POST", classesAt, p.plan)
	r.Page("GET", classesAt+"/:id", p.class)
	r.Page("GET", classesAt+"/:id/edit", p.editClass)
	r.Page("POST", classesAt+"/:id", p.change)
	r.Page("POST", classesAt+"/:id/cancel", p.callOff)
	r.Page("POST", classesAt+"/:id/register", p.register)
	r.Page("POST", classesAt+"/:id/roll", p.roll)
	r.Page("POST", classesAt+"/:id/guest", p.guest)
	r.Page("POST", classesAt+"/:id/unrecord", p.unrecord)
	r.Page("POST", classesAt+"/:id/close", p.closeClass)
	r.Page("GET", classesAt+"/:id/screen", p.screen)
	r.Page("GET", classesAt+"/:id/list.pdf", p.listPDF)
	r.Page("GET", classesAt+"/:id/list.xlsx", p.listXLSX)
	r.Page("POST", Home+"/seats/:id/withdraw", p.withdraw)
	r.Page("GET", coursesAt, p.courses)
	r.Page("GET", coursesAt+"/new", p.newCourse)
	r.Page("POST", coursesAt, p.makeCourse)
	r.Page("GET", coursesAt+"/:id", p.course)
	r.Page("POST", coursesAt+"/:id", p.saveCourse)
	r.Page("POST", coursesAt+"/:id/files", p.addFile, httpx.Body(files.FormBody))
	r.Page("GET", coursesAt+"/:id/files/:file", p.file)
	r.Page("POST", coursesAt+"/:id/files/:file/drop", p.dropFile)
	r.Page("GET", peopleAt, p.people)
	r.Page("GET", peopleAt+"/new", p.newPerson)
	r.Page("POST", peopleAt, p.addPerson)
	r.Page("GET", peopleAt+"/:id", p.person)
	r.Page("POST", peopleAt+"/:id", p.savePerson)
	r.Page("POST", peopleAt+"/:id/leave", p.leave)
	r.Page("GET", owedAt, p.owed)
	r.Page("POST", owedAt, p.makeUp)
	r.Page("GET", doorAt, p.door, httpx.Open)
	r.Page("POST", doorAt, p.enter, httpx.Open)
	r.Page("GET", doorAt+"/:token", p.scanned, httpx.Open)
	r.Page("GET", learnerAt+"/:token", p.lesson, httpx.Open)
	r.Page("POST", learnerAt+"/:token/kiem-tra", p.test, httpx.Open)
	r.Page("POST", learnerAt+"/:token/y-kien", p.say, httpx.Open)
	r.Page("GET", learnerAt+"/:token/tai-lieu/:file", p.learnerFile, httpx.Open)
	r.Page("GET", verifyAt, p.verify, httpx.Open)
	r.Page("POST", verifyAt, p.check, httpx.Open)
	r.Page("GET", verifyAt+"/:code", p.verify, httpx.Open)
	r.Page("GET", verifyAt+"/:code/pdf", p.paper, httpx.Open)
	s.api(r)
}

// frame is a page of this room, with its places above it.
func (p *pages) frame(c *httpx.Ctx, title string) site.Page {
	pg := site.Page{Title: title, At: Home}
	for _, x := range []struct {
		href, label string
		need        access.Perm
	}{{Home, "training.classes", Look}, {peopleAt, "training.people", Look}, {owedAt, "training.makeup", Look}, {coursesAt, "training.courses", Look}, {trainersAt, "training.trainers", Look}} {
		if c.Who.May(x.need) {
			pg.Tabs = append(pg.Tabs, ui.Tab{Label: c.T.Say(x.label), Href: x.href, Active: c.Path() == x.href || x.href != Home && strings.HasPrefix(c.Path(), x.href+"/"), Count: -1})
		}
	}
	return pg
}

// again shows a page whose form may have been refused, as it was typed.
func (p *pages) again(c *httpx.Ctx, title string, refused error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, p.frame(c, title), refused, body)
}

func (p *pages) show(c *httpx.Ctx, title string, body templ.Component) error {
	return p.site.Show(c, p.frame(c, title), body)
}

func key(c *httpx.Ctx) (ident.ID, error) { return ident.Parse(c.Params("id")) }

// many are the keys that a form's boxes name; nonsense is left out and then missed.
func many(c *httpx.Ctx, name string) []ident.ID {
	var out []ident.ID
	for _, raw := range c.Request().PostArgs().PeekMulti(name) {
		if id, err := ident.Parse(string(raw)); err == nil {
			out = append(out, id)
		}
	}
	return out
}

func version(n int64) ui.Hidden {
	return ui.Hidden{Name: "version", Value: strconv.FormatInt(n, 10)}
}

// own tells whether a refusal is the form's own fault and belongs on its page.
func own(err error) bool { return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) }

func inLang(t i18n.T, vi, en string) string {
	if t.Lang == i18n.EN && en != "" {
		return en
	}
	return vi
}

// longDay writes a stored day with its day of the week.
func longDay(t i18n.T, day string) string {
	at, err := clock.ParseDate(day)
	if err != nil {
		return day
	}
	return t.LongDay(at)
}

// hours is from when until when a class is.
func hours(t i18n.T, c Class) string {
	return t.Say("training.hours", "from", hourText(c.StartsAt), "until", hourText(c.EndsAt))
}

func capital(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

var classTones = map[ClassState]ui.Tone{Planned: ui.Info, Held: ui.Good, CalledOff: ui.Neutral}

func (p *pages) classState(t i18n.T, c Class) ui.State {
	if c.State == Planned && c.Running(p.now()) {
		return ui.State{Tone: ui.Live, Word: t.Say("training.class.state.running")}
	}
	return ui.State{Tone: classTones[c.State], Word: t.Say("training.class.state." + string(c.State))}
}

var seatTones = map[SeatState]ui.Tone{Registered: ui.Info, Waiting: ui.Warn, Attended: ui.Good, Absent: ui.Bad, Withdrawn: ui.Neutral}

func seatState(t i18n.T, s SeatState) ui.State {
	return ui.State{Tone: seatTones[s], Word: t.Say("training.seat.state." + string(s))}
}

// districts are the districts in which the reader may do something.
func districts(tree *org.Tree, who access.Actor, need access.Perm) []org.Unit {
	return slices.DeleteFunc(slices.Clone(tree.Districts()), func(d org.Unit) bool { return !who.Covers(need, d.Code) })
}

func districtField(t i18n.T, all []org.Unit, name, value string) ui.Field {
	f := ui.Field{Kind: ui.Select, Name: name, Label: t.Say("training.district"), Value: value, Options: []ui.Option{{Label: t.Say("training.every_district")}}}
	for _, d := range all {
		f.Options = append(f.Options, ui.Option{Value: d.Code, Label: d.Title()})
	}
	return f
}

// at is an address with parameters; empty ones are left out.
func at(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
