package probe

import (
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
)

func posted(c *httpx.Ctx, name string) []string {
	var all []string
	for _, raw := range c.Request().PostArgs().PeekMulti(name) {
		all = append(all, string(raw))
	}
	return all
}

// number is a whole number of a form, -1 when it is none.
func number(c *httpx.Ctx, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(c.FormValue(name)))
	if err != nil {
		return -1
	}
	return n
}

func version(c *httpx.Ctx) int64 { return int64(number(c, "version")) }

// done leads back to the gate, or shows the form that was refused.
func (p pages) done(c *httpx.Ctx, form string, err error) error {
	switch {
	case err == nil:
		return c.See("/rollout/gates/" + c.Params("key"))
	case fault.Is(err, fault.Invalid):
		return p.show(c, form, err)
	}
	return err
}

func (p pages) configure(c *httpx.Ctx) error {
	in := Setup{Means: Means(c.FormValue("means")), Address: c.FormValue("address"), EveryMinutes: number(c, "every"), StaleMinutes: number(c, "stale"),
		Tolerate: number(c, "tolerate"), Version: version(c)}
	for _, raw := range posted(c, "phase") {
		id, err := ident.Parse(raw)
		if err != nil {
			return err
		}
		in.Phases = append(in.Phases, id)
	}
	return p.done(c, "configure", p.Configure(c.Std(), c.Who, c.Params("key"), in))
}

func (p pages) declare(c *httpx.Ctx) error {
	until, err := time.ParseInLocation(inputMoment, c.FormValue("until"), clock.City)
	if err != nil {
		until = time.Time{} // refused by the check
	}
	in := Statement{Said: Verdict(c.FormValue("said")), Reason: c.FormValue("reason"), Until: until, Version: version(c)}
	return p.done(c, "declare", p.Declare(c.Std(), c.Who, c.Params("key"), in))
}

func (p pages) withdraw(c *httpx.Ctx) error {
	return p.done(c, "withdraw", p.Withdraw(c.Std(), c.Who, c.Params("key"), c.FormValue("reason"), version(c)))
}

func (p pages) try(c *httpx.Ctx) error {
	return p.done(c, "try", p.Try(c.Std(), c.Who, c.Params("key")))
}
