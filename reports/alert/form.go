package alert

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"lotrinh/internal/kit/access"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/reports/alert/judge"
	"lotrinh/reports/metric"
)

// Form is a rule as somebody types it. Thresholds are percent for shares and for changes
// against the past, else numbers of the metric's unit.
type Form struct {
	Name, Metric, Reach, Units, Span, Days, Compare, Threshold, Clear, Hold, MinOf, Severity string
	Roles                                                                                    []string
	Enabled                                                                                  bool
}

// What a rule compares with: a bound, or the past; see Form.Compare.
const (
	above   = "above"
	below   = "below"
	risen   = "risen"
	fallen  = "fallen"
	longest = 120
	mostDay = 90
)

// number reads "5", "5,5" or "5 %".
func number(s string) (float64, bool) {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%"))
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", "."), 64)
	return v, err == nil && !math.IsNaN(v) && math.Abs(v) < 1e9
}

// whole reads a whole number; nothing is what stands for it.
func whole(s string, nothing int64) (int64, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return nothing, true
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return n, err == nil && n >= 0
}

// rule is the form as a rule, or everything that is wrong with it.
func (f Form) rule(tree *org.Tree, roles []access.Role) (Rule, error) {
	var k fault.Check
	name := strings.TrimSpace(fold.NFC(f.Name))
	k.Need(name != "", "name", "alert.form.needed")
	k.Need(utf8.RuneCountInString(name) <= longest, "name", "alert.form.long", "max", longest)
	m, ok := metric.Find(metric.Key(f.Metric))
	k.Need(ok && m.Unit != metric.Day, "metric", "alert.form.metric")
	r := Rule{Name: name, Metric: m.Key, Reach: Reach(f.Reach), Span: judge.Span(f.Span), Severity: Severity(f.Severity), Enabled: f.Enabled,
		Below: f.Compare == below || f.Compare == fallen, Past: f.Compare == risen || f.Compare == fallen}
	k.Need(r.Reach == City || r.Reach == Districts || r.Reach == Chosen, "reach", "alert.form.needed")
	k.Need(r.Reach == City || m.Grain != metric.ByCity, "reach", "alert.form.city_only")
	if r.Reach == Chosen {
		r.Units = strings.Join(strings.Fields(strings.ReplaceAll(f.Units, ",", " ")), " ")
		k.Need(r.Units != "", "units", "alert.form.needed")
		for _, u := range strings.Fields(r.Units) {
			_, known := tree.Unit(u)
			k.Need(known, "units", "alert.form.unit", "code", u)
		}
	}
	k.Need(slices.Contains([]judge.Span{judge.LastDays, judge.Week, judge.Month}, r.Span), "span", "alert.form.needed")
	k.Need(!r.Past || r.Span != judge.Month, "span", "alert.form.month_past")
	k.Need(slices.Contains([]Severity{Info, Warning, Critical}, r.Severity), "severity", "alert.form.needed")
	k.Need(slices.Contains([]string{above, below, risen, fallen}, f.Compare), "compare", "alert.form.needed")
	f.numbers(&k, &r, m)
	for _, role := range f.Roles {
		k.Need(slices.Contains(roles, access.Role(role)), "roles", "alert.form.needed")
	}
	k.Need(len(f.Roles) > 0, "roles", "alert.form.needed")
	r.Roles = strings.Join(f.Roles, " ")
	return r, k.Err()
}

// numbers reads the typed numbers; falls are typed without their sign.
func (f Form) numbers(k *fault.Check, r *Rule, m metric.Metric) {
	scale := 1.0
	if r.Past || m.Unit == metric.Share {
		scale = 100
	}
	sign := 1.0
	if f.Compare == fallen {
		sign = -1
	}
	v, ok := number(f.Threshold)
	k.Need(ok, "threshold", "alert.form.number")
	r.Threshold = kept(sign * v / scale)
	r.Clear = r.Threshold
	if strings.TrimSpace(f.Clear) != "" {
		c, ok := number(f.Clear)
		k.Need(ok, "clear", "alert.form.number")
		r.Clear = kept(sign * c / scale)
	}
	days, ok := whole(f.Days, 1)
	k.Need(ok && days >= 1 && days <= mostDay, "days", "alert.form.days", "max", mostDay)
	hold, ok2 := whole(f.Hold, 1)
	k.Need(ok2, "hold", "alert.form.hold")
	minOf, ok3 := whole(f.MinOf, 0)
	k.Need(ok3, "min_of", "alert.form.min_of")
	r.Days, r.Hold, r.MinOf = days, hold, minOf
	k.Add(r.bounds().Check())
}

// typed is a rule as its form shows it.
func (r Rule) typed(t i18n.T) Form {
	f := Form{Name: r.Title(t), Metric: string(r.Metric), Reach: string(r.Reach), Units: r.Units, Span: string(r.Span), Days: strconv.FormatInt(r.Days, 10), Compare: above,
		Hold: strconv.FormatInt(r.Hold, 10), MinOf: strconv.FormatInt(r.MinOf, 10), Severity: string(r.Severity), Roles: strings.Fields(r.Roles), Enabled: r.Enabled}
	switch {
	case r.Past && r.Below:
		f.Compare = fallen
	case r.Past:
		f.Compare = risen
	case r.Below:
		f.Compare = below
	}
	m, _ := metric.Find(r.Metric)
	show := func(n int64) string {
		v := float64(n) / grain
		if r.Past || m.Unit == metric.Share {
			v *= 100
		}
		if f.Compare == fallen {
			v = -v
		}
		return strings.ReplaceAll(strconv.FormatFloat(v, 'f', -1, 64), ".", ",")
	}
	f.Threshold, f.Clear = show(r.Threshold), show(r.Clear)
	return f
}
