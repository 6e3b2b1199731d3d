package site

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/assets"
	"lotrinh/internal/site/ui"
)

// Entry is a place of the navigation, shown to whoever holds one of the rights.
type Entry struct {
	Group string // message key of the group's title; empty for the first, untitled one
	Label string // message key
	Href  string
	Icon  string
	Key   string        // the keys that lead there, where script runs
	Needs []access.Perm // any of them; none means everybody who is signed in
	// Count is what waits there for this person; nil counts nothing.
	Count func(c *httpx.Ctx) (n int64, late bool)
}

// Site shows pages in their frame.
type Site struct {
	Nav      []Entry
	Business clock.Clock
	Demo     bool
	Hotline  string
	// Banner is what every page tells a reader who is signed in, such as a running
	// incident; nil tells nothing.
	Banner func(c *httpx.Ctx) []ui.NoticeData
	Live   func(access.Actor) bool // whose pages listen to what happens now; nil: nobody's
	// SwitchKeys keeps whether a person wants keys of one letter; nil: they stay as they are.
	SwitchKeys func(ctx context.Context, who access.Actor, off bool) error
}

// Page is what a page says about itself.
type Page struct {
	Title   string   // already translated
	At      string   // the navigation entry it belongs to, by Href
	Status  int      // 0 means 200, or what an error set before
	Citizen bool     // the barer layout
	Search  string   // what was searched for
	Tabs    []ui.Tab // the places of an area, above the page; fewer than two are not shown
}

// Form answers with a page that holds forms. One that was refused comes back with its
// faults and the status of the refusal; what is not the form's own goes on to the
// error page.
func (s *Site) Form(c *httpx.Ctx, p Page, refused error, body func(ui.Errors) templ.Component) error {
	if refused != nil {
		f := fault.Of(refused)
		switch f.Kind {
		case fault.Invalid, fault.Conflict, fault.TooLarge:
			p.Status = f.Kind.Status()
		default:
			return refused
		}
	}
	return s.Show(c, p, body(ui.ErrorsOf(c.T, refused)))
}

// Show answers with a page, or, where htmx asks, with its body alone.
func (s *Site) Show(c *httpx.Ctx, p Page, body templ.Component) error {
	status := p.Status
	if status == 0 {
		status = c.Response().StatusCode()
	}
	var b bytes.Buffer
	if c.Fragment() {
		if err := Fragment(c.Std(), &b, body); err != nil {
			return fault.Because(fault.Internal, "fault.internal", err)
		}
		return c.HTML(status, b.Bytes())
	}
	if err := Render(c.Std(), &b, s.frame(c, p), body); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	return c.HTML(status, b.Bytes())
}

// ShowPart answers with a component and no frame, whoever asks.
func (s *Site) ShowPart(c *httpx.Ctx, body templ.Component) error {
	var b bytes.Buffer
	if err := Fragment(c.Std(), &b, body); err != nil {
		return fault.Because(fault.Internal, "fault.internal", err)
	}
	return c.HTML(c.Response().StatusCode(), b.Bytes())
}

func (s *Site) frame(c *httpx.Ctx, p Page) Frame {
	f := Frame{
		T: c.T, Title: p.Title, Path: c.OriginalURL(), Theme: c.Cookies("theme"), KeysOff: c.Who.KeysOff, Search: p.Search,
		Clock: s.Business.Now(), Demo: s.Demo, Hotline: s.Hotline, Citizen: p.Citizen, Flash: takeFlash(c),
	}
	if c.Method() != fiber.MethodGet {
		f.Path = httpx.Local(strings.TrimPrefix(c.Get(fiber.HeaderReferer), c.BaseURL()), "/")
	}
	if !c.Who.SignedIn() {
		return f
	}
	f.Live = s.Live != nil && s.Live(c.Who)
	f.Account = &Account{Name: c.Who.Name, Role: roleWords(c.T, c.Who), Href: "/account"}
	f.Nav, f.Tabs = s.nav(c, p.At), p.Tabs
	if s.Banner != nil {
		f.Banner = s.Banner(c)
	}
	return f
}

func roleWords(t i18n.T, who access.Actor) string {
	if len(who.Grants) == 0 {
		return ""
	}
	return t.Say("role." + string(who.Grants[0].Role))
}

