package offline

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site/assets"
)

// Prefix is where the pages live that work without a line; the service worker serves
// no others.
const Prefix = "/field"

// workerPath is the stable address of the service worker.
const workerPath = Prefix + "/worker.js"

// Ago is the query parameter by which a phone says for how many seconds it has kept a
// record. Its clock may be wrong; the difference of two of its moments seldom is.
var Ago = httpx.Param{Name: "ago", Doc: "for how many seconds the sender has kept the record; 0 unasked"}

// longest is how old a record may be.
const longest = 60 * 24 * time.Hour

// When is the moment at which a record was made, by our clock. A sender who kept it
// for longer than 60 days is refused with Invalid.
func When(c *httpx.Ctx, now time.Time) (time.Time, error) {
	raw := c.Query(Ago.Name)
	if raw == "" {
		return now, nil
	}
	n, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || n < 0 || n > int64(longest/time.Second) {
		return now, fault.New(fault.Invalid, "offline.too_old", "days", int64(longest/(24*time.Hour)))
	}
	return now.Add(-time.Duration(n) * time.Second), nil
}

// Routes serves the service worker of the pages for work in the field.
func Routes(r *httpx.Router) { Worker(r, workerPath, Prefix) }

// Worker serves the service worker at a stable address, for the pages under a scope; what
// it keeps for one scope is apart from what it keeps for another.
func Worker(r *httpx.Router, path, scope string) {
	r.Page("GET", path, func(c *httpx.Ctx) error {
		f, ok := assets.Lookup(assets.Path("worker.js"))
		if !ok {
			return fault.New(fault.Missing, "fault.missing")
		}
		body, encoding := f.Pick(c.Get(fiber.HeaderAcceptEncoding))
		if encoding != "" {
			c.Set(fiber.HeaderContentEncoding, encoding)
		}
		c.Vary(fiber.HeaderAcceptEncoding)
		c.Set("Service-Worker-Allowed", scope)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		c.Set(fiber.HeaderContentType, f.Type)
		return c.Send(body)
	}, httpx.Open)
}

// words are the sentences that the script shows, by the name under which it asks.
var words = []string{"waiting", "sending", "sent", "refused", "kept", "kept_here", "sign_in", "send", "mend", "drop", "drop_sure", "offline", "conflict",
	"again", "none", "scan.found", "scan.other", "scan.twice", "scan.point", "scan.blocked", "photo", "page", "too_big"}

// sentences are the script's words as JSON; {n} and the like stay for the script.
func sentences(t i18n.T) string {
	all := make(map[string]string, len(words))
	for _, w := range words {
		all[w] = t.Say("offline."+w, "n", "{n}", "what", "{what}", "why", "{why}")
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return "{}" // a map of text always marshals
	}
	return string(raw)
}
