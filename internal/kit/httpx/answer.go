package httpx

import (
	"encoding/json"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
)

// Problem is how the API refuses (RFC 9457).
type Problem struct {
	Type      string         `json:"type" doc:"about:blank#KIND"`
	Title     string         `json:"title" doc:"the sentence, in the language of Accept-Language"`
	Status    int            `json:"status"`
	Code      string         `json:"code" doc:"a stable key of the sentence"`
	Reference string         `json:"reference" doc:"the code under which the server's log knows the request"`
	Errors    []ProblemField `json:"errors,omitempty"`
}

// ProblemField is one input at fault.
type ProblemField struct {
	Field  string `json:"field"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// answer is the only place that turns an error into a page, a fragment or JSON.
func (s *Server) answer(c *Ctx, err error) error {
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Cause != nil {
		level := s.conf.Log.Warn
		if f.Kind == fault.Internal {
			level = s.conf.Log.Error
		}
		level("refused", "kind", f.Kind.String(), "key", f.Key, "route", c.Route().Path, "account", string(c.Who.ID), "reference", c.Reference(), "cause", err.Error())
	}
	if f.Kind == fault.TooMany {
		c.Set(fiber.HeaderRetryAfter, "60")
	}
	if c.api {
		return s.problem(c, f)
	}
	if f.Kind == fault.SignIn && c.Method() == fiber.MethodGet && !c.Fragment() {
		return c.Redirect("/sign-in?next="+url.QueryEscape(c.OriginalURL()), fiber.StatusSeeOther)
	}
	if s.conf.ErrorPage == nil {
		return c.Status(f.Kind.Status()).SendString(c.T.Say(f.Key, f.Args...) + " " + c.Reference())
	}
	c.Status(f.Kind.Status())
	return s.conf.ErrorPage(c, f, c.Reference())
}

func (s *Server) problem(c *Ctx, f *fault.Error) error {
	p := Problem{
		Type: "about:blank#" + f.Kind.String(), Title: c.T.Say(f.Key, f.Args...), Status: f.Kind.Status(),
		Code: f.Key, Reference: c.Reference(),
	}
	for _, one := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Field: one.Name, Code: one.Key, Detail: c.T.Say(one.Key, one.Args...)})
	}
	if f.Kind == fault.SignIn {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="lotrinh"`)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return c.Status(p.Status).Send(raw)
}
