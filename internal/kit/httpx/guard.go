package httpx

import (
	"context"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
)

// csp allows what our own host serves and nothing else: no inline script or style.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'"

// MayConnect lets the script of this one answer reach one more host, "https://vdi.example".
// The caller has checked that origin is a scheme and a host and nothing else.
func (c *Ctx) MayConnect(origin string) {
	c.Set("Content-Security-Policy", strings.Replace(csp, "connect-src 'self'", "connect-src 'self' "+origin, 1))
}

func (s *Server) headers(c *fiber.Ctx) error {
	c.Set("Content-Security-Policy", csp)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Referrer-Policy", "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if s.Secure() {
		c.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return c.Next()
}

// sameSite refuses a change that another site makes the browser send, by the rule of
// net/http.CrossOriginProtection: Sec-Fetch-Site first, Origin for old browsers. A
// request with neither comes from no browser.
func (s *Server) sameSite(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return nil
	}
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return nil
	case "":
	default:
		return fault.New(fault.Denied, "fault.other_site")
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || !strings.EqualFold(u.Host, string(c.Request().Host())) {
		return fault.New(fault.Denied, "fault.other_site")
	}
	return nil
}

// identify tells who sent the request: by bearer token on the API, else by session.
func (s *Server) identify(c *fiber.Ctx) (access.Actor, error) {
	if s.conf.Identity == nil {
		return access.Actor{}, nil
	}
	var (
		who access.Actor
		err error
	)
	bearer, is := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	switch token := c.Cookies(s.sessionCookie()); {
	case is && isAPI(c.Path()):
		who, err = s.conf.Identity.ByBearer(c.UserContext(), strings.TrimSpace(bearer))
		who.Via = "api"
	case token != "":
		who, err = s.conf.Identity.BySession(c.UserContext(), token)
		who.Via = "web"
	}
	who.From = c.IP()
	return who, err
}

type actorKey struct{}

// withActor lets the log of deeper layers name the account. Services never read it:
// their actor is an argument.
func withActor(ctx context.Context, who access.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, who.ID)
}
