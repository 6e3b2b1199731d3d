package readiness

import (
	"time"

	"lotrinh/internal/kit/clock"
)

// dayOf writes a day as people say it in a short sentence: 08/11/2016.
func dayOf(at time.Time) string { return at.In(clock.City).Format("02/01/2006") }
