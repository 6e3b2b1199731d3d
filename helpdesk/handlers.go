package helpdesk

import (
	"strconv"

	"lotrinh/internal/kit/deadline"
	"lotrinh/internal/kit/outbox"
)

// Handlers are what the help desk learns from events.
func (s *Service) Handlers() []outbox.Handler {
	return []outbox.Handler{
		{Name: "helpdesk.warn", Topic: deadline.Stepped{}.Topic(), Do: s.alarm},
	}
}

func seqText(n int64) string { return strconv.FormatInt(n, 10) }
