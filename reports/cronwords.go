package reports

import (
	"strconv"
	"strings"

	"lotrinh/internal/kit/cronspec"
	"lotrinh/internal/kit/i18n"
)

// Words is a specification as people say it; what has no simple words is shown as it
// is written.
func Words(t i18n.T, spec string) string {
	f := strings.Fields(spec)
	if len(f) != 5 {
		return t.Say("reports.cron.raw", "spec", spec)
	}
	minute, ok1 := number(f[0], 59)
	hour, ok2 := number(f[1], 23)
	if !ok1 || !ok2 || f[3] != "*" || f[2] != "*" && f[4] != "*" {
		return t.Say("reports.cron.raw", "spec", spec)
	}
	at := pad(hour) + ":" + pad(minute)
	if f[4] != "*" {
		if days := weekdays(t, f[4]); days != "" {
			return t.Say("reports.cron.weekly", "days", days, "at", at)
		}
		return t.Say("reports.cron.raw", "spec", spec)
	}
	if day, ok := number(f[2], 31); ok {
		return t.Say("reports.cron.monthly", "day", day, "at", at)
	}
	if f[2] == "*" {
		return t.Say("reports.cron.daily", "at", at)
	}
	return t.Say("reports.cron.raw", "spec", spec)
}

// words is a schedule as people say it: when, in which zone where it is not the city's,
// and what becomes of days off.
func (f ScheduleForm) words(t i18n.T) string {
	said := Words(t, f.Spec)
	if f.Zone != "" && f.Zone != cronspec.CityZone {
		said = t.Say("reports.cron.zone", "said", said, "zone", f.Zone)
	}
	if f.Shift == Next || f.Shift == Previous {
		said += "; " + t.Say("reports.cron.shift_"+string(f.Shift))
	}
	if f.SkipHolidays {
		said += "; " + t.Say("reports.cron.skip")
	}
	return said
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func number(s string, most int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= most
}

var weekdayNames = map[string]int{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

// weekdays is "thứ Hai, thứ Năm"; empty when the field is not a list of days.
func weekdays(t i18n.T, field string) string {
	var said []string
	for _, one := range strings.Split(strings.ToLower(field), ",") {
		n, ok := weekdayNames[one]
		if !ok {
			if n, ok = number(one, 6); !ok {
				return ""
			}
		}
		said = append(said, t.Say("weekday."+strconv.Itoa(n)))
	}
	return strings.Join(said, ", ")
}
