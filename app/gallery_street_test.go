package app

// designed leaves a draft of the weekly report on the planner's desk.
func (s *street) designed() {
	s.t.Helper()
	_, err := s.Gallery.Begin(s.t.Context(), s.actor("planner"), "weekly-progress", 3)
	must(s.t, err)
}
