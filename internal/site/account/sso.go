package account

import (
	"crypto/rand"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/openid"
	"lotrinh/internal/org"
	"lotrinh/internal/site"
	"lotrinh/internal/site/account/views"
	"lotrinh/internal/site/ui"
)

// Shared is another house at which people may sign in. Its name is what people call it.
type Shared struct {
	Client  *openid.Client
	Name    string
	ByEmail bool // an unlinked identity may take the account with its verified address
}

const (
	ssoAt     = "/sign-in/sso"
	ssoMine   = "/account/sso"
	ssoCookie = "lotrinh_sso"
)

// SSOBack is the address at which people come back from the other house.
const SSOBack = ssoAt + "/back"

// Through lets people sign in at another house. It is called while the house is built.
func (p *Pages) Through(s Shared) { p.shared = &s }

// needShared is Missing where no other house vouches for anybody.
func (p *Pages) needShared() error {
	if p.shared == nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	return nil
}

// leave is where the other house lets the reader in. The state is bound to this browser by a
// cookie, so that nobody can be made to come back from somebody else's way out.
func (p *Pages) leave(c *httpx.Ctx, next string, account ident.ID) (to string, err error) {
	f, to, err := p.shared.Client.Begin(c.Std())
	if err != nil {
		return "", err
	}
	browser := rand.Text()
	if err := p.people.Depart(c.Std(), org.Away{Flight: f, Next: next, Account: account}, browser, c.IP()); err != nil {
		return "", err
	}
	c.Cookie(&fiber.Cookie{Name: ssoCookie, Value: browser, Path: ssoAt, MaxAge: 600, HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
	c.Set("Cache-Control", "no-store")
	return to, nil
}

func (p *Pages) ssoLeave(c *httpx.Ctx) error {
	if err := p.needShared(); err != nil {
		return err
	}
	to, err := p.leave(c, httpx.Local(c.Query("next"), "/"), "")
	if err != nil {
		return err
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// ssoBack takes somebody back in: to sign in, or to link who they are there.
func (p *Pages) ssoBack(c *httpx.Ctx) error {
	if err := p.needShared(); err != nil {
		return err
	}
	c.Set("Cache-Control", "no-store")
	away, err := p.people.Return(c.Std(), c.Query("state"), c.Cookies(ssoCookie))
	c.Cookie(&fiber.Cookie{Name: ssoCookie, Path: ssoAt, MaxAge: -1, HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
	if err != nil {
		return p.showSignIn(c, "/", "", err)
	}
	who, err := p.shared.Client.Finish(c.Std(), away.Flight, c.Query("code"))
	if err != nil {
		return p.showSignIn(c, away.Next, "", err)
	}
	if away.Account != "" {
		return p.ssoLink(c, away.Account, who)
	}
	in, err := p.people.SignInAs(c.Std(), who, p.shared.ByEmail, p.door(c))
	if err != nil {
		return p.showSignIn(c, away.Next, "", err)
	}
	return p.entered(c, in, away.Next)
}

// ssoLink links the identity to whoever left, when they are still signed in.
func (p *Pages) ssoLink(c *httpx.Ctx, account ident.ID, who openid.Identity) error {
	if c.Who.ID != account {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	if err := p.people.Link(c.Std(), c.Who, who); err != nil {
		return p.showShared(c, err)
	}
	site.Flash(c, ui.Good, c.T.Say("account.sso.linked", "name", p.shared.Name))
	return c.See(ssoMine)
}

func (p *Pages) sso(c *httpx.Ctx) error { return p.showShared(c, nil) }

func (p *Pages) showShared(c *httpx.Ctx, refused error) error {
	if err := p.needShared(); err != nil {
		return err
	}
	since, err := p.people.Linked(c.Std(), c.Who, p.shared.Client.Issuer())
	if err != nil {
		return err
	}
	v := views.SharedView{Name: p.shared.Name, On: !since.IsZero()}
	if v.On {
		v.Since = c.T.Day(since)
	}
	return p.shown(c, c.T.Say("account.sso"), false, refused, func(e ui.Errors) templ.Component {
		v.Errors = e
		return views.Shared(c.T, v)
	})
}

// changeShared asks for the password, then links or unlinks. Linking answers with a page
// that leads on: browsers keep forms from leading to other houses.
func (p *Pages) changeShared(c *httpx.Ctx) error {
	if err := p.needShared(); err != nil {
		return err
	}
	if c.FormValue("do") == "unlink" {
		if err := p.people.Unlink(c.Std(), c.Who, p.shared.Client.Issuer(), c.FormValue("current")); err != nil {
			return p.showShared(c, err)
		}
		site.Flash(c, ui.Good, c.T.Say("account.sso.unlinked"))
		return c.See(ssoMine)
	}
	if err := p.people.Prove(c.Std(), c.Who, c.FormValue("current")); err != nil {
		return p.showShared(c, err)
	}
	to, err := p.leave(c, ssoMine, c.Who.ID)
	if err != nil {
		return p.showShared(c, err)
	}
	title := c.T.Say("account.sso")
	return p.page.Show(c, site.Page{Title: title, At: "/account"}, views.Shared(c.T, views.SharedView{Name: p.shared.Name, Go: to}))
}
