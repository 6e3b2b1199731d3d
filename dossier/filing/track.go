package filing

import (
	"github.com/a-h/templ"

	"lotrinh/dossier"
	"lotrinh/dossier/filing/views"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/files"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/kit/phone"
	"lotrinh/internal/site/ui"
)

// look is the door: a code gives done or not; the applicant's number goes on from there.
func (p *pages) look(c *httpx.Ctx) error {
	typed := c.Query("ma")
	if typed == "" {
		return p.showLook(c, views.LookView{}, nil)
	}
	found, err := p.Look(c.Std(), typed, c.IP())
	if err != nil {
		return p.showLook(c, views.LookView{Code: typed}, err)
	}
	return p.showLook(c, views.LookView{Code: found.Code, Found: true, Done: found.Done}, nil)
}

func (p *pages) showLook(c *httpx.Ctx, v views.LookView, refused error) error {
	v.Action, v.Hotline, v.Closed = trackPath, p.Hotline, !p.Texting()
	return p.show(c, c.T.Say("filing.look"), refused, func(e ui.Errors) templ.Component {
		v.Errors = e
		return views.Look(c.T, v)
	})
}

// knock takes the applicant's number and leads to the page that asks for the code, right
// or wrong.
func (p *pages) knock(c *httpx.Ctx) error {
	code, number := c.FormValue("ma"), c.FormValue("number")
	key, err := p.Knock(c.Std(), code, number, c.IP(), c.T.Lang)
	if err == nil {
		return c.See(trackPath + "/" + key)
	}
	found, lookErr := p.Look(c.Std(), code, c.IP())
	if lookErr != nil {
		return p.showLook(c, views.LookView{Code: code}, lookErr)
	}
	return p.showLook(c, views.LookView{Code: found.Code, Found: true, Done: found.Done, Number: number}, err)
}

// kioskSeconds is how long the screen of the one-stop office shows an answer.
const kioskSeconds = 20

// kiosk is the look-up of the one-stop office's screen: a code typed or read by a scanner,
// no personal data, back at the start by itself without script.
func (p *pages) kiosk(c *httpx.Ctx) error {
	const path = trackPath + "/ki-ot"
	v := views.KioskView{Action: path, Seconds: kioskSeconds}
	var refused error
	if typed := c.Query("ma"); typed != "" {
		c.Set("Refresh", "20; url="+path)
		found, err := p.Look(c.Std(), typed, "kiosk "+c.IP())
		if refused = err; err == nil {
			v.Code, v.Found, v.Done = found.Code, true, found.Done
		}
	}
	return p.show(c, c.T.Say("filing.kiosk"), refused, func(e ui.Errors) templ.Component {
		v.Errors = e
		return views.Kiosk(c.T, v)
	})
}

// passed reads the pass of an address. open is false while its code was not proved.
func (p *pages) passed(c *httpx.Ctx) (pass Pass, open bool, err error) {
	pass, err = p.PassByKey(c.Std(), c.Params("pass"))
	return pass, err == nil && pass.VerifiedAt != nil, err
}

func (p *pages) own(c *httpx.Ctx) error {
	pass, open, err := p.passed(c)
	switch {
	case err != nil:
		return p.gone(c, err, trackPath, "filing.pass.again")
	case !open:
		return p.showEnter(c, pass, nil)
	}
	return p.showOwn(c, pass)
}

func (p *pages) showEnter(c *httpx.Ctx, pass Pass, refused error) error {
	return p.show(c, c.T.Say("filing.enter"), refused, func(e ui.Errors) templ.Component {
		return views.Enter(c.T, views.EnterView{Action: p.ownPath(pass), Number: phone.Mask(pass.Number), Errors: e})
	})
}

func (p *pages) ownPath(pass Pass) string { return trackPath + "/" + p.Key.Token(passPurpose, pass.ID) }

// enter takes the code that was sent.
func (p *pages) enter(c *httpx.Ctx) error {
	pass, open, err := p.passed(c)
	if err != nil {
		return p.gone(c, err, trackPath, "filing.pass.again")
	}
	if !open {
		if err := p.Enter(c.Std(), pass, c.FormValue("code"), c.IP()); err != nil {
			return p.showEnter(c, pass, err)
		}
	}
	return c.See(p.ownPath(pass))
}

// ownFile shows a file of the applicant's dossier: what was sent, or a result. Reading it
// is in the trail.
func (p *pages) ownFile(c *httpx.Ctx) error {
	pass, _, err := p.passed(c)
	if err != nil {
		return err
	}
	d, err := p.Own(c.Std(), pass)
	if err != nil {
		return err
	}
	id, err := ident.Parse(c.Params("file"))
	if err != nil {
		return err
	}
	f, err := p.Files.Get(c.Std(), dossier.Area, id)
	if err != nil {
		return err
	}
	if !ownsFile(d, f) {
		return fault.New(fault.Missing, "fault.missing")
	}
	return p.hand(c, f)
}

// ownsFile tells whether a file is one of the papers or results of a dossier.
func ownsFile(d dossier.Dossier, f files.File) bool {
	whole := dossier.PaperOwner(d, "").Subject
	return len(f.Subject) > len(whole) && f.Subject[:len(whole)] == whole
}
