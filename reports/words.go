package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/kit/plot"
	"lotrinh/reports/render"
)

// upperFirst writes a name as it stands at the head of a line: "Huyện Ba Vì".
func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

func share(n, of int) any {
	if of == 0 {
		return nil
	}
	return float64(n) / float64(of)
}

func (w writer) percent(n, of int) string {
	if of == 0 {
		return w.say("reports.no_data")
	}
	return w.t.Percent(float64(n) / float64(of))
}

// standing is where the programme is at the moment of reading.
func standing(w writer) []Block {
	p, c := w.f.Progress, w.f.Progress.Total
	if c.Total == 0 {
		return []Block{w.para("reports.standing.empty")}
	}
	all := []Block{w.para("reports.standing.stages", "hour", hour(w.t, w.f.Stood()), "day", w.t.Day(w.f.Stood()), "where", w.f.Cut.Name,
		"official", c.Official, "total", c.Total, "share", w.percent(c.Official, c.Total), "trial", c.Trial, "preparing", c.Preparing)}
	if w.f.Kind == MadeUp && w.f.AsOf.IsZero() {
		all = append([]Block{w.para("reports.standing.made_up", "nominal", w.f.NominalAt, "read", w.f.ReadAt)}, all...)
	}
	verified := []string{w.say("reports.standing.declared", "n", c.Declared, "total", c.Total, "share", w.percent(c.Declared, c.Total)),
		w.say("reports.standing.verified", "n", c.Verified, "total", c.Total, "share", w.percent(c.Verified, c.Total))}
	if n := c.Verified - c.Bare; n > 0 {
		verified = append(verified, w.say("reports.standing.waived", "n", n))
	}
	if n := c.Declared - c.Verified; n > 0 {
		verified = append(verified, w.say("reports.standing.unverified", "n", n))
	}
	if now, known := p.now(); known {
		verified = append(verified, w.planLine(now))
	}
	return append(all, w.para("reports.standing.compare"), Items(verified))
}

// planLine compares what is official with what the plan promised for the day.
func (w writer) planLine(d Day) string {
	promised := w.promised(d)
	switch n := d.Official - promised; {
	case n >= 0 && d.Planned > d.Official:
		return w.say("reports.plan.today_due", "n", d.Planned-d.Official, "planned", d.Planned, "official", d.Official)
	case d.Planned == 0:
		return w.say("reports.plan.not_begun", "official", d.Official)
	case n < 0:
		return w.say("reports.plan.behind", "n", -n, "planned", promised, "official", d.Official)
	case n > 0:
		return w.say("reports.plan.ahead", "n", n, "planned", promised, "official", d.Official)
	}
	return w.say("reports.plan.kept", "planned", promised)
}

// weekPart is what happened in the period, by the moments of the facts.
func weekPart(w writer) []Block {
	p := w.f.Period
	before, known1 := w.f.Progress.on(p.DayBefore())
	end, known2 := w.f.Progress.on(p.LastDay())
	if !known1 || !known2 {
		return []Block{w.para("reports.week.no_data", "from", w.t.Day(p.From), "until", w.t.Day(p.Until.Add(-time.Microsecond)), "opened", w.f.Tickets.Opened)}
	}
	return []Block{w.para("reports.week.changes", "from", w.t.Day(p.From), "until", w.t.Day(p.Until.Add(-time.Microsecond)), "opened", w.f.Tickets.Opened,
		"official", w.change(before.Official, end.Official), "verified", w.change(before.Verified, end.Verified), "declared", w.change(before.Declared, end.Declared))}
}

// change is "tăng 3 (từ 10 lên 13)".
func (w writer) change(from, to int) string {
	switch {
	case to > from:
		return w.say("reports.change.up", "n", to-from, "from", from, "to", to)
	case to < from:
		return w.say("reports.change.down", "n", from-to, "from", from, "to", to)
	}
	return w.say("reports.change.same", "n", to)
}

func curvePart(w writer) []Block {
	if w.f.Progress.Total.Total == 0 {
		return nil
	}
	return []Block{w.curve()}
}

