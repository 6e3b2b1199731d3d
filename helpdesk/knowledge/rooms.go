package knowledge

import (
	"github.com/a-h/templ"

	"lotrinh/helpdesk"
	"lotrinh/helpdesk/knowledge/views"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/site"
)

// Hint shows, on the form of a new ticket, the articles that may already answer it.
func (s *Service) Hint(c *httpx.Ctx, f helpdesk.Typed) (templ.Component, error) {
	all, err := s.Likely(c.Std(), c.Who, helpdesk.Category(f.Service), f.Title, f.Body)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var items []views.HintItem
	for _, a := range all {
		items = append(items, views.HintItem{Title: a.Title, Lead: a.Lead, Href: a.Path() + "?from=ticket"})
	}
	return views.Hint(c.T, items), nil
}

// Panel shows, beside a ticket, the articles that an agent may put into the answer.
func (s *Service) Panel(on *site.Site) helpdesk.Panel {
	p := pages{s, on}
	return func(c *httpx.Ctx, d helpdesk.Detail) (templ.Component, error) {
		if !d.Supports || d.Phase == helpdesk.Done {
			return nil, nil
		}
		all, err := s.Likely(c.Std(), c.Who, d.Service, d.Title)
		if err != nil {
			return nil, err
		}
		return views.InsertPanel(c.T, p.inserts(c.T, all)), nil
	}
}
