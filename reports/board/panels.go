package board

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/reports/board/views"
)

// Panel is what another room shows on the overview of this moment; nil shows nothing.
type Panel func(c *httpx.Ctx) (templ.Component, error)

// OnOverview puts a panel before the charts of the overview. It is called while the house
// is built.
func (s *Service) OnOverview(p Panel) { s.panels = append(s.panels, p) }

func (p *pages) panelParts(c *httpx.Ctx) ([]views.Part, error) {
	var parts []views.Part
	for _, one := range p.panels {
		body, err := one(c)
		if err != nil {
			return nil, err
		}
		if body != nil {
			parts = append(parts, views.Part{Panel: body})
		}
	}
	return parts, nil
}
