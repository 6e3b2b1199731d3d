// Package httpx owns the HTTP edge: limits, identity, defence against other sites,
// the one place that answers errors, and the list of every route. Handlers get a
// Ctx with the actor and the translator and return errors; they never answer them.
package httpx

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/db"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/i18n"
)

const (
	// patience is how long a request may work.
	patience = 30 * time.Second
	// maxBody is the most bytes of any body; a route takes DefaultBody unless it says more.
	maxBody = 12 << 20
	// DefaultBody is the most bytes of a body unless the route says more.
	DefaultBody = 256 << 10
)

// Identity tells who is behind a credential. An unknown or expired one is a
// stranger, not an error.
type Identity interface {
	BySession(ctx context.Context, token string) (access.Actor, error)
	ByBearer(ctx context.Context, token string) (access.Actor, error)
}

// Config is what the edge needs to know.
type Config struct {
	// BaseURL is the address that people use; https makes cookies secure.
	BaseURL string
	// TrustedProxies are the addresses whose X-Real-IP is believed.
	TrustedProxies []string
	Identity       Identity
	Catalog        *i18n.Catalog
	DB             *db.DB
	Clock          clock.Clock // the machine's
	Log            *slog.Logger
	// ErrorPage shows a refusal to a person; Answer falls back to plain text without it.
	ErrorPage func(c *Ctx, f *fault.Error, reference string) error
	// Seen is told of each answered request: route pattern, status and duration.
	Seen func(method, route string, status int, took time.Duration)
}

// Server is the HTTP edge.
type Server struct {
	conf Config
	app  *fiber.App
	*Router
}

// New is an edge without routes.
func New(conf Config) *Server {
	if conf.Log == nil {
		conf.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{conf: conf}
	s.app = fiber.New(fiber.Config{
		AppName:                      "lotrinh",
		DisableStartupMessage:        true,
		Immutable:                    true, // a kept string must outlive its request
		CaseSensitive:                true,
		Network:                      fiber.NetworkTCP,
		BodyLimit:                    maxBody,
		StreamRequestBody:            true, // Ctx.take brings it in
		DisablePreParseMultipartForm: true,
		ReadBufferSize:               16 << 10,
		ReadTimeout:                  60 * time.Second,
		WriteTimeout:                 60 * time.Second,
		IdleTimeout:                  30 * time.Second,
		EnableTrustedProxyCheck:      true,
		TrustedProxies:               conf.TrustedProxies,
		ProxyHeader:                  "X-Real-IP",
		ErrorHandler:                 s.unrouted,
	})
	s.app.Use(s.measure, recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: s.panicked}), s.headers,
		compress.New(compress.Config{Level: compress.LevelDefault, Next: precompressed})) // lines are slower than packing
	s.Router = &Router{server: s}
	return s
}

// LivePath is the address of the stream of events.
const LivePath = "/live"

// AgentPath is where inventory agents post. One that is answered in gzip dies.
const AgentPath = "/agent"

// precompressed answers bring their own encoding; a stream must not wait to be packed,
// and agents are answered plainly whatever their library says that it takes.
func precompressed(c *fiber.Ctx) bool {
	path := c.Path()
	return strings.HasPrefix(path, "/assets/") || path == LivePath || path == AgentPath || strings.HasPrefix(path, AgentPath+"/")
}

// Serve answers requests on l until Stop.
func (s *Server) Serve(l net.Listener) error { return s.app.Listener(l) }

// Stop lets the requests under way finish.
func (s *Server) Stop(ctx context.Context) error { return s.app.ShutdownWithContext(ctx) }

// App is the router underneath, for tests that call it without a socket.
func (s *Server) App() *fiber.App { return s.app }

// Secure tells whether people come by https.
func (s *Server) Secure() bool { return strings.HasPrefix(s.conf.BaseURL, "https:") }

func (s *Server) measure(c *fiber.Ctx) error {
	began := s.conf.Clock.Now()
	reference := newReference()
	c.Locals(referenceKey, reference)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c.SetUserContext(ctx)
	err := c.Next()
	if err != nil {
		err = s.unrouted(c, err)
	}
	leave(c)
	took := s.conf.Clock.Now().Sub(began)
	route, status := c.Route().Path, c.Response().StatusCode()
	if s.conf.Seen != nil {
		s.conf.Seen(c.Method(), route, status, took)
	}
	s.conf.Log.Info("request", "method", c.Method(), "route", route, "status", status, "ms", took.Milliseconds(), "reference", reference)
	return err
}

func (s *Server) panicked(c *fiber.Ctx, p any) {
	s.conf.Log.Error("panic", "route", c.Route().Path, "reference", c.Locals(referenceKey), "cause", p)
}

// unrouted answers what no handler saw: an unknown address, a body over the limit, a panic.
func (s *Server) unrouted(c *fiber.Ctx, err error) error {
	leave(c)
	var fe *fiber.Error
	if errors.As(err, &fe) {
		switch fe.Code {
		case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
			err = fault.New(fault.Missing, "fault.missing")
		case fiber.StatusRequestEntityTooLarge:
			err = fault.New(fault.TooLarge, "fault.too_large")
		case fiber.StatusBadRequest, fiber.StatusRequestHeaderFieldsTooLarge:
			err = fault.New(fault.Invalid, "fault.invalid")
		}
	}
	ctx := s.ctx(c)
	if who, lookup := s.identify(c); lookup == nil {
		ctx.Who = who
	}
	return s.answer(ctx, err)
}

type localKey int

const referenceKey localKey = 1

// newReference is the code that an error page shows and the log repeats.
func newReference() string {
	var b [5]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic(err) // crypto/rand never fails on Linux
	}
	return hex.EncodeToString(b[:])
}