// districtPart is the table of districts with its chart.
func districtPart(w writer) []Block {
	rolled := w.f.Progress.rolled()
	if len(rolled) == 0 {
		return nil
	}
	columns := []render.Column{w.column("district", render.Text), w.column("total", render.Whole), w.column("preparing", render.Whole), w.column("trial", render.Whole),
		w.column("official", render.Whole), w.column("share", render.Rate), w.column("declared", render.Whole), w.column("verified", render.Whole)}
	line := func(name string, c Counts) []any {
		return []any{name, c.Total, c.Preparing, c.Trial, c.Official, share(c.Official, c.Total), c.Declared, c.Verified}
	}
	var rows [][]any
	var hrefs []string
	for _, d := range rolled {
		rows, hrefs = append(rows, line(upperFirst(d.Name), d.Counts)), append(hrefs, d.Href)
	}
	g := w.grid("reports.grid.districts", columns, rows, hrefs, line(w.say("reports.column.sum"), w.f.Progress.Total))
	g.Chart = &render.Native{Kind: render.Layers, Title: w.districtsTitle(), Series: []render.NativeSeries{{Column: 4, Tone: plot.Official}, {Column: 3, Tone: plot.Trial}, {Column: 2, Tone: plot.Preparing}}}
	all := []Block{g}
	if len(rolled) > 1 {
		all = append(all, w.districts())
	}
	return all
}

func tilesPart(w writer) []Block {
	if w.f.Progress.Total.Total == 0 {
		return nil
	}
	return []Block{w.tiles()}
}

// commonest is how many reasons a report names before the list.
const commonest = 8

// heldPart is the communes that are held back: by reason, and one by one.
func heldPart(w writer) []Block {
	held := w.f.Progress.Held
	if len(held) == 0 {
		return []Block{w.para("reports.held.none")}
	}
	unmet := 0
	reasons := map[string]int{}
	for _, h := range held {
		if h.Answer == "unmet" {
			unmet++
		}
		for _, r := range h.Reasons {
			reasons[w.t.Line(r)]++
		}
	}
	summed := w.heldSummed(held)
	w.count.Grids-- // one table in two shapes carries one number
	return []Block{w.para("reports.held.some", "n", len(held), "unmet", unmet, "unknown", len(held)-unmet), Items(w.top(reasons)), summed, w.heldListed(held)}
}

// heldListed has a line for each commune.
func (w writer) heldListed(held []Held) Grid {
	columns := []render.Column{w.column("no", render.Whole), w.column("commune", render.Text), w.column("district", render.Text), w.column("stage", render.Text),
		w.column("answer", render.Text), w.column("reasons", render.Text)}
	var rows [][]any
	var hrefs []string
	for i, h := range held {
		why := w.lines(slices.Concat(h.Reasons, h.Details))
		rows = append(rows, []any{i + 1, upperFirst(h.Name), upperFirst(h.DistrictName), w.say("reports.stage." + h.Stage), w.say("reports.answer." + h.Answer), why})
		hrefs = append(hrefs, h.Href)
	}
	g := w.grid("reports.grid.held", columns, rows, hrefs, nil)
	g.On = NotOnPaper
	return g
}

// heldSummed has a line for the communes of a district that share their reasons.
func (w writer) heldSummed(held []Held) Grid {
	type line struct {
		district, why string
		names         []string
	}
	var all []*line
	at := map[string]*line{}
	for _, h := range held {
		why := w.lines(h.Reasons)
		l := at[h.District+why]
		if l == nil {
			l = &line{district: h.DistrictName, why: why}
			at[h.District+why] = l
			all = append(all, l)
		}
		l.names = append(l.names, h.Name)
	}
	columns := []render.Column{w.column("district", render.Text), w.column("count", render.Whole), w.column("reasons", render.Text), w.column("communes", render.Text)}
	var rows [][]any
	for _, l := range all {
		rows = append(rows, []any{upperFirst(l.district), len(l.names), l.why, upperFirst(strings.Join(l.names, ", "))})
	}
	g := w.grid("reports.grid.held", columns, rows, nil, []any{w.say("reports.column.sum"), len(held), "", ""})
	g.On = PaperOnly
	return g
}

