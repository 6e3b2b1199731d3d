package httpx

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

// Names of the cookies. With https the session's carries the __Host- prefix, so that
// no neighbouring host can set it (RFC 6265bis).
const (
	langCookie = "lotrinh_lang"
	plainName  = "lotrinh_session"
	hostName   = "__Host-lotrinh_session"
)

// Ctx is one request: fiber's context, who asks, and in which language to answer.
type Ctx struct {
	*fiber.Ctx
	Who    access.Actor
	T      i18n.T
	server *Server
	api    bool

	creates func() Creation
	done    func() // gives back what the request's context holds
}

func (s *Server) ctx(c *fiber.Ctx) *Ctx {
	lang := i18n.Lang(c.Cookies(langCookie))
	if lang == "" && isAPI(c.Path()) {
		lang = i18n.Lang(c.AcceptsLanguages("vi", "en"))
	}
	return &Ctx{Ctx: c, T: s.conf.Catalog.In(lang), server: s, api: isAPI(c.Path()), done: func() {}}
}

func isAPI(path string) bool { return strings.HasPrefix(path, "/api/") }

// Std is the request's context for services: it ends after 30 seconds.
func (c *Ctx) Std() context.Context { return c.UserContext() }

// Reference is the code under which the log knows this request.
func (c *Ctx) Reference() string {
	s, _ := c.Locals(referenceKey).(string)
	return s
}

// Fragment tells whether htmx asks for a part of a page rather than a whole one.
func (c *Ctx) Fragment() bool { return c.Get("HX-Request") == "true" && c.Get("HX-Boosted") != "true" }

// See answers a successful form with 303, so that reloading repeats nothing.
func (c *Ctx) See(path string) error { return c.Redirect(path, fiber.StatusSeeOther) }

// SetLang remembers the language of the screens for a year.
func (c *Ctx) SetLang(l i18n.Lang) {
	c.Cookie(&fiber.Cookie{Name: langCookie, Value: string(l), Path: "/", MaxAge: 365 * 86400, HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
}

func (s *Server) sessionCookie() string {
	if s.Secure() {
		return hostName
	}
	return plainName
}

// Secure tells whether people come by https, so that cookies must.
func (c *Ctx) Secure() bool { return c.server.Secure() }

// Session is the session token that came with the request, or nothing.
func (c *Ctx) Session() string { return c.Cookies(c.server.sessionCookie()) }

// SetSession hands the browser a session token; an empty one takes it away.
func (c *Ctx) SetSession(token string) {
	age := 0
	if token == "" {
		age = -1
	}
	c.Cookie(&fiber.Cookie{Name: c.server.sessionCookie(), Value: token, Path: "/", MaxAge: age, SessionOnly: token != "", HTTPOnly: true, Secure: c.Secure(), SameSite: fiber.CookieSameSiteLaxMode})
}

// HTML sends a page that is already rendered.
func (c *Ctx) HTML(status int, body []byte) error {
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Vary("HX-Request", "Cookie")
	return c.Status(status).Send(body)
}

// Upload is one file of a multipart form, read to the end, with its name as sent.
// A form without that file gives nil bytes and no error; more than limit is TooLarge.
func (c *Ctx) Upload(field string, limit int64) (name string, body []byte, err error) {
	h, err := c.FormFile(field)
	if err != nil || h.Size == 0 {
		return "", nil, nil //nolint:nilerr // a form without the file is fine
	}
	if h.Size > limit {
		return "", nil, fault.New(fault.TooLarge, "fault.too_large")
	}
	f, err := h.Open()
	if err != nil {
		return "", nil, fault.Because(fault.Invalid, "fault.invalid", err)
	}
	var b bytes.Buffer
	_, err = io.Copy(&b, f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return "", nil, fault.Because(fault.Invalid, "fault.invalid", err)
	}
	return h.Filename, b.Bytes(), nil
}

// Local is where to go after a form said so: a path of this site, or fallback.
func Local(path, fallback string) string {
	if strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.ContainsAny(path, "\\\r\n\t") {
		return path
	}
	return fallback
}
