package httpx

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
)

// Handler does the work of a route. What it returns as an error is answered in one place.
type Handler func(c *Ctx) error

// Route is one declared route.
type Route struct {
	Method string
	Path   string // fiber's pattern: /tickets/:id
	Open   bool   // strangers may call it
	body   int
	op     *Op
}

// Option changes a route from the usual.
type Option func(*Route)

// Open lets strangers call the route: sign-in, health, the citizen's pages.
func Open(r *Route) { r.Open = true }

// Body lets the route take up to n bytes.
func Body(n int) Option { return func(r *Route) { r.body = n } }

// Router declares routes and remembers them.
type Router struct {
	server *Server
	routes []Route
}

// Routes are all declared routes, sorted by path and method.
func (r *Router) Routes() []Route {
	return slices.SortedFunc(slices.Values(r.routes), func(a, b Route) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return strings.Compare(a.Method, b.Method)
	})
}

// Page declares a route of the site. Unless it is Open, a stranger is sent to sign in.
func (r *Router) Page(method, path string, h Handler, opts ...Option) {
	route := Route{Method: method, Path: path, body: DefaultBody}
	for _, o := range opts {
		o(&route)
	}
	r.add(route, r.server.once(h))
}

// API declares a route of /api/v1 together with its description.
func (r *Router) API(op Op, h Handler) {
	if op.Creates {
		h = r.server.once(h)
	}
	r.add(Route{Method: op.Method, Path: op.Path, Open: op.Open, body: max(op.Body, DefaultBody), op: &op}, h)
}

func (r *Router) add(route Route, h Handler) {
	r.routes = append(r.routes, route)
	answer := func(fc *fiber.Ctx) error {
		c := r.server.ctx(fc)
		defer func() { c.done() }()
		if err := r.enter(c, route); err != nil {
			leave(fc)
			return r.server.answer(c, err)
		}
		if held(c, route) {
			return c.See(c.Who.Held)
		}
		if err := h(c); err != nil {
			return r.server.answer(c, err)
		}
		return nil
	}
	r.server.app.Add(route.Method, route.Path, answer)
	if route.Method == fiber.MethodGet {
		r.server.app.Add(fiber.MethodHead, route.Path, answer)
	}
}

// held tells whether the reader must first do something else: nothing but that page,
// signing out and what strangers may see is open until then.
func held(c *Ctx, route Route) bool {
	return c.Who.Held != "" && !route.Open && c.Path() != c.Who.Held && c.Path() != signOut
}

// signOut is the route that nobody is ever kept from.
const signOut = "/sign-out"

func (r *Router) enter(c *Ctx, route Route) error {
	who, err := r.server.identify(c.Ctx)
	if err != nil {
		return err
	}
	c.Who = who
	c.SetUserContext(withActor(c.UserContext(), who))
	if who.Via != "api" {
		if err := r.server.sameSite(c.Ctx); err != nil {
			return err
		}
	}
	if !route.Open && !who.SignedIn() {
		return fault.New(fault.SignIn, "fault.sign_in")
	}
	if c.api && held(c, route) {
		return fault.New(fault.Denied, "fault.denied")
	}
	return c.take(route)
}
