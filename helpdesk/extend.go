package helpdesk

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/ident"
	"lotrinh/internal/site/ui"
)

// Panel is what a room around the help desk shows beside a ticket; nil is nothing.
// It asks a number of queries that does not depend on what there is.
type Panel func(c *httpx.Ctx, d Detail) (templ.Component, error)

// Typed is a new ticket while somebody types it.
type Typed struct {
	Unit, Service, Title, Body string
	// Incident is the one that the ticket joins so far: the box that a room's hint
	// shows, named "incident".
	Incident string
}

// Hint is what a room has to say while a new ticket is typed: a running incident, an
// article that answers it; nil is nothing.
type Hint func(c *httpx.Ctx, f Typed) (templ.Component, error)

// Remark is what a room says under messages of a ticket, by message. It asks a number
// of queries that does not depend on how many there are.
type Remark func(c *httpx.Ctx, d Detail) (map[ident.ID]templ.Component, error)

// Remark lets a room speak under messages, in the order of the calls.
func (s *Service) Remark(r Remark) { s.remarks = append(s.remarks, r) }

// remarked are the remarks of all rooms under the messages of one ticket.
func (p *pages) remarked(c *httpx.Ctx, d Detail) (map[ident.ID][]templ.Component, error) {
	all := map[ident.ID][]templ.Component{}
	for _, ask := range p.remarks {
		said, err := ask(c, d)
		if err != nil {
			return nil, err
		}
		for id, one := range said {
			all[id] = append(all[id], one)
		}
	}
	return all, nil
}

// Panel puts a room's panel beside every ticket, in the order of the calls. It is
// called while the house is built, before anything is served.
func (s *Service) Panel(p Panel) { s.panels = append(s.panels, p) }

// Hint lets a room speak while a new ticket is typed, in the order of the calls.
func (s *Service) Hint(h Hint) { s.hints = append(s.hints, h) }

// Above is what a room has to say above the queue, in a number of queries that does
// not depend on what there is.
type Above func(c *httpx.Ctx) ([]ui.NoticeData, error)

// Above lets a room speak above the queue. It is called while the house is built.
func (s *Service) Above(a Above) { s.above = append(s.above, a) }

// noticed is what the rooms say above the queue.
func (p *pages) noticed(c *httpx.Ctx) ([]ui.NoticeData, error) {
	var all []ui.NoticeData
	for _, one := range p.above {
		said, err := one(c)
		if err != nil {
			return nil, err
		}
		all = append(all, said...)
	}
	return all, nil
}

// beside are the panels of one ticket.
func (p *pages) beside(c *httpx.Ctx, d Detail) ([]templ.Component, error) {
	return gather(p.panels, func(one Panel) (templ.Component, error) { return one(c, d) })
}

// hinted are the hints for what was typed so far.
func (p *pages) hinted(c *httpx.Ctx, f typed) ([]templ.Component, error) {
	if f.title == "" && f.body == "" && f.service == "" {
		return nil, nil
	}
	return gather(p.hints, func(one Hint) (templ.Component, error) {
		return one(c, Typed{Unit: f.unit, Service: f.service, Title: f.title, Body: f.body, Incident: f.incident})
	})
}

func gather[T any](all []T, ask func(T) (templ.Component, error)) ([]templ.Component, error) {
	var said []templ.Component
	for _, one := range all {
		part, err := ask(one)
		if err != nil {
			return nil, err
		}
		if part != nil {
			said = append(said, part)
		}
	}
	return said, nil
}

// hint answers the form of a new ticket while somebody types.
func (p *pages) hint(c *httpx.Ctx) error {
	if err := c.Who.Need(Ask); err != nil {
		return err
	}
	all, err := p.hinted(c, typed{unit: c.Query("unit"), title: c.Query("title"), service: c.Query("service"), body: c.Query("body"), incident: c.Query("incident")})
	if err != nil {
		return err
	}
	return p.site.ShowPart(c, ui.Parts(all))
}
