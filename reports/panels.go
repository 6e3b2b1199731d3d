package reports

import (
	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
)

// RunPanel is what a room shows below a report; nil shows nothing.
type RunPanel func(c *httpx.Ctx, r RunRow) (templ.Component, error)

// SchedulePanel is what a room shows below the form of a schedule; nil shows nothing.
type SchedulePanel func(c *httpx.Ctx, sc Schedule) (templ.Component, error)

// OnRun puts a panel below every report, OnSchedule below every schedule. They are called
// while the house is built.
func (s *Service) OnRun(p RunPanel) { s.onRun = append(s.onRun, p) }

// OnSchedule puts a panel below the form of every schedule.
func (s *Service) OnSchedule(p SchedulePanel) { s.onSchedule = append(s.onSchedule, p) }

func (s *Service) runPanels(c *httpx.Ctx, r RunRow) ([]templ.Component, error) {
	var all []templ.Component
	for _, p := range s.onRun {
		one, err := p(c, r)
		if err != nil {
			return nil, err
		}
		if one != nil {
			all = append(all, one)
		}
	}
	return all, nil
}

func (s *Service) schedulePanels(c *httpx.Ctx, sc Schedule) ([]templ.Component, error) {
	var all []templ.Component
	for _, p := range s.onSchedule {
		one, err := p(c, sc)
		if err != nil {
			return nil, err
		}
		if one != nil {
			all = append(all, one)
		}
	}
	return all, nil
}
