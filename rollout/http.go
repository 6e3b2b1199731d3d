package rollout

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
)

// pages answers the site's requests.
type pages struct {
	*Service
	site *site.Site
}

// Routes declares the pages and the API of the rollout.
func (s *Service) Routes(r *httpx.Router, page *site.Site) {
	p := pages{s, page}
	r.Page("GET", "/rollout", p.overview)
	r.Page("GET", "/rollout/board", p.board)
	r.Page("GET", "/rollout/districts/:code", p.district)
	r.Page("GET", "/rollout/units/:code", p.unit)
	r.Page("GET", "/rollout/units/:code/declare", p.declareForm)
	r.Page("POST", "/rollout/units/:code/declare", p.declare)
	r.Page("GET", "/rollout/units/:code/verify", p.verifyForm)
	r.Page("POST", "/rollout/units/:code/verify", p.verify)
	r.Page("POST", "/rollout/move", p.previewMove)
	r.Page("POST", "/rollout/moves", p.move)
	r.Page("GET", "/rollout/moves/:id", p.moved)
	r.Page("POST", "/rollout/moves/:id/undo", p.undo)
	r.Page("GET", "/rollout/waivers", p.waivers)
	r.Page("GET", "/rollout/waivers/new", p.waiverForm)
	r.Page("POST", "/rollout/waivers/new", p.waiverForm)
	r.Page("POST", "/rollout/waivers", p.giveWaiver)
	r.Page("GET", "/rollout/waivers/:id/revoke", p.revokeForm)
	r.Page("POST", "/rollout/waivers/:id/revoke", p.revoke)
	r.Page("GET", "/rollout/units/:code/evidence/:key", p.ledger)
	r.Page("GET", "/rollout/beyond", p.beyond)
	r.Page("GET", "/rollout/beyond.xlsx", p.beyondXLSX)
	r.Page("GET", "/rollout/beyond.csv", p.beyondCSV)
	r.Page("GET", "/rollout/criteria", p.criteria)
	r.Page("POST", "/rollout/criteria", p.criterionAdd)
	r.Page("GET", "/rollout/criteria/new", p.criterionNew)
	r.Page("GET", "/rollout/criteria/:id", p.criterion)
	r.Page("POST", "/rollout/criteria/:id", p.criterionChange)
	r.Page("POST", "/rollout/criteria/:id/withdraw", p.criterionWithdraw)
	r.Page("GET", "/rollout/milestones/:key", p.milestoneForm)
	r.Page("POST", "/rollout/milestones/:key", p.reachMilestone)
	r.Page("GET", "/rollout/phases/:ordinal", p.phaseDays)
	r.Page("POST", "/rollout/phases/:ordinal", p.setPhaseDays)
	s.api(r)
}

func (p pages) show(c *httpx.Ctx, title string, body templ.Component) error {
	return p.site.Show(c, site.Page{Title: title, At: "/rollout"}, body)
}

// again shows a refused form as it was typed; what is not the form's own fault goes
// on to the error page.
func (p pages) again(c *httpx.Ctx, title string, err error, body func(ui.Errors) templ.Component) error {
	return p.site.Form(c, site.Page{Title: title, At: "/rollout"}, err, body)
}

// chosen is the programme that the address or the form names, else the first one.
func (p pages) chosen(c *httpx.Ctx) (Programme, []Programme, error) {
	all, err := p.Programmes(c.Std(), c.Who)
	if err != nil {
		return Programme{}, nil, err
	}
	want := c.Query("p")
	if want == "" {
		want = c.FormValue("p")
	}
	for _, pg := range all {
		if pg.Code == want || want == "" {
			return pg, all, nil
		}
	}
	return Programme{}, all, fault.New(fault.Missing, "fault.missing")
}

// at is an address inside the rollout that keeps to the chosen programme; pairs are
// name, value, name, value, and empty values are left out.
func at(c *httpx.Ctx, path string, pairs ...string) string {
	q := url.Values{}
	want := c.Query("p")
	if want == "" {
		want = c.FormValue("p")
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if want != "" {
		q.Set("p", want)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// picked is the communes that a form's checkboxes name, "00556.3" with the version
// that the asker saw, or "00556".
func picked(c *httpx.Ctx) ([]string, map[string]int64) {
	var units []string
	seen := map[string]int64{}
	for _, raw := range c.Request().PostArgs().PeekMulti("u") {
		code, version, has := strings.Cut(string(raw), ".")
		units = append(units, code)
		if n, err := strconv.ParseInt(version, 10, 64); has && err == nil {
			seen[code] = n
		}
	}
	return units, seen
}

func (p pages) crumbs(c *httpx.Ctx, more ...ui.Crumb) []ui.Crumb {
	return append([]ui.Crumb{{Label: c.T.Say("rollout.title"), Href: at(c, "/rollout")}}, more...)
}

// capital writes a name as a title does: "Xã Đặng Xá".
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

func inLang(t i18n.T, vi, en string) string {
	if t.Lang == i18n.EN {
		return en
	}
	return vi
}

// dayWords writes a stored day as people do; an empty one stays empty.
func dayWords(t i18n.T, date string) string {
	d, err := clock.ParseDate(date)
	if date == "" || err != nil {
		return date
	}
	return t.Day(d)
}

var stageTone = map[Stage]ui.Tone{Preparing: ui.Prepare, Trial: ui.Trial, Official: ui.Official, Live: ui.Live}

func stageState(t i18n.T, s Stage) ui.State {
	return ui.State{Tone: stageTone[s], Word: t.Say("rollout.stage." + string(s))}
}

var answerTone = map[Answer]ui.Tone{Met: ui.Good, Unmet: ui.Bad, Unknown: ui.Unknown}

func answerState(t i18n.T, a Answer) ui.State {
	return ui.State{Tone: answerTone[a], Word: t.Say("rollout.answer." + string(a))}
}

func gateState(t i18n.T, g Gate) ui.State {
	if g.WaivedUntil != "" {
		return ui.State{Tone: ui.Warn, Word: t.Say("rollout.gate.waived", "day", dayWords(t, g.WaivedUntil))}
	}
	return answerState(t, g.Answer)
}

func sentences(t i18n.T, rs []Reason) []string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = r.Say(t)
	}
	return out
}

func hiddenProgramme(pg Programme) ui.Hidden {
	return ui.Hidden{Name: "p", Value: pg.Code}
}

// sameForm tells whether an error belongs on the form that caused it.
func sameForm(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
}
