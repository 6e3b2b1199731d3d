package intake

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/inventory/agent"
)

// agentPath is where agents post.
const agentPath = httpx.AgentPath

// mostWire is the most bytes of a body as it comes: the edge takes no more.
const mostWire = 12 << 20

// challenge is how an agent is told to send its password. FusionInventory reads it by the
// pattern ^Basic realm="(.*)" and takes no other spelling.
const challenge = `Basic realm="lotrinh"`

// everyHours is how often an agent should report.
const everyHours = 24

// reply is what agents understand.
type reply struct {
	XMLName  xml.Name `xml:"REPLY"`
	Response string   `xml:"RESPONSE,omitempty"`
	Hours    int      `xml:"PROLOG_FREQ,omitempty"`
	Error    string   `xml:"ERROR,omitempty"`
}

// machine is the actor of every agent.
var machine = access.System("agent")

// post is the door of agents. It answers everything itself, in the words of agents: an
// error page means nothing to them.
func (s *Service) post(c *httpx.Ctx) error {
	key, why, err := s.admit(c)
	switch {
	case err != nil:
		return s.answerFault(c, err)
	case key.ID == "" || why != "":
		return s.turnAway(c, key, why)
	}
	s.used(c, key)
	out, err := s.receive(c.Std(), Origin{Key: key, Remote: c.IP(), TLS: lineOfTLS(c), Agent: cut(c.Get(fiber.HeaderUserAgent), 80)}, c.Request().Body())
	if err != nil {
		return s.answerFault(c, err)
	}
	if out.Kind == agent.Prolog {
		return answer(c, fiber.StatusOK, reply{Response: "SEND", Hours: everyHours})
	}
	return answer(c, fiber.StatusOK, reply{Response: "NO_ACCOUNT_UPDATE"})
}

// Receive takes in what an agent sent that holds a key, from an address of its network
// and by a program that named itself; the door of agents does the same.
func (s *Service) Receive(ctx context.Context, key Key, remote, program string, wire []byte) (Outcome, error) {
	return s.receive(ctx, Origin{Key: key, Remote: remote, Agent: cut(program, 80)}, wire)
}

func (s *Service) receive(ctx context.Context, o Origin, wire []byte) (Outcome, error) {
	tree, err := s.tree(ctx)
	if err != nil {
		return Outcome{}, err
	}
	o.Scope, o.Units, o.by = o.Key.Unit, tree.Under(o.Key.Unit), machine
	if len(o.Units) == 0 {
		o.Units = []string{o.Scope} // the unit is not in force any more
	}
	return s.take(ctx, o, wire)
}

// admit finds the key that a request carries: none is an empty key without a reason.
func (s *Service) admit(c *httpx.Ctx) (Key, Reason, error) {
	if secret := c.Params("key"); secret != "" {
		return s.ByPath(c.Std(), secret)
	}
	scheme, given, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Basic") {
		return Key{}, "", nil
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(given))
	if err != nil {
		return Key{}, UnknownLogin, nil //nolint:nilerr // that is the answer to it
	}
	login, secret, _ := strings.Cut(string(raw), ":")
	return s.ByPassword(c.Std(), login, secret)
}

// turnAway answers whoever has no key that admits.
func (s *Service) turnAway(c *httpx.Ctx, key Key, why Reason) error {
	if why != "" {
		s.turned.add(key, c.IP(), why, s.Business.Now())
		s.Log.Warn("agent turned away", "reason", string(why), "key", string(key.ID), "reference", c.Reference())
	}
	if why == UnknownPath || c.Params("key") != "" {
		return answer(c, fiber.StatusNotFound, reply{Error: c.T.Say("intake.turned.path")})
	}
	c.Set(fiber.HeaderWWWAuthenticate, challenge)
	return answer(c, fiber.StatusUnauthorized, reply{Error: c.T.Say("intake.turned.password")})
}

// answerFault tells an agent why its message was refused.
func (s *Service) answerFault(c *httpx.Ctx, err error) error {
	f := fault.Of(err)
	status := f.Kind.Status()
	if f.Kind == fault.Invalid {
		status = fiber.StatusBadRequest
	}
	level := s.Log.Warn
	if f.Kind == fault.Internal {
		level = s.Log.Error
	}
	level("agent refused", "key", f.Key, "reference", c.Reference(), "cause", err.Error())
	said := c.T.Say(f.Key, f.Args...)
	if f.Key != "intake.refused.json_line" {
		return answer(c, status, reply{Error: said})
	}
	raw, jerr := json.Marshal(struct {
		Status     string `json:"status"`
		Message    string `json:"message"`
		Expiration int    `json:"expiration"`
	}{"error", said, everyHours})
	if jerr != nil {
		return jerr
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.Status(status).Send(raw)
}

func answer(c *httpx.Ctx, status int, r reply) error {
	raw, err := xml.Marshal(r)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationXML)
	return c.Status(status).Send(append([]byte(xml.Header), raw...))
}

// lineOfTLS is what a proxy that we trust says of how the agent came.
func lineOfTLS(c *httpx.Ctx) string {
	if !c.IsProxyTrusted() {
		return ""
	}
	if v := c.Get("X-TLS-Version"); v != "" {
		return cut(v, 16)
	}
	if c.Protocol() == "https" {
		return "https"
	}
	return ""
}
