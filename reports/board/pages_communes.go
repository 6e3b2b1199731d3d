package board

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/org"
	"lotrinh/internal/site/ui"
	"lotrinh/reports/board/views"
)

const (
	atOnce     = 100  // communes of a page of the list
	everything = 1000 // more details than a commune has
)

// communes are the communes of a choice with the reasons; each leads to its page.
func (p *pages) communes(c *httpx.Ctx) error {
	b := p.page(c)
	u, tree, err := p.place(c.Std(), c.Who, b.st.Unit)
	if err != nil {
		return err
	}
	b.tree = tree
	if b.st.Show == "" {
		b.st.Show = ShowLate
	}
	of, err := p.standing(c.Std(), c.Who, b.st, u.Code, b.day)
	if noProgramme(err) {
		return p.none(b)
	} else if err != nil {
		return err
	}
	path := Home + "/communes"
	unit := ""
	if u.Parent != "" {
		unit = u.Code
	}
	of = of.Under(unit, b.st.Phase)
	rows := of.Choice(b.st.Show)
	v := views.Board{Header: ui.HeaderData{Title: b.t.Say("board.communes." + string(b.st.Show)), Lead: b.lead(of.Programme),
		Crumbs: []ui.Crumb{{Label: b.t.Say("board.title"), Href: b.st.lasting().At(Home)}}}, Days: b.days(path), Phases: b.shows(path, of)}
	v.Days.Fields = v.Days.Fields[:1] // a list is of one day
	for _, step := range tree.Path(u.Code) {
		if step.Parent != "" && step.Level == org.District {
			v.Header.Crumbs = append(v.Header.Crumbs, ui.Crumb{Label: step.Full(), Href: b.st.district(step.Code)})
		}
	}
	v.Header.Crumbs = append(v.Header.Crumbs, ui.Crumb{Label: v.Header.Title})
	d := b.communeTable(of.PlanAt(), after(rows, c.Query("after")), u.Parent == "", everything)
	d.Caption, d.Count = v.Header.Title, int64(len(rows))
	if u.Parent != "" {
		d.Caption = b.t.Say("board.communes.in", "what", v.Header.Title, "place", u.Full())
	}
	if len(d.Rows) > atOnce {
		last := d.Rows[atOnce-1].ID
		d.Rows = d.Rows[:atOnce]
		next := b.st.query()
		next.Set("after", last)
		d.Pager = &ui.PagerData{Next: path + "?" + next.Encode(), Shown: atOnce}
	}
	if c.Query("after") != "" {
		if d.Pager == nil {
			d.Pager = &ui.PagerData{Shown: len(d.Rows)}
		}
		d.Pager.First = b.st.At(path)
	}
	v.Parts = []views.Part{{Card: ui.CardData{Flush: true}, Table: d}}
	return p.show(b, path, u, v)
}

// after are the rows behind the one of a commune; all when there is no such row.
func after(rows []Commune, unit string) []Commune {
	return rows[1+slices.IndexFunc(rows, func(c Commune) bool { return c.Unit == unit }):]
}

// shows are the choices with their counts.
func (b *page) shows(path string, of Standing) []ui.Preset {
	n := of.Sum()
	count := map[Show]int{ShowLate: n.Late, ShowUnmet: n.Unmet, ShowUnknown: n.Unknown, ShowReady: n.Ready, ShowPreparing: n.Preparing, ShowTrial: n.Trial,
		ShowOfficial: n.Official, ShowAll: n.Total}
	var all []ui.Preset
	for _, one := range Shows {
		st := b.st
		st.Show = one
		preset := ui.Preset{Label: b.t.Say("board.show." + string(one)), Href: st.At(path), Active: one == b.st.Show, Count: int64(count[one])}
		if one == ShowLate {
			preset.Tone = ui.Late
		}
		all = append(all, preset)
	}
	return all
}

// communeTable lists communes with what was promised for them, how their gate stands and why.
func (b *page) communeTable(p Plan, rows []Commune, place bool, most int) ui.TableData {
	t := b.t
	d := ui.TableData{Columns: []ui.Column{{Label: t.Say("reports.column.commune")}, {Label: t.Say("reports.column.stage")}, {Label: t.Say("board.column.promise")},
		{Label: t.Say("reports.column.answer")}, {Label: t.Say("reports.column.reasons")}}, Empty: ui.EmptyData{Icon: "circle-check", Title: t.Say("board.communes.none")}}
	for _, c := range rows {
		sub := ""
		if place {
			sub = upperFirst(c.DistrictName)
		}
		row := ui.Row{ID: c.Unit, Href: c.Href, Cells: []templ.Component{ui.Main(c.Href, upperFirst(c.Name), sub), ui.Badge(stageState(t, c.Stage)),
			b.promise(p, c), ui.Badge(answerState(t, c.Answer)), ui.Text(b.why(c, most))}}
		if _, _, late := p.Late(c); late {
			row.Tone = ui.Late
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

func (b *page) promise(p Plan, c Commune) templ.Component {
	if stage, day, late := p.Late(c); late {
		return ui.Badge(ui.State{Tone: ui.Late, Word: b.t.Say("board.late."+stage, "day", dayWords(b.t, day))})
	}
	if stage, day := p.Promise(c); stage != "" {
		return ui.Text(b.t.Say("board.promise."+stage, "day", dayWords(b.t, day)))
	}
	return ui.Text(b.t.Say("board.promise.none"))
}

func stageState(t i18n.T, stage string) ui.State {
	tone := map[string]ui.Tone{"preparing": ui.Prepare, "trial": ui.Trial, "official": ui.Official}[stage]
	return ui.State{Tone: tone, Word: t.Say("reports.stage." + stage)}
}

func answerState(t i18n.T, answer string) ui.State {
	tone := map[string]ui.Tone{"met": ui.Good, "unmet": ui.Bad, "unknown": ui.Unknown}[answer]
	return ui.State{Tone: tone, Word: t.Say("board.answer." + answer)}
}

// why are the reasons of a commune in one line, with so many of the measured details.
func (b *page) why(c Commune, most int) string {
	var all []string
	for _, line := range slices.Concat(c.Reasons, c.Details[:min(most, len(c.Details))]) {
		all = append(all, b.t.Line(line))
	}
	if len(all) == 0 && c.Stage != "official" && c.Answer == "met" {
		return b.t.Say("board.why.ready")
	}
	return strings.Join(all, "; ")
}
