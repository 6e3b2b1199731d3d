package app

import "lotrinh/rollout/schedule"

// openSchedule builds the room of plans.
func (h *House) openSchedule() {
	h.Schedule = schedule.New(schedule.Deps{DB: h.DB, Business: h.Business, Units: h.Units, Rollout: h.Rollout, Calendars: h.Calendars})
}