func (s *Site) nav(c *httpx.Ctx, at string) []NavGroup {
	var groups []NavGroup
	last := "-"
	for _, e := range s.Nav {
		if !shownTo(c.Who, e.Needs) {
			continue
		}
		if e.Group != last {
			g := NavGroup{}
			if e.Group != "" {
				g.Title = c.T.Say(e.Group)
			}
			groups, last = append(groups, g), e.Group
		}
		item := NavItem{Label: c.T.Say(e.Label), Href: e.Href, Icon: e.Icon, Key: e.Key, Active: e.Href == at}
		if e.Count != nil {
			item.Count, item.Late = e.Count(c)
		}
		g := &groups[len(groups)-1]
		g.Items = append(g.Items, item)
	}
	return groups
}

func shownTo(who access.Actor, needs []access.Perm) bool {
	if len(needs) == 0 {
		return true
	}
	for _, p := range needs {
		if who.May(p) {
			return true
		}
	}
	return false
}

// ErrorPage shows a refusal: the sentence, what to do, and the code to quote.
func (s *Site) ErrorPage(c *httpx.Ctx, f *fault.Error, reference string) error {
	e := ui.ErrorPageData{Status: f.Kind.Status(), Title: c.T.Say(f.Key, f.Args...), Code: reference}
	if len(f.Fields) > 0 {
		var lines []string
		for _, one := range f.Fields {
			lines = append(lines, c.T.Say(one.Key, one.Args...))
		}
		e.Text = strings.Join(lines, " ")
	}
	if f.Kind == fault.SignIn {
		e.Action = &ui.Action{Label: c.T.Say("site.sign_in"), Href: "/sign-in"}
	}
	return s.Show(c, Page{Title: e.Title, Status: e.Status, Citizen: !c.Who.SignedIn()}, ui.ErrorPage(c.T, e))
}

// Routes are what every page stands on: its style and script, the choice of
// language, and in the demo the book of parts.
func (s *Site) Routes(r *httpx.Router) {
	r.Page("GET", assets.Prefix+":name", serveAsset, httpx.Open)
	s.keys(r)
	r.Page("POST", "/language", func(c *httpx.Ctx) error {
		c.SetLang(i18n.Lang(c.FormValue("lang")))
		return c.See(httpx.Local(c.FormValue("next"), "/"))
	}, httpx.Open)
	if s.Demo {
		r.Page("GET", "/_book", func(c *httpx.Ctx) error {
			return s.Show(c, Page{Title: c.T.Say("site.book")}, Book(c.T))
		}, httpx.Open)
		r.Page("GET", "/_book/citizen", func(c *httpx.Ctx) error {
			return s.Show(c, Page{Title: c.T.Say("site.book"), Citizen: true}, BookCitizen(c.T))
		}, httpx.Open)
	}
}

func serveAsset(c *httpx.Ctx) error {
	f, ok := assets.Lookup(c.Path())
	if !ok {
		return fault.New(fault.Missing, "fault.missing")
	}
	body, encoding := f.Pick(c.Get(fiber.HeaderAcceptEncoding))
	if encoding != "" {
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderCacheControl, assets.Cache)
	c.Set(fiber.HeaderContentType, f.Type)
	return c.Send(body)
}

// flashCookie carries a sentence over the redirect that follows a form.
const flashCookie = "lotrinh_flash"

type flash struct {
	Tone ui.Tone  `json:"o"`
	Text string   `json:"t"`
	More []string `json:"m,omitempty"`
}

// Flash says something on top of the next page: that a form was saved, and what of it was not.
func Flash(c *httpx.Ctx, tone ui.Tone, text string, more ...string) {
	raw, err := json.Marshal(flash{tone, text, more})
	if err != nil || len(raw) > 2500 { // a cookie holds 4 KB
		raw, err = json.Marshal(flash{Tone: tone, Text: text})
	}
	if err != nil {
		return // a sentence always marshals
	}
	c.Cookie(&fiber.Cookie{Name: flashCookie, Value: base64.RawURLEncoding.EncodeToString(raw), Path: "/", MaxAge: 60, HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
}

func takeFlash(c *httpx.Ctx) []ui.NoticeData {
	raw, err := base64.RawURLEncoding.DecodeString(c.Cookies(flashCookie))
	if err != nil || len(raw) == 0 {
		return nil
	}
	c.Cookie(&fiber.Cookie{Name: flashCookie, Value: "", Path: "/", MaxAge: -1, HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
	var f flash
	if json.Unmarshal(raw, &f) != nil {
		return nil
	}
	return []ui.NoticeData{{Tone: f.Tone, Title: f.Text, Items: f.More}}
}
