package slip

import (
	"time"

	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/spell"
)

// DayInWords writes a day, "2006-01-02", in words as a certificate has it. What is no
// whole day, as a year alone, is empty.
func DayInWords(t i18n.T, day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.Say("slip.words.day", "day", spell.Number(d.Day()), "month", spell.Month(int(d.Month())), "year", spell.Number(d.Year()))
}
