package account

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/account/views"
	"lotrinh/internal/site/ui"
)

// Demo is an account that the sign-in page of a demo offers, with the reason to
// choose it.
type Demo struct {
	Login, Name, Role, Password string // Role is a role's code
}

// Pages are the pages of one's own account.
type Pages struct {
	people   *org.People
	units    *org.Units
	business clock.Clock
	page     *site.Site
	demo     []Demo
	places   []Place
	shared   *Shared // nil: nobody signs in elsewhere
}

// New makes the pages; demo is empty outside a demo.
func New(people *org.People, units *org.Units, business clock.Clock, page *site.Site, demo ...Demo) *Pages {
	return &Pages{people: people, units: units, business: business, page: page, demo: demo}
}

// Place is a page of another area about the person who is signed in, for whoever has one
// of the rights. Label is a key of the catalogue.
type Place struct {
	Label i18n.Key
	Href  string
	Icon  string
	Needs []access.Perm
}

// Beside puts a place beside those of one's own account. It is called while the house is
// built.
func (p *Pages) Beside(one Place) { p.places = append(p.places, one) }

// beside are the places that the person may go to.
func (p *Pages) beside(c *httpx.Ctx) []ui.Action {
	var all []ui.Action
	if p.shared != nil {
		all = append(all, ui.Action{Label: c.T.Say("account.sso"), Href: ssoMine, Icon: "key"})
	}
	for _, one := range p.places {
		if slices.ContainsFunc(one.Needs, c.Who.May) {
			all = append(all, ui.Action{Label: c.T.Say(string(one.Label)), Href: one.Href, Icon: one.Icon})
		}
	}
	return all
}

// Routes declares the pages.
func (p *Pages) Routes(r *httpx.Router) {
	r.Page("GET", "/sign-in", p.signInForm, httpx.Open)
	r.Page("POST", "/sign-in", p.signIn, httpx.Open)
	r.Page("POST", "/sign-in/code", p.signInStep, httpx.Open)
	r.Page("GET", ssoAt, p.ssoLeave, httpx.Open)
	r.Page("GET", SSOBack, p.ssoBack, httpx.Open)
	r.Page("GET", ssoMine, p.sso)
	r.Page("POST", ssoMine, p.changeShared)
	r.Page("POST", "/sign-out", p.signOut)
	r.Page("GET", "/forgot", p.forgotForm, httpx.Open)
	r.Page("POST", "/forgot", p.forgot, httpx.Open)
	r.Page("GET", "/reset", p.resetForm, httpx.Open)
	r.Page("POST", "/reset", p.reset, httpx.Open)
	r.Page("GET", "/account", p.mine)
	r.Page("POST", "/account", p.saveProfile)
	r.Page("GET", "/account/password", p.passwordForm)
	r.Page("POST", "/account/password", p.changePassword)
	r.Page("GET", org.SecondAt, p.second)
	r.Page("POST", org.SecondAt, p.changeSecond)
	r.Page("POST", "/account/sessions/:id/end", p.endSession)
	r.Page("GET", "/account/tokens/new", p.tokenForm)
	r.Page("POST", "/account/tokens/new", p.makeToken)
	r.Page("POST", "/account/tokens/:id/end", p.endToken)
}

// shown answers a refused form with itself; what is not the form's own fault goes on
// to the error page.
func (p *Pages) shown(c *httpx.Ctx, title string, bare bool, err error, body func(ui.Errors) templ.Component) error {
	status := fiber.StatusOK
	if err != nil {
		f := fault.Of(err)
		switch f.Kind {
		case fault.Invalid, fault.Conflict, fault.SignIn, fault.TooMany, fault.Denied:
			status = f.Kind.Status()
		default:
			return err
		}
		if f.Kind == fault.TooMany {
			c.Set(fiber.HeaderRetryAfter, "60")
		}
	}
	return p.page.Show(c, site.Page{Title: title, At: "/account", Citizen: bare, Status: status}, body(ui.ErrorsOf(c.T, err)))
}

func (p *Pages) signInForm(c *httpx.Ctx) error {
	next := httpx.Local(c.Query("next"), "/")
	if c.Who.SignedIn() {
		return c.See(next)
	}
	return p.showSignIn(c, next, "", nil)
}

