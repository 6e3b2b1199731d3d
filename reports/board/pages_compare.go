package board

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/clock"
	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/reports"
	"lotrinh/reports/board/views"
	"lotrinh/reports/metric"
)

// side is one half of a comparison: a unit on a day.
type side struct {
	unit  org.Unit
	day   string
	label string
	known metric.Table
}

// compare holds two units beside each other on a day, or one unit on two days.
func (p *pages) compare(c *httpx.Ctx) error {
	b := p.page(c)
	a, tree, err := p.place(c.Std(), c.Who, b.st.A)
	if err != nil {
		return err
	}
	b.tree = tree
	other := a
	if b.st.B != "" {
		if other, _, err = p.place(c.Std(), c.Who, b.st.B); err != nil {
			return err
		}
	}
	b.st.Unit = ""
	at, err := clock.ParseDate(b.day)
	if err != nil {
		return fault.New(fault.Missing, "fault.missing")
	}
	first, second := side{unit: a, day: b.day}, side{unit: other, day: b.st.With}
	if second.day == "" {
		second.day = b.day
		if a.Code == other.Code {
			second.day = clock.Date(at.AddDate(0, 0, -week))
			b.st.With = second.day
		}
	}
	v := views.Board{Header: ui.HeaderData{Title: b.t.Say("board.compare.title"), Lead: b.t.Say("board.compare.lead"),
		Crumbs: []ui.Crumb{{Label: b.t.Say("board.title"), Href: b.st.lasting().At(Home)}, {Label: b.t.Say("board.compare.title")}}}, Days: b.sides(a, other)}
	var keys []metric.Key
	for _, m := range metric.All {
		keys = append(keys, m.Key)
	}
	for _, s := range []*side{&first, &second} {
		if err := b.know(s, keys); noProgramme(err) {
			return p.none(b)
		} else if err != nil {
			return err
		}
	}
	b.label(&first, &second)
	var silent []string
	for _, source := range sources() {
		keys := source.keys[:0]
		for _, k := range source.keys {
			if first.known.At(k, a.Code).Known || second.known.At(k, other.Code).Known {
				keys = append(keys, k)
			} else if m, ok := metric.Find(k); ok {
				silent = append(silent, m.Name(b.t))
			}
		}
		if len(keys) > 0 {
			v.Parts = append(v.Parts, b.beside(source.name, keys, first, second))
		}
	}
	if len(silent) > 0 {
		v.Note = b.t.Say("board.compare.silent", "list", strings.Join(silent, ", "))
	}
	return p.show(b, Home+"/compare", a, v)
}

// know reads what is known of a side. The rollout is counted from dated facts, all else
// comes from the store.
func (b *page) know(s *side, keys []metric.Key) error {
	ctx, who := b.c.Std(), b.c.Who
	of, err := b.s.standing(ctx, who, b.st, s.unit.Code, s.day)
	if err != nil {
		return err
	}
	if s.known, err = b.s.values(ctx, who, keys, []string{s.unit.Code}, b.st, s.day); err != nil {
		return err
	}
	of.Under("", b.st.Phase).Sum().Put(s.known, s.unit.Code)
	return nil
}

// label names the sides by what tells them apart.
func (b *page) label(first, second *side) {
	for _, s := range []*side{first, second} {
		name, day := upperFirst(s.unit.Full()), dayWords(b.t, s.day)
		switch {
		case first.unit.Code == second.unit.Code:
			s.label = day
		case first.day == second.day:
			s.label = name
		default:
			s.label = b.t.Say("board.compare.side", "name", name, "day", day)
		}
	}
}

// sides is the form on which units and days are chosen.
func (b *page) sides(a, other org.Unit) ui.FilterData {
	var units []ui.Option
	for _, u := range b.tree.All() {
		if u.Level != org.Commune && b.c.Who.Covers(reports.Overview, u.Code) {
			units = append(units, ui.Option{Value: u.Code, Label: upperFirst(u.Full())})
		}
	}
	for _, u := range []org.Unit{a, other} {
		if u.Level == org.Commune {
			units = append(units, ui.Option{Value: u.Code, Label: upperFirst(b.tree.Place(u.Code))})
		}
	}
	d := ui.FilterData{Action: Home + "/compare", Fields: []ui.Field{
		{Kind: ui.Select, Name: "a", Label: b.t.Say("board.compare.a"), Value: a.Code, Options: units},
		{Kind: ui.Date, Name: "on", Label: b.t.Say("board.compare.on"), Value: b.day, Until: b.today, Narrow: true},
		{Kind: ui.Select, Name: "b", Label: b.t.Say("board.compare.b"), Value: other.Code, Options: units},
		{Kind: ui.Date, Name: "with", Label: b.t.Say("board.compare.with"), Value: b.st.With, Until: b.today, Narrow: true}}}
	for name, v := range map[string]string{"programme": b.st.Programme, "phase": b.st.Phase} {
		if v != "" {
			d.Hidden = append(d.Hidden, ui.Hidden{Name: name, Value: v})
		}
	}
	return d
}

