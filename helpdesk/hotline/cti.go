package hotline

import (
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
)

// longestEvent is how many bytes of an event are taken.
const longestEvent = 16 << 10

// toldOf is an event as the description of the API shows it; a form may carry the same.
type toldOf struct {
	Event     string   `json:"event" enum:"newCall,answer,hangup"`
	From      string   `json:"from" doc:"a number as the exchange writes it, or anonymous"`
	To        string   `json:"to"`
	Direction string   `json:"direction" enum:"in,out"`
	CallID    string   `json:"callId" doc:"the same in all events of one call"`
	User      []string `json:"user,omitempty" doc:"names; one text, or a list"`
	Queue     string   `json:"queue,omitempty"`
	Answering string   `json:"answeringNumber,omitempty" doc:"extension, number or login of whoever answered"`
	Cause     string   `json:"cause,omitempty" doc:"normalClearing, busy, cancel, noAnswer, congestion, notFound, forwarded"`
}

// api declares the door of exchanges. Their secret stands in the address, as the
// bridges that exist have it.
func (s *Service) api(r *httpx.Router) {
	r.API(httpx.Op{Method: "POST", Path: "/api/v1/cti/:token", ID: "tellCall", Tag: "hotline", Summary: "An exchange tells of a call",
		In: toldOf{}, Out: Reply{}, Open: true}, s.told)
}

func (s *Service) told(c *httpx.Ctx) error {
	now := s.Machine.Now()
	p, err := s.exchange(c.Std(), c.Params("token"))
	if err != nil {
		if fault.Is(err, fault.Missing) && !s.rates.take("from "+c.IP(), strangerPace, now) {
			return fault.New(fault.TooMany, "fault.too_many")
		}
		return err
	}
	if !s.rates.take("pbx "+string(p.ID), exchangePace, now) {
		return fault.New(fault.TooMany, "fault.too_many")
	}
	if len(c.Body()) > longestEvent {
		return fault.New(fault.TooLarge, "fault.too_large")
	}
	e, err := ReadEvent(c.Get("Content-Type"), formBody(c))
	if err != nil {
		return err
	}
	reply, err := s.Take(c.Std(), p, e)
	if err != nil {
		return err
	}
	return c.Reply(0, reply)
}

// formBody is the body; a form of several parts is written as a plain one.
func formBody(c *httpx.Ctx) []byte {
	form, err := c.MultipartForm()
	if err != nil {
		return c.Body()
	}
	return []byte(encoded(form.Value))
}
