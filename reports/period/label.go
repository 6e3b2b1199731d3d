package period

import (
	"strconv"
	"strings"
	"time"

	"lotrinh/internal/kit/i18n"
)

var roman = map[string]string{"1": "I", "2": "II", "3": "III", "4": "IV"}

// Label is the name of a period as people say it: "tháng 11 năm 2016", "tuần 45 năm
// 2016", "quý IV năm 2016". What runs still says until when.
func (p Period) Label(t i18n.T) string {
	name := p.name(t)
	if p.Whole() {
		return name
	}
	return t.Say("period.until", "name", name, "at", p.Until)
}

func (p Period) name(t i18n.T) string {
	key, _, _ := strings.Cut(p.Key, "@")
	head, tail, _ := strings.Cut(key, "/")
	year, part, _ := strings.Cut(head, "-")
	switch k := p.kind(); k {
	case Day:
		return t.Say("period.name.day", "day", t.Day(p.From))
	case Week:
		return t.Say("period.name.week", "no", plainNumber(part), "year", year)
	case CampaignWeek:
		return t.Say("period.name.campaign_week", "no", plainNumber(tail))
	case Month, CalendarMonth:
		return t.Say("period.name.month", "no", plainNumber(part), "year", year)
	case Quarter, CalendarQuarter:
		return t.Say("period.name.quarter", "no", roman[strings.TrimPrefix(part, "Q")], "year", year)
	case Half:
		return t.Say("period.name.half_"+strings.TrimPrefix(part, "H"), "year", year)
	case Nine:
		return t.Say("period.name.nine_months", "year", year)
	default:
		return t.Say("period.name.year", "year", year)
	}
}

// plainNumber is W05, C05 or 05 as 5.
func plainNumber(s string) string {
	n, err := strconv.Atoi(strings.TrimLeft(s, "WC"))
	if err != nil {
		return s
	}
	return strconv.Itoa(n)
}

// Days is the first and the last day of a period: 15/10/2016 – 14/11/2016; one day
// alone is said once.
func (p Period) Days(t i18n.T) string {
	first, last := t.Day(p.From), t.Day(p.Until.Add(-time.Microsecond))
	if first == last || p.Until.Equal(p.From) {
		return first
	}
	return first + " – " + last
}

// LastMoment is the last microsecond of a period.
func (p Period) LastMoment() time.Time { return p.Until.Add(-time.Microsecond) }

// Say is the name of the kind: "tháng báo cáo", "tuần".
func (k Kind) Say(t i18n.T) string { return t.Say("period.kind." + string(k)) }
