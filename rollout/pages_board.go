package rollout

import (
	"slices"
	"strconv"
	"strings"

	"lotrinh/internal/kit/fault"
	"lotrinh/internal/kit/fold"
	"lotrinh/internal/kit/httpx"
	"lotrinh/internal/kit/i18n"
	"lotrinh/internal/site"
	"lotrinh/internal/site/ui"
	"lotrinh/rollout/views"
)

// filterOf reads the board's filter from the address; what it does not know is left out.
func filterOf(c *httpx.Ctx) Filter {
	f := Filter{Phase: Any, District: c.Query("district"), Find: fold.NFC(c.Query("q"))}
	if n, err := strconv.Atoi(c.Query("phase")); err == nil && n >= 0 {
		f.Phase = n
	}
	if s := Stage(c.Query("stage")); stageTone[s] != "" {
		f.Stage = s
	}
	if a := Answer(c.Query("answer")); answerTone[a] != "" {
		f.Answer = a
	}
	return f
}

func (p pages) board(c *httpx.Ctx) error {
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	f := filterOf(c)
	b, err := p.Board(c.Std(), c.Who, pg.Code, f)
	if err != nil {
		return err
	}
	if f.Phase == Any && f.Stage == "" { // the wards that were live before are work for nobody
		b.Rows = withoutLive(b.Rows)
	}
	tree, err := p.units.Tree(c.Std(), b.At)
	if err != nil {
		return err
	}
	t := c.T
	v := views.Board{
		Header: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: t.Say("rollout.board")}), Title: t.Say("rollout.board"), Lead: t.Say("rollout.board.lead")},
		Filter: ui.FilterData{Action: "/rollout/board", Results: "results", Fields: boardFields(t, f, b), Presets: boardPresets(c, f)},
		Table:  communeTable(c, pg, b.Rows, t.Say("rollout.communes.all"), f.District == ""),
	}
	var districts []ui.Option
	for _, d := range tree.Districts() {
		if everywhere, _ := c.Who.Reach(Read); everywhere || c.Who.Covers(Read, d.Code) {
			districts = append(districts, ui.Option{Value: d.Code, Label: d.Title()})
		}
	}
	v.Filter.Fields[2].Options = append([]ui.Option{{Label: t.Say("rollout.all")}}, districts...)
	if c.Query("p") != "" {
		v.Filter.Hidden = []ui.Hidden{hiddenProgramme(pg)}
	}
	if f != (Filter{Phase: Any}) {
		v.Filter.Clear = at(c, "/rollout/board")
	}
	return p.site.Show(c, site.Page{Title: v.Header.Title, At: "/rollout/board"}, views.BoardPage(t, v))
}

func withoutLive(rows []Row) []Row {
	kept := rows[:0]
	for _, r := range rows {
		if r.Stage != Live {
			kept = append(kept, r)
		}
	}
	return kept
}

func boardFields(t i18n.T, f Filter, b Board) []ui.Field {
	all := ui.Option{Label: t.Say("rollout.all")}
	phases, stages, answers := []ui.Option{all}, []ui.Option{all}, []ui.Option{all}
	for _, ph := range b.Phases {
		phases = append(phases, ui.Option{Value: strconv.Itoa(ph.Ordinal), Label: inLang(t, ph.Name, ph.NameEN)})
	}
	for _, s := range Stages {
		stages = append(stages, ui.Option{Value: string(s), Label: t.Say("rollout.stage." + string(s))})
	}
	for _, a := range []Answer{Met, Unmet, Unknown} {
		answers = append(answers, ui.Option{Value: string(a), Label: t.Say("rollout.answer." + string(a))})
	}
	phase := ""
	if f.Phase != Any {
		phase = strconv.Itoa(f.Phase)
	}
	return []ui.Field{
		{Kind: ui.Search, Name: "q", Label: t.Say("rollout.find"), Value: f.Find},
		{Kind: ui.Select, Name: "phase", Label: t.Say("rollout.col.phase"), Value: phase, Options: phases},
		{Kind: ui.Select, Name: "district", Label: t.Say("rollout.col.district"), Value: f.District},
		{Kind: ui.Select, Name: "stage", Label: t.Say("rollout.col.stage"), Value: string(f.Stage), Options: stages},
		{Kind: ui.Select, Name: "answer", Label: t.Say("rollout.col.gate"), Value: string(f.Answer), Options: answers},
	}
}

func boardPresets(c *httpx.Ctx, f Filter) []ui.Preset {
	one := func(key string, pairs ...string) ui.Preset {
		want := Filter{Phase: Any}
		for i := 0; i+1 < len(pairs); i += 2 {
			switch pairs[i] {
			case "stage":
				want.Stage = Stage(pairs[i+1])
			case "answer":
				want.Answer = Answer(pairs[i+1])
			}
		}
		return ui.Preset{Label: c.T.Say(key), Href: at(c, "/rollout/board", pairs...), Active: f == want, Count: -1}
	}
	return []ui.Preset{
		one("rollout.preset.all"),
		one("rollout.preset.ready", "stage", string(Trial), "answer", string(Met)),
		one("rollout.preset.blocked", "answer", string(Unmet)),
		one("rollout.preset.unproven", "answer", string(Unknown)),
		one("rollout.preset.fallen", "stage", string(Official), "answer", string(Unmet)),
	}
}

