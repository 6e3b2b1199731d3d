package account

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/org"
	"lotrinh/internal/site/account/views"
	"lotrinh/internal/site/ui"
)

// showStep asks for the second half of a sign-in. It answers with a page, not a redirect:
// what stands for the first half travels in no address.
func (p *Pages) showStep(c *httpx.Ctx, step, next string, err error) error {
	return p.shown(c, c.T.Say("account.step"), true, err, func(e ui.Errors) templ.Component {
		return views.Step(c.T, views.StepView{Step: step, Next: next, Errors: e})
	})
}

func (p *Pages) signInStep(c *httpx.Ctx) error {
	step, next := c.FormValue("step"), httpx.Local(c.FormValue("next"), "/")
	in, err := p.people.SignInStep(c.Std(), step, c.FormValue("code"), p.door(c))
	switch {
	case fault.HasKey(err, "org.sign_in.step_gone"):
		return p.showSignIn(c, next, "", err)
	case err != nil:
		return p.showStep(c, step, next, err)
	}
	return p.entered(c, in, next)
}

// entered hands out the session, or asks for the code that is still needed.
func (p *Pages) entered(c *httpx.Ctx, in org.SignedIn, next string) error {
	if in.Step != "" {
		return p.showStep(c, in.Step, next, nil)
	}
	c.SetSession(in.Token)
	if in.MustChange {
		return c.See(org.ChoosePassword)
	}
	return c.See(next)
}

func (p *Pages) second(c *httpx.Ctx) error { return p.showSecond(c, views.SecondView{}, nil) }

func (p *Pages) showSecond(c *httpx.Ctx, v views.SecondView, refused error) error {
	s, err := p.people.MySecond(c.Std(), c.Who)
	if err != nil {
		return err
	}
	v.On, v.Needed, v.Held, v.Left, v.Next = s.On, s.Needed, c.Who.Held == org.SecondAt, s.Left, "/account/second"
	if v.Held {
		v.Next = "/"
	}
	if !s.Since.IsZero() {
		v.Since = c.T.Day(s.Since)
	}
	return p.shown(c, c.T.Say("account.second"), v.Held, refused, func(e ui.Errors) templ.Component {
		v.Errors = e
		return views.Second(c.T, v)
	})
}

// changeSecond answers with pages, not redirects: secrets and recovery codes are shown
// once and travel in no address and no cookie.
func (p *Pages) changeSecond(c *httpx.Ctx) error {
	c.Set("Cache-Control", "no-store")
	var v views.SecondView
	var err error
	switch c.FormValue("do") {
	case "begin":
		if _, err = p.people.Enrol(c.Std(), c.Who, c.FormValue("current")); err == nil {
			err = p.enrolling(c, &v)
		}
	case "confirm":
		if v.Codes, err = p.people.ConfirmSecond(c.Std(), c.Who, c.FormValue("code"), c.Session()); err != nil {
			if again := p.enrolling(c, &v); again != nil && !fault.Is(again, fault.Missing) {
				return again
			}
		}
	case "codes":
		v.Codes, err = p.people.NewRecoveryCodes(c.Std(), c.Who, c.FormValue("current"))
	case "off":
		err = p.people.DropSecond(c.Std(), c.Who, c.FormValue("current"))
	default:
		return fault.New(fault.Invalid, "fault.invalid")
	}
	if fault.Is(err, fault.Missing) { // it waited too long
		err = fault.Because(fault.Conflict, "org.second.begin_again", err)
	}
	return p.showSecond(c, v, err)
}

// enrolling shows the secret that waits for its first code.
func (p *Pages) enrolling(c *httpx.Ctx, v *views.SecondView) error {
	secret, err := p.people.Enrolling(c.Std(), c.Who)
	if err == nil {
		v.Key, v.URI = secret.Text(), secret.URI(org.Service, c.Who.Login)
	}
	return err
}
