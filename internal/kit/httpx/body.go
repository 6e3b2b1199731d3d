package httpx

import (
	"context"
	"errors"
	"io"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"lotrinh/internal/kit/fault"
)

// mostForgotten is the most bytes that are read only to be forgotten, so that whoever sends
// too much is told so: a browser whose line is cut shows nothing.
const mostForgotten = 64 << 20

// take brings the body in, up to the route's bound. A form on a route that takes files goes
// from the line to the disk, part by part: no file of it is ever whole in memory. Everything
// else is small and is read whole. The time that a slow line takes is not the request's.
func (c *Ctx) take(route Route) error {
	req := c.Request()
	req.Header.Del(fiber.HeaderContentEncoding) // fiber would unpack without a bound
	if !req.IsBodyStream() || req.Header.ContentLength() == 0 {
		return nil
	}
	if req.Header.ContentLength() > route.body {
		return fault.New(fault.TooLarge, "fault.too_large")
	}
	var err error
	if route.body > DefaultBody && len(req.Header.MultipartFormBoundary()) > 0 {
		_, err = req.MultipartFormWithLimit(route.body)
	} else {
		err = whole(req, route.body)
	}
	switch {
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		return fault.New(fault.TooLarge, "fault.too_large")
	case err != nil:
		return fault.Because(fault.Invalid, "fault.invalid", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), patience)
	c.SetUserContext(ctx)
	c.done = cancel
	return nil
}

// whole reads a body of at most so many bytes into memory.
func whole(req *fasthttp.Request, most int) error {
	raw, err := io.ReadAll(io.LimitReader(req.BodyStream(), int64(most)+1))
	if err != nil {
		return err
	}
	if len(raw) > most {
		return fasthttp.ErrBodyTooLarge
	}
	req.SetBodyRaw(raw)
	return nil
}

// leave makes a connection ready for its next request and keeps everybody from what is
// left of the body: it is read and forgotten, so that it is not taken for a request. Where
// its end is not known or far, the connection ends with this answer.
func leave(c *fiber.Ctx) {
	req := c.Request()
	if !req.IsBodyStream() {
		return
	}
	n := req.Header.ContentLength()
	ended := n == 0
	if n > 0 && n <= mostForgotten {
		_, err := io.Copy(io.Discard, req.BodyStream())
		ended = err == nil
	}
	if !ended {
		c.Context().SetConnectionClose()
	}
	req.ResetBody()
}
