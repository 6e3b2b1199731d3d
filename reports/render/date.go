package render

import (
	"fmt"
	"strconv"
	"time"

	"lotrinh/internal/kit/clock"
)

// OfficialDate is the day, month and year of a moment in the city as the decree
// writes them: a zero before days under ten and before January and February only.
func OfficialDate(at time.Time) (day, month, year string) {
	y, m, d := at.In(clock.City).Date()
	month = strconv.Itoa(int(m))
	if m <= time.February {
		month = "0" + month
	}
	return fmt.Sprintf("%02d", d), month, strconv.Itoa(y)
}