func (p *Pages) showSignIn(c *httpx.Ctx, next, login string, err error) error {
	v := views.SignInView{Next: next, Login: login}
	if p.shared != nil {
		v.Shared, v.SharedAt = p.shared.Name, ssoAt+"?next="+url.QueryEscape(next)
	}
	for _, d := range p.demo {
		v.Demo = append(v.Demo, views.DemoAccount{Login: d.Login, Name: d.Name, Role: c.T.Say("role." + d.Role), Password: d.Password})
	}
	return p.shown(c, c.T.Say("account.sign_in"), true, err, func(e ui.Errors) templ.Component {
		v.Errors = e
		return views.SignIn(c.T, v)
	})
}

func (p *Pages) signIn(c *httpx.Ctx) error {
	next, login := httpx.Local(c.FormValue("next"), "/"), c.FormValue("login")
	in, err := p.people.SignIn(c.Std(), login, c.FormValue("password"), p.door(c))
	if err != nil {
		return p.showSignIn(c, next, login, err)
	}
	return p.entered(c, in, next)
}

func (p *Pages) door(c *httpx.Ctx) org.Door {
	return org.Door{Address: c.IP(), Agent: c.Get(fiber.HeaderUserAgent), Old: c.Session()}
}

func (p *Pages) signOut(c *httpx.Ctx) error {
	if err := p.people.SignOut(c.Std(), c.Who, c.Session()); err != nil {
		return err
	}
	c.SetSession("")
	site.Flash(c, ui.Good, c.T.Say("account.signed_out"))
	return c.See("/sign-in")
}

func (p *Pages) forgotForm(c *httpx.Ctx) error { return p.showForgot(c, "", false, nil) }

func (p *Pages) showForgot(c *httpx.Ctx, login string, sent bool, err error) error {
	return p.shown(c, c.T.Say("account.forgot"), true, err, func(e ui.Errors) templ.Component {
		return views.Forgot(c.T, views.ForgotView{Login: login, Sent: sent, Minutes: int(org.ResetLife.Minutes()), Errors: e})
	})
}

func (p *Pages) forgot(c *httpx.Ctx) error {
	login := c.FormValue("login")
	err := p.people.Forgot(c.Std(), login, c.IP())
	return p.showForgot(c, login, err == nil, err)
}

func (p *Pages) resetForm(c *httpx.Ctx) error {
	login, err := p.people.ResetLink(c.Std(), c.Query("token"))
	if err != nil {
		return err
	}
	return p.showReset(c, c.Query("token"), login, nil)
}

func (p *Pages) showReset(c *httpx.Ctx, token, login string, err error) error {
	return p.shown(c, c.T.Say("account.reset"), true, err, func(e ui.Errors) templ.Component {
		return views.Reset(c.T, views.ResetView{Token: token, Login: login, Min: org.MinPassword, Errors: e})
	})
}

func (p *Pages) reset(c *httpx.Ctx) error {
	token := c.FormValue("token")
	login, err := p.people.ResetLink(c.Std(), token)
	if err != nil {
		return err
	}
	if err := repeated(c); err != nil {
		return p.showReset(c, token, login, err)
	}
	if err := p.people.ResetBy(c.Std(), token, c.FormValue("password"), c.IP()); err != nil {
		return p.showReset(c, token, login, err)
	}
	site.Flash(c, ui.Good, c.T.Say("account.reset.done"))
	return c.See("/sign-in")
}

// repeated checks that a new password was typed the same way twice.
func repeated(c *httpx.Ctx) error {
	var k fault.Check
	k.Need(c.FormValue("password") == c.FormValue("again"), "again", "org.password.repeat_differs")
	return k.Err()
}

func (p *Pages) passwordForm(c *httpx.Ctx) error { return p.showPassword(c, nil) }

func (p *Pages) showPassword(c *httpx.Ctx, err error) error {
	one, gerr := p.people.Get(c.Std(), c.Who, c.Who.ID)
	if gerr != nil {
		return gerr
	}
	return p.shown(c, c.T.Say("account.password"), one.MustChange, err, func(e ui.Errors) templ.Component {
		return views.Password(c.T, views.PasswordView{Login: c.Who.Login, Must: one.MustChange, Min: org.MinPassword, Errors: e})
	})
}

func (p *Pages) changePassword(c *httpx.Ctx) error {
	err := repeated(c)
	if err == nil {
		err = p.people.ChangePassword(c.Std(), c.Who, c.FormValue("current"), c.FormValue("password"), c.Session())
	}
	if err != nil {
		return p.showPassword(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("account.password.done"))
	return c.See("/account")
}