// source is the metrics of an area.
type source struct {
	name string
	keys []metric.Key
}

// sources groups the catalogue by area, in its order.
func sources() []source {
	var all []source
	for _, m := range metric.All {
		if len(all) == 0 || all[len(all)-1].name != m.Source() {
			all = append(all, source{name: m.Source()})
		}
		last := &all[len(all)-1]
		last.keys = append(last.keys, m.Key)
	}
	return all
}

// beside is a table of metrics for two sides: value, value, difference in words and sign.
func (b *page) beside(name string, keys []metric.Key, first, second side) views.Part {
	t := b.t
	card := ui.CardData{Title: t.Say("board.source." + name), Flush: true}
	d := ui.TableData{Caption: card.Title, HideCap: true, Count: -1, Columns: []ui.Column{{Label: t.Say("board.column.metric")}, {Label: first.label, Num: true},
		{Label: second.label, Num: true}, {Label: t.Say("board.column.difference"), Num: true}, {Label: t.Say("board.column.verdict")}}}
	for _, k := range keys {
		m, _ := metric.Find(k)
		diff := Compare(m, first.known.At(k, first.unit.Code), second.known.At(k, second.unit.Code))
		if first.unit.Code != second.unit.Code {
			diff = diff.OfPlaces()
		}
		d.Rows = append(d.Rows, ui.Row{Cells: []templ.Component{ui.Two(m.Name(t), t.Say("metric.unit."+string(m.Unit))), ui.Text(m.Write(t, diff.A)), ui.Text(m.Write(t, diff.B)),
			ui.Text(b.by(diff)), ui.Badge(ui.State{Tone: verdictTone[diff.Verdict], Word: t.Say("board.verdict." + string(diff.Verdict))})}})
	}
	return views.Part{Card: card, Table: d}
}

var verdictTone = map[Verdict]ui.Tone{Better: ui.Good, Worse: ui.Bad, Same: ui.Neutral, Changed: ui.Info, NoData: ui.Unknown}

// by is a difference with its sign: "+12", "−3,2 điểm %", "+3 ngày".
func (b *page) by(d Difference) string {
	if d.Verdict == NoData {
		return ""
	}
	sign, by := "+", d.By
	switch {
	case d.Verdict == Same:
		sign = ""
	case by < 0:
		sign, by = "−", -by
	}
	switch {
	case d.Metric.Unit == metric.Share:
		return b.t.Say("board.by.points", "n", sign+b.t.Decimal(by*100, 1))
	case d.Metric.Unit == metric.Day:
		return b.t.Say("board.by.days", "n", sign+b.t.Int(int64(by)))
	case d.Metric.Scale > 1:
		return sign + b.t.Decimal(by, 2)
	}
	return sign + b.t.Int(int64(by))
}

// against is the comparison of a board with another day.
func (b *page) against(u org.Unit, n Sum, w work) (views.Part, error) {
	keys := append([]metric.Key{"rollout.official", "rollout.trial", "rollout.declared", "rollout.verified", "rollout.verified_share", "rollout.held"}, workKeys...)
	first, second := side{unit: u, day: b.day, known: metric.Table{}}, side{unit: u, day: b.st.With}
	for k, by := range w.known {
		for unit, v := range by {
			first.known.Put(k, unit, v)
		}
	}
	n.Put(first.known, u.Code)
	if err := b.know(&second, keys); err != nil {
		return views.Part{}, err
	}
	b.label(&first, &second)
	part := b.beside("against", keys, first, second)
	to := b.st.lasting()
	to.A, to.Phase = u.Code, b.st.Phase
	part.Card.Action = &ui.Action{Label: b.t.Say("board.compare.all", "n", strconv.Itoa(len(metric.All))), Href: to.At(Home + "/compare")}
	return part, nil
}
