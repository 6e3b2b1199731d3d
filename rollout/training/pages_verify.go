package training

import (
	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/training/views"
)

// verify tells anybody who holds a certificate whether it is true. It says what stands on
// the paper and nothing else.
func (p *pages) verify(c *httpx.Ctx) error {
	t, code := c.T, c.Params("code")
	v := views.Verified{Title: t.Say("training.verify.title"), Form: ui.FormData{Action: verifyAt, Submit: t.Say("training.verify.check"), Loose: true},
		Fields: []ui.Field{{Name: "ma", Label: t.Say("training.verify.code"), Hint: t.Say("training.verify.hint"), Required: true, Max: 20, Value: code, Autocomplete: "off"}}}
	status := 0
	if code != "" {
		ce, err := p.Verify(c.Std(), code)
		switch {
		case fault.Is(err, fault.Missing):
			status = fault.Missing.Status()
			v.Notice = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("training.certificate.unknown")}
		case err != nil:
			return err
		case !ce.RevokedAt.IsZero():
			v.Notice = &ui.NoticeData{Tone: ui.Bad, Title: t.Say("training.verify.revoked", "code", ce.Code, "at", ce.RevokedAt)}
		default:
			v.Notice = &ui.NoticeData{Tone: ui.Good, Title: t.Say("training.verify.true", "code", ce.Code)}
			v.Facts = []ui.Fact{{Label: t.Say("training.person.name"), Text: ce.Name}, {Label: t.Say("training.unit"), Text: capital(ce.Place)}, {Label: t.Say("training.course"), Text: inLang(t, ce.Title, ce.TitleEN)},
				{Label: t.Say("training.day"), Text: dayText(ce.Day)}, {Label: t.Say("training.course.hours"), Text: t.Int(ce.Hours)}}
			v.Paper = &ui.Action{Label: t.Say("training.certificate.download"), Href: CertificatePath(ce.Code) + "/pdf", Icon: "download"}
		}
	}
	quiet(c)
	return p.site.Show(c, site.Page{Title: v.Title, Citizen: true, Status: status}, views.VerifiedPage(t, v))
}

// check leads from a typed code to its page.
func (p *pages) check(c *httpx.Ctx) error {
	code := readCertificate(c.FormValue("ma"))
	if code == "" {
		code = "-" // what cannot be a code is answered as one that nobody has
	}
	return c.See(CertificatePath(code))
}

// paper is a certificate as a PDF, while it holds.
func (p *pages) paper(c *httpx.Ctx) error {
	ce, err := p.Verify(c.Std(), c.Params("code"))
	if err != nil {
		return err
	}
	if !ce.RevokedAt.IsZero() {
		return fault.New(fault.Missing, "training.certificate.unknown")
	}
	raw, err := p.Paper(ce)
	if err != nil {
		return err
	}
	quiet(c)
	c.Set(fiber.HeaderContentType, "application/pdf")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="chung-nhan-`+ce.Code+`.pdf"`)
	return c.Send(raw)
}