func (w writer) lines(all []i18n.Line) string {
	said := make([]string, len(all))
	for i, l := range all {
		said[i] = w.t.Line(l)
	}
	return strings.Join(said, "; ")
}

// top are the commonest reasons with how many communes they hold back.
func (w writer) top(reasons map[string]int) []string {
	var names []string
	for r := range reasons {
		names = append(names, r)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(reasons[b], reasons[a]), strings.Compare(a, b))
	})
	var all []string
	for _, r := range names[:min(len(names), commonest)] {
		all = append(all, w.say("reports.held.reason", "reason", r, "n", reasons[r]))
	}
	if n := len(names) - commonest; n > 0 {
		all = append(all, w.say("reports.held.more", "n", n))
	}
	return all
}

func gapsPart(w writer) []Block {
	g := w.f.Gaps
	if g.Open == 0 {
		return []Block{w.para("reports.gaps.none")}
	}
	return []Block{w.para("reports.gaps.some", "n", g.Open, "late", g.Late), w.items("reports.grid.gaps", g.Oldest)}
}

func ticketsPart(w writer) []Block {
	k := w.f.Tickets
	if k.Open == 0 {
		return []Block{w.para("reports.tickets.none", "opened", k.Opened)}
	}
	all := []Block{w.para("reports.tickets.some", "n", k.Open, "hold", k.Hold, "late", k.Late)}
	if len(k.Overdue) > 0 {
		all = append(all, w.items("reports.grid.tickets", k.Overdue))
	}
	return all
}

// items is a table of things that want attention.
func (w writer) items(key string, items []Item) Grid {
	columns := []render.Column{w.column("code", render.Text), w.column("commune", render.Text), w.column("what", render.Text), w.column("since", render.Date),
		w.column("due", render.Date), w.column("late", render.Text)}
	var rows [][]any
	var hrefs []string
	for _, i := range items {
		var due any
		late := ""
		if !i.Due.IsZero() {
			due = i.Due
		}
		if i.Late {
			late = w.say("reports.late")
		}
		rows, hrefs = append(rows, []any{i.Code, upperFirst(i.Name), w.t.Line(i.What), i.Since, due, late}), append(hrefs, i.Href)
	}
	return w.grid(key, columns, rows, hrefs, nil)
}

// ahead is how far the tasks of the coming week look.
const ahead = 14 * 24 * time.Hour

// nextPart is what has to be done next: late and coming milestones, and what the
// difficulties ask for.
func nextPart(w writer) []Block {
	at := w.f.Stood()
	today, horizon := clock.Date(at), clock.Date(at.Add(ahead))
	var all []string
	for _, m := range w.f.Progress.Milestones {
		title := w.name(m.Title, m.TitleEN)
		switch day := dayOf(m.PlannedOn); {
		case m.ActualOn != "" || m.PlannedOn > horizon:
		case m.PlannedOn < today:
			all = append(all, w.say("reports.next.late", "title", title, "day", w.t.Day(day), "n", int(dayOf(today).Sub(day).Hours()/24)))
		default:
			all = append(all, w.say("reports.next.coming", "title", title, "day", w.t.Day(day)))
		}
	}
	c := w.f.Progress.Total
	if n := c.Declared - c.Verified; n > 0 {
		all = append(all, w.say("reports.next.verify", "n", n))
	}
	if n := len(w.f.Progress.Held); n > 0 {
		all = append(all, w.say("reports.next.held", "n", n))
	}
	if n := w.f.Gaps.Late; n > 0 {
		all = append(all, w.say("reports.next.gaps", "n", n))
	}
	if n := w.f.Tickets.Late; n > 0 {
		all = append(all, w.say("reports.next.tickets", "n", n))
	}
	if len(all) == 0 {
		return []Block{w.para("reports.next.none")}
	}
	return []Block{Items(all)}
}
