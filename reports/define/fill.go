package define

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lotrinh/reports/metric"
)

// longest is the most that a filled text may grow to, in bytes.
const longest = 64 << 10

// fill puts the figures into a text.
func (w writer) fill(b Both) string {
	all, wrong := split(b.In(w.T.Lang))
	if wrong != "" {
		return ""
	}
	var out strings.Builder
	for _, p := range all {
		if out.Len() > longest {
			break
		}
		if p.name == "" {
			out.WriteString(p.words)
			continue
		}
		out.WriteString(w.place(p))
	}
	return out.String()
}

func (w writer) place(p place) string {
	if list, is := strings.CutPrefix(p.name, "list."); is {
		return w.T.Int(int64(w.f.Lists[list].count()))
	}
	switch p.name {
	case "next_from":
		return w.day(w.f.Next.From)
	case "next_until":
		return w.day(w.f.Next.Until)
	}
	if said, known := w.Names[p.name]; known {
		return said
	}
	m, known := metric.Find(metric.Key(p.name))
	if !known {
		return ""
	}
	now, before := w.f.Now.At(m.Key, w.f.Unit), w.f.Before.At(m.Key, w.f.Unit)
	if of, is := strings.CutPrefix(p.form, "of:"); is {
		return w.of(m, now, w.f.Now.At(metric.Key(of), w.f.Unit))
	}
	switch p.form {
	case "before":
		return m.Write(w.T, before)
	case "change":
		return w.change(m, before, now)
	case "diff":
		return w.diff(m, before, now)
	case "best":
		return w.edge(m, true)
	case "worst":
		return w.edge(m, false)
	case "name":
		return m.Name(w.T)
	}
	return m.Write(w.T, now)
}

// day is a stored day as readers write it.
func (w writer) day(day string) string {
	at, err := time.Parse("2006-01-02", day)
	if err != nil {
		return w.say("reports.define.no_data")
	}
	return w.T.Day(at)
}

// of is "33/53 (62,3%)".
func (w writer) of(m metric.Metric, part, whole metric.Value) string {
	if !part.Known || !whole.Known {
		return w.say("reports.define.no_data")
	}
	if whole.N == 0 {
		return m.Write(w.T, part) + "/0"
	}
	return w.say("reports.define.of", "n", part.N, "of", whole.N, "share", w.T.Percent(float64(part.N)/float64(whole.N)))
}

// change is "tăng 3 (từ 10 lên 13)".
func (w writer) change(m metric.Metric, before, now metric.Value) string {
	a, had := before.Number(m)
	b, has := now.Number(m)
	switch {
	case !has:
		return w.say("reports.define.no_data")
	case !had:
		return w.say("reports.define.change.new", "to", m.Write(w.T, now))
	case a == b:
		return w.say("reports.define.change.same", "to", m.Write(w.T, now))
	}
	key := "reports.define.change.up"
	if b < a {
		key, a, b = "reports.define.change.down", b, a
	}
	return w.say(key, "n", w.apart(m, a, b), "from", m.Write(w.T, before), "to", m.Write(w.T, now))
}

// apart is how far two numbers of a metric lie apart.
func (w writer) apart(m metric.Metric, less, more float64) string {
	switch {
	case m.Unit == metric.Share:
		return w.say("reports.define.points", "n", w.T.Decimal((more-less)*100, 1))
	case m.Scale > 1:
		return w.T.Decimal(more-less, 2)
	case m.Unit == metric.Day:
		return w.say("reports.define.days", "n", int64(more-less))
	}
	return w.T.Int(int64(more - less))
}

// diff is "+3".
func (w writer) diff(m metric.Metric, before, now metric.Value) string {
	a, had := before.Number(m)
	b, has := now.Number(m)
	switch {
	case !had || !has:
		return w.say("reports.define.no_data")
	case a == b:
		return "0"
	case b > a:
		return "+" + w.apart(m, a, b)
	}
	return "−" + w.apart(m, b, a)
}

// edge is the district that does best or worst of those that are known, by the wish of
// the metric; the first of several alike.
func (w writer) edge(m metric.Metric, best bool) string {
	more := best == (m.Wish != metric.Less)
	found, at, other := Unit{}, 0.0, false
	for _, u := range w.f.Districts {
		x, ok := w.f.Now.At(m.Key, u.Code).Number(m)
		other = other || ok && found.Code != "" && x != at
		if ok && (found.Code == "" || more && x > at || !more && x < at) {
			found, at = u, x
		}
	}
	if found.Code == "" {
		return w.say("reports.define.no_data")
	}
	if !other && len(w.f.Districts) > 1 {
		return w.say("reports.define.edge.same", "value", m.Write(w.T, w.f.Now.At(m.Key, found.Code)))
	}
	return w.say("reports.define.edge", "name", found.Name, "value", m.Write(w.T, w.f.Now.At(m.Key, found.Code)))
}

// upper writes a name as it stands at the head of a line: "Huyện Ba Vì".
func upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
