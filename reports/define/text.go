package define

import (
	"slices"
	"strings"

	"lotrinh/reports/metric"
)

// place is a piece of a text: words as they are, or a name with a form.
type place struct {
	words      string
	name, form string
}

// mostPlaces is how many places one text may hold.
const mostPlaces = 80

// words are the names that are no figures.
var words = []string{"programme", "basis", "where", "from", "until", "day", "hour", "next_from", "next_until"}

// fields are the names inside an item of a list.
var fields = []string{"code", "place", "district", "what", "why", "cause", "proposal", "answer", "owner", "state", "since", "due", "done", "late", "count", "of"}

// split cuts a text into pieces; its error is a message key.
func split(s string) ([]place, string) {
	var all []place
	var lit strings.Builder
	n := 0
	for s != "" {
		open := strings.Index(s, "{{")
		if open < 0 {
			lit.WriteString(s)
			break
		}
		lit.WriteString(s[:open])
		s = s[open+2:]
		if strings.HasPrefix(s, "{{") {
			lit.WriteString("{{")
			s = s[2:]
			continue
		}
		end := strings.Index(s, "}}")
		if end < 0 {
			return nil, "reports.define.place_open"
		}
		name, form, _ := strings.Cut(s[:end], "|")
		s = s[end+2:]
		if n++; n > mostPlaces {
			return nil, "reports.define.places_many"
		}
		if lit.Len() > 0 {
			all = append(all, place{words: lit.String()})
			lit.Reset()
		}
		all = append(all, place{name: strings.TrimSpace(name), form: strings.TrimSpace(form)})
	}
	if lit.Len() > 0 {
		all = append(all, place{words: lit.String()})
	}
	return all, ""
}

// forms are the forms of a metric that name no other metric.
var forms = []string{"", "now", "before", "change", "diff", "best", "worst", "name"}

// wrong is the message key of what is wrong with a place of a report's text; "" is nothing.
func (p place) wrong() string {
	if list, is := strings.CutPrefix(p.name, "list."); is {
		if !slices.Contains(Lists, list) {
			return "reports.define.unknown_list"
		}
		if p.form != "" {
			return "reports.define.unknown_form"
		}
		return ""
	}
	if slices.Contains(words, p.name) {
		if p.form != "" {
			return "reports.define.unknown_form"
		}
		return ""
	}
	m, known := metric.Find(metric.Key(p.name))
	if !known {
		return "reports.define.unknown_place"
	}
	if of, is := strings.CutPrefix(p.form, "of:"); is {
		if d, ok := metric.Find(metric.Key(of)); !ok || !addable(d) || !addable(m) {
			return "reports.define.of_needed"
		}
		return ""
	}
	if !slices.Contains(forms, p.form) {
		return "reports.define.unknown_form"
	}
	return ""
}

// addable tells whether values of a metric are counts that may be set against another's.
func addable(m metric.Metric) bool { return m.Kind == metric.Flow || m.Kind == metric.Level }

// needs are what a place reads.
func (p place) needs(n *Need) {
	if list, is := strings.CutPrefix(p.name, "list."); is {
		n.list(list)
		return
	}
	m, known := metric.Find(metric.Key(p.name))
	if !known {
		return
	}
	if of, is := strings.CutPrefix(p.form, "of:"); is {
		n.now(m.Key)
		n.now(metric.Key(of))
		return
	}
	switch p.form {
	case "name":
		return
	case "best", "worst":
		n.Districts = true
	case "before", "change", "diff":
		n.before(m.Key)
	}
	n.now(m.Key)
}