func communeTable(c *httpx.Ctx, pg Programme, rows []Row, caption string, place bool) views.BoardTable {
	t := c.T
	v := views.BoardTable{Caption: caption, Place: place, Waive: c.Who.May(Waive), Pick: c.Who.May(MoveTo), Hidden: []ui.Hidden{hiddenProgramme(pg)},
		Empty: ui.EmptyData{Icon: "filter", Title: t.Say("rollout.board.empty"), Text: t.Say("rollout.board.empty.text"),
			Action: &ui.Action{Label: t.Say("ui.filter.clear"), Href: at(c, "/rollout/board")}}}
	for _, s := range []Stage{Trial, Official, Preparing} {
		v.Stages = append(v.Stages, ui.Option{Value: string(s), Label: t.Say("rollout.move.to." + string(s))})
	}
	v.Rows = make([]views.BoardRow, 0, len(rows))
	for _, r := range rows {
		row := views.BoardRow{Code: r.Unit, Version: strconv.FormatInt(r.Version, 10), Name: capital(r.Name), District: r.DistrictName, Stage: stageState(t, r.Stage)}
		if r.Stage != Live {
			row.Gate = gateState(t, r.Gate)
		}
		row.Why = shortly(t, r.Gate.Reasons)
		if len(r.Held) > 0 {
			row.Gate, row.Why = ui.State{Tone: ui.Bad, Word: t.Say("rollout.held")}, shortly(t, append(slices.Clone(r.Held), r.Gate.Reasons...))
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// shortly is the first reason in one line, and how many more there are. Where a
// neighbour says what is wrong, its words stand for the criterion's.
func shortly(t i18n.T, rs []Reason) string {
	if len(rs) > 1 && strings.HasPrefix(rs[0].Key, "rollout.reason.") && !strings.HasPrefix(rs[1].Key, "rollout.") {
		rs = rs[1:]
	}
	switch len(rs) {
	case 0:
		return ""
	case 1:
		return rs[0].Say(t)
	}
	return t.Say("rollout.why.more", "first", rs[0].Say(t), "n", len(rs)-1)
}

func (p pages) district(c *httpx.Ctx) error {
	pg, _, err := p.chosen(c)
	if err != nil {
		return err
	}
	code := c.Params("code")
	b, err := p.Board(c.Std(), c.Who, pg.Code, Filter{Phase: Any, District: code})
	if err != nil {
		return err
	}
	if len(b.Rows) == 0 {
		return fault.New(fault.Missing, "fault.missing")
	}
	t := c.T
	var n Counts
	for _, r := range b.Rows {
		n.add(r)
	}
	tree, err := p.units.Tree(c.Std(), b.At)
	if err != nil {
		return err
	}
	d, _ := tree.Unit(code)
	of := t.Say("rollout.of", "n", n.Total)
	v := views.DistrictPage{
		Header: ui.HeaderData{Crumbs: p.crumbs(c, ui.Crumb{Label: d.Title()}), Title: d.Title(), Lead: inLang(t, pg.Title, pg.TitleEN)},
		Figures: []ui.FigureData{
			{Label: t.Say("rollout.fig.declared"), Value: t.Int(int64(n.Declared)), Of: of},
			{Label: t.Say("rollout.fig.verified"), Value: t.Int(int64(n.Verified)), Of: of},
			{Label: t.Say("rollout.stage.trial"), Value: t.Int(int64(n.Stages[Trial])), Of: of},
			{Label: t.Say("rollout.stage.official"), Value: t.Int(int64(n.Stages[Official])), Of: of},
		},
		Table: communeTable(c, pg, b.Rows, t.Say("rollout.communes.all"), false),
	}
	if n.Beyond > 0 {
		v.Figures[0].SoWhat, v.Figures[0].Tone, v.Figures[0].Href = t.Say("rollout.fig.beyond", "n", n.Beyond), ui.Warn, at(c, "/rollout/beyond", "district", code)
	}
	if n.Stages[Live] < n.Total {
		if v.Chart, err = p.districtChart(c, pg, b, code, n); err != nil {
			return err
		}
	}
	if c.Who.May(MoveTo) && n.Stages[Live] < n.Total {
		for _, s := range []Stage{Trial, Official} {
			v.Moves = append(v.Moves, ui.Action{Label: t.Say("rollout.move.to." + string(s)), Href: "/rollout/move", Post: true, Icon: "arrow-right",
				Hidden: []ui.Hidden{{Name: "p", Value: pg.Code}, {Name: "district", Value: code}, {Name: "to", Value: string(s)}}})
		}
	}
	if c.Who.May(Waive) {
		v.Header.More = []ui.Action{{Label: t.Say("rollout.waiver.new"), Href: at(c, "/rollout/waivers/new", "district", code), Icon: "shield-check"}}
	}
	return p.show(c, v.Header.Title, views.DistrictView(t, v))
}

// districtChart is what a district declares and what is verified there, day by day.
func (p pages) districtChart(c *httpx.Ctx, pg Programme, b Board, district string, n Counts) (ui.ChartData, error) {
	o := Overview{Programme: pg, Rollout: n, At: b.At}
	for _, ph := range b.Phases {
		o.Phases = append(o.Phases, PhaseCounts{Phase: ph})
	}
	from, until := span(o)
	points, err := p.DistrictCurve(c.Std(), c.Who, pg.Code, district, from, until)
	if err != nil {
		return ui.ChartData{}, err
	}
	return p.curveChart(c.T, o, points, nil)
}
